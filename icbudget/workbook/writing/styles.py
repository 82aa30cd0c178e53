"""How the workbook looks: colours by role, number formats by kind and unit.

Nothing here knows a plan.

Every colour is also told in words on Start; fills differ in lightness too, so that a grey print
can be read.
"""

from __future__ import annotations

from typing import Any

from icbudget.plan.columns import Kind

INPUT_FILL, ANSWER_FILL, TOTAL_FILL = "#FFF9DE", "#FFFFFF", "#F1F3F5"
HEADING_FILL, NEEDED_FILL, TITLE_INK, LINK_INK = "#12436D", "#12436D", "#12436D", "#12436D"
QUIET_INK, LINE = "#52606D", "#CBD2D9"
TABS = {
    "guide": "#801650",
    "input": "#12436D",
    "answer": "#28A197",
    "check": "#801650",
    "reference": "#A6A6A6",
}
BLUE, TURQUOISE, PURPLE, ORANGE, GREY, PLUM = (
    *("#12436D", "#28A197", "#A285D1", "#F46A25", "#3D3D3D", "#801650"),
)
SERIES = (BLUE, TURQUOISE, PURPLE, ORANGE, GREY, PLUM, "#B6D8EE", "#BFBFBF")
"""The colours of the Government Analysis Function, then two light ones, in an order in which
neighbours differ in lightness; what is stacked has white edges between.
"""
MARKERS = ("circle", "square", "diamond", "triangle", "x", "plus", "star", "long_dash")

WHOLE_POUNDS, POUNDS_PENCE = '#,##0;"−"#,##0;"–"', '#,##0.00;"−"#,##0.00;"–"'
"""Money in whole pounds, and with its pence: a true minus, and a dash for nought, never red alone.
A cell holds its pence however it is shown.
"""
BY_KIND: dict[Kind, str] = {
    Kind.MONEY: POUNDS_PENCE,
    Kind.PRICE: POUNDS_PENCE,
    Kind.NUMBER: "#,##0.0###",
    Kind.FRACTION: "0.0##%",
    Kind.WHOLE: "0",
    Kind.DATE: "dd mmm yyyy",
    Kind.TEXT: "@",
    Kind.CHOICE: "@",
    Kind.REFERENCE: "@",
    Kind.REFERENCES: "@",
    Kind.YES_NO: "@",
    Kind.YEAR: "@",
    Kind.YEARS: "@",
}
BY_UNIT = {
    "£": WHOLE_POUNDS,
    "£ a unit": POUNDS_PENCE,
    "£ a person": POUNDS_PENCE,
    "£000": WHOLE_POUNDS,
    "%": '0.0#%;"−"0.0#%;0.0#%',
    "factor": "0.0000",
    "years": "0.0",
    "people": "#,##0",
    "draws": "#,##0",
    "figures": "#,##0",
    "number": "0",
}
ACTIVITY = '#,##0.0;"−"#,##0.0;0.0'


def by_unit(unit: str) -> str:
    """Return the number format of a unit; what is not money or a ratio is activity."""
    return BY_UNIT.get(unit, ACTIVITY)


def as_shown(value: float, number_format: str) -> str:
    """Return a number about as a program shows it, to find how wide it is."""
    if "%" in number_format:
        return f"{value:,.3%}"
    # A comma at the end leaves out three digits.
    first = number_format.split(";")[0]
    decimals = len(first.partition(".")[2].rstrip(","))
    return f"{value / 1000 if first.endswith(',') else value:,.{decimals}f}"


def bracketed(number_format: str) -> str:
    """Return a number format that shows what is below zero in brackets.

    So the NHS writes it; other figures are kept in line with it.
    """
    parts = number_format.split(";")
    # A format without a part for zero is no money.
    if len(parts) != 3:
        return number_format
    below = parts[1].replace('"−"', "(", 1)
    return f"{parts[0]}_);{below});{parts[2]}_)"


