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

ROOT = Path(__file__).resolve().parent.parent
PICTURES = Path(__file__).resolve().parent / "pictures"
PLAN = BOROUGH
DOTS, LARGE, INKS = 70, 90, 64
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
    """Draw every picture anew."""
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        tasks.run(PLAN, folder)
        tasks.report(PLAN, folder, paper=True)
        _sheets(folder, f"{PLAN.stem}-results", PICTURED)
        _pages(folder / f"{PLAN.stem}-paper.pdf", folder, "paper", LARGE)
        _page(folder / f"{PLAN.stem}-report.html", folder)


def _run(*words: object) -> str:
    return subprocess.run(
        [str(w) for w in words], check=True, capture_output=True, text=True
    ).stdout


def _sheets(folder: Path, stem: str, wanted: Sequence[str]) -> None:
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    _run(
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        folder,
        folder / f"{stem}.xlsx",
    )
    pdf = folder / f"{stem}.pdf"
    known: set[str] = set()
    for number, text in enumerate(_run("pdftotext", "-layout", pdf, "-").split("\f"), start=1):
        head = next((line for line in text.splitlines() if line.strip()), "")
        sheet = next((s for s in wanted if head.rstrip().endswith(f" {s}") and s not in known), "")
        if sheet:
            known.add(sheet)
            dots = LARGE if sheet == layout.DASHBOARD else DOTS
            _run(
                "pdftoppm",
                "-r",
                dots,
                "-f",
                number,
                "-l",
                number,
                "-singlefile",
                "-png",
                pdf,
                folder / "page",
            )
            _keep(folder / "page.png", name_of(sheet))


def _pages(pdf: Path, folder: Path, name: str, dots: int) -> None:
    for number in range(1, _run("pdftotext", pdf, "-").count("\f") + 1):
        _run(
            "pdftoppm",
            "-r",
            dots,
            "-f",
            number,
            "-l",
            number,
            "-singlefile",
            "-png",
            pdf,
            folder / "page",
        )
        _keep(folder / "page.png", f"{name}-{number}.png")


def _page(html: Path, folder: Path) -> None:
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
    _keep(folder / "page.png", "report.png")


def _keep(made: Path, name: str) -> None:
    with Image.open(made) as picture:
        picture.convert("RGB").quantize(INKS).save(PICTURES / name, optimize=True)


if __name__ == "__main__":
    draw()
