"""What was worked out, kept by its content.

The same question gives the same answer, whoever asks, and is worked out once.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Mapping
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
        self._kept: OrderedDict[bytes, tuple[V, int]] = OrderedDict()
        # A future weighs more than most of what is kept, so it goes once its answer is there.
        self._making: dict[bytes, Future[V]] = {}
        self._cells = 0

    def get(self, digest: bytes, cells: int | Callable[[V], int], make: Callable[[], V]) -> V:
        """Return the answer to a digest, made by `make` where it is not kept.

        `cells` is its share of the room, or what tells it once the answer is there.
        """
        with self._lock:
            if digest in self._kept:
                self._kept.move_to_end(digest)
                return self._kept[digest][0]
            making = self._making.get(digest)
            mine = making is None
            waiting = self._making[digest] = making or Future()
        if mine:
            self._make(digest, cells, make, waiting)
        return waiting.result()

    def known(self, digest: bytes) -> V | None:
        """Return the answer to a digest where it is kept and worked out, else None."""
        with self._lock:
            return self._kept[digest][0] if digest in self._kept else None

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
            self._making.clear()
            self._cells = 0

    def _make(
        self,
        digest: bytes,
        cells: int | Callable[[V], int],
        make: Callable[[], V],
        waiting: Future[V],
    ) -> None:
        """Make an answer for all who wait for it, and keep it unless everything was forgotten."""
        try:
            answer = make()
        except BaseException as fault:
            with self._lock:
                if self._making.get(digest) is waiting:
                    del self._making[digest]
            waiting.set_exception(fault)
            return
        with self._lock:
            if self._making.get(digest) is waiting:
                del self._making[digest]
                self._keep(digest, answer, cells(answer) if callable(cells) else cells)
        waiting.set_result(answer)

    def _keep(self, digest: bytes, answer: V, cells: int) -> None:
        self._kept[digest] = answer, cells
        self._cells += cells
        while len(self._kept) > 1 and (
            len(self._kept) > self._most or self._cells > self._most_cells
        ):
            _, (_, oldest) = self._kept.popitem(last=False)
            self._cells -= oldest


class Parts(Generic[V]):
    """What the last few wholes consist of, each part by a digest of everything it was made from.

    A part goes with the last whole that has it. So what nobody needs any more, as a table before it
    was changed, makes room after so many changes, however small it is. Bounded in wholes, and in
    the cells of all parts; the last whole stays. Safe for threads: two that ask at once for a part
    that is not kept may each make it.
    """

    def __init__(self, most: int, most_cells: int) -> None:
        self._most, self._most_cells = most, most_cells
        self._lock = Lock()
        self._wholes: deque[tuple[bytes, ...]] = deque()
        self._uses: Counter[bytes] = Counter()
        self._parts: dict[bytes, tuple[V, int]] = {}
        self._cells = 0

    def known(self, digest: bytes) -> V | None:
        """Return a part where it is kept, else None."""
        part = self._parts.get(digest)
        return None if part is None else part[0]

    def keep(self, parts: Mapping[bytes, V], cells: Mapping[bytes, int]) -> None:
        """Keep the parts of a whole, each with its share of the room; earlier wholes make room."""
        with self._lock:
            self._wholes.append(tuple(parts))
            self._uses.update(parts.keys())
            for digest, part in parts.items():
                if digest not in self._parts:
                    self._parts[digest] = part, cells[digest]
                    self._cells += cells[digest]
            while len(self._wholes) > 1 and (
                len(self._wholes) > self._most or self._cells > self._most_cells
            ):
                self._let_go(self._wholes.popleft())

    @property
    def cells(self) -> int:
        """Return how many cells all kept parts were made from."""
        return self._cells

    def __len__(self) -> int:
        return len(self._parts)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._wholes.clear()
            self._uses.clear()
            self._parts.clear()
            self._cells = 0

    def _let_go(self, digests: tuple[bytes, ...]) -> None:
        for digest in digests:
            self._uses[digest] -= 1
            if not self._uses[digest]:
                del self._uses[digest]
                self._cells -= self._parts.pop(digest)[1]
