"""Commands of joint work: share, merge, rekey, history."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Annotated

import typer

from icbudget import tasks
from icbudget.cli import output
from icbudget.cli.shared_options import NewFile, Overwrite, PlanFile, app, leave
from icbudget.cli.terminal import say

By = Annotated[str, typer.Option("--by", help="Who does it, for History.")]
On = Annotated[
    dt.datetime | None,
    typer.Option("--on", formats=["%Y-%m-%d"], help="Day it is done; today if not given."),
]


@app.command(epilog="Example: icbudget share plan.xlsx --partner council --out council.xlsx")
def share(
    plan: PlanFile,
    partner: Annotated[
        list[str],
        typer.Option(
            "--partner", help="Partner whose part to write, by its id; may be given again."
        ),
    ],
    out: Annotated[
        Path, typer.Option("--out", help="File of the part; of several parts their folder.")
    ],
    record: Annotated[
        Path | None,
        typer.Option(
            "--record", help="New copy of the plan that says which parts are out; merge into it."
        ),
    ] = None,
    by: By = "",
    on: On = None,
    questions: Annotated[
        str, typer.Option("--questions", help="Whom to ask, and where to send it back.")
    ] = "",
    overwrite: Overwrite = False,
) -> None:
    """Write partners' parts of a plan: own cells yellow, the others' grey, none locked."""
    several = len(partner) > 1
    # An id may hold what no file name can.
    files = {who: re.sub(r"[^\w.-]", "_", who) for who in partner}
    outs = {who: out / f"{files[who]}.xlsx" if several else out for who in partner}
    opened, written = tasks.share_parts(
        plan,
        outs,
        by=by,
        on=_date(on),
        questions=questions,
        record=record,
        overwrite=overwrite,
    )
    for path in written:
        typer.echo(f"Wrote {path}")
    if written and record is None:
        say("The plan stays a draft. With --record FILE a copy of it says which parts are out.")
    output.findings(opened.findings, silent_when_none=True)
    leave(opened.findings, read=opened.draft.plan is not None)


@app.command(epilog="Example: icbudget merge plan.xlsx council.xlsx --out joint.xlsx")
def merge(
    base: Annotated[
        Path, typer.Argument(metavar="BASE", help="Plan that was shared, or a joint workbook.")
    ],
    out: NewFile,
    parts: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PART]...", help="Parts that came back, such as council.xlsx."),
    ] = None,
    chosen_in: Annotated[
        Path | None,
        typer.Option("--choices", help="Copy of the joint workbook with choices on To agree."),
    ] = None,
    two_way: Annotated[
        bool,
        typer.Option("--two-way", help="A part whose base is not found proposes its differences."),
    ] = False,
    by: By = "",
    on: On = None,
    why: Annotated[str, typer.Option("--why", help="What it is for, for History.")] = "",
    page: Annotated[
        Path | None,
        typer.Option("--page", help="Folder for a page (HTML, PDF, CSV) of what changed and why."),
    ] = None,
    overwrite: Overwrite = False,
) -> None:
    """Merge the parts of a plan: what is agreed is taken, what is not stands on To agree."""
    merged = tasks.merge_parts(
        base,
        parts or [],
        out,
        chosen_in=chosen_in,
        two_way=two_way,
        by=by,
        on=_date(on),
        why=why,
        page=page,
        overwrite=overwrite,
    )
    if merged.path is not None:
        for path in (merged.path, *merged.pages):
            typer.echo(f"Wrote {path}")
        for words in merged.differences:
            say(f"  {words}")
        count = len(merged.outcomes)
        say(f"{count} changes asked for, {merged.open} of them still open.")
    output.findings(merged.findings, silent_when_none=True)
    leave(merged.findings, read=merged.path is not None)


@app.command(
    epilog="Example: icbudget rekey plan.xlsx --table Schemes --from 004 --to 012 --out new.xlsx"
)
def rekey(
    plan: PlanFile,
    table: Annotated[str, typer.Option("--table", help="Sheet of the row, such as Schemes.")],
    old: Annotated[str, typer.Option("--from", help="Key of the row now, such as 004.")],
    new: Annotated[str, typer.Option("--to", help="Key that it gets, such as 012.")],
    out: NewFile,
    by: By = "",
    on: On = None,
    overwrite: Overwrite = False,
) -> None:
    """Give rows another key; whatever names them follows, and a merge recognises them."""
    opened, path = tasks.rekey(plan, table, old, new, out, by=by, on=_date(on), overwrite=overwrite)
    output.plan_written(path, opened.findings)
    leave(opened.findings, read=path is not None)


@app.command(epilog="Example: icbudget history plan.xlsx --verify")
def history(
    plan: PlanFile,
    verify: Annotated[
        bool, typer.Option("--verify", help="Check that no entry was changed, taken out or put in.")
    ] = False,
    against: Annotated[
        Path | None,
        typer.Option("--against", help="Copy of the plan, or a part, that another partner keeps."),
    ] = None,
) -> None:
    """Print what was done to a plan, entry by entry."""
    verify = verify or against is not None
    opened, entries = tasks.history(plan, verify=verify, against=against)
    for entry in entries:
        beside = (entry.partner, entry.by, entry.why)
        rest = "; ".join(part for part in beside if part)
        say(f"{entry.number:>4}  {entry.on}  {entry.what}  {entry.figures[:12]}  {rest}".rstrip())
    if not entries and opened.draft.plan is not None:
        say("The plan has no History yet: share and merge begin it.")
    findings = opened.findings if verify or opened.draft.plan is None else ()
    output.findings(findings, silent_when_none=not verify)
    leave(findings, read=opened.draft.plan is not None)


def _date(on: dt.datetime | None) -> dt.date | None:
    return on.date() if on else None
