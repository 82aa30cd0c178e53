"""The ledger: every pound of the plan as a posting.

Tables, bridges and explanations are views over it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from icbudget import money
from icbudget.engine.accounts.funders import (
    bearers,
    only_bearer,
    programme_bearers,
    scheme_bearers,
    taken_from_lines,
)
from icbudget.engine.accounts.gain_share_settlement import settlements
from icbudget.engine.accounts.successors import Heirs
from icbudget.engine.accounts.virements import base_changes
from icbudget.engine.cached_view import cached_view
from icbudget.engine.projection.acute_amounts import AcuteAmounts
from icbudget.engine.projection.wiring import Drawing
from icbudget.engine.run import Result
from icbudget.plan import SETUP, TABLES
from icbudget.plan.acute_line import AcuteLine
from icbudget.plan.contract_change import terms_by_year
from icbudget.plan.contribution import Contribution
from icbudget.plan.index import FLAT
from icbudget.plan.rows import path
from icbudget.plan.scheme import Scheme


@dataclass(frozen=True, slots=True)
class Posting:
    """One movement of money.

    Who, where, why, how much (pence), and the figures of the plan it rests on. `line` is the
    scheme, programme, activity line, shift or contribution it belongs to. `kind`: contribution, in
    kind (a contribution that is), used in kind (by no scheme line), deduction, interest (on a
    pump-prime fund), expenditure, programme, transition (double running and exit), activity payment
    (by the commissioner), client charge (received by it), activity cost (of the provider), moved
    out and moved in, paid over and received (a gain share): these sum to zero. Income and
    expenditure are positive with their kind; of the pair, what leaves is negative.
    """

    year: str
    partner: str
    pool: str
    source: str
    line: str
    basis: str
    kind: str
    pence: int
    rests_on: tuple[str, ...]


@cached_view
def postings(result: Result) -> tuple[Posting, ...]:
    """Return every posting of the plan (its first draw), year by year."""
    parts = (_contributions, _schemes, _programmes, _acute, _moved, _funds, _settled)
    rows: list[Posting] = []
    for t, year in enumerate(result.years):
        for part in parts:
            rows.extend(part(result, t, year))
    return tuple(rows)


def _pence(value: float) -> int:
    return round(float(value))


def _stated(result: Result, table: str, row: Contribution | Scheme, t: int) -> tuple[str, ...]:
    """Return the paths of what a year's amount comes from.

    The last amount set, and the rates that roll it forward since.
    """
    spec, key, years = TABLES[table], TABLES[table].key_of(row), result.years
    # One-off money ends after its year (model §3.1): the figure is 0 because of this one word.
    if not row.recurrent and t and years[t] not in row.amounts:
        return (path(spec, key, "recurrent"), path(spec, key, "base_amount"))
    set_at = next((step for step in range(t, -1, -1) if years[step] in row.amounts), None)
    if set_at is None:
        first = path(spec, key, "base_amount")
    else:
        first = path(spec, key, "amounts", years[set_at])
    since = years[set_at or 0 : t]
    rows = getattr(result.plan, table)
    vired = [stands.virement for stands, n, _ in base_changes(result.plan, table) if rows[n] is row]
    moved = [path(TABLES["virements"], row.id, "amount") for row in vired if row.year in since]
    return (first, *_rates(result, row.index, t, since=set_at or 0), *moved)


def _rates(result: Result, index: str, t: int, since: int = 0) -> tuple[str, ...]:
    """Return the paths of an index's rates for the years after `since` up to year t.

    None for a blank name or `flat`.
    """
    if index in ("", FLAT):
        return ()
    return tuple(
        path(TABLES["indices"], index, "rates", year) for year in result.years[since + 1 : t + 1]
    )


def _contributions(result: Result, t: int, year: str) -> Iterator[Posting]:
    rules = result.rules
    used: dict[int, tuple[str, ...]] = {}
    for n, row in enumerate(result.plan.contributions):
        # Income is positive with its kind (model §1.3), and so is what is taken off it.
        pence = abs(_pence(result.projection.figures.contributions[0, t, n]))
        label = row.name or f"{row.source} {row.line}"
        rests = _stated(result, "contributions", row, t)
        whose = (row.partner, row.pool, row.source)
        kind = "in kind" if row.in_kind and row.kind == "contribution" else row.kind
        yield Posting(year, *whose, label, "plan", kind, pence, rests)
        if rules.beside[n]:
            signed = pence if row.kind == "contribution" else -pence
            yield Posting(year, *whose, label, "plan", "used in kind", signed, rests)
        elif row.in_kind:
            account = int(rules.contribution_account[n])
            used[account] = (*used.get(account, ()), *rests)
    # Of a source that is all in kind, what its scheme lines leave is used beside them.
    for a, rests in used.items():
        pool, source = rules.accounts[a]
        left = _pence(result.projection.moves.beside[0, t, a])
        for partner, part in bearers(result, (pool, source), t, left):
            yield Posting(year, partner, pool, source, source, "plan", "used in kind", part, rests)


@dataclass(frozen=True, slots=True)
class Spent:
    """What a partner bears of a scheme row, or of a programme, in a year: a posting without words.

    `row`: its place in the plan's table; `kind` and `pence` as in `Posting`.
    """

    t: int
    row: int
    partner: str
    pool: str
    source: str
    kind: str
    pence: int


@cached_view
def spent_by_schemes(result: Result) -> tuple[Spent, ...]:
    """Return who bears what each scheme row spends, year by year; none that pays a programme."""
    own = [(n, row) for n, row in enumerate(result.plan.schemes) if not row.programme]
    spent: list[Spent] = []
    for t in range(len(result.years)):
        for n, row in own:
            for partner, part in scheme_bearers(result, n, t):
                spent.append(Spent(t, n, partner, row.pool, row.source, "expenditure", part))
    return tuple(spent)


@cached_view
def borne_of_schemes(result: Result) -> dict[str, list[int]]:
    """Return what each partner bears of all that scheme rows spend, pence by year.

    The sums of `spent_by_schemes`: where one partner bears all that a source pays, its rows are
    summed before they are anybody's.
    """
    amounts, accounts = result.projection.figures.schemes[0], result.rules.accounts
    years = range(len(result.years))
    rows_of: dict[int, list[int]] = {}
    for n, row in enumerate(result.plan.schemes):
        if not row.programme:
            rows_of.setdefault(int(result.rules.scheme_account[n]), []).append(n)
    borne: dict[str, list[int]] = {}
    for account, rows in rows_of.items():
        for t in years:
            alone = only_bearer(result, accounts[account], t)
            if alone is not None:
                parts = [(alone, _pence(amounts[t, rows].sum()))]
            else:
                parts = list(chain.from_iterable(scheme_bearers(result, n, t) for n in rows))
            for partner, part in parts:
                borne.setdefault(partner, [0 for _ in years])[t] += part
    return borne


@cached_view
def spent_by_programmes(result: Result) -> tuple[Spent, ...]:
    """Return who bears what each programme costs, year by year, by the money that pays for it.

    Double running and exit cost are the last to be paid.
    """
    transition = result.projection.moves.transition[0]
    spent: list[Spent] = []
    for t in range(len(result.years)):
        for g in range(len(result.plan.programmes)):
            if not (shares := programme_bearers(result, g, t)):
                continue
            # By what each purse pays, so that no partner bears more double running than of the
            # programme.
            late = money.split(_pence(transition[t, g]), [part for *_, part in shares])
            for (partner, pool, source, part), of_it in zip(shares, late, strict=True):
                for kind, pence in (("programme", part - of_it), ("transition", of_it)):
                    if pence:
                        spent.append(Spent(t, g, partner, pool, source, kind, pence))
    return tuple(spent)


def _schemes(result: Result, t: int, year: str) -> Iterator[Posting]:
    rests = {n: _stated(result, "schemes", row, t) for n, row in enumerate(result.plan.schemes)}
    for spent in spent_by_schemes(result):
        if spent.t == t:
            row = result.plan.schemes[spent.row]
            yield _posting(spent, year, f"{row.id} {row.name}", rests[spent.row])


def _programmes(result: Result, t: int, year: str) -> Iterator[Posting]:
    rests = [
        (*_programme_rests(row.id, year), *_rates(result, row.cost_index, t))
        for row in result.plan.programmes
    ]
    for spent in spent_by_programmes(result):
        if spent.t == t:
            id = result.plan.programmes[spent.row].id
            yield _posting(spent, year, id, rests[spent.row])


def _posting(spent: Spent, year: str, line: str, rests: tuple[str, ...]) -> Posting:
    whose = (spent.partner, spent.pool, spent.source)
    return Posting(year, *whose, line, "plan", spent.kind, spent.pence, rests)


def _programme_rests(id: str, year: str) -> tuple[str, ...]:
    table = TABLES["programmes"]
    throughout = [path(table, id, field) for field in ("unit_cost", "cost_index", "optimism_cost")]
    fields_by_year = ("people", "fixed_cost", "double_running", "exit_cost")
    of_year = [path(table, id, field, year) for field in fields_by_year]
    return (*throughout, *of_year)


_TERMS = {
    "marginal": ("marginal_rate", "baseline_value"),
    "block": ("block_value", "rebase_years"),
    "aligned": ("variable_share", "rebase_years"),
}
_COST = ("unit_cost", "variable_cost", "semi_fixed_cost", "block_size", "hold", "backfill")


def _acute(result: Result, t: int, year: str) -> Iterator[Posting]:
    """Yield what the commissioner pays for each activity line and what it costs the provider."""
    amounts = AcuteAmounts(result.projection)
    net, heirs = amounts.pay_plan[0, t].tolist(), Heirs(result.plan)
    charged, cost_in_plan = amounts.charges_plan[0, t].tolist(), amounts.cost_plan[0, t].tolist()
    for k, row in enumerate(result.plan.acute_lines):
        activity = _activity_rests(result, row, t)
        charge = (*_of_line(row, ("client_charge",)), *_rates(result, row.charge_index, t))
        paid = heirs.shared(row.commissioner, t, _pence(net[k]))
        charges = heirs.shared(row.commissioner, t, _pence(charged[k]))
        # model §15.3: payment less charges is what the commissioner pays net
        gross = [(who, part + more) for (who, part), (_, more) in zip(paid, charges, strict=True)]
        # A market is no partner of the plan.
        costs = heirs.shared(row.provider, t, _pence(cost_in_plan[k])) if row.provider else []
        for kind, whose, rests in (
            ("activity payment", gross, _price_rests(result, row, t)),
            ("client charge", charges if row.client_charge else [], charge),
            ("activity cost", costs, _cost_rests(result, row, t)),
        ):
            paths = (*activity, *rests)
            for partner, part in whose:
                yield Posting(year, partner, "", "", row.id, "plan", kind, part, paths)


def _price_rests(result: Result, row: AcuteLine, t: int) -> tuple[str, ...]:
    """Return the paths of what a line's payment comes from besides its activity."""
    return (
        *_of_line(row, ("unit_price", "market_forces_factor")),
        *_of_contract(result, row, t),
        *_rates(result, row.price_uplift, t),
        *_rates(result, row.price_efficiency, t),
    )


