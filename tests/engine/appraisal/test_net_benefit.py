"""What is avoided, what it is worth and who avoided it, by hand, one rule at a time."""

from __future__ import annotations

import copy
from math import log

import numpy as np
import pytest

from icbudget.engine.accounts.bridge import SYSTEM, bridges
from icbudget.engine.accounts.postings import postings
from icbudget.engine.appraisal.index_versions import version_effects
from icbudget.engine.projection.acute_amounts import AcuteAmounts
from icbudget.engine.projection.attribution import shapley
from icbudget.engine.projection.avoided import lags_of
from icbudget.engine.projection.effect import adjusted, rate_reduction
from icbudget.engine.run import run
from tests.engine.plans import read

YEARS = [f"{y}/{y - 1999}" for y in range(2026, 2031)]


def plan(line=None, programmes=None, segments=None, **tables):
    """One line of 1,000 units at £100 that nothing makes grow, with what is given laid over."""
    base = {
        "id": "k",
        "currency": "spell",
        "commissioner": "icb",
        "provider": "trust",
        "base_activity": 1000,
        "demographic_index": "flat",
        "non_demographic_index": "flat",
        "unit_price": 100,
        "unit_cost": 100,
        "price_uplift": "flat",
        "price_efficiency": "flat",
        "contract": "activity",
        "variable_cost": 0.2,
        "semi_fixed_cost": 0.5,
        "fixed_cost": 0.3,
    }
    programmes = programmes if programmes is not None else [{"id": "p", "effect": 0.2}]
    fixed = {"partner": "icb", "grade": "D", "cost_index": "flat"}
    return {
        "setup": {
            "title": "By hand",
            "base_year": "2025/26",
            "horizon": 5,
            **tables.pop("setup", {}),
        },
        "partners": [
            {"id": "icb", "name": "ICB", "kind": "icb"},
            {"id": "trust", "name": "Trust", "kind": "nhs_provider"},
        ],
        "indices": [{"id": "ten", "rates": dict.fromkeys(YEARS, 0.1)}],
        "acute_lines": [base | (line or {})],
        "segments": (
            segments
            or [
                {
                    "acute_line": "k",
                    "id": "all",
                    "share": 1,
                    "programmes": [p["id"] for p in programmes],
                }
            ]
        ),
        "programmes": [{**fixed, "reach": dict.fromkeys(YEARS, 1.0), **p} for p in programmes],
    } | tables


def projection(*args, **tables):
    return run(read(plan(*args, **tables))).projection


# -- effects and overlap


@pytest.mark.parametrize(
    ("parts", "kept"),
    [
        ((0.2, 0, 0, 0, 0), 0.2),
        ((0.2, 0.1, 0, 0, 0.25), 0.135),
        ((0.3, 0.1, 0, 0, 0.15), 0.2295),
        ((0.4, 0.5, 0.5, 0.5, 0.5), 0.025),
        ((-0.2, 0.5, 0.5, 0.5, 0.5), -0.2),  # harm is taken in full
    ],
)
def test_what_is_left_of_an_effect(parts, kept):
    assert float(adjusted(*parts)) == pytest.approx(kept)


def test_an_unknown_measure_and_a_missing_risk_are_refused():
    with pytest.raises(ValueError):
        rate_reduction("hazard_ratio", 0.8)
    with pytest.raises(ValueError):
        rate_reduction("odds_ratio", 0.8)


def three(**more):
    return [{"id": f"p{n}", "effect": 0.1, **more} for n in range(3)]


def test_three_times_ten_per_cent_is_not_thirty():
    assert projection(programmes=three()).avoided[0, 1, 0] == pytest.approx(271)


@pytest.mark.parametrize(
    ("overlap", "avoided"),
    [
        (0.0, 271.0),  # 1 − 0.9³
        (0.5, 187.75),  # 0.1, then + 0.5 × 0.9 × 0.1 = 0.145, then + 0.5 × 0.855 × 0.1 = 0.18775
        (1.0, 100.0),  # the same people three times
    ],
)
def test_one_family_reaches_partly_the_same_admissions(overlap, avoided):
    p = projection(programmes=three(family="falls"), setup={"family_overlap": overlap})
    assert p.avoided[0, 1, 0] == pytest.approx(avoided)


