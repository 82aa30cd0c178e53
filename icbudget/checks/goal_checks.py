"""Goals that cannot be followed, that nothing leads to, or that the plan does not reach."""

from __future__ import annotations

from icbudget import reference, years
from icbudget.checks.plan_places import at
from icbudget.engine.appraisal.trajectory import (
    lines_of,
    measured,
    needed,
    reached,
    trajectory,
)
from icbudget.engine.projection.wiring import payer
from icbudget.engine.run import Result
from icbudget.findings import Finding, note, warning
from icbudget.plan import Plan
from icbudget.plan.goal import COMPUTED, Goal

_NO_GAP = 1e-9
"""Parts that differ by less are the same."""
DISCHARGE_DELAYS = "discharge delays"
"""The metric of the national return whose baseline is published by area."""


def goals(plan: Plan) -> list[Finding]:
    """Return findings for goals that nothing leads to or that are dated too early.

    Also where lines cannot be added, or the target is already reached. Findings:
    `goal.already-reached`, `goal.base-year`, `goal.baseline-known`, `goal.expected-unused`,
    `goal.mixed-currencies`, `goal.no-lines`, `goal.no-trajectory`, `goal.not-bed-days`,
    `goal.prevention-untagged`.
    """
    checks_of_a_goal = (_no_trajectory, _lines, _tagged, _aim, _baseline)
    findings: list[Finding] = []
    for row in plan.goals:
        for check in checks_of_a_goal:
            findings += check(plan, row)
    return findings


def _no_trajectory(plan: Plan, row: Goal) -> list[Finding]:
    if row.measured_by not in COMPUTED and not row.expected:
        message = (
            f"Goal “{row.id}” has neither an activity line nor expected values, so the plan cannot"
            " say whether it is on track."
        )
        return [
            note(
                "goal.no-trajectory",
                message,
                "Name the activity line, or fill in expected values.",
                at("goals", row, "id"),
            )
        ]
    if row.measured_by in COMPUTED and any(row.expected.values()):
        message = (
            f"Goal “{row.id}” has expected values, but its trajectory is worked out from the plan;"
            " they are not used."
        )
        return [
            warning(
                "goal.expected-unused",
                message,
                "Clear them, or make the goal one of entered values.",
                at("goals", row, "expected"),
            )
        ]
    return []


def _lines(plan: Plan, row: Goal) -> list[Finding]:
    # The fourth, the share of spending on prevention, is measured on schemes.
    if row.measured_by not in COMPUTED[:3]:
        return []
    chosen = [plan.acute_lines[k] for k in lines_of(plan, row)]
    if not chosen and not row.acute_line:
        what = (
            "Name the activity line, or give lines of spells a point of delivery “Non-elective …”,"
            " or the currency bed day."
        )
        return [
            warning(
                "goal.no-lines",
                f"No activity line measures goal “{row.id}”.",
                what,
                at("goals", row, "kind"),
            )
        ]
    counted = sorted({line.currency for line in chosen})
    if len(counted) > 1:
        message = (
            f"Goal “{row.id}” adds lines counted in different currencies: {', '.join(counted)}."
        )
        return [
            warning(
                "goal.mixed-currencies",
                message,
                "Name one activity line for it.",
                at("goals", row, "acute_line"),
            )
        ]
    if row.measured_by == "bed_days" and counted and counted[0] != "bed day":
        message = (
            f"Goal “{row.id}” is about bed days, but “{row.acute_line}” is counted in"
            f" {counted[0]}s."
        )
        return [
            warning(
                "goal.not-bed-days",
                message,
                "Name a line counted in bed days.",
                at("goals", row, "acute_line"),
            )
        ]
    return []


