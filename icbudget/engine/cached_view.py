"""Views of a frozen value that many look at are worked out once.

Such as the postings of a result, its bridges, its monitoring. What is too large to be kept with
each source is kept for the last few that were asked for.
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


def cached_view(
    view: Callable[Concatenate[Source, More], View],
) -> Callable[Concatenate[Source, More], View]:
    """Return a view that is worked out when it is first asked for, and then kept with its source.

    It is gone when its source goes. For pure functions of a frozen value only; other arguments
    must be hashable. What is returned is shared, so nobody changes it.
    """

    @wraps(view)
    def cached(source: Source, /, *more: More.args, **named: More.kwargs) -> View:
        views = source.__dict__.setdefault("_views", {})
        key = (view.__module__, view.__qualname__, *more, *named.items())
        if key not in views:
            views[key] = view(source, *more, **named)
        kept: View = views[key]
        return kept

    return cached


def recent_view(
    most: int,
) -> Callable[
    [Callable[Concatenate[Source, More], View]], Callable[Concatenate[Source, More], View]
]:
    """Return a decorator for a view that is kept while it is among the last so many asked for.

    Those are of any source, and each keeps its source with it. Otherwise as `cached_view`; two
    threads that ask at once may each work it out.
    """

    def decorated(
        view: Callable[Concatenate[Source, More], View],
    ) -> Callable[Concatenate[Source, More], View]:
        kept: OrderedDict[tuple[Any, ...], tuple[Source, View]] = OrderedDict()
        lock = Lock()

        @wraps(view)
        def recent(source: Source, /, *more: More.args, **named: More.kwargs) -> View:
            # While its source is kept with it, nothing else has the source's identity.
            key = (id(source), *more, *named.items())
            with lock:
                if key in kept:
                    kept.move_to_end(key)
                    return kept[key][1]
            worked_out = view(source, *more, **named)
            with lock:
                kept[key] = source, worked_out
                while len(kept) > most:
                    kept.popitem(last=False)
            return worked_out

        return recent

    return decorated
