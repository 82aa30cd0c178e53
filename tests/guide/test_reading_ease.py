"""The pages that people read are short sentences in plain words."""

from __future__ import annotations

import pytest

from tests.guide.page_numbers import hand_written
from tests.guide.reading_ease import ease, sentences, words
from tests.guide.test_numbers_are_tied import measured

PAGES = {name: path.read_text(encoding="utf-8") for name, path in hand_written().items()}
MOST_WORDS = 30
PLAIN = 60
"""Reading ease from which a page is plain English (R. Flesch)."""
OF_A_PAGE = 2_000
"""Words of a page for one role: ten minutes at an easy pace."""
LONG = {"model", "sources"}
"""Pages to look things up in."""


def without_what_was_measured(name: str) -> str:
    text = PAGES[name]
    for part in measured(name) if name == "deployment" else ():
        text = text.replace(part, "\n")
    return text


def test_sentences_and_words_are_counted():
    """By hand: 2 sentences of 4 and 5 words; code and sums count one word each, labels none."""
    text = "| Year | Amount |\n\nIt costs `a + b` twice. Together they pay 3 × 2 = £6.\n"
    assert [len(words(s)) for s in sentences(text)] == [1, 1, 4, 4]
    # 8 words in 2 sentences, 11 syllables: it costs code twice; to-ge-ther they pay 1
    assert ease(text) == pytest.approx(206.835 - 1.015 * 4 - 84.6 * 10 / 8)


@pytest.mark.parametrize("name", PAGES)
def test_no_sentence_is_long(name):
    long = [s for s in sentences(without_what_was_measured(name)) if len(words(s)) > MOST_WORDS]
    assert not long, "\n".join(long)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_plain_english(name):
    assert ease(PAGES[name]) >= PLAIN


@pytest.mark.parametrize("name", [name for name in PAGES if name not in LONG])
def test_a_page_is_read_in_ten_minutes(name):
    assert len(PAGES[name].split()) <= OF_A_PAGE
