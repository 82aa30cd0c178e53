"""What differs between two plans, in words a finance officer would use, and plans with some of it
changed.
"""

from __future__ import annotations

import copy
from random import Random

import pytest

from icbudget.plan.differences import applied, changes
from tests.checks.clean import YEARS, clean
from tests.engine.plans import random_document, read


def words(change):
    before, after = clean(), clean()
    change(after)
    return [told.words for told in changes(read(before), read(after))]


def test_a_plan_does_not_differ_from_itself():
    assert changes(read(clean()), read(clean())) == ()


@pytest.mark.parametrize(
    ("table", "row", "told"),
    [
        (
            "programmes",
            {"name": "Falls service", "effect": 0.03},
            "Falls service (Prevention): effect 5% → 3%",
        ),
        ("programmes", {"unit_cost": 12.5}, "falls (Prevention): unit cost £0 → £12.50"),
        ("programmes", {"divisible": False}, "falls (Prevention): divisible Yes → No"),
        ("programmes", {"family": "frailty"}, "falls (Prevention): family blank → frailty"),
        (
            "acute_lines",
            {"base_activity": 9500},
            "nel (Activity lines): base activity 10,000 a year → 9,500 a year",
        ),
        ("acute_lines", {"variable_share": 0.2}, "nel (Activity lines): variable share 15% → 20%"),
        (
            "acute_lines",
            {"closes": {YEARS[0]: 1}},
            "nel (Activity lines): blocks close 100% → blank in 2027/28",
        ),
        ("goals", {"target": 10_000}, "nel (Goals): target 10,500 → 10,000"),
    ],
)
def test_a_figure_that_changed_is_told_with_its_unit(table, row, told):
    assert told in words(lambda d: d[table][0].update(row))


def test_long_texts_are_not_repeated_and_initials_keep_their_capitals():
    told = words(lambda d: d["setup"].update(ons_code="E09000023", notes="x" * 200))
    assert told == ["Setup: ONS code blank → E09000023", "Setup: notes filled in"]


def test_years_of_one_change_are_told_together():
    (told,) = words(lambda d: d["programmes"][0].update(fixed_cost=dict.fromkeys(YEARS, 2_000)))
    assert told == f"falls (Prevention): fixed cost £1,000 → £2,000 in {YEARS[0]} to {YEARS[-1]}"


def test_rows_that_came_went_and_moved():
    def change(d):
        d["partners"].append({"id": "new", "name": "New NHS Trust", "kind": "nhs_provider"})
        d["partners"].reverse()
        d["goals"] = []

    assert words(change) == [
        "New NHS Trust (Partners): new",
        "nel (Goals): taken out",
        "Partners: the rows stand in another order",
    ]


def test_settings_are_told_and_the_active_scenario_is_not():
    told = words(lambda d: d["setup"].update(reinvest_share=0.5, active_scenario="Pooled fund"))
    assert told == ["Setup: reinvest share 100% → 50%"]


def test_words_and_sources_have_no_effect_on_money():
    before, after = clean(), clean()
    after["programmes"][0] |= {"name": "Other", "evidence": "A report", "effect": 0.04}
    after["setup"]["notes"] = "Read this"
    assert [c.field for c in changes(read(before), read(after)) if not c.wording] == ["effect"]


@pytest.mark.parametrize("seed", range(15))
def test_all_changes_together_make_the_other_plan(seed):
    one, two = (read(random_document(Random(n))) for n in (seed, seed + 1000))
    assert applied(one, two, changes(one, two)) == two
    assert applied(one, two, ()) == one
    document = random_document(Random(seed))
    shuffled = copy.deepcopy(document)
    for rows in shuffled.values():
        if isinstance(rows, list):
            Random(seed).shuffle(rows)
    assert applied(one, read(shuffled), changes(one, read(shuffled))) == read(shuffled)
    assert {c.kind for c in changes(one, read(shuffled))} <= {"order"}
