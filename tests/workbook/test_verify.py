"""Re-performing a workbook: it says that it agrees, or by how much it differs and where."""

from __future__ import annotations

import io

import openpyxl
import pytest

from icbudget.answers.catalogue import ANSWERS
from icbudget.findings import Severity
from icbudget.workbook.verify import compare
from tests.workbook.plans import rich_blocks, rich_workbook


@pytest.fixture
def stored(tmp_path):
    """Give the findings about the results workbook after cells were changed: `stored({"Income!G20":
    1})`.
    """

    def verify(changes):
        book = openpyxl.load_workbook(io.BytesIO(rich_workbook(live=False)))
        for place, value in changes.items():
            sheet, cell = place.split("!")
            book[sheet][cell] = value
        path = tmp_path / "results.xlsx"
        book.save(path)
        return compare(path, rich_blocks())

    return verify


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
def test_a_workbook_as_it_was_written_agrees(tmp_path, live):
    path = tmp_path / "plan.xlsx"
    path.write_bytes(rich_workbook(live=live))
    assert compare(path, rich_blocks()) == []


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


def test_an_answer_that_is_not_there_is_a_warning(tmp_path):
    book = openpyxl.load_workbook(io.BytesIO(rich_workbook(live=False)))
    del book["Bridge"]
    path = tmp_path / "results.xlsx"
    book.save(path)
    (found,) = compare(path, rich_blocks())
    assert (found.id, found.severity, found.place.sheet) == (
        "verify.not-stored",
        Severity.WARNING,
        "Bridge",
    )


def test_a_file_that_cannot_be_read_is_findings(tmp_path):
    path = tmp_path / "results.xlsx"
    path.write_bytes(b"PK nothing")
    assert [f.severity for f in compare(path, rich_blocks())] == [Severity.ERROR]
