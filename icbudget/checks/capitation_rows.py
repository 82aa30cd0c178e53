"""Capitated contracts that cannot be worked out, pay more than their limit, or leave years out."""

from __future__ import annotations

from itertools import chain, pairwise

from icbudget.checks.plan_places import at
from icbudget.checks.unusable_agreements import set_aside_whole
from icbudget.engine.run import Result
from icbudget.findings import Finding, warning
from icbudget.money import in_words, to_pence
from icbudget.plan import Plan


def contracts(plan: Plan) -> list[Finding]:
    """Return an error for everything that keeps a capitation from being worked out.

    It is set aside and the answers go on. Findings: `capitation.covers-nothing`,
    `capitation.line-twice`, `capitation.other-commissioner`, `capitation.own-holder`,
    `capitation.people-below-zero`, `capitation.too-large`, `link.unknown`.
    """
    if not plan.capitations:
        return []
    from icbudget.engine.appraisal.year_of_care import faults_of

    faults = chain.from_iterable(faults_of(plan, row) for row in plan.capitations)
    return set_aside_whole("capitations", plan, faults)


def years_left_out(plan: Plan) -> list[Finding]:
    """Return a warning for every capitation with no people at all, or a blank between two years.

    Findings: `capitation.no-people`, `capitation.pauses`.
    """
    findings: list[Finding] = []
    for row in plan.capitations:
        filled = [t for t, year in enumerate(plan.years) if year in row.people]
        hole = next((a + 1 for a, b in pairwise(filled) if b > a + 1), None)
        # Blank before the first year and after the last: the contract is not in force there.
        if not filled:
            message = f"Capitation “{row.id}” has no weighted people in any year of the plan."
            fix = "Type the people of each year that it is in force."
            place = at("capitations", row, "people", plan.years[0])
            findings.append(warning("capitation.no-people", message, fix, place))
        elif hole is not None:
            message = (
                f"Weighted people of “{row.id}” are blank for {plan.years[hole]}: the contract"
                " pauses in that year."
            )
            fix = "Type the people of that year, or leave it blank if the contract pauses."
            place = at("capitations", row, "people", plan.years[hole])
            findings.append(warning("capitation.pauses", message, fix, place))
    return findings


def sums(plan: Plan, result: Result) -> list[Finding]:
    """Return a warning for every capitation of which exclusions take more than the sum.

    Findings: `capitation.below-zero`.
    """
    if not plan.capitations:
        return []
    from icbudget.engine.appraisal.year_of_care import capitation, usable

    findings: list[Finding] = []
    for row in usable(plan):
        for year, value in zip(plan.years, capitation(result, row), strict=True):
            if value is not None and value.sum < 0:
                message = (
                    f"Exclusions of “{row.id}” are {in_words(value.exclusions)} in {year}, more"
                    f" than the {in_words(value.before_exclusions)} that they are taken off."
                )
                fix = "Check people, price and exclusions: all of them for the whole year."
                place = at("capitations", row, "exclusions")
                findings.append(warning("capitation.below-zero", message, fix, place))
                break
    return findings


def limits(plan: Plan, result: Result) -> list[Finding]:
    """Return a warning for every capitation that pays more for a person than its limit.

    Findings: `capitation.above-limit`.
    """
    if not plan.capitations:
        return []
    from icbudget.engine.appraisal.year_of_care import capitation, usable

    findings: list[Finding] = []
    for row in usable(plan):
        if row.most_a_person is None:
            continue
        for year, value in zip(plan.years, capitation(result, row), strict=True):
            if value is None or not value.people:
                continue
            a_person = value.paid / 100 / value.people
            if a_person > row.most_a_person:
                over = round((a_person - row.most_a_person) * value.people * 100)
                paid, most = in_words(to_pence(a_person)), in_words(to_pence(row.most_a_person))
                message = (
                    f"Capitation “{row.id}” pays {paid} for a weighted person in {year},"
                    f" above its limit of {most}."
                )
                fix = "Lower the price, or agree another limit."
                place = at("capitations", row, "most_a_person")
                findings.append(warning("capitation.above-limit", message, fix, place, over))
                break
    return findings


WHY_IT_MATTERS = {
    "capitation.above-limit": (
        "The agreed limit protects the commissioner. A price above it pays more a person than"
        " was agreed."
    ),
    "capitation.below-zero": (
        "More is taken off than the contract pays, so the provider would owe money for taking"
        " patients."
    ),
    "capitation.no-people": "Without people the contract pays nothing, however high its price.",
    "capitation.pauses": (
        "In that year nothing is paid by the contract and its lines are paid by activity again."
        " If the blank is forgotten, that is a wrong bill."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
