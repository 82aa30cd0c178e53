"""The Python that the guide shows runs: the page for analysts, and the tour."""

from __future__ import annotations

import json
import re

import pytest

from tests.places import ROOT

GUIDE = ROOT / "icbudget" / "guide"


def blocks(text: str) -> list[str]:
    """The Python blocks of a page, in order."""
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)


@pytest.fixture
def in_the_repository(monkeypatch):
    import matplotlib as mpl

    mpl.use("Agg")
    monkeypatch.chdir(ROOT)


def test_every_block_of_the_analysts_page_runs_in_its_order(in_the_repository):
    names: dict[str, object] = {}
    code = blocks((GUIDE / "python-analyst.md").read_text(encoding="utf-8"))
    assert len(code) >= 5
    for block in code:
        exec(block, names)
    # the sources of a pool make up its total, as the page says, in every year
    balances, by_year = names["balances"], names["closing"].groupby("Year", observed=True)["Value"]
    totals = balances[(balances["Pool id"] == "bcf") & (balances["Source"] == "All sources")]
    totals = totals[totals["Figure"] == "Closing balance"].set_index("Year")["Value"]
    assert len(totals) > 2 and by_year.sum().round(2).to_dict() == totals.to_dict()
    # by hand: 2026/27 is typed as 1,100,000 for the ICB, the council's 500,000 rolls on flat
    income = names["icbudget"].run(names["small"]).table("Income")
    assert {1_100_000.0, 500_000.0} <= set(income["Value"])


def test_the_tour_runs_from_its_first_cell_to_its_last(in_the_repository):
    tour = json.loads((GUIDE / "tour.ipynb").read_text(encoding="utf-8"))
    code = ["".join(c["source"]) for c in tour["cells"] if c["cell_type"] == "code"]
    names: dict[str, object] = {}
    for cell in code:
        exec(cell, names)
    assert (names["folder"] / "cautious.xlsx").stat().st_size > 100_000
    assert set(names["released"]) == {"The plan", "Low evidence", "High evidence"}


def test_ten_lines_to_the_first_plot():
    tour = json.loads((GUIDE / "tour.ipynb").read_text(encoding="utf-8"))
    code = ["".join(c["source"]) for c in tour["cells"] if c["cell_type"] == "code"]
    until = next(n for n, cell in enumerate(code) if "plot(" in cell)
    lines = [line for cell in code[: until + 1] for line in cell.splitlines() if line.strip()]
    assert len(lines) <= 10
