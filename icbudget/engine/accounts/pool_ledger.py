"""Who bears a pool's variance, put down year by year as it is settled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from icbudget.engine.accounts.risk_rule import rule_of
from icbudget.engine.accounts.successors import Heirs
from icbudget.engine.rounding import Floats
from icbudget.engine.run import Result
from icbudget.plan.pool import Pool


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a pool's variance: the step that took it, who bears it (blank: nobody), pence.

    Draws × years, each year alone. `step` is 0 for the pool's underspend destination; `by_rule`:
    the partner's part by the basis before any cap, none where scheme lines differ; `assumed`: how
    much of it is money that no line funds (a contingency without a funding line, uncommitted money
    beyond the balance).
    """

    step: int
    kind: str
    partner: str
    amounts: Floats
    by_rule: Floats | None = None
    assumed: Floats | None = None


@dataclass(frozen=True, slots=True)
class PoolShare:
    """A pool's variance settled, year by year: draws × years, pence, overspend positive.

    `variance = not eligible + Σ parts + unresolved`.
    """

    pool: Pool
    rule: str
    variance: Floats
    not_eligible: Floats
    parts: tuple[Part, ...]
    unresolved: Floats


class PoolLedger:
    """What is known of a pool's variance so far; filled year by year."""

    def __init__(self, result: Result, pool: Pool) -> None:
        moves = result.projection.moves
        self.pool = pool
        self.heirs = Heirs(result.plan)
        self.shape = moves.close.shape[:2]
        self.eligible, self.not_eligible, self.unresolved = (self._zeros() for _ in range(3))
        self.parts: dict[tuple[int, str, str], Part] = {}
        self.parts_by_rule: dict[tuple[int, str, str, int], dict[str, Floats]] = {}
        """Per part and year: whose part by the rule it is made of, its own and that of a partner
        it followed."""

    def add(
        self,
        key: tuple[int, str, str],
        t: int,
        amounts: Floats,
        by_rule: Floats | None,
        assumed: Floats | None,
    ) -> None:
        """Add what a step took in year t, for overspend and underspend of one partner as one.

        What falls to a partner that has ended falls to its successors (model §15.1).
        """
        step, kind, partner = key
        if partner and self.heirs.has_ended(partner):
            handed_over = self.heirs.handed_over(partner, self._in_year(t, amounts))
            for heir, share in self.heirs.shares(partner, t).items():
                by_heir = None if by_rule is None else by_rule * share
                key = (step, kind, heir)
                self._add(key, t, handed_over[heir][:, t], by_heir, None, of=partner)
            return
        self._add(key, t, amounts, by_rule, assumed, of=partner)

    def _zeros(self) -> Floats:
        """Return zeros, draws × years, year by year in memory."""
        return np.zeros(self.shape[::-1]).T

    def _in_year(self, t: int, amounts: Floats) -> Floats:
        """Return amounts of year t as draws × years."""
        every_year = self._zeros()
        every_year[:, t] = amounts
        return every_year

    def _add(
        self,
        key: tuple[int, str, str],
        t: int,
        amounts: Floats,
        by_rule: Floats | None,
        assumed: Floats | None,
        *,
        of: str,
    ) -> None:
        if key not in self.parts:
            has_rule, has_assumed = by_rule is not None, assumed is not None
            self.parts[key] = Part(
                *key,
                self._zeros(),
                self._zeros() if has_rule else None,
                self._zeros() if has_assumed else None,
            )
        part = self.parts[key]
        part.amounts[:, t] += amounts
        if part.by_rule is not None and by_rule is not None:
            # Set and not added: a step has one basis, for overspend and underspend alike.
            made_of = self.parts_by_rule.setdefault((*key, t), {})
            made_of[of] = by_rule
            part.by_rule[:, t] = sum(made_of.values())
        if part.assumed is not None and assumed is not None:
            part.assumed[:, t] += assumed

    def share(self) -> PoolShare:
        """Return the pool's variance settled."""
        variance = self.eligible + self.not_eligible + 0.0
        rule = rule_of(self.pool)
        parts = tuple(self.parts.values())
        return PoolShare(
            self.pool, rule, variance, self.not_eligible + 0.0, parts, self.unresolved + 0.0
        )
