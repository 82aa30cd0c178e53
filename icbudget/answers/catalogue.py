"""Every answer, declared once: sheet, function, report, paper, CSV and command line follow from it.

Answers of the year and of returns are declared in `year_catalogue`, those about benefits in
`benefit_catalogue`, people in `people_catalogue`, contracts in `contract_catalogue`. Other modules
name an answer by its constant here (`catalogue.BALANCES`), never by its id as text.
"""

from __future__ import annotations

from icbudget.answers import (
    benefit_catalogue,
    contract_catalogue,
    people_catalogue,
    year_catalogue,
)
from icbudget.answers.answer import (
    AT_OUTTURN,
    BY_YEAR,
    MEASURES_PLANNED,
    NOMINAL,
    OVER_PLAN,
    OVER_YEARS,
    PLANNED,
    REAL,
    Answer,
    made_by,
)
from icbudget.answers.value_column import Column
from icbudget.plan.modules import DEALS, JOINT, POOL, SHIFT, UNCERTAINTY, YEAR

INCOME = Answer(
    id="income",
    title="Income",
    help="Income of the pools by contribution line and year",
    module=POOL,
    lines=made_by("pool_balances.funding"),
    labels=("pool", "partner", "source", "line", "kind"),
    columns=(BY_YEAR,),
    basis=PLANNED,
    report="pools",
    paper="cost",
)
SPENDING = Answer(
    id="spending",
    title="Spending",
    help="Spending of the pools by scheme line and year",
    module=POOL,
    lines=made_by("pool_balances.schemes"),
    labels=("scheme", "line", "name", "pool", "source", "programme"),
    columns=(BY_YEAR,),
    basis=PLANNED,
    report="pools",
)
INSTALMENTS = Answer(
    id="instalments",
    title="Instalments",
    help="Instalments of each contribution by the day they are due",
    module=YEAR,
    lines=made_by("instalments.instalments"),
    labels=("partner", "source", "due", "pool", "line", "phasing", "quarter"),
    columns=(BY_YEAR,),
    basis=PLANNED,
)
BALANCES = Answer(
    id="balances",
    title="Balances",
    help="Balance of every funding source of every pool by year",
    module=POOL,
    lines=made_by("pool_balances.balance"),
    labels=("pool", "source", "figure"),
    columns=(BY_YEAR,),
    basis=f"{PLANNED}, and after settlement where a row says so",
    report="balances",
    opens=True,
)
MINIMUM_SPEND = Answer(
    id="minimum-spend",
    title="Minimum spend",
    help="Minimum spending tests by year",
    module=POOL,
    lines=made_by("pool_balances.minimums"),
    labels=("rule", "source", "figure"),
    columns=(BY_YEAR,),
    basis=PLANNED,
    report="balances",
)
RULE_TESTS = Answer(
    id="rule-tests",
    title="Rule tests",
    help="Tests of the rules by year and scenario, with the rows behind each",
    module=POOL,
    lines=made_by("rule_tests.tests"),
    labels=("test", "source", "figure", "pool", "scenario", "rows_behind"),
    columns=(BY_YEAR,),
    basis=PLANNED,
    report="rules",
    runs_again=True,
    opens=True,
)
ACTIVITY = Answer(
    id="activity",
    title="Activity",
    help="Activity, price, cost and payment, do nothing and plan",
    module=SHIFT,
    lines=made_by("acute_activity.acute"),
    labels=("acute_line", "figure"),
    columns=(BY_YEAR,),
    basis=f"{NOMINAL}, do nothing or plan as the row says",
    report="acute",
    paper="hospital",
    opens=True,
)
AVOIDED = Answer(
    id="avoided",
    title="Avoided",
    help="Activity that each prevention programme avoids",
    module=SHIFT,
    lines=made_by("acute_activity.avoided"),
    labels=("acute_line", "programme", "figure"),
    columns=(BY_YEAR,),
    basis="activity of the year, plan against do nothing",
    report="prevention",
)
COMBINATION = Answer(
    id="combination",
    title="Combination",
    help="Activity avoided if programmes reach separate or the same people",
    module=SHIFT,
    lines=made_by("overlap_range.combination"),
    labels=("acute_line", "reading"),
    columns=(BY_YEAR,),
    basis="activity of the year, plan against do nothing",
    report="rests",
)
PROGRAMME_EVIDENCE = Answer(
    id="programme-evidence",
    title="Programme evidence",
    help="Each programme's effect from the study to the plan, and its ceiling",
    module=SHIFT,
    lines=made_by("programme_evidence.effects"),
    labels=("programme", "figure"),
    columns=(Column("Value"),),
    basis="the study and the plan, as the row says",
    report="rests",
)
CASH_RELEASED = Answer(
    id="cash-released",
    title="Cash released",
    help="Contract saving, gross and net release, stranded cost and capacity",
    module=SHIFT,
    lines=made_by("acute_activity.release"),
    labels=("acute_line", "figure"),
    columns=(BY_YEAR,),
    basis=f"{NOMINAL}, plan against do nothing",
    report="cash",
    paper="hospital",
    together=True,
    opens=True,
)
COUNCIL_ACTIVITY = Answer(
    id="council-activity",
    title="Council activity",
    help="What councils pay for: activity, spending, client charges and net",
    module=SHIFT,
    lines=made_by("council_activity.council_activity"),
    labels=("partner", "acute_line", "figure"),
    columns=(BY_YEAR,),
    basis=PLANNED,
    report="council",
)
WHO_SAVES = Answer(
    id="who-saves",
    title="Who pays, who saves",
    help="Who pays for each programme, and who saves on activity by it",
    module=SHIFT,
    lines=made_by("council_activity.who_saves"),
    labels=("programme", "partner", "figure"),
    columns=(BY_YEAR,),
    basis=PLANNED,
    report="council",
)
REALLOCATION = Answer(
    id="reallocation",
    title="Reallocation",
    help="Money moved from activity to the pools, and what it buys",
    module=SHIFT,
    lines=made_by("reallocation.reallocate"),
    labels=("kind", "thing", "figure"),
    columns=(BY_YEAR,),
    basis=f"{PLANNED}; present values in {REAL}",
    report="prevention",
    opens=True,
)
VERSIONS = Answer(
    id="versions",
    title="Versions",
    help="What a new version of an index changes, by line and year",
    module=SHIFT,
    lines=made_by("overlap_range.versions"),
    labels=("index", "kind", "line", "figure"),
    columns=(BY_YEAR,),
    basis=PLANNED,
)
BRIDGE = Answer(
    id="bridge",
    title="Bridge",
    help="Bridge from base to plan, each partner and the whole system",
    module=SHIFT,
    lines=made_by("partner_positions.bridge"),
    labels=("partner", "step"),
    columns=(BY_YEAR,),
    basis=f"{NOMINAL}, net spending; the plan as settled",
    report="bridge",
    opens=True,
)
PARTNER_POSITIONS = Answer(
    id="partner-positions",
    title="Partner positions",
    help="Who pays and who gains",
    module=POOL,
    lines=made_by("partner_positions.partners"),
    labels=("partner", "figure"),
    columns=(BY_YEAR,),
    basis=f"{NOMINAL}; the plan as settled",
    report="partners",
    opens=True,
)
RISK_SHARED = Answer(
    id="risk-shared",
    title="Risk shared",
    help="Who bears each pool's over- or underspend, step by step",
    module=POOL,
    lines=made_by("risk_shared.risk_share"),
    labels=("pool", "step", "partner", "figure", "how"),
    columns=(BY_YEAR,),
    basis=f"{NOMINAL}, {AT_OUTTURN}",
    report="risk",
    together=True,
    opens=True,
)
GAIN_SHARED = Answer(
    id="gain-shared",
    title="Gain shared",
    help="What partners that share the result pay one another",
    module=DEALS,
    lines=made_by("gain_shared.gain_share"),
    labels=("gain_share", "partner", "figure"),
    columns=(BY_YEAR,),
    basis=f"{NOMINAL}, plan against do nothing",
    report="gain-share",
    together=True,
    opens=True,
)
BODIES_THAT_CHANGE = Answer(
    id="bodies-that-change",
    title="Bodies that change",
    help="What successors of ICBs and councils take over, and history by their shares",
    module=DEALS,
    lines=made_by("bodies.bodies"),
    labels=("pool", "source", "partner", "figure"),
    columns=(BY_YEAR,),
    basis=PLANNED,
    together=True,
)
APPRAISAL = Answer(
    id="appraisal",
    title="Appraisal",
    help="Present values, ratios and payback of each view of the plan",
    module=SHIFT,
    lines=made_by("appraisal.appraisal"),
    labels=("view", "measure"),
    columns=(Column("Value"),),
    basis=REAL,
    report="appraisal",
)
SWITCHING_VALUES = Answer(
    id="switching-values",
    title="Switching values",
    help="What figures would have to be for the plan just to break even",
    module=SHIFT,
    lines=made_by("appraisal.switching"),
    labels=("view", "figure", "in_words"),
    columns=(Column("In the plan"), Column("Switches at")),
    basis=f"the plan as typed; breaks even in {REAL}",
    searches=(APPRAISAL,),
)
GOAL_TRACKER = Answer(
    id="goal-tracker",
    title="Goal tracker",
    help="Trajectory of each goal, whether it is on track and met by its date",
    module=SHIFT,
    lines=made_by("goal_tracker.goals"),
    labels=("goal", "measure", "figure"),
    columns=(BY_YEAR,),
    basis=MEASURES_PLANNED,
    report="goals",
    opens=True,
)
GOAL_GAPS = Answer(
    id="goal-gaps",
    title="Goal gaps",
    help="What would close the gap of each goal, and what that would cost",
    module=SHIFT,
    lines=made_by("goal_tracker.goal_gaps"),
    labels=("goal", "programmes", "closes_gap"),
    columns=(Column("More paid over the plan", unit="£"),),
    basis=f"{NOMINAL}, all years added up, beyond the plan",
    report="gaps",
    searches=(
        GOAL_TRACKER,
        REALLOCATION,
        BALANCES,
    ),
    runs_again=True,
)
HEADLINE_FIGURES = Answer(
    id="headline-figures",
    title="Headline figures",
    help="What the plan comes to, in the figures that scenarios are compared by",
    module=SHIFT,
    lines=made_by("side_by_side.headlines"),
    labels=("figure", "who"),
    columns=(Column("Value"),),
    basis=OVER_YEARS,
    together=True,
)
SIDE_BY_SIDE = Answer(
    id="side-by-side",
    title="Side by side",
    help="Headline figures of the plan and of every scenario, side by side",
    module=SHIFT,
    lines=made_by("side_by_side.side_by_side"),
    labels=("figure", "who"),
    columns=(Column("Scenario", repeated=True),),
    basis=OVER_YEARS,
    report="scenarios",
    together=True,
    runs_again=True,
)
SIMULATION = Answer(
    id="simulation",
    title="Simulation",
    help="Range of every figure that matters: mean, P10, P50, P90 and chances",
    module=UNCERTAINTY,
    lines=made_by("simulated_ranges.simulation"),
    labels=("whose", "figure", "measure"),
    columns=(BY_YEAR, Column(OVER_PLAN)),
    basis=f"{NOMINAL}, over the draws; present values in {REAL}",
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
    lines=made_by("tornado.tornado"),
    labels=("driver", "distribution", "where_from", "name", "measure"),
    columns=(Column("At its P10"), Column("At its P90"), Column("Swing or value")),
    basis=f"{NOMINAL}, over the plan; what knowing is worth in {REAL}",
    report="sure",
    searches=(SIMULATION,),
    runs_again=True,
    opens=True,
)
SIGNATURES = Answer(
    id="signatures",
    title="Signatures",
    help="How far the plan has come, who signed it, and whether each signature holds",
    module=JOINT,
    lines=made_by("signed.signed"),
    labels=("partner", "office", "name", "signed_on", "state", "why", "needed_for"),
    opens=True,
)
CHECKS = Answer(
    id="checks",
    title="Checks",
    help="Every finding with its place and how to fix it",
    module=POOL,
    lines=made_by("partner_positions.findings"),
    labels=("severity", "where", "finding", "fix", "effect", "explained_by"),
    report="findings",
    opens=True,
)

