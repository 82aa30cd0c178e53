"""Answers about what hangs on assumptions that nobody can see.

They are who gets two programmes, and which version of an index holds.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from icbudget.answers.amounts import numbers, pounds
from icbudget.answers.block import Lines, Row
from icbudget.answers.case import Case
from icbudget.answers.names import called
from icbudget.engine.appraisal.index_versions import version_effects
from icbudget.engine.appraisal.overlap import READINGS, alone, readings
from icbudget.plan import Plan


def combination(case: Case) -> Lines:
    """Return the units avoided on each line by year, as planned and otherwise.

    Otherwise is if programmes reached separate or the same people.

    The last row of a line adds up what each programme would avoid by itself: it counts admissions
    more than once, and is there to be compared, not planned on. Source: model §5.4.
    """
    run = case.answered.projection
    avoided, each = readings(run), alone(run).sum(axis=1)
    rows: list[Row] = []
    for k, line in enumerate(case.plan.acute_lines):
        if not run.avoided[0, :, k].any():
            continue
        for name, units in (
            ("As planned", run.avoided[0, :, k]),
            *((reading, avoided[reading][:, k]) for reading in READINGS),
            ("Each alone, added up (counts people twice)", each[:, k]),
        ):
            rows.append(Row((line.id, name), line.currency, numbers(units)))
    shows = (
        "Activity avoided if programmes reach separate people, independently of one another, or the"
        " same people. Where every effect helps, the plan lies between."
    )
    return Lines(shows, tuple(rows), case.plan.years)


def versions(case: Case) -> Lines:
    """Return what each new version of an index changes, £, and all together.

    By line and year; the steps of the indices add up. Source: model §4.2.
    """
    rows: list[Row] = []
    effects = version_effects(case.answered)
    names = {
        index.id: f"{index.id}: {index.version}" if index.version else index.id
        for index in case.plan.indices
    }
    words = _lines_in_words(case.plan)
    for index in dict.fromkeys(e.index for e in effects):
        mine = [e for e in effects if e.index == index]
        for e in mine:
            line = words[e.kind].get(e.line, e.line)
            rows.append(Row((names[index], e.kind, line, e.figure), "£", pounds(e.pence)))
        # By kind and figure: a payment and a cost of one line are never added up.
        for kind, figure in dict.fromkeys((e.kind, e.figure) for e in mine):
            total = np.sum([e.pence for e in mine if (e.kind, e.figure) == (kind, figure)], axis=0)
            rows.append(Row((names[index], kind, "All", figure), "£", pounds(total)))
    shows = (
        "What a new version of an index, such as an uplift after the pay award, changes against its"
        " earlier version."
    )
    return Lines(shows, tuple(rows), case.plan.years)


def _lines_in_words(plan: Plan) -> dict[str, Mapping[str, str]]:
    """Return what people call the lines that an index has effects on, by kind and line."""
    pools, partners = called(plan, "pools"), called(plan, "partners")
    schemes: dict[str, str] = {}
    for row in plan.schemes:
        name = f"{row.id} {row.name}".rstrip()
        schemes[f"{row.id}, line {row.line}"] = f"{name}, line {row.line}"
    funding: dict[str, str] = {}
    for c in plan.contributions:
        line = f"{c.pool}, {c.partner}, {c.source}, line {c.line}"
        whose = f"{pools.get(c.pool, c.pool)}, {partners.get(c.partner, c.partner)}"
        funding[line] = f"{whose}, {c.source}, line {c.line}"
    return {
        "Activity line": called(plan, "acute_lines"),
        "Programme": called(plan, "programmes"),
        "Scheme": schemes,
        "Funding": funding,
    }
