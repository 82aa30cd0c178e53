"""What holds each number of the page of sources: where it was read, a table that ships, or arithmetic.

The page is made of blocks: paragraphs, points of a list, rows of a table. A block names what its
figures rest on, or the paragraph above its table or list does: `[S20]` or a source's name in code,
a table that ships, a folder of `tests/examples`, or the words background-unconfirmed, not verified
and judgement. Its numbers must be in the notes that were made when those sources were read
(`read/figures.csv`), in the published register, in the rows of those tables, in the notes of that
example, or come out of arithmetic that the block writes out.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from icbudget.reference.loader import rows
from tests.guide.page_numbers import (
    NO_FIGURE,
    NUMBER,
    Quoted,
    equations,
    hand_written,
    number,
    quotations,
    wrong,
)
from tests.guide.page_numbers import numbers_in as quoted_at
from tests.places import ROOT
from tests.published.reproduced import printed

READ = Path(__file__).with_name("read")
CITED = re.compile(r"\[(S\d+)\]")
CODE = re.compile(r"`([^`]+)`")
EXAMPLE = re.compile(r"tests/examples/(\w+)")
LABELS = {
    "background-unconfirmed": "background",
    "not verified": "background",
    "judgement": "judgement",
    "derived": "derived",
}
"""Words for how sure, and what the notes call such a line."""
MADE_UP = re.compile(r"\b[Mm]ade up\b")
PARTS = {"pooled-budgets": "PB", "acute-to-prevention": "AP"}
"""The parts of the page, by the notes that were made for them."""
SCALES = {"k": 1e3, "m": 1e6, "bn": 1e9, "p": 0.01}
PUBLISHED = {
    "S8": "england-2025-26",
    "S20": "nottingham",
    "S23": "wirral",
    "S25": "england-2015-16",
    "S26": "england-2015-16",
    "S37": "dfg",
    "S44": "north-tyneside",
    "S45": "north-tyneside",
    "S52": "england-2025-26",
    "S60": "oxfordshire",
    "S62": "rotherham",
    "S68": "wirral",
    "S69": "oldham",
    "S70": "oldham",
    "S85": "england-2015-16",
    "S92": "oxfordshire",
    "S95": "dfg",
}
"""Sources whose figures the register of `tests/published` has too, by its publication."""
LIST = re.compile(r"(?:[-*]|(\d+)\.)\s+")


@dataclass
class Block:
    """A paragraph, point or row of the page, and what stands above it."""

    paragraph: str
    text: str
    above: str = ""
    position: str = ""

    @property
    def with_context(self) -> str:
        """The block with the heading and the paragraph that it belongs to."""
        return f"{self.paragraph}\n{self.above}\n{self.text}"


def blocks(page: str) -> Iterator[Block]:
    """The blocks of a page in order; blocks of code, comments and separator lines left out."""
    without = re.sub(r"(?ms)^```.*?^```", "", page)
    heading, above, kind, position = "", "", "", ""
    for part in re.split(r"\n\s*\n", without):
        lines = part.strip().splitlines()
        if not lines:
            continue
        if lines[0].startswith("#"):
            heading, above, kind = lines[0].lstrip("# "), "", ""
            continue
        text: list[str] = []
        for line in lines:
            if line.startswith("|"):
                kind = "row"
                if not set(line) <= set("|-: "):
                    yield Block(heading, line, above)
            elif found := LIST.match(line):
                if text and kind == "point":
                    yield Block(heading, " ".join(text), above, position=position)
                elif text:
                    above = " ".join(text)
                    yield Block(heading, above)
                text, kind, position = [line[found.end() :]], "point", found[1] or ""
            else:
                text.append(line.strip())
        if text and kind == "point":
            yield Block(heading, " ".join(text), above, position=position)
        elif text:
            above = " ".join(text)
            yield Block(heading, above)
        kind = ""


@cache
def read_figures() -> tuple[tuple[str, frozenset[str], frozenset[float]], ...]:
    """The lines of notes made when sources were read: paragraph, what they cite, their numbers."""
    with (READ / "figures.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            (
                f"{PARTS.get(line['notes'], '')} §{line['paragraph']}",
                frozenset(line["sources"].split("; ")),
                numbers_of(line["words"]),
            )
            for line in csv.DictReader(file)
        )


@cache
def described() -> dict[str, frozenset[float]]:
    """Numbers of the titles and dates of sources: those that ship and those of the notes."""
    with (READ / "sources.csv").open(encoding="utf-8", newline="") as file:
        others = list(csv.DictReader(file))
    shipped = [
        {"id": r["id"], "publisher": r["publisher"], "title": r["title"], "date": r["vintage"]}
        for r in rows("source")
    ]
    return {
        r["id"]: numbers_of(f"{r['publisher']} {r['title']} {r['date']}")
        for r in [*shipped, *others]
    }


@cache
def published_numbers(publication: str) -> frozenset[float]:
    """The numbers of one publication of the register, as it prints them and in pounds."""
    found: set[float] = set()
    for row in printed():
        if row.publication == publication:
            found |= numbers_of(f"{row.printed}; {row.value or 0}")
    return frozenset(found)


@cache
def example_numbers(name: str) -> frozenset[float]:
    """The numbers of an example's notes, where the arithmetic by hand is."""
    notes = (ROOT / "tests" / "examples" / name).glob("*.md")
    return numbers_of(" ".join(path.read_text(encoding="utf-8") for path in notes))


