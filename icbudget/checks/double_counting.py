"""The same admission, bed day, A&E attendance or pound is not counted twice.

Source: model §12, AP §4.6. Two more of that list are errors elsewhere: a release moved by two
shifts, and a programme paid for twice. An admission that two programmes reach is avoided once by
the model itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from icbudget.checks.plan_places import at
from icbudget.findings import Finding, note, warning
from icbudget.money import in_words, to_pence
from icbudget.plan import Plan
from icbudget.plan.acute_line import BED_DAY, AcuteLine
from icbudget.plan.index import FLAT

_STAYS = ("spell", "episode")


def lines(plan: Plan) -> list[Finding]:
    """Return a finding for two activity lines that describe the same activity.

    Findings: `double.lines`.
    """
    findings: list[Finding] = []
    first_by_identity: dict[tuple[str, ...], AcuteLine] = {}
    for row in plan.acute_lines:
        identity = (row.point_of_delivery, row.currency, row.commissioner, row.provider, row.cohort)
        first = first_by_identity.setdefault(tuple(part.casefold() for part in identity), row)
        if first is not row and row.point_of_delivery:
            message = (
                f"“{first.id}” and “{row.id}” have the same point of delivery, commissioner,"
                " provider and cohort."
            )
            fix = "Delete one if they are the same patients; else say in Cohort how they differ."
            findings.append(warning("double.lines", message, fix, at("acute_lines", row, "cohort")))
    return findings


def mechanisms(plan: Plan) -> list[Finding]:
    """Return a finding for programmes of one evidence row that meet in a segment.

    They are added as if each prevented different admissions. Findings: `double.mechanism`.
    """
    rows = {row.id: row for row in plan.programmes}
    met: set[tuple[str, str]] = set()
    for segment in plan.segments:
        # In one order, so that a pair that meets in two segments is one finding.
        reached_by = sorted(set(segment.programmes) & rows.keys())
        met.update(combinations(reached_by, 2))
    findings: list[Finding] = []
    for a, b in sorted(met):
        same_evidence = rows[a].library and rows[a].library == rows[b].library
        one_family = rows[a].family and rows[a].family == rows[b].family
        if same_evidence and not one_family:
            message = (
                f"“{a}” and “{b}” rest on the same evidence and reach the same segment, but are not"
                " of one family."
            )
            fix = "Give them one family, so that what both prevent counts once."
            place = at("programmes", rows[b], "family")
            findings.append(warning("double.mechanism", message, fix, place))
    return findings


def _meeting(plan: Plan, others: Iterable[AcuteLine]) -> Iterator[tuple[AcuteLine, AcuteLine, str]]:
    """Yield (admissions, one of the other lines of their provider, a programme that reaches both).

    A programme that reaches admissions reaches every line that follows them. Lines are looked up by
    provider and programme, so that the work grows with the pairs there are and not with all lines.
    """
    # Dicts for sets: the order of the plan decides which programme a finding names.
    reach: dict[str, dict[str, None]] = {row.id: {} for row in plan.acute_lines}
    for segment in plan.segments:
        reach.get(segment.acute_line, {}).update(dict.fromkeys(segment.programmes))
    order = {row.id: number for number, row in enumerate(plan.acute_lines)}
    stays = {row.id: row for row in plan.acute_lines if row.currency in _STAYS}
    reached_by: dict[tuple[str, str], list[AcuteLine]] = {}
    for stay in stays.values():
        for programme in reach[stay.id]:
            reached_by.setdefault((stay.provider, programme), []).append(stay)
    pairs: dict[tuple[int, int], tuple[AcuteLine, AcuteLine, str]] = {}
    for other in others:
        near: list[AcuteLine] = []
        for programme in reach[other.id]:
            near += reached_by.get((other.provider, programme), [])
        # What follows a line falls with it, whether or not a programme names both.
        parent = stays.get(other.parent)
        if parent is not None and parent.provider == other.provider:
            near.append(parent)
        for stay in near:
            shared = [n for n in reach[stay.id] if n in reach[other.id] or other.parent == stay.id]
            if stay is not other and shared:
                pairs[order[stay.id], order[other.id]] = (stay, other, shared[0])
    yield from (pairs[at] for at in sorted(pairs))


def bed_days(plan: Plan) -> list[Finding]:
    """Return a finding where one programme saves admissions and bed days of the same stays.

    Both have a price or a cost, so the stay would be worth twice what it costs. Findings:
    `double.bed-days`.
    """
    findings: list[Finding] = []
    counted_in_days = [row for row in plan.acute_lines if row.currency == BED_DAY]
    for stay, days, programme in _meeting(plan, counted_in_days):
        priced = (stay.unit_price or stay.unit_cost) and (days.unit_price or days.unit_cost)
        # Excess bed days are paid beside the admission, so they are another cost.
        if priced and "excess" not in f"{days.point_of_delivery} {days.name}".casefold():
            message = (
                f"“{programme}” saves admissions on “{stay.id}” and bed days on “{days.id}”, and"
                " both have a price or cost: the cost of an admission holds its bed days already."
            )
            fix = (
                "Set price and cost of the bed days to 0 (capacity only), or call them excess bed"
                " days if they are paid apart."
            )
            place = at("acute_lines", days, "unit_cost")
            findings.append(warning("double.bed-days", message, fix, place))
    return findings


def followers(plan: Plan) -> list[Finding]:
    """Return a note where one programme avoids the same thing on two lines.

    The lines are a parent and its child, or admission and A&E. Findings: `double.attendance`,
    `double.follower`.
    """
    findings: dict[str, Finding] = {}
    reach = {(s.acute_line, name) for s in plan.segments for name in s.programmes}
    looked_at = [row for row in plan.acute_lines if row.parent or _is_attendance(row)]
    for stay, other, programme in _meeting(plan, looked_at):
        place = at("acute_lines", other, "parent")
        if other.parent == stay.id and (other.id, programme) in reach:
            message = (
                f"“{programme}” avoids activity on “{stay.id}” and, again, on what is left of"
                f" “{other.id}”, which follows it."
            )
            fix = (
                "Keep it in the segments of one of them, unless it also shortens the stays that"
                " remain."
            )
            # A line follows one parent, so one finding a line says all.
            findings.setdefault(other.id, note("double.follower", message, fix, place))
        elif not other.parent and _is_attendance(other):
            message = (
                f"“{programme}” avoids admissions on “{stay.id}” and attendances on “{other.id}”."
            )
            fix = (
                "Count in the segments of A&E only those who are not admitted: an admission avoided"
                " is its A&E attendance avoided too."
            )
            findings.setdefault(other.id, note("double.attendance", message, fix, place))
    return list(findings.values())


def _is_attendance(line: AcuteLine) -> bool:
    return line.point_of_delivery.casefold().startswith("a&e")


def inflation(plan: Plan) -> list[Finding]:
    """Return a finding where one index is both inflation and growth of a line.

    Prices would rise twice. Findings: `double.inflation`.
    """
    findings: list[Finding] = []
    for row in plan.acute_lines:
        # A flat index makes nothing grow, so it cannot count twice.
        prices = {row.price_uplift, row.cost_uplift, plan.setup.deflator} - {"", FLAT}
        if row.non_demographic_index in prices:
            message = (
                f"“{row.non_demographic_index}” makes both the price and the activity of “{row.id}”"
                " grow."
            )
            fix = "Name another index, or flat: growth beyond population is not inflation."
            place = at("acute_lines", row, "non_demographic_index")
            findings.append(warning("double.inflation", message, fix, place))
    return findings


def efficiency(plan: Plan) -> list[Finding]:
    """Return one note where a provider's efficiency and closing wards may claim the same bed.

    Findings: `double.efficiency`.
    """
    efficient = {row.id for row in plan.indices if any(rate > 0 for rate in row.rates.values())}
    both: list[AcuteLine] = []
    for row in plan.acute_lines:
        closes = any(row.closes.values()) or any(row.fixed_release.values())
        # a line without an efficiency of cost has its price's
        if closes and (row.cost_efficiency or row.price_efficiency) in efficient:
            both.append(row)
    if not both:
        return []
    named = ", ".join(f"“{row.id}”" for row in both)
    message = (
        f"The provider's cost of {named} falls with its efficiency every year, and with the blocks"
        " and fixed cost released."
    )
    fix = "Make sure that no ward is in both: the efficiency factor is in the price already."
    return [note("double.efficiency", message, fix, at("acute_lines", both[0], "closes"))]


def money(plan: Plan) -> list[Finding]:
    """Return a finding for a contribution that stands in two pools.

    Partner, source and amount are the same. Findings: `double.money`.
    """
    findings: list[Finding] = []
    first_pool_by_amount: dict[tuple[object, ...], str] = {}
    for row in plan.contributions:
        if row.kind == "contribution" and row.base_amount:
            first = first_pool_by_amount.setdefault(
                (row.partner, row.source, row.base_amount), row.pool
            )
            if first != row.pool:
                amount_of_source = f"{row.source}, {in_words(to_pence(row.base_amount))},"
                message = (
                    f"The same {amount_of_source} of “{row.partner}” stands in “{first}” and in"
                    f" “{row.pool}”."
                )
                fix = (
                    "Delete one if it is the same money; a grant that the Better Care Fund pays is"
                    " not new money beside it."
                )
                place = at("contributions", row, "base_amount")
                findings.append(warning("double.money", message, fix, place))
    return findings


WHY_IT_MATTERS = {
    "double.attendance": (
        "Whoever is admitted came through A&E. Counted in both, one patient is saved twice."
    ),
    "double.bed-days": (
        "The price of an admission pays for its bed days. Saved on both lines, one patient's"
        " bed is paid for twice."
    ),
    "double.efficiency": (
        "Providers must save a few per cent each year in any case. If the same ward is in that"
        " and in the shift, its cost goes once and is counted twice."
    ),
    "double.follower": (
        "The second line falls by itself when the first falls. Avoided there too, one patient"
        " is saved twice."
    ),
    "double.inflation": (
        "Price and number of patients would both rise by one rate, so cost grows twice as fast"
        " as meant and savings look too good."
    ),
    "double.lines": (
        "If both lines hold the same patients, their cost is in the plan twice and so is every"
        " saving on them."
    ),
    "double.mechanism": (
        "Two programmes prevent the same falls of the same people. The second one prevents less"
        " than it claims."
    ),
    "double.money": (
        "One grant in two places makes the area look richer than it is by the whole of the grant."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
