"""A workbook in which a person broke something: exit code, place, words, all at once, and nothing
half written.

The sound workbook is the illustrative borough. Each case says which sheet, cell and words a person
must be shown, typed here by hand from the sheet as it looks (headings in row 5, figures from row
6); `{Heading}6` stands for the cell below a heading, found with another reader than the product's,
so that a new column moves no case.
"""

from __future__ import annotations

import datetime as dt
import re
import sys

import openpyxl
import pytest

from icbudget import tasks
from icbudget.cli.command_line import main
from icbudget.findings import Severity
from icbudget.workbook.contents import EVERYTHING
from icbudget.workbook.writing.build import build
from tests.hostile.maker import inputs_of
from tests.places import BOROUGH
from tests.workbook.xml_book import Book


def inputs_only(plan, path):
    """A workbook of a plan with every input sheet and column, without what is not read and takes
    long to save: answers, charts, lists, colours, drop-downs.
    """
    path.write_bytes(inputs_of(build(tasks.load(plan).plan, {}, live=True, choice=EVERYTHING)))
    return path


def both(*changes):
    def spoil(book):
        for change in changes:
            change(book)

    return spoil


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    return inputs_only(BOROUGH, tmp_path_factory.mktemp("sound") / "borough.xlsx")


@pytest.fixture(scope="module")
def known(sound):
    """What is told of the sound workbook; a case looks at what comes on top."""
    return {(f.id, str(f.place)) for f in tasks.check(sound).findings}


def run(capsys, *words):
    """Return exit code and all that was printed."""
    sys.argv = ["icbudget", *map(str, words)]
    with pytest.raises(SystemExit) as left:
        main()
    printed = capsys.readouterr()
    return int(left.value.code or 0), printed.out + printed.err


def opened(path):
    """A workbook for small changes and for finding cells."""
    return Book(path.read_bytes())


def spoiled(sound, folder, spoil, book=None):
    book = book or opened(sound)
    spoil(book)
    path = folder / "spoiled.xlsx"
    book.save(path)
    return path


def cell(book, sheet, heading, row):
    (column,) = [c.column for c in book[sheet][5] if c.value == heading]
    return book[sheet].cell(row, column)


def free(book, sheet):
    """The first row below a sheet's figures."""
    return next(row for row in range(6, 500) if book[sheet].cell(row, 1).value is None)


def placed(book, place):
    """The address of a place written as `Sheet!{Heading}row`, `Sheet!{Heading}free` or
    `Setup!{Setting}`.
    """
    told = re.fullmatch(r"([^!]+)!\{(.+)\}(\d+|free)?", place)
    if told is None:
        return place
    sheet, heading, row = told.groups()
    if row is None:
        return next(
            f"{sheet}!B{r[0].row}" for r in book[sheet].iter_rows() if r[0].value == heading
        )
    found = cell(book, sheet, heading, free(book, sheet) if row == "free" else int(row))
    return f"{sheet}!{found.coordinate}"


def put(sheet, heading, row, value):
    def spoil(book):
        cell(book, sheet, heading, row).value = value

    return spoil


def setting(label, value):
    def spoil(book):
        (row,) = [r for r in book["Setup"].iter_rows() if r[0].value == label]
        row[1].value = value

    return spoil


def heading(sheet, old, new):
    def spoil(book):
        cell(book, sheet, old, 5).value = new
        for table in book[sheet].tables.values():
            for column in table.tableColumns:
                column.name = str(new) if column.name == old else column.name

    return spoil


def without(sheet):
    def spoil(book):
        del book[sheet]

    return spoil


def change(path, value):
    """A scenario of one change, named in Setup."""

    def spoil(book):
        row = free(book, "Scenarios")
        for column, told in enumerate(("Bad", 1, path, value, "a test"), start=1):
            book["Scenarios"].cell(row, column).value = told
        setting("Active scenario", "Bad")(book)

    return spoil


def partner(id):
    def spoil(book):
        row = free(book, "Partners")
        for column, told in enumerate((id, "A partner", "other"), start=1):
            book["Partners"].cell(row, column).value = told

    return spoil


