"""Wrong pockets.

Settling between the partner that pays for prevention and the partner that gains by it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

import numpy as np

from icbudget import money
from icbudget.engine.accounts.gain_rule import agreements_of
from icbudget.engine.accounts.gains_by_partner import (
    Table,
    paid_by_partner,
    saved_as_it_came,
    saved_as_planned,
)
from icbudget.engine.accounts.successors import Heirs, endings
from icbudget.engine.cached_view import cached_view
from icbudget.engine.run import Result
from icbudget.plan import Plan
from icbudget.plan.confirmed_release import CONFIRMED
from icbudget.plan.gain_share import GainShare

Years = tuple[int, ...]
"""Pence by year."""
_WHOLE = 10**9
"""Parts that stand for a whole share while it is split among successors."""
_Value = TypeVar("_Value")


class Settlement(NamedTuple):
    """One agreement by partner (in the order of its rows) and year, pence.

    Over the partners `received` sums to zero.
    """

    id: str
    partners: tuple[str, ...]
    own: tuple[Years, ...]
    """What each gains before settling: saving or stranded cost, less what it pays."""
    shares: tuple[tuple[float, ...], ...]
    """The part of the result that each is due; nothing where a loss is not shared."""
    wanted: tuple[Years, ...]
    """What each would receive (pay, when negative) were there no caps and no claw-back limits."""
    received: tuple[Years, ...]


def settle(benefits: Sequence[int], costs: Sequence[int], shares: Sequence[float]) -> list[int]:
    """Return what each partner receives (pays, when negative) to share the surplus as agreed.

    It sums to zero: `transfer_p = θ_p·S − (benefit_p − cost_p)` with `S = Σ (benefit − cost)`, in
    pence. Example: the council pays 600 and gains 100, the NHS gains 900, half each: the NHS pays
    the council 700. Source: model §7, AP §5.
    """
    own = [benefit - cost for benefit, cost in zip(benefits, costs, strict=True)]
    # The surplus is split, not each transfer rounded: so transfers sum to zero to the penny.
    parts = money.split(sum(own), list(shares))
    return [part - kept for part, kept in zip(parts, own, strict=True)]


@cached_view
def settlements(result: Result) -> tuple[Settlement, ...]:
    """Return every agreement of the plan, settled year by year at the year's end, on cash alone.

    A partner's benefit is the contract saving of a commissioner; of a provider the cost it released
    less the income it lost (stranded cost, so usually a loss). It is what the plan releases or,
    where the agreement settles on that, what is confirmed of each year that has ended and the
    forecast of the year reported. Its cost is what it bears of the programmes. Nobody pays more
    than its own gain when a gain is shared, nor more than its cap; what that keeps back is taken
    off those who receive, in proportion. `cumulative` settles all years so far less what was
    settled before; of what a partner received earlier no more than its claw-back limit is taken
    back in a year. An agreement that cannot be used settles nothing. Source: model §7, AP §5.
    """
    return settlements_by_draw(result)[0]


@cached_view
def settlements_by_draw(result: Result) -> list[tuple[Settlement, ...]]:
    """Return the agreements of the plan settled in every draw; see `settlements`."""
    agreements = agreements_of(result.plan)
    draws = range(result.projection.moves.paid.shape[0])
    if not agreements:
        return [() for _ in draws]
    bases = {rows[0].settles_on for rows in agreements.values()}
    # only what an agreement settles on is worked out
    came = saved_as_it_came(result) if CONFIRMED in bases else {}
    planned = saved_as_planned(result) if bases != {CONFIRMED} else {}
    paid = paid_by_partner(result)
    saved = {
        id: came if rows[0].settles_on == CONFIRMED else planned for id, rows in agreements.items()
    }

    def of_draw(draw: int) -> tuple[Settlement, ...]:
        return tuple(
            _settled_in_draw(result, draw, list(rows), saved[id], paid)
            for id, rows in agreements.items()
        )

    return [of_draw(draw) for draw in draws]


def _settled_in_draw(
    result: Result, draw: int, rows: list[GainShare], saved: Table, paid: Table
) -> Settlement:
    names = [row.partner for row in rows]
    of_draw = [{partner: by_draw[draw] for partner, by_draw in t.items()} for t in (saved, paid)]
    own_saved, own_paid = _in_the_place_of(result.plan, names, *of_draw)
    settled = _settled(result, draw, rows, own_saved, own_paid)
    return _of_successors(result.plan, settled)


def _in_the_place_of(
    plan: Plan, names: list[str], saved: Table, paid: Table
) -> tuple[Table, Table]:
    """Return what each partner of an agreement saves and pays, with bodies that end.

    A partner that is named and ends stands for its successors that are not; a saving on activity of
    one that is not named is its successors', by their shares. Source: model §15.1.
    """
    saved, paid = dict(saved), dict(paid)
    for ending in endings(plan):
        for row in ending.rows:
            if ending.old not in names:
                saved[row.new] = saved[row.new] + _from(ending.t, row.share * saved[ending.old])
            elif row.new not in names:
                paid[ending.old] = paid[ending.old] + _from(ending.t, paid[row.new])
                paid[row.new] = _until(ending.t, paid[row.new])
        if ending.old not in names:
            saved[ending.old] = _until(ending.t, saved[ending.old])
    return saved, paid


def _from(t: int, by_year: np.ndarray) -> np.ndarray:
    return np.where(np.arange(len(by_year))[:, np.newaxis] >= t, by_year, 0.0)


def _until(t: int, by_year: np.ndarray) -> np.ndarray:
    return np.where(np.arange(len(by_year))[:, np.newaxis] < t, by_year, 0.0)


def _of_successors(plan: Plan, settled: Settlement) -> Settlement:
    """Return a settlement by who is there in each year: a partner that ended, its successors."""
    heirs = Heirs(plan)
    if not any(heirs.has_ended(name) for name in settled.partners):
        return settled
    years = len(plan.years)
    tables: list[dict[str, list[float]]] = []
    for amounts in (settled.own, settled.wanted, settled.received):
        table: dict[str, list[float]] = {}
        for name, by_year in zip(settled.partners, amounts, strict=True):
            for t, pence in enumerate(by_year):
                for whose, part in heirs.shared(name, t, pence):
                    table.setdefault(whose, [0] * years)[t] += part
        tables.append(table)
    shares: dict[str, list[float]] = {}
    for name, of_year in zip(settled.partners, settled.shares, strict=True):
        for t, share in enumerate(of_year):
            for whose, parts in heirs.shared(name, t, _WHOLE):
                shares.setdefault(whose, [0.0] * years)[t] += share * parts / _WHOLE
    names = tuple(shares)
    own, wanted, received = (
        tuple(tuple(int(p) for p in table[name]) for name in names) for table in tables
    )
    by_name = tuple(tuple(shares[name]) for name in names)
    return Settlement(settled.id, names, own, by_name, wanted, received)


def _settled(
    result: Result, draw: int, rows: list[GainShare], saved: Table, paid: Table
) -> Settlement:
    names = [row.partner for row in rows]
    # Parts of a saving come to whole pence again; rounding takes off what floats leave.
    gained = [np.round(saved[p].sum(axis=1) - paid[p].sum(axis=1)) for p in names]
    own = np.array(gained, dtype=np.int64)
    cumulative = rows[0].settlement == "cumulative"
    shares, wanted, received = [], [], []
    so_far = [0] * len(rows)
    for t in range(len(result.years)):
        settled_now = own[:, : t + 1].sum(axis=1) if cumulative else own[:, t]
        gains = [int(pence) for pence in settled_now]
        # Each year alone starts afresh; cumulative takes off what earlier years settled.
        before = so_far if cumulative else [0] * len(rows)
        due = _due(result, draw, rows, t, sum(gains), saved, paid)
        target = settle(gains, [0] * len(rows), due) if any(due) else [0] * len(rows)
        # A cumulative agreement is about all years together: what earlier years settled is taken
        # off.
        asked = [w - b for w, b in zip(target, before, strict=True)]
        # A loss has its own shares, and nobody's own gain caps what it pays of it.
        settled = _capped(rows, asked, gains, before, shared_gain=sum(gains) >= 0)
        shares.append(tuple(due))
        wanted.append(asked)
        received.append(settled)
        so_far = [s + g for s, g in zip(so_far, settled, strict=True)]
    by_year = [[int(pence) for pence in of_year] for of_year in own.T]
    return Settlement(
        id=rows[0].id,
        partners=tuple(names),
        own=_by_row(by_year),
        shares=_by_row(shares),
        wanted=_by_row(wanted),
        received=_by_row(received),
    )


def _by_row(by_year: Iterable[Sequence[_Value]]) -> tuple[tuple[_Value, ...], ...]:
    """Return values that stand year by year, partner by partner."""
    return tuple(zip(*by_year, strict=True))


def _due(
    result: Result,
    draw: int,
    rows: list[GainShare],
    t: int,
    surplus: int,
    saved: Table,
    paid: Table,
) -> list[float]:
    """Return each partner's part of a surplus or deficit; all 0 where a deficit is not shared."""
    # model §7.7: loss shares stand by themselves, as who carries a risk need not be who gains
    if surplus < 0:
        return [row.loss_share or 0.0 for row in rows]
    names, basis = [row.partner for row in rows], rows[0].basis
    if basis == "fixed":
        return [row.gain_share or 0.0 for row in rows]
    # To date, as programmes cost first and are worth something years later.
    if basis == "cost":
        weights = [float(paid[p][: t + 1].sum()) for p in names]
    elif basis == "contributions":
        weights = _contributed_to_date(result, draw, names, t)
    else:
        saved_by = np.array([saved[p][: t + 1].sum(axis=0) for p in names])
        paid_by = np.array([paid[p][: t + 1].sum(axis=0) for p in names])
        weights = shapley_weights(saved_by, paid_by)
    # Who has lost by it so far, or put in less than nothing, is due no part of a gain.
    weights = [max(weight, 0.0) for weight in weights]
    total = sum(weights)
    # Where nobody weighs anything yet, all share alike.
    if not total:
        return [1.0 / len(rows)] * len(rows)
    return [weight / total for weight in weights]


