"""Reading, writing and starting, each against its floor in one run. Ratios are recorded, never
asserted.

- reading and checking a plan of 2,000 rows, against python-calamine (the fastest reader known)
  reading the same cells;
- writing the results workbook, against XlsxWriter writing the same cells without format, table,
  chart or formula;
- `icbudget check` from a cold start, against a process that imports its libraries and defines a model.

By default each runs once, small. With `--benchmark-enable` or ICBUDGET_BENCHMARK=full it runs in
full and prints its ratio.
"""

from __future__ import annotations

import io
import subprocess
import sys

from icbudget import tasks
from icbudget.answers.case import evaluate
from icbudget.plan.plan_text import from_document
from icbudget.workbook.writing.build import build
from tests.benchmarks.timing import paired


def report(benchmark, full, name, told, measured):
    benchmark.extra_info |= told
    benchmark.pedantic(measured, rounds=1)
    if full:
        print(
            f"\n{name}: {told['seconds'] * 1000:.0f} ms, floor {told['floor_seconds'] * 1000:.0f}"
            f" ms, {told['ratio']:.2f}×"
        )


def wide_plan(rows: int):
    """Return a plan of so many rows: half funding lines, half schemes."""
    lines = range(1, rows // 2 + 1)
    setup = {"title": "Many rows", "base_year": "2025/26", "horizon": 5, "rules_year": "2025-26"}
    funding = [
        {
            "pool": "bcf",
            "partner": "icb",
            "source": "NHS Minimum Contribution",
            "line": n,
            "name": f"Line {n}",
            "base_amount": 1000 + n,
            "index": "flat",
        }
        for n in lines
    ]
    schemes = [
        {
            "id": f"S{n}",
            "name": f"Scheme {n}",
            "pool": "bcf",
            "source": "NHS Minimum Contribution",
            "base_amount": 1000 + n,
            "index": "flat",
        }
        for n in lines
    ]
    partners = [{"id": "icb", "name": "The ICB", "kind": "icb"}]
    pools = [{"id": "bcf", "name": "Better Care Fund", "host": "icb"}]
    draft = from_document(
        {
            "setup": setup,
            "partners": partners,
            "pools": pools,
            "contributions": funding,
            "schemes": schemes,
        }
    )
    assert draft.sound
    return draft.plan


def test_reading_and_checking_against_the_fastest_reader(benchmark, full, tmp_path):
    import python_calamine

    path = tmp_path / "plan.xlsx"
    plan = wide_plan(2000 if full else 60)
    path.write_bytes(build(plan, {}, live=True))

    def floor():
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        return sum(len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)

    opened = tasks.check(path)
    assert opened.draft.plan == plan and floor() > len(plan.contributions)
    told = paired(lambda: tasks.check(path), floor, 7 if full else 1)
    report(benchmark, full, "read and check 2,000 rows", told, lambda: tasks.check(path))
    told = paired(lambda: tasks.load(path), floor, 7 if full else 1)
    if full:
        print(f"read alone: {told['seconds'] * 1000:.0f} ms, {told['ratio']:.2f}×")


def test_writing_results_against_the_library_alone(benchmark, full):
    import openpyxl
    import xlsxwriter

    case = evaluate(wide_plan(2000 if full else 60))
    blocks = tasks.answers(case)

    def measured():
        return build(case.plan, blocks, live=False, case=case)

    sheets = [
        [row for row in ws.iter_rows(values_only=True)]
        for ws in openpyxl.load_workbook(io.BytesIO(measured()))
    ]

    def floor():
        stream = io.BytesIO()
        book = xlsxwriter.Workbook(stream, {"in_memory": True})
        for rows in sheets:
            sheet = book.add_worksheet()
            for r, row in enumerate(rows):
                for c, cell in enumerate(row):
                    if isinstance(cell, str):
                        sheet.write_string(r, c, cell)
                    elif cell is not None and not isinstance(cell, bool):
                        sheet.write_number(r, c, cell)
        book.close()
        return stream.getvalue()

    told = paired(measured, floor, 5 if full else 1)
    report(benchmark, full, "write the results workbook", told, measured)


LIBRARIES = "import numpy, typer, yaml, pydantic\nclass Row(pydantic.BaseModel):\n    amount: float"
"""What `check` cannot start without: its libraries, and one model of a row."""


def test_cold_start_of_check_against_its_libraries(benchmark, full, tmp_path):
    from icbudget.plan.plan_text import to_yaml

    text, book = tmp_path / "plan.yaml", tmp_path / "plan.xlsx"
    plan = wide_plan(20)
    text.write_text(to_yaml(plan), encoding="utf-8")
    book.write_bytes(build(plan, {}, live=True))

    def run(code, *words):
        return subprocess.run(
            [sys.executable, "-c", code, *words], capture_output=True, text=True, check=False
        )

    start = "from icbudget.cli.start import main; main()"
    assert run(start, "check", str(text)).returncode in (0, 1)
    for path in (text, book) if full else (text,):
        told = paired(
            lambda path=path: run(start, "check", str(path)),
            lambda: run(LIBRARIES),
            7 if full else 1,
        )
        (
            report(benchmark, full, f"cold check of {path.suffix}", told, lambda: None)
            if path is text
            else None
        )
        if full and path is book:
            print(f"cold check of .xlsx: {told['seconds'] * 1000:.0f} ms, {told['ratio']:.2f}×")
