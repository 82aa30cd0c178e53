"""A figure in the paper or the report is the one that the answers have under its label (model §1.8)."""

from __future__ import annotations

import re

import pytest

from icbudget import tasks
from icbudget.glossary import MEANINGS, SYSTEM
from icbudget.report.committee_paper import committee_document
from icbudget.report.document import Table, paper_of
from icbudget.report.run_record import record_of
from icbudget.report.system_sections import section_bridge, section_partners
from tests.answers.labelled import labelled_figures
from tests.places import WORKBOOKS

SCALES = {"£": 1.0, "£000": 1e3, "£m": 1e6}
SCALE = re.compile(r"(£000|£m|£)(?=[,;:]|$)")
NAMED = ("partners", "pools")
SAMPLES = ("illustrative-borough", "england-better-care-fund-2015-16")


def figures_of(table, plan):
    """Yield the amounts of a table that stand under a label: (label, whose, year, £, rounding)."""
    ids = {row.name: row.id for name in NAMED for row in getattr(plan, name)} | {SYSTEM: ""}
    scale = SCALE.search(table.caption)
    if not scale:
        return
    by = SCALES[scale[1]]
    # half a unit of the last digit that is shown
    half = by / 2 if scale[1] != "£m" else by / 20
    years_named = [year for year in plan.years if year in table.caption]
    for line in (line for group in table.groups for line in group.lines):
        for heading, cell in zip(table.headings[1:], line.cells, strict=True):
            amount = _amount(cell)
            if amount is None:
                continue
            if heading in plan.years and line.heading in MEANINGS:
                yield line.heading, "", heading, amount * by, half
            elif heading in MEANINGS and line.heading in ids and len(years_named) == 1:
                yield heading, ids[line.heading], years_named[0], amount * by, half
            elif line.heading in MEANINGS and heading in ids and len(years_named) == 1:
                yield line.heading, ids[heading], years_named[0], amount * by, half


def _amount(cell):
    negative = cell.startswith(("−", "("))
    digits = cell.strip("−()").replace(",", "")
    if not re.fullmatch(r"[0-9]+([.][0-9]+)?", digits):
        return None
    return -float(digits) if negative else float(digits)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_amount_under_a_label_is_the_answers_amount_under_it(name):
    case = tasks.check(WORKBOOKS / f"{name}.yaml").case
    known = {}
    for figure in labelled_figures(case.plan, tasks.answers(case)):
        whose = {word for _, word in figure.of}
        if len(whose) <= 1 and figure.unit == "£":
            key = figure.label, next(iter(whose), ""), figure.column
            known.setdefault(key, []).append(figure.value)
    paper = paper_of(case)
    sections = [
        *committee_document(case, record_of(case, "a test")).sections,
        section_bridge(paper),
        section_partners(paper),
    ]
    tables = [part for s in sections if s for part in s.parts if isinstance(part, Table)]
    looked_at, apart = 0, []
    for table in tables:
        for label, whose, year, amount, half in figures_of(table, case.plan):
            values = known.get((label, whose, year))
            if values is None:
                continue
            looked_at += 1
            if all(abs(value - amount) > half + 0.01 for value in values):
                apart.append(f"{table.caption}: {label}, {whose}, {year}: {amount} is not {values}")
    assert apart == [] and looked_at > 30