def _cost_rests(result: Result, row: AcuteLine, t: int) -> tuple[str, ...]:
    """Return the paths of what a line's cost comes from besides its activity."""
    table, year = TABLES["acute_lines"], result.years[t]
    return (
        *_of_line(row, _COST),
        *(path(table, row.id, field, year) for field in ("closes", "fixed_release")),
        *_rates(result, row.cost_uplift or row.price_uplift, t),
        *_rates(result, row.cost_efficiency or row.price_efficiency, t),
    )


def _of_contract(result: Result, row: AcuteLine, t: int) -> tuple[str, ...]:
    """Return the paths of the terms that the line is paid under in year t."""
    terms = terms_by_year(row, result.plan.contract_changes, result.years)[t]
    if isinstance(terms, AcuteLine):
        return _of_line(row, ("contract", *_TERMS.get(row.contract, ())))
    table, key = TABLES["contract_changes"], TABLES["contract_changes"].key_of(terms)
    fields = _TERMS.get(terms.contract, ())
    # Rebase years stand with the line itself: a change of contract has no field for them.
    own = [field for field in fields if field != "rebase_years"]
    of_line = [field for field in fields if field == "rebase_years"]
    changed = [path(table, key, field) for field in ("contract", *own)]
    return (*changed, *_of_line(row, tuple(of_line)))


