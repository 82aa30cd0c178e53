"""icbudget plans pooled NHS and council budgets: read a plan, change it, run it, explain it.

```python
import icbudget

plan = icbudget.read("plan.xlsx")
icbudget.run(plan).table("Balances")
```

What stands here is the library; see `icbudget.api`. It is loaded when it is first asked for, so
that the command line starts at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from icbudget.late_names import late_names

__version__ = "0.1.0"

if TYPE_CHECKING:
    from icbudget.api import (
        BestPlan,
        Comparison,
        IcbudgetError,
        Monitoring,
        NotFound,
        Plan,
        PlanHasErrors,
        Result,
        Simulation,
        compare,
        monitor,
        new,
        optimise,
        read,
        run,
        simulate,
        verify,
    )

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
    "__version__",
    "compare",
    "monitor",
    "new",
    "optimise",
    "read",
    "run",
    "simulate",
    "verify",
]


if not TYPE_CHECKING:
    # Hidden from a type checker, which else would take any name for one that is there.
    __getattr__ = late_names(
        __name__, {"icbudget.api": [name for name in __all__ if name != "__version__"]}
    )


def __dir__() -> list[str]:
    return sorted(__all__)
