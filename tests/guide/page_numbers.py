"""Every number of a page that people wrote by hand, and what each is tied to.

A number is tied where a test takes it out of its sentence: `stated("page", "at most # cells")` and
the tuples of the lists beside it name the page and the sentence, with a `#` for each number, and
`"Shared 240,000" in words` quotes it. Both are read from the tests themselves, so that a number
that nobody holds against anything is found: a new one on a page, or one whose test has gone.

What needs no tie of its own: what code says (commands and blocks are run), tables that a test
types, years and quarters as labels, and numbers of paragraphs, sections and steps.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.guide.test_guide_commands import GENERATED
from tests.places import ROOT

GUIDE = ROOT / "icbudget" / "guide"
FIGURES = r"−?\d+(?:,\d{3})*(?:\.\d+)?"
WORDS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
WORDS += ("eleven", "twelve")
NUMBER_WORDS = "|".join((*WORDS[4:], "fifty"))
NUMBER = re.compile(
    rf"(?<![\w.,§/#-]){FIGURES}|(?<![\w-])(?:{NUMBER_WORDS})(?![\w-])", re.IGNORECASE
)
NO_FIGURE = re.compile(
    r"""
    ```.*?```                                   # a block, which a test runs or reads
    | <!--\ [^>]+\ -->\s*(?:\|[^\n]*\n)+        # a table that a test types into a workbook
    | `[^`]*`                                   # code in a sentence: a command, a formula, a name
    | !?\[[^\]]*\]\([^)]*\)                     # a link
    | (?m:^\#+\ [\w ]*?[\d.]+\.?)               # a heading's number
    | (?m:^\*\*\d+\.\d+\*\*)                    # a paragraph's
    | (?m:^\d+\.\ )                             # a step's
    | (?:19|20)\d\d[/-]\d\d\b(?:-\d\d)?         # a financial year, a rules year, a day as 2026-03-12
    | §+\ ?\d+(?:\.\d+)?(?:[–-]\d+(?:\.\d+)?)?  # a paragraph that is cited
    | [Ss]ections?\s\d+\w*|Act\s\d{4}|2000\sRegulations    # names of laws, products and licences
    | Microsoft\s365|PolyForm\sNoncommercial\slicence\s1\.0\.0
    | £000|£m|RFC\s\d+
    | [<>≥≤=≠]\ [01]\b|\([\d.]+\)|\([trx][−+]\d\)|\bt\ \+\ 1   # formulas in a sentence, a point's number
    | \b[Yy]ear\ \d\b|\bmonth\ \d\b|\bquarter\ 1\b      # years, months and quarters by number
    | \brules\ 1–9\b|\b[68]5\+|\b75(?:\+|-79|\ and\ over)  # rules of a list, bands of age
    """,
    re.VERBOSE | re.DOTALL,
)


AMOUNT = r"[−£]*\d+(?:,\d{3})*(?:\.\d+)?(?:\s?%)?"
TERM = rf"\(*{AMOUNT}\)*"
SUM = rf"{TERM}(?:(?:\s?[×÷+−]\s|/){TERM})*"
EQUATION = re.compile(rf"(?:ln )?{SUM}(?:\s*=\s*{SUM})+")


@dataclass(frozen=True)
class Quoted:
    """A sentence of a page as a test has it: its numbers as `#`, or in figures."""

    page: str
    sentence: str
    numbers_as_marks: bool


def hand_written() -> dict[str, Path]:
    """The pages that people wrote, by the name that tests give them."""
    pages = {path.stem: path for path in sorted(GUIDE.glob("*.md")) if path.name not in GENERATED}
    return pages | {"README.md": ROOT / "README.md"}


@cache
def page(name: str) -> str:
    """A page as one line, so that a sentence is the same wherever its lines are broken."""
    return flat(hand_written()[name].read_text(encoding="utf-8"))