NUMBER = "Type a number"
BROKEN = [
    # text where a number belongs
    (
        put("Funding", "Base amount (£)", 6, "n/a"),
        1,
        "Funding!{Base amount (£)}6",
        "Base amount is the text “n/a”, not a number.",
        NUMBER,
    ),
    (
        put("Funding", "Base amount (£)", 6, "£1,234.50"),
        1,
        "Funding!{Base amount (£)}6",
        "“£1,234.50”, not a number",
        "stored as text",
    ),
    (
        put("Activity lines", "Unit price (£ a unit)", 6, "TBC"),
        1,
        "Activity lines!{Unit price (£ a unit)}6",
        "Unit price is the text “TBC”",
        NUMBER,
    ),
    (
        put("Funding", "Base amount (£)", 6, True),
        1,
        "Funding!{Base amount (£)}6",
        "Base amount is TRUE, not a number.",
        NUMBER,
    ),
    (
        put("Funding", "Base amount (£)", 6, dt.datetime(2025, 4, 1)),
        1,
        "Funding!{Base amount (£)}6",
        "Base amount is a date",
        NUMBER,
    ),
    (
        put("Funding", "Base amount (£)", 6, "#REF!"),
        1,
        "Funding!{Base amount (£)}6",
        "holds the Excel error #REF!",
        "Correct the formula",
    ),
    (
        put("Funding", "Base amount (£)", 6, "=1+1"),
        1,
        "Funding!{Base amount (£)}6",
        "saved without its result",
        "recalculate",
    ),
    # figures that cannot be meant
    (
        put("Funding", "Base amount (£)", 6, -5),
        1,
        "Funding!{Base amount (£)}6",
        "it must be at least 0",
        "at least 0",
    ),
    (
        put("Funding", "Base amount (£)", 6, 1e15),
        1,
        "Funding!{Base amount (£)}6",
        "which no plan holds",
        "Check the amount",
    ),
    (
        put("Activity lines", "Base activity (a year)", 6, 1e200),
        1,
        "Activity lines!{Base activity (a year)}6",
        "Base activity is 1e+200",
        "Check the figure",
    ),
    (
        put("Segments", "Share (%)", 6, 5),
        1,
        "Segments!{Share (%)}6",
        "it must be at most 100%",
        "for five per cent type 5% or 0.05, not 5",
    ),
    (
        put("Segments", "Share (%)", 6, 0.9),
        1,
        "Segments!{Share (%)}10",
        "181.25%",
        "add a segment",
    ),
    (
        put("Indices", "2026/27", 6, 5.66),
        1,
        "Indices!{2026/27}6",
        "has a rate of 566% for 2026/27",
        "for five per cent type 5% or 0.05, not 5",
    ),
    (
        put("Indices", "2026/27", 6, -1),
        1,
        "Indices!{2026/27}6",
        "has a rate of -100%",
        "above -100%",
    ),
    (
        put("Indices", "2027/28", 6, None),
        1,
        "Indices!{2027/28}6",
        "has no rate for 2027/28",
        "Type a rate",
    ),
    # keys, lists, currencies
    (
        put("Activity lines", "Activity line", 6, None),
        1,
        "Activity lines!{Activity line}6",
        "Activity line is blank and is needed.",
        "Fill it in",
    ),
    (
        put("Indices", "Index", 8, "pop_75"),
        1,
        "Indices!{Index}8",
        "pop_75 is there twice; the first is at Indices!A7",
        "delete one",
    ),
    (
        put("Schemes", "Pool", 6, "BCF"),
        1,
        "Schemes!{Pool}6",
        "Pool names “BCF”, which is not in Pools.",
        "Write “bcf” if that is meant, or add a row to Pools.",
    ),
    (partner("ICB_MAIN"), 1, "Partners!{Partner}free", "differ in capitals only", "another name"),
    (
        partner("icb_main\u00a0\u200b"),
        1,
        "Partners!{Partner}free",
        "icb_main is there twice; the first is at Partners!A6",
        "delete one",
    ),
    (
        put("Schemes", "Source of funding", 6, "Winter money"),
        1,
        "Schemes!{Source of funding}6",
        "is not in the list of 2025-26",
        "NHS Minimum Contribution; ",
    ),
    (
        put("Activity lines", "Currency", 6, "FCE"),
        1,
        "Activity lines!{Currency}6",
        "Currency is “FCE”.",
        "Choose one of: spell; episode",
    ),
    (
        put("Activity lines", "Price currency", 6, "spell"),
        1,
        "Activity lines!{Price currency}6",
        "counts in episodes, but its price is for one spell",
        "not the same",
    ),
    (
        put("Funding", "Recurrent (Yes/No)", 6, "maybe"),
        1,
        "Funding!{Recurrent (Yes/No)}6",
        "Recurrent is “maybe”.",
        "Type Yes or No",
    ),
    (
        put("Activity lines", "Rebase years", 6, "2027/28, 2028"),
        1,
        "Activity lines!{Rebase years}6",
        "'2028' is not a financial year",
        "2026/27",
    ),
    # sheets and headings
    (
        without("Partners"),
        1,
        "spoiled.xlsx",
        "There is no table Partners.",
        "Copy the sheet from the template",
    ),
    (
        heading("Funding", "Base amount (£)", "Amount"),
        1,
        "Funding!A5",
        "no column Base amount (£)",
        "Add a column headed Base amount (£).",
    ),
    (
        heading("Indices", "2026/27", "26/27"),
        1,
        "Indices!{2026/27}5",
        "The heading 26/27 is not a financial year",
        "Head it as 2026/27",
    ),
    (
        heading("Funding", "Document", "Base amount"),
        1,
        "Funding!{Document}5",
        "Base amount is there twice",
        "Keep one",
    ),
    # settings
    (
        setting("Horizon", 31),
        2,
        "Setup!{Horizon}",
        "Horizon is 31; it must be at most 30.",
        "at most 30",
    ),
    (setting("Horizon", "five"), 2, "Setup!{Horizon}", "Horizon is the text “five”", NUMBER),
    (
        setting("Base year", dt.datetime(2025, 4, 1)),
        2,
        "Setup!{Base year}",
        "Base year is a date.",
        "as 2026/27",
    ),
    (
        setting("Base year", "25/26"),
        2,
        "Setup!{Base year}",
        "is not a financial year",
        "as 2026/27",
    ),
    (setting("Base year", "9999/00"), 2, "Setup!{Base year}", "is no year of a plan", "as 2026/27"),
    (
        setting("Rules year", "2031-32"),
        1,
        "Setup!{Rules year}",
        "no lists for rules year “2031-32”",
        "2025-26",
    ),
    (
        setting("Active scenario", "Nope"),
        1,
        "Setup!{Active scenario}",
        "There is no scenario “Nope”.",
        "name one of: Cautious; Ward does not close",
    ),
    # scenarios
    (
        change("programmes/care_homes/max_reach", "5"),
        1,
        "Scenarios!{Value}free",
        "Maximum reach is 5",
        "not 5",
    ),
    (
        change("programmes/care_homes/effect", "lots"),
        1,
        "Scenarios!{Value}free",
        "Effect is the text “lots”",
        NUMBER,
    ),
    (
        change("programmes/care_homes/effect", "nan"),
        1,
        "Scenarios!{Value}free",
        "Effect is not a number",
        NUMBER,
    ),
    (
        change("programmes/nobody/effect", "0.1"),
        1,
        "Scenarios!{Path}free",
        "no figure “programmes/nobody/effect”",
        "table/key/field",
    ),
    (
        change("programmes/care_homes/effect[2027/28]", "0.1"),
        1,
        "Scenarios!{Path}free",
        "no figure",
        "table/key/field",
    ),
    (
        change("indices/cuf/rates", "0.1"),
        1,
        "Scenarios!{Path}free",
        "no figure",
        "table/key/field[2027/28]",
    ),
    (
        change("indices/cuf/rates[2027/29]", "0.1"),
        1,
        "Scenarios!{Path}free",
        "no figure",
        "table/key/field[2027/28]",
    ),
]


