"""An answer as a data frame: tidy, a value a row, or as it stands on its sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from icbudget import glossary
from icbudget.answers.answer import OVER_PLAN
from icbudget.answers.block import Block, Cell
from icbudget.frames.column_types import (
    PENCE,
    POUNDS,
    UNIT_OF_ROW,
    Money,
    dates,
    in_order,
    is_year,
    numbers,
    pandas,
    texts,
    whole_numbers,
    whole_pence,
    years_in_order,
    yes_or_no,
)
from icbudget.plan.unread_cells import NotKnown

if TYPE_CHECKING:
    import pandas as pd

YEAR, ACROSS, ONLY_VALUE = "Year", "Column", "Value"
_EFFECT = glossary.HEADINGS["effect"]
_MARK = " *"
"""What a heading of a return ends in where no public source confirms it."""


def _month_numbers(labels: Sequence[str]) -> Any:
    return whole_numbers([int(label) if label else None for label in labels])


def _amounts(labels: Sequence[str]) -> Any:
    return numbers([label.replace(",", "") for label in labels])


def _yes_marks(labels: Sequence[str]) -> Any:
    return yes_or_no([label == "Yes" if label else None for label in labels])


_LABEL_TYPES: Mapping[str, Callable[[Sequence[str]], Any]] = MappingProxyType(
    {
        YEAR: years_in_order,
        "Financial year": years_in_order,
        glossary.HEADINGS["month"]: _month_numbers,
        glossary.HEADINGS["to_month"]: _month_numbers,
        glossary.HEADINGS["closed_on"]: dates,
        glossary.HEADINGS["signed_on"]: dates,
        glossary.HEADINGS["complete"]: _yes_marks,
        _EFFECT: _amounts,
    }
)
"""The labels that are more than words, by heading; all others are text."""


def answer_frame(
    block: Block,
    id: str = "",
    title: str = "",
    *,
    money: Money = "pounds",
    wide: bool = False,
) -> pd.DataFrame:
    """Return an answer as a frame, one row a value, or as on its sheet.

    Tidy: where a row has the unit of its values, the labels, `Year` (or `Column`, where columns are
    no years; neither where there is one column), `Unit` and `Value`, float64, a row for every value
    that there is. Figures that are words (a verdict, a source) stand in `Text`. Amounts are pounds,
    or with `money="pence"` whole pence, Int64, in `Pence`. Where columns have units of their own
    they stay columns: float64, amounts in pence Int64, words text. A percentage is a fraction: 0.05
    is 5 %.

    `wide` keeps every column; one with figures and words, or with amounts and other figures, is
    then as it is on the sheet, in pounds.

    A label that does not apply is a blank text. A value that is not known is missing, and
    `attrs["not_known"]` counts these. `attrs["units"]` and `attrs["basis"]` say what each column of
    values is in and stands on; `Unit` as a unit means: as that column says, row by row.
    """
    tidy = bool(block.columns) and not block.has_units_of_its_own and not wide
    frame = _long(block, money) if tidy else _as_on_the_sheet(block, money)
    every_value = chain.from_iterable(row.values for row in block.rows)
    frame.attrs = {
        "id": id,
        "title": title or block.title,
        "shows": block.shows,
        "units": _units_of_long(frame) if tidy else _units_of_wide(block, frame),
        "basis": _basis_of_long(block, frame) if tidy else block.basis_by_column,
        "not_known": sum(isinstance(value, NotKnown) for value in every_value),
    }
    return frame


def _labels(block: Block, labels: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Return the label columns with the type of each."""
    columns: dict[str, Any] = {}
    for at, heading in enumerate(block.label_headings):
        held = [line[at] for line in labels]
        typed = _LABEL_TYPES.get(heading.removesuffix(_MARK))
        columns[heading] = typed(held) if typed else texts(held, blank="")
    return columns


