"""Programmes state a usable effect, a payer, people they can reach and honest evidence."""

from __future__ import annotations

from collections.abc import Iterator

from icbudget import reference
from icbudget.checks.plan_places import at
from icbudget.engine.run import effect_of
from icbudget.findings import Finding, error, note, warning
from icbudget.plan import SETUP, Plan
from icbudget.plan.programme import RATIOS, Programme, effect_in_words
from icbudget.plan.scheme import Scheme

_NEEDS_RISK = ("odds_ratio", "absolute_risk_reduction")
_BEFORE_AFTER = ("rate_before", "population_rate", "dispersion")


def measurable(row: Programme) -> bool:
    """Return whether a programme has all that its measure needs to become a reduction."""
    if row.effect_measure == "before_after":
        return all(getattr(row, field) is not None for field in _BEFORE_AFTER)
    return row.effect_measure not in _NEEDS_RISK or row.base_risk is not None


def effects(plan: Plan) -> list[Finding]:
    """Return findings for effects that cannot be.

    No base risk, a negative ratio, everything avoided or more, low above high. Findings:
    `effect.everything`, `effect.low-above-high`, `effect.negative-ratio`, `effect.no-base-risk`,
    `effect.no-regression`, `effect.too-harmful`.
    """
    findings: list[Finding] = []
    for row in plan.programmes:
        # Without its base risk or rates an effect is no number that could be too large.
        findings += [*_impossible(row), *_range(row)] if measurable(row) else _unmeasured(row)
    return findings


def _unmeasured(row: Programme) -> list[Finding]:
    """Return the first figure that the measure of an effect needs and the row lacks."""
    if row.effect_measure in _NEEDS_RISK:
        message = (
            f"The effect of “{row.id}” is an {row.effect_measure.replace('_', ' ')}, which needs"
            " the base risk."
        )
        fix = "Type the risk without the programme."
        return [error("effect.no-base-risk", message, fix, at("programmes", row, "base_risk"))]
    field = next(field for field in _BEFORE_AFTER if getattr(row, field) is None)
    message = (
        f"The effect of “{row.id}” is a rate before and after, which falls by itself after a bad"
        " year."
    )
    fix = (
        "Type the rate before, the population's rate and its dispersion, so that what comes by"
        " itself is taken off."
    )
    return [error("effect.no-regression", message, fix, at("programmes", row, field))]


def _impossible(row: Programme) -> Iterator[Finding]:
    """Yield why the central effect of a programme cannot be."""
    place = at("programmes", row, "effect")
    if row.effect_measure in RATIOS and row.effect < 0:
        message = f"The effect of “{row.id}” is a ratio of {row.effect:g}; a ratio is zero or more."
        fix = "Type the ratio as the study states it, such as 0.85."
        yield error("effect.negative-ratio", message, fix, place)
    elif effect_of(row) >= 1.0:
        message = (
            f"“{row.id}” would avoid {effect_of(row):.0%} of what it reaches; it must be under"
            " 100%."
        )
        fix = "Check the effect and its measure: for five per cent type 5% or 0.05."
        yield error("effect.everything", message, fix, place)
    elif row.effect_measure == "rate_reduction" and row.effect < -1:
        message = (
            f"“{row.id}” would more than double what it reaches: its effect is {row.effect:.0%}."
        )
        fix = "Check the effect: for five per cent type 5% or 0.05; harm is below zero."
        yield error("effect.too-harmful", message, fix, place)


def _range(row: Programme) -> Iterator[Finding]:
    """Yield where the low end of an effect is above its high end."""
    low, high = row.effect_low, row.effect_high
    if low is not None and high is not None and low > high:
        low_in_words = effect_in_words(row.effect_measure, low)
        high_in_words = effect_in_words(row.effect_measure, high)
        message = (
            f"The low effect of “{row.id}” ({low_in_words}) is above the high one"
            f" ({high_in_words})."
        )
        fix = "Swap the two."
        yield error("effect.low-above-high", message, fix, at("programmes", row, "effect_low"))


