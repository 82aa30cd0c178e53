"""Rows of the page of sources that a table of the product gives, worked out from that table.

The page has them to the letter: `test_figures_of_the_sources` compares the two.
"""

from __future__ import annotations

from collections.abc import Iterator

from icbudget.reference.loader import rows

MARKS = {
    "published": "",
    "background-unconfirmed": " (b)",
    "derived": " (d)",
    "excerpt": " (x)",
}
"""How sure a figure of the national table is, as the page writes it behind the figure."""
NATIONAL = (
    ("NHS minimum contribution",),
    ("iBCF", "Local Authority Better Care Grant"),
    ("DFG",),
    ("Discharge funding",),
    ("Winter pressures grant", "Social care capital grant"),
    ("Mandated total",),
    ("Actually pooled",),
)
"""The columns of the national table, each with the lines that can stand in it."""
AGES = {"all": "all ages", "65+": "65+", "75+": "75+", "85+": "85+"}
GROWTH_INTO = ("2024/25", "2025/26", "2026/27", "2027/28", "2028/29", "2029/30", "2030/31")
COSTS = (
    ("day_case",),
    ("elective",),
    ("nel",),
    ("nel_long",),
    ("nel_short",),
    ("excess_bed_day",),
    ("outpatient", "outpatient_procedure"),
    ("ae",),
)
"""The columns of unit costs by year, each with the rows that can stand in it."""
MORE_COSTS = {
    "ambulance": "ambulance, average",
    "critical_care": "critical care, a day",
    "rehabilitation": "rehabilitation bed, a day",
    "crisis_response": "crisis response contact",
    "home_intermediate_care": "intermediate care at home, contact",
    "community_matron": "community matron contact",
    "district_nurse": "district nurse contact",
    "community": "community contact, average",
    "falls_long": "falls and frailty, long stay",
    "falls_short": "the same, short stay",
    "heart_failure_long": "heart failure, long stay",
    "heart_failure_short": "the same, short stay",
    "copd_long": "COPD, long stay",
    "copd_short": "the same, short stay",
    "hip_fracture_long": "hip fracture, long stay",
    "hip_fracture_short": "the same, short stay",
    "stroke_long": "stroke, long stay",
    "stroke_short": "the same, short stay",
}
MEASURES = {
    "risk_ratio": "ratio of risks",
    "odds_ratio": "odds ratio",
    "rate_reduction": "reduction",
    "absolute_risk_reduction": "fall in risk",
    "cost difference per person, £": "cost a person, £",
    "admissions avoided per admission": "avoided for each",
    "cost ratio": "ratio of costs",
}
"""Measures of the evidence in words."""
SHARES = {"rate_reduction", "absolute_risk_reduction"}


def every_row() -> list[str]:
    """Every row of the page that comes from a table, in the order of the page."""
    makers = (national, discounting, uplifts, deflator, people, costs, more_costs, evidence)
    return [row for maker in makers for row in maker()]


def national() -> Iterator[str]:
    """National money of the Better Care Fund by year, £ million."""
    lines = {(row["financial_year"], row["line"]): row for row in rows("bcf_national")}
    for year in sorted({year for year, _ in lines if year >= "2015/16"}):
        cells = [_money(lines, year, names) for names in NATIONAL]
        yield _row(year, *cells)


def _money(lines: dict[tuple[str, str], dict[str, str]], year: str, names: tuple[str, ...]) -> str:
    known = [lines[year, name] for name in names if (year, name) in lines]
    cells = [
        figure(float(row["value"])) + MARKS[row["status"]] if row["value"] else row["status"]
        for row in known
    ]
    return "; ".join(cells) or "–"


def discounting() -> Iterator[str]:
    """Discount rates by band: costs and benefits, health effects, sensitivity."""
    bands: dict[tuple[str, str], dict[str, float]] = {}
    for row in rows("discount_rate"):
        band = bands.setdefault((row["first_year"], row["last_year"]), {})
        band[row["kind"]] = float(row["rate"])
    for (first, last), rates in bands.items():
        years = f"{first}–{last}" if last else f"{first} and over"
        kinds = ("standard", "health", "sensitivity")
        yield _row(years, *(f"{rates[kind] * 100:.2f} %" for kind in kinds))


