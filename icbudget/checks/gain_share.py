"""An agreement to share the result must be whole, and mean one thing."""

from __future__ import annotations

from collections import Counter

from icbudget.checks.place import at
from icbudget.engine.gain_share import settlements
from icbudget.engine.run import Result
from icbudget.findings import Finding, error, warning
from icbudget.money import display
from icbudget.plan import Plan
from icbudget.plan.gain_share import GainShare

_TENTH_OF_A_BASIS_POINT = 1e-6


def agreements(plan: Plan) -> list[Finding]:
    """Return findings for agreements of one partner, with two bases, or with shares that miss 100 %; and partners in two."""
    found: list[Finding] = []
    for id in dict.fromkeys(row.id for row in plan.gain_shares):
        rows = [row for row in plan.gain_shares if row.id == id]
        if len(rows) == 1:
            told = f"Only one partner takes part in gain share “{id}”."
            found.append(
                error("gain.one-partner", told, "Add a row for each of the others.", at("gain_shares", rows[0], "partner"))
            )
        for field in ("basis", "settlement"):
            if len({getattr(row, field) for row in rows}) > 1:
                told = f"The rows of gain share “{id}” differ in their {field}."
                found.append(error("gain.two-terms", told, f"Give them one {field}.", at("gain_shares", rows[1], field)))
        found.extend(_shares(rows))
    for row in _in_two(plan):
        told = f"“{row.partner}” is in two gain shares: its gain would be shared twice."
        found.append(error("gain.partner-twice", told, "Keep it in one of them.", at("gain_shares", row, "partner")))
    return found


def _in_two(plan: Plan) -> list[GainShare]:
    count = Counter(row.partner for row in plan.gain_shares)
    first = {row.partner: row for row in reversed(plan.gain_shares)}
    return [row for row in plan.gain_shares if count[row.partner] > 1 and first[row.partner] is not row]


def _shares(rows: list[GainShare]) -> list[Finding]:
    found: list[Finding] = []
    for field, needed in (("gain_share", rows[0].basis == "fixed"), ("loss_share", any(r.loss_share is not None for r in rows))):
        total = sum(getattr(row, field) or 0.0 for row in rows)
        if needed and abs(total - 1.0) > _TENTH_OF_A_BASIS_POINT:
            told = f"The {field.replace('_', ' ')}s of “{rows[0].id}” make {total:.4%}, not 100%."
            found.append(error("gain.not-100", told, "Change them so that they make 100%.", at("gain_shares", rows[-1], field)))
    return found


def left_open(plan: Plan, result: Result) -> list[Finding]:
    """Return a finding for every agreement whose caps and limits keep something back that a partner is due."""
    found: list[Finding] = []
    for agreement in settlements(result):
        open_by_year = [
            sum(max(w[t] - r[t], 0) for w, r in zip(agreement.wanted, agreement.received, strict=True))
            for t in range(len(result.years))
        ]
        if most := max(open_by_year):
            year = result.years[open_by_year.index(most)]
            row = next(r for r in plan.gain_shares if r.id == agreement.id)
            told = f"Caps and limits of gain share “{agreement.id}” keep back {display(most)} that partners are due in {year}."
            found.append(
                warning("gain.left-open", told, "Agree who bears it, or change them.", at("gain_shares", row, "cap"), most)
            )
    return found
