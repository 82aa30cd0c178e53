"""A view is worked out once for each value, and goes when the value goes."""

from __future__ import annotations

import gc
import pickle
import weakref
from dataclasses import dataclass, replace

from icbudget.engine.cached_view import cached_view
from icbudget.recent_view import recent_view

ASKED: list[tuple[int, int]] = []


@dataclass(frozen=True)
class Number:
    value: int


@cached_view
def times(number: Number, by: int = 2) -> int:
    """The number so many times."""
    ASKED.append((number.value, by))
    return number.value * by


def test_a_view_is_worked_out_once_for_each_value_and_question():
    ASKED.clear()
    three, four = Number(3), Number(4)
    assert [times(three), times(four), times(three), times(three, 5), times(three, 5)] == [
        6,
        8,
        6,
        15,
        15,
    ]
    assert ASKED == [(3, 2), (4, 2), (3, 5)]


def test_a_changed_copy_is_asked_anew_and_a_value_stays_what_it_was():
    three = Number(3)
    times(three)
    assert times(replace(three, value=10)) == 20
    assert three == Number(3)
    assert pickle.loads(pickle.dumps(three)) == three


def test_what_was_seen_goes_with_the_value():
    three = Number(3)
    times(three)
    gone = weakref.ref(three)
    del three
    gc.collect()
    assert gone() is None


def test_what_raises_is_asked_again():
    @cached_view
    def inverse(number: Number) -> float:
        return 1 / number.value

    for _ in range(2):
        try:
            inverse(Number(0))
        except ZeroDivisionError:
            continue
        raise AssertionError


@recent_view(2)
def half(number: Number) -> float:
    """Half of the number."""
    ASKED.append((number.value, 0))
    return number.value / 2


def test_a_recent_view_is_worked_out_again_once_two_others_were_asked_for():
    ASKED.clear()
    three, four, five = Number(3), Number(4), Number(5)
    assert [half(three), half(four), half(three), half(five)] == [1.5, 2.0, 1.5, 2.5]
    assert ASKED == [(3, 0), (4, 0), (5, 0)]
    # four was asked for longest ago; an equal number is another one
    assert [half(three), half(Number(3)), half(four)] == [1.5, 1.5, 2.0]
    assert ASKED[3:] == [(3, 0), (4, 0)]


@recent_view(8, most_rows=5)
def first(rows: tuple[int, ...]) -> int:
    """The first of the rows."""
    ASKED.append((len(rows), rows[0]))
    return rows[0]


def test_a_recent_view_keeps_no_more_than_its_room_but_the_last_one():
    ASKED.clear()
    two, three, one, seven = (1, 2), (3, 4, 5), (6,), (7, 8, 9, 10, 11, 12, 13)
    for rows in (two, three, two, one):  # 2 + 3 fit; with 1 more the one asked longest ago goes
        first(rows)
    assert ASKED == [(2, 1), (3, 3), (1, 6)]
    first(two)
    first(three)
    assert ASKED[3:] == [(3, 3)]
    first(seven)  # larger than all room: kept alone, while it is the last
    first(seven)
    first(two)
    assert ASKED[4:] == [(7, 7), (2, 1)]


@recent_view(2, most_rows=100)
def last(rows: tuple[object, ...]) -> object:
    """The last of the rows."""
    ASKED.append((len(rows), 0))
    return rows[-1]


def test_a_table_that_changes_again_and_again_takes_no_room_of_another():
    ASKED.clear()
    numbers, words = [(n, n) for n in range(5)], ("one", "two", "three")
    assert last(words) == "three"
    assert list(map(last, numbers)) == [0, 1, 2, 3, 4]
    assert len(ASKED) == 6
    assert [last(words), last(numbers[3]), last(numbers[4])] == ["three", 3, 4]
    assert len(ASKED) == 6, "two of each kind are kept"
    last(numbers[2])
    assert len(ASKED) == 7
