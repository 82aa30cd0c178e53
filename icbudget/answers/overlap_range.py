"""Answers about what hangs on assumptions that nobody can see.

They are who gets two programmes, and which version of an index holds.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from icbudget.answers.block import Lines, Row
from icbudget.answers.case import Case
from icbudget.answers.pool_balances import pounds
from icbudget.engine.appraisal.index_versions import Effect, version_effects
from icbudget.engine.appraisal.overlap import READINGS, alone, readings
from icbudget.engine.rounding import Floats
from icbudget.plan import Plan


def combination(case: Case) -> Lines:
    """Return the units avoided on each line by year, as planned and otherwise.

    Otherwise is if programmes reached separate or the same people.

    The last row of a line adds up what each programme would avoid by itself: it counts admissions
    more than once, and is there to be compared, not planned on.
    """
    run = case.answered.projection
    avoided, each = readings(run), alone(run).sum(axis=1)
    rows: list[Row] = []
    for k, line in enumerate(case.plan.acute_lines):
        if not run.avoided[0, :, k].any():
            continue
        rows.append(Row((line.id, "As planned"), line.currency, _floats(run.avoided[0, :, k])))
        rows.extend(
            Row((line.id, name), line.currency, _floats(avoided[name][:, k])) for name in READINGS
        )
        rows.append(
            Row(
                (line.id, "Each alone, added up (counts people twice)"),
                line.currency,
                _floats(each[:, k]),
            )
        )
    shows = (
        "Activity avoided if programmes reach separate people, independently of one another, or the"
        " same people. Where every effect helps, the plan lies between."
    )
    return Lines(shows, tuple(rows), case.plan.years)


def versions(case: Case) -> Lines:
    """Return what each new version of an index changes, £, and all together.

    By line and year; the steps of the indices add up.
    """
    rows: list[Row] = []
    effects = version_effects(case.answered)
    names = {
        index.id: f"{index.id}: {index.version}" if index.version else index.id
        for index in case.plan.indices
    }
    named = _line_in_words(case.plan)
    for index in dict.fromkeys(e.index for e in effects):
        mine = [e for e in effects if e.index == index]
        rows.extend(
            Row((names[index], e.kind, named(e), e.figure), "£", pounds(e.pence)) for e in mine
        )
        for kind, figure in dict.fromkeys((e.kind, e.figure) for e in mine):
            total = np.sum([e.pence for e in mine if (e.kind, e.figure) == (kind, figure)], axis=0)
            rows.append(Row((names[index], kind, "All", figure), "£", pounds(total)))
    shows = (
        "What a new version of an index, such as an uplift after the pay award, changes against its"
        " earlier version."
    )
    return Lines(shows, tuple(rows), case.plan.years)


def _line_in_words(plan: Plan) -> Callable[[Effect], str]:
    """Return what says in words the line that an effect is on."""

    def names(table: str) -> dict[str, str]:
        return {row.id: row.name or row.id for row in getattr(plan, table)}

    pools, partners = names("pools"), names("partners")
    words = {
        "Acute line": names("acute_lines"),
        "Programme": names("programmes"),
        "Scheme": {
            f"{row.id}, line {row.line}": f"{row.id} {row.name}".rstrip() + f", line {row.line}"
            for row in plan.schemes
        },
        "Funding": {
            f"{row.pool}, {row.partner}, {row.source}, line {row.line}": (
                f"{pools.get(row.pool, row.pool)}, {partners.get(row.partner, row.partner)},"
                f" {row.source}, line {row.line}"
            )
            for row in plan.contributions
        },
    }
    return lambda effect: words.get(effect.kind, {}).get(effect.line, effect.line)


def _floats(values: Floats) -> tuple[float, ...]:
    return tuple(float(v) for v in values)
