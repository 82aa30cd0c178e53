"""Views of a frozen value that many look at (the postings of a result, its bridges, its monitoring)
are worked out once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

Of = TypeVar("Of")
More = ParamSpec("More")
Seen = TypeVar("Seen")


def cached_view(
    view: Callable[Concatenate[Of, More], Seen],
) -> Callable[Concatenate[Of, More], Seen]:
    """Return a view that is worked out the first time it is asked for, kept with what it is a view
    of, and gone when that goes.

    For pure functions of a frozen value only; other arguments must be hashable. What is returned is
    shared, so nobody changes it.
    """

    @wraps(view)
    def seen(of: Of, /, *more: More.args, **named: More.kwargs) -> Seen:
        kept = of.__dict__.setdefault("_seen", {})
        key = (view.__module__, view.__qualname__, *more, *named.items())
        if key not in kept:
            kept[key] = view(of, *more, **named)
        found: Seen = kept[key]
        return found

    return seen
