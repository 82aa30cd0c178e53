"""Allocations imported and kept beside a plan: whole or not at all, dated, compared, packed."""

from __future__ import annotations

import csv
import json

import openpyxl
import pytest

from icbudget import tasks
from icbudget.plan.plan_text import from_document, to_yaml
from icbudget.reference.allocations import HEADINGS
from tests.checks.clean import NHS, clean

GOOD = {
    "area": "Lewisham",
    "year": "2025/26",
    "source": NHS,
    "contributor": "QKK",
    "kind": "contribution",
    "amount": "1,000,000.50",
    "edition": "2025-02-14",
    "document": "Allocations of a test",
    "grade": "read",
}


@pytest.fixture
def plan(tmp_path):
    document = clean()
    document["setup"] |= {"area": "Lewisham", "ons_code": "E09000023"}
    path = tmp_path / "plan.yaml"
    path.write_text(to_yaml(from_document(document).plan), encoding="utf-8")
    return path


def table(tmp_path, *rows, headings=HEADINGS):
    path = tmp_path / "allocations.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headings)
        writer.writerows([row[h] for h in headings] for row in rows)
    return path


def test_a_good_table_is_kept_beside_the_plan_and_compared(tmp_path, plan):
    path, findings = tasks.import_allocations(table(tmp_path, GOOD), plan)
    assert findings == [] and path == tmp_path / "plan.reference" / "allocations.csv"
    assert "E09000023,2025/26" in path.read_text() and "1000000.50" in path.read_text()
    told = {f.id: f for f in tasks.check(plan).findings}
    # the plan has £1,000,000.00
    assert "£1,000,000 in the plan and £1,000,000.50" in told["reference.differs"].message
    # February 2025 to April 2025, the first month of a plan that is not monitored: two months
    assert "reference.old-edition" not in told


def test_an_edition_of_more_than_six_months_is_a_note(tmp_path, plan):
    tasks.import_allocations(table(tmp_path, {**GOOD, "edition": "2024-09"}), plan)
    told = {f.id: f for f in tasks.check(plan).findings}
    assert "7 months" in told["reference.old-edition"].message
    assert str(told["reference.old-edition"].severity) == "note"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"area": "Atlantis"}, "There is no area “Atlantis”"),
        ({"year": "2025"}, "“2025” is not a financial year"),
        ({"source": "iBCF"}, "“iBCF” is no funding source of 2025/26"),
        ({"kind": "gift"}, "“gift” is no kind of amount"),
        ({"amount": "about 1m"}, "“about 1m” is no amount"),
        ({"amount": "-5"}, "“-5” is no amount"),
        ({"amount": "1.005"}, "“1.005” is no amount"),
        ({"edition": "spring"}, "“spring” is no date"),
        ({"grade": "sure"}, "“sure” is no grade"),
        ({"document": ""}, "The document is blank"),
    ],
)
def test_one_bad_cell_refuses_the_whole_table_with_its_row(tmp_path, plan, change, words):
    path, findings = tasks.import_allocations(table(tmp_path, GOOD, GOOD | change), plan)
    assert path is None and not (tmp_path / "plan.reference").exists()
    (found,) = findings
    assert found.message.startswith(f"Row 3: {words}") and found.fix


def test_a_row_twice_a_missing_heading_and_an_empty_file_are_refused(tmp_path, plan):
    _, findings = tasks.import_allocations(table(tmp_path, GOOD, GOOD), plan)
    assert "as in row 2" in findings[0].message
    _, findings = tasks.import_allocations(table(tmp_path, GOOD, headings=HEADINGS[1:]), plan)
    assert "area is missing" in findings[0].message
    (tmp_path / "empty.csv").write_text("")
    _, findings = tasks.import_allocations(tmp_path / "empty.csv", plan)
    assert "no rows" in findings[0].message


def test_a_workbook_is_read_like_a_csv(tmp_path, plan):
    book = openpyxl.Workbook()
    book.active.append(HEADINGS)
    book.active.append([{**GOOD, "amount": 1000000.5}[h] for h in HEADINGS])
    book.save(tmp_path / "allocations.xlsx")
    path, findings = tasks.import_allocations(tmp_path / "allocations.xlsx", plan)
    assert findings == [] and "1000000.50" in path.read_text()


