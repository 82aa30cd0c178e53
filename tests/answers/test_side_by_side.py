"""Forms of integration by hand, and every scenario of a plan side by side."""

from __future__ import annotations

import copy
from random import Random

import pytest

from icbudget.answers import catalogue
from icbudget.answers.case import evaluate
from icbudget.answers.comparison import compare
from icbudget.answers.side_by_side import BORNE, GAIN, PLAN
from icbudget.engine.accounts.bridge import SYSTEM
from icbudget.engine.accounts.partner_positions import positions_of
from icbudget.engine.appraisal.integration_forms import borne, form_of
from icbudget.engine.run import run
from icbudget.plan.ready_made import FORMS
from icbudget.plan.scenario_overlay import with_scenario
from tests.answers.test_goal_tracker import LINE, plan
from tests.engine.plans import random_document, read

# The ICB puts in £60,000 and the council £40,000 a year; schemes cost £80,000 of NHS money and
# £30,000 of the council's, so that
# the ICB's source is £20,000 over and the council's £10,000 under in each year. Acute: 1,000 spells
# at £2,000, no programme.
DOCUMENT = {
    "programmes": [],
    "segments": [],
    "acute_lines": [LINE],
    "contributions": [
        {
            "pool": "bcf",
            "partner": "icb",
            "source": "NHS Minimum Contribution",
            "base_amount": 60_000,
            "index": "flat",
        },
        {
            "pool": "bcf",
            "partner": "council",
            "source": "Additional LA Contribution",
            "base_amount": 40_000,
            "index": "flat",
        },
    ],
    "schemes": [
        {
            "id": "1",
            "name": "A",
            "pool": "bcf",
            "source": "NHS Minimum Contribution",
            "base_amount": 80_000,
            "index": "flat",
        },
        {
            "id": "2",
            "name": "B",
            "pool": "bcf",
            "source": "Additional LA Contribution",
            "base_amount": 30_000,
            "index": "flat",
        },
    ],
}


def document(**tables):
    made = {"setup": {"title": "t", "base_year": "2024/25", "horizon": 4}}
    made["partners"] = [
        {"id": i, "name": i, "kind": k}
        for i, k in (("icb", "icb"), ("council", "council"), ("trust", "nhs_provider"))
    ]
    made["pools"] = [{"id": "bcf", "name": "BCF", "host": "council"}]
    return made | copy.deepcopy(DOCUMENT) | tables


def by_form(made):
    """Each form from the plan run under the ready-made scenario of its name."""
    return {name: form_of(name, run(with_scenario(made, name)[0])) for name in FORMS}


def test_who_bears_an_overspend_under_each_form():
    found = by_form(read(document()))
    # in pence: 20,000 − 10,000 = 10,000 a year in all
    assert [found["Aligned budgets"].bears[p][1] for p in ("icb", "council", "trust")] == [
        2_000_000,
        -1_000_000,
        0,
    ]
    assert [found["Lead commissioning"].bears[p][1] for p in ("icb", "council", "trust")] == [
        0,
        1_000_000,
        0,
    ]
    assert [found["Pooled fund"].bears[p][1] for p in ("icb", "council", "trust")] == [
        600_000,
        400_000,
        0,
    ]
    # by 2,060,000 against 40,000: 10,000 × 0.980952 = 9,809.52
    assert [found["One budget"].bears[p][1] for p in ("icb", "council", "trust")] == [
        980_952,
        19_048,
        0,
    ]


