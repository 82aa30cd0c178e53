"""The tables that a host passes as a plan.

Each is known by its headings; they are read together, and known by their content.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import marshal
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any

from icbudget.excel.answer_cache import Parts
from icbudget.excel.coerce import Cells, InputProblem, is_nothing
from icbudget.findings import Finding, Place
from icbudget.plan import SETUP, TABLES, PlanTable, rows_again
from icbudget.plan.cell_values import is_blank, is_error_value
from icbudget.plan.few_tables import with_missing_tables
from icbudget.plan.grid import Grid, companion_label, has_companion, read_grids
from icbudget.plan.headings import SETTING, Spot, folded, matched
from icbudget.plan.identity import plan_hash
from icbudget.plan.rows import Draft, TableRead
from icbudget.plan.wrong_table import table_of

AnyCells = Sequence[Sequence[Any]]
COMPRESSION = 1
"""Little of it: what is kept is read far more often than its size matters."""


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of a plan as a host passed them, each by the plan table that it is."""

    grids: Mapping[str, AnyCells]
    companions: Mapping[str, AnyCells]

    @property
    def content(self) -> bytes:
        """Return the tables as they are kept."""
        return zlib.compress(_json([self.grids, self.companions]), COMPRESSION)


MOST_PLANS, MOST_CELLS = 128, 50_000
"""Plans whose tables are kept as they were read, and the cells of these tables together: 10 plans
like the illustrative borough, 400 bytes a cell. Most plans differ from others in a table or two.
"""
_tables_read: Parts[TableRead] = Parts(MOST_PLANS, MOST_CELLS)
"""What was read of a table, by its cells: a change is to one table, and the others stand as they
did."""
_grids_read: Parts[Grid] = Parts(MOST_PLANS, MOST_CELLS)
"""The raw rows of a table, by its cells."""


def forget() -> None:
    """Forget what was read."""
    _tables_read.clear()
    _grids_read.clear()
    rows_again.forget()


def recognised(tables: Sequence[Cells]) -> Tables:
    """Return tables by what they are, known by their headings. Raises `InputProblem`."""
    grids: dict[str, AnyCells] = {}
    companions: dict[str, AnyCells] = {}
    positions: dict[tuple[str, bool], int] = {}
    broken: list[int] = []
    for position, grid in enumerate(tables, start=1):
        if all(map(is_nothing, chain.from_iterable(grid))):
            continue
        if len(grid) == 1 and len(grid[0]) == 1 and is_error_value(grid[0][0]):
            broken.append(position)
            continue
        table, by_year = _known(position, grid)
        earlier = positions.setdefault((table.field, by_year), position)
        if earlier != position:
            label = companion_label(table) if by_year else table.label
            raise InputProblem(
                f"Tables {earlier} and {position} are both {label}. Give each table once."
            )
        (companions if by_year else grids)[table.field] = grid
    if broken:
        raise _in_error(tables, broken, grids)
    if not grids:
        raise InputProblem(
            "There is no table of a plan. Give whole tables with their headings, such as"
            " =ICB_PLAN(Funding[#All])."
        )
    return Tables(grids, companions)


def draft_of(tables: Tables) -> Draft:
    """Return what is read of tables, with what was taken for those that were not given."""
    complete, taken = with_missing_tables(tables.grids, tables.companions)
    completed = Tables(complete, tables.companions)
    grids = {name: complete.get(name, ()) for name in TABLES}
    setup = complete.get(SETUP.field)
    digests = {
        name: _digest([name, grid, completed.companions.get(name)])
        for name, grid in ((SETUP.field, setup or ()), *grids.items())
    }

    cells = {digest: _cells_of(complete.get(name, ())) for name, digest in digests.items()}
    raw: dict[bytes, Grid] = {}
    parts: dict[bytes, TableRead] = {}

    def grid_once(name: str, read: Callable[[], Grid]) -> Grid:
        digest = digests[name]
        raw[digest] = _grids_read.known(digest) or read()
        return raw[digest]

    def once(name: str, read: Callable[[], TableRead]) -> TableRead:
        digest = digests[name]
        parts[digest] = _tables_read.known(digest) or read()
        return parts[digest]

    place = partial(_place, completed)
    draft = read_grids(setup, grids, completed.companions, place, once, grid_once)
    _grids_read.keep(raw, cells)
    _tables_read.keep(parts, cells)
    draft.findings[:0] = taken
    return draft


def hash_of(draft: Draft) -> str:
    """Return the content's hash.

    It is the plan's own where it was read whole, so that a cell shows what reports show; else of
    what is wrong as well.
    """
    if draft.plan is not None and draft.sound:
        return plan_hash(draft.plan)
    wrong = "\n".join(f"{f.id} {f.message}" for f in draft.findings)
    own = plan_hash(draft.plan, draft.unknown) if draft.plan is not None else ""
    return hashlib.sha256(f"{own}\n{wrong}".encode()).hexdigest()


