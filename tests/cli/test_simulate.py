"""`icbudget simulate`: the same bytes on any number of workers, scenarios compared draw by draw,
and plain refusals.
"""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest

from icbudget import tasks
from icbudget.answers.case import evaluate
from icbudget.engine.uncertainty.outcomes import NET_CASH, SYSTEM
from icbudget.engine.uncertainty.simulate import simulate
from icbudget.plan.plan_text import as_document, to_yaml
from icbudget.plan.scenario_overlay import with_scenario
from tests.cli.test_all_commands import call
from tests.engine.uncertainty.test_sampling import AS_SHIPPED
from tests.places import BOROUGH
from tests.workbook.opened import with_sheets
from tests.workbook.xml_book import Book

PLAN = BOROUGH


def outputs(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_same_seed_gives_the_same_bytes_on_one_two_and_four_workers(tmp_path):
    made = []
    for workers in (1, 2, 4):
        tasks.simulate(PLAN, tmp_path / str(workers), draws=2_500, seed=7, workers=workers)
        made.append(outputs(tmp_path / str(workers)))
    assert made[0] == made[1] == made[2]
    assert set(made[0]) == {
        "illustrative-borough-simulation.csv",
        "illustrative-borough-simulation.xlsx",
        "illustrative-borough-tornado.csv",
    }
    tasks.simulate(PLAN, tmp_path / "other", draws=2_500, seed=8)
    assert outputs(tmp_path / "other") != made[0]


def test_a_scenario_against_the_plan_meets_the_same_chances(tmp_path, capsys):
    code, out, _ = call(
        *(capsys, "simulate", str(PLAN), "--out", str(tmp_path), "--draws", "1500"),
        *("--scenario", "Ward does not close", "--against", "", "--json"),
    )
    assert code == 0
    grid = json.loads(out)["answers"]["difference"]
    (p50,) = [row for row in grid if row[:3] == [SYSTEM, NET_CASH, "P50"]]
    scenario, found = with_scenario(AS_SHIPPED, "Ward does not close")
    assert not found
    one, other = (simulate(plan, 1_500).of(SYSTEM, NET_CASH)[-1] for plan in (scenario, AS_SHIPPED))
    assert p50[-1] == pytest.approx(np.median(one - other) / 100, abs=0.01)
    # Both draw the same effects: the difference is narrower than two independent plans would give.
    assert (one - other).std() < 0.8 * np.hypot(one.std(), other.std())
    rows = list(
        csv.reader(
            io.StringIO(
                (tmp_path / "illustrative-borough-difference.csv").read_text(encoding="utf-8-sig")
            )
        )
    )
    assert rows[0][:3] == ["Whose", "Figure", "Measure"]
    path = tmp_path / "illustrative-borough-simulation.xlsx"
    sheet = with_sheets(path, "Difference")["Difference"]
    found = [
        [c.value for c in row]
        for row in sheet.iter_rows()
        if [c.value for c in row][:3] == [SYSTEM, NET_CASH, "P50"]
    ]
    assert found[0][-1] == p50[-1]
    assert tasks.load(path).sound and call(capsys, "verify", str(path))[0] == 0


def test_a_workbook_of_other_draws_and_another_seed_is_verified_and_a_changed_figure_is_found(
    tmp_path, capsys
):
    call(capsys, "simulate", str(PLAN), "--out", str(tmp_path), "--draws", "1500", "--seed", "9")
    path = tmp_path / "illustrative-borough-simulation.xlsx"
    setup = tasks.load(path).plan.setup
    assert (setup.draws, setup.seed) == (1500, 9)
    code, out, _ = call(capsys, "verify", str(path))
    assert code == 0 and "agrees" in out
    page = with_sheets(path, "Simulation")["Simulation"]
    cell = next(
        c
        for row in page.iter_rows(min_row=60)
        for c in row
        if isinstance(c.value, float) and c.value
    )
    book = Book(path.read_bytes())
    book["Simulation"].cell(cell.row, cell.column).value = cell.value + 1
    book.save(path)
    code, out, _ = call(capsys, "verify", str(path))
    assert code == 1 and f"Simulation!{cell.coordinate}" in out


def test_more_draws_than_setup_can_say_are_told_in_tables_only(tmp_path, monkeypatch):
    monkeypatch.setattr("icbudget.tasks.simulation.MOST_DRAWS", 100)
    _, done, files = tasks.simulate(PLAN, tmp_path, draws=101)
    assert done.draws == 101 and {path.suffix for path in files} == {".csv"}


def test_the_summary_for_people_names_ranges_and_drivers(tmp_path, capsys):
    code, out, _ = call(capsys, "simulate", str(PLAN), "--out", str(tmp_path), "--draws", "300")
    assert code == 0
    for words in (
        "300 draws",
        "Whole system: Net cash",
        "What moves the range most",
        "Ward decision",
        "Wrote",
        "NHS Illustrative ICB: Balance of the year",
        "Better Care Fund pool: Balance carried forward",
    ):
        assert words in " ".join(out.split())
    assert "icb_main" not in out and "Pool bcf" not in out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--draws", "10000000"), "10,000,000 draws are too many: about"),
        (("--draws", "1"), "at least 2 draws"),
        (("--workers", "0"), "at least one worker"),
        (("--seed", "-1"), "whole number from 0"),
        (("--seed", "3000000000"), "to 2,000,000,000"),
    ],
)
def test_what_cannot_be_is_one_clear_line(tmp_path, capsys, words, told):
    code, _, err = call(capsys, "simulate", str(PLAN), "--out", str(tmp_path / "new"), *words)
    assert code == 2 and told in err and len(err.strip().splitlines()) == 1
    assert not (tmp_path / "new").exists()


