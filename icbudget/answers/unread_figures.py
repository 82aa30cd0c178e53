"""Answers of a plan with figures that nobody can read: what is known all the same, and what is not.

The plan is worked out with very different figures in the place of each unknown one
(`Case.readings`). A cell that is the same in all of them does not hang on the unknown figure and is
given; every other is `NOT_KNOWN`. So no total skips what is not known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from icbudget import glossary
from icbudget.answers.block import Block, Cell, Row
from icbudget.answers.case import Case
from icbudget.engine.accounts.postings import Posting
from icbudget.engine.accounts.year_postings import every_posting
from icbudget.engine.cached_view import cached_view
from icbudget.plan.unread_cells import NOT_KNOWN, WORDS, NotKnown, Unknown

JUMPING = ("", "number", "£000", "blocks", "years")
"""Units of values that move in jumps with what they hang on, as words, blanks and chances do."""
CHANCE = "Chance"
PARTS = glossary.headings(
    "figure", "measure", "section", "line", "step", "name", "in_words", "rows_behind"
)
"""Headings of labels that say which figure of a thing a row is, and not which thing."""
Key = tuple[tuple[str, ...], str]
Of = TypeVar("Of", bound=Hashable)


def common(blocks: Sequence[Block], unknown: Sequence[Unknown], *, together: bool = False) -> Block:
    """Return one answer from the same answer under every reading of a plan.

    `NOT_KNOWN` stands wherever they are not all the same.

    A value that moves in jumps (a word, a number of things, thousands with their rounding) may
    happen to be the same, so it is not known either where another value of its row, or of the same
    thing in the same column, is not. A row that is not in all readings is not known, and its labels
    neither where they differ. `together`: all that is said of a thing in a column is known or
    nothing of it, and of all partners at once, since caps and pennies move its values in jumps too.
    """
    first = blocks[0]
    if any((block.labels, block.columns) != (first.labels, first.columns) for block in blocks):
        return nothing_known(first, unknown)
    if not first.columns:
        return first
    keyed = [[(row, _key(row)) for row in block.rows] for block in blocks]
    rows = [row for same_rows in aligned(keyed) for row in _merged(same_rows)]
    rows = _with_jumps(first, rows, together)
    block = replace(first, rows=tuple(rows))
    if not holds_unknown(block):
        return first
    return replace(block, shows=f"{first.shows} {why_not_known(unknown)}")


def nothing_known(block: Block, unknown: Sequence[Unknown]) -> Block:
    """Return an answer of which nothing is known, as one row that says so."""
    if not block.rows:
        return block
    labels = (WORDS.capitalize(), *[""] * (len(block.labels) - 1))
    row = Row(labels, "", (NOT_KNOWN,) * len(block.columns))
    return replace(block, shows=f"{block.shows} {why_not_known(unknown)}", rows=(row,))


def holds_unknown(block: Block) -> bool:
    """Return whether an answer has a value that is not known."""
    return any(isinstance(value, NotKnown) for row in block.rows for value in row.values)


def why_not_known(unknown: Sequence[Unknown]) -> str:
    """Return in words why values are not known.

    They rest on cells that cannot be read, of which the first few are named.
    """
    places = [str(figure.place) for figure in unknown]
    named = ", ".join(places[:3]) + (f" and {len(places) - 3} more" if len(places) > 3 else "")
    return (
        f"What is not known (#N/A in a workbook) rests on {named}, which cannot be used: see"
        " Checks."
    )


def aligned(readings: Sequence[Sequence[tuple[Of, Hashable]]]) -> Iterator[list[Of | None]]:
    """Yield what stands at the same place in every reading, in order.

    Readings are (thing, key) pairs; what stands together has one key.

    What lies between two keys that all readings share is taken in turn where all have as much there
    (a verdict in words), else by its key; None where a reading has nothing.
    """
    keyed = [_numbered(reading) for reading in readings]
    shared = set.intersection(*({key for _, key in reading} for reading in keyed))
    orders = {tuple(key for _, key in reading if key in shared) for reading in keyed}
    # Rows that readings have in another order cannot be matched by what all of them share.
    if len(orders) > 1:
        shared = set()
    at = [0] * len(keyed)
    for key in (*(k for k in next(iter(orders)) if k in shared), None):
        gaps: list[list[tuple[Of, Hashable]]] = []
        for n, reading in enumerate(keyed):
            end = at[n]
            while end < len(reading) and reading[end][1] != key:
                end += 1
            gaps.append(reading[at[n] : end])
            at[n] = end
        yield from _in_gap(gaps)
        if key is not None:
            yield [reading[at[n]][0] for n, reading in enumerate(keyed)]
            at = [n + 1 for n in at]


def _in_gap(gaps: Sequence[Sequence[tuple[Of, Hashable]]]) -> Iterator[list[Of | None]]:
    if len({len(gap) for gap in gaps}) == 1:
        yield from ([thing for thing, _ in together] for together in zip(*gaps, strict=True))
        return
    held = [{key: thing for thing, key in gap} for gap in gaps]
    for key in dict.fromkeys(key for gap in gaps for _, key in gap):
        yield [things.get(key) for things in held]


def common_postings(ledgers: Sequence[Sequence[Posting]]) -> tuple[Posting, ...]:
    """Return one ledger from the ledgers of every reading of a plan.

    An amount that is not the same in all is `NOT_KNOWN`.
    """
    by_reading: list[dict[Hashable, int]] = []
    postings: dict[Hashable, Posting] = {}
    for ledger in ledgers:
        numbered = _numbered(
            [(posting, replace(posting, pence=0, rests_on=())) for posting in ledger]
        )
        by_reading.append({key: posting.pence for posting, key in numbered})
        for posting, key in numbered:
            postings.setdefault(key, posting)
    pence = {key: {amounts.get(key, 0) for amounts in by_reading} for key in postings}
    return tuple(
        p if len(pence[key]) == 1 else replace(p, pence=NOT_KNOWN)  # type: ignore[arg-type]
        for key, p in postings.items()
    )


@cached_view
def ledger_of(case: Case) -> tuple[Posting, ...]:
    """Return every posting of a case that has a result, or readings.

    What is not known in them is `NOT_KNOWN`.
    """
    if not case.readings:
        return every_posting(case.answered)
    return common_postings([every_posting(reading.answered) for reading in case.readings])


def _numbered(reading: Sequence[tuple[Of, Hashable]]) -> list[tuple[Of, Hashable]]:
    """Return a reading with the second and later things of one key told apart."""
    counts: Counter[Hashable] = Counter()
    numbered: list[tuple[Of, Hashable]] = []
    for thing, key in reading:
        counts[key] += 1
        numbered.append((thing, (key, counts[key])))
    return numbered


def _key(row: Row) -> Key:
    return row.labels, row.unit


def _merged(rows: Sequence[Row | None]) -> Iterator[Row]:
    there = [row for row in rows if row is not None]
    labels = tuple(
        cells[0] if len(set(cells)) == 1 else WORDS
        for cells in zip(*(row.labels for row in there), strict=True)
    )
    units = {row.unit for row in there}
    # `type` too: 1 and 1.0 and True are equal, and are not the same answer.
    complete = len(there) == len(rows) and len({_key(row) for row in there}) == 1
    columns = zip(*(row.values for row in there), strict=True)
    values = tuple(
        cells[0] if complete and len({(type(v), v) for v in cells}) == 1 else NOT_KNOWN
        for cells in columns
    )
    yield Row(labels, units.pop() if len(units) == 1 else "", values)


def _with_jumps(block: Block, rows: Sequence[Row], together: bool) -> list[Row]:
    """Return rows in which values that move in jumps are known only together.

    None is known beside one of the same row, thing or count that is not.
    """
    parts = (*PARTS, "Partner") if together else PARTS
    things: dict[tuple[str, ...], set[int]] = {}
    anywhere: set[int] = set()
    for row in rows:
        unknown = {at for at, value in enumerate(row.values) if isinstance(value, NotKnown)}
        things.setdefault(_thing(block, row, parts), set()).update(unknown)
        anywhere |= unknown
    return [
        _masked(block, row, things[_thing(block, row, parts)], anywhere, together) for row in rows
    ]


def _thing(block: Block, row: Row, parts: Sequence[str]) -> tuple[str, ...]:
    return tuple(
        label
        for heading, label in zip(block.labels, row.labels, strict=True)
        if heading not in parts
    )


def _masked(block: Block, row: Row, of_thing: set[int], anywhere: set[int], together: bool) -> Row:
    mine = any(isinstance(value, NotKnown) for value in row.values)
    chance = any(label.startswith(CHANCE) for label in row.labels)
    values: list[Cell] = []
    for at, (value, column) in enumerate(zip(row.values, block.columns, strict=True)):
        jumps = (
            value is None
            or isinstance(value, str)
            or chance
            or block.unit_of(row.unit, column) in JUMPING
        )
        hidden = (
            (jumps and mine)
            or ((jumps or together) and at in of_thing)
            or (row.unit == "number" and at in anywhere)
        )
        values.append(NOT_KNOWN if hidden else value)
    return replace(row, values=tuple(values))
