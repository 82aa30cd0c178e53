"""Joint work in the checks: a part without answers, what is still to agree, open comments."""

from __future__ import annotations

from dataclasses import replace

from icbudget.findings import Finding, Place, error, note
from icbudget.plan import Plan


def part_without_answers(plan: Plan) -> list[Finding]:
    """Return an error for a part that rows are left out of.

    Its totals would be wrong, or would give those rows away by subtraction.
    """
    if not any(row.left_out for row in plan.this_part):
        return []
    message = f"This part does not hold every row of the plan ({plan.this_part[0].left_out})."
    fix = "Fill in the yellow cells and send it back; the joint plan has the answers."
    return [error("part.no-answers", message, fix, Place(table="This part"))]


def still_to_agree(plan: Plan) -> list[Finding]:
    """Return an error for what partners have still to agree.

    The answers stand on the base's values and are given.
    """
    waiting = {row.figure: row.says for row in plan.to_agree if row.became == "to agree"}
    if not waiting:
        return []
    first = next(iter(waiting.values()))
    count = f"{len(waiting)} figures are" if len(waiting) > 1 else "One figure is"
    message = f"{count} still to agree, the first: {first}. The plan has what the base had."
    fix = "Choose one of each on To agree, and run icbudget merge again."
    told = error("joint.still-open", message, fix, Place(table="To agree"))
    return [replace(told, set_aside=True)]


def open_comments(plan: Plan) -> list[Finding]:
    """Return a note that counts the comments nobody has settled."""
    waiting = [row for row in plan.comments if row.state == "open"]
    if not waiting:
        return []
    said = waiting[0]
    count = f"{len(waiting)} comments are" if len(waiting) > 1 else "One comment is"
    message = f"{count} open, the first by {said.author or said.partner}: {said.text[:200]}"
    return [note("joint.comments", message, place=Place(table="Comments"))]
