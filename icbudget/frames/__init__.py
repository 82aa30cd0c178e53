"""Answers, plan tables, findings and postings as pandas data frames, and frames as plan tables.

The only home of pandas, which is loaded when a frame is asked for. Frames are tidy: one value a
row, its labels beside it. A column's type follows from what it is, not from what this plan has in
it: years are ordered categories, so that they sort and plot in their order; amounts are pounds as
float64, or with `money="pence"` exact whole numbers, Int64; counts Int64, yes and no boolean, days
datetime64, words text. `frame.attrs` says what the frame is: `id`, which no other frame has,
`title`, `units` and `basis` of each column of values.
"""

from icbudget.frames.answer_frames import answer_frame
from icbudget.frames.column_types import Money, pandas
from icbudget.frames.ledger_frames import (
    draws_frame,
    findings_frame,
    postings_frame,
    rejects_frame,
)
from icbudget.frames.plan_frames import (
    Grid,
    cells_of,
    grids_of,
    is_frame,
    is_in_pence,
    plan_frame,
)

__all__ = [
    "Grid",
    "Money",
    "answer_frame",
    "cells_of",
    "draws_frame",
    "findings_frame",
    "grids_of",
    "is_frame",
    "is_in_pence",
    "pandas",
    "plan_frame",
    "postings_frame",
    "rejects_frame",
]
