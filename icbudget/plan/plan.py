"""The plan: every table in one frozen value."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, NamedTuple

from icbudget import years
from icbudget.plan.actual import Actual
from icbudget.plan.acute_line import AcuteLine
from icbudget.plan.capacity import Capacity
from icbudget.plan.capitation import Capitation
from icbudget.plan.columns import Noun, columns_of
from icbudget.plan.comment import Comment
from icbudget.plan.confirmed_release import ConfirmedRelease
from icbudget.plan.contract_change import ContractChange
from icbudget.plan.contribution import Contribution
from icbudget.plan.envelope import Envelope
from icbudget.plan.forecast import Forecast
from icbudget.plan.gain_share import GainShare
from icbudget.plan.goal import Goal
from icbudget.plan.group_reach import GroupReach
from icbudget.plan.history import HistoryEntry
from icbudget.plan.icb_close import IcbClose
from icbudget.plan.index import Index
from icbudget.plan.limit import Limit
from icbudget.plan.local_evidence import LocalEvidence
from icbudget.plan.minimum import Minimum
from icbudget.plan.modules import BENEFITS, DEALS, JOINT, POOL, RETURNS, SHIFT, UNCERTAINTY, YEAR
from icbudget.plan.move import Move
from icbudget.plan.owner import Owner
from icbudget.plan.part import BaseRow, Part, ReceivedChange, ThisPart
from icbudget.plan.partner import Partner
from icbudget.plan.partner_record import PartnerRecord
from icbudget.plan.pass_down import PassDown
from icbudget.plan.performance_pot import PerformancePot
from icbudget.plan.pool import Pool
from icbudget.plan.profile import Profile
from icbudget.plan.programme import Programme
from icbudget.plan.quarterly_plan import QuarterlyPlan
from icbudget.plan.risk_share import RiskShare
from icbudget.plan.scenario import ScenarioChange
from icbudget.plan.scheme import Scheme
from icbudget.plan.segment import Segment
from icbudget.plan.setup import Setup
from icbudget.plan.shift import Shift
from icbudget.plan.sign_off import SignOff
from icbudget.plan.signing_key import SigningKey
from icbudget.plan.staff import Staff
from icbudget.plan.succession import Succession
from icbudget.plan.to_agree import ToAgree
from icbudget.plan.uncertainty import Correlation, Uncertainty
from icbudget.plan.virement import Virement

SCHEMA_VERSION: Literal[1] = 1
WITH_ITS_MODULE, WHEN_USED = "with its module", "when used"


class PlanTable(NamedTuple):
    """One table of the plan.

    It has its field in `Plan`, its noun, what people call it and the fields of its key.

    `set_aside`: what is wrong in such a table does not stop the answers. `row`: the row is set
    aside with a warning; `whole`: all rows of its first key, one agreement, are set aside with an
    error. In the other tables an error stops the answers.
    """

    field: str
    noun: type[Noun]
    label: str
    key: tuple[str, ...]
    module: str
    """The module of a workbook that brings the table in."""
    opens: str = WITH_ITS_MODULE
    """`WHEN_USED`: its sheet opens where the plan has rows for it, or where it is asked for."""
    set_aside: Literal["", "row", "whole"] = ""
    signed: bool = True
    """Whether a signature under the plan binds its rows: not those of the year, which every month
    changes, nor scenarios and distributions (`icbudget.plan.identity`)."""

    def key_of(self, row: Noun) -> str:
        """Return a row's key as text; the parts of a compound key are joined by `|`."""
        # a list, as a generator of one or two parts takes longer than they do
        return "|".join([str(getattr(row, part)) for part in self.key])

    def key_of_values(self, values: Mapping[str, Any]) -> str:
        """Return the key of a row that is not a noun yet.

        A part that is missing is what its column holds by default.
        """
        parts: list[str] = []
        for part, default in zip(self.key, _defaults(self), strict=True):
            value = values.get(part, default)
            # A part that could not be read is blank: nobody knows which row it names.
            parts.append("" if value is None else str(value))
        return "|".join(parts)

    def whole_key(self, key: str) -> str:
        """Return a key whose last parts may be left out, with their defaults.

        So a scenario writes it: `1` is scheme `1|1`.
        """
        parts = key.split("|")
        return "|".join((*parts, *_defaults(self)[len(parts) :])) if key else key


@cache
def _defaults(table: PlanTable) -> tuple[str, ...]:
    """Return what stands in each part of a table's key where nothing does, as text."""
    columns = {c.field: c for c in columns_of(table.noun)}
    return tuple(
        str(columns[part].default) if columns[part].default is not None else ""
        for part in table.key
    )


