"""How sure the figures are: ranges of the plan's simulation, and what prevention rests on."""

from __future__ import annotations

from itertools import chain

from icbudget import glossary
from icbudget.answers import catalogue
from icbudget.answers.block import Row
from icbudget.answers.simulated_ranges import CLOSED, MET, NO_RANGE, NOT_BELOW
from icbudget.answers.tornado import ORDER
from icbudget.engine.uncertainty.outcomes import BALANCE, BLOCKS, NET_CASH, PAID, SYSTEM
from icbudget.plan.evidence_rows import JUDGEMENT, found_by_studies, is_judgement
from icbudget.plan.programme import RATIOS, Programme, effect_in_words
from icbudget.report.document import Group, Line, Paper, Table, one_group
from icbudget.report.report_figures import chance, in_words, percent, pounds, rounded, scale_for

STUDIES = {
    "A": "UK trial or meta-analysis",
    "B": "controlled study in the UK",
    "C": "controlled study elsewhere",
    "D": "before-and-after study or model only",
    "N": "good evidence of no effect",
}
WEAK = (
    *("not proven", "mixed", "no effect", "adverse", "uncontrolled", "no study"),
    # an effect of which nobody says how sure it is has been shown by nothing
    "no interval stated",
)
"""What studies found that is weak or no evidence of an effect."""
RANGED = (
    glossary.CONTRACT_SAVING_NET,
    glossary.GROSS_RELEASE,
    glossary.REPLACEMENT_COST,
    glossary.NET_RELEASE,
    glossary.PROVIDERS_LOSE,
    PAID,
    NET_CASH,
)
MEASURED = ("As planned", "P10", "P50", "P90")


def ranges(paper: Paper) -> tuple[Table, ...]:
    """Return the range over the plan of what the whole system saves, releases and pays."""
    block = paper.block(catalogue.SIMULATION)
    over_plan = {
        block.labels_of(row, "figure", "measure"): row.values[-1]
        for row in block.where(whose=SYSTEM)
    }
    figures = [f for f in RANGED if any(over_plan.get((f, m)) for m in MEASURED)]
    if not figures or len(paper.years) == 1:
        return ()

    def values(figure: str) -> list[float]:
        return [float(over_plan.get((figure, measure)) or 0.0) for measure in MEASURED]

    scale = scale_for(chain.from_iterable(map(values, figures)))
    lines = tuple(Line(figure, paper.money(scale, values(figure))) for figure in figures)
    caption = (
        f"Range over the plan of the whole system's figures, {scale.name}: P10 is fallen short of"
        " one time in ten"
    )
    return (Table("ranges", caption, ("Figure", *MEASURED), one_group(lines)),)


def chances(paper: Paper) -> tuple[Table, ...]:
    """Return by year the chance that balances hold, that a block closes, that goals are met.

    Balances that are never below zero are left out, and goals that have no range.
    """
    if not _drawn(paper):
        return ()
    plan, pools, partners = paper.case.plan, paper.names("pools"), paper.names("partners")
    names = {f"Pool {id}": name for id, name in pools.items()} | partners | {SYSTEM: SYSTEM}
    block = paper.block(catalogue.SIMULATION)
    balances = [
        (names[block.label(row, "whose")], row)
        for row in block.where(figure=BALANCE, measure=NOT_BELOW)
        if any(v != 1 for v in row.values)
    ]
    groups = [("Balance of the year of zero or more", balances)]
    if any(line.block_size for line in plan.acute_lines):
        closed = block.where(figure=BLOCKS, measure=CLOSED)
        groups.append(("At least one block of capacity closed", [(SYSTEM, row) for row in closed]))
    met = [
        (block.label(row, "figure"), row)
        for row in block.where(measure=MET)
        if NO_RANGE not in row.values
    ]
    groups.append(("Goal met by its date", met))
    written: list[Group] = []
    for heading, named_rows in groups:
        lines = tuple(Line(name, _shares(paper, row)) for name, row in named_rows)
        if lines:
            written.append(Group(heading, lines))
    if not written:
        return ()
    headings = ("Chance of", *paper.shown_years)
    return (Table("chances", "Chances, as the share of draws", headings, tuple(written)),)


