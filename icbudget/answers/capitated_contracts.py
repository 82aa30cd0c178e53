"""Answers about capitated contracts: what each comes to, and what each form rewards."""

from __future__ import annotations

from collections.abc import Callable

from icbudget import glossary
from icbudget.answers.amounts import known_pounds
from icbudget.answers.block import Cell, Lines, Row
from icbudget.answers.case import Case
from icbudget.engine.appraisal.form_rewards import (
    AS_PLANNED,
    BLOCK,
    BY_UNIT,
    CAPITATED,
    rewards,
)
from icbudget.engine.appraisal.year_of_care import YearOfCare, capitation, usable

REWARDS_IN_WORDS = {
    AS_PLANNED: "as the contract of each line says",
    BY_UNIT: "rewards the holder for more activity; what is avoided costs it the price",
    BLOCK: "rewards the holder for what it stops spending; the commissioner saves nothing",
    CAPITATED: "rewards the holder for care that costs less than the sum, shared beyond a corridor",
}


def capitations(case: Case) -> Lines:
    """Return what each capitated contract comes to by year: people and £.

    Source: model §15.4.
    """
    rows: list[Row] = []
    for contract in usable(case.plan):
        values = capitation(case.answered, contract)
        for figure, unit, value in _FIGURES:
            cells = tuple(None if year is None else value(year) for year in values)
            rows.append(Row((contract.id, figure), unit, cells))
    shows = (
        "One sum for a year of people's care: what is paid, what the covered activity costs the"
        " holder, and who holds what is left. A comparison: nothing of it is posted."
    )
    return Lines(shows, tuple(rows), case.plan.years)


def form_rewards(case: Case) -> Lines:
    """Return what the plan is worth to holder and commissioner under each form of contract.

    £ by year against do nothing, the activity of the plan in each. Source: model §15.4.
    """
    rows: list[Row] = []
    for contract in usable(case.plan):
        for reward in rewards(case.answered, contract):
            labels = (contract.id, reward.payment, REWARDS_IN_WORDS[reward.payment])
            together = tuple(
                None if one is None or other is None else one + other
                for one, other in zip(reward.holder, reward.commissioner, strict=True)
            )
            for figure, pence in (
                (glossary.FORM_HOLDER, reward.holder),
                (glossary.FORM_COMMISSIONER, reward.commissioner),
                (glossary.FORM_TOGETHER, together),
            ):
                rows.append(Row((*labels, figure), "£", tuple(map(known_pounds, pence))))
    shows = (
        "What each form of contract rewards: the activity that the plan avoids, paid in four ways."
        " What prevention costs is the same in each and left out."
    )
    return Lines(shows, tuple(rows), case.plan.years)


_FIGURES: tuple[tuple[str, str, Callable[[YearOfCare], Cell]], ...] = (
    (glossary.WEIGHTED_PEOPLE, "people", lambda y: y.people),
    (glossary.YEAR_OF_CARE_PRICE, "£ a person", lambda y: y.price),
    (glossary.CAPITATED_EXCLUSIONS, "£", lambda y: y.exclusions / 100),
    (glossary.CAPITATED_SUM, "£", lambda y: y.sum / 100),
    (glossary.CAPITATED_PAID, "£", lambda y: y.paid / 100),
    (glossary.PAID_A_PERSON, "£ a person", lambda y: y.paid / 100 / y.people if y.people else None),
    (glossary.COVERED_COST, "£", lambda y: y.plan.cost / 100),
    (glossary.CAPITATED_LEFT, "£", lambda y: y.plan.left / 100),
    (glossary.CAPITATED_CORRIDOR, "£", lambda y: y.corridor / 100),
    (glossary.BEYOND_CORRIDOR, "£", lambda y: y.plan.beyond / 100),
    (glossary.BACK_TO_COMMISSIONER, "£", lambda y: y.plan.back / 100),
    (glossary.HOLDER_ENDS_WITH, "£", lambda y: y.plan.kept / 100),
)
