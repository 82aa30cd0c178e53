"""Kinds of ledgers that people really have: each is read, or refused in one clear line.

Whatever the kind, every line of the file and every pound of its amount column is accounted for.
"""

from __future__ import annotations

import random

import pytest

from icbudget import money
from icbudget.ledger_import import ledger_records
from icbudget.ledger_import.join_actuals import with_ledgers
from icbudget.ledger_import.ledger_map import read_map
from icbudget.ledger_import.read_ledger import read_ledger
from icbudget.plan.actual import Actual
from tests.examples.reading import plan_beside
from tests.places import EXAMPLES

YEAR = "2025/26"
PLAN = plan_beside(str(EXAMPLES / "m1_in_year" / "plan.yaml")).model_copy(update={"actuals": ()})
"""Schemes A, B and C of pool p; the years 2025/26 and 2026/27."""
DATED = "columns: {code: Code, amount: Net, date: Date}\nschemes: {E1: A, E2: B}\n"
BY_MONTH = "columns: {code: Code, amount: Net, period: Month}\nschemes: {E1: A, E2: B}\n"
HEAD = "Code,Text,Net,Date\n"


def map_of(text):
    ledger_map, findings = read_map(text, "map.yaml")
    assert ledger_map is not None, findings
    return ledger_map


def read(text, map_text=DATED, name="ledger.csv"):
    content = text if isinstance(text, (bytes, dict)) else text.encode()
    return read_ledger(content, map_of(map_text), PLAN, YEAR, name)


def booked(ledger):
    return [(row.year, row.month, row.scheme, row.amount + row.accrual) for row in ledger.actuals]


def ids(ledger):
    return [finding.id for finding in ledger.findings]


# -- the file


def test_a_quote_that_is_never_closed_spoils_its_own_line_only():
    ledger = read(
        HEAD
        + 'E1,"Home first,100.00,13/04/2025\n'
        + 'E1,"Reablement,200.00,14/04/2025\n'
        + "E2,Night sitting,50.00,15/04/2025\n"
    )
    assert booked(ledger) == [(YEAR, 1, "B", 50)]
    assert [(reject.line, reject.pence) for reject in ledger.rejects] == [(2, 100_00), (3, 200_00)]
    assert "not closed" in ledger.rejects[0].reason
    # 100 + 200 + 50, though only 50 is taken; four lines: one of headings, three rows
    assert ledger.read_pence == ledger.column_pence == 350_00
    assert (ledger.lines, ledger.other_lines, ledger.row_lines) == (4, 1, 3)


def test_five_hundred_rows_after_an_open_quote_are_read():
    rows = "".join(f"E1,row {n},100.00,13/04/2025\n" for n in range(500))
    ledger = read(HEAD + 'E2,"cut,7.00,13/04/2025\n' + rows)
    assert ledger.taken == 500 and ledger.taken_pence == 50_000_00
    assert [reject.pence for reject in ledger.rejects] == [7_00]


def test_a_cell_of_several_lines_and_quotes_inside_a_cell_are_read():
    ledger = read(
        HEAD
        + 'E1,"two\nlines and ""quotes""",5.00,13/04/2025\n'
        + 'E1,6" pipe,6.00,13/04/2025\n'
        + 'E1,"6" pipe",7.00,13/04/2025\n'
    )
    assert booked(ledger) == [(YEAR, 1, "A", 11)]
    assert ledger.agrees and ledger.row_lines == 4
    # three quotes in one line: where the cell ends is not certain
    assert [(reject.line, reject.pence) for reject in ledger.rejects] == [(5, 7_00)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b" \r\n\r\n", "is empty"),
        (b"<html><body><table><tr><td>Code</td></tr></table></body></html>", "is a web page"),
        (b"\xef\xbb\xbf\n<?xml version='1.0'?><a/>", "is a web page or XML"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 Code", "old Excel workbook"),
        (b"PK\x03\x04 something", "zip file"),
        (b"%PDF-1.7 Code", "is a PDF"),
    ],
)
def test_a_file_that_is_no_ledger_is_one_line(content, words):
    ledger = read(content)
    (finding,) = ledger.findings
    assert finding.severity == "error" and words in finding.message and not ledger.agrees


