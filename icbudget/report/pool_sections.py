"""Sections about the pools: money by source and year, balances and minimums, who bears an over- or
underspend.
"""

from __future__ import annotations

from icbudget import money
from icbudget.answers import catalogue
from icbudget.answers.risk_shared import (
    FIGURES,
    NOT_ELIGIBLE,
    SHARE,
    UNSHARED,
    VARIANCE,
    step_in_words,
)
from icbudget.engine.accounts.risk_rule import rule_of, steps_of
from icbudget.engine.accounts.risk_share import pool_shares, shared_alone
from icbudget.plan.pool import Pool
from icbudget.plan.risk_share import RiskShare
from icbudget.report import report_charts
from icbudget.report.document import Chart, Group, Line, MoneyLine, Paper, Section, Table, numbers
from icbudget.report.report_figures import listed, percent, pounds, scale_for

EXAMPLE = 100_000_00
"""Pence of the worked example of a share rule: an overspend of £100,000."""
MOST_SOURCES = 8


def money_in(paper: Paper) -> dict[tuple[str, str], list[float]]:
    """Return what comes into each (pool, source) by year, £: income, transfers in and reinvested;
    those without any left out.
    """
    income: dict[tuple[str, str], list[float]] = {}
    for row in paper.block(catalogue.BALANCES).rows:
        pool, source, figure = row.labels
        if figure in ("Income", "Transfers in", "Reinvested"):
            before = income.get((pool, source), [0.0] * len(paper.years))
            income[pool, source] = [a + b for a, b in zip(before, numbers(row), strict=True)]
    return {account: values for account, values in income.items() if any(values)}


def counted(paper: Paper) -> list[Pool]:
    """Return the pooled funds of the plan, or every budget where none is pooled."""
    pooled = [pool for pool in paper.case.plan.pools if pool.pooling_status == "pooled"]
    return pooled or list(paper.case.plan.pools)


def section_pools(paper: Paper) -> Section | None:
    """Return what is in the pools and where it comes from: a table by pool and source, and a chart
    of the pooled money.
    """
    came = money_in(paper)
    if not came:
        return None
    groups: list[tuple[str, list[MoneyLine]]] = []
    for pool in paper.case.plan.pools:
        rows: list[MoneyLine] = [
            (source, values, False) for (name, source), values in came.items() if name == pool.id
        ]
        if rows:
            rows.append(
                (
                    "Total",
                    [sum(year) for year in zip(*(values for _, values, _ in rows), strict=True)],
                    True,
                )
            )
        rows += [
            (f"In kind beside it: {row.labels[1]}", numbers(row), False)
            for row in paper.rows(catalogue.BALANCES, Pool=pool.id, Figure="In kind")
        ]
        if rows:
            groups.append((_described(paper, pool), rows))
    table = paper.money_table(
        "pool-income", "Money that comes into each pool, by source and year", "Source", groups
    )
    inside = {pool.id for pool in counted(paper)}
    by_source: dict[str, list[float]] = {}
    for (name, source), values in came.items():
        if name in inside:
            before = by_source.get(source, [0.0] * len(paper.years))
            by_source[source] = [a + b for a, b in zip(before, values, strict=True)]
    kind = (
        "pooled funds"
        if any(p.pooling_status == "pooled" for p in paper.case.plan.pools)
        else "budgets"
    )
    title = f"Money that comes into the {kind} by source, {_span(paper)}"
    series = _largest(by_source)
    scale = scale_for(sum(year) for year in zip(*series.values(), strict=True))
    parts: list[Table | Chart] = [table]
    if series:
        parts.insert(
            0,
            Chart(
                "pool-chart",
                title,
                report_charts.stacked("pool-chart", title, paper.years, series, scale),
            ),
        )
    paragraph = (
        "Deductions are taken off their source. One-off money ends with its year and does not enter"
        " the next year's base. Only pooled money is shared; aligned and in-view budgets are shown"
        " beside it."
    )
    return Section("pools", "What is in the pools", (paragraph,), parts=tuple(parts))


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
    order = sorted(series, key=lambda name: (-max(abs(v) for v in series[name]), name))
    kept = set(order[: MOST_SOURCES - 1])
    rest = [
        sum(year)
        for year in zip(*(series[name] for name in order[MOST_SOURCES - 1 :]), strict=True)
    ]
    return {
        **{name: values for name, values in series.items() if name in kept},
        "Other sources": rest,
    }


