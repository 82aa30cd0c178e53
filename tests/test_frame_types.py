"""Every frame of every sample plan, and of generated ones, has the types that are promised.

What each column must be is stated here by its heading, its unit or the kind of its cell, apart from
the code that makes the frames. Money is held against the answer's own pounds, penny by penny.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import chain
from random import Random

import pandas as pd
import pytest
from pandas.api import types

import icbudget
from icbudget.answers import catalogue
from icbudget.answers.answered import kept
from icbudget.plan import SETUP, TABLES
from icbudget.plan.columns import Kind, columns_of
from icbudget.plan.unread_cells import NotKnown
from tests.engine.plans import random_document, read
from tests.places import WORKBOOKS

SAMPLES = sorted(path.stem for path in WORKBOOKS.glob("*.yaml"))
GENERATED = ["generated 1", "generated 2"]
MONEY = ("pounds", "pence")


@pytest.fixture(scope="module", params=[*SAMPLES, *GENERATED])
def result(request):
    name = request.param
    if name in SAMPLES:
        return icbudget.run(WORKBOOKS / f"{name}.yaml")
    from icbudget.plan.figure_places import draft_of

    plan = read(random_document(Random(name)))
    return icbudget.run(icbudget.Plan(draft_of(plan), name))


def is_text(column):
    return isinstance(column.dtype, pd.StringDtype)


def is_years(column):
    return isinstance(column.dtype, pd.CategoricalDtype) and column.dtype.ordered


LABELS = {
    "Year": is_years,
    "Financial year *": is_years,
    "Column": is_years,
    "Month": lambda column: str(column.dtype) == "Int64",
    "To month": lambda column: str(column.dtype) == "Int64",
    "Closed on": types.is_datetime64_any_dtype,
    "Signed on": types.is_datetime64_any_dtype,
    "Complete": lambda column: str(column.dtype) == "boolean",
    "Effect £": types.is_float_dtype,
}
"""What a label must be; every other one is text."""


def wrong_types(frame, values):
    """The columns of an answer's frame whose type is not what their heading and unit promise."""
    wrong = []
    for heading, column in frame.items():
        unit = values.get(heading)
        if (heading == "Value" and "Unit" in frame) or unit not in (None, "", "pence"):
            right = str(column.dtype) == "float64"
        elif unit == "pence":
            right = str(column.dtype) == "Int64"
        elif heading in LABELS:
            right = LABELS[heading](column)
        else:
            right = is_text(column)
        if not right:
            wrong.append((heading, unit, str(column.dtype)))
    return wrong


@pytest.mark.parametrize("money", MONEY)
def test_every_column_of_every_tidy_answer_is_of_its_type_with_its_unit_and_basis(result, money):
    for name in result.tables:
        frame = result.table(name, money=money)
        units, basis = frame.attrs["units"], frame.attrs["basis"]
        assert wrong_types(frame, units) == [], name
        numeric = [h for h, c in frame.items() if str(c.dtype) == "float64"]
        assert set(numeric) <= set(units), name
        stated = set(units) - {"Effect £"}
        assert stated <= set(frame.columns) and stated == set(basis), name
        assert all(basis[column] for column in stated), name


def pence_of(block):
    """The amounts of an answer as whole pence, worked out from the decimals that it carries."""
    cells = [
        (block.unit_of(row.unit, column), value)
        for row in block.rows
        for column, value in zip(block.columns, row.values, strict=True)
    ]
    return sorted(
        int((Decimal(repr(float(value))) * 100).quantize(Decimal(1), "ROUND_HALF_UP"))
        for unit, value in cells
        if unit == "£" and isinstance(value, (int, float)) and not isinstance(value, NotKnown)
    )


def test_pence_are_every_amount_of_the_answer_and_pounds_are_the_same_amounts(result):
    for answer in catalogue.ANSWERS:
        pence = result.table(answer.title, money="pence")
        pounds = result.table(answer.title)
        assert len(pence) == len(pounds)
        in_pence = [c for c in pence.columns if str(pence[c].dtype) == "Int64" and c not in LABELS]
        every = sorted(chain.from_iterable(pence[c].dropna().tolist() for c in in_pence))
        assert every == pence_of(kept(result._case, answer)), answer.title
        for column in in_pence:
            other = pounds["Value"] if column == "Pence" else pounds[column]
            amounts = other.where(pence[column].notna().to_numpy(dtype=bool))
            assert amounts.notna().tolist() == pence[column].notna().tolist(), answer.title
            apart = (amounts * 100 - pence[column].astype("float64")).abs()
            # what draws estimate is no whole penny
            assert apart.fillna(0).max() <= 0.5 or not len(apart), answer.title


