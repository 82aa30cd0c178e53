"""Amounts and months as ledgers write them; what is not certain is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icbudget.ledger_import.ledger_amounts import (
    Unreadable,
    amount,
    month_of_date,
    month_of_period,
    periods,
)

YEAR = "2025/26"


@pytest.mark.parametrize(
    ("text", "pence"),
    [
        ("1234.56", 123_456),
        ("1,234.56", 123_456),
        ("£1,234.56", 123_456),
        (" £ 1,234,567 ", 123_456_700),
        ("GBP 12", 1_200),
        ("(1,234.56)", -123_456),
        ("£(1,234.56)", -123_456),
        ("(£1,234.56)", -123_456),
        ("-1,234.56", -123_456),
        ("1,234.56-", -123_456),
        ("−5", -500),
        ("+5", 500),
        ("£-5", -500),
        ("-£5", -500),
        ("12.5", 1_250),
        (".5", 50),
        ("0", 0),
        ("1,234.56 CR", -123_456),
        ("1,234.56CR", -123_456),
        ("CR 5", -500),
        ("5 DR", 500),
        ("12.3400", 1_234),
        ("1\u00a0", 100),
        (" -   ", 0),
        ("£-", 0),
        ("–5", -500),
    ],
)
def test_amounts(text, pence):
    assert amount(text) == pence


@pytest.mark.parametrize(
    "text",
    [
        *(
            "£2.%",
            "",
            "£",
            "n/a",
            "- -",
            ".",
            "1,23",
            "1,2345",
            "12,34.5",
            "1.2.3",
            "1 234",
            "1e5",
            "0x10",
            "-(5)",
            "-5 CR",
            "--5",
            "=5",
        ),
        *("#REF!", "1.234", "2%", "nan", "inf", "١٢", "9999999999999999"),
    ],
)
def test_amounts_that_cannot_be_read(text):
    with pytest.raises(Unreadable):
        amount(text)


@given(st.integers(-(10**13), 10**13))
def test_every_way_to_write_an_amount_reads_the_same(pence):
    size = f"{abs(pence) // 100:,}.{abs(pence) % 100:02d}"
    ways = (
        [size, f"£{size}"]
        if pence >= 0
        else [f"-{size}", f"({size})", f"£({size})", f"{size}-", f"{size} CR", f"-£{size}"]
    )
    assert {amount(way) for way in ways} == {pence}


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
    assert month_of_period(text, YEAR) == month


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
        month_of_period(text, YEAR)


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
    assert month_of_period(text, YEAR, form) == month


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
        month_of_period(text, YEAR, form)


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
    assert month_of_date(text, YEAR) == month


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
        month_of_date(text, YEAR)


def test_a_form_of_date_that_the_map_names_is_the_only_one():
    assert (
        month_of_date("04/13/2025", YEAR, "%m/%d/%Y")
        == month_of_date("04/13/2025 8:05", YEAR, "%m/%d/%Y %H:%M")
        == 1
    )
    with pytest.raises(Unreadable):
        month_of_date("13/04/2025", YEAR, "%m/%d/%Y")
