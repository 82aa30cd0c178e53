"""What each partner gains and pays before a gain share is settled: as planned, or as it came.

A commissioner gains the contract saving, a provider what it releases less the income it loses.
Source: model §7.7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from icbudget.engine.accounts.borne_spending import borne_spending
from icbudget.engine.cached_view import cached_view
from icbudget.engine.projection.acute_amounts import AcuteAmounts
from icbudget.engine.rounding import Floats
from icbudget.engine.run import Result
from icbudget.plan.confirmed_release import CONFIRMED, CONTRACT_SAVING

if TYPE_CHECKING:
    from icbudget.engine.projection.release_against_plan import Track

Table = dict[str, Floats]
"""By partner: draws × years × programmes, pence; what no programme avoids has a last column."""


def saved_as_planned(result: Result) -> Table:
    """Return what each partner saves as planned; what a line saves goes to programmes by units."""
    plan, amounts, parts = result.plan, AcuteAmounts(result.projection), parts_of_savings(result)
    saved = _nothing(result)
    for k, line in enumerate(plan.acute_lines):
        part = parts[..., k]
        saved[line.commissioner] += part * amounts.saving[:, :, k, np.newaxis]
        # A provider outside the plan is no partner: what it loses is nobody's here.
        if line.provider:
            saved[line.provider] -= part * amounts.stranded[:, :, k, np.newaxis]
    return saved


def saved_as_it_came(result: Result) -> Table:
    """Return what each partner saved, by what is confirmed of each year that has ended.

    Of a plan, one draw. Of the year reported it is the forecast, of later ones the plan, as for
    what is reinvested. What a commissioner saved its providers lost as income, in proportion to
    what was planned; what a provider did not confirm it did not release. Where no release is
    entered the plan counts.
    """
    saved = saved_as_planned(result)
    if result.benefits is None:
        return saved
    from icbudget.engine.projection.release_against_plan import PLANNED, rests_on

    parts = parts_of_savings(result)[0]
    for t, rests in enumerate(rests_on(result.plan)):
        if rests == PLANNED:
            continue
        for table in saved.values():
            table[0, t, :-1] = 0.0
        for track in result.benefits.tracks:
            pence = track.confirmed(t) if rests == CONFIRMED else track.expected(t)
            by_programme = pence * _programmes_of(result, track, parts[t])
            saved[track.partner][0, t] += by_programme
            if track.kind == CONTRACT_SAVING:
                for provider, share in _providers_of(result, track, t).items():
                    saved[provider][0, t] -= share * by_programme
    return saved


def paid_by_partner(result: Result) -> Table:
    """Return what each partner bears of the cost of programmes."""
    paid = _nothing(result)
    borne = borne_spending(result).programmes
    for n, partner in enumerate(result.plan.partners):
        paid[partner.id][..., :-1] = borne[..., n]
    return paid


def _nothing(result: Result) -> Table:
    draws, years, programmes = result.projection.moves.paid.shape
    return {
        partner.id: np.zeros((draws, years, programmes + 1)) for partner in result.plan.partners
    }


@cached_view
def parts_of_savings(result: Result) -> Floats:
    """Return each programme's part of what a line saves, by year, as the units that it avoids.

    Draws × years × programmes × lines; in the last column of programmes what no programme avoids.
    """
    # By size: a programme that makes activity rise has its part of what that costs.
    units = np.abs(result.units_by_programme())
    total = units.sum(axis=-2, keepdims=True)
    by_programme = np.divide(units, total, out=np.zeros_like(units), where=total > 0)
    return np.concatenate([by_programme, (total == 0).astype(float)], axis=-2)


def _programmes_of(result: Result, track: Track, parts: Floats) -> Floats:
    """Return the part that each programme has in a track: its own, or in a line's as planned."""
    ids = [programme.id for programme in result.plan.programmes]
    if track.group.programme:
        return np.array([float(id == track.group.programme) for id in ids] + [0.0])
    lines = [line.id for line in result.plan.acute_lines]
    return parts[:, lines.index(track.group.lines[0])]


def _providers_of(result: Result, track: Track, t: int) -> dict[str, float]:
    """Return the providers whose income falls by a contract saving, each with its share of it."""
    assert result.benefits is not None
    planned = result.benefits.planned_by_line[CONTRACT_SAVING][t]
    by_provider: dict[str, float] = {}
    for k, line in enumerate(result.plan.acute_lines):
        concerned = line.id in track.group.lines and line.commissioner == track.partner
        if concerned and line.provider:
            weight = abs(float(planned[k]))
            by_provider[line.provider] = by_provider.get(line.provider, 0.0) + weight
    total = sum(by_provider.values())
    # Where nothing was planned all of them lose alike.
    even = 1.0 / len(by_provider) if by_provider else 0.0
    return {who: weight / total if total else even for who, weight in by_provider.items()}
