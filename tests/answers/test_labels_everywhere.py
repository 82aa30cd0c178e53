"""A figure has one value under its label wherever it is met: answers, CSV, JSON, worksheet
functions, and every sheet of the workbook with its Dashboard and Start (model §1.8).

Report and paper have `tests/report/test_labels_of_documents.py`. Each place is read as a person or a
program reads it, from what was written and not from the answers behind it.
"""

from __future__ import annotations

import copy
import csv
import io
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from icbudget import glossary, tasks
from icbudget.answers.answered import answered, answers_of
from icbudget.answers.block import Block, Row, id_heading
from icbudget.answers.case import Case, evaluate_draft
from icbudget.answers.catalogue import BY_ID
from icbudget.cli.output import answers_record
from icbudget.plan.plan_text import from_document
from icbudget.report.csv_json import block_csv
from icbudget.workbook import layout
from icbudget.workbook.reading.sheet_cells import read_cells
from icbudget.workbook.writing.build import build
from tests.answers.labelled import FORMS, OVER_PLAN, Labelled, labelled_figures, of_rows
from tests.answers.test_labels import PENNY, RUN_AGAIN, SAMPLES
from tests.benchmarks.test_server_speed import tables_in
from tests.engine.plans import random_document
from tests.excel.hosts import Refused, Registry
from tests.excel.tables import as_arguments
from tests.guide import test_worked_example

YEAR = r"\d{4}/\d{2}"
MILLIONS = re.compile(r"(-?)£([0-9,]+[.][0-9])m")
FLOWS = (
    glossary.PLAN,
    glossary.FUNDING,
    glossary.NET_RELEASE,
    glossary.GROSS_TARIFF,
)
"""Figures of a year that the Dashboard adds up over the plan."""
ASKED = 60
"""Figures of a plan that are asked for one by one, at most."""


@dataclass(frozen=True)
class Written:
    """A plan's answers as they were written in each place."""

    case: Case
    blocks: Mapping[str, Block]
    csv: dict[str, str]
    json: str
    sheets: dict[str, list[list[Any]]]
    spilled: dict[str, list[list[Any]]]
    """What ICB_TABLE gives, by the id of the answer."""
    figures: dict[str, tuple[Labelled, float]]
    """What ICB_FIGURE gives for a name, with the figure that the name is of."""


def written(case: Case, blocks: Mapping[str, Block]) -> Written:
    """Write a case's answers everywhere; functions read the plan from the workbook's tables."""
    ours = {id: block for id, block in blocks.items() if id not in FORMS and block.columns}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "plan.xlsx"
        path.write_bytes(build(case.plan, dict(blocks), live=True, case=case))
        sheets, _ = read_cells(path)
        host = Registry()
        handle = host.ask("ICB_PLAN", *as_arguments(tables_in(path)))[0][0]
    spilled = {
        id: host.ask("ICB_TABLE", handle, BY_ID[id].title) for id in ours if id not in RUN_AGAIN
    }
    return Written(
        case,
        ours,
        {id: block_csv(block) for id, block in ours.items()},
        json.dumps(answers_record(ours), default=str),
        {name: _cells(sheet) for name, sheet in sheets.items()},
        spilled,
        dict(_asked(host, handle, ours)),
    )


def _cells(sheet: Any) -> list[list[Any]]:
    return [
        [sheet.value(row, column) for column in range(1, 40)]
        for row in range(1, max(sheet.rows, default=0) + 1)
    ]


