"""Whether an agreement to share the result is complete, so that it can be used at all."""

from __future__ import annotations

from collections import Counter

from icbudget.engine.unusable import HUNDREDTH_OF_A_BASIS_POINT, Fault
from icbudget.findings import percentage
from icbudget.plan import Plan
from icbudget.plan.gain_share import GainShare

_ONE_TERM = {
    "basis": "their basis",
    "settlement": "their settlement",
    "settles_on": "what they settle on",
}
"""Terms that all partners of an agreement have in common."""


def agreements_of(plan: Plan) -> dict[str, tuple[GainShare, ...]]:
    """Return the rows of every complete agreement, by id.

    One that is not complete shares nothing, rather than something else than was agreed.
    """
    ids = dict.fromkeys(row.id for row in plan.gain_shares)
    complete = [id for id in ids if not faults_of(plan, id)]
    return {id: _rows_of(plan, id) for id in complete}


def _rows_of(plan: Plan, id: str) -> tuple[GainShare, ...]:
    return tuple(row for row in plan.gain_shares if row.id == id)


def faults_of(plan: Plan, id: str) -> tuple[Fault, ...]:
    """Return everything that keeps an agreement from being used.

    One partner alone, two bases or settlements, shares that miss 100 %, a partner that is in
    another agreement too or not in the plan.
    """
    rows = _rows_of(plan, id)
    return (*_terms(id, rows), *_partners(plan, rows), *_percentages(id, rows))


def _terms(id: str, rows: tuple[GainShare, ...]) -> list[Fault]:
    faults: list[Fault] = []
    # A gain is shared between partners: one alone has nobody to share with.
    if len(rows) == 1:
        words = f"Only one partner takes part in gain share “{id}”."
        fix = "Add a row for each of the others."
        faults.append(Fault("gain.one-partner", rows[0], "partner", words, fix))
    for field, called in _ONE_TERM.items():
        if len({getattr(row, field) for row in rows}) > 1:
            words = f"The rows of gain share “{id}” differ in {called}."
            faults.append(Fault("gain.two-terms", rows[1], field, words, "Give them the same."))
    return faults


def _partners(plan: Plan, rows: tuple[GainShare, ...]) -> list[Fault]:
    faults: list[Fault] = []
    partners = {partner.id for partner in plan.partners}
    rows_by_partner = Counter(row.partner for row in plan.gain_shares)
    for row in rows:
        if row.partner not in partners:
            words = f"Partner names “{row.partner}”, which is not in Partners."
            faults.append(Fault("link.unknown", row, "partner", words, ""))
        elif rows_by_partner[row.partner] > 1:
            words = f"“{row.partner}” is in two gain shares: its gain would be shared twice."
            fix = "Keep it in one of them."
            faults.append(Fault("gain.partner-twice", row, "partner", words, fix))
    return faults


def _percentages(id: str, rows: tuple[GainShare, ...]) -> list[Fault]:
    faults: list[Fault] = []
    # a loss is shared only where somebody typed a share of it
    needed = {
        "gain_share": rows[0].basis == "fixed",
        "loss_share": any(row.loss_share is not None for row in rows),
    }
    for field, must_sum in needed.items():
        # A blank share is a share of nothing, once others of the agreement are typed.
        total = sum(getattr(row, field) or 0.0 for row in rows)
        if must_sum and abs(total - 1.0) > HUNDREDTH_OF_A_BASIS_POINT:
            words = (
                f"The {field.replace('_', ' ')}s of “{id}” add up to {percentage(total)}, not 100%."
            )
            fix = "Change them so that they add up to 100%."
            faults.append(Fault("gain.not-100", rows[-1], field, words, fix))
    return faults


WHY_IT_MATTERS = {
    "gain.not-100": (
        "A part of the gain would belong to nobody, or more than all of it would be paid out."
    ),
    "gain.one-partner": "There is nobody to share with, so the agreement moves no money.",
    "gain.partner-twice": (
        "Partners would be paid more than was ever saved, and somebody would have to find the"
        " difference."
    ),
    "gain.two-terms": (
        "Two rows of one agreement say different things, and money would move by whichever came"
        " first."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
