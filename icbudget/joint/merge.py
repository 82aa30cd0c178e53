"""The merge: one pure function of a base and of what every partner changed in its part.

It looks at all parts at once and never at a chain of pairs, so neither the order in which parts
come nor handing one in twice can matter. Nobody wins by chance: what is not decided keeps what the
base has and is listed with every ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from icbudget.joint.changes import Change, Changes, rekeyed, renamed_value, saved_cells
from icbudget.joint.ownership import Ownership
from icbudget.joint.plan_as_cells import (
    BOTH,
    IN_ORDER,
    KEY,
    ORDER,
    ROW,
    WHOLE,
    Cells,
    Key,
    Tables,
    Unit,
    apart_cells,
    cells_of,
    fields_of,
    is_provenance,
    named,
    shape,
    spec,
    terms_alone,
    units,
)


class Verdict(StrEnum):
    """What became of what was asked of a unit."""

    TAKEN = "taken"
    OWNER_STANDS = "owner stands"
    CHOSEN = "chosen"
    TO_AGREE = "to agree"
    PROPOSED = "proposed"


STANDS = (Verdict.TAKEN, Verdict.OWNER_STANDS, Verdict.CHOSEN)
Asked = tuple[tuple[str, Any], ...]
"""Who asked for what, by partner."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a unit, what stands there now, who asked for what, and why it is open."""

    verdict: Verdict
    value: Any
    asked: Asked
    because: str = ""

    @property
    def stands(self) -> bool:
        """Return whether what was asked changed the plan."""
        return self.verdict in STANDS


@dataclass(frozen=True, slots=True)
class Choice:
    """What people chose for a unit, the very asks that it was chosen among, and for whom."""

    asked: Asked
    value: Any
    chosen_for: frozenset[str]
    reason: str = ""
    both: bool = False


Outcomes = dict[Unit, Outcome]


def merge(
    base: Tables,
    parts: Mapping[str, Changes],
    owned: Ownership,
    choices: Mapping[Unit, Choice] | None = None,
    *,
    propose_only: Iterable[str] = (),
) -> tuple[Tables, Outcomes]:
    """Return the merged tables and what became of every unit that somebody asked to change.

    `parts`: what each partner changed of its own base. `choices` count only where the asks are
    still those that they were made on. `propose_only`: partners whose base is not known, so that
    all they ask is a proposal. What is not decided stays as in the base.
    """
    choices = choices or {}
    parts, choices, outcomes = _with_both(base, parts, choices, owned)
    there = units(base)
    powerless = frozenset(propose_only)
    for unit in _all_units(base, parts, owned):
        asks = {who: asked[unit] for who, asked in parts.items() if unit in asked}
        current = _current(unit, there, base)
        outcomes[unit] = _judged(unit, base, current, asks, choices.get(unit), owned, powerless)
    # Only now is it known which cells of a row stand, and so whether deleting it would lose one.
    _keep_rows_still_changed(outcomes, there)
    _give_provenance(outcomes, parts, there)
    merged = _order_taken(_put_all(base, outcomes, parts, owned), outcomes)
    return rekeyed(merged, _keys_given(merged, outcomes)), outcomes


def _all_units(base: Tables, parts: Mapping[str, Changes], owned: Ownership) -> list[Unit]:
    """Return every unit that somebody asks about: by table, then in an order of their names."""
    tables = {name: at for at, name in enumerate(base)}
    every = {unit for changes in parts.values() for unit in changes}
    # An order that no part's order sets: merging them in another order gives the same.
    return sorted(every, key=lambda u: (tables.get(u.table, len(tables)), u.table, u.key, u.cell))


def _current(unit: Unit, there: Mapping[Unit, Any], base: Tables) -> Any:
    """Return what stands in a unit of the base; None is nothing there."""
    if unit.cell == KEY:
        return unit.key if unit._replace(cell=ROW) in there else None
    if unit.cell == ORDER:
        return tuple(base.get(unit.table, {}))
    return there.get(unit)


