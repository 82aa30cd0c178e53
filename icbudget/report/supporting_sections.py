"""Sections of the full report on what stands behind the main figures.

Ranges, evidence, rules, gain share, gaps and scenarios. The last of them says where every answer
stands, so that a reader of the report finds what it leaves out.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain

from icbudget import glossary
from icbudget.answers import catalogue
from icbudget.answers.answer import Answer
from icbudget.answers.catalogue import FAMILIES
from icbudget.answers.pool_balances import MET_BY_NOTHING
from icbudget.answers.rule_tests import PLAN
from icbudget.answers.tornado import NET_AT
from icbudget.checks.national_rules import (
    FAIL,
    NOT_TESTED,
    OFF,
    OVER_COMMITTED,
    PASS,
    UNALLOCATED,
)
from icbudget.engine.uncertainty.outcomes import SYSTEM
from icbudget.plan.unread_cells import WORDS
from icbudget.report.certainty_sections import chances, evidence, points, ranges
from icbudget.report.document import (
    Builder,
    Group,
    Line,
    MoneyLine,
    Paper,
    Section,
    Table,
    amounts_of,
    every_number,
    numbers,
    one_group,
)
from icbudget.report.pool_sections import nothing_moves
from icbudget.report.report_figures import listed, number, plural, scale_for

_DRIVERS = 8
"""Uncertain figures that the table names; the answer has them all."""
_PASS, _FAIL = (PASS, OFF), (FAIL, OVER_COMMITTED)


def section_sure(paper: Paper) -> Section | None:
    """Return the range of the whole system's figures and what moves it most, if anything does."""
    block = paper.block(catalogue.TORNADO)
    rows = block.where(measure=NET_AT)[:_DRIVERS]
    parts = ranges(paper)
    if not rows or not parts:
        return None
    scale = scale_for(every_number(rows))
    lines = []
    for row in rows:
        driver, where_from = block.labels_of(row, "driver", "where_from")
        lines.append(Line(driver, (where_from, *paper.money(scale, numbers(row)))))
    caption = f"What moves net cash over the plan most, each driver alone, {scale.name}"
    headings = ("Driver", "Where its range comes from", "At its P10", "At its P90", "Swing")
    drivers = Table("drivers", caption, headings, one_group(lines), frozenset({0}))
    return Section(
        "sure", "How sure it is", points(paper), parts=(*parts, *chances(paper), drivers)
    )


def section_rests(paper: Paper) -> Section | None:
    """Return what the programmes' effects rest on, and what overlap of their people changes."""
    block, tables = paper.block(catalogue.COMBINATION), evidence(paper)
    if not tables:
        return None
    last = {block.labels_of(row, "acute_line", "reading"): numbers(row)[-1] for row in block.rows}
    readings = tuple(dict.fromkeys(reading for _, reading in last))
    units = {block.label(row, "acute_line"): row.unit for row in block.rows}
    names = paper.names("acute_lines")
    lines: list[Line] = []
    for id, unit in units.items():
        figures = tuple(number(last.get((id, reading))) for reading in readings)
        lines.append(Line(f"{names.get(id, id)} ({unit}s)", figures))
    caption = f"Activity avoided in {paper.years[-1]}, by whom the programmes reach"
    table = Table("combination", caption, ("Activity line", *readings), one_group(lines))
    paragraph = block.shows
    return Section(
        "rests",
        "What prevention rests on",
        (paragraph,),
        parts=(*tables, *((table,) if lines else ())),
    )


def section_rules(paper: Paper) -> Section | None:
    """Return what the rules require of each funding source, by year, in the plan itself."""
    block = paper.block(catalogue.RULE_TESTS)
    rows = [
        row
        for row in block.where(figure=glossary.RESULT)
        if block.label(row, "scenario") in (PLAN, "")
    ]
    if not rows:
        return None
    counted = Counter(map(str, chain.from_iterable(row.values for row in rows)))
    names = paper.names("pools")
    lines = []
    for row in rows:
        if all(value in _PASS for value in row.values):
            continue
        test, source, pool = block.labels_of(row, "test", "source", "pool")
        results_by_year = [str(row.values[t] or "–") for t in paper.positions_in_tables]
        heading = f"{test.replace('_', ' ').capitalize()}: {source}"
        lines.append(Line(heading, (names.get(pool, pool or "–"), *results_by_year)))
    failed = sum(counted[word] for word in _FAIL)
    results = [
        f"{counted[PASS]:,} results pass",
        f"{failed:,} fail or are over-committed",
        f"{counted[UNALLOCATED]:,} leave money without a scheme",
        f"{counted[NOT_TESTED]:,} are not tested, because no row states the minimum",
    ]
    if counted[WORDS]:
        results.append(f"{counted[WORDS]:,} are {WORDS}")
    tests = f"{plural(len(rows), 'test')} over {plural(len(paper.years), 'year')}"
    points = [f"{tests}: {listed(results)}."]
    if nothing_moves(paper):
        points.append(MET_BY_NOTHING)
    headings = ("Test and funding source", "Pool", *paper.shown_years)
    words = frozenset(range(len(headings) - 1))
    caption = "Tests that are not passed in every year"
    table = Table("rule-tests", caption, headings, one_group(lines), words)
    return Section(
        "rules", "What the rules require", (), tuple(points), parts=(table,) if lines else ()
    )


