"""Commands about the evidence library."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from icbudget import reference, tasks
from icbudget.cli import output
from icbudget.cli.shared_options import Json, Overwrite, app, leave


@app.command()
def evidence(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[WORDS]...", help="Words to look for; with --add, the plan to add to."
        ),
    ] = None,
    grade: Annotated[str, typer.Option("--grade", help="Only these grades, such as AB.")] = "",
    add: Annotated[
        str,
        typer.Option(
            "--add", help="Evidence row to fill in a programme from, such as falls-exercise."
        ),
    ] = "",
    local: Annotated[
        str,
        typer.Option(
            "--local",
            help="Programme whose confirmed releases make a row of Local evidence, beside the"
            " studies.",
        ),
    ] = "",
    out: Annotated[
        Path | None,
        typer.Option("--out", help="With --add or --local: file to write (.xlsx, .yaml or .json)."),
    ] = None,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Look up what studies of prevention found, null and adverse results included.

    With --add, fill in a programme of a plan from one of them; with --local, write what a
    programme's own confirmed releases showed beside them.
    """
    if local:
        if add or not words or len(words) != 1 or out is None:
            raise ValueError(
                "--local needs one plan and --out: icbudget evidence --local falls plan.xlsx --out"
                " new.xlsx"
            )
        path, findings = tasks.local_evidence(Path(words[0]), local, out, overwrite=overwrite)
        if path is not None:
            typer.echo(f"Wrote {path}")
        output.findings(findings, silent_when_none=True)
        leave(findings if path is None else (), read=path is not None)
    if add:
        if not words or len(words) != 1 or out is None:
            raise ValueError(
                "--add needs one plan and --out: icbudget evidence --add falls-exercise plan.xlsx"
                " --out new.xlsx"
            )
        path, findings = tasks.add_evidence(Path(words[0]), add, out, overwrite=overwrite)
        if path is not None:
            typer.echo(f"Wrote {path}")
        output.findings(findings, silent_when_none=True)
        leave(findings if path is None else (), read=path is not None)
    programmes = reference.find_evidence(words or (), grade)
    if as_json:
        output.as_json(
            [
                {**row, "studies": [dict(study) for study in reference.studies(row["id"])]}
                for row in programmes
            ]
        )
    else:
        output.evidence(programmes)
    raise typer.Exit(0 if programmes else 1)
