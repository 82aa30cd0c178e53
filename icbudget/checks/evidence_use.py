"""Evidence must be used as far as it goes: its grade, its kind of study, and the row of the library
it is said to come from.
"""

from __future__ import annotations

from icbudget import reference
from icbudget.checks.plan_places import at
from icbudget.checks.programmes import measurable
from icbudget.engine.projection.effect import reduction_of
from icbudget.engine.run import effect_of
from icbudget.findings import Finding, error, note, warning
from icbudget.plan import Plan
from icbudget.plan.evidence_rows import lag_of, measure_of
from icbudget.plan.programme import Programme

_SAME = 1e-9


def grades(plan: Plan) -> list[Finding]:
    """Return findings where the evidence is used against its grade.

    Deadweight with a controlled study (grade A or B) would be taken off twice: an error, or a note
    where a reason is written. Grade N (no effect) needs a written reason. Source: AP §4.4.
    """
    found: list[Finding] = []
    for row in plan.programmes:
        if row.grade in ("A", "B") and row.deadweight > 0:
            message = (
                f"“{row.id}” has evidence of grade {row.grade}, whose control group already took"
                " the deadweight off."
            )
            place = at("programmes", row, "deadweight")
            if row.reason:
                fix = "Make sure that the reason holds: it is taken off all the same."
                found.append(
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
                found.append(error("evidence.deadweight-twice", message, fix, place))
        if row.grade == "N" and measurable(row) and effect_of(row) > 0 and not row.reason:
            message = f"“{row.id}” counts on an effect although good evidence shows none (grade N)."
            found.append(
                warning(
                    "evidence.grade-n",
                    message,
                    "Set the effect to 0, or write the reason.",
                    at("programmes", row, "reason"),
                )
            )
    return found


def uncontrolled(plan: Plan) -> list[Finding]:
    """Return findings where a study without a control group is taken at its word.

    An error where the library says that the estimate is before and after, and the plan counts on
    more than its planning reduction without the correction for regression to the mean; a warning
    where nothing is taken off a grade D effect.
    """
    found: list[Finding] = []
    for row in plan.programmes:
        if (
            row.grade != "D"
            or row.effect_measure == "before_after"
            or not measurable(row)
            or effect_of(row) <= 0
        ):
            continue
        told = reference.evidence_row(row.library)
        fix = "Use the measure before_after, which takes off what falls by itself after a bad year."
        if (
            told
            and told["design"] == "before and after"
            and reduction_of(row) > float(told["default_high"]) + _SAME
        ):
            message = (
                f"“{row.id}” counts on a before-and-after result ({reduction_of(row):.0%}) as if"
                " all of the fall were its own; the Evidence sheet goes up to"
                f" {float(told['default_high']):.0%}."
            )
            found.append(
                error(
                    "evidence.before-after", message, fix, at("programmes", row, "effect_measure")
                )
            )
        elif not (row.deadweight or row.optimism_benefit or row.library):
            message = (
                f"“{row.id}” takes nothing off an effect of grade D: no deadweight, no optimism"
                " bias, no correction."
            )
            found.append(
                warning(
                    "evidence.nothing-off",
                    message,
                    f"{fix} Or enter deadweight.",
                    at("programmes", row, "deadweight"),
                )
            )
    return found


def library(plan: Plan) -> list[Finding]:
    """Return what differs between a programme and the row of the library it names: a note, a
    warning for a better grade.
    """
    found: list[Finding] = []
    for row in plan.programmes:
        told = reference.evidence_row(row.library)
        if told is None:
            continue
        if "ABCDN".index(row.grade) < "ABCDN".index(told["grade"]):
            message = (
                f"“{row.id}” claims grade {row.grade}; the Evidence sheet gives {told['id']} grade"
                f" {told['grade']}."
            )
            fix = (
                "Use the grade of the Evidence sheet, or name the better study as the source and"
                " clear the evidence row."
            )
            found.append(
                warning("evidence.better-grade", message, fix, at("programmes", row, "grade"))
            )
        differs = _differences(row, told)
        if differs:
            message = (
                f"“{row.id}” differs from its evidence row {told['id']}: {'; '.join(differs)}."
            )
            fix = "Nothing to mend where that is meant; say why in Reason or Source."
            found.append(note("evidence.differs", message, fix, at("programmes", row, "library")))
    return found


def _differences(row: Programme, told: reference.Row) -> list[str]:
    """Return in words where a programme is not what its row of the library says; both sides of each
    difference are told.
    """
    differs: list[str] = []
    central = 0.0 if told["grade"] == "N" else float(told["default_central"])
    measure = measure_of(told)
    own = (
        row.effect
        if row.effect_measure == measure
        else reduction_of(row)
        if measurable(row)
        else None
    )
    if (
        own is not None
        and abs(own - central) > _SAME
        and (row.effect_measure == measure or measure == "rate_reduction")
    ):
        differs.append(f"a reduction of {own:.1%}, there {central:.1%}")
    for field, column in (("effect_low", "default_low"), ("effect_high", "default_high")):
        value = getattr(row, field)
        if (
            value is not None
            and row.effect_measure == measure
            and abs(value - float(told[column])) > _SAME
        ):
            differs.append(
                f"{field.removeprefix('effect_')} {value:.1%}, there {float(told[column]):.1%}"
            )
    if abs(row.lag - lag_of(told)) > _SAME:
        differs.append(f"a lag of {row.lag:g} years, there {lag_of(told):g}")
    if row.grade != told["grade"]:
        differs.append(f"grade {row.grade}, there {told['grade']}")
    return differs