def section_balances(paper: Paper) -> Section | None:
    """Return the balance of every source of every pool, over-committed ones named, and every
    minimum that must be spent.
    """
    rows = paper.rows(catalogue.BALANCES, Figure="Close")
    if not rows:
        return None
    closing = [(row.labels[0], row.labels[1], numbers(row)) for row in rows]
    over = [(pool, source, values) for pool, source, values in closing if min(values) < 0]
    names = paper.names("pools")
    points = tuple(
        f"{names[pool]}, {source}: over-committed by {pounds(min(values))} in"
        f" {paper.years[values.index(min(values))]}."
        for pool, source, values in over
    )
    paragraph = (
        "Each source of each pool must balance on its own, in every year: "
        "a total that agrees is not enough. "
        + ("No source is over-committed." if not over else "These are not:")
    )
    parts = [_closing(paper, closing), _identity(paper)]
    if paper.block(catalogue.MINIMUM_SPEND).rows:
        parts.append(_minimums(paper))
    return Section("balances", "Balances", (paragraph,), points, tuple(parts))


def _verdict(paper: Paper, values: tuple[float, ...], short: str, fine: str) -> str:
    below = [year for year, value in zip(paper.years, values, strict=True) if value < 0]
    if not below:
        return fine
    return (
        f"{short} in {below[0]}"
        if len(below) == 1
        else f"{short} in {len(below)} years, first {below[0]}"
    )


def _closing(paper: Paper, closing: list[tuple[str, str, tuple[float, ...]]]) -> Table:
    scale = scale_for(v for *_, values in closing for v in values)
    names, groups = paper.names("pools"), []
    for pool in names:
        lines = tuple(
            Line(
                source,
                (
                    *paper.money(scale, paper.of_shown(values)),
                    _verdict(paper, values, "Over-committed", "Within its money"),
                ),
            )
            for name, source, values in closing
            if name == pool
        )
        if lines:
            groups.append(Group(names[pool], lines))
    caption = f"Money left at the end of each year, brought forward into the next, {scale.name}"
    headings = ("Source", *paper.shown_years, "State")
    return Table(
        "balances-closing", caption, headings, tuple(groups), frozenset({len(paper.shown)})
    )


def _identity(paper: Paper) -> Table:
    """Return how the last year's balance of every source comes about, from what it opened with to
    what it closes with.
    """
    figures = ("Open", "Income", "Transfers in", "Reinvested", "Spend", "Transfers out", "Close")
    last_year = {row.labels: numbers(row)[-1] for row in paper.block(catalogue.BALANCES).rows}
    scale = scale_for(last_year.values())
    names, groups = paper.names("pools"), []
    for pool in names:
        sources = [
            row.labels[1] for row in paper.rows(catalogue.BALANCES, Pool=pool, Figure="Close")
        ]
        lines = tuple(
            Line(s, paper.money(scale, [last_year[pool, s, figure] for figure in figures]))
            for s in sources
        )
        if lines:
            groups.append(Group(names[pool], lines))
    caption = (
        f"How the balance of {paper.years[-1]} comes about, {scale.name}: "
        "open + income + transfers in + reinvested − spend − transfers out = close"
    )
    return Table("balances-identity", caption, ("Source", *figures), tuple(groups))


