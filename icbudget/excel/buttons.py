"""What the buttons do, on every host.

Each reads the plan tables of the workbook it is given, and touches no other one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from icbudget import tasks
from icbudget.answers.block import Block
from icbudget.answers.case import evaluate_draft
from icbudget.answers.catalogue import CHECKS, SIMULATION, TORNADO
from icbudget.answers.partner_positions import lines_of_findings, made_of
from icbudget.answers.unread_figures import holds_unknown
from icbudget.excel.coerce import Cells, InputProblem
from icbudget.excel.frozen_choices import Column, any_answer_values, what_if_values
from icbudget.excel.kept_macros import macros_of
from icbudget.excel.kept_scenario import keep_scenario, tried_changes
from icbudget.excel.plan_tables import draft_of, recognised
from icbudget.excel.plan_values import answers_of_draft, case_at, plan_of
from icbudget.excel.workbook_tables import (
    INPUT_SHEETS,
    BlockPlace,
    free_name,
    fresh_sheet,
    place_of_answer,
    tables_of,
    write_named,
)
from icbudget.plan.modules import PURPOSES
from icbudget.tasks.function_reasons import with_reasons_of
from icbudget.tasks.optimising import optimised
from icbudget.workbook import layout
from icbudget.workbook.reading.function_cells import function_findings
from icbudget.workbook.reading.open_workbook import functions_in_excel
from icbudget.workbook.writing.checks_sheet import VALUES

CHECK_SHEET, COMPARISON = "Check list", "Comparison"
SIMULATED, BEST_PLAN = "Simulated", "Best plan found"
SECONDS = 60.0
"""How long the search for a best plan may take while somebody waits for a button."""


def check(book: Any) -> str:
    """List every finding on the sheet “Check list”, which is made anew each time.

    Among them are cells of any sheet in error that call a function, where the host sends formulas.
    Return how many there are.
    """
    draft = draft_of(recognised(tables_of(book)))
    functions = functions_in_excel(book)
    draft.findings += function_findings(functions, "")
    case = evaluate_draft(draft)
    case = with_reasons_of(case, functions) if case and functions else case
    findings = CHECKS.block(lines_of_findings(draft.findings if case is None else case.findings))
    sheet = fresh_sheet(book, CHECK_SHEET)
    sheet["A1"].value = "Check list"
    sheet["A2"].value = "Made by the button Check; the sheet is made anew each time."
    sheet["A4"].value = findings.grid()
    sheet.activate()
    return _count(findings)


def run_and_freeze(book: Any) -> str:
    """Write every answer as values in place of its formulas; return what was written.

    So it does with what What-if and Any answer show.

    Raises `InputProblem`, before anything is written, where errors stop the plan, the workbook has
    no sheet of an answer, or something stands in an answer's way.
    """
    tables = tables_of(book)
    blocks = answers_of_draft(draft_of(recognised(tables)))
    findings = blocks[CHECKS.id]
    errors = findings.where(severity="Error")
    if len(blocks) == 1:
        many = "1 error stops" if len(errors) == 1 else f"{len(errors)} errors stop"
        raise InputProblem(f"{many} the plan; nothing was written. See Checks.")
    there = {sheet.name: sheet for sheet in book.sheets}
    present = _sheets_of_answers(there, blocks)
    handle = plan_of(tables)
    blocks[CHECKS.id] = made_of(blocks[CHECKS.id], handle)
    # Every place is found, and whatever is in a way told, before the first is written.
    places = [place_of_answer(sheet, blocks[id]) for id, sheet in present.items()]
    chosen: list[BlockPlace | Column] = [*places]
    if layout.ANY_ANSWER in there:
        chosen.append(any_answer_values(there[layout.ANY_ANSWER], handle))
    if layout.WHAT_IF in there:
        chosen += what_if_values(there[layout.WHAT_IF], handle)
    for place in chosen:
        place.write()
    write_named(book, layout.PLAN, handle)
    write_named(book, layout.CONNECTED, VALUES)
    others = [name for name in (layout.WHAT_IF, layout.ANY_ANSWER) if name in there]
    besides = f", and what {' and '.join(others)} show" if others else ""
    return f"{len(present)} answers stand as values{besides}. {_count(findings)}"


def _sheets_of_answers(there: Mapping[str, Any], blocks: Mapping[str, Block]) -> dict[str, Any]:
    """Return the sheets of answers that a workbook has, by the answer's id.

    Raises `InputProblem` where it has none, or an answer holds what is not known.
    """
    named = {id: layout.ANSWER_SHEETS[id] for id in blocks}
    present = {id: there[name] for id, name in named.items() if name in there}
    if not present:
        raise InputProblem(
            "The workbook has no sheet of an answer; nothing was written. Start from the template."
        )
    if unknown := [named[id] for id in present if holds_unknown(blocks[id])]:
        many = f"{unknown[0]} and {len(unknown) - 1} more" if len(unknown) > 1 else unknown[0]
        raise InputProblem(f"Not everything is known; nothing was written. {many}: see Checks.")
    return present


def compare(book: Any, other: str) -> str:
    """Say on the sheet “Comparison” what leads from this workbook to another plan.

    `other` is its file, which is only read.

    Raises `InputProblem` where one of the two is no plan that can be read.
    """
    from icbudget.answers.comparison import compare as compared
    from icbudget.answers.comparison import comparison_block

    mine, opened = evaluate_draft(draft_of(recognised(tables_of(book)))), tasks.check(Path(other))
    if mine is None:
        raise InputProblem("This workbook holds no plan that can be read. See Checks.")
    if opened.case is None:
        why = next((str(f) for f in opened.findings), "it holds no plan")
        raise InputProblem(f"The other plan cannot be read: {why}")
    block = comparison_block(compared(mine, opened.case))
    sheet = fresh_sheet(book, COMPARISON)
    sheet["A1"].value = f"From this workbook to {opened.case.plan.setup.title}"
    sheet["A2"].value = "Made by the button Compare; the sheet is made anew each time."
    sheet["A4"].value = block.grid()
    sheet.activate()
    return f"{len(block.rows)} lines on the sheet {COMPARISON}."


def build_reports(book: Any) -> str:
    """Write the reports of the workbook as last saved into a new folder beside it.

    They are report, committee paper, postings and audit pack.

    Raises `InputProblem` where the workbook is not a file on this machine, or holds no plan.
    """
    path = Path(book.fullname)
    if not path.is_file():
        raise InputProblem(
            "Save the workbook in a folder of this machine first; the reports are written"
            " beside it."
        )
    folder = free_name(path.with_suffix(""), "-report")
    opened, files = tasks.report(path, folder, paper=True)
    if not files:
        raise InputProblem(next((str(f) for f in opened.findings), "The workbook holds no plan."))
    _, pack = tasks.pack(path, folder)
    return (
        f"{len(files)} files in {folder.name}: {', '.join(f.name for f in files)}; and the audit"
        f" pack, {len(pack)} files."
    )


def what_if(book: Any, scenario: str | None, reason: str | None) -> str:
    """Keep what is tried on the sheet What-if as a scenario with its reason.

    Without a name, go to the sheet.

    Raises `InputProblem` where nothing is tried, a scenario of that name is there, or the workbook
    has no sheet Scenarios.
    """
    scenario, reason = scenario or "", reason or ""  # a blank answer arrives as nothing
    there = {sheet.name: sheet for sheet in book.sheets}
    if layout.WHAT_IF not in there:
        raise InputProblem("The workbook has no sheet What-if. Fix: Press Add sheets: shift.")
    if not scenario.strip():
        there[layout.WHAT_IF].activate()
        return "Type into the column Try. To keep it, press What-if again and give it a name."
    if not reason.strip():
        raise InputProblem("Give a reason, which the committee reads.")
    handle = plan_of(tables_of(book))
    changes = tried_changes(there[layout.WHAT_IF], case_at(handle))
    counted = "1 change" if len(changes) == 1 else f"{len(changes)} changes"
    keep_scenario(book, scenario.strip(), [(*change, reason.strip()) for change in changes])
    return f"Kept as scenario {scenario.strip()}: {counted} on the sheet Scenarios."


def simulate(book: Any) -> str:
    """Write the range of every figure that matters on the sheet “Simulated”.

    What drives it stands below. The sheet is made anew each time, however the workbook's own
    answers are drawn. Return how many lines the ranges have. Raises `InputProblem` where
    errors stop the plan.
    """
    case = case_at(plan_of(tables_of(book)))
    if case.result is None:
        raise InputProblem("Not every figure of the plan is known; nothing was drawn. See Checks.")
    block, drivers = SIMULATION.build(case), TORNADO.build(case).grid()
    grid = block.grid()
    width = max(len(grid[0]), len(drivers[0]))
    rows: list[list[Any]] = [*grid, [], [TORNADO.title], *drivers]
    rectangle = [[*row, *[""] * (width - len(row))] for row in rows]
    _fresh(book, SIMULATED, block.title, "Simulate", rectangle)
    return f"{case.plan.setup.draws:,} draws: {len(block.rows)} lines on the sheet {SIMULATED}."


def optimise(book: Any) -> str:
    """Write the best plan within the money and limits on the sheet “Best plan found”.

    It stands beside the plan as it is, with the rows that would make it a scenario.

    Raises `InputProblem` where errors stop the plan.
    """
    block, changes = best_of(tables_of(book))
    rows = block.grid()
    if changes:
        width = len(rows[0])
        heads = ["To adopt it: rows of a scenario", "Value", "Reason"]
        rows += [[""] * width, [*heads, *[""] * (width - len(heads))]]
        rows += [[path, value, reason, *[""] * (width - 3)] for path, value, reason in changes]
    _fresh(book, BEST_PLAN, block.shows, "Optimise", rows)
    return f"{len(block.rows)} lines on the sheet {BEST_PLAN}. The plan itself stays as it is."


def best_of(tables: Sequence[Cells]) -> tuple[Block, tuple[tuple[str, str, str], ...]]:
    """Return the best plan that a minute's search finds beside the plan, and its changes.

    The changes are path, value and reason of a scenario. Raises `InputProblem` where errors stop
    the plan.
    """
    case = evaluate_draft(draft_of(recognised(tables)))
    if case is None or case.result is None:
        raise InputProblem("There is no plan to look for a better one. See Checks.")
    better = optimised(case.plan, time_limit=SECONDS)
    return better.block, tuple(better.best.changes)


def add_sheets(book: Any, names: str | None) -> str:
    """Write a copy of the workbook as last saved with further modules and sheets, beside it.

    It loses nothing but what is named. `names`: modules and sheets, separated by commas. Raises
    `InputProblem` where the workbook is not a file on this machine, or a name is none.
    """
    path = Path(book.fullname)
    if not path.is_file():
        raise InputProblem("Save the workbook in a folder of this machine first.")
    wanted = [part.strip() for part in (names or "").split(",") if part.strip()]
    if not wanted:
        raise InputProblem(f"Name what to add, such as year, Income. Modules: {_modules()}.")
    out = free_name(path, "-more")
    try:
        macros = macros_of(path, button_macros())
        opened, written = tasks.add_sheets(path, out, wanted, {}, macros=macros)
    except ValueError as problem:
        raise InputProblem(str(problem)) from None
    if written is None:
        raise InputProblem(next((str(f) for f in opened.findings), "The workbook holds no plan."))
    lost = [f.message for f in opened.findings if f.id == "workbook.own-not-carried"]
    return " ".join([f"Written: {out.name}. This workbook stays as it is.", *lost])


def _modules() -> str:
    return "; ".join(f"{name} ({purpose.rstrip('.')})" for name, purpose in PURPOSES.items())


def _fresh(book: Any, name: str, title: str, button: str, grid: list[list[Any]]) -> None:
    """Write a block on a sheet of our own, made anew, and go there."""
    sheet = fresh_sheet(book, name)
    sheet["A1"].value = title
    sheet["A2"].value = f"Made by the button {button}; the sheet is made anew each time."
    sheet["A4"].value = grid
    sheet.activate()


def _count(findings: Block) -> str:
    severities = [findings.label(row, "severity") for row in findings.rows]
    counts = [
        f"{severities.count(name)} {name.lower()}{'' if severities.count(name) == 1 else 's'}"
        for name in dict.fromkeys(severities)
    ]
    return f"{', '.join(counts)}." if counts else "No findings."


@dataclass(frozen=True, slots=True)
class Button:
    """A button.

    It has what it does with the workbook, its caption, the sheets it reads or writes, and what it
    is given besides.
    """

    press: Callable[..., str]
    caption: str
    sheets: tuple[str, ...]
    takes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return the button's name, which hosts call it by."""
        return self.press.__name__


BUTTONS: dict[str, Button] = {
    button.name: button
    for button in (
        Button(check, "Check", (*INPUT_SHEETS, CHECK_SHEET)),
        Button(
            run_and_freeze,
            "Run and freeze as values",
            (
                *(layout.START, *INPUT_SHEETS, *layout.ANSWER_SHEETS.values()),
                *(layout.WHAT_IF, layout.ANY_ANSWER),
            ),
        ),
        Button(compare, "Compare with another plan", (*INPUT_SHEETS, COMPARISON), ("other",)),
        Button(build_reports, "Build reports", ()),
        Button(what_if, "What-if", (), ("scenario", "reason")),
        Button(simulate, "Simulate", ()),
        Button(optimise, "Optimise", ()),
        Button(add_sheets, "Add sheets", (), ("names",)),
    )
}
"""Every button by its name."""


def button_macros() -> tuple[tuple[str, str], ...]:
    """Return the caption and the macro of every button, as a workbook with macros has them."""
    return tuple((button.caption, f"icbudget_{name}") for name, button in BUTTONS.items())
