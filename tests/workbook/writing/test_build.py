"""What every workbook that we build must be: openable, printable, followable, the same each
time."""

from __future__ import annotations

import io
import re
import zipfile
from functools import cache

import openpyxl
import pytest
from openpyxl.formula import Tokenizer
from openpyxl.utils import range_boundaries

from icbudget import tasks
from icbudget.answers.case import evaluate, evaluate_plan
from icbudget.answers.catalogue import ANSWERS, CHECKS
from icbudget.answers.partner_positions import MADE_OF, made_of
from icbudget.plan import TABLES
from icbudget.plan.columns import columns_of
from icbudget.workbook import layout
from icbudget.workbook.contents import EVERYTHING
from icbudget.workbook.writing.build import blank_plan, build
from icbudget.workbook.writing.decision_lines import MOST_LETTERS
from tests.places import ROOT
from tests.workbook.opened import with_sheets
from tests.workbook.plans import rich, rich_blocks, rich_book, rich_case, rich_workbook

# Known to Excel 2010 and to LibreOffice 7.4: no LET, LAMBDA, FILTER, XLOOKUP, no reference to a
# spill. None is volatile (NOW, TODAY, RAND, OFFSET, INDIRECT): one would send every table to
# Python on every keystroke.
FUNCTIONS = {
    *(
        "ABS",
        "AND",
        "COUNTA",
        "COUNTIF",
        "COUNTIFS",
        "IF",
        "INDEX",
        "ERROR.TYPE",
        "IFERROR",
        "ISERROR",
        "ISNUMBER",
        "MATCH",
        "MAX",
        "MIN",
        "N",
        "NA",
    ),
    *("ROWS", "SUM", "SUMIFS", "SUMPRODUCT", "HYPERLINK", "ADDRESS", "INT", "MOD", "ROW", "COLUMN"),
    *(
        "TEXT",
        "FIND",
        "LEFT",
        "MID",
        "RIGHT",
        "TRIM",
        "LEN",
        "ISBLANK",
        "ROUND",
        "SUBSTITUTE",
        "VALUE",
    ),
}
OWN = {"ICB_PLAN", "ICB_TABLE", "ICB_FIGURE", "ICB_WITH", "ICB_UPLIFT"}


def book(*, live: bool = True) -> openpyxl.Workbook:
    return rich_book(live=live)


@cache
def formulas_of_the_book(*, live: bool = True) -> list[tuple[str, str, str]]:
    return formulas(book(live=live))


def formulas(opened: openpyxl.Workbook) -> list[tuple[str, str, str]]:
    """Return (sheet, cell, formula) of every formula."""
    told = []
    for sheet in opened:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    told.append(
                        (sheet.title, cell.coordinate, str(getattr(cell.value, "text", cell.value)))
                    )
    return told


def parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {
            name: packed.read(name).decode("utf-8")
            for name in packed.namelist()
            if name.endswith((".xml", ".rels", ".vml"))
        }


def test_sheets_stand_in_reading_order_and_none_is_hidden():
    unused = {
        layout.ANSWER_SHEETS[id]
        for id, block in rich_blocks().items()
        if not block.rows and block.columns
    }
    without = {
        layout.XLWINGS_SETTINGS,
        *layout.BESIDE,
        *layout.LIBRARY_SHEETS,
        *unused,
        layout.WHAT_IF,
        layout.ANY_ANSWER,
    }  # every table of this plan has rows
    assert book(live=False).sheetnames == [name for name in layout.SHEETS if name not in without]
    assert {sheet.sheet_state for sheet in book(live=False)} == {"visible"}
    frozen = (
        *layout.BESIDE,
        layout.POSTINGS,
        layout.RUN_RECORD,
        layout.XLWINGS_SETTINGS,
    )  # settings of xlwings stand beside macros only
    assert book().sheetnames == [name for name in layout.SHEETS if name not in frozen]
    assert max(map(len, layout.SHEETS)) <= 31


def test_every_table_of_the_plan_has_its_sheet_and_its_headings():
    for place in layout.BY_NAME.values():
        sheet = book()[place.sheet]
        table = sheet.tables[place.name]
        first_column, first_row, last_column, last_row = range_boundaries(table.ref)
        cells = [sheet.cell(first_row, at).value for at in range(first_column, last_column + 1)]
        assert cells == [column.name for column in table.tableColumns]
        assert len({str(told).casefold() for told in cells}) == len(cells)
        assert last_row > first_row
        assert all(cell.comment for cell in sheet[first_row]) or place is layout.SETUP_SHEET


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda t: t.field)
def test_every_column_stands_in_a_sheet_with_its_unit(table):
    places = [p for p in layout.TABLE_SHEETS if p.table is table]
    headings = {str(c.value) for p in places for c in book()[p.sheet][5]}
    figures = {str(c.value) for p in places if p.by_year for c in book()[p.sheet]["B"]}
    for column in columns_of(table.noun):
        if not column.by_year:
            assert column.heading in headings
        elif len(places) == 2 and any(
            getattr(row, column.field) for row in getattr(rich(), table.field)
        ):
            assert column.heading in figures


