"""The guide, written to a file or opened in a browser."""

from __future__ import annotations

import difflib
import re
import tempfile
import webbrowser
from pathlib import Path

from icbudget.report.guide_page import anchor, guide_html, guide_pages
from icbudget.tasks.writing import write_outputs

__all__ = ["finding_entry", "guide_pages", "open_guide", "write_guide"]


def write_guide(out: Path, version: str, *, overwrite: bool = False) -> Path:
    """Return the path of the guide written as one HTML page."""
    content = guide_html(version).encode()
    return write_outputs(out.parent, {out.name: content}, overwrite=overwrite)[0]


def open_guide(page: str, version: str) -> str:
    """Return the address of the guide, opened in a browser at a page where there is a browser.

    It stands in a folder of this user's own, made anew each time, so that nobody else's file is
    opened.
    """
    folder = Path(tempfile.mkdtemp(prefix="icbudget-guide-"))
    path = write_guide(folder / "guide.html", version)
    address = path.as_uri() + (f"#{anchor(page)}" if page else "")
    webbrowser.open(address)
    return address


def finding_entry(id: str) -> str:
    """Return what the guide says of a finding: what it says, why its kind matters, how to fix it.

    Raises `ValueError` for an id that is none, with the nearest.
    """
    page = next(page for page in guide_pages() if page.name == "findings")
    kinds = page.text.split("\n## ")[1:]
    entries = {
        entry.partition("\n")[0].strip(): (kind, entry)
        for kind in kinds
        for entry in kind.split("\n### ")[1:]
    }
    if id not in entries:
        near = difflib.get_close_matches(id, entries, 3)
        offered = f" Nearest: {', '.join(near)}." if near else ""
        raise ValueError(f"There is no finding “{id}”.{offered}")
    kind, entry = entries[id]
    why = kind.split("\n### ")[0].partition("\n")[2].strip()
    message = entry.partition("\n")[2].strip()
    return _plain(f"{id}\n\n{message}\n\nWhy it matters: {why}")


def _plain(markdown: str) -> str:
    """Return the page's own marks as plain text."""
    unescaped = re.sub(r"\\([*_])", r"\1", markdown)
    return re.sub(r"^\*(.+?)\*", r"\1", unescaped, flags=re.MULTILINE).replace("&lt;", "<")