def test_another_edition_is_not_written_over_without_being_asked(tmp_path, plan):
    tasks.import_allocations(table(tmp_path, GOOD), plan)
    newer = table(tmp_path, {**GOOD, "amount": "7"})
    with pytest.raises(FileExistsError):
        tasks.import_allocations(newer, plan)
    path, _ = tasks.import_allocations(newer, plan, overwrite=True)
    assert ",7.00," in path.read_text()


def test_a_spoiled_table_beside_a_plan_is_one_warning_and_the_answers_go_on(tmp_path, plan):
    path, _ = tasks.import_allocations(table(tmp_path, GOOD), plan)
    path.write_text("area\n")
    opened = tasks.check(plan)
    assert opened.sound
    assert [f.id for f in opened.findings if f.id.startswith("reference")] == ["reference.unusable"]


def test_the_audit_pack_names_and_holds_it_and_verifies(tmp_path, plan):
    tasks.import_allocations(table(tmp_path, GOOD), plan)
    tasks.pack(plan, tmp_path)
    pack = tmp_path / "plan-pack"
    record = json.loads((pack / "run-record.json").read_text(encoding="utf-8"))
    assert record["reference"][-1]["table"] == "allocations"
    assert record["reference"][-1]["vintage"] == "2025-02-14"
    assert "allocations" in (pack / "data-log.csv").read_text(encoding="utf-8-sig")
    assert (pack / "input" / "plan.reference" / "allocations.csv").is_file()
    _, findings = tasks.verify_pack(pack)
    assert [f.id for f in findings if f.id.startswith("pack")] == []


PEOPLE = {
    "area": "Lewisham",
    "year": "2025/26",
    "age_band": "75+",
    "people": "12,000",
    "edition": "2025-06-24",
    "document": "Projections by local authority, a test",
    "grade": "read",
}


def people_table(tmp_path, *rows):
    return table(tmp_path, *rows, headings=tuple(PEOPLE))


def test_people_of_the_council_are_taken_for_a_new_plan_and_named(tmp_path):
    path = people_table(tmp_path, PEOPLE, {**PEOPLE, "year": "2026/27", "people": "12,300"})
    out, findings = tasks.new(tmp_path / "new.yaml", "Lewisham", "2025/26", 1, population=path)
    index = next(row for row in tasks.load(out).plan.indices if row.id == "pop_75")
    assert index.rates["2026/27"] == pytest.approx(300 / 12_000)
    assert index.name == "Population aged 75 and over, Lewisham"
    assert index.evidence == PEOPLE["document"]
    told = {f.id: f for f in findings}
    assert "area.growth-of-people" not in told
    # the table has no people of 65 and over: no rate is guessed
    assert "“pop_65”" in next(f.message for f in findings if f.id == "area.no-rate")


def test_people_beside_a_plan_are_compared_with_its_growth_and_packed(tmp_path, plan):
    text = plan.read_text().replace("indices:\n- id: prices", "indices:\n- id: pop_75")
    plan.write_text(text.replace("prices", "pop_75"), encoding="utf-8")
    path = people_table(tmp_path, PEOPLE, {**PEOPLE, "year": "2026/27", "people": "12,300"})
    kept, findings = tasks.import_allocations(path, plan)
    assert findings == [] and kept == tmp_path / "plan.reference" / "population.csv"
    told = {f.id: f for f in tasks.check(plan).findings}
    # the plan has 2 % a year, and 12,300 ÷ 12,000 is 2.5 %
    assert "2% into 2026/27" in told["reference.growth-differs"].message
    assert "by 2.5%" in told["reference.growth-differs"].message


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"area": "Atlantis"}, "There is no area “Atlantis”"),
        ({"age_band": "60+"}, "“60+” is no age band"),
        ({"people": "many"}, "“many” is no number of people"),
        ({"year": "2026"}, "“2026” is not a financial year"),
        ({"document": ""}, "The document is blank"),
    ],
)
def test_a_bad_cell_refuses_a_table_of_people_with_its_row(tmp_path, plan, change, words):
    path, findings = tasks.import_allocations(people_table(tmp_path, {**PEOPLE, **change}), plan)
    assert path is None
    assert any(f.message.startswith("Row 2: ") and words in f.message for f in findings)


def test_two_rows_of_one_area_year_and_band_are_refused(tmp_path, plan):
    path, findings = tasks.import_allocations(people_table(tmp_path, PEOPLE, PEOPLE), plan)
    assert path is None and "Row 3: The same area, year and age band as in row 2" in str(findings)
