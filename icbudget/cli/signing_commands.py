"""Commands that sign a plan: sign, and keys new."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from icbudget import tasks
from icbudget.cli import output
from icbudget.cli.command_groups import CommandList
from icbudget.cli.shared_options import Json, NewFile, Overwrite, PlanFile, app, leave
from icbudget.cli.terminal import say

keys = typer.Typer(
    name="keys",
    help="Make the keys that organisations sign plans with.",
    cls=CommandList,
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(keys)

PassphraseFile = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file",
        help="File whose first line is the passphrase; it is asked for if not given.",
    ),
]


@app.command(
    epilog='Example: icbudget sign plan.xlsx --as "chief executive" --name "A Lee" --out new.xlsx'
)
def sign(
    plan: PlanFile,
    office: Annotated[
        str, typer.Option("--as", help='Office that signs, such as "section 151 officer".')
    ],
    name: Annotated[str, typer.Option("--name", help="Name of the person who signs.")],
    out: NewFile,
    partner: Annotated[
        str,
        typer.Option("--partner", help="Partner that signs, where several have such an office."),
    ] = "",
    on: Annotated[
        str, typer.Option("--on", help="Day of the signature, as 2026-06-30; today if not given.")
    ] = "",
    document: Annotated[
        str, typer.Option("--document", help="Minute or letter that records it.")
    ] = "",
    key: Annotated[
        Path | None,
        typer.Option("--key", help="Key file of icbudget keys new; a recorded statement without."),
    ] = None,
    published: Annotated[
        str, typer.Option("--published", help="Page or minute where the key is published.")
    ] = "",
    passphrase_file: PassphraseFile = None,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Sign the figures of a plan, as an office of a partner, into a new file.

    A later change of any figure makes the signature void, and says so.
    """
    passphrase = _passphrase(passphrase_file, confirm=False) if key else ""
    made = tasks.sign(
        plan,
        out,
        office=office,
        name=name,
        on=_day(on),
        partner=partner,
        document=document,
        key=key,
        passphrase=passphrase,
        published=published,
        overwrite=overwrite,
    )
    files = [made.written] if made.written else []
    if as_json:
        output.made(made.opened, files, statement=list(made.statement), with_key=made.with_key)
    else:
        _print_signed(made)
    leave(made.opened.findings if not files else (), read=made.opened.draft.plan is not None)


def _print_signed(made: tasks.SignedPlan) -> None:
    """Print what was signed, word for word, and the file; why not, where nothing was."""
    findings = made.opened.findings
    if made.written:
        # What else is wrong with the plan was there before, and check lists it.
        findings = tuple(f for f in findings if f.id.startswith("signature."))
    output.findings(findings, silent_when_none=True)
    for line in made.statement:
        say(line, hang=4)
    if made.written is None:
        say("Nothing was signed, and nothing was written.")
        return
    if not made.with_key:
        say("This is a recorded statement: it was signed without a key.")
    output.written([made.written])


@keys.command("new", epilog="Example: icbudget keys new council.pem")
def new(
    out: Annotated[
        Path, typer.Argument(metavar="FILE", help="File for the private key, such as council.pem.")
    ],
    passphrase_file: PassphraseFile = None,
    overwrite: Overwrite = False,
) -> None:
    """Make a key: its private half encrypted with a passphrase, its public half to publish."""
    made = tasks.new_key(out, _passphrase(passphrase_file, confirm=True), overwrite=overwrite)
    output.written(made.files)
    say(f"Key {made.id}, public half {made.public_key}")
    say(
        "Publish both, in a minute or on a page of your organisation, and keep the private file"
        " where only the office can read it. icbudget keeps no copy of file or passphrase."
    )


def _passphrase(file: Path | None, *, confirm: bool) -> str:
    """Return the passphrase of a key: the first line of a file, else what is typed unseen."""
    if file is None:
        asked: str = typer.prompt(
            "Passphrase of the key", hide_input=True, confirmation_prompt=confirm, err=True
        )
        return asked
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise ValueError(f"{file.name} cannot be read as text. Save it as UTF-8.") from None
    return lines[0] if lines else ""


def _day(on: str) -> str:
    if not on:
        return dt.date.today().isoformat()
    try:
        return dt.date.fromisoformat(on).isoformat()
    except ValueError:
        raise ValueError(f"“{on}” is not a day; write it as 2026-06-30.") from None
