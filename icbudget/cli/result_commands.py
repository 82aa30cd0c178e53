"""Commands that answer: run, report, verify, explain."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from icbudget import tasks
from icbudget.cli import output
from icbudget.cli.shared_options import (
    Json,
    OutFolder,
    Overwrite,
    PlanFile,
    ScenarioName,
    app,
    leave,
)
from icbudget.findings import Severity, has_errors


@app.command(epilog="Example: icbudget run plan.xlsx --out results")
def run(
    plan: PlanFile,
    out: OutFolder = None,
    scenario: ScenarioName = None,
    printed: Annotated[
        str,
        typer.Option(
            "--print",
            metavar="short|full|all",
            help="Sheets selected in the workbook, ready to print: six pages that most people"
            " need; the plan and its answers; or every row of every answer.",
        ),
    ] = "",
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Run a plan: write the results workbook, the report and the postings.

    Exit 1 where there are errors.
    """
    folder = out or Path(f"{plan.stem}-results")
    with output.progress(quiet=as_json) as progress:
        opened, files = tasks.run(
            plan,
            folder,
            scenario=scenario,
            printed=printed,
            overwrite=overwrite,
            progress=progress,
        )
    if as_json:
        blocks = tasks.answers(opened.case) if opened.case else {}
        grids = output.answers_record(blocks)
        output.made(opened, files, answers=grids)
    else:
        output.outcome(opened, files)
    leave(opened.findings, read=opened.draft.plan is not None)


@app.command(epilog="Example: icbudget report plan.xlsx --paper --out report")
def report(
    plan: PlanFile,
    out: OutFolder = None,
    scenario: ScenarioName = None,
    tables: Annotated[
        bool, typer.Option("--tables", help="Write every answer as CSV too.")
    ] = False,
    paper: Annotated[
        bool, typer.Option("--paper", help="Write the committee paper too: PDF, Word and HTML.")
    ] = False,
    returns: Annotated[
        bool,
        typer.Option(
            "--return",
            help="Write the tables of the Better Care Fund returns and their checklist as CSV too.",
        ),
    ] = False,
    pack: Annotated[
        bool, typer.Option("--pack", help="Write the audit pack instead: everything, with sums.")
    ] = False,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Write the readable report and the postings of a plan.

    A plan with errors gets a report of its findings.
    """
    folder = out or Path(f"{plan.stem}-report")
    with output.progress(quiet=as_json) as progress:
        if pack:
            opened, files = tasks.pack(
                plan, folder, scenario=scenario, overwrite=overwrite, progress=progress
            )
        else:
            opened, files = tasks.report(
                plan,
                folder,
                scenario=scenario,
                tables=tables,
                paper=paper,
                returns=returns,
                overwrite=overwrite,
                progress=progress,
            )
    if as_json:
        output.made(opened, files)
    else:
        output.outcome(opened, files)
    leave(opened.findings, read=opened.draft.plan is not None)


@app.command(epilog="Example: icbudget verify results/plan-results.xlsx")
def verify(
    plan: Annotated[
        Path,
        typer.Argument(metavar="WORKBOOK", help="Workbook that carries answers, or an audit pack."),
    ],
    as_json: Json = False,
) -> None:
    """Work a workbook's answers, or an audit pack, out again and say whether they agree.

    Exit 1 where one differs.
    """
    if plan.is_dir():
        _verify_pack(plan, as_json=as_json)
    opened, comparison = tasks.verify(plan)
    findings = list(comparison.findings)
    if not opened.answered:
        findings = [f for f in opened.findings if f.severity is Severity.ERROR]
    if as_json:
        output.as_json(
            {
                "plan": output.identity(opened),
                "agrees": opened.answered and not has_errors(findings),
                "compared": list(comparison.compared),
                "not_compared": list(comparison.not_compared),
                "signatures": tasks.signature_lines(opened),
                "findings": [f.as_record() for f in findings],
            }
        )
    else:
        output.agreement(opened, findings, comparison.compared, comparison.not_compared)
        output.signatures(opened)
    leave(findings, read=opened.draft.plan is not None)


def _verify_pack(folder: Path, *, as_json: bool) -> NoReturn:
    opened, findings = tasks.verify_pack(folder)
    if as_json:
        output.as_json(
            {
                "pack": folder.name,
                "agrees": not has_errors(findings),
                "findings": [f.as_record() for f in findings],
            }
        )
    else:
        output.pack_agreement(folder.name, findings)
    leave(findings, strict=True, read=opened is not None)


@app.command(epilog='Example: icbudget explain plan.xlsx "bcf / 2027/28 / council"')
def explain(
    plan: PlanFile,
    figure: Annotated[
        str,
        typer.Argument(
            metavar="FIGURE", help='What to explain, such as "bcf / 2027/28 / council".'
        ),
    ],
    full: Annotated[
        bool,
        typer.Option("--full", help="Every line and source in full, not only the first few."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Show where a figure comes from: postings, how they are worked out, cells and sources.

    A paragraph such as model §7.3 stands on the page `model` of the guide.
    """
    from icbudget.cli.explanation import explanation_record, print_explanation

    opened, explanation = tasks.explain(plan, figure)
    if explanation is None:
        output.findings(opened.findings)
        raise typer.Exit(1 if opened.draft.plan is not None else 2)
    if as_json:
        output.as_json(explanation_record(explanation))
    else:
        print_explanation(explanation, full=full)
    raise typer.Exit(0 if explanation.explains_anything else 1)