FORMS_OF_INTEGRATION = contract_catalogue.FORMS_OF_INTEGRATION
CAPITATION_SETTLED = contract_catalogue.CAPITATION_SETTLED
WHAT_FORMS_REWARD = contract_catalogue.WHAT_FORMS_REWARD
CAPACITY_AND_DEMAND = people_catalogue.CAPACITY_AND_DEMAND
FAIRNESS = people_catalogue.FAIRNESS
REACH_OF_GROUPS = people_catalogue.REACH_OF_GROUPS
WORKFORCE = people_catalogue.WORKFORCE
MONEY_AND_EXPERIENCE = people_catalogue.MONEY_AND_EXPERIENCE
MONITORING = year_catalogue.MONITORING
QUARTERLY_REPORT = year_catalogue.QUARTERLY_REPORT
VIREMENT_LOG = year_catalogue.VIREMENT_LOG
FORECAST_ACCURACY = year_catalogue.FORECAST_ACCURACY
ICB_CLOSE = year_catalogue.ICB_CLOSE
MEMORANDUM_ACCOUNT = year_catalogue.MEMORANDUM_ACCOUNT
ANNUAL_RETURN = year_catalogue.ANNUAL_RETURN
AGREEMENT_OF_BALANCES = year_catalogue.AGREEMENT_OF_BALANCES
SOURCE_BRIDGE = year_catalogue.SOURCE_BRIDGE
BOOKS_AND_VAT = year_catalogue.BOOKS_AND_VAT
RETURN_INCOME = year_catalogue.RETURN_INCOME
RETURN_EXPENDITURE = year_catalogue.RETURN_EXPENDITURE
RETURN_METRICS = year_catalogue.RETURN_METRICS
RETURN_CAPACITY = year_catalogue.RETURN_CAPACITY
RETURN_QUARTERLY = year_catalogue.RETURN_QUARTERLY
RETURN_YEAR_END = year_catalogue.RETURN_YEAR_END
CHECKLIST = year_catalogue.CHECKLIST
BENEFITS_BY_PROGRAMME = benefit_catalogue.BENEFITS_BY_PROGRAMME
BENEFITS_BY_QUARTER = benefit_catalogue.BENEFITS_BY_QUARTER
BENEFITS_BY_PARTNER = benefit_catalogue.BENEFITS_BY_PARTNER
REINVESTMENT = benefit_catalogue.REINVESTMENT

