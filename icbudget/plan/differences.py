"""What differs between two plans, in a finance officer's words.

Also a plan with only some of it changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from icbudget import money
from icbudget.plan.columns import Column, Kind, Noun, Role, columns_of
from icbudget.plan.plan import RECORDS, SETUP, TABLES, Plan
from icbudget.plan.programme import EFFECTS, Programme, effect_in_words
from icbudget.plan.unread_cells import NotKnown, Undecided

ADDED_FIRST = ("partners", "indices", "risk_shares", "pools", "acute_lines", "programmes")
"""Tables whose new rows are put in first, since other rows name them."""
LONG = 100
"""Characters of a text and of what it becomes beyond which only the change itself is named."""
NO_FIGURES = frozenset(
    {"goals", "scenarios", "uncertainties", "correlations", "sign_offs", "signing_keys"}
)
"""Tables that change no money: a scenario counts once it is laid over the plan, a distribution when
it is drawn from, a signature is under figures and is none.
"""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two plans.

    It is a field of a row (all its years together), a row added or taken out, or the order of a
    table's rows.
    """

    kind: str
    """changed, added, removed or order."""
    table: str
    key: str
    field: str
    words: str
    before: str = ""
    after: str = ""

    @property
    def wording(self) -> bool:
        """Return whether the change can alter no money."""
        roles = {c.field: c.role for c in columns_of(_spec(self.table).noun)}
        return self.table in NO_FIGURES or roles.get(self.field) in (
            Role.WORDS,
            Role.SOURCE,
            Role.RECORD,
        )


def _spec(table: str) -> Any:
    return SETUP if table == SETUP.field else TABLES[table]


def changes(before: Plan, after: Plan) -> tuple[Change, ...]:
    """Return every difference between two plans.

    Rows added come first, then figures changed, then rows taken out, then order.

    In the order of the tables; rows are matched by their key. Two plans that are the same give
    nothing. The scenario that Setup names is left out: it is laid over the plan already. So is what
    joint work records of itself, such as History: it is no difference of the plan.
    """
    compared = [name for name in TABLES if name not in RECORDS]
    added: list[Change] = []
    changed = _of_row(SETUP.field, "", before.setup, after.setup)
    removed: list[Change] = []
    order: list[Change] = []
    for name in (*ADDED_FIRST, *(t for t in compared if t not in ADDED_FIRST)):
        old, new = _rows(before, name), _rows(after, name)
        added += [
            _row_change("added", name, key, row) for key, row in new.items() if key not in old
        ]
    for name in compared:
        old, new = _rows(before, name), _rows(after, name)
        for key, row in old.items():
            if key in new:
                changed += _of_row(name, key, row, new[key])
        # Tables from the last to the first, since rows of later tables name rows of earlier ones.
        removed[:0] = [
            _row_change("removed", name, key, row) for key, row in old.items() if key not in new
        ]
        kept = [key for key in old if key in new] + [key for key in new if key not in old]
        if kept != list(new):
            order.append(
                Change(
                    "order", name, "", "", f"{TABLES[name].label}: the rows stand in another order"
                )
            )
    return (*added, *changed, *removed, *order)


def applied(before: Plan, after: Plan, chosen: Iterable[Change]) -> Plan:
    """Return the first plan with only the chosen differences to the second one made."""
    chosen = tuple(chosen)
    touched = {change.table for change in chosen} - {SETUP.field}
    tables: dict[str, dict[str, Noun]] = {name: _rows(before, name) for name in touched}
    setup, ordered = before.setup, set()
    wanted = {name: _rows(after, name) for name in touched}
    for change in chosen:
        if change.kind == "order":
            ordered.add(change.table)
        elif change.table == SETUP.field:
            setup = setup.model_copy(update={change.field: getattr(after.setup, change.field)})
        elif change.kind == "removed":
            tables[change.table].pop(change.key, None)
        elif change.kind == "added":
            tables[change.table][change.key] = wanted[change.table][change.key]
        else:
            row = tables[change.table].get(change.key)
            if row is not None:
                new = wanted[change.table][change.key]
                tables[change.table][change.key] = row.model_copy(
                    update={change.field: getattr(new, change.field)}
                )
    for name in ordered:
        place = {key: n for n, key in enumerate(wanted[name])}
        in_order = sorted(tables[name], key=lambda key: place.get(key, len(place)))
        tables[name] = {key: tables[name][key] for key in in_order}
    return before.model_copy(
        update={"setup": setup, **{name: tuple(rows.values()) for name, rows in tables.items()}}
    )


