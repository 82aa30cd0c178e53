"""Commands about uncertainty."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from icbudget import tasks
from icbudget.answers.block import Block
from icbudget.cli import output
from icbudget.cli.options import Json, Overwrite, PlanFile, ScenarioName, app, leave

_SHOWN = 8


@app.command()
def simulate(
    plan: PlanFile,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="Folder for the files; <plan>-simulation beside you if not given."
        ),
    ] = None,
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
    workers: Annotated[
        int,
        typer.Option("--workers", help="Processors that share the draws; no figure hangs on it."),
    ] = 1,
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
    """Run a plan many times with its uncertain figures drawn: ranges, chances, and what drives
    them.
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
    if as_json:
        output.made(
            opened,
            files,
            draws=done.draws if done else None,
            answers={id: block.grid() for id, block in done.blocks.items()} if done else {},
        )
    else:
        for block in done.blocks.values() if done else ():
            _range(block)
        output.outcome(opened, files)
    leave(opened.findings, read=opened.draft.plan is not None)


def _range(block: Block) -> None:
    """Print what a block says over the plan: the range of each figure in £, or the first
    drivers.
    """
    print(f"\n{block.title}. {block.shows}")
    if "Measure" not in block.labels:
        return
    if block.columns[0] == "At its P10":
        rows = [row for row in block.rows if row.labels[-1] == "Net cash over the plan"][:_SHOWN]
        print(f"{'Driver':<60}{'Net cash at P10':>18}{'at P90':>18}{'swing':>16}")
        for row in rows:
            print(
                f"{row.labels[0][:59]:<60}"
                + "".join(f"{v:>{w},.0f}" for v, w in zip(row.values, (18, 18, 16), strict=True))
            )
        return
    told: dict[tuple[str, str], dict[str, object]] = {}
    heading = "of more" if block.title == "Difference" else "≥ 0"
    for row in block.rows:
        if row.values[-1] is not None and row.unit in ("£", "%"):
            told.setdefault((row.labels[0], row.labels[1]), {})[row.labels[2]] = row.values[-1]
    print(f"{'Over the plan, £':<72}{'P10':>16}{'P50':>16}{'P90':>16}{heading:>9}")
    for (whose, figure), values in told.items():
        if {"P10", "P50", "P90"} <= values.keys():
            share = next((f"{v:.0%}" for k, v in values.items() if k.startswith("Chance")), "")
            print(
                f"{f'{whose}: {figure}'[:71]:<72}"
                + "".join(f"{values[p]:>16,.0f}" for p in ("P10", "P50", "P90"))
                + f"{share:>9}"
            )


@app.command()
def batch(
    plans: Annotated[
        Path,
        typer.Argument(metavar="FOLDER", help="Folder of plans: workbooks, YAML and JSON files."),
    ],
    out: Annotated[
        Path,
        typer.Option("--out", help="Folder for the results; a run that was stopped goes on there."),
    ] = Path("national"),
    draws: Annotated[int, typer.Option("--draws", help="Draws of every plan.")] = 1000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Start of the random numbers.")] = 1,
    workers: Annotated[
        int, typer.Option("--workers", help="Processes of this machine that share the plans.")
    ] = 1,
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
    Exit 1 where one has errors.
    """
    if not plans.is_dir():
        raise ValueError(f"{plans} is not a folder.")
    with output.progress(quiet=as_json) as progress:
        whole, files = tasks.batch(
            plans,
            out,
            draws=draws,
            seed=seed,
            workers=workers,
            scheduler=scheduler,
            progress=progress,
        )
    bad = [run for run in whole.runs if run.ranges is None]
    if as_json:
        output.as_json(
            {
                "files": [str(f) for f in files],
                "plans": {run.file: run.fault or run.state for run in whole.runs},
                "earlier": whole.earlier,
                "answers": {name: block.grid() for name, block in whole.blocks.items()},
            }
        )
    else:
        _summary(whole, len(bad))
        for path in files:
            print(f"Wrote {path}")
    raise typer.Exit(1 if bad else 0)


def _summary(whole: tasks.Batch, bad: int) -> None:
    """Print how many plans were done, what is wrong with those that were not, and the nation's
    range.
    """
    again = f" {whole.earlier} were done by an earlier run." if whole.earlier else ""
    print(f"{len(whole.runs) - bad} of {len(whole.runs)} plans done; {bad} with errors.{again}")
    for run in whole.runs:
        if run.ranges is None:
            first = next((f for f in run.findings if f["severity"] == "error"), None)
            print(f"  {run.file}: {run.fault or (first['message'] if first else 'no plan')}")
    for file, counts in whole.again.items():
        print(f"  {file}: its area is counted once, with {counts}")
    rows = [
        row
        for row in whole.blocks["roll-up"].rows
        if row.labels[0] == "Nation" and row.labels[3] in ("P10", "P50", "P90")
    ]
    print(f"{'England over the plans, £':<52}{'P10':>18}{'P50':>18}{'P90':>18}")
    for at in range(0, len(rows), 3):
        ends = "".join(f"{row.values[-1]:>18,.0f}" for row in rows[at : at + 3])
        print(f"{rows[at].labels[2]:<52}{ends}")
