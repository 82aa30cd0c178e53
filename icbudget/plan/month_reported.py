"""The month that a plan reports on: "now", for everything that is late, begun or closed."""

from __future__ import annotations

from icbudget.plan.looked_at import kept_by_fields
from icbudget.plan.plan import Plan


@kept_by_fields(8)
def reported(plan: Plan) -> tuple[str, int] | None:
    """Return the year and month that the plan reports on.

    Setup's, else the latest that has actuals; None where neither is. A year without actuals is
    reported at month 0, where the forecast is the revised budget. A year outside the plan has no
    budget, so it is not reported.
    """
    booked = [(row.year, row.month) for row in plan.actuals if row.year in plan.years]
    year = plan.setup.monitored_year or max((y for y, _ in booked), default=None)
    if year is None:
        named = {*(row.year for row in plan.virements), *(row.year for row in plan.forecasts)}
        year = max(named & set(plan.years), default=None)
    if year is None or year not in plan.years:
        return None
    latest = max((month for y, month in booked if y == year), default=0)
    return year, plan.setup.monitored_month or latest
