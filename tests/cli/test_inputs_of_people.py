"""The inputs that people really had trouble with, each through the command line.

`tests/fixtures/people` holds the small files as they came: cut quotes, lost zeros, page lines,
unseen letters, a map that Notepad saved as ANSI, a workbook behind a sensitivity label. The
workbooks are made here from a sound one. Every figure is added up by hand from the file.
"""

from __future__ import annotations

import csv
import io
import zipfile

import openpyxl
import pytest
import xlsxwriter

from icbudget import tasks
from icbudget.plan.identity import plan_hash
from tests.cli.test_broken_workbooks import cell, heading, inputs_only, put, run, spoiled
from tests.places import EXAMPLES, FIXTURES

PEOPLE = FIXTURES / "people"
PLAN = """
setup: {title: Two schemes, base_year: 2025/26, horizon: 2}
partners: [{id: icb, name: The ICB, kind: icb}]
pools: [{id: p, name: Pool, host: icb}]
contributions:
  - {pool: p, partner: icb, source: NHS Minimum Contribution, base_amount: 900, index: flat}
schemes:
  - {id: "1", name: Reablement, pool: p, source: NHS Minimum Contribution, base_amount: 600,
     index: flat}
  - {id: "2", name: Nights, pool: p, source: NHS Minimum Contribution, base_amount: 300,
     index: flat}
"""


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    path = tmp_path_factory.mktemp("plan") / "plan.yaml"
    path.write_text(PLAN, encoding="utf-8")
    return path


LEDGERS = [
    # two descriptions lost their closing quote: 100 + 200 are not certain, 50 is
    (
        ("01-open-quote.csv",),
        "map.yaml",
        1,
        ("read 3 rows, £350.00; taken 1 row, £50.00", "rejected 2 rows, £300.00", "not closed"),
    ),
    # one month in two extracts: 100 + 300, and 50 + 7
    (
        ("02-part1.csv", "02-part2.csv"),
        "map.yaml",
        0,
        ("taken 2 rows, £400.00", "taken 2 rows, £57.00"),
    ),
    # “12” is “0012” without its zeros, and no scheme by luck
    (
        ("04-lost-zero.csv",),
        "04-map.yaml",
        1,
        ("taken 1 row, £100.00", "rejected 1 row, £999.00", "“0012” is, so a program may have"),
    ),
    # “*” is the rest: 100 + 50 of codes that the map names are taken
    (
        ("05-rest-is-not-ours.csv",),
        "05-map.yaml",
        0,
        ("taken 2 rows, £150.00", "left out on purpose 1 row, £9.00", "The totals agree"),
    ),
    # a control total of 350 over a file of 100
    (
        ("06-control.csv",),
        "06-map.yaml",
        1,
        ("The control total is £350, but £100 was read", "The totals do not agree"),
    ),
    (
        ("07-page-lines.csv",),
        "07-map.yaml",
        0,
        ("taken 2 rows, £150.00", "left out on purpose 2 rows, £0.00", "rejected 0 rows"),
    ),
    (("08-unseen-letter.csv",), "map.yaml", 0, ("taken 1 row, £100.00", "The totals agree")),
    (("09-empty.csv",), "map.yaml", 1, ("1 error,", "The file is empty")),
    (
        ("09-headings-only.csv",),
        "map.yaml",
        1,
        ("There are headings and no rows below them", "No rows were read"),
    ),
    (("09-web-page.xls",), "map.yaml", 1, ("1 error,", "is a web page or XML")),
    (("10-pound-heading.csv",), "10-map-cp1252.yaml", 0, ("taken 1 row, £100.00",)),
]


@pytest.mark.parametrize(
    ("ledgers", "ledger_map", "code", "words"), LEDGERS, ids=[case[0][0] for case in LEDGERS]
)
def test_a_ledger_is_read_to_the_penny_or_says_why_not(
    plan, capsys, ledgers, ledger_map, code, words
):
    given = [word for name in ledgers for word in ("--ledger", PEOPLE / name)]
    told = run(capsys, "monitor", plan, *given, "--map", PEOPLE / ledger_map, "--year", "2025/26")
    assert told[0] == code
    for text in words:
        assert text in told[1]
    # where a total is wrong or nothing was read, nothing says that totals agree
    assert ("The totals agree" in told[1]) == (not any(w in told[1] for w in DOUBTS)), told[1]


