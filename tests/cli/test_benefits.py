"""The benefits report on the command line."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import docx
import pytest
import yaml

from tests.cli.test_all_commands import call
from tests.examples import benefits as example

PLAN = (Path(example.__file__).parent / "plan.yaml").read_text(encoding="utf-8")


@pytest.fixture
def plan(tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN, encoding="utf-8")
    return path


def test_the_report_has_two_pages_and_the_figures_by_hand(plan, tmp_path, capsys):
    for form in ("html", "pdf", "docx"):
        out = tmp_path / f"b.{form}"
        code, _, error = call(
            capsys, "benefits", str(plan), "--quarter", "2027-Q2", "--out", str(out)
        )
        assert code == 0, error
    page = (tmp_path / "b.html").read_text(encoding="utf-8")
    for said in (
        "Of £370,000.01 of contract savings planned to date £213,500.83 are confirmed.",
        "Came so far of what was planned: falls 60.6% and reablement 80.4%.",
        "In 2027/28 £84,750.44 may be reinvested (confirmed); £65,249.57 less than planned.",
        "In 2028/29 £187,269.88 may be reinvested (forecast)",
        "of it £75,375.19 is confirmed already.",
        "forecast to come to £55,500.25; £24,000 is confirmed, £40,000 is claimed",
        "Head of community care",
    ):
        assert said in page
    pages = re.findall(rb"/Type\s*/Page\b(?!s)", (tmp_path / "b.pdf").read_bytes())
    assert len(pages) == 2
    words = [
        p.text for p in docx.Document(io.BytesIO((tmp_path / "b.docx").read_bytes())).paragraphs
    ]
    assert any("£84,750.44 may be reinvested" in text for text in words)
    assert plan.read_text(encoding="utf-8") == PLAN


def test_a_plan_with_many_programmes_has_a_report_of_two_pages_too(plan, tmp_path, capsys):
    document = yaml.safe_load(PLAN)
    falls = document["programmes"][0]
    claims = [row for row in document["confirmed_releases"] if row.get("programme") == falls["id"]]
    others = [f"place{number}" for number in range(12)]
    document["programmes"] += [{**falls, "id": name, "name": name} for name in others]
    document["confirmed_releases"] += [
        {**claim, "programme": name} for name in others for claim in claims
    ]
    for segment in document["segments"]:
        if falls["id"] in segment.get("programmes", []):
            segment["programmes"] += others
    plan.write_text(json.dumps(document), encoding="utf-8")  # without aliases
    out = tmp_path / "many.pdf"
    call(capsys, "benefits", str(plan), "--quarter", "2027-Q2", "--out", str(out))
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", out.read_bytes())) == 2


def test_without_a_file_it_is_printed_and_nothing_is_written(plan, tmp_path, capsys):
    code, out, _ = call(capsys, "benefits", str(plan))
    assert code == 0 and "43,125" in out and list(tmp_path.iterdir()) == [plan]
    code, out, _ = call(capsys, "benefits", str(plan), "--json")
    answers = json.loads(out)["answers"]
    assert code == 0 and {"benefits-by-programme", "reinvestment"} <= set(answers)


def test_the_month_decides_what_has_ended(plan, tmp_path, capsys):
    """At month 5 of 2027/28 quarter 1 is the last that ended, and 61 days after it is not over."""
    out = tmp_path / "b.html"
    code, _, _ = call(capsys, "benefits", str(plan), "--month", "5", "--out", str(out))
    page = out.read_text(encoding="utf-8")
    assert code == 0 and "Quarter 1 of 2027/28" in page and "At month 5 of 2027/28" in page


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--quarter", "2027-Q3"), "Quarter 3 of 2027/28 has not ended by month 8 of 2027/28"),
        (("--quarter", "autumn"), "“autumn” is no quarter. Write it as 2027-Q2"),
        (("--quarter", "2031-Q1"), "2031/32 is no year of the plan: 2025/26 to 2028/29."),
        (("--quarter", "2027/29 Q1"), "is not one financial year"),
        (("--out", "b.xlsx"), "b.xlsx is no report."),
    ],
)
def test_what_cannot_be_reported_is_one_line(plan, capsys, options, said):
    code, _, error = call(capsys, "benefits", str(plan), *options)
    assert code == 2 and said in error and len(error.splitlines()) == 1


def test_a_plan_that_reports_on_no_month_says_what_to_fill_in(plan, capsys):
    document = yaml.safe_load(PLAN)
    del document["setup"]["monitored_year"], document["setup"]["monitored_month"]
    plan.write_text(yaml.safe_dump(document), encoding="utf-8")
    code, _, error = call(capsys, "benefits", str(plan))
    assert code == 2 and "Fill in Year monitored and Month monitored in Setup" in error


def test_a_file_that_is_there_stays(plan, tmp_path, capsys):
    out = tmp_path / "b.html"
    out.write_text("mine", encoding="utf-8")
    code, _, error = call(capsys, "benefits", str(plan), "--out", str(out))
    assert code == 2 and "is there already" in error and out.read_text(encoding="utf-8") == "mine"


def test_monitoring_carries_the_benefits_too(plan, tmp_path, capsys):
    code, _, _ = call(capsys, "monitor", str(plan), "--out", str(tmp_path / "out"))
    assert code == 0
    assert (tmp_path / "out" / "plan-reinvestment.csv").is_file()
    report = (tmp_path / "out" / "plan-monitoring.html").read_text(encoding="utf-8")
    assert "What came of what was promised" in report


def test_a_plan_without_releases_says_so(plan, tmp_path, capsys):
    document = yaml.safe_load(PLAN)
    del document["confirmed_releases"]
    plan.write_text(yaml.safe_dump(document), encoding="utf-8")
    out = tmp_path / "b.html"
    code, printed, _ = call(capsys, "benefits", str(plan), "--out", str(out))
    assert code == 0 and "No release is entered in Confirmed releases." in printed
    assert "planned, not confirmed" in out.read_text(encoding="utf-8")


def test_a_plan_whose_only_releases_are_set_aside_does_not_say_that_there_are_none(
    plan, tmp_path, capsys
):
    document = yaml.safe_load(PLAN)
    for row in document["programmes"]:
        row["effect"] = 0
    for row in document["confirmed_releases"]:
        row["programme"], row["acute_line"] = "", ""
    plan.write_text(yaml.safe_dump(document), encoding="utf-8")
    out = tmp_path / "b.html"
    _, printed, _ = call(capsys, "benefits", str(plan), "--out", str(out))
    rows = len(document["confirmed_releases"])
    told = f"None of the {rows} rows of Confirmed releases counts: Checks says why."
    assert told in " ".join(printed.split()) and "No release is entered" not in printed
    assert told in out.read_text(encoding="utf-8")
