"""The returns in the columns of the rules year: what is in them, what is not, and that they add
up."""

from __future__ import annotations

import pytest

from icbudget.answers import catalogue
from icbudget.answers.case import evaluate_plan
from tests.checks.clean import LA, NHS, clean
from tests.engine.plans import read


def case_of(document):
    case = evaluate_plan(read(document))
    assert case.result is not None, [str(f) for f in case.findings]
    return case


def table(block):
    """Return the rows as {heading: value}, headings without the mark of what is not confirmed."""
    heads = [heading.removesuffix(" *") for heading in block.headings]
    return [dict(zip(heads, line, strict=True)) for line in block.grid()[1:]]


def test_the_expenditure_sheet_of_2025_26_has_its_nine_columns_in_order_and_no_other():
    block = catalogue.RETURN_EXPENDITURE.build(case_of(clean()))
    assert block.headings == (
        *(
            "Scheme ID *",
            "Activity *",
            "Description of Scheme *",
            "Primary Objective *",
            "Area of Spend *",
            "Provider *",
        ),
        *("Source of Funding *", "Expenditure for 2025-26 (£) *", "Comments (optional) *"),
    )
    assert "no public source confirms" in block.shows
    assert [row["Expenditure for 2025-26 (£)"] for row in table(block)] == [
        700_000,
        300_000,
        400_000,
    ]


def two_years():
    """The clean plan under the rules of 2023-25, from 2023/24 on."""
    document = clean()
    renamed = {NHS: "Minimum NHS Contribution"}
    for row in (*document["contributions"], *document["schemes"], *document["minimums"]):
        row["source"] = renamed.get(row["source"], row["source"])
    document["setup"] |= {
        "base_year": "2023/24",
        "horizon": 2,
        "rules_year": "2023-25",
        "deflator": "",
    }
    for acute_side in ("acute_lines", "segments", "programmes", "goals"):
        document[acute_side] = []
    document["indices"] = [{"id": "up", "rates": {"2024/25": 0.1, "2025/26": 0.1}}]
    return document


def test_a_two_year_template_has_a_column_for_each_year_and_the_words_of_its_rules():
    document = two_years()
    document["contributions"][1]["index"] = document["schemes"][2]["index"] = "up"
    block = catalogue.RETURN_EXPENDITURE.build(case_of(document))
    (equipment,) = [row for row in table(block) if row["Scheme ID"] == "3"]
    assert (
        equipment["Expenditure 2023-24 (£)"] == 400_000
        and equipment["Expenditure 2024-25 (£)"] == 440_000
    )
    joint = table(block)[1]
    assert (
        joint["Commissioner"],
        joint["% NHS (if Joint Commissioner)"],
        joint["% LA (if Joint Commissioner)"],
    ) == (*("Joint", 0.75, 0.25),)
    # 700 + 300 + 400 in 2023/24 and 700 + 300 + 440 in 2024/25, £000: of 2,840 the equipment is 840
    assert equipment["% of Overall Spend (Average)"] == pytest.approx(840 / 2840)


def test_a_scheme_paid_for_by_two_sources_is_two_rows_with_one_id():
    document = clean()
    document["schemes"][2] |= {"id": "1", "line": 2}
    assert [
        row["Scheme ID"] for row in table(catalogue.RETURN_EXPENDITURE.build(case_of(document)))
    ] == [
        "1",
        "2",
        "1",
    ]


def test_income_leaves_out_what_is_in_kind_or_aligned_and_returns_what_is_carried_forward_as_additional():
    document = clean()
    line = {
        "pool": "bcf",
        "partner": "council",
        "source": LA,
        "base_amount": 50,
        "recurrent": False,
    }
    document["contributions"] += [
        {**line, "line": 2, "in_kind": True},
        {**line, "line": 3, "base_amount": 70, "carry_forward": True, "name": "Underspend 2024/25"},
    ]
    document["pools"].append(
        {"id": "beside", "name": "Beside", "host": "icb", "pooling_status": "aligned"}
    )
    document["contributions"].append({**line, "pool": "beside"})
    told = table(catalogue.RETURN_INCOME.build(case_of(document)))
    assert [(row["Section"], row["Contribution 2025-26"]) for row in told] == [
        (LA, 400_000),
        (LA, 70),
        (NHS, 1_000_000),
        ("Total BCF pooled budget", 1_400_070),
    ]
    assert told[1]["Comments"] == "Carried forward: Underspend 2024/25"


