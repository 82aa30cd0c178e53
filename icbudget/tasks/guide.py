"""The guide, written to a file or opened in a browser."""

from __future__ import annotations

import difflib
import tempfile
import webbrowser
from pathlib import Path

from icbudget.report.guide_page import anchor, finding_paragraphs, guide_html, guide_pages
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
    """Return what the guide says of a finding: what it says, why, an example, how to fix it.

    The first part of an id, such as `area`, gives the findings of that kind, a line each. Raises
    `ValueError` for an id that is none, with the nearest.
    """
    paragraphs = finding_paragraphs()
    of_the_kind = [known for known in paragraphs if known.startswith(f"{id}.")]
    if of_the_kind:
        lines = [f"{known}: {paragraphs[known].says}" for known in of_the_kind]
        return "\n".join([f"Findings of the kind {id}:", "", *lines])
    if id not in paragraphs:
        near = difflib.get_close_matches(id, paragraphs, 3)
        offered = f" Nearest: {', '.join(near)}." if near else ""
        raise ValueError(f"There is no finding “{id}”.{offered}")
    entry = paragraphs[id]
    paragraphs_of_the_id = (
        id,
        entry.says,
        f"Why it matters: {entry.why}",
        f"Example: {entry.example}",
        f"Fix: {entry.fix}",
    )
    return "\n\n".join(paragraphs_of_the_id)
