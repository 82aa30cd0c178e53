"""No command waits on a pipe or reads a device; a file that cannot be read is named."""

from __future__ import annotations

import os
import sys

import pytest

from icbudget import tasks
from tests.places import EXAMPLES

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")
PLAN = "setup: {title: T, base_year: 2025/26}\n"


@pytest.mark.parametrize("name", ["plan.yaml", "plan.json", "plan.xlsx"])
def test_a_pipe_is_no_plan(tmp_path, name):
    os.mkfifo(tmp_path / name)
    (finding,) = tasks.load(tmp_path / name).findings
    assert finding.id == "file.missing" and "a pipe or a device" in finding.message


@pytest.mark.parametrize("name", ["plan.yaml", "plan.xlsx"])
def test_a_device_is_no_plan(tmp_path, name):
    (tmp_path / name).symlink_to("/dev/zero")
    (finding,) = tasks.load(tmp_path / name).findings
    assert "a pipe or a device" in finding.message


def test_a_folder_of_plans_with_a_pipe_in_it_goes_on(tmp_path):
    (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "zero.json").symlink_to("/dev/zero")
    result, _ = tasks.batch(tmp_path, tmp_path / "out", draws=2)
    states = {run.file: run.state for run in result.runs}
    assert (
        states["pipe.yaml"] == states["zero.json"] == "failed" and states["plan.yaml"] != "failed"
    )


def test_batch_writes_over_no_file_of_another(tmp_path):
    (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")
    out = tmp_path / "out"
    tasks.batch(tmp_path, out, draws=2)
    tasks.batch(tmp_path, out, draws=2, seed=2)
    (out / "plans.csv").write_text("my own list", encoding="utf-8")
    with pytest.raises(ValueError, match=r"plans\.csv was not written by this command"):
        tasks.batch(tmp_path, out, draws=2, seed=3)
    assert (out / "plans.csv").read_text(encoding="utf-8") == "my own list"
    other = tmp_path / "other"
    (other / "plans").mkdir(parents=True)
    (other / "plans" / "plan.yaml.npz").write_bytes(b"somebody's arrays")
    with pytest.raises(ValueError, match="not written by this command"):
        tasks.batch(tmp_path, other, draws=2)


def test_a_ledger_or_map_that_is_a_pipe_is_named(tmp_path):
    plan = EXAMPLES / "m1_in_year" / "plan.yaml"
    os.mkfifo(tmp_path / "ledger.csv")
    (tmp_path / "map.yaml").write_text("columns: {code: A, amount: B, period: C}\n")
    pair = (tmp_path / "ledger.csv", tmp_path / "map.yaml")
    monitoring = tasks.monitor(plan, None, ledgers=[pair])
    assert "file.missing" in [finding.id for finding in monitoring.opened.findings]


def test_a_pack_whose_manifest_is_a_pipe_is_none(tmp_path):
    os.mkfifo(tmp_path / "manifest.sha256")
    _, findings = tasks.verify_pack(tmp_path)
    assert [finding.id for finding in findings] == ["pack.not-one"]
