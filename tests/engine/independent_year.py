"""A pool's years settled one after another: plain, slow, and written from the model alone (§8).

One pool, sources of money, scheme lines without programmes, amounts in pence. Nothing of the engine
is used here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Year:
    """What happens in a year: income, budget and outturn of each source, pence; None: not booked."""

    income: dict[str, int]
    budget: dict[str, int]
    outturn: dict[str, int] | None
    reserve: int = 0
    """What the funding line of the contingency puts in."""


@dataclass
class Terms:
    """The agreement: per cent by partner, and what comes before it."""

    per_cent: dict[str, int]
    both: bool
    """Whether an underspend is shared too; else it stays in the pool."""
    contingency: str = ""
    """`line` (a reserve with a funding line), `amount` (without one), or blank for none."""
    amount: int = 0
    uncommitted: int | str | None = None
    """An amount in pence, `all` that is uncommitted, or None for no such step."""


@dataclass
class Outcome:
    """A year settled, pence."""

    variance: int
    shares: dict[str, int]
    contingency: int
    uncommitted: int
    assumed: int
    close: int
    """Of the pool, its reserve left out."""
    reserve: int


def by_per_cent(pence: int, per_cent: dict[str, int]) -> dict[str, int]:
    """Divide an amount by per cents, largest remainder first, ties in order; below zero mirrored."""
    sign, size = (-1, -pence) if pence < 0 else (1, pence)
    whole = {p: size * c // 100 for p, c in per_cent.items()}
    rest = {p: size * c % 100 for p, c in per_cent.items()}
    for p in sorted(per_cent, key=lambda p: -rest[p])[: size - sum(whole.values())]:
        whole[p] += 1
    return {p: sign * amount for p, amount in whole.items()}


def settled(years: list[Year], terms: Terms) -> list[Outcome]:
    """Return every year settled; each stands alone and opens with what is left of the one before."""
    opening = reserve = 0
    unfunded = terms.amount if terms.contingency == "amount" else 0
    outcomes = []
    for year in years:
        income = sum(year.income.values())
        budget = sum(year.budget.values())
        spending = budget if year.outturn is None else sum(year.outturn.values())
        planned_use = min(max(opening, 0), max(0, budget - income))
        variance = spending - income - planned_use
        if year.outturn is None:
            # in a plan year only an overspend beyond the opening balance is settled
            variance = max(0, variance)
        reserve += year.reserve
        left, from_reserve, from_unfunded, from_free, assumed = variance, 0, 0, 0, 0
        if left > 0 and terms.contingency == "line":
            from_reserve = min(left, reserve)
            reserve -= from_reserve
        if left > 0 and terms.contingency == "amount":
            from_unfunded = min(left, unfunded)
            unfunded -= from_unfunded
            assumed += from_unfunded
        left -= from_reserve + from_unfunded
        if left > 0 and terms.uncommitted is not None:
            free = max(0, opening + income - budget)
            most = free if terms.uncommitted == "all" else terms.uncommitted
            from_free = min(left, most)
            assumed += max(0, from_free - free)
            left -= from_free
        shares = dict.fromkeys(terms.per_cent, 0)
        if left > 0 or (left < 0 and terms.both):
            shares = by_per_cent(left, terms.per_cent)
        received = from_reserve + assumed + sum(shares.values())
        opening = opening + income - spending + received
        outcomes.append(
            Outcome(
                variance,
                shares,
                from_reserve + from_unfunded,
                from_free,
                assumed,
                opening,
                reserve,
            )
        )
    return outcomes
