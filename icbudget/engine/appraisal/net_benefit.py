"""What a plan is worth in each view.

Money and health by year, and the present value of each view.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from icbudget.engine.appraisal.discounting import (
    Appraisal,
    appraise,
    discount_factors,
    present_value,
    price_level,
)
from icbudget.engine.projection.projection import Projection
from icbudget.engine.rounding import Floats
from icbudget.plan import Plan

COMMISSIONER, SYSTEM, PUBLIC = "Commissioner cash", "System cash", "Public value"
TARIFF = "If tariff value were cash (the usual mistake)"


@dataclass(frozen=True, slots=True)
class Worth:
    """Benefits and costs by year in nominal £, draws × years, the price level, and QALYs by year.

    What a ratio divides is never below zero: a payment or cost of replacement activity is a cost,
    not a negative benefit (model §6). `saving`, `paid_more`: what commissioners pay less on lines
    and more on others; `gross_release`, `replacement`: what providers stop spending, and what
    activity in its place costs; `tariff`, `tariff_moved`: activity avoided and activity moved in at
    the price; `cost`: what programmes are paid, double running and exit included.
    """

    saving: Floats
    paid_more: Floats
    gross_release: Floats
    replacement: Floats
    tariff: Floats
    tariff_moved: Floats
    cost: Floats
    qalys: Floats
    level: Floats
    discount: Floats
    health_discount: Floats
    qaly_value: float | None

    def view(self, name: str) -> Appraisal:
        """Return the appraisal of one view of cash; public value has its own, see `public`."""
        benefit, replacement = {
            COMMISSIONER: (self.saving, self.paid_more),
            SYSTEM: (self.gross_release, self.replacement),
            TARIFF: (self.tariff, self.tariff_moved),
        }[name]
        return appraise(benefit, self.cost + replacement, self.level, self.discount)

    @property
    def programme_cost(self) -> Floats:
        """Return the present value of what programmes are paid, draws, £."""
        return present_value(self.cost, self.level, self.discount)

    @property
    def health(self) -> Floats:
        """Return the present value of QALYs, draws.

        `Σ q(t) · D_health(t)`, 1.5 %, never deflated.
        """
        return np.asarray((self.qalys * self.health_discount).sum(axis=-1))

    @property
    def health_at_one_rate(self) -> Floats:
        """Return the present value of QALYs at the rate of costs, draws: to compare, not in use.

        The review of the Green Book's rate of June 2026 is said to drop the rate of health.
        """
        return np.asarray((self.qalys * self.discount).sum(axis=-1))

    def public(self, *, one_rate: bool = False) -> Appraisal | None:
        """Return public value: `PV(gross release) + λ · PV_health(QALYs)` against PV of costs.

        None without QALYs or a value λ of one. Contract savings are not in it: a payment between
        public bodies is a transfer. QALYs lost are a cost. No payback, since health is not cash.
        `one_rate`: health at the rate of costs instead. Source: Green Book 2026: transfers
        excluded, health effects at the health rate.
        """
        if self.qaly_value is None or not self.qalys.any():
            return None
        cash = self.view(SYSTEM)
        health = self.qaly_value * (self.health_at_one_rate if one_rate else self.health)
        # QALYs that are lost are a cost, or a ratio would divide by what was saved on health.
        benefits = cash.benefits + np.maximum(health, 0.0)
        costs = cash.costs + np.maximum(-health, 0.0)
        ratio = np.divide(benefits, costs, out=np.full(benefits.shape, np.nan), where=costs > 0)
        no_payback = np.full(benefits.shape, np.nan)
        return Appraisal(benefits, costs, benefits - costs, ratio, ratio - 1.0, no_payback)


def worth(plan: Plan, run: Projection) -> Worth:
    """Return what a plan is worth, for every draw of a projection of it."""
    steps = plan.setup.horizon
    chosen = plan.setup.discount_set
    value = plan.setup.qaly_value
    saving = run.contract_saving
    more = np.maximum(-run.avoided, 0.0) + run.moved_in
    price = run.nothing.price
    return Worth(
        # model §6.2: line by line and year by year, so that what is paid more is a cost of the
        # ratio and not a smaller benefit.
        saving=np.maximum(saving, 0.0).sum(axis=-1),
        paid_more=np.maximum(-saving, 0.0).sum(axis=-1),
        gross_release=run.gross_release.sum(axis=-1),
        replacement=run.replacement_cost.sum(axis=-1),
        tariff=(np.maximum(run.avoided, 0.0) * price).sum(axis=-1),
        tariff_moved=(more * price).sum(axis=-1),
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
    rows = [[float(row.qalys.get(year, 0.0)) for row in plan.programmes] for year in plan.years]
    stated = np.array(rows).reshape(len(plan.years), len(plan.programmes))
    gained: Floats = (run.figures.people * each + stated) * run.moves.scale
    # The plan changes nothing in the base year.
    gained[:, 0] = 0.0
    in_all: Floats = gained.sum(axis=-1)
    return in_all
