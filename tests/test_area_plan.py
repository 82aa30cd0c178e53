"""A plan to start from: what is known of an area is filled in with its source, the rest is left out
and told.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from icbudget import reference
from icbudget.answers.case import evaluate
from icbudget.area_plan import new_plan
from icbudget.findings import Severity, has_errors
from icbudget.plan.plan_text import from_yaml, to_yaml


def started(*asked):
    plan, findings = new_plan(*asked)
    assert plan is not None and not has_errors(findings)
    return plan, {f.id: f for f in findings}


@pytest.mark.parametrize("asked", ["Lewisham", "E09000023", "London Borough of Lewisham"])
def test_an_area_by_name_or_code(asked):
    plan, _ = started(asked)
    assert (plan.setup.area, plan.setup.ons_code, plan.setup.rules_year) == (
        "Lewisham",
        "E09000023",
        "2025-26",
    )
    assert plan.years == ("2025/26", "2026/27", "2027/28", "2028/29", "2029/30", "2030/31")
    # a second ICB has under 1 % of the people and is left out
    assert [p.kind for p in plan.partners] == ["icb", "council"]
    assert [(p.id, p.host, p.legal_basis) for p in plan.pools] == [("bcf", "council", "s75")]


def test_an_area_in_one_icb_has_one_and_a_split_area_has_each_with_its_share():
    plan, told = started("Blackburn with Darwen")
    assert [p.name for p in plan.partners if p.kind == "icb"] == [
        "NHS Lancashire and South Cumbria ICB"
    ] and "area.icb-split" not in told
    plan, told = started("North Yorkshire")
    assert len([p for p in plan.partners if p.kind == "icb"]) == 3
    for text in (told["area.icb-split"].message, plan.setup.notes):
        assert (
            "Humber and North Yorkshire ICB 94.66%" in text
            and "West Yorkshire ICB 4.1%" in text
            and "1.25%" in text
        )
    assert "registered population of GP practices" in plan.setup.notes


def test_a_known_grant_is_filled_in_with_its_source_and_no_growth_is_guessed():
    plan, told = started("Blackburn with Darwen")
    (row,) = plan.contributions
    assert (row.source, row.partner, row.base_amount) == (
        "Local Authority Better Care Grant",
        "council",
        Decimal(10299963),
    )
    assert row.status == "derived" and "Grant Determination 2025 to 2026" in row.evidence
    assert (
        row.index == ""
        and dict(row.amounts) == {"2026/27": Decimal(10299963)}  # equals 2025/26, as announced
        and told["area.grant-years"].severity is Severity.WARNING
    )
    assert "blank.index" in [f.id for f in evaluate(plan).findings]


def test_later_years_of_a_grant_are_filled_in_and_capital_stands_in_a_pool_of_its_own():
    """Gloucestershire's Disabled Facilities Grant: £7,439,417 in 2023/24 and £8,490,250 in 2024/25
    with its addition.
    """
    plan, told = started("Gloucestershire", "2023/24", 1)
    (row,) = plan.contributions
    assert (row.source, row.base_amount, dict(row.amounts)) == (
        "DFG",
        Decimal(7439417),
        {"2024/25": Decimal(8490250)},
    )
    pool = next(p for p in plan.pools if p.id == row.pool)
    assert (pool.money_kind, pool.parent) == ("capital", "bcf") and "area.grant-years" not in told
    assert plan.setup.rules_year == "2023-25" and not has_errors(evaluate(plan).findings)


def test_a_grant_of_other_rules_or_unknown_in_the_base_year_is_told_and_left_out():
    plan, told = started("Blackburn with Darwen", "2024/25", 1)
    assert {row.source for row in plan.contributions} == {
        "iBCF",
        "Local Authority Discharge Funding",
    }
    assert "Local Authority Better Care Grant" in told["area.grant-not-used"].message
    derived = next(
        row for row in plan.contributions if row.source == "Local Authority Discharge Funding"
    )
    assert derived.status == "derived"  # the new grant less the iBCF


def test_growth_by_age_and_the_deflator_come_with_source_and_status():
    plan, _ = started("Lewisham")
    indices = {row.id: row for row in plan.indices}
    # NHS South East London ICB - 72Q, persons, in the publisher's workbook: 85-89 and 90+ of 2028
    # and 2029, 65-69 to 90+ of 2025 and 2026
    assert indices["pop_85"].rates["2029/30"] == pytest.approx(31_134 / 30_461 - 1, abs=1e-8)
    assert indices["pop_65"].rates["2026/27"] == pytest.approx(234_149 / 228_779 - 1, abs=1e-8)
    assert indices["gdp_deflator"].rates["2026/27"] == pytest.approx(0.0222993, abs=1e-6)
    assert all(row.evidence and row.status for row in plan.indices if row.rates)
    assert indices["pop_all"].name == "Population of all ages, NHS South East London ICB"
    assert "with which 100% of the people of Lewisham are registered" in plan.setup.notes
    assert (
        indices["pop_75"].status == "derived"
        and "Office for National Statistics" in indices["pop_75"].evidence
    )


def test_whose_growth_it_is_and_cohorts_of_vaccination_by_age_are_told():
    _, told = started("Lewisham")
    assert "NHS South East London ICB" in told["area.growth-of-people"].message
    # the same workbook, persons of 75-79 at mid-2026
    assert "RSV 75-79: 45,983" in told["area.vaccination-cohorts"].message
    assert "derived from the projection and not counted" in told["area.vaccination-cohorts"].message


def test_a_new_council_has_the_growth_of_its_predecessors_icb():
    _, told = started("East Surrey", "2027/28", 1)
    assert "NHS Surrey Heartlands ICB" in told["area.growth-of-people"].message


def test_what_is_not_published_stays_blank_and_is_told():
    plan, findings = new_plan("Lewisham")
    indices = {row.id: row for row in plan.indices}
    assert dict(indices["cost_uplift"].rates) == {} and indices["cost_uplift"].evidence == ""
    assert dict(indices["efficiency"].rates) == {"2026/27": 0.02}
    missing = {f.place.row: f.message for f in findings if f.id == "area.no-rate"}
    # the forecast of prices ends in calendar 2030, so growth into 2030/31 is not known
    assert set(missing) == {"cost_uplift", "efficiency", "cpi", "earnings"}
    assert "2027/28" in missing["efficiency"] and "2030/31" in missing["cpi"]
    _, findings = new_plan("Lewisham", "2025/26", 7)
    assert "2031/32, 2032/33" in next(f.message for f in findings if f.place.row == "gdp_deflator")


def test_growth_of_admissions_that_can_be_prevented_is_an_option_that_says_what_it_is():
    plan, _ = started("Lewisham", "2026/27", 2)
    row = next(index for index in plan.indices if index.id == "nel_prevention")
    assert dict(row.rates) == {"2027/28": 0.0053, "2028/29": 0.0053}
    assert row.name.startswith("Option") and "2011 to 2019" in row.name
    assert "Strategy Unit" in row.evidence and row.status == "derived"


def test_published_uplift_of_past_years_is_filled_in_but_not_a_figure_that_was_raised_later():
    plan, _ = started("Lewisham", "2022/23", 3)
    indices = {row.id: row for row in plan.indices}
    assert dict(indices["cost_uplift"].rates) == {
        "2025/26": 0.0483
    }  # 2023/24 and 2024/25 were raised to a figure not verified
    assert dict(indices["efficiency"].rates) == {
        "2023/24": 0.011,
        "2024/25": 0.011,
        "2025/26": 0.02,
    }


def test_funding_that_is_not_known_is_named_in_setup_and_never_zero():
    plan, told = started("Lewisham")
    assert plan.contributions == ()
    for source in reference.choices("funding_source", "2025-26"):
        assert source in plan.setup.notes and source in told["area.sources-to-fill"].message


@pytest.mark.parametrize(
    ("asked", "meant"),
    [("Lewishem", "Lewisham"), ("Yorkshire", "North Yorkshire"), ("Nottingam", "Nottingham")],
)
def test_an_area_that_is_not_there_is_an_error_with_what_was_meant(asked, meant):
    plan, findings = new_plan(asked)
    assert plan is None and [f.id for f in findings] == ["area.unknown"]
    assert "Nearest: “" in findings[0].fix and meant in findings[0].fix


def test_nonsense_is_told_all_at_once():
    plan, findings = new_plan("", "26", 31)
    assert plan is None and [f.id for f in findings] == [
        "area.unknown",
        "area.base-year",
        "area.horizon",
    ]
    assert "Nearest" not in findings[0].fix
    assert [f.id for f in new_plan("Kent", "9980/81", 5)[1]] == ["area.base-year"]


@pytest.mark.parametrize(
    ("base_year", "rules", "told"),
    [
        ("2013/14", "2015-16", True),
        ("2024/25", "2023-25", False),
        ("2026/27", "2026-27", False),
        ("2027/28", "2026-27", True),
    ],
)
def test_the_rules_year_is_the_latest_that_has_begun(base_year, rules, told):
    plan, findings = started("Lewisham", base_year, 1)
    assert plan.setup.rules_year == rules and ("area.rules-year" in findings) is told


def test_every_area_gives_a_plan_that_reads_back_the_same():
    for area in reference.areas():
        plan, _ = started(area.ons_code, "2023/24", 1)
        assert from_yaml(to_yaml(plan)).plan == plan
        assert sum(1 for p in plan.partners if p.kind == "icb") >= 1 and [
            p.kind for p in plan.partners if p.kind not in ("icb", "district")
        ] == ["council"]
        assert not [f for f in evaluate(plan).findings if f.severity is Severity.ERROR]


def test_a_plan_of_one_year_needs_no_index():
    plan, findings = started("Bristol", "2025/26", 0)
    assert plan.indices == () and plan.setup.deflator == "" and "area.no-rate" not in findings
    assert plan.pools[0].name == "City of Bristol Better Care Fund"
    assert [f.id for f in evaluate(plan).findings] == ["plan.nothing-yet"]


def test_each_tranche_of_a_grant_is_a_line_of_its_own():
    # Bristol's DFG of 2024/25 and what was added in the year
    plan, _ = started("Bristol", "2024/25", 0)
    rows = [
        (row.line, row.name, row.base_amount) for row in plan.contributions if row.source == "DFG"
    ]
    assert rows == [(1, "", 3_848_548), (2, "DFG: in-year addition", 529_560)]


def test_a_county_starts_with_its_districts_and_what_is_known_to_go_on_to_them():
    # Norfolk's DFG of 2023/24 and 2024/25, and King's Lynn and West Norfolk's part of it (written
    # question 49293)
    plan, told = started("Norfolk", "2023/24", 1)
    assert [p.name for p in plan.partners if p.kind == "district"] == [
        *(
            "Breckland district",
            "Broadland district",
            "Great Yarmouth district",
            "King's Lynn and West Norfolk district",
        ),
        *("North Norfolk district", "Norwich district", "South Norfolk district"),
    ]
    (row,) = plan.pass_downs
    assert (row.district, row.base_amount, row.amounts) == (
        "kings_lynn_and_west_norfolk",
        1_938_375,
        {"2024/25": 2_212_175},
    )
    assert "49293" in row.evidence and row.status == "published"
    assert (
        "Breckland district" in told["area.districts-to-fill"].message
        and "Lynn" not in told["area.districts-to-fill"].message
    )
    assert not any(p.kind == "district" for p in started("Lewisham")[0].partners)


def test_a_plan_from_2026_on_has_the_icb_of_2026():
    plan, _ = started("Essex", "2026/27", 1)
    assert [p.name for p in plan.partners if p.kind == "icb"] == ["NHS Essex ICB"]
    assert plan.successions == ()


def test_a_plan_that_crosses_april_2026_has_the_old_icbs_and_their_successor():
    plan, told = started("Essex", "2025/26", 2)
    assert [p.name for p in plan.partners if p.kind == "icb"] == [
        "NHS Mid and South Essex ICB",
        "NHS Suffolk and North East Essex ICB",
        "NHS Hertfordshire and West Essex ICB",
        "NHS Essex ICB",
    ]
    # boards that are divided elsewhere go whole to the one board that Essex lies in
    assert [(r.year, r.share) for r in plan.successions] == [("2026/27", 1.0)] * 3
    assert "body.succession" in told


def test_surrey_until_2027_is_followed_by_two_councils_and_a_board_under_1_per_cent_is_left_out():
    plan, told = started("Surrey", "2026/27", 2)
    assert [p.name for p in plan.partners if p.kind == "icb"] == ["NHS Surrey and Sussex ICB"]
    assert "0.89%" in told["area.icb-left-out"].message
    followers = {r.new: r.share for r in plan.successions if r.old == "council"}
    assert followers == {"east_surrey_council": 0.44596, "west_surrey_council": 0.55404}
    assert "44.6%" in told["body.succession"].message


def test_an_area_is_refused_before_it_begins_and_after_it_ended():
    for asked, base_year, id in (
        ("West Surrey", "2026/27", "area.not-yet"),
        ("Surrey", "2027/28", "area.ended"),
        ("Mid Hampshire", "2028/29", "area.no-icb"),
    ):
        plan, findings = new_plan(asked, base_year, 1)
        assert plan is None and [f.id for f in findings] == [id]
    plan, _ = started("West Surrey", "2027/28", 1)
    assert (plan.setup.area, plan.setup.ons_code) == ("West Surrey", "")


def test_a_change_that_is_only_reported_is_told_and_not_made():
    plan, told = started("Thurrock", "2027/28", 2)
    assert plan.successions == ()
    assert "South West Essex" in told["body.only-reported"].message


def test_published_delays_and_intermediate_care_are_named_and_not_filled_in():
    plan, told = started("Hartlepool")
    message = told["area.known-care"].message
    # 4,465 ÷ 9,552
    assert "4,465 bed days after the discharge-ready date in 2024/25, 0.47 a discharge" in message
    assert "of NHS North East and North Cumbria ICB, discharges June 2024 to March 2025" in message
    assert plan.capacity == () and plan.goals == ()


def test_the_hospital_is_a_partner_where_one_is_wanted_and_a_note_says_that_its_name_is_not_known():
    named, findings = new_plan("Lewisham", hospital="Lewisham and Greenwich")
    assert (named.partners[-1].id, named.partners[-1].kind) == ("hospital", "nhs_provider")
    assert named.partners[-1].name == "Lewisham and Greenwich"
    assert "area.hospital" not in [f.id for f in findings]
    unnamed, findings = new_plan("Lewisham", hospital="")
    assert unnamed.partners[-1].name == "Hospital trust for Lewisham"
    (told,) = [f for f in findings if f.id == "area.hospital"]
    assert "is not known here" in told.message and "--hospital" in told.fix
    assert {p.kind for p in new_plan("Lewisham")[0].partners} == {"icb", "council"}


def test_a_new_plan_of_2026_27_says_what_is_to_fill_and_that_it_can_be_imported():
    _, told = started("Lewisham", "2026/27", 1)
    found = told["area.sources-to-fill"]
    assert "NHS Minimum Contribution" in found.message and "DFG" in found.message
    assert "icbudget reference import" in found.fix