def test_by_logarithms_where_all_help():
    # 0.20 and 0.30: in all 0.44; ln 0.8 = −0.22314, ln 0.7 = −0.35667; shares 0.1693 and 0.2707
    result = run(read(plan(programmes=[{"id": "a", "effect": 0.2}, {"id": "b", "effect": 0.3}])))
    by = result.units_by_programme()[0, 1, :, 0] / 1000
    assert [round(float(v), 4) for v in by] == [0.1693, 0.2707]
    assert by[0] == pytest.approx(0.44 * log(0.8) / (log(0.8) + log(0.7)))


def test_by_shapley_value_where_one_harms():
    # a avoids 0.2 alone; h adds 0.1 alone; together 1 − 0.8 × 1.1 = 0.12
    # a: half of 0.2 + (0.12 + 0.1) = 0.21; h: half of −0.1 + (0.12 − 0.2) = −0.09
    result = run(read(plan(programmes=[{"id": "a", "effect": 0.2}, {"id": "h", "effect": -0.1}])))
    assert result.units_by_programme()[0, 1, :, 0] == pytest.approx([210, -90])


def test_the_printed_shapley_values():
    assert shapley(np.array([[0.2, 0.3]]), [[0], [1]], 0.5)[0] == pytest.approx([0.17, 0.27])


@pytest.mark.parametrize(
    ("lag", "active"),
    [
        (0, [0, 0.1, 0.2, 0.4, 0.8, 0.8]),
        (1, [0, 0, 0.1, 0.2, 0.4, 0.8]),
        (1.5, [0, 0, 0.05, 0.15, 0.3, 0.6]),
        (0.25, [0, 0.075, 0.175, 0.35, 0.7, 0.8]),
        (9, [0, 0, 0, 0, 0, 0]),
    ],
)
def test_a_lag_shifts_reach_and_a_part_of_a_year_weights_two(lag, active):
    reach = np.array([[[0.0]], [[0.1]], [[0.2]], [[0.4]], [[0.8]], [[0.8]]])
    alone = lags_of(np.array([[float(lag)]]))
    assert [float(alone.of_year(reach, t)[0, 0]) for t in range(6)] == pytest.approx(active)
    in_two_draws = lags_of(np.array([[0.0], [float(lag)]]))
    beside = [in_two_draws.of_year(np.repeat(reach, 2, axis=1), t)[:, 0] for t in range(6)]
    np.testing.assert_allclose(np.transpose(beside), [[0, *reach[1:, 0, 0]], active])


def test_people_who_join_are_lost_by_the_drop_off():
    p = projection(
        programmes=[
            {
                "id": "p",
                "effect": 0.5,
                "reach_basis": "joins",
                "drop_off": 0.5,
                "max_reach": 0.18,
                "reach": {},
                "people": {YEARS[0]: 100, YEARS[1]: 100, YEARS[2]: 200},
                "cohort": dict.fromkeys(YEARS, 1000),
            }
        ]
    )
    # in year 3: 100 × ¼ + 100 × ½ + 200 = 275, above the most that can be reached; then half of it
    # each year
    assert p.active[0, :, 0] == pytest.approx([0, 0.1, 0.15, 0.18, 0.1375, 0.06875])


def test_bed_days_follow_the_spells_that_still_come():
    days = plan()["acute_lines"][0] | {
        "id": "days",
        "parent": "k",
        "base_activity": 5000,
        "currency": "bed day",
    }
    document = plan(
        programmes=[{"id": "p", "effect": 0.2}, {"id": "short", "effect": 0.1}],
        segments=[
            {"acute_line": "k", "id": "all", "share": 1, "programmes": ["p"]},
            {"acute_line": "days", "id": "all", "share": 1, "programmes": ["short"]},
        ],
    )
    document["acute_lines"].insert(0, days)
    result = run(read(document))
    # 5,000 × (0.2 + 0.8 × 0.1) = 1,400: 1,000 with the spells, 400 by the shorter stay
    assert result.projection.avoided[0, 1] == pytest.approx([1400, 200])
    assert result.units_by_programme()[0, 1, :, 0] == pytest.approx([1000, 400])


