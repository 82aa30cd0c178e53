"""A pack's record is read with care: whatever it holds, it is a record or it is none."""

from __future__ import annotations

import json

import pytest

from icbudget.tasks.pack_record import LARGEST, read_record
from icbudget.tasks.packs import verify_pack

SOUND = {"input": "plan.yaml", "version": "0.1.0", "command": "icbudget report plan.yaml --pack"}


def written(folder, content):
    path = folder / "run-record.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def test_a_sound_record_is_read(tmp_path):
    record = read_record(written(tmp_path, SOUND))
    assert (record.input, record.version, record.scenario) == ("plan.yaml", "0.1.0", None)
    assert record.names_a_file
    command = "icbudget report plan.yaml --scenario 'Low evidence' --pack"
    assert read_record(written(tmp_path, SOUND | {"command": command})).scenario == "Low evidence"


@pytest.mark.parametrize("name", ["../../a/plan.yaml", "/etc/plan.yaml", "c:plan.yaml", "..", ""])
def test_a_plan_outside_the_pack_is_no_file_of_it(tmp_path, name):
    assert not read_record(written(tmp_path, SOUND | {"input": name})).names_a_file


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[" * 100_000,
        b"null",
        b"[1, 2]",
        b'"text"',
        b"{" + b" " * LARGEST + b"}",
        {},
        SOUND | {"input": None},
        SOUND | {"input": ["plan.yaml"]},
        SOUND | {"input": "a\0b"},
        SOUND | {"version": {"a": 1}},
        SOUND | {"command": None},
        SOUND | {"command": "an 'open quote"},
        SOUND | {"command": 5},
        SOUND | {"plan_hash_version": [1]},
    ],
)
def test_what_is_no_record_is_none_and_never_breaks(tmp_path, content):
    assert read_record(written(tmp_path, content)) is None
    (tmp_path / "manifest.sha256").write_text("", encoding="utf-8")
    opened, findings = verify_pack(tmp_path)
    assert opened is None and [finding.id for finding in findings] == ["pack.not-one"]


def test_a_record_that_is_no_file_is_none(tmp_path):
    assert read_record(tmp_path / "run-record.json") is None
    (tmp_path / "run-record.json").mkdir()
    assert read_record(tmp_path / "run-record.json") is None
