"""Why a function in a cell of a workbook was refused: what the plan says of the cell's own words.

Excel keeps no message in a file. So the words of the formula, typed or in cells, are asked of the
plan that the workbook holds, by the same resolver of names that the functions use.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from icbudget.answers.case import Case, with_findings
from icbudget.findings import Finding
from icbudget.plan.scenario_overlay import no_such_scenario, scenarios_of

if TYPE_CHECKING:
    from icbudget.workbook.reading.function_cells import Call
    from icbudget.workbook.reading.sheet_cells import Sheet

REFUSED = "workbook.function-refused"
_TAKE_A_PLAN = ("ICB_TABLE", "ICB_SCENARIO", "ICB_WITH", "ICB_FIGURE", "ICB_EXPLAIN")
_STEP = re.compile(r" (?:as|with) ")
"""What stands between a plan's hash and what is laid over it."""
_AS_THE_SHEET = "Give it as the sheet shows it; Any answer and What-if offer the names in a list."


def with_reasons(case: Case, path: Path) -> Case:
    """Return a case whose findings about refused functions say why, where the plan can tell."""
    if not any(finding.id == REFUSED for finding in case.findings):
        return case
    from icbudget.workbook.reading.sheet_cells import read_cells

    sheets, _ = read_cells(path)
    return case if sheets is None else with_reasons_of(case, sheets)


def with_reasons_of(case: Case, sheets: Mapping[str, Sheet]) -> Case:
    """Return a case whose findings about refused functions on some sheets say why."""
    from icbudget.workbook.reading.function_cells import calls_in

    calls = calls_in(sheets)
    findings = tuple(_with_reason(finding, case, calls) for finding in case.findings)
    return with_findings(case, findings)


def _with_reason(finding: Finding, case: Case, calls: Mapping[tuple[str, str], Call]) -> Finding:
    call = calls.get((finding.place.sheet, finding.place.cell))
    if finding.id != REFUSED or call is None:
        return finding
    reason = _reason(call, case)
    if not reason:
        return finding
    shows, _, _ = finding.message.partition(": =")
    return replace(finding, message=f"{shows}: {reason} It is {call.formula}.", fix=_AS_THE_SHEET)


def _reason(call: Call, case: Case) -> str:
    """Return why a call was refused; blank where its words are all right, or not all are known."""
    plan, *words = call.arguments
    if plan is None or call.function not in _TAKE_A_PLAN:
        return ""
    if not plan.startswith("plan "):
        return f"“{plan}” is no plan: the first argument is the cell that holds =ICB_PLAN(…)."
    if _STEP.split(plan)[0] != case.handle:
        return f"“{plan}” is not the plan of this workbook, which is {case.handle}."
    named = [word for word in words if word]
    if len(named) < len(words) or not named:
        return ""
    from icbudget.plan.figure_names import FigureNameProblem

    try:
        _ask(case, call.function, named)
    except FigureNameProblem as problem:
        return str(problem)
    return ""


def _ask(case: Case, function: str, words: Sequence[str]) -> None:
    """Raise `FigureNameProblem` where words name no answer, figure or scenario of a plan."""
    from icbudget.answers.answer_titles import answer_called
    from icbudget.answers.named_figures import figure, figures_of_plan
    from icbudget.plan.figure_names import SEPARATOR, FigureNameProblem, input_figure

    if function == "ICB_TABLE":
        answer_called(words[0])
    elif function == "ICB_SCENARIO":
        if words[0].casefold() not in map(str.casefold, scenarios_of(case.plan)):
            finding = no_such_scenario(case.plan, words[0])
            raise FigureNameProblem(f"{finding.message} {finding.fix}")
    elif function == "ICB_WITH":
        input_figure(figures_of_plan(case), words[0])
    else:
        figure(case, SEPARATOR.join(words))
