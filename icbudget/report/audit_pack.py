"""The audit pack: what an auditor keeps on file about a plan, by name, with SHA-256 sums."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from types import MappingProxyType

from icbudget.answers.assumptions import Assumption, assumptions
from icbudget.answers.case import Case
from icbudget.findings import Place
from icbudget.report.audit_file import audit_document
from icbudget.report.committee_paper import committee_document
from icbudget.report.csv_json import csv_file, csv_text, postings_csv, safe, tables_csv
from icbudget.report.html_page import html, write_report
from icbudget.report.pdf_document import pdf
from icbudget.report.run_record import RunRecord

MANIFEST = "manifest.sha256"
RECORD = "run-record.json"
INPUT = "input"
"""Folder of the pack that holds the plan as it was given."""
_ASSUMPTION = (
    "Assumption",
    "Value",
    "Cell",
    "Source",
    "Status",
    "Source and status are of",
    "Owner",
    "Date read",
    "Evidence grade",
    "Path",
)


def audit_pack(
    case: Case,
    record: RunRecord,
    places: Mapping[str, Place],
    plan_file: tuple[str, bytes],
    beside: Mapping[str, bytes] = MappingProxyType({}),
) -> dict[str, bytes]:
    """Return the files of the audit pack of a case by their name in the pack, the manifest last.

    `plan_file` is the plan's own file: name and bytes; `beside`: tables imported beside it, by
    their path from it. The same file, version and scenario give the
    same bytes, every one.
    """
    paper = committee_document(case, record)
    fields = asdict(record) | {"input": plan_file[0]}
    record_text = json.dumps(fields, indent=2, ensure_ascii=False)
    files: dict[str, bytes] = {
        f"{INPUT}/{plan_file[0]}": plan_file[1],
        **{f"{INPUT}/{name}": content for name, content in beside.items()},
        # A byte order mark stands before each CSV: without it Excel reads £ as Â£.
        "assumptions.csv": _csv_bytes(_assumptions(case, places)),
        "data-log.csv": _csv_bytes(_tables(record)),
        "findings.csv": _csv_bytes(_findings(case)),
        "paper.html": html(paper).encode(),
        "paper.pdf": pdf(paper),
        "postings.csv": csv_file(postings_csv(case)),
        "report.html": write_report(case, record).encode(),
        RECORD: f"{record_text}\n".encode(),
    }
    for id, text in tables_csv(case).items():
        files[f"tables/{id}.csv"] = csv_file(text)
    # The audit file lists itself too, so that its list is that of the manifest.
    names = sorted((*files, "audit-file.html", "audit-file.pdf"))
    audit = audit_document(case, record, tuple(names))
    files |= {"audit-file.html": html(audit).encode(), "audit-file.pdf": pdf(audit)}
    return {name: files[name] for name in names} | {MANIFEST: manifest(files)}


def manifest(files: Mapping[str, bytes]) -> bytes:
    """Return the SHA-256 sums of files in the form of `sha256sum`, by name."""
    # Two blanks between sum and name, as `sha256sum --check` reads them.
    return "".join(
        f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)
    ).encode()


def sums_of(text: str) -> dict[str, str]:
    """Return the sums of a manifest by file name; a line that is not one is left out."""
    sums = {}
    for line in text.splitlines():
        digest, gap, name = line.partition("  ")
        if gap and len(digest) == 64:
            sums[name] = digest
    return sums


def _csv_bytes(rows: list[tuple[str, ...]]) -> bytes:
    return csv_file(csv_text([tuple(safe(cell) for cell in row) for row in rows]))


def _assumptions(case: Case, places: Mapping[str, Place]) -> list[tuple[str, ...]]:
    rows = assumptions(case.plan, places, case.before_scenario)
    return [_ASSUMPTION, *(_assumption(row) for row in rows)]


def _assumption(a: Assumption) -> tuple[str, ...]:
    firm = (a.source, a.status, a.source_is_of, a.owner, a.date_read, a.grade)
    return (a.label, a.value, a.place, *firm, a.path)


def _tables(record: RunRecord) -> list[tuple[str, ...]]:
    headings = ("Table", "Title", "Edition", "Licence", "Rows", "SHA-256")
    return [
        headings,
        *(
            (v.table, v.title, v.vintage, v.licence, str(v.rows), v.sha256)
            for v in record.reference
        ),
    ]


def _findings(case: Case) -> list[tuple[str, ...]]:
    headings = ("Severity", "Id", "Where", "What was found", "How to fix it", "Effect £")
    rows: list[tuple[str, ...]] = [headings]
    for f in case.findings:
        effect = "" if f.effect_pence is None else f"{f.effect_pence / 100:.2f}"
        rows.append((str(f.severity), f.id, str(f.place), f.message, f.fix, effect))
    return rows
