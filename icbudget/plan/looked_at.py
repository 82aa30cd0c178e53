"""What a function looks at of a plan, so that it need not be asked again where that is the same.

An edit changes one table; the others are the same rows as before. A function that looks at none of
the changed ones comes to what it came to before.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from threading import Lock
from types import FunctionType, MethodType
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar, cast

from icbudget.plan.columns import Noun
from icbudget.plan.plan import Plan
from icbudget.plan.setup import Setup

More = ParamSpec("More")
View = TypeVar("View")
FIELDS = frozenset(Plan.model_fields)
SETTINGS = frozenset(Setup.model_fields)
_OF_SETUP = "setup."
"""Before the name of a single setting that was looked at."""
_ROWS = "rows"
"""After the name of a table of whose rows somebody saw how many there are."""


class Watched:
    """A plan that notes which of its fields somebody looks at, and of Setup which settings.

    Whoever asks for anything but a field or its years, such as a copy, may look at all of them.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.looked_at: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        if name == "setup":
            return WatchedSetup(self.plan.setup, self.looked_at)
        self.looked_at |= {name} if name in FIELDS or name == "years" else FIELDS
        return getattr(self.plan, name)


class WatchedSetup:
    """Setup of a watched plan: what is looked at of it is noted with the plan."""

    model_fields = Setup.model_fields  # what the class of any row is asked for

    def __init__(self, setup: Setup, looked_at: set[str]) -> None:
        self._setup = setup
        self._looked_at = looked_at

    def __getattr__(self, name: str) -> Any:
        self._looked_at.add(f"{_OF_SETUP}{name}" if name in SETTINGS else "setup")
        return getattr(self._setup, name)


class WatchedColumns(Watched):
    """A plan that notes of each table which columns somebody looks at: `schemes.source`.

    And that it has so many rows: `schemes.rows`. It takes a few times as long as `Watched`, and is
    worth it where many plans that differ in a column are asked for the same.
    """

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self._rows: dict[str, tuple[Any, ...]] = {}

    def __getattr__(self, name: str) -> Any:
        rows = getattr(self.plan, name) if name in FIELDS else None
        if not isinstance(rows, tuple):
            return super().__getattr__(name)
        self.looked_at.add(f"{name}.{_ROWS}")
        if name not in self._rows:
            # one for each row, so that a row is the same one wherever it is met
            self._rows[name] = tuple(self._watched(row, name) for row in rows)
        return self._rows[name]

    def _watched(self, row: Noun, table: str) -> _WatchedRow:
        noun: Any = type(row)
        return _watched_kind(noun)(row, table, self.looked_at)


class _WatchedRow:
    """A row of a watched table: what is looked at of it is noted as the table's column.

    What a property or a method of the row looks at is noted too; whoever asks for anything else may
    look at all of it.
    """

    __slots__ = ("_looked_at", "_row", "_table")

    def __init__(self, row: Noun, table: str, looked_at: set[str]) -> None:
        self._row, self._table, self._looked_at = row, table, looked_at

    @property  # type: ignore[misc]
    def __class__(self) -> Any:  # so that it passes for a row
        return type(self._row)

    def __getattr__(self, name: str) -> Any:
        kind: Any = type(self._row)
        if name in kind.model_fields:
            self._looked_at.add(f"{self._table}.{name}")
            return getattr(self._row, name)
        of_class = getattr(kind, name, None)
        if isinstance(of_class, property) and of_class.fget is not None:
            return of_class.fget(self)
        if isinstance(of_class, FunctionType) and of_class.__module__.startswith("icbudget."):
            return MethodType(of_class, self)
        self._looked_at.add(self._table)
        return getattr(self._row, name)

    def __eq__(self, other: object) -> bool:
        self._looked_at.add(self._table)
        return bool(self._row == (other._row if type(other) is type(self) else other))

    def __hash__(self) -> int:
        self._looked_at.add(self._table)
        return hash(self._row)


@cache
def _watched_kind(noun: Any) -> type[_WatchedRow]:
    """Return the class of a watched row, which is asked for its fields as the noun is."""
    return type(noun.__name__, (_WatchedRow,), {"__slots__": (), "model_fields": noun.model_fields})


