"""The year as postings: virements, what was booked and what is forecast, beside the plan's."""

from __future__ import annotations

from collections.abc import Iterator

from icbudget import money
from icbudget.engine.accounts.monitored_lines import Monitored, MonitorLine, monitored
from icbudget.engine.accounts.outturn import basis_of
from icbudget.engine.accounts.pool_end import returned_to
from icbudget.engine.accounts.postings import Posting, postings
from icbudget.engine.accounts.risk_share_settlement import pool_shares, settlement
from icbudget.engine.accounts.successors import hosts_in
from icbudget.engine.accounts.virements import contribution_changes, standing
from icbudget.engine.cached_view import cached_view
from icbudget.engine.run import Result
from icbudget.plan import SETUP, TABLES
from icbudget.plan.forecast import Forecast
from icbudget.plan.rows import path
from icbudget.plan.scheme import Scheme


@cached_view
def every_posting(result: Result) -> tuple[Posting, ...]:
    """Return the plan's postings and those of the year as it runs.

    Bases are alternatives: never add one to another. `plan`: the original budget. `virement`: what
    counts of the log, with its sign; inside a pool they sum to zero, and across its edge spending
    and contribution change alike. `outturn`: what is booked and accrued, by who booked it.
    `forecast`: the forecast outturn of the month reported, by the host of the pool. A
    settlement has the basis that its year rests on.
    """
    parts = (_virements, _actuals, _forecasts, _settled, _returned)
    return (*postings(result), *(posting for part in parts for posting in part(result)))


def line_label(row: Scheme) -> str:
    """Return what postings call a scheme line."""
    return f"{row.id} {row.name}"


def _virements(result: Result) -> Iterator[Posting]:
    for row in standing(result.plan):
        if row.refusal:
            continue
        year, basis = row.virement.year, "virement"
        hosts = hosts_in(result.plan, year)
        fields = ("amount", "approved_by", "document")
        rests = tuple(path(TABLES["virements"], row.virement.id, field) for field in fields)
        for scheme, sign in row.lines:
            host, pence = hosts[scheme.pool], sign * row.pence
            of_line = (scheme.pool, scheme.source, line_label(scheme))
            yield Posting(year, host, *of_line, basis, "virement", pence, rests)
        for pool, partner, source, sign in contribution_changes(row):
            label, pence = f"Virement {row.virement.id}", sign * row.pence
            kind = "contribution changed"
            yield Posting(year, partner, pool, source, label, basis, kind, pence, rests)


def _actuals(result: Result) -> Iterator[Posting]:
    """Yield every row of Actuals in the years of the plan: what is booked, and what is accrued."""
    schemes = {(row.id, row.line): row for row in result.plan.schemes}
    by_year = {year: hosts_in(result.plan, year) for year in result.years}
    for row in result.plan.actuals:
        if row.year not in result.years:
            continue
        line = schemes.get((row.scheme, row.line))
        pool, source = (line.pool, line.source) if line else (row.pool, row.source)
        label = line_label(line) if line else row.scheme or source
        kind = "spending" if row.kind == "expenditure" else "income"
        partner = row.partner or by_year[row.year].get(pool, "")
        whose = (row.year, partner, pool, source, label)
        for what, field, amount in (
            (f"{kind} booked", "amount", row.amount),
            (f"{kind} accrued", "accrual", row.accrual),
        ):
            if amount:
                rests = (path(TABLES["actuals"], TABLES["actuals"].key_of(row), field),)
                yield Posting(*whose, "outturn", what, money.to_pence(amount), rests)


def _forecasts(result: Result) -> Iterator[Posting]:
    """Yield the forecast outturn of each line in the month reported, as in the monitoring table."""
    monitoring = monitored(result)
    if monitoring is None:
        return
    schemes = {(row.id, row.line): row for row in result.plan.schemes}
    hosts = hosts_in(result.plan, monitoring.year)
    for line in monitoring.lines:
        # What is booked to no line of the plan has its outturn; nobody forecast it.
        if not line.known or not line.forecast:
            continue
        scheme = schemes.get(line.key) if line.kind == "expenditure" else None
        if line.kind == "expenditure":
            kind, partner = "forecast outturn", hosts[line.pool]
        else:
            kind, partner = "forecast income", line.partner
        label = line_label(scheme) if scheme else line.source
        whose = (monitoring.year, partner, line.pool, line.source, label)
        rests = (path(SETUP, "", "monitored_month"), *_rests(result, monitoring, line, scheme))
        yield Posting(*whose, "forecast", kind, line.forecast, rests)


def _settled(result: Result) -> Iterator[Posting]:
    """Yield what each partner owes a pool (+), or is owed by it (−), as the year is settled.

    A receivable or payable of that year, so that the next one starts without it. Source: model §8.
    """
    for share in pool_shares(result):
        rests = (path(TABLES["pools"], share.pool.id, "risk_share"),)
        for part in share.parts:
            if not part.partner:
                continue
            label = share.rule or share.pool.underspend
            whose = (part.partner, share.pool.id, "", label)
            for t, pence in enumerate(part.amounts[0]):
                if pence:
                    year, basis = result.years[t], basis_of(result, t)
                    yield Posting(year, *whose, basis, "settlement", round(float(pence)), rests)


def _returned(result: Result) -> Iterator[Posting]:
    """Yield what each partner gets back on a pool's last day, by source. Source: model §3."""
    returned = settlement(result).returned[0]
    for pool in result.plan.pools:
        rests = tuple(path(TABLES["pools"], pool.id, n) for n in ("closed_on", "left_at_end"))
        for t, year in enumerate(result.years):
            for partner, source, pence in returned_to(result, pool.id, t, returned):
                label, basis = "Left on the last day", basis_of(result, t)
                yield Posting(
                    year, partner, pool.id, source, label, basis, "returned", -pence, rests
                )


def _rests(
    result: Result, monitoring: Monitored, line: MonitorLine, scheme: Scheme | None
) -> tuple[str, ...]:
    """Return the paths of a line's budget and profile, and of its forecasts up to the month."""
    rests: list[str] = []
    if scheme:
        table = TABLES["schemes"]
        key = table.key_of(scheme)
        rests += [path(table, key, field) for field in ("base_amount", "phasing")]

    def of_line(row: Forecast) -> bool:
        if scheme:
            return (row.scheme, row.line) == line.key
        of_account = not row.scheme and (row.pool, row.source) == (line.pool, line.source)
        # A forecast of income that names no partner is the source's, whoever pays.
        return of_account and row.partner in ("", line.partner)

    table = TABLES["forecasts"]
    for row in result.plan.forecasts:
        made_by_then = row.year == monitoring.year and row.month <= monitoring.month
        if made_by_then and of_line(row):
            rests.append(path(table, table.key_of(row), "outturn"))
    return tuple(rests)