def _tagged(plan: Plan, row: Goal) -> list[Finding]:
    """Return a note where preventive schemes do not count towards a share of spending."""
    tagged = [
        s
        for s in plan.schemes
        if "prevention" in s.scheme_type.casefold() and not (s.prevention or s.programme)
    ]
    if row.measured_by != "prevention_share" or not tagged:
        return []
    message = (
        f"Goal “{row.id}” leaves out “{tagged[0].name}”, whose type is {tagged[0].scheme_type}."
    )
    fix = "Say yes under Prevention where its spending is to count."
    return [note("goal.prevention-untagged", message, fix, at("schemes", tagged[0], "prevention"))]


def _aim(plan: Plan, row: Goal) -> list[Finding]:
    if years.start(row.target_year) == years.start(plan.setup.base_year):
        message = (
            f"Goal “{row.id}” is dated {row.target_year}, the base year, when nothing has been done"
            " yet."
        )
        return [
            warning(
                "goal.base-year",
                message,
                "Give the year by which the plan is to reach it.",
                at("goals", row, "target_year"),
            )
        ]
    if row.baseline is not None and reached(row, row.baseline, row.target):
        message = (
            f"Goal “{row.id}” asks for {_in_unit(row.target, row)}, which is no better than its"
            f" baseline of {_in_unit(row.baseline, row)}."
        )
        return [
            note(
                "goal.already-reached",
                message,
                "Check the target, and whether lower or higher is better.",
                at("goals", row, "target"),
            )
        ]
    return []


def _baseline(plan: Plan, row: Goal) -> list[Finding]:
    """Return what is published for the area where a goal has no baseline.

    This is for residential admissions and discharge delays; it is never filled in.
    """
    known = _published(plan, row) if row.baseline is None else None
    if known is None:
        return []
    value, unit, year, title = known
    message = f"Goal “{row.id}” has no baseline. Published for the area: {value} {unit} in {year}."
    fix = f"Type it, if it is right: {title}."
    return [note("goal.baseline-known", message, fix, at("goals", row, "baseline"))]


def _published(plan: Plan, row: Goal) -> tuple[str, str, str, str] | None:
    """Return what is published for a goal's measure in the area: value, unit, year, source."""
    outcome = reference.care_outcome("2C", plan.setup.ons_code)
    if outcome and row.measured_by == "residential":
        return f"{outcome.value:,.1f}", outcome.unit, outcome.year, outcome.source.title
    delay = reference.discharge_delay(plan.setup.ons_code)
    if delay and row.measure.casefold() == DISCHARGE_DELAYS:
        days = f"{delay.days_per_discharge:,.2f}"
        return days, "days a discharge", delay.year, delay.source.title
    return None


def _in_unit(value: float, row: Goal) -> str:
    """Return a figure of a goal with its unit: `£46,980,000`, `79.5%`, `16,450.2 episodes`."""
    if row.unit == "£":
        return f"£{value:,.0f}"
    digits = f"{value:,.1f}".removesuffix(".0")
    return f"{digits}%" if row.unit == "%" else f"{digits} {row.unit}".strip()


def quarters(plan: Plan) -> list[Finding]:
    """Return a warning for quarters of a year that is not after the base year in the plan.

    Findings: `goal.quarters-unused`.
    """
    findings: list[Finding] = []
    for row in plan.quarterly_plans:
        if row.year not in plan.years[1:]:
            is_base = row.year == plan.setup.base_year
            message = (
                f"Quarters of “{row.goal}” are planned for {row.year},"
                f" {'the base year' if is_base else 'which the plan does not have'}: they are not"
                " used."
            )
            fix = (
                "Type them in the goal's own row of Goals."
                if is_base
                else "Give a year of the plan after its base year."
            )
            place = at("quarterly_plans", row, "year")
            findings.append(warning("goal.quarters-unused", message, fix, place))
    return findings


