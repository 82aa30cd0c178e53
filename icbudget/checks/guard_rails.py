"""Guard-rails: results that experience says are too good, and partners that would lose."""

from __future__ import annotations

import numpy as np

from icbudget import glossary
from icbudget.checks.plan_places import at
from icbudget.engine.accounts.bridge import BY_THE_PLAN, SYSTEM, Bridge, bridges
from icbudget.engine.projection.acute_amounts import taken_out, unfunded_gap
from icbudget.engine.projection.avoided import present_in_year
from icbudget.engine.projection.wiring import PUMP_PRIME, RELEASING
from icbudget.engine.run import Result
from icbudget.findings import Finding, Place, either, error, warning
from icbudget.money import in_words, to_pence
from icbudget.plan import Plan

A_YEAR, BY_YEAR_3, NEVER = 0.01, 0.03, 0.05
"""Falls in non-elective activity: beyond the first two a warning, beyond the last an error."""
CASH_IN_YEAR_1 = 0.20
"""Of average cost 10 to 20 % is cashable in a first year, a judgement of AP §2.5."""
SOON = 0.5
"""Years. A programme of people has to find and enrol them before it can show an effect."""
_NOISE = 1e-9
"""A share above its limit by no more than this is at the limit."""


def fall_in_admissions(plan: Plan, result: Result) -> list[Finding]:
    """Return findings where non-elective activity falls further than any study has shown.

    The fall is measured against do nothing. Above 1 % a year or 3 % by year 3: warning; above 5 %
    in any year: error without a named evaluation (the source of a programme that reaches the
    activity). Admissions are counted, not their bed days. Source: model §12. Findings:
    `guard.fall`, `guard.fall-above-5`.
    """
    at_lines = [k for k, row in enumerate(plan.acute_lines) if row.emergency_admissions]
    if not at_lines or plan.setup.horizon == 0:
        return []
    run = result.projection
    before = run.nothing.activity[0][:, at_lines].sum(axis=-1)
    fall = np.divide(
        before - run.activity[0][:, at_lines].sum(axis=-1),
        before,
        out=np.zeros_like(before),
        where=before > 0,
    )
    place = at("acute_lines", plan.acute_lines[at_lines[0]], "point_of_delivery")
    # In the base year nothing is avoided yet: year t may fall by t × 1 %, and by 3 % at most.
    beyond = fall - np.minimum(A_YEAR * np.arange(fall.size), BY_YEAR_3)
    fix = (
        "Check effects, reach and segments: no controlled study in England has shown as much across"
        " a whole population."
    )
    if fall.max() > NEVER and not _evaluated(plan, at_lines):
        deepest = int(np.argmax(fall))
        message = (
            f"{_below(fall[deepest], result.years[deepest])} Above 5% a named evaluation is needed."
        )
        named = either("Name the evaluation under Source of the programme.", fix)
        return [error("guard.fall-above-5", message, named, place)]
    if beyond.max() > _NOISE:
        worst = int(np.argmax(beyond))
        message = (
            f"{_below(fall[worst], result.years[worst])} More than 1% a year or 3% by year 3 is"
            " beyond experience."
        )
        return [warning("guard.fall", message, fix, place)]
    return []


def _evaluated(plan: Plan, lines: list[int]) -> bool:
    names = {plan.acute_lines[k].id for k in lines}
    used = {p for s in plan.segments if s.acute_line in names for p in s.programmes}
    return all(row.evidence for row in plan.programmes if row.id in used)


def _below(fall: float, year: str) -> str:
    return f"Planned non-elective activity is {fall:.1%} below do nothing in {year}."


def cash_in_year_one(plan: Plan, result: Result) -> list[Finding]:
    """Return a finding where year 1 releases more than 20 % of the tariff value avoided.

    Not of what is bought from a market, which nobody has to close: there less is paid at once.
    Findings: `guard.cash-year-1`.
    """
    if plan.setup.horizon == 0:
        return []
    run = result.projection
    value = run.avoided[0, 1] * run.nothing.price[0, 1]
    cash = run.released()[0, 1]
    findings: list[Finding] = []
    for k, row in enumerate(plan.acute_lines):
        hospital = bool(row.provider)
        if hospital and value[k] > 0 and cash[k] > CASH_IN_YEAR_1 * value[k] * (1 + _NOISE):
            message = (
                f"“{row.id}” releases {cash[k] / value[k]:.0%} of its tariff value as cash in the"
                " first year."
            )
            fix = "Check the variable cost on Activity lines: in year 1 usually 10-20% is cashable."
            place = at("acute_lines", row, "variable_cost")
            findings.append(warning("guard.cash-year-1", message, fix, place))
    return findings