def test_activity_moved_in_costs_its_full_unit_cost():
    ward = plan()["acute_lines"][0] | {
        "id": "ward",
        "base_activity": 0,
        "unit_cost": 30,
        "block_size": None,
    }
    document = plan(moves=[{"programme": "p", "from_line": "k", "to_line": "ward", "units": 2.5}])
    document["acute_lines"].append({key: value for key, value in ward.items() if value is not None})
    p = projection_of(document)
    # 200 avoided × 2.5 = 500 on the ward, £30 each
    assert p.moved_in[0, 1] == pytest.approx([0, 500])
    assert p.released()[0, 1] == pytest.approx([0.2 * 200 * 100, -500 * 30])
    assert p.contract_saving[0, 1] == pytest.approx([20_000, -50_000])


def projection_of(document):
    return run(read(copy.deepcopy(document))).projection


# -- contracts: 1,000 units at £100; 200 avoided from year 1 on


def saved(line, **more):
    return projection(line, **more).contract_saving[0, :, 0]


def test_activity_contract_saves_the_whole_price():
    assert saved({"contract": "activity"}) == pytest.approx([0] + [20_000] * 5)


def test_block_contract_saves_nothing_until_it_is_rebased():
    line = {"contract": "block", "rebase_years": ["2028/29"]}
    assert saved(line) == pytest.approx([0, 0, 0, 20_000, 20_000, 20_000])


def test_a_block_of_a_stated_value_rises_with_the_price():
    p = projection({"contract": "block", "block_value": 90_000, "price_uplift": "ten"})
    assert p.pay_plan[0, :3, 0] == pytest.approx([90_000, 99_000, 108_900])


def test_a_block_is_reset_to_the_activity_of_the_year_before_at_the_price_of_the_year():
    p = projection(
        {
            "contract": "block",
            "block_value": 90_000,
            "price_uplift": "ten",
            "rebase_years": ["2027/28"],
        }
    )
    # 800 × £121 in 2027/28, and 10 % more the year after; do nothing 1,000 × £121
    assert p.pay_plan[0, 2:4, 0] == pytest.approx([96_800, 106_480])
    assert p.pay_nothing[0, 2, 0] == pytest.approx(121_000)


def test_aligned_contract_saves_the_variable_share_and_the_rest_when_rebased():
    line = {"contract": "aligned", "variable_share": 0.25, "rebase_years": ["2028/29"]}
    # 0.25 × 200 × £100, then all of it, since expected and planned activity are both 800
    assert saved(line) == pytest.approx([0, 5_000, 5_000, 20_000, 20_000, 20_000])


def test_a_contract_rebased_in_the_base_year_expects_base_activity():
    line = {
        "contract": "aligned",
        "variable_share": 0.25,
        "demographic_index": "ten",
        "rebase_years": ["2025/26"],
    }
    # expected 1,000 in every year; do nothing grows to 1,100: 100,000 + 0.25 × 100 × £100
    assert projection(line).pay_nothing[0, 1, 0] == pytest.approx(102_500)


def test_low_volume_contract_follows_a_three_year_average():
    # activity before the base year counts as the base year's: 1,000 1,000 1,000 800 800 800
    assert saved({"contract": "lva"}) == pytest.approx(
        [0, 0, 20_000 / 3, 40_000 / 3, 20_000, 20_000]
    )


# -- contracts that change; 1,000 units at £100, 800 with the programme from year 1 on, prices up 10
# % a year


def changed(change, line=None, **tables):
    return projection(
        {"price_uplift": "ten", **(line or {})},
        contract_changes=[{"acute_line": "k", **change}],
        **tables,
    )


def test_a_stated_block_begins_in_the_money_of_its_year_and_follows_the_price():
    p = changed({"year": "2027/28", "contract": "block", "block_value": 100_000})
    # activity first: 1,000 × £100, then 800 × £110; the block 100,000, then × 1.1; both paths pay
    # it alike
    assert p.pay_plan[0, :4, 0] == pytest.approx([100_000, 88_000, 100_000, 110_000])
    assert p.pay_nothing[0, :4, 0] == pytest.approx([100_000, 110_000, 100_000, 110_000])


def test_a_block_without_a_value_takes_the_activity_of_the_year_before_at_the_price_of_its_first_year():
    p = changed({"year": "2027/28", "contract": "block"})
    assert p.pay_plan[0, 2:4, 0] == pytest.approx([800 * 121, 800 * 133.1])
    assert p.pay_nothing[0, 2:4, 0] == pytest.approx([1000 * 121, 1000 * 133.1])