@pytest.mark.parametrize(("spoil", "code", "place", "words", "mend"), BROKEN)
def test_what_is_broken_is_told_with_its_cell_and_mend(
    sound, known, tmp_path, capsys, spoil, code, place, words, mend
):
    path, place = spoiled(sound, tmp_path, spoil), placed(opened(sound), place)
    new = [
        f
        for f in tasks.check(path).findings
        if (f.id, str(f.place)) not in known and f.severity is not Severity.NOTE
    ]
    told = [f for f in new if str(f.place) == place and words in f.message]
    assert told and mend in told[0].fix, [str(f) for f in new]
    stops = told[0].stops
    left, said = (
        run(capsys, "run", path, "--out", tmp_path / "out") if stops else run(capsys, "check", path)
    )
    assert left == code and words in said and "Traceback" not in said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "spoil",
    [
        without("Partners"),
        put("Activity lines", "Activity line", 6, None),
        put("Segments", "Share (%)", 6, 5),
        put("Schemes", "Line", 20, "x"),  # the line that pays for care_homes
        heading("Activity lines", "Activity line", "Line id"),
    ],
)
def test_what_only_follows_is_not_told_again(sound, known, tmp_path, spoil):
    # a missing table may be named once more, by the first cell that needs it
    findings = tasks.check(spoiled(sound, tmp_path, spoil)).findings
    assert len([f for f in findings if f.severity is Severity.ERROR]) <= 2


