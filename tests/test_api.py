"""icbudget as a library: what a person types in a notebook, and what comes of it."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import icbudget
from icbudget import tasks
from icbudget.answers import catalogue
from tests.places import BOROUGH, FIRST, WORKBOOKS

FUNDING = pd.DataFrame(
    {
        "Pool": ["bcf", "bcf"],
        "Partner": ["icb", "council"],
        "Source of funding": ["NHS Minimum Contribution", "Additional LA Contribution"],
        "Base amount (£)": [1_000_000.0, 500_000.0],
        "Index": ["flat", "flat"],
        "2025/26": [None, None],
        "2026/27": [1_100_000.0, None],
    }
)


@pytest.fixture(scope="module")
def plan():
    return icbudget.read(BOROUGH)


@pytest.fixture(scope="module")
def result(plan):
    return icbudget.run(plan)


def test_the_package_says_what_it_has_and_loads_nothing_heavy():
    assert {"read", "new", "run", "simulate", "compare", "optimise", "verify", "Plan"} <= set(
        dir(icbudget)
    )
    code = (
        "import sys, icbudget\n"
        "assert 'numpy' not in sys.modules and 'pandas' not in sys.modules\n"
        "icbudget.read\n"
        "assert 'pandas' not in sys.modules and 'matplotlib' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    with pytest.raises(AttributeError, match="icbudget has no reed"):
        icbudget.reed


def test_a_plan_says_what_it_is(plan):
    assert plan.years[0] == "2025/26" and plan.tables[0] == "Setup"
    assert plan.sound and plan.title.startswith("Illustrative borough")
    assert repr(plan).startswith(f"<plan as typed {plan.hash[:12]}")


def test_text_and_workbook_are_one_plan(plan, tmp_path):
    written = plan.write(tmp_path / "borough.xlsx")
    assert icbudget.read(str(written)).hash == plan.hash


def test_a_table_is_the_answer_of_the_command_line(result):
    case = tasks.check(BOROUGH).case
    block = tasks.answers(case)[catalogue.BALANCES.id]
    frame = result.table("Balances")
    values = sum(1 for row in block.rows for value in row.values if value is not None)
    assert len(frame) == values
    wide = result.table("balances", wide=True)
    assert len(wide) == len(block.rows)
    assert frame.attrs["title"] == "Balances"


def test_a_name_in_an_answer_has_its_id_in_a_column_of_its_own(plan, result):
    named = result.table("Balances")
    names = {pool.id: pool.name for pool in plan.value.pools}
    of_pools = named[named["Pool id"].isin(names)]
    assert set(of_pools["Pool id"]) == set(names)
    assert (of_pools["Pool"] == of_pools["Pool id"].map(names)).all()


def test_the_package_says_its_types_and_every_public_name_is_explained():
    assert (Path(icbudget.__file__).parent / "py.typed").exists()
    public = [getattr(icbudget, name) for name in dir(icbudget) if name != "__version__"]
    members = [
        member
        for each in public
        if isinstance(each, type)
        for name, member in vars(each).items()
        if not name.startswith("_") and (callable(member) or isinstance(member, property))
    ]
    assert len(public) > 15 and len(members) > 25
    assert [each for each in (*public, *members) if not inspect.getdoc(each)] == []


def test_every_exception_carries_findings():
    family = (icbudget.IcbudgetError, icbudget.PlanHasErrors, icbudget.NotFound)
    for kind in family:
        assert issubclass(kind, icbudget.IcbudgetError) and kind("Wrong.").findings == ()


def test_every_answer_is_a_table(result):
    tables = result.tables
    assert len(tables) > 30
    for name in ("Income", "Spending", "Balances", "Partner positions", "Reallocation"):
        assert isinstance(tables[name], pd.DataFrame) and len(tables[name])
    with pytest.raises(KeyError):
        tables["Balance of payments"]


def test_one_figure_by_its_name(plan, result):
    programme = plan.value.programmes[0]
    assert result.figure(f"{programme.id} / Effect") == programme.effect
    with pytest.raises(icbudget.NotFound, match="Nearest"):
        result.figure(f"{programme.id} / Efect")


def test_a_change_gives_another_plan_and_says_why(plan):
    programme = plan.value.programmes[0]
    name = f"{programme.id} / Effect"
    changed = plan.change({name: 0.01}, reason="a cautious reading")
    assert plan.value.programmes[0].effect == programme.effect
    assert changed.value.programmes[0].effect == 0.01
    (change,) = changed.changes
    assert (change.name, change.before, change.after) == (name, programme.effect, 0.01)
    assert change.reason == "a cautious reading"
    assert plan.change({name: "1%"}).hash == changed.hash


def test_changing_back_gives_the_same_plan(plan):
    programme = plan.value.programmes[0]
    name = f"{programme.id} / Effect"
    there = plan.change({name: 0.01})
    assert there.hash != plan.hash
    assert there.change({name: programme.effect}).hash == plan.hash


def test_what_cannot_be_changed_is_named_with_the_nearest(plan):
    with pytest.raises(icbudget.NotFound, match="no “Efect”"):
        plan.change({f"{plan.value.programmes[0].id} / Efect": 1})
    with pytest.raises(icbudget.PlanHasErrors) as refused:
        plan.change({f"{plan.value.programmes[0].id} / Effect": "much"})
    assert refused.value.findings


def test_a_scenario_is_the_plan_under_it(plan):
    low = plan.scenario("Low evidence")
    assert low.value.setup.active_scenario == "Low evidence"
    assert (
        icbudget.run(low).table("Balances").equals(icbudget.run(BOROUGH).table("Balances")) is False
    )
    with pytest.raises(icbudget.NotFound, match="Write “Low evidence” if"):
        plan.scenario("Low evidenc")


def test_a_plan_with_errors_has_findings_and_no_traceback(tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_text("setup: {title: Broken, base_year: 2025/26}\npools:\n  - {id: p}\n")
    broken = icbudget.read(path)
    assert not broken.sound
    assert {f.id for f in broken.findings} & {"cell.blank", "cell.missing", "cell.needed"}
    assert (broken.frame("Findings")["severity"] == "error").any()
    with pytest.raises(icbudget.PlanHasErrors) as raised:
        icbudget.run(broken)
    assert raised.value.findings == broken.findings


def test_a_file_that_is_not_there_is_a_finding(tmp_path):
    missing = icbudget.read(tmp_path / "nowhere.xlsx")
    assert not missing.sound and missing.findings[0].id == "file.missing"
    assert missing.title == ""


def test_data_frames_are_a_plan():
    plan = icbudget.read({"Funding": FUNDING})
    assert plan.years == ("2025/26", "2026/27")
    income = icbudget.run(plan).table("Income")
    by_year = income[income["Unit"] == "£"].groupby("Year", observed=True)["Value"].max()
    # by hand: 2025/26 1,000,000 and 500,000; 2026/27 1,100,000 typed and 500,000 rolled on flat
    assert set(income["Value"]) >= {1_000_000.0, 500_000.0, 1_100_000.0}
    assert list(by_year.index) == ["2025/26", "2026/27"]
    assert icbudget.read([FUNDING]).hash == plan.hash, "a table is known by its headings"


def test_frames_of_a_plan_are_the_plan_again(plan):
    tables = {name: plan.frame(name) for name in plan.tables}
    again = icbudget.read(tables)
    assert [f for f in again.findings if f.severity == "error"] == []
    assert again.hash == plan.hash


def test_a_frame_that_is_no_table_is_a_finding():
    plan = icbudget.read([FUNDING, pd.DataFrame({"Colour": ["red"]})])
    assert "table.unknown" in {f.id for f in plan.findings}
    with pytest.raises(icbudget.NotFound, match="Nearest: Funding"):
        icbudget.read({"Fundings": FUNDING})


def test_an_open_workbook_is_a_plan(plan):
    book = openpyxl.load_workbook(WORKBOOKS / "north-tyneside-better-care-fund.xlsx")
    from_book = icbudget.read(book)
    assert from_book.hash == icbudget.read(WORKBOOKS / "north-tyneside-better-care-fund.yaml").hash


def test_writing_never_goes_over_a_file(plan, tmp_path):
    path = plan.write(tmp_path / "copy.yaml")
    assert icbudget.read(path).hash == plan.hash
    changed = plan.change({f"{plan.value.programmes[0].id} / Effect": 0.01})
    with pytest.raises(icbudget.IcbudgetError, match="is there already"):
        changed.write(path)
    assert icbudget.read(path).hash == plan.hash
    changed.write(path, overwrite=True)
    assert icbudget.read(path).hash == changed.hash
    with pytest.raises(icbudget.IcbudgetError, match="ends in"):
        plan.write(tmp_path / "copy.doc")


def test_postings_and_findings_are_tables_too(result):
    assert result.postings["Amount"].notna().all()
    assert len(result.table("Findings")) == len(result.findings)


def test_explain_says_where_a_figure_comes_from(result):
    frame = result.explain("bcf / 2026/27 / NHS Minimum Contribution")
    assert len(frame)


def test_a_headline_of_the_dashboard_is_a_figure_by_its_words(result):
    income = result.figure("Income of the pools")
    explained = result.explain("Income of the pools")
    assert list(explained["Value"]) == [income]
    assert "as planned" in explained.iloc[0, 2]


def test_a_new_plan_for_an_area():
    plan = icbudget.new("Sheffield")
    assert "Sheffield" in plan.title
    with pytest.raises(icbudget.NotFound):
        icbudget.new("Atlantis")


def test_compare_says_what_each_difference_is_worth(plan):
    changed = plan.change({f"{plan.value.programmes[0].id} / Effect": 0.01})
    table = icbudget.compare(plan, changed).table()
    assert len(table)
    same = icbudget.compare(plan, plan).table()
    assert len(same) < len(table)


def test_simulate_draws_the_same_for_the_same_seed():
    first = icbudget.simulate(FIRST / "illustrative-borough.yaml", 200, seed=7)
    again = icbudget.simulate(FIRST / "illustrative-borough.yaml", 200, seed=7)
    assert first.draws == 200
    pd.testing.assert_frame_equal(first.table(), again.table())
    draws = first.draws_frame
    assert set(draws.columns) == {"Of", "Figure", "Unit", "Draw", "Year", "Value"}
    assert draws["Draw"].nunique() == 200
    assert len(first.table("Tornado"))


LEDGER_MAP = {
    "columns": {"code": "Code", "amount": "Net amount", "period": "Month"},
    "schemes": {"E100": "ASC"},
    "ignore": ["Total*"],
}


@pytest.fixture(scope="module")
def ledger():
    """By hand: £1,000.10 and £250.05 of ASC in April and May are £1,250.15; a row has no code."""
    return pd.DataFrame(
        {
            "Code": ["E100", "E100", "X999", "Total"],
            "Net amount": [1000.10, 250.05, 7, 1257.15],
            "Month": [1, 2, 2, 2],
        }
    )


def test_monitor_takes_a_plan_and_a_ledger_as_a_frame(ledger):
    plan = icbudget.read(WORKBOOKS / "north-tyneside-better-care-fund.yaml")
    before = plan.hash
    year = icbudget.monitor(plan, [(ledger, LEDGER_MAP)], year="2021/22", month=2)
    table = year.table("Monitoring")
    line = table[table["Scheme or source"] == "ASC"].iloc[0]
    assert line["Actual to date"] == 1250.15
    assert year.rejects[["Ledger", "Line"]].values.tolist() == [["data frame 1", 4]]
    assert plan.hash == before and plan.value.setup.monitored_year is None


def test_a_frame_is_read_as_the_file_that_holds_the_same(ledger, tmp_path):
    plan = WORKBOOKS / "north-tyneside-better-care-fund.yaml"
    ledger.to_csv(tmp_path / "ledger.csv", index=False)
    (tmp_path / "map.yaml").write_text(json.dumps(LEDGER_MAP))
    files = [(tmp_path / "ledger.csv", str(tmp_path / "map.yaml"))]
    from_files = icbudget.monitor(plan, files, year="2021/22", month=2)
    from_frame = icbudget.monitor(plan, [(ledger, LEDGER_MAP)], year="2021/22", month=2)
    assert from_frame.tables == from_files.tables
    for name in from_frame.tables:
        of_frame, of_files = from_frame.table(name), from_files.table(name)
        if name == "Rejects":  # which names the ledger, and has its cells as the file writes them
            assert set(of_frame.pop("Ledger")) == {"data frame 1"}
            assert set(of_files.pop("Ledger")) == {"ledger.csv"}
            assert [*map(float, of_frame.pop("Net amount"))] == [7.0]
            assert [*map(float, of_files.pop("Net amount"))] == [7.0]
        pd.testing.assert_frame_equal(of_frame, of_files)


def test_a_map_with_a_mistake_is_a_finding(ledger):
    plan = WORKBOOKS / "north-tyneside-better-care-fund.yaml"
    wrong = LEDGER_MAP | {"heading": 3}
    year = icbudget.monitor(plan, [(ledger, wrong)], year="2021/22", month=2)
    assert "ledger.map" in {finding.id for finding in year.findings}


def test_every_answer_has_its_types_and_its_id_with_rows_or_without(result):
    """A frame without rows joins and filters as one with rows does."""
    for name in result.tables:
        frame = result.table(name)
        assert frame.attrs["id"], name
        if len(frame) == 0:
            texts = [c for c in frame.columns if c == "Unit" or c.endswith(" id") or c == "Figure"]
            assert all(frame[column].dtype != object for column in texts), name


@pytest.mark.parametrize(
    ("mistake", "words"),
    [
        (lambda result: result.table("Balances", money="euros"), "pounds or in pence"),
        (lambda result: icbudget.read(5), "not from int"),
        (lambda result: icbudget.simulate(result.plan, 1), "number of draws"),
    ],
)
def test_a_mistake_in_a_call_is_one_of_the_small_family(result, mistake, words):
    with pytest.raises(icbudget.IcbudgetError, match=words):
        mistake(result)
