"""Every answer is declared once, with a name that holds."""

from __future__ import annotations

import re

from icbudget.answers import catalogue
from icbudget.answers.answer import Answer
from icbudget.answers.catalogue import ANSWERS, BY_ID

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
