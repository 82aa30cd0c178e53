"""Checks: small functions with one signature, (plan, result) → findings.

`STRUCTURE` needs only the plan and must be clean of errors before the engine runs; `RESULTS` looks at what the engine made.
A finding's place is in the plan's own terms (table, key of the row, field); the host that read the plan says which cell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from icbudget.checks import (
    acute,
    agreement,
    compliance,
    double,
    evidence,
    fund,
    funding,
    gain_share,
    goals,
    guard_rails,
    in_year,
    limits,
    links,
    lists,
    performance,
    prevention,
    ranges,
    revised,
    risk_share,
    statutory,
    streams,
    template,
    uncertainty,
    year_end,
)
from icbudget.engine.run import Result
from icbudget.engine.uncertain import DRAWABLE
from icbudget.findings import Finding, Severity
from icbudget.plan import TABLES, Plan

Unread = Mapping[str, set[str]]
"""Keys of rows that could not be read, by table: a reference to one of these is not a second finding."""

STRUCTURE: tuple[Callable[[Plan], list[Finding]], ...] = (
    links.own_ancestors,
    lists.listed_values,
    lists.rules_of_the_plan,
    links.index_years,
    links.index_rates,
    links.years_outside_the_plan,
    links.names_alike,
    ranges.unusual_rates,
    ranges.prices_below_zero,
    ranges.amounts_too_large,
    ranges.figures_of_the_base_year,
    ranges.shifts,
    goals.goals,
    funding.nothing_yet,
    funding.no_deflator,
    funding.lines_that_cannot_roll_forward,
    funding.negative_amounts,
    funding.scheme_programmes,
    funding.joint_commissioning,
    risk_share.share_rules,
    risk_share.steps_in_vain,
    risk_share.who_bears,
    risk_share.ring_fences,
    performance.performance_pots,
    year_end.records,
    year_end.vat,
    year_end.accounting,
    streams.givers,
    streams.carried_forward,
    streams.indicative,
    streams.districts,
    gain_share.agreements,
    agreement.agreements,
    template.amounts,
    template.units,
    limits.limits,
    acute.currencies_and_price_years,
    acute.cost_behaviour,
    acute.contract_terms,
    acute.contract_changes,
    acute.capacity,
    acute.segment_shares,
    acute.moves,
    acute.shifts,
    fund.terms,
    prevention.effects,
    prevention.harm,
    prevention.payers,
    prevention.reach,
    double.lines,
    double.mechanisms,
    double.bed_days,
    double.followers,
    double.inflation,
    double.efficiency,
    double.money,
    evidence.grades,
    evidence.uncontrolled,
    evidence.library,
    uncertainty.figures,
    uncertainty.twice,
    uncertainty.correlations,
    prevention.health,
    in_year.profiles,
    in_year.virements,
    in_year.actuals,
    in_year.forecasts,
    in_year.month_monitored,
)
RESULTS: tuple[Callable[[Plan, Result], list[Finding]], ...] = (
    statutory.balances,
    statutory.minimum_spend,
    compliance.capital_and_grants,
    guard_rails.fall_in_admissions,
    guard_rails.cash_in_year_one,
    guard_rails.lag,
    guard_rails.reach,
    guard_rails.money_moved,
    fund.results,
    risk_share.unshared,
    risk_share.shared_grants,
    risk_share.agreed_percentages,
    risk_share.lines_on_their_own,
    risk_share.carried_forward,
    gain_share.left_open,
    guard_rails.fixed_release,
    guard_rails.unfunded,
    guard_rails.floors,
    guard_rails.positions,
    guard_rails.experience,
    goals.not_met,
    in_year.budgets_below_zero,
    revised.sources,
    revised.minimums,
    in_year.nothing_booked,
    in_year.old_forecasts,
)


_FOLLOWS = {
    "segment.not-100": ("segments",),
    "programme.no-payer": ("schemes",),
    "plan.nothing-yet": ("contributions",),
    "uncertainty.no-such-path": tuple(DRAWABLE),
    "correlation.no-driver": (*DRAWABLE, "uncertainties"),
}
"""Findings that may only follow from rows of a table that could not be read."""


def check_plan(plan: Plan, unread: Unread | None = None) -> list[Finding]:
    """Return every finding that needs no results: broken links first, then the tables in their order.

    What only follows from a row that could not be read is left out: it has its finding already.
    """
    found = links.references(plan, unread or {})
    incomplete = {table for table, keys in (unread or {}).items() if keys}
    for check in STRUCTURE:
        found.extend(f for f in check(plan) if incomplete.isdisjoint(_FOLLOWS.get(f.id, ())))
    return [replace(f, severity=Severity.WARNING) if f.severity is Severity.ERROR and _of_a_row_apart(f) else f for f in found]


def _of_a_row_apart(finding: Finding) -> bool:
    """Return whether a finding is about a table whose rows are set aside where they are wrong, which never stops the answers."""
    return finding.place.table in TABLES and TABLES[finding.place.table].set_aside == "row"


def check_result(plan: Plan, result: Result) -> list[Finding]:
    """Return every finding about what the plan leads to."""
    return [finding for check in RESULTS for finding in check(plan, result)]
