"""Files are written whole or not at all, nobody else's is lost, and what a killed run left goes."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from icbudget.tasks import part_files
from icbudget.tasks.own_files import OwnFiles
from icbudget.tasks.part_files import PartFile, clear_parts, is_part
from icbudget.tasks.writing import write_outputs

FILES = {"a.txt": b"a", "sub/b.txt": b"b"}


def names(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_files_are_written_and_stay_where_they_are_the_same(tmp_path):
    assert write_outputs(tmp_path, FILES, overwrite=False) == [tmp_path / name for name in FILES]
    before = (tmp_path / "a.txt").stat()
    write_outputs(tmp_path, FILES, overwrite=False)
    assert (tmp_path / "a.txt").stat().st_ino == before.st_ino
    with pytest.raises(FileExistsError):
        write_outputs(tmp_path, {**FILES, "a.txt": b"other"}, overwrite=False)
    write_outputs(tmp_path, {"a.txt": b"other"}, overwrite=True)
    assert (tmp_path / "a.txt").read_bytes() == b"other" and names(tmp_path) == ["a.txt", "b.txt"]


@pytest.mark.parametrize("links", [True, False])
def test_a_file_made_while_outputs_are_written_is_not_lost(tmp_path, monkeypatch, links):
    """Somebody saves b.txt after it was looked for and before it gets its name."""
    put = part_files._put_new

    def somebody_is_quicker(path, target):
        if target.name == "b.txt":
            target.write_bytes(b"theirs")
        put(path, target)

    monkeypatch.setattr(part_files, "_put_new", somebody_is_quicker)
    if not links:
        monkeypatch.setattr(os, "link", no_links)
    with pytest.raises(FileExistsError):
        write_outputs(tmp_path, FILES, overwrite=False)
    assert (tmp_path / "sub/b.txt").read_bytes() == b"theirs"
    assert names(tmp_path) == ["b.txt"], "what was put in place was taken away, and no part is left"


def no_links(source, target):
    if Path(target).exists():
        raise FileExistsError(errno.EEXIST, "there", target)
    raise OSError(errno.EPERM, "no links here", target)


def test_without_links_a_name_is_made_and_looked_at_again(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "link", no_links)
    write_outputs(tmp_path, FILES, overwrite=False)
    assert names(tmp_path) == ["a.txt", "b.txt"] and (tmp_path / "a.txt").read_bytes() == b"a"


def test_a_full_disk_is_said_with_the_file_and_leaves_nothing(tmp_path, monkeypatch):
    def full(number):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left") as refused:
        write_outputs(tmp_path, FILES, overwrite=False)
    assert refused.value.filename == str(tmp_path / "a.txt")
    assert names(tmp_path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX locks")
def test_parts_of_a_dead_run_are_cleared_and_those_of_a_live_one_stay(tmp_path):
    code = (
        "import sys, time; from pathlib import Path;"
        "from icbudget.tasks.part_files import PartFile;"
        f"part = PartFile(Path({str(tmp_path)!r}) / 'x'); part.write(b'half');"
        "print('ready', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as run:
        assert run.stdout.readline() == b"ready\n"
        own = PartFile(tmp_path / "y")
        users = tmp_path / ".icbudget-notes.part"
        users.write_bytes(b"a user's own")
        write_outputs(tmp_path, FILES, overwrite=False)
        assert sum(is_part(path) for path in tmp_path.iterdir()) == 2
        run.send_signal(signal.SIGKILL)
        run.wait()
    write_outputs(tmp_path, {"c.txt": b"c"}, overwrite=False)
    assert [path for path in tmp_path.iterdir() if is_part(path)] == [own.path]
    assert users.exists()
    own.close()


def test_what_cannot_be_looked_at_is_left(tmp_path):
    clear_parts([tmp_path / "not-there"])
    (tmp_path / f".icbudget-{'0' * 16}.part").mkdir()
    clear_parts([tmp_path])
    assert len(list(tmp_path.iterdir())) == 1


def test_a_command_writes_over_its_own_files_only(tmp_path):
    record = tmp_path / "kept" / "written.json"
    OwnFiles(tmp_path, record).write({"a.csv": b"1"})
    OwnFiles(tmp_path, record).write({"a.csv": b"2"})
    assert (tmp_path / "a.csv").read_bytes() == b"2"
    (tmp_path / "a.csv").write_bytes(b"edited by a person")
    with pytest.raises(ValueError, match=r"a\.csv was not written by this command"):
        OwnFiles(tmp_path, record).write({"a.csv": b"3"})
    assert (tmp_path / "a.csv").read_bytes() == b"edited by a person"
    record.write_text("[[[", encoding="utf-8")
    with pytest.raises(ValueError, match="not written by this command"):
        OwnFiles(tmp_path, record).refuse_others(["a.csv"])
