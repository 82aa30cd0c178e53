"""V11: the cost split of a teaching hospital, and what it releases."""

from __future__ import annotations

from tests.examples.reading import case_beside


def test_sixteen_per_cent_of_what_is_avoided_is_released():
    assert (round(360.3 / 429.2, 2), round(68.8 / 429.2, 2)) == (0.84, 0.16)
    run = case_beside(__file__).answered.projection
    avoided = run.avoided[0, 1, 0] * 429_200
    assert round(avoided) == 42_920_000
    # a tenth of $68.8m; the commissioner stops paying all of the $42.92m, the rest of it is
    # stranded
    assert round(run.released()[0, 1, 0] / 1e6, 2) == 6.88
    assert round(run.stranded[0, 1, 0] / avoided, 2) == 0.84
