"""What a programme takes from the row of the evidence library that it names.

It takes whatever its own row leaves blank.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from icbudget import reference
from icbudget.findings import Place
from icbudget.plan import cell_values
from icbudget.plan.columns import Noun
from icbudget.plan.local_evidence import LocalEvidence
from icbudget.plan.programme import RATIOS, Programme

MONTHS = 12
TAKEN = {
    "name": "Programme",
    "effect_measure": "Of what",
    "effect": "Planning reduction, central (judgement, not evidence)",
    "effect_low": "Planning reduction, low (judgement, not evidence)",
    "effect_high": "Planning reduction, high (judgement, not evidence)",
    "grade": "Grade",
    "lag": "Lag (months)",
    "evidence": "Source",
}
"""The fields of a programme that the library knows, each with its heading on the Evidence sheet."""
ESTIMATE = ("effect_measure", "effect", "effect_low", "effect_high")
"""Those of one estimate: they are the library's together, or the plan's own together."""


def taken(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a raw programme row takes from the evidence row it names.

    These are the fields of `TAKEN` that are blank.

    A typed figure overrides. Where the effect or another measure is typed, the whole estimate is
    the plan's own, and its ends are not filled in. Nothing for a row without a known name.
    """
    row = reference.evidence_row(str(raw.get("library") or "").strip())
    if row is None:
        return {}
    from_library = figures_of(row)
    measure = raw.get("effect_measure")
    if not cell_values.is_blank(raw.get("effect")) or not (
        cell_values.is_blank(measure) or measure == from_library["effect_measure"]
    ):
        for field in ESTIMATE:
            del from_library[field]
    blank = [field for field in from_library if cell_values.is_blank(raw.get(field))]
    return {field: from_library[field] for field in blank}


def awaited(row: Noun, field: str) -> bool:
    """Return whether a cell stays blank for an evidence row that may yet be named.

    Such is a field of `TAKEN` that holds its default.
    """
    unlinked = isinstance(row, Programme) and not row.library
    return (
        unlinked and field in TAKEN and getattr(row, field) == Programme.model_fields[field].default
    )


def place(raw: Mapping[str, Any], field: str) -> Place:
    """Return where a figure that a raw programme row takes from the library stands."""
    return Place(table="Evidence", row=str(raw["library"]).strip(), column=TAKEN[field])


def figures_of(row: reference.Row) -> dict[str, Any]:
    """Return what a library row says of a programme, by the fields of `TAKEN`.

    The planning reductions are judgements, which the source says; grade N has an effect of nothing.
    Who pays, whom it reaches and what it costs is for the plan to say: the library's unit cost is
    in words, and stands in the source.
    """
    source = (
        f"{row['programme']}: {row['evidence']}. Source: {reference.source(row['source'])}. Read"
        f" {row['date_read']}. Planning reduction {row['default_low']} to {row['default_high']} of:"
        f" {row['default_basis']}: judgement of the icbudget authors, not evidence. Unit cost:"
        f" {row['unit_cost'] or 'not known'}"
    )
    return {
        "name": row["programme"],
        "effect_measure": measure_of(row),
        "effect": 0.0 if row["grade"] == "N" else float(row["default_central"]),
        "effect_low": float(row["default_low"]),
        "effect_high": float(row["default_high"]),
        "grade": row["grade"],
        "lag": lag_of(row),
        "evidence": source,
    }


JUDGEMENT = "judgement"
"""Stands beside an effect that no study gives (model §1.8)."""


def is_judgement(row: Programme) -> bool:
    """Return whether the effect that a programme counts on is a judgement, and no study's.

    A planning reduction of the evidence library is, and so is an effect without a source, or one
    that is only an example. No effect, where that is what the studies found, is none.
    """
    if row.grade == "N" and row.effect == 0:
        return False
    evidence = reference.evidence_row(row.library)
    if evidence is None:
        return not row.evidence or row.status == "illustrative"
    library = figures_of(evidence)
    if (row.effect_measure, row.effect) == (library["effect_measure"], library["effect"]):
        return bool(evidence["default_mark"] == JUDGEMENT)
    # Another effect than the library's is a study's only where the plan names another source.
    return not row.evidence or row.evidence == library["evidence"]


def found_by_studies(row: Programme) -> str:
    """Return what the studies behind a programme found.

    In the words of `reference.finding_of_studies`: by its evidence row, else by the interval that
    the plan states.
    """
    if row.library:
        return reference.finding_of_studies(row.library)
    if row.grade == "N":
        return "no effect"
    if row.effect_low is None or row.effect_high is None:
        return "uncontrolled" if row.grade == "D" else "no interval stated"
    nothing = 1.0 if row.effect_measure in RATIOS else 0.0
    return reference.of_interval(row.effect_low, row.effect_high, nothing, row.effect_measure)


def measure_of(row: reference.Row) -> str:
    """Return the effect measure of a library row's planning reduction.

    It is points of risk where the row says so, else of the rate.
    """
    return (
        "absolute_risk_reduction"
        if row["default_basis"].startswith("Absolute risk reduction")
        else "rate_reduction"
    )


def programme_from(row: reference.Row, id: str, cost_index: str) -> Programme:
    """Return a programme with what the library knows, linked to its row."""
    return Programme(
        id=id, library=row["id"], cost_index=cost_index, status="indicative", **figures_of(row)
    )


def lag_of(row: reference.Row) -> float:
    """Return the lag of a library row in years."""
    return float(row["lag_months"] or 0.0) / MONTHS


def programme_from_local(row: LocalEvidence, id: str, cost_index: str) -> Programme:
    """Return a programme with what was seen locally, with its caveats as its source.

    Its low end is no effect, since nothing was compared. Who pays, whom it reaches and what it
    costs is for the plan to say.
    """
    return Programme(
        id=id,
        cost_index=cost_index,
        status="indicative",
        effect_measure="rate_reduction",
        effect=row.effect,
        effect_low=min(row.effect, 0.0),
        effect_high=max(row.effect, 0.0),
        grade=row.grade,
        evidence=f"Local evidence {row.id}, {row.first_year} to {row.last_year}. {row.caveats}",
    )


def free_id(wanted: str, ids: set[str]) -> str:
    """Return an id for a programme made from an evidence row that no other programme has."""
    name = wanted.replace("-", "_")
    return next(
        id for n in range(len(ids) + 1) if (id := f"{name}_{n + 1}" if n else name) not in ids
    )


def free_name(wanted: str, ids: set[str]) -> str:
    """Return a name that no other row has: the one wanted, else with a number."""
    return next(
        id for n in range(len(ids) + 1) if (id := f"{wanted}-{n + 1}" if n else wanted) not in ids
    )
