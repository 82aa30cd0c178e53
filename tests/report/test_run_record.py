"""The run record."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from icbudget import __version__, reference
from icbudget.plan.identity import figures_hash, plan_hash
from icbudget.report.run_record import record_of
from tests.report.plans import ICB, case_of, ge1, setup


def test_a_record_says_what_is_needed_to_make_the_figures_again():
    case = ge1()
    record = record_of(case, "icbudget run plan.xlsx")
    assert (record.title, record.command, record.version) == (
        "GE-1",
        "icbudget run plan.xlsx",
        __version__,
    )
    assert (record.draws, record.seed) == (1000, 1)
    assert (record.plan_hash, record.plan_hash_version) == (plan_hash(case.plan), "plan/3")
    assert (record.figures_hash, record.figures_hash_version) == (
        figures_hash(case.plan),
        "figures/3",
    )
    assert record.reference == reference.versions()
    assert (record.errors, record.warnings, record.notes) == (
        0,
        4,
        1,
    )  # the note: efficiency and blocks closed may be one saving


def test_a_record_of_a_plan_with_errors_counts_them():
    record = record_of(case_of(setup=setup(0), partners=[ICB, ICB, ICB]), "icbudget run")
    assert (record.errors, record.warnings) == (2, 0) and record.draws is None is record.seed


def test_a_record_of_a_plan_of_which_nothing_is_uncertain_has_no_seed():
    record = record_of(case_of(setup=setup(0), partners=[ICB]), "icbudget run")
    assert record.errors == 0 and record.draws is None is record.seed


def test_a_record_cannot_be_changed_and_is_the_same_for_the_same_plan():
    first, second = record_of(ge1(), "icbudget run"), record_of(ge1(), "icbudget run")
    assert first == second
    with pytest.raises(FrozenInstanceError):
        first.seed = 1
