"""Plans from files, from data frames and from open workbooks; plans begun for an area."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from icbudget import frames, tasks
from icbudget.api.arguments import PathLike, checked_text, checked_whole
from icbudget.api.errors import IcbudgetError, NotFound, PlanHasErrors, first_error, no_such
from icbudget.api.plan_and_result import Plan, Result
from icbudget.findings import Finding, Place, error
from icbudget.plan import SETUP, TABLES, PlanTable
from icbudget.plan.few_tables import with_missing_tables
from icbudget.plan.figure_places import draft_of
from icbudget.plan.grid import Cells, read_grids
from icbudget.plan.headings import Spot
from icbudget.plan.rows import Draft
from icbudget.plan.wrong_table import table_of

if TYPE_CHECKING:
    from icbudget.frames.column_types import DataFrame

    Frames: TypeAlias = DataFrame | Mapping[str, DataFrame] | Iterable[DataFrame]


class OpenpyxlWorkbook(Protocol):
    """A workbook of openpyxl, by what is asked of it: openpyxl states no types of its own."""

    @property
    def worksheets(self) -> Any:
        """Return its sheets."""

    def save(self, filename: Any) -> None:
        """Write it to a file."""


class XlwingsBook(Protocol):
    """A workbook that is open in Excel, by what is asked of it."""

    @property
    def sheets(self) -> Any:
        """Return its sheets."""

    @property
    def name(self) -> Any:
        """Return its file's name."""


def read(source: PathLike | Frames | OpenpyxlWorkbook | XlwingsBook) -> Plan:
    """Return a plan from a file, from data frames, or from an open workbook.

    A file: .xlsx, .xlsm, .yaml or .json. Data frames: a mapping of table names to frames, or a list
    of frames, each known by its headings, in any order; what Setup, Partners and Pools would say is
    taken by stated rules where they are not given. A workbook: an `openpyxl.Workbook` or an
    `xlwings.Book`. What is wrong is in `findings` of the plan that is returned. Raises
    `IcbudgetError` for what is none of these, and `NotFound` for a frame named as no table is.
    """
    if isinstance(source, (str, Path)):
        path = Path(source)
        return Plan(tasks.load(path), path.stem)
    book: Any = source
    if hasattr(book, "worksheets") and hasattr(book, "save"):
        return Plan(_draft_in_memory(book), "plan")
    if hasattr(book, "sheets"):
        return Plan(tasks.load_from_excel(book), Path(book.name).stem)
    if isinstance(source, Mapping):
        return Plan(_draft_of_grids(_named_grids(source)), "plan")
    no_frames = isinstance(source, bytes) or hasattr(source, "read")
    if isinstance(source, Iterable) and not no_frames:
        every = [source] if frames.is_frame(source) else list(source)
        return Plan(_draft_of_grids(list(map(_grid_by_headings, every))), "plan")
    raise IcbudgetError(
        "A plan is read from a path, data frames, or an open workbook of openpyxl or xlwings, not"
        f" from {type(source).__name__}.{_way(source)}"
    )


def _way(source: Any) -> str:
    """Return what to do with something that is near to what a plan is read from."""
    if isinstance(source, Plan):
        return " It is a plan already."
    if isinstance(source, Result):
        return " result.plan is its plan."
    if isinstance(source, (bytes, bytearray)) or hasattr(source, "read"):
        return " Give the file's path, or openpyxl.load_workbook(file)."
    if hasattr(source, "sheet_names"):
        return " Give the workbook's path."
    return ""


def new(area: str, *, base_year: str = "2025/26", horizon: int = 5) -> Plan:
    """Return a plan begun for a Health and Wellbeing Board, by name or ONS code.

    It holds partners, the ICBs' shares, pools, growth, deflator and the grants that are known, each
    with its source. Raises `NotFound` for an area that is none, and `PlanHasErrors` for years that
    cannot be.
    """
    from icbudget.area_plan import new_plan

    checked_text(area, "An area")
    checked_text(base_year, "The base year")
    horizon = checked_whole(horizon, "The horizon in years", 0)
    plan, findings = new_plan(area, base_year, horizon)
    if plan is None:
        unknown = any(finding.id == "area.unknown" for finding in findings)
        raise (NotFound if unknown else PlanHasErrors)(first_error(findings), findings)
    return Plan(draft_of(plan), area)


