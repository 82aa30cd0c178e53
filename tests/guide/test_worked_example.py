"""Every figure of the guide's worked example (model §14) is the product's, paragraph by paragraph.

The tables and sentences are read from the page itself; what they say is looked up in the answers,
under its labels. That every other place says the same is `tests/answers/test_labels_everywhere.py`.
"""

from __future__ import annotations

import re
from functools import cache

import pytest

from icbudget.answers import catalogue
from icbudget.answers.answered import kept
from icbudget.answers.case import evaluate_draft
from icbudget.answers.comparison import compare, comparison_block
from icbudget.plan.plan_text import from_document
from tests.examples.worked_example.test_worked_example import (
    FIRST,
    GRANT,
    NHS,
    SECOND,
    at_outturn,
    document,
    reserve,
    with_first_step,
    with_more_from_the_council,
)
from tests.places import ROOT

PAGE = (ROOT / "icbudget" / "guide" / "model.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("## 14. ")[2].partition("\n## 15. ")[0]
ENVELOPE = {"partner": "icb", "year": FIRST, "amount": 39_600_000}
NUMBER = re.compile(r"−?[0-9][0-9,]*(?:[.][0-9]+)?")
SYSTEM = "Whole system"


def paragraph(heading):
    """The text under a heading of the example."""
    return SECTION.partition(f"### {heading}")[2].partition("\n### ")[0]


def table(heading):
    """The rows of its table: the words of each, and its numbers."""
    rows = [
        line.strip("|").split("|") for line in paragraph(heading).splitlines() if line[:1] == "|"
    ]
    _, _, *body = rows
    return {row[0].strip(" *"): [number(cell) for cell in row[1:]] for row in body}


def number(text):
    found = NUMBER.search(text.replace("*", ""))
    return float(found[0].replace(",", "").replace("−", "-")) if found else None


@cache
def case(name):
    draft = from_document(PLANS[name]())
    made = evaluate_draft(draft)
    assert made is not None and made.has_answers
    return made


PLANS = {
    "plan": document,
    "outturn": lambda: at_outturn() | {"envelopes": [ENVELOPE]},
    "plan, more": lambda: with_more_from_the_council(document()),
    "outturn, more": lambda: with_more_from_the_council(at_outturn()) | {"envelopes": [ENVELOPE]},
    "not reported": lambda: (
        document()
        | {
            "setup": document()["setup"] | {"monitored_year": FIRST, "monitored_month": 9},
            "actuals": [
                {
                    "year": FIRST,
                    "month": 9,
                    "kind": "expenditure",
                    "scheme": "home_care",
                    "amount": 4_050_000,
                }
            ],
            "forecasts": [{"year": FIRST, "month": 9, "scheme": "home_care", "outturn": 5_400_000}],
        }
    ),
    "unsettled": lambda: (
        at_outturn() | {"risk_shares": [], "pools": [document()["pools"][0] | {"risk_share": ""}]}
    ),
    "reserve": lambda: with_first_step(
        reserve(at_outturn()), kind="contingency", amount=100_000, funding_line="Risk reserve"
    ),
    "no line": lambda: with_first_step(at_outturn(), kind="contingency", amount=100_000),
    "uncommitted": lambda: with_first_step(at_outturn(), kind="uncommitted"),
}


def value(plan, answer, year, **labels):
    """One figure of an answer by its labels."""
    block = kept(case(plan), answer)
    (row,) = block.where(**labels)
    return row.values[block.columns.index(year)]


def released(line, figure):
    labels = {"acute_line": line, "figure": figure}
    return [value("plan", catalogue.CASH_RELEASED, y, **labels) for y in (FIRST, SECOND)]


def both_lines(figure):
    of_lines = zip(released("nel", figure), released("hah", figure), strict=True)
    return [sum(of_year) for of_year in of_lines]


def test_the_shift():
    activity = {"acute_line": "nel", "figure": "Do-nothing activity"}
    expected = {
        "do-nothing spells": [
            value("plan", catalogue.ACTIVITY, y, **activity) for y in (FIRST, SECOND)
        ],
        "avoided V": released("nel", "Capacity released"),
        "contract saving on `nel`, V × £3,000": released("nel", "Contract saving"),
        "paid for `hah`, V × £800": [-v for v in released("hah", "Contract saving")],
        "contract saving, net of replacement": released(
            "All lines", "Contract saving, net of replacement"
        ),
        "variable 0.2 × 3,000 × V": released("nel", "Variable cost released"),
        "one block 0.3 × 3,000 × 500": released("nel", "Semi-fixed cost released"),
        "gross release": both_lines("Gross release"),
        "replacement cost, V × £700": both_lines("Replacement cost"),
        "net release": both_lines("Net release"),
        "stranded cost on `nel` (saving − gross release)": released("nel", "Stranded cost"),
        "margin on `hah`": released("hah", "Margin on replacement activity"),
        "what providers lose, net (1,111,000 − 399,500 …)": released(
            "All lines", "What providers lose, net"
        ),
    }
    shown = table("The shift (plan)")
    assert shown.keys() == expected.keys()
    for words, figures in expected.items():
        assert shown[words] == pytest.approx(figures), words


STEPS = {
    "1 activity": "1 Activity",
    "2 pools: money spent more or less, by whose it is": (
        "2 Pools: money spent more or less, by whose it is"
    ),
    "2 pools (spending less what is settled)": "2 Pools: money spent more or less, by whose it is",
    "3 overspend, settled": "3 Overspend, settled",
    "4 gain share and transfers": "4 Gain share and transfers",
    "better or worse off": "Better (+) or worse (−) off than do nothing",
}


@pytest.mark.parametrize(
    ("heading", "plan", "rows"),
    [
        ("Positions (plan)", "plan", 5),
        ("The year runs: outturn 2026/27", "outturn", 4),
    ],
)
def test_positions_step_by_step(heading, plan, rows):
    shown = table(heading)
    assert len(shown) == rows
    for words, figures in shown.items():
        of = {"figure": STEPS[words]}
        found = [
            value(plan, catalogue.PARTNER_POSITIONS, FIRST, partner=who, **of)
            for who in ("icb", "council", "trust", SYSTEM)
        ]
        assert figures == found, words


def test_positions_of_the_second_year():
    said = paragraph("Positions (plan)").partition("2027/28: ")[2]
    figures = [number(part) for part in said.strip(" .\n").split("; ")]
    of = {"figure": STEPS["better or worse off"]}
    assert figures == [
        value("plan", catalogue.PARTNER_POSITIONS, SECOND, partner=who, **of)
        for who in ("icb", "council", "trust", SYSTEM)
    ]


def test_the_gap():
    steps = ("Plan", "Do nothing", "Funding", "Gap of the year")
    parts = ("there if nothing changes", "what the plan adds")
    names = (*steps, *(f"Gap of the year: {part}" for part in parts))
    of = {"partner": "icb"}
    found = [value("outturn", catalogue.BRIDGE, FIRST, **of, step=step) for step in names]
    assert [figures[0] for figures in table("Gap").values()] == found
    said = paragraph("Gap").partition("2027/28 has no envelope: ")[2]
    assert "`assumed: do nothing is funded` 40,103,000.00" in said
    basis = value("outturn", catalogue.BRIDGE, SECOND, **of, step="Basis of funding")
    assert basis == "assumed: do nothing is funded"
    later = {
        "do nothing is funded` ": "Funding",
        "plan ": "Plan",
        "gap of the year ": "Gap of the year",
        "gap to date ": "Gap to date",
    }
    for words, step in later.items():
        amount = value("outturn", catalogue.BRIDGE, SECOND, **of, step=step)
        assert number(said.partition(words)[2]) == amount, words


def closing(plan, source, year, figure="Closing balance"):
    return value(plan, catalogue.BALANCES, year, pool="bcf", source=source, figure=figure)


def test_balances():
    words = paragraph("Balances (plan)")
    assert "2025/26 spends 9,500,000, closes 500,000" in words
    assert closing("plan", NHS, "2025/26", "Spend") == 9_500_000
    assert "2026/27 and 2027/28 spend 10,000,000, close 500,000" in words
    for year in (FIRST, SECOND):
        assert closing("plan", NHS, year, "Spend") == 10_000_000
    for year in ("2025/26", FIRST, SECOND):
        assert closing("plan", NHS, year) == 500_000
        assert closing("plan", GRANT, year) == 0
        held = {"partner": "icb", "figure": "Held in pools"}
        assert value("plan", catalogue.PARTNER_POSITIONS, year, **held) == 500_000
    assert "No variance in any year" in words and "£500,000 stays icb's money" in words
    rows = kept(case("plan"), catalogue.RISK_SHARED).where(figure="Variance (overspend positive)")
    assert all(set(row.values) == {0} for row in rows)


def borne(plan, partner, year=FIRST, figure="Share of the variance"):
    block = kept(case(plan), catalogue.RISK_SHARED)
    rows = block.where(partner=partner, figure=figure)
    return sum(row.values[block.columns.index(year)] for row in rows)


def test_the_year_runs():
    words = paragraph("The year runs: outturn 2026/27")
    assert "Shared 240,000 / 160,000" in words and "to date 240,000 / 160,000" in words
    assert (borne("outturn", "icb"), borne("outturn", "council")) == (240_000, 160_000)
    assert (borne("outturn", "icb", SECOND), borne("outturn", "council", SECOND)) == (0, 0)
    to_date = "Share of the variance, to date"
    assert borne("outturn", "icb", SECOND, to_date) == 240_000
    assert borne("outturn", "council", SECOND, to_date) == 160_000
    assert "council grant closes 5,000,000 − 5,400,000 + 400,000 = 0" in words
    settled = "Close, after settlement"
    assert closing("outturn", GRANT, FIRST, settled) == 0
    assert "NHS minimum still closes 500,000" in words
    assert closing("outturn", NHS, FIRST) == 500_000


def test_what_is_not_settled_and_what_is_not_reported():
    words = paragraph("The year runs: outturn 2026/27")
    assert "the 400,000 stands in a row *not yet settled*" in words
    of = {"figure": STEPS["better or worse off"]}
    row = {"partner": "Not yet settled", **of}
    assert value("unsettled", catalogue.PARTNER_POSITIONS, FIRST, **row) == -400_000
    council = {"partner": "council", **of}
    assert value("unsettled", catalogue.PARTNER_POSITIONS, FIRST, **council) == 0
    assert "*not reported: 2 lines, £9,500,000*" in words
    monitoring = kept(case("not reported"), catalogue.MONITORING)
    assert "2 lines" in monitoring.shows and "£9,500,000" in monitoring.shows
    assert (borne("not reported", "icb"), borne("not reported", "council")) == (240_000, 160_000)


def test_compare():
    words = paragraph("Compare")
    assert "settled 60,000 / 40,000" in words
    assert (borne("outturn, more", "icb"), borne("outturn, more", "council")) == (60_000, 40_000)
    assert "= **−180,000.00**, icb **+180,000.00**" in words
    block = comparison_block(compare(case("outturn"), case("outturn, more")))
    _, row, _ = block.where(figure=STEPS["better or worse off"])  # before, the change, after
    by_partner = dict(zip(block.columns, row.values, strict=True))
    assert by_partner["Example Council"] == -180_000
    assert by_partner["Example ICB"] == 180_000
    assert by_partner["Example Trust"] == by_partner["Whole system"] == 0
    assert "*held in pools: council 300,000 more*" in words
    held = {"partner": "council", "figure": "Held in pools"}
    before, after = (
        value(plan, catalogue.PARTNER_POSITIONS, FIRST, **held) for plan in ("plan", "plan, more")
    )
    assert after - before == 300_000


def test_contingency_and_uncommitted():
    words = paragraph("Contingency and uncommitted")
    assert "used 100,000, then 60/40 of 300,000 = 180,000 / 120,000" in words
    for plan in ("reserve", "no line"):
        assert (borne(plan, "icb"), borne(plan, "council")) == (180_000, 120_000)
    assert "reserve closes 0" in words
    assert closing("reserve", "Risk reserve", FIRST, "Close, after settlement") == 0
    assert "labelled `assumed: no funding line`" in words
    rows = kept(case("no line"), catalogue.RISK_SHARED).rows
    assert any("assumed: no funding line" in " ".join(row.labels) for row in rows)
    assert "the whole 400,000, nothing to share, NHS minimum closes 100,000" in words
    assert (borne("uncommitted", "icb"), borne("uncommitted", "council")) == (0, 0)
    assert closing("uncommitted", NHS, FIRST, "Close, after settlement") == 100_000


def test_the_ratio_of_system_cash():
    """753,000 and 756,030 of benefit, 853,500 and 857,035 of cost, at 3.5 % a year."""
    assert "753,000 as benefit and 500,000 + 353,500 as cost" in paragraph("The shift (plan)")
    rows = kept(case("plan"), catalogue.APPRAISAL).where(
        view="System cash", measure="Benefit-cost ratio"
    )
    benefit = 753_000 / 1.035 + 756_030 / 1.035**2
    cost = 853_500 / 1.035 + 857_035 / 1.035**2
    assert rows[0].values[0] == pytest.approx(benefit / cost)
