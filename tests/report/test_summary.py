"""The sentences of the opening, against figures known by hand."""

from __future__ import annotations

from icbudget import tasks
from icbudget.answers.case import evaluate
from icbudget.report.document import paper_of
from icbudget.report.paper_sections import section_conditions
from icbudget.report.pool_sections import section_balances
from icbudget.report.summary import change, in_short
from icbudget.report.supporting_sections import section_rules
from icbudget.report.system_sections import section_partners
from tests.places import BOROUGH
from tests.report.plans import (
    ICB,
    NORTH,
    TRUST,
    acute,
    boroughs,
    case_of,
    ge1,
    ge1_document,
    index,
    setup,
)

MINIMUM = "NHS Minimum Contribution"


def sentences(case):
    return in_short(paper_of(case))


def words_of(section):
    return " ".join((*section.paragraphs, *section.points))


def test_no_section_comforts_where_nothing_is_funded():
    paper = paper_of(one_pool(base_amount=0))
    unfunded = "Funding has no amount yet"
    balances = section_balances(paper)
    assert f"{unfunded}, and nothing is spent from the pools." in words_of(balances)
    assert balances.parts[0].groups[0].lines[0].cells[-1] == "Not funded yet"
    met = f"{unfunded}, so a rule that is met says nothing yet."
    assert met in words_of(section_conditions(paper)) and met in words_of(section_rules(paper))


def test_what_nobody_bears_stands_between_the_partners_and_the_whole_system():
    # The borough's first year is over by more than the £30,000 that step 2 takes of the risk pool.
    paper = paper_of(evaluate(tasks.load(BOROUGH).plan))
    (gains,) = [words for words in in_short(paper) if words.startswith("Over the plan, against")]
    assert "; a loss of £30,000 is borne by nobody; the whole system is" in gains
    table = next(part for part in section_partners(paper).parts if part.id == "gains")
    *parts, whole = [line.cells for group in table.groups for line in group.lines]
    first = [float(cells[0].replace("−", "-").replace(",", "")) for cells in (*parts, whole)]
    # in £000, each rounded by itself
    assert abs(sum(first[:-1]) - first[-1]) <= len(parts) / 2
    assert [line.heading for group in table.groups for line in group.lines][-2] == "Borne by nobody"
    assert first[-2] == -30


def test_money_that_is_left_is_not_called_unfunded():
    paper = paper_of(one_pool())
    assert "No source is over-committed." in words_of(section_balances(paper))
    assert "Funding has" not in words_of(section_conditions(paper))


def test_a_goal_that_is_met_by_a_plan_without_money_says_so():
    goal = {"id": "g", "measure": "Waits", "good": "lower", "target": 5, "target_year": "2026/27"}
    document = {
        "setup": setup(1),
        "partners": [ICB],
        "goals": [goal | {"expected": {"2026/27": 4}}],
    }
    (words,) = [words for words in sentences(case_of(**document)) if "goal" in words]
    assert words.endswith("not worked out by the plan, though Funding has no amount yet.")


def one_pool(horizon=1, **contribution):
    """Return a pool of one contribution; without more, £100,000 of the ICB's that stays as it
    is."""
    row = {
        "pool": "p",
        "partner": "icb",
        "source": MINIMUM,
        "base_amount": 100_000,
        "index": "flat",
    }
    pool = {"id": "p", "name": "P", "host": "icb"}
    return case_of(
        setup=setup(horizon), partners=[ICB], pools=[pool], contributions=[{**row, **contribution}]
    )


def test_ge1_is_told_with_its_printed_figures():
    # Do nothing in year 5: 10,963.74 × £3,147.1811 = £34,504,870. Avoided 242.436 at that price:
    # 762,991. Cash 388,637,
    # 388,637 ÷ 762,991 = 50.9 %; not released 374,354. Cost 714,000 + 1,144,440 + 1,591,812 +
    # 1,623,648 + 1,656,121 = 6,730,021.
    # ICB: cost less gross value, 6,730,021 − (133,277 + 380,979 + 501,682 + 741,938 + 762,991) =
    # 4,209,154 worse off; in year 5
    # 1,656,121 − 762,991 = 893,130. Hospital: not released, 106,622 + 304,783 + 401,345 + 359,762 +
    # 374,354 = 1,546,866.
    acute, avoided, rests_on, prevention, gains, gap = sentences(ge1())
    assert (
        acute
        == "If nothing changes, commissioners pay £34.5m for activity in 2030/31, against £30.0m"
        " in 2025/26; in the plan they pay £33.7m, £762,991 (2.2%) less."
    )
    assert (
        avoided
        == "In 2030/31 prevention avoids 242 spells, worth £762,991 at tariff, which is not a"
        " saving: Riverside ICB stops paying £762,991 and Riverside Hospitals stops spending"
        " £388,637 (50.9% of tariff value); £374,354 stays with providers as stranded cost."
    )
    # both are of grade D: a comparison without controls, or a model
    assert rests_on == "Two of two programmes at work rest on weak or no evidence."
    assert prevention == "Prevention costs £1.66m in 2030/31 and £6.73m over the plan."
    assert (
        gains
        == "Over the plan, against do nothing, Riverside ICB is £4.21m worse off and Riverside"
        " Hospitals is £1.55m worse off; the whole system is £5.76m worse off."
    )
    assert (
        gap
        == "In 2030/31 the plan costs £1.27m more than there is funding for (Riverside ICB £893,130"
        " and Riverside Hospitals £374,354). Funding of every partner is assumed: do nothing is"
        " funded."
    )


