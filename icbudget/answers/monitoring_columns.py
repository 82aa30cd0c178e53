"""Columns of the answers about the year as it runs, without what works them out."""

from __future__ import annotations

from icbudget.answers.value_column import Column

ORIGINAL_BUDGET = Column("Original budget", unit="£", basis="budget as the year began")
VIREMENTS = Column("Virements", unit="£", basis="virements that count")
REVISED_BUDGET = Column("Revised budget", unit="£", basis="budget after virements")
PROFILE_TO_DATE = Column("Profile to date", unit="£", basis="revised budget to the month")
ACTUAL_TO_DATE = Column("Actual to date", unit="£", basis="accruals to the month")
VARIANCE_TO_DATE = Column("Variance to date", unit="£", basis="actual less profile to the month")
FORECAST_OUTTURN = Column("Forecast outturn", unit="£", basis="forecast of the whole year")
VARIANCE_LAST_MONTH = Column(
    "Forecast variance last month", unit="£", basis="forecast made the month before"
)
FORECAST_VARIANCE = Column("Forecast variance", unit="£", basis="forecast less revised budget")
VARIANCE_SHARE = Column(
    "Forecast variance %", unit="%", basis="forecast variance as a share of revised budget"
)
RECOVERY = Column("Recovery measures", unit="£", basis="measures still to be taken")
RESIDUAL_RISK = Column("Residual risk", unit="£", basis="forecast variance after recovery")
RAG = Column("RAG", basis="residual risk against the thresholds of Setup")
WHY = Column("Why", basis="the reason typed")
COLUMNS = (
    ORIGINAL_BUDGET,
    VIREMENTS,
    REVISED_BUDGET,
    PROFILE_TO_DATE,
    ACTUAL_TO_DATE,
    VARIANCE_TO_DATE,
    FORECAST_OUTTURN,
    VARIANCE_LAST_MONTH,
    FORECAST_VARIANCE,
    VARIANCE_SHARE,
    RECOVERY,
    RESIDUAL_RISK,
    RAG,
    WHY,
)
"""The columns of a monitoring table as councils and NHS bodies publish it: PB §5.7."""
VIREMENT_AMOUNT = Column("Amount", unit="£", basis="as the log states it")
QUARTERS = ("Quarter 1", "Quarter 2", "Quarter 3", "Quarter 4")
