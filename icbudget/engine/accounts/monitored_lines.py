"""Budget, actuals and forecast of every scheme line and every funding source, month by month."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from icbudget import money
from icbudget.engine.accounts.phasing import MONTHS, instalments, paid_from, to_date, weights_of
from icbudget.engine.accounts.virements import Standing, contribution_changes, standing
from icbudget.engine.cached_view import cached_view
from icbudget.engine.run import Result
from icbudget.plan import Plan
from icbudget.plan.actual import Actual
from icbudget.plan.forecast import Forecast
from icbudget.plan.looked_at import kept_by_fields
from icbudget.plan.month_reported import reported
from icbudget.plan.scheme import Scheme

_IncomeKey = tuple[str, str, str]
"""Pool, partner and funding source of an income."""
Months = tuple[int, ...]
"""Twelve amounts in pence, April first."""
NOTHING: Months = (0,) * MONTHS
NOT_REPORTED = "Not reported: no actual and no forecast of the year, so its forecast is its budget"


class MonitorLine(NamedTuple):
    """One line of the monitoring table at the end of a month, pence.

    Expenditure and income are both positive. `key`: (scheme, line) of expenditure, ("", 0) of
    income. `known`: whether the plan has such a line; what is booked to one that it does not have
    is kept, with no budget. `profile` is that of the revised budget. `booked_to`: the last month
    for which the line has an actual row (a typed 0 is one), 0 where it has none. `override`: the
    forecast row that stands, if one does; `foreseen`: whether there is such a row at all.
    `recovery`: what agreed measures take off the forecast. `quiet`: no spending of the pool is
    booked in the month, so that nobody worked a forecast out of it.
    """

    kind: str
    pool: str
    source: str
    partner: str
    key: tuple[str, int]
    name: str
    month: int
    original: int
    virements: int
    profile: Months
    actuals: Months
    accruals: Months
    override: int | None = None
    recovery: int = 0
    reason: str = ""
    known: bool = True
    booked_to: int = 0
    foreseen: bool = False
    quiet: bool = False

    @property
    def reported(self) -> bool:
        """Return whether the line has an actual or a forecast row of the year (model §9)."""
        return self.foreseen or self.booked_to > 0

    @property
    def revised(self) -> int:
        """Return the revised budget: `original + Σ virements` that take effect up to the month."""
        return self.original + self.virements

    @property
    def idle(self) -> bool:
        """Return whether the line has neither budget nor money nor forecast."""
        has_budget = bool(self.original or self.virements)
        has_money = any(self.actuals) or any(self.accruals)
        return not (has_budget or has_money or self.forecast)

    @property
    def profile_to_date(self) -> int:
        """Return the revised budget that falls into the months booked; so far, where none is."""
        # model §9.1: a line booked to month m uses actuals to m and its profile after, so it is
        # compared with its budget to m, even if others are booked further.
        return to_date(self.profile, self.booked_to or self.month)

    @property
    def actual_to_date(self) -> int:
        """Return `Σ (actual + accrual)` of the months so far."""
        return to_date(self.actuals, self.month) + to_date(self.accruals, self.month)

    @property
    def variance_to_date(self) -> int:
        """Return actual less profile of the months that are booked.

        An overspend, or income beyond what was due, is positive. A line stands alone: it is
        compared with its profile up to the last month booked to it, and not at all where nothing
        is booked, so that what nobody has reported is no underspend. Source: model §9.
        """
        if not self.booked_to:
            return 0
        return self.actual_to_date - self.profile_to_date

    @property
    def forecast(self) -> int:
        """Return the forecast outturn: an override, else actuals and the profile of later months.

        `actuals to the month booked + profile after it`; in month 12 that is the outturn itself,
        and no override stands. A line that is not reported is forecast at its revised budget.
        """
        # Once month 12 is booked nothing is left to foresee: what is booked is the outturn.
        if self.override is not None and self.booked_to < MONTHS:
            return self.override
        return self.revised + self.variance_to_date

    @property
    def variance(self) -> int:
        """Return the forecast variance before recovery: `forecast outturn − revised budget`."""
        return self.forecast - self.revised

    @property
    def residual(self) -> int:
        """Return the variance after recovery measures, which lower spending and raise income."""
        if self.kind == "expenditure":
            return self.variance - self.recovery
        return self.variance + self.recovery

    @property
    def adverse(self) -> int:
        """Return the residual as harm.

        Spending above the budget, or income below it, is positive.
        """
        return self.residual if self.kind == "expenditure" else -self.residual


class Monitored(NamedTuple):
    """The year monitored, the month, and its lines.

    Expenditure in the order of the schemes, then income.
    """

    year: str
    month: int
    lines: tuple[MonitorLine, ...]


def monitored(result: Result) -> Monitored | None:
    """Return the monitoring of the year and month that the plan reports on.

    None where it has nothing to report.
    """
    year_and_month = reported(result.plan)
    return None if year_and_month is None else monitor(result, *year_and_month)


def history(result: Result) -> tuple[Monitored, ...]:
    """Return the monitoring of each month to the one reported, as it stood at that month."""
    year_and_month = reported(result.plan)
    if year_and_month is None:
        return ()
    year, last = year_and_month
    return tuple(monitor(result, year, month) for month in range(1, last + 1))


@cached_view
def monitor(result: Result, year: str, month: int) -> Monitored:
    """Return every line as it stood at the end of a month.

    Source: model §9, PB §7 rules 13, 18, 19. Only virements that count and take effect up to the
    month are in the revised budget, and only forecasts made up to it stand. Month 0 is a year with
    nothing booked yet: the revised budget then has every virement, and is the forecast.
    """
    takes_effect_by = month or MONTHS
    vired = [
        row
        for row in standing(result.plan)
        if not row.refusal and row.virement.year == year and row.virement.month <= takes_effect_by
    ]
    spending = _expenditure(result, year, month, vired)
    income = _income(result, year, month, vired)
    return Monitored(year, month, (*spending, *income))


def _expenditure(
    result: Result, year: str, month: int, vired: list[Standing]
) -> Iterator[MonitorLine]:
    plan, t = result.plan, result.years.index(year)
    booked = dict(_booked(plan, year, "expenditure"))
    standing_forecasts = {
        (row.scheme, row.line): row for row in _forecasts(plan, year, month) if row.scheme
    }
    homes = {(row.id, row.line): row.pool for row in plan.schemes}
    # A pool with anything booked this month was reported on; a line of it without rows spent
    # nothing.
    in_month = {key: on_line for key, on_line in booked.items() if on_line.has(month)}
    busy = {homes.get(key, on_line.rows[0].pool) for key, on_line in in_month.items()}
    known = _known_lines(plan, year, month)
    for n, row in enumerate(plan.schemes):
        key = (row.id, row.line)
        original, moves = budget_of(result, n, t), tuple(_moves_of(row, vired))
        on_line = booked.pop(key, NOT_BOOKED)
        quiet = row.pool not in busy
        of_line = (id(row), original, moves, quiet)
        entry = known.get(of_line)
        if entry is None:
            weights, forecast_row = weights_of(plan, row.phasing), standing_forecasts.get(key)
            line = _line(row, month, original, weights, moves, on_line, forecast_row, quiet)
            # the row is kept with its line, so that nothing else has its identity
            entry = known[of_line] = row, line
        yield entry[1]
    # What is booked to a line that the plan does not have is kept: it is spent all the same.
    for key, on_line in booked.items():
        yield MonitorLine(
            kind="expenditure",
            pool=on_line.rows[0].pool,
            source=on_line.rows[0].source,
            partner="",
            key=key,
            name="",
            month=month,
            original=0,
            virements=0,
            profile=NOTHING,
            actuals=on_line.actuals,
            accruals=on_line.accruals,
            known=False,
            booked_to=_booked_to(on_line.rows, month),
        )


def _line(
    row: Scheme,
    month: int,
    original: int,
    weights: tuple[float, ...],
    moves: tuple[tuple[int, int], ...],
    on_line: _Booked,
    forecast_row: Forecast | None,
    quiet: bool,
) -> MonitorLine:
    override, recovery, reason = _stated(forecast_row)
    return MonitorLine(
        kind="expenditure",
        pool=row.pool,
        source=row.source,
        partner="",
        key=(row.id, row.line),
        name=row.name,
        month=month,
        original=original,
        virements=sum(pence for _, pence in moves),
        profile=_profile(original, weights, moves),
        actuals=on_line.actuals,
        accruals=on_line.accruals,
        override=override,
        recovery=recovery,
        reason=reason,
        booked_to=_booked_to(on_line.rows, month),
        foreseen=forecast_row is not None,
        quiet=quiet,
    )


_OfLine = tuple[int, int, tuple[tuple[int, int], ...], bool]
"""A scheme row by its identity, its budget, what virements move, and whether its pool is quiet."""
_MOST = 2_000
"""Lines kept of plans that have the same actuals, forecasts and profiles."""


class _KnownLines(NamedTuple):
    """Lines of a month that were worked out for plans with the same tables that they rest on."""

    rests_on: tuple[object, ...]
    lines: dict[_OfLine, tuple[Scheme, MonitorLine]]


@kept_by_fields(16)
def _lines_by_plan(plan: Plan, year: str, month: int) -> _KnownLines:
    return _KnownLines((plan.actuals, plan.forecasts, plan.profiles), {})


def _known_lines(plan: Plan, year: str, month: int) -> dict[_OfLine, tuple[Scheme, MonitorLine]]:
    """Return the lines of a month that other plans with the same bookings had already.

    Scenarios mostly change the budget of a line or two; the others are what they were.
    """
    known = _lines_by_plan(plan, year, month).lines
    if len(known) > _MOST:
        known.clear()
    return known


def _moves_of(scheme: Scheme, vired: Iterable[Standing]) -> list[tuple[int, int]]:
    """Return what virements move to (+) or from (−) a scheme line: (month, pence)."""
    moves: list[tuple[int, int]] = []
    for row in vired:
        for line, sign in row.lines:
            if line is scheme:
                moves.append((row.virement.month, sign * row.pence))
    return moves


def _income(
    result: Result, year: str, month: int, vired: list[Standing]
) -> tuple[MonitorLine, ...]:
    """Return the income of each pool, partner and source.

    Its contributions less deductions, in kind left out of the cash.
    """
    t = result.years.index(year)
    contributed = tuple(map(round, result.projection.figures.contributions[0, t].tolist()))
    changed: list[tuple[_IncomeKey, tuple[int, int]]] = []
    for row in vired:
        for pool, partner, source, sign in contribution_changes(row):
            key = pool, partner, source
            changed.append((key, (row.virement.month, sign * row.pence)))
    return _income_lines(result.plan, year, month, contributed, tuple(changed))


@kept_by_fields(32)
def _income_lines(
    plan: Plan,
    year: str,
    month: int,
    contributed: tuple[int, ...],
    changed: tuple[tuple[_IncomeKey, tuple[int, int]], ...],
) -> tuple[MonitorLine, ...]:
    """Return the lines of income; most scenarios and edits change none of it.

    `contributed`: what each contribution is in the year, pence; `changed`: what virements change,
    each with the month that it is from.
    """
    due = _due(plan, year, contributed)
    changes: dict[_IncomeKey, list[tuple[int, int]]] = {}
    for key, change in changed:
        changes.setdefault(key, []).append(change)
    # a row that names no partner is the first partner's that pays in under the source
    first_payer = {(pool, source): partner for pool, partner, source in reversed(due)}

    def key_of(row: Actual | Forecast) -> _IncomeKey:
        return row.pool, row.partner or first_payer.get((row.pool, row.source), ""), row.source

    received: dict[_IncomeKey, list[Actual]] = {}
    for actual in chain.from_iterable(of.rows for of in _booked(plan, year, "income").values()):
        received.setdefault(key_of(actual), []).append(actual)
    foreseen = {key_of(forecast): forecast for forecast in _forecasts(plan, year, month)}
    lines: list[MonitorLine] = []
    # What the plan has first, then what came besides, so that lines keep their place.
    for key in dict.fromkeys((*due, *changes, *received)):
        pool, partner, source = key
        moves, parts = changes.get(key, []), due.get(key, [])
        spread = [_from(from_month, pence) for from_month, pence in moves]
        profile = tuple(sum(amounts) for amounts in zip(NOTHING, *parts, *spread, strict=True))
        rows = received.get(key, [])
        actuals, accruals = _by_month(rows)
        booked_to = _booked_to(rows, month)
        override, recovery, reason = _stated(foreseen.get(key))
        not_reported = not booked_to and key not in foreseen
        line = MonitorLine(
            kind="income",
            pool=pool,
            source=source,
            partner=partner,
            key=("", 0),
            name="",
            month=month,
            original=sum(map(sum, parts)),
            virements=sum(pence for _, pence in moves),
            profile=profile,
            actuals=actuals,
            accruals=accruals,
            override=override,
            recovery=recovery,
            reason=reason or (NOT_REPORTED if not_reported else ""),
            known=key in due or key in changes,
            booked_to=booked_to,
            foreseen=key in foreseen,
        )
        lines.append(line)
    return tuple(lines)


def _due(plan: Plan, year: str, contributed: tuple[int, ...]) -> dict[_IncomeKey, list[Months]]:
    """Return what each partner is to pay under each source, a contribution's instalments each."""
    due: dict[_IncomeKey, list[Months]] = {}
    for row, pence in zip(plan.contributions, contributed, strict=True):
        if row.in_kind:
            continue
        # Money of a contribution that begins in the year falls into the months from its first day
        # on.
        weights = paid_from(weights_of(plan, row.phasing), year, row.paid_from)
        key = (row.pool, row.partner, row.source)
        due.setdefault(key, []).append(instalments(pence, weights))
    return due


