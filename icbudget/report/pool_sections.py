"""Sections about the pools: money in, balances and minimums, who bears an overspend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

from icbudget import glossary, money
from icbudget.answers import catalogue
from icbudget.answers.pool_balances import NOT_FUNDED, rows_by_source
from icbudget.answers.risk_shared import (
    FIGURES,
    NOT_ELIGIBLE,
    SHARE,
    UNSHARED,
    VARIANCE,
    step_in_words,
)
from icbudget.engine.accounts.risk_alone import shared_alone
from icbudget.engine.accounts.risk_rule import rule_of, steps_of
from icbudget.engine.accounts.risk_share_settlement import pool_shares
from icbudget.plan.pool import Pool
from icbudget.plan.risk_share import RiskShare
from icbudget.report import report_charts
from icbudget.report.document import (
    Chart,
    Group,
    Line,
    MoneyLine,
    Paper,
    Section,
    Table,
    numbers,
    one_group,
    sums_by_year,
)
from icbudget.report.report_figures import listed, percent, pounds, scale_for

EXAMPLE = 100_000_00
"""Pence of the worked example of a share rule: an overspend of £100,000."""
MOST_SOURCES = 8
"""Sources that a chart tells apart: it has as many colours."""


def money_in(paper: Paper) -> dict[tuple[str, str], list[float]]:
    """Return what comes into each (pool, source) by year, £; those without any are left out.

    It is income, transfers in and what is reinvested.
    """
    income: dict[tuple[str, str], list[float]] = {}
    block = paper.block(catalogue.BALANCES)
    for row in rows_by_source(block):
        pool, source, figure = block.labels_of(row, "pool", "source", "figure")
        if figure in (glossary.INCOME, glossary.TRANSFERS_IN, glossary.REINVESTED):
            before = income.get((pool, source), [0.0] * len(paper.years))
            income[pool, source] = [a + b for a, b in zip(before, numbers(row), strict=True)]
    return {account: values for account, values in income.items() if any(values)}


def pooled_income(paper: Paper) -> list[float]:
    """Return the income of the pooled funds by year, £, as on Balances and the Dashboard.

    Acute money that is moved or reinvested is not in it, nor is what stands beside the pools. Of
    every budget where none is pooled.
    """
    block = paper.block(catalogue.BALANCES)
    inside = {pool.id for pool in counted(paper)}
    rows = [
        numbers(row)
        for row in rows_by_source(block, figure=glossary.INCOME)
        if block.label(row, "pool") in inside
    ]
    return sums_by_year(rows)


def of_all_pools(paper: Paper) -> list[MoneyLine]:
    """Return the income of the pools by year, £, without and with aligned money.

    What of it depends on performance has a line where anything does, and aligned money where there
    is any.
    """
    figures = (glossary.INCOME_OF_POOLS, glossary.OF_IT_PERFORMANCE, glossary.INCOME_WITH_ALIGNED)
    lines: list[MoneyLine] = []
    for figure in figures:
        values = paper.values(catalogue.BALANCES, pool=glossary.ALL_POOLS, figure=figure)
        is_new = not lines or any(a != b for a, b in zip(values, lines[0][1], strict=True))
        if is_new and any(values):
            lines.append((figure, values, figure != glossary.OF_IT_PERFORMANCE))
    return lines


def counted(paper: Paper) -> list[Pool]:
    """Return the pooled funds of the plan, or every budget where none is pooled."""
    pooled = [pool for pool in paper.case.plan.pools if pool.is_pooled]
    return pooled or list(paper.case.plan.pools)


def section_pools(paper: Paper) -> Section | None:
    """Return what is in the pools and where it comes from, by pool and source, with a chart."""
    came = money_in(paper)
    if not came:
        return None
    groups: list[tuple[str, list[MoneyLine]]] = []
    for pool in paper.case.plan.pools:
        by_source = {source: values for (name, source), values in came.items() if name == pool.id}
        rows = _lines_of_pool(paper, pool, by_source)
        if rows:
            groups.append((_described(paper, pool), rows))
    groups.append((glossary.ALL_POOLS, of_all_pools(paper)))
    table = paper.money_table(
        "pool-income",
        "Money that comes into each pool, by source and year, as planned",
        "Source",
        groups,
    )
    inside = {pool.id for pool in counted(paper)}
    pooled_by_source: dict[str, list[float]] = {}
    for (name, source), values in came.items():
        if name in inside:
            before = pooled_by_source.get(source, [0.0] * len(paper.years))
            pooled_by_source[source] = [a + b for a, b in zip(before, values, strict=True)]
    is_pooled = any(pool.is_pooled for pool in paper.case.plan.pools)
    kind = "pooled funds" if is_pooled else "budgets"
    title = f"Money that comes into the {kind} by source, {_span(paper)}"
    series = _largest(pooled_by_source)
    scale = scale_for(sums_by_year(series.values()))
    parts: list[Table | Chart] = [table]
    if series:
        drawing = report_charts.stacked("pool-chart", title, paper.years, series, scale)
        parts.insert(0, Chart("pool-chart", title, drawing))
    paragraph = (
        "Deductions are taken off their source. One-off money ends with its year and does not enter"
        " the next year's base. Only pooled money is shared; aligned and in-view budgets are shown"
        " beside it."
    )
    return Section("pools", "What is in the pools", (paragraph,), parts=tuple(parts))


def _lines_of_pool(
    paper: Paper, pool: Pool, by_source: Mapping[str, Sequence[float]]
) -> list[MoneyLine]:
    """Return the lines of a pool: what comes from each source, in all, and what is in kind."""
    lines: list[MoneyLine] = [(source, values, False) for source, values in by_source.items()]
    if lines:
        lines.append(("Total", sums_by_year(by_source.values()), True))
    # What is put in in kind is no money, so it stands below the total (model §3).
    balances = paper.block(catalogue.BALANCES)
    for row in rows_by_source(balances, pool=pool.id, figure=glossary.IN_KIND):
        source = balances.label(row, "source")
        lines.append((f"In kind beside it: {source}", numbers(row), False))
    return lines


def _span(paper: Paper) -> str:
    return paper.years[0] if len(paper.years) == 1 else f"{paper.years[0]} to {paper.years[-1]}"


def _described(paper: Paper, pool: Pool) -> str:
    host = paper.names("partners").get(pool.host, pool.host)
    return (
        f"{pool.name} ({pool.pooling_status.replace('_', ' ')}, {pool.money_kind},"
        f" {pool.legal_basis}, host {host})"
    )


def _largest(series: dict[str, list[float]]) -> dict[str, list[float]]:
    """Return at most so many series as a chart can tell apart, the smaller ones as one."""
    if len(series) <= MOST_SOURCES:
        return series
    # Largest first, ties by name, so that the same plan always draws the same chart.
    order = sorted(series, key=lambda name: (-max(abs(v) for v in series[name]), name))
    kept, smaller = order[: MOST_SOURCES - 1], order[MOST_SOURCES - 1 :]
    others = sums_by_year(series[name] for name in smaller)
    largest = {name: values for name, values in series.items() if name in kept}
    return {**largest, "Other sources": others}


def section_balances(paper: Paper) -> Section | None:
    """Return the balance of every source of every pool, and every minimum that must be spent."""
    block = paper.block(catalogue.BALANCES)
    closing = [
        (block.label(row, "pool"), block.label(row, "source"), numbers(row))
        for row in rows_by_source(block, figure=glossary.CLOSE)
    ]
    if not closing:
        return None
    names = paper.names("pools")
    points = []
    for pool, source, values in closing:
        lowest = min(values)
        if lowest < 0:
            year = paper.years[values.index(lowest)]
            over = f"over-committed by {pounds(lowest)} in {year}"
            points.append(f"{names[pool]}, {source}: {over}.")
    verdict = "These are not:" if points else _none_over(paper)
    paragraph = (
        "Each source of each pool must balance on its own, in every year: a total that agrees is"
        f" not enough. {verdict}"
    )
    parts = [_closing(paper, closing), _identity(paper)]
    if paper.block(catalogue.MINIMUM_SPEND).rows:
        parts.append(_minimums(paper))
    return Section("balances", "Balances", (paragraph,), tuple(points), tuple(parts))


def _none_over(paper: Paper) -> str:
    """Return that no source is over-committed, or that there is no money that could be."""
    if nothing_moves(paper):
        return f"{NOT_FUNDED}, and nothing is spent from the pools."
    return "No source is over-committed."


def nothing_moves(paper: Paper) -> bool:
    """Return whether nothing is put into the pools in any year, and nothing spent from them."""
    block = paper.block(catalogue.BALANCES)
    figures = (glossary.INCOME, glossary.IN_KIND, glossary.SPEND)
    rows = chain.from_iterable(rows_by_source(block, figure=figure) for figure in figures)
    return not any(any(numbers(row)) for row in rows)


def _verdict(paper: Paper, values: tuple[float, ...], short: str, fine: str) -> str:
    below = [year for year, value in zip(paper.years, values, strict=True) if value < 0]
    if not below:
        return fine
    if len(below) == 1:
        return f"{short} in {below[0]}"
    return f"{short} in {len(below)} years, first {below[0]}"


def _closing(paper: Paper, closing: list[tuple[str, str, tuple[float, ...]]]) -> Table:
    scale = scale_for(chain.from_iterable(values for *_, values in closing))
    names, groups = paper.names("pools"), []
    fine = "Not funded yet" if nothing_moves(paper) else "Within its money"
    for pool in names:
        lines = []
        for name, source, values in closing:
            if name == pool:
                amounts = paper.money(scale, paper.of_shown(values))
                state = _verdict(paper, values, "Over-committed", fine)
                lines.append(Line(source, (*amounts, state)))
        if lines:
            groups.append(Group(names[pool], tuple(lines)))
    caption = f"Money left at the end of each year, brought forward into the next, {scale.name}"
    headings = ("Source", *paper.shown_years, "State")
    return Table(
        "balances-closing",
        caption,
        headings,
        tuple(groups),
        frozenset({len(paper.positions_in_tables)}),
    )


def _identity(paper: Paper) -> Table:
    """Return how the last year's balance of every source comes about, from open to close."""
    figures = (
        glossary.OPEN,
        glossary.INCOME,
        glossary.TRANSFERS_IN,
        glossary.REINVESTED,
        glossary.SPEND,
        glossary.TRANSFERS_OUT,
        glossary.CLOSE,
    )
    block = paper.block(catalogue.BALANCES)
    last_year = {
        block.labels_of(row, "pool", "source", "figure"): numbers(row)[-1] for row in block.rows
    }
    scale = scale_for(last_year.values())
    names, groups = paper.names("pools"), []
    for pool in names:
        lines = []
        for row in rows_by_source(block, pool=pool, figure=glossary.CLOSE):
            source = block.label(row, "source")
            amounts = [last_year[pool, source, figure] for figure in figures]
            lines.append(Line(source, paper.money(scale, amounts)))
        if lines:
            groups.append(Group(names[pool], tuple(lines)))
    caption = (
        f"How the balance of {paper.years[-1]} comes about, {scale.name}: "
        "open + income + transfers in + reinvested − spend − transfers out = close"
    )
    return Table("balances-identity", caption, ("Source", *figures), tuple(groups))