def test_names_do_not_clash():
    names = [table for sheet in book() for table in sheet.tables] + list(book().defined_names)
    assert len({name.casefold() for name in names}) == len(names)
    assert all(re.fullmatch(r"[A-Za-z_]\w*", name) for name in names)


def test_ordinary_formulas_use_only_functions_that_every_program_knows():
    for live in (True, False):
        for sheet, cell, formula in formulas_of_the_book(live=live):
            used = {
                t.value.rstrip("(")
                for t in Tokenizer(formula).items
                if t.type == "FUNC" and t.subtype == "OPEN"
            }
            assert used <= FUNCTIONS | OWN, (sheet, cell, used)
            assert used.isdisjoint(OWN) or live, (sheet, cell)


def test_ordinary_formulas_hold_no_number_but_0_and_1():
    """But for Start, which finds the next cell to fill as one number, row × 1,000 + column, and the
    letters that a line of the Dashboard has room for.
    """
    for sheet, cell, formula in formulas_of_the_book():
        if sheet == layout.START or ("LEN(" in formula and sheet == layout.DASHBOARD):
            continue
        if any(word in formula for word in ("ERROR.TYPE(", "LEFT(Plan", "LEFT(Tried", "*1000")):
            continue  # kinds of error, how a handle begins, a cell as one number
        numbers = {
            t.value
            for t in Tokenizer(formula).items
            if t.type == "OPERAND" and t.subtype == "NUMBER"
        }
        assert numbers <= {"0", "1"}, (sheet, cell, formula)


def test_no_formula_is_longer_or_deeper_than_excel_takes():
    """8,192 characters and 64 levels, in the workbook with every sheet there is."""
    content = build(blank_plan(), {}, live=True, choice=EVERYTHING)
    longest = deepest = 0
    for _, _, formula in formulas(openpyxl.load_workbook(io.BytesIO(content))):
        depth = 0
        longest = max(longest, len(formula))
        for character in re.sub(r'"[^"]*"', "", formula):
            depth += {"(": 1, ")": -1}.get(character, 0)
            deepest = max(deepest, depth)
    assert longest <= 8_192 and deepest <= 64


def test_ordinary_formulas_refer_to_columns_that_there_are():
    columns = {
        sheet_table.name: {c.name for c in sheet_table.tableColumns}
        for s in book()
        for sheet_table in s.tables.values()
    }
    told = " ".join(formula for _, _, formula in formulas_of_the_book())
    found = set(re.findall(r"(\w+)\[([^\[\]]+)\]", told))
    assert len(found) > 20
    assert all(column in columns[table] for table, column in found)


def test_an_answer_is_one_array_that_carries_its_last_values():
    stored = rich_book(values=True)
    for answer in ANSWERS:
        name = answer.title
        calls = [
            (cell, text)
            for sheet, cell, text in formulas_of_the_book()
            if sheet == name and "=ICB_TABLE(" in text
        ]
        assert len(calls) == 1
        block = rich_blocks()[answer.id]
        assert book()[name]["A1"].value == answer.title
        assert calls[0][1] == "=ICB_TABLE(Plan,$A$1)"
        if answer is CHECKS:  # the plan they are of stands in the last row
            block = made_of(block, handle_of(stored))
        array = book()[name][calls[0][0]].value
        left, top, right, bottom = range_boundaries(array.ref)
        assert (right - left + 1, bottom - top + 1) == (len(block.headings), len(block.rows) + 1)
        found = stored[name].iter_rows(top, bottom, left, right, values_only=True)
        for row, expected in zip(found, block.grid(), strict=True):
            assert [cell if cell is not None else "" for cell in row] == [
                pytest.approx(cell, rel=1e-15) if isinstance(cell, float) else cell
                for cell in expected
            ]


