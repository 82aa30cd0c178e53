"""The year as it runs: ledgers read into the plan, the monitoring report, and rows to keep."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from icbudget import years
from icbudget.answers import catalogue
from icbudget.answers.block import Block
from icbudget.answers.case import Case, evaluate_draft, with_findings
from icbudget.engine.accounts.monitored_lines import Monitored, monitored
from icbudget.engine.accounts.month_kept import to_close, to_keep
from icbudget.findings import Finding, Severity, ordered
from icbudget.ledger_import.imported_ledger import Ledger
from icbudget.ledger_import.join_actuals import with_ledgers
from icbudget.ledger_import.ledger_map import read_map, unknown_names
from icbudget.ledger_import.read_ledger import LARGEST, Sheets, read_ledger
from icbudget.plan import TABLES, Plan
from icbudget.plan.columns import Noun
from icbudget.plan.rows import Draft
from icbudget.plan.setup import Setup
from icbudget.tasks.load_and_check import WORKBOOKS, Opened, answers, file_fault, load
from icbudget.tasks.text_of_cells import cell_text
from icbudget.tasks.writing import Progress, quiet, write_outputs

IN_YEAR = (
    catalogue.MONITORING,
    catalogue.QUARTERLY_REPORT,
    catalogue.VIREMENT_LOG,
    catalogue.FORECAST_ACCURACY,
    catalogue.ICB_CLOSE,
    catalogue.BENEFITS_BY_PROGRAMME,
    catalogue.BENEFITS_BY_PARTNER,
    catalogue.REINVESTMENT,
)


@dataclass(frozen=True, slots=True)
class Monitoring:
    """What monitoring a plan gave: the plan evaluated, its ledgers, files written, and answers."""

    opened: Opened
    ledgers: tuple[Ledger, ...]
    files: tuple[Path, ...]
    blocks: dict[str, Block]


@dataclass(frozen=True, slots=True)
class LedgerCells:
    """A ledger that stands in memory: its name, and its cells as texts, row 1 the headings."""

    name: str
    sheets: Sheets


LedgerMapSource = Path | Mapping[str, Any]
"""A map of a ledger: a YAML file, or what one holds."""
LedgerPair = tuple[Path | LedgerCells, LedgerMapSource]
"""A ledger with its map."""


def monitor(
    path: Path,
    out: Path | None,
    *,
    ledgers: Sequence[tuple[Path, Path]] = (),
    year: str | None = None,
    month: int | None = None,
    overwrite: bool = False,
    progress: Progress = quiet,
) -> Monitoring:
    """Return the monitoring of a plan, and write its report into `out` where one is given.

    `ledgers`: CSV files or workbooks, each with its map, whose figures become actuals. `year` and
    `month` go before Setup's. Files: the report (HTML), its tables (CSV), the workbook with every
    input and answer, the forecasts of the month as rows to keep, in month 12 the rows of an ICB
    close, and for each ledger its rows of Actuals and its rejects.
    """
    progress("Reading the plan")
    made, blocks = _monitored(load(path), path, ledgers, year, month, progress)
    case = made.opened.case
    if out is None or case is None or not blocks:
        return made
    progress("Writing the report")
    command = _command(path, ledgers, year, month)
    files = _files(case, path, blocks, made.ledgers, command)
    return replace(made, files=tuple(write_outputs(out, files, overwrite=overwrite)))


def monitor_draft(
    draft: Draft,
    path: Path,
    *,
    ledgers: Sequence[LedgerPair] = (),
    year: str | None = None,
    month: int | None = None,
    progress: Progress = quiet,
) -> Monitoring:
    """Return the monitoring of a plan that was read, which stays as it is; nothing is written.

    `path`: the file that it was read from, or a name for it.
    """
    made, _ = _monitored(draft, path, ledgers, year, month, progress)
    return made


def _monitored(
    draft: Draft,
    path: Path,
    ledgers: Sequence[LedgerPair],
    year: str | None,
    month: int | None,
    progress: Progress,
) -> tuple[Monitoring, dict[str, Block]]:
    """Return the monitoring of a plan, and every answer of it by id; none where errors stop it."""
    read: list[Ledger] = []
    ledger_findings: list[Finding] = []
    if draft.plan is not None:
        plan = at_month(draft.plan, year, month)
        for ledger, map_ in ledgers:
            progress(f"Reading {ledger.name}")
            ledger_findings.extend(_read(plan, ledger, map_, read))
        plan, joined = with_ledgers(plan, read)
        ledger_findings.extend(joined)
        draft = replace(draft, plan=plan)
    case = evaluate_draft(draft)
    findings = tuple(ordered([*ledger_findings, *(case.findings if case else draft.findings)]))
    case = with_findings(case, findings) if case else None
    opened = Opened(path, draft, case, findings)
    if case is None or not case.has_answers:
        return Monitoring(opened, tuple(read), (), {}), {}
    blocks = answers(case)
    in_year = {answer.id: blocks[answer.id] for answer in IN_YEAR}
    return Monitoring(opened, tuple(read), (), in_year), blocks


def at_month(plan: Plan, year: str | None, month: int | None) -> Plan:
    """Return a plan that reports on another year or month than its Setup says, where one is given.

    Raises `ValueError` for a year that is none.
    """
    settings: dict[str, str | int] = {}
    if year is not None:
        settings["monitored_year"] = years.year(year)
    if month is not None:
        settings["monitored_month"] = month
    setup = Setup.model_validate(plan.setup.model_dump() | settings)
    return plan.model_copy(update={"setup": setup})


def _read(
    plan: Plan, source: Path | LedgerCells, map_: LedgerMapSource, read: list[Ledger]
) -> list[Finding]:
    """Read one ledger; return what is wrong with its map and with itself."""
    for file in (map_, source):
        fault = file_fault(file, largest=LARGEST) if isinstance(file, Path) else None
        if fault is not None:
            return [fault]
    map_name = map_.name if isinstance(map_, Path) else f"Map of {source.name}"
    ledger_map, findings = read_map(map_.read_bytes() if isinstance(map_, Path) else map_, map_name)
    if ledger_map is None:
        return findings
    findings.extend(unknown_names(ledger_map, plan, map_name))
    content: bytes | Sheets
    if isinstance(source, LedgerCells):
        content = source.sheets
    elif source.suffix.casefold() in WORKBOOKS:
        sheets, faults = _sheets(source)
        if sheets is None:
            return [*findings, *faults]
        content = sheets
    else:
        content = source.read_bytes()
    # The map knows its own ledger, Setup the year that runs; without either it is the base year.
    year = ledger_map.year or plan.setup.monitored_year or plan.setup.base_year
    ledger = read_ledger(content, ledger_map, plan, year, source.name)
    read.append(ledger)
    return [*findings, *ledger.findings]


def _sheets(path: Path) -> tuple[Sheets | None, list[Finding]]:
    """Return the sheets of a workbook as texts, every row as wide as its sheet."""
    from icbudget.workbook.reading.sheet_cells import read_cells

    sheets, findings = read_cells(path)
    if sheets is None:
        return None, [finding for finding in findings if finding.severity is Severity.ERROR]
    texts: dict[str, dict[int, tuple[str, ...]]] = {}
    for name, sheet in sheets.items():
        texts[name] = {
            row: tuple(map(cell_text, sheet.stretch(row, 1, sheet.width))) for row in sheet.rows
        }
    return texts, []


def _command(
    path: Path, ledgers: Sequence[tuple[Path, Path]], year: str | None, month: int | None
) -> str:
    """Return what a reader types to make the report again."""
    words = ["icbudget monitor", shlex.quote(path.name)]
    for ledger, map_ in ledgers:
        words.append(f"--ledger {shlex.quote(ledger.name)} --map {shlex.quote(map_.name)}")
    if year is not None:
        words.append(f"--year {year}")
    if month is not None:
        words.append(f"--month {month}")
    return " ".join(words)


def _files(
    case: Case, path: Path, blocks: dict[str, Block], read: Sequence[Ledger], command: str
) -> dict[str, bytes]:
    from icbudget.report.csv_json import block_csv, csv_file, rows_csv
    from icbudget.report.html_page import html
    from icbudget.report.monitoring_report import monitoring_document
    from icbudget.report.run_record import record_of
    from icbudget.workbook.writing.build import build

    name = path.stem
    report = html(monitoring_document(case, record_of(case, command)))
    files = {
        f"{name}-monitoring.html": report.encode(),
        f"{name}-monitoring.xlsx": build(case.before_scenario, blocks, live=False, case=case),
    }
    texts = {f"{name}-{a.id}.csv": block_csv(blocks[a.id]) for a in IN_YEAR if blocks[a.id].rows}
    # Forecasts and a close are kept as rows of the plan: what was said in a month must still be
    # there when the next month says otherwise.
    for table, what, rows in (
        ("forecasts", "forecasts", to_keep),
        ("closes", "icb-close", to_close),
    ):
        kept = _to_keep(case, rows)
        if kept:
            texts[f"{name}-{what}-to-keep.csv"] = rows_csv(TABLES[table], kept)
    stems: set[str] = set()
    for ledger in read:
        stem = _free(Path(ledger.name).stem, stems)
        texts[f"{name}-{stem}-actuals.csv"] = rows_csv(TABLES["actuals"], ledger.actuals)
        texts[f"{name}-{stem}-rejects.csv"] = rejects_csv(ledger)
    return files | {file: csv_file(text) for file, text in texts.items()}


def _free(stem: str, taken: set[str]) -> str:
    """Return a stem that no other ledger of the run has: two may have one name in two folders."""
    number = 1
    free = stem
    while free.casefold() in taken:
        number += 1
        free = f"{stem}-{number}"
    taken.add(free.casefold())
    return free


def _to_keep(case: Case, rows: Callable[[Monitored], Sequence[Noun]]) -> Sequence[Noun]:
    """Return the rows to keep of the month monitored.

    Where figures of the plan cannot be read, only rows that do not depend on them are kept.
    """
    months = [monitored(reading.answered) for reading in case.readings or (case,)]
    kept = [rows(month) if month is not None and month.month else () for month in months]
    return [row for row in kept[0] if all(row in others for others in kept)]


def rejects_csv(ledger: Ledger) -> str:
    """Return the rejected rows of a ledger as CSV, with the control totals below.

    A rejected row has its line, the reason, and its own cells.
    """
    from icbudget.report.csv_json import csv_text, safe

    headings = [safe(heading) for heading in ledger.headings]
    lines = [["Line", "Why it was rejected", *headings]]
    for reject in ledger.rejects:
        cells = [safe(cell) for cell in reject.cells]
        lines.append([str(reject.line), safe(reject.reason), *cells])
    lines += [[], ["Control", "Rows", "Amount (£)"]]
    lines.append(["Lines of the file", str(ledger.lines), ""])
    lines.append(["Amount column by itself", "", f"{ledger.column_pence / 100:.2f}"])
    for what, count, pence in ledger.control:
        lines.append([what, str(count), f"{pence / 100:.2f}"])
    return csv_text(lines)
