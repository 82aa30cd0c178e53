"""Financial years have one written form and follow one another, also across a century."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icbudget import years

FIRST = st.integers(1948, 2150)


@pytest.mark.parametrize("text", ["2026/27", "2026-27", "2026–27", "2026/2027", " 2026 / 27 "])
def test_the_ways_people_write_a_year(text):
    assert years.year(text) == "2026/27"


@pytest.mark.parametrize(
    "text",
    ["2026", "2026/28", "2026/26", "26/27", "2026/7", "FY2026/27", "2026/27/28", "", "2026/2037"],
)
def test_what_is_not_a_financial_year(text):
    with pytest.raises(ValueError):
        years.year(text)


@pytest.mark.parametrize("text", ["1999/00", "1999-2000", "1999/2000"])
def test_the_turn_of_a_century(text):
    assert years.year(text) == "1999/00"


def test_a_refusal_says_how_to_write_it():
    with pytest.raises(ValueError, match="2026/27"):
        years.year("twenty-six")


@given(FIRST)
def test_written_and_read_again(first):
    assert years.year(years.of(first)) == years.of(first)
    assert years.start(years.of(first)) == first


@given(FIRST, st.integers(-30, 30))
def test_steps_forward_and_back(first, steps):
    assert years.after(years.after(years.of(first), steps), -steps) == years.of(first)


def test_a_plan_spans_its_base_year_and_horizon():
    assert years.span("2025/26", 3) == ("2025/26", "2026/27", "2027/28", "2028/29")
    assert years.span("2025/26", 0) == ("2025/26",)


@given(FIRST, st.integers(1, 30))
def test_years_sort_as_text_within_a_plan(first, horizon):
    span = years.span(years.of(first), horizon)
    assert list(span) == sorted(span)
