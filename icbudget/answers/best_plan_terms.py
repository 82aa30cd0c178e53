"""What a best plan does to goals and limits, and on which evidence; rows of `optimise`.

The report judges goals on central effects; a best plan is sought on cautious ones. Both stand here,
and where they differ on a goal the row says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from icbudget import glossary
from icbudget.answers.block import Cell, Row
from icbudget.answers.goal_tracker import unit_of, verdict
from icbudget.answers.names import names_of
from icbudget.engine.accounts.bridge import BY_THE_PLAN, bridges
from icbudget.engine.appraisal.trajectory import Path, reached, trajectory
from icbudget.engine.optimiser.best_plan import Best
from icbudget.engine.optimiser.programme_options import Option
from icbudget.engine.run import Result
from icbudget.plan import Plan
from icbudget.plan.evidence_rows import JUDGEMENT, found_by_studies, is_judgement
from icbudget.plan.goal import COMPUTED, Goal
from icbudget.plan.limit import Limit
from icbudget.plan.programme import Programme, effect_in_words

ON_CENTRAL, ON_CAUTIOUS = "central effects, as in the report", "cautious effects, as sought"
ENTERED_BY_HAND = "its values are entered: no choice moves them"
COUNTS_AS_PLANNED = "sought on what was planned, not on what was confirmed"
KEPT_AS_SOUGHT = "kept as sought: cautious effects avoid less than central ones"


def goal_rows(own: Result, best: Result, cautious: Result) -> Iterator[Row]:
    """Yield what the plan and the best plan do to every goal by its date, in the report's words.

    `own`, `best`: on central effects; `cautious`: the best plan on the effects it was sought with.
    """
    for goal in own.plan.goals:
        named = f"{goal.called}, {goal.target_year}"
        unit = unit_of(goal)
        yield Row(("Goal", f"{named}: target"), unit, (goal.target, goal.target, None))
        on_central = (trajectory(own, goal), trajectory(best, goal))
        if goal.target_year in own.years:
            t = own.years.index(goal.target_year)
            now, then = (path[t] for path in on_central)
            carefully = trajectory(cautious, goal)[t]
            yield Row(("Goal", f"{named}: {ON_CENTRAL}"), unit, (now, then, _more(now, then)))
            if goal.measured_by in COMPUTED:
                yield Row(("Goal", f"{named}: {ON_CAUTIOUS}"), unit, (None, carefully, None))
                why = _why(best.plan, goal, then, carefully)
            else:
                why = ENTERED_BY_HAND
        else:
            why = ""
        verdicts = _verdicts((own, best), goal, on_central)
        yield Row(("Goal", f"{named}: verdict, {ON_CENTRAL}"), "", (*verdicts, why))


def _verdicts(results: Sequence[Result], goal: Goal, paths: Sequence[Path]) -> list[str]:
    """Return the verdict of the report on a goal under each plan."""
    return [verdict(result.plan, goal, path) for result, path in zip(results, paths, strict=True)]


def _more(now: float | None, then: float | None) -> float | None:
    return None if now is None or then is None else then - now


def _met(goal: Goal, value: float | None) -> str:
    if value is None:
        return "not known"
    return "met" if reached(goal, value, goal.target) else "not met"


def _why(plan: Plan, goal: Goal, central: float | None, cautious: float | None) -> str:
    """Return why central and cautious effects differ on a goal; blank where they agree."""
    on_central, on_cautious = _met(goal, central), _met(goal, cautious)
    if on_central == on_cautious:
        return ""
    why = f"{on_cautious} on cautious effects: the 25th percentile of every effect avoids less"
    return f"{why}; {COUNTS_AS_PLANNED}" if plan.confirmed_releases else why


def basis_rows(plan: Plan) -> Iterator[Row]:
    """Yield what the search leaves out that the report counts."""
    if plan.confirmed_releases:
        words = "counted on central effects, as in the report"
        yield Row(("Basis", "Confirmed releases"), "", (words, words, COUNTS_AS_PLANNED))


def limit_rows(own: Result, best: Result) -> Iterator[Row]:
    """Yield every limit of the plan by year, and what both plans come to of it.

    The third column is what is left under the best plan; below zero the limit is not kept on
    central effects, and a row says why the best plan may be beyond it.
    """
    plan = own.plan
    for row in plan.limits:
        for year, most in row.most.items():
            if year not in plan.years[1:]:
                continue
            t = plan.years.index(year)
            now, then = (_comes_to(result, row.measure, row.partner, t) for result in (own, best))
            least = row.measure.startswith("least_")
            named = f"{_limit_in_words(row, plan)} {'by' if row.measure == 'loss' else 'in'} {year}"
            bound = f"{'at least' if least else 'at most'} {_amount(row.measure, most)}"
            # What is left is positive where the limit is kept, for a most and a least alike.
            left = then - most if least else most - then
            yield Row(("Limit", f"{named}: {bound}; left"), _unit(row.measure), (now, then, left))
            # Pounds as floats: half a penny is the least that is a penny.
            if left < -0.005:
                yield Row(("Limit", f"{named}: kept"), "", (None, "no", KEPT_AS_SOUGHT))


_NAMED_BEFORE = (
    ("goal ", "goals"),
    ("money of ", "pools"),
    ("floor of fund ", "shifts"),
    ("floor of ", "acute_lines"),
    ("blocks of ", "acute_lines"),
    ("loss of ", "partners"),
    ("paid over by ", "partners"),
    ("", "programmes"),
)
"""What stands before the id of a thing in the name of a limit, and the table of the thing."""


def in_names(limit: str, plan: Plan) -> str:
    """Return the name that the search gives a limit, with names of things in place of their ids.

    `money of bcf by 2027/28` is `money of Better Care Fund by 2027/28`.
    """
    for before, table in _NAMED_BEFORE:
        if not limit.startswith(before):
            continue
        for row in getattr(plan, table):
            if limit.startswith((f"{before}{row.id} by ", f"{before}{row.id} in ")) or (
                not before and limit.startswith(f"{row.id} must be done")
            ):
                name = row.called if isinstance(row, Goal) else row.name or row.id
                return f"{before}{name}{limit[len(before) + len(row.id) :]}"
    return limit


def conflict_rows(plan: Plan, best: Best, own: Result) -> Iterator[Row]:
    """Yield what no plan can keep together, and what the report says of the goals among it."""
    for name, by in best.conflicts:
        goal = next((g for g in plan.goals if name == f"goal {g.id} by {g.target_year}"), None)
        unit = "%" if name.startswith("chance") else unit_of(goal) if goal else ""
        why = f"on {ON_CAUTIOUS}" if goal else None
        label = in_names(name, plan)
        yield Row(("Conflict: short by", label), unit, (None, round(by, 4), why))
        if goal:
            figure = f"{goal.called}, {goal.target_year}: verdict, {ON_CENTRAL}"
            (verdict_of_own,) = _verdicts((own,), goal, (trajectory(own, goal),))
            yield Row(("Goal", figure), "", (verdict_of_own, None, None))
    for name in best.asked:
        label = "Conflict: asked for, could be kept without"
        yield Row((label, in_names(name, plan)), "", (None, "yes", None))


def _limit_in_words(row: Limit, plan: Plan) -> str:
    names = names_of(plan, "partners")
    whose = f" of {names.get(row.partner, row.partner)}" if row.partner else ""
    return f"{row.measure.replace('_', ' ').capitalize()}{whose}"


def _amount(measure: str, value: float) -> str:
    return f"£{value:,.0f}" if _unit(measure) == "£" else f"{value:,g}"


def _unit(measure: str) -> str:
    if measure in ("loss", "transfer"):
        return "£"
    return "wte" if measure == "staff" else "programmes"


def _comes_to(result: Result, measure: str, partner: str, t: int) -> float:
    """Return what a plan comes to of what a limit counts, in year t."""
    plan, year = result.plan, result.years[t]
    if measure in ("loss", "transfer"):
        of_partner = next(b for b in bridges(result) if b.partner == partner)
        steps = of_partner.steps
        if measure == "transfer":
            return steps[glossary.TRANSFERS][t] / 100.0
        # A loss is counted over all years so far, before pools are settled, as Limits says.
        return sum(sum(steps[step][: t + 1]) for step in BY_THE_PLAN) / 100.0
    if measure == "staff":
        return float(sum(row.people.get(year, 0.0) * row.staff for row in plan.programmes))
    begun = [begins(row, plan) for row in plan.programmes]
    if measure.endswith("starts"):
        return float(sum(start == year for start in begun))
    return float(sum(start is not None and start <= year for start in begun))


def begins(row: Programme, plan: Plan) -> str | None:
    """Return the first year in which a programme runs; None where it never does."""
    for year in plan.years[1:]:
        if row.people.get(year) or row.reach.get(year) or row.fixed_cost.get(year):
            return year
    return None


def evidence_rows(plan: Plan, sought: Plan, chosen: Sequence[Option]) -> Iterator[Row]:
    """Yield for every programme that is bought what its studies found and which effect counted.

    `sought`: the plan on cautious effects.
    """
    names = names_of(plan, "programmes")
    for g in sorted({option.programme for option in chosen}):
        row, carefully = plan.programmes[g], sought.programmes[g]
        judged = f" ({JUDGEMENT})" if is_judgement(row) else ""
        central = effect_in_words(row.effect_measure, row.effect)
        words = f"studies: {found_by_studies(row)}; effect {central}{judged}"
        cautious: Cell = f"sought on {effect_in_words(row.effect_measure, carefully.effect)}"
        yield Row(("Rests on", names.get(row.id, row.id)), "", (words, cautious, None))
