"""What of a projection the pools' money does not change: worked out once, for all years.

Activity, prices and payments if nothing changes, what programmes cost in full, how lines are paid
and what they release. Only how much of each programme is bought hangs on money, year by year.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from threading import Lock
from typing import Any, NamedTuple, TypeVar

import numpy as np

from icbudget.engine.projection import programme_cost, reallocate
from icbudget.engine.projection.avoided import Lags, lags_of
from icbudget.engine.projection.contract import Payments, payments
from icbudget.engine.projection.do_nothing import DoNothing, do_nothing
from icbudget.engine.projection.release import Releasing, releasing
from icbudget.engine.projection.structure import Figures, Structure
from icbudget.engine.rounding import Floats

View = TypeVar("View")


@dataclass(frozen=True, eq=False, slots=True)
class OfLines:
    """The activity lines whatever is bought. Arrays are draws × years × lines."""

    nothing: DoNothing
    pay_nothing: Floats
    acute_budget: Floats
    """The commissioner's budget for each line before anything is moved."""
    payments: Payments
    releasing: Releasing
    of_nothing: dict[str, Any] = field(default_factory=dict)
    """What others worked out of the figures of the lines and of do nothing, by its name."""


class OfProgrammes(NamedTuple):
    """The programmes whatever is bought."""

    lags: Lags
    running_cost: Floats
    """draws × years × programmes, £: running cost in full, before scaling to the money."""
    bill: reallocate.Bill


class BeforeMoney(NamedTuple):
    """What stays as it is whatever is bought."""

    lines: OfLines
    programmes: OfProgrammes


_LINES = ("rates", "activity0", "price0", "cost0", "charge0", "budget_growth", "close", "backfill")
_PROGRAMMES = (
    *("lag", "people", "unit_cost", "fixed_cost", "cost_level", "optimism_cost"),
    *("double_running", "exit_cost"),
)
"""The figures that the lines and the programmes hang on."""
_MOST = 32
_kept: OrderedDict[tuple[int, ...], tuple[tuple[Any, ...], Any]] = OrderedDict()
"""What was made last of the very same structure and figures of one draw, by their identity.

Plans with the same rows have the same arrays (`icbudget.engine.projection.structure.figures_of`),
so an edit of money, and a scenario that changes one table, have the rest already.
"""
_lock = Lock()


def before_money(structure: Structure, figures: Figures) -> BeforeMoney:
    """Return what of a projection no purchase changes. Source: model §4, §6."""
    of_lines = tuple(getattr(figures, name) for name in _LINES)
    of_programmes = tuple(getattr(figures, name) for name in _PROGRAMMES)
    lines = _once(
        (structure.lines, structure.multiplicative, *of_lines),
        lambda: _of_lines(structure, figures),
        one_draw=all(len(values) == 1 for values in of_lines),
    )
    programmes = _once(
        of_programmes,
        lambda: _of_programmes(figures),
        one_draw=all(len(values) == 1 for values in of_programmes),
    )
    return BeforeMoney(_in_every_draw(lines, figures.draws), programmes)


def _once(hangs_on: tuple[Any, ...], make: Callable[[], View], *, one_draw: bool) -> View:
    """Return what is made of values, or was made of the very same ones; only of one draw."""
    # Many draws are drawn anew every time, and would take the room of plans.
    if not one_draw:
        return make()
    key = tuple(map(id, hangs_on))
    with _lock:
        known = _kept.get(key)
    # While they are kept with what was made, nothing else has their identity.
    made: View = make() if known is None else known[1]
    with _lock:
        _kept[key] = hangs_on, made
        _kept.move_to_end(key)
        while len(_kept) > _MOST:
            _kept.popitem(last=False)
    return made


def _of_lines(structure: Structure, figures: Figures) -> OfLines:
    """Return the lines in as many draws as their figures have."""
    nothing = do_nothing(structure, figures)
    paid = payments(structure.lines, nothing.price, nothing.uplift, nothing.charge)
    pay_nothing = paid.of_path(nothing.activity)
    return OfLines(
        nothing=nothing,
        pay_nothing=pay_nothing,
        acute_budget=reallocate.acute_budget(pay_nothing, figures.budget_growth),
        payments=paid,
        releasing=releasing(
            structure.lines, nothing.activity, nothing.cost, figures.close, figures.backfill
        ),
    )


def _of_programmes(figures: Figures) -> OfProgrammes:
    running_cost = programme_cost.running_cost(figures)
    bill = reallocate.bill_of(figures, running_cost)
    return OfProgrammes(lags_of(figures.lag), running_cost, bill)


def _in_every_draw(lines: OfLines, draws: int) -> OfLines:
    """Return the lines with all draws in every figure; what is not drawn is not copied."""
    shape = (draws, *lines.nothing.activity.shape[1:])
    if all(len(getattr(lines.nothing, name)) == draws for name in _NOTHING):
        return lines
    nothing = DoNothing(
        **{name: np.broadcast_to(getattr(lines.nothing, name), shape) for name in _NOTHING}
    )
    pay_nothing = np.broadcast_to(lines.pay_nothing, shape)
    # Where the budget meets do nothing it is the same array still.
    met = lines.acute_budget is lines.pay_nothing
    budget = pay_nothing if met else np.broadcast_to(lines.acute_budget, shape)
    return OfLines(nothing, pay_nothing, budget, lines.payments, lines.releasing)


_NOTHING = tuple(part.name for part in fields(DoNothing))