def test_headings_without_rows_are_said():
    ledger = read(HEAD)
    assert ids(ledger) == ["ledger.no-rows"] and ledger.rows == 0


def test_missing_columns_are_one_finding():
    ledger = read("Cost,Value,When\nE1,5,13/04/2025\n")
    (finding,) = ledger.findings
    assert finding.id == "ledger.column" and finding.message.count("no column") == 3


# -- headings and pages


def test_headings_again_in_another_order_are_applied():
    ledger = read(
        "Code,Net,VAT,Date\nE1,100.00,20.00,13/04/2025\n"
        "Code,VAT,Net,Date\nE1,60.00,300.00,14/04/2025\n"
        "Date,Code,Extra,Net\n14/05/2025,E2,x,7.00\n"
    )
    assert booked(ledger) == [(YEAR, 1, "A", 400), (YEAR, 2, "B", 7)]
    assert ledger.agrees and ledger.left_out == 2


def test_headings_again_without_a_column_are_refused_with_the_rows_below_them():
    ledger = read(
        "Code,Net,VAT,Date\nE1,100.00,20.00,13/04/2025\n"
        "Code,Gross,VAT,Date\nE1,360.00,60.00,14/04/2025\n"
        "Code,Net,VAT,Date\nE1,7.00,1.00,14/04/2025\n"
    )
    assert booked(ledger) == [(YEAR, 1, "A", 107)]
    assert ids(ledger)[0] == "ledger.column" and not ledger.agrees
    assert [reject.line for reject in ledger.rejects] == [4]
    assert "headings in line 3 lack" in ledger.rejects[0].reason


def test_a_page_that_calls_its_columns_otherwise_is_not_read_by_the_old_ones():
    ledger = read(
        HEAD
        + "E1,a,100.00,13/04/2025\n"
        + "Cost,Text,Gross,When\nE1,a,120.00,13/04/2025\n"
        + HEAD
        + "E1,b,7.00,13/04/2025\nX,no amount,TBC,13/04/2025\n"
    )
    assert booked(ledger) == [(YEAR, 1, "A", 107)] and not ledger.agrees
    assert ids(ledger)[0] == "ledger.column"
    assert "line 3 lack" in ledger.rejects[0].reason and ledger.rejects[0].line == 4
    # a row whose amount alone is a word is a row, and rejected as one
    assert ledger.rejects[1].reason == "“TBC” is not an amount"
    own = read(HEAD + "E1,a,TBC,soon\nE1,b,7.00,13/04/2025\n")
    assert [reject.line for reject in own.rejects] == [2] and own.taken_pence == 7_00


@pytest.mark.parametrize(
    "heading", ["Net £000", "Net (£k)", "Net (£'000)", "Amount £m", "Net, thousands", "Net (p)"]
)
def test_amounts_in_thousands_or_pence_are_refused(heading):
    text = DATED.replace("amount: Net", f'amount: "{heading}"')
    (finding,) = (
        ledger := read(f'Code,Text,"{heading}",Date\nE1,a,100,13/04/2025\n', text)
    ).findings
    assert finding.id == "ledger.scale" and finding.severity == "error"
    assert not ledger.actuals and not ledger.agrees


@pytest.mark.parametrize("heading", ["Net £", "Net (£)", "Amount GBP", "Package cost (£)", "M12 £"])
def test_a_heading_in_pounds_is_read(heading):
    text = DATED.replace("amount: Net", f'amount: "{heading}"')
    ledger = read(f'Code,Text,"{heading}",Date\nE1,a,100,13/04/2025\n', text)
    assert booked(ledger) == [(YEAR, 1, "A", 100)] and ledger.agrees