def test_what_a_source_brings_forward_in_the_second_year_is_additional_income():
    document = two_years()
    document["schemes"][2]["base_amount"] = 390_000
    told = table(catalogue.RETURN_INCOME.build(case_of(document)))
    (brought,) = [row for row in told if row["Comments"].startswith("Carried forward")]
    assert brought["Section"] == LA
    assert (brought["Contribution 2023-24"], brought["Contribution 2024-25"]) == (0, 10_000)


def test_the_year_end_return_has_every_source_actuals_and_the_social_care_minimum():
    document = clean()
    document["actuals"] = [
        {"year": "2025/26", "month": 12, "scheme": "1", "amount": 690_000},
        {"year": "2025/26", "month": 12, "scheme": "2", "amount": 300_000},
        {"year": "2025/26", "month": 12, "scheme": "3", "amount": 410_000},
        {
            "year": "2025/26",
            "month": 12,
            "kind": "income",
            "pool": "bcf",
            "source": NHS,
            "partner": "icb",
            "amount": 1_000_000,
        },
    ]
    told = {
        row["Source of Funding"]: row
        for row in table(catalogue.RETURN_YEAR_END.build(case_of(document)))
    }
    assert (
        told[NHS]["Planned Income"]
        == told[NHS]["Planned Expenditure"]
        == told[NHS]["Actual Income"]
        == 1_000_000
    )
    assert told[NHS]["Actual Expenditure"] == 990_000 and told[LA]["Actual Expenditure"] == 410_000
    assert (
        told["Total"]["Planned Income"] == 1_400_000
        and told["Total"]["Actual Expenditure"] == 1_400_000
    )
    minimum = told[f"Adult social care from {NHS}"]
    assert (minimum["Planned Expenditure"], minimum["Actual Expenditure"]) == (700_000, 690_000)


def test_the_quarterly_return_is_by_source_in_2025_26_and_by_scheme_with_a_unit_before():
    document = clean()
    document["actuals"] = [
        {"year": "2025/26", "month": 6, "scheme": str(n), "amount": 350_000} for n in (1, 2, 3)
    ]
    told = {
        row["Source of Funding"]: row
        for row in table(catalogue.RETURN_QUARTERLY.build(case_of(document)))
    }
    assert told[NHS]["Actual Spend to date"] == 700_000 and told[NHS][
        "% of planned spend"
    ] == pytest.approx(0.7)
    older = two_years()
    older["schemes"][0] |= {"output_unit": "packages", "planned_outputs": 120}
    (row,) = table(catalogue.RETURN_QUARTERLY.build(case_of(older)))
    assert (row["Scheme ID"], row["Planned Expenditure"], row["Actual Expenditure to date"]) == (
        "1",
        700_000,
        "",
    )
    assert (row["Planned outputs"], row["Unit"]) == (120, "packages")


def test_a_metric_is_filled_in_by_the_goal_with_its_name():
    document = clean()
    document["goals"].append(
        {
            **{
                "id": "beds",
                "measure": "Residential admissions",
                "good": "lower",
                "baseline": 500,
                "target": 480,
            },
            **{"target_year": "2027/28", "expected": {"2026/27": 490, "2027/28": 480}},
            **{
                "quarter_1": 120,
                "quarter_4": 130,
                "denominator": 40_000,
                "rationale": "Trend",
                "local_plan": "Reablement",
            },
        }
    )
    told = {row["Metric"]: row for row in table(catalogue.RETURN_METRICS.build(case_of(document)))}
    assert (
        told["Residential admissions"]["Baseline"] == 500
        and told["Residential admissions"]["Plan 2025-26"] == 500
    )
    assert told["Emergency admissions"]["Baseline"] == ""
    # 500 of 100,000 among 40,000 people are 200
    row = told["Residential admissions"]
    assert [row[h] for h in ("Q1 Plan", "Q2 Plan", "Q4 Plan", "Numerator", "Denominator")] == [
        120,
        "",
        130,
        200,
        40_000,
    ]
    assert (row["Rationale for plan"], row["Local plan to meet ambition"]) == (
        "Trend",
        "Reablement",
    )


