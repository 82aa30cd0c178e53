"""A plan to start from: what the reference tables know about an area.

It holds nothing that they do not know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from icbudget import reference, years
from icbudget.findings import Finding, Place, error, note, percentage, warning
from icbudget.plan import Plan
from icbudget.plan.contribution import Contribution
from icbudget.plan.index import Index
from icbudget.plan.partner import Partner
from icbudget.plan.pass_down import PassDown
from icbudget.plan.pool import Pool
from icbudget.plan.provenance import Status
from icbudget.plan.setup import LONGEST_HORIZON, Setup
from icbudget.reference import Area, AreaIcb, Grant
from icbudget.reference.people import Projection, growth_in_words, people_notes, projection
from icbudget.reference.people_table import People
from icbudget.succeed import SMALLEST, area_faults, left_out, under_successors

BCF, DFG_POOL, COUNCIL, DEFLATOR = "bcf", "bcf_dfg", "council", "gdp_deflator"
HOSPITAL = "hospital"
"""Partner who provides what a shift begins from: its trust is in no table here."""


class _Rates(NamedTuple):
    """What an index is filled from.

    It has rates by year, the shipped table (or a source), the rows of it, and how firm the rates
    are.
    """

    id: str
    name: str
    rates: dict[str, float]
    table: str
    rows: dict[str, str]
    status: Status
    edition: str = ""
    """Edition of a source that is named in place of a table."""


def new_plan(
    area_name_or_code: str,
    base_year: str = "2025/26",
    horizon: int = 5,
    people: Sequence[People] = (),
    *,
    hospital: str | None = None,
) -> tuple[Plan | None, list[Finding]]:
    """Return a plan to start from for an area, and what is left to fill in.

    The area is a Health and Wellbeing Board's, by name or ONS code. With `hospital`, its name, the
    trust that provides hospital care is a partner; where the name is blank a note says so.

    Partners (the council, each ICB of the area, a county's districts), a pool that the council
    hosts, the known grants with what is known to go on to districts, and the published indices,
    each with its source; growth of people is that of `people` (a table that somebody imports) for
    the area, else of its main ICB, else England's. What is not known is left out, never guessed:
    missing years are warnings, the rest notes. An unknown area (with close names), base year or
    horizon is an error, and there is no plan.
    """
    area = reference.find_area(area_name_or_code)
    findings = _refusals(area_name_or_code, area, base_year, horizon)
    if area is None or findings:
        return None, findings
    span = years.span(years.year(base_year), horizon)
    rules_year, findings = _rules_year(span[0])
    every_icb = reference.area_icbs(area.key, span[0])
    icbs = tuple(icb for icb in every_icb if icb.share >= SMALLEST)
    findings += [left_out(area.name, icb) for icb in every_icb if icb.share < SMALLEST]
    contributions, grant_findings = _contributions(area, span, rules_year)
    nearest = projection(area, people)
    indices, index_findings = _indices(span, nearest)
    council = Partner(id=COUNCIL, name=f"{area.in_words} council", kind="council")
    districts = _districts(area)
    pass_downs, district_findings = _pass_downs(area, span, contributions, districts)
    providers, hospital_findings = _hospital(area, hospital)
    plan = Plan(
        setup=_setup(area, span, rules_year, icbs, contributions, nearest),
        partners=(*_icb_partners(icbs), council, *districts.values(), *providers),
        pools=_pools(area, contributions),
        contributions=contributions,
        pass_downs=pass_downs,
        indices=indices,
    )
    plan, successor_findings = under_successors(plan)
    changed = [finding for finding in successor_findings if finding.id != "body.none"]
    return plan, [
        *findings,
        *changed,
        *_area_notes(area, icbs),
        *people_notes(area, nearest, span),
        *reference.known_care(area),
        *grant_findings,
        *district_findings,
        *hospital_findings,
        *index_findings,
    ]


def _hospital(area: Area, name: str | None) -> tuple[tuple[Partner, ...], list[Finding]]:
    """Return the provider that activity moves from, if one is wanted, and a note on its name."""
    if name is None:
        return (), []
    called = name.strip() or f"Hospital trust for {area.in_words}"
    partner = Partner(id=HOSPITAL, name=called, kind="nhs_provider")
    if name.strip():
        return (partner,), []
    finding = note(
        "area.hospital",
        f"Which trust provides hospital care for {area.name} is not known here: Partners calls it"
        f" “{called}”.",
        "Type its name, or give it by --hospital.",
        Place(table="partners", row=HOSPITAL, column="name"),
    )
    return (partner,), [finding]


def _districts(area: Area) -> dict[str, Partner]:
    """Return a county's district councils as partners, by name."""
    return {
        name: Partner(
            id="_".join(re.findall(r"[a-z]+", name.lower().replace("'", ""))),
            name=f"{name} district",
            kind="district",
        )
        for name in reference.districts(area.ons_code)
    }


def _pass_downs(
    area: Area,
    span: tuple[str, ...],
    contributions: tuple[Contribution, ...],
    districts: dict[str, Partner],
) -> tuple[tuple[PassDown, ...], list[Finding]]:
    """Return what is known to go on to districts of each grant in the plan.

    A note names the districts for which it is not known.
    """
    granted = {row.source: row for row in contributions if row.pool == DFG_POOL}
    every_part = reference.grants(area.ons_code, districts=True)
    known = [part for part in every_part if part.grant in granted and part.year in span]
    rows: list[PassDown] = []
    for first in known:
        if first.year == span[0]:
            of_district = [part for part in known if part.district == first.district]
            rows.append(_pass_down(first, of_district, districts[first.district].id))
    filled = {row.district for row in rows}
    missing = [partner.name for partner in districts.values() if partner.id not in filled]
    # Without the grant in the plan there is nothing that could go on.
    if not missing or not granted:
        return tuple(rows), []
    message = (
        f"What of the {' and '.join(granted)} goes on to these is not known here:"
        f" {'; '.join(missing)}."
    )
    fix = "Enter it in Pass-down: the parts sum to the grant."
    return tuple(rows), [note("area.districts-to-fill", message, fix, Place(table="pass_downs"))]


def _pass_down(first: Grant, of_district: list[Grant], district: str) -> PassDown:
    """Return a district's part of a grant: of the base year, and of later years as far as known."""
    later = {part.year: part.amount for part in of_district if part.year != first.year}
    return PassDown(
        pool=DFG_POOL,
        source=first.grant,
        district=district,
        base_amount=first.amount,
        amounts=later,
        evidence=str(first.source),
        status="published" if first.status == "published" else "derived",
    )


def _refusals(asked: str, area: Area | None, base_year: str, horizon: int) -> list[Finding]:
    findings: list[Finding] = []
    if area is None:
        near = reference.close_areas(asked) if asked.strip() else ()
        meant = f" Nearest: {' or '.join(f'“{name}”' for name in near)}." if near else ""
        fix = (
            "Give the name of the council's area or its ONS code, such as Lewisham or"
            f" E09000023.{meant}"
        )
        message = (
            f"There is no Health and Wellbeing Board area “{asked}”."
            if asked.strip()
            else "No Health and Wellbeing Board area is named."
        )
        findings.append(error("area.unknown", message, fix))
    try:
        years.year(years.after(years.year(base_year), LONGEST_HORIZON))
    except ValueError:
        message = f"The base year “{base_year}” is not a financial year."
        place = Place(table="setup", column="base_year")
        findings.append(error("area.base-year", message, "Write it as 2025/26.", place))
    else:
        findings += area_faults(area, years.year(base_year)) if area else []
    if not 0 <= horizon <= LONGEST_HORIZON:
        message = f"The horizon is {horizon} years."
        fix = f"Use a whole number from 0 to {LONGEST_HORIZON}."
        findings.append(error("area.horizon", message, fix, Place(table="setup", column="horizon")))
    return findings


def _rules_year(base_year: str) -> tuple[str, list[Finding]]:
    """Return the latest rules year that has begun by the base year, else the first.

    A note says so where it is another year.
    """
    known = reference.rules_years()
    begun = [name for name in known if int(name[:4]) <= years.start(base_year)]
    chosen = begun[-1] if begun else known[0]
    first, last = int(chosen[:4]), int(chosen[:2] + chosen[-2:]) - 1
    if first <= years.start(base_year) <= last:
        return chosen, []
    message = f"There are no Better Care Fund lists for {base_year}; those of {chosen} are used."
    place = Place(table="setup", column="rules_year")
    return chosen, [note("area.rules-year", message, "Check the lists in Setup.", place)]


def _icb_partners(icbs: tuple[AreaIcb, ...]) -> tuple[Partner, ...]:
    if len(icbs) == 1:
        return (Partner(id="icb", name=icbs[0].icb_name, kind="icb"),)
    return tuple(
        Partner(id=f"icb_{row.icb_code.lower()}", name=row.icb_name, kind="icb") for row in icbs
    )


def _pools(area: Area, contributions: tuple[Contribution, ...]) -> tuple[Pool, ...]:
    name = f"{area.in_words} Better Care Fund"
    pools = [Pool(id=BCF, name=name, host=COUNCIL)]
    if any(row.pool == DFG_POOL for row in contributions):
        capital = Pool(
            id=DFG_POOL,
            name=f"{name}: Disabled Facilities Grant",
            host=COUNCIL,
            parent=BCF,
            money_kind="capital",
        )
        pools.append(capital)
    return tuple(pools)


def _contributions(
    area: Area, span: tuple[str, ...], rules_year: str
) -> tuple[tuple[Contribution, ...], list[Finding]]:
    """Return a line for each grant known in the base year.

    It has what is known of later years, and no index, which would guess.
    """
    listed = reference.choices("funding_source", rules_year)
    known = [grant for grant in reference.grants(area.ons_code) if grant.year in span]
    rows: list[Contribution] = []
    # A grant that is not known in the base year has no amount to begin from: it is named below.
    for name in dict.fromkeys(grant.grant for grant in known if grant.year == span[0]):
        if name in listed:
            rows += _lines_of(name, [grant for grant in known if grant.grant == name], span)
    filled = {row.source for row in rows}
    findings = [
        _not_used(name, [grant for grant in known if grant.grant == name], span[0], rules_year)
        for name in dict.fromkeys(grant.grant for grant in known)
        if name not in filled
    ]
    missing = [name for name in listed if name not in filled]
    message = f"Not known here for {span[0]}: {'; '.join(missing)}."
    place = Place(table="contributions")
    fix = "Enter them in Funding; icbudget reference import keeps a table of them beside the plan."
    findings.append(note("area.sources-to-fill", message, fix, place))
    findings += [_years_not_known(row, span) for row in rows if not set(span[1:]) <= {*row.amounts}]
    return tuple(rows), findings


def _lines_of(name: str, grants: list[Grant], span: tuple[str, ...]) -> Iterator[Contribution]:
    """Yield a line for each tranche of a grant: tranches may grow and end apart."""
    for line, tranche in enumerate(dict.fromkeys(grant.tranche for grant in grants), start=1):
        of_tranche = [grant for grant in grants if grant.tranche == tranche]
        yield _contribution(name, line, of_tranche, span)


def _not_used(name: str, grants: list[Grant], base_year: str, rules_year: str) -> Finding:
    known_years = ", ".join(sorted({grant.year for grant in grants}))
    message = f"The {name} is known for {known_years}, but not used."
    fix = (
        f"Type it on Funding where it belongs: it is not known for {base_year}, or not a funding"
        f" source of {rules_year}."
    )
    return note("area.grant-not-used", message, fix, Place(table="contributions"))


def _years_not_known(row: Contribution, span: tuple[str, ...]) -> Finding:
    later = [year for year in span[1:] if year not in row.amounts]
    message = f"The {row.source} is not known for {_listed(later)}."
    fix = "Type the amounts, or name an index that rolls it forward (flat for no change)."
    key = f"{row.pool}|{row.partner}|{row.source}|{row.line}"
    place = Place(table="contributions", row=key, column="index")
    return warning("area.grant-years", message, fix, place)


def _contribution(name: str, line: int, grants: list[Grant], span: tuple[str, ...]) -> Contribution:
    by_year: dict[str, Decimal] = {}
    for grant in grants:
        by_year[grant.year] = by_year.get(grant.year, Decimal(0)) + grant.amount
    notes = (f" ({grant.note})" if grant.note else "" for grant in grants)
    sources = dict.fromkeys(
        f"{grant.source}{note}" for grant, note in zip(grants, notes, strict=True)
    )
    return Contribution(
        pool=DFG_POOL if name == "DFG" else BCF,
        partner=COUNCIL,
        source=name,
        line=line,
        name=f"{name}: {grants[0].tranche}" if line > 1 else "",
        base_amount=by_year.get(span[0], Decimal(0)),
        amounts={year: by_year[year] for year in span[1:] if year in by_year},
        evidence="; ".join(sources),
        # One part that was worked out makes the sum worked out.
        status="published" if all(grant.status == "published" for grant in grants) else "derived",
    )


def _people(known: Projection, id: str, band: str, name: str) -> _Rates:
    whose = f"{name}, {known.place}"
    return _Rates(id, whose, known.growth(band), known.source, {}, "derived", known.edition)


def _prices(id: str, measure: str, name: str) -> _Rates:
    rates = reference.price_growth(measure)
    return _Rates(id, name, rates, "price_path", {"measure": measure}, "derived")


def _nhs_factor(id: str, name: str, rates: dict[str, float], factor: str) -> _Rates:
    return _Rates(id, name, rates, "nhs_cost_uplift", {"factor": factor}, "published")


def _known_rates(span: tuple[str, ...], people: Projection) -> tuple[_Rates, ...]:
    uplift, efficiency = reference.cost_uplift(), reference.efficiency()
    growth = {row.id: row.value for row in reference.national_factors()}
    preventable = growth["nel_growth_prevention"]
    return (
        _people(people, "pop_65", "65+", "Population aged 65 and over"),
        _people(people, "pop_75", "75+", "Population aged 75 and over"),
        _people(people, "pop_85", "85+", "Population aged 85 and over"),
        _people(people, "pop_all", "all", "Population of all ages"),
        _Rates(DEFLATOR, "GDP deflator", reference.gdp_deflator(), "gdp_deflator", {}, "published"),
        _nhs_factor("cost_uplift", "NHS cost uplift factor", uplift, "cost uplift"),
        _nhs_factor("efficiency", "NHS efficiency factor", efficiency, "efficiency"),
        _prices("cpi", "CPI", "Consumer prices (CPI), from calendar years"),
        _prices("earnings", "average earnings", "Average earnings, from calendar years"),
        _Rates(
            "nel_prevention",
            "Option for lines that programmes reach: growth of emergency admissions that prevention"
            " can reach, beyond population, as measured 2011 to 2019",
            dict.fromkeys(span[1:], preventable),
            "national_factor",
            {"id": "nel_growth_prevention"},
            "derived",
        ),
    )


def _indices(span: tuple[str, ...], people: Projection) -> tuple[tuple[Index, ...], list[Finding]]:
    """Return an index for each kind of rate, and warnings for years without one.

    Nothing is extrapolated.
    """
    rows: list[Index] = []
    findings: list[Finding] = []
    for known in _known_rates(span, people) if len(span) > 1 else ():
        rates = {year: known.rates[year] for year in span[1:] if year in known.rates}
        missing = [year for year in span[1:] if year not in rates]
        rows.append(_index(known, rates))
        if missing:
            message = f"No rate of “{known.id}” is published and confirmed for {_listed(missing)}."
            fix = (
                "Type a rate for these years before a line uses the index; nothing was"
                " extrapolated."
            )
            place = Place(table="indices", row=known.id, column=f"rates[{missing[0]}]")
            findings.append(warning("area.no-rate", message, fix, place))
    return tuple(rows), findings


def _index(known: _Rates, rates: dict[str, float]) -> Index:
    if not rates:
        return Index(id=known.id, name=known.name)
    if known.edition:
        return Index(
            id=known.id,
            name=known.name,
            version=known.edition,
            rates=rates,
            evidence=known.table,
            status=known.status,
        )
    used: list[reference.Row] = []
    for row in reference.rows(known.table):
        # Prices come by calendar year, of which every one stands behind some rate.
        is_of_the_years = row.get("financial_year", "") in ("", *rates)
        is_confirmed = row["status"] not in reference.UNCONFIRMED
        is_of_the_kind = all(row[field] == value for field, value in known.rows.items())
        if is_of_the_years and is_confirmed and is_of_the_kind:
            used.append(row)
    sources = {row["source"]: reference.source(row["source"]) for row in used}
    return Index(
        id=known.id,
        name=known.name,
        version="; ".join(source.vintage for source in sources.values()),
        rates=rates,
        evidence="; ".join(str(source) for source in sources.values()),
        status=known.status,
    )


def _listed(missing: list[str]) -> str:
    # Six fit; of seven and more the first five are named, so that “and 1 more” never stands.
    if len(missing) <= 6:
        return ", ".join(missing)
    return f"{', '.join(missing[:5])} and {len(missing) - 5} more years"


def _area_notes(area: Area, icbs: tuple[AreaIcb, ...]) -> list[Finding]:
    findings: list[Finding] = []
    if area.note:
        fix = "Check which area a published figure is for."
        findings.append(note("area.note", f"What to know of {area.name}: {area.note}.", fix))
    if len(icbs) > 1:
        message = f"{area.name} is split over {len(icbs)} ICBs: {_split(icbs)}."
        fix = "Split the NHS minimum contribution as its allocation says."
        findings.append(note("area.icb-split", message, fix))
    return findings


def _split(icbs: tuple[AreaIcb, ...]) -> str:
    return ", ".join(f"{row.icb_name} {percentage(row.share, 2)}" for row in icbs)


def _setup(
    area: Area,
    span: tuple[str, ...],
    rules_year: str,
    icbs: tuple[AreaIcb, ...],
    contributions: tuple[Contribution, ...],
    people: Projection,
) -> Setup:
    filled = [row.source for row in contributions]
    missing = [
        name for name in reference.choices("funding_source", rules_year) if name not in filled
    ]
    notes = [
        f"People registered with GPs, by ICB: {_split(icbs)} ({icbs[0].source}).",
        (
            f"Filled in from published figures: {'; '.join(filled)}."
            if filled
            else "No grant of the base year is known here."
        ),
        (
            f"To fill in: funding ({'; '.join(missing)}) and how it grows, schemes, minimums,"
            " activity lines, segments, prevention programmes, shifts, shares of risk, goals. Check"
            " the council as host."
        ),
        growth_in_words(area, people),
        *([f"{area.note}."] if area.note else []),
    ]
    period = f"{span[0]} to {span[-1]}" if len(span) > 1 else span[0]
    return Setup(
        title=f"{area.name}: Better Care Fund plan {period}",
        area=area.name,
        ons_code=area.ons_code,
        base_year=span[0],
        horizon=len(span) - 1,
        rules_year=rules_year,
        deflator=DEFLATOR if len(span) > 1 else "",
        notes=" ".join(notes),
    )


WHY_IT_MATTERS = {
    "area.hospital": (
        "The hospital's own position, its released and its stranded cost, would stand under a"
        " name that no board knows as its own."
    ),
    "area.base-year": (
        "Every allocation, index and rule is looked up by the financial year. A year that"
        " cannot be read has none."
    ),
    "area.districts-to-fill": (
        "The grant for adaptations passes to the districts. Until the parts are known the plan"
        " cannot show that all of it does."
    ),
    "area.grant-not-used": (
        "Money that is published for the area is in no pool of the new plan. Somebody has to"
        " say where it belongs, or income is missing."
    ),
    "area.grant-years": (
        "Past the last published year the grant is not guessed. A blank counts as nothing, and"
        " the pool looks short."
    ),
    "area.horizon": (
        "The horizon decides which years are planned. A number that cannot be used would give a"
        " plan without years."
    ),
    "area.icb-split": (
        "Each ICB pays its own minimum contribution. A split by people is close to it, but the"
        " allocation decides."
    ),
    "area.no-rate": (
        "An index without a rate cannot roll an amount forward. A guess here would grow through"
        " every later year."
    ),
    "area.note": (
        "Published figures are for boundaries that differ. A figure of a wider area would be"
        " too large for this one."
    ),
    "area.rules-year": (
        "Minimums and eligible spending change from year to year. Lists of another year may ask"
        " for the wrong ones."
    ),
    "area.sources-to-fill": (
        "No public source has these amounts. Until they are typed the pool is short of them."
    ),
    "area.unknown": (
        "Nothing can be filled in for an area that is not known: its partners, allocations and"
        " districts all hang on its name."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
