"""The bridge between two versions of the cost uplift factor, by hand."""

from __future__ import annotations

import pytest

from icbudget import reference
from icbudget.answers import catalogue
from tests.examples.reading import case_beside


@pytest.fixture(scope="module")
def change():
    block = catalogue.VERSIONS.build(case_beside(__file__))
    assert {row.labels[0] for row in block.rows} == {"uplift: after pay award"}
    return {row.labels[1:]: row.values for row in block.rows}


def test_the_two_versions_are_those_the_product_ships():
    assert reference.cost_uplift("before pay award")["2025/26"] == 0.0415
    assert reference.cost_uplift("after pay award")["2025/26"] == 0.0483


@pytest.mark.parametrize(
    ("kind", "line", "figure", "by_year"),
    [
        ("Activity line", "elective", "Payment if nothing changes", (0, 6_800, 6_800)),
        ("Activity line", "elective", "Payment in the plan", (0, 6_120, 6_120)),
        ("Activity line", "urgent", "Payment if nothing changes", (0, 340_000, 340_000)),
        ("Activity line", "urgent", "Payment in the plan", (0, 340_000, 340_000)),
        ("Activity line", "All", "Payment in the plan", (0, 346_120, 346_120)),
        ("Scheme", "nursing Community nursing, line 1", "Spending", (0, 1_360, 1_387)),
    ],
)
def test_each_line_by_year(change, kind, line, figure, by_year):
    assert change[kind, line, figure] == pytest.approx(by_year, abs=0.005)


def test_what_no_version_touches_is_left_out(change):
    assert not [labels for labels in change if labels[0] in ("Funding", "Programme")]
