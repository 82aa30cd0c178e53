"""What a call cannot do, and the words for it."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from icbudget.findings import Finding, Severity


class IcbudgetError(Exception):
    """What a call cannot do, in one line; `findings` are what is wrong, with their places."""

    def __init__(self, message: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(message)
        self.findings = tuple(findings)


class PlanHasErrors(IcbudgetError):
    """A plan whose errors stop its answers; `findings` are all of its findings."""


class NotFound(IcbudgetError, LookupError):
    """A name that is no table, figure, scenario or area; the message offers the nearest."""


def first_error(findings: Sequence[Finding]) -> str:
    """Return the first error in words, and how many more there are."""
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if not errors:
        return "The plan has no answers."
    more = f" And {len(errors) - 1} more: see findings." if len(errors) > 1 else ""
    return f"{errors[0]}{more}"


def no_such(what: str, name: str, known: Sequence[str]) -> str:
    """Return the words for a name that is none, with the nearest of those that are known."""
    near = difflib.get_close_matches(name, known, 3, 0.4)
    offered = f"Nearest: {', '.join(near)}." if near else f"There are: {', '.join(known)}."
    return f"There is no {what} “{name}”. {offered}"
