"""What a row of a ledger stands for: left out on purpose, or a line, month and partner."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from icbudget.ledger_import.ledger_amounts import Unreadable, amount
from icbudget.ledger_import.ledger_headings import Headings
from icbudget.ledger_import.ledger_map import LedgerMap, SchemeLine
from icbudget.ledger_import.ledger_months import (
    DateOrder,
    Month,
    month_of_date,
    month_of_period,
    year_of,
)
from icbudget.plan import Plan
from icbudget.plan.cell_values import clean

_CREDIT = frozenset({"c", "cr", "credit", "h", "haben"})
_DEBIT = frozenset({"d", "dr", "debit", "s", "soll"})
"""Marks of an amount's side; S and H are those of ledgers made in Germany."""


_BALANCE = re.compile(
    r"(?:(?:opening |closing )?balances? )?(?:b/?f|c/?f|[bc]/?fwd|(?:brought|carried) forward)"
    r"|(?:opening|closing) balances?"
)
"""A cell that says, with nothing else in it, that its row is a balance and not a posting."""


class Line(NamedTuple):
    """What a row of Actuals is of, but for its month."""

    kind: str
    scheme: str
    line: int
    pool: str
    source: str
    partner: str


def folded(text: str) -> str:
    """Return a text as it is compared: without invisible letters, in small letters."""
    return clean(text).casefold()