def _contributed_to_date(result: Result, draw: int, partners: Sequence[str], t: int) -> list[float]:
    """Return what each partner has put into the pools to the end of year t, pence."""
    put = result.projection.figures.contributions[draw, : t + 1].sum(axis=0)
    by_partner: dict[str, float] = dict.fromkeys(partners, 0.0)
    # What a successor puts in counts for the partner that agreed and has ended since.
    stands_for = {row.new: row.old for row in result.plan.successions if row.old in by_partner}
    for n, row in enumerate(result.plan.contributions):
        name = row.partner if row.partner in by_partner else stands_for.get(row.partner, "")
        if name:
            by_partner[name] += float(put[n])
    return [by_partner[partner] for partner in partners]


def shapley_weights(saved: np.ndarray, paid: np.ndarray) -> list[float]:
    """Return each partner's Shapley value of the programmes they can run together.

    Partners × programmes in, pence. A coalition runs a programme when all who pay for it are in it
    and its members save more than they pay: `v(C) = Σ_g max(0, Σ_{p∈C} saved − paid)`. `φ_p = Σ_C
    |C|! (n − |C| − 1)! / n! · (v(C ∪ p) − v(C))`. The values sum to v of all. Source: Shapley 1953;
    AP §5 names it as an alternative to fixed shares.
    """
    net, pays = saved - paid, paid > 0
    # A programme's value is that of a game of its own: who neither saves by it nor pays for it adds
    # nothing to any coalition, and so leaves the others' values as they are.
    takes_part = pays | (net != 0.0)
    alike: dict[bytes, list[int]] = {}
    # What nobody pays for is no one's to run.
    for g in np.flatnonzero(pays.any(axis=0)).tolist():
        key = pays[:, g].tobytes() + takes_part[:, g].tobytes()
        alike.setdefault(key, []).append(g)
    values = np.zeros(len(saved))
    for programmes in alike.values():
        players = np.flatnonzero(takes_part[:, programmes[0]])
        of_players = net[players][:, programmes]
        values[players] += _shapley_values(of_players, pays[players, programmes[0]])
    by_partner: list[float] = values.tolist()
    return by_partner


