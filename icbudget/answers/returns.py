"""Tables of the Better Care Fund returns.

Their columns have the order of the plan's rules year.

Which columns there are is data (`return_column`); a heading that no public source confirms ends in
an asterisk. Only pooled money is in a return: aligned and in-view budgets and what is in kind are
not. A funding source of the plan's own stands under the additional source of the side that gives
it, named in the comments.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from icbudget import reference, years
from icbudget.answers.block import Cell, Lines, Row
from icbudget.answers.case import Case
from icbudget.answers.value_column import Column
from icbudget.checks.source_balances import scheme_spending
from icbudget.engine.appraisal import trajectory as engine_goals
from icbudget.engine.rounding import Floats
from icbudget.plan import Plan
from icbudget.plan.contribution import Contribution
from icbudget.plan.goal import Goal
from icbudget.plan.quarterly_plan import QUARTERS
from icbudget.plan.scheme import Scheme

UNCONFIRMED = " *"
"""Ending of a heading that no public source confirms."""
_UNITS = {
    **dict.fromkeys(
        ("amount", "planned", "planned_income", "actual_to_date", "actual_income"), "£"
    ),
    **dict.fromkeys(("nhs_share", "la_share", "share_of_spend", "actual_share"), "%"),
    **dict.fromkeys(("planned_outputs", "baseline", "expected"), "factor of the measure"),
    **dict.fromkeys(("numerator", "denominator"), "factor of the measure"),
    **{f"quarter_{quarter}": "factor of the measure" for quarter in range(1, 5)},
    **{f"month_{month}": "people or days" for month in range(1, 13)},
}
_TEXTS = (
    *("id", "name", "description", "scheme_type", "sub_type", "other_type", "primary_objective"),
    *("area_of_spend", "other_area", "provider", "source", "output_unit"),
)
"""Fields of a scheme line that a return repeats as they are."""
ReturnLine = Mapping[str, Cell | Mapping[str, Cell]]
"""What a row of a return says: its figures by field, by year where a column is repeated for each
year.
"""


class FormColumn(NamedTuple):
    """A column of a return as it stands.

    It has its heading, field, year where it is repeated, and when it is needed.
    """

    heading: str
    field: str
    year: str
    needed: str


def years_of(plan: Plan) -> tuple[str, ...]:
    """Return the years a return is for.

    They are those of the rules year that the plan has, else the base year.
    """
    covered = years.covered_by_rules(plan.setup.rules_year)
    of_rules = tuple(year for year in plan.years if years.start(year) in covered)
    return of_rules or plan.years[:1]


def columns_of_return(plan: Plan, table: str) -> tuple[FormColumn, ...]:
    """Return the columns of a return for the plan's rules year.

    One with `{year}` stands once for each year.
    """
    columns: list[FormColumn] = []
    for column in reference.return_columns(table, plan.setup.rules_year):
        mark = "" if column.confirmed else UNCONFIRMED
        for year in years_of(plan) if "{year}" in column.heading else ("",):
            heading = column.heading.replace("{year}", year.replace("/", "-")) + mark
            columns.append(FormColumn(heading, column.field, year, column.needed))
    return tuple(columns)


def form(
    case: Case, table: str, lines: Iterable[ReturnLine], shows: str, leading: int = 1
) -> Lines:
    """Return a return's table; the first `leading` columns are its labels."""
    columns = columns_of_return(case.plan, table)
    declared = tuple(Column(c.heading, unit=_UNITS.get(c.field, "")) for c in columns)
    rows: list[Row] = []
    for line in lines:
        cells = [_form_cell(line, c) for c in columns]
        labels = tuple(str(cell or "") for cell in cells[:leading])
        rows.append(Row(labels, "", tuple(cells[leading:])))
    note = ""
    if any(c.heading.endswith(UNCONFIRMED) for c in columns):
        note = (
            " * no public source confirms the heading or its place: check it against the template."
        )
    money = " Amounts are in £." if any(column.unit == "£" for column in declared) else ""
    return Lines(
        f"{shows}{money}{note}",
        tuple(rows),
        labels=tuple(column.heading for column in declared[:leading]),
        columns=declared[leading:],
    )