def test_headings_over_two_rows_and_wrapped_headings():
    two_rows = "Cost,Net,Posting\ncentre,amount,date\nE1,5.00,13/04/2025\n"
    text = (
        "columns: {code: Cost centre, amount: Net amount, date: Posting date}\nschemes: {E1: A}\n"
    )
    again = two_rows + "Cost,Net,Posting\ncentre,amount,date\nE1,6.00,13/04/2025\n"
    assert booked(read(again, text)) == [(YEAR, 1, "A", 11)]
    turned = two_rows + "Net,Cost,Posting\namount,centre,date\n6.00,E1,13/04/2025\n"
    assert booked(read(turned, text)) == [(YEAR, 1, "A", 11)]
    wrapped = '"Cost\ncentre","Net\r\namount","Posting\ndate"\nE1,5.00,13/04/2025\n'
    ledger = read("Report,,\n" + wrapped, text)
    assert booked(ledger) == [(YEAR, 1, "A", 5)] and ledger.agrees


def test_titles_and_end_lines_that_ignore_names_are_left_out_though_they_are_short():
    ledger = read(
        HEAD + "E1,a,100.00,13/04/2025\nPage 2 of 2\nE2,b,50.00,01/05/2025\n\fEnd of report\n",
        DATED + 'ignore: [Page*, "End of report"]\n',
    )
    assert booked(ledger) == [(YEAR, 1, "A", 100), (YEAR, 2, "B", 50)]
    assert ledger.agrees and not ledger.rejects and ledger.left_out == 2


def test_form_feeds_and_letters_nobody_sees_are_passed_over():
    ledger = read(HEAD + "\f\nE1\u200b,a,\ufeff100.00,13/04/2025\n\fE1,b,5.00,\u200e14/04/2025\n")
    assert booked(ledger) == [(YEAR, 1, "A", 105)] and ledger.agrees


# -- codes


def test_ignore_never_beats_a_code_that_the_map_names_and_a_star_is_the_rest():
    text = DATED + 'ignore: ["*"]\n'
    rows = "E1,a,100.00,13/04/2025\nE2,b,50.00,13/05/2025\nX9,not ours,9.00,13/05/2025\n"
    ledger = read(HEAD + rows, text)
    assert booked(ledger) == [(YEAR, 1, "A", 100), (YEAR, 2, "B", 50)]
    assert (ledger.left_out, ledger.left_out_pence) == (1, 9_00)
    assert read(HEAD + rows, DATED + "ignore: [E*]\n").taken_pence == 150_00


def test_a_code_that_the_map_does_not_have_is_no_scheme_by_luck():
    text = DATED.replace("E1: A, E2: B", '"0012": A')
    ledger = read(
        HEAD + "0012,a,100.00,13/04/2025\n12,b,999.00,13/04/2025\nB,c,5,13/04/2025\n", text
    )
    assert booked(ledger) == [(YEAR, 1, "A", 100)]
    assert "“0012” is, so a program may have taken its zeros" in ledger.rejects[0].reason
    assert "code “B” is not in the map" in ledger.rejects[1].reason
    own = "columns: {code: Code, amount: Net, date: Date}\n"
    assert booked(read(HEAD + "B/1,a,5,13/04/2025\n", own)) == [(YEAR, 1, "B", 5)]


# -- amounts


def test_a_failed_control_total_is_an_error_and_totals_do_not_agree():
    ledger = read(HEAD + "E1,a,100.00,13/04/2025\n", DATED + "control_total: 350\n")
    (finding,) = ledger.findings
    assert (finding.id, finding.severity) == ("ledger.control-total", "error")
    assert finding.effect_pence == -250_00 and not ledger.agrees
    assert read(HEAD + "E1,a,100.00,13/04/2025\n", DATED + "control_total: 100\n").agrees


