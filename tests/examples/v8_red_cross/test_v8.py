"""V8: the switching value of Support at Home."""

from __future__ import annotations

from icbudget.engine.appraisal.discounting import switching_value


def test_breaks_even_at_nineteen_per_cent():
    assert round(float(switching_value(884.0, 169.0)), 2) == 0.19
