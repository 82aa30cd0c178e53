"""Prevention programmes: whom they reach, what they avoid, what they cost."""

from typing import Literal, get_args

from icbudget.plan.columns import Kind, Money, MoneyByYear, NumberByYear, Role, Year, column
from icbudget.plan.provenance import Sourced
from icbudget.plan.shared_columns import short_id
from icbudget.reference import LIBRARY

RATIOS = ("risk_ratio", "odds_ratio", "before_after")
"""Measures of which less is more avoided."""
EFFECTS = ("effect", "effect_low", "effect_high")
"""Columns that hold an effect in its measure."""
Measure = Literal[
    "rate_reduction", "risk_ratio", "odds_ratio", "absolute_risk_reduction", "before_after"
]
MEASURES: tuple[str, ...] = get_args(Measure)


def effect_in_words(measure: str, value: float) -> str:
    """Return an effect as people write it: a reduction in per cent, a ratio as it is."""
    written = f"{value:.10g}" if measure in RATIOS else f"{value * 100:.6g}%"
    return written.replace("-", "−")


class Programme(Sourced):
    """One prevention or out-of-hospital programme."""

    id: str = short_id("Programme")
    name: str = column(
        "Name",
        Kind.TEXT,
        "What the programme is",
        default="",
        opens=True,
    )
    shared_id: str = column(
        "Shared id",
        Kind.TEXT,
        "The same id in the plan of each place that shares the programme: where plans are rolled"
        " up, it counts once, and each place has a part by what it pays",
        default="",
    )
    reaches: tuple[str, ...] = column(
        "Reaches",
        Kind.REFERENCES,
        "Activity lines that it reaches as a whole, separated by semicolons; where it reaches a"
        " part of a line, say so on Segments",
        default=(),
        table="acute_lines",
        opens=True,
    )
    pool: str = column(
        "Pool",
        Kind.REFERENCE,
        "Pool that pays for it, unless a scheme names the programme",
        default="",
        table="pools",
    )
    source: str = column(
        "Source of funding",
        Kind.CHOICE,
        "Funding source in that pool, unless a scheme names the programme",
        default="",
        choice_list="funding_source",
    )
    partner: str = column(
        "Partner",
        Kind.REFERENCE,
        "Partner that pays for it outside every pool",
        default="",
        table="partners",
    )
    priority: int = column("Priority", Kind.WHOLE, "1 is funded first", default=1, ge=1)
    divisible: bool = column(
        "Divisible",
        Kind.YES_NO,
        "Whether a part of it can be bought when money is short",
        default=True,
    )
    reach_basis: Literal["direct", "in_service", "joins"] = column(
        "Reach basis",
        Kind.CHOICE,
        "direct: reach is entered by year; in_service: people in service over the cohort; "
        "joins: people joining, kept with the yearly drop-off, over the cohort",
        default="direct",
    )
    max_reach: float = column(
        "Maximum reach",
        Kind.FRACTION,
        "Largest share of the segment that can be reached",
        default=1.0,
        ge=0,
        le=1,
        opens=True,
    )
    steady_reach: float | None = column(
        "Reach",
        Kind.FRACTION,
        "Share reached in each year from Starts on (reach basis direct); a year on Prevention by"
        " year counts instead",
        default=None,
        ge=0,
        le=1,
        opens=True,
    )
    yearly_cost: Money | None = column(
        "Cost a year",
        Kind.MONEY,
        "Cost that does not depend on people in each year from Starts on, in base-year prices; a"
        " year on Prevention by year counts instead",
        default=None,
        ge=0,
        opens=True,
    )
    starts: Year | None = column(
        "Starts",
        Kind.YEAR,
        "First year of Reach and of Cost a year; blank: the first year after the base year",
        default=None,
        opens=True,
    )
    lag: float = column(
        "Lag",
        Kind.NUMBER,
        "Years from reaching people to the effect",
        default=0.0,
        unit="years",
        ge=0,
        le=30,
        opens=True,
    )
    drop_off: float = column(
        "Yearly drop-off",
        Kind.FRACTION,
        "Share of those who joined that is lost each year",
        default=0.0,
        ge=0,
        le=1,
    )
    library: str = column(
        "Evidence row",
        Kind.CHOICE,
        "Row of the Evidence sheet: every blank cell of name, effect, its low and high, grade, lag"
        " and source takes what stands there; what you type counts instead, and `check` tells where"
        " it differs",
        default="",
        choice_list=LIBRARY,
        opens=True,
    )
    effect_measure: Measure = column(
        "Effect measure",
        Kind.CHOICE,
        "How the study states the effect; before_after is the rate after over the rate before,"
        " without a control group",
        default="rate_reduction",
    )
    effect: float = column(
        "Effect",
        Kind.NUMBER,
        "Central estimate of the effect, in its measure; needed where no evidence row is named",
        unit="",
        unless="library",
        opens=True,
    )
    effect_low: float | None = column(
        "Effect, low",
        Kind.NUMBER,
        "Low end of the estimate; of a ratio that is the hopeful end",
        default=None,
        opens=True,
    )
    effect_high: float | None = column(
        "Effect, high",
        Kind.NUMBER,
        "High end of the estimate; of a ratio that is the cautious end",
        default=None,
        opens=True,
    )
    base_risk: float | None = column(
        "Base risk",
        Kind.FRACTION,
        "Risk without the programme, for an odds ratio or an absolute risk reduction",
        default=None,
        gt=0,
        lt=1,
    )
    rate_before: float | None = column(
        "Rate before",
        Kind.NUMBER,
        "Admissions or attendances a person in the year before joining, for before_after",
        default=None,
        unit="a person a year",
        gt=0,
    )
    population_rate: float | None = column(
        "Population rate",
        Kind.NUMBER,
        "Mean rate of everyone the programme picked its people from, for before_after",
        default=None,
        unit="a person a year",
        gt=0,
    )
    dispersion: float | None = column(
        "Dispersion",
        Kind.NUMBER,
        "Negative binomial k of that rate (variance is mean + mean² ÷ k), for before_after; a small"
        " k is a few people with much",
        default=None,
        unit="",
        gt=0,
    )
    grade: Literal["A", "B", "C", "D", "N"] = column(
        "Evidence grade",
        Kind.CHOICE,
        "A: UK trial or meta-analysis; B: controlled study in the UK; C: controlled elsewhere; D:"
        " before and after or model only; N: good evidence of no effect. Needed where no evidence"
        " row is named",
        unless="library",
        opens=True,
    )
    reason: str = column(
        "Reason",
        Kind.TEXT,
        "Why the plan goes against the evidence: an effect of grade N, or deadweight beside a"
        " control group",
        default="",
    )
    deadweight: float = column(
        "Deadweight",
        Kind.FRACTION,
        "What would have happened anyway; only where the study had no control group",
        default=0.0,
        ge=0,
        le=1,
    )
    attribution: float = column(
        "Attribution to others",
        Kind.FRACTION,
        "Part of the effect that others bring about",
        default=0.0,
        ge=0,
        le=1,
    )
    displacement: float = column(
        "Displacement",
        Kind.FRACTION,
        "Part of the effect that only moves use elsewhere",
        default=0.0,
        ge=0,
        le=1,
    )
    optimism_benefit: float = column(
        "Optimism bias on benefit", Kind.FRACTION, "Taken off the effect", default=0.0, ge=0, le=1
    )
    optimism_cost: float = column(
        "Optimism bias on cost", Kind.FRACTION, "Added to the cost", default=0.0, ge=0, le=10
    )
    family: str = column(
        "Family",
        Kind.TEXT,
        "Programmes of one family reach partly the same admissions",
        default="",
        role=Role.FIGURE,
    )
    unit_cost: float = column(
        "Unit cost",
        Kind.PRICE,
        "Cost for one person in the base year's prices",
        default=0.0,
        unit="£ a person",
        ge=0,
        opens=True,
    )
    cost_index: str = column(
        "Cost index",
        Kind.REFERENCE,
        "Index of the programme's cost; flat, also where blank, means no change",
        default="",
        table="indices",
        opens=True,
    )
    price_year: Year | None = column(
        "Price year", Kind.YEAR, "Year of the costs; blank means the base year", default=None
    )
    qalys_per_person: float | None = column(
        "QALYs a person",
        Kind.NUMBER,
        "Quality-adjusted life years gained in a year by each of the people of that year; blank:"
        " none is counted",
        default=None,
        unit="QALY a person",
        ge=-1,
        le=1,
    )
    staff: float = column(
        "Staff",
        Kind.NUMBER,
        "Staff needed for one person served",
        default=0.0,
        unit="wte a person",
        ge=0,
    )
    must_do: bool = column(
        "Must do", Kind.YES_NO, "Whether a best plan must hold it", default=False
    )
    excludes: tuple[str, ...] = column(
        "Excludes",
        Kind.REFERENCES,
        "Programmes that a best plan must not hold beside it, separated by semicolons",
        default=(),
        table="programmes",
    )
    largest_step: float | None = column(
        "Largest step",
        Kind.NUMBER,
        "Most that people (reach, where it is direct) may grow in a year in a best plan, which then"
        " buys it more slowly, or if it is not divisible not at all; blank: no limit",
        default=None,
        unit="a year",
        gt=0,
    )
    earliest_start: Year | None = column(
        "Earliest start",
        Kind.YEAR,
        "First year in which a best plan may start it; blank: any year",
        default=None,
    )
    people: NumberByYear = column(
        "People",
        Kind.NUMBER,
        "People in service or joining in the year",
        by_year=True,
        unit="people",
    )
    cohort: NumberByYear = column(
        "Cohort",
        Kind.NUMBER,
        "People who could be reached in the year",
        by_year=True,
        unit="people",
    )
    reach: NumberByYear = column(
        "Reach", Kind.FRACTION, "Share of the segment reached in the year (direct)", by_year=True
    )
    fixed_cost: MoneyByYear = column(
        "Fixed cost",
        Kind.MONEY,
        "Cost that does not depend on people, in base-year prices",
        by_year=True,
    )
    double_running: MoneyByYear = column(
        "Double running",
        Kind.MONEY,
        "Old and new service at once, in the money of the year",
        by_year=True,
    )
    exit_cost: MoneyByYear = column(
        "Exit cost",
        Kind.MONEY,
        "One-off cost of closing the old service, in the money of the year",
        by_year=True,
    )
    qalys: NumberByYear = column(
        "QALYs",
        Kind.NUMBER,
        "Quality-adjusted life years gained in the year beyond those by person",
        by_year=True,
        unit="QALY",
    )
    other_source: tuple[str, ...] = column(
        "Other source",
        Kind.REFERENCES,
        "Funding sources of the same pool that a best plan may pay it from instead, separated by"
        " semicolons: those whose conditions it meets; not where a scheme names the programme",
        default=(),
        choice_list="funding_source",
    )
    largest_fall: float | None = column(
        "Largest fall",
        Kind.NUMBER,
        "Most that people (reach, where it is direct) may fall in a year in a best plan; blank: no"
        " limit",
        default=None,
        unit="a year",
        ge=0,
    )
    smallest: float | None = column(
        "Smallest size",
        Kind.NUMBER,
        "People (reach, where it is direct) below which a best plan does not run it in any year"
        " from its start; blank: none",
        default=None,
        unit="a year",
        gt=0,
    )
    no_start: tuple[Year, ...] = column(
        "No start in",
        Kind.YEARS,
        "Years in which a best plan must not start it, separated by semicolons; all years of the"
        " plan: it must not do it",
        default=(),
    )
    capacity: NumberByYear = column(
        "Capacity",
        Kind.NUMBER,
        "Most people (reach, where it is direct) that can be served in the year in a best plan,"
        " which then buys less of it that year, or if it is not divisible none; blank: no limit",
        by_year=True,
        unit="a year",
    )

    @property
    def cautious(self) -> float | None:
        """Return the end of the estimate that avoids less: of a ratio the high one."""
        return self.effect_high if self.effect_measure in RATIOS else self.effect_low

    @property
    def hopeful(self) -> float | None:
        """Return the end of the estimate that avoids more: of a ratio the low one."""
        return self.effect_low if self.effect_measure in RATIOS else self.effect_high
