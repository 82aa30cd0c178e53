"""Benefits: what was planned to be released held against what came, and the quarterly report."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from icbudget import years
from icbudget.answers import catalogue
from icbudget.answers.block import Block
from icbudget.answers.case import Case, evaluate_draft
from icbudget.plan import Plan
from icbudget.plan.month_reported import reported
from icbudget.tasks.load_and_check import Opened, answers, load
from icbudget.tasks.month_monitored import at_month
from icbudget.tasks.writing import Progress, quiet, write_outputs

BENEFITS = (
    catalogue.BENEFITS_BY_PROGRAMME,
    catalogue.BENEFITS_BY_QUARTER,
    catalogue.BENEFITS_BY_PARTNER,
    catalogue.REINVESTMENT,
)
FORMS = (".pdf", ".docx", ".html")
_QUARTER = re.compile(
    rf"^\s*([0-9]{{4}}(?:[{years.BETWEEN}][0-9]{{2,4}})?)[\s{years.BETWEEN}]*Q([1-4])\s*$", re.I
)
"""A quarter as people write it: `2027-Q2`, `2027/28 Q2`."""


def benefits(
    path: Path,
    out: Path | None = None,
    *,
    quarter: str | None = None,
    year: str | None = None,
    month: int | None = None,
    overwrite: bool = False,
    progress: Progress = quiet,
) -> tuple[Opened, dict[str, Block], list[Path]]:
    """Return the plan evaluated, its answers about benefits, and the report written as `out`.

    `quarter`: such as `2027-Q2`, the last that ended by the month reported if not given. `year` and
    `month` go before Setup's: the month says what is closed, late and begun. Raises `ValueError`
    for a quarter that has not ended by then, and for a file of another form than PDF, Word or HTML.
    """
    if out is not None and out.suffix.casefold() not in FORMS:
        raise ValueError(f"{out.name} is no report. Name a file that ends in .pdf, .docx or .html.")
    progress("Reading the plan")
    draft = load(path)
    if draft.plan is not None:
        draft.plan = at_month(draft.plan, year, month)
    case = evaluate_draft(draft)
    opened = Opened(path, draft, case, case.findings if case else tuple(draft.findings))
    if case is None:
        return opened, {}, []
    reported_quarter = quarter_of(case.plan, quarter)
    blocks = answers(case) if case.has_answers else {}
    mine = {answer.id: blocks[answer.id] for answer in BENEFITS if answer.id in blocks}
    if out is None:
        return opened, mine, []
    progress("Writing the report")
    command = _command(path, out, reported_quarter, year, month)
    content = _content(case, out.suffix.casefold(), command, reported_quarter)
    return opened, mine, write_outputs(out.parent, {out.name: content}, overwrite=overwrite)


def quarter_of(plan: Plan, asked: str | None) -> tuple[str, int]:
    """Return the year and number of a quarter as people write it; the last that ended if None.

    Raises `ValueError` for text that is no quarter of the plan, for one that has not ended by the
    month that the plan reports on, and where it reports on none.
    """
    now = reported(plan)
    if now is None:
        raise ValueError(
            "The plan reports on no month, so no quarter has ended. Fill in Year monitored and"
            " Month monitored in Setup, or give --year and --month."
        )
    # Month 3 is June, the end of quarter 1; quarters are counted from the base year's first.
    ended = plan.years.index(now[0]) * 4 + now[1] // 3
    if asked is None:
        at = ended - 1
        if at < 0:
            raise ValueError(f"No quarter has ended by month {now[1]} of {now[0]}.")
        return plan.years[at // 4], at % 4 + 1
    match = _QUARTER.match(asked)
    if match is None:
        raise ValueError(f"“{asked}” is no quarter. Write it as 2027-Q2: July to September 2027.")
    named = match[1]
    year = years.of(int(named)) if len(named) == len("2027") else years.year(named)
    number = int(match[2])
    if year not in plan.years:
        raise ValueError(f"{year} is no year of the plan: {plan.years[0]} to {plan.years[-1]}.")
    if plan.years.index(year) * 4 + number > ended:
        raise ValueError(
            f"Quarter {number} of {year} has not ended by month {now[1]} of {now[0]}, which the"
            " plan reports on. Name an earlier one, or give --year and --month."
        )
    return year, number


def _content(case: Case, form: str, command: str, quarter: tuple[str, int]) -> bytes:
    from icbudget.report.benefits_report import benefits_document
    from icbudget.report.run_record import record_of

    document = benefits_document(case, record_of(case, command), *quarter)
    if form == ".pdf":
        from icbudget.report.pdf_document import pdf

        return pdf(document)
    if form == ".docx":
        from icbudget.report.word_document import word

        return word(document)
    from icbudget.report.html_page import html

    return html(document).encode()


def _command(
    path: Path, out: Path, quarter: tuple[str, int], year: str | None, month: int | None
) -> str:
    """Return what a reader types to make the report again."""
    words = ["icbudget benefits", shlex.quote(path.name)]
    words.append(f"--quarter {years.start(quarter[0])}-Q{quarter[1]}")
    if year is not None:
        words.append(f"--year {year}")
    if month is not None:
        words.append(f"--month {month}")
    return " ".join((*words, f"--out {shlex.quote(out.name)}"))
