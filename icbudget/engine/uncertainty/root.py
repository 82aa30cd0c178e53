"""Where a function comes to nought, by Brent's method."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable

_MOST_STEPS = 100
_RELATIVE = 4.0 * sys.float_info.epsilon


def root(of: Callable[[float], float], low: float, high: float, within: float) -> float:
    """Return where a function of one number comes to nought between two numbers.

    By Brent's method (R. P. Brent, Algorithms for Minimization without Derivatives, 1973, chapter
    4): the interval in which the sign changes is halved, or cut by a secant or by the inverse
    parabola through three points where that step is the shorter. It gives the numbers of
    `scipy.optimize.brentq` to the last bit, without the tenth of a second that importing it takes.

    `within`: how far off it may be, beside the precision of a float. Raises `ValueError` where the
    function has one sign at both ends, or is so level that a hundred steps do not lead there.
    """
    # `now` is the best number so far, `before` the one before it, and the sign changes between
    # `now` and `across`.
    before, now = low, high
    at_before, at_now = of(before), of(now)
    if at_before == 0.0 or at_now == 0.0:
        return before if at_before == 0.0 else now
    if (at_before < 0.0) == (at_now < 0.0):
        raise ValueError("the function has the same sign at both ends")
    across, at_across = before, at_before
    last_step = step = now - before
    for _ in range(_MOST_STEPS):
        if (at_before < 0.0) != (at_now < 0.0):
            across, at_across = before, at_before
            last_step = step = now - before
        if abs(at_across) < abs(at_now):
            before, now, across = now, across, now
            at_before, at_now, at_across = at_now, at_across, at_now
        allowed = (within + _RELATIVE * abs(now)) / 2
        half = (across - now) / 2
        if at_now == 0.0 or abs(half) < allowed:
            return now
        tried = math.inf
        if abs(last_step) > allowed and abs(at_now) < abs(at_before):
            tried = _cut((before, at_before), (now, at_now), (across, at_across))
        if 2 * abs(tried) < min(abs(last_step), 3 * abs(half) - allowed):
            last_step, step = step, tried
        else:
            last_step = step = half
        before, at_before = now, at_now
        now += step if abs(step) > allowed else allowed if half > 0 else -allowed
        at_now = of(now)
    raise ValueError(f"the function does not come to nought in {_MOST_STEPS} steps")


def _cut(
    before: tuple[float, float], now: tuple[float, float], across: tuple[float, float]
) -> float:
    """Return the step from `now` by a secant, or by the inverse parabola through three points.

    It is infinite where the parabola has none.
    """
    (x_before, at_before), (x_now, at_now), (x_across, at_across) = before, now, across
    if x_before == x_across:
        return -at_now * (x_now - x_before) / (at_now - at_before)
    slope_before = (at_before - at_now) / (x_before - x_now)
    slope_across = (at_across - at_now) / (x_across - x_now)
    divisor = slope_across * slope_before * (at_across - at_before)
    if divisor == 0.0:
        return math.inf
    return -at_now * (at_across * slope_across - at_before * slope_before) / divisor
