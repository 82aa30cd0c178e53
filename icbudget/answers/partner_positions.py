"""Answers about the whole: reallocation, bridge, partners' positions, findings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import chain

import numpy as np

from icbudget import glossary
from icbudget.answers.amounts import pounds
from icbudget.answers.block import Block, Lines, Row
from icbudget.answers.case import Case
from icbudget.engine.accounts.better_or_worse_off import held_in_pools, positions_of
from icbudget.engine.accounts.bridge import ROWS, SYSTEM, Bridge, bridges
from icbudget.engine.accounts.gain_share_settlement import settlements
from icbudget.findings import Finding


def bridge(case: Case) -> Lines:
    """Return the bridge of every partner and of the whole system by year, £.

    It adds up to the penny. Source: model §7.8.
    """
    rows = tuple(chain.from_iterable(map(_bridge_rows, bridges(case.answered))))
    shows = (
        "Net spending from base year to plan. A provider's is its cost less its income; the"
        " partners add up to the whole system. Gap: plan less funding; below zero is spare."
    )
    return Lines(shows, rows, case.plan.years)


def _bridge_rows(b: Bridge) -> list[Row]:
    """Return the rows of one partner; what its funding rests on stands right below it."""
    rows: list[Row] = []
    for step in ROWS:
        rows.append(Row((b.partner, step), "£", pounds(b.steps[step])))
        if step == glossary.FUNDING:
            rows.append(Row((b.partner, glossary.BASIS_OF_FUNDING), "", b.bases))
    return rows


def partners(case: Case) -> Lines:
    """Return what each partner puts in, saves and pays by year, £, and its position in four steps.

    The steps add up to how much better or worse off it is than under do nothing, after settlement.
    What is over and not settled, or borne by nobody, has a row of its own. Source: model §7.9.
    """
    result = case.answered
    steps = {b.partner: b for b in bridges(result)}
    held = held_in_pools(result)
    put_in, received = _put_in(case), _received(case)
    rows: list[Row] = []
    for position in positions_of(result):
        figures: list[tuple[str, tuple[int, ...]]] = []
        b = steps[position.partner]
        # what is not settled yet, or borne by nobody, is no partner's: it has no other figures
        if b.partner in put_in:
            got = received[b.partner]
            # What a gain share gives is shown by itself, so it is taken off what is paid.
            paid = tuple(p + r for p, r in zip(_paid(b), got, strict=True))
            figures = [
                (glossary.PUT_INTO_POOLS, put_in[b.partner]),
                (glossary.DO_NOTHING, b.steps[glossary.DO_NOTHING]),
                (glossary.PAID, paid),
                (glossary.PLAN, b.steps[glossary.PLAN]),
            ]
        to_date = tuple(int(pence) for pence in np.cumsum(position.total))
        figures += [
            (glossary.POSITION_ACTIVITY, position.activity),
            (glossary.POSITION_POOLS, position.pools),
            (glossary.POSITION_SETTLED, position.settled),
            (glossary.POSITION_TRANSFERS, position.transfers),
            (glossary.GAIN, position.total),
            (glossary.GAIN_SO_FAR, to_date),
        ]
        if position.partner in held:
            figures.append((glossary.HELD_IN_POOLS, held[position.partner]))
        rows.extend(Row((position.partner, name), "£", pounds(pence)) for name, pence in figures)
    shows = (
        "Who pays, and who is better (+) or worse (−) off than under do nothing, after settlement:"
        " four steps that add up. What is over and not settled is in no partner's figure."
    )
    return Lines(shows, tuple(rows), case.plan.years)


def _paid(b: Bridge) -> tuple[int, ...]:
    parts = (glossary.PREVENTION_COST, glossary.DOUBLE_RUNNING, glossary.TRANSFERS)
    return tuple(sum(step) for step in zip(*(b.steps[part] for part in parts), strict=True))


def _received(case: Case) -> dict[str, tuple[int, ...]]:
    """Return what each partner receives from the others under a gain share, pence.

    By year; the whole system receives nothing.
    """
    nothing = (0,) * len(case.plan.years)
    got: dict[str, tuple[int, ...]] = {}
    for settled in settlements(case.answered):
        # A partner is in one agreement only, so no partner stands twice.
        got.update(zip(settled.partners, settled.received, strict=True))
    return {name: got.get(name, nothing) for name in (*(p.id for p in case.plan.partners), SYSTEM)}


def _put_in(case: Case) -> dict[str, tuple[int, ...]]:
    amounts = case.answered.projection.figures.contributions[0]
    years = len(case.plan.years)
    put = {p.id: [0] * years for p in case.plan.partners}
    for n, row in enumerate(case.plan.contributions):
        for t in range(years):
            put[row.partner][t] += round(float(amounts[t, n]))
    together = tuple(sum(put[p][t] for p in put) for t in range(years))
    return {**{p: tuple(values) for p, values in put.items()}, SYSTEM: together}


def findings(case: Case) -> Lines:
    """Return every finding of a case; see `lines_of_findings`.

    Source: model §1.5.
    """
    return lines_of_findings(case.findings)


def lines_of_findings(findings: Iterable[Finding]) -> Lines:
    """Return findings as rows.

    Each has how much it matters, where, what is wrong, how to fix it, its effect in £, and the
    command that says why it matters, with an example.
    """
    rows: list[Row] = []
    for f in findings:
        effect = "" if f.effect_pence is None else f"{f.effect_pence / 100:,.2f}"
        # Words and no link: they are there on paper, offline and in a block that spills.
        explained_by = f"icbudget check --explain {f.id}"
        labels = (f.severity.capitalize(), str(f.place), f.message, f.fix, effect, explained_by)
        rows.append(Row(labels, "", ()))
    shows = "Everything that is wrong, or worth knowing, with its place and how to fix it."
    return Lines(shows, tuple(rows))


def made_of(findings: Block, handle: str) -> Block:
    """Return findings with the plan they are of as the last row.

    By it a sheet can tell whether they are of the plan as it stands now.
    """
    row = Row((MADE_OF, "", handle, "", "", ""), "", ())
    return replace(findings, rows=(*findings.rows, row))


MADE_OF = "Made of"
"""What stands in the place of a severity in the row that names the plan."""
