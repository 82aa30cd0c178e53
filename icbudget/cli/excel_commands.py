"""`icbudget excel`: what connects the functions to an Excel."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from icbudget.cli import output
from icbudget.cli.command_groups import CommandList
from icbudget.cli.plan_commands import filling
from icbudget.cli.shared_options import FilledWith, Json, Overwrite, app, leave

excel = typer.Typer(
    name="excel",
    help="Connect Excel: serve it, make the macro workbook, find what is missing.",
    cls=CommandList,
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(excel)


@excel.command(epilog="Example: icbudget excel serve --anonymous")
def serve(
    listen: Annotated[
        str,
        typer.Option(
            "--listen", help="Address to listen on; any but 127.0.0.1 needs production's settings."
        ),
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=1, max=65535, help="Port to listen on.")
    ] = 8000,
    workers: Annotated[
        int, typer.Option("--workers", min=1, max=64, help="How many processes serve.")
    ] = 2,
    certificate: Annotated[
        Path | None, typer.Option("--certificate", help="TLS certificate (PEM).")
    ] = None,
    key: Annotated[Path | None, typer.Option("--key", help="Key of the certificate (PEM).")] = None,
    anonymous: Annotated[
        bool,
        typer.Option("--anonymous", help="Serve this machine alone, without sign-in."),
    ] = False,
) -> None:
    """Serve Excel on Mac, on the web and on locked-down machines.

    An organisation's settings come from the environment; without them, add --anonymous.
    """
    try:
        from icbudget.excel.server.serve import serve as run
    except ModuleNotFoundError as missing:
        raise ValueError(
            f"{missing.name} is not installed. In icbudget's folder: pip install '.[server]'"
        ) from None
    address = f"http{'s' if certificate else ''}://{listen}:{port}"
    run(
        lambda: typer.echo(
            f"Serving {address}; the manifest is at /manifest.xml. Stop with Ctrl+C."
        ),
        listen=listen,
        port=port,
        workers=workers,
        certificate=certificate,
        key=key,
        anonymous=anonymous,
    )


@excel.command(epilog="Example: icbudget excel build budget.xlsm --plan plan.xlsx")
def build(
    workbook: Annotated[
        Path, typer.Argument(metavar="WORKBOOK", help="Macro workbook to write (.xlsm).")
    ],
    plan: FilledWith = None,
    overwrite: Overwrite = False,
) -> None:
    """Make the macro workbook for Excel on Windows, with the VBA of the xlwings installed here."""
    from icbudget.excel.macro import build as made

    filled, own = filling(plan, workbook)
    typer.echo(f"Wrote {made(workbook, filled, own=own, overwrite=overwrite)}")
    typer.echo(
        f"Run icbudget excel doctor {workbook.name} to see whether this machine is ready for it."
    )


@excel.command(epilog="Example: icbudget excel doctor budget.xlsm")
def doctor(
    workbook: Annotated[
        Path | None, typer.Argument(metavar="[WORKBOOK]", help="Macro workbook to look at too.")
    ] = None,
    fix: Annotated[
        bool, typer.Option("--fix", help="Tell Excel which Python to start: this one.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Say what this machine lacks for the macro workbook, and how to fix it.

    Exit 1 where something is missing.
    """
    from icbudget.excel import doctor as diagnosis

    machine = diagnosis.this_machine()
    if fix:
        for line in diagnosis.connect(machine):
            typer.echo(line)
        return
    findings = diagnosis.diagnose(machine, workbook)
    if as_json:
        output.as_json({"findings": [f.as_record() for f in findings]})
    elif findings:
        output.findings(findings)
    else:
        typer.echo("Nothing is missing that can be seen from outside Excel.")
    leave(findings)
