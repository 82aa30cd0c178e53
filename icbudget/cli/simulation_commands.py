"""Commands about uncertainty."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from icbudget import tasks
from icbudget.answers.block import Block, Cell
from icbudget.cli import output
from icbudget.cli.shared_options import (
    Json,
    OutFolder,
    Overwrite,
    PlanFile,
    ScenarioName,
    Workers,
    app,
    leave,
)
from icbudget.cli.terminal import say
from icbudget.cli.terminal_tables import figure, print_rows

MOST_DRIVERS = 8
"""Drivers that the terminal shows; the files have all."""


@app.command(epilog="Example: icbudget simulate plan.xlsx --draws 2000 --seed 1")
def simulate(
    plan: PlanFile,
    out: OutFolder = None,
    draws: Annotated[
        int | None,
        typer.Option(
            "--draws",
            help=(
                "How many draws, above 100,000 in tables only; if not given, until net cash is"
                " steady."
            ),
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option("--seed", help="Start of the random numbers; the plan's own if not given."),
    ] = None,
    workers: Workers = 1,
    scenario: ScenarioName = None,
    against: Annotated[
        str | None,
        typer.Option(
            "--against", help='Scenario to compare with, draw by draw; "" is the plan itself.'
        ),
    ] = None,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Run a plan many times with its uncertain figures drawn: ranges, chances, drivers.

    It writes the results workbook and the tables (CSV).
    """
    folder = out or Path(f"{plan.stem}-simulation")
    with output.progress(quiet=as_json) as progress:
        opened, done, files = tasks.simulate(
            plan,
            folder,
            draws=draws,
            seed=seed,
            workers=workers,
            scenario=scenario,
            against=against,
            overwrite=overwrite,
            progress=progress,
        )
    blocks = done.blocks if done else {}
    if as_json:
        grids = output.answers_record(blocks)
        output.made(opened, files, draws=done.draws if done else None, answers=grids)
    else:
        for block in blocks.values():
            _print_range(block)
        output.outcome(opened, files)
    leave(opened.findings, read=opened.draft.plan is not None)


def _print_range(block: Block) -> None:
    """Print what a block says over the plan: the range of each figure, or the first drivers."""
    say(f"\n{block.title}. {block.shows}")
    if "Measure" not in block.labels:
        return
    if block.columns[0] == "At its P10":
        _print_drivers(block)
    else:
        _print_percentiles(block)


def _print_drivers(block: Block) -> None:
    from icbudget.answers.tornado import NET_AT

    rows = [
        (block.label(row, "driver"), *(figure(value, "£") for value in row.values))
        for row in block.where(measure=NET_AT)
    ]
    print_rows(("Driver", "Net cash at P10", "at P90", "swing"), rows[:MOST_DRIVERS])


def _print_percentiles(block: Block) -> None:
    """Print P10, P50 and P90 of each figure over the plan, with its chance where it has one."""
    figures: dict[tuple[str, str], dict[str, Cell]] = {}
    for row in block.rows:
        subject, name, measure = block.named(row)
        if row.values[-1] is not None and row.unit in ("£", "%"):
            figures.setdefault((subject, name), {})[measure] = row.values[-1]
    rows = []
    for (subject, name), values in figures.items():
        if not {"P10", "P50", "P90"} <= values.keys():
            continue
        chances = [value for measure, value in values.items() if measure.startswith("Chance")]
        chance = f"{chances[0]:.0%}" if chances else ""
        ends = [figure(values[percentile], "£") for percentile in ("P10", "P50", "P90")]
        rows.append((f"{subject}: {name}", *ends, chance))
    heading = "of more" if block.title == "Difference" else "≥ 0"
    print_rows(("Over the plan, £", "P10", "P50", "P90", heading), rows)


