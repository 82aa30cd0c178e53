"""What icbudget does for a person: each command and each Excel button is a function here.

A function's module is loaded when the function is first asked for, and heavy libraries inside the
functions that need them, so that checking a plan starts at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from icbudget.late_names import late_names

if TYPE_CHECKING:
    from icbudget.ledger_import.imported_ledger import Ledger
    from icbudget.tasks.comparing import ScenarioSummary, compare, scenarios
    from icbudget.tasks.envelopes import Imported, import_envelopes
    from icbudget.tasks.evidence import add_evidence, local_evidence
    from icbudget.tasks.guide import finding_entry, guide_pages, open_guide, write_guide
    from icbudget.tasks.history_and_keys import history, rekey
    from icbudget.tasks.joint import Merged, merge_parts
    from icbudget.tasks.load_and_check import (
        Opened,
        answers,
        check,
        load,
        load_from_excel,
        load_from_memory,
    )
    from icbudget.tasks.many_plans import Batch, PlanRun, batch
    from icbudget.tasks.month_monitored import (
        LedgerCells,
        LedgerPair,
        Monitoring,
        monitor,
        monitor_draft,
    )
    from icbudget.tasks.optimising import NothingToChoose, Optimised, optimise, optimised, with_best
    from icbudget.tasks.packs import pack, verify_pack
    from icbudget.tasks.plans import (
        convert,
        convert_plan,
        new,
        rebase,
        sheets_written_over,
        succeed,
        template,
        user_additions,
    )
    from icbudget.tasks.quarterly_benefits import benefits
    from icbudget.tasks.reference_tables import import_allocations
    from icbudget.tasks.results import explain, report, run, verify
    from icbudget.tasks.sharing import share, share_parts
    from icbudget.tasks.sheets import add_sheets, further
    from icbudget.tasks.signing import KeyFile, SignedPlan, new_key, sign, signature_lines
    from icbudget.tasks.simulation import Simulated, simulate, simulated
    from icbudget.tasks.text_of_cells import cell_text
    from icbudget.tasks.writing import Progress, write_outputs

__all__ = [
    "Batch",
    "Imported",
    "KeyFile",
    "Ledger",
    "LedgerCells",
    "LedgerPair",
    "Merged",
    "Monitoring",
    "NothingToChoose",
    "Opened",
    "Optimised",
    "PlanRun",
    "Progress",
    "ScenarioSummary",
    "SignedPlan",
    "Simulated",
    "add_evidence",
    "add_sheets",
    "answers",
    "batch",
    "benefits",
    "cell_text",
    "check",
    "compare",
    "convert",
    "convert_plan",
    "explain",
    "finding_entry",
    "further",
    "guide_pages",
    "history",
    "import_allocations",
    "import_envelopes",
    "load",
    "load_from_excel",
    "load_from_memory",
    "local_evidence",
    "merge_parts",
    "monitor",
    "monitor_draft",
    "new",
    "new_key",
    "open_guide",
    "optimise",
    "optimised",
    "pack",
    "rebase",
    "rekey",
    "report",
    "run",
    "scenarios",
    "share",
    "share_parts",
    "sheets_written_over",
    "sign",
    "signature_lines",
    "simulate",
    "simulated",
    "succeed",
    "template",
    "user_additions",
    "verify",
    "verify_pack",
    "with_best",
    "write_guide",
    "write_outputs",
]

__getattr__ = late_names(
    __name__,
    {
        "icbudget.ledger_import.imported_ledger": ("Ledger",),
        "icbudget.tasks.comparing": ("ScenarioSummary", "compare", "scenarios"),
        "icbudget.tasks.envelopes": ("Imported", "import_envelopes"),
        "icbudget.tasks.evidence": ("add_evidence", "local_evidence"),
        "icbudget.tasks.guide": ("finding_entry", "guide_pages", "open_guide", "write_guide"),
        "icbudget.tasks.history_and_keys": ("history", "rekey"),
        "icbudget.tasks.joint": ("Merged", "merge_parts"),
        "icbudget.tasks.load_and_check": (
            "Opened",
            "answers",
            "check",
            "load",
            "load_from_excel",
            "load_from_memory",
        ),
        "icbudget.tasks.many_plans": ("Batch", "PlanRun", "batch"),
        "icbudget.tasks.month_monitored": (
            "LedgerCells",
            "LedgerPair",
            "Monitoring",
            "monitor",
            "monitor_draft",
        ),
        "icbudget.tasks.optimising": (
            "NothingToChoose",
            "Optimised",
            "optimise",
            "optimised",
            "with_best",
        ),
        "icbudget.tasks.packs": ("pack", "verify_pack"),
        "icbudget.tasks.plans": (
            "convert",
            "convert_plan",
            "new",
            "rebase",
            "sheets_written_over",
            "succeed",
            "template",
            "user_additions",
        ),
        "icbudget.tasks.quarterly_benefits": ("benefits",),
        "icbudget.tasks.reference_tables": ("import_allocations",),
        "icbudget.tasks.results": ("explain", "report", "run", "verify"),
        "icbudget.tasks.sharing": ("share", "share_parts"),
        "icbudget.tasks.sheets": ("add_sheets", "further"),
        "icbudget.tasks.signing": ("KeyFile", "SignedPlan", "new_key", "sign", "signature_lines"),
        "icbudget.tasks.simulation": ("Simulated", "simulate", "simulated"),
        "icbudget.tasks.text_of_cells": ("cell_text",),
        "icbudget.tasks.writing": ("Progress", "write_outputs"),
    },
)
