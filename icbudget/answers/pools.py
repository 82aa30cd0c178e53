"""Answers about the pools: income, spending, balance, minimums."""

from __future__ import annotations

from icbudget.answers.block import Block, Row
from icbudget.answers.case import Case
from icbudget.checks.statutory import minimum_tests
from icbudget.engine.rounding import Floats


def pounds(pence: Floats | tuple[int, ...] | list[int]) -> tuple[float, ...]:
    """Return pence by year as pounds."""
    return tuple(round(float(p)) / 100 for p in pence)


def funding(case: Case) -> Block:
    """Return income by contribution line and year, £; a deduction is negative, so that a column adds up to the income."""
    amounts = case.answered.projection.figures.contributions[0]
    rows = tuple(
        Row((r.pool, r.partner, r.source, r.name or f"Line {r.line}", r.kind.capitalize()), "£", pounds(amounts[:, n]))
        for n, r in enumerate(case.plan.contributions)
    )
    shows = "What each partner puts into each pool, by funding source and year. One-off money ends with its year."
    return Block("Income by year", shows, ("Pool", "Partner", "Source", "Line", "Kind"), case.plan.years, rows)


def schemes(case: Case) -> Block:
    """Return expenditure by scheme line and year, £; a scheme that pays for a programme shows what the programme is paid."""
    result = case.answered
    moves, own = result.projection.moves, result.projection.figures.schemes[0]
    at = {p.id: g for g, p in enumerate(case.plan.programmes)}
    rows = tuple(
        Row(
            (r.id, str(r.line), r.name, r.pool, r.source, r.programme),
            "£",
            pounds(moves.paid[0, :, at[r.programme]] if r.programme else own[:, n]),
        )
        for n, r in enumerate(case.plan.schemes)
    )
    shows = "What each scheme costs by year. A scheme that pays for a prevention programme shows what that programme is paid."
    return Block("Spending by year", shows, ("Scheme", "Line", "Name", "Pool", "Source", "Programme"), case.plan.years, rows)


def balance(case: Case) -> Block:
    """Return the identity of every source of every pool, £.

    open + income + transfers in + reinvested − spend − transfers out = close; interest on a pump-prime fund is income.
    """
    result = case.answered
    moves = result.projection.moves
    figures = (
        ("Open", moves.open),
        ("Income", moves.income),
        ("Transfers in", moves.transfers_in),
        ("Reinvested", moves.reinvested),
        ("Spend", moves.spend),
        ("Transfers out", moves.transfers_out),
        ("Close", moves.close),
    )
    rows = tuple(
        Row((pool, source, name), "£", pounds(values[0, :, a]))
        for a, (pool, source) in enumerate(result.rules.accounts)
        for name, values in figures
    )
    shows = (
        "Each funding source on its own: open + income + transfers in + reinvested − spend − transfers out = close. "
        "Below zero: over-committed."
    )
    return Block("Balance of each source", shows, ("Pool", "Source", "Figure"), case.plan.years, rows)


def minimums(case: Case) -> Block:
    """Return each minimum by year, £: what is spent, the limit, and the gap (below zero: not met)."""
    rows = tuple(
        Row((test.minimum.rule.replace("_", " "), test.minimum.source, name), "£", pounds(values))
        for test in minimum_tests(case.answered)
        for name, values in (("Value", test.value), ("Limit", test.limit), ("Gap", test.gap))
    )
    shows = "Spending that the rules require, for every year. A gap below zero means that the minimum is not met."
    return Block("Minimum spend", shows, ("Rule", "Source", "Figure"), case.plan.years, rows)
