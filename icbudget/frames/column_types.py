"""The pandas library, loaded when it is first needed, and the type of each kind of column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from icbudget import money as amounts
from icbudget import years
from icbudget.plan.unread_cells import NotKnown

if TYPE_CHECKING:
    from pandas import DataFrame as DataFrame

Money = Literal["pounds", "pence"]
POUNDS, PENCE = "£", "pence"
UNIT_OF_ROW = "Unit"
"""What `attrs["units"]` has for a column whose unit differs by row: the column that has it."""


def pandas() -> Any:
    """Return the pandas library.

    Raises `ModuleNotFoundError` with what to type where it is not installed.
    """
    try:
        import pandas
    except ModuleNotFoundError as missing:
        raise ModuleNotFoundError(
            "Data frames need pandas. In icbudget's folder: pip install '.[pandas]'"
        ) from missing
    return pandas


def texts(values: Sequence[Any], *, blank: Any = None) -> Any:
    """Return a column of text; what is blank or None is missing, or else `blank`."""
    return pandas().Series([value or blank for value in values], dtype="str")


def numbers(values: Sequence[Any]) -> Any:
    """Return a column of float64; a blank, and a figure that is not known, is missing."""
    plain = [None if value is None or isinstance(value, NotKnown) else value for value in values]
    return pandas().Series([_number(value) for value in plain], dtype="float64")


def _number(value: Any) -> float:
    return float("nan") if value is None or value == "" else float(value)


def whole_pence(pounds: Sequence[Any]) -> Any:
    """Return amounts in £ as a column of whole pence, Int64; what is blank is missing.

    An answer carries whole pence as a float of pounds, whose shortest decimal form gives them back;
    an amount between two pence (a mean of draws) is rounded half-up.
    """
    return whole_numbers([_pence(amount) for amount in pounds])


def _pence(amount: Any) -> int | None:
    known = isinstance(amount, (int, float)) and not isinstance(amount, NotKnown)
    return amounts.to_pence(amount) if known else None


def whole_numbers(values: Sequence[int | None]) -> Any:
    """Return a column of whole numbers, Int64, which keeps them exact beside missing ones."""
    return pandas().array(list(values), dtype="Int64")


def yes_or_no(values: Sequence[bool | None]) -> Any:
    """Return a column of True and False, `boolean`; what is blank is missing."""
    return pandas().array(list(values), dtype="boolean")


def dates(values: Sequence[str | None]) -> Any:
    """Return a column of days, datetime64, from ISO dates; what is blank is missing."""
    filled = pandas().Series([value or None for value in values], dtype="object")
    # One resolution, whether any day is there or none, and one that Parquet keeps.
    return pandas().to_datetime(filled, format="%Y-%m-%d").astype("datetime64[us]")


def in_order(values: Sequence[str | None], order: Sequence[str]) -> Any:
    """Return a column as an ordered category: years sort, group and plot in their order."""
    known = [value or None for value in values]
    # Categories are text even where there are none, so that the type does not hang on the rows.
    categories = pandas().Index(list(order), dtype="str")
    return pandas().Categorical(known, categories=categories, ordered=True)


def years_in_order(values: Sequence[str | None]) -> Any:
    """Return a column of financial years as an ordered category of those that are there."""
    # Years are text of one form, so that the order of the text is that of time.
    return in_order(values, sorted({value for value in values if value}))


def is_year(heading: str) -> bool:
    """Return whether a heading is a financial year, such as `2026/27`."""
    try:
        return years.year(heading) == heading
    except ValueError:
        return False
