"""What an optimiser may choose for every programme.

When it starts, how much of it is bought, and which source pays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, product
from typing import Any

import numpy as np

from icbudget import reference
from icbudget.engine.optimiser.active_years import ONCE, RUNNING, bought_part
from icbudget.engine.projection import avoided as avoid
from icbudget.engine.projection.programme_cost import running_cost
from icbudget.engine.projection.structure import Figures, Structure, structure_of
from icbudget.engine.projection.wiring import payer
from icbudget.engine.rounding import Floats
from icbudget.engine.run import figures
from icbudget.plan import Plan
from icbudget.plan.columns import ByYear
from icbudget.plan.programme import Programme

REASON = "Found by optimise"
CLOSE = "decide to close blocks"
LEVELS = (1.0, 0.75, 0.5, 0.25)
"""Parts of a divisible programme that may be bought; an indivisible one is bought whole."""


@dataclass(frozen=True, eq=False, slots=True)
class Option:
    """One way to buy a programme.

    First year, part bought, the source that pays, and what that makes of it by year.
    """

    programme: int
    start: str
    level: float
    source: str
    """Funding source in the programme's pool; blank where a partner pays."""
    profile: dict[str, Any]
    cost: Floats
    """years, £."""
    effect: Floats
    """years: e = ρ ε after the lag."""
    staff: Floats
    """years, wte."""
    qalys: Floats
    """years."""


def options_of(plan: Plan) -> tuple[Option, ...]:
    """Return every way to buy every programme.

    By id, then by start, then by part, largest first.

    A programme's figures by year move with its start; where they then end before the plan does,
    people, reach and fixed cost go on as in their last year. Its cohort stays in its years. No
    start before `earliest_start` or in a year of `no_start`; what can be served bounds it, see
    `icbudget.engine.optimiser.active_years`. A programme that never starts in the plan has no
    option. One that names other sources may be paid from its own or from one of those that the pool
    has and that its kind of money may come from.
    """
    options: dict[int, list[Option]] = {}
    for start, level in product(plan.years[1:], LEVELS):
        for option in _begun(plan, start, level):
            options.setdefault(option.programme, []).append(option)
    # By id, so that rows may be moved without another plan being found.
    by_id = sorted(options, key=lambda g: plan.programmes[g].id)
    return tuple(chain.from_iterable(options[g] for g in by_id))


def _begun(plan: Plan, start: str, level: float) -> Iterator[Option]:
    """Yield each programme that can be begun in a year and bought in part, by each source."""
    rows = [bought_part(row, plan.years, start, level) for row in plan.programmes]
    both = zip(rows, plan.programmes, strict=True)
    programmes = tuple(row or stated for row, stated in both)
    tried = plan.model_copy(update={"programmes": programmes})
    own = figures(tried)
    cost = (running_cost(own) + own.double_running + own.exit_cost)[0]
    active = _active(structure_of(tried), own)
    for g, row in enumerate(rows):
        if row is None:
            continue
        people = own.people[0, :, g]
        stated = np.array([row.qalys.get(year, 0.0) for year in plan.years])
        qalys = people * (row.qalys_per_person or 0.0) + stated
        # Nothing is at work in the base year.
        qalys[0] = 0.0
        profile = {field: getattr(row, field) for field in (*RUNNING, *ONCE)}
        for source, change in _sources(plan, row):
            yield Option(
                programme=g,
                start=start,
                level=level,
                source=source,
                profile=profile | change,
                cost=cost[:, g],
                effect=active[:, g] * own.effect[0, g],
                staff=people * row.staff,
                qalys=qalys,
            )


def _active(structure: Structure, own: Figures) -> Floats:
    """Return where each programme works if it is bought in full, years × programmes."""
    years = len(structure.years)
    in_full = np.ones_like(own.people)
    by_year = [avoid.reach_of_year(structure, own, t, in_full) for t in range(years)]
    reach = np.stack(by_year, axis=1)
    reach[:, 0] = 0.0
    lags, reached = avoid.lags_of(own.lag), reach.swapaxes(0, 1)
    later = [lags.of_year(reached, t)[0] for t in range(1, years)]
    return np.stack([np.zeros(len(structure.programmes)), *later])


