"""Tests of the rules for every year: balance of each source, minimum spending."""

from __future__ import annotations

from typing import NamedTuple

from icbudget import reference
from icbudget.checks.plan_places import at
from icbudget.engine.cached_view import cached_view
from icbudget.engine.projection.reallocate import FROM_OWN_SOURCE
from icbudget.engine.projection.wiring import FUND
from icbudget.engine.run import Result
from icbudget.findings import Finding, Place, note, warning
from icbudget.money import in_words
from icbudget.plan import Plan
from icbudget.plan.contribution import Contribution
from icbudget.plan.minimum import Minimum
from icbudget.plan.scheme import Scheme


def balances(plan: Plan, result: Result) -> list[Finding]:
    """Return a finding for every over-committed source, a note for money unallocated.

    A source may have both, in different years. A pump-prime fund has findings of its own: see
    `icbudget.checks.pump_prime_fund`. A budget in view may stand without its schemes. Each source
    and year is tested on its own: totals that agree are not enough. Source: model §3. Findings:
    `balance.over-committed`, `balance.unallocated`.
    """
    findings: list[Finding] = []
    names = {pool.id: pool.name for pool in plan.pools}
    status = {pool.id: pool.pooling_status for pool in plan.pools}
    for a, (pool, source) in enumerate(result.rules.accounts):
        spends = result.projection.moves.spend[0, :, a].any()
        if source == FUND or (status[pool] == "in_view" and not spends):
            continue
        close = list(map(round, result.projection.moves.close[0, :, a].tolist()))
        place = _source_place(plan, pool, source)
        short = [pence for pence in close if pence < 0]
        if short:
            pence = min(short)
            message = (
                f"{names[pool]}, {source} is over-committed in {len(short)} of {len(close)} years,"
                f" most in {result.years[close.index(pence)]}."
            )
            fix = "Lower spending from this source, move a scheme to another source, or add income."
            findings.append(warning("balance.over-committed", message, fix, place, -pence))
        # no `elif`: money idle in one year is no less idle for being over-committed in another
        if any(pence > 0 for pence in close):
            most = max(close)
            message = (
                f"{names[pool]}, {source} has money left in the pool, not spent by any scheme:"
                f" {in_words(most)} at the end of {result.years[close.index(most)]}."
            )
            fix = "Allocate it, or say that it is carried forward."
            findings.append(note("balance.unallocated", message, fix, place))
    return findings


def _source_place(plan: Plan, pool: str, source: str) -> Place:
    for table in ("contributions", "schemes", "programmes"):
        for row in getattr(plan, table):
            if (row.pool, row.source) == (pool, source):
                return at(table, row, "source")
    return Place(table="pools", row=pool, column="id")


class MinimumTest(NamedTuple):
    """A minimum by year, pence: spending, limit and gap (below zero fails).

    The gap is spending less the limit.
    """

    minimum: Minimum
    value: tuple[int, ...]
    limit: tuple[int, ...]
    applies: bool
    """Whether the rules of the year set it, or the plan says that it is confirmed."""
    rows: tuple[Scheme | Contribution, ...]
    """The lines that count."""

    @property
    def gap(self) -> tuple[int, ...]:
        """Return what is spent beyond the limit, by year."""
        return tuple(v - limit for v, limit in zip(self.value, self.limit, strict=True))


@cached_view
def minimum_tests(result: Result) -> tuple[MinimumTest, ...]:
    """Return the test of every minimum of the plan, for every year.

    - `adult_social_care`: `Σ` spending from the source on the Social Care area
    - `nhs_out_of_hospital`: `Σ` spending from the source outside Acute × the share the NHS
      commissions (1, the NHS share of a joint scheme, or 0)
    - `minimum_contribution`: what is put into the pools under the source, without what is in kind
      or carried forward

    A scheme that pays for a programme counts with the programme's cost. Source: model §3, PB §7
    rules 6-7.
    """
    tests: list[MinimumTest] = []
    for n, row in enumerate(result.plan.minimums):
        limit = tuple(map(round, result.limits[0, :, n].tolist()))
        by_rule = reference.applies(row.rule, result.plan.setup.rules_year)
        # The plan's own word goes first: an agreement may hold a minimum that the rules dropped.
        applies = row.applies == "yes" or (row.applies != "no" and by_rule)
        lines = _lines(result.plan, row)
        tests.append(MinimumTest(row, _counted(result, row), limit, applies, lines))
    return tuple(tests)


def _lines(plan: Plan, minimum: Minimum) -> tuple[Scheme | Contribution, ...]:
    if minimum.rule == "minimum_contribution":
        contributions = (row for row in plan.contributions if row.source == minimum.source)
        return tuple(row for row in contributions if not row.in_kind and not row.carry_forward)
    return tuple(
        row
        for row in plan.schemes
        if row.source == minimum.source and counted_share(minimum.rule, row)
    )


def _counted(result: Result, minimum: Minimum) -> tuple[int, ...]:
    """Return what counts towards a minimum by year, pence."""
    # By the row itself, since lines of one scheme share its id.
    rows = set(map(id, _lines(result.plan, minimum)))
    put_in = result.projection.figures.contributions[0]
    total = [0.0] * len(result.years)
    for n, contribution in enumerate(result.plan.contributions):
        if id(contribution) in rows:
            for t, pence in enumerate(put_in[:, n]):
                total[t] += float(pence)
    for row, spent in zip(result.plan.schemes, scheme_spending(result), strict=True):
        if id(row) in rows:
            share = counted_share(minimum.rule, row)
            for t, of_year in enumerate(spent):
                total[t] += of_year * share
    return tuple(round(pence) for pence in total)


