"""`icbudget monitor`: a plan and a ledger give the monitoring table, the report, and rows to
keep."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from icbudget import tasks
from icbudget.cli.command_line import main
from tests.places import EXAMPLES

M1 = EXAMPLES / "m1_in_year" / "plan.yaml"
LEDGER = 'Code,Amount,Period\nA,"1,000.00",7\nB,£2.%,7\nA,500,13\n'
MAP = "columns: {code: Code, amount: Amount, period: Period}\n"


def call(capsys, monkeypatch, *words):
    monkeypatch.setattr("sys.argv", ["icbudget", *map(str, words)])
    with pytest.raises(SystemExit) as left:
        main()
    told = capsys.readouterr()
    return left.value.code, told.out, told.err


@pytest.fixture
def files(tmp_path):
    (tmp_path / "plan.yaml").write_bytes(M1.read_bytes())
    (tmp_path / "ledger.csv").write_text(LEDGER, encoding="utf-8")
    (tmp_path / "map.yaml").write_text(MAP, encoding="utf-8")
    return tmp_path


def rows(path: Path) -> list[list[str]]:
    return list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))


def test_the_table_is_printed_and_nothing_is_written_without_a_folder(files, capsys, monkeypatch):
    code, out, _ = call(capsys, monkeypatch, "monitor", files / "plan.yaml")
    assert code == 0 and "Monitoring" in out and "1,189,501" in out and "Amber" in out
    assert sorted(p.name for p in files.iterdir()) == ["ledger.csv", "map.yaml", "plan.yaml"]


def test_the_report_its_tables_and_the_forecasts_to_keep(files, capsys, monkeypatch):
    out = files / "out"
    assert call(capsys, monkeypatch, "monitor", files / "plan.yaml", "--out", out)[0] == 0
    assert {p.name for p in out.iterdir()} == {
        *(
            "plan-monitoring.html",
            "plan-monitoring.xlsx",
            "plan-monitoring.csv",
            "plan-quarterly-report.csv",
            "plan-virement-log.csv",
        ),
        *("plan-forecast-accuracy.csv", "plan-forecasts-to-keep.csv"),
    }
    page = (out / "plan-monitoring.html").read_text(encoding="utf-8")
    assert (
        "The year as it runs" in page
        and "Quarterly report" in page
        and "Winter beds opened early" in page
    )
    kept = rows(out / "plan-forecasts-to-keep.csv")
    assert kept[1][:6] == ["2025/26", "6", "A", "1", "kept", "1189500.75"]
    assert "B" not in {row[2] for row in kept[1:]}, "an override is kept already"


def test_the_same_plan_gives_the_same_bytes(files, capsys, monkeypatch):
    for name in ("one", "two"):
        call(capsys, monkeypatch, "monitor", files / "plan.yaml", "--out", files / name)
    assert [p.read_bytes() for p in sorted((files / "one").iterdir())] == [
        p.read_bytes() for p in sorted((files / "two").iterdir())
    ]


def test_the_workbook_it_writes_is_verified(files, capsys, monkeypatch):
    call(capsys, monkeypatch, "monitor", files / "plan.yaml", "--out", files / "out")
    opened, comparison = tasks.verify(files / "out" / "plan-monitoring.xlsx")
    differences = comparison.findings
    assert opened.sound and not differences
    assert opened.draft.plan == tasks.load(files / "plan.yaml").plan


def test_a_ledger_is_read_its_rejects_listed_and_the_month_moves_on(files, capsys, monkeypatch):
    words = (
        "monitor",
        files / "plan.yaml",
        "--ledger",
        files / "ledger.csv",
        "--map",
        files / "map.yaml",
        "--out",
        files / "out",
    )
    code, out, _ = call(capsys, monkeypatch, *words)
    assert code == 1
    assert (
        "read 3 rows, £1,500.00; taken 1 row, £1,000.00; left out on purpose 0 rows, £0.00;"
        " rejected 2 rows, £500.00" in out
    )
    assert (
        "The totals agree, and what is rejected is not in the actuals." in out
        and "line 3: “£2.%” is not an amount" in out
        and "line 4: month 13" in out
    )
    rejects = rows(files / "out" / "plan-ledger-rejects.csv")
    assert rejects[1] == ["3", "“£2.%” is not an amount", "B", "£2.%", "7"]
    assert rejects[-1] == ["Rejected", "2", "500.00"]
    (actual,) = rows(files / "out" / "plan-ledger-actuals.csv")[1:]
    assert actual[:4] == ["2025/26", "7", "expenditure", "A"] and "1000.00" in actual
    first = rows(files / "out" / "plan-monitoring.csv")[1]
    assert first[1] == "A" and first[5:7] == ["2025/26", "7"] and "590500.75" in first


def test_machines_get_everything(files, capsys, monkeypatch):
    words = (
        "monitor",
        files / "plan.yaml",
        "--ledger",
        files / "ledger.csv",
        "--map",
        files / "map.yaml",
        "--json",
    )
    code, out, _ = call(capsys, monkeypatch, *words)
    record = json.loads(out)
    assert (
        code == 1
        and record["ledgers"][0]["agrees"]
        and record["ledgers"][0]["rejects"][0]["line"] == 3
    )
    assert record["answers"]["monitoring"][0][:2] == ["Pool", "Scheme or source"]


def test_month_and_year_go_before_the_plan_s_own(files, capsys, monkeypatch):
    code, out, _ = call(
        capsys, monkeypatch, "monitor", files / "plan.yaml", "--month", "5", "--json"
    )
    assert code == 0 and json.loads(out)["answers"]["monitoring"][1][5:7] == ["2025/26", "5"]
    code, out, _ = call(
        capsys, monkeypatch, "monitor", files / "plan.yaml", "--month", "12", "--out", files / "out"
    )
    close = rows(files / "out" / "plan-icb-close-to-keep.csv")
    # model §9.1: A is booked to month 6, 589,500.75; its profile of the other six months follows
    assert close[1][:4] == ["2025/26", "A", "1", "1189500.75"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--month", "13"), 2, "--month"),
        (("--ledger", "ledger.csv"), 2, "--map"),
        (("--ledger", "gone.csv", "--map", "map.yaml"), 1, "There is no file gone.csv."),
        (("--ledger", "ledger.csv", "--map", "plan.yaml"), 1, "columns"),
        (("--year", "2025"), 2, "financial year"),
    ],
)
def test_what_cannot_be_used_is_told(files, capsys, monkeypatch, words, code, said):
    monkeypatch.chdir(files)
    left, out, err = call(capsys, monkeypatch, "monitor", "plan.yaml", *words)
    assert left == code and said in out + err, (left, out, err)


def test_a_failed_control_total_exits_1_and_never_says_that_totals_agree(
    files, capsys, monkeypatch
):
    (files / "map.yaml").write_text(MAP + "control_total: 999\n", encoding="utf-8")
    (files / "ledger.csv").write_text('Code,Amount,Period\nA,"1,000.00",7\n', encoding="utf-8")
    words = ("--ledger", files / "ledger.csv", "--map", files / "map.yaml")
    code, out, _ = call(capsys, monkeypatch, "monitor", files / "plan.yaml", *words)
    assert code == 1 and "The totals do not agree." in out and "The totals agree" not in out


def test_a_ledger_without_rows_is_no_success(files, capsys, monkeypatch):
    (files / "ledger.csv").write_text("Code,Amount,Period\n", encoding="utf-8")
    words = ("--ledger", files / "ledger.csv", "--map", files / "map.yaml")
    code, out, _ = call(capsys, monkeypatch, "monitor", files / "plan.yaml", *words)
    assert code == 1 and "No rows were read." in out and "The totals agree" not in out


def test_a_ledger_is_read_from_a_workbook(files, capsys, monkeypatch):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["Ledger of the pool"])
    book.create_sheet("Data").append(["Code", "Amount", "Period"])
    book["Data"].append(["A", 0.1 + 0.2, 7])
    book["Data"].append(["A", 999.7, 7])
    book.save(files / "ledger.xlsx")
    words = ("--ledger", files / "ledger.xlsx", "--map", files / "map.yaml", "--json")
    code, out, _ = call(capsys, monkeypatch, "monitor", files / "plan.yaml", *words)
    (ledger,) = json.loads(out)["ledgers"]
    # 0.30 + 999.70
    assert code == 0 and ledger["agrees"] and ledger["control"]["Taken"]["pence"] == 1_000_00
