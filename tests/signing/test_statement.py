"""What is signed, in pounds, by hand on a small plan."""

from __future__ import annotations

import copy
import json

from icbudget.signing.statement import in_words, read_statement
from tests.plan.test_identity import SMALL
from tests.signing.plans import signed


def test_a_small_plan_is_signed_in_the_pounds_worked_out_by_hand(tmp_path):
    # The ICB puts in £1,000.10, then £1,020.00 as stated for 2026/27. Nothing is spent, so the pool
    # holds £1,000.10 and then £2,020.10, and nobody is better or worse off than under do nothing.
    document = copy.deepcopy(SMALL)
    document["pools"][0]["risk_share"] = ""
    statement = signed(tmp_path, document)["sign_offs"][0]["statement"]
    said = json.loads(statement)
    assert said["years"] == ["2025/26", "2026/27"]
    assert said["pounds"] == {
        "contributions": {"icb": [100_010, 102_000]},
        "positions": {},
        "closing_balances": {"p": [100_010, 202_010]},
    }
    assert said["text"] == (
        "I, A Signatory, Section 151 officer of Council, agree to the figures and terms of this"
        " plan as they are stated here."
    )
    assert read_statement(statement) == said
    words = list(in_words(said, {"icb": "Board", "p": "Pool"}))
    assert words[1:] == [
        "Put into the pools by Board: 2025/26 £1,000.10; 2026/27 £1,020",
        "Closing balance of Pool: 2025/26 £1,000.10; 2026/27 £2,020.10",
    ]