@cached_view
def scheme_spending(result: Result) -> tuple[tuple[int, ...], ...]:
    """Return what each scheme line spends of its own source by year, pence.

    For a programme, what its own source pays of it.
    """
    moves, own = result.projection.moves, result.projection.figures.schemes
    programme_at = {p.id: g for g, p in enumerate(result.plan.programmes)}
    spent_by_row: list[tuple[int, ...]] = []
    for n, row in enumerate(result.plan.schemes):
        if row.programme:
            # What a fund or moved money pays is no spending of the row's own source (model §3.4).
            spent = moves.programme_spend[0, :, programme_at[row.programme], FROM_OWN_SOURCE]
        else:
            spent = own[0, :, n]
        spent_by_row.append(tuple(map(round, spent.tolist())))
    return tuple(spent_by_row)


def counted_share(rule: str, scheme: Scheme) -> float:
    """Return the share of a scheme's spending that a minimum counts.

    All, none, or what the NHS commissions.
    """
    if rule == "adult_social_care":
        return 1.0 if scheme.area_of_spend == "Social Care" else 0.0
    if scheme.area_of_spend in ("Acute", ""):
        return 0.0
    # What a council commissions alone is no NHS commissioned service (PB §7 rule 7).
    return {"NHS": 1.0, "Joint": scheme.nhs_share or 0.0}.get(scheme.commissioner or "", 0.0)


def not_stated(plan: Plan) -> tuple[tuple[str, str], ...]:
    """Return the national minimums that no row of the plan states: (rule, funding source).

    Of every source that is put into a pool, as the rules of the year set them: what is not stated
    is not tested. A row that says the rule does not apply states it.
    """
    stated = {(row.rule, row.source) for row in plan.minimums}
    # What is carried forward was counted in the year it was given.
    put_in = dict.fromkeys(row.source for row in plan.contributions if not row.carry_forward)
    missing: list[tuple[str, str]] = []
    for source in put_in:
        for rule in reference.conditions(source, plan.setup.rules_year):
            if (rule, source) not in stated:
                missing.append((rule, source))
    return tuple(missing)


def rule_in_words(rule: str) -> str:
    """Return what people call a minimum."""
    return _IN_WORDS[rule]


_IN_WORDS = {
    "minimum_contribution": "minimum contribution",
    "adult_social_care": "adult social care minimum",
    "nhs_out_of_hospital": "NHS out-of-hospital minimum",
}


def minimums_not_stated(plan: Plan) -> list[Finding]:
    """Return a finding for every national minimum that no row states, so that nothing tests it.

    Findings: `minimum.not-stated`.
    """
    findings: list[Finding] = []
    for rule, source in not_stated(plan):
        message = (
            f"No row of Minimums states the {rule_in_words(rule)} of {source}, which the rules of"
            f" {plan.setup.rules_year} set: it is not tested."
        )
        fix = "Type its amount and index on Minimums, or “no” under Applies with your reason."
        row = next(row for row in plan.contributions if row.source == source)
        place = at("contributions", row, "source")
        findings.append(warning("minimum.not-stated", message, fix, place))
    return findings


def minimum_spend(plan: Plan, result: Result) -> list[Finding]:
    """Return a finding for every minimum that is not met in some year.

    Findings: `minimum.not-met`, `minimum.off`.
    """
    findings: list[Finding] = []
    for test in minimum_tests(result):
        short = [(gap, year) for gap, year in zip(test.gap, result.years, strict=True) if gap < 0]
        if short and not test.applies:
            findings.append(_off(plan, test.minimum))
        elif short:
            gap, year = min(short)
            rule = test.minimum.rule.replace("_", " ")
            message = (
                f"The minimum for {rule} from {test.minimum.source} is not met "
                f"in {len(short)} of {len(result.years)} years, worst in {year}."
            )
            fix = "Put in or spend more from this source on what the rule counts."
            place = at("minimums", test.minimum, "base_amount")
            findings.append(warning("minimum.not-met", message, fix, place, -gap))
    return findings


def _off(plan: Plan, minimum: Minimum) -> Finding:
    year = plan.setup.rules_year
    rule = reference.statutory_rule(minimum.rule, year)
    confirmed = rule["status"] in ("published", "derived")
    doubt = "" if confirmed else f" (not confirmed: {rule['status'].replace('-', ' ')})"
    message = (
        f"The minimum for {minimum.rule.replace('_', ' ')} is not met, but is off under the rules"
        f" of {year}{doubt}."
    )
    fix = "Set Applies to yes where the rules, or the agreement, still hold it."
    return note("minimum.off", message, fix, at("minimums", minimum, "applies"))


WHY_IT_MATTERS = {
    "balance.over-committed": (
        "More is spent from this source than it brings. The bill will come, and another partner"
        " or another service will have to pay it."
    ),
    "balance.unallocated": (
        "It buys nothing for anybody, and at the year end it may be lost to the pool."
    ),
    "minimum.not-met": (
        "NHS England may withhold approval or direct the money if the national condition is not"
        " kept."
    ),
    "minimum.not-stated": (
        "A condition that nobody typed is not tested, and a plan that breaks it looks sound."
    ),
    "minimum.off": (
        "The condition is switched off here. If the rules still hold it, the plan breaks them"
        " without a warning."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
