"""The quarterly and the year-end return: the plan beside what has been booked so far."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from icbudget import reference
from icbudget.answers.block import Cell, Lines
from icbudget.answers.case import Case
from icbudget.answers.returns import (
    ReturnLine,
    columns_of_return,
    form,
    pooled_contributions,
    pooled_funds,
    pooled_schemes,
    scheme_line,
    section_of,
    source_returned,
    years_of,
)
from icbudget.checks.source_balances import minimum_tests, scheme_spending
from icbudget.engine.accounts.monitored_lines import Monitored, monitored
from icbudget.plan.scheme import Scheme

TOTAL = "Total"


def quarterly(case: Case) -> Lines:
    """Return the quarterly return, £: actuals to date.

    By scheme with a unit, or by funding source, as the rules year has it. Source: PB §3.7.
    """
    month = monitored(case.answered)
    by_scheme = any(c.field == "id" for c in columns_of_return(case.plan, "quarterly"))
    rows = _by_scheme(case, month) if by_scheme else _by_source(case, month)
    shows = f"Spending to date against the plan, {_as_at(month)}."
    return form(case, "quarterly", rows, shows, leading=2 if by_scheme else 1)


def year_end(case: Case) -> Lines:
    """Return the year-end return, £.

    It has planned and actual income and expenditure of each funding source, and of the minimums.
    Source: PB §3.7.
    """
    month = monitored(case.answered)
    rows = [*_by_source(case, month), *_minimum_rows(case, month)]
    return form(case, "year_end", rows, f"Income and expenditure of the year, {_as_at(month)}.")


def _as_at(month: Monitored | None) -> str:
    return f"actuals to month {month.month} of {month.year}" if month else "no actuals yet"


def _year(case: Case, month: Monitored | None) -> int:
    year = month.year if month else years_of(case.plan)[0]
    return case.plan.years.index(year)


def _booked_by_line(month: Monitored) -> dict[tuple[str, int], int]:
    """Return what has been booked so far to each scheme line, pence."""
    spending = [line for line in month.lines if line.kind == "expenditure"]
    return {line.key: line.actual_to_date for line in spending}


def _by_scheme(case: Case, month: Monitored | None) -> Iterator[ReturnLine]:
    t = _year(case, month)
    booked = _booked_by_line(month) if month else {}
    for n, row in pooled_schemes(case.plan):
        if row.output_unit:
            actual = booked.get((row.id, row.line))
            planned = scheme_spending(case.answered)[n][t] / 100
            outputs = row.planned_outputs if t == 0 else None
            figures = {
                "planned": planned,
                "actual_to_date": actual if actual is None else actual / 100,
            }
            yield {**scheme_line(case.plan, row), **figures, "planned_outputs": outputs}


def _by_source(case: Case, month: Monitored | None) -> Iterator[ReturnLine]:
    plan, t = case.plan, _year(case, month)
    pooled = pooled_funds(plan)
    contributed = case.answered.projection.figures.contributions[0, t]
    spent = scheme_spending(case.answered)

    def line(name: str, takes: Callable[[str], bool]) -> ReturnLine:
        put_in = sum(
            float(contributed[n])
            for n, row in pooled_contributions(plan)
            if takes(section_of(plan, row))
        )
        planned = sum(
            spent[n][t]
            for n, row in pooled_schemes(plan)
            if takes(source_returned(plan, row.source))
        )
        actual, received = (
            _booked(month, kind, pooled, lambda source: takes(source_returned(plan, source)))
            for kind in ("expenditure", "income")
        )
        share = actual / planned if planned and actual is not None else None
        figures: dict[str, Cell] = {
            "planned_income": round(put_in) / 100,
            "planned": planned / 100,
            "actual_share": share,
        }
        figures["actual_to_date"] = None if actual is None else actual / 100
        figures["actual_income"] = None if received is None else received / 100
        return {"source": name, **figures}

    for name in reference.choices("funding_source", plan.setup.rules_year):
        yield line(name, lambda source, name=name: source == name)  # type: ignore[misc]
    yield line(TOTAL, lambda source: True)


def _booked(
    month: Monitored | None, kind: str, pooled: set[str], takes: Callable[[str], bool]
) -> int | None:
    """Return what has been booked so far, pence; None where nothing is monitored."""
    if month is None or not month.month:
        return None
    return sum(
        line.actual_to_date
        for line in month.lines
        if line.kind == kind and line.pool in pooled and takes(line.source)
    )


def _minimum_rows(case: Case, month: Monitored | None) -> Iterator[ReturnLine]:
    t = _year(case, month)
    booked = _booked_by_line(month) if month and month.month else None
    for test in minimum_tests(case.answered):
        # The year-end return asks for the minimum of adult social care alone.
        if test.minimum.rule == "adult_social_care":
            lines = [row for row in test.rows if isinstance(row, Scheme)]
            actual = None
            if booked is not None:
                actual = sum(booked.get((row.id, row.line), 0) for row in lines) / 100
            label = f"Adult social care from {test.minimum.source}"
            yield {"source": label, "planned": test.value[t] / 100, "actual_to_date": actual}