def uplifts() -> Iterator[str]:
    """NHS cost uplift and efficiency by year and version, with how sure each is."""
    versions: dict[tuple[str, str], dict[str, dict[str, str]]] = {}
    factors = ("cost uplift", "efficiency")
    for row in rows("nhs_cost_uplift"):
        if row["factor"] in factors:
            of_version = versions.setdefault((row["financial_year"], row["version"]), {})
            of_version[row["factor"]] = row
    for (year, version), known in versions.items():
        cells = [_rate(known[factor]) if factor in known else "–" for factor in factors]
        sure = dict.fromkeys(known[factor]["status"] for factor in factors if factor in known)
        yield _row(year, version, *cells, ", ".join(sure))


def _rate(row: dict[str, str]) -> str:
    return f"{percent(float(row['value']))} %" if row["value"] else row["status"]


def deflator() -> Iterator[str]:
    """The GDP deflator: growth, and its index on two base years."""
    by_year = {row["financial_year"]: row for row in rows("gdp_deflator")}
    first, second = (float(by_year[y]["index_2007_08"]) for y in ("2015/16", "2025/26"))
    for year, row in by_year.items():
        if year >= "2015/16":
            index = float(row["index_2007_08"])
            growth = float(row["growth"]) * 100
            on_first, on_second = index / first * 100, index / second * 100
            yield _row(year, f"{growth:.2f} %", f"{on_first:.2f}", f"{on_second:.2f}")


def people() -> Iterator[str]:
    """People of England by age: millions in two years, growth a year and into each year."""
    by_age = {(row["age_band"], row["financial_year"]): row for row in rows("population")}
    for age, name in AGES.items():
        before, after = (float(by_age[age, y]["population"]) for y in ("2024/25", "2029/30"))
        decimals = 3 if age == "85+" else 2
        average = (after / before) ** (1 / 5) - 1
        growth = [f"{float(by_age[age, year]['growth']) * 100:.2f} %" for year in GROWTH_INTO]
        millions = [f"{count / 1_000_000:.{decimals}f}" for count in (before, after)]
        yield _row(name, *millions, f"{average * 100:.2f} %", *growth)


def costs() -> Iterator[str]:
    """National average unit costs by year, whole pounds."""
    known = {(row["id"], row["price_year"]): row for row in rows("unit_cost")}
    for year in ("2015/16", "2016/17", "2023/24", "2024/25"):
        cells = [
            next((_pounds(known[id, year]) for id in ids if (id, year) in known), "–")
            for ids in COSTS
        ]
        yield _row(year, *cells)


def more_costs() -> Iterator[str]:
    """Further unit costs of 2024/25, two a row."""
    known = {row["id"]: row for row in rows("unit_cost") if row["price_year"] == "2024/25"}
    cells = [(name, _pounds(known[id])) for id, name in MORE_COSTS.items()]
    for left, right in zip(cells[::2], cells[1::2], strict=True):
        yield _row(*left, *right)


def _pounds(row: dict[str, str]) -> str:
    return figure(round(float(row["unit_cost"])))


def evidence() -> Iterator[str]:
    """The evidence library: planning range, grade, estimate with its interval, trust."""
    for row in rows("evidence"):
        bounds = [row[f"default_{part}"] for part in ("low", "central", "high")]
        ranges = " / ".join(percent(float(bound), 1) for bound in bounds)
        shown = f"{_estimate(row)}{row['trust']}"
        cells = (row["programme"], f"{ranges} %", row["default_basis"], row["grade"], shown)
        yield _row(row["number"], *cells)


def _estimate(row: dict[str, str]) -> str:
    if not row["estimate"]:
        return ""
    low, high = (_measured(row, row[f"estimate_{end}"]) for end in ("low", "high"))
    interval = f" ({low} to {high})" if low and high else ""
    found = _measured(row, row["estimate"])
    return f"{row['outcome']}: {MEASURES[row['measure']]} {found}{interval}. "


def _measured(row: dict[str, str], value: str) -> str:
    if not value:
        return ""
    if row["measure"] in SHARES:
        return f"{percent(float(value))} %"
    return figure(float(value)) if "£" in row["measure"] else value


def figure(value: float) -> str:
    """A figure as the page writes it: thousands, no closing noughts, a true minus sign."""
    return f"{value:,.10g}".replace("-", "−") if abs(value) < 1e9 else f"{value:,.0f}"


def percent(share: float, decimals: int = 2) -> str:
    """A share in per cent, without closing noughts."""
    return f"{share * 100:.{decimals}f}".rstrip("0").rstrip(".").replace("-", "−")


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
