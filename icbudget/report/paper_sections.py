"""Sections that only the committee paper has: what the money buys, conditions, risks, headings."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain

from icbudget import glossary
from icbudget.answers import catalogue
from icbudget.answers.block import Row
from icbudget.answers.pool_balances import MET_BY_NOTHING
from icbudget.answers.risk_shared import FIGURES, NOT_ELIGIBLE, SHARE, UNSHARED, VARIANCE
from icbudget.answers.rule_tests import PLAN
from icbudget.checks.national_rules import OFF, PASS
from icbudget.findings import Finding, Severity
from icbudget.plan.pool import Pool
from icbudget.report.document import Group, Line, Paper, Section, Table, numbers, one_group
from icbudget.report.people_sections import people_tables
from icbudget.report.pool_sections import nothing_moves, section_risk
from icbudget.report.proposal import planned_spending
from icbudget.report.report_figures import listed, percent, plural, pounds, scale_for
from icbudget.report.system_sections import section_goals

LARGEST, MOST_CHANGED = 6, 3
"""Schemes of a pool that the paper names: the largest, and those that change most; the rest are one
row.
"""
MOST_FINDINGS = 5
"""Findings that a paper of a few pages names, the largest in pounds first."""
TO_FILL_IN = "To be written"
_AMOUNTS = (glossary.LIMIT, glossary.VALUE)
CONDITIONS = {
    "balance": "Each source of funding balances",
    "minimum_contribution": "The NHS minimum is pooled",
    "adult_social_care": "Minimum for adult social care",
    "nhs_out_of_hospital": "Minimum for NHS-commissioned out-of-hospital care",
    "capital": "A capital grant pays for capital only",
    "passed_down": "The Disabled Facilities Grant is passed down",
    "eligible_scheme": "A source pays only for what it is for",
}
"""What the tests of a rules year are called, by their id in `statutory_rule`."""
HEADINGS = (
    (
        "Legal powers",
        "The power the pool rests on, whether its agreement is signed, and who may vary it.",
    ),
    (
        "Equality",
        "The public sector equality duty (Equality Act 2010, section 149): who gains or loses by"
        " age, disability, sex, race and the other protected characteristics.",
    ),
    (
        "Health inequalities",
        "The ICB's duty to reduce inequalities of access and outcome (NHS Act 2006, section"
        " 14Z35).",
    ),
    (
        "Involving the public",
        "Who was asked about the change, and what they said (NHS Act 2006, section 14Z45 for the"
        " ICB).",
    ),
    ("Procurement and staff", "Contracts and posts that change, and by when."),
    ("Conflicts of interest", "Members who provide, or are employed by those who provide."),
)
"""Headings that a committee's own form asks for and no plan can answer, with what each is about."""


def section_buys(paper: Paper) -> Section | None:
    """Return what each pool pays for in the year decided about, with the change on the year before.

    The largest schemes of a pool and those that change most are named; the others are one row.
    Amounts are nominal.
    """
    t = paper.decided
    spending = {pool.id: planned_spending(paper, pool.id, t) for pool in paper.case.plan.pools}
    before = {
        pool.id: planned_spending(paper, pool.id, max(t - 1, 0)) for pool in paper.case.plan.pools
    }
    if not any(any(amounts.values()) for amounts in spending.values()):
        if not paper.case.plan.pools:
            return None
        paragraph = (
            "The plan names no scheme with money in this year, so it does not say what the money"
            " buys."
        )
        return Section("buys", "What the money buys", (paragraph,))
    largest = [sum(amounts.values()) for amounts in (*spending.values(), *before.values())]
    scale = scale_for(largest)

    def cells(now: float, then: float) -> tuple[str, ...]:
        if t == 0:
            return paper.money(scale, [now])
        change = now - then
        # What begins from nothing has no change in per cent.
        share = percent(change / then, brackets=paper.brackets) if then > 0 else "–"
        return (*paper.money(scale, [then, now, change]), share)

    groups = []
    for pool in paper.case.plan.pools:
        amounts = spending[pool.id]
        if not any(amounts.values()) and not any(before[pool.id].values()):
            continue
        groups.append(_pool_group(pool, amounts, before[pool.id], cells))
    headings: tuple[str, ...] = ("Scheme", paper.years[t])
    if t > 0:
        headings = ("Scheme", paper.years[t - 1], paper.years[t], "Change", "Change %")
    caption = f"Spending of each pool by scheme, {paper.years[t]}, plan, {scale.name}"
    table = Table("buys-table", caption, headings, tuple(groups))
    return Section("buys", "What the money buys", parts=(table,))


