"""The tests of the rules, for every year and every scenario."""

from __future__ import annotations

from collections.abc import Iterator

from icbudget import glossary
from icbudget.answers.amounts import pounds
from icbudget.answers.block import Lines, Row
from icbudget.answers.case import Case
from icbudget.answers.side_by_side import tests_under
from icbudget.checks.national_rules import NOT_TESTED, RuleTest

PLAN = "Plan"
"""What the plan itself is called among its scenarios."""


def tests(case: Case) -> Lines:
    """Return every test of the rules by year, for the plan and its scenarios.

    It has value, limit and gap, £, and the result.

    A gap below zero fails. Balance: spending against the money there is; what is left over is
    unallocated. A scenario that cannot be laid over the plan is left out: Checks says why.
    Source: model §3.3.
    """
    active, changes = case.plan.setup.active_scenario, case.before_scenario.scenarios
    by_scenario = {
        name: tests_under(case, name)
        for name in dict.fromkeys((active, "", *(change.scenario for change in changes)))
    }
    rows: list[Row] = []
    for name, (years, rule_tests) in by_scenario.items():
        # A scenario with other years has other columns, so it cannot stand in this table.
        if years != case.plan.years:
            continue
        for test in rule_tests:
            rows += _rows(name or PLAN, test)
    shows = (
        "What the rules require of every funding source, for every year and every scenario, with"
        " the rows behind each. A gap below zero fails. Which test applies in which rules year is"
        " in the reference table statutory_rule, with its source."
    )
    return Lines(shows, tuple(rows), case.plan.years)


def _rows(scenario: str, test: RuleTest) -> Iterator[Row]:
    def labels(figure: str) -> tuple[str, ...]:
        return (test.rule.replace("_", " "), test.source, figure, test.pool, scenario, test.rows)

    # A minimum that no row states has no limit and so no figures, only the word.
    tested = NOT_TESTED not in test.results
    for figure, values in (
        (glossary.VALUE, test.value),
        (glossary.LIMIT, test.limit),
        (glossary.GAP, test.gap),
    ):
        if tested:
            yield Row(labels(figure), "£", pounds(values))
    yield Row(labels(glossary.RESULT), "", test.results)
