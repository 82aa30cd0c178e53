"""V15: effectiveness times coverage."""

from __future__ import annotations

import pytest

from icbudget import reference
from tests.examples.reading import case_beside


def test_a_third_fewer_is_expected_and_thirty_per_cent_were_seen():
    run = case_beside(__file__).answered.projection
    assert run.avoided[0, 1, 0] / 251 == pytest.approx(0.82 * 0.40) == pytest.approx(0.328)
    studies = {r["study"]: float(r["estimate"]) for r in reference.studies("rsv-vaccine")}
    assert studies["UKHSA"] == 0.82 and studies["Base rate"] == 251
    assert studies["England, eligible ages at about 40 % coverage"] == 0.30
