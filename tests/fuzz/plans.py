"""One random plan from one seed, spoiled or not, and what must hold for it whatever it is."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import numpy as np

from icbudget.answers.case import evaluate_draft
from icbudget.engine.accounts.bridge import SYSTEM, bridges
from icbudget.engine.accounts.ledger import postings
from icbudget.engine.accounts.risk_share import pool_shares
from icbudget.engine.run import Result
from icbudget.findings import has_errors
from icbudget.plan.identity import plan_hash
from icbudget.plan.plan_text import as_document, from_document
from icbudget.plan.risk_share import BY_LINE
from tests.checks.test_any_plan import spoil
from tests.engine.plans import random_document

KINDS = ("sound", "spoiled", "large")


def document_of(seed: int) -> tuple[str, dict[str, Any]]:
    """Return the kind of a seed's plan and the plan: a third sound, spoiled, and of large amounts."""
    rng = Random(seed)
    document = random_document(rng)
    kind = KINDS[seed % len(KINDS)]
    document["risk_shares"] = [
        {"id": "rule", "basis": rng.choice(("contributions", "commissioner", "share_profile"))}
    ]
    document["pools"][0]["risk_share"] = "rule"
    document["forecasts"] = [
        {
            "year": document["setup"]["base_year"],
            "month": rng.randint(1, 12),
            "scheme": row["id"],
            "line": row.get("line", 1),
            "outturn": round(rng.uniform(0, 2) * float(row.get("base_amount") or 1), 2),
            "reason": "random",
        }
        for row in document.get("schemes", [])
    ]
    if kind == "spoiled":
        for _ in range(rng.randint(1, 4)):
            spoil(document, rng)
    if kind == "large":
        # To £1e12 a line: a sum of them is still whole pence, or the plan is refused as too large.
        times = 10 ** rng.randint(3, 8)
        for table in ("contributions", "schemes"):
            for row in document.get(table, []):
                if isinstance(row.get("base_amount"), (int, float)):
                    row["base_amount"] = min(row["base_amount"] * times, 1e12)
    return kind, document


def outcome_of(seed: int) -> str:
    """Return how a seed's plan ends, answered or refused; raises where something does not hold."""
    kind, document = document_of(seed)
    draft = from_document(document)
    case = evaluate_draft(draft)
    if case is None or case.result is None:
        assert case is None or has_errors(case.findings), "refused, and no finding says why"
        answered = case is not None and case.has_answers
        return f"{kind}, in part" if answered else f"{kind}, refused"
    result = case.result
    moves = result.projection.moves
    put_in = moves.open + moves.income + moves.transfers_in + moves.reinvested
    np.testing.assert_array_equal(put_in - moves.spend - moves.transfers_out, moves.close)
    ledger = postings(result)
    moved = Counter[str]()
    for posting in ledger:
        assert isinstance(posting.pence, int), posting
        if posting.kind in ("moved in", "moved out"):
            moved[posting.year] += posting.pence
    assert not any(moved.values()), "what moves comes from somewhere"
    _assert_splits(result)
    _assert_system(result)
    again = from_document(as_document(case.plan))
    assert again.plan is not None and plan_hash(again.plan) == plan_hash(case.plan)
    return f"{kind}, answered"


def _assert_splits(result: Result) -> None:
    """A variance is all shared out, to the penny; a part has its sign and does not exceed it.

    A basis by line splits the variance of each line, so only its sum is looked at here.
    """
    by_line = {row.id for row in result.plan.risk_shares if row.basis in BY_LINE}
    for share in pool_shares(result):
        parts = [part.amounts for part in share.parts]
        shared = sum(parts, np.zeros_like(share.variance))
        np.testing.assert_array_equal(
            share.variance, share.not_eligible + shared + share.unresolved
        )
        if share.rule in by_line:
            continue
        eligible = share.variance - share.not_eligible
        for part in parts:
            assert (part * eligible >= 0).all(), "a part has the sign of what is shared"
            assert (abs(part) <= abs(eligible)).all(), "no part exceeds what is shared"


def _assert_system(result: Result) -> None:
    """What the system's bridge says is the sum of its partners'."""
    by_partner = {b.partner: b.steps for b in bridges(result)}
    system = by_partner.pop(SYSTEM, None)
    if system is None or not by_partner:
        return
    for step in ("Do nothing", "Plan"):
        if step in system:
            summed = [sum(values) for values in zip(*(s[step] for s in by_partner.values()))]
            assert summed == list(system[step]), step