def _pool_group(
    pool: Pool,
    amounts: dict[tuple[str, str], float],
    before: dict[tuple[str, str], float],
    write: Callable[[float, float], tuple[str, ...]],
) -> Group:
    """Return a pool's largest schemes, the smaller ones together, and its total."""
    keys = list(dict.fromkeys((*amounts, *before)))
    now_or_then = {key: max(amounts.get(key, 0.0), before.get(key, 0.0)) for key in keys}
    change = {key: abs(amounts.get(key, 0.0) - before.get(key, 0.0)) for key in keys}
    # Sorting is stable: ties keep the plan's order, and so do the rows below.
    largest = sorted(keys, key=lambda key: -now_or_then[key])[:LARGEST]
    most_changed = sorted(keys, key=lambda key: -change[key])[:MOST_CHANGED]
    named = {*largest, *most_changed}
    # One scheme left over is named too: a row for it would be no shorter.
    if len(keys) == len(named) + 1:
        named = set(keys)
    rest = [key for key in keys if key not in named]
    lines = [
        Line(key[1], write(amounts.get(key, 0.0), before.get(key, 0.0)))
        for key in keys
        if key in named
    ]
    if rest:
        now = sum(amounts.get(key, 0.0) for key in rest)
        then = sum(before.get(key, 0.0) for key in rest)
        lines.append(Line(f"{plural(len(rest), 'other scheme')}", write(now, then)))
    total = write(sum(amounts.values()), sum(before.values()))
    lines.append(Line("Total", total, total=True))
    return Group(pool.name, tuple(lines))


def section_conditions(paper: Paper) -> Section | None:
    """Return what the rules of the year require, what the plan holds, and what no row answers.

    Balances that pass are counted in one row. A condition that no row of the plan states is not
    tested, which is not a pass.
    """
    t, rules_year = paper.decided, paper.case.plan.setup.rules_year
    if not paper.case.plan.pools:
        return None
    by_test = _tests(paper)
    amounts: list[float] = []
    for figures in by_test.values():
        amounts += [numbers(figures[name])[t] for name in _AMOUNTS if name in figures]
    scale = scale_for(amounts)
    pools = paper.names("pools")
    lines, balanced = [], 0
    for (test, source, pool), figures in by_test.items():
        result = str(figures[glossary.RESULT].values[t])
        if test == "balance" and result == PASS:
            balanced += 1
            continue
        if result == OFF:
            continue
        where = f"{source}, {pools[pool]}" if pool in pools else source
        # A rule that is not tested has a result and no amounts.
        money = ("", "")
        if all(name in figures for name in _AMOUNTS):
            limit, value = (numbers(figures[name])[t] for name in _AMOUNTS)
            money = (scale.write(limit), scale.write(value))
        lines.append(Line(_condition(test), (where, *money, result)))
    if balanced:
        sources = plural(balanced, "source")
        lines.append(Line(CONDITIONS["balance"], (f"{sources} of funding", "", "", PASS)))
    caption = f"National conditions and minimums in {paper.years[t]}, rules {rules_year}"
    headings = ("Condition", "Source of funding", "Limit", "Planned", "Result")
    words = frozenset({0, 3})
    table = Table("conditions-table", f"{caption}, {scale.name}", headings, one_group(lines), words)
    paragraph = (
        "Tested on the figures of the plan. That the plan was agreed jointly, and by whom, is for"
        " the author to confirm."
    )
    if nothing_moves(paper):
        paragraph += f" {MET_BY_NOTHING}"
    return Section(
        "conditions",
        "National conditions and minimums",
        (paragraph,),
        parts=(table,) if lines else (),
    )


def _tests(paper: Paper) -> dict[tuple[str, str, str], dict[str, Row]]:
    """Return the rows of each test of the plan by (test, source, pool), then by figure."""
    shown_scenario = paper.case.plan.setup.active_scenario or PLAN
    by_test: dict[tuple[str, str, str], dict[str, Row]] = {}
    block = paper.block(catalogue.RULE_TESTS)
    for row in block.rows:
        test, source, pool = block.labels_of(row, "test", "source", "pool")
        figure, scenario = block.labels_of(row, "figure", "scenario")
        if scenario in (shown_scenario, ""):
            by_test.setdefault((test, source, pool), {})[figure] = row
    return by_test


def _condition(test: str) -> str:
    return CONDITIONS.get(test.replace(" ", "_"), test.capitalize())


