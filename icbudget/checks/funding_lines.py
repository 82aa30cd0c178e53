"""Funding, schemes and share rules must be complete and mean one thing."""

from __future__ import annotations

from collections import Counter

from icbudget.checks.plan_places import at
from icbudget.engine.unusable import HUNDREDTH_OF_A_BASIS_POINT
from icbudget.findings import Finding, Place, error, note, percentage
from icbudget.plan import TABLES, Plan
from icbudget.plan.columns import Kind, columns_of


def nothing_yet(plan: Plan) -> list[Finding]:
    """Return a note where the plan holds neither funding nor activity yet.

    Findings: `plan.nothing-yet`.
    """
    if plan.contributions or plan.acute_lines:
        return []
    message = "The plan holds neither funding nor activity yet, so every answer is blank."
    return [
        note(
            "plan.nothing-yet",
            message,
            "Fill in Partners, Pools and Funding first.",
            Place(table="contributions", column="base_amount"),
        )
    ]


def no_deflator(plan: Plan) -> list[Finding]:
    """Return a note where programmes are appraised without a deflator.

    Nominal cash is then discounted as if it were real. Findings: `setup.no-deflator`.
    """
    if plan.setup.deflator or not plan.programmes or not plan.setup.horizon:
        return []
    message = (
        "There is no deflator, so the appraisal takes the cash of every year as if it were in one"
        " year's prices."
    )
    return [
        note(
            "setup.no-deflator",
            message,
            "Name an index of inflation, such as the GDP deflator.",
            at("setup", None, "deflator"),
        )
    ]


def negative_amounts(plan: Plan) -> list[Finding]:
    """Return a finding for every amount of a year below zero.

    Income and expenditure are positive; their kind says which they are. Findings:
    `amount.negative`.
    """
    findings: list[Finding] = []
    for table in (
        "contributions",
        "pass_downs",
        "schemes",
        "minimums",
        "acute_lines",
        "programmes",
    ):
        spec = TABLES[table]
        for column in columns_of(spec.noun):
            if not column.by_year or column.kind is not Kind.MONEY:
                continue
            for row in getattr(plan, table):
                for year, amount in getattr(row, column.field).items():
                    if amount < 0:
                        message = (
                            f"{column.label} of {spec.key_of(row).replace('|', ', ')} is {amount:,}"
                            f" in {year}."
                        )
                        fix = (
                            "Type zero or more; money taken off a contribution is a funding line of"
                            " the kind deduction, and income that a budget is net of, such as"
                            " client charges, is a funding line of its own."
                        )
                        place = at(table, row, column.field, year)
                        findings.append(error("amount.negative", message, fix, place))
    return findings


def scheme_programmes(plan: Plan) -> list[Finding]:
    """Return findings for schemes with a programme and amounts, and for programmes paid twice.

    A scheme with neither an amount nor a programme is a finding: its cost is not known. Findings:
    `scheme.amount-and-programme`, `scheme.no-amount`, `scheme.programme-twice`.
    """
    findings: list[Finding] = []
    named = Counter(row.programme for row in plan.schemes if row.programme)
    for row in plan.schemes:
        # A programme brings its own cost, which the scheme pays.
        if row.programme and (row.base_amount or row.amounts):
            message = (
                f"Scheme {row.id} pays for programme “{row.programme}” and has an amount too: the"
                " money would count twice."
            )
            fix = "Clear the amounts, or the programme."
            place = at("schemes", row, "base_amount")
            findings.append(error("scheme.amount-and-programme", message, fix, place))
        if row.programme and named[row.programme] > 1:
            message = (
                f"Programme “{row.programme}” is paid for by {named[row.programme]} scheme lines."
            )
            fix = "Let one scheme line pay for it."
            place = at("schemes", row, "programme")
            findings.append(error("scheme.programme-twice", message, fix, place))
        if not row.programme and row.base_amount is None and not row.amounts:
            message = f"Scheme {row.id} has neither an amount nor a programme."
            fix = "Type the base amount (0 if it starts later) or name the programme it pays for."
            place = at("schemes", row, "base_amount")
            findings.append(error("scheme.no-amount", message, fix, place))
    return findings


def joint_commissioning(plan: Plan) -> list[Finding]:
    """Return a finding for every joint scheme whose NHS and LA shares do not make 100 %.

    Findings: `scheme.joint-shares`.
    """
    findings: list[Finding] = []
    for row in plan.schemes:
        if row.commissioner != "Joint":
            continue
        total = (row.nhs_share or 0.0) + (row.la_share or 0.0)
        half_stated = row.nhs_share is None or row.la_share is None
        if half_stated or abs(total - 1.0) > HUNDREDTH_OF_A_BASIS_POINT:
            message = (
                f"Scheme {row.id} is commissioned jointly, but the NHS and LA shares make"
                f" {percentage(total, 2)}."
            )
            fix = "Type both shares so that they add up to 100%."
            place = at("schemes", row, "nhs_share")
            findings.append(error("scheme.joint-shares", message, fix, place))
    return findings


WHY_IT_MATTERS = {
    "amount.negative": (
        "An amount below zero lowers every total it enters, and one line hides the cost of another."
    ),
    "plan.nothing-yet": (
        "With neither money nor activity there is nothing to work out; blank is not zero."
    ),
    "scheme.amount-and-programme": (
        "The programme's cost is worked out, and an amount is typed beside it. The pool would"
        " pay both."
    ),
    "scheme.joint-shares": (
        "What the two commissioners do not share between them is paid by nobody, or twice."
    ),
    "scheme.no-amount": (
        "A scheme without money is no budget line. If it has any, the pool's spending is too low."
    ),
    "scheme.programme-twice": (
        "Its cost is in the pool more than once, so the pool looks short of money that it has."
    ),
    "setup.no-deflator": (
        "A pound in ten years counts like one today, so late savings look too good."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
