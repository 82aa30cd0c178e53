"""What a pool leaves on its last day, as findings."""

from __future__ import annotations

from icbudget.checks.plan_places import at
from icbudget.engine.accounts.pool_end import returned_to
from icbudget.engine.accounts.risk_share_settlement import settlement
from icbudget.engine.rounding import Floats
from icbudget.engine.run import Result
from icbudget.findings import Finding, note, warning
from icbudget.money import in_words
from icbudget.plan import Plan
from icbudget.plan.pool import Pool


def ended_pools(plan: Plan, result: Result) -> list[Finding]:
    """Return what a pool with a last day leaves: money to be settled, and rows of later years.

    After that day nothing is budgeted or shared. Source: model §3, §8. Findings: `pool.closed`,
    `pool.returned`, `pool.to-be-settled`.
    """
    findings: list[Finding] = []
    for pool in plan.pools:
        if pool.last_year not in result.years:
            continue
        place = at("pools", pool, "closed_on")
        last = result.years.index(pool.last_year)
        later = result.years[last + 1 :]
        accounts = [a for a, (name, _) in enumerate(result.rules.accounts) if name == pool.id]
        settled = settlement(result)
        pence = round(float(settled.close[0, last, accounts].sum()))
        if later:
            message = f"Nothing of {pool.name} is budgeted from {later[0]}: it has closed."
            fix = "Clear its last day if it goes on; else move what goes on to another pool."
            findings.append(note("pool.closed", message, fix, place))
        back = settled.returned[0]
        if back[last, accounts].any():
            findings.append(_gone_back(plan, result, pool, last, back))
        if pence:
            whose = "left" if pence > 0 else "short"
            message = (
                f"{pool.name} closes in {result.years[last]} with {in_words(abs(pence))} {whose}:"
                " to be settled."
            )
            fix = (
                "Say in the agreement where it goes: under What is left at its end, contributors"
                " gives it back by what each has paid in."
                if pence > 0
                else "Say in the agreement who makes it good, and settle it among the partners."
            )
            findings.append(warning("pool.to-be-settled", message, fix, place, pence))
    return findings


def _gone_back(plan: Plan, result: Result, pool: Pool, last: int, back: Floats) -> Finding:
    """Return the note of what a pool gives back on its last day, and to whom."""
    names = {partner.id: partner.name for partner in plan.partners}
    to: dict[str, int] = {}
    for partner, _, pence in returned_to(result, pool.id, last, back):
        to[partner] = to.get(partner, 0) + pence
    whose = "; ".join(f"{names[partner]} {in_words(pence)}" for partner, pence in to.items())
    total = sum(to.values())
    message = (
        f"{pool.name} closes in {result.years[last]} with {in_words(total)} left, which goes back"
        f" to those who paid it in: {whose}."
    )
    fix = "Check that the agreement gives it back in this way."
    return note("pool.returned", message, fix, at("pools", pool, "left_at_end"))


WHY_IT_MATTERS = {
    "pool.closed": "Whatever still goes on after the pool's last day has no money here.",
    "pool.returned": (
        "Money that is left goes back to those who paid it. They can plan to spend it."
    ),
    "pool.to-be-settled": (
        "Money is left, or missing, when the pool ends, and the partners have not agreed whose"
        " it is. Nobody may count on it."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