def test_a_column_of_debit_and_credit_marks_is_read_or_asked_for():
    rows = "Code,Net,D/C,Date\nE1,100.00,D,13/04/2025\nE1,30.00,C,14/04/2025\n"
    (finding,) = read(rows).findings
    assert finding.id == "ledger.side" and "side: D/C" in finding.fix
    ledger = read(rows + "E1,5.00,?,13/04/2025\n", DATED.replace("Date}", "Date, side: D/C}"))
    assert booked(ledger) == [(YEAR, 1, "A", 70)]  # 100 − 30
    assert ledger.agrees and ledger.rejects[0].reason == "“?” is neither debit nor credit"


def test_a_decimal_comma_is_read_from_the_whole_column():
    ledger = read("Code;Text;Net;Date\nE1;a;1.234,50;13/04/2025\nE2;b;7;13/04/2025\n")
    assert booked(ledger) == [(YEAR, 1, "A", money.to_pounds(1_234_50)), (YEAR, 1, "B", 7)]
    assert ledger.agrees


def test_float_noise_is_the_penny_beside_it():
    ledger = read(
        HEAD + "E1,a,0.30000000000000004,13/04/2025\nE1,b,28.999999999999996,13/04/2025\n"
    )
    assert booked(ledger) == [(YEAR, 1, "A", money.to_pounds(29_30))] and ledger.agrees


def test_amounts_to_date_are_asked_for_and_become_those_of_each_month():
    text = BY_MONTH.replace("Net", "YTD actual")
    rows = "Code,YTD actual,Month\nE1,100,1\nE1,250,2\nE1,240,4\nE2,5,2\n"
    (finding,) = read(rows, text).findings
    assert finding.id == "ledger.cumulative" and "cumulative: true" in finding.fix
    ledger = read(rows, text + "cumulative: true\n")
    # 100; 250 − 100; 240 − 250
    assert booked(ledger) == [
        (YEAR, 1, "A", 100),
        (YEAR, 2, "A", 150),
        (YEAR, 2, "B", 5),
        (YEAR, 4, "A", -10),
    ]
    assert ledger.agrees


def test_amounts_to_date_take_the_place_of_every_typed_month_before_them():
    text = BY_MONTH + "cumulative: true\n"
    typed = [Actual(year=YEAR, month=month, scheme="A", amount=50) for month in (1, 2, 4)]
    plan = PLAN.model_copy(update={"actuals": tuple(typed)})
    joined, findings = with_ledgers(plan, [read("Code,Net,Month\nE1,130,3\n", text)])
    # 130 to month 3 stands for the typed 50 + 50; the 50 of month 4 counts beside it
    assert sorted((row.month, row.amount) for row in joined.actuals) == [(3, 130), (4, 50)]
    assert [finding.id for finding in findings] == ["ledger.replaces", "ledger.beside"]


# -- months and years


@pytest.mark.parametrize(
    "text",
    [
        "Balance b/f",
        "BALANCE B/FWD",
        "Balance brought forward",
        "Opening balance",
        "Carried forward:",
    ],
)
def test_a_balance_with_a_code_of_the_map_is_left_out(text):
    """The balance of 900 is the sum of postings elsewhere; 100 was spent."""
    ledger = read(HEAD + f"E1,{text},900.00,01/04/2025\nE1,Home first,100.00,13/04/2025\n")
    assert booked(ledger) == [(YEAR, 1, "A", 100)]
    assert (ledger.rows, ledger.taken, ledger.left_out) == (2, 1, 1)
    assert ledger.left_out_pence == 900_00 and ledger.agrees
    (finding,) = ledger.findings
    assert "balances brought or carried forward, £900 in all" in finding.message


def test_a_posting_that_speaks_of_a_balance_is_taken():
    ledger = read(HEAD + "E1,Balance of invoice 17 carried forward,9.00,13/04/2025\n")
    assert booked(ledger) == [(YEAR, 1, "A", 9)]


@pytest.mark.parametrize("head", ["Code,Name £000,Apr,May", "Code,,Apr,£m"])
def test_another_scale_is_looked_for_with_months_in_columns(head):
    text = "columns: {code: Code}\nmonths_in_columns: true\nschemes: {E1: A, E2: B}\n"
    ledger = read(head + "\nE1,a,100.00,50.00\n", text)
    assert ids(ledger) == ["ledger.scale"] and not ledger.actuals


