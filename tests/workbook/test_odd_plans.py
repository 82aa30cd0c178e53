"""Odd plans on every sheet: no error, no figure as ###, no words cut, pages that can be read, in
the template and in results.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from functools import cache

import openpyxl
import pytest

from icbudget import glossary
from icbudget.workbook import layout
from tests.workbook.odd import ODD, odd_blocks, odd_case, odd_workbook
from tests.workbook.sheets import cut_words, narrow_figures, small_print

EVERY = pytest.mark.parametrize(
    ("name", "live"), [(name, live) for name in ODD for live in (False, True)]
)


@cache
def book(name: str, live: bool) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(odd_workbook(name, live=live)), data_only=True)


@EVERY
def test_no_cell_is_an_error(name, live):
    opened = book(name, live)
    told = [
        (s.title, c.coordinate, c.value)
        for s in opened
        for row in s.iter_rows()
        for c in row
        if str(c.value).startswith("#")
    ]
    assert told == []
    # The master check counts the findings in words; a total that differs would stand behind them.
    by_severity = Counter(finding.severity for finding in odd_case(name).findings)
    counts = [by_severity[severity] for severity in ("error", "warning", "note")]
    words = str(opened[layout.CHECKS]["B5"].value)
    assert [int(number) for number in re.findall(r"\d+", words)] == counts
    assert "differ" not in words


@EVERY
def test_no_figure_is_too_wide_for_its_column(name, live):
    assert [found for sheet in book(name, live) for found in narrow_figures(sheet)] == []


@EVERY
def test_no_words_are_cut(name, live):
    assert [found for sheet in book(name, live) for found in cut_words(sheet)] == []


@EVERY
def test_every_page_can_be_read(name, live):
    assert [found for sheet in book(name, live) for found in small_print(sheet)] == []


@pytest.mark.program("libreoffice")
def test_every_odd_plan_opens_in_a_spreadsheet_program_without_an_error(calc, tmp_path):
    for at, name in enumerate(ODD):
        path = tmp_path / f"odd-{at}.xlsx"
        path.write_bytes(odd_workbook(name, live=False))
        document = calc.open(path)
        try:
            assert document.errors() == [], name
            assert "differ" not in str(document.named(layout.MASTER_CHECK)), name
            assert str(document.value(layout.DASHBOARD, "A2")).startswith(
                odd_case(name).plan.setup.title
            )
        finally:
            document.close()


def test_a_chart_of_partners_shows_ten_bars_at_most_that_add_up_to_the_whole_system():
    sheet = book(next(iter(ODD)), False)["Partner positions"]
    rows = list(sheet.iter_rows(values_only=True))
    top = next(n for n, row in enumerate(rows) if str(row[0]).startswith(glossary.GAIN_SO_FAR)) + 2
    # What is drawn stands below its heading, right of the columns of the answer's labels.
    at = next(at for at, heading in enumerate(rows[top - 1]) if at and heading)
    shown = [(row[0], row[at]) for row in rows[top : top + 10]]
    assert shown[-1][0] == "Other partners" and rows[top + 10][0] is None
    # Names of 200 characters give way to ids.
    assert all(len(str(label)) <= 36 for label, _ in shown)
    (whole,) = [
        r.values[-1]
        for r in odd_blocks(next(iter(ODD)))["partner-positions"].where(
            partner="Whole system", figure=glossary.GAIN_SO_FAR
        )
    ]
    assert sum(figure for _, figure in shown) == pytest.approx(whole, abs=0.005)
