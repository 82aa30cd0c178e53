"""Commands about more than one plan or scenario: compare, scenarios."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from icbudget import money, tasks
from icbudget.cli import output
from icbudget.cli.shared_options import Json, OptionalFolder, Overwrite, PlanFile, app, leave
from icbudget.cli.terminal import say
from icbudget.findings import Finding

if TYPE_CHECKING:
    from icbudget.answers.comparison import Comparison
    from icbudget.tasks.load_and_check import Opened


@app.command(epilog="Example: icbudget compare agreed.xlsx emailed.xlsx")
def compare(
    plan: PlanFile,
    other: Annotated[
        Path | None,
        typer.Argument(metavar="[OTHER]", help="Plan to compare with; the same plan if not given."),
    ] = None,
    scenario: Annotated[
        str | None, typer.Option("--scenario", help="Scenario laid over OTHER, or over PLAN alone.")
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(
            "--against", help="Scenario of PLAN to compare with; the plan itself if not given."
        ),
    ] = None,
    out: OptionalFolder = None,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Say what changed between two plans or scenarios, what each change is worth, and who gains.

    With --out that is written as a page (HTML, PDF) and a table (CSV).
    """
    with output.progress(quiet=as_json) as progress:
        before, after, comparison, files = tasks.compare(
            plan,
            other,
            scenario=scenario,
            against=against,
            out=out,
            overwrite=overwrite,
            progress=progress,
        )
    errors: list[Finding] = []
    for opened in (before, after):
        if not opened.sound:
            errors.extend(opened.findings)
    if as_json:
        output.as_json(_record(before, after, comparison, files))
    else:
        output.findings(errors, silent_when_none=True)
        if comparison is not None:
            _print_comparison(comparison)
            output.written(files)
    leave(errors, read=comparison is not None)


@app.command(epilog="Example: icbudget scenarios plan.xlsx")
def scenarios(
    plan: PlanFile,
    full: Annotated[
        bool,
        typer.Option("--full", help="Every change, not only the first few of a ready-made one."),
    ] = False,
    as_json: Json = False,
) -> None:
    """List every scenario that can be laid over a plan: its own, and the ready-made ones."""
    opened, summaries = tasks.scenarios(plan)
    if as_json:
        records = [output.record_of(summary) for summary in summaries]
        output.as_json({"plan": output.identity(opened), "scenarios": records})
    elif opened.draft.plan is None:
        output.findings(opened.findings)
    else:
        output.scenarios(summaries, full=full)
    leave((), read=opened.draft.plan is not None)


def _record(
    before: Opened, after: Opened, comparison: Comparison | None, files: Sequence[Path]
) -> dict[str, Any]:
    """Return a comparison for machines; amounts in pence by figure, partner and common year."""
    record: dict[str, Any] = {
        "before": output.identity(before),
        "after": output.identity(after),
        "files": [str(f) for f in files],
    }
    if comparison is None:
        findings = (*before.findings, *after.findings)
        return record | {"findings": [f.as_record() for f in findings]}
    steps = [
        {"words": step.words, "adds_pence": step.adds, "alone_pence": step.alone}
        for step in comparison.steps
    ]
    altered = [
        {"before": old.as_record(), "after": new.as_record()} for old, new in comparison.altered
    ]
    return record | {
        "years": list(comparison.years),
        "partners": list(comparison.partners),
        "silent": comparison.silent,
        "before_pence": comparison.money_before,
        "after_pence": comparison.money_after,
        "steps": steps,
        "without_effect_on_money": [change.words for change in comparison.wording],
        "appeared": [f.as_record() for f in comparison.appeared],
        "gone": [f.as_record() for f in comparison.gone],
        "altered": altered,
    }


def _print_comparison(comparison: Comparison) -> None:
    """Print what each change adds to the whole system, who gains, and findings that changed."""
    if comparison.silent:
        say(comparison.silent)
    if not comparison.steps and not comparison.wording:
        say("Nothing changed: the two plans are the same.")
    _print_steps(comparison)
    if comparison.steps and not comparison.silent:
        _print_positions(comparison)
    if comparison.wording:
        say("\nWithout effect on money:")
        for change in comparison.wording:
            say(f"  {change.words}")
    changed = [new for _, new in comparison.altered]
    groups = (("Appeared", comparison.appeared), ("Gone", comparison.gone), ("Changed", changed))
    for what, findings in groups:
        for finding in findings:
            say(f"{what}: {finding.message}")


def _print_steps(comparison: Comparison) -> None:
    from icbudget.answers.comparison import PLAN
    from icbudget.engine.accounts.bridge import SYSTEM

    for step in comparison.steps:
        worth = "" if comparison.silent else _amount(sum(step.adds[PLAN][SYSTEM]))
        say(f"{worth}{step.words}")


def _print_positions(comparison: Comparison) -> None:
    """Print what all changes cost the whole system, and what they mean for each partner."""
    from icbudget.answers.comparison import PLAN
    from icbudget.answers.side_by_side import BORNE, GAIN

    over = f"{comparison.years[0]} to {comparison.years[-1]}"
    total = _amount(comparison.difference(PLAN))
    say(f"{total}All changes: net spending of the whole system, {over}")
    say(f"\n{GAIN}, after less before:")
    for partner in comparison.partners:
        say(f"{_amount(comparison.difference(GAIN, partner))}{comparison.names[partner]}")
    if any(comparison.difference(BORNE, partner) for partner in comparison.partners):
        say("\nBears more (+) or less (−) of what the pools are over or under:")
        for partner in comparison.partners:
            say(f"{_amount(comparison.difference(BORNE, partner))}{comparison.names[partner]}")


def _amount(pence: int) -> str:
    """Return an amount as the left column of a list."""
    return f"{money.display(pence):>18}  "