FAMILIES: dict[str, tuple[Answer, ...]] = {
    "The pools": (INCOME, SPENDING, INSTALMENTS, BALANCES, MINIMUM_SPEND, RULE_TESTS),
    "Activity and prevention": (
        ACTIVITY,
        AVOIDED,
        COMBINATION,
        PROGRAMME_EVIDENCE,
        CASH_RELEASED,
        COUNCIL_ACTIVITY,
        WHO_SAVES,
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
        FAIRNESS,
        REACH_OF_GROUPS,
        MONEY_AND_EXPERIENCE,
        CAPACITY_AND_DEMAND,
        WORKFORCE,
        CAPITATION_SETTLED,
        WHAT_FORMS_REWARD,
        FORMS_OF_INTEGRATION,
        HEADLINE_FIGURES,
        SIDE_BY_SIDE,
    ),
    "In the year": (MONITORING, QUARTERLY_REPORT, VIREMENT_LOG, FORECAST_ACCURACY, ICB_CLOSE),
    "What came of it": (
        BENEFITS_BY_PROGRAMME,
        BENEFITS_BY_QUARTER,
        BENEFITS_BY_PARTNER,
        REINVESTMENT,
    ),
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
        RETURN_CAPACITY,
        RETURN_QUARTERLY,
        RETURN_YEAR_END,
        CHECKLIST,
    ),
    "Joint work": (SIGNATURES,),
    "Checks": (CHECKS,),
}
"""Every answer by what it is about, in reading order."""
ANSWERS: tuple[Answer, ...] = tuple(answer for family in FAMILIES.values() for answer in family)
"""Every answer, in reading order."""
BY_ID: dict[str, Answer] = {answer.id: answer for answer in ANSWERS}
READS_WORDS: tuple[Answer, ...] = (CHECKS, CHECKLIST, SIDE_BY_SIDE, RETURN_METRICS)
"""Answers that an owner, a source or a reason changes: they print one, or count its findings."""
