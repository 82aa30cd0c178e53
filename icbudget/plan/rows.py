"""Raw rows to nouns: every problem of every row at once, each with its place.

A host (workbook, Excel function, YAML) gives rows as `{field: raw cell}`, a by-year field as
`{year: raw cell}`, and a function that tells the place of a cell. What cannot be read becomes
findings; what can be read becomes a plan.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NamedTuple

from pydantic import ValidationError

from icbudget import years
from icbudget.findings import Finding, Place, Severity, error, has_errors, percentage
from icbudget.plan import cell_values, client_lines, evidence_rows, rows_again
from icbudget.plan.columns import Column, Kind, Noun, columns_of
from icbudget.plan.line_numbers import with_line_numbers
from icbudget.plan.plan import SETUP, TABLES, Plan, PlanTable
from icbudget.plan.unread_cells import REST, Unknown, without_figures

_YEAR_AND_VALUE = "Write each as year and value, such as 2026/27: 0.02."
RawRow = Mapping[str, Any]
PlaceOf = Callable[[str, int, str, str | None], Place]
"""The place of a cell: table field, number of the raw row (from 0), field, year or None."""


@dataclass(slots=True)
class Draft:
    """What was read: a plan if it can be made, and all findings.

    Also the place of every figure, and the keys of unreadable rows.

    `unknown` are figures of the plan that nobody can read: what stands in their place there is no
    figure of the plan.
    """

    plan: Plan | None = None
    findings: list[Finding] = field(default_factory=list)
    places: dict[str, Place] = field(default_factory=dict)
    unread: dict[str, set[str]] = field(default_factory=dict)
    unknown: list[Unknown] = field(default_factory=list)
    numbers: dict[tuple[str, str], int] = field(default_factory=dict)
    """The number of the raw row of each row read, by table and key."""
    place_of: PlaceOf | None = None

    def take(self, part: Draft) -> None:
        """Add what was read of one table."""
        self.findings.extend(part.findings)
        self.places.update(part.places)
        self.unread.update({name: set(keys) for name, keys in part.unread.items()})
        self.unknown.extend(part.unknown)
        self.numbers.update(part.numbers)

    @property
    def sound(self) -> bool:
        """Return whether every row was read."""
        return self.plan is not None and not has_errors(self.findings)


def set_aside(table: PlanTable, findings: Iterable[Finding]) -> list[Finding]:
    """Return findings about rows of a table.

    Where the table sets aside what is wrong, those that would stop the answers say so.
    """
    return [_aside(table, f) if f.stops else f for f in findings]


def _aside(table: PlanTable, finding: Finding) -> Finding:
    if table.set_aside == "row":
        message = f"{finding.message} The row is set aside."
        return replace(finding, severity=Severity.WARNING, message=message)
    if table.set_aside == "whole":
        rest = f"The whole {table.label.lower()} is set aside and shares nothing until this is"
        return replace(finding, set_aside=True, message=f"{finding.message} {rest} corrected.")
    return finding


def path(table: PlanTable, key: str, name: str, year: str | None = None) -> str:
    """Return the path of a figure, such as `indices/cuf/rates[2027/28]`.

    A scenario and an explanation use the same.
    """
    middle = f"/{key}" if key else ""
    return f"{table.field}{middle}/{name}" + (f"[{year}]" if year else "")


# Compiled for the first path: most plans state none.
_PATH = (
    r"^(?P<table>[a-z_]+)/(?:(?P<key>.+)/)?(?P<field>[a-z_]+)"
    r"(?:\[(?P<year>\d{4}\s*[/-]\s*\d{2,4})\])?$"
)


def split_path(text: str) -> tuple[str, str, str, str] | None:
    """Return (table, key, field, year) of a figure's path; None if it is no path.

    Year and key are blank where it has none.
    """
    match = re.match(_PATH, text)
    if not match:
        return None
    return match["table"], match["key"] or "", match["field"], match["year"] or ""


class TableRead(NamedTuple):
    """What was read of one table: its rows, and what a draft holds of them."""

    rows: tuple[Noun, ...]
    draft: Draft


Once = Callable[[str, Callable[[], TableRead]], TableRead]
"""Gives what was read of a table, by its field; the function reads it where it is not known."""


def read_anew(name: str, read: Callable[[], TableRead]) -> TableRead:
    """Return what is read of a table, of which nothing is known yet."""
    return read()


def read_plan(
    setup: RawRow | None,
    tables: Mapping[str, Sequence[RawRow]],
    place_of: PlaceOf,
    once: Once = read_anew,
) -> Draft:
    """Return the draft of a plan from its raw settings and rows.

    The plan is None when the settings cannot be read; a row that cannot be read is left out, and
    its findings say why. What is read of a table hangs on nothing but its own rows and places, so
    that with `once` a table that stands as it did need not be read again.
    """
    draft = Draft(place_of=place_of)
    read: dict[str, tuple[Noun, ...]] = {}
    for name, table in TABLES.items():
        again = once is not read_anew
        part = once(name, partial(_table_read, table, tables.get(name, ()), place_of, again))
        read[name] = part.rows
        draft.take(part.draft)
    if setup is None:
        draft.findings.append(
            error(
                "plan.no-setup",
                "There is no Setup.",
                "Add the Setup sheet from the template.",
                Place(sheet="Setup"),
            )
        )
        return draft
    settings = once(SETUP.field, partial(_setup_read, setup, place_of))
    draft.take(settings.draft)
    if settings.rows:
        # every row is a noun already; rows of a table that was not read again stay the same ones
        values: dict[str, Any] = {"setup": settings.rows[0], **read}
        draft.plan = Plan.model_construct(**values)
    return draft


def _setup_read(raw: RawRow, place_of: PlaceOf) -> TableRead:
    draft = Draft()
    settings = _read_row(SETUP, 0, raw, place_of, draft)
    return TableRead(() if settings is None else (settings,), draft)


def _table_read(
    table: PlanTable, raw_rows: Sequence[RawRow], place_of: PlaceOf, again: bool
) -> TableRead:
    """Return what is read of a table, which may be read `again` with a row or two changed."""
    draft = Draft()
    rows = _read_table(table, raw_rows, place_of, draft, again)
    return TableRead(_without_broken(table, rows, draft), draft)


def _read_table(
    table: PlanTable, raw_rows: Sequence[RawRow], place_of: PlaceOf, draft: Draft, again: bool
) -> list[Noun]:
    rows: list[Noun] = []
    first_rows: dict[str, int] = {}
    for number, raw in enumerate(with_line_numbers(table, raw_rows)):
        if all(_blank(value) for value in raw.values()):
            continue  # a blank row of a table with room to grow
        row = _row_as_before(table, number, raw, place_of, draft) if again else None
        row = row or _read_row(table, number, raw, place_of, draft, again)
        if row is None:
            continue
        key = table.key_of(row)
        if key in first_rows:
            places = (
                place_of(table.field, at, table.key[0], None) for at in (number, first_rows[key])
            )
            draft.findings.extend(set_aside(table, [_duplicate(table, row, *places)]))
            if table.set_aside == "whole":
                draft.unread.setdefault(table.field, set()).add(key)
            continue
        first_rows[key] = number
        rows.append(row)
    return rows


def _without_broken(table: PlanTable, rows: list[Noun], draft: Draft) -> tuple[Noun, ...]:
    """Return the rows of a table without what has to be set aside.

    Of one that sets whole agreements aside, these are not those with a row that was not read.

    Where a row does not even say which agreement it belongs to, none of them can be known to be
    whole.
    """
    unread = draft.unread.get(table.field, set()) if table.set_aside == "whole" else set()
    broken = {key.rsplit("|", len(table.key) - 1)[0] for key in unread}
    if "" in broken:
        return ()
    return tuple(row for row in rows if getattr(row, table.key[0]) not in broken)


def _duplicate(table: PlanTable, row: Noun, place: Place, first: Place) -> Finding:
    labels = {c.field: c.label for c in columns_of(table.noun)}
    parts = {labels[part]: getattr(row, part) for part in table.key}
    named = ", ".join(
        f"{label} {value}" for label, value in parts.items() if value not in ("", None)
    )
    return error(
        "row.duplicate-key",
        f"{named} is there twice; the first is at {first}.",
        "Give each row its own key, or delete one of the two.",
        place,
    )


def _blank(value: Any) -> bool:
    if value is None:
        return True
    if isinstance(value, Mapping):
        return all(_blank(v) for v in value.values())
    return cell_values.is_blank(value) or value == () or value == []


@dataclass(slots=True)
class _Cells:
    """What was read of the cells of one row: values, their places, and what is wrong."""

    values: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    problems: list[Finding] = field(default_factory=list)
    doubtful_dates: list[Finding] = field(default_factory=list)


def _row_as_before(
    table: PlanTable, number: int, raw: RawRow, place_of: PlaceOf, draft: Draft
) -> Noun | None:
    """Return the noun of a row like which one was read before; None where there was none.

    Its places, which hang on where the row stands now, are added.
    """
    before = rows_again.row_as_before(table, raw)
    if before is None:
        return None
    row, filled_in = before
    key = table.key_of(row)
    draft.numbers.setdefault((table.field, key), number)
    for name, year in filled_in:
        draft.places[path(table, key, name, year)] = place_of(table.field, number, name, year)
    return row


def _read_row(
    table: PlanTable,
    number: int,
    raw: RawRow,
    place_of: PlaceOf,
    draft: Draft,
    again: bool = False,
) -> Any:
    """Return the noun of one row or None.

    Findings, places, and the key of a row that cannot be read are added.
    """
    at, as_typed = partial(place_of, table.field, number), raw
    # What a row of the library gives, and what clients come to, is filled in before the row is
    # read, so that it has the same checks as what is typed.
    filled = evidence_rows.taken(raw) if table.field == "programmes" else {}
    from_clients = client_lines.taken(raw) if table.field == "acute_lines" else {}
    raw = {**raw, **filled, **from_clients}
    cells = _Cells()
    for column in columns_of(table.noun):
        cell = raw.get(column.field)
        if column.by_year:
            _read_years(column, cell, at, cells)
        elif _blank(cell):
            # Most cells of a row are blank: the place of one is made only for a finding.
            if column.required:
                cells.problems.append(_missing(column, at(column.field, None)))
        else:
            _read_once(column, cell, at(column.field, None), cells)
    for name in filled.keys() & cells.places.keys():
        cells.places[name] = evidence_rows.place(raw, name)
    values, problems = cells.values, cells.problems
    row = _validated(table.noun, values, number, table, place_of, problems)
    if row is None:
        row, unknown = without_figures(table, raw, values, problems, at)
        draft.unknown.extend(unknown)
        if row:
            problems = [_of_unknown(finding) for finding in problems]
    draft.findings.extend(set_aside(table, problems))
    draft.findings.extend(_date_left_blank(table, finding) for finding in cells.doubtful_dates)
    key = table.key_of_values(values) if row is None else table.key_of(row)
    if row is None:
        draft.unread.setdefault(table.field, set()).add(key)
        return None
    if again and not (problems or cells.doubtful_dates or filled or from_clients):
        rows_again.keep(table, as_typed, row, cells.places)
    # Of two rows with one key the first is the plan's: places lead there.
    draft.numbers.setdefault((table.field, key), number)
    draft.places.update({path(table, key, name): place for name, place in cells.places.items()})
    return row


def _read_years(
    column: Column, cell: Any, at: Callable[[str, str | None], Place], cells: _Cells
) -> None:
    """Read the values of a field by year; a blank year has no value."""
    values: dict[str, Any] = {}
    cells.values[column.field] = values
    if not isinstance(cell, Mapping):
        if not _blank(cell):
            cells.problems.append(_not_by_year(column, at(column.field, None)))
        return
    if not cell:
        return
    problems = cells.problems
    for year, raw in _years(column, cell, at(column.field, None), problems).items():
        place_of_year = at(column.field, year)
        value = _read_cell(column, raw, place_of_year, problems)
        if value is not None:
            values[year] = value
            cells.places[f"{column.field}[{year}]"] = place_of_year


def _read_once(column: Column, cell: Any, place: Place, cells: _Cells) -> None:
    """Read the one value of a field, which is not blank."""
    problems = cells.problems
    if column.kind is Kind.DATE and column.field not in _DATES_OF_FIGURES:
        problems = cells.doubtful_dates
    cells.values[column.field] = _read_cell(column, cell, place, problems)
    cells.places[column.field] = place


def _of_unknown(finding: Finding) -> Finding:
    """Return a finding about a cell whose figure alone is not known: the answers go on."""
    return replace(finding, set_aside=True, message=f"{finding.message} {REST}")


def _years(
    column: Column, raw: Mapping[Any, Any], place: Place, problems: list[Finding]
) -> dict[str, Any]:
    """Return the cells of a field by financial year that are not blank.

    A name that is no year, or twice one, is a finding.
    """
    by_year: dict[str, Any] = {}
    for name, value in raw.items():
        try:
            year = years.year(str(name))
        except ValueError as problem:
            message = f"{column.label}: {problem}."
            problems.append(error("cell.not-a-year", message, _YEAR_AND_VALUE, place))
            continue
        if year in by_year:
            message = f"{column.label} is there twice for {year}."
            problems.append(error("cell.year-twice", message, "Keep one of the two.", place))
        elif not _blank(value):
            by_year[year] = value
    return by_year


def _read_cell(column: Column, raw: Any, place: Place, problems: list[Finding]) -> Any:
    try:
        value = cell_values.read(column, raw)
        if isinstance(value, (int, float)) and abs(value) >= cell_values.TOO_LARGE:
            message = f"{column.label} is {float(value):.3g}, which no plan holds."
            raise cell_values.CellProblem(
                "cell.too-large", message, "Check the figure and its unit."
            )
        return value
    except cell_values.CellProblem as problem:
        problems.append(error(problem.id, problem.message, problem.fix, place))
        return None


_DATES_OF_FIGURES = frozenset({"paid_from", "closed_on"})
"""Dates that figures rest on: instalments, and what a closed pool still takes. An error in any
other date leaves the row's figures as they are."""


