"""The answer about forms of integration: the plan run under each, and what each changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields, replace

from icbudget.answers.amounts import pounds
from icbudget.answers.block import Lines, Row
from icbudget.answers.case import Case
from icbudget.answers.side_by_side import BORNE, GAIN, results_under
from icbudget.engine.accounts.successors import Heirs
from icbudget.engine.appraisal.form_rewards import AS_PLANNED, CAPITATED, rewards
from icbudget.engine.appraisal.integration_forms import better_off, form_of
from icbudget.engine.appraisal.year_of_care import capitation, usable
from icbudget.plan import Plan
from icbudget.plan.capitation import Capitation
from icbudget.plan.ready_made import ALIGNED, FORMS, LEAD, ONE, POOLED, READY_MADE

ALONE, TOGETHER = "May move alone", "May move only with the others"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a form of integration says, in words. Sources: pooled-budgets §1.1 to §1.3."""

    who_decides: str
    who_bears: str
    what_may_move: str
    whose_books: str
    what_it_costs_to_run: str
    experience_measures: str
    what_does_not_change: str


_COST = "not in the plan: type it as a scheme if it is known;"
_SAME = (
    "the contributions, activity, prices, contracts and effects of the plan, the legal duties of"
    " each partner, and each ICB's duty not to spend more than it receives in a year"
)
TERMS = {
    ALIGNED: Terms(
        "each partner, on its own money, after talking to the others",
        "each partner, what its own funding sources are over or under",
        "each partner its own contributions and activity budget; nothing moves between partners",
        "each partner's own; the others' money is shown beside it for information",
        f"{_COST} no shared accounts, and no host",
        "each partner watches those of its own schemes",
        _SAME,
    ),
    LEAD: Terms(
        "the host of each pool, for all partners",
        "the host, all that its pool is over or under",
        "the host the pool's money; each commissioner its activity budget",
        "the host's, gross, with the others' contributions as its income",
        f"{_COST} the host's commissioning, accounts and audit",
        "the host watches all, and reports them to the others",
        _SAME,
    ),
    POOLED: Terms(
        "the partners together, as the section 75 agreement says",
        "the partners, by the agreement's rule, or by contributions where it has none",
        "the partners together the pool's money; each commissioner its activity budget",
        "each partner its share of the pool: the pool is no body of its own; the host keeps its"
        " memorandum account",
        f"{_COST} a pool manager, quarterly reports, an annual return and their audit",
        "the partners together watch those of the pool's schemes",
        _SAME,
    ),
    ONE: Terms(
        "the partners together, on the pools and activity alike",
        "the commissioners, by what each brings; what providers lose or gain is made good",
        "everything, only together",
        "each partner its share: no law makes one budget one body's",
        f"{_COST} one programme office for everything, and less work on charges between partners",
        "the partners together watch all of them",
        f"{_SAME}; but what is released counts as what the system stops spending",
    ),
}
"""What each form changes; the cost of running it is never made up."""
_YEAR_OF_CARE = Terms(
    "the holder, on the activity that the sum is for; the commissioner sets the sum and the quality"
    " that is paid for",
    "the holder, up to the corridor; beyond it holder and commissioner by the contract's part",
    "the holder the whole sum, between hospital and out-of-hospital care alike",
    "the holder's; the commissioner's books show the sum as one payment",
    f"{_COST} a weighted list, a contract in the place of those for activity, and its audit",
    "the quality share pays for those that the contract names",
    "activity, prices and effects of the plan, and the law: a capitated contract pools no council"
    " money and ends no partner's duty",
)
CAPITATED_TERMS = {
    "year_of_care": _YEAR_OF_CARE,
    "single_neighbourhood_provider": replace(
        _YEAR_OF_CARE,
        who_decides="one provider for a neighbourhood of about 50,000 people, within its sum",
    ),
    "multi_neighbourhood_provider": replace(
        _YEAR_OF_CARE,
        who_decides="one provider across neighbourhoods of about 250,000 people, within its sum",
    ),
    "integrated_health_organisation": replace(
        _YEAR_OF_CARE,
        who_decides="the organisation that holds a whole population's budget: the ICB contracts it,"
        " and it contracts the rest",
        what_it_costs_to_run=f"{_COST} contracts with every other provider, which were the ICB's",
    ),
}
"""The contract forms of the ten-year plan as forms of integration. Sizes: NHS England, as reported
in 2026; which organisations were named, and at what price, is not public.
"""


