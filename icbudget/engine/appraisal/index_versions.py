"""What a new version of an index, such as an uplift after the pay award, does to the plan.

A bridge, one index after another.
"""

from __future__ import annotations

from dataclasses import dataclass

from icbudget import glossary
from icbudget.engine.projection.acute_amounts import AcuteAmounts
from icbudget.engine.rounding import Floats
from icbudget.engine.run import Result, run
from icbudget.plan import Plan


@dataclass(frozen=True, slots=True)
class Effect:
    """What one index's new version changes in one figure of the plan.

    By year in whole pence, new version less earlier one.
    """

    index: str
    kind: str
    line: str
    figure: str
    pence: Floats


def version_effects(result: Result) -> tuple[Effect, ...]:
    """Return every figure that the versions of indices change, in the order of the indices.

    The steps add up to the total change.

    The plan is run with every earlier version first, then with each new one in turn; the last run
    is the plan itself. Figures: payment for each activity line if nothing changes and in the plan,
    its cost to the provider in the plan, income of each contribution, spending of each scheme, what
    each programme is paid. Lines that nothing changes are left out. Source: model §4.2.
    """
    plan = result.plan
    changed = [index.id for index in plan.indices if index.earlier]
    if not changed:
        return ()
    # One after another: what two indices do together is in the later one's step, so that steps add
    # up.
    before = _figures(run(_with_earlier(plan, changed)))
    effects: list[Effect] = []
    for n, index in enumerate(changed, start=1):
        # The last step is the plan itself, which need not be run again.
        last = n == len(changed)
        now = _figures(result if last else run(_with_earlier(plan, changed[n:])))
        for key in now:
            change = now[key] - before[key]
            if change.any():
                effects.append(Effect(index, *key, change))
        before = now
    return tuple(effects)


def _with_earlier(plan: Plan, names: list[str]) -> Plan:
    """Return the plan with the named indices at their earlier version."""
    rates = {index.id: index.rates for index in plan.indices}
    rows = []
    for index in plan.indices:
        if index.id in names:
            rows.append(index.model_copy(update={"rates": rates[index.earlier]}))
        else:
            rows.append(index)
    return plan.model_copy(update={"indices": tuple(rows)})


def _figures(result: Result) -> dict[tuple[str, str, str], Floats]:
    """Return every figure that an index can change: (kind, line, figure) to pence by year."""
    plan, projection = result.plan, result.projection
    amounts, figures = AcuteAmounts(projection), projection.figures
    by_figure: dict[tuple[str, str, str], Floats] = {}
    for k, line in enumerate(plan.acute_lines):
        for figure, pence in (
            ("Payment if nothing changes", amounts.pay_nothing),
            ("Payment in the plan", amounts.pay_plan),
            ("Cost to the provider in the plan", amounts.cost_plan),
        ):
            by_figure["Activity line", line.id, figure] = pence[0, :, k]
    for n, row in enumerate(plan.contributions):
        label = f"{row.pool}, {row.partner}, {row.source}, line {row.line}"
        by_figure["Funding", label, "Income"] = figures.contributions[0, :, n]
    for n, scheme in enumerate(plan.schemes):
        # What pays for a programme is the programme's, below.
        if not scheme.programme:
            label = f"{scheme.id}, line {scheme.line}"
            by_figure["Scheme", label, "Spending"] = figures.schemes[0, :, n]
    for g, programme in enumerate(plan.programmes):
        by_figure["Programme", programme.id, glossary.PAID] = projection.moves.paid[0, :, g]
    return by_figure
