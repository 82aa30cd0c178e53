"""Re-performing a workbook: it says that it agrees, or by how much it differs and where."""

from __future__ import annotations

import io
import re
import zipfile

import openpyxl
import pytest

from icbudget import tasks
from icbudget.answers.case import evaluate
from icbudget.answers.catalogue import ANSWERS
from icbudget.findings import Severity
from icbudget.plan.identity import plan_handle
from icbudget.workbook.verify import compare
from tests.workbook.plans import rich, rich_blocks, rich_case, rich_workbook


@pytest.fixture
def stored(tmp_path):
    """Give the errors of the results workbook after cells were changed: `stored({"Income!G20":
    1})`.
    """

    def verify(changes):
        book = openpyxl.load_workbook(io.BytesIO(rich_workbook(live=False)))
        for place, value in changes.items():
            sheet, cell = place.split("!")
            book[sheet][cell] = value
        path = tmp_path / "results.xlsx"
        book.save(path)
        findings = compare(path, rich_case(), rich_blocks()).findings
        return [f for f in findings if f.severity is Severity.ERROR]

    return verify


@pytest.fixture
def in_place(tmp_path):
    """Give the findings after the stored result of one cell was changed and nothing else."""

    def verify(sheet, cell, value):
        content = with_result(rich_workbook(live=False), sheet, cell, value)
        path = tmp_path / "results.xlsx"
        path.write_bytes(content)
        return compare(path, rich_case(), rich_blocks()).findings

    return verify


def with_result(content: bytes, sheet: str, cell: str, value: float) -> bytes:
    """Return a workbook in which a cell holds another number, its formula and all else as it was."""
    number = openpyxl.load_workbook(io.BytesIO(content)).sheetnames.index(sheet) + 1
    part = f"xl/worksheets/sheet{number}.xml"
    packed, out = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(out, "w") as changed:
        for name in packed.namelist():
            text = packed.read(name)
            if name == part:
                pattern = rf'(<c r="{cell}"[^>]*>(?:<f>.*?</f>)?<v>)[^<]*(</v>)'.encode()
                text, count = re.subn(pattern, rf"\g<1>{value}\g<2>".encode(), text)
                assert count == 1, f"{sheet}!{cell}"
            changed.writestr(name, text)
    return out.getvalue()


def numbers_of(sheet: str) -> dict[str, float]:
    """Return the numbers that a sheet of the results workbook holds, by cell."""
    book = openpyxl.load_workbook(io.BytesIO(rich_workbook(live=False)), data_only=True)
    return {
        cell.coordinate: cell.value
        for row in book[sheet].iter_rows()
        for cell in row
        if isinstance(cell.value, (int, float)) and not isinstance(cell.value, bool)
    }


def cell_of(sheet: str, heading: str, row: int) -> str:
    """Return the cell of an answer, found by its headings; `row` is counted from 1 below them."""
    page = openpyxl.load_workbook(io.BytesIO(rich_workbook(live=False)))[sheet]
    block = rich_blocks()[next(a.id for a in ANSWERS if a.title == sheet)]
    start = next(
        r
        for r in range(1, 60)
        if [c.value for c in page[r][: len(block.labels)]] == list(block.labels)
    )
    return f"{sheet}!{page.cell(start + row, block.headings.index(heading) + 1).coordinate}"


@pytest.mark.parametrize("live", [True, False])
def test_a_workbook_as_it_was_written_agrees_on_every_sheet(tmp_path, live):
    path = tmp_path / "plan.xlsx"
    path.write_bytes(rich_workbook(live=live))
    comparison = compare(path, rich_case(), rich_blocks())
    assert comparison.findings == () and comparison.not_compared == ()
    assert set(comparison.compared) == set(openpyxl.load_workbook(path).sheetnames)


def test_a_penny_is_a_difference_and_less_than_half_a_penny_is_not(stored):
    place = cell_of("Income", "2025/26", 2)  # the grant of £4,100,000.25
    (found,) = stored({place: 4_100_000.26})
    assert found.severity is Severity.ERROR and str(found.place) == place
    assert (
        found.message == "Stored £4,100,000.26, worked out again £4,100,000.25: differs by £0.01."
    )
    assert found.effect_pence == 1
    assert stored({place: 4_100_000.2549}) == []


def test_every_differing_cell_is_named(stored):
    places = [
        cell_of("Income", "2026/27", 1),
        cell_of("Acute projection", "2027/28", 1),
        cell_of("Appraisal", "Value", 1),
    ]
    assert [str(f.place) for f in stored(dict.fromkeys(places, 7))] == places


def test_activity_differs_when_it_differs_at_all(stored):
    place = cell_of("Acute projection", "2025/26", 1)  # 9,000 spells, adjusted by 1 %: 9,090
    (found,) = stored({place: 9090.001})
    assert (
        found.message == "Stored 9,090.001, worked out again 9,090." and found.effect_pence is None
    )


def test_text_where_money_was_is_a_difference(stored):
    place = cell_of("Income", "2025/26", 2)
    (found,) = stored({place: "4100000.25"})
    assert "Stored “4100000.25”" in found.message


def test_a_row_of_something_else_is_told_as_such(stored):
    place = cell_of("Balances", "Pool", 1)
    (found,) = stored({place: "Other"})
    assert found.id == "verify.other-row" and str(found.place) == place