def integration(case: Case) -> Lines:
    """Return what each partner bears, may move and keeps under each form, £ by year.

    Each form is its ready-made scenario laid over the plan as stated and run: the same figures as
    in Side by side and in a comparison with that scenario. Source: model §7, §8.
    """
    years = case.plan.years
    blank = (None,) * len(years)
    rows: list[Row] = []
    results = dict(zip(FORMS, results_under(case, FORMS), strict=True))
    for name, result in results.items():
        rows.append(Row((name, "All partners", READY_MADE[name].says), "", blank))
        in_words = _in_words(case, TERMS[name])
        rows += [Row((name, "All partners", words), "", blank) for words in in_words]
        if result is None:
            words = "Errors in the plan under this form leave it without figures."
            rows.append(Row((name, "All partners", words), "", blank))
            continue
        form = form_of(name, result)
        for partner in (p.id for p in case.plan.partners):
            figures = (
                (ALONE, form.alone),
                (TOGETHER, form.together),
                (BORNE, form.bears),
                (GAIN, form.better),
            )
            for figure, values in figures:
                if any(values[partner]):
                    rows.append(Row((name, partner, figure), "£", pounds(values[partner])))
    for contract in usable(case.plan):
        rows += _capitated(case, contract)
    shows = (
        "The plan under four forms of integration, each run as the scenario of its name. Better (+)"
        " or worse (−) off is against do nothing, after what is shared."
    )
    return Lines(shows, tuple(rows), years)


def _capitated(case: Case, contract: Capitation) -> list[Row]:
    """Return the rows of a capitated contract as a form of integration.

    Better or worse off is the plan's own figure, with what holder and commissioner gain under the
    capitation in the place of what they gain under the contracts as planned. Source: model §15.4.
    """
    name = f"{contract.form.replace('_', ' ').capitalize()}: {contract.id}"
    years = case.plan.years
    blank = (None,) * len(years)
    in_words = _in_words(case, CAPITATED_TERMS[contract.form])
    rows = [Row((name, "All partners", words), "", blank) for words in in_words]
    paid = [year.paid if year else 0 for year in capitation(case.answered, contract)]
    for partner, amounts in _by_who_is_there(case.plan, {contract.holder: paid}).items():
        rows.append(Row((name, partner, ALONE), "£", pounds(amounts)))
    by_payment = {reward.payment: reward for reward in rewards(case.answered, contract)}
    planned, capitated = by_payment[AS_PLANNED], by_payment[CAPITATED]
    changes = _by_who_is_there(
        case.plan,
        {
            contract.holder: _change(capitated.holder, planned.holder),
            contract.commissioner: _change(capitated.commissioner, planned.commissioner),
        },
    )
    unchanged = (0,) * len(years)
    for partner, as_planned in better_off(case.answered).items():
        both = zip(as_planned, changes.get(partner, unchanged), strict=True)
        gain = [pence + change for pence, change in both]
        if any(gain):
            rows.append(Row((name, partner, GAIN), "£", pounds(gain)))
    return rows


def _by_who_is_there(plan: Plan, amounts: dict[str, Sequence[int]]) -> dict[str, list[int]]:
    """Return amounts of partners, pence by year, as their successors' after an end (§15.1)."""
    heirs = Heirs(plan)
    held: dict[str, list[int]] = {}
    for partner, by_year in amounts.items():
        for t, pence in enumerate(by_year):
            for whose, part in heirs.shared(partner, t, pence):
                held.setdefault(whose, [0] * len(plan.years))[t] += part
    return held


def _change(one: Iterable[int | None], other: Iterable[int | None]) -> tuple[int, ...]:
    return tuple((a or 0) - (b or 0) for a, b in zip(one, other, strict=True))


def _in_words(case: Case, terms: Terms) -> list[str]:
    """Return what a form says, one sentence an aspect, with the plan's own experience measures."""
    lines = []
    for field, words in zip(fields(Terms), astuple(terms), strict=True):
        aspect = field.name.replace("_", " ").capitalize()
        if field.name == "experience_measures":
            aspect, words = "Patients' experience measures", f"{words} ({_measures(case.plan)})"
        lines.append(f"{aspect}: {words}.")
    return lines


def _measures(plan: Plan) -> str:
    """Return which measures of patients' experience a plan has; no form changes their values."""
    schemes = [row.experience_measure for row in plan.schemes if row.experience_measure]
    goals = [goal.measure for goal in plan.goals if goal.measured_by == "experience"]
    measures = list(dict.fromkeys([*schemes, *goals]))
    if not measures:
        return "the plan names none"
    return f"the plan names {'; '.join(measures)}; no form changes their values"
