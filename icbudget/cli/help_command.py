"""`icbudget help`: the help of the application or of one command."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from icbudget.cli.shared_options import app


@app.command("help", epilog="Example: icbudget help compare")
def help_command(
    context: typer.Context,
    command: Annotated[
        list[str] | None,
        typer.Argument(metavar="[COMMAND]...", help="Command to explain; all if not given."),
    ] = None,
) -> None:
    """Say what the commands are, or how one of them is used."""
    assert context.parent is not None
    of: Any = context.parent
    for name in command or ():
        group = of.command
        # `resolve_command` ends with the suggestions of a mistyped command where there is none.
        if not hasattr(group, "resolve_command"):
            of.fail(f"{group.name} has no commands of its own.")
        _, chosen, _ = group.resolve_command(of, [name])
        of = type(of)(chosen, info_name=name, parent=of)
    typer.echo(of.get_help())
