"""The committee paper: what it says, in HTML and PDF, against the answers, and how it reads on odd
plans.
"""

from __future__ import annotations

import io
import re
from functools import cache

import pypdf
import pytest

from icbudget import glossary, tasks
from icbudget.answers.case import evaluate_plan
from icbudget.answers.pool_balances import rows_by_source
from icbudget.answers.simulated_ranges import MET, NOT_BELOW
from icbudget.engine.uncertainty.outcomes import BALANCE
from icbudget.report.brief_paper import is_brief
from icbudget.report.committee_paper import committee_document
from icbudget.report.document import Chart, Table, paper_of
from icbudget.report.html_page import html
from icbudget.report.pdf_document import pdf
from icbudget.report.proposal import MOST_FIGURES, proposed
from icbudget.report.report_figures import chance
from icbudget.report.run_record import record_of
from icbudget.report.word_document import word
from tests.places import WORKBOOKS
from tests.report.pages import parsed, table_of
from tests.report.plans import (
    ICB,
    NORTH,
    RATES,
    TRUST,
    acute,
    boroughs,
    boroughs_document,
    case_of,
    ge1,
    setup,
)

POOL = {"id": "p", "name": "Pool", "host": "icb"}
MINIMUM = "NHS Minimum Contribution"


SAMPLES = sorted(WORKBOOKS.glob("*.yaml"))
MOST_PAGES = 6


def document(case):
    return committee_document(case, record_of(case, "icbudget report plan.xlsx --paper"))


@cache
def borough():
    plan = tasks.load(WORKBOOKS / "illustrative-borough.yaml").plan
    assert plan is not None
    return evaluate_plan(plan)


def text_of(content: bytes) -> str:
    return " ".join(
        " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages).split()
    )


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def without_footers(squeezed_text: str) -> str:
    """Text in which a sentence that runs over the end of a page reads in one."""
    return re.sub(r"icbudget[\d.]+,plan[0-9a-f]{12}Page\d+of\d+", "", squeezed_text)


@cache
def printed(make):
    return text_of(pdf(document(make())))


@pytest.mark.parametrize("make", [borough, boroughs, ge1])
def test_the_paper_and_the_page_say_the_same(make):
    paper = document(make())
    page, told = squeezed(parsed(html(paper)).text()), without_footers(squeezed(printed(make)))
    for section in paper.sections:
        assert squeezed(section.heading) in told and squeezed(section.heading) in page
        for sentence in (*section.paragraphs, *section.points, *section.remarks):
            assert squeezed(sentence) in told and squeezed(sentence) in page
        for part in section.parts:
            assert squeezed(part.caption) in told and squeezed(part.caption) in page


FIGURE = re.compile(r"£[\d,.]*\d|\d[\d,.]*%?")


@pytest.mark.parametrize("plan", SAMPLES, ids=lambda p: p.stem)
def test_what_is_proposed_holds_at_most_eight_figures(plan):
    paper = document(evaluate_plan(tasks.load(plan).plan))
    words = re.sub(r"\d{4}/\d{2}", "", " ".join(paper.points))
    assert paper.points and len(FIGURE.findall(words)) <= MOST_FIGURES


def test_what_the_money_buys_adds_up_to_the_spending_of_each_pool():
    """The borough is asked about 2026/27; the spending of a pool is in its balances."""
    case = borough()
    blocks, page = tasks.answers(case), parsed(html(document(case)))
    rows = table_of(page, "buys-table")
    assert rows[0] == ["Scheme", "2025/26", "2026/27", "Change", "Change %"]
    totals = [row for row in rows if row[0] == "Total"]
    spend = rows_by_source(blocks["balances"], figure=glossary.SPEND)
    for pool, total in zip(case.plan.pools, totals, strict=True):
        for column, t in ((1, 0), (2, 1)):
            spent = sum(float(row.values[t]) for row in spend if row.labels[0] == pool.id)
            assert total[column] == f"{round(spent / 1000):,}"


def test_conditions_say_what_passes_what_fails_and_what_no_row_states():
    rows = table_of(parsed(html(document(borough()))), "conditions-table")
    results = {(row[0], row[1]): row[-1] for row in rows[1:]}
    asc = ("Minimum for adult social care", "NHS Minimum Contribution")
    assert results[asc] == "Pass"
    assert results["Each source of funding balances", "6 sources of funding"] == "Pass"
    over = "Additional LA Contribution, Community equipment"
    assert results["Each source of funding balances", over] == "Over-committed"
    row = {"pool": "p", "partner": "icb", "source": MINIMUM, "base_amount": 5, "index": "flat"}
    unstated = case_of(setup=setup(1), partners=[ICB], pools=[POOL], contributions=[row])
    rows = table_of(parsed(html(document(unstated))), "conditions-table")
    assert ["The NHS minimum is pooled", MINIMUM, "", "", "Not tested"] in rows


