"""What partners have put in for a year, from the postings and the activity budgets one by one."""

from __future__ import annotations

import numpy as np

from icbudget import glossary
from icbudget.engine.accounts.bridge import bridges
from icbudget.engine.accounts.funders import bearers
from icbudget.engine.accounts.postings import postings
from icbudget.engine.accounts.successors import Heirs
from icbudget.engine.projection.acute_amounts import AcuteAmounts

SIGN = {"contribution": 1, "in kind": 1, "interest": 1, "deduction": -1, "used in kind": -1}


def money_in(result):
    """Partner to pence by year: contributions, interest, activity budget and what pools brought
    forward.
    """
    at = {year: t for t, year in enumerate(result.years)}
    put = {p.id: [0] * len(at) for p in result.plan.partners}
    for p in postings(result):
        put[p.partner][at[p.year]] += SIGN.get(p.kind, 0) * p.pence
    heirs = Heirs(result.plan)
    budget = AcuteAmounts(result.projection).budget[0]
    for k, line in enumerate(result.plan.acute_lines):
        for t in at.values():
            for partner, pence in heirs.shared(line.commissioner, t, round(budget[t, k])):
                put[partner][t] += pence
    close = result.projection.moves.close[0]
    for a, account in enumerate(result.rules.accounts):
        for t in range(1, len(at)):
            for partner, pence in bearers(result, account, t - 1, round(close[t - 1, a])):
                for heir, part in heirs.shared(partner, t, pence):
                    put[heir][t] += part
    return put


def spent_by_the_plan(result):
    """Years × partners, pence: the bridge's plan before the pools come out and are settled."""
    partners = {p.id for p in result.plan.partners}
    rows = [b.steps for b in bridges(result) if b.partner in partners]
    outturn = glossary.OUTTURN_AND_SETTLEMENT
    return np.array([np.array(row["Plan"]) - np.array(row[outturn]) for row in rows]).T
