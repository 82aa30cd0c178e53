"""Parts of a plan as they come back: whose they are, of which base, and what they change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from icbudget.findings import Finding, Place, Severity, error, has_errors, warning
from icbudget.joint.chain import part_findings
from icbudget.joint.changes import Changes, Names, as_in_base, changes
from icbudget.joint.merge import merge
from icbudget.joint.ownership import Ownership, ownership
from icbudget.joint.part_plan import base_of, base_plan, view
from icbudget.joint.plan_as_cells import Key, Tables, as_plan, as_tables, shape
from icbudget.joint.records import (
    choices,
    received_changes,
)
from icbudget.plan import RECORDS, TABLES, Plan
from icbudget.plan.differences import Change as Difference
from icbudget.plan.differences import changes as differences
from icbudget.plan.identity import figures_hash, plan_hash
from icbudget.plan.part import ThisPart
from icbudget.plan.rows import Draft
from icbudget.plan.to_agree import ToAgree
from icbudget.tasks.load_and_check import load

_NAMED = 8
"""Differences that a finding names; the others are counted."""


@dataclass(frozen=True, slots=True)
class Received:
    """A part as it came: its file, whose it is, what it says of itself, what it changes."""

    path: Path
    draft: Draft
    partner: str
    says: ThisPart | None
    changes: Changes


@dataclass(frozen=True, slots=True)
class Held:
    """What the first file keeps: its base, each partner's changes, whether it is a joint plan."""

    base: Plan
    changes: Mapping[str, Changes]
    joint: bool


def held_by(plan: Plan, path: Path, findings: list[Finding]) -> Held | None:
    """Return what a plan keeps of its merge so far.

    It is None, with the finding, where that does not fit the plan: somebody changed figures of the
    joint workbook by hand, and nothing of it is lost.
    """
    if not plan.base_rows:
        bare = plan.model_copy(update=dict.fromkeys(RECORDS, ()))
        return Held(bare, {}, joint=False)
    tables = base_of(plan)
    base = base_plan(tables, plan) if tables else None
    place = Place(workbook=path.name, sheet="Base held")
    if tables is None or base is None:
        message = "The base that the joint workbook keeps cannot be read."
        fix = "Take the workbook as it was first written."
        findings.append(error("merge.base-unreadable", message, fix, place))
        return None
    asked, wrong = received_changes(plan)
    findings += wrong
    owned, _ = ownership(base)
    powerless = [row.partner for row in plan.parts if row.state == "in" and not row.base]
    _, outcomes = merge(tables, asked, owned, propose_only=powerless)
    agreed = [row for row in plan.to_agree if row.became == "chosen"]
    chosen, _ = choices(agreed, {u: o.asked for u, o in outcomes.items()}, owned)
    again, _ = merge(tables, asked, owned, chosen, propose_only=powerless)
    made = as_plan(again, base)
    bare = plan.model_copy(update=dict.fromkeys(RECORDS, ()))
    # Who made the choices may have saved the workbook in a program that keeps fewer digits.
    now = as_plan(as_in_base(as_tables(bare), again), bare)
    by_hand = [c.words for c in differences(made, now) if not _only_grew(c)]
    if by_hand:
        more = f" and {len(by_hand) - _NAMED} more" if len(by_hand) > _NAMED else ""
        message = (
            f"Figures of the joint workbook were changed after it was merged:"
            f" {'; '.join(by_hand[:_NAMED])}{more}. Merging again would lose them."
        )
        fix = (
            "Ask for them in a part, or begin a new round: share this workbook, and merge the parts"
            " into a copy of it without the sheets Base held and Changes received."
        )
        findings.append(error("merge.changed-by-hand", message, fix, place))
        return None
    return Held(base, asked, joint=True)


def _only_grew(change: Difference) -> bool:
    """Return whether a change of the joint workbook is one that the next merge keeps.

    That is a row added to a table that only grows, or a comment.
    """
    grows = change.table in TABLES and shape(change.table).grows
    return change.table == "comments" or (grows and change.kind in ("added", "order"))


