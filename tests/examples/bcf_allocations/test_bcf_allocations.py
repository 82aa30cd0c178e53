"""Allocations by hand: see notes.md."""

from __future__ import annotations

import pytest

from icbudget.answers import catalogue
from icbudget.answers.case import evaluate_plan
from icbudget.excel.all_functions import functions
from icbudget.plan.plan_text import from_document

FALLING = {
    "Surrey Heath": (5_501_000, 5_379_000, -2.22),
    "Birmingham CrossCity": (48_806_000, 47_736_000, -2.19),
    "Isle of Wight": (10_803_000, 10_607_000, -1.81),
    "South Devon and Torbay": (20_795_000, 20_421_000, -1.80),
}


def plan(*lines, base_year="2015/16", rules_year="2015-16", **tables):
    document = {
        "setup": {
            "title": "Allocations",
            "base_year": base_year,
            "horizon": 1,
            "rules_year": rules_year,
        },
        "partners": [{"id": "p", "name": "Partner", "kind": "other"}],
        "pools": [{"id": "bcf", "name": "Better Care Fund", "host": "p"}],
        "contributions": [{"pool": "bcf", "partner": "p", **line} for line in lines],
        **tables,
    }
    draft = from_document(document)
    assert draft.sound, draft.findings
    return evaluate_plan(draft.plan)


@pytest.mark.parametrize("ccg", FALLING)
def test_a_minimum_may_fall_and_the_published_amount_overrides(ccg):
    before, after, percent = FALLING[ccg]
    line = {
        "source": "Minimum CCG Contribution",
        "base_amount": before,
        "index": "fall",
        "amounts": {"2016/17": after},
    }
    index = [{"id": "fall", "rates": {"2016/17": percent / 100}}]
    (row,) = catalogue.INCOME.build(plan(line, indices=index)).rows
    assert row.values == (before, after)
    assert 100 * (after / before - 1) == pytest.approx(percent, abs=0.005)
    line.pop("amounts")
    (row,) = catalogue.INCOME.build(plan(line, indices=index)).rows
    assert row.values[1] == pytest.approx(
        after, abs=before * 0.00005 + 500
    )  # a rate to 0.01 % of amounts to £1,000


def test_two_grants_merged():
    ibcf, discharge = 10_707_003, 1_501_105
    assert round(ibcf + discharge * 500 / 300) == 13_208_845


@pytest.mark.parametrize(
    ("ibcf", "published"),
    [
        (9_621_518, 11_869_721),
        (13_450_589, 16_593_508),
        (6_616_137, 8_162_090),
        (10_707_003, 13_208_845),
    ],
)
def test_one_multiple_of_the_ibcf_gives_every_grant(ibcf, published):
    uplift = functions()["ICB_UPLIFT"].call
    assert uplift([[ibcf]], [[83_788_421 / 67_918_344 - 1]], 1)[0][0] == pytest.approx(
        published, abs=1
    )


def test_an_in_year_tranche():
    first = 3_848_548
    assert round(first * 86 / 625) == 529_560
    line = {"source": "DFG", "recurrent": False}
    tranches = (
        {**line, "base_amount": first, "phasing": "annual"},
        {**line, "line": 2, "base_amount": 529_560, "paid_from": "2025-01-01"},
    )
    case = plan(*tranches, base_year="2024/25", rules_year="2023-25")
    assert sum(row.values[0] for row in catalogue.INCOME.build(case).rows) == 4_378_108
    late = [
        row
        for row in catalogue.INSTALMENTS.build(case).rows
        if row.labels[4] == "Line 2" and row.values[0]
    ]
    assert [(row.labels[2], row.values) for row in late] == [
        ("1 Jan", (176_520, 0)),
        ("1 Feb", (176_520, 0)),
        ("1 Mar", (176_520, 0)),
    ]