def kept_by_fields(
    most: int,
) -> Callable[[Callable[Concatenate[Plan, More], View]], Callable[Concatenate[Plan, More], View]]:
    """Return a decorator for a view of a plan that is kept for plans with the same rows.

    It is taken for any plan that has the very same rows in every table that the function looked at,
    and the same of each setting of Setup that it looked at. The last so many asked for are kept.
    For pure functions only that do not give back the plan itself; other arguments must be hashable,
    and nobody changes what is returned.
    """

    def decorated(
        view: Callable[Concatenate[Plan, More], View],
    ) -> Callable[Concatenate[Plan, More], View]:
        kept: list[tuple[tuple[Any, ...], _Seen, View]] = []
        lock = Lock()

        @wraps(view)
        def recent(plan: Plan, /, *more: More.args, **named: More.kwargs) -> View:
            asked_of: object = plan
            if isinstance(asked_of, WatchedColumns):
                # What is kept is known by its tables, of which this one looks at columns alone.
                return view(plan, *more, **named)
            asked = (*more, *named.items())
            with lock:
                latest = list(kept)
            for entry in latest:
                if entry[0] == asked and entry[1].is_in(plan):
                    break
            else:
                watched = Watched(plan)
                worked_out = view(cast(Plan, watched), *more, **named)
                # The fields alone are kept, so that no plan is kept for what nobody looked at.
                entry = asked, _Seen.of(plan, watched.looked_at), worked_out
            with lock:
                kept[:] = [entry, *(other for other in kept if other is not entry)][:most]
            return entry[2]

        return recent

    return decorated


def differing(plan: Plan, other: Plan) -> frozenset[str]:
    """Return in what two plans differ, in the names that `Watched` notes."""
    names: set[str] = set()
    for field in FIELDS:
        mine, theirs = getattr(plan, field), getattr(other, field)
        # A plan made from another shares the tables that nobody changed: those need no comparing.
        if mine is not theirs and mine != theirs:
            names.add(field)
    if "setup" in names:
        every = (f"{_OF_SETUP}{name}" for name in SETTINGS)
        names |= {name for name in (*every, "years") if _at(plan, name) != _at(other, name)}
    return frozenset(names)


def differing_columns(plan: Plan, other: Plan) -> frozenset[str]:
    """Return in what two plans differ, column by column, in the names that `WatchedColumns` notes.

    A table that differs is named too, for whoever looked at all of it.
    """
    names = differing(plan, other)
    tables = names.intersection(FIELDS) - {"setup"}
    return names.union(*(_columns(table, plan, other) for table in tables))


def _columns(table: str, plan: Plan, other: Plan) -> set[str]:
    rows, others = getattr(plan, table), getattr(other, table)
    if not isinstance(rows, tuple):
        return set()
    # with another row every column is another
    if len(rows) != len(others):
        return {f"{table}.{_ROWS}"}
    names: set[str] = set()
    for one, other_row in zip(rows, others, strict=True):
        if one is not other_row:
            fields = type(one).model_fields
            names |= {n for n in fields if getattr(one, n) != getattr(other_row, n)}
    return {f"{table}.{name}" for name in names}


def _at(plan: Plan, name: str) -> Any:
    """Return a field of a plan, its years, or a setting of its Setup."""
    if name.startswith(_OF_SETUP):
        return getattr(plan.setup, name.removeprefix(_OF_SETUP))
    return getattr(plan, name)


class _Seen(NamedTuple):
    """What was looked at of a plan, by name: tables, and Setup, its settings and the years.

    A setting is small and read anew more often than it changes, so settings are compared by value;
    a table is many rows, of which two that are alike but not the same are seldom met.
    """

    tables: tuple[tuple[str, Any], ...]
    settings: tuple[tuple[str, Any], ...]

    @staticmethod
    def of(plan: Plan, names: set[str]) -> _Seen:
        """Return what a plan has under these names."""
        settings = {name for name in names if name == "years" or name.startswith("setup")}
        return _Seen(
            tuple((name, getattr(plan, name)) for name in sorted(names - settings)),
            tuple((name, _at(plan, name)) for name in sorted(settings)),
        )

    def is_in(self, plan: Plan) -> bool:
        """Return whether a plan has the same."""
        # Plain loops: dozens of earlier plans are compared with each, most of which differ soon.
        for name, rows in self.tables:
            if getattr(plan, name) is not rows:
                return False
        for name, earlier in self.settings:
            setting = _at(plan, name)
            if setting is not earlier and setting != earlier:
                return False
        return True
