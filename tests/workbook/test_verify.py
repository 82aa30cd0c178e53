"""Re-performing a workbook: it says that it agrees, or by how much it differs and where."""

from __future__ import annotations

import io
import re
import zipfile
from collections import defaultdict

import openpyxl
import pytest
from openpyxl.utils.cell import coordinate_to_tuple

from icbudget import tasks
from icbudget.answers.answer import Answer
from icbudget.answers.case import evaluate
from icbudget.answers.catalogue import ANSWERS
from icbudget.findings import Severity
from icbudget.plan.identity import plan_handle
from icbudget.workbook.verify import compare
from tests.workbook.opened import sheet_names
from tests.workbook.plans import rich, rich_blocks, rich_book, rich_case, rich_workbook
from tests.workbook.xml_book import Book


def page(sheet: str, *, values: bool = False):
    """Return a sheet of the results workbook with its formulas, or with their stored results."""
    return rich_book(live=False, values=values)[sheet]


def changed(path, changes):
    """Write the results workbook with other values in cells and all else as it was.

    `{"Income!G20": 1}`: a number stands in place of the stored result, a formula stays.
    """
    content = rich_workbook(live=False)
    by_part = defaultdict(list)
    for place, value in changes.items():
        sheet, cell = place.split("!")
        number = rich_book(live=False).sheetnames.index(sheet) + 1
        by_part[f"xl/worksheets/sheet{number}.xml"].append((cell, value))
    with zipfile.ZipFile(io.BytesIO(content)) as packed, zipfile.ZipFile(path, "w") as written:
        for name in packed.namelist():
            text = packed.read(name).decode() if name in by_part else packed.read(name)
            for cell, value in by_part.get(name, ()):
                text = with_value(text, cell, value)
            written.writestr(name, text)
    return path


def with_value(xml: str, cell: str, value: float | str) -> str:
    def other(found: re.Match[str]) -> str:
        style, formula = re.search(r' s="\d+"', found[1]), re.search("<f>.*?</f>", found[2])
        kept = f'<c r="{cell}"{style[0] if style else ""}'
        if isinstance(value, str):
            return f'{kept} t="inlineStr"><is><t>{value}</t></is></c>'
        return f"{kept}>{formula[0] if formula else ''}<v>{value}</v></c>"

    xml, count = re.subn(rf'<c r="{cell}"([^>]*)>(.*?)</c>', other, xml)
    assert count == 1, cell
    return xml


def errors(path):
    findings = compare(path, rich_case(), rich_blocks()).findings
    return [f for f in findings if f.severity is Severity.ERROR]


def numbers_of(sheet: str) -> dict[str, float]:
    """Return the numbers that a sheet of the results workbook holds, by cell."""
    return {
        cell.coordinate: cell.value
        for row in page(sheet, values=True).iter_rows()
        for cell in row
        if isinstance(cell.value, (int, float)) and not isinstance(cell.value, bool)
    }


def cell_of(sheet: str, heading: str, row: int) -> str:
    """Return the cell of an answer, found by its headings; `row` is counted from 1 below them."""
    cells = page(sheet)
    block = rich_blocks()[next(a.id for a in ANSWERS if a.title == sheet)]
    start = next(
        r
        for r in range(1, 60)
        if [c.value for c in cells[r][: len(block.labels)]] == list(block.labels)
    )
    return f"{sheet}!{cells.cell(start + row, block.headings.index(heading) + 1).coordinate}"


BESIDE = ("Dashboard", "Checks", "Postings")
"""Sheets with numbers that stand beside the answers."""


