"""The report as one HTML page: pure text from a case and its run record."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from icbudget.answers.case import Case
from icbudget.report.acute import section_acute, section_cash, section_prevention
from icbudget.report.figures import legible, plural
from icbudget.report.parts import Builder, Chart, Paper, Section, paper_of
from icbudget.report.pools import section_balances, section_pools, section_risk
from icbudget.report.provenance import section_findings, section_made, section_sources
from icbudget.report.record import RunRecord
from icbudget.report.short import in_short
from icbudget.report.whole import section_appraisal, section_bridge, section_goals, section_partners

BUILDERS: tuple[Builder, ...] = (
    section_pools,
    section_balances,
    section_acute,
    section_cash,
    section_prevention,
    section_bridge,
    section_partners,
    section_risk,
    section_appraisal,
    section_goals,
)


def write_report(case: Case, record: RunRecord) -> str:
    """Return the report as the text of one HTML page that needs nothing else: no script, no font, no picture, no request.

    The same case and record give the same text, byte for byte. A case without a result gives its findings and what to do.
    """
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    def shown(value: Any) -> Any:
        return value if isinstance(value, Markup) or not isinstance(value, str) else legible(value)

    page = files(__package__).joinpath("page.html.j2").read_text(encoding="utf-8")
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.tests["chart"] = lambda part: isinstance(part, Chart)
    paper = None if case.result is None else paper_of(case)
    return environment.from_string(page).render(
        setup=case.plan.setup,
        years=case.plan.years,
        record=record,
        opening=_opening(case, paper),
        points=in_short(paper) if paper else (),
        sections=_sections(case, paper, record),
        brackets=case.plan.setup.display_sign == "nhs",
        has_figures=paper is not None,
    )


def _opening(case: Case, paper: Paper | None) -> str:
    if paper is not None:
        return ""
    errors = plural(sum(f.severity == "error" for f in case.findings), "error")
    return (
        f"This plan has {errors}, so it has no figures yet. Mend what the table below names, each in its place, "
        "and run the command again: then the report has its tables and charts."
    )


def _sections(case: Case, paper: Paper | None, record: RunRecord) -> list[Section]:
    written = [builder(paper) for builder in BUILDERS] if paper else []
    every = (section_findings(case), *written, section_sources(case), section_made(record))
    return [section for section in every if section]