class Styles:
    """The formats of one workbook, each made once.

    With `brackets`, money below zero stands in brackets, not after a minus.
    """

    def __init__(self, book: Any, *, brackets: bool = False) -> None:
        self.book, self.brackets = book, brackets
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}
        self._cells: dict[tuple[str, str, bool], Any] = {}

    def get(self, **properties: Any) -> Any:
        """Return the format with these properties."""
        if self.brackets and "num_format" in properties:
            properties["num_format"] = bracketed(properties["num_format"])
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self.book.add_format(
                {"font_name": "Arial", "font_size": 10, "valign": "top", **properties}
            )
        return self._made[key]

    def holds(self, sheet: str) -> bool:
        """Return whether the workbook has a sheet of this name."""
        return sheet in self.book.sheetnames

    @property
    def title(self) -> Any:
        """Return the format of a sheet's title."""
        return self.get(bold=True, font_size=18, font_color=TITLE_INK)

    @property
    def subtitle(self) -> Any:
        """Return the format of a heading inside a sheet."""
        return self.get(bold=True, font_size=12, font_color=TITLE_INK)

    @property
    def text(self) -> Any:
        """Return the format of plain words."""
        return self.get()

    @property
    def wrapped(self) -> Any:
        """Return the format of words that run over several lines."""
        return self.get(text_wrap=True)

    @property
    def strong(self) -> Any:
        """Return the format of words that matter."""
        return self.get(bold=True)

    @property
    def right(self) -> Any:
        """Return the format of words that stand right, as an amount does."""
        return self.get(align="right")

    @property
    def quiet(self) -> Any:
        """Return the format of words that stand back."""
        return self.get(font_color=QUIET_INK)

    @property
    def quiet_strong(self) -> Any:
        """Return the format of a label that stands back."""
        return self.get(font_color=QUIET_INK, bold=True)

    @property
    def loud(self) -> Any:
        """Return the format of words that are seen first."""
        return self.get(bold=True, font_size=12)

    @property
    def loud_link(self) -> Any:
        """Return the format of a link that is seen first."""
        return self.get(bold=True, font_size=12, font_color=LINK_INK, underline=1)

    @property
    def step(self) -> Any:
        """Return the format of the words of a step."""
        return self.get(text_wrap=True, valign="vcenter", bottom=1, bottom_color=LINE)

    @property
    def step_number(self) -> Any:
        """Return the format of the number of a step."""
        return self.get(
            bold=True,
            font_size=12,
            font_color=TITLE_INK,
            valign="vcenter",
            bottom=1,
            bottom_color=LINE,
            align="center",
        )

    @property
    def step_name(self) -> Any:
        """Return the format of the name of a step."""
        return self.get(bold=True, valign="vcenter", bottom=1, bottom_color=LINE)

    @property
    def step_state(self) -> Any:
        """Return the format of the state of a step."""
        return self.get(bold=True, valign="vcenter", bottom=1, bottom_color=LINE)

    @property
    def step_link(self) -> Any:
        """Return the format of where a step is done."""
        return self.get(
            font_color=LINK_INK, underline=1, valign="vcenter", bottom=1, bottom_color=LINE
        )

    @property
    def now(self) -> Any:
        """Return what marks a step that waits, beside its words."""
        return self.book.add_format({"bg_color": INPUT_FILL, "font_color": "#000000"})

    @property
    def card_label(self) -> Any:
        """Return the format of the label of a figure of the Dashboard."""
        return self.get(
            bold=True,
            font_color=QUIET_INK,
            bg_color=TOTAL_FILL,
            top=5,
            top_color=HEADING_FILL,
            align="left",
            valign="vcenter",
            text_wrap=True,
            indent=1,
        )

    def card_figure(self, number_format: str) -> Any:
        """Return the format of a figure of the Dashboard."""
        return self.get(
            bold=True,
            font_size=24,
            bg_color=TOTAL_FILL,
            align="left",
            indent=1,
            num_format=number_format,
        )

    @property
    def card_words(self) -> Any:
        """Return the format of the sentence below a figure of the Dashboard."""
        words = {"text_wrap": True, "align": "left", "indent": 1}
        return self.get(font_color=QUIET_INK, bg_color=TOTAL_FILL, **words)

    @property
    def decision(self) -> Any:
        """Return the format of a finding on the Dashboard, which stands under its heading."""
        return self.get(align="left", indent=1)

    @property
    def decision_asked(self) -> Any:
        """Return the format of what to do about a finding on the Dashboard, below it."""
        edge = {"bottom": 1, "bottom_color": "#D9D9D9"}
        return self.get(align="left", indent=2, font_color=QUIET_INK, **edge)

    @property
    def whole_pounds(self) -> Any:
        """Return the format of an amount in whole pounds outside a table."""
        return self.get(align="right", num_format='#,##0;"−"#,##0;0')

    @property
    def link(self) -> Any:
        """Return the format of a link."""
        return self.get(font_color=LINK_INK, underline=1)

    def band(self, *, wrap: bool = False) -> Any:
        """Return the format of the words above a group of columns or of sheets."""
        return self.get(italic=True, font_color="#595959", text_wrap=wrap)

    def heading(self, *, needed: bool = False, over_numbers: bool = False) -> Any:
        """Return the format of a heading: a band without lines between its cells.

        A column that must be filled in is darker, one of numbers stands right.
        """
        fill, side = NEEDED_FILL if needed else HEADING_FILL, "right" if over_numbers else "left"
        words = {
            "bold": True,
            "font_color": "#FFFFFF",
            "text_wrap": True,
            "align": side,
            "indent": 0 if over_numbers else 1,
        }
        return self.get(**words, bg_color=fill)

    def input(self, number_format: str = "@", *, grey: bool = False) -> Any:
        """Return the format of a cell that people fill in; it is never locked.

        It is yellow, or grey in a part of a plan where the cell is another partner's.
        """
        fill = TOTAL_FILL if grey else INPUT_FILL
        return self._cell(fill, number_format, typed=True)

    def total(self, number_format: str = POUNDS_PENCE, *, bold: bool = False) -> Any:
        """Return the format of a cell that an ordinary formula calculates: grey and locked."""
        return self.get(**_box(TOTAL_FILL, number_format), bold=bold)

    def label(self, *, wrap: bool = False) -> Any:
        """Return the format of the label of a line of totals.

        It may run over the cells right of it or wrap.
        """
        edges = {"top": 1, "bottom": 1, "border_color": "#BFBFBF"}
        return self.get(bg_color=TOTAL_FILL, align="left", indent=1, text_wrap=wrap, **edges)

    @property
    def sum_label(self) -> Any:
        """Return the format of the word left of a sum above a table."""
        return self.get(bold=True, align="right", bg_color=TOTAL_FILL)

    @property
    def agreement(self) -> Any:
        """Return the format of a cell that says whether two sides agree."""
        return self.get(**_box(TOTAL_FILL, "General"), align="right", font_color=QUIET_INK)

    def linked_label(self) -> Any:
        """Return the format of such a label that is a link to the sheet behind its line."""
        return self.get(
            bg_color=TOTAL_FILL,
            top=1,
            bottom=1,
            border_color="#BFBFBF",
            align="left",
            indent=1,
            font_color=LINK_INK,
            underline=1,
        )

    def unwrapped(self) -> Any:
        """Return the format of words in a table that stay on one line, however long."""
        return self.get(**{**_box(ANSWER_FILL, "@"), "text_wrap": False})

    @property
    def answer_link(self) -> Any:
        """Return the format of a cell of an answer that leads to another cell."""
        return self.get(**_box(ANSWER_FILL, "@"), font_color=LINK_INK, underline=1)

    def answer(self, number_format: str = "@") -> Any:
        """Return the format of a cell of an answer: white with a border, and locked."""
        return self._cell(ANSWER_FILL, number_format)

    def _cell(self, fill: str, number_format: str, *, typed: bool = False) -> Any:
        """Return the format of a cell; it is asked for every cell, so it is looked up by little."""
        key = (fill, number_format, typed)
        if key not in self._cells:
            unlocked = {"locked": False} if typed else {}
            self._cells[key] = self.get(**_box(fill, number_format), **unlocked)
        return self._cells[key]

    def worth(self) -> Any:
        """Return the format of an amount that an answer gives as words."""
        return self.get(**_box(ANSWER_FILL, "General"), align="right")


