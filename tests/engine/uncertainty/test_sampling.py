"""Draws of a plan: zero spread is the plan, correlations are those asked for, the same numbers
however they are made.
"""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats

from icbudget import reference
from icbudget.engine.projection.projection import project
from icbudget.engine.projection.structure import structure_of
from icbudget.engine.run import run
from icbudget.engine.uncertainty.drivers import BLOCK, drivers_of, nearest_correlation, persistent
from icbudget.engine.uncertainty.sampling import sampler_of
from icbudget.engine.uncertainty.uncertain_inputs import DRAWABLE, uncertain_figures
from icbudget.plan import TABLES
from icbudget.plan.plan import Plan
from icbudget.plan.plan_text import as_document, from_document, from_yaml
from tests.engine.plans import random_document, read
from tests.places import WORKBOOKS

AS_SHIPPED = from_yaml((WORKBOOKS / "illustrative-borough.yaml").read_text(encoding="utf-8")).plan
BOROUGH = AS_SHIPPED.model_copy(update={"uncertainties": (), "correlations": ()})


def with_rows(plan: Plan, *rows, assumed=False, correlations=(), **setup) -> Plan:
    document = as_document(plan)
    document["setup"] |= {"uncertainty": "assumed" if assumed else "entered", **setup}
    document["uncertainties"], document["correlations"] = list(rows), list(correlations)
    draft = from_document(document)
    assert draft.sound, [str(f) for f in draft.findings]
    return draft.plan


def every_figure_without_spread(plan):
    """A row for every figure that can be drawn, its low and high a hair around the plan's own
    figure.
    """
    rows = []
    for table, fields in DRAWABLE.items():
        for row in getattr(plan, table):
            for field in fields:
                stated = getattr(row, field)
                if (
                    stated is None
                    or isinstance(stated, str)
                    or (hasattr(stated, "values") and not stated)
                ):
                    continue
                key = TABLES[table].key_of(row)
                own = (
                    0.0
                    if table == "indices"
                    else 1.0
                    if hasattr(stated, "values")
                    else float(stated)
                )
                hair = 1e-15 * max(abs(own), 1.0)
                interval = {"low": own - hair, "mode": own, "high": own + hair}
                rows.append(
                    {"path": f"{table}/{key}/{field}", "distribution": "normal", **interval}
                )
    return rows


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**9))
@example(
    262143
)  # an effect of 0 drawn as −1e-16 beside effects above 0: it must not turn who avoided what to Shapley values
def test_zero_spread_is_the_plan_to_the_penny(seed):
    plan = read(random_document(Random(seed)))
    sampler = sampler_of(with_rows(plan, *every_figure_without_spread(plan)))
    assert sampler.drivers.names
    own = run(plan)
    drawn = project(structure_of(plan), sampler.figures(0, 3), own.rules)
    for name in ("income", "spend", "close", "moved", "paid"):
        values = getattr(drawn.moves, name)
        np.testing.assert_array_equal(
            values, np.broadcast_to(getattr(own.projection.moves, name), values.shape)
        )


def test_a_plan_of_which_nothing_is_uncertain_is_one_draw():
    assert sampler_of(with_rows(BOROUGH)).figures(0).draws == 1


def test_a_plan_is_uncertain_without_a_row():
    sampler = sampler_of(BOROUGH)
    assert {u.field for u in sampler.uncertain} >= {
        "effect",
        "reach",
        "people",
        "unit_cost",
        "fixed_cost",
        "closes",
        "rates",
    }
    assert all(u.assumed for u in sampler.uncertain)


def test_a_row_stands_instead_of_an_assumption_and_fixed_takes_it_away():
    row = {"path": "programmes/care_homes/effect", "low": 0.1, "mode": 0.11, "high": 0.12}
    plan = with_rows(
        BOROUGH, row, {"path": "acute_lines/nel_75/closes", "distribution": "fixed"}, assumed=True
    )
    found = {u.path: u for u in uncertain_figures(plan)}
    assert (
        not found["programmes/care_homes/effect"].assumed
        and "acute_lines/nel_75/closes" not in found
    )
    assert (
        len([u for u in uncertain_figures(plan) if u.key == "care_homes" and u.field == "effect"])
        == 1
    )


