"""The command line as a person uses it: words, JSON, exit codes, and files that are whole or not
there.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from icbudget.answers.catalogue import ANSWERS
from icbudget.cli.command_line import main
from tests.places import BOROUGH, WORKBOOKS
from tests.workbook.opened import with_sheets
from tests.workbook.xml_book import Book

PLAN = """
schema_version: 1
setup: {title: Two partners, base_year: 2025/26, horizon: 1, rules_year: 2025-26}
partners:
  - {id: icb, name: The ICB, kind: icb}
  - {id: council, name: The council, kind: council}
pools:
  - {id: bcf, name: Better Care Fund, host: council, risk_share: fifty}
contributions:
  - {pool: bcf, partner: icb, source: NHS Minimum Contribution, base_amount: 1000.10, index: up}
  - {pool: bcf, partner: council, source: Additional LA Contribution, base_amount: 500, index: flat}
schemes:
  - {id: S1, name: Reablement, pool: bcf, source: NHS Minimum Contribution, base_amount: 1000.10, index: up}
  - {id: S2, name: Equipment, pool: bcf, source: Additional LA Contribution, base_amount: 500, index: flat}
indices:
  - {id: up, rates: {2026/27: 0.10}}
minimums:
  - {rule: minimum_contribution, source: NHS Minimum Contribution, base_amount: 1000.10, index: up}
  - {rule: adult_social_care, source: NHS Minimum Contribution, base_amount: 0, index: flat}
risk_shares:
  - {id: fifty, basis: fixed, partner: icb, share: 0.5}
  - {id: fifty, basis: fixed, partner: council, share: 0.5}
"""


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN)
    return path


def call(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Return exit code, what was printed, and what was printed as a fault."""
    sys.argv = ["icbudget", *words]
    with pytest.raises(SystemExit) as left:
        main()
    printed = capsys.readouterr()
    return int(left.value.code or 0), printed.out, printed.err


def test_a_plan_without_findings_has_none_counted(plan, capsys):
    """Nothing is said beyond the counts: that no check found anything is no proof that all is well."""
    assert call(capsys, "check", str(plan)) == (0, "0 errors, 0 warnings, 0 notes.\n", "")


def test_every_error_comes_at_once_with_its_place_and_mend(plan, capsys):
    plan.write_text(
        PLAN.replace(
            "base_amount: 500, index: flat}\nschemes", "base_amount: n/a, index: flat}\nschemes"
        ).replace("index: up}\n  - {id: S2", "index: upp}\n  - {id: S2")
    )
    code, out, _ = call(capsys, "check", str(plan))
    assert code == 1
    assert "Funding, row 2, column base_amount: Base amount is the text “n/a”, not a number." in out
    assert "Write “up” if that is meant, or add a row to Indices." in out
    assert out.rstrip().endswith("2 errors, 0 warnings, 0 notes.")


def test_check_in_json_names_the_plan_by_its_hash(plan, capsys):
    code, out, _ = call(capsys, "check", str(plan), "--json")
    record = json.loads(out)
    assert code == 0 and record["findings"] == [] and len(record["plan"]["hash"]) == 64


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe\x00broken", "cannot be read as text"),
        (b"a: [1, 2", "not YAML or JSON"),
        (b"just words", "not a plan"),
        (b"setup: &a {title: x}\nother: *a", "aliases"),
    ],
)
def test_a_file_that_is_no_plan_is_one_clear_line_and_exit_2(tmp_path, capsys, content, words):
    path = tmp_path / "x.yaml"
    path.write_bytes(content)
    code, out, err = call(capsys, "check", str(path))
    assert code == 2 and words in out and "Traceback" not in out + err


def test_a_missing_file_is_exit_2(tmp_path, capsys):
    for name in ("gone.yaml", "gone.xlsx"):
        code, out, _ = call(capsys, "check", str(tmp_path / name))
        assert code == 2 and f"There is no file {name}" in out


def test_run_writes_three_files_and_again_the_same_bytes(plan, tmp_path, capsys):
    out = tmp_path / "out"
    assert call(capsys, "run", str(plan), "--out", str(out))[0] == 0
    first = {p.name: p.read_bytes() for p in out.iterdir()}
    assert sorted(first) == ["plan-postings.csv", "plan-report.html", "plan-results.xlsx"]
    again = tmp_path / "again"
    assert call(capsys, "run", str(plan), "--out", str(again))[0] == 0
    assert {p.name: p.read_bytes() for p in again.iterdir()} == first