def some_beside(sheet: str) -> list[str]:
    cells = list(numbers_of(sheet))
    return [cells[0], cells[len(cells) // 2], cells[-1]]


def some_totals(answer: Answer) -> list[str]:
    """Return the first and the last number above an answer."""
    block = rich_blocks()[answer.id]
    first = coordinate_to_tuple(cell_of(answer.title, block.columns[0], 1).split("!")[1])[0]
    numbers = [c for c in numbers_of(answer.title) if coordinate_to_tuple(c)[0] < first - 1]
    return numbers[:: max(1, len(numbers) - 1)]


@pytest.fixture(scope="module")
def one_more(tmp_path_factory):
    """Give what is found, by sheet, where numbers beside and above the answers are one too much."""
    changes = {
        f"{sheet}!{cell}": numbers_of(sheet)[cell] + 1
        for sheet, cells in (
            *((sheet, some_beside(sheet)) for sheet in BESIDE),
            *((answer.title, some_totals(answer)) for answer in WITH_TOTALS),
        )
        for cell in cells
    }
    path = changed(tmp_path_factory.mktemp("changed") / "results.xlsx", changes)
    found = defaultdict(list)
    for finding in compare(path, rich_case(), rich_blocks()).findings:
        found[finding.place.sheet].append((finding.id, finding.place.cell))
    return dict(found)


@pytest.mark.parametrize("live", [True, False])
def test_a_workbook_as_it_was_written_agrees_on_every_sheet(tmp_path, live):
    path = tmp_path / "plan.xlsx"
    path.write_bytes(rich_workbook(live=live))
    comparison = compare(path, rich_case(), rich_blocks())
    assert comparison.findings == () and comparison.not_compared == ()
    assert set(comparison.compared) == set(sheet_names(path))


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Give the errors, by cell, of a results workbook in which people changed these cells."""
    changes = {
        cell_of("Income", "2025/26", 2): 4_100_000.26,  # the grant of £4,100,000.25
        cell_of("Income", "2026/27", 1): 7,
        cell_of("Activity", "2025/26", 1): 9090.001,  # 9,000 spells, adjusted by 1 %
        cell_of("Activity", "2027/28", 1): 7,
        cell_of("Appraisal", "Value", 1): 7,
        cell_of("Spending", "2025/26", 1): "4100000.25",
        cell_of("Balances", "Pool", 1): "Other",
        f"Run record!B{draws_and_seed()}": "3, 3",
    }
    found = errors(changed(tmp_path_factory.mktemp("changed") / "results.xlsx", changes))
    assert len(found) == len(changes)
    assert {str(finding.place) for finding in found} == {*changes}
    return {str(finding.place): finding for finding in found}


def draws_and_seed() -> int:
    """Return the row of the run record that tells them."""
    cells = (cell for row in page("Run record").iter_rows() for cell in row)
    return next(cell.row for cell in cells if cell.value == "Draws and seed")


def test_a_penny_is_a_difference(told):
    found = told[cell_of("Income", "2025/26", 2)]
    assert (
        found.message == "Stored £4,100,000.26, worked out again £4,100,000.25: differs by £0.01."
    )
    assert found.effect_pence == 1


def test_less_than_half_a_penny_is_no_difference(tmp_path):
    place = cell_of("Income", "2025/26", 2)
    assert errors(changed(tmp_path / "results.xlsx", {place: 4_100_000.2549})) == []


def test_every_differing_cell_is_named_in_the_order_of_the_workbook(told):
    places = [
        cell_of("Income", "2026/27", 1),
        cell_of("Activity", "2027/28", 1),
        cell_of("Appraisal", "Value", 1),
    ]
    assert [place for place in told if place in places] == places


def test_activity_differs_when_it_differs_at_all(told):
    found = told[cell_of("Activity", "2025/26", 1)]  # 9,000 spells, adjusted by 1 %: 9,090
    assert (
        found.message == "Stored 9,090.001, worked out again 9,090." and found.effect_pence is None
    )


def test_text_where_money_was_is_a_difference(told):
    assert "Stored “4100000.25”" in told[cell_of("Spending", "2025/26", 1)].message


def test_a_row_of_something_else_is_told_as_such(told):
    assert told[cell_of("Balances", "Pool", 1)].id == "verify.other-row"


def test_the_run_record_is_compared(told):
    assert told[f"Run record!B{draws_and_seed()}"].id == "verify.differs"


@pytest.mark.parametrize("sheet", BESIDE)
def test_every_number_beside_the_answers_is_compared(one_more, sheet):
    assert one_more[sheet] == [("verify.differs", cell) for cell in some_beside(sheet)]


# Lists of words.
WITHOUT_TOTALS = {"checklist", "checks", "signatures"}


def test_answers_without_totals_are_lists_of_words():
    for id in WITHOUT_TOTALS:
        block = rich_blocks()[id]
        numbers = [cell for row in block.rows for cell in row.values if isinstance(cell, float)]
        assert numbers == [], id


WITH_TOTALS = [answer for answer in ANSWERS if answer.id not in WITHOUT_TOTALS]


@pytest.mark.parametrize("answer", WITH_TOTALS, ids=lambda answer: answer.id)
def test_every_total_above_an_answer_is_compared(one_more, answer):
    expected = [("verify.differs", cell) for cell in some_totals(answer)]
    assert one_more.get(answer.title, []) == expected


def test_nothing_else_differs_where_numbers_are_one_too_much(one_more):
    with_numbers = {answer.title for answer in WITH_TOTALS if some_totals(answer)}
    assert {*one_more} == {*BESIDE, *with_numbers}


def test_a_finding_that_was_taken_away_or_put_in_is_named(tmp_path):
    checks = page("Checks")
    heading = next(c for row in checks.iter_rows() for c in row if c.value == "Severity")
    message = checks.cell(heading.row + 1, heading.column + 2)
    was, now = message.value, {f"Checks!{message.coordinate}": "All is well."}
    path = changed(tmp_path / "results.xlsx", now)
    errors = [
        f
        for f in compare(path, rich_case(), rich_blocks()).findings
        if f.severity is Severity.ERROR and f.place.sheet == "Checks"
    ]
    assert [f.id for f in errors] == ["verify.findings", "verify.findings"]
    assert errors[0].message == f"This finding comes out and is not stored: {was}"
    assert errors[1].message == "This finding is stored and does not come out again: All is well."


def test_a_sheet_that_a_results_workbook_needs_is_an_error_where_it_is_gone(tmp_path):
    path = tmp_path / "results.xlsx"
    for live, severity in ((False, Severity.ERROR), (True, Severity.WARNING)):
        book = Book(rich_workbook(live=live))
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
    funding = page("Funding")
    heads = (cell for row in funding.iter_rows() for cell in row)
    heading = next(cell for cell in heads if cell.value == "Base amount (£)")
    amount = heading.offset(row=1)
    more = {f"Funding!{amount.coordinate}": amount.value + 1000}
    path = changed(tmp_path / "results.xlsx", more)
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
