"""One random plan from one seed, spoiled or not, and what must hold for it whatever it is."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import numpy as np

from icbudget.answers.case import evaluate_draft
from icbudget.answers.catalogue import ANSWERS
from icbudget.engine.accounts.bridge import SYSTEM, bridges
from icbudget.engine.accounts.postings import postings
from icbudget.engine.accounts.risk_share_settlement import (
    pool_shares,
    settlement,
    variance_of_lines,
)
from icbudget.engine.accounts.risk_steps import by_lines
from icbudget.engine.run import Result
from icbudget.findings import has_errors
from icbudget.plan.identity import plan_hash
from icbudget.plan.plan_text import as_document, from_document
from icbudget.plan.risk_share import BASES, BY_PERCENTAGE
from tests.checks.test_any_plan import spoil
from tests.engine.plans import random_document

KINDS = ("sound", "spoiled", "large")
DESTINATIONS = ("share", "retain", "carry_forward", "lead_commissioner", "return_recurrent")


def document_of(seed: int) -> tuple[str, dict[str, Any]]:
    """Return the kind of a seed's plan and the plan: a third sound, spoiled, and of large amounts."""
    rng = Random(seed)
    document = random_document(rng)
    kind = KINDS[seed % len(KINDS)]
    document["risk_shares"] = _rule(rng)
    for pool in document["pools"][: rng.choice((1, 1, 2))]:
        pool |= {"risk_share": "rule", "underspend": rng.choice(DESTINATIONS)}
    for row in document.get("schemes", []):
        row |= {
            "commissioner": rng.choice(("NHS", "LA", "Joint")),
            "lead_partner": rng.choice(("icb", "council")),
            "share_profile": rng.choice(("fixed", "variable")),
        }
        if row["commissioner"] == "Joint":
            row |= {"nhs_share": 0.3, "la_share": 0.7}
    document["forecasts"] = [
        {
            "year": document["setup"]["base_year"] if rng.random() < 0.6 else "2026/27",
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


def _rule(rng: Random) -> list[dict[str, Any]]:
    """Return a risk share on any basis, at times with steps before it, a width and caps."""
    rows: list[dict[str, Any]] = []
    for kind in ("offset", "contingency", "uncommitted"):
        if rng.random() < 0.15:
            step = {"id": "rule", "step": len(rows) + 1, "kind": kind}
            held = {} if kind == "offset" else {"amount": round(rng.uniform(0, 1e5), 2)}
            rows.append(step | held)
    basis = rng.choice(BASES)
    share: dict[str, Any] = {"id": "rule", "step": len(rows) + 1, "basis": basis}
    if rng.random() < 0.2:
        share["width"] = round(rng.uniform(0, 3e5), 2)
    if basis not in BY_PERCENTAGE:
        return [*rows, share]
    part = rng.randint(0, 1000) / 1000
    parts = (("icb", part), ("council", round(1 - part, 3)))
    cap = {"cap": round(rng.uniform(0, 2e5), 2)} if rng.random() < 0.3 else {}
    return [*rows, *(share | {"partner": p, "share": s} | cap for p, s in parts)]


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
    # what is given in kind is used in its year, by scheme lines or beside them
    taken_out = moves.spend + moves.beside + moves.transfers_out
    np.testing.assert_array_equal(put_in - taken_out, moves.close)
    ledger = postings(result)
    moved = Counter[str]()
    for posting in ledger:
        assert isinstance(posting.pence, int), posting
        if posting.kind in ("moved in", "moved out"):
            moved[posting.year] += posting.pence
    assert not any(moved.values()), "what moves comes from somewhere"
    _assert_splits(result)
    _assert_system(result)
    if kind == "spoiled":  # of sound plans tests/test_invariants.py asks it
        again = from_document(as_document(case.plan))
        assert again.plan is not None and plan_hash(again.plan) == plan_hash(case.plan)
    return f"{kind}, answered"


def build_answers(seed: int) -> bool:
    """Return whether a seed's plan is answered; build every answer of it then."""
    case = evaluate_draft(from_document(document_of(seed)[1]))
    if case is None or case.result is None:
        return False
    for answer in ANSWERS:
        block = answer.build(case)
        for row in block.rows:
            assert len(row.labels) == len(block.labels), (answer.id, row)
            assert len(row.values) == len(block.columns), (answer.id, row)
    return True


def _assert_splits(result: Result) -> None:
    """A variance is all shared out, to the penny; a part has its sign and does not exceed it.

    A basis by line splits the variance of each line: its whole is the sum of the lines of one sign.
    """
    for share in pool_shares(result):
        parts = [part.amounts for part in share.parts]
        shared = sum(parts, np.zeros_like(share.variance))
        np.testing.assert_array_equal(
            share.variance, share.not_eligible + shared + share.unresolved
        )
        eligible = share.variance - share.not_eligible
        most, least = np.maximum(eligible, 0), np.minimum(eligible, 0)
        if share.rule and by_lines(result, share.rule):
            lines = variance_of_lines(result, share.pool)
            np.testing.assert_array_equal(lines.sum(axis=-1), eligible)
            most = np.maximum(lines, 0).sum(axis=-1)
            least = np.minimum(lines, 0).sum(axis=-1)
        for part in parts:
            assert (part <= most).all(), "no part exceeds what is over"
            assert (part >= least).all(), "no part exceeds what is under"
    years = settlement(result)
    np.testing.assert_array_equal(years.opening - years.spent + years.settled, years.close)
    np.testing.assert_array_equal(years.opening[:, 1:], years.close[:, :-1])


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
