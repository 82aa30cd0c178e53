"""The bad input that planners of prevention meet: each is a finding at its cell with its mend, and
the rest goes on where it can.

The plan is `tests/checks/clean.py`: one activity line of 10,000 spells growing by 2 % a year, two
years, one programme.
"""

from __future__ import annotations

import json

import pytest
import yaml

from tests.checks.clean import clean
from tests.cli.test_broken_workbooks import both, inputs_only, opened, placed, put, run, spoiled
from tests.workbook.opened import with_sheets


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sound")
    (folder / "plan.yaml").write_text(yaml.safe_dump(clean()), encoding="utf-8")
    return inputs_only(folder / "plan.yaml", folder / "plan.xlsx")


def counted(book):
    """The programme counts 120 people of a cohort of 100."""
    put("Prevention", "Reach basis", 6, "in_service")(book)
    for row, figure, number in ((6, "Cohort (people)", 100), (8, "People (people)", 120)):
        for heading, value in (
            ("Programme", "falls"),
            ("Figure", figure),
            ("2026/27", number),
            ("2027/28", number),
        ):
            put("Prevention by year", heading, row, value)(book)


@pytest.mark.parametrize(
    ("spoil", "place", "words"),
    [
        (put("Prevention by year", "2026/27", 6, 1.2), "Prevention by year!{2026/27}6", "120.0%"),
        (
            put("Prevention", "Maximum reach (%)", 6, 0.4),
            "Prevention by year!{2026/27}6",
            "reaches 50.0% in 2026/27; its maximum reach is 40%",
        ),
        (
            put("Prevention", "Effect", 6, 1.0),
            "Prevention!{Effect}6",
            "would avoid 100% of what it reaches",
        ),
        (
            put("Prevention", "Effect", 6, 5),
            "Prevention!{Effect}6",
            "for five per cent type 5% or 0.05",
        ),
        (
            put("Segments", "Share (%)", 7, 0.8),
            "Segments!{Share (%)}7",
            "add up to 90% of its activity, not 100%",
        ),
        (
            put("Prevention", "Effect measure", 6, "odds_ratio"),
            "Prevention!{Base risk (%)}6",
            "needs the base risk",
        ),
        (
            put("Prevention", "Effect measure", 6, "absolute_risk_reduction"),
            "Prevention!{Base risk (%)}6",
            "needs the base risk",
        ),
        (
            put("Prevention", "Evidence row", 6, "telehelth"),
            "Prevention!{Evidence row}6",
            "telehelth",
        ),
    ],
)
def test_what_cannot_be_is_an_error_at_its_cell_and_no_figure_is_guessed(
    sound, tmp_path, capsys, spoil, place, words
):
    path, out = spoiled(sound, tmp_path, spoil), tmp_path / "out"
    code, printed = run(capsys, "run", path, "--out", out)
    assert (
        code == 1
        and words in printed
        and placed(opened(path), place) in printed
        and "Traceback" not in printed
    )
    if (
        out / "spoiled-results.xlsx"
    ).exists():  # a figure that cannot be: what the programme avoids is not known
        rows = with_sheets(out / "spoiled-results.xlsx", "Avoided", values=True)["Avoided"].values
        (avoided,) = [row for row in rows if row[1:3] == ("falls", "Avoided")]
        assert "#N/A" in avoided, "no figure is guessed"


def test_a_deadweight_that_cannot_be_leaves_only_what_rests_on_it_unknown(sound, tmp_path, capsys):
    path, out = (
        spoiled(sound, tmp_path, put("Prevention", "Deadweight (%)", 6, 1.5)),
        tmp_path / "out",
    )
    code, printed = run(capsys, "run", path, "--out", out)
    place = placed(opened(path), "Prevention!{Deadweight (%)}6")
    assert (
        code == 1 and "at most 100%" in printed and place in printed and "Traceback" not in printed
    )
    book = with_sheets(out / "spoiled-results.xlsx", "Activity", values=True)
    rows = [*book["Activity"].iter_rows(values_only=True)]
    years = next(row for row in rows if "Unit" in row and "Figure" in row).index("Unit") + 1
    told = {
        row[1]: row[years:]
        for row in rows
        if row[1] in ("Do-nothing activity", "Plan activity", "Plan payment")
    }
    assert told == {
        "Do-nothing activity": (10_000, 10_200, 10_404),
        "Plan activity": (10_000, "#N/A", "#N/A"),
        "Plan payment": (30_000_000, "#N/A", "#N/A"),
    }, "nothing changes in the base year, and growth of 2 % is known"


