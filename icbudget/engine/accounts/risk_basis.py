"""How a share step divides a variance.

The weights of each partner, by the basis that the agreement names.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from icbudget.engine.accounts.variance import Portion, put_in
from icbudget.engine.rounding import Floats
from icbudget.engine.run import Result
from icbudget.plan.pool import Pool
from icbudget.plan.risk_share import BY_PERCENTAGE, RiskShare
from icbudget.plan.scheme import Scheme

Weights = NDArray[np.int64]
Portions = tuple[Portion, ...]
Rows = tuple[RiskShare, ...]
_PARTS = 2.0**50
"""Parts into which a scheme line is cut before they are whole-number weights."""
_ICB, _COUNCIL = ("icb",), ("council", "district")


def weights_of(result: Result, rows: Rows, portions: Portions, put: dict[str, Floats]) -> Weights:
    """Return the weights of a share step: … × portions × partners, whole numbers.

    All zero where the basis names nobody. `put`: what each partner puts into each pool, draws ×
    years × partners, pence. Percentages are read by their shortest decimal form, so that 0.51 is 51
    % exactly.
    """
    return _OF[rows[0].basis or "host"](result, rows, portions, put)


def receives(result: Result, pool: Pool) -> Weights:
    """Return the weights of who receives an underspend that the pool gives away.

    Draws × years × partners.

    To the lead commissioner (the host where none is named), or in proportion to recurrent
    contributions.
    """
    if pool.underspend == "return_recurrent":
        return put_in(result, pool.id, recurrent=True).astype(np.int64)
    to = pool.lead_commissioner or pool.host
    draws, years = result.projection.moves.close.shape[:2]
    weights = np.array([int(p.id == to) for p in result.plan.partners])
    return np.broadcast_to(weights, (draws, years, weights.size))


def _by_contributions(
    result: Result, rows: Rows, portions: Portions, put: dict[str, Floats]
) -> Weights:
    named = {row.partner for row in rows if row.partner}
    # A step that names partners is among them alone; one that names none is among all who pay in.
    taking = np.array([not named or p.id in named for p in result.plan.partners])
    return _stacked([put[portion.pool] * taking for portion in portions])


def _stacked(by_portion: list[Floats]) -> Weights:
    """Return weights with an axis of portions; those that no draw changes stand in all draws."""
    return np.stack(np.broadcast_arrays(*by_portion), axis=-2).astype(np.int64)


def _by_percentage(
    result: Result, rows: Rows, portions: Portions, put: dict[str, Floats]
) -> Weights:
    # By twelve decimal places as whole numbers, so that no penny hangs on a float.
    agreed = {row.partner: int(Decimal(str(row.share or 0.0)).scaleb(12)) for row in rows}
    weights = np.array([agreed.get(p.id, 0) for p in result.plan.partners], dtype=np.int64)
    return np.tile(weights, (len(portions), 1))


def _by_host(result: Result, rows: Rows, portions: Portions, put: dict[str, Floats]) -> Weights:
    host = {pool.id: pool.host for pool in result.plan.pools}
    return np.array(
        [[int(p.id == host[portion.pool]) for p in result.plan.partners] for portion in portions],
        dtype=np.int64,
    )


def _line_by_line(of_line: Callable[[Result, Scheme, Floats], Floats]) -> Callable[..., Weights]:
    """Return the weights of a basis that looks at scheme lines.

    What belongs to no line has none, so nobody bears it.
    """

    def weights(result: Result, rows: Rows, portions: Portions, put: dict[str, Floats]) -> Weights:
        nobody = np.zeros_like(next(iter(put.values())))
        by_portion: list[Floats] = []
        for portion in portions:
            if portion.scheme is None:
                by_portion.append(nobody)
            else:
                scheme = result.plan.schemes[portion.scheme]
                by_portion.append(of_line(result, scheme, put[portion.pool]))
        return _stacked(by_portion)

    return weights


def _commissioner(result: Result, scheme: Scheme, put: Floats) -> Floats:
    """Return who commissions a line, as parts.

    The NHS part among ICBs and the LA part among councils, by what they put in.
    """
    nhs = {"NHS": 1.0, "LA": 0.0, "Joint": scheme.nhs_share or 0.0}.get(scheme.commissioner or "")
    if nhs is None:
        return np.zeros_like(put)
    parts = np.zeros_like(put)
    for share, kinds in ((nhs, _ICB), (1.0 - nhs, _COUNCIL)):
        side = np.array([p.kind in kinds for p in result.plan.partners])
        of_side = np.where(side, put, 0.0)
        nobody_paid = of_side.sum(axis=-1, keepdims=True) <= 0
        # A side with one partner needs no contributions to say whose it is; of several that have
        # paid nothing none is picked.
        the_only_one = float(side.sum() == 1) * side
        of_side = np.where(nobody_paid, the_only_one, of_side)
        total = of_side.sum(axis=-1, keepdims=True)
        parts += share * np.divide(of_side, total, out=np.zeros_like(put), where=total > 0)
    # Parts and not pence are weights here, so they must be fine enough that no penny hangs on them.
    return np.round(parts * _PARTS)


def _lead(result: Result, scheme: Scheme, put: Floats) -> Floats:
    leads = [float(p.id == scheme.lead_partner) for p in result.plan.partners]
    weights: Floats = np.array(leads)
    return np.zeros_like(put) + weights


def _share_profile(result: Result, scheme: Scheme, put: Floats) -> Floats:
    # PB §4.1 R8: a variable line is shared by what partners pay in; of a fixed one the host bears
    # all.
    if scheme.share_profile == "variable":
        return put
    host = next(pool.host for pool in result.plan.pools if pool.id == scheme.pool)
    weights: Floats = np.array([float(p.id == host) for p in result.plan.partners])
    return np.zeros_like(put) + weights


_OF: dict[str, Callable[[Result, Rows, Portions, dict[str, Floats]], Weights]] = {
    "contributions": _by_contributions,
    **dict.fromkeys(BY_PERCENTAGE, _by_percentage),
    "host": _by_host,
    "commissioner": _line_by_line(_commissioner),
    "lead": _line_by_line(_lead),
    "share_profile": _line_by_line(_share_profile),
}
