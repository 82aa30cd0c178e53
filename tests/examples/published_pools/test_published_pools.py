"""Published pools against the answers: sources and what was chosen in notes.md."""

from __future__ import annotations

import pytest

from icbudget.answers import catalogue
from icbudget.answers.case import evaluate
from icbudget.engine.accounts.better_or_worse_off import positions_of
from icbudget.plan.plan_text import from_document

MILLION = 1_000_000
PARTNERS = [
    {"id": "icb", "name": "Integrated care board", "kind": "icb"},
    {"id": "council", "name": "Council", "kind": "council"},
]


def case_of(document):
    draft = from_document(document)
    assert draft.sound, [str(finding) for finding in draft.findings]
    return evaluate(draft.plan)


def put(pool, partner, source, millions, **more):
    row = {"pool": pool, "partner": partner, "source": source, "index": "flat"}
    return row | {"base_amount": round(millions * MILLION)} | more


def test_doncaster_2025_26_adds_up_to_what_was_printed():
    nhs, grant, dfg = "NHS Minimum Contribution", "Local Authority Better Care Grant", "DFG"
    case = case_of(
        {
            "setup": {"title": "Doncaster", "base_year": "2025/26", "horizon": 0},
            "partners": PARTNERS,
            "pools": [
                {"id": "bcf", "name": "Better Care Fund", "host": "council"},
                {"id": "homes", "name": "Grant", "host": "council", "money_kind": "capital"},
            ],
            "contributions": [
                put("bcf", "icb", nhs, 33.8),
                put("bcf", "council", grant, 20.1),
                put("homes", "council", dfg, 3.4),
            ],
        }
    )
    block = catalogue.RETURN_INCOME.build(case)
    income = {row.labels[0]: row.values[0] for row in block.rows}
    assert [round(income[source] / MILLION, 1) for source in (dfg, nhs, grant)] == [3.4, 33.8, 20.1]
    total = income["Total BCF pooled budget"]
    # printed: £57m
    assert round(total / MILLION, 1) == 57.3 and round(total / MILLION) == 57
    assert round((income[dfg] + income[grant]) / total * 100, 1) == 41.0


@pytest.mark.parametrize("better_care", [60, 20, 117.5])
def test_wirral_2022_23_the_icb_meets_all_of_its_own_part(better_care):
    own = 235 - better_care
    scheme = {"index": "flat", "source": "Additional CCG Contribution"}
    case = case_of(
        {
            "setup": {
                "title": "Wirral",
                "base_year": "2022/23",
                "horizon": 0,
                "rules_year": "2019-20",
            },
            "partners": PARTNERS,
            "pools": [
                {"id": "bcf", "name": "Shared", "host": "council", "risk_share": "half"},
                {"id": "own", "name": "ICB's", "host": "council", "risk_share": "icb"},
            ],
            "risk_shares": [
                {"id": "half", "basis": "fixed", "partner": "icb", "share": 0.5},
                {"id": "half", "basis": "fixed", "partner": "council", "share": 0.5},
                {"id": "icb", "basis": "fixed", "partner": "icb", "share": 1.0},
                {"id": "icb", "basis": "fixed", "partner": "council", "share": 0.0},
            ],
            "contributions": [
                put("bcf", "icb", "Additional CCG Contribution", better_care),
                put("own", "icb", "Additional CCG Contribution", own),
            ],
            "schemes": [
                scheme
                | {"id": "1", "name": "Better Care Fund", "pool": "bcf"}
                | {"base_amount": round(better_care * MILLION)},
                scheme
                | {"id": "2", "name": "ICB commissioned", "pool": "own"}
                | {"base_amount": round((own + 8.2) * MILLION)},
            ],
        }
    )
    settled = {row.partner: row.settled[0] for row in positions_of(case.answered)}
    # in pence, worse off: printed £8.2m over, all of it the ICB's
    assert settled["icb"] == -820_000_000
    assert settled["council"] == 0


def test_leicestershire_2025_26_static_and_as_it_was_first_meant():
    nhs = "NHS Minimum Contribution"

    def next_year(rate):
        case = case_of(
            {
                "setup": {"title": "Leicestershire", "base_year": "2024/25", "horizon": 1},
                "partners": PARTNERS,
                "pools": [{"id": "bcf", "name": "Better Care Fund", "host": "council"}],
                "indices": [{"id": "uplift", "rates": {"2025/26": rate}}],
                "contributions": [put("bcf", "icb", nhs, 57.070979, index="uplift")],
            }
        )
        return float(case.answered.projection.figures.contributions[0, 1, 0]) / 100

    # printed for 2025/26; at 1.7 % it would be 58,041,185.64, a contribution is whole pounds
    assert next_year(0.0) == 57_070_979
    assert next_year(0.017) == 58_041_186
