"""Every year of a projection is filled: what is made unfilled is never read before."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from random import Random

import numpy as np
import pytest

from icbudget.engine.projection import projection, release
from icbudget.engine.projection.projection import project
from icbudget.engine.projection.structure import structure_of
from icbudget.engine.projection.wiring import rules_of
from icbudget.engine.rounding import from_year_1
from icbudget.engine.run import figures
from icbudget.plan.blanks import filled_in
from icbudget.plan.plan_text import from_yaml
from tests.engine.plans import random_document, read
from tests.places import FIRST_BOROUGH, WORKBOOKS

SAMPLES = (FIRST_BOROUGH, *sorted(WORKBOOKS.glob("*.yaml")))


def sample(path):
    return filled_in(from_yaml(path.read_text(encoding="utf-8")).plan)


def random_plan(seed):
    document = random_document(Random(seed))
    # every third plan buys a line from a market, which releases what is no longer paid for
    if seed % 3 == 0 and document["acute_lines"]:
        document["acute_lines"][-1]["provider"] = ""
    return read(document)


def arrays_of(run):
    for field in fields(run):
        value = getattr(run, field.name)
        if isinstance(value, np.ndarray):
            yield field.name, value
        elif is_dataclass(value):
            yield from arrays_of(value)


@pytest.fixture
def unknown_until_filled(monkeypatch):
    """Give a function that projects a plan where each year is no number until it is filled."""

    def unknown(draws, years, columns):
        values = from_year_1(draws, years, columns)
        values[:, 1:] = np.nan
        return values

    def projected(plan):
        with monkeypatch.context() as patched:
            for module in (release, projection):
                patched.setattr(module, "from_year_1", unknown)
            return project(structure_of(plan), figures(plan), rules_of(plan))

    return projected


def assert_same(run, other):
    for (name, values), (_, others) in zip(arrays_of(run), arrays_of(other), strict=True):
        np.testing.assert_array_equal(values, others, name)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_no_year_of_a_sample_is_left_out(unknown_until_filled, path):
    plan = sample(path)
    run = unknown_until_filled(plan)
    assert_same(run, project(structure_of(plan), figures(plan), rules_of(plan)))
    assert not np.isnan(run.activity).any()
    assert not np.isnan(run.release.total).any()


def test_no_year_of_a_random_plan_is_left_out(unknown_until_filled):
    for seed in range(60):
        plan = random_plan(seed)
        run = unknown_until_filled(plan)
        assert_same(run, project(structure_of(plan), figures(plan), rules_of(plan)))
        assert not np.isnan(run.pay_plan).any(), seed
