"""Forms of integration by hand, and every scenario of a plan side by side."""

from __future__ import annotations

import copy
from random import Random

import pytest

from icbudget.answers import catalogue
from icbudget.answers.case import evaluate
from icbudget.answers.comparison import compare
from icbudget.answers.side_by_side import BORNE, GAIN, PLAN
from icbudget.engine.accounts.better_or_worse_off import positions_of
from icbudget.engine.accounts.bridge import SYSTEM
from icbudget.engine.accounts.risk_share_settlement import pool_shares
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
    # nothing is pooled: each source alone, and what the council is under is its next year's opening
    assert [found["Aligned budgets"].bears[p][1] for p in ("icb", "council", "trust")] == [
        2_000_000,
        0,
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


def test_a_balance_brought_forward_is_borne_by_nobody_when_it_is_used():
    """NHS money: £20,000 under in the first year, £20,000 over in the second, £30,000 in the third.

    Model §8: the £20,000 opens the second year, whose overspend is no more than that; the third
    opens with nothing. The council is £10,000 under in each year of its own.
    """
    made = document()
    made["schemes"][0]["amounts"] = {"2024/25": 40_000, "2025/26": 80_000, "2026/27": 90_000}
    found = by_form(read(made))
    own = [[found["Aligned budgets"].bears[p][t] for p in ("icb", "council")] for t in range(3)]
    assert own == [[0, 0], [0, 0], [3_000_000, 0]]
    # together: 30,000 under, 10,000 over, 20,000 over: the 30,000 of the first year meet both
    for name in ("Lead commissioning", "Pooled fund"):
        assert not any(any(pence[:3]) for pence in found[name].bears.values())


def test_what_is_borne_is_what_is_settled_when_the_year_ends_otherwise():
    """The council's scheme ends £25,000 above its £30,000; the NHS one as planned.

    Spending 135,000 less income 100,000 and no balance: 35,000, which 60/40 makes 21,000 and
    14,000, as the risk share posts it and the third step of the positions says.
    """
    made = document()
    made["forecasts"] = [
        {"year": "2024/25", "month": 12, "scheme": scheme, "outturn": outturn, "reason": "ended"}
        for scheme, outturn in (("1", 80_000), ("2", 55_000))
    ]
    plan = read(made)
    found = by_form(plan)["Pooled fund"]
    assert [found.bears[p][0] for p in ("icb", "council")] == [2_100_000, 1_400_000]
    result = run(with_scenario(plan, "Pooled fund")[0])
    settled = {row.partner: row.settled[0] for row in positions_of(result)}
    assert (settled["icb"], settled["council"]) == (-2_100_000, -1_400_000)


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


def _unresolved(made, name):
    """What no rule shares under a form, pence by year: a pool that nobody puts money into."""
    shares = pool_shares(run(with_scenario(made, name)[0]))
    return [
        round(float(sum(share.unresolved[0, t] for share in shares)))
        for t in range(len(made.years))
    ]


@pytest.mark.parametrize("seed", range(20))
def test_what_is_borne_and_gained_is_the_same_in_every_form_that_only_shares_differently(seed):
    # one budget is left out: it also changes which release is reinvested, and so the plan itself
    made = read(random_document(Random(seed)))
    found = by_form(made)
    shared = [found[name] for name in ("Aligned budgets", "Lead commissioning", "Pooled fund")]
    aligned, *pooled = shared
    left = {form.name: _unresolved(made, form.name) for form in pooled}
    for t in range(len(made.years)):
        borne_in_all = {sum(f.bears[p][t] for p in f.bears) + left[f.name][t] for f in pooled}
        assert len(borne_in_all) == 1
    # pooling lets what one source is under meet what another is over: never more is borne
    over_plan = [sum(sum(pence) for pence in form.bears.values()) for form in (aligned, pooled[0])]
    assert over_plan[0] >= over_plan[1]
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
