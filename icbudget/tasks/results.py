"""What a plan comes to: results, report, postings; workbooks verified, figures explained."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from icbudget.answers.case import Case
from icbudget.answers.catalogue import ANSWERS
from icbudget.answers.explain import Explanation
from icbudget.plan.modules import RETURNS
from icbudget.tasks.load_and_check import TEXTS, Opened, answers, check
from icbudget.tasks.writing import Progress, quiet, write_outputs

if TYPE_CHECKING:
    from icbudget.workbook.verify import Comparison


def run(
    path: Path,
    out: Path,
    *,
    scenario: str | None = None,
    printed: str = "",
    overwrite: bool = False,
    progress: Progress = quiet,
) -> tuple[Opened, list[Path]]:
    """Return the plan evaluated and the files: results workbook, report, postings.

    `printed` is the set of sheets whose tabs are selected in the workbook, ready to print: `short`,
    `full` or `all`. Raises `ValueError` for any other.

    Nothing is written when an error stops the engine; what depends on a figure that cannot be read
    is written as not known. A file that is there already with other content is left alone, and none
    of the files is written, unless `overwrite`; raises `FileExistsError` naming it.
    """
    progress("Reading and checking the plan")
    opened = check(path, scenario)
    if not opened.answered or opened.case is None:
        return opened, []
    from icbudget.workbook.writing.build import build

    case, name = opened.case, path.stem
    progress("Writing the report")
    files = _report_files(case, path, scenario)
    progress("Writing the results workbook")
    files[f"{name}-results.xlsx"] = build(
        case.before_scenario, answers(case), live=False, case=case, printed=printed
    )
    progress("Saving")
    return opened, write_outputs(out, files, overwrite=overwrite)


def _report_files(case: Case, path: Path, scenario: str | None) -> dict[str, bytes]:
    from icbudget.report.csv_json import csv_file, postings_csv
    from icbudget.report.html_page import write_report
    from icbudget.report.run_record import record_of

    name = path.stem
    record = record_of(case, command_of(path, scenario))
    files = {f"{name}-report.html": write_report(case, record).encode()}
    if case.has_answers:
        files[f"{name}-postings.csv"] = csv_file(postings_csv(case))
    return files


def command_of(path: Path, scenario: str | None, *options: str) -> str:
    """Return what a reader types to make a report again."""
    chosen = () if scenario is None else ("--scenario", shlex.quote(scenario))
    return " ".join(("icbudget report", shlex.quote(path.name), *chosen, *options))


def _paper(case: Case, path: Path, scenario: str | None) -> dict[str, bytes]:
    from icbudget.report.committee_paper import committee_document
    from icbudget.report.html_page import html
    from icbudget.report.pdf_document import pdf
    from icbudget.report.run_record import record_of
    from icbudget.report.word_document import word

    document = committee_document(case, record_of(case, command_of(path, scenario, "--paper")))
    name = f"{path.stem}-paper"
    return {
        f"{name}.html": html(document).encode(),
        f"{name}.pdf": pdf(document),
        f"{name}.docx": word(document),
    }


def _tables(case: Case, name: str) -> dict[str, bytes]:
    from icbudget.report.csv_json import csv_file, tables_csv

    return {f"{name}-{id}.csv": csv_file(table) for id, table in tables_csv(case).items()}


def _is_of_a_return(file: str) -> bool:
    returns = (answer.id for answer in ANSWERS if answer.module == RETURNS)
    return any(file.endswith(f"-{id}.csv") for id in returns)


def report(
    path: Path,
    out: Path,
    *,
    scenario: str | None = None,
    tables: bool = False,
    paper: bool = False,
    returns: bool = False,
    overwrite: bool = False,
    progress: Progress = quiet,
) -> tuple[Opened, list[Path]]:
    """Return the plan evaluated and the report files written into `out`.

    A plan with errors gets a report of its findings.
    With `tables`, every answer is written as CSV too; with `paper`, the committee paper as PDF,
    Word and HTML; with `returns`, the tables of the Better Care Fund returns and their checklist as
    CSV.
    """
    progress("Reading and checking the plan")
    opened = check(path, scenario)
    if opened.case is None:
        return opened, []
    files = report_files(
        opened, scenario=scenario, tables=tables, paper=paper, returns=returns, progress=progress
    )
    return opened, write_outputs(out, files, overwrite=overwrite)


def report_files(
    opened: Opened,
    *,
    scenario: str | None = None,
    tables: bool = False,
    paper: bool = False,
    returns: bool = False,
    progress: Progress = quiet,
) -> dict[str, bytes]:
    """Return the report files of an evaluated plan by their names; see `report`."""
    if opened.case is None:
        return {}
    progress("Writing the report")
    files = _report_files(opened.case, opened.path, scenario)
    if tables or returns:
        csv_files = _tables(opened.case, opened.path.stem)
        for name, table in csv_files.items():
            if tables or _is_of_a_return(name):
                files[name] = table
    if paper:
        progress("Writing the committee paper")
        files |= _paper(opened.case, opened.path, scenario)
    return files


def verify(path: Path) -> tuple[Opened, Comparison]:
    """Return the plan of a workbook, worked out again, and how what is stored compares with it.

    Raises `ValueError` for a plan as text, which stores no answers.
    """
    from icbudget.workbook.verify import Comparison, compare

    if path.suffix.casefold() in TEXTS and path.is_file():
        raise ValueError(
            f"{path.name} holds a plan and no answers, so there is nothing to compare. Name a"
            " workbook with answers, or an audit pack."
        )
    opened = check(path)
    if not opened.answered or opened.case is None:
        return opened, Comparison(())
    return opened, compare(path, opened.case, answers(opened.case))


def explain(path: Path, asked: str) -> tuple[Opened, Explanation | None]:
    """Return what is behind a figure of the plan, named as `Pool A / 2027/28 / ICB`.

    Raises `ValueError` where none is named.
    """
    from icbudget.answers.explain import explain as explained

    if not asked.strip(" /"):
        raise ValueError("Name the figure, such as “bcf / 2027/28 / icb”.")
    opened = check(path)
    if not opened.answered or opened.case is None:
        return opened, None
    return opened, explained(opened.case, asked, opened.draft.places)
