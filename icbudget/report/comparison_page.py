"""The page of a comparison: what changed, what it is worth, who gains, which findings differ."""

from __future__ import annotations

from itertools import chain, product

from icbudget import __version__, money
from icbudget.answers.comparison import GAP, PLAN, Comparison, Money, Step
from icbudget.answers.side_by_side import BORNE, GAIN
from icbudget.engine.accounts.bridge import SYSTEM
from icbudget.findings import Finding, ordered
from icbudget.plan.identity import AS_CALCULATED
from icbudget.report import report_charts
from icbudget.report.document import Chart, Document, Line, Section, Table, one_group
from icbudget.report.report_figures import Scale, listed, plural, pounds, scale_for

MOST = 6
"""Changes that the page tells one by one, those with the largest effect; the CSV has all."""
BARS = 4
"""Changes that the chart draws apart."""
MOST_FINDINGS = 3
"""Findings of each plan that the page names; the others are counted."""
HOW = "In order: each change over those before it. On its own: over the first plan alone."


def comparison_document(c: Comparison, names: tuple[str, str]) -> Document:
    """Return a comparison as a document of one page.

    `names` are the files, or one file twice for two scenarios.
    """
    sections = (_changes(c), _positions(c), _findings(c))
    return Document(
        title=_title(c),
        kind="Comparison",
        facts=_facts(c, names),
        in_short="In short",
        opening=c.silent,
        points=_points(c),
        contents=False,
        reading="",
        sections=tuple(section for section in sections if section),
        made_by=f"icbudget {__version__}. {HOW}",
    )


def _title(c: Comparison) -> str:
    one, two = (case.plan.setup for case in (c.before, c.after))
    scenarios = [setup.active_scenario or "the plan itself" for setup in (one, two)]
    same = one.title == two.title and scenarios[0] != scenarios[1]
    return f"What changed: {scenarios[0]} → {scenarios[1]}" if same else "What changed"


