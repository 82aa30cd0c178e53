"""One run of the engine: a plan to its result."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from icbudget.engine.projection import funding
from icbudget.engine.projection.as_before import projected
from icbudget.engine.projection.draw_inputs import NOTHING_DRAWN, Drawn
from icbudget.engine.projection.effect import adjusted, base_of, rate_reduction
from icbudget.engine.projection.projection import Projection, project, units_of_years
from icbudget.engine.projection.rank import ranked
from icbudget.engine.projection.structure import Figures, Structure, figures_of, structure_of
from icbudget.engine.projection.wiring import Rules, rules_of
from icbudget.engine.rounding import Floats
from icbudget.plan import Plan
from icbudget.plan.looked_at import kept_by_fields
from icbudget.plan.programme import Programme
from icbudget.recent_view import recent_view

if TYPE_CHECKING:
    from icbudget.engine.projection.release_against_plan import Benefits


@dataclass(frozen=True, eq=False)
class Result:
    """What the engine made of a plan; every table, bridge and explanation is a view of it.

    Two runs are never equal.
    """

    plan: Plan
    rules: Rules
    projection: Projection
    limits: Floats
    """draws × years × minimums: the limit of each minimum, whole pence."""
    passed_down: Floats
    """draws × years × rows of the Pass-down table: what goes on to districts, whole pence."""
    benefits: Benefits | None = None
    """What the planned releases have come to; None where none is entered."""

    @property
    def years(self) -> tuple[str, ...]:
        """Return the base year and every projected year."""
        return self.plan.years

    def units_by_programme(self) -> Floats:
        """Return units avoided by programme: draws × years × programmes × lines.

        Nothing is avoided in the base year.
        """
        return units_of_years(self.projection)


def effect_of(programme: Programme, drawn: Drawn = NOTHING_DRAWN) -> Floats:
    """Return the effect the plan counts on, ε, a fraction, from the central estimate or its draws.

    See `icbudget.engine.projection.effect.adjusted` for what is taken off.
    """

    def value(field: str) -> Any:
        return drawn.get(("programmes", programme.id, field), getattr(programme, field))

    # A before-and-after study is corrected by the plan's own counts, which are not drawn (AP §4.5).
    before_after = programme.effect_measure == "before_after"
    base = base_of(programme) if before_after else value("base_risk")
    reduction = rate_reduction(programme.effect_measure, value("effect"), base)
    return adjusted(
        reduction,
        deadweight=value("deadweight"),
        attribution=value("attribution"),
        displacement=value("displacement"),
        optimism=value("optimism_benefit"),
    )


def effects_of(plan: Plan, drawn: Drawn = NOTHING_DRAWN) -> Floats:
    """Return the effect of every programme that the plan counts on, draws × programmes.

    Fractions of the rate; see `effect_of`.
    """
    if not any(table == "programmes" for table, _, _ in drawn):
        return _own_effects(plan)
    columns = [np.atleast_1d(effect_of(row, drawn)) for row in plan.programmes]
    return np.stack(np.broadcast_arrays(*columns), axis=-1)


@kept_by_fields(24)
def _own_effects(plan: Plan) -> Floats:
    return np.array([[float(effect_of(row)) for row in plan.programmes]])


def figures(plan: Plan, drawn: Drawn = NOTHING_DRAWN) -> Figures:
    """Return the figures of a plan that has no error findings, as one draw or as many as are drawn.

    Figures in `drawn` stand in the place of the plan's own.
    """
    return with_money(plan, acute_figures(plan, drawn), drawn)


def acute_figures(plan: Plan, drawn: Drawn = NOTHING_DRAWN) -> Figures:
    """Return the figures of a plan but those of the pools' money, of which there are no rows."""
    no_rows = np.zeros((1, len(plan.years), 0))
    return figures_of(plan, effects_of(plan, drawn), no_rows, no_rows, drawn)


def with_money(plan: Plan, acute: Figures, drawn: Drawn = NOTHING_DRAWN) -> Figures:
    """Return figures with those of the pools' money put in; see `acute_figures`."""
    contributed = funding.contributions(plan, drawn)
    return replace(acute, contributions=contributed, schemes=funding.schemes(plan, drawn))


def rules_in_force(plan: Plan, structure: Structure, own: Figures) -> tuple[Rules, Benefits | None]:
    """Return the plan's rules, and what its planned releases have come to.

    What is bought first, and what was planned, is decided on the plan's own figures `own`, one
    draw. None where no release is entered: the plan counts, planned and not confirmed.
    """
    rules = ranked(plan, rules_of(plan), structure, own)
    if not plan.confirmed_releases:
        # model §7.10: where nobody enters a release the plan counts, labelled as not confirmed.
        return rules, None
    from icbudget.engine.projection.release_against_plan import benefits_of

    benefits = benefits_of(plan, rules, project(structure, own, rules))
    return replace(rules, counted=benefits.counted), benefits


def run(plan: Plan) -> Result:
    """Return the result of a plan that has no error findings, as one draw.

    The active scenario is not laid over here: see `icbudget.plan.scenario_overlay`.
    """
    structure, own = structure_of(plan), figures(plan)
    rules, benefits = rules_in_force(plan, structure, own)
    return Result(
        plan,
        rules,
        projected(structure, own, rules),
        funding.minimums(plan),
        funding.pass_downs(plan),
        benefits,
    )


@recent_view(16)
def result_of(plan: Plan) -> Result:
    """Return the result of a plan, see `run`; that of the last plans asked for is kept.

    The answers of a plan, its simulation and its scenarios all look at the same results.
    """
    return run(plan)