def harm(plan: Plan) -> list[Finding]:
    """Return a note for a harmful programme that meets others of its family.

    The overlap lessens its harm too: model §5. Findings: `effect.harm-overlaps`.
    """
    findings: list[Finding] = []
    members = {row.id: row for row in plan.programmes if row.family and measurable(row)}
    for row in members.values() if plan.setup.family_overlap > 0 else ():
        beside: list[str] = []
        for segment in plan.segments:
            if row.id in segment.programmes:
                beside += [other for other in segment.programmes if other != row.id]
        # Of two that meet, the smaller effect is the one that the overlap takes off (model §5).
        met = [
            other
            for other in beside
            if other in members
            and members[other].family == row.family
            and effect_of(members[other]) >= effect_of(row)
        ]
        if met and effect_of(row) < 0:
            message = (
                f"“{row.id}” adds to use and meets “{met[0]}” of its family “{row.family}”: of what"
                f" it adds beside it, {plan.setup.family_overlap:.0%} counts as the same people's"
                " and is left out."
            )
            fix = "Clear its family where what it adds is to count in full."
            place = at("programmes", row, "family")
            findings.append(note("effect.harm-overlaps", message, fix, place))
    return findings


def payers(plan: Plan) -> list[Finding]:
    """Return a finding for every programme that nobody pays for, or two do.

    Findings: `programme.no-payer`, `programme.no-source`, `programme.payers-differ`,
    `programme.two-payers`.
    """
    findings: list[Finding] = []
    by_scheme = {row.programme: row for row in plan.schemes if row.programme}
    for row in plan.programmes:
        findings += _payer(row, by_scheme.get(row.id))
    return findings


def _payer(row: Programme, scheme: Scheme | None) -> Iterator[Finding]:
    """Yield what is wrong with who pays for a programme; `scheme`: the one that names it."""
    if not (row.pool or row.partner or scheme):
        message = f"Nobody pays for programme “{row.id}”."
        fix = (
            "Name it in a scheme, or fill in its pool and source of funding, or the partner that"
            " pays for it."
        )
        yield error("programme.no-payer", message, fix, at("programmes", row, "pool"))
    elif row.partner and (row.pool or scheme):
        message = f"Programme “{row.id}” is paid for by a partner and by a pool."
        fix = "Clear one of them."
        yield error("programme.two-payers", message, fix, at("programmes", row, "partner"))
    elif row.pool and scheme:
        # A blank source of the programme is the scheme's.
        own = (row.pool, row.source or scheme.source)
        if own != (scheme.pool, scheme.source):
            message = (
                f"Programme “{row.id}” names {row.pool}, {row.source}, "
                f"but scheme {scheme.id} pays from {scheme.pool}, {scheme.source}."
            )
            fix = "Make them the same, or clear them here."
            yield error("programme.payers-differ", message, fix, at("programmes", row, "source"))
    elif row.pool and not row.source:
        message = (
            f"Programme “{row.id}” is paid for by pool {row.pool}, and its source of funding is"
            " blank."
        )
        fix = "Name the funding source."
        yield error("programme.no-source", message, fix, at("programmes", row, "source"))


def reach(plan: Plan) -> list[Finding]:
    """Return findings for reach that cannot be.

    Above the maximum or 100 %, people without a cohort, or no reach at all. Findings:
    `programme.never-starts`, `programme.no-segment`, `programme.stops`, `reach.above-maximum`,
    `reach.negative-people`, `reach.no-cohort`.
    """
    findings: list[Finding] = []
    reached = {name for segment in plan.segments for name in segment.programmes}
    for row in plan.programmes:
        if row.id not in reached:
            message = f"Programme “{row.id}” reaches no segment: it costs money and avoids nothing."
            fix = "Name it in the segments that it can reach."
            place = at("programmes", row, "id")
            findings.append(warning("programme.no-segment", message, fix, place))
        direct = row.reach_basis == "direct"
        findings.extend(_direct(row) if direct else _counted(plan, row))
        field, stated = ("reach", row.reach) if direct else ("people", row.people)
        if not stated and row.id in reached and plan.setup.horizon:
            message = f"Programme “{row.id}” has no {field} in any year, so it never starts."
            fix = f"Fill in its {field} by year."
            place = at("programmes", row, field)
            findings.append(warning("programme.never-starts", message, fix, place))
        # A blank year counts as 0, and after the last typed one nobody says that it is meant.
        ends = [year for year in plan.years[1:] if stated and year > max(stated)]
        if ends:
            message = (
                f"The {field} of “{row.id}” is blank from {ends[0]}: the programme stops there."
            )
            fix = f"Fill in the {field} to the last year, or type 0 if it is to stop."
            place = at("programmes", row, field, ends[0])
            findings.append(warning("programme.stops", message, fix, place))
    return findings


