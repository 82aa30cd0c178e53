"""YAML, and JSON with it, to plain tables.

Nothing is guessed, nothing lost, and nothing nested so deep that it does harm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from icbudget.findings import Finding, Place, error

DEEPEST = 20
"""Levels of nesting; a plan has four. Far deeper text exhausts the stack of those who read it."""

_NUMBER = re.compile(
    r"[-+]?(?:(?:0|[1-9]\d{0,299})(\.\d{0,300})?|(\.\d{1,300}))([eE][-+]?\d{1,3})?"
)
_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False}
_TOO_DEEP_FOR_THE_PARSER = "exceeded maximum nesting depth"
"""What PyYAML from 6.0.4 on says of text nested deeper than its own limit."""
_IN_QUOTES = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_ESCAPED = re.compile(
    r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|\\.", re.DOTALL
)
"""Two escapes of JSON that are one character together, or any other escape."""
_NOT_FINITE = {".inf": float("inf"), "-.inf": float("-inf"), ".nan": float("nan")}


class _Refused(Exception):
    """Why a text is not read on; it never leaves this module."""

    def __init__(self, id: str, message: str, fix: str) -> None:
        super().__init__(message)
        self.id, self.message, self.fix = id, message, fix


def read(text: str, name: str = "") -> tuple[Any, list[Finding], bool]:
    """Return a document as plain tables, its findings, and whether it could be read to its end.

    Findings: not YAML, several documents, aliases, tags, nested too deep, a name that is not plain
    text, a name that is there twice (the first counts). Only `true`, `false`, `null` and decimal
    numbers are more than text: `no` is a word, `1:30` and `007` are text, so that nothing turns
    into a number on the way.
    """
    import yaml

    findings: list[Finding] = []
    place = Place(workbook=name)
    if text.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
        text = _IN_QUOTES.sub(lambda quoted: _ESCAPED.sub(_character, quoted[0]), text)
    try:
        events = yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        return _document(events, findings, place), findings, True
    except _Refused as why:
        findings.append(error(why.id, why.message, why.fix, place))
    except (yaml.YAMLError, ValueError) as why:
        mark = getattr(why, "problem_mark", None)
        if mark and _TOO_DEEP_FOR_THE_PARSER in str(why):
            # The parser reads ahead: it may reach its own limit before the levels are counted here.
            refused = _refused("deep", mark)
            findings.append(error(refused.id, refused.message, refused.fix, place))
            return None, findings, False
        line = f" at line {mark.line + 1}" if mark else ""
        findings.append(
            error(
                "text.unreadable",
                f"The file is not YAML or JSON{line}.",
                "Correct that line.",
                place,
            )
        )
    return None, findings, False


def _character(escaped: re.Match[str]) -> str:
    """Return what an escape of JSON stands for where YAML has no such escape.

    JSON writes a character beyond U+FFFF, such as an emoji, as two halves; YAML refuses halves.
    """
    if escaped[1] is None:
        return escaped[0]
    halves = bytes.fromhex(escaped[1]) + bytes.fromhex(escaped[2])
    return halves.decode("utf-16-be")


def _document(events: Iterator[Any], findings: list[Finding], place: Place) -> Any:
    """Return the one document of a stream of events.

    Each open list or table is a (values, name waiting for its value).
    """
    top: list[Any] = []
    open_: list[tuple[Any, list[str]]] = [(top, [])]
    documents = 0
    for event in events:
        kind = type(event).__name__
        if kind == "DocumentStartEvent":
            documents += 1
            if documents > 1:
                raise _refused("several", event.start_mark)
        # An alias of an alias of an alias is a few bytes that grow to gigabytes.
        elif kind == "AliasEvent":
            raise _refused("alias", event.start_mark)
        elif kind in ("MappingStartEvent", "SequenceStartEvent", "ScalarEvent"):
            # A tag such as !!python/object can make objects and run code in a careless reader.
            if event.tag not in (None, "!"):
                raise _refused("tag", event.start_mark)
            if kind == "ScalarEvent":
                _put(open_[-1], event, _value(event), findings, place)
                continue
            if len(open_) > DEEPEST:
                raise _refused("deep", event.start_mark)
            inner: Any = {} if kind == "MappingStartEvent" else []
            _put(open_[-1], event, inner, findings, place)
            open_.append((inner, []))
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            open_.pop()
    return top[0] if top else None


def _put(
    into: tuple[Any, list[str]], event: Any, value: Any, findings: list[Finding], place: Place
) -> None:
    """Put a value into the list or table that is open; in a table every other value is a name."""
    values, waiting = into
    if isinstance(values, list):
        values.append(value)
    elif not waiting:
        if isinstance(value, (list, dict)):
            raise _refused("name", event.start_mark)
        waiting.append(event.value)
    else:
        name = waiting.pop()
        if name in values:
            message = f"“{name}” is there twice; the second is at line {event.start_mark.line + 1}."
            findings.append(error("text.duplicate-name", message, "Keep one of the two.", place))
        else:
            values[name] = value


def _value(event: Any) -> Any:
    """Return a word in quotation marks as text, a bare one as what it plainly is."""
    text: str = event.value
    if not event.implicit[0]:
        return text
    if text.casefold() in _WORDS:
        return _WORDS[text.casefold()]
    if text.casefold() in _NOT_FINITE:
        return _NOT_FINITE[text.casefold()]
    number = _NUMBER.fullmatch(text)
    if number is None:
        return text
    return float(text) if any(number.groups()) else int(text)


_WHY = {
    "alias": ("text.alias", "The file uses YAML aliases (*name)", "Write each row out in full."),
    "tag": ("text.tag", "The file uses a YAML tag (!name)", "Write the value without it."),
    "deep": (
        "text.too-deep",
        f"The file is nested more than {DEEPEST} levels deep",
        "Write a plan as tables of rows of values, nothing deeper.",
    ),
    "name": (
        "text.not-a-name",
        "The file has a list or a table where the name of a field belongs",
        "Write `field: value`.",
    ),
    "several": (
        "text.several",
        "The file holds several documents, separated by ---",
        "Keep one plan in a file.",
    ),
}


def _refused(why: str, mark: Any) -> _Refused:
    id, fault, fix = _WHY[why]
    return _Refused(id, f"{fault} at line {mark.line + 1}.", fix)


WHY_IT_MATTERS = {
    "text.alias": (
        "What stands once in the file would count in several places, and a reader would not see"
        " how often."
    ),
    "text.duplicate-name": (
        "Two values under one name: most programs keep the last and forget the first without a"
        " word."
    ),
    "text.not-a-name": (
        "The structure of the file is not that of a table, so the figures in it have no place."
    ),
    "text.several": "Which of the plans in the file is meant is not known.",
    "text.tag": (
        "A tag can ask the reader to build something else than a value, which a plan never"
        " needs and which may do harm."
    ),
    "text.too-deep": "No plan is built like that. Such files are made to stop a program.",
    "text.unreadable": (
        "From the broken line on nothing can be read, and half a plan is not a plan."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
