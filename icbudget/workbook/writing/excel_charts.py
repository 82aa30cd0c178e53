"""The charts: native Excel charts over the totals of their sheet.

They are readable in grey and by every colour vision.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from icbudget.workbook.layout import quoted
from icbudget.workbook.writing.chart_figures import CHANGES, LEVELS, PATHS, POSITIONS
from icbudget.workbook.writing.chart_series import Chart, Series
from icbudget.workbook.writing.formulas import Figure
from icbudget.workbook.writing.styles import BLUE, GREY, MARKERS, ORANGE, SERIES, TURQUOISE

WIDTH, HEIGHT = 376, 340
"""Size of a chart in pixels: three stand side by side over the width of the Dashboard."""
_WIDEST = 720
"""The most pixels that a chart of an answer sheet takes."""
_MILLIONS = '#,##0.0,,;"−"#,##0.0,,;0'
_LEVEL_INK = "#7F7F7F"
_WHITE = {"color": "#FFFFFF", "width": 0.75}
_GRID = {"visible": True, "line": {"color": "#D9D9D9"}}


def charts_of(book: Any, drawn: Mapping[Chart, Series]) -> list[tuple[Any, str]]:
    """Return the charts in reading order, each with its text for people who do not see it."""
    makers = {
        Chart.INCOME: _income,
        Chart.LEFT: _left,
        Chart.BORNE: _borne,
        Chart.ACUTE: _acute,
        Chart.BRIDGE: _bridge,
        Chart.WORTH: _worth,
        Chart.PARTNERS: _partners,
        Chart.GOAL: _goal,
        Chart.SAVED: _saved,
        Chart.NET: _net,
        Chart.TORNADO: _tornado,
    }
    made = [(series, makers[name](book, series)) for name, series in drawn.items()]
    return [
        (chart, f"{words} The figures stand on the sheet {series.sheet}.")
        for series, (chart, words) in made
    ]


def write_charts(sheet: Any, row: int, charts: Sequence[tuple[Any, str]], room: int) -> None:
    """Put charts side by side below a row of an answer sheet; they share its width in pixels."""
    width = min(_WIDEST, room // max(1, len(charts)) - 8)
    for number, (chart, words) in enumerate(charts):
        options = {"description": words, "object_position": 3, "x_offset": number * (width + 8)}
        chart.set_size({"width": width, "height": HEIGHT})
        sheet.insert_chart(row, 0, chart, options)


def _finished(chart: Any, series: Series, across: str, up: str, number_format: str) -> Any:
    """Return a chart with its title, its axes, legend and size.

    Its title is the title of its figures.
    """
    title = f"={quoted(series.sheet)}!$A${series.row}"
    # Named although it is Excel's default: LibreOffice draws zero where a file does not say.
    chart.show_blanks_as("span")
    chart.set_title({"name": title, "name_font": {"size": 11, "bold": True}, "overlay": False})
    # Labels stand below the plot: beside the axis they would lie under what is below zero.
    chart.set_x_axis({"name": across, "label_position": "low", **_axis_font(9)})
    up_axis = {"name": up, "num_format": number_format, "major_gridlines": _GRID}
    chart.set_y_axis({**up_axis, **_axis_font(9)})
    chart.set_legend({"position": "bottom", "font": {"size": 9}})
    chart.set_size({"width": WIDTH, "height": HEIGHT})
    return chart


def _axis_font(numbers: int) -> dict[str, Any]:
    """Return the fonts of an axis, with the size of its numbers or labels."""
    return {"num_font": {"size": numbers}, "name_font": {"size": 9, "bold": False}}


def _set_bar_axes(chart: Any, rows: str, size: int) -> None:
    """Set the axes of bars: the first row on top, £ million below the last.

    A reversed axis of rows takes the axis of amounts to the top with it; the high end of the rows
    is then at the foot, so that labels put there stand below the bars again.
    """
    pounds = {"name": "£ million", "num_format": _MILLIONS, "label_position": "high"}
    chart.set_x_axis({**pounds, "major_gridlines": _GRID, **_axis_font(size)})
    down = {"name": rows, "reverse": True, "label_position": "low"}
    chart.set_y_axis({**down, "major_gridlines": {"visible": False}, **_axis_font(size)})


def _fill(at: int) -> dict[str, Any]:
    """Return the fill of a series: a colour, with white edges that part it from the others."""
    return {"fill": {"color": SERIES[at % len(SERIES)]}, "border": _WHITE}


def _line(at: int) -> dict[str, Any]:
    """Return the line of a series: a colour, a dash and a marker of its own."""
    ink = (BLUE, ORANGE, GREY, TURQUOISE)[at % 4]
    dash = ("solid", "round_dot", "dash", "long_dash")[at % 4]
    marker = {
        "type": MARKERS[at % len(MARKERS)],
        "size": 7,
        "fill": {"color": ink},
        "border": {"color": ink},
    }
    return {"line": {"color": ink, "width": 2.25, "dash_type": dash}, "marker": marker}


def _end(at: int) -> dict[str, Any]:
    """Return the thin line of an end of a range.

    It has the colour of the line it belongs to, dotted, without marker.
    """
    line = _line(at)["line"]
    return {
        "line": {**line, "width": 1, "dash_type": "round_dot" if at else "solid"},
        "marker": {"type": "none"},
    }


def _by_year(chart: Any, series: Series, look: Callable[[int], dict[str, Any]]) -> None:
    """Add each row of the figures as a series over the years."""
    first, last = series.corner.column, series.corner.column_of(len(series.headings) - 1)
    for at in range(len(series.rows)):
        row = series.row + 1 + at
        drawn = {
            "name": [series.sheet, row, 0],
            "categories": [series.sheet, series.row, first, series.row, last],
            "values": [series.sheet, row, first, row, last],
        }
        chart.add_series({**drawn, **look(at)})


def _by_column(chart: Any, series: Series, number: int, look: dict[str, Any]) -> None:
    """Add a column of the figures as a series over the rows."""
    first, last, column = series.row + 1, series.last, series.corner.column_of(number)
    drawn = {
        "name": [series.sheet, series.row, column],
        "categories": [series.sheet, first, 0, last, 0],
        "values": [series.sheet, first, column, last, column],
    }
    chart.add_series({**drawn, **look})


def _income(book: Any, series: Series) -> tuple[Any, str]:
    chart = book.add_chart({"type": "column", "subtype": "stacked"})
    _by_year(chart, series, lambda at: {**_fill(at), "gap": 60})
    labels = (label for label, _ in series.rows)
    names = ", ".join(str(label.value) if isinstance(label, Figure) else label for label in labels)
    words = f"income of the pools by funding source ({names})"
    finished = _finished(chart, series, "Financial year", "£ million", _MILLIONS)
    return finished, f"Stacked columns, one a financial year: {words}."


def _left(book: Any, series: Series) -> tuple[Any, str]:
    chart = book.add_chart({"type": "column"})
    _by_year(chart, series, lambda at: {**_fill(at), "gap": 60})
    words = "Columns by financial year: what is left at its end in each pooled fund."
    return _finished(chart, series, "Financial year", "£ million", _MILLIONS), words


def _borne(book: Any, series: Series) -> tuple[Any, str]:
    chart = book.add_chart({"type": "column", "subtype": "stacked"})
    _by_year(chart, series, lambda at: {**_fill(at), "gap": 60})
    words = (
        "Stacked columns, one a financial year: what each partner would bear of the pools'"
        " over- and underspends."
    )
    return _finished(chart, series, "Financial year", "£ million", _MILLIONS), words


def _acute(book: Any, series: Series) -> tuple[Any, str]:
    chart = book.add_chart({"type": "line"})
    each = len(series.rows) // len(PATHS)
    _by_year(chart, series, lambda at: _line(at // each) if at % each == 0 else _end(at // each))
    if each > 1:
        chart.set_high_low_lines({"line": {"color": "#BFBFBF", "width": 1}})
    paths = "payments for activity if nothing changes, and in the plan"
    ends = ", each with its 10th and 90th percentile over all draws" if each > 1 else ""
    finished = _finished(chart, series, "Financial year", "£ million", _MILLIONS)
    return finished, f"Lines over the financial years: {paths}{ends}."


def _bridge(book: Any, series: Series) -> tuple[Any, str]:
    chart = book.add_chart({"type": "column", "subtype": "stacked"})
    hidden: dict[str, Any] = {"fill": {"none": True}, "border": {"none": True}}
    edge: dict[str, Any] = {"border": _WHITE}
    level = {"fill": {"color": _LEVEL_INK}, **edge}
    points = {"points": [level if step in LEVELS else None for step in CHANGES]}
    more = {"fill": {"color": ORANGE}, **edge, **points}
    less = {"fill": {"color": BLUE}, **edge, **points}
    for column, look in enumerate((hidden, hidden, more, more, less, less), start=4):
        _by_column(chart, series, column, {**look, "gap": 40})
    _finished(chart, series, "Step (grey: a level)", "£ million", _MILLIONS)
    across = {"name": "Step (grey: a level)", "label_position": "low"}
    chart.set_x_axis({**across, **_axis_font(8)})
    # Only “More spending” and “Less spending” are named: the other series are parts of columns.
    chart.set_legend({"position": "bottom", "font": {"size": 9}, "delete_series": [0, 1, 3, 5]})
    words = "Waterfall of the whole system's net spending, as changes from the base year:"
    return chart, f"{words} {', '.join(CHANGES)}."


def _worth(book: Any, series: Series) -> tuple[Any, str]:
    chart = book.add_chart({"type": "column"})
    _by_year(chart, series, lambda at: {**_fill(at), "gap": 60})
    description = (
        "Columns, three a financial year: cash that commissioners stop paying, cash that providers"
        " stop spending, and tariff value, which is not a saving."
    )
    return _finished(chart, series, "Financial year", "£ million", _MILLIONS), description


def _partners(book: Any, series: Series) -> tuple[Any, str]:
    chart = book.add_chart({"type": "bar"})
    for at in range(len(POSITIONS)):
        _by_column(chart, series, 1 + at, {**_fill(at), "gap": 60})
    _finished(chart, series, "£ million", "Partner", "")
    _set_bar_axes(chart, "Partner", 9)
    chart.set_legend({"none": True})  # one series, which the title names
    words = "by how much it is better or worse off over the plan than if nothing changed"
    return chart, f"Bars, one for each partner: {words}."


def _goal(book: Any, series: Series) -> tuple[Any, str]:
    chart = book.add_chart({"type": "line"})
    _by_year(chart, series, _line)
    description = (
        "Lines over the financial years: what the goal's measure comes to in the plan, what it"
        " would have to be to meet the goal, and, where activity is counted, what it is if nothing"
        " changes."
    )
    unit = "In the unit of the goal"
    return _finished(chart, series, "Financial year", unit, "#,##0.0"), description


def _net(book: Any, series: Series) -> tuple[Any, str]:
    words = "net cash as planned, and its 10th, 50th and 90th percentile"
    return _fan(book, series), f"Lines over the financial years: {words}."


def _saved(book: Any, series: Series) -> tuple[Any, str]:
    description = (
        "Lines over the financial years: what the plan saves on payments for activity, draw by draw"
    )
    return _fan(book, series), f"{description}, as planned and its 10th, 50th and 90th percentile."


def _fan(book: Any, series: Series) -> Any:
    chart = book.add_chart({"type": "line"})
    _by_year(chart, series, _line)
    chart.set_high_low_lines({"line": {"color": "#7F7F7F", "width": 1}})
    return _finished(chart, series, "Financial year", "£ million", _MILLIONS)


def _tornado(book: Any, series: Series) -> tuple[Any, str]:
    chart = book.add_chart({"type": "bar"})
    for at in range(2):
        _by_column(chart, series, 1 + at, {**_fill(at), "gap": 30, "overlap": 100})
    _finished(chart, series, "£ million", "Driver", "")
    _set_bar_axes(chart, "Driver", 8)
    words = "how far net cash moves from the plan with the driver at its P10 and at its P90"
    return chart, f"Bars, two for each driver: {words}."
