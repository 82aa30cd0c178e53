"""The command that lists what is wrong with a plan; it stands alone, as it is called most often."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from icbudget import tasks
from icbudget.cli import output
from icbudget.cli.shared_options import Json, ScenarioName, app, leave
from icbudget.cli.terminal import say


@app.command(epilog="Example: icbudget check plan.xlsx")
def check(
    plan: Annotated[
        Path | None,
        typer.Argument(
            metavar="[PLAN]", help="Plan: a workbook (.xlsx, .xlsm), YAML or JSON file."
        ),
    ] = None,
    scenario: ScenarioName = None,
    explain: Annotated[
        str,
        typer.Option("--explain", metavar="ID", help="Say what a finding means, by its id."),
    ] = "",
    as_json: Json = False,
) -> None:
    """List everything that is wrong with a plan, with sheet, cell and fix.

    With --explain, say what one finding means, why it matters and how to fix it; no plan is needed.
    Exit 1 where there are errors or warnings.
    """
    if explain:
        say(tasks.finding_entry(explain))
        return
    if plan is None:
        raise ValueError("Name a plan to check, or a finding with --explain.")
    opened = tasks.check(plan, scenario)
    if as_json:
        output.as_json(
            {"plan": output.identity(opened), "findings": [f.as_record() for f in opened.findings]}
        )
    else:
        output.findings(opened.findings)
    leave(opened.findings, strict=True, read=opened.draft.plan is not None)
