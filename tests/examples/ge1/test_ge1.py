"""GE-1 to the printed digits: every column of its table, and what it is worth."""

from __future__ import annotations

import pytest

from icbudget.answers import catalogue
from tests.examples.reading import case_beside

# year 1 … 5 as printed in the specification
PRINTED = {
    "do nothing": ([10_185.72, 10_374.89, 10_567.57, 10_763.83, 10_963.74], 2),
    "avoided": ([44.002, 124.583, 162.490, 238.016, 242.436], 3),
    "P1": ([44.002, 89.259, 90.527, 91.404, 93.101], 3),
    "P2": ([0, 35.324, 71.963, 146.612, 149.335], 3),
    "price": ([3_028.8750, 3_058.0279, 3_087.4614, 3_117.1783, 3_147.1811], 4),
    "gross value": ([133_277, 380_979, 501_682, 741_938, 762_991], 0),
    "variable": ([26_655, 76_196, 100_336, 148_388, 152_598], 0),
    "blocks": ([0, 0, 0, 1, 1], 0),
    "semi-fixed": ([0, 0, 0, 233_788, 236_039], 0),
    "cash": ([26_655, 76_196, 100_336, 382_176, 388_637], 0),
    "not released": ([106_622, 304_783, 401_345, 359_762, 374_354], 0),
    "cost": ([714_000, 1_144_440, 1_591_812, 1_623_648, 1_656_121], 0),
    "net cash": ([-687_345, -1_068_244, -1_491_476, -1_241_472, -1_267_484], 0),
}


@pytest.fixture(scope="module")
def case():
    return case_beside(__file__)


@pytest.fixture(scope="module")
def columns(case):
    run = case.result.projection
    units = case.result.units_by_programme()[0, 1:, :, 0]
    gross = (run.avoided * run.nothing.price)[0, 1:, 0]
    cash, cost = run.released()[0, 1:, 0], run.moves.paid[0, 1:].sum(axis=-1) / 100
    return {
        "do nothing": run.nothing.activity[0, 1:, 0],
        "avoided": run.avoided[0, 1:, 0],
        "P1": units[:, 0],
        "P2": units[:, 1],
        "price": run.nothing.price[0, 1:, 0],
        "gross value": gross,
        "variable": run.released("variable")[0, 1:, 0],
        "blocks": run.released("blocks")[0, 1:, 0],
        "semi-fixed": run.released("semi_fixed")[0, 1:, 0],
        "cash": cash,
        "not released": gross - cash,
        "cost": cost,
        "net cash": cash - cost,
    }


@pytest.mark.parametrize("column", PRINTED)
def test_every_column_as_printed(columns, column):
    printed, digits = PRINTED[column]
    assert [round(float(v), digits) for v in columns[column]] == printed


def test_on_an_activity_contract_what_is_not_released_is_stranded(case, columns):
    assert case.result.projection.stranded[0, 1:, 0] == pytest.approx(
        columns["not released"], abs=1e-6
    )


@pytest.mark.parametrize(
    ("view", "measure", "printed", "digits"),
    [
        ("System cash", "Present value of benefits", 782_951, 0),
        ("System cash", "Present value of costs", 5_626_227, 0),
        ("System cash", "Net present value", -4_843_277, 0),
        ("System cash", "Benefit-cost ratio", 0.139, 3),
        ("If tariff value were cash (the usual mistake)", "Benefit-cost ratio", 0.369, 3),
    ],
)
def test_appraisal_as_printed(case, view, measure, printed, digits):
    (row,) = catalogue.APPRAISAL.build(case).where(view=view, measure=measure)
    assert round(row.values[0], digits) == printed


def test_the_usual_mistake_shows_2_6_times_the_return(case):
    ratio = {
        r.labels[0]: r.values[0]
        for r in catalogue.APPRAISAL.build(case).where(measure="Benefit-cost ratio")
    }
    assert (
        round(ratio["If tariff value were cash (the usual mistake)"] / ratio["System cash"], 1)
        == 2.6
    )


def test_adding_the_programmes_up_would_overstate_year_5(case):
    # 10,963.7385 × (0.08 × 0.108 + 0.15 × 0.0918) = 245.697, and that less 242.436 is 3.26
    avoided = catalogue.AVOIDED.build(case)
    alone = [r.values[5] for r in avoided.where(figure="If alone (not additive)")]
    assert round(sum(alone) - case.result.projection.avoided[0, 5, 0], 2) == 3.26


def test_it_never_pays_back(case):
    (row,) = catalogue.APPRAISAL.build(case).where(
        view="System cash", measure="Payback on cumulative cash"
    )
    assert row.values == ("not within the plan",)
