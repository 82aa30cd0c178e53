"""The command about the year as it runs: monitor."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from icbudget import money, tasks
from icbudget.answers import catalogue
from icbudget.cli import output
from icbudget.cli.options import Json, OptionalFolder, Overwrite, PlanFile, app, leave
from icbudget.cli.tables import print_table

MOST_REJECTS = 20
"""Rejected rows that the terminal lists for each ledger; the file of rejects has all."""
_NARROW = (
    "Line",
    "Kind",
    "Year",
    "To month",
    "Original budget",
    "Virements",
    "Variance to date",
    "Recovery measures",
)
"""Columns that a narrow terminal has no room for; the files have them all."""


@app.command()
def monitor(
    plan: PlanFile,
    ledger: Annotated[
        list[Path] | None,
        typer.Option(
            "--ledger",
            help="CSV or .xlsx of a ledger whose figures become actuals; may be given again.",
        ),
    ] = None,
    map: Annotated[
        list[Path] | None,
        typer.Option(
            "--map", help="YAML that says which columns and codes are which; one for each ledger."
        ),
    ] = None,
    year: Annotated[
        str | None,
        typer.Option("--year", help="Financial year to report; Setup's choice if not given."),
    ] = None,
    month: Annotated[
        int | None,
        typer.Option(
            "--month", min=1, max=12, help="Month to report, 1 is April; the latest if not given."
        ),
    ] = None,
    out: OptionalFolder = None,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Report the year as it runs: budget, actual, forecast, quarters.

    Exit 1 where errors stop it, ledger rows are rejected or totals do not agree.
    """
    ledgers, maps = ledger or [], map or []
    if len(maps) == 1:
        maps = maps * len(ledgers)
    if len(maps) != len(ledgers):
        raise typer.BadParameter("give each --ledger its --map, or one --map for all")
    with output.progress(quiet=as_json) as progress:
        monitoring = tasks.monitor(
            plan,
            out,
            ledgers=list(zip(ledgers, maps, strict=True)),
            year=year,
            month=month,
            overwrite=overwrite,
            progress=progress,
        )
    if as_json:
        output.made(
            monitoring.opened,
            monitoring.files,
            ledgers=[output.ledger_record(read) for read in monitoring.ledgers],
            answers=output.answers_record(monitoring.blocks),
        )
    else:
        output.findings(monitoring.opened.findings)
        for read in monitoring.ledgers:
            _print_control(read)
        if monitoring.blocks:
            print_table(
                monitoring.blocks[catalogue.MONITORING.id],
                leave_out=("Unit", "Forecast variance last month", "Why"),
                narrow=_NARROW,
            )
        output.written(monitoring.files)
    sound = [ledger.agrees and ledger.rows and not ledger.rejects for ledger in monitoring.ledgers]
    if not all(sound):
        raise typer.Exit(1)
    leave(monitoring.opened.findings, read=monitoring.opened.draft.plan is not None)


def _verdict(ledger: tasks.Ledger) -> str:
    """Return whether a ledger's totals agree, and which do; nothing is compared of an empty one."""
    if not ledger.rows:
        return "No rows were read."
    if not ledger.agrees:
        return "The totals do not agree."
    if ledger.rejects:
        return "The totals agree, and what is rejected is not in the actuals."
    return "The totals agree."


def _print_control(ledger: tasks.Ledger) -> None:
    """Print what became of a ledger's rows, and whether the totals agree."""
    parts = [
        f"{what.lower()} {rows:,} row{'s' if rows != 1 else ''}, {money.display(pence)}"
        for what, rows, pence in ledger.control
    ]
    verdict = _verdict(ledger)
    lines = f"{ledger.lines:,} lines"
    size = f"{ledger.size:,} bytes, " if ledger.size else ""
    print(f"{ledger.name} ({size}{lines}): {'; '.join(parts)}. {verdict}")
    for reject in ledger.rejects[:MOST_REJECTS]:
        print(f"  line {reject.line}: {reject.reason}")
    left = len(ledger.rejects) - MOST_REJECTS
    if left > 0:
        print(f"  and {left:,} more, all in the list of rejects")
