"""Sharing a plan: each partner's part of it, as an ordinary workbook."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from icbudget.findings import Finding, Place, error, has_errors, note
from icbudget.joint.chain import with_entry
from icbudget.joint.ownership import ownership
from icbudget.joint.part_plan import part_of
from icbudget.plan import Plan
from icbudget.plan.figure_places import located
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
    overwrite: bool = False,
) -> tuple[Opened, Path | None]:
    """Return a partner's part of a plan, written as an ordinary workbook.

    Its own cells are yellow, the others' grey; nothing is protected. Confidential rows of others
    are not in it, and it has then no answers. Raises `ValueError` for a partner that the plan does
    not have.
    """
    draft = load(path)
    findings = unreadable(draft, path)
    if draft.plan is None or has_errors(findings):
        return Opened(path, draft, None, tuple(findings)), None
    plan = draft.plan
    known = [row.id for row in plan.partners]
    if partner not in known:
        raise ValueError(f"{path.name} has no partner “{partner}”. Partners: {', '.join(known)}.")
    if plan.this_part:
        message = f"{path.name} is itself a part of a plan."
        fix = "Share the whole plan, which its host has."
        findings.append(error("share.a-part", message, fix, Place(workbook=path.name)))
        return Opened(path, draft, None, tuple(findings)), None
    owned, wrong = ownership(plan)
    findings += located(wrong, draft)
    if has_errors(wrong):
        return Opened(path, draft, None, tuple(findings)), None
    number = 1 + max((row.number for row in plan.parts if row.partner == partner), default=0)
    day = day_of(on)
    made = part_of(plan, partner, owned, number=number, by=by, on=day, questions=questions)
    shared = with_entry(plan, "shared", partner=partner, by=by, on=day)
    filled = made.plan.model_copy(update={"history": shared.history})
    own, told = _own_of_part(path, draft, made.left_out)
    findings += told
    written = write_plan(filled, out, [own] if own else [], made.grey, overwrite=overwrite)
    return Opened(path, draft, None, tuple(findings)), written


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
    findings = [note("share.left-out", message, place=place)]
    if content and not content.is_empty:
        message = "Sheets, formulas and notes of people's own are left out too: they may show them."
        findings.append(note("share.own-left-out", message, place=place))
    return None, findings
