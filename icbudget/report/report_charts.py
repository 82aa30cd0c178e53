"""Charts as inline SVG: searchable text, no colour alone, the same bytes every time.

Colours are Okabe and Ito's, which colour-blind readers tell apart; columns carry hatches, lines
carry markers and dashes.
"""

from __future__ import annotations

import io
import re
import warnings
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import wraps
from threading import Lock
from typing import Any, ParamSpec
from xml.etree import ElementTree

from icbudget.report.report_figures import Scale, legible, number

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#999999")
HATCHES = ("", "////", "\\\\\\\\", "xxxx", "----", "||||", "++++", "//--")
"""Lines only: hatches of dots make a drawing ten times as large."""
WIDTH = 6.4
FONTS = "'DejaVu Sans', Verdana, Arial, sans-serif"
LABEL = 34
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "icbudget",
    "text.parse_math": False,
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.edgecolor": "#444444",
    "grid.color": "#d0d0d0",
    "hatch.linewidth": 0.6,
    "legend.frameon": False,
    "path.simplify": False,
}


Given = ParamSpec("Given")
_KEPT = 32
"""Charts of 20 to 60 kB: report, paper and audit pack of a plan show the same few."""
_kept: OrderedDict[str, str] = OrderedDict()
_keeping = Lock()


def _drawn_once(draw: Callable[Given, str]) -> Callable[Given, str]:
    """Return a function of a chart that draws it once while it is among the last that were asked.

    A chart is known by all that it is made of, written out: amounts to their last digit.
    """

    @wraps(draw)
    def drawn(*arguments: Given.args, **named: Given.kwargs) -> str:
        known_by = repr((draw.__name__, arguments, named))
        with _keeping:
            if known_by in _kept:
                _kept.move_to_end(known_by)
                return _kept[known_by]
        chart = draw(*arguments, **named)
        with _keeping:
            _kept[known_by] = chart
            while len(_kept) > _KEPT:
                _kept.popitem(last=False)
        return chart

    return drawn


@contextmanager
def _axes(height: float) -> Iterator[tuple[Any, Any]]:
    """Give an empty figure and its axes under the report's own style, not the machine's."""
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_STYLE)
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        yield figure, figure.add_subplot()