def _below_zero(row: Programme) -> list[Finding]:
    """Return a finding for people below zero.

    They would cost less than zero, whatever the reach is counted from.
    """
    return [
        error(
            "reach.negative-people",
            f"“{row.id}” has {people:g} people in {year}.",
            "Type zero or more.",
            at("programmes", row, "people", year),
        )
        for year, people in row.people.items()
        if people < 0
    ]


def _direct(row: Programme) -> list[Finding]:
    findings = _below_zero(row)
    for year, share in row.reach.items():
        if not 0 <= share <= row.max_reach:
            message = (
                f"“{row.id}” reaches {share:.1%} in {year}; its maximum reach is"
                f" {row.max_reach:.0%}."
            )
            fix = "Type a reach between 0% and the maximum."
            place = at("programmes", row, "reach", year)
            findings.append(error("reach.above-maximum", message, fix, place))
    return findings


def _counted(plan: Plan, row: Programme) -> list[Finding]:
    findings = _below_zero(row)
    for year, people in row.people.items():
        if people > 0 and not row.cohort.get(year) and year in plan.years[1:]:
            message = f"“{row.id}” has people in {year} and no cohort to compare them with."
            fix = "Type how many people could be reached that year."
            place = at("programmes", row, "cohort", year)
            findings.append(error("reach.no-cohort", message, fix, place))
    return findings


_COSTS = ("fixed_cost", "double_running", "exit_cost")
"""Columns by year that hold what a programme costs, beside its unit cost."""


def cost(plan: Plan) -> list[Finding]:
    """Return a warning for each programme that avoids activity and has no cost.

    Where 0 is typed and a source or a reason stands beside it, it is a note. Findings:
    `programme.costs-nothing`, `programme.no-cost`.
    """
    findings: list[Finding] = []
    reached = {name for segment in plan.segments for name in segment.programmes}
    for row in plan.programmes:
        avoids = row.id in reached and measurable(row) and effect_of(row) > 0
        stated = row.reach if row.reach_basis == "direct" else row.people
        has_cost = row.unit_cost or any(any(getattr(row, field).values()) for field in _COSTS)
        if not avoids or not any(stated.values()) or has_cost:
            continue
        if row.fixed_cost and (row.evidence or row.reason):
            message = f"“{row.id}” costs nothing: its cost is typed as 0."
            fix = "Leave it where its source or reason says why, or type what it costs."
            place = at("programmes", row, "yearly_cost")
            findings.append(note("programme.costs-nothing", message, fix, place))
        else:
            message = (
                f"“{row.id}” has no cost, so what it avoids is shown as a saving for which nobody"
                " pays."
            )
            fix = (
                "Type its cost a year or its unit cost. Where it costs nothing, type 0 as its cost"
                " a year and say why in its source or reason. Where nobody knows its cost, do not"
                " quote its net release."
            )
            place = at("programmes", row, "yearly_cost")
            findings.append(warning("programme.no-cost", message, fix, place))
    return findings


def _qaly_values() -> str:
    """Return the values of a QALY in use, each with whose it is."""
    return "; ".join(f"£{row.value:,.0f} ({row.text})" for row in reference.qaly_values())


