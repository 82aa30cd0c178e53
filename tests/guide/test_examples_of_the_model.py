"""The examples of the model come out of the product: each by the function that works it out.

The arithmetic that a paragraph writes out is worked out again by `test_numbers_are_tied`; here its
figures are held against what icbudget does with them.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from icbudget import money
from icbudget.answers.case import Case, evaluate_draft
from icbudget.answers.catalogue import GOAL_TRACKER, RISK_SHARED, VERSIONS
from icbudget.checks import guard_rails, improbable_figures
from icbudget.engine.appraisal import goal_gaps
from icbudget.engine.appraisal.discounting import present_value
from icbudget.engine.appraisal.goal_gaps import closings
from icbudget.engine.projection.avoided import family_survival, lags_of
from icbudget.engine.projection.effect import adjusted, rate_reduction
from icbudget.engine.uncertainty.statistics import percentiles
from icbudget.plan.plan_text import from_document, from_yaml
from icbudget.plan.setup import Setup
from icbudget.reference.loader import rows
from tests.answers import test_goal_tracker
from tests.examples.worked_example.test_worked_example import document as small_document
from tests.guide.page_numbers import section, stated
from tests.guide.test_guide_numbers import OVER_TWICE
from tests.places import ROOT
from tests.signing.test_shown import SINCE
from tests.workbooks.published import opened, value


def test_a_contribution_rolls_forward():
    before, factor, after = stated("model", "North Tyneside: # × # → #")
    case = opened("north-tyneside-better-care-fund")
    assert before == value(case, "income", "2021/22", partner="ccg")
    assert after == value(case, "income", "2022/23", partner="ccg") == round(before * factor)


def test_the_income_of_the_sample_borough():
    income, beside, both = stated(
        "model", "= #; with the # of community beds beside them 49,373,000 + 2,450,000 = #."
    )
    case = opened("illustrative-borough")
    assert both == value(case, "income", "2025/26") == income + beside


def test_what_is_a_thousandth_is_asked_about():
    (times,) = stated("model", "50,000,000 ÷ 50,000 = # times less")
    least, most = improbable_figures.A_THOUSAND
    assert least <= times <= most


def test_charges_of_a_net_line_are_those_of_its_example():
    before = stated("model", "§15.3, where # of spending less # of charges is # net")
    assert before == stated("model", "charge £300: gross #, charges #, net #. A programme")
    saved, not_saved, kept = stated("model", "council saves # and not #. Clients keep #,")
    nets = [stated("model", f"{words} net #")[0] for words in ("charges 1,560,000.00,",)]
    after = stated("model", "weeks, gross #, charges #, net #, so the council")
    assert saved == nets[0] - after[2]
    assert (not_saved, kept) == (before[0] - after[0], before[1] - after[1])


def test_effects_of_a_study():
    odds, risk, *_ = 0.817, 0.48
    (effect,) = stated("model", "0.48 × 0.817) = # %, not")
    assert round(100 * float(rate_reduction("odds_ratio", odds, risk)), 1) == effect
    (effect,) = stated("model", "0.05 ÷ 0.48 = # %.")
    assert round(100 * float(rate_reduction("absolute_risk_reduction", 0.05, risk)), 1) == effect
    assert stated("model", "not # %. The absolute") == [round(100 * (1 - odds))]
    (kept,) = stated("model", "0.20 × 0.90 × 0.75 = #")
    assert float(adjusted(0.20, 0.10, 0.0, 0.0, 0.25)) == pytest.approx(kept)


def test_people_who_join_drop_off_and_are_reached_late():
    (drop_off,) = stated("model", "join in each of two years, # % drop off")
    first, second = stated(
        "model", "ρ is 1,000 ÷ 10,000 = #, then (1,000 × 0.90 + 1,000) ÷ 10,000 = #."
    )
    kept = 1 - drop_off / 100
    assert (first, second) == pytest.approx((0.1, 0.1 * kept + 0.1))
    reach = np.array([[[0.0]], [[first]], [[second]]])
    half = lags_of(np.array([[0.5]]))
    (late,) = stated("model", "year 2 has 0.5 × 0.10 + 0.5 × 0.19 = #,")
    (early,) = stated("model", "year 1 has 0.5 × 0.10 = #.")
    assert float(half.of_year(reach, 2)[0, 0]) == pytest.approx(late)
    assert float(half.of_year(reach, 1)[0, 0]) == pytest.approx(early)


def test_programmes_of_one_family():
    harm, help_, alone, more = stated(
        "model", "does harm, e = #, and one that would help by # has not begun. Then q = # and # %"
    )
    assert survival(harm, 0.0) == pytest.approx(alone)
    assert round(100 * (alone - 1)) == more
    (both,) = stated("model", "q = 0.8 × 1.1 = #.")
    assert survival(harm, help_) == pytest.approx(both)
    larger, smaller, theta = stated("model", "Two that harm by # and # with θ = #:")
    (harmed,) = stated("model", "q = 1.2 × 1.05 = #.")
    assert survival(-larger, -smaller, theta) == pytest.approx(harmed)
    (left,) = stated("model", "E = 0.3 + 0.5 × 0.7 × 0.2 = #.")
    assert 1 - survival(0.3, 0.2, theta) == pytest.approx(left)
    default, none, same = stated("model", "(default #, # = independent, # = same people)")
    assert default == Setup.model_fields["family_overlap"].default
    assert survival(0.3, 0.2, none) == pytest.approx(0.7 * 0.8)
    assert survival(0.3, 0.2, same) == pytest.approx(0.7)


def survival(*effects: float) -> float:
    """What is left of activity after two programmes of one family; a third figure is the overlap."""
    *pair, theta = effects if len(effects) == 3 else (*effects, 0.5)
    return float(family_survival(np.array([pair]), theta)[0])


def test_percentages_of_examples_are_those_of_their_arithmetic():
    decided, fixed = stated("model", "£# is decided in a year on a line with # % fixed cost")
    assert fixed == 100 * 0.05 and decided > 5_000
    assert stated("model", "the year before and φ is # %:") == [80]
    assert stated("model", "Example: # % of an acute budget moves") == [2]
    (of_admissions,) = stated("model", "A programme that reaches # % of admissions with ε")
    assert of_admissions == 100 * 0.05
    fall, asked = stated("model", "30 ÷ 10,000 = # %; 120 would be 120 ÷ 10,000 = # %")
    assert fall < 100 * guard_rails.A_YEAR < asked


def test_a_partners_lines_close_on_its_part():
    paid, other, scheme, *borne = stated(
        "model",
        "two partners pay in £# and £#. Three schemes of £# are borne #p and #p, #p and #p, #p and #p.",
    )
    left = money.split(int(300 * scheme), [Fraction(paid), Fraction(other)])
    parts: list[float] = []
    for _ in range(3):
        line = money.split(int(100 * scheme), left)
        left = [one - part for one, part in zip(left, line, strict=True)]
        parts += line
    assert parts == borne and left == [0, 0]


def test_a_year_stands_alone():
    over, one, two, none, first, *figures = stated(
        "model",
        "£#m over in years # and #, nothing in #, shared #/75: #k, #k, # in the year; #k, #k, #k",
    )
    case = evaluate_draft(from_yaml(OVER_TWICE))
    shared = RISK_SHARED.build(case)
    of_a = {row.labels[3]: row.values for row in shared.rows if row.labels[2] == "a"}
    years = [*of_a["Share of the variance"], *of_a["Share of the variance, to date"]]
    assert [1000 * thousands for thousands in figures] == years
    assert figures[0] == 1000 * over * first / 100
    assert (one, two, none) == (1, 2, 3)


def test_oxfordshires_dispute_is_that_of_the_sources():
    exact, agreed, apart, over = stated(
        "model", "Oxfordshire's exact #/49.23 and agreed #/49 differ by £# on £#m."
    )
    text = section("sources", "PB §4.2")
    assert f"= {apart / 1e6:.6f}, £m" in text and f"£{over:.3f}m" in text
    computed = 1.015385 / over * 100
    assert (round(computed, 2), agreed) == (exact, 100 * 1.020 / over)


def test_a_pot_that_was_not_earned():
    icb, council, pot, half, settled, keeps, better, worse, whole = stated(
        "model",
        "the ICB pays in # and the council #, and all is spent. A pot of # is not earned and shared"
        " #/50: settled # each. The ICB keeps #, so it is # better off, the council # worse, the"
        " whole system #.",
    )
    assert settled == -pot * half / 100
    assert (better, worse) == (keeps + settled, -settled)
    assert whole == better - worse and keeps == pot < icb > council


def test_the_small_plan_is_that_of_its_file():
    plan = from_yaml((ROOT / "tests/examples/worked_example/plan.yaml").read_text("utf-8")).plan
    horizon, growth = stated(
        "model", "horizon #, all price and cost indices 0 %, growth # % a year"
    )
    assert horizon == plan.setup.horizon
    (index,) = [row for row in plan.indices if row.id == "growth"]
    assert {growth / 100} == {float(rate) for rate in index.rates.values()}


def test_the_review_of_the_discount_rate_is_that_of_the_sources():
    day, year, kept = stated(
        "model",
        "on # June # (AP §1.2). A second-hand account, not seen at its source, says that it keeps # %",
    )
    text = section("sources", "AP §1.2")
    assert f"published on {day:.0f} June {year:.0f}" in text and f"keeps {kept} % of pure" in text


def test_a_percentile_is_excels():
    assert stated("model", "Example: of # draws of #, #, #, # and #") == [5, 10, 20, 30, 40, 50]
    (low,) = stated("model", "10 + 0.4 × 10 = #. The P90")
    (high,) = stated("model", "The P90 is 40 + 0.6 × 10 = #.")
    found = percentiles(np.array([10.0, 20.0, 30.0, 40.0, 50.0]), 0.1, 0.9)
    assert found.tolist() == pytest.approx([low, high])


def test_money_of_a_year_is_worth_less_today():
    (today,) = stated("model", "26,655 ÷ (1.02 × 1.035) = £#")
    nominal, deflator = np.array([0.0, 26_655.0]), np.array([1.0, 1.02])
    worth = present_value(nominal, deflator, np.array([1.0, 1 / 1.035]))
    assert round(float(np.sum(worth))) == today


def test_a_trial_that_proves_nothing_is_that_of_the_evidence():
    people, difference, low, high = stated(
        "model", "a trial of # people with a cost difference of −£# (# to #) is not proven"
    )
    (study,) = [
        row
        for row in rows("evidence_study")
        if row["programme"] == "falls-response" and row["outcome"] == "Cost"
    ]
    assert study["population"].startswith(f"{people:.0f} people") and study["design"] == "trial"
    ends = [float(study[name]) for name in ("estimate", "estimate_low", "estimate_high")]
    assert ends == [-difference, low, high] and study["finding"] == "null"


def test_three_figures_have_changed():
    before, after, other, other_after = stated(
        "model",
        "the ICB's £# a year of three years becomes £# (one figure), and the council's £# becomes £#",
    )
    moved = 3 * (after - before) + 2 * (other_after - other)
    assert f"£{moved:,.0f} of contributions" in SINCE


def test_what_waiting_costs():
    days, night, cost = stated("model", "Waiting 5 × # days × £# = # for the hospital")
    (row,) = [row for row in rows("unit_cost") if row["id"] == "delayed_bed"]
    assert night == float(row["unit_cost"]) and cost == 5 * days * night


def small_plan(**changes: object) -> Case:
    """The plan of §14, with some of its tables changed."""
    return evaluate_draft(from_document(small_document() | changes))


def test_what_each_new_version_of_an_index_changes():
    before, now, grew, grows = stated(
        "model", "in their new versions: prices # %, now # %; growth # %, now # %."
    )
    prices, growth = (
        stated("model", "30,600,000 − 30,300,000 = £#."),
        stated("model", "30,906,000 − 30,600,000 = £#."),
    )
    rates = {"uplift": (before, now), "growth": (grew, grows)}
    indices = []
    for name, (earlier, later) in rates.items():
        old = name + "_before"
        indices.append({"id": old, "rates": {"2026/27": earlier / 100, "2027/28": 0}})
        new = {"2026/27": later / 100, "2027/28": 0}
        indices.append({"id": name, "earlier": old, "rates": new})
    lines = small_document()["acute_lines"]
    lines[0]["price_uplift"] = "uplift"
    block = VERSIONS.build(small_plan(indices=indices, acute_lines=lines))
    label = ("Activity line", "Non-elective", "Payment if nothing changes")
    changes = {row.labels[0]: row.values[1] for row in block.rows if row.labels[1:] == label}
    assert changes == {"uplift": prices[0], "growth": growth[0]}


def test_a_goal_on_track_that_is_missed_and_what_closes_its_gap():
    start, aim = stated("model", "Example, the spells of §14, from # to # by 2027/28.")
    goal = {"id": "g", "measure": "Spells", "good": "lower", "acute_line": "nel"}
    goal |= {"baseline": start, "target": aim, "target_year": "2027/28", "unit": "spells"}
    case = small_plan(goals=[goal])
    rows = {row.labels[2]: row.values for row in GOAL_TRACKER.build(case).rows}
    (needed,) = stated("model", "(9,600 − 10,000) × 1 ÷ 2 = #.")
    (first,) = stated("model", "10,100 − 505 = #, on track")
    (second,) = stated("model", "on track, and 10,201 − 510.05 = #.")
    assert rows["Needed to be on track"] == (None, needed, aim)
    assert rows["Expected"] == pytest.approx((start, first, second))
    assert rows["On track"] == (None, "yes", "no")
    (off,) = stated("model", "9,690.95 − 9,600 = #.")
    assert f"Not met by 2027/28: {off:.1f} spells above the target" in rows
    (size,) = stated("model", "= 1.1783, so # times.")
    (comes_to,) = stated("model", "(1 − 0.05 × 1.18) = # and")
    (more,) = stated("model", "2 × 500,000 × 0.18 = £# more.")
    (way,) = closings(case.answered, case.plan.goals[0])
    assert (way.size, way.value, way.more) == (size, pytest.approx(comes_to), 100 * more)
    most, step = stated("model", "up to # times, for all"), stated("model", "in steps of £#.")
    assert (most, step) == ([goal_gaps.LARGEST], [goal_gaps.POUNDS])


def test_what_a_goal_needs_where_only_money_is_short():
    has, cost, avoids, spells = stated(
        "model", "a pool has £# a year for a programme of £# that would avoid # of # spells."
    )
    (target,) = stated("model", "For # spells it takes")
    (more,) = stated("model", "0.8 × 100,000 − 40,000 = £# more a year.")
    line = test_goal_tracker.LINE | {"contract": "block"}
    funding = test_goal_tracker.PLAN["contributions"][0]
    programme = test_goal_tracker.PLAN["programmes"][0]
    years = test_goal_tracker.YEARS
    assert (spells, cost) == (line["base_activity"], programme["fixed_cost"][years[0]])
    assert avoids == spells * programme["reach"][years[0]] * programme["effect"]
    (way,) = test_goal_tracker.ways(
        {"target": target},
        acute_lines=[line],
        shifts=[{"id": "s", "lines": ["nel"], "pool": "bcf"}],
        contributions=[funding | {"base_amount": 0, "amounts": dict.fromkeys(years, has)}],
    )
    assert (way.size, way.a_year, way.value) == (1.0, 100 * more, pytest.approx(target))


def test_what_is_the_same_wherever_it_stands():
    assert stated("model", "other numbers to # significant digits") == [15]
    assert stated("model", "else at # April of the first plan year") == [1]
    assert stated("model", "discount set (Green Book #)") == [2026]
    assert stated("model", "shares of a line sum to #)") == [1]
    assert stated("model", "non-recurrent: #. North") == [0]
    assert stated("model", "ρ(t−L)`, # before year 1") == [0]
    assert stated("model", "(a typed # is a row)") == [0]
    assert stated("model", "shares of an old partner sum to # %") == [100]
    assert stated("model", "the old row # from y") == [0]
    assert stated("model", "Shares that do not make # %") == [100]
    assert stated("model", "Above # % of either is a warning") == [100]
    assert stated("model", "nobody is reached has #.") == [0]
    assert stated("model", "so a gap above # in the last year") == [0]
    assert stated("model", "more is worse: × # where higher") == [-1]
    assert stated("model", "with something planned, # to #; none") == [0, 1]
    assert stated("model", "(goal, year, # quarters, denominator)") == [4]
    assert stated("model", "÷ 100,000 (or #) × denominator") == [100]
    assert stated("model", "has all # steps unless") == [4]
    assert stated("model", "have G + O in all #.") == [4]
    assert stated("model", "# views never summed") == [4]


def test_days_and_editions():
    assert stated("model", "Paid to date on # April #:") == [1, 2027]
    assert stated("model", "more than # whole months lie") == [6]
    assert stated("model", "an edition of November # is") == [2025]
    assert stated("model", "months old in April # (fresh)") == [2026]
    assert stated("model", "in July # (old, a note)") == [2026]
    assert stated("model", "the ICB of before April # with most") == [2026]
    (based,) = stated("model", "(ONS #-based, migration category variant)")
    (table,) = [row for row in rows("catalogue") if row["table"] == "population_board"]
    assert f"{based:.0f}-based" in table["vintage"]


def test_how_far_groups_are_reached():
    per, *_ = stated("model", "admissions a # from 180")
    assert per == 1000
    people, first, second, part, later = stated(
        "model",
        "the most deprived fifth is # % of the people; reach # %, then # %; it is # % and # % of",
    )
    group = stated("model", "0.10 × 0.15 ÷ 0.20 = # %") + stated(
        "model", "0.20 × 0.12 ÷ 0.20 = # %"
    )
    assert group == [first * part / people, second * later / people]
    others = stated("model", "0.85 ÷ 0.80 = # %:") + stated("model", "0.88 ÷ 0.80 = # %:")
    rest = 100 - people
    assert others == [first * (100 - part) / rest, second * (100 - later) / rest]
