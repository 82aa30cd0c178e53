"""Making plans: the blank template, a plan started for an area, a plan in another form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from icbudget.answers.case import evaluate_plan
from icbudget.findings import Finding, Severity, has_errors
from icbudget.plan import Plan, plan_text
from icbudget.plan.figure_places import located
from icbudget.plan.modules import SHIFT
from icbudget.plan.rows import Draft
from icbudget.tasks.load_and_check import TEXTS, WORKBOOKS, Opened, answers, load
from icbudget.tasks.writing import write_outputs

if TYPE_CHECKING:
    from icbudget.workbook.contents import Choice
    from icbudget.workbook.reading.user_sheets import UserContent
    from icbudget.workbook.writing.macro_workbook import Macros


def template(
    out: Path,
    plan: Plan | None = None,
    *,
    add_in: bool = False,
    macros: Macros | None = None,
    choice: Choice | None = None,
    own: UserContent | None = None,
    further_own: Sequence[UserContent] = (),
    grey: frozenset[tuple[str, str, str]] = frozenset(),
    overwrite: bool = False,
) -> Path:
    """Return the path of a template written with live formulas: blank, or filled from a plan.

    A filled one has its answers stored. `add_in`: its formulas are those of the Office add-in,
    which it names. `macros`: it is a workbook with these macros. `choice`: the modules, sheets and
    columns it has beyond what the plan uses; pool and shift where none is named. `own`: what people
    added to the workbook of the plan, which is carried over; `further_own`: to others that
    were merged into it. `grey`: cells of a part that are another partner's.
    """
    from icbudget.workbook.contents import Choice as Chosen
    from icbudget.workbook.writing.build import blank_plan, build
    from icbudget.workbook.writing.office_addin import for_add_in

    chosen = plan or blank_plan()
    case = evaluate_plan(chosen)
    content = build(
        chosen,
        answers(case),
        live=True,
        case=case,
        choice=choice or Chosen(),
        macros=macros,
        own=(*((own,) if own else ()), *further_own),
        grey=grey,
    )
    if add_in:
        content = for_add_in(content)
    return write_outputs(out.parent, {out.name: content}, overwrite=overwrite)[0]


def new(
    out: Path,
    area: str,
    base_year: str,
    horizon: int,
    *,
    population: Path | None = None,
    choice: Choice | None = None,
    hospital: str = "",
    overwrite: bool = False,
) -> tuple[Path | None, list[Finding]]:
    """Return the path of a template for an area, and its findings.

    Partners, ICB split, growth and known grants are filled in. `population`: a table of people by
    area, age and year, whose growth is taken for the area. Where the workbook is to have a shift,
    the hospital that activity moves from is a partner, by its name if that is given.
    """
    from icbudget.area_plan import new_plan
    from icbudget.tasks.reference_tables import people_of
    from icbudget.workbook.contents import Choice

    people, faults = people_of(population) if population else ((), [])
    if faults:
        return None, faults
    shifts = SHIFT in (choice or Choice()).modules
    named = hospital if shifts else None
    plan, findings = new_plan(area, base_year, horizon, people, hospital=named)
    if plan is None:
        return None, findings
    own, carried = sheets_written_over(out) if overwrite else (None, [])
    written = convert_plan(plan, out, choice=choice, own=own, overwrite=overwrite)
    return written, [*located(findings, load(written)), *carried]


def sheets_written_over(
    out: Path, source: UserContent | None = None
) -> tuple[UserContent | None, list[Finding]]:
    """Return the sheets of somebody's own in a workbook that another plan is written over.

    They are carried over. What belongs to the figures that stand there (formulas, notes, columns)
    does not fit another plan's: it is named as not carried, unless `source`, what people added to
    the other plan's workbook, has it too.
    """
    from icbudget.workbook.reading.user_sheets import UserContent, carried_findings, user_content

    if out.suffix.casefold() in TEXTS or not out.is_file():
        return None, []
    draft = load(out)
    if draft.plan is None:
        return None, []
    content = user_content(out, draft)
    kept = source or UserContent()
    of_figures = {
        "formulas behind figures": content.formulas.keys() - kept.formulas.keys(),
        "notes at figures": content.comments.keys() - kept.comments.keys(),
        "columns beside those of the plan": content.column_names - kept.column_names,
    }
    lost = [f"{what} ({len(names)})" for what, names in of_figures.items() if names]
    sheets = replace(content, formulas={}, comments={}, columns=(), losses=(*content.losses, *lost))
    return sheets, carried_findings(sheets, out, into_workbook=True)


def convert(path: Path, out: Path, *, overwrite: bool = False) -> tuple[Opened, Path | None]:
    """Return a plan written in another form: workbook, YAML or JSON, by the ending of `out`."""
    draft = load(path)
    if draft.plan is None or has_errors(draft.findings):
        return Opened(path, draft, None, tuple(draft.findings)), None
    own, carried = user_additions(path, draft, out)
    opened = Opened(path, draft, None, (*draft.findings, *carried))
    return opened, convert_plan(draft.plan, out, own=own, overwrite=overwrite)


def user_additions(path: Path, draft: Draft, out: Path) -> tuple[UserContent, list[Finding]]:
    """Return what people added to the workbook of a plan.

    Beside it, what of it `out` will and will not hold. Where `out` is another workbook, the sheets
    that somebody added there are kept if the plan's own file has none. Raises `ValueError` where
    both have sheets and those of `out` would be lost.
    """
    from icbudget.workbook.reading.user_sheets import carried_findings, user_content

    content = user_content(path, draft)
    into_workbook = out.suffix.casefold() not in TEXTS
    findings = carried_findings(content, path, into_workbook=into_workbook)
    # A plan written over itself keeps what it has: nothing is lost to ask about.
    if not out.is_file() or out.samefile(path):
        return content, findings
    there, carried = sheets_written_over(out, content)
    if there is None:
        return content, findings
    if content.is_empty:
        return there, carried
    lost = [sheet.name for sheet in there.sheets if not content.has_sheet(sheet)]
    if lost:
        raise ValueError(
            f"{out.name} has sheets that somebody added and {path.name} has not:"
            f" {', '.join(lost)}. Write to another file, or copy them into {path.name} first."
        )
    not_carried = [finding for finding in carried if finding.severity is Severity.WARNING]
    return content, [*findings, *not_carried]


def rebase(
    path: Path, out: Path, rules_year: str, *, overwrite: bool = False
) -> tuple[Opened, Path | None]:
    """Return a plan written under the lists of a later rules year, and what must be decided.

    No amount changes.
    """
    from icbudget.plan.rules_change import under_rules

    draft = load(path)
    if draft.plan is None or has_errors(draft.findings):
        return Opened(path, draft, None, tuple(draft.findings)), None
    plan, findings = under_rules(draft.plan, rules_year)
    if has_errors(findings):
        return Opened(path, draft, None, tuple(located(findings, draft))), None
    written, carried = write_changed(plan, path, draft, out, overwrite=overwrite)
    placed = located(findings, load(written))
    return Opened(path, draft, None, (*placed, *carried)), written


def succeed(path: Path, out: Path, *, overwrite: bool = False) -> tuple[Opened, Path | None]:
    """Return a plan written with the bodies of its years: successors, and funding split among them.

    What was changed, and what could not be, are findings.
    """
    from icbudget.succeed import under_successors

    draft = load(path)
    if draft.plan is None or has_errors(draft.findings):
        return Opened(path, draft, None, tuple(draft.findings)), None
    plan, findings = under_successors(draft.plan)
    written, carried = write_changed(plan, path, draft, out, overwrite=overwrite)
    placed = located(findings, load(written))
    return Opened(path, draft, None, (*placed, *carried)), written


def write_changed(
    plan: Plan,
    path: Path,
    draft: Draft,
    out: Path,
    *,
    keep_sheets: bool = False,
    overwrite: bool = False,
) -> tuple[Path, list[Finding]]:
    """Return the path of a plan that was changed, written, and what of people's own goes with it.

    `path` and `draft`: the file that it was read from, and what was read. `keep_sheets`: a workbook
    shows the sheets and columns that the one it was read from shows.
    """
    own, carried = user_additions(path, draft, out)
    choice = None
    if keep_sheets and path.suffix.casefold() in WORKBOOKS:
        from icbudget.workbook.reading.choice_of_workbook import choice_in

        choice = choice_in(path)
    written = convert_plan(plan, out, choice=choice, own=own, overwrite=overwrite)
    return written, carried


def convert_plan(
    plan: Plan,
    out: Path,
    *,
    choice: Choice | None = None,
    own: UserContent | None = None,
    overwrite: bool = False,
) -> Path:
    """Return the path of a plan written as the ending of `out` says.

    `own`: what people added to the workbook it was read from, carried into another workbook.
    Raises `ValueError` for an ending that is no plan's.
    """
    suffix = out.suffix.casefold()
    if suffix in WORKBOOKS[:1]:
        return template(out, plan, choice=choice, own=own, overwrite=overwrite)
    if suffix not in TEXTS:
        raise ValueError(f"{out.name}: a plan ends in .xlsx, .yaml or .json")
    written = plan_text.to_json(plan) if suffix == ".json" else plan_text.to_yaml(plan)
    return write_outputs(out.parent, {out.name: written.encode()}, overwrite=overwrite)[0]