def test_months_in_columns():
    text = "columns: {code: Code}\nmonths_in_columns: true\nschemes: {E1: A, E2: B}\n"
    rows = "Code,Name,Apr,May,Jun,Total\nE1,a,100.00,50.00,,150.00\nE2,b,,(7.00),1,-6.00\n"
    ledger = read(rows, text)
    assert booked(ledger) == [
        (YEAR, 1, "A", 100),
        (YEAR, 2, "A", 50),
        (YEAR, 2, "B", -7),
        (YEAR, 3, "B", 1),
    ]
    assert ledger.agrees and ledger.read_pence == 144_00
    (finding,) = read(rows).findings
    assert finding.id == "ledger.column" and "months_in_columns: true" in finding.fix


def test_months_first_are_known_from_the_whole_file_or_asked_for():
    ledger = read(HEAD + "E1,a,5.00,04/05/2025\nE1,b,6.00,05/25/2025\n")
    assert booked(ledger) == [(YEAR, 1, "A", 5), (YEAR, 2, "A", 6)]
    assert ids(ledger) == ["ledger.month-first"]
    unknown = read(HEAD + "E1,a,5.00,04/05/2025\nE1,b,6.00,05/06/2025\n")
    assert not unknown.taken and "date_format" in unknown.rejects[0].reason
    assert ids(unknown) == ["ledger.rejected"]
    said = read(HEAD + "E1,a,5.00,04/05/2025\n", DATED + "date_format: '%d/%m/%Y'\n")
    assert booked(said) == [(YEAR, 2, "A", 5)]


def test_every_year_of_a_ledger_is_read_in_one_run():
    ledger = read(
        HEAD
        + "E1,a,1.00,30/04/2025\nE1,b,2.00,31/03/2026\nE1,c,4.00,01/04/2026\nE1,d,8.00,31/03/2025\n"
    )
    assert booked(ledger) == [(YEAR, 1, "A", 1), (YEAR, 12, "A", 2), ("2026/27", 1, "A", 4)]
    assert [(reject.line, reject.pence) for reject in ledger.rejects] == [(5, 8_00)]
    text = BY_MONTH.replace("Month}", "Month, year: Year}")
    by_year = read("Code,Net,Month,Year\nE1,1,1,2025/26\nE1,2,1,2026-27\nE1,4,1,2026\n", text)
    assert booked(by_year) == [(YEAR, 1, "A", 1), ("2026/27", 1, "A", 2)]
    assert by_year.rejects[0].reason == "“2026” is not a financial year such as 2025/26"


# -- several ledgers, and what is typed


def test_two_extracts_of_one_month_add_up():
    one = read(HEAD + "E1,a,100.00,01/04/2025\nE1,b,300.00,20/04/2025\n", name="part1.csv")
    two = read(HEAD + "E1,c,50.00,28/04/2025\nE2,d,7.00,28/04/2025\n", name="part2.csv")
    joined, findings = with_ledgers(PLAN, [one, two])
    amounts = [(row.scheme, row.month, row.amount) for row in joined.actuals]
    assert amounts == [("A", 1, 450), ("B", 1, 7)] and not findings
    assert joined.actuals[0].evidence == "Ledger part1.csv; Ledger part2.csv"


def test_an_extract_that_repeats_another_is_refused_and_an_overlap_is_named():
    one = read(HEAD + "E1,a,100.00,13/04/2025\nE1,b,300.00,20/04/2025\n", name="one.csv")
    same = read(HEAD + "E1,b,300.00,20/04/2025\n", name="same.csv")
    joined, (finding,) = with_ledgers(PLAN, [one, same])
    assert (finding.id, finding.effect_pence) == ("ledger.repeated", 300_00)
    assert "same.csv" in finding.message and "one.csv" in finding.message
    assert sum(row.amount for row in joined.actuals) == 400
    part = read(HEAD + "E1,b,300.00,20/04/2025\nE1,c,1.00,20/04/2025\n", name="part.csv")
    joined, (finding,) = with_ledgers(PLAN, [one, part])
    assert (finding.id, finding.severity) == ("ledger.overlap", "warning")
    assert sum(row.amount for row in joined.actuals) == 701


