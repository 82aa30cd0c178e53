"""Reading a plan file and evaluating it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from icbudget.answers.case import Case, evaluate_draft
from icbudget.findings import Finding, Place, error
from icbudget.plan import plan_text
from icbudget.plan.rows import Draft
from icbudget.plan.scenario_overlay import no_such_scenario, scenarios_of
from icbudget.tasks.function_reasons import with_reasons
from icbudget.tasks.reference_tables import with_imported

if TYPE_CHECKING:
    from icbudget.answers.block import Block

WORKBOOKS = (".xlsx", ".xlsm")
TEXTS = (".yaml", ".yml", ".json")
LARGEST_TEXT = 50_000_000
"""Bytes of the largest text file that is read as a plan."""


class Opened(NamedTuple):
    """A plan read and evaluated: its file, draft, case, and every finding with its place."""

    path: Path
    draft: Draft
    case: Case | None
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        """Return whether there is a result."""
        return self.case is not None and self.case.result is not None

    @property
    def answered(self) -> bool:
        """Return whether there are answers: a result, or what is known where cells are unread."""
        return self.case is not None and self.case.has_answers


def load(path: Path) -> Draft:
    """Return the draft of a plan from a workbook (.xlsx, .xlsm), YAML or JSON file.

    What is wrong with the file is findings of the draft.
    """
    fault = file_fault(path)
    if fault is not None:
        return Draft(findings=[fault])
    if path.suffix.casefold() in TEXTS:
        return _load_text(path)
    from icbudget.workbook.reading.read_plan import read_workbook

    return read_workbook(path)


def load_from_excel(book: Any) -> Draft:
    """Return the draft of a plan from a workbook that is open in Excel, an `xlwings.Book`."""
    from icbudget.workbook.reading.read_plan import read_book_in_excel

    return read_book_in_excel(book)


def load_from_memory(book: Any) -> Draft:
    """Return the draft of a plan from an `openpyxl.Workbook`; findings call it `plan.xlsx`."""
    from icbudget.workbook.reading.read_plan import read_book_in_memory

    return read_book_in_memory(book, "plan.xlsx")


def _load_text(path: Path) -> Draft:
    fault = file_fault(path, largest=LARGEST_TEXT)
    if fault is not None:
        return Draft(findings=[fault])
    try:
        content = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        message = f"{path.name} cannot be read as text."
        refused = error("file.unreadable", message, "Save it as UTF-8.", Place(workbook=path.name))
        return Draft(findings=[refused])
    return plan_text.from_yaml(content, path.name)


def file_fault(path: Path, largest: int | None = None) -> Finding | None:
    """Return why a file is not read, or nothing.

    It is missing, no ordinary file (a pipe or a device, which nobody may wait on), larger than so
    many bytes, or closed to this user.
    """
    place = Place(workbook=path.name)
    if not path.is_file():
        message = f"There is no file {path.name}."
        if path.is_dir():
            message = f"{path} is a folder."
        elif path.exists():
            message = f"{path.name} is a pipe or a device, not a file."
        return error("file.missing", message, "Check the name and folder.", place)
    if largest is not None and path.stat().st_size > largest:
        message = f"{path.name} is larger than {largest // 10**6} MB."
        return error("file.too-large", message, "Split it, or leave out what is not needed.", place)
    try:
        with path.open("rb"):
            return None
    except OSError as why:
        message = f"{path.name} cannot be read: {why.strerror}."
        fix = "Close it in other programs, or ask for access to it."
        return error("file.unreadable", message, fix, place)


def check(path: Path, scenario: str | None = None) -> Opened:
    """Return a plan file read and evaluated, with every finding at once.

    `scenario` goes before Setup's. Raises `ValueError` where the plan has no such scenario; one
    that Setup names is a finding.
    """
    draft = load(path)
    if scenario is not None and draft.plan is not None:
        if scenario and scenario not in scenarios_of(draft.plan):
            unknown = no_such_scenario(draft.plan, scenario)
            raise ValueError(f"{unknown.message} {unknown.fix}")
        setup = draft.plan.setup.model_copy(update={"active_scenario": scenario})
        draft.plan = draft.plan.model_copy(update={"setup": setup})
    case = evaluate_draft(draft)
    if case is not None:
        case = with_reasons(with_imported(case, path), path)
    return Opened(path, draft, case, case.findings if case else tuple(draft.findings))


def answers(case: Case, made: Mapping[str, Block] = MappingProxyType({})) -> dict[str, Block]:
    """Return every answer of a case by its id, those that are made already as they are.

    Where an error stops the engine there are only the findings; what depends on a figure that
    cannot be read is not known.
    """
    from icbudget.answers.answered import answers_of, kept

    return {a.id: made[a.id] if a.id in made else kept(case, a) for a in answers_of(case)}


WHY_IT_MATTERS = {
    "file.missing": "Nothing was read, so nothing can be said about the figures.",
    "file.too-large": (
        "A file of that size is no plan of one area. Reading it would stop the machine for"
        " everybody."
    ),
    "file.unreadable": "Nothing of the file was used. A part of it would be worse than none.",
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
