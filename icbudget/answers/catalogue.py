"""The catalogue of answers: one declaration for the Excel function, the sheet, the report and the
command line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from icbudget.answers import (
    acute_activity,
    appraisal,
    checklist,
    gain_shared,
    goal_tracker,
    instalments,
    monitoring,
    overlap_range,
    partner_positions,
    pool_balances,
    programme_evidence,
    reallocation,
    returns,
    returns_in_year,
    rule_tests,
    side_by_side,
    simulated_ranges,
    tornado,
    year_end_accounts,
)
from icbudget.answers.block import Block
from icbudget.answers.case import Case
from icbudget.answers.risk_shared import risk_share
from icbudget.answers.unread_figures import common, holds_unknown, nothing_known
from icbudget.engine.cached_view import cached_view
from icbudget.plan import SETUP, TABLES


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: its Excel id (never renamed) and what it gives.

    `runs_again`: it does not only read the plan's result, but runs the plan again with other
    figures or scenarios; each of these is more work than all the others together. `searches`: the
    answers in which it looks for something (what would break even, what moves a range most). It is
    given only where all of these are known, since what a search finds may be the same by chance.
    `together`: see `known.common`.
    """

    id: str
    help: str
    build: Callable[[Case], Block]
    searches: tuple[str, ...] = ()
    together: bool = False
    runs_again: bool = False


EVERY_TABLE = (SETUP.field, *TABLES)
"""The plan tables that every answer is made from: a partial plan would name rows that are not
there.
"""

_GOALS_AND_MONEY = ("ICB_GOALS", "ICB_REALLOCATE", "ICB_BALANCE")

