"""The chain of History: each entry's hash covers the entry before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace

import icbudget
from icbudget.findings import Finding, Place, error, note, warning
from icbudget.plan import Plan
from icbudget.plan.columns import columns_of
from icbudget.plan.history import HistoryEntry
from icbudget.plan.identity import figures_hash


def with_entry(
    plan: Plan,
    what: str,
    *,
    partner: str = "",
    by: str = "",
    on: str = "",
    why: str = "",
    key: tuple[str, str, str] = ("", "", ""),
) -> Plan:
    """Return the plan with one more entry of its History, of its figures as they are now.

    `key`: table, key before and key after, of an entry about a key.
    """
    last = plan.history[-1] if plan.history else None
    open_entry = HistoryEntry.model_validate(
        {
            "number": last.number + 1 if last else 1,
            "what": what,
            "figures": figures_hash(plan),
            "partner": partner,
            "by": by,
            "on": on,
            "why": why,
            "table": key[0],
            "was": key[1],
            "now": key[2],
            "version": icbudget.__version__,
            "before": last.entry if last else "",
        }
    )
    entry = open_entry.model_copy(update={"entry": entry_hash(open_entry)})
    return plan.model_copy(update={"history": (*plan.history, entry)})


def entry_hash(entry: HistoryEntry) -> str:
    """Return the SHA-256 of an entry without its own hash, that of the entry before among it."""
    fields = {c.field: str(getattr(entry, c.field)) for c in columns_of(HistoryEntry)}
    del fields["entry"]
    text = json.dumps(fields, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def chain_findings(plan: Plan) -> list[Finding]:
    """Return what is wrong with the chain of History: the first entry that does not fit.

    A note says where the figures of the plan are not those of the last entry: they were changed
    since.
    """
    broken = _broken(plan.history)
    if broken is not None:
        message = (
            f"Entry {broken.number} does not fit the one before it: an entry was changed, taken"
            " out or put in."
        )
        fix = "Ask who holds an earlier copy, and compare the two Histories entry by entry."
        return [
            error("history.broken", message, fix, Place(table="History", row=str(broken.number)))
        ]
    if plan.history and plan.history[-1].figures != figures_hash(plan):
        message = "The figures of the plan were changed after the last entry of History."
        fix = (
            "Compare with the plan as it was agreed (icbudget compare), and agree or sign it again."
        )
        return [note("history.changed-since", message, fix, Place(table="History"))]
    return []


def given_history(plan: Plan) -> tuple[HistoryEntry, ...]:
    """Return the entries of a plan's History; of a part those that stood when it was given out.

    What a part adds is its own: that it was shared, and the keys that its partner changed.
    """
    if not plan.this_part:
        return plan.history
    own = plan.this_part[0].partner
    shared = [
        at
        for at, entry in enumerate(plan.history)
        if entry.what == "shared" and entry.partner == own
    ]
    return plan.history[: shared[-1]] if shared else plan.history


def departure(plan: Plan, copy: Plan) -> tuple[HistoryEntry, HistoryEntry | None] | None:
    """Return the first entry of a copy's History that a plan does not have, and what it has there.

    It is None where one History goes on from the other. A part has been given its entries, so the
    plan must have all of them.
    """
    shared_history = given_history(copy)
    history = shared_history if copy.this_part else shared_history[: len(plan.history)]
    for at, entry in enumerate(history):
        here = plan.history[at] if at < len(plan.history) else None
        if here is None or here.entry != entry.entry:
            return entry, here
    return None


def part_findings(plan: Plan, part: Plan, name: str) -> list[Finding]:
    """Return what is wrong with the History that came back in a part, its file called `name`.

    An error where its own chain is broken; a warning where it is another than the plan's, since
    then one of the two was made anew, which neither shows by itself.
    """
    if _broken(part.history) is not None:
        return [replace(f, place=Place(workbook=name)) for f in chain_findings(part) if f.stops]
    difference = departure(plan, part)
    if difference is None:
        return []
    message = f"{differing(*difference, name)} The plan's History or the part's was written again."
    fix = "Compare both with a third copy: icbudget history PLAN --verify --against COPY."
    return [warning("merge.history-differs", message, fix, Place(workbook=name))]


def differing(theirs: HistoryEntry, ours: HistoryEntry | None, name: str) -> str:
    """Return in words where two Histories part; `name` is the file of the other."""
    here = f"is {_words(ours)}" if ours else "is not there"
    return f"Entry {theirs.number} of History {here}; in {name} it is {_words(theirs)}."


def _words(entry: HistoryEntry) -> str:
    rest = (entry.partner, entry.by, entry.why)
    words = " ".join(part for part in (entry.what, entry.on) if part)
    return f"“{'; '.join([words, *(part for part in rest if part)])}” ({entry.entry[:12]})"


def _broken(entries: Sequence[HistoryEntry]) -> HistoryEntry | None:
    before = ""
    for number, entry in enumerate(entries, start=1):
        fits = entry.number == number and entry.before == before
        if not fits or entry.entry != entry_hash(entry):
            return entry
        before = entry.entry
    return None


WHY_IT_MATTERS = {
    "history.broken": (
        "Somebody changed the record of who agreed to what. Until it is known what was changed,"
        " no amount in it is safe to rely on."
    ),
    "history.changed-since": (
        "Figures were edited after the last recorded step, so the record does not say who"
        " changed them."
    ),
    "merge.history-differs": (
        "One of the two records was made anew, so what it says about earlier agreements is not"
        " proof."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
