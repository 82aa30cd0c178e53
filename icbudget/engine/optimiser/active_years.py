"""A programme begun in another year and bought in part, within what can be served.

Source: AP §5 option E, (4) and (5).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from icbudget.plan.columns import ByYear
from icbudget.plan.programme import Programme

RUNNING = ("people", "reach", "fixed_cost", "qalys")
ONCE = ("double_running", "exit_cost")
_NOISE = 1e-9


def bought_part(row: Programme, years: Sequence[str], start: str, level: float) -> Programme | None:
    """Return the programme begun in a year and bought in part, within what can be served.

    None where it cannot be.

    In each year from its start n, people (reach, where that is direct), is at most the capacity of
    the year, `max reach × cohort` with those who stay from earlier years, and the year before's n +
    `largest_step`; what is over is not bought in that year: people, reach, fixed cost and QALYs are
    less in that proportion, and an indivisible programme is not bought at all. Nor is one whose n
    falls by more than `largest_fall` in a year, or is less than `smallest` in any year from its
    start.
    """
    only_in_full = level < 1.0 and not row.divisible
    too_early = start < (row.earliest_start or start)
    if only_in_full or too_early or start in row.no_start:
        return None
    moved = _moved(row, years, start, level)
    return None if moved is None else _within(moved, years[years.index(start) :])


def _moved(row: Programme, years: Sequence[str], start: str, level: float) -> Programme | None:
    """Return the programme begun in another year and bought in part; None where it never starts."""
    figures = [getattr(row, field) for field in (*RUNNING, *ONCE)]
    stated = [year for year in years[1:] if any(by_year.get(year) for by_year in figures)]
    if not stated:
        return None
    own, later = years[years.index(stated[0]) :], years[years.index(start) :]
    update: dict[str, Any] = {}
    for field in (*RUNNING, *ONCE):
        values = [getattr(row, field).get(year, 0) for year in own]
        if not any(values):
            update[field] = ByYear()
            continue
        # Begun earlier it runs longer: what runs goes on as in its last year, what comes once does
        # not come again.
        further = values[-1] if field in RUNNING else 0
        moved = [*values, *[further] * len(later)][: len(later)]
        parts = [_part(value, level) for value in moved]
        update[field] = ByYear(dict(zip(later, parts, strict=True)))
    return row.model_copy(update=update)


def _part(value: Any, level: float) -> Any:
    if isinstance(value, Decimal):
        # Typed money stays whole pence, so that a scenario can hold it as a person would type it.
        return (value * Decimal(str(level))).quantize(Decimal("0.01"))
    return float(value) * level


def _within(row: Programme, years: Sequence[str]) -> Programme | None:
    planned = row.reach if row.reach_basis == "direct" else row.people
    before, present, parts = 0.0, 0.0, {}
    for year in years:
        wanted, cohort = planned.get(year, 0.0), row.cohort.get(year)
        # People who joined stay but for those who drop out; in service, each year's are new.
        present *= 1.0 - row.drop_off if row.reach_basis == "joins" else 0.0
        room = [wanted, row.capacity.get(year, wanted), before + (row.largest_step or wanted)]
        if row.reach_basis == "direct":
            room.append(row.max_reach)
        elif cohort:
            room.append(max(cohort * row.max_reach - present, 0.0))
        # Within noise of what is wanted it is what is wanted, or a part of 0.9999… would be bought.
        served = min(room) if min(room) < wanted * (1.0 - _NOISE) else wanted
        if served < wanted and not row.divisible:
            return None
        fall = before - served
        if row.largest_fall is not None and fall > row.largest_fall * (1.0 + _NOISE) + _NOISE:
            return None
        if row.smallest is not None and served < row.smallest * (1.0 - _NOISE):
            return None
        if served < wanted:
            parts[year] = served / wanted
        before, present = served, present + served
    if not parts:
        return row
    if not any(parts.get(year, 1.0) for year, wanted in planned.items() if wanted):
        return None
    less = {}
    for field in RUNNING:
        by_year = getattr(row, field)
        less[field] = ByYear({y: _part(v, parts.get(y, 1.0)) for y, v in by_year.items()})
    return row.model_copy(update=less)
