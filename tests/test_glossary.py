"""Every label is declared once, and every answer's label columns are known to code by a key."""

from __future__ import annotations

from icbudget import glossary
from icbudget.engine.accounts.bridge import ROWS
from tests.workbook.plans import rich_blocks


def test_every_label_has_a_meaning_and_no_two_the_same_words():
    labels = [
        value
        for name, value in vars(glossary).items()
        if name.isupper() and isinstance(value, str) and value in glossary.MEANINGS
    ]
    assert len(labels) == len(set(labels)) == len(glossary.MEANINGS)
    assert all(meaning for meaning in glossary.MEANINGS.values())


def test_every_step_of_the_bridge_is_a_label_of_the_glossary():
    assert set(ROWS) <= set(glossary.MEANINGS)


def test_headings_are_told_apart_by_their_keys():
    assert len(set(glossary.HEADINGS.values())) == len(glossary.HEADINGS)


def test_rows_are_found_by_keys_whatever_the_heading():
    block = rich_blocks()["balances"]
    (row, *_) = block.where(figure=glossary.CLOSE)
    assert block.label(row, "figure") == glossary.CLOSE
    assert block.label(row, "pool") == row.labels[0]


def test_a_meaning_is_a_sentence_and_not_another_label():
    for label, meaning in glossary.MEANINGS.items():
        assert meaning.endswith((".", ":")), label
        assert meaning not in glossary.MEANINGS, label
