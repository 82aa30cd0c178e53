"""Joint work: a partner's part of a plan, and the merge of a base and its parts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from icbudget.answers.case import evaluate_plan
from icbudget.findings import Finding, Place, Severity, error, has_errors, warning
from icbudget.joint.chain import chain_findings, with_entry
from icbudget.joint.changes import Changes, as_in_base
from icbudget.joint.lookalikes import lookalikes
from icbudget.joint.merge import Outcomes, Verdict, merge
from icbudget.joint.own_columns import OwnPart, given_columns, merged_columns
from icbudget.joint.own_sheets import merged_content, under_new_keys
from icbudget.joint.ownership import ownership
from icbudget.joint.part_plan import base_rows, kept_cells
from icbudget.joint.plan_as_cells import KEY, MERGED, Unit, as_plan, as_tables, shape
from icbudget.joint.records import (
    choices,
    outcome_findings,
    received,
    still_open,
    to_agree,
)
from icbudget.joint.value_of_asks import worth_of
from icbudget.plan import RECORDS, TABLES, Plan
from icbudget.plan.cell_values import LONGEST_TEXT
from icbudget.plan.columns import columns_of
from icbudget.plan.differences import changes as differences
from icbudget.plan.figure_places import located
from icbudget.plan.identity import figures_hash
from icbudget.plan.part import Part, ThisPart
from icbudget.plan.rows import Draft
from icbudget.plan.to_agree import ToAgree
from icbudget.tasks.comparing import compare, refuse_pages
from icbudget.tasks.load_and_check import load
from icbudget.tasks.received_parts import (
    Held,
    Received,
    choices_draft,
    held_by,
    load_part,
    received_part,
    sent_twice,
    unreadable,
)
from icbudget.tasks.sharing import day_of, own_content, write_plan

if TYPE_CHECKING:
    from icbudget.workbook.reading.user_sheets import UserContent


@dataclass(frozen=True, slots=True)
class Merged:
    """What came of a merge: the file, every outcome, the differences to the base in words."""

    path: Path | None
    findings: tuple[Finding, ...]
    outcomes: Outcomes = field(default_factory=dict)
    differences: tuple[str, ...] = ()
    pages: tuple[Path, ...] = ()

    @property
    def open(self) -> int:
        """Return how many units wait for a choice."""
        return len(still_open(self.outcomes))


def merge_parts(
    base: Path,
    parts: Sequence[str],
    out: Path,
    *,
    chosen_in: Path | None = None,
    two_way: bool = False,
    by: str = "",
    on: dt.date | None = None,
    why: str = "",
    page: Path | None = None,
    overwrite: bool = False,
) -> Merged:
    """Return the joint plan of a base and all parts, written whole or not at all.

    `base`: the plan that the parts were made from, or a joint workbook, which keeps its base, every
    change and every choice, so that it can be merged alone. `parts`: files, each with its partner's
    id and `=` before it where the file does not say whose it is. `chosen_in`: a copy of the joint
    workbook with the choices. `two_way`: a part whose base is not found is compared with this one,
    and all its differences are proposals. `page`: a folder into which the differences are written
    as `compare` tells them. Raises `FileExistsError`, before anything is written, where a page is
    there already.
    """
    if page is not None and not overwrite:
        refuse_pages(page, base, out)
    draft = load(base)
    findings = unreadable(draft, base)
    if draft.plan is None or has_errors(findings):
        return Merged(None, tuple(findings))
    if draft.plan.this_part:
        message = f"{base.name} is a part; the plan that parts are merged into stands first."
        fix = "Name the whole plan first, then its parts."
        refused = error("merge.base-is-a-part", message, fix, Place(workbook=base.name))
        return Merged(None, (*findings, refused))
    findings += [f for f in chain_findings(draft.plan) if f.stops]
    held = held_by(draft.plan, base, findings)
    if held is None:
        return Merged(None, tuple(findings))
    owned, wrong = ownership(draft.plan)
    findings += located(wrong, draft)
    drafts = [load_part(text, draft.plan, findings) for text in parts]
    choosing = choices_draft(chosen_in, draft, findings)
    if has_errors(findings):
        return Merged(None, tuple(findings))
    ours = [received for received in drafts if received is not None]
    sent_twice(ours, findings)
    received_parts = [
        received_part(received, draft.plan, held, owned, findings, two_way=two_way)
        for received in ours
    ]
    if has_errors(findings):
        return Merged(None, tuple(findings))
    came = [part for part in received_parts if part is not None]
    joint = _merged(
        _Work(base, draft, held, came, choosing, findings),
        out,
        by=by,
        on=day_of(on),
        why=why,
        overwrite=overwrite,
    )
    if page is None or joint.path is None:
        return joint
    *_, pages = compare(base, joint.path, out=page, overwrite=overwrite)
    return replace(joint, pages=tuple(pages))


@dataclass(frozen=True, slots=True)
class _Work:
    """A merge in the making."""

    path: Path
    draft: Draft
    held: Held
    parts: Sequence[Received]
    chosen: Sequence[ToAgree]
    findings: list[Finding]


def _merged(work: _Work, out: Path, *, by: str, on: str, why: str, overwrite: bool) -> Merged:
    """Merge, and write the joint plan with all that merging goes on from."""
    findings = work.findings
    plan = work.draft.plan
    assert plan is not None
    base, asked = _round(work, plan)
    tables = as_tables(base)
    owned, _ = ownership(base)
    proposing = [part.partner for part in work.parts if part.says is None]
    _, first_outcomes = merge(tables, asked, owned, propose_only=proposing)
    chosen, doubts = choices(work.chosen, {u: o.asked for u, o in first_outcomes.items()}, owned)
    findings += doubts
    merged, outcomes = merge(tables, asked, owned, chosen, propose_only=proposing)
    findings += [_unheld(unit) for unit in chosen if not _was_chosen(unit, outcomes)]
    try:
        joint = as_plan(merged, plan)
    except ValueError as refused:
        message = f"The merged plan has a row that no plan can hold: {str(refused)[:200]}"
        findings.append(error("merge.row", message, "Correct the choice, and merge again."))
        return Merged(None, tuple(findings), outcomes)
    joint = _with_grown(joint, plan) if work.held.joint else joint
    findings += outcome_findings(outcomes)
    findings += lookalikes({part.partner: part.changes for part in work.parts})
    findings += _held_back(joint, outcomes)
    joint = _recorded(joint, work, base, asked, outcomes, by=by, on=on, why=why)
    if too_long := _too_long(joint):
        return Merged(None, (*findings, too_long), outcomes)
    owns, notes = _own_contents(work, base, joint, outcomes)
    findings += notes
    typed = joint.model_copy(update=dict.fromkeys(RECORDS, ()))
    words = tuple(change.words for change in differences(base, typed))
    written = write_plan(joint, out, owns, kept_cells(joint), overwrite=overwrite)
    case = evaluate_plan(joint)
    # What is open is told once: by its outcome, not again by the check that counts it.
    checked = [f for f in case.findings if f.id not in ("joint.still-open", "joint.comments")]
    findings += located([f for f in checked if f.severity is Severity.ERROR], load(written))
    return Merged(written, tuple(findings), outcomes, words)


def _round(work: _Work, plan: Plan) -> tuple[Plan, dict[str, Changes]]:
    """Return the base and the changes of the merge.

    A part made from a joint plan begins a new round: that plan is the base, and of the changes
    before it only what is still open is asked again. Otherwise a new part takes the place of the
    partner's earlier one.
    """
    figures = figures_hash(plan)
    asked = {who: dict(changes) for who, changes in work.held.changes.items()}
    begins = work.held.joint and any(
        part.says and part.says.base == figures and _changed_since(work, plan)
        for part in work.parts
    )
    if begins:
        became = {(row.partner, row.figure): row.became for row in plan.received_changes}
        from icbudget.joint.figures import path_of

        open_verdicts = (Verdict.TO_AGREE, Verdict.PROPOSED)
        still_asked: dict[str, Changes] = {}
        for who, changes in asked.items():
            outcomes = {unit: became.get((who, path_of(unit))) for unit in changes}
            open_units = [u for u, verdict in outcomes.items() if verdict in open_verdicts]
            still_asked[who] = {unit: changes[unit] for unit in open_units}
        asked = still_asked
    for part in work.parts:
        earlier = asked.get(part.partner, {}) if begins else {}
        asked[part.partner] = {**earlier, **part.changes}
    bare = plan.model_copy(update=dict.fromkeys(RECORDS, ()))
    base = bare if begins else work.held.base
    order = {row.id: number for number, row in enumerate(base.partners)}
    by_partner = sorted(asked, key=lambda who: order.get(who, len(order)))
    return base, {who: asked[who] for who in by_partner if asked[who]}


def _with_grown(joint: Plan, plan: Plan) -> Plan:
    """Return the merged plan with rows that were added to the joint workbook itself.

    They are of tables that only grow: a signature, a comment, a confirmed release. A comment
    settled there is settled.
    """
    grown: dict[str, tuple[Any, ...]] = {}
    for name in (name for name in TABLES if name in MERGED and shape(name).grows):
        rows = {TABLES[name].key_of(row): row for row in getattr(joint, name)}
        for row in getattr(plan, name):
            key = TABLES[name].key_of(row)
            if key not in rows or getattr(row, "state", "") == "settled":
                rows[key] = row
        grown[name] = tuple(rows.values())
    return joint.model_copy(update=grown)


def _changed_since(work: _Work, plan: Plan) -> bool:
    """Return whether the joint plan is another than the base that it keeps."""
    base = as_tables(work.held.base)
    return as_in_base(as_tables(plan), base) != base


def _recorded(
    joint: Plan,
    work: _Work,
    base: Plan,
    asked: Mapping[str, Changes],
    outcomes: Outcomes,
    *,
    by: str,
    on: str,
    why: str,
) -> Plan:
    """Return the joint plan with its records: parts, changes, what is to agree, history, base."""
    plan = work.draft.plan
    assert plan is not None
    parts = _parts(plan, work.parts, on)
    numbers = {row.partner: row.number for row in parts if row.state == "in"}
    joint = joint.model_copy(
        update={
            "parts": parts,
            "this_part": (),
            "history": plan.history,
            "base_rows": base_rows(as_tables(base)),
            "received_changes": received(asked, numbers, outcomes),
        }
    )
    joint = joint.model_copy(update={"to_agree": to_agree(outcomes, work.chosen, worth_of(joint))})
    if not plan.history:
        first = with_entry(base, "new", on=on)
        joint = joint.model_copy(update={"history": first.history})
    names = ", ".join(part.partner for part in work.parts)
    joint = with_entry(joint, "merged", partner=names, by=by, on=on, why=why)
    for row in joint.to_agree:
        if row.choice and row.became == "chosen" and row not in plan.to_agree:
            joint = with_entry(
                joint,
                "chosen",
                partner=row.chosen_for,
                by=row.chosen_by,
                on=row.chosen_on or on,
                why="; ".join(part for part in (row.says, row.reason) if part),
            )
    return joint


def _parts(plan: Plan, came: Sequence[Received], on: str) -> tuple[Part, ...]:
    """Return the table Parts with those that came; an earlier one of the partner is replaced."""
    rows = {(row.partner, row.number): row for row in plan.parts}
    for part in came:
        for key, row in rows.items():
            if key[0] == part.partner and row.state != "refused":
                rows[key] = row.model_copy(update={"state": "replaced"})
        says = part.says or ThisPart(partner=part.partner, number=1)
        rows[part.partner, says.number] = Part(
            partner=part.partner,
            number=says.number,
            state="in",
            base=says.base,
            view=says.view,
            made_on=says.made_on,
            made_by=says.made_by,
            received_on=on,
            received_from=part.path.name,
            left_out=says.left_out,
        )
    return tuple(rows.values())


def _was_chosen(unit: Unit, outcomes: Outcomes) -> bool:
    both = outcomes.get(unit._replace(cell="both"))
    outcome = both or outcomes.get(unit)
    return outcome is not None and outcome.verdict is Verdict.CHOSEN


def _unheld(unit: Unit) -> Finding:
    from icbudget.joint.figures import words_of

    message = f"{words_of(unit)}: those named under Chosen for may not choose it alone."
    fix = "Name each partner that asked for a joint figure, the owner of any other."
    return warning("to-agree.who", message, fix, Place(table="To agree", row=words_of(unit)))


def _held_back(joint: Plan, outcomes: Outcomes) -> list[Finding]:
    """Return a warning for each row that others name and that an outcome keeps out of the plan."""
    from icbudget.joint.figures import words_of
    from icbudget.joint.plan_as_cells import named

    tables = as_tables(joint)
    names = named(tables)
    findings: list[Finding] = []
    for unit, outcome in outcomes.items():
        there = any(key[:1] == unit.key[:1] for key in tables.get(unit.table, {}))
        if unit.cell == "" and unit.key and (unit.table, unit.key[0]) in names and not there:
            message = f"Other rows name {words_of(unit)}, which is {outcome.verdict}."
            fix = "Settle it first: what names the row is refused until it is there."
            findings.append(warning("joint.names-missing", message, fix))
    return findings


def _too_long(plan: Plan) -> Finding | None:
    for name in ("received_changes", "to_agree"):
        for row in getattr(plan, name):
            for column in columns_of(TABLES[name].noun):
                value = getattr(row, column.field)
                if isinstance(value, str) and len(value) > LONGEST_TEXT:
                    message = f"{row.says[:80]}: what is asked is longer than a cell holds."
                    return error("merge.too-long", message, "Shorten its texts.")
    return None


def _own_contents(
    work: _Work, base: Plan, joint: Plan, outcomes: Outcomes
) -> tuple[list[UserContent], list[Finding]]:
    """Return what people added to the base and to each part, as the joint workbook carries it."""
    from icbudget.workbook.reading.user_sheets import UserContent

    of_base = own_content(work.path, work.draft) or UserContent()
    parts = {
        part.partner: own_content(part.path, part.draft) or UserContent() for part in work.parts
    }
    contents, findings = merged_content(of_base, parts, outcomes)
    owned, _ = ownership(base)
    tables = as_tables(base)
    names = {(u.table, u.key): o.value for u, o in outcomes.items() if u.cell == KEY and o.stands}
    contents = [under_new_keys(content, tables, names) for content in contents]
    columns = {
        part.partner: OwnPart(parts[part.partner], part.changes, given_columns(part.draft.plan))
        for part in work.parts
        if part.draft.plan is not None
    }
    contents, left = merged_columns(contents, columns, tables, as_tables(joint), outcomes, owned)
    return contents, [*findings, *left]


WHY_IT_MATTERS = {
    "joint.names-missing": (
        "A row depends on one that is not agreed. If that one is refused, this one falls with it."
    ),
    "merge.base-is-a-part": (
        "A part does not have every row. Merging into it would lose what it cannot see."
    ),
    "merge.row": (
        "What was chosen gives a row that cannot be worked out, so the joint plan would have no"
        " answers."
    ),
    "merge.too-long": "A text that Excel cuts off may lose the very words that were agreed.",
    "to-agree.who": "One partner would decide about money that is not its own.",
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
