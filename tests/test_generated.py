"""What the package makes and the repository carries is what the package makes now."""

from __future__ import annotations

import pytest

from tests.rebuild import CARRIED, built_now, pages, parts


@pytest.mark.parametrize("path", CARRIED, ids=lambda p: p.stem)
def test_a_committed_workbook_is_the_one_built_now(path):
    found, wanted = parts(path.read_bytes()), parts(built_now(path))
    assert found.keys() == wanted.keys()
    assert [name for name in wanted if found[name] != wanted[name]] == []


def test_the_guide_describes_the_commands_and_functions_that_there_are():
    for path, text in pages().items():
        assert path.read_text(encoding="utf-8") == text, path.name
