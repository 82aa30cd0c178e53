"""V9: how many admissions come from care homes, and the ceiling of a programme there."""

from __future__ import annotations

import pytest

from icbudget import reference
from icbudget.answers import catalogue
from tests.examples.reading import case_beside


@pytest.mark.parametrize(
    ("outcome", "printed"),
    [("Emergency admissions, base rate", 192_000), ("A&E attendances, base rate", 269_000)],
)
def test_the_base_rates_make_the_printed_numbers(outcome, printed):
    (row,) = [r for r in reference.studies("care-homes") if r["outcome"] == outcome]
    assert 274_000 * float(row["estimate"]) == pytest.approx(printed, abs=500)


def test_the_ceiling_is_the_share_of_admissions_times_the_effect():
    case = case_beside(__file__)
    found = {row.labels[1]: row.values[0] for row in catalogue.PROGRAMME_EVIDENCE.build(case).rows}
    assert case.plan.acute_lines[0].base_activity * 0.079 == pytest.approx(192_000, abs=500)
    assert found["old: ceiling, that share × the reduction counted on"] == pytest.approx(0.0079)
    # three quarters of the year after a lag of a quarter: 0.79 % × 0.75
    assert found["old: at work in 2017/18, after reach and lag"] == pytest.approx(0.0079 * 0.75)