def with_quarters(rules_year, base_year):
    """A plan with a residential goal of 490 and 480, and quarters of the year after its base."""
    document = clean()
    document["setup"] |= {"rules_year": rules_year, "base_year": base_year, "horizon": 2}
    years_after = {"2024/25": ("2025/26", "2026/27"), "2023/24": ("2024/25", "2025/26")}[base_year]
    document["indices"] = [{"id": "prices", "rates": dict.fromkeys(years_after, 0.02)}]
    document["contributions"] = document["contributions"][1:]  # the name is another in 2023-25
    document["schemes"] = document["schemes"][2:]
    for table_of_lines in ("acute_lines", "segments", "programmes", "minimums"):
        document[table_of_lines] = []
    document["goals"] = [
        {
            "id": "beds",
            "measure": "Residential admissions",
            "good": "lower",
            "baseline": 500,
            "target": 480,
            "target_year": years_after[1],
            "expected": {years_after[0]: 490, years_after[1]: 480},
            "quarter_1": 126,
            "denominator": 40_000,
        }
    ]
    document["quarterly_plans"] = [
        {"goal": "beds", "year": years_after[0], "quarter_1": 124, "denominator": 41_000}
    ]
    return {row["Metric"]: row for row in table(catalogue.RETURN_METRICS.build(case_of(document)))}


def test_quarters_of_a_later_year_are_those_of_its_return():
    row = with_quarters("2025-26", "2024/25")["Residential admissions"]
    # the return is for 2025/26: its quarters, and 490 of 100,000 among 41,000 are 200.9
    assert (row["Plan 2025-26"], row["Q1 Plan"], row["Q2 Plan"]) == (490, 124, "")
    assert (row["Numerator"], row["Denominator"]) == (pytest.approx(200.9), 41_000)


def test_a_return_of_two_years_has_the_quarters_of_both():
    rows = with_quarters("2023-25", "2023/24")
    of_first, of_second = rows["Residential admissions"], rows["Residential admissions, 2024-25"]
    assert (of_first["Plan 2023-24"], of_first["Plan 2024-25"]) == (500, 490)
    assert (of_first["Q1 Plan"], of_second["Q1 Plan"]) == (126, 124)
    assert (of_second["Plan 2023-24"], of_second["Plan 2024-25"]) == ("", 490)


def checks(document, part):
    return {
        row.labels[1]: row.labels[2:]
        for row in catalogue.CHECKLIST.build(case_of(document)).where(part=part)
    }


def test_the_checklist_names_each_blank_cell_and_is_complete_when_nothing_is_blank():
    document = clean()
    told = checks(document, "Expenditure")
    assert told["Area of Spend: scheme 3"] == ("Schemes, row 3, column Area of spend", "No")
    assert told["Source of Funding: all 3 rows"][1] == "Yes" and told["Sheet complete"][1] == "No"
    for row in document["schemes"]:
        row |= {
            "scheme_type": "Support to carers",
            "description": "What it is",
            "provider": "Local Authority",
        }
        row |= {"area_of_spend": "Social Care", "primary_objective": "3. Supporting unpaid carers"}
    assert checks(document, "Expenditure")["Sheet complete"][1] == "Yes"


def test_joint_shares_are_needed_of_joint_schemes_only():
    told = checks(two_years(), "Expenditure")
    assert told["% NHS (if Joint Commissioner): all 1 rows"][1] == "Yes"
    assert "Sub Types: scheme 1" not in told


def test_everyone_who_must_sign_is_on_the_checklist():
    document = clean()
    assert checks(document, "Cover")["Signed by Council: Section 151 officer"][1] == "No"
    document["sign_offs"] = [
        {
            "partner": "council",
            "role": "Section 151 officer",
            "name": "A. Person",
            "date": "2025-03-28",
        },
        {"partner": "icb", "role": "Chief executive", "name": "B. Person"},
    ]
    told = checks(document, "Cover")
    assert told["Signed by Council: Section 151 officer"][1] == "Yes"
    assert told["Signed by Integrated care board: Chief executive"] == (
        "Sign-off, row 2, column Date",
        "No",
    )


