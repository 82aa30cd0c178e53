"""Pictures of what people see, kept for review in `tests/pictures/`: the sheets that people meet
first, the paper, the report.

`python -m tests.pictures` draws them anew with LibreOffice Calc, pdftoppm and Chromium. They are
looked at, not compared: fonts differ from machine to machine.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from icbudget import tasks
from icbudget.workbook import layout
from tests.places import BOROUGH
from tests.programs.calc import without_print_titles

ROOT = Path(__file__).resolve().parent.parent
PICTURES = Path(__file__).resolve().parent / "pictures"
PLAN = BOROUGH
DOTS, LARGE, INKS = 70, 90, 64
SECONDS = 240
"""A program that takes longer hangs: each takes a few seconds on an idle machine."""
PICTURED = (
    layout.START,
    layout.DASHBOARD,
    "Funding",
    "Schemes",
    "Prevention",
    "Balances",
    "Cash released",
    "Partner positions",
    "Goal tracker",
    layout.CHECKS,
)
"""Sheets that are drawn, of the borough's results."""


def name_of(sheet: str) -> str:
    """Return the file name of a sheet's picture."""
    return f"sheet-{re.sub(r'[^a-z0-9]+', '-', sheet.casefold()).strip('-')}.png"


def draw() -> None:
    """Draw every picture anew, and put them in the place of the others once all are there."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        drawn = folder / "drawn"
        drawn.mkdir()
        tasks.run(PLAN, folder)
        tasks.report(PLAN, folder, paper=True)
        _sheets(folder / f"{PLAN.stem}-results.xlsx", drawn, PICTURED)
        _pages(folder / f"{PLAN.stem}-paper.pdf", drawn, "paper", LARGE)
        _page(folder / f"{PLAN.stem}-report.html", drawn)

        shutil.rmtree(PICTURES, ignore_errors=True)
        shutil.copytree(drawn, PICTURES)


def _run(*words: object) -> str:
    """Run a program and return what it wrote; one that hangs is an error and not a wait."""
    return subprocess.run(
        [str(w) for w in words], check=True, capture_output=True, text=True, timeout=SECONDS
    ).stdout


def _sheets(workbook: Path, drawn: Path, wanted: Sequence[str]) -> None:
    folder = workbook.parent
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    plain = folder / "plain" / workbook.name  # its name stands at the foot of every page
    plain.parent.mkdir()
    without_print_titles(workbook, plain)
    _run("soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", plain.parent, plain)

    pdf = plain.with_suffix(".pdf")
    known: set[str] = set()
    for number, text in enumerate(_run("pdftotext", "-layout", pdf, "-").split("\f"), start=1):
        head = next((line for line in text.splitlines() if line.strip()), "")
        sheet = next((s for s in wanted if head.rstrip().endswith(f" {s}") and s not in known), "")
        if sheet:
            known.add(sheet)
            dots = LARGE if sheet == layout.DASHBOARD else DOTS
            _draw(pdf, number, dots, drawn / name_of(sheet))
    missing = set(wanted) - known
    if missing:
        raise LookupError(f"no page was found of: {', '.join(sorted(missing))}")


def _pages(pdf: Path, drawn: Path, name: str, dots: int) -> None:
    for number in range(1, _run("pdftotext", pdf, "-").count("\f") + 1):
        _draw(pdf, number, dots, drawn / f"{name}-{number}.png")


def _draw(pdf: Path, number: int, dots: int, picture: Path) -> None:
    pages = ("-f", number, "-l", number, "-singlefile")
    page = pdf.parent / "page"
    _run("pdftoppm", "-r", dots, *pages, "-png", pdf, page)
    _keep(page.with_suffix(".png"), picture)


def _page(html: Path, drawn: Path) -> None:
    folder = html.parent
    options = (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--window-size=1100,1400",
    )
    _run(
        "chromium",
        *options,
        f"--user-data-dir={folder / 'browser'}",
        f"--screenshot={folder / 'page.png'}",
        html.as_uri(),
    )
    _keep(folder / "page.png", drawn / "report.png")


def _keep(made: Path, kept: Path) -> None:
    with Image.open(made) as picture:
        picture.convert("RGB").quantize(INKS).save(kept, optimize=True)


if __name__ == "__main__":
    draw()