@app.command(epilog="Example: icbudget batch plans --out national")
def batch(
    plans: Annotated[
        Path,
        typer.Argument(metavar="FOLDER", help="Folder of plans: workbooks, YAML and JSON files."),
    ],
    out: Annotated[
        Path,
        typer.Option("--out", help="Folder for the results; a run that was stopped goes on there."),
    ] = Path("national"),
    draws: Annotated[int, typer.Option("--draws", help="Draws for each plan.")] = 1000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Start of the random numbers.")] = 1,
    workers: Workers = 1,
    scheduler: Annotated[
        str | None,
        typer.Option(
            "--scheduler",
            help="Dask scheduler, such as tcp://10.0.0.5:8786; its workers share the plans.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Check, run and simulate every plan of a folder, and roll them up by ICB, region and nation.

    It writes a workbook of all plans, tables (CSV), and what each plan came to.
    Exit 1 where one has errors.
    """
    if not plans.is_dir():
        raise ValueError(f"{plans} is not a folder.")
    with output.progress(quiet=as_json) as progress:
        result, files = tasks.batch(
            plans,
            out,
            draws=draws,
            seed=seed,
            workers=workers,
            scheduler=scheduler,
            progress=progress,
        )
    bad = [run for run in result.runs if run.ranges is None]
    if as_json:
        output.as_json(
            {
                "files": [str(f) for f in files],
                "plans": {run.file: run.fault or run.state for run in result.runs},
                "earlier": result.earlier,
                "answers": {name: block.grid() for name, block in result.blocks.items()},
            }
        )
    else:
        _print_summary(result, len(bad))
        output.written(files)
    raise typer.Exit(1 if bad else 0)


def _print_summary(result: tasks.Batch, bad: int) -> None:
    """Print how many plans were done, what is wrong with the others, and the range of all plans."""
    earlier = f" {result.earlier} were done by an earlier run." if result.earlier else ""
    done = len(result.runs) - bad
    say(f"{done} of {len(result.runs)} plans done; {bad} with errors.{earlier}")
    for run in result.runs:
        if run.ranges is None:
            say(f"  {run.file}: {_first_fault(run)}")
    for file, counted_plan in result.again.items():
        say(f"  {file}: its area is counted once, with {counted_plan}")
    for run in result.runs:
        if run.standing:
            say(f"  {run.file}: {run.standing}; {run.waits}", hang=4)
    if "shared" in result.blocks:
        _print_shared_programmes(result.blocks["shared"])
    _print_range_of_all(result.blocks["roll-up"])


def _print_shared_programmes(shared: Block) -> None:
    """Print of each programme that several plans share what each plan counts of it."""
    for row in shared.rows:
        id, file, counted = shared.labels_of(row, "shared_id", "file", "counted")
        part, cost = figure(row.values[1], "%"), figure(row.values[2], "£")
        say(f"  Shared programme {id}, {file}: {counted}; its part {part}, £{cost}", hang=4)


def _print_range_of_all(roll_up: Block) -> None:
    """Print the range of what all plans come to together; nothing where they are of no nation."""
    from icbudget.engine.uncertainty.national_draws import OF_NATION

    of_nation = roll_up.where(level=OF_NATION)
    if not of_nation:
        return
    name, covers = roll_up.labels_of(of_nation[0], "name", "covers")
    say(f"{name}, {covers}: what the plans come to together")
    percentiles = ("P10", "P50", "P90")
    over_the_plan: dict[str, dict[str, str]] = {}
    for row in of_nation:
        outcome, measure = roll_up.labels_of(row, "figure", "measure")
        if measure in percentiles:
            over_the_plan.setdefault(outcome, {})[measure] = figure(row.values[-1], "£")
    lines = [(outcome, *(ends[p] for p in percentiles)) for outcome, ends in over_the_plan.items()]
    print_rows(("Over the plans, £", *percentiles), lines)


def _first_fault(run: tasks.PlanRun) -> str:
    """Return why a plan has no figures: what broke, or its first error."""
    errors = [f["message"] for f in run.findings if f["severity"] == "error"]
    return run.fault or (errors[0] if errors else "no plan")
