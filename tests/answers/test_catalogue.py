"""Every answer is declared once, with a name that holds."""

from __future__ import annotations

import re

from icbudget.answers import catalogue
from icbudget.answers.answer import BY_YEAR, Answer
from icbudget.answers.block import Lines, Row
from icbudget.answers.catalogue import ANSWERS, BY_ID
from icbudget.answers.value_column import Column
from icbudget.plan.modules import BENEFITS, DEALS, JOINT, POOL, RETURNS, SHIFT, UNCERTAINTY, YEAR
from icbudget.plan.plan_text import from_document
from icbudget.tasks import check
from tests.places import WORKBOOKS

PLAIN_NAME = re.compile(r"[a-z]+(-[a-z]+)*")
MODULES = {
    POOL,
    SHIFT,
    DEALS,
    YEAR,
    BENEFITS,
    UNCERTAINTY,
    RETURNS,
    JOINT,
}


def test_every_name_is_a_plain_word_and_its_own():
    assert all(PLAIN_NAME.fullmatch(answer.id) for answer in ANSWERS)
    for name in ("id", "title", "help"):
        names = [getattr(answer, name) for answer in ANSWERS]
        assert len(set(names)) == len(names), name
    assert list(BY_ID) == [answer.id for answer in ANSWERS]


def test_every_declaration_is_named_by_its_constant_and_stands_in_a_family():
    declared = {name: value for name, value in vars(catalogue).items() if isinstance(value, Answer)}
    assert {name.lower().replace("_", "-") for name in declared} == set(BY_ID)
    assert set(declared.values()) == set(ANSWERS)


def test_every_answer_belongs_to_a_module_of_the_workbook():
    assert {answer.module for answer in ANSWERS} == MODULES


def test_every_answer_with_figures_says_what_they_stand_on():
    """Model §1.8: plan, forecast or outturn, nominal or real, before or after settlement."""
    without_figures = {catalogue.CHECKLIST, catalogue.SIGNATURES, catalogue.CHECKS}
    assert {answer for answer in ANSWERS if not answer.basis} == without_figures


def test_headings_and_columns_are_declared_but_where_a_rules_year_fixes_them():
    """The forms of a return come from the table of return columns."""
    forms = {answer for answer in ANSWERS if answer.module == RETURNS}
    forms -= {catalogue.CHECKLIST}
    assert {answer for answer in ANSWERS if not answer.labels} == forms
    for answer in set(ANSWERS) - forms:
        headings = [column.heading for column in answer.columns]
        assert len(set(headings)) == len(headings), answer.id


def test_a_column_has_its_own_unit_and_basis_else_those_of_the_row_and_the_answer():
    answer = Answer(
        id="example",
        title="Example",
        help="",
        module=POOL,
        lines=lambda case: Lines("What it shows.", (row,), each=("2026/27", "2027/28")),
        labels=("pool",),
        columns=(BY_YEAR, Column("Share", unit="%", basis="of the revised budget")),
        basis="nominal £ of the year",
    )
    row = Row(("bcf",), "£", (1.0, 2.0, 0.5))
    block = answer.block(answer.lines(None))
    assert block.headings == ("Pool", "Pool id", "Unit", "2026/27", "2027/28", "Share")
    assert [block.unit_of(row.unit, column) for column in block.columns] == ["£", "£", "%"]
    assert block.basis_by_column == {
        "2026/27": "nominal £ of the year",
        "2027/28": "nominal £ of the year",
        "Share": "of the revised budget",
    }
    assert block.shows_on_basis == "What it shows. Basis: nominal £ of the year."
    assert block.value(row, answer.columns[1]) == 0.5


def test_an_id_stands_in_a_column_of_its_own_and_the_name_where_people_read():
    plan = from_document(
        {
            "setup": {"title": "Named", "base_year": "2026/27", "horizon": 1},
            "partners": [{"id": "icb_qkk", "name": "NHS South East ICB", "kind": "icb"}],
            "pools": [{"id": "bcf", "name": "", "host": "icb_qkk"}],
        }
    ).plan
    rows = tuple(Row((who, "bcf", "Paid"), "£", (1.0,)) for who in ("icb_qkk", "Whole system"))
    answer = Answer(
        id="example",
        title="Example",
        help="",
        module=POOL,
        lines=lambda case: Lines("What it shows.", rows, each=("2026/27",)),
        labels=("partner", "pool", "figure"),
        columns=(BY_YEAR,),
    )
    block = answer.block(answer.lines(None), plan)
    assert block.grid() == [
        ["Partner", "Pool", "Figure", "Partner id", "Pool id", "Unit", "2026/27"],
        ["NHS South East ICB", "bcf", "Paid", "icb_qkk", "bcf", "£", 1.0],
        ["Whole system", "bcf", "Paid", "Whole system", "bcf", "£", 1.0],
    ]
    assert block.where(partner="icb_qkk")[0].values == (1.0,)


def test_no_answer_has_an_id_where_a_name_stands_in_the_sample_borough():
    """The borough's ids are words of their own, so that one of them is seen wherever it is left."""
    case = check(WORKBOOKS / "illustrative-borough.yaml").case
    plan = case.plan
    tables = ("partners", "pools", "acute_lines", "programmes")
    ids = {row.id for table in tables for row in getattr(plan, table) if "_" in row.id}
    quick = [a for a in ANSWERS if not a.runs_again and a is not catalogue.SIMULATION]
    for answer in quick:
        block = answer.build(case)
        for row in block.rows:
            words = " ".join((*block.named(row), *(v for v in row.values if isinstance(v, str))))
            seen = ids & set(re.findall(r"[\w]+", words))
            assert not seen or answer is catalogue.TORNADO, (answer.title, row.labels)