def _judged(
    unit: Unit,
    base: Tables,
    current: Any,
    asks: Mapping[str, Change],
    choice: Choice | None,
    owned: Ownership,
    powerless: frozenset[str],
) -> Outcome:
    """Return what becomes of one unit.

    Nothing changes it but equal asks of those who may, made on what still stands.
    """
    asked: Asked = tuple(sorted(((who, ask.now) for who, ask in asks.items()), key=lambda a: a[0]))
    may = {who for who, ask in asks.items() if who in _may_change(unit, base, ask, owned)}
    # Without its base nobody knows what a partner saw, so nothing it asks is taken by itself.
    may -= powerless
    needed = _also_needed(unit, base, current, asks, owned)
    agreeing = {ask.now: {w for w, a in asks.items() if a.now == ask.now} for ask in asks.values()}
    rightful = {
        who: ask
        for who, ask in asks.items()
        if who not in powerless and needed.allows(who, ask.now, may, agreeing[ask.now])
    }
    # A choice is of what was asked when it was made; asked anew, it has to be made anew.
    if choice and choice.asked == asked and _may_choose(unit, base, asks, choice, owned):
        return Outcome(Verdict.CHOSEN, choice.value, asked, choice.reason)
    wanted = {ask.now for ask in rightful.values()}
    late = any(not _still(unit, ask, current) for ask in rightful.values())
    if len(wanted) == 1 and not late:
        (value,) = wanted
        everyone = {now for _, now in asked} == wanted
        verdict = Verdict.TAKEN if everyone else Verdict.OWNER_STANDS
        return Outcome(verdict, value, asked)
    # Two who may ask for different things, or one was late: nobody's figure is lost, people choose.
    if rightful:
        why = "the base has changed since the part was made" if late else "asked differently"
        return Outcome(Verdict.TO_AGREE, current, asked, why)
    return Outcome(Verdict.PROPOSED, current, asked, needed.why(may))


def _still(unit: Unit, ask: Change, current: Any) -> bool:
    """Return whether an ask was made on what still stands, or asks for what is there already."""
    if unit.cell == ORDER:
        # Partners that came or went since are no change of the order of the others.
        known = set(ask.was)
        return tuple(key for key in current if key in known) in ask
    was, now = ask
    if unit.cell == WHOLE:
        was, now = terms_alone(unit.table, was), terms_alone(unit.table, now)
    # The host's program may have saved fewer digits of what stands than the part was given.
    return saved_cells(current) in (saved_cells(was), saved_cells(now))


@dataclass(frozen=True, slots=True)
class _Needed:
    """Who must ask for the same, beside those who own the unit: by the value asked for."""

    handover: bool
    partners: Mapping[Any, frozenset[str]]
    """All of them at a handover; one of them where a contributor's consent is needed."""

    def allows(self, who: str, value: Any, may: set[str], agreeing: set[str]) -> bool:
        """Return whether an ask of a partner counts, given all who ask for the same."""
        needed = self.partners.get(value, frozenset())
        if self.handover:
            return needed <= agreeing
        return who in may and (not needed or not needed.isdisjoint(agreeing))

    def why(self, may: set[str]) -> str:
        """Return why nobody's ask counts."""
        if self.handover:
            return "handed over only where the old and the new owner both ask"
        return "the partner that gives the money must ask too" if may else "asked by others only"


def _also_needed(
    unit: Unit, base: Tables, current: Any, asks: Mapping[str, Change], owned: Ownership
) -> _Needed:
    """Return who else must ask for a change of the owner, or of the money that a row takes."""
    its = shape(unit.table)
    fields = fields_of(unit)
    cells = base.get(unit.table, {}).get(unit.key, {})
    values = {ask.now for ask in asks.values()}
    if fields & its.handover:
        # The risk rules follow the owner, so nobody gives it away or takes it alone.
        owners = owned.owners(unit._replace(cell=ROW), cells)
        sole = owners if owners != owned.everybody else frozenset()
        before = frozenset((current,)) & owned.everybody or sole
        return _Needed(
            True, {now: before | (frozenset((now,)) & owned.everybody) for now in values}
        )
    if fields & its.consent:
        return _Needed(False, {now: _givers(base, cells, unit.cell, now) for now in values})
    return _Needed(False, {})