DOUBTS = ("The totals do not agree", "The file is empty", "No rows were read", "is a web page")


def test_two_extracts_of_one_month_are_one_actual(plan, capsys, tmp_path):
    given = [word for n in (1, 2) for word in ("--ledger", PEOPLE / f"02-part{n}.csv")]
    told = run(
        capsys,
        *("monitor", plan, *given, "--map", PEOPLE / "map.yaml"),
        *("--year", "2025/26", "--month", 1, "--out", tmp_path / "out"),
    )
    assert told[0] == 0
    table = (tmp_path / "out" / "plan-monitoring.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(table.splitlines()))
    # scheme 1: 100 + 300 + 50; scheme 2: 7
    actuals = {row["Scheme or source"]: float(row["Actual to date"]) for row in rows}
    assert (actuals["1"], actuals["2"]) == (450, 7)


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    return inputs_only(
        EXAMPLES / "m1_in_year" / "plan.yaml", tmp_path_factory.mktemp("b") / "b.xlsx"
    )


@pytest.fixture(scope="module")
def first_hash(sound):
    return plan_hash(tasks.load(sound).plan)


def found(path, id):
    draft = tasks.load(path)
    return draft, [f for f in draft.findings if f.id == id]


def test_a_year_with_a_word_is_the_year(sound, first_hash, tmp_path):
    def change(book):
        heading("Funding", "2026/27", "2026/27 plan")(book)

    book = openpyxl.load_workbook(sound)
    cell(book, "Funding", "2026/27", 6).value = 1_250_000
    book.save(tmp_path / "amount.xlsx")
    draft = tasks.load(tmp_path / "amount.xlsx")
    word = tasks.load(spoiled(tmp_path / "amount.xlsx", tmp_path, change))
    assert word.findings == draft.findings and word.plan == draft.plan
    assert plan_hash(draft.plan) != first_hash


def test_a_label_is_named_as_what_encrypts(capsys):
    code, printed = run(capsys, "check", PEOPLE / "11-label-encrypted.xlsx")
    assert code == 2 and "encrypted by a sensitivity label" in printed
    assert "password opens it" in printed and "1 error, 0 warnings" in printed


def test_a_date_with_a_tail_is_an_error_at_its_cell(sound, tmp_path):
    change = put("Schemes", "Date read", 6, "2025-04-01 to 2026-03-31")
    _, (finding,) = found(spoiled(sound, tmp_path, change), "cell.text-after-date")
    assert finding.severity == "error" and finding.place.sheet == "Schemes"


def test_a_number_with_no_break_spaces_is_a_number_stored_as_text(sound, tmp_path):
    change = put("Schemes", "Base amount (£)", 6, "6\u00a0300\u00a0000")
    _, (finding,) = found(spoiled(sound, tmp_path, change), "cell.text-in-number")
    assert "stored as text" in finding.fix and "blank" not in finding.fix


def test_parts_named_with_backslashes_are_the_same_plan(sound, first_hash, tmp_path):
    path = tmp_path / "14.xlsx"
    with zipfile.ZipFile(sound) as source, zipfile.ZipFile(path, "w") as target:
        for part in source.infolist():
            target.writestr(part.filename.replace("/", "\\"), source.read(part))
    draft = tasks.load(path)
    assert plan_hash(draft.plan) == first_hash and not draft.findings


def test_formulas_without_results_are_one_finding_a_table(sound, tmp_path):
    """Every blank cell becomes a formula whose result was not saved, as some programs do it."""
    book = openpyxl.load_workbook(sound, data_only=True)
    stream = io.BytesIO()
    written = xlsxwriter.Workbook(stream)
    tables = 0
    for sheet in book:
        tables += len(sheet.tables)
        other = written.add_worksheet(sheet.title)
        for at, row in enumerate(sheet.iter_rows(values_only=True)):
            for column, value in enumerate(row):
                if value is None:
                    other.write_formula(at, column, '=""', None, "")
                else:
                    other.write(at, column, value)
    written.close()
    path = tmp_path / "15.xlsx"
    path.write_bytes(stream.getvalue())
    draft, findings = found(path, "cell.no-result")
    assert findings and len(draft.findings) <= tables
    places = [f.place.sheet for f in findings]
    assert len(places) == len(set(places))