@pytest.mark.parametrize(
    ("typed", "booked_months", "kept", "findings"),
    [
        ((1, 2, 3), "4", [(1, 50), (2, 50), (3, 50), (4, 7)], ["ledger.beside"]),
        ((3,), "1 2 3", [(1, 7), (2, 7), (3, 7)], ["ledger.replaces"]),
        ((3,), "3", [(3, 7)], ["ledger.replaces"]),
        ((3,), "1 2", [(1, 7), (2, 7), (3, 50)], ["ledger.typed-quarter"]),
        ((3,), "2 3", [(2, 7), (3, 7)], ["ledger.replaces"]),
        ((3, 6), "4", [(3, 50), (4, 7), (6, 50)], ["ledger.typed-quarter"]),
        ((2, 3), "1", [(1, 7), (2, 50), (3, 50)], ["ledger.beside"]),
    ],
)
def test_what_is_typed_and_the_ledger_are_never_added_without_a_word(
    typed, booked_months, kept, findings
):
    plan = PLAN.model_copy(
        update={
            "actuals": tuple(
                Actual(year=YEAR, month=month, scheme="A", amount=50) for month in typed
            )
        }
    )
    rows = "".join(f"E1,7,{month}\n" for month in booked_months.split())
    joined, raised = with_ledgers(plan, [read("Code,Net,Month\n" + rows, BY_MONTH)])
    assert sorted((row.month, row.amount) for row in joined.actuals) == kept
    assert [finding.id for finding in raised] == findings


# -- maps


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_map_is_read_as_notepad_saves_it(encoding):
    text = "columns: {code: Code, amount: Net £, date: Date}\nschemes: {E1: A}\n"
    ledger_map, findings = read_map(text.encode(encoding), "map.yaml")
    assert ledger_map is not None and not findings
    content = "Code,Net £,Date\nE1,5,13/04/2025\n".encode()
    assert booked(read_ledger(content, ledger_map, PLAN, YEAR, "x.csv")) == [(YEAR, 1, "A", 5)]


@pytest.mark.parametrize(
    "line",
    [
        "delimiter: ';;'",
        "delimiter: '\"'",
        "date_format: '%'",
        "date_format: '%d %d'",
        "date_format: '%d('",
        "date_format: '%Y'",
        "control_total: .nan",
        "control_total: 1e999999999",
        "control_total: .inf",
        "control_total: 99999999999999999999",
        "control_total: some",
        "period_form: '{month:>999999999}'",
        "period_form: '{month.__class__}'",
        "period_form: '{month[0]}'",
        "encoding: punycode",
        "encoding: hex",
        'encoding: "a\\0b"',
        "heading_row: 0",
        "year: 2025",
        "months_in_columns: true",
        "cumulative: perhaps",
        "schemes: {E1: [A]}",
        "ignore: 5",
        "nonsense: 1",
    ],
)
def test_a_map_that_says_what_cannot_be_is_refused_and_never_breaks(line):
    name = line.partition(":")[0]
    base = "columns: {code: Code, amount: Net, date: Date}\n"
    ledger_map, findings = read_map(base + line, "map.yaml")
    assert ledger_map is None
    assert findings and all(finding.id == "ledger.map" for finding in findings)
    assert name in findings[0].message or "months_in_columns" in findings[0].message


@pytest.mark.parametrize("delimiter", [r'"\t"', "tab", r"'\t'"])
def test_a_tab_may_be_the_delimiter(delimiter):
    text = DATED + f"delimiter: {delimiter}\n"
    assert booked(read(HEAD.replace(",", "\t") + "E1\ta\t5\t13/04/2025\n", text))


# -- workbooks


