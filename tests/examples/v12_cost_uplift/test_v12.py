"""V12: weights and inflation make the published cost uplift factor."""

from __future__ import annotations

import pytest

from icbudget import reference
from icbudget.engine.accounts.bridge import bridges
from tests.examples.reading import case_beside


def test_the_bridge_shows_uplift_and_efficiency_as_published():
    steps = next(b.steps for b in bridges(case_beside(__file__).answered) if b.partner == "nhs")
    base = steps["Base"][1]
    assert base == 9_854_000_000
    uplift, efficiency = steps["Price"][1] / base, steps["Provider efficiency"][1] / base
    assert round(100 * uplift, 2) == 3.06
    assert round(100 * uplift, 1) == pytest.approx(100 * reference.cost_uplift()["2016/17"])
    assert efficiency == pytest.approx(-reference.efficiency()["2016/17"])
    assert round(100 * (uplift + efficiency), 1) == 1.1
