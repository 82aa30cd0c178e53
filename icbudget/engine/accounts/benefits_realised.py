"""Benefits: what was planned to be released, what came of it, and what may be reinvested.

Views of what the engine made of Confirmed releases
(`icbudget.engine.projection.release_against_plan`) for those who hold people to what was promised.
Source: model §16.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, product

from icbudget.engine.projection.release_against_plan import PLANNED, Benefits, Track, rests_on
from icbudget.engine.projection.release_claims import Standing
from icbudget.engine.projection.wiring import PUMP_PRIME, RELEASING
from icbudget.engine.rounding import to_pence
from icbudget.engine.run import Result
from icbudget.plan import Plan
from icbudget.plan.confirmed_release import (
    CONFIRMED,
    CONTRACT_SAVING,
    FORECAST,
    SYSTEM_RELEASE,
)

NOT_CONFIRMED = "planned, not confirmed"
NOT_TESTED = "not yet tested"


@dataclass(frozen=True, slots=True)
class Released:
    """What tracks come to in a year, pence; `forecast` is None in a year after the one reported.

    To date: all quarters of this year and those before it that have ended.
    """

    planned: int
    confirmed: int
    one_off: int
    claimed: int
    overdue: int
    """Planned for quarters that are overdue."""
    planned_to_date: int
    confirmed_to_date: int
    forecast: int | None

    @property
    def gap(self) -> int | None:
        """Return how far the forecast falls short of the plan."""
        return None if self.forecast is None else self.planned - self.forecast


@dataclass(frozen=True, slots=True)
class Reinvestment:
    """What a shift may move into its pool in a year, and what it was planned to move, pence."""

    shift: str
    pool: str
    t: int
    release_year: int
    """The year whose release it is: the year before; of a pump-prime fund the year itself."""
    rests: str
    """`confirmed`, `forecast` or `planned, not confirmed`."""
    counted: int
    may: int
    planned: int
    confirmed: int
    """What it might move were only that counted which is confirmed by now."""

    @property
    def missing(self) -> int:
        """Return what was planned to be moved and is not there."""
        return self.planned - self.may


def basis_in_words(plan: Plan) -> tuple[str, ...]:
    """Return in words what each year's release rests on: confirmed, forecast or only planned."""
    return tuple(NOT_CONFIRMED if rests == PLANNED else rests for rests in rests_on(plan))


def released(plan: Plan, tracks: Iterable[Track], t: int) -> Released:
    """Return what tracks come to in a year together."""
    mine = list(tracks)
    of_year = [quarter for track in mine for quarter in track.quarters[t]]
    years_to_date = chain.from_iterable(track.quarters[: t + 1] for track in mine)
    to_date = [quarter for year in years_to_date for quarter in year if quarter.ended]
    begun = rests_on(plan)[t] in (CONFIRMED, FORECAST)
    return Released(
        planned=sum(quarter.planned for quarter in of_year),
        confirmed=sum(quarter.confirmed for quarter in of_year),
        one_off=sum(quarter.one_off for quarter in of_year),
        claimed=sum(quarter.claimed for quarter in of_year),
        overdue=sum(quarter.planned for quarter in of_year if quarter.overdue),
        planned_to_date=sum(quarter.planned for quarter in to_date),
        confirmed_to_date=sum(quarter.confirmed for quarter in to_date),
        forecast=sum(track.expected(t) for track in mine) if begun else None,
    )


def owner(benefits: Benefits, track: Track) -> str:
    """Return who answers for a release: the owner that its last row names."""
    owners = [stands.row.owner for stands in _rows_of(benefits, track) if stands.row.owner]
    # Whoever took it over last answers now.
    return owners[-1] if owners else ""


def _rows_of(benefits: Benefits, track: Track) -> list[Standing]:
    """Return the rows of Confirmed releases that are about what a track follows."""
    about = (track.group, track.partner, track.kind)
    return [
        stands
        for stands in benefits.rows
        if (stands.group, stands.row.partner, stands.row.kind) == about
    ]


