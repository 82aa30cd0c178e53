"""The ledger: every pound of the plan as a posting. Tables, bridges and explanations are views over it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from icbudget import money
from icbudget.engine.amounts import acute_amounts
from icbudget.engine.reallocate import split_by_line
from icbudget.engine.rules import MOVED, REINVESTED, payer
from icbudget.engine.run import Result
from icbudget.plan import TABLES
from icbudget.plan.rows import path


@dataclass(frozen=True, slots=True)
class Posting:
    """One movement of money: who, where, why, how much (pence), and the figures of the plan it rests on.

    `line` is the scheme, programme, acute line or contribution it belongs to. `kind`: contribution, deduction, expenditure,
    programme, transition (double running and exit), acute payment, moved out and moved in (a pair that sums to zero).
    Income and expenditure are positive with their kind; of the pair, what leaves is negative.
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


@lru_cache(maxsize=2)
def postings(result: Result) -> tuple[Posting, ...]:
    """Return every posting of the plan (its first draw), year by year."""
    return tuple(
        posting
        for t, year in enumerate(result.years)
        for part in (_contributions, _schemes, _programmes, _acute, _moved)
        for posting in part(result, t, year)
    )


def _pence(value: float) -> int:
    return round(float(value))


def _stated(table: str, row: object, field: str, year: str) -> tuple[str, ...]:
    """Return the path of the amount set for a year, or of the base amount and the index it rolls with."""
    spec, key = TABLES[table], TABLES[table].key_of(row)  # type: ignore[arg-type]
    if year in getattr(row, field):
        return (path(spec, key, field, year),)
    index = getattr(row, "index", "")
    return (path(spec, key, "base_amount"), *((path(TABLES["indices"], index, "rates", year),) if index else ()))


def _contributions(result: Result, t: int, year: str) -> Iterator[Posting]:
    for n, row in enumerate(result.plan.contributions):
        pence = abs(_pence(result.projection.figures.contributions[0, t, n]))
        label = row.name or f"{row.source} {row.line}"
        yield Posting(
            year,
            row.partner,
            row.pool,
            row.source,
            label,
            "plan",
            row.kind,
            pence,
            _stated("contributions", row, "amounts", year),
        )


def _schemes(result: Result, t: int, year: str) -> Iterator[Posting]:
    for n, row in enumerate(result.plan.schemes):
        if row.programme:
            continue
        account = (row.pool, row.source)
        pence = _pence(result.projection.figures.schemes[0, t, n])
        for partner, part in bearers(result, account, t, pence):
            yield Posting(
                year,
                partner,
                *account,
                f"{row.id} {row.name}",
                "plan",
                "expenditure",
                part,
                _stated("schemes", row, "amounts", year),
            )


def _programmes(result: Result, t: int, year: str) -> Iterator[Posting]:
    """Yield what each programme costs, by the money that pays for it; double running and exit cost are the last to be paid."""
    moves = result.projection.moves
    for g, row in enumerate(result.plan.programmes):
        paid = _pence(moves.paid[0, t, g])
        if not paid:
            continue
        account = payer(result.plan, row.id)
        rests = _programme_rests(row.id, year)
        if account is None:
            shares = [(row.partner, "", "", paid)]
        else:
            pool, own = account
            spent = zip((REINVESTED, MOVED, own), moves.programme_spend[0, t, g], strict=True)
            shares = [
                (partner, pool, source, part)
                for source, pence in spent
                if pence
                for partner, part in bearers(result, (pool, source), t, _pence(pence))
            ]
        transition = money.split(_pence(moves.transition[0, t, g]), [part for *_, part in shares])
        for (partner, pool, source, part), late in zip(shares, transition, strict=True):
            for kind, pence in (("programme", part - late), ("transition", late)):
                if pence:
                    yield Posting(year, partner, pool, source, row.id, "plan", kind, pence, rests)


def _programme_rests(id: str, year: str) -> tuple[str, ...]:
    fields = ("unit_cost", "cost_index", "optimism_cost")
    by_year = ("people", "fixed_cost", "double_running", "exit_cost")
    table = TABLES["programmes"]
    return (*(path(table, id, f) for f in fields), *(path(table, id, f, year) for f in by_year))


