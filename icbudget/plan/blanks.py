"""What a blank cell of a plan means: the field's own default, filled in before the engine runs.

A plan is kept as it was typed, so that a workbook written from it is as short as the first one.
What the engine, the checks and the answers look at is `filled_in(plan)`. Source: workbook.md §3.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

from icbudget.plan.acute_line import AcuteLine
from icbudget.plan.columns import ByYear, Noun
from icbudget.plan.index import FLAT
from icbudget.plan.looked_at import kept_by_fields
from icbudget.plan.plan import Plan
from icbudget.plan.programme import Programme
from icbudget.plan.risk_share import RiskShare
from icbudget.plan.segment import Segment

BY_CONTRIBUTION, HOST_BEARS = "by contribution", "host bears it"
BUILT_IN_RULES = (BY_CONTRIBUTION, HOST_BEARS)
"""Risk shares that need no row, as the index `flat` needs none."""
ALL_OF_A_LINE = "all"
"""Segment of a line that programmes reach as a whole."""
Row = TypeVar("Row", bound=Noun)
_KEPT = 24
"""Tables filled in that are kept: those of a plan and its scenarios. The same rows are filled in
with the same rows, so that what was worked out of them need not be worked out again."""


def filled_in(plan: Plan) -> Plan:
    """Return the plan with every blank that has a meaning filled in.

    One without such a blank is returned as it is.
    """
    tables: dict[str, tuple[Any, ...]] = {
        "acute_lines": _lines(plan),
        "segments": _all_segments(plan),
        "programmes": _programmes(plan),
        "risk_shares": _rules(plan),
    }
    changes = {table: rows for table, rows in tables.items() if rows is not getattr(plan, table)}
    return plan.model_copy(update=changes) if changes else plan


@kept_by_fields(_KEPT)
def _lines(plan: Plan) -> tuple[AcuteLine, ...]:
    return _or_as_before(plan.acute_lines, (_line(plan, row) for row in plan.acute_lines))


@kept_by_fields(_KEPT)
def _all_segments(plan: Plan) -> tuple[Segment, ...]:
    return _or_as_before(plan.segments, _segments(plan))


@kept_by_fields(_KEPT)
def _programmes(plan: Plan) -> tuple[Programme, ...]:
    return _or_as_before(plan.programmes, (_programme(plan, row) for row in plan.programmes))


@kept_by_fields(_KEPT)
def _rules(plan: Plan) -> tuple[RiskShare, ...]:
    return _or_as_before(plan.risk_shares, (*plan.risk_shares, *_built_in_rules(plan)))


def _or_as_before(rows: tuple[Row, ...], filled: Iterable[Row]) -> tuple[Row, ...]:
    """Return rows filled in; the very same rows where no blank was filled, or they were before."""
    complete = tuple(filled)
    return rows if complete == rows else complete


def price_indices(plan: Plan, row: AcuteLine) -> tuple[str, str]:
    """Return the uplift and efficiency index of a line's price: its own, Setup's, or flat."""
    return (
        row.price_uplift or plan.setup.price_uplift or FLAT,
        row.price_efficiency or plan.setup.price_efficiency or FLAT,
    )


def first_year(plan: Plan, row: Programme) -> str:
    """Return the year in which what is typed once for a programme starts.

    It is blank for a plan that projects no year.
    """
    later = plan.years[1:]
    return row.starts or (later[0] if later else "")


def _line(plan: Plan, row: AcuteLine) -> AcuteLine:
    uplift, efficiency = price_indices(plan, row)
    filled: dict[str, Any] = {
        "demographic_index": row.demographic_index or FLAT,
        "non_demographic_index": row.non_demographic_index or FLAT,
        "price_uplift": uplift,
        "price_efficiency": efficiency,
    }
    if row.unit_cost is None:
        filled["unit_cost"] = row.unit_price
    if row.fixed_cost is None:
        # The three shares of the cost sum to 100 %; what two leave may not be below zero, and a
        # pair above 100 % is a finding of its own. Rounded, so that 1 − 0.2 − 0.7 is 0.1.
        left = 1.0 - row.variable_cost - row.semi_fixed_cost
        filled["fixed_cost"] = max(round(left, 12), 0.0)
    complete: AcuteLine = _changed(row, filled)
    return complete


def _programme(plan: Plan, row: Programme) -> Programme:
    filled: dict[str, Any] = {"cost_index": row.cost_index or FLAT}
    start = first_year(plan, row)
    steady = [year for year in plan.years[1:] if year >= start]
    if row.steady_reach is not None:
        once = dict.fromkeys(steady, row.steady_reach)
        filled["reach"] = ByYear({**once, **row.reach})
    if row.yearly_cost is not None:
        cost: dict[str, Decimal] = dict.fromkeys(steady, row.yearly_cost)
        filled["fixed_cost"] = ByYear({**cost, **row.fixed_cost})
    for field in ("reach", "fixed_cost"):
        if field in filled:
            filled[field] = ByYear({year: filled[field][year] for year in sorted(filled[field])})
    complete: Programme = _changed(row, filled)
    return complete


def _segments(plan: Plan) -> Iterator[Segment]:
    """Yield the segments, with the programmes that reach a line as a whole.

    A line of which nobody states a segment gets one; a name that is no line is no line to divide,
    and the cell that holds it is what is wrong.
    """
    reaching: dict[str, list[str]] = {}
    for programme in plan.programmes:
        for line in programme.reaches:
            reaching.setdefault(line, []).append(programme.id)
    for segment in plan.segments:
        further = reaching.get(segment.acute_line, [])
        programmes = tuple(dict.fromkeys((*segment.programmes, *further)))
        yield _changed(segment, {"programmes": programmes})
    divided = {segment.acute_line for segment in plan.segments}
    undivided = {line.id for line in plan.acute_lines} - divided
    for line in dict.fromkeys(reaching):
        if line in undivided:
            yield Segment(
                acute_line=line, id=ALL_OF_A_LINE, share=1.0, programmes=tuple(reaching[line])
            )


def _built_in_rules(plan: Plan) -> list[RiskShare]:
    stated = {row.id for row in plan.risk_shares}
    named = dict.fromkeys(pool.risk_share for pool in plan.pools)
    return [_built_in_rule(name) for name in named if name in BUILT_IN_RULES and name not in stated]


@cache
def _built_in_rule(name: str) -> RiskShare:
    """Return a built-in risk share, always the same; it is made when a plan first names it."""
    basis = "contributions" if name == BY_CONTRIBUTION else "host"
    return RiskShare(id=name, basis=basis, clause="built in")


def _changed(row: Any, filled: Mapping[str, Any]) -> Any:
    """Return a row with the values filled in that it does not hold yet."""
    changes = {field: value for field, value in filled.items() if getattr(row, field) != value}
    return row.model_copy(update=changes) if changes else row
