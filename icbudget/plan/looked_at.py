"""What a function looks at of a plan, so that it need not be asked again where that is the same.

An edit changes one table; the others are the same rows as before. A function that looks at none of
the changed ones comes to what it came to before.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from icbudget.plan.plan import Plan
from icbudget.plan.setup import Setup

More = ParamSpec("More")
View = TypeVar("View")
FIELDS = frozenset(Plan.model_fields)


class Watched:
    """A plan that notes which of its fields somebody looks at.

    Whoever asks for anything but a field or its years, such as a copy, may look at all of them.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.looked_at: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        self.looked_at |= {name} if name in FIELDS else {"setup"} if name == "years" else FIELDS
        return getattr(self.plan, name)


def kept_by_fields(
    most: int,
) -> Callable[[Callable[Concatenate[Plan, More], View]], Callable[Concatenate[Plan, More], View]]:
    """Return a decorator for a view of a plan that is kept for plans with the same rows.

    It is taken for any plan that has the very same rows in every table that the function looked at,
    and the same settings where it looked at Setup. The last so many asked for are kept. For pure
    functions only that do not give back the plan itself; other arguments must be hashable, and
    nobody changes what is returned.
    """

    def decorated(
        view: Callable[Concatenate[Plan, More], View],
    ) -> Callable[Concatenate[Plan, More], View]:
        kept: list[tuple[tuple[Any, ...], dict[str, Any], View]] = []
        lock = Lock()

        @wraps(view)
        def recent(plan: Plan, /, *more: More.args, **named: More.kwargs) -> View:
            asked = (*more, *named.items())
            with lock:
                latest = list(kept)
            for entry in latest:
                if entry[0] == asked and _same_rows(plan, entry[1]):
                    break
            else:
                watched = Watched(plan)
                worked_out = view(cast(Plan, watched), *more, **named)
                # The fields alone are kept, so that no plan is kept for what nobody looked at.
                entry = asked, {f: getattr(plan, f) for f in watched.looked_at}, worked_out
            with lock:
                kept[:] = [entry, *(other for other in kept if other is not entry)][:most]
            return entry[2]

        return recent

    return decorated


def _same_rows(plan: Plan, earlier: dict[str, Any]) -> bool:
    return all(_same(getattr(plan, name), rows) for name, rows in earlier.items())


def _same(rows: Any, earlier: Any) -> bool:
    # Setup is one small row that is read anew more often than it changes; a table is many, of which
    # two that are alike but not the same are seldom met.
    return rows is earlier or (isinstance(rows, Setup) and bool(rows == earlier))
