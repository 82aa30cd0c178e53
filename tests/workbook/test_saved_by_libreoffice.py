"""A results workbook whose numbers LibreOffice saved again is the same plan with the same answers."""

from __future__ import annotations

import zipfile

import yaml

from icbudget import tasks
from icbudget.findings import Severity
from tests.checks.clean import clean

RATE, SAVED = b"0.015505577840456697", b"0.0155055778404567"
"""A rate with the 17 digits that Excel and icbudget save, and the 15 that LibreOffice does."""


def results(folder):
    document = clean()
    document["indices"][0]["rates"]["2026/27"] = float(RATE)
    plan = folder / "plan.yaml"
    plan.write_text(yaml.safe_dump(document), encoding="utf-8")
    tasks.run(plan, folder / "run")
    (made,) = (folder / "run").glob("*.xlsx")
    return made


def with_rate(made, target, rate):
    """A copy of the workbook with this rate in every cell that holds the other."""
    count = 0
    with zipfile.ZipFile(made) as packed, zipfile.ZipFile(target, "w") as written:
        for name in packed.namelist():
            content = packed.read(name)
            count += content.count(b"<v>%b</v>" % RATE)
            written.writestr(name, content.replace(b"<v>%b</v>" % RATE, b"<v>%b</v>" % rate))
    assert count
    return target


def test_verify_agrees_with_a_workbook_that_libreoffice_saved(tmp_path):
    made = results(tmp_path)
    saved = with_rate(made, tmp_path / "saved.xlsx", SAVED)
    assert tasks.load(saved).plan.indices[0].rates["2026/27"] == float(SAVED) != float(RATE)
    _, report = tasks.verify(saved)
    assert not [f.id for f in report.findings if f.severity is Severity.ERROR]
