"""Ledgers' actuals put into the plan: ledgers add up, and what the plan has too counts once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain

from icbudget import money
from icbudget.findings import Finding, Place, error, note, warning
from icbudget.ledger_import.imported_ledger import Ledger
from icbudget.plan import Plan
from icbudget.plan.actual import Actual

_Holding = tuple[str, str, str, int, str, str, str]
"""Year, kind, scheme, line, pool, source, and whose ledger holds it."""


def with_ledgers(plan: Plan, ledgers: Sequence[Ledger]) -> tuple[Plan, list[Finding]]:
    """Return the plan with the actuals of ledgers in it, and what became of the plan's own.

    Two ledgers of one line and month add up, unless one repeats the other: then it is refused. A
    ledger's figure takes the place of a typed one of its line, month and holder. Other months that
    are typed count beside the ledger, and a note says so: it is a warning where a figure stands
    alone in the last month of a quarter of which the ledger has other months, since it may be the
    quarter's. Source: model §9.2.
    """
    findings: list[Finding] = []
    used = _without_repeats(ledgers, findings)
    new = list(chain.from_iterable(ledger.actuals for ledger in used))
    hosts = {pool.id: pool.host for pool in plan.pools}
    pools = {(row.id, row.line): row.pool for row in plan.schemes}

    def holding(row: Actual) -> _Holding:
        host = hosts.get(pools.get((row.scheme, row.line), ""), "")
        holder = row.partner or (host if row.kind == "expenditure" else "")
        return (row.year, row.kind, row.scheme, row.line, row.pool, row.source, holder)

    typed = _by_holding(plan.actuals, holding)
    fresh = _by_holding(new, holding)
    cumulative = chain.from_iterable(ledger.actuals for ledger in used if ledger.cumulative)
    to_date = set(map(holding, cumulative))
    joined = _Joined()
    for held, months in fresh.items():
        joined.join(typed.get(held, {}), months, to_date=held in to_date)
    replaced = {id(row) for row in joined.replaced}
    kept = [row for row in plan.actuals if id(row) not in replaced]
    findings += joined.findings()
    return plan.model_copy(update={"actuals": (*kept, *_added_up(new))}), findings


_Months = dict[int, list[Actual]]


class _Joined:
    """What became of the typed actuals and the ledgers' of the same lines."""

    def __init__(self) -> None:
        self.replaced: list[Actual] = []
        """Typed rows whose place the ledger takes."""
        self.in_quarters: list[Actual] = []
        """Rows of the ledger that may be part of a quarter that is typed."""
        self.quarters: list[Actual] = []
        """The typed rows that may be a quarter."""
        self.beside: list[tuple[_Months, _Months]] = []
        """Lines of which other months are typed than the ledger has."""

    def join(self, own: _Months, months: _Months, *, to_date: bool) -> None:
        """Join one line's typed months with the ledger's."""
        last = max(months)
        # A ledger of amounts to date has all months up to its last in one figure, typed ones among
        # them.
        places = {month for month in own if month in months or (to_date and month <= last)}
        doubtful = set() if to_date else self._doubtful(own, months)
        for month in sorted(places):
            self.replaced += own[month]
        for month in sorted(doubtful):
            self.in_quarters += months[month]
        left = {month: rows for month, rows in own.items() if month not in places}
        if left and not doubtful:
            self.beside.append((left, months))

    def _doubtful(self, own: _Months, months: _Months) -> set[int]:
        """Return the ledger's months of quarters of which a figure seems to be typed whole."""
        doubtful: set[int] = set()
        for quarter in _QUARTERS:
            typed = {month for month in quarter if month in own}
            booked = {month for month in quarter if month in months}
            # A quarter's figure is typed in its last month, and stands alone there.
            if typed == {quarter[-1]} and booked and quarter[-1] not in booked:
                doubtful |= booked
                self.quarters += own[quarter[-1]]
        return doubtful

    def findings(self) -> list[Finding]:
        """Return what is to be known of typed rows and the ledger's."""
        findings: list[Finding] = []
        if self.replaced:
            message = (
                f"The ledger takes the place of {_rows(self.replaced)} of Actuals"
                f" ({_months_of(self.replaced)})."
            )
            fix = "Clear those rows, or leave their months out of the ledger."
            findings.append(warning("ledger.replaces", message, fix, None, _pence(self.replaced)))
        if self.in_quarters:
            message = (
                f"Actuals has {_rows(self.quarters)} in the last month of a quarter"
                f" ({_months_of(self.quarters)}, {money.in_words(_pence(self.quarters))}), first of"
                f" {_name(self.quarters[0])}, and the ledger has other months of that quarter"
                f" ({_months_of(self.in_quarters)}). Both count: if the typed figure is the whole"
                " quarter's, what the ledger has counts twice."
            )
            fix = "Clear the typed row, or leave these months out of the ledger."
            worth = _pence(self.in_quarters)
            findings.append(warning("ledger.typed-quarter", message, fix, None, worth))
        if self.beside:
            typed = [row for own, _ in self.beside for row in _in_all_months(own)]
            booked = [row for _, months in self.beside for row in _in_all_months(months)]
            lines = f"{len(self.beside)} lines" if len(self.beside) > 1 else "1 line"
            message = (
                f"Of {lines}, Actuals has other months than the ledger, and both count:"
                f" {money.in_words(_pence(typed))} typed ({_months_of(typed)}) and"
                f" {money.in_words(_pence(booked))} of the ledger ({_months_of(booked)}), first of"
                f" {_name(typed[0])}."
            )
            fix = "Check Actuals, and clear what is typed there and stands in the ledger too."
            findings.append(note("ledger.beside", message, fix))
        return findings


