"""A view that is kept by what it looked at is what it would be if it were worked out anew."""

from __future__ import annotations

import pytest

from icbudget.plan.looked_at import Watched, differing, kept_by_fields
from icbudget.plan.plan_text import from_yaml
from icbudget.plan.scenario_overlay import with_scenario
from tests.places import FIRST_BOROUGH


@pytest.fixture(scope="module")
def borough():
    return from_yaml(FIRST_BOROUGH.read_text(encoding="utf-8")).plan


def counted(most=4):
    """A view that looks at pools, and at schemes only where there is a pool; and its calls."""
    calls = []

    @kept_by_fields(most)
    def names(plan, ending=""):
        calls.append(ending)
        rows = plan.schemes if plan.pools else ()
        return tuple(f"{row.name}{ending}" for row in rows)

    return names, calls


def test_a_plan_that_differs_elsewhere_has_the_same_view(borough):
    names, calls = counted()
    first = names(borough)
    assert names(borough.model_copy(update={"goals": ()})) is first
    assert len(calls) == 1


def test_a_plan_that_differs_in_what_was_looked_at_has_its_own(borough):
    names, calls = counted()
    names(borough)
    fewer = borough.model_copy(update={"schemes": borough.schemes[1:]})
    assert names(fewer) == tuple(row.name for row in borough.schemes[1:])
    # without pools it does not look at schemes: any schemes give nothing
    nothing = names(borough.model_copy(update={"pools": ()}))
    assert names(fewer.model_copy(update={"pools": ()})) is nothing == ()
    assert len(calls) == 3


def test_settings_that_say_the_same_are_the_same_though_they_were_read_anew(borough):
    calls = []

    @kept_by_fields(4)
    def years(plan):
        calls.append(plan)
        return plan.years

    again = borough.model_copy(update={"setup": borough.setup.model_copy()})
    longer = borough.setup.model_copy(update={"horizon": borough.setup.horizon + 1})
    assert again.setup is not borough.setup
    assert years(again) is years(borough)
    assert len(years(borough.model_copy(update={"setup": longer}))) == len(borough.years) + 1
    assert len(calls) == 2


def test_a_setting_that_was_not_looked_at_changes_nothing(borough):
    calls = []

    @kept_by_fields(4)
    def unit_and_first_year(plan):
        calls.append(plan)
        return plan.setup.rounding_unit, plan.years[0]

    def having(**settings):
        return borough.model_copy(update={"setup": borough.setup.model_copy(update=settings)})

    first = unit_and_first_year(borough)
    assert unit_and_first_year(having(active_scenario="Cautious", title="Another")) is first
    assert len(calls) == 1
    assert unit_and_first_year(having(rounding_unit=100)) == (100, borough.years[0])
    assert unit_and_first_year(having(base_year="2027/28"))[1] == "2027/28"
    assert len(calls) == 3


def test_whoever_looks_at_all_settings_is_asked_again_for_any_of_them(borough):
    calls = []

    @kept_by_fields(4)
    def settings(plan):
        calls.append(plan)
        return plan.setup.model_dump()

    settings(borough)
    retitled = borough.setup.model_copy(update={"title": "Another"})
    assert settings(borough.model_copy(update={"setup": retitled}))["title"] == "Another"
    assert len(calls) == 2


def test_in_what_two_plans_differ_is_said_setting_by_setting(borough):
    longer = borough.setup.model_copy(update={"horizon": borough.setup.horizon + 1, "title": "B"})
    other = borough.model_copy(update={"setup": longer, "goals": ()})
    assert differing(borough, borough) == frozenset()
    assert differing(borough, other) == {"goals", "setup", "setup.horizon", "setup.title", "years"}


def test_what_is_asked_beside_the_plan_is_part_of_the_question(borough):
    names, _ = counted()
    assert names(borough, "!") != names(borough, "?")
    assert names(borough, ending="!") == names(borough, "!")


def test_what_is_kept_has_a_bound(borough):
    names, calls = counted(most=2)
    for ending in ("a", "b", "c"):
        names(borough, ending)
    names(borough, "c")
    assert calls == ["a", "b", "c"]
    names(borough, "a")
    assert calls == ["a", "b", "c", "a"]


def test_whoever_copies_a_plan_looks_at_all_of_it(borough):
    watched = Watched(borough)
    watched.years
    assert watched.looked_at == {"years"}
    watched.model_copy(update={})
    assert watched.looked_at == {"years", *type(borough).model_fields}


def test_a_scenario_is_laid_over_the_plan_as_it_stands_now(borough):
    """Ward does not close sets figures of an activity line; the line's other figures stay its own."""
    name = "Ward does not close"
    with_scenario(borough, name)
    line = borough.acute_lines[0]
    dearer = line.model_copy(update={"unit_price": line.unit_price + 1})
    plan = borough.model_copy(update={"acute_lines": (dearer, *borough.acute_lines[1:])})
    laid, findings = with_scenario(plan, name)
    assert not findings
    assert laid.acute_lines[0].unit_price == line.unit_price + 1
