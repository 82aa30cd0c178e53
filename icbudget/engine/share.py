"""What partners owe each other when one pays and another gains."""

from __future__ import annotations

from collections.abc import Sequence

from icbudget import money


def settle(benefits: Sequence[int], costs: Sequence[int], shares: Sequence[float]) -> list[int]:
    """Return what each partner receives (pays, when negative) so that the surplus is shared as agreed; it sums to zero.

    `transfer_p = θ_p·S − (benefit_p − cost_p)` with `S = Σ (benefit − cost)`, in pence. Example: the council pays 600 and
    gains 100, the NHS gains 900, half each: the NHS pays the council 700. Source: model §7, AP §5.
    """
    own = [benefit - cost for benefit, cost in zip(benefits, costs, strict=True)]
    surplus = sum(own)
    return [part - kept for part, kept in zip(money.split(surplus, list(shares)), own, strict=True)]
