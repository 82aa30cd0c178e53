"""`icbudget excel`: what connects the functions to an Excel."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from icbudget.cli.options import app

excel = typer.Typer(name="excel", help="Connect Excel: serve it.", no_args_is_help=True)
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