def budget_of(result: Result, n: int, t: int) -> int:
    """Return the original budget of scheme row n in year t, pence.

    Its own amount, or what its programme is paid.
    """
    row = result.plan.schemes[n]
    if not row.programme:
        return round(float(result.projection.figures.schemes[0, t, n]))
    at = [p.id for p in result.plan.programmes].index(row.programme)
    return round(float(result.projection.moves.paid[0, t, at]))


@lru_cache(maxsize=4096)
def _profile(
    original: int, weights: tuple[float, ...], moves: tuple[tuple[int, int], ...]
) -> Months:
    """Return the profile of a revised budget.

    The original's, and each virement over the months from its own on.
    """
    parts = [
        instalments(original, weights),
        *(_from(month, pence, weights) for month, pence in moves),
    ]
    return tuple(sum(month) for month in zip(*parts, strict=True))


def _from(month: int, pence: int, weights: tuple[float, ...] = (1.0,) * MONTHS) -> Months:
    """Return an amount over the months from one on, by their weights.

    All of it in that month where they have none.
    """
    # A virement changes no month before its own: that one is reported already.
    left = [weight if at >= month else 0.0 for at, weight in enumerate(weights, start=1)]
    if not any(left):
        left = [float(at == month) for at in range(1, MONTHS + 1)]
    return instalments(pence, left)


