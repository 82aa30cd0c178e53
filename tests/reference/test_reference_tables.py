"""The shipped tables: every row is sourced and graded, and the tables are the size and version that
the catalogue says.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from icbudget import reference

SOURCED = [v.table for v in reference.versions() if v.table != "source"]
STATUSES = {
    "published",
    "secondary",
    "excerpt",
    "derived",
    "forecast",
    "judgement",
    "background-unconfirmed",
    "not verified",
}
TABLES = Path(reference.__file__).parent / "tables"


def test_the_catalogue_lists_every_table_that_is_shipped():
    assert {v.table for v in reference.versions()} == {p.stem for p in TABLES.glob("*.csv")} - {
        "catalogue"
    }


@pytest.mark.parametrize("row", reference.rows("catalogue"), ids=lambda row: row["table"])
def test_each_table_states_its_publisher_vintage_licence_and_rows(row):
    assert all(
        row[column] for column in ("title", "publisher", "vintage", "licence", "licence_note")
    )
    assert len(reference.rows(row["table"])) == int(row["rows"])


@pytest.mark.parametrize("table", SOURCED)
def test_every_row_names_a_source_and_a_status(table):
    for row in reference.rows(table):
        read_at = reference.source(row["source"])
        assert read_at.title and read_at.publisher and read_at.vintage and read_at.licence, row
        assert row["status"] in STATUSES, row


@pytest.mark.parametrize("table", SOURCED)
def test_no_row_known_only_from_background_is_called_published(table):
    for row in reference.rows(table):
        mark = row.get("mark", "")
        if mark.startswith(("M", "K")) or row["source"] == "background":
            assert row["status"] in reference.UNCONFIRMED, row
        if mark == "J":
            assert row["status"] == "judgement", row
        if mark in ("C", "D"):
            assert row["status"] == "derived", row


def test_every_source_is_used():
    used = {row["source"] for table in SOURCED for row in reference.rows(table)}
    assert used == {row["id"] for row in reference.rows("source")}


def test_no_cell_has_stray_blanks_or_a_missing_column():
    for table in [*SOURCED, "source", "catalogue"]:
        for row in reference.rows(table):
            assert None not in row and None not in row.values(), (table, row)
            assert all(value == value.strip() for value in row.values()), (table, row)


def test_the_version_is_the_sha_256_of_the_file():
    import hashlib

    version = next(v for v in reference.versions() if v.table == "discount_rate")
    assert version.sha256 == hashlib.sha256((TABLES / "discount_rate.csv").read_bytes()).hexdigest()
    assert version.rows == 18


def test_rows_cannot_be_changed():
    with pytest.raises(TypeError):
        reference.rows("area")[0]["name"] = "Elsewhere"


def test_importing_the_tables_imports_nothing_heavy():
    code = (
        "import sys, icbudget.reference as r; r.versions(); print([m for m in ('numpy', 'pandas',"
        " 'pydantic', 'openpyxl', 'difflib') if m in sys.modules])"
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
        == "[]"
    )