def _givers(base: Tables, cells: Cells, cell: str, value: Any) -> frozenset[str]:
    """Return the partners that contribute the source of a pool which a scheme would take."""
    wanted = {**cells, cell: value}
    money = (wanted.get("pool"), wanted.get("source"))
    lines = base.get("contributions", {})
    return frozenset(key[1] for key in lines if (key[0], key[2]) == money)


def _may_change(unit: Unit, base: Tables, ask: Change, owned: Ownership) -> frozenset[str]:
    """Return who may make a change; a row that is there says whose it is, a new one does itself."""
    # Records only grow: what was signed, said or booked is not taken back by a merge.
    if unit.cell == ROW and ask.now is None and shape(unit.table).grows:
        return frozenset()
    if unit.cell == ORDER:
        return owned.hosts
    if unit.cell == WHOLE:
        # An agreement that is there says whose it is; else nobody could make it his own by changing
        # it.
        rows = ask.now if ask.was is None else ask.was
        return owned.owners(unit, dict(rows[0][1]) if rows else {})
    new = dict(ask.now or ()) if unit.cell == ROW else {}
    return owned.owners(unit, base.get(unit.table, {}).get(unit.key, new))


def _may_choose(
    unit: Unit, base: Tables, asks: Mapping[str, Change], choice: Choice, owned: Ownership
) -> bool:
    """Return whether a choice was made for those who may make it.

    The owner's, or with a reason the host's; for what is joint, and for what changes hands, each
    partner that asked or whose it is.
    """
    may = frozenset().union(*(_may_change(unit, base, ask, owned) for ask in asks.values()))
    current = _current(unit, units({unit.table: base.get(unit.table, {})}), base)
    needed = _also_needed(unit, base, current, asks, owned)
    if needed.handover:
        return needed.partners.get(choice.value, frozenset(asks)) <= choice.chosen_for
    if may == owned.everybody:
        return frozenset(asks) <= choice.chosen_for
    # The host may settle what others disagree about, but has to say why.
    host = owned.hosts if choice.reason else frozenset()
    return not choice.chosen_for.isdisjoint(may | host)


def _with_both(
    base: Tables,
    parts: Mapping[str, Changes],
    choices: Mapping[Unit, Choice],
    owned: Ownership,
) -> tuple[Mapping[str, Changes], Mapping[Unit, Choice], Outcomes]:
    """Return the asks and choices with rows that two added under one key, each under its own.

    Only where both are wanted; what those partners ask follows their row.
    """
    outcomes: Outcomes = {}
    chosen = dict(choices)
    asked = {who: dict(changes) for who, changes in parts.items()}
    for unit, choice in choices.items():
        asks = {who: asked[who][unit] for who in owned.kinds if unit in asked.get(who, {})}
        asked_now: Asked = tuple(sorted((who, ask.now) for who, ask in asks.items()))
        added = unit.cell == ROW and all(ask.was is None for ask in asks.values())
        if not (choice.both and added and len(asks) > 1 and choice.asked == asked_now):
            continue
        if not _may_choose(unit, base, asks, choice, owned):
            continue
        outcomes[unit._replace(cell=BOTH)] = Outcome(Verdict.CHOSEN, None, asked_now, choice.reason)
        taken = {key for who in asked for key in _keys_asked(asked[who], unit.table)}
        taken |= set(base.get(unit.table, {}))
        for number, (who, ask) in enumerate(asks.items()):
            # The first in the order of partners keeps the key; the others get the next free one.
            free = _next_free(unit, taken) if number else unit.key
            taken.add(free)
            asked[who] = _moved(asked[who], unit, free)
            chosen[unit._replace(key=free)] = Choice(
                ((who, ask.now),), ask.now, owned.everybody, choice.reason
            )
    return asked, chosen, outcomes


