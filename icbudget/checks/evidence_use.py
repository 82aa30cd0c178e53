"""Evidence is used as far as it goes: its grade, its kind of study and its library row."""

from __future__ import annotations

from icbudget import reference
from icbudget.checks.plan_places import at
from icbudget.checks.programmes import measurable
from icbudget.engine.projection.effect import reduction_of
from icbudget.engine.run import effect_of
from icbudget.findings import Finding, either, error, note, warning
from icbudget.plan import Plan
from icbudget.plan.evidence_rows import lag_of, measure_of
from icbudget.plan.programme import Programme

_SAME = 1e-9
"""Effects that differ by less are the same figure, typed as a share or as a percentage."""


def grades(plan: Plan) -> list[Finding]:
    """Return findings where the evidence is used against its grade.

    Deadweight with a controlled study (grade A or B) would be taken off twice: an error, or a note
    where a reason is written. Grade N (no effect) needs a written reason. Source: AP §4.4.
    Findings: `evidence.deadweight-reasoned`, `evidence.deadweight-twice`, `evidence.grade-n`.
    """
    findings: list[Finding] = []
    for row in plan.programmes:
        if row.grade in ("A", "B") and row.deadweight > 0:
            message = (
                f"“{row.id}” has evidence of grade {row.grade}, whose control group already took"
                " the deadweight off."
            )
            place = at("programmes", row, "deadweight")
            if row.reason:
                fix = "Make sure that the reason holds: it is taken off all the same."
                findings.append(
                    note(
                        "evidence.deadweight-reasoned",
                        f"{message} The reason given: {row.reason}",
                        fix,
                        place,
                    )
                )
            else:
                fix = (
                    "Set the deadweight to 0%, or write under Reason why it is taken off all the"
                    " same."
                )
                findings.append(error("evidence.deadweight-twice", message, fix, place))
        if row.grade == "N" and measurable(row) and effect_of(row) > 0 and not row.reason:
            message = f"“{row.id}” counts on an effect although good evidence shows none (grade N)."
            findings.append(
                warning(
                    "evidence.grade-n",
                    message,
                    "Set the effect to 0, or write the reason.",
                    at("programmes", row, "reason"),
                )
            )
    return findings


def uncontrolled(plan: Plan) -> list[Finding]:
    """Return findings where a study without a control group is taken at its word.

    An error where the library says that the estimate is before and after, and the plan counts on
    more than its planning reduction without the correction for regression to the mean; a warning
    where nothing is taken off a grade D effect. Findings: `evidence.before-after`,
    `evidence.nothing-off`.
    """
    findings: list[Finding] = []
    for row in plan.programmes:
        weak = row.grade == "D" and row.effect_measure != "before_after"
        if not (weak and measurable(row) and effect_of(row) > 0):
            continue
        evidence = reference.evidence_row(row.library)
        before_after = evidence is not None and evidence["design"] == "before and after"
        fix = "Use the measure before_after, which takes off what falls by itself after a bad year."
        if (
            evidence
            and before_after
            and reduction_of(row) > float(evidence["default_high"]) + _SAME
        ):
            message = (
                f"“{row.id}” counts on a before-and-after result ({reduction_of(row):.0%}) as if"
                " all of the fall were its own; the Evidence sheet goes up to"
                f" {float(evidence['default_high']):.0%}."
            )
            place = at("programmes", row, "effect_measure")
            findings.append(error("evidence.before-after", message, fix, place))
        elif not (row.deadweight or row.optimism_benefit or row.library):
            message = (
                f"“{row.id}” takes nothing off an effect of grade D: no deadweight, no optimism"
                " bias, no correction."
            )
            findings.append(
                warning(
                    "evidence.nothing-off",
                    message,
                    either("Enter deadweight.", fix),
                    at("programmes", row, "deadweight"),
                )
            )
    return findings


