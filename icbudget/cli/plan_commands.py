"""Commands that make plans: new, template, convert, rebase, schema."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from icbudget import tasks
from icbudget.cli import output
from icbudget.cli.options import FilledWith, OutFile, Overwrite, PlanFile, app, leave
from icbudget.findings import has_errors
from icbudget.plan import Plan


class Host(StrEnum):
    """What connects the formulas of a template to Python."""

    OFFICE = "office"
    CLASSIC = "classic"


@app.command()
def new(
    area: Annotated[
        str,
        typer.Option(
            "--area", help='Health and Wellbeing Board by name or ONS code, such as "Lewisham".'
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="File to write (.xlsx, .yaml or .json); <area>.xlsx if not given."
        ),
    ] = None,
    base_year: Annotated[
        str, typer.Option("--base-year", help="Financial year of the base amounts.")
    ] = "2025/26",
    horizon: Annotated[
        int, typer.Option("--horizon", min=0, max=30, help="Years after the base year.")
    ] = 5,
    overwrite: Overwrite = False,
) -> None:
    """Start a plan for an area: partners, ICB split, growth and known grants, with sources."""
    words = re.findall(r"[^\W_]+", area.casefold())
    target = out or Path(f"{'-'.join(words)}.xlsx")
    path, findings = tasks.new(target, area, base_year, horizon, overwrite=overwrite)
    if path is not None:
        typer.echo(f"Wrote {path}")
    output.findings(findings, silent_when_none=True)
    leave(findings, read=path is not None)


@app.command()
def template(
    out: Annotated[Path, typer.Option("--out", help="Workbook to write.")] = Path(
        "pooled-budget.xlsx"
    ),
    host: Annotated[
        Host | None,
        typer.Option(
            "--host",
            help="office: for the add-in of a server; classic: with macros for Excel on Windows.",
        ),
    ] = None,
    plan: FilledWith = None,
    overwrite: Overwrite = False,
) -> None:
    """Write the template workbook, blank or filled in with a plan."""
    filled = filling(plan)
    if host is Host.CLASSIC:
        from icbudget.excel.macro import build

        typer.echo(f"Wrote {build(out.with_suffix('.xlsm'), filled, overwrite=overwrite)}")
        return
    typer.echo(
        f"Wrote {tasks.template(out, filled, add_in=host is Host.OFFICE, overwrite=overwrite)}"
    )


def filling(plan: Path | None) -> Plan | None:
    """Return the plan to fill a template with.

    Where it cannot be read in full, its findings are printed and the command ends.
    """
    if plan is None:
        return None
    draft = tasks.load(plan)
    if draft.plan is None or has_errors(draft.findings):
        output.findings(draft.findings)
        leave(draft.findings, read=draft.plan is not None)
    return draft.plan


@app.command()
def convert(
    plan: PlanFile,
    out: OutFile,
    overwrite: Overwrite = False,
) -> None:
    """Write a plan in another form; workbook, YAML and JSON hold the same."""
    opened, path = tasks.convert(plan, out, overwrite=overwrite)
    if path is not None:
        typer.echo(f"Wrote {path}")
    output.findings(opened.findings, silent_when_none=True)
    leave(opened.findings, read=opened.draft.plan is not None)


@app.command()
def rebase(
    plan: PlanFile,
    out: OutFile,
    rules_year: Annotated[
        str,
        typer.Option("--rules-year", help="Later rules year whose lists apply, such as 2025-26."),
    ],
    overwrite: Overwrite = False,
) -> None:
    """Put a plan under the lists of a later rules year: sources, scheme types and providers."""
    opened, path = tasks.rebase(plan, out, rules_year, overwrite=overwrite)
    if path is not None:
        typer.echo(f"Wrote {path}")
    output.findings(opened.findings, silent_when_none=True)
    leave(opened.findings, read=opened.draft.plan is not None)


@app.command()
def schema() -> None:
    """Print the JSON Schema of a plan."""
    from icbudget.plan.plan_text import json_schema

    output.as_json(json_schema())
