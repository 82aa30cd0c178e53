"""Every button on a real workbook, through xlwings' own code for Windows under a named fake of
COM."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from icbudget import tasks
from icbudget.answers.case import evaluate
from icbudget.excel.buttons import BEST_PLAN, CHECK_SHEET, COMPARISON, SIMULATED
from icbudget.plan.plan_text import to_yaml
from icbudget.workbook import layout
from icbudget.workbook.writing.checks_sheet import VALUES
from icbudget.workbook.writing.what_if_sheet import OUTCOMES
from tests.excel.com_book import ComBook
from tests.excel.conftest import WINDOWS
from tests.excel.hosts import MODULE
from tests.places import BOROUGH
from tests.programs.classic import FakeCom
from tests.workbook.opened import sheet_names

pytestmark = WINDOWS
PLAN = BOROUGH


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """The template filled in with a whole plan, its answers stored."""
    return tasks.template(tmp_path_factory.mktemp("book") / "plan.xlsx", tasks.load(PLAN).plan)


@pytest.fixture
def path(template, tmp_path):
    return shutil.copy(template, tmp_path / "Jane Doe.xlsx")


@pytest.fixture(scope="module")
def com():
    """xlwings' own code for Windows; bringing Excel's window to the front, which asks Windows, is
    left out.
    """
    with FakeCom(MODULE) as fake, pytest.MonkeyPatch.context() as patch:
        patch.setattr("xlwings.main.Book.activate", lambda book, steal_focus=False: None)
        yield fake


def press(com, book, name, *given):
    """What VBA shows in its message, and the workbook afterwards."""
    return com._server.XLPython().CallUDF(MODULE, name, given, book, name)


def rows(book, sheet):
    return [list(row) for row in book.file[sheet].iter_rows(values_only=True)]


def test_check_lists_the_findings_on_a_sheet_of_its_own_after_all_others(com, path):
    book = ComBook(path)
    before = {name: rows(book, name) for name in book.file.sheetnames}
    told = press(com, book, "check")
    findings = tasks.check(path).findings
    counts = {s: sum(f.severity == s for f in findings) for s in ("error", "warning", "note")}
    assert (
        told == ", ".join(f"{n} {s}{'' if n == 1 else 's'}" for s, n in counts.items() if n) + "."
    )
    assert (book.file.sheetnames[-1], book.active) == (CHECK_SHEET, CHECK_SHEET)
    assert [row[0] for row in rows(book, CHECK_SHEET)[4:]] == [
        f.severity.capitalize() for f in findings
    ]
    assert press(com, book, "check") == told, "pressed again it is the same list"
    assert book.file.sheetnames.count(CHECK_SHEET) == 1
    assert {name: rows(book, name) for name in before} == before


def test_check_names_a_cell_of_somebody_s_own_that_is_in_error_and_why(com, path):
    """A fake of Excel: the formula and the error value are put where Excel would hold them."""
    book = ComBook(path)
    for file, cells in (
        (book.file, {"A1": "#VALUE!", "A2": 102, "A3": "#SPILL!", "A5": "in the way"}),
        (
            book.stored,
            {
                "A1": '=ICB_FIGURE(Plan,"Efect","hospital_at_home")',
                "A2": "=ICB_UPLIFT(100,0.02)",
                "A3": '=ICB_TABLE(Plan,"Balances")',
                "A5": "in the way",
            },
        ),
    ):
        mine = file.create_sheet("Mine")
        for cell, held in cells.items():
            mine[cell] = held
    press(com, book, "check")
    listed = {row[1]: row[2] for row in rows(book, CHECK_SHEET)[4:] if str(row[1])[:4] == "Mine"}
    assert listed.keys() == {"Mine!A1", "Mine!A3"}
    assert listed["Mine!A1"].startswith(
        "The cell shows #VALUE!: There is no “Efect”. Nearest: Effect"
    )
    assert "A5 stands in its way" in listed["Mine!A3"]


def test_freeze_writes_what_the_formulas_had_given_and_nothing_else(com, path):
    book = ComBook(path)
    before = {name: rows(book, name) for name in book.file.sheetnames}
    # A workbook holds the sheets of its modules, so the answers that become values are those.
    answers = [name for name in layout.ANSWER_SHEETS.values() if name in before]
    assert {"Balances", "Cash released", layout.CHECKS} <= set(answers)
    book.file["Balances"]["A240"] = "Ask the treasurer"
    before["Balances"] = rows(book, "Balances")
    assert press(com, book, "run_and_freeze").startswith(
        f"{len(answers)} answers stand as values, and what What-if and Any answer show. "
    )
    assert set(book.file.sheetnames) == set(before)
    connected = cell_named(book, layout.CONNECTED)
    assert connected.value == VALUES
    connected.value = before[layout.CHECKS][connected.row - 1][connected.column - 1]
    # Every cell of every sheet is compared, what a person wrote below an answer too.
    for name, cells in before.items():
        assert _told(rows(book, name)) == _told(cells), name


def cell_named(book, name):
    sheet, _, address = book.file.defined_names[name].attr_text.rpartition("!")
    return book.file[sheet.strip("'")][address.replace("$", "")]


def test_freeze_works_out_what_is_tried_and_what_is_chosen(com, path):
    """What stands on the screen may be older than what was typed: it is not what is frozen.

    Care homes' effect is tried at 0, a figure and no blank; Any answer is asked for Income less
    that under a scenario which changes no income: every difference is nought.
    """
    book = ComBook(path)
    sheet, chosen = book.file[layout.WHAT_IF], book.file[layout.ANY_ANSWER]
    heads = next(r for r in range(1, 60) if sheet.cell(r, 1).value == OUTCOMES[0])
    untried = {sheet.cell(r, 1).value: sheet.cell(r, 4).value for r in range(heads + 1, heads + 9)}
    name, sheet["D6"] = sheet["A6"].value, 0.0
    chosen["B5"], chosen["B6"] = "Income", "Low evidence"
    press(com, book, "run_and_freeze")
    handle = cell_named(book, layout.PLAN).value
    assert cell_named(book, layout.TRIED).value == f"{handle} with {name} = 0"
    assert sheet["C6"].value > 0 and sheet["D6"].value == 0.0, "what was typed stays"
    tried = {sheet.cell(r, 1).value: sheet.cell(r, 4).value for r in range(heads + 1, heads + 9)}
    row = tasks.load(PLAN).plan.programmes
    without = [
        p.model_copy(update={"effect": 0.0}) if name.startswith(f"{p.id} /") else p for p in row
    ]
    plan = tasks.load(PLAN).plan.model_copy(update={"programmes": tuple(without)})
    gains = {
        f"{r.labels[0]} / {names(plan).get(r.labels[1], r.labels[1])}": r.values[0]
        for r in tasks.answers(evaluate(plan))["headline-figures"].rows
    }
    assert tried == {label: pytest.approx(gains[label]) for label in tried}
    assert tried != untried
    block = rows(book, layout.ANY_ANSWER)[8:]
    income = tasks.answers(evaluate(tasks.load(PLAN).plan))["income"]
    assert tuple(block[0][: len(income.headings)]) == income.headings
    filled = [line for line in block[1:] if line[0]]
    assert len(filled) == len(income.rows)
    assert {
        value for line in filled for value in line[income.values_at : len(income.headings)]
    } == {0}


def names(plan):
    return {partner.id: partner.name for partner in plan.partners}


def test_freeze_names_a_choice_that_means_nothing_by_an_error_value(com, path):
    book = ComBook(path)
    book.file[layout.ANY_ANSWER]["B5"] = "No such answer"
    book.file[layout.WHAT_IF]["A6"] = "nothing / Effect"
    press(com, book, "run_and_freeze")
    assert book.file[layout.ANY_ANSWER]["A9"].value == "#N/A"
    assert book.file[layout.WHAT_IF]["C6"].value == "#N/A"
    assert cell_named(book, layout.TRIED).value == "#N/A"


def test_freeze_writes_over_nothing_that_a_person_put_in_an_answer_s_way(com, path):
    import xlwings

    book = ComBook(path)
    sheet = book.file["Balances"]
    top = next(r for r in range(1, 200) if sheet.cell(r, 1).value == "The answer, row by row")
    for row in range(top + 10, 200):  # an older answer was shorter, and a note stood below it
        for column in range(1, 12):
            sheet.cell(row, column).value = None
    sheet.cell(top + 12, 1).value = "Ask the treasurer"
    before = {name: rows(book, name) for name in book.file.sheetnames}
    with pytest.raises(xlwings.XlwingsError, match=rf"Balances, row {top + 12}: something stands"):
        press(com, book, "run_and_freeze")
    assert [*book.file.sheetnames] == [*before]
    for name, cells in before.items():
        assert _told(rows(book, name)) == _told(cells), name


def test_freeze_of_a_plan_with_an_error_writes_nothing_and_says_so(com, path):
    import xlwings

    book = ComBook(path)
    next(row for row in book.file["Setup"].iter_rows(max_col=2) if row[0].value == "Base year")[
        1
    ].value = "never"
    before = {name: rows(book, name) for name in book.file.sheetnames}
    with pytest.raises(
        xlwings.XlwingsError, match=r"stops? the plan; nothing was written\. See Checks"
    ):
        press(com, book, "run_and_freeze")
    assert [*book.file.sheetnames] == [*before]
    for name, cells in before.items():
        assert _told(rows(book, name)) == _told(cells), name


def test_compare_says_what_leads_to_another_plan_which_is_only_read(com, path, tmp_path):
    plan = tasks.load(PLAN).plan
    first = plan.contributions[0].model_copy(
        update={"base_amount": plan.contributions[0].base_amount + 1000}
    )
    other = tmp_path / "other.yaml"
    other.write_text(
        to_yaml(plan.model_copy(update={"contributions": (first, *plan.contributions[1:])})),
        encoding="utf-8",
    )
    content, book = other.read_bytes(), ComBook(path)
    told = press(com, book, "compare", str(other))
    written = rows(book, COMPARISON)
    assert told == f"{len(written) - 4} lines on the sheet {COMPARISON}."
    assert any("ase amount" in str(cell) for row in written for cell in row)
    assert other.read_bytes() == content


def test_build_reports_writes_beside_the_workbook_and_over_nothing(com, tmp_path):
    path = Path(
        shutil.copy(
            PLAN.with_name("north-tyneside-better-care-fund.xlsx"), tmp_path / "Jane Doe.xlsx"
        )
    )
    told = [press(com, ComBook(path), "build_reports") for _ in range(2)]
    folders = sorted(p for p in path.parent.iterdir() if p.is_dir())
    assert [f.name for f in folders] == ["Jane Doe-report", "Jane Doe-report-2"]
    for said, folder in zip(told, folders, strict=True):
        files = sorted(p.name for p in folder.iterdir() if p.is_file())
        assert said.startswith(f"{len(files)} files in {folder.name}: ")
        assert "; and the audit pack, " in said
        assert tasks.verify_pack(folder / "Jane Doe-pack")[1] == []
        assert {"Jane Doe-report.html", "Jane Doe-postings.csv", "Jane Doe-paper.pdf"} <= set(files)


def test_what_is_tried_is_kept_as_a_scenario_with_its_reason(com, path):
    import xlwings

    book = ComBook(path)
    assert press(com, book, "what_if", "", "").startswith("Type into the column Try.")
    assert book.active == layout.WHAT_IF
    with pytest.raises(xlwings.XlwingsError, match="Nothing is tried"):
        press(com, book, "what_if", "Better care homes", "Asked for in May")
    book.file[layout.WHAT_IF]["D6"] = 0.2
    with pytest.raises(xlwings.XlwingsError, match="Give a reason"):
        press(com, book, "what_if", "Better care homes", " ")
    name = book.file[layout.WHAT_IF]["A6"].value
    id = name.partition(" / ")[0]
    told = press(com, book, "what_if", "Better care homes", "Asked for in May")
    assert told == "Kept as scenario Better care homes: 1 change on the sheet Scenarios."
    kept = [r for r in rows(book, "Scenarios") if r[0] == "Better care homes"]
    assert len(kept) == 1
    assert {f"programmes/{id}/effect", "0.2", "Asked for in May"} <= {*map(str, kept[0])}
    with pytest.raises(xlwings.XlwingsError, match="There is a scenario Better care homes already"):
        press(com, book, "what_if", "Better care homes", "Asked for in May")


def test_simulate_writes_the_ranges_on_a_sheet_of_its_own(com, path):
    book = ComBook(path)
    told = press(com, book, "simulate")
    written = rows(book, SIMULATED)
    answers = tasks.answers(evaluate(tasks.load(PLAN).plan))
    expected, drivers = answers["simulation"], answers["tornado"]
    assert [cell for cell in written[3] if cell] == [*expected.headings]
    below = written[4 + len(expected.rows) :]
    written = written[: 4 + len(expected.rows)]
    # a blank line, the title and the headings of the drivers
    assert [row[0] for row in below[:3]] == ["", "Tornado", drivers.headings[0]]
    assert [row[0] for row in below[3:]] == [row.labels[0] for row in drivers.rows]
    assert told == f"1,000 draws: {len(expected.rows)} lines on the sheet {SIMULATED}."
    values = [[cell for cell in row if isinstance(cell, float)] for row in written[4:]]
    stored = [[v for v in row.values if isinstance(v, float)] for row in expected.rows]
    assert values == [pytest.approx(row) for row in stored]


def test_a_workbook_that_simulates_when_asked_holds_no_figure_of_it_until_then(com, tmp_path):
    plan = tasks.load(PLAN).plan
    setup = plan.setup.model_copy(update={"simulate": "when_asked", "draws": 50})
    waiting = plan.model_copy(update={"setup": setup})
    book = ComBook(tasks.template(tmp_path / "plan.xlsx", waiting))
    # the first heading is the formula itself, so the block is known by the second
    for sheet, second in (("Simulation", "Figure"), ("Tornado", "Distribution")):
        written = rows(book, sheet)
        at = next(n for n, row in enumerate(written) if row[1] == second)
        assert written[at + 1][0].startswith("Not drawn: Setup says to simulate when asked.")
        below = [cell for row in written[at + 1 :] for cell in row[1:]]
        assert not any(below)
    assert press(com, book, "simulate").startswith("50 draws: ")
    assert any(isinstance(cell, float) for row in rows(book, SIMULATED) for cell in row)


def test_optimise_writes_the_best_plan_beside_and_leaves_the_plan_as_it_is(com, path):
    book = ComBook(path)
    before = rows(book, "Prevention")
    told = press(com, book, "optimise")
    written = rows(book, BEST_PLAN)
    assert "The plan itself stays as it is." in told
    assert {"Your plan", "Best plan", "Difference"} <= {*written[3]}
    at = next(n for n, row in enumerate(written) if row[0] == "To adopt it: rows of a scenario")
    paths = [row[0] for row in written[at + 1 :] if row[0]]
    assert paths and all(path.count("/") >= 2 for path in paths)
    assert rows(book, "Prevention") == before


def test_add_sheets_writes_a_copy_beside_and_over_nothing(com, path):
    import xlwings

    content, plan = path.read_bytes(), tasks.load(path).plan
    told = press(com, ComBook(path), "add_sheets", "library, Income")
    assert told.startswith("Written: Jane Doe-more.xlsx. This workbook stays as it is.")
    assert path.read_bytes() == content
    made = path.with_name("Jane Doe-more.xlsx")
    assert tasks.load(made).plan == plan
    assert {"Income", "Unit costs", "Evidence"} <= {*sheet_names(made)}
    again = press(com, ComBook(path), "add_sheets", "Income")
    assert again.startswith("Written: Jane Doe-more-2.xlsx.")
    with pytest.raises(xlwings.XlwingsError, match="neither a module"):
        press(com, ComBook(path), "add_sheets", "forecasting")
    with pytest.raises(xlwings.XlwingsError, match="Name what to add"):
        press(com, ComBook(path), "add_sheets", " ")


def _told(cells):
    """Rows without blank ends; a blank is a blank, whether nothing or an empty text."""
    told = [["" if cell is None else cell for cell in row] for row in cells]
    told = [
        row[: max((n + 1 for n, cell in enumerate(row) if cell != ""), default=0)] for row in told
    ]
    return told[: max((n + 1 for n, row in enumerate(told) if row), default=0)]
