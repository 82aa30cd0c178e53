"""The pictures kept for review: of the sheets that people meet first, of every page of the paper, of
nothing else, each small.
"""

from __future__ import annotations

from tests.pictures import PICTURED, PICTURES, name_of


def test_there_is_a_picture_of_every_chosen_sheet_and_of_nothing_else():
    sheets = {name_of(sheet) for sheet in PICTURED}
    others = {path.name for path in PICTURES.iterdir()} - sheets
    assert sheets <= {path.name for path in PICTURES.iterdir()}
    assert "report.png" in others and "paper-1.png" in others
    assert all(name == "report.png" or name.startswith("paper-") for name in others)


def test_pictures_are_small():
    assert all(p.stat().st_size < 150_000 for p in PICTURES.iterdir())