def _place(tables: Tables, name: str, spot: Spot) -> Place:
    """Return where a cell is: table, row counted from 1 below the headings, and heading.

    For Setup it is the setting.

    What is wrong with the headings themselves is a matter of the whole table.
    """
    spec = _spec(name)
    rows = tables.companions[name] if spot.by_year else tables.grids.get(name, ())
    label = companion_label(spec) if spot.by_year else spec.label
    if spot.row == 0 or not rows:
        return Place(table=label)
    if spec is SETUP:
        setting = next(at for at, h in enumerate(rows[0]) if matched(_SETTING, h))
        return Place(table=label, column=str(rows[spot.row][setting]))
    return Place(table=label, row=str(spot.row), column=str(rows[0][spot.column]))


_SETTING = {folded(SETTING): SETTING}


def _spec(name: str) -> PlanTable:
    return SETUP if name == SETUP.field else TABLES[name]


def _known(position: int, grid: Cells) -> tuple[PlanTable, bool]:
    """Return which table an argument is. Raises `InputProblem` where it is none."""
    meant = table_of(grid[0])
    if meant is not None and (not meant[1] or has_companion(meant[0])):
        return meant
    headings = [str(cell) for cell in grid[0] if not is_blank(cell)]
    if not headings:
        raise InputProblem(
            f"Table {position} has a blank heading row. Give whole tables with their headings, such"
            " as Funding[#All]."
        )
    first_headings = ", ".join(headings[:4])
    raise InputProblem(
        f"Table {position}, headed {first_headings}, is no table of a plan. Give whole tables with"
        " their headings, such as Funding[#All]; the guide lists the headings of each."
    )


def _in_error(tables: Sequence[Cells], broken: Sequence[int], names: Iterable[str]) -> InputProblem:
    """Return why a plan with error values among its tables is none: which, and what is missing."""
    errors = {position: str(tables[position - 1][0][0]) for position in broken}
    error = errors[broken[0]]
    # One cause at a time: tables in another error are named once this one is mended.
    alike = [str(position) for position in broken if errors[position] == error]
    which = f"Table {alike[0]} of the formula is"
    if len(alike) > 1:
        which = f"Tables {', '.join(alike)} of the formula are"
    missing = [_spec(name).label for name in _EXPECTED if name not in set(names)]
    lacking = f" Missing from the formula: {', '.join(missing)}." if missing else ""
    cause, fix = _CAUSES.get(error, _CAUSE_ELSEWHERE)
    return InputProblem(f"{which} {error}: {cause}.{lacking} {fix}")


_CAUSES = {
    "#REF!": (
        "its table or sheet was deleted",
        "Press Add sheets, which puts it back, or take it out of the formula.",
    ),
    "#NAME?": (
        "nothing in the workbook has its name",
        "Correct the name: Formulas ▸ Name Manager lists those there are.",
    ),
    "#SPILL!": (
        "something stands in the way of the block that it takes",
        "Clear the cells below and beside the formula of that block.",
    ),
}
_CAUSE_ELSEWHERE = (
    "what it takes is in error",
    "Correct the cell that it takes, or take it out of the formula.",
)


_EXPECTED = (SETUP.field, "partners", "pools", "contributions", "schemes")
"""The tables that every workbook of the template has."""


def refusal(findings: Iterable[Finding]) -> InputProblem:
    """Return why a plan has no answer: the first error, and how many more there are."""
    every = list(findings)
    errors = [f for f in every if f.stops] or every
    if not errors:
        return InputProblem("The plan cannot be worked out. See Checks.")
    more = f" (and {len(errors) - 1} more: see Checks)" if len(errors) > 1 else ""
    return InputProblem(f"{errors[0]}{more}")


def _cells_of(table: AnyCells) -> int:
    return sum(map(len, table))


def _digest(table: list[Any]) -> bytes:
    """Return what a table is known by, its cells as they are: 1 is not 1.0."""
    try:
        # Its second version, which writes equal values alike, in a fifth of the time of JSON.
        content = marshal.dumps(table, 2)
    except ValueError:  # a day
        content = _json(table)
    return hashlib.sha256(content).digest()


def _json(value: Any) -> bytes:
    return json.dumps(value, default=_as_json, ensure_ascii=False).encode()


def _as_json(value: Any) -> Any:
    """Return a cell that JSON does not know: a day, as classic Excel gives it."""
    if isinstance(value, dt.datetime | dt.date):
        return {"day": value.isoformat()[:19]}
    raise TypeError(type(value).__name__)


def _from_json(value: dict[str, Any]) -> Any:
    return dt.datetime.fromisoformat(value["day"]) if set(value) == {"day"} else value


def tables_of(content: bytes) -> Tables:
    """Return tables as they were kept."""
    text = zlib.decompress(content).decode()
    grids, companions = json.loads(text, object_hook=_from_json)
    return Tables(grids, companions)
