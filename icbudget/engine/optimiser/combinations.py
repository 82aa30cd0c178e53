"""What may be chosen together.

The rows of the model behind `optimise` that are about programmes alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from icbudget.engine.optimiser.milp import Model
from icbudget.engine.optimiser.programme_options import Option
from icbudget.engine.rounding import Floats
from icbudget.plan import Plan


def counted(measure: str, option: Option, year: str, t: int) -> float:
    """Return how much an option counts in year t towards a limit on all programmes together."""
    if measure == "staff":
        return float(option.staff[t])
    # Starts count in their year alone; programmes count from their start on.
    return float(option.start == year if measure.endswith("starts") else option.start <= year)


def limit_name(measure: str, year: str) -> str:
    """Return a limit on all programmes together in words."""
    words = {
        "staff": "staff in",
        "starts": "most starts in",
        "programmes": "most programmes by",
        "least_starts": "fewest starts in",
        "least_programmes": "fewest programmes by",
    }
    return f"{words[measure]} {year}"


def choose(
    model: Model, plan: Plan, options: Sequence[Option], limits: Mapping[str, Floats]
) -> None:
    """Let each programme be bought once at the most, and all together within their limits.

    The first columns of the model are the options. `limits`: by measure, the limit of each year,
    infinite where there is none. Source: AP §5 option E, (9) and (10); (4) and (5) are in what
    options there are, see `icbudget.engine.optimiser.active_years`.
    """
    of: dict[int, list[int]] = {g: [] for g in range(len(plan.programmes))}
    for n, o in enumerate(options):
        of[o.programme].append(n)
    at = {row.id: g for g, row in enumerate(plan.programmes)}
    for g, row in enumerate(plan.programmes):
        if row.must_do:
            name = f"{row.id} must be done"
            if not of[g]:
                name += " (no start keeps within its years, capacity, steps, cohort and smallest"
                name += " size)"
            model.row(dict.fromkeys(of[g], 1.0), low=1.0, name=name, kind="choice")
        model.row(dict.fromkeys(of[g], 1.0), high=1.0)
        for other in row.excludes:
            both = dict.fromkeys((*of[g], *of[at[other]]), 1.0)
            model.row(both, high=1.0, name=f"{row.id} or {other}, not both", kind="choice")
    for measure, by_year in limits.items():
        for t in range(1, len(plan.years)):
            if np.isfinite(by_year[t]):
                counts = [counted(measure, o, plan.years[t], t) for o in options]
                terms = {n: count for n, count in enumerate(counts) if count}
                least = measure.startswith("least_")
                ends = {"low" if least else "high": float(by_year[t])}
                kind = "staff" if measure == "staff" else "choice"
                model.row(terms, name=limit_name(measure, plan.years[t]), kind=kind, **ends)
