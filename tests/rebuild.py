"""Rebuild what the package makes and the repository carries: the template, the workbooks' twins,
the pages of the guide that are made from the definitions.

`python -m tests.rebuild` writes them; `--check` only compares and exits 1 where something differs.
"""

from __future__ import annotations

import io
import os
import shlex
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from icbudget import tasks
from icbudget.answers.case import evaluate_plan
from icbudget.plan import Plan
from icbudget.plan.modules import POOL
from icbudget.workbook.contents import Choice
from icbudget.workbook.writing.build import blank_plan, build
from tests.finding_page import findings_page
from tests.places import WORKBOOKS

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "templates" / "pooled-budget.xlsx"
PLANS = sorted((WORKBOOKS).glob("*.yaml"))
CARRIED = (TEMPLATE, *(path.with_suffix(".xlsx") for path in PLANS))
GUIDE = ROOT / "icbudget" / "guide"
WIDTH = "100"
"""Characters of the terminal in which the examples of commands are run."""


WHAT_IT_USES = Choice(frozenset({POOL}))
"""A sample opens with the pool and the modules of which its plan has rows."""


def workbook(plan: Plan, choice: Choice | None = None) -> bytes:
    """Return the template filled from a plan, with its answers stored."""
    case = evaluate_plan(plan)
    return build(plan, tasks.answers(case), live=True, case=case, choice=choice or Choice())


def built() -> dict[Path, bytes]:
    """Return every workbook the repository carries as it is built now."""
    return {path: built_now(path) for path in CARRIED}


def built_now(path: Path) -> bytes:
    """Return one of them: the blank template, or a plan's workbook."""
    if path == TEMPLATE:
        return workbook(blank_plan())
    plan = tasks.load(path.with_suffix(".yaml")).plan
    assert plan is not None, path
    return workbook(plan, WHAT_IT_USES)