def _date_left_blank(table: PlanTable, finding: Finding) -> Finding:
    """Return the finding of a date that no figure rests on: its row is read without it."""
    message = f"{finding.message} The date is left blank; no figure rests on it."
    severity = Severity.WARNING if table.set_aside == "row" else finding.severity
    return replace(finding, set_aside=True, severity=severity, message=message)


def _missing(column: Column, place: Place) -> Finding:
    return error(
        "cell.blank",
        f"{column.label} is blank and is needed.",
        f"Fill it in: {column.help[0].lower()}{column.help[1:]}.",
        place,
    )


def _not_by_year(column: Column, place: Place) -> Finding:
    message = f"{column.label} is one value; it needs a value for each year."
    return error("cell.not-by-year", message, _YEAR_AND_VALUE, place)


def _validated(
    noun: type[Noun],
    values: dict[str, Any],
    number: int,
    table: PlanTable,
    place_of: PlaceOf,
    problems: list[Finding],
) -> Noun | None:
    known = {name: value for name, value in values.items() if value is not None}
    refused_before = bool(problems)
    try:
        row = noun(**known)
        return None if refused_before else row
    except ValidationError as refused:
        columns = {c.field: c for c in columns_of(noun)}
        for problem in refused.errors():
            name = str(problem["loc"][0])
            if problem["type"] == "missing":  # blank, or refused as it stands: problem already
                continue
            is_of_year = len(problem["loc"]) > 1 and columns[name].by_year
            year = str(problem["loc"][1]) if is_of_year else None
            place = place_of(table.field, number, name, year)
            problems.append(_out_of_range(columns[name], problem, place))
        return None


