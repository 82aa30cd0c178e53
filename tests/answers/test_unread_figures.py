"""What is known of a plan with a figure that nobody can read: every value shown is the plan's,
whatever the figure is.

The oracle is the plan itself with figures typed there: any value that is shown as known must be the
same under each of them.
"""

from __future__ import annotations

import copy
from random import Random

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from icbudget.answers.answered import answered
from icbudget.answers.case import evaluate_draft
from icbudget.answers.catalogue import ANSWERS
from icbudget.answers.unread_figures import holds_unknown
from icbudget.findings import Severity
from icbudget.plan import TABLES
from icbudget.plan.columns import Kind, columns_of
from icbudget.plan.plan_text import from_document
from icbudget.plan.unread_cells import NOT_KNOWN, NotKnown, Undecided, may_be_unknown
from tests.engine.plans import random_document
from tests.places import BOROUGH

GARBLED = "£2.%"
TRIED = {
    Kind.MONEY: (0.01, 77.5, 4_321.09, 61_234.56, 234_567.89, 8_765_432.1, -345.67, -456_789.01),
    Kind.PRICE: (0.05, 7.5, 123.45, 3_456.78, 222_222.2),
    Kind.NUMBER: (0.2, 0.9, 5.5, 77, 3_333.3, 654_321, -0.1, -88.8),
    Kind.FRACTION: (0.005, 0.11, 0.5, 0.97, -0.05, -0.4),
}
"""Figures that a person might type, none of which the product tries itself."""


def document(rng):
    """A small plan with every kind of agreement: shared risks, performance pots, minimums, goals, a
    year under way.
    """
    doc = random_document(rng)
    doc["setup"] |= {
        "horizon": min(doc["setup"]["horizon"], 2),
        "draws": 100,
        "monitored_year": "2025/26",
        "monitored_month": 3,
    }
    doc["pools"] += [{"id": "apart", "name": "Apart", "host": "icb", "risk_share": "even"}]
    doc["pools"][0]["risk_share"] = rng.choice(("even", "stepped"))
    doc["risk_shares"] = [
        {"id": "even", "basis": rng.choice(("contributions", "commissioner", "host"))},
        {"id": "stepped", "kind": "contingency", "amount": 5000},
        {
            "id": "stepped",
            "step": 2,
            "basis": "fixed",
            "partner": "icb",
            "share": 0.5,
            "cap": 20_000,
        },
        {"id": "stepped", "step": 2, "basis": "fixed", "partner": "council", "share": 0.5},
    ]
    doc["contributions"] += [
        {
            "pool": "apart",
            "partner": "council",
            "source": "DFG",
            "base_amount": 90_000.01,
            "index": "flat",
        }
    ]
    doc["schemes"] += [
        {
            "id": "a",
            "name": "Apart",
            "pool": "apart",
            "source": "DFG",
            "base_amount": 91_000,
            "index": "flat",
        }
    ]
    doc["minimums"] = [
        {"rule": "adult_social_care", "source": "DFG", "base_amount": 50_000, "index": "flat"}
    ]
    doc["actuals"] = [{"year": "2025/26", "month": 1, "scheme": "a", "amount": 7_000}]
    doc["goals"] = [
        {
            "id": "g",
            "measure": "m",
            "good": "lower",
            "target": 5,
            "target_year": "2026/27",
            "acute_line": "k0",
        },
        {
            "id": "s",
            "measure": "p",
            "good": "higher",
            "target": 5,
            "target_year": "2026/27",
            "kind": "prevention_share",
        },
    ]
    doc["performance_pots"] = [
        {
            "id": "pot",
            "year": "2026/27",
            "quarter": 1,
            "pool": "apart",
            "pot": 900,
            "planned": 10,
            "achieved": 7,
        }
    ]
    return doc


def spots(doc):
    """Every figure of a document that may be unknown: its row, field and year."""
    for table, rows in doc.items():
        if table not in TABLES:
            continue
        for row in rows:
            for column in columns_of(TABLES[table].noun):
                if may_be_unknown(TABLES[table], column.field) and column.field in row:
                    for year in row[column.field] if column.by_year else ("",):
                        yield table, row, column, year


def typed(row, column, year, value):
    if year:
        row[column.field][year] = value
    else:
        row[column.field] = value


def told(block):
    """The values of a block by row, in order."""
    return [((row.labels, row.unit), row.values) for row in block.rows]


