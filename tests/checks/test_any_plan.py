"""Whatever stands in a plan, it is answered or it is refused with findings; it never breaks off."""

from __future__ import annotations

from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from icbudget.answers.case import evaluate_draft
from icbudget.answers.catalogue import ANSWERS
from icbudget.engine.accounts.postings import postings
from icbudget.findings import has_errors
from icbudget.plan import SETUP, TABLES
from icbudget.plan.columns import columns_of
from icbudget.plan.plan_text import from_document
from tests.engine.plans import random_document

ODD = (
    0,
    -1,
    1,
    0.5,
    1e12,
    1e-12,
    "",
    "nonsense",
    None,
    True,
    [],
    ["x"],
    {},
    30,
    float("nan"),
    "#REF!",
    "2027/28",
    ["2027/28"],
)
ODD += ({"2026/27": 0}, {"2026/27": -5}, {"2026/27": 1e12}, {"2031/32": 1})


def spoil(document, rng):
    """Put an odd value, or one that belongs elsewhere, into some field of some row."""
    name = rng.choice(["setup", *(t for t in TABLES if document.get(t))])
    noun = SETUP.noun if name == "setup" else TABLES[name].noun
    row = document["setup"] if name == "setup" else rng.choice(document[name])
    column = rng.choice(columns_of(noun))
    named = [r.get("id", "") for r in document.get(column.table, [])] if column.table else []
    row[column.field] = rng.choice([*ODD, *column.choices * 2, *named * 3])


@settings(
    max_examples=120, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
@given(st.integers(0, 2**32), st.integers(1, 3))
def test_every_plan_is_answered_or_refused(seed, times):
    rng = Random(seed)
    document = random_document(rng)
    document["goals"] = [
        {
            "id": "g",
            "measure": "m",
            "good": "lower",
            "target": 5,
            "target_year": "2026/27",
            "acute_line": "k0",
        }
    ]
    document["risk_shares"] = [{"id": "rule", "basis": "contributions"}]
    document["pools"][0]["risk_share"] = "rule"
    document["minimums"] = [
        {"rule": "adult_social_care", "source": "DFG", "base_amount": 1, "index": "flat"}
    ]
    for _ in range(times):
        spoil(document, rng)
    if rng.random() < 0.2:
        document[rng.choice(list(TABLES))] = []
    case = evaluate_draft(from_document(document))
    if case is None or case.result is None:
        assert case is None or has_errors(case.findings)
        return
    for answer in ANSWERS:
        block = answer.build(case)
        assert all(len(line) == len(block.headings) for line in block.grid())
    assert all(isinstance(p.pence, int) for p in postings(case.result))