def lag(plan: Plan, result: Result) -> list[Finding]:
    """Return a finding for programmes of whole cohorts that take effect within six months.

    Findings: `guard.lag`.
    """
    return [
        warning(
            "guard.lag",
            f"“{row.id}” takes effect after {row.lag:g} years.",
            "Check the lag: population schemes seldom show an effect within six months.",
            at("programmes", row, "lag"),
        )
        for row in plan.programmes
        if row.reach_basis != "direct" and row.lag < SOON and row.grade != "N"
    ]


def reach(plan: Plan, result: Result) -> list[Finding]:
    """Return a finding for every programme with more people than it can reach.

    No more than the maximum reach counts. People in service, or joined and not lost, above maximum
    reach × cohort, in the year with most of them. Source: model §5, §12. Findings: `guard.reach`.
    """
    run, findings = result.projection, list[Finding]()
    if not plan.programmes:
        return findings
    by_year = [
        present_in_year(run.structure, run.figures, t, run.moves.scale)[0]
        for t in range(len(result.years))
    ]
    people = np.stack(by_year)
    for g, row in enumerate(plan.programmes):
        served = people[:, g]
        room = row.max_reach * run.figures.cohort[0, :, g]
        # People without a cohort are an error of the programme: reach.no-cohort.
        over = np.where(room > 0, served - room, 0.0)
        if row.reach_basis != "direct" and over.max() > _NOISE * room.max():
            t = int(over.argmax())
            message = (
                f"“{row.id}” has {served[t]:,.0f} people in {result.years[t]} and can reach"
                f" {room[t]:,.0f} ({row.max_reach:.0%} of its cohort): the others cost money and"
                " avoid nothing."
            )
            place = at("programmes", row, "people", result.years[t])
            fix = "Check people, cohort and maximum reach."
            findings.append(warning("guard.reach", message, fix, place))
    return findings


def money_moved(plan: Plan, result: Result) -> list[Finding]:
    """Return a finding where fixed shifts move more than the activity budget of their lines.

    Findings: `shift.above-budget`.
    """
    run, rules = result.projection, result.rules
    fixed = [n for n, d in enumerate(rules.drawings) if d.rule not in RELEASING and d.source < 0]
    sums = (
        run.moves.put_in if rules.drawings[n].rule == PUMP_PRIME else run.moves.moved for n in fixed
    )
    # A fund takes its money when it is filled, and other shifts when they move it.
    moved = sum(
        (of[0, :, n] for of, n in zip(sums, fixed, strict=True)), np.zeros(len(result.years))
    )
    lines = sorted({int(k) for n in fixed for k in rules.drawings[n].lines})
    budget = run.acute_budget[0][:, lines].sum(axis=-1) * 100.0
    # Half a penny is rounding.
    over = [t for t in range(1, len(result.years)) if moved[t] > budget[t] + 0.5]
    if not over:
        return []
    message = (
        f"The shifts move more than the activity budget of their lines in {result.years[over[0]]}."
    )
    row = plan.shifts[fixed[-1]]
    fix = "Lower the amounts or percentages."
    return [
        error(
            "shift.above-budget",
            message,
            fix,
            at("shifts", row, "rule"),
            round(float(moved[over[0]] - budget[over[0]])),
        )
    ]