def test_a_programme_of_the_library_has_the_librarys_own_chance_of_no_effect():
    # The chances of the method's table; the vaccine's 2 % is drawn around nothing, and half of that
    # below it. PERT from 70 to
    # 86 % is never below it. With another grade than the library's, the chance is that of the
    # grade: A 15 %.
    told = {
        "case-management": 0.8,
        "telecare": 0.9,
        "social-prescribing": 0.7,
        "care-homes": 0.35,
        "hospital-at-home": 0.15,
    }
    for row in reference.evidence():
        if row["id"] in told or row["id"].endswith("vaccine"):
            assert reference.chance_of_no_effect(row["grade"], row["id"]) == told.get(
                row["id"], 0.02
            )
    assert (
        reference.chance_of_no_effect("A", "care-homes")
        == reference.chance_of_no_effect("A")
        == 0.15
    )
    document = as_document(BOROUGH)
    vaccine = {
        "id": "rsv",
        "library": "rsv-vaccine",
        "cost_index": "flat",
        "pool": "bcf",
        "source": "Additional NHS Contribution",
    }
    document["programmes"].append({**vaccine, "reach": {"2026/27": 0.5}})
    plan = from_document(document).plan
    found = next(u for u in uncertain_figures(plan) if u.path == "programmes/rsv/effect")
    chances = np.linspace(0.0, 1.0, 100_001)[1:-1]
    assert np.mean(found.distribution.at(stats.norm.ppf(chances)) < 0.0) == pytest.approx(
        0.01, abs=0.0005
    )


def test_random_money_is_whole_pence_in_every_draw():
    key = TABLES["contributions"].key_of(BOROUGH.contributions[0])
    plan = with_rows(
        BOROUGH,
        {
            "path": f"contributions/{key}/base_amount",
            "low": 25e6,
            "high": 27e6,
            "distribution": "normal",
        },
    )
    figures = sampler_of(plan).figures(0)
    drawn = figures.contributions[:, :, 0]
    assert len(np.unique(drawn[:, 0])) == BLOCK
    np.testing.assert_array_equal(drawn, np.round(drawn))


def rank(a, b):
    return float(stats.spearmanr(a, b).statistic)


@pytest.mark.parametrize("asked", [-0.7, 0.0, 0.5, 0.9])
def test_the_copula_gives_the_rank_correlation_asked_for(asked):
    paths = ("programmes/care_homes/effect", "programmes/falls_response/fixed_cost")
    rows = [
        {"path": paths[0], "low": 0.02, "high": 0.2, "null_chance": 0.3},
        {"path": paths[1], "low": 0.8, "high": 1.3, "distribution": "gamma"},
    ]
    pair = {"driver_a": paths[0], "driver_b": paths[1], "rank_correlation": asked}
    sampler = sampler_of(with_rows(BOROUGH, *rows, correlations=[pair]))
    draws = [
        [u.distribution.at(sampler.scores(block)[u.driver][:, 0]) for block in range(20)]
        for u in sampler.uncertain
    ]
    found = rank(*(np.concatenate(d) for d in draws))
    assert found == pytest.approx(asked, abs=4 / np.sqrt(20 * BLOCK))


def test_a_shared_driver_moves_all_its_lines_together():
    rows = [
        {"path": f"programmes/{p}/fixed_cost", "low": low, "high": 1.2, "driver": "pay"}
        for p, low in (
            ("falls_response", 0.9),
            ("case_management", 0.8),
            ("social_prescribing", 0.7),
        )
    ]
    figures = sampler_of(with_rows(BOROUGH, *rows)).figures(0)
    at = [
        n
        for n, p in enumerate(BOROUGH.programmes)
        if p.id in ("falls_response", "case_management", "social_prescribing")
    ]
    drawn = figures.fixed_cost[:, 1, at]
    assert [rank(drawn[:, 0], drawn[:, n]) for n in range(3)] == pytest.approx([1, 1, 1])
    assert drawn.shape[0] == BLOCK and np.unique(drawn[:, 0]).size == BLOCK


