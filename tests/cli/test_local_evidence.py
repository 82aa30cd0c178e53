"""Evidence of one's own: what confirmed releases showed, beside the studies."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from icbudget import tasks
from icbudget.plan.local_evidence import CAVEATS
from tests.cli.test_all_commands import call
from tests.examples import benefits as example

PLAN = (Path(example.__file__).parent / "plan.yaml").read_text(encoding="utf-8")


@pytest.fixture
def plan(tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN, encoding="utf-8")
    return path


def test_the_row_by_hand_and_nothing_rests_on_it(plan, tmp_path, capsys):
    out = tmp_path / "seen.yaml"
    code, _, fault = call(capsys, "evidence", "--local", "falls", str(plan), "--out", str(out))
    assert code == 0, fault
    assert plan.read_text(encoding="utf-8") == PLAN
    before, after = tasks.check(plan), tasks.check(out)
    (row,) = after.draft.plan.local_evidence
    assert (row.id, row.first_year, row.last_year) == ("local-falls", "2026/27", "2026/27")
    assert (row.before, row.expected, row.after, row.people) == (2000, 2000, 1942.5, 0)
    assert row.effect == pytest.approx(0.239583, abs=5e-7)
    assert (float(row.planned), float(row.confirmed)) == (120000.01, 57500.25)
    assert (row.grade, row.caveats) == ("D", CAVEATS)
    told = tasks.answers(after.case)["programme-evidence"]
    (seen,) = told.where(
        programme="falls", figure="Seen locally, local-falls (grade D, no comparison group)"
    )
    assert seen.values == (row.effect,)
    ids = [id for id in tasks.answers(before.case) if id != "programme-evidence"]
    for id in ids:
        assert tasks.answers(before.case)[id] == tasks.answers(after.case)[id], id
    assert before.case.figures_hash == after.case.figures_hash


def test_a_person_makes_a_programme_of_it(plan, tmp_path, capsys):
    seen, out = tmp_path / "seen.yaml", tmp_path / "new.yaml"
    call(capsys, "evidence", "--local", "falls", str(plan), "--out", str(seen))
    code, _, _ = call(capsys, "evidence", "--add", "local-falls", str(seen), "--out", str(out))
    assert code == 0
    *_, row = tasks.load(out).plan.programmes
    assert (row.id, row.grade, row.effect_low) == ("local_falls", "D", 0)
    assert row.effect == pytest.approx(0.239583, abs=5e-7) and CAVEATS in row.evidence
    again = tmp_path / "again.yaml"
    call(capsys, "evidence", "--local", "falls", str(seen), "--out", str(again))
    assert [r.id for r in tasks.load(again).plan.local_evidence] == ["local-falls", "local-falls-2"]


@pytest.mark.parametrize(
    ("programme", "said"),
    [
        ("fals", "The plan has no programme “fals”. Programmes: falls; reablement."),
        ("reablement", "do not say how much activity was avoided"),
    ],
)
def test_what_shows_nothing_is_one_line(plan, tmp_path, capsys, programme, said):
    out = tmp_path / "seen.yaml"
    code, _, fault = call(capsys, "evidence", "--local", programme, str(plan), "--out", str(out))
    assert code == 2 and said in fault and len(fault.splitlines()) == 1 and not out.exists()


def test_a_grade_above_d_is_refused(plan):
    document = yaml.safe_load(PLAN)
    document["local_evidence"] = [
        {
            "id": "mine",
            "programme": "falls",
            "first_year": "2026/27",
            "last_year": "2026/27",
            "before": 1,
            "expected": 1,
            "after": 1,
            "effect": 0.1,
            "planned": 1,
            "confirmed": 1,
            "grade": "A",
        }
    ]
    plan.write_text(yaml.safe_dump(document), encoding="utf-8")
    opened = tasks.check(plan)
    assert opened.draft.plan.local_evidence == () and opened.sound
    assert any("Choose one of: D; N." in f.fix for f in opened.findings)
