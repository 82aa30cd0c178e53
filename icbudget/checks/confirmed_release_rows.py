"""Confirmed releases: rows that do not count, stay claimed, come twice, late, or too good.

Whether a row counts is decided in `icbudget.engine.projection.release_claims`; these findings say
so. Source: model §16.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from icbudget.checks.plan_places import at
from icbudget.engine.projection.acute_amounts import AcuteAmounts
from icbudget.engine.run import Result
from icbudget.findings import Finding, Place, note, warning
from icbudget.money import in_words
from icbudget.plan import Plan
from icbudget.plan.confirmed_release import CASH, CLAIMED, CONFIRMED, CONTRACT_SAVING
from icbudget.plan.month_reported import reported

if TYPE_CHECKING:
    from icbudget.engine.projection.release_against_plan import Benefits, Quarter, Track
    from icbudget.engine.projection.release_claims import Standing

_FIXES = {
    "no-subject": "Name a programme or a line of the plan.",
    "outside-plan": "Correct the year: releases begin in the year after the base year.",
    "not-reached": "Name a line of the programme's segments, or the programme that reaches it.",
    "two-subjects": "Keep the row of the line, or take the programme's rows and delete the line's.",
    "which-line": "Name the activity line in the row.",
    "whose-budget": "Name the line's commissioner for a contract saving, its provider for a system"
    " release.",
    "replaces-nothing": "Name the number of an earlier line with the same programme, line, partner,"
    " year and month.",
    "replaced-twice": "Replace the row that replaced it, by its own number.",
    "twice": "Delete one of the two, or say in Evidence how they differ.",
    "no-reason": "Name the owner and why the forecast differs, or delete the row.",
    "no-evidence": "Name the ledger code, rota or beds that show it.",
    "nobody-confirmed": "Name the person of the partner's finance function who confirmed it.",
    "open-month": "Confirm it once the month is closed: Setup, Year and Month monitored, says which"
    " is.",
}
_FIELDS = {
    "no-subject": "programme",
    "outside-plan": "year",
    "not-reached": "acute_line",
    "two-subjects": "programme",
    "which-line": "acute_line",
    "whose-budget": "partner",
    "replaces-nothing": "replaces",
    "replaced-twice": "replaces",
    "twice": "amount",
    "no-reason": "reason",
    "no-evidence": "evidence",
    "nobody-confirmed": "confirmed_by",
    "open-month": "month",
}
_TABLE = "confirmed_releases"
_ABOVE_PLAN = 1.5
"""A quarter that comes to so much of its plan, or more, is asked about."""
_LISTED = 6
"""Quarters that a message names; of more, how many there are."""


def rows(plan: Plan) -> list[Finding]:
    """Return a finding for every row that counts for nothing, or stays claimed, and why.

    Findings: `benefit.no-owner`, `benefit.not-cash`, `benefit.not-counted`, `benefit.own-claim`,
    `benefit.stays-claimed`.
    """
    if not plan.confirmed_releases:
        return []
    from icbudget.engine.projection.release_claims import SET_ASIDE, standing

    findings: list[Finding] = []
    for stands in standing(plan):
        if stands.why in SET_ASIDE:
            if not _names_what_is_not_there(plan, stands):
                findings.append(_set_aside(stands))
        elif stands.status == CLAIMED:
            findings.extend(_claimed(stands))
    return findings


def _names_what_is_not_there(plan: Plan, stands: Standing) -> bool:
    """Return whether a name of the row is in no table, which is a finding of its own already."""
    row = stands.row
    known = {row.id for row in plan.programmes}, {row.id for row in plan.acute_lines}
    named = (row.programme, known[0]), (row.acute_line, known[1])
    return any(name and name not in there for name, there in named)


def _set_aside(stands: Standing) -> Finding:
    from icbudget.engine.projection.release_claims import SET_ASIDE

    message = f"{_called(stands)} does not count: {SET_ASIDE[stands.why]}."
    place = at(_TABLE, stands.row, _FIELDS[stands.why])
    return warning("benefit.not-counted", message, _FIXES[stands.why], place, stands.pence)


def _claimed(stands: Standing) -> Iterator[Finding]:
    """Yield why a row that says it is confirmed stays claimed, and what a claim lacks."""
    row, name = stands.row, _called(stands)
    held = row.status == CONFIRMED
    stays = " It stays claimed." if held else ""
    if row.kind not in CASH:
        if row.amount:
            message = f"{name} is {_words(row.kind)}: no cash, so it is never reinvested.{stays}"
            fix = (
                "Keep it to show what was gained; for cash enter a contract saving or a system"
                " release, £0 if none came."
            )
            place = at(_TABLE, row, "kind")
            if held:
                yield warning("benefit.not-cash", message, fix, place, stands.pence)
            else:
                yield note("benefit.not-cash", message, fix, place)
        return
    if not row.owner:
        message = f"{name} has no owner: nobody answers for it.{stays}"
        fix = "Name who answers for the release."
        yield warning("benefit.no-owner", message, fix, at(_TABLE, row, "owner"), stands.pence)
    if stands.why == "own-claim":
        message = f"{name} was confirmed by {row.confirmed_by}, who claimed it.{stays}"
        fix = "Let another person of the partner's finance function confirm it."
        place = at(_TABLE, row, "confirmed_by")
        yield warning("benefit.own-claim", message, fix, place, stands.pence)
    elif stands.why in _FIXES:
        from icbudget.engine.projection.release_claims import HELD

        message = f"{name} is not confirmed yet: {HELD[stands.why]}.{stays}"
        place = at(_TABLE, row, _FIELDS[stands.why])
        yield warning("benefit.stays-claimed", message, _FIXES[stands.why], place, stands.pence)


def no_month(plan: Plan) -> list[Finding]:
    """Return a finding where releases are entered and the plan reports on no month.

    No month is closed then, nothing is confirmed, and the plan counts as before. Findings:
    `benefit.no-month`.
    """
    if not plan.confirmed_releases or reported(plan) is not None:
        return []
    message = (
        "Releases are entered, and the plan says of no month that it is the one reported: none is"
        " closed, so nothing is confirmed, and what is planned counts."
    )
    fix = "Fill in Year monitored and Month monitored in Setup."
    return [warning("benefit.no-month", message, fix, at("setup", None, "monitored_year"))]


def claimed_twice(plan: Plan, result: Result) -> list[Finding]:
    """Return a finding where two programmes claim one release.

    Their rows of one partner and month have the same evidence, or name the same line, which falls
    by less in the year than they claim together. Findings: `benefit.claimed-twice`.
    """
    benefits = result.benefits
    if benefits is None:
        return []
    counting = [s for s in benefits.rows if s.cash and s.status in (CLAIMED, CONFIRMED)]
    return [*_same_evidence(counting), *_same_line(plan, benefits, counting)]


def _same_evidence(counting: Iterable[Standing]) -> Iterator[Finding]:
    first_by_evidence: dict[tuple[object, ...], Standing] = {}
    for stands in counting:
        row = stands.row
        evidence = " ".join(row.evidence.casefold().split())
        if not evidence:
            continue
        key = (evidence, row.partner, row.year, row.month, row.kind)
        first = first_by_evidence.setdefault(key, stands)
        if first.group != stands.group:
            message = (
                f"{_called(stands)} has the same evidence as that of {_name(first)}:"
                f" “{row.evidence}”."
            )
            fix = "Claim it once, or say in Evidence which part is whose."
            place = at(_TABLE, row, "evidence")
            yield warning("benefit.claimed-twice", message, fix, place, stands.pence)


def _same_line(plan: Plan, benefits: Benefits, counting: Iterable[Standing]) -> Iterator[Finding]:
    by_line: dict[tuple[str, str, str, str], list[Standing]] = {}
    for stands in counting:
        line = _line_of(stands)
        if line:
            row = stands.row
            by_line.setdefault((line, row.partner, row.year, row.kind), []).append(stands)
    at_line = {row.id: k for k, row in enumerate(plan.acute_lines)}
    for (line, _, year, kind), claims in by_line.items():
        months: dict[int, set[str]] = {}
        for stands in claims:
            months.setdefault(stands.row.month, set()).add(_name(stands))
        shared = [names for names in months.values() if len(names) > 1]
        # Two programmes may well share a line: only more than it falls by is claimed twice.
        fall = benefits.planned_by_line[kind][plan.years.index(year), at_line[line]]
        together = sum(stands.pence for stands in claims)
        if not shared or together <= fall:
            continue
        names = " and ".join(f"“{name}”" for name in sorted(set.union(*shared)))
        message = (
            f"{names} claim {in_words(together)} on “{line}” in {year}, in the same months; the"
            f" plan lets the line fall by {in_words(int(fall))}."
        )
        fix = "Make sure that no pound is claimed by both, and correct the rows."
        place = at(_TABLE, claims[-1].row, "amount")
        yield warning("benefit.claimed-twice", message, fix, place, together - int(fall))


def beyond_the_line(plan: Plan, result: Result) -> list[Finding]:
    """Return a finding where more is claimed on lines in a year than they cost if nothing changes.

    A contract saving is held against what the commissioner pays, a system release against what the
    activity costs its provider. Findings: `benefit.beyond-the-line`.
    """
    benefits = result.benefits
    if benefits is None:
        return []
    amounts = AcuteAmounts(result.projection)
    at_line = {row.id: k for k, row in enumerate(plan.acute_lines)}
    by_lines: dict[tuple[tuple[str, ...], str, str], list[Standing]] = {}
    for stands in benefits.rows:
        if stands.group and stands.cash and stands.status in (CLAIMED, CONFIRMED):
            lines = (_line_of(stands),) if _line_of(stands) else stands.group.lines
            by_lines.setdefault((lines, stands.row.year, stands.row.kind), []).append(stands)
    findings: list[Finding] = []
    # Set beside do nothing: no release can be more than all that the line would cost.
    for (lines, year, kind), claims in by_lines.items():
        most = amounts.pay_nothing if kind == CONTRACT_SAVING else amounts.cost_nothing
        there = most[0, plan.years.index(year), [at_line[line] for line in lines]].sum()
        together = sum(stands.pence for stands in claims)
        if together > there:
            named = ", ".join(f"“{line}”" for line in lines)
            message = (
                f"On {named} {in_words(together)} is claimed or confirmed in {year}, more than"
                f" {in_words(int(there))}, which is all it would cost if nothing changed."
            )
            fix = "Check the amounts and their unit: pounds, of the months that each row covers."
            place = at(_TABLE, claims[-1].row, "amount")
            findings.append(
                warning("benefit.beyond-the-line", message, fix, place, together - int(there))
            )
    return findings


def above_plan(plan: Plan, result: Result) -> list[Finding]:
    """Return a finding for each release of which a quarter comes to one and a half of its plan.

    Findings: `benefit.above-plan`.
    """
    findings: list[Finding] = []
    for track in _tracks(result):
        over: list[str] = []
        more = 0
        for t, q, quarter in _by_quarter(track):
            came = quarter.confirmed + quarter.claimed
            # A quarter planned at nothing that came to something is above its plan as well.
            if came > 0 and came >= _ABOVE_PLAN * quarter.planned:
                planned = in_words(quarter.planned)
                over.append(f"{plan.years[t]} Q{q + 1} ({in_words(came)}, planned {planned})")
                more += came - quarter.planned
        if over:
            message = f"{_track_name(track)} comes to far more than planned: {_listed(over)}."
            fix = "Check what is claimed; if it is right, the plan's effect or reach is too low."
            findings.append(warning("benefit.above-plan", message, fix, _place(plan, track), more))
    return findings


def overdue(plan: Plan, result: Result) -> list[Finding]:
    """Return a finding for each release of which quarters are long over and not decided.

    Findings: `benefit.overdue`.
    """
    findings: list[Finding] = []
    for track in _tracks(result):
        late = [(t, q, quarter) for t, q, quarter in _by_quarter(track) if quarter.overdue]
        if late:
            named = _listed([f"{plan.years[t]} Q{q + 1}" for t, q, _ in late])
            planned = sum(quarter.planned for *_, quarter in late)
            claimed = sum(quarter.claimed for *_, quarter in late)
            message = (
                f"{_track_name(track)} is not decided more than {plan.setup.overdue_after} days"
                f" after the quarter ended: {named}. Planned {in_words(planned)}, claimed"
                f" {in_words(claimed)}."
            )
            fix = "Confirm or refuse what is claimed; enter a confirmed £0 where nothing came."
            findings.append(warning("benefit.overdue", message, fix, _place(plan, track), planned))
    return findings


def one_off(plan: Plan, result: Result) -> list[Finding]:
    """Return a finding for each release claimed as recurrent that does not come again.

    The plan has none of it the year after, or the same quarter of that year came to nothing.
    Findings: `benefit.one-off`.
    """
    benefits = result.benefits
    if benefits is None:
        return []
    track_of = {(t.group, t.partner, t.kind): t for t in benefits.tracks}
    findings: list[Finding] = []
    for stands in benefits.rows:
        row = stands.row
        counts = stands.cash and stands.status in (CLAIMED, CONFIRMED) and stands.pence > 0
        if not (counts and row.recurrent and stands.group):
            continue
        after = plan.years.index(row.year) + 1
        if after >= len(plan.years):
            continue
        track = track_of[stands.group, row.partner, row.kind]
        again = track.quarters[after][stands.quarter]
        why = ""
        # A year still to come is held against its plan, a quarter that is decided against what
        # came.
        if track.planned(after) <= 0:
            why = f"the plan has none of it in {plan.years[after]}"
        elif again.decided and again.confirmed <= 0:
            why = f"in the same quarter of {plan.years[after]} nothing came"
        if why:
            message = f"{_called(stands)} is called recurrent, and {why}."
            fix = "Mark it as one-off, or show that it comes every year."
            place = at(_TABLE, row, "recurrent")
            findings.append(warning("benefit.one-off", message, fix, place, stands.pence))
    return findings


def one_of_two(plan: Plan, result: Result) -> list[Finding]:
    """Return a note for each release of which only one of two sides is confirmed.

    With Setup's reinvest basis `lower` the lower of the contract saving and the system release may
    be reinvested; where one is not confirmed, nothing may. Findings: `benefit.one-of-two`.
    """
    benefits = result.benefits
    if benefits is None:
        return []
    from icbudget.engine.projection.release_against_plan import counts_by

    findings: list[Finding] = []
    for group in dict.fromkeys(track.group for track in benefits.tracks):
        if counts_by(group, plan.setup.reinvest_basis) != CASH:
            continue
        mine = [track for track in benefits.tracks if track.group == group]
        years = []
        for t, year in enumerate(plan.years):
            came = {track.kind for track in mine if track.confirmed(t) > 0}
            # Nothing confirmed on either side is how every release begins.
            if len(came) == 1:
                years.append(f"{year} ({_words(*came)})")
        if years:
            message = (
                f"Of “{group.name}” only one side is confirmed: {_listed(years)}. The lower of"
                " contract saving and system release counts, so nothing of it may be reinvested."
            )
            fix = "Let the other partner confirm its side, or change Reinvest basis in Setup."
            findings.append(note("benefit.one-of-two", message, fix, _place(plan, mine[0])))
    return findings


def _tracks(result: Result) -> tuple[Track, ...]:
    return result.benefits.tracks if result.benefits else ()


def _by_quarter(track: Track) -> Iterator[tuple[int, int, Quarter]]:
    for t, of_year in enumerate(track.quarters):
        for q, quarter in enumerate(of_year):
            yield t, q, quarter


def _line_of(stands: Standing) -> str:
    """Return the one line that a row is about; blank where it may be several."""
    if stands.row.acute_line or stands.group is None:
        return stands.row.acute_line
    return stands.group.lines[0] if len(stands.group.lines) == 1 else ""


def _name(stands: Standing) -> str:
    return stands.row.programme or stands.row.acute_line


def _called(stands: Standing) -> str:
    row = stands.row
    of_what = f"of “{_name(stands)}”" if _name(stands) else "without a name"
    return (
        f"The release {of_what} for “{row.partner}”, month {row.month} of {row.year},"
        f" line {row.line},"
    )


def _track_name(track: Track) -> str:
    return f"The {_words(track.kind)} of “{track.group.name}” for “{track.partner}”"


def _words(kind: str) -> str:
    return kind.replace("_", " ")


def _place(plan: Plan, track: Track) -> Place:
    name = track.group.name
    table = "programmes" if track.group.programme else "acute_lines"
    row = next(row for row in getattr(plan, table) if row.id == name)
    return at(table, row, "id")


def _listed(names: list[str]) -> str:
    more = len(names) - _LISTED
    return "; ".join(names[:_LISTED]) + (f" and {more} more" if more > 0 else "")


WHY_IT_MATTERS = {
    "benefit.above-plan": (
        "Either a success or a claim that holds savings of something else. What is claimed is"
        " what may be spent again, so it should be right."
    ),
    "benefit.beyond-the-line": (
        "No more can be saved on a line than it would cost. The amount is in another unit, of"
        " other months, or claimed elsewhere too."
    ),
    "benefit.claimed-twice": (
        "One pound released can be spent once. Claimed by two programmes it would be reinvested"
        " twice, and one of the two would be unpaid."
    ),
    "benefit.no-month": (
        "The plan goes on with what was hoped for, although partners have said what came."
    ),
    "benefit.no-owner": "A release that nobody answers for is the one that is not delivered.",
    "benefit.not-cash": (
        "Empty beds and saved hours are worth having, but no bank account grows by them, so"
        " nothing can be bought with them."
    ),
    "benefit.not-counted": (
        "What is claimed here adds nothing to what may be spent again. A partner that relies on"
        " it would overspend."
    ),
    "benefit.one-of-two": (
        "The commissioner pays less only if the provider spends less. While one side alone has"
        " confirmed, the money is saved by one and still spent by the other."
    ),
    "benefit.one-off": (
        "A saving that comes once cannot pay for a service that costs money every year."
    ),
    "benefit.overdue": (
        "Claims that nobody decides are the ones that are quietly counted on. A late answer is"
        " often a refusal."
    ),
    "benefit.own-claim": (
        "Who claims a saving has reason to see it. A second person is the control that auditors"
        " ask for."
    ),
    "benefit.stays-claimed": (
        "Until somebody confirms it the amount is a claim, and nothing may be spent on the"
        " strength of it."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
