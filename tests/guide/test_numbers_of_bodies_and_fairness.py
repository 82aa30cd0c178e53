"""The worked examples of model §15.1, §15.2, §15.4 and §15.6 are those that the product works out."""

from __future__ import annotations

import pytest

from icbudget import years
from icbudget.answers import catalogue
from icbudget.answers.case import evaluate
from icbudget.answers.fairness import fairness
from icbudget.checks import reference_age
from icbudget.glossary import GAP_CHANGE, PART_OF_HISTORY
from icbudget.plan.plan_text import from_document
from tests.checks.clean import clean
from tests.checks.faults import findings_of
from tests.checks.test_goal_checks import two_groups
from tests.examples.capitation.test_capitation import CASE as CAPITATION
from tests.examples.succession.test_succession import CASE as SUCCESSION
from tests.examples.succession.test_succession import spent
from tests.guide.test_guide_numbers import page, stated

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August")
MONTHS += ("September", "October", "November", "December")


def test_a_council_that_is_divided():
    paid, used, carried, east_share, west_share = stated(
        "model",
        "Surrey pays £# in 2026/27, £# is spent, # is carried; shares # % and # %.",
    )
    of_east, of_west = stated("model", "Paid to date on 1 April 2027: # and #. If")
    again, east_bears, west_bears = stated(
        "model",
        "If # is spent in 2027/28 and nothing is paid in, East Surrey bears #, West Surrey #.",
    )
    plan = SUCCESSION.plan
    (contribution,), (scheme,) = plan.contributions, plan.schemes
    shares = {row.new: row.share for row in plan.successions}
    assert (paid, used) == (float(contribution.base_amount), float(scheme.base_amount))
    assert again == carried == float(scheme.amounts["2027/28"])
    assert shares == pytest.approx({"east": east_share / 100, "west": west_share / 100})
    block = catalogue.BODIES_THAT_CHANGE.build(SUCCESSION)
    parts = {row.labels[2]: row.values[0] for row in block.rows if row.labels[3] == PART_OF_HISTORY}
    assert parts == {"east": of_east, "west": of_west}
    pence = spent("2027/28")
    assert pence == {"east": round(100 * east_bears), "west": round(100 * west_bears)}


def test_the_age_of_an_edition():
    (sentence,) = [part for part in page("model").split("By hand: ") if "an edition of" in part][:1]
    words = sentence.split()
    edition = (int(words[4]), MONTHS.index(words[3]) + 1)
    fresh, old = stated("model", "is # months old in April 2026 (fresh), and # in July 2026 (old")
    plan = from_document(clean()).plan
    ages = {}
    for month, of_the_year in (("April", 1), ("July", 4)):  # month 1 of a year is April
        setup = plan.setup.model_copy(
            update={"monitored_year": years.year("2026/27"), "monitored_month": of_the_year}
        )
        ages[month] = reference_age.months_old(plan.model_copy(update={"setup": setup}), edition)
    assert ages == {"April": fresh, "July": old}
    assert fresh <= reference_age.OLD < old


def test_the_terms_of_a_capitated_contract():
    quality, achieved, corridor, beyond = stated(
        "model",
        "q # %, achieved # %: paid 4,950,000; cost 4,600,000: D = 350,000; corridor # % ="
        " 150,000; over 200,000 at h = # %:",
    )
    (row,) = CAPITATION.plan.capitations
    terms = (row.quality_share, row.quality_achieved, row.corridor, row.beyond)
    assert [quality, achieved, corridor, beyond] == pytest.approx([100 * term for term in terms])


def test_a_gap_that_widens():
    before, after, rest_before, rest_after, gap, wider, by = stated(
        "model",
        "a 1,000 from # to # in the most deprived fifth and from # to # in the rest. The gap goes"
        " from # to #, wider by #, though",
    )
    document = clean()
    two_groups(document, baseline=before, target=after, expected={"2027/28": after})
    rest = next(row for row in document["goals"] if row["id"] == "rest")
    rest |= {"baseline": rest_before, "target": rest_after, "expected": {"2027/28": rest_after}}
    (finding,) = [f for f in findings_of(document) if f.id == "goal.gap-widens"]
    assert f"grows from {gap:g} to {wider:g} by" in finding.message
    rows = fairness(evaluate(from_document(document).plan)).rows
    values = [row.values for row in rows if row.labels[-1] == GAP_CHANGE]
    assert any(by in row for row in values)
