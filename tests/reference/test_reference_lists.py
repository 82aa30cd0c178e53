"""Lists of the planning templates by rules year."""

from __future__ import annotations

import pytest

from icbudget import reference


def test_rules_years():
    assert reference.rules_years() == ("2015-16", "2019-20", "2023-25", "2025-26", "2026-27")


def test_funding_sources_change_with_the_rules():
    assert reference.choices("funding_source", "2023-25") == (
        "Minimum NHS Contribution",
        "Additional NHS Contribution",
        "iBCF",
        "DFG",
        "Additional LA Contribution",
        "Local Authority Discharge Funding",
        "ICB Discharge Funding",
    )
    assert "Winter Pressures Grant" in reference.choices("funding_source", "2019-20")
    assert reference.choices("funding_source", "2025-26") == (
        "NHS Minimum Contribution",
        "Additional NHS Contribution",
        "Local Authority Better Care Grant",
        "DFG",
        "Additional LA Contribution",
    )


@pytest.mark.parametrize("rules_year", reference.rules_years())
def test_every_rules_year_has_the_lists_a_scheme_needs(rules_year):
    assert (
        reference.choices("area_of_spend", rules_year)[-1] == "Other"
        and len(reference.choices("area_of_spend", rules_year)) == 7
    )
    assert len(reference.choices("commissioner", rules_year)) == 3
    assert len(reference.choices("provider", rules_year)) == 9


def test_scheme_types_and_their_sub_types():
    types = reference.choices("scheme_type", "2023-25")
    assert (len(types), types[0], types[-1]) == (
        19,
        "Assistive Technologies and Equipment",
        "Other",
    )
    assert len(reference.choices("scheme_type", "2025-26")) == 17
    # six kinds of bed-based and nine of home-based intermediate care, and Other
    assert len(reference.sub_types("Bed based intermediate care services", "2023-25")) == 7
    assert len(reference.sub_types("Home-based intermediate care services", "2023-25")) == 10
    assert reference.sub_types("Urgent Community Response", "2023-25") == ()
    assert reference.sub_types("", "2023-25") == ()
    assert "Social prescribing" in reference.sub_types("Prevention / Early Intervention", "2023-25")


def test_sub_types_and_units_belong_to_scheme_types_of_their_year():
    for row in reference.rows("choice"):
        if row["list"] in ("sub_type", "unit") and row["value"]:
            assert row["parent"] in reference.choices("scheme_type", row["rules_year"]), row
        else:
            assert row["parent"] == "", row


def test_units_of_output():
    assert reference.choices("unit", "2023-25", "Residential Placements") == ("Number of beds",)
    assert reference.choices("unit", "2023-25", "Housing Related Schemes") == ()


def test_an_unknown_list_or_year_has_no_values():
    assert (
        reference.choices("funding_source", "1999-00")
        == reference.choices("scheme_type", "2015-16")
        == ()
    )


@pytest.mark.parametrize("year", reference.rules_years())
@pytest.mark.parametrize(
    "name",
    [
        *(
            "funding_source",
            "area_of_spend",
            "commissioner",
            "provider",
            "scheme_type",
            "sub_type",
            "unit",
        ),
        *("primary_objective", "metric"),
    ],
)
def test_a_year_has_a_list_or_says_why_it_has_none(name, year):
    rows = [
        row for row in reference.rows("choice") if (row["list"], row["rules_year"]) == (name, year)
    ]
    blank = [row for row in rows if not row["value"]]
    assert rows and (
        not blank or (len(rows) == 1 and len(blank[0]["note"]) > 20 and "kept" in blank[0]["note"])
    )
    assert "" not in reference.choices(name, year)


def test_how_sure_a_list_is_in_words():
    assert reference.standing("metric", "2025-26") == "Read at public sources"
    assert reference.standing("area_of_spend", "2023-25") == "Background knowledge: confirm"
    assert reference.standing("scheme_type", "2026-27") == "Judgement: confirm"
    # the minimum contribution, the councils' grant and the DFG are named by public pages;
    # additional money is not
    assert (
        reference.standing("funding_source", "2026-27")
        == "3 of 5 read at public sources, the rest judgement: confirm"
    )
    assert reference.standing("scheme_type", "2015-16").startswith(
        "None. The template of that year asked for an area of spend"
    )
    assert reference.standing("scheme_type", "1999-00") == "None known"


def test_the_years_that_list_a_value():
    assert reference.listed_in("funding_source", "iBCF") == ("2019-20", "2023-25")
    assert reference.listed_in("provider", "Alliance") == reference.listed_in("sub_type", "") == ()


def test_the_crosswalk_covers_every_scheme_type_and_leads_to_real_activities():
    rows = reference.rows("scheme_type_crosswalk")
    for year in ("2019-20", "2023-25", "2025-26"):
        assert {r["scheme_type"] for r in rows if r["from_rules_year"] == year} == set(
            reference.choices("scheme_type", year)
        )
    for row in rows:
        assert row["status"] == "judgement"
        assert (
            row["to_scheme_type"] in reference.choices("scheme_type", row["to_rules_year"])
            or row["note"]
        ), row
        assert not row["sub_type"] or row["sub_type"] in reference.sub_types(
            row["scheme_type"], row["from_rules_year"]
        ), row
