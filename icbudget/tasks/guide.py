"""The guide, written to a file or opened in a browser."""

from __future__ import annotations

import tempfile
import webbrowser
from pathlib import Path

from icbudget.report.guide_page import anchor, guide_html, guide_pages
from icbudget.tasks.writing import write_outputs

__all__ = ["guide_pages", "open_guide", "write_guide"]


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