def _box(fill: str, number_format: str) -> dict[str, Any]:
    """Return a bordered cell; text wraps and keeps clear of the number left of it."""
    words = {"text_wrap": True, "align": "left", "indent": 1} if number_format == "@" else {}
    return {
        "bg_color": fill,
        "border": 1,
        "border_color": "#BFBFBF",
        "num_format": number_format,
        **words,
    }


def differing(sheet: Any, styles: Styles, row: int, column: int, last_column: int) -> None:
    """Make cells of a row loud that begin with ✗; the words tell it too."""
    loud = styles.book.add_format({"bg_color": "#FFC7CE", "font_color": "#9C0006", "bold": True})
    rule = {"type": "text", "criteria": "begins with", "value": "✗", "format": loud}
    sheet.conditional_format(row, column, row, last_column, rule)


AGREES = "✓ agrees"
"""What a comparison says where both of its sides are one figure."""


def verdict(sheet: Any, styles: Styles, row: int, column: int, last_row: int) -> None:
    """Colour cells by the word that stands in them.

    ✓ agrees, Yes or Pass is green, CHECK, error, No or Fail red, and warnings and what is not known
    amber; the words tell it too.
    """
    good = styles.book.add_format({"bg_color": "#C6EFCE", "font_color": "#006100"})
    bad = styles.book.add_format({"bg_color": "#FFC7CE", "font_color": "#9C0006", "bold": True})
    fair = styles.book.add_format({"bg_color": "#FFEB9C", "font_color": "#7F6000"})
    words = {
        good: (AGREES, "Yes", "Pass"),
        bad: ("CHECK", "error", "No", "Fail", "Over-committed"),
        fair: ("warning", "Unallocated", "NOT KNOWN"),
    }
    for colour, words_of_colour in words.items():
        for word in words_of_colour:
            rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": colour}
            sheet.conditional_format(row, column, last_row, column, rule)
