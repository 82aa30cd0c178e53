"""Where plans are kept that cells hold by their hash: bounded in room and time, each person's own.

An entry is found by whose it is and by the digits that the cell shows, and by nothing else: what is
somebody else's is not there, exactly like what never was, and takes as long to be missed. An entry
that went is made again from the tables; nothing is ever taken from another plan.

On the classic host plans stay in the process. A server's workers share one store: a SQLite file
that only its owner may read, or Redis where an organisation runs several servers.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import stat
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Protocol

MOST_OF_ONE = 200
"""Plans and recipes kept for one person; the one not used for longest goes first."""
MOST_BYTES = 400_000_000
"""Bytes of all entries together: about 10,000 plans like the illustrative borough."""
KEPT_SECONDS = 12 * 3600
"""How long an entry is kept after it was used last: a working day."""
_REFRESHED = 60
"""Seconds after which a use is written down again."""

Entry = tuple[str, bytes]
"""The full hash of what is kept, and its content."""
_person: ContextVar[str] = ContextVar("person", default="")
_looked_up: ContextVar[dict[str, list[Entry]] | None] = ContextVar("looked_up", default=None)
"""What was found for a person in the call that is answered: an entry is looked up once in each."""


class Store(Protocol):
    """A place that keeps entries by owner, name and full hash."""

    def keep(self, owner: str, name: str, digest: str, content: bytes) -> None:
        """Keep an entry, in the place of an earlier one with the same hash."""

    def find(self, owner: str, name: str) -> list[Entry]:
        """Return the entries of an owner under a name.

        There is more than one where two contents share it.
        """


class MemoryStore:
    """Entries in the process: the classic host has one person and one process."""

    def __init__(
        self, most_bytes: int = 100_000_000, clock: Callable[[], float] = time.time
    ) -> None:
        self._most_bytes, self._clock = most_bytes, clock
        self._lock = threading.Lock()
        self._entries: OrderedDict[tuple[str, str, str], tuple[bytes, float]] = OrderedDict()

    def keep(self, owner: str, name: str, digest: str, content: bytes) -> None:
        """Keep an entry, in the place of an earlier one with the same hash."""
        with self._lock:
            self._entries[owner, name, digest] = content, self._clock()
            self._entries.move_to_end((owner, name, digest))
            self._make_room(owner)

    def find(self, owner: str, name: str) -> list[Entry]:
        """Return the entries of an owner under a name."""
        with self._lock:
            oldest = self._clock() - KEPT_SECONDS
            keys = [key for key in self._entries if key[:2] == (owner, name)]
            entries: list[Entry] = []
            for key in keys:
                content, used = self._entries.pop(key)
                if used >= oldest:
                    self._entries[key] = content, self._clock()
                    entries.append((key[2], content))
            return entries

    def _make_room(self, owner: str) -> None:
        mine = [key for key in self._entries if key[0] == owner]
        for key in mine[: max(0, len(mine) - MOST_OF_ONE)]:
            del self._entries[key]
        # One entry always stays: a plan larger than the room is still a plan that a cell holds.
        while len(self._entries) > 1 and self.bytes > self._most_bytes:
            self._entries.popitem(last=False)

    @property
    def bytes(self) -> int:
        """Return how many bytes are kept."""
        return sum(len(content) for content, _ in self._entries.values())


FIND = "SELECT digest, content, used FROM kept WHERE owner = ? AND name = ? AND +used >= ?"
"""By owner and name alone: with a plain `used`, SQLite would go through all that an owner has used
since."""


class SqliteStore:
    """Entries in one file that every worker of a server reads and writes; only its owner may.

    Raises `ValueError` where the file or its folder is open to others, or is a link.
    """

    def __init__(
        self, path: Path, most_bytes: int = MOST_BYTES, clock: Callable[[], float] = time.time
    ) -> None:
        self.path, self._most_bytes, self._clock = path, most_bytes, clock
        self._local = threading.local()
        _owner_only(path)
        with self._changing() as book:
            book.execute(
                "CREATE TABLE IF NOT EXISTS kept (owner TEXT, name TEXT, digest TEXT, content BLOB,"
                " used REAL, PRIMARY KEY (owner, name, digest)) WITHOUT ROWID"
            )
            # To make room without reading the plans themselves, which every plan kept waits for.
            book.execute("CREATE INDEX IF NOT EXISTS kept_by_use ON kept (used)")
            book.execute("CREATE INDEX IF NOT EXISTS kept_of_owner ON kept (owner, used)")

    def keep(self, owner: str, name: str, digest: str, content: bytes) -> None:
        """Keep an entry, in the place of an earlier one with the same hash."""
        now = self._clock()
        with self._changing() as book:
            noted = book.execute(
                "UPDATE kept SET content = ?, used = ? WHERE owner = ? AND name = ? AND digest = ?",
                (content, now, owner, name, digest),
            )
            if noted.rowcount:
                return
            book.execute(
                "INSERT INTO kept VALUES (?, ?, ?, ?, ?)", (owner, name, digest, content, now)
            )
            self._make_room(book, owner, now)

    def find(self, owner: str, name: str) -> list[Entry]:
        """Return the entries of an owner under a name."""
        now = self._clock()
        rows = self._book.execute(FIND, (owner, name, now - KEPT_SECONDS)).fetchall()
        if any(used < now - _REFRESHED for _, _, used in rows):
            with self._changing() as book:
                book.execute(
                    "UPDATE kept SET used = ? WHERE owner = ? AND name = ?", (now, owner, name)
                )
        return [(digest, content) for digest, content, _ in rows]

    @property
    def bytes(self) -> int:
        """Return how many bytes are kept."""
        return int(self._book.execute("SELECT total(length(content)) FROM kept").fetchone()[0])

    def _make_room(self, book: sqlite3.Connection, owner: str, now: float) -> None:
        book.execute("DELETE FROM kept WHERE used < ?", (now - KEPT_SECONDS,))
        book.execute(
            "DELETE FROM kept WHERE owner = ? AND (name, digest) NOT IN (SELECT name, digest FROM"
            " kept WHERE owner = ? ORDER BY used DESC LIMIT ?)",
            (owner, owner, MOST_OF_ONE),
        )
        kept = book.execute("SELECT total(length(content)), count(*) FROM kept").fetchone()
        size, count = int(kept[0]), int(kept[1])
        while size > self._most_bytes and count > 1:
            oldest = book.execute(
                "SELECT owner, name, digest, length(content) FROM kept ORDER BY used LIMIT 1"
            ).fetchone()
            book.execute("DELETE FROM kept WHERE owner = ? AND name = ? AND digest = ?", oldest[:3])
            size, count = size - oldest[3], count - 1

    @property
    def _book(self) -> sqlite3.Connection:
        """Return this thread's connection; what was deleted is overwritten in the file."""
        book: sqlite3.Connection | None = getattr(self._local, "book", None)
        if book is None:
            book = sqlite3.connect(self.path, timeout=30, isolation_level=None)
            book.execute("PRAGMA journal_mode = WAL")
            book.execute("PRAGMA secure_delete = ON")
            book.execute("PRAGMA synchronous = OFF")  # what is lost is made again from the tables
            self._local.book = book
        return book

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        book = self._book
        book.execute("BEGIN IMMEDIATE")
        try:
            yield book
        except BaseException:
            book.execute("ROLLBACK")
            raise
        book.execute("COMMIT")


