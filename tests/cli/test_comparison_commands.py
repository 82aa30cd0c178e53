"""compare and scenarios at the command line: words, files, JSON, exit codes, and what cannot be
compared.
"""

from __future__ import annotations

import csv
import json

import pytest

from icbudget import tasks
from icbudget.cli.command_line import main
from icbudget.plan.plan_text import to_yaml
from tests.answers.test_goal_tracker import plan


@pytest.fixture
def ask(monkeypatch, capsys, tmp_path):
    (tmp_path / "one.yaml").write_text(to_yaml(plan()), encoding="utf-8")
    (tmp_path / "two.yaml").write_text(
        to_yaml(plan(programme={"effect": 0.3, "effect_low": 0.1})), encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        monkeypatch.setattr("sys.argv", ["icbudget", *arguments])
        try:
            main()
        except SystemExit as end:
            told = capsys.readouterr()
            return int(end.code or 0), told.out + told.err
        return 0, capsys.readouterr().out

    return run


def test_two_plans_are_told_apart_in_words_and_pounds(ask):
    code, printed = ask("compare", "one.yaml", "two.yaml")
    assert code == 0
    assert "£32,000.00  Falls service (Prevention): effect 50% → 30%" in printed
    assert "Falls service (Prevention): effect, low blank → 10%" in printed


def test_a_plan_and_its_scenario(ask):
    code, printed = ask("compare", "two.yaml", "--scenario", "Low evidence")
    assert code == 0 and "effect 30% → 10%" in printed
    code, printed = ask(
        "compare", "two.yaml", "--scenario", "Central evidence", "--against", "Low evidence"
    )
    assert code == 0 and "effect 10% → 30%" in printed
    assert "Nothing changed" in ask("compare", "one.yaml", "one.yaml")[1]


def test_the_page_the_pdf_and_the_csv(ask, tmp_path):
    assert ask("compare", "one.yaml", "two.yaml", "--out", "out")[0] == 0
    assert sorted(f.name for f in (tmp_path / "out").iterdir()) == [
        "one-to-two.csv",
        "one-to-two.html",
        "one-to-two.pdf",
    ]
    first = {f.name: f.read_bytes() for f in (tmp_path / "out").iterdir()}
    page = first["one-to-two.html"].decode()
    assert "Falls service (Prevention): effect 50% → 30%" in page and "<script" not in page
    rows = list(csv.reader(first["one-to-two.csv"].decode("utf-8-sig").splitlines()))
    assert rows[0] == [
        "Figure",
        "What changed",
        "Unit",
        "icb",
        "council",
        "trust",
        "Whole system",
        "On its own, whole system",
    ]
    assert ["Plan", "Falls service (Prevention): effect 50% → 30%", "£"] in [
        row[:3] for row in rows
    ]
    ask("compare", "one.yaml", "two.yaml", "--out", "out", "--overwrite")
    assert first == {f.name: f.read_bytes() for f in (tmp_path / "out").iterdir()}


def test_json_carries_pence_by_partner(ask):
    code, printed = ask("compare", "one.yaml", "two.yaml", "--json")
    record = json.loads(printed)
    assert code == 0 and record["partners"] == ["icb", "council", "trust", "Whole system"]
    added = sum(sum(step["adds_pence"]["Plan"]["Whole system"]) for step in record["steps"])
    assert added == 3_200_000
    assert record["before"]["hash"] != record["after"]["hash"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("one.yaml",), 2, "Name a second plan, or a scenario with --scenario."),
        (("one.yaml", "nowhere.yaml"), 2, "There is no file nowhere.yaml."),
        (("nowhere.yaml", "one.yaml"), 2, "There is no file nowhere.yaml."),
        (("one.yaml", "--scenario", "Low evidense"), 2, "Write “Low evidence” if that is meant."),
        (
            ("one.yaml", "two.yaml", "--against", "Low evidense"),
            2,
            "Write “Low evidence” if that is meant.",
        ),
    ],
)
def test_what_cannot_be_compared(ask, arguments, code, said):
    told = ask("compare", *arguments)
    assert told[0] == code and said in told[1]


def test_a_workbook_that_was_emailed_and_the_plan_it_came_from(ask, tmp_path):
    tasks.convert(tmp_path / "one.yaml", tmp_path / "one.xlsx")
    code, printed = ask("compare", "one.yaml", "one.xlsx")
    assert code == 0 and "Nothing changed" in printed


def test_every_scenario_is_listed_with_what_it_changes(ask):
    code, printed = ask("scenarios", "two.yaml")
    assert code == 0 and "Ready-made scenarios:" in printed and "effect 30% → 10%" in printed
    _, all_of_them = ask("scenarios", "two.yaml", "--full")
    assert "more: see --full" in printed and "more: see --full" not in all_of_them
    assert len(printed.splitlines()) < len(all_of_them.splitlines())
    code, printed = ask("scenarios", "two.yaml", "--json")
    names = [scenario["name"] for scenario in json.loads(printed)["scenarios"]]
    assert "One budget" in names and code == 0
    assert ask("scenarios", "nowhere.yaml")[0] == 2
