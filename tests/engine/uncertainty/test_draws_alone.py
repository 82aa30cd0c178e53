"""A draw comes out as it would alone, whichever draws are worked out beside it."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from icbudget.engine.projection import funding
from icbudget.engine.projection.projection import project
from icbudget.engine.run import Result
from icbudget.engine.uncertainty.outcomes import EXPOSURE, outcomes_of
from icbudget.engine.uncertainty.simulate import runner_of
from icbudget.plan.blanks import filled_in
from icbudget.plan.plan_text import from_yaml
from tests.places import BOROUGH

DRAWS = 8


def borough_running_in(year, **risk_share):
    """The borough with all that is booked and forecast in another year, and the outturn of a
    programme's line, which is paid from several purses; its risk shares as told.
    """
    plan = filled_in(from_yaml(BOROUGH.read_text(encoding="utf-8")).plan)
    programme = next(row for row in plan.schemes if row.programme)
    line = {"scheme": programme.id, "line": programme.line, "outturn": Decimal(10_000)}
    forecasts = [*plan.forecasts, plan.forecasts[0].model_copy(update=line)]
    steps = [
        row.model_copy(update=risk_share) if row.basis == "contributions" else row
        for row in plan.risk_shares
    ]
    return plan.model_copy(
        update={
            "actuals": tuple(row.model_copy(update={"year": year}) for row in plan.actuals),
            "forecasts": tuple(row.model_copy(update={"year": year}) for row in forecasts),
            "virements": (),
            "risk_shares": tuple(steps),
        }
    )


def each_alone(runner, drawn):
    plan, every = runner.sampler.plan, drawn.figures(runner.sampler.plan)
    limits, passed_down = funding.minimums(plan), funding.pass_downs(plan)
    for draw in range(DRAWS):
        figures = every.of_draws(slice(draw, draw + 1))
        projection = project(runner.structure, figures, runner.rules)
        of_draw = drawn.drawn.of_draws(slice(draw, draw + 1))
        result = Result(plan, runner.rules, projection, limits, passed_down)
        yield [values[0] for _, values in outcomes_of(result, of_draw)]


@pytest.mark.parametrize("year", ["2025/26", "2026/27", "2027/28", "2029/30"])
@pytest.mark.parametrize("risk_share", [{}, {"basis": "commissioner"}], ids=["pools", "lines"])
def test_what_is_booked_is_known_whatever_a_draw_makes_of_the_budget(year, risk_share):
    runner = runner_of(borough_running_in(year, **risk_share))
    drawn = runner.sampler.drawn(0, DRAWS)
    outcomes, together = runner.run(drawn, DRAWS, again=False)
    alone = np.stack(list(each_alone(runner, drawn)), axis=-1)
    for n, outcome in enumerate(outcomes):
        # Money is whole pence and is equal. Activity is not rounded, and its sum over lines is added
        # in another order for one draw than for eight: its last bits may differ.
        bits = 0.0 if outcome.money else 1e-12
        np.testing.assert_allclose(together[n], alone[n], rtol=bits, atol=0, err_msg=str(outcome))
    borne = [n for n, outcome in enumerate(outcomes) if outcome.name == EXPOSURE]
    later = year in ("2027/28", "2029/30")
    # so that the test is one: from the second year on draws bear unlike amounts
    assert (np.ptp(together[borne], axis=-1) > 0).any() or not later