def _of_line(row: AcuteLine, fields: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(path(TABLES["acute_lines"], row.id, field) for field in fields)


def _activity_rests(result: Result, row: AcuteLine, t: int) -> tuple[str, ...]:
    """Return the paths of what a line's planned activity comes from.

    Its growth, its parent, and who avoids what of it.
    """
    base = (
        *_of_line(row, ("base_activity", "baseline_adjustment", "parent")),
        *_rates(result, row.demographic_index, t),
        *_rates(result, row.non_demographic_index, t),
    )
    # Nothing is avoided or moved in the base year (model §5.3).
    if not t:
        return base
    segments = [s for s in result.plan.segments if s.acute_line == row.id and s.programmes]
    shares = [path(TABLES["segments"], TABLES["segments"].key_of(s), "share") for s in segments]
    reaching = dict.fromkeys(chain.from_iterable(s.programmes for s in segments))
    effects = [path(TABLES["programmes"], programme, "effect") for programme in reaching]
    moved = [
        path(TABLES["moves"], TABLES["moves"].key_of(move), "units")
        for move in result.plan.moves
        if move.to_line == row.id
    ]
    return (*base, *shares, *effects, *moved)


def _moved(result: Result, t: int, year: str) -> Iterator[Posting]:
    """Yield each shift as pairs: out of the commissioner's activity budget, into the pool."""
    heirs = Heirs(result.plan)
    for n, drawing in enumerate(result.rules.drawings):
        pool, source = result.rules.accounts[drawing.account]
        for line, released, pence in taken_from_lines(result, n, t):
            rests = _moved_rests(drawing, year, released)
            for partner, part in heirs.shared(line.commissioner, t, pence):
                yield Posting(year, partner, "", "", line.id, "plan", "moved out", -part, rests)
                yield Posting(year, partner, pool, source, line.id, "plan", "moved in", part, rests)


def _funds(result: Result, t: int, year: str) -> Iterator[Posting]:
    """Yield what a pump-prime fund takes from another source of its pool, and its interest.

    Taken as pairs; the interest is the host's.
    """
    moves, rules = result.projection.moves, result.rules
    for n, drawing in enumerate(rules.drawings):
        fund = rules.accounts[drawing.account]
        put_in, interest = _pence(moves.put_in[0, t, n]), _pence(moves.interest[0, t, n])
        if drawing.source >= 0 and put_in:
            source = rules.accounts[drawing.source]
            rests = _moved_rests(drawing, year, released=False)
            for partner, part in bearers(result, source, t, put_in):
                yield Posting(year, partner, *source, drawing.id, "plan", "moved out", -part, rests)
                yield Posting(year, partner, *fund, drawing.id, "plan", "moved in", part, rests)
        if interest:
            pool = next(p for p in result.plan.pools if p.id == fund[0])
            # The host holds the money, so what it earns is the host's to put in.
            host = Heirs(result.plan).host(pool, t)
            rests = (path(TABLES["shifts"], drawing.id, "interest"),)
            yield Posting(year, host, *fund, drawing.id, "plan", "interest", interest, rests)


def _settled(result: Result, t: int, year: str) -> Iterator[Posting]:
    """Yield what partners pay one another under an agreement to share the result.

    What leaves is negative.
    """
    for agreement in settlements(result):
        for partner, received in zip(agreement.partners, agreement.received, strict=True):
            if pence := received[t]:
                key = f"{agreement.id}|{partner}"
                fields = ("basis", "gain_share", "loss_share", "cap", "settlement", "claw_back")
                rests = tuple(path(TABLES["gain_shares"], key, field) for field in fields)
                kind = "received" if pence > 0 else "paid over"
                yield Posting(year, partner, "", "", agreement.id, "plan", kind, pence, rests)


def _moved_rests(drawing: Drawing, year: str, released: bool) -> tuple[str, ...]:
    """Return the paths of what decides how much a shift moves in a year.

    Its rule and lines, and a release or its figures.
    """
    shift = TABLES["shifts"]
    rests = tuple(path(shift, drawing.id, field) for field in ("rule", "lines"))
    if released:
        return (*rests, path(SETUP, "", "reinvest_basis"), path(SETUP, "", "reinvest_share"))
    # A fund may be filled by an amount and a percentage both.
    both = ("amounts", "percents")
    by_rule = {"fixed_amount": ("amounts",), "fixed_percent": ("percents",)}
    fields = by_rule.get(drawing.rule, both)
    return (*rests, *(path(shift, drawing.id, field, year) for field in fields))
