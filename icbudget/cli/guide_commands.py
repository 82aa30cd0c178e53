"""The command that opens the guide."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Annotated

import typer

from icbudget import __version__, tasks
from icbudget.cli.shared_options import Overwrite, app


@app.command(epilog="Example: icbudget guide start-here")
def guide(
    page: Annotated[
        str, typer.Argument(metavar="[PAGE]", help="Page to open it at, such as start-here.")
    ] = "",
    out: Annotated[
        Path | None,
        typer.Option("--out", help="File to write the guide to (.html) instead of opening it."),
    ] = None,
    overwrite: Overwrite = False,
) -> None:
    """Open the guide: how to begin, a page for each kind of user, the model, commands, findings.

    It is one page that needs no internet. Without a browser to open it in, its place is printed.
    """
    known = [p.name for p in tasks.guide_pages()]
    page = "-".join(page.casefold().split())
    if page and page not in known:
        near = difflib.get_close_matches(page, known, 1)
        meant = f"Did you mean {near[0]}? " if near else ""
        pages = ", ".join(known)
        raise ValueError(f"There is no page “{page}” in the guide. {meant}There are: {pages}.")
    if out is not None:
        typer.echo(f"Written: {tasks.write_guide(out, __version__, overwrite=overwrite)}")
        return
    address = tasks.open_guide(page, __version__)
    typer.echo(f"The guide: {address}")
