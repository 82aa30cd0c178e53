"""The answer about bodies that change: what successors take over, and history by their shares."""

from __future__ import annotations

from icbudget import glossary, money
from icbudget.answers.amounts import pounds
from icbudget.answers.block import Cell, Lines, Row
from icbudget.answers.case import Case
from icbudget.engine.accounts.funders import bearers
from icbudget.engine.accounts.postings import postings
from icbudget.engine.accounts.successors import Ending, endings
from icbudget.engine.run import Result

_ACTIVITY = {"activity payment": 1, "client charge": -1}
"""Postings that make what a partner pays for activity, with their sign."""


def bodies(case: Case) -> Lines:
    """Return what becomes of the money of every partner that ends, £.

    By source and year: what it pays in, each successor's part of that for comparison, what the
    successor pays in itself, and what it takes over of the balance. Then what each pays for
    activity, net of client charges.

    Source: model §15.1.
    """
    result = case.answered
    rows: list[Row] = []
    for ending in endings(result.plan):
        for account in result.rules.accounts:
            rows += _of_source(result, ending, account)
        rows += _of_activity(result, ending)
    shows = (
        "Who follows the ICBs and councils that end. Years before the change stay as they were; the"
        " parts beside them are for comparison and add up to them."
    )
    return Lines(shows, tuple(rows), case.plan.years)


def _of_source(result: Result, ending: Ending, account: tuple[str, str]) -> list[Row]:
    old = _paid_in(result, ending.old, account)
    at = result.rules.accounts.index(account)
    closing = round(float(result.projection.moves.close[0, ending.t - 1, at]))
    held = dict(bearers(result, account, ending.t - 1, closing)).get(ending.old, 0)
    if not any(old) and not held:
        return []
    rows = [Row((*account, ending.old, glossary.PAID_IN), "£", pounds(old))]
    parts = [money.split(pence, ending.weights) for pence in old[: ending.t]]
    taken = money.split(held, ending.weights)
    for place, successor in enumerate(ending.rows):
        labels = (*account, successor.new)
        later: tuple[Cell, ...] = (None,) * (len(old) - ending.t)
        history = pounds([part[place] for part in parts])
        rows.append(Row((*labels, glossary.PART_OF_HISTORY), "£", (*history, *later)))
        own = _paid_in(result, successor.new, account)
        rows.append(Row((*labels, glossary.PAID_IN), "£", pounds(own)))
        takes: list[Cell] = [None] * len(old)
        takes[ending.t] = taken[place] / 100
        rows.append(Row((*labels, glossary.TAKEN_OVER), "£", tuple(takes)))
    return rows


def _of_activity(result: Result, ending: Ending) -> list[Row]:
    """Return what an old partner pays for activity, net of client charges, and who follows it."""
    old = _paid_for_activity(result, ending.old)
    if not any(old):
        return []
    rows = [Row(("", "", ending.old, glossary.BORNE_NET_PLAN), "£", pounds(old))]
    parts = [money.split(pence, ending.weights) for pence in old[: ending.t]]
    for place, successor in enumerate(ending.rows):
        whose = ("", "", successor.new)
        later: tuple[Cell, ...] = (None,) * (len(old) - ending.t)
        history = pounds([part[place] for part in parts])
        rows.append(Row((*whose, glossary.PART_OF_HISTORY), "£", (*history, *later)))
        own = _paid_for_activity(result, successor.new)
        rows.append(Row((*whose, glossary.BORNE_NET_PLAN), "£", pounds(own)))
    return rows


def _paid_for_activity(result: Result, partner: str) -> list[int]:
    by_year = dict.fromkeys(result.years, 0)
    for posting in postings(result):
        if posting.partner == partner and posting.kind in _ACTIVITY:
            by_year[posting.year] += _ACTIVITY[posting.kind] * posting.pence
    return list(by_year.values())


def _paid_in(result: Result, partner: str, account: tuple[str, str]) -> list[int]:
    figures = result.projection.figures.contributions[0]
    return [
        sum(
            round(float(figures[t, n]))
            for n, row in enumerate(result.plan.contributions)
            if row.partner == partner and (row.pool, row.source) == account
        )
        for t in range(len(result.years))
    ]
