"""The shape of every answer."""

from __future__ import annotations

from icbudget.answers.block import Row


def test_processors_that_differ_in_a_last_digit_give_one_answer():
    one, other = 22.96837984651537, 22.96837984651536
    assert one != other
    assert Row(("Stay",), "bed day", (one,)) == Row(("Stay",), "bed day", (other,))


def test_small_figures_keep_their_digits_and_large_ones_their_pence():
    row = Row(
        ("A",), "£", (1.23456789e-7, -12_345_678_901.12, 987_654_321_012_345.67, 0.0, None, 3, "no")
    )
    assert row.values == (
        1.23456789e-7,
        -12_345_678_901.12,
        987_654_321_012_345.67,
        0.0,
        None,
        3,
        "no",
    )