def test_the_row_that_names_the_plan_of_the_findings_is_no_decision():
    """Of a plan without findings only that row stands on Checks; the Dashboard shows none of it."""
    content = build(blank_plan(), {}, live=True)
    opened = with_sheets(content, layout.CHECKS, layout.DASHBOARD, values=True)
    severities = [row[0].value for row in opened[layout.CHECKS].iter_rows(max_col=1)]
    assert MADE_OF in severities
    sentences = [row[0].value for row in opened[layout.DASHBOARD].iter_rows(11, 20, 1, 1)]
    assert [words or "" for words in sentences] == [""] * 10


def decisions_of(plan, case, *, data_only=True):
    """Return the two lines of each decision on the Dashboard of a plan, with its worth and link."""
    blocks = {"checks": tasks.answers(case)["checks"]}
    content = build(plan, blocks, live=True, case=case)
    book = with_sheets(content, layout.DASHBOARD, values=data_only)
    page = book[layout.DASHBOARD].iter_rows(11, 20, 1, 9, values_only=True)
    rows = [[row[column - 1] for column in (1, 7, 9)] for row in page]
    return list(zip(rows[::2], rows[1::2], strict=True)), blocks["checks"]


def test_a_decision_is_what_was_found_and_what_to_do_and_no_word_is_cut():
    """Nottingham's pool is called as it was published, in 90 letters."""
    plan = tasks.load(ROOT / "workbooks" / "nottingham-city-pool-2015-16.yaml").plan
    decisions, checks = decisions_of(plan, evaluate_plan(plan))
    went_on = 0
    for ((first, worth, _), (second, *_)), row in zip(decisions, checks.rows, strict=False):
        _, _, finding, fix, effect, _ = row.labels
        assert max(len(first), len(second)) <= MOST_LETTERS + len(" … see Checks")
        went_on += len(finding) > MOST_LETTERS
        assert f"{first} {second}" in (f"{finding} {fix}".rstrip(), finding)
        assert (worth or "") == (round(float(effect.replace(",", ""))) if effect else "")
    assert went_on >= 3


def test_the_worth_of_a_decision_is_a_number_in_whole_pounds():
    """£507,000.00 on Checks is words; on the Dashboard it is a number that a sum takes."""
    plan = tasks.load(ROOT / "workbooks" / "nottingham-city-pool-2015-16.yaml").plan
    case = evaluate_plan(plan)
    assert decisions_of(plan, case)[0][0][0][1] == 507_000
    formulas = [first[1] for first, _ in decisions_of(plan, case, data_only=False)[0]]
    assert all(formula.startswith("=IF(ISERROR(") for formula in formulas)


def handle_of(stored):
    """Return the handle of the plan that a workbook holds, from the cell named Plan."""
    sheet, _, cell = stored.defined_names["Plan"].attr_text.partition("!")
    return stored[sheet.strip("'")][cell.replace("$", "")].value


def test_excel_does_not_recalculate_when_it_opens_the_file():
    calculation = re.search(r"<calcPr[^>]*>", parts(rich_workbook())["xl/workbook.xml"]).group()
    assert "fullCalcOnLoad" not in calculation and 'calcId="191029"' in calculation


def test_no_stored_value_is_missing_or_an_error():
    for live in (True, False):
        stored = rich_book(live=live, values=True)
        for sheet, cell, formula in formulas_of_the_book(live=live):
            value = stored[sheet][cell].value
            assert not (isinstance(value, str) and value.startswith("#")), (sheet, cell)
            may_be_blank = '&""' in formula or '""' in formula
            assert value is not None or may_be_blank, (sheet, cell)


def test_drop_downs_offer_what_the_plan_allows():
    rules = [(s.title, v) for s in book() for v in s.data_validations.dataValidation]
    assert all(len(v.formula1 or "") <= 257 for _, v in rules)
    named = {
        v.formula1
        for _, v in rules
        if v.type == "list" and v.formula1 and not v.formula1.startswith('"')
    }
    assert {n.lstrip("=") for n in named} <= set(book().defined_names)
    assert all(not v.allow_blank for _, v in rules if v.formula1 in named)
    kinds = next(v for title, v in rules if title == "Partners" and v.type == "list")
    assert kinds.formula1 == '"icb,council,district,nhs_provider,other"'


def test_input_cells_are_yellow_and_unlocked_and_calculated_cells_grey_and_locked():
    funding = book()["Funding"]["A6"]
    units = [cell for row in book()["Income"].iter_rows() for cell in row if cell.value == "Unit"]
    income = units[0].offset(1, 1)  # the first year's figure of the first total
    assert funding.fill.fgColor.rgb == "FFFFF9DE" and not funding.protection.locked
    assert income.data_type == "f"
    assert income.fill.fgColor.rgb == "FFF1F3F5" and income.protection.locked


