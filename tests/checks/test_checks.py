"""Each finding comes up when its fault is put into a clean plan, says how to mend it, and names a
place that is there.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from icbudget import checks
from icbudget.answers.case import evaluate, evaluate_draft
from icbudget.answers.gain_shared import gain_share
from icbudget.answers.year_end_accounts import agreement
from icbudget.engine.accounts import gain_rule, risk_rule
from icbudget.findings import Severity
from icbudget.plan import SETUP, TABLES
from icbudget.plan.columns import columns_of
from icbudget.plan.plan_text import from_document
from tests.checks.clean import LA, NHS, YEARS, clean

FAULTS = []
"""(finding, fault)"""


def fault(id, table=None, row=0, field=None):
    """Register a function that puts a fault into a clean plan; it must be found as `id`, at that
    place where one is given.
    """

    def register(change):
        FAULTS.append(pytest.param(id, table, row, field, change, id=f"{id}: {change.__name__}"))
        return change

    return register


def only(rows):
    (row,) = rows
    return row


# -- links


@fault("link.unknown", "contributions", 0, "partner")
def partner_that_is_not_there(d):
    d["contributions"][0]["partner"] = "icbb"


@fault("link.unknown", "segments", 0, "programmes")
def segment_names_a_programme_that_is_not_there(d):
    d["segments"][0]["programmes"] = ["falls", "fallss"]


@fault("link.unknown", "acute_lines", 0, "demographic_index")
def index_that_is_not_there(d):
    d["acute_lines"][0]["demographic_index"] = "growth"


@fault("list.unknown-value", "contributions", 0, "source")
def funding_source_of_another_year(d):
    d["contributions"][0]["source"] = "iBCF"


@fault("list.own-value", "schemes", 0, "area_of_spend")
def area_of_spend_nobody_lists(d):
    d["schemes"][0]["area_of_spend"] = "Socal Care"


@fault("list.unknown-value", "schemes", 0, "source")
def source_that_nobody_gives(d):
    d["schemes"][0]["source"] = "Transformation Fund"


@fault("list.rules-year", "setup", None, "rules_year")
def rules_year_without_lists(d):
    d["setup"]["rules_year"] = "1999-00"


@fault("rules.other-years", "setup", None, "rules_year")
def rules_of_years_long_past(d):
    """Words of 2019-20 under a plan that begins in 2025/26."""
    d["setup"]["rules_year"] = "2019-20"
    for row in (*d["contributions"], *d["schemes"], *d["minimums"]):
        row["source"] = row["source"].replace(NHS, "Minimum CCG Contribution")


@fault("index.missing-year", "indices", 0, "rates")
def index_stops_a_year_early(d):
    del d["indices"][0]["rates"]["2027/28"]


@fault("year.outside-plan", "programmes", 0, "fixed_cost")
def amount_after_the_last_year(d):
    d["programmes"][0]["fixed_cost"]["2030/31"] = 5


@fault("year.outside-plan", "goals", 0, "target_year")
def goal_after_the_last_year(d):
    d["goals"][0]["target_year"] = "2035/36"


@fault("year.outside-plan", "acute_lines", 0, "rebase_years")
def contract_rebased_after_the_last_year(d):
    d["acute_lines"][0]["rebase_years"] = ["2035/36"]


@fault("year.price-base", "setup", None, "price_base")
def prices_of_a_year_outside_the_plan(d):
    d["setup"]["price_base"] = "2020/21"


@fault("index.rate", "indices", 0, "rates")
def percentage_typed_as_a_number(d):
    d["indices"][0]["rates"]["2027/28"] = 5


@fault("index.rate", "indices", 0, "rates")
def fall_of_more_than_everything(d):
    d["indices"][0]["rates"]["2027/28"] = -2


@fault("setup.no-deflator", "setup", None, "deflator")
def appraisal_without_a_deflator(d):
    del d["setup"]["deflator"]


# -- funding


@fault("link.own-parent", "pools", 0, "parent")
def pool_that_is_its_own_parent(d):
    d["pools"][0]["parent"] = "bcf"


@fault("risk.unshared", "pools", 0, "risk_share")
def overspend_that_no_rule_shares(d):
    d["schemes"][2]["base_amount"] = 500_000
    del d["pools"][0]["risk_share"]


@fault("plan.nothing-yet")
def plan_without_a_figure(d):
    for table in list(d):
        if table not in ("schema_version", "setup", "partners"):
            del d[table]
    d["setup"].pop("deflator", None)


@fault("funding.no-index", "contributions", 1, "index")
def contribution_without_index_or_amounts(d):
    del d["contributions"][1]["index"]


@fault("funding.no-index", "minimums", 0, "index")
def minimum_without_index_or_amounts(d):
    del d["minimums"][0]["index"]


@fault("amount.negative", "contributions", 0, "amounts")
def deduction_typed_as_a_negative_contribution(d):
    d["contributions"][0]["amounts"] = {"2026/27": -50}


@fault("amount.negative", "programmes", 0, "fixed_cost")
def cost_below_zero(d):
    d["programmes"][0]["fixed_cost"]["2026/27"] = -50


@fault("scheme.amount-and-programme", "schemes", 2, "base_amount")
def scheme_with_programme_and_amount(d):
    d["schemes"][2]["programme"] = "falls"
    del d["programmes"][0]["partner"]


@fault("scheme.programme-twice", "schemes", 3, "programme")
def two_schemes_pay_for_one_programme(d):
    del d["programmes"][0]["partner"]
    for id in ("4", "5"):
        d["schemes"].append(
            {"id": id, "name": "Falls", "pool": "bcf", "source": NHS, "programme": "falls"}
        )


@fault("scheme.no-amount", "schemes", 2, "base_amount")
def scheme_with_nothing_to_spend(d):
    del d["schemes"][2]["base_amount"]


@fault("scheme.joint-shares", "schemes", 1, "nhs_share")
def joint_shares_of_95_per_cent(d):
    d["schemes"][1]["la_share"] = 0.20


@fault("scheme.joint-shares", "schemes", 1, "nhs_share")
def joint_scheme_without_shares(d):
    del d["schemes"][1]["nhs_share"], d["schemes"][1]["la_share"]


@fault("risk.two-bases", "risk_shares", 1, "basis")
def share_rule_with_two_bases(d):
    d["risk_shares"][1]["basis"] = "contributions"


@fault("risk.incomplete", "risk_shares", 1, "share")
def fixed_share_without_a_percentage(d):
    d["risk_shares"][0]["share"] = 1.0
    del d["risk_shares"][1]["share"]


@fault("risk.not-100", "risk_shares", 1, "share")
def shares_of_a_rule_make_99_per_cent(d):
    d["risk_shares"][0]["share"] = 0.59


@fault("risk.order-clash", "risk_shares", 1, "width")
def rows_of_one_step_with_two_widths(d):
    d["risk_shares"][1]["width"] = 10_000


@fault("risk.order-clash", "risk_shares", 1, "kind")
def two_steps_with_one_number(d):
    d["risk_shares"] = [
        {"id": "agreed", "kind": "offset"},
        {"id": "agreed", "kind": "contingency", "partner": "icb", "amount": 1},
    ]


@fault("risk.no-amount", "risk_shares", 0, "amount")
def contingency_that_holds_no_amount(d):
    d["risk_shares"] = [{"id": "agreed", "kind": "contingency"}]


@fault("risk.no-basis", "risk_shares", 0, "basis")
def share_without_a_basis(d):
    d["risk_shares"] = [{"id": "agreed"}]


@fault("risk.incomplete", "risk_shares", 0, "partner")
def step_that_names_no_partner(d):
    del d["risk_shares"][0]["partner"]


@fault("risk.figure-unused", "risk_shares", 0, "share")
def percentage_in_a_step_by_contributions(d):
    d["risk_shares"] = [{"id": "agreed", "basis": "contributions", "partner": "icb", "share": 1.0}]


@fault("risk.figure-unused", "risk_shares", 0, "applies_to")
def contingency_for_an_underspend(d):
    contingency = {"id": "agreed", "kind": "contingency", "amount": 5, "applies_to": "underspend"}
    d["risk_shares"] = [contingency, {"id": "agreed", "step": 2, "basis": "host"}]


@fault("risk.no-pool", "risk_shares", 2, "id")
def rule_that_no_pool_names(d):
    d["risk_shares"].append({"id": "old", "basis": "contributions"})


@fault("risk.step-unreached", "risk_shares", 2, "step")
def contingency_after_everything_is_shared(d):
    d["risk_shares"].append({"id": "agreed", "step": 2, "kind": "contingency", "amount": 5})


@fault("risk.destination-unreached", "pools", 0, "underspend")
def underspend_that_is_shared_before_it_is_retained(d):
    d["pools"][0]["underspend"] = "retain"


@fault("risk.line-unshared", "schemes", 2, "commissioner")
def line_without_a_commissioner_under_a_rule_by_commissioner(d):
    d["risk_shares"] = [{"id": "agreed", "basis": "commissioner"}]


@fault("risk.no-control", "risk_shares", 1, "partner")
def trust_that_bears_what_it_has_no_hand_in(d):
    d["risk_shares"][1]["partner"] = "trust"


@fault("risk.ring-fence-mixed", "contributions", 2, "ring_fenced")
def source_that_is_ring_fenced_in_one_line_only(d):
    d["contributions"][1]["ring_fenced"] = True
    d["contributions"].append(
        d["contributions"][1] | {"line": 2, "ring_fenced": False, "base_amount": 0}
    )


@fault("risk.ring-fence", "contributions", 2, "ring_fenced")
def grant_whose_overspend_is_shared(d):
    d["contributions"].append(d["contributions"][1] | {"source": "DFG"})
    d["schemes"].append(d["schemes"][2] | {"id": "4", "source": "DFG", "base_amount": 400_001})


@fault("risk.unresolved", "pools", 0, "risk_share")
def overspend_beyond_the_last_band(d):
    d["schemes"][2]["base_amount"] = 500_000
    for row in d["risk_shares"]:
        row["width"] = 50_000


@fault("risk.lines-apart", "risk_shares", 0, "kind")
def host_first_and_then_whoever_commissions_without_an_offset(d):
    host_first = {
        "id": "agreed",
        "kind": "share",
        "basis": "host",
        "width": 5_000,
        "applies_to": "overspend",
    }
    d["risk_shares"] = [
        host_first,
        {"id": "agreed", "step": 2, "kind": "share", "basis": "commissioner"},
    ]
    d["schemes"][2] |= {"commissioner": "LA", "base_amount": 380_000}  # of 400,000: 20,000 under
    d["schemes"][0]["base_amount"] = 730_000  # of 700,000: 30,000 over


@fault("risk.agreed-differs", "risk_shares", 0, "basis")
def agreed_percentages_that_are_not_those_of_contributions(d):
    d["schemes"][2]["base_amount"] = 500_000
    for row in d["risk_shares"]:
        row["basis"] = "agreed"


@fault("risk.icb-carry-forward", "pools", 0, "underspend")
def underspend_of_an_icb_that_stays_in_the_pool(d):
    d["schemes"][2]["base_amount"] = 300_000
    d["pools"][0]["underspend"] = "carry_forward"
    for row in d["risk_shares"]:
        row["applies_to"] = "overspend"


def _records(d, **other):
    one = {
        "year": "2025/26",
        "pool": "bcf",
        "partner": "council",
        "counterparty": "icb",
        "kind": "income",
        "amount": 100,
    }
    d["partner_records"] = [
        one,
        one | {"partner": "icb", "counterparty": "council", "kind": "expenditure"} | other,
    ]


@fault("balance.differs", "partner_records", 0, "amount")
def two_sides_that_differ(d):
    _records(d, amount=90)


@fault("balance.one-sided", "partner_records", 1, "amount")
def record_that_only_one_side_has(d):
    _records(d, kind="payable")


@fault("balance.own", "partner_records", 1, "counterparty")
def record_with_oneself(d):
    _records(d, counterparty="icb")


@fault("vat.no-regime", "schemes", 2, "vat_rate")
def vat_of_a_partner_without_a_regime(d):
    d["schemes"][2]["vat_rate"] = 0.2


@fault("books.no-basis", "schemes", 0, "accounting_basis")
def lines_whose_books_are_not_settled_beside_one_that_is(d):
    d["schemes"][2]["accounting_basis"] = "joint_operation"


def _pot(**changes):
    point = {
        "id": "nel",
        "year": "2026/27",
        "pool": "bcf",
        "pot": 10_000,
        "planned": 10,
        "achieved": 10,
    }
    return [point | {"quarter": quarter} | changes for quarter in (1, 2)]


@fault("p4p.differs", "performance_pots", 1, "formula")
def payment_points_by_two_formulas(d):
    d["performance_pots"] = _pot(unit_price=1_000)
    d["performance_pots"][1]["formula"] = "cumulative"


@fault("p4p.no-price", "performance_pots", 0, "unit_price")
def cumulative_formula_without_a_price(d):
    d["performance_pots"] = _pot(formula="cumulative")


@fault("p4p.pot-differs", "performance_pots", 0, "planned")
def pot_that_the_price_does_not_make(d):
    d["performance_pots"] = _pot(formula="cumulative", unit_price=1_490)


@fault("p4p.no-target", "performance_pots", 0, "planned")
def pot_without_a_target(d):
    d["performance_pots"] = _pot(planned=0)


@fault("p4p.not-known", "performance_pots", 0, "achieved")
def reduction_not_known_yet(d):
    d["performance_pots"] = _pot(achieved=None)


@fault("template.amount", "schemes", 3, "base_amount")
def scheme_of_more_than_the_template_takes(d):
    d["contributions"].append(
        {
            "pool": "bcf",
            "partner": "council",
            "source": LA,
            "line": 2,
            "base_amount": 2e8,
            "index": "flat",
        }
    )
    d["schemes"].append(
        {
            "id": "9",
            "name": "Homes",
            "pool": "bcf",
            "source": LA,
            "base_amount": 2e8,
            "index": "flat",
        }
    )


@fault("template.unit", "schemes", 0, "output_unit")
def carers_counted_in_hours(d):
    d["setup"]["rules_year"] = "2023-25"
    for row in (*d["contributions"], *d["schemes"], *d["minimums"]):
        row["source"] = row["source"].replace(NHS, "Minimum NHS Contribution")
    d["schemes"][0] |= {"scheme_type": "Carers Services", "output_unit": "hours"}


# -- funding streams


def districts(d):
    """Districts that the county's Disabled Facilities Grant goes on to: a whole and clean
    pass-down.
    """
    d["partners"].append({"id": "north", "name": "North district", "kind": "district"})
    d["pools"].append(
        {
            "id": "dfg",
            "name": "Disabled Facilities Grant",
            "host": "council",
            "money_kind": "capital",
        }
    )
    d["contributions"].append(
        {"pool": "dfg", "partner": "council", "source": "DFG", "base_amount": 900, "index": "flat"}
    )
    d["schemes"].append(
        {
            "id": "4",
            "name": "Adaptations",
            "pool": "dfg",
            "source": "DFG",
            "base_amount": 900,
            "index": "flat",
        }
    )
    d["pass_downs"] = [
        {
            "pool": "dfg",
            "source": "DFG",
            "district": "north",
            "kind": "passed down",
            "base_amount": 900,
            "index": "flat",
        }
    ]


@fault("link.unknown", "contributions", 0, "phasing")
def phasing_that_is_not_there(d):
    d["contributions"][0]["phasing"] = "fortnightly"


@fault("funding.wrong-partner", "contributions", 1, "partner")
def council_money_from_the_icb(d):
    d["contributions"][1]["partner"] = "icb"


@fault("funding.indicative", "contributions", 0, "status")
def contribution_not_confirmed(d):
    d["contributions"][0]["status"] = "indicative"


def carried(d, **more):
    line = {
        "pool": "bcf",
        "partner": "council",
        "source": LA,
        "line": 2,
        "base_amount": 50,
        "recurrent": False,
    }
    d["contributions"].append({**line, "carry_forward": True, **more})


@fault("carry-forward.not-additional", "contributions", 2, "source")
def underspend_entered_as_the_new_minimum(d):
    carried(d, partner="icb", source=NHS)


@fault("carry-forward.recurrent", "contributions", 2, "recurrent")
def underspend_that_comes_every_year(d):
    carried(d, recurrent=True, index="flat")


@fault("carry-forward.icb", "contributions", 2, "carry_forward")
def underspend_of_an_icb(d):
    carried(d, partner="icb", source="Additional NHS Contribution")


@fault("passed-down.not-a-district", "pass_downs", 1, "district")
def grant_passed_down_to_the_hospital(d):
    districts(d)
    d["pass_downs"].append({**d["pass_downs"][0], "district": "trust", "base_amount": 0})


@fault("passed-down.other-source", "pass_downs", 1, "source")
def additional_money_passed_down(d):
    districts(d)
    d["pass_downs"].append({**d["pass_downs"][0], "pool": "bcf", "source": LA, "base_amount": 1})


@fault("passed-down.no-consent", "pass_downs", 1, "consent")
def grant_kept_without_consent(d):
    districts(d)
    d["pass_downs"][0]["base_amount"] = 800
    d["pass_downs"].append({**d["pass_downs"][0], "kind": "kept by consent", "base_amount": 100})


@fault("passed-down.missing", "contributions", 2, "source")
def grant_of_a_county_with_no_word_on_its_districts(d):
    districts(d)
    d["pass_downs"] = []


# -- acute


@fault("acute.currency", "acute_lines", 0, "price_currency")
def episode_price_on_a_spell_count(d):
    d["acute_lines"][0]["price_currency"] = "episode"


@fault("acute.currency", "acute_lines", 0, "cost_currency")
def bed_day_cost_on_a_spell_count(d):
    d["acute_lines"][0]["cost_currency"] = "bed day"


@fault("price-year.differs", "acute_lines", 0, "price_year")
def prices_of_another_year(d):
    d["acute_lines"][0]["price_year"] = "2024/25"


@fault("price-year.differs", "programmes", 0, "price_year")
def programme_costs_of_another_year(d):
    d["programmes"][0]["price_year"] = "2019/20"


@fault("acute.cost-split", "acute_lines", 0, "variable_cost")
def cost_shares_of_99_per_cent(d):
    d["acute_lines"][0]["fixed_cost"] = 0.31


@fault("acute.no-block-size", "acute_lines", 0, "block_size")
def blocks_that_close_without_a_size(d):
    del d["acute_lines"][0]["block_size"]


@fault("acute.close-decision", "acute_lines", 0, "closes")
def decision_to_close_twice_over(d):
    d["acute_lines"][0]["closes"]["2026/27"] = 2


@fault("acute.contract-term", "acute_lines", 0, "variable_share")
def aligned_contract_without_its_variable_share(d):
    del d["acute_lines"][0]["variable_share"]


@fault("acute.contract-term", "acute_lines", 0, "baseline_value")
def marginal_contract_without_its_baseline(d):
    d["acute_lines"][0] |= {"contract": "marginal", "marginal_rate": 0.15}


@fault("acute.rebase-unused", "acute_lines", 0, "rebase_years")
def rebasing_a_contract_that_is_paid_by_activity(d):
    d["acute_lines"][0] |= {"contract": "activity", "rebase_years": ["2027/28"]}


@fault("acute.contract-term", "contract_changes", 0, "variable_share")
def aligned_contract_from_a_later_year_without_its_variable_share(d):
    d["contract_changes"] = [{"acute_line": "nel", "year": "2026/27", "contract": "aligned"}]


@fault("contract.base-year", "contract_changes", 0, "year")
def contract_that_changes_in_the_base_year(d):
    d["contract_changes"] = [{"acute_line": "nel", "year": "2025/26", "contract": "activity"}]


@fault("year.outside-plan", "contract_changes", 0, "year")
def contract_that_changes_after_the_last_year(d):
    d["contract_changes"] = [{"acute_line": "nel", "year": "2030/31", "contract": "activity"}]


@fault("contract.reset-at-once", "contract_changes", 0, "block_value")
def block_that_is_reset_in_its_first_year(d):
    d["acute_lines"][0]["rebase_years"] = ["2026/27"]
    d["contract_changes"] = [
        {"acute_line": "nel", "year": "2026/27", "contract": "block", "block_value": 30_000_000}
    ]


@fault("acute.rebase-unused", "acute_lines", 0, "rebase_years")
def rebasing_after_the_contract_became_one_by_activity(d):
    d["acute_lines"][0]["rebase_years"] = ["2027/28"]
    d["contract_changes"] = [{"acute_line": "nel", "year": "2026/27", "contract": "activity"}]


@fault("acute.hold-beyond-horizon", "acute_lines", 0, "hold")
def demand_that_must_stay_down_longer_than_the_plan(d):
    d["acute_lines"][0]["hold"] = 2


@fault("acute.floor-above-nothing", "acute_lines", 0, "floor")
def floor_above_what_comes_anyway(d):
    d["acute_lines"][0]["floor"] = 10_300


BEDS = {"id": "beds", "currency": "bed day", "point_of_delivery": "Bed days", "floor": None}


@fault("acute.bed-days", "acute_lines", 1, "bed_days")
def length_of_stay_of_a_line_that_counts_bed_days(d):
    d["acute_lines"].append({**d["acute_lines"][0], **BEDS, "bed_days": 7.0})


@fault("acute.bed-days", "acute_lines", 0, "bed_days")
def length_of_stay_beside_a_line_of_bed_days(d):
    d["acute_lines"].append({**d["acute_lines"][0], **BEDS, "parent": "nel"})
    d["acute_lines"][0]["bed_days"] = 7.0


@fault("segment.not-100", "segments", 1, "share")
def segments_of_99_per_cent(d):
    d["segments"][1]["share"] = 0.89


@fault("link.own-parent", "acute_lines", 0, "parent")
def line_that_is_its_own_parent(d):
    d["acute_lines"][0]["parent"] = "nel"


@fault("link.own-parent", "acute_lines", 1, "parent")
def lines_that_are_each_others_parents(d):
    d["acute_lines"].append(
        d["acute_lines"][0] | {"id": "days", "parent": "nel", "point_of_delivery": ""}
    )
    d["acute_lines"][0]["parent"] = "days"


def shift(d, **more):
    d["shifts"] = [{"id": "move", "lines": ["nel"], "pool": "bcf"} | more]


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


@fault("link.twice", "shifts", 0, "lines")
def line_named_twice_in_one_shift(d):
    shift(d, lines=["nel", "nel"])


@fault("shift.above-budget", "shifts", 0, "rule")
def more_moved_than_there_is(d):
    shift(d, rule="fixed_amount", amounts={"2026/27": 1_000_000_000})


@fault("shift.unfunded-gap", "shifts", 0, "rule")
def money_moved_before_it_is_released(d):
    shift(d, rule="fixed_amount", amounts={"2026/27": 1_000_000})


@fault("acute.fixed-release-capped", "acute_lines", 0, "fixed_release")
def more_fixed_cost_released_than_is_avoided(d):
    d["acute_lines"][0]["fixed_release"] = {"2026/27": 100_000}


@fault("acute.fixed-release-alone", "acute_lines", 0, "fixed_release")
def fixed_cost_released_though_nothing_is_avoided(d):
    d["programmes"][0]["effect"] = 0
    d["acute_lines"][0]["fixed_release"] = {"2026/27": 100_000}


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


def primed(d, **more):
    d["contributions"].append(
        {
            "pool": "bcf",
            "partner": "council",
            "source": "Additional NHS Contribution",
            "base_amount": 5,
            "recurrent": False,
        }
    )
    shift(
        d,
        rule="pump_prime",
        **({"source": "Additional NHS Contribution", "amounts": {"2026/27": 5}} | more),
    )
    d["programmes"][0] |= {"pool": "bcf", "source": NHS, "partner": ""}


@fault("shift.no-figure", "shifts", 0, "rule")
def fund_without_money(d):
    primed(d, amounts={})


@fault("shift.figure-unused", "shifts", 0, "rule")
def terms_of_a_fund_where_there_is_none(d):
    shift(d, fund_floor=5)


@fault("fund.two", "shifts", 0, "pool")
def two_funds_in_one_pool(d):
    primed(d)
    d["acute_lines"].append(
        d["acute_lines"][0] | {"id": "ae", "point_of_delivery": "A&E attendance"}
    )
    d["shifts"].append(d["shifts"][0] | {"id": "second", "lines": ["ae"]})


@fault("fund.and-release", "shifts", 0, "pool")
def pool_with_a_fund_and_a_release(d):
    primed(d)
    d["acute_lines"].append(
        d["acute_lines"][0] | {"id": "ae", "point_of_delivery": "A&E attendance"}
    )
    d["shifts"].append({"id": "release", "lines": ["ae"], "pool": "bcf"})


@fault("fund.no-source", "shifts", 0, "source")
def fund_from_a_source_nobody_pays_into(d):
    primed(d)
    del d["contributions"][-1]


@fault("fund.from-minimum", "shifts", 0, "source")
def fund_from_the_minimum_contribution(d):
    primed(d, source=NHS)


@fault("fund.recurrent", "shifts", 0, "source")
def fund_from_recurrent_money(d):
    primed(d, source=LA)


@fault("fund.below-floor", "shifts", 0, "fund_floor")
def fund_that_is_spent(d):
    primed(d, fund_floor=1_000_000)


@fault("fund.not-self-funding", "shifts", 0, "rule")
def fund_that_never_gets_enough_back(d):
    primed(d, amounts={"2025/26": 5})
    d["programmes"][0]["fixed_cost"] = {"2026/27": 1_000, "2027/28": 1_000_000}


@fault("limit.partner", "limits", 0, "partner")
def limit_on_nobodys_loss(d):
    d["limits"] = [{"measure": "loss", "most": {"2026/27": 5}}]


@fault("limit.negative", "limits", 0, "most")
def limit_below_zero(d):
    d["limits"] = [{"measure": "staff", "most": {"2026/27": -5}}]


@fault("limit.least-above-most", "limits", 0, "most")
def more_starts_asked_for_than_there_are_programmes(d):
    d["limits"] = [{"measure": "least_starts", "most": {"2026/27": 5}}]


@fault("acute.most-blocks", "acute_lines", 0, "most_blocks")
def half_a_block(d):
    d["acute_lines"][0]["most_blocks"] = {"2026/27": 1.5}


@fault("programme.smallest-above-capacity", "programmes", 0, "capacity")
def programme_that_is_too_small_for_itself(d):
    d["programmes"][0] |= {"smallest": 0.5, "capacity": {"2026/27": 0.2}}


@fault("programme.must-and-no-start", "programmes", 0, "no_start")
def programme_that_must_be_done_and_may_not_start(d):
    later = [f"{y}/{y - 1999}" for y in range(2026, 2026 + d["setup"]["horizon"])]
    d["programmes"][0] |= {"must_do": True, "no_start": later}


@fault("programme.excludes-itself", "programmes", 0, "excludes")
def programme_that_excludes_itself(d):
    d["programmes"][0]["excludes"] = ["falls"]


@fault("programme.must-and-excludes", "programmes", 0, "excludes")
def two_that_must_be_done_and_cannot(d):
    d["programmes"][0] |= {"must_do": True, "excludes": ["other"]}
    d["programmes"].append(d["programmes"][0] | {"id": "other", "excludes": []})
    d["segments"][0]["programmes"] = ["falls", "other"]


def pact(d, **more):
    d["gain_shares"] = [{"id": "pact", "partner": p, "gain_share": 0.5} for p in ("icb", "trust")]
    d["gain_shares"][1] |= more


@fault("gain.one-partner", "gain_shares", 0, "partner")
def agreement_with_oneself(d):
    d["gain_shares"] = [{"id": "pact", "partner": "icb", "gain_share": 1}]


@fault("gain.two-terms", "gain_shares", 1, "basis")
def agreement_on_two_bases(d):
    pact(d, basis="cost")


@fault("gain.not-100", "gain_shares", 1, "gain_share")
def agreement_on_90_per_cent(d):
    pact(d, gain_share=0.4)


@fault("gain.partner-twice", "gain_shares", 2, "partner")
def partner_in_two_agreements(d):
    pact(d)
    d["gain_shares"] += [
        {"id": "other", "partner": p, "gain_share": 0.5} for p in ("icb", "council")
    ]


@fault("gain.left-open", "gain_shares", 0, "cap")
def agreement_capped_at_nothing(d):
    pact(d)
    d["gain_shares"][0]["cap"] = 0


# -- prevention


@fault("effect.no-base-risk", "programmes", 0, "base_risk")
def odds_ratio_without_base_risk(d):
    d["programmes"][0] |= {"effect_measure": "odds_ratio", "effect": 0.9}


@fault("effect.negative-ratio", "programmes", 0, "effect")
def risk_ratio_below_zero(d):
    d["programmes"][0] |= {"effect_measure": "risk_ratio", "effect": -0.9}


@fault("effect.everything", "programmes", 0, "effect")
def effect_of_five_typed_for_five_per_cent(d):
    d["programmes"][0]["effect"] = 5


@fault("effect.low-above-high", "programmes", 0, "effect_low")
def low_and_high_the_wrong_way_round(d):
    d["programmes"][0] |= {"effect_low": 0.08, "effect_high": 0.01}


@fault("programme.no-payer", "programmes", 0, "pool")
def programme_nobody_pays_for(d):
    del d["programmes"][0]["partner"]


@fault("programme.two-payers", "programmes", 0, "partner")
def programme_paid_by_a_partner_and_a_pool(d):
    d["programmes"][0] |= {"pool": "bcf", "source": NHS}


@fault("programme.payers-differ", "programmes", 0, "source")
def programme_and_scheme_name_different_sources(d):
    del d["programmes"][0]["partner"]
    d["programmes"][0] |= {"pool": "bcf", "source": LA}
    d["schemes"].append(
        {"id": "4", "name": "Falls", "pool": "bcf", "source": NHS, "programme": "falls"}
    )


@fault("programme.no-source", "programmes", 0, "source")
def programme_of_a_pool_without_a_source(d):
    del d["programmes"][0]["partner"]
    d["programmes"][0]["pool"] = "bcf"


@fault("programme.no-segment", "programmes", 0, "id")
def programme_that_reaches_nobody(d):
    d["segments"][0]["programmes"] = []


@fault("programme.never-starts", "programmes", 0, "reach")
def programme_without_reach(d):
    del d["programmes"][0]["reach"]


@fault("programme.stops", "programmes", 0, "reach")
def programme_whose_reach_runs_out(d):
    del d["programmes"][0]["reach"]["2027/28"]


@fault("reach.above-maximum", "programmes", 0, "reach")
def reach_above_the_maximum(d):
    d["programmes"][0]["max_reach"] = 0.4


def in_service(d, people, cohort):
    d["programmes"][0] |= {"reach_basis": "in_service", "lag": 1, "reach": {}}
    d["programmes"][0] |= {
        "people": dict.fromkeys(YEARS, people),
        "cohort": dict.fromkeys(YEARS, cohort) if cohort else {},
    }


@fault("reach.negative-people", "programmes", 0, "people")
def fewer_people_than_none(d):
    in_service(d, -5, 100)


@fault("reach.no-cohort", "programmes", 0, "cohort")
def people_without_a_cohort(d):
    in_service(d, 5, None)


@fault("guard.reach", "programmes", 0, "people")
def more_people_than_the_cohort(d):
    in_service(d, 500, 100)


@fault("guard.reach", "programmes", 0, "people")
def more_people_than_the_maximum_reach(d):
    in_service(d, 50, 100)
    d["programmes"][0]["max_reach"] = 0.4


@fault("guard.reach", "programmes", 0, "people")
def more_people_joining_than_there_are(d):
    in_service(d, 60, 100)
    d["programmes"][0]["reach_basis"] = "joins"


@fault("effect.harm-overlaps", "programmes", 1, "family")
def harm_beside_a_better_programme_of_the_family(d):
    d["programmes"][0]["family"] = "frailty"
    d["programmes"].append(
        d["programmes"][0]
        | {
            "id": "calls",
            "effect": -0.02,
            "effect_low": None,
            "effect_high": None,
        }
    )
    d["segments"][0]["programmes"] = ["falls", "calls"]


@fault("programme.other-source-unused", "programmes", 0, "other_source")
def another_source_that_the_pool_does_not_have(d):
    d["programmes"][0] |= {
        "partner": "",
        "pool": "bcf",
        "source": LA,
        "other_source": "Additional NHS Contribution",
    }


@fault("evidence.deadweight-twice", "programmes", 0, "deadweight")
def deadweight_with_a_controlled_study(d):
    d["programmes"][0] |= {"grade": "B", "deadweight": 0.1}


@fault("evidence.deadweight-reasoned", "programmes", 0, "deadweight")
def deadweight_with_a_controlled_study_and_a_reason(d):
    d["programmes"][0] |= {
        "grade": "B",
        "deadweight": 0.1,
        "reason": "The trial's controls had no service; ours have one.",
    }


@fault("evidence.grade-n", "programmes", 0, "reason")
def effect_against_the_evidence_without_a_reason(d):
    d["programmes"][0]["grade"] = "N"


# -- results


@fault("balance.over-committed", "contributions", 0, "source")
def scheme_beyond_the_money_of_its_source(d):
    # the pool as a whole still balances: 10,000 more from the NHS source, 10,000 less from the
    # council's
    d["schemes"][0]["base_amount"] += 10_000
    d["schemes"][2]["base_amount"] -= 10_000


@fault("balance.unallocated", "contributions", 1, "source")
def money_that_no_scheme_spends(d):
    d["contributions"][1]["base_amount"] += 10_000


@fault("minimum.not-met", "minimums", 0, "base_amount")
def social_care_below_its_minimum(d):
    d["minimums"][0]["base_amount"] = 700_000.01


@fault("minimum.not-met", "minimums", 1, "base_amount")
def out_of_hospital_below_its_minimum(d):
    # of the joint scheme only the NHS share counts: 300,000 × 75 % = 225,000; the council's scheme
    # does not
    d["minimums"][1] |= {"base_amount": 225_001, "applies": "yes"}


@fault("minimum.off", "minimums", 1, "applies")
def out_of_hospital_below_a_minimum_that_the_rules_no_longer_set(d):
    d["minimums"][1]["base_amount"] = 225_001


@fault("minimum.not-met", "minimums", 2, "base_amount")
def less_put_in_than_the_published_allocation(d):
    d["minimums"].append(
        {"rule": "minimum_contribution", "source": NHS, "base_amount": 1_000_001, "index": "flat"}
    )


@fault("capital.as-revenue", "contributions", 2, "source")
def disabled_facilities_grant_spent_from_a_revenue_pool(d):
    d["contributions"].append(
        {"pool": "bcf", "partner": "council", "source": "DFG", "base_amount": 900, "index": "flat"}
    )
    d["schemes"].append(
        {
            "id": "4",
            "name": "Adaptations",
            "pool": "bcf",
            "source": "DFG",
            "base_amount": 900,
            "index": "flat",
        }
    )


@fault("passed-down.not-whole", "contributions", 2, "source")
def district_given_a_pound_too_little(d):
    districts(d)
    d["pass_downs"][0]["base_amount"] = 899


@fault("eligible.scheme-type", "schemes", 3, "scheme_type")
def adaptations_called_end_of_life_care(d):
    districts(d)
    d["schemes"][3]["scheme_type"] = "End of life care"


@fault("minimum.not-met", "minimums", 0, "base_amount")
def minimum_that_grows_while_spending_does_not(d):
    d["minimums"][0]["index"] = "prices"


@fault("guard.fall", "acute_lines", 0, "point_of_delivery")
def fall_in_admissions_above_one_per_cent_a_year(d):
    # 10 % of admissions × reach 0.5 × 0.25 = 1.25 % in year 1
    d["programmes"][0] |= {"effect": 0.25, "evidence": "Named evaluation"}


@fault("guard.fall-above-5", "acute_lines", 0, "point_of_delivery")
def fall_in_admissions_above_five_per_cent_with_no_evaluation(d):
    # all admissions × reach 0.5 × 0.12 = 6 %
    d["segments"] = [{"acute_line": "nel", "id": "all", "share": 1, "programmes": ["falls"]}]
    d["programmes"][0]["effect"] = 0.12
    del d["acute_lines"][0]["floor"]


@fault("guard.cash-year-1", "acute_lines", 0, "variable_cost")
def more_than_a_fifth_of_the_tariff_is_cash_at_once(d):
    d["acute_lines"][0] |= {"variable_cost": 0.21, "fixed_cost": 0.29}


@fault("guard.lag", "programmes", 0, "lag")
def whole_cohort_better_within_six_months(d):
    in_service(d, 10, 100)
    d["programmes"][0]["lag"] = 0.25


@fault("acute.below-floor", "acute_lines", 0, "floor")
def activity_below_the_floor(d):
    d["acute_lines"][0]["floor"] = 10_180


@fault("partner.worse-off", "partners", 2, "name")
def trust_left_with_stranded_cost(d):
    # the commissioner stops paying the whole price, the trust stops spending 18 % of it
    d["acute_lines"][0] |= {"variable_share": 1.0}


@fault("system.worse-off")
def programme_that_costs_more_than_it_releases(d):
    d["programmes"][0]["fixed_cost"] = dict.fromkeys(YEARS, 10_000_000)


@fault("guard.experience", "goals", None, "measure")
def nobody_watches_patients_experience(d):
    del d["schemes"][0]["experience_measure"]


# -- the tests


def findings(document):
    draft = from_document(document)
    assert draft.sound, [str(f) for f in draft.findings]
    return evaluate(draft.plan).findings


def ids(found, severity=None):
    return [f.id for f in found if severity in (None, f.severity)]


# -- uncertainty


def entered(d, **row):
    d["uncertainties"] = [{"path": "programmes/falls/effect", "low": 0.01, "high": 0.08, **row}]


@fault("uncertainty.no-such-path", "uncertainties", 0, "path")
def uncertain_programme_that_is_not_there(d):
    entered(d, path="programmes/fals/effect")


@fault("uncertainty.no-such-path", "uncertainties", 0, "path")
def uncertain_figure_in_no_words_of_the_plan(d):
    entered(d, path="the effect of falls")


@fault("uncertainty.no-such-path", "uncertainties", 0, "path")
def uncertain_figure_of_a_year_after_the_plan(d):
    entered(d, path="programmes/falls/reach[2040/41]")


@fault("uncertainty.not-drawn", "uncertainties", 0, "path")
def uncertain_contract(d):
    entered(d, path="acute_lines/nel/contract")


@fault("uncertainty.no-interval", "uncertainties", 0, "high")
def uncertain_without_a_high(d):
    entered(d, high=None)


@fault("uncertainty.no-chance", "uncertainties", 0, "chance")
def ward_closes_with_no_chance_said(d):
    entered(d, path="acute_lines/nel/closes", distribution="bernoulli")


@fault("uncertainty.no-spread", "uncertainties", 0, "low")
def tenth_and_ninetieth_percentile_the_same(d):
    entered(d, low=0.05, high=0.05)


@fault("uncertainty.unfit", "uncertainties", 0, "low")
def uncertain_low_above_high(d):
    entered(d, low=0.08, high=0.01)


@fault("uncertainty.unfit", "uncertainties", 0, "low")
def share_with_an_interval_wider_than_any_share(d):
    entered(d, path="programmes/falls/max_reach", distribution="beta", low=0.0, mode=0.5, high=9.0)


@fault("uncertainty.unfit", "uncertainties", 0, "low")
def share_of_which_a_thousandth_can_be(d):
    entered(
        d,
        path="programmes/falls/max_reach",
        distribution="normal",
        low=-2000.0,
        mode=0.5,
        high=2000.0,
    )


@fault("uncertainty.outside", "uncertainties", 0, "mode")
def reach_of_more_than_everybody(d):
    entered(d, path="programmes/falls/reach[2026/27]", low=0.9, mode=1.2, high=1.5)


@fault("uncertainty.twice", "uncertainties", 1, "path")
def reach_of_every_year_and_of_one(d):
    paths = ("programmes/falls/reach", "programmes/falls/reach[2026/27]")
    d["uncertainties"] = [{"path": path, "low": 0.4, "mode": 0.5, "high": 0.6} for path in paths]


@fault("uncertainty.moves-nothing", "uncertainties", 0, "path")
def index_that_nothing_uses(d):
    d["indices"].append({"id": "idle", "rates": {}})
    entered(d, path="indices/idle/rates", distribution="normal", low=-0.01, high=0.01)


@fault("correlation.no-driver", "correlations", 0, "driver_b")
def driver_that_nothing_uses(d):
    d["correlations"] = [
        {"driver_a": "programmes/falls/effect", "driver_b": "weather", "rank_correlation": 0.5}
    ]


@fault("correlation.twice", "correlations", 1, "driver_b")
def correlation_entered_both_ways(d):
    pair = ("programmes/falls/effect", "programmes/falls/reach")
    d["correlations"] = [
        {"driver_a": a, "driver_b": b, "rank_correlation": 0.5} for a, b in (pair, pair[::-1])
    ]


@fault("correlation.repaired", "correlations", 0, "rank_correlation")
def three_drivers_each_against_the_others(d):
    a, b, c = "programmes/falls/effect", "programmes/falls/reach", "programmes/falls/fixed_cost"
    d["correlations"] = [
        {"driver_a": x, "driver_b": y, "rank_correlation": -0.9}
        for x, y in ((a, b), (b, c), (a, c))
    ]


# -- the same thing counted twice


@fault("double.lines", "acute_lines", 1, "cohort")
def same_admissions_on_two_lines(d):
    d["acute_lines"].append({**d["acute_lines"][0], "id": "nel_again"})


@fault("double.mechanism", "programmes", 1, "family")
def two_programmes_of_one_evidence_row_and_no_family(d):
    row = d["programmes"][0]
    row |= {
        "library": "home-safety",
        "effect": 0.08,
        "effect_low": 0.0,
        "effect_high": 0.2,
        "lag": 0.25,
    }
    d["programmes"].append({**row, "id": "more_falls"})
    d["segments"][0]["programmes"].append("more_falls")


@fault("double.bed-days", "acute_lines", 1, "unit_cost")
def admissions_and_their_bed_days_both_with_a_price(d):
    d["acute_lines"].append({**d["acute_lines"][0], **BEDS, "parent": "nel"})


@fault("double.follower", "acute_lines", 1, "parent")
def programme_on_a_line_and_on_the_one_that_follows_it(d):
    d["acute_lines"].append(
        {
            **d["acute_lines"][0],
            **BEDS,
            "parent": "nel",
            "unit_price": 0,
            "unit_cost": 0,
            "closes": {},
        }
    )
    d["segments"].append({"acute_line": "beds", "id": "all", "share": 1, "programmes": ["falls"]})


@fault("double.attendance", "acute_lines", 1, "parent")
def admissions_and_their_attendances(d):
    visits = {
        "id": "ae",
        "currency": "attendance",
        "point_of_delivery": "A&E attendance",
        "floor": None,
        "closes": {},
    }
    d["acute_lines"].append({**d["acute_lines"][0], **visits})
    d["segments"].append({"acute_line": "ae", "id": "all", "share": 1, "programmes": ["falls"]})


@fault("double.inflation", "acute_lines", 0, "non_demographic_index")
def prices_that_make_activity_grow(d):
    d["acute_lines"][0]["non_demographic_index"] = "prices"


@fault("double.efficiency", "acute_lines", 0, "closes")
def ward_that_efficiency_and_a_decision_may_both_close(d):
    d["indices"].append({"id": "efficiency", "rates": dict.fromkeys(YEARS, 0.011)})
    d["acute_lines"][0]["price_efficiency"] = "efficiency"


@fault("double.money", "contributions", 2, "base_amount")
def grant_that_stands_in_two_pools(d):
    d["pools"].append(
        {"id": "other", "name": "Other pool", "host": "council", "risk_share": "agreed"}
    )
    d["contributions"].append({**d["contributions"][1], "pool": "other"})


# -- evidence


@fault("effect.no-regression", "programmes", 0, "population_rate")
def before_and_after_without_the_rate_of_everyone(d):
    d["programmes"][0] |= {
        "effect_measure": "before_after",
        "effect": 0.76,
        "rate_before": 3,
        "grade": "D",
    }
    d["programmes"][0] |= {"effect_low": None, "effect_high": None}


@fault("evidence.before-after", "programmes", 0, "effect_measure")
def fall_of_frequent_users_taken_at_its_word(d):
    d["programmes"][0] |= {
        "effect": 0.24,
        "effect_high": 0.3,
        "grade": "D",
        "library": "social-prescribing",
        "lag": 0.5,
    }


@fault("evidence.nothing-off", "programmes", 0, "deadweight")
def effect_of_grade_d_from_which_nothing_is_taken(d):
    d["programmes"][0]["grade"] = "D"


@fault("evidence.better-grade", "programmes", 0, "grade")
def grade_better_than_the_evidence_row(d):
    d["programmes"][0] |= {
        "library": "carers",
        "effect": 0.0,
        "effect_low": -0.01,
        "effect_high": 0.03,
        "lag": 0.5,
    }


@fault("evidence.differs", "programmes", 0, "library")
def effect_that_is_not_that_of_its_evidence_row(d):
    d["programmes"][0] |= {
        "library": "falls-exercise",
        "effect": 0.04,
        "effect_low": -0.03,
        "effect_high": 0.1,
        "grade": "A",
    }
    d["programmes"][0]["lag"] = 0.5


@fault("list.unknown-value", "programmes", 0, "library")
def evidence_row_that_is_not_there(d):
    d["programmes"][0]["library"] = "falls-exercises"


# -- figures that can be read but cannot be meant


@fault("link.empty-table", "acute_lines", 0, "commissioner")
def no_partner_at_all(d):
    d["partners"], d["pools"], d["contributions"], d["schemes"], d["minimums"] = [], [], [], [], []
    d["risk_shares"], d["programmes"][0]["partner"] = [], "icb"


@fault("row.same-but-capitals", "partners", 3, "id")
def two_partners_that_excel_takes_for_one(d):
    d["partners"].append({"id": "ICB", "name": "Another board", "kind": "icb"})


@fault("index.flat", "indices", 1, "id")
def index_of_ones_own_called_flat(d):
    d["indices"].append({"id": "flat", "rates": dict.fromkeys(YEARS, 0.05)})


@fault("index.unusual", "indices", 0, "rates")
def rate_of_half_instead_of_half_a_per_cent(d):
    d["indices"][0]["rates"]["2027/28"] = 0.5


@fault("acute.nothing-left", "acute_lines", 0, "price_efficiency")
def efficiency_of_a_hundred_per_cent(d):
    d["indices"].append({"id": "efficiency", "rates": dict.fromkeys(YEARS, 1)})
    d["acute_lines"][0] |= {"price_uplift": "flat", "price_efficiency": "efficiency"}


@fault("amount.too-large", "acute_lines", 0, "base_activity")
def activity_worth_more_than_there_is(d):
    d["acute_lines"][0]["base_activity"] = 5e9


@fault("amount.too-large", "contributions", 0, "base_amount")
def contribution_that_doubles_every_year_from_the_largest(d):
    d["indices"].append({"id": "steep", "rates": dict.fromkeys(YEARS, 1.0)})
    d["contributions"][0] |= {"base_amount": 5e12, "index": "steep"}


@fault("amount.too-large", "programmes", 0, "unit_cost")
def programme_dearer_than_there_is_money(d):
    d["programmes"][0] |= {"unit_cost": 1e9, "people": dict.fromkeys(YEARS, 1e6)}


@fault("year.base-year", "programmes", 0, "fixed_cost")
def cost_of_a_programme_in_the_base_year(d):
    d["programmes"][0]["fixed_cost"]["2025/26"] = 5_000


@fault("amount.two-base-amounts", "contributions", 0, "amounts")
def two_amounts_for_the_base_year(d):
    d["contributions"][0]["amounts"] = {"2025/26": 999_999}


@fault("shift.into-capital", "shifts", 0, "pool")
def acute_money_into_a_capital_pool(d):
    d["pools"].append(
        {"id": "capital", "name": "Capital", "host": "council", "money_kind": "capital"}
    )
    d["shifts"] = [{"id": "s", "lines": ["nel"], "pool": "capital"}]


@fault("shift.figure-unused", "shifts", 0, "rule")
def amounts_that_the_rule_does_not_use(d):
    d["shifts"] = [
        {"id": "s", "lines": ["nel"], "pool": "bcf", "amounts": dict.fromkeys(YEARS, 10)}
    ]


@fault("goal.no-trajectory", "goals", 0, "id")
def goal_that_nothing_leads_to(d):
    del d["goals"][0]["acute_line"]


@fault("goal.expected-unused", "goals", 0, "expected")
def goal_with_expected_values_and_a_line(d):
    d["goals"][0]["expected"] = {YEARS[0]: 10_000}


@fault("goal.no-lines", "goals", 0, "kind")
def goal_for_bed_days_in_a_plan_without_any(d):
    d["goals"][0] |= {"kind": "bed_days", "acute_line": ""}


@fault("goal.mixed-currencies", "goals", 0, "acute_line")
def goal_that_adds_spells_and_episodes(d):
    d["acute_lines"].append(d["acute_lines"][0] | {"id": "nel2", "currency": "episode"})
    d["goals"][0] |= {"kind": "admissions", "acute_line": ""}


@fault("goal.not-bed-days", "goals", 0, "acute_line")
def goal_for_bed_days_on_a_line_of_spells(d):
    d["goals"][0] |= {"kind": "bed_days"}


@fault("goal.prevention-untagged", "schemes", 0, "prevention")
def share_on_prevention_that_leaves_out_preventive_schemes(d):
    d["schemes"][0]["scheme_type"] = "Wider support to promote prevention and independence"
    d["goals"][0] |= {"kind": "prevention_share", "acute_line": "", "good": "higher"}


@fault("goal.base-year", "goals", 0, "target_year")
def goal_dated_the_base_year(d):
    d["goals"][0]["target_year"] = d["setup"]["base_year"]


@fault("goal.already-reached", "goals", 0, "target")
def goal_that_asks_for_less_than_there_is(d):
    d["goals"][0] |= {"baseline": 10_000, "good": "higher", "target": 9_000}


@fault("goal.baseline-known", "goals", 0, "baseline")
def residential_goal_without_a_baseline_in_a_known_area(d):
    d["setup"]["ons_code"] = "E06000001"
    d["goals"][0] |= {"kind": "residential", "acute_line": "", "expected": {YEARS[0]: 540}}


@fault("goal.not-met", "goals", 0, "target")
def goal_beyond_what_the_plan_avoids(d):
    d["goals"][0]["target"] = 9_500


@fault("qaly.nobody", "programmes", 0, "qalys_per_person")
def health_effects_a_person_of_nobody(d):
    d["programmes"][0]["qalys_per_person"] = 0.02


@fault("qaly.no-value", "setup", None, "qaly_value")
def health_effects_without_a_value(d):
    d["programmes"][0]["qalys"] = {YEARS[0]: 3}


@fault("qaly.no-source", "setup", None, "qaly_evidence")
def value_of_a_qaly_from_nowhere(d):
    d["setup"]["qaly_value"] = 20_000


@fault("effect.too-harmful", "programmes", 0, "effect")
def harm_of_five_instead_of_five_per_cent(d):
    d["programmes"][0] |= {"effect": -5, "effect_low": None}


# -- in the year


def vired(d, **changes):
    """Put a virement of £10,000 from scheme 1 to scheme 2 into the plan, sound but for the
    changes."""
    sound = {
        "id": "V1",
        "year": "2025/26",
        "month": 4,
        "from_scheme": "1",
        "to_scheme": "2",
        "amount": 10_000,
    }
    sound |= {"authority": "partnership_board", "approved_by": "Board, 3 July"}
    d["virements"] = [
        {name: value for name, value in (sound | changes).items() if value is not None}
    ]


@fault("profile.built-in", "profiles", 0, "id")
def profile_with_a_name_that_is_taken(d):
    d["profiles"] = [{"id": "annual", "july": 1}]


@fault("profile.no-weight", "profiles", 0, "april")
def profile_without_a_month(d):
    d["profiles"] = [{"id": "winter"}]


@fault("virement.not-counted", "virements", 0, "approved_by")
def virement_nobody_approved(d):
    vired(d, approved_by=None)


@fault("virement.not-counted", "virements", 0, "to_scheme")
def virement_to_a_scheme_that_is_not_there(d):
    vired(d, to_scheme="22")


@fault("virement.not-counted", "virements", 0, "from_line")
def virement_from_a_line_that_is_not_there(d):
    vired(d, from_line=2)


@fault("virement.not-counted", "virements", 0, "from_scheme")
def virement_from_nowhere_to_nowhere(d):
    vired(d, from_scheme=None, to_scheme=None)


@fault("virement.not-counted", "virements", 0, "to_scheme")
def virement_to_itself(d):
    vired(d, to_scheme="1")


@fault("virement.not-counted", "virements", 0, "year")
def virement_of_another_year(d):
    vired(d, year="2019/20")


@fault("virement.not-counted", "virements", 0, "partner")
def virement_from_outside_without_a_partner(d):
    vired(d, from_scheme=None)


@fault("virement.not-counted", "virements", 0, "month")
def virement_into_a_closed_pool(d):
    d["pools"].append(
        {
            "id": "old",
            "name": "Old pool",
            "host": "council",
            "closed_on": "2025-06-30",
            "risk_share": "agreed",
        }
    )
    d["contributions"].append(
        {"pool": "old", "partner": "council", "source": LA, "base_amount": 5000, "recurrent": False}
    )
    d["schemes"].append(
        {
            "id": "9",
            "name": "Old",
            "pool": "old",
            "source": LA,
            "base_amount": 5000,
            "recurrent": False,
        }
    )
    vired(d, to_scheme="9", partner="council", authority="all_partners")


@fault("virement.not-counted", "virements", 0, "capital_permission")
def virement_from_revenue_to_capital(d):
    d["pools"].append(
        {
            "id": "dfg",
            "name": "DFG",
            "host": "council",
            "money_kind": "capital",
            "risk_share": "agreed",
        }
    )
    d["contributions"].append(
        {"pool": "dfg", "partner": "council", "source": "DFG", "base_amount": 5000, "index": "flat"}
    )
    d["schemes"].append(
        {
            "id": "9",
            "name": "Adaptations",
            "pool": "dfg",
            "source": "DFG",
            "base_amount": 5000,
            "index": "flat",
        }
    )
    vired(d, to_scheme="9", partner="council", authority="all_partners")


@fault("virement.no-authority", "virements", 0, "authority")
def virement_on_nobodys_authority(d):
    vired(d, authority=None)


@fault("virement.above-limit", "virements", 0, "authority")
def virement_above_the_limit(d):
    d["setup"]["limit_partnership_board"] = 9_999.99
    vired(d)


@fault("virement.leaves-pool", "virements", 0, "authority")
def virement_out_of_the_pool_by_the_board_alone(d):
    vired(d, to_scheme=None, partner="icb")


@fault("virement.one-off-full-year", "virements", 0, "full_year")
def one_off_virement_with_a_full_year(d):
    vired(d, full_year=40_000)


@fault("virement.no-base", "virements", 0, "recurrent")
def recurrent_virement_to_a_one_off_scheme(d):
    d["schemes"][1] |= {"recurrent": False, "amounts": dict.fromkeys(YEARS, 300_000)}
    vired(d, recurrent=True)


@fault("virement.no-contribution", "virements", 0, "partner")
def recurrent_money_from_a_partner_who_gives_nothing(d):
    vired(d, recurrent=True, from_scheme=None, partner="trust", authority="all_partners")


@fault("virement.more-than-budget", "schemes", 0, "base_amount")
def virement_of_more_than_there_is(d):
    vired(d, amount=700_001)


@fault("virement.source-short", "virements", 0, "amount")
def virement_between_two_sources(d):
    vired(d, from_scheme="3", to_scheme="1")


@fault("virement.minimum-short", "virements", 0, "amount")
def virement_out_of_the_adult_social_care_minimum(d):
    vired(d)


@fault("actual.unknown-scheme", "actuals", 0, "scheme")
def actual_of_a_scheme_that_is_not_there(d):
    d["actuals"] = [
        {"year": "2025/26", "month": 1, "kind": "expenditure", "scheme": "Reablment", "amount": 50}
    ]


@fault("actual.unknown-scheme", "actuals", 0, "line")
def actual_of_a_line_that_is_not_there(d):
    d["actuals"] = [
        {
            "year": "2025/26",
            "month": 1,
            "kind": "expenditure",
            "scheme": "1",
            "line": 4,
            "amount": 50,
        }
    ]


@fault("actual.unknown-source", "actuals", 0, "source")
def income_nobody_gives(d):
    d["actuals"] = [
        {
            "year": "2025/26",
            "month": 1,
            "kind": "income",
            "pool": "bcf",
            "source": "DFG",
            "amount": 50,
        }
    ]


@fault("actual.outside-plan", "actuals", 0, "year")
def actual_of_last_year(d):
    d["actuals"] = [
        {"year": "2024/25", "month": 12, "kind": "expenditure", "scheme": "1", "amount": 50}
    ]


@fault("actual.nothing-booked", "schemes", 1, "id")
def one_scheme_booked_and_the_others_not(d):
    d["actuals"] = [{"year": "2025/26", "month": 1, "scheme": "1", "amount": 50}]


@fault("forecast.unknown-scheme", "forecasts", 0, "scheme")
def forecast_of_a_scheme_that_is_not_there(d):
    d["forecasts"] = [{"year": "2025/26", "month": 1, "scheme": "44", "outturn": 50}]


@fault("agreement.no-pool", "pools", 0, "legal_basis")
def pool_under_a_power_that_only_pays(d):
    d["pools"][0]["legal_basis"] = "s256"


@fault("agreement.unsigned", "pools", 0, "signed_on")
def agreement_that_nobody_signed(d):
    d["pools"][0]["agreement"] = "Section 75 agreement, draft 4"


@fault("agreement.signed-late", "pools", 0, "signed_on")
def agreement_signed_after_it_begins(d):
    d["pools"][0] |= {"signed_on": "2025-09-12", "covers_from": "2025-04-01"}


@fault("agreement.years-outside", "pools", 0, "covers_to")
def agreement_that_ends_before_the_plan(d):
    d["pools"][0] |= {
        "signed_on": "2025-03-12",
        "covers_from": "2025-04-01",
        "covers_to": "2027-03-31",
    }


@fault("forecast.unknown-source", "forecasts", 0, "source")
def forecast_of_income_that_nobody_gives(d):
    d["forecasts"] = [
        {
            "year": "2025/26",
            "month": 1,
            "pool": "bcf",
            "source": LA,
            "partner": "icb",
            "outturn": 50,
        }
    ]


@fault("forecast.old", "forecasts", 0, "outturn")
def forecast_that_has_stood_for_half_a_year(d):
    d["forecasts"] = [{"year": "2025/26", "month": 3, "scheme": "1", "outturn": 710_000}]
    d["actuals"] = [
        {"year": "2025/26", "month": 9, "scheme": str(n), "amount": 50} for n in (1, 2, 3)
    ]


@fault("monitor.outside-plan", "setup", None, "monitored_year")
def year_monitored_before_the_plan(d):
    d["setup"]["monitored_year"] = "2024/25"


def test_a_grant_that_goes_on_to_districts_in_full_raises_nothing():
    document = clean()
    districts(document)
    assert [str(f) for f in findings(document)] == []


def test_the_clean_plan_raises_nothing():
    assert [str(f) for f in findings(clean())] == []


@pytest.mark.parametrize(("id", "table", "row", "field", "change"), FAULTS)
def test_one_fault_one_kind_of_finding(id, table, row, field, change):
    document = clean()
    change(document)
    found = findings(document)
    raised = [f for f in found if f.id == id]
    assert raised, f"found only {ids(found)}"
    assert set(ids(found, Severity.ERROR)) <= {id}, "one fault, and no error that follows from it"
    if table:
        rows = document["setup"] if table == "setup" else document[table]
        key = ""
        if row is not None:
            spec = TABLES[table]
            key = spec.key_told(rows[row])
        assert any(
            (f.place.table, f.place.row, f.place.column.split("[")[0]) == (table, key, field)
            for f in raised
        ), [f.place for f in raised]


@pytest.mark.parametrize(("id", "table", "row", "field", "change"), FAULTS)
def test_every_finding_can_be_acted_on(id, table, row, field, change):
    document = clean()
    change(document)
    plan = from_document(document).plan
    for found in findings(document):
        assert (found.message.endswith((".", "?")) and found.message[0].isupper()) or found.message[
            0
        ] in "“0123456789b"
        assert found.fix, found
        if found.place.sheet:
            assert found.place.sheet == "Bridge"
            continue
        noun = SETUP.noun if found.place.table == "setup" else TABLES[found.place.table].noun
        name, _, year = found.place.column.partition("[")
        column = only([c for c in columns_of(noun) if c.field == name])
        assert bool(year) <= column.by_year
        if found.place.table != "setup" and found.place.row:
            spec = TABLES[found.place.table]
            assert found.place.row in {spec.key_of(row) for row in getattr(plan, found.place.table)}


def test_there_is_a_fault_here_for_every_finding():
    told = set()
    for path in (
        *Path(checks.__file__).parent.glob("*.py"),
        Path(risk_rule.__file__),
        Path(gain_rule.__file__),
    ):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in (
                "error",
                "warning",
                "note",
                "Fault",
            ):
                told |= {node.args[0].value} if isinstance(node.args[0], ast.Constant) else set()
    assert told == {param.values[0] for param in FAULTS}


def test_a_partner_that_is_not_there_is_not_also_said_to_have_no_hand_in_the_pool():
    document = clean()
    document["risk_shares"][1]["partner"] = "nobody"
    assert ids(findings(document)) == ["link.unknown"]


def test_what_is_wrong_in_the_year_never_stops_the_answers():
    document = clean()
    for change in (virement_to_a_scheme_that_is_not_there, actual_of_a_scheme_that_is_not_there):
        change(document)
    document["virements"][0]["partner"] = "nobody"
    document["actuals"].append({"year": "2025/26", "month": 13, "scheme": "1", "amount": 50})
    document["actuals"].append({"year": "2025/26", "month": 2, "scheme": "1", "amount": "£2.%"})
    draft = from_document(document)
    assert [
        (f.id, f.severity, f.place.table, f.place.row, f.place.column) for f in draft.findings
    ] == [
        ("cell.out-of-range", "warning", "Actuals", "2", "month"),
        ("cell.text-in-number", "warning", "Actuals", "3", "amount"),
    ]
    assert all("set aside" in f.message for f in draft.findings)
    case = evaluate(draft.plan)
    assert case.result is not None and not [
        f for f in case.findings if f.severity is Severity.ERROR
    ]
    assert {"virement.not-counted", "actual.unknown-scheme", "link.unknown"} <= set(
        ids(case.findings)
    )


def test_a_wrong_record_or_sign_off_never_stops_the_answers():
    document = clean()
    record = {
        "year": "2025/26",
        "pool": "bcf",
        "partner": "icb",
        "counterparty": "council",
        "kind": "payable",
        "amount": "£2.%",
    }
    later = record | {"year": "2031/32", "amount": 5}
    document["partner_records"] = [
        record,
        later,
        record | {"pool": "bcff", "partner": "icb", "amount": 5},
    ]
    document["sign_offs"] = [{"partner": "icb", "role": "Chief executive", "date": "soon"}]
    case = evaluate_draft(from_document(document))
    assert case.result is not None and not [
        f for f in case.findings if f.severity is Severity.ERROR
    ]
    assert {"cell.text-in-number", "cell.not-a-date", "year.outside-plan", "link.unknown"} <= set(
        ids(case.findings)
    )
    assert len(agreement(case).rows) == 2


@pytest.mark.parametrize(
    "change", [{"gain_share": 0.3}, {"partner": "nobody"}, {"cap": -1}, {"basis": "cost"}]
)
def test_a_gain_share_that_cannot_be_used_is_set_aside_whole_and_the_answers_go_on(change):
    document = clean()
    rows = [
        {"id": "pact", "partner": "icb", "gain_share": 0.5},
        {"id": "pact", "partner": "council", "gain_share": 0.5},
    ]
    document["gain_shares"] = rows
    sound = evaluate_draft(from_document(document))
    rows[1] |= change
    told = evaluate_draft(from_document(document))
    assert sound.result is not None and gain_share(sound).rows
    assert told.result is not None and not gain_share(told).rows
    (wrong,) = [f for f in told.findings if f.severity is Severity.ERROR]
    assert "The whole gain share is set aside" in wrong.message and wrong.fix


def test_an_error_stops_the_answers_and_a_warning_does_not():
    wrong, doubtful = clean(), clean()
    wrong["segments"][1]["share"] = 0.5
    doubtful["contributions"][1]["base_amount"] = 1
    assert evaluate(from_document(wrong).plan).result is None
    assert evaluate(from_document(doubtful).plan).result is not None


def test_all_findings_come_at_once():
    document = clean()
    faults = (
        segments_of_99_per_cent,
        shares_of_a_rule_make_99_per_cent,
        partner_that_is_not_there,
        cost_shares_of_99_per_cent,
        odds_ratio_without_base_risk,
    )
    for change in faults:
        change(document)
    expected = {
        "segment.not-100",
        "risk.not-100",
        "link.unknown",
        "acute.cost-split",
        "effect.no-base-risk",
    }
    assert expected <= set(ids(findings(document)))


def test_a_shortfall_carries_its_worth():
    document = clean()
    scheme_beyond_the_money_of_its_source(document)
    short = only([f for f in findings(document) if f.id == "balance.over-committed"])
    # 10,000 short in each of three years, carried forward
    assert short.effect_pence == 30_000_00


@pytest.mark.parametrize(
    ("change", "id", "pence"),
    [
        # 10,200 spells at £3,060 cost and are paid £31,212,000; 25.5 fewer free 18 % of £78,030 at
        # once, £14,045.40: the rest of
        # what is moved is not there. No decision frees more fixed cost than £78,030 − £14,045.40 of
        # the £100,000.
        (money_moved_before_it_is_released, "shift.unfunded-gap", 1_000_000_00 - 14_045_40),
        (
            more_fixed_cost_released_than_is_avoided,
            "acute.fixed-release-capped",
            100_000_00 - (78_030_00 - 14_045_40),
        ),
        (fixed_cost_released_though_nothing_is_avoided, "acute.fixed-release-alone", 100_000_00),
    ],
)
def test_what_is_moved_or_released_without_a_release_carries_its_worth(change, id, pence):
    document = clean()
    change(document)
    assert [f.effect_pence for f in findings(document) if f.id == id] == [pence]


def test_the_worth_of_a_missed_minimum_is_its_worst_gap():
    document = clean()
    minimum_that_grows_while_spending_does_not(document)
    (missed,) = [f for f in findings(document) if f.id == "minimum.not-met"]
    # 700,000 → 714,000 → 728,280, spending stays at 700,000
    assert missed.effect_pence == 28_280_00


def test_a_fall_above_five_per_cent_passes_with_a_named_evaluation():
    document = clean()
    fall_in_admissions_above_five_per_cent_with_no_evaluation(document)
    document["programmes"][0]["evidence"] = "A named evaluation"
    found = findings(document)
    assert "guard.fall-above-5" not in ids(found) and "guard.fall" in ids(found)


def test_the_year_that_is_beyond_experience_is_named_not_the_one_of_the_deepest_fall():
    document = clean()
    fall_in_admissions_above_five_per_cent_with_no_evaluation(document)
    # all admissions × 0.1 × reach 0.15, 0.18: 1.5 % in year 1 is above 1 %; 1.8 % in year 2 is
    # within 2 %
    document["programmes"][0] |= {
        "effect": 0.1,
        "lag": 0,
        "reach": dict(zip(YEARS, (0.15, 0.18), strict=True)),
    }
    (told,) = [f for f in findings(document) if f.id == "guard.fall"]
    assert "1.5% below do nothing in 2026/27" in told.message


def test_a_wrong_name_is_told_with_the_nearest_right_one():
    document = clean()
    partner_that_is_not_there(document)
    (found,) = [f for f in findings(document) if f.id == "link.unknown"]
    assert "“icbb”" in found.message and "“icb”" in found.fix


def test_a_value_that_is_not_listed_is_told_with_what_is_allowed():
    document = clean()
    area_of_spend_nobody_lists(document)
    (found,) = [f for f in findings(document) if f.id == "list.own-value"]
    assert found.severity is Severity.WARNING
    assert "Did you mean “Social Care”?" in found.fix and "Community Health" in found.fix


def test_an_entry_of_ones_own_is_kept_and_told_once():
    document = clean()
    for row in document["schemes"]:
        row["provider"], row["sub_type"] = (
            "Alliance of GP practices",
            "Reablement at home (step up and step down)",
        )
    document["schemes"][1]["provider"] = "Care co-operative"
    (found,) = findings(document)
    assert (found.id, found.severity) == ("list.own-value", Severity.NOTE)
    told = (
        "Provider: “Alliance of GP practices”; “Care co-operative” are entries of your own, not in"
        " the list of 2025-26."
    )
    assert found.message == told
    assert "Hospice" in found.fix and "not confirmed" in found.fix


def test_a_word_of_another_year_is_told_with_its_year():
    document = clean()
    document["schemes"][0]["scheme_type"] = "Residential Placements"
    (found,) = [f for f in findings(document) if f.id == "list.own-value"]
    assert found.severity is Severity.WARNING and "It is a word of 2023-25." in found.fix
    document["contributions"][0]["source"] = document["schemes"][0]["source"] = "iBCF"
    told = [f for f in findings(document) if f.id == "list.unknown-value"]
    assert [f.place.table for f in told] == ["contributions", "schemes"]
    assert all(
        "is a name of 2023-25" in f.message
        and "It is “Local Authority Better Care Grant” now." in f.fix
        for f in told
    )


def test_a_funding_source_of_ones_own_is_one_that_funding_gives():
    document = clean()
    document["contributions"].append(
        {**document["contributions"][0], "source": "Transformation Fund", "base_amount": 50_000}
    )
    document["schemes"].append(
        {
            **document["schemes"][0],
            "id": "9",
            "source": "Transformation Fund",
            "base_amount": 50_000,
        }
    )
    told = [f for f in findings(document) if f.id.startswith("list.")]
    assert [(f.id, f.severity, f.place.table) for f in told] == [
        ("list.own-value", Severity.NOTE, "contributions")
    ]
    assert "additional money of the side that gives it" in told[0].message


@pytest.mark.parametrize("table", ["contributions", "schemes", "minimums"])
def test_an_index_that_no_year_needs_may_lack_years(table):
    document = clean()
    document["indices"].append({"id": "short", "rates": {}})
    document[table][0] |= {
        "index": "short",
        "amounts": dict.fromkeys(YEARS, document[table][0]["base_amount"]),
    }
    assert findings(document) == ()


def test_an_index_of_a_one_off_line_may_lack_years():
    document = clean()
    document["indices"].append({"id": "short", "rates": {}})
    document["contributions"][0] |= {"index": "short", "recurrent": False}
    document["schemes"][0]["recurrent"] = document["schemes"][1]["recurrent"] = False
    assert ids(findings(document), Severity.ERROR) == []


def test_an_agreement_signed_before_it_begins_that_covers_the_plan_raises_nothing():
    document = clean()
    document["pools"][0] |= {
        "agreement": "Section 75",
        "signed_on": "2025-04-01",
        "covers_from": "2025-04-01",
    }
    assert findings(document) == ()
    # the plan runs from 2025/26 to 2027/28: an agreement to 31 March 2028 covers it, one to 31
    # March 2027 not its last year
    document["pools"][0]["covers_to"] = "2028-03-31"
    assert findings(document) == ()
    document["pools"][0]["covers_to"] = "2027-03-31"
    (told,) = findings(document)
    assert told.message.endswith(
        "runs from 2025-04-01 to 2027-03-31; of the plan it does not cover 2027/28."
    )
