"""Charts: what they draw, and that nothing rests on colour alone."""

from __future__ import annotations

import re

from icbudget.report import report_charts
from icbudget.report.report_figures import POUNDS
from tests.report.pages import parsed

YEARS = ("2025/26", "2026/27")


def texts(svg):
    return [text.text() for text in parsed(svg).every("text")]


def test_text_stays_text_that_can_be_searched():
    svg = report_charts.stacked("c", "Title", YEARS, {"Grant": [10, 20], "Other": [1, 2]}, POUNDS)
    assert {"Grant", "Other", "2025/26", "2026/27", "11", "22", "£"} <= set(texts(svg))


def test_stacks_differ_in_hatching_and_lines_in_dashes_and_markers():
    series = {f"s{n}": [1, 1] for n in range(8)}
    hatched = set(
        re.findall(r"url\(#(c-[^)]+)\)", report_charts.stacked("c", "T", YEARS, series, POUNDS))
    )
    assert len([name for name in hatched if "-h" in name]) == 7
    assert len(set(report_charts.HATCHES)) == len(set(report_charts.COLOURS)) == 8
    drawn = report_charts.lines("c", "T", YEARS, {"a": [1, 2], "b": [2, 3]}, POUNDS)
    assert (
        "stroke-dasharray" in drawn and len(set(re.findall(r'<use href="#(c-m[^"]+)"', drawn))) >= 4
    )


def test_two_charts_share_no_name():
    first = report_charts.lines("one", "T", YEARS, {"a": [1, 2]}, POUNDS)
    second = report_charts.lines("two", "T", YEARS, {"a": [1, 2]}, POUNDS)
    names = [re.findall(r'id="([^"]+)"', svg) for svg in (first, second)]
    assert names[0] and not set(names[0]) & set(names[1])


def test_a_bridge_of_small_steps_says_that_its_scale_does_not_begin_at_nothing():
    steps = [
        ("Base", 1000.0, True),
        ("Price", 20.0, False),
        ("Saved", -5.0, False),
        ("Plan", 1015.0, True),
    ]
    told = texts(report_charts.waterfall("w", "T", steps, POUNDS))
    assert "£ (scale does not begin at 0)" in told and {"1,000", "+20", "−5", "1,015"} <= set(told)
    assert "£" in texts(
        report_charts.waterfall(
            "w", "T", [("Base", 0.0, True), ("Price", 20.0, False), ("Plan", 20.0, True)], POUNDS
        )
    )


def test_all_nothing_and_below_zero_can_be_drawn():
    assert "0" in texts(
        report_charts.waterfall("w", "T", [("Base", 0.0, True), ("Plan", 0.0, True)], POUNDS)
    )
    assert "−3" in texts(
        report_charts.stacked("c", "T", YEARS, {"a": [-3, 1], "b": [0, 0]}, POUNDS)
    )
    assert "0" in texts(report_charts.bars("b", "T", [("A", 0.0)], POUNDS, ("gain", "loss")))
    assert "−7" in texts(report_charts.bars("b", "T", [("A", -7.0)], POUNDS, ("gain", "loss")))


def test_a_label_is_cut_where_it_is_too_long_and_never_read_as_mathematics():
    assert report_charts.short("x" * 40) == "x" * 33 + "…"
    assert report_charts.short(" a\n b\x00 ") == "a b"
    assert "$a^2$ & <b>" in texts(
        report_charts.stacked("c", "T", YEARS, {"$a^2$ & <b>": [1, 1]}, POUNDS)
    )


def test_a_chart_of_the_same_is_drawn_once_and_of_the_least_difference_anew(monkeypatch):
    drawn = []
    whole = report_charts._svg
    monkeypatch.setattr(report_charts, "_svg", lambda *given: drawn.append(1) or whole(*given))
    report_charts._kept.clear()

    def chart(amount=1.0, name="a", id="c"):
        return report_charts.lines(id, "T", YEARS, {name: [amount, 2.0]}, POUNDS)

    assert chart() == chart() and len(drawn) == 1
    for other in ({"amount": 1.0000000000000002}, {"name": "b"}, {"id": "d"}):
        chart(**other)
    assert len(drawn) == 4
    for n in range(report_charts._KEPT):
        report_charts._drawn_once(lambda n: str(n))(n)
    chart()
    assert len(drawn) == 5, "no more than the last are kept"