class Codes:
    """What the rows of one ledger stand for, by its map and the plan."""

    def __init__(
        self,
        ledger_map: LedgerMap,
        plan: Plan,
        year: str,
        *,
        decimal_comma: bool,
        order: DateOrder,
    ) -> None:
        self.map = ledger_map
        self.years = plan.years
        self.year = year
        self.decimal_comma = decimal_comma
        self.order = order
        self.lines = {(row.id, row.line) for row in plan.schemes}
        self.pools = {row.id for row in plan.pools}
        self.partners = {row.id for row in plan.partners}
        self.schemes = dict(ledger_map.schemes)
        if not self.schemes:
            # a map that names schemes names all of them: 12 for 0012 is not scheme 12 by luck
            self.schemes = _own_ids(plan)
        self.named = {*ledger_map.schemes, *ledger_map.income}
        self.ignored = {folded(code) for code in ledger_map.ignore}
        self.ignored_beginnings = tuple(code[:-1] for code in self.ignored if code.endswith("*"))
        self.accruals = {folded(mark) for mark in ledger_map.accruals}
        self._months: dict[tuple[str, str], Month] = {}

    def left_out(self, cells: Sequence[str], headings: Headings) -> bool:
        """Return whether a row is left out on purpose: `ignore` names its code.

        What the map names is never left out. A short row, such as a page's title, goes by the
        first text in it.
        """
        code = self.cell(cells, headings, "code")
        if code in self.named:
            return False
        texts = {folded(code)}
        if len(cells) <= headings.last_column:
            texts.add(next((folded(cell) for cell in cells if clean(cell)), ""))
        return bool(texts & self.ignored) or any(
            text.startswith(self.ignored_beginnings) for text in texts
        )

    def is_balance(self, cells: Sequence[str]) -> bool:
        """Return whether a row is a balance brought or carried forward, whatever its code."""
        return any(_BALANCE.fullmatch(folded(cell).rstrip(".:")) for cell in cells)

    def cell(self, cells: Sequence[str], headings: Headings, part: str) -> str:
        """Return the cell of a mapped column; blank where none is mapped or the row is short."""
        column = headings.columns.get(part)
        return clean(cells[column]) if column is not None and column < len(cells) else ""

    def pence(self, cells: Sequence[str], headings: Headings) -> int:
        """Return the row's amount, debit positive. Raises `Unreadable`."""
        if "amount" in headings.columns:
            pence = self._amount(cells[headings.columns["amount"]])
            if "side" in headings.columns:
                return self._of_side(pence, self.cell(cells, headings, "side"))
            return pence
        debit = self.cell(cells, headings, "debit")
        credit = self.cell(cells, headings, "credit")
        if not debit and not credit:
            raise Unreadable("neither debit nor credit")
        return (self._amount(debit) if debit else 0) - (self._amount(credit) if credit else 0)

    def _amount(self, text: str) -> int:
        return amount(text, decimal_comma=self.decimal_comma)

    def _of_side(self, pence: int, side: str) -> int:
        mark = side.casefold().rstrip(".")
        if mark not in _CREDIT and mark not in _DEBIT:
            raise Unreadable(f"“{side[:20]}” is neither debit nor credit")
        # A minus and “credit” may mean the same twice, or a credit taken back: nobody can know.
        if mark in _CREDIT and pence < 0:
            raise Unreadable("its amount has a minus and a mark of credit")
        return -pence if mark in _CREDIT else pence

    def amounts(
        self, cells: Sequence[str], headings: Headings, pence: int
    ) -> list[tuple[Month, int]]:
        """Return the row's amounts by month, of `pence` in all, debit positive.

        Raises `Unreadable`.
        """
        if not headings.months:
            return [(self._month(cells, headings), pence)]
        year = self.cell(cells, headings, "year")
        own_year = year_of(year) if year else ""
        amounts = []
        for column, month in headings.months.items():
            if clean(cells[column]):
                amounts.append(((own_year or month[0], month[1]), self._amount(cells[column])))
        return amounts

    def total(self, cells: Sequence[str], headings: Headings) -> int:
        """Return the row's amounts added up, debit positive. Raises `Unreadable`."""
        if not headings.months:
            return self.pence(cells, headings)
        filled = [cells[column] for column in headings.months if clean(cells[column])]
        return sum(self._amount(cell) for cell in filled)

    def _month(self, cells: Sequence[str], headings: Headings) -> Month:
        year = self.cell(cells, headings, "year")
        text = self.cell(cells, headings, "period" if "period" in headings.columns else "date")
        known = self._months.get((text, year))
        if known is None:
            known = self._months[text, year] = self._read_month(text, year, headings)
        return known

    def _read_month(self, text: str, year: str, headings: Headings) -> Month:
        if "date" in headings.columns:
            return month_of_date(text, self.years, self.map.date_format, self.order)
        own_year = year_of(year) if year else self.year
        if own_year not in self.years:
            raise Unreadable(f"{own_year} is not a year of the plan")
        allowed = (own_year,) if year else self.years
        return month_of_period(text, allowed, self.map.period_form, own_year)

    def line(self, cells: Sequence[str], headings: Headings) -> Line:
        """Return what the row is of, but for its month. Raises `Unreadable`."""
        code = self.cell(cells, headings, "code")
        partner = self.cell(cells, headings, "partner")
        partner = self.map.partners.get(partner, partner)
        if partner and partner not in self.partners:
            raise Unreadable(f"partner “{partner[:40]}” is not in the plan")
        income = self.map.income.get(code)
        if income is not None:
            if income.pool not in self.pools:
                raise Unreadable(
                    f"code {code} stands for pool {income.pool}, which is not in the plan"
                )
            holder = income.partner or partner
            return Line("income", "", 1, income.pool, income.source, holder)
        scheme = self.schemes.get(code)
        if scheme is None:
            raise Unreadable(self._unknown(code))
        if (scheme.scheme, scheme.line) not in self.lines:
            raise Unreadable(
                f"code {code} stands for scheme {scheme.scheme}, line {scheme.line}, which is not"
                " in the plan"
            )
        return Line("expenditure", scheme.scheme, scheme.line, "", "", partner)

    def _unknown(self, code: str) -> str:
        if not code:
            return "no code"
        bare = code.lstrip("0").casefold()
        alike = next((name for name in self.named if name.lstrip("0").casefold() == bare), "")
        hint = f"; “{alike}” is, so a program may have taken its zeros" if alike else ""
        return f"code “{code[:40]}” is not in the map{hint}"


def _own_ids(plan: Plan) -> dict[str, SchemeLine]:
    """Return the scheme line of each `id/line`, and the first of each id."""
    lines: dict[str, SchemeLine] = {}
    for row in plan.schemes:
        line = SchemeLine(scheme=row.id, line=row.line)
        lines.setdefault(row.id, line)
        lines[f"{row.id}/{row.line}"] = line
    return lines
