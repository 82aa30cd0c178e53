"""The agreement of a pooled fund: its power, its signature and the years it covers."""

from __future__ import annotations

from collections.abc import Iterator

from icbudget import years
from icbudget.checks.plan_places import at
from icbudget.findings import Finding, note, warning
from icbudget.plan import Plan
from icbudget.plan.pool import Pool

PAYMENTS = {"s256": "a payment of the NHS to a council", "s76": "a payment of a council to the NHS"}
"""Powers that pay another body and make no pool. Source: NHS Act 2006 s256 and s76; PB §1.1."""


def agreements(plan: Plan) -> list[Finding]:
    """Return findings for powers that make no pool, and for gaps in recorded agreements.

    A pooled fund needs an agreement in writing that says how long it runs (SI 2000/617 reg 7). One
    signed after it begins is usual and is a note: an auditor asks for the date signed and the
    period covered. There is no finding where nothing of an agreement is recorded. Source: PB §1.2,
    §1.6. Findings: `agreement.no-pool`, `agreement.signed-late`, `agreement.unsigned`,
    `agreement.years-outside`.
    """
    findings: list[Finding] = []
    for pool in plan.pools:
        if pool.is_pooled:
            findings.extend(_of(plan, pool))
    return findings


def _of(plan: Plan, pool: Pool) -> Iterator[Finding]:
    if pool.legal_basis in PAYMENTS:
        message = (
            f"{pool.name} rests on {pool.legal_basis}, which is {PAYMENTS[pool.legal_basis]} and"
            " makes no pooled fund."
        )
        fix = (
            "Name the power the pool rests on, or show the money as an aligned budget, which nobody"
            " shares."
        )
        yield warning("agreement.no-pool", message, fix, at("pools", pool, "legal_basis"))
    # A plan that records nothing of an agreement may well have one: nothing is said of it.
    if pool.agreement or pool.signed_on or pool.covers_from or pool.covers_to:
        yield from _signature(pool)
        yield from _years_outside(plan, pool)


def _signature(pool: Pool) -> Iterator[Finding]:
    if not pool.signed_on:
        message = f"The agreement of {pool.name} is not signed."
        fix = (
            "Type the day on which the last partner signed; until then the partners share nothing"
            " by it."
        )
        yield warning("agreement.unsigned", message, fix, at("pools", pool, "signed_on"))
    elif pool.covers_from and pool.signed_on > pool.covers_from:
        message = (
            f"The agreement of {pool.name} was signed on {pool.signed_on}, after {pool.covers_from}"
            " from which it runs."
        )
        fix = "Say in Agreement where the partners approved it for the time before."
        yield note("agreement.signed-late", message, fix, at("pools", pool, "signed_on"))


def _years_outside(plan: Plan, pool: Pool) -> Iterator[Finding]:
    outside = [year for year in plan.years if not _covered(pool, year)]
    if outside:
        runs = f"{pool.covers_from or 'its signature'} to {pool.covers_to or 'its end'}"
        named = outside[0]
        if len(outside) > 1:
            named = f"{outside[0]} to {outside[-1]} ({len(outside)} years)"
        message = (
            f"The agreement of {pool.name} runs from {runs}; of the plan it does not cover {named}."
        )
        fix = "Agree those years too, and type the new end under Covers to."
        place = at("pools", pool, "covers_to" if pool.covers_to else "covers_from")
        yield note("agreement.years-outside", message, fix, place)


def _covered(pool: Pool, year: str) -> bool:
    first = years.start(year)
    begins, ends = f"{first}-04-01", f"{first + 1}-03-31"
    return (not pool.covers_from or pool.covers_from <= begins) and (
        not pool.covers_to or pool.covers_to >= ends
    )


WHY_IT_MATTERS = {
    "agreement.no-pool": (
        "Only some powers let partners pool money. Under another one each keeps its own budget,"
        " and an overspend is not shared."
    ),
    "agreement.signed-late": (
        "Money was spent before anybody had agreed to it. An auditor asks on what authority."
    ),
    "agreement.unsigned": (
        "Until the last partner has signed, nobody is bound by the risk share. Each partner"
        " bears its own overspend."
    ),
    "agreement.years-outside": (
        "For those years there is no agreement yet. What the plan shows as shared rests on an"
        " intention."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
