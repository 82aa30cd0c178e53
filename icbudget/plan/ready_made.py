"""Scenarios that every plan has without anybody writing them.

They are cautious and hopeful evidence, contracts, and forms of integration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

from icbudget.plan.acute_line import AcuteLine
from icbudget.plan.gain_share import GainShare
from icbudget.plan.looked_at import kept_by_fields
from icbudget.plan.plan import Plan
from icbudget.plan.pool import Pool
from icbudget.plan.risk_share import RiskShare

MARGINAL_RATE = 0.7
"""Paid above the baseline where a line states no marginal rate: emergency care in England, 2016/17
to 2018/19 (AP §2.4).
"""
LOW, CENTRAL, HIGH = "Low evidence", "Central evidence", "High evidence"
ALIGNED, LEAD, POOLED, ONE = "Aligned budgets", "Lead commissioning", "Pooled fund", "One budget"
FORMS = (ALIGNED, LEAD, POOLED, ONE)
"""The forms of integration, from the loosest to the closest."""


class ReadyMade(NamedTuple):
    """A scenario laid over any plan.

    It has its name, what it supposes and why, and the plan it makes of a plan.
    """

    name: str
    says: str
    tables: Callable[[Plan], Mapping[str, Any]]
    """The tables that it changes, and Setup where it changes that."""

    def lay(self, plan: Plan) -> Plan:
        """Return a plan with the scenario laid over it."""
        changed = self.tables(plan)
        return plan.model_copy(update=changed) if changed else plan


# What a scenario makes of the same rows is kept: the same rows again, of which nothing needs to be
# worked out anew after an edit of another table.
_kept = kept_by_fields(16)


@_kept
def _evidence(plan: Plan, end: str) -> dict[str, Any]:
    def with_that_end(row: Any) -> Any:
        stated = getattr(row, end)
        return row if stated is None else row.model_copy(update={"effect": stated})

    return {"programmes": tuple(with_that_end(row) for row in plan.programmes)}


@_kept
def _contracts(plan: Plan, contract: str) -> dict[str, Any]:
    lines = tuple(_under(contract, row) for row in plan.acute_lines)
    return {"acute_lines": lines, "contract_changes": ()}


def _under(contract: str, row: AcuteLine) -> AcuteLine:
    """Return a line under another contract.

    Terms that it needs and does not state are filled in as `READY_MADE` says.
    """
    terms: dict[str, Any] = {"contract": contract}
    # Since 2023/24 the payment scheme pays elective care by activity and the rest as a fixed sum.
    if contract == "aligned" and row.variable_share is None:
        planned = row.point_of_delivery.casefold().startswith(
            ("elective", "day case", "outpatient")
        )
        terms["variable_share"] = 1.0 if planned else 0.0
    if contract == "marginal":
        if row.marginal_rate is None:
            terms["marginal_rate"] = MARGINAL_RATE
        if row.baseline_value is None:
            terms["baseline_value"] = Decimal(f"{_base_value(row):.2f}")
    return row.model_copy(update=terms)


def _base_value(row: AcuteLine) -> float:
    """Return a line's activity of the base year at its price, £."""
    activity = row.base_activity * (1.0 + row.baseline_adjustment)
    return activity * row.unit_price * row.market_forces_factor


def _rule(name: str, shares: Iterable[tuple[str, float]]) -> tuple[RiskShare, ...]:
    return tuple(
        RiskShare(id=name, basis="fixed", partner=partner, share=share, clause=name)
        for partner, share in shares
    )


def _pools(
    plan: Plan, change: Callable[[Pool], dict[str, Any]], rules: Iterable[RiskShare] = ()
) -> dict[str, Any]:
    """Return the pools and rules of a plan with its revenue pools changed and rules added.

    Capital and what is only in view stay as they are.
    """
    pools = tuple(
        row.model_copy(update=change(row)) if _changes_form(row) else row for row in plan.pools
    )
    return {"pools": pools, "risk_shares": (*plan.risk_shares, *rules)}


def _changes_form(pool: Pool) -> bool:
    """Return whether a form of integration is about a pool.

    A capital grant is spent as its conditions say, and what is only in view is nobody's to pool.
    """
    return pool.money_kind == "revenue" and pool.pooling_status != "in_view"


@_kept
def _aligned(plan: Plan) -> dict[str, Any]:
    return _pools(plan, lambda pool: {"pooling_status": "aligned", "risk_share": ""})


@_kept
def _lead(plan: Plan) -> dict[str, Any]:
    hosts = dict.fromkeys(pool.host for pool in plan.pools if _changes_form(pool))
    rules = chain.from_iterable(_rule(f"{LEAD}: {host}", [(host, 1.0)]) for host in hosts)
    return _pools(
        plan, lambda pool: {"pooling_status": "pooled", "risk_share": f"{LEAD}: {pool.host}"}, rules
    )


