"""A ledger's rows are taken, left out on purpose or rejected with their line; money is neither lost
nor made.
"""

from __future__ import annotations

import cProfile
import random
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icbudget import money
from icbudget.answers.case import evaluate
from icbudget.engine.accounts.monitored_lines import monitored
from icbudget.ledger_import.imported_ledger import Ledger
from icbudget.ledger_import.join_actuals import with_ledgers
from icbudget.ledger_import.ledger_map import LedgerMap, read_map, unknown_names
from icbudget.ledger_import.read_ledger import read_ledger
from icbudget.plan import Plan
from tests.examples.reading import plan_beside
from tests.places import EXAMPLES

YEAR = "2025/26"
M1 = str(EXAMPLES / "m1_in_year" / "plan.yaml")
PLAN = plan_beside(M1)
MAP = """
columns: {code: Cost centre, amount: Net £, period: Period, partner: Ledger, accrual: Type}
schemes:
  E100: A
  E200: {scheme: B, line: 1}
  E900: {scheme: Z, line: 3}
income:
  I500: {pool: p, source: NHS Minimum Contribution, partner: icb}
partners: {LBX: council}
accruals: [ACC]
ignore: [Total]
"""
HEAD = "Cost centre,Net £,Period,Ledger,Type,Text\n"


@pytest.fixture(scope="module")
def plan() -> Plan:
    return PLAN.model_copy(update={"actuals": ()})


def mapped(text: str = MAP) -> LedgerMap:
    ledger_map, findings = read_map(text, "map.yaml")
    assert ledger_map is not None and not findings, findings
    return ledger_map


def read(plan, body: str, text: str = MAP, *, encoding: str = "utf-8", head: str = HEAD) -> Ledger:
    return read_ledger((head + body).encode(encoding), mapped(text), plan, YEAR, "ledger.csv")


def booked(ledger: Ledger) -> list[tuple]:
    return [
        (r.kind, r.scheme or r.source, r.month, r.partner, float(r.amount), float(r.accrual))
        for r in ledger.actuals
    ]


