"""The columns of values that an answer declares: all that a declaration needs of a block."""

from __future__ import annotations

from typing import NamedTuple


class Column(NamedTuple):
    """A value column as an answer declares it.

    `unit`: of every value in it, blank for that of each row. `basis`: what its figures stand on
    (plan, accruals, forecast), blank for that of the answer. A `repeated` column stands once for
    each year, or whatever else its builder repeats it for; its heading says of what.
    """

    heading: str
    unit: str = ""
    basis: str = ""
    repeated: bool = False
