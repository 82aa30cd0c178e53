"""How uncertain a figure of the plan is, and which drivers move together."""

from typing import Literal

from icbudget.plan.columns import Kind, Noun, column
from icbudget.plan.provenance import Sourced


class Uncertainty(Sourced):
    """One uncertain figure.

    A row here stands instead of what icbudget would assume about the figure.
    """

    path: str = column(
        "Path",
        Kind.TEXT,
        "Figure that is uncertain, such as programmes/falls/effect. Of a figure by year,"
        " programmes/falls/reach[2027/28] is the value of that year; programmes/falls/reach is a"
        " factor on every year (1 as planned), and indices/cuf/rates is added to the rate of every"
        " year (0 as planned)",
        min_length=1,
        opens=True,
    )
    distribution: Literal[
        "pert", "triangular", "lognormal", "normal", "beta", "gamma", "bernoulli", "fixed"
    ] = column(
        "Distribution",
        Kind.CHOICE,
        "pert or triangular: an expert's low, likeliest and high; lognormal: a ratio with its"
        " interval; normal; beta: a share; gamma: a cost; bernoulli: it happens or it does not;"
        " fixed: not uncertain",
        default="pert",
        opens=True,
    )
    low: float | None = column(
        "Low",
        Kind.NUMBER,
        "Lower end of the interval",
        default=None,
        unit="",
        opens=True,
    )
    mode: float | None = column(
        "Central",
        Kind.NUMBER,
        "Likeliest value (pert, triangular), median (lognormal) or mean (normal, beta, gamma);"
        " blank takes the plan's own figure",
        default=None,
        unit="",
        opens=True,
    )
    high: float | None = column(
        "High",
        Kind.NUMBER,
        "Upper end of the interval",
        default=None,
        unit="",
        opens=True,
    )
    interval: Literal["p10_p90", "p2.5_p97.5", "limits"] = column(
        "Interval",
        Kind.CHOICE,
        "What low and high are: the 10th and 90th percentile; the ends of a 95 % interval; or the"
        " least and the most that can be",
        default="p10_p90",
    )
    chance: float | None = column(
        "Chance",
        Kind.FRACTION,
        "Chance that it happens (bernoulli): that the ward really closes",
        default=None,
        ge=0,
        le=1,
    )
    null_chance: float | None = column(
        "Chance of no effect",
        Kind.FRACTION,
        "Chance that the programme does not work at all; the effect is then drawn around none, and"
        " may be harm",
        default=None,
        ge=0,
        le=1,
    )
    persistence: float = column(
        "Persistence",
        Kind.FRACTION,
        "How much of a year's deviation lasts into the next (rates of an index): 0 % each year"
        " anew, 100 % the same in all",
        default=0.5,
        ge=0,
        le=1,
    )
    driver: str = column(
        "Driver",
        Kind.TEXT,
        "Figures that name the same driver move together; blank: the figure is its own",
        default="",
        opens=True,
    )


class Correlation(Noun):
    """How two drivers move together, by Spearman's rank correlation.

    A row here stands instead of what would be assumed.
    """

    driver_a: str = column(
        "Driver A",
        Kind.TEXT,
        "A driver, or the path of a figure that is its own driver",
        min_length=1,
        opens=True,
    )
    driver_b: str = column(
        "Driver B",
        Kind.TEXT,
        "Another driver",
        min_length=1,
        opens=True,
    )
    rank_correlation: float = column(
        "Rank correlation",
        Kind.NUMBER,
        "From −1 (one up, the other down) to 1 (together); 0 independent. An effect is up where it"
        " is great, a risk ratio too",
        unit="",
        ge=-1,
        le=1,
        opens=True,
    )
    reason: str = column(
        "Reason",
        Kind.TEXT,
        "Why the two go together",
        default="",
        opens=True,
    )
