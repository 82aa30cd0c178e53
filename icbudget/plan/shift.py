"""Rules that move money from acute activity into a pool."""

from __future__ import annotations

from typing import Literal

from icbudget.plan.columns import Kind, MoneyByYear, NumberByYear, column
from icbudget.plan.provenance import Sourced

RULES = ("release_then_invest", "fixed_amount", "fixed_percent")


class Shift(Sourced):
    """One reallocation: the acute lines it draws on, the pool it feeds and the rule."""

    id: str = column("Shift", Kind.TEXT, "Short id", min_length=1)
    name: str = column("Name", Kind.TEXT, "What is moved and why", default="")
    rule: Literal["release_then_invest", "fixed_amount", "fixed_percent"] = column(
        "Rule",
        Kind.CHOICE,
        "release_then_invest: only a confirmed release of the year before is moved; fixed_amount: so many pounds a year; "
        "fixed_percent: a share of the acute budget of the year before",
        default="release_then_invest",
        choices=RULES,
    )
    lines: tuple[str, ...] = column(
        "Acute lines", Kind.REFERENCES, "Lines the money comes from, parted by semicolons", table="acute_lines", min_length=1
    )
    pool: str = column("Pool", Kind.REFERENCE, "Pool the money goes into", table="pools", min_length=1)
    amounts: MoneyByYear = column("Amount", Kind.MONEY, "Amount moved in the year (fixed_amount)", by_year=True)
    percents: NumberByYear = column(
        "Percent", Kind.FRACTION, "Share of the acute budget of the year before (fixed_percent)", by_year=True
    )
