"""Findings that no other test raises by name: each from its own small fault, through the product."""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
import yaml
from openpyxl.utils import range_boundaries

import icbudget
from icbudget import tasks
from icbudget.excel import doctor
from icbudget.findings import Finding, Place, error, has_errors
from icbudget.joint.ownership import ownership
from icbudget.plan import rows
from icbudget.plan.columns import columns_of
from icbudget.plan.partner import Partner
from icbudget.plan.plan_text import from_document
from icbudget.plan.unread_cells import Unknown
from icbudget.succeed import under_successors
from icbudget.tasks import received_parts
from icbudget.tasks.load_and_check import LARGEST_TEXT
from tests.checks.clean import LA, NHS, YEARS, clean
from tests.excel.test_doctor import machine
from tests.signing.plans import S151, written
from tests.workbook import hostile
from tests.workbook.plans import rich_inputs

Findings = list[Finding]
Raiser = Callable[[Path], Findings]
RAISED: dict[str, Raiser] = {}
"""What raises each finding, by its id."""


def raises(id: str) -> Callable[[Raiser], Raiser]:
    """Register what raises a finding."""

    def register(raiser: Raiser) -> Raiser:
        RAISED[id] = raiser
        return raiser

    return register


def of_row(table: str, **typed: Any) -> Findings:
    """What reading a plan says once the first row of a table has other values."""
    document = clean()
    document[table][0] |= typed
    return list(from_document(document).findings)


@raises("cell.not-text")
def a_list_for_a_name(_: Path) -> Findings:
    return of_row("partners", name=["ICB", "Council"])


@raises("cell.not-whole")
def half_a_month(_: Path) -> Findings:
    document = clean()
    document["setup"]["horizon"] = 2.5
    return list(from_document(document).findings)


@raises("cell.not-yes-no")
def perhaps(_: Path) -> Findings:
    return of_row("contributions", recurrent="perhaps")


@raises("cell.too-large")
def a_pound_for_every_atom(_: Path) -> Findings:
    return of_row("contributions", base_amount=1e20)


@raises("cell.too-long")
def a_name_like_a_book(_: Path) -> Findings:
    return of_row("schemes", name="x" * 40_000)


@raises("cell.year-twice")
def one_year_in_two_ways(_: Path) -> Findings:
    return of_row("contributions", amounts={"2026/27": 1, "2026-27": 2})


@raises("text.not-a-name")
def a_list_as_a_field(folder: Path) -> Findings:
    path = folder / "plan.yaml"
    path.write_text("setup:\n  ? [a, b]\n  : 1\n", encoding="utf-8")
    return list(tasks.load(path).findings)


@raises("evidence.unknown")
def evidence_that_nobody_has(folder: Path) -> Findings:
    return list(tasks.add_evidence(written(folder), "moonlight", folder / "out.yaml")[1])


@raises("file.too-large")
def a_file_of_many_megabytes(folder: Path) -> Findings:
    path = folder / "plan.yaml"
    with path.open("wb") as file:
        file.truncate(LARGEST_TEXT + 1)
    return list(tasks.load(path).findings)


@raises("file.unreadable")
def a_picture_called_yaml(folder: Path) -> Findings:
    path = folder / "plan.yaml"
    path.write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF")
    return list(tasks.load(path).findings)


@raises("owners.no-partner")
def rows_of_somebody_else(folder: Path) -> Findings:
    document = clean() | {"owners": [{"table": "Schemes", "owner": "nobody"}]}
    plan = from_document(document).plan
    assert plan is not None
    return list(ownership(plan)[1])


@raises("rekey.parts")
def a_key_of_three_parts_for_one_of_two(folder: Path) -> Findings:
    plan = written(folder)
    return list(tasks.rekey(plan, "Schemes", "1|1", "1|1|1", folder / "out.yaml")[0].findings)


def of_2023_25(folder: Path, document: dict[str, Any]) -> Findings:
    """What is said when a plan of 2023-25 is put under the lists of 2025-26."""
    document["setup"]["rules_year"] = "2023-25"
    opened, _ = tasks.rebase(written(folder, document), folder / "out.yaml", "2025-26")
    return list(opened.findings)


@raises("rules.merged")
def two_minimums_that_become_one(folder: Path) -> Findings:
    document = clean()
    own = {"rule": "minimum_contribution", "base_amount": 1, "index": "flat"}
    sources = ("Minimum NHS Contribution", "ICB Discharge Funding")
    document["minimums"] = [own | {"source": source} for source in sources]
    return of_2023_25(folder, document)