def test_rows_are_summed_by_line_month_and_partner(plan):
    ledger = read(
        plan,
        'E100,"1,000.50",1,LBX,INV,x\nE100,£99.50,P01,LBX,INV,\nE100,(100.00),1,LBX,ACC,release\nE200,5'
        " CR,Apr-25,icb,INV,\nI500,-133333.33,2,,INV,\nTotal,1,,,,\n",
    )
    assert booked(ledger) == [
        ("expenditure", "A", 1, "council", 1100.0, -100.0),
        ("expenditure", "B", 1, "icb", -5.0, 0.0),
        ("income", "NHS Minimum Contribution", 2, "icb", 133333.33, 0.0),
    ]
    assert ledger.agrees and not ledger.rejects
    # 1,000.50 + 99.50 − 100 − 5 − 133,333.33 + 1
    assert ledger.read_pence == ledger.column_pence == -13_233_733 and ledger.left_out_pence == 100
    assert [f.id for f in ledger.findings] == ["ledger.left-out"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-8-sig"])
def test_encodings_are_known_by_themselves(plan, encoding):
    ledger = read(plan, "E100,£10.00,1,LBX,INV,café\n", encoding=encoding)
    assert booked(ledger) == [("expenditure", "A", 1, "council", 10.0, 0.0)]


def test_a_line_that_tells_excel_the_delimiter_is_no_row(plan):
    ledger = read(
        plan,
        "E100;1,200.50;1;LBX;INV;x\nE100;£2.%;1;LBX;INV;x\n",
        head="sep=;\n" + HEAD.replace(",", ";"),
    )
    assert booked(ledger) == [("expenditure", "A", 1, "council", 1200.5, 0.0)]
    assert [r.line for r in ledger.rejects] == [4], "as an editor counts the lines"


def test_a_row_that_is_there_twice_is_taken_and_told(plan):
    ledger = read(plan, "E100,10,1,LBX,INV,D1\nE100,10,1,LBX,INV,D2\nE100,10,1,LBX,INV,D1\n")
    assert booked(ledger) == [("expenditure", "A", 1, "council", 30.0, 0.0)]
    (told,) = ledger.findings
    assert (told.id, told.place.row, told.effect_pence) == (
        "ledger.same-rows",
        "4",
        10_00,
    ) and "line 4 as line 2" in told.message


def test_what_is_wrong_is_rejected_with_its_line_and_the_rest_is_taken(plan):
    ledger = read(
        plan,
        "E100,£2.%,1,LBX,INV,garbled\n"
        "E100,10,13,LBX,INV,month 13\n"
        "X999,20,1,LBX,INV,no such code\n"
        "\n"
        "E900,30,1,LBX,INV,the map names a scheme that is not there\n"
        "E100,40,1,NHS,INV,no such partner\n"
        '"E100","50","1","LBX","INV","two\nlines"\n'
        "E100,60\n"
        ",70,1,LBX,INV,no code\n"
        "E100,80,1,LBX,INV,good\n",
    )
    assert [(r.line, r.reason.split("”")[0]) for r in ledger.rejects] == [
        (2, "“£2.%"),
        (3, "month 13 is not a month of the year; April is 1, March is 12"),
        (4, "code “X999"),
        (6, "code E900 stands for scheme Z, line 3, which is not in the plan"),
        (7, "partner “NHS"),
        (10, "the row has 2 cells, the headings have 6"),
        (11, "no code"),
    ]
    assert booked(ledger) == [("expenditure", "A", 1, "council", 130.0, 0.0)]
    assert ledger.agrees and (ledger.rows, ledger.taken) == (9, 2)
    assert ledger.read_pence == ledger.taken_pence + ledger.rejected_pence == 13_000 + 17_000
    assert [f.id for f in ledger.findings] == ["ledger.rejected"] * 7
    assert ledger.findings[2].effect_pence == 2_000 and "line 4" in ledger.findings[2].message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_encodings(plan, encoding):
    assert booked(read(plan, "E100,£5,1,LBX,INV,Café – £\n", encoding=encoding)) == [
        ("expenditure", "A", 1, "council", 5.0, 0.0)
    ]


def test_a_wrong_encoding_is_told_and_nothing_is_guessed(plan):
    content = HEAD.encode("cp1252") + b"E100,5,1,LBX,INV,\x81\x8d\n"
    ledger = read_ledger(content, mapped(), plan, YEAR, "ledger.csv")
    assert [f.id for f in ledger.findings] == ["ledger.encoding"] and not ledger.actuals
    forced = read_ledger(
        HEAD.encode("cp1252") + b"E100,5,1,LBX,INV,\n",
        mapped(MAP + "encoding: ascii\n"),
        plan,
        YEAR,
        "ledger.csv",
    )
    assert [f.id for f in forced.findings] == ["ledger.encoding"]


def test_semicolons_debit_and_credit_dates_and_lines_above_the_headings(plan):
    text = "columns: {code: Code, debit: Debit, credit: Credit, date: Posted}\nheading_row: 3\n"
    body = "A;1.000,00;;01/04/2025\nA;1,000.00;;30/04/2025\nA;;250.00;01/05/2025\nA;;;02/05/2025\nA;5;;2025-03-31\n"
    ledger = read(plan, body, text, head="Report 7\nRun 1 May\nCode;Debit;Credit;Posted\n")
    assert booked(ledger) == [
        ("expenditure", "A", 1, "", 1000.0, 0.0),
        ("expenditure", "A", 2, "", -250.0, 0.0),
    ]
    assert [r.line for r in ledger.rejects] == [4, 7, 8]


def test_a_report_s_export_with_titles_page_breaks_subtotals_and_a_heading_twice(plan):
    """Council ledgers print titles above, headings again on every page, subtotals without a code,
    and zero as a dash.
    """
    told = """
columns: {code: Cost centre, amount: Amount (2), period: Period}
period_form: "{start}M{month}"
schemes: {E100: A, E200: B}
ignore: [Sub-total*, ""]
control_total: 26000
"""
    lines = [
        *(
            "",
            "Borough Council;;;;",
            "Ledger to period 7;;;;",
            "",
            "Cost centre;Text;Amount;Period;Amount",
        ),
        *(
            "E100;Home care;x;2025M06;£30,000.00",
            "E100;late;x;2025M07;(1,000.00)",
            "Sub-total E100;;x;;29,000.00",
        ),
        *(
            "Cost centre;Text;Amount;Period;Amount",
            "E200;Beds;x;2025M07;3,000.00 CR",
            "E200;none;x;2025M07; -  ",
        ),
        *(";Grand total;x;;26,000.00", "E200;last year;x;2024M12;5.00"),
    ]
    ledger = read_ledger(
        "\r\n".join(lines).encode("utf-16"), mapped(told), plan, YEAR, "ledger.csv"
    )
    assert booked(ledger) == [
        ("expenditure", "A", 6, "", 30_000.0, 0.0),
        ("expenditure", "A", 7, "", -1_000.0, 0.0),
        ("expenditure", "B", 7, "", -3_000.0, 0.0),
    ]
    # left out: two totals and the headings again; rejected: last year's period, which the ledger's
    # own total does not count: 26,005 was read, 26,000 stated
    assert not ledger.agrees and (
        ledger.rows,
        ledger.taken,
        ledger.left_out,
        len(ledger.rejects),
    ) == (
        8,
        4,
        3,
        1,
    )
    assert ledger.left_out_pence == 29_000_00 + 26_000_00 and ledger.rejects[0].line == 13
    assert {f.id for f in ledger.findings} == {
        "ledger.left-out",
        "ledger.rejected",
        "ledger.control-total",
    }


def test_the_line_of_the_headings_is_found_or_the_first_is_told(plan):
    body = "A;1,200.00;7\n"
    text = "columns: {code: Code, amount: Net, period: Period}\n"
    assert (
        len(
            read(
                plan, body, text, head="sep=;\nReport: Code, Net and Period;;\n\nCode;Net;Period\n"
            ).actuals
        )
        == 1
    )
    (told,) = read(plan, body, text, head="Title\nCode;Net;Month\n").findings[:1]
    assert told.id == "ledger.column" and "Name one of the headings in line 1: Title." in told.fix


@pytest.mark.parametrize(
    ("head", "id", "words"),
    [
        ("Cost centre,Net £,Period,Ledger\n", "ledger.column", "no column “Type”"),
        ("Cost centre,Net £,Net £,Period,Ledger,Type\n", "ledger.column", "2 columns “Net £”"),
        (
            "Cost centre,Net £,Net £,Period,Ledger,Type\n",
            "ledger.column",
            "which the map calls amount",
        ),
        ("", "ledger.not-a-ledger", "The file is empty"),
        (
            "\n\nx\n",
            "ledger.column",
            "no column “Cost centre”, which the map calls code; no column",
        ),
    ],
)
def test_a_mapped_column_that_is_missing_or_there_twice(plan, head, id, words):
    ledger = read(plan, "E100,5,1,LBX,INV,\n" if head else "", head=head)
    assert (
        ledger.findings[0].id == id and words in ledger.findings[0].message and not ledger.actuals
    )


def test_a_control_total_that_does_not_agree(plan):
    body = "E100,5,1,LBX,INV,\nE100,7.01,1,LBX,INV,\n"
    assert not read(plan, body, MAP + "control_total: 12.01\n").findings
    (found,) = read(plan, body, MAP + "control_total: 13\n").findings
    assert (found.id, found.effect_pence) == ("ledger.control-total", -99)


@pytest.mark.parametrize(
    "text",
    [
        "columns: {code: A}",
        "columns: {code: A, amount: B, debit: C, period: D}",
        "columns: {code: A, amount: B, period: D}\nperiod_form: '{start}'",
        "columns: 5",
        "[1]",
        "a: &x 1\nb: *x",
        "",
        "colums: {}",
    ],
)
def test_a_map_that_cannot_be_used(text):
    told, found = read_map(text, "map.yaml")
    assert told is None and found and all(f.severity == "error" for f in found)


def test_a_map_that_names_what_the_plan_does_not_have(plan):
    found = unknown_names(mapped(MAP + "year: 2025/26\n"), plan, "map.yaml")
    assert [f.id for f in found] == ["ledger.map-unknown"] and "scheme Z, line 3" in found[
        0
    ].message


def test_the_ledger_takes_the_place_of_the_plan_s_own_figure_and_says_so(plan):
    first = read(plan, "E100,5,1,LBX,INV,\nE100,6,2,LBX,INV,\n")
    once, told = with_ledgers(plan, [first])
    assert not told and len(once.actuals) == 2
    twice, told = with_ledgers(once, [read(plan, "E100,9,2,LBX,INV,\nE200,1,2,icb,INV,\n")])
    assert [(r.scheme, r.month, r.amount) for r in twice.actuals] == [
        ("A", 1, 5),
        ("A", 2, 9),
        ("B", 2, 1),
    ]
    assert [(f.id, f.effect_pence) for f in told] == [
        ("ledger.replaces", 600),
        ("ledger.beside", None),
    ]


@given(st.data())
def test_whatever_a_ledger_holds_its_totals_agree(data):
    plan = PLAN
    cell = st.sampled_from(
        [
            "E100",
            "E200",
            "X",
            "Total",
            "5",
            "(6.5)",
            "7 CR",
            "£2.%",
            "",
            "13",
            "3",
            "Apr",
            "LBX",
            "ACC",
            '"',
            "é",
        ]
    )
    rows = data.draw(st.lists(st.lists(cell, min_size=1, max_size=7), max_size=12))
    body = "\n".join(",".join(row) for row in rows)
    ledger = read(plan, body)
    accounted = ledger.taken_pence + ledger.left_out_pence + ledger.rejected_pence
    assert ledger.taken + ledger.left_out + len(ledger.rejects) == ledger.rows
    assert accounted == ledger.read_pence == ledger.column_pence
    # a row of words alone (X,X,X) is taken for the headings of another page, which are refused
    refused = any(finding.id == "ledger.column" for finding in ledger.findings)
    assert ledger.agrees != refused
    spent = sum(money.to_pence(row.amount + row.accrual) for row in ledger.actuals)
    assert spent == ledger.taken_pence


def calls_of(work):
    """Return what a piece of work returns, and how many calls of functions it took."""
    profile = cProfile.Profile()
    made = profile.runcall(work)
    return made, sum(entry.callcount for entry in profile.getstats())


def test_the_work_grows_with_the_rows_and_every_penny_is_in_the_outturn(plan):
    """No row is looked at from another one: five thousand take five times the calls of a thousand,
    and what is done once a file lowers that.
    """
    draw = random.Random(7)
    rows, total = [], 0
    for _ in range(5_000):
        pence = draw.randint(-50_000, 500_000)
        total += pence
        shown = f"({-pence / 100:,.2f})" if pence < 0 else f"£{pence / 100:,.2f}"
        rows.append(
            f'{draw.choice(("E100", "E200", "E300"))},"{shown}",{draw.randint(1, 12)},LBX,INV,Invoice'
            f" {pence}"
        )
    body = "\n".join(rows)
    of_three = MAP.replace("  E900: {scheme: Z, line: 3}", "  E300: C")
    _, first = calls_of(lambda: read(plan, "\n".join(rows[:1_000]), of_three))
    ledger, calls = calls_of(lambda: read(plan, body, of_three))
    assert calls <= 5.1 * first and calls < 400 * 5_000, (first, calls)
    assert ledger.agrees and not ledger.rejects and ledger.taken_pence == total
    case = evaluate(with_ledgers(plan, [ledger])[0])
    told = monitored(case.answered)
    assert told is not None and told.month == 12
    assert sum(line.forecast for line in told.lines if line.kind == "expenditure") == total
    assert sum((row.amount for row in ledger.actuals), Decimal(0)) == money.to_pounds(total)


def test_an_amount_whose_thousands_comma_parts_it_in_two_is_rejected_and_not_read_as_its_first_digit(
    plan,
):
    head = "Ledger,Type,Text,Period,Cost centre,Net £\n"
    ledger = read(plan, "LBX,,,1,E100,1,234.50\nLBX,,,1,E100,5,\n", head=head)
    assert [(r.line, r.reason) for r in ledger.rejects] == [
        (2, "the row has more cells than headings: an amount with a comma needs quotes around it")
    ]
    assert (ledger.rows, ledger.taken_pence, ledger.agrees) == (2, 500, True)
