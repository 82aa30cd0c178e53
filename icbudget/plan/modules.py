"""The modules that a workbook is made of; a plan table belongs to one, and so does an answer."""

from __future__ import annotations

POOL, SHIFT, DEALS, YEAR, BENEFITS, UNCERTAINTY, RETURNS, JOINT, LIBRARY = (
    "pool",
    "shift",
    "deals",
    "year",
    "benefits",
    "uncertainty",
    "returns",
    "joint",
    "library",
)
MODULES = (POOL, SHIFT, DEALS, YEAR, BENEFITS, UNCERTAINTY, RETURNS, JOINT, LIBRARY)
"""In the order in which a plan grows; `pool` is in every workbook."""
FIRST_MODULES = (POOL, SHIFT)
"""What a new workbook has."""
