"""Rules that move money from activity into a pool."""

from decimal import Decimal
from typing import ClassVar, Literal

from icbudget.plan.columns import Kind, Money, MoneyByYear, NumberByYear, column
from icbudget.plan.provenance import Sourced


class Shift(Sourced):
    """One reallocation: the activity lines it draws on, the pool it feeds and the rule."""

    further: ClassVar[frozenset[str]] = frozenset({"evidence"})
    id: str = column(
        "Shift",
        Kind.TEXT,
        "Short id",
        min_length=1,
        opens=True,
    )
    name: str = column("Name", Kind.TEXT, "What is moved and why", default="")
    rule: Literal[
        "release_then_invest", "pump_prime", "fixed_amount", "fixed_percent", "marginal_rank"
    ] = column(
        "Rule",
        Kind.CHOICE,
        "release_then_invest: only a release of the year before is moved; pump_prime:"
        " one-off money pays first and the release pays it back; fixed_amount: so many pounds a"
        " year; fixed_percent: a share of the activity budget of the year before; marginal_rank: as"
        " release_then_invest, and the pool buys what is worth most for each £ instead of by"
        " priority",
        default="release_then_invest",
        opens=True,
    )
    lines: tuple[str, ...] = column(
        "Activity lines",
        Kind.REFERENCES,
        "Lines the money comes from, separated by semicolons",
        table="acute_lines",
        min_length=1,
        opens=True,
    )
    pool: str = column(
        "Pool",
        Kind.REFERENCE,
        "Pool the money goes into",
        table="pools",
        min_length=1,
        opens=True,
    )
    source: str = column(
        "Fund from",
        Kind.CHOICE,
        "pump_prime: source in the same pool that the one-off money is taken out of; blank: the"
        " budget of the activity lines",
        default="",
        choice_list="funding_source",
    )
    interest: float = column(
        "Fund interest",
        Kind.FRACTION,
        "pump_prime: yearly interest on the fund",
        default=0.0,
        ge=-0.5,
        le=0.5,
    )
    fund_floor: Money = column(
        "Fund floor",
        Kind.MONEY,
        "pump_prime: least that the fund must hold",
        default=Decimal(0),
        ge=0,
    )
    amounts: MoneyByYear = column(
        "Amount",
        Kind.MONEY,
        "Amount moved in the year (fixed_amount), or put into the fund (pump_prime)",
        by_year=True,
    )
    percents: NumberByYear = column(
        "Percent",
        Kind.FRACTION,
        "Share of the activity budget of the year before that is moved (fixed_percent) or put into"
        " the fund (pump_prime)",
        by_year=True,
    )