_QUARTERS = ((1, 2, 3), (4, 5, 6), (7, 8, 9), (10, 11, 12))


def _without_repeats(ledgers: Sequence[Ledger], findings: list[Finding]) -> list[Ledger]:
    """Return the ledgers that are not an earlier one again; rows that both have are a finding."""
    used: list[Ledger] = []
    for ledger in ledgers:
        repeats = False
        for other in used:
            both = ledger.taken_rows.keys() & other.taken_rows.keys()
            if not both:
                continue
            worth = sum(ledger.taken_rows[cells][1] for cells in both)
            first = min(ledger.taken_rows[cells][0] for cells in both)
            place = Place(workbook=ledger.name, table=ledger.name, row=str(first))
            # All of it is there: the same extract twice. Some of it: two extracts that overlap, or
            # real bookings that are alike.
            if len(both) == len(ledger.taken_rows):
                message = f"Every row of {ledger.name} is in {other.name} too; it was not added."
                fix = "Name each extract of the ledger once."
                findings.append(error("ledger.repeated", message, fix, place, worth))
                repeats = True
                break
            message = (
                f"{len(both):,} rows of {ledger.name} are the same in every cell as rows of"
                f" {other.name}, first line {first}; both count."
            )
            fix = "Check that the two extracts do not overlap, and delete what both have."
            findings.append(warning("ledger.overlap", message, fix, place, worth))
        if not repeats:
            used.append(ledger)
    return used


def _by_holding(
    rows: Iterable[Actual], holding: Callable[[Actual], _Holding]
) -> dict[_Holding, _Months]:
    by_holding: dict[_Holding, _Months] = {}
    for row in rows:
        by_holding.setdefault(holding(row), {}).setdefault(row.month, []).append(row)
    return by_holding


def _added_up(rows: Sequence[Actual]) -> list[Actual]:
    """Return rows of several ledgers with those of one line, month and partner added up."""
    by_key: dict[tuple[object, ...], Actual] = {}
    for row in rows:
        key = (
            row.year,
            row.month,
            row.kind,
            row.scheme,
            row.line,
            row.pool,
            row.source,
            row.partner,
        )
        first = by_key.get(key)
        if first is None:
            by_key[key] = row
            continue
        by_key[key] = first.model_copy(
            update={
                "amount": first.amount + row.amount,
                "accrual": first.accrual + row.accrual,
                "evidence": f"{first.evidence}; {row.evidence}",
            }
        )
    return list(by_key.values())


def _in_all_months(months: _Months) -> list[Actual]:
    return list(chain.from_iterable(months.values()))


def _pence(rows: Iterable[Actual]) -> int:
    return sum(money.to_pence(row.amount) + money.to_pence(row.accrual) for row in rows)


def _rows(rows: Sequence[Actual]) -> str:
    return f"{len(rows)} rows" if len(rows) > 1 else "1 row"


def _months_of(rows: Iterable[Actual]) -> str:
    """Return the months of rows in words: `month 4, 5 of 2025/26`."""
    months: dict[str, set[int]] = {}
    for row in rows:
        months.setdefault(row.year, set()).add(row.month)
    return "; ".join(
        f"month {', '.join(str(month) for month in sorted(of_year))} of {year}"
        for year, of_year in sorted(months.items())
    )


def _name(row: Actual) -> str:
    if row.kind == "income":
        return f"{row.source} into {row.pool}"
    return f"scheme {row.scheme}, line {row.line}"


WHY_IT_MATTERS = {
    "ledger.beside": (
        "Spending of some months was typed and of others comes from the ledger. If one figure"
        " covers several months, it counts twice."
    ),
    "ledger.overlap": "If the two extracts share a period, its spending is in the actuals twice.",
    "ledger.repeated": "The same file twice would double the spending of the pool.",
    "ledger.replaces": (
        "What was typed for those months is no longer used. If it held more than the ledger,"
        " that is gone from the forecast."
    ),
    "ledger.typed-quarter": (
        "The forecast would be too high by up to three months of spending, and partners would"
        " be asked to pay it."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
