"""How a table that a person imports is read: headings in any order, whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from icbudget import years
from icbudget.findings import Finding, Place, error

GRADES = ("read", "secondary", "excerpt", "derived")
EDITION = re.compile(r"(\d{4})-(0[1-9]|1[0-2])(-\d{2})?$")
Texts = dict[str, str]
Numbered = tuple[int, Sequence[str]]


def fault(name: str, number: int, message: str, fix: str) -> Finding:
    """Return the error of a row."""
    return error("reference.row", f"Row {number}: {message}", fix, Place(workbook=name))


def read_rows(
    rows: Iterable[Numbered],
    name: str,
    what: str,
    headings: tuple[str, ...],
    read: Callable[[Texts, int], tuple[tuple[str, ...], list[Finding]]],
    key_words: str,
) -> list[Finding]:
    """Return every fault of a table; `read` takes a row's texts and gives its key and its faults.

    `what` is what the table is called, `key_words` what makes two rows one.
    """
    filled = [(number, cells) for number, cells in rows if any(cell.strip() for cell in cells)]
    listed = ", ".join(headings)
    if not filled:
        return [fault(name, 1, "The file has no rows.", f"Give the columns {listed}.")]
    at, findings = _columns(filled[0], name, what, headings)
    if findings:
        return findings
    first_rows: dict[tuple[str, ...], int] = {}
    for number, cells in filled[1:]:
        texts = {h: cells[n].strip() if n < len(cells) else "" for h, n in at.items()}
        key, faults = read(texts, number)
        findings += faults
        if faults:
            continue
        if key in first_rows:
            message = f"The same {key_words} as in row {first_rows[key]}."
            findings.append(fault(name, number, message, "Keep one of the two rows."))
        first_rows.setdefault(key, number)
    if not first_rows and not findings:
        findings.append(fault(name, 2, "The file has headings and no rows.", "Fill it in."))
    return findings


def _columns(
    first: Numbered, name: str, what: str, headings: tuple[str, ...]
) -> tuple[dict[str, int], list[Finding]]:
    number, cells = first
    texts = [plain(cell) for cell in cells]
    missing = [heading for heading in headings if texts.count(heading) != 1]
    unknown = [text for text in texts if text and text not in headings]
    if missing or unknown:
        wrong = [f"{heading} is missing or there twice" for heading in missing]
        wrong += [f"“{text}” is not known" for text in unknown]
        message = f"The headings are not those of {what}: {'; '.join(wrong)}."
        return {}, [fault(name, number, message, f"Use {', '.join(headings)}.")]
    return {heading: texts.index(heading) for heading in headings}, []


def plain(heading: str) -> str:
    """Return a heading as it is compared."""
    return heading.strip().casefold().removeprefix("\ufeff")


def year_of(text: str) -> str:
    """Return a financial year, blank where the text is none."""
    try:
        return years.year(text)
    except ValueError:
        return ""


WHY_IT_MATTERS = {
    "reference.row": (
        "This row of the file is not kept, so its allocation stays unknown to the plan."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
