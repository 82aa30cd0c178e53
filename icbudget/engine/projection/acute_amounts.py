"""Acute amounts at the boundary.

Floats become whole pence once, so that every table and the ledger agree to the penny.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from icbudget.engine.projection.projection import Projection
from icbudget.engine.projection.wiring import Drawing
from icbudget.engine.rounding import Floats, is_nothing, to_pence


@dataclass(frozen=True, eq=False)
class AcuteAmounts:
    """The acute amounts of a projection by activity line.

    Draws × years × lines, whole pence, each worked out when first asked for. What is rounded:
    do-nothing payment and cost, contract saving, each part of the release, gross value, budget.
    What follows: `plan payment = do-nothing payment − saving`, `release = variable + semi-fixed +
    fixed − moved in`, `plan cost = do-nothing cost − release`, `stranded = saving − release`.
    """

    run: Projection

    @cached_property
    def pay_nothing(self) -> Floats:
        """Return what commissioners pay if nothing changes, net of what clients pay."""
        return to_pence(self.run.pay_nothing)

    @cached_property
    def charges_nothing(self) -> Floats:
        """Return what clients pay if nothing changes."""
        return to_pence(self.run.charges_nothing)

    @cached_property
    def charges_plan(self) -> Floats:
        """Return what clients pay in the plan."""
        return to_pence(self.run.charges_plan)

    @cached_property
    def saving(self) -> Floats:
        """Return the contract saving, K."""
        # The saving itself is rounded, and not the two payments it is between: it is the figure
        # that people quote. `pay_plan` follows, so that do nothing less plan is the saving to the
        # penny.
        return to_pence(self.saving_in_pounds)

    @cached_property
    def saving_in_pounds(self) -> Floats:
        """Return the contract saving before it is rounded, £."""
        return self.run.contract_saving

    @cached_property
    def cost_nothing(self) -> Floats:
        """Return what the activity costs providers if nothing changes.

        Of a market, no partner of the plan, that is what it is paid (model §6).
        """
        cost = to_pence(self.run.nothing.cost * self.run.nothing.activity)
        market = self.run.structure.lines.market
        return np.where(market, self.pay_nothing, cost) if market.any() else cost

    @cached_property
    def variable(self) -> Floats:
        """Return what is released at once."""
        return self._released("variable")

    @cached_property
    def semi_fixed(self) -> Floats:
        """Return what is released in whole blocks."""
        return self._released("semi_fixed")

    @cached_property
    def fixed(self) -> Floats:
        """Return the fixed cost released by decision."""
        return self._released("fixed")

    @cached_property
    def moved_in(self) -> Floats:
        """Return the cost of activity moved in."""
        return self._released("moved_in")

    def _released(self, part: str) -> Floats:
        pounds = self.run.released(part)
        # Most plans release only some of the parts, and nothing needs no rounding in every draw.
        # What is released is so in most draws: the first tells without a look at the others.
        released = not is_nothing(pounds) and (pounds[:1].any() or pounds.any())
        return to_pence(pounds) if released else pounds

    @cached_property
    def gross_value(self) -> Floats:
        """Return what is avoided at the unit price."""
        return to_pence(self.run.avoided * self.run.nothing.price)

    @cached_property
    def budget(self) -> Floats:
        """Return the commissioner's budget before anything is moved."""
        # Where no line has a budget index the budget is do nothing itself, rounded once already.
        met = self.run.acute_budget is self.run.pay_nothing
        return self.pay_nothing if met else to_pence(self.run.acute_budget)

    @cached_property
    def pay_plan(self) -> Floats:
        """Return what commissioners pay in the plan."""
        return self.pay_nothing - self.saving

    @cached_property
    def gross_release(self) -> Floats:
        """Return what lines of which less is done stop spending."""
        gross = np.maximum(self.variable, 0.0)
        gross += self.semi_fixed
        if not is_nothing(self.fixed):
            gross += self.fixed
        return gross

    @cached_property
    def replacement(self) -> Floats:
        """Return what activity moved in, and lines of which more is done, cost."""
        if self.variable.min(initial=0.0) >= 0.0:
            return self.moved_in
        more_done = -self.variable
        np.maximum(more_done, 0.0, out=more_done)
        more_done += self.moved_in
        return more_done

    @cached_property
    def release(self) -> Floats:
        """Return the net release, G: gross release less replacement cost."""
        gross, replacement = self.gross_release, self.replacement
        return gross if is_nothing(replacement) else gross - replacement

    @property
    def cost_plan(self) -> Floats:
        """Return what the activity costs providers in the plan."""
        return self.cost_nothing - self.release

    @property
    def stranded(self) -> Floats:
        """Return K − G: what the provider is no longer paid and still spends.

        Where less is done that is stranded cost; at a line that activity moves to it is below zero,
        the provider's margin on it.
        """
        return self.saving - self.release

    @property
    def stranded_cost(self) -> Floats:
        """Return K − G of the lines of which less is done."""
        return np.where(self.run.avoided > 0, self.stranded, 0.0)

    @property
    def margin(self) -> Floats:
        """Return G − K of the lines of which no less is done: what their provider earns on more."""
        return self.stranded_cost - self.stranded


def taken_out(run: Projection, drawing: Drawing, shift: int) -> Floats:
    """Return what a shift takes from the activity budgets of its lines, by year, whole pence.

    Moved, and put into a fund.
    """
    # A fund that is filled from a source of its pool takes no money from the activity lines.
    from_lines = 0.0 if drawing.source >= 0 else run.moves.put_in[0, :, shift]
    return np.asarray(run.moves.moved[0, :, shift] + from_lines)


def unfunded_gap(run: Projection, drawing: Drawing, shift: int) -> Floats:
    """Return the planned cost of a shift's lines less the activity budget left for them.

    By year, whole pence.

    `Σ (A_dn·c − G) − (activity budget − taken out)`: above zero, activity still comes that nobody
    has money for. Source: model §7.
    """
    amounts = AcuteAmounts(run)
    budget = amounts.budget[0][:, drawing.lines].sum(axis=-1)
    cost = amounts.cost_plan[0][:, drawing.lines].sum(axis=-1)
    left = budget - taken_out(run, drawing, shift)
    return np.asarray(cost - left)