class _Booked(NamedTuple):
    """What is booked to a line in a year: its rows, and their actuals and accruals by month."""

    rows: tuple[Actual, ...]
    actuals: Months
    accruals: Months

    def has(self, month: int) -> bool:
        """Return whether anything is booked for a month."""
        return any(row.month == month for row in self.rows)


NOT_BOOKED = _Booked((), NOTHING, NOTHING)


@kept_by_fields(16)
def _booked(plan: Plan, year: str, kind: str) -> dict[tuple[str, int], _Booked]:
    """Return what is booked in a year, by line: the same for all that looks at other tables."""
    by_line: dict[tuple[str, int], list[Actual]] = {}
    for row in plan.actuals:
        if (row.year, row.kind) == (year, kind):
            by_line.setdefault((row.scheme, row.line), []).append(row)
    return {key: _Booked(tuple(rows), *_by_month(rows)) for key, rows in by_line.items()}


def _booked_to(rows: Iterable[Actual], month: int) -> int:
    """Return the last month up to `month` with an actual row, 0 for none; a typed 0 is a row."""
    return max((row.month for row in rows if row.month <= month), default=0)


def _by_month(rows: Iterable[Actual]) -> tuple[Months, Months]:
    """Return actuals and accruals by month."""
    actuals, accruals = list(NOTHING), list(NOTHING)
    for row in rows:
        actuals[row.month - 1] += money.to_pence(row.amount)
        accruals[row.month - 1] += money.to_pence(row.accrual)
    return tuple(actuals), tuple(accruals)


def _forecasts(plan: Plan, year: str, month: int) -> list[Forecast]:
    """Return the forecast rows made up to the month that are not only kept.

    The last of a line, or of an income, stands.
    """
    made = (
        row
        for row in plan.forecasts
        if row.year == year and row.month <= month and row.basis == "override"
    )
    # By month, so that of two forecasts of a line the later one stands.
    return sorted(made, key=lambda row: row.month)


def _stated(row: Forecast | None) -> tuple[int | None, int, str]:
    """Return what a forecast row states: the override, recovery measures and the reason."""
    if row is None:
        return None, 0, ""
    outturn = None if row.outturn is None else money.to_pence(row.outturn)
    return outturn, money.to_pence(row.recovery), row.reason