def parts(content: bytes) -> dict[str, bytes]:
    """Return the parts of a workbook by name; packing differs between versions of zlib, the parts
    do not.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name) for name in sorted(packed.namelist())}


def pages() -> dict[Path, str]:
    """Return the pages of the guide that are made from the definitions, by their file."""
    return {
        GUIDE / "commands.md": commands_page(),
        GUIDE / "functions.md": functions_page(),
        GUIDE / "findings.md": findings_page(),
        GUIDE / "labels.md": labels_page(),
        GUIDE / "sheets.md": sheets_page(),
    }


def sheets_page() -> str:
    """Return the page of the sheets: what each is for, and the columns of each that is filled
    in.
    """
    from icbudget.answers.catalogue import ANSWERS
    from icbudget.plan.columns import columns_of
    from icbudget.plan.modules import MODULES, PURPOSES
    from icbudget.workbook import layout

    lines = ["# The sheets", "", SHEETS_SAY, "", "| module | what it is for |", "|---|---|"]
    lines += [f"| {name} | {_cell(PURPOSES[name])} |" for name in MODULES]
    lines.append("")
    for name, says in OTHER_SHEETS.items():
        lines += [f"## {name}", "", says, ""]
    for place in (layout.SETUP_SHEET, *layout.TABLE_SHEETS):
        lines += [f"## {place.sheet}", "", f"{place.intro} Module: {place.table.module}.", ""]
        if place.by_year:
            continue
        lines += ["| column | what it holds |", "|---|---|"]
        columns = (c for c in columns_of(place.table.noun) if not c.by_year)
        lines += [f"| {_cell(c.heading)} | {_cell(c.help)} |" for c in columns]
        lines.append("")
    for answer in ANSWERS:
        if answer.title not in OTHER_SHEETS:
            says = f"{answer.help} Module: {answer.module}."
            lines += [f"## {answer.title}", "", says, ""]
    return "\n".join(lines)


SHEETS_SAY = """A heading for every sheet that a workbook may have. The button Help of the task
pane opens this page at the sheet that is open; `icbudget sheets PLAN.xlsx` lists what a workbook has not, and the button
Add sheets adds it."""
OTHER_SHEETS = {
    "Start": "Five steps that tick themselves off, the next cell to fill as a link, what is not"
    " tested yet, and what the cell named Plan shows. Nothing is typed here.",
    "Dashboard": "One page: five figures, each with a sentence that names the culprit, what needs a"
    " decision with its £ and a link, three charts. Money that stands beside a pool is never counted"
    " as money in it.",
    "What-if": "Choose up to eight figures, type into Try, and see what it comes to for each"
    " partner. The plan stays as it is; the task pane has the same with sliders and keeps a setting"
    " as a scenario.",
    "Any answer": "Choose any answer from the list; with a scenario every figure is less that"
    " scenario's.",
    "Checks": "The master check as counts, the comparisons of the answers with ordinary formulas"
    " over the inputs, and every finding with its place and how to fix it. The master check says"
    " “calculating” while the findings are of another plan than the cell named Plan, and leads with"
    " what stops the answers where something does.",
    "Lists": "The lists behind the drop-downs, those of the plan's rules year.",
    "Postings": "Every pound as a posting; in a workbook of values only.",
    "Run record": "What was run, on which plan, by which version; in a workbook of values only.",
    "Best plan": "The plan beside the best one found by `icbudget optimise`.",
    "Difference": "The difference of two scenarios, from `icbudget simulate --against`.",
    "Unit costs": "National unit costs to copy from, with their sources.",
    "Uplift factors": "The NHS's factors of every year, before and after its pay award.",
    "Evidence": "Programmes with what studies found and how far to trust it.",
    "Studies": "The studies behind the evidence, null and adverse results too.",
}


def labels_page() -> str:
    """Return the page of answers and labels: what each is called, and what it means."""
    from icbudget import glossary
    from icbudget.answers.catalogue import ANSWERS

    lines = ["# Answers and labels", "", LABELS_SAY, "", "## Answers", ""]
    lines += ["| answer | name in files | module | what it says | basis |", "|---|---|---|---|---|"]
    for a in ANSWERS:
        columns = [f"{c.heading}: {c.basis}" for c in a.columns if c.basis]
        basis = "; ".join([a.basis, *columns])
        lines.append(f"| {a.title} | `{a.id}` | {a.module} | {_cell(a.help)} | {_cell(basis)} |")
    lines += ["", "## Labels", "", "| label | what it means |", "|---|---|"]
    lines += [f"| {_cell(label)} | {_cell(means)} |" for label, means in glossary.MEANINGS.items()]
    return "\n".join([*lines, ""])


LABELS_SAY = """A label means one thing wherever it stands: workbook, report, paper, command line, CSV, JSON and function. Two
figures of one label, one thing and one year are one number (model §1.8)."""


def functions_page() -> str:
    """Return the page of worksheet functions: what each gives, and its arguments."""
    from icbudget.excel.all_functions import functions

    lines = ["# Worksheet functions", "", FUNCTIONS_SAY, ""]
    for function in functions().values():
        arguments = ", ".join(_argument(argument) for argument in function.arguments)
        lines += [f"## {function.id}", "", f"`={function.id}({arguments})`", "", function.doc, ""]
        if function.arguments:
            lines += ["| argument | what it takes |", "|---|---|"]
            lines += [f"| `{a.name}` | {_cell(a.doc)} |" for a in function.arguments]
            lines.append("")
    return "\n".join(lines)


def _argument(argument) -> str:
    """Return an argument as a signature shows it: in brackets where it may be left out, with an
    ellipsis where it may be given again and again.
    """
    if argument.repeats:
        return f"{argument.name}, …"
    return f"[{argument.name}]" if argument.optional else argument.name


FUNCTIONS_SAY = """A plan is a value in a cell. `=ICB_PLAN(Funding[#All], Schemes[#All], …)` makes it of whole tables, in any
order, each known by its headings; the cell then shows `plan 3b9f143c5dc8`, the first digits of the plan's hash. The other
functions take that cell. In the template it is named `Plan`, and every answer is `=ICB_TABLE(Plan, title)`.

A workbook of your own needs no template: `=ICB_TABLE(ICB_PLAN(MyFunding[#All]), "Income")` projects a pool from one table
with the columns Pool, Partner, Source of funding, Base amount, Index and the years. What Setup, Partners and Pools would
say is then taken from that table (the base year is the first year that heads a column), and Checks says so.

