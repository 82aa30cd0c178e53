"""The quarterly benefits report: two pages on what was promised and what came of it."""

from __future__ import annotations

from icbudget.answers.benefits import why_none_counts
from icbudget.answers.case import Case
from icbudget.engine.accounts.benefits_realised import NOT_TESTED, reinvestments, released
from icbudget.engine.projection.release_against_plan import Benefits, Track
from icbudget.findings import Finding, Severity
from icbudget.money import in_words
from icbudget.plan.confirmed_release import CONFIRMED, CONTRACT_SAVING
from icbudget.report.benefit_sections import partners, programmes, quarter, reinvested
from icbudget.report.document import Builder, Document, Paper, Section, paper_of
from icbudget.report.html_page import facts, made_by, opening, reading
from icbudget.report.partial_documents import known_section, sentences
from icbudget.report.provenance_sections import section_findings
from icbudget.report.report_figures import listed, percent, plural
from icbudget.report.run_record import RunRecord

MOST_TO_DO = 4
"""Findings about releases that the report names; the others are counted."""
PLANNED_ONLY = "What the plan releases is planned, not confirmed."


def benefits_document(case: Case, record: RunRecord, year: str, number: int) -> Document:
    """Return the benefits report of a quarter: what was planned, claimed, confirmed and forecast.

    A case without a result gives its findings and what to do, as the report does.
    """
    paper = paper_of(case) if case.has_answers else None
    written: list[Section | None] = [section_findings(case)]
    if paper:
        written = [known_section(builder, paper) for builder in _builders(year, number)]
    quarter_reported = ("Quarter", f"{number} of {year}")
    return Document(
        title=case.plan.setup.title,
        kind="Quarterly benefits report",
        facts=(quarter_reported, *facts(case)),
        in_short="In short",
        opening=opening(case, "report"),
        points=sentences(lambda of: in_short(of.case, year, number), paper) if paper else (),
        contents=False,
        reading=reading(paper) if paper else "",
        sections=tuple(section for section in written if section),
        made_by=made_by(record),
    )


def in_short(case: Case, year: str, number: int) -> tuple[str, ...]:
    """Return the quarter in sentences: to date, what came of programmes, overdue, reinvested."""
    benefits, plan = case.answered.benefits, case.plan
    if benefits is None or benefits.now is None:
        if benefits is None:
            return (f"{why_none_counts(plan)} {PLANNED_ONLY}",)
        return ("The plan reports on no month.",)
    if not benefits.tracks:
        return (why_none_counts(plan),)
    t = plan.years.index(year)
    points = []
    for kind in dict.fromkeys(track.kind for track in benefits.tracks):
        mine = [track for track in benefits.tracks if track.kind == kind]
        of = released(plan, mine, t)
        what = "contract savings" if kind == CONTRACT_SAVING else "system releases"
        points.append(
            f"Of {in_words(of.planned_to_date)} of {what} planned to date"
            f" {in_words(of.confirmed_to_date)} are confirmed"
            + (f"; {in_words(of.one_off)} of {year} is one-off." if of.one_off else ".")
        )
    tested = [_came(track) for track in benefits.tracks if track.rate is not None]
    if tested:
        points.append(f"Came so far of what was planned: {listed(tested)}.")
    untested = [track.group.name for track in benefits.tracks if track.rate is None]
    if untested:
        points.append(f"{NOT_TESTED.capitalize()}: {listed(dict.fromkeys(untested))}.")
    points += [*_forecast_against(benefits, plan.years.index(year), number), *_invest(case, t)]
    return (f"At month {benefits.now[1]} of {benefits.now[0]}, month 1 being April:", *points)


def _came(track: Track) -> str:
    return f"{track.group.name} {percent(float(track.rate or 0))}"


def _forecast_against(benefits: Benefits, t: int, number: int) -> list[str]:
    """Return what the quarter was forecast to come to, and what came of it."""
    both = [
        (track.awaited(t, number - 1), track.quarters[t][number - 1]) for track in benefits.tracks
    ]
    known = [(awaited, of) for awaited, of in both if awaited is not None]
    if not known:
        return []
    awaited = sum(of for of, _ in known)
    came = sum(of.confirmed for _, of in known)
    waits = sum(of.claimed for _, of in known)
    claimed = f", {in_words(waits)} is claimed and not decided" if waits else ""
    return [
        f"From the quarters before it this one was forecast to come to {in_words(awaited)};"
        f" {in_words(came)} is confirmed{claimed}."
    ]


def _invest(case: Case, t: int) -> list[str]:
    """Return what may be reinvested in the year of the quarter and the next, and what is not."""
    points = []
    for at in range(t, min(t + 2, len(case.plan.years))):
        mine = [of for of in reinvestments(case.answered) if of.t == at]
        if not mine:
            continue
        may, missing = sum(of.may for of in mine), sum(of.missing for of in mine)
        rests = listed(dict.fromkeys(of.rests for of in mine))
        short = ""
        if missing:
            short = f"; {in_words(abs(missing))} {'less' if missing > 0 else 'more'} than planned"
        already = ""
        if any(of.rests != CONFIRMED for of in mine):
            confirmed = sum(of.confirmed for of in mine)
            already = f"; of it {in_words(confirmed)} is confirmed already"
        year = case.plan.years[at]
        points.append(f"In {year} {in_words(may)} may be reinvested ({rests}){short}{already}.")
    return points


def _builders(year: str, number: int) -> tuple[Builder, ...]:
    def section_quarter(paper: Paper) -> Section | None:
        table = quarter(paper, year, number)
        return Section("quarter", f"Quarter {number} of {year}", parts=(table,)) if table else None

    def section_year(paper: Paper) -> Section | None:
        parts = [part for part in (programmes(paper, (year,)), partners(paper, (year,))) if part]
        return Section("year", f"The year {year}", parts=tuple(parts)) if parts else None

    def section_invest(paper: Paper) -> Section | None:
        at = paper.years.index(year)
        table = reinvested(paper, paper.years[at : at + 2])
        if table is None:
            return None
        paragraph = (
            "Once a year has begun only what was confirmed of the year before may be reinvested;"
            " for the next year the forecast is shown."
        )
        return Section("reinvested", "What may be reinvested", (paragraph,), parts=(table,))

    return section_quarter, section_year, section_invest, section_to_do


def section_to_do(paper: Paper) -> Section | None:
    """Return what is wrong with the releases and what to do about it, the most money first."""
    mine = [
        finding
        for finding in paper.case.findings
        if finding.id.startswith("benefit.") and finding.severity is not Severity.NOTE
    ]
    if not mine:
        return None
    # Largest £ first; ties keep the order of the checks, since sorting is stable.
    by_effect = sorted(mine, key=lambda finding: -abs(finding.effect_pence or 0))
    points = [_in_words(finding) for finding in by_effect[:MOST_TO_DO]]
    if len(mine) > MOST_TO_DO:
        points.append(f"{plural(len(mine) - MOST_TO_DO, 'more finding')}: see Checks.")
    return Section("to-do", "What is open", points=tuple(points))


def _in_words(finding: Finding) -> str:
    return f"{finding.message} {finding.fix}"
