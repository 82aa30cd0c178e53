"""The shift of the worked example, figure by figure: what is saved, released, replaced, stranded.

Inputs and arithmetic: `notes.md` beside this file, "The shift".
"""

from __future__ import annotations

import pytest

from icbudget.answers import catalogue
from icbudget.answers.side_by_side import PLAN
from icbudget.engine.accounts.bridge import SYSTEM
from icbudget.engine.appraisal.net_benefit import worth
from tests.examples.reading import case_beside

CASE = case_beside(__file__)
YEARS = ("2026/27", "2027/28")


def of_line(block, line, figure):
    (row,) = block.where(acute_line=line, figure=figure)
    return row.values[1:]


@pytest.mark.parametrize(
    ("line", "figure", "values"),
    [
        # 10,000 × 1.01, × 1.01 again; 5 % of each is avoided
        ("nel", "Capacity released", (505, 510.05)),
        ("nel", "Contract saving", (1_515_000, 1_530_150)),
        ("hah", "Contract saving", (-404_000, -408_040)),
        ("All lines", "Contract saving, net of replacement", (1_111_000, 1_122_110)),
        ("nel", "Variable cost released", (303_000, 306_030)),
        ("nel", "Semi-fixed cost released", (450_000, 450_000)),
        ("nel", "Gross release", (753_000, 756_030)),
        ("nel", "Replacement cost", (0, 0)),
        ("hah", "Gross release", (0, 0)),
        ("hah", "Replacement cost", (353_500, 357_035)),
        ("nel", "Stranded cost", (762_000, 774_120)),
        ("hah", "Margin on replacement activity", (50_500, 51_005)),
        ("All lines", "What providers lose, net", (711_500, 723_115)),
    ],
)
def test_what_is_avoided_and_what_it_is_worth(line, figure, values):
    assert of_line(catalogue.CASH_RELEASED.build(CASE), line, figure) == pytest.approx(values)


def test_do_nothing_activity():
    rows = catalogue.ACTIVITY.build(CASE).where(acute_line="nel", figure="Do-nothing activity")
    assert rows[0].values[1:] == pytest.approx((10_100, 10_201))


def test_net_release_is_gross_release_less_replacement_cost():
    block = catalogue.CASH_RELEASED.build(CASE)
    net = [of_line(block, line, "Net release") for line in ("nel", "hah")]
    assert [sum(of_year) for of_year in zip(*net, strict=True)] == pytest.approx([399_500, 398_995])


def test_side_by_side_has_the_same_figures_over_the_plan():
    block = catalogue.SIDE_BY_SIDE.build(CASE)
    at = block.columns.index(PLAN)
    found = {row.labels: row.values[at] for row in block.rows}
    assert found["Contract saving, net of replacement", SYSTEM] == 1_111_000 + 1_122_110
    assert found["Gross release", SYSTEM] == 753_000 + 756_030
    assert found["Replacement cost", SYSTEM] == 353_500 + 357_035
    assert found["Net release", SYSTEM] == 399_500 + 398_995
    assert found["What providers lose, net", SYSTEM] == 711_500 + 723_115


def test_a_ratio_of_system_cash_has_753_000_as_benefit_and_853_500_as_cost():
    value = worth(CASE.plan, CASE.answered.projection)
    assert value.gross_release[0, 1] == pytest.approx(753_000)
    assert value.cost[0, 1] + value.replacement[0, 1] == pytest.approx(500_000 + 353_500)
    found = {row.labels: row.values[0] for row in catalogue.APPRAISAL.build(CASE).rows}
    # no deflator; 3.5 % a year from 2026/27 on
    benefits = 753_000 / 1.035 + 756_030 / 1.035**2
    costs = 853_500 / 1.035 + 857_035 / 1.035**2
    assert found["System cash", "Present value of benefits"] == pytest.approx(benefits, abs=0.01)
    assert found["System cash", "Present value of costs"] == pytest.approx(costs, abs=0.01)
    assert found["System cash", "Benefit-cost ratio"] == pytest.approx(benefits / costs)
