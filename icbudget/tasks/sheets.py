"""Adding modules, sheets and columns to a workbook that is filled in already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from icbudget.answers.case import evaluate_plan
from icbudget.findings import Place, error, has_errors
from icbudget.tasks.load_and_check import WORKBOOKS, Opened, answers, load
from icbudget.tasks.writing import write_outputs

if TYPE_CHECKING:
    from icbudget.workbook.contents import Offer
    from icbudget.workbook.writing.macro_workbook import Macros


def add_sheets(
    path: Path,
    out: Path,
    names: Iterable[str],
    columns: Mapping[str, Iterable[str]],
    *,
    macros: Macros | None = None,
    overwrite: bool = False,
) -> tuple[Opened, Path | None]:
    """Return a workbook written again with further modules, sheets and columns, its plan as it is.

    What it shows already stays, and what people added to it (sheets of their own, formulas, notes)
    is carried over; a warning names what is not. `macros`: it is written as one with macros.
    Raises `ValueError` for a name that is neither a module nor a sheet, for a column that is not
    there, and where all that is asked for is in the workbook already.
    """
    from icbudget.workbook.contents import Choice, choice_of, column_choice
    from icbudget.workbook.reading.choice_of_workbook import choice_in
    from icbudget.workbook.reading.user_sheets import carried_findings, user_content
    from icbudget.workbook.writing.build import build

    draft = load(path)
    findings = list(draft.findings)
    if path.suffix.casefold() not in WORKBOOKS:
        fix = "Write one first: icbudget convert PLAN NEW.xlsx."
        findings.append(
            error("sheets.no-workbook", "This is not a workbook.", fix, Place(workbook=path.name))
        )
    if draft.plan is None or has_errors(findings):
        return Opened(path, draft, None, tuple(findings)), None
    there = choice_in(path)
    choice = choice_of(names, there)
    chosen = choice.columns | column_choice(columns)
    choice = Choice(choice.modules, choice.sheets, chosen, choice.everything)
    if choice == there and (names or columns):
        asked = ", ".join([*names, *chain.from_iterable(columns.values())])
        raise ValueError(f"{asked}: in the workbook already. Choose what is not there yet.")
    own = user_content(path, draft)
    findings += carried_findings(own, path, into_workbook=True)
    case = evaluate_plan(draft.plan)
    content = build(
        draft.plan, answers(case), live=True, case=case, choice=choice, macros=macros, own=(own,)
    )
    (written,) = write_outputs(out.parent, {out.name: content}, overwrite=overwrite)
    return Opened(path, draft, None, tuple(findings)), written


def further(path: Path) -> tuple[Offer, ...] | None:
    """Return what may be added to a workbook, each with its purpose; None where it is no plan."""
    from icbudget.workbook.contents import Contents, missing
    from icbudget.workbook.reading.choice_of_workbook import choice_in

    draft = load(path)
    if draft.plan is None or path.suffix.casefold() not in WORKBOOKS:
        return None
    return missing(Contents(draft.plan, choice_in(path)))


WHY_IT_MATTERS = {
    "sheets.no-workbook": "Sheets can be added to a workbook only; a plan as text has none.",
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
