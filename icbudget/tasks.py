"""What icbudget does for a person: each command of the command line, and each button in Excel, is one function here.

Heavy libraries are imported inside the functions that need them, so that checking a plan starts at once.
"""

from __future__ import annotations

import os
import shlex
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from icbudget.answers.block import Block
from icbudget.answers.case import Case, examine_draft, examine_plan
from icbudget.answers.catalogue import ANSWERS
from icbudget.answers.explain import Explanation
from icbudget.findings import Finding, Place, error, has_errors
from icbudget.plan import Plan
from icbudget.plan import text as plan_text
from icbudget.plan.rows import Draft, located

WORKBOOKS = (".xlsx", ".xlsm")
TEXTS = (".yaml", ".yml", ".json")
Progress = Callable[[str], None]


def _quiet(step: str) -> None:
    """Tell nobody what is being done."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A plan that was read and examined: its file, what was read, its case, and every finding with its place."""

    path: Path
    draft: Draft
    case: Case | None
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        """Return whether there is a result."""
        return self.case is not None and self.case.result is not None


def load(path: Path) -> Draft:
    """Return the draft of a plan from a workbook (.xlsx, .xlsm), YAML or JSON file; what is wrong with the file is findings."""
    suffix = path.suffix.casefold()
    if suffix in TEXTS:
        return _load_text(path)
    if not path.is_file():
        return Draft(
            findings=[
                error("file.missing", f"There is no file {path.name}.", "Check the name and folder.", Place(workbook=path.name))
            ]
        )
    from icbudget.workbook.read import read_workbook

    return read_workbook(path)


def _load_text(path: Path) -> Draft:
    place = Place(workbook=path.name)
    try:
        if path.stat().st_size > 50_000_000:
            return Draft(
                findings=[error("file.too-large", f"{path.name} is larger than 50 MB.", "A plan is far smaller.", place)]
            )
        content = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return Draft(findings=[error("file.missing", f"There is no file {path.name}.", "Check the name and folder.", place)])
    except (OSError, UnicodeDecodeError):
        return Draft(findings=[error("file.unreadable", f"{path.name} cannot be read as text.", "Save it as UTF-8.", place)])
    return plan_text.from_yaml(content, path.name)


def check(path: Path, scenario: str | None = None) -> Opened:
    """Return a plan file read and examined, with every finding at once. A scenario given here overrides Setup's."""
    draft = load(path)
    if scenario is not None and draft.plan is not None:
        draft.plan = draft.plan.model_copy(update={"setup": draft.plan.setup.model_copy(update={"active_scenario": scenario})})
    case = examine_draft(draft)
    return Opened(path, draft, case, case.findings if case else tuple(draft.findings))


def answers(case: Case) -> dict[str, Block]:
    """Return every answer of a case by its id; only the findings where an error stops the engine."""
    return {a.id: a.build(case) for a in ANSWERS if case.result is not None or a.id == "ICB_CHECKS"}


def run(
    path: Path, out: Path, *, scenario: str | None = None, overwrite: bool = False, progress: Progress = _quiet
) -> tuple[Opened, list[Path]]:
    """Return the examined plan and the files written into `out`: results workbook, report, postings.

    Nothing is written when an error stops the engine. A file that is there already with other content is left alone, and
    none of the files is written, unless `overwrite`; raises `FileExistsError` naming it.
    """
    progress("Reading and checking the plan")
    opened = check(path, scenario)
    if not opened.sound or opened.case is None:
        return opened, []
    from icbudget.workbook.template import build

    case, name = opened.case, path.stem
    progress("Writing the report")
    files = _report_files(case, path, scenario)
    progress("Writing the results workbook")
    files[f"{name}-results.xlsx"] = build(case.plan, answers(case), live=False, case=case)
    progress("Saving")
    return opened, write_outputs(out, files, overwrite=overwrite)


def _report_files(case: Case, path: Path, scenario: str | None) -> dict[str, bytes]:
    from icbudget.report.export import postings_csv
    from icbudget.report.page import write_report
    from icbudget.report.record import record_of

    name = path.stem
    command = f"icbudget report {shlex.quote(path.name)}" + (
        f" --scenario {shlex.quote(scenario)}" if scenario is not None else ""
    )
    files = {f"{name}-report.html": write_report(case, record_of(case, command)).encode()}
    if case.result is not None:
        files[f"{name}-postings.csv"] = postings_csv(case).encode("utf-8-sig")
    return files


def _tables(case: Case, name: str) -> dict[str, bytes]:
    from icbudget.report.export import tables_csv

    return {f"{name}-{id.lower()}.csv": table.encode("utf-8-sig") for id, table in tables_csv(case).items()}