@_kept
def _pooled(plan: Plan) -> dict[str, Any]:
    added = RiskShare(id=POOLED, basis="contributions", clause=POOLED)
    needed = [added] if any(not pool.risk_share for pool in plan.pools) else []
    return _pools(
        plan,
        lambda pool: {"pooling_status": "pooled", "risk_share": pool.risk_share or POOLED},
        needed,
    )


def _one(plan: Plan) -> dict[str, Any]:
    brought = {partner: amount for partner, amount in base_money(plan).items() if amount > 0}
    if not brought:
        return _pooled(plan)
    total, most = sum(brought.values()), max(brought, key=lambda partner: brought[partner])
    shares = {partner: round(amount / total, 6) for partner, amount in brought.items()}
    # Six decimals can be read and typed again. Whoever brings most takes what rounding leaves, so
    # that the shares sum to 100 %.
    shares[most] = round(shares[most] + 1.0 - sum(shares.values()), 6)
    tables = _pools(
        plan,
        lambda pool: {"pooling_status": "pooled", "risk_share": ONE},
        _rule(ONE, shares.items()),
    )
    setup = plan.setup.model_copy(update={"reinvest_basis": "system"})
    return {**tables, "setup": setup, "gain_shares": _one_gain(plan, shares)}


def _one_gain(plan: Plan, shares: dict[str, float]) -> tuple[GainShare, ...]:
    """Return the agreement by which commissioners share the system's result by what each brings.

    Providers have no share of it, so that what they lose or gain is made good. It takes the place
    of every agreement of the plan; a plan of one partner shares with nobody.
    """
    if len(plan.partners) < 2:
        return ()
    return tuple(
        GainShare(
            id=ONE,
            partner=partner.id,
            gain_share=shares.get(partner.id, 0.0),
            loss_share=shares.get(partner.id, 0.0),
            clause=ONE,
        )
        for partner in plan.partners
    )


def base_money(plan: Plan) -> dict[str, float]:
    """Return what each partner brings to health and care in the base year, £.

    It is contributions to revenue pools, and activity.
    """
    revenue = {pool.id for pool in plan.pools if pool.money_kind == "revenue"}
    money = {partner.id: 0.0 for partner in plan.partners}
    for row in plan.contributions:
        if row.pool in revenue and row.partner in money:
            sign = 1.0 if row.kind == "contribution" else -1.0
            money[row.partner] += sign * float(row.base_amount)
    for line in plan.acute_lines:
        money[line.commissioner] = money.get(line.commissioner, 0.0) + _base_value(line)
    return money


_MINIMUM = (
    "The Better Care Fund minimum must by law be in a pooled fund (NHS Act 2006, section 223GA):"
    " this is for comparison."
)
READY_MADE: dict[str, ReadyMade] = {
    row.name: row
    for row in (
        ReadyMade(
            LOW,
            "Every programme at the cautious end of its estimate.",
            partial(_evidence, end="cautious"),
        ),
        ReadyMade(
            "Central evidence",
            "Every programme at its own estimate: the plan as it is, to compare with.",
            lambda plan: {},
        ),
        ReadyMade(
            HIGH,
            "Every programme at the hopeful end of its estimate.",
            partial(_evidence, end="hopeful"),
        ),
        ReadyMade(
            "Activity contracts",
            "Every activity line is paid for each unit of activity.",
            partial(_contracts, contract="activity"),
        ),
        ReadyMade(
            "Marginal-rate contracts",
            "Every activity line is paid in full up to its baseline and at the marginal rate above;"
            " where a line states none, base activity at base price, and 70 % as for emergency care"
            " from 2016/17 to 2018/19.",
            partial(_contracts, contract="marginal"),
        ),
        ReadyMade(
            "Block contracts",
            "Every activity line is paid a fixed sum, set again only in its rebase years.",
            partial(_contracts, contract="block"),
        ),
        ReadyMade(
            "Aligned contracts",
            "Every activity line is paid a fixed element and a variable share; where a line states"
            " none, 100 % for elective, day case and outpatient care and nothing for the rest, as"
            " in the payment scheme since 2023/24.",
            partial(_contracts, contract="aligned"),
        ),
        ReadyMade(
            ALIGNED,
            "Budgets side by side: each partner keeps, moves and bears its own, and nothing is"
            f" shared. {_MINIMUM}",
            _aligned,
        ),
        ReadyMade(
            LEAD,
            "The host of each pool commissions for all: it alone moves the money and bears what is"
            " over or under; the others pay their contribution, no more and no less.",
            _lead,
        ),
        ReadyMade(
            POOLED,
            "A pooled fund: the partners move the pool's money together and share its over- or"
            " underspend by the agreement, or by contributions where there is none. Activity"
            " budgets stay with those who hold them.",
            _pooled,
        ),
        ReadyMade(
            ONE,
            "One budget for health and care: pools and activity together, moved together, shared"
            " by what each commissioner brings; what providers lose or gain is made good. What"
            " counts as released is what the system stops spending, not what one part stops paying"
            " another.",
            _one,
        ),
    )
}
