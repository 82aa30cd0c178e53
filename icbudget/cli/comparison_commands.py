"""Commands about more than one plan or scenario: compare, scenarios."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from icbudget import money, tasks
from icbudget.cli import output
from icbudget.cli.options import Json, Overwrite, PlanFile, app, leave

if TYPE_CHECKING:
    from icbudget.answers.comparison import Comparison
    from icbudget.tasks.reading import Opened


@app.command()
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
            "--against", help="Scenario of PLAN it is compared with; the plan itself if not given."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the page (HTML and PDF) and the CSV.")
    ] = None,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Say what changed between two plans or two scenarios, what each change is worth, and who is
    better or worse off.
    """
    with output.progress(quiet=as_json) as progress:
        before, after, found, files = tasks.compare(
            plan,
            other,
            scenario=scenario,
            against=against,
            out=out,
            overwrite=overwrite,
            progress=progress,
        )
    errors = tuple(f for opened in (before, after) if not opened.sound for f in opened.findings)
    if as_json:
        output.as_json(_record(before, after, found, files))
    else:
        output.findings(errors, silent_when_clean=True)
        if found is not None:
            _shown(found, files)
    leave(errors, read=found is not None)


@app.command()
def scenarios(plan: PlanFile, as_json: Json = False) -> None:
    """List every scenario that can be laid over a plan: those it writes out, and the ready-made
    ones.
    """
    opened, told = tasks.scenarios(plan)
    if as_json:
        output.as_json(
            {
                "plan": output.identity(opened),
                "scenarios": [{n: getattr(s, n) for n in s.__slots__} for s in told],
            }
        )
    elif opened.draft.plan is None:
        output.findings(opened.findings)
    else:
        output.scenarios(told)
    leave((), read=opened.draft.plan is not None)


def _record(
    before: Opened, after: Opened, found: Comparison | None, files: Sequence[Path]
) -> dict[str, Any]:
    """Return a comparison for machines; amounts in pence by figure, partner and common year."""
    record: dict[str, Any] = {
        "before": output.identity(before),
        "after": output.identity(after),
        "files": [str(f) for f in files],
    }
    if found is None:
        return record | {
            "findings": [f.as_record() for opened in (before, after) for f in opened.findings]
        }
    return record | {
        "years": list(found.years),
        "partners": list(found.partners),
        "silent": found.silent,
        "before_pence": found.money_before,
        "after_pence": found.money_after,
        "steps": [
            {"words": s.words, "adds_pence": s.adds, "alone_pence": s.alone} for s in found.steps
        ],
        "without_effect_on_money": [change.words for change in found.wording],
        "appeared": [f.as_record() for f in found.appeared],
        "gone": [f.as_record() for f in found.gone],
        "altered": [{"before": a.as_record(), "after": b.as_record()} for a, b in found.altered],
    }


def _shown(found: Comparison, files: Sequence[Path]) -> None:
    """Print a comparison: what each change adds to the whole system, then who gains, then
    findings.
    """
    from icbudget.answers.comparison import PLAN
    from icbudget.answers.side_by_side import BORNE, GAIN
    from icbudget.engine.accounts.bridge import SYSTEM

    if found.silent:
        print(found.silent)
    if not found.steps and not found.wording:
        print("Nothing changed: the two plans are the same.")
    for step in found.steps:
        worth = "" if found.silent else f"{money.display(sum(step.adds[PLAN][SYSTEM])):>18}  "
        print(f"{worth}{step.words}")
    if found.steps and not found.silent:
        over = f"{found.years[0]} to {found.years[-1]}"
        print(
            f"{money.display(found.difference(PLAN)):>18}  All changes: net spending of the whole"
            f" system, {over}"
        )
        print("\nBetter (+) or worse (−) off against do nothing:")
        for partner in found.partners:
            print(f"{money.display(found.difference(GAIN, partner)):>18}  {found.names[partner]}")
        if any(found.difference(BORNE, partner) for partner in found.partners):
            print("\nBears more (+) or less (−) of what the pools are over or under:")
            for partner in found.partners:
                print(
                    f"{money.display(found.difference(BORNE, partner)):>18}  {found.names[partner]}"
                )
    if found.wording:
        print("\nWithout effect on money:")
        for change in found.wording:
            print(f"  {change.words}")
    for what, told in (
        ("Appeared", found.appeared),
        ("Gone", found.gone),
        ("Changed", [b for _, b in found.altered]),
    ):
        for finding in told:
            print(f"{what}: {finding.message}")
    for path in files:
        print(f"Wrote {path}")
