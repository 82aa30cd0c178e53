"""Columns that people added to plan tables: carried by every rewriting, merged by the row's owner.

Workbooks are filled in and read again with openpyxl, as people's own programs would.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.table import TableColumn

from icbudget import tasks
from tests.joint.test_joint_work import DAY, PLAN, cell_of, errors, filled
from tests.workbook.opened import with_sheets

CODE, TWICE = "Ledger code", "Twice"
ONE, TWO = {"Scheme": "1"}, {"Scheme": "2"}


def with_columns(source, target, sheet, columns):
    """A copy of a workbook with columns more in a sheet's table: heading → values of its rows."""
    book = openpyxl.load_workbook(source)
    page = book[sheet]
    table = next(iter(page.tables.values()))
    first, top, last, end = range_boundaries(table.ref)
    for at, (heading, values) in enumerate(columns.items(), start=last + 1):
        page.cell(top, at).value = heading
        for row, value in enumerate(values, start=top + 1):
            page.cell(row, at).value = value
        table.tableColumns.append(TableColumn(id=at, name=heading))
    last += len(columns)
    table.ref = f"{get_column_letter(first)}{top}:{get_column_letter(last)}{end}"
    if table.autoFilter:
        table.autoFilter.ref = table.ref
    book.save(target)
    return target


def typed(path, *rows, sheet="Schemes", heading=CODE):
    book = with_sheets(path, sheet)
    return [cell_of(book[sheet], row, heading).value for row in rows]


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    """A plan with a column of codes and one of formulas, and the part of each partner."""
    folder = tmp_path_factory.mktemp("columns")
    plain, _ = folder / "plain.xlsx", tasks.convert(PLAN, folder / "plain.xlsx")
    twice = "=Schemes[[#This Row],[Base amount (£)]]*2"
    columns = {CODE: ["A1", "A2"], TWICE: [twice, "=J7*2"]}
    plan = with_columns(plain, folder / "plan.xlsx", "Schemes", columns)
    outs = {who: folder / f"{who}.xlsx" for who in ("council", "icb")}
    tasks.share_parts(plan, outs, record=folder / "shared.xlsx", on=DAY)
    return folder


def test_every_rewriting_carries_them(work, tmp_path):
    amount = cell_of(with_sheets(work / "plan.xlsx", "Schemes")["Schemes"], TWO, "Base amount (£)")
    assert amount.coordinate == "J7"
    opened, path = tasks.convert(work / "plan.xlsx", tmp_path / "again.xlsx")
    told = next(f for f in opened.findings if f.id == "workbook.own-carried")
    assert "the column Ledger code of Schemes" in told.message
    assert typed(path, ONE, TWO) == ["A1", "A2"]
    now = cell_of(with_sheets(path, "Schemes")["Schemes"], TWO, "Base amount (£)").coordinate
    formulas = typed(path, ONE, TWO, heading=TWICE)
    assert formulas == ["=Schemes[[#This Row],[Base amount (£)]]*2", f"={now}*2"]
    # It is part of the Excel Table, and the plan is the same.
    table = with_sheets(path, "Schemes")["Schemes"].tables["Schemes"]
    assert [column.name for column in table.tableColumns][-2:] == [CODE, TWICE]
    assert tasks.load(path).plan == tasks.load(PLAN).plan
    # A text file cannot hold them, which is told before it is written.
    opened, _ = tasks.convert(work / "plan.xlsx", tmp_path / "plan.yaml")
    lost = next(f for f in opened.findings if f.id == "workbook.own-not-carried")
    assert "the column Ledger code of Schemes" in lost.message


def test_parts_and_the_record_of_them_have_them(work):
    for name in ("council", "icb", "shared"):
        assert typed(work / f"{name}.xlsx", ONE, TWO) == ["A1", "A2"], name


def merged(work, tmp_path, **edits):
    """Merge parts in which cells of the codes were typed: partner → row and value."""
    parts = [
        str(
            filled(
                work / f"{who}.xlsx",
                tmp_path / f"{who}.xlsx",
                *[("Schemes", row, CODE, value) for row, value in cells],
            )
        )
        for who, cells in edits.items()
    ]
    made = tasks.merge_parts(work / "shared.xlsx", parts, tmp_path / "joint.xlsx", on=DAY)
    assert made.path is not None, made.findings
    return made, [f.message for f in made.findings if f.id == "joint.own-column"]


def test_the_owner_of_the_row_is_taken_and_anothers_is_told(work, tmp_path):
    # Scheme 1 is led by the ICB, scheme 2 by the council.
    made, told = merged(work, tmp_path, council=[(TWO, "C2"), (ONE, "C1")], icb=[(ONE, "I1")])
    assert typed(made.path, ONE, TWO) == ["I1", "C2"]
    assert not told
    (tmp_path / "alone").mkdir()
    made, told = merged(work, tmp_path / "alone", council=[(ONE, "C1")])
    assert typed(made.path, ONE, TWO) == ["A1", "A2"]
    assert len(told) == 1 and "1, 1: council typed C1" in told[0]
    assert "others than the owner" in told[0]


