"""What a joint plan keeps of a merge: every change asked for, what is to agree, and the choices."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from icbudget.findings import Finding, Place, error, warning
from icbudget.joint.changes import Change, Changes
from icbudget.joint.figures import (
    NotReadable,
    as_json,
    column_of,
    from_json,
    path_of,
    unit_of,
    value_in_words,
    words_of,
)
from icbudget.joint.merge import Asked, Choice, Outcome, Outcomes, Verdict
from icbudget.joint.ownership import Ownership
from icbudget.joint.plan_as_cells import BOTH, KEY, ORDER, ROW, WHOLE, Unit, fields_of, spec
from icbudget.plan import Plan, cell_values
from icbudget.plan.columns import Role, columns_of
from icbudget.plan.part import ReceivedChange
from icbudget.plan.to_agree import CHOSEN, ToAgree

Worth = Callable[[Unit, str, Any], tuple[int, int] | None]
"""Pence that a value makes for the partner that asks and for all, or None where it is not known."""


def received(
    parts: Mapping[str, Changes], numbers: Mapping[str, int], outcomes: Outcomes
) -> tuple[ReceivedChange, ...]:
    """Return every change that was asked for, in words and as it is kept, with its outcome."""
    rows: list[ReceivedChange] = []
    for partner, changes in parts.items():
        for number, (unit, change) in enumerate(changes.items(), start=1):
            outcome = outcomes.get(unit._replace(cell=BOTH)) or outcomes.get(unit)
            was, now = value_in_words(unit, change.was), value_in_words(unit, change.now)
            says = f"{words_of(unit)}: {was} → {now}"
            rows.append(
                ReceivedChange(
                    partner=partner,
                    number=number,
                    part=numbers.get(partner, 1),
                    figure=path_of(unit),
                    says=_short(says),
                    became=str(outcome.verdict) if outcome else "",
                    was=as_json(change.was),
                    now=as_json(change.now),
                )
            )
    return tuple(rows)


def received_changes(plan: Plan) -> tuple[dict[str, Changes], list[Finding]]:
    """Return the changes that a joint plan keeps, by partner.

    With them stands an error for each that cannot be read.
    """
    parts: dict[str, Changes] = {}
    findings: list[Finding] = []
    for row in sorted(plan.received_changes, key=lambda row: row.number):
        try:
            unit = unit_of(row.figure)
            change = Change(from_json(unit, row.was), from_json(unit, row.now))
        except NotReadable:
            message = f"Change {row.number} of {row.partner} cannot be read."
            fix = "Hand the part in again, with the joint workbook as it was first written."
            place = Place(table="Changes received", row=str(row.number))
            findings.append(error("joint.change-unreadable", message, fix, place))
            continue
        parts.setdefault(row.partner, {})[unit] = change
    return parts, findings


def asks_hash(asked: Asked) -> str:
    """Return the asks of a unit as 16 digits: a choice holds for these and no others."""
    text = "\n".join(f"{who} {as_json(value)}" for who, value in asked)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def to_agree(outcomes: Outcomes, before: Iterable[ToAgree], worth: Worth) -> tuple[ToAgree, ...]:
    """Return what is still to agree, and what was chosen, one row for each way to settle it.

    `before`: the rows as people filled them in; their choices stay while the asks are the same.
    """
    held = {(row.figure, row.partner): row for row in before}
    rows: list[ToAgree] = []
    for unit, outcome in outcomes.items():
        if outcome.verdict is Verdict.TAKEN or _is_of_both(unit, outcomes):
            continue
        shown_unit = unit._replace(cell=ROW) if unit.cell == BOTH else unit
        for partner, value in (("", outcome.value), *outcome.asked):
            # The row without a partner is the plan as it stands, which no ask changes.
            worths = worth(shown_unit, partner, value) if partner else None
            own, system = worths or (None, None)
            row = ToAgree(
                figure=path_of(shown_unit),
                partner=partner,
                says=words_of(shown_unit),
                asked=_short(value_in_words(shown_unit, value)),
                became=str(outcome.verdict),
                because=outcome.because,
                own_worth=None if own is None else Decimal(own) / 100,
                whole_worth=None if system is None else Decimal(system) / 100,
                asks=asks_hash(outcome.asked),
            )
            old = held.get((row.figure, partner))
            if old and old.asks == row.asks:
                row = row.model_copy(update={name: getattr(old, name) for name in CHOSEN})
            rows.append(row)
    return tuple(rows)


def _is_of_both(unit: Unit, outcomes: Outcomes) -> bool:
    """Return whether a row stands because both of two were chosen, which has a row of its own."""
    asked = {who for who, _ in outcomes[unit].asked}
    return unit.cell == ROW and any(
        other.table == unit.table
        and other.cell == BOTH
        and asked <= {w for w, _ in o.asked}
        and outcomes[unit].verdict is Verdict.CHOSEN
        for other, o in outcomes.items()
    )


def choices(
    rows: Iterable[ToAgree], asks: Mapping[Unit, Asked], owned: Ownership
) -> tuple[dict[Unit, Choice], list[Finding]]:
    """Return the choices that people made in To agree, and what is wrong with any.

    Warnings: two rows of one figure chosen; asks that are others now; another value that the
    figure cannot hold; a choice for nobody.
    """
    marked: dict[str, list[ToAgree]] = {}
    for row in rows:
        if row.choice:
            marked.setdefault(row.figure, []).append(row)
    choices: dict[Unit, Choice] = {}
    findings: list[Finding] = []

    def refuse(row: ToAgree, message: str, fix: str) -> None:
        place = Place(table="To agree", row=row.says)
        findings.append(warning("to-agree.choice", f"{row.says}: {message}", fix, place))

    for figure, chosen in marked.items():
        row = chosen[0]
        try:
            unit = unit_of(figure)
        except NotReadable:
            refuse(row, "the figure is not known.", "Leave the column Figure as it was written.")
            continue
        asked = asks.get(unit, ())
        named = [part.strip() for part in row.chosen_for.split(";") if part.strip()]
        if len(chosen) > 1:
            refuse(row, "more than one row is chosen.", "Mark one row of each figure.")
        elif row.asks != asks_hash(asked):
            refuse(row, "what is asked has changed since the choice.", "Choose again.")
        elif not named:
            refuse(
                row,
                "it does not say whose choice it is.",
                "Fill in Chosen for with the partners' ids.",
            )
        else:
            value, wrong = _chosen_value(unit, row, asked, owned)
            if wrong:
                refuse(row, wrong, "Type it as the figure itself is typed, or choose a row.")
                continue
            both = row.choice == "both"
            choices[unit] = Choice(asked, value, frozenset(named), row.reason, both)
    return choices, findings


def _chosen_value(unit: Unit, row: ToAgree, asked: Asked, owned: Ownership) -> tuple[Any, str]:
    """Return the value that was chosen, or what is wrong with it."""
    if row.choice == "this":
        if row.partner:
            return dict(asked)[row.partner], ""
        return _standing(unit, owned), ""
    if row.choice == "both":
        return None, "" if unit.cell == ROW else "both is only of two rows added under one key"
    if unit.cell in (ROW, KEY, WHOLE, ORDER) or "+" in unit.cell:
        return None, "another value can be typed for a single cell only"
    try:
        raw = cell_values.read(column_of(unit.table, unit.cell), row.other)
    except cell_values.CellProblem as problem:
        return None, problem.message
    return raw, ""


def _standing(unit: Unit, owned: Ownership) -> Any:
    from icbudget.joint.plan_as_cells import units

    if unit.cell == KEY:
        return unit.key
    if unit.cell == ORDER:
        return tuple(owned.tables[unit.table])
    return units({unit.table: owned.tables.get(unit.table, {})}).get(unit)


def outcome_findings(outcomes: Outcomes) -> list[Finding]:
    """Return a finding for every outcome that people must see.

    What was taken or chosen has none: the merge prints each difference, *Changes received* has each
    ask and what became of it, *To agree* who chose, when and why. A note for each of hundreds
    would hide what is open.

    To agree is an error until it is chosen, where it is only of words a warning. A proposal and an
    owner's value that stands against another's are warnings. None stops the answers: the plan
    holds what the base had.
    """
    findings: list[Finding] = []
    for unit, outcome in outcomes.items():
        if outcome.verdict in (Verdict.TAKEN, Verdict.CHOSEN):
            continue
        asked = "; ".join(
            f"{who} asks for {value_in_words(unit, value)}" for who, value in outcome.asked
        )
        place = Place(table="To agree", row=words_of(unit))
        stands = value_in_words(unit, outcome.value)
        message = _short(f"{words_of(unit)}: {asked}. {stands} stands.")
        if outcome.verdict is Verdict.OWNER_STANDS:
            fix = "Leave it, unless the owner agrees with the other."
            findings.append(warning("joint.owner-stands", message, fix, place))
        elif outcome.verdict is Verdict.PROPOSED:
            fix = f"Ask the owner, who may choose it on To agree: it is {outcome.because}."
            findings.append(warning("joint.proposed", message, fix, place))
        elif _only_words(unit):
            fix = f"Choose one on To agree ({outcome.because})."
            findings.append(warning("joint.to-agree", message, fix, place))
        else:
            fix = f"Choose one on To agree and merge again ({outcome.because})."
            finding = error("joint.to-agree", message, fix, place)
            findings.append(finding)
    return findings


def _only_words(unit: Unit) -> bool:
    """Return whether a unit holds words alone, or only says where figures come from."""
    named = fields_of(unit)
    roles = {c.field: c.role for c in columns_of(spec(unit.table).noun)}
    return bool(named) and all(roles[name] in (Role.WORDS, Role.SOURCE) for name in named)


def still_open(outcomes: Outcomes) -> list[tuple[Unit, Outcome]]:
    """Return the outcomes that wait for a choice."""
    return [(u, o) for u, o in outcomes.items() if not o.stands]


def _short(text: str) -> str:
    """Return a text that a person reads in a cell; what is kept stands in full elsewhere."""
    return text if len(text) <= 1000 else f"{text[:999]}…"


WHY_IT_MATTERS = {
    "joint.change-unreadable": (
        "What a partner asked for cannot be read, so it is neither agreed nor refused, and must"
        " not be lost."
    ),
    "joint.owner-stands": (
        "The figure belongs to one partner, and what it says counts. The other asked for"
        " something else and should know."
    ),
    "joint.proposed": (
        "A partner asked to change a figure that is another's. It does not count until the"
        " owner takes it."
    ),
    "joint.to-agree": (
        "Two partners want different amounts for one thing. Whoever merges must not decide that"
        " by accident."
    ),
    "to-agree.choice": "The choice cannot be carried out as written, so the figure stays open.",
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
