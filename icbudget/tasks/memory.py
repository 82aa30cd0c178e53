"""How a process that simulates holds on to its memory."""

from __future__ import annotations

import sys
from contextlib import suppress
from functools import cache

KEPT = 128 * 1024**2
"""Bytes of freed memory that a process keeps."""
_LARGEST = 32 * 1024**2
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Parameters of mallopt in glibc: free memory above the first is given back, an array above the
second is never kept.
"""


@cache
def keep_memory() -> None:
    """Have the C library keep up to 128 MB that one block of draws frees for the next block.

    Otherwise glibc gives it back to the system and takes it anew, page by page, which costs a third
    of the time of a large plan. Where it is not glibc nothing is changed. No figure depends on it.
    """
    if sys.platform == "linux":
        import ctypes

        with suppress(AttributeError):
            library = ctypes.CDLL(None)
            library.mallopt(_TRIM_THRESHOLD, KEPT)
            library.mallopt(_MMAP_THRESHOLD, _LARGEST)
