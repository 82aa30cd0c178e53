"""Amounts as ledgers write them; what is not certain is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icbudget.ledger_import.ledger_amounts import Unreadable, amount, has_decimal_comma


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
        ("0.30000000000000004", 30),  # a spreadsheet's 0.1 + 0.2
        ("28.999999999999996", 2_900),
        ("1\u202f234.56", 123_456),
        ("1\u00a0234\u00a0567", 123_456_700),
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
    ("text", "pence"),
    [("1.234,56", 123_456), ("1234,5", 123_450), ("-1.234.567,00", -123_456_700), ("7", 700)],
)
def test_amounts_with_a_decimal_comma(text, pence):
    assert amount(text, decimal_comma=True) == pence


@pytest.mark.parametrize(
    ("column", "has_one"),
    [
        (["1.234,56", "7", ""], True),
        (["100,5", "1.000"], True),
        (["1,234", "5"], False),  # £1,234, as the United Kingdom writes it
        (["1,23", "1,234.50"], False),  # one odd amount among others with a point
        (["1.234"], False),
        (["n/a", "4,50"], True),
        ([], False),
    ],
)
def test_a_decimal_comma_is_known_from_the_whole_column(column, has_one):
    assert has_decimal_comma(column) is has_one