def test_a_cell_that_was_emptied_and_a_formula(work, tmp_path):
    made, told = merged(work, tmp_path, council=[(TWO, None)], icb=[(ONE, "=1+1")])
    assert typed(made.path, ONE, TWO) == ["=1+1", None] and not told


def test_what_two_owners_typed_otherwise_stays_and_is_told(work, tmp_path):
    # Goals are joint: both may.
    columns = {"Board lead": ["base"]}
    plan = with_columns(work / "plan.xlsx", tmp_path / "plan.xlsx", "Goals", columns)
    parts = []
    for who, value in (("council", "Ms C"), ("icb", "Mr I")):
        tasks.share(plan, who, tmp_path / f"{who}.xlsx", on=DAY)
        edit = ("Goals", {"Goal": "falls"}, "Board lead", value)
        parts.append(str(filled(tmp_path / f"{who}.xlsx", tmp_path / f"{who}-2.xlsx", edit)))
    made = tasks.merge_parts(plan, parts, tmp_path / "joint.xlsx", on=DAY)
    lead = {"sheet": "Goals", "heading": "Board lead"}
    assert typed(made.path, {"Goal": "falls"}, **lead) == ["base"]
    (told,) = [f for f in made.findings if f.id == "joint.own-column"]
    assert (
        "council typed Ms C; icb typed Mr I" in told.message and "typed differently" in told.message
    )
    # One of them alone is taken; the codes of the other table stay.
    made = tasks.merge_parts(plan, parts[:1], tmp_path / "one.xlsx", on=DAY)
    assert typed(made.path, {"Goal": "falls"}, **lead) == ["Ms C"]
    assert typed(made.path, ONE, TWO) == ["A1", "A2"]
    # What is agreed is typed into the joint workbook, and the next merge keeps it.
    agreed = filled(
        tmp_path / "joint.xlsx",
        tmp_path / "agreed.xlsx",
        ("Goals", {"Goal": "falls"}, "Board lead", "Both"),
    )
    made = tasks.merge_parts(agreed, [], tmp_path / "again.xlsx", on=DAY)
    assert typed(made.path, {"Goal": "falls"}, **lead) == ["Both"]


def test_a_column_that_one_adds_comes_and_one_that_is_taken_out_stays(work, tmp_path):
    new = with_columns(work / "icb.xlsx", tmp_path / "i.xlsx", "Schemes", {"Risk": ["high", "low"]})
    book = openpyxl.load_workbook(work / "council.xlsx")
    page = book["Schemes"]
    cell_of(page, ONE, CODE)  # it is there
    for row in page.iter_rows(min_row=5):
        for cell in row[-2:]:
            cell.value = None
    table = page.tables["Schemes"]
    first, top, last, end = range_boundaries(table.ref)
    table.ref = f"{get_column_letter(first)}{top}:{get_column_letter(last - 2)}{end}"
    if table.autoFilter:
        table.autoFilter.ref = table.ref
    del table.tableColumns[-2:]
    book.save(tmp_path / "c.xlsx")
    parts = [str(new), str(tmp_path / "c.xlsx")]
    made = tasks.merge_parts(work / "shared.xlsx", parts, tmp_path / "joint.xlsx", on=DAY)
    assert typed(made.path, ONE, TWO) == ["A1", "A2"]
    # The ICB's own row is taken, its word on the council's row is told.
    assert typed(made.path, ONE, TWO, heading="Risk") == ["high", None]
    assert len([f for f in made.findings if f.id == "joint.own-column"]) == 1


def test_cells_follow_a_row_that_gets_another_key_and_a_new_row(work, tmp_path):
    _, path = tasks.rekey(work / "icb.xlsx", "Schemes", "1", "11", tmp_path / "i.xlsx", on=DAY)
    assert typed(path, {"Scheme": "11"}) == ["A1"]
    part = filled(path, tmp_path / "i2.xlsx", ("Schemes", {"Scheme": "11"}, CODE, "I1"))
    made = tasks.merge_parts(work / "shared.xlsx", [str(part)], tmp_path / "j.xlsx", on=DAY)
    assert typed(made.path, {"Scheme": "11"}, TWO) == ["I1", "A2"]
    assert not [f for f in made.findings if f.id == "joint.own-column"]


def test_a_late_part_never_overwrites_a_newer_cell(work, tmp_path):
    newer = filled(work / "shared.xlsx", tmp_path / "newer.xlsx", ("Schemes", ONE, CODE, "N1"))
    part = filled(work / "icb.xlsx", tmp_path / "i.xlsx", ("Schemes", ONE, CODE, "I1"))
    made = tasks.merge_parts(newer, [str(part)], tmp_path / "j.xlsx", on=dt.date(2027, 1, 1))
    assert typed(made.path, ONE) == ["N1"]
    (told,) = [f for f in made.findings if f.id == "joint.own-column"]
    assert "changed in the plan since" in told.message


