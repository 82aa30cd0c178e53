"""A packed copy of the figures that were signed, to tell which of them changed since."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from icbudget.plan import SETUP, TABLES, Plan
from icbudget.plan.identity import figures_json

LARGEST = 20_000_000
"""Bytes of figures that a copy may unpack to: a hostile file must not fill the memory."""


def packed(plan: Plan) -> str:
    """Return the plan's figures as RFC 8785 JSON, deflated, as base64 text for a cell."""
    return base64.b64encode(zlib.compress(figures_json(plan), 9)).decode("ascii")


def unpacked(copy: str, figures_hash: str) -> dict[str, Any] | None:
    """Return the figures of a copy; None where it is not a copy of the figures with this hash."""
    try:
        inflating = zlib.decompressobj()
        content = inflating.decompress(base64.b64decode(copy, validate=True), LARGEST)
    except (binascii.Error, ValueError, zlib.error):
        return None
    if inflating.unconsumed_tail or hashlib.sha256(content).hexdigest() != figures_hash:
        return None
    # The hash is that of figures which icbudget wrote, so this is a document of tables.
    document: dict[str, Any] = json.loads(content)
    return document


def changed_figures(signed: Mapping[str, Any], plan: Plan) -> int:
    """Return how many figures of the plan are not as they were signed.

    A figure by year counts once for each year that differs; a row that came or went counts each
    figure it has beside its key, and once where it has none. Another order of the partners, which
    decides the last penny of a split, is one.
    """
    now: dict[str, Any] = json.loads(figures_json(plan))
    count = 0
    for table in {**signed, **now}:
        if table == SETUP.field:
            count += len(_differing(signed[table], now[table]))
        else:
            count += _of_table(table, signed.get(table, []), now.get(table, []))
    return count


def _of_table(table: str, signed: list[dict[str, Any]], now: list[dict[str, Any]]) -> int:
    before = {_key(table, row): row for row in signed}
    after = {_key(table, row): row for row in now}
    count = 0
    for key in {**before, **after}:
        figures = _differing(before.get(key, {}), after.get(key, {}))
        if key in before and key in after:
            count += len(figures)
        else:
            # A row that came or went counts by its figures without its key, and once at least.
            count += max(1, len(figures - set(TABLES[table].key)))
    kept = [key for key in before if key in after]
    in_order = [key for key in after if key in before]
    # The order of partners is a figure: the pennies of a tie go by it (model.md §1.1).
    return count + (table == "partners" and kept != in_order)


def _key(table: str, row: Mapping[str, Any]) -> str:
    return TABLES[table].key_of_values(row)


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> set[str]:
    """Return the cells of two rows that differ, those of a figure by year each with its year."""
    one, other = dict(_cells(before)), dict(_cells(after))
    return {name for name in {**one, **other} if one.get(name) != other.get(name)}


def _cells(row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for field, value in row.items():
        if isinstance(value, Mapping):
            yield from ((f"{field}[{year}]", amount) for year, amount in value.items())
        else:
            yield field, value
