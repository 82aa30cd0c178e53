"""What a committee is asked to decide, drawn from the plan and its results.

A decision stands only where there is one.
"""

from __future__ import annotations

from icbudget import glossary
from icbudget.answers import catalogue
from icbudget.answers.pool_balances import rows_by_source
from icbudget.checks.source_balances import not_stated, rule_in_words
from icbudget.engine.accounts.benefits_realised import NOT_CONFIRMED
from icbudget.engine.accounts.bridge import ASSUMED, SYSTEM
from icbudget.engine.projection.wiring import PUMP_PRIME, RELEASING
from icbudget.plan.pool import Pool
from icbudget.plan.shift import Shift
from icbudget.report.document import Paper, numbers
from icbudget.report.report_figures import listed, pounds

RULES = {
    "release_then_invest": "only what was released the year before is moved",
    "marginal_rank": (
        "only what was released the year before is moved, and the pool buys first what is worth"
        " most for each £ of its tightest year"
    ),
    "pump_prime": "one-off money pays first, and what is released pays it back",
    "fixed_amount": "a fixed amount is moved each year, whether or not it has been released",
    "fixed_percent": ("a fixed share of the activity budget is moved each year, released or not"),
}
"""How much each reallocation rule moves, in words."""


def decisions(paper: Paper) -> tuple[str, ...]:
    """Return the decisions asked for, the agreement first, then what stands in the way of it."""
    every = (
        *(_pool(paper, pool) for pool in paper.case.plan.pools),
        _programmes(paper),
        *_shifts(paper),
        _gap(paper),
        *_worse_off(paper),
        _stranded(paper),
        *_rules_broken(paper),
    )
    asked = [decision for decision in every if decision]
    ends = [";"] * (len(asked) - 2) + ["; and", "."] if len(asked) > 1 else ["."]
    return tuple(f"{decision}{end}" for decision, end in zip(asked, ends, strict=False))


def _pool(paper: Paper, pool: Pool) -> str:
    t, names = paper.decided, paper.names("partners")
    put: dict[str, float] = {}
    block = paper.block(catalogue.INCOME)
    for row in block.where(pool=pool.id):
        partner, kind = block.labels_of(row, "partner", "kind")
        # What is in kind is no money to be agreed (model §3).
        if kind != glossary.IN_KIND:
            put[partner] = put.get(partner, 0.0) + numbers(row)[t]
    # Below half a pound an amount is written £0, and nobody is asked to agree to that.
    paid_in = {partner: amount for partner, amount in put.items() if amount >= 0.5}
    if not paid_in or not pool.is_pooled:
        return ""
    total = sum(put.values())
    who = listed(f"{names[partner]} {pounds(amount)}" for partner, amount in paid_in.items())
    return f"agree {pounds(total)} for {pool.name} in {paper.years[t]}: {who}"


def _programmes(paper: Paper) -> str:
    names = paper.names("programmes")
    paid = {
        id: paper.values(catalogue.REALLOCATION, thing=id, figure=glossary.PAID) for id in names
    }
    bought = [id for id in names if any(paid[id])]
    if not bought:
        return ""
    t = paper.decided
    first = sum(by_year[t] for by_year in paid.values())
    last = sum(by_year[-1] for by_year in paid.values())
    years = f"{pounds(first)} in {paper.years[t]}"
    if t < len(paper.years) - 1:
        years += f" and {pounds(last)} in {paper.years[-1]}"
    return (
        f"agree to pay for {listed(names[id] for id in bought)}: {years}{_by_whom(paper, bought)}"
    )


def _by_whom(paper: Paper, programmes: list[str]) -> str:
    """Return which partners bear what programmes are paid in the year decided about."""
    names, t = paper.names("partners"), paper.decided
    borne: dict[str, float] = {}
    block = paper.block(catalogue.WHO_SAVES)
    for row in block.where(figure=glossary.PAID_FOR_IT):
        programme, partner = block.labels_of(row, "programme", "partner")
        if programme in programmes:
            borne[partner] = borne.get(partner, 0.0) + numbers(row)[t]
    payers = {partner: amount for partner, amount in borne.items() if amount >= 0.5}
    if not payers:
        return ""
    if len(payers) == 1:
        return f", borne by {names[next(iter(payers))]}"
    parts = listed(f"{names[partner]} {pounds(amount)}" for partner, amount in payers.items())
    return f", of which in {paper.years[t]} {parts}"