def load_part(text: str, base: Plan, findings: list[Finding]) -> tuple[Path, str, Draft] | None:
    """Return a part's file, whose it is said to be, and what was read.

    There is a finding where it cannot be read.
    """
    known = {row.id for row in base.partners}
    named, _, name = text.partition("=")
    path = Path(name) if name and named in known else Path(text)
    draft = load(path)
    refused = unreadable(draft, path)
    findings += [f for f in refused if f.severity is Severity.ERROR]
    if draft.plan is None or has_errors(refused):
        return None
    rows = draft.plan.this_part
    partner = named if name and named in known else rows[0].partner if rows else ""
    place = Place(workbook=path.name)
    if len(rows) > 1 or (rows and rows[0].partner != partner):
        message = f"{path.name} says that it is the part of {rows[0].partner}."
        fix = "Hand in each partner's own part, under its own name."
        findings.append(error("merge.whose-part", message, fix, place))
        return None
    if partner not in known:
        message = f"{path.name} does not say whose part it is."
        fix = f"Put the partner before it, as in council={path.name}, with --two-way."
        findings.append(error("merge.whose-part", message, fix, place))
        return None
    return path, partner, draft


def sent_twice(parts: Sequence[tuple[Path, str, Draft]], findings: list[Finding]) -> None:
    """Add an error for each part of a partner that handed in two at once."""
    names = [partner for _, partner, _ in parts]
    for path, partner, _ in parts:
        if names.count(partner) > 1:
            message = f"{partner} has two parts here; {path.name} is one of them."
            fix = "Hand in its newest part alone."
            findings.append(error("merge.two-parts", message, fix, Place(workbook=path.name)))


def received_part(
    part_file: tuple[Path, str, Draft],
    plan: Plan,
    held: Held,
    owned: Ownership,
    findings: list[Finding],
    *,
    two_way: bool,
) -> Received | None:
    """Return a part with what it changes of its own base; a finding where it is of another plan."""
    path, partner, draft = part_file
    part = draft.plan
    assert part is not None
    says = part.this_part[0] if part.this_part else None
    place = Place(workbook=path.name)
    tables = base_of(part)
    of_part = base_plan(tables, part) if tables else None
    known = _knows(plan, held, says)
    if says and of_part and known and plan_hash(of_part) == says.view and tables:
        findings += part_findings(plan, part, path.name)
        if not _as_shared(plan, held, owned, says, of_part):
            message = f"The base that {path.name} keeps is not the one that was shared."
            fix = "Ask for the part as it was sent, filled in again."
            findings.append(error("merge.base-changed", message, fix, place))
            return None
        return Received(path, draft, partner, says, _changes_of(part, tables, of_part))
    if not two_way:
        message = (
            f"{path.name} was not made from {plan.setup.title}, or its base is not known here."
        )
        fix = (
            "Check that it is a part of this plan; with --two-way all its differences become"
            " proposals."
        )
        findings.append(error("merge.another-plan", message, fix, place))
        return None
    visible, _ = view(held.base, partner, owned)
    message = f"{path.name} is compared with this plan as it is: all its differences are proposals."
    findings.append(warning("merge.two-way", message, "Look at each on To agree.", place))
    changed = _changes_of(part, as_tables(visible), visible)
    return Received(path, draft, partner, None, changed)


def _knows(plan: Plan, held: Held, says: ThisPart | None) -> bool:
    """Return whether a part's base is this plan, the base that it keeps, or in its History."""
    if says is None:
        return False
    here = (figures_hash(plan), figures_hash(held.base), *(row.figures for row in plan.history))
    return says.base in here


