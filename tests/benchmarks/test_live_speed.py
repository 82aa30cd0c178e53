"""What a person waits for after a change, in processor time: answers of a workbook, words, sliders,
commands, scenarios, and plans of many lines.

By default everything once, on a small plan. With `--benchmark-enable` or ICBUDGET_BENCHMARK=full it
is the borough as it first shipped, the plans of many lines are as large as they say, and each line
tells the median seconds of processor. The edit is small: £1 more on the first scheme, so that
nothing becomes trivial. Nothing is asserted of a time, only that what is timed is right.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest

from icbudget import checks, tasks
from icbudget.answers.answered import answered, answers_of
from icbudget.answers.case import evaluate
from icbudget.answers.catalogue import (
    ANSWERS,
    BALANCES,
    HEADLINE_FIGURES,
    INCOME,
    READS_WORDS,
    SIDE_BY_SIDE,
)
from icbudget.answers.named_figures import figures_of_plan
from icbudget.engine.run import run
from icbudget.excel import plan_values
from icbudget.excel.plan_functions import figures, one_figure, with_figures
from icbudget.plan.blanks import filled_in
from icbudget.plan.modules import FIRST_MODULES
from icbudget.plan.plan_text import from_yaml
from icbudget.plan.scenario import ScenarioChange
from icbudget.workbook.writing.what_if_sheet import first_figures
from tests.benchmarks.large import large_plan
from tests.benchmarks.test_server_speed import BOOKS, tables_in
from tests.benchmarks.test_workbook_speed import wide_plan
from tests.places import EXAMPLES, FIRST_BOROUGH

SMALL, LARGE = BOOKS[1], BOOKS[0]


def told(
    full: bool, what: str, call: Callable[[int], object], rounds: int = 5, unit: float = 1e3
) -> None:
    """Time a call that is given the number of its turn, 0 to warm up, and print the median."""
    call(0)
    seconds = []
    for turn in range(1, rounds + 1 if full else 2):
        start = time.process_time()
        call(turn)
        seconds.append(time.process_time() - start)
    if full:
        name = {1e3: "ms", 1e6: "µs"}[unit]
        print(f"\n{what}: {unit * statistics.median(seconds):.0f} {name} of processor")


@pytest.fixture
def tables(full) -> Iterator[dict]:
    plan_values.forget()
    yield tables_in(LARGE if full else SMALL)
    plan_values.forget()


def with_a_pound(tables: dict, table: str = "schemes") -> str:
    """One more £ on the first scheme, or the first row of another table: the plan's handle."""
    column = tables[table][0].index("Base amount (£)")
    tables[table][1][column] = float(tables[table][1][column]) + 1
    return plan_values.plan_of(list(tables.values()))


OUTCOMES = 12
"""Lines of What-if that tell what comes of it."""


def first_cost(handle: str) -> str:
    """Return the name of what the first scheme costs."""
    figures = figures_of_plan(plan_values.case_at(handle))
    return next(
        figure.name
        for figure in figures
        if figure.path.startswith("schemes/") and figure.path.endswith("/base_amount")
    )


DEFAULT = [answer for answer in ANSWERS if answer.opens and answer.module in FIRST_MODULES]
"""The answers of the workbook that `icbudget new` writes."""
OWN = [answer for answer in ANSWERS if answer.opens]
"""The answers of a workbook with every module, as the borough's own."""


@pytest.mark.parametrize(
    ("which", "asked"),
    [
        ("first answer", [BALANCES]),
        ("answers of the default workbook", DEFAULT),
        ("answers of the borough's own workbook", OWN),
        ("every answer", list(ANSWERS)),
    ],
)
@pytest.mark.parametrize("edited", ["schemes", "contributions"])
def test_answers_after_a_pound(full, tables, edited, which, asked):
    seen = []

    def answer_again(turn):
        handle = with_a_pound(tables, edited)
        seen.append([plan_values.table(handle, answer.title) for answer in asked])

    told(full, f"{which} ({len(asked)}) after £1 on {edited}", answer_again)
    assert seen[0] != seen[-1]


def test_whole_default_workbook_after_a_pound(full, tables):
    """Every cell with a function: the answers, and What-if with one of its figures tried.

    Totals above answers, the Dashboard and Start are ordinary formulas over these.
    """
    handle = plan_values.plan_of(list(tables.values()))
    case = plan_values.case_at(handle)
    # a pool alone has no effects: what its first scheme costs is tried
    names = [figure.name for figure in first_figures(case.plan)] or [first_cost(handle)]
    outcomes = [
        " / ".join(row.labels) for row in HEADLINE_FIGURES.build(case).rows if row.unit == "£"
    ]
    seen = []

    def recalculated(turn):
        handle = with_a_pound(tables)
        answers = [plan_values.table(handle, answer.title) for answer in DEFAULT]
        used = [one_figure(handle, name)[0][0] for name in names]
        tried = with_figures(handle, [[names[0]]], [[float(used[0]) * (1 - turn / 1000)]])[0][0]
        outcome_names = [[outcome] for outcome in outcomes[:OUTCOMES]]
        told_of = [
            figures(of, outcome_names, [[HEADLINE_FIGURES.title]]) for of in (handle, str(tried))
        ]
        seen.append((answers, used, told_of))

    cells = 2 + len(DEFAULT) + len(names) + 2
    told(full, f"the whole default workbook ({cells} cells) after £1 on a scheme", recalculated)
    assert seen[0] != seen[-1]


