"""The command about the year as it runs: monitor."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from icbudget import money, tasks
from icbudget.answers import catalogue
from icbudget.answers.block import Block
from icbudget.cli import output
from icbudget.cli.shared_options import (
    Json,
    MonthReported,
    OptionalFolder,
    Overwrite,
    PlanFile,
    YearReported,
    app,
    leave,
)
from icbudget.cli.terminal import say
from icbudget.cli.terminal_tables import figure, print_rows
from icbudget.plan import Plan

MOST_REJECTS = 20
"""Rejected rows that the terminal lists for each ledger; the file of rejects has all."""
_FIGURES = (
    "Revised budget",
    "Actual to date",
    "Forecast outturn",
    "Forecast variance",
    "RAG",
)
"""Columns that the terminal has room for; the files have them all."""


@app.command(
    epilog="Example: icbudget monitor plan.xlsx --ledger ledger.csv --map map.yaml --out october"
)
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
    year: YearReported = None,
    month: MonthReported = None,
    out: OptionalFolder = None,
    ids: Annotated[
        bool, typer.Option("--ids", help="Show the ids of schemes and partners beside their names.")
    ] = False,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Report the year as it runs: budget, actual, forecast, quarters.

    With --out it writes the report, its tables and a workbook; the plan's own file stays as it is.
    Exit 1 where errors stop it, ledger rows are rejected or totals do not agree.
    """
    ledgers, maps = ledger or [], map or []
    # Ledgers of one system have one layout, so that one map is enough for all of them.
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
        _print(monitoring, with_ids=ids)
    for read in monitoring.ledgers:
        if read.rejects or not (read.agrees and read.rows):
            raise typer.Exit(1)
    leave(monitoring.opened.findings, read=monitoring.opened.draft.plan is not None)


def _print(monitoring: tasks.Monitoring, *, with_ids: bool) -> None:
    """Print the findings, what became of each ledger's rows, the month, and the files written."""
    output.findings(monitoring.opened.findings)
    for ledger in monitoring.ledgers:
        _print_control(ledger)
    plan = monitoring.opened.draft.plan
    if monitoring.blocks and plan is not None:
        _print_month(monitoring.blocks[catalogue.MONITORING.id], plan, with_ids=with_ids)
    output.written(monitoring.files)


def _print_month(block: Block, plan: Plan, *, with_ids: bool) -> None:
    """Print the month by pool, spending before income, in whole pounds; `with_ids`: ids too."""
    pools = {pool.id: pool.name for pool in plan.pools}
    partners = {partner.id: partner.name or partner.id for partner in plan.partners}
    groups: dict[tuple[str, str], list[tuple[str, ...]]] = {}
    for row in block.rows:
        pool, kind, line = block.labels_of(row, "pool", "kind", "line")
        what, name = block.labels_of(row, "scheme_or_source", "name_or_partner")
        # The first line of a scheme is the scheme; a further one is told apart by its number.
        further = "" if line in ("", "1") else f", line {line}"
        words, id = f"{name}{further}", f"{what}{further}"
        if kind == "Income":
            words, id = f"{partners.get(name, name)}, {what}", name
        cells = []
        for heading in _FIGURES:
            value = row.values[block.columns.index(heading)]
            cells.append(figure(value, block.unit_of(row.unit, heading)))
        labels = (words, id) if with_ids else (words,)
        groups.setdefault((pool, kind), []).append((*labels, *cells))
    year, month = block.labels_of(block.rows[0], "year", "to_month") if block.rows else ("", "")
    for (pool, kind), rows in groups.items():
        pool_name = pools.get(pool, pool or "In no pool of the plan")
        title = f"\nMonitoring of {pool_name}: {kind.lower()}, {year} to month {month}, £"
        names = ("Name", "Id") if with_ids else ("Name",)
        print_rows((*names, *_FIGURES), rows, title=title, names=len(names))
    if not groups:
        say("No month to report: nothing is booked. Add Actuals or a --ledger, or name --month.")
        return
    say(block.shows_on_basis)


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
    say(f"{ledger.name} ({size}{lines}): {'; '.join(parts)}. {verdict}")
    for reject in ledger.rejects[:MOST_REJECTS]:
        say(f"  line {reject.line}: {reject.reason}")
    left = len(ledger.rejects) - MOST_REJECTS
    if left > 0:
        say(f"  and {left:,} more, all in the list of rejects")
