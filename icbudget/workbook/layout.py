"""Where everything stands in the workbook.

This is the only home of sheet names, Excel table names and the order of sheets.

A table has a sheet of its own; a table with several figures by year has a companion table on a
sheet of its own; an answer has a sheet of its own, so that a block that spills can never meet
another.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from icbudget.answers.catalogue import ANSWERS
from icbudget.answers.catalogue import CHECKS as CHECKS_ANSWER
from icbudget.plan import SETUP, TABLES, PlanTable
from icbudget.plan.columns import Column, columns_of
from icbudget.plan.grid import by_year_columns, companion_label
from icbudget.plan.modules import POOL
from icbudget.plan.plan import WITH_ITS_MODULE

START, DASHBOARD, LISTS = "Start", "Dashboard", "Lists"
CHECKS = CHECKS_ANSWER.title
POSTINGS, RUN_RECORD = "Postings", "Run record"
BESIDE = ("Best plan", "Difference")
"""Sheets of what a command found beside the plan, each called as its block: a best plan, the
difference of two scenarios.
"""
UNIT_COSTS, UPLIFTS, EVIDENCE, STUDIES = "Unit costs", "Uplift factors", "Evidence", "Studies"
XLWINGS_SETTINGS = "xlwings.conf"
"""Named by xlwings, which reads its settings there; only in a workbook with macros."""
LIBRARY_SHEETS = (UNIT_COSTS, UPLIFTS, EVIDENCE, STUDIES)
"""What a plan in the making is filled in from; a results workbook does without."""
SETTINGS = "Settings"
WHAT_IF, ANY_ANSWER = "What-if", "Any answer"
"""Sheets of a live workbook alone: figures to try, and any answer by choice."""
WHAT_IF_TABLE, TRIED = "WhatIf", "Tried"
"""The table of what is tried, and the name of the cell that holds the plan with it."""
PLAN = "Plan"
"""Name of the cell that holds the plan, which every answer's formula takes."""
MASTER_CHECK, CONNECTED = "MasterCheck", "PythonConnected"
STOPPED = "WhatStops"
"""Name of the cell that says what stops the answers, by an ordinary formula."""
ALLOWED, ALLOWED_PART, RULES_YEAR = "AllowedPounds", "AllowedShare", "RulesYear"
"""Names of the cells of what may differ before it is called a difference, and of the rules year."""
NAMES = frozenset(
    (PLAN, TRIED, MASTER_CHECK, CONNECTED, STOPPED, ALLOWED, ALLOWED_PART, RULES_YEAR)
)
"""Every name that a workbook is given, but those of its drop-downs (lst…)."""

HEADING_ROW = 4
"""Row of an input table's headings, counted from 0."""
ANSWER_ROWS = 2000
"""Rows below an answer's headings over which its totals add up."""


class TableSheet(NamedTuple):
    """One Excel Table on a sheet.

    It says which plan table it carries, its figures by year apart or together with it.
    """

    table: PlanTable
    sheet: str
    name: str
    intro: str
    by_year: bool = False