def section_gain_share(paper: Paper) -> Section | None:
    """Return what partners that share the result pay one another; None without an agreement."""
    block = paper.block(catalogue.GAIN_SHARED)
    names = paper.names("partners")
    groups: dict[str, list[MoneyLine]] = {}
    for row in block.rows:
        if row.unit != "£":
            continue
        agreement, partner, figure = block.labels_of(row, "gain_share", "partner", "figure")
        heading = f"{agreement}: {names.get(partner, partner)}"
        groups.setdefault(heading, []).append((figure, numbers(row), False))
    if not groups:
        return None
    caption = "Gains and losses, and what is paid to share them"
    table = paper.money_table("gain-shared", caption, "Figure", [*groups.items()])
    return Section(
        "gain-share",
        "How gains are shared",
        (block.shows,),
        parts=(table,),
    )


def section_gaps(paper: Paper) -> Section | None:
    """Return what would close the gap of each goal, and what it would cost."""
    block = paper.block(catalogue.GOAL_GAPS)
    if not block.rows:
        return None
    names = {goal.id: goal.called for goal in paper.case.plan.goals}
    scale = scale_for(every_number(block.rows))
    lines = []
    for row in block.rows:
        goal, *words = block.labels_of(row, "goal", "programmes", "closes_gap")
        amounts = amounts_of(row.values)
        cells = (*words, *paper.money(scale, amounts))
        lines.append(Line(names.get(goal, goal), cells))
    headings = (*block.labels, *block.columns)
    table = Table(
        "goal-gaps",
        f"What would close each gap, {scale.name}",
        headings,
        one_group(lines),
        frozenset({0, 1}),
        True,
    )
    return Section(
        "gaps",
        "What would close the gaps",
        (block.shows,),
        parts=(table,),
    )


def section_scenarios(paper: Paper) -> Section | None:
    """Return the whole system's headline figures under the plan and every scenario."""
    block = paper.block(catalogue.SIDE_BY_SIDE)
    rows = [row for row in block.where(who=SYSTEM) if row.unit == "£"]
    if len(paper.years) == 1 or not any(every_number(rows)):
        return None
    scale = scale_for(every_number(rows))

    def amounts(at: int) -> list[float | None]:
        return amounts_of(row.values[at] for row in rows)

    lines = tuple(
        Line(name, paper.money(scale, amounts(at))) for at, name in enumerate(block.columns)
    )
    headings = ("Scenario", *(block.label(row, "figure") for row in rows))
    table = Table(
        "scenarios-table",
        f"The whole system under each scenario, {scale.name}",
        headings,
        one_group(lines),
    )
    return Section("scenarios", "The plan beside its scenarios", (block.shows,), parts=(table,))


def section_where(paper: Paper, sections: tuple[Section, ...]) -> Section:
    """Return where every answer stands: a section of this report, a sheet of the workbook."""
    headings = {section.id: section.heading for section in sections}

    def line(answer: Answer) -> Line:
        return Line(answer.help, (_where(paper, answer, headings), paper.block(answer).title))

    groups = tuple(Group(family, tuple(map(line, answers))) for family, answers in FAMILIES.items())
    paragraph = (
        "This report tells the main figures of each answer. The results workbook has every answer"
        " row by row, each on a sheet with the title named here; the audit pack has each as a CSV"
        " file."
    )
    table = Table(
        "answers-table",
        "Every answer",
        ("Answer", "In this report", "Title in the workbook"),
        groups,
        frozenset({0, 1}),
    )
    return Section("answers", "Where every answer stands", (paragraph,), parts=(table,))


def _where(paper: Paper, answer: Answer, headings: dict[str, str]) -> str:
    if not paper.block(answer).rows:
        return "No rows: the plan does not use it"
    return headings.get(answer.report, "Not in this report: see the workbook")


FURTHER: tuple[Builder, ...] = (
    section_sure,
    section_rests,
    section_rules,
    section_gain_share,
    section_gaps,
    section_scenarios,
)
"""The sections behind the main figures, in reading order; each is left out where there is nothing
to tell.
"""
