"""What the buttons do, on every host: each reads the plan tables of the workbook it is given, and
touches no other one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from icbudget import tasks
from icbudget.answers.block import Block
from icbudget.answers.case import evaluate_draft
from icbudget.answers.catalogue import CHECKS
from icbudget.answers.partner_positions import made_of
from icbudget.answers.unread_figures import holds_unknown
from icbudget.excel.coerce import InputProblem
from icbudget.excel.plan_tables import draft_of, recognised
from icbudget.excel.plan_values import answers_of_draft, handle_of_draft
from icbudget.excel.workbook_tables import (
    INPUT_SHEETS,
    fresh_sheet,
    tables_of,
    write_plan,
    write_values,
)
from icbudget.workbook import layout

CHECK_SHEET, COMPARISON = "Check list", "Comparison"


def check(book: Any) -> str:
    """List every finding on the sheet “Check list”, which is made anew each time; return how many
    there are.
    """
    findings = answers_of_draft(draft_of(recognised(tables_of(book))))[CHECKS.id]
    sheet = fresh_sheet(book, CHECK_SHEET)
    sheet["A1"].value = "Check list"
    sheet["A2"].value = "Made by the button Check; the sheet is made anew each time."
    sheet["A4"].value = findings.grid()
    sheet.activate()
    return _count(findings)


def run_and_freeze(book: Any) -> str:
    """Work every answer out and write it as values in place of the formulas; return what was
    written.

    Raises `InputProblem`, before anything is written, where errors stop the plan or the workbook
    has no sheet of an answer.
    """
    draft = draft_of(recognised(tables_of(book)))
    blocks = answers_of_draft(draft)
    errors = blocks[CHECKS.id].where(severity="Error")
    if len(blocks) == 1:
        many = "1 error stops" if len(errors) == 1 else f"{len(errors)} errors stop"
        raise InputProblem(f"{many} the plan; nothing was written. See Checks.")
    there = {sheet.name: sheet for sheet in book.sheets}
    named = {id: layout.ANSWER_SHEETS[id] for id in blocks}
    present = {id: there[name] for id, name in named.items() if name in there}
    if not present:
        raise InputProblem(
            "The workbook has no sheet of an answer; nothing was written. Start from the template."
        )
    if unknown := [named[id] for id in present if holds_unknown(blocks[id])]:
        many = f"{unknown[0]} and {len(unknown) - 1} more" if len(unknown) > 1 else unknown[0]
        raise InputProblem(f"Not everything is known; nothing was written. {many}: see Checks.")
    handle = handle_of_draft(draft)
    for id, sheet in present.items():
        values = made_of(blocks[id], handle) if id == CHECKS.id else blocks[id]
        write_values(sheet, values)
    write_plan(book, handle)
    return f"{len(present)} answers stand as values. {_count(blocks[CHECKS.id])}"


def compare(book: Any, other: str) -> str:
    """Say on the sheet “Comparison” what leads from this workbook to another plan; `other` is its
    file, which is only read.

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
    """Write report, committee paper, postings and audit pack of the workbook as last saved into a
    new folder beside it.

    Raises `InputProblem` where the workbook is not a file on this machine, or holds no plan.
    """
    path = Path(book.fullname)
    if not path.is_file():
        raise InputProblem(
            "Save the workbook in a folder of this machine first; the reports are written"
            " beside it."
        )
    folder = next(
        f
        for n in count(1)
        if not (f := path.with_name(f"{path.stem}-report{'' if n == 1 else f'-{n}'}")).exists()
    )
    opened, files = tasks.report(path, folder, paper=True)
    if not files:
        raise InputProblem(next((str(f) for f in opened.findings), "The workbook holds no plan."))
    _, pack = tasks.pack(path, folder)
    return (
        f"{len(files)} files in {folder.name}: {', '.join(f.name for f in files)}; and the audit"
        f" pack, {len(pack)} files."
    )


def _count(findings: Block) -> str:
    severities = [findings.label(row, "severity") for row in findings.rows]
    counts = [
        f"{severities.count(name)} {name.lower()}{'' if severities.count(name) == 1 else 's'}"
        for name in dict.fromkeys(severities)
    ]
    return f"{', '.join(counts)}." if counts else "No findings: the plan is clean."


@dataclass(frozen=True, slots=True)
class Button:
    """A button: what it does with the workbook, its caption, the sheets it reads or writes, and
    what it is given besides.
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
            (*INPUT_SHEETS, *layout.ANSWER_SHEETS.values()),
        ),
        Button(compare, "Compare with another plan", (*INPUT_SHEETS, COMPARISON), ("other",)),
        Button(build_reports, "Build reports", ()),
    )
}
"""Every button by its name."""
