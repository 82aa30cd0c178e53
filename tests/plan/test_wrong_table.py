"""A table in the place of another is known by its headings, whichever the two are, and a table is
never taken for another.
"""

from __future__ import annotations

import itertools
from functools import cache

from icbudget.plan import SETUP, TABLES
from icbudget.plan.columns import columns_of
from icbudget.plan.grid import companion_label, has_companion, key_columns, read_grid, read_setup
from icbudget.plan.headings import FIGURE, SETTING, VALUE
from icbudget.plan.wrong_table import mistaken

YEARS = ["2025/26", "2026/27"]


@cache
def templates():
    """The headings of every table as the template has them, by what people call the table."""
    told = {SETUP.label: [SETTING, VALUE, "Unit", "Note"]}
    for table in TABLES.values():
        columns = columns_of(table.noun)
        one = YEARS if sum(c.by_year for c in columns) == 1 else []
        told[table.label] = [*(c.heading for c in columns if not c.by_year), *one]
        if has_companion(table):
            told[companion_label(table)] = [*(c.label for c in key_columns(table)), FIGURE, *YEARS]
    return told


def error_of(label, headings):
    """What is said first of headings in the place of a table."""
    grid = [headings, ["x"] * len(headings)]
    if label == SETUP.label:
        found = read_setup(grid)
    else:
        table = next(t for t in TABLES.values() if label in (t.label, companion_label(t)))
        own = templates()[table.label]
        found = (
            read_grid(table, grid)
            if label == table.label
            else read_grid(table, [own, ["x"] * len(own)], grid)
        )
    return next((f.message for _, f in found.problems if f.id == "table.another"), None)


def test_any_two_tables_swapped_are_told_by_their_names():
    for (label, _), (other, headings) in itertools.permutations(templates().items(), 2):
        if label == SETUP.label and {SETTING, VALUE} <= set(headings):
            continue
        assert error_of(label, headings) == f"This is the table {other}, not {label}.", (
            label,
            other,
        )


def test_a_table_is_itself_with_columns_of_somebody_s_own_and_without_some_of_its_columns():
    for label, headings in templates().items():
        for more in (
            [],
            ["My own column", "Minute", "Checked by"],
            ["Pool", "Partner", "Source", "Name", "Reason"],
        ):
            given = [*headings, *(name for name in more if name not in headings)]
            assert mistaken(label, given) is None, (label, more)
        assert mistaken(label, headings[: max(1, len(headings) // 2)]) is None, label


def test_a_first_row_of_figures_or_blanks_is_no_other_table():
    assert mistaken("Pools", [None, "", 3.0, "bcf"]) is None
    assert mistaken("Pools", []) is None
