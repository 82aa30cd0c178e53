"""What was really released, held against the plan: claims, confirmations, forecast, what counts.

A release that was only planned is no money. Once the year has begun in which it would be invested,
what counts is what was confirmed. Source: model §7, §16.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

import numpy as np

from icbudget import money, years
from icbudget.engine.projection.acute_amounts import AcuteAmounts
from icbudget.engine.projection.projection import Projection, units_of_years
from icbudget.engine.projection.reallocate import released
from icbudget.engine.projection.release_claims import (
    MONTHS_A_QUARTER,
    Group,
    Standing,
    budget_that_falls,
    groups_of,
    lines_by_themselves,
    partners_of,
    standing,
)
from icbudget.engine.projection.wiring import PUMP_PRIME, RELEASING, Rules
from icbudget.engine.rounding import Floats, to_pence
from icbudget.plan import Plan
from icbudget.plan.confirmed_release import (
    CASH,
    CLAIMED,
    CONFIRMED,
    CONTRACT_SAVING,
    FORECAST,
    REFUSED,
    SYSTEM_RELEASE,
)
from icbudget.plan.month_reported import reported

QUARTERS = 4
LEAST_TESTED = 2
"""Decided quarters without which a programme has no rate: the plan is not tested yet."""
PLANNED = "planned"


@dataclass(frozen=True, slots=True)
class Quarter:
    """One quarter of what a group releases for a partner, pence."""

    planned: int
    confirmed: int
    one_off: int
    """What of the confirmed does not come again."""
    claimed: int
    ended: bool
    decided: bool
    overdue: bool


@dataclass(frozen=True, slots=True)
class Track:
    """What a group releases for one partner, of one kind: planned, claimed and confirmed.

    `quarters`: years × 4; `own_forecast`: what its owner forecast for each year, None where nobody
    did.
    """

    group: Group
    partner: str
    kind: str
    quarters: tuple[tuple[Quarter, ...], ...]
    own_forecast: tuple[int | None, ...]

    def planned(self, t: int) -> int:
        """Return what is planned for a year."""
        return sum(quarter.planned for quarter in self.quarters[t])

    def confirmed(self, t: int) -> int:
        """Return what is confirmed of a year."""
        return sum(quarter.confirmed for quarter in self.quarters[t])

    @property
    def rate(self) -> Fraction | None:
        """Return how much of what was planned came, over all decided quarters, 0 to 1.

        None where fewer than two quarters in which something was planned are decided.
        """
        return self.rate_before(len(self.quarters))

    def rate_before(self, t: int, quarter: int = 0) -> Fraction | None:
        """Return the rate over the decided quarters before one, counted from 0."""
        # A quarter's own forecast must not know how the quarter itself ended (model §16.4).
        before = [*(q for of_year in self.quarters[:t] for q in of_year)]
        if t < len(self.quarters):
            before += self.quarters[t][:quarter]
        decided = [q for q in before if q.decided and q.planned]
        planned = sum(quarter.planned for quarter in decided)
        if len(decided) < LEAST_TESTED or planned <= 0:
            return None
        came = sum(quarter.confirmed for quarter in decided)
        # 0 to 1: more than was planned once is no ground to plan on more, and less than nothing is
        # none.
        return Fraction(min(max(came, 0), planned), planned)

    def calculated(self, t: int) -> int:
        """Return the forecast of a year: confirmed in decided quarters + rate × planned in others.

        Without a rate the plan stands for the others. A claim that is not decided adds nothing, and
        nothing that was missed carries over.
        """
        came = sum(quarter.confirmed for quarter in self.quarters[t] if quarter.decided)
        awaited = sum(quarter.planned for quarter in self.quarters[t] if not quarter.decided)
        # Exact until it is rounded: a float could tip a half penny.
        rate = Fraction(1) if self.rate is None else self.rate
        return came + half_up(rate * awaited)

    def awaited(self, t: int, quarter: int) -> int | None:
        """Return what a quarter was forecast to come to, from the quarters before it.

        None where too few of them were decided.
        """
        rate = self.rate_before(t, quarter)
        return None if rate is None else half_up(rate * self.quarters[t][quarter].planned)

    def expected(self, t: int) -> int:
        """Return the forecast of a year: the owner's own where there is one, else calculated."""
        own = self.own_forecast[t]
        return self.calculated(t) if own is None else own


