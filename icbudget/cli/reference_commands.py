"""Commands about reference tables: what ships, and allocations that a person imports."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from icbudget import reference, tasks
from icbudget.cli import output
from icbudget.cli.command_groups import CommandList
from icbudget.cli.shared_options import Overwrite, app, leave
from icbudget.cli.terminal import say

group = typer.Typer(
    name="reference",
    help="Reference tables: those that ship, and allocations and people kept beside a plan.",
    cls=CommandList,
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(group)


@group.command("list", epilog="Example: icbudget reference list")
def shipped() -> None:
    """List the reference tables that ship: edition, rows, licence."""
    for table in reference.versions():
        edition = f"{table.vintage}, {table.rows:,} rows, {table.licence}."
        say(f"{table.table}: {table.title}. {edition}", hang=4)


@group.command(
    "import", epilog="Example: icbudget reference import allocations.csv --plan plan.xlsx"
)
def bring_in(
    table: Annotated[
        Path,
        typer.Argument(
            metavar="TABLE",
            help="CSV or .xlsx: allocations with the columns area, year, source, contributor, kind,"
            " amount, edition, document, grade; or people with area, year, age_band, people,"
            " edition, document, grade.",
        ),
    ],
    plan: Annotated[Path, typer.Option("--plan", help="Plan to keep it beside.")],
    overwrite: Overwrite = False,
) -> None:
    """Check a table of allocations or of people by age and keep it beside a plan, dated.

    `check` compares the two.
    """
    path, findings = tasks.import_allocations(table, plan, overwrite=overwrite)
    output.plan_written(path, findings)
    leave(findings, read=path is not None)
