"""The History of a plan and its chain; and rows that get another key."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

from icbudget.findings import Finding, Place, error, has_errors, note
from icbudget.joint.chain import (
    chain_findings,
    departure,
    differing,
    given_history,
    with_entry,
)
from icbudget.joint.changes import rekeyed
from icbudget.joint.own_sheets import under_new_keys
from icbudget.joint.plan_as_cells import MERGED, Key, as_plan, as_tables, named, spec
from icbudget.plan import Plan
from icbudget.plan.figure_places import located
from icbudget.plan.history import HistoryEntry
from icbudget.signing.signed_history import signed_history_findings
from icbudget.tasks.load_and_check import Opened, load
from icbudget.tasks.received_parts import unreadable
from icbudget.tasks.sharing import day_of, own_content, write_plan


def history(
    path: Path, *, verify: bool = False, against: Path | None = None
) -> tuple[Opened, tuple[HistoryEntry, ...]]:
    """Return the entries of a plan's History; with `verify` what is wrong with their chain.

    `against`: another copy of the plan, or a part of it, whose History must be the same as far as
    both go. Errors: a broken chain, here or there; an entry that differs; a signed statement that
    names an entry which is not here.
    """
    draft = load(path)
    findings = list(draft.findings)
    if draft.plan is None:
        return Opened(path, draft, None, tuple(findings)), ()
    if verify or against:
        findings += located(
            [*chain_findings(draft.plan), *signed_history_findings(draft.plan)], draft
        )
    if against:
        findings += _held_against(draft.plan, against)
    return Opened(path, draft, None, tuple(findings)), draft.plan.history


def _held_against(plan: Plan, against: Path) -> list[Finding]:
    """Return where a plan's History departs from that of a copy, and how much longer either is."""
    copy = load(against)
    if copy.plan is None:
        return list(copy.findings)
    place = Place(workbook=against.name)
    broken = [replace(f, place=place) for f in chain_findings(copy.plan) if f.stops]
    if broken:
        return broken
    difference = departure(plan, copy.plan)
    if difference:
        message = differing(*difference, against.name)
        fix = "Ask a third partner for its copy: the one that two agree with is the plan's."
        return [error("history.differs", message, fix, place)]
    shared_history = given_history(copy.plan)
    common = min(len(shared_history), len(plan.history))
    message = f"{against.name} has the same {common} entries."
    if not common:
        message = f"{against.name} and the plan have no entry of History in common to compare."
    elif len(shared_history) > common:
        message = f"{message} It has {len(shared_history) - common} more, so it is the later copy."
    return [note("history.same", message, "Keep the later copy as the plan's.", place)]


def rekey(
    path: Path,
    table: str,
    old: str,
    new: str,
    out: Path,
    *,
    by: str = "",
    on: dt.date | None = None,
    overwrite: bool = False,
) -> tuple[Opened, Path | None]:
    """Return a plan in which rows have another key, and everything that names them follows.

    `table` is called as its sheet; keys have their parts separated by `|`, and the first part alone
    stands for every row of it. History records it, so that a merge knows the rows again. Errors:
    no such row; a key that is there, or that something names, already.
    """
    draft = load(path)
    findings = unreadable(draft, path)
    if draft.plan is None or has_errors(findings):
        return Opened(path, draft, None, tuple(findings)), None
    plan = draft.plan
    names, wrong = _names(plan, table, old, new)
    if wrong:
        return Opened(path, draft, None, (*findings, wrong)), None
    tables = as_tables(plan)
    changed = as_plan(rekeyed(tables, names), plan)
    for (field, was), now in names.items():
        key = (field, "|".join(was), "|".join(now))
        why = f"{spec(field).label}: {', '.join(was)} is now {', '.join(now)}"
        changed = with_entry(changed, "re-keyed", by=by, on=day_of(on), why=why, key=key)
    own = own_content(path, draft)
    owns = [under_new_keys(own, tables, names)] if own else []
    written = write_plan(changed, out, owns, frozenset(), overwrite=overwrite)
    return Opened(path, draft, None, tuple(findings)), written


def _names(
    plan: Plan, label: str, old: str, new: str
) -> tuple[dict[tuple[str, Key], Key], Finding | None]:
    """Return the keys that rows get, or why they do not."""
    fields = {name.casefold(): key for key in MERGED for name in (key, spec(key).label)}
    field = fields.get(label.casefold(), "")
    tables = as_tables(plan)
    rows = tables.get(field, {})
    was, now = tuple(old.split("|")), tuple(new.split("|"))
    matching = [key for key in rows if key[: len(was)] == was]
    place = Place(table=spec(field).label if field else label, row=old)
    if not matching:
        message = f"There is no row {old}."
        return {}, error("rekey.no-row", message, "Name it as its key cells do.", place)
    if len(now) != len(was):
        message = f"{old} and {new} do not have the same number of parts."
        return {}, error(
            "rekey.parts", message, "Write both keys with the same parts, separated by |.", place
        )
    names = {(field, key): (*now, *key[len(was) :]) for key in matching}
    there = any(key in rows for key in names.values())
    if there or (now[0] != was[0] and (field, now[0]) in named(tables)):
        message = f"The key {new} is there, or is named by other rows, already."
        return {}, error("rekey.taken", message, "Choose a key that nothing has.", place)
    return names, None


WHY_IT_MATTERS = {
    "history.differs": (
        "Two partners hold different records of the same decisions, and each may be paying by"
        " its own."
    ),
    "history.same": "Both copies tell one story as far as both go, so neither was remade.",
    "rekey.no-row": "There is nothing to rename, and nothing was changed.",
    "rekey.parts": (
        "A key of several parts names one row only if all parts are there. The rest of the plan"
        " would point at nothing."
    ),
    "rekey.taken": (
        "Two rows of one key would be taken for one, and money of the one would go to the other."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