def _long(block: Block, money: Money) -> pd.DataFrame:
    labels: list[Sequence[str]] = []
    across: list[str] = []
    units: list[str] = []
    values: list[Cell] = []
    for row in block.rows:
        under = block.laid_out(row)
        for column, cell in zip(block.columns, row.values, strict=True):
            if cell is not None:
                labels.append(under)
                across.append(column)
                units.append(row.unit)
                values.append(cell)
    columns = _labels(block, labels)
    if block.columns != (ONLY_VALUE,):
        by_year = all(is_year(column) or column == OVER_PLAN for column in block.columns)
        columns[YEAR if by_year else ACROSS] = in_order(across, block.columns)
    columns[UNIT_OF_ROW] = texts(units, blank="")
    in_pence = [money == PENCE and unit == POUNDS for unit in units]
    figures = [None if _is_words(value) else value for value in values]
    columns["Value"] = numbers(_only(figures, [not pence for pence in in_pence]))
    if money == PENCE:
        columns["Pence"] = whole_pence(_only(figures, in_pence))
    if any(map(_is_words, values)):
        columns["Text"] = texts(_only(values, list(map(_is_words, values))))
    return pandas().DataFrame(columns)


def _is_words(value: Cell) -> bool:
    return isinstance(value, str)


def _only(values: Sequence[Any], wanted: Sequence[bool]) -> list[Any]:
    """Return values with None in place of those that are not wanted."""
    return [value if keep else None for value, keep in zip(values, wanted, strict=True)]


def _as_on_the_sheet(block: Block, money: Money) -> pd.DataFrame:
    columns = _labels(block, [block.laid_out(row) for row in block.rows])
    if block.columns and not block.form:
        columns[UNIT_OF_ROW] = texts([row.unit for row in block.rows], blank="")
    for at, heading in enumerate(block.columns):
        values = [row.values[at] for row in block.rows]
        columns[heading] = _sheet_column(block, heading, values, money)
    return pandas().DataFrame(columns)


def _sheet_column(block: Block, heading: str, values: Sequence[Cell], money: Money) -> Any:
    """Return a column of values as the unit it declares, or else what its rows hold, asks for."""
    if block.has_units_of_its_own:
        unit = block.unit_by_column.get(heading)
        if unit is None:
            return texts([value if value is None else str(value) for value in values])
        return whole_pence(values) if (unit, money) == (POUNDS, PENCE) else numbers(values)
    if any(isinstance(value, str) and value for value in values):
        held = [None if isinstance(value, NotKnown) or value == "" else value for value in values]
        return pandas().Series(held, dtype="object")
    return whole_pence(values) if money == PENCE and _all_money(block) else numbers(values)


def _all_money(block: Block) -> bool:
    """Return whether every row of an answer is in £."""
    return bool(block.rows) and {row.unit for row in block.rows if any_value(row.values)} == {
        POUNDS
    }


def any_value(values: Sequence[Cell]) -> bool:
    """Return whether any of a row's values is there."""
    return any(value is not None for value in values)


def _units_of_long(frame: pd.DataFrame) -> dict[str, str]:
    units = {"Value": UNIT_OF_ROW}
    return units | {"Pence": PENCE} if "Pence" in frame else units


def _units_of_wide(block: Block, frame: pd.DataFrame) -> dict[str, str]:
    """Return the unit of every column of values, of an amount that stands as a label too."""
    units = {_EFFECT: POUNDS} if _EFFECT in frame else {}
    for heading in block.columns:
        of_rows = "" if block.has_units_of_its_own else UNIT_OF_ROW
        unit = block.unit_by_column.get(heading, of_rows)
        in_pence = str(frame[heading].dtype) == "Int64"
        units[heading] = PENCE if in_pence else unit
    return units


def _basis_of_long(block: Block, frame: pd.DataFrame) -> dict[str, str]:
    bases = "; ".join(dict.fromkeys(block.basis_by_column.values()))
    return {column: bases for column in ("Value", "Pence") if column in frame}
