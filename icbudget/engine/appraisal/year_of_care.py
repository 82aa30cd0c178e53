"""Year-of-care capitation: the sum, what is paid of it, and who holds what is left."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import prod

from icbudget import money
from icbudget.engine.projection.acute_amounts import AcuteAmounts
from icbudget.engine.projection.draw_inputs import rates
from icbudget.engine.run import Result
from icbudget.engine.unusable import Fault
from icbudget.plan import Plan
from icbudget.plan.capitation import Capitation


@dataclass(frozen=True, slots=True)
class Settled:
    """What a year of a capitation comes to for one cost of the covered lines, pence.

    `left = paid − cost`. Up to `corridor` it is the holder's; `beyond` is the rest of it with its
    sign, of which `back` goes to the commissioner (below zero: the commissioner pays it).
    """

    cost: int
    left: int
    beyond: int
    back: int

    @property
    def kept(self) -> int:
        """Return what the holder ends with: all that is left, less what goes back."""
        return self.left - self.back


@dataclass(frozen=True, slots=True)
class YearOfCare:
    """A capitation in one year: people, price of a person in £, and amounts in pence.

    `sum = people × price − exclusions`; `paid = sum × (1 − q) + sum × q × a`. Each amount becomes
    pence once. `plan` and `nothing` are settled on what the covered lines cost in the plan and if
    nothing changes. Source: model §15.4.
    """

    people: float
    price: float
    before_exclusions: int
    exclusions: int
    sum: int
    paid: int
    corridor: int
    plan: Settled
    nothing: Settled


def capitation(result: Result, row: Capitation) -> tuple[YearOfCare | None, ...]:
    """Return a capitation by year; None in a year that states no weighted people."""
    level = (1.0 + rates(result.plan, [row.index])[0, :, 0]).cumprod()
    by_year: list[YearOfCare | None] = []
    for t, year in enumerate(result.years):
        # model §15.4: a year without people is one in which it is not in force
        in_force = year in row.people
        by_year.append(
            _year(result, row, t, row.people[year], float(level[t])) if in_force else None
        )
    return tuple(by_year)


def covered_lines(plan: Plan, row: Capitation) -> list[int]:
    """Return the places of the lines that a capitation covers."""
    return [k for k, line in enumerate(plan.acute_lines) if line.id in row.covers]


def _year(result: Result, row: Capitation, t: int, people: float, level: float) -> YearOfCare:
    price = row.price * level
    before = money.to_pence(people * price)
    exclusions = money.to_pence(float(row.exclusions) * level)
    total = before - exclusions
    earned = 1.0 - row.quality_share + row.quality_share * row.quality_achieved
    paid = _part(total, earned)
    corridor = _part(total, row.corridor)
    in_plan, in_nothing = _costs(result, row, t)
    return YearOfCare(
        people,
        price,
        before,
        exclusions,
        total,
        paid,
        corridor,
        settled(paid, in_plan, corridor, row.beyond),
        settled(paid, in_nothing, corridor, row.beyond),
    )


def settled(paid: int, cost: int, corridor: int, holders_part: float) -> Settled:
    """Return who holds what a payment leaves, pence; the commissioner's part is what is left."""
    left = paid - cost
    # model §15.4: inside the corridor it is the holder's, gain or loss.
    outside = max(0, abs(left) - corridor)
    beyond = outside if left >= 0 else -outside
    return Settled(cost, left, beyond, beyond - _part(beyond, holders_part))


def _part(pence: int, share: float) -> int:
    return money.to_pence(pence / 100 * share)


def _costs(result: Result, row: Capitation, t: int) -> tuple[int, int]:
    """Return what the covered lines cost the holder in the plan and if nothing changes, pence.

    A line that it provides costs what its activity costs; one that it buys costs what the plan's
    contract pays the other provider, net of client charges.
    """
    amounts = AcuteAmounts(result.projection)
    in_plan = in_nothing = 0
    for k in covered_lines(result.plan, row):
        if result.plan.acute_lines[k].provider == row.holder:
            plan, nothing = amounts.cost_plan, amounts.cost_nothing
        else:
            plan, nothing = amounts.pay_plan, amounts.pay_nothing
        in_plan += round(float(plan[0, t, k]))
        in_nothing += round(float(nothing[0, t, k]))
    return in_plan, in_nothing


