"""Every mechanism R1 to R20 of the agreements in their own words, the worked numbers, and the real
cases.

Words and sources: PB §4.1; numbers: PB §4.2; cases: Oxfordshire 2013-18, Rotherham 2015-16, clauses
of section 75 agreements, Nottingham City 2015-16.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from icbudget.answers import catalogue
from icbudget.answers.case import Case
from icbudget.engine.accounts.pay_for_performance import earned, payments, released
from icbudget.engine.accounts.risk_share_settlement import exposure
from icbudget.engine.projection.projection import project
from icbudget.engine.uncertainty.simulate import runner_of
from icbudget.plan.plan_text import from_document, from_yaml
from tests.engine.sharing import (
    borne,
    document,
    fixed,
    left,
    line,
    met,
    pool,
    put,
    result_of,
    shares,
    step,
)
from tests.places import BOROUGH

OXFORDSHIRE = [put("council", 99_000_000), put("icb", 96_000_000)]


def test_r1_proportional_to_contributions_as_oxfordshire_shares_two_million():
    """Pool £195m, council £99m, CCG £96m: the proportions "determine the levels of responsibility …
    with respect to risk".
    """
    told = shares(document(OXFORDSHIRE, [line("1", 197_000_000)], [step(basis="contributions")]))[
        "bcf"
    ]
    assert borne(told) == {"council": 1_015_384.62, "icb": 984_615.38}
    assert [round(float(p.by_rule[0, 0]) * 100, 2) for p in told.parts] == [49.23, 50.77]
    one_million = shares(
        document(OXFORDSHIRE, [line("1", 196_000_000)], [step(basis="contributions")])
    )["bcf"]
    assert borne(one_million) == {"council": 507_692.31, "icb": 492_307.69}


def test_r1_agreed_percentages_differ_from_computed_by_4615():
    """51 % / 49 % as printed: £1.020m / £0.980m, £4,615 away from computed shares. It is a dispute,
    so the basis is told.
    """
    rules = [
        step(basis="agreed", partner=p, share=s) for p, s in (("council", 0.51), ("icb", 0.49))
    ]
    told = shares(document(OXFORDSHIRE, [line("1", 197_000_000)], rules))["bcf"]
    assert borne(told) == {"council": 1_020_000, "icb": 980_000}
    assert borne(told)["council"] - 1_015_384.62 == pytest.approx(4_615, abs=0.5)


def test_r2_fixed_percentage_as_plymouth_and_rotherham():
    """Rotherham's risk pool "attributed on a 50/50 basis"; Plymouth's fund 77:23 CCG to council."""
    contributions, schemes = [put("icb", 100), put("council", 900)], [line("1", 1_000_100)]
    even = shares(document(contributions, schemes, fixed()))["bcf"]
    assert borne(even) == {"icb": 499_550, "council": 499_550}
    plymouth = shares(
        document(contributions, schemes, fixed(shares={"icb": 0.77, "council": 0.23}))
    )["bcf"]
    assert borne(plymouth) == {"icb": 769_307, "council": 229_793}


def test_r3_pro_rata_to_who_commissions_the_scheme():
    """ "attributable pro rata to the proportion of that scheme commissioned by each partner
    organisation".
    """
    schemes = [
        line("1", 600, commissioner="Joint", nhs_share=0.7, la_share=0.3),
        line("2", 400, commissioner="LA"),
    ]
    told = shares(
        document([put("icb", 300), put("council", 200)], schemes, [step(basis="commissioner")])
    )["bcf"]
    # £500 over, 300 of it on the joint scheme and 200 on the council's
    assert borne(told) == {"icb": 210, "council": 290}


def test_r3_the_nhs_part_of_a_scheme_is_divided_among_icbs_by_what_they_put_in():
    contributions = [put("icb", 300), put("icb_b", 100), put("council", 100)]
    told = shares(
        document(contributions, [line("1", 900, commissioner="NHS")], [step(basis="commissioner")])
    )["bcf"]
    assert borne(told) == {"icb": 300, "icb_b": 100}


@pytest.mark.parametrize(
    ("overspend", "expected", "unresolved"),
    [
        (500_000, {"icb": 350_000, "council": 150_000}, 0),
        (1_200_000, {"icb": 700_000, "council": 300_000}, 200_000),
    ],
)
def test_r4_share_limited_to_contribution(overspend, expected, unresolved):
    """ "subject to the maximum level of funding each partner contributes to the scheme unless agreed
    by both CFOs".
    """
    rules = [step(basis="contributions", cap_percent=1.0)]
    told = shares(
        document(
            [put("icb", 700_000), put("council", 300_000)],
            [line("1", 1_000_000 + overspend)],
            rules,
        )
    )["bcf"]
    assert borne(told) == expected and left(told) == unresolved


def test_r4_what_a_cap_keeps_back_is_for_the_next_step_and_not_for_the_other_partner():
    rules = [*fixed(), step(step=2, basis="host")]
    rules[0]["cap"] = 30
    told = shares(document([put("icb", 100)], [line("1", 300)], rules))["bcf"]
    first = {part.partner: part.amounts[0, 0] / 100 for part in told.parts if part.step == 1}
    assert first == {"icb": 30, "council": 100}
    assert borne(told) == {"icb": 30, "council": 170}


TWO_POOLS = [pool("a"), pool("b", host="icb")]
ROTHERHAM = [
    step(applies_to="overspend", kind="offset", clause="1"),
    step(step=2, applies_to="overspend", kind="contingency", amount=500_000, clause="2"),
    step(step=3, applies_to="overspend", kind="uncommitted", amount=100_000, clause="3"),
    step(step=4, applies_to="overspend", basis="commissioner", cap_percent=1.0, clause="4"),
]


@pytest.mark.parametrize(
    ("over", "under", "offset", "risk_pool", "uncommitted", "partners"),
    [
        (600_000, 200_000, 200_000, 400_000, 0, 0),  # PB §4.2
        (
            700_000,
            300_000,
            300_000,
            400_000,
            0,
            0,
        ),  # Rotherham, waterfall_inside: 100,000 of the risk pool is left
        (1_000_000, 300_000, 300_000, 500_000, 100_000, 100_000),
    ],
)
def test_r5_contingency_first_waterfall(over, under, offset, risk_pool, uncommitted, partners):
    """(1) underspends in either pool, (2) the risk pool, (3) schemes not yet committed, (4)
    resources outside the pool.
    """
    contributions = [put("icb", 2_000_000, "a"), put("council", 1_000_000, "b")]
    schemes = [
        line("1", 2_000_000 + over, "a", commissioner="NHS"),
        line("2", 1_000_000 - under, "b", commissioner="LA"),
    ]
    pools = [row | {"underspend": "retain"} for row in TWO_POOLS]
    told = shares(document(contributions, schemes, ROTHERHAM, pools))
    assert met(told["a"], "offset") == offset == -met(told["b"], "offset")
    assert (
        met(told["a"], "contingency") == risk_pool and met(told["a"], "uncommitted") == uncommitted
    )
    assert borne(told["a"]) == ({"icb": partners} if partners else {})
    assert left(told["a"]) == left(told["b"]) == met(told["b"], "retain") == 0


def test_r5_underspends_stay_in_the_pool():
    pools = [pool("a", underspend="retain")]
    told = shares(
        document(
            [put("icb", 500, "a")], [line("1", 300, "a", commissioner="NHS")], ROTHERHAM, pools
        )
    )["a"]
    assert met(told, "retain") == -200 and not borne(told) and not left(told)


def test_r6_each_partner_bears_its_own():
    """Herefordshire: pooled but "no risk share … retained responsibility for their own services":
    nothing is netted.
    """
    contributions = [put("icb", 500), put("council", 500, source="own")]
    schemes = [
        line("1", 560, lead_partner="icb"),
        line("2", 480, source="own", lead_partner="council"),
    ]
    told = shares(document(contributions, schemes, [step(basis="lead")]))["bcf"]
    assert borne(told) == {"icb": 60, "council": -20}


def test_r7_layered_by_sub_pool_as_wirral():
    """£8.2m over on the ICB-commissioned part, nothing on the Better Care Fund: the ICB meets all
    of it.
    """
    pools = [pool("bcf", "bcf"), pool("rest", "icb_part", parent="bcf")]
    rules = [row | {"id": "bcf"} for row in fixed()] + [
        {"id": "icb_part", "basis": "fixed", "partner": "icb", "share": 1.0}
    ]
    contributions = [put("icb", 50e6), put("council", 50e6), put("icb", 135e6, "rest")]
    told = shares(
        document(contributions, [line("1", 100e6), line("2", 143.2e6, "rest")], rules, pools)
    )
    assert borne(told["rest"]) == {"icb": 8_200_000} and not borne(told["bcf"])


def test_r7_a_parents_rule_is_for_its_own_variance_only():
    """Model §8: the sub-pool has no rule, so nobody bears its £50."""
    pools = [pool("bcf"), pool("part", "", parent="bcf")]
    told = shares(
        document(
            [put("icb", 100), put("council", 100, "part")],
            [line("1", 100), line("2", 150, "part")],
            fixed(),
            pools,
        )
    )
    assert borne(told["part"]) == {} and left(told["part"]) == 50


def test_r7_a_parent_shows_its_own_and_the_sum_of_its_children_apart():
    pools = [pool("bcf"), pool("one", "", parent="bcf"), pool("two", "", parent="bcf")]
    contributions = [put("icb", 100), put("icb", 100, "one"), put("icb", 100, "two")]
    schemes = [line("1", 105), line("2", 150, "one"), line("3", 120, "two")]
    result = result_of(document(contributions, schemes, fixed(), pools))
    rows = {
        row.labels[3]: row.values[0]
        for row in catalogue.RISK_SHARED.build(Case(result.plan, result, ())).rows
        if row.labels[0] == "bcf"
    }
    assert rows["Variance (overspend positive)"] == 5
    assert rows["Variance of the pools under it, added up (overspend positive)"] == 50 + 20


def test_r8_fixed_and_variable_line_by_line():
    """Luton: "Where fixed, any overspend or underspend by the host will not alter the contributions
    required by the non-host".
    """
    contributions = [
        put("icb", 300),
        put("council", 100),
        put("icb", 300, source="two"),
        put("council", 100, source="two"),
    ]
    schemes = [line("1", 460, share_profile="fixed"), line("2", 440, source="two")]
    told = shares(document(contributions, schemes, [step(basis="share_profile")]))["bcf"]
    assert borne(told) == {"council": 60 + 10, "icb": 30}


def test_r9_only_what_is_pooled_is_shared_as_oldham():
    """Aligned 124.986 + pooled 1.447 + transformation 9.192 = 135.625; the aligned budget's
    overspend is nobody's but its own.
    """
    pools = [
        pool("aligned", pooling_status="aligned"),
        pool("pooled"),
        pool("view", pooling_status="in_view"),
    ]
    contributions = [
        put("icb", 124_986_000, "aligned"),
        put("icb", 1_447_000, "pooled"),
        put("icb", 9_192_000, "view"),
    ]
    schemes = [
        line("1", 133_798_000, "aligned"),
        line("2", 1_447_010, "pooled"),
        line("3", 9_200_000, "view"),
    ]
    told = shares(document(contributions, schemes, fixed(), pools))
    assert sum(row["base_amount"] for row in contributions) == 135_625_000
    assert borne(told["pooled"]) == {"icb": 5, "council": 5}
    for name, over in (("aligned", 8_812_000), ("view", 8_000)):
        assert (
            not told[name].parts
            and told[name].not_eligible[0, 0] / 100 == over
            and not left(told[name])
        )


def test_r10_a_one_off_variation_of_contributions_never_rolls():
    """Oldham approved a one-off change to both partners' contributions: it is there in its year and
    not in the next.
    """
    told = document(
        [put("icb", 100, index="flat"), put("icb", 40, recurrent=False)],
        [line("1", 140, index="flat")],
        fixed(),
    )
    told["setup"]["horizon"] = 1
    assert list(shares(told)["bcf"].variance[0]) == [0, 4_000]


def test_r11_surplus_is_retained_by_the_lead_commissioner():
    """ "surplus monies shall be retained by the Lead Commissioner unless otherwise decided"."""
    pools = [pool(underspend="lead_commissioner", lead_commissioner="icb")]
    rules = fixed(applies_to="overspend")
    told = shares(document([put("icb", 60), put("council", 40)], [line("1", 70)], rules, pools))[
        "bcf"
    ]
    assert borne(told) == {"icb": -30}


@pytest.mark.parametrize("destination", ["retain", "redeploy", "carry_forward"])
def test_r12_r13_r14_an_underspend_stays_in_the_pool(destination):
    """Redeployed, else contingency (R12); "only to non-recurrent spend" (R13); carried into the
    next year (R14).
    """
    told = shares(
        document(
            [put("icb", 100)],
            [line("1", 70)],
            fixed(applies_to="overspend"),
            [pool(underspend=destination)],
        )
    )
    assert met(told["bcf"], destination) == -30 and not left(told["bcf"])


def test_r14_on_exit_a_surplus_is_returned_without_non_recurrent_payments():
    """ "apportioned pro rata to Financial Contributions [excluding Non-Recurrent Payments]":
    £300,000 is 180,000 and 120,000.
    """
    contributions = [
        put("icb", 900_000),
        put("icb", 100_000, recurrent=False),
        put("council", 600_000),
    ]
    pools = [pool(underspend="return_recurrent")]
    told = shares(
        document(contributions, [line("1", 1_300_000)], fixed(applies_to="overspend"), pools)
    )["bcf"]
    assert borne(told) == {"icb": -180_000, "council": -120_000}


@pytest.mark.parametrize(
    ("recurrent", "expected"),
    [(True, {"icb": -20, "council": -10}), (False, {"icb": -15, "council": -15})],
)
def test_a_recurrent_virement_counts_where_an_underspend_goes_back_by_recurrent_contributions(
    recurrent, expected
):
    """ICB and council put in £100 each; £100 more of the ICB's comes in by an approved virement.

    £300 in, £270 spent, £30 under: by £200 and £100 it is 20 and 10; a one-off virement is no
    recurrent contribution, so then it is 15 and 15.
    """
    told = document(
        [put("icb", 100), put("council", 100)],
        [line("1", 200)],
        fixed(applies_to="overspend"),
        [pool(underspend="return_recurrent")],
    )
    told["actuals"][0]["amount"] = 270
    virement = {"id": "v", "year": "2025/26", "month": 6, "to_scheme": "1", "amount": 100}
    approved = {"partner": "icb", "approved_by": "Board", "recurrent": recurrent}
    told["virements"] = [virement | approved]
    assert borne(shares(told)["bcf"]) == expected


@pytest.mark.parametrize(
    ("community", "expected"), [(1_300, {"icb": 150, "council": 150}), (900, {})]
)
def test_r15_excess_over_the_dowry_is_split_and_a_surplus_stays(community, expected):
    """The dowry follows the patient into the pool; if care costs more, CCG and council add 50 %
    each; if less, it stays.
    """
    pools, rules = [pool(underspend="carry_forward")], fixed(applies_to="overspend")
    told = shares(
        document([put("icb", 1_000, name="Dowry")], [line("1", community)], rules, pools)
    )["bcf"]
    assert borne(told) == expected and not left(told)


@pytest.mark.parametrize(
    ("saving", "expected"),
    [
        (50, {"icb": -37.5, "icb_b": -12.5}),
        (100, {"icb": -60 - 12, "icb_b": -20 - 4, "council": -4}),
    ],
)
def test_r16_others_benefit_by_ten_per_cent_before_the_council(saving, expected):
    """Essex: the council waits "until all other Commissioners have benefitted from a 10 % cost
    reduction".
    """
    rules = [
        step(basis="contributions", partner=p, cap_percent=0.1, applies_to="underspend")
        for p in ("icb", "icb_b")
    ]
    rules.append(step(step=2, basis="contributions"))
    contributions = [put("icb", 600), put("icb_b", 200), put("council", 200)]
    told = shares(document(contributions, [line("1", 1_000 - saving)], rules))["bcf"]
    assert borne(told) == expected


def test_r17_whole_system_share_with_a_provider():
    """Torbay: £12m over, the council adds £1.2m; the trust and the CCG the rest."""
    rules = fixed(shares={"council": 0.1, "trust": 0.45, "icb": 0.45})
    told = shares(document([put("icb", 300e6)], [line("1", 312e6)], rules))["bcf"]
    assert borne(told) == {"icb": 5_400_000, "council": 1_200_000, "trust": 5_400_000}


def pots(achieved, planned=(100, 100, 100, 100), **more):
    return [
        {
            "id": "nel",
            "year": "2025/26",
            "quarter": q,
            "pool": "bcf",
            "pot": 700_000,
            "planned": p,
            "achieved": a,
            **more,
        }
        for q, (p, a) in enumerate(zip(planned, achieved, strict=True), 1)
    ]


def test_r18_a_pot_is_released_in_proportion_quarter_by_quarter():
    """ "If the targeted reduction is met, 100 % of the quarterly sum is released. If, say, 30 % is
    achieved, 30 %": £2.8m.
    """
    told = payments(
        from_document(document([], [], [], performance_pots=pots((100, 30, -20, 150)))).plan
    )
    assert [p.earned / 100 for p in told] == [700_000, 210_000, 0, 700_000]
    assert sum(p.pot for p in told) / 100 == 2_800_000
    assert released(70_000_000, 100, 0) == 0


def test_r18_the_cumulative_formula_pays_what_is_caught_up_and_takes_nothing_back():
    """max(0, min(Σ achieved, Σ planned)) × price − paid before: 80 of 100; then 230 of 200 so far;
    a rise; caught up.
    """
    assert earned([100] * 4, [80, 150, -90, 300], 1_490) == [11_920_000, 17_880_000, 0, 29_800_000]
    rows = pots((80, 150, -90, 300), formula="cumulative", unit_price=1_490)
    told = payments(from_document(document([], [], [], performance_pots=rows)).plan)
    assert [p.earned for p in told] == [11_920_000, 17_880_000, 0, 29_800_000]


def test_r18_nottingham_meets_the_shortfall_from_underspends_first():
    """Forecast underspend £2.348m; £0.514m of performance money is not earned: £1.834m is left, and
    no call on partners.
    """
    pot = {
        "id": "nel",
        "year": "2025/26",
        "quarter": 1,
        "pool": "bcf",
        "pot": 514_000,
        "planned": 100,
        "achieved": 0,
    }
    told = document(
        [put("icb", 20_000_000)],
        [line("1", 17_652_000)],
        fixed(applies_to="overspend"),
        [pool(underspend="retain")],
    )
    share = shares(told | {"performance_pots": [pot]})["bcf"]
    assert met(share, "retain") == -1_834_000 and not borne(share)


def test_r19_local_hold_back_is_there_in_the_years_it_was_agreed_for():
    """An "appropriate proportion" held back as contingency for excess activity, by year."""
    rules = [step(kind="contingency", amounts={"2026/27": 60}), *fixed(number=2)]
    told = document([put("icb", 100, index="flat")], [line("1", 150, index="flat")], rules)
    told["setup"]["horizon"] = 1
    share = shares(told)["bcf"]
    # £50 over in each year; the first is settled 25 / 25, so the second is £50 again, within £60
    assert (met(share, "contingency", 0), met(share, "contingency", 1)) == (0, 50)
    assert (borne(share, 0), borne(share, 1)) == ({"icb": 25, "council": 25}, {})


def test_r20_ring_fenced_money_is_excluded():
    contributions = [put("icb", 100), put("council", 500, source="DFG", ring_fenced=True)]
    told = shares(document(contributions, [line("1", 120), line("2", 450, source="DFG")], fixed()))[
        "bcf"
    ]
    assert told.variance[0, 0] / 100 == -30 and told.not_eligible[0, 0] / 100 == -50
    assert borne(told) == {"icb": 10, "council": 10}


@pytest.mark.parametrize(
    ("to", "told"),
    [
        ({"underspend": "lead_commissioner", "lead_commissioner": "icb"}, {"icb": -10}),
        ({"underspend": "retain"}, {}),
        ({}, {}),
    ],
)
def test_a_pool_without_a_rule_still_says_where_an_underspend_goes(to, told):
    """£100 in, £90 spent; with £110 spent nobody is said to bear the overspend."""
    under = shares(document([put("icb", 100)], [line("1", 90)], [], [pool(rule="", **to)]))["bcf"]
    assert borne(under) == told and left(under) == (0 if to else -10)
    over = shares(document([put("icb", 100)], [line("1", 110)], [], [pool(rule="", **to)]))["bcf"]
    assert not borne(over) and left(over) == 10


def test_what_is_in_kind_leaves_no_money_over():
    told = shares(
        document([put("icb", 100), put("council", 80, in_kind=True)], [line("1", 110)], fixed())
    )["bcf"]
    assert (
        borne(told) == {"icb": 5, "council": 5}
        and told.variance[0, 0] / 100 == 10
        and not told.not_eligible.any()
    )


def test_bands_stack():
    """User-defined: the first 2 % of the pool 50/50, the next £30 at 80/20, the host the rest."""
    rules = [
        *fixed(width_percent=0.02),
        *fixed(2, {"icb": 0.8, "council": 0.2}, width=30),
        step(step=3, basis="host"),
    ]
    told = shares(document([put("icb", 1_000)], [line("1", 1_070)], rules))["bcf"]
    assert [(p.step, p.partner, p.amounts[0, 0] / 100) for p in told.parts if p.amounts.any()] == [
        (1, "icb", 10),
        (1, "council", 10),
        (2, "icb", 24),
        (2, "council", 6),
        (3, "council", 20),
    ]


def test_contingency_bands_and_caps_are_for_all_pools_of_a_rule():
    rules = [step(kind="contingency", amount=30), *fixed(2)]
    for row in rules[1:]:
        row["cap"] = 20
    contributions = [put("icb", 100, "a"), put("council", 100, "b")]
    told = shares(
        document(contributions, [line("1", 160, "a"), line("2", 130, "b")], rules, TWO_POOLS)
    )
    assert (met(told["a"], "contingency"), met(told["b"], "contingency")) == (20, 10)
    total = {p: borne(told["a"])[p] + borne(told["b"])[p] for p in ("icb", "council")}
    assert (
        total == pytest.approx({"icb": 20, "council": 20})
        and left(told["a"]) + left(told["b"]) == 20
    )


def test_gain_and_loss_follow_different_rules():
    rules = fixed(applies_to="overspend") + fixed(
        2, {"icb": 0.9, "council": 0.1}, applies_to="underspend"
    )
    over = shares(document([put("icb", 100)], [line("1", 200)], rules))["bcf"]
    under = shares(document([put("icb", 100)], [line("1", 0)], rules))["bcf"]
    assert borne(over) == {"icb": 50, "council": 50} and borne(under) == {
        "icb": -90,
        "council": -10,
    }


def test_a_rule_by_line_leaves_what_belongs_to_no_line():
    told = shares(
        document(
            [put("icb", 100), put("council", 50, source="idle")],
            [line("1", 130, lead_partner="icb")],
            [step(basis="lead")],
        )
    )
    assert borne(told["bcf"]) == {"icb": 30} and left(told["bcf"]) == -50


def test_exposure_sums_what_each_partner_bears():
    told = document(
        [put("icb", 100, "a"), put("council", 100, "b")],
        [line("1", 150, "a"), line("2", 90, "b")],
        fixed(),
        TWO_POOLS,
    )
    assert exposure(result_of(told))[0, 0].tolist() == [2_000, 2_000, 0, 0]


def test_many_draws_come_out_as_each_by_itself_whatever_of_them_is_alike():
    plan = from_yaml(BOROUGH.read_text(encoding="utf-8")).plan
    runner = runner_of(plan)
    drawn = runner.sampler.drawn(0, 25)
    ((many, _, _),) = runner.results(drawn, 25)
    together = exposure(many)
    years_that_differ = (together != together[:1]).any(axis=(0, 2))
    assert years_that_differ.any() and not years_that_differ.all()
    for draw in range(25):
        figures = drawn.figures(plan).of_draws([draw])
        alone = replace(many, projection=project(runner.structure, figures, runner.rules))
        np.testing.assert_array_equal(exposure(alone)[0], together[draw])


def test_a_cap_below_zero_is_a_finding_with_its_place():
    draft = from_document(document([put("icb", 100)], [], [step(basis="contributions", cap=-1)]))
    (found,) = draft.findings
    assert str(found).startswith(
        "Risk share, row 1, column cap: Cap is -1.00; it must be at least 0."
    )
