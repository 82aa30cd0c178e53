"""The engine agrees with a plain, slow, separately written form of the model on many random
plans."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from icbudget import checks
from icbudget.engine.appraisal.overlap import INDEPENDENT, SAME, SEPARATE, readings
from icbudget.engine.projection.acute_amounts import AcuteAmounts
from icbudget.engine.run import effect_of, run
from icbudget.findings import has_errors
from tests.engine.independent import pence, project
from tests.engine.plans import random_document, read

SEEDS = range(60)
AGREE = {"rtol": 1e-9, "atol": 1e-7}


@pytest.fixture(scope="module", params=SEEDS, ids=lambda seed: f"plan{seed}")
def both(request):
    document = random_document(Random(request.param))
    # every third plan buys a line from a market, whose providers are no partners of the plan
    if request.param % 3 == 0 and document["acute_lines"]:
        document["acute_lines"][-1]["provider"] = ""
    plan = read(document)
    found = checks.check_plan(plan)
    assert not has_errors(found), [str(f) for f in found]
    return run(plan), project(document)


def over(keys, years, table):
    """years × keys of a table keyed by (key, t)."""
    return np.array(
        [[table.get((k, t), 0) for k in keys] for t in range(years)], dtype=float
    ).reshape(years, len(keys))


def test_acute_side(both):
    result, mine = both
    p, n = result.projection, len(result.years)
    lines = [row.id for row in result.plan.acute_lines]
    for name, theirs, table in (
        ("do nothing", p.nothing.activity, mine.A),
        ("price", p.nothing.price, mine.P),
        ("cost", p.nothing.cost, mine.C),
        ("avoided", p.avoided, mine.V),
        ("moved in", p.moved_in, mine.U),
        ("planned activity", p.activity, mine.X),
        ("payment, do nothing", p.pay_nothing, mine.pay_dn),
        ("payment, plan", p.pay_plan, mine.pay_plan),
        ("contract saving", p.contract_saving, mine.K),
        ("net release", p.released(), mine.G),
    ):
        tolerance = (
            {"rtol": 1e-9, "atol": 1e-9 * max(1.0, np.abs(p.pay_nothing).max())}
            if "contract" in name
            else AGREE
        )
        np.testing.assert_allclose(theirs[0], over(lines, n, table), **tolerance, err_msg=name)
    blocks = [[mine.blocks(k, t) if t else 0 for k in lines] for t in range(n)]
    np.testing.assert_array_equal(p.released("blocks")[0], blocks)


def test_programmes(both):
    result, mine = both
    p, n = result.projection, len(result.years)
    names = [row.id for row in result.plan.programmes]
    np.testing.assert_allclose(
        [effect_of(row) for row in result.plan.programmes],
        [mine.epsilon(g) for g in names],
        rtol=1e-12,
    )
    np.testing.assert_allclose(p.moves.scale[0][1:], over(names, n, mine.scale)[1:], **AGREE)
    active = [[mine.lagged(g, t) for g in names] for t in range(n)]
    np.testing.assert_allclose(p.active[0], np.reshape(active, (n, len(names))), **AGREE)
    by = result.units_by_programme()[0]
    for g, name in enumerate(names):
        for k, line in enumerate(result.plan.acute_lines):
            np.testing.assert_allclose(
                by[:, g, k], [mine.Vg[name, line.id, t] for t in range(n)], **AGREE
            )


def test_the_readings_of_who_gets_two_programmes(both):
    result, mine = both
    told, lines = readings(result.projection), [row.id for row in result.plan.acute_lines]
    for name, theirs in zip(
        ("separate", "independent", "same"),
        (told[SEPARATE], told[INDEPENDENT], told[SAME]),
        strict=True,
    ):
        for t in range(1, len(result.years)):
            by_line = mine.reading(t, name)
            np.testing.assert_allclose(
                theirs[t], [by_line[k] for k in lines], **AGREE, err_msg=f"{name}, year {t}"
            )


def test_every_pool_to_the_penny(both):
    result, mine = both
    m, n = result.projection.moves, len(result.years)
    assert set(result.rules.accounts) == mine.accounts
    accounts = result.rules.accounts
    np.testing.assert_array_equal(m.income[0], over(accounts, n, mine.income), err_msg="income")
    np.testing.assert_array_equal(
        (m.transfers_in + m.reinvested)[0], over(accounts, n, mine.into), err_msg="moved in"
    )
    np.testing.assert_array_equal(
        m.transfers_out[0], over(accounts, n, mine.out_of), err_msg="moved out"
    )
    np.testing.assert_array_equal(m.spend[0], over(accounts, n, mine.spend), err_msg="spend")
    np.testing.assert_array_equal(m.close[0], over(accounts, n, mine.close), err_msg="close")
    names = [row.id for row in result.plan.programmes]
    np.testing.assert_array_equal(m.paid[0], over(names, n, mine.paid), err_msg="paid")
    shifts = [row.id for row in result.plan.shifts]
    np.testing.assert_array_equal(m.moved[0], over(shifts, n, mine.moved), err_msg="moved")


def test_acute_amounts_to_the_penny(both):
    result, mine = both
    amounts, n = AcuteAmounts(result.projection), len(result.years)
    lines = [row.id for row in result.plan.acute_lines]

    def in_pence(table):
        return over(lines, n, {key: pence(value) for key, value in table.items()})

    np.testing.assert_array_equal(amounts.pay_nothing[0], in_pence(mine.pay_dn))
    np.testing.assert_array_equal(amounts.saving[0], in_pence(mine.K))
    budget = {(k, t): mine.budget(k, t) for k in lines for t in range(n)}
    np.testing.assert_array_equal(amounts.budget[0], in_pence(budget))
    assert np.abs(amounts.release[0] - over(lines, n, mine.G) * 100).max() <= 2.0, (
        "four parts, each rounded by half a penny"
    )