def _facts(c: Comparison, names: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """Return what was compared: scenario, file, years and plan of each side."""
    same = c.before.plan.setup.title == c.after.plan.setup.title
    facts = [("Plan", c.before.plan.setup.title)] if same else []
    for what, case, name in zip(("From", "To"), (c.before, c.after), names, strict=True):
        plan = case.plan
        title = "" if same else f"{plan.setup.title}, "
        scenario = plan.setup.active_scenario or "the plan itself"
        years = f"{plan.years[0]} to {plan.years[-1]}"
        handle = f"{AS_CALCULATED} {case.hash[:12]}"
        facts.append((what, f"{title}{scenario} ({name}, {years}, {handle})"))
    return tuple(facts)


def _points(c: Comparison) -> tuple[str, ...]:
    of_findings = ""
    if c.appeared or c.gone:
        appeared, gone = plural(len(c.appeared), "finding"), plural(len(c.gone), "finding")
        of_findings = f"{appeared} appeared and {gone} went."
    if not c.steps and not c.wording:
        same = "Nothing changed: the two plans are the same."
        return (same, of_findings) if of_findings else (same,)
    without = ""
    if c.wording:
        without = f", and {plural(len(c.wording), 'change')} without effect on money"
    changes = sum(len(step.changes) for step in c.steps)
    points = [f"{plural(changes, 'change')} of figures{without}.".capitalize()]
    if not c.silent:
        points.append(_worth(c))
    if of_findings:
        points.append(of_findings)
    if not c.silent and c.before.plan.years != c.after.plan.years:
        years = f"{c.years[0]} to {c.years[-1]}"
        points.append(f"The plans have different years: money is compared over {years}.")
    return tuple(points)


def _worth(c: Comparison) -> str:
    difference = c.difference(PLAN)
    over = f"over {c.years[0]} to {c.years[-1]}"
    spends = "the same"
    if difference:
        spends = f"{pounds(difference / 100)} {'more' if difference > 0 else 'less'}"
    spending = f"The whole system spends {spends} {over}"
    parts = [
        f"{c.names[p]} is {pounds(gain / 100)} {'better' if gain > 0 else 'worse'} off"
        for p in c.partners
        if p != SYSTEM and (gain := c.difference(GAIN, p))
    ]
    sentence = (
        f"{spending}; against do nothing, {listed(parts)}."
        if parts
        else f"{spending}; no partner is better or worse off."
    )
    bears = [
        f"{c.names[p]} bears {pounds(abs(more) / 100)} {'more' if more > 0 else 'less'}"
        for p in c.partners
        if p != SYSTEM and (more := c.difference(BORNE, p))
    ]
    return f"{sentence} Of over- and underspends, {listed(bears)}." if bears else sentence


def _largest(c: Comparison, most: int) -> tuple[list[Step], list[Step]]:
    """Return so many steps with the largest effect, in their order, and the other steps."""

    def size(step: Step) -> int:
        of_partners = product((PLAN, GAP, BORNE), c.partners)
        return max(abs(sum(step.adds[figure][p])) for figure, p in of_partners)

    # Ties keep the order in which the changes were laid on.
    ranked = sorted(range(len(c.steps)), key=lambda n: (-size(c.steps[n]), n))
    chosen = set(ranked[:most])
    largest = [step for n, step in enumerate(c.steps) if n in chosen]
    others = [step for n, step in enumerate(c.steps) if n not in chosen]
    return largest, others


def _changes(c: Comparison) -> Section | None:
    if c.silent:
        return _changes_in_words(c)
    if not c.steps:
        return None
    parts: list[Table | Chart] = [_changes_table(c)]
    chart = _changes_chart(c)
    if chart:
        parts.append(chart)
    return Section("changes", "What changed, and what it is worth", parts=tuple(parts))


def _changes_in_words(c: Comparison) -> Section | None:
    """Return the changes of plans that have no figures, each as a point."""
    every = [*(step.words for step in c.steps), *(change.words for change in c.wording)]
    if not every:
        return None
    most = 3 * MOST  # without table and chart the page has room for three times as many
    points = every[:most]
    if len(every) > most:
        points.append(f"and {plural(len(every) - most, 'more change')}, in the CSV file")
    return Section("changes", "What changed", points=tuple(points))


def _changes_table(c: Comparison) -> Table:
    largest, others = _largest(c, MOST)
    sums = product(c.steps, (PLAN, GAP))
    scale = scale_for(sum(step.adds[figure][SYSTEM]) / 100 for step, figure in sums)
    lines = [_line(step.words, [step], scale, step.alone) for step in largest]
    if others:
        words = f"{plural(len(others), 'other change')}, each smaller"
        lines.append(_line(words, others, scale, None))
    lines.append(_line("All changes", list(c.steps), scale, None, total=True))
    headings = (
        "What changed",
        "On its own: spending",
        "In order: spending",
        "In order: gap to date",
    )
    caption = (
        f"What each change adds to the whole system, {c.years[0]} to {c.years[-1]} together,"
        f" {scale.name}{c.gap_rests_on}"
    )
    return Table("changes-table", caption, headings, one_group(lines))


def _changes_chart(c: Comparison) -> Chart | None:
    """Return the bridge from the first plan's spending to the second's, None of one change."""
    title = (
        f"Net spending of the whole system, {c.years[0]} to {c.years[-1]} together: from the first"
        " plan to the second"
    )
    drawn_apart, together = _largest(c, BARS)
    bars: list[tuple[str, float, bool]] = []
    for step in drawn_apart:
        pence = sum(step.adds[PLAN][SYSTEM])
        if pence:
            bars.append((step.words, pence / 100, False))
    smaller = sum(sum(step.adds[PLAN][SYSTEM]) for step in together)
    if smaller:
        bars.append(("Other changes", smaller / 100, False))
    bars.append(("All changes", c.difference(PLAN) / 100, True))
    # One change alone is the total: a chart of it would draw one bar twice.
    if len(bars) <= 2:
        return None
    scale = scale_for(amount for _, amount, _ in bars)
    drawn = report_charts.waterfall("compare-chart", title, bars, scale)
    return Chart("compare-chart", title, drawn)


def _line(
    words: str, steps: list[Step], scale: Scale, alone: Money | None, *, total: bool = False
) -> Line:
    spending, gap = (
        sum(sum(s.adds[figure][SYSTEM]) for s in steps) / 100 for figure in (PLAN, GAP)
    )
    own = None if alone is None else sum(alone[PLAN][SYSTEM]) / 100
    return Line(words, (scale.write(own), scale.write(spending), scale.write(gap)), total)


def _positions(c: Comparison) -> Section | None:
    if c.silent or not c.partners:
        return None
    bears = any(c.difference(BORNE, p) for p in c.partners)
    figures: dict[str, tuple[float, ...]] = {}
    for p in c.partners:
        before, after = (sum(side[GAIN][p]) / 100 for side in (c.money_before, c.money_after))
        position = (c.difference(PLAN, p) / 100, before, after, after - before)
        borne = (c.difference(BORNE, p) / 100,) if bears else ()
        figures[p] = (*position, *borne)
    affected = {p: values for p, values in figures.items() if any(values) or p == SYSTEM}
    scale = scale_for(chain.from_iterable(affected.values()))
    lines = tuple(
        Line(c.names[p], tuple(scale.write(v) for v in values), p == SYSTEM)
        for p, values in affected.items()
    )
    more = ("Bears more (+)",) if bears else ()
    headings = ("Partner", "Spends more (+)", "Better off: before", "After", "Difference", *more)
    others = len(figures) - len(affected)
    rest = f"; nothing either way for {plural(others, 'other partner')}" if others else ""
    what = "; bears: of what the pools are over (+) or under (−)" if bears else ""
    caption = (
        f"Against do nothing, {c.years[0]} to {c.years[-1]} together, {scale.name}; below zero is"
        f" less or worse off{what}{rest}"
    )
    table = Table("positions-table", caption, headings, one_group(lines))
    return Section("positions", "Who pays and who gains", parts=(table,))


def _findings(c: Comparison) -> Section | None:
    """Return findings that appeared, went or changed, the gravest first."""
    every = [
        *((f, f"Appeared: {f.message}{_effect(f)}") for f in c.appeared),
        *((f, f"Gone: {f.message}{_effect(f)}") for f in c.gone),
        *((after, _altered(before, after)) for before, after in c.altered),
    ]
    if not every:
        return None
    place = {id(f): n for n, f in enumerate(ordered([f for f, _ in every]))}
    sentences = [words for f, words in sorted(every, key=lambda pair: place[id(pair[0])])]
    points = sentences[:MOST_FINDINGS]
    if len(sentences) > MOST_FINDINGS:
        points.append(f"and {plural(len(sentences) - MOST_FINDINGS, 'more finding')}.")
    return Section("found", "Findings that appeared, went or changed", points=tuple(points))


def _effect(f: Finding) -> str:
    return "" if f.effect_pence is None else f" ({money.display(f.effect_pence, pounds_only=True)})"


def _altered(before: Finding, after: Finding) -> str:
    if before.message != after.message or before.effect_pence is None or after.effect_pence is None:
        return f"Changed: {after.message}{_effect(after)} Before: {before.message}{_effect(before)}"
    worth = (money.display(f.effect_pence or 0, pounds_only=True) for f in (before, after))
    return f"Changed: {after.message} ({' → '.join(worth)})"
