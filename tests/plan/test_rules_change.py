"""A plan under the lists of a later rules year."""

from __future__ import annotations

from icbudget.plan.plan_text import from_document
from icbudget.plan.rules_change import under_rules
from tests.checks.clean import clean


def plan_of_2024_25():
    """National lines of 2024/25, £m: iBCF 2,140 and the councils' discharge funding 500 became
    2,640 in 2025/26.
    """
    line = {"pool": "bcf", "index": "flat"}
    document = {
        "setup": {
            "title": "England 2024/25",
            "base_year": "2024/25",
            "horizon": 1,
            "rules_year": "2023-25",
        },
        "partners": [
            {"id": "nhs", "name": "ICBs", "kind": "icb"},
            {"id": "la", "name": "Councils", "kind": "council"},
        ],
        "pools": [{"id": "bcf", "name": "Better Care Fund", "host": "la"}],
        "contributions": [
            {**line, "partner": "nhs", "source": "Minimum NHS Contribution", "base_amount": 5_029},
            {**line, "partner": "nhs", "source": "ICB Discharge Funding", "base_amount": 500},
            {**line, "partner": "la", "source": "iBCF", "base_amount": 2_140},
            {
                **line,
                "partner": "la",
                "source": "Local Authority Discharge Funding",
                "base_amount": 500,
            },
        ],
        "schemes": [
            {
                **{
                    "id": "1",
                    "name": "Care",
                    "pool": "bcf",
                    "source": "iBCF",
                    "base_amount": 100,
                    "index": "flat",
                },
                **{
                    "scheme_type": "Home Care or Domiciliary Care",
                    "sub_type": "Domiciliary care packages",
                },
            },
            {
                **{
                    "id": "2",
                    "name": "More",
                    "pool": "bcf",
                    "source": "iBCF",
                    "base_amount": 100,
                    "index": "flat",
                },
                **{"scheme_type": "Community Based Schemes", "provider": "NHS / ICB"},
            },
        ],
        "minimums": [
            {
                "rule": "adult_social_care",
                "source": "Minimum NHS Contribution",
                "base_amount": 9,
                "index": "flat",
            }
        ],
    }
    draft = from_document(document)
    assert draft.sound, draft.findings
    return draft.plan


def by_source(plan):
    total = {}
    for row in plan.contributions:
        total[row.source] = total.get(row.source, 0) + row.base_amount
    return total


def test_the_discharge_money_is_rolled_in_and_no_pound_is_lost():
    plan, _ = under_rules(plan_of_2024_25(), "2025-26")
    assert by_source(plan) == {
        "NHS Minimum Contribution": 5_529,
        "Local Authority Better Care Grant": 2_640,
    }
    assert [(row.source, row.line, row.name) for row in plan.contributions][:2] == [
        ("NHS Minimum Contribution", 1, ""),
        ("NHS Minimum Contribution", 2, "ICB Discharge Funding until 2023-25"),
    ]
    assert plan.minimums[0].source == "NHS Minimum Contribution"


def test_a_scheme_type_goes_over_by_its_sub_type_or_must_be_decided():
    plan, found = under_rules(plan_of_2024_25(), "2025-26")
    assert (plan.schemes[0].scheme_type, plan.schemes[0].sub_type) == (
        "Long-term home-based social care",
        "",
    )
    assert plan.schemes[1].scheme_type == "" and plan.schemes[1].provider == "NHS / ICB"
    (decide,) = found
    assert (
        decide.id == "rules.decide"
        and decide.place.row == "2|1"
        and "Community Based Schemes" in decide.message
    )


def test_a_plan_goes_forward_only():
    plan = from_document(clean()).plan
    same, found = under_rules(plan, "2023-25")
    assert same is plan and [f.id for f in found] == ["rules.year"]
    assert under_rules(plan, "2030-31")[1][0].id == "rules.year"


def test_the_same_rules_change_nothing():
    plan = from_document(clean()).plan
    assert under_rules(plan, "2025-26") == (plan, [])
