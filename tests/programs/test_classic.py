"""Under the fake, xlwings' own code converts arguments and results and writes its VBA."""

from __future__ import annotations

import datetime as dt
import sys
from decimal import Decimal

import pytest

from tests.programs.classic import MISSING, FakeCom, FakeRange

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pywin32 is really there")

SOURCE = '''
import xlwings as xw

@xw.func
@xw.arg("amount", doc="An amount", ndim=2, err_to_str=True)
@xw.arg("rate", doc="A rate", ndim=2, err_to_str=True)
def echo(amount, rate=None):
    """Return what came in."""
    return [[repr(amount), repr(rate)]]

@xw.func
def block():
    return [["Year", "£"], ["2026/27", None]]

@xw.func
def broken():
    raise xw.XlwingsError("the amount is missing")
'''


@pytest.fixture(scope="module")
def com(tmp_path_factory):
    folder = tmp_path_factory.mktemp("classic")
    (folder / "echoing.py").write_text(SOURCE, encoding="utf-8")
    sys.path.insert(0, str(folder))
    with FakeCom("echoing") as fake:
        yield fake
    sys.path.remove(str(folder))


@pytest.mark.parametrize(
    ("given", "seen"),
    [
        (FakeRange([[1.5, "a"], [None, True]]), [[1.5, "a"], [None, True]]),
        (FakeRange([[2.0]]), [[2.0]]),
        (FakeRange([[1.0], [2.0]]), [[1.0], [2.0]]),
        (2.0, [[2.0]]),
        ("text", [["text"]]),
        (FakeRange([["#N/A"]]), [["#N/A"]]),
        (FakeRange([["#SPILL!"]]), [[-2146826243]]),
        (FakeRange([[Decimal("1.25")]]), [[Decimal("1.25")]]),
        (FakeRange([[dt.datetime(2026, 4, 1, tzinfo=dt.UTC)]]), [[dt.datetime(2026, 4, 1)]]),
        (FakeRange([[""]]), [[None]]),
    ],
)
def test_what_a_function_is_given(com, given, seen):
    assert com.call("echo", given, MISSING) == [repr(seen), "None"]


def test_a_block_comes_back_with_blanks_as_empty_text(com):
    assert com.call("block") == [["Year", "£"], ["2026/27", ""]]


def test_an_exception_reaches_vba_with_its_words(com):
    with pytest.raises(Exception, match="the amount is missing"):
        com.call("broken")


def test_xlwings_writes_the_vba(com):
    workbook = com.import_functions()
    assert "Function echo(amount, Optional rate)" in workbook.module
    assert workbook.described["echo"]["ArgumentDescriptions"] == ["An amount", "A rate"]
    assert workbook.described["echo"]["Description"] == "Return what came in."


def test_nothing_of_the_fake_stays(tmp_path, monkeypatch):
    import xlwings

    def state():
        return (
            xlwings.func,
            dir(xlwings),
            len(xlwings.engines),
            sorted(name for name in sys.modules if "win32" in name),
        )

    before = state()
    (tmp_path / "once.py").write_text(
        "import xlwings as xw\n\n@xw.func\ndef one():\n    return 1\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    with FakeCom("once") as fake:
        assert fake.call("one") == 1
        assert state() != before
    assert state() == before
    assert "once" not in sys.modules