def _keys_asked(changes: Changes, table: str) -> set[Key]:
    return {unit.key for unit in changes if unit.table == table and unit.cell == ROW}


def _next_free(unit: Unit, taken: set[Key]) -> Key:
    """Return the next free key: the next line where rows have lines, else its id with -2."""
    number = 2
    while True:
        if spec(unit.table).key[-1] == "line":
            key = (*unit.key[:-1], str(number))
        else:
            key = (f"{unit.key[0]}-{number}", *unit.key[1:])
        if key not in taken:
            return key
        number += 1


def _moved(changes: Changes, unit: Unit, free: Key) -> Changes:
    """Return a partner's changes with its new row under another key, and its cells that name it."""
    moved: Changes = {}
    for other, ask in changes.items():
        at = other._replace(key=free) if other == unit else other
        old, new = unit.key[0], free[0]
        now = renamed_value(at, ask.now, unit.table, old, new) if old != new else ask.now
        moved[at] = Change(ask.was, now)
    return moved


def _keep_rows_still_changed(outcomes: Outcomes, there: Mapping[Unit, Any]) -> None:
    """Leave a row that one partner deletes and another, who may, changes: with the change."""
    changed = {unit[:2] for unit, outcome in outcomes.items() if unit.cell and outcome.stands}
    for unit, outcome in outcomes.items():
        deleted = unit.cell == ROW and unit in there and outcome.value is None
        by_asks = outcome.verdict in (Verdict.TAKEN, Verdict.OWNER_STANDS)
        if deleted and by_asks and unit[:2] in changed:
            why = "deleted by one and changed by another"
            outcomes[unit] = Outcome(Verdict.TO_AGREE, there[unit], outcome.asked, why)
        elif unit.cell == WHOLE and by_asks and _loses_one(unit, outcome, changed):
            why = "a row of it is deleted by one and filled in by another"
            outcomes[unit] = Outcome(Verdict.TO_AGREE, there.get(unit), outcome.asked, why)


def _loses_one(unit: Unit, outcome: Outcome, changed: set[tuple[str, Key]]) -> bool:
    """Return whether an agreement would lose a row of which somebody else filled a cell in."""
    kept = {key for key, _ in outcome.value or ()}
    of_it = {key for table, key in changed if table == unit.table and key[:1] == unit.key}
    return bool({key for key in of_it if len(key) > 1} - kept)


def _give_provenance(
    outcomes: Outcomes, parts: Mapping[str, Changes], there: Mapping[Unit, Any]
) -> None:
    """Let the source of a row go with its figures: whose figures are taken brings the source.

    Where figures of two parts are taken, or one part's figures and another's source, it is to
    agree. Nobody's figure keeps another's source.
    """
    authors: dict[tuple[str, Key], set[str]] = {}
    for unit, outcome in outcomes.items():
        is_figure = bool(fields_of(unit)) and not is_provenance(unit)
        if outcome.stands and is_figure:
            takers = {who for who, now in outcome.asked if now == outcome.value}
            authors.setdefault(unit[:2], set()).update(takers)
    for unit, outcome in outcomes.items():
        of_row = authors.get((unit.table, unit.key), set())
        if not is_provenance(unit) or not of_row or outcome.verdict is Verdict.CHOSEN:
            continue
        current = there.get(unit)
        values = {now for who, now in outcome.asked if who in of_row}
        askers = {who for who, _ in outcome.asked}
        known = all(current in parts[who][unit] for who in of_row & askers)
        if len(values) == 1 and of_row <= askers and known:
            (value,) = values
            only = {now for _, now in outcome.asked} == values
            verdict = Verdict.TAKEN if only else Verdict.OWNER_STANDS
            outcomes[unit] = Outcome(verdict, value, outcome.asked)
        else:
            why = "figures and their source are of different parts"
            outcomes[unit] = Outcome(Verdict.TO_AGREE, current, outcome.asked, why)


