"""The page Start here, done as it says: its tables typed into the workbook, its commands run."""

from __future__ import annotations

import re
import shlex

import openpyxl
import pytest
from openpyxl.utils import range_boundaries

from icbudget import tasks
from icbudget.glossary import CONTRACT_SAVING, DO_NOTHING_ACTIVITY, GROSS_RELEASE, STRANDED_COST
from tests.cli.test_all_commands import call
from tests.guide.page_numbers import stated
from tests.guide.test_guide_commands import commands as named_in
from tests.places import ROOT
from tests.workbooks.published import value as value_of

PAGE = ROOT / "icbudget" / "guide" / "start-here.md"
MOST_CELLS = {"pool": 60, "shift": 85}
"""Typed cells until the first answer: of a pool, and of a pool with a shift."""


def tables() -> list[tuple[str, list[dict[str, str]]]]:
    """The tables to type, each with its sheet, in their order on the page."""
    found = []
    text = PAGE.read_text(encoding="utf-8")
    for sheet, table in re.findall(r"<!-- ([^>]+) -->\n((?:\|.*\n)+)", text):
        lines = [[c.strip() for c in line.strip("|\n").split("|")] for line in table.splitlines()]
        headings, _, *rows = lines
        found.append((sheet, [dict(zip(headings, row, strict=True)) for row in rows]))
    return found


def commands() -> list[str]:
    """The commands of the page, in their order."""
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def value(text: str):
    """What a person types for a text of the page."""
    if text.endswith("%"):
        return float(text[:-1]) / 100
    try:
        return int(text)
    except ValueError:
        return text


def typed(book, sheet: str, rows: list[dict[str, str]]) -> int:
    """Type rows into a sheet's table: into the row of their key, or the first free one."""
    page = book[sheet]
    (table,) = page.tables.values()
    first, head, last, bottom = range_boundaries(table.ref)
    columns = {page.cell(head, c).value: c for c in range(first, last + 1)}
    cells = 0
    for row in rows:
        key, *_ = row.values()
        keys = [page.cell(r, first).value for r in range(head + 1, bottom + 1)]
        at = head + 1 + keys.index(key if key in keys and sheet == "Pools" else None)
        for heading, text in row.items():
            if page.cell(at, columns[heading]).value != text:
                page.cell(at, columns[heading]).value = value(text)
                cells += 1
    return cells


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    folder = tmp_path_factory.mktemp("start")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield folder


def shown(out: str) -> list[float]:
    """The counts of errors, warnings and notes that a command ends with."""
    counts = re.findall(r"(\d+) errors?, (\d+) warnings?, (\d+) notes?\.", out)
    return [float(count) for count in counts[-1]]


def test_the_page_leads_from_nothing_to_a_paper(done, capsys):
    new, check, run, report = commands()
    code, out, _ = call(capsys, *shlex.split(new)[1:])
    assert code in (0, 1)
    begun = stated("start-here", "*# errors, # warnings, # notes*, each with its fix.")
    assert shown(out) == begun
    counts = {"pool": 0, "shift": 0}
    for at, (sheet, rows) in enumerate(tables()):
        book = openpyxl.load_workbook("sheffield.xlsx")
        cells = typed(book, sheet, rows)
        book.save("sheffield.xlsx")
        counts["shift"] += cells
        if at < 3:
            counts["pool"] += cells
        if at == 2:
            _, out, _ = call(capsys, *shlex.split(check)[1:])
            checked = stated("start-here", "*# errors, # warnings, # notes*. Each line names")
            assert shown(out) == checked
    assert counts["pool"] <= MOST_CELLS["pool"] and counts["shift"] <= MOST_CELLS["shift"]
    code, out, _ = call(capsys, *shlex.split(run)[1:])
    assert code in (0, 1)
    came = stated("start-here", "*# errors, # warnings, # notes*, and what this small plan")
    assert shown(out) == came
    of_losers = len(re.findall(r"(?m)worse off over|system spends more", out))
    assert stated("start-here", "# of the warnings say who is worse off") == [of_losers]
    assert call(capsys, *shlex.split(report)[1:])[0] in (0, 1)
    in_sentences = [c for c in named_in(PAGE.read_text(encoding="utf-8")) if "sheffield.xlsx" in c]
    others = [c for c in in_sentences if c not in (new, check, run, report)]
    assert len(others) >= 2
    for command in others:
        code, out, fault = call(capsys, *shlex.split(command)[1:])
        assert code in (0, 1) and out, (command, fault)
    assert (done / "results" / "sheffield-results.xlsx").exists()
    assert (done / "paper" / "sheffield-paper.pdf").read_bytes().startswith(b"%PDF")