def test_a_funding_source_of_the_plans_own_is_returned_as_additional_money_of_who_gives_it():
    document = clean()
    own = {"pool": "bcf", "source": "Transformation Fund", "base_amount": 50_000, "index": "flat"}
    document["contributions"] += [
        {**own, "partner": "icb", "name": "Wave 2"},
        {**own, "partner": "council"},
    ]
    document["schemes"].append(
        {
            **document["schemes"][0],
            "id": "9",
            "source": "Transformation Fund",
            "base_amount": 100_000,
        }
    )
    case = case_of(document)
    told = table(catalogue.RETURN_INCOME.build(case))
    added = {
        row["Section"]: row["Comments"] for row in told if row["Contribution 2025-26"] == 50_000
    }
    assert added == {
        "Additional NHS Contribution": "Transformation Fund: Wave 2",
        "Additional LA Contribution": "Transformation Fund",
    }
    assert (
        table(catalogue.RETURN_EXPENDITURE.build(case))[-1]["Source of Funding"]
        == "Additional NHS Contribution"
    )
    by_source = table(catalogue.RETURN_QUARTERLY.build(case))
    total = by_source.pop()
    for column in ("Planned Income", "Planned Spend"):
        assert sum(row[column] for row in by_source) == total[column] == 1_500_000


def test_the_rules_of_2015_16_ask_for_no_scheme_type():
    document = two_years()
    document["setup"] |= {"base_year": "2015/16", "horizon": 0, "rules_year": "2015-16"}
    document["indices"], document["minimums"] = [], []
    for row in (*document["contributions"], *document["schemes"]):
        row["source"] = row["source"].replace("Minimum NHS", "Minimum CCG")
    for row in document["schemes"]:
        row["scheme_type"] = ""
    case = case_of(document)
    assert "scheme type" not in " ".join(f.message for f in case.findings).casefold()
    asked = {
        row.labels[1].split(":")[0]
        for row in catalogue.CHECKLIST.build(case).rows
        if row.labels[0] == "Expenditure"
    }
    assert "Area of Spend" in asked and not asked & {
        "Scheme Type",
        "Sub Types",
        "Units",
        "Expected outputs 2015-16",
    }
    assert table(catalogue.RETURN_EXPENDITURE.build(case))[0]["Expenditure 2015-16 (£)"] == 700_000


def test_a_metric_is_filled_in_by_a_goal_of_its_kind_in_its_unit():
    document = clean()
    goal = {"id": "homes", "measure": "Care homes, 65 and over", "good": "lower", "target": 480}
    goal |= {"kind": "residential", "target_year": "2027/28", "baseline": 500}
    document["goals"].append(goal | {"unit": "per 100,000", "expected": {"2027/28": 480}})

    def baseline():
        rows = table(catalogue.RETURN_METRICS.build(case_of(document)))
        return next(r for r in rows if r["Metric"] == "Residential admissions")["Baseline"]

    assert baseline() == 500
    # a number of people is no rate: it is not put where a rate is asked for
    document["goals"][-1]["unit"] = "people"
    assert baseline() == ""


def test_the_capacity_part_is_filled_from_the_table_month_by_month():
    document = clean()
    row = {"service": "Home first", "year": "2025/26", "days": 28, "spot_places": 15}
    document["capacity"] = [
        row | {"month": 10, "demand": 120, "capacity": 100, "spot_price": 150},
        row | {"month": 11, "demand": 90, "capacity": 100, "spot_price": 150},
        # a year of other rules is not in this return
        row | {"year": "2026/27", "month": 1, "demand": 1, "capacity": 1},
    ]
    block = catalogue.RETURN_CAPACITY.build(case_of(document))
    assert all(heading.endswith(" *") for heading in block.headings)
    rows = {line["Demand or capacity"]: line for line in table(block)}
    assert {
        name: (line["January"], line["February"], line["April"]) for name, line in rows.items()
    } == {
        "Demand": (120, 90, ""),
        "Capacity without spot places": (100, 100, ""),
        "Spot places bought": (15, 0, ""),
        "Length of stay, days": (28, 28, ""),
    }
    assert {line["Financial year"] for line in rows.values()} == {"2025/26"}