@dataclass(frozen=True, eq=False)
class Benefits:
    """What the plan's releases have come to by its month reported.

    `counted`: years × shifts, pence: what a shift may draw on of each year's release, NaN where
    that is what the engine plans; `confirmed`: what it could draw on were only that counted which
    is confirmed by now. `planned`: the same as planned, in every year; `planned_moved`: what each
    shift would move into its pool, had all come as planned. `planned_by_line`: what each activity
    line is planned to release, by kind, years × lines, pence.
    """

    now: tuple[str, int] | None
    """The year and month that the plan reports on."""
    rows: tuple[Standing, ...]
    tracks: tuple[Track, ...]
    counted: Floats
    confirmed: Floats
    planned: Floats
    planned_moved: Floats
    planned_by_line: Mapping[str, Floats]


def half_up(pence: Fraction) -> int:
    """Return pence half-up, away from zero when negative (model §1.1)."""
    size = math.floor(abs(pence) + Fraction(1, 2))
    return size if pence >= 0 else -size


def rests_on(plan: Plan) -> tuple[str, ...]:
    """Return what counts of each year's release: `confirmed`, `forecast` or `planned`.

    Confirmed once the year after it has begun, which it has if it is not after the year monitored;
    forecast for the next year to be invested in; planned beyond, and where no release is entered.
    """
    now = reported(plan) if plan.confirmed_releases else None
    if now is None:
        return (PLANNED,) * len(plan.years)
    begun = plan.years.index(now[0])
    beyond = len(plan.years) - begun - 1
    return (CONFIRMED,) * begun + (FORECAST,) + (PLANNED,) * beyond


def benefits_of(plan: Plan, rules: Rules, planned: Projection) -> Benefits:
    """Return what the releases have come to, held against a projection in which all is planned.

    `planned` is of the plan's own figures, one draw.
    """
    rows = standing(plan)
    by_line = _by_line(planned)
    tracks = tuple(_tracks(plan, planned, by_line, rows))
    drawn = _planned_by_shift(rules, planned)
    counted, confirmed = np.full(drawn.shape, np.nan), np.zeros(drawn.shape)
    for n, drawing in enumerate(rules.drawings):
        if drawing.rule not in (*RELEASING, PUMP_PRIME):
            continue
        mine = [track for track in tracks if track.group.shift == drawing.id]
        for t, rests in enumerate(rests_on(plan)):
            # What activity costs in the place of the avoided counts as planned, in full, until
            # rows of its own line say what it came to: nothing is reinvested that pays for it.
            instead = _replacement(plan, rules, planned, n, t)
            confirmed[t, n] = max(_counts(mine, t, CONFIRMED, rules.basis) + instead, 0)
            if rests != PLANNED:
                counted[t, n] = max(_counts(mine, t, rests, rules.basis) + instead, 0)
    moved = planned.moves.moved[0]
    return Benefits(reported(plan), rows, tracks, counted, confirmed, drawn, moved, by_line)


def _by_line(planned: Projection) -> dict[str, Floats]:
    """Return what each line is planned to release, by kind, years × lines, pence."""
    amounts = AcuteAmounts(planned)
    return {CONTRACT_SAVING: amounts.saving[0], SYSTEM_RELEASE: amounts.release[0]}