def test_a_marginal_rate_begins_above_a_baseline_in_the_money_of_its_year():
    p = changed(
        {"year": "2027/28", "contract": "marginal", "marginal_rate": 0.5, "baseline_value": 90_000}
    )
    # do nothing: 1,000 × £121 = 121,000, so 90,000 + 0.5 × 31,000; plan 96,800, so 90,000 + 0.5 ×
    # 6,800; then all × 1.1
    assert p.pay_nothing[0, 2:4, 0] == pytest.approx([105_500, 116_050])
    assert p.pay_plan[0, 2:4, 0] == pytest.approx([93_400, 102_740])


def test_an_aligned_contract_forgets_what_an_earlier_one_expected():
    line = {
        "contract": "aligned",
        "variable_share": 0.25,
        "rebase_years": ["2026/27", "2029/30"],
        "price_uplift": "flat",
    }
    p = changed({"year": "2028/29", "contract": "aligned", "variable_share": 0.5}, line)
    # reset to base activity, 1,000 are expected; from 2028/29 do nothing, 1,000 again, and half
    # moves; from 2029/30 800
    saved_by_year = (p.pay_nothing - p.pay_plan)[0, :, 0]
    assert saved_by_year == pytest.approx([0, 5_000, 5_000, 10_000, 20_000, 20_000])


def test_a_low_volume_contract_averages_the_years_before_it_whatever_paid_for_them():
    p = changed({"year": "2028/29", "contract": "lva"}, {"price_uplift": "flat"})
    # 1,000 in the base year, 800 after: (800 + 800 + 1,000) / 3 × £100 in 2028/29
    assert p.pay_plan[0, 3, 0] == pytest.approx(260_000 / 3)


def test_a_later_change_ends_an_earlier_one_and_the_base_year_never_changes():
    blocks = (("2025/26", 1), ("2027/28", 70_000))
    rows = [
        {"acute_line": "k", "year": year, "contract": "block", "block_value": value}
        for year, value in blocks
    ]
    rows.append({"acute_line": "k", "year": "2029/30", "contract": "activity"})
    p = projection({}, contract_changes=rows)
    assert p.pay_plan[0, :, 0] == pytest.approx([100_000, 80_000, 70_000, 70_000, 80_000, 80_000])


def test_the_bridge_shows_a_change_of_contract_as_a_step_of_its_own():
    change = {"acute_line": "k", "year": "2027/28", "contract": "block", "block_value": 90_000}
    steps = {b.partner: b.steps for b in bridges(run(read(plan({}, contract_changes=[change]))))}
    assert steps["icb"]["Base"] == (10_000_000,) * 6
    assert steps["icb"]["Contract terms"] == (0, 0, *[-1_000_000] * 4)
    assert steps["trust"]["Contract terms"] == (0, 0, *[1_000_000] * 4) and not any(
        steps[SYSTEM]["Contract terms"]
    )


def test_postings_rest_on_the_terms_of_their_year():
    change = {"acute_line": "k", "year": "2027/28", "contract": "block", "block_value": 90_000}
    paid = {
        p.year: p.rests_on
        for p in postings(run(read(plan({}, contract_changes=[change]))))
        if p.kind == "activity payment"
    }
    assert "acute_lines/k/contract" in paid["2026/27"]
    assert (
        "contract_changes/k|2027/28/block_value" in paid["2027/28"]
        and "acute_lines/k/contract" not in paid["2027/28"]
    )


def test_the_market_forces_factor_is_in_the_price_and_not_in_the_cost():
    p = projection({"market_forces_factor": 1.1})
    assert (p.nothing.price[0, 0, 0], p.nothing.cost[0, 0, 0]) == (pytest.approx(110), 100)


@pytest.mark.parametrize(("form", "price"), [("additive", 102.83), ("multiplicative", 102.7334)])
def test_both_forms_of_the_net_uplift(form, price):
    # 4.83 % and 2 %: 2.83 % added, 1.0483 × 0.98 = 1.027334 multiplied
    indices = [
        {"id": "cuf", "rates": dict.fromkeys(YEARS, 0.0483)},
        {"id": "eff", "rates": dict.fromkeys(YEARS, 0.02)},
    ]
    p = projection(
        {"price_uplift": "cuf", "price_efficiency": "eff"},
        setup={"uplift_form": form},
        indices=indices,
    )
    assert p.nothing.price[0, 1, 0] == pytest.approx(price)


