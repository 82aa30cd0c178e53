"""One cell to one value: what is taken, and why the rest is refused."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from icbudget.plan import cell_values
from icbudget.plan.columns import columns_of
from icbudget.plan.plan import SETUP, TABLES

FIELDS = {
    "money": ("contributions", "base_amount"),
    "price": ("acute_lines", "unit_price"),
    "fraction": ("programmes", "deadweight"),
    "whole": ("programmes", "priority"),
    "text": ("partners", "id"),
    "choice": ("contributions", "kind"),
    "yes or no": ("contributions", "recurrent"),
    "year": ("acute_lines", "price_year"),
    "years": ("acute_lines", "rebase_years"),
    "references": ("segments", "programmes"),
    "date": ("contributions", "tranche_date"),
}


def column(kind):
    table, field = FIELDS[kind]
    (found,) = [c for c in columns_of(TABLES[table].noun) if c.field == field]
    return found


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("money", 1234.565, Decimal("1234.57")),
        ("money", 0.1 + 0.2, Decimal("0.30")),
        ("money", Decimal("2.675"), Decimal("2.68")),
        ("price", 1613.2075, 1613.2075),
        ("fraction", 0.05, 0.05),
        ("whole", 3.0, 3),
        ("text", 123.0, "123"),
        ("text", " icb\u00a0\u200b ", "icb"),
        ("choice", "Deduction", "deduction"),
        ("yes or no", "Y", True),
        ("yes or no", 0, False),
        ("yes or no", "no ", False),
        ("year", "2026-27", "2026/27"),
        ("years", "2026/27; 2027/28", ("2026/27", "2027/28")),
        ("references", "falls; frailty\nhome", ("falls", "frailty", "home")),
        ("references", ["falls"], ("falls",)),
        ("date", dt.datetime(2026, 11, 22), "2026-11-22"),
        ("date", 46348, "2026-11-22"),  # Excel counts days from 30 December 1899
        ("date", "2026-11-22", "2026-11-22"),
    ],
)
def test_what_is_read(kind, raw, value):
    assert cell_values.read(column(kind), raw) == value


@pytest.mark.parametrize(
    ("kind", "raw", "problem"),
    [
        ("money", "#REF!", "cell.error-value"),
        ("text", "#N/A", "cell.error-value"),
        ("money", "£1,000", "cell.text-in-number"),
        ("money", "(250)", "cell.text-in-number"),
        ("price", "about 50", "cell.text-in-number"),
        ("money", True, "cell.not-a-number"),
        ("money", float("nan"), "cell.not-a-number"),
        ("money", float("inf"), "cell.not-a-number"),
        ("money", dt.date(2026, 4, 1), "cell.not-a-number"),
        ("money", 1e13, "cell.too-large"),
        ("whole", 2.5, "cell.not-whole"),
        ("choice", "gift", "cell.unknown-choice"),
        ("yes or no", "maybe", "cell.not-yes-no"),
        ("yes or no", 2, "cell.not-yes-no"),
        ("year", "2026/28", "cell.not-a-year"),
        ("year", dt.date(2026, 4, 1), "cell.not-a-year"),
        ("years", "2026/27; soon", "cell.not-a-year"),
        ("date", "next spring", "cell.not-a-date"),
    ],
)
def test_what_is_refused_and_why(kind, raw, problem):
    with pytest.raises(cell_values.CellProblem) as refused:
        cell_values.read(column(kind), raw)
    assert refused.value.id == problem
    assert refused.value.fix
    assert column(kind).label in refused.value.message


@pytest.mark.parametrize("raw", [None, "", "  ", "\u00a0", "\u200b\ufeff"])
def test_blanks(raw):
    assert cell_values.is_blank(raw)


@pytest.mark.parametrize("raw", [0, 0.0, False, "0", "#REF!", "-"])
def test_a_zero_an_error_and_a_dash_are_not_blank(raw):
    assert not cell_values.is_blank(raw)


@pytest.mark.parametrize("noun", [SETUP, *TABLES.values()], ids=lambda t: t.field)
def test_every_column_says_what_it_is(noun):
    # A figure by year stands on a sheet of its own, so it may be called as the one typed once.
    for by_year in (False, True):
        labels = [c.label for c in columns_of(noun.noun) if c.by_year is by_year]
        assert len(labels) == len(set(labels))
    for c in columns_of(noun.noun):
        assert c.help.strip()
        assert not c.table or c.table in TABLES
    assert set(noun.key) <= {c.field for c in columns_of(noun.noun)}


@pytest.mark.parametrize(
    ("raw", "stored_as_text"), [("£2.%", False), ("2.5%", True), ("£1,000", True), ("(250)", True)]
)
def test_only_a_figure_that_is_whole_is_said_to_be_stored_as_text(raw, stored_as_text):
    with pytest.raises(cell_values.CellProblem) as problem:
        cell_values.read(column("money"), raw)
    assert ("stored as text" in problem.value.fix) is stored_as_text


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("1/4/2025", "2025-04-01"),
        ("01/04/2025", "2025-04-01"),
        ("1.4.25", "2025-04-01"),
        ("1 April 2025", "2025-04-01"),
        ("1st Apr 2025", "2025-04-01"),
        ("Tuesday 1 April 2025", "2025-04-01"),
        ("1-Apr-25", "2025-04-01"),
        ("2025-04-01", "2025-04-01"),
        ("2025/4/1", "2025-04-01"),
        ("2025-04-01T00:00:00", "2025-04-01"),
    ],
)
def test_a_date_as_text_is_read_with_the_day_first(text, date):
    assert cell_values.read(column("date"), text) == date


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("2025-04-01 to 2026-03-31", "cell.text-after-date"),
        ("1/4/2025 (draft)", "cell.text-after-date"),
        ("4/13/2025", "cell.not-a-date"),
        ("31/2/2025", "cell.not-a-date"),
        ("April 2025", "cell.not-a-date"),
        ("1/4/20255", "cell.not-a-date"),
        ("soon", "cell.not-a-date"),
    ],
)
def test_text_that_is_no_date_or_more_than_one_is_refused(text, id):
    with pytest.raises(cell_values.CellProblem) as refused:
        cell_values.read(column("date"), text)
    assert refused.value.id == id


@pytest.mark.parametrize("text", ["6\u00a0300\u00a0000", "6\u202f300\u202f000", "6 300 000.50"])
def test_a_number_with_blanks_between_its_thousands_is_a_number_stored_as_text(text):
    with pytest.raises(cell_values.CellProblem) as refused:
        cell_values.read(column("money"), text)
    assert "stored as text" in refused.value.fix
