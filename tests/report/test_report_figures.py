"""How figures are written."""

from __future__ import annotations

import pytest

from icbudget.report.report_figures import (
    MILLIONS,
    POUNDS,
    THOUSANDS,
    legible,
    listed,
    number,
    percent,
    plural,
    pounds,
    scale_for,
)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "£0"),
        (893129.91, "£893,130"),
        (-893129.91, "£893,130"),
        (999_999.4, "£999,999"),
        (999_999.5, "£1.00m"),
        (4_209_154.12, "£4.21m"),
        (9_994_999, "£9.99m"),
        (9_995_000, "£10.0m"),
        (34_504_870, "£34.5m"),
        (999_940_000, "£999.9m"),
        (999_950_000, "£1.00bn"),
        (3_800_000_000, "£3.80bn"),
    ],
)
def test_a_sentence_gives_an_amount_in_the_size_people_say_it(value, shown):
    assert pounds(value) == shown


def test_a_number_is_rounded_half_up_and_a_rounded_nothing_has_no_sign():
    assert (number(1234.5), number(-1234.5), number(-0.4), number(2.675, 2)) == (
        "1,235",
        "−1,235",
        "0",
        "2.68",
    )


def test_below_zero_stands_in_brackets_where_the_plan_says_so():
    assert (number(-1234, brackets=True), percent(-0.672, brackets=True)) == ("(1,234)", "(67.2%)")
    assert number(-0.4, brackets=True) == "0"


def test_a_percentage_has_one_decimal():
    assert (percent(0.0566), percent(1), percent(-0.672), percent(None)) == (
        "5.7%",
        "100.0%",
        "−67.2%",
        "–",
    )


def test_a_table_is_counted_in_what_its_largest_amount_asks_for():
    assert scale_for([10, -999_999.99]) is POUNDS
    assert scale_for([1_000_000, None]) is THOUSANDS
    assert scale_for([-999_999_999]) is THOUSANDS
    assert scale_for([-1_000_000_000]) is MILLIONS
    assert scale_for([]) is POUNDS
    assert (THOUSANDS.write(30_851_272.67), MILLIONS.write(571_250_000)) == ("30,851", "571.3")


def test_words_are_listed_and_counted():
    assert [listed(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
    assert (plural(0, "error"), plural(1, "error"), plural(2000, "error")) == (
        "no errors",
        "1 error",
        "2,000 errors",
    )


def test_control_characters_are_left_out():
    assert legible("a\x00b\x1bc\ufffe\x85d\té") == "abcd\té"
