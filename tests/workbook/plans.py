"""Plans for the tests of the workbook: one that fills every table, and any that could be
written."""

from __future__ import annotations

import datetime as dt
import io
import string
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
from hypothesis import strategies as st

from icbudget import years
from icbudget.answers.block import Block
from icbudget.answers.case import Case, evaluate
from icbudget.answers.catalogue import ANSWERS
from icbudget.plan import SETUP, TABLES, Plan, PlanTable
from icbudget.plan.cell_values import ERROR_VALUES
from icbudget.plan.columns import Column, Kind, columns_of
from icbudget.plan.plan_text import from_yaml
from icbudget.workbook.contents import EVERYTHING
from icbudget.workbook.writing.build import build
from tests.hostile.maker import inputs_of


@cache
def rich() -> Plan:
    """Return the invented plan that fills every table and kind of column."""
    plan = from_yaml((Path(__file__).parent / "rich.yaml").read_text(encoding="utf-8")).plan
    assert plan is not None
    return plan


@cache
def rich_case() -> Case:
    return evaluate(rich())


@cache
def rich_blocks() -> dict[str, Block]:
    return {a.id: a.build(rich_case()) for a in ANSWERS}


@cache
def rich_workbook(*, live: bool = True) -> bytes:
    return build(rich(), rich_blocks(), live=live, case=rich_case(), choice=EVERYTHING)


@cache
def rich_book(*, live: bool = True, values: bool = False) -> openpyxl.Workbook:
    """Return the workbook opened, with formulas or with their stored results.

    Many tests look at it, and none changes it.
    """
    return openpyxl.load_workbook(io.BytesIO(rich_workbook(live=live)), data_only=values)


@cache
def rich_inputs(*, live: bool = True) -> bytes:
    """Return the sheets of its tables alone, which openpyxl opens and saves ten times as fast."""
    return inputs_of(rich_workbook(live=live))


_SIGNS = "=+-@#'\"<>&|;_ %£é漢\U0001f600" + string.ascii_letters + string.digits


@cache
def texts(*, least: int = 0, without: str = "") -> st.SearchStrategy[str]:
    """Return texts as a person may type them: any sign at the start, single blanks inside, no error
    value of Excel.
    """
    made = st.text(alphabet=[c for c in _SIGNS if c not in without], min_size=least, max_size=12)
    tidy = made.map(lambda t: " ".join(t.split()))
    return tidy.filter(lambda t: len(t) >= least and t.upper() not in ERROR_VALUES)


def _limits(column: Column, table: PlanTable) -> dict[str, float]:
    told = table.noun.model_fields[column.field].metadata
    return {
        n: getattr(rule, n) for rule in told for n in ("ge", "gt", "le", "lt") if hasattr(rule, n)
    }


def _whole_numbers(column: Column, table: PlanTable) -> st.SearchStrategy[int]:
    limits = _limits(column, table)
    return st.integers(max(1, int(limits.get("ge", 1))), int(limits.get("le", 1e9)))


def _numbers(column: Column, table: PlanTable) -> st.SearchStrategy[float]:
    limits = _limits(column, table)
    low = float(limits.get("ge", limits.get("gt", -1e6)))
    high = float(limits.get("le", limits.get("lt", 1e9)))
    return st.floats(
        low, high, exclude_min="gt" in limits, exclude_max="lt" in limits, allow_subnormal=False
    ).map(lambda x: x + 0.0)


_YEARS = st.integers(2001, 2060).map(years.of)
_PENCE = st.integers(1, 10**12).map(lambda p: Decimal(p).scaleb(-2))
_DAYS = st.dates(dt.date(1900, 3, 1), dt.date(2200, 1, 1)).map(lambda d: d.isoformat())


@cache
def _values(column: Column, table: PlanTable) -> st.SearchStrategy[Any]:
    least = 1 if column.required or column.default else 0  # a blank cell means the default
    if column.choices:
        return st.sampled_from(column.choices)
    if column.kind is Kind.WHOLE:
        return _whole_numbers(column, table)
    strategies: dict[Kind, st.SearchStrategy[Any]] = {
        Kind.MONEY: _PENCE,
        Kind.YES_NO: st.booleans(),
        Kind.YEAR: _YEARS,
        Kind.YEARS: st.lists(_YEARS, max_size=3).map(tuple),
        Kind.REFERENCES: (
            st.lists(texts(least=1, without=";,"), min_size=least, max_size=3).map(tuple)
        ),
        Kind.DATE: _DAYS,
    }
    if column.kind in (Kind.PRICE, Kind.NUMBER, Kind.FRACTION):
        return _numbers(column, table)
    return strategies.get(column.kind, texts(least=least))


@st.composite
def _rows(draw: st.DrawFn, table: PlanTable) -> Any:
    values: dict[str, Any] = {}
    for column in columns_of(table.noun):
        if not column.required and draw(st.booleans()):
            continue
        one = _values(column, table)
        values[column.field] = (
            draw(st.dictionaries(_YEARS, one, max_size=3)) if column.by_year else draw(one)
        )
    return table.noun(**values)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Return any plan that could be written; it need not make sense, only be kept."""
    tables = {
        field: tuple(
            draw(st.lists(_rows(table), max_size=2, unique_by=lambda row, t=table: t.key_of(row)))
        )
        for field, table in TABLES.items()
    }
    setup = draw(_rows(SETUP))
    return Plan(setup=setup.model_copy(update={"horizon": draw(st.integers(0, 4))}), **tables)
