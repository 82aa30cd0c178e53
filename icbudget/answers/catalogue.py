"""The catalogue of answers: one declaration for the Excel function, the sheet, the report and the command line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from icbudget.answers import acute, pools, system
from icbudget.answers.block import Block
from icbudget.answers.case import Case
from icbudget.plan import SETUP, TABLES


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: its Excel id (never renamed), its short name, what it gives, and the plan tables it is made from."""

    id: str
    name: str
    help: str
    tables: tuple[str, ...]
    build: Callable[[Case], Block]


_POOLS = (SETUP.field, "partners", "pools", "contributions", "indices")
_EVERYTHING = (SETUP.field, *TABLES)

ANSWERS: tuple[Answer, ...] = (
    Answer("ICB_FUNDING", "income", "Income of the pools by contribution line and year", _POOLS, pools.funding),
    Answer("ICB_SCHEMES", "spending", "Spending of the pools by scheme line and year", _EVERYTHING, pools.schemes),
    Answer("ICB_BALANCE", "balances", "Balance of every funding source of every pool by year", _EVERYTHING, pools.balance),
    Answer("ICB_MINIMUMS", "minimums", "Minimum spending tests by year", _EVERYTHING, pools.minimums),
    Answer("ICB_ACUTE", "acute", "Acute activity, price, cost and payment, do nothing and plan", _EVERYTHING, acute.acute),
    Answer("ICB_AVOIDED", "avoided", "Activity that each prevention programme avoids", _EVERYTHING, acute.avoided),
    Answer("ICB_RELEASE", "release", "Contract saving, system release, stranded cost and capacity", _EVERYTHING, acute.release),
    Answer(
        "ICB_REALLOCATE", "reallocation", "Money moved from acute to the pools, and what it buys", _EVERYTHING, system.reallocate
    ),
    Answer("ICB_BRIDGE", "bridge", "Bridge from base to plan, each partner and the whole system", _EVERYTHING, system.bridge),
    Answer("ICB_PARTNERS", "partners", "Who pays and who gains", _EVERYTHING, system.partners),
    Answer("ICB_RISKSHARE", "riskshare", "Who bears each pool's over- or underspend", _EVERYTHING, pools.risk_share),
    Answer("ICB_APPRAISE", "appraisal", "Present values, ratios, payback and switching values", _EVERYTHING, system.appraisal),
    Answer("ICB_GOALS", "goals", "Trajectory of each goal and whether it is met by its date", _EVERYTHING, system.goals),
    Answer("ICB_CHECKS", "checks", "Every finding with its place and its mend", _EVERYTHING, system.findings),
)