def test_the_paper_gives_effects_as_percentages_with_their_ranges():
    """Typed into the plan: 0.1 (0 to 0.22), 0.75 (0.6 to 0.9), 0.01 (−0.02 to 0.06)."""
    rows = table_of(parsed(html(document(borough()))), "evidence")
    effects = {row[0]: row[3] for row in rows}
    assert effects["Enhanced health in care homes"] == "10% (0% to 22%), judgement"
    assert effects["Hospital at home instead of admission"] == "75% (60% to 90%), judgement"
    assert effects["Social prescribing for frequent attenders"] == "1% (−2% to 6%), judgement"


def test_the_year_decided_about_is_the_one_after_the_month_monitored():
    case = case_of(setup=setup(2, monitored_year="2026/27"), partners=[ICB])
    assert paper_of(case).years[paper_of(case).decided] == "2027/28"
    assert paper_of(borough()).years[paper_of(borough()).decided] == "2026/27"
    assert paper_of(case_of(setup=setup(0), partners=[ICB])).decided == 0


def test_who_bears_what_adds_up_to_the_variance_of_each_pool():
    rows = table_of(parsed(html(document(borough()))), "borne")
    sums: list[list[float]] = []
    for heading, *cells in rows[1:]:
        if heading == "Variance":
            sums.append([float(cells[0].replace(",", "").replace("−", "-")), 0.0])
        elif cells:
            sums[-1][1] += float(cells[0].replace(",", "").replace("−", "-"))
    assert sums and all(abs(variance - parts) <= 3 for variance, parts in sums)


def test_the_positions_after_settlement_stand_in_four_steps_that_add_up():
    """Each row: four steps and what they come to; partners and what nobody bears add up to the whole.

    Figures in £000 are rounded on their own, so sums are off by half a thousand a figure at most.
    """
    case = borough()
    headings, *rows = table_of(parsed(html(document(case))), "steps")
    assert [heading[:2] for heading in headings[1:5]] == ["1 ", "2 ", "3 ", "4 "]
    table = {
        row[0]: [float(cell.replace(",", "").replace("−", "-")) for cell in row[1:]] for row in rows
    }
    for *steps, total in table.values():
        assert any(steps) and abs(sum(steps) - total) <= 2.5
    whole = table.pop(glossary.SYSTEM)
    for at, of_system in enumerate(whole):
        assert abs(sum(row[at] for row in table.values()) - of_system) <= len(rows) / 2
    (icb,) = tasks.answers(case)["partner-positions"].where(
        partner="icb_main", figure=glossary.GAIN
    )
    assert table["NHS Illustrative ICB"][-1] == round(icb.values[1] / 1000)


def test_a_clerk_finds_the_headings_to_fill_in_and_no_word_of_tests_in_the_footer():
    paper = document(borough())
    headings = [row[0] for row in table_of(parsed(html(paper)), "to-write")[1:]]
    assert headings[:2] == ["Legal powers", "Equality"]
    assert "Excel" not in paper.made_by and "test" not in paper.made_by.casefold()


def test_contributions_are_those_of_the_answers():
    case = borough()
    row = next(
        row
        for row in table_of(parsed(html(document(case))), "put-in")
        if row[0] == "NHS Illustrative ICB"
    )
    put = next(
        r
        for r in tasks.answers(case)["partner-positions"].rows
        if r.labels == ("icb_main", "Put into pools, in kind included")
    )
    assert row[1:] == [f"{round(float(value) / 1000):,}" for value in put.values]
    assert " ".join(row[1:]) in printed(borough)


