"""A form of integration has one answer: sheet, Side by side, `compare --scenario`, every function.

Two samples and generated plans, and each of them with a figure that somebody tries: what each
partner is better or worse off, and what it bears, over the plan and to the penny.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

from icbudget import tasks
from icbudget.answers.case import evaluate_draft
from icbudget.answers.side_by_side import BORNE, GAIN
from icbudget.plan import Plan
from icbudget.plan.plan_text import from_document, to_yaml
from icbudget.plan.ready_made import FORMS, ONE, POOLED
from icbudget.workbook.writing.build import build
from tests.benchmarks.test_server_speed import tables_in
from tests.engine.plans import random_document
from tests.excel.hosts import Refused, Registry
from tests.excel.tables import as_arguments
from tests.places import WORKBOOKS

HOST = Registry()
SAMPLES = ("illustrative-borough", "illustrative-neighbourhood")
SEEDS = (3, 11)
FIGURES = (GAIN, BORNE)


class Planned(NamedTuple):
    """A plan, the path of its YAML, and its handle in a cell of a workbook made of it."""

    made: Plan
    path: Path
    handle: str


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """Return a sample by its name, or a generated plan by its seed, made once."""
    folder = tmp_path_factory.mktemp("forms")

    @cache
    def made_of(which):
        path, book = folder / f"{which}.yaml", folder / f"{which}.xlsx"
        if which in SAMPLES:
            path = WORKBOOKS / f"{which}.yaml"
            case = tasks.check(path).case
        else:
            case = evaluate_draft(from_document(random_document(Random(which))))
            path.write_text(to_yaml(case.plan), encoding="utf-8")
        book.write_bytes(build(case.plan, {}, live=True, case=case))
        handle = HOST.ask("ICB_PLAN", *as_arguments(tables_in(book)))[0][0]
        return Planned(case.plan, path, handle)

    return made_of


@cache
def asked(function, handle, words):
    """What a function of a cell gives: an answer by its title, or a comparison with a scenario."""
    return HOST.ask(function, handle, words)


def pence(values):
    return round(100 * sum(value for value in values if isinstance(value, (int, float))))


def by_labels(handle, title, **labels):
    """Return the figures of the rows of an answer that have some labels, each under its heading."""
    headings, *rows = asked("ICB_TABLE", handle, title)
    unit = headings.index("Unit")
    wanted = {headings.index(heading.replace("_", " ")): text for heading, text in labels.items()}
    found = [row for row in rows if all(row[at] == text for at, text in wanted.items())]
    return [dict(zip(headings[unit + 1 :], row[unit + 1 :], strict=True)) for row in found]


def asked_one_by_one(handle, years, *labels):
    """Return the sum over years of figures asked for by name; nothing where there is no row."""
    try:
        return pence(
            HOST.ask("ICB_FIGURE", handle, " / ".join((*labels, year)))[0][0] for year in years
        )
    except Refused:
        return 0


def ways(handle, made, form, partner, figure):
    """Return what every function says of a partner under a form, pence over the plan, by way."""
    laid = asked("ICB_SCENARIO", handle, form)[0][0]
    headings, *rows = asked("ICB_COMPARE", handle, form)
    named = partner.name or partner.id
    after = [row for row in rows if row[:2] == [figure, "After"]]
    of_sheet = by_labels(
        handle, "Forms of integration", Form=form, Partner_id=partner.id, Figure=figure
    )
    beside = by_labels(handle, "Side by side", Figure=figure, Who_or_what=named)
    found = {
        "sheet": sum(pence(row.values()) for row in of_sheet),
        "Side by side": pence(row[form] for row in beside),
        "compare": pence(row[headings.index(named)] for row in after),
    }
    if figure == GAIN:
        positions = by_labels(laid, "Partner positions", Partner_id=partner.id, Figure=GAIN)
        found["positions under it"] = sum(pence(row.values()) for row in positions)
    # a name is looked up among all figures of a plan: one partner's are enough
    if partner == made.partners[0]:
        found["figure of the sheet"] = asked_one_by_one(
            handle, made.years, "Forms of integration", form, partner.id, figure
        )
        found["figure of Side by side"] = asked_one_by_one(
            handle, (form,), "Side by side", figure, partner.id
        )
    return found


def apart(handle, made, forms=FORMS):
    """Return every partner, form and figure of which two ways say two things."""
    return [
        (form, partner.id, figure, found)
        for form in forms
        for partner in made.partners
        for figure in FIGURES
        if len(set((found := ways(handle, made, form, partner, figure)).values())) > 1
    ]


@pytest.mark.parametrize("which", [*SAMPLES, *SEEDS])
def test_every_function_has_the_same_answer(planned, which):
    made, _, handle = planned(which)
    # A comparison runs the plan for each change: of the largest plan two forms are enough.
    forms = (POOLED, ONE) if which == "illustrative-borough" else FORMS
    assert apart(handle, made, forms) == []


@pytest.mark.parametrize("which", ["illustrative-neighbourhood", *SEEDS])
def test_the_command_has_the_same_answer(planned, which):
    """`icbudget compare plan.yaml --scenario "One budget"`, which prints what changes."""
    made, path, handle = planned(which)
    _, _, compared, _ = tasks.compare(path, scenario="One budget")
    for partner in made.partners:
        for figure in FIGURES:
            beside = by_labels(
                handle, "Side by side", Figure=figure, Who_or_what=partner.name or partner.id
            )
            after = sum(compared.money_after[figure][partner.id])
            assert after == pence(row["One budget"] for row in beside)


def test_a_figure_that_somebody_tries_has_one_answer_too(planned):
    """The price of the first line a tenth higher, tried with ICB_WITH; the forms go over it."""
    made, _, handle = planned(SEEDS[0])
    line = made.acute_lines[0]
    tried = HOST.ask("ICB_WITH", handle, f"{line.id} / Unit price", line.unit_price * 1.1)[0][0]
    assert apart(tried, made, (POOLED, ONE)) == []
    beside = [asked("ICB_TABLE", plan, "Side by side") for plan in (handle, tried)]
    assert beside[0] != beside[1], "what is tried changes nothing"


def test_a_way_that_says_another_sum_is_noticed(planned, monkeypatch):
    made, _, handle = planned(SEEDS[0])
    of_table = asked

    def a_penny_more(function, handle, words):
        headings, *rows = of_table(function, handle, words)
        if words != "Forms of integration":
            return [headings, *rows]
        at = headings.index("Figure")
        more = [
            [*row[:-1], row[-1] + 0.01] if row[at] == GAIN and row[0] == "Pooled fund" else row
            for row in rows
        ]
        return [headings, *more]

    monkeypatch.setattr(f"{__name__}.asked", a_penny_more)
    assert {form for form, _, _, _ in apart(handle, made)} == {"Pooled fund"}