def _form_cell(line: ReturnLine, column: FormColumn) -> Cell:
    value = line.get(column.field)
    return value.get(column.year) if isinstance(value, Mapping) else value


def pooled_funds(plan: Plan) -> set[str]:
    """Return the pools that are pooled funds: returns and accounts ask for no other money."""
    return {pool.id for pool in plan.pools if pool.is_pooled}


def pooled_schemes(plan: Plan) -> list[tuple[int, Scheme]]:
    """Return the scheme lines of pooled funds with their number in the plan."""
    pooled = pooled_funds(plan)
    return [(n, row) for n, row in enumerate(plan.schemes) if row.pool in pooled]


def pooled_contributions(plan: Plan) -> list[tuple[int, Contribution]]:
    """Return the contributions in cash to pooled funds with their number in the plan."""
    pooled = pooled_funds(plan)
    contributions = enumerate(plan.contributions)
    return [(n, row) for n, row in contributions if row.pool in pooled and not row.in_kind]


def income(case: Case) -> Lines:
    """Return the income of the planning return, £.

    It has each source and organisation, additional money line by line.

    What is carried forward is additional money, never part of a minimum; a deduction is taken off
    its own line's source. Source: PB §3.2.
    """
    lines = list(_income(case))
    total = {
        year: sum(_number(line["amount"], year) for line in lines if not line.get("part"))
        for year in years_of(case.plan)
    }
    lines.append(
        {"section": "Total BCF pooled budget", "organisation": "", "amount": total, "comments": ""}
    )
    shows = "What each organisation puts into the pooled funds."
    return form(case, "income", lines, shows, leading=2)


def _number(amounts: Cell | Mapping[str, Cell], year: str) -> float:
    value = amounts.get(year) if isinstance(amounts, Mapping) else amounts
    return float(value) if isinstance(value, (int, float)) else 0.0


def _income(case: Case) -> Iterator[dict[str, Cell | Mapping[str, Cell]]]:
    plan = case.plan
    names = {row.id: row.name for row in plan.partners}
    known = reference.funding_sources(plan.setup.rules_year)
    groups: dict[tuple[str, str, str], list[int]] = {}
    for n, row in pooled_contributions(plan):
        source = known.get(row.source)
        # A minimum of an organisation is one line; additional money stands line by line (PB §3.1).
        alone = row.carry_forward or source is None or source.additional
        key = (section_of(plan, row), row.partner, f"{n}" if alone else "")
        groups.setdefault(key, []).append(n)
    for (section, partner, _), rows in sorted(
        groups.items(), key=lambda group: _order(plan, group[0][0])
    ):
        amounts = _pounds_by_year(case, rows)
        if not any(amounts.values()):
            continue
        comments: dict[str, None] = {}
        for n in rows:
            row = plan.contributions[n]
            if words := _comment(row, own=row.source not in known):
                comments[words] = None
        yield {
            "section": section,
            "organisation": names[partner],
            "amount": amounts,
            "comments": "; ".join(comments),
        }
    for n, part in enumerate(plan.pass_downs):
        # A part of a source that stands above already, so the total does not count it again.
        yield {
            "section": f"{part.source} breakdown",
            "organisation": names[part.district],
            "comments": part.kind,
            "amount": _of_years(plan, case.answered.passed_down[0, :, n]),
            "part": "yes",
        }
    yield from _brought_forward(case)


def _of_years(plan: Plan, pence: Floats) -> dict[str, Cell]:
    """Return pence by year of the plan as pounds of the years of a return."""
    return {year: round(float(pence[plan.years.index(year)])) / 100 for year in years_of(plan)}


def section_of(plan: Plan, row: Contribution) -> str:
    """Return the funding source a contribution is returned under.

    Money carried forward stands under its side's additional source.
    """
    source = reference.funding_sources(plan.setup.rules_year).get(row.source)
    if source is None:
        return _additional(plan, _side_of(plan, row.partner))
    if row.carry_forward and not source.additional:
        return _additional(plan, source.side)
    return row.source


