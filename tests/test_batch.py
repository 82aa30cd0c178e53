"""Many plans: rolled up, taken up again, never stopped by a bad one; by processes, and by a Dask
cluster that loses a worker.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from icbudget import reference, tasks
from icbudget.engine.uncertainty.national_draws import (
    NATION,
    NO_AREA,
    PART_OF_NATION,
    Ranges,
    counted,
    roll_up,
)
from icbudget.engine.uncertainty.outcomes import NET_CASH, SYSTEM
from icbudget.engine.uncertainty.simulate import simulate
from tests.benchmarks.national import area_plan, write_plans
from tests.cli.test_all_commands import call
from tests.tasks.work_for_others import dies_at_three

DRAWS = 60
PARTED = "E10000025"
"""Oxfordshire: one council, two ICBs."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Five plans, two of them wrong: one with an error in it, one that is no plan at all."""
    path = tmp_path_factory.mktemp("plans")
    write_plans(path, 3)
    (path / "parted.json").write_text(area_plan(reference.find_area(PARTED)), encoding="utf-8")
    broken = json.loads((path / "E06000001.json").read_text(encoding="utf-8"))
    broken["setup"]["ons_code"] = "E06000004"
    broken["segments"][0]["share"] = 0.9
    (path / "broken.json").write_text(json.dumps(broken), encoding="utf-8")
    (path / "notes.yaml").write_text("- buy milk\n", encoding="utf-8")
    (path / "~$E06000001.xlsx").write_bytes(b"a lock file of Excel")
    (path / "gone.yaml").symlink_to(path / "nowhere.yaml")
    (path / "older.yaml").mkdir()
    return path


def results(out):
    return {path.name: path.read_bytes() for path in sorted(out.glob("*.*"))}


@pytest.fixture(scope="module")
def alone(folder, tmp_path_factory):
    out = tmp_path_factory.mktemp("out")
    result, files = tasks.batch(folder, out, draws=DRAWS)
    return result, out, files


def test_one_bad_plan_never_stops_the_rest_and_is_listed_with_its_findings(alone):
    result, _, files = alone
    states = {run.file: run.state for run in result.runs}
    assert states == {
        **dict.fromkeys(
            ("E06000001.json", "E06000002.json", "E06000003.json", "parted.json"), "done"
        ),
        **dict.fromkeys(("broken.json", "notes.yaml"), "errors"),
        "gone.yaml": "failed",
    }
    told = {
        row.labels[0]: row.labels[3]
        for row in result.blocks["findings"].rows
        if row.labels[1] == "Error"
    }
    assert "100" in told["broken.json"] and told["notes.yaml"]
    assert told["gone.yaml"].startswith("It cannot be read: No such file")
    assert {path.name for path in files} == {
        "roll-up.csv",
        "plans.csv",
        "findings.csv",
        "national.xlsx",
    }
    assert len(result.blocks["plans"].rows) == 7


def test_two_processes_give_the_same_bytes(folder, alone, tmp_path):
    tasks.batch(folder, tmp_path, draws=DRAWS, workers=2)
    assert results(tmp_path) == results(alone[1])


def test_icbs_and_regions_add_up_to_the_nation_and_a_council_in_two_icbs_counts_once(folder, alone):
    rows = [row for row in alone[0].blocks["roll-up"].rows if row.labels[3:] == (NET_CASH, "Mean")]
    by_level = {
        level: [row.values[-1] for row in rows if row.labels[0] == level]
        for level in ("Nation", "Region", "ICB")
    }
    assert len(by_level["ICB"]) >= 3
    for level in ("Region", "ICB"):
        assert sum(by_level[level]) == pytest.approx(by_level["Nation"][0], abs=0.05)
    alone_mean = 0.0
    for name in ("E06000001.json", "E06000002.json", "E06000003.json", "parted.json"):
        plan = tasks.load(folder / name).plan
        alone_mean += (
            simulate(plan, DRAWS, 1, place=plan.setup.ons_code).of(SYSTEM, NET_CASH)[-1].mean()
        )
    assert by_level["Nation"][0] == pytest.approx(alone_mean / 100, abs=0.05)


