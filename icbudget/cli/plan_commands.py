"""Commands that make plans: new, template, convert, rebase, succeed, schema."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from icbudget import tasks
from icbudget.cli import output
from icbudget.cli.shared_options import FilledWith, OutFile, Overwrite, PlanFile, app, leave
from icbudget.cli.terminal import say
from icbudget.findings import has_errors
from icbudget.plan import Plan

if TYPE_CHECKING:
    from icbudget.workbook.contents import Choice
    from icbudget.workbook.reading.user_sheets import UserContent

WithModules = Annotated[
    str,
    typer.Option(
        "--with",
        help="Modules or sheets beyond pool and shift, separated by commas, such as"
        " year,uncertainty.",
    ),
]
OnlyModules = Annotated[
    str, typer.Option("--only", help="Modules instead of pool and shift, such as pool.")
]


class Host(StrEnum):
    """What connects the formulas of a template to Python."""

    OFFICE = "office"
    CLASSIC = "classic"


@app.command(epilog="Example: icbudget new --area Lewisham --out lewisham.xlsx")
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
    population: Annotated[
        Path | None,
        typer.Option(
            "--population",
            help="Table of people by area, age and year (.csv or .xlsx), whose growth is used"
            " instead of the ICB's.",
        ),
    ] = None,
    hospital: Annotated[
        str,
        typer.Option("--hospital", help="Name of the trust that provides hospital care."),
    ] = "",
    with_modules: WithModules = "",
    only: OnlyModules = "",
    overwrite: Overwrite = False,
) -> None:
    """Start a plan for an area: partners, ICB split, growth and known grants, with sources."""
    words = re.findall(r"[^\W_]+", area.casefold())
    target = out or Path(f"{'-'.join(words)}.xlsx")
    path, findings = tasks.new(
        target,
        area,
        base_year,
        horizon,
        population=population,
        choice=_choice(only, with_modules),
        hospital=hospital,
        overwrite=overwrite,
    )
    output.plan_written(path, findings)
    leave(findings, read=path is not None)


@app.command(epilog="Example: icbudget template --with year --out blank.xlsx")
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
    with_modules: WithModules = "",
    only: OnlyModules = "",
    everything: Annotated[
        bool, typer.Option("--all", help="Every sheet and every column of every module.")
    ] = False,
    overwrite: Overwrite = False,
) -> None:
    """Write the template workbook, blank or filled in with a plan."""
    filled, own = filling(plan, out)
    if plan is None and overwrite:
        own, carried = tasks.sheets_written_over(out)
        output.findings(carried, silent_when_none=True)
    choice = _choice(only, with_modules, everything=everything)
    if host is Host.CLASSIC:
        from icbudget.excel.macro import build

        typer.echo(f"Wrote {build(out.with_suffix('.xlsm'), filled, own=own, overwrite=overwrite)}")
        return
    add_in = host is Host.OFFICE
    written = tasks.template(
        out, filled, add_in=add_in, choice=choice, own=own, overwrite=overwrite
    )
    typer.echo(f"Wrote {written}")


def _choice(only: str, further: str, *, everything: bool = False) -> Choice:
    """Return the modules and sheets that the options name."""
    from icbudget.workbook.contents import EVERYTHING, Choice, choice_of

    if everything:
        return EVERYTHING
    start = Choice().with_only(_named(only)) if only else Choice()
    return choice_of(_named(further), start)


def _named(names: str) -> list[str]:
    return [name.strip() for name in names.split(",") if name.strip()]


def filling(plan: Path | None, out: Path) -> tuple[Plan | None, UserContent | None]:
    """Return the plan to fill a template with, and what people added to its workbook.

    What of that is carried over is printed before anything is written. Where the plan cannot be
    read in full, its findings are printed and the command ends.
    """
    if plan is None:
        return None, None
    draft = tasks.load(plan)
    if draft.plan is None or has_errors(draft.findings):
        output.findings(draft.findings)
        leave(draft.findings, read=draft.plan is not None)
    own, carried = tasks.user_additions(plan, draft, out)
    output.findings(carried, silent_when_none=True)
    return draft.plan, own


@app.command(epilog="Example: icbudget sheets plan.xlsx --add year --out fuller.xlsx")
def sheets(
    workbook: Annotated[Path, typer.Argument(metavar="WORKBOOK", help="Workbook filled in.")],
    add: Annotated[
        str,
        typer.Option(
            "--add", help="Modules or sheets to add, separated by commas, such as year,Income."
        ),
    ] = "",
    columns: Annotated[
        list[str] | None,
        typer.Option("--columns", help='Columns to add, such as "Funding: Line, Kind".'),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Workbook to write; without it, what may be added.")
    ] = None,
    overwrite: Overwrite = False,
) -> None:
    """Add modules, sheets and columns to a workbook, or list what may be added."""
    if out is None:
        _list_further(workbook)
        return
    wanted: dict[str, list[str]] = {}
    for text in columns or []:
        sheet, _, headings = text.partition(":")
        wanted.setdefault(sheet.strip(), []).extend(_named(headings))
    opened, path = tasks.add_sheets(workbook, out, _named(add), wanted, overwrite=overwrite)
    output.plan_written(path, opened.findings)
    leave(opened.findings, read=opened.draft.plan is not None)


def _list_further(workbook: Path) -> None:
    """Print each module, sheet and column that a workbook does not show, with its purpose."""
    offered = tasks.further(workbook)
    if offered is None:
        raise ValueError(f"{workbook.name} is not a workbook with a plan.")
    if not offered:
        typer.echo("Everything is here.")
    for offer in offered:
        name = f"{offer.sheet}: {offer.name}" if offer.sheet else offer.name
        say(f"{offer.kind} {name} – {offer.purpose}", hang=4)


@app.command(epilog="Example: icbudget convert plan.xlsx plan.yaml")
def convert(
    plan: PlanFile,
    out: OutFile,
    overwrite: Overwrite = False,
) -> None:
    """Write a plan in another form; workbook, YAML and JSON hold the same."""
    opened, path = tasks.convert(plan, out, overwrite=overwrite)
    output.plan_written(path, opened.findings)
    leave(opened.findings, read=opened.draft.plan is not None)


@app.command(epilog="Example: icbudget rebase plan.xlsx next.xlsx --rules-year 2025-26")
def rebase(
    plan: PlanFile,
    out: OutFile,
    rules_year: Annotated[
        str,
        typer.Option("--rules-year", help="Later rules year whose lists apply, such as 2025-26."),
    ],
    overwrite: Overwrite = False,
) -> None:
    """Move a plan to the lists of a later rules year: sources, scheme types and providers."""
    opened, path = tasks.rebase(plan, out, rules_year, overwrite=overwrite)
    output.plan_written(path, opened.findings)
    leave(opened.findings, read=opened.draft.plan is not None)


@app.command(epilog="Example: icbudget succeed plan.xlsx after.xlsx")
def succeed(
    plan: PlanFile,
    out: OutFile,
    overwrite: Overwrite = False,
) -> None:
    """Put the successors of ICBs and councils in their place, from their year on; split funding."""
    opened, path = tasks.succeed(plan, out, overwrite=overwrite)
    output.plan_written(path, opened.findings)
    leave(opened.findings, read=opened.draft.plan is not None)


@app.command(epilog="Example: icbudget schema > plan.schema.json")
def schema() -> None:
    """Print the JSON Schema of a plan."""
    from icbudget.plan.plan_text import json_schema

    output.as_json(json_schema())
