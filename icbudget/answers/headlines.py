"""The headline figures of the Dashboard by their own words, each with the figures it is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from icbudget import glossary
from icbudget.answers import catalogue
from icbudget.answers.answer_cell import AnswerCell
from icbudget.answers.answered import kept
from icbudget.answers.block import Block, Cell, Row
from icbudget.answers.case import Case
from icbudget.answers.names import names_of
from icbudget.answers.pool_balances import rows_by_source
from icbudget.answers.risk_shared import SHARE
from icbudget.checks.national_rules import FAIL, OVER_COMMITTED, PASS
from icbudget.glossary import SYSTEM
from icbudget.plan.unread_cells import NOT_KNOWN, NotKnown


class Part(NamedTuple):
    """A figure that a headline is made of: its name, what people call it, and its value."""

    name: str
    called: str
    value: Cell


@dataclass(frozen=True, slots=True)
class Headline:
    """A headline figure: its words, its value, how it comes about, and what it is made of."""

    name: str
    value: Cell
    unit: str
    meaning: str
    basis: str
    """Its period and basis, such as `in 2025/26, as planned`."""
    parts: tuple[Part, ...]
    """The figures of answers that it adds up, counts or compares, each by its name."""


def headline(case: Case, words: str) -> Headline | None:
    """Return the headline figure that is called so, whatever the case; None where none is."""
    wanted = words.strip().casefold()
    for name, made in HEADLINES.items():
        if name.casefold() == wanted:
            return made(case)
    # On the Dashboard some figures carry the last year.
    last = f" in {case.plan.years[-1]}".casefold()
    if wanted.endswith(last):
        return headline(case, wanted.removesuffix(last))
    return None


def _gap(case: Case) -> Headline:
    block = kept(case, catalogue.BRIDGE)
    rows = block.where(partner=SYSTEM, step=glossary.GAP_OF_YEAR)
    return _added(
        glossary.GAP_TO_DATE,
        f"{_over(case)}, after settlement",
        _parts(block, rows, block.columns),
    )


def _income(case: Case) -> Headline:
    first = case.plan.years[0]
    basis = f"in {first}, as planned"
    return _of_pools(case, glossary.INCOME_OF_POOLS, glossary.INCOME, first, basis)


def _spending(case: Case) -> Headline:
    first = case.plan.years[0]
    basis = f"in {first}, as planned"
    return _of_pools(case, glossary.SPENDING_FROM_POOLS, glossary.SPEND, first, basis)


def _left(case: Case) -> Headline:
    last = case.plan.years[-1]
    basis = f"at the end of {last}, as planned, before settlement"
    return _of_pools(case, glossary.LEFT_IN_POOLS, glossary.CLOSE, last, basis)


def _over(case: Case) -> str:
    """Return the years that a figure of the whole plan adds up."""
    return f"over {case.plan.years[0]} to {case.plan.years[-1]}"


def _of_pools(case: Case, name: str, figure: str, year: str, basis: str) -> Headline:
    """Return a figure of all sources of the pools that are pooled, added up in one year."""
    block = kept(case, catalogue.BALANCES)
    # Aligned money stands beside a pool and is never counted as money in it (model §3).
    pooled = {pool.id for pool in case.plan.pools if pool.is_pooled}
    rows = [
        row for row in rows_by_source(block, figure=figure) if block.label(row, "pool") in pooled
    ]
    return _added(name, basis, _parts(block, rows, [year]))


def _cash(case: Case) -> Headline:
    block = kept(case, catalogue.CASH_RELEASED)
    rows = block.where(figure=glossary.NET_RELEASE)
    return _added(
        glossary.NET_RELEASE, f"{_over(case)}, as planned", _parts(block, rows, block.columns)
    )


def _system(case: Case) -> Headline:
    block = kept(case, catalogue.PARTNER_POSITIONS)
    rows = block.where(partner=SYSTEM, figure=glossary.GAIN_SO_FAR)
    return _added(
        glossary.GAIN_SO_FAR,
        f"{_over(case)}, the whole system, after settlement",
        _parts(block, rows, [case.plan.years[-1]]),
    )


def _goals(case: Case) -> Headline:
    block = kept(case, catalogue.GOAL_TRACKER)
    verdicts = {block.label(row, "goal"): block.label(row, "figure") for row in block.rows}
    met = sum(verdict.startswith("Met by") for verdict in verdicts.values())
    names = names_of(case.plan, "goals")
    basis = "by the date of each goal, as planned"
    parts = tuple(
        Part(f"{block.title} / {goal}", f"{block.title} / {names.get(goal, goal)}", words)
        for goal, words in verdicts.items()
    )
    return _made(glossary.GOALS_MET, f"{met} of {len(case.plan.goals)}", "", basis, parts)


def _rules(case: Case) -> Headline:
    block = kept(case, catalogue.RULE_TESTS)
    parts = _parts(block, block.where(figure=glossary.RESULT), [block.columns[0]])
    basis = f"in {case.plan.years[0]}, as planned"
    if any(isinstance(part.value, NotKnown) for part in parts):
        return _made(glossary.RULES_MET, NOT_KNOWN, "", basis, parts)
    # Rules that are not tested are neither met nor missed.
    counted = [part.value for part in parts]
    met = counted.count(PASS)
    missed = counted.count(FAIL) + counted.count(OVER_COMMITTED)
    return _made(glossary.RULES_MET, f"{met} of {met + missed}", "", basis, parts)


def _borne(case: Case) -> Headline:
    block = kept(case, catalogue.RISK_SHARED)
    year = case.plan.years[-1]
    parts = []
    for partner in case.plan.partners:
        rows = block.where(partner=partner.id, figure=SHARE)
        borne = _sum(part.value for part in _parts(block, rows, [year]))
        name, called = (
            f"{block.title} / {word} / {SHARE} / {year}"
            for word in (partner.id, partner.name or partner.id)
        )
        parts.append(Part(name, called, borne))
    values = [part.value for part in parts if isinstance(part.value, (int, float))]
    unknown = any(isinstance(part.value, NotKnown) for part in parts)
    most: Cell = NOT_KNOWN if unknown else max(values, default=0.0)
    return _made(glossary.MOST_BORNE, most, "£", f"in {year}, as settled", tuple(parts))


HEADLINES: dict[str, Callable[[Case], Headline]] = {
    glossary.GAP_TO_DATE: _gap,
    glossary.INCOME_OF_POOLS: _income,
    glossary.SPENDING_FROM_POOLS: _spending,
    glossary.LEFT_IN_POOLS: _left,
    glossary.NET_RELEASE: _cash,
    glossary.GAIN_SO_FAR: _system,
    glossary.GOALS_MET: _goals,
    glossary.RULES_MET: _rules,
    glossary.MOST_BORNE: _borne,
}
"""What works out each headline figure, by its words."""


def _parts(block: Block, rows: Iterable[Row], columns: Iterable[str]) -> tuple[Part, ...]:
    """Return the figures of rows in some columns, each by its name."""
    wanted = tuple(columns)
    cells = (AnswerCell(block.title, block, row, column) for row in rows for column in wanted)
    return tuple(Part(cell.name, cell.called, cell.value) for cell in cells)


def _added(name: str, basis: str, parts: tuple[Part, ...]) -> Headline:
    return _made(name, _sum(part.value for part in parts), "£", basis, parts)


def _sum(values: Iterable[Cell]) -> Cell:
    """Return a sum of pounds; not known where one of them is not."""
    pence = 0
    for value in values:
        if isinstance(value, NotKnown):
            return NOT_KNOWN
        # Answers carry whole pence as floats of pounds; summed as pence they lose nothing.
        pence += round(float(value or 0) * 100)
    return pence / 100


def _made(name: str, value: Cell, unit: str, basis: str, parts: tuple[Part, ...]) -> Headline:
    return Headline(name, value, unit, glossary.MEANINGS[name], basis, parts)