@raises("rules.scenarios")
def scenarios_that_name_a_source(folder: Path) -> Findings:
    document = clean()
    document["scenarios"] = [
        {"scenario": "Low", "order": 1, "path": "schemes/1|1/base_amount", "value": "1"}
    ]
    return of_2023_25(folder, document)


@raises("sheets.no-workbook")
def sheets_for_a_text(folder: Path) -> Findings:
    opened, _ = tasks.add_sheets(written(folder), folder / "out.xlsx", ["year"], {})
    return list(opened.findings)


@raises("sign.errors")
def a_signature_under_an_error(folder: Path) -> Findings:
    document = clean()
    document["acute_lines"][0]["fixed_cost"] = 0.31
    return list(tasks.sign(written(folder, document), folder / "s.yaml", **S151).opened.findings)


@raises("sign.scenario")
def a_signature_under_a_scenario(folder: Path) -> Findings:
    document = clean()
    document["setup"]["active_scenario"] = "Low"
    document["scenarios"] = [
        {"scenario": "Low", "order": 1, "path": "schemes/1|1/base_amount", "value": "600000"}
    ]
    return list(tasks.sign(written(folder, document), folder / "s.yaml", **S151).opened.findings)


@raises("body.funding-split")
def money_of_a_council_that_ends(_: Path) -> Findings:
    return succeeded()


@raises("body.rows-split")
def schemes_of_a_council_that_ends(_: Path) -> Findings:
    return succeeded()


def succeeded() -> Findings:
    """What is said of a plan whose council is followed by two."""
    document = clean()
    document["partners"] += [
        {"id": name, "name": f"{name.title()} council", "kind": "council"}
        for name in ("east", "west")
    ]
    document["successions"] = [
        {"old": "council", "new": name, "year": "2027/28", "share": 0.5}
        for name in ("east", "west")
    ]
    document["envelopes"] = [{"partner": "council", "year": "2027/28", "amount": 500_000}]
    plan = from_document(document).plan
    assert plan is not None
    return list(under_successors(plan)[1])


@raises("cell.not-accepted")
def a_value_that_only_the_field_itself_refuses(_: Path) -> Findings:
    """Straight from what words a refusal: every refusal that a plan is known to meet has its own."""
    (column,) = [c for c in columns_of(Partner) if c.field == "kind"]
    return [rows._out_of_range(column, {"type": "other", "msg": "must be a kind"}, Place())]


@raises("table.unknown")
def a_frame_of_colours(_: Path) -> Findings:
    return list(icbudget.read([pd.DataFrame({"Colour": ["red"]})]).findings)


@raises("table.not-a-year")
def a_number_as_a_heading(_: Path) -> Findings:
    frame = pd.DataFrame({"Pool": ["bcf"], "Partner": ["icb"], "Base amount (£)": [1], 2026: [1]})
    frame["Source of funding"] = NHS
    return list(icbudget.read([frame]).findings)


@raises("table.twice")
def funding_twice(_: Path) -> Findings:
    frame = pd.DataFrame({"Pool": ["bcf"], "Partner": ["icb"], "Source of funding": [NHS]})
    return list(
        icbudget.read([frame.assign(**{"2026/27": 1}), frame.assign(**{"2026/27": 2})]).findings
    )


@cache
def results() -> bytes:
    """The clean plan's results workbook, made once."""
    with tempfile.TemporaryDirectory() as folder:
        _, files = tasks.run(written(Path(folder)), Path(folder) / "results")
        (path,) = [file for file in files if file.name.endswith("-results.xlsx")]
        return path.read_bytes()


def spoiled_results(folder: Path, spoil: Callable[[Any], None]) -> Findings:
    """What verifying a results workbook says once a sheet of it was changed by hand."""
    path = folder / "plan-results.xlsx"
    path.write_bytes(results())
    book = openpyxl.load_workbook(path)
    spoil(book)
    book.save(path)
    _, comparison = tasks.verify(path)
    return list(comparison.findings)


@raises("verify.more-rows")
def a_row_below_an_answer(folder: Path) -> Findings:
    return spoiled_results(folder, lambda book: book["Income"].append(["bcf", "icb", "More"]))


@raises("verify.other-row")
def another_partner_in_an_answer(folder: Path) -> Findings:
    def spoil(book: Any) -> None:
        sheet = book["Income"]
        (cell,) = [row[1] for row in sheet.iter_rows() if row[1].value == "Integrated care board"][
            :1
        ]
        cell.value = "Council"

    return spoiled_results(folder, spoil)


