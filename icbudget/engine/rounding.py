"""Whole pence for arrays: the same half-up rule as `icbudget.money`, draw by draw."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from icbudget import money

if TYPE_CHECKING:
    from numpy.typing import NDArray

Floats: TypeAlias = "NDArray[np.float64]"
Ints: TypeAlias = "NDArray[np.int64]"
_NOISE = 6
"""Decimals kept before rounding, so that 52.5 held as 52.49999999999999 is rounded up like 52.5."""


def half_up(amount: Floats | float, unit: float = 1.0) -> Floats:
    """Return amounts rounded half-up (away from zero) to a multiple of `unit`.

    In the amounts' own unit and shape: `sign(x) · ⌊|x| / unit + ½⌋ · unit`, after taking off binary
    noise beyond the sixth decimal of `x / unit`.
    """
    steps = _half_up(amount, np.divide, unit)
    steps *= unit
    return steps


def to_pence(pounds: Floats | float) -> Floats:
    """Return pounds as whole pence, half-up, in their shape.

    They are held as floats, which are exact below £90 trillion. Source: model §1.
    """
    return _half_up(pounds, np.multiply, 100.0)


_AT_ONCE = 32_768
"""Amounts that are rounded together: they stay in the processor's cache."""


def _half_up(amount: Floats | float, into_steps: np.ufunc, by: float) -> Floats:
    """Return amounts multiplied or divided by a number, then rounded half-up; never −0."""
    amounts = np.asarray(amount, dtype=np.float64)
    if amounts.size <= _AT_ONCE:
        steps = np.asarray(into_steps(amounts, by))
        _round_in_place(steps)
        return steps
    # In parts, one after another as they lie in memory, and with all that is done to each: the
    # whole is too large for the cache.
    parts = np.nditer(
        [amounts, None],
        flags=["external_loop", "buffered"],
        op_flags=[["readonly"], ["writeonly", "allocate"]],
        buffersize=_AT_ONCE,
    )
    with parts:
        for part, steps in parts:
            into_steps(part, by, out=steps)
            _round_in_place(steps)
        return np.asarray(parts.operands[1])


def _round_in_place(steps: Floats) -> None:
    # Halves are decided on the sixth decimal: 52.49999999999999 is 52.5 that binary could not hold,
    # and goes up.
    steps *= 10.0**_NOISE
    np.rint(steps, out=steps)
    steps /= 10.0**_NOISE
    if steps.size and steps.min() >= 0.0:
        # Most amounts are zero or more, where away from zero is up.
        steps += 0.5
        np.floor(steps, out=steps)
        return
    steps += np.copysign(0.5, steps)
    np.trunc(steps, out=steps)
    # −0 becomes 0, or a nought would be written with a sign, as if it were a debt.
    steps += 0.0


def sum_of(pence: Floats) -> Floats:
    """Return whole pence added up along their last axis, which is gone.

    Sums of whole pence are exact in any order below £90 trillion, and numpy adds along a last axis
    of a few ten times as slowly as it multiplies.
    """
    if is_nothing(pence):
        return np.zeros(pence.shape[:-1])
    each = _ones(pence.shape[-1])
    if pence.ndim == 3:
        # Year by year, as they lie side by side in memory (`by_year`).
        return np.asarray((pence.swapaxes(0, 1) @ each).swapaxes(0, 1))
    return np.asarray(pence @ each)


@lru_cache(maxsize=64)
def _ones(size: int) -> Floats:
    """Return so many ones, which nobody changes."""
    ones = np.ones(size)
    ones.flags.writeable = False
    return ones


def fewest_draws(values: Floats) -> Floats:
    """Return values, draws × …, as one draw where no draw differs from another; in their unit."""
    return values[:1] if (values == values[:1]).all() else values


def by_year(draws: int, years: int, columns: int) -> Floats:
    """Return zeros, draws × years × columns.

    Each year's lie side by side in memory, since years are taken one after another.
    """
    return np.zeros((years, draws, columns)).swapaxes(0, 1)


def from_year_1(draws: int, years: int, columns: int) -> Floats:
    """Return what is still to be filled from year 1 on, draws × years × columns, as `by_year`.

    The base year is zeros; of later years nothing can be known until they are filled.
    """
    unfilled = np.empty((years, draws, columns))
    unfilled[:1] = 0.0
    return unfilled.swapaxes(0, 1)


def nothing(*shape: int) -> Floats:
    """Return zeros of a shape, of any unit, that take no memory and that nobody can write into."""
    return np.broadcast_to(0.0, shape)


def is_nothing(values: Floats) -> bool:
    """Return whether values are made by `nothing`."""
    return not any(values.strides) and not values[(slice(1),) * values.ndim].any()


def years_before(t: int | slice, back: int, years: int) -> int | Ints:
    """Return the place of the year so many before year t, or before each of several years.

    The base year stands for any before it; one for each year asked. `years`: how many there are.
    """
    if isinstance(t, int):
        return max(t - back, 0)
    return np.maximum(np.arange(years)[t] - back, 0)


