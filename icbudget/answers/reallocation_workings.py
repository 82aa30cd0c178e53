"""How a figure of the reallocation is worked out, with the plan's own numbers put in."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from icbudget import glossary
from icbudget.answers.acute_workings import Working, number, percent, pounds
from icbudget.answers.block import Cell
from icbudget.answers.case import Case
from icbudget.answers.reallocation import reallocate, release_label
from icbudget.engine.accounts.benefits_realised import basis_in_words
from icbudget.engine.projection.acute_amounts import AcuteAmounts
from icbudget.engine.rounding import Floats
from icbudget.plan import SETUP, TABLES
from icbudget.plan.columns import columns_of
from icbudget.plan.programme import Programme
from icbudget.plan.rows import path
from icbudget.plan.shift import Shift

_By = dict[str, tuple[Cell, ...]]
_COST = (
    "fixed_cost",
    "people",
    "unit_cost",
    "cost_index",
    "optimism_cost",
    "double_running",
    "exit_cost",
)
_REACH = ("reach_basis", "reach", "people", "cohort", "max_reach", "lag", "drop_off")
_TURN = ("priority", "divisible")


def figures(case: Case) -> tuple[str, ...]:
    """Return what the figures of the reallocation are called that can be explained."""
    explained: dict[str, None] = {}
    for row in reallocate(case).rows:
        kind, _, figure = row.labels
        if (kind, figure) in HOW:
            explained[figure] = None
    return tuple(explained)


def workings(case: Case, figure: str) -> Iterator[Working]:
    """Yield the working of a figure for every shift, pool or programme.

    There is one for every year in which it has a value.
    """
    rows = reallocate(case).rows
    for row in rows:
        kind, name, called = row.labels
        if called != figure or (kind, called) not in HOW:
            continue
        how, table, fields = HOW[kind, called]
        by: _By = {}
        for other in rows:
            other_kind, other_name, other_figure = other.labels
            if (other_kind, other_name) == (kind, name):
                by[other_figure] = other.values
        for t, (year, value) in enumerate(zip(case.plan.years, row.values, strict=True)):
            if isinstance(value, (int, float)):
                words = how(_Of(case, name, t, by))
                rests = _rests(table, name, fields, year)
                yield Working((name,), year, figure, float(value), row.unit, words, rests)


def _rests(table: str, key: str, fields: tuple[str, ...], year: str) -> tuple[str, ...]:
    """Return the paths of what a figure rests on; none of one that rests on many tables."""
    if not table:
        return ()
    return (*_paths(table, key, fields, year), *(_RELEASE if table == "shifts" else ()))


_RELEASE = tuple(path(SETUP, "", field) for field in ("reinvest_basis", "reinvest_share"))


def _paths(table: str, key: str, fields: tuple[str, ...], year: str) -> tuple[str, ...]:
    by_year = {c.field for c in columns_of(TABLES[table].noun) if c.by_year}
    return tuple(
        path(TABLES[table], key, field, year if field in by_year else None) for field in fields
    )


class _Of:
    """A shift, pool or programme in one year, with its other figures."""

    def __init__(self, case: Case, name: str, t: int, by: _By) -> None:
        self.case, self.name, self.t, self.by = case, name, t, by
        self.year, self.before = case.plan.years[t], case.plan.years[max(t - 1, 0)]
        self.run = case.answered.projection

    def money(self, figure: str, t: int | None = None) -> str:
        return pounds(self.number(figure, self.t if t is None else t))

    def number(self, figure: str, t: int) -> float:
        value = self.by[figure][t] if figure in self.by else None
        return float(value) if isinstance(value, (int, float)) else 0.0

    @property
    def shift(self) -> Shift:
        return next(row for row in self.case.plan.shifts if row.id == self.name)

    @property
    def programme(self) -> Programme:
        return next(row for row in self.case.plan.programmes if row.id == self.name)

    @property
    def share(self) -> str:
        return percent(self.case.plan.setup.reinvest_share * 100)

    def released(self, t: int) -> str:
        """Return what each line of a shift released in a year, by the basis that Setup names."""
        amounts, basis = AcuteAmounts(self.run), self.case.plan.setup.reinvest_basis
        rules = self.case.answered.rules
        n = next(n for n, d in enumerate(rules.drawings) if d.id == self.name)
        drawing = rules.drawings[n]
        if rules.counted is not None and not np.isnan(rules.counted[t, n]):
            counted = pounds(float(rules.counted[t, n]) / 100)
            year, rests = self.case.plan.years[t], basis_in_words(self.case.plan)[t]
            return f"release of {year}, {rests} by the rows of Confirmed releases: {counted}"
        parts = []
        for k in (*drawing.lines, *drawing.replaced):
            both = float(amounts.saving[0, t, k]), float(amounts.release[0, t, k])
            pence = {"contract": both[0], "system": both[1]}.get(basis, min(both))
            if k in drawing.replaced:
                # model §6: only what the activity moved there costs is taken off
                pence = min(pence, 0.0)
            parts.append(f"{self.case.plan.acute_lines[k].id} {pounds(pence / 100)}")
        words = {"contract": "contract saving", "system": "net release"}.get(
            basis, "lower of contract saving and net release"
        )
        return (
            f"{words} of {self.case.plan.years[t]}, never below nothing in all: {' + '.join(parts)}"
        )

    def set_by_rule(self) -> str:
        amount = self.shift.amounts.get(self.year)
        share = self.shift.percents.get(self.year)
        parts: list[str] = []
        if amount is not None:
            parts.append(f"amount of the year {pounds(float(amount))}")
        if share is not None:
            parts.append(f"{percent(share * 100)} of the activity budget of {self.before}")
        return " + ".join(parts) or "nothing is set for the year"

    def moved(self) -> str:
        release = release_label(self.case.plan, self.shift.rule)
        if not release:
            return self.set_by_rule()
        called = release[0].lower() + release[1:]
        return f"reinvest share {self.share} × {called} {self.money(release)}"

    def gap(self) -> str:
        amounts, cost, budget = AcuteAmounts(self.run), 0.0, 0.0
        for k, row in enumerate(self.case.plan.acute_lines):
            if row.id in self.shift.lines:
                cost += float(amounts.cost_plan[0, self.t, k])
                budget += float(amounts.budget[0, self.t, k])
        # The rest of the gap, so that the words add up to the figure on the sheet.
        taken = self.number(glossary.UNFUNDED_ACUTE, self.t) * 100 - cost + budget
        return (
            f"what the activity that still comes costs {pounds(cost / 100)} − (activity budget"
            f" {pounds(budget / 100)} − taken out {pounds(taken / 100)})"
        )

    def balance(self) -> str:
        brought = self.money(glossary.BALANCE_OF_FUND, self.t - 1) if self.t else pounds(0.0)
        return (
            f"last year's {brought} + interest {self.money('Interest on the fund')} + put in"
            f" {self.money('Put into the fund')} − paid out {self.money('Paid out of the fund')} +"
            f" release paid back {self.money('Moved into the pool')}"
        )

    def interest(self) -> str:
        brought = self.money(glossary.BALANCE_OF_FUND, self.t - 1) if self.t else pounds(0.0)
        return f"last year's balance {brought} × {percent(self.shift.interest * 100)}"

    def available(self) -> str:
        rules, moves = self.case.answered.rules, self.run.moves
        at = [a for a, account in enumerate(rules.accounts) if account[0] == self.name]

        def of(part: Floats) -> float:
            return float(part[0, self.t, at].sum()) / 100

        brought, income = of(moves.open), of(moves.income)
        into = of(moves.transfers_in + moves.reinvested)
        rest = brought + income + into - self.number(glossary.MONEY_FOR_PROGRAMMES, self.t)
        return (
            f"brought forward {pounds(brought)} + income {pounds(income)} + moved in {pounds(into)}"
            f" − schemes that name no programme, and what moves out or is in kind {pounds(rest)}"
        )

    def cost(self) -> str:
        row, g = self.programme, [r.id for r in self.case.plan.programmes].index(self.name)
        figures = self.run.figures
        level = float(figures.cost_level[0, self.t, g])
        transition = float(figures.double_running[0, self.t, g] + figures.exit_cost[0, self.t, g])
        return (
            f"(fixed {pounds(float(row.fixed_cost.get(self.year, 0)))} +"
            f" {number(row.people.get(self.year, 0.0))} people × {pounds(row.unit_cost)}) × cost"
            f" index {level:.6f} × (1 + optimism bias {percent(row.optimism_cost * 100)}) + double"
            f" running and exit {pounds(transition)}"
        )

    def paid(self) -> str:
        full, paid = self.number(glossary.COST_IN_FULL, self.t), self.number(glossary.PAID, self.t)
        if full == paid:
            return "its cost in full"
        part = "in part" if paid else "not at all"
        return (
            f"{part}: its cost in full is {pounds(full)}, and the programmes before it left no more"
            " of the pool's money"
        )

    def at_work(self) -> str:
        row = self.programme
        capped = f", at most {percent(row.max_reach * 100)}" if row.reach_basis != "direct" else ""
        basis = {
            "direct": "reach as stated",
            "in_service": "people in service ÷ cohort",
            "joins": f"people who joined, less {percent(row.drop_off * 100)} a year, ÷ cohort",
        }[row.reach_basis]
        return f"{basis}{capped}, after a lag of {row.lag:g} (years), times the part bought then"


_Words = Callable[[_Of], str]
_SHIFT = ("rule", "lines", "amounts", "percents", "interest")
_Working = tuple[_Words, str, tuple[str, ...]]
_RELEASED_BEFORE: _Working = (
    lambda of: of.released(of.t - 1) if of.t else "nothing is released before the base year",
    "shifts",
    ("rule", "lines"),
)
_RELEASED: _Working = (lambda of: of.released(of.t), "shifts", ("rule", "lines"))
HOW: dict[tuple[str, str], _Working] = {
    (glossary.SHIFT, glossary.PLANNED_BEFORE): _RELEASED_BEFORE,
    (glossary.SHIFT, glossary.CONFIRMED_BEFORE): _RELEASED_BEFORE,
    (glossary.SHIFT, glossary.PLANNED_RELEASE): _RELEASED,
    (glossary.SHIFT, glossary.CONFIRMED_RELEASE): _RELEASED,
    (glossary.SHIFT, glossary.SET_BY_RULE): (_Of.set_by_rule, "shifts", _SHIFT),
    (glossary.SHIFT, glossary.MOVED_INTO_POOL): (_Of.moved, "shifts", _SHIFT),
    (glossary.SHIFT, glossary.UNFUNDED_ACUTE): (_Of.gap, "shifts", _SHIFT),
    (glossary.SHIFT, glossary.PUT_INTO_FUND): (_Of.set_by_rule, "shifts", _SHIFT),
    (glossary.SHIFT, glossary.INTEREST_ON_FUND): (_Of.interest, "shifts", _SHIFT),
    (glossary.SHIFT, glossary.PAID_OUT_OF_FUND): (
        lambda of: (
            "what the pool's programmes cost in full, "
            "less what other money moved into the pool pays"
        ),
        "shifts",
        _SHIFT,
    ),
    (glossary.SHIFT, glossary.BALANCE_OF_FUND): (_Of.balance, "shifts", _SHIFT),
    (glossary.SHIFT, glossary.FUND_BELOW_FLOOR): (
        lambda of: (
            f"floor {pounds(float(of.shift.fund_floor))} − "
            f"balance {of.money('Balance of the fund')}, from its start on"
        ),
        "shifts",
        (*_SHIFT, "fund_floor"),
    ),
    (glossary.SHIFT, glossary.PEAK_DRAW): (
        lambda of: f"all that was put in so far − balance {of.money('Balance of the fund')}",
        "shifts",
        _SHIFT,
    ),
    (glossary.POOL, glossary.MONEY_FOR_PROGRAMMES): (_Of.available, "", ()),
    (glossary.PROGRAMME, glossary.COST_IN_FULL): (_Of.cost, "programmes", _COST),
    (glossary.PROGRAMME, glossary.PAID): (_Of.paid, "programmes", (*_COST, *_TURN)),
    (glossary.PROGRAMME, glossary.PART_BOUGHT): (
        lambda of: f"paid {of.money(glossary.PAID)} ÷ cost in full {of.money('Cost in full')}",
        "programmes",
        (*_COST, *_TURN),
    ),
    (glossary.PROGRAMME, glossary.EFFECT_AT_WORK): (_Of.at_work, "programmes", _REACH),
}
"""How each figure comes about: in words, and the table and fields of the plan it rests on."""
