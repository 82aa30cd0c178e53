"""Areas, their ICBs and their known grants."""

from __future__ import annotations

from decimal import Decimal

import pytest

from icbudget import reference


def test_there_are_153_areas_of_four_kinds():
    kinds = [area.ons_code[:3] for area in reference.areas()]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "E06": 63,
        "E08": 36,
        "E09": 33,
        "E10": 21,
    }
    assert (
        len({area.ons_code for area in reference.areas()})
        == len({area.name for area in reference.areas()})
        == 153
    )


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("Lewisham", "E09000023"),
        ("London Borough of Lewisham", "E09000023"),
        ("lewisham council", "E09000023"),
        ("e09000023", "E09000023"),
        ("Barking & Dagenham", "E09000002"),
        ("Bristol", "E06000023"),
        ("Bristol City Council", "E06000023"),
        ("Hull", "E06000010"),
        ("County Durham", "E06000047"),
        ("Durham County Council", "E06000047"),
        ("Herefordshire", "E06000019"),
        ("St Helens", "E08000013"),
        ("City of York", "E06000014"),
        ("City of London", "E09000001"),
        ("City of London Corporation", "E09000001"),
        ("Royal Borough of Kensington and Chelsea", "E09000020"),
        ("Bournemouth Christchurch & Poole", "E06000058"),
        ("Cornwall & Isles of Scilly", "E06000052"),
        ("NORTH TYNESIDE", "E08000022"),
        ("Barnsley", "E08000038"),
        ("E08000016", "E08000038"),
        ("North Yorkshire County Council", "E06000065"),
        ("Nottingham", "E06000018"),
        ("Nottinghamshire", "E10000024"),
    ],
)
def test_an_area_is_found_by_name_or_code(asked, code):
    assert reference.find_area(asked).ons_code == code


@pytest.mark.parametrize(
    "asked", ["", "Tyneside", "London", "Council", "Atlantis", "E09999999", "Edinburgh"]
)
def test_what_is_not_one_area_is_not_guessed(asked):
    assert reference.find_area(asked) is None


@pytest.mark.parametrize("area", reference.areas(), ids=lambda area: area.name)
def test_every_area_is_found_by_its_own_name_and_code(area):
    assert reference.find_area(area.name) == reference.find_area(area.ons_code) == area


def test_close_names_for_did_you_mean():
    assert reference.close_areas("Lewishm")[0] == "Lewisham"
    assert set(reference.close_areas("Tyneside")) >= {"North Tyneside", "South Tyneside"}
    assert reference.close_areas("zzzzzz") == ()


def test_areas_that_published_tables_join_say_so():
    for name in ("Bournemouth, Christchurch and Poole", "Dorset", "Cornwall", "Isles of Scilly"):
        assert "join this area with" in reference.find_area(name).note


@pytest.mark.parametrize("area", reference.areas(), ids=lambda area: area.name)
def test_the_icb_shares_of_an_area_sum_to_one(area):
    icbs = reference.area_icbs(area.ons_code)
    assert sum(icb.share for icb in icbs) == pytest.approx(1, abs=2e-6)
    assert [icb.main for icb in icbs] == [True] + [False] * (len(icbs) - 1)
    assert icbs[0].share == max(icb.share for icb in icbs)


def test_there_are_187_pairs_with_42_icbs():
    pairs = [icb for area in reference.areas() for icb in reference.area_icbs(area.ons_code)]
    assert len(pairs) == 187
    assert len({icb.icb_code for icb in pairs}) == len({icb.icb_name for icb in pairs}) == 42


def test_essex_has_three_icbs():
    assert [(icb.icb_name, icb.share) for icb in reference.area_icbs("E10000012")] == [
        ("NHS Mid and South Essex ICB", 0.561883),
        ("NHS Suffolk and North East Essex ICB", 0.235452),
        ("NHS Hertfordshire and West Essex ICB", 0.202666),
    ]


def amount(code: str, year: str, grant: str) -> Decimal:
    return sum((g.amount for g in reference.grants(code, year) if g.grant == grant), Decimal(0))


def test_barking_grant_follows_the_roll_in_of_two_grants():
    # 10,707,003 + 1,501,105 × 5/3 = 13,208,845 to the pound
    code = "E09000002"
    assert amount(code, "2024/25", "iBCF") == 10707003
    rolled = (
        amount(code, "2024/25", "iBCF")
        + amount(code, "2023/24", "Local Authority Discharge Funding") * 5 / 3
    )
    assert round(rolled) == amount(code, "2025/26", "Local Authority Better Care Grant") == 13208845
    derived = next(
        g
        for g in reference.grants(code, "2024/25")
        if g.grant == "Local Authority Discharge Funding"
    )
    assert derived.amount == 13208845 - 10707003 and derived.status == "derived"


def test_ten_councils_have_one_ratio_of_new_grant_to_old():
    codes = {
        row["ons_code"]
        for row in reference.rows("grant")
        if row["grant"] == "Local Authority Better Care Grant"
    }
    assert len(codes) == 10
    for code in codes:
        predicted = amount(code, "2024/25", "iBCF") * 83788421 / 67918344  # Birmingham
        assert amount(code, "2025/26", "Local Authority Better Care Grant") == pytest.approx(
            predicted, abs=1
        )


def test_bristol_dfg_is_an_allocation_and_an_in_year_addition():
    assert amount("E06000023", "2024/25", "DFG") == 3848548 + 529560 == 4378108


def test_norfolk_dfg_series_and_the_district_inside_it():
    assert amount("E10000020", "2015-16", "DFG") == 3753000
    assert amount("E10000020", "2024/25", "DFG") == 11363321
    districts = reference.grants("E10000020", "2024/25", districts=True)
    assert [(g.district, g.amount) for g in districts] == [
        ("King's Lynn and West Norfolk", 2212175)
    ]


def test_every_grant_belongs_to_an_area_and_to_a_list_of_its_year():
    rules = {"2023/24": "2023-25", "2024/25": "2023-25", "2025/26": "2025-26"}
    for row in reference.rows("grant"):
        assert reference.find_area(row["ons_code"]) is not None
        assert row["grant"] in reference.choices(
            "funding_source", rules.get(row["financial_year"], "2019-20")
        )
        assert reference.source(row["source"]).address


def test_grant_rows_are_those_known():
    # 30 iBCF, 1 + 10 discharge, 10 Better Care Grant; DFG Norfolk 10 + 10, Gloucestershire 5 + 5,
    # Bristol 2
    assert len(reference.rows("grant")) == 83
    assert reference.grants("E09000023") == ()


def test_care_outcomes_are_their_own_numerators_and_denominators():
    # 2A is a percentage, 2C a rate per 100,000; both printed to one decimal
    for row in reference.rows("care_outcome"):
        whole = 100 if row["measure"] == "2A" else 100_000
        assert float(row["value"]) == pytest.approx(
            whole * int(row["numerator"]) / int(row["denominator"]), abs=0.06
        ), row


def test_the_care_outcomes_of_england_and_of_an_area():
    assert (
        reference.care_outcome("2A", "E92000001").value,
        reference.care_outcome("2C", "E92000001").value,
    ) == (77.1, 592.5)
    hartlepool = reference.care_outcome("2C", "E06000001")
    assert (hartlepool.value, hartlepool.year, hartlepool.unit) == (554.8, "2024/25", "per 100,000")
    assert reference.care_outcome("2C", "") is None
