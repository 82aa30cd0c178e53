"""Many plans together: what each came to, draw by draw, rolled up by ICB, region and nation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from icbudget import glossary, reference
from icbudget.engine.rounding import Floats
from icbudget.engine.run import Result
from icbudget.engine.uncertainty.outcomes import BALANCE, NET_CASH, PAID, SYSTEM
from icbudget.engine.uncertainty.simulate import Simulation
from icbudget.money import split
from icbudget.plan import Plan
from icbudget.plan.columns import ByYear

OUTCOMES = (
    BALANCE,
    glossary.CONTRACT_SAVING_NET,
    glossary.NET_RELEASE,
    glossary.PROVIDERS_LOSE,
    PAID,
    NET_CASH,
)
"""What of the whole system is rolled up."""
POOLS = "Pools: balance carried forward"
OF_NATION = "Nation"
"""The level of a sum over every plan, whatever areas they are of."""
NATION = "England"
NATION_CODE = "E92000001"
"""The ONS code of England, which is no area of the list."""
PART_OF_NATION = "Part of England"
"""What the sum of all plans is called where not every area has a plan."""
NO_SINGLE_AREA = "All plans"
"""What that sum is called where no plan is of a single area, as one of England is."""
NO_AREA = "No area stated"


@dataclass(frozen=True, eq=False, slots=True)
class Ranges:
    """What one plan came to.

    `draws`: outcomes × (years + 1) × draws, pence, the last column over the plan; `planned` as one.
    """

    area: str
    years: tuple[str, ...]
    names: tuple[str, ...]
    planned: Floats
    draws: Floats


@dataclass(frozen=True, eq=False, slots=True)
class Group:
    """A sum of plans.

    Its level and name, how many plans are in it, how many of the areas that there are have one, and
    what they come to together, draw by draw.
    """

    level: str
    name: str
    plans: int
    areas: int
    of_areas: int
    years: tuple[str, ...]
    planned: Floats
    draws: Floats

    @property
    def covers(self) -> str:
        """Return how many of how many areas the sum covers, in words."""
        if not self.of_areas:
            return "no area of the list"
        if not self.areas:
            return f"none of the {self.of_areas:,} areas by itself"
        return f"{self.areas:,} of {self.of_areas:,} areas"


def ranges_of(made: Simulation) -> Ranges:
    """Return what a simulated plan adds to a roll-up."""
    at = {(o.subject, o.name): n for n, o in enumerate(made.outcomes)}
    rows = [at[SYSTEM, name] for name in OUTCOMES]
    pools = [
        n
        for n, o in enumerate(made.outcomes)
        if o.subject.startswith("Pool ") and o.over_plan == "last"
    ]
    planned = np.concatenate([made.own[rows], made.own[pools].sum(axis=0, keepdims=True)])
    nothing = np.zeros((len(made.plan.years) + 1, made.draws))
    all_pools = sum((made.kept.of(n) for n in pools), nothing)
    draws = np.stack([*(made.kept.of(n) for n in rows), all_pools])
    return Ranges(made.plan.setup.ons_code, made.plan.years, (*OUTCOMES, POOLS), planned, draws)


def without_programmes(plan: Plan, shared_ids: Iterable[str]) -> Plan:
    """Return the plan with its programmes of these shared ids reaching nobody and costing nothing.

    They keep their rows, so that what names them still finds them: another plan counts them.
    """
    left_out = frozenset(shared_ids)
    nobody = ByYear(dict.fromkeys(plan.years, 0.0))
    nothing = ByYear(dict.fromkeys(plan.years, Decimal(0)))
    away = {
        "people": nobody,
        "reach": nobody,
        "steady_reach": None,
        "fixed_cost": nothing,
        "yearly_cost": None,
        "double_running": ByYear(),
        "exit_cost": ByYear(),
        "qalys": ByYear(),
    }
    rows = tuple(
        row.model_copy(update=away) if row.shared_id in left_out else row for row in plan.programmes
    )
    return plan.model_copy(update={"programmes": rows})


def parts_of(full: Ranges, without: Ranges, paid: Sequence[int]) -> list[Ranges]:
    """Return each place's part of what a shared programme makes of the figures of one plan.

    `full` is that plan with the programme and `without` it without; `paid` is what each place
    pays for it in its own plan, pence, which the parts follow. They make the whole to the penny.
    Equal parts where nobody pays.
    """
    # Who shares a programme that nobody pays for has no other measure than that it takes part.
    weights = paid if any(paid) else [1] * len(paid)
    planned = full.planned - without.planned
    years = planned.shape[1] - 1
    parts = np.zeros((len(weights), *planned.shape))
    for row, year in np.ndindex(planned.shape[0], years):
        parts[:, row, year] = split(round(float(planned[row, year])), weights)
    # Over the plan from the years, so that no place is a penny out across its own row.
    parts[..., -1] = parts[..., :-1].sum(axis=-1)
    carried = full.names.index(POOLS)
    # A balance is not summed over years: over the plan it is the last year's.
    parts[:, carried, -1] = parts[:, carried, -2]
    drawn = full.draws - without.draws
    return [
        replace(full, planned=part, draws=drawn * (weight / sum(weights)))
        for part, weight in zip(parts, weights, strict=True)
    ]


def with_part(ranges: Ranges, part: Ranges) -> Ranges:
    """Return what a plan came to with its part of a programme that another plan counts.

    Years that only one of them has are in it.
    """
    years = tuple(sorted({*ranges.years, *part.years}))
    draws = min(ranges.draws.shape[-1], part.draws.shape[-1])
    planned = np.zeros((len(ranges.names), len(years) + 1))
    drawn = np.zeros((*planned.shape, draws))
    for each in (ranges, part):
        at = [*(years.index(year) for year in each.years), len(years)]
        planned[:, at] += each.planned
        drawn[:, at] += each.draws[..., :draws]
    return replace(ranges, years=years, planned=planned, draws=drawn)


def paid_for_shared(result: Result) -> dict[str, int]:
    """Return by shared id what a plan pays for its programmes of that id over the plan, pence."""
    paid = result.projection.moves.paid[0].sum(axis=0)
    by_id: dict[str, int] = {}
    for n, row in enumerate(result.plan.programmes):
        if row.shared_id:
            by_id[row.shared_id] = by_id.get(row.shared_id, 0) + round(float(paid[n]))
    return by_id


def counted(plans: Sequence[tuple[str, Ranges]]) -> tuple[list[Ranges], dict[str, str]]:
    """Return the plans to be counted, and for each other plan the one counted for its area.

    An area, and so its council, counts once however many plans or ICBs it has: the first plan by
    name. A plan of the whole nation has every area in it, so beside a plan of one of them it is not
    counted: that area would count twice.
    """
    inside = [name for name, ranges in plans if ranges.area and reference.find_area(ranges.area)]
    first: dict[str, str] = dict.fromkeys([NATION_CODE], inside[0]) if inside else {}
    kept: list[Ranges] = []
    again: dict[str, str] = {}
    for name, ranges in plans:
        area = reference.find_area(ranges.area) if ranges.area else None
        # A code that the list lacks, such as England's own, still names one place; a plan without
        # a code cannot be the same as another.
        key = area.ons_code if area else ranges.area or name
        if key in first:
            again[name] = first[key]
        else:
            first[key] = name
            kept.append(ranges)
    return kept, again


def roll_up(plans: Sequence[Ranges]) -> tuple[Group, ...]:
    """Return the sums of plans over England, each region and each ICB, draw by draw.

    Years that a plan lacks are nothing of it.

    A plan of an area that lies in several ICBs goes to each by its share of the area's registered
    population, so that the ICBs add up to England and no council counts twice. Percentiles are
    taken from the sums, never added. ICBs are those of the first year after the earliest base year.
    """
    if not plans:
        return ()
    years = tuple(sorted({year for ranges in plans for year in ranges.years}))
    # The base year is over: those who use the figures have the boundaries of the year after it.
    boundaries = years[min(1, len(years) - 1)]
    members: dict[tuple[str, str], list[tuple[Ranges, float]]] = {}
    for ranges in plans:
        for group, share in _groups(ranges.area, boundaries):
            members.setdefault(group, []).append((ranges, share))
    order = {OF_NATION: 0, "Region": 1, "ICB": 2}
    of_areas = _areas_there_are(boundaries)
    groups = []
    for level, name in sorted(members, key=lambda key: (order[key[0]], key[1])):
        summed = _sum(level, name, members[level, name], years, of_areas.get((level, name), 0))
        # A few plans are not the nation: its name stands only where every area has a plan.
        if level == OF_NATION and summed.areas < summed.of_areas:
            summed = replace(summed, name=PART_OF_NATION if summed.areas else NO_SINGLE_AREA)
        groups.append(summed)
    return tuple(groups)


def _areas_there_are(boundaries: str) -> dict[tuple[str, str], int]:
    """Return how many Health and Wellbeing Board areas the nation, each region and each ICB has."""
    count: dict[tuple[str, str], int] = {}
    for area in reference.areas():
        for group, _ in _groups(area.ons_code, boundaries):
            count[group] = count.get(group, 0) + 1
    return count


def _groups(code: str, boundaries: str) -> Iterable[tuple[tuple[str, str], float]]:
    area = reference.find_area(code) if code else None
    # A plan without an area is in the nation, and in no region or ICB that anybody could name.
    yield (OF_NATION, NATION), 1.0
    yield ("Region", area.region if area else NO_AREA), 1.0
    for icb in reference.area_icbs(area.ons_code, boundaries) if area else ():
        yield ("ICB", icb.icb_name), icb.share
    if area is None:
        yield ("ICB", NO_AREA), 1.0


def _sum(
    level: str,
    name: str,
    members: list[tuple[Ranges, float]],
    years: tuple[str, ...],
    of_areas: int,
) -> Group:
    outcomes = len(members[0][0].names)
    # Draws are added one by one, so the sum has as many as the plan with the fewest.
    draws = min(ranges.draws.shape[-1] for ranges, _ in members)
    planned = np.zeros((outcomes, len(years) + 1))
    drawn = np.zeros((outcomes, len(years) + 1, draws))
    for ranges, share in members:
        at = [*(years.index(year) for year in ranges.years), len(years)]
        planned[:, at] += share * ranges.planned
        drawn[:, at] += share * ranges.draws[..., :draws]
    areas = [reference.find_area(ranges.area) for ranges, _ in members if ranges.area]
    covered = len({area.ons_code for area in areas if area})
    return Group(level, name, len(members), covered, of_areas, years, planned, drawn)