def test_wide_has_the_columns_of_the_sheet_and_a_number_wherever_no_word_stands(result):
    for answer in catalogue.ANSWERS:
        block = kept(result._case, answer)
        frame = result.table(answer.title, wide=True)
        assert list(frame.columns) == list(block.headings)
        for column in block.columns if not block.form else ():
            values = [row.values[block.columns.index(column)] for row in block.rows]
            has_words = any(isinstance(value, str) for value in values)
            assert has_words or types.is_float_dtype(frame[column]) or is_text(frame[column])


@pytest.mark.parametrize("money", MONEY)
def test_findings_and_postings_are_tidy(result, money):
    findings = result.table("Findings", money=money)
    effect = "effect_pence" if money == "pence" else "effect"
    numeric = "Int64" if money == "pence" else "float64"
    assert findings["severity"].dtype.ordered and str(findings[effect].dtype) == numeric
    assert all(is_text(findings[c]) for c in findings.columns if c not in ("severity", effect))
    assert findings[effect].notna().tolist() == [
        f.effect_pence is not None for f in result.findings
    ]
    postings = result.table("Postings", money=money)
    amount = "Pence" if money == "pence" else "Amount"
    assert is_years(postings["Year"]) and str(postings[amount].dtype) == numeric
    assert all(is_text(postings[c]) for c in postings.columns if c not in ("Year", amount))
    for frame, column in ((findings, effect), (postings, amount)):
        assert set(frame.attrs["units"]) == set(frame.attrs["basis"]) == {column}


KINDS = {
    Kind.MONEY: "float64",
    Kind.PRICE: "float64",
    Kind.NUMBER: "float64",
    Kind.FRACTION: "float64",
    Kind.WHOLE: "Int64",
    Kind.YES_NO: "boolean",
    Kind.DATE: "datetime64",
    Kind.YEAR: "category",
}
"""The type of each kind of cell; all others are text."""


def test_every_plan_table_has_the_type_of_each_kind_of_cell(result):
    for table in TABLES.values():
        frame = result.plan.frame(table.label)
        kinds = {column.heading: column.kind for column in columns_of(table.noun)}
        by_year = {column.label: column.kind for column in columns_of(table.noun) if column.by_year}
        for heading, column in frame.items():
            label = heading.rpartition(" ")[0] if len(by_year) > 1 else next(iter(by_year), "")
            kind = kinds.get(heading) or by_year[label]
            wanted = KINDS.get(kind)
            right = str(column.dtype).startswith(wanted) if wanted else is_text(column)
            assert right, (table.label, heading, str(column.dtype))
            if str(column.dtype) == "float64" and kind is not Kind.NUMBER:
                assert frame.attrs["units"][heading], (table.label, heading)
        assert set(frame.attrs["basis"]) == set(frame.attrs["units"])


def test_plan_tables_in_pence_are_the_decimals_that_were_typed(result):
    for field, table in TABLES.items():
        frame = result.plan.frame(table.label, money="pence")
        money = [c for c in columns_of(table.noun) if c.kind is Kind.MONEY]
        rows = getattr(result.plan.value, field)
        typed = []
        for row in rows:
            for column in money:
                held = getattr(row, column.field)
                typed += held.values() if column.by_year else [held]
        in_pence = [h for h in frame.columns if h.endswith("(pence)")]
        every = sorted(chain.from_iterable(frame[h].dropna().tolist() for h in in_pence))
        assert every == sorted(int(amount * 100) for amount in typed if amount is not None)
        assert all(str(frame[h].dtype) == "Int64" for h in in_pence)
        assert [h for h in frame.columns if h.endswith("(£)")] == []


def test_no_two_frames_have_one_id(result):
    ids = [result.table(answer.title).attrs["id"] for answer in catalogue.ANSWERS]
    ids += [result.plan.frame(table.label).attrs["id"] for table in (SETUP, *TABLES.values())]
    ids += [result.table(name).attrs["id"] for name in ("Findings", "Postings")]
    ids += ["draws", "rejects", "comparison", "best-plan", "explanation"]
    assert sorted(ids) == sorted(set(ids))


def test_a_type_does_not_hang_on_the_rows_that_a_plan_has():
    """Of a plan without such rows, days once had another resolution, and years no text."""
    from icbudget.frames import column_types

    for column in (column_types.dates, column_types.years_in_order):
        one = "2026-04-01" if column is column_types.dates else "2026/27"
        few = [pd.Series(column(values)).dtype for values in ([one], [None], [])]
        if column is column_types.dates:
            assert [str(dtype) for dtype in few] == ["datetime64[us]"] * 3
        else:
            assert {str(dtype.categories.dtype) for dtype in few} == {"str"}