def _shifts(paper: Paper) -> list[str]:
    asked = []
    for shift in paper.case.plan.shifts:
        moved = sum(
            paper.values(
                catalogue.REALLOCATION,
                kind=glossary.SHIFT,
                thing=shift.id,
                figure=glossary.MOVED_INTO_POOL,
            )
        )
        amount = f"{pounds(moved)} over the plan" if moved >= 0.5 else "£0 within this plan"
        rule = RULES[shift.rule] + _how_sure(paper, shift)
        asked.append(f"agree the shift “{shift.name or shift.id}”, {amount}: {rule}")
    return asked


def _how_sure(paper: Paper, shift: Shift) -> str:
    """Return whether anybody has confirmed the release that a shift moves; blank where none is.

    What is only planned is never put to a committee as if it had come (model §1.8).
    """
    if shift.rule not in (*RELEASING, PUMP_PRIME):
        return ""
    if not paper.case.plan.confirmed_releases:
        return f"; the release is {NOT_CONFIRMED}"
    return "; Reinvestment says which release is confirmed, forecast or only planned"


def _gap(paper: Paper) -> str:
    gap = paper.values(catalogue.BRIDGE, partner=SYSTEM, step=glossary.GAP_OF_YEAR)
    bases = next(
        iter(paper.rows(catalogue.BRIDGE, partner=SYSTEM, step=glossary.BASIS_OF_FUNDING))
    ).values
    short = [(year, value) for year, value in zip(paper.years, gap, strict=True) if value >= 0.5]
    if not short:
        return ""
    gaps = listed(
        f"{pounds(value)} in {year}"
        for year, value in (short if len(short) <= 3 else [short[0], short[-1]])
    )
    # model §7: a gap against funding that nobody stated says so wherever it stands
    basis = f" ({ASSUMED})" if ASSUMED in bases else ""
    return f"decide how the plan's cost beyond its funding is met: {gaps}{basis}"


def _worse_off(paper: Paper) -> list[str]:
    names = paper.names("partners")
    gain = {
        id: sum(paper.values(catalogue.PARTNER_POSITIONS, partner=id, figure=glossary.GAIN))
        for id in names
    }
    return [
        f"decide whether {names[id]}, {pounds(value)} worse off over the plan than if nothing"
        " changed, is made good, and by whom"
        for id, value in gain.items()
        if value <= -0.5
    ]


def _stranded(paper: Paper) -> str:
    stranded = sum(paper.sums(catalogue.CASH_RELEASED, figure=glossary.STRANDED_COST))
    return (
        f"note that {pounds(stranded)} of cost stays with providers over the plan"
        if stranded >= 0.5
        else ""
    )


def _rules_broken(paper: Paper) -> list[str]:
    return [*_over_committed(paper), *_minimums_missed(paper)]


def _over_committed(paper: Paper) -> list[str]:
    """Return one decision a pool: which of its sources pay for more than they hold, by how much."""
    names = paper.names("pools")
    sources: dict[str, list[str]] = {}
    block = paper.block(catalogue.BALANCES)
    for row in rows_by_source(block, figure=glossary.CLOSE):
        pool, source = block.labels_of(row, "pool", "source")
        lowest = min(numbers(row))
        # Half a penny is what sums of floats may be off by.
        if lowest < -0.005:
            sources.setdefault(pool, []).append(f"{source} by {pounds(lowest)}")
    return [
        f"decide what is cut or added in {names[pool]}, where sources are over-committed, each at"
        f" its worst: {listed(over)}"
        for pool, over in sources.items()
    ]


def _minimums_missed(paper: Paper) -> list[str]:
    asked = []
    block = paper.block(catalogue.MINIMUM_SPEND)
    for row in block.where(figure=glossary.GAP):
        by_year = zip(paper.years, numbers(row), strict=True)
        short = [f"{pounds(gap)} in {year}" for year, gap in by_year if gap < -0.005]
        if short:
            rule = block.label(row, "rule").replace("nhs", "NHS")
            asked.append(
                f"note that the {rule} minimum is missed by {listed(short)}: the plan cannot be"
                " submitted so"
            )
    for missing, source in not_stated(paper.case.plan):
        asked.append(
            f"note that the {rule_in_words(missing)} of {source} is not tested: no row states it"
        )
    return asked
