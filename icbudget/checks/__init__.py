"""Checks: small functions with one signature, (plan, result) → findings.

`STRUCTURE` needs only the plan and must be clean of errors before the engine runs; `RESULTS` looks
at what the engine made. A finding's place is in the plan's own terms (table, key of the row,
field); the host that read the plan says which cell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from icbudget.checks import (
    acute_lines,
    double_counting,
    evidence_use,
    funding_lines,
    funding_streams,
    gain_share_terms,
    goal_checks,
    guard_rails,
    improbable_figures,
    in_year_rows,
    list_values,
    national_rules,
    optimiser_limits,
    performance_pots,
    pool_agreements,
    programmes,
    pump_prime_fund,
    references,
    return_template,
    revised_budget,
    risk_share_rules,
    source_balances,
    uncertainty_rows,
    year_end_records,
)
from icbudget.engine.run import Result
from icbudget.engine.uncertainty.uncertain_inputs import DRAWABLE
from icbudget.findings import Finding, Severity
from icbudget.plan import TABLES, Plan

Unread = Mapping[str, set[str]]
"""Keys of rows that could not be read, by table: a reference to one of these is not a second
finding.
"""

STRUCTURE: tuple[Callable[[Plan], list[Finding]], ...] = (
    references.own_ancestors,
    list_values.listed_values,
    list_values.rules_of_the_plan,
    references.index_years,
    references.index_rates,
    references.years_outside_the_plan,
    references.names_alike,
    improbable_figures.unusual_rates,
    improbable_figures.prices_below_zero,
    improbable_figures.amounts_too_large,
    improbable_figures.figures_of_the_base_year,
    improbable_figures.shifts,
    goal_checks.goals,
    funding_lines.nothing_yet,
    funding_lines.no_deflator,
    funding_lines.lines_that_cannot_roll_forward,
    funding_lines.negative_amounts,
    funding_lines.scheme_programmes,
    funding_lines.joint_commissioning,
    risk_share_rules.share_rules,
    risk_share_rules.steps_in_vain,
    risk_share_rules.who_bears,
    risk_share_rules.ring_fences,
    performance_pots.performance_pots,
    year_end_records.records,
    year_end_records.vat,
    year_end_records.accounting,
    funding_streams.givers,
    funding_streams.carried_forward,
    funding_streams.indicative,
    funding_streams.districts,
    gain_share_terms.agreements,
    pool_agreements.agreements,
    return_template.amounts,
    return_template.units,
    optimiser_limits.limits,
    acute_lines.currencies_and_price_years,
    acute_lines.cost_behaviour,
    acute_lines.contract_terms,
    acute_lines.contract_changes,
    acute_lines.capacity,
    acute_lines.segment_shares,
    acute_lines.moves,
    acute_lines.shifts,
    pump_prime_fund.terms,
    programmes.effects,
    programmes.harm,
    programmes.payers,
    programmes.reach,
    double_counting.lines,
    double_counting.mechanisms,
    double_counting.bed_days,
    double_counting.followers,
    double_counting.inflation,
    double_counting.efficiency,
    double_counting.money,
    evidence_use.grades,
    evidence_use.uncontrolled,
    evidence_use.library,
    uncertainty_rows.figures,
    uncertainty_rows.twice,
    uncertainty_rows.correlations,
    programmes.health,
    in_year_rows.profiles,
    in_year_rows.virements,
    in_year_rows.actuals,
    in_year_rows.forecasts,
    in_year_rows.month_monitored,
)
RESULTS: tuple[Callable[[Plan, Result], list[Finding]], ...] = (
    source_balances.balances,
    source_balances.minimum_spend,
    national_rules.capital_and_grants,
    guard_rails.fall_in_admissions,
    guard_rails.cash_in_year_one,
    guard_rails.lag,
    guard_rails.reach,
    guard_rails.money_moved,
    pump_prime_fund.results,
    risk_share_rules.unshared,
    risk_share_rules.shared_grants,
    risk_share_rules.agreed_percentages,
    risk_share_rules.lines_on_their_own,
    risk_share_rules.carried_forward,
    gain_share_terms.left_open,
    guard_rails.fixed_release,
    guard_rails.unfunded,
    guard_rails.floors,
    guard_rails.positions,
    guard_rails.experience,
    goal_checks.not_met,
    in_year_rows.budgets_below_zero,
    revised_budget.sources,
    revised_budget.minimums,
    in_year_rows.nothing_booked,
    in_year_rows.old_forecasts,
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
    """Return every finding that needs no results: broken links first, then the tables in their
    order.

    What only follows from a row that could not be read is left out: it has its finding already.
    """
    found = references.references(plan, unread or {})
    incomplete = {table for table, keys in (unread or {}).items() if keys}
    for check in STRUCTURE:
        found.extend(f for f in check(plan) if incomplete.isdisjoint(_FOLLOWS.get(f.id, ())))
    return [
        (
            replace(f, severity=Severity.WARNING)
            if f.severity is Severity.ERROR and _of_a_row_apart(f)
            else f
        )
        for f in found
    ]


def _of_a_row_apart(finding: Finding) -> bool:
    """Return whether a finding is about a table whose rows are set aside where they are wrong,
    which never stops the answers.
    """
    return finding.place.table in TABLES and TABLES[finding.place.table].set_aside == "row"


def check_result(plan: Plan, result: Result) -> list[Finding]:
    """Return every finding about what the plan leads to."""
    return [finding for check in RESULTS for finding in check(plan, result)]