FAMILIES: dict[str, tuple[Answer, ...]] = {
    "The pools": (
        Answer(
            "ICB_FUNDING",
            "Income of the pools by contribution line and year",
            pool_balances.funding,
        ),
        Answer(
            "ICB_SCHEMES", "Spending of the pools by scheme line and year", pool_balances.schemes
        ),
        Answer(
            "ICB_PHASING",
            "Instalments of each contribution by the day they are due",
            instalments.instalments,
        ),
        Answer(
            "ICB_BALANCE",
            "Balance of every funding source of every pool by year",
            pool_balances.balance,
        ),
        Answer("ICB_MINIMUMS", "Minimum spending tests by year", pool_balances.minimums),
        Answer(
            "ICB_TESTS",
            "Tests of the rules by year and scenario, with the rows behind each",
            rule_tests.tests,
            runs_again=True,
        ),
    ),
    "Acute care and prevention": (
        Answer(
            "ICB_ACUTE",
            "Acute activity, price, cost and payment, do nothing and plan",
            acute_activity.acute,
        ),
        Answer(
            "ICB_AVOIDED", "Activity that each prevention programme avoids", acute_activity.avoided
        ),
        Answer(
            "ICB_COMBINATION",
            "Activity avoided if programmes reach separate or the same people",
            overlap_range.combination,
        ),
        Answer(
            "ICB_EVIDENCE",
            "Each programme's effect from the study to the plan, and its ceiling",
            programme_evidence.effects,
        ),
        Answer(
            "ICB_RELEASE",
            "Contract saving, system release, stranded cost and capacity",
            acute_activity.release,
            together=True,
        ),
        Answer(
            "ICB_REALLOCATE",
            "Money moved from acute to the pools, and what it buys",
            reallocation.reallocate,
        ),
        Answer(
            "ICB_VERSIONS",
            "What a new version of an index changes, by line and year",
            overlap_range.versions,
        ),
    ),
    "Partners and the whole system": (
        Answer(
            "ICB_BRIDGE",
            "Bridge from base to plan, each partner and the whole system",
            partner_positions.bridge,
        ),
        Answer("ICB_PARTNERS", "Who pays and who gains", partner_positions.partners),
        Answer(
            "ICB_RISKSHARE",
            "Who bears each pool's over- or underspend, step by step",
            risk_share,
            together=True,
        ),
        Answer(
            "ICB_GAINSHARE",
            "What partners that share the result pay one another",
            gain_shared.gain_share,
            together=True,
        ),
        Answer(
            "ICB_APPRAISE",
            "Present values, ratios and payback of each view of the plan",
            appraisal.appraisal,
        ),
        Answer(
            "ICB_SWITCHING",
            "What figures would have to be for the plan just to break even",
            appraisal.switching,
            ("ICB_APPRAISE",),
        ),
        Answer(
            "ICB_GOALS",
            "Trajectory of each goal, whether it is on track and met by its date",
            goal_tracker.goals,
        ),
        Answer(
            "ICB_GOALGAPS",
            "What would close the gap of each goal, and what that would cost",
            goal_tracker.goal_gaps,
            _GOALS_AND_MONEY,
            runs_again=True,
        ),
        Answer(
            "ICB_FORMS",
            "What each partner bears, may move and keeps under each form of integration",
            side_by_side.integration,
            together=True,
        ),
        Answer(
            "ICB_SCENARIOS",
            "Headline figures of the plan and of every scenario, side by side",
            side_by_side.side_by_side,
            together=True,
            runs_again=True,
        ),
    ),
    "In the year": (
        Answer(
            "ICB_MONITOR",
            "Budget, actual, forecast and residual risk of every line",
            monitoring.monitoring,
        ),
        Answer(
            "ICB_QUARTER",
            "Quarterly report of income and spending to each partner",
            monitoring.quarterly,
            together=True,
        ),
        Answer(
            "ICB_VIREMENTS", "Virement log: what counts and what it changes", monitoring.virements
        ),
        Answer(
            "ICB_ACCURACY", "Every month's forecast and how far it was off", monitoring.accuracy
        ),
        Answer(
            "ICB_CLOSE", "The year as the ICB closed it, and later changes", monitoring.icb_close
        ),
    ),
    "At the end of the year": (
        Answer(
            "ICB_MEMORANDUM",
            "Memorandum account of each pool, in £ and in £000",
            year_end_accounts.memorandum,
            together=True,
        ),
        Answer(
            "ICB_ANNUALRETURN",
            "Annual return to each partner",
            year_end_accounts.annual_return,
            together=True,
        ),
        Answer(
            "ICB_AGREEMENT",
            "Balances between partners: both sides' records and their difference",
            year_end_accounts.agreement,
        ),
        Answer(
            "ICB_SOURCEBRIDGE",
            "Year-on-year bridge of every funding source",
            year_end_accounts.source_bridge,
        ),
        Answer(
            "ICB_BOOKS",
            "What each partner books for a scheme, and its VAT",
            year_end_accounts.books,
        ),
    ),
    "How sure it is": (
        Answer(
            "ICB_SIMULATE",
            "Range of every figure that matters: mean, P10, P50, P90 and chances",
            simulated_ranges.simulation,
            runs_again=True,
        ),
        Answer(
            "ICB_TORNADO",
            "What drives the range, and what knowing it would be worth",
            tornado.tornado,
            ("ICB_SIMULATE",),
            runs_again=True,
        ),
    ),
    "Returns to the Better Care Fund": (
        Answer(
            "ICB_RETURNINCOME", "Income of the planning return, in its own columns", returns.income
        ),
        Answer(
            "ICB_RETURNSPEND",
            "Expenditure of the planning return, in its own columns",
            returns.expenditure,
        ),
        Answer(
            "ICB_RETURNMETRICS",
            "Metrics of the planning return, in its own columns",
            returns.metrics,
        ),
        Answer(
            "ICB_RETURNQUARTER", "Quarterly return, in its own columns", returns_in_year.quarterly
        ),
        Answer(
            "ICB_RETURNYEAREND", "Year-end return, in its own columns", returns_in_year.year_end
        ),
        Answer(
            "ICB_CHECKLIST",
            "Every cell that the return needs, and whether it is filled in",
            checklist.checklist,
        ),
    ),
    "Checks": (
        Answer(
            "ICB_CHECKS", "Every finding with its place and its mend", partner_positions.findings
        ),
    ),
}
"""Every answer by what it is about, in reading order."""
ANSWERS: tuple[Answer, ...] = tuple(answer for family in FAMILIES.values() for answer in family)


def answered(case: Case, answer: Answer) -> Block:
    """Return an answer of a case; of one with figures that are not known, what is known all the
    same.
    """
    return _known(case, answer) if case.readings else answer.build(case)


def whole(case: Case, answer: Answer) -> Block | None:
    """Return an answer of a case of which everything is known, else None; no reading is looked at
    after one that differs.
    """
    if not case.readings:
        return answer.build(case)
    if any(whole(case, other) is None for other in ANSWERS if other.id in answer.searches):
        return None
    first = answer.build(case.readings[0])
    return first if all(answer.build(reading) == first for reading in case.readings[1:]) else None


kept = cached_view(answered)
"""`answered`, kept with the case for those who look at an answer more than once."""


@cached_view
def _known(case: Case, answer: Answer) -> Block:
    searched = (answered(case, other) for other in ANSWERS if other.id in answer.searches)
    if any(holds_unknown(block) for block in searched):
        return nothing_known(kept(case.readings[0], answer), case.unknown)
    return common(
        [kept(reading, answer) for reading in case.readings], case.unknown, together=answer.together
    )


def answers_of(case: Case) -> tuple[Answer, ...]:
    """Return the answers that a case has: all, or only the findings where an error stops the
    engine.
    """
    return ANSWERS if case.has_answers else tuple(a for a in ANSWERS if a.id == "ICB_CHECKS")
