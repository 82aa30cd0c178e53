"""The evidence library: prevention programmes and the studies behind them.

It says how far to trust each.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from icbudget.reference.loader import Row, rows
from icbudget.reference.national_figures import uncertainty_default

LIBRARY = "evidence"
"""Name of the list of the library's ids, from which a programme names its row; it is the same in
every rules year.
"""


def evidence() -> tuple[Row, ...]:
    """Return the prevention programmes with estimates as read.

    The default reductions are judgements, not evidence.
    """
    return rows("evidence")


def evidence_row(id: str) -> Row | None:
    """Return a programme of the library by its id, such as `falls-exercise`.

    It is None where there is none.
    """
    return next((row for row in evidence() if row["id"] == id), None)


def studies(programme: str = "") -> tuple[Row, ...]:
    """Return every study, or those behind one programme; null and adverse results are among them.

    `finding`: benefit, null, adverse, mixed, uncontrolled (before and after), base rate (no effect,
    but what comes anyway). The programme `all` holds reviews and plans across programmes.
    """
    return tuple(row for row in rows("evidence_study") if programme in ("", row["programme"]))


def find_evidence(words: Sequence[str] = (), grade: str = "") -> tuple[Row, ...]:
    """Return the programmes in which every word stands, their studies included.

    Their grade is among `grade`.

    Capitals do not matter; without words and grade it is the whole library. `grade` may hold
    several letters, such as `AB`.
    """
    wanted = re.findall(r"[^\W_]+", " ".join(words).casefold())
    return tuple(
        row
        for row in evidence()
        if row["grade"] in (grade.upper() or row["grade"])
        and all(word in _text_of(row) for word in wanted)
    )


def chance_of_no_effect(grade: str, library: str = "") -> float:
    """Return the chance that a programme does not work at all; a judgement.

    It is its evidence row's own, else that of its grade.

    Where the plan gives another grade than the evidence row, the plan's grade counts. Source: AP
    §7.
    """
    row = evidence_row(library)
    own = row["null_chance"] if row is not None and row["grade"] == grade else ""
    return float(own or uncertainty_default("effect", grade)["chance"])


BENEFIT, NOT_PROVEN, MIXED, NO_EFFECT, ADVERSE, UNCONTROLLED, NO_STUDY = (
    "benefit",
    "not proven",
    "mixed",
    "no effect",
    "adverse",
    "uncontrolled",
    "no study",
)
"""What the studies behind a programme found, all together."""
_NOTHING = {"risk_ratio": 1.0, "odds_ratio": 1.0, "cost ratio": 1.0}
"""The value of a measure that means no effect at all; 0 of every other."""
_LESS_IS_GOOD = (
    "risk_ratio",
    "odds_ratio",
    "before_after",
    "cost ratio",
    "cost difference per person, £",
)


def finding_of_studies(id: str) -> str:
    """Return what the studies behind a programme of the library found, whatever their design.

    By the interval of its estimate, where it has one: not proven where it crosses no effect. Else
    by the findings of its studies: mixed where some found benefit and others none or harm. Grade N
    is no effect. Source: AP §4.4.
    """
    row = evidence_row(id)
    if row is None:
        return NO_STUDY
    if row["grade"] == "N":
        return NO_EFFECT
    if row["estimate_low"] and row["estimate_high"]:
        ends = float(row["estimate_low"]), float(row["estimate_high"])
        return of_interval(*ends, _NOTHING.get(row["measure"], 0.0), row["measure"])
    # What comes without any programme says nothing of the programme.
    findings = {study["finding"] for study in studies(id)} - {"base rate"}
    if not findings:
        return NO_STUDY
    if findings == {"benefit"}:
        return BENEFIT
    if "benefit" in findings or "mixed" in findings:
        return MIXED
    if findings <= {"uncontrolled"}:
        return UNCONTROLLED
    return ADVERSE if "adverse" in findings else NOT_PROVEN


def of_interval(low: float, high: float, nothing: float, measure: str) -> str:
    """Return what an interval says: benefit or adverse beside no effect, else not proven."""
    if low <= nothing <= high:
        return NOT_PROVEN
    below = high < nothing
    return BENEFIT if below == (measure in _LESS_IS_GOOD) else ADVERSE


def has_adverse_study(id: str) -> bool:
    """Return whether a study behind a programme found more activity, not only more cost."""
    adverse = [study for study in studies(id) if study["finding"] == "adverse"]
    return any("£" not in study["measure"] and "cost" not in study["measure"] for study in adverse)


def _text_of(row: Row) -> str:
    texts = list(row.values())
    for study in studies(row["id"]):
        texts += study.values()
    return " ".join(texts).casefold()


def optimism_bias(grade: str) -> tuple[float, float]:
    """Return the optimism bias that an evidence grade suggests.

    It is on benefit and on cost, as fractions.

    From background knowledge of guidance of 2014, and a judgement which of its grades ours is: show
    it, fill in nothing.
    """
    row = next(row for row in rows("optimism_bias") if row["grade"] == grade)
    return float(row["benefit"]), float(row["cost"])
