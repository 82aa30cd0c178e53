"""The rules tested again on the revised budget, after virements."""

from __future__ import annotations

from icbudget.checks.plan_places import at
from icbudget.checks.source_balances import counted_share, minimum_tests
from icbudget.engine.accounts.monitored_lines import monitored
from icbudget.engine.accounts.virements import Standing, contribution_changes, standing
from icbudget.engine.run import Result
from icbudget.findings import Finding, warning
from icbudget.money import in_words
from icbudget.plan import Plan


def _counting(plan: Plan, year: str) -> list[Standing]:
    return [row for row in standing(plan) if not row.refusal and row.virement.year == year]


def sources(plan: Plan, result: Result) -> list[Finding]:
    """Return a finding for every source that virements leave over-committed in the year.

    A virement between lines of two sources moves spending and not income. A source that was
    over-committed before has its finding already. Source: model §3, PB §7 rule 5. Findings:
    `virement.source-short`.
    """
    months = monitored(result)
    if months is None:
        return []
    changed: dict[tuple[str, str], int] = {}
    for row in _counting(plan, months.year):
        for scheme, sign in row.lines:
            account = (scheme.pool, scheme.source)
            changed[account] = changed.get(account, 0) - sign * row.pence
        for pool, _, source, sign in contribution_changes(row):
            changed[pool, source] = changed.get((pool, source), 0) + sign * row.pence
    t, names = result.years.index(months.year), {pool.id: pool.name for pool in plan.pools}
    findings: list[Finding] = []
    for a, (pool, source) in enumerate(result.rules.accounts):
        close = round(float(result.projection.moves.close[0, t, a]))
        short = close + changed.get((pool, source), 0)
        # A source that was short before has the finding balance.over-committed.
        if close >= 0 > short:
            message = (
                f"Virements leave {names[pool]}, {source} over-committed by {in_words(-short)} in"
                f" {months.year}."
            )
            row = next(
                r
                for r in _counting(plan, months.year)
                if any((s.pool, s.source) == (pool, source) for s, _ in r.lines)
            )
            fix = "Take the money from a line of the same source, or move income with it."
            place = at("virements", row.virement, "amount")
            findings.append(warning("virement.source-short", message, fix, place, -short))
    return findings


def minimums(plan: Plan, result: Result) -> list[Finding]:
    """Return a finding for every minimum that virements bring below its limit.

    Source: model §3, PB §7 rule 12. Findings: `virement.minimum-short`.
    """
    months = monitored(result)
    if months is None:
        return []
    t, findings = result.years.index(months.year), []
    for test in minimum_tests(result):
        rule, source = test.minimum.rule, test.minimum.source
        moved = []
        for row in _counting(plan, months.year):
            for scheme, sign in row.lines:
                # only what the minimum counts: of a joint scheme, its NHS share
                if any(line is scheme for line in test.rows):
                    moved.append((row, sign * row.pence * counted_share(rule, scheme)))
        gap = round(test.gap[t] + sum(pence for _, pence in moved))
        # A minimum that was not met before has the finding minimum.not-met.
        if test.applies and test.gap[t] >= 0 > gap:
            message = (
                f"Virements bring the minimum for {rule.replace('_', ' ')} from {source}"
                f" {in_words(-gap)} below its limit."
            )
            row = min(moved, key=lambda pair: pair[1])[0]
            fix = "Take the money from a line that the minimum does not count."
            place = at("virements", row.virement, "amount")
            findings.append(warning("virement.minimum-short", message, fix, place, -gap))
    return findings


WHY_IT_MATTERS = {
    "virement.minimum-short": (
        "A national condition that was met in the plan is broken by moves within the year."
    ),
    "virement.source-short": "After the moves one source pays for more than it brings.",
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