class RedisStore:
    """Entries in a Redis that several servers share; Redis itself forgets them in time.

    Its own `maxmemory` bounds them all; each person's are bounded here.
    """

    def __init__(self, address: str, clock: Callable[[], float] = time.time) -> None:
        import redis

        self._clock = clock
        self._redis: Any = redis.Redis.from_url(address, socket_timeout=10)

    def keep(self, owner: str, name: str, digest: str, content: bytes) -> None:
        """Keep an entry, in the place of an earlier one with the same hash."""
        entry, mine = f"icbudget:{owner}:{name}", f"icbudget:{owner}"
        with self._redis.pipeline() as change:
            change.hset(entry, digest, content)
            change.expire(entry, KEPT_SECONDS)
            change.zadd(mine, {name: self._clock()})
            change.expire(mine, KEPT_SECONDS)
            change.execute()
        for old in self._redis.zrange(mine, 0, -MOST_OF_ONE - 1):
            self._redis.delete(f"icbudget:{owner}:{old.decode()}")
            self._redis.zrem(mine, old)

    def find(self, owner: str, name: str) -> list[Entry]:
        """Return the entries of an owner under a name."""
        entry, mine = f"icbudget:{owner}:{name}", f"icbudget:{owner}"
        with self._redis.pipeline() as change:
            change.hgetall(entry)
            change.expire(entry, KEPT_SECONDS)
            change.expire(mine, KEPT_SECONDS)
            change.zadd(mine, {name: self._clock()}, xx=True)
            by_digest = change.execute()[0]
        return [(digest.decode(), content) for digest, content in by_digest.items()]

    def ping(self) -> None:
        """Raise redis' own error where the server does not answer."""
        self._redis.ping()


@contextmanager
def person(name: str) -> Iterator[None]:
    """Let what is asked meanwhile be asked by a person; blank where there is only one."""
    token, before = _person.set(name), _looked_up.set({})
    try:
        yield
    finally:
        _looked_up.reset(before)
        _person.reset(token)


def find(store: Store, name: str) -> list[Entry]:
    """Return the entries under a name of who asks now, looked up once in a call."""
    by_name = _looked_up.get()
    if by_name is None:
        return store.find(owner(), name)
    entries = by_name.get(name) or store.find(owner(), name)
    by_name[name] = entries
    return entries


def owner() -> str:
    """Return whose entries are read and written now: a hash, so that no name is kept."""
    return hashlib.sha256(_person.get().encode()).hexdigest()[:32]


def _owner_only(path: Path) -> None:
    """Make a file and its folder that only their owner may read.

    Raises `ValueError` where they are there already and open to others, or are links.
    """
    folder = path.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        made = os.open(path, os.O_CREAT | os.O_RDWR | getattr(os, "O_NOFOLLOW", 0), 0o600)
    except OSError as fault:
        raise ValueError(f"{path} cannot be opened: {fault.strerror}.") from None
    try:
        _refuse_open(os.fstat(made), f"{path}")
    finally:
        os.close(made)
    _refuse_open(folder.lstat(), f"The folder {folder}")


def _refuse_open(status: os.stat_result, what: str) -> None:
    if os.name != "posix":  # Windows keeps a person's own folders to them by its access lists
        return
    if stat.S_ISLNK(status.st_mode) or status.st_uid != os.geteuid():
        raise ValueError(f"{what} is not this user's own. Name another place.")
    if stat.S_IMODE(status.st_mode) & 0o077:
        raise ValueError(f"{what} is open to others. Take their rights away (chmod go-rwx).")
