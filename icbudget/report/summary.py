"""The opening of the report: what the plan says, in sentences made from its results."""

from __future__ import annotations

from icbudget import glossary
from icbudget.answers import catalogue
from icbudget.answers.pool_balances import rows_by_source
from icbudget.engine.accounts.bridge import ASSUMED, SYSTEM
from icbudget.report.acute_sections import avoided_by
from icbudget.report.certainty_sections import on_weak_evidence
from icbudget.report.document import Paper, numbers
from icbudget.report.pool_sections import counted, pooled_income
from icbudget.report.report_figures import listed, number, percent, pounds, rounded, signed
from icbudget.report.system_sections import (
    funding_rests_on,
    met_in_words,
    of_no_partner,
    with_its_gap,
    without_cost,
)


def in_short(paper: Paper) -> tuple[str, ...]:
    """Return the sentences of the opening; one stands only where the plan has figures for it."""
    every = (
        _pools(paper),
        _acute(paper),
        _avoided(paper),
        on_weak_evidence(paper),
        _prevention(paper),
        _gains(paper),
        _gap(paper),
        _goals(paper),
    )
    return tuple(sentence for sentence in every if sentence)


def change(before: float, after: float) -> str:
    """Return how an amount has changed: `£659,408 (5.7%) more`, `£12 (1.0%) less`, `no change`."""
    if not rounded(after - before, 0):
        return "no change"
    part = f" ({percent(abs(after - before) / before)})" if before > 0 else ""
    return f"{pounds(after - before)}{part} {'more' if after > before else 'less'}"


def _pools(paper: Paper) -> str:
    inside, total = counted(paper), pooled_income(paper)
    if not any(total):
        return ""
    pooled = any(pool.is_pooled for pool in inside)
    kind = ("pooled fund" if pooled else "budget") + ("" if len(inside) == 1 else "s")
    verb = "takes in" if len(inside) == 1 else "take in"
    first, last = paper.years[0], paper.years[-1]
    sentence = f"The {kind} {verb} {signed(total[0])} in {first}"
    if first != last:
        sentence += f" and {signed(total[-1])} in {last}, {change(total[0], total[-1])}"
    over = [
        row
        for row in rows_by_source(paper.block(catalogue.BALANCES), figure=glossary.CLOSE)
        # Half a penny is what floats may differ by.
        if min(numbers(row)) < -0.005
    ]
    if over:
        sources = "one funding source is" if len(over) == 1 else f"{len(over)} funding sources are"
        sentence += f"; {sources} over-committed"
    return f"{sentence}."


def _acute(paper: Paper) -> str:
    nothing, plan = (
        paper.sums(catalogue.ACTIVITY, figure=glossary.DO_NOTHING_PAYMENT),
        paper.sums(catalogue.ACTIVITY, figure=glossary.PLAN_PAYMENT),
    )
    if not any(nothing):
        return ""
    first, last = paper.years[0], paper.years[-1]
    if first == last:
        return f"Commissioners pay {pounds(nothing[0])} for activity in {first}."
    return (
        f"If nothing changes, commissioners pay {pounds(nothing[-1])} for activity in {last},"
        f" against {pounds(nothing[0])} in {first}; in the plan they pay {pounds(plan[-1])},"
        f" {change(nothing[-1], plan[-1])}."
    )


def _avoided(paper: Paper) -> str:
    gross = paper.sums(catalogue.CASH_RELEASED, figure=glossary.GROSS_TARIFF)[-1]
    if not rounded(gross, 0) or len(paper.years) == 1:
        return ""
    saving, release, stranded = (
        paper.sums(catalogue.CASH_RELEASED, figure=figure)[-1]
        for figure in (glossary.CONTRACT_SAVING_NET, glossary.NET_RELEASE, glossary.PROVIDERS_LOSE)
    )
    margin = paper.sums(catalogue.CASH_RELEASED, figure=glossary.REPLACEMENT_MARGIN)[-1]
    lines = paper.case.plan.acute_lines
    names = paper.names("partners")
    buyers = list(dict.fromkeys(names[row.commissioner] for row in lines if row.commissioner))
    sellers = list(dict.fromkeys(names[row.provider] for row in lines if row.provider))
    units = avoided_by(paper)
    what = f"{units}, worth" if units else "activity worth"
    sentence = (
        f"In {paper.years[-1]} prevention avoids {what} {signed(gross)} at tariff, which is not a"
        " saving: "
        f"{_either(saving, buyers, 'commissioners', 'paying', 'pay')} and "
        f"{_either(release, sellers, 'providers', 'spending', 'spend')}"
    )
    # A share of a tariff value below zero says nothing.
    if gross > 0:
        sentence += f" ({percent(release / gross)} of tariff value)"
    if rounded(stranded, 0):
        left = (
            f"stays with providers as stranded cost{', net' if rounded(margin, 0) else ''}"
            if stranded > 0
            else "is relief to providers beyond the income they lose"
        )
        sentence += f"; {pounds(stranded)} {left}"
    return f"{sentence}{_no_block_closes(paper)}."


def _no_block_closes(paper: Paper) -> str:
    """Return that no block closes by the last year, where some cost waits for that."""
    waits = any(row.semi_fixed_cost for row in paper.case.plan.acute_lines if row.provider)
    closed = paper.sums(catalogue.CASH_RELEASED, figure=glossary.BLOCKS_CLOSED)[-1]
    if closed or not waits:
        return ""
    return f"; no block of capacity, such as a ward, closes by {paper.years[-1]}"


