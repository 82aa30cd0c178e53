"""Signing a plan, and making the keys that organisations sign with."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from icbudget import __version__, reference
from icbudget.answers.case import Case
from icbudget.answers.signed import signatures_of
from icbudget.findings import Finding, Place, Severity, error
from icbudget.joint.chain import with_entry
from icbudget.plan import TABLES, Plan
from icbudget.plan.cell_values import LONGEST_TEXT, clean
from icbudget.plan.figure_places import located
from icbudget.plan.identity import figures_hash, words_hash
from icbudget.plan.sign_off import OFFICES, SignOff
from icbudget.plan.signing_key import SigningKey
from icbudget.signing import ed25519
from icbudget.signing.figures_copy import packed
from icbudget.signing.pounds import pounds_of
from icbudget.signing.statement import (
    Signing,
    hash_with_version,
    in_words,
    read_statement,
    statement_of,
)
from icbudget.tasks.load_and_check import Opened, check, file_fault
from icbudget.tasks.plans import write_changed
from icbudget.tasks.writing import write_outputs

_OF_SIGNATURES = "signature."
"""Findings about signatures that are there already: they do not stop a new one."""
LARGEST_KEY = 100_000
"""Bytes of the largest file that is read as a key."""


@dataclass(frozen=True, slots=True)
class SignedPlan:
    """A plan that was signed: what was read, the file written, and the statement in words.

    Without a file nothing was signed, and `opened` says why.
    """

    opened: Opened
    written: Path | None = None
    statement: tuple[str, ...] = ()
    with_key: bool = False


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A key that was made: the files written, its id and its public half."""

    files: tuple[Path, ...]
    id: str
    public_key: str


def sign(
    path: Path,
    out: Path,
    *,
    office: str,
    name: str,
    on: str,
    partner: str = "",
    document: str = "",
    key: Path | None = None,
    passphrase: str = "",
    published: str = "",
    overwrite: bool = False,
) -> SignedPlan:
    """Return a plan written with one signature more; the plan that was read stays as it is.

    `office` is one of the roles of Sign-off, `partner` an id of the plan, needed only where several
    partners have such an office; `on` the day as 2026-06-30; `document` the minute that records it.
    With `key`, an encrypted PKCS#8 file, the statement is signed; without, it is a recorded
    statement. `published` says where the key is published, for its row of Keys. A plan with errors,
    with figures that cannot be read, or under a scenario is not signed: what was shown would not be
    what is bound. Raises `ValueError` for an office, partner, name or key that cannot sign.
    """
    opened = check(path)
    refused = _refused(opened)
    if refused or opened.case is None:
        return SignedPlan(_with(opened, refused))
    case, plan = opened.case, opened.case.before_scenario
    who = _who(plan, office, partner, name, on)
    _refuse_again(case, who)
    entries = sorted(plan.history, key=lambda entry: entry.number)
    head = entries[-1].entry if entries else ""
    statement = statement_of(plan, pounds_of(plan), who, icbudget=__version__, history=head)
    _refuse_too_long(statement)
    row, signing_key = _sign_off(plan, who, statement, document), None
    if key is not None:
        pem = _key_bytes(key)
        signature = ed25519.signed(statement.encode(), pem, passphrase)
        signing_key = _key_row(plan, who, ed25519.public_key_of(pem, passphrase), published)
        row = row.model_copy(update={"key": signing_key.id, "signature": signature})
    # The row of an office is written over when it signs again; History keeps that it signed.
    signed_plan = with_entry(
        _with_rows(plan, row, signing_key),
        "signed",
        partner=who.partner,
        by=who.name,
        on=who.on,
        why=who.role,
    )
    written, carried = write_changed(
        signed_plan, path, opened.draft, out, keep_sheets=True, overwrite=overwrite
    )
    findings = (*check(written).findings, *carried)
    signed = Opened(path, opened.draft, case, findings)
    return SignedPlan(signed, written, _statement_in_words(statement, plan), key is not None)


def _sign_off(plan: Plan, who: Signing, statement: str, document: str) -> SignOff:
    """Return the row of a recorded statement; a key's signature is put to it."""
    return SignOff(
        partner=who.partner,
        role=who.role,
        name=who.name,
        date=who.on,
        document=clean(document),
        figures_hash=hash_with_version(figures_hash(plan)),
        words_hash=words_hash(plan),
        statement=statement,
        signed_figures=_fits(packed(plan)),
    )


def _refuse_again(case: Case, who: Signing) -> None:
    """Raise `ValueError` where the office has signed these very figures already."""
    standing = next((s for s in signatures_of(case) if _is_of(s.row, who)), None)
    if standing is not None and standing.binds:
        raise ValueError(
            f"{standing.row.name} has signed these very figures as {who.role} of {who.partner} on"
            f" {standing.row.date}, and that signature holds. There is nothing to sign again."
        )


def _refuse_too_long(statement: str) -> None:
    """Raise `ValueError` where a cell would not give the statement back letter for letter."""
    if not _fits(statement) or clean(statement) != statement:
        raise ValueError(
            "The statement does not fit into a cell as it is: it is longer than"
            f" {LONGEST_TEXT:,} characters, or a name in it has two blanks together. Shorten the"
            " names of the goals."
        )


def _statement_in_words(statement: str, plan: Plan) -> tuple[str, ...]:
    read = read_statement(statement)
    assert read is not None, "what was just written is a statement"
    names = {partner.id: partner.name for partner in plan.partners}
    names |= {pool.id: pool.name for pool in plan.pools}
    return tuple(in_words(read, names))


