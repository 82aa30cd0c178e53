"""The command about benefits: what was promised held against what came."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from icbudget import tasks
from icbudget.answers import benefit_columns as answer
from icbudget.answers import catalogue
from icbudget.answers.benefits import why_none_counts
from icbudget.answers.block import Block
from icbudget.cli import output
from icbudget.cli.shared_options import (
    Json,
    MonthReported,
    Overwrite,
    PlanFile,
    YearReported,
    app,
    leave,
)
from icbudget.cli.terminal import say
from icbudget.cli.terminal_tables import figure, print_rows

_COLUMNS = {
    catalogue.BENEFITS_BY_PROGRAMME.id: (
        answer.PLANNED,
        answer.CONFIRMED,
        answer.CLAIMED,
        answer.FORECAST_OF_YEAR,
        answer.GAP,
        answer.OVERDUE,
    ),
    catalogue.BENEFITS_BY_PARTNER.id: (answer.PLANNED, answer.CONFIRMED, *answer.TO_DATE),
    catalogue.REINVESTMENT.id: (answer.MAY, answer.WAS_PLANNED, answer.MISSING, answer.RESTS),
}
"""Columns of each answer that the terminal has room for; the workbook has them all."""

_NO_ROWS, _MOVED = "No shift reinvests what is released.", catalogue.REINVESTMENT.id


@app.command(epilog="Example: icbudget benefits plan.xlsx --quarter 2027-Q2 --out benefits.docx")
def benefits(
    plan: PlanFile,
    quarter: Annotated[
        str | None,
        typer.Option(
            "--quarter",
            help="Quarter to report, such as 2027-Q2 (July to September 2027); the last that ended"
            " if not given.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="Report to write: .pdf, .docx or .html; nothing is written if not given."
        ),
    ] = None,
    year: YearReported = None,
    month: MonthReported = None,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Hold what was promised against what was confirmed; write the quarterly benefits report.

    Exit 1 where there are errors.
    """
    with output.progress(quiet=as_json) as progress:
        opened, blocks, files = tasks.benefits(
            plan,
            out,
            quarter=quarter,
            year=year,
            month=month,
            overwrite=overwrite,
            progress=progress,
        )
    if as_json:
        output.made(opened, files, answers=output.answers_record(blocks))
    else:
        output.findings(opened.findings)
        none_counts = why_none_counts(opened.draft.plan)
        for id, columns in _COLUMNS.items():
            if id in blocks:
                _print(blocks[id], columns, _NO_ROWS if id == _MOVED else none_counts)
        output.written(files)
    leave(opened.findings, read=opened.draft.plan is not None)


def _print(block: Block, columns: tuple[str, ...], none_counts: str) -> None:
    """Print an answer, its labels as the name of each row; why it is empty where it has no rows."""
    rows = []
    for row in block.rows:
        cells = [
            figure(row.values[block.columns.index(name)], block.unit_of(row.unit, name))
            for name in columns
        ]
        rows.append((", ".join(label for label in block.named(row) if label), *cells))
    if not rows:
        say(f"\n{block.title}: {none_counts}")
        return
    print_rows((" / ".join(block.labels), *columns), rows, title=f"\n{block.title}, £")