def test_an_index_is_drawn_once_for_all_that_use_it_and_lasts():
    row = {
        "path": "indices/cuf/rates",
        "low": -0.01,
        "mode": 0.0,
        "high": 0.01,
        "distribution": "normal",
        "persistence": 0.5,
    }
    sampler = sampler_of(with_rows(BOROUGH, row, horizon=5))
    figures = sampler.figures(0)
    (cuf,) = [n for n, index in enumerate(BOROUGH.indices) if index.id == "cuf"]
    # Every hospital line; care that the council buys follows an index of its own.
    assert np.count_nonzero(structure_of(BOROUGH).lines.price_uplift == cuf) > 2
    assert (figures.rates[:, 0] == 0).all()
    assert np.unique(figures.rates[:, 1, cuf]).size == BLOCK
    many = np.concatenate(
        [persistent(sampler.scores(b)["indices/cuf/rates"], 0.5) for b in range(20)]
    )
    np.testing.assert_allclose(
        np.corrcoef(many.T)[0], 0.5 ** np.arange(5), atol=4 / np.sqrt(20_000)
    )
    np.testing.assert_allclose(many.std(axis=0), 1.0, atol=0.03)


def test_defaults_of_the_copula():
    figures = uncertain_figures(BOROUGH)
    drivers = drivers_of(BOROUGH, figures)
    at = {name: n for n, name in enumerate(drivers.names)}

    def pearson(a, b):
        return drivers.correlation[at[a], at[b]]

    def from_rank(r):
        return 2 * np.sin(np.pi * r / 6)

    assert pearson(
        "programmes/hospital_at_home/effect", "programmes/hospital_at_home/reach"
    ) == pytest.approx(from_rank(-0.2))
    assert pearson("programmes/hospital_at_home/effect", "programmes/care_homes/effect") in (
        pytest.approx(from_rank(0.3)),
        pytest.approx(from_rank(0.5)),
    )
    assert pearson("indices/cuf/rates", "indices/gdp_deflator/rates") == pytest.approx(
        from_rank(0.6)
    )
    assert drivers.repair == 0


def test_a_matrix_that_is_none_is_repaired_to_the_nearest():
    # Higham 2002, example of section 4: the nearest correlation matrix to this one.
    asked = np.array([[1, 1, 0], [1, 1, 1], [0, 1, 1.0]])
    theirs = [[1, 0.7607, 0.1573], [0.7607, 1, 0.7607], [0.1573, 0.7607, 1]]
    np.testing.assert_allclose(nearest_correlation(asked), theirs, atol=5e-5)
    fine = np.array([[1, 0.5], [0.5, 1.0]])
    assert nearest_correlation(fine) is fine


def test_random_numbers_hang_on_seed_block_and_name_only():
    one, other = (
        sampler_of(BOROUGH),
        sampler_of(
            with_rows(
                BOROUGH,
                {"path": "acute_lines/nel_75/base_activity", "low": 15e3, "high": 17e3},
                assumed=True,
            )
        ),
    )
    scores, more = one.scores(3), other.scores(3)
    for name, values in scores.items():
        np.testing.assert_array_equal(values, more[name])
        np.testing.assert_array_equal(values[:10], one.scores(3, 10)[name])
    assert (one.scores(4)["indices/cuf/rates"] != scores["indices/cuf/rates"]).all()
    assert (
        sampler_of(BOROUGH, seed=2).scores(3)["indices/cuf/rates"] != scores["indices/cuf/rates"]
    ).all()


def test_a_before_and_after_effect_is_drawn_around_what_comes_with_nothing_done():
    """3 admissions become 1 by themselves, so a ratio of 1/3 means no effect; 0.3 is a reduction of
    10 %.
    """
    document = as_document(BOROUGH)
    row = next(p for p in document["programmes"] if p["id"] == "social_prescribing")
    row |= {
        "effect_measure": "before_after",
        "effect": 0.3,
        "rate_before": 3,
        "population_rate": 0.2,
        "dispersion": 0.5,
    }
    row |= {
        "effect_low": None,
        "effect_high": None,
        "deadweight": 0,
        "optimism_benefit": 0,
        "library": "",
    }
    document["setup"]["uncertainty"] = "entered"
    path = "programmes/social_prescribing/effect"
    document["uncertainties"] = [
        {"path": path, "low": 0.25, "mode": 0.3, "high": 0.35, "interval": "limits"}
    ]
    draft = from_document(document)
    assert draft.sound, [str(f) for f in draft.findings]
    figures = sampler_of(draft.plan).figures(0)
    at = [p.id for p in draft.plan.programmes].index("social_prescribing")
    drawn = figures.effect[:, at]
    # from 1 − 0.35 × 3 = −5 % to 1 − 0.25 × 3 = 25 %, on average 10 %
    assert -0.0501 <= drawn.min() < 0 < drawn.max() <= 0.2501
    assert drawn.mean() == pytest.approx(0.1, abs=0.01)
