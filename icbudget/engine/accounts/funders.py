"""Whose money it is.

What each shift takes from which activity line, and who bears what a pool spends from a source.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from icbudget import money
from icbudget.engine.accounts.successors import Heirs, endings
from icbudget.engine.cached_view import cached_view
from icbudget.engine.projection.reallocate import split_by_line
from icbudget.engine.projection.wiring import (
    FUND,
    MOVED,
    PUMP_PRIME,
    REINVESTED,
    RELEASING,
    payer,
)
from icbudget.engine.run import Result
from icbudget.plan.acute_line import AcuteLine
from icbudget.plan.pool import Pool

_Funders = dict[tuple[tuple[str, str], int], dict[str, int]]


def _pence(value: float) -> int:
    # Whole pence held as a float: nothing is lost here.
    return round(float(value))


def taken_from_lines(result: Result, n: int, t: int) -> Iterator[tuple[AcuteLine, bool, int]]:
    """Yield what shift n takes from each of its activity lines in year t, to the penny.

    Each as (line, whether it is a release, pence). A release is split by what each line released, a
    fixed sum and the money put into a fund by the lines' budgets of the year before. A fund that is
    filled from a source of its pool takes nothing but the release from the lines.
    """
    moves, drawing = result.projection.moves, result.rules.drawings[n]
    budgets = [float(b) for b in result.projection.acute_budget[0, max(t - 1, 0), drawing.lines]]
    releases = drawing.rule in (*RELEASING, PUMP_PRIME)
    # What a source of the pool puts in comes from no activity line.
    put_in = 0 if drawing.source >= 0 else _pence(moves.put_in[0, t, n])
    for pence, released in ((_pence(moves.moved[0, t, n]), releases), (put_in, False)):
        if pence:
            parts = split_by_line(pence, _weights(result, n, t) if released else budgets)
            for k, part in zip(drawing.lines, parts, strict=True):
                yield result.plan.acute_lines[int(k)], released, part


def _weights(result: Result, n: int, t: int) -> list[float]:
    """Return the weights by line of a release: of the year before; of a fund, the same year."""
    run, drawing = result.projection, result.rules.drawings[n]
    # A fund is paid back by the release of its own year, other shifts move that of the year before
    # (model §7.2, §7.3).
    t = t if drawing.rule == PUMP_PRIME else t - 1
    contract = run.contract_saving[0, t, drawing.lines]
    system = run.released()[0, t, drawing.lines]
    by_basis = {"contract": contract, "system": system}
    lower = np.minimum(contract, system)
    return [float(released) for released in by_basis.get(result.rules.basis, lower)]


def performance_payers(result: Result, pool: Pool, t: int) -> dict[str, int]:
    """Return who pays a pool's performance money, by what each has paid into the pool to date.

    They are its ICBs, which hold the pot and keep what is not earned; where no ICB pays in, all who
    do. Pence. Source: PB §4.3.
    """
    paid = performance_weights(result, pool, t)[0].tolist()
    rows = zip(result.plan.partners, paid, strict=True)
    return {partner.id: pence for partner, pence in rows if pence}


def performance_weights(result: Result, pool: Pool, t: int) -> NDArray[np.int64]:
    """Return `performance_payers` for every draw: draws × partners, pence, 0 for who pays none."""
    at = {partner.id: n for n, partner in enumerate(result.plan.partners)}
    to_date = result.projection.figures.contributions[:, : t + 1].sum(axis=1)
    paid = np.zeros((to_date.shape[0], len(at)))
    for n, row in enumerate(result.plan.contributions):
        if row.pool == pool.id and not row.in_kind:
            paid[:, at[row.partner]] += to_date[:, n]
    paying = np.maximum(paid, 0.0).astype(np.int64)
    of_icbs = paying * np.array([row.kind == "icb" for row in result.plan.partners], dtype=bool)
    return np.where(of_icbs.any(axis=-1, keepdims=True), of_icbs, paying)


def bearers(result: Result, account: tuple[str, str], t: int, pence: int) -> list[tuple[str, int]]:
    """Return who bears spending from a funding source of a pool in year t: (partner, pence).

    To the penny. In proportion to what each partner has put under that source to date, in kind
    only where there is no money under it; where nobody ever did, the host of the pool. Money moved
    from acute is borne by the commissioners it came from. Source: model §7, Positions.
    """
    if not pence:
        return []
    if (only := only_bearer(result, account, t)) is not None:
        return [(only, pence)]
    funders = _funders(result)[account, t]
    # To date and not by the year: what is spent of a balance is its funders' of all years (model
    # §7.9).
    parts = money.split(pence, list(funders.values()))
    return [(partner, part) for partner, part in zip(funders, parts, strict=True) if part]


def each_borne(
    result: Result, account: tuple[str, str], t: int, amounts: Sequence[int]
) -> list[list[tuple[str, int]]]:
    """Return who bears each of several amounts of a source in year t; see `bearers`.

    Together they are what `bearers` gives of their total, to the penny: it is the total that a
    partner's accounts and a committee quote. Source: model §7.9.
    """
    if (only := only_bearer(result, account, t)) is not None:
        return [[(only, pence)] if pence else [] for pence in amounts]
    funders = _funders(result)[account, t]
    by_amount = money.split_each(amounts, list(funders.values()))
    return [
        [(partner, part) for partner, part in zip(funders, parts, strict=True) if part]
        for parts in by_amount
    ]


def only_bearer(result: Result, account: tuple[str, str], t: int) -> str | None:
    """Return who alone bears all spending from a funding source in year t; None: several do."""
    funders = _funders(result).get((account, t))
    if funders is None:
        pool = next(p for p in result.plan.pools if p.id == account[0])
        return Heirs(result.plan).host(pool, t)
    # Most sources have one funder, who bears all of it.
    only, put = next(iter(funders.items()), ("", 0))
    return only if len(funders) == 1 and put > 0 else None


def programme_bearers(result: Result, g: int, t: int) -> list[tuple[str, str, str, int]]:
    """Return who bears what programme g is paid in year t: (partner, pool, source, pence)."""
    moves, row = result.projection.moves, result.plan.programmes[g]
    account, paid = payer(result.plan, row.id), _pence(moves.paid[0, t, g])
    if account is None:
        whose = Heirs(result.plan).shared(row.partner, t, paid)
        return [(partner, "", "", part) for partner, part in whose if part]
    pool, own = account
    borne: list[tuple[str, str, str, int]] = []
    for source in (REINVESTED, MOVED, FUND, own):
        parts = _borne_by_row(result)[t].get(((pool, source), "programmes", g), ())
        borne += [(partner, pool, source, part) for partner, part in parts]
    return borne


def scheme_bearers(result: Result, n: int, t: int) -> list[tuple[str, int]]:
    """Return who bears what scheme row n spends in year t: (partner, pence)."""
    row = result.plan.schemes[n]
    return _borne_by_row(result)[t].get(((row.pool, row.source), "schemes", n), [])


_Row = tuple[tuple[str, str], str, int]
"""An account, a table of the plan and the place of a row that spends from the account."""


@cached_view
def _borne_by_row(result: Result) -> list[dict[_Row, list[tuple[str, int]]]]:
    """Return who bears what each row spends from each account, by year.

    What a partner bears of a source is its part of all that the source pays in the year; the rows
    close on it to the penny, schemes first, in the plan's order. Source: model §7.9.
    """
    years: list[dict[_Row, list[tuple[str, int]]]] = []
    payers = [payer(result.plan, programme.id) for programme in result.plan.programmes]
    for t in range(len(result.years)):
        of_year: dict[_Row, list[tuple[str, int]]] = {}
        for account, rows in _spending(result, payers, t).items():
            by_row = each_borne(result, account, t, [pence for *_, pence in rows])
            for (table, place, _), parts in zip(rows, by_row, strict=True):
                of_year[account, table, place] = parts
        years.append(of_year)
    return years


def _spending(
    result: Result, payers: list[tuple[str, str] | None], t: int
) -> dict[tuple[str, str], list[tuple[str, int, int]]]:
    """Return what each row spends from each account in year t: (table, place, pence)."""
    amounts = result.projection.figures.schemes[0, t].tolist()
    spent = result.projection.moves.programme_spend[0, t].tolist()
    rows: dict[tuple[str, str], list[tuple[str, int, int]]] = {}
    for n, row in enumerate(result.plan.schemes):
        if amounts[n] and not row.programme:
            rows.setdefault((row.pool, row.source), []).append(("schemes", n, _pence(amounts[n])))
    for g, account in enumerate(payers):
        if account is not None:
            pool, own = account
            purses = zip((REINVESTED, MOVED, FUND, own), spent[g], strict=True)
            for source, pence in purses:
                if pence:
                    rows.setdefault((pool, source), []).append(("programmes", g, _pence(pence)))
    return rows


@cached_view
def _funders(result: Result) -> _Funders:
    """Return what each partner has put under each account to date, by year, in their order.

    None where nobody has put in anything yet.
    """
    put = _put_by_year(result)
    funders: _Funders = {}
    accounts = result.rules.accounts
    filled = {
        accounts[drawing.account]: (n, accounts[drawing.source])
        for n, drawing in enumerate(result.rules.drawings)
        if drawing.source >= 0
    }
    # Sources first: a fund that is filled from one is borne as that source is.
    for account in sorted(accounts, key=lambda account: account in filled):
        if account in filled:
            n, source = filled[account]
            _fill_from_source(result, n, account, source, funders, put)
        _carry(funders, put, account, result)
    return funders


def _put_by_year(result: Result) -> _Funders:
    """Return what each partner puts under each account in a year: contributions, acute money."""
    put: _Funders = {}
    heirs = Heirs(result.plan)
    beside = result.rules.beside.tolist()
    contributions = result.projection.figures.contributions[0]
    rows_of: dict[tuple[str, str, str], list[int]] = {}
    for n, row in enumerate(result.plan.contributions):
        # What is used in kind beside the schemes pays for nothing that the pool spends.
        if not beside[n]:
            rows_of.setdefault((row.pool, row.source, row.partner), []).append(n)
    together = {whose: contributions[:, rows].sum(axis=1) for whose, rows in rows_of.items()}
    for t in range(len(result.years)):
        for (pool, source, partner), by_year in together.items():
            _add(put, (pool, source), t, partner, _pence(by_year[t]))
        for n, drawing in enumerate(result.rules.drawings):
            account = result.rules.accounts[drawing.account]
            for line, _, pence in taken_from_lines(result, n, t):
                for partner, part in heirs.shared(line.commissioner, t, pence):
                    _add(put, account, t, partner, part)
    return put


def _add(put: _Funders, account: tuple[str, str], t: int, partner: str, pence: int) -> None:
    year = put.setdefault((account, t), {})
    year[partner] = year.get(partner, 0) + pence


def _fill_from_source(
    result: Result,
    n: int,
    account: tuple[str, str],
    source: tuple[str, str],
    funders: _Funders,
    put: _Funders,
) -> None:
    """Add what shift n fills a fund with from another source, as that source's funders bear it."""
    pool = next(pool for pool in result.plan.pools if pool.id == source[0])
    heirs = Heirs(result.plan)
    for t in range(len(result.years)):
        weights = funders.get((source, t)) or {heirs.host(pool, t): 1}
        amount = _pence(result.projection.moves.put_in[0, t, n])
        parts = money.split(amount, list(weights.values()))
        for partner, part in zip(weights, parts, strict=True):
            _add(put, account, t, partner, part)


def _carry(funders: _Funders, put: _Funders, account: tuple[str, str], result: Result) -> None:
    """Fill who funds an account in every year: what each put in to date, those above zero."""
    to_date: dict[str, int] = {partner.id: 0 for partner in result.plan.partners}
    ends = endings(result.plan)
    for t in range(len(result.years)):
        for ending in (one for one in ends if one.t == t):
            # model §15.1: what a body that ended has paid in is its successors' from here on
            left, to_date[ending.old] = to_date[ending.old], 0
            for row, part in zip(ending.rows, money.split(left, ending.weights), strict=True):
                to_date[row.new] += part
        for partner, pence in put.get((account, t), {}).items():
            to_date[partner] += pence
        # Who has taken out more than it put in bears nothing of what is spent.
        positive = {partner: pence for partner, pence in to_date.items() if pence > 0}
        if positive:
            funders[account, t] = positive
