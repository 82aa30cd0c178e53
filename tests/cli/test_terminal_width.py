"""What a person sees on a terminal of 100 columns, or 80: no line is longer, and no figure is cut."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

import icbudget.cli.all_commands
from icbudget.cli.shared_options import app
from icbudget.cli.terminal_tables import print_rows
from tests.cli.test_all_commands import PLAN, call
from tests.places import BOROUGH, EXAMPLES

WIDTH, NARROW = 100, 80
GE1 = EXAMPLES / "ge1" / "plan.yaml"
JOINT = Path(__file__).parents[1] / "joint" / "plan.yaml"


@pytest.fixture
def at_100_columns(in_a_folder, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(WIDTH))


@pytest.fixture
def in_a_folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plan.yaml").write_text(PLAN)
    (tmp_path / "words.txt").write_text("a passphrase for tests\n")
    envelopes = "Partner,Year,Envelope (£)\nNobody at all,2026/27,1000\nicb,2026/27,lots\n"
    (tmp_path / "envelopes.csv").write_text(envelopes, encoding="utf-8")
    plans = tmp_path / "plans"
    plans.mkdir()
    (plans / "plan.yaml").write_text(PLAN)


def lines_of(printed: str) -> list[str]:
    """The lines of an output but those that name a file, whose path is not broken."""
    return [line for line in printed.splitlines() if not line.startswith("Wrote ")]


COMMANDS = (
    ("check", str(BOROUGH)),
    ("check", "plan.yaml"),
    ("run", "plan.yaml"),
    ("report", "plan.yaml", "--paper"),
    ("compare", str(BOROUGH), "--scenario", "Low evidence"),
    ("scenarios", str(BOROUGH)),
    ("evidence", "falls"),
    ("explain", str(BOROUGH), "bcf / 2026/27 / council"),
    ("simulate", str(GE1), "--draws", "20"),
    ("batch", "plans", "--draws", "20"),
    ("optimise", str(GE1), "--time-limit", "10"),
    ("monitor", str(BOROUGH)),
    ("monitor", str(BOROUGH), "--ids"),
    ("convert", "plan.yaml", "other.json"),
    ("template", "--out", "t.xlsx"),
    ("new", "--area", "Lewishem"),
    ("verify", "plans"),
    ("share", "plan.yaml", "--partner", "council", "--out", "part.xlsx"),
    ("share", "plan.yaml", "--partner", "icb", "--out", "i.yaml", "--record", "shared.yaml"),
    ("merge", "plan.yaml", "council=plan.yaml", "--two-way", "--out", "joint.yaml"),
    ("merge", str(JOINT), f"council={BOROUGH}", "--two-way", "--out", "joint.yaml"),
    ("rekey", str(JOINT), "--table", "Schemes", "--from", "1", "--to", "11", "--out", "r.yaml"),
    ("rekey", str(JOINT), "--table", "Schemes", "--from", "9", "--to", "11", "--out", "r.yaml"),
    ("history", str(BOROUGH)),
    ("history", "plan.yaml", "--verify", "--against", str(BOROUGH)),
    ("envelopes", "import", "envelopes.csv", "--into", str(BOROUGH), "--out", "with.yaml"),
    ("envelopes", "import", "plan.yaml", "--into", str(BOROUGH), "--out", "with.yaml"),
    ("keys", "new", "council.pem", "--passphrase-file", "words.txt"),
    ("reference", "import", "envelopes.csv", "--plan", "plan.yaml"),
    ("excel", "doctor"),
    (
        "sign",
        "plan.yaml",
        "--as",
        "Section 151 officer",
        "--name",
        "A. Person",
        "--out",
        "s.yaml",
    ),
    ("benefits", str(BOROUGH)),
    ("succeed", "plan.yaml", "later.yaml"),
    ("rebase", "plan.yaml", "rebased.yaml", "--rules-year", "2026-27"),
    ("sheets", str(BOROUGH.with_suffix(".xlsx"))),
    ("reference", "list"),
    ("check", "--explain", "row.duplicate-key"),
    ("guide", "--out", "guide.html"),
    ("excel", "build", "plan.xlsm"),
    ("help",),
)
"""Each command as it is typed, of sound files and of broken ones."""
NOT_TRIED = {
    ("schema",): "prints JSON for machines, whose texts are not broken",
    ("excel", "serve"): "serves until it is stopped: tests/guide/test_commands_that_stay.py",
}
"""Commands without lines for people, each with its reason."""


def leaves(group, name: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every command that can be run, by its words."""
    if not hasattr(group, "commands"):
        return [name]
    return [leaf for word, part in group.commands.items() for leaf in leaves(part, (*name, word))]


def test_every_command_is_tried():
    every = leaves(get_command(app))
    tried = {leaf for leaf in every if any(words[: len(leaf)] == leaf for words in COMMANDS)}
    assert set(every) - tried == NOT_TRIED.keys()


@pytest.mark.parametrize(
    "words", COMMANDS, ids=lambda words: " ".join(word for word in words if "/" not in word)
)
@pytest.mark.parametrize("width", [WIDTH, NARROW])
def test_no_line_is_longer_than_the_terminal(in_a_folder, monkeypatch, capsys, words, width):
    monkeypatch.setenv("COLUMNS", str(width))
    _, out, fault = call(capsys, *words)
    assert out and max((len(line) for line in lines_of(out + fault)), default=0) <= width


@pytest.mark.parametrize("width", [WIDTH, NARROW])
def test_the_help_of_every_command_fits(monkeypatch, capsys, width):
    assert icbudget.cli.all_commands.COMMANDS
    monkeypatch.setenv("COLUMNS", str(width))
    for name in get_command(app).commands:
        code, out, _ = call(capsys, "help", name)
        assert code == 0 and f" {name} " in out.splitlines()[0]
        assert max(len(line) for line in out.splitlines()) <= width


def test_the_month_has_names_and_ids_only_where_asked(at_100_columns, capsys):
    _, out, _ = call(capsys, "monitor", str(BOROUGH))
    title = "Monitoring of Better Care Fund pool: expenditure, 2025/26 to month 9, £"
    tables = out[out.index(title) :]
    assert "NHS Illustrative ICB," in tables and "icb_main" not in tables
    row = next(line for line in tables.splitlines() if line.startswith("Home care packages "))
    # Actual to date of the scheme's first line in the plan, and its forecast: to the pound.
    assert re.findall(r"[\d,]{5,}", row) == ["6,300,000", "4,795,900", "6,370,900", "70,900"]
    _, out, _ = call(capsys, "monitor", str(BOROUGH), "--ids")
    assert "icb_main" in out[out.index(title) :]


def test_figures_that_leave_no_room_are_listed_and_not_cut(at_100_columns, capsys):
    headings = ("Name", *(f"Figure {n}" for n in range(8)))
    print_rows(headings, [("A scheme", *("1,234,567,890" for _ in range(8)))])
    out = capsys.readouterr().out
    assert out.splitlines()[0] == "A scheme" and out.count("1,234,567,890") == 8


@pytest.mark.parametrize("words", [("chek", "plan.yaml"), ("help", "chek")])
def test_a_mistyped_command_has_a_suggestion(capsys, words):
    code, _, fault = call(capsys, *words)
    assert code == 2 and "check" in fault