def _minimums(paper: Paper) -> Table:
    block = paper.block(catalogue.MINIMUM_SPEND)
    gaps = [
        (block.label(row, "rule"), block.label(row, "source"), numbers(row))
        for row in block.where(figure=glossary.GAP)
    ]
    scale = scale_for(chain.from_iterable(values for *_, values in gaps))
    lines = []
    for rule, source, values in gaps:
        heading = f"{rule[0].upper()}{rule[1:]}, {source}".replace("Nhs", "NHS")
        amounts = paper.money(scale, paper.of_shown(values))
        state = _verdict(paper, values, "Not met", "Met in every year")
        lines.append(Line(heading, (*amounts, state)))
    caption = (
        f"Spending beyond each required minimum, {scale.name}: below zero, the minimum is not met"
    )
    headings = ("Minimum", *paper.shown_years, "State")
    words = frozenset({len(paper.positions_in_tables)})
    return Table("minimums", caption, headings, one_group(lines), words)


def section_risk(paper: Paper) -> Section | None:
    """Return who bears each pool's over- or underspend, with an example of £100,000.

    It is that of the year decided about.
    """
    if not paper.case.plan.pools:
        return None
    points = tuple(_rule(paper, pool) for pool in paper.case.plan.pools)
    paragraph = (
        "What happens when a pool spends more, or less, than it holds. Parts add up to the whole,"
        " to the penny."
    )
    forecast = _variances(paper)
    return Section(
        "risk", "Who bears an overspend", (paragraph,), points, (forecast,) if forecast else ()
    )