def evidence(benefits: Benefits, track: Track, year: str, quarter: int) -> str:
    """Return what shows the release of a quarter, in the order of the rows."""
    of_quarter = [
        stands
        for stands in _rows_of(benefits, track)
        if (stands.row.year, stands.quarter) == (year, quarter)
    ]
    # What is set aside counts for nothing, and neither does its evidence.
    named = [stands.row.evidence for stands in of_quarter if stands.status and stands.row.evidence]
    return "; ".join(dict.fromkeys(named))


@dataclass(frozen=True, slots=True)
class ObservedRelease:
    """What the confirmed releases of a programme showed, over the years with decided quarters.

    `reached`: do-nothing activity of those whom the programme reached; amounts in pence.
    """

    years: tuple[int, ...]
    before: float
    expected: float
    avoided: float
    reached: float
    planned: int
    confirmed: int


def observed_release(result: Result, programme: str) -> ObservedRelease | None:
    """Return what was seen of a programme; None where no decided quarter says how much activity.

    Activity counts once: that of the contract savings, else that of the system releases.
    """
    benefits, plan, run = result.benefits, result.plan, result.projection
    if benefits is None:
        return None
    rows = [
        stands
        for stands in benefits.rows
        if stands.row.programme == programme
        and stands.status == CONFIRMED
        and stands.row.activity is not None
    ]
    savings = [stands for stands in rows if stands.row.kind == CONTRACT_SAVING]
    kind = CONTRACT_SAVING if savings else SYSTEM_RELEASE
    tracks = [
        track
        for track in benefits.tracks
        if track.group.programme == programme and track.kind == kind
    ]
    rows = savings or rows
    years = sorted({plan.years.index(stands.row.year) for stands in rows})
    g = next(n for n, row in enumerate(plan.programmes) if row.id == programme)
    lines = set(chain.from_iterable(track.group.lines for track in tracks))
    at = [k for k, row in enumerate(plan.acute_lines) if row.id in lines]
    reaching = run.structure.reaching
    share = reaching.share_of_line[reaching.reached[:, g]].sum(axis=0)[at]
    activity = run.nothing.activity[0][:, at]
    quarters = chain.from_iterable(track.quarters[t] for track, t in product(tracks, years))
    decided = [quarter for quarter in quarters if quarter.decided]
    reached = sum(float((activity[t] * share).sum() * run.active[0, t, g]) for t in years)
    if not decided or reached <= 0:
        return None
    return ObservedRelease(
        years=tuple(years),
        before=float(activity[0].sum()) * len(years),
        expected=float(activity[years].sum()),
        avoided=sum(stands.row.activity or 0.0 for stands in rows),
        reached=reached,
        planned=sum(quarter.planned for quarter in decided),
        confirmed=sum(quarter.confirmed for quarter in decided),
    )


def reinvestments(result: Result) -> Iterator[Reinvestment]:
    """Yield what each shift that moves a release may move, year by year, after the base year.

    Nothing where no release is entered.
    """
    benefits, rules = result.benefits, result.rules
    if benefits is None:
        return
    moves = result.projection.moves
    rests = basis_in_words(result.plan)
    for n, drawing in enumerate(rules.drawings):
        if drawing.rule not in (*RELEASING, PUMP_PRIME):
            continue
        lag = 0 if drawing.rule == PUMP_PRIME else 1
        for t in range(1, len(result.years)):
            of = t - lag
            already = to_pence(benefits.confirmed[of, n] / 100.0 * rules.share)
            yield Reinvestment(
                shift=drawing.id,
                pool=rules.accounts[drawing.account][0],
                t=t,
                release_year=of,
                rests=rests[of],
                counted=int(moves.confirmed[0, t, n]),
                may=int(moves.moved[0, t, n]),
                planned=int(benefits.planned_moved[t, n]),
                confirmed=int(already),
            )