@raises("verify.findings")
def a_warning_that_nobody_gave(folder: Path) -> Findings:
    def spoil(book: Any) -> None:
        sheet = book["Checks"]
        (heading,) = [row[0].row for row in sheet.iter_rows() if row[0].value == "Severity"]
        words = ("Warning", "Funding!G6", "The grant is not agreed.", "Ask for it.")
        for column, word in enumerate(words, start=1):
            sheet.cell(heading + 1, column).value = word

    return spoiled_results(folder, spoil)


@raises("workbook.cannot-read")
def a_file_that_is_a_folder_inside(folder: Path) -> Findings:
    from icbudget.workbook.reading import container

    path = folder / "plan.xlsx"
    path.write_bytes(b"PK")
    with pytest.MonkeyPatch.context() as patch:

        def refused(*_: Any) -> bytes:
            raise PermissionError(13, "Permission denied")

        patch.setattr(container.Path, "read_bytes", refused)
        return list(tasks.load(path).findings)


@raises("workbook.too-many-rows")
def a_list_of_patients(folder: Path) -> Findings:
    path = folder / "patients.xlsx"
    path.write_bytes(hostile.many_rows(60_000))
    return list(tasks.load(path).findings)


@raises("workbook.ribbon")
def buttons_of_the_senders(folder: Path) -> Findings:
    path = folder / "plan.xlsx"
    path.write_bytes(rich_inputs())
    with zipfile.ZipFile(path, "a") as book:
        book.writestr("customUI/customUI.xml", "<customUI/>")
    return list(tasks.load(path).findings)


@raises("share.own-left-out")
def a_note_beside_a_confidential_row(folder: Path) -> Findings:
    document = clean()
    document["owners"] = [
        {"table": "Schemes", "where": "Scheme = 1", "owner": "council", "confidential": True}
    ]
    path = folder / "plan.xlsx"
    tasks.convert(written(folder, document), path)
    book = openpyxl.load_workbook(path)
    book.create_sheet("Notes").append(["for us alone"])
    book.save(path)
    return list(tasks.share(path, "icb", folder / "icb.xlsx")[0].findings)


@raises("excel.functions-differ")
def a_workbook_of_another_version(folder: Path) -> Findings:
    from icbudget.excel.macro import build

    pytest.importorskip("pyopenvba", reason="pyOpenVBA is not installed: pip install '.[classic]'")
    built = build(folder / "plan.xlsm")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(doctor, "source", lambda _: "' another version")
        return doctor.diagnose(machine(folder), built)


@raises("excel.library-absent")
def an_xlwings_without_its_library(folder: Path) -> Findings:
    python = folder / "python"
    python.mkdir()
    return doctor.diagnose(machine(python, xlwings="0.40.0"))


@raises("excel.workbook-blocked")
def a_workbook_that_came_by_e_mail(folder: Path) -> Findings:
    """The mark that Windows puts on such a file stands beside it under the name given here."""
    path = tasks.template(folder / "plain.xlsx").rename(folder / "plan.xlsm")
    Path(f"{path}:Zone.Identifier").write_text("[ZoneTransfer]\nZoneId=3\n", encoding="utf-8")
    return doctor.diagnose(machine(folder), path)


@raises("pack.record")
def a_pack_of_a_scenario_that_is_not_there(folder: Path) -> Findings:
    pack = folder / "plan-pack"
    (pack / "input").mkdir(parents=True)
    plan = written(pack / "input")
    digest = hashlib.sha256(plan.read_bytes()).hexdigest()
    (pack / "manifest.sha256").write_text(f"{digest}  input/{plan.name}\n", encoding="utf-8")
    command = "icbudget report plan.yaml --scenario Optimism --pack"
    record = {"input": plan.name, "version": "0.1.0", "command": command}
    (pack / "run-record.json").write_text(json.dumps(record), encoding="utf-8")
    return tasks.verify_pack(pack)[1]


@raises("table.column-beside")
def a_column_beside_a_table(folder: Path) -> Findings:
    path = folder / "plan.xlsx"
    tasks.convert(written(folder), path)
    book = openpyxl.load_workbook(path)
    sheet = book["Partners"]
    (table,) = sheet.tables.values()
    _, heading, last, _ = range_boundaries(table.ref)
    inside = {cell.value for cell in sheet[heading]}
    column = next(c for c in columns_of(Partner) if c.heading not in inside)
    sheet.cell(heading, last + 1).value = column.heading
    sheet.cell(heading + 1, last + 1).value = "of the partner"
    book.save(path)
    return list(tasks.load(path).findings)


