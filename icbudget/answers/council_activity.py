"""Answers about what councils pay for, and about who pays for whose saving."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from icbudget import glossary, money
from icbudget.answers.amounts import numbers, pounds
from icbudget.answers.block import Lines, Row
from icbudget.answers.case import Case
from icbudget.engine.accounts.funders import programme_bearers
from icbudget.engine.accounts.successors import Heirs
from icbudget.engine.projection.acute_amounts import AcuteAmounts
from icbudget.engine.rounding import Floats
from icbudget.engine.run import Result


def council_activity(case: Case) -> Lines:
    """Return each line that a council pays for by year, if nothing changes and planned.

    It has activity, spending, client charges and net spending.

    Net = spending − charges. Source: model §15.3.
    """
    run, heirs = case.answered.projection, Heirs(case.plan)
    amounts = AcuteAmounts(run)
    kinds = {partner.id: partner.kind for partner in case.plan.partners}
    rows: list[Row] = []
    for k, line in enumerate(case.plan.acute_lines):
        if kinds[line.commissioner] not in ("council", "district"):
            continue
        labels, activity = (line.commissioner, line.id), run.activity[0, :, k]
        net = (amounts.pay_nothing[0, :, k], amounts.pay_plan[0, :, k])
        charges = (amounts.charges_nothing[0, :, k], amounts.charges_plan[0, :, k])
        nothing = numbers(run.nothing.activity[0, :, k])
        rows.append(Row((*labels, glossary.DO_NOTHING_ACTIVITY), line.currency, nothing))
        rows.append(Row((*labels, glossary.PLAN_ACTIVITY), line.currency, numbers(activity)))
        if line.units_a_client:
            clients = numbers(activity / line.units_a_client)
            rows.append(Row((*labels, glossary.CLIENTS), "people", clients))
        for partner, pence_by_figure in _by_partner(heirs, line.commissioner, net, charges):
            for name, pence in pence_by_figure:
                rows.append(Row((partner, line.id, name), "£", pounds(pence)))
    shows = (
        "What councils pay for: spending, what clients pay of it, and the net that the council"
        " bears, if nothing changes and in the plan."
    )
    return Lines(shows, tuple(rows), case.plan.years)


def _by_partner(
    heirs: Heirs,
    commissioner: str,
    net: tuple[Floats, Floats],
    charges: tuple[Floats, Floats],
) -> Iterator[tuple[str, tuple[tuple[str, Floats], ...]]]:
    """Yield whose a line's money is, with its figures by year: do nothing, then the plan.

    A line of a council that ends has its successors' figures too (model §15.1).
    """
    nets, charged = (
        [heirs.handed_over(commissioner, pence[np.newaxis]) for pence in both]
        for both in (net, charges)
    )
    for partner in nets[0]:
        (net_0, net_1), (charge_0, charge_1) = (
            [table[partner][0] for table in tables] for tables in (nets, charged)
        )
        yield (
            partner,
            (
                (glossary.SPENDING_NOTHING, net_0 + charge_0),
                (glossary.CHARGES_NOTHING, charge_0),
                (glossary.BORNE_NET_NOTHING, net_0),
                (glossary.SPENDING_PLAN, net_1 + charge_1),
                (glossary.CHARGES_PLAN, charge_1),
                (glossary.BORNE_NET_PLAN, net_1),
            ),
        )


def who_saves(case: Case) -> Lines:
    """Return what each partner pays for each programme and saves by it, £ a year.

    What it saves is on activity.

    Saved: the contract saving of each line, net of client charges, by what each programme changes
    of its activity: avoided less moved in. Each line's parts add up to its saving. Source: model
    §15.3.
    """
    result = case.answered
    saved = saved_by_programme(result)
    rows: list[Row] = []
    for g, programme in enumerate(case.plan.programmes):
        paid = _paid(result, g)
        for partner in case.plan.partners:
            less, more = saved[programme.id, partner.id], paid[partner.id]
            if not (less.any() or more.any()):
                continue
            labels = (programme.id, partner.id)
            rows.append(Row((*labels, glossary.PAID_FOR_IT), "£", pounds(more)))
            rows.append(Row((*labels, glossary.SAVED), "£", pounds(less)))
            rows.append(Row((*labels, glossary.NET_OF_IT), "£", pounds(less - more)))
    shows = (
        "Who pays for each programme, and who pays less for activity because of it. Where the two"
        " are different partners, one pays for the other's saving; a gain share can settle that."
    )
    return Lines(shows, tuple(rows), case.plan.years)


def saved_by_programme(result: Result) -> dict[tuple[str, str], Floats]:
    """Return what each programme saves each partner on activity, pence by year.

    By (programme, commissioner). The parts of a line add up to its saving, where a programme
    changes its activity at all: what a changed contract saves alone is no programme's.
    """
    plan, years = result.plan, len(result.years)
    units = result.units_by_programme()[0]  # years × programmes × lines
    net = np.array(units)
    for g, source, target, times in result.projection.structure.moves:
        # What a programme moves to a line it adds there, and pays for with what it saves elsewhere.
        net[:, g, target] -= times * units[:, g, source]
    amounts = AcuteAmounts(result.projection)
    saving, paid = amounts.saving[0], amounts.pay_nothing[0]
    activity, heirs = result.projection.nothing.activity[0], Heirs(plan)
    saved = {(g.id, p.id): np.zeros(years) for g in plan.programmes for p in plan.partners}
    for k, line in enumerate(plan.acute_lines):
        for t in range(years):
            if not saving[t, k] or not net[t, :, k].any():
                continue
            a_unit = paid[t, k] / activity[t, k] if activity[t, k] else 0.0
            parts = saving_of_each(round(float(saving[t, k])), net[t, :, k].tolist(), a_unit)
            for programme, part in zip(plan.programmes, parts, strict=True):
                # model §15.1: what a body would have saved after its end is its successors'
                for partner, of_it in heirs.shared(line.commissioner, t, part):
                    saved[programme.id, partner][t] += of_it
    return saved


def saving_of_each(saving: int, units: Sequence[float], a_unit: float) -> list[int]:
    """Return what each programme has of a line's saving, pence that add up to it.

    By the units that each takes off the line, net of what it moves to it. Where some take off and
    others add, each unit is worth the saving over all of them, at most `a_unit`, which a unit is
    paid if nothing changes; one that adds so has less than nothing. What is left, pennies and what
    a changed contract saves, is split by the units that each changes, up or down: by their
    difference, which may be next to nothing, parts would have no limit (model §8).
    """
    weights = [abs(n) for n in units]
    # Of one sign: each has its part of the saving, and no part is larger than the whole (model
    # §8.1).
    if min(units) >= 0 or max(units) <= 0:
        return money.split(saving, weights)
    total, limit = sum(units), abs(a_unit)
    worth = min(max(saving / total, -limit), limit) if total else 0.0
    parts = [round(worth * n) for n in units]
    rest = money.split(saving - sum(parts), weights)
    return [part + more for part, more in zip(parts, rest, strict=True)]


def _paid(result: Result, g: int) -> dict[str, Floats]:
    """Return what each partner bears of a programme, pence by year."""
    paid = {partner.id: np.zeros(len(result.years)) for partner in result.plan.partners}
    for t in range(1, len(result.years)):
        for partner, _, _, pence in programme_bearers(result, g, t):
            paid[partner][t] += pence
    return paid