class Plan(Noun):
    """A whole plan.

    Rows keep their order, which is the fixed order of partners and of tied pennies.
    """

    schema_version: Literal[1] = SCHEMA_VERSION
    setup: Setup
    partners: tuple[Partner, ...] = ()
    pools: tuple[Pool, ...] = ()
    contributions: tuple[Contribution, ...] = ()
    pass_downs: tuple[PassDown, ...] = ()
    schemes: tuple[Scheme, ...] = ()
    minimums: tuple[Minimum, ...] = ()
    indices: tuple[Index, ...] = ()
    acute_lines: tuple[AcuteLine, ...] = ()
    contract_changes: tuple[ContractChange, ...] = ()
    segments: tuple[Segment, ...] = ()
    programmes: tuple[Programme, ...] = ()
    moves: tuple[Move, ...] = ()
    shifts: tuple[Shift, ...] = ()
    risk_shares: tuple[RiskShare, ...] = ()
    performance_pots: tuple[PerformancePot, ...] = ()
    gain_shares: tuple[GainShare, ...] = ()
    limits: tuple[Limit, ...] = ()
    goals: tuple[Goal, ...] = ()
    profiles: tuple[Profile, ...] = ()
    virements: tuple[Virement, ...] = ()
    actuals: tuple[Actual, ...] = ()
    forecasts: tuple[Forecast, ...] = ()
    closes: tuple[IcbClose, ...] = ()
    partner_records: tuple[PartnerRecord, ...] = ()
    sign_offs: tuple[SignOff, ...] = ()
    signing_keys: tuple[SigningKey, ...] = ()
    scenarios: tuple[ScenarioChange, ...] = ()
    uncertainties: tuple[Uncertainty, ...] = ()
    correlations: tuple[Correlation, ...] = ()
    envelopes: tuple[Envelope, ...] = ()
    successions: tuple[Succession, ...] = ()
    capacity: tuple[Capacity, ...] = ()
    capitations: tuple[Capitation, ...] = ()
    staff: tuple[Staff, ...] = ()
    group_reaches: tuple[GroupReach, ...] = ()
    quarterly_plans: tuple[QuarterlyPlan, ...] = ()
    owners: tuple[Owner, ...] = ()
    comments: tuple[Comment, ...] = ()
    this_part: tuple[ThisPart, ...] = ()
    parts: tuple[Part, ...] = ()
    to_agree: tuple[ToAgree, ...] = ()
    received_changes: tuple[ReceivedChange, ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    base_rows: tuple[BaseRow, ...] = ()
    confirmed_releases: tuple[ConfirmedRelease, ...] = ()
    local_evidence: tuple[LocalEvidence, ...] = ()

    @property
    def years(self) -> tuple[str, ...]:
        """Return the base year and every projected year."""
        return years.span(self.setup.base_year, self.setup.horizon)


_TABLES = (
    PlanTable("partners", Partner, "Partners", ("id",), POOL),
    PlanTable("pools", Pool, "Pools", ("id",), POOL),
    PlanTable(
        "contributions", Contribution, "Funding", ("pool", "partner", "source", "line"), POOL
    ),
    PlanTable("pass_downs", PassDown, "Pass-down", ("pool", "source", "district", "kind"), DEALS),
    PlanTable("schemes", Scheme, "Schemes", ("id", "line"), POOL),
    PlanTable("minimums", Minimum, "Minimums", ("rule", "source"), POOL),
    PlanTable("indices", Index, "Indices", ("id",), POOL),
    PlanTable("acute_lines", AcuteLine, "Activity lines", ("id",), SHIFT),
    PlanTable(
        "contract_changes", ContractChange, "Contract changes", ("acute_line", "year"), DEALS
    ),
    PlanTable("segments", Segment, "Segments", ("acute_line", "id"), SHIFT, opens=WHEN_USED),
    PlanTable("programmes", Programme, "Prevention", ("id",), SHIFT),
    PlanTable("moves", Move, "Moves", ("programme", "from_line", "to_line"), DEALS),
    PlanTable("shifts", Shift, "Shifts", ("id",), SHIFT),
    PlanTable(
        "risk_shares",
        RiskShare,
        "Risk share",
        ("id", "partner", "step"),
        POOL,
        opens=WHEN_USED,
        set_aside="whole",
    ),
    PlanTable(
        "performance_pots", PerformancePot, "Performance pots", ("id", "year", "quarter"), DEALS
    ),
    PlanTable("limits", Limit, "Limits", ("measure", "partner"), DEALS),
    PlanTable("gain_shares", GainShare, "Gain share", ("id", "partner"), DEALS, set_aside="whole"),
    PlanTable("goals", Goal, "Goals", ("id",), SHIFT),
    PlanTable("profiles", Profile, "Profiles", ("id",), YEAR),
    PlanTable("virements", Virement, "Virements", ("id",), YEAR, set_aside="row", signed=False),
    PlanTable(
        "actuals",
        Actual,
        "Actuals",
        ("year", "month", "kind", "scheme", "line", "pool", "source", "partner"),
        YEAR,
        set_aside="row",
        signed=False,
    ),
    PlanTable(
        "forecasts",
        Forecast,
        "Forecasts",
        ("year", "month", "scheme", "line", "pool", "source", "partner"),
        YEAR,
        set_aside="row",
        signed=False,
    ),
    PlanTable(
        "closes",
        IcbClose,
        "ICB close",
        ("year", "scheme", "line"),
        YEAR,
        set_aside="row",
        signed=False,
    ),
    PlanTable(
        "partner_records",
        PartnerRecord,
        "Partner records",
        ("year", "pool", "partner", "counterparty", "kind"),
        YEAR,
        set_aside="row",
        signed=False,
    ),
    PlanTable(
        "sign_offs",
        SignOff,
        "Sign-off",
        ("partner", "role"),
        JOINT,
        set_aside="row",
        signed=False,
    ),
    PlanTable("signing_keys", SigningKey, "Keys", ("id",), JOINT, set_aside="row", signed=False),
    PlanTable(
        "scenarios",
        ScenarioChange,
        "Scenarios",
        ("scenario", "order"),
        SHIFT,
        opens=WHEN_USED,
        signed=False,
    ),
    PlanTable("uncertainties", Uncertainty, "Uncertainty", ("path",), UNCERTAINTY, signed=False),
    PlanTable(
        "correlations",
        Correlation,
        "Correlations",
        ("driver_a", "driver_b"),
        UNCERTAINTY,
        signed=False,
    ),
    PlanTable("envelopes", Envelope, "Envelopes", ("partner", "year"), SHIFT, opens=WHEN_USED),
    PlanTable(
        "capacity", Capacity, "Capacity", ("service", "year", "month"), SHIFT, opens=WHEN_USED
    ),
    PlanTable("staff", Staff, "Staff", ("programme", "role", "year"), SHIFT, opens=WHEN_USED),
    PlanTable(
        "quarterly_plans",
        QuarterlyPlan,
        "Quarterly plans",
        ("goal", "year"),
        RETURNS,
        opens=WHEN_USED,
    ),
    PlanTable(
        "group_reaches",
        GroupReach,
        "Reach by group",
        ("programme", "group"),
        SHIFT,
        opens=WHEN_USED,
    ),
    PlanTable(
        "capitations",
        Capitation,
        "Capitation",
        ("id",),
        DEALS,
        opens=WHEN_USED,
        set_aside="whole",
    ),
    PlanTable("successions", Succession, "Successions", ("old", "new"), DEALS, opens=WHEN_USED),
    PlanTable(
        "confirmed_releases",
        ConfirmedRelease,
        "Confirmed releases",
        ("programme", "acute_line", "partner", "year", "month", "line"),
        BENEFITS,
        set_aside="row",
        signed=False,
    ),
    PlanTable(
        "local_evidence",
        LocalEvidence,
        "Local evidence",
        ("id",),
        BENEFITS,
        opens=WHEN_USED,
        set_aside="row",
        signed=False,
    ),
    # What joint work is agreed by and what it records; no figure rests on it.
    PlanTable("owners", Owner, "Owners", ("table", "columns", "where"), JOINT, signed=False),
    PlanTable(
        "comments",
        Comment,
        "Comments",
        ("partner", "id"),
        JOINT,
        set_aside="row",
        signed=False,
    ),
    PlanTable(
        "this_part",
        ThisPart,
        "This part",
        ("partner",),
        JOINT,
        opens=WHEN_USED,
        signed=False,
    ),
    PlanTable(
        "parts",
        Part,
        "Parts",
        ("partner", "number"),
        JOINT,
        opens=WHEN_USED,
        set_aside="row",
        signed=False,
    ),
    PlanTable(
        "to_agree",
        ToAgree,
        "To agree",
        ("figure", "partner"),
        JOINT,
        opens=WHEN_USED,
        set_aside="row",
        signed=False,
    ),
    PlanTable(
        "received_changes",
        ReceivedChange,
        "Changes received",
        ("partner", "number"),
        JOINT,
        opens=WHEN_USED,
        set_aside="row",
        signed=False,
    ),
    PlanTable(
        "history",
        HistoryEntry,
        "History",
        ("number",),
        JOINT,
        opens=WHEN_USED,
        set_aside="row",
        signed=False,
    ),
    PlanTable(
        "base_rows",
        BaseRow,
        "Base held",
        ("table", "number", "piece"),
        JOINT,
        opens=WHEN_USED,
        set_aside="row",
        signed=False,
    ),
)
TABLES: dict[str, PlanTable] = {table.field: table for table in _TABLES}
RECORDS = ("this_part", "parts", "to_agree", "received_changes", "history", "base_rows")
"""Tables in which joint work records what it did: no partner's to change, and nothing of the plan
that two of its versions would differ in."""
SETUP = PlanTable("setup", Setup, "Setup", (), POOL)
