"""The tests of the rules by funding source and year: value, limit, gap, result, rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from icbudget import reference
from icbudget.checks.plan_places import at
from icbudget.checks.source_balances import minimum_tests, not_stated, scheme_spending
from icbudget.engine.accounts.pool_end import close_as_planned
from icbudget.engine.cached_view import cached_view
from icbudget.engine.rounding import Floats
from icbudget.engine.run import Result
from icbudget.findings import Finding, note, warning
from icbudget.plan import Plan
from icbudget.plan.contribution import Contribution
from icbudget.plan.looked_at import kept_by_fields
from icbudget.plan.scheme import Scheme

PASS, FAIL, OFF, NOT_TESTED = "Pass", "Fail", "Does not apply", "Not tested"
UNALLOCATED, OVER_COMMITTED = "Unallocated", "Over-committed"


class RuleTest(NamedTuple):
    """One test by year, pence; a `gap` below zero fails.

    What a balance leaves over is unallocated, which is not a breach.
    """

    rule: str
    pool: str
    source: str
    rows: str
    value: tuple[int, ...]
    limit: tuple[int, ...]
    gap: tuple[int, ...]
    results: tuple[str, ...]


@cached_view
def rule_tests(result: Result) -> tuple[RuleTest, ...]:
    """Return every test of the plan for every year, as the rules year says.

    - balance: spending of each source of each pool ≤ the money it has; what is left over is
      unallocated
    - minimums: what counts ≥ the minimum
    - capital: spending of capital sources outside capital pools = 0
    - passed down: what goes on to districts, or is kept with their consent, = the grant
    - eligible scheme: spending of a source on scheme types that are not for it = 0

    Source: model §3, PB §7 rules 4-7 and 12. Which test applies is data: `statutory_rule`, by rules
    year.
    """
    return (
        *_balances(result),
        *_minimums(result),
        *_not_stated(result),
        *_capital(result),
        *_passed_down(result),
        *_eligible(result),
    )


def _balances(result: Result) -> Iterator[RuleTest]:
    moves, left = result.projection.moves, close_as_planned(result)
    for a, (pool, source) in enumerate(result.rules.accounts):
        close, spend = _pence(left[0, :, a]), _pence(moves.spend[0, :, a])
        words = tuple(map(_of_balance, close))
        money = tuple(s + c for s, c in zip(spend, close, strict=True))
        rows = _rows_of(result.plan, pool, source)
        yield RuleTest("balance", pool, source, rows, spend, money, close, words)


def _of_balance(close: int) -> str:
    # Money that is left is no breach: it is still to be allocated, and says so.
    if close > 0:
        return UNALLOCATED
    return OVER_COMMITTED if close < 0 else PASS


def _minimums(result: Result) -> Iterator[RuleTest]:
    for test in minimum_tests(result):
        words = tuple(PASS if gap >= 0 else FAIL for gap in test.gap)
        if not test.applies:
            words = (OFF,) * len(words)
        schemes = [row for row in test.rows if isinstance(row, Scheme)]
        contributions = [row for row in test.rows if isinstance(row, Contribution)]
        rows = _rows_in_words(result.plan, schemes, contributions)
        yield RuleTest(
            test.minimum.rule,
            "",
            test.minimum.source,
            rows,
            test.value,
            test.limit,
            test.gap,
            words,
        )


def _not_stated(result: Result) -> Iterator[RuleTest]:
    """Yield the national minimums that no row states: without a limit nothing is tested."""
    nothing = (0,) * len(result.years)
    words = (NOT_TESTED,) * len(result.years)
    for rule, source in not_stated(result.plan):
        yield RuleTest(rule, "", source, "", nothing, nothing, nothing, words)


def _capital(result: Result) -> Iterator[RuleTest]:
    plan = result.plan
    kinds = {pool.id: pool.money_kind for pool in plan.pools}
    known = reference.funding_sources(plan.setup.rules_year)
    for a, (pool, source) in enumerate(result.rules.accounts):
        capital = source in known and known[source].capital
        if capital and reference.applies("capital", plan.setup.rules_year):
            spend = _pence(result.projection.moves.spend[0, :, a])
            # Capital grant may only pay for capital, so all that a revenue pool spends of it is
            # astray.
            astray = tuple(0 if kinds[pool] == "capital" else pence for pence in spend)
            yield _nothing_allowed("capital", pool, source, _rows_of(plan, pool, source), astray)


def _passed_down(result: Result) -> Iterator[RuleTest]:
    plan = result.plan
    known = reference.funding_sources(plan.setup.rules_year)
    two_tier = any(partner.kind == "district" for partner in plan.partners)
    grants = {(row.pool, row.source) for row in plan.pass_downs}
    if two_tier and reference.applies("passed_down", plan.setup.rules_year):
        grants |= {
            (row.pool, row.source)
            for row in plan.contributions
            if row.source in known and known[row.source].passed_down
        }
    for pool, source in sorted(grants):
        of_grant = [
            (n, row)
            for n, row in enumerate(plan.pass_downs)
            if (row.pool, row.source) == (pool, source)
        ]
        # What a district agreed to leave with the county counts as passed down.
        counted = [n for n, row in of_grant if row.kind == "passed down" or row.consent]
        value = _sum_by_year(result.passed_down[0], counted)
        # Grant carried forward was due to be passed down in the year that it was given for.
        granted_now = [
            n
            for n, row in enumerate(plan.contributions)
            if (row.pool, row.source) == (pool, source) and not row.carry_forward
        ]
        limit = _sum_by_year(result.projection.figures.contributions[0], granted_now)
        names = "; ".join(dict.fromkeys(row.district for _, row in of_grant))
        # Too much passed down is as wrong as too little: it is exactly the grant.
        gap = tuple(-abs(v - granted) for v, granted in zip(value, limit, strict=True))
        words = tuple(FAIL if g else PASS for g in gap)
        yield RuleTest(
            "passed_down",
            pool,
            source,
            f"Pass-down: {names or 'none'}",
            value,
            limit,
            gap,
            words,
        )


def _eligible(result: Result) -> Iterator[RuleTest]:
    plan, year = result.plan, result.plan.setup.rules_year
    for pool, source in result.rules.accounts:
        allowed = reference.eligible_schemes(source, year)
        if not allowed or not reference.applies("eligible_scheme", year):
            continue
        paid = [row for row in plan.schemes if (row.pool, row.source) == (pool, source)]
        others = [row for row in paid if row.scheme_type and row.scheme_type not in allowed]
        # By the row itself, since lines of one scheme share its id.
        astray = set(map(id, others))
        spent = [0] * len(result.years)
        for row, pence in zip(plan.schemes, scheme_spending(result), strict=True):
            if id(row) in astray:
                spent = [was + p for was, p in zip(spent, pence, strict=True)]
        yield _nothing_allowed(
            "eligible_scheme", pool, source, _rows_in_words(plan, others or paid), tuple(spent)
        )


def _nothing_allowed(
    rule: str, pool: str, source: str, rows: str, value: tuple[int, ...]
) -> RuleTest:
    words = tuple(FAIL if pence else PASS for pence in value)
    return RuleTest(
        rule,
        pool,
        source,
        rows,
        value,
        tuple(0 for _ in value),
        tuple(-pence for pence in value),
        words,
    )


def _sum_by_year(by_row: Floats, rows: Sequence[int]) -> tuple[int, ...]:
    """Return the sum of some rows by year, pence; `by_row`: years × rows."""
    return _pence(by_row[:, rows].sum(axis=1))


def _pence(values: Floats) -> tuple[int, ...]:
    return tuple(map(round, values.tolist()))


def _rows_of(plan: Plan, pool: str, source: str) -> str:
    return _rows_by_account(plan).get((pool, source), "")


@kept_by_fields(16)
def _rows_by_account(plan: Plan) -> dict[tuple[str, str], str]:
    """Return the rows of each source of each pool in words; few scenarios have other rows."""
    schemes: dict[tuple[str, str], list[Scheme]] = {}
    contributions: dict[tuple[str, str], list[Contribution]] = {}
    for scheme in plan.schemes:
        schemes.setdefault((scheme.pool, scheme.source), []).append(scheme)
    for row in plan.contributions:
        contributions.setdefault((row.pool, row.source), []).append(row)
    return {
        account: _rows_in_words(plan, schemes.get(account, []), contributions.get(account))
        for account in (*schemes, *contributions)
    }


def _rows_in_words(
    plan: Plan, schemes: list[Scheme], contributions: list[Contribution] | None = None
) -> str:
    """Return the rows behind a test in words: `Funding: The council 1; Schemes: 2, 3 line 2`."""
    names = {row.id: row.name or row.id for row in plan.partners}
    parts: list[str] = []
    if contributions:
        funding = [f"{names.get(row.partner, row.partner)} {row.line}" for row in contributions]
        parts.append(f"Funding: {', '.join(funding)}")
    if schemes:
        # most schemes have one line, whose number says nothing
        paid = [row.id if row.line == 1 else f"{row.id} line {row.line}" for row in schemes]
        parts.append(f"Schemes: {', '.join(paid)}")
    return "; ".join(parts)


def capital_and_grants(plan: Plan, result: Result) -> list[Finding]:
    """Return findings for capital in revenue pools, grants kept back, and schemes not named.

    Findings: `capital.as-revenue`, `eligible.scheme-type`, `passed-down.not-whole`.
    """
    findings: list[Finding] = []
    for test in rule_tests(result):
        if FAIL in test.results:
            findings += _finding(plan, result, test)
    return findings


def _finding(plan: Plan, result: Result, test: RuleTest) -> list[Finding]:
    worst = min(test.gap)
    year = result.years[test.gap.index(worst)]
    giver = _giver(plan, test)
    # Money that is spent and that nobody gives has no funding line to point at.
    place = at("contributions", giver, "source")
    if giver is None:
        place = at("schemes", _spender(plan, test), "source")
    if test.rule == "capital":
        message = (
            f"{test.source} is capital, but is spent from the pool “{test.pool}”, which holds"
            f" revenue; most in {year}."
        )
        return [
            warning(
                "capital.as-revenue",
                message,
                "Keep it in a capital pool of its own.",
                place,
                -worst,
            )
        ]
    if test.rule == "passed_down" and any(row.source == test.source for row in plan.pass_downs):
        message = (
            "What goes on to districts, or is kept with their consent, is not the whole of"
            f" {test.source}, worst in {year}."
        )
        fix = "Change Pass-down so that the parts sum to the grant, or record the consent."
        return [warning("passed-down.not-whole", message, fix, place, -worst)]
    if test.rule == "eligible_scheme":
        allowed = "; ".join(reference.eligible_schemes(test.source, plan.setup.rules_year))
        message = (
            f"{test.source} pays for schemes of types that are not named for it ({test.rows}), most"
            f" in {year}."
        )
        fix = f"Check the grant's conditions; types that name it, by judgement: {allowed}."
        return [
            note(
                "eligible.scheme-type",
                message,
                fix,
                at("schemes", _spender(plan, test), "scheme_type"),
            )
        ]
    return []


def _giver(plan: Plan, test: RuleTest) -> Contribution | None:
    return next(
        (row for row in plan.contributions if (row.pool, row.source) == (test.pool, test.source)),
        None,
    )


def _spender(plan: Plan, test: RuleTest) -> Scheme | None:
    allowed = (
        reference.eligible_schemes(test.source, plan.setup.rules_year)
        if test.rule == "eligible_scheme"
        else ()
    )
    rows = (row for row in plan.schemes if (row.pool, row.source) == (test.pool, test.source))
    return next((row for row in rows if row.scheme_type not in allowed), None)


WHY_IT_MATTERS = {
    "capital.as-revenue": (
        "Capital grants may not pay for running costs. Spent so, the money may have to be paid"
        " back."
    ),
    "eligible.scheme-type": (
        "If the grant may not pay for this, the spending has to be found elsewhere or paid back."
    ),
    "passed-down.not-whole": (
        "A part of the grant is passed to nobody, or more is passed on than came in."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
