"""The command that looks for a better plan."""

from __future__ import annotations

from typing import Annotated

import typer

from icbudget import tasks
from icbudget.answers.block import Block, Cell
from icbudget.cli import output
from icbudget.cli.shared_options import (
    Json,
    OptionalFolder,
    Overwrite,
    PlanFile,
    ScenarioName,
    app,
    leave,
)
from icbudget.cli.terminal_tables import print_rows


@app.command(epilog="Example: icbudget optimise plan.xlsx --confidence 0.8 --out best")
def optimise(
    plan: PlanFile,
    out: OptionalFolder = None,
    confidence: Annotated[
        float | None,
        typer.Option(
            "--confidence", help="Chance that the pools can pay in each year, such as 0.8."
        ),
    ] = None,
    time_limit: Annotated[
        float, typer.Option("--time-limit", help="Seconds that the search may take.")
    ] = 60.0,
    meet_goals: Annotated[
        bool,
        typer.Option(
            "--meet-goals",
            help="Hold the goals for activity as limits: what is the cheapest way to them?",
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
    """Look for the best starts, sizes, sources and closures within the money, beside the plan.

    With --out both are written as a table (CSV), and a new plan file has the best as a scenario.
    """
    with output.progress(quiet=as_json) as progress:
        opened, optimised, files = tasks.optimise(
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
        changes = optimised.best.changes if optimised else ()
        scenario_rows = [
            {"path": path, "value": value, "reason": reason} for path, value, reason in changes
        ]
        output.made(
            opened,
            files,
            answer=optimised.block.grid() if optimised else None,
            scenario=scenario_rows,
        )
    elif optimised is None:
        output.outcome(opened, files)
    else:
        _print_beside(optimised.block)
        output.written(files)
    if optimised is not None and optimised.best.plan is None:
        raise typer.Exit(1)
    leave(opened.findings, read=opened.draft.plan is not None)


def _print_beside(block: Block) -> None:
    """Print a line for each figure: the plan, the best plan, and the difference."""
    rows = []
    for row in block.rows:
        cells = [_figure(value, row.unit) for value in row.values]
        rows.append((": ".join(row.labels), *cells))
    print_rows(("", *block.columns), rows, title=f"{block.title}. {block.shows}\n")


def _figure(value: Cell, unit: str) -> str:
    if not isinstance(value, (int, float)):
        return value or ""
    if unit == "%":
        return f"{value:.1%}".replace("-", "−")
    if unit == "£":
        return f"£{value:,.2f}".replace("£-", "−£")
    return f"{value:,.2f}"
