"""A programme filled in from the evidence library."""

from __future__ import annotations

from icbudget import reference
from icbudget.plan.programme import Programme

MONTHS = 12


def programme_from(row: reference.Row, id: str, cost_index: str) -> Programme:
    """Return a programme with what the library knows: planning reduction, grade, lag and source, linked to its row.

    The planning reductions are judgements, which the source says; grade N has an effect of nothing. Who pays, whom it
    reaches and what it costs is for the plan to say: the library's unit cost is in words, and stands in the source.
    """
    told = (
        f"{row['programme']}: {row['evidence']}. Source: {reference.source(row['source'])}. Read {row['date_read']}. "
        f"Planning reduction {row['default_low']} to {row['default_high']} of: {row['default_basis']}: "
        f"judgement of the icbudget authors, not evidence. Unit cost: {row['unit_cost'] or 'not known'}"
    )
    return Programme(
        id=id,
        name=row["programme"],
        library=row["id"],
        effect=0.0 if row["grade"] == "N" else float(row["default_central"]),
        effect_low=float(row["default_low"]),
        effect_high=float(row["default_high"]),
        grade=row["grade"],
        lag=lag_of(row),
        cost_index=cost_index,
        evidence=told,
        status="indicative",
    )


def lag_of(row: reference.Row) -> float:
    """Return the lag of a library row in years."""
    return float(row["lag_months"] or 0.0) / MONTHS


def free_id(row: reference.Row, taken: set[str]) -> str:
    """Return an id for a programme made from a library row that no other programme has."""
    wanted = row["id"].replace("-", "_")
    return next(id for n in range(len(taken) + 1) if (id := f"{wanted}_{n + 1}" if n else wanted) not in taken)