# -- release: 200 avoided at £100, variable 20 %, semi-fixed 50 %

CLOSING = {"block_size": 60, "closes": dict.fromkeys(YEARS, 1)}


def released(line, part="total", **more):
    return projection(line, **more).released(part)[0, :, 0]


def test_variable_cost_at_once_and_blocks_when_demand_has_stayed_down():
    # 200 / 60 = 3 whole blocks, held for one year: 0.5 × £100 × 60 × 3 = 9,000
    assert released(CLOSING) == pytest.approx([0, 4_000, 13_000, 13_000, 13_000, 13_000])


def test_holding_for_two_years_and_for_none():
    assert released(CLOSING | {"hold": 2}, "blocks") == pytest.approx([0, 0, 0, 3, 3, 3])
    assert released(CLOSING | {"hold": 0}, "blocks") == pytest.approx([0, 3, 3, 3, 3, 3])


def test_nothing_closes_without_the_decision():
    assert released(CLOSING | {"closes": {"2028/29": 1}}, "blocks") == pytest.approx(
        [0, 0, 0, 3, 0, 0]
    )


def test_backfill_takes_cash_and_not_capacity():
    p = projection(CLOSING | {"backfill": 0.5})
    # half of 200 is refilled: 100 / 60 = 1 block; variable 0.2 × 100 × £100
    assert p.released()[0, 2, 0] == pytest.approx(2_000 + 3_000)
    assert p.avoided[0, 2, 0] == pytest.approx(200)


def test_a_decision_to_release_fixed_cost_never_frees_more_than_the_activity_cost():
    line = CLOSING | {"fixed_release": {"2027/28": 3_000, "2028/29": 50_000}}
    assert released(line) == pytest.approx([0, 4_000, 16_000, 20_000, 13_000, 13_000])


def test_harm_costs_the_variable_part_whatever_the_backfill():
    p = projection(CLOSING | {"backfill": 0.5}, programmes=[{"id": "p", "effect": -0.1}])
    assert p.avoided[0, 1, 0] == pytest.approx(-100)
    assert p.released()[0, 2, 0] == pytest.approx(-2_000)


def test_stranded_cost_is_what_is_no_longer_paid_and_still_spent():
    assert projection(CLOSING).stranded[0, :, 0] == pytest.approx(
        [0, 16_000, 7_000, 7_000, 7_000, 7_000]
    )


def test_provider_gains_under_a_block_contract():
    assert projection(CLOSING | {"contract": "block"}).stranded[0, 2, 0] == pytest.approx(-13_000)


def test_the_versions_of_several_indices_add_up_to_the_whole_change():
    rates = {"low": 0.01, "high": 0.03}
    indices = [
        {"id": f"{name}_{end}", "rates": dict.fromkeys(YEARS, rate)}
        for name in ("up", "more")
        for end, rate in rates.items()
    ]
    for row in indices:
        if row["id"].endswith("high"):
            row["earlier"] = row["id"].replace("high", "low")
    tables = {"indices": indices}
    new = plan({"price_uplift": "up_high", "non_demographic_index": "more_high"}, **tables)
    old = plan({"price_uplift": "up_low", "non_demographic_index": "more_low"}, **tables)
    effects = [e for e in version_effects(run(read(new))) if e.figure == "Payment in the plan"]
    assert [e.index for e in effects] == ["up_high", "more_high"]
    paid = [
        AcuteAmounts(run(read(document)).projection).pay_plan[0, :, 0] for document in (new, old)
    ]
    np.testing.assert_array_equal(sum(e.pence for e in effects), paid[0] - paid[1])
    # the price first, on the activity of the earlier growth: 800 × 1.01 × £100 × 2 % in year 1
    assert effects[0].pence[1] == pytest.approx(800 * 1.01 * 100 * 0.02 * 100)