def report(
    path: Path,
    out: Path,
    *,
    scenario: str | None = None,
    tables: bool = False,
    overwrite: bool = False,
    progress: Progress = _quiet,
) -> tuple[Opened, list[Path]]:
    """Return the examined plan and the report files written into `out`; a plan with errors gets a report of its findings.

    With `tables`, every answer is written as CSV too.
    """
    progress("Reading and checking the plan")
    opened = check(path, scenario)
    if opened.case is None:
        return opened, []
    progress("Writing the report")
    files = _report_files(opened.case, path, scenario)
    if tables:
        files |= _tables(opened.case, path.stem)
    return opened, write_outputs(out, files, overwrite=overwrite)


def verify(path: Path) -> tuple[Opened, list[Finding]]:
    """Return a workbook re-performed: the examined plan, and a finding for every stored answer that differs."""
    from icbudget.workbook.verify import compare

    opened = check(path)
    if not opened.sound or opened.case is None:
        return opened, []
    return opened, compare(path, answers(opened.case))


def explain(path: Path, asked: str) -> tuple[Opened, Explanation | None]:
    """Return what is behind a figure of the plan, named as `Pool A / 2027/28 / ICB`."""
    from icbudget.answers.explain import explain as explained

    opened = check(path)
    if not opened.sound or opened.case is None:
        return opened, None
    return opened, explained(opened.case, asked, opened.draft.places)


def template(out: Path, plan: Plan | None = None, *, overwrite: bool = False) -> Path:
    """Return the path of a template written with live formulas: blank, or filled from a plan with its answers stored."""
    from icbudget.workbook.template import blank_plan, build

    chosen = plan or blank_plan()
    case = examine_plan(chosen)
    (path,) = write_outputs(out.parent, {out.name: build(chosen, answers(case), live=True, case=case)}, overwrite=overwrite)
    return path


def new(out: Path, area: str, base_year: str, horizon: int, *, overwrite: bool = False) -> tuple[Path | None, list[Finding]]:
    """Return the path of a template for an area, partners, ICB split, growth and known grants filled in, and its findings."""
    from icbudget.area_plan import new_plan

    plan, findings = new_plan(area, base_year, horizon)
    if plan is None:
        return None, findings
    written = convert_plan(plan, out, overwrite=overwrite)
    return written, located(findings, load(written))


def convert(path: Path, out: Path, *, overwrite: bool = False) -> tuple[Opened, Path | None]:
    """Return a plan written in another form: workbook, YAML or JSON, by the ending of `out`. Nothing is lost on the way."""
    draft = load(path)
    findings = tuple(draft.findings)
    opened = Opened(path, draft, None, findings)
    if draft.plan is None or has_errors(findings):
        return opened, None
    return opened, convert_plan(draft.plan, out, overwrite=overwrite)


def convert_plan(plan: Plan, out: Path, *, overwrite: bool = False) -> Path:
    """Return the path of a plan written as the ending of `out` says. Raises `ValueError` for an ending that is no plan's."""
    suffix = out.suffix.casefold()
    if suffix in WORKBOOKS[:1]:
        return template(out, plan, overwrite=overwrite)
    if suffix not in TEXTS:
        raise ValueError(f"{out.name}: a plan ends in .xlsx, .yaml or .json")
    written = plan_text.to_json(plan) if suffix == ".json" else plan_text.to_yaml(plan)
    return write_outputs(out.parent, {out.name: written.encode()}, overwrite=overwrite)[0]


def write_outputs(folder: Path, files: Mapping[str, bytes], *, overwrite: bool) -> list[Path]:
    """Return the paths of files written into a folder, each whole or not at all.

    A file that is there with the same content stays. Raises `FileExistsError`, before anything is written, when one is there
    with other content and `overwrite` is not given.
    """
    targets = {folder / name: content for name, content in files.items()}
    fresh = {target: content for target, content in targets.items() if not (target.is_file() and target.read_bytes() == content)}
    taken = [target for target in fresh if target.exists()]
    if taken and not overwrite:
        raise FileExistsError(str(taken[0]))
    folder.mkdir(parents=True, exist_ok=True)
    waiting: list[tuple[str, Path]] = []
    try:
        for target, content in fresh.items():
            handle, temporary = tempfile.mkstemp(dir=folder, prefix=f".{target.stem}-", suffix=".part")
            waiting.append((temporary, target))
            with os.fdopen(handle, "wb") as part:
                part.write(content)
        while waiting:
            temporary, target = waiting[0]
            Path(temporary).chmod(0o644)
            Path(temporary).replace(target)
            waiting.pop(0)
    finally:
        for temporary, _ in waiting:
            Path(temporary).unlink(missing_ok=True)
    return list(targets)
