"""Commands about more than one plan or scenario: compare, scenarios."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from icbudget import tasks
from icbudget.cli import show
from icbudget.cli.options import Json, Overwrite, PlanFile, app, leave


@app.command()
def compare(
    plan: PlanFile,
    other: Annotated[
        Path | None, typer.Argument(metavar="[OTHER]", help="Plan to compare with; the same plan if not given.")
    ] = None,
    scenario: Annotated[str | None, typer.Option("--scenario", help="Scenario laid over OTHER, or over PLAN alone.")] = None,
    against: Annotated[
        str | None, typer.Option("--against", help="Scenario of PLAN it is compared with; the plan itself if not given.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for the page (HTML and PDF) and the CSV.")] = None,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Say what changed between two plans or two scenarios, what each change is worth, and who is better or worse off."""
    with show.progress(quiet=as_json) as progress:
        before, after, found, files = tasks.compare(
            plan, other, scenario=scenario, against=against, out=out, overwrite=overwrite, progress=progress
        )
    errors = tuple(f for opened in (before, after) if not opened.sound for f in opened.findings)
    if as_json:
        show.as_json(show.comparison_record(before, after, found, files))
    else:
        show.findings(errors, silent_when_clean=True)
        if found is not None:
            show.comparison(found, files)
    leave(errors, read=found is not None)


@app.command()
def scenarios(plan: PlanFile, as_json: Json = False) -> None:
    """List every scenario that can be laid over a plan: those it writes out, and the ready-made ones."""
    opened, told = tasks.scenarios(plan)
    if as_json:
        show.as_json({"plan": show.identity(opened), "scenarios": [{n: getattr(s, n) for n in s.__slots__} for s in told]})
    elif opened.draft.plan is None:
        show.findings(opened.findings)
    else:
        show.scenarios(told)
    leave((), read=opened.draft.plan is not None)
