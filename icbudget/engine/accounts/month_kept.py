"""A month that was reported: whose ledger holds its spending, and the rows that keep it."""

from __future__ import annotations

from icbudget import money
from icbudget.engine.accounts.monitored_lines import NOTHING, Monitored, Months
from icbudget.engine.accounts.phasing import MONTHS
from icbudget.engine.accounts.successors import hosts_in
from icbudget.engine.run import Result
from icbudget.plan.forecast import Forecast
from icbudget.plan.icb_close import IcbClose


def booked_by_partner(result: Result, monitoring: Monitored, pool: str) -> dict[str, Months]:
    """Return the spending of a pool to the month reported, by whose ledger holds it.

    By month, pence.

    A row that names no partner is in the ledger of the pool's host; what belongs to no pool of the
    plan has pool "".
    """
    hosts = hosts_in(result.plan, monitoring.year)
    pools = {(row.id, row.line): row.pool for row in result.plan.schemes}
    by_partner: dict[str, list[int]] = {}
    for row in result.plan.actuals:
        # The scheme line says whose pool it is; what is booked to no line says so itself.
        home = pools.get((row.scheme, row.line), row.pool)
        of_pool = (row.year, row.kind, home) == (monitoring.year, "expenditure", pool)
        if of_pool and row.month <= monitoring.month:
            months = by_partner.setdefault(row.partner or hosts.get(pool, ""), list(NOTHING))
            months[row.month - 1] += money.to_pence(row.amount) + money.to_pence(row.accrual)
    return {partner: tuple(months) for partner, months in by_partner.items()}


def to_keep(monitoring: Monitored) -> tuple[Forecast, ...]:
    """Return the month's forecasts as rows of Forecasts.

    Added to the plan, they stay as they were reported.
    """
    return tuple(
        Forecast(
            year=monitoring.year,
            month=monitoring.month,
            scheme=line.key[0],
            line=line.key[1],
            basis="kept",
            outturn=money.to_pounds(line.forecast),
            recovery=money.to_pounds(line.recovery),
            reason=line.reason,
        )
        for line in monitoring.lines
        # What somebody forecast is a row of the plan already, and a year without a month reported
        # has no forecast to keep.
        if line.kind == "expenditure" and line.known and line.override is None and monitoring.month
    )


def to_close(monitoring: Monitored) -> tuple[IcbClose, ...]:
    """Return the year as the ICB closes it in month 12 as rows of ICB close.

    None in another month.
    """
    return tuple(
        IcbClose(
            year=monitoring.year,
            scheme=line.key[0],
            line=line.key[1],
            amount=money.to_pounds(line.forecast),
        )
        for line in monitoring.lines
        if line.kind == "expenditure" and line.known and monitoring.month == MONTHS
    )