def _rule(paper: Paper, pool: Pool) -> str:
    if not pool.is_pooled:
        return (
            f"{pool.name} is {pool.pooling_status.replace('_', ' ')}, not pooled: nothing of it is"
            " shared."
        )
    plan, result, t = paper.case.plan, paper.case.answered, paper.decided
    rule = rule_of(pool)
    steps = steps_of(plan, rule) if rule else {}
    shares_of_example = {}
    if steps:
        shares_of_example = shared_alone(result, pool, [EXAMPLE] * len(result.years))[t]
    if not any(shares_of_example):
        return (
            f"{pool.name} has no share rule that can be used: the agreement must say who bears an"
            " over- or underspend."
        )
    names = paper.names("partners")
    borne = listed(
        f"{names[p]} {money.in_words(pence)}" if p else f"{money.in_words(pence)} by no partner"
        for p, pence in shares_of_example.items()
    )
    words = f"Example: of an overspend of {money.in_words(EXAMPLE)}, {borne}."
    only = next(iter(steps.values()))
    if len(steps) > 1 or only[0].basis not in ("contributions", "fixed") or _limited(only):
        how = "; ".join(step_in_words(plan, pool, rule, number) for number in steps)
        return f"{pool.name} is shared in steps: {how}. {words}"
    share = next(share for share in pool_shares(result) if share.pool == pool)
    parts = {p.partner: float(p.by_rule[0, t]) for p in share.parts if p.by_rule is not None}
    if only[0].basis == "contributions":
        # Who puts in nothing in that year, such as a body that has ended, is no part of it.
        parts = {partner: part for partner, part in parts.items() if part}
    shares = listed(f"{names[partner]} {percent(part)}" for partner, part in parts.items())
    basis = (
        "by agreed percentages"
        if only[0].basis == "fixed"
        else f"by what each puts in ({paper.years[t]})"
    )
    clause = f" Agreed in: {only[0].clause}." if only[0].clause else ""
    return f"{pool.name} is shared {basis}: {shares}.{clause} {words}"