def health(plan: Plan) -> list[Finding]:
    """Return findings for health effects without people or without a sourced value.

    Also for a value without a source. Findings: `qaly.no-source`, `qaly.no-value`, `qaly.nobody`.
    """
    findings: list[Finding] = []
    stated = [row for row in plan.programmes if row.qalys_per_person or any(row.qalys.values())]
    for row in stated:
        if row.qalys_per_person and not any(row.people.values()):
            message = f"Programme “{row.id}” states QALYs a person and no people."
            fix = "Fill in People by year, or state QALYs by year."
            place = at("programmes", row, "qalys_per_person")
            findings.append(warning("qaly.nobody", message, fix, place))
    if stated and plan.setup.qaly_value is None:
        message = (
            "Programmes state health effects (QALYs), but Setup gives no value of a QALY, so public"
            " value is not shown in £."
        )
        fix = f"Enter a value and its source, or leave it. In use: {_qaly_values()}."
        place = at(SETUP.field, None, "qaly_value")
        findings.append(note("qaly.no-value", message, fix, place))
    if plan.setup.qaly_value is not None and not plan.setup.qaly_evidence:
        message = "The value of a QALY has no source."
        fix = "Name the document it comes from, with its price year."
        place = at(SETUP.field, None, "qaly_evidence")
        findings.append(warning("qaly.no-source", message, fix, place))
    return findings


WHY_IT_MATTERS = {
    "effect.everything": (
        "No programme prevents every admission of the people it reaches. It is mostly 50 typed"
        " for 50%."
    ),
    "effect.harm-overlaps": (
        "Part of the added use is left out, because the same people are counted in both"
        " programmes. It makes the programme look less costly."
    ),
    "effect.low-above-high": (
        "The range is upside down, so draws and cautious cases would show the better result as"
        " the worse one."
    ),
    "effect.negative-ratio": (
        "A ratio compares two rates, and neither can be below zero. The figure is probably a"
        " change in per cent."
    ),
    "effect.no-base-risk": (
        "An odds ratio overstates the effect where the event is common. Without the base risk"
        " it cannot be turned into a fall in admissions."
    ),
    "effect.no-regression": (
        "People are enrolled after a bad year and get better by themselves. All of that would"
        " be booked as the programme's saving."
    ),
    "effect.too-harmful": (
        "The sign or the unit is wrong, and the plan would show a loss that no study found."
    ),
    "programme.costs-nothing": (
        "A saving that costs nothing looks better than any other. It should be known who does the"
        " work, and from which money."
    ),
    "programme.never-starts": (
        "It costs and avoids nothing in any year. A saving that somebody expects of it is not"
        " in the plan."
    ),
    "programme.no-cost": (
        "A forgotten cost makes a programme look like money for nothing: its net release and its"
        " appraisal are too good by all that it costs."
    ),
    "programme.no-payer": "The programme's saving would count and its cost would be nobody's.",
    "programme.no-segment": (
        "It costs money and reaches no patients, so it is a cost without any effect."
    ),
    "programme.no-source": (
        "The pool pays, but from which of its moneys is not known, so no source can balance."
    ),
    "programme.payers-differ": (
        "Two places say who pays. One partner may count on the other, and neither has budgeted"
        " for it."
    ),
    "programme.stops": (
        "After that year the programme costs nothing and its patients come back. If the blank"
        " was forgotten, cost and saving are missing."
    ),
    "programme.two-payers": "Its cost would be paid twice, once by each.",
    "qaly.no-source": (
        "The value of health is large beside the money. Without a source anybody can choose the"
        " result."
    ),
    "qaly.no-value": (
        "Health gains are counted and not valued, so programmes for health look worse than"
        " those for cash."
    ),
    "qaly.nobody": (
        "Gains a person, for no people, are no gain at all, so the programme's health effect is"
        " missing."
    ),
    "reach.above-maximum": (
        "Not everybody can be reached. Savings on people who cannot be reached do not come."
    ),
    "reach.negative-people": "Fewer than no people would turn a cost into income.",
    "reach.no-cohort": (
        "Without knowing of how many, nobody can say what part of the activity the programme"
        " touches."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
