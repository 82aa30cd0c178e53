"""A programme that names a row of the evidence library: blank cells take its figures, typed ones
count.

The figures are those of the library's table, which says of each that it is a judgement: telehealth
4 % (−3 % to 12 %), grade A, 3 months; telecare grade N; tobacco-inpatient 2 (0.3 to 8) points of
absolute risk.
"""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

from icbudget import reference
from icbudget.plan.evidence_rows import TAKEN, figures_of
from icbudget.plan.plan_text import as_document, from_document, from_yaml, json_schema, to_yaml
from icbudget.workbook.writing.reference_sheets import _PROGRAMMES
from tests.checks.clean import clean

BLANK = {"effect": None, "effect_low": None, "effect_high": None, "grade": None}


def draft(**programme):
    document = clean()
    document["programmes"][0] |= BLANK | programme
    return from_document(document)


def test_every_blank_cell_takes_what_the_library_says():
    found = draft(library="telehealth")
    (row,) = found.plan.programmes
    assert (row.effect_measure, row.effect, row.effect_low, row.effect_high) == (
        "rate_reduction",
        0.04,
        -0.03,
        0.12,
    )
    assert (row.grade, row.lag, row.name) == (
        "A",
        0.25,
        reference.evidence_row("telehealth")["programme"],
    )
    assert "judgement of the icbudget authors, not evidence" in row.evidence
    assert (
        str(found.places["programmes/falls/effect"])
        == "Evidence, row telehealth, column Planning reduction, central (judgement, not evidence)"
    )
    assert str(found.places["programmes/falls/cost_index"]).startswith("Prevention"), (
        "the plan's own cell"
    )


def test_what_is_typed_counts_and_is_no_part_of_the_library_s_estimate():
    found = draft(library="telehealth", effect=0.02, lag=0, grade="C")
    (row,) = found.plan.programmes
    assert (row.effect, row.effect_low, row.effect_high, row.lag, row.grade) == (
        0.02,
        None,
        None,
        0,
        "C",
    )
    assert "Prevention" in str(found.places["programmes/falls/effect"])
    (again,) = from_yaml(to_yaml(found.plan)).plan.programmes
    assert again == row, "a typed 0 is not blank when it is read again"


def test_one_typed_end_stands_beside_the_library_s_own():
    (row,) = draft(library="telehealth", effect_low=0.0).plan.programmes
    assert (row.effect, row.effect_low, row.effect_high) == (0.04, 0.0, 0.12)


def test_grade_n_takes_no_effect():
    (row,) = draft(library="telecare").plan.programmes
    assert (row.grade, row.effect) == ("N", 0.0)


def test_points_of_absolute_risk_are_not_taken_for_a_reduction_of_the_rate():
    found = draft(library="tobacco-inpatient", base_risk=0.384)
    assert (found.plan.programmes[0].effect_measure, found.plan.programmes[0].effect) == (
        "absolute_risk_reduction",
        0.02,
    )


@pytest.mark.parametrize(
    "programme",
    [{}, {"library": "telehealth", "effect_measure": "risk_ratio"}, {"library": "telehelth"}],
)
def test_an_effect_that_nothing_gives_is_still_needed(programme):
    found = draft(**programme)
    assert any(f.message.startswith("Effect is blank and is needed.") for f in found.findings)
    graded = draft(grade="B", **programme)
    assert [figure.field for figure in graded.unknown] == ["effect"], (
        "whatever stands in the plan there is nobody's figure"
    )


def test_the_schema_asks_for_an_effect_only_where_no_row_is_named():
    schema, document = Draft202012Validator(json_schema()), as_document(from_document(clean()).plan)
    (row,) = document["programmes"]
    del row["effect"], row["grade"]
    assert list(schema.iter_errors(document))
    row["library"] = "telehealth"
    assert not list(schema.iter_errors(document))


def test_each_field_names_a_heading_of_the_evidence_sheet():
    headings = {heading for heading, *_ in _PROGRAMMES}
    assert set(TAKEN.values()) <= headings and set(figures_of(reference.evidence()[0])) == set(
        TAKEN
    )