@cache
def table_numbers(name: str) -> tuple[tuple[str, frozenset[float]], ...]:
    """The rows of a table that ships: the financial year of each, and its numbers."""
    held = []
    for row in rows(name):
        year = row.get("financial_year") or row.get("price_year") or ""
        found: set[float] = set()
        for cell in row.values():
            found |= numbers_of(str(cell))
        # A share of a table is a percentage of the page.
        found |= {round(100 * one, 9) for one in found if one <= 1}
        held.append((year, frozenset(found)))
    return tuple(held)


def numbers_of(text: str) -> frozenset[float]:
    """The numbers of a text, without sign; “£171m” is 171 and 171,000,000."""
    bare = re.sub(r"https?://\S+", " ", text).replace("_", " ")
    found: set[float] = set()
    for match in re.finditer(r"(?<![\w.,])[−-]?(\d+(?:,\d{3})*(?:\.\d+)?|\.\d+)", bare):
        value = float(match[1].replace(",", ""))
        found.add(value)
        scale = re.match(r"\s?(bn|[kmp])\b", bare[match.end() :])
        if scale:
            found.add(round(value * SCALES[scale[1]], 6))
        if re.match(r"\s?million", bare[match.end() :]):
            found.add(value * 1e6)
    # “1930s–2.3” and “32.8” after a letter or a sign are numbers of their own.
    found |= {float(one.replace(",", "")) for one in re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", bare)}
    words = re.findall(r"\b(four|five|six|seven|eight|nine|ten|eleven|twelve)\b", bare.casefold())
    return frozenset(found | {number(word) for word in words})


def held_by(block: Block) -> set[float]:
    """Every number that what a block rests on has."""
    context = block.with_context
    cites = {*CITED.findall(context)}
    in_code = {*CODE.findall(context)}
    cites |= in_code & described().keys()
    if block.paragraph.startswith("PB §8"):
        cites.add(f"S{block.position}")
    labels = {kind for word, kind in LABELS.items() if word in context}
    held: set[float] = set()
    for paragraph, sources, numbers in read_figures():
        labelled = sources & labels and block.paragraph.startswith(f"{paragraph} ")
        if sources & cites or labelled:
            held |= numbers
    if block.paragraph == "Find your figure":
        held |= led_to(block.text)
    for cited in cites:
        held |= described().get(cited, frozenset())
        if cited in PUBLISHED:
            held |= published_numbers(PUBLISHED[cited])
    years = {*re.findall(r"\b20\d\d/\d\d\b", block.text)}
    for table in in_code & tables():
        for year, numbers in table_numbers(table):
            if not years or not year or year in years:
                held |= numbers
    for example in EXAMPLE.findall(context):
        held |= example_numbers(example)
    return held


def led_to(row: str) -> set[float]:
    """The numbers of the paragraphs that a row of the first table leads to."""
    text = hand_written()["sources"].read_text(encoding="utf-8")
    held: set[float] = set()
    for part, place in re.findall(r"\[(PB|AP) §([\d.]+)\]", row):
        for found in re.finditer(rf"(?ms)^#+ {part} §{place}[. ].*?(?=^#|\Z)", text):
            held |= numbers_of(found[0])
    return held


@cache
def tables() -> frozenset[str]:
    """The tables that ship."""
    return frozenset(row["table"] for row in rows("catalogue"))


def not_held(page: str, exact: frozenset[str] = frozenset()) -> list[str]:
    """The numbers of a page that nothing holds, each with the words of its block.

    `exact`: rows that another test works out from a table that ships, to the letter.
    """
    free: list[str] = []
    for block in blocks(page):
        if block.text in exact:
            continue
        free += [
            f"{block.paragraph[:30]}: …{block.text[max(0, at - 60) : at]}⟦{found}⟧"
            for at, found in loose(block)
        ]
    return free


def loose(block: Block, outside: set[float] | None = None) -> Iterator[tuple[int, str]]:
    """The numbers of a block that nothing holds, with their place in it.

    `outside`: what the sources that it names hold, where the caller has that already.
    """
    covered = NO_FIGURE.sub(lambda m: "\0" * len(m[0]), block.text)
    covered = CITED.sub(lambda m: "\0" * len(m[0]), covered)
    for start, end in quoted(block.text):
        covered = covered[:start] + "\0" * (end - start) + covered[end:]
    held = (held_by(block) if outside is None else outside) | worked_out(block)
    for found in NUMBER.finditer(covered):
        if abs(number(found[0])) not in held:
            yield found.start(), found[0]


def worked_out(block: Block) -> set[float]:
    """What right arithmetic of a block comes to, and what it starts from where it is made up."""
    results: set[float] = set()
    for equation in equations(block.text):
        if wrong(equation[0]):
            continue
        sides = equation[0].split("=")
        counted = sides if MADE_UP.search(block.with_context) else sides[1:]
        for side in counted:
            results |= numbers_of(side)
        # A constant of a sum, as in “1 − 0.9”, needs no source.
        results.add(1.0)
        results.add(100.0)
    return results


def quoted(text: str) -> Iterator[tuple[int, int]]:
    """Where numbers stand that a test beside this file takes out of their sentence."""
    for one in of_this_page():
        yield from quoted_at(one, text)


@cache
def of_this_page() -> tuple[Quoted, ...]:
    """The sentences of this page that tests take numbers out of."""
    return tuple(one for one in quotations() if one.page == "sources")