def test_what_comes_out_is_what_was_typed(done):
    case = tasks.check(done / "sheffield.xlsx").case
    assert case is not None and case.result is not None
    income = sum(row.base_amount for row in case.plan.contributions)
    # by hand: 50,000,000 + 25,000,000
    assert income == 75_000_000
    # by hand: 14 + 6 + 12 + 16.4 + 1 = 49.4 and 15 + 4 + 6 = 25 million, and the programme's 0.55
    spent = sum(row.base_amount for row in case.plan.schemes if row.base_amount is not None)
    assert spent == 74_400_000


def test_the_rows_of_the_steps_are_counted():
    rows = {sheet: len(typed_in) for sheet, typed_in in reversed(tables())}
    assert stated("start-here", "step is done, with # rows") == [rows["Funding"]]
    assert stated("start-here", "**You see** # rows on Start") == [rows["Schemes"]]
    assert stated("start-here", "and step # works the answers out") == [6]
    left, years_of, a_year = stated(
        "start-here", "£# of the NHS minimum is left at the end: # years of £#"
    )
    assert left == years_of * a_year == 6 * 600_000


def test_what_the_small_plan_comes_to(done):
    """Each figure of the page by hand from the cells typed, and as the plan has it."""
    case = tasks.check(done / "sheffield.xlsx").case
    stays, reach, effect, fewer, price, saving, variable, released, block, cost, left = stated(
        "start-here",
        "In 2027/28 # stays would come if nothing changed. The programme reaches # % of them and its"
        " effect is # %, so # do not come. At £# the ICB stops paying £#. The hospital stops"
        " spending # % of that, £#: no block of # stays can close. So the ICB pays £# for prevention"
        " and saves less, the hospital is left with £# of stranded cost",
    )
    rates = next(row.rates for row in case.plan.indices if row.id == "pop_75")
    grown = 12_000 * (1 + float(rates["2026/27"])) * (1 + float(rates["2027/28"]))
    assert stays == round(grown, 2)
    assert fewer == round(grown * reach / 100 * effect / 100, 2)
    assert saving == round(grown * reach / 100 * effect / 100 * price, 2)
    assert released == round(saving * variable / 100, 2)
    assert left == round(saving - released, 2)
    assert fewer < block
    of_line = {"acute_line": "nel"}
    assert value_of(
        case, "activity", "2027/28", figure=DO_NOTHING_ACTIVITY, **of_line
    ) == pytest.approx(stays, abs=0.005)
    of_release = {CONTRACT_SAVING: saving, GROSS_RELEASE: released, STRANDED_COST: left}
    for figure, amount in of_release.items():
        assert value_of(case, "cash-released", "2027/28", figure=figure, **of_line) == amount
    (programme,) = case.plan.programmes
    assert cost == float(programme.fixed_cost["2027/28"])


def test_it_is_short():
    assert len(PAGE.read_text(encoding="utf-8").split()) < 1_500


def test_the_sheet_start_says_where_this_page_is(tmp_path, capsys):
    call(capsys, "new", "--area", "Sheffield", "--out", str(tmp_path / "new.xlsx"))
    page = openpyxl.load_workbook(tmp_path / "new.xlsx", read_only=True)["Start"]
    words = " ".join(str(cell.value) for row in page["A1:G2"] for cell in row)
    assert re.findall(r"icbudget guide ([a-z-]+)", words) == [PAGE.stem]
