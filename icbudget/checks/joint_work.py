"""Joint work in the checks: a part without answers, what is still to agree, open comments."""

from __future__ import annotations

from dataclasses import replace

from icbudget.checks.plan_places import at
from icbudget.findings import Finding, error, note
from icbudget.plan import Plan


def part_without_answers(plan: Plan) -> list[Finding]:
    """Return an error for a part that rows are left out of.

    Its totals would be wrong, or would give those rows away by subtraction. Findings:
    `part.no-answers`.
    """
    parts = [row for row in plan.this_part if row.left_out]
    if not parts:
        return []
    message = f"This part does not hold every row of the plan ({parts[0].left_out})."
    fix = "Fill in the yellow cells and send it back; the joint plan has the answers."
    return [error("part.no-answers", message, fix, at("this_part", parts[0], "left_out"))]


def still_to_agree(plan: Plan) -> list[Finding]:
    """Return an error for what partners have still to agree.

    The answers stand on the base's values and are given. Findings: `joint.still-open`.
    """
    # What is asked of one figure has a row each; a figure is counted once, by its first row.
    waiting = {row.figure: row for row in reversed(plan.to_agree) if row.became == "to agree"}
    if not waiting:
        return []
    first = next(reversed(waiting.values()))
    count = f"{len(waiting)} figures are" if len(waiting) > 1 else "One figure is"
    message = f"{count} still to agree, the first: {first.says}. The plan has what the base had."
    fix = "Choose one of each on To agree, and run icbudget merge again."
    finding = error("joint.still-open", message, fix, at("to_agree", first, "choice"))
    return [replace(finding, set_aside=True)]


def open_comments(plan: Plan) -> list[Finding]:
    """Return a note that counts the comments nobody has settled.

    Findings: `joint.comments`.
    """
    waiting = [row for row in plan.comments if row.state == "open"]
    if not waiting:
        return []
    first = waiting[0]
    count = f"{len(waiting)} comments are" if len(waiting) > 1 else "One comment is"
    message = f"{count} open, the first by {first.author or first.partner}: {first.text[:200]}"
    fix = "Answer it on Comments, and type settled in State of comment where it is."
    return [note("joint.comments", message, fix, at("comments", first, "state"))]


WHY_IT_MATTERS = {
    "joint.comments": "A question is open. Figures that it is about may still change.",
    "joint.still-open": (
        "Until partners choose, the plan has the old figure. A budget set on it may be wrong by"
        " the whole difference."
    ),
    "part.no-answers": (
        "A total without some of the rows would be wrong, or would give away the rows that were"
        " left out."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