def test_run_never_writes_over_another_file_unless_told(plan, tmp_path, capsys):
    out = tmp_path / "out"
    out.mkdir()
    (out / "plan-report.html").write_text("mine")
    code, _, err = call(capsys, "run", str(plan), "--out", str(out))
    assert code == 2 and "--overwrite" in err
    assert [p.name for p in out.iterdir()] == ["plan-report.html"] and (
        out / "plan-report.html"
    ).read_text() == "mine"
    assert call(capsys, "run", str(plan), "--out", str(out), "--overwrite")[0] == 0
    assert len(list(out.iterdir())) == 3


def test_run_with_errors_writes_nothing(plan, tmp_path, capsys):
    plan.write_text(PLAN.replace("index: up}", "index: gone}"))
    code, out, _ = call(capsys, "run", str(plan), "--out", str(tmp_path / "out"))
    assert code == 1 and "Nothing was written" in out and not (tmp_path / "out").exists()


def test_report_writes_every_answer_as_csv_when_asked(plan, tmp_path, capsys):
    out = tmp_path / "out"
    assert call(capsys, "report", str(plan), "--out", str(out), "--tables")[0] == 0
    # £1,000.10 and £500 of income in the base year.
    line = (
        "Better Care Fund,The ICB,NHS Minimum Contribution,Line 1,Contribution,bcf,icb,£,1000.10,"
        "1100.00"
    )
    assert line in (out / "plan-income.csv").read_text("utf-8-sig")
    assert {f"plan-{answer.id}.csv" for answer in ANSWERS} <= {file.name for file in out.iterdir()}


def test_run_in_json_gives_every_answer(plan, tmp_path, capsys):
    code, out, _ = call(capsys, "run", str(plan), "--out", str(tmp_path / "out"), "--json")
    record = json.loads(out)
    # £1,000.10 × 1.10 = £1,100.11, rounded half-up to £1 is £1,100.
    assert code == 0
    assert record["answers"]["income"][1] == [
        "Better Care Fund",
        "The ICB",
        "NHS Minimum Contribution",
        "Line 1",
        "Contribution",
        "bcf",
        "icb",
        "£",
        1000.10,
        1100.0,
    ]


def test_results_are_verified_and_a_changed_figure_is_found(plan, tmp_path, capsys):
    out = tmp_path / "out"
    call(capsys, "run", str(plan), "--out", str(out))
    results = out / "plan-results.xlsx"
    code, printed, _ = call(capsys, "verify", str(results))
    assert code == 0 and "agrees" in printed
    page = with_sheets(results, "Income")["Income"]
    cell = next(c for row in page.iter_rows() for c in row if c.value == 1100)
    book = Book(results.read_bytes())
    book["Income"].cell(cell.row, cell.column).value = 1100.5
    book.save(tmp_path / "changed.xlsx")
    code, printed, _ = call(capsys, "verify", str(tmp_path / "changed.xlsx"))
    assert code == 1 and f"Income!{cell.coordinate}" in printed and "£0.50" in printed


def test_results_under_a_scenario_keep_the_inputs_as_they_were_given(plan, tmp_path, capsys):
    change = "bcf|council|Additional LA Contribution|1/base_amount"
    plan.write_text(
        f"{PLAN}scenarios:\n  - {{scenario: Cut, order: 1, path: contributions/{change}, value:"
        " 400, reason: a cut}\n"
    )
    call(capsys, "run", str(plan), "--scenario", "Cut", "--out", str(tmp_path))
    results = tmp_path / "plan-results.xlsx"
    code, printed, _ = call(capsys, "verify", str(results))
    assert code == 0 and "agrees" in printed
    call(capsys, "convert", str(results), str(tmp_path / "back.json"))
    back = json.loads((tmp_path / "back.json").read_text())
    assert back["setup"]["active_scenario"] == "Cut"
    assert [row["base_amount"] for row in back["contributions"]] == [1000.1, 500]
    assert (
        "contribution: £400.00"
        in call(capsys, "explain", str(results), "bcf / 2025/26 / council")[1]
    )


@pytest.mark.parametrize("command", ["check", "run", "report", "simulate", "compare", "optimise"])
def test_a_scenario_that_is_not_there_cannot_be_used(command, plan, capsys):
    code, out, printed = call(capsys, command, str(plan), "--scenario", "Pooled funds")
    assert (code, out, printed) == (
        2,
        "",
        "There is no scenario “Pooled funds”. Write “Pooled fund” if that is meant.\n",
    )


def test_explain_shows_postings_formula_and_the_cells_behind(plan, capsys):
    code, out, _ = call(capsys, "explain", str(plan), "bcf / 2026/27 / icb")
    assert code == 0
    assert "contribution: £1,100.00" in out and "expenditure: £1,100.00" in out
    assert "Base amount = £1,000.10 at Funding, row 1, column base_amount" in out
    assert "Indices / up / Rates / 2026/27 = 10%" in out