def fixed_release(plan: Plan, result: Result) -> list[Finding]:
    """Return a finding for every line where less fixed cost is freed than was decided.

    No more is freed than what is avoided costs, nor than the fixed cost that the line has; where
    nothing is avoided, nothing counts. Source: model §6. Findings: `activity.fixed-release-alone`,
    `activity.fixed-release-capped`.
    """
    run, findings = result.projection, list[Finding]()
    freed = run.released("fixed")[0]
    decided = run.structure.lines.fixed_release
    less = run.avoided[0] > 1e-9
    short = np.where(less, decided - freed, 0.0)
    alone = np.where(less, 0.0, decided)
    fix = (
        "Lower it on Activity lines by year. A saving without fewer patients is the provider's own"
        " efficiency: it belongs in the cost efficiency index."
    )
    for k, row in enumerate(plan.acute_lines):
        s, t = int(short[:, k].argmax()), int(alone[:, k].argmax())
        # half a penny, which rounds away
        if short[s, k] > 0.005:
            frees = f"what is avoided frees no more than {in_words(to_pence(freed[s, k]))} of it"
            message = (
                f"Fixed cost of “{row.id}” is to be released in {result.years[s]}, and {frees}."
            )
            place = at("acute_lines", row, "fixed_release", result.years[s])
            findings.append(
                warning(
                    "activity.fixed-release-capped", message, fix, place, round(short[s, k] * 100)
                )
            )
        if alone[t, k] > 0.005:
            message = (
                f"Fixed cost of “{row.id}”, {in_words(to_pence(alone[t, k]))}, is to be released in"
                f" {result.years[t]}, in which no activity is avoided: it counts nothing."
            )
            place = at("acute_lines", row, "fixed_release", result.years[t])
            findings.append(
                warning(
                    "activity.fixed-release-alone", message, fix, place, round(alone[t, k] * 100)
                )
            )
    return findings


def unfunded(plan: Plan, result: Result) -> list[Finding]:
    """Return a finding for every shift of money that remaining acute activity needs.

    The £ effect is the part of the unfunded gap that the shift makes, `min(gap, moved)`, in its
    worst year. Source: model §7. Findings: `shift.unfunded-gap`.
    """
    findings: list[Finding] = []
    for n, drawing in enumerate(result.rules.drawings):
        if drawing.rule in RELEASING:
            continue
        made = np.minimum(
            unfunded_gap(result.projection, drawing, n), taken_out(result.projection, drawing, n)
        )
        t = int(made.argmax())
        # half a penny, which rounds away
        if made[t] > 0.5:
            worth = in_words(round(made[t]))
            message = (
                f"“{drawing.id}” moves {worth} in {result.years[t]} that the activity which"
                " still comes needs."
            )
            fix = (
                "Move less, move it after it is released (release_then_invest), or name the money"
                " that fills the gap."
            )
            place = at("shifts", plan.shifts[n], "rule")
            findings.append(
                warning("shift.unfunded-gap", message, fix, place, round(float(made[t])))
            )
    return findings


def floors(plan: Plan, result: Result) -> list[Finding]:
    """Return a finding where planned activity falls below its floor.

    Or the floor is above do-nothing activity. Findings: `activity.below-floor`,
    `activity.floor-above-nothing`.
    """
    findings: list[Finding] = []
    for k, row in enumerate(plan.acute_lines):
        # From year 1 on: the base year is what has happened, and no floor is set for it.
        nothing = result.projection.nothing.activity[0, min(1, plan.setup.horizon) :, k]
        # No plan can stay above a floor that activity falls below by itself.
        if row.floor is not None and row.floor > nothing.min() + 1e-6:
            year = result.years[int(nothing.argmin()) - nothing.size]
            message = (
                f"The floor of “{row.id}”, {row.floor:,.0f} {row.currency}s, is above do-nothing"
                f" activity: {nothing.min():,.0f} {row.currency}s in {year}."
            )
            fix = "Lower the floor: no plan can meet it."
            place = at("acute_lines", row, "floor")
            findings.append(warning("activity.floor-above-nothing", message, fix, place))
            continue
        below = [
            y
            for t, y in enumerate(result.years)
            if row.floor is not None and result.projection.activity[0, t, k] < row.floor - 1e-6
        ]
        if below:
            message = (
                f"Planned activity of “{row.id}” is below its floor of {row.floor:,.0f}"
                f" {row.currency}s from {below[0]}."
            )
            fix = "Lower the reach, or the floor."
            place = at("acute_lines", row, "floor")
            findings.append(warning("activity.below-floor", message, fix, place))
    return findings


