"""Commands about the evidence library."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from icbudget import reference, tasks
from icbudget.cli import output
from icbudget.cli.shared_options import Json, Overwrite, app, leave
from icbudget.findings import Finding


@app.command(epilog="Example: icbudget evidence falls --grade AB")
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
        plan, new = _files(words, out, "--local falls", refused=bool(add))
        _leave_with(*tasks.local_evidence(plan, local, new, overwrite=overwrite))
    if add:
        plan, new = _files(words, out, "--add falls-exercise")
        _leave_with(*tasks.add_evidence(plan, add, new, overwrite=overwrite))
    programmes = reference.find_evidence(words or (), grade)
    if as_json:
        records: list[dict[str, Any]] = []
        for row in programmes:
            studies = [dict(study) for study in reference.studies(row["id"])]
            records.append({**row, "studies": studies})
        output.as_json(records)
    else:
        output.evidence(programmes)
    raise typer.Exit(0 if programmes else 1)


def _files(
    words: list[str] | None, out: Path | None, option: str, *, refused: bool = False
) -> tuple[Path, Path]:
    """Return the plan that the words name and the file to write; an option needs both."""
    if refused or not words or len(words) != 1 or out is None:
        raise ValueError(
            f"{option.partition(' ')[0]} needs one plan and --out: icbudget evidence {option}"
            " plan.xlsx --out new.xlsx"
        )
    return Path(words[0]), out


def _leave_with(path: Path | None, findings: Sequence[Finding]) -> NoReturn:
    """Print the plan that was written and its findings, and end the command."""
    output.plan_written(path, findings)
    leave(findings if path is None else (), read=path is not None)
