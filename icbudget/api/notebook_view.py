"""What a notebook has of a value that stands last in a cell: HTML, every text of the plan escaped.

Jupyter asks a value for `_repr_html_`; a terminal has its `repr` in one line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

from icbudget.findings import Finding, Severity

if TYPE_CHECKING:
    from icbudget.frames.column_types import DataFrame

MOST_LISTED = 5
"""So many findings are written out; the others are counted."""


def summary(heading: str, parts: Mapping[str, str], findings: Sequence[Finding]) -> str:
    """Return a heading, a table of what is to be known, and the first findings, as HTML.

    A part that is blank is left out. Errors and warnings come first, as `findings` has them.
    """
    parts = {**parts, "Findings": findings_in_words(findings)}
    rows = "".join(
        f'<tr><th style="text-align:left;vertical-align:top">{escape(name)}</th>'
        f'<td style="text-align:left">{escape(text)}</td></tr>'
        for name, text in parts.items()
        if text
    )
    return f"<p><strong>{escape(heading)}</strong></p><table>{rows}</table>{_list(findings)}"


def above_frame(heading: str, frame: DataFrame) -> str:
    """Return a heading with a frame under it, as HTML; pandas' own settings say how long it is."""
    return f"<p><strong>{escape(heading)}</strong></p>{frame._repr_html_()}"


def findings_in_words(findings: Iterable[Finding]) -> str:
    """Return how many findings there are of each severity: `1 error, 12 warnings`."""
    count = Counter(finding.severity for finding in findings)
    words = [
        f"{count[severity]} {severity}{'' if count[severity] == 1 else 's'}"
        for severity in Severity
        if count[severity]
    ]
    return ", ".join(words) or "none"


def _list(findings: Sequence[Finding]) -> str:
    """Return the first errors and warnings as a list; nothing where there are none."""
    pressing = [finding for finding in findings if finding.severity is not Severity.NOTE]
    if not pressing:
        return ""
    lines = [f"<li>{escape(f'{f.severity}: {f}')}</li>" for f in pressing[:MOST_LISTED]]
    more = len(pressing) - MOST_LISTED
    if more > 0:
        lines.append(f'<li>{more} more: see <code>frame("Findings")</code></li>')
    return f"<ul>{''.join(lines)}</ul>"
