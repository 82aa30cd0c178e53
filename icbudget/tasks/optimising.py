"""The best plan within the money and limits there are, shown beside the plan and never over it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from icbudget.answers.block import Block
from icbudget.plan import Plan, plan_text
from icbudget.plan.scenario import ScenarioChange
from icbudget.tasks.load_and_check import TEXTS, Opened, check
from icbudget.tasks.writing import Progress, quiet, write_outputs

if TYPE_CHECKING:
    from icbudget.engine.optimiser.best_plan import Best

SCENARIO = "Best plan"


class NothingToChoose(ValueError):
    """A plan without a programme, among which a best plan is chosen."""


# Enough that a chance of 0.8 is known to some two points, in a fraction of the search's time.
DRAWS = 500
WRITING = 12
"""How many times as long a workbook takes to be written as to be read and checked."""


@dataclass(frozen=True, eq=False, slots=True)
class Optimised:
    """The best plan found, and the comparison with the plan as it is."""

    best: Best
    block: Block


def optimise(
    path: Path,
    out: Path | None,
    *,
    confidence: float | None = None,
    time_limit: float = 60.0,
    meet_goals: bool = False,
    public_value: bool = False,
    scenario: str | None = None,
    overwrite: bool = False,
    progress: Progress = quiet,
) -> tuple[Opened, Optimised | None, list[Path]]:
    """Return the plan evaluated, its best plan, and the files written into `out`.

    The files are the comparison and a new plan file. The new file holds the plan as it is with one
    scenario more, `Best plan`, that a person can adopt, and as a workbook the comparison on a sheet
    of that name, in values; the plan's own file is never touched. `confidence`: chance, over 500
    draws, with which the pools must be able to pay for everything in each year. `meet_goals`:
    goals for an activity line's activity must be met by their date. `public_value`: QALYs count at
    Setup's value. `time_limit`: seconds for the whole task; what writing will take is kept of it
    by what reading took, as far as half of it. Raises `ValueError` for a chance or a time limit
    that cannot be, or public value where Setup gives a QALY none.
    """
    began = time.monotonic()
    if confidence is not None and not 0 < confidence < 1:
        raise ValueError("a confidence lies between 0 and 1, such as 0.8")
    if not time_limit > 0:
        raise ValueError("a time limit is a number of seconds above 0")
    progress("Reading and checking the plan")
    opened = check(path, scenario)
    if not opened.sound or opened.case is None:
        return opened, None, []
    progress("Looking for the best plan")
    plan = opened.case.plan
    if public_value and plan.setup.qaly_value is None:
        raise ValueError("Setup gives no value of a QALY, so public value cannot be sought")
    took = time.monotonic() - began
    writing = 0.0
    if out is not None:
        times_as_long = 1 if path.suffix.casefold() in TEXTS else WRITING
        writing = min(took * times_as_long, time_limit / 2)
    best = optimised(plan, confidence, time_limit - took - writing, meet_goals, public_value)
    if out is None:
        return opened, best, []
    return opened, best, write_outputs(out, _files(path, plan, best), overwrite=overwrite)


def optimised(
    plan: Plan,
    confidence: float | None = None,
    time_limit: float = 60.0,
    meet_goals: bool = False,
    public_value: bool = False,
) -> Optimised:
    """Return the best plan of a plan that has a result.

    It is sought on what is planned: confirmed releases change nothing in the search, since no
    choice changes what came, and the model bounds releases that are planned. What it says of both
    plans on central effects counts them, as the report does. Raises `NothingToChoose`.
    """
    if not plan.programmes:
        raise NothingToChoose(
            "The plan has no programme of prevention, so there is nothing to choose. Fill in"
            " Prevention first."
        )
    from icbudget.answers.best_plan_answer import best_block, minimum_needs, minimums_missed
    from icbudget.engine.optimiser.best_plan import best_plan
    from icbudget.engine.uncertainty.sampling import sampler_of

    until = time.monotonic() + time_limit
    planned = plan.model_copy(update={"confirmed_releases": ()})
    with _solver_silent():
        best = best_plan(
            planned,
            lambda: until - time.monotonic(),
            confidence=confidence,
            draw=lambda tried: sampler_of(tried).figures(0, DRAWS),
            also=minimums_missed,
            needs=minimum_needs,
            meet_goals=meet_goals,
            public_value=public_value,
        )
    return Optimised(best, best_block(plan, best, public_value=public_value))


def with_best(plan: Plan, best: Best) -> Plan:
    """Return the plan as it is with the best plan beside it as a scenario that is not active."""
    rows = tuple(
        ScenarioChange(scenario=SCENARIO, order=n, path=path, value=value, reason=reason)
        for n, (path, value, reason) in enumerate(best.changes, 1)
    )
    kept = tuple(row for row in plan.scenarios if row.scenario != SCENARIO)
    setup = plan.setup.model_copy(update={"active_scenario": ""})
    return plan.model_copy(update={"setup": setup, "scenarios": (*kept, *rows)})


def _files(path: Path, plan: Plan, optimised: Optimised) -> dict[str, bytes]:
    from icbudget.report.csv_json import block_csv, csv_file

    files = {f"{path.stem}-best.csv": csv_file(block_csv(optimised.block))}
    if optimised.best.plan is None:
        return files
    with_scenario = with_best(plan, optimised.best)
    suffix = path.suffix.casefold()
    if suffix in TEXTS:
        write = plan_text.to_json if suffix == ".json" else plan_text.to_yaml
        return {**files, f"{path.stem}-best{path.suffix}": write(with_scenario).encode()}
    from icbudget.answers.case import evaluate_plan
    from icbudget.tasks.load_and_check import answers
    from icbudget.workbook.writing.build import build

    case = evaluate_plan(with_scenario)
    book = build(with_scenario, answers(case), live=True, case=case, beside=optimised.block)
    return {**files, f"{path.stem}-best.xlsx": book}


@contextmanager
def _solver_silent() -> Iterator[None]:
    """Keep what HiGHS prints by itself off the screen, where JSON may be going."""
    sys.stdout.flush()
    with Path(os.devnull).open("wb") as nowhere:
        kept = os.dup(1)
        try:
            os.dup2(nowhere.fileno(), 1)
            yield
        finally:
            os.dup2(kept, 1)
            os.close(kept)
