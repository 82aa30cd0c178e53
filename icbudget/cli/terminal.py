"""What the command line writes to: legible for people, and never broken off by a code page.

Control characters and changes of the direction of writing, which a plan or a file name may hold,
are written as their numbers, so that they can neither hide nor move what stands on a screen. A
character that the output's code page lacks becomes one that it has.
"""

from __future__ import annotations

import codecs
import os
import re
import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from rich.console import Console

_UNSAFE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|\r(?!\n)"
)
_DEGRADED = "icbudget.degraded"
_LOOK_ALIKE = {
    "−": "-",
    "‑": "-",
    "–": "-",
    "—": "-",
    "→": "->",
    "←": "<-",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "…": "...",
    "×": "x",
    "·": ".",
    "•": "*",
    "≤": "<=",
    "≥": ">=",
    "≈": "about ",
    "£": "GBP ",
    "§": "section ",
    "Σ": "sum ",
    "θ": "theta",
    "φ": "phi",
    "\u00a0": " ",
    "\u202f": " ",
    "└": "`",
    "├": "|",
    "─": "-",
    "│": "|",
}


def legible(text: str) -> str:
    """Return a text whose control and direction characters are written as their numbers."""
    return _UNSAFE.sub(lambda letter: f"\\u{ord(letter[0]):04x}", text)


def degraded(error: UnicodeError) -> tuple[str, int]:
    """Return what stands in for characters that a code page lacks, and where to go on.

    A minus stays a minus: a figure must not lose its sign on the way into a file.
    """
    assert isinstance(error, UnicodeEncodeError)
    parts = []
    for letter in error.object[error.start : error.end]:
        plain = unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()
        parts.append(_LOOK_ALIKE.get(letter) or plain or "?")
    return "".join(parts), error.end


codecs.register_error(_DEGRADED, degraded)


class LegibleStream:
    """A text stream that writes every text legibly to another stream."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Write a text, its control characters as their numbers."""
        self.stream.write(legible(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write every line."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


@contextmanager
def legible_output() -> Iterator[None]:
    """Make standard output and standard error legible while a command runs."""
    before = sys.stdout, sys.stderr
    for stream in before:
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors=_DEGRADED)
    sys.stdout, sys.stderr = (LegibleStream(stream) for stream in before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


PIPED = 100
"""Characters of a line of a table that goes to a file or another program."""
NARROWEST = 40
"""A narrower line has no room for a name beside a figure."""


def stated_width() -> int | None:
    """Return the characters of a line: what COLUMNS says, else the terminal's; None where piped."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdigit():
        return max(int(columns), NARROWEST)
    if sys.stdout.isatty():
        return max(shutil.get_terminal_size().columns, NARROWEST)
    return None


def table_width() -> int:
    """Return how many characters a line of a table may have."""
    return stated_width() or PIPED


def say(text: str = "", hang: int = 0) -> None:
    """Print a text, wrapped to the terminal; whole where it is piped, so that it can be searched.

    `hang`: characters by which the lines that go on stand further in than the first.
    """
    width = stated_width()
    if width is None:
        print(text)
        return
    for line in text.split("\n"):
        indent = " " * (len(line) - len(line.lstrip()) + hang)
        print(textwrap.fill(line, width, subsequent_indent=indent, break_on_hyphens=False))


def writes_unicode() -> bool:
    """Return whether standard output takes every character."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        return codecs.lookup(encoding).name.startswith("utf")
    except LookupError:
        return False


def console(*, width: int | None = None, stderr: bool = False) -> Console:
    """Return a console of standard output or error that may style what it writes.

    Its styles are control sequences, so it writes past the legible stream: texts of a plan go
    through `markup`.
    """
    from rich.console import Console

    stream: Any = sys.stderr if stderr else sys.stdout
    return Console(file=getattr(stream, "stream", stream), width=width, highlight=False)


def markup(text: str) -> str:
    """Return a text for a console: legible, and without markup of its own."""
    from rich.markup import escape

    return escape(legible(text))
