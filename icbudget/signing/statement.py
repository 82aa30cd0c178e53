"""The statement that somebody signs: which figures, in whose name, and what they come to in pounds.

It is RFC 8785 JSON, so that one statement has one spelling, and the signature is over its bytes.
Money is whole pence. Source: joint.md §6, Statement.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

import rfc8785

from icbudget import money
from icbudget.plan import Plan
from icbudget.plan.goal import Goal
from icbudget.plan.identity import FIGURES_HASH_VERSION, figures_hash, words_hash
from icbudget.plan.sign_off import SignOff
from icbudget.signing.pounds import BALANCES, CONTRIBUTIONS, IN_WORDS, POSITIONS, ByYear, Pounds

VERSION = "statement/1"
_PARTS = ("area", "figures", "goals", "history", "icbudget", "name", "office", "on", "partner")
_NEEDED = frozenset((*_PARTS, "pounds", "rules_year", "text", "title", "version", "words", "years"))


@dataclass(frozen=True, slots=True)
class Signing:
    """Who signs, in which office of which partner (its id), on which day (as 2026-06-30)."""

    partner: str
    role: str
    name: str
    on: str


def hash_with_version(digest: str) -> str:
    """Return a figures hash as Sign-off holds it: its version, a blank, the digits."""
    return f"{FIGURES_HASH_VERSION} {digest}"


def version_and_hash(stated: str) -> tuple[str, str]:
    """Return the version and the digits of a figures hash as Sign-off holds it."""
    version, _, digest = stated.rpartition(" ")
    return version, digest


def statement_of(plan: Plan, pounds: Pounds, who: Signing, *, icbudget: str, history: str) -> str:
    """Return the statement that somebody signs about a plan without errors, as canonical JSON.

    `pounds` is what the plan comes to (`icbudget.signing.pounds`), `icbudget` the version that
    works it out, `history` the head of the plan's history, blank where it has none.
    """
    names = {partner.id: partner.name for partner in plan.partners}
    document: dict[str, Any] = {
        "version": VERSION,
        "text": (
            f"I, {who.name}, {who.role} of {names[who.partner]}, agree to the figures and terms of"
            " this plan as they are stated here."
        ),
        "partner": who.partner,
        "office": who.role,
        "name": who.name,
        "on": who.on,
        "title": plan.setup.title,
        "area": plan.setup.area,
        "rules_year": plan.setup.rules_year,
        "figures": hash_with_version(figures_hash(plan)),
        "words": words_hash(plan),
        "history": history,
        "icbudget": icbudget,
        "years": list(plan.years),
        "pounds": {figure: _of_something(pounds[figure]) for figure in IN_WORDS},
        "goals": {goal.id: _goal(goal) for goal in plan.goals},
    }
    return rfc8785.dumps(document).decode("utf-8")


def _of_something(lines: Mapping[str, ByYear]) -> dict[str, list[int]]:
    """Return the lines of a figure without those of nothing: a statement must fit into a cell."""
    return {name: list(pence.values()) for name, pence in lines.items() if any(pence.values())}


def _goal(goal: Goal) -> dict[str, Any]:
    return {
        "measure": goal.measure,
        "target": goal.target,
        "unit": goal.unit,
        "year": goal.target_year,
    }


def read_statement(text: str) -> dict[str, Any] | None:
    """Return a statement's document; None where the text is not one in its one spelling."""
    try:
        document = json.loads(text)
        canonical = rfc8785.dumps(document).decode("utf-8")
    except (ValueError, TypeError, RecursionError):  # rfc8785 refuses with kinds of ValueError
        return None
    is_complete = isinstance(document, dict) and set(document) == _NEEDED
    return document if is_complete and canonical == text and _has_pounds(document) else None


def _has_pounds(document: Mapping[str, Any]) -> bool:
    """Return whether what a statement says in pounds has the shape that icbudget writes."""
    # Anybody may have written the file: every shape is tested before a figure is read from it.
    pounds, years = document["pounds"], document["years"]
    if not isinstance(pounds, dict) or set(pounds) != {CONTRIBUTIONS, POSITIONS, BALANCES}:
        return False
    if not isinstance(years, list) or not all(isinstance(year, str) for year in years):
        return False
    if not all(isinstance(table, dict) for table in pounds.values()):
        return False
    lines = chain.from_iterable(table.values() for table in pounds.values())
    return all(_is_pence_by_year(line, len(years)) for line in lines)


def _is_pence_by_year(line: object, years: int) -> bool:
    if not isinstance(line, list) or len(line) != years:
        return False
    return all(isinstance(pence, int) for pence in line)


def agrees_with_row(document: Mapping[str, Any], row: SignOff) -> bool:
    """Return whether a statement says what its row of Sign-off says."""
    stated = (document["partner"], document["office"], document["name"], document["on"])
    typed = (row.partner, row.role, row.name, row.date)
    hashes = (document["figures"], document["words"]) == (row.figures_hash, row.words_hash)
    return stated == typed and hashes


def pounds_in(document: Mapping[str, Any]) -> Pounds:
    """Return what a statement says in pounds, pence by figure, by partner or pool, and by year."""
    years = document["years"]
    return {
        figure: {
            name: dict(zip(years, pence, strict=True))
            for name, pence in document["pounds"][figure].items()
        }
        for figure in IN_WORDS
    }


def in_words(document: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[str]:
    """Yield a statement as lines for people; `names` of partners and pools by their ids."""
    yield document["text"]
    labels = {
        CONTRIBUTIONS: "Put into the pools by",
        POSITIONS: "Better (+) or worse (−) off than under do nothing",
        BALANCES: "Closing balance of",
    }
    for figure, label in labels.items():
        for name, pence in document["pounds"][figure].items():
            by_year = zip(document["years"], pence, strict=True)
            amounts = "; ".join(f"{year} {money.in_words(amount)}" for year, amount in by_year)
            yield f"{label} {names.get(name, name)}: {amounts}"
    for goal in document["goals"].values():
        unit = f" {goal['unit']}" if goal["unit"] else ""
        yield f"Goal: {goal['measure']}, {goal['target']:,.10g}{unit} by {goal['year']}"