def source_returned(plan: Plan, source: str) -> str:
    """Return what a return calls the source of a scheme line.

    One of the plan's own is additional money of who gives it first.
    """
    if source in reference.funding_sources(plan.setup.rules_year):
        return source
    giver = next((row.partner for row in plan.contributions if row.source == source), "")
    return _additional(plan, _side_of(plan, giver))


def _side_of(plan: Plan, partner: str) -> str:
    councils = {row.id for row in plan.partners if row.kind in ("council", "district")}
    return "LA" if partner in councils else "NHS"


def _additional(plan: Plan, side: str) -> str:
    known = reference.funding_sources(plan.setup.rules_year)
    return next(
        name for name, section in known.items() if section.additional and section.side == side
    )


def _order(plan: Plan, section: str) -> tuple[int, int]:
    """Return where a source stands in the return.

    Councils' money comes first, then the NHS's, additional money last of each.
    """
    known = reference.funding_sources(plan.setup.rules_year)
    source = known.get(section)
    if source is None:
        return (9, 0)  # last of all
    return (0 if source.side == "LA" else 1, int(source.additional))


def _comment(row: Contribution, *, own: bool) -> str:
    if row.carry_forward:
        return f"Carried forward: {row.name or row.document}".rstrip(": ")
    return ": ".join(part for part in (row.source if own else "", row.name) if part)


def _pounds_by_year(case: Case, rows: list[int]) -> dict[str, Cell]:
    pence = case.answered.projection.figures.contributions[0][:, rows].sum(axis=1)
    return _of_years(case.plan, pence)


def _brought_forward(case: Case) -> Iterator[dict[str, Cell | Mapping[str, Cell]]]:
    """Yield, as additional money, what a source brings forward.

    So stands what activity lines release.
    """
    plan, result = case.plan, case.answered
    known = reference.funding_sources(plan.setup.rules_year)
    pooled = pooled_funds(plan)
    moves = result.projection.moves
    for a, (pool, source) in enumerate(result.rules.accounts):
        if pool not in pooled:
            continue
        for values, words in (
            (moves.open, f"Carried forward: {source}"),
            (moves.transfers_in + moves.reinvested, f"From activity: {source}"),
        ):
            # A deficit that is brought forward is no income.
            amounts = _of_years(plan, np.maximum(values[0, :, a], 0.0))
            if any(amounts.values()):
                section = _additional(plan, known[source_returned(plan, source)].side)
                yield {
                    "section": section,
                    "organisation": pool,
                    "amount": amounts,
                    "comments": words,
                }


def expenditure(case: Case) -> Lines:
    """Return the expenditure of the planning return, £.

    There is one row for each scheme line, so two funding sources are two rows. Source: PB §3.3.
    """
    plan = case.plan
    spent = scheme_spending(case.answered)
    at = [plan.years.index(year) for year in years_of(plan)]
    total = sum(spent[n][t] for n, _ in pooled_schemes(plan) for t in at)
    lines = []
    for n, row in pooled_schemes(plan):
        amounts: dict[str, Cell] = {plan.years[t]: spent[n][t] / 100 for t in at}
        share = sum(spent[n][t] for t in at) / total if total else None
        lines.append({**scheme_line(plan, row), "amount": amounts, "share_of_spend": share})
    return form(case, "expenditure", lines, "What the pooled funds are spent on.", leading=2)


def scheme_line(plan: Plan, row: Scheme) -> dict[str, Cell | Mapping[str, Cell]]:
    """Return what a scheme line says in a return, by field.

    The commissioner is in the words of the rules year.
    """
    # The plan says NHS; some rules years say NHS England or ICB in their lists.
    choices = reference.choices("commissioner", plan.setup.rules_year)
    nhs = next((word for word in choices if word not in ("LA", "Joint")), "NHS")
    cells: dict[str, Cell | Mapping[str, Cell]] = {field: getattr(row, field) for field in _TEXTS}
    cells["source"] = source_returned(plan, row.source)
    cells["commissioner"] = nhs if row.commissioner == "NHS" else row.commissioner
    cells["nhs_share"] = row.nhs_share if row.commissioner == "Joint" else None
    cells["la_share"] = row.la_share if row.commissioner == "Joint" else None
    cells["new_or_existing"] = row.new_or_existing
    cells["planned_outputs"] = {
        year: row.planned_outputs if year == plan.setup.base_year else None
        for year in years_of(plan)
    }
    return cells