_NAMES = {
    "partners": (
        "Partners",
        "Every organisation of the plan, in the order that decides the last penny of a split.",
    ),
    "pools": ("Pools", "Every pooled fund, and the aligned and in-view budgets shown beside it."),
    "contributions": (
        "Funding",
        "What each partner puts into each pool, one row for each funding source; deductions apart.",
    ),
    "pass_downs": (
        "PassDown",
        "What of a grant goes on to district councils; the parts sum to the grant.",
    ),
    "schemes": (
        "Schemes",
        "What the pools are spent on, one row for each funding source that pays for a scheme.",
    ),
    "minimums": ("Minimums", "The spending that the rules require from a funding source."),
    "capacity": (
        "CapacityRows",
        "Intermediate care by month: who needs it, who can have it, what is bought beyond that.",
    ),
    "staff": (
        "StaffRows",
        "Staff that programmes need by role and year, who is in post, and how fast others come.",
    ),
    "quarterly_plans": (
        "QuarterlyPlans",
        "What goals are planned to reach quarter by quarter in a year after the base year.",
    ),
    "group_reaches": (
        "ReachByGroup",
        "Whom a programme reaches: a group's part of those it is for, and of those it reaches.",
    ),
    "capitations": (
        "Capitations",
        "Contracts of one sum for people's care in a year, held beside the plan's own contracts.",
    ),
    "successions": (
        "Successions",
        "ICBs and councils that end in the plan's years, who follows them, and with which share.",
    ),
    "envelopes": (
        "Envelopes",
        "The money each partner has in a year for what the plan covers. Blank: do nothing is"
        " assumed to be funded.",
    ),
    "indices": (
        "Indices",
        (
            "Rates of change by year: uplift, efficiency, growth and inflation. “flat” is built in"
            " and is 0 %."
        ),
    ),
    "acute_lines": (
        "ActivityLines",
        "NHS and council activity, its price, its cost, its contract and how its cost behaves.",
    ),
    "contract_changes": (
        "ContractChanges",
        "Contracts that change in a year; a line without a row keeps its contract.",
    ),
    "segments": (
        "Segments",
        (
            "Parts of an activity line's activity, and which programmes reach them; the parts sum"
            " to 100 %."
        ),
    ),
    "programmes": (
        "Programmes",
        (
            "Prevention and out-of-hospital programmes: whom they reach, what they avoid, what they"
            " cost."
        ),
    ),
    "moves": (
        "Moves",
        "Activity that moves to another activity line for each unit that a programme avoids.",
    ),
    "shifts": ("Shifts", "Rules that move money from activity into a pool."),
    "risk_shares": (
        "RiskShares",
        "Who bears a pool's over- or underspend: the steps of the agreement, one after another.",
    ),
    "performance_pots": (
        "PerformancePots",
        "Pay for performance: what each payment point releases as admissions fall.",
    ),
    "gain_shares": (
        "GainShares",
        "Who shares in what the plan gains, where one partner pays and another gains.",
    ),
    "limits": (
        "Limits",
        (
            "Limits that icbudget optimise keeps: staff, how many programmes, what a partner may"
            " lose or pay over."
        ),
    ),
    "goals": ("Goals", "What the plan is to reach, by when, measured how."),
    "profiles": (
        "Profiles",
        (
            "How a year's money is spread over its months; monthly, quarterly, four_equal and"
            " annual are built in."
        ),
    ),
    "virements": (
        "Virements",
        "The virement log: budget moved in the year, who approved it, and whether it is recurrent.",
    ),
    "actuals": ("Actuals", "Spending and income month by month, with accruals; month 1 is April."),
    "forecasts": (
        "Forecasts",
        "Forecasts month by month: overrides with their reason, and what was reported.",
    ),
    "closes": (
        "IcbClose",
        "Month-12 figures as the ICB closed its books, kept beside the council's later ones.",
    ),
    "partner_records": (
        "PartnerRecords",
        "What each partner's books say about another, to be agreed before the accounts close.",
    ),
    "sign_offs": (
        "SignOff",
        "Who has signed the plan, in which office and when. icbudget sign binds it to the figures.",
    ),
    "signing_keys": (
        "SigningKeys",
        "Public keys that signatures are checked with, whose each is and where it is published.",
    ),
    "confirmed_releases": (
        "ConfirmedReleases",
        "What was really released, month by month: claimed, confirmed by a second person, refused.",
    ),
    "local_evidence": (
        "LocalEvidence",
        "What this plan's own releases showed of a programme: one place, no comparison group.",
    ),
    "scenarios": ("Scenarios", "Changes laid over the plan when Setup names their scenario."),
    "uncertainties": (
        "Uncertainties",
        "How uncertain a figure is, instead of what icbudget assumes about it.",
    ),
    "owners": (
        "Owners",
        "Who owns what where the partners agreed otherwise than icbudget's own table.",
    ),
    "comments": (
        "Comments",
        "What people say to one another about a row; open until somebody settles it.",
    ),
    "this_part": (
        "ThisPart",
        (
            "What this file is: one partner's part of a plan. Yellow cells are its own, grey ones"
            " the others'; nothing is locked. Fill in the yellow cells and send the file back."
        ),
    ),
    "parts": ("Parts", "The parts that partners were sent and handed in."),
    "to_agree": (
        "ToAgree",
        "What is still open between the partners. Mark one row of each figure under Choice.",
    ),
    "received_changes": (
        "ChangesReceived",
        "Every change that a partner asks for, in words, and what became of it.",
    ),
    "history": ("History", "What was done to the plan, each entry chained to the one before."),
    "base_rows": (
        "BaseHeld",
        "The plan that the parts are held against, kept by icbudget so that merging can go on.",
    ),
    "correlations": (
        "Correlations",
        "Which drivers of uncertainty move together, instead of what icbudget assumes.",
    ),
}
# A test holds these to the tables with several figures by year: to find those, the columns of every
# table are worked out, of which most plans need a few.
_COMPANIONS = {
    "acute_lines": ("ActivityLineYears", "Decisions about each activity line, year by year."),
    "programmes": ("ProgrammeYears", "People, reach and cost of each programme, year by year."),
    "shifts": ("ShiftYears", "Amounts or percentages of each shift, year by year."),
}
_INPUT_ORDER = (
    *("this_part", "partners", "pools", "contributions", "schemes", "risk_shares", "minimums"),
    "indices",
    *("acute_lines", "segments", "programmes", "shifts", "goals", "envelopes", "scenarios"),
    *("gain_shares", "performance_pots", "pass_downs", "contract_changes", "moves", "limits"),
    *("successions", "capacity", "staff", "group_reaches", "quarterly_plans", "capitations"),
    *("actuals", "forecasts", "virements", "profiles", "closes", "partner_records"),
    *("confirmed_releases", "local_evidence"),
    *("uncertainties", "correlations", "sign_offs", "signing_keys"),
    *("owners", "comments", "to_agree", "parts", "history"),
    *("received_changes", "base_rows"),
)
"""The order of the steps in which a plan is filled in, module by module."""


