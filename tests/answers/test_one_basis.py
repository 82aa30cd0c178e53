"""What the contract says of the headline figures, sentence by sentence, where no other test does.

Each is seen where people see it: in answers, checks, report, paper and checklist.
"""

from __future__ import annotations

from functools import cache

import pytest

from icbudget import tasks
from icbudget.answers import catalogue
from icbudget.answers.answered import kept
from icbudget.answers.case import evaluate_draft
from icbudget.answers.comparison import compare, comparison_block
from icbudget.engine.accounts.better_or_worse_off import NOBODY
from icbudget.engine.accounts.bridge import ASSUMED
from icbudget.plan.plan_text import from_document
from icbudget.report.committee_paper import committee_document
from icbudget.report.document import paper_of
from icbudget.report.proposal import proposed
from icbudget.report.run_record import record_of
from icbudget.report.summary import in_short
from tests.guide import test_worked_example
from tests.places import BOROUGH, FIRST_BOROUGH, ROOT

YEARS = ("2025/26", "2026/27", "2027/28")


@cache
def borough(path=BOROUGH):
    case = tasks.check(path).case
    assert case is not None
    return case


def rows(case, answer, **labels):
    return kept(case, answer).where(**labels)


def test_a_million_over_twice_is_shared_once_in_each_year():
    """£1m over in years 1 and 2, nothing in 3, shared 25/75: 250k, 250k, 0 in the year and 250k,
    500k, 500k to date; it was 250k, 750k, 750k.
    """
    source = "Additional LA Contribution"
    overspent = {YEARS[0]: 1_000_000, YEARS[1]: 1_000_000, YEARS[2]: 0}
    case = evaluate_draft(
        from_document(
            {
                "setup": {"title": "T", "base_year": YEARS[0], "horizon": 2},
                "partners": [
                    {"id": "icb", "name": "ICB", "kind": "icb"},
                    {"id": "council", "name": "Council", "kind": "council"},
                ],
                "pools": [{"id": "p", "name": "P", "host": "council", "risk_share": "r"}],
                "contributions": [
                    {"pool": "p", "partner": "council", "source": source, "base_amount": 5_000_000}
                ],
                "schemes": [
                    {
                        "id": "s",
                        "name": "Care",
                        "pool": "p",
                        "source": source,
                        "base_amount": 6_000_000,
                        "amounts": {y: 5_000_000 + over for y, over in overspent.items()},
                    }
                ],
                "risk_shares": [
                    {"id": "r", "basis": "fixed", "partner": "icb", "share": 0.25},
                    {"id": "r", "basis": "fixed", "partner": "council", "share": 0.75},
                ],
            }
        )
    )
    of = {"partner": "icb"}
    (year,) = rows(case, catalogue.RISK_SHARED, **of, figure="Share of the variance")
    (to_date,) = rows(case, catalogue.RISK_SHARED, **of, figure="Share of the variance, to date")
    assert year.values == (250_000, 250_000, 0)
    assert to_date.values == (250_000, 500_000, 500_000)


def test_a_contingency_without_a_funding_line_is_met_once_in_six_years():
    row, *_ = (
        row
        for row in rows(borough(), catalogue.PARTNER_POSITIONS, partner=NOBODY)
        if row.labels[1].startswith("Better") and not row.labels[1].endswith("to date")
    )
    assert row.values == (-30_000, 0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("path", "view", "ratio"),
    [
        # the borough as it first shipped, without council lines; they were 0.27 and −0.06
        (FIRST_BOROUGH, "Commissioner cash", 0.47),
        (FIRST_BOROUGH, "System cash", 0.24),
        # with them, as it ships now
        (BOROUGH, "Commissioner cash", 0.50),
        (BOROUGH, "System cash", 0.26),
    ],
)
def test_no_ratio_has_a_negative_benefit(path, view, ratio):
    block = kept(borough(path), catalogue.APPRAISAL)
    (row,) = block.where(view=view, measure="Benefit-cost ratio")
    (benefits,) = block.where(view=view, measure="Present value of benefits")
    assert round(row.values[0], 2) == ratio and benefits.values[0] >= 0


def test_where_no_envelope_is_stated_every_place_says_what_is_assumed():
    case = test_worked_example.case("plan")
    paper = paper_of(case)
    document = committee_document(case, record_of(case, "a test"))
    words = {
        "Bridge": kept(case, catalogue.BRIDGE).grid(),
        "Side by side": kept(case, catalogue.SIDE_BY_SIDE).grid(),
        "Headline figures": kept(case, catalogue.HEADLINE_FIGURES).grid(),
        "comparison": comparison_block(compare(case, test_worked_example.case("plan, more"))).shows,
        "In short": in_short(paper),
        "What is proposed": proposed(paper),
        "decisions": [section.points for section in document.sections if section.id == "decisions"],
    }
    silent = [place for place, text in words.items() if "do nothing is funded" not in str(text)]
    assert silent == []
    assert ASSUMED == "assumed: do nothing is funded"


def test_a_minimum_that_no_row_states_is_not_tested_in_check_paper_and_checklist():
    case = borough()
    (finding,) = [f for f in case.findings if f.id == "minimum.not-stated"]
    assert "is not tested" in finding.message
    document = committee_document(case, record_of(case, "a test"))
    conditions = next(section for section in document.sections if section.id == "conditions")
    lines = [line for part in conditions.parts for group in part.groups for line in group.lines]
    assert [line.cells[-1] for line in lines if "pooled" in line.heading] == ["Not tested"]
    checklist = kept(case, catalogue.CHECKLIST).grid()
    assert any("not tested" in str(row).casefold() for row in checklist)


def test_effects_are_percentages_and_ratios_are_named():
    block = kept(borough(), catalogue.PROGRAMME_EVIDENCE)
    units = {row.labels[1]: row.unit for row in block.rows}
    assert {unit for figure, unit in units.items() if "ffect" in figure} <= {"%", ""}


def test_readme_leads_with_the_fund_that_all_this_began_with():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    lead = " ".join(readme.split("\n\n")[1].split())
    for words in ("£3.8bn", "£5.3bn", "106,000", "£511m", "87,000"):
        assert words in lead