def _limited(rows: tuple[RiskShare, ...]) -> bool:
    """Return whether a step has a width or a cap, or applies to one side of a variance only."""
    limits = ("width", "width_percent", "cap", "cap_percent")
    for row in rows:
        if any(getattr(row, limit) is not None for limit in limits):
            return True
    return rows[0].applies_to != "both"


def _variances(paper: Paper) -> Table | None:
    """Return who bears each pool's variance of each year; None where all break even."""
    block = paper.block(catalogue.RISK_SHARED)
    variances = [numbers(row) for row in block.where(figure=VARIANCE)]
    if not any(any(by_year) for by_year in variances):
        return None
    sign = -1.0 if paper.brackets else 1.0
    partners, groups = paper.names("partners"), []
    in_rows_of_their_own = {VARIANCE, NOT_ELIGIBLE, *FIGURES.values(), UNSHARED}
    for pool, name in paper.names("pools").items():
        lines: list[MoneyLine] = []
        for row in block.where(pool=pool):
            step, who, figure = block.labels_of(row, "step", "partner", "figure")
            if figure not in in_rows_of_their_own or not any(numbers(row)):
                continue
            heading = f"{partners[who]}, step {step}" if figure == SHARE else figure.split(" (")[0]
            heading = heading.removesuffix(", step 1")
            lines.append((heading, [v * sign + 0.0 for v in numbers(row)], who == "All"))
        if lines:
            groups.append((name, lines))
    sign_in_words = (
        "an overspend is in brackets"
        if paper.brackets
        else "an overspend is above zero, an underspend below"
    )
    return paper.money_table(
        "variances",
        f"Variance of each year alone, settled at its end: {sign_in_words}",
        "Who bears it",
        groups,
    )
