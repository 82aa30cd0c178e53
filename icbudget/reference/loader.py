"""Reads the shipped tables.

Rows are text; beside them stand the source behind a row, and the version of each table.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

_TABLES = Path(__file__).parent / "tables"
UNCONFIRMED = ("background-unconfirmed", "not verified")
"""Statuses of rows that a person must confirm before they enter a plan."""

Row = Mapping[str, str]


class Source(NamedTuple):
    """Where a row was read: document, publisher, address, date or edition, and licence."""

    id: str
    title: str
    publisher: str
    address: str
    vintage: str
    licence: str

    def __str__(self) -> str:
        return ", ".join(
            part for part in (self.title, self.publisher, self.vintage, self.address) if part
        )


@dataclass(frozen=True, slots=True)
class TableVersion:
    """One shipped table as a run record lists it.

    It has its name, title, edition, licence, number of rows and SHA-256 of its text.
    """

    table: str
    title: str
    vintage: str
    licence: str
    rows: int
    sha256: str


def _text(table: str) -> str:
    return (_TABLES / f"{table}.csv").read_text(encoding="utf-8")


@cache
def rows(table: str) -> tuple[Row, ...]:
    """Return every row of a shipped table as text by column name, in the order of the file."""
    headings, *lines = csv.reader(_text(table).splitlines())
    return tuple(MappingProxyType(dict(zip(headings, line, strict=True))) for line in lines)


@cache
def _sources() -> dict[str, Source]:
    return {row["id"]: Source(**row) for row in rows("source")}


def source(id: str) -> Source:
    """Return the source that a row's `source` column names."""
    return _sources()[id]


@cache
def versions() -> tuple[TableVersion, ...]:
    """Return name, edition and SHA-256 of each shipped table; the hash ignores how lines end."""
    return tuple(
        TableVersion(
            row["table"],
            row["title"],
            row["vintage"],
            row["licence"],
            len(rows(row["table"])),
            hashlib.sha256(_text(row["table"]).encode()).hexdigest(),
        )
        for row in rows("catalogue")
    )
