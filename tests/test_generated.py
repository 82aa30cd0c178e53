"""What the package makes and the repository carries is what the package makes now."""

from __future__ import annotations

import pytest

from tests.rebuild import PLANS, TEMPLATE, built, pages, parts


@pytest.fixture(scope="module")
def made():
    return built()


@pytest.mark.parametrize(
    "path", [TEMPLATE, *(p.with_suffix(".xlsx") for p in PLANS)], ids=lambda p: p.stem
)
def test_a_committed_workbook_is_the_one_built_now(made, path):
    found, wanted = parts(path.read_bytes()), parts(made[path])
    assert found.keys() == wanted.keys()
    assert [name for name in wanted if found[name] != wanted[name]] == []


def test_the_guide_describes_the_commands_and_functions_that_there_are():
    for path, text in pages().items():
        assert path.read_text(encoding="utf-8") == text, path.name
