"""What was worked out, kept by its content.

The same question gives the same answer, whoever asks, and is worked out once.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

V = TypeVar("V")


class Memo(Generic[V]):
    """The last few answers by a digest of everything they were made from.

    They are bounded in number and in cells.

    Safe for threads: whoever asks for what is being worked out waits for it instead of working it
    out again, and keeps nobody waiting who asks for something else. What raises is not kept.
    """

    def __init__(self, most: int, most_cells: int) -> None:
        self._most, self._most_cells = most, most_cells
        self._lock = Lock()
        self._kept: OrderedDict[bytes, tuple[Future[V], int]] = OrderedDict()
        self._cells = 0

    def get(self, digest: bytes, cells: int, make: Callable[[], V]) -> V:
        """Return the answer to a digest, made by `make` where it is not kept.

        `cells` is its share of the room.
        """
        with self._lock:
            if digest in self._kept:
                self._kept.move_to_end(digest)
                waiting = self._kept[digest][0]
                mine = False
            else:
                waiting, mine = Future(), True
                self._kept[digest] = waiting, cells
                self._cells += cells
                while len(self._kept) > 1 and (
                    len(self._kept) > self._most or self._cells > self._most_cells
                ):
                    _, (_, oldest) = self._kept.popitem(last=False)
                    self._cells -= oldest
        if mine:
            try:
                waiting.set_result(make())
            except BaseException as fault:
                waiting.set_exception(fault)
                with self._lock:
                    if self._kept.get(digest, (None,))[0] is waiting:
                        del self._kept[digest]
                        self._cells -= cells
        return waiting.result()

    def known(self, digest: bytes) -> V | None:
        """Return the answer to a digest where it is kept and worked out, else None."""
        with self._lock:
            waiting, _ = self._kept.get(digest, (None, 0))
        done = waiting is not None and waiting.done() and waiting.exception() is None
        return waiting.result() if waiting is not None and done else None

    @property
    def cells(self) -> int:
        """Return how many cells all kept answers were made from."""
        return self._cells

    def __len__(self) -> int:
        return len(self._kept)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
            self._cells = 0
