"""How sure the figures are: the ranges of a plan's own simulation, and what its prevention rests on."""

from __future__ import annotations

from icbudget.engine.outcomes import NET_CASH, SYSTEM
from icbudget.report.figures import number, percent, pounds, scale_for
from icbudget.report.parts import Group, Line, Paper, Table

STUDIES = {
    "A": "UK trial or meta-analysis",
    "B": "controlled study in the UK",
    "C": "controlled study elsewhere",
    "D": "before-and-after study or model only",
    "N": "good evidence of no effect",
}
WEAK = ("D", "N")
RANGED = ("Contract saving", "System release", "Stranded cost", "Paid for prevention", NET_CASH)
MEASURED = ("As planned", "P10", "P50", "P90")


def ranges(paper: Paper) -> tuple[Table, ...]:
    """Return the range over the plan of what the whole system saves, releases and pays, from the plan's own simulation."""
    found = {row.labels: row.values[-1] for row in paper.rows("ICB_SIMULATE", Whose=SYSTEM)}
    figures = [f for f in RANGED if any(found.get((SYSTEM, f, m)) for m in MEASURED)]
    if not figures or len(paper.years) == 1:
        return ()

    def values(figure: str) -> list[float]:
        return [float(found.get((SYSTEM, figure, measure)) or 0.0) for measure in MEASURED]

    scale = scale_for(v for figure in figures for v in values(figure))
    lines = tuple(Line(figure, paper.money(scale, values(figure))) for figure in figures)
    caption = f"Range over the plan of the whole system's figures, {scale.name}: P10 is fallen short of one time in ten"
    return (Table("ranges", caption, ("Figure", "As planned", "P10", "P50", "P90"), (Group("", lines),)),)


def evidence(paper: Paper) -> tuple[Table, ...]:
    """Return what each programme's effect rests on, and what is paid for it in the last year."""
    programmes = paper.case.plan.programmes
    if not programmes or len(paper.years) == 1:
        return ()
    paid = {row.id: paper.values("ICB_REALLOCATE", Name=row.id, Figure="Paid")[-1] for row in programmes}
    lines = [
        Line(
            row.name or row.id,
            (STUDIES[row.grade], _effect(row.effect, row.effect_low, row.effect_high), pounds(paid[row.id])),
        )
        for row in programmes
    ]
    whole, weak = sum(paid.values()), sum(paid[row.id] for row in programmes if row.grade in WEAK)
    if whole > 0:
        lines.append(Line("Of which on weak or no evidence", ("", "", f"{pounds(weak)} ({percent(weak / whole)})"), total=True))
    caption = f"What prevention rests on: the effect the plan counts on, and what is paid in {paper.years[-1]}"
    headings = ("Programme", "Evidence", "Effect (low to high)", "Paid")
    return (Table("evidence", caption, headings, (Group("", tuple(lines)),), frozenset({0, 1})),)


def _effect(central: float, low: float | None, high: float | None) -> str:
    """Return an effect with its range, as the plan states it in its own measure."""
    told = number(central, 3).rstrip("0").rstrip(".")
    if low is None or high is None:
        return f"{told} (no range given)"
    return f"{told} ({number(low, 3).rstrip('0').rstrip('.')} to {number(high, 3).rstrip('0').rstrip('.')})"
