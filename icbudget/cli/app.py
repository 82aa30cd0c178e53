"""The command line: thin shells over `icbudget.tasks`. Exit 0 clean, 1 findings, 2 usage."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from icbudget import __version__, tasks
from icbudget.cli import show
from icbudget.findings import Finding, Severity, has_errors

app = typer.Typer(
    name="icbudget",
    help="Plan pooled NHS and council budgets: check a workbook, run it, report on it, and ask where a figure comes from.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

PlanFile = Annotated[Path, typer.Argument(metavar="PLAN", help="Plan: a workbook (.xlsx, .xlsm), YAML or JSON file.")]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON, for machines.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Write over files that are there with other content.")]
ScenarioName = Annotated[
    str | None, typer.Option("--scenario", help="Scenario to lay over the plan; the plan's own choice if not given.")
]


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"icbudget {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")] = False,
) -> None:
    """Plan pooled NHS and council budgets."""


def _leave(findings: Sequence[Finding], *, strict: bool = False, read: bool = True) -> NoReturn:
    """End with exit 2 where there is no plan to read, 1 where there are errors (or, when strict, warnings), else 0."""
    if not read:
        raise typer.Exit(2)
    warned = strict and any(f.severity is Severity.WARNING for f in findings)
    raise typer.Exit(1 if warned or has_errors(findings) else 0)


@app.command()
def check(plan: PlanFile, scenario: ScenarioName = None, as_json: Json = False) -> None:
    """List everything that is wrong with a plan, with sheet, cell and mend. Exit 1 where there are errors or warnings."""
    opened = tasks.check(plan, scenario)
    if as_json:
        show.as_json({"plan": show.identity(opened), "findings": [f.as_record() for f in opened.findings]})
    else:
        show.findings(opened.findings)
    _leave(opened.findings, strict=True, read=opened.draft.plan is not None)


@app.command()
def run(
    plan: PlanFile,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the files; <plan>-results beside you if not given.")
    ] = None,
    scenario: ScenarioName = None,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Run a plan: write the results workbook, the report and the postings. Exit 1 where errors stop it."""
    folder = out or Path(f"{plan.stem}-results")
    with show.progress(quiet=as_json) as progress:
        opened, files = tasks.run(plan, folder, scenario=scenario, overwrite=overwrite, progress=progress)
    if as_json:
        blocks = tasks.answers(opened.case) if opened.case else {}
        show.as_json(
            {
                "plan": show.identity(opened),
                "files": [str(f) for f in files],
                "findings": [f.as_record() for f in opened.findings],
                "answers": {id: block.grid() for id, block in blocks.items()},
            }
        )
    else:
        show.outcome(opened, files)
    _leave(opened.findings, read=opened.draft.plan is not None)


@app.command()
def report(
    plan: PlanFile,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the files; <plan>-report beside you if not given.")
    ] = None,
    scenario: ScenarioName = None,
    tables: Annotated[bool, typer.Option("--tables", help="Write every answer as CSV too.")] = False,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Write the readable report and the postings of a plan; a plan with errors gets a report of its findings."""
    folder = out or Path(f"{plan.stem}-report")
    with show.progress(quiet=as_json) as progress:
        opened, files = tasks.report(plan, folder, scenario=scenario, tables=tables, overwrite=overwrite, progress=progress)
    if as_json:
        show.as_json(
            {
                "plan": show.identity(opened),
                "files": [str(f) for f in files],
                "findings": [f.as_record() for f in opened.findings],
            }
        )
    else:
        show.outcome(opened, files)
    _leave(opened.findings, read=opened.draft.plan is not None)


@app.command()
def verify(
    plan: Annotated[Path, typer.Argument(metavar="WORKBOOK", help="Workbook that carries answers.")], as_json: Json = False
) -> None:
    """Work a workbook's answers out again and say whether they agree with the stored ones. Exit 1 where one differs."""
    opened, differences = tasks.verify(plan)
    everything = [*(f for f in opened.findings if f.severity is Severity.ERROR), *differences]
    if as_json:
        show.as_json(
            {
                "plan": show.identity(opened),
                "agrees": opened.sound and not has_errors(everything),
                "findings": [f.as_record() for f in everything],
            }
        )
    else:
        show.agreement(opened, everything)
    _leave(everything, read=opened.draft.plan is not None)


@app.command()
def explain(
    plan: PlanFile,
    figure: Annotated[str, typer.Argument(help='What to explain, such as "Pool A / 2027/28 / ICB".')],
    as_json: Json = False,
) -> None:
    """Show where a figure comes from: postings, how they are worked out, and the cells and sources behind them."""
    opened, explanation = tasks.explain(plan, figure)
    if explanation is None:
        show.findings(opened.findings)
        raise typer.Exit(1 if opened.draft.plan is not None else 2)
    if as_json:
        show.as_json(show.explanation_record(explanation))
    else:
        show.explanation(explanation)
    raise typer.Exit(0 if explanation.postings else 1)


@app.command()
def new(
    area: Annotated[str, typer.Option("--area", help='Health and Wellbeing Board by name or ONS code, such as "Lewisham".')],
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write (.xlsx, .yaml or .json); <area>.xlsx if not given.")
    ] = None,
    base_year: Annotated[str, typer.Option("--base-year", help="Financial year of the base amounts.")] = "2025/26",
    horizon: Annotated[int, typer.Option("--horizon", min=0, max=30, help="Years after the base year.")] = 5,
    overwrite: Overwrite = False,
) -> None:
    """Start a plan for an area: partners, ICB split, population growth and known grants filled in, each with its source."""
    words = re.findall(r"[^\W_]+", area.casefold())
    target = out or Path(f"{'-'.join(words)}.xlsx")
    path, findings = tasks.new(target, area, base_year, horizon, overwrite=overwrite)
    if path is not None:
        typer.echo(f"Wrote {path}")
    show.findings(findings, silent_when_clean=True)
    _leave(findings)


@app.command()
def template(
    out: Annotated[Path, typer.Option("--out", help="Workbook to write.")] = Path("pooled-budget.xlsx"),
    overwrite: Overwrite = False,
) -> None:
    """Write the blank template workbook."""
    typer.echo(f"Wrote {tasks.template(out, overwrite=overwrite)}")


@app.command()
def convert(
    plan: PlanFile,
    out: Annotated[Path, typer.Argument(help="File to write: .xlsx (a template filled in), .yaml or .json.")],
    overwrite: Overwrite = False,
) -> None:
    """Write a plan in another form; workbook, YAML and JSON hold the same."""
    opened, path = tasks.convert(plan, out, overwrite=overwrite)
    if path is not None:
        typer.echo(f"Wrote {path}")
    show.findings(opened.findings, silent_when_clean=True)
    _leave(opened.findings, read=opened.draft.plan is not None)


@app.command()
def schema() -> None:
    """Print the JSON Schema of a plan."""
    from icbudget.plan.text import json_schema

    show.as_json(json_schema())


def main() -> None:
    """Run the command line; a fault of ours or a file that cannot be written is one clear line, never a traceback."""
    try:
        app(standalone_mode=True)
    except FileExistsError as taken:
        name = taken.filename or taken
        if taken.filename is not None:
            _stop(f"{name} is a file, not a folder. Choose another --out.")
        _stop(f"{name} is there already with other content. Choose another --out, or say --overwrite.")
    except OSError as refused:
        _stop(f"{refused.filename or refused} cannot be written or read: {refused.strerror or 'refused'}.")
    except ValueError as problem:
        _stop(str(problem))


def _stop(message: str) -> NoReturn:
    print(message, file=sys.stderr)
    sys.exit(2)
