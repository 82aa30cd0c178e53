"""Months and years as ledgers write them; what is not certain is refused."""

from __future__ import annotations

import pytest

from icbudget.ledger_import.ledger_amounts import Unreadable
from icbudget.ledger_import.ledger_months import (
    DateOrder,
    date_form_fault,
    date_order,
    month_of_date,
    month_of_period,
    periods,
    year_of,
)

YEAR = "2025/26"
YEARS = ("2025/26", "2026/27", "2027/28")


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("1", 1),
        ("01", 1),
        ("12", 12),
        ("P07", 7),
        ("M3", 3),
        ("Period 10", 10),
        ("Apr", 1),
        ("april", 1),
        ("Sept", 6),
        ("MAR", 12),
        ("Apr-25", 1),
        ("Mar 2026", 12),
        ("Dec-25", 9),
        ("Jan-26", 10),
        ("October 2025", 7),
    ],
)
def test_periods(text, month):
    assert month_of_period(text, [YEAR]) == (YEAR, month)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("13", "month 13"),
        ("0", "month 0"),
        ("Period 13", "month 13"),
        ("", "not a month"),
        ("Aprl", "not a month"),
        ("Apr-24", "not in 2025/26"),
        ("Jan-25", "not in 2025/26"),
        ("March 2025", "not in 2025/26"),
        ("202513", "has a number and a year"),
        ("2025M07", "period_form"),
        ("07/2025", "period_form"),
        ("P07 2025", "period_form"),
        ("ma", "not a month"),
        ("Q1", "not a month"),
    ],
)
def test_periods_that_are_none(text, why):
    with pytest.raises(Unreadable, match=why):
        month_of_period(text, [YEAR])


@pytest.mark.parametrize(
    ("form", "text", "month"),
    [
        ("{start}M{month}", "2025M07", 7),
        ("{start}M{month}", "2025m7", 7),
        ("{end}{month}", "202612", 12),
        ("{year}-{calendar}", "2025-07", 4),
        ("{year}-{calendar}", "2026-03", 12),
        ("P{month} {start}/{end}", "P10  2025/2026", 10),
    ],
)
def test_a_period_with_its_year_is_read_as_the_map_says(form, text, month):
    assert month_of_period(text, [YEAR], form) == (YEAR, month)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("{start}M{month}", "2025M13"),
        ("{start}M{month}", "2024M07"),
        ("{start}M{month}", "7"),
        ("{year}-{calendar}", "2026-04"),
        ("{end}{month}", "202507"),
    ],
)
def test_a_period_of_another_form_or_year_is_refused(form, text):
    with pytest.raises(Unreadable, match="is not a period of 2025/26"):
        month_of_period(text, [YEAR], form)


@pytest.mark.parametrize(
    "form",
    ["{start}", "2025", "{month}{", "{0}", "{year.x}", "{monat}", "{calendar}{calendar}{oops}"],
)
def test_a_form_that_does_not_tell_months_apart_is_refused(form):
    with pytest.raises(ValueError, match="form"):
        periods(form, YEAR)


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2025-04-01", 1),
        ("30/04/2025", 1),
        ("1/5/25", 2),
        ("31-12-2025", 9),
        ("01/01/2026", 10),
        ("31 Mar 2026", 12),
        ("7 July 2025", 4),
        ("2025-07-01 00:00:00", 4),
        ("12-Sep-25", 6),
        ("30/06/2025 14:22", 3),
        ("2025-06-30T23:59:59.120Z", 3),
    ],
)
def test_dates_fall_into_months(text, month):
    assert month_of_date(text, [YEAR]) == (YEAR, month)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("31/03/2025", "not in 2025/26"),
        ("01/04/2026", "not in 2025/26"),
        ("04/13/2025", "not a date"),
        ("31/04/2025", "not a date"),
        ("", "not a date"),
        ("today", "not a date"),
        ("45748", "not a date"),
    ],
)
def test_dates_that_are_none(text, why):
    with pytest.raises(Unreadable, match=why):
        month_of_date(text, [YEAR])


