"""Which worker of a server answers about a plan.

The connections of one Excel end at any worker, and each keeps for itself what it worked out. So a
plan has a home: the worker that made it, which is asked whatever takes it. All workers know the
homes, and how busy each of them is, from one table in memory that they share. A home that is
unknown, or one that has changed meanwhile, costs time and nothing else: every worker can answer
every call, from the store.
"""

from __future__ import annotations

import mmap
import os
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

WORKERS = "_ICBUDGET_SERVER_WORKERS"
"""How the process that starts the workers names their number and their folder to them: no setting
that anybody makes."""
SLOTS = 65_536
"""Plans whose homes are known at most, in 8 bytes each; two that fall on one slot take turns."""
_NUMBER = struct.Struct("<Q")
_HASH_BEGINS = len("plan ")


@contextmanager
def shared_by(workers: int) -> Iterator[None]:
    """Let workers that are started meanwhile share what they know of each other's plans.

    Does nothing for a single one, and where a system has no sockets that only their owner may use.
    """
    if workers < 2 or os.name != "posix":
        yield
        return
    # Its folder is nobody else's: what it holds is reached by this user alone.
    with TemporaryDirectory(prefix="icbudget-") as folder:
        with (Path(folder) / "homes").open("wb") as table:
            table.truncate(_NUMBER.size * (workers + SLOTS))
        os.environ[WORKERS] = f"{workers}:{folder}"
        try:
            yield
        finally:
            del os.environ[WORKERS]


def homes_in(environment: Mapping[str, str]) -> Homes | None:
    """Return what the workers of this server share; None where there is one, or no seat is free."""
    workers, _, folder = environment.get(WORKERS, "").partition(":")
    if not folder:
        return None
    for seat in range(int(workers)):
        claim = _claimed(Path(folder) / f"seat-{seat}")
        if claim is not None:
            return Homes(Path(folder), int(workers), seat, claim)
    return None


def _claimed(path: Path) -> IO[bytes] | None:
    """Return a file that this process alone holds, until it ends however it ends."""
    import fcntl

    seat = path.open("ab")
    try:
        fcntl.flock(seat, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        seat.close()
        return None
    return seat


class Homes:
    """The table that workers share, as one of them sees it from its seat.

    It holds how many calls each worker has in hand, and then the homes of plans by their hash.
    """

    def __init__(self, folder: Path, workers: int, seat: int, claim: IO[bytes]) -> None:
        self.workers, self.seat = workers, seat
        self._folder, self._claim = folder, claim
        with (folder / "homes").open("r+b") as table:
            self._table = mmap.mmap(table.fileno(), 0)
        self._calls = 0
        self._note_calls()

    def socket_of(self, seat: int) -> Path:
        """Return where a worker takes calls from the others."""
        return self._folder / f"calls-{seat}"

    def of(self, plan: str) -> int:
        """Return the seat of a plan's home, given its handle; an unknown one's by its hash."""
        hash_value = _hash_value(plan)
        (entry,) = _NUMBER.unpack_from(self._table, self._place(hash_value))
        known, seat = divmod(entry, 256)
        # A seat is noted as one more than it is: what was never written is 0.
        return seat - 1 if seat and known == hash_value else hash_value % self.workers

    def settle(self, plan: str) -> None:
        """Make this worker the home of a plan that it made."""
        hash_value = _hash_value(plan)
        entry = hash_value * 256 + self.seat + 1
        _NUMBER.pack_into(self._table, self._place(hash_value), entry)

    def idlest(self) -> int:
        """Return the seat of the worker with the fewest calls in hand, this one where even."""
        calls = [
            _NUMBER.unpack_from(self._table, _NUMBER.size * seat)[0] for seat in range(self.workers)
        ]
        fewest = min(calls)
        return self.seat if calls[self.seat] == fewest else calls.index(fewest)

    @contextmanager
    def call_in_hand(self) -> Iterator[None]:
        """Count one call more as in this worker's hand meanwhile."""
        self._calls += 1
        self._note_calls()
        try:
            yield
        finally:
            self._calls -= 1
            self._note_calls()

    def _note_calls(self) -> None:
        _NUMBER.pack_into(self._table, _NUMBER.size * self.seat, self._calls)

    def _place(self, hash_value: int) -> int:
        return _NUMBER.size * (self.workers + hash_value % SLOTS)


def _hash_value(plan: str) -> int:
    return int(plan[_HASH_BEGINS:], 16)