def test_the_rows_of_a_sheet_are_read_like_those_of_a_file():
    sheets = {
        "Notes": {1: ("Ledger of the pool", "")},
        "Data": {
            1: ("Report", "", "", ""),
            3: ("Code", "Text", "Net", "Date"),
            4: ("E1", 'a "b', "100.5", "2025-04-13"),
            5: ("E2", "", "-0.30000000000000004", "2026-04-01 10:00:00"),
            6: ("", "", "", ""),
            7: ("E2", 'c "d', "#REF!", "2025-04-13"),
        },
    }
    ledger = read(sheets)
    assert booked(ledger) == [
        (YEAR, 1, "A", money.to_pounds(100_50)),
        ("2026/27", 1, "B", money.to_pounds(-30)),
    ]
    assert ledger.agrees and [reject.line for reject in ledger.rejects] == [7]
    (finding,) = read(sheets, DATED + "sheet: Daten\n").findings
    assert finding.id == "ledger.sheet" and "Notes; Data" in finding.fix


# -- whatever is spoiled


def spoiled(line, draw):
    """Return a line with one thing wrong with it, as exports and hands make them."""
    at = draw.randrange(len(line) + 1)
    cells = line.split(",")
    ways = [
        line[:at] + '"' + line[at:],
        line[:at],
        line[:at] + "," + line[at:],
        line.replace(",", ';"', 1),
        ",".join(cells[::-1]),
        ",".join(cells[:2]),
        line[:at] + "\0\x0c\u200b\u202e" + line[at:],
        line.replace(".", ",", 1),
        '"' + line,
        line + '"',
        "",
        "Page 3 of 9",
    ]
    return draw.choice(ways)


def test_one_spoiled_line_never_takes_another_with_it():
    """2,000 ledgers of 12 rows, up to four of them spoiled: the others are read to the penny."""
    for seed in range(2_000):
        draw = random.Random(seed)
        amounts = [draw.randrange(1, 10**7) for _ in range(12)]
        lines = [f"E1,row {n},{p / 100:.2f},13/04/2025" for n, p in enumerate(amounts)]
        wrong = set(draw.sample(range(12), draw.randrange(5)))
        lines = [spoiled(line, draw) if n in wrong else line for n, line in enumerate(lines)]
        ledger = read(HEAD + "\n".join(lines) + "\n")
        taken = {row[1]: pence for row, (_, pence) in ledger.taken_rows.items()}
        for number in set(range(12)) - wrong:
            assert taken.get(f"row {number}") == amounts[number], (seed, lines)
        counted = ledger.taken + ledger.left_out + len(ledger.rejects)
        assert counted == ledger.rows and ledger.lines == ledger.other_lines + ledger.row_lines
        assert ledger.agrees or "ledger.column" in "".join(ids(ledger)), (seed, lines)


def test_a_row_that_holds_a_heading_among_its_texts_is_a_row():
    ledger = read(
        HEAD + "E1,Net,5.00,13/04/2025\nE1,Code,6.00,13/04/2025\nE2,Date,7.00,13/04/2025\n"
    )
    assert ledger.taken_pence == 18_00 and ledger.agrees


@pytest.mark.parametrize("line", ['"a', 'E1,"x,1.00,13/04', '"","a', '""",'])
def test_quotes_without_end_take_no_work_without_end(line, monkeypatch):
    """Letters that the CSV parser was given, for each letter of the file.

    A cell has at most 50 lines, so a line is parsed at most 50 times joined with those above it,
    and twice by itself. 2,000 lines looked at from each of them would be a thousand times.
    """
    parsed = 0
    cells_of = ledger_records._cells

    def counted(text, delimiter, **options):
        nonlocal parsed
        parsed += len(text)
        return cells_of(text, delimiter, **options)

    monkeypatch.setattr(ledger_records, "_cells", counted)
    body = f"{line}\n" * 2_000
    ledger = read(HEAD + body)
    assert ledger.lines == 2_001 and not ledger.taken
    assert 0 < parsed <= 52 * len(body)
