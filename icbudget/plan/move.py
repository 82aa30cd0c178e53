"""Activity that an avoided unit turns into."""

from icbudget.plan.columns import Kind, column
from icbudget.plan.provenance import Sourced


class Move(Sourced):
    """Activity moved to another line.

    There are so many units there for each unit the programme avoids here.
    """

    programme: str = column(
        "Programme",
        Kind.REFERENCE,
        "Programme that moves the activity",
        table="programmes",
        min_length=1,
        opens=True,
    )
    from_line: str = column(
        "From activity line",
        Kind.REFERENCE,
        "Line on which units are avoided",
        table="acute_lines",
        min_length=1,
        opens=True,
    )
    to_line: str = column(
        "To activity line",
        Kind.REFERENCE,
        "Line on which units are added",
        table="acute_lines",
        min_length=1,
        opens=True,
    )
    units: float = column(
        "Units moved",
        Kind.NUMBER,
        "Units added for each unit avoided",
        unit="a unit avoided",
        ge=0,
        opens=True,
    )
