"""The page of sources lists every reference table that ships: publisher, edition, how sure."""

from __future__ import annotations

import re
from collections import Counter

from icbudget.reference.loader import rows
from tests.guide.page_numbers import hand_written, section

OF_ITSELF = {"source", "catalogue"}
"""The lists of sources and of tables."""


def line_of(table: dict[str, str]) -> str:
    """A table's line on the page: how sure its rows are, the most frequent first."""
    kinds = Counter(row.get("status", "") for row in rows(table["table"]))
    sure = ", ".join(kind for kind, _ in sorted(kinds.items(), key=lambda k: (-k[1], k[0])))
    cells = (f"`{table['table']}`", table["title"], table["publisher"], table["vintage"], sure)
    return f"| {' | '.join(cells)} |"


def test_every_table_is_listed_with_its_publisher_edition_and_how_sure_it_is():
    tables = [table for table in rows("catalogue") if table["table"] not in OF_ITSELF]
    expected = sorted(line_of(table) for table in tables)
    listed = [line for line in section("sources", "The tables that ship").splitlines()]
    assert sorted(line for line in listed if line.startswith("| `")) == expected
    assert len(expected) > 30


def test_every_word_for_how_sure_is_explained():
    text = section("sources", "Find your figure")
    kinds = {
        row["status"]
        for table in rows("catalogue")
        if table["table"] not in OF_ITSELF
        for row in rows(table["table"])
    }
    assert kinds and all(f"| {kind} | " in text for kind in kinds)


def test_every_row_of_a_table_names_where_it_is_from():
    """A status alone is a promise: each row names its source, but for judgements."""
    without = [
        (table["table"], row)
        for table in rows("catalogue")
        if table["table"] not in OF_ITSELF
        for row in rows(table["table"])
        if row.get("status") != "judgement" and not (row.get("source") or row.get("sources"))
    ]
    assert not without, without[:3]


def test_every_source_that_a_row_names_has_an_address_or_says_that_it_has_none():
    sources = {row["id"]: row for row in rows("source")}
    assert sources and all(row["title"] for row in sources.values())
    named = {
        source.strip()
        for table in rows("catalogue")
        if table["table"] not in OF_ITSELF
        for row in rows(table["table"])
        for source in str(row.get("source") or "").split(";")
        if source.strip()
    }
    assert named <= {*sources}, sorted(named - {*sources})[:5]


def test_every_section_of_facts_says_how_far_to_trust_it():
    """One of the words for how sure, in each section that holds facts."""
    words = [row.split(" | ")[0].strip("| ") for row in _sure_rows()]
    assert len(words) == 8
    parts = re.split(r"(?m)^#### (?=PB|AP)", hand_written()["sources"].read_text("utf-8"))[1:]
    assert len(parts) > 40
    sure = re.compile("|".join(words))
    assert not [part[:60] for part in parts if not sure.search(part.split("\n### ")[0])]


def _sure_rows() -> list[str]:
    table = section("sources", "Find your figure").split("| how sure | what it means |")[1]
    return [line for line in table.splitlines() if line.startswith("| ") and "---" not in line]
