"""Which signatures under a plan hold, which do not any more, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from icbudget import money
from icbudget.findings import Finding, Place, error, note, warning
from icbudget.plan import TABLES, Plan
from icbudget.plan.identity import FIGURES_HASH_VERSION, figures_hash
from icbudget.plan.sign_off import SignOff
from icbudget.plan.signing_key import SigningKey
from icbudget.signing import ed25519
from icbudget.signing.figures_copy import changed_figures, unpacked
from icbudget.signing.pounds import IN_WORDS, Pounds, moved, pounds_of
from icbudget.signing.statement import (
    agrees_with_row,
    pounds_in,
    read_statement,
    version_and_hash,
)

HOLDS, RECORDED, VOID = "holds", "recorded", "void"
NOT_VALID, NOT_CHECKED, TYPED = "not valid", "not checked", "name and date only"
BINDING = (HOLDS, RECORDED)
"""States in which an office has signed these very figures: with a key, or by a statement."""
MEANINGS = {
    HOLDS: "signed with a key; no figure changed since",
    RECORDED: "recorded statement, signed without a key; no figure changed since",
    NOT_CHECKED: "signed with a key that cannot be checked on this machine",
    TYPED: "a name and a date, which are bound to no figures",
}


@dataclass(frozen=True, slots=True)
class Signature:
    """A row of Sign-off that is signed: its state, why in words, and what is wrong with it.

    `figures` is how many figures changed since, `moved_by` which signed pounds moved most and by
    how many pence; None where nothing changed, or it is not known.
    """

    row: SignOff
    state: str
    why: str
    figures: int | None = None
    moved_by: tuple[str, int] | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def binds(self) -> bool:
        """Return whether the office has signed these very figures."""
        return self.state in BINDING


def signatures(plan: Plan, *, sound: bool) -> tuple[Signature, ...]:
    """Return the state of every signature under a plan as it was typed, in the order of Sign-off.

    `sound`: no error stops the engine, so that what changed can be said in pounds. A row without a
    name and a date is no signature. Source: joint.md §6, Void.
    """
    signed = [row for row in plan.sign_offs if row.name and (row.date or row.statement)]
    if not signed:
        return ()
    now = figures_hash(plan)
    pounds = pounds_of(plan) if sound and any(row.statement for row in signed) else None
    return tuple(_standing(plan, row, now, pounds) for row in signed)


def _standing(plan: Plan, row: SignOff, now: str, pounds: Pounds | None) -> Signature:
    if not any((row.statement, row.figures_hash, row.signature, row.key)):
        return Signature(row, TYPED, MEANINGS[TYPED])
    document = read_statement(row.statement)
    # Faults first: a statement that was changed proves nothing about any figures.
    fault = _statement_fault(row, document) or _key_fault(plan, row)
    if fault is not None:
        return Signature(row, NOT_VALID, fault.message.rstrip("."), findings=(fault,))
    assert document is not None, "a statement that cannot be read is a fault"
    version, digest = version_and_hash(row.figures_hash)
    if version != FIGURES_HASH_VERSION:
        return _of_another_version(row, version)
    if digest != now:
        return _void(plan, row, digest, pounds_in(document), pounds)
    if row.key and not ed25519.can_sign():
        return _unchecked(row)
    state = HOLDS if row.key else RECORDED
    return _holding(row, state, document, pounds)


def _statement_fault(row: SignOff, document: dict[str, Any] | None) -> Finding | None:
    if document is None:
        return error(
            "signature.statement",
            f"The statement of {_who(row)} is not as icbudget wrote it.",
            "Take the row from the file that was signed, or sign again.",
            _at(row, "statement"),
        )
    if not agrees_with_row(document, row):
        return error(
            "signature.statement-differs",
            f"The row of {_who(row)} does not say what its statement says: partner, office, name,"
            " day or hash were changed after signing.",
            "Take the row from the file that was signed, or sign again.",
            _at(row, "statement"),
        )
    return None


def _key_fault(plan: Plan, row: SignOff) -> Finding | None:
    """Return what is wrong with the key or the signature made with it; None where nothing is.

    A key that Keys does not have is named there as every reference is; here it is what the
    signature cannot be checked with.
    """
    if not row.key and not row.signature:
        return None
    key = next((key for key in plan.signing_keys if key.id == row.key), None)
    if key is None:
        return error(
            "signature.no-key",
            f"{_who(row)} signed with the key “{row.key}”, which is not on Keys.",
            "Add the key as its owner published it, or sign again.",
            _at(row, "key"),
        )
    if not ed25519.can_sign():
        return None
    return _wrong_key(row, key) or _forged(row, key)


def _wrong_key(row: SignOff, key: SigningKey) -> Finding | None:
    if (key.partner, key.role) != (row.partner, row.role):
        return error(
            "signature.not-their-key",
            f"{_who(row)} signed with the key {key.id}, which is that of {key.role} of"
            f" {key.partner}.",
            "Sign with the key of the office.",
            _at(row, "key"),
        )
    early = bool(key.valid_from) and row.date < key.valid_from
    late = bool(key.valid_to) and row.date > key.valid_to
    if early or late:
        until = key.valid_to or "further notice"
        return error(
            "signature.key-out-of-time",
            f"{_who(row)} signed on {row.date} with the key {key.id}, which may sign from"
            f" {key.valid_from or 'the beginning'} until {until}.",
            "Sign with a key that is in force.",
            _at(row, "key"),
        )
    return None


def _forged(row: SignOff, key: SigningKey) -> Finding | None:
    if ed25519.verified(row.statement.encode(), row.signature, key.public_key):
        return None
    return error(
        "signature.forged",
        f"The signature of {_who(row)} was not made over this statement with the key {key.id}.",
        "Take row and key from the file that was signed; compare the key with where it was"
        " published. If they agree with this file, somebody else made the signature.",
        _at(row, "signature"),
    )


def _of_another_version(row: SignOff, version: str) -> Signature:
    message = (
        f"{_who(row)} signed a hash of version {version or 'none'}; this icbudget makes"
        f" {FIGURES_HASH_VERSION}. The two cannot be compared."
    )
    fix = "Check the signature with the icbudget that made it, or sign again."
    finding = warning("signature.hash-version", message, fix, _at(row, "figures_hash"))
    return Signature(row, NOT_CHECKED, message.rstrip("."), findings=(finding,))


def _unchecked(row: SignOff) -> Signature:
    message = f"The signature of {_who(row)} is not checked: the library cryptography is missing."
    finding = note(
        "signature.not-checked",
        message,
        f"Install that library. {ed25519.HOW_TO_INSTALL}.",
        _at(row, "signature"),
    )
    return Signature(row, NOT_CHECKED, MEANINGS[NOT_CHECKED], findings=(finding,))


def _void(
    plan: Plan, row: SignOff, digest: str, signed: Pounds, pounds: Pounds | None
) -> Signature:
    copy = unpacked(row.signed_figures, digest)
    figures = None if copy is None else changed_figures(copy, plan)
    by = None if pounds is None else moved(signed, pounds)
    why = f"changed since: {_changed(figures, by, known=pounds is not None)}"
    finding = warning(
        "signature.void",
        f"{_who(row)} signed on {row.date}; {why}. The signature does not hold for these figures.",
        "Compare the two (icbudget compare SIGNED PLAN) and change the figures back: the signature"
        " holds again. Else sign again.",
        _at(row, "figures_hash"),
    )
    effect = by[1] if by else None
    return Signature(row, VOID, why, figures, by, (replace(finding, effect_pence=effect),))


def _changed(figures: int | None, by: tuple[str, int] | None, *, known: bool) -> str:
    """Return what changed in words, such as 3 figures, £12,400 of contributions."""
    count = "figures" if figures is None else f"{figures} figure{'' if figures == 1 else 's'}"
    if not known:
        return f"{count}; in pounds it is not known"
    if by is None:
        return f"{count}, nothing in the signed pounds"
    figure, pence = by
    amount = money.in_words(pence)
    return f"{count}, {amount} of {IN_WORDS[figure]}"


def _holding(
    row: SignOff, state: str, document: Mapping[str, Any], pounds: Pounds | None
) -> Signature:
    by = None if pounds is None else moved(pounds_in(document), pounds)
    if by is None:
        return Signature(row, state, MEANINGS[state])
    # The figures are the same and come to other pounds: another version works them out otherwise.
    figure, pence = by
    message = (
        f"The figures that {_who(row)} signed are unchanged, and icbudget {document['icbudget']}"
        f" made other {IN_WORDS[figure]} of them: {money.in_words(pence)} in sum."
    )
    fix = "Read in the changelog what is worked out otherwise; sign again if it matters."
    finding = warning("signature.other-pounds", message, fix, _at(row, "statement"))
    finding = replace(finding, effect_pence=pence)
    return Signature(row, state, MEANINGS[state], moved_by=by, findings=(finding,))


def _who(row: SignOff) -> str:
    return f"{row.name}, {row.role} of {row.partner}"


def _at(row: SignOff, column: str) -> Place:
    return Place(table="sign_offs", row=TABLES["sign_offs"].key_of(row), column=column)


WHY_IT_MATTERS = {
    "signature.forged": (
        "The signature was not made with that key for these words. Nobody is bound by it."
    ),
    "signature.hash-version": (
        "The two versions describe the figures differently, so the signature neither holds nor"
        " fails."
    ),
    "signature.key-out-of-time": "The signer was not, or not yet, entitled to sign on that day.",
    "signature.no-key": "Without the key nobody can test who signed.",
    "signature.not-checked": (
        "The signature is there and has not been tested. Do not rely on it yet."
    ),
    "signature.not-their-key": (
        "Somebody signed with another person's key, so the organisation is not bound."
    ),
    "signature.other-pounds": (
        "The inputs are the same and the answers are not, because the arithmetic was changed."
        " What was signed was another total."
    ),
    "signature.statement": (
        "The signed words were changed after signing, so what was agreed to is not known."
    ),
    "signature.statement-differs": (
        "The row tells something else than what was signed. A reader of the sheet would be misled."
    ),
    "signature.void": (
        "The figures have changed since they were signed, so nobody has agreed to these."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
