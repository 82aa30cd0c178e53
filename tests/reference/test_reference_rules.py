"""What the rules of a year say, and what a value is called when the rules change."""

from __future__ import annotations

import pytest

from icbudget import reference

YEARS = reference.rules_years()
RULES = {row["rule"] for row in reference.rows("statutory_rule")}


@pytest.mark.parametrize("year", YEARS)
def test_every_funding_source_of_a_year_is_described(year):
    assert tuple(reference.funding_sources(year)) == reference.choices("funding_source", year)
    for source in reference.funding_sources(year).values():
        assert source.side in ("NHS", "LA") and source.minimum != source.additional


@pytest.mark.parametrize("year", YEARS)
def test_every_year_says_of_every_rule_whether_it_applies(year):
    assert {rule: reference.statutory_rule(rule, year)["applies"] for rule in RULES}.keys() == RULES
    assert reference.applies("balance", year)


def test_the_out_of_hospital_minimum_came_after_2015_16_and_is_off_from_2025_26():
    assert [reference.applies("nhs_out_of_hospital", year) for year in YEARS] == [
        False,
        True,
        True,
        False,
        False,
    ]


def test_disabled_facilities_grant_is_capital_that_goes_on_to_districts():
    assert all(reference.funding_sources(year)["DFG"].capital for year in YEARS)
    assert all(reference.funding_sources(year)["DFG"].passed_down for year in YEARS)
    assert not reference.funding_sources("2025-26")["Local Authority Better Care Grant"].capital


def test_the_discharge_money_was_rolled_into_the_minimum_and_the_councils_grant():
    def now(source):
        return reference.crosswalk("funding_source", source, "2023-25", "2025-26")[0]

    assert (
        now("Minimum NHS Contribution")
        == now("ICB Discharge Funding")
        == "NHS Minimum Contribution"
    )
    assert (
        now("iBCF")
        == now("Local Authority Discharge Funding")
        == "Local Authority Better Care Grant"
    )
    assert (
        reference.crosswalk("funding_source", "Winter Pressures Grant", "2019-20", "2025-26")[0]
        == "Local Authority Better Care Grant"
    )


@pytest.mark.parametrize("start", YEARS[:-1])
def test_a_funding_source_leads_to_one_of_the_next_list_or_must_be_decided(start):
    end = YEARS[YEARS.index(start) + 1]
    for source in reference.choices("funding_source", start):
        found, note = reference.crosswalk("funding_source", source, start, end)
        assert found in reference.choices("funding_source", end) or (not found and note)


def test_a_scheme_type_leads_on_by_its_sub_type_where_that_decides():
    def now(*told):
        return reference.scheme_type_crosswalk(*told, "2023-25", "2025-26")[0]

    assert (
        now("Home Care or Domiciliary Care", "Domiciliary care packages")
        == "Long-term home-based social care"
    )
    assert now("Home Care or Domiciliary Care", "Other") == ""
    assert now("A type of our own", "") == "A type of our own"
    assert reference.scheme_type_crosswalk("Equipment", "", "2015-16", "2026-27")[0] == "Equipment"
    assert (
        reference.scheme_type_crosswalk("Carers Services", "", "2019-20", "2026-27")[0]
        == "Support to carers"
    )


def test_columns_of_the_planning_return_in_their_order():
    headings = [column.heading for column in reference.return_columns("expenditure", "2025-26")]
    assert headings == [
        *(
            "Scheme ID",
            "Activity",
            "Description of Scheme",
            "Primary Objective",
            "Area of Spend",
            "Provider",
        ),
        *("Source of Funding", "Expenditure for {year} (£)", "Comments (optional)"),
    ]
    older = reference.return_columns("expenditure", "2023-25")
    assert (len(older), older[0].heading, older[-1].heading) == (
        18,
        "Scheme ID",
        "% of Overall Spend (Average)",
    )


@pytest.mark.parametrize(
    "table", ["income", "expenditure", "metrics", "capacity", "quarterly", "year_end"]
)
def test_a_year_whose_columns_nobody_published_borrows_them_and_says_so(table):
    borrowed = reference.return_columns(table, "2026-27")
    assert [c.heading for c in borrowed] == [
        c.heading for c in reference.return_columns(table, "2025-26")
    ]
    assert not any(c.confirmed for c in borrowed)
    older = [c.heading for c in reference.return_columns(table, "2015-16")]
    same = older == [c.heading for c in reference.return_columns(table, "2023-25")]
    assert same == (table not in ("expenditure", "quarterly"))


def test_the_older_templates_have_columns_of_their_own():
    told = {
        year: [c.field for c in reference.return_columns("expenditure", year)]
        for year in ("2015-16", "2019-20", "2023-25")
    }
    assert "scheme_type" not in told["2015-16"] and told["2015-16"][0] == "name"
    assert told["2019-20"][3:8] == [
        "scheme_type",
        "sub_type",
        "other_type",
        "output_unit",
        "planned_outputs",
    ]
    # the return for quarter 4 of 2015-16 was of income and expenditure, not of schemes (Cumbria's
    # return)
    assert reference.return_columns("quarterly", "2015-16")[0].field == "source"
    assert not any(
        c.confirmed for year in told for c in reference.return_columns("expenditure", year)
    )


def test_the_districts_of_norfolk():
    assert reference.districts("E10000020") == (
        *(
            "Breckland",
            "Broadland",
            "Great Yarmouth",
            "King's Lynn and West Norfolk",
            "North Norfolk",
            "Norwich",
            "South Norfolk",
        ),
    )
    assert reference.districts("E09000023") == ()
    areas = {row["ons_code"] for row in reference.rows("area")}
    assert all(
        row["ons_code"] in areas and row["district_code"].startswith("E07")
        for row in reference.rows("district")
    )
