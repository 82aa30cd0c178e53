"""What needs a decision: the gravest findings on the Dashboard, each with what to do about it."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from icbudget.answers.partner_positions import MADE_OF
from icbudget.workbook.writing.answer_sheets import write_figure
from icbudget.workbook.writing.checks_sheet import Checking
from icbudget.workbook.writing.formulas import Area, Figure, first_that_holds
from icbudget.workbook.writing.styles import Styles

DECISIONS_ROW, MOST_DECISIONS, _LINES = 9, 5, 2
"""Row of the heading, counted from 0; how many decisions there are; lines of each: what was found,
and what to do.
"""
DECISIONS_END = DECISIONS_ROW + _LINES * MOST_DECISIONS
DECISIONS_SEE = 8
"""Column of the link to where a finding stands, counted from 0."""
MOST_LETTERS, _ROOM = 112, 97
"""Letters that a line has room for, and after how many a longer text goes on in the next."""
_ON_CHECKS = " … see Checks"
_POUND = Decimal(1)


def write_decisions(sheet: Any, styles: Styles, checking: Checking) -> None:
    """Write the first findings, which are the gravest: what is found, what to do, the £, a link."""
    area: Area = checking.findings
    heads = {0: "What needs a decision", 6: "Worth (£)", DECISIONS_SEE: "See"}
    for column in range(9):
        words = heads.get(column, "")
        sheet.write_string(DECISIONS_ROW, column, words, styles.heading(over_numbers=column == 6))
    for at in range(MOST_DECISIONS):
        _write_decision(sheet, styles, area, at)


def _write_decision(sheet: Any, styles: Styles, area: Area, at: int) -> None:
    """Write one finding over its lines."""
    severity, where, finding, fix, effect, _ = area.block.headings
    row = DECISIONS_ROW + 1 + _LINES * at
    known = at < len(area.block.rows)
    labels = area.block.rows[at].labels if known else ("",) * len(area.block.headings)
    values = dict(zip(area.block.headings, labels, strict=True))
    cells = {heading: area.cell(at, heading) for heading in area.block.headings}

    def decided(heading: str) -> Figure:
        # The last row names the plan that the findings are of; nobody decides on that.
        formula = f'IF({cells[severity]}="{MADE_OF}","",{cells[heading]}&"")'
        words = "" if values[severity] == MADE_OF else values[heading]
        return Figure(f'IF(ISERROR({cells[heading]}),"",{formula})', words)

    first, second = _over_two_lines(decided(finding), decided(fix), f"$A${row + 1}")
    write_figure(sheet, row, 0, first, styles.decision)
    write_figure(sheet, row + 1, 0, second, styles.decision_asked)
    for column in range(1, DECISIONS_SEE + 1):
        sheet.write_blank(row + 1, column, None, styles.decision_asked)
    # Whole pounds as a number, taken from the digits: VALUE of a text with a point or a comma is
    # another number in another language. A program that lacks the functions works blank cells out
    # again: no amount is no error.
    pounds_alone = f'VALUE(SUBSTITUTE(LEFT({cells[effect]},LEN({cells[effect]})-3),",",""))'
    half = f'(RIGHT({cells[effect]},2)>="50")'
    up = f'IF(LEFT({cells[effect]},1)="-",-1,1)'
    pounds = f"{pounds_alone}+{up}*{half}"
    worth = f'IF(ISERROR({cells[effect]}),"",IF({cells[effect]}="","",{pounds}))'
    amount: float | str = ""
    if values[effect]:
        amount = float(Decimal(values[effect].replace(",", "")).quantize(_POUND, ROUND_HALF_UP))
    write_figure(sheet, row, 6, Figure(worth, amount), styles.whole_pounds)
    link = _link(f"A{row + 1}", cells[where], values[where])
    write_figure(sheet, row, DECISIONS_SEE, link, styles.link)


def _over_two_lines(finding: Figure, fix: Figure, first_cell: str) -> tuple[Figure, Figure]:
    """Return what two lines say: what is found, going on in the second, and then what to do.

    No word is cut. What the second line has no room for stands on Checks, which it then says.
    """
    first = _beginning(finding)
    # The first line ends before a blank: what is left begins after that.
    left_out = str(finding.value)[len(str(first.value)) + 1 :]
    rest = Figure(f"MID({finding.formula},LEN({first_cell})+2,999)", left_out)
    together = len(left_out) + len(str(fix.value)) < MOST_LETTERS
    second = first_that_holds(
        (Figure(f'{rest.formula}=""', not left_out), _beginning(fix, more=_ON_CHECKS)),
        (
            Figure(f"LEN({rest.formula})+LEN({fix.formula})<{MOST_LETTERS}", together),
            Figure(f'{rest.formula}&" "&{fix.formula}', f"{left_out} {fix.value}"),
        ),
        otherwise=_beginning(rest, more=_ON_CHECKS),
    )
    return first, second


def _beginning(words: Figure, more: str = "") -> Figure:
    """Return as much of a text as a line has room for, to the end of a word, and then `more`."""
    formula, value = words.formula, str(words.value)
    ends = f'FIND(" ",{formula}&" ",{_ROOM})-1'
    goes_on = f'&"{more}"' if more else ""
    short = f"IF(LEN({formula})<={MOST_LETTERS},{formula},LEFT({formula},{ends}){goes_on})"
    if len(value) > MOST_LETTERS:
        value = value[: f"{value} ".index(" ", _ROOM - 1)] + more
    return Figure(short, value)


def _link(words: str, cell: str, place: str) -> Figure:
    """Return a link to the cell or sheet that a finding names; none beside a line without words."""
    names_cell = f'ISNUMBER(FIND("!",{cell}))'
    sheet = f'LEFT({cell},FIND("!",{cell})-1)'
    rest = f'MID({cell},FIND("!",{cell}),LEN({cell}))'
    target = f'IF({names_cell},"#\'"&{sheet}&"\'"&{rest},"#\'"&{cell}&"\'!A1")'
    # Where the add-in is not connected, a program that works links out anew leads to Checks.
    known = f'IF({cell}="","",HYPERLINK({target},{cell}))'
    link = f'IF(ISERROR({cell}),HYPERLINK("#Checks!A1","Checks"),{known})'
    return Figure(f'IF({words}="","",{link})', place)
