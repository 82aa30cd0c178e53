"""Views of a value that are kept for the last few values that were asked for.

For what is too large to be kept with each value, or for values that can keep nothing themselves.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from functools import wraps
from threading import Lock
from typing import Any, Concatenate, ParamSpec, TypeVar

Source = TypeVar("Source")
More = ParamSpec("More")
View = TypeVar("View")


def recent_view(
    most: int, *, most_rows: int | None = None
) -> Callable[
    [Callable[Concatenate[Source, More], View]], Callable[Concatenate[Source, More], View]
]:
    """Return a decorator for a view that is kept while it is among the last so many asked for.

    Those are of any source, and each keeps its source with it: what is kept is known by the source
    itself, not by what it equals. With `most_rows`, sources are the rows of tables: of each kind of
    row so many are kept, and together no more rows, but for the last source. So a table that is
    changed again and again fills its own room and takes none of the others'. For pure functions of
    a frozen value only; other arguments must be hashable, and nobody changes what is returned. Two
    threads that ask at once may each work it out.
    """

    def decorated(
        view: Callable[Concatenate[Source, More], View],
    ) -> Callable[Concatenate[Source, More], View]:
        kept: OrderedDict[tuple[Any, ...], tuple[Source, View]] = OrderedDict()
        of_kind: Counter[type | None] = Counter()
        lock = Lock()
        room = 0

        def rows_of(source: Any) -> Sequence[Any]:
            return () if most_rows is None else source

        def let_go(key: tuple[Any, ...]) -> None:
            nonlocal room
            rows = rows_of(kept.pop(key)[0])
            room -= len(rows)
            of_kind[_kind(rows)] -= 1

        @wraps(view)
        def recent(source: Source, /, *more: More.args, **named: More.kwargs) -> View:
            nonlocal room
            # While its source is kept with it, nothing else has the source's identity.
            key = (id(source), *more, *named.items())
            with lock:
                if key in kept:
                    kept.move_to_end(key)
                    return kept[key][1]
            worked_out = view(source, *more, **named)
            rows = rows_of(source)
            kind = _kind(rows)
            with lock:
                # Another thread may have kept the same source meanwhile.
                if key not in kept:
                    room += len(rows)
                    of_kind[kind] += 1
                kept[key] = source, worked_out
                if of_kind[kind] > most:
                    let_go(next(k for k, (of, _) in kept.items() if _kind(rows_of(of)) is kind))
                while room > (most_rows or 0) and len(kept) > 1:
                    let_go(next(iter(kept)))
            return worked_out

        return recent

    return decorated


def _kind(rows: Sequence[Any]) -> type | None:
    """Return of which kind rows are; none are of no kind."""
    return type(rows[0]) if rows else None