def _asked(host: Registry, handle: str, blocks: Mapping[str, Block]) -> Iterator[Any]:
    """Yield figures asked for one by one, by the name of their answer, labels and column."""
    named = []
    for id, block in blocks.items():
        if id in RUN_AGAIN:
            continue
        for row in block.rows:
            of_row = [*of_rows("", block, [(row.labels, row.unit, row.values)])]
            for figure in of_row[-1:]:
                words = (block.title, *filter(None, row.labels), figure.column)
                named.append((" / ".join(words), figure))
    step = max(1, len(named) // ASKED)
    for name, figure in named[::step]:
        try:
            yield name, (figure, host.ask("ICB_FIGURE", handle, name)[0][0])
        except Refused as refused:
            assert "fit" in str(refused), refused  # a name that several cells have gives none


# Reading what was written


def _under_headings(where: str, block: Block, grid: list[list[Any]]) -> Iterator[Labelled]:
    """Yield the figures of a grid whose first row has the headings of an answer."""
    headings, *rows = grid
    at = {str(heading): number for number, heading in enumerate(headings) if heading}
    of_ids = {h: id_heading(h) for h in block.ids}
    for row in rows:
        labels = [str(row[at[of_ids.get(h, h)]] or "") for h in block.labels]
        if not any(labels):
            return
        values = [row[at[column]] for column in block.columns]
        yield from of_rows(where, block, [(labels, str(row[at["Unit"]] or ""), values)])


def of_answers(w: Written) -> Iterator[Labelled]:
    yield from labelled_figures(w.case.plan, w.blocks)
    for id, block in w.blocks.items():
        for row in block.rows:
            years = [*of_rows(id, block, [(row.labels, row.unit, row.values)])]
            if not years or years[0].label not in FLOWS or years[0].of:
                continue
            by_year = [figure for figure in years if figure.column in w.case.plan.years]
            if len(by_year) == len(w.case.plan.years):
                total = sum(figure.value for figure in by_year)
                yield _over_plan(years[0].label, years[0].unit, total, f"{id}, years added up")


def _over_plan(label: str, unit: str, value: float, where: str, half: float = 0.0) -> Labelled:
    return Labelled(label, unit, frozenset(), OVER_PLAN, value, where, half)


def of_csv(w: Written) -> Iterator[Labelled]:
    for id, text in w.csv.items():
        block = w.blocks[id]
        headings, *rows = csv.reader(io.StringIO(text))
        grid: list[list[Any]] = [[heading.lstrip("'") for heading in headings]]
        for row in rows:
            unit = row[headings.index("Unit")]
            cells: list[Any] = [cell.removeprefix("'") for cell in row]
            for column in block.columns:
                at = headings.index(column)
                percent = block.unit_of(unit, column) == "%"
                number = _number(row[at])
                cells[at] = number / 100 if percent and number is not None else number
            grid.append(cells)
        for figure in _under_headings(f"{id}.csv", block, grid):
            # a CSV has pounds to the penny and other figures to six decimals
            yield _rounded(figure, 0.5e-6)


def _rounded(figure: Labelled, half: float) -> Labelled:
    return Labelled(
        figure.label, figure.unit, figure.of, figure.column, figure.value, figure.where, half
    )


def _number(text: str) -> float | None:
    try:
        return float(text.removeprefix("'"))
    except ValueError:
        return None


def of_json(w: Written) -> Iterator[Labelled]:
    for id, grid in json.loads(w.json).items():
        yield from _under_headings(f"JSON {id}", w.blocks[id], grid)


def of_table_function(w: Written) -> Iterator[Labelled]:
    for id, grid in w.spilled.items():
        yield from _under_headings(f"ICB_TABLE {id}", w.blocks[id], grid)


def of_figure_function(w: Written) -> Iterator[Labelled]:
    for name, (asked, value) in w.figures.items():
        where = f"ICB_FIGURE {name}"
        yield Labelled(asked.label, asked.unit, asked.of, asked.column, value, where)


def of_sheets(w: Written) -> Iterator[Labelled]:
    """Yield the figures of every answer's sheet, as its cells hold them."""
    for id, block in w.blocks.items():
        rows = w.sheets.get(block.title)
        if rows is None or not block.rows:
            continue
        headings = [*block.headings]
        starts = [n for n, row in enumerate(rows) if row[: len(headings)] == headings]
        # totals stand above the answer under the same headings of years
        grid = rows[starts[-1] :]
        yield from _under_headings(f"sheet {block.title}", block, grid)


def of_dashboard(w: Written) -> Iterator[Labelled]:
    """Yield the figures of the cards and of the sentences below them."""
    labels, figures, sentences = w.sheets[layout.DASHBOARD][4:7]
    years = w.case.plan.years
    for label, figure, sentence in zip(labels, figures, sentences, strict=True):
        if not label or not isinstance(figure, (int, float)):
            continue
        ends = re.fullmatch(rf"(.*) in ({YEAR})", label)
        name = ends[1] if ends else label
        if name == glossary.GAP_TO_DATE:
            plan, funding, there, adds = _millions(sentence)
            yield _of_year(name, years[-1], float(figure))
            yield _shown(glossary.GAP_TO_DATE_THERE, years[-1], there)
            yield _shown(glossary.GAP_TO_DATE_ADDED, years[-1], adds)
            yield _shown(glossary.PLAN, OVER_PLAN, plan)
            yield _shown(glossary.FUNDING, OVER_PLAN, funding)
        elif name == glossary.INCOME_OF_POOLS:
            later, *with_aligned = _millions(sentence)
            assert f"as planned in {years[0]}" in sentence
            yield _of_year(name, years[0], float(figure))
            yield _shown(name, years[-1], later)
            for amount in with_aligned:
                yield _shown(glossary.INCOME_WITH_ALIGNED, years[0], amount)
        elif name == glossary.NET_RELEASE:
            (at_tariff,) = _millions(sentence)
            yield _of_year(glossary.NET_RELEASE, OVER_PLAN, float(figure))
            yield _shown(glossary.GROSS_TARIFF, OVER_PLAN, at_tariff)
        elif name == glossary.GAIN_SO_FAR:
            yield _of_year(glossary.GAIN_SO_FAR, years[-1], float(figure))
        elif name == glossary.LEFT_IN_POOLS:
            assert sentence.startswith(("as planned, before settlement.", "There is no pooled"))


def _millions(sentence: str) -> list[float]:
    return [
        (-1e6 if minus else 1e6) * float(amount.replace(",", ""))
        for minus, amount in MILLIONS.findall(sentence)
    ]


def _of_year(label: str, column: str, value: float) -> Labelled:
    return Labelled(label, "£", frozenset(), column, value, layout.DASHBOARD)


def _shown(label: str, column: str, value: float) -> Labelled:
    where = f"a sentence of the {layout.DASHBOARD}"
    return Labelled(label, "£", frozenset(), column, value, where, 0.05e6)


def of_start(w: Written) -> Iterator[Labelled]:
    """Yield the counts of findings, on Start, on the Dashboard and as there are."""
    for sheet in (layout.START, layout.DASHBOARD):
        text = next(
            str(cell)
            for row in w.sheets[sheet]
            for cell in row
            if re.search(r"\d+ errors? · \d+ warnings? · \d+ notes?", str(cell))
        )
        counts = re.findall(r"(\d+) (error|warning|note)s?", text)
        for count, kind in counts:
            yield Labelled(kind, "number", frozenset(), OVER_PLAN, float(count), sheet)
    for kind in ("error", "warning", "note"):
        there_are = sum(f.severity == kind for f in w.case.findings)
        yield Labelled(kind, "number", frozenset(), OVER_PLAN, there_are, "findings")


PLACES: dict[str, Callable[[Written], Iterator[Labelled]]] = {
    "answers": of_answers,
    "CSV": of_csv,
    "JSON": of_json,
    "ICB_TABLE": of_table_function,
    "ICB_FIGURE": of_figure_function,
    "sheets": of_sheets,
    "Dashboard": of_dashboard,
    "Start": of_start,
}


def faults(w: Written) -> list[str]:
    """Return every label under which two numbers stand, with where they stand."""
    by_key = defaultdict(list)
    for read in PLACES.values():
        for figure in read(w):
            by_key[figure.key].append(figure)
    apart = []
    for (label, unit, of, column), figures in by_key.items():
        lowest = max(figure.value - figure.half for figure in figures)
        highest = min(figure.value + figure.half for figure in figures)
        if lowest - highest > PENNY:
            stand = "; ".join(f"{figure.where}: {figure.value:,.4f}" for figure in figures[:6])
            things = ", ".join(sorted(word for _, word in of))
            apart.append(f"{label} ({unit}), {things}, {column}: {stand}")
    return apart


@cache
def sample(path: Path) -> Written:
    case = tasks.check(path).case
    assert case is not None
    return written(case, tasks.answers(case))


@cache
def generated(seed: int) -> Written:
    case = evaluate_draft(from_document(random_document(Random(seed))))
    assert case is not None and case.has_answers
    blocks = {a.id: answered(case, a) for a in answers_of(case) if a.id not in RUN_AGAIN}
    return written(case, blocks)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_figure_of_a_sample_plan_is_one_number_wherever_it_is_met(path):
    assert faults(sample(path)) == []


@pytest.mark.parametrize("seed", range(6))
def test_a_figure_of_a_generated_plan_is_one_number_wherever_it_is_met(seed):
    assert faults(generated(seed)) == []


@pytest.mark.parametrize("name", ["plan", "outturn"])
def test_a_figure_of_the_worked_example_is_one_number_wherever_it_is_met(name):
    case = test_worked_example.case(name)
    assert faults(written(case, tasks.answers(case))) == []


@pytest.mark.parametrize("name", PLACES)
def test_every_place_of_every_plan_has_figures_that_are_compared(name):
    borough = next(path for path in SAMPLES if path.stem == "illustrative-borough")
    least = {"Dashboard": 8, "Start": 9, "ICB_FIGURE": 30}.get(name, 500)
    assert sum(1 for _ in PLACES[name](sample(borough))) >= least
    assert sum(1 for _ in PLACES[name](generated(0))) >= min(least, 5)


# Each place is caught where it says another number


def _other_number(grid: list[list[Any]]) -> list[list[Any]]:
    """The grid with its last number a thousand higher."""
    changed = copy.deepcopy(grid)
    for row in reversed(changed):
        for at in reversed(range(len(row))):
            if isinstance(row[at], float):
                row[at] += 1000.0
                return changed
    raise LookupError("no number")


def _in_answers(w: Written) -> Written:
    block = w.blocks["balances"]
    first, *rest = block.rows
    other = Row(first.labels, first.unit, (*first.values[:-1], 1234.56))
    return replace(w, blocks={**w.blocks, "balances": replace(block, rows=(other, *rest))})


def _in_csv(w: Written) -> Written:
    text = w.csv["balances"]
    amounts = re.findall(r"[0-9]{4,}[.][0-9]{2}", text)
    return replace(w, csv={**w.csv, "balances": text.replace(amounts[0], "1234.56", 1)})


def _in_json(w: Written) -> Written:
    grids = json.loads(w.json)
    return replace(w, json=json.dumps(grids | {"balances": _other_number(grids["balances"])}))


def _in_table_function(w: Written) -> Written:
    grid = _other_number(w.spilled["balances"])
    return replace(w, spilled={**w.spilled, "balances": grid})


def _in_figure_function(w: Written) -> Written:
    name, (asked, value) = next(iter(w.figures.items()))
    return replace(w, figures={**w.figures, name: (asked, value + 1000.0)})


def _in_sheets(w: Written) -> Written:
    return replace(w, sheets={**w.sheets, "Balances": _other_number(w.sheets["Balances"])})


def _in_a_card(w: Written) -> Written:
    rows = copy.deepcopy(w.sheets[layout.DASHBOARD])
    rows[5][0] += 1000.0
    return replace(w, sheets={**w.sheets, layout.DASHBOARD: rows})


def _in_a_sentence(w: Written) -> Written:
    rows = copy.deepcopy(w.sheets[layout.DASHBOARD])
    rows[6][0] = MILLIONS.sub("£987.6m", rows[6][0], count=1)
    return replace(w, sheets={**w.sheets, layout.DASHBOARD: rows})


def _on_start(w: Written) -> Written:
    rows = [
        [
            re.sub(r"\d+ errors? ·", "7 errors ·", cell) if isinstance(cell, str) else cell
            for cell in row
        ]
        for row in w.sheets[layout.START]
    ]
    return replace(w, sheets={**w.sheets, layout.START: rows})


PLANTED = (
    _in_answers,
    _in_csv,
    _in_json,
    _in_table_function,
    _in_figure_function,
    _in_sheets,
    _in_a_card,
    _in_a_sentence,
    _on_start,
)


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__.removeprefix("_"))
def test_a_number_that_differs_in_one_place_is_caught(plant):
    assert len(faults(plant(generated(0)))) == 1
