"""Rebuild what the package makes and the repository carries: the template, the workbooks' twins,
the README's two lists.

`python -m tests.rebuild` writes them; `--check` only compares and exits 1 where something differs.
"""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path
from typing import Any

from icbudget import tasks
from icbudget.answers.case import evaluate_plan
from icbudget.plan import Plan
from icbudget.workbook.writing.build import blank_plan, build
from tests.places import WORKBOOKS

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "templates" / "pooled-budget.xlsx"
PLANS = sorted((WORKBOOKS).glob("*.yaml"))
LISTED = ("functions", "commands")
"""Parts of the README that are made from the definitions, between `<!-- name -->` and `<!-- end of
name -->`.
"""


def workbook(plan: Plan) -> bytes:
    """Return the template filled from a plan, with its answers stored."""
    case = evaluate_plan(plan)
    return build(plan, tasks.answers(case), live=True, case=case)


def built() -> dict[Path, bytes]:
    """Return every workbook the repository carries as it is built now."""
    made = {TEMPLATE: workbook(blank_plan())}
    for path in PLANS:
        plan = tasks.load(path).plan
        assert plan is not None, path
        made[path.with_suffix(".xlsx")] = workbook(plan)
    return made


def parts(content: bytes) -> dict[str, bytes]:
    """Return the parts of a workbook by name; packing differs between versions of zlib, the parts
    do not.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name) for name in sorted(packed.namelist())}


def readme() -> str:
    """Return the README with its lists of functions and of commands made from their definitions."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for name, lines in zip(LISTED, (_functions(), _commands()), strict=True):
        start, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
        text = text[: text.index(start) + len(start)] + "".join(lines) + text[text.index(end) :]
    return text


def _functions() -> list[str]:
    from icbudget.excel.registry import functions

    return [
        "| function | what it gives |\n",
        "|---|---|\n",
        *(f"| `{f.id}` | {f.doc} |\n" for f in functions().values()),
    ]


def _commands() -> list[str]:
    from typer.main import get_command

    import icbudget.cli.app
    from icbudget.cli.options import app

    assert icbudget.cli.app.COMMANDS
    return ["| command | what it does |\n", "|---|---|\n", *_told(get_command(app), "icbudget")]


def _told(command: Any, name: str) -> list[str]:
    """Return a line for each command below this one: how it is typed, its options, the first
    sentence of its help.
    """
    if hasattr(command, "commands"):
        return [
            line
            for part, below in command.commands.items()
            for line in _told(below, f"{name} {part}")
        ]
    words = [p.metavar or p.name.upper() for p in command.params if p.param_type_name == "argument"]
    options = [
        p.opts[0] for p in command.params if p.param_type_name == "option" and p.opts[0] != "--help"
    ]
    first = (command.help or "").split("\n\n")[0].replace("\n", " ").strip()
    told = f"{first} {' '.join(f'`{option}`' for option in options)}".strip()
    return [f"| `{' '.join((name, *words))}` | {told.replace('|', chr(92) + '|')} |\n"]


def stale() -> list[str]:
    """Return the names of what differs from what is built now."""
    found = [
        p.name
        for p, made in built().items()
        if not p.is_file() or parts(p.read_bytes()) != parts(made)
    ]
    return found + (
        ["README.md"] if (ROOT / "README.md").read_text(encoding="utf-8") != readme() else []
    )


if __name__ == "__main__":
    if "--check" in sys.argv:
        differs = stale()
        print(
            f"differs: {', '.join(differs)}" if differs else "everything generated is as committed"
        )
        sys.exit(1 if differs else 0)
    for target, content in built().items():
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(content)
    (ROOT / "README.md").write_text(readme(), encoding="utf-8")
