"""What a plan is worth in each view.

Money and health by year, and the present value of each view.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from icbudget.engine.appraisal.discounting import Appraisal, appraise, discount_factors, price_level
from icbudget.engine.projection.projection import Projection
from icbudget.engine.rounding import Floats
from icbudget.plan import Plan

COMMISSIONER, SYSTEM, PUBLIC = "Commissioner cash", "System cash", "Public value"
AVERAGE_COST = "Fiscal return in the style of Greater Manchester (for comparison)"
TARIFF = "If tariff value were cash (the usual mistake)"


@dataclass(frozen=True, slots=True)
class Worth:
    """Benefits and cost by year in nominal £, draws × years, the price level, and QALYs by year.

    `saving` K; `release` G; `average_cost` V·c, all avoided activity at its average cost; `tariff`
    V·P; `cost` what programmes are paid, double running and exit included.
    """

    saving: Floats
    release: Floats
    average_cost: Floats
    tariff: Floats
    cost: Floats
    qalys: Floats
    level: Floats
    discount: Floats
    health_discount: Floats
    qaly_value: float | None

    def view(self, name: str) -> Appraisal:
        """Return the appraisal of one view of cash; public value has its own, see `public`."""
        benefit = {
            COMMISSIONER: self.saving,
            SYSTEM: self.release,
            AVERAGE_COST: self.average_cost,
            TARIFF: self.tariff,
        }[name]
        return appraise(benefit, self.cost, self.level, self.discount)

    @property
    def health(self) -> Floats:
        """Return the present value of QALYs, draws.

        `Σ q(t) · D_health(t)`, 1.5 %, never deflated.
        """
        return np.asarray((self.qalys * self.health_discount).sum(axis=-1))

    def public(self) -> Appraisal | None:
        """Return public value: `PV(G) + λ · PV_health(QALYs)` against `PV(cost)`.

        None without QALYs or a value λ of one.

        Contract savings are not in it: a payment between public bodies is a transfer. No payback,
        since health is not cash. Source: Green Book 2026: transfers excluded, health effects at the
        health rate.
        """
        if self.qaly_value is None or not self.qalys.any():
            return None
        cash = self.view(SYSTEM)
        benefits = cash.benefits + self.qaly_value * self.health
        ratio = np.divide(
            benefits, cash.costs, out=np.full(benefits.shape, np.nan), where=cash.costs > 0
        )
        return Appraisal(
            benefits,
            cash.costs,
            benefits - cash.costs,
            ratio,
            ratio - 1.0,
            np.full(benefits.shape, np.nan),
        )


def worth(plan: Plan, run: Projection) -> Worth:
    """Return what a plan is worth, for every draw of a projection of it."""
    steps = plan.setup.horizon
    chosen = plan.setup.discount_set
    value = plan.setup.qaly_value
    return Worth(
        saving=run.contract_saving.sum(axis=-1),
        release=run.released().sum(axis=-1),
        average_cost=(run.avoided * run.nothing.cost).sum(axis=-1),
        tariff=(run.avoided * run.nothing.price).sum(axis=-1),
        cost=run.moves.paid.sum(axis=-1) / 100.0,
        qalys=qalys(plan, run),
        level=price_level(plan),
        discount=discount_factors(steps, discount_set=chosen),
        health_discount=discount_factors(steps, "health", chosen),
        qaly_value=None if value is None else float(value),
    )


def qalys(plan: Plan, run: Projection) -> Floats:
    """Return the QALYs gained by year, draws × years.

    `Σ_g (people(g,t) · QALYs a person + QALYs stated(g,t)) · part bought`.
    """
    each = np.array([row.qalys_per_person or 0.0 for row in plan.programmes], dtype=np.float64)
    stated = np.array(
        [[float(row.qalys.get(y, 0.0)) for row in plan.programmes] for y in plan.years]
    ).reshape(len(plan.years), len(plan.programmes))
    gained: Floats = (run.figures.people * each + stated) * run.moves.scale
    gained[:, 0] = 0.0
    return gained.sum(axis=-1)