def test_what_is_broken_in_several_sheets_comes_at_once(sound, tmp_path):
    def spoil(book):
        put("Funding", "Base amount (£)", 6, "n/a")(book)
        put("Activity lines", "Currency", 7, "FCE")(book)
        put("Segments", "Share (%)", 6, 0.9)(book)
        put("Indices", "2027/28", 12, "#N/A")(book)

    found = [
        str(f.place)
        for f in tasks.check(spoiled(sound, tmp_path, spoil)).findings
        if f.severity is Severity.ERROR
    ]
    book = opened(sound)
    wanted = (
        "Funding!{Base amount (£)}6",
        "Activity lines!{Currency}7",
        "Segments!{Share (%)}10",
        "Indices!{2027/28}12",
    )
    assert {placed(book, place) for place in wanted} <= set(found)


def test_what_is_broken_in_one_row_comes_at_once(sound, tmp_path):
    # text in one cell hides neither the blank nor the percentage beside it
    def spoil(book):
        put("Activity lines", "Unit price (£ a unit)", 6, "TBC")(book)
        put("Activity lines", "Commissioner", 6, None)(book)
        put("Activity lines", "Variable cost (%)", 6, 20)(book)

    found = [
        str(f.place)
        for f in tasks.check(spoiled(sound, tmp_path, spoil)).findings
        if f.severity is Severity.ERROR
    ]
    book = opened(sound)
    headings = ("Unit price (£ a unit)", "Commissioner", "Variable cost (%)")
    assert sorted(found) == sorted(
        placed(book, f"Activity lines!{{{heading}}}6") for heading in headings
    )


def _extra(book):
    book.create_sheet("Notes for the board", 0)["B3"] = "=Funding!G6*2"


def _reordered(book):
    book._sheets.reverse()


def _hidden(book):
    book["Funding"].row_dimensions[6].hidden = True
    book["Schemes"].sheet_state = "hidden"


def _no_tables(book):
    for name in ("Settings", "Funding", "ActivityLines", "ActivityLineYears", "Segments"):
        (sheet,) = [s for s in book if name in s.tables]
        del sheet.tables[name]


def _renamed(book):
    book["Funding"].title = "Income 25-26"


@pytest.mark.parametrize(
    "change",
    [
        lambda book: None,
        _extra,
        _reordered,
        _hidden,
        _no_tables,
        _renamed,
        heading("Indices", "2026/27", "2026-27"),
        put("Schemes", "Pool", 6, " b\u200bcf\u00a0"),
        put("Funding", "Recurrent (Yes/No)", 6, "y"),
    ],
)
def test_what_a_person_may_do_changes_no_figure(sound, tmp_path, change):
    plan = tasks.check(BOROUGH).draft.plan
    book = openpyxl.load_workbook(sound)
    assert tasks.check(spoiled(sound, tmp_path, change, book)).draft.plan == plan