def _table_sheets() -> Iterable[TableSheet]:
    for field in _INPUT_ORDER:
        table = TABLES[field]
        yield TableSheet(table, table.label, *_NAMES[field])
        if field in _COMPANIONS:
            yield TableSheet(table, companion_label(table), *_COMPANIONS[field], by_year=True)


SETUP_SHEET = TableSheet(
    SETUP,
    SETUP.label,
    SETTINGS,
    "What the plan is about, its years, its rules and how its money is treated.",
)
TABLE_SHEETS: tuple[TableSheet, ...] = tuple(_table_sheets())
IN_EVERY_WORKBOOK = frozenset(
    place.name
    for place in TABLE_SHEETS
    if place.table.module == POOL and place.table.opens == WITH_ITS_MODULE and not place.by_year
)
"""Tables without which a workbook has lost figures: those of the module that is always there."""
FORMER_NAMES = {"Acute": "ActivityLines", "AcuteYears": "ActivityLineYears"}
"""Excel tables that a workbook written by an earlier version calls by another name."""
FORMER_SHEETS = {
    "Acute": "Activity lines",
    "Acute by year": "Activity lines by year",
    "Acute projection": "Activity",
}
"""Sheets of earlier versions that stand under another name now."""
BY_NAME: dict[str, TableSheet] = {sheet.name: sheet for sheet in (SETUP_SHEET, *TABLE_SHEETS)}

ANSWER_SHEETS: dict[str, str] = {answer.id: answer.title for answer in ANSWERS}
"""The sheet of every answer, by the id of the answer."""
SHEETS = (
    *(START, DASHBOARD, SETUP_SHEET.sheet, *(place.sheet for place in TABLE_SHEETS)),
    *(name for name in ANSWER_SHEETS.values() if name != CHECKS),
    *(WHAT_IF, ANY_ANSWER, *BESIDE, CHECKS, POSTINGS, RUN_RECORD, *LIBRARY_SHEETS, LISTS),
    XLWINGS_SETTINGS,
)
"""Every sheet that the product may write, in reading order."""
ONCE_WRITTEN = ("Guide", "Chart figures")
"""Sheets of earlier versions that hold nothing of a plan."""


def main_table(field: str) -> TableSheet:
    """Return the sheet of a plan table, given its field in the plan."""
    return next(s for s in (SETUP_SHEET, *TABLE_SHEETS) if s.table.field == field and not s.by_year)


def yearly(sheet: TableSheet) -> tuple[Column, ...]:
    """Return the figures by year that a sheet carries."""
    columns = by_year_columns(sheet.table)
    return columns if sheet.by_year or len(columns) == 1 else ()


def key_list(field: str) -> str:
    """Return the defined name of the drop-down over a plan table's key column.

    Such is `lstPartners`.
    """
    return f"lst{main_table(field).name}"


def choice_list(name: str) -> str:
    """Return the defined name of the drop-down over a list of the rules year.

    Such is `lstFundingSource`.
    """
    return f"lst{name.title().replace('_', '')}"


def column_reference(field: str, name: str) -> str:
    """Return the structured reference of a plan table's column.

    Such is `Funding[Base amount (£)]`.
    """
    sheet = main_table(field)
    column = next(c for c in columns_of(sheet.table.noun) if c.field == name)
    return f"{sheet.name}[{column.heading}]"


def quoted(sheet: str) -> str:
    """Return a sheet's name as formulas write it."""
    return sheet if sheet.replace("_", "").isalnum() else f"'{sheet}'"
