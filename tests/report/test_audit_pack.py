"""The audit pack: what is in it, that it repeats itself, and that a change to any of it is told."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
import subprocess

import pytest
import yaml

from icbudget import tasks
from icbudget.findings import Severity
from icbudget.plan import TABLES
from tests.examples.worked_example.test_worked_example import document as small_document
from tests.places import EXAMPLES, WORKBOOKS
from tests.report.pages import parsed

GE1 = EXAMPLES / "ge1" / "plan.yaml"
PLAN = WORKBOOKS / "north-tyneside-better-care-fund.xlsx"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    out = tmp_path_factory.mktemp("pack")
    _, files = tasks.pack(PLAN, out)
    return out / f"{PLAN.stem}-pack", files


@pytest.fixture
def pack(written, tmp_path):
    return shutil.copytree(written[0], tmp_path / "pack")


def rows(folder, name):
    return list(csv.reader((folder / name).read_text(encoding="utf-8-sig").splitlines()))


def test_the_record_names_what_it_says_of_each_table(written):
    record = json.loads((written[0] / "run-record.json").read_text())
    for table in record["reference"]:
        assert list(table) == ["table", "title", "vintage", "licence", "rows", "sha256"]


def test_the_pack_holds_what_an_auditor_files(written):
    names = {p.relative_to(written[0]).as_posix() for p in written[0].rglob("*") if p.is_file()}
    assert {
        f"input/{PLAN.name}",
        "assumptions.csv",
        "data-log.csv",
        "findings.csv",
        "postings.csv",
        "run-record.json",
    } <= names
    assert {
        "audit-file.html",
        "audit-file.pdf",
        "paper.html",
        "paper.pdf",
        "report.html",
        "manifest.sha256",
    } <= names
    answers = tasks.answers(tasks.check(PLAN).case)
    assert {f"tables/{id}.csv" for id in answers} <= names
    assert (written[0] / "input" / PLAN.name).read_bytes() == PLAN.read_bytes()


def test_every_sum_is_that_of_its_file(written):
    listed = dict(
        reversed(line.split("  "))
        for line in (written[0] / "manifest.sha256").read_text().splitlines()
    )
    there = {p.relative_to(written[0]).as_posix(): p for p in written[0].rglob("*") if p.is_file()}
    assert set(listed) == set(there) - {"manifest.sha256"}
    assert all(
        hashlib.sha256(there[name].read_bytes()).hexdigest() == wanted
        for name, wanted in listed.items()
    )


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="needs sha256sum")
def test_the_manifest_can_be_checked_without_icbudget(written):
    subprocess.run(
        ["sha256sum", "--quiet", "--check", "manifest.sha256"], cwd=written[0], check=True
    )


def test_the_same_plan_gives_the_same_pack(written, tmp_path):
    tasks.pack(PLAN, tmp_path)
    again = tmp_path / written[0].name
    for path in written[1]:
        assert (again / path.relative_to(written[0])).read_bytes() == path.read_bytes(), path.name


def test_the_log_names_every_figure_with_its_cell_and_source(written):
    heading, *told = rows(written[0], "assumptions.csv")
    assert heading[:4] == ["Assumption", "Value", "Cell", "Source"]
    minimum = next(
        row for row in told if row[0].endswith("Base amount") and row[1] == "£11,651,150"
    )
    assert (
        re.fullmatch(r"Funding![A-Z]+\d+", minimum[2])
        and "North Tyneside" in minimum[3]
        and minimum[4] == "published"
    )
    plan = tasks.check(PLAN).case.plan
    figures = {row[heading.index("Path")].split("/")[0] for row in told}
    assert {
        name
        for name in TABLES
        if name in ("contributions", "indices", "schemes") and getattr(plan, name)
    } <= figures


def test_a_percentage_below_zero_is_no_formula_and_has_the_sign_of_amounts(tmp_path):
    """A hyphen in front would be guarded by an apostrophe, as what may be a formula."""
    document = small_document()
    document["indices"][0]["rates"]["2026/27"] = -0.0014
    plan = tmp_path / "falls.yaml"
    plan.write_text(yaml.safe_dump(document), encoding="utf-8")
    tasks.pack(plan, tmp_path)
    values = {row[-1]: row[1] for row in rows(tmp_path / "falls-pack", "assumptions.csv")}
    assert values["indices/growth/rates[2026/27]"] == "−0.14%"


def test_the_audit_file_says_what_was_not_checked_and_who_signs(written):
    page = parsed((written[0] / "audit-file.html").read_text(encoding="utf-8"))
    told = page.text()
    assert (
        "Excel: nothing in this pack was calculated by Excel." in told
        and "icbudget does not open them" in told
    )
    assert "Assurer" in told and "Signature" in told and "4 rows" not in told


def test_a_sound_pack_agrees(pack):
    opened, findings = tasks.verify_pack(pack)
    assert opened is not None and findings == []


def changed(pack):
    (pack / "postings.csv").write_bytes(
        (pack / "postings.csv").read_bytes().replace(b"11651150", b"11651151", 1)
    )
    return "pack.changed", "postings.csv"


def gone(pack):
    (pack / "tables" / "balances.csv").unlink()
    return "pack.missing", "tables/balances.csv"


def forged(pack):
    """A change with a manifest to match: only working the pack out again shows it."""
    page = pack / "tables" / "income.csv"
    summed_anew(pack, page, page.read_bytes().replace(b"11651150.00", b"11651151.00"))
    return "pack.differs", "tables/income.csv"


def summed_anew(pack, path, content):
    """Write a file of the pack and its sum into the manifest."""
    path.write_bytes(content)
    name = path.relative_to(pack).as_posix()
    sums = (pack / "manifest.sha256").read_text().splitlines()
    new = [
        f"{hashlib.sha256(content).hexdigest()}  {name}" if line.endswith(f"  {name}") else line
        for line in sums
    ]
    (pack / "manifest.sha256").write_text("\n".join(new) + "\n")


@pytest.mark.parametrize("spoil", [changed, gone, forged])
def test_a_spoiled_pack_is_told_with_its_file(pack, spoil):
    id, name = spoil(pack)
    _, findings = tasks.verify_pack(pack)
    assert [(f.id, f.place.workbook) for f in findings if f.severity is Severity.ERROR] == [
        (id, name)
    ]


def without_lines(pack, *starts):
    """Take lines out of the manifest, as somebody does who hides that files are gone."""
    lines = (pack / "manifest.sha256").read_text().splitlines()
    left = [line for line in lines if not line.split("  ", 1)[1].startswith(starts)]
    (pack / "manifest.sha256").write_text("\n".join(left) + "\n")


def with_line(pack, name, content):
    """Add a file and its line in the manifest."""
    (pack / name).write_bytes(content)
    with (pack / "manifest.sha256").open("a") as manifest:
        manifest.write(f"{hashlib.sha256(content).hexdigest()}  {name}\n")


def file_gone_with_its_line(pack):
    (pack / "findings.csv").unlink()
    without_lines(pack, "findings.csv")
    return {("pack.missing", "findings.csv")}


def folder_gone_with_its_lines(pack):
    names = {f"tables/{path.name}" for path in (pack / "tables").iterdir()}
    shutil.rmtree(pack / "tables")
    without_lines(pack, "tables/")
    return {("pack.missing", name) for name in names}


def file_added(pack):
    (pack / "letter.txt").write_text("x")
    return {("pack.added", "letter.txt")}


def file_added_with_a_line(pack):
    with_line(pack, "tables/extra.csv", b"Pool,Amount\n")
    return {("pack.added", "tables/extra.csv")}


def second_plan(pack):
    with_line(pack, "input/other.yaml", b"setup: {title: Other, base_year: 2025/26}\n")
    return {("pack.second-plan", "input/other.yaml")}


def second_plan_without_a_line(pack):
    (pack / "input" / "other.yaml").write_text("setup: {title: Other, base_year: 2025/26}\n")
    return {("pack.second-plan", "input/other.yaml")}


def plan_outside_the_pack(pack):
    record = json.loads((pack / "run-record.json").read_text())
    content = json.dumps(record | {"input": f"../../{PLAN.name}"}).encode()
    summed_anew(pack, pack / "run-record.json", content)
    return {("pack.outside", "run-record.json")}


def plan_by_a_link(pack):
    (pack / "input" / PLAN.name).unlink()
    (pack / "input" / PLAN.name).symlink_to(PLAN)
    name = f"input/{PLAN.name}"
    return {("pack.outside", name), ("pack.missing", name), ("pack.no-plan", name)}


def plan_gone_with_its_line(pack):
    (pack / "input" / PLAN.name).unlink()
    without_lines(pack, "input/")
    return {("pack.no-plan", f"input/{PLAN.name}")}


@pytest.mark.parametrize(
    "tamper",
    [
        file_gone_with_its_line,
        folder_gone_with_its_lines,
        file_added,
        file_added_with_a_line,
        second_plan,
        second_plan_without_a_line,
        plan_outside_the_pack,
        plan_by_a_link,
        plan_gone_with_its_line,
    ],
    ids=lambda tamper: tamper.__name__,
)
def test_a_pack_that_lacks_or_adds_anything_is_not_sound(pack, tamper):
    expected = tamper(pack)
    _, findings = tasks.verify_pack(pack)
    errors = {(f.id, f.place.workbook) for f in findings if f.severity is Severity.ERROR}
    assert errors == expected


def test_a_line_of_the_manifest_for_nothing_is_missed(pack):
    """A line in another form is no sum; the manifest then does not come out again."""
    with (pack / "manifest.sha256").open("a") as manifest:
        manifest.write("not a sum\n")
    assert [(f.id, f.place.workbook) for f in tasks.verify_pack(pack)[1]] == [
        ("pack.differs", "manifest.sha256")
    ]


@pytest.mark.parametrize("name", ["manifest.sha256", "run-record.json"])
def test_a_folder_that_is_no_pack_is_told(pack, name):
    (pack / name).unlink()
    opened, findings = tasks.verify_pack(pack)
    assert opened is None and [f.id for f in findings] == ["pack.not-one"]


def test_a_record_cannot_point_outside_the_pack(pack):
    record = json.loads((pack / "run-record.json").read_text())
    (pack / "run-record.json").write_text(json.dumps(record | {"input": "../../etc/passwd"}))
    opened, findings = tasks.verify_pack(pack)
    named = {(f.id, f.place.workbook) for f in findings}
    assert opened is None
    assert {("pack.changed", "run-record.json"), ("pack.outside", "run-record.json")} <= named


def test_a_scenario_is_verified_as_it_was_run(tmp_path):
    plan = WORKBOOKS / "illustrative-borough.yaml"
    scenario = tasks.check(plan).case.plan.scenarios[0].scenario
    tasks.pack(plan, tmp_path, scenario=scenario)
    opened, findings = tasks.verify_pack(tmp_path / f"{plan.stem}-pack")
    assert findings == [] and opened.case.plan.setup.active_scenario == scenario


def test_a_pack_says_its_draws_and_seed_and_its_ranges_are_made_again(tmp_path):
    tasks.pack(GE1, tmp_path)
    pack = tmp_path / f"{GE1.stem}-pack"
    record = json.loads((pack / "run-record.json").read_text())
    assert (record["draws"], record["seed"]) == (1000, 1)
    ranges = rows(pack, "tables/simulation.csv")
    assert {row[1]: row[-1] for row in ranges if row[0] == "The simulation"}["Seed"] == "1"
    (p90,) = (row[-1] for row in ranges if row[1].startswith("Net cash: ") and row[2] == "P90")
    assert tasks.verify_pack(pack)[1] == []
    page = pack / "tables" / "simulation.csv"
    summed_anew(pack, page, page.read_bytes().replace(p90.encode(), b"1.00"))
    told = [
        (f.id, f.place.workbook) for f in tasks.verify_pack(pack)[1] if f.severity is Severity.ERROR
    ]
    assert told == [("pack.differs", "tables/simulation.csv")]


def test_a_plan_with_errors_has_a_pack_without_figures(tmp_path):
    plan = tmp_path / "broken.yaml"
    plan.write_text(
        "setup: {title: Broken, base_year: 2025/26, horizon: 1}\npools: [{id: p, name: P, host:"
        " nobody}]\n"
    )
    opened, files = tasks.pack(plan, tmp_path)
    assert opened.case is not None and opened.case.result is None and files
    assert any("nobody" in row[3] for row in rows(tmp_path / "broken-pack", "findings.csv"))
    assert tasks.verify_pack(tmp_path / "broken-pack")[1] == []


def test_a_pack_with_a_hash_of_another_version_says_so_and_accuses_nobody(pack):
    path = pack / "run-record.json"
    record = json.loads(path.read_text())
    first = {k: v for k, v in record.items() if not k.endswith("_version") and "figures" not in k}
    # A first version's hash of the same plan: other digits, and no version beside them.
    content = json.dumps(first | {"plan_hash": "0" * 64}).encode()
    summed_anew(pack, path, content)
    opened, findings = tasks.verify_pack(pack)
    assert opened is not None
    assert [(f.id, f.severity) for f in findings] == [("verify.hash-version", Severity.WARNING)]