def _refused(opened: Opened) -> list[Finding]:
    """Return why a plan that was read is not signed; nothing where it can be."""
    case = opened.case
    if case is None:
        return []
    plan = case.before_scenario
    findings: list[Finding] = []
    if plan.setup.active_scenario:
        message = (
            f"The scenario {plan.setup.active_scenario} is laid over the plan: a signature would"
            " bind the plan without it, and not what is shown."
        )
        fix = "Make the scenario the plan, or clear the active scenario on Setup."
        place = Place(table="setup", column="active_scenario")
        findings += located([error("sign.scenario", message, fix, place)], opened.draft)
    wrong = [
        f
        for f in opened.findings
        if f.severity is Severity.ERROR and not f.id.startswith(_OF_SIGNATURES)
    ]
    if wrong or case.result is None:
        message = "The plan has errors, so nobody can say what it comes to; it is not signed."
        fix = "Correct the errors that are listed, then sign."
        findings.append(error("sign.errors", message, fix, Place(workbook=opened.path.name)))
    return findings


def _with(opened: Opened, refused: Sequence[Finding]) -> Opened:
    return Opened(opened.path, opened.draft, opened.case, (*refused, *opened.findings))


def _who(plan: Plan, office: str, partner: str, name: str, on: str) -> Signing:
    """Return who signs. Raises `ValueError` for an office or partner that is not there."""
    role = next((role for role in OFFICES if role.casefold() == clean(office).casefold()), None)
    if role is None:
        raise ValueError(f"“{office}” is no office that signs. Use one of: {'; '.join(OFFICES)}.")
    if not clean(name):
        raise ValueError("Say who signs: --name and the name.")
    ids = [row.id for row in plan.partners]
    if partner and partner not in ids:
        raise ValueError(f"There is no partner “{partner}”. Use one of: {', '.join(ids)}.")
    return Signing(partner or _only_holder(plan, role), role, clean(name), on)


def _only_holder(plan: Plan, role: str) -> str:
    """Return the one partner with an office. Raises `ValueError` for several and for none."""
    kinds = {o.partner_kind for o in reference.offices(plan.setup.rules_year) if o.role == role}
    holders = [row.id for row in plan.partners if row.kind in kinds]
    if len(holders) == 1:
        return holders[0]
    if holders:
        among = ", ".join(holders)
        raise ValueError(
            f"Several partners can have a {role}: say which with --partner, one of: {among}."
        )
    among = ", ".join(row.id for row in plan.partners)
    raise ValueError(f"Say whose {role} signs with --partner, one of: {among}.")


def _is_of(row: SignOff, who: Signing) -> bool:
    return (row.partner, row.role) == (who.partner, who.role)


def _key_bytes(key: Path) -> bytes:
    fault = file_fault(key, largest=LARGEST_KEY)
    if fault is not None:
        raise ValueError(f"{fault.message} {fault.fix}")
    return key.read_bytes()


def _key_row(plan: Plan, who: Signing, public_key: str, published: str) -> SigningKey:
    """Return the row of Keys for a key: the one that is there, or a new one from this day on.

    Raises `ValueError` where the key is another office's.
    """
    id = ed25519.key_id(base64.b64decode(public_key))
    there = next((row for row in plan.signing_keys if row.id == id), None)
    if there is None:
        return SigningKey(
            id=id,
            partner=who.partner,
            role=who.role,
            public_key=public_key,
            valid_from=who.on,
            published=clean(published),
        )
    if (there.partner, there.role) != (who.partner, who.role):
        raise ValueError(
            f"The key {id} is that of {there.role} of {there.partner} on Keys; {who.role} of"
            f" {who.partner} cannot sign with it."
        )
    return there.model_copy(update={"published": clean(published) or there.published})


def _fits(text: str) -> str:
    """Return a text that a cell can hold, else nothing."""
    return text if len(text) <= LONGEST_TEXT else ""


def _with_rows(plan: Plan, row: SignOff, key: SigningKey | None) -> Plan:
    """Return the plan with a signature, in the place of an earlier one of the same office."""
    new = {"sign_offs": row, **({"signing_keys": key} if key else {})}
    tables = {}
    for name, added in new.items():
        key_of = TABLES[name].key_of
        rows = {key_of(r): r for r in getattr(plan, name)}
        tables[name] = tuple({**rows, key_of(added): added}.values())
    return plan.model_copy(update=tables)


def new_key(out: Path, passphrase: str, *, overwrite: bool = False) -> KeyFile:
    """Return a new key: its private half written to `out`, encrypted, its public half beside it.

    Only the owner of the file may read the private half. Raises `ValueError` for a passphrase that
    is too short, and where the library for signing is missing.
    """
    made = ed25519.new_key(passphrase)
    public = f"{made.id} {made.public_key}\n"
    files = {out.name: made.private_pem, f"{out.stem}.public.txt": public.encode()}
    written = write_outputs(out.parent, files, overwrite=overwrite)
    out.chmod(0o600)
    return KeyFile(tuple(written), made.id, made.public_key)


def signature_lines(opened: Opened) -> list[dict[str, str]]:
    """Return who signed a plan that was read, in which office and when, and whether it holds."""
    if opened.case is None:
        return []
    return [
        {
            "partner": s.row.partner,
            "office": s.row.role,
            "name": s.row.name,
            "on": s.row.date,
            "state": s.state,
            "why": s.why,
        }
        for s in signatures_of(opened.case)
    ]


WHY_IT_MATTERS = {
    "sign.errors": (
        "Nobody can say what the plan comes to, so a signature would stand under nothing."
    ),
    "sign.scenario": (
        "The signature would bind the plan underneath and not the figures on the screen."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