@raises("table.plan-in-error")
def a_plan_cell_in_error(_: Path) -> Findings:
    from icbudget.excel.plan_functions import _no_plan

    block = _no_plan("#VALUE!")
    words = dict(zip(block.labels, block.rows[0].labels, strict=True))
    assert words["Severity"] == "Error"
    return raised_as("table.plan-in-error", words["Finding"], words["Fix"])


def raised_as(id: str, message: str, fix: str) -> Findings:
    """A finding whose id a block does not show, by its words."""
    return [error(id, message, fix)]


# Two partners' parts of one plan, as files.


def merged(
    folder: Path,
    change: Callable[[dict[str, Any], str], None],
    base: dict[str, Any] | None = None,
    **more: Any,
) -> Any:
    """What merging both parts says, each changed as `change(document, partner)` does."""
    plan = written(folder, base)
    parts = []
    for partner in ("council", "icb"):
        part = folder / f"{partner}.yaml"
        tasks.share(plan, partner, part)
        document = yaml.safe_load(part.read_text(encoding="utf-8"))
        change(document, partner)
        part.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
        parts.append(str(part))
    return tasks.merge_parts(plan, parts, folder / "joint.yaml", **more)


@raises("merge.unread")
def a_part_with_a_cell_that_cannot_be_read(folder: Path) -> Findings:
    """Straight from what reads a part: no file is known that has such a cell and no other error."""
    draft = from_document(clean())
    draft.unknown = [Unknown("contributions", "bcf|icb", "base_amount", "", "£2.%", Place())]
    return received_parts.unreadable(draft, folder / "council.xlsx")


@raises("merge.no-choices")
def choices_in_a_plan_without_any(folder: Path) -> Findings:
    joint = merged(folder, lambda *_: None)
    assert joint.path is not None and not has_errors(joint.findings)
    again = tasks.merge_parts(
        joint.path, [], folder / "agreed.yaml", chosen_in=written(folder, None, "other.yaml")
    )
    return list(again.findings)


@raises("joint.names-missing")
def a_row_that_names_one_which_is_not_agreed(folder: Path) -> Findings:
    def change(document: dict[str, Any], partner: str) -> None:
        if partner == "council":
            document["pools"].append({"id": "new", "name": "New pool", "host": "icb"})
            source = {"pool": "new", "partner": "council", "source": LA}
            document["contributions"].append(source | {"base_amount": 5, "index": "flat"})

    return list(merged(folder, change).findings)


@raises("joint.looks-like")
def a_scheme_with_another_key_and_amount(folder: Path) -> Findings:
    def change(document: dict[str, Any], partner: str) -> None:
        if partner == "council":
            document["schemes"][0] |= {"id": "11", "base_amount": 690_000}

    return list(merged(folder, change).findings)


@raises("merge.too-long")
def asks_that_no_cell_holds(folder: Path) -> Findings:
    def change(document: dict[str, Any], partner: str) -> None:
        text = 6_000 * " word"
        goal = {"id": "long", "measure": partner + text, "group": text, "good": "lower"}
        document["goals"].append(goal | {"target": 1, "target_year": YEARS[1]})

    return list(merged(folder, change).findings)


@raises("merge.row")
def a_row_that_no_plan_can_hold(folder: Path) -> Findings:
    """With a stand-in for what makes the plan: every choice that is known is tested before it."""
    from icbudget.tasks import joint

    with pytest.MonkeyPatch.context() as patch:

        def refused(*_: Any) -> None:
            raise ValueError("Schemes 1, 1: NHS share is above 100%.")

        patch.setattr(joint, "as_plan", refused)
        return list(merged(folder, lambda *_: None).findings)


@raises("to-agree.choice")
def a_choice_for_nobody(folder: Path) -> Findings:
    def change(document: dict[str, Any], partner: str) -> None:
        document["goals"][0]["target"] = 10_000 if partner == "icb" else 9_800

    joint = merged(folder, change)
    document = yaml.safe_load(joint.path.read_text(encoding="utf-8"))
    document["to_agree"][1]["choice"] = "this"
    path = written(folder, document, "chosen.yaml")
    return list(tasks.merge_parts(path, [], folder / "agreed.yaml").findings)


@pytest.mark.parametrize("id", sorted(RAISED))
def test_the_fault_has_its_finding(id, tmp_path):
    (finding, *_) = [f for f in RAISED[id](tmp_path) if f.id == id]
    assert finding.message.rstrip("”)").endswith((".", "?"))
