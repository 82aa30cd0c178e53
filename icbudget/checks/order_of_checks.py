"""Every check, in the order in which its findings come.

`STRUCTURE` needs only the plan and must be clean of errors before the engine runs. `RESULTS` looks
at what the engine made of it. A new check is one more name in one of the two.
"""

from __future__ import annotations

from collections.abc import Callable

from icbudget.checks import (
    acute_lines,
    blanks_in_use,
    capacity_rows,
    confirmed_release_rows,
    double_counting,
    evidence_use,
    figures_and_sources,
    funding_lines,
    funding_streams,
    gain_share_terms,
    gaps_in_years,
    goal_checks,
    guard_rails,
    improbable_figures,
    in_year_rows,
    joint_work,
    list_values,
    national_rules,
    optimiser_limits,
    performance_pots,
    pool_agreements,
    programmes,
    pump_prime_fund,
    reference_age,
    references,
    return_template,
    revised_budget,
    risk_share_rules,
    scale_of_figures,
    source_balances,
    successions,
    uncertainty_rows,
    year_end_records,
)
from icbudget.engine.run import Result
from icbudget.findings import Finding
from icbudget.plan import Plan

STRUCTURE: tuple[Callable[[Plan], list[Finding]], ...] = (
    # names, lists and years
    references.own_ancestors,
    list_values.listed_values,
    list_values.rules_of_the_plan,
    references.index_years,
    references.index_rates,
    references.years_outside_the_plan,
    references.names_alike,
    reference_age.old_tables,
    figures_and_sources.not_in_source,
    successions.shares,
    successions.not_told,
    # figures that are hardly intended
    improbable_figures.unusual_rates,
    improbable_figures.prices_below_zero,
    improbable_figures.amounts_too_large,
    improbable_figures.sums_too_large,
    improbable_figures.figures_of_the_base_year,
    improbable_figures.shifts,
    improbable_figures.thousands,
    scale_of_figures.scale,
    gaps_in_years.gaps,
    goal_checks.goals,
    goal_checks.unlike,
    capacity_rows.capacity,
    # funding and schemes
    funding_lines.nothing_yet,
    funding_lines.no_deflator,
    funding_lines.negative_amounts,
    funding_lines.scheme_programmes,
    funding_lines.joint_commissioning,
    # risk shares, and the end of the year
    risk_share_rules.share_rules,
    risk_share_rules.reserves,
    risk_share_rules.steps_in_vain,
    risk_share_rules.who_bears,
    risk_share_rules.ring_fences,
    performance_pots.performance_pots,
    year_end_records.records,
    year_end_records.vat,
    year_end_records.accounting,
    # who gives what, and the agreements it rests on
    funding_streams.givers,
    funding_streams.carried_forward,
    source_balances.minimums_not_stated,
    funding_streams.indicative,
    funding_streams.districts,
    gain_share_terms.agreements,
    pool_agreements.agreements,
    return_template.amounts,
    return_template.units,
    optimiser_limits.limits,
    # acute lines, their contracts and what is moved out of them
    acute_lines.currencies_and_price_years,
    acute_lines.cost_behaviour,
    acute_lines.client_charges,
    acute_lines.contract_terms,
    acute_lines.contract_changes,
    acute_lines.capacity,
    acute_lines.segment_shares,
    acute_lines.moves,
    acute_lines.shifts,
    pump_prime_fund.terms,
    # programmes and their evidence
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
    evidence_use.adverse_studies,
    # what is uncertain
    uncertainty_rows.figures,
    uncertainty_rows.twice,
    uncertainty_rows.correlations,
    programmes.health,
    # the year as it runs
    in_year_rows.profiles,
    in_year_rows.virements,
    in_year_rows.actuals,
    in_year_rows.forecasts,
    in_year_rows.month_monitored,
    confirmed_release_rows.rows,
    confirmed_release_rows.no_month,
    # joint work
    joint_work.part_without_answers,
    joint_work.still_to_agree,
    joint_work.open_comments,
)
AS_TYPED: tuple[Callable[[Plan], list[Finding]], ...] = (blanks_in_use.blanks_in_use,)
"""Checks of a plan before its blanks are filled in and a scenario is laid over it."""
RESULTS: tuple[Callable[[Plan, Result], list[Finding]], ...] = (
    # the rules of the Better Care Fund
    source_balances.balances,
    source_balances.minimum_spend,
    national_rules.capital_and_grants,
    # guard-rails: what anyone has shown to be possible
    guard_rails.fall_in_admissions,
    guard_rails.cash_in_year_one,
    guard_rails.lag,
    guard_rails.reach,
    guard_rails.money_moved,
    pump_prime_fund.results,
    # who bears what
    risk_share_rules.ended_pools,
    risk_share_rules.unshared,
    risk_share_rules.uncommitted_beyond_the_balance,
    risk_share_rules.shared_grants,
    risk_share_rules.agreed_percentages,
    risk_share_rules.lines_on_their_own,
    risk_share_rules.carried_forward,
    gain_share_terms.left_open,
    # what is released, and for whom the plan is worse
    successions.still_there,
    guard_rails.fixed_release,
    guard_rails.unfunded,
    guard_rails.floors,
    guard_rails.positions,
    guard_rails.experience,
    goal_checks.not_met,
    goal_checks.gap_widens,
    # the year as it runs
    in_year_rows.budgets_below_zero,
    revised_budget.sources,
    revised_budget.minimums,
    in_year_rows.nothing_booked,
    in_year_rows.old_forecasts,
    # what was promised, and what came
    confirmed_release_rows.overdue,
    confirmed_release_rows.claimed_twice,
    confirmed_release_rows.beyond_the_line,
    confirmed_release_rows.above_plan,
    confirmed_release_rows.one_off,
    confirmed_release_rows.one_of_two,
)