def contradicted(known, whole):
    """Every value that is shown as known and is another one in the whole answer."""
    waiting = told(whole)
    for key, values in told(known):
        if all(isinstance(value, NotKnown) for value in values):
            continue
        at = next((n for n, (other, _) in enumerate(waiting) if other == key), None)
        if at is None:
            yield key, values, "no such row"
            continue
        for value, other in zip(values, waiting.pop(at)[1], strict=True):
            if not isinstance(value, NotKnown) and (
                isinstance(other, NotKnown) or type(value) is not type(other) or value != other
            ):
                yield key, value, other


def check(seed, skip=()):
    rng = Random(seed)
    doc = document(rng)
    table, row, column, year = rng.choice(list(spots(doc)))
    typed(row, column, year, GARBLED)
    case = evaluate_draft(from_document(copy.deepcopy(doc)))
    if not case.readings:
        return None
    where = (table, row.get("id"), column.field, year)
    known = {a.id: answered(case, a) for a in ANSWERS if a.id not in skip}
    for value in rng.sample(TRIED[column.kind], 3):
        typed(row, column, year, value)
        other = evaluate_draft(from_document(copy.deepcopy(doc)))
        if other is None or other.result is None:
            continue
        for answer in ANSWERS:
            if answer.id in skip or answer.id == "checks":
                continue
            wrong = list(contradicted(known[answer.id], answer.build(other)))
            assert not wrong, (seed, where, value, answer.id, wrong[:3])
    return sum(holds_unknown(block) for block in known.values())


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.integers(0, 2**32))
def test_a_value_shown_as_known_is_the_plan_s_whatever_the_figure_is(seed):
    check(seed)


def borough(change):
    told = yaml.safe_load((BOROUGH).read_text(encoding="utf-8"))
    change(told)
    return evaluate_draft(from_document(told))


def test_a_figure_that_the_checks_refuse_is_as_good_as_one_nobody_can_read():
    case = borough(lambda told: told["indices"][0]["rates"].update({"2026/27": 5.66}))
    assert case.readings and [(f.field, f.year, f.raw) for f in case.unknown] == [
        ("rates", "2026/27", "5.66")
    ]
    (error,) = [f for f in case.findings if f.severity is Severity.ERROR]
    assert (
        "566%" in error.message
        and error.message.endswith("not known until this is corrected.")
        and not error.stops
    )
    block = answered(case, next(a for a in ANSWERS if a.id == "income"))
    assert not holds_unknown(block), "no contribution grows with the population"


def test_where_too_few_figures_could_stand_nothing_is_told_apart():
    case = borough(
        lambda told: told["segments"][0].update(share=GARBLED)
    )  # only one share makes 100 %
    assert not case.has_answers and any(
        f.stops and f.message.endswith("not a number.") for f in case.findings
    )


def test_no_largest_no_verdict_and_no_whole_number_comes_of_what_is_not_known():
    assert str(NOT_KNOWN + 1) == str(sum([1.0, NOT_KNOWN])) == f"{-NOT_KNOWN:,.2f}" == "not known"
    for asked in (
        lambda: max(1.0, NOT_KNOWN),
        lambda: NOT_KNOWN < 0,
        lambda: NOT_KNOWN == 0,
        lambda: int(NOT_KNOWN),
    ):
        with pytest.raises(Undecided):
            asked()
    with pytest.raises(Undecided):
        float(NOT_KNOWN)


def test_two_unknown_figures_do_not_hide_one_another():
    # 100,000 in and 100,000 out: whatever both are, their difference is not known
    base = {"pool": "p", "source": "DFG", "index": "flat"}
    case = evaluate_draft(
        from_document(
            {
                "setup": {"title": "Two", "base_year": "2026/27", "horizon": 1},
                "partners": [{"id": "c", "name": "Council", "kind": "council"}],
                "pools": [{"id": "p", "name": "Pool", "host": "c"}],
                "contributions": [{**base, "partner": "c", "base_amount": GARBLED}],
                "schemes": [{**base, "id": "1", "name": "Scheme", "base_amount": GARBLED}],
            }
        )
    )
    rows = answered(case, next(a for a in ANSWERS if a.id == "balances")).rows
    assert {row.labels[2] for row in rows if isinstance(row.values[0], NotKnown)} == {
        "Income",
        "Income of the pools",
        "Income of the pools, with aligned money",
        "Spend",
        "Closing balance",
    }


def test_people_below_zero_are_refused_and_not_worked_with():
    case = borough(
        lambda told: told["programmes"][0].update(
            reach_basis="direct", people={"2027/28": -1_234_567}
        )
    )
    assert "reach.negative-people" in {f.id for f in case.findings if f.fix == "Type zero or more."}
    assert [(f.field, f.year) for f in case.unknown] == [("people", "2027/28")]
