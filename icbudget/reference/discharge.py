"""What is published of discharges, delays and intermediate care, by area and by ICB."""

from __future__ import annotations

from dataclasses import dataclass

from icbudget.findings import Finding, Place, note
from icbudget.reference.known_areas import Area, area_icbs
from icbudget.reference.loader import Source, rows, source

BOARDS_OF = "2025/26"
"""A year of the boundaries on which boards' figures are published: those before April 2026."""


@dataclass(frozen=True, slots=True)
class DischargeDelay:
    """Discharges of people of an area in a year, and bed days after they were ready to go.

    Only trusts that passed the publisher's quality test are in it.
    """

    year: str
    discharges: int
    delayed: int
    bed_days: int
    source: Source

    @property
    def days_per_discharge(self) -> float:
        """Return the average delay over all discharges, those on the day included."""
        return self.bed_days / self.discharges


def discharge_delay(ons_code: str) -> DischargeDelay | None:
    """Return the published delay of an area; None where there is none. England: `E92000001`."""
    for row in rows("discharge_delay"):
        if row["ons_code"] == ons_code:
            return DischargeDelay(
                row["financial_year"],
                int(row["discharges"]),
                int(row["delayed"]),
                int(row["bed_days_after"]),
                source(row["source"]),
            )
    return None


@dataclass(frozen=True, slots=True)
class CareFigure:
    """One published figure of a board: a period, a value, its unit and its source."""

    period: str
    value: float
    unit: str
    source: Source


def intermediate_care(icb_code: str) -> dict[str, CareFigure]:
    """Return a board's published figures by measure; none for one of April 2026 on.

    Measures are discharge pathways 0 to 3, people with no reason to reside and remaining, beds,
    length of stay, urgent response, emergency admissions. England: `England`.
    """
    return {
        row["measure"]: CareFigure(
            row["period"], float(row["value"]), row["unit"], source(row["source"])
        )
        for row in rows("intermediate_care")
        if row["icb_code"] == icb_code
    }


def known_care(area: Area) -> list[Finding]:
    """Return a note of what is published for an area and its main board; nothing is filled in."""
    known: list[str] = []
    delay = discharge_delay(area.ons_code)
    if delay:
        known.append(
            f"{delay.bed_days:,} bed days after the discharge-ready date in {delay.year},"
            f" {delay.days_per_discharge:.2f} a discharge"
        )
    board = next((icb for icb in area_icbs(area.key, BOARDS_OF) if icb.main), None)
    care = intermediate_care(board.icb_code) if board else {}
    if board and care:
        beds, stay = care["beds"], care["length_of_stay"]
        pathways = "; ".join(f"pathway {n} {care[f'pathway_{n}'].value:,.0f}" for n in (1, 2, 3))
        known.append(
            f"of {board.icb_name}, discharges {care['pathway_1'].period}: {pathways};"
            f" {beds.value:,.0f} beds of intermediate care on {beds.period}, stays of"
            f" {stay.value:.1f} days"
        )
    if not known:
        return []
    message = f"Published for {area.name}, and not filled in: {'; '.join(known)}."
    fix = "Use it for goals and on Capacity where it is right for the place."
    return [note("area.known-care", message, fix, Place(table="goals"))]


WHY_IT_MATTERS = {
    "area.known-care": (
        "Published figures on people waiting or admitted are a baseline for goals. Without one"
        " a target cannot be held against anything."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
