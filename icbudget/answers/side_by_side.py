"""Answers about scenarios: the forms of integration side by side, and every scenario of the plan
side by side.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from icbudget import checks, glossary
from icbudget.answers.block import Block, Cell, Row
from icbudget.answers.case import Case
from icbudget.answers.pool_balances import pounds
from icbudget.checks.national_rules import RuleTest, rule_tests
from icbudget.engine.accounts.bridge import SYSTEM, bridges
from icbudget.engine.appraisal.integration_forms import borne, forms
from icbudget.engine.appraisal.trajectory import reached, trajectory
from icbudget.engine.cached_view import cached_view
from icbudget.engine.projection.acute_amounts import AcuteAmounts
from icbudget.engine.run import Result, run
from icbudget.findings import Finding, stopped
from icbudget.plan import Plan
from icbudget.plan.ready_made import CENTRAL, READY_MADE
from icbudget.plan.scenario_overlay import scenarios_of, with_scenario

GAIN = "Better (+) or worse (−) off than do nothing"
BORNE = "Bears of over- (+) or underspend (−)"
PLAN = "The plan"
"""The column of the plan itself, no scenario laid over it."""


def integration(case: Case) -> Block:
    """Return what each partner bears, may move and keeps under each form of integration, £ by year;
    see `engine.forms`.
    """
    years = case.plan.years
    rows: list[Row] = []
    for form in forms(case.answered):
        rows.append(
            Row((form.name, "All partners", READY_MADE[form.name].says), "", (None,) * len(years))
        )
        for partner in (p.id for p in case.plan.partners):
            figures = (
                ("May move alone", form.alone),
                ("May move only with the others", form.together),
                (BORNE, form.bears),
                (GAIN, form.better),
            )
            rows.extend(
                Row((form.name, partner, name), "£", pounds(values[partner]))
                for name, values in figures
                if any(values[partner])
            )
    shows = (
        "The same plan under four forms of integration. What is borne, and what all gain or lose,"
        " sums to the same in each; who bears it and who may move the money differs."
    )
    return Block(
        "Forms of integration",
        shows,
        glossary.headings("form", "partner", "figure"),
        years,
        tuple(rows),
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the plan comes to under a scenario, as (figure, who or what, unit, value), its tests;
    none where errors stop it.
    """

    years: tuple[str, ...]
    headline: tuple[tuple[str, str, str, Cell], ...]
    tests: tuple[RuleTest, ...]


@cached_view
def under(case: Case, scenario: str) -> Outcome:
    """Return what the plan as stated comes to under one of its scenarios; a blank name is the plan
    itself.

    Kept with the case, since several answers need it; what it was worked out from is not, which is
    a hundred times as large.
    """
    stated = case.before_scenario
    laid, findings = with_scenario(stated, scenario)
    findings = [*findings, *checks.check_plan(laid)]
    if stopped(findings):
        return Outcome(laid.years, tuple(_counts(findings)[:1]), ())
    result = case.answered if scenario == stated.setup.active_scenario else run(laid)
    findings += checks.check_result(laid, result)
    return Outcome(laid.years, (*_counts(findings), *_headline(laid, result)), rule_tests(result))


def side_by_side(case: Case) -> Block:
    """Return the headline figures of the plan and of every scenario, its own and the ready-made,
    one column each.

    Money is over all years of the plan unless a row says otherwise. Central evidence is the plan
    itself and has no column. A scenario that an error stops has no figures, only the number of its
    errors. A partner's money that is nothing in every one of them has no row.
    """
    names = {
        PLAN: "",
        **{name: name for name in scenarios_of(case.before_scenario) if name != CENTRAL},
    }
    cells: dict[tuple[tuple[str, str], str], dict[str, Cell]] = {}
    for column, name in names.items():
        for figure, who, unit, value in under(case, name).headline:
            cells.setdefault(((figure, who), unit), {})[column] = value
    shown = (
        row
        for row, values in cells.items()
        if row[1] != "£" or any(values.values()) or row[0][1] == SYSTEM
    )
    order = sorted(shown, key=lambda row: _ORDER.index(row[0][0]))
    rows = tuple(
        Row(labels, unit, tuple(cells[labels, unit].get(c) for c in names))
        for labels, unit in order
    )
    shows = (
        "The plan and every scenario, those of the Scenarios sheet and the ready-made ones. Better"
        " (+) or worse (−) off is against doing nothing under the same scenario."
    )
    return Block(
        "Scenarios side by side", shows, glossary.headings("figure", "who"), tuple(names), rows
    )


_ORDER = (
    GAIN,
    BORNE,
    glossary.NET_PLAN,
    glossary.PREVENTION_PAID,
    glossary.CONTRACT_SAVING,
    glossary.SYSTEM_RELEASE,
    "Unfunded gap in the last year",
    "Avoided in the last year",
    "Goals met",
    "Errors",
    "Warnings",
)


def _counts(findings: list[Finding]) -> list[tuple[str, str, str, Cell]]:
    return [
        (f"{name}s".capitalize(), "", "number", sum(f.severity == name for f in findings))
        for name in ("error", "warning")
    ]


def _headline(laid: Plan, result: Result) -> Iterator[tuple[str, str, str, Cell]]:
    for b in bridges(result):
        yield (
            GAIN,
            b.partner,
            "£",
            (sum(b.steps[glossary.DO_NOTHING]) - sum(b.steps[glossary.PLAN])) / 100,
        )
        yield glossary.NET_PLAN, b.partner, "£", sum(b.steps[glossary.PLAN]) / 100
        if b.partner == SYSTEM:
            yield (
                "Unfunded gap in the last year",
                b.partner,
                "£",
                b.steps[glossary.UNFUNDED_GAP][-1] / 100,
            )
    for partner, pence in borne(result).items():
        yield BORNE, partner, "£", sum(pence) / 100
    amounts = AcuteAmounts(result.projection)
    yield (
        glossary.PREVENTION_PAID,
        SYSTEM,
        "£",
        round(float(result.projection.moves.paid[0].sum())) / 100,
    )
    yield glossary.CONTRACT_SAVING, SYSTEM, "£", round(float(amounts.saving[0].sum())) / 100
    yield glossary.SYSTEM_RELEASE, SYSTEM, "£", round(float(amounts.release[0].sum())) / 100
    for currency in dict.fromkeys(row.currency for row in laid.acute_lines):
        at = [k for k, row in enumerate(laid.acute_lines) if row.currency == currency]
        yield (
            "Avoided in the last year",
            f"{currency}s",
            currency,
            float(result.projection.avoided[0, -1, at].sum()),
        )
    if laid.goals:
        yield "Goals met", f"of {len(laid.goals)}", "number", _met(laid, result)


def _met(plan: Plan, result: Result) -> int:
    met = 0
    for goal in plan.goals:
        value = (
            trajectory(result, goal)[plan.years.index(goal.target_year)]
            if goal.target_year in plan.years
            else None
        )
        met += value is not None and reached(goal, value, goal.target)
    return met