def section(name: str, heading: str) -> str:
    """What stands under a heading of a page, up to the next one of its level or above."""
    text = hand_written()[name].read_text(encoding="utf-8")
    begins = re.search(rf"(?m)^(#+) {re.escape(heading)}.*$", text)
    assert begins, f"{name} has no heading “{heading}”"
    ends = re.search(rf"(?m)^#{{1,{len(begins[1])}}} ", text[begins.end() :])
    return text[begins.end() :][: ends.start() if ends else None]


def number(text: str) -> float:
    """A number of a page, in figures or in words."""
    if text.casefold() in WORDS:
        return WORDS.index(text.casefold())
    return float(text.replace(",", "").replace("−", "-"))


def stated(name: str, sentence: str) -> list[float]:
    """The numbers of a page's sentence, each where the pattern has a `#`."""
    found = re.findall(pattern_of(sentence), page(name))
    assert len(found) == 1, f"{name}: {len(found)} times “{sentence}”"
    numbers = found[0] if isinstance(found[0], tuple) else found
    return [number(text) for text in numbers]


def flat(text: str) -> str:
    """A text as one line, so that a sentence is the same wherever its lines are broken."""
    return " ".join(text.split())


def untied(name: str, text: str, measured: Iterable[str] = ()) -> list[str]:
    """The numbers of a page that no test holds against anything, each with the words beside it.

    `measured`: parts of its text whose figures were measured, with their day and machine.
    """
    spans = [found.span() for found in NO_FIGURE.finditer(text)]
    spans += [(text.index(part), text.index(part) + len(part)) for part in measured]
    covered = text
    for start, end in spans:
        # Blanked out and not taken out, so that sentences keep their places in both texts.
        covered = covered[:start] + "\0" * (end - start) + covered[end:]
    line, blanks = flat(text), flat_alike(text, covered)
    free = [mark != "\0" for mark in blanks]
    for quoted in quotations():
        if quoted.page == name:
            for start, end in numbers_in(quoted, line):
                free[start:end] = [False] * (end - start)
    for paragraph in paragraphs(line):
        for start, end in [*by_arithmetic(paragraph[0]), *by_example(paragraph[0])]:
            free[paragraph.start() + start : paragraph.start() + end] = [False] * (end - start)
    return [
        beside(line, found.start(), found.end())
        for found in NUMBER.finditer(line)
        if any(free[found.start() : found.end()])
    ]


def paragraphs(line: str) -> Iterator[re.Match[str]]:
    """The numbered paragraphs and sections of a page, in its one line."""
    begins = r"\*\*\d+\.\d+\*\* (?!\|)|## \d+\. "
    return re.finditer(rf"(?:^|{begins}).*?(?={begins}|$)", line)


def equations(line: str) -> list[re.Match[str]]:
    """The arithmetic of a page in figures: sums, products and shares with what they come to."""
    plain = line.replace("*", " ")
    return [found for found in EQUATION.finditer(plain) if re.search("[×÷+−/]", found[0][1:])]


def wrong(equation: str) -> bool:
    """Whether one side of an equation is not the other, at the digits that are printed."""
    sides = [side.strip() for side in equation.split("=")]
    values = [worth(side) for side in sides]
    return any(
        abs(before - after) > half_of_last_digit(side) * 1.000001
        for before, after, side in zip(values, values[1:], sides[1:], strict=False)
    )


def worth(side: str) -> float:
    """What one side of an equation comes to."""
    logarithm = side.startswith("ln ")
    text = side.removeprefix("ln ").replace("£", "").replace(",", "")
    text = re.sub(r"([\d.]+)\s?%", r"(\1/100)", text)
    for sign, operator in (("−", "-"), ("×", "*"), ("÷", "/")):
        text = text.replace(sign, operator)
    value = float(eval(text, {"__builtins__": {}}))  # figures and operators alone: see EQUATION
    return math.log(value) if logarithm else value


def half_of_last_digit(side: str) -> float:
    """Half of the last digit of the figure that a side ends with; a sum is exact."""
    if re.search(r"[×÷+/]|\s−", side):
        return 1e-9
    digits = side.partition(".")[2].rstrip("% )")
    return 0.5 * 10.0 ** -len(digits) / (100 if side.endswith("%") else 1)


