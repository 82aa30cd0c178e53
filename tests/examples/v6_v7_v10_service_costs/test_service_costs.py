"""V6, V7, V10: the library's figures against the arithmetic of their sources."""

from __future__ import annotations

import pytest

from icbudget import reference


def estimate(programme, study, measure):
    (row,) = [
        r
        for r in reference.studies(programme)
        if r["study"].startswith(study) and r["measure"].startswith(measure)
    ]
    return float(row["estimate"])


def test_v6_reablement():
    assert (
        estimate("reablement", "Model for a national guideline", "cost difference")
        == 56_499 - 58_560
        == -2_061
    )


def test_v7_falls_day_hospital_within_the_rounding_of_its_falls():
    printed = estimate("falls-exercise", "Nottingham", "cost per fall avoided")
    assert printed == 3_320
    from_rounded_falls = 578 / (2.24 - 2.07)
    assert from_rounded_falls == pytest.approx(printed, rel=0.03)


def test_v10_the_two_virtual_wards_disagree():
    liverpool = estimate("virtual-ward-step-down", "Liverpool", "cost difference")
    assert round((467_524 - 1_203_036) / 648) == liverpool == -1_135
    assert round(935 / 536, 3) == estimate("virtual-ward-step-down", "Wigan", "cost ratio") == 1.744
