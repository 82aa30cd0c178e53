"""What a committee paper proposes, in sentences of at most eight figures in all.

A member reads them first, so that each stands on one basis and names its year. The tables behind
them follow in the paper.
"""

from __future__ import annotations

from icbudget import glossary
from icbudget.answers import catalogue
from icbudget.engine.accounts.bridge import SYSTEM
from icbudget.report.certainty_sections import on_weak_evidence
from icbudget.report.document import Paper, numbers
from icbudget.report.pool_sections import counted, pooled_income
from icbudget.report.report_figures import in_words, pounds, rounded, signed
from icbudget.report.system_sections import (
    funding_rests_on,
    met_in_words,
    without_cost,
)

MOST_FIGURES = 8
"""Figures that a member can take in at once; years are not counted."""


def proposed(paper: Paper) -> tuple[str, ...]:
    """Return the sentences under What is proposed; one stands only where the plan has figures."""
    every = (
        _pools(paper),
        _prevention(paper),
        _worth(paper),
        on_weak_evidence(paper),
        _system(paper),
        _gap(paper),
        _goals(paper),
    )
    return tuple(sentence for sentence in every if sentence)


def _pools(paper: Paper) -> str:
    inside, by_year = counted(paper), pooled_income(paper)
    if not any(by_year):
        return ""
    t = paper.decided
    what = "The pooled fund takes in" if len(inside) == 1 else "The pooled funds take in"
    if not any(pool.is_pooled for pool in inside):
        what = "The budgets, which are not pooled, take in"
    sentence = f"{what} {signed(by_year[t])} in {paper.years[t]}"
    if t == 0:
        return f"{sentence}."
    if not by_year[t - 1]:
        return f"{sentence}; in {paper.years[t - 1]} there was nothing."
    more = by_year[t] - by_year[t - 1]
    if not rounded(more, 0):
        return f"{sentence}, as in {paper.years[t - 1]}."
    direction = "more" if more > 0 else "less"
    return f"{sentence}, {pounds(more)} {direction} than in {paper.years[t - 1]}."


def _prevention(paper: Paper) -> str:
    paid = paper.sums(catalogue.REALLOCATION, figure=glossary.PAID)
    if not any(paid):
        return ""
    t = paper.decided
    in_year = f"Prevention costs {pounds(paid[t])} in {paper.years[t]}"
    return f"{in_year} and {pounds(sum(paid))} over the plan."


def _worth(paper: Paper) -> str:
    """Return the contract saving and the release, both net, of the last year."""
    saving = paper.sums(catalogue.CASH_RELEASED, figure=glossary.CONTRACT_SAVING_NET)[-1]
    release = paper.sums(catalogue.CASH_RELEASED, figure=glossary.NET_RELEASE)[-1]
    if len(paper.years) == 1 or not (rounded(saving, 0) or rounded(release, 0)):
        return ""
    commissioners = f"commissioners pay {pounds(saving)} {'less' if saving >= 0 else 'more'}"
    providers = f"providers spend {pounds(release)} {'less' if release >= 0 else 'more'}"
    return (
        f"In {paper.years[-1]}, against do nothing and net of the activity that comes in its place,"
        f" {commissioners} for activity and {providers}."
    )


def _system(paper: Paper) -> str:
    gain = sum(paper.values(catalogue.PARTNER_POSITIONS, partner=SYSTEM, figure=glossary.GAIN))
    if not rounded(gain, 0):
        return ""
    direction = "better" if gain > 0 else "worse"
    sentence = (
        f"Over the plan the whole system is {pounds(gain)} {direction} off than if nothing changed."
    )
    return f"{sentence} {without_cost(paper)}".rstrip()


def _gap(paper: Paper) -> str:
    gap = paper.values(catalogue.BRIDGE, partner=SYSTEM, step=glossary.GAP_OF_YEAR)[-1]
    if not rounded(gap, 0):
        return ""
    year, basis = paper.years[-1], funding_rests_on(paper)
    if gap > 0:
        return f"In {year} the plan costs {pounds(gap)} more than there is funding for. {basis}"
    return f"In {year} the plan leaves {pounds(gap)} of its funding unspent. {basis}"


def _goals(paper: Paper) -> str:
    met, missed, entered = met_in_words(paper)
    if not met and not missed:
        return ""
    of_all = f"{in_words(len(met))} of {in_words(len(met) + len(missed)).lower()} goals"
    verb = "is" if len(met) == 1 else "are"
    others = "; Metrics names the others" if missed else ""
    return f"{of_all} {verb} met by the date set{entered}{others}."


def planned_spending(paper: Paper, pool: str, t: int) -> dict[tuple[str, str], float]:
    """Return what a pool pays for in a year, £, by (id, name) of scheme or programme.

    A scheme's lines of one name are added up. A programme that the pool pays for without a scheme
    stands by itself, so that the sum is the pool's spending.
    """
    amounts: dict[tuple[str, str], float] = {}
    name_of: dict[str, str] = {}
    block = paper.block(catalogue.SPENDING)
    for row in block.where(pool=pool):
        scheme, name = block.labels_of(row, "scheme", "name")
        # A line without a name of its own is its scheme's; one that has another is another thing.
        key = (scheme, name or name_of.get(scheme, ""))
        name_of.setdefault(scheme, name)
        amounts[key] = amounts.get(key, 0.0) + numbers(row)[t]
    named = {row.programme for row in paper.case.plan.schemes if row.programme}
    for programme in paper.case.plan.programmes:
        if programme.pool == pool and programme.id not in named:
            paid = paper.values(catalogue.REALLOCATION, thing=programme.id, figure=glossary.PAID)[t]
            amounts[programme.id, programme.name or programme.id] = paid
    return amounts
