"""What a simulation is drawn from: an edit of anything else leaves every draw as it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from threading import Lock
from typing import Concatenate, ParamSpec, TypeVar

from icbudget.plan import TABLES, Plan
from icbudget.plan.columns import Kind, Noun, columns_of
from icbudget.plan.identity import is_silent
from icbudget.plan.setup import Setup

NOT_READ = frozenset(
    {
        "base_rows",
        "capacity",
        "comments",
        "envelopes",
        "group_reaches",
        "history",
        "limits",
        "owners",
        "partner_records",
        "parts",
        "quarterly_plans",
        "received_changes",
        "scenarios",  # a plan is simulated with its own laid over it
        "sign_offs",
        "signing_keys",
        "staff",
        "this_part",
        "to_agree",
    }
)
"""Tables that no outcome of a draw hangs on."""
SETTINGS_NOT_READ = frozenset(
    {"title", "area", "active_scenario", "simulate", "prepared_by", "approved_by", "notes"}
)
"""Settings that none hangs on."""
_WORDS = ("name", "description")
"""Columns of words that are printed beside figures, and in no outcome but that of a goal."""
_READ = tuple(sorted(TABLES.keys() - NOT_READ))
_SETTINGS = tuple(sorted(Setup.model_fields.keys() - SETTINGS_NOT_READ))
More = ParamSpec("More")
View = TypeVar("View")


def drawn_alike(plan: Plan, other: Plan) -> bool:
    """Return whether two plans have the same draws: all that a simulation reads is alike in both.

    Each with its scenario laid over it already.
    """
    if plan is other:
        return True
    one, two = plan.setup, other.setup
    if one is not two and any(getattr(one, name) != getattr(two, name) for name in _SETTINGS):
        return False
    return all(_alike(getattr(plan, name), getattr(other, name), name) for name in _READ)


def kept_while_drawn_alike(
    most: int,
) -> Callable[[Callable[Concatenate[Plan, More], View]], Callable[Concatenate[Plan, More], View]]:
    """Return a decorator for a view of a plan's draws that is kept for plans drawn alike.

    The last so many asked for are kept, each with its plan. For pure functions only of what
    `drawn_alike` compares; other arguments must be hashable, and nobody changes what is returned.
    """

    def decorated(
        view: Callable[Concatenate[Plan, More], View],
    ) -> Callable[Concatenate[Plan, More], View]:
        kept: list[tuple[object, Plan, View]] = []
        lock = Lock()

        @wraps(view)
        def recent(plan: Plan, /, *more: More.args, **named: More.kwargs) -> View:
            asked = (*more, *named.items())
            with lock:
                latest = list(kept)
            for entry in latest:
                if entry[0] == asked and drawn_alike(plan, entry[1]):
                    break
            else:
                entry = asked, plan, view(plan, *more, **named)
            with lock:
                kept[:] = [entry, *(other for other in kept if other is not entry)][:most]
            return entry[2]

        return recent

    return decorated


def _alike(rows: tuple[Noun, ...], others: tuple[Noun, ...], table: str) -> bool:
    # An edit changes the rows of one table, and the others are the same rows as before.
    if rows is others:
        return True
    fields = _fields_read(table)
    return len(rows) == len(others) and all(
        row is other or all(getattr(row, field) == getattr(other, field) for field in fields)
        for row, other in zip(rows, others, strict=True)
    )


@cache
def _fields_read(table: str) -> tuple[str, ...]:
    noun = TABLES[table].noun
    words = {
        column.field
        for column in columns_of(noun)
        if is_silent(table, column)
        or (table != "goals" and column.kind is Kind.TEXT and column.field in _WORDS)
    }
    return tuple(field for field in noun.model_fields if field not in words)
