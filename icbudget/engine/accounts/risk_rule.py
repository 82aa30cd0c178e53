"""The rules of risk-share agreements.

Which pool follows which, and whether a rule is whole, so that it can be used at all.
"""

from __future__ import annotations

from itertools import chain

from icbudget.engine.unusable import HUNDREDTH_OF_A_BASIS_POINT, Fault
from icbudget.findings import percentage
from icbudget.plan import Plan
from icbudget.plan.looked_at import kept_by_fields
from icbudget.plan.pool import Pool
from icbudget.plan.risk_share import BY_PERCENTAGE, RiskShare

_OF_A_STEP = (
    *("kind", "applies_to", "width", "width_percent"),
    *("amount", "amounts", "funding_line"),
)


def rule_of(pool: Pool) -> str:
    """Return the risk share of a pool; blank where it names none, or is not pooled.

    A parent's rule is for the parent's own variance only: a sub-pool that shares names its rule.
    Source: model §8.
    """
    return pool.risk_share if pool.is_pooled else ""


def pools_of(plan: Plan, rule: str) -> tuple[Pool, ...]:
    """Return the pooled funds that a rule settles together."""
    return tuple(pool for pool in plan.pools if rule_of(pool) == rule)


def rows_of(plan: Plan, rule: str) -> dict[int, tuple[RiskShare, ...]]:
    """Return the rows of a rule by step, the steps in order, whether or not it is whole."""
    rows = [row for row in plan.risk_shares if row.id == rule]
    # A step takes what the steps before it left, so their numbers decide and not the rows' order.
    numbers = sorted({row.step for row in rows})
    return {number: tuple(row for row in rows if row.step == number) for number in numbers}


@kept_by_fields(32)
def steps_of(plan: Plan, rule: str) -> dict[int, tuple[RiskShare, ...]]:
    """Return the steps of a rule that is whole.

    None of one that is not, so that it shares nothing rather than something else.
    """
    return {} if faults_of(plan, rule) else rows_of(plan, rule)


def faults_of(plan: Plan, rule: str) -> tuple[Fault, ...]:
    """Return everything that keeps a rule from being used.

    Steps whose rows differ in what is the step's, or in their basis; a share without a basis, or by
    percentages that lack a partner or do not make 100 %; a contingency with neither an amount nor a
    funding line, or an amount below zero; a partner that is not in the plan.
    """
    partners = {p.id for p in plan.partners}
    steps = rows_of(plan, rule).items()
    by_step = (_of_step(rule, number, rows, partners) for number, rows in steps)
    return tuple(chain.from_iterable(by_step))


def _of_step(
    rule: str, number: int, rows: tuple[RiskShare, ...], partners: set[str]
) -> list[Fault]:
    label = f"Risk share “{rule}”" if number == 1 else f"Risk share “{rule}”, step {number},"
    # Alone, since nothing else about the step can be judged before it is one step.
    if len({row.basis for row in rows}) > 1:
        words, fix = f"{label} has rows with different bases.", "Give all rows of a step one basis."
        return [Fault("risk.two-bases", rows[1], "basis", words, fix)]
    faults, first = _clashes(label, rows), rows[0]
    for row in rows:
        if row.partner and row.partner not in partners:
            words = f"Partner names “{row.partner}”, which is not in Partners."
            faults.append(Fault("link.unknown", row, "partner", words, ""))
        for year, amount in row.amounts.items():
            if amount < 0:
                words = f"{label} has an amount below zero in {year}."
                fix = "Type what the step holds, zero or more."
                faults.append(Fault("amount.negative", row, f"amounts[{year}]", words, fix))
    no_amount = first.amount is None and not first.amounts
    if first.kind == "contingency" and no_amount and not first.funding_line:
        words = f"{label} is contingency without a funding line and without an amount."
        fix = "Name the funding source that fills it, or type the amount it holds; 0 if none."
        faults.append(Fault("risk.no-amount", first, "amount", words, fix))
    elif first.kind == "share" and first.basis is None:
        words = f"{label} does not say how it is shared."
        faults.append(Fault("risk.no-basis", first, "basis", words, "Choose a basis."))
    elif first.kind == "share" and first.basis in BY_PERCENTAGE:
        faults += _percentages(label, rows)
    return faults


def _clashes(label: str, rows: tuple[RiskShare, ...]) -> list[Fault]:
    for row in rows[1:]:
        for field in _OF_A_STEP:
            if getattr(row, field) != getattr(rows[0], field):
                what = field.replace("_", " ")
                words = (
                    f"{label} has rows that differ in {what}: two steps have one number, or one is"
                    " mistyped."
                )
                fix = "Give the steps different numbers, or all rows of the step the same."
                return [Fault("risk.order-clash", row, field, words, fix)]
    return []


def _percentages(label: str, rows: tuple[RiskShare, ...]) -> list[Fault]:
    faults: list[Fault] = []
    for row in rows:
        if not row.partner or row.share is None:
            field = "share" if row.partner else "partner"
            words = f"{label} is {row.basis}, and a row has no {field}."
            faults.append(Fault("risk.incomplete", row, field, words, f"Fill in the {field}."))
    total = sum(row.share or 0.0 for row in rows)
    if abs(total - 1.0) > HUNDREDTH_OF_A_BASIS_POINT:
        within = f"{label[0].lower()}{label[1:].rstrip(',')}"
        words = f"The shares of {within} add up to {percentage(total)}, not 100%."
        fix = "Change them so that they add up to 100%."
        faults.append(Fault("risk.not-100", rows[-1], "share", words, fix))
    return faults


WHY_IT_MATTERS = {
    "risk.incomplete": (
        "A step without its terms cannot be worked out. The overspend would be shared by the"
        " steps that are left, or by nobody."
    ),
    "risk.no-amount": "Contingency of an unknown amount meets an unknown part of the overspend.",
    "risk.no-basis": "Without a basis nobody knows in what shares the partners pay.",
    "risk.not-100": "A part of each overspend would be nobody's, or be paid for twice.",
    "risk.order-clash": (
        "Who pays first decides who pays at all. With two steps at one place that is left to"
        " chance."
    ),
    "risk.two-bases": (
        "One step says two ways to share. Each partner would read the one that suits it."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
