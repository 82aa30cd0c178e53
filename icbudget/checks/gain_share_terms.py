"""An agreement to share the result must be whole, and mean one thing."""

from __future__ import annotations

from itertools import chain

from icbudget.checks.plan_places import at
from icbudget.checks.unusable_agreements import set_aside_whole
from icbudget.engine.accounts.gain_rule import faults_of
from icbudget.engine.accounts.gain_share_settlement import settlements
from icbudget.engine.run import Result
from icbudget.findings import Finding, note, warning
from icbudget.money import in_words
from icbudget.plan import Plan
from icbudget.plan.confirmed_release import CONFIRMED


def agreements(plan: Plan) -> list[Finding]:
    """Return an error for everything that keeps an agreement from being used.

    It is set aside whole and the answers go on. Findings: `gain.not-100`, `gain.one-partner`,
    `gain.partner-twice`, `gain.two-terms`.
    """
    ids = dict.fromkeys(row.id for row in plan.gain_shares)
    faults = chain.from_iterable(faults_of(plan, id) for id in ids)
    return set_aside_whole("gain_shares", plan, faults)


def settled_as_planned(plan: Plan) -> list[Finding]:
    """Return a note for each agreement that settles on the plan although releases are confirmed.

    Which of the two it settles on is a term of the agreement, which nobody else can know. Findings:
    `gain.as-planned`.
    """
    if not any(row.status == CONFIRMED for row in plan.confirmed_releases):
        return []
    firsts = {row.id: row for row in reversed(plan.gain_shares)}
    return [
        note(
            "gain.as-planned",
            f"Gain share “{id}” settles on what the plan releases, not on what is confirmed of it.",
            "Choose confirmed under Settles on where the agreement is settled on what came; else"
            " leave it.",
            at("gain_shares", row, "partner"),
        )
        for id, row in firsts.items()
        if row.settles_on != CONFIRMED
    ]


def left_open(plan: Plan, result: Result) -> list[Finding]:
    """Return a finding for every agreement whose caps keep back what a partner is due.

    Findings: `gain.left-open`.
    """
    findings: list[Finding] = []
    for agreement in settlements(result):
        open_by_year = [0] * len(result.years)
        for wanted, received in zip(agreement.wanted, agreement.received, strict=True):
            for t, (due, got) in enumerate(zip(wanted, received, strict=True)):
                # What one partner has too much of leaves another's due no smaller.
                open_by_year[t] += max(due - got, 0)
        most = max(open_by_year)
        if most:
            year = result.years[open_by_year.index(most)]
            row = next(r for r in plan.gain_shares if r.id == agreement.id)
            message = (
                f"Caps and limits of gain share “{agreement.id}” keep back {in_words(most)} that"
                f" partners are due in {year}."
            )
            fix = "Agree who bears it, or change them."
            place = at("gain_shares", row, "cap")
            findings.append(warning("gain.left-open", message, fix, place, most))
    return findings


WHY_IT_MATTERS = {
    "gain.as-planned": (
        "Partners are paid on savings that were hoped for. If they do not come, somebody has"
        " paid for nothing."
    ),
    "gain.left-open": (
        "Money that is due to partners is kept back, and the agreement does not say by whom."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