A plan with something laid over it says so: `plan 3b9f143c5dc8 as Low evidence`, `plan 3b9f143c5dc8 with falls / Effect =
0.12`. A figure is named as its sheet shows it, the row's key, the heading and the year of a figure by year
(`hospital_at_home / Reach / 2027/28`), or by the words of an answer (`bcf / 2027/28 / Income`), in any order. A name means
one cell: what fits several is an error that says which words would decide, and nothing is added up.

A plan that is not kept any more, as after a restart, is an error that says what to press; no older figure stands in its
place. A function that cannot answer gives an error value, never text that a sum would pass over; the sheet Checks says why.
An argument in brackets may be left out; one that is blank and one that is 0 mean the same."""

COMMANDS_SAY = """`icbudget COMMAND --help` says the same. Every command ends with 0 where all is well, 1 where there are
findings that matter, and 2 where a file or an option cannot be used. No command writes over a file of yours."""

EXAMPLES: dict[str, str] = {
    "icbudget check": "icbudget check workbooks/nottingham-city-pool-2015-16.xlsx",
    "icbudget scenarios": "icbudget scenarios workbooks/north-tyneside-better-care-fund.xlsx",
    "icbudget evidence": "icbudget evidence telecare",
    "icbudget explain": (
        'icbudget explain workbooks/north-tyneside-better-care-fund.yaml "Minimum CCG Contribution / 2022/23 / contribution"'
    ),
}
"""What is run to show a command's output, by the command."""


def commands_page() -> str:
    """Return the page of commands: what each does, its options, and what it prints."""
    from typer.main import get_command

    import icbudget.cli.all_commands
    from icbudget.cli.shared_options import app

    assert icbudget.cli.all_commands.COMMANDS
    lines = ["# Commands", "", COMMANDS_SAY, ""]
    for name, command in _every_command(get_command(app), "icbudget"):
        lines += [f"## {name}", "", _help_of(command), ""]
        lines += ["```", _usage(name, command), "```", ""]
        lines += _options_of(command)
        lines += [f"{command.epilog.replace('Example: ', 'Example: `', 1)}`", ""]
        if name in EXAMPLES:
            lines += ["```", f"$ {EXAMPLES[name]}", *_output_of(EXAMPLES[name]), "```", ""]
    return "\n".join(lines)


def _every_command(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    if not hasattr(command, "commands"):
        yield name, command
        return
    for part in command.list_commands(None):
        yield from _every_command(command.commands[part], f"{name} {part}")


def _help_of(command: Any) -> str:
    """Return a command's help, its paragraphs each on one line."""
    paragraphs = (command.help or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs).strip()


def _usage(name: str, command: Any) -> str:
    words = [p.metavar or p.name.upper() for p in command.params if _is_argument(p)]
    return " ".join((name, *words, "[OPTIONS]"))


def _options_of(command: Any) -> list[str]:
    """Return the table of a command's arguments and options."""
    rows = [
        (f"`{p.metavar or p.name.upper()}`" if _is_argument(p) else f"`{p.opts[0]}`", p.help or "")
        for p in command.params
        if p.opts[:1] != ["--help"]
    ]
    if not rows:
        return []
    table = [f"| {word} | {_cell(' '.join(help.split()))} |" for word, help in rows]
    return ["| argument or option | what it is |", "|---|---|", *table, ""]


def _is_argument(parameter: Any) -> bool:
    return bool(parameter.param_type_name == "argument")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _output_of(line: str) -> list[str]:
    """Return what a command prints, run in the repository."""
    program = [sys.executable, "-c", "from icbudget.cli.command_line import main; main()"]
    environment = os.environ | {"COLUMNS": WIDTH, "NO_COLOR": "1", "TERM": "dumb"}
    ran = subprocess.run(
        [*program, *shlex.split(line)[1:]],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.stdout.rstrip().splitlines()


def stale() -> list[str]:
    """Return the names of what differs from what is built now."""
    workbooks = [
        path.name
        for path, content in built().items()
        if not path.is_file() or parts(path.read_bytes()) != parts(content)
    ]
    texts = [
        path.name
        for path, text in pages().items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    return workbooks + texts


if __name__ == "__main__":
    if "--check" in sys.argv:
        differs = stale()
        print(f"differs: {', '.join(differs)}" if differs else "all that is made is as committed")
        sys.exit(1 if differs else 0)
    for target, content in built().items():
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(content)
    for target, text in pages().items():
        target.write_text(text, encoding="utf-8")