def test_a_form_of_date_that_the_map_names_is_the_only_one():
    april = (YEAR, 1)
    assert month_of_date("04/13/2025", [YEAR], "%m/%d/%Y") == april
    assert month_of_date("04/13/2025 8:05", [YEAR], "%m/%d/%Y %H:%M") == april
    with pytest.raises(Unreadable):
        month_of_date("13/04/2025", [YEAR], "%m/%d/%Y")


@pytest.mark.parametrize(
    ("text", "form", "month"),
    [
        ("Apr-26", "", ("2026/27", 1)),
        ("Mar 2026", "", ("2025/26", 12)),
        ("Jan 2028", "", ("2027/28", 10)),
        ("P3", "", ("2026/27", 3)),
        ("2027M04", "{start}M{month}", ("2027/28", 4)),
        ("07-2026", "{calendar}-{year}", ("2026/27", 4)),
        ("M04", "M{month}", ("2026/27", 4)),
    ],
)
def test_a_period_of_any_year_of_the_plan(text, form, month):
    assert month_of_period(text, YEARS, form, "2026/27") == month


def test_a_date_of_any_year_of_the_plan():
    assert month_of_date("31/03/2026", YEARS) == ("2025/26", 12)
    assert month_of_date("01/04/2027", YEARS) == ("2027/28", 1)
    with pytest.raises(Unreadable, match=r"not in the plan \(2025/26 to 2027/28\)"):
        month_of_date("31/03/2025", YEARS)


@pytest.mark.parametrize(
    ("text", "year"), [("2025/26", YEAR), ("2025-2026", YEAR), ("25/26", YEAR), ("FY 25-26", YEAR)]
)
def test_years(text, year):
    assert year_of(text) == year


@pytest.mark.parametrize("text", ["2025", "FY26", "2025/27", "", "now"])
def test_years_that_could_be_another_are_refused(text):
    with pytest.raises(Unreadable):
        year_of(text)


@pytest.mark.parametrize(
    ("dates", "order"),
    [
        (["01/04/2025", "30/04/2025"], DateOrder.DAY_FIRST),
        (["04/01/2025", "04/30/2025"], DateOrder.MONTH_FIRST),
        (["13/04/2025", "04/13/2025"], DateOrder.MIXED),
        # 1 April read month first is 4 January 2025, which is in no year of the plan
        (["01/04/2025", "05/06/2025"], DateOrder.DAY_FIRST),
        (["05/06/2025", "07/08/2025"], DateOrder.UNKNOWN),
        (["05/05/2025", "2025-05-09", "7 May 2025"], DateOrder.DAY_FIRST),
        ([], DateOrder.DAY_FIRST),
    ],
)
def test_the_order_of_day_and_month_is_known_from_the_whole_column(dates, order):
    assert date_order(dates, [YEAR]) is order


def test_dates_go_by_the_order_of_the_file_or_are_asked_for():
    assert month_of_date("04/05/2025", [YEAR], order=DateOrder.MONTH_FIRST) == (YEAR, 1)
    assert month_of_date("04/05/2025", [YEAR], order=DateOrder.DAY_FIRST) == (YEAR, 2)
    for order in (DateOrder.MIXED, DateOrder.UNKNOWN):
        assert month_of_date("05/05/2025", [YEAR], order=order) == (YEAR, 2)
        with pytest.raises(Unreadable, match="date_format"):
            month_of_date("04/05/2025", [YEAR], order=order)


@pytest.mark.parametrize("form", ["%", "%d", "%Y-%m", "%d %d", "(%d/%m/%Y", "%Q", "x", "%d/%m/%y%"])
def test_a_form_of_dates_that_says_no_day_is_refused(form):
    fault = date_form_fault(form)
    assert bool(fault) is (form != "(%d/%m/%Y")


@pytest.mark.parametrize("form", ["%d/%m/%Y", "%Y%m%d", "%d %B %Y", "%m/%d/%Y %H:%M"])
def test_a_form_of_dates_that_says_the_day(form):
    assert date_form_fault(form) == ""


@pytest.mark.parametrize(
    "form",
    ["{month:>999999999}", "{month!r}", "{month.real}", "{start:099999999d}{month}", "{month" * 50],
)
def test_a_form_of_periods_is_no_program(form):
    with pytest.raises(ValueError, match="form"):
        periods(form, YEAR)
