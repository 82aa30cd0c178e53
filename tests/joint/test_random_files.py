"""Random edits of each partner on random plans, merged in every order through files.

The properties beside it are of cells in memory; here parts are shared, written, edited and read.
The variable ICBUDGET_MERGE_FILES says on how many plans; before a release on 20.
"""

from __future__ import annotations

import datetime as dt
import os
from itertools import permutations
from random import Random

import pytest
import yaml

from icbudget import tasks
from icbudget.findings import Severity
from icbudget.plan.identity import plan_hash
from tests.fuzz.plans import KINDS, document_of

DAY = dt.date(2026, 12, 1)
PLANS = int(os.environ.get("ICBUDGET_MERGE_FILES", "1"))
AMOUNTS = ("contributions", "schemes")


def edited(path, rng):
    """Type another amount in some rows of a part, and say in how many figures."""
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    rows = [row for table in AMOUNTS for row in document.get(table, [])]
    chosen = rng.sample(rows, min(len(rows), rng.randint(1, 3)))
    for row in chosen:
        row["base_amount"] = float(row.get("base_amount") or 0) + rng.randint(1, 9)
    path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return len(chosen)


@pytest.mark.parametrize("number", range(PLANS))
def test_every_order_of_the_files_gives_one_plan_and_loses_no_ask(tmp_path, number):
    seed = number * len(KINDS)
    kind, document = document_of(seed)
    assert kind == "sound"
    plan = tmp_path / "plan.yaml"
    plan.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    rng, asked, parts = Random(seed), 0, []
    for partner in [row["id"] for row in document["partners"]][:3]:
        _, part = tasks.share(plan, partner, tmp_path / f"{partner}.yaml", on=DAY)
        asked += edited(part, rng)
        parts.append(str(part))

    found = {}
    for order in permutations(parts):
        merged = tasks.merge_parts(
            plan, list(order), tmp_path / "joint.yaml", on=DAY, overwrite=True
        )
        refused = [f for f in merged.findings if f.id.startswith("merge.")]
        assert not [f for f in refused if f.severity is Severity.ERROR]
        joint = tasks.load(merged.path).plan
        assert len(joint.received_changes) == asked
        found[plan_hash(joint.model_copy(update={"parts": (), "history": ()}))] = order
    assert len(found) == 1