def unlike(plan: Plan) -> list[Finding]:
    """Return a warning for goals that are compared and do not measure the same.

    Findings: `goal.gap-unlike`.
    """
    goals_by_id = {row.id: row for row in plan.goals}
    findings: list[Finding] = []
    for row in plan.goals:
        other = goals_by_id.get(row.compared_with)
        if other is not None and (row.unit, row.good) != (other.unit, other.good):
            message = (
                f"Goal “{row.id}” ({row.unit or 'no unit'}, {row.good} is better) is compared with"
                f" “{other.id}” ({other.unit or 'no unit'}, {other.good} is better)."
            )
            fix = "Compare goals of one measure and unit, such as a rate for each 1,000 people."
            place = at("goals", row, "compared_with")
            findings.append(warning("goal.gap-unlike", message, fix, place))
    return findings


def gap_widens(plan: Plan, result: Result) -> list[Finding]:
    """Return a warning where the gap of a group is larger at its target date than at the start.

    Source: model §15.6. Findings: `goal.gap-widens`.
    """
    if not plan.goals:
        return []
    from icbudget.engine.appraisal.group_gaps import gaps

    findings: list[Finding] = []
    for gap in gaps(result):
        row = gap.goal
        if row.target_year not in plan.years[1:]:
            continue
        t = plan.years.index(row.target_year)
        more = gap.widens_by(t)
        if more is not None and more > _NO_GAP:
            whom = row.group or f"“{row.id}”"
            message = (
                f"The gap between {whom} and “{gap.other.id}” grows from {gap.by_year[0]:,.6g} to"
                f" {gap.by_year[t]:,.6g} by {row.target_year}."
            )
            fix = "Reach the group first, or say in the goal's rationale why the gap may grow."
            place = at("goals", row, "compared_with")
            findings.append(warning("goal.gap-widens", message, fix, place))
    return findings


def reach_widens(plan: Plan, result: Result) -> list[Finding]:
    """Return a warning where a programme reaches a group less than everyone else it is for.

    Nobody is reached if nothing changes, so the gap is the plan's; a shift that pays for the
    programme is named. Source: model §15.6. Findings: `programme.reach-widens`.
    """
    if not plan.group_reaches:
        return []
    from icbudget.engine.appraisal.reach_by_group import reach_by_group

    findings: list[Finding] = []
    for one in reach_by_group(result):
        # Before a programme starts and after it stops nobody is reached, and there is no gap.
        # A gap of nought in a year in which people are reached counts: there it has closed.
        known = [
            (year, gap)
            for year, gap, others in zip(plan.years, one.gap, one.others, strict=True)
            if gap is not None and (gap or others)
        ]
        if not known or known[-1][1] <= _NO_GAP:
            continue
        (first, began), (last, ended) = known[0], known[-1]
        t = plan.years.index(last)
        account = payer(plan, one.row.programme)
        shifts = [row.id for row in plan.shifts if account and row.pool == account[0]]
        paid = f" Paid for by {', '.join(shifts)}." if shifts else ""
        path = "" if first == last else f" It was {100 * began:.1f} in {first}."
        message = (
            f"“{one.row.programme}” reaches {one.group[t]:.1%} of {one.row.group} in {last} and"
            f" {one.others[t]:.1%} of everyone else: a gap of {100 * ended:.1f} percentage points."
            f"{path}{paid}"
        )
        fix = "Reach the group first, or say why not under Source."
        place = at("group_reaches", one.row, "reached", last)
        findings.append(warning("programme.reach-widens", message, fix, place))
    return findings


def reach_possible(plan: Plan, result: Result) -> list[Finding]:
    """Return a warning where a group would be reached beyond all of its people.

    Findings: `programme.reach-beyond-all`.
    """
    if not plan.group_reaches:
        return []
    from icbudget.engine.appraisal.reach_by_group import reach_by_group

    findings: list[Finding] = []
    for one in reach_by_group(result):
        for year, group, others in zip(plan.years, one.group, one.others, strict=True):
            most = max(group or 0.0, others or 0.0)
            if most > 1.0 + _NO_GAP:
                message = (
                    f"“{one.row.programme}” would reach {most:.1%} of {one.row.group} or of all"
                    f" others in {year}."
                )
                fix = "Check the group's part of the people and of those reached."
                place = at("group_reaches", one.row, "reached", year)
                findings.append(warning("programme.reach-beyond-all", message, fix, place))
                break
    return findings


