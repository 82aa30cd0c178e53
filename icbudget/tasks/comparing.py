"""Two plans, or two scenarios of one, compared; and the scenarios of a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from icbudget.plan import Plan
from icbudget.plan.differences import changes
from icbudget.plan.ready_made import READY_MADE
from icbudget.plan.scenario_overlay import scenarios_of, with_scenario
from icbudget.plan.unread_cells import Unknown, stands, with_unknown_marked
from icbudget.tasks.load_and_check import Opened, check
from icbudget.tasks.writing import Progress, quiet, write_outputs

if TYPE_CHECKING:
    from icbudget.answers.comparison import Comparison


@dataclass(frozen=True, slots=True)
class ScenarioSummary:
    """A scenario of a plan: its name, what it supposes, what it changes, and what is wrong.

    `own`: the plan writes it out itself; otherwise it is a ready-made one.
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
    """Return two plan files evaluated, what leads from the first to the second, and the files.

    `scenario` is laid over the second plan and `against` over the first. With one file, the plan
    under `against` (the plan itself where none is named) is compared with the same plan under
    `scenario`. The comparison is None where one of the two cannot be read at all. Files: a page
    (HTML and PDF) and every row of the comparison as CSV. Raises `ValueError` for one file and no
    scenario.
    """
    if second is None and scenario is None and against is None:
        raise ValueError("Name a second plan, or a scenario with --scenario.")
    from icbudget.answers.comparison import compare as compared

    progress("Reading and checking the plans")
    # With one file the first plan is the plan itself, whatever scenario its Setup makes active.
    first_scenario = against
    if second is None and against is None:
        first_scenario = ""
    before = check(first, first_scenario)
    after = check(second or first, scenario)
    if before.case is None or after.case is None:
        return before, after, None, []
    progress("Running the plan after each change")
    comparison = compared(before.case, after.case)
    if out is None:
        return before, after, comparison, []
    progress("Writing the page")
    files = write_outputs(out, _files(comparison, before.path, after.path), overwrite=overwrite)
    return before, after, comparison, files


def refuse_pages(folder: Path, first: Path, second: Path) -> None:
    """Raise `FileExistsError` where a page of the comparison of two files is there already."""
    for ending in ("html", "pdf", "csv"):
        page = folder / f"{_page_name(first, second)}.{ending}"
        if page.exists():
            raise FileExistsError(str(page))


def _page_name(first: Path, second: Path) -> str:
    return f"{first.stem}-compared" if first == second else f"{first.stem}-to-{second.stem}"


def _files(comparison: Comparison, first: Path, second: Path) -> dict[str, bytes]:
    from icbudget.answers.comparison import comparison_block
    from icbudget.report.comparison_page import comparison_document
    from icbudget.report.csv_json import block_csv, csv_file
    from icbudget.report.html_page import html
    from icbudget.report.pdf_document import pdf

    name = _page_name(first, second)
    document = comparison_document(comparison, (first.name, second.name))
    return {
        f"{name}.html": html(document).encode(),
        f"{name}.pdf": pdf(document),
        f"{name}.csv": csv_file(block_csv(comparison_block(comparison))),
    }


def scenarios(path: Path) -> tuple[Opened, tuple[ScenarioSummary, ...]]:
    """Return a plan file evaluated, and its scenarios: its own first, then the ready-made ones."""
    opened = check(path, "")
    plan = opened.draft.plan
    if plan is None:
        return opened, ()
    unknown = opened.draft.unknown
    return opened, tuple(_summary(plan, name, unknown) for name in scenarios_of(plan))


def _summary(plan: Plan, name: str, unknown: Sequence[Unknown]) -> ScenarioSummary:
    rows = [row for row in plan.scenarios if row.scenario == name]
    reasons = dict.fromkeys(row.reason for row in rows if row.reason)
    says = "; ".join(reasons) if rows else READY_MADE[name].says
    with_changes, problems = with_scenario(plan, name)
    # A cell that cannot be read stays unread under the scenario unless the scenario replaces it.
    still_unread = [f for f in unknown if stands(plan, *f.spot) == stands(with_changes, *f.spot)]
    before = with_unknown_marked(plan, unknown)
    after = with_unknown_marked(with_changes, still_unread)
    words = tuple(change.words for change in changes(before, after))
    messages = tuple(problem.message for problem in problems)
    return ScenarioSummary(name, bool(rows), says, words, messages)