def test_the_chances_are_those_of_the_simulation_and_nothing_uncertain_is_told_as_certain():
    case = borough()
    blocks, page = tasks.answers(case), parsed(html(document(case)))
    told = {row[0]: row[1:] for row in table_of(page, "chances")}
    (pool,) = blocks["simulation"].where(whose="Pool bcf", figure=BALANCE, measure=NOT_BELOW)
    assert (
        told["Better Care Fund pool"] == [f"{value:.0%}" for value in pool.values[:-1]]
        and pool.values[3] < 1
    )
    (met,) = blocks["simulation"].where(whose="Goal nel", measure=MET)
    assert [cell for cell in told["Non-elective episodes, 75 and over"] if cell] == [
        f"{met.values[4]:.0%}"
    ]
    assert (
        "Disabled Facilities Grant" not in told
        and "Still at home 91 days after discharge to reablement" not in told
    )
    words = squeezed(printed(borough))
    assert (
        squeezed(
            "without a range on Uncertainty: Long-term admissions to care homes, 65 and over, per"
            " 100,000; Still at"
        )
        in words
    )
    assert squeezed("knowing everything would be worth up to £") in words
    assert [chance(v) for v in (0, 0.001, 0.02, 0.5, 0.99, 0.999, 1)] == [
        "0%",
        "under 1%",
        "2%",
        "50%",
        "99%",
        "over 99%",
        "100%",
    ]


def test_the_paper_is_two_to_six_pages():
    for plan in SAMPLES:
        read = tasks.load(plan).plan
        assert read is not None
        pages = len(pypdf.PdfReader(io.BytesIO(pdf(document(evaluate_plan(read))))).pages)
        assert 2 <= pages <= MOST_PAGES, plan.name


def test_a_plan_in_its_first_form_has_every_decision_and_position_on_two_pages():
    """Nothing that a committee decides on goes: charts and ranges of assumptions do."""
    later: dict[str, list] = {key: [] for key in ("goals", "uncertainties", "scenarios", "actuals")}
    case = case_of(**boroughs_document() | later)
    assert is_brief(case.plan) and not is_brief(borough().plan)
    short, sections = document(case), {s.id: s for s in document(case).sections}
    assert sections["decisions"].points
    assert not [p for s in short.sections for p in s.parts if isinstance(p, Chart)]
    assert "ranges" not in [p.id for s in short.sections for p in s.parts]
    words = " ".join(sections["to-write"].paragraphs)
    assert "Equality Act 2010, section 149" in words and "NHS Act 2006, section 14Z45" in words
    assert "Each is to be written." in words
    assert "stand in the full report" in " ".join(sections["certain"].paragraphs)


def test_the_pdf_can_be_followed_by_a_screen_reader():
    read = pypdf.PdfReader(io.BytesIO(pdf(document(borough()))))
    root = read.trailer["/Root"]
    assert (
        root["/MarkInfo"]["/Marked"]
        and root["/Lang"] == "en-GB"
        and root["/ViewerPreferences"]["/DisplayDocTitle"]
    )
    assert read.metadata is not None and read.metadata.title == borough().plan.setup.title
    kinds: dict[str, int] = {}
    described: list[str] = []

    def follow(element):
        element = element.get_object()
        if not hasattr(element, "get"):
            return
        kinds[element.get("/S", "")] = kinds.get(element.get("/S", ""), 0) + 1
        if element.get("/S") == "/Figure":
            described.append(str(element.get("/Alt", "")))
        children = element.get("/K", [])
        for child in children if isinstance(children, list) else [children]:
            if not isinstance(child, int):
                follow(child)

    follow(root["/StructTreeRoot"])
    charts = [
        part
        for section in document(borough()).sections
        for part in section.parts
        if hasattr(part, "svg")
    ]
    assert len(described) == len(charts) > 1 and all(len(alt) > 40 for alt in described)
    assert (
        kinds["/H1"] >= 1
        and kinds["/H2"] >= 6
        and kinds["/TH"] >= 20
        and kinds["/TD"] >= 50
        and kinds["/LI"] >= 5
    )


def test_the_same_plan_gives_the_same_bytes():
    assert pdf(document(boroughs())) == pdf(document(boroughs()))


def test_the_word_file_says_the_same_with_real_headings_and_descriptions():
    import docx

    paper = document(borough())
    made = docx.Document(io.BytesIO(word(paper)))
    headings = [
        p.text
        for p in made.paragraphs
        if p.style is not None and p.style.name.startswith("Heading")
    ]
    assert headings == [
        paper.title,
        paper.in_short,
        *(section.heading for section in paper.sections),
    ]
    tables = [
        part for section in paper.sections for part in section.parts if isinstance(part, Table)
    ]
    charts = [
        part for section in paper.sections for part in section.parts if isinstance(part, Chart)
    ]
    assert len(made.tables) == len(tables) and len(made.inline_shapes) == len(charts)
    for grid, table in zip(made.tables, tables, strict=True):
        assert [cell.text for cell in grid.rows[0].cells] == list(table.headings)
        assert grid.rows[0]._tr.trPr.xpath("w:tblHeader"), table.id
        expected = []
        for group in table.groups:
            expected += [group.heading] if group.heading else []
            expected += [line.heading for line in group.lines]
        assert [row.cells[0].text for row in grid.rows[1:]] == expected
    assert all(len(shape._inline.docPr.get("descr")) > 40 for shape in made.inline_shapes)
    assert word(paper) == word(paper)


