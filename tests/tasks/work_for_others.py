"""Work that tests give to processes of their own; each imports this file, so it imports nothing."""

from __future__ import annotations

import os


def dies_at_three(n: int) -> int:
    """Return the square of a number; with 3 the process ends without a word."""
    if n == 3:
        os._exit(1)
    return n * n