def ranges(area, planned, draws):
    shape = (7, 2)
    values = np.zeros((*shape, len(draws)))
    values[5, -1] = draws
    return Ranges(area, ("2025/26",), tuple("abcdefg"), np.full(shape, float(planned)), values)


def test_the_range_of_the_nation_is_of_sums_not_a_sum_of_ranges():
    one, other = ranges("E06000001", 1, [0.0, 10.0]), ranges("E06000002", 2, [10.0, 0.0])
    nation = next(group for group in roll_up([one, other]) if group.level == "Nation")
    # In each draw one is 10 and the other 0: together always 10, though each ranges from 0 to 10.
    assert nation.draws[5, -1].tolist() == [10.0, 10.0] and nation.planned[5, -1] == 3


def test_a_sum_says_how_many_of_how_many_areas_it_covers():
    """The reference table has 153 Health and Wellbeing Board areas."""
    two = [ranges("E06000001", 1, [0.0]), ranges("E06000002", 1, [0.0])]
    groups = {(group.level, group.name): group for group in roll_up([*two, ranges("", 1, [0.0])])}
    assert ("Nation", NATION) not in groups
    assert groups["Nation", PART_OF_NATION].covers == "2 of 153 areas"
    assert groups["Nation", PART_OF_NATION].plans == 3
    north_east = [area for area in reference.areas() if area.region == "North East"]
    assert groups["Region", "North East"].covers == f"2 of {len(north_east)} areas"
    assert groups["Region", NO_AREA].covers == "no area of the list"


def test_england_is_named_only_where_every_area_has_a_plan():
    every = [ranges(area.ons_code, 1, [0.0]) for area in reference.areas()]
    nation = roll_up(every)[0]
    assert (nation.name, nation.covers) == (NATION, "153 of 153 areas")
    assert roll_up(every[1:])[0].name == PART_OF_NATION
    # a plan of all England is of none of its areas by itself
    alone = roll_up([ranges("E92000001", 1, [0.0])])[0]
    assert (alone.name, alone.covers) == ("All plans", "none of the 153 areas by itself")


def test_two_plans_of_england_whose_code_is_no_area_of_the_list_count_once():
    one, other = ranges("E92000001", 1, [0.0]), ranges("E92000001", 2, [0.0])
    assert counted([("a.yaml", one), ("b.yaml", other)]) == ([one], {"b.yaml": "a.yaml"})


def test_a_plan_of_england_is_not_counted_beside_one_of_its_areas():
    """It has every area in it: Sheffield would count twice."""
    england, sheffield = ranges("E92000001", 2, [0.0]), ranges("E08000019", 1, [0.0])
    kept, again = counted([("england", england), ("sheffield", sheffield)])
    assert kept == [sheffield] and again == {"england": "sheffield"}
    assert counted([("england", england)]) == ([england], {})


def test_an_area_with_two_plans_is_counted_once():
    one, other = ranges("E06000001", 1, [0.0, 1.0]), ranges("Hartlepool", 2, [0.0, 1.0])
    assert counted([("a.xlsx", one), ("b.xlsx", other)]) == ([one], {"b.xlsx": "a.xlsx"})
    assert (
        len(
            counted([("a.xlsx", ranges("", 1, [0.0, 1.0])), ("b.xlsx", ranges("", 1, [0.0, 1.0]))])[
                0
            ]
        )
        == 2
    )


def test_inflation_is_the_same_everywhere_and_effects_are_each_places_own(folder):
    from icbudget.engine.uncertainty.sampling import sampler_of

    plans = [tasks.load(folder / f"E0600000{n}.json").plan for n in (1, 2)]
    one, other = (sampler_of(plan, 1, plan.setup.ons_code).scores(0) for plan in plans)
    np.testing.assert_array_equal(one["indices/pop_75/rates"], other["indices/pop_75/rates"])
    assert (one["programmes/care_homes/effect"] != other["programmes/care_homes/effect"]).all()


