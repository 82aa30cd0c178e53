"""The evidence library on the command line."""

from __future__ import annotations

import json

import openpyxl
import yaml

from icbudget import reference, tasks
from tests.checks.clean import clean
from tests.cli.test_all_commands import PLAN, call, plan  # noqa: F401  (a fixture)
from tests.cli.test_broken_workbooks import put


def test_null_and_adverse_studies_are_shown_with_the_others(capsys):
    code, out, _ = call(capsys, "evidence", "risk stratification", "PRISMATIC")
    assert code == 0 and "case-management  (grade N" in out
    assert "adverse     PRISMATIC: Emergency admissions: rate reduction −0.01" in out
    assert "judgement, not evidence): −5.0% / 0.0% / 3.0%" in out and out.endswith(
        "1 of 24 programmes.\n"
    )


def test_words_that_are_nowhere_are_exit_1(capsys):
    code, out, _ = call(capsys, "evidence", "zeppelin")
    assert (code, out) == (1, "No programme matches.\n")


def test_json_carries_every_study(capsys):
    code, out, _ = call(capsys, "evidence", "--grade", "N", "--json")
    record = json.loads(out)
    assert code == 0 and [row["id"] for row in record] == ["case-management", "telecare"]
    assert len(record[0]["studies"]) == len(reference.studies("case-management"))


def test_a_programme_is_filled_in_with_its_link_and_source_and_the_plan_stays(
    plan,  # noqa: F811
    tmp_path,
    capsys,
):
    out = tmp_path / "new.yaml"
    code, printed, _ = call(
        capsys, "evidence", "--add", "social-prescribing", str(plan), "--out", str(out)
    )
    assert code == 0 and "Nobody pays for programme “Social prescribing”" in printed
    assert plan.read_text() == PLAN
    (row,) = yaml.safe_load(out.read_text())["programmes"]
    assert (row["library"], row["effect"], row["grade"], row["lag"]) == (
        "social-prescribing",
        0.01,
        "D",
        0.5,
    )
    assert (
        "not evidence" in row["evidence"]
        and "PMC5558801" in row["evidence"]
        and row["status"] == "indicative"
    )
    code, printed, _ = call(
        capsys,
        "evidence",
        "--add",
        "social-prescribing",
        str(out),
        "--out",
        str(tmp_path / "two.yaml"),
    )
    two = yaml.safe_load((tmp_path / "two.yaml").read_text())["programmes"]
    assert [r["id"] for r in two] == ["social_prescribing", "social_prescribing_2"]


def test_grade_n_is_filled_in_without_effect(plan, tmp_path, capsys):  # noqa: F811
    out = tmp_path / "new.yaml"
    call(capsys, "evidence", "--add", "telecare", str(plan), "--out", str(out))
    (row,) = yaml.safe_load(out.read_text())["programmes"]
    assert (row["grade"], row["effect"]) == ("N", 0.0)


def test_a_row_or_a_plan_that_is_not_there_is_exit_2(plan, tmp_path, capsys):  # noqa: F811
    out = str(tmp_path / "new.yaml")
    code, printed, _ = call(capsys, "evidence", "--add", "zeppelin", str(plan), "--out", out)
    assert code == 2 and "falls-exercise" in printed
    code, _, fault = call(capsys, "evidence", "--add", "telecare", str(plan))
    assert code == 2 and "--out" in fault
    code, _, _ = call(
        capsys, "evidence", "--add", "telecare", str(tmp_path / "none.yaml"), "--out", out
    )
    assert code == 2


def test_choosing_a_row_in_the_workbook_fills_the_blank_cells_and_explain_names_it(
    tmp_path, capsys
):
    source, path = tmp_path / "clean.yaml", tmp_path / "clean.xlsx"
    source.write_text(yaml.safe_dump(clean()), encoding="utf-8")
    tasks.convert(source, path)
    book = openpyxl.load_workbook(path)
    for heading in (
        "Effect",
        "Effect, low",
        "Effect, high",
        "Evidence grade",
        "Name",
        "Lag (years)",
    ):
        put("Prevention", heading, 6, None)(book)
    put("Prevention", "Evidence row", 6, "telehealth")(book)
    book.save(path)
    (row,) = tasks.check(path).draft.plan.programmes
    assert (row.effect, row.effect_low, row.effect_high, row.grade, row.lag) == (
        0.04,
        -0.03,
        0.12,
        "A",
        0.25,
    )
    code, printed, _ = call(capsys, "explain", str(path), "nel / activity payment / 2027/28")
    assert code == 0 and "Evidence, row telehealth, column Planning reduction, central" in printed


def test_an_evidence_row_named_later_fills_what_nobody_typed(tmp_path):
    (tmp_path / "plan.yaml").write_text(yaml.safe_dump(clean()))
    tasks.convert(tmp_path / "plan.yaml", tmp_path / "plan.xlsx")
    assert tasks.load(tmp_path / "plan.xlsx").plan.programmes[0].lag == 0
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    put("Prevention", "Evidence row", 6, "telehealth")(book)
    book.save(tmp_path / "named.xlsx")
    (row,) = tasks.load(tmp_path / "named.xlsx").plan.programmes
    # telehealth: 3 months; the effect of 5 % is the plan's own and is typed
    assert (row.lag, row.effect) == (0.25, 0.05)
