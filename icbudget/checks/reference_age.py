"""Reference figures that are old at the plan's month."""

from __future__ import annotations

import re

from icbudget import years
from icbudget.checks.plan_places import at
from icbudget.findings import Finding, note
from icbudget.plan import Plan
from icbudget.reference import rows, source

OLD = 6
"""Whole months after which an edition is asked about (model §15.2)."""
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DATED = rf"({'|'.join(_MONTHS)}) (\d{{4}})"


def month_of(plan: Plan) -> tuple[int, int]:
    """Return the calendar year and month at which a plan stands.

    The one monitored, else April of its first year; it never is today's.
    """
    setup = plan.setup
    if setup.monitored_year and setup.monitored_month:
        # month 1 is April, month 10 January of the next calendar year
        later, month = divmod(setup.monitored_month + 2, 12)
        return years.start(setup.monitored_year) + later, month + 1
    return years.start(setup.base_year), 4


def months_old(plan: Plan, edition: tuple[int, int]) -> int:
    """Return the whole months from an edition's month to the plan's."""
    year, month = month_of(plan)
    return 12 * (year - edition[0]) + month - edition[1]


def old_tables(plan: Plan) -> list[Finding]:
    """Return a note for every index whose rates come from a shipped edition that is old by now.

    Findings: `reference.old-table`.
    """
    if not plan.indices:
        return []
    editions = {}
    for table in ("gdp_deflator", "price_path"):
        for id in dict.fromkeys(row["source"] for row in rows(table)):
            dated = re.search(_DATED, source(id).vintage)
            if dated:
                edition = (int(dated[2]), _MONTHS.index(dated[1]) + 1)
                editions[source(id).title] = (edition, dated[0])
    findings: list[Finding] = []
    for row in plan.indices:
        for title, (edition, edition_name) in editions.items():
            age = months_old(plan, edition)
            if title in row.evidence and age > OLD:
                message = (
                    f"Index “{row.id}” is of the edition of {edition_name}, {age} months before the"
                    " plan's month."
                )
                fix = "Look for a newer edition, and keep this one under Earlier version."
                findings.append(note("reference.old-table", message, fix, at("indices", row, "id")))
    return findings


WHY_IT_MATTERS = {
    "reference.old-table": (
        "Rates of inflation are revised twice a year. An old one carries through every later year."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
