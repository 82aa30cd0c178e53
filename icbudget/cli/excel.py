"""`icbudget excel`: what connects the functions to an Excel."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from icbudget import tasks
from icbudget.cli import show
from icbudget.cli.options import Json, Overwrite, app, leave
from icbudget.findings import has_errors

excel = typer.Typer(
    name="excel", help="Connect Excel: serve it, make the macro workbook, find what is missing.", no_args_is_help=True
)
app.add_typer(excel)


@excel.command()
def serve(
    listen: Annotated[str, typer.Option("--listen", help="Address to listen on; production only for another than this one.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port.")] = 8000,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="Processes.")] = 2,
    certificate: Annotated[Path | None, typer.Option("--certificate", help="TLS certificate (PEM).")] = None,
    key: Annotated[Path | None, typer.Option("--key", help="Key of the certificate (PEM).")] = None,
) -> None:
    """Serve Excel on Mac, on the web and on locked-down machines; production settings come from the environment."""
    try:
        from icbudget.excel.server.serve import serve as run
    except ModuleNotFoundError as missing:
        raise ValueError(f"{missing.name} is not installed. Install the server: pip install 'icbudget[server]'") from None
    typer.echo(f"Serving http{'s' if certificate else ''}://{listen}:{port}; the manifest is at /manifest.xml. Stop with Ctrl+C.")
    run(listen=listen, port=port, workers=workers, certificate=certificate, key=key)


@excel.command()
def build(
    workbook: Annotated[Path, typer.Argument(metavar="WORKBOOK", help="Macro workbook to write (.xlsm).")],
    plan: Annotated[Path | None, typer.Option("--plan", help="Plan to fill it with: a workbook, YAML or JSON file.")] = None,
    overwrite: Overwrite = False,
) -> None:
    """Make the macro workbook for Excel on Windows, with the VBA of the xlwings installed here."""
    from icbudget.excel.macro import build as made

    draft = tasks.load(plan) if plan else None
    if draft is not None and (draft.plan is None or has_errors(draft.findings)):
        show.findings(draft.findings)
        leave(draft.findings, read=draft.plan is not None)
    typer.echo(f"Wrote {made(workbook, draft.plan if draft else None, overwrite=overwrite)}")
    typer.echo(f"Run icbudget excel doctor {workbook.name} to see whether this machine is ready for it.")


@excel.command()
def doctor(
    workbook: Annotated[Path | None, typer.Argument(metavar="[WORKBOOK]", help="Macro workbook to look at too.")] = None,
    mend: Annotated[bool, typer.Option("--mend", help="Tell Excel which Python to start: this one.")] = False,
    as_json: Json = False,
) -> None:
    """Say what this machine lacks for the macro workbook, and how to mend it. Exit 1 where something is missing."""
    from icbudget.excel import doctor as surgery

    machine = surgery.this_machine()
    if mend:
        for told in surgery.mend(machine):
            typer.echo(told)
        return
    findings = surgery.diagnose(machine, workbook)
    if as_json:
        show.as_json({"findings": [f.as_record() for f in findings]})
    elif findings:
        show.findings(findings)
    else:
        typer.echo("Nothing is missing that can be seen from outside Excel.")
    leave(findings)
