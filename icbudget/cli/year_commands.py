"""The command about the year as it runs: monitor."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from icbudget import money, tasks
from icbudget.cli import output
from icbudget.cli.options import Json, Overwrite, PlanFile, app, leave

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
            "--ledger", help="CSV of a ledger whose figures become actuals; may be given again."
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
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder for the files; nothing is written if not given."),
    ] = None,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Report the year as it runs: budget, actual, forecast, quarters. Exit 1 where errors stop it
    or ledger rows are rejected.
    """
    ledgers, maps = ledger or [], map or []
    if len(maps) == 1:
        maps = maps * len(ledgers)
    if len(maps) != len(ledgers):
        raise typer.BadParameter("give each --ledger its --map, or one --map for all")
    with output.progress(quiet=as_json) as progress:
        pairs = list(zip(ledgers, maps, strict=True))
        told = tasks.monitor(
            plan, out, ledgers=pairs, year=year, month=month, overwrite=overwrite, progress=progress
        )
    if as_json:
        output.made(
            told.opened,
            told.files,
            ledgers=[output.ledger_record(read) for read in told.ledgers],
            answers={id: block.grid() for id, block in told.blocks.items()},
        )
    else:
        output.findings(told.opened.findings)
        for read in told.ledgers:
            _show_control(read)
        if told.blocks:
            output.block(
                told.blocks["ICB_MONITOR"],
                leave_out=("Unit", "Forecast variance last month", "Why"),
                narrow=_NARROW,
            )
        for file in told.files:
            print(f"Wrote {file}")
    rejected = any(read.rejects for read in told.ledgers)
    if rejected:
        raise typer.Exit(1)
    leave(told.opened.findings, read=told.opened.draft.plan is not None)


def _show_control(read: tasks.Ledger) -> None:
    """Print what became of a ledger's rows, and whether the totals agree."""
    parts = "; ".join(
        f"{what.lower()} {rows:,} rows, {money.display(pence)}"
        for what, rows, pence in read.control
    )
    print(
        f"{read.name}: {parts}."
        f" {'The totals agree.' if read.agrees else 'The totals do not agree.'}"
    )
    for reject in read.rejects[:20]:
        print(f"  line {reject.line}: {reject.reason}")
    if len(read.rejects) > 20:
        print(f"  and {len(read.rejects) - 20:,} more, all in the list of rejects")
