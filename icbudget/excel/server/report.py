"""The reports of a plan, made from the tables that the task pane sends.

They are given back as one zip; nothing is kept, or written.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from icbudget.excel import coerce
from icbudget.excel.coerce import InputProblem
from icbudget.excel.plan_tables import draft_of, recognised

MOST_BYTES = 100_000_000
"""Bytes that all files of one plan may come to; those of a plan like the illustrative borough come
to 3 million.
"""
PLAN = "plan.yaml"
"""What the plan is called in its reports: the person's own file name never leaves their machine."""
NO_PACK = (
    "There is no audit pack: the plan holds cells that cannot be read, which the report lists."
    " Correct them and build the reports\nagain; or save the workbook and run icbudget report"
    " --pack on it, which keeps the workbook itself.\n"
)


def reports(raw_tables: list[Any]) -> bytes:
    """Return the reports of a plan, given as its tables in any order, as a zip.

    It holds what `icbudget report --paper` and `--pack` write: the report, the committee paper
    (PDF, Word, HTML), the postings and the audit pack, whose plan is the tables as YAML. A plan
    with a cell that cannot be read has no pack, since YAML would lack it; a text says so, and the
    report lists what is wrong. The same tables give the same bytes.

    Raises `InputProblem` where there is no plan to report on, and where the files come to more than
    `MOST_BYTES`.
    """
    from icbudget.answers.case import evaluate_draft
    from icbudget.plan.plan_text import from_yaml, to_yaml
    from icbudget.tasks.load_and_check import Opened
    from icbudget.tasks.packs import pack_files
    from icbudget.tasks.results import report_files

    tables = [coerce.grid(f"table {n}", raw) for n, raw in enumerate(raw_tables, start=1)]
    case = evaluate_draft(draft_of(recognised(tables)))
    if case is None or case.draft is None:
        raise InputProblem("There is no plan to report on. Press Check the plan to see why.")
    files = report_files(Opened(Path(PLAN), case.draft, case, case.findings), paper=True)
    if case.draft.sound:
        text = to_yaml(case.before_scenario)
        draft = from_yaml(text, PLAN)
        again = evaluate_draft(draft)
        opened = Opened(Path(PLAN), draft, again, () if again is None else again.findings)
        files |= {
            f"plan-pack/{name}": content
            for name, content in pack_files(opened, text.encode()).items()
        }
    else:
        files["no-audit-pack.txt"] = NO_PACK.encode()
    if sum(map(len, files.values())) > MOST_BYTES:
        raise InputProblem(
            f"The reports come to more than {MOST_BYTES:,} bytes. Run icbudget report on the saved"
            " workbook."
        )
    return _zipped(files)


def _zipped(files: Mapping[str, bytes]) -> bytes:
    """Return files as a zip without the time of day, so that the same files give the same bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as pack:
        for name, content in files.items():
            pack.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()
