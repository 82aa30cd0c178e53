"""The chain of History: each entry's hash covers the entry before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

import icbudget
from icbudget.findings import Finding, Place, error, note
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
        return [note("history.changed-since", message, place=Place(table="History"))]
    return []


def _broken(entries: Sequence[HistoryEntry]) -> HistoryEntry | None:
    before = ""
    for number, entry in enumerate(entries, start=1):
        fits = entry.number == number and entry.before == before
        if not fits or entry.entry != entry_hash(entry):
            return entry
        before = entry.entry
    return None
