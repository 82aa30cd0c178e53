"""A ledger's actuals put into the plan: what both have counts once."""

from __future__ import annotations

from collections import Counter

from icbudget import money
from icbudget.findings import Finding, warning
from icbudget.ledger_import.ledger_rows import Ledger
from icbudget.plan import Plan
from icbudget.plan.actual import Actual


def with_ledger(plan: Plan, ledger: Ledger) -> tuple[Plan, list[Finding]]:
    """Return the plan with a ledger's actuals in it, and a finding where they take the place of the
    plan's own.

    The ledger's figure stands for a line, month and partner's ledger that both have; nothing is
    counted twice.
    """
    hosts = {pool.id: pool.host for pool in plan.pools}
    pools = {(row.id, row.line): row.pool for row in plan.schemes}

    def key(row: Actual) -> tuple[str, int, str, str, int, str, str, str]:
        host = (
            hosts.get(pools.get((row.scheme, row.line), ""), "")
            if row.kind == "expenditure"
            else ""
        )
        return (
            row.year,
            row.month,
            row.kind,
            row.scheme,
            row.line,
            row.pool,
            row.source,
            row.partner or host,
        )

    fresh = {key(row) for row in ledger.actuals}
    replaced = [row for row in plan.actuals if key(row) in fresh]
    kept = [row for row in plan.actuals if key(row) not in fresh]
    joined = plan.model_copy(update={"actuals": (*kept, *ledger.actuals)})
    if not replaced:
        return joined, []
    months = Counter(row.month for row in replaced)
    told = ", ".join(str(month) for month in sorted(months))
    message = f"The ledger takes the place of {len(replaced)} rows of Actuals (month {told})."
    worth = sum(money.to_pence(row.amount) + money.to_pence(row.accrual) for row in replaced)
    return joined, [
        warning(
            "ledger.replaces",
            message,
            "Clear those rows, or leave their months out of the ledger.",
            effect_pence=worth,
        )
    ]