def _either(amount: float, names: list[str], many: str, stopped: str, more: str) -> str:
    """Return who stops paying or spending how much, or pays or spends how much more.

    Several partners are named as what they are: commissioners, providers.
    """
    who, s = (names[0], "s") if len(names) == 1 else (many, "")
    return (
        f"{who} stop{s} {stopped} {pounds(amount)}"
        if amount >= 0
        else f"{who} {more}{s} {pounds(amount)} more"
    )


def _prevention(paper: Paper) -> str:
    of_programmes = paper.rows(catalogue.REALLOCATION, figure=glossary.PAID)
    by_year = zip(*map(numbers, of_programmes), strict=True)
    paid = [sum(of_year) for of_year in by_year]
    if not any(paid):
        return ""
    moved = paper.sums(catalogue.REALLOCATION, kind=glossary.SHIFT, figure=glossary.MOVED_INTO_POOL)
    sentence = (
        f"Prevention costs {pounds(paid[-1])} in {paper.years[-1]} and {pounds(sum(paid))} over the"
        " plan"
    )
    return (
        f"{sentence}; {pounds(sum(moved))} is moved to it from activity."
        if any(moved)
        else f"{sentence}."
    )


def _gains(paper: Paper) -> str:
    gain = {
        id: sum(paper.values(catalogue.PARTNER_POSITIONS, partner=id, figure=glossary.GAIN))
        for id in paper.names("partners")
    }
    positions = [
        _better(name, gain[id])
        for id, name in paper.names("partners").items()
        if rounded(gain[id], 0)
    ]
    if not positions:
        return ""
    sentence = f"Over the plan, against do nothing, {listed(positions)}"
    for who in of_no_partner(paper):
        change = sum(paper.values(catalogue.PARTNER_POSITIONS, partner=who, figure=glossary.GAIN))
        if rounded(change, 0):
            kind = "gain" if change > 0 else "loss"
            sentence += f"; a {kind} of {pounds(change)} is {who[0].lower()}{who[1:]}"
    if len(gain) > 1:
        system_gain = sum(
            paper.values(catalogue.PARTNER_POSITIONS, partner=SYSTEM, figure=glossary.GAIN)
        )
        system_position = (
            _better("the whole system", system_gain)
            if rounded(system_gain, 0)
            else "the whole system is as well off as before"
        )
        sentence += f"; {system_position}"
    return f"{sentence}. {without_cost(paper)}".rstrip()


def _better(name: str, gain: float) -> str:
    return f"{name} is {pounds(gain)} {'better' if gain > 0 else 'worse'} off"


def _gap(paper: Paper) -> str:
    gap = {
        id: paper.values(catalogue.BRIDGE, partner=id, step=glossary.GAP_OF_YEAR)[-1]
        for id in (*paper.names("partners"), SYSTEM)
    }
    funding = paper.values(catalogue.BRIDGE, partner=SYSTEM, step=glossary.FUNDING)[-1]
    system_gap, year, names = gap.pop(SYSTEM), paper.years[-1], paper.names("partners")
    if not funding and not system_gap:
        return ""
    if system_gap >= 0.5:
        short = [f"{names[id]} {pounds(value)}" for id, value in gap.items() if value >= 0.5]
        whose = f" ({listed(short)})" if len(gap) > 1 else ""
        return (
            f"In {year} the plan costs {pounds(system_gap)} more than there is funding for{whose}."
            f" {funding_rests_on(paper)}"
        )
    short = [f"{names[id]} lacks {pounds(value)}" for id, value in gap.items() if value >= 0.5]
    though = f", although {listed(short)}" if short else ""
    if system_gap <= -0.5:
        return (
            f"In {year} the plan leaves {pounds(system_gap)} of its funding"
            f" unspent{f' in all{though}' if though else ''}. {funding_rests_on(paper)}"
        )
    bases = paper.rows(catalogue.BRIDGE, partner=SYSTEM, step=glossary.BASIS_OF_FUNDING)[0].values
    if not (though or paper.case.plan.programmes) and bases[-1] == ASSUMED:
        # what is assumed to be funded and is not changed has no gap by assumption alone
        return "No envelope is stated and no programme changes anything: no gap can be measured."
    rests_on = funding_rests_on(paper)
    return f"In {year} the plan costs what there is funding for{though}. {rests_on}"


def _goals(paper: Paper) -> str:
    met, missed, entered = met_in_words(paper)
    if not met and not missed:
        return ""
    short = [with_its_gap(paper, goal) for goal in missed]
    if not missed:
        return (
            f"The one goal is met by its date{entered}."
            if len(met) == 1
            else f"All {number(len(met))} goals are met by their dates{entered}."
        )
    if not met and len(missed) == 1:
        return f"The one goal is not met by its date, or not known to be: {short[0]}."
    count = (
        "none is met by its date"
        if not met
        else (
            f"{len(met)} is met by its date{entered}"
            if len(met) == 1
            else f"{len(met)} are met by their dates{entered}"
        )
    )
    return f"Of {len(met) + len(missed)} goals, {count}; not met, or not known: {listed(short)}."