def _minimums(paper: Paper) -> Table:
    gaps = [(row.labels, numbers(row)) for row in paper.rows(catalogue.MINIMUM_SPEND, Figure="Gap")]
    scale = scale_for(v for _, values in gaps for v in values)
    lines = tuple(
        Line(
            f"{rule[0].upper()}{rule[1:]}, {source}".replace("Nhs", "NHS"),
            (
                *paper.money(scale, paper.of_shown(values)),
                _verdict(paper, values, "Not met", "Met in every year"),
            ),
        )
        for (rule, source, _), values in gaps
    )
    caption = (
        f"Spending beyond each required minimum, {scale.name}: below zero, the minimum is not met"
    )
    headings = ("Minimum", *paper.shown_years, "State")
    return Table("minimums", caption, headings, (Group("", lines),), frozenset({len(paper.shown)}))


def section_risk(paper: Paper) -> Section | None:
    """Return who bears each pool's over- or underspend, in words, with a worked example of
    £100,000.
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
    if pool.pooling_status != "pooled":
        return (
            f"{pool.name} is {pool.pooling_status.replace('_', ' ')}, not pooled: nothing of it is"
            " shared."
        )
    plan, result = paper.case.plan, paper.case.answered
    rule = rule_of(plan, pool)
    steps = steps_of(plan, rule) if rule else {}
    shares_of_example = (
        shared_alone(result, pool, [EXAMPLE] * len(result.years))[-1] if steps else {}
    )
    if not any(shares_of_example):
        return (
            f"{pool.name} has no share rule that can be used: the agreement must say who bears an"
            " over- or underspend."
        )
    names = paper.names("partners")
    borne = listed(
        f"{names[p]} {money.display(pence)}" if p else f"{money.display(pence)} by no partner"
        for p, pence in shares_of_example.items()
    )
    words = f"Example: of an overspend of {money.display(EXAMPLE)}, {borne}."
    only = next(iter(steps.values()))
    if len(steps) > 1 or only[0].basis not in ("contributions", "fixed") or _limited(only):
        how = "; ".join(step_in_words(plan, pool, rule, number) for number in steps)
        return f"{pool.name} is shared in steps: {how}. {words}"
    share = next(share for share in pool_shares(result) if share.pool == pool)
    shares = listed(
        f"{names[p.partner]} {percent(float(p.by_rule[0, -1]))}"
        for p in share.parts
        if p.by_rule is not None
    )
    basis = (
        "by agreed percentages"
        if only[0].basis == "fixed"
        else f"by what each puts in ({paper.years[-1]})"
    )
    clause = f" Agreed in: {only[0].clause}." if only[0].clause else ""
    return f"{pool.name} is shared {basis}: {shares}.{clause} {words}"


def _limited(rows: tuple[RiskShare, ...]) -> bool:
    fields = ("width", "width_percent", "cap", "cap_percent")
    return (
        any(getattr(row, field) is not None for row in rows for field in fields)
        or rows[0].applies_to != "both"
    )


def _variances(paper: Paper) -> Table | None:
    """Return who would bear each pool's variance if it were settled at each year's end; none where
    every pool breaks even.
    """
    block = paper.block(catalogue.RISK_SHARED)
    if not any(any(numbers(row)) for row in block.rows if row.labels[3] == VARIANCE):
        return None
    sign = -1.0 if paper.brackets else 1.0
    partners, groups = paper.names("partners"), []
    told_apart = {VARIANCE, NOT_ELIGIBLE, *FIGURES.values(), UNSHARED}
    for pool, name in paper.names("pools").items():
        lines: list[MoneyLine] = []
        for row in (
            row
            for row in paper.rows(catalogue.RISK_SHARED, Pool=pool)
            if any(numbers(row)) and row.labels[3] in told_apart
        ):
            _, step, who, figure, _ = row.labels
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
        f"If each pool were settled at the year's end: {sign_in_words}; balances brought forward"
        " included",
        "Who bears it",
        groups,
    )
