"""Findings call things by the names people know, and give figures with their units."""

from __future__ import annotations

import re

import pytest

from icbudget import tasks
from icbudget.findings import Place, note
from icbudget.plan.figure_places import called_by_name
from tests.places import WORKBOOKS

NAMED = ("partners", "pools", "programmes", "schemes", "acute_lines", "goals", "shifts")


@pytest.fixture(scope="module")
def borough():
    return tasks.check(WORKBOOKS / "illustrative-borough.yaml").case


def said(case, id):
    return [finding.message for finding in case.findings if finding.id == id]


def test_no_finding_of_a_sample_quotes_the_id_of_a_thing_that_has_a_name(borough):
    rows = [row for table in NAMED for row in getattr(borough.plan, table)]
    ids = {row.id for row in rows if getattr(row, "name", "") or getattr(row, "measure", "")}
    quoted = {
        words
        for finding in borough.findings
        for words in re.findall("“([^”]+)”", f"{finding.message} {finding.fix}")
    }
    assert "icb_main" in ids and not ids & quoted


def test_a_goal_that_is_not_met_is_named_and_its_figures_have_their_unit(borough):
    (said_of_nel,) = [words for words in said(borough, "goal.not-met") if "75 and over" in words][
        :1
    ]
    assert said_of_nel.startswith(
        "Goal “Non-elective episodes, 75 and over” is not met by 2029/30:"
    )
    assert said_of_nel.endswith("16,450.2 episodes against 15,900 episodes.")


def test_the_two_sides_of_a_record_are_named(borough):
    (first, *_) = said(borough, "balance.differs")
    assert "icb_main" not in first and "“NHS Illustrative ICB”" in first


def test_a_word_that_is_no_id_and_the_id_of_several_things_stay(borough):
    goal = borough.plan.goals[0].model_copy(update={"id": "bcf", "measure": "A goal"})
    plan = borough.plan.model_copy(update={"goals": (goal,)})
    told = (
        note("pool.odd", "“bcf” and “something else”.", place=Place(table="pools")),
        note("plan.odd", "“bcf”."),
        note("link.unknown", "“bcf”.", place=Place(table="pools")),
    )
    words = [finding.message for finding in called_by_name(told, plan)]
    assert words == ["“Better Care Fund pool” and “something else”.", "“bcf”.", "“bcf”."]