def test_figures_below_zero_stand_as_the_plan_says():
    def formats(sign):
        plan = rich().model_copy(
            update={"setup": rich().setup.model_copy(update={"display_sign": sign})}
        )
        shown = ("Balances", "Reallocation")
        made = with_sheets(build(plan, rich_blocks(), live=True), *shown)
        by_sheet = {}
        for name in shown:
            cells = [cell for row in made[name].iter_rows() for cell in row]
            by_sheet[name] = {c.number_format for c in cells if isinstance(c.value, float)}
        percentages = {shape for shape in by_sheet["Reallocation"] if "%" in shape}
        return by_sheet["Balances"], percentages

    minus = {'#,##0;"−"#,##0;"–"'}, {'0.0#%;"−"0.0#%;0.0#%'}
    brackets = {'#,##0_);(#,##0);"–"_)'}, {"0.0#%_);(0.0#%);0.0#%_)"}
    assert formats("council") == minus
    assert formats("nhs") == brackets


def test_every_sheet_prints_on_a4_landscape_with_its_name():
    for sheet in book(live=False):
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (
            9,
            "landscape",
        ), sheet.title
        assert sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.title
        assert sheet.oddHeader.left.text and sheet.oddFooter.right.text, sheet.title


def test_charts_have_titles_axes_and_words_for_people_who_do_not_see_them():
    packed = parts(rich_workbook())
    drawings = [text for name, text in packed.items() if name.startswith("xl/drawings/drawing")]
    told = re.findall(r'<xdr:cNvPr [^>]*descr="([^"]+)"', "".join(drawings))
    charts = [text for name, text in packed.items() if name.startswith("xl/charts/chart")]
    assert len(told) == len(charts) == 14 and min(map(len, told)) > 60
    for chart in charts:
        assert chart.count("<c:title>") == 3  # of the chart and of its two axes
        named = {name.strip("'") for name in re.findall(r"<c:f>('[^']+'|[^!<]+)!", chart)}
        assert len(named) == 1 and named <= set(layout.ANSWER_SHEETS.values())
        assert "<c:ptCount" in chart


def test_the_waterfall_hangs_each_step_on_the_one_before():
    """Steps by hand: Price +10 to 10, Demographic −4 to 6, plan level 6; below zero the parts are
    drawn below.
    """
    from icbudget.workbook.writing.chart_figures import column_parts
    from icbudget.workbook.writing.chart_series import Corner
    from icbudget.workbook.writing.formulas import Figure

    def parts_of(start: float, end: float) -> list[float]:
        corner = Corner("Bridge", 7, 1)
        parts = column_parts(corner, Figure("C9", start), Figure("D9", end), row=8)
        return [float(figure.value) for figure in parts]

    # hidden above, hidden below, more above, more below, less above, less below
    assert parts_of(0, 10) == [0, 0, 10, 0, 0, 0]
    assert parts_of(10, 6) == [6, 0, 0, 0, 4, 0]
    assert parts_of(6, -2) == [0, 0, 0, 0, 6, -2]
    assert parts_of(-5, -2) == [0, -2, 0, -3, 0, 0]
    assert parts_of(-2, 3) == [0, 0, 3, -2, 0, 0]


def test_the_same_plan_gives_the_same_bytes():
    again = build(rich(), rich_blocks(), live=True, case=rich_case(), choice=EVERYTHING)
    assert again == rich_workbook()
    first, second = build(blank_plan(), {}, live=True), build(blank_plan(), {}, live=True)
    assert first == second and first != rich_workbook()


def test_a_workbook_of_values_leaves_out_what_the_plan_does_not_use():
    """Nine pages of blank tables hide the three that matter."""
    plan = rich().model_copy(
        update={"goals": (), "quarterly_plans": (), "virements": (), "moves": ()}
    )
    case = evaluate(plan)
    blocks = {a.id: a.build(case) for a in ANSWERS}
    opened = openpyxl.load_workbook(io.BytesIO(build(plan, blocks, live=False, case=case)))
    absent = {"Goals", "Goal tracker", "Virements", "Moves", "Unit costs"}
    assert absent.isdisjoint(opened.sheetnames)
    names = [
        rule.formula1
        for sheet in opened
        for rule in sheet.data_validations.dataValidation
        if rule.type == "list"
    ]
    assert {n.lstrip("=") for n in names if n and not n.startswith('"')} <= set(
        opened.defined_names
    )
    for sheet in opened:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    assert "Goals[" not in str(cell.value), (sheet.title, cell.coordinate)
