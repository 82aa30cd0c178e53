"""What a machine lacks is told with its fix; the machines here are made up, their Windows too."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlwings

from icbudget.excel.doctor import Machine, connect, diagnose
from icbudget.excel.macro import build
from icbudget.findings import Severity

pytest.importorskip("pyopenvba", reason="pyOpenVBA is not installed: pip install '.[classic]'")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return build(tmp_path_factory.mktemp("built") / "plan.xlsm")


def machine(folder: Path, **changed) -> Machine:
    """A Windows machine that lacks nothing, changed."""
    (folder / "Scripts").mkdir(exist_ok=True)
    for name in (
        "Scripts/python.exe",
        "Scripts/pythonw.exe",
        f"xlwings64-{xlwings.__version__}.dll",
    ):
        (folder / name).write_bytes(b"")
    good = {
        "windows": True,
        "python": (3, 12),
        "executable": folder / "Scripts" / "python.exe",
        "prefix": folder,
        "environment": {"ICBUDGET_PYTHON": str(folder / "Scripts" / "pythonw.exe")},
        "xlwings": xlwings.__version__,
        "has_pywin32": True,
    }
    return Machine(**good | changed)


def policy(**values):
    def registry(path, name):
        return values.get(name) if "Policies" in path else None

    return registry


def test_a_machine_that_lacks_nothing_has_no_findings(tmp_path, built):
    assert diagnose(machine(tmp_path), built) == []


@pytest.mark.parametrize(
    ("changed", "id"),
    [
        ({"windows": False}, "excel.not-windows"),
        ({"python": (3, 9)}, "excel.python-old"),
        ({"environment": {}}, "excel.python-unset"),
        ({"environment": {"ICBUDGET_PYTHON": "C:/gone/python.exe"}}, "excel.python-gone"),
        ({"has_pywin32": False}, "excel.pywin32-absent"),
        ({"xlwings": "0.1.0"}, "excel.library-absent"),
        ({"registry": policy(VBAWarnings=4)}, "excel.macros-disabled"),
        ({"registry": policy(VBAWarnings=3)}, "excel.macros-disabled"),
        ({"registry": policy(VBAWarnings=2)}, "excel.macros-asked"),
        (
            {"registry": policy(blockcontentexecutionfrominternet=1)},
            "excel.internet-macros-blocked",
        ),
    ],
)
def test_one_thing_that_is_missing_is_named(tmp_path, changed, id):
    (found,) = diagnose(machine(tmp_path, **changed))
    assert found.id == id
    assert found.fix or found.severity is Severity.NOTE


def test_another_python_is_told(tmp_path):
    other = tmp_path / "other" / "python.exe"
    other.parent.mkdir()
    other.write_bytes(b"")
    (found,) = diagnose(machine(tmp_path, environment={"ICBUDGET_PYTHON": str(other)}))
    assert found.id == "excel.python-other"


def test_a_workbook_of_another_xlwings_must_be_made_again(tmp_path, built):
    (tmp_path / "xlwings64-0.40.0.dll").write_bytes(b"")
    (found,) = diagnose(machine(tmp_path, xlwings="0.40.0"), built)
    assert found.id == "excel.version-differs"
    assert found.fix == "Make it again: icbudget excel build."


def test_a_workbook_without_macros_is_named(tmp_path):
    from icbudget import tasks

    plain = tasks.template(tmp_path / "plain.xlsx")
    (found,) = diagnose(machine(tmp_path), plain)
    assert found.id == "excel.workbook-without-macros"
    (found,) = diagnose(machine(tmp_path), tmp_path / "gone.xlsm")
    assert found.id == "excel.workbook-missing"


def test_changed_settings_and_functions_are_told(tmp_path, built):
    import zipfile

    changed = tmp_path / "changed.xlsm"
    with zipfile.ZipFile(built) as given, zipfile.ZipFile(changed, "w") as taken:
        for entry in given.infolist():
            part = given.read(entry)
            if entry.filename == "xl/sharedStrings.xml":
                part = part.replace(b"%ICBUDGET_PYTHON%", b"\\\\elsewhere\\python.exe")
            taken.writestr(entry, part)
    (found,) = diagnose(machine(tmp_path), changed)
    assert found.id == "excel.settings-changed"
    assert "INTERPRETER_WIN" in found.message


def test_connecting_sets_one_variable_and_nothing_elsewhere(tmp_path):
    with pytest.raises(ValueError, match="Only Windows"):
        connect(machine(tmp_path, windows=False, environment={}))
    (told,) = connect(machine(tmp_path))
    assert told.startswith("ICBUDGET_PYTHON is already ")
