"""A source, an owner or a reason changes no answer but those that say that they look at it."""

from __future__ import annotations

import pytest

from icbudget.answers.answered import answered
from icbudget.answers.case import evaluate
from icbudget.answers.catalogue import ANSWERS, READS_WORDS
from icbudget.plan import TABLES
from icbudget.plan.columns import columns_of
from icbudget.plan.identity import is_silent, plan_hash, worked_hash
from icbudget.plan.plan_text import from_yaml
from tests.places import FIRST

SAMPLES = sorted(FIRST.glob("*.yaml"))


def worded(plan, words):
    """The plan with the same words in every column that says where or why."""
    tables = {}
    for name, table in TABLES.items():
        silent = [c.field for c in columns_of(table.noun) if is_silent(name, c) and not c.required]
        changed = dict.fromkeys(silent, words)
        tables[name] = tuple(row.model_copy(update=changed) for row in getattr(plan, name))
    return plan.model_copy(update=tables)


def blocks(plan, *, whole):
    case = evaluate(plan)
    return {
        answer.id: answered(case, answer)
        for answer in ANSWERS
        if answer not in READS_WORDS and (whole or not answer.runs_again)
    }


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_source_or_a_reason_changes_no_other_answer(path):
    plan = from_yaml(path.read_text(encoding="utf-8")).plan
    told, untold = worded(plan, "So says the minute of the board"), worded(plan, "")
    assert len({plan_hash(p) for p in (told, untold)}) == 2
    assert worked_hash(told) == worked_hash(untold) == worked_hash(plan)
    # one with everything that runs the plan again: it has every table
    whole = path.stem == "illustrative-borough"
    assert blocks(told, whole=whole) == blocks(untold, whole=whole)


def test_a_figure_a_name_and_an_order_are_no_mere_words():
    plan = from_yaml(SAMPLES[1].read_text(encoding="utf-8")).plan
    rows = plan.schemes
    others = (
        (rows[0].model_copy(update={"name": "Another"}), *rows[1:]),
        (rows[0].model_copy(update={"base_amount": rows[0].base_amount + 1}), *rows[1:]),
        (*rows[1:], rows[0]),
    )
    hashes = {worked_hash(plan.model_copy(update={"schemes": other})) for other in others}
    assert len(hashes | {worked_hash(plan)}) == 4