def test_answers_after_another_owner(full, tables):
    column = tables["schemes"][0].index("Owner")
    asked = [answer for answer in ANSWERS if answer.opens and answer not in READS_WORDS]
    seen = []

    def edited(turn):
        tables["schemes"][1][column] = f"Office {turn}"
        handle = plan_values.plan_of(list(tables.values()))
        seen.append([plan_values.table(handle, answer.title) for answer in asked])

    told(full, f"{len(asked)} answers that read no owner, after another owner", edited)
    assert seen[0] == seen[-1]


def test_figures_after_a_slider_moved(full, tables):
    handle = plan_values.plan_of(list(tables.values()))
    name = first_cost(handle)
    income = plan_values.table(handle, INCOME.title)
    rows = [row for row in income.rows if row.unit == "£" and all(row.labels)]
    figures = [" / ".join((INCOME.title, *row.labels, income.columns[0])) for row in rows]
    seen = []

    def moved(turn):
        tried = str(with_figures(handle, [[name]], [[1_000_000 + turn]])[0][0])
        seen.append([one_figure(tried, figures[n % len(figures)]) for n in range(20)])

    told(full, "20 figures after a slider moved", moved)
    assert seen[0] == seen[-1]


def borough(full):
    path = FIRST_BOROUGH if full else SMALL.with_suffix(".yaml")
    return path, from_yaml(path.read_text(encoding="utf-8")).plan


def test_check_and_run(full, tmp_path):
    path, _ = borough(full)
    told(full, "check", lambda turn: tasks.check(path), 3)
    told(full, "run", lambda turn: tasks.run(path, tmp_path / str(turn)), 3)
    assert len(list((tmp_path / "0").iterdir())) == 3


def test_40_written_scenarios(full):
    _, plan = borough(full)
    first = plan.schemes[0]
    path = f"schemes/{first.id}|{first.line}/base_amount"

    def written(turn):
        changes = tuple(
            ScenarioChange(scenario=f"S{n}", order=1, path=path, value=str(1000 * n + turn))
            for n in range(40 if full else 2)
        )
        block = answered(evaluate(plan.model_copy(update={"scenarios": changes})), SIDE_BY_SIDE)
        assert {f"S{n}" for n in range(len(changes))} < set(block.columns)

    told(full, "Side by side of 40 written scenarios", written, 3)


def test_one_engine_run_of_the_worked_example(full):
    """GE-1 from its plan to its result, each time with another price, so that nothing is kept."""
    plan = filled_in(from_yaml((EXAMPLES / "ge1" / "plan.yaml").read_text(encoding="utf-8")).plan)
    line, released = plan.acute_lines[0], []

    def edited(turn):
        dearer = line.model_copy(update={"unit_price": line.unit_price + turn})
        lines = (dearer, *plan.acute_lines[1:])
        result = run(plan.model_copy(update={"acute_lines": lines}))
        released.append(result.projection.contract_saving.sum())

    told(full, "one engine run of GE-1", edited, 101, unit=1e6)
    # what is avoided is paid at the price, so a dearer one saves more
    assert released == sorted(set(released))


@pytest.mark.parametrize("lines", [300, 600])
def test_checks_of_many_acute_lines(full, lines):
    plan = large_plan(lines if full else 10, 30 if full else 5, 3)
    checked = []

    def edited(turn):
        first = plan.acute_lines[0]
        dearer = first.model_copy(update={"unit_price": first.unit_price + turn})
        edit = {"acute_lines": (dearer, *plan.acute_lines[1:])}
        checked.append(checks.check_plan(plan.model_copy(update=edit)))

    told(full, f"{lines} activity lines: checks", edited)
    assert not any(finding.stops for finding in checked[-1])


@pytest.mark.parametrize("lines", [1000, 5000])
def test_answers_of_many_scheme_lines(full, lines):
    plan = wide_plan(2 * lines if full else 20)

    def edited(turn):
        first = plan.schemes[0]
        more = first.model_copy(update={"base_amount": Decimal(1001 + turn)})
        case = evaluate(plan.model_copy(update={"schemes": (more, *plan.schemes[1:])}))
        assert all(answered(case, answer) for answer in answers_of(case))

    told(full, f"{lines:,} scheme lines: check and every answer", edited, 1)
