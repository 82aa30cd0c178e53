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

from typing import TYPE_CHECKING, Any

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


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"icbudget has no {name}; it has {', '.join(sorted(__all__))}")
    from icbudget import api

    return getattr(api, name)


def __dir__() -> list[str]:
    return sorted(__all__)
