"""Staff of whom it is not known how many are needed or when they come, and double running."""

from __future__ import annotations

from icbudget.checks.plan_places import at
from icbudget.findings import Finding, note, warning
from icbudget.money import in_words, to_pence
from icbudget.plan import Plan


def staff(plan: Plan) -> list[Finding]:
    """Return findings for rows of Staff from which the cost of a gap cannot be worked out.

    One finding a programme and role: its first year, and how many there are. Findings:
    `staff.needed-unknown`, `staff.no-months`.
    """
    if not plan.staff:
        return []
    from icbudget.engine.appraisal.staff_gap import gap_of, needed_of

    findings: list[Finding] = []
    for programme, role in dict.fromkeys((row.programme, row.role) for row in plan.staff):
        rows = [row for row in plan.staff if (row.programme, row.role) == (programme, role)]
        unknown = [row for row in rows if needed_of(plan, row) is None]
        if unknown:
            message = (
                f"How many “{role}” “{programme}” needs is not known in {len(unknown)} years,"
                f" {unknown[0].year} first."
            )
            fix = "Type Needed, or Needed a person and the programme's people of the year."
            place = at("staff", unknown[0], "needed")
            findings.append(warning("staff.needed-unknown", message, fix, place))
        # Without a gap nobody has to be recruited, and the months do not matter.
        missing = [row for row in rows if gap_of(plan, row) and row.months_to_recruit is None]
        if missing:
            message = (
                f"“{programme}” is short of “{role}” in {missing[0].year} and says not how long"
                " recruiting takes: what agency staff cost is not known."
            )
            fix = "Type Months to recruit."
            place = at("staff", missing[0], "months_to_recruit")
            findings.append(warning("staff.no-months", message, fix, place))
    return findings


def double_running(plan: Plan) -> list[Finding]:
    """Return a note where staff beside the old service cost other than Prevention states.

    Findings: `staff.double-running`.
    """
    if not plan.staff:
        return []
    from icbudget.engine.appraisal.staff_gap import staff_of

    findings: list[Finding] = []
    for programme in plan.programmes:
        by_year: dict[str, int] = {}
        for one in staff_of(plan):
            if one.row.programme == programme.id and one.double_running:
                by_year[one.row.year] = by_year.get(one.row.year, 0) + one.double_running
        for year, derived in sorted(by_year.items()):
            stated = to_pence(programme.double_running.get(year, 0))
            if stated != derived:
                message = (
                    f"Staff of “{programme.id}” beside the old service cost {in_words(derived)} in"
                    f" {year}; its double running is {in_words(stated)}."
                )
                fix = "Type the one that is meant as Double running: only that is posted."
                place = at("programmes", programme, "double_running", year)
                findings.append(note("staff.double-running", message, fix, place))
    return findings


WHY_IT_MATTERS = {
    "staff.double-running": (
        "Two figures for the same overlap. Only one is posted, and the other should not be"
        " counted on."
    ),
    "staff.needed-unknown": (
        "Staff cost the most of a programme. Without the number its cost is too low."
    ),
    "staff.no-months": (
        "Until people are recruited agency staff fill in at a higher price. That cost is missing."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
