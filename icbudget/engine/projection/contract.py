"""What the commissioner pays for an activity line under its contract.

What no activity changes, such as a baseline uplifted to a year, is worked out once for a projection
(`payments`), so that a year is only what hangs on its path.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np

from icbudget.engine.projection.lines import Lines, LinesAt
from icbudget.engine.rounding import Floats, is_nothing


@dataclass(frozen=True, eq=False, slots=True)
class Payments:
    """Payment by year on any path of activity; see `payments`. Arrays are years × draws × lines."""

    price: Floats
    charge: Floats | None
    """What clients pay for a unit; None where they pay nothing."""
    terms: tuple[tuple[_Terms, ...], ...]
    """By year: the contracts that do not pay by activity alone."""

    def of_year(
        self, t: int, activity: Floats, do_nothing: Floats, out: Floats | None = None
    ) -> Floats:
        """Return what the commissioner pays in year t less what clients pay, draws × lines, £.

        `Pay(t) = gross(t) − charge(t) × A(t)`: gross as the contract says, see `payments`.
        `activity`, `do_nothing`: years × draws × lines, years before t among them; `out` is filled
        and returned where it is given. Source: model §6, §15.3.
        """
        x = activity[t]
        paid: Floats = np.multiply(x, self.price[t], out=out)
        for terms in self.terms[t]:
            paid[:, terms.at] = terms.paid(t, paid, activity, do_nothing)
        if self.charge is not None:
            paid -= self.charge[t] * x
        return paid

    def of_path(self, activity: Floats) -> Floats:
        """Return what is paid in every year if the path is what comes if nothing changes.

        Both are draws × years × lines; £, less what clients pay.
        """
        path = activity.swapaxes(0, 1)
        shape = np.broadcast_shapes(path.shape, self.price.shape)
        paid = np.empty(shape)
        for t in range(len(path)):
            self.of_year(t, path, path, out=paid[t])
        return paid.swapaxes(0, 1)


def payments(lines: Lines, price: Floats, uplift: Floats, charge: Floats) -> Payments:
    """Return how lines are paid, prices being draws × years × lines.

    With x = activity, P = price(t), u = uplift = price(t) / price(0):
    - `activity`: `x·P`
    - `marginal`: `min(xP, B·u) + m·max(0, xP − B·u)`, B the baseline value
    - `block`: the fixed sum × u; in a rebase year r the sum becomes `x(r−1)·P(r)`
    - `aligned`: `x_exp·P + v·(x − x_exp)·P`; x_exp is do-nothing activity until the first rebase
      year r, then `x(r−1)`
    - `lva`: the mean of `x(t−1), x(t−2), x(t−3)` × P; year-0 activity stands for any year before
      the first

    A contract that begins in a later year c takes nothing over from the one before. Its baseline
    value and block value are in the money of c and follow the price from there, `× u(t) / u(c)`; a
    block without a value is set as in a rebase, `x(c−1)·P(c)`; an aligned contract expects
    do-nothing activity until the first rebase year from c on. Activity is a fact and not a term: an
    lva contract takes the three years before it, whatever contract paid for them. `charge`: what
    clients pay for a unit, taken off. Source: model §6.
    """
    prices, uplifts = price.swapaxes(0, 1), uplift.swapaxes(0, 1)
    terms = tuple(
        tuple(_terms(lines, t, *group, prices, uplifts) for group in groups)
        for t, groups in enumerate(lines.terms)
    )
    charges = None if is_nothing(charge) or not charge.any() else charge.swapaxes(0, 1)
    return Payments(prices, charges, terms)


def _terms(
    lines: Lines, t: int, contract: str, reset: int, at: LinesAt, price: Floats, uplift: Floats
) -> _Terms:
    """Return the terms of the lines of one contract that were last reset in one year."""
    if contract == "marginal":
        # The baseline rises with the price: else inflation would be paid at the marginal rate.
        value = _in_base_year_prices(lines, lines.baseline_value, t, at, uplift)
        return _Marginal(at, value * uplift[t][:, at], lines.marginal_rate[t, at])
    if contract == "block" and reset < 0:
        value = _in_base_year_prices(lines, lines.block_value, t, at, uplift)
        return _FixedBlock(at, value * uplift[t][:, at])
    if contract == "block":
        prices = (price[reset][:, at], uplift[reset][:, at], uplift[t][:, at])
        return _ResetBlock(at, _before(reset), *prices)
    if contract == "aligned":
        return _Aligned(at, _before(reset), lines.variable_share[t, at], price[t][:, at])
    return _ThreeYears(at, price[t][:, at])


def _before(reset: int) -> int:
    """Return the year whose activity a reset looks at; −1 where there is no reset.

    That is the last full year: the year that it is for is not over when it is agreed.
    """
    return max(reset - 1, 0) if reset >= 0 else -1


def _in_base_year_prices(
    lines: Lines, values: Floats, t: int, at: LinesAt, uplift: Floats
) -> Floats:
    """Return the sums in force in year t, draws × lines, £ in base-year prices.

    `values`: years × lines, £ in the money of the year the contract began.
    """
    began = lines.began[t, at]
    # What the contract of the base year states is in its money already.
    level = np.where(began > 0, uplift[began, :, np.arange(uplift.shape[2])[at]].T, 1.0)
    return np.asarray(values[t, at] / level)


class _Marginal(NamedTuple):
    at: LinesAt
    base: Floats
    """draws × lines: the baseline in the money of the year."""
    rate: Floats

    def paid(self, t: int, by_activity: Floats, activity: Floats, do_nothing: Floats) -> Floats:
        """Return what is paid of the lines in year t; `by_activity`: all lines at the price."""
        value = by_activity[:, self.at]
        above = np.maximum(0.0, value - self.base)
        return np.asarray(np.minimum(value, self.base) + self.rate * above)


class _FixedBlock(NamedTuple):
    at: LinesAt
    amount: Floats
    """draws × lines: the sum of the year."""

    def paid(self, t: int, by_activity: Floats, activity: Floats, do_nothing: Floats) -> Floats:
        return self.amount


class _ResetBlock(NamedTuple):
    at: LinesAt
    before: int
    """The year whose activity it was set by."""
    price: Floats
    """draws × lines: the price of the year it was set for; so is its uplift."""
    uplift: Floats
    now: Floats
    """draws × lines: the uplift of the year that is paid."""

    def paid(self, t: int, by_activity: Floats, activity: Floats, do_nothing: Floats) -> Floats:
        # In base-year prices, as the uplift is put on again. Where indices have taken the price to
        # nothing there is no such price.
        with np.errstate(divide="ignore", invalid="ignore"):
            amount = activity[self.before][:, self.at] * self.price / self.uplift
        return np.asarray(amount * self.now)


class _Aligned(NamedTuple):
    at: LinesAt
    before: int
    """The year whose activity is expected; −1: what comes if nothing changes."""
    share: Floats
    price: Floats

    def paid(self, t: int, by_activity: Floats, activity: Floats, do_nothing: Floats) -> Floats:
        path = do_nothing[t] if self.before < 0 else activity[self.before]
        expected = path[:, self.at]
        paid_for = expected + self.share * (activity[t][:, self.at] - expected)
        return np.asarray(paid_for * self.price)


class _ThreeYears(NamedTuple):
    at: LinesAt
    price: Floats

    def paid(self, t: int, by_activity: Floats, activity: Floats, do_nothing: Floats) -> Floats:
        # Before the base year nothing is known, so its activity stands for those years.
        one, two, three = (activity[max(t - back, 0)][:, self.at] for back in (1, 2, 3))
        return np.asarray((one + two + three) / 3.0 * self.price)


_Terms: TypeAlias = _Marginal | _FixedBlock | _ResetBlock | _Aligned | _ThreeYears
