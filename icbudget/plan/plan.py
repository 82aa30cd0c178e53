"""The plan: every table in one frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from icbudget import years
from icbudget.plan.acute_line import AcuteLine
from icbudget.plan.columns import Noun
from icbudget.plan.contribution import Contribution
from icbudget.plan.goal import Goal
from icbudget.plan.index import Index
from icbudget.plan.minimum import Minimum
from icbudget.plan.move import Move
from icbudget.plan.partner import Partner
from icbudget.plan.pool import Pool
from icbudget.plan.programme import Programme
from icbudget.plan.risk_share import RiskShare
from icbudget.plan.scenario import ScenarioChange
from icbudget.plan.scheme import Scheme
from icbudget.plan.segment import Segment
from icbudget.plan.setup import Setup
from icbudget.plan.shift import Shift

SCHEMA_VERSION: Literal[1] = 1


@dataclass(frozen=True, slots=True)
class PlanTable:
    """One table of the plan: its field in `Plan`, its noun, what people call it and the fields of its key."""

    field: str
    noun: type[Noun]
    label: str
    key: tuple[str, ...]

    def key_of(self, row: Noun) -> str:
        """Return a row's key as text; the parts of a compound key are joined by `|`."""
        return "|".join(str(getattr(row, part)) for part in self.key)


class Plan(Noun):
    """A whole plan. Rows keep their order, which is the fixed order of partners and of tied pennies."""

    schema_version: Literal[1] = SCHEMA_VERSION
    setup: Setup
    partners: tuple[Partner, ...] = ()
    pools: tuple[Pool, ...] = ()
    contributions: tuple[Contribution, ...] = ()
    schemes: tuple[Scheme, ...] = ()
    minimums: tuple[Minimum, ...] = ()
    indices: tuple[Index, ...] = ()
    acute_lines: tuple[AcuteLine, ...] = ()
    segments: tuple[Segment, ...] = ()
    programmes: tuple[Programme, ...] = ()
    moves: tuple[Move, ...] = ()
    shifts: tuple[Shift, ...] = ()
    risk_shares: tuple[RiskShare, ...] = ()
    goals: tuple[Goal, ...] = ()
    scenarios: tuple[ScenarioChange, ...] = ()

    @property
    def years(self) -> tuple[str, ...]:
        """Return the base year and every projected year."""
        return years.span(self.setup.base_year, self.setup.horizon)


_TABLES = (
    PlanTable("partners", Partner, "Partners", ("id",)),
    PlanTable("pools", Pool, "Pools", ("id",)),
    PlanTable("contributions", Contribution, "Funding", ("pool", "partner", "source", "line")),
    PlanTable("schemes", Scheme, "Schemes", ("id", "line")),
    PlanTable("minimums", Minimum, "Minimums", ("rule", "source")),
    PlanTable("indices", Index, "Indices", ("id",)),
    PlanTable("acute_lines", AcuteLine, "Acute", ("id",)),
    PlanTable("segments", Segment, "Segments", ("acute_line", "id")),
    PlanTable("programmes", Programme, "Prevention", ("id",)),
    PlanTable("moves", Move, "Moves", ("programme", "from_line", "to_line")),
    PlanTable("shifts", Shift, "Shifts", ("id",)),
    PlanTable("risk_shares", RiskShare, "Risk share", ("id", "partner")),
    PlanTable("goals", Goal, "Goals", ("id",)),
    PlanTable("scenarios", ScenarioChange, "Scenarios", ("scenario", "order")),
)
TABLES: dict[str, PlanTable] = {table.field: table for table in _TABLES}
SETUP = PlanTable("setup", Setup, "Setup", ())
