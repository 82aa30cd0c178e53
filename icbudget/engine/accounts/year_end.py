"""The end of the year.

Memorandum account, what each partner holds, how funding sources moved, and what each partner books.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from icbudget import money
from icbudget.engine.accounts.funders import bearers, each_borne
from icbudget.engine.accounts.monitored_lines import budget_of
from icbudget.engine.accounts.outturn import Entry, Outturn, account_of, outturn
from icbudget.engine.accounts.pay_for_performance import shortfalls
from icbudget.engine.accounts.pool_end import returned_to
from icbudget.engine.accounts.pool_ledger import PoolShare
from icbudget.engine.accounts.risk_share_settlement import pool_shares, settlement
from icbudget.engine.accounts.successors import hosts_in
from icbudget.engine.accounts.virements import next_bases
from icbudget.engine.cached_view import cached_view
from icbudget.engine.rounding import Floats
from icbudget.engine.run import Result
from icbudget.plan import Plan
from icbudget.plan.scheme import Scheme

UNEARNED = "Performance money not earned"
KEPT = "kept"
"""What is left of the year without being a variance, such as a balance nobody planned to use."""
NO_LINE = "no funding line"
"""Money that a risk share uses and no line funds: it is assumed, and held by nobody."""


@dataclass(frozen=True, slots=True)
class Memorandum:
    """A pool's memorandum account of a year, pence.

    `surplus = opening + Σ income − Σ spending = Σ shares = Σ holders`; a deficit is negative.
    `shares`: what is settled by partner, then what no partner bears or receives, by kind.
    `holders`: in whose books it stands at the year's end: each partner is owed its share, or owes
    it; what stays in the pool the host holds for those who paid it in. The next year opens with
    what stays. Of a budget that is aligned or in view, it stays in the books of those who fund the
    source that is over or under.
    """

    basis: str
    opening: int
    income: tuple[Entry, ...]
    spending: tuple[Entry, ...]
    shares: tuple[Entry, ...]
    holders: tuple[Entry, ...]

    @property
    def surplus(self) -> int:
        """Return the surplus, negative for a deficit, balance brought forward included."""
        return (
            self.opening + sum(e.pence for e in self.income) - sum(e.pence for e in self.spending)
        )


@cached_view
def memoranda(result: Result) -> dict[str, tuple[Memorandum, ...]]:
    """Return the memorandum account of every pool, by year. Source: PB §1.4, §7 rule 20.

    The balance brought forward is what stayed in the pool last year once that year was settled, and
    contributions marked as carried forward, which are not shown again as funding. Contributions in
    kind stand on both sides.
    """
    missing = shortfalls(result.plan)
    return {
        share.pool.id: tuple(_memoranda(result, share, [round(float(p)) for p in missing[:, n]]))
        for n, share in enumerate(pool_shares(result))
    }


def _memoranda(result: Result, share: PoolShare, missing: list[int]) -> Iterator[Memorandum]:
    accounts = _accounts_of(result, share.pool.id)
    for t in range(len(result.years)):
        year = outturn(result, share.pool.id, t)
        carried = _carried(result, share.pool.id, t)
        brought = round(float(settlement(result).opening[0, t, accounts].sum()))
        income = [
            Entry(e.partner, e.name, e.pence - carried.get((e.partner, e.name), 0))
            for e in year.income
        ]
        if missing[t]:
            income.append(Entry("", UNEARNED, -missing[t]))
        yield _account(result, share, year, brought + sum(carried.values()), income, t)


def _accounts_of(result: Result, pool: str) -> list[int]:
    """Return the accounts of a pool, last the one for what belongs to none of its sources."""
    of_pool = [a for a, (name, _) in enumerate(result.rules.accounts) if name == pool]
    return [*of_pool, account_of(result, pool, "")]


def _carried(result: Result, pool: str, t: int) -> dict[tuple[str, str], int]:
    carried: dict[tuple[str, str], int] = {}
    for n, row in enumerate(result.plan.contributions):
        # Money marked as carried forward was income last year; here it opens the account.
        if row.pool == pool and row.carry_forward and not row.in_kind:
            pence = round(float(result.projection.figures.contributions[0, t, n]))
            key = (row.partner, row.source)
            carried[key] = carried.get(key, 0) + pence
    return carried


def _account(
    result: Result, share: PoolShare, year: Outturn, opening: int, income: list[Entry], t: int
) -> Memorandum:
    received = opening + sum(e.pence for e in income)
    surplus = received - sum(e.pence for e in year.spending)
    by_partner = {p.id: 0 for p in result.plan.partners}
    by_nobody: dict[str, int] = {}
    no_line = 0
    for part in share.parts:
        pence = -round(float(part.amounts[0, t]))
        if part.partner:
            by_partner[part.partner] += pence
        else:
            by_nobody[part.kind] = by_nobody.get(part.kind, 0) + pence
        if part.assumed is not None:
            no_line -= round(float(part.assumed[0, t]))
    for partner, _, pence in returned_to(result, share.pool.id, t, settlement(result).returned[0]):
        by_partner[partner] += pence
    by_nobody["unshared"] = -round(float(share.unresolved[0, t]))
    by_nobody["not eligible"] = -round(float(share.not_eligible[0, t]))
    # The rest, worked out last: shares then sum to the surplus to the penny.
    by_nobody[KEPT] = surplus - sum(by_partner.values()) - sum(by_nobody.values())
    held = dict(by_partner)
    # An aligned budget stays in the books of each partner: nothing of it is the host's.
    if not share.pool.is_pooled:
        for partner, pence in _own_books(result, share.pool.id, t):
            held[partner] += pence
    # What is nobody else's stands with the host, so that the holders make the surplus exactly.
    held[hosts_in(result.plan, result.years[t])[share.pool.id]] += (
        surplus - no_line - sum(held.values())
    )
    shares = [Entry(p, "", pence) for p, pence in by_partner.items()]
    shares += [Entry("", kind, pence) for kind, pence in by_nobody.items()]
    holders = [Entry(p, "", pence) for p, pence in held.items()]
    if no_line:
        holders.append(Entry("", NO_LINE, no_line))
    return Memorandum(
        year.basis, opening, tuple(income), year.spending, tuple(shares), tuple(holders)
    )


def _own_books(result: Result, pool: str, t: int) -> Iterator[tuple[str, int]]:
    """Yield whose money under each source of a budget is left, or short, pence.

    Theirs who fund the source.
    """
    close = settlement(result).close[0, t]
    for a, account in enumerate(result.rules.accounts):
        if account[0] == pool:
            yield from bearers(result, account, t, round(float(close[a])))


def in_thousands(pence: Sequence[int], total: int) -> tuple[list[int], int, int]:
    """Return amounts in £000, half-up, the rounding that is left, and the total in £000.

    The total is that of the £ total.

    `Σ amounts + rounding = total`: the parts of a printed table need not make its total, so the
    difference is a line of its own. Example: 506,700 + 431,700 + 357,900 is 507 + 432 + 358 − 1 =
    1,296.
    """
    rounded = [_thousands(p) for p in pence]
    total_rounded = _thousands(total)
    return rounded, total_rounded - sum(rounded), total_rounded


def _thousands(pence: int) -> int:
    # Half-up in whole numbers, away from zero below it, as `money.to_pence` rounds.
    return (1 if pence >= 0 else -1) * ((abs(pence) + 50_000) // 100_000)


def funded(result: Result, pool: str, t: int, spent: int) -> dict[str, int]:
    """Return who paid for a pool's spending in year t, pence.

    As the plan's sources are funded, scaled to it. What is in kind is paid for by who gave it.
    """
    weights = {p.id: 0 for p in result.plan.partners}
    moves, contributions = result.projection.moves, result.projection.figures.contributions
    for a, account in enumerate(result.rules.accounts):
        if account[0] != pool:
            continue
        for partner, pence in bearers(result, account, t, round(float(moves.spend[0, t, a]))):
            weights[partner] += max(pence, 0)
        if result.rules.only_in_kind[a]:
            unused = round(float(moves.beside[0, t, a]))
            for partner, pence in bearers(result, account, t, unused):
                weights[partner] += pence
    for n, row in enumerate(result.plan.contributions):
        if row.pool == pool and result.rules.beside[n]:
            weights[row.partner] += max(round(float(contributions[0, t, n])), 0)
    # Where nobody has paid in, the host has the bill.
    if not any(weights.values()):
        weights[hosts_in(result.plan, result.years[t])[pool]] = 1
    return dict(zip(weights, money.split(spent, list(weights.values())), strict=True))


STEPS = (
    *("Set for the year", "Recurrent virements of the year before", "Uplift"),
    *("One-off of the year before ends", "One-off of the year", "Moved from acute, change"),
)


def source_steps(
    result: Result, account: int, *, in_kind: bool = False
) -> list[tuple[int, dict[str, int], int]]:
    """Return how the money of a funding source of a pool moved.

    For each year (income before, steps, income), pence. With `in_kind`, how what is put in in kind
    under it moved.

    `before + Σ steps = income`; the base year has no year before. What a recurrent virement adds to
    the next base is a step of its own, before uplift. Source: PB §6, "movements in the Better Care
    funding streams".
    """
    of_source = [
        n
        for n, row in enumerate(result.plan.contributions)
        if (row.pool, row.source) == result.rules.accounts[account]
    ]
    rows = [n for n in of_source if result.plan.contributions[n].in_kind == in_kind]
    moves, put = result.projection.moves, result.projection.figures.contributions[0]
    net_moved = moves.transfers_in + moves.reinvested - moves.transfers_out
    # What is moved is money, never in kind.
    moved = np.zeros(len(result.years)) if in_kind else net_moved[0, :, account]
    income = [round(float(put[t, rows].sum() + moved[t])) for t in range(len(result.years))]
    virements: Floats = next_bases(result.plan, "contributions")
    by_year: list[tuple[int, dict[str, int], int]] = [(0, {}, income[0])]
    for t in range(1, len(income)):
        steps = dict.fromkeys(STEPS, 0)
        for n in rows:
            for step, pence in _steps_of_row(result, n, t, virements[t - 1, n]):
                steps[step] += pence
        steps["Moved from acute, change"] = round(float(moved[t] - moved[t - 1]))
        by_year.append((income[t - 1], steps, income[t]))
    return by_year


def _steps_of_row(result: Result, n: int, t: int, vired: float) -> Iterator[tuple[str, int]]:
    """Yield what changed of contribution row n since the year before: (step, pence).

    `vired`: what recurrent virements of the year before add to its base, pence.
    """
    row, put = result.plan.contributions[n], result.projection.figures.contributions[0]
    last, now = round(float(put[t - 1, n])), round(float(put[t, n]))
    if not row.recurrent:
        yield "One-off of the year before ends", -last
        yield "One-off of the year", now
    elif result.years[t] in row.amounts:
        # An amount that is typed for the year has all in it, virements of the year before too.
        yield "Set for the year", now - last
    else:
        virement = round(float(vired))
        yield "Recurrent virements of the year before", virement
        yield "Uplift", now - last - virement


def lead_of(plan: Plan, scheme: Scheme) -> str:
    """Return the body that delivers a line.

    Its lead partner, else the lead commissioner of its pool, else the host.
    """
    pool = next(row for row in plan.pools if row.id == scheme.pool)
    return scheme.lead_partner or pool.lead_commissioner or pool.host


@dataclass(frozen=True, slots=True)
class Booked:
    """What a partner books for a scheme line in a year, pence.

    Gross expenditure and income from the other partners.
    """

    gross: int
    income: int

    @property
    def net(self) -> int:
        """Return gross expenditure less income from partners."""
        return self.gross - self.income


@cached_view
def _budgets_borne(result: Result) -> list[list[list[tuple[str, int]]]]:
    """Return who bears the budget of each scheme row, by year: (partner, pence)."""
    schemes = result.plan.schemes
    by_account: dict[tuple[str, str], list[int]] = {}
    for n, row in enumerate(schemes):
        by_account.setdefault((row.pool, row.source), []).append(n)
    years: list[list[list[tuple[str, int]]]] = []
    for t in range(len(result.years)):
        of_year: list[list[tuple[str, int]]] = [[] for _ in schemes]
        for account, rows in by_account.items():
            budgets = [budget_of(result, n, t) for n in rows]
            for n, parts in zip(rows, each_borne(result, account, t, budgets), strict=True):
                of_year[n] = parts
        years.append(of_year)
    return years


def booked(result: Result, n: int, t: int) -> dict[str, Booked]:
    """Return what each partner books for scheme row n in year t, by the line's accounting basis.

    Source: PB §1.3.

    - `lead_commissioner`: the lead books the whole line, the other partners' money as income; they
      book what they pay it
    - `joint_operation`: each its own share of the line
    - `agency`: each its own share; who only passes the money on books nothing of the others'
    - `aligned`: the lead books its own spending, and nobody pays it
    """
    row = result.plan.schemes[n]
    spent, lead = budget_of(result, n, t), lead_of(result.plan, row)
    own = dict(_budgets_borne(result)[t][n])
    if row.accounting_basis == "aligned":
        return {lead: Booked(spent, 0)}
    by_partner = {partner: Booked(pence, 0) for partner, pence in own.items()}
    if row.accounting_basis == "lead_commissioner":
        by_partner[lead] = Booked(spent, spent - own.get(lead, 0))
    return by_partner


@dataclass(frozen=True, slots=True)
class Vat:
    """VAT of a scheme line under one lead body, pence.

    Cost before VAT, VAT charged, and what of it cannot be recovered.
    """

    net: int
    charged: int
    lost: int

    @property
    def cost(self) -> int:
        """Return what the line costs the pool.

        Cost before VAT and the VAT that cannot be recovered.
        """
        return self.net + self.lost


def vat(result: Result, n: int, t: int, lead: str = "") -> Vat:
    """Return the VAT of scheme row n in year t if `lead` (its own lead where blank) delivers it.

    Source: PB §1.5, VATGPB6640. VAT is recovered under the regime of the delivering body: all of it
    under section 33, the contracted-out part for an NHS body, none under another. The plan's amount
    is what the line costs under its own lead: `amount = net × (1 + rate × lost part)`.
    """
    row, regimes = result.plan.schemes[n], {p.id: p.vat_regime for p in result.plan.partners}

    lost_by_regime = {"section_33": 0.0, "contracted_out_services": 1.0 - row.vat_contracted_out}

    def lost(who: str) -> float:
        # A body under no regime recovers nothing.
        return lost_by_regime.get(regimes[who] or "", 1.0)

    own = lead_of(result.plan, row)
    planned = budget_of(result, n, t)
    # Cost before VAT is rounded first; what is lost is the rest, so both make the amount.
    net = money.to_pence(planned / 100 / (1.0 + row.vat_rate * lost(own)))
    charged = money.to_pence(net / 100 * row.vat_rate)
    if (lead or own) == own:
        # Under its own lead the line costs what the plan says, so what is lost is what is left.
        return Vat(net, charged, planned - net)
    return Vat(net, charged, money.to_pence(charged / 100 * lost(lead)))
