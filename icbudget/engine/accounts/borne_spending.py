"""What partners bear of what the pools' sources pay: scheme rows, and each programme.

Draw by draw, as the ledger's postings have it for the plan, to the penny.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from icbudget.engine.accounts.account_bearers import Bearers, bearers_of_accounts
from icbudget.engine.accounts.successors import Heirs
from icbudget.engine.cached_view import cached_view
from icbudget.engine.projection.wiring import FUND, MOVED, REINVESTED, payer
from icbudget.engine.rounding import Floats, split
from icbudget.engine.run import Result

_Purse = tuple[int, int]
"""A programme, and one of the purses that pay it, as in `Moves.programme_spend`."""


class BorneSpending(NamedTuple):
    """What partners bear of what is spent in each year, whole pence."""

    schemes: Floats
    """draws × years × partners: of all scheme rows that pay for no programme."""
    programmes: Floats
    """draws × years × programmes × partners: of what each programme is paid."""


@cached_view
def account_bearers(result: Result) -> list[Bearers]:
    """Return who bears what is spent from each account of a result; see `bearers_of_accounts`."""
    return bearers_of_accounts(result.plan, result.rules, result.projection)


@cached_view
def borne_spending(result: Result) -> BorneSpending:
    """Return what partners bear of schemes and programmes.

    What a partner bears of a source is its part of all that the source pays in the year; the rows
    close on it to the penny, schemes first, in the plan's order. Source: model §7.9.
    """
    plan, moves, heirs = result.plan, result.projection.moves, Heirs(result.plan)
    at = {partner.id: n for n, partner in enumerate(plan.partners)}
    of_account = _programmes_of_accounts(result)
    shape = moves.paid.shape
    schemes = np.zeros((*shape[:2], len(at)))
    programmes = np.zeros((*shape, len(at)))
    amounts, own = result.projection.figures.schemes, _scheme_rows(result)
    for a, bearer in enumerate(account_bearers(result)):
        rows, purses = own.get(a, []), of_account.get(a, [])
        if bearer.weights is None:
            # One bears all of it, so that rows are summed before they are anybody's.
            schemes[:, :, bearer.one] += amounts[:, :, rows].sum(axis=-1)
            for g, purse in purses:
                programmes[:, :, g, bearer.one] += moves.programme_spend[:, :, g, purse]
            continue
        spent = [amounts[:, :, n] for n in rows]
        spent += [moves.programme_spend[:, :, g, purse] for g, purse in purses]
        parts = split_each(spent, bearer.weights.astype(np.int64))
        for part in parts[: len(rows)]:
            schemes += part
        for (g, _), part in zip(purses, parts[len(rows) :], strict=True):
            programmes[:, :, g] += part
    for g, row in enumerate(plan.programmes):
        if payer(plan, row.id) is None:
            for partner, part in heirs.handed_over(row.partner, moves.paid[:, :, g]).items():
                programmes[:, :, g, at[partner]] += part
    return BorneSpending(schemes, programmes)


def _scheme_rows(result: Result) -> dict[int, list[int]]:
    """Return the scheme rows that each account pays, none that pays for a programme."""
    rows: dict[int, list[int]] = {}
    accounts = result.rules.scheme_account.tolist()
    for n, row in enumerate(result.plan.schemes):
        if not row.programme:
            rows.setdefault(accounts[n], []).append(n)
    return rows


def _programmes_of_accounts(result: Result) -> dict[int, list[_Purse]]:
    """Return what each account pays of programmes, in the order of the programmes."""
    at = {account: a for a, account in enumerate(result.rules.accounts)}
    purses: dict[int, list[_Purse]] = {}
    for g, row in enumerate(result.plan.programmes):
        account = payer(result.plan, row.id)
        if account is None:
            continue
        pool, own = account
        for purse, source in enumerate((REINVESTED, MOVED, FUND, own)):
            if (pool, source) in at:
                purses.setdefault(at[pool, source], []).append((g, purse))
    return purses


def split_each(amounts: list[Floats], weights: NDArray[np.int64]) -> list[Floats]:
    """Return each amount (draws × years) by weight, so that the parts close on the total.

    By the rule of `icbudget.money.split_each` for arrays; `weights`: draws × years × parts.
    """
    total = np.sum(amounts, axis=0) if amounts else np.zeros(weights.shape[:-1])
    sign = np.where(total < 0, -1.0, 1.0)
    left = sign[..., np.newaxis] * split(total, weights)
    parts: list[Floats] = []
    # Amounts of the other sign than the total are divided first and alone.
    for amount in amounts:
        against = split(np.where(amount * sign < 0, amount, 0.0), weights)
        left = left - sign[..., np.newaxis] * against
        parts.append(against)
    for place, amount in enumerate(amounts):
        along = np.maximum(amount * sign, 0.0)
        if along.any():
            taken = split(along, left.astype(np.int64))
            left = left - taken
            parts[place] = parts[place] + sign[..., np.newaxis] * taken
    return parts
