"""The workbook of a batch: one sheet for each table, as values."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime

from icbudget.answers.block import Block
from icbudget.report.report_figures import legible

_FORMATS = {"£": "#,##0;[Red]-#,##0;0", "%": "0.0%"}
_WIDEST = 60
CREATED = datetime(2026, 1, 1)
"""Date of every file, so that the same plans give the same bytes."""


def workbook(blocks: Iterable[Block]) -> bytes:
    """Return a workbook with each block on a sheet of its own, named after its title.

    Headings stay in view and can be filtered. Text is written as text, whatever it begins with.
    """
    import xlsxwriter

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": "icbudget: many plans", "created": CREATED})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    title = book.add_format({"bold": True, "font_size": 14})
    formats = {}
    for unit, number_format in _FORMATS.items():
        formats[unit] = book.add_format({"num_format": number_format})
    for block in blocks:
        # Excel's limit for the name of a sheet.
        sheet = book.add_worksheet(block.title[:31])
        sheet.write_string(0, 0, block.title, title)
        sheet.write_string(1, 0, block.shows)
        for at, heading in enumerate(block.headings):
            sheet.write_string(3, at, heading, bold)
        for number, row in enumerate(block.rows, start=4):
            labels = row.labels
            if block.columns:
                # A form has no Unit column, so its labels end before the unit.
                labels = (*row.labels, row.unit)[: block.values_at]
            for at, label in enumerate(labels):
                sheet.write_string(number, at, legible(label))
            for at, value in enumerate(row.values, start=block.values_at):
                cell_format = formats.get(block.unit_of(row.unit, block.headings[at]))
                if isinstance(value, str):
                    sheet.write_string(number, at, legible(value))
                elif value is not None:
                    sheet.write_number(number, at, value, cell_format)
        for at in range(len(block.labels)):
            texts = [block.headings[at], *(row.labels[at] for row in block.rows)]
            sheet.set_column(at, at, min(_WIDEST, 2 + max(map(len, texts))))
        sheet.set_column(block.values_at, len(block.headings), 18)
        sheet.freeze_panes(4, 1)
        sheet.autofilter(3, 0, 3 + len(block.rows), max(len(block.headings) - 1, 0))
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
    book.close()
    return stream.getvalue()
