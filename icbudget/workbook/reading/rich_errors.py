"""Errors that a cell of a file has no word for: `#SPILL!`, `#CALC!`, `#BLOCKED!` and the like.

Excel stores such a cell as `#VALUE!` with a number, `vm`, that leads over the workbook's metadata
to a rich value: a row whose structure names its fields. Nothing here is Excel: the chain is as
files that Excel 16 saved have it, and tests write the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from icbudget.workbook.reading.container import Container
from icbudget.workbook.reading.stored_values import ExcelError
from icbudget.workbook.reading.xml_parts import Element, elements

_METADATA, _VALUES, _STRUCTURES = "sheetMetadata", "rdRichValue", "rdRichValueStructure"
"""Kinds of the workbook's relations to the three parts."""
_RICH_VALUE = "XLRICHVALUE"
_ERROR, _ROWS, _COLUMNS = "errorType", "rwOffset", "colOffset"
_ERRORS = (
    *("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"),
    *("#SPILL!", "#CONNECT!", "#BLOCKED!", "#UNKNOWN!", "#FIELD!", "#CALC!", "#BUSY!"),
)
"""Errors by the number that a rich value names them with."""
_LATER = {18: "#EXTERNAL!", 19: "#TIMEOUT!"}
_MOST_DIGITS = 7
"""Digits of a number here; no workbook has as many rich values as would need more."""


class SpillError(ExcelError):
    """A block without room, with the rows and columns from its cell to what is in its way.

    Both are 0 where that is no cell: the sheet ends, or the block would stand in a table.
    """

    __slots__ = ("columns", "rows")

    rows: int
    columns: int


def rich_errors(box: Container, parts: Mapping[str, str]) -> dict[str, ExcelError]:
    """Return the errors of a workbook by the number, `vm`, that its cells name them with.

    `parts` are the workbook's own parts by the kind of relation.
    """
    if not {_METADATA, _VALUES, _STRUCTURES} <= parts.keys():
        return {}
    fields = _fields(elements(box, parts[_STRUCTURES]))
    values = list(_values(elements(box, parts[_VALUES]), fields))
    errors: dict[str, ExcelError] = {}
    for number, at in enumerate(_rich_values(elements(box, parts[_METADATA])), start=1):
        named = _error(values[at]) if at is not None and at < len(values) else None
        if named is not None:
            errors[str(number)] = named
    return errors


def _fields(structures: list[Element]) -> list[list[str]]:
    """Return the names of the fields of each structure, in order; none of one that is no error."""
    fields: list[list[str]] = []
    for element in structures:
        if element.name == "s":
            is_error = element.attributes.get("t") == "_error"
            fields.append([])
        elif element.name == "k" and fields and is_error:
            fields[-1].append(element.attributes.get("n", ""))
    return fields


def _values(rows: list[Element], fields: list[list[str]]) -> Iterator[dict[str, str]]:
    """Yield each rich value by the names of its fields."""
    texts: list[list[str]] = []
    structures: list[str] = []
    for element in rows:
        if element.name == "rv":
            structures.append(element.attributes.get("s", ""))
            texts.append([])
        elif element.name == "v" and texts:
            texts[-1].append("".join(element.text))
    for structure, values in zip(structures, texts, strict=True):
        at = _count_in(structure)
        names = fields[at] if 0 <= at < len(fields) else []
        yield dict(zip(names, values, strict=False))


def _error(value: Mapping[str, str]) -> ExcelError | None:
    """Return the error that a rich value is; nothing where it is none that is known."""
    number = _count_in(value.get(_ERROR, ""))
    name = _ERRORS[number] if 0 <= number < len(_ERRORS) else _LATER.get(number)
    if name is None:
        return None
    if name != "#SPILL!":
        return ExcelError(name)
    spill = SpillError(name)
    spill.rows = max(0, _count_in(value.get(_ROWS, "")))
    spill.columns = max(0, _count_in(value.get(_COLUMNS, "")))
    return spill


def _rich_values(metadata: list[Element]) -> Iterator[int | None]:
    """Yield for each `vm`, in order, the place of its rich value; nothing for another kind."""
    kinds = [e.attributes.get("name", "") for e in metadata if e.name == "metadataType"]
    places: list[int] = []
    section = ""
    for element in metadata:
        if element.name in ("futureMetadata", "cellMetadata", "valueMetadata"):
            section = element.name
        elif element.name == "rvb" and section == "futureMetadata":
            places.append(_count_in(element.attributes.get("i", "")))
        elif element.name == "rc" and section == "valueMetadata":
            # Kinds are counted from 1 and what is of a kind from 0.
            kind = _count_in(element.attributes.get("t", "")) - 1
            at = _count_in(element.attributes.get("v", ""))
            is_rich = 0 <= kind < len(kinds) and kinds[kind] == _RICH_VALUE
            yield places[at] if is_rich and 0 <= at < len(places) else None


def _count_in(text: str) -> int:
    """Return a number from 0; below 0 where a text is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else -1