def rounds_of(pairs: Iterable[tuple[int, int]]) -> tuple[tuple[Ints, ...], ...]:
    """Return pairs of places, (goes to, comes from), in rounds for adding up, each two arrays.

    Places, one for each pair.

    No round goes to one place twice, and the rounds keep the order of what goes to a place. So
    `sums[goes_to] += parts[comes_from]`, round after round, adds them up in that order.
    """
    rounds: list[list[tuple[int, int]]] = []
    so_far: dict[int, int] = {}
    for goes_to, comes_from in pairs:
        turn = so_far.get(goes_to, 0)
        so_far[goes_to] = turn + 1
        if turn == len(rounds):
            rounds.append([])
        rounds[turn].append((goes_to, comes_from))
    return tuple(tuple(np.array(of_round, dtype=np.int64).T) for of_round in rounds)


def columns(values: Floats, at: NDArray[np.int64]) -> Floats:
    """Return columns of values, draws × years × columns, laid out as `by_year` does.

    A column may be asked for several times. Nobody writes into them: of a single column no copy is
    made, however many ask for it.
    """
    if values.shape[-1] == 1:
        return np.broadcast_to(values, (*values.shape[:2], at.size))
    return values.swapaxes(0, 1).take(at, axis=-1).swapaxes(0, 1)


def cumulative(factors: Floats) -> Floats:
    """Return the running product of yearly factors along the year axis: draws × years × lines."""
    product = by_year(*factors.shape)
    return np.multiply.accumulate(factors, axis=1, out=product)


def split(pence: Floats, weights: NDArray[np.int64]) -> Floats:
    """Return amounts split by whole-number weights along a new last axis, by largest remainder.

    To the penny, by the rule of `icbudget.money.split` for arrays: `pence` has the leading axes of
    `weights`, whose last axis are the parts; ties go to the earlier part; parts sum to the amount;
    below zero they mirror. Where all weights are zero, so are all parts. Exact below £10 trillion
    with weights below 2⁵³. Raises `ValueError` for a weight below zero.

    How it is exact: the remainder `pence × w − part × Σw` is small, so that 64-bit
    arithmetic that wraps round still gives it exactly, and it puts right the part that was worked
    out as a float.
    """
    if weights.size and weights.size == weights.shape[-1] and np.size(pence) == 1:
        return _of_one(pence, weights)
    # a weight below zero would make parts larger than the amount, or of the other sign (model §8)
    if weights.size and weights.min() < 0:
        raise ValueError("the weights of a split must be zero or more")
    amount = np.abs(np.asarray(pence)).astype(np.int64)[..., np.newaxis]
    alike = amount.shape[:-1] == weights.shape[:-1]
    shape = weights.shape if alike else np.broadcast_shapes(amount.shape, weights.shape)
    if not amount.any():
        return np.zeros(shape)
    # Nobody gives a part that weighs nothing anything, so it is left out of the arithmetic.
    used = np.array([weights[..., part].any() for part in range(weights.shape[-1])], dtype=bool)
    if not used.any():
        return np.zeros(shape)
    if used.all():
        parts = _parts(amount, weights)
    else:
        parts = np.zeros(shape)
        parts[..., used] = _parts(amount, weights[..., used])
    shared: Floats = np.copysign(parts, np.asarray(pence)[..., np.newaxis]) + 0.0
    return shared


def _of_one(pence: Floats, weights: NDArray[np.int64]) -> Floats:
    """Return one amount split: for a single draw plain numbers are faster than arrays."""
    numbers, amount = weights.ravel().tolist(), int(np.asarray(pence).item())
    leading = np.broadcast_shapes(np.shape(pence), weights.shape[:-1])
    parts = np.zeros((*leading, len(numbers)))
    # no weight at all: all parts are zero; one below zero is refused where parts are worked out
    if (amount and any(numbers)) or min(numbers) < 0:
        parts[...] = money.split(amount, numbers)
    return parts


def _parts(amount: NDArray[np.int64], weights: NDArray[np.int64]) -> Floats:
    """Return the parts of amounts above zero; see `split`."""
    if weights.shape[-1] == 1:
        return np.where(weights > 0, amount, 0).astype(np.float64)
    # Parts come first and draws last, as numpy is slow along a last axis of a few.
    as_deep = weights.reshape((1,) * (amount.ndim - weights.ndim) + weights.shape)
    weighing, of_all = np.moveaxis(as_deep, -1, 0).copy(), amount[..., 0]
    # Parts are rounded down first, so that what is missing is whole pence still to be given out.
    total = weighing.sum(axis=0)
    divisor = np.maximum(total, 1)  # where all weights are zero: no division by zero
    part = np.floor(of_all * (weighing / divisor)).astype(np.int64)
    rest = of_all * weighing - part * divisor
    over = rest // divisor
    part, rest = part + over, rest - over * divisor
    missing = np.where(total > 0, of_all - part.sum(axis=0), 0)
    part = np.where(total > 0, part, 0)
    if missing.any():
        part += _before(rest) < missing
    return np.moveaxis(part, 0, -1).astype(np.float64, order="C")


_FEW = 8
"""Parts of which each is compared with each; more are sorted."""


def _before(rest: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many parts come before each when missing pence are given out, parts × ….

    They go to the largest remainders, ties to the earlier part (model §1.1).
    """
    places = np.zeros(rest.shape, dtype=np.int64)
    if len(rest) > _FEW:
        largest_first = np.argsort(-rest, axis=0, kind="stable")
        in_order = np.arange(len(rest)).reshape(-1, *(1,) * (rest.ndim - 1))
        np.put_along_axis(places, largest_first, in_order, axis=0)
        return places
    for later in range(len(rest)):
        for earlier in range(later):
            goes_first = rest[earlier] >= rest[later]
            places[later] += goes_first
            places[earlier] += ~goes_first
    return places
