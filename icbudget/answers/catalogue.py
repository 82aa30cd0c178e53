"""Every answer, declared once: sheet, function, report, paper, CSV and command line follow from it.

Other modules name an answer by its constant here (`catalogue.BALANCES`), never by its id as text.
"""

from __future__ import annotations

from icbudget.answers import (
    acute_activity,
    appraisal,
    bodies,
    checklist,
    gain_shared,
    goal_tracker,
    instalments,
    integration,
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
from icbudget.answers.answer import Answer
from icbudget.answers.risk_shared import risk_share
from icbudget.plan.modules import DEALS, POOL, RETURNS, SHIFT, UNCERTAINTY, YEAR

INCOME = Answer(
    id="income",
    title="Income",
    help="Income of the pools by contribution line and year",
    module=POOL,
    build=pool_balances.funding,
    report="pools",
    paper="cost",
)
SPENDING = Answer(
    id="spending",
    title="Spending",
    help="Spending of the pools by scheme line and year",
    module=POOL,
    build=pool_balances.schemes,
    report="pools",
)
INSTALMENTS = Answer(
    id="instalments",
    title="Instalments",
    help="Instalments of each contribution by the day they are due",
    module=YEAR,
    build=instalments.instalments,
)
BALANCES = Answer(
    id="balances",
    title="Balances",
    help="Balance of every funding source of every pool by year",
    module=POOL,
    build=pool_balances.balance,
    report="balances",
    opens=True,
)
MINIMUM_SPEND = Answer(
    id="minimum-spend",
    title="Minimum spend",
    help="Minimum spending tests by year",
    module=POOL,
    build=pool_balances.minimums,
    report="balances",
)
RULE_TESTS = Answer(
    id="rule-tests",
    title="Rule tests",
    help="Tests of the rules by year and scenario, with the rows behind each",
    module=POOL,
    build=rule_tests.tests,
    report="rules",
    runs_again=True,
    opens=True,
)
ACTIVITY = Answer(
    id="activity",
    title="Acute projection",
    help="Acute activity, price, cost and payment, do nothing and plan",
    module=SHIFT,
    build=acute_activity.acute,
    report="acute",
    paper="hospital",
    opens=True,
)
AVOIDED = Answer(
    id="avoided",
    title="Avoided",
    help="Activity that each prevention programme avoids",
    module=SHIFT,
    build=acute_activity.avoided,
    report="prevention",
)
COMBINATION = Answer(
    id="combination",
    title="Combination",
    help="Activity avoided if programmes reach separate or the same people",
    module=SHIFT,
    build=overlap_range.combination,
    report="rests",
)
PROGRAMME_EVIDENCE = Answer(
    id="programme-evidence",
    title="Programme evidence",
    help="Each programme's effect from the study to the plan, and its ceiling",
    module=SHIFT,
    build=programme_evidence.effects,
    report="rests",
)
CASH_RELEASED = Answer(
    id="cash-released",
    title="Cash released",
    help="Contract saving, gross and net release, stranded cost and capacity",
    module=SHIFT,
    build=acute_activity.release,
    report="cash",
    paper="hospital",
    together=True,
    opens=True,
)
REALLOCATION = Answer(
    id="reallocation",
    title="Reallocation",
    help="Money moved from acute to the pools, and what it buys",
    module=SHIFT,
    build=reallocation.reallocate,
    report="prevention",
    opens=True,
)
VERSIONS = Answer(
    id="versions",
    title="Versions",
    help="What a new version of an index changes, by line and year",
    module=SHIFT,
    build=overlap_range.versions,
)
BRIDGE = Answer(
    id="bridge",
    title="Bridge",
    help="Bridge from base to plan, each partner and the whole system",
    module=SHIFT,
    build=partner_positions.bridge,
    report="bridge",
    opens=True,
)
PARTNER_POSITIONS = Answer(
    id="partner-positions",
    title="Partner positions",
    help="Who pays and who gains",
    module=POOL,
    build=partner_positions.partners,
    report="partners",
    opens=True,
)
RISK_SHARED = Answer(
    id="risk-shared",
    title="Risk shared",
    help="Who bears each pool's over- or underspend, step by step",
    module=POOL,
    build=risk_share,
    report="risk",
    together=True,
    opens=True,
)
GAIN_SHARED = Answer(
    id="gain-shared",
    title="Gain shared",
    help="What partners that share the result pay one another",
    module=DEALS,
    build=gain_shared.gain_share,
    report="gain-share",
    together=True,
    opens=True,
)
BODIES_THAT_CHANGE = Answer(
    id="bodies-that-change",
    title="Bodies that change",
    help="What successors of ICBs and councils take over, and history by their shares",
    module=DEALS,
    build=bodies.bodies,
    together=True,
)
APPRAISAL = Answer(
    id="appraisal",
    title="Appraisal",
    help="Present values, ratios and payback of each view of the plan",
    module=SHIFT,
    build=appraisal.appraisal,
    report="appraisal",
)
SWITCHING_VALUES = Answer(
    id="switching-values",
    title="Switching values",
    help="What figures would have to be for the plan just to break even",
    module=SHIFT,
    build=appraisal.switching,
    searches=(APPRAISAL,),
)
GOAL_TRACKER = Answer(
    id="goal-tracker",
    title="Goal tracker",
    help="Trajectory of each goal, whether it is on track and met by its date",
    module=SHIFT,
    build=goal_tracker.goals,
    report="goals",
    opens=True,
)
GOAL_GAPS = Answer(
    id="goal-gaps",
    title="Goal gaps",
    help="What would close the gap of each goal, and what that would cost",
    module=SHIFT,
    build=goal_tracker.goal_gaps,
    report="gaps",
    searches=(
        GOAL_TRACKER,
        REALLOCATION,
        BALANCES,
    ),
    runs_again=True,
)
FORMS_OF_INTEGRATION = Answer(
    id="forms-of-integration",
    title="Forms of integration",
    help="What each partner bears, may move and keeps under each form of integration",
    module=DEALS,
    build=integration.integration,
    together=True,
    runs_again=True,
    opens=True,
)
HEADLINE_FIGURES = Answer(
    id="headline-figures",
    title="Headline figures",
    help="What the plan comes to, in the figures that scenarios are compared by",
    module=SHIFT,
    build=side_by_side.headlines,
    together=True,
)
SIDE_BY_SIDE = Answer(
    id="side-by-side",
    title="Side by side",
    help="Headline figures of the plan and of every scenario, side by side",
    module=SHIFT,
    build=side_by_side.side_by_side,
    report="scenarios",
    together=True,
    runs_again=True,
)
MONITORING = Answer(
    id="monitoring",
    title="Monitoring",
    help="Budget, actual, forecast and residual risk of every line",
    module=YEAR,
    build=monitoring.monitoring,
    report="monitoring",
    opens=True,
)
QUARTERLY_REPORT = Answer(
    id="quarterly-report",
    title="Quarterly report",
    help="Quarterly report of income and spending to each partner",
    module=YEAR,
    build=monitoring.quarterly,
    report="quarters",
    together=True,
    opens=True,
)
VIREMENT_LOG = Answer(
    id="virement-log",
    title="Virement log",
    help="Virement log: what counts and what it changes",
    module=YEAR,
    build=monitoring.virements,
    report="virements",
)
FORECAST_ACCURACY = Answer(
    id="forecast-accuracy",
    title="Forecast accuracy",
    help="Every month's forecast and how far it was off",
    module=YEAR,
    build=monitoring.accuracy,
    report="accuracy",
)
ICB_CLOSE = Answer(
    id="icb-close",
    title="ICB close to outturn",
    help="The year as the ICB closed it, and later changes",
    module=YEAR,
    build=monitoring.icb_close,
    report="icb-close",
)
MEMORANDUM_ACCOUNT = Answer(
    id="memorandum-account",
    title="Memorandum account",
    help="Memorandum account of each pool, in £ and in £000",
    module=YEAR,
    build=year_end_accounts.memorandum,
    report="year-end",
    together=True,
    opens=True,
)
ANNUAL_RETURN = Answer(
    id="annual-return",
    title="Annual return",
    help="Annual return to each partner",
    module=YEAR,
    build=year_end_accounts.annual_return,
    report="year-end",
    together=True,
)
AGREEMENT_OF_BALANCES = Answer(
    id="agreement-of-balances",
    title="Agreement of balances",
    help="Balances between partners: both sides' records and their difference",
    module=YEAR,
    build=year_end_accounts.agreement,
    report="year-end",
)
SOURCE_BRIDGE = Answer(
    id="source-bridge",
    title="Source bridge",
    help="Year-on-year bridge of every funding source",
    module=YEAR,
    build=year_end_accounts.source_bridge,
)
BOOKS_AND_VAT = Answer(
    id="books-and-vat",
    title="Books and VAT",
    help="What each partner books for a scheme, and its VAT",
    module=YEAR,
    build=year_end_accounts.books,
)
SIMULATION = Answer(
    id="simulation",
    title="Simulation",
    help="Range of every figure that matters: mean, P10, P50, P90 and chances",
    module=UNCERTAINTY,
    build=simulated_ranges.simulation,
    report="sure",
    paper="certain",
    runs_again=True,
    opens=True,
)
TORNADO = Answer(
    id="tornado",
    title="Tornado",
    help="What drives the range, and what knowing it would be worth",
    module=UNCERTAINTY,
    build=tornado.tornado,
    report="sure",
    searches=(SIMULATION,),
    runs_again=True,
    opens=True,
)
RETURN_INCOME = Answer(
    id="return-income",
    title="Return income",
    help="Income of the planning return, in its own columns",
    module=RETURNS,
    build=returns.income,
    opens=True,
)
RETURN_EXPENDITURE = Answer(
    id="return-expenditure",
    title="Return expenditure",
    help="Expenditure of the planning return, in its own columns",
    module=RETURNS,
    build=returns.expenditure,
    opens=True,
)
RETURN_METRICS = Answer(
    id="return-metrics",
    title="Return metrics",
    help="Metrics of the planning return, in its own columns",
    module=RETURNS,
    build=returns.metrics,
    opens=True,
)
RETURN_QUARTERLY = Answer(
    id="return-quarterly",
    title="Return quarterly",
    help="Quarterly return, in its own columns",
    module=RETURNS,
    build=returns_in_year.quarterly,
    opens=True,
)
RETURN_YEAR_END = Answer(
    id="return-year-end",
    title="Return year-end",
    help="Year-end return, in its own columns",
    module=RETURNS,
    build=returns_in_year.year_end,
    opens=True,
)
CHECKLIST = Answer(
    id="checklist",
    title="Checklist",
    help="Every cell that the return needs, and whether it is filled in",
    module=RETURNS,
    build=checklist.checklist,
    opens=True,
)
CHECKS = Answer(
    id="checks",
    title="Checks",
    help="Every finding with its place and how to fix it",
    module=POOL,
    build=partner_positions.findings,
    report="findings",
    opens=True,
)

FAMILIES: dict[str, tuple[Answer, ...]] = {
    "The pools": (INCOME, SPENDING, INSTALMENTS, BALANCES, MINIMUM_SPEND, RULE_TESTS),
    "Acute care and prevention": (
        ACTIVITY,
        AVOIDED,
        COMBINATION,
        PROGRAMME_EVIDENCE,
        CASH_RELEASED,
        REALLOCATION,
        VERSIONS,
    ),
    "Partners and the whole system": (
        BRIDGE,
        PARTNER_POSITIONS,
        RISK_SHARED,
        GAIN_SHARED,
        BODIES_THAT_CHANGE,
        APPRAISAL,
        SWITCHING_VALUES,
        GOAL_TRACKER,
        GOAL_GAPS,
        FORMS_OF_INTEGRATION,
        HEADLINE_FIGURES,
        SIDE_BY_SIDE,
    ),
    "In the year": (MONITORING, QUARTERLY_REPORT, VIREMENT_LOG, FORECAST_ACCURACY, ICB_CLOSE),
    "At the end of the year": (
        MEMORANDUM_ACCOUNT,
        ANNUAL_RETURN,
        AGREEMENT_OF_BALANCES,
        SOURCE_BRIDGE,
        BOOKS_AND_VAT,
    ),
    "How sure it is": (SIMULATION, TORNADO),
    "Returns to the Better Care Fund": (
        RETURN_INCOME,
        RETURN_EXPENDITURE,
        RETURN_METRICS,
        RETURN_QUARTERLY,
        RETURN_YEAR_END,
        CHECKLIST,
    ),
    "Checks": (CHECKS,),
}
"""Every answer by what it is about, in reading order."""
ANSWERS: tuple[Answer, ...] = tuple(answer for family in FAMILIES.values() for answer in family)
"""Every answer, in reading order."""
BY_ID: dict[str, Answer] = {answer.id: answer for answer in ANSWERS}
