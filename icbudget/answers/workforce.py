"""The answer about staff: needed, in post, missing, and what agency and double running cost."""

from __future__ import annotations

from collections.abc import Callable

from icbudget import glossary
from icbudget.answers.amounts import known_pounds
from icbudget.answers.block import Cell, Lines, Row
from icbudget.answers.case import Case
from icbudget.engine.appraisal.staff_gap import StaffOfYear, staff_of


def workforce(case: Case) -> Lines:
    """Return staff by programme, role and year: whole-time equivalents and £.

    What is not known is blank. Source: model §15.7.
    """
    by_role: dict[tuple[str, str], dict[str, StaffOfYear]] = {}
    for one in staff_of(case.plan):
        by_role.setdefault((one.row.programme, one.row.role), {})[one.row.year] = one
    rows: list[Row] = []
    for labels, by_year in by_role.items():
        for figure, unit, value in _FIGURES:
            cells = tuple(
                value(by_year[year]) if year in by_year else None for year in case.plan.years
            )
            rows.append(Row((*labels, figure), unit, cells))
    shows = (
        "Staff that programmes need against those in post: who is missing until recruits come, and"
        " what agency staff and double running cost. Nothing of it is posted."
    )
    return Lines(shows, tuple(rows), case.plan.years)


_FIGURES: tuple[tuple[str, str, Callable[[StaffOfYear], Cell]], ...] = (
    (glossary.STAFF_NEEDED, "wte", lambda s: s.needed),
    (glossary.STAFF_IN_POST, "wte", lambda s: s.row.in_post),
    (glossary.STAFF_MISSING, "wte", lambda s: s.gap),
    (glossary.AGENCY_STAFF, "wte", lambda s: s.agency),
    (glossary.AGENCY_PREMIUM, "£", lambda s: known_pounds(s.premium)),
    (glossary.STAFF_DOUBLE_RUNNING, "£", lambda s: known_pounds(s.double_running)),
)
