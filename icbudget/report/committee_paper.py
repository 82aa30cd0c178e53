"""The committee paper: what is proposed, what it costs whom, what is certain, what to decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from icbudget import glossary
from icbudget.answers import catalogue
from icbudget.answers.case import Case
from icbudget.engine.uncertainty.outcomes import SYSTEM
from icbudget.plan.identity import AS_CALCULATED
from icbudget.report.acute_sections import section_acute, section_cash
from icbudget.report.brief_paper import brief, is_brief
from icbudget.report.certainty_sections import chances, evidence, points, ranges
from icbudget.report.decisions import decisions
from icbudget.report.document import (
    Chart,
    Document,
    MoneyLine,
    Paper,
    Section,
    Table,
    numbers,
    paper_of,
)
from icbudget.report.html_page import facts, opening, reading
from icbudget.report.paper_sections import (
    section_buys,
    section_conditions,
    section_metrics,
    section_risks,
    section_to_write,
)
from icbudget.report.partial_documents import known_section, sentences
from icbudget.report.pool_sections import of_all_pools
from icbudget.report.proposal import proposed
from icbudget.report.provenance_sections import FIRMNESS, section_findings, sourced_rows
from icbudget.report.report_figures import plural
from icbudget.report.run_record import RunRecord
from icbudget.report.system_sections import section_partners

WORTH = (
    "Contract saving is cash that commissioners stop paying; gross release is cash that providers"
    " stop spending, net release that less what the activity in its place costs them. What is"
    " between saving and release stays with providers as stranded cost. Tariff value is not a"
    " saving and stands here only to compare."
)


def committee_document(case: Case, record: RunRecord) -> Document:
    """Return the committee paper of a case: two to six pages, what is proposed and to be decided.

    That of a plan in its first form has two.
    A case without a result gives its findings and what to do, as the report does.
    """
    paper = paper_of(case) if case.has_answers else None
    written: list[Section | None] = [section_findings(case)]
    if paper:
        written = [known_section(builder, paper) for builder in BUILDERS]
        if is_brief(case.plan):
            written = [*brief([section for section in written if section])]
    return Document(
        title=case.plan.setup.title,
        kind="Committee paper",
        facts=facts(case),
        in_short="What is proposed",
        opening=opening(case, "paper"),
        points=sentences(proposed, paper) if paper else (),
        contents=False,
        reading=reading(paper) if paper else "",
        sections=tuple(section for section in (*written, _checking(record)) if section),
        made_by=f"icbudget {record.version}, {AS_CALCULATED} {record.plan_hash[:12]}",
        compact=is_brief(case.plan),
    )


def _decisions(paper: Paper) -> Section | None:
    asked = decisions(paper)
    if not asked:
        return None
    opening_words = ("The committee is asked to:",)
    return Section("decisions", "Decisions asked for", opening_words, asked, numbered=True)


def _cost(paper: Paper) -> Section | None:
    """Return what each partner puts into the pools by year."""
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
    if not put:
        return None
    groups = [("", put), (glossary.ALL_POOLS, of_all_pools(paper))]
    caption = "What each partner puts into the pools as planned, in kind and aligned money included"
    table = paper.money_table("put-in", caption, "Partner", groups)
    return Section("cost", "What it costs each partner", parts=(table,))


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
    # A member needs the result of the steps; the table of every position is in the full report.
    return replace(section, parts=tuple(part for part in section.parts if part.id != "positions"))


def _certain(paper: Paper) -> Section:
    """Return how firm the plan's figures are, the ranges, what prevention rests on."""
    count: Counter[str | None] = Counter(row.status for row in sourced_rows(paper.case.plan))
    statuses = []
    for status, meaning in FIRMNESS.items():
        if count[status]:
            verb = "is" if count[status] == 1 else "are"
            rows = f"{plural(count[status], 'row')} {verb} {status or 'without a status'}"
            statuses.append(f"{rows}: {meaning}.")
    opening_words = ("How firm the figures of the plan are:",) if statuses else ()
    return Section(
        "certain",
        "What is certain, and what is not",
        opening_words,
        (*statuses, *points(paper)),
        ranges(paper) + chances(paper) + evidence(paper),
    )


def _checking(record: RunRecord) -> Section:
    paragraph = (
        f"Every figure was worked out by icbudget {record.version} from one plan file;"
        f" {record.command} makes this paper again, byte for byte. The hash of the"
        f" {AS_CALCULATED}, with its scenario and the defaults of blank cells, begins"
        f" {record.plan_hash[:12]}. The full report lists every assumption with its source."
    )
    return Section("checking", "How to check this paper", (paragraph,))


BUILDERS: tuple[Callable[[Paper], Section | None], ...] = (
    _decisions,
    section_buys,
    _cost,
    section_conditions,
    section_metrics,
    _hospital,
    _gains,
    _certain,
    section_risks,
    section_to_write,
)
"""The sections of the paper, in the order in which a member decides: first what is asked."""
