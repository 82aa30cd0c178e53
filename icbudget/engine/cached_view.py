"""Views of a frozen value that many look at are worked out once.

Such as the postings of a result, its bridges, its monitoring. What is too large to be kept with
each source is kept for the last few that were asked for: see `icbudget.recent_view`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

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
    own_key = (view.__module__, view.__qualname__)

    @wraps(view)
    def cached(source: Source, /, *more: More.args, **named: More.kwargs) -> View:
        views = source.__dict__.setdefault("_views", {})
        key = (*own_key, *more, *named.items()) if more or named else own_key
        if key not in views:
            views[key] = view(source, *more, **named)
        kept: View = views[key]
        return kept

    return cached


def keep_view(view: Callable[[Source], View], source: Source, worked_out: View) -> None:
    """Keep with a source what one of its views would work out, made another way."""
    views = source.__dict__.setdefault("_views", {})
    views[view.__module__, view.__qualname__] = worked_out


def is_kept(view: Callable[[Source], View], source: Source) -> bool:
    """Return whether a view of a source is worked out already."""
    return (view.__module__, view.__qualname__) in source.__dict__.get("_views", {})