def plan_of(plan: Plan | PathLike) -> Plan:
    """Return a plan that is given as it is, or by its file."""
    return plan if isinstance(plan, Plan) else read(plan)


def _draft_in_memory(book: Any) -> Draft:
    """Return the draft of an openpyxl workbook; raises `IcbudgetError` where it cannot be saved."""
    if book.read_only or book.write_only:
        raise IcbudgetError(
            "A workbook that openpyxl holds as read-only or write-only cannot be read again. Give"
            " its path, or load it with openpyxl.load_workbook(path)."
        )
    return tasks.load_from_memory(book)


NamedGrid = tuple[PlanTable | None, bool, frames.Grid]
"""A table of cells, the table of the plan that it is (None: no one knows), and whether by year."""


def _checked_frame(frame: Any) -> Any:
    """Return a data frame; raises `IcbudgetError` for what is none, or one that is in pence."""
    if not frames.is_frame(frame):
        way = (
            "to_frame() makes one"
            if hasattr(frame, "to_frame")
            else "pandas.DataFrame(…) makes one; of polars, .to_pandas() does"
        )
        raise IcbudgetError(
            f"A table of a plan is given as a pandas data frame, not as {type(frame).__name__}:"
            f" {way}."
        )
    if frames.is_in_pence(frame):
        raise IcbudgetError("Amounts of this frame are in pence, and a plan is read in pounds.")
    return frame


def _grid_by_headings(frame: Any) -> NamedGrid:
    """Return a frame as a table of cells, with the table of the plan that its headings say."""
    grid = frames.cells_of(_checked_frame(frame))
    table, by_year = table_of(grid[0]) or (None, False)
    return table, by_year, grid


def _named_grids(source: Mapping[str, Any]) -> list[NamedGrid]:
    """Return the tables of cells of frames given by name; raises `NotFound` for no table's name."""
    labels = {table.label.casefold(): table for table in (SETUP, *TABLES.values())}
    labels |= {table.field: table for table in (SETUP, *TABLES.values())}
    grids: list[NamedGrid] = []
    for name, frame in source.items():
        table = labels.get(checked_text(name, "The name of a table").casefold())
        if table is None:
            known = [t.label for t in (SETUP, *TABLES.values())]
            raise NotFound(no_such("table of the plan", name, known))
        main, *by_year = frames.grids_of(_checked_frame(frame), table)
        grids.append((table, False, main))
        grids += [(table, True, grid) for grid in by_year]
    return grids


def _draft_of_grids(grids: Sequence[NamedGrid]) -> Draft:
    """Return the draft of a plan from tables of cells."""
    tables: dict[str, Cells] = {}
    by_year: dict[str, Cells] = {}
    problems: list[Finding] = []
    for table, is_by_year, grid in grids:
        if table is None:
            problems.append(_unknown_table(grid))
            continue
        into = by_year if is_by_year else tables
        if table.field in into:
            problems.append(_twice(table.label))
            continue
        into[table.field] = grid
    complete, taken = with_missing_tables(tables, by_year)
    setup = complete.pop(SETUP.field, None)
    draft = read_grids(setup, complete, by_year, partial(_place, complete, by_year))
    draft.findings[:0] = [*problems, *taken]
    return draft


def _place(
    tables: Mapping[str, Cells], by_year: Mapping[str, Cells], name: str, spot: Spot
) -> Place:
    """Return where a cell of a frame is: its table, its row counted from 1, and its heading."""
    label = SETUP.label if name == SETUP.field else TABLES[name].label
    if spot.row == 0:
        return Place(table=label)
    grid = (by_year if spot.by_year else tables).get(name)
    heading = str(grid[0][spot.column]) if grid else ""
    return Place(table=label, row=str(spot.row), column=heading)


def _unknown_table(grid: frames.Grid) -> Finding:
    headings = ", ".join(str(heading) for heading in (grid[0] if grid else ())[:6])
    return error(
        "table.unknown",
        f"A table with the headings {headings or '(none)'} is none of a plan.",
        "Give it the headings of a plan table; see `icbudget schema`.",
    )


def _twice(label: str) -> Finding:
    return error("table.twice", f"The table {label} was given twice.", "Give it once.")


WHY_IT_MATTERS = {
    "table.twice": "The pool would seem to have double the money, and schemes double the cost.",
    "table.unknown": "The headings fit no table of a plan, so nobody knows what the figures are.",
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
