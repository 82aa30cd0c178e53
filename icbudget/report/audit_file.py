"""The audit file: what the plan is, how it is worked out, what was checked, and who signs.

Its parts follow the government's AQuA Book: specification, method, assumptions and data logs,
verification, sign-off.
"""

from __future__ import annotations

from icbudget import glossary
from icbudget.answers import catalogue
from icbudget.answers.assumptions import value_in_words
from icbudget.answers.case import Case
from icbudget.answers.catalogue import ANSWERS, BY_ID
from icbudget.answers.explain import HOW_CITED
from icbudget.answers.pool_balances import rows_by_source
from icbudget.answers.signed import state_of
from icbudget.plan import SETUP
from icbudget.plan.columns import columns_of
from icbudget.plan.unread_cells import NotKnown
from icbudget.report.document import (
    Document,
    Line,
    Paper,
    Section,
    Table,
    numbers,
    one_group,
    paper_of,
)
from icbudget.report.html_page import facts, made_by
from icbudget.report.provenance_sections import section_findings, section_made, sourced_rows
from icbudget.report.report_figures import listed, plural
from icbudget.report.run_record import RunRecord

ROLES = (
    ("Commissioner of the analysis", "asks for the plan and agrees what it is for", ""),
    ("Analyst", "prepared the plan and its sources", "prepared_by"),
    ("Assurer", "checked the plan, apart from who prepared it", ""),
    (
        "Approver",
        (
            "accepts the plan and its limits, such as the section 151 officer and the ICB's chief"
            " finance officer"
        ),
        "approved_by",
    ),
)
"""Roles of the AQuA Book, what each answers for, and the setting that names who holds it."""


def audit_document(case: Case, record: RunRecord, files: tuple[str, ...]) -> Document:
    """Return the audit file of a case; `files` are the names of what else lies in the pack."""
    sections = (
        _specification(case),
        _agreements(case),
        _method(),
        section_findings(case),
        _checked(case),
        _unchecked(case),
        _contents(files),
        _sign_off(case),
        section_made(record),
    )
    setup = case.plan.setup
    return Document(
        title=setup.title,
        kind="Audit file",
        facts=facts(case),
        in_short="How to use this pack",
        opening="",
        points=(
            (
                "The folder holds the plan as it was read, everything icbudget made of it, and the"
                " list of every assumption with its cell and source."
            ),
            (
                "icbudget verify, given this folder, compares every file with the manifest, works"
                " everything out again from the plan in the pack, and says what differs."
            ),
            (
                "manifest.sha256 can be checked without icbudget too: sha256sum --check"
                " manifest.sha256."
            ),
        ),
        contents=True,
        reading="",
        sections=tuple(section for section in sections if section),
        made_by=made_by(record),
    )


def _table(id: str, caption: str, headings: tuple[str, ...], lines: tuple[Line, ...]) -> Table:
    return Table(
        id,
        caption,
        headings,
        one_group(lines),
        frozenset(range(len(headings) - 1)),
        stacks=len(headings) > 2,
    )


def _specification(case: Case) -> Section:
    setup = case.plan.setup
    lines = []
    for column in columns_of(SETUP.noun):
        value = getattr(setup, column.field)
        is_blank = value in (None, "", ())
        # The title heads the document, and the notes stand below in full.
        if not is_blank and column.field not in ("title", "notes"):
            lines.append(Line(column.label, (value_in_words(value, column.unit), column.help)))
    paragraph = (
        "What the plan is to answer, for every year and every partner: what is in the pools, what"
        " activity costs if nothing changes, what prevention can avoid, how much of that is cash"
        " and whose, and who bears an over- or underspend."
    )
    notes = (f"Notes of the plan: {setup.notes}",) if setup.notes else ()
    table = _table(
        "specification-table",
        "Settings of the plan",
        ("Setting", "Value", "What it means"),
        tuple(lines),
    )
    return Section("specification", "Specification", (paragraph, *notes), parts=(table,))


def _agreements(case: Case) -> Section | None:
    """Return what each pooled fund rests on: power, host, manager, agreement, period."""
    names = {row.id: row.name for row in case.plan.partners}
    pooled = [pool for pool in case.plan.pools if pool.is_pooled]
    none = "not recorded"
    lines = []
    for pool in pooled:
        cells = (
            pool.legal_basis,
            names.get(pool.host, pool.host),
            pool.pool_manager or none,
            pool.agreement or none,
            pool.signed_on or none,
            f"{pool.covers_from or none} to {pool.covers_to or none}",
        )
        lines.append(Line(pool.name, cells))
    headings = ("Pool", "Power", "Host", "Pool manager", "Agreement", "Signed on", "Covers")
    paragraph = (
        "A pooled fund rests on an agreement in writing (SI 2000/617 regulation 7); the signed copy"
        " is not in the pack."
    )
    table = _table("agreements-table", "What each pooled fund rests on", headings, tuple(lines))
    return Section("agreements", "Agreements", (paragraph,), parts=(table,)) if lines else None


def _method() -> Section:
    answers = tuple(Line(answer.id, (f"{answer.help}.",)) for answer in ANSWERS)
    kinds = tuple(Line(kind[0].upper() + kind[1:], (f"{how}.",)) for kind, how in HOW_CITED.items())
    paragraph = (
        "Money is whole pence and every pound is a posting; each table is a sum of postings or of"
        " the figures behind them. A split is by largest remainder, so that parts always sum to the"
        " whole."
    )
    parts = (
        _table(
            "method-kinds",
            "How each kind of posting is worked out",
            ("Posting", "How it is worked out"),
            kinds,
        ),
        _table(
            "method-answers",
            "What each table of the pack gives",
            ("Table", "What it gives"),
            answers,
        ),
    )
    return Section("method", "Method", (paragraph,), parts=parts)


