"""Acute amounts at the boundary: floats become whole pence once, so that every table and the ledger agree to the penny."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from icbudget.engine.projection import Projection
from icbudget.engine.rounding import Floats, to_pence
from icbudget.engine.rules import Drawing


@dataclass(frozen=True, slots=True)
class AcuteAmounts:
    """Payments, costs and releases by acute line: draws × years × lines, whole pence.

    What is rounded: do-nothing payment and cost, contract saving, each part of the release, gross value. What follows:
    `plan payment = do-nothing payment − saving`, `release = variable + semi-fixed + fixed − moved in`,
    `plan cost = do-nothing cost − release`, `stranded = saving − release`.
    """

    pay_nothing: Floats
    saving: Floats
    cost_nothing: Floats
    variable: Floats
    semi_fixed: Floats
    fixed: Floats
    moved_in: Floats
    gross_value: Floats
    budget: Floats

    @property
    def pay_plan(self) -> Floats:
        """Return what commissioners pay in the plan."""
        return self.pay_nothing - self.saving

    @property
    def release(self) -> Floats:
        """Return the system release, G."""
        return self.variable + self.semi_fixed + self.fixed - self.moved_in

    @property
    def cost_plan(self) -> Floats:
        """Return what the activity costs providers in the plan."""
        return self.cost_nothing - self.release

    @property
    def stranded(self) -> Floats:
        """Return stranded cost, K − G."""
        return self.saving - self.release


def acute_amounts(run: Projection) -> AcuteAmounts:
    """Return the acute amounts of a projection in whole pence."""
    return AcuteAmounts(
        pay_nothing=to_pence(run.pay_nothing),
        saving=to_pence(run.contract_saving),
        cost_nothing=to_pence(run.nothing.cost * run.nothing.activity),
        variable=to_pence(run.released("variable")),
        semi_fixed=to_pence(run.released("semi_fixed")),
        fixed=to_pence(run.released("fixed")),
        moved_in=to_pence(run.released("moved_in")),
        gross_value=to_pence(run.avoided * run.nothing.price),
        budget=to_pence(run.acute_budget),
    )


def taken_out(run: Projection, drawing: Drawing, shift: int) -> Floats:
    """Return what a shift takes from the acute budgets of its lines, years, pence: moved, and put into a fund."""
    return np.asarray(run.moves.moved[0, :, shift] + (0.0 if drawing.source >= 0 else run.moves.put_in[0, :, shift]))


def unfunded_gap(run: Projection, drawing: Drawing, shift: int) -> Floats:
    """Return the provider's planned cost of a shift's lines less the acute budget that is left for them, years, pence.

    `Σ (A_dn·c − G) − (acute budget − taken out)`: above zero, activity still comes that nobody has money for. Source: model §7.
    """
    amounts = acute_amounts(run)
    left = amounts.budget[0][:, drawing.lines].sum(axis=-1) - taken_out(run, drawing, shift)
    return np.asarray(amounts.cost_plan[0][:, drawing.lines].sum(axis=-1) - left)
