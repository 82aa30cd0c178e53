"""The monitoring report as a document: the year as it runs, for the partners and their boards."""

from __future__ import annotations

from icbudget.answers.case import Case
from icbudget.engine.accounts.monitored_lines import monitored
from icbudget.report.document import Document, paper_of
from icbudget.report.html_page import facts, made_by, opening, reading
from icbudget.report.in_year_sections import IN_YEAR
from icbudget.report.partial_documents import known_section, sentences
from icbudget.report.provenance_sections import section_findings, section_made, section_meanings
from icbudget.report.report_figures import percent, pounds
from icbudget.report.run_record import RunRecord


def monitoring_document(case: Case, record: RunRecord) -> Document:
    """Return the monitoring report of the month; without a result, its findings and what to do."""
    paper = paper_of(case) if case.has_answers else None
    written = [known_section(builder, paper) for builder in IN_YEAR] if paper else []
    sections = (
        *written,
        section_findings(case, linked=True),
        section_meanings(case),
        section_made(record),
    )
    return Document(
        title=case.plan.setup.title,
        kind="Monitoring report",
        facts=facts(case),
        in_short="In short",
        opening=opening(case, "report"),
        points=sentences(lambda of: in_short(of.case), paper) if paper else (),
        contents=True,
        reading=reading(paper) if paper else "",
        sections=tuple(section for section in sections if section),
        made_by=made_by(record),
    )


def in_short(case: Case) -> tuple[str, ...]:
    """Return a sentence for each pool: its forecast, and what is left after recovery measures."""
    month = monitored(case.answered)
    if month is None:
        return (
            (
                "The plan has no actuals, virements or forecasts in its years, so no month is"
                " reported."
            ),
        )
    names = {pool.id: pool.name for pool in case.plan.pools}
    sentences: list[str] = []
    for pool in dict.fromkeys(line.pool for line in month.lines):
        lines = [line for line in month.lines if line.pool == pool and line.kind == "expenditure"]
        revised, forecast = (
            sum(getattr(line, what) for line in lines) for what in ("revised", "forecast")
        )
        variance, residual = forecast - revised, sum(line.residual for line in lines)
        sentence = (
            f"{names.get(pool, 'What belongs to no pool')}: {pounds(forecast / 100)} forecast"
            " against a revised budget of "
        )
        sentence += f"{pounds(revised / 100)}, {_variance(variance, revised)}"
        if residual != variance:
            sentence += f"; after recovery measures {_variance(residual, revised)}"
        sentences.append(f"{sentence}.")
    return (
        (f"At month {month.month} of {month.year}, month 1 being April:", *sentences)
        if sentences
        else ()
    )


def _variance(pence: int, budget: int) -> str:
    if abs(pence) < 50:
        return "as budgeted"
    share = f" ({percent(abs(pence) / budget)})" if budget else ""
    return f"{'an overspend' if pence > 0 else 'an underspend'} of {pounds(pence / 100)}{share}"
