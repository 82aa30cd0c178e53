"""How far signatures bear out a plan's History.

Each entry's hash covers the one before, but whoever has a file can make a whole chain anew. What
cannot be made anew is a statement signed with a key: it names the head of History as it stood.
"""

from __future__ import annotations

from icbudget.findings import Finding, Place, error, note
from icbudget.plan import TABLES, Plan
from icbudget.signing.standing import NOT_CHECKED, NOT_VALID, Signature, signatures
from icbudget.signing.statement import read_statement


def signed_history_findings(plan: Plan) -> list[Finding]:
    """Return an error for each statement that names an entry which History does not have.

    A note says which entries stand under a signature with a key, and which rest on the chain alone.
    """
    numbers = {entry.entry: entry.number for entry in plan.history}
    signed = signatures(plan, sound=False)
    findings = [
        _missing(signature)
        for signature in signed
        if (head := _head(signature)) and head not in numbers
    ]
    if not plan.history or findings:
        return findings
    bound = [
        (numbers[head], signature.row.name, signature.row.role)
        for signature in signed
        if _proves(signature) and (head := _head(signature))
    ]
    return [_borne_out(len(plan.history), max(bound, default=None))]


def _head(signature: Signature) -> str:
    document = read_statement(signature.row.statement)
    return str(document["history"]) if document else ""


def _proves(signature: Signature) -> bool:
    """Return whether a statement was signed with its office's key, changed figures or not."""
    return bool(signature.row.key) and signature.state not in (NOT_VALID, NOT_CHECKED)


def _missing(signature: Signature) -> Finding:
    row = signature.row
    message = (
        f"The statement of {row.name}, {row.role} of {row.partner}, names an entry that History"
        " does not have: entries were changed, taken out or made anew since it was signed."
    )
    fix = "Take the plan as it was signed, and compare: icbudget history PLAN --verify --against."
    place = Place(table="sign_offs", row=TABLES["sign_offs"].key_of(row), column="statement")
    return error("history.not-signed", message, fix, place)


def _borne_out(entries: int, bound: tuple[int, str, str] | None) -> Finding:
    if bound is None:
        borne = "No entry stands under a signature with a key: they rest on the chain alone"
    elif bound[0] == entries:
        number, name, role = bound
        borne = f"All {number} entries stand under the key of {name}, {role}"
        return note("history.borne-out", f"{borne}.", place=Place(table="History"))
    else:
        number, name, role = bound
        borne = (
            f"Entries 1 to {number} stand under the key of {name}, {role}; later ones rest on the"
            " chain alone"
        )
    message = f"{borne}, which whoever has the file can make anew."
    fix = "Compare with a copy that another partner keeps: --against COPY."
    return note("history.borne-out", message, fix, Place(table="History"))


WHY_IT_MATTERS = {
    "history.borne-out": (
        "The chain fits together, but whoever holds the file could have made it anew. Only a"
        " second copy is proof."
    ),
    "history.not-signed": (
        "A signature stands under an entry that is gone. What the signer agreed to can no"
        " longer be read here."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
