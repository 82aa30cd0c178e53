"""What the commands share: the application, their arguments and options, and how a command ends."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from icbudget import __version__
from icbudget.cli.command_groups import GroupedCommands
from icbudget.findings import Finding, Severity, has_errors

app = typer.Typer(
    name="icbudget",
    cls=GroupedCommands,
    help=(
        "Plan pooled NHS and council budgets: check a workbook, run it, report on it, and ask where"
        " a figure comes from."
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

PlanFile = Annotated[
    Path, typer.Argument(metavar="PLAN", help="Plan: a workbook (.xlsx, .xlsm), YAML or JSON file.")
]
FilledWith = Annotated[
    Path | None, typer.Option("--plan", help="Plan to fill it with: a workbook, YAML or JSON file.")
]
OutFile = Annotated[Path, typer.Argument(help="File to write: .xlsx, .yaml or .json.")]
NewFile = Annotated[Path, typer.Option("--out", help="File to write: .xlsx, .yaml or .json.")]
YearReported = Annotated[
    str | None,
    typer.Option("--year", help="Financial year to report; Setup's choice if not given."),
]
MonthReported = Annotated[
    int | None,
    typer.Option(
        "--month",
        min=1,
        max=12,
        help="Month to report, 1 is April; Setup's choice, else the latest, if not given.",
    ),
]
OutFolder = Annotated[
    Path | None,
    typer.Option("--out", help="Folder for the files; if not given, one named after the plan."),
]
OptionalFolder = Annotated[
    Path | None,
    typer.Option("--out", help="Folder for the files; nothing is written if not given."),
]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Write over files that are there with other content.")
]
ScenarioName = Annotated[
    str | None,
    typer.Option(
        "--scenario", help="Scenario to lay over the plan; the plan's own choice if not given."
    ),
]
Workers = Annotated[
    int,
    typer.Option(
        "--workers",
        help="How many processes of this machine share the work; no figure depends on it.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON, for machines.")]


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"icbudget {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Plan pooled NHS and council budgets."""


def leave(findings: Sequence[Finding], *, strict: bool = False, read: bool = True) -> NoReturn:
    """End with exit 2 where there is no plan to read, 1 where there are errors, else 0.

    `strict`: warnings end with exit 1 too.
    """
    if not read:
        raise typer.Exit(2)
    warned = strict and any(f.severity is Severity.WARNING for f in findings)
    raise typer.Exit(1 if warned or has_errors(findings) else 0)
