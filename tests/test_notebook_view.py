"""What a value of the library says of itself in a terminal, and in a notebook."""

from __future__ import annotations

import re

import pytest

import icbudget
from tests.places import WORKBOOKS

TYNESIDE = WORKBOOKS / "north-tyneside-better-care-fund.yaml"
TITLE = "North Tyneside Better Care Fund, 2021/22 to 2022/23"


@pytest.fixture(scope="module")
def plan():
    return icbudget.read(TYNESIDE)


def texts(html):
    """The texts of some HTML, in their order."""
    return [text for text in re.split(r"<[^>]+>", html) if text.strip()]


def test_a_plan_shows_its_title_years_tables_and_findings(plan):
    assert plan.findings, "its minimums are not stated"
    held = texts(plan._repr_html_())
    assert held[0] == TITLE
    assert held[held.index("Years") + 1] == "2021/22 to 2022/23"
    # the sample's own text has 3 partners, 1 pool, 2 lines of funding and 2 schemes
    tables = held[held.index("Tables (rows)") + 1]
    assert tables.startswith("Setup, Partners (3), Pools (1), Funding (2), Schemes (2)")
    warnings = [f for f in plan.findings if f.severity == "warning"]
    assert held[held.index("Findings") + 1].startswith(f"{len(warnings)} warnings")
    assert f"warning: {warnings[0]}" in held


def test_what_was_changed_and_why_is_shown_and_no_text_becomes_markup(plan):
    changed = plan.change({"Setup / Reinvest share": 0.5}, reason="<b>so it was agreed</b>")
    html = changed._repr_html_()
    assert "<b>" not in html
    before = plan.value.setup.reinvest_share
    words = f"Setup / Reinvest share: {before:g} → 0.5 (&lt;b&gt;so it was agreed&lt;/b&gt;)"
    assert words in html


def test_a_plan_that_cannot_be_read_says_why():
    """It once was only *a plan without a Setup*, though its file was missing."""
    missing = icbudget.read("nowhere.xlsx")
    assert repr(missing) == (
        "<a plan that cannot be read: nowhere.xlsx: There is no file nowhere.xlsx."
        " Check the name and folder.>"
    )
    assert "There is no file nowhere.xlsx." in missing._repr_html_()


def test_long_lists_of_findings_are_cut_and_counted():
    borough = icbudget.read(WORKBOOKS / "illustrative-borough.yaml")
    pressing = [f for f in borough.findings if f.severity != "note"]
    assert len(pressing) > 5
    html = borough._repr_html_()
    assert html.count("<li>") == 6 and f"{len(pressing) - 5} more: see" in html


def test_everything_that_comes_of_a_plan_says_what_it_is(plan):
    result = plan.run()
    assert repr(result) == f"<result of {plan!r}>"
    assert texts(result._repr_html_())[0] == f"Result of {TITLE}"
    assert repr(result.tables).startswith(f"<{len(result.tables)} tables: Income, Spending")

    ranges = icbudget.simulate(plan, 20, seed=1)
    assert repr(ranges) == f"<simulation of 20 draws of {plan!r}>"
    assert ranges.tables == ("Simulation", "Tornado", "Draws")
    assert [len(ranges.table(name)) > 0 for name in ranges.tables] == [True, False, True]

    year = icbudget.monitor(plan, year="2021/22", month=2)
    assert repr(year) == f"<the year as it runs: {', '.join(year.tables)}>"
    assert "Rejects" in year.tables and len(year.table("Rejects")) == 0

    comparison = icbudget.compare(plan, plan.change({"Setup / Horizon": 0}))
    assert repr(comparison).startswith("<comparison of <plan as typed 49422c80bf0a: ")
    for each in (ranges, year, comparison):
        html = each._repr_html_()
        assert html.startswith("<p><strong>") and 'class="dataframe"' in html
