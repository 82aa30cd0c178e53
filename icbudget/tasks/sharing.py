"""Sharing a plan: each partner's part of it, as an ordinary workbook."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from icbudget.findings import Finding, Place, error, has_errors, note
from icbudget.joint.chain import with_entry
from icbudget.joint.own_columns import kept_columns
from icbudget.joint.ownership import ownership
from icbudget.joint.part_plan import kept_cells, part_of
from icbudget.plan import Plan
from icbudget.plan.figure_places import located
from icbudget.plan.part import Part, ThisPart
from icbudget.plan.rows import Draft
from icbudget.tasks.load_and_check import TEXTS, Opened, load
from icbudget.tasks.plans import convert_plan, template
from icbudget.tasks.received_parts import unreadable

if TYPE_CHECKING:
    from icbudget.workbook.reading.user_sheets import UserContent


def own_content(path: Path, draft: Draft) -> UserContent | None:
    """Return what people added to the workbook of a plan; None for a text file."""
    from icbudget.workbook.reading.user_sheets import user_content

    if path.suffix.casefold() in TEXTS:
        return None
    return user_content(path, draft)


def write_plan(
    plan: Plan,
    out: Path,
    owns: Sequence[UserContent],
    grey: frozenset[tuple[str, str, str]],
    *,
    overwrite: bool,
) -> Path:
    """Return the path of a plan written, with what people added where it is a workbook."""
    if out.suffix.casefold() != ".xlsx":
        return convert_plan(plan, out, overwrite=overwrite)
    return template(out, plan, further_own=owns, grey=grey, overwrite=overwrite)


def day_of(on: dt.date | None) -> str:
    """Return a day as it is recorded; today where none is named."""
    return (on or dt.date.today()).isoformat()


def share(
    path: Path,
    partner: str,
    out: Path,
    *,
    by: str = "",
    on: dt.date | None = None,
    questions: str = "",
    record: Path | None = None,
    overwrite: bool = False,
) -> tuple[Opened, Path | None]:
    """Return a partner's part of a plan, written as an ordinary workbook; see `share_parts`."""
    opened, written = share_parts(
        path,
        {partner: out},
        by=by,
        on=on,
        questions=questions,
        record=record,
        overwrite=overwrite,
    )
    return opened, written[0] if written else None


def share_parts(
    path: Path,
    outs: Mapping[str, Path],
    *,
    by: str = "",
    on: dt.date | None = None,
    questions: str = "",
    record: Path | None = None,
    overwrite: bool = False,
) -> tuple[Opened, list[Path]]:
    """Return the parts of a plan, each written where `outs` says for its partner.

    Each is an ordinary workbook: its own cells yellow, the others' grey; nothing is protected.
    Confidential rows of others are not in it, and it has then no answers. The plan that was read
    stays as it is. With `record` a copy of it is written last, which says which parts are out: the
    plan that goes on, whose parts a merge closes. Raises `ValueError` for a partner that the plan
    does not have.
    """
    draft = load(path)
    findings = unreadable(draft, path)
    if draft.plan is None or has_errors(findings):
        return Opened(path, draft, None, tuple(findings)), []
    plan = draft.plan
    known = [row.id for row in plan.partners]
    for partner in outs:
        if partner not in known:
            names = ", ".join(known)
            raise ValueError(f"{path.name} has no partner “{partner}”. Partners: {names}.")
    if plan.this_part:
        message = f"{path.name} is itself a part of a plan."
        fix = "Share the whole plan, which its host has."
        findings.append(error("share.a-part", message, fix, Place(workbook=path.name)))
        return Opened(path, draft, None, tuple(findings)), []
    owned, wrong = ownership(plan)
    findings += located(wrong, draft)
    if has_errors(wrong):
        return Opened(path, draft, None, tuple(findings)), []
    day = day_of(on)
    written: list[Path] = []
    for partner, out in outs.items():
        number = 1 + max((row.number for row in plan.parts if row.partner == partner), default=0)
        made = part_of(plan, partner, owned, number=number, by=by, on=day, questions=questions)
        plan = with_entry(
            _with_part(plan, made.plan.this_part[0]), "shared", partner=partner, by=by, on=day
        )
        own, notes = _own_of_part(path, draft, made.left_out)
        findings += notes
        kept = (*made.plan.base_rows, *kept_columns(own))
        filled = made.plan.model_copy(update={"history": plan.history, "base_rows": kept})
        owns = [own] if own else []
        written.append(write_plan(filled, out, owns, made.grey, overwrite=overwrite))
    if record is not None:
        content = own_content(path, draft)
        owns = [content] if content else []
        written.append(write_plan(plan, record, owns, kept_cells(plan), overwrite=overwrite))
    return Opened(path, draft, None, tuple(findings)), written


def _with_part(plan: Plan, part: ThisPart) -> Plan:
    """Return the plan with a part that is out in its table Parts."""
    row = Part(
        partner=part.partner,
        number=part.number,
        state="out",
        base=part.base,
        view=part.view,
        made_on=part.made_on,
        made_by=part.made_by,
        left_out=part.left_out,
    )
    return plan.model_copy(update={"parts": (*plan.parts, row)})


def _own_of_part(
    path: Path, draft: Draft, left_out: str
) -> tuple[UserContent | None, list[Finding]]:
    """Return what people added, carried into a part.

    It is nothing where rows are left out, since a sheet of somebody's own may show them.
    """
    content = own_content(path, draft)
    if not left_out:
        return content, []
    place = Place(workbook=path.name)
    message = f"Confidential rows are left out of the part ({left_out}), so it has no answers."
    findings = [note("share.left-out", message, "Send the part as it is.", place)]
    if content and not content.is_empty:
        message = "Sheets, formulas and notes of people's own are left out too: they may show them."
        fix = "Send apart what the partner may see of them."
        findings.append(note("share.own-left-out", message, fix, place))
    return None, findings


WHY_IT_MATTERS = {
    "share.a-part": (
        "A part does not have the rows that a partner would need, so what is made from it would"
        " be wrong."
    ),
    "share.left-out": (
        "Totals without confidential rows would give them away by subtraction, so the part has"
        " none."
    ),
    "share.own-left-out": (
        "A formula can repeat what is confidential without saying so, and nobody can take it"
        " back once sent."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