def _sources(plan: Plan, row: Programme) -> list[tuple[str, dict[str, Any]]]:
    """Return the sources that may pay for a programme, its own first.

    Each with the change of the programme that makes it so.
    """
    own = payer(plan, row.id)
    if own is None:
        return [("", {})]
    return [(own[1], {}), *((source, {"source": source}) for source in other_sources(plan, row))]


def other_sources(plan: Plan, row: Programme) -> tuple[str, ...]:
    """Return the other sources that a best plan may pay a programme from.

    In the order they are named. AP §5 option E, (2).

    Money, not in kind, that its own pool has under a source beside its own; capital only in a
    capital pool. None where a scheme names the programme: the scheme decides.
    """
    own = payer(plan, row.id)
    if own is None or not row.pool or any(scheme.programme == row.id for scheme in plan.schemes):
        return ()
    in_pool = {c.source for c in plan.contributions if c.pool == row.pool and not c.in_kind}
    known = reference.funding_sources(plan.setup.rules_year)
    is_capital = row.pool in {pool.id for pool in plan.pools if pool.money_kind == "capital"}

    def may_pay(source: str) -> bool:
        # Capital must not pay for running cost (PB §7 rule on capital); an own source is no other.
        right_kind = is_capital or source not in known or not known[source].capital
        return source != own[1] and source in in_pool and right_kind

    return tuple(source for source in dict.fromkeys(row.other_source) if may_pay(source))


def resized(plan: Plan, option: Option, level: float) -> Option:
    """Return an option with another part bought, to which its effect is proportional."""
    row = bought_part(plan.programmes[option.programme], plan.years, option.start, level)
    assert row is not None
    part = level / option.level
    profile = {field: getattr(row, field) for field in (*RUNNING, *ONCE)}
    return replace(
        option,
        level=level,
        profile=option.profile | profile,
        cost=option.cost * part,
        effect=option.effect * part,
        staff=option.staff * part,
        qalys=option.qalys * part,
    )


def bought(plan: Plan, chosen: Sequence[Option], closes: dict[int, set[str]]) -> Plan:
    """Return the plan with these options and no other programme.

    And with blocks of these lines closing in these years.
    """
    by = {option.programme: option.profile for option in chosen}
    nothing: dict[str, Any] = {field: ByYear() for field in (*RUNNING, *ONCE)}
    rows = tuple(row.model_copy(update=by.get(g, nothing)) for g, row in enumerate(plan.programmes))
    lines = list(plan.acute_lines)
    for k, years in closes.items():
        row = lines[k]
        if years:
            # What the plan itself closes stands, in the part that it says.
            both = ByYear({**dict.fromkeys(years, 1.0), **row.closes})
            lines[k] = row.model_copy(update={"closes": both})
    return plan.model_copy(update={"programmes": rows, "acute_lines": tuple(lines)})


def changes(plan: Plan, best: Plan) -> list[tuple[str, str, str]]:
    """Return what makes the best plan of the plan, as changes of a scenario.

    Each is (path, value, reason).
    """
    rows: list[tuple[str, str, str]] = []
    for was, now in zip(plan.programmes, best.programmes, strict=True):
        if was.source != now.source:
            rows.append((f"programmes/{was.id}/source", now.source, REASON))
    for was, now in zip(plan.programmes, best.programmes, strict=True):
        for field in (*RUNNING, *ONCE):
            rows += _changed(plan, "programmes", was, now, field, REASON)
    for before, after in zip(plan.acute_lines, best.acute_lines, strict=True):
        rows += _changed(plan, "acute_lines", before, after, "closes", f"{REASON}: {CLOSE}")
    return rows


def _changed(
    plan: Plan, table: str, before: Any, after: Any, field: str, reason: str
) -> list[tuple[str, str, str]]:
    """Return a row for each year in which a figure of a row changes."""
    rows: list[tuple[str, str, str]] = []
    for year in plan.years[1:]:
        old = float(getattr(before, field).get(year, 0))
        new = float(getattr(after, field).get(year, 0))
        if old != new:
            rows.append((f"{table}/{before.id}/{field}[{year}]", f"{new:.12g}", reason))
    return rows