def section_metrics(paper: Paper) -> Section:
    """Return the goals with their dates and verdicts, and how patients' experience is watched."""
    goals = section_goals(paper)
    watched = {
        row.experience_measure: row.name
        for row in paper.case.plan.schemes
        if row.experience_measure
    }
    paragraph = (
        "The plan holds no measure of patients' experience. Money can be on track while care gets"
        " worse: name one."
    )
    if watched:
        measures = listed(f"{measure} ({name})" for measure, name in watched.items())
        paragraph = f"Patients' experience is watched by: {measures}."
    parts = (*(goals.parts if goals else ()), *people_tables(paper))
    return Section("metrics", "Metrics", (paragraph,), parts=parts)


def section_risks(paper: Paper) -> Section:
    """Return who bears what in the year decided about, and the largest points with their owners.

    Who answers for a risk and what is done about it is for the author to write.
    """
    rules = section_risk(paper)
    borne = _borne(paper)
    tables = [table for table in (borne, _points(paper)) if table]
    paragraphs = rules.paragraphs if rules else ()
    return Section(
        "risks",
        "Risks, and who bears them",
        paragraphs,
        rules.points if rules else (),
        tuple(tables),
    )


def _borne(paper: Paper) -> Table | None:
    """Return each pool's variance of the year decided about, and what each partner bears of it."""
    t, partners = paper.decided, paper.names("partners")
    wanted = {VARIANCE, NOT_ELIGIBLE, *FIGURES.values(), UNSHARED}
    sign = -1.0 if paper.brackets else 1.0
    borne: dict[str, dict[str, float]] = {}
    block = paper.block(catalogue.RISK_SHARED)
    for pool, name in paper.names("pools").items():
        # A partner may bear a part in several steps of a rule; here they are added up.
        for row in block.where(pool=pool):
            who, figure = block.labels_of(row, "partner", "figure")
            value = numbers(row)[t] * sign + 0.0
            if figure in wanted and value:
                heading = partners.get(who, who) if figure == SHARE else figure.split(" (")[0]
                of_pool = borne.setdefault(name, {})
                of_pool[heading] = of_pool.get(heading, 0.0) + value
    if not borne:
        return None
    scale = scale_for(chain.from_iterable(of_pool.values() for of_pool in borne.values()))
    total = VARIANCE.split(" (")[0]
    groups = []
    for name, of_pool in borne.items():
        lines = [
            Line(heading, paper.money(scale, [value]), heading == total)
            for heading, value in of_pool.items()
        ]
        groups.append(Group(name, tuple(lines)))
    meaning = "an overspend is above zero"
    if paper.brackets:
        meaning = "an overspend is in brackets"
    caption = (
        f"Who bears what each pool is over or under in {paper.years[t]}, {scale.name}; {meaning}"
    )
    return Table("borne", caption, ("Who bears it", paper.years[t]), tuple(groups))


def _points(paper: Paper) -> Table | None:
    findings = [f for f in paper.case.findings if f.severity is not Severity.NOTE]
    if not findings:
        return None
    # Largest £ first; those without one keep the order of the checks.
    largest = sorted(findings, key=lambda f: -abs(f.effect_pence or 0))[:MOST_FINDINGS]
    left = len(findings) - len(largest)
    more = f"; {plural(left, 'more warning')} in the full report" if left > 0 else ""
    lines = tuple(Line(f.message, (_effect(f), f.fix or "–", TO_FILL_IN)) for f in largest)
    caption = f"The largest points that the checks raise{more}"
    headings = ("Point", "Effect", "What to do", "Owner and date")
    words = frozenset({0, 1, 2})
    return Table("points", caption, headings, one_group(lines), words, stacks=True)


def _effect(finding: Finding) -> str:
    return "–" if finding.effect_pence is None else pounds(finding.effect_pence / 100)


def section_to_write(paper: Paper) -> Section:
    """Return the headings that the author fills in, with what the plan already knows of them."""
    known = {"Legal powers": _powers(paper)}
    lines = []
    for heading, about in HEADINGS:
        text = known.get(heading, "")
        written = f"{text} {TO_FILL_IN}." if text else f"{TO_FILL_IN}."
        lines.append(Line(heading, (about, written)))
    headings = ("Heading", "What it is about", "Text")
    caption = "For the author to complete before the paper is submitted"
    words = frozenset({0, 1})
    table = Table("to-write", caption, headings, one_group(lines), words, stacks=True)
    return Section("to-write", "Legal, equality and other implications", parts=(table,))


def _powers(paper: Paper) -> str:
    parts = []
    for pool in paper.case.plan.pools:
        if pool.is_pooled:
            signed = (
                f"signed on {pool.signed_on}" if pool.signed_on else "no signed agreement recorded"
            )
            parts.append(f"{pool.name}: {pool.legal_basis}, {signed}")
    return f"{'; '.join(parts)}." if parts else ""
