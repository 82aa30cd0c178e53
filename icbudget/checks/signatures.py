"""Signatures that do not hold, or that nobody can check.

What is wrong with each, and which keys are missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from icbudget.checks.plan_places import at
from icbudget.findings import Finding, Severity, warning
from icbudget.plan import Plan


def signed(plan: Plan, *, sound: bool) -> list[Finding]:
    """Return every finding about the signatures under a plan as it was typed.

    A signature changes no figure, so an error of one never stops the answers. `sound`: no error
    stops the engine, so that what changed since is said in pounds. Source: joint.md §6. Findings:
    `signature.key-not-published`.
    """
    findings: list[Finding] = []
    if plan.sign_offs:
        # Few plans are signed, and what a signature stands for takes a while to load.
        from icbudget.signing.standing import signatures

        for signature in signatures(plan, sound=sound):
            findings += signature.findings
    return [
        *(replace(f, set_aside=True) if f.severity is Severity.ERROR else f for f in findings),
        *_unpublished(plan),
    ]


def _unpublished(plan: Plan) -> Iterator[Finding]:
    """Yield a warning for each key in use that says nowhere whose it is."""
    in_use = {row.key for row in plan.sign_offs}
    for key in plan.signing_keys:
        if key.id in in_use and not key.published:
            message = (
                f"The key {key.id} of {key.role} of {key.partner} is published nowhere: anybody"
                " could have made it."
            )
            fix = "Name the page or minute where the organisation published it."
            place = at("signing_keys", key, "published")
            yield warning("signature.key-not-published", message, fix, place)


WHY_IT_MATTERS = {
    "signature.key-not-published": (
        "Anybody can make a key and put a name to it. Without publication it proves nothing."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
