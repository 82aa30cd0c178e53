"""Views of a value that are kept for the last few values that were asked for.

For what is too large to be kept with each value, or for values that can keep nothing themselves.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import Any, Concatenate, ParamSpec, TypeVar

Source = TypeVar("Source")
More = ParamSpec("More")
View = TypeVar("View")


def recent_view(
    most: int, *, size: Callable[[Any], int] = lambda source: 0, most_size: int = 0
) -> Callable[
    [Callable[Concatenate[Source, More], View]], Callable[Concatenate[Source, More], View]
]:
    """Return a decorator for a view that is kept while it is among the last so many asked for.

    Those are of any source, and each keeps its source with it: what is kept is known by the source
    itself, not by what it equals. With `size`, the sources kept are together no larger than
    `most_size`, but for the last one. For pure functions of a frozen value only; other arguments
    must be hashable, and nobody changes what is returned. Two threads that ask at once may each
    work it out.
    """

    def decorated(
        view: Callable[Concatenate[Source, More], View],
    ) -> Callable[Concatenate[Source, More], View]:
        kept: OrderedDict[tuple[Any, ...], tuple[Source, View]] = OrderedDict()
        lock = Lock()
        room = 0

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
            with lock:
                # Another thread may have kept the same source meanwhile.
                room += 0 if key in kept else size(source)
                kept[key] = source, worked_out
                while len(kept) > most or (room > most_size and len(kept) > 1):
                    _, (oldest, _) = kept.popitem(last=False)
                    room -= size(oldest)
            return worked_out

        return recent

    return decorated
