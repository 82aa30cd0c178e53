"""A table is known by its headings; what the missing tables would say is taken by stated rules."""

from __future__ import annotations

import pytest

from icbudget.plan import SETUP, TABLES
from icbudget.plan.columns import columns_of
from icbudget.plan.few_tables import with_missing_tables
from icbudget.plan.grid import by_year_columns, has_companion
from icbudget.plan.wrong_table import table_of

FUNDING = [
    ["Pool", "Partner", "Source of funding", "Base amount (£)", "Index", "2026/27", "2027/28"],
    ["bcf", "icb", "NHS Minimum Contribution", 100.0, "flat", None, 120.0],
    ["kit", "council", "Additional LA Contribution", 50.0, "flat", None, None],
]


@pytest.mark.parametrize("field", TABLES)
def test_every_table_is_known_by_all_its_headings(field):
    columns = [c.heading for c in columns_of(TABLES[field].noun) if not c.by_year]
    assert table_of(columns) == (TABLES[field], False)


@pytest.mark.parametrize("field", TABLES)
def test_every_table_is_known_by_the_headings_it_needs(field):
    needed = [c.label for c in columns_of(TABLES[field].noun) if c.required and not c.by_year]
    years = ["2026/27", "2027/28"] if len(by_year_columns(TABLES[field])) == 1 else []
    assert table_of([*needed, *years]) == (TABLES[field], False)


def test_a_companion_and_setup_are_known():
    assert table_of(["Activity line", "Figure", "2026/27"]) == (TABLES["acute_lines"], True)
    assert has_companion(TABLES["acute_lines"])
    assert table_of(["Value", "Setting", "Unit"]) == (SETUP, False)


def test_a_table_with_columns_of_its_owners_own_is_still_itself():
    assert table_of(["My column", *FUNDING[0], "Checked by"]) == (TABLES["contributions"], False)


@pytest.mark.parametrize("headings", [[], [None, None], ["Name", "Telephone"], ["2026/27"]])
def test_headings_of_no_table_are_of_none(headings):
    assert table_of(headings) is None


def test_one_table_of_funding_is_a_plan_and_says_what_was_taken():
    tables, findings = with_missing_tables({"contributions": FUNDING}, {})
    assert tables[SETUP.field] == [
        ["Setting", "Value"],
        ["Title", "Plan"],
        ["Base year", "2026/27"],
        ["Horizon", 1],
    ]
    assert tables["partners"][1:] == [["icb", "icb", "other"], ["council", "council", "other"]]
    assert tables["pools"][1:] == [["bcf", "bcf", "icb"], ["kit", "kit", "council"]]
    assert [str(f.severity) for f in findings] == ["note"] * 3
    assert findings[0].message == (
        "There is no Setup: the base year is 2026/27, the first year that heads a column, and the"
        " plan reaches to 2027/28."
    )


def test_a_table_that_was_given_is_not_added_to():
    partners = [["Partner", "Name", "Kind"], ["icb", "Board", "icb"]]
    tables, _ = with_missing_tables({"contributions": FUNDING, "partners": partners}, {})
    assert tables["partners"] is partners


def test_without_any_year_the_base_year_is_asked_for():
    funding = [row[:5] for row in FUNDING]
    tables, findings = with_missing_tables({"contributions": funding}, {})
    assert SETUP.field not in tables
    assert findings[0].id == "plan.no-years"
    assert "head a column with a year" in findings[0].fix
