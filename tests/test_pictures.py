"""The pictures kept for review: of every sheet of the results workbook and page of the paper, of
nothing else, each small.
"""

from __future__ import annotations

from icbudget.workbook import layout
from tests.pictures import PICTURES, name_of

NOT_WRITTEN = {layout.XLWINGS_SETTINGS, *layout.BESIDE}
"""Sheets that only a macro workbook or an optimised one has."""


def test_there_is_a_picture_of_every_sheet_and_of_nothing_else():
    sheets = {name_of(sheet) for sheet in layout.SHEETS if sheet not in NOT_WRITTEN}
    assert {p.name for p in PICTURES.iterdir()} == sheets | {
        f"paper-{page}.png" for page in range(1, 6)
    } | {"report.png"}


def test_pictures_are_small():
    assert all(p.stat().st_size < 150_000 for p in PICTURES.iterdir())
