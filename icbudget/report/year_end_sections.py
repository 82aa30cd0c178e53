"""Section about the end of the year: memorandum accounts, annual return, agreed balances."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain

from icbudget import glossary
from icbudget.answers import catalogue
from icbudget.answers.block import Block, Row
from icbudget.answers.year_end_accounts import ROUNDING, THOUSANDS
from icbudget.engine.accounts.outturn import FORECAST, OUTTURN
from icbudget.report.document import (
    Group,
    Line,
    Paper,
    Section,
    Table,
    amounts_of,
    numbers,
    one_group,
)
from icbudget.report.report_figures import THOUSANDS as SCALE
from icbudget.report.report_figures import scale_for

_SHOWN = {"Brought forward", "Funding", "Expenditure", "Net", "Carried forward"}
_TOTALS = {
    "Net": glossary.NET_WITH_BALANCE,
    "Funding": "Total",
    "Expenditure": "Total",
    "Carried forward": "Balance carried forward",
}


def section_year_end(paper: Paper) -> Section | None:
    """Return the accounts at the end of the year, as the host's notes and returns state them.

    The memorandum account is in £000 with its rounding lines; the annual return and the agreement
    of balances are those of the latest year with actuals, of the base year where there are none.
    """
    tables = [
        table for table in (_memorandum(paper), _annual_return(paper), _agreement(paper)) if table
    ]
    if not tables:
        return None
    paragraph = (
        "Funding − expenditure = net of the year. With the balance brought forward it is what is"
        " shared, and carried forward by holder; a deficit is below zero. Rounding is what whole"
        " thousands leave over. Years without actuals are the plan's, with the virements that"
        " count. The results workbook has every line."
    )
    return Section("year-end", "At the end of the year", (paragraph,), parts=tuple(tables))


def _pooled(paper: Paper) -> dict[str, str]:
    return {pool.id: pool.name for pool in paper.case.plan.pools if pool.is_pooled}


def _year(paper: Paper) -> int:
    """Return the position of the latest year with actuals; the base year where none has."""
    rows = paper.rows(catalogue.MEMORANDUM_ACCOUNT, section="Basis")
    bases = chain.from_iterable(enumerate(row.values) for row in rows)
    return max((t for t, basis in bases if basis in (FORECAST, OUTTURN)), default=0)


def _memorandum(paper: Paper) -> Table | None:
    block = paper.block(catalogue.MEMORANDUM_ACCOUNT)
    groups = []
    for pool, name in _pooled(paper).items():
        rows = [
            row
            for row in block.where(pool=pool, view=THOUSANDS)
            if block.label(row, "section") in _SHOWN
        ]
        if not any(any(numbers(row)) for row in rows):
            continue
        lines = [_line(paper, block, row) for row in rows if _is_printed(block, row)]
        groups.append(Group(name, tuple(lines)))
    if not groups:
        return None
    return Table(
        "memorandum",
        f"Memorandum account of each pooled fund, £000{paper.selected}",
        ("", *paper.shown_years),
        tuple(groups),
    )


def _is_printed(block: Block, row: Row) -> bool:
    """Return whether a report prints a line: funding by giver, totals, holders, any rounding."""
    section, line = block.labels_of(row, "section", "line")
    if line == ROUNDING:
        return any(numbers(row)) and section != "Expenditure"
    return section != "Expenditure" or line.startswith(_TOTALS[section])


def _line(paper: Paper, block: Block, row: Row) -> Line:
    section, line = block.labels_of(row, "section", "line")
    heading = f"{ROUNDING}, {section.lower()}" if line == ROUNDING else line
    values = [value * 1000 for value in paper.of_shown(numbers(row))]
    total = section in _TOTALS and line.startswith(_TOTALS[section])
    return Line(heading, paper.money(SCALE, values), total)


def _annual_return(paper: Paper) -> Table | None:
    t, pools = _year(paper), _pooled(paper)
    wanted: dict[str, Callable[[str, str], bool]] = {
        "Paid in": lambda section, line: line.startswith("This partner: "),
        "Paid for by it": lambda section, line: line == "Paid for by this partner's money",
        "Its share of the result": lambda section, line: line == "This partner's share",
        "Held for it": lambda section, line: line == "Held for this partner at the year end",
    }
    block = paper.block(catalogue.ANNUAL_RETURN)
    sums_by_account: dict[tuple[str, str], list[float]] = {}
    for row in block.rows:
        pool, partner = block.labels_of(row, "pool", "partner")
        section, line = block.labels_of(row, "section", "line")
        sums = sums_by_account.setdefault((pool, partner), [0.0] * len(wanted))
        for at, counts in enumerate(wanted.values()):
            sums[at] += numbers(row)[t] if counts(section, line) else 0.0
    if not any(any(sums) for sums in sums_by_account.values()):
        return None
    names = paper.names("partners")
    scale = scale_for(chain.from_iterable(sums_by_account.values()))
    groups: list[Group] = []
    for pool, name in pools.items():
        of_pool = {who: sums for (at, who), sums in sums_by_account.items() if at == pool}
        if of_pool:
            lines = [Line(names[who], paper.money(scale, sums)) for who, sums in of_pool.items()]
            groups.append(Group(name, tuple(lines)))
    return Table(
        "annual-return",
        f"Annual return to each partner, {paper.years[t]}, {scale.name}",
        ("Partner", *wanted),
        tuple(groups),
    )


def _agreement(paper: Paper) -> Table | None:
    block = paper.block(catalogue.AGREEMENT_OF_BALANCES)
    if not block.rows:
        return None
    pools, names = paper.names("pools"), paper.names("partners")
    figures = [amounts_of(row.values) for row in block.rows]
    scale = scale_for(chain.from_iterable(figures))
    lines = []
    for row, values in zip(block.rows, figures, strict=True):
        year, pool, kind = block.labels_of(row, "year", "pool", "kind")
        receives, pays = block.labels_of(row, "receives", "pays")
        who = (names.get(receives, receives), names.get(pays, pays))
        lines.append(
            Line(f"{pools.get(pool, pool)}, {year}", (kind, *who, *paper.money(scale, values)))
        )
    headings = ("Pool and year", "Kind", "Receives", "Pays", *block.columns)
    caption = f"Agreement of balances: what both partners' records have, {scale.name}"
    return Table("agreement", caption, headings, one_group(lines), frozenset({0, 1, 2}))