def test_decisions_are_numbered_sentences_drawn_from_the_plan():
    asked = next(s for s in document(borough()).sections if s.id == "decisions")
    assert asked.numbered and asked.points[-1].endswith(".") and asked.points[-2].endswith("; and")
    assert all(point.endswith(";") for point in asked.points[:-2])
    assert all("£" in point or "is not tested" in point for point in asked.points)
    told = " ".join(asked.points)
    assert "agree £2.04m for Community equipment in 2026/27" in told
    assert "NHS Illustrative ICB" in told and "worse off over the plan" in told
    # Nobody has confirmed a release: none is put to the committee as if it had come.
    assert "only what was released the year before is moved; the release is planned, not" in told
    assert "was confirmed as released" not in told


def test_a_plan_with_errors_has_its_findings_and_no_figures():
    told = printed(lambda: case_of(setup=setup(), partners=[ICB, ICB]))
    assert (
        "no figures yet" in told and "is there twice" in told and "Decisions asked for" not in told
    )


def test_without_a_measure_of_experience_the_paper_says_so():
    assert "no measure of patients' experience" in printed(ge1)
    assert "Patients' experience is watched by" in printed(borough)


ODD = (
    "#show: none $x$ *bold* _it_ `code` @ref <label> \\ // [x] = Pŵl Iechyd – Ynys Môn & <b>"
    + " Gofal" * 30
)


@pytest.mark.parametrize(
    "case",
    [
        lambda: case_of(setup=setup(0, title=ODD), partners=[{**ICB, "name": ODD}]),
        lambda: case_of(
            setup=setup(30), partners=[ICB, TRUST], indices=RATES, acute_lines=[acute(closes={})]
        ),
        lambda: case_of(
            setup=setup(1, title=ODD[:200]),
            partners=[
                {"id": f"p{n}", "name": f"{ODD[:190]} {n}", "kind": "council"} for n in range(30)
            ],
            pools=[{**POOL, "host": "p0"}],
            contributions=[
                {
                    "pool": "p",
                    "partner": f"p{n}",
                    "source": MINIMUM,
                    "base_amount": n,
                    "index": "flat",
                }
                for n in range(30)
            ],
        ),
        lambda: case_of(setup=setup(2), partners=[ICB, NORTH], pools=[POOL]),
    ],
    ids=[
        "one-partner-one-year-odd-words",
        "thirty-years",
        "thirty-partners-long-names",
        "zero-totals",
    ],
)
def test_odd_plans_read_well(case):
    made = document(case())
    told = squeezed(text_of(pdf(made)))
    assert squeezed(made.title)[:60] in told and "nan" not in told.casefold().replace("finance", "")
    parsed(html(made))


def test_the_command_writes_both_and_repeats_its_bytes(tmp_path):
    plan = WORKBOOKS / "north-tyneside-better-care-fund.yaml"
    _, files = tasks.report(plan, tmp_path / "one", paper=True)
    _, again = tasks.report(plan, tmp_path / "two", paper=True)
    assert {f.name for f in files} >= {
        f"{plan.stem}-paper.html",
        f"{plan.stem}-paper.pdf",
        f"{plan.stem}-paper.docx",
    }
    assert [f.read_bytes() for f in files] == [f.read_bytes() for f in again]
    assert "£30.8m" in text_of((tmp_path / "one" / f"{plan.stem}-paper.pdf").read_bytes())


def test_a_fund_that_is_new_is_not_compared_with_nothing():
    """England's fund of 2015/16: £5.3bn, and nothing in 2014/15."""
    paper = paper_of(tasks.check(WORKBOOKS / "england-better-care-fund-2015-16.yaml").case)
    first = proposed(paper)[0]
    assert first == "The pooled funds take in £5.30bn in 2015/16; in 2014/15 there was nothing."
