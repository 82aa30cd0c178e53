"""Where plans are kept: bounded, in time too, each person's own; the same in the process, in a file
and in a real Redis.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import threading
import time
from statistics import median

import pytest

from icbudget.excel import plan_store
from icbudget.excel.plan_store import KEPT_SECONDS, MemoryStore, RedisStore, SqliteStore
from icbudget.excel.server.store_setting import STORE, default_path, open_store

MINE, YOURS = "a" * 32, "b" * 32


class Clock:
    """A clock that a test sets."""

    def __init__(self):
        self.now = 1_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture(scope="session")
def redis_address(tmp_path_factory):
    """A real Redis of our own, on a socket in a folder of its own."""
    if shutil.which("redis-server") is None:
        if os.environ.get("ICBUDGET_REQUIRE_PROGRAMS"):
            pytest.fail("redis-server is not installed")
        pytest.skip("redis-server is not installed (Debian: apt-get install redis-server)")
    folder = tmp_path_factory.mktemp("redis")
    socket = folder / "redis.sock"
    command = ["redis-server", "--port", "0", "--unixsocket", str(socket), "--save", ""]
    server = subprocess.Popen(
        [*command, "--dir", str(folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    until = time.monotonic() + 20
    while not socket.exists() and time.monotonic() < until:
        time.sleep(0.05)
    yield f"unix://{socket}"
    server.terminate()
    server.wait(10)


@pytest.fixture(params=["memory", "sqlite", "redis"])
def store(request, tmp_path):
    if request.param == "memory":
        return MemoryStore(clock=Clock())
    if request.param == "sqlite":
        return SqliteStore(tmp_path / "own" / "plans.sqlite", clock=Clock())
    found = RedisStore(request.getfixturevalue("redis_address"), clock=Clock())
    found._redis.flushall()
    return found


def test_what_is_kept_is_found_by_whose_it_is_and_by_its_name(store):
    store.keep(MINE, "3b9f143c5dc8", "3b9f143c5dc8ff", b"plan")
    assert store.find(MINE, "3b9f143c5dc8") == [("3b9f143c5dc8ff", b"plan")]
    assert store.find(MINE, "3b9f143c5dc9") == []
    assert store.find(YOURS, "3b9f143c5dc8") == []


@pytest.mark.parametrize(
    "guess",
    [
        "",
        "%",
        "_" * 12,
        "*",
        "3b9f143c5dc",
        "3B9F143C5DC8",
        "3b9f143c5dc8\0",
        "' OR '1'='1",
        f"{YOURS}:x",
    ],
)
def test_a_guess_or_a_pattern_finds_nothing_and_is_no_fault(store, guess):
    """Part of a name, another case, and what a database or Redis would take for a pattern."""
    store.keep(MINE, "3b9f143c5dc8", "3b9f143c5dc8ff", b"plan")
    store.keep(YOURS, "x", "x", b"plan")
    assert store.find(MINE, guess) == []
    assert store.find(f"{MINE}:{YOURS}", "x") == []
    assert store.find(MINE, "3b9f143c5dc8") == [("3b9f143c5dc8ff", b"plan")]


def test_two_contents_under_one_name_are_both_found(store):
    store.keep(MINE, "3b9f143c5dc8", "3b9f143c5dc8aa", b"one")
    store.keep(MINE, "3b9f143c5dc8", "3b9f143c5dc8bb", b"two")
    assert sorted(store.find(MINE, "3b9f143c5dc8")) == [
        ("3b9f143c5dc8aa", b"one"),
        ("3b9f143c5dc8bb", b"two"),
    ]


def test_the_same_content_kept_again_takes_the_place_of_the_earlier(store):
    store.keep(MINE, "3b9f143c5dc8", "3b9f143c5dc8aa", b"columns this way")
    store.keep(MINE, "3b9f143c5dc8", "3b9f143c5dc8aa", b"columns that way")
    assert store.find(MINE, "3b9f143c5dc8") == [("3b9f143c5dc8aa", b"columns that way")]


def test_one_person_keeps_so_many_and_pushes_nobody_else_out(store, monkeypatch):
    monkeypatch.setattr(plan_store, "MOST_OF_ONE", 3)
    store.keep(YOURS, "yours", "yours", b"plan")
    clock = store._clock
    for number in range(5):
        clock.now += 1
        store.keep(MINE, f"plan{number}", f"plan{number}", b"plan")
    assert [bool(store.find(MINE, f"plan{number}")) for number in range(5)] == [
        False,
        False,
        True,
        True,
        True,
    ]
    assert store.find(YOURS, "yours")


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_what_is_not_used_for_a_day_is_gone_and_what_is_used_stays(tmp_path, kind):
    clock = Clock()
    store = (
        MemoryStore(clock=clock)
        if kind == "memory"
        else SqliteStore(tmp_path / "own" / "plans.sqlite", clock=clock)
    )
    store.keep(MINE, "used", "used", b"plan")
    store.keep(MINE, "unused", "unused", b"plan")
    clock.now += KEPT_SECONDS - 60
    assert store.find(MINE, "used")
    clock.now += 120
    assert store.find(MINE, "used")
    assert store.find(MINE, "unused") == []
    store.keep(MINE, "new", "new", b"plan")
    assert store.bytes == 2 * len(b"plan")


def test_redis_is_told_to_forget_in_time(redis_address):
    store = RedisStore(redis_address)
    store.keep(MINE, "plan", "plan", b"plan")
    for key in store._redis.keys("*"):
        assert 0 < store._redis.ttl(key) <= KEPT_SECONDS


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_all_entries_together_are_bounded(tmp_path, kind):
    clock = Clock()
    store = (
        MemoryStore(most_bytes=1000, clock=clock)
        if kind == "memory"
        else SqliteStore(tmp_path / "own" / "plans.sqlite", most_bytes=1000, clock=clock)
    )
    for number in range(9):
        clock.now += 1
        store.keep(f"{number}" * 32, "plan", "plan", b"x" * 300)
    assert store.bytes <= 1000
    assert store.find("8" * 32, "plan")
    assert not store.find("0" * 32, "plan")


def test_unknown_and_foreign_are_missed_by_the_same_look_up_in_equal_time(tmp_path):
    """One query by owner and name: a foreign entry is passed over like one that never was."""
    store = SqliteStore(tmp_path / "own" / "plans.sqlite")
    for number in range(40):
        store.keep(YOURS, f"plan{number}", f"plan{number}", b"x" * 20_000)
    seconds = {"foreign": [], "unknown": []}
    for number in range(400):
        for kind, name in (("foreign", f"plan{number % 40}"), ("unknown", f"none{number % 40}")):
            start = time.perf_counter()
            assert store.find(MINE, name) == []
            seconds[kind].append(time.perf_counter() - start)
    assert median(seconds["foreign"]) < 2 * median(seconds["unknown"])
    assert median(seconds["unknown"]) < 2 * median(seconds["foreign"])


posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has access lists")


@posix
def test_the_file_and_its_folder_are_for_their_owner_alone(tmp_path):
    path = tmp_path / "own" / "plans.sqlite"
    SqliteStore(path).keep(MINE, "plan", "plan", b"plan")
    for found in (path.parent, *path.parent.iterdir()):
        assert stat.S_IMODE(found.stat().st_mode) & 0o077 == 0, found.name


@posix
def test_a_file_or_folder_open_to_others_or_a_link_is_refused(tmp_path):
    open_folder = tmp_path / "open"
    open_folder.mkdir(mode=0o755)
    open_folder.chmod(0o755)
    with pytest.raises(ValueError, match="is open to others"):
        SqliteStore(open_folder / "plans.sqlite")
    own = tmp_path / "own"
    own.mkdir(mode=0o700)
    (own / "target").write_bytes(b"")
    (own / "plans.sqlite").symlink_to(own / "target")
    with pytest.raises(ValueError, match="cannot be opened"):
        SqliteStore(own / "plans.sqlite")


def test_threads_of_a_process_write_at_once(tmp_path):
    store = SqliteStore(tmp_path / "own" / "plans.sqlite")
    faults = []

    def keep(person):
        try:
            for number in range(20):
                store.keep(person * 32, f"plan{number}", "digest", person.encode() * 1000)
                assert store.find(person * 32, f"plan{number}")[0][1] == person.encode() * 1000
        except Exception as fault:  # told to the test's own thread
            faults.append(fault)

    threads = [threading.Thread(target=keep, args=(person,)) for person in "abcdef"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def test_the_setting_names_a_file_or_a_redis(tmp_path, redis_address):
    assert isinstance(open_store({STORE: str(tmp_path / "x" / "plans.sqlite")}), SqliteStore)
    assert isinstance(open_store({STORE: redis_address}), RedisStore)
    with pytest.raises(ValueError, match=r"Redis does not answer \(ConnectionError\)") as refused:
        open_store({STORE: "redis://:secret@127.0.0.1:1/0"})
    assert "secret" not in str(refused.value)
    assert default_path({"STATE_DIRECTORY": "/var/lib/icbudget"}).as_posix() == (
        "/var/lib/icbudget/icbudget/plans.sqlite"
    )


def test_what_is_found_is_whose_asks(tmp_path):
    with plan_store.person("anna"):
        anna = plan_store.owner()
    with plan_store.person("ben"):
        ben = plan_store.owner()
    assert len({anna, ben, plan_store.owner()}) == 3
    assert "anna" not in anna


def test_a_plan_is_found_by_its_key_and_room_is_made_without_reading_plans(tmp_path):
    book = SqliteStore(tmp_path / "own" / "plans.sqlite")._book

    def steps(asked):
        told = book.execute(f"EXPLAIN QUERY PLAN {asked}", [""] * asked.count("?")).fetchall()
        return [step for *_, step in told]

    assert steps(plan_store.FIND) == ["SEARCH kept USING PRIMARY KEY (owner=? AND name=?)"]
    old = steps("DELETE FROM kept WHERE used < ?")
    assert old == ["SEARCH kept USING COVERING INDEX kept_by_use (used<?)"]
    newest = steps("SELECT name, digest FROM kept WHERE owner = ? ORDER BY used DESC LIMIT ?")
    assert newest == ["SEARCH kept USING COVERING INDEX kept_of_owner (owner=?)"]
