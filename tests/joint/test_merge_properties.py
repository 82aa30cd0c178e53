"""What holds of every merge, on works of three partners drawn at random.

The properties are those that the design of joint work proved on a sketch of its own. They use the
rules that they test, so that cases by hand stand beside them (`test_merge_cases`). The variable
ICBUDGET_MERGE_EXAMPLES says on how many works; before a release on 3,000.
"""

from __future__ import annotations

import os
from itertools import permutations

from hypothesis import HealthCheck, given, settings

from icbudget.joint.changes import changes, rekeyed
from icbudget.joint.merge import STANDS, Choice, Verdict, merge
from icbudget.joint.plan_as_cells import (
    BOTH,
    KEY,
    ORDER,
    ROW,
    WHOLE,
    Unit,
    fields_of,
    is_provenance,
    shape,
    terms_alone,
    units,
)
from tests.joint.works import KINDS, PARTNERS, SWAP, owned, swapped, works

WORKS = int(os.environ.get("ICBUDGET_MERGE_EXAMPLES", "150"))
often = settings(max_examples=WORKS, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def deltas(base, parts, its=None):
    its = its or owned(base)
    return {who: changes(base, part, its, {}) for who, part in parts.items()}


def names_of(found):
    """The keys that rows got, by the key that they have in the base."""
    given = {(u.table, u.key): o.value for u, o in found.items() if u.cell == KEY and o.stands}
    return given


def renamed_back(plan, found):
    return rekeyed(plan, {(table, new): old for (table, old), new in names_of(found).items()})


def ordinary(unit):
    return unit.cell not in (ROW, KEY, WHOLE, ORDER, BOTH)


def asked_of(unit, found):
    """Every value that anybody asked for a unit, alone or as part of a new row of an agreement."""
    asked = {now for _, now in found[unit].asked} if unit in found else set()
    if unit.cell == WHOLE:
        return {terms_alone(unit.table, now) for now in asked}
    whole = found.get(Unit(unit.table, unit.key[:1], WHOLE))
    for _, now in whole.asked if whole else ():
        rows = dict(now or ())
        asked.add(dict(rows.get(unit.key, ())).get(unit.cell))
    return asked


@often
@given(works())
def test_nothing_changes_nothing(work):
    base, _ = work
    its = owned(base)
    same = {who: changes(base, base, its, {}) for who in PARTNERS}
    assert merge(base, {}, its) == (base, {}) == merge(base, same, its)
    merged, _ = merge(base, {}, its)
    assert [list(rows) for rows in merged.values()] == [list(rows) for rows in base.values()]


@often
@given(works())
def test_what_is_all_its_owners_own_is_taken_whole(work):
    base, parts = work
    its = owned(base)
    for who, asked in deltas(base, parts).items():
        alone, told = merge(base, {who: asked}, its)
        # The cells of the part that still name a row by its old key follow it.
        followed = rekeyed(parts[who], names_of(told))
        assert alone == followed or any(o.verdict not in STANDS for o in told.values())


@often
@given(works())
def test_merged_again_nothing_changes(work):
    base, parts = work
    plan, _ = merge(base, deltas(base, parts), owned(base))
    its = owned(plan)
    assert merge(plan, {who: changes(plan, plan, its, {}) for who in PARTNERS}, its) == (plan, {})


@often
@given(works())
def test_every_order_of_arrival_gives_the_same(work):
    base, parts = work
    asked = deltas(base, parts)
    plan, found = merge(base, asked, owned(base))
    for order in permutations(PARTNERS):
        again, told = merge(base, {who: asked[who] for who in order}, owned(base))
        assert (again, told) == (plan, found)
        assert [list(rows) for rows in again.values()] == [list(rows) for rows in plan.values()]


@often
@given(works())
def test_other_names_of_the_partners_give_the_same(work):
    base, parts = work
    plan, _ = merge(base, deltas(base, parts), owned(base))
    kinds = {SWAP.get(who, who): kind for who, kind in KINDS.items()}
    its = owned(swapped(base), kinds)
    other, _ = merge(swapped(base), deltas(swapped(base), swapped(parts), its), its)
    assert other == swapped(plan)


@often
@given(works())
def test_no_ask_is_lost_and_the_owners_stands(work):
    base, parts = work
    its, asked = owned(base), deltas(base, parts)
    plan, found = merge(base, asked, its)
    back = renamed_back(plan, found)
    after = units(back)
    for who, asks in asked.items():
        for unit, change in asks.items():
            outcome = found[unit]
            assert (who, change.now) in outcome.asked
            stays = all(unit.key in tables.get(unit.table, {}) for tables in (base, back))
            if ordinary(unit) and not is_provenance(unit) and stays:
                special = shape(unit.table).handover | shape(unit.table).consent
                cells = base[unit.table][unit.key]
                if its.owners(unit, cells) == {who} and not fields_of(unit) & special:
                    assert after.get(unit) == change.now


@often
@given(works())
def test_nothing_is_handed_over_but_by_both(work):
    base, parts = work
    asked = deltas(base, parts)
    _, found = merge(base, asked, owned(base))
    for unit, outcome in found.items():
        if outcome.verdict in STANDS and fields_of(unit) & shape(unit.table).handover:
            winners = {who for who, now in outcome.asked if now == outcome.value}
            old = units(base).get(unit)
            assert {old, outcome.value} & set(PARTNERS) <= winners


@often
@given(works())
def test_nothing_is_invented_and_what_is_not_decided_stays(work):
    base, parts = work
    plan, found = merge(base, deltas(base, parts), owned(base))
    before, after = units(base), units(renamed_back(plan, found))
    for unit in {*before, *after}:
        row, outcome = unit._replace(cell=ROW), found.get(unit)
        came = row in found and found[row].stands
        asked = asked_of(unit, found)
        if unit.cell == ROW and not shape(unit.table).row and row in before and row in after:
            continue  # its cells are looked at one by one
        if not came:
            assert after.get(unit) in {before.get(unit), *asked}
        if not came and outcome and not outcome.stands:
            assert after.get(unit) == before.get(unit)


@often
@given(works())
def test_no_figure_keeps_the_source_of_another(work):
    base, parts = work
    asked = deltas(base, parts)
    _, found = merge(base, asked, owned(base))
    for unit, outcome in found.items():
        if not is_provenance(unit) or outcome.verdict not in (Verdict.TAKEN, Verdict.OWNER_STANDS):
            continue
        of_row = [u for u in found if u[:2] == unit[:2] and ordinary(u) and not is_provenance(u)]
        brought = {who for who, now in outcome.asked if now == outcome.value}
        for other in of_row:
            if found[other].stands:
                takers = {who for who, now in found[other].asked if now == found[other].value}
                assert takers & brought


@often
@given(works())
def test_choices_close_what_is_open_and_lapse_on_other_asks(work):
    base, parts = work
    its, asked = owned(base), deltas(base, parts)
    plan, found = merge(base, asked, its)
    everybody, chosen, told = frozenset(PARTNERS), {}, found
    for _ in range(3):  # a choice may open the next question
        for unit, outcome in told.items():
            if not outcome.stands:
                chosen[unit] = Choice(outcome.asked, outcome.asked[0][1], everybody)
        told = merge(base, asked, its, chosen)[1]
    assert all(outcome.stands for unit, outcome in told.items() if unit.cell != KEY)
    lapsed = {
        unit: Choice((*choice.asked, ("x", 0)), choice.value, everybody)
        for unit, choice in chosen.items()
    }
    assert merge(base, asked, its, lapsed) == (plan, found)


@often
@given(works())
def test_what_an_older_base_did_not_know_is_never_overwritten(work):
    base, parts = work
    asked = deltas(base, parts)
    newer, _ = merge(base, {who: asked[who] for who in ("icb", "trust")}, owned(base))
    late = asked["council"]
    _, found = merge(newer, {"council": late}, owned(newer))
    now, moved = units(newer), changes(base, newer, owned(base), {})
    for unit, change in late.items():
        assert ("council", change.now) in found[unit].asked
        if unit in moved and ordinary(unit) and now.get(unit) != change.now:
            assert not found[unit].stands


def test_the_units_are_those_that_are_merged():
    base = {"risk_shares": {("A", "icb", "1"): {}}, "goals": {("1",): {"target": 1.0}}}
    assert set(units(base)) == {
        Unit("risk_shares", ("A",), WHOLE),
        Unit("goals", ("1",)),
        Unit("goals", ("1",), "baseline+target+target_year"),
    }