def _tracks(
    plan: Plan, planned: Projection, by_line: Mapping[str, Floats], rows: Sequence[Standing]
) -> Iterable[Track]:
    at = {row.id: k for k, row in enumerate(plan.acute_lines)}
    parts = _parts_by_programme(planned)
    of_programme = {row.id: g for g, row in enumerate(plan.programmes)}
    today = _day_of_now(plan)
    by_track: dict[tuple[Group | None, str, str], list[Standing]] = {}
    for s in rows:
        by_track.setdefault((s.group, s.row.partner, s.row.kind), []).append(s)
    for group, kind in product(groups_of(plan), CASH):
        must_be_confirmed = kind in _awaited(plan, group)
        for partner in partners_of(plan, group, kind):
            lines = [at[line] for line in _lines_of_partner(plan, group, kind, partner)]
            of_lines = by_line[kind][:, lines]
            if group.programme:
                # A line that several programmes relieve: each is held to its own part.
                of_lines = of_lines * parts[:, of_programme[group.programme], lines]
            # Summed before it is rounded: what is planned becomes pence once (model §16.3).
            by_year = [int(pence) for pence in to_pence(of_lines.sum(axis=-1) / 100.0)]
            mine = by_track.get((group, partner, kind), [])
            if mine or (any(by_year) and must_be_confirmed):
                yield _track(plan, today, group, partner, kind, by_year, mine)


def _lines_of_partner(plan: Plan, group: Group, kind: str, partner: str) -> list[str]:
    """Return the lines of a group by whose release of a kind a partner's budget falls."""
    lines = [row for row in plan.acute_lines if row.id in group.lines]
    return [row.id for row in lines if budget_that_falls(row, kind) == partner]


def counts_by(group: Group, basis: str) -> tuple[str, ...]:
    """Return the kinds of release that must be confirmed for a group's money to be reinvested."""
    if group.market or basis == "contract":
        return (CONTRACT_SAVING,)
    return (SYSTEM_RELEASE,) if basis == "system" else CASH


def _awaited(plan: Plan, group: Group) -> tuple[str, ...]:
    """Return the kinds of release of a group that somebody has to decide about.

    They are those that count for what is reinvested, and both where a gain share is settled on what
    is confirmed: one partner's saving is the income that another loses.
    """
    if any(row.settles_on == CONFIRMED for row in plan.gain_shares):
        return (CONTRACT_SAVING,) if group.market else CASH
    return counts_by(group, plan.setup.reinvest_basis)


def _parts_by_programme(planned: Projection) -> Floats:
    """Return each programme's part of what a line saves, years × programmes × lines.

    As the units that it avoids; what no programme avoids is part of none.
    """
    # A programme that makes activity rise is held to what it costs, so parts are by size, not sign.
    units = np.abs(units_of_years(planned)[0])
    total = units.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(units, total, out=np.zeros_like(units), where=total > 0))


def _track(
    plan: Plan,
    today: int | None,
    group: Group,
    partner: str,
    kind: str,
    planned: Sequence[int],
    rows: Sequence[Standing],
) -> Track:
    # What counts for nothing may be entered, and nobody need decide about it.
    after = plan.setup.overdue_after if kind in _awaited(plan, group) else None
    quarters = []
    own: list[int | None] = []
    for t, year in enumerate(plan.years):
        of_year = [s for s in rows if s.row.year == year]
        # Of several forecasts the latest stands, as it knows most.
        forecasts = [s for s in of_year if s.status == FORECAST]
        last = max(forecasts, key=lambda s: (s.row.month, s.row.line), default=None)
        own.append(None if last is None else last.pence)
        of_quarters: list[Quarter] = []
        for q, pence in enumerate(by_quarter(planned[t])):
            days, of_quarter = _days_since(today, year, q), [s for s in of_year if s.quarter == q]
            of_quarters.append(_quarter(days, after, pence, of_quarter))
        quarters.append(tuple(of_quarters))
    return Track(group, partner, kind, tuple(quarters), tuple(own))