def _words(tree: str) -> str:
    """The words of a tree in one line, without its branches."""
    return " ".join(re.sub("[│├└─]", " ", tree).split())


def test_explain_in_full_has_every_line_of_the_short_form_and_more(capsys):
    asked = ("explain", str(BOROUGH), "bcf / 2026/27")
    short, full = call(capsys, *asked)[1], call(capsys, *asked, "--full")[1]
    in_full = _words(full)
    for line in re.split(r"(?m)^[│ ]*[├└]── ", short):
        # A source that was cut, or was just named, ends its line before the mark.
        before = re.split(r" …|; source as above|\d+ more: see", _words(line))[0]
        assert before in in_full
    assert len(full.splitlines()) > len(short.splitlines())
    assert "--full" in short and "--full" not in full


def test_explain_says_what_it_does_not_know(plan, capsys):
    code, out, _ = call(capsys, "explain", str(plan), "bcff / 2026/27")
    assert code == 1 and "did you mean bcf?" in out
    assert call(capsys, "explain", str(plan), " / ") == (
        2,
        "",
        "Name the figure, such as “bcf / 2027/28 / icb”.\n",
    )


def test_convert_there_and_back_loses_nothing(plan, tmp_path, capsys):
    book, text = tmp_path / "plan.xlsx", tmp_path / "back.yaml"
    assert call(capsys, "convert", str(plan), str(book))[0] == 0
    assert call(capsys, "convert", str(book), str(text))[0] == 0
    hashes = [
        json.loads(call(capsys, "check", str(p), "--json")[1])["plan"]["hash"]
        for p in (plan, book, text)
    ]
    assert len(set(hashes)) == 1


def test_new_for_an_area_and_for_one_that_is_not_there(tmp_path, capsys):
    path = tmp_path / "lewisham.xlsx"
    code, out, _ = call(capsys, "new", "--area", "Lewisham", "--out", str(path))
    assert code == 0 and path.is_file()
    code, out, _ = call(capsys, "new", "--area", "Lewishem", "--out", str(tmp_path / "x.xlsx"))
    assert code == 2 and "Lewisham" in out and not (tmp_path / "x.xlsx").exists()


def test_template_is_written_and_an_option_that_is_not_there_is_exit_2(tmp_path, capsys):
    assert call(capsys, "template", "--out", str(tmp_path / "t.xlsx"))[0] == 0
    assert call(capsys, "template", "--nonsense")[0] == 2


def test_a_template_for_the_add_in_is_filled_in_from_a_plan(tmp_path, capsys):
    import zipfile

    from icbudget import tasks

    made = tmp_path / "office.xlsx"
    plan = str(WORKBOOKS / "north-tyneside-better-care-fund.yaml")
    assert call(capsys, "template", "--host", "office", "--plan", plan, "--out", str(made))[0] == 0
    assert tasks.load(made).plan == tasks.load(Path(plan)).plan
    with zipfile.ZipFile(made) as parts:
        assert any(name.startswith("xl/webextensions/") for name in parts.namelist())
    (tmp_path / "none.yaml").write_text("a: 1\n", encoding="utf-8")
    assert (
        call(
            capsys,
            "template",
            "--plan",
            str(tmp_path / "none.yaml"),
            "--out",
            str(tmp_path / "t.xlsx"),
        )[0]
        == 2
    )
    assert not (tmp_path / "t.xlsx").exists()
    assert call(capsys, "convert", str(tmp_path / "t.xlsx"), str(tmp_path / "t.pdf"))[0] == 2


def test_schema_accepts_a_plan_of_ours(plan, capsys):
    code, out, _ = call(capsys, "schema")
    schema = json.loads(out)
    assert code == 0 and schema["properties"]["setup"] and "acute_lines" in schema["properties"]


def test_check_starts_without_what_it_does_not_use():
    """`check` on a text plan, its uncertainty included, imports no spreadsheet, chart, statistics
    or Excel library.
    """
    plan = BOROUGH
    code = f"""
import sys
sys.argv = ["icbudget", "check", {str(plan)!r}]
from icbudget.answers.catalogue import ANSWERS
from icbudget.cli.command_line import main
try:
    main()
except SystemExit:
    pass
heavy = "pandas scipy matplotlib openpyxl xlsxwriter xlwings jinja2".split()
print([m for m in heavy if m in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_plan_without_programmes_leaves_nothing_to_choose_and_says_so(capsys):
    """The solver once told people about the shape of its own array."""
    plan = WORKBOOKS / "norfolk-disabled-facilities-grant.yaml"
    code, out, fault = call(capsys, "optimise", str(plan))
    assert code == 2 and "nothing to choose. Fill in Prevention" in " ".join((out + fault).split())
