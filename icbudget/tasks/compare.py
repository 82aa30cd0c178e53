"""Two plans, or two scenarios of one, compared; and the scenarios of a plan."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from icbudget.plan.differences import changes
from icbudget.plan.ready_made import READY_MADE
from icbudget.plan.scenario_overlay import scenarios_of, with_scenario
from icbudget.plan.unread_cells import as_given, stands
from icbudget.tasks.reading import Opened, check
from icbudget.tasks.writing import Progress, quiet, write_outputs

if TYPE_CHECKING:
    from icbudget.answers.comparison import Comparison


@dataclass(frozen=True, slots=True)
class ScenarioTold:
    """A scenario of a plan: its name, whether the plan writes it out, what it supposes, what it
    changes, and what is wrong.
    """

    name: str
    own: bool
    says: str
    changes: tuple[str, ...]
    problems: tuple[str, ...]


def compare(
    first: Path,
    second: Path | None = None,
    *,
    scenario: str | None = None,
    against: str | None = None,
    out: Path | None = None,
    overwrite: bool = False,
    progress: Progress = quiet,
) -> tuple[Opened, Opened, Comparison | None, list[Path]]:
    """Return two plan files examined, what leads from the first to the second, and the files
    written into `out`.

    `scenario` is laid over the second plan and `against` over the first. With one file, the plan
    under `against` (the plan itself where none is named) is compared with the same plan under
    `scenario`. The comparison is None where one of the two cannot be read at all. Files: a page
    (HTML and PDF) and the whole comparison as CSV. Raises `ValueError` for one file and no
    scenario.
    """
    if second is None and scenario is None and against is None:
        raise ValueError("Name a second plan, or a scenario with --scenario.")
    from icbudget.answers.comparison import compare as compared

    progress("Reading and checking the plans")
    before = check(first, ("" if against is None else against) if second is None else against)
    after = check(second or first, scenario)
    if before.case is None or after.case is None:
        return before, after, None, []
    progress("Running the plan after each change")
    found = compared(before.case, after.case)
    if out is None:
        return before, after, found, []
    progress("Writing the page")
    return (
        before,
        after,
        found,
        write_outputs(out, _files(found, before.path, after.path), overwrite=overwrite),
    )


def _files(found: Comparison, first: Path, second: Path) -> dict[str, bytes]:
    from icbudget.answers.comparison import comparison_block
    from icbudget.report.comparison_page import comparison_document
    from icbudget.report.csv_json import block_csv
    from icbudget.report.html_page import html
    from icbudget.report.pdf_document import pdf

    name = f"{first.stem}-compared" if first == second else f"{first.stem}-to-{second.stem}"
    document = comparison_document(found, (first.name, second.name))
    return {
        f"{name}.html": html(document).encode(),
        f"{name}.pdf": pdf(document),
        f"{name}.csv": block_csv(comparison_block(found)).encode("utf-8-sig"),
    }


def scenarios(path: Path) -> tuple[Opened, tuple[ScenarioTold, ...]]:
    """Return a plan file examined, and every scenario that can be laid over it: its own first, then
    the ready-made ones.
    """
    opened = check(path, "")
    plan = opened.draft.plan
    if plan is None:
        return opened, ()
    told: list[ScenarioTold] = []
    for name in scenarios_of(plan):
        rows = [row for row in plan.scenarios if row.scenario == name]
        says = (
            "; ".join(dict.fromkeys(row.reason for row in rows if row.reason))
            if rows
            else READY_MADE[name].says
        )
        laid, problems = with_scenario(plan, name)
        left = [f for f in opened.draft.unknown if stands(plan, *f.spot) == stands(laid, *f.spot)]
        words = tuple(
            change.words
            for change in changes(as_given(plan, opened.draft.unknown), as_given(laid, left))
        )
        told.append(ScenarioTold(name, bool(rows), says, words, tuple(f.message for f in problems)))
    return opened, tuple(told)
