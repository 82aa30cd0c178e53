"""The releases of the example typed into an empty sheet of a workbook, then reported by command."""

from __future__ import annotations

import openpyxl

from icbudget import tasks
from icbudget.plan.columns import columns_of
from icbudget.plan.confirmed_release import ConfirmedRelease
from tests.cli.test_all_commands import call
from tests.examples.reading import plan_beside

HEADINGS = 5


def test_a_year_and_a_half_typed_row_by_row_reports_the_figures_by_hand(tmp_path, capsys):
    plan = plan_beside(__file__)
    rows = plan.confirmed_releases
    empty = plan.model_copy(update={"confirmed_releases": ()})
    tasks.convert_plan(empty, tmp_path / "empty.xlsx")
    path = tmp_path / "tracked.xlsx"
    columns = [c for c in columns_of(ConfirmedRelease) if any(_typed(row, c) for row in rows)]
    wanted = ["Confirmed releases: " + ", ".join(c.label for c in columns if not c.opens)]
    asked = [word for text in wanted for word in ("--columns", text)]
    words = ("sheets", str(tmp_path / "empty.xlsx"), "--add", "benefits", *asked)
    code, out, fault = call(capsys, *words, "--out", str(path))
    assert code == 0, out + fault

    book = openpyxl.load_workbook(path)
    page = book["Confirmed releases"]
    at = {cell.value: cell.column for cell in page[HEADINGS]}
    for number, row in enumerate(rows, start=HEADINGS + 1):
        for column in columns:
            page.cell(number, at[column.heading]).value = _typed(row, column)
    book.save(path)

    assert tasks.load(path).plan.confirmed_releases == rows
    report = tmp_path / "benefits.html"
    code, out, fault = call(
        capsys, "benefits", str(path), "--quarter", "2027-Q2", "--out", str(report)
    )
    text = report.read_text(encoding="utf-8")
    # To date 109,000.50 + 104,500.33; reinvested in 2027/28 and 2028/29: model §16.6.
    for figure in ("£213,500.83 are confirmed", "£84,750.44 may be", "£187,269.88 may be"):
        assert figure in text, figure


def _typed(row, column):
    """What a person types of a release; nothing where the usual stands."""
    value = getattr(row, column.field)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if value in ("", None):
        return None
    return float(value) if column.unit or hasattr(value, "quantize") else value