def metrics(case: Case) -> Lines:
    """Return the metrics of the planning return.

    Baseline and planned values are those of the goal whose measure has the metric's name, else of a
    goal of its kind in its unit; its quarters are the goal's for the base year and those of
    Quarterly plans for a later one. Source: model §15.8.
    """
    plan = case.plan
    lines: list[ReturnLine] = []
    for name, definition in metrics_of(plan):
        goal = _goal_of(plan, name)
        if goal is None:
            lines.append({"metric": name, "definition": definition})
            continue
        path = engine_goals.trajectory(case.answered, goal)
        first, *later = years_of(plan)
        lines.append(_metric(plan, goal, path, first, (name, definition), years_of(plan)))
        # a later year of the return has a line of its own where its quarters are planned
        planned = {row.year for row in plan.quarterly_plans if row.goal == goal.id}
        for year in (year for year in later if year in planned):
            named = f"{name}, {year.replace('/', '-')}"
            lines.append(_metric(plan, goal, path, year, (named, definition), (year,)))
    shows = (
        "The metrics of the rules year, each with the goal that has its name or is of its kind; the"
        " numerator of a rate is plan × denominator. What the plan does not hold is blank."
    )
    return form(case, "metrics", lines, shows)


def _metric(
    plan: Plan,
    goal: Goal,
    path: engine_goals.Path,
    year: str,
    named: tuple[str, str],
    plan_years: tuple[str, ...],
) -> ReturnLine:
    """Return a goal's line of the metrics: its quarters and numerator are those of `year`."""
    quarters = next(
        (row for row in plan.quarterly_plans if (row.goal, row.year) == (goal.id, year)), None
    )
    of_year = goal if year == plan.setup.base_year else quarters
    planned: dict[str, Cell] = {one: path[plan.years.index(one)] for one in plan_years}
    denominator = (quarters.denominator if quarters else None) or goal.denominator
    return {
        "metric": named[0],
        "definition": named[1],
        "baseline": goal.baseline,
        "expected": planned,
        **{field: getattr(of_year, field, None) for field in QUARTERS},
        "denominator": denominator,
        "numerator": _numerator(named[1], path[plan.years.index(year)], denominator),
        "rationale": goal.rationale,
        "local_plan": goal.local_plan,
    }


_OF_A_KIND = {"Residential admissions": "residential"}
"""Metrics that a goal's kind measures. Other kinds may be of other ages than a metric's."""


def _goal_of(plan: Plan, metric: str) -> Goal | None:
    """Return the goal that holds a metric.

    By its measure's name, else of the metric's kind: a rate per 100,000, as the return has it, for
    everyone.
    """
    # By name first: whoever names a metric means it.
    named = [g for g in plan.goals if g.measure.casefold() == metric.casefold()]
    of_its_kind = [
        g
        for g in plan.goals
        if g.measured_by == _OF_A_KIND.get(metric) and "100,000" in g.unit and not g.group
    ]
    return next(iter((*named, *of_its_kind)), None)


_RATES = {"per 100,000": 100_000, "%": 100}
"""Words of a definition that make it a rate, with what it is a rate of."""


def _numerator(definition: str, planned: float | None, denominator: float | None) -> float | None:
    """Return how many a planned rate stands for; None where it is no rate.

    `plan ÷ 100,000 (or 100) × denominator`.
    """
    of = next((of for words, of in _RATES.items() if words in definition), None)
    if of is None or planned is None or denominator is None:
        return None
    return planned / of * denominator


def metrics_of(plan: Plan) -> tuple[tuple[str, str], ...]:
    """Return the metrics of the plan's rules year, each with its definition."""
    rows = reference.rows("choice")
    return tuple(
        (r["value"], r["note"])
        for r in rows
        if r["list"] == "metric" and r["rules_year"] == plan.setup.rules_year
    )
