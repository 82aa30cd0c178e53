"""A document as a Word file that a clerk can put into a council's own form."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from typing import Any

from icbudget.report.document import Chart, Document, Table
from icbudget.report.drawing import description, picture
from icbudget.report.pdf_document import widths
from icbudget.report.report_figures import legible

MADE = dt.datetime(2026, 4, 1)
"""When every file says it was made, so that the same document always gives the same bytes."""
_MARGIN_CM, _FIGURE_CM, _INK = 1.8, 1.85, "005A9C"
_WIDTH_CM = 21.0 - 2 * _MARGIN_CM
"""The width of an A4 page between its margins."""


def word(document: Document) -> bytes:
    """Return a document as the bytes of a .docx file: real headings, lists and table headings.

    Charts are pictures of the PDF's own vector drawings, since Word files made here cannot carry
    those, each with its description. The same document gives the same bytes.
    """
    import docx
    from docx.shared import Pt

    made = docx.Document()
    made.core_properties.title, made.core_properties.author = legible(document.title), "icbudget"
    made.core_properties.language = "en-GB"
    made.core_properties.created = made.core_properties.modified = MADE
    _set_page(made)
    _set_type(made)
    _speak_english(made)
    made.sections[0].footer.paragraphs[0].text = document.made_by
    made.add_paragraph(document.kind)
    made.add_heading(legible(document.title), 1)
    for what, value in document.facts:
        line = made.add_paragraph()
        line.paragraph_format.space_after = Pt(2)
        line.add_run(f"{what}: ").bold = True
        line.add_run(legible(value))
    made.add_heading(document.in_short, 2)
    if document.opening:
        made.add_paragraph(legible(document.opening))
    _points(made, document.points, "List Bullet")
    for section in document.sections:
        made.add_heading(legible(section.heading), 2)
        for text in section.paragraphs:
            made.add_paragraph(legible(text))
        _points(made, section.points, "List Number" if section.numbered else "List Bullet")
        for part in section.parts:
            if isinstance(part, Chart):
                _chart(made, part)
            else:
                _table(made, part)
        for text in section.remarks:
            made.add_paragraph(legible(text))
    if document.reading:
        made.add_paragraph(document.reading)
    return _packed(made)


def _set_page(made: Any) -> None:
    """Set A4 upright, which councils print on."""
    from docx.shared import Cm

    page = made.sections[0]
    page.page_width, page.page_height = Cm(21.0), Cm(29.7)
    page.left_margin = page.right_margin = Cm(_MARGIN_CM)
    page.top_margin = page.bottom_margin = Cm(_MARGIN_CM)


def _set_type(made: Any) -> None:
    from docx.shared import Pt, RGBColor

    made.styles["Normal"].font.name, made.styles["Normal"].font.size = "Arial", Pt(10.5)
    for level in (1, 2):
        style = made.styles[f"Heading {level}"]
        style.font.size = Pt(18 if level == 1 else 13)
        style.font.color.rgb = RGBColor.from_string(_INK)
        # The template's headings name a theme font, which would go before the name set here.
        style.element.rPr.rFonts.attrib.clear()
        style.font.name = "Arial"


def _speak_english(made: Any) -> None:
    """Say that the document is in British English, which decides how a screen reader speaks it."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    defaults = made.styles.element.find(qn("w:docDefaults"))
    properties = defaults.find(qn("w:rPrDefault")).find(qn("w:rPr"))
    language = properties.find(qn("w:lang"))
    if language is None:
        language = OxmlElement("w:lang")
        properties.append(language)
    language.set(qn("w:val"), "en-GB")


def _points(made: Any, points: tuple[str, ...], style: str) -> None:
    for point in points:
        made.add_paragraph(legible(point), style=style)


def _caption(made: Any, text: str) -> None:
    line = made.add_paragraph()
    line.paragraph_format.keep_with_next = True
    line.add_run(legible(text)).bold = True


def _chart(made: Any, chart: Chart) -> None:
    from docx.shared import Cm

    _caption(made, chart.caption)
    shape = made.add_picture(io.BytesIO(picture(chart.svg)), width=Cm(_WIDTH_CM * 0.82))
    shape._inline.docPr.set("descr", description(chart.svg))
    shape._inline.docPr.set("title", legible(chart.caption))


def _table(made: Any, table: Table) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    _caption(made, table.caption)
    lines = sum(len(group.lines) for group in table.groups)
    headed = sum(bool(group.heading) for group in table.groups)
    rows = 1 + lines + headed
    grid = made.add_table(rows=rows, cols=len(table.headings), style="Table Grid")
    grid.autofit = False
    # Listed once: a table that is asked for one cell lists all of its cells.
    cells = [row.cells for row in grid.rows]
    _set_widths(grid, cells, widths(table))

    def write(row: int, column: int, text: str, *, bold: bool = False) -> None:
        place = cells[row][column].paragraphs[0]
        run = place.add_run(legible(text))
        run.bold, run.font.size = bold, Pt(8 if len(table.headings) > 6 else 9)
        place.paragraph_format.space_after = Pt(0)
        if column and column - 1 not in table.words:
            place.alignment = WD_ALIGN_PARAGRAPH.RIGHT

    for column, heading in enumerate(table.headings):
        write(0, column, heading, bold=True)
    # Marked so, the headings stand again on each page, and screen readers know them.
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    grid.rows[0]._tr.get_or_add_trPr().append(repeated)
    row = 1
    for group in table.groups:
        if group.heading:
            cells[row][0].merge(cells[row][-1])
            write(row, 0, group.heading, bold=True)
            row += 1
        for line in group.lines:
            for column, text in enumerate((line.heading, *line.cells)):
                write(row, column, text, bold=line.total)
            row += 1
    made.add_paragraph()


def _set_widths(grid: Any, cells: Sequence[Sequence[Any]], parts: Sequence[int]) -> None:
    """Share the page's width by parts; a column of figures (0) takes what a figure needs."""
    from docx.shared import Cm

    left = _WIDTH_CM - _FIGURE_CM * parts.count(0)
    for column, part in enumerate(parts):
        width = Cm(_FIGURE_CM if part == 0 else left * part / sum(parts))
        grid.columns[column].width = width
        # Word goes by the column, LibreOffice by each cell.
        for row in cells:
            row[column].width = width


def _packed(made: Any) -> bytes:
    """Return the file packed with one date throughout, in the order of its parts' names."""
    loose, packed = io.BytesIO(), io.BytesIO()
    made.save(loose)
    with zipfile.ZipFile(loose) as parts, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
        # Word expects the part that names the kinds of all others first.
        for name in sorted(parts.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            # As made on Unix (3), on whatever machine it is made.
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            out.writestr(entry, parts.read(name))
    return packed.getvalue()
