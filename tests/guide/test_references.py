"""Every paragraph that code cites is there to read, and every module named in prose exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.places import ROOT

GUIDE = ROOT / "icbudget" / "guide"
CITED = re.compile(r"\b(model(?:\.md)?|PB|AP),? §(\d+(?:\.\d+)?)")
MODULE = re.compile(r"`(icbudget(?:\.[a-z_][a-z_0-9]*)+)`")
NOT_MODULES = {"icbudget.user", "icbudget.example.nhs.uk"}
"""The role that the server asks a signed-in person for, and the address of an example."""


def texts() -> list[Path]:
    """Everything a person reads: code, tests, notes, guide, README, changelog."""
    inside = [
        path
        for folder in ("icbudget", "tests")
        for suffix in ("*.py", "*.md")
        for path in sorted((ROOT / folder).rglob(suffix))
    ]
    return [*inside, ROOT / "README.md", ROOT / "CHANGELOG.md"]


def paragraphs() -> dict[str, set[str]]:
    """The numbers of the paragraphs that the guide has, by the name code cites them with."""
    model = (GUIDE / "model.md").read_text(encoding="utf-8")
    sources = (GUIDE / "sources.md").read_text(encoding="utf-8")
    numbers = {
        "model": set(re.findall(r"(?m)^## (\d+)\.", model))
        | set(re.findall(r"(?m)^\*\*(\d+\.\d+)\*\*", model))
    }
    for part in ("PB", "AP"):
        numbers[part] = set(re.findall(rf"(?m)^#{{3,4}} {part} §(\d+(?:\.\d+)?) ", sources))
    return numbers


PARAGRAPHS = paragraphs()


def test_the_guide_has_its_paragraphs():
    assert {str(n) for n in range(1, 15)} <= PARAGRAPHS["model"]
    assert {"4.1", "4.2", "4.3"} <= PARAGRAPHS["PB"] and {"4.1", "4.6", "7"} <= PARAGRAPHS["AP"]


def test_every_paragraph_cited_is_in_the_guide():
    missing = []
    cited = 0
    for path in texts():
        for name, number in CITED.findall(path.read_text(encoding="utf-8")):
            cited += 1
            if number not in PARAGRAPHS[name.removesuffix(".md")]:
                missing.append(f"{path.relative_to(ROOT)}: {name} §{number}")
    assert cited > 100
    assert not missing


def test_every_mechanism_and_example_cited_is_in_the_guide():
    sources = (GUIDE / "sources.md").read_text(encoding="utf-8")
    for number in range(1, 21):
        assert f"| R{number} | " in sources
    for example in ("GE-1", *(f"K{n}" for n in range(1, 7)), *(f"V{n}" for n in range(1, 18))):
        (row,) = re.findall(rf"(?m)^\| {example} \|.*$", sources)
        (folder,) = re.findall(r"`(tests/examples/\w+)` \|$", row)
        assert [*(ROOT / folder).glob("test_*.py")], example


def test_every_module_named_in_prose_exists():
    missing = []
    for path in texts():
        if path == Path(__file__):
            continue
        for name in sorted(set(MODULE.findall(path.read_text(encoding="utf-8")))):
            if name not in NOT_MODULES and not exists(name):
                missing.append(f"{path.relative_to(ROOT)}: {name}")
    assert not missing


def exists(name: str) -> bool:
    """Whether a dotted name is a module of the package, a folder, or a name that a module holds."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        stem = ROOT.joinpath(*parts[:length])
        if stem.is_dir() and length == len(parts):
            return True
        module = stem.with_suffix(".py")
        if not module.exists():
            module = stem / "__init__.py"
        if module.exists():
            rest = parts[length:]
            return (
                not rest
                or re.search(rf"\b{re.escape(rest[0])}\b", module.read_text("utf-8")) is not None
            )
    return False


PAGES = [*sorted(GUIDE.glob("*.md")), ROOT / "README.md", ROOT / "CHANGELOG.md"]


def anchors_of(page: Path) -> set[str]:
    """The places of a page that a link can lead to: its headings, as a code host writes them."""
    headings = re.findall(r"(?m)^#+ (.+)$", page.read_text(encoding="utf-8"))
    words = (re.sub(r"[^\w\- ]", "", heading).strip().casefold() for heading in headings)
    return {heading.replace(" ", "-") for heading in words}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_between_pages_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    for target, place in re.findall(r"\]\(([^)#\s]*)(?:#([^)\s]*))?\)", text):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        to = page.parent / target if target else page
        assert to.exists(), f"{page.name}: {target}"
        if place:
            assert place in anchors_of(to), f"{page.name}: {target}#{place}"
