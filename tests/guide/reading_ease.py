"""How easy a page is to read: its sentences, their words, and Flesch's reading ease.

Ease is `206.835 − 1.015 × words a sentence − 84.6 × syllables a word` (R. Flesch, 1948): above 60
is plain English, as GOV.UK aims for. Syllables are counted as groups of vowels, without a silent
e. Code in a sentence and a run of arithmetic count as one word each: they are looked at, not read.
A heading, a point of a list and a part of a table's cell up to a semicolon stand by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

BLOCK = re.compile(r"(?ms)^```.*?^```|<!--.*?-->")
CODE = re.compile(r"`[^`]*`")
LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
FIGURE = r"[£−-]?\(?\d(?:[\d,.]*\d)?\)?"
ARITHMETIC = re.compile(rf"{FIGURE}(?:\s?[%×÷+−=/<≤>≥→]+\s?{FIGURE})+(?:\s%)?")
ENDS = re.compile(r"(?<=[.!?])[”)]?\s+(?=[A-Z0-9£“(−]|icbudget|openpyxl|xlwings)")
WORD = re.compile(r"[A-Za-zΑ-ω][\w'’-]*|\d[\d,.]*")
FEWEST = 4
"""Words from which a sentence counts for reading ease: fewer are a label."""


def sentences(text: str) -> list[str]:
    """The sentences of a page that somebody reads, one after the other."""
    return [
        sentence.strip()
        for block in blocks(BLOCK.sub("\n\n", text))
        for sentence in ENDS.split(plain(block))
        if sentence.strip()
    ]


def blocks(text: str) -> Iterator[str]:
    """The paragraphs, points and cells of a page."""
    lines: list[str] = []
    for line in [*text.splitlines(), ""]:
        bare = line.strip()
        begins = re.match(r"(?:[-*]|\d+\.)\s+", bare)
        if (not bare or bare[0] in "|#" or begins) and lines:
            yield " ".join(lines)
            lines = []
        if bare.startswith("|"):
            yield from (part for cell in bare.strip("|").split("|") for part in cell.split(";"))
        elif bare and not bare.startswith("#"):
            lines.append(bare[begins.end() :] if begins else bare)


def plain(block: str) -> str:
    """A block without its marks: code as one word, a link as its words, sums as one word."""
    without = LINK.sub(r"\1", CODE.sub("Code", block)).replace("*", "")
    return ARITHMETIC.sub("1", without)


def words(sentence: str) -> list[str]:
    return WORD.findall(sentence)


def syllables(word: str) -> int:
    letters = re.sub(r"[^a-z]", "", word.casefold())
    count = len(re.findall(r"[aeiouy]+", letters))
    silent = letters.endswith("e") and not letters.endswith("le") and count > 1
    return max(count - silent, 1)


def ease(text: str) -> float:
    """Flesch's reading ease of a page."""
    read = [words(s) for s in sentences(text) if len(words(s)) >= FEWEST]
    every = [word for sentence in read for word in sentence]
    a_sentence = len(every) / len(read)
    return 206.835 - 1.015 * a_sentence - 84.6 * sum(map(syllables, every)) / len(every)
