"""The Unit costs and Evidence sheets carry the shipped tables whole, with how far to trust each
figure.
"""

from __future__ import annotations

import io

import openpyxl
import pytest

from icbudget import reference
from icbudget.workbook import layout
from icbudget.workbook.contents import EVERYTHING
from icbudget.workbook.writing.build import blank_plan, build


@pytest.fixture(scope="module")
def book():
    return openpyxl.load_workbook(io.BytesIO(build(blank_plan(), {}, live=True, choice=EVERYTHING)))


def table(sheet):
    rows = [row for row in sheet.iter_rows(min_row=5, values_only=True)]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def test_national_unit_costs_stand_with_currency_year_and_source(book):
    rows = table(book[layout.UNIT_COSTS])
    # National Cost Collection 2024/25: 11,204,992 non-elective episodes at £2,711.36 on average
    nel = next(
        r for r in rows if r["Description"].startswith("Non-elective inpatient, long and short")
    )
    assert (nel["Currency"], nel["Price year"], round(nel["Unit cost (£ a unit)"], 2)) == (
        "episode",
        "2024/25",
        2711.36,
    )
    assert (
        nel["National activity (a year)"] == 11_204_992
        and "not spells" in nel["Note"]
        and nel["Source"]
    )
    assert len(rows) == len(reference.rows("unit_cost"))


def test_what_could_not_be_seen_at_its_source_says_so(book):
    rows = table(book[layout.UNIT_COSTS])
    assert {r["Status"] for r in rows if r["Unit cost (£ a unit)"] == 1490} == {
        "background-unconfirmed"
    }


def test_null_results_are_there_and_planning_reductions_are_called_judgement(book):
    rows = table(book[layout.EVIDENCE])
    assert len(rows) == 24
    # 36-study meta-analysis and a trial of 230,099 people: case management has grade N
    assert any(r["Grade"] == "N" and "ase management" in r["Programme"] for r in rows)
    for heading in rows[0]:
        assert not heading.startswith("Planning reduction") or heading.endswith(
            "(judgement, not evidence)"
        )
    assert all(r["Source"] and r["Status"] for r in rows)


def test_every_study_has_a_row_of_its_own(book):
    rows = table(book[layout.STUDIES])
    assert len(rows) == len(reference.studies())
    prismatic = [
        r for r in rows if r["Study"] == "PRISMATIC" and r["Outcome"] == "Emergency admissions"
    ]
    assert [(r["Estimate"], r["Finding"]) for r in prismatic] == [(-0.01, "adverse")]


def test_a_programme_names_its_evidence_row_from_a_drop_down(book):
    ids = [row["Evidence row"] for row in table(book[layout.EVIDENCE])]
    sheet, cells = next(book.defined_names["lstEvidence"].destinations)
    assert (
        [cell.value for (cell,) in book[sheet][cells]]
        == ids
        == [row["id"] for row in reference.evidence()]
    )


def test_uplift_factors_stand_in_every_version(book):
    rows = table(book[layout.UPLIFTS])
    told = {
        r["Version"]: r["Rate"]
        for r in rows
        if (r["Financial year"], r["Factor"]) == ("2025/26", "cost uplift")
    }
    assert told == {"before pay award": 0.0415, "after pay award": 0.0483}
    assert all(r["Source"] and r["Status"] for r in rows) and len(rows) == len(
        reference.rows("nhs_cost_uplift")
    )