@pytest.mark.parametrize("sheet", ["Dashboard", "Checks", "Postings"])
def test_every_number_beside_the_answers_is_compared(in_place, sheet):
    numbers = numbers_of(sheet)
    cells = list(numbers)
    for cell in (cells[0], cells[len(cells) // 2], cells[-1]):
        (found,) = in_place(sheet, cell, numbers[cell] + 1)
        assert (found.id, found.place.sheet, found.place.cell) == ("verify.differs", sheet, cell)


# Lists of words, and answers that have no rows in this plan.
WITHOUT_TOTALS = {
    "bodies-that-change",
    "books-and-vat",
    "checklist",
    "checks",
    "council-activity",
    "fairness",
    "signatures",
}


def test_answers_without_totals_are_lists_of_words_or_empty():
    for id in WITHOUT_TOTALS:
        block = rich_blocks()[id]
        numbers = [cell for row in block.rows for cell in row.values if isinstance(cell, float)]
        assert numbers == [], id


@pytest.mark.parametrize(
    "answer",
    [answer for answer in ANSWERS if answer.id not in WITHOUT_TOTALS],
    ids=lambda answer: answer.id,
)
def test_every_total_above_an_answer_is_compared(in_place, answer):
    block = rich_blocks()[answer.id]
    first = openpyxl.utils.cell.coordinate_to_tuple(
        cell_of(answer.title, block.columns[0], 1).split("!")[1]
    )[0]
    totals = {
        cell: value
        for cell, value in numbers_of(answer.title).items()
        if openpyxl.utils.cell.coordinate_to_tuple(cell)[0] < first - 1
    }
    for cell in [*totals][:: max(1, len(totals) - 1)]:
        (found,) = in_place(answer.title, cell, totals[cell] + 1)
        assert (found.id, found.place.cell) == ("verify.differs", cell)


def test_a_finding_that_was_taken_away_or_put_in_is_named(tmp_path):
    path = tmp_path / "results.xlsx"
    path.write_bytes(rich_workbook(live=False))
    book = openpyxl.load_workbook(path)
    page = book["Checks"]
    heading = next(c for row in page.iter_rows() for c in row if c.value == "Severity")
    message = page.cell(heading.row + 1, heading.column + 2)
    was, message.value = message.value, "All is well."
    book.save(path)
    errors = [
        f
        for f in compare(path, rich_case(), rich_blocks()).findings
        if f.severity is Severity.ERROR and f.place.sheet == "Checks"
    ]
    assert [f.id for f in errors] == ["verify.findings", "verify.findings"]
    assert errors[0].message == f"This finding comes out and is not stored: {was}"
    assert errors[1].message == "This finding is stored and does not come out again: All is well."


def test_the_run_record_is_compared(stored):
    page = openpyxl.load_workbook(io.BytesIO(rich_workbook(live=False)))["Run record"]
    draws = next(c for row in page.iter_rows() for c in row if c.value == "Draws and seed")
    place = f"Run record!B{draws.row}"
    (found,) = stored({place: "3, 3"})
    assert (found.id, str(found.place)) == ("verify.differs", place)


def test_a_sheet_that_a_results_workbook_needs_is_an_error_where_it_is_gone(tmp_path):
    path = tmp_path / "results.xlsx"
    for live, severity in ((False, Severity.ERROR), (True, Severity.WARNING)):
        book = openpyxl.load_workbook(io.BytesIO(rich_workbook(live=live)))
        del book["Bridge"]
        book.save(path)
        comparison = compare(path, rich_case(), rich_blocks())
        gone = [f for f in comparison.findings if f.message.startswith("The sheet ")]
        assert [(f.severity, f.place.sheet) for f in gone] == [(severity, "Bridge")]
        assert "Bridge" not in comparison.compared


def test_a_sheet_that_is_not_ours_is_named_as_not_compared(tmp_path):
    book = openpyxl.load_workbook(io.BytesIO(rich_workbook(live=False)))
    book.create_sheet("My notes")["A1"] = "as agreed by phone"
    path = tmp_path / "results.xlsx"
    book.save(path)
    assert compare(path, rich_case(), rich_blocks()).not_compared == ("My notes",)


def test_inputs_that_were_changed_after_the_run_are_told_first_of_all(tmp_path):
    path = tmp_path / "results.xlsx"
    path.write_bytes(rich_workbook(live=False))
    book = openpyxl.load_workbook(path)
    row, column = next(
        (c.row, c.column)
        for r in book["Funding"].iter_rows()
        for c in r
        if c.value == "Base amount (£)"
    )
    amount = book["Funding"].cell(row + 1, column)
    amount.value += 1000
    book.save(path)
    _, comparison = tasks.verify(path)
    first = comparison.findings[0]
    assert (first.id, first.place.sheet) == ("verify.inputs-differ", "Run record")


def test_findings_of_another_plan_are_named_as_such(tmp_path):
    """The findings of a live workbook end with the plan they are of."""
    path = tmp_path / "plan.xlsx"
    path.write_bytes(rich_workbook(live=True))
    setup = rich().setup.model_copy(update={"title": "Another title"})
    other = evaluate(rich().model_copy(update={"setup": setup}))
    (finding,) = [
        finding
        for finding in compare(path, other, rich_blocks()).findings
        if finding.id == "verify.inputs-differ"
    ]
    assert (finding.severity, finding.place.sheet) == (Severity.ERROR, "Checks")
    handles = (plan_handle(rich()), plan_handle(other.plan))
    assert "findings are of {}; the inputs of this workbook are {}.".format(*handles) in (
        finding.message
    )


def test_a_file_that_cannot_be_read_is_findings(tmp_path):
    path = tmp_path / "results.xlsx"
    path.write_bytes(b"PK nothing")
    findings = compare(path, rich_case(), rich_blocks()).findings
    assert [f.severity for f in findings] == [Severity.ERROR]
