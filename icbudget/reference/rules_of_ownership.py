"""Who owns what of a plan, and what of it is merged as one, as icbudget ships it.

A plan overrides the first by its own table Owners. Both are judgements and say so in their rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from icbudget.reference.loader import rows

JOINT = "joint"
"""The owner of what any partner may change."""


@dataclass(frozen=True, slots=True)
class OwnershipRule:
    """One rule of ownership: of a table's rows, or of some of its columns, where a cell fits.

    `owner` is a partner's id, `joint`, or how the row itself names the owner: `=partner` is its
    cell, `=pool.host` the cell of the row that its cell names, `kind:icb` every partner of a kind,
    `~scenario` the partner with whose id the cell begins.
    """

    table: str
    columns: tuple[str, ...]
    where: tuple[str, str]
    """A field and the value it must have; two blanks where the rule is of every row."""
    owner: str
    confidential: bool = False


@dataclass(frozen=True, slots=True)
class MergeUnit:
    """What is merged as one.

    It is a `bundle` (cells), a `row` or the `whole` (all rows of one first key). `apart` are
    columns of a whole that are cells of their own; `handover`, `consent` and `grows` say who else
    must ask.
    """

    table: str
    unit: str
    columns: tuple[str, ...]


@cache
def ownership_rules() -> tuple[OwnershipRule, ...]:
    """Return the shipped rules of ownership in their order: the last that fits counts."""
    return tuple(
        OwnershipRule(
            row["table"],
            _names(row["column"]),
            condition(row["where"]),
            row["owner"],
            row["confidential"] == "yes",
        )
        for row in rows("ownership_default")
    )


@cache
def merge_units() -> tuple[MergeUnit, ...]:
    """Return what is merged as one, table by table."""
    return tuple(
        MergeUnit(row["table"], row["unit"], _names(row["columns"])) for row in rows("merge_unit")
    )


def condition(text: str) -> tuple[str, str]:
    """Return the field and the value of a condition written as `field = value`."""
    name, _, value = text.partition("=")
    return name.strip(), value.strip()


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(";") if name.strip())
