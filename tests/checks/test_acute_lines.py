"""Faults that `icbudget.checks.acute_lines` must find."""

from __future__ import annotations

import pytest

from tests.checks.changes import BEDS, primed, shift
from tests.checks.faults import Faults

fault = Faults()


@fault("activity.currency", "acute_lines", 0, "price_currency")
def episode_price_on_a_spell_count(d):
    d["acute_lines"][0]["price_currency"] = "episode"


@fault("activity.currency", "acute_lines", 0, "cost_currency")
def bed_day_cost_on_a_spell_count(d):
    d["acute_lines"][0]["cost_currency"] = "bed day"


@fault("price-year.differs", "acute_lines", 0, "price_year")
def prices_of_another_year(d):
    d["acute_lines"][0]["price_year"] = "2024/25"


@fault("price-year.differs", "programmes", 0, "price_year")
def programme_costs_of_another_year(d):
    d["programmes"][0]["price_year"] = "2019/20"


@fault("activity.cost-split", "acute_lines", 0, "variable_cost")
def cost_shares_of_99_per_cent(d):
    d["acute_lines"][0]["fixed_cost"] = 0.31


@fault("activity.no-block-size", "acute_lines", 0, "block_size")
def blocks_that_close_without_a_size(d):
    del d["acute_lines"][0]["block_size"]


@fault("activity.close-decision", "acute_lines", 0, "closes")
def decision_to_close_twice_over(d):
    d["acute_lines"][0]["closes"]["2026/27"] = 2


@fault("activity.contract-term", "acute_lines", 0, "variable_share")
def aligned_contract_without_its_variable_share(d):
    del d["acute_lines"][0]["variable_share"]


@fault("activity.contract-term", "acute_lines", 0, "baseline_value")
def marginal_contract_without_its_baseline(d):
    d["acute_lines"][0] |= {"contract": "marginal", "marginal_rate": 0.15}


@fault("activity.rebase-unused", "acute_lines", 0, "rebase_years")
def rebasing_a_contract_that_is_paid_by_activity(d):
    d["acute_lines"][0] |= {"contract": "activity", "rebase_years": ["2027/28"]}


@fault("activity.contract-term", "contract_changes", 0, "variable_share")
def aligned_contract_from_a_later_year_without_its_variable_share(d):
    d["contract_changes"] = [{"acute_line": "nel", "year": "2026/27", "contract": "aligned"}]


@fault("contract.base-year", "contract_changes", 0, "year")
def contract_that_changes_in_the_base_year(d):
    d["contract_changes"] = [{"acute_line": "nel", "year": "2025/26", "contract": "activity"}]


@fault("contract.reset-at-once", "contract_changes", 0, "block_value")
def block_that_is_reset_in_its_first_year(d):
    d["acute_lines"][0]["rebase_years"] = ["2026/27"]
    d["contract_changes"] = [
        {"acute_line": "nel", "year": "2026/27", "contract": "block", "block_value": 30_000_000}
    ]


@fault("activity.rebase-unused", "acute_lines", 0, "rebase_years")
def rebasing_after_the_contract_became_one_by_activity(d):
    d["acute_lines"][0]["rebase_years"] = ["2027/28"]
    d["contract_changes"] = [{"acute_line": "nel", "year": "2026/27", "contract": "activity"}]


@fault("activity.hold-beyond-horizon", "acute_lines", 0, "hold")
def demand_that_must_stay_down_longer_than_the_plan(d):
    d["acute_lines"][0]["hold"] = 2


@fault("activity.bed-days", "acute_lines", 1, "bed_days")
def length_of_stay_of_a_line_that_counts_bed_days(d):
    d["acute_lines"].append({**d["acute_lines"][0], **BEDS, "bed_days": 7.0})


@fault("activity.bed-days", "acute_lines", 0, "bed_days")
def length_of_stay_beside_a_line_of_bed_days(d):
    d["acute_lines"].append({**d["acute_lines"][0], **BEDS, "parent": "nel"})
    d["acute_lines"][0]["bed_days"] = 7.0


@fault("segment.not-100", "segments", 1, "share")
def segments_of_99_per_cent(d):
    d["segments"][1]["share"] = 0.89


@fault("shift.line-twice", "shifts", 1, "lines")
def release_of_a_line_moved_twice(d):
    shift(d)
    d["shifts"].append(d["shifts"][0] | {"id": "again"})


@fault("shift.line-shared", "shifts", 1, "lines")
def release_and_a_fixed_sum_of_one_line(d):
    shift(d)
    d["shifts"].append(
        d["shifts"][0] | {"id": "more", "rule": "fixed_amount", "amounts": {"2026/27": 5}}
    )


@fault("move.same-line", "moves", 0, "to_line")
def activity_moved_to_where_it_was(d):
    d["moves"] = [{"programme": "falls", "from_line": "nel", "to_line": "nel", "units": 1}]


@fault("shift.no-figure", "shifts", 0, "rule")
def fixed_amount_without_an_amount(d):
    shift(d, rule="fixed_amount")


@fault("shift.percent", "shifts", 0, "percents")
def shift_of_more_than_everything(d):
    shift(d, rule="fixed_percent", percents={"2026/27": 1.5})


@fault("shift.negative", "shifts", 0, "amounts")
def shift_of_less_than_nothing(d):
    shift(d, rule="fixed_amount", amounts={"2026/27": -5})


@fault("shift.no-figure", "shifts", 0, "rule")
def fund_without_money(d):
    primed(d, amounts={})


def of_clients(d, **more):
    d["acute_lines"].append(
        {
            "id": "homes",
            "currency": "week",
            "commissioner": "council",
            "clients": 100,
            "units_a_client": 52,
            "base_activity": 5_200,
            "unit_price": 956,
            "client_charge": 300,
            "contract": "activity",
            "variable_cost": 1,
            "semi_fixed_cost": 0,
        }
        | more
    )


@fault("activity.clients-half", "acute_lines", 1, "units_a_client")
def clients_without_weeks(d):
    of_clients(d, units_a_client=None)


@fault("activity.clients", "acute_lines", 1, "base_activity")
def base_activity_that_clients_do_not_come_to(d):
    of_clients(d, base_activity=5_000)


@fault("activity.charge-above-fee", "acute_lines", 1, "client_charge")
def charge_above_the_fee(d):
    of_clients(d, client_charge=957)


@fault("activity.charge-provider", "acute_lines", 1, "client_charge")
def charge_where_a_partner_provides(d):
    of_clients(d, provider="trust")


@fault("activity.charge-nhs", "acute_lines", 1, "client_charge")
def charge_for_what_the_nhs_pays(d):
    of_clients(d, commissioner="icb")


@pytest.mark.parametrize("one", fault.params)
def test_each_fault_has_its_finding(one):
    one.assert_finding()