def positions(plan: Plan, result: Result) -> list[Finding]:
    """Return a finding for every partner worse off than under do nothing, with the £ effect.

    Findings: `partner.worse-off`, `system.worse-off`.
    """
    findings: list[Finding] = []
    rows = {row.id: row for row in plan.partners}
    for bridge in bridges(result):
        worse = sum(bridge.steps["Plan"]) - sum(bridge.steps["Do nothing"])
        if bridge.partner not in rows and bridge.partner != SYSTEM:
            continue  # what is not settled yet is said by the risk share's own findings
        if worse > 0 and bridge.partner != SYSTEM:
            message = (
                f"{rows[bridge.partner].name} is worse off over the plan than if nothing changed."
            )
            fix = (
                "Agree who bears it: see Partner positions for the years, stranded cost and"
                " transfers."
            )
            place = at("partners", rows[bridge.partner], "name")
            findings.append(warning("partner.worse-off", message, fix, place, worse))
        elif worse > 0:
            message = "The whole system spends more over the plan than if nothing changed."
            fix = f"See Bridge: {_why_system_is_worse(bridge)}."
            place = Place(sheet="Bridge")
            findings.append(warning("system.worse-off", message, fix, place, worse))
    return findings


def _why_system_is_worse(bridge: Bridge) -> str:
    """Return in words which steps of the whole system's bridge make it worse off, each that does.

    What the plan brings about and what the pools come out at beyond it add up to the position, so
    at least one of them is above zero where the system is worse off.
    """
    prevention = sum(sum(bridge.steps[step]) for step in BY_THE_PLAN)
    beyond = sum(bridge.steps[glossary.OUTTURN_AND_SETTLEMENT])
    causes = []
    if prevention > 0:
        causes.append("prevention costs more than it releases")
    if beyond > 0:
        causes.append(f"“{glossary.OUTTURN_AND_SETTLEMENT}” adds {in_words(beyond)}")
    return ", and ".join(causes)


def experience(plan: Plan, result: Result) -> list[Finding]:
    """Return a finding where money is reallocated and no patients' experience is measured.

    Findings: `guard.experience`.
    """
    watched = any(s.experience_measure for s in plan.schemes) or any(
        g.measured_by == "experience" or "experience" in g.measure.casefold() for g in plan.goals
    )
    if watched or not (plan.shifts or plan.programmes):
        return []
    message = "The plan moves care out of hospital and measures nobody's experience of it."
    return [
        warning(
            "guard.experience",
            message,
            "Name an experience measure for a scheme, or a goal for patients' experience.",
            Place(table="goals", column="measure"),
        )
    ]


WHY_IT_MATTERS = {
    "activity.below-floor": (
        "Below the floor the service cannot run safely, so the activity does not fall that far"
        " and the saving of the last admissions does not come."
    ),
    "activity.fixed-release-alone": (
        "Rent and board pay do not fall because of a shift that has not taken place. The saving"
        " would be the provider's own efficiency, counted a second time."
    ),
    "activity.fixed-release-capped": (
        "No more fixed cost can go than the avoided activity carries. What is above it would be"
        " a saving without a cause."
    ),
    "activity.floor-above-nothing": (
        "The floor stands above what would come anyway, so no programme can avoid anything on"
        " this line and its cost buys nothing."
    ),
    "guard.cash-year-1": (
        "Beds and staff do not go in the year in which patients stop coming. Cash that is"
        " planned so early has mostly not come."
    ),
    "guard.experience": (
        "Admissions may fall because people are turned away. Without their own words nobody"
        " would know."
    ),
    "guard.fall": (
        "Plans of this kind have failed before. If the fall does not come, its saving is a hole"
        " in the budget."
    ),
    "guard.fall-above-5": (
        "No area in England has done as much. A plan that rests on it should be able to name"
        " who has."
    ),
    "guard.lag": (
        "A saving is counted from a month in which the programme cannot yet have had an effect."
    ),
    "guard.reach": (
        "Each pound buys less than it seems to, and a smaller programme would do the same."
    ),
    "partner.worse-off": (
        "A partner that loses money will not sign, or will leave the pool. It is better to"
        " agree a settlement now."
    ),
    "shift.above-budget": (
        "More is taken from the hospital lines than they have, so care that still comes would"
        " have no money."
    ),
    "shift.unfunded-gap": (
        "The money has gone and the patients still come. The hospital runs a deficit of this"
        " amount."
    ),
    "system.worse-off": (
        "All partners together spend more than before. The money has been moved, and nothing"
        " has been saved."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
