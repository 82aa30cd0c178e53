"""Which programmes can reach which part of an activity line."""

from icbudget.plan.columns import Kind, column
from icbudget.plan.provenance import Sourced


class Segment(Sourced):
    """A part of an activity line's activity.

    The parts of a line do not overlap and sum to the whole.
    """

    acute_line: str = column(
        "Activity line",
        Kind.REFERENCE,
        "Line the segment is part of",
        table="acute_lines",
        min_length=1,
        opens=True,
    )
    id: str = column(
        "Segment",
        Kind.TEXT,
        "Short id of the segment within its line",
        min_length=1,
        opens=True,
    )
    name: str = column("Name", Kind.TEXT, "Which patients these are", default="")
    share: float = column(
        "Share",
        Kind.FRACTION,
        "Share of the line's activity; the shares of a line sum to 100 %",
        ge=0,
        le=1,
        opens=True,
    )
    programmes: tuple[str, ...] = column(
        "Programmes",
        Kind.REFERENCES,
        "Programmes that reach the segment, separated by semicolons",
        default=(),
        table="programmes",
        opens=True,
    )