def by_arithmetic(paragraph: str) -> list[tuple[int, int]]:
    """Where a paragraph's numbers are those of an equation in it, what it starts from included."""
    found = equations(paragraph)
    figures = {_bare(one) for match in found for one in re.findall(FIGURES, match[0])}
    return [one.span() for one in re.finditer(FIGURES, paragraph) if _bare(one[0]) in figures]


def by_example(paragraph: str) -> list[tuple[int, int]]:
    """Where a paragraph's numbers stand in the notes of the example of `tests/examples` it names.

    The notes have the arithmetic by hand, and the example's test asserts what comes of it.
    """
    spans = []
    for name in re.findall(r"`tests/examples/(\w+)[/`]", paragraph):
        notes = "".join(
            path.read_text(encoding="utf-8")
            for path in sorted((ROOT / "tests" / "examples" / name).iterdir())
            if path.suffix in {".md", ".py", ".yaml"}
        )
        figures = {_bare(one) for one in re.findall(FIGURES, notes.replace("_", ""))}
        begins = re.search("xample|By hand", paragraph).start()
        spans += [
            one.span()
            for one in re.finditer(FIGURES, paragraph)
            if one.start() > begins and _bare(one[0]) in figures
        ]
    return spans


def _bare(figure: str) -> float:
    return abs(number(figure))


def flat_alike(text: str, covered: str) -> str:
    """`covered` with the blanks taken out that `flat` takes out of `text`."""
    kept = [*re.finditer(r"\S+", text)]
    return " ".join(covered[word.start() : word.end()] for word in kept)


def numbers_in(quoted: Quoted, line: str) -> Iterator[tuple[int, int]]:
    """Where the numbers of a quoted sentence stand in the page's one line."""
    if not quoted.numbers_as_marks:
        at = line.find(quoted.sentence)
        while at >= 0:
            yield at, at + len(quoted.sentence)
            at = line.find(quoted.sentence, at + 1)
        return
    for found in re.finditer(pattern_of(quoted.sentence), line):
        for group in range(1, len(found.groups()) + 1):
            yield found.span(group)


def pattern_of(sentence: str) -> str:
    """A sentence as a pattern with a group where it has a `#`."""
    pattern = re.escape(sentence).replace(r"\#", "#").replace(r"\ ", " ")
    return pattern.replace("#", rf"({FIGURES}|[A-Za-z]+)")


def beside(line: str, start: int, end: int) -> str:
    return f"{line[max(0, start - 50) : start]}⟦{line[start:end]}⟧{line[end : end + 40]}"


@cache
def quotations() -> frozenset[Quoted]:
    """Every sentence of a page that a test beside this file takes numbers out of, or quotes."""
    found: set[Quoted] = set()
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            found |= set(from_marks(node))
            found |= set(from_quotes(node))
    return frozenset(found)


def from_marks(node: ast.AST) -> Iterator[Quoted]:
    """`stated("page", "sentence with #")`, and tuples that begin like its arguments."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        parts = node.args if node.func.id == "stated" else []
    else:
        parts = node.elts if isinstance(node, ast.Tuple) else []
    words = [part.value for part in parts[:2] if isinstance(part, ast.Constant)]
    if len(words) == 2 and words[0] in hand_written() and "#" in str(words[1]):
        yield Quoted(words[0], flat(words[1]), numbers_as_marks=True)


def from_quotes(node: ast.AST) -> Iterator[Quoted]:
    """`"sentence" in words`, inside a test of the guide."""
    if not isinstance(node, ast.Compare) or not isinstance(node.ops[0], ast.In):
        return
    left = node.left
    if isinstance(left, ast.Constant) and isinstance(left.value, str) and NUMBER.search(left.value):
        for name in hand_written():
            yield Quoted(name, flat(left.value), numbers_as_marks=False)
