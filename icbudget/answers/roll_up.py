"""What many plans come to together, and how each of them stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from icbudget.answers.answer import OVER_PLAN
from icbudget.answers.block import Block, Row
from icbudget.answers.simulated_ranges import MEASURES, NOT_BELOW, WORST
from icbudget.engine.uncertainty.national_draws import OUTCOMES, POOLS, Group, Ranges
from icbudget.engine.uncertainty.outcomes import BALANCE, NET_CASH, good_of
from icbudget.engine.uncertainty.statistics import not_below, percentiles, worst_tenth
from icbudget.glossary import headings
from icbudget.money import split

NAMES = (*OUTCOMES, POOLS)


def roll_up_block(groups: Sequence[Group]) -> Block:
    """Return mean, percentiles and chances of every group by year and over the plans, £.

    Each group says how many of the areas that there are it covers.
    """
    rows: list[Row] = []
    for group in groups:
        for n, name in enumerate(NAMES):
            draws = group.draws[n]
            worst = worst_tenth(draws, good_of(name))
            lines = (
                group.planned[n],
                draws.mean(axis=-1),
                *percentiles(draws, 0.1, 0.5, 0.9),
                worst,
            )
            labels = (group.level, group.name, group.covers, name)
            for measure, line in zip((*MEASURES, WORST), lines, strict=True):
                amounts = tuple(round(float(v) / 100.0, 2) + 0.0 for v in line)
                rows.append(Row((*labels, measure), "£", amounts))
            if name in (BALANCE, NET_CASH, POOLS):
                share = tuple(float(f"{v:.6g}") for v in not_below(draws))
                rows.append(Row((*labels, NOT_BELOW), "%", share))
    shows = (
        "What the plans come to together, draw by draw; rates of growth and inflation are the same"
        " everywhere, all else is each place's own. An area in several ICBs goes to each by"
        " registered population. Percentiles do not add up."
    )
    columns = (*groups[0].years, OVER_PLAN) if groups else (OVER_PLAN,)
    return Block(
        "National roll-up",
        shows,
        headings("level", "name", "covers", "figure", "measure"),
        columns,
        tuple(rows),
    )


def plans_block(
    plans: Iterable[tuple[tuple[str, ...], int, int, Ranges | None]],
) -> Block:
    """Return a line for every plan of a batch.

    It holds file, title, area, region, how its run stands, how far the plan has come and what that
    waits for; findings, and the range of its net cash, £.
    """
    rows: list[Row] = []
    for labels, errors, warnings, ranges in plans:
        if ranges is None:
            rows.append(Row(labels, "", (errors, warnings, None, None, None, None, None)))
            continue
        net, pools = ranges.draws[NAMES.index(NET_CASH), -1], ranges.draws[NAMES.index(POOLS), -1]
        planned = ranges.planned[NAMES.index(NET_CASH), -1]
        pence = (planned, *percentiles(net, 0.1, 0.5, 0.9))
        ends = tuple(round(float(v) / 100.0, 2) + 0.0 for v in pence)
        can_pay = float(f"{float(not_below(pools)):.6g}")
        rows.append(Row(labels, "", (errors, warnings, *ends, can_pay)))
    money = ("Net cash as planned, £", "P10, £", "P50, £", "P90, £")
    columns = ("Errors", "Warnings", *money, "Chance that its pools end at zero or more, %")
    units = ("number", "number", *("£" for _ in money), "%")
    shows = (
        "Every plan of the folder, and how it stands. Net cash: net release less prevention,"
        " over the plan."
    )
    labels = ("File", "Title", "Area", "Region", "State", "Plan is", "Waits for")
    return Block("Plans", shows, labels, columns, tuple(rows), units, form=True)


def shared_block(paid: Mapping[str, Mapping[str, int]]) -> Block:
    """Return a line for every plan that has a programme which several share, with its part of it.

    `paid`: by shared id, what each plan pays for it in its own figures over the plan, pence, by
    file; the first of them is the plan whose figures count.
    """
    rows: list[Row] = []
    for id, places in sorted(paid.items()):
        first, *_ = places
        cost, weights = places[first], list(places.values())
        if not any(weights):
            weights = [1] * len(places)
        parts = split(cost, weights)
        for n, file in enumerate(places):
            counted = "here" if file == first else f"once, with {first}"
            share = float(f"{weights[n] / sum(weights):.6g}")
            amounts = (places[file] / 100, share, parts[n] / 100)
            rows.append(Row((id, file, counted), "", amounts))
    shows = (
        "Programmes with a shared id. Each counts once, with the figures of the plan named; every"
        " place has a part of it, by what each pays in its own plan, and equal parts where nobody"
        " pays. Plans shows each plan as it is."
    )
    columns = ("Pays in its own plan, £", "Its part, %", "Its part of the cost, £")
    return Block(
        "Shared programmes",
        shows,
        headings("shared_id", "file", "counted"),
        columns,
        tuple(rows),
        ("£", "%", "£"),
        form=True,
    )
