"""Plans that are odd and sound, for the sheets: very large, very small, with nothing or less than
nothing in them.
"""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import Any

from icbudget import years
from icbudget.answers.block import Block
from icbudget.answers.case import Case, evaluate_draft
from icbudget.answers.catalogue import ANSWERS
from icbudget.plan.plan_text import from_document
from icbudget.workbook.writing.build import build
from tests.checks.clean import LA, NHS, clean

LONG = ("Bwrdd Iechyd Prifysgol Betsi Cadwaladr – Pŵl Ynys Môn ŵŷâêîô, Łódź, Ελλάδα, 健康, é " * 3)[
    :200
]
"""A name of 200 characters, Welsh and others."""
YEARS_30 = [years.of(2025 + n) for n in range(1, 31)]


def named(n: int) -> str:
    """Return a name of 200 characters that ends in a number."""
    return f"{LONG[:195]} {n}"


def _many() -> dict[str, Any]:
    """30 partners, 200 schemes, billions of pounds, names of 200 characters, for one year."""
    document = clean()
    document["setup"] |= {"title": named(0), "area": named(0), "horizon": 1, "draws": 50}
    document["partners"] = [{**p, "name": named(n)} for n, p in enumerate(document["partners"])]
    document["partners"] += [
        {"id": f"partner_{n}", "name": named(n), "kind": "council"} for n in range(27)
    ]
    document["pools"][0] |= {"name": named(0), "risk_share": "by_money"}
    document["risk_shares"] = [{"id": "by_money", "basis": "contributions", "clause": named(0)}]
    document["contributions"][0]["base_amount"] = 9_876_543_210.98
    money = {"pool": "bcf", "source": LA, "index": "prices"}
    document["contributions"] += [
        {**money, "partner": f"partner_{n}", "base_amount": 1_234_567.89, "name": named(n)}
        for n in range(27)
    ]
    less = {"partner": "council", "kind": "deduction", "base_amount": 2_345_678.9, "line": 2}
    document["contributions"].append({**money, **less})
    scheme = {
        "pool": "bcf",
        "source": NHS,
        "area_of_spend": "Social Care",
        "commissioner": "LA",
        "index": "prices",
    }
    document["schemes"] += [
        {
            **scheme,
            "id": f"scheme_{n}",
            "name": named(n),
            "description": named(n),
            "base_amount": 40_000_000.25,
        }
        for n in range(197)
    ]
    document["acute_lines"][0] |= {"name": named(0), "base_activity": 3_000_000}
    document["programmes"][0]["name"] = named(0)
    document["goals"][0] |= {"measure": named(0), "target_year": "2026/27"}
    return document


def _long() -> dict[str, Any]:
    """30 years."""
    document = clean()
    document["setup"]["horizon"] = 30
    document["indices"][0]["rates"] = dict.fromkeys(YEARS_30, 0.02)
    document["acute_lines"][0]["closes"] = {YEARS_30[9]: 1}
    by_year = {"reach": dict.fromkeys(YEARS_30, 0.5), "fixed_cost": dict.fromkeys(YEARS_30, 1e6)}
    document["programmes"][0] |= by_year
    document["goals"][0]["target_year"] = "2050/51"
    return document


def _one_partner() -> dict[str, Any]:
    """One partner alone, no activity lines, one year."""
    document = clean()
    document["setup"] |= {"horizon": 1, "deflator": "flat"}
    for table in ("acute_lines", "segments", "programmes", "goals", "risk_shares", "minimums"):
        del document[table]
    document["partners"] = document["partners"][:1]
    document["pools"] = [{"id": "bcf", "name": "Pŵl", "host": "icb"}]
    document["contributions"] = document["contributions"][:1]
    document["schemes"] = document["schemes"][:1]
    return document


def _nothing() -> dict[str, Any]:
    """Totals of zero: every amount is 0."""
    document = clean()
    for table in ("contributions", "schemes", "minimums"):
        for row in document[table]:
            row["base_amount"] = 0
    document["acute_lines"][0] |= {"base_activity": 0, "floor": None}
    document["risk_shares"] = [{"id": "agreed", "basis": "contributions"}]
    return document


def _less_than_nothing() -> dict[str, Any]:
    """Totals below zero: only deductions, in brackets."""
    document = clean()
    document["setup"]["display_sign"] = "nhs"
    document["contributions"] = [
        {**row, "kind": "deduction", "base_amount": 123_456_789.01}
        for row in document["contributions"]
    ]
    document["risk_shares"] = [{"id": "agreed", "basis": "contributions"}]
    return document


ODD = {
    "30 partners, 200 schemes, long names, one year": _many,
    "30 years": _long,
    "one partner, no activity lines, one year": _one_partner,
    "totals of zero": _nothing,
    "totals below zero": _less_than_nothing,
}


@cache
def odd_case(name: str) -> Case:
    """Return the case of an odd plan, which has no errors."""
    case = evaluate_draft(from_document(deepcopy(ODD[name]())))
    assert case is not None and case.result is not None, case and [str(f) for f in case.findings]
    return case


@cache
def odd_blocks(name: str) -> dict[str, Block]:
    """Return the answers of an odd plan."""
    return {a.id: a.build(odd_case(name)) for a in ANSWERS}


@cache
def odd_workbook(name: str, *, live: bool) -> bytes:
    """Return the workbook of an odd plan."""
    return build(odd_case(name).plan, odd_blocks(name), live=live, case=odd_case(name))
