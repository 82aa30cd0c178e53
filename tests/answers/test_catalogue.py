"""Every answer is declared once, with a name that holds."""

from __future__ import annotations

import ast
import re

from icbudget.answers import catalogue
from icbudget.answers.answer import Answer
from icbudget.answers.catalogue import ANSWERS, BY_ID
from tests.places import ROOT

PLAIN_NAME = re.compile(r"[a-z]+(-[a-z]+)*")
MODULES = {
    catalogue.POOL,
    catalogue.SHIFT,
    catalogue.DEALS,
    catalogue.YEAR,
    catalogue.UNCERTAINTY,
    catalogue.RETURNS,
}


def test_every_name_is_a_plain_word_and_its_own():
    assert all(PLAIN_NAME.fullmatch(answer.id) for answer in ANSWERS)
    for name in ("id", "title", "help", "excel_id"):
        names = [getattr(answer, name) for answer in ANSWERS]
        assert len(set(names)) == len(names), name
    assert list(BY_ID) == [answer.id for answer in ANSWERS]


def test_every_declaration_is_named_by_its_constant_and_stands_in_a_family():
    declared = {name: value for name, value in vars(catalogue).items() if isinstance(value, Answer)}
    assert {name.lower().replace("_", "-") for name in declared} == set(BY_ID)
    assert set(declared.values()) == set(ANSWERS)


def test_every_answer_belongs_to_a_module_of_the_workbook():
    assert {answer.module for answer in ANSWERS} == MODULES


def test_no_other_module_writes_the_name_of_a_function_of_an_answer():
    names = {answer.excel_id for answer in ANSWERS}
    home = ROOT / "icbudget" / "answers" / "catalogue.py"
    for path in sorted((ROOT / "icbudget").rglob("*.py")):
        if path == home:
            continue
        literals = {
            node.value
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        assert not literals & names, path