@pytest.mark.parametrize("rows", [1, 3])
def test_a_row_below_the_table_is_never_passed_over(sound, tmp_path, rows):
    def spoil(book):
        sheet = book["Funding"]
        last = int(sheet.tables["Funding"].ref.split(":")[1].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        for column in range(1, 12):
            sheet.cell(last + rows, column).value = (
                9 if column == 4 else sheet.cell(7, column).value
            )

    told = [
        f
        for f in tasks.check(spoiled(sound, tmp_path, spoil)).findings
        if f.id == "table.rows-below"
    ]
    assert len(told) == 1 and told[0].place.sheet == "Funding"


def _monitoring(book):
    sheet = book.active
    sheet.merge_cells("A1:F1")
    sheet["A1"] = "Better Care Fund 2025/26: budget monitoring, period 6 (£000)"
    sheet.append([])
    sheet.append(["Cost centre", "Description", "Budget", "Actual", "Forecast", "Variance"])
    for n in range(40):
        sheet.append([f"C{n}", "Reablement", n, n, n, 0])
    sheet.append(["Total", None, "=SUM(C4:C43)"])


def _alike(book):
    sheet = book.active
    sheet.title = "Setup"
    sheet.append(["Setting", "Value"])
    sheet.append(["Currency", "GBP"])
    book.create_sheet("Indices").append(["Index", "Name", "2026/27"])


@pytest.mark.parametrize("fill", [lambda book: None, _monitoring, _alike])
def test_a_workbook_that_is_no_plan_is_one_line(tmp_path, capsys, fill):
    book = openpyxl.Workbook()
    fill(book)
    book.save(tmp_path / "budget.xlsx")
    code, printed = run(capsys, "run", tmp_path / "budget.xlsx", "--out", tmp_path / "out")
    assert (
        code == 2
        and printed.count("ERROR") == 1
        and "is not a plan" in printed
        and not (tmp_path / "out").exists()
    )


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.xlsx", b"", "The file is empty"),
        ("a.xlsx", b"a,b\n1,2\n", "plain text"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "old .xls"),
        ("a.xlsx", None, "damaged"),
        ("a.pdf", b"%PDF-1.4", "PDF"),
        ("a.yaml", b"", "not a plan"),
        ("a.json", b"[" * 60_000, "nested more than 20 levels"),
        ("a.yaml", b"setup: " + b"{a: " * 4000, "nested more than 20 levels"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_clear_line(
    sound, tmp_path, capsys, name, content, words
):
    path = tmp_path / name
    path.write_bytes(
        sound.read_bytes()[: sound.stat().st_size // 2] if content is None else content
    )
    code, printed = run(capsys, "check", path)
    assert code == 2 and words in printed and printed.count("ERROR") == 1


def test_a_folder_is_no_plan_and_a_file_is_no_folder(sound, tmp_path, capsys):
    (tmp_path / "d.xlsx").mkdir()
    assert run(capsys, "check", tmp_path / "d.xlsx")[0] == 2
    (tmp_path / "file").write_text("mine")
    for out in (tmp_path / "file", tmp_path / "file" / "below"):
        code, printed = run(capsys, "run", sound, "--out", out)
        assert code == 2 and "file" in printed and len(printed.strip().splitlines()) == 1
    assert (tmp_path / "file").read_text() == "mine"


def test_names_in_any_script_make_files(sound, tmp_path, capsys):
    path = tmp_path / "Cyllideb Môn 🏥 a&b.xlsx"
    path.write_bytes(sound.read_bytes())
    assert run(capsys, "run", path, "--out", tmp_path / "ŵ ŷ")[0] == 0
    assert (tmp_path / "ŵ ŷ" / "Cyllideb Môn 🏥 a&b-results.xlsx").is_file()
