"""Money is whole pence: rounded once, half-up, and split so that the parts make the whole."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from icbudget.engine import rounding
from icbudget.money import display, in_words, split, split_each, to_pence, to_pounds

PENCE = st.integers(-(10**15), 10**15)
WEIGHTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=8).filter(any)


@pytest.mark.parametrize(
    ("pounds", "pence"),
    [
        (Decimal("12.345"), 1235),
        (Decimal("-12.345"), -1235),
        (0.285, 29),  # binary 0.28499999999999998 is the 28.5p that was typed
        (1.005, 101),
        (2.675, 268),
        ("0.1", 10),
        (7, 700),
        (0, 0),
        (1e13, 10**15),
    ],
)
def test_pounds_become_pence_half_up(pounds, pence):
    assert to_pence(pounds) == pence


@given(PENCE)
def test_pence_to_pounds_and_back(pence):
    assert to_pence(to_pounds(pence)) == pence


@given(st.integers(-(10**11), 10**11), st.integers(0, 99))
def test_arrays_round_as_single_amounts_do(whole, hundredths):
    # £whole.hh5: half a penny, held in binary a little above or below
    pounds = (
        float(f"{whole / 100:.2f}") if whole == 0 else float(f"{whole}.{hundredths:02d}5") / 100
    )
    assert rounding.to_pence(pounds) == to_pence(
        Decimal(repr(pounds)).quantize(Decimal("0.00000001"))
    )


@pytest.mark.parametrize(
    ("amount", "unit", "rounded"),
    [
        (12_310_605.09, 1, 12_310_605),
        (0.5, 1, 1),
        (-0.5, 1, -1),
        (52.49999999999999, 5, 55),
        (52.4999, 5, 50),
        (52.5, 5, 55),
        (499.99, 1000, 0),
    ],
)
def test_rounding_to_a_unit(amount, unit, rounded):
    # binary noise beyond the sixth decimal is not a reason to round down: 52.49999999999999 was
    # 52.5
    assert float(rounding.half_up(amount, unit)) == rounded


def test_north_tyneside_roll_forward():
    # 11,651,150 × 1.0566 = 12,310,605.09
    assert float(rounding.half_up(np.array([1_165_115_000 * 1.0566]), 100.0)[0]) == 1_231_060_500


@given(PENCE, WEIGHTS)
def test_parts_make_the_whole_and_miss_their_share_by_less_than_a_penny(pence, weights):
    parts = split(pence, weights)
    assert sum(parts) == pence
    total = sum(weights)
    assert all(abs(part - Fraction(pence * w, total)) < 1 for part, w in zip(parts, weights))
    assert all(part == 0 for part, w in zip(parts, weights) if w == 0)


@given(PENCE, WEIGHTS)
def test_a_negative_amount_splits_as_the_mirror_of_the_positive(pence, weights):
    assert split(-pence, weights) == [-part for part in split(pence, weights)]


@given(PENCE, WEIGHTS, st.integers(1, 1000))
def test_only_the_proportion_of_the_weights_counts(pence, weights, times):
    assert split(pence, weights) == split(pence, [w * times for w in weights])


def test_ties_go_to_the_earlier_place():
    assert split(100, [1, 1, 1]) == [34, 33, 33]
    assert split(-100, [1, 1, 1]) == [-34, -33, -33]
    assert split(1, [1, 1]) == [1, 0]
    assert split(5, [0, 1, 1]) == [0, 3, 2]


def test_amounts_that_are_split_one_by_one_close_on_the_split_of_their_total():
    """Three schemes of £1.00, paid two to one: 67p and 33p each would be £2.01 and 99p."""
    parts = split_each([100, 100, 100], [2, 1])
    assert parts == [[67, 33], [67, 33], [66, 34]]
    # income that a line has beyond its spending is split alone: the others close on the rest
    assert split_each([100, -100, 100], [2, 1]) == [[67, 33], [-67, -33], [67, 33]]
    assert split_each([-100, 0, -200], [2, 1]) == [[-67, -33], [0, 0], [-133, -67]]
    assert split_each([], [2, 1]) == []


@given(st.lists(PENCE, max_size=6), WEIGHTS)
def test_no_part_of_several_amounts_exceeds_its_amount_or_has_another_sign(amounts, weights):
    parts = split_each(amounts, weights)
    for amount, of_amount in zip(amounts, parts, strict=True):
        assert sum(of_amount) == amount
        assert all(part * amount >= 0 and abs(part) <= abs(amount) for part in of_amount)
    of_weights = [sum(of_amount[n] for of_amount in parts) for n in range(len(weights))]
    assert of_weights == split(sum(amounts), weights)


def test_oxfordshire_exact_and_agreed():
    # £2m overspend on pools of £99m and £96m: exact 50.77/49.23 and agreed 51/49 differ by
    # £4,615.38
    exact = split(200_000_000, [99, 96])
    assert exact == [101_538_462, 98_461_538]
    assert split(200_000_000, [0.51, 0.49]) == [102_000_000, 98_000_000]


@pytest.mark.parametrize("weights", [[0, 0], [1, -1], [float("nan"), 1], [float("inf"), 1], []])
def test_weights_that_share_nothing_are_refused(weights):
    with pytest.raises(ValueError):
        split(100, weights)


@pytest.mark.parametrize(
    ("pence", "written"),
    [(0, "£0.00"), (123_456, "£1,234.56"), (-5, "−£0.05"), (-123_456_789, "−£1,234,567.89")],
)
def test_amounts_as_people_write_them(pence, written):
    assert display(pence) == written


@pytest.mark.parametrize(
    ("pence", "written"), [(149, "£1"), (150, "£2"), (-150, "−£2"), (123_456_789, "£1,234,568")]
)
def test_whole_pounds(pence, written):
    assert display(pence, pounds_only=True) == written


@pytest.mark.parametrize(
    ("pence", "written"), [(0, "£0"), (3_000_000, "£30,000"), (1_234, "£12.34"), (-100, "−£1")]
)
def test_amounts_in_a_sentence(pence, written):
    assert in_words(pence) == written
