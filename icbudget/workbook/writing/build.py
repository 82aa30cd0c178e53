"""Building a workbook from a plan and its answers: the template with live formulas, or a results
workbook with values.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from icbudget.answers import catalogue
from icbudget.answers.block import Block
from icbudget.answers.case import Case
from icbudget.answers.catalogue import ANSWERS, FAMILIES
from icbudget.answers.checklist import checklist
from icbudget.answers.partner_positions import made_of
from icbudget.answers.unread_figures import common
from icbudget.plan import Plan
from icbudget.plan.identity import plan_handle
from icbudget.plan.setup import Setup
from icbudget.workbook import layout
from icbudget.workbook.writing import any_answer_sheet, what_if_sheet
from icbudget.workbook.writing.answer_sheets import block_row, write_answer
from icbudget.workbook.writing.answer_totals import placed
from icbudget.workbook.writing.any_answer_sheet import write_any_answer
from icbudget.workbook.writing.cell_places import draft_in_workbook
from icbudget.workbook.writing.chart_figures import series_of
from icbudget.workbook.writing.chart_series import Series, write_chart_figures
from icbudget.workbook.writing.checks_sheet import Checking, checking, write_checks
from icbudget.workbook.writing.cross_checks import Placed, checks_of
from icbudget.workbook.writing.dashboard import write_dashboard
from icbudget.workbook.writing.excel_charts import BESIDE, charts_of, write_beside
from icbudget.workbook.writing.formulas import Area
from icbudget.workbook.writing.guide_sheet import write_guide
from icbudget.workbook.writing.input_sheets import rows_of, write_setup, write_table_sheet
from icbudget.workbook.writing.macro_workbook import Macros, add_macros
from icbudget.workbook.writing.plan_cell import answer_formula, plan_formula, write_plan
from icbudget.workbook.writing.record_sheets import write_postings, write_record
from icbudget.workbook.writing.reference_sheets import LIBRARY
from icbudget.workbook.writing.styles import TABS, Styles
from icbudget.workbook.writing.validation import write_lists
from icbudget.workbook.writing.what_if_sheet import write_what_if

CREATED = dt.datetime(2026, 4, 1)
"""When every workbook says it was made, so that the same plan always gives the same bytes."""


CHARTS_BESIDE = {catalogue.SIMULATION: ("net", "tornado"), catalogue.TORNADO: ("tornado",)}
"""Charts that stand beside their answer too, and not on the Dashboard alone."""
_NO_ANSWER = Block(
    "No answer", "The plan has errors: mend what Checks names.", ("No answer",), (), ()
)
_NO_HEADLINES = Block("Headline figures", "", ("Figure", "Who or what"), ("Value",), ())
_NO_FINDINGS = Block("Findings", "", ("Severity", "Where", "Finding", "Fix", "Effect £"), (), ())


def blank_plan() -> Plan:
    """Return the plan of the empty template: settings with their defaults, and no rows."""
    return Plan(setup=Setup(title="Pooled budget", base_year="2026/27", horizon=5))


def build(
    plan: Plan,
    blocks: Mapping[str, Block],
    *,
    live: bool,
    case: Case | None = None,
    macros: Macros | None = None,
    beside: Block | None = None,
) -> bytes:
    """Return a workbook as the bytes of an .xlsx file; `blocks` are the answers by their id.

    Live: every answer is one dynamic-array formula that carries its last values; an answer that is
    missing, because errors stop the engine, leaves its sheet without rows. Else it is a record to
    read and print: the answers are plain values, the postings and the run record of the case stand
    behind them, and what the plan does not use has no sheet: a table or an answer without rows,
    figures to copy from. With macros it is the bytes of an .xlsm file. `beside`, what a command
    found beside the plan (one of `layout.BESIDE`), is a sheet of values in either. The same
    arguments give the same bytes.
    """
    import xlsxwriter

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties(
        {
            "title": plan.setup.title,
            "subject": plan.setup.area,
            "author": "icbudget",
            "created": CREATED,
        }
    )
    book.set_calc_mode(
        "auto", 191029
    )  # Excel 2019's: an earlier one would make Excel recalculate when it opens the file,
    book.calc_on_load = False  # and answers would be lost where Python is not connected
    _Build(book, plan, blocks, live, case if not live else None, macros, beside).write()
    book.close()
    return stream.getvalue()


class _Build:
    """One workbook in the making."""

    def __init__(
        self,
        book: Any,
        plan: Plan,
        blocks: Mapping[str, Block],
        live: bool,
        case: Case | None,
        macros: Macros | None,
        beside: Block | None,
    ) -> None:
        if (
            case and catalogue.CHECKLIST.id in blocks
        ):  # in a workbook of values the checklist leads to that workbook's own cells
            here = draft_in_workbook(plan)
            told = [checklist(replace(reading, draft=here)) for reading in case.readings or (case,)]
            blocks = {**blocks, catalogue.CHECKLIST.id: common(told, case.unknown)}
        self.book, self.plan, self.blocks, self.live, self.case, self.macros = (
            book,
            plan,
            blocks,
            live,
            case,
            macros,
        )
        self.beside = beside
        self.styles = Styles(book, brackets=plan.setup.display_sign == "nhs")
        self.placed: Placed = {
            answer: placed(answer, plan, Area(answer.title, blocks.get(answer.id, _NO_ANSWER), 0))
            for answer in ANSWERS
            if answer is not catalogue.CHECKS
        }
        self.answered: Placed = {
            answer: put
            for answer, put in self.placed.items()
            if answer.id in blocks and (blocks[answer.id].rows or not self.case)
        }
        self.checking: Checking = checking(
            plan,
            checks_of(plan, self.answered, room=not self.case),
            self._findings(live=live),
            live=live,
        )

    def _findings(self, *, live: bool) -> Block:
        """Return the findings; of a live workbook as `ICB_TABLE` gives them, with the plan they are
        of.
        """
        findings = self.blocks.get(catalogue.CHECKS.id, _NO_FINDINGS)
        return made_of(findings, plan_handle(self.plan)) if live else findings

    def left_out(self) -> set[str]:
        """Return the sheets that a workbook of values does without."""
        if not self.case:
            return set()
        empty = {
            p.sheet
            for p in layout.TABLE_SHEETS
            if not rows_of(p, self.plan) and p.name not in layout.FROM_THE_START
        }
        unanswered = {answer.title for answer in self.placed if answer not in self.answered}
        return {*layout.LIBRARY_SHEETS, *empty, *unanswered}

    def contents(self) -> dict[str, list[tuple[str, str]]]:
        """Return every sheet of the workbook in reading order with what it holds, by what it is
        about.
        """
        without = self.left_out()
        kept = {
            group: [told for told in sheets if told[0] not in without]
            for group, sheets in self.possible().items()
        }
        return {group: sheets for group, sheets in kept.items() if sheets}

    def possible(self) -> dict[str, list[tuple[str, str]]]:
        """Return every sheet that a workbook of its kind may have, in reading order, by what it is
        about.
        """
        records = [
            (layout.POSTINGS, "Every pound as a posting."),
            (layout.RUN_RECORD, "What made this workbook."),
        ]
        choices = [
            (layout.WHAT_IF, what_if_sheet.SHOWS),
            (layout.ANY_ANSWER, any_answer_sheet.SHOWS),
        ]
        macros = [(layout.XLWINGS_SETTINGS, "How Excel finds Python.")]
        return {
            "Start": [
                (layout.GUIDE, "What to do."),
                (layout.SETUP_SHEET.sheet, layout.SETUP_SHEET.intro),
            ],
            "Inputs": [(place.sheet, place.intro) for place in layout.TABLE_SHEETS],
            "To copy from": [
                (
                    layout.UNIT_COSTS,
                    (
                        "National average unit costs to copy from, with currency, price year and"
                        " source."
                    ),
                ),
                (
                    layout.UPLIFTS,
                    (
                        "NHS cost uplift and efficiency factors by year and version, before and"
                        " after pay awards."
                    ),
                ),
                (
                    layout.EVIDENCE,
                    (
                        "What studies of prevention found, with grade and source, null results"
                        " included."
                    ),
                ),
                (
                    layout.STUDIES,
                    (
                        "The studies behind the Evidence sheet, one a row, null and adverse results"
                        " included."
                    ),
                ),
                (layout.LISTS, "What the drop-downs offer, by rules year."),
            ],
            "At a glance": [
                (
                    layout.DASHBOARD,
                    "What the plan comes to, the goals, the first findings, and the charts.",
                ),
                *(choices if self.live else ()),
            ],
            **{
                f"Answers: {family[0].lower()}{family[1:]}": [
                    (a.title, f"{a.help}.") for a in answers
                ]
                for family, answers in FAMILIES.items()
            },
            "Beside the plan": [(self.beside.title, self.beside.shows)] if self.beside else [],
            "Behind the answers": [
                (layout.CHART_FIGURES, "What the charts of the Dashboard draw."),
                *(records if self.case else ()),
                *(macros if self.macros else ()),
            ],
        }

    def role(self, name: str) -> str:
        """Return what a sheet is for, which decides the colour of its tab."""
        if name in {place.sheet for place in (layout.SETUP_SHEET, *layout.TABLE_SHEETS)}:
            return "input"
        references = (*layout.LIBRARY_SHEETS, layout.LISTS, layout.CHART_FIGURES)
        records = (layout.POSTINGS, layout.RUN_RECORD, layout.XLWINGS_SETTINGS)
        fixed = {layout.GUIDE: "guide", layout.CHECKS: "check"}
        return fixed.get(name, "reference" if name in (*references, *records) else "answer")

    def write(self) -> None:
        """Write every sheet in reading order."""
        sheets = {
            name: self.book.add_worksheet(name)
            for group in self.contents().values()
            for name, _ in group
        }
        for name, sheet in sheets.items():
            sheet.set_tab_color(TABS[self.role(name)])
            sheet.hide_gridlines(2)
        title = self.plan.setup.title
        write_guide(
            sheets[layout.GUIDE],
            self.styles,
            title,
            self.contents(),
            self.left_out(),
            self.checking.master,
        )
        setup = sheets[layout.SETUP_SHEET.sheet]
        write_setup(setup, self.styles, self.plan)
        tables = [t for t in (layout.SETUP_SHEET, *layout.TABLE_SHEETS) if t.sheet in sheets]
        formula = plan_formula(tables) if self.live else ""
        write_plan(self.book, setup, 2, 1, self.styles, self.plan, formula)
        for place in layout.TABLE_SHEETS:
            if place.sheet in sheets:
                write_table_sheet(
                    sheets[place.sheet], self.styles, place, self.plan, room=not self.case
                )
        for name, write in LIBRARY.items():
            if name in sheets:
                write(sheets[name], self.styles, title)
        write_lists(sheets[layout.LISTS], self.book, self.styles, self.plan)
        drawn = series_of(self.plan, self.answered)
        self.write_answers(sheets, drawn)
        write_dashboard(
            sheets[layout.DASHBOARD],
            self.book,
            self.styles,
            self.plan,
            self.answered,
            self.checking,
            drawn,
        )
        self.write_choices(sheets)
        write_chart_figures(sheets[layout.CHART_FIGURES], self.styles, drawn, title)
        if self.beside:
            area = Area(self.beside.title, self.beside, block_row(0))
            write_answer(sheets[area.sheet], self.styles, area, (), "", title, self.checking.master)
        if self.case:
            write_postings(sheets[layout.POSTINGS], self.styles, self.case)
            write_record(sheets[layout.RUN_RECORD], self.styles, self.case)
        if self.macros:
            add_macros(self.book, sheets, self.styles, self.macros)
        sheets[layout.GUIDE].activate()

    def write_choices(self, sheets: Mapping[str, Any]) -> None:
        """Write the sheets of a live workbook on which a person chooses: What-if and Any answer."""
        plan, master = self.plan, self.checking.master
        if layout.WHAT_IF in sheets:
            headlines = self.blocks.get(catalogue.HEADLINE_FIGURES.id, _NO_HEADLINES)
            write_what_if(sheets[layout.WHAT_IF], self.book, self.styles, plan, headlines, master)
        if layout.ANY_ANSWER in sheets:
            answer = catalogue.BALANCES
            block = self.blocks.get(answer.id, _NO_ANSWER)
            write_any_answer(
                sheets[layout.ANY_ANSWER], self.styles, plan, answer.title, block, master
            )

    def write_answers(self, sheets: Mapping[str, Any], drawn: Mapping[str, Series]) -> None:
        """Write the answer sheets, their charts beside them, and the Checks sheet."""
        for answer in (a for a in ANSWERS if a.title in sheets):
            formula = answer_formula("$A$1") if self.live else ""
            sheet = sheets[answer.title]
            if answer is catalogue.CHECKS:
                write_checks(sheet, self.book, self.styles, self.checking, formula)
            else:
                area, totals = self.placed[answer]
                beside = {
                    name: drawn[name] for name in CHARTS_BESIDE.get(answer, ()) if name in drawn
                }
                title, across = self.plan.setup.title, BESIDE if beside else ()
                write_answer(
                    sheet, self.styles, area, totals, formula, title, self.checking.master, across
                )
                if beside:
                    write_beside(sheet, self.styles, area, charts_of(self.book, beside))