def _shapley_values(net: np.ndarray, pays: np.ndarray) -> list[float]:
    """Return each player's Shapley value of programmes that the same ones pay for.

    `net`: players × programmes, what each saves less what it pays; `pays`: players.
    """
    n = len(net)
    # Every coalition is a number whose bits are its players: each doubles how many there are.
    gains, size = np.zeros((1, net.shape[1])), np.zeros(1, dtype=np.int64)
    for of_player in net:
        gains = np.concatenate([gains, gains + of_player])
        size = np.concatenate([size, size + 1])
    coalitions = np.arange(2**n)
    # A programme needs all who pay for it.
    needed = sum(1 << p for p in np.flatnonzero(pays).tolist())
    can_run = coalitions & needed == needed
    value = np.where(can_run, np.maximum(gains, 0.0).sum(axis=1), 0.0)
    orders = math.factorial(n)
    weights = np.array(
        [math.factorial(s) * math.factorial(n - s - 1) / orders for s in range(n)],
    )
    values: list[float] = []
    for p in range(n):
        others = coalitions[coalitions >> p & 1 == 0]
        adds = value[others | 1 << p] - value[others]
        values.append(float((weights[size[others]] * adds).sum()))
    return values


def _capped(
    rows: list[GainShare],
    asked: list[int],
    gains: list[int],
    before: list[int],
    *,
    shared_gain: bool,
) -> list[int]:
    """Return what is settled of what was asked, so that nobody pays beyond its limits.

    It sums to zero.
    """
    pays = [
        _pays(row, -a, gain, b, shared_gain) if a < 0 else 0
        for row, a, gain, b in zip(rows, asked, gains, before, strict=True)
    ]
    if not any(pays):
        return [0] * len(rows)
    # Only what is paid can be received, so the sum is zero to the penny.
    gets = money.split(sum(pays), [max(a, 0) for a in asked])
    return [got - pay for got, pay in zip(gets, pays, strict=True)]


def _pays(row: GainShare, asked: int, gain: int, before: int, shared_gain: bool) -> int:
    """Return what a partner pays of what is asked.

    Of what it received earlier, then of its own gain not paid away yet.
    """
    # First what it received before: that is claimed back before its own gain is touched.
    back = min(max(before, 0), asked)
    rest = asked - back
    if row.claw_back is not None:
        back = min(back, money.to_pence(row.claw_back))
    # model §7.7: nobody pays more of a gain than it has, less what it paid away in earlier years.
    if shared_gain:
        rest = min(rest, max(gain + min(before, 0), 0))
    # The cap is on the year's payment, whatever it is made of.
    return back + rest if row.cap is None else min(back + rest, money.to_pence(row.cap))
