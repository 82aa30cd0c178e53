"""Answers about intermediate care by month: what it costs, and its part of the return."""

from __future__ import annotations

from collections.abc import Callable

from icbudget import glossary
from icbudget.answers.amounts import known_pounds
from icbudget.answers.block import Cell, Lines, Row
from icbudget.answers.case import Case
from icbudget.answers.returns import ReturnLine, form, years_of
from icbudget.engine.appraisal.capacity_gap import MonthOfService, month_of_service

MONTHS = 12


def capacity(case: Case) -> Lines:
    """Return demand against capacity of each service, by month and for the year.

    People and £; a cost without a price is blank, and so is the year's. Source: model §15.5.
    """
    rows: list[Row] = []
    table = case.plan.capacity
    for service, year in dict.fromkeys((row.service, row.year) for row in table):
        months = {
            row.month: month_of_service(row)
            for row in table
            if (row.service, row.year) == (service, year)
        }
        for figure, unit, value in _FIGURES:
            rows.append(Row((service, year, figure), unit, _by_month(months, value)))
    shows = (
        "Who needs intermediate care and who can have it, month by month; what is bought beyond the"
        " capacity, who waits, and what both cost. Nothing of it is posted."
    )
    return Lines(shows, tuple(rows))


def return_capacity(case: Case) -> Lines:
    """Return the capacity and demand of the planning return, month by month, people and days.

    What is bought beyond the capacity is a row of its own, as is the length of stay.
    Source: model §15.5.
    """
    wanted = years_of(case.plan)
    table = [row for row in case.plan.capacity if row.year in wanted]
    lines: list[ReturnLine] = []
    for service, year in dict.fromkeys((row.service, row.year) for row in table):
        months = [month_of_service(r) for r in table if (r.service, r.year) == (service, year)]
        for figure, value in _OF_THE_RETURN:
            by_month: dict[str, Cell] = {f"month_{m.row.month}": value(m) for m in months}
            lines.append({"service": service, "year": year, "figure": figure, **by_month})
    shows = (
        "Demand and capacity of intermediate care by month, in people and days; a month that the"
        " table Capacity does not hold is blank."
    )
    return form(case, "capacity", lines, shows, leading=3)


def _by_month(
    months: dict[int, MonthOfService], value: Callable[[MonthOfService], float | None]
) -> tuple[Cell, ...]:
    cells = [value(months[m]) if m in months else None for m in range(1, MONTHS + 1)]
    # A sum that leaves out a month would look like a year's cost, so it is blank.
    known = [value(month) for month in months.values()]
    numbers = [number for number in known if number is not None]
    return (*cells, sum(numbers) if len(numbers) == len(known) else None)


_OF_THE_RETURN: tuple[tuple[str, Callable[[MonthOfService], Cell]], ...] = (
    (glossary.DEMAND, lambda m: m.row.demand),
    ("Capacity without spot places", lambda m: m.row.capacity),
    (glossary.SPOT_BOUGHT, lambda m: m.spot),
    ("Length of stay, days", lambda m: m.row.days),
)
_FIGURES: tuple[tuple[str, str, Callable[[MonthOfService], float | None]], ...] = (
    (glossary.DEMAND, "people", lambda m: m.row.demand),
    (glossary.CAN_BE_SERVED, "people", lambda m: m.row.capacity),
    (glossary.CAPACITY_GAP, "people", lambda m: m.gap),
    (glossary.SPOT_BOUGHT, "people", lambda m: m.spot),
    (glossary.WAITING, "people", lambda m: m.waiting),
    (glossary.SPOT_COST, "£", lambda m: known_pounds(m.spot_pence)),
    (glossary.DELAY_COST, "£", lambda m: known_pounds(m.delay_pence)),
    (glossary.SERVING_COST, "£", lambda m: known_pounds(m.serving_pence)),
)
