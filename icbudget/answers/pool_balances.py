"""Answers about the pools: income, spending, balance, minimums."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from icbudget import glossary
from icbudget.answers.amounts import pounds
from icbudget.answers.block import Block, Lines, Row
from icbudget.answers.case import Case
from icbudget.checks.source_balances import minimum_tests
from icbudget.engine.accounts.pay_for_performance import budgeted_pots
from icbudget.engine.accounts.pool_end import close_as_planned, returned_as_planned
from icbudget.engine.accounts.risk_share_settlement import settlement
from icbudget.engine.rounding import Floats
from icbudget.engine.run import Result
from icbudget.plan.contribution import Contribution

NOT_FUNDED = "Funding has no amount yet"
"""What stands where a verdict would comfort over money that nobody has entered."""
MET_BY_NOTHING = f"{NOT_FUNDED}, so a rule that is met says nothing yet."


def funding(case: Case) -> Lines:
    """Return income by contribution line and year, £.

    A deduction is negative, so that a column adds up to the income. Source: model §3.1.
    """
    amounts = case.answered.projection.figures.contributions[0]
    rows = tuple(
        Row(
            (r.pool, r.partner, r.source, r.name or f"Line {r.line}", _kind(r)),
            "£",
            pounds(amounts[:, n]),
        )
        for n, r in enumerate(case.plan.contributions)
    )
    shows = (
        "What each partner puts into each pool, by funding source and year. One-off money ends with"
        " its year. What is in kind is no money: it is used in its year and no balance holds it."
    )
    return Lines(shows, rows, case.plan.years)


def _kind(row: Contribution) -> str:
    return glossary.IN_KIND if row.in_kind and row.kind == "contribution" else row.kind.capitalize()


def schemes(case: Case) -> Lines:
    """Return expenditure by scheme line and year, £.

    A scheme that pays for a programme shows what the programme is paid. Source: model §3.4.
    """
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
    shows = (
        "What each scheme costs by year. A scheme that pays for a prevention programme shows what"
        " that programme is paid."
    )
    return Lines(shows, rows, case.plan.years)


BESIDE = (glossary.OF_IT_INTEREST, glossary.IN_KIND, glossary.OF_IT_PERFORMANCE)
"""What stands beside the identity of a source, and only where there is any."""


def _interest(result: Result) -> Floats:
    """Return the interest of pump-prime funds by the account that holds them, pence."""
    moves = result.projection.moves
    interest = np.zeros_like(moves.income)
    for n, drawing in enumerate(result.rules.drawings):
        if drawing.account >= 0:
            interest[:, :, drawing.account] += moves.interest[:, :, n]
    return interest


def balance(case: Case) -> Lines:
    """Return the identity of every source of every pool in money, £, and what is in kind beside it.

    open + income + transfers in + reinvested − spend − transfers out = close; interest on a
    pump-prime fund is income. What is in kind is used in its year, so it is neither income nor
    spending here, and stands beside. Source: model §7.11.
    """
    result = case.answered
    moves = result.projection.moves
    # In kind is no money: neither the income nor the lines that use it are in this identity.
    used_by_lines = moves.in_kind - moves.beside
    returned, close = returned_as_planned(result), close_as_planned(result)
    opening = np.concatenate([np.zeros_like(close[:, :1]), close[:, :-1]], axis=1)
    figures = (
        (glossary.OPEN, opening),
        (glossary.INCOME, moves.income - moves.in_kind),
        (glossary.TRANSFERS_IN, moves.transfers_in),
        (glossary.REINVESTED, moves.reinvested),
        (glossary.SPEND, moves.spend - used_by_lines),
        (glossary.TRANSFERS_OUT, moves.transfers_out + returned),
        (glossary.CLOSE, close),
        (glossary.OF_IT_INTEREST, _interest(result)),
        (glossary.IN_KIND, moves.in_kind),
    )
    years = settlement(result)
    at_outturn = (
        (glossary.OPEN_SETTLED, years.opening),
        (glossary.SPENT_LESS_INCOME, years.spent),
        (glossary.SETTLED, years.settled - years.returned),
        (glossary.CLOSE_SETTLED, years.close),
    )
    # only where the year came out otherwise than planned, or something was settled
    own = len(result.rules.accounts)  # a settlement may have accounts that no plan has
    otherwise = (years.close[0][:, :own] != close[0]).any(axis=0)
    differs = otherwise | years.settled[0][:, :own].any(axis=0)
    rows: list[Row] = []

    pots = budgeted_pots(case.plan)

    def add(pool: str, source: str, accounts: list[int], no_source: Sequence[int] = ()) -> None:
        """Add the rows of some accounts of a pool together.

        `no_source`: the account of what belongs to none of its sources, which no plan has.
        """
        every = [*accounts, *no_source]
        planned = figures if accounts else ()
        otherwise = differs[accounts].any() or years.spent[0][:, [*no_source]].any()
        for name, values in planned:
            amounts = values[0][:, accounts].sum(axis=1)
            if name not in BESIDE or amounts.any():
                rows.append(Row((pool, source, name), "£", pounds(amounts)))
        for name, values in at_outturn if otherwise else ():
            rows.append(Row((pool, source, name), "£", pounds(values[0][:, every].sum(axis=1))))

    of_pool: dict[str, list[int]] = {}
    for a, (pool, _) in enumerate(result.rules.accounts):
        of_pool.setdefault(pool, []).append(a)
    at = {pool.id: own + n for n, pool in enumerate(case.plan.pools)}
    for a, (pool, source) in enumerate(result.rules.accounts):
        add(pool, source, [a])
        if a == of_pool[pool][-1]:
            no_source = at[pool]
            add(pool, glossary.NO_SOURCE, [], [no_source])
            add(pool, glossary.ALL_SOURCES, of_pool[pool], [no_source])
            on_performance = pots[:, no_source - own]
            if on_performance.any():
                labels = (pool, glossary.ALL_SOURCES, glossary.OF_IT_PERFORMANCE)
                rows.append(Row(labels, "£", pounds(on_performance)))
    rows.extend(_of_all_pools(case, moves.income[0] - moves.in_kind[0], pots))
    shows = (
        "Each funding source on its own, as planned: open + income + transfers in + reinvested −"
        " spend − transfers out = close; below zero is over-committed. Once settled: open −"
        " (spending less income) + settled = close. Money in kind stands beside. “All sources” adds"
        " a pool's up, “All pools” all of them, without and with aligned money."
    )
    return Lines(shows, tuple(rows), case.plan.years)


def _of_all_pools(case: Case, income: Floats, pots: Floats) -> Iterator[Row]:
    """Yield the income of the pooled funds, without and with what stands beside them.

    Aligned money stands beside a pool and is never counted as money in it (model §3). `income`:
    years × accounts, `pots`: years × pools, pence.
    """
    is_pooled = [pool.is_pooled for pool in case.plan.pools]
    pooled = {pool.id for pool in case.plan.pools if pool.is_pooled}
    inside = [pool in pooled for pool, _ in case.answered.rules.accounts]
    figures = (
        (glossary.INCOME_OF_POOLS, income[:, inside]),
        (glossary.OF_IT_PERFORMANCE, pots[:, is_pooled]),
        (glossary.INCOME_WITH_ALIGNED, income),
    )
    for name, amounts in figures:
        if name not in BESIDE or amounts.any():
            labels = (glossary.ALL_POOLS, glossary.ALL_SOURCES, name)
            yield Row(labels, "£", pounds(amounts.sum(axis=1)))


def rows_by_source(block: Block, **labels: str) -> tuple[Row, ...]:
    """Return the rows of balances of one source, not of all or of none, whose labels match."""
    balances = block.where(**labels) if labels else block.rows
    no_one_source = (glossary.ALL_SOURCES, glossary.NO_SOURCE)
    return tuple(row for row in balances if block.label(row, "source") not in no_one_source)


def minimums(case: Case) -> Lines:
    """Return each minimum by year, £.

    It has what is spent, the limit, and the gap (below zero: not met). Source: model §3.3.
    """
    rows: list[Row] = []
    for test in minimum_tests(case.answered):
        rule = test.minimum.rule.replace("_", " ")
        figures = (
            (glossary.VALUE, test.value),
            (glossary.LIMIT, test.limit),
            (glossary.GAP, test.gap),
        )
        for name, values in figures:
            rows.append(Row((rule, test.minimum.source, name), "£", pounds(values)))
    shows = (
        "Spending that the rules require, for every year. A gap below zero means that the minimum"
        " is not met."
    )
    return Lines(shows, tuple(rows), case.plan.years)
