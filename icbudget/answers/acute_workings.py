"""How a figure of the acute side is worked out, with the plan's own numbers put in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from icbudget import glossary
from icbudget.answers import acute_activity
from icbudget.answers.acute_activity import ALL_LINES
from icbudget.answers.block import Cell, Row
from icbudget.answers.case import Case
from icbudget.engine.projection.acute_amounts import AcuteAmounts
from icbudget.engine.projection.draw_inputs import rates
from icbudget.engine.rounding import Floats
from icbudget.plan.acute_line import AcuteLine
from icbudget.plan.contract_change import terms_by_year
from icbudget.plan.evidence_rows import JUDGEMENT, is_judgement
from icbudget.plan.unread_cells import NOT_KNOWN, WORDS, NotKnown

PAID = {
    "activity": "activity × unit price",
    "marginal": "the value of activity up to the baseline, and above it at the marginal rate",
    "block": (
        "a fixed sum, uplifted with the price, reset in a rebase year to last year's activity at"
        " that year's price"
    ),
    "aligned": (
        "expected activity at the unit price, and the variable share of the price for what is above"
        " or below it"
    ),
    "lva": "the mean activity of the three years before × unit price",
}
"""What each contract pays, in words."""


@dataclass(frozen=True, slots=True)
class Working:
    """One figure in a year: what it is, its value and unit, and how it comes about."""

    of: tuple[str, ...]
    """What it is a figure of: an activity line and perhaps a programme; or a shift, pool or
    programme."""
    year: str
    figure: str
    value: float
    unit: str
    how: str
    rests_on: tuple[str, ...] = ()
    """Figures of the plan it rests on, by their paths; blank where those of its line do."""

    def hidden(self, why: str) -> Working:
        """Return the working of a figure whose value is not known, and why."""
        return replace(self, value=NOT_KNOWN, how=why)

    @property
    def value_in_words(self) -> str:
        """Return the value with its unit."""
        if isinstance(self.value, NotKnown):
            return WORDS
        if self.unit == "%":
            return percent(self.value * 100)
        if self.unit.startswith("£"):
            return pounds(self.value)
        return f"{number(self.value)} {self.unit}"


def rows(case: Case) -> Iterator[tuple[str, str, str, Row]]:
    """Yield every row of the acute side that can be explained.

    Each is (activity line, programme or blank, figure, row).
    """
    for block in (acute_activity.acute(case), acute_activity.release(case)):
        for row in block.rows:
            line, figure = row.labels
            yield line, "", figure, row
    for row in acute_activity.avoided(case).rows:
        line, programme, figure = row.labels
        yield line, programme if figure in OF_A_PROGRAMME else "", figure, row


OF_A_PROGRAMME = (glossary.AVOIDED, glossary.AVOIDED_ALONE)


def figures(case: Case) -> tuple[str, ...]:
    """Return what the figures of the acute side are called."""
    return tuple(dict.fromkeys(figure for _, _, figure, _ in rows(case)))


def workings(case: Case, figure: str) -> Iterator[Working]:
    """Yield the working of a figure for every line, programme and year that it has."""
    lines = {row.id: k for k, row in enumerate(case.plan.acute_lines)}
    answer_rows, units = list(rows(case)), case.answered.units_by_programme()[0]
    for line, programme, name, row in answer_rows:
        if name != figure:
            continue
        # The line's other figures, which its workings name; those of a programme are not of it.
        by = {
            other: values.values
            for at, whose, other, values in answer_rows
            if at == line and not whose
        }
        of = (line, programme) if programme else (line,)
        for t, (year, value) in enumerate(zip(case.plan.years, row.values, strict=True)):
            assert isinstance(value, (int, float))
            if line == ALL_LINES:
                how = _of_all_lines(case, name, t)
            elif programme:
                how = _of_programme(case, lines[line], programme, name, t)
            else:
                how = HOW[name](_At(case, lines[line], t, by, units))
            yield Working(of, year, name, float(value), row.unit, how)


def _of_all_lines(case: Case, name: str, t: int) -> str:
    """Return what each line adds to a figure of all lines together."""
    amounts = AcuteAmounts(case.answered.projection)
    if name == glossary.CONTRACT_SAVING_NET:
        what, pence = "contract saving", amounts.saving[0, t]
    else:
        what, pence = "contract saving less net release", amounts.stranded[0, t]
    both = zip(case.plan.acute_lines, pence, strict=True)
    parts = [f"{row.id} {pounds(float(of_line) / 100)}" for row, of_line in both]
    return f"{what} of every line: {' + '.join(parts)}"


def number(value: float) -> str:
    """Return a number as a working writes it."""
    return f"{value:,.2f}".replace("-", "−")


def pounds(value: float) -> str:
    """Return pounds as a working writes them."""
    return f"{'−' if value < 0 else ''}£{abs(value):,.2f}"


def percent(value: float) -> str:
    """Return a percentage as a working writes it."""
    return f"{value:.4g}%".replace("-", "−")


class _At:
    """One line in one year, with the figures of both."""

    def __init__(
        self, case: Case, k: int, t: int, by: Mapping[str, tuple[Cell, ...]], units: Floats
    ) -> None:
        self.case, self.k, self.t, self.by, self.by_programme = case, k, t, by, units[t, :, k]
        self.line: AcuteLine = case.plan.acute_lines[k]
        self.run = case.answered.projection

    @property
    def year(self) -> str:
        return self.case.plan.years[self.t]

    @property
    def avoided(self) -> float:
        return float(self.run.avoided[0, self.t, self.k])

    @property
    def moved_in(self) -> float:
        return float(self.run.moved_in[0, self.t, self.k])

    @property
    def contract(self) -> str:
        plan = self.case.plan
        terms = terms_by_year(self.line, plan.contract_changes, plan.years)
        kind = terms[self.t].contract
        charged = ", less what clients pay" if self.line.client_charge else ""
        return f"contract {kind}, {PAID[kind]}{charged}"

    @property
    def cut(self) -> str:
        """Return what is said of a part of the release.

        All parts together are never more than what is avoided costs.
        """
        # 0.02: each of the parts is rounded to the penny.
        released = sum(float(self.by[name][self.t] or 0) for name in _PARTS)
        most = self.avoided * float(self.run.nothing.cost[0, self.t, self.k])
        return ", cut to what the avoided activity costs" if 0 < most <= released + 0.02 else ""

    def units(self, name: str) -> str:
        return number(float(self.by[name][self.t] or 0))

    def money(self, name: str) -> str:
        return pounds(float(self.by[name][self.t] or 0))

    def nothing(self) -> str:
        both = (self.line.demographic_index, self.line.non_demographic_index)
        grown = np.prod(1.0 + rates(self.case.plan, both)[0, : self.t + 1], axis=0)
        return (
            f"base activity {number(self.line.base_activity)} "
            f"× (1 + adjustment {percent(self.line.baseline_adjustment * 100)}) "
            f"× growth since the base year: population {grown[0]:.6f} × beyond it {grown[1]:.6f}"
        )

    def variable(self) -> str:
        filled = ""
        if self.avoided > 0 and self.line.backfill:
            filled = f" × (1 − backfill {percent(self.line.backfill * 100)})"
        share = f"{self.line.variable_cost:.4g} of the unit cost {self.money('Unit cost')}"
        return f"{share}{filled} × avoided {number(self.avoided)}{self.cut}"

    def replacement(self) -> str:
        """Return how the cost of activity moved in, and of more activity, is worked out."""
        unit_cost = self.money("Unit cost")
        how = f"{number(self.moved_in)} moved in × unit cost {unit_cost}"
        if self.avoided < 0:
            more = f"{self.line.variable_cost:.4g} of it × {number(-self.avoided)} more activity"
            how += f" + {more}"
        return how

    def blocks(self) -> str:
        if self.line.block_size is None:
            return "the line has no block size"
        first = max(self.t - self.line.hold, 0)
        # model §6.2: V = 0 before year 1, and a year in which activity rose breaks the run
        held = [float(v) for v in self.run.avoided[0, first : self.t + 1, self.k]]
        lowest = 0.0 if first == 0 else max(min(held), 0.0)
        since = "avoided"
        if self.line.hold:
            since = f"the least avoided in {self.case.plan.years[first]} to {self.year}"
        most = self.line.most_blocks.get(self.year)
        limit = "" if most is None else f"; no more than {most:g}"
        closes = percent(self.line.closes.get(self.year, 0.0) * 100)
        return (
            f"whole blocks of {number(self.line.block_size)} in (1 − backfill"
            f" {percent(self.line.backfill * 100)}) × {since}, "
            f"{number(lowest)}; decision to close {closes}{limit}"
        )

    def all_avoided(self) -> str:
        each = zip(self.case.plan.programmes, self.by_programme, strict=True)
        parts = [f"{row.id} {number(float(units))}" for row, units in each if units]
        follows = f", in part because “{self.line.parent}” falls" if self.line.parent else ""
        return f"avoided by {' + '.join(parts)}{follows}" if parts else "nothing is avoided"

    def moved(self) -> str:
        rows = [m for m in self.case.plan.moves if m.to_line == self.line.id]
        return " + ".join(
            f"{m.units:g} for each that {m.programme} avoids on {m.from_line}" for m in rows
        )


HOW: dict[str, Callable[[_At], str]] = {
    glossary.DO_NOTHING_ACTIVITY: _At.nothing,
    glossary.PLAN_ACTIVITY: lambda a: (
        f"do-nothing activity {a.units('Do-nothing activity')} − avoided {number(a.avoided)} +"
        f" moved in {number(a.moved_in)}"
    ),
    glossary.UNIT_PRICE: lambda a: (
        f"{pounds(a.line.unit_price)} × market forces factor {a.line.market_forces_factor:g} "
        f"× net uplift since the base year {a.run.nothing.uplift[0, a.t, a.k]:.6f}"
    ),
    glossary.UNIT_COST: lambda a: (
        f"{pounds(a.line.unit_cost or 0.0)} × net uplift since the base year "
        f"{a.run.nothing.cost[0, a.t, a.k] / (a.line.unit_cost or 1.0):.6f}"
    ),
    glossary.DO_NOTHING_PAYMENT: lambda a: (
        f"{a.contract}, for do-nothing activity {a.units('Do-nothing activity')}"
    ),
    glossary.PLAN_PAYMENT: lambda a: (
        f"do-nothing payment {a.money('Do-nothing payment')} − contract saving"
        f" {a.money('Contract saving')}"
    ),
    glossary.DO_NOTHING_COST: lambda a: (
        f"do-nothing activity {a.units('Do-nothing activity')} × unit cost {a.money('Unit cost')}"
    ),
    glossary.PLAN_COST: lambda a: (
        f"do-nothing cost {a.money('Do-nothing cost')} − net release {a.money('Net release')}"
    ),
    glossary.CONTRACT_SAVING: lambda a: (
        f"do-nothing payment {a.money('Do-nothing payment')} − payment for planned activity "
        f"{a.units('Plan activity')}, {a.money('Plan payment')}: {a.contract}"
    ),
    glossary.VARIABLE_RELEASED: _At.variable,
    glossary.SEMI_FIXED_RELEASED: lambda a: (
        f"{a.line.semi_fixed_cost:.4g} of the unit cost {a.money('Unit cost')} × block of "
        f"{number(a.line.block_size or 0.0)} × {a.units('Blocks closed')} blocks{a.cut}"
    ),
    glossary.FIXED_RELEASED: lambda a: (
        f"decided: {pounds(float(a.line.fixed_release.get(a.year, 0)))}{a.cut}"
    ),
    glossary.GROSS_RELEASE: lambda a: (
        f"variable {a.money('Variable cost released')} + semi-fixed"
        f" {a.money('Semi-fixed cost released')} + fixed {a.money('Fixed cost released')}"
    ),
    glossary.REPLACEMENT_COST: _At.replacement,
    glossary.NET_RELEASE: lambda a: (
        f"gross release {a.money('Gross release')} − replacement cost {a.money('Replacement cost')}"
    ),
    glossary.STRANDED_COST: lambda a: (
        f"contract saving {a.money('Contract saving')} − net release {a.money('Net release')}"
        if a.avoided > 0
        else "nothing is avoided, so nothing is stranded"
    ),
    glossary.REPLACEMENT_MARGIN: lambda a: (
        "activity is avoided here: see stranded cost"
        if a.avoided > 0
        else f"net release {a.money('Net release')} − contract saving {a.money('Contract saving')}"
    ),
    glossary.BLOCKS_CLOSED: _At.blocks,
    glossary.CAPACITY_RELEASED: _At.all_avoided,
    glossary.FILLED_AGAIN: lambda a: (
        f"backfill {percent(a.line.backfill * 100)} × avoided {number(max(a.avoided, 0.0))}"
    ),
    glossary.BED_DAYS_RELEASED: lambda a: (
        f"(avoided {number(a.avoided)} − moved in {number(a.moved_in)}) × {a.line.bed_days or 1:g}"
        " bed days"
    ),
    glossary.BEDS_RELEASED: lambda a: (
        f"bed days {a.units('Bed days released')} ÷ ({acute_activity.DAYS} × occupancy"
        f" {percent(a.line.occupancy * 100)})"
    ),
    glossary.GROSS_TARIFF: lambda a: (
        f"avoided {number(a.avoided)} × unit price {a.money('Unit price')}: nobody saves it"
    ),
    glossary.AVOIDED_IN_ALL: _At.all_avoided,
    glossary.MOVED_IN: _At.moved,
}
"""How each figure of a line comes about in a year."""

_PARTS = (glossary.VARIABLE_RELEASED, glossary.SEMI_FIXED_RELEASED, glossary.FIXED_RELEASED)


def _of_programme(case: Case, k: int, programme: str, figure: str, t: int) -> str:
    """Return how much of a line a programme reaches and avoids, and what others leave of it."""
    run, g = case.answered.projection, [row.id for row in case.plan.programmes].index(programme)
    reach, effect = float(run.active[0, t, g]), float(run.figures.effect[0, g])
    reaching = run.structure.reaching
    share = float(reaching.share_of_line[reaching.reached[:, g], k].sum())
    line = case.plan.acute_lines[k]
    judged = f" ({JUDGEMENT})" if is_judgement(case.plan.programmes[g]) else ""
    alone = (
        f"do-nothing activity {number(float(run.nothing.activity[0, t, k]))} × segments"
        f" {percent(share * 100)} × reach after lag {percent(reach * 100)} × effect"
        f" {percent(effect * 100)}{judged}"
    )
    follows = f", and what falls with “{line.parent}”" if line.parent else ""
    if figure == OF_A_PROGRAMME[1]:
        return f"{alone}{follows}"
    return f"its part of what is avoided by all; alone it would be {alone}{follows}"
