"""Tables of cells become raw rows whatever the order of their columns, and every problem knows its
cell.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from icbudget.findings import Place, Severity
from icbudget.plan import SETUP, TABLES
from icbudget.plan.columns import columns_of
from icbudget.plan.grid import (
    Spot,
    companion_label,
    has_companion,
    read_grid,
    read_grids,
    read_setup,
)
from icbudget.plan.headings import FORMER_LABELS, folded, matched, names_of

FUNDING = [
    ["Line", "2026/27", "Base amount (£)", "partner", "POOL", "Source of funding", "2027-28 (£)"],
    [1, None, 100.0, "icb", "bcf", "NHS minimum contribution", 105.0],
    [None, None, None, None, None, None, None],
    [2, None, 50.0, "council", "bcf", "Additional LA contribution", ""],
]
SHIFTS = [
    ["Shift", "Activity lines", "Pool", "Rule"],
    ["s1", "nel", "bcf", "fixed_amount"],
    ["s2", "ae", "bcf", "fixed_percent"],
]
SHIFT_YEARS = [
    ["Figure", "2027/28", "Shift", "2026/27"],
    ["Percent (%)", 0.02, "s2", 0.01],
    ["Amount", 20.0, "s1", None],
]
SETTINGS = [
    ["Setting", "Value"],
    ["Title", "A plan"],
    ["Base year", "2025/26"],
    ["Horizon (years)", 2.0],
]


def told(grid):
    return [(spot, found.id) for spot, found in grid.problems]


def place(table, spot):
    return Place(
        sheet=table + (" by year" if spot.by_year else ""),
        cell=f"R{spot.row + 1}C{spot.column + 1}",
    )


def test_columns_are_found_in_any_order_by_label_unit_or_field_name():
    grid = read_grid(TABLES["contributions"], FUNDING)
    assert grid.rows[0] == {
        "line": 1,
        "base_amount": 100.0,
        "partner": "icb",
        "pool": "bcf",
        "source": "NHS minimum contribution",
        "amounts": {"2026/27": None, "2027/28": 105.0},
    }
    assert told(grid) == []


def test_blank_rows_are_skipped_and_places_still_count_them():
    grid = read_grid(TABLES["contributions"], FUNDING)
    assert len(grid.rows) == 2
    assert grid.spot(1, "partner") == Spot(3, 3)
    assert grid.spot(1, "amounts", "2027/28") == Spot(3, 6)


def test_a_figure_without_a_column_is_placed_at_its_row():
    grid = read_grid(TABLES["contributions"], FUNDING)
    assert grid.spot(1, "index") == grid.spot(1, "amounts", "2031/32") == Spot(3, 0)
    assert read_setup(SETTINGS).spot(0, "area") == Spot(0, 0)


def test_a_source_column_is_the_evidence_not_the_funding_source():
    grid = read_grid(
        TABLES["contributions"], [["Source", "Pool"], ["Cabinet report, page 4", "bcf"]]
    )
    assert grid.rows[0]["evidence"] == "Cabinet report, page 4"
    assert "source" in grid.missing


def test_figures_by_year_of_several_kinds_come_from_the_companion():
    grid = read_grid(TABLES["shifts"], SHIFTS, SHIFT_YEARS)
    assert told(grid) == []
    assert grid.rows[0]["amounts"] == {"2027/28": 20.0, "2026/27": None}
    assert grid.rows[1]["percents"] == {"2027/28": 0.02, "2026/27": 0.01}
    assert grid.spot(1, "percents", "2026/27") == Spot(1, 3, by_year=True)


@pytest.mark.parametrize(
    ("row", "spot", "id"),
    [
        (["Amount", 1.0, "s9", None], Spot(3, 2, True), "by-year.unknown-key"),
        (["Amount", 1.0, None, None], Spot(3, 2, True), "by-year.blank-key"),
        (["Amounts of cash", 1.0, "s2", None], Spot(3, 0, True), "by-year.unknown-figure"),
        ([None, 1.0, "s2", None], Spot(3, 0, True), "by-year.unknown-figure"),
        (["Amount", 1.0, "s1", None], Spot(3, 0, True), "by-year.duplicate-row"),
    ],
)
def test_a_companion_row_that_belongs_nowhere_is_a_finding(row, spot, id):
    assert told(read_grid(TABLES["shifts"], SHIFTS, [*SHIFT_YEARS, row])) == [(spot, id)]


def test_a_companion_without_its_key_column_is_a_finding():
    grid = read_grid(TABLES["shifts"], SHIFTS, [["Figure", "2026/27"], ["Amount", 1.0]])
    assert told(grid) == [(Spot(0, 0, True), "table.missing-column")]


def test_numbers_and_text_name_the_same_key():
    grid = read_grid(
        TABLES["shifts"],
        [SHIFTS[0], [7.0, "nel", "bcf", ""]],
        [SHIFT_YEARS[0], ["Amount", 5.0, "7", 4.0]],
    )
    assert grid.rows[0]["amounts"] == {"2027/28": 5.0, "2026/27": 4.0}


def test_a_missing_column_names_the_heading_that_was_probably_meant():
    grid = read_grid(TABLES["partners"], [["Partner", "Nme", "Kind"], ["icb", "An ICB", "icb"]])
    assert grid.missing == ("name",)
    (spot, found), (noted, unused) = grid.problems
    assert (spot, found.id, found.message) == (
        Spot(0, 0),
        "table.missing-column",
        "Partners has no column Name.",
    )
    assert found.fix == "Head it Name, if the column “Nme” is meant; else add one."
    assert (noted, unused.severity) == (Spot(0, 1), Severity.NOTE)


@pytest.mark.parametrize("former", FORMER_LABELS)
def test_a_heading_of_an_earlier_version_is_still_read(former):
    """Such as *Acute line*, which stood over home care too, and is *Activity line* now."""
    with_it = {
        table.label: names_of(table)
        for table in TABLES.values()
        if FORMER_LABELS[former] in {column.label for column in columns_of(table.noun)}
    }
    assert with_it
    for label, names in with_it.items():
        assert matched(names, former) == matched(names, FORMER_LABELS[former]) is not None, label


def test_the_same_heading_twice_is_an_error_and_the_first_one_counts():
    grid = read_grid(
        TABLES["indices"], [["Index", "2026/27", "id", "2026-27"], ["cuf", 0.02, "other", 0.09]]
    )
    assert told(grid) == [
        (Spot(0, 2), "table.duplicate-column"),
        (Spot(0, 3), "table.duplicate-column"),
    ]
    assert grid.rows == [{"id": "cuf", "rates": {"2026/27": 0.02}}]


def test_a_table_taken_without_its_headings_is_one_finding():
    grid = read_grid(
        TABLES["partners"], [["icb1", "An ICB", "icb"], ["la", "A council", "council"]]
    )
    assert told(grid) == [(Spot(0, 0), "table.no-headings")]
    assert grid.rows == []


def test_an_empty_range_is_an_empty_table():
    assert read_grid(TABLES["goals"], [["", None]]).problems == []
    assert read_grid(TABLES["goals"], []).rows == []


def test_years_where_they_are_not_used_do_not_pass_unseen():
    acute = read_grid(TABLES["shifts"], [[*SHIFTS[0], "2026/27"], [*SHIFTS[1], 5.0]])
    assert [(spot, found.severity) for spot, found in acute.problems] == [
        (Spot(0, 4), Severity.WARNING)
    ]
    assert "Shifts by year" in acute.problems[0][1].fix
    partners = read_grid(
        TABLES["partners"], [["Partner", "Name", "Kind", "2026/27"], ["a", "A", "icb", 1]]
    )
    assert [found.severity for _, found in partners.problems] == [Severity.NOTE]


def test_settings_are_read_by_name_with_their_places():
    grid = read_setup(
        [
            ["Note", "Value", "Setting"],
            ["", "A plan", "title"],
            ["", 3.0, "Horizon (years)"],
            ["", "", "Rules"],
        ]
    )
    assert grid.rows == [{"title": "A plan", "horizon": 3.0}]
    assert grid.spot(0, "horizon") == Spot(2, 1)
    assert grid.problems == []


def test_settings_twice_or_unknown_are_findings():
    grid = read_setup([*SETTINGS, ["Horizon", 5], ["Horizont", 5]])
    assert told(grid) == [
        (Spot(4, 0), "setup.duplicate-setting"),
        (Spot(5, 0), "setup.unknown-setting"),
    ]
    assert grid.rows[0]["horizon"] == 2.0


def test_settings_without_headings_are_one_finding_and_rows_are_still_read():
    draft = read_grids(
        SETTINGS[1:], {"partners": [["Partner", "Name", "Kind"], ["icb", "", "icb"]]}, {}, place
    )
    assert [(f.id, str(f.place)) for f in draft.findings] == [
        ("setup.no-headings", "setup!R1C1"),
        ("cell.blank", "partners!R2C2"),
    ]
    assert draft.plan is None


def test_a_missing_column_is_not_told_again_for_every_row():
    partners = [["Partner", "Name"], ["icb", "An ICB"], ["la", "A council"]]
    draft = read_grids(SETTINGS, {"partners": partners}, {}, place)
    assert [f.id for f in draft.findings] == ["table.missing-column"]
    assert draft.unread == {"partners": {"icb", "la"}}


def test_findings_and_figures_know_their_cells():
    funding = [*FUNDING[:3], [2, "£20", 50.0, "council", "bcf", "Additional LA contribution", ""]]
    draft = read_grids(
        SETTINGS, {"contributions": funding, "shifts": SHIFTS}, {"shifts": SHIFT_YEARS}, place
    )
    assert [(f.id, str(f.place)) for f in draft.findings] == [
        ("cell.text-in-number", "contributions!R4C2")
    ]
    assert str(draft.places["shifts/s1/amounts[2027/28]"]) == "shifts by year!R3C2"
    assert draft.plan.contributions[0].amounts == {"2027/28": Decimal(105)}


def test_a_plan_without_settings_is_a_finding():
    assert [f.id for f in read_grids(None, {}, {}, place).findings] == ["plan.no-setup"]


@pytest.mark.parametrize("table", [SETUP, *TABLES.values()], ids=lambda t: t.field)
def test_no_two_columns_of_a_table_share_a_heading(table):
    for by_year in (False, True):
        labels = [folded(c.label) for c in columns_of(table.noun) if c.by_year is by_year]
        assert len(set(labels)) == len(labels)


def test_the_companions_are_those_of_tables_with_several_figures_by_year():
    assert [companion_label(t) for t in TABLES.values() if has_companion(t)] == [
        "Activity lines by year",
        "Prevention by year",
        "Shifts by year",
    ]