def points(paper: Paper) -> tuple[str, ...]:
    """Return sentences: where the ranges come from, what finding out is worth, what has none."""
    if not _drawn(paper):
        return ()
    worth = paper.block(catalogue.TORNADO).shows.removeprefix(ORDER)
    block = paper.block(catalogue.SIMULATION)
    sentences = [block.shows, worth]
    goals = block.where(measure=MET)
    without_range = [block.label(row, "figure") for row in goals if NO_RANGE in row.values]
    if without_range:
        sentences.append(
            "There is no chance to give for what is entered without a range on Uncertainty:"
            f" {'; '.join(without_range)}."
        )
    return tuple(sentences)


def _drawn(paper: Paper) -> bool:
    """Return whether anything of the plan is uncertain over more than its base year."""
    return len(paper.years) > 1 and bool(paper.block(catalogue.TORNADO).rows)


def _shares(paper: Paper, row: Row) -> tuple[str, ...]:
    values = [row.values[t] for t in paper.positions_in_tables]
    return tuple(chance(v) if isinstance(v, (int, float)) else "" for v in values)


def on_weak_evidence(paper: Paper) -> str:
    """Return in a sentence how many of the programmes at work rest on weak or no evidence.

    What the studies found decides, not how they were made.
    """
    at_work = [
        row
        for row in paper.case.plan.programmes
        if any(paper.values(catalogue.REALLOCATION, thing=row.id, figure=glossary.EFFECT_AT_WORK))
    ]
    weak = [row for row in at_work if found_by_studies(row) in WEAK]
    if not weak:
        return ""
    if len(at_work) == 1:
        return "The one programme at work rests on weak or no evidence."
    count, of_all = in_words(len(weak)), in_words(len(at_work)).lower()
    verb = "rests" if len(weak) == 1 else "rest"
    return f"{count} of {of_all} programmes at work {verb} on weak or no evidence."


def evidence(paper: Paper) -> tuple[Table, ...]:
    """Return what each programme's effect rests on, and what is paid for it in the last year.

    Weak or no evidence is what the studies found, not how they were made: one small trial whose
    interval crosses no effect proves nothing.
    """
    programmes = paper.case.plan.programmes
    if not programmes or len(paper.years) == 1:
        return ()
    paid = {
        row.id: paper.values(catalogue.REALLOCATION, thing=row.id, figure=glossary.PAID)[-1]
        for row in programmes
    }
    lines: list[Line] = []
    for row in programmes:
        rests_on = (STUDIES[row.grade], found_by_studies(row), _effect(row))
        lines.append(Line(row.name or row.id, (*rests_on, pounds(paid[row.id]))))
    total = sum(paid.values())
    weak = sum(paid[row.id] for row in programmes if found_by_studies(row) in WEAK)
    words = "Of which on weak or no evidence"
    # Where nothing is paid there is no share of it, and they are counted.
    if total > 0:
        part = f"{pounds(weak)} ({percent(weak / total)})"
    else:
        counted = sum(found_by_studies(row) in WEAK for row in programmes)
        part = f"{counted} of {len(programmes)} programmes"
    lines.append(Line(words, ("", "", "", part), total=True))
    caption = (
        "What prevention rests on: the effect the plan counts on, and what is paid in"
        f" {paper.years[-1]}"
    )
    headings = ("Programme", "Kind of study", "What it found", "Effect (low to high)", "Paid")
    table = Table("evidence", caption, headings, one_group(lines), frozenset({0, 1, 2}))
    return (table,)


def _effect(row: Programme) -> str:
    """Return an effect with its range in its own measure, and whether it is a judgement."""
    low, high = row.effect_low, row.effect_high
    ends = "no range given"
    if low is not None and high is not None:
        ends = f"{_written(row, low)} to {_written(row, high)}"
    judged = f", {JUDGEMENT}" if is_judgement(row) else ""
    # only what is not a reduction is named: a ratio of 0.9 and a reduction of 10% are one effect
    measure = f"{row.effect_measure.replace('_', ' ')} " if row.effect_measure in RATIOS else ""
    return f"{measure}{_written(row, row.effect)} ({ends}){judged}"


def _written(row: Programme, value: float) -> str:
    """Return an effect with as many digits as anybody knows of it: 7.5%, or a ratio of 0.925."""
    return effect_in_words(row.effect_measure, float(rounded(value, 3)))
