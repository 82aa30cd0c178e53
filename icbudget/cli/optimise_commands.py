"""The command that looks for a better plan."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from icbudget import tasks
from icbudget.answers.block import Block
from icbudget.cli import output
from icbudget.cli.options import Json, Overwrite, PlanFile, ScenarioName, app, leave


@app.command()
def optimise(
    plan: PlanFile,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="Folder for the comparison and a new plan file; nothing is written if not given.",
        ),
    ] = None,
    confidence: Annotated[
        float | None,
        typer.Option(
            "--confidence", help="Chance that the pools can pay in each year, such as 0.8."
        ),
    ] = None,
    time_limit: Annotated[float, typer.Option("--time-limit", help="Seconds to look for.")] = 60.0,
    meet_goals: Annotated[
        bool,
        typer.Option(
            "--meet-goals",
            help="Hold the goals for acute activity as limits: what is the cheapest way to them?",
        ),
    ] = False,
    public_value: Annotated[
        bool,
        typer.Option(
            "--public-value", help="Count QALYs at the value Setup gives one, beside the cash."
        ),
    ] = False,
    scenario: ScenarioName = None,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Look for the best starts, sizes, sources and closures within the money there is, shown beside
    the plan, never over it.
    """
    with output.progress(quiet=as_json) as progress:
        opened, found, files = tasks.optimise(
            plan,
            out,
            confidence=confidence,
            time_limit=time_limit,
            meet_goals=meet_goals,
            public_value=public_value,
            scenario=scenario,
            overwrite=overwrite,
            progress=progress,
        )
    if as_json:
        best = found.best if found else None
        output.made(
            opened,
            files,
            answer=found.block.grid() if found else None,
            scenario=(
                [{"path": p, "value": v, "reason": r} for p, v, r in best.changes] if best else []
            ),
        )
    elif found is None:
        output.outcome(opened, files)
    else:
        _table(found.block)
        for path in files:
            print(f"Wrote {path}")
    nothing = found is not None and found.best.plan is None
    if nothing:
        raise typer.Exit(1)
    leave(opened.findings, read=opened.draft.plan is not None)


def _table(block: Block) -> None:
    """Print the comparison: a line for each figure, the plan, the best plan, and the difference."""
    print(f"{block.title}. {block.shows}\n")
    told = [tuple(_shown(v, row.unit) for v in row.values) for row in block.rows]
    widths = [max(len(h), *(len(cells[n]) for cells in told)) for n, h in enumerate(block.columns)]
    label = max(len(": ".join(row.labels)) for row in block.rows)
    print(" " * label, *(h.rjust(w) for h, w in zip(block.columns, widths, strict=True)), sep="  ")
    for row, cells in zip(block.rows, told, strict=True):
        print(
            ": ".join(row.labels).ljust(label),
            *(c.rjust(w) for c, w in zip(cells, widths, strict=True)),
            sep="  ",
        )


def _shown(value: str | int | float | None, unit: str) -> str:
    if isinstance(value, (int, float)):
        if unit == "%":
            return f"{value:.1%}".replace("-", "−")
        return f"£{value:,.2f}".replace("£-", "−£") if unit == "£" else f"{value:,.2f}"
    return value or ""
