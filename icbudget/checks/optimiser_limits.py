"""Limits of a best plan name what they limit and leave something possible.

Programmes do not shut out themselves.
"""

from __future__ import annotations

from collections.abc import Iterator

from icbudget.checks.plan_places import at
from icbudget.findings import Finding, error, warning
from icbudget.plan import Plan
from icbudget.plan.limit import OF_PARTNER, Limit
from icbudget.plan.programme import Programme


def limits(plan: Plan) -> list[Finding]:
    """Return findings for limits of a best plan that are wrong or contradict one another.

    Findings: `activity.most-blocks`, `limit.least-above-most`, `limit.negative`, `limit.partner`,
    `limit.partner-changes`, `programme.excludes-itself`, `programme.must-and-excludes`,
    `programme.must-and-no-start`, `programme.other-source-unused`,
    `programme.smallest-above-capacity`.
    """
    findings: list[Finding] = []
    for row in plan.limits:
        findings += [*_of_limit(row), *_of_counts(plan, row), *_of_bodies(plan, row)]
    must = {row.id for row in plan.programmes if row.must_do}
    for programme in plan.programmes:
        findings += [
            *_of_sources(plan, programme),
            *_of_size(plan, programme),
            *_of_exclusions(programme, must),
        ]
    return [*findings, *_of_blocks(plan)]


def _of_limit(row: Limit) -> Iterator[Finding]:
    place = at("limits", row, "partner")
    if row.measure in OF_PARTNER and not row.partner:
        message = f"A limit on {row.measure} is a partner's."
        yield error("limit.partner", message, "Name the partner.", place)
    elif row.partner and row.measure not in OF_PARTNER:
        message = f"A limit on {row.measure} is for all programmes together."
        yield error("limit.partner", message, "Clear the partner.", place)
    for year, most in row.most.items():
        if most < 0:
            message = f"The limit on {row.measure} is {most:g} in {year}."
            fix = "Type zero or more, or leave it blank."
            place = at("limits", row, "most", year)
            yield error("limit.negative", message, fix, place)


def _of_bodies(plan: Plan, row: Limit) -> Iterator[Finding]:
    """Yield where a limit is that of a partner which ends, or follows another, in the plan."""
    changing = {name for one in plan.successions for name in (one.old, one.new)}
    if row.partner and row.partner in changing:
        message = (
            f"“{row.partner}” ends or follows another: no best plan is sought within its limit."
        )
        fix = "Limit a partner that is there throughout, or seek with a horizon before the change."
        yield error("limit.partner-changes", message, fix, at("limits", row, "partner"))


def _of_counts(plan: Plan, row: Limit) -> Iterator[Finding]:
    """Yield the years in which more programmes are required than there can be."""
    if not row.measure.startswith("least_"):
        return
    counted = row.measure.removeprefix("least_")
    allowed = [other.most for other in plan.limits if other.measure == counted]
    for year, least in row.most.items():
        most = min([len(plan.programmes), *(of[year] for of in allowed if year in of)])
        if least > most:
            message = (
                f"At least {least:g} {counted} are asked for in {year}, and at most {most:g}"
                " can be."
            )
            fix = "Lower the one or raise the other."
            place = at("limits", row, "most", year)
            yield error("limit.least-above-most", message, fix, place)


def _of_sources(plan: Plan, row: Programme) -> Iterator[Finding]:
    if not row.other_source:
        return
    from icbudget.engine.optimiser.programme_options import other_sources

    may = other_sources(plan, row)
    for other in row.other_source:
        if other not in may:
            message = (
                f"“{row.id}” names {other} as another source, which a best plan cannot pay it from."
            )
            fix = (
                "Name a source that its own pool has beside its own, in money, and capital only in"
                " a pool of capital; where a scheme names the programme, the scheme decides."
            )
            place = at("programmes", row, "other_source")
            yield warning("programme.other-source-unused", message, fix, place)


def _of_size(plan: Plan, row: Programme) -> Iterator[Finding]:
    for year, most in row.capacity.items():
        if most < 0 or (row.smallest is not None and row.smallest > most):
            least = 0.0 if row.smallest is None else row.smallest
            message = (
                f"The capacity of “{row.id}” in {year} is {most:g}, below its smallest size of"
                f" {least:g}."
            )
            fix = (
                "Raise the capacity or lower the smallest size: no best plan can run it over that"
                " year."
            )
            place = at("programmes", row, "capacity", year)
            yield warning("programme.smallest-above-capacity", message, fix, place)
    may = [y for y in plan.years[1:] if y not in row.no_start and y >= (row.earliest_start or y)]
    if row.must_do and not may:
        message = f"“{row.id}” must be done, and may start in no year of the plan."
        fix = "Leave a year to start it in."
        place = at("programmes", row, "no_start")
        yield error("programme.must-and-no-start", message, fix, place)


def _of_exclusions(row: Programme, must: set[str]) -> Iterator[Finding]:
    if row.id in row.excludes:
        message = f"“{row.id}” excludes itself."
        fix = "Name another programme."
        place = at("programmes", row, "excludes")
        yield error("programme.excludes-itself", message, fix, place)
    elif row.must_do and must & set(row.excludes):
        message = (
            f"“{row.id}” and “{sorted(must & set(row.excludes))[0]}” must both be done and exclude"
            " each other."
        )
        fix = "Take one of the three away."
        place = at("programmes", row, "excludes")
        yield error("programme.must-and-excludes", message, fix, place)


def _of_blocks(plan: Plan) -> Iterator[Finding]:
    for row in plan.acute_lines:
        for year, most in row.most_blocks.items():
            if most < 0 or most != int(most):
                message = f"The largest number of blocks of “{row.id}” is {most:g} in {year}."
                fix = "Type a whole number, zero or more, or leave it blank."
                place = at("acute_lines", row, "most_blocks", year)
                yield error("activity.most-blocks", message, fix, place)


WHY_IT_MATTERS = {
    "activity.most-blocks": (
        "Wards close whole. A part of one, or fewer than none, would release cost that still"
        " has to be paid."
    ),
    "limit.least-above-most": "No plan can keep both, so no best plan exists.",
    "limit.negative": (
        "Less than nothing cannot be spent or reached. The limit would rule out every plan."
    ),
    "limit.partner": (
        "Whose limit it is decides whose money is kept. Without that the best plan may take it"
        " from the wrong partner."
    ),
    "limit.partner-changes": (
        "A partner that ends in the plan's years has a limit that no later plan can be held to,"
        " so a best plan may break what it was to keep."
    ),
    "programme.excludes-itself": "A programme that rules itself out can never be in a best plan.",
    "programme.must-and-excludes": "No plan can hold both, so no best plan exists.",
    "programme.must-and-no-start": "It must be done and may never begin, so no best plan exists.",
    "programme.other-source-unused": (
        "The best plan leaves that money alone, so it may report that nothing more can be paid for."
    ),
    "programme.smallest-above-capacity": (
        "It cannot be run large enough to be worth running, so no best plan will have it."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