def _put_all(
    base: Tables, outcomes: Outcomes, parts: Mapping[str, Changes], owned: Ownership
) -> Tables:
    """Return the base with all that stands put in: cells first, then rows.

    New rows come after the base's, by the order of partners, then as they stand in the part.
    """
    plan = rekeyed(base, {})
    decided = [unit for unit, outcome in outcomes.items() if outcome.stands]
    place: dict[Unit, tuple[int, int]] = {}
    for number, who in enumerate(owned.kinds):
        for at, unit in enumerate(parts.get(who, ())):
            place.setdefault(unit, (number, at))
    last = (len(owned.kinds), 0)
    # Cells before rows: a row that is deleted must not come back by one of its cells.
    decided.sort(key=lambda unit: (unit.cell in (ROW, WHOLE), place.get(unit, last)))
    for unit in decided:
        put(plan, unit, outcomes[unit].value)
    return plan


def put(plan: Tables, unit: Unit, value: Any) -> None:
    """Put what a unit holds into tables: a cell, a bundle, a row or a whole agreement."""
    rows = plan.setdefault(unit.table, {})
    if unit.cell in (KEY, ORDER, BOTH):
        return
    if unit.cell == ROW:
        if value is None:
            rows.pop(unit.key, None)
        else:
            rows[unit.key] = dict(value)
    elif unit.cell == WHOLE:
        # The terms are put in as one; what another fills in of a row that is there stays.
        new = {
            key: dict(cells) | apart_cells(unit.table, rows.get(key, {}))
            for key, cells in value or ()
        }
        kept = {k: new.get(k, c) for k, c in rows.items() if k[:1] != unit.key or k in new}
        plan[unit.table] = kept | new
    elif unit.key in rows:
        gone = _cells_of_unit(unit, rows[unit.key])
        left = {cell: held for cell, held in rows[unit.key].items() if cell not in gone}
        rows[unit.key] = left | cells_of(unit, value)
    if not plan[unit.table]:
        del plan[unit.table]


def _cells_of_unit(unit: Unit, cells: Cells) -> set[str]:
    """Return the cells of a row that a unit is: one, or those of its bundle, by year too."""
    if "+" not in unit.cell:
        return {unit.cell}
    named = fields_of(unit)
    return {cell for cell in cells if cell.partition("[")[0] in named}


def _keys_given(plan: Tables, outcomes: Outcomes) -> dict[tuple[str, Key], Key]:
    """Return the keys that rows get.

    One that is there, is named already or that two rows ask for is not given.
    """
    keys = {
        unit: outcome.value
        for unit, outcome in outcomes.items()
        if unit.cell == KEY and outcome.stands and unit.key in plan.get(unit.table, {})
    }
    wanted = [(unit.table, new) for unit, new in keys.items()]
    taken = named(plan)
    keys_taken: dict[tuple[str, Key], Key] = {}
    for unit, new in keys.items():
        there = new in plan[unit.table] or wanted.count((unit.table, new)) > 1
        if there or (new[0] != unit.key[0] and (unit.table, new[0]) in taken):
            why = "the key is there, or named, already"
            outcome = outcomes[unit]
            outcomes[unit] = replace(outcome, verdict=Verdict.TO_AGREE, value=unit.key, because=why)
        else:
            keys_taken[unit.table, unit.key] = new
    return keys_taken


def _order_taken(plan: Tables, outcomes: Outcomes) -> Tables:
    """Return the plan with the partners in the order that was taken; as it is where none was."""
    outcome = outcomes.get(Unit(IN_ORDER, (), ORDER))
    return in_order(plan, outcome.value) if outcome is not None and outcome.stands else plan


def in_order(plan: Tables, order: Iterable[Key]) -> Tables:
    """Return the plan with the partners in an order; those that it does not name stay in place."""
    rows = plan.get(IN_ORDER, {})
    wanted = [key for key in order if key in rows]
    moving, ordered = set(wanted), iter(wanted)
    keys = [next(ordered) if key in moving else key for key in rows]
    return {**plan, **({IN_ORDER: {key: rows[key] for key in keys}} if rows else {})}
