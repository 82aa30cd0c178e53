"""A ledger's amounts added up a second time, in another way than its rows are read.

A row that was cut wrongly, or an amount read from the wrong column of a later page, shows as a
difference of the two. So nothing here uses the reading of rows, cells and amounts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from icbudget.ledger_import.ledger_map import LedgerMap
from icbudget.ledger_import.ledger_records import SHEET_DELIMITER, Record

_HIDDEN = "\x1e"
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_NUMBERED = re.compile(r"^(.*) \(([1-9])\)$")
# Written again here, and not taken from the reading of rows: a word that is missing there must not
# be missing here too.
_CREDITS = ("c", "cr", "credit", "h", "haben")
_MINUS = ("-", "−", "–", "cr", "(")


def column_pence(
    records: Iterable[Record],
    delimiter: str,
    columns: Mapping[str, int],
    months: Iterable[int],
    ledger_map: LedgerMap,
    *,
    decimal_comma: bool,
) -> dict[int, int]:
    """Return the pence of every record whose amount can be read, by its line.

    `columns`, `months`: where the first page has them. A later page that names the amounts again
    moves them to where it names them.
    """
    pence_by_line: dict[int, int] = {}
    parts = ("amount", "debit", "credit", "side")
    places = {part: columns[part] for part in parts if part in columns}
    month_columns = tuple(months)
    for record in records:
        cells = cut(record.text, delimiter)
        moved = _moved(cells, ledger_map, places)
        if moved is not None:
            places = moved
            continue
        amounts = [cells[column] for column in month_columns if column < len(cells)]
        if month_columns:
            read = [_pence(text, decimal_comma) for text in amounts if text]
            total = None if None in read or not read else sum(pence or 0 for pence in read)
        else:
            total = _of_places(cells, places, decimal_comma)
        if total is not None:
            pence_by_line[record.line] = total
    return pence_by_line


def cut(text: str, delimiter: str) -> list[str]:
    """Return the cells of a record's text; a delimiter between quotes parts none."""
    if delimiter != SHEET_DELIMITER and '"' in text:
        # a quote in the middle of a cell is a letter
        text = _in_quotes(delimiter).sub(lambda quoted: quoted[0].replace(delimiter, _HIDDEN), text)
    cells = []
    for cell in text.split(delimiter):
        bare = cell.replace(_HIDDEN, delimiter).strip()
        if len(bare) > 1 and bare[0] == bare[-1] == '"':
            bare = bare[1:-1].replace('""', '"')
        cells.append(" ".join(_UNSEEN.sub("", bare).split()))
    return cells


@cache
def _in_quotes(delimiter: str) -> re.Pattern[str]:
    """Return the pattern of a cell in quotes: it begins the text or follows a delimiter."""
    return re.compile(rf'(?:^|(?<={re.escape(delimiter)}))"(?:[^"]|"")*"', re.DOTALL)


def _moved(
    cells: list[str], ledger_map: LedgerMap, places: Mapping[str, int]
) -> dict[str, int] | None:
    """Return the new columns where a row names each of them; None where it is no such row."""
    names = [cell.casefold() for cell in cells]
    if not all(_stands_in(names, heading) for heading in ledger_map.columns.named.values()):
        return None
    new: dict[str, int] = {}
    for part in places:
        heading = " ".join(getattr(ledger_map.columns, part).split()).casefold()
        numbered = _NUMBERED.match(heading)
        if heading not in names and numbered is not None:
            same = [at for at, name in enumerate(names) if name == numbered[1]]
            if len(same) < int(numbered[2]):
                return None
            new[part] = same[int(numbered[2]) - 1]
        elif heading in names:
            new[part] = names.index(heading)
        else:
            return None
    return new or None


def _stands_in(names: list[str], heading: str) -> bool:
    wanted = " ".join(heading.split()).casefold()
    numbered = _NUMBERED.match(wanted)
    return wanted in names or (numbered is not None and numbered[1] in names)


def _of_places(cells: list[str], places: Mapping[str, int], decimal_comma: bool) -> int | None:
    texts = {part: cells[at] if at < len(cells) else "" for part, at in places.items()}
    if "amount" in texts:
        pence = _pence(texts["amount"], decimal_comma)
        if pence is None or "side" not in texts:
            return pence
        return -pence if texts["side"].casefold().rstrip(".") in _CREDITS else pence
    debit = _pence(texts.get("debit", ""), decimal_comma) if texts.get("debit") else 0
    credit = _pence(texts.get("credit", ""), decimal_comma) if texts.get("credit") else 0
    if debit is None or credit is None or not any(texts.values()):
        return None
    return debit - credit


def _pence(text: str, decimal_comma: bool) -> int | None:
    """Return a text as pence: its digits, its decimals, and whether anything makes it negative."""
    words = text.casefold()
    point = "," if decimal_comma else "."
    pounds, _, decimals = words.partition(point)
    digits = re.sub(r"[^0-9]", "", pounds)
    decimals = re.sub(r"[^0-9]", "", decimals)
    if not digits and not decimals:
        return 0 if text.strip("£ ") in ("-", "−", "–") else None
    # Digits of text, never a float: the second calculation must not share the first one's rounding.
    pence = int(digits or "0") * 100 + int((decimals + "00")[:2])
    if len(decimals) > 6 and decimals[2:5] == "999":
        pence += 1  # 0.2899999999 is 29p: float noise below the penny
    return -pence if any(mark in words for mark in _MINUS) else pence
