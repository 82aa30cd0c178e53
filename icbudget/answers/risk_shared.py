"""Who bears a pool's variance: the answer, and each step of an agreement in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

import numpy as np

from icbudget import money
from icbudget.answers.amounts import numbers, pounds
from icbudget.answers.block import Lines, Row
from icbudget.answers.case import Case
from icbudget.engine.accounts.pool_ledger import Part, PoolShare
from icbudget.engine.accounts.risk_rule import steps_of
from icbudget.engine.accounts.risk_share_settlement import pool_shares
from icbudget.engine.accounts.risk_steps import DESTINATION
from icbudget.engine.accounts.variance import computed_shares
from icbudget.engine.rounding import Floats
from icbudget.findings import percentage
from icbudget.plan import Plan
from icbudget.plan.pool import Pool
from icbudget.plan.risk_share import RiskShare

VARIANCE, NOT_ELIGIBLE, SHARE, UNSHARED = (
    "Variance (overspend positive)",
    "Not eligible to be shared",
    "Share of the variance",
    "Not shared by any rule",
)
FIGURES = {
    "offset": "Offset by underspends",
    "contingency": "Met from contingency",
    "uncommitted": "Met from uncommitted money",
    "share": SHARE,
    "retain": "Kept in the pool",
    "redeploy": "Kept in the pool",
    "carry_forward": "Kept in the pool",
}
"""What each kind of part is called; with the two below and what is not shared they add up to the
variance.
"""
TO_DATE = "to date"
OF_CHILDREN = "Variance of the pools under it, added up (overspend positive)"
ASSUMED = "Of it assumed: no funding line"
PART, DIFFERENCE = "Part by the rule", "Difference from computed contributions"
EVERYONE, NOBODY = "All", "None"
_ADDED_UP = "the years so far added up"
_NO_LINE = "no funding source of the pool fills it, so nobody has said where the money comes from"
_BASES = {
    "contributions": "in proportion to what each partner puts in that year",
    "agreed": "by percentages agreed in place of contributions",
    "fixed": "by agreed percentages",
    "commissioner": "by who commissions each scheme line",
    "lead": "by the lead partner of each scheme line",
    "host": "by the host",
    "share_profile": "the host bears fixed lines, contributions share the variable ones",
}
_DESTINATIONS = {
    "share": "nothing more is agreed for an underspend",
    "retain": "what is left of an underspend stays in the pool as contingency",
    "redeploy": (
        "what is left of an underspend is redeployed in the pool, for non-recurrent use only"
    ),
    "lead_commissioner": "what is left of an underspend goes to the lead commissioner",
    "carry_forward": (
        "what is left of an underspend is carried forward as an additional contribution of next"
        " year"
    ),
    "return_recurrent": (
        "what is left of an underspend is returned in proportion to recurrent contributions"
    ),
}


def risk_share(case: Case) -> Lines:
    """Return who would bear each pool's variance, £, step by step and in words.

    As if it were settled at the end of each year.

    For every pool: variance = not eligible + steps + shares + not shared. The part each partner has
    by the rule stands beside it in %, and for agreed percentages the difference that computed
    contributions would make. Source: model §8.1.
    """
    rows = tuple(chain.from_iterable(_rows(case, share) for share in pool_shares(case.answered)))
    shows = (
        "Who bears each pool's over- or underspend of each year, settled at its end. A year stands"
        " alone: what was settled before is not shared again; “to date” adds the years up."
    )
    return Lines(shows, rows, case.plan.years)


def _rows(case: Case, share: PoolShare) -> Iterator[Row]:
    pool = share.pool.id

    def row(step: str, partner: str, figure: str, how: str, values: Floats, unit: str = "£") -> Row:
        cells = numbers(values) if unit == "%" else pounds(values)
        return Row((pool, step, partner, figure, how), unit, cells)

    yield row(
        "",
        EVERYONE,
        VARIANCE,
        "of the year alone: spent beyond its income and the planned use of balances",
        share.variance[0],
    )
    to_date = np.cumsum(share.variance[0])
    yield row("", EVERYONE, f"{VARIANCE}, {TO_DATE}", _ADDED_UP, to_date)
    children = [s for s in pool_shares(case.answered) if s.pool.parent == pool]
    if children:
        together = np.sum([child.variance[0] for child in children], axis=0)
        yield row("", EVERYONE, OF_CHILDREN, "the pools under it, not its own variance", together)
    if share.not_eligible[0].any():
        yield row("", NOBODY, NOT_ELIGIBLE, _why_not(share.pool), share.not_eligible[0])
    for part in share.parts:
        how = step_in_words(case.plan, share.pool, share.rule, part.step)
        step = str(part.step) if part.step != DESTINATION else "Last"
        yield row(step, part.partner or NOBODY, FIGURES[part.kind], how, part.amounts[0])
        if part.partner:
            figure = f"{FIGURES[part.kind]}, {TO_DATE}"
            yield row(step, part.partner, figure, _ADDED_UP, np.cumsum(part.amounts[0]))
        if part.assumed is not None and part.assumed[0].any():
            yield row(step, NOBODY, ASSUMED, _NO_LINE, part.assumed[0])
        if part.by_rule is not None:
            yield row(step, part.partner, PART, how, part.by_rule[0], "%")
            if _basis(case.plan, share.rule, part.step) == "agreed":
                reason = (
                    "what the partner bears less what computed contributions would have it bear"
                )
                yield row(step, part.partner, DIFFERENCE, reason, _difference(case, share, part))
    reason = (
        "no step takes it: the partners must agree who bears it"
        if share.rule
        else "no risk share is named for the pool"
    )
    yield row("", NOBODY, UNSHARED, reason, share.unresolved[0])


def _difference(case: Case, share: PoolShare, part: Part) -> Floats:
    """Return what agreed percentages cost a partner, by year, pence.

    They are compared with computed contributions.
    """
    at = [p.id for p in case.plan.partners].index(part.partner)
    shared = sum(
        (p.amounts for p in share.parts if p.step == part.step), np.zeros_like(share.variance)
    )
    difference: Floats = (
        part.amounts - computed_shares(shared, case.answered, share.pool.id)[..., at]
    )[0]
    return difference


def _why_not(pool: Pool) -> str:
    if not pool.is_pooled:
        return f"the budget is {pool.pooling_status.replace('_', ' ')}, not pooled"
    return "ring-fenced sources, and what is in kind and no scheme line uses"


def _basis(plan: Plan, rule: str, step: int) -> str:
    rows = steps_of(plan, rule).get(step)
    return (rows[0].basis or "") if rows else ""


def step_in_words(plan: Plan, pool: Pool, rule: str, step: int) -> str:
    """Return a step of a rule in words, with its limits, caps and clause.

    Step 0 is the destination of an underspend.
    """
    if step == DESTINATION:
        return _DESTINATIONS[pool.underspend]
    rows = steps_of(plan, rule)[step]
    sides = {"overspend": ", overspends", "underspend": ", underspends"}
    side = sides.get(rows[0].applies_to, "")
    names = {row.id: row.name for row in plan.partners}
    words = f"step {step}{side}: {_what(rows[0])}{_limits(rows, names)}"
    clauses = "; ".join(dict.fromkeys(row.clause for row in rows if row.clause))
    return f"{words} ({clauses})" if clauses else words


def _what(row: RiskShare) -> str:
    if row.kind == "offset":
        return "underspends of the rule's other lines and pools meet overspends"
    if row.kind == "share":
        return _BASES[row.basis or "host"]
    amounts = [*row.amounts.values()]
    if row.amount is not None:
        amounts.append(row.amount)
    up_to = money.in_words(max(map(money.to_pence, amounts))) if amounts else "£0"
    held_as = "of the risk pool" if row.kind == "contingency" else "of money not yet committed"
    return f"up to {up_to} {held_as}"


def _limits(rows: tuple[RiskShare, ...], names: Mapping[str, str]) -> str:
    first, limits = rows[0], []
    if first.width is not None:
        limits.append(f"at most {money.in_words(money.to_pence(first.width))}")
    if first.width_percent is not None:
        limits.append(f"at most {percentage(first.width_percent, 2)} of the pool's income")
    for row in rows:
        who = names.get(row.partner, row.partner) or "each partner"
        if row.cap is not None:
            limits.append(f"{who} no more than {money.in_words(money.to_pence(row.cap))}")
        if row.cap_percent is not None:
            limits.append(
                f"{who} no more than {percentage(row.cap_percent, 2)} of its contribution"
            )
    return "".join(f", {words}" for words in limits)


def shared_in_words(case: Case, pool: PoolShare, year: str) -> list[tuple[str, int, str]]:
    """Return every part of a pool's variance in a year; nothing is left out.

    Each is (partner, pence, the sentence that explains it).
    """
    t, names = case.plan.years.index(year), {p.id: p.name for p in case.plan.partners}
    variance = round(float(pool.variance[0, t]))
    kind = "overspend" if variance > 0 else "underspend"
    of_variance = f"the {kind} of {money.in_words(abs(variance))}"
    lines: list[tuple[str, int, str]] = []
    for part in pool.parts:
        pence = round(float(part.amounts[0, t]))
        if not pence:
            continue
        how = step_in_words(case.plan, pool.pool, pool.rule, part.step)
        part_of = ""
        if part.by_rule is not None:
            part_of = f" {percentage(float(part.by_rule[0, t]))} by the rule."
        who = f"{FIGURES[part.kind]}:"
        if part.partner:
            who = f"{names[part.partner]} {'bears' if pence > 0 else 'receives'}"
        reason = f"{who} {money.in_words(abs(pence))} of {of_variance}: {how}.{part_of}"
        lines.append((part.partner, pence, reason))
    for pence, words in (
        (round(float(pool.not_eligible[0, t])), f"is not eligible: {_why_not(pool.pool)}"),
        (round(float(pool.unresolved[0, t])), "is not shared by any rule"),
    ):
        if pence:
            lines.append(("", pence, f"{money.in_words(abs(pence))} of {of_variance} {words}."))
    return lines
