"""Answers about benefits: what was planned, confirmed, and may be reinvested."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from icbudget.answers.amounts import known_pounds, pounds
from icbudget.answers.block import Cell, Lines, Row
from icbudget.answers.case import Case
from icbudget.answers.monitoring import EVERYONE
from icbudget.engine.accounts.benefits_realised import (
    NOT_TESTED,
    Released,
    basis_in_words,
    evidence,
    owner,
    reinvestments,
    released,
)
from icbudget.engine.projection.release_against_plan import Quarter, Track
from icbudget.plan import Plan
from icbudget.plan.confirmed_release import FORECAST


def by_programme(case: Case) -> Lines:
    """Return each release by programme (or line), shift, partner, kind and year, £.

    Confirmed is cash that a second person confirmed; the forecast of a year is what is confirmed in
    its decided quarters and, for the others, the plan times what came of it so far.
    Source: model §16.4.
    """
    benefits, plan = case.answered.benefits, case.plan
    rows: list[Row] = []
    for track in benefits.tracks if benefits else ():
        for t, year in _years(case, (track,)):
            of = released(plan, (track,), t)
            own = track.own_forecast[t]
            decided = sum(quarter.decided for quarter in track.quarters[t])
            values: tuple[Cell, ...] = (
                *_of_year(of),
                None if own is None else own / 100,
                known_pounds(of.gap),
                None if track.rate is None else float(track.rate),
                f"{decided} of {len(track.quarters[t])}",
                _rests(case, track, t),
                owner(benefits, track) if benefits else "",
            )
            rows.append(Row((*_labels(track), year), "£", values))
    shows = (
        "What each programme was planned to release, what a second person confirmed of it as cash,"
        " and what the year is forecast to come to."
    )
    return Lines(shows, tuple(rows))


def why_none_counts(plan: Plan | None) -> str:
    """Return why nothing is known of releases: none is entered, or no row that is entered counts.

    A row that is set aside has its finding; that nothing was entered would be untrue.
    """
    entered = len(plan.confirmed_releases) if plan else 0
    if not entered:
        return "No release is entered in Confirmed releases."
    rows = "The one row" if entered == 1 else f"None of the {entered} rows"
    counts = "does not count" if entered == 1 else "counts"
    return f"{rows} of Confirmed releases {counts}: Checks says why."


def by_quarter(case: Case) -> Lines:
    """Return each release by quarter, £, with what it was forecast to come to and its state.

    Source: model §16.3.
    """
    benefits = case.answered.benefits
    rows: list[Row] = []
    for track in benefits.tracks if benefits else ():
        for t, year in _years(case, (track,)):
            for q, quarter in enumerate(track.quarters[t]):
                awaited = track.awaited(t, q) if quarter.ended else None
                values: tuple[Cell, ...] = (
                    quarter.planned / 100,
                    known_pounds(awaited),
                    quarter.confirmed / 100,
                    quarter.one_off / 100,
                    quarter.claimed / 100,
                    state(quarter),
                    owner(benefits, track) if benefits else "",
                    evidence(benefits, track, year, q) if benefits else "",
                )
                rows.append(Row((*_labels(track), year, f"Quarter {q + 1}"), "£", values))
    shows = (
        "Each quarter's release: planned, forecast from the quarters before it, confirmed, and"
        " claimed and not decided. Quarter 1 is April to June."
    )
    return Lines(shows, tuple(rows))


def state(quarter: Quarter) -> str:
    """Return in a word or two how far a quarter has come."""
    if quarter.decided:
        return "decided"
    if quarter.overdue:
        return "overdue"
    return "waits" if quarter.ended else "not over"


def by_partner(case: Case) -> Lines:
    """Return what each partner's budget was planned to fall by, and fell by, by kind and year, £.

    A contract saving and a system release are two views of one activity and are never added up.
    Source: model §16.2.
    """
    benefits, plan = case.answered.benefits, case.plan
    rows: list[Row] = []
    tracks = benefits.tracks if benefits else ()
    kinds = dict.fromkeys(track.kind for track in tracks)
    partners = [row.id for row in plan.partners]
    for kind in kinds:
        of_kind = [track for track in tracks if track.kind == kind]
        for name in (*partners, EVERYONE):
            # Everyone's is the sum of one kind: two kinds are two views of one activity.
            mine = [track for track in of_kind if name in (track.partner, EVERYONE)]
            for t, year in _years(case, mine):
                of = released(plan, mine, t)
                to_date = of.planned_to_date / 100, of.confirmed_to_date / 100
                values = (*_of_year(of), known_pounds(of.gap), *to_date)
                rows.append(Row((name, in_words(kind), year), "£", values))
    shows = (
        "What each partner's budget was planned to fall by and what was confirmed of it. A contract"
        " saving and a system release are two views of one activity: they are never added up."
    )
    return Lines(shows, tuple(rows))


def reinvestment(case: Case) -> Lines:
    """Return what each shift may move into its pool by year, £, and what it was planned to move.

    Confirmed of the year before once a year has begun; forecast for the next; planned beyond.
    Source: model §16.5.
    """
    rows: list[Row] = []
    for of in reinvestments(case.answered):
        labels = (of.shift, of.pool, case.plan.years[of.t])
        amounts = (of.counted, of.may, of.planned, of.missing, of.confirmed)
        rows.append(Row(labels, "£", (*pounds(amounts), of.rests)))
    shows = (
        "What may be reinvested: Setup's share of what was confirmed of the year before, once a"
        " year has begun; of the forecast for the next year; of the plan beyond."
    )
    return Lines(shows, tuple(rows))


def in_words(kind: str) -> str:
    """Return a kind of release as people write it."""
    return kind.replace("_", " ").capitalize()


def _labels(track: Track) -> tuple[str, str, str, str]:
    return track.group.name, track.group.shift, track.partner, in_words(track.kind)


def _years(case: Case, tracks: Iterable[Track]) -> list[tuple[int, str]]:
    """Return the years in which something is planned or came, with their places in the plan."""
    mine = list(tracks)

    def something_in(t: int) -> bool:
        quarters = chain.from_iterable(track.quarters[t] for track in mine)
        return any(q.planned or q.confirmed or q.claimed or q.decided for q in quarters)

    return [(t, year) for t, year in enumerate(case.plan.years) if something_in(t)]


def _of_year(of: Released) -> tuple[Cell, ...]:
    pence = (of.planned, of.confirmed, of.one_off, of.claimed, of.overdue, of.forecast)
    return tuple(known_pounds(value) for value in pence)


def _rests(case: Case, track: Track, t: int) -> str:
    rests = basis_in_words(case.plan)[t]
    return f"{rests}, {NOT_TESTED}" if rests == FORECAST and track.rate is None else rests
