"""A clean plan signed by task, and what is changed in it afterwards."""

from __future__ import annotations

import copy
from pathlib import Path

import yaml

from icbudget import tasks
from icbudget.answers.signed import signatures_of, state_of
from icbudget.plan.plan_text import as_document, to_yaml
from tests.checks.clean import clean

ON = "2026-06-30"
PASSPHRASE = "a passphrase for tests"
S151 = {"office": "section 151 officer", "name": "A Signatory", "on": ON}


def written(folder: Path, document=None, name="plan.yaml") -> Path:
    path = folder / name
    path.write_text(yaml.safe_dump(document or clean(), sort_keys=False), encoding="utf-8")
    return path


def signed(folder: Path, document=None, **more) -> dict:
    """The document of a plan signed once more."""
    path = written(folder, document, "before.yaml")
    made = tasks.sign(path, folder / "signed.yaml", **{**S151, **more}, overwrite=True)
    assert made.written, [str(f) for f in made.opened.findings]
    return as_document(tasks.load(made.written).plan)


def looked_at(folder: Path, document):
    """The one signature of a document, its findings about signatures, and the plan's state."""
    opened = tasks.check(written(folder, document, "after.yaml"))
    findings = [f for f in opened.findings if f.id.startswith("signature.")]
    return signatures_of(opened.case), findings, state_of(opened.case)


def changed(document, table, row, **fields):
    other = copy.deepcopy(document)
    other[table][row] |= fields
    return other


__all__ = ["ON", "PASSPHRASE", "S151", "changed", "looked_at", "signed", "to_yaml", "written"]
