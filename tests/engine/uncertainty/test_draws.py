"""What is kept of every draw: all of it, in no more memory than what changes takes."""

from __future__ import annotations

import numpy as np
import pytest

from icbudget.engine.uncertainty import draws as module
from icbudget.engine.uncertainty.draws import kept

OWN = np.array([[1.0, 2.0, np.nan], [4.0, 5.0, 6.0]])


def blocks(draws, size):
    """Two outcomes over three columns: (0, 1) changes in every draw, the second outcome in draw 7
    alone.
    """
    made = np.repeat(OWN[..., np.newaxis], draws, axis=-1)
    made[0, 1] = np.arange(draws)
    made[1, :, 7] = -1.0
    return made, [(first, made[..., first : first + size]) for first in range(0, draws, size)]


def test_everything_is_kept_and_what_no_draw_changes_once():
    made, parts = blocks(12, 3)
    found = kept(12, OWN)
    for first, part in parts:
        found.put(first, part)
    for n in range(2):
        np.testing.assert_array_equal(found.of(n), made[n])
        np.testing.assert_array_equal(found.first(8).of(n), made[n, :, :8])
    np.testing.assert_array_equal(found.year(1, -1), made[1, -1])
    assert [row.size for outcome in found.rows for row in outcome] == [1, 12, 1, 12, 12, 12]


def test_an_outcome_fits_even_where_no_draw_changes_anything():
    with pytest.raises(
        ValueError,
        match=(
            r"10,000,000,000 draws are too many: about 89,478,485 of this plan fit into the 2 GiB"
        ),
    ):
        kept(10**10, OWN).put(0, OWN[..., np.newaxis])


def test_what_changes_later_counts_when_it_does(monkeypatch):
    _, parts = blocks(12, 3)
    monkeypatch.setattr(module, "KEPT", 3 * 12 * 8)
    found = kept(12, OWN)
    found.put(*parts[0])
    found.put(*parts[1])
    with pytest.raises(ValueError, match="12 draws are too many: about 9 of this plan fit"):
        found.put(*parts[2])
