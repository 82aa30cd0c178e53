"""The map of the architecture names only files that exist."""

from __future__ import annotations

import re

from tests.places import ROOT

MAP = ROOT / "icbudget" / "guide" / "architecture.md"


def rows() -> list[list[str]]:
    """The cells of the table of subjects, without its two heading lines."""
    text = MAP.read_text(encoding="utf-8")
    table = text[text.index("| subject |") :].split("\n\n")[0]
    lines = table.splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_file_of_the_subject_table_exists():
    folders = ("icbudget/plan", "icbudget/engine", "icbudget/checks", "icbudget/answers", "tests")
    missing = []
    named = 0
    for subject, *cells in rows():
        for folder, cell in zip(folders, cells, strict=True):
            for name in re.findall(r"`([^`]+)`", cell):
                named += 1
                if not (ROOT / folder / f"{name}.py").exists():
                    missing.append(f"{subject}: {folder}/{name}.py")
    assert named > 100
    assert not missing


def test_every_place_named_in_the_guide_exists():
    text = MAP.read_text(encoding="utf-8")
    paths = re.findall(r"`((?:icbudget|tests)/[a-z_/.]+)`", text)
    assert len(paths) > 10
    assert not [path for path in paths if not (ROOT / path).exists()]


def test_what_to_look_for_stands_in_the_file_named_before_it():
    text = MAP.read_text(encoding="utf-8")
    pairs = re.findall(r"`(icbudget/[a-z_/]+\.py)`: `([A-Za-z_]+)`", text)
    assert len(pairs) >= 16
    missing = []
    for path, name in pairs:
        code = (ROOT / path).read_text(encoding="utf-8")
        if not re.search(rf"^(def|class) {name}\b|^{name}\b.* = ", code, re.MULTILINE):
            missing.append(f"{path}: {name}")
    assert not missing


def test_no_two_packages_share_a_file_name():
    stems: dict[str, list[str]] = {}
    for path in (ROOT / "icbudget").rglob("*.py"):
        if path.stem != "__init__":
            stems.setdefault(path.stem, []).append(str(path.relative_to(ROOT)))
    assert not {stem: paths for stem, paths in stems.items() if len(paths) > 1}