def test_it_goes_on_where_it_stopped(folder, alone, tmp_path):
    def stopped(step):
        if step.startswith("3 of"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tasks.batch(folder, tmp_path, draws=DRAWS, progress=stopped)
    kept = {path.name for path in (tmp_path / "plans").glob("*.npz")}
    assert len(kept) == 2 and not list(tmp_path.glob("*.csv"))
    (tmp_path / "plans" / sorted(kept)[0]).write_bytes(b"half a file")
    result, _ = tasks.batch(folder, tmp_path, draws=DRAWS)
    assert result.earlier == 1 and results(tmp_path) == results(alone[1])
    changed, _ = tasks.batch(folder, tmp_path, draws=DRAWS, seed=2)
    assert changed.earlier == 0


def test_a_plan_that_breaks_its_worker_is_listed_and_the_rest_are_done():
    from icbudget.tasks.workers import crew

    with crew(2, None) as hands:
        made = dict(hands.run(dies_at_three, [1, 2, 3, 4]))
    assert {n: made[n] for n in (1, 2, 4)} == {1: 1, 2: 4, 4: 16}
    assert isinstance(made[3], Exception)


def test_the_command_says_what_is_wrong_and_what_the_plans_come_to(folder, tmp_path, capsys):
    code, out, _ = call(capsys, "batch", str(folder), "--out", str(tmp_path), "--draws", "20")
    assert code == 1
    for words in (
        "4 of 7 plans done; 3 with errors.",
        "broken.json:",
        "gone.yaml:",
        "notes.yaml:",
        "Part of England, 4 of 153 areas: what the plans come to together",
        NET_CASH,
    ):
        assert words in out
    code, out, _ = call(
        capsys, "batch", str(folder), "--out", str(tmp_path), "--draws", "20", "--json"
    )
    assert json.loads(out)["earlier"] == 6


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--draws", "1"), "at least 2 draws"),
        (("--workers", "0"), "at least one worker"),
        (("--scheduler", "tcp://127.0.0.1:9"), "No Dask scheduler answers at tcp://127.0.0.1:9"),
        (("--scheduler", "nonsense"), "“nonsense” is not the address of a Dask scheduler"),
        (("--scheduler", "tcp://127.0.0.1:99999"), "is not the address of a Dask scheduler"),
        (("--scheduler", "tpc://127.0.0.1:8786"), "is not the address of a Dask scheduler"),
    ],
)
def test_what_cannot_be_is_one_clear_line(folder, tmp_path, capsys, monkeypatch, words, told):
    monkeypatch.setattr("icbudget.tasks.workers.WAIT", 1)
    code, _, err = call(capsys, "batch", str(folder), "--out", str(tmp_path / "new"), *words)
    assert code == 2 and told in err and len(err.strip().splitlines()) == 1


@pytest.mark.parametrize("workers", ["1", "2"])
def test_more_draws_of_many_plans_than_fit_are_one_clear_line_with_what_would(
    folder, tmp_path, capsys, monkeypatch, workers
):
    # Seven files of 7 outcomes, 6 years and the whole, 8 bytes each: 7 × 7 × 7 × 8 = 2,744 bytes a
    # draw, 36 of them in 100,000.
    monkeypatch.setattr(sys.modules["icbudget.tasks.many_plans"], "MEMORY", 100_000)
    words = ("--out", str(tmp_path / "new"), "--draws", "60", "--workers", workers)
    code, _, err = call(capsys, "batch", str(folder), *words)
    assert (
        code == 2
        and "60 draws of 7 plans are too many: about 36 fit into the" in err
        and len(err.strip().splitlines()) == 1
    )