def by_quarter(pence: int) -> tuple[int, ...]:
    """Return a year's release by quarter: even ones, each rounded, the last takes what is left."""
    even = half_up(Fraction(pence, QUARTERS))
    return (*[even] * (QUARTERS - 1), pence - even * (QUARTERS - 1))


def _quarter(
    days: int | None, overdue_after: int | None, planned: int, rows: Sequence[Standing]
) -> Quarter:
    """Return one quarter.

    `days`: since its end, None where no month is reported; `overdue_after`: days by which it is to
    be decided, None where it need not be.
    """
    confirmed = [s for s in rows if s.status == CONFIRMED]
    claims = [s for s in rows if s.status == CLAIMED]
    # A row covers the months from the row before it, so that one for the last month decides the
    # quarter, unless a claim of it still waits.
    decided = not claims and any(
        s.row.month % MONTHS_A_QUARTER == 0 for s in rows if s.status in (CONFIRMED, REFUSED)
    )
    late = days is not None and overdue_after is not None and days > overdue_after
    return Quarter(
        planned=planned,
        confirmed=sum(s.pence for s in confirmed),
        one_off=sum(s.pence for s in confirmed if not s.row.recurrent),
        claimed=sum(s.pence for s in claims),
        ended=days is not None and days >= 0,
        decided=decided,
        overdue=bool(planned) and not decided and late,
    )


def _days_since(today: int | None, year: str, quarter: int) -> int | None:
    """Return the days since a quarter ended, below zero where it has not."""
    if today is None:
        return None
    return today - years.last_day(year, MONTHS_A_QUARTER * (quarter + 1))


def _day_of_now(plan: Plan) -> int | None:
    """Return the last day of the month that the plan reports on: today, as a day number."""
    now = reported(plan)
    return None if now is None else years.last_day(*now)


def _planned_by_shift(rules: Rules, planned: Projection) -> Floats:
    """Return what each shift may draw on of each year's release as planned, years × shifts, pence.

    A shift that moves no release has none.
    """
    count = planned.moves.moved.shape[1]
    drawn = np.zeros((count, len(rules.drawings)))
    for n, drawing in enumerate(rules.drawings):
        if drawing.rule in (*RELEASING, PUMP_PRIME):
            for t in range(1, count):
                worth = planned.contract_saving[:, t], planned.release.total[:, t]
                drawn[t, n] = released(drawing, rules, worth)[0]
    return drawn


def _counts(tracks: Sequence[Track], t: int, rests: str, basis: str) -> int:
    """Return what counts of a year's release of a shift's groups, pence.

    Basis `lower` takes the lower of the contract saving and the system release of each group: where
    one of the two is not confirmed, nothing counts. A market has only the first.
    """
    total = 0
    # By group and not over the whole shift: what one group is short of another's cannot make up.
    for group in dict.fromkeys(track.group for track in tracks):
        worth = dict.fromkeys(CASH, 0)
        for track in (track for track in tracks if track.group == group):
            worth[track.kind] += track.confirmed(t) if rests == CONFIRMED else track.expected(t)
        total += min(worth[kind] for kind in counts_by(group, basis))
    return total


def _replacement(plan: Plan, rules: Rules, planned: Projection, n: int, t: int) -> int:
    """Return what activity in the place of the avoided is planned to cost a shift, below zero.

    Lines that rows stand for by themselves are left out.
    """
    alone = lines_by_themselves(plan)
    lines = [k for k in rules.drawings[n].replaced if plan.acute_lines[k].id not in alone]
    if not lines:
        return 0
    saving, release = planned.contract_saving[0, t, lines], planned.release.total[0, t, lines]
    # Only what costs: a line in the place of another never adds to what may be reinvested (model
    # §6.2).
    by_basis = {"contract": saving, "system": release, "lower": np.minimum(saving, release)}
    cost = np.minimum(by_basis[rules.basis], 0.0).sum()
    return money.to_pence(float(cost))