def _rows(plan: Plan, name: str) -> dict[str, Noun]:
    return {TABLES[name].key_of(row): row for row in getattr(plan, name)}


def _of_row(table: str, key: str, old: Noun, new: Noun) -> list[Change]:
    """Return a change for each field of a row that differs."""
    return [
        _of_field(table, key, column, old, new)
        for column in columns_of(type(old))
        # The active scenario is laid over both plans already; its name is no difference of its own.
        if (table, column.field) != (SETUP.field, "active_scenario")
        and not _same(getattr(old, column.field), getattr(new, column.field))
    ]


def _of_field(table: str, key: str, column: Column, old: Noun, new: Noun) -> Change:
    before, after = getattr(old, column.field), getattr(new, column.field)
    if column.by_year:
        steps = _by_year(column, new, before, after)
    else:
        steps = ((shown_as(column, new, before), shown_as(column, new, after), ""),)
    becomes = "; ".join(f"{was} → {now}{in_years}" for was, now, in_years in steps)
    if column.kind is Kind.TEXT and len(becomes) > LONG:
        becomes = _of_long_text(before, after)
    # A label that is an abbreviation, such as NHS share, keeps its capital in a sentence.
    abbreviated = column.label[1:2].isupper()
    label = column.label if abbreviated else f"{column.label[0].lower()}{column.label[1:]}"
    return Change(
        "changed",
        table,
        key,
        column.field,
        f"{_called(table, key, new)}: {label} {becomes}",
        "; ".join(was for was, _, _ in steps),
        "; ".join(now for _, now, _ in steps),
    )


def _of_long_text(before: Any, after: Any) -> str:
    if before and after:
        return "reworded"
    return "taken out" if before else "filled in"


def _same(a: Any, b: Any) -> bool:
    """Return whether two values are the same; one that is not known is the same as no figure."""
    try:
        return bool(a == b)
    except Undecided:
        return False


def _row_change(kind: str, table: str, key: str, row: Noun) -> Change:
    word = "new" if kind == "added" else "taken out"
    return Change(kind, table, key, "", f"{_called(table, key, row)}: {word}")


def _called(table: str, key: str, row: Noun) -> str:
    if table == SETUP.field:
        return SETUP.label
    parts = key.removesuffix("|1") if TABLES[table].key[-1] == "line" else key
    name = getattr(row, "name", "") or parts.replace("|", ", ")
    return f"{name} ({TABLES[table].label})"


def row_called(plan: Plan, other: Plan, table: str, key: str) -> str:
    """Return what people call a row of either plan, or a table where no key is given."""
    if not key or table == SETUP.field:
        return str(_spec(table).label)
    return _called(table, key, _rows(plan, table).get(key) or _rows(other, table)[key])


def _by_year(
    column: Column, row: Noun, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Sequence[tuple[str, str, str]]:
    """Return what a figure by year changes from and to, years of one change together."""
    years_of: dict[tuple[str, str], list[str]] = {}
    for year in sorted({*old, *new}):
        if not _same(old.get(year), new.get(year)):
            pair = (shown_as(column, row, old.get(year)), shown_as(column, row, new.get(year)))
            years_of.setdefault(pair, []).append(year)
    return [(was, now, _in_years(years)) for (was, now), years in years_of.items()]


def _in_years(years: Sequence[str]) -> str:
    return f" in {years[0]}" + (f" to {years[-1]}" if len(years) > 1 else "")


def shown_as(column: Column, row: Noun, value: Any) -> str:
    """Return a value as people write it: £1,234.50, 5%, 16,000 a year, Yes, blank."""
    if value is None or value == "" or value == ():
        return "blank"
    if isinstance(value, NotKnown):
        return f"{value} (“{value.raw}”)"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if column.kind in (Kind.MONEY, Kind.PRICE):
        return money.in_words(money.to_pence(value))
    if column.field in EFFECTS and isinstance(row, Programme):
        return effect_in_words(row.effect_measure, value)
    if column.kind is Kind.FRACTION:
        return f"{value * 100:.6g}%".replace("-", "−")
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, (int, float)):
        return f"{value:,.10g}".replace("-", "−") + (f" {column.unit}" if column.unit else "")
    return str(value)
