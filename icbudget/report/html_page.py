"""A document as one HTML page, and the full report as a document."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from icbudget.answers.case import Case
from icbudget.answers.signed import signatures_in_words, state_of
from icbudget.answers.unread_figures import why_not_known
from icbudget.plan.identity import AS_CALCULATED
from icbudget.report.acute_sections import section_acute, section_cash, section_prevention
from icbudget.report.council_sections import section_council
from icbudget.report.document import Builder, Chart, Document, Paper, Section, paper_of
from icbudget.report.in_year_sections import IN_YEAR
from icbudget.report.partial_documents import known_section, sentences
from icbudget.report.people_sections import section_contracts, section_people
from icbudget.report.pool_sections import section_balances, section_pools, section_risk
from icbudget.report.provenance_sections import (
    section_findings,
    section_made,
    section_meanings,
    section_sources,
)
from icbudget.report.report_figures import legible, plural
from icbudget.report.run_record import RunRecord
from icbudget.report.summary import in_short
from icbudget.report.supporting_sections import FURTHER, section_where
from icbudget.report.system_sections import (
    section_appraisal,
    section_bridge,
    section_goals,
    section_partners,
)
from icbudget.report.year_end_sections import section_year_end

BUILDERS: tuple[Builder, ...] = (
    section_pools,
    section_balances,
    section_acute,
    section_cash,
    section_prevention,
    section_council,
    section_bridge,
    section_partners,
    section_risk,
    section_year_end,
    section_appraisal,
    section_goals,
    section_people,
    section_contracts,
    *FURTHER,
    *IN_YEAR,
)


def html(document: Document) -> str:
    """Return a document as the text of one HTML page that needs nothing else.

    It has no script, no font, no picture and makes no request. The same document gives the same
    text, byte for byte.
    """
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    def cleaned(value: Any) -> Any:
        return value if isinstance(value, Markup) or not isinstance(value, str) else legible(value)

    page = files(__package__).joinpath("page.html.j2").read_text(encoding="utf-8")
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        finalize=cleaned,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.tests["chart"] = lambda part: isinstance(part, Chart)
    return environment.from_string(page).render(document=document)


def write_report(case: Case, record: RunRecord) -> str:
    """Return the full report of a case as an HTML page.

    The same case and record give the same text, byte for byte. A case without a result gives its
    findings and what to do.
    """
    paper = paper_of(case) if case.has_answers else None
    return html(
        Document(
            title=case.plan.setup.title,
            kind="Report",
            facts=facts(case),
            in_short="In short",
            opening=opening(case, "report"),
            points=sentences(in_short, paper) if paper else (),
            contents=True,
            reading=reading(paper) if paper else "",
            sections=tuple(_sections(case, paper, record)),
            made_by=made_by(record),
        )
    )


def facts(case: Case) -> tuple[tuple[str, str], ...]:
    """Return the lines of a document's head.

    They are area, years, state, scenario, who prepared it and who signed.
    """
    setup, years = case.plan.setup, case.plan.years
    area = f"{setup.area} ({setup.ons_code})" if setup.ons_code else setup.area
    lines = (
        ("Area", area if setup.area else ""),
        ("Years", years[0] if len(years) == 1 else f"{years[0]} (base) to {years[-1]}"),
        ("State", state_of(case).state.capitalize()),
        ("Scenario", setup.active_scenario or "None: the plan itself"),
        ("Prepared by", setup.prepared_by),
        ("Approved by", setup.approved_by),
        ("Signed", "; ".join(signatures_in_words(case))),
    )
    return tuple((what, value) for what, value in lines if value)


def reading(paper: Paper) -> str:
    """Return how to read the figures of a document: money of the year, rounding, sign."""
    sign = (
        "An amount in brackets is below zero."
        if paper.brackets
        else "An amount below zero has a minus sign (−)."
    )
    return (
        "Amounts are in the money of each year unless a table says otherwise, and are rounded, so"
        " that a total may differ from its parts in the last digit; the results workbook and the"
        f" ledger hold every penny. {sign}"
    )


def made_by(record: RunRecord) -> str:
    """Return the foot of a document: version and plan."""
    handle = f"{AS_CALCULATED} {record.plan_hash[:12]}"
    return f"icbudget {record.version}, {handle}. Nothing here ran in Excel."


def opening(case: Case, what: str) -> str:
    """Return what stands instead of figures where errors stop the engine; blank otherwise."""
    if case.result is not None:
        return ""
    if case.readings:
        return f"{why_not_known(case.unknown)} Everything else is given."
    errors = plural(sum(f.severity == "error" for f in case.findings), "error")
    return (
        f"This plan has {errors}, so it has no figures yet. Correct what the table below names,"
        f" each in its place, and run the command again: then the {what} has its tables and charts."
    )


def _sections(case: Case, paper: Paper | None, record: RunRecord) -> list[Section]:
    written = [known_section(builder, paper) for builder in BUILDERS] if paper else []
    # What is wrong comes first: a reader must know it before any figure.
    main = tuple(section for section in (section_findings(case, linked=True), *written) if section)
    where = section_where(paper, main) if paper and any(written) else None
    return [
        section
        for section in (
            *main,
            where,
            section_meanings(case),
            section_sources(case),
            section_made(record),
        )
        if section
    ]