def test_fixed_cost_closed_without_less_activity_is_no_release():
    # a programme that does harm: V = −200; the decision counts nothing, 0.2 × £100 × 200 is lost
    line = {"fixed_release": {"2027/28": 3_000}}
    p = projection(line, [{"id": "p", "effect": -0.2}])
    assert p.released("fixed")[0, 2, 0] == 0
    assert p.released()[0, 2, 0] == pytest.approx(-4_000)
    assert p.gross_release[0, 2, 0] == 0
    assert p.replacement_cost[0, 2, 0] == pytest.approx(4_000)


def test_a_line_cannot_release_more_fixed_cost_than_it_has():
    # the line's fixed cost is 5 % × £100 × 1,000 = £5,000, its share of what is avoided far more
    split = {"variable_cost": 0.2, "semi_fixed_cost": 0.75, "fixed_cost": 0.05}
    p = projection(split | {"fixed_release": {"2027/28": 9_000}})
    assert p.released("fixed")[0, 2, 0] == pytest.approx(5_000)


def test_a_market_stops_spending_what_it_is_no_longer_paid():
    # home-care hours at £20 bought from a market: 200 fewer save £4,000, all of it released
    document = plan({"unit_price": 20})
    del document["acute_lines"][0]["provider"]
    result = run(read(document))
    p = result.projection
    assert p.contract_saving[0, 1, 0] == pytest.approx(4_000)
    assert p.released()[0, 1, 0] == pytest.approx(4_000)
    amounts = AcuteAmounts(p)
    assert not amounts.stranded.any()
    steps = {b.partner: b.steps for b in bridges(result)}
    # 1,000 × £20 if nothing changes, all of the whole system's cost
    assert steps["icb"]["Do nothing"][1] == steps[SYSTEM]["Do nothing"][1] == 2_000_000
    assert steps[SYSTEM]["Avoided (cashable)"][1] == -400_000


def test_a_programme_that_has_not_begun_changes_nothing():
    # one family; a harms 10 % of all from the first year, b would help and has not begun until
    # 2028/29: until then V is what a does alone, −100, whether or not b is there
    harm = {"id": "a", "effect": -0.1, "family": "falls"}
    later = {"id": "b", "effect": 0.2, "family": "falls", "reach": {"2028/29": 1.0}}
    p = projection(programmes=[harm, later])
    assert p.avoided[0, 1:4, 0] == pytest.approx([-100, -100, 1000 * (1 - 0.8 * 1.1)])
    assert projection(programmes=[harm]).avoided[0, 1, 0] == pytest.approx(-100)


def test_two_harms_of_one_family_the_larger_in_full():
    # 1 + 0.2 = 1.2; then × (1 + 0.5 × 0.1) = 1.26
    both = [{"id": f"h{n}", "effect": -e, "family": "f"} for n, e in enumerate((0.1, 0.2))]
    p = projection(programmes=both)
    assert p.avoided[0, 1, 0] == pytest.approx(-260)


def test_an_effect_near_nothing_changes_nothing_by_a_jump():
    # a family of two that help and one that hardly works either way: V moves by less than it does
    helps = [{"id": f"p{n}", "effect": e, "family": "f"} for n, e in enumerate((0.2, 0.1))]
    by_effect = [
        projection(programmes=[*helps, {"id": "q", "effect": e, "family": "f"}]).avoided[0, 1, 0]
        for e in (-1e-6, 0.0, 1e-6)
    ]
    # 1 − 0.8 × 0.95 = 0.24 of 1,000
    assert by_effect == pytest.approx([240, 240, 240], abs=1e-3)


def test_what_may_be_reinvested_is_net_of_what_replaces_the_activity():
    ward = plan()["acute_lines"][0] | {
        "id": "ward",
        "base_activity": 0,
        "unit_price": 10,
        "unit_cost": 8,
    }
    document = plan(
        moves=[{"programme": "p", "from_line": "k", "to_line": "ward", "units": 1}],
        pools=[{"id": "bcf", "name": "Pool", "host": "icb"}],
        shifts=[{"id": "s", "lines": ["k"], "pool": "bcf"}],
    )
    document["acute_lines"].append(ward)
    moves = run(read(document)).projection.moves
    # 2026/27: the line saves 20,000 and releases 0.2 × 200 × £100 = 4,000, the lower; the ward is
    # paid 200 × £10 and costs 200 × £8, the lower of −2,000 and −1,600; so 2,000 the year after
    assert moves.moved[0, 2, 0] == 200_000
