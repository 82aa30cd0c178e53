"""icbudget as a Python library: read a plan, change it, run it, look at what comes of it.

```python
import icbudget

plan = icbudget.read("workbooks/illustrative-borough.xlsx")
result = icbudget.run(plan.change({"hospital_at_home / Effect": 0.6}, reason="what if it is less"))
result.table("Balances")          # a pandas data frame
result.figure("bcf / 2027/28 / Closing balance")
```

A plan is a value: `change` and `scenario` give another plan and leave this one as it is. What is
wrong with a plan is findings, never a traceback. What a call cannot do raises `IcbudgetError`,
which carries the findings behind it.
"""

from icbudget.api.calls import (
    BestPlan,
    Comparison,
    Monitoring,
    Simulation,
    compare,
    monitor,
    optimise,
    run,
    simulate,
    verify,
)
from icbudget.api.errors import IcbudgetError, NotFound, PlanHasErrors
from icbudget.api.plan_and_result import Plan, Result
from icbudget.api.plan_sources import new, read

__all__ = [
    "BestPlan",
    "Comparison",
    "IcbudgetError",
    "Monitoring",
    "NotFound",
    "Plan",
    "PlanHasErrors",
    "Result",
    "Simulation",
    "compare",
    "monitor",
    "new",
    "optimise",
    "read",
    "run",
    "simulate",
    "verify",
]