EFFECT = "programmes/care_homes/effect"


@pytest.mark.parametrize(
    ("table", "row", "place", "told"),
    [
        (
            "uncertainties",
            {"path": EFFECT, "low": 0.2, "high": 0.1},
            "Uncertainty, row 1",
            "low (0.2) is above high (0.1)",
        ),
        (
            "uncertainties",
            {"path": EFFECT, "low": 0.1, "mode": 0.5, "high": 0.2},
            "Uncertainty, row 1",
            "not between",
        ),
        (
            "uncertainties",
            {"path": EFFECT, "low": 0.1, "high": 0.1},
            "Uncertainty, row 1",
            "taken as fixed",
        ),
        (
            "uncertainties",
            {"path": "programmes/nowhere/effect", "low": 0, "high": 1},
            "Uncertainty, row 1",
            "has no “nowhere”",
        ),
        (
            "uncertainties",
            {"path": EFFECT, "low": 0.1, "high": 0.2, "null_chance": 1.2},
            "Uncertainty, row 1",
            "1.2",
        ),
        (
            "uncertainties",
            {"path": "acute_lines/nel_75/closes", "distribution": "bernoulli", "chance": 1.2},
            "Uncertainty, row 1",
            "1.2",
        ),
        (
            "correlations",
            {"driver_a": EFFECT, "driver_b": "weather", "rank_correlation": 0.5},
            "Correlations, row 1",
            "“weather”",
        ),
        (
            "correlations",
            {"driver_a": EFFECT, "driver_b": "Ward decision", "rank_correlation": 1.5},
            "Correlations, row 1",
            "1.5",
        ),
        (
            "uncertainties",
            {"path": "indices/cuf_before/rates", "low": -0.01, "high": 0.01},
            "Uncertainty, row 1",
            "moves nothing",
        ),
        (
            "uncertainties",
            {"path": "goals/nel/expected", "low": 0.9, "high": 1.1},
            "Uncertainty, row 1",
            "moves nothing",
        ),
        (
            "uncertainties",
            {"path": "programmes/safer_homes/reach", "low": 0.8, "high": 1.1},
            "Uncertainty, row 1",
            "no year",
        ),
        ("setup", {"draws": 10_000_000}, "Setup", "at most 100,000"),
        ("setup", {"seed": -1}, "Setup", "at least 0"),
    ],
)
def test_what_is_entered_wrongly_is_a_finding_at_its_cell(
    tmp_path, capsys, table, row, place, told
):
    document = as_document(AS_SHIPPED)
    document["correlations"] = []
    document[table] = document["setup"] | row if table == "setup" else [row]
    path = tmp_path / "wrong.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    code, out, _ = call(capsys, "check", str(path))
    lines = out.splitlines()
    (found,) = {line for line in lines if place in line and told in line}
    assert code == (2 if table == "setup" else 1)  # without its settings there is no plan
    assert lines[lines.index(found) + 1].strip().startswith("Fix: ")


def test_a_plan_with_errors_is_not_simulated(tmp_path, capsys):
    broken = AS_SHIPPED.model_copy(update={"partners": AS_SHIPPED.partners[1:]})
    assert evaluate(broken).result is None
    path = tmp_path / "broken.yaml"
    path.write_text(to_yaml(broken), encoding="utf-8")
    code, out, _ = call(capsys, "simulate", str(path), "--out", str(tmp_path / "new"))
    assert code == 1 and "ERROR" in out and not (tmp_path / "new").exists()


def test_a_scenario_that_is_not_there(tmp_path, capsys):
    code, _, printed = call(
        capsys, "simulate", str(PLAN), "--out", str(tmp_path / "new"), "--against", "Nowhere"
    )
    assert code == 2 and "There is no scenario “Nowhere”." in printed
