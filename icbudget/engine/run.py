"""One run of the engine: a plan to its result."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from icbudget.engine import funding
from icbudget.engine.effect import adjusted, rate_reduction
from icbudget.engine.projection import Projection, programme_units, project
from icbudget.engine.rounding import Floats
from icbudget.engine.rules import Rules, rules_of
from icbudget.engine.structure import figures_of, structure_of
from icbudget.plan import Plan
from icbudget.plan.programme import Programme


@dataclass(frozen=True, eq=False)
class Result:
    """What the engine made of a plan; every table, bridge and explanation is a view of it. Two runs are never equal."""

    plan: Plan
    rules: Rules
    projection: Projection
    limits: Floats
    """draws × years × minimums: the limit of each minimum, whole pence."""

    @property
    def years(self) -> tuple[str, ...]:
        """Return the base year and every projected year."""
        return self.plan.years

    def units_by_programme(self) -> Floats:
        """Return units avoided by programme: draws × years × programmes × lines; nothing in the base year."""
        run = self.projection
        first = np.zeros((run.avoided.shape[0], len(run.structure.programmes), run.avoided.shape[2]))
        return np.stack([first, *(programme_units(run, t) for t in range(1, len(self.years)))], axis=1)


def effect_of(programme: Programme) -> float:
    """Return the effect the plan counts on, ε, from the programme's central estimate; see `adjusted`."""
    reduction = rate_reduction(programme.effect_measure, programme.effect, programme.base_risk)
    return float(
        adjusted(reduction, programme.deadweight, programme.attribution, programme.displacement, programme.optimism_benefit)
    )


def run(plan: Plan) -> Result:
    """Return the result of a plan that has no error findings, as one draw.

    The active scenario is not laid over here: see `icbudget.plan.overlay`.
    """
    structure = structure_of(plan)
    figures = figures_of(plan, effect_of, funding.contributions(plan), funding.schemes(plan))
    rules = rules_of(plan)
    return Result(plan, rules, project(structure, figures, rules), funding.minimums(plan))