def usable(plan: Plan) -> tuple[Capitation, ...]:
    """Return the capitations that nothing keeps from being worked out."""
    return tuple(row for row in plan.capitations if not faults_of(plan, row))


def faults_of(plan: Plan, row: Capitation) -> tuple[Fault, ...]:
    """Return everything that keeps a capitation from being worked out."""
    return (*_partners(plan, row), *_people(plan, row), *_covers(plan, row))


def _partners(plan: Plan, row: Capitation) -> list[Fault]:
    faults: list[Fault] = []
    partners = {partner.id for partner in plan.partners}
    for field in ("commissioner", "holder"):
        name = getattr(row, field)
        if name not in partners:
            words = f"{field.capitalize()} names “{name}”, which is not in Partners."
            faults.append(Fault("link.unknown", row, field, words, ""))
    if row.holder == row.commissioner:
        words = f"“{row.holder}” pays capitation “{row.id}” to itself."
        fix = "Name the partner that holds the contract."
        faults.append(Fault("capitation.own-holder", row, "holder", words, fix))
    return faults


def _people(plan: Plan, row: Capitation) -> list[Fault]:
    faults: list[Fault] = []
    if any(people < 0 for people in row.people.values()):
        words = f"Capitation “{row.id}” has weighted people below zero."
        fix = "Type the people of each year that it is in force."
        faults.append(Fault("capitation.people-below-zero", row, "people", words, fix))
    index = next((index for index in plan.indices if index.id == row.index), None)
    # At its largest, whatever the years: an amount that overflows would stop the plan.
    grown = prod(1.0 + max(rate, 0.0) for rate in index.rates.values()) if index else 1.0
    if max(row.people.values(), default=0.0) * row.price * grown >= money.TOO_MUCH:
        words = f"Capitation “{row.id}” would come to £10 trillion or more in a year."
        fix = "Check the people, the price and the index."
        faults.append(Fault("capitation.too-large", row, "price", words, fix))
    return faults


def _covers(plan: Plan, row: Capitation) -> list[Fault]:
    if not row.covers:
        words = f"Capitation “{row.id}” covers no activity line."
        fix = "Name the lines that its sum is for."
        return [Fault("capitation.covers-nothing", row, "covers", words, fix)]
    faults: list[Fault] = []
    commissioners = {line.id: line.commissioner for line in plan.acute_lines}
    # A line that the plan does not have is another finding.
    covered = [id for id in row.covers if id in commissioners]
    others = [id for id in covered if commissioners[id] != row.commissioner]
    if others:
        words = (
            f"Capitation “{row.id}” covers “{others[0]}”, which {commissioners[others[0]]} pays for"
            f" and not {row.commissioner}."
        )
        fix = "Give each commissioner a capitation of its own, or clear the line."
        faults.append(Fault("capitation.other-commissioner", row, "covers", words, fix))
    # Two capitations of a line are one after the other where they share no year.
    in_these_years = [c for c in plan.capitations if c.people.keys() & row.people.keys()]
    counted = Counter(line for other in in_these_years for line in other.covers)
    twice = [line for line in row.covers if counted[line] > row.covers.count(line)]
    if twice:
        words = f"“{twice[0]}” is covered by two capitations in one year: it would be paid twice."
        fix = "Keep it in one of them."
        faults.append(Fault("capitation.line-twice", row, "covers", words, fix))
    return faults


WHY_IT_MATTERS = {
    "capitation.covers-nothing": (
        "The sum is paid and no activity is covered by it, so the same patients are paid for a"
        " second time."
    ),
    "capitation.line-twice": "The commissioner would pay two sums for the same patients.",
    "capitation.other-commissioner": (
        "One commissioner would pay for patients of another, and the other would save money for"
        " nothing."
    ),
    "capitation.own-holder": "A payment to oneself moves no money and no risk.",
    "capitation.people-below-zero": (
        "The provider would have to pay the commissioner for caring for patients."
    ),
    "capitation.too-large": (
        "The sum is beyond what any contract holds and would no longer be exact to the penny."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
