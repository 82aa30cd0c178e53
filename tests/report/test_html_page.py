"""The report as a page: its structure, what it says, what users' text cannot do to it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from functools import cache
from itertools import pairwise

import pytest

from icbudget import tasks
from icbudget.answers.case import evaluate_plan, with_findings
from icbudget.answers.catalogue import ANSWERS
from icbudget.findings import note
from icbudget.report.guide_page import finding_paragraphs
from icbudget.report.html_page import write_report
from icbudget.report.report_figures import number
from icbudget.report.run_record import record_of
from tests.places import BOROUGH
from tests.report.pages import parsed, table_of
from tests.report.plans import (
    ICB,
    NORTH,
    RATES,
    SOUTH,
    TRUST,
    YEARS,
    acute,
    boroughs,
    boroughs_document,
    case_of,
    ge1,
    ge1_document,
    index,
    setup,
)

MINIMUM = "NHS Minimum Contribution"
POOL = {"id": "p", "name": "Pool", "host": "icb"}


def spent(amount=100_000):
    return {
        "id": "1",
        "name": "Beds",
        "pool": "p",
        "source": MINIMUM,
        "base_amount": amount,
        "index": "flat",
    }


def put(amount=100_000, **more):
    return {
        "pool": "p",
        "partner": "icb",
        "source": MINIMUM,
        "base_amount": amount,
        "index": "flat",
        **more,
    }


def report(case):
    return write_report(case, record_of(case, "icbudget run plan.xlsx"))


def page_of(case):
    return parsed(report(case))


@cache
def read(make):
    """Return the page of the case that a function makes, read once."""
    return page_of(make())


def errors():
    return case_of(setup=setup(), partners=[ICB, ICB])


def one_year():
    return case_of(setup=setup(0), partners=[ICB], pools=[POOL], contributions=[put()])


def many_years():
    return case_of(setup=setup(12), partners=[ICB], pools=[POOL], contributions=[put()])


CASES = [boroughs, ge1, errors, one_year, many_years]


@pytest.mark.parametrize("case", CASES)
def test_the_page_is_built_so_that_anybody_can_read_it(case):
    page = read(case)
    assert page.every("html")[0].attributes["lang"] == "en-GB"
    assert (
        len(page.every("h1"))
        == len(page.every("main"))
        == len(page.every("title")) - len(page.every("svg"))
        == 1
    )
    levels = [int(heading.tag[1]) for heading in page.every("h1", "h2", "h3", "h4")]
    assert levels[0] == 1 and all(after <= before + 1 for before, after in pairwise(levels))
    skip = page.every("body")[0].every("a")[0]
    assert (
        skip.attributes["href"] == "#content"
        and page.every("main")[0].attributes["id"] == "content"
    )
    assert page.every("main")[0].attributes["tabindex"] == "-1"


@pytest.mark.parametrize("case", CASES)
def test_names_are_unique_and_every_reference_has_its_name(case):
    page = read(case)
    names = [e.attributes["id"] for e in page.every() if "id" in e.attributes]
    assert len(names) == len(set(names))
    wanted = set()
    for element in page.every():
        wanted |= set(element.attributes.get("aria-labelledby", "").split())
        if element.attributes.get("href", "").startswith("#"):
            wanted.add(element.attributes["href"][1:])
        for value in element.attributes.values():
            wanted |= set(re.findall(r"url\(#([^)]+)\)", value))
    assert wanted <= set(names)


@pytest.mark.parametrize("case", CASES)
def test_every_table_has_a_caption_and_headings_for_rows_and_columns(case):
    tables = read(case).every("table")
    assert tables
    for table in tables:
        assert table.every("caption")[0].text().strip()
        head, *rows = table.every("tr")
        assert {cell.attributes["scope"] for cell in head.every("th")} == {
            "col"
        } and not head.every("td")
        for row in rows:
            first = row.every("th", "td")[0]
            assert first.attributes["scope"] in ("row", "rowgroup")
            width = sum(int(cell.attributes.get("colspan", 1)) for cell in row.every("th", "td"))
            assert width == len(head.every("th"))


@pytest.mark.parametrize("case", CASES)
def test_nothing_is_asked_of_any_other_place(case):
    page = report(case())
    tree = read(case)
    assert not tree.every("script", "link", "img", "iframe", "object", "image")
    assert "://" not in page and "@import" not in page
    for element in tree.every():
        for name, value in element.attributes.items():
            assert name not in ("src", "onclick", "onload") and not (
                name == "href" and not value.startswith("#")
            )
            assert "url(" not in value or "url(#" in value


def test_every_chart_says_in_words_what_it_shows():
    charts = read(boroughs).every("svg")
    assert len(charts) == 4
    for chart in charts:
        assert chart.attributes["role"] == "img"
        title, told = chart.children[1], chart.children[2]
        assert (title.tag, told.tag) == ("title", "desc")
        assert (
            chart.attributes["aria-labelledby"]
            == f"{title.attributes['id']} {told.attributes['id']}"
        )
        assert "£" in told.text() and re.search(r"\d", told.text())


@pytest.mark.parametrize(
    "section",
    [
        "findings",
        "pools",
        "balances",
        "acute",
        "cash",
        "prevention",
        "bridge",
        "partners",
        "risk",
        "year-end",
        "appraisal",
        "goals",
        "people",
        "sources",
        "made",
    ],
)
def test_a_full_plan_has_every_section(section):
    assert section in {s.attributes.get("id") for s in read(boroughs).every("section")}


def test_a_section_stands_only_where_the_plan_has_something_for_it():
    assert {s.attributes.get("id", "short") for s in read(one_year).every("section")} == {
        "short",
        "findings",
        "pools",
        "balances",
        "partners",
        "risk",
        "year-end",
        "rules",
        "answers",
        "meanings",
        "sources",
        "made",
    }
    alone = case_of(setup=setup(1), partners=[ICB])
    assert {s.attributes.get("id", "short") for s in page_of(alone).every("section")} == {
        "short",
        "findings",
        "meanings",
        "made",
    }


def test_the_three_worths_of_ge1_stand_beside_each_other():
    # Year 5 as printed: gross value 762,991, cash 388,637, not released 374,354, 242.436 spells
    # avoided.
    rows = table_of(read(ge1), "cash-lines")
    assert rows[1] == [
        "Emergency admissions",
        "762,991",
        "388,637",
        "0",
        "374,354",
        "242 spells",
        "762,991",
    ]
    # Printed to whole pounds; year 1 is 26,655.49958 before it becomes pence, 26,655.50 after,
    # which rounds half-up to 26,656.
    assert table_of(read(ge1), "cash-years")[2] == [
        "Gross release",
        "0",
        "26,656",
        "76,196",
        "100,336",
        "382,176",
        "388,637",
    ]


def test_the_appraisal_of_ge1_keeps_its_views_apart():
    # PV of cash benefits 782,951, of costs 5,626,227, NPV −4,843,277, benefit-cost ratio 0.139;
    # 0.369 if tariff were a saving.
    page = read(ge1)
    rows = {row[0]: row[1:] for row in table_of(page, "appraisal-table")}
    assert rows["Present value of benefits"][1] == "783"
    assert rows["Net present value"][1] == "−4,843"
    assert rows["Benefit-cost ratio"] == ["0.37", "0.14", "0.37"]  # an activity contract
    assert rows["Payback on cumulative cash"] == ["not within the plan"] * 3
    assert "must never be added together" in " ".join(page.text().split())


def test_the_bridge_adds_up_in_every_column():
    # £000, so parts may differ from their total by one for each step.
    head, *rows = table_of(read(boroughs), "bridge-1")
    told = {
        row[0]: [int(cell.replace(",", "").replace("−", "-")) for cell in row[1:]] for row in rows
    }
    assert head == [
        "Step",
        "Riverside ICB",
        "Northbank Council",
        "Southmere Council",
        "Riverside Hospitals",
        "Whole system",
    ]
    for step, values in told.items():
        assert abs(sum(values[:-1]) - values[-1]) <= len(values), step
    for at in range(len(head) - 1):
        growth = sum(
            told[step][at]
            for step in (
                "Base",
                "Price",
                "Demographic",
                "Non-demographic",
                "Provider efficiency",
                "Schemes",
            )
        )
        assert abs(growth - told["Do nothing"][at]) <= 6
        assert abs(told["Plan"][at] - told["Funding"][at] - told["Gap of the year"][at]) <= 2


def test_more_partners_than_a_page_is_wide_stand_in_a_second_table():
    councils = [{"id": f"c{n}", "name": f"Council {n}", "kind": "council"} for n in range(6)]
    page = page_of(
        case_of(
            setup=setup(1),
            partners=[ICB, *councils],
            pools=[POOL],
            contributions=[put()],
            schemes=[spent()],
        )
    )
    assert table_of(page, "bridge-1")[0] == [
        "Step",
        "Riverside ICB",
        "Council 0",
        "Council 1",
        "Council 2",
    ]
    assert table_of(page, "bridge-2")[0] == [
        "Step",
        "Council 3",
        "Council 4",
        "Council 5",
        "Whole system",
    ]


def test_an_over_committed_source_is_named():
    # 400,000 a year is spent from a source whose only money was 400,000 in 2025/26: five years of
    # 400,000 short by 2030/31.
    page = read(boroughs)
    row = next(
        r for r in table_of(page, "balances-closing") if r[0] == "Additional LA Contribution"
    )
    assert row[1:] == [
        "0",
        "−400",
        "−800",
        "−1,200",
        "−1,600",
        "−2,000",
        "Over-committed in 5 years, first 2026/27",
    ]
    assert (
        "Better Care Fund, Additional LA Contribution: over-committed by £2.00m in 2030/31."
        in page.text()
    )


def test_a_minimum_that_is_not_met_is_named():
    # 8,000,000 × 1.04 − 7,900,000 × 1.06 = 8,320,000 − 8,374,000 = −54,000.
    row = table_of(read(boroughs), "minimums")[1]
    assert row[1:3] == ["100,000", "−54,000"] and row[-1] == "Not met in 5 years, first 2026/27"


def test_a_share_rule_is_told_with_an_example_to_the_penny():
    # 99 to 96 of £100,000 is 50,769.2307… and 49,230.7692…: the larger remainder, of the second,
    # has the penny.
    pools = [
        {**POOL, "risk_share": "r"},
        {**POOL, "id": "q", "name": "Second", "risk_share": "f"},
        {**POOL, "id": "n", "name": "Third"},
    ]
    case = case_of(
        setup=setup(1),
        partners=[ICB, NORTH, SOUTH],
        pools=[
            *pools,
            {**POOL, "id": "v", "name": "Fourth", "pooling_status": "in_view", "risk_share": "r"},
        ],
        contributions=[put(99_000_000), put(96_000_000, partner="north")],
        risk_shares=[
            {"id": "r", "basis": "contributions", "clause": "Clause 9"},
            {"id": "f", "basis": "fixed", "partner": "north", "share": 0.49},
            {"id": "f", "basis": "fixed", "partner": "icb", "share": 0.51},
        ],
    )
    points = [
        li.text()
        for li in page_of(case).every("section")
        if li.attributes.get("id") == "risk"
        for li in li.every("li")
    ]
    assert points == [
        (
            "Pool is shared by what each puts in (2026/27): Riverside ICB 50.8% and Northbank"
            " Council 49.2%. Agreed in: Clause 9. Example: of an overspend of £100,000,"
            " Riverside ICB £50,769.23 and Northbank Council £49,230.77."
        ),
        (
            "Second is shared by agreed percentages: Riverside ICB 51.0% and Northbank Council"
            " 49.0%. Example: of an overspend of £100,000, Riverside ICB £51,000 and"
            " Northbank Council £49,000."
        ),
        (
            "Third has no share rule that can be used: the agreement must say who bears an over- or"
            " underspend."
        ),
        "Fourth is in view, not pooled: nothing of it is shared.",
    ]


def test_an_overspend_has_the_sign_of_the_reader():
    # £100,000 put in each year and £300,000 spent: £200,000 over in each, settled in each.
    def variance(sign):
        pool = {**POOL, "risk_share": "r"}
        rule = {"id": "r", "basis": "contributions"}
        case = case_of(
            setup=setup(1, display_sign=sign),
            partners=[ICB],
            pools=[pool],
            contributions=[put()],
            schemes=[spent(300_000)],
            risk_shares=[rule],
        )
        return table_of(page_of(case), "variances")

    assert variance("council")[2] == ["Variance", "200,000", "200,000"]
    assert variance("nhs")[2] == ["Variance", "(200,000)", "(200,000)"]


def test_amounts_below_zero_stand_in_brackets_for_the_nhs():
    page = page_of(case_of(**boroughs_document(display_sign="nhs")))
    row = next(
        r for r in table_of(page, "balances-closing") if r[0] == "Additional LA Contribution"
    )
    assert row[1:3] == ["0", "(400)"]
    worth = next(
        r
        for r in table_of(page, "findings-table")
        if "Additional LA Contribution is over-committed" in r[0]
    )
    assert worth[3] == "(£2,000,000)"
    assert "−" not in "".join(
        cell for table in page.every("table") for row in table.rows()[1:] for cell in row[1:]
    )


def test_sources_are_told_with_their_status_and_nothing_is_called_firmer_than_it_is():
    page = read(boroughs)
    rows = table_of(page, "sources-table")
    assert [
        "bcf, icb, NHS Minimum Contribution, 1",
        "Allocation letter",
        "Published",
        "Joint finance team",
        "2026-11-22",
    ] in rows
    ward = next(row for row in rows if row[0] == "ward")
    assert ward[1:3] == ["No source given", "Illustrative"]
    assert "Illustrative: an example, not a fact." in page.text()
    # Rows with figures: 7 contributions, 6 schemes, 1 minimum, 7 indices, 2 lines, 5 segments, 2
    # programmes, 1 shift, 2 goals.
    # A source: the allocation letter and the falls study. Without a status: the 5 segments.
    # Published: 1. The rest illustrative.
    assert (
        "33 rows of the plan hold figures: 27 illustrative, 1 published and 5 without a status; 31"
        " have no source." in page.text()
    )


def test_the_notes_of_a_plan_stand_with_its_sources():
    case = case_of(setup=setup(0, notes="Read before use <b>"), partners=[ICB])
    section = next(s for s in page_of(case).every("section") if s.attributes.get("id") == "sources")
    assert section.every("p")[0].text() == "Notes of the plan: Read before use <b>"


def test_a_long_source_is_cut_and_owners_are_shown_only_where_there_are_any():
    case = case_of(
        setup=setup(0),
        partners=[ICB],
        pools=[POOL],
        contributions=[put(evidence="s" * 500, status="derived")],
    )
    head, _, row = table_of(page_of(case), "sources-table")
    assert head == ["Rows", "Source", "Status"]
    assert row == [f"p, icb, {MINIMUM}, 1", "s" * 159 + "…", "Derived"]


def test_a_plan_with_errors_says_what_to_mend_and_shows_no_figures():
    page = read(errors)
    assert "This plan has 1 error, so it has no figures yet." in " ".join(page.text().split())
    assert table_of(page, "findings-table")[2][0].startswith("Partner icb is there twice")
    assert not page.every("svg") and "In short" in page.text()


def test_more_findings_than_anybody_reads_are_counted():
    """130 notes of 130 causes: 100 are printed, 130 − 100 = 30 are counted."""
    case = case_of(setup=setup(0), partners=[ICB], pools=[POOL], contributions=[put()])
    notes = tuple(note("a.note", f"Note {n}", "Read it.") for n in range(130))
    page = page_of(with_findings(case, notes))
    printed = [row for row in table_of(page, "findings-table") if row[0].startswith("Note ")]
    assert len(printed) == 100
    assert "There are 30 more notes" in page.text()


def test_a_long_plan_shows_selected_years_and_says_so():
    page = read(many_years)
    rows = table_of(page, "pool-income")
    assert rows[0] == ["Source", "2025/26", *YEARS, "2035/36", "2037/38"]
    assert "selected years (the results workbook has all)" in page.text()
    assert "2033/34" in page.every("desc")[0].text()


def test_more_acute_lines_than_a_table_holds_are_added_up():
    # 17 lines of 10,000 × £1 … £17: the two cheapest, £1 and £2, are added up: 10,000 + 20,000 =
    # 30,000 of 1,530,000.
    lines = [
        acute(
            f"line {n}",
            unit_price=n,
            demographic_index="flat",
            non_demographic_index="flat",
            price_uplift="flat",
            price_efficiency="flat",
        )
        for n in range(1, 18)
    ]
    segments = [{"acute_line": line["id"], "id": "all", "share": 1} for line in lines]
    case = case_of(setup=setup(1), partners=[ICB, TRUST], acute_lines=lines, segments=segments)
    rows = table_of(page_of(case), "acute-lines")
    assert len(rows) == 1 + 15 + 2
    assert rows[-2] == ["2 smaller lines", "–", "–", "–", "30", "30"]
    assert rows[-1] == ["All lines", "", "", "", "1,530", "1,530"]


def test_a_user_s_text_stays_text():
    bad = "<script>alert(1)</script>&\"'\x07 $x_1$ =cmd"
    document = ge1_document()
    document["setup"] |= {"title": bad, "notes": bad, "area": bad, "prepared_by": bad}
    document["partners"] = [{**ICB, "name": bad}, TRUST]
    document["acute_lines"][0]["name"] = bad
    document["pools"] = [{**POOL, "name": bad}]
    document["contributions"] = [put(name=bad, evidence=bad, owner=bad, document=bad)]
    case = case_of(**document)
    page = report(case)
    tree = parsed(page)
    assert not tree.every("script") and "\x07" not in page
    assert tree.every("h1")[0].text() == bad.replace("\x07", "")
    # In charts the text is cut, and never read as mathematics.
    assert any(
        "$x_1$" in text.text() or "alert(1)" in text.text()
        for svg in tree.every("svg")
        for text in svg.every("text")
    )


def test_the_report_names_its_plan_version_and_reference_tables():
    case = ge1()
    record = record_of(case, "icbudget run plan.xlsx")
    page = page_of(case)
    made = {row[0]: row[1] for row in table_of(page, "made-table")[1:]}
    assert (
        made["Hash of the plan as calculated (SHA-256)"] == record.plan_hash
        and len(record.plan_hash) == 64
    )
    assert made["Command"] == "icbudget run plan.xlsx" and made["Draws and seed"] == "1,000, 1"
    assert made["Findings"] == "no errors, 4 warnings and 1 note"
    assert len(table_of(page, "made-reference")) == 1 + len(record.reference)
    assert "nothing here ran in Excel" in page.text()


def test_a_scenario_is_named():
    document = {
        "setup": setup(1, active_scenario="Dear"),
        "partners": [ICB],
        "pools": [POOL],
        "indices": [*RATES, index("g", 0.1)],
    }
    change = {
        "scenario": "Dear",
        "order": 1,
        "path": f"contributions/p|icb|{MINIMUM}|1/base_amount",
        "value": "200000",
    }
    case = case_of(**document, contributions=[put()], scenarios=[change])
    page = page_of(case)
    assert "The pooled fund takes in £200,000 in 2025/26" in page.text()
    assert {row[0]: row[1] for row in table_of(page, "made-table")}["Scenario"] == "Dear"
    assert page.every("dd")[2].text() == "Dear"


SAME = """
from icbudget.report.csv_json import postings_csv, tables_csv
from icbudget.report.guide_page import finding_paragraphs
from icbudget.report.html_page import write_report
from icbudget.report.run_record import record_of
from tests.report.plans import boroughs
import hashlib
case = boroughs()
text = write_report(case, record_of(case, "icbudget run")) + postings_csv(case) + repr(tables_csv(case))
print(hashlib.sha256(text.encode()).hexdigest())
"""


def test_every_run_leaves_the_same_bytes():
    def run(seed):
        environment = {
            **os.environ,
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        done = subprocess.run(
            [sys.executable, "-c", SAME],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    assert run("1") == run("4711")


def test_the_report_takes_no_style_from_the_machine():
    import matplotlib

    before = report(ge1())
    with matplotlib.rc_context(
        {
            "font.size": 20,
            "axes.facecolor": "black",
            "svg.fonttype": "path",
            "svg.hashsalt": "other",
        }
    ):
        assert report(ge1()) == before
        assert matplotlib.rcParams["font.size"] == 20


def test_what_stands_behind_the_main_figures_is_told_from_the_answers():
    """Ranges, gain share, gaps and scenarios in the report are the answers' own figures, in the
    table's scale.
    """
    case = evaluate_plan(tasks.load(BOROUGH).plan)
    page = page_of(case)
    blocks = {id: build(case) for id, build in ((a.id, a.build) for a in ANSWERS)}
    (p10,) = blocks["simulation"].where(
        whose="Whole system", figure="Contract saving, net of replacement", measure="P10"
    )
    ranged = next(
        row for row in table_of(page, "ranges") if row[0] == "Contract saving, net of replacement"
    )
    assert ranged[2] == number(p10.values[-1] / 1000)
    due = next(
        r for r in blocks["gain-shared"].rows if r.labels[2] == "Received (paid over, negative)"
    )
    shown = next(
        row for row in table_of(page, "gain-shared") if row[0] == "Received (paid over, negative)"
    )
    assert shown[1:] == [number(value / 1000) for value in due.values]
    assert len(table_of(page, "goal-gaps")) == 1 + len(blocks["goal-gaps"].rows)
    assert [row[0] for row in table_of(page, "scenarios-table")][1:] == list(
        blocks["side-by-side"].columns
    )
    told = {row[0]: row[1] for row in table_of(page, "answers-table") if len(row) == 3}
    headings = {heading.text() for heading in page.every("h2")}
    assert set(told) - {"Answer"} == {a.help for a in ANSWERS}
    assert {
        where
        for where in told.values()
        if not where.startswith(("Not in this", "No rows", "In this"))
    } <= headings


def test_every_finding_leads_to_what_the_guide_says_of_it():
    case = boroughs()
    page = report(case)
    paragraphs = finding_paragraphs()
    kinds = {finding.id for finding in case.findings}
    assert kinds
    ids = set(re.findall(r'\bid="([^"]+)"', page))
    for finding in case.findings:
        anchor = f"finding-{finding.id.replace('.', '-')}"
        assert f'<a href="#{anchor}">' in page and anchor in ids, finding.id
    meanings = page[page.index('id="meanings"') :]
    for id in kinds:
        assert paragraphs[id].why.split(". ")[0].split("“")[0][:40] in meanings, id
