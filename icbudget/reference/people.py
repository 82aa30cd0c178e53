"""How many people there are, by age, in an area or the nearest place with a public projection.

The projections of June 2025 by local authority could not be read whole; those by part of an ICB
could, and are summed to the ICBs of before April 2026. So an area's people are, in this order:
those of a table that a person imports; those of the ICB with which most of them are registered;
those of England. Every use names which.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from icbudget import years
from icbudget.findings import Finding, Place, note
from icbudget.reference.discharge import BOARDS_OF
from icbudget.reference.known_areas import Area, AreaIcb, area_icbs, body_changes
from icbudget.reference.loader import Source, rows, source
from icbudget.reference.people_table import People

ENGLAND = "England"
BANDS = ("all", "65+", "75+", "85+", "75-79")
"""Age bands of the projection by ICB."""


@dataclass(frozen=True, slots=True)
class Projection:
    """People of a place by age band and financial year (mid-year of the one it begins in).

    `place` names it; `own` is true where it is the area itself.
    """

    place: str
    own: bool
    people: Mapping[str, Mapping[str, int]]
    source: str
    edition: str

    def growth(self, band: str) -> dict[str, float]:
        """Return growth into each financial year: people of its mid-year ÷ those before − 1."""
        of_band = self.people.get(band, {})
        return {
            year: of_band[year] / of_band[years.after(year, -1)] - 1
            for year in of_band
            if of_band.get(years.after(year, -1))
        }


def projection(area: Area, imported: Sequence[People] = ()) -> Projection:
    """Return the projection that is nearest to an area: imported, its main ICB's, or England's."""
    own = [row for row in imported if row.area == area.key]
    if own:
        people: dict[str, dict[str, int]] = {}
        for row in own:
            people.setdefault(row.age_band, {})[row.year] = row.people
        documents = "; ".join(dict.fromkeys(row.document for row in own))
        editions = "; ".join(dict.fromkeys(row.edition for row in own))
        return Projection(area.name, True, people, documents, editions)
    board = main_board(area)
    known = board_projection(board.icb_code) if board else None
    return known or england()


def main_board(area: Area) -> AreaIcb | None:
    """Return the ICB of before April 2026 with most of an area's people.

    Of a new council it is its predecessor's.
    """
    key = area.key
    for change in body_changes("council"):
        if not area.ons_code and change.new_name == area.name:
            key = change.old_code
    return next((icb for icb in area_icbs(key, BOARDS_OF) if icb.main), None)


def england() -> Projection:
    """Return the projection of England."""
    known = board_projection(ENGLAND)
    assert known is not None  # a row that ships
    return known


def board_projection(icb_code: str) -> Projection | None:
    """Return the projection of an ICB of before April 2026; None for another. Also `England`."""
    of_board = [row for row in rows("population_board") if row["icb_code"] == icb_code]
    if not of_board:
        return None
    people = {
        row["age_band"]: {name: int(text) for name, text in row.items() if "/" in name}
        for row in of_board
    }
    names = {row["icb_code"]: row["icb_name"] for row in rows("area_icb")}
    read_at = source(of_board[0]["source"])
    return Projection(names.get(icb_code, ENGLAND), False, people, str(read_at), read_at.vintage)


def board_rates() -> list[tuple[str, str, float]]:
    """Return every rate of growth of the projections by ICB: source, financial year, rate."""
    rates: list[tuple[str, str, float]] = []
    for code in dict.fromkeys(row["icb_code"] for row in rows("population_board")):
        known = board_projection(code)
        for band in BANDS if known else ():
            assert known is not None
            rates += [(known.source, year, rate) for year, rate in known.growth(band).items()]
    return rates


@dataclass(frozen=True, slots=True)
class Cohort:
    """Who is offered a vaccine, by age, and how many they are in a place: derived, not counted."""

    programme: str
    ages: str
    rule: str
    people: int
    place: str
    year: str
    status: str
    source: Source


def vaccination_cohorts(people: Projection, year: str) -> tuple[Cohort, ...]:
    """Return cohorts of vaccination by age in the nearest place, from its projection.

    People of that age at the mid-year of the financial year: residents, not those registered, and
    without other reasons to be offered it. None where the projection lacks the age band.
    """
    cohorts: list[Cohort] = []
    for row in rows("vaccination_cohort"):
        number = people.people.get(row["age_band"], {}).get(year)
        if number is not None:
            cohorts.append(
                Cohort(
                    row["programme"],
                    row["age_band"],
                    row["rule"],
                    number,
                    people.place,
                    year,
                    "derived",
                    source(row["source"]),
                )
            )
    return tuple(cohorts)


def growth_in_words(area: Area, people: Projection) -> str:
    """Return in words whose growth of people a plan has."""
    place = area.in_words
    if people.own:
        return f"Population growth is that of {place}, as imported."
    board = main_board(area)
    if board is None or people.place != board.icb_name:
        return f"Population growth is that of England, not of {place}."
    return (
        f"Population growth is that of {people.place}, with which {board.share:.0%} of the people"
        f" of {place} are registered, not of {place} alone."
    )


def people_notes(area: Area, people: Projection, span: tuple[str, ...]) -> list[Finding]:
    """Return notes on whose growth of people it is, and on cohorts of vaccination by age."""
    findings: list[Finding] = []
    if not people.own:
        fix = "Give a table of the council's own people by age: icbudget new --population."
        place = Place(table="indices")
        findings.append(note("area.growth-of-people", growth_in_words(area, people), fix, place))
    cohorts = vaccination_cohorts(people, span[min(1, len(span) - 1)])
    if cohorts:
        listed = "; ".join(f"{c.programme} {c.ages}: {c.people:,}" for c in cohorts)
        message = (
            f"People offered a vaccine for their age in {cohorts[0].place} in {cohorts[0].year},"
            f" derived from the projection and not counted: {listed}."
        )
        fix = "Use them for the cohort of a programme, as the part that lives in the area."
        findings.append(note("area.vaccination-cohorts", message, fix, Place(table="programmes")))
    return findings


WHY_IT_MATTERS = {
    "area.vaccination-cohorts": (
        "A programme that is priced by people needs to know how many there are; without it its"
        " cost and effect are guesses."
    ),
    "area.growth-of-people": (
        "Activity would grow as the people of the whole ICB. A council whose people grow faster"
        " or slower would plan too few places, or too many."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