def test_a_recalculated_chart_repeats_nothing_in_the_place_of_what_is_not_known(
    sound, tmp_path, capsys, calc
):
    run(
        capsys,
        "run",
        spoiled(sound, tmp_path, put("Prevention", "Deadweight (%)", 6, 1.5)),
        "--out",
        tmp_path / "out",
    )
    results = tmp_path / "out" / "spoiled-results.xlsx"
    figures = with_sheets(results, "Goal tracker", values=True)["Goal tracker"]
    rows = [row for row in figures.iter_rows() if row[0].value == "nel"]
    # What the chart draws stands above the answer, under the goal's name.
    drawn_row = next(row[0].row for row in figures.iter_rows() if row[0].value == "Plan")
    (expected_row,) = [row[0].row for row in rows if row[2].value == "Expected"]
    opened = calc.open(results)
    drawn = opened.values("Goal tracker", f"E{drawn_row}:G{drawn_row}")
    expected = opened.values("Goal tracker", f"E{expected_row}:G{expected_row}")
    opened.close()
    assert drawn_row < expected_row
    assert drawn == expected == [["#N/A"] * 3], "neither the target nor the year before"


@pytest.mark.parametrize(
    ("spoil", "place", "words"),
    [
        (
            put("Activity lines", "Hold (years)", 6, 2),
            "Activity lines!{Hold (years)}6",
            "must stay down for 2 years more, and the plan has 2",
        ),
        (
            put("Activity lines", "Floor (a year)", 6, 10_300),
            "Activity lines!{Floor (a year)}6",
            "is above do-nothing activity: 10,200 spells in 2026/27",
        ),
        (put("Segments", "Programmes", 6, None), "Prevention!{Programme}6", "reaches no segment"),
        (
            counted,
            "Prevention by year!{2026/27}8",
            (
                "120 people in 2026/27 and can reach 100 (100% of its cohort): the others cost"
                " money and avoid nothing"
            ),
        ),
        (
            put("Prevention", "Evidence grade", 6, "N"),
            "Prevention!{Reason}6",
            "counts on an effect although good evidence shows none",
        ),
        (
            put("Prevention", "Effect", 6, 0.9),
            "Activity lines!{Point of delivery}6",
            "More than 1% a year",
        ),
    ],
)
def test_what_is_odd_is_told_at_its_cell_and_the_figures_go_on(
    sound, tmp_path, capsys, spoil, place, words
):
    path, out = spoiled(sound, tmp_path, spoil), tmp_path / "out"
    code, printed = run(capsys, "run", path, "--out", out)
    assert (
        code == 0
        and words in printed
        and placed(opened(path), place) in printed
        and "Traceback" not in printed
    )
    assert (out / "spoiled-results.xlsx").exists()
    assert run(capsys, "check", path)[0] == 1


def test_deadweight_beside_a_control_group_needs_a_reason(sound, tmp_path, capsys):
    changes = (
        put("Prevention", "Evidence grade", 6, "B"),
        put("Prevention", "Deadweight (%)", 6, 0.1),
    )
    code, printed = run(capsys, "check", spoiled(sound, tmp_path, both(*changes)))
    assert code == 1 and "Set the deadweight to 0%, or write under Reason" in printed
    reason = put("Prevention", "Reason", 6, "The controls had no service at all")
    code, printed = run(capsys, "check", spoiled(sound, tmp_path, both(*changes, reason)))
    assert code == 0 and "The reason given: The controls had no service at all" in printed


def test_an_optimisation_that_cannot_be_says_what_conflicts_and_by_how_much(
    sound, tmp_path, capsys
):
    # Schemes spend every source in full; the programme must be done, at the least a quarter of it
    # in the last year alone: £1,000
    # × 1.02² × 0.25 = £260.10 that is not there
    def spoil(book):
        for heading, value in (
            ("Partner", None),
            ("Pool", "bcf"),
            ("Source of funding", "Additional LA Contribution"),
        ):
            put("Prevention", heading, 6, value)(book)
        put("Prevention", "Must do (Yes/No)", 6, "Yes")(book)

    path = spoiled(sound, tmp_path, spoil)
    code, printed = run(capsys, "optimise", path, "--json")
    assert code == 1 and "Traceback" not in printed
    rows = {(row[0], row[1]): row[-2] for row in json.loads(printed)["answer"]}
    conflicts = {name: by for (group, name), by in rows.items() if group == "Conflict: short by"}
    assert conflicts == {"money of Better Care Fund by 2027/28": pytest.approx(260.10, abs=0.1)}


def test_results_with_an_error_that_stops_nothing_come_out_again(sound, tmp_path, capsys):
    # a quarter of admissions × half reached × 0.9: far above 5 % of all
    shares = both(put("Segments", "Share (%)", 6, 0.25), put("Segments", "Share (%)", 7, 0.75))
    path, out = (
        spoiled(sound, tmp_path, both(shares, put("Prevention", "Effect", 6, 0.9))),
        tmp_path / "out",
    )
    code, printed = run(capsys, "run", path, "--out", out)
    assert code == 1 and "a named evaluation is needed" in printed and "Wrote" in printed
    code, printed = run(capsys, "verify", out / "spoiled-results.xlsx")
    assert code == 0 and "every value that it wrote comes out again" in printed
