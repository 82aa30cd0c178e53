"""A plan simulated on one processor or several, and two scenarios compared draw by draw."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from icbudget.answers import catalogue
from icbudget.answers.block import Block
from icbudget.answers.case import Case
from icbudget.plan import Plan
from icbudget.plan.setup import LARGEST_SEED, MOST_DRAWS
from icbudget.tasks.load_and_check import Opened, answers, check
from icbudget.tasks.memory import keep_memory
from icbudget.tasks.shared_draws import shared
from icbudget.tasks.writing import Progress, quiet, write_outputs

if TYPE_CHECKING:
    from icbudget.engine.uncertainty.simulate import Simulation
    from icbudget.tasks.shared_draws import Share


@dataclass(frozen=True, eq=False, slots=True)
class Simulated:
    """A simulation with its answers: the range, its drivers and, where asked, a difference."""

    made: Simulation
    blocks: dict[str, Block]

    @property
    def draws(self) -> int:
        """Return the number of draws."""
        return self.made.draws


def simulate(
    path: Path,
    out: Path,
    *,
    draws: int | None = None,
    seed: int | None = None,
    workers: int = 1,
    scenario: str | None = None,
    against: str | None = None,
    overwrite: bool = False,
    progress: Progress = quiet,
) -> tuple[Opened, Simulated | None, list[Path]]:
    """Return the plan evaluated, its simulation, and the files written into `out`.

    The files are the results workbook and tables as CSV. The workbook's Setup says draws and seed,
    so that `verify` makes its figures again; with more draws than Setup can say there are the
    tables only. Without a number of draws it goes on until the median of net cash is steady.
    `workers` share the blocks of draws; their number changes no figure. `against` names a scenario
    (blank: the plan itself) that is simulated with the same chances. Raises `ValueError` for a
    number of draws, seed or workers that cannot be.
    """
    if workers < 1:
        raise ValueError("at least one worker is needed")
    if seed is not None and not 0 <= seed <= LARGEST_SEED:
        raise ValueError(f"a seed is a whole number from 0 to {LARGEST_SEED:,}")
    progress("Reading and checking the plan")
    opened = check(path, scenario)
    if not opened.sound or opened.case is None:
        return opened, None, []
    other = None
    if against is not None:
        compared = check(path, against)
        if not compared.sound or compared.case is None:
            return compared, None, []
        other = compared.case
    done = simulated(opened.case, draws, seed, workers, other=other, progress=progress)
    progress("Writing the files")
    files = _files(opened.case, done, path.stem)
    return opened, done, write_outputs(out, files, overwrite=overwrite)


def simulated(
    case: Case,
    draws: int | None,
    seed: int | None,
    workers: int,
    *,
    other: Case | None = None,
    progress: Progress = quiet,
) -> Simulated:
    """Return the simulation of a case that has a result, compared with `other` if there is one."""
    from icbudget.answers.simulated_ranges import ALONE, differences, ranges
    from icbudget.answers.tornado import rivals, swings
    from icbudget.engine.uncertainty.outcomes import NET_CASH, NPV
    from icbudget.engine.uncertainty.simulate import runner_of
    from icbudget.engine.uncertainty.statistics import percentiles
    from icbudget.engine.uncertainty.value_of_information import LOOKED_AT, drivers_by_swing

    keep_memory()
    with shared(workers) as share:

        def made_of(plan: Plan, wanted: int | None, *, together: bool = True) -> Simulation:
            return _made(plan, wanted, seed, share, together, progress)

        made = made_of(case.plan, draws)
        progress("The same draws with independent drivers")
        alone = made_of(case.plan, min(made.draws, ALONE), together=False)
        progress("What drives the range")
        looked_at = min(made.draws, LOOKED_AT)
        others = rivals(case, lambda plan: made_of(plan, looked_at).over_plan(NPV))
        less = made_of(other.plan, made.draws) if other is not None else None
    drivers = drivers_by_swing(runner_of(case.plan, seed), made, tuple(others.values()))
    ends = percentiles(alone.over_plan(NET_CASH), 0.1, 0.9)
    blocks = {
        catalogue.SIMULATION.id: catalogue.SIMULATION.block(ranges(made, ends), case.plan),
        catalogue.TORNADO.id: catalogue.TORNADO.block(swings(made, drivers, others), case.plan),
    }
    if other is not None and less is not None:
        names = tuple(c.plan.setup.active_scenario or "The plan" for c in (case, other))
        lines = differences(made, less, (names[0], names[1]))
        block = catalogue.SIMULATION.block(lines, case.plan)
        blocks["difference"] = replace(block, title="Difference")
    return Simulated(made, blocks)


def _made(
    plan: Plan,
    draws: int | None,
    seed: int | None,
    share: Share | None,
    together: bool,
    progress: Progress,
) -> Simulation:
    from icbudget.engine.uncertainty.simulate import simulate as engine

    def draws_done(done: int) -> None:
        progress(f"{done:,} draws done")

    run_blocks = share(plan, seed, together) if share else None
    return engine(plan, draws, seed, together=together, run_blocks=run_blocks, progress=draws_done)


def _files(case: Case, done: Simulated, name: str) -> dict[str, bytes]:
    from icbudget.report.csv_json import block_csv, csv_file
    from icbudget.workbook.writing.build import build

    files = {f"{name}-{id}.csv": csv_file(block_csv(block)) for id, block in done.blocks.items()}
    if done.draws > MOST_DRAWS:
        return files
    drawn = replace(case, plan=_set(case.plan, done), stated=_set(case.before_scenario, done))
    book = build(
        drawn.before_scenario,
        answers(drawn, done.blocks),
        live=False,
        case=drawn,
        beside=done.blocks.get("difference"),
    )
    return {**files, f"{name}-simulation.xlsx": book}


def _set(plan: Plan, done: Simulated) -> Plan:
    """Return the plan with the draws and seed of the simulation in its Setup."""
    settings = plan.setup.model_copy(update={"draws": done.draws, "seed": done.made.sampler.seed})
    return plan.model_copy(update={"setup": settings})
