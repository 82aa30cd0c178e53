"""Whether an agreement to share the result is whole, so that it can be used at all."""

from __future__ import annotations

from collections import Counter

from icbudget.engine.unusable import HUNDREDTH_OF_A_BASIS_POINT, Fault
from icbudget.plan import Plan
from icbudget.plan.gain_share import GainShare


def agreements_of(plan: Plan) -> dict[str, tuple[GainShare, ...]]:
    """Return the rows of every agreement that is whole, by id; one that is not shares nothing
    rather than something else.
    """
    ids = dict.fromkeys(row.id for row in plan.gain_shares)
    return {
        id: tuple(r for r in plan.gain_shares if r.id == id)
        for id in ids
        if not faults_of(plan, id)
    }


def faults_of(plan: Plan, id: str) -> tuple[Fault, ...]:
    """Return everything that keeps an agreement from being used.

    One partner alone, two bases or settlements, shares that miss 100 %, a partner that is in
    another agreement too or not in the plan.
    """
    rows = [row for row in plan.gain_shares if row.id == id]
    partners, count = (
        {p.id for p in plan.partners},
        Counter(row.partner for row in plan.gain_shares),
    )
    found: list[Fault] = []
    if len(rows) == 1:
        words = f"Only one partner takes part in gain share “{id}”."
        found.append(
            Fault(
                "gain.one-partner", rows[0], "partner", words, "Add a row for each of the others."
            )
        )
    for field in ("basis", "settlement"):
        if len({getattr(row, field) for row in rows}) > 1:
            words = f"The rows of gain share “{id}” differ in their {field}."
            found.append(Fault("gain.two-terms", rows[1], field, words, f"Give them one {field}."))
    for row in rows:
        if row.partner not in partners:
            words = f"Partner names “{row.partner}”, which is not in Partners."
            found.append(Fault("link.unknown", row, "partner", words, ""))
        elif count[row.partner] > 1:
            words = f"“{row.partner}” is in two gain shares: its gain would be shared twice."
            found.append(
                Fault("gain.partner-twice", row, "partner", words, "Keep it in one of them.")
            )
    for field, needed in (
        ("gain_share", rows[0].basis == "fixed"),
        ("loss_share", any(r.loss_share is not None for r in rows)),
    ):
        total = sum(getattr(row, field) or 0.0 for row in rows)
        if needed and abs(total - 1.0) > HUNDREDTH_OF_A_BASIS_POINT:
            words = f"The {field.replace('_', ' ')}s of “{id}” make {total:.4%}, not 100%."
            found.append(
                Fault("gain.not-100", rows[-1], field, words, "Change them so that they make 100%.")
            )
    return tuple(found)