def test_a_pool_is_told_at_its_beginning_and_its_end():
    # 11,651,150 × 1.0566 = 12,310,605.09, rounded to 12,310,605: 659,455 more.
    case = case_of(
        setup=setup(1),
        partners=[ICB],
        pools=[{"id": "p", "name": "P", "host": "icb"}],
        indices=[index("grow", 0.0566)],
        contributions=[
            {
                "pool": "p",
                "partner": "icb",
                "source": MINIMUM,
                "base_amount": 11_651_150,
                "index": "grow",
            }
        ],
    )
    assert (
        sentences(case)[0]
        == "The pooled fund takes in £11.7m in 2025/26 and £12.3m in 2026/27, £659,455 (5.7%) more."
    )


def test_a_plan_of_one_year_compares_nothing():
    assert sentences(one_pool(0)) == ("The pooled fund takes in £100,000 in 2025/26.",)


def test_a_plan_without_anything_says_nothing():
    assert sentences(case_of(setup=setup(0))) == ()
    assert sentences(case_of(setup=setup(3), partners=[ICB, NORTH])) == ()


def test_an_aligned_budget_is_not_called_a_pool():
    pool = {"id": "p", "name": "P", "host": "icb", "pooling_status": "aligned"}
    row = {"pool": "p", "partner": "icb", "source": MINIMUM, "base_amount": 5, "index": "flat"}
    case = case_of(setup=setup(1), partners=[ICB], pools=[pool], contributions=[row])
    assert sentences(case)[0] == "The budget takes in £5 in 2025/26 and £5 in 2026/27, no change."


def test_what_is_over_committed_moved_and_missed_is_told():
    # The boroughs' one-off 400,000 ends in 2025/26 while its scheme of 400,000 a year goes on, and
    # equipment rises by 6 % on
    # income that rises by 4 %: two sources. Goals: 10,720 admissions against 10,300 at most; 80 %
    # against 80 %.
    pools, *_, prevention, _, gap, goals = sentences(boroughs())
    assert pools.endswith("; 2 funding sources are over-committed.")
    assert "is moved to it from activity" in prevention
    # no envelope is stated: the gap is what the plan adds to do nothing, which no council's scheme
    # does
    assert "Northbank Council" not in gap and gap.endswith("is assumed: do nothing is funded.")
    assert (
        goals
        == "Of 2 goals, 1 is met by its date, on values that are entered and not worked out by the"
        " plan; not met, or not known: Emergency admissions, 65 and over (10,720 spells against"
        " 10,300 spells)."
    )


def test_a_change_is_told_with_its_direction():
    assert (change(100, 90), change(0, 90), change(100, 100.4)) == (
        "£10 (10.0%) less",
        "£90 more",
        "no change",
    )


def test_several_who_pay_are_told_as_what_they_are():
    # Two hospitals: the same line split in two halves of 5,000 gives the same sums, 762,991 and
    # 388,637 less 236,039 (no ward of
    # 150 closes for 121 avoided): 152,598, a fifth of the tariff value; 762,991.29 − 152,598.26 =
    # 610,393 is left.
    document = ge1_document()
    second = {**TRUST, "id": "second", "name": "Second hospital"}
    line = document["acute_lines"][0]
    lines = [
        {**line, "base_activity": 5000},
        {**line, "base_activity": 5000, "id": "nel2", "provider": "second"},
    ]
    parts = [
        *document["segments"],
        *({**part, "acute_line": "nel2"} for part in document["segments"]),
    ]
    case = case_of(
        **{**document, "partners": [ICB, TRUST, second], "acute_lines": lines, "segments": parts}
    )
    assert (
        sentences(case)[1]
        == "In 2030/31 prevention avoids 242 spells, worth £762,991 at tariff, which is not a"
        " saving: Riverside ICB stops paying £762,991 and providers stop spending £152,598"
        " (20.0% of tariff value); £610,393 stays with providers as stranded cost;"
        " no block of capacity, such as a ward, closes by 2030/31."
    )


def test_activity_counted_in_pounds_is_not_told_twice():
    # £1m of activity, of which 10 % × 50 % = £50,000 is avoided, and all cost is variable.
    line = acute(
        currency="pound",
        base_activity=1e6,
        unit_price=1,
        unit_cost=1,
        variable_cost=1,
        semi_fixed_cost=0,
        fixed_cost=0,
    )
    flat = {
        name: "flat"
        for name in (
            "demographic_index",
            "non_demographic_index",
            "price_uplift",
            "price_efficiency",
        )
    }
    programme = {"id": "p", "partner": "icb", "effect": 0.5, "grade": "B", "cost_index": "flat"}
    segments = [
        {"acute_line": "nel", "id": "in", "share": 0.1, "programmes": ["p"]},
        {"acute_line": "nel", "id": "out", "share": 0.9},
    ]
    document = {
        "setup": setup(1),
        "partners": [ICB, TRUST],
        "acute_lines": [{**line, **flat}],
        "segments": segments,
    }
    case = case_of(**document, programmes=[{**programme, "reach": {"2026/27": 1.0}}])
    assert (
        sentences(case)[1]
        == "In 2026/27 prevention avoids activity worth £50,000 at tariff, which is not a saving:"
        " Riverside ICB stops paying £50,000 and Riverside Hospitals stops spending £50,000"
        " (100.0% of tariff value)."
    )