def _svg(figure: Any, id: str, title: str, description: str) -> str:
    """Return a figure as inline SVG with a title, a description, and ids of its own."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    written = io.StringIO()
    # `savefig` would draw the figure twice, the first time only to lay it out.
    canvas: Any = FigureCanvasSVG(figure)
    canvas.print_svg(written, metadata={"Date": None, "Creator": None})
    root = ElementTree.fromstring(written.getvalue())
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        element.attrib = {name.rpartition("}")[2]: value for name, value in element.attrib.items()}
    for parent in list(root.iter()):
        # The block of metadata is empty here; a style would reach into the page around it.
        for child in [c for c in parent if c.tag in ("metadata", "style")]:
            parent.remove(child)
    text_of_root = ElementTree.tostring(root, encoding="unicode")
    # Only ids that something refers to stay, under the chart's own name: several charts share a
    # page.
    used = set(re.findall(r"(?:href=\"#|url\(#)([^\")]+)", text_of_root))
    for element in root.iter():
        if element.attrib.get("id") not in used:
            element.attrib.pop("id", None)
        for name, value in element.attrib.items():
            if name == "id":
                element.attrib[name] = f"{id}-{value}"
            elif name == "href":
                element.attrib[name] = f"#{id}-{value[1:]}"
            else:
                element.attrib[name] = value.replace("url(#", f"url(#{id}-").replace(
                    "'DejaVu Sans'", FONTS
                )
    root.attrib = {
        "viewBox": root.attrib["viewBox"],
        "role": "img",
        "aria-labelledby": f"{id}-title {id}-desc",
    }
    for at, (tag, text) in enumerate((("title", title), ("desc", description))):
        element_of_text = ElementTree.Element(tag, {"id": f"{id}-{tag}"})
        element_of_text.text = legible(text)
        root.insert(at, element_of_text)
    return ElementTree.tostring(root, encoding="unicode")


def short(text: str, length: int = LABEL) -> str:
    """Return a label that fits: cut with an ellipsis where it is longer."""
    clean = " ".join(legible(text).split())
    return clean if len(clean) <= length else f"{clean[: length - 1].rstrip()}…"


def _spoken(years: Sequence[str], values: Sequence[float], scale: Scale) -> str:
    return "; ".join(
        f"{year} {scale.write(value)}" for year, value in zip(years, values, strict=True)
    )


def _series_spoken(
    years: Sequence[str], series: Mapping[str, Sequence[float]], scale: Scale
) -> str:
    spoken = (f"{name}: {_spoken(years, values, scale)}" for name, values in series.items())
    return ". ".join(spoken)


def _money_axis(axis: Any, scale: Scale) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis.set_major_locator(MaxNLocator(6))
    axis.set_major_formatter(
        FuncFormatter(lambda value, _: number(value / scale.divisor, 1 if scale.decimals else 0))
    )


def _years(axes: Any, years: Sequence[str]) -> None:
    # Sixteen labels are what the width holds when they are turned.
    step = 1 + (len(years) - 1) // 16
    at = list(range(0, len(years), step))
    turned = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"} if len(years) > 8 else {}
    axes.set_xticks(at, [years[t] for t in at], **turned)


@_drawn_once
def stacked(
    id: str, title: str, years: Sequence[str], series: Mapping[str, Sequence[float]], scale: Scale
) -> str:
    """Return stacked columns by year with totals above; below zero is stacked downwards."""
    totals = [sum(values) for values in zip(*series.values(), strict=True)]
    with _axes(3.4 + 0.18 * ((len(series) + 1) // 2)) as (figure, axes):
        above, below = [0.0] * len(years), [0.0] * len(years)
        for n, (name, values) in enumerate(series.items()):
            floor = [above[t] if v >= 0 else below[t] for t, v in enumerate(values)]
            axes.bar(
                range(len(years)),
                values,
                0.7,
                floor,
                color=COLOURS[n % len(COLOURS)],
                hatch=HATCHES[n % len(HATCHES)],
                edgecolor="#222222",
                linewidth=0.5,
                label=short(name),
            )
            for t, v in enumerate(values):
                stack = above if v >= 0 else below
                stack[t] += v
        # Beyond twelve columns the totals above them would run into one another.
        for t, total in enumerate(totals if len(years) <= 12 else []):
            axes.annotate(
                scale.write(total),
                (t, above[t]),
                (0, 2),
                textcoords="offset points",
                ha="center",
                fontsize=8,
            )
        axes.axhline(0, color="#444444", linewidth=0.8)
        axes.grid(axis="y", linewidth=0.6)
        # Few columns keep their width: the plot is as wide as four need.
        room = 0.5 + max(0, 4 - len(years)) / 2
        axes.set_xlim(-room, len(years) - 1 + room)
        axes.set_ylabel(scale.name)
        axes.margins(y=0.1)
        _money_axis(axes.yaxis, scale)
        _years(axes, years)
        figure.legend(loc="outside lower center", ncols=2)
        in_all = f"In all: {_spoken(years, totals, scale)}."
        words = f"Stacked columns, {scale.name}. {in_all} {_series_spoken(years, series, scale)}."
        return _svg(figure, id, title, words)


@_drawn_once
def lines(
    id: str, title: str, years: Sequence[str], series: Mapping[str, Sequence[float]], scale: Scale
) -> str:
    """Return one line for each series, told apart by dashes and markers."""
    with _axes(3.3) as (figure, axes):
        for n, (name, values) in enumerate(series.items()):
            axes.plot(
                range(len(years)),
                values,
                color=(COLOURS[5], COLOURS[0], COLOURS[2])[n % 3],
                linestyle=("--", "-", ":")[n % 3],
                marker=("s", "o", "^")[n % 3],
                markersize=5,
                linewidth=1.8,
                label=short(name),
            )
        axes.grid(axis="y", linewidth=0.6)
        axes.margins(y=0.15)
        from_zero = axes.get_ylim()[0] <= 0
        axes.set_ylabel(scale.name if from_zero else f"{scale.name} (scale does not begin at 0)")
        _money_axis(axes.yaxis, scale)
        _years(axes, years)
        figure.legend(loc="outside lower center", ncols=2)
        words = f"Lines, {scale.name}. {_series_spoken(years, series, scale)}."
        return _svg(figure, id, title, words)


@_drawn_once
def waterfall(id: str, title: str, steps: Sequence[tuple[str, float, bool]], scale: Scale) -> str:
    """Return a bridge from top to bottom; a total stands on the axis.

    `steps`: name, amount, whether it is a total.
    """
    spans = _spans(steps)
    ends: list[float] = []
    for (_, _, total), span in zip(steps, spans, strict=True):
        # A total stands on the axis, so that only its far end counts for the scale.
        ends.extend(span[1:] if total else span)
    low, high = min(ends, default=0.0), max(ends, default=0.0)
    # Small steps between large levels could not be seen from zero; the axis then says where it
    # begins.
    start = max(0.0, low - 0.6 * (high - low)) if low > 0.5 * high else 0.0
    with _axes(0.7 + 0.27 * len(steps)) as (figure, axes):
        for at, ((_, value, total), (left, right)) in enumerate(zip(steps, spans, strict=True)):
            left = start if total else left
            look = _look_of_step(value, total=total)
            axes.barh(at, right - left, 0.7, left, **look, edgecolor="#222222", linewidth=0.5)
            label = scale.write(value) if total or value <= 0 else f"+{scale.write(value)}"
            beside = {"textcoords": "offset points", "va": "center", "fontsize": 8}
            axes.annotate(label, (max(left, right), at), (3, 0), **beside)
            # Two totals in a row are two levels, and no step leads from one to the other.
            if at + 1 < len(spans) and not (total and steps[at + 1][2]):
                axes.plot([right, right], [at, at + 1], color="#444444", linewidth=0.6)
        axes.set_yticks(range(len(steps)), [short(name) for name, _, _ in steps])
        axes.invert_yaxis()
        axes.grid(axis="x", linewidth=0.6)
        room = 0.13 * ((high - start) or 1.0)
        axes.set_xlim(start if low >= 0 else low - room, high + room)
        axes.set_xlabel(f"{scale.name} (scale does not begin at 0)" if start else scale.name)
        _money_axis(axes.xaxis, scale)
        steps_in_words = "; ".join(f"{name} {scale.write(value)}" for name, value, _ in steps)
        return _svg(figure, id, title, f"Bridge, {scale.name}. {steps_in_words}.")


def _spans(steps: Sequence[tuple[str, float, bool]]) -> list[tuple[float, float]]:
    """Return where each step begins and ends: a total at 0, any other where the last one ended."""
    level = 0.0
    spans: list[tuple[float, float]] = []
    for _, value, total in steps:
        spans.append((0.0, value) if total else (level, level + value))
        level = spans[-1][1]
    return spans


def _look_of_step(value: float, *, total: bool) -> dict[str, str]:
    if total:
        return {"color": COLOURS[7], "hatch": ""}
    if value > 0:
        return {"color": COLOURS[5], "hatch": "////"}
    return {"color": COLOURS[0], "hatch": "\\\\\\\\"}


@_drawn_once
def bars(
    id: str, title: str, values: Sequence[tuple[str, float]], scale: Scale, words: tuple[str, str]
) -> str:
    """Return one bar for each name: right above zero, left below; `words` name the two sides."""
    with _axes(0.9 + 0.3 * len(values)) as (figure, axes):
        for at, (_, value) in enumerate(values):
            colour, hatch = (COLOURS[0], "") if value >= 0 else (COLOURS[1], "////")
            axes.barh(
                at, value, 0.65, color=colour, hatch=hatch, edgecolor="#222222", linewidth=0.5
            )
            side, align = (3, "left") if value >= 0 else (-3, "right")
            axes.annotate(
                scale.write(value),
                (value, at),
                (side, 0),
                textcoords="offset points",
                va="center",
                ha=align,
                fontsize=8,
            )
        axes.set_yticks(range(len(values)), [short(name) for name, _ in values])
        axes.invert_yaxis()
        axes.axvline(0, color="#444444", linewidth=0.8)
        axes.grid(axis="x", linewidth=0.6)
        axes.margins(x=0.2)
        axes.set_xlabel(f"{scale.name}: {words[0]} to the right, {words[1]} to the left")
        _money_axis(axes.xaxis, scale)
        values_in_words = "; ".join(f"{name} {scale.write(value)}" for name, value in values)
        return _svg(
            figure,
            id,
            title,
            f"Bars, {scale.name}, {words[0]} above zero, {words[1]} below. {values_in_words}.",
        )