_LIMITS = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "above"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "below"),
}


def _out_of_range(column: Column, problem: Any, place: Place) -> Finding:
    kind = problem["type"]
    if kind in _LIMITS:
        name, word = _LIMITS[kind]
        limit = float(problem["ctx"][name])
        typed = problem["input"]
        # A cell of 5 % holds 0.05, and the commonest slip is 5: both ways of writing are named.
        if column.kind is Kind.FRACTION:
            typed_text, bound = f"{float(typed):.6g} ({percentage(float(typed))})", f"{limit:.0%}"
            fix = f"Type a percentage {word} {bound}: for five per cent type 5% or 0.05, not 5."
        else:
            typed_text, bound = f"{typed}", f"{limit:,.10g}"
            fix = f"Type a value {word} {bound}."
        return error(
            "cell.out-of-range",
            f"{column.label} is {typed_text}; it must be {word} {bound}.",
            fix,
            place,
        )
    return error(
        "cell.not-accepted",
        f"{column.label} cannot be read: {problem['msg']}.",
        f"Fill it in: {column.help[0].lower()}{column.help[1:]}.",
        place,
    )


WHY_IT_MATTERS = {
    "cell.blank": (
        "A blank that is needed cannot be taken for zero: a contribution that nobody typed is"
        " not a contribution of £0."
    ),
    "cell.not-accepted": (
        "The field cannot hold such a value. What rests on it is not worked out until it is right."
    ),
    "cell.not-by-year": (
        "One value for all years is not what was asked for. It could mean each year or all of"
        " them together."
    ),
    "cell.out-of-range": (
        "A value outside its bounds, such as a share of 150%, gives more than there is to give."
    ),
    "cell.year-twice": "Two figures for one year. Either may be right, and only one can count.",
    "plan.no-setup": "Without the base year and the horizon no amount has a year.",
    "row.duplicate-key": (
        "Two rows of one name: both might be meant, or one is a copy. The money is there twice"
        " or once."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
