"""The committee paper: what is proposed, what it costs whom, what is certain, what to decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from icbudget import glossary
from icbudget.answers import catalogue
from icbudget.answers.case import Case
from icbudget.engine.uncertainty.outcomes import SYSTEM
from icbudget.findings import Finding, Severity
from icbudget.report.acute_sections import section_acute, section_cash
from icbudget.report.certainty_sections import chances, evidence, points, ranges
from icbudget.report.decisions import decisions
from icbudget.report.document import (
    Chart,
    Document,
    Group,
    Line,
    MoneyLine,
    Paper,
    Section,
    Table,
    numbers,
    paper_of,
)
from icbudget.report.html_page import facts, made_by, opening, reading
from icbudget.report.partial_documents import known_section, sentences
from icbudget.report.pool_sections import section_pools, section_risk
from icbudget.report.provenance_sections import FIRMNESS, section_findings, sourced_rows
from icbudget.report.report_figures import listed, plural, pounds
from icbudget.report.run_record import RunRecord
from icbudget.report.summary import in_short
from icbudget.report.system_sections import section_goals, section_partners

MOST_FINDINGS = 5
WORTH = (
    "Contract saving is cash that commissioners stop paying; gross release is cash that providers"
    " stop spending, net release that less what the activity in its place costs them. What is"
    " between saving and release stays with providers as stranded cost. Tariff value is not a"
    " saving and stands here only to compare."
)


def committee_document(case: Case, record: RunRecord) -> Document:
    """Return the committee paper of a case: two to six pages that say what is proposed and what is
    to be decided.

    A case without a result gives its findings and what to do, as the report does.
    """
    paper = paper_of(case) if case.has_answers else None
    written = (
        [known_section(builder, paper) for builder in BUILDERS]
        if paper
        else [section_findings(case)]
    )
    return Document(
        title=case.plan.setup.title,
        kind="Committee paper",
        facts=facts(case.plan.setup, case.plan.years),
        in_short="What is proposed",
        opening=opening(case, "paper"),
        points=sentences(in_short, paper) if paper else (),
        contents=False,
        reading=reading(paper) if paper else "",
        sections=tuple(section for section in (*written, _checking(record)) if section),
        made_by=made_by(record),
    )


def _decisions(paper: Paper) -> Section | None:
    asked = decisions(paper)
    return (
        Section(
            "decisions",
            "Decisions asked for",
            ("The committee is asked to:",),
            asked,
            numbered=True,
        )
        if asked
        else None
    )


def _cost(paper: Paper) -> Section | None:
    """Return what each partner puts into the pools by year, with the chart of the pools."""
    pools = section_pools(paper)
    names = {**paper.names("partners"), SYSTEM: SYSTEM}
    put: list[MoneyLine] = [
        (
            name,
            paper.values(catalogue.PARTNER_POSITIONS, partner=id, figure=glossary.PUT_INTO_POOLS),
            id == SYSTEM,
        )
        for id, name in names.items()
    ]
    put = [line for line in put if any(line[1])]
    if pools is None or not put:
        return None
    table = paper.money_table(
        "put-in", "What each partner puts into the pools", "Partner", [("", put)]
    )
    drawn = tuple(part for part in pools.parts if isinstance(part, Chart))
    return Section("cost", "What it costs each partner", parts=(table, *drawn))


def _hospital(paper: Paper) -> Section | None:
    """Return the acute chart and the three worths of avoided activity, which are never added up."""
    acute, cash = section_acute(paper), section_cash(paper)
    if acute is None:
        return None
    drawn = tuple(part for part in acute.parts if isinstance(part, Chart))
    worth = (
        tuple(part for part in cash.parts if isinstance(part, Table) and part.id == "cash-years")
        if cash
        else ()
    )
    paragraphs = (WORTH,) if worth else acute.paragraphs
    return Section("hospital", "What changes in hospital", paragraphs, parts=(*drawn, *worth))


def _gains(paper: Paper) -> Section | None:
    """Return who pays and who gains over the plan; None where nobody's position changes."""
    section = section_partners(paper)
    if section is None or not any(
        any(numbers(row)) for row in paper.rows(catalogue.PARTNER_POSITIONS, figure=glossary.GAIN)
    ):
        return None
    return replace(section, parts=tuple(part for part in section.parts if part.id != "positions"))


def _certain(paper: Paper) -> Section:
    """Return how firm the plan's figures are, what prevention rests on, the largest findings."""
    count: Counter[str | None] = Counter(row.status for row in sourced_rows(paper.case.plan))
    statuses = tuple(
        f"{plural(count[status], 'row')} {'is' if count[status] == 1 else 'are'} "
        f"{status or 'without a status'}: {FIRMNESS[status]}."
        for status in FIRMNESS
        if count[status]
    )
    opening = ["How firm the figures of the plan are:"] if statuses else []
    parts = ranges(paper) + chances(paper) + evidence(paper) + _findings(paper)
    return Section(
        "certain",
        "What is certain, and what is not",
        tuple(opening),
        statuses + points(paper),
        parts,
    )


def _findings(paper: Paper) -> tuple[Table, ...]:
    findings = [f for f in paper.case.findings if f.severity is not Severity.NOTE]
    if not findings:
        return ()
    largest = sorted(findings, key=lambda f: -abs(f.effect_pence or 0))[:MOST_FINDINGS]
    left = len(findings) - len(largest)
    more = f"; {plural(left, 'more warning')} in the full report" if left > 0 else ""
    lines = tuple(Line(f.message, (_worth(f), f.fix or "–")) for f in largest)
    caption = f"The largest points the checks raise{more}"
    headings = ("Point", "Worth", "What to do")
    return (
        Table("points", caption, headings, (Group("", lines),), frozenset({0, 1}), stacks=True),
    )


def _worth(finding: Finding) -> str:
    return "–" if finding.effect_pence is None else pounds(finding.effect_pence / 100)


def _patients(paper: Paper) -> Section:
    """Return what patients should notice: goals with dates, and how experience is watched."""
    goals = section_goals(paper)
    watched = {
        row.experience_measure: row.name
        for row in paper.case.plan.schemes
        if row.experience_measure
    }
    if watched:
        measures = listed(f"{measure} ({name})" for measure, name in watched.items())
        paragraph = f"Patients' experience is watched by: {measures}."
    else:
        paragraph = (
            "The plan holds no measure of patients' experience. Money can be on track while care"
            " gets worse: name one."
        )
    return Section(
        "patients", "What patients should notice", (paragraph,), parts=goals.parts if goals else ()
    )


def _checking(record: RunRecord) -> Section:
    paragraph = (
        f"Every figure was worked out by icbudget {record.version} from one plan file;"
        f" {record.command} makes this paper again, byte for byte. The plan's hash begins"
        f" {record.plan_hash[:12]}. The full report lists every assumption with its source."
    )
    return Section("checking", "How to check this paper", (paragraph,))


BUILDERS: tuple[Callable[[Paper], Section | None], ...] = (
    _decisions,
    _cost,
    _hospital,
    _gains,
    _certain,
    section_risk,
    _patients,
)
