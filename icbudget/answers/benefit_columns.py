"""Columns of the answers about benefits, which can be looked at without what works them out."""

from __future__ import annotations

from icbudget.answers.value_column import Column

PLANNED, CONFIRMED, ONE_OFF = "Planned", "Confirmed", "Of it one-off"
CLAIMED, OVERDUE = "Claimed, not decided", "Planned and overdue"
FORECAST_OF_YEAR, OWN_FORECAST, GAP = "Forecast of the year", "Owner's forecast", "Short of plan"
RATE, RESTS, OWNER = "Came of what was planned", "Rests on", "Owner"
DECIDED, STATE, EVIDENCE = "Quarters decided", "State", "Evidence"
TO_DATE = ("Planned to date", "Confirmed to date")
AWAITED = "Forecast before it"
COUNTED, MAY, WAS_PLANNED = "Release that counts", "May be reinvested", "Was planned to be"
MISSING, ALREADY = "Not there", "Of it confirmed already"
_OF_YEAR = (PLANNED, CONFIRMED, ONE_OFF, CLAIMED, OVERDUE, FORECAST_OF_YEAR)
MONEY = frozenset(
    (*_OF_YEAR, OWN_FORECAST, GAP, *TO_DATE, AWAITED, COUNTED, MAY, WAS_PLANNED, MISSING, ALREADY)
)
"""Headings of amounts; the other columns hold words or a percentage."""


def _columns(*headings: str) -> tuple[Column, ...]:
    unit_of = dict.fromkeys(MONEY, "£") | {RATE: "%"}
    return tuple(Column(heading, unit=unit_of.get(heading, "")) for heading in headings)


BY_PROGRAMME = _columns(*_OF_YEAR, OWN_FORECAST, GAP, RATE, DECIDED, RESTS, OWNER)
BY_PARTNER = _columns(*_OF_YEAR, GAP, *TO_DATE)
BY_QUARTER = _columns(PLANNED, AWAITED, CONFIRMED, ONE_OFF, CLAIMED, STATE, OWNER, EVIDENCE)
REINVESTED = _columns(COUNTED, MAY, WAS_PLANNED, MISSING, ALREADY, RESTS)
