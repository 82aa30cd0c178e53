"""Sections that say how far to trust the figures: findings, sources, how it was made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from icbudget import money
from icbudget.answers.case import Case
from icbudget.findings import Finding, Severity
from icbudget.plan import TABLES, Plan
from icbudget.plan.identity import AS_CALCULATED
from icbudget.plan.plan import PlanTable
from icbudget.plan.provenance import Sourced
from icbudget.report.document import Group, Line, Section, Table, one_group
from icbudget.report.guide_page import finding_paragraphs
from icbudget.report.report_figures import MINUS, listed, plural
from icbudget.report.run_record import RunRecord

MOST_FINDINGS, MOST_KEYS = 100, 12
"""Findings of a severity, and rows of a source, that the report names; the others are counted."""
HEADINGS = {Severity.ERROR: "Errors", Severity.WARNING: "Warnings", Severity.NOTE: "Notes"}
FIRMNESS: dict[str | None, str] = {
    "illustrative": "an example, not a fact",
    "derived": "worked out from the source, not printed in it",
    "indicative": "not agreed yet",
    "published": "printed in the source",
    "confirmed": "agreed locally",
    None: "nobody has said how firm",
}
TITLE = "Sources and status of the figures"
LONG = 160
"""Characters of a source that the report prints; the plan holds it in full."""


def section_findings(case: Case, *, linked: bool = False) -> Section:
    """Return what the checks found: errors, warnings, notes, each with its place and fix.

    `linked`: each leads to what `section_meanings` says of it, which the same page then has.
    """
    count = Counter(f.severity for f in case.findings)
    # Counts and no verdict: that no check found anything is no proof that the plan is right.
    paragraph = (
        "The checks found"
        f" {listed(plural(count[severity], severity.value) for severity in HEADINGS)}."
    )
    if not case.findings:
        return Section("findings", "What the checks found", (paragraph,))
    groups, left = [], []
    brackets = case.plan.setup.display_sign == "nhs"
    for severity, heading in HEADINGS.items():
        findings = [f for f in case.findings if f.severity is severity]
        if findings:
            lines = tuple(_finding(f, brackets, linked) for f in findings[:MOST_FINDINGS])
            groups.append(Group(heading, lines))
        if len(findings) > MOST_FINDINGS:
            left.append(plural(len(findings) - MOST_FINDINGS, f"more {severity.value}"))
    headings = ("What was found", "Where", "How to fix it", "Effect")
    table = Table(
        "findings-table",
        "Findings, errors first",
        headings,
        tuple(groups),
        frozenset({0, 1}),
        stacks=True,
    )
    remarks: tuple[str, ...] = ()
    if left:
        where = "see the Checks sheet of the results workbook, or icbudget check"
        remarks = (f"There are {listed(left)}: {where}.",)
    return Section(
        "findings", "What the checks found", (paragraph,), parts=(table,), remarks=remarks
    )


def section_meanings(case: Case) -> Section | None:
    """Return what the guide says of each finding that the plan has: why, an example, a fix."""
    paragraphs = finding_paragraphs()
    ids = dict.fromkeys(f.id for f in case.findings if f.id in paragraphs)
    if not ids:
        return None
    lines = []
    for id in sorted(ids):
        entry = paragraphs[id]
        cells = (entry.says, entry.why, entry.example, entry.fix)
        lines.append(Line(id, cells, id=_anchor(id)))
    table = Table(
        "meanings-table",
        "Each finding by its name in the guide; … stands for a name, a cell or an amount",
        ("Finding", "What it says", "Why it matters", "Example", "How to fix it"),
        one_group(lines),
        frozenset({0, 1, 2, 3}),
        stacks=True,
    )
    paragraph = "The guide's page of findings has every other one too: icbudget guide findings."
    return Section("meanings", "What the findings mean", (paragraph,), parts=(table,))


def _anchor(id: str) -> str:
    return f"finding-{id.replace('.', '-')}"


def _finding(finding: Finding, brackets: bool, linked: bool) -> Line:
    """Return a finding as a line; an adverse effect is above zero, or in the NHS's brackets."""
    worth = ""
    if finding.effect_pence is not None:
        worth = money.in_words(-finding.effect_pence if brackets else finding.effect_pence)
    if brackets and worth.startswith(MINUS):
        worth = f"({worth[1:]})"
    see = _anchor(finding.id) if linked and finding.id in finding_paragraphs() else ""
    return Line(finding.message, (str(finding.place) or "–", finding.fix or "–", worth), see=see)


def sourced_rows(plan: Plan) -> list[Sourced]:
    """Return every row of a plan that says where its figures come from."""
    return [row for _, row in _sourced_by_table(plan)]


def _sourced_by_table(plan: Plan) -> list[tuple[PlanTable, Sourced]]:
    rows = ((table, row) for table in TABLES.values() for row in getattr(plan, table.field))
    return [(table, row) for table, row in rows if isinstance(row, Sourced)]