def library(plan: Plan) -> list[Finding]:
    """Return what differs between a programme and the library row it names.

    It is a note, or a warning where the programme claims a better grade. Findings:
    `evidence.better-grade`, `evidence.differs`.
    """
    findings: list[Finding] = []
    for row in plan.programmes:
        evidence = reference.evidence_row(row.library)
        if evidence is None:
            continue
        # from the best grade to the worst: a claim below the library's is merely cautious
        if "ABCDN".index(row.grade) < "ABCDN".index(evidence["grade"]):
            message = (
                f"“{row.id}” claims grade {row.grade}; the Evidence sheet gives {evidence['id']}"
                f" grade {evidence['grade']}."
            )
            fix = (
                "Use the grade of the Evidence sheet, or name the better study as the source and"
                " clear the evidence row."
            )
            place = at("programmes", row, "grade")
            findings.append(warning("evidence.better-grade", message, fix, place))
        differs = _differences(row, evidence)
        if differs:
            message = (
                f"“{row.id}” differs from its evidence row {evidence['id']}: {'; '.join(differs)}."
            )
            fix = "Say why in Reason or Source, if this is intended."
            place = at("programmes", row, "library")
            findings.append(note("evidence.differs", message, fix, place))
    return findings


def adverse_studies(plan: Plan) -> list[Finding]:
    """Return a finding where studies found harm and the low end of the plan's range does not.

    Findings: `evidence.adverse-range`.
    """
    findings: list[Finding] = []
    for row in plan.programmes:
        if not row.library or row.cautious is None or not reference.has_adverse_study(row.library):
            continue
        least = row.model_copy(update={"effect": row.cautious})
        if not measurable(least) or reduction_of(least) < 0:
            continue
        message = (
            f"Studies of “{row.library}” found more activity, and the cautious end of “{row.id}”,"
            f" {row.cautious:g}, is no harm."
        )
        fix = "Set the cautious end beyond no effect, so that the range holds what was found."
        place = at("programmes", row, "effect_low")
        findings.append(warning("evidence.adverse-range", message, fix, place))
    return findings


def _differences(row: Programme, evidence: reference.Row) -> list[str]:
    """Return in words where a programme differs from its library row, with both figures."""
    differs: list[str] = []
    # Grade N is “no effect”: whatever its studies estimated, the plan is to count nothing.
    central = 0.0 if evidence["grade"] == "N" else float(evidence["default_central"])
    measure = measure_of(evidence)
    same_measure = row.effect_measure == measure
    own: float | None = None
    if same_measure:
        own = row.effect
    elif measure == "rate_reduction" and measurable(row):
        # Every measurable effect comes to a reduction; none is compared with a ratio.
        own = reduction_of(row)
    if own is not None and abs(own - central) > _SAME:
        differs.append(f"a reduction of {_percent(own)}, there {_percent(central)}")
    for end in ("low", "high") if same_measure else ():
        value = getattr(row, f"effect_{end}")
        if value is None:
            continue
        there = float(evidence[f"default_{end}"])
        if abs(value - there) > _SAME:
            differs.append(f"{end} {_percent(value)}, there {_percent(there)}")
    if abs(row.lag - lag_of(evidence)) > _SAME:
        differs.append(f"a lag of {row.lag:g} years, there {lag_of(evidence):g}")
    if row.grade != evidence["grade"]:
        differs.append(f"grade {row.grade}, there {evidence['grade']}")
    return differs


def _percent(share: float) -> str:
    """Return a share with one decimal and a minus sign as amounts have it: harm is below zero."""
    return f"{share:.1%}".replace("-", "−")


WHY_IT_MATTERS = {
    "evidence.adverse-range": (
        "Studies saw admissions rise. A cautious case that stops at no change hides what may"
        " really happen to the budget."
    ),
    "evidence.before-after": (
        "Much of such a fall comes by itself after a bad year. The plan would book it all as a"
        " saving in cash."
    ),
    "evidence.better-grade": (
        "A better grade takes less off the effect, so more is planned than the evidence bears."
    ),
    "evidence.deadweight-reasoned": (
        "Some of the effect is taken off for what would have come anyway, although a control"
        " group did that. The plan may be too cautious."
    ),
    "evidence.deadweight-twice": (
        "The study has already taken off what would have come anyway. Taken off again, a good"
        " programme looks like a poor one."
    ),
    "evidence.differs": (
        "The plan expects more or less than the studies report. Whoever signs it should know why."
    ),
    "evidence.grade-n": (
        "Good studies looked for an effect and saw none. Money would be moved for a saving that"
        " has been tested and did not come."
    ),
    "evidence.nothing-off": (
        "Weak evidence is taken at face value. Schemes of this kind planned 106,000 fewer"
        " admissions once, and 87,000 more came."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
