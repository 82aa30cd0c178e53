"""Health and Wellbeing Board areas, their ICBs and their known grants, and bodies that change."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from icbudget import years
from icbudget.reference.loader import Source, rows, source


class Area(NamedTuple):
    """A Health and Wellbeing Board area.

    `note` warns where published tables join it with a neighbour.
    """

    ons_code: str
    """Blank for a new council whose code was not public."""
    name: str
    region: str
    note: str
    source: Source

    @property
    def key(self) -> str:
        """Return what the tables know the area by: its ONS code, else its name."""
        return self.ons_code or self.name

    @property
    def in_words(self) -> str:
        """Return `City of Bristol` for `Bristol, City of`."""
        place, _, title = self.name.rpartition(", ")
        return f"{title} {place}" if title.endswith(" of") else self.name


class BodyChange(NamedTuple):
    """One part of a body that ends: who follows it, from which year, with which share of it.

    `kind`: icb or council. `how`: merged (whole) or divided. `standing`: in force, in law, decided
    (subject to Parliament) or reported. `share` and `people` are None where no source gives them,
    as where districts are divided; they are never guessed. `status` grades the event, the share is
    derived.
    """

    kind: str
    old_code: str
    old_name: str
    new_code: str
    new_name: str
    first_year: str
    how: str
    standing: str
    people: int | None
    share: float | None
    status: str
    note: str
    source: Source

    def ends(self, name: str, ons_code: str) -> bool:
        """Return whether a body with that name, in a plan for that area, is the one that ends.

        Names of councils have many forms (Surrey County Council), so a council is known by its area
        and by the old name in its own, the new one not.
        """
        named = name.casefold()
        if self.kind == "icb":
            return named == self.old_name.casefold()
        here = ons_code == self.old_code and self.old_name.casefold() in named
        return here and not any(
            change.new_name.casefold() in named
            for change in body_changes("council")
            if change.old_code == self.old_code
        )


class AreaIcb(NamedTuple):
    """An ICB of an area: its part of the area's registered population.

    It has people and share, whether it is the main one, and what is doubtful about the row.
    """

    ons_code: str
    icb_code: str
    icb_name: str
    share: float
    people: int
    main: bool
    note: str
    source: Source


class Grant(NamedTuple):
    """A known grant to an area in a year, in pounds.

    `grant` is the funding source's name in the lists of that year.
    """

    ons_code: str
    district: str
    year: str
    grant: str
    tranche: str
    amount: Decimal
    status: str
    note: str
    source: Source


@cache
def areas() -> tuple[Area, ...]:
    """Return the Health and Wellbeing Board areas of England."""
    return tuple(
        Area(row["ons_code"], row["name"], row["region"], row["note"], source(row["source"]))
        for row in rows("area")
    )


# Compiled for the first name: checks ask for bodies by their code.
_TITLES = (
    r"\b(london borough of|royal borough of|metropolitan borough( of)?|city of(?! london)|county"
    r" of|county council|city council|"
    r"borough council|council|corporation|health and wellbeing board|hwb|borough|the|and)\b"
)


def _plain(name: str) -> str:
    words = re.sub(r"[^a-z0-9]+", " ", name.lower().replace("&", " and ").replace("'", "")).strip()
    return " ".join(re.sub(_TITLES, " ", words).split())


@cache
def _areas_by_name() -> dict[str, Area]:
    """Return areas by code and by plain name.

    A name or code of its own wins over another area's alias.
    """
    by_name: dict[str, Area] = {}
    for area in areas():
        by_name |= {area.ons_code.lower(): area, _plain(area.name): area}
    for area, row in zip(areas(), rows("area"), strict=True):
        for other in (row["earlier_code"].lower(), *map(_plain, row["also_known_as"].split("|"))):
            if other:
                by_name.setdefault(other, area)
    for change in body_changes("council"):
        by_name.setdefault(_plain(change.new_name), _new_area(change, by_name))
    return by_name


def _new_area(change: BodyChange, by_name: dict[str, Area]) -> Area:
    old = by_name[change.old_code.lower()]
    note = f"Follows {change.old_name} from {change.first_year} ({change.standing})"
    return Area("", change.new_name, old.region, note, change.source)


def find_area(name_or_code: str) -> Area | None:
    """Return the area with that name or ONS code, or None.

    Capitals, punctuation, "and" or "&", and titles such as "London Borough of" or "council" do not
    matter.
    """
    by_name = _areas_by_name()
    return by_name.get(name_or_code.strip().lower()) or by_name.get(_plain(name_or_code))


def close_areas(name: str, count: int = 3) -> tuple[str, ...]:
    """Return names of areas that a person may have meant.

    Those that contain the words come first, then those spelt alike.
    """
    from difflib import get_close_matches

    by_name = _areas_by_name()
    wanted = _plain(name)
    inside = [key for key in by_name if wanted and wanted in key]
    alike = get_close_matches(wanted, by_name, n=count * 2, cutoff=0.6)
    return tuple(dict.fromkeys(by_name[key].name for key in (*inside, *alike)))[:count]


@cache
def body_changes(kind: str = "") -> tuple[BodyChange, ...]:
    """Return which ICBs and councils are followed by which, of one kind (`icb`, `council`) or all.

    Shares of one body sum to 1 where they are known.
    """
    return tuple(
        BodyChange(
            row["kind"],
            row["old_code"],
            row["old_name"],
            row["new_code"],
            row["new_name"],
            row["first_year"],
            row["how"],
            row["standing"],
            int(row["people"]) if row["people"] else None,
            float(row["share"]) if row["share"] else None,
            row["status"],
            row["note"],
            source(row["source"]),
        )
        for row in rows("body_change")
        if kind in ("", row["kind"])
    )


def area_icbs(key: str, year: str) -> tuple[AreaIcb, ...]:
    """Return the ICBs of an area in a financial year, largest share first, by its `Area.key`.

    The shares sum to 1 within 0.000002; there are none in a year without the area. Boundaries are
    those of July 2022 and of 1 April 2026; people are those of 2025/26 by place of the practice.
    """
    wanted = years.year(year)
    icbs = (
        AreaIcb(
            row["ons_code"],
            row["icb_code"],
            row["icb_name"],
            float(row["share_of_area"]),
            int(row["registered_population"]),
            row["main"] == "yes",
            row["note"],
            source(row["source"]),
        )
        for row in rows("area_icb")
        if row["ons_code"] == key
        and row["first_year"] <= wanted
        and (not row["last_year"] or wanted <= row["last_year"])
    )
    # Sorting is stable: equal shares keep the order of the table.
    return tuple(sorted(icbs, key=lambda icb: -icb.share))


def grants(ons_code: str, year: str = "", *, districts: bool = False) -> tuple[Grant, ...]:
    """Return the known grants of an area, of one year if stated.

    An initial allocation and an in-year addition add up.

    With `districts`, the parts of a county's grant that go to districts instead, which are inside
    the county's figure.
    """
    wanted = years.year(year) if year else ""
    return tuple(
        Grant(
            row["ons_code"],
            row["district"],
            row["financial_year"],
            row["grant"],
            row["tranche"],
            Decimal(row["amount"]),
            row["status"],
            row["note"],
            source(row["source"]),
        )
        for row in rows("grant")
        if row["ons_code"] == ons_code
        and bool(row["district"]) == districts
        and wanted in ("", row["financial_year"])
    )


class CareOutcome(NamedTuple):
    """A measure of adult social care in an area, as printed.

    It is ASCOF 2A (per cent) or 2C (per 100,000).
    """

    measure: str
    year: str
    value: float
    unit: str
    source: Source


def care_outcome(measure: str, ons_code: str) -> CareOutcome | None:
    """Return an area's published outcome in a measure, `2A` or `2C`.

    It is None where it is not published. England: `E92000001`.
    """
    for row in rows("care_outcome"):
        if (row["measure"], row["ons_code"]) == (measure, ons_code):
            return CareOutcome(
                measure,
                row["financial_year"],
                float(row["value"]),
                row["unit"],
                source(row["source"]),
            )
    return None
