"""The answer about wrong pockets: what partners that share the result pay one another, and why."""

from __future__ import annotations

from itertools import accumulate

from icbudget import glossary
from icbudget.answers.amounts import pounds
from icbudget.answers.block import Lines, Row
from icbudget.answers.case import Case
from icbudget.engine.accounts.benefits_realised import basis_in_words
from icbudget.engine.accounts.gain_share_settlement import settlements
from icbudget.plan.confirmed_release import CONFIRMED


def gain_share(case: Case) -> Lines:
    """Return every agreement by partner and year, £.

    It has the own gain, the part of the result, what is due, settled, and left open.
    Source: model §7.7.
    """
    rows: list[Row] = []
    for agreement in settlements(case.answered):
        result = [sum(year) for year in zip(*agreement.own, strict=True)]
        rows.append(Row((agreement.id, "All", "Result to share"), "£", pounds(result)))
        for p, partner in enumerate(agreement.partners):
            own, wanted, received = agreement.own[p], agreement.wanted[p], agreement.received[p]
            left_open = tuple(w - r for w, r in zip(wanted, received, strict=True))
            after = tuple(o + r for o, r in zip(own, received, strict=True))
            labels = (agreement.id, partner)
            rows.append(Row((*labels, "Share of the result"), "%", agreement.shares[p]))
            for name, values in (
                ("Gains of its own", own),
                ("Due to it (from it, negative)", wanted),
                (glossary.RECEIVED, received),
                ("Received so far", tuple(accumulate(received))),
                ("Left open by caps and limits", left_open),
                ("Gains after settling", after),
            ):
                rows.append(Row((*labels, name), "£", pounds(values)))
    shows = (
        "What partners that share the result pay one another, on cash alone, at the end of each"
        " year. It adds up to nothing; a provider's stranded cost counts as its loss."
        f"{_rests_on(case)}"
    )
    return Lines(shows, tuple(rows), case.plan.years)


def _rests_on(case: Case) -> str:
    """Return in words what agreements rest on that settle on what is confirmed; blank for none."""
    plan = case.plan
    ids = dict.fromkeys(row.id for row in plan.gain_shares if row.settles_on == CONFIRMED)
    if not ids:
        return ""
    years_by_basis: dict[str, list[str]] = {}
    for year, rests in zip(plan.years[1:], basis_in_words(plan)[1:], strict=True):
        years_by_basis.setdefault(rests, []).append(year)
    words = "; ".join(f"{', '.join(years)}: {rests}" for rests, years in years_by_basis.items())
    return f" {', '.join(f'“{id}”' for id in ids)} by year: {words}."
