"""What a plan comes to in the pounds that somebody signs, whatever the year has brought since."""

from __future__ import annotations

from collections.abc import Mapping

from icbudget.engine.accounts.better_or_worse_off import positions_of
from icbudget.engine.accounts.pool_end import close_as_planned
from icbudget.engine.run import Result, run
from icbudget.plan import SETUP, TABLES, Plan
from icbudget.plan.blanks import filled_in
from icbudget.plan.columns import Role, columns_of

CONTRIBUTIONS, POSITIONS, BALANCES = "contributions", "positions", "closing_balances"
IN_WORDS = {
    CONTRIBUTIONS: "contributions",
    POSITIONS: "partners' positions",
    BALANCES: "closing balances",
}
"""The figures of a statement, as a sentence names them."""
ByYear = Mapping[str, int]
Pounds = Mapping[str, Mapping[str, ByYear]]
"""Pence by figure, by partner or pool, and by financial year."""


def plan_alone(plan: Plan) -> Plan:
    """Return the plan as a signature binds it.

    It is without the tables of the year, without a scenario, at no month.

    Otherwise a month's ledger would change the pounds of a plan that nobody has changed.
    """
    views = {c.field: c.default for c in columns_of(SETUP.noun) if c.role is Role.VIEW}
    setup = plan.setup.model_copy(update={**views, "active_scenario": ""})
    unsigned = {name: () for name, table in TABLES.items() if not table.signed}
    return plan.model_copy(update={"setup": setup, **unsigned})


def pounds_of(plan: Plan) -> Pounds:
    """Return the money that a signature states, pence by year of the plan.

    It is what each partner puts into the pools, how much better (+) or worse (−) off it is than
    under do nothing, and each pool's closing balance.

    The plan must have no errors that stop the engine. Source: joint.md §6, Statement.
    """
    result = run(filled_in(plan_alone(plan)))
    partners = [partner.id for partner in plan.partners]
    positions = {row.partner: row.total for row in positions_of(result)}
    figures = {
        CONTRIBUTIONS: _contributions(result, partners),
        POSITIONS: {partner: positions[partner] for partner in partners},
        BALANCES: _balances(result),
    }
    return {
        figure: {name: dict(zip(result.years, pence, strict=True)) for name, pence in lines.items()}
        for figure, lines in figures.items()
    }


def _contributions(result: Result, partners: list[str]) -> dict[str, tuple[int, ...]]:
    amounts = result.projection.figures.contributions[0]
    put_in = {partner: [0] * len(result.years) for partner in partners}
    for line, row in enumerate(result.plan.contributions):
        for t in range(len(result.years)):
            # Each line is in whole pence already, as a float.
            put_in[row.partner][t] += round(float(amounts[t, line]))
    return {partner: tuple(pence) for partner, pence in put_in.items()}


def _balances(result: Result) -> dict[str, tuple[int, ...]]:
    close = close_as_planned(result)[0]
    balances = {pool.id: [0] * len(result.years) for pool in result.plan.pools}
    for a, (pool, _) in enumerate(result.rules.accounts):
        for t in range(len(result.years)):
            balances[pool][t] += round(float(close[t, a]))
    return {pool: tuple(pence) for pool, pence in balances.items()}


def moved(signed: Pounds, now: Pounds) -> tuple[str, int] | None:
    """Return which of the signed figures moved most and by how many pence; None where none did.

    What a figure moved by is the sum of its changes without their sign: contributions and positions
    over partners and years, closing balances over pools in the last year alone, since a balance is
    carried forward. A year that one of the two lacks counts as nothing there.
    """
    sums = {
        figure: _apart(signed.get(figure, {}), now[figure], last_alone=figure == BALANCES)
        for figure in IN_WORDS
    }
    # The first of equal ones, in the order of a statement.
    most = max(sums, key=lambda figure: sums[figure])
    return (most, sums[most]) if sums[most] else None


def _apart(signed: Mapping[str, ByYear], now: Mapping[str, ByYear], *, last_alone: bool) -> int:
    apart = 0
    for name in {**signed, **now}:
        before, after = signed.get(name, {}), now.get(name, {})
        years = sorted({**before, **after})
        for year in years[-1:] if last_alone else years:
            apart += abs(after.get(year, 0) - before.get(year, 0))
    return apart
