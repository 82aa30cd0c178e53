"""A merge with a fault built in is caught by the cases by hand: they can fail.

Each fault is one that a merge could plausibly have; the cases of `test_merge_cases` are run against
it, and at least one must refuse it.
"""

from __future__ import annotations

import importlib
import inspect
from dataclasses import replace

import pytest

from icbudget.joint import merge as merging
from icbudget.joint.changes import Change
from icbudget.joint.merge import Outcome, Verdict
from icbudget.joint.ownership import Ownership
from tests.joint import test_merge_cases as cases

changing = importlib.import_module("icbudget.joint.changes")
JUDGED, MAY, NEEDED, SHAPE = (
    merging._judged,
    merging._may_change,
    merging._also_needed,
    merging.shape,
)


def last_writer_wins(unit, base, current, asks, choice, owned, powerless):
    outcome = JUDGED(unit, base, current, asks, choice, owned, powerless)
    if outcome.verdict is Verdict.TO_AGREE:
        return replace(outcome, verdict=Verdict.TAKEN, value=outcome.asked[-1][1])
    return outcome


def smallest_wins(unit, base, current, asks, choice, owned, powerless):
    outcome = JUDGED(unit, base, current, asks, choice, owned, powerless)
    if outcome.verdict is Verdict.TO_AGREE:
        value = min((value for _, value in outcome.asked), key=repr)
        return replace(outcome, verdict=Verdict.TAKEN, value=value)
    return outcome


def ownership_ignored(unit, base, ask, owned):
    return owned.everybody


def an_older_base_overwrites(unit, base, current, asks, choice, owned, powerless):
    fresh = {who: Change(current, ask.now) for who, ask in asks.items()}
    return JUDGED(unit, base, current, fresh, choice, owned, powerless)


def choices_never_lapse(unit, base, current, asks, choice, owned, powerless):
    held = (
        replace(choice, asked=tuple(sorted((w, a.now) for w, a in asks.items())))
        if choice
        else None
    )
    return JUDGED(unit, base, current, asks, held, owned, powerless)


def anybody_chooses(unit, base, asks, choice, owned):
    return True


def handed_over_by_one(unit, base, current, asks, owned):
    return merging._Needed(False, {})


def open_takes_the_first(unit, base, current, asks, choice, owned, powerless):
    outcome = JUDGED(unit, base, current, asks, choice, owned, powerless)
    if outcome.verdict is Verdict.PROPOSED:
        return Outcome(Verdict.TAKEN, outcome.asked[0][1], outcome.asked)
    return outcome


def unshaped(table, **shape):
    return SHAPE(table)._replace(**shape)


def nothing(*_, **__):
    return None


FAULTS = {
    "the last writer wins": [(merging, "_judged", last_writer_wins)],
    "the smallest value wins": [(merging, "_judged", smallest_wins)],
    "ownership is ignored": [(merging, "_may_change", ownership_ignored)],
    "an older base overwrites": [(merging, "_judged", an_older_base_overwrites)],
    "a choice never lapses": [(merging, "_judged", choices_never_lapse)],
    "anybody chooses": [(merging, "_may_choose", anybody_chooses)],
    "one alone hands over": [(merging, "_also_needed", handed_over_by_one)],
    "a proposal is taken": [(merging, "_judged", open_takes_the_first)],
    "bundles are split": [
        (module, "shape", lambda table: unshaped(table, bundles=()))
        for module in (merging, changing, importlib.import_module("icbudget.joint.plan_as_cells"))
    ],
    "steps are interleaved": [
        (module, "shape", lambda table: unshaped(table, as_one=False))
        for module in (merging, changing, importlib.import_module("icbudget.joint.plan_as_cells"))
    ],
    "what was achieved is the host's": [
        (module, "shape", lambda table: unshaped(table, apart=frozenset()))
        for module in (merging, changing, importlib.import_module("icbudget.joint.plan_as_cells"))
    ],
    "a filled-in row of an agreement is lost": [(merging, "_loses_one", nothing)],
    "records may be taken away": [(merging, "shape", lambda t: unshaped(t, grows=False))],
    "deletion wins": [(merging, "_keep_rows_still_changed", nothing)],
    "a source stays behind": [(merging, "_give_provenance", nothing)],
    "keys are captured": [(merging, "named", lambda plan: set())],
    "keys are never found again": [(changing, "_renames", lambda *_: {})],
    "any row that came is the one that went": [
        (changing, "_same_row", lambda table, key, cells, other, others, owned: True)
    ],
    "the order is anybody's": [(Ownership, "hosts", property(lambda self: self.everybody))],
    "both are one": [(merging, "_next_free", lambda unit, taken: unit.key)],
}


def by_hand():
    return [f for name, f in inspect.getmembers(cases, inspect.isfunction) if name[:5] == "test_"]


def test_the_cases_hold_without_a_fault():
    for case in by_hand():
        case()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_caught(fault, monkeypatch):
    for where, name, broken in FAULTS[fault]:
        monkeypatch.setattr(where, name, broken)
    caught = []
    for case in by_hand():
        try:
            case()
        except (AssertionError, KeyError, StopIteration):
            caught.append(case.__name__)
    assert caught
