"""Answers about scenarios.

They are the forms of integration side by side, and every scenario of the plan side by side.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from icbudget import checks, glossary
from icbudget.answers.block import Cell, Lines, Row
from icbudget.answers.case import Case
from icbudget.checks.national_rules import RuleTest, rule_tests
from icbudget.engine.accounts.accounted_together import account_together
from icbudget.engine.accounts.bridge import ASSUMED, SYSTEM, bridges
from icbudget.engine.appraisal.integration_forms import better_off, borne
from icbudget.engine.appraisal.trajectory import reached, trajectory
from icbudget.engine.cached_view import cached_view
from icbudget.engine.projection.acute_amounts import AcuteAmounts
from icbudget.engine.run import Result, result_of
from icbudget.findings import Finding, stopped
from icbudget.plan import Plan
from icbudget.plan.ready_made import CENTRAL
from icbudget.plan.scenario_overlay import scenarios_of, with_scenario
from icbudget.recent_view import recent_view

GAP_LAST = f"{glossary.GAP_OF_YEAR}, last of the plan"
GAP_TO_DATE = f"{glossary.GAP_TO_DATE}, all years of the plan"
GAP_LAST_ASSUMED, GAP_TO_DATE_ASSUMED = (f"{gap} ({ASSUMED})" for gap in (GAP_LAST, GAP_TO_DATE))
GAIN = glossary.GAIN
BORNE = "Bears of over- (+) or underspend (−)"
PLAN = "The plan"
"""The column of the plan itself, no scenario laid over it."""


@dataclass(frozen=True, eq=False)
class Laid:
    """A plan with a scenario laid over it, and its findings without those about its result."""

    case: Case
    scenario: str
    plan: Plan
    findings: list[Finding]

    @cached_property
    def result(self) -> Result | None:
        """Return what it comes to, worked out when it is first asked for.

        There is no result where errors stop it.
        """
        if stopped(self.findings):
            return None
        active = self.case.before_scenario.setup.active_scenario
        return self.case.answered if self.scenario == active else result_of(self.plan)


Headline = tuple[tuple[str, str, str, Cell], ...]
"""Figures that scenarios are compared by: (figure, who or what, unit, value)."""
_AT_ONCE = 16
"""Scenarios kept with their results: those of one plan, while its answers are asked for."""


@recent_view(_AT_ONCE)
def laid_under(case: Case, scenario: str) -> Laid:
    """Return the plan as stated under one of its scenarios; a blank name is the plan itself.

    A result is a hundred times as large as what answers take from it, so that it is not kept with
    the case. What no scenario touches is not checked again.
    """
    stated = case.before_scenario
    plan, findings = with_scenario(stated, scenario)
    many = len({change.scenario for change in stated.scenarios}) > _AT_ONCE
    checked = checks.checked(
        plan,
        None,
        case.checked,
        _checked_under.get(scenario),
        by_column=case.checked if many else None,
    )
    _checked_under[scenario] = checked
    while len(_checked_under) > _AT_ONCE:
        _checked_under.popitem(last=False)
    return Laid(case, scenario, plan, [*findings, *checked.findings])


_checked_under: OrderedDict[str, checks.Checked] = OrderedDict()
"""The last plan that was checked under each scenario, as many as are kept with their results."""


@cached_view
def tests_under(case: Case, scenario: str) -> tuple[tuple[str, ...], tuple[RuleTest, ...]]:
    """Return the years of the plan under a scenario and its tests.

    There are no tests where errors stop it.
    """
    laid = laid_under(case, scenario)
    return laid.plan.years, () if laid.result is None else rule_tests(laid.result)


@cached_view
def _headline_under(case: Case, scenario: str) -> Headline:
    """Return what the plan as stated comes to under one of its scenarios.

    A blank name is the plan itself. Where errors stop it, only their number is there.
    """
    laid = laid_under(case, scenario)
    if laid.result is None:
        return tuple(_counts(laid.findings)[:1])
    findings = [*laid.findings, *checks.check_result(laid.plan, laid.result)]
    return (*_counts(findings), *_headline(laid.plan, laid.result))


def results_under(case: Case, names: Sequence[str]) -> list[Result | None]:
    """Return the results of the plan under scenarios, accounted for together.

    None for a scenario that errors stop. No more than are kept with their results.
    """
    results = [laid_under(case, name).result for name in names]
    account_together([result for result in results if result is not None])
    return results


def side_by_side(case: Case) -> Lines:
    """Return the headline figures of the plan and of every scenario.

    Its own scenarios and the ready-made ones have one column each.

    Money is over all years of the plan unless a row says otherwise. Central evidence is the plan
    itself and has no column. A scenario that an error stops has no figures, only the number of its
    errors. A partner's money that is nothing in every one of them has no row. Source: model §1.4.
    """
    names = {
        PLAN: "",
        **{name: name for name in scenarios_of(case.before_scenario) if name != CENTRAL},
    }
    # As many at once as are kept with their results.
    every = list(names.values())
    for first in range(0, len(every), _AT_ONCE):
        at_once = every[first : first + _AT_ONCE]
        results_under(case, at_once)
        for name in at_once:
            _headline_under(case, name)
    cells: dict[tuple[tuple[str, str], str], dict[str, Cell]] = {}
    for column, name in names.items():
        for figure, who, unit, value in _headline_under(case, name):
            cells.setdefault(((figure, who), unit), {})[column] = value
    wanted = (
        row
        for row, values in cells.items()
        # The whole system keeps its rows where they are nothing: that is an answer too.
        if row[1] != "£" or any(values.values()) or row[0][1] == SYSTEM
    )
    order = sorted(wanted, key=lambda row: _ORDER.index(row[0][0]))
    rows = tuple(
        Row(labels, unit, tuple(cells[labels, unit].get(c) for c in names))
        for labels, unit in order
    )
    shows = (
        "The plan and every scenario, those of the Scenarios sheet and the ready-made ones. Better"
        " (+) or worse (−) off is against doing nothing under the same scenario."
    )
    return Lines(shows, rows, tuple(names))


_ORDER = (
    GAIN,
    BORNE,
    glossary.PLAN,
    glossary.PAID,
    glossary.CONTRACT_SAVING_NET,
    glossary.GROSS_RELEASE,
    glossary.REPLACEMENT_COST,
    glossary.NET_RELEASE,
    glossary.PROVIDERS_LOSE,
    GAP_LAST,
    GAP_LAST_ASSUMED,
    GAP_TO_DATE,
    GAP_TO_DATE_ASSUMED,
    "Avoided in the last year",
    "Goals met",
    "Errors",
    "Warnings",
)


def headlines(case: Case) -> Lines:
    """Return the headline figures of the plan itself, one column: what a change comes to.

    Money is over all years of the plan unless a row says otherwise. See `side_by_side`.
    Source: model §3.2, §6.2, §7.8, §7.9, §10.2.
    """
    figures = [*_headline(case.plan, case.answered)]
    order = sorted(figures, key=lambda figure: _ORDER.index(figure[0]))
    rows = tuple(Row((figure, who), unit, (value,)) for figure, who, unit, value in order)
    shows = "What the plan comes to, in the figures that scenarios are compared by."
    return Lines(shows, rows)


def _counts(findings: list[Finding]) -> list[tuple[str, str, str, Cell]]:
    return [
        (f"{name}s".capitalize(), "", "number", sum(f.severity == name for f in findings))
        for name in ("error", "warning")
    ]


def _headline(laid: Plan, result: Result) -> Iterator[tuple[str, str, str, Cell]]:
    better = better_off(result)
    for b in bridges(result):
        # What the system gains is in no partner's shares, so it is the same before and after.
        gained = better.get(b.partner) or [-pence for pence in b.steps[glossary.GAP_OF_YEAR_ADDED]]
        yield GAIN, b.partner, "£", sum(gained) / 100
        yield glossary.PLAN, b.partner, "£", sum(b.steps[glossary.PLAN]) / 100
        if b.partner == SYSTEM:
            last = GAP_LAST_ASSUMED if any(b.assumed[-1:]) else GAP_LAST
            to_date = GAP_TO_DATE_ASSUMED if any(b.assumed) else GAP_TO_DATE
            yield last, b.partner, "£", b.steps[glossary.GAP_OF_YEAR][-1] / 100
            yield to_date, b.partner, "£", b.steps[glossary.GAP_TO_DATE][-1] / 100
    for partner, pence in borne(result).items():
        yield BORNE, partner, "£", sum(pence) / 100
    amounts = AcuteAmounts(result.projection)
    yield glossary.PAID, SYSTEM, "£", round(float(result.projection.moves.paid[0].sum())) / 100
    for name, of_lines in (
        (glossary.CONTRACT_SAVING_NET, amounts.saving),
        (glossary.GROSS_RELEASE, amounts.gross_release),
        (glossary.REPLACEMENT_COST, amounts.replacement),
        (glossary.NET_RELEASE, amounts.release),
        (glossary.PROVIDERS_LOSE, amounts.stranded),
    ):
        yield name, SYSTEM, "£", round(float(of_lines[0].sum())) / 100
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
        # A date beyond the plan is not met within it.
        if goal.target_year not in plan.years:
            continue
        value = trajectory(result, goal)[plan.years.index(goal.target_year)]
        met += value is not None and reached(goal, value, goal.target)
    return met
