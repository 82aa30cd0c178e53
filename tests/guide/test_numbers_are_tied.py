"""No number stands on a page by itself: each is held against something by a test.

What the product declares or works out is in `test_guide_numbers` and the tests beside it. Here are
the others: what the pages' own rules say in figures, facts with the paragraph that has their
source, what was measured under its day and machine, and a short list of made-up examples.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import get_args

import pytest

from icbudget.answers.simulated_ranges import MEASURES
from icbudget.engine.appraisal.form_rewards import PAYMENTS
from icbudget.engine.projection.release_claims import Standing
from icbudget.plan.confirmed_release import ConfirmedRelease
from icbudget.plan.identity import as_saved
from icbudget.plan.risk_share import BASES, RiskShare
from icbudget.reference.loader import rows
from icbudget.reference.national_figures import national_factors
from icbudget.signing import pounds
from tests.checks.clean import clean
from tests.cli.test_all_commands import call
from tests.guide.page_numbers import (
    equations,
    flat,
    hand_written,
    page,
    section,
    stated,
    untied,
    wrong,
)
from tests.guide.test_guide_numbers import PROJECT
from tests.guide.test_worked_example import ENVELOPE
from tests.published.test_published_figures import PUBLISHED
from tests.report.test_committee_paper import MOST_PAGES
from tests.signing.plans import written
from tests.signing.test_shown import SINCE
from tests.workbook.test_printed import MOST_PAPER
from tests.workbooks.published import opened

PAGES = hand_written()
BY_BLOCK = {"sources"}
"""Tied row by row and paragraph by paragraph in `test_figures_of_the_sources`."""
FIRST_YEAR = "england-better-care-fund-2015-16"
STEP = RiskShare.model_fields["kind"].annotation


def steps() -> list[int]:
    """The steps of *Start here* in which something is typed: each has a table."""
    text = PAGES["start-here"].read_text(encoding="utf-8")
    parts = re.split(r"(?m)^## (\d+)\. ", text)
    return [int(n) for n, part in zip(parts[1::2], parts[2::2], strict=True) if "<!-- " in part]


IN_WORDS = [
    ("start-here", "means flat, # %", [0]),
    ("start-here", "up to # once it has goals", [MOST_PAGES]),
    ("start-here", "pay for prevention in step #.", [max(steps())]),
    ("finance-officer", "selects the # tabs", [MOST_PAPER["short"]]),
    ("finance-officer", "answers (# pages", [MOST_PAPER["full"]]),
    ("commissioner", "the same plan in # ways", [len(PAYMENTS)]),
    ("what-it-does", "the same plan paid in # ways", [len(PAYMENTS)]),
    # commissioner cash, system cash, capacity, public value: tests/answers/test_appraisal.py
    ("commissioner", "Appraisal keeps # views apart that", [4]),
    ("what-it-does", "**Appraisal** in # views that", [4]),
    ("signing", "Numbers count to # significant digits", [len(f"{as_saved(2 / 3)}") - 2]),
    ("python-analyst", "# is # %", [Decimal("0.05"), 5]),
]


@pytest.mark.parametrize(("name", "sentence", "numbers"), IN_WORDS)
def test_a_number_of_a_page_is_the_products(name, sentence, numbers):
    assert stated(name, sentence) == pytest.approx([float(number) for number in numbers])


SOURCED = [
    ("README.md", "The Better Care Fund began in # with", ("sources", "PB §2.1")),
    ("finance-officer", "the framework of # February #", ("sources", "PB §2.1")),
    ("commissioner", "for a neighbourhood, about # people", ("sources", "PB §2.5")),
    ("commissioner", "across neighbourhoods, about # people", ("sources", "PB §2.5")),
]
"""A fact of a page, and the page and heading of the paragraph that has it with its source."""


@pytest.mark.parametrize(("name", "sentence", "paragraph"), SOURCED)
def test_a_fact_of_a_page_stands_in_the_paragraph_that_has_its_source(name, sentence, paragraph):
    text = section(*paragraph)
    for number in stated(name, sentence):
        assert re.search(rf"(?<![\d,.]){number:,.0f}(?![\d,])|{number:.0f}\b", text), number


def measured(name: str) -> list[str]:
    """The parts of a page whose figures were measured: sections, and limits that quote them."""
    if name == "limits":
        text = PAGES[name].read_text(encoding="utf-8")
        return [part for part in re.split(r"(?m)^(?=- )", text) if "measured on" in flat(part)]
    headings = {"deployment": "How much it carries", "architecture": "What is written by hand"}
    return [section(name, headings[name])] if name in headings else []


@pytest.mark.parametrize("name", ["deployment", "architecture", "limits"])
def test_what_was_measured_has_its_day_and_its_machine(name):
    parts = measured(name)
    assert parts
    for part in parts:
        words = flat(part)
        assert re.search(r"measured on \d+ [A-Z]\w+ \d{4}", words)
        assert "cores" in words or "processor" in words


def test_what_a_limit_says_was_measured_stands_with_its_measurement():
    """The page of limits quotes the page that says how each was measured."""
    text = section("deployment", "How much it carries")
    for bullet in measured("limits"):
        for figures in re.findall(r"\d+(?:\.\d+)?", bullet):
            assert re.search(rf"(?<![\d.]){figures}(?![\d.])", text), figures


def test_the_edition_of_the_projections_is_that_of_the_table():
    (edition,) = [row["vintage"] for row in rows("catalogue") if row["table"] == "population_board"]
    (year,) = stated("limits", "projections of people of June #")
    assert f"June {year:.0f}" in edition
    (year,) = stated("limits", "the ICB of before April #")
    assert f"ICB of before April {year:.0f}" in page("model")


def test_the_memory_to_have_is_above_what_was_measured():
    (to_have,) = stated("deployment", "or newer, # GB for two workers")
    text = section("deployment", "How much it carries")
    assert to_have > sum(float(held) for held in re.findall(r"([\d.]+) GB", text))


EXAMPLES = [
    ("finance-officer", "Board paper #, March #"),
    ("contributing", "A test of more than # seconds says why"),
]
"""Made up, or of no consequence if it were another."""


def test_the_example_of_envelopes_is_that_of_the_worked_example():
    assert stated("finance-officer", "| icb | 2026/27 | # |") == [float(ENVELOPE["amount"])]


def test_the_clauses_of_risk_sharing_say_the_same_twice():
    """Each row has an agreement in words, and the rows of Risk share that say it."""
    one, other = stated("finance-officer", "agreed # % / # %")
    assert one + other == 100
    millions, half, first, second, amount, third = stated(
        "finance-officer",
        "the £#m risk pool, then #/50 | step # `offset`; step # `contingency`, amount #; step #",
    )
    assert (amount, 2 * half) == (millions * 1_000_000, 100)
    assert (first, second, third) == (1, 2, 3)
    (cap,) = stated("finance-officer", "cap # % of contribution")
    (whole,) = stated("finance-officer", "shares that miss # %")
    assert cap == whole == 100
    even, first, width, second = stated(
        "finance-officer",
        "first £# even, the rest by contributions | step # `fixed` with width #; step #",
    )
    assert (even, first, second) == (width, 1, 2)
    money = section("finance-officer", "Money and time")
    table = money[money.index("what the agreement says") :]
    for word in re.findall(r"(?:basis|step \d) `(\w+)`", table):
        assert word in {*BASES, *get_args(STEP)}, word


def test_the_index_of_admissions_that_prevention_can_reach_is_that_of_its_table():
    age, grew, first, last, fell = stated(
        "commissioner",
        "people of # and over that programmes avoid, the index `nel_prevention` is an option."
        " Admissions of the kinds that prevention can reach grew by # % a year beyond population"
        " from # to #. Those it can not reach fell by # %.",
    )
    factors = {row.id: row for row in national_factors()}
    reached, others = factors["nel_growth_prevention"], factors["nel_growth_not_mitigable"]
    assert (grew, -fell) == pytest.approx((100 * reached.value, 100 * others.value))
    assert first == float(reached.first_day[:4]) and f"to {last:.0f}" in reached.note
    assert age == 75  # the age band of the lines of the sample plans


def test_the_published_plans_of_the_readme():
    (savings,) = [g for g in opened(FIRST_YEAR).plan.goals if g.id == "savings"]
    assert stated("benefits", "counted on £#m, of which") == [float(savings.target) / 1_000_000]
    lancashire = opened("lancashire-south-cumbria-intermediate-care").plan.setup
    assert stated("README.md", "new model in # years") == [lancashire.horizon]
    norfolk = opened("norfolk-disabled-facilities-grant").plan.setup
    assert stated("README.md", "| # years of Norfolk") == [norfolk.horizon + 1]
    nottingham = opened("nottingham-city-pool-2015-16").plan
    (quarter,) = stated("README.md", "pool at quarter # of 2015/16")
    assert f"quarter {quarter:.0f}" in f"{nottingham.setup.title} {nottingham.setup.notes}".lower()
    (rounding,) = [row for row in nottingham.contributions if "Rounding" in row.name]
    assert stated("README.md", "the £#k rounding line") == [float(rounding.base_amount) / 1000]


def test_percentiles_in_words():
    shares = stated("glossary", "P10, P50, P90 | The value that #, # or # draws in # stay below")
    *below, of = shares
    percentiles = [int(name[1:]) for name in MEASURES if name[0] == "P"]
    assert [100 * part / of for part in below] == percentiles


def test_a_month_is_the_last_of_its_quarter():
    (month,) = stated("benefits", "# is the first quarter")
    row = ConfirmedRelease.model_construct(month=int(month))
    assert [Standing(row, None, "").quarter, row.month % 3] == [0, 0]
    assert stated("pool-host", "At month # it writes") == [12]
    assert stated("pool-host", "and month # are rejects") == [13]


def test_nought_is_a_fact():
    assert stated("benefits", "**£# is a fact**") == stated("benefits", "confirm £#.") == [0]
    field = ConfirmedRelease.model_fields["amount"]
    assert any(getattr(rule, "ge", None) == 0 for rule in field.metadata) or field.is_required()


def test_how_a_command_ends(tmp_path, capsys):
    """0 without errors, 1 with one, 2 where there is no plan to read."""
    clear, wrong, none = stated(
        "auditor",
        "end with # where nothing is wrong, # where there is an error or a warning, and # where",
    )
    sound = written(tmp_path, clean(), "sound.yaml")
    faulty = clean()
    faulty["schemes"][0]["pool"] = "none"
    spoiled = written(tmp_path, faulty, "spoiled.yaml")
    ends = [call(capsys, "check", str(path))[0] for path in (sound, spoiled, tmp_path / "no.yaml")]
    assert ends == [clear, wrong, none]
    assert stated("auditor", "commands end with # for an error alone") == [wrong]
    assert stated("pool-host", "Exit # and “The totals agree”") == [clear]
    assert stated("joint-working", "ends with #, because something is open") == [wrong]


def test_what_a_void_signature_says():
    figures, amount = stated("signing", "“changed since: # figures, £# of contributions”")
    assert f"changed since: {figures:.0f} figures, £{amount:,.0f} of contributions" == SINCE
    assert stated("signing", "else at # April of its first year") == [1]
    sums = (pounds.CONTRIBUTIONS, pounds.POSITIONS, pounds.BALANCES)
    assert f"largest of {('none', 'one', 'two', 'three')[len(sums)]} sums" in page("signing")


def test_what_the_pages_name_of_programs():
    length = int(re.search(r"line-length = (\d+)", _project())[1])
    assert stated("contributing", "Lines of # characters") == [length]
    least = float(PROJECT["requires-python"].removeprefix(">="))
    assert stated("README.md", "tested on Linux with Python #.") == [least]
    assert stated("README.md", "LibreOffice Calc # with our functions") == [7.4]
    assert stated("deployment", "Tokens of version # are refused") == [1]


def _project() -> str:
    return (PAGES["README.md"].parent / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_arithmetic_that_a_page_writes_out_is_right(name):
    assert not [match[0] for match in equations(page(name)) if wrong(match[0])]


@pytest.mark.parametrize(
    ("equation", "is_wrong"),
    [
        ("2 × 3 = 6", False),
        ("2 × 3 = 7", True),
        ("1 ÷ 3 = 0.333", False),
        ("1 ÷ 3 = 0.334", True),
        ("300 ÷ 12,000 = 2.5 %", False),
        ("300 ÷ 12,000 = 2.6 %", True),
        ("ln 0.892 = −0.1142891", False),
    ],
)
def test_arithmetic_is_checked_to_its_last_digit(equation, is_wrong):
    assert wrong(equation) is is_wrong


def test_arithmetic_is_found():
    assert len(equations(page("model"))) > 60


@pytest.mark.parametrize("name", [name for name in PAGES if name not in BY_BLOCK])
def test_every_number_of_a_page_is_tied(name):
    free = untied(name, PAGES[name].read_text(encoding="utf-8"), measured(name))
    assert not free, "\n".join(free)


def test_the_register_of_published_figures_is_counted():
    figures, publications, reproduced = stated(
        "architecture",
        "is the register of published figures: # of # publications, # of them reproduced",
    )
    assert (figures, publications) == (len(PUBLISHED), len({row.publication for row in PUBLISHED}))
    assert reproduced == len([row for row in PUBLISHED if not row.why_not])