def _acute(result: Result, t: int, year: str) -> Iterator[Posting]:
    paid = acute_amounts(result.projection).pay_plan[0, t]
    for k, row in enumerate(result.plan.acute_lines):
        fields = ("base_activity", "unit_price", "market_forces_factor", "contract")
        rests = tuple(path(TABLES["acute_lines"], row.id, f) for f in fields)
        yield Posting(year, row.commissioner, "", "", row.id, "plan", "acute payment", _pence(paid[k]), rests)


def _moved(result: Result, t: int, year: str) -> Iterator[Posting]:
    """Yield each shift as pairs: out of the commissioner's acute budget, into the pool."""
    run, rules = result.projection, result.rules
    for n, drawing in enumerate(rules.drawings):
        moved = _pence(run.moves.moved[0, t, n])
        if not moved:
            continue
        pool, source = rules.accounts[drawing.account]
        rests = (path(TABLES["shifts"], drawing.id, "rule"), path(TABLES["shifts"], drawing.id, "lines"))
        for k, part in zip(drawing.lines, split_by_line(moved, _weights(result, n, t)), strict=True):
            line = result.plan.acute_lines[int(k)]
            yield Posting(year, line.commissioner, "", "", line.id, "plan", "moved out", -part, rests)
            yield Posting(year, line.commissioner, pool, source, line.id, "plan", "moved in", part, rests)


def _weights(result: Result, n: int, t: int) -> list[float]:
    """Return what decides how much of a shift comes from each of its lines: their release, or their budget, a year before."""
    run, drawing = result.projection, result.rules.drawings[n]
    if drawing.rule != "release_then_invest":
        return [float(b) for b in run.acute_budget[0, t - 1, drawing.lines]]
    contract = run.contract_saving[0, t - 1, drawing.lines]
    system = run.released()[0, t - 1, drawing.lines]
    chosen = {"contract": contract, "system": system}.get(result.rules.basis)
    return [float(b) for b in (chosen if chosen is not None else [min(a, b) for a, b in zip(contract, system, strict=True)])]


def bearers(result: Result, account: tuple[str, str], t: int, pence: int) -> list[tuple[str, int]]:
    """Return who bears spending from a funding source of a pool in year t: (partner, pence), to the penny.

    In proportion to what each partner put under that source in the year; where nobody did, in the latest earlier year;
    where nobody ever did, the host of the pool. Money moved from acute is borne by the commissioners it came from.
    """
    given = _funders(result).get((account, t))
    if given is None:
        host = next(p.host for p in result.plan.pools if p.id == account[0])
        return [(host, pence)] if pence else []
    parts = money.split(pence, list(given.values()))
    return [(partner, part) for partner, part in zip(given, parts, strict=True) if part]


@lru_cache(maxsize=2)
def _funders(result: Result) -> dict[tuple[tuple[str, str], int], dict[str, int]]:
    """Return what each partner put under each account, by year, partners in their order; an earlier year stands in for none."""
    put: dict[tuple[tuple[str, str], int], dict[str, int]] = {}

    def add(account: tuple[str, str], t: int, partner: str, pence: int) -> None:
        year = put.setdefault((account, t), {})
        year[partner] = year.get(partner, 0) + pence

    for t, year in enumerate(result.years):
        for n, row in enumerate(result.plan.contributions):
            add((row.pool, row.source), t, row.partner, _pence(result.projection.figures.contributions[0, t, n]))
        for posting in _moved(result, t, year):
            if posting.kind == "moved in":
                add((posting.pool, posting.source), t, posting.partner, posting.pence)
    order = [p.id for p in result.plan.partners]
    found: dict[tuple[tuple[str, str], int], dict[str, int]] = {}
    for account in result.rules.accounts:
        last: dict[str, int] | None = None
        for t in range(len(result.years)):
            given = put.get((account, t), {})
            positive = {p: given[p] for p in order if given.get(p, 0) > 0}
            last = positive or last
            if last is not None:
                found[account, t] = last
    return found