LINES, BY_YEAR = Path(PLAN).parents[1] / "examples" / "ge1" / "plan.yaml", "Activity lines by year"
HORIZON, DRAWS = {"Setting": "Horizon"}, {"Setting": "Draws"}
CLOSES = {"Activity line": "nel", "Figure": "Blocks close (%)"}


def test_columns_beside_settings_and_figures_by_year_come_along(tmp_path):
    """Setup has a row a setting, and a sheet by year a row a figure: cells are known by both."""
    plain, _ = tmp_path / "plain.xlsx", tasks.convert(LINES, tmp_path / "plain.xlsx")
    book = openpyxl.load_workbook(plain)
    settings = [row[0].value for row in book["Setup"].iter_rows(min_row=6) if row[0].value]
    asked = ["A B" if name == HORIZON["Setting"] else None for name in settings]
    plan = with_columns(plain, tmp_path / "plan.xlsx", "Setup", {"Asked by": asked})
    minutes = {"Minute": ["M 1"], "Twice": ["=C6*2"]}
    plan = with_columns(plan, plan, BY_YEAR, minutes)
    opened, path = tasks.convert(plan, tmp_path / "again.xlsx")
    assert not [f for f in opened.findings if f.id == "workbook.own-not-carried"]
    (carried,) = [f for f in opened.findings if f.id == "workbook.own-carried"]
    assert "the column Asked by of Setup" in carried.message
    assert f"the column Minute of {BY_YEAR}" in carried.message
    assert typed(path, HORIZON, sheet="Setup", heading="Asked by") == ["A B"]
    assert typed(path, CLOSES, sheet=BY_YEAR, heading="Minute") == ["M 1"]
    assert typed(path, CLOSES, sheet=BY_YEAR, heading="Twice") == ["=C6*2"]
    assert tasks.load(path).plan == tasks.load(LINES).plan

    # The trust closes beds; Setup is everybody's.
    edits = {
        "trust": [(BY_YEAR, CLOSES, "Minute", "T 2"), ("Setup", HORIZON, "Asked by", "T")],
        "icb": [(BY_YEAR, CLOSES, "Minute", "I 2"), ("Setup", HORIZON, "Asked by", "I")],
    }
    parts = []
    for who, of_part in edits.items():
        tasks.share(plan, who, tmp_path / f"{who}.xlsx", on=DAY)
        parts.append(str(filled(tmp_path / f"{who}.xlsx", tmp_path / f"{who}-2.xlsx", *of_part)))
    made = tasks.merge_parts(plan, parts, tmp_path / "joint.xlsx", on=DAY)
    assert typed(made.path, CLOSES, sheet=BY_YEAR, heading="Minute") == ["T 2"]
    assert typed(made.path, HORIZON, sheet="Setup", heading="Asked by") == ["A B"]
    (left,) = [f for f in made.findings if f.id == "joint.own-column"]
    assert left.message.startswith("The column Asked by of Setup is typed differently (Horizon: ")
    made = tasks.merge_parts(plan, parts[1:], tmp_path / "one.xlsx", on=DAY)
    (left,) = [f for f in made.findings if f.id == "joint.own-column"]
    assert f"Minute of {BY_YEAR} is typed by others than the owner" in left.message
    assert "nel, Blocks close: icb typed I 2" in left.message
    assert typed(made.path, HORIZON, sheet="Setup", heading="Asked by") == ["I"]


def test_a_setting_beside_which_somebody_typed_keeps_its_row(work, tmp_path):
    """Draws has its usual value and no row in a new workbook, but for the word beside it."""
    wider, _ = tasks.add_sheets(
        work / "plan.xlsx", tmp_path / "wider.xlsx", [], {"Setup": ["Draws"]}
    )
    assert not errors(wider.findings)
    settings = with_sheets(tmp_path / "wider.xlsx", "Setup")["Setup"]
    rows = [row[0].value for row in settings.iter_rows(min_row=6) if row[0].value]
    ours = {"Asked by": ["A B" if name == "Draws" else None for name in rows]}
    path = with_columns(tmp_path / "wider.xlsx", tmp_path / "setup.xlsx", "Setup", ours)
    opened, again = tasks.convert(path, tmp_path / "again.xlsx")
    assert typed(again, DRAWS, sheet="Setup", heading="Asked by") == ["A B"]
    assert not [f for f in opened.findings if f.id == "workbook.own-not-carried"]


def test_a_cell_beside_no_row_of_the_plan_is_named_as_lost(work, tmp_path):
    path = with_columns(work / "plan.xlsx", tmp_path / "setup.xlsx", "Goals", {"Lead": ["x", "y"]})
    opened, _ = tasks.convert(path, tmp_path / "again.xlsx")
    (lost,) = [f for f in opened.findings if f.id == "workbook.own-not-carried"]
    assert "1 cells of the column Lead beside no row of the plan" in lost.message
    # The columns that every Setup has are nobody's own.
    opened, _ = tasks.convert(work / "plan.xlsx", tmp_path / "plain.xlsx")
    assert not [f for f in opened.findings if f.id == "workbook.own-not-carried"]