def _as_shared(plan: Plan, held: Held, owned: Ownership, says: ThisPart, of_part: Plan) -> bool:
    """Return whether the base that a part keeps is the one that its partner was given.

    It is what Parts records of the part that went out; what a base that is here shows the partner;
    else, of a base known by its hash alone, what has that hash. Of a part with rows left out nobody
    can tell by that hash, and it is believed.
    """
    recorded = [
        row.view
        for row in plan.parts
        if (row.partner, row.number, row.state) == (says.partner, says.number, "out")
    ]
    if recorded:
        return recorded == [says.view]
    bases = [p for p in (plan, held.base) if figures_hash(p) == says.base]
    views = [view(base, says.partner, owned)[0] for base in bases]
    kept = as_tables(of_part)
    # The host's program may have saved fewer digits of the plan since: it is the same plan.
    if any(as_in_base(as_tables(visible), kept) == kept for visible in views):
        return True
    # Words may differ under one figures hash: then a view of History is as good as another.
    if views and len(plan.history) <= 1:
        return False
    return bool(says.left_out) or figures_hash(of_part) == says.base


def _changes_of(part: Plan, base: Tables, visible: Plan) -> Changes:
    owned, _ = ownership(visible)
    recorded: dict[tuple[str, Key], Key] = {}
    for row in part.history:
        if row.what == "re-keyed":
            recorded[row.table, tuple(row.was.split("|"))] = tuple(row.now.split("|"))
    names: Names = recorded
    return changes(base, as_tables(part), owned, names)


def choices_draft(
    chosen_in: Path | None, draft: Draft, findings: list[Finding]
) -> Sequence[ToAgree]:
    """Return the rows of To agree with the choices: of the joint workbook, or of a copy of it."""
    assert draft.plan is not None
    if chosen_in is None:
        return draft.plan.to_agree
    other = load(chosen_in)
    findings += [f for f in unreadable(other, chosen_in) if f.severity is Severity.ERROR]
    rows = other.plan.to_agree if other.plan else ()
    if not rows:
        message = f"{chosen_in.name} has no rows in To agree."
        fix = "Name a copy of the joint workbook in which the choices are made."
        findings.append(error("merge.no-choices", message, fix, Place(workbook=chosen_in.name)))
    # A choice of the copy goes before one of the joint workbook.
    own = {(row.figure, row.partner): row for row in draft.plan.to_agree}
    own |= {(row.figure, row.partner): row for row in rows if row.choice}
    return tuple(own.values())


def unreadable(draft: Draft, path: Path) -> list[Finding]:
    """Return the findings of a file, and an error for each row that was not read.

    A row that is set aside elsewhere would look as if somebody had deleted it.
    """
    findings = list(draft.findings)
    lost = any(draft.unread.values()) or any(f.id == "row.duplicate-key" for f in findings)
    if lost and not has_errors(findings):
        raised = [f for f in findings if f.severity is Severity.WARNING]
        findings = [f for f in findings if f.severity is not Severity.WARNING]
        findings += [replace(f, severity=Severity.ERROR) for f in raised]
    if draft.unknown and not has_errors(findings):
        message = f"{path.name} has cells that cannot be read."
        findings.append(
            error(
                "merge.unread",
                message,
                "Correct the cells that check lists, and hand the part in again.",
                Place(workbook=path.name),
            )
        )
    return findings


WHY_IT_MATTERS = {
    "merge.another-plan": (
        "Figures of another plan would be laid over this one, and its amounts would replace"
        " agreed ones."
    ),
    "merge.base-changed": (
        "Against a changed base the merge cannot see what the partner really changed. Edits"
        " would be lost or made up."
    ),
    "merge.base-unreadable": (
        "Without the base nobody can tell which partner changed a figure, so neither may win."
    ),
    "merge.changed-by-hand": (
        "What was typed into the joint workbook is nobody's ask and would be lost in the next"
        " merge."
    ),
    "merge.no-choices": (
        "The file that is to hold the choices holds none, so every ask would stay open."
    ),
    "merge.two-parts": (
        "Two parts of one partner may ask for different things, and which is newer is not known."
    ),
    "merge.two-way": (
        "Without a common base a figure that one partner left alone looks like one it wants."
        " Each has to be looked at."
    ),
    "merge.unread": (
        "A figure that could not be read would look as if the partner had left it as it was."
    ),
    "merge.whose-part": (
        "Who asks decides what counts. A part under the wrong name would change figures that"
        " its sender does not own."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