def _checked(case: Case) -> Section:
    unread = len(case.unknown)
    read = "Every cell of the plan was tested for kind, range, lists and links"
    if unread:
        read = f"{plural(unread, 'figure')} of the plan cannot be read; every other cell was tested"
    points = [f"{read}; what is wrong is in findings.csv."]
    if case.has_answers:
        points.append(
            "Every funding source of every pool was balanced on its own in every year, and every"
            " minimum that a row of the plan states was tested; tables/rule-tests.csv names those"
            " that were not."
        )
        points.append(identity_in_words(paper_of(case)))
    return Section("checked", "What was checked", points=tuple(points))


def identity_in_words(paper: Paper) -> str:
    """Return how many balances add up, worked out anew from the table of the pack (model §7)."""
    figures: dict[tuple[str, ...], dict[str, tuple[float, ...]]] = {}
    block = paper.block(catalogue.BALANCES)
    for row in rows_by_source(block):
        of_account = figures.setdefault(block.labels_of(row, "pool", "source"), {})
        of_account[block.label(row, "figure")] = numbers(row)
    compared = differing = unknown = 0
    for account in figures.values():
        for t in range(len(paper.years)):
            parts = [account[name][t] for name in (*_ADDED, *_TAKEN, glossary.CLOSE)]
            if any(isinstance(part, NotKnown) for part in parts):
                unknown += 1
                continue
            added = sum(account[name][t] for name in _ADDED)
            taken = sum(account[name][t] for name in _TAKEN)
            compared += 1
            # The table is in pounds and pence: half a penny is what floats may differ by.
            differing += abs(added - taken - account[glossary.CLOSE][t]) > 0.005
    sentence = (
        "Open + income + transfers in + reinvested − spend − transfers out = close was worked out"
        f" again for {plural(compared, 'balance')} of a source in a year: {differing:,} differ."
    )
    return f"{sentence} {plural(unknown, 'balance')} not known." if unknown else sentence


_ADDED = (glossary.OPEN, glossary.INCOME, glossary.TRANSFERS_IN, glossary.REINVESTED)
_TAKEN = (glossary.SPEND, glossary.TRANSFERS_OUT)


def _unchecked(case: Case) -> Section:
    rows = sourced_rows(case.plan)
    without = sum(not row.evidence for row in rows)
    no_status = sum(row.status is None for row in rows)
    open_rows = []
    for status in ("illustrative", "indicative"):
        count = sum(row.status == status for row in rows)
        if count:
            open_rows.append(f"{plural(count, 'row')} marked {status}")
    if without:
        open_rows.append(f"{plural(without, 'row')} without a source")
    if no_status:
        open_rows.append(f"{plural(no_status, 'row')} without a status")
    points = [
        (
            "Whether the documents that the plan names say what the plan says: icbudget does not"
            " open them."
        ),
        (
            "Whether forecasts come true: growth, reach, effects and prices are the plan's, with"
            " their grades."
        ),
        (
            "The law: minimums and conditions are tested as the plan's rules year states them;"
            " legal advice is not given."
        ),
        "Excel: nothing in this pack was calculated by Excel.",
    ]
    active = case.plan.setup.active_scenario
    names = dict.fromkeys(change.scenario for change in case.plan.scenarios)
    others = [name for name in names if name != active]
    if others:
        points.append(f"Scenarios that are not laid over these figures: {listed(others)}.")
    if open_rows:
        points.append(f"The plan still holds {listed(open_rows)}.")
    return Section("unchecked", "What was not checked", points=tuple(points))


def _contents(files: tuple[str, ...]) -> Section:
    lines = tuple(Line(name, (_holds(name),)) for name in files)
    return Section(
        "contents",
        "What is in the pack",
        parts=(_table("contents-table", "Files", ("File", "What it holds"), lines),),
    )


HOLDS = {
    "assumptions.csv": (
        "every figure and choice of the plan: value, cell, source, status, owner, date read,"
        " evidence grade"
    ),
    "data-log.csv": (
        "every reference table that ships with this version: edition, licence, rows, SHA-256"
    ),
    "findings.csv": "everything the checks found: where, how to fix it, what it is worth",
    "paper.html": "the committee paper",
    "paper.pdf": "the committee paper",
    "postings.csv": "every pound as a posting, with the figures it rests on",
    "report.html": "the full report",
    "run-record.json": "what must be known to make the pack again",
    "audit-file.html": "this file",
    "audit-file.pdf": "this file",
}


def _holds(name: str) -> str:
    if name.startswith("tables/"):
        answer = BY_ID.get(name.removeprefix("tables/").removesuffix(".csv"))
        return answer.help if answer else ""
    return HOLDS.get(name, "the plan as it was given")


def _sign_off(case: Case) -> Section:
    setup = case.plan.setup
    lines = []
    for role, answers_for, setting in ROLES:
        name = getattr(setup, setting) if setting else ""
        lines.append(Line(role, (answers_for, name, "", "")))
    table = _table(
        "sign-off-table",
        "Sign-off",
        ("Role", "Answers for", "Name", "Signature", "Date"),
        tuple(lines),
    )
    paragraph = (
        f"State of the plan: {state_of(case).state}. Each role is held by a different person where"
        " the plan is used for a decision."
    )
    return Section("sign-off", "Sign-off", (paragraph,), parts=(table,))
