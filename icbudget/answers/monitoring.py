"""Answers about the year as it runs.

They are monitoring, virements, quarterly report, forecast accuracy and ICB close.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from icbudget import money
from icbudget.answers.amounts import known_pounds, pounds
from icbudget.answers.block import Cell, Lines, Row
from icbudget.answers.case import Case
from icbudget.engine.accounts.funders import each_borne
from icbudget.engine.accounts.monitored_lines import NOT_REPORTED as REASON_NOT_REPORTED
from icbudget.engine.accounts.monitored_lines import (
    NOTHING,
    Monitored,
    MonitorLine,
    Months,
    history,
    monitor,
    monitored,
)
from icbudget.engine.accounts.month_kept import booked_by_partner
from icbudget.engine.accounts.phasing import MONTHS
from icbudget.engine.accounts.virements import REFUSALS, Standing, contribution_changes, standing
from icbudget.plan.setup import Setup
from icbudget.plan.virement import Virement

EVERYONE = "All partners"
NOT_REPORTED = "Not reported"
UNKNOWN = "Not in the plan"
"""What is booked to a line or a partner that the plan does not have."""
OUTTURN, LATEST = "Forecast outturn", "Off the latest (too high is positive)"
"""Figures of the forecast accuracy."""


def as_at(month: Monitored) -> tuple[str, str]:
    """Return the year and the month at which a table stands."""
    return month.year, str(month.month)


def sign_shown(setup: Setup, line: MonitorLine) -> int:
    """Return the sign that people see a variance with.

    Adverse is positive for a council and negative for the NHS.
    """
    # model §1.3: stored as outturn − budget, so spending above it is positive and is adverse, and
    # income above it is positive and is not.
    adverse = 1 if line.kind == "expenditure" else -1
    return adverse if setup.display_sign == "council" else -adverse


def rag(setup: Setup, line: MonitorLine) -> str:
    """Return Green, Amber or Red: the adverse residual against the revised budget.

    In whole pounds, by Setup's thresholds. A line of which nothing is reported has no colour.
    """
    if not line.reported:
        return NOT_REPORTED
    # In whole pounds, as the thresholds are read: a few pence turn no line amber.
    pounds_over = round(line.adverse / 100)
    if pounds_over <= setup.amber_above * abs(line.revised) / 100:
        return "Green"
    return "Red" if pounds_over > setup.red_above * abs(line.revised) / 100 else "Amber"


def line_labels(line: MonitorLine) -> tuple[str, str, str, str, str]:
    """Return pool, scheme or source, name or partner, line, and kind of a monitored line."""
    if line.kind == "income":
        return line.pool, line.source, line.partner or UNKNOWN, "", "Income"
    scheme, number = line.key
    name = line.name if line.known else UNKNOWN
    return line.pool, scheme, name, str(number), "Expenditure"


def monitoring(case: Case) -> Lines:
    """Return the monitoring table, £.

    It has budget, actual, forecast, recovery and residual risk of every line.

    A line that neither has a budget nor money booked, such as a scheme of later years, is left out.
    Source: model §9.1, PB §5.7.
    """
    month, setup = monitored(case.answered), case.plan.setup
    rows: list[Row] = []
    if month:
        # April has no month before it in its year.
        has_month_before = month.month > 1
        before = monitor(case.answered, month.year, month.month - 1) if has_month_before else None
        last = {_id(line): line for line in before.lines} if before else {}
        for line in month.lines:
            if line.idle:
                continue
            labels = (*line_labels(line), *as_at(month))
            rows.append(Row(labels, "£", _values(setup, line, last.get(_id(line)))))
    if setup.display_sign == "council":
        sign = "Overspending, and income that falls short, is positive."
    else:
        sign = "An adverse variance is below zero and stands in brackets."
    shows = (
        f"Each line of the month reported. {sign} Forecast: actual to the month booked + profile"
        f" after it, or an override.{_not_reported_in_words(month)}"
    )
    return Lines(shows, tuple(rows))


def _not_reported_in_words(month: Monitored | None) -> str:
    """Return how many lines are not reported, and their revised budgets; nothing where none is."""
    lines = month.lines if month else ()
    missing = [line for line in lines if not line.reported and not line.idle]
    words: list[str] = []
    for kind, name in (("expenditure", "spending"), ("income", "income")):
        of_kind = [line for line in missing if line.kind == kind]
        if of_kind:
            lines_of = "line" if len(of_kind) == 1 else "lines"
            pence = sum(line.revised for line in of_kind)
            words.append(f"{len(of_kind)} {lines_of} of {name}, {money.in_words(pence)}")
    if not words:
        return ""
    return f" {NOT_REPORTED}: {'; '.join(words)}: taken at budget, in no variance and no share."


def _id(line: MonitorLine) -> tuple[str, str, str, str, tuple[str, int]]:
    return line.kind, line.pool, line.partner, line.source, line.key


def _values(setup: Setup, line: MonitorLine, last: MonitorLine | None) -> tuple[Cell, ...]:
    sign = sign_shown(setup, line)
    budget = (line.original, line.virements, line.revised)
    to_date = (line.profile_to_date, line.actual_to_date, sign * line.variance_to_date)
    last_month: tuple[Cell, ...] = (None,)
    if last is not None and not _not_made(last):
        last_month = pounds((sign * last.variance,))
    # Against the revised budget, which is what the line may spend now.
    share = sign * line.variance / line.revised if line.variance and line.revised else 0.0
    return (
        *pounds((*budget, *to_date, line.forecast)),
        *last_month,
        *pounds((sign * line.variance,)),
        share if line.revised else None,
        *pounds((line.recovery, sign * line.residual)),
        rag(setup, line),
        line.reason or ("" if line.reported else REASON_NOT_REPORTED),
    )


def _not_made(line: MonitorLine) -> bool:
    """Return whether nobody forecast the line in its month.

    Then nothing of its pool was booked in it, and no override stood.
    """
    return line.quiet and line.override is None


def virements(case: Case) -> Lines:
    """Return the virement log, £.

    It says what counts, what does not and why, and what each pool's total changes by.

    Inside a pool the two sides sum to zero, so the pool changes by nothing.
    Source: model §9.1, PB §5.3.
    """
    rows: list[Row] = []
    for row in standing(case.plan):
        virement = row.virement
        labels = (
            virement.id,
            virement.year,
            str(virement.month),
            _side(virement, virement.from_scheme, virement.from_line),
            _side(virement, virement.to_scheme, virement.to_line),
            "Recurrent" if virement.recurrent else "One-off",
            (virement.authority or "").replace("_", " "),
            virement.approved_by,
            f"Does not count: {REFUSALS[row.refusal]}" if row.refusal else "Counts",
        )
        counted = 0 if row.refusal else row.pence
        amounts = (row.pence, counted, _pools_change(row), row.base_pence)
        rows.append(Row(labels, "£", pounds(amounts)))
    shows = (
        "Every virement of the log. Those inside a pool change no pool's total; those across its"
        " edge change contributions."
    )
    return Lines(shows, tuple(rows))


def _side(virement: Virement, scheme: str, line: int) -> str:
    if scheme:
        return f"{scheme}, line {line}"
    return f"Outside the pool ({virement.partner or 'partner not named'})"


def _pools_change(row: Standing) -> int:
    """Return what the pools together change by, pence.

    It is nothing where money stays in them, or where the virement does not count.
    """
    return 0 if row.refusal else sum(sign * row.pence for *_, sign in contribution_changes(row))


def quarterly(case: Case) -> Lines:
    """Return the quarterly report of each pool and partner, £.

    It has income due and received, and spending, by quarter and to date.

    A partner's spending is shown twice: what its own ledger holds, and what its money funds. The
    second sums to the pool's spending to the penny, by who funds each source. Source: SI 2000/617
    reg 7(4), PB §1.2.
    """
    month = monitored(case.answered)
    rows: list[Row] = []
    if month is not None:
        for pool in dict.fromkeys(line.pool for line in month.lines):
            rows += _quarters_of(case, month, pool)
    shows = (
        "Income of and spending from each pool by quarter, actuals with accruals, for the host to"
        " send to every partner."
    )
    return Lines(shows, tuple(rows))


def _quarters_of(case: Case, month: Monitored, pool: str) -> Iterable[Row]:
    lines = [line for line in month.lines if line.pool == pool]
    income = [line for line in lines if line.kind == "income"]
    spending = [line for line in lines if line.kind == "expenditure"]

    def row(partner: str, figure: str, months: Sequence[int], *, budget: bool = False) -> Row:
        labels = (pool or UNKNOWN, partner, figure, *as_at(month))
        return Row(labels, "£", _by_quarter(months, month.month, budget=budget))

    yield row(EVERYONE, "Income due", _sum(line.profile for line in income), budget=True)
    yield row(EVERYONE, "Income received", _sum(_booked(line) for line in income))
    yield row(EVERYONE, "Spending profile", _sum(line.profile for line in spending), budget=True)
    yield row(EVERYONE, "Spending", _sum(_booked(line) for line in spending))
    ledgers, funded = booked_by_partner(case.answered, month, pool), _funded(case, month, spending)
    # Partners in their order, and last what names no partner of the plan.
    for partner in (*(p.id for p in case.plan.partners), ""):
        own = [line for line in income if line.partner == partner]
        if own or partner in ledgers or partner in funded:
            name = partner or UNKNOWN
            yield row(name, "Income due", _sum(line.profile for line in own), budget=True)
            yield row(name, "Income received", _sum(_booked(line) for line in own))
            yield row(name, "Spending in its own ledger", ledgers.get(partner, NOTHING))
            yield row(name, "Spending that its money funds", funded.get(partner, NOTHING))


def _booked(line: MonitorLine) -> Months:
    return tuple(a + b for a, b in zip(line.actuals, line.accruals, strict=True))


def _sum(parts: Iterable[Months]) -> Months:
    return tuple(map(sum, zip(NOTHING, *parts, strict=True)))


def _by_quarter(months: Sequence[int], month: int, *, budget: bool) -> tuple[Cell, ...]:
    """Return a line by quarter and to date, £; a quarter that has not begun has no actual."""
    quarters: list[Cell] = []
    for first in range(0, MONTHS, 3):
        # A budget is known for the year ahead; what is booked only to the month reported.
        counted = months[first : first + 3] if budget else months[first : min(first + 3, month)]
        quarters.append(sum(counted) / 100 if budget or first < month else None)
    return (*quarters, sum(months[:month]) / 100)


def _funded(
    case: Case, monitored_month: Monitored, spending: Iterable[MonitorLine]
) -> dict[str, Months]:
    """Return the spending to date that each partner's money funds, by month, pence.

    The partner is "" for a line the plan does not have.
    """
    t = case.plan.years.index(monitored_month.year)
    lines = list(spending)
    pence_by_partner: dict[str, list[int]] = {}
    of_accounts: dict[tuple[str, str] | None, list[tuple[int, int]]] = {}
    for month in range(monitored_month.month):
        for line in lines:
            account = (line.pool, line.source) if line.known else None
            of_accounts.setdefault(account, []).append((month, _booked(line)[month]))
    for account, amounts in of_accounts.items():
        pence = [amount for _, amount in amounts]
        if account is None:
            borne = [[("", amount)] for amount in pence]
        else:
            borne = each_borne(case.answered, account, t, pence)
        for (month, _), parts in zip(amounts, borne, strict=True):
            for partner, part in parts:
                pence_by_partner.setdefault(partner, [0] * MONTHS)[month] += part
    return {partner: tuple(months) for partner, months in pence_by_partner.items()}


def accuracy(case: Case) -> Lines:
    """Return every month's forecast of each scheme line, £.

    Beside it stand how far it was off the latest, and whether it was kept.

    A forecast kept in the plan stands as it was reported; the others are worked out again from what
    the month knew, blank for a month in which nothing of the pool was booked: a ledger read by
    quarter, or at the year's end, has no months between. Source: model §9.1.
    """
    past = history(case.answered)
    # What was reported stays as it was reported, whatever is booked to those months since.
    kept = {
        (f.scheme, f.line, f.month): money.to_pence(f.outturn)
        for f in case.plan.forecasts
        if past and f.year == past[0].year and f.outturn is not None and f.basis == "kept"
    }
    rows: list[Row] = []
    for n, latest in enumerate(past[-1].lines if past else ()):
        if latest.kind != "expenditure" or not latest.known or latest.idle:
            continue
        lines = [month.lines[n] for month in past]
        forecasts = [
            kept.get((*line.key, line.month), None if _not_made(line) else line.forecast)
            for line in lines
        ]
        blanks: tuple[Cell, ...] = (None,) * (MONTHS - len(lines))
        off = [None if forecast is None else forecast - latest.forecast for forecast in forecasts]
        how = [_how(line, kept) for line in lines]
        labels = (latest.pool, latest.key[0], latest.name, str(latest.key[1]))
        when = as_at(past[-1])
        made, missed_by = map(known_pounds, forecasts), map(known_pounds, off)
        rows.append(Row((*labels, OUTTURN, *when), "£", (*made, *blanks)))
        rows.append(Row((*labels, LATEST, *when), "£", (*missed_by, *blanks)))
        rows.append(Row((*labels, "How it was made", *when), "", (*how, *blanks)))
    shows = (
        "Every month's forecast of each scheme line and how far it was off the latest; in month 12"
        " the latest is the outturn."
    )
    return Lines(shows, tuple(rows))


def _how(line: MonitorLine, kept: dict[tuple[str, int, int], int]) -> str:
    if (*line.key, line.month) in kept:
        return "kept"
    if _not_made(line):
        return "nothing booked"
    return "override" if line.override is not None and line.month < MONTHS else "worked out"


def icb_close(case: Case) -> Lines:
    """Return each scheme line as the ICB closed it, £.

    Beside it stand what the council changed since, and the outturn now.

    `as closed + later changes = outturn now`, the months of the year added up. Lines that were not
    frozen are left out. Source: model §9.1.
    """
    rows: list[Row] = []
    for row in case.plan.closes:
        if row.year not in case.plan.years:
            continue
        for line in monitor(case.answered, row.year, MONTHS).lines:
            if line.kind == "expenditure" and line.known and line.key == (row.scheme, row.line):
                closed = money.to_pence(row.amount)
                of_line = (line.pool, row.scheme, line.name, str(row.line))
                labels = (*of_line, row.year, row.closed_on, row.change_reason)
                amounts = (closed, line.forecast - closed, line.forecast)
                rows.append(Row(labels, "£", pounds(amounts)))
    shows = (
        "The year as the ICB closed its books, and what the council's later figures changed. The"
        " frozen figure stays."
    )
    return Lines(shows, tuple(rows))