def test_what_listens_and_is_no_scheduler_is_one_clear_line(folder, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("icbudget.tasks.workers.WAIT", 1)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        code, _, err = call(
            capsys, "batch", str(folder), "--out", str(tmp_path / "new"), "--scheduler", address
        )
    assert (
        code == 2
        and f"No Dask scheduler answers at {address}" in err
        and len(err.strip().splitlines()) == 1
    )


def test_a_folder_without_plans_and_one_that_is_not_there(tmp_path, capsys):
    for path, told in (
        (tmp_path, "There is no plan in"),
        (tmp_path / "nowhere", "is not a folder"),
    ):
        code, _, err = call(capsys, "batch", str(path))
        assert code == 2 and told in err


class Cluster:
    """A real scheduler and real workers, each a process of this machine; `end` stops just these."""

    def __init__(self, folder: Path, workers: int) -> None:
        self.file = folder / "scheduler.json"
        self.processes = [
            self._start(
                "scheduler",
                "--host",
                "127.0.0.1",
                "--port",
                "0",
                "--no-dashboard",
                "--scheduler-file",
                self.file,
            )
        ]
        self.address = self._address()
        for _ in range(workers):
            self.worker()

    def _start(self, kind, *words):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        code = f"from distributed.cli.dask_{kind} import main; main()"
        env = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        return subprocess.Popen([sys.executable, "-c", code, *map(str, words)], env=env, **quiet)

    def worker(self):
        words = (
            "--no-nanny",
            "--nthreads",
            "1",
            "--host",
            "127.0.0.1",
            "--no-dashboard",
            "--local-directory",
            self.file.parent,
        )
        self.processes.append(self._start("worker", self.address, *words))
        return self.processes[-1]

    def _address(self):
        for _ in range(600):
            if self.file.is_file() and self.file.read_text(encoding="utf-8").strip():
                return json.loads(self.file.read_text(encoding="utf-8"))["address"]
            time.sleep(0.1)
        raise AssertionError("the scheduler did not start")

    def await_workers(self, count):
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(count, timeout=120)

    def end(self):
        for process in self.processes:
            process.kill()
        for process in self.processes:
            process.wait(30)


@pytest.fixture
def cluster(tmp_path):
    running = Cluster(tmp_path, 2)
    try:
        running.await_workers(2)
        yield running
    finally:
        running.end()


def test_a_scheduler_without_workers_is_one_clear_line(folder, tmp_path, monkeypatch):
    monkeypatch.setattr("icbudget.tasks.workers.WAIT", 2)
    running = Cluster(tmp_path, 0)
    try:
        with pytest.raises(
            ValueError,
            match=rf"The Dask scheduler at {running.address} has no workers: start one with",
        ):
            tasks.batch(folder, tmp_path / "out", draws=DRAWS, scheduler=running.address)
    finally:
        running.end()


def test_a_scheduler_that_is_lost_in_the_middle_is_one_clear_line_and_the_next_run_goes_on(
    folder, alone, tmp_path, cluster
):
    def kill_after_the_first(step):
        if step.startswith("2 of"):
            cluster.processes[0].kill()

    with pytest.raises(ValueError, match=r"scheduler was lost\. What was done is kept"):
        tasks.batch(
            folder,
            tmp_path / "out",
            draws=DRAWS,
            scheduler=cluster.address,
            progress=kill_after_the_first,
        )
    result, _ = tasks.batch(folder, tmp_path / "out", draws=DRAWS)
    assert result.earlier >= 1 and results(tmp_path / "out") == results(alone[1])


def test_a_dask_cluster_that_loses_a_worker_in_the_middle_gives_the_same_bytes(
    folder, alone, tmp_path, cluster
):
    victim, killed = cluster.processes[1], []

    def kill_after_the_first(step):
        if step.startswith("2 of") and not killed:
            killed.append(victim.send_signal(signal.SIGKILL))

    result, _ = tasks.batch(
        folder,
        tmp_path / "out",
        draws=DRAWS,
        scheduler=cluster.address,
        progress=kill_after_the_first,
    )
    assert killed and victim.wait(30) == -signal.SIGKILL
    assert results(tmp_path / "out") == results(alone[1])
    assert result.earlier == 0