def section_sources(case: Case) -> Section | None:
    """Return the plan's notes, where its figures come from and how firm they are.

    Rows of one source and status stand together.
    """
    rows = _sourced_by_table(case.plan)
    notes = (f"Notes of the plan: {case.plan.setup.notes}",) if case.plan.setup.notes else ()
    if not rows:
        return Section("sources", TITLE, notes) if notes else None
    count: Counter[str | None] = Counter(row.status for _, row in rows)
    unsourced = sum(not row.evidence for _, row in rows)
    of_plan = plural(len(rows), "row").capitalize()
    named = f"{number_of(unsourced)} no source" if unsourced else "every one names its source"
    paragraph = f"{of_plan} of the plan hold figures: {listed(_counted(count))}; {named}."
    points = tuple(
        f"{_status(status)}: {meaning}." for status, meaning in FIRMNESS.items() if count[status]
    )
    remarks: tuple[str, ...] = ()
    if count["illustrative"]:
        remarks = ("Nothing that rests on an illustrative row is a forecast for a real place.",)
    return Section(
        "sources", TITLE, (*notes, paragraph), points, (_table_of_sources(rows),), remarks
    )


def _table_of_sources(rows: Sequence[tuple[PlanTable, Sourced]]) -> Table:
    together: dict[Key, list[str]] = {}
    for table, row in rows:
        key = (table.label, row.evidence, row.status, row.owner, row.date_read)
        together.setdefault(key, []).append(table.key_of(row))
    # Owner and date read have a column only where some row has one: most plans name neither.
    kept = [at for at in (0, 1) if any(key[3 + at] for key in together)]
    groups = []
    for label in dict.fromkeys(table.label for table, _ in rows):
        of_table = {key: keys for key, keys in together.items() if key[0] == label}
        lines = [Line(_keys(keys), _source_cells(key, kept)) for key, keys in of_table.items()]
        groups.append(Group(label, tuple(lines)))
    headings = ("Rows", "Source", "Status", *(("Owner", "Date read")[at] for at in kept))
    words = frozenset(range(len(headings) - 1))
    caption = "Sources and status of the plan's figures"
    return Table("sources-table", caption, headings, tuple(groups), words, stacks=True)


Key = tuple[str, str, str | None, str, str]
"""Table, source, status, owner, date read."""


def _status(status: str | None) -> str:
    return (status or "not stated").capitalize()


def _source_cells(key: Key, kept: list[int]) -> tuple[str, ...]:
    _, evidence, status, *more = key
    source = evidence if len(evidence) <= LONG else f"{evidence[: LONG - 1].rstrip()}…"
    return (source or "No source given", _status(status), *(more[at] or "–" for at in kept))


def number_of(count: int) -> str:
    """Return `1 has` or `4 have`."""
    return f"{count:,} {'has' if count == 1 else 'have'}"


def _counted(count: Counter[str | None]) -> Iterable[str]:
    for status in FIRMNESS:
        if count[status]:
            yield f"{count[status]:,} {status or 'without a status'}"


def _keys(keys: list[str]) -> str:
    names = "; ".join(key.replace("|", ", ") for key in keys[:MOST_KEYS])
    left = len(keys) - MOST_KEYS
    return f"{names}; and {plural(left, 'more row')}" if left > 0 else names


def section_made(record: RunRecord) -> Section:
    """Return how the report was made, so that anybody can make it again."""
    paragraph = (
        "icbudget worked every figure out from the plan; nothing here ran in Excel. The same plan"
        " and the same version give this report again, byte for byte."
    )
    made = Table(
        "made-table",
        "Run record",
        ("What", "Value"),
        one_group([Line(what, (value,)) for what, value in _facts_of(record)]),
        frozenset({0}),
    )
    lines = tuple(
        Line(v.title, (v.vintage, f"{v.rows:,}", v.sha256[:12])) for v in record.reference
    )
    tables = Table(
        "made-reference",
        "Reference tables that come with this version",
        ("Table", "Edition", "Rows", "SHA-256 begins"),
        one_group(lines),
        frozenset({0, 2}),
    )
    return Section("made", "How this report was made", (paragraph,), parts=(made, tables))


def _facts_of(record: RunRecord) -> tuple[tuple[str, str], ...]:
    drawn = "None: nothing is drawn at random"
    if record.draws is not None:
        drawn = f"{record.draws:,}, {record.seed}"
    counts = ((record.errors, "error"), (record.warnings, "warning"), (record.notes, "note"))
    return (
        (f"Hash of the {AS_CALCULATED} (SHA-256)", record.plan_hash),
        ("Version of the plan hash", record.plan_hash_version),
        ("Figures hash (SHA-256)", record.figures_hash),
        ("Version of the figures hash", record.figures_hash_version),
        ("Version of icbudget", record.version),
        ("Command", record.command or "–"),
        ("Scenario", record.scenario or "None: the plan itself"),
        ("Draws and seed", drawn),
        ("Findings", listed(plural(count, word) for count, word in counts)),
    )