def behind(plan: Plan, result: Result) -> list[Finding]:
    """Return a note where what was measured last falls short of what was needed by then.

    Findings: `goal.behind`.
    """
    findings: list[Finding] = []
    for row in plan.goals:
        by_year = measured(plan, row)
        known = [year for year in plan.years[1:] if year in by_year]
        if not known:
            continue
        t = plan.years.index(known[-1])
        aim = needed(plan, row, trajectory(result, row))[t]
        value = by_year[known[-1]]
        if aim is not None and not reached(row, value, aim):
            message = (
                f"Goal “{row.id}” was measured at {_in_unit(value, row)} in {known[-1]};"
                f" {_in_unit(aim, row)} was needed to be on track."
            )
            fix = "Say in the year's report what will bring it back."
            entered = next(
                one for one in plan.quarterly_plans if (one.goal, one.year) == (row.id, known[-1])
            )
            place = at("quarterly_plans", entered, "measured")
            findings.append(note("goal.behind", message, fix, place))
    return findings


def not_met(plan: Plan, result: Result) -> list[Finding]:
    """Return a note for every goal that the plan does not reach by its date.

    Findings: `goal.not-met`.
    """
    findings: list[Finding] = []
    for row in plan.goals:
        # A goal of a year beyond the plan, or of its base year, is told of otherwise.
        if row.target_year not in plan.years[1:]:
            continue
        value = trajectory(result, row)[plan.years.index(row.target_year)]
        if value is not None and not reached(row, value, row.target):
            message = (
                f"Goal “{row.id}” is not met by {row.target_year}: {_in_unit(value, row)} against"
                f" {_in_unit(row.target, row)}."
            )
            fix = "See Goal gaps for what would close it."
            place = at("goals", row, "target")
            findings.append(note("goal.not-met", message, fix, place))
    return findings


WHY_IT_MATTERS = {
    "goal.behind": (
        "What has come so far is short of the plan. The saving and the money that hang on the"
        " goal come later, or not at all."
    ),
    "programme.reach-widens": (
        "The average gets better because those who are easy to reach are reached. The gap that"
        " the plan is to close grows."
    ),
    "programme.reach-beyond-all": (
        "More people would be reached than there are, so both cost and saving are too large."
    ),
    "goal.quarters-unused": (
        "The return would show quarters that nobody planned, and progress would be judged"
        " against nothing."
    ),
    "goal.already-reached": (
        "The target asks for no change, so it will be called met whatever happens to patients."
    ),
    "goal.base-year": (
        "Nothing has been done yet at that date, so the goal says nothing about the plan."
    ),
    "goal.baseline-known": "Without a baseline nobody can say how far there is to go.",
    "goal.expected-unused": (
        "What was typed is not what the tracker shows. Somebody may believe it is."
    ),
    "goal.gap-unlike": (
        "Two unlike figures are taken from each other. The gap means nothing, and resources"
        " would follow it."
    ),
    "goal.gap-widens": "The average gets better while the group the plan is for falls behind.",
    "goal.mixed-currencies": (
        "Spells and bed days added up are no number of anything, so the goal cannot be judged."
    ),
    "goal.no-lines": "Nothing in the plan moves this goal. It would stay at its baseline for ever.",
    "goal.no-trajectory": "Nobody can say in March whether the goal will be met in three years.",
    "goal.not-bed-days": (
        "The goal counts one thing and the line another, so on track and off track say nothing."
    ),
    "goal.not-met": (
        "The money is moved and the aim is missed. It should be known before it is signed."
    ),
    "goal.prevention-untagged": (
        "Spending that may be prevention is left out, so the share of prevention looks too low."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
