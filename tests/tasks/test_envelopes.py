"""Envelopes read from CSV and .xlsx: what is taken, and what is wrong with a row."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import openpyxl
import pytest

from icbudget import tasks
from icbudget.findings import Severity
from icbudget.plan.plan_text import to_yaml
from icbudget.workbook.reading.sheet_cells import read_cells
from tests.checks.clean import clean
from tests.examples.reading import plan_beside
from tests.examples.worked_example import test_gap
from tests.signing.plans import written

HEADS = "Partner,Year,Envelope (£),Status"


def imported(folder, text, document=None, name="money.csv"):
    money = folder / name
    money.write_bytes(text if isinstance(text, bytes) else text.encode())
    plan = written(folder, document)
    return tasks.import_envelopes(money, plan, folder / "out.yaml")


def rows(made):
    return {(r.partner, r.year): r for r in tasks.load(made.written).plan.envelopes}


def told(made, severity=None):
    found = [f for f in made.opened.findings if severity in (None, f.severity)]
    return [(f.id, f.place.cell) for f in found if not f.id.startswith("balance.")]


def test_a_csv_file_with_a_title_names_amounts_as_people_write_them(tmp_path):
    text = (
        f'Medium-term plan, March\n\n{HEADS}\nicb,2026/27,"£39,600,000.01",confirmed\n'
        "Council,2026-27,4200000,indicative\n\n,,,\nicb,2027/28,-5,confirmed\n"
    )
    made = imported(tmp_path, text)
    found = rows(made)
    assert (made.new, made.changed, made.same) == (3, 0, 0)
    assert {key: row.amount for key, row in found.items()} == {
        ("icb", "2026/27"): Decimal("39600000.01"),
        ("council", "2026/27"): 4_200_000,
        ("icb", "2027/28"): -5,
    }
    # Where the file names no source it is the source itself, with the row.
    assert found["council", "2026/27"].evidence == "money.csv, row 5"
    assert found["council", "2026/27"].status == "indicative"


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters_and_code_pages_are_read(tmp_path, delimiter):
    text = f"{HEADS}\ncouncil,2026/27,£5,confirmed\n".replace(",", delimiter)
    assert rows(imported(tmp_path, text.encode("cp1252")))["council", "2026/27"].amount == 5


def test_a_workbook_is_read_from_its_first_sheet_with_the_headings(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["Notes"])
    sheet = book.create_sheet("Money")
    for row in (
        ["Year", "Partner", "Envelope", "Status", "Source", "Date read"],
        ["2026/27", "icb", 39_600_000.5, "confirmed", "Board paper 7", dt.datetime(2026, 3, 1)],
    ):
        sheet.append(row)
    book.save(tmp_path / "money.xlsx")
    made = tasks.import_envelopes(tmp_path / "money.xlsx", written(tmp_path), tmp_path / "o.yaml")
    row = rows(made)["icb", "2026/27"]
    assert (float(row.amount), row.evidence, row.date_read) == (
        39_600_000.5,
        "Board paper 7",
        "2026-03-01",
    )


def test_an_envelope_that_is_there_is_replaced_and_said_and_others_stay(tmp_path):
    document = clean()
    document["envelopes"] = [
        {"partner": "icb", "year": "2026/27", "amount": 1000},
        {"partner": "icb", "year": "2027/28", "amount": 7},
        {"partner": "council", "year": "2026/27", "amount": 5},
    ]
    text = f"{HEADS}\nicb,2026/27,2000,confirmed\ncouncil,2026/27,5,confirmed\n"
    made = imported(tmp_path, text, document)
    assert (made.new, made.changed, made.same) == (0, 1, 1)
    assert [float(r.amount) for r in rows(made).values()] == [2000, 7, 5]
    (said,) = [f for f in made.opened.findings if f.id == "envelopes.changed"]
    assert "was £1,000 and is £2,000 now" in said.message


WRONG = {
    "a partner that is not there": ("district,2026/27,5,confirmed", "envelopes.partner", "A3"),
    "a year that is not there": ("icb,2035/36,5,confirmed", "envelopes.year", "A3"),
    "no year": ("icb,soon,5,confirmed", "cell.not-a-year", "B3"),
    "a blank amount": ("icb,2027/28,,confirmed", "cell.blank", "C3"),
    "words for an amount": ("icb,2027/28,tbc,confirmed", None, "C3"),
    "a decimal comma": ('icb,2027/28,"1.000,50",confirmed', None, "C3"),
    "a status that is none": ("icb,2027/28,5,perhaps", None, "D3"),
    "the row above again": ("icb,2026/27,6,confirmed", "row.duplicate-key", "A3"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_row_is_named_with_its_cell_and_nothing_is_written(tmp_path, case):
    row, id, cell = WRONG[case]
    made = imported(tmp_path, f"{HEADS}\nicb,2026/27,5,confirmed\n{row}\n")
    assert made.written is None and not (tmp_path / "out.yaml").exists()
    (found,) = [f for f in made.opened.findings if f.severity is Severity.ERROR]
    assert found.place.cell == cell and found.place.sheet == "money.csv"
    assert id in (None, found.id) and found.fix


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("", "envelopes.no-headings"),
        ("a,b\n1,2\n", "envelopes.no-headings"),
        (b"PK\x03\x04\x00\x00", None),
        ("Partner,Year\nicb,2026/27\n", "table.missing-column"),
        ('Partner,Year,Envelope\n"' + "x" * 200_000, "envelopes.unreadable"),
        ("Partner,Year,Envelope (£000)\nicb,2026/27,39600\n", None),
    ],
)
def test_a_file_that_is_none_is_one_finding(tmp_path, text, id):
    made = imported(tmp_path, text)
    assert made.written is None
    errors = [f for f in made.opened.findings if f.severity is Severity.ERROR]
    assert errors and id in (None, errors[0].id), [str(f) for f in errors]


def test_envelopes_without_a_status_are_a_warning(tmp_path):
    made = imported(tmp_path, "Partner,Year,Envelope\nicb,2026/27,5\n")
    assert made.written and ("envelopes.no-status", "A2") in told(made, Severity.WARNING)


def test_the_gap_of_the_worked_example_leads_the_dashboard(tmp_path):
    """By hand: do nothing of the ICB in 2026/27 is £39,800,000, its envelope £39,600,000, so
    £200,000 is there if nothing changes. The plan makes the whole system £100,500 worse off in
    2026/27 and £101,005 in 2027/28 (the ICB 611,000 and 622,110 better, the trust 711,500 and
    723,115 worse), £201,505 together. Nobody else has an envelope: do nothing is assumed to be
    funded. Gap to date: 200,000 + 201,505 = £401,505.
    """
    (tmp_path / "plan.yaml").write_text(to_yaml(plan_beside(test_gap.__file__)), encoding="utf-8")
    (tmp_path / "money.csv").write_text(f"{HEADS}\nicb,2026/27,39600000,confirmed\n")
    made = tasks.import_envelopes(
        tmp_path / "money.csv", tmp_path / "plan.yaml", tmp_path / "out.xlsx"
    )
    sheets, _ = read_cells(made.written)
    label, figure, words = (sheets["Dashboard"].value(row, 1) for row in (5, 6, 7))
    assert (label, figure) == ("Gap to date in 2027/28", 401_505)
    assert words == (
        "after settlement: plan £134.6m less funding £134.2m. £0.2m is there if"
        " nothing changes, the plan adds £0.2m;"
        " assumed: do nothing is funded where no envelope is stated."
    )
