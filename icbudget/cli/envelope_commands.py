"""`icbudget envelopes`: the money each partner has, read from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from icbudget import tasks
from icbudget.cli import output
from icbudget.cli.command_groups import CommandList
from icbudget.cli.shared_options import Json, NewFile, Overwrite, app, leave
from icbudget.cli.terminal import say

envelopes = typer.Typer(
    name="envelopes",
    help="Put the money that each partner has by year into a plan.",
    cls=CommandList,
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(envelopes)


@envelopes.callback()
def _group() -> None:
    """Put the money that each partner has by year into a plan."""


@envelopes.command(
    "import", epilog="Example: icbudget envelopes import money.csv --into plan.xlsx --out new.xlsx"
)
def import_(
    money: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="CSV or .xlsx with Partner, Year and Envelope (£); Status and Source beside them.",
        ),
    ],
    into: Annotated[Path, typer.Option("--into", help="Plan that the envelopes belong to.")],
    out: NewFile,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Read envelopes from a file into a plan: one row for each partner and year.

    Nothing is written where a row is wrong.
    """
    made = tasks.import_envelopes(money, into, out, overwrite=overwrite)
    files = [made.written] if made.written else []
    counts = {"new": made.new, "changed": made.changed, "same": made.same}
    if as_json:
        output.made(made.opened, files, envelopes=counts)
    else:
        findings = made.opened.findings
        if files:
            # What else is wrong with the plan was there before; check lists it.
            findings = tuple(f for f in findings if f.id.startswith("envelopes."))
        output.findings(findings, silent_when_none=True)
        output.written(files)
        if files:
            say(f"Envelopes: {made.new} new, {made.changed} changed, {made.same} as they were.")
        else:
            say("Nothing was written. Correct the rows above and import it again.")
    refused = () if files else made.opened.findings
    leave(refused, strict=True, read=made.opened.draft.plan is not None)
