"""Every answer about the year as it runs, its end and the returns; see `catalogue`."""

from __future__ import annotations

from icbudget.answers import monitoring_columns
from icbudget.answers.answer import AT_OUTTURN, BY_YEAR, NOMINAL, PLANNED, Answer, made_by
from icbudget.answers.value_column import Column
from icbudget.engine.accounts.phasing import MONTHS
from icbudget.plan.modules import RETURNS, YEAR

_POOLED_AS_PLANNED = f"pooled money alone, {PLANNED}"
"""What a planning return asks for: budgets that are aligned or in view are not in it."""

MONITORING = Answer(
    id="monitoring",
    title="Monitoring",
    help="Budget, actual, forecast and residual risk of every line",
    module=YEAR,
    lines=made_by("monitoring.monitoring"),
    labels=("pool", "scheme_or_source", "name_or_partner", "line", "kind", "year", "to_month"),
    columns=monitoring_columns.COLUMNS,
    basis=NOMINAL,
    report="monitoring",
    opens=True,
)
QUARTERLY_REPORT = Answer(
    id="quarterly-report",
    title="Quarterly report",
    help="Quarterly report of income and spending to each partner",
    module=YEAR,
    lines=made_by("monitoring.quarterly"),
    labels=("pool", "partner", "figure", "year", "to_month"),
    columns=(*map(Column, monitoring_columns.QUARTERS), Column("To date")),
    basis=f"{NOMINAL}, accruals; what is due and the profile as budgeted",
    report="quarters",
    together=True,
    opens=True,
)
VIREMENT_LOG = Answer(
    id="virement-log",
    title="Virement log",
    help="Virement log: what counts and what it changes",
    module=YEAR,
    lines=made_by("monitoring.virements"),
    labels=(
        "virement",
        "year",
        "month",
        "from",
        "to",
        "recurrent",
        "authority",
        "approved_by",
        "state",
    ),
    columns=(
        monitoring_columns.VIREMENT_AMOUNT,
        Column("Counted", unit="£"),
        Column("Pools change by", unit="£"),
        Column("Next year's base", unit="£"),
    ),
    basis=f"{NOMINAL}, budget",
    report="virements",
)
FORECAST_ACCURACY = Answer(
    id="forecast-accuracy",
    title="Forecast accuracy",
    help="Every month's forecast and how far it was off",
    module=YEAR,
    lines=made_by("monitoring.accuracy"),
    labels=("pool", "scheme", "name", "line", "figure", "year", "to_month"),
    columns=tuple(Column(f"Month {month}") for month in range(1, MONTHS + 1)),
    basis=f"{NOMINAL}, forecast outturn as made in the month",
    report="accuracy",
)
ICB_CLOSE = Answer(
    id="icb-close",
    title="ICB close to outturn",
    help="The year as the ICB closed it, and later changes",
    module=YEAR,
    lines=made_by("monitoring.icb_close"),
    labels=("pool", "scheme", "name", "line", "year", "closed_on", "why_changed"),
    columns=(
        Column("As the ICB closed", unit="£"),
        Column("Later changes", unit="£"),
        Column("Outturn now", unit="£"),
    ),
    basis=f"{NOMINAL}, accruals",
    report="icb-close",
)
MEMORANDUM_ACCOUNT = Answer(
    id="memorandum-account",
    title="Memorandum account",
    help="Memorandum account of each pool, in £ and in £000",
    module=YEAR,
    lines=made_by("year_end_accounts.memorandum"),
    labels=("pool", "view", "section", "line"),
    columns=(BY_YEAR,),
    basis=f"{NOMINAL}, {AT_OUTTURN}",
    report="year-end",
    together=True,
    opens=True,
)
ANNUAL_RETURN = Answer(
    id="annual-return",
    title="Annual return",
    help="Annual return to each partner",
    module=YEAR,
    lines=made_by("year_end_accounts.annual_return"),
    labels=("partner", "pool", "section", "line"),
    columns=(BY_YEAR,),
    basis=f"{NOMINAL}, {AT_OUTTURN}",
    report="year-end",
    together=True,
)
AGREEMENT_OF_BALANCES = Answer(
    id="agreement-of-balances",
    title="Agreement of balances",
    help="Balances between partners: both sides' records and their difference",
    module=YEAR,
    lines=made_by("year_end_accounts.agreement"),
    labels=("year", "pool", "kind", "receives", "pays"),
    columns=(
        Column("Receiver has", unit="£", basis="the records of who receives"),
        Column("Payer has", unit="£", basis="the records of who pays"),
        Column("Difference", unit="£"),
        Column("Due by plan", unit="£", basis="the plan"),
    ),
    basis=NOMINAL,
    report="year-end",
)
SOURCE_BRIDGE = Answer(
    id="source-bridge",
    title="Source bridge",
    help="Year-on-year bridge of every funding source",
    module=YEAR,
    lines=made_by("year_end_accounts.source_bridge"),
    labels=("pool", "source", "step"),
    columns=(BY_YEAR,),
    basis=PLANNED,
)
BOOKS_AND_VAT = Answer(
    id="books-and-vat",
    title="Books and VAT",
    help="What each partner books for a scheme, and its VAT",
    module=YEAR,
    lines=made_by("year_end_accounts.books"),
    labels=("scheme", "line", "basis", "partner", "figure"),
    columns=(BY_YEAR,),
    basis=PLANNED,
)
RETURN_INCOME = Answer(
    id="return-income",
    title="Return income",
    help="Income of the planning return, in its own columns",
    module=RETURNS,
    lines=made_by("returns.income"),
    basis=_POOLED_AS_PLANNED,
    opens=True,
)
RETURN_EXPENDITURE = Answer(
    id="return-expenditure",
    title="Return expenditure",
    help="Expenditure of the planning return, in its own columns",
    module=RETURNS,
    lines=made_by("returns.expenditure"),
    basis=_POOLED_AS_PLANNED,
    opens=True,
)
RETURN_METRICS = Answer(
    id="return-metrics",
    title="Return metrics",
    help="Metrics of the planning return, in its own columns",
    module=RETURNS,
    lines=made_by("returns.metrics"),
    basis="each metric in its own unit, as planned",
    opens=True,
)
RETURN_CAPACITY = Answer(
    id="return-capacity",
    title="Return capacity",
    help="Capacity and demand of the planning return, in its own columns",
    module=RETURNS,
    lines=made_by("intermediate_care.return_capacity"),
    basis="people and days of each month, as planned",
)
RETURN_QUARTERLY = Answer(
    id="return-quarterly",
    title="Return quarterly",
    help="Quarterly return, in its own columns",
    module=RETURNS,
    lines=made_by("returns_in_year.quarterly"),
    basis="pooled money alone, nominal £; actuals with accruals, else as planned",
    opens=True,
)
RETURN_YEAR_END = Answer(
    id="return-year-end",
    title="Return year-end",
    help="Year-end return, in its own columns",
    module=RETURNS,
    lines=made_by("returns_in_year.year_end"),
    basis="pooled money alone, nominal £; actuals with accruals, else as planned",
    opens=True,
)
CHECKLIST = Answer(
    id="checklist",
    title="Checklist",
    help="Every cell that the return needs, and whether it is filled in",
    module=RETURNS,
    lines=made_by("checklist.checklist"),
    labels=("part", "needed", "where", "complete"),
    opens=True,
)