def test_who_may_move_the_money_under_each_form():
    found = by_form(read(document()))

    def moves(form):
        return [
            (found[form].alone[p][1] // 100, found[form].together[p][1] // 100)
            for p in ("icb", "council", "trust")
        ]

    assert moves("Aligned budgets") == [(2_060_000, 0), (40_000, 0), (0, 0)]
    assert moves("Lead commissioning") == [(2_000_000, 0), (100_000, 0), (0, 0)]
    assert moves("Pooled fund") == [(2_000_000, 100_000), (0, 100_000), (0, 0)]
    assert moves("One budget") == [(0, 2_100_000), (0, 2_100_000), (0, 0)]


def test_a_pool_with_an_agreement_shares_by_it():
    agreed = document(
        pools=[{"id": "bcf", "name": "BCF", "host": "council", "risk_share": "half"}],
        risk_shares=[
            {"id": "half", "basis": "fixed", "partner": p, "share": 0.5} for p in ("icb", "council")
        ],
    )
    made = read(agreed)
    assert [by_form(made)["Pooled fund"].bears[p][1] for p in ("icb", "council")] == [
        500_000,
        500_000,
    ]
    assert borne(run(made)) == by_form(made)["Pooled fund"].bears


def test_without_an_agreement_each_bears_its_own():
    made = read(document())
    assert borne(run(made)) == by_form(made)["Aligned budgets"].bears


def test_the_gain_of_a_shift_is_kept_or_shared():
    # K 100,000 and G 20,000 a year, £100,000 of cost from the ICB's own source: the ICB gains
    # nothing, the trust loses 80,000;
    # under one budget the ICB, which alone brings money, bears the whole system's 80,000.
    found = by_form(plan())
    assert [found["Aligned budgets"].better[p][1] // 100 for p in ("icb", "council", "trust")] == [
        0,
        0,
        -80_000,
    ]
    assert [found["One budget"].better[p][1] // 100 for p in ("icb", "council", "trust")] == [
        -80_000,
        0,
        0,
    ]


@pytest.mark.parametrize("seed", range(20))
def test_what_is_borne_and_gained_is_the_same_in_every_form_that_only_shares_differently(seed):
    # one budget is left out: it also changes which release is reinvested, and so the plan itself
    made = read(random_document(Random(seed)))
    found = by_form(made)
    shared = [found[name] for name in ("Aligned budgets", "Lead commissioning", "Pooled fund")]
    for t in range(len(made.years)):
        assert len({sum(form.bears[p][t] for p in form.bears) for form in shared}) == 1
    gains = set()
    for form in shared:
        *rows, system = positions_of(run(with_scenario(made, form.name)[0]))
        gains.add(system.total)
        # what is not settled yet, or borne by nobody, stands beside the partners
        others = [row.total for row in rows if row.partner not in form.better]
        for t, total in enumerate(system.total):
            partners = sum(form.better[p][t] for p in form.better)
            assert partners + sum(row[t] for row in others) == total
    assert len(gains) == 1


@pytest.mark.parametrize("seed", range(6))
def test_the_sheet_side_by_side_and_compare_have_one_answer_for_every_form(seed):
    made = read(random_document(Random(seed)))
    case = evaluate(made)
    sheet, beside = catalogue.FORMS_OF_INTEGRATION.build(case), cells(made)
    for name in FORMS:
        laid, _ = with_scenario(made, name)
        compared = compare(case, evaluate(laid))
        for partner in (p.id for p in made.partners):
            for figure in (GAIN, BORNE):
                rows = sheet.where(form=name, partner=partner, figure=figure)
                by_year = rows[0].values if rows else [0.0]
                total = round(sum(by_year), 2)
                # what is nothing under every scenario has no row there
                assert total == beside.get((figure, partner), {}).get(name, 0.0)
                assert round(total * 100) == sum(compared.money_after[figure][partner])


def test_relabelling_partners_permutes_the_forms():
    renamed = document()
    for row in renamed["partners"]:
        row["id"] = row["id"].upper()
    for rows, name in (
        (renamed["contributions"], "partner"),
        (renamed["pools"], "host"),
        (renamed["acute_lines"], "commissioner"),
        (renamed["acute_lines"], "provider"),
    ):
        rows[:] = [row | {name: row[name].upper()} for row in rows]
    one, two = by_form(read(document())), by_form(read(renamed))
    for a, b in zip(one.values(), two.values(), strict=True):
        assert {p.upper(): values for p, values in a.bears.items()} == b.bears


def test_every_form_says_in_words_what_it_is():
    rows = catalogue.FORMS_OF_INTEGRATION.build(evaluate(read(document()))).where(
        partner="All partners"
    )
    for name in FORMS:
        words = [row.labels[2].split(":")[0] for row in rows if row.labels[0] == name][-7:]
        assert words == [
            "Who decides",
            "Who bears",
            "What may move",
            "Whose books",
            "What it costs to run",
            "Patients' experience measures",
            "What does not change",
        ]


def test_a_form_names_the_plans_own_measures_of_experience():
    watched = document()
    watched["schemes"][0]["experience_measure"] = "Home First survey"
    rows = catalogue.FORMS_OF_INTEGRATION.build(evaluate(read(watched))).where(
        partner="All partners"
    )
    measures = [row.labels[2] for row in rows if row.labels[2].startswith("Patients' experience")]
    assert len(measures) == 4 and all("Home First survey" in words for words in measures)


def cells(made, active=""):
    made = made.model_copy(
        update={"setup": made.setup.model_copy(update={"active_scenario": active})}
    )
    block = catalogue.SIDE_BY_SIDE.build(evaluate(made))
    return {row.labels: dict(zip(block.columns, row.values, strict=True)) for row in block.rows}


def scenario(name, path, value):
    return {"scenario": name, "order": 1, "path": path, "value": value, "reason": "a test"}


def test_scenarios_stand_side_by_side_whichever_is_active():
    made = plan(
        programme={"effect_low": 0.2},
        scenarios=[scenario("Half", "programmes/falls/effect", "25%")],
    )
    found = cells(made)
    avoided = found["Avoided in the last year", "spells"]
    # 1,000 × 0.1 × the effect
    assert (avoided[PLAN], avoided["Half"], avoided["Low evidence"]) == (
        pytest.approx(50),
        pytest.approx(25),
        pytest.approx(20),
    )
    assert found["Contract saving, net of replacement", SYSTEM][PLAN] == pytest.approx(400_000)
    assert found["Contract saving, net of replacement", SYSTEM]["Block contracts"] == 0
    assert cells(made, "Half") == found


def test_a_scenario_that_cannot_be_laid_has_no_figures_and_says_so():
    found = cells(plan(scenarios=[scenario("Broken", "programmes/nobody/effect", "1")]))
    assert found["Errors", ""]["Broken"] == 1
    assert (
        found["Contract saving, net of replacement", SYSTEM]["Broken"] is None
        and found["Errors", ""][PLAN] == 0
    )
