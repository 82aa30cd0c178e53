"""Building a workbook from a plan and its answers.

It is the template with live formulas, or a results workbook with values.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from icbudget.answers import catalogue
from icbudget.answers.answered import DRAWN, waiting
from icbudget.answers.block import Block, Lines
from icbudget.answers.case import Case
from icbudget.answers.partner_positions import lines_of_findings, made_of
from icbudget.answers.unread_figures import common, why_not_known
from icbudget.plan import Plan
from icbudget.plan.identity import plan_handle
from icbudget.plan.modules import SHIFT
from icbudget.plan.setup import Setup
from icbudget.workbook import layout
from icbudget.workbook.contents import Choice, Contents, Grey
from icbudget.workbook.reading.user_sheets import UserContent
from icbudget.workbook.writing.added_columns import own_columns, settings_beside
from icbudget.workbook.writing.answer_sheets import block_row, write_answer
from icbudget.workbook.writing.answer_totals import lowered, totals_of
from icbudget.workbook.writing.any_answer_sheet import write_any_answer
from icbudget.workbook.writing.carried_sheets import write_carried
from icbudget.workbook.writing.cell_places import (
    draft_in_workbook,
    findings_in_workbook,
    unknown_in_workbook,
)
from icbudget.workbook.writing.chart_figures import room_of, series_of
from icbudget.workbook.writing.chart_series import widths_beside, write_series
from icbudget.workbook.writing.checks_sheet import (
    PLAN_ROW,
    Checking,
    checking,
    findings_on_one_page,
    write_checks,
)
from icbudget.workbook.writing.cross_checks import Placed, checks_of
from icbudget.workbook.writing.dashboard import write_dashboard
from icbudget.workbook.writing.excel_charts import charts_of, write_charts
from icbudget.workbook.writing.formulas import Area
from icbudget.workbook.writing.input_sheets import write_table_sheet
from icbudget.workbook.writing.macro_workbook import Macros, add_macros
from icbudget.workbook.writing.plan_cell import answer_formula, plan_formula, write_plan
from icbudget.workbook.writing.printed_sheets import ALL, SHORT, sheets_printed
from icbudget.workbook.writing.record_sheets import write_postings, write_record
from icbudget.workbook.writing.reference_sheets import LIBRARY
from icbudget.workbook.writing.setup_sheet import write_setup
from icbudget.workbook.writing.start_sheet import write_start
from icbudget.workbook.writing.styles import TABS, Styles
from icbudget.workbook.writing.validation import write_lists
from icbudget.workbook.writing.what_if_sheet import write_what_if

DEFAULT_CHOICE = Choice()
CREATED = dt.datetime(2026, 4, 1)
"""When every workbook says it was made, so that the same plan always gives the same bytes."""


_NO_ANSWER = Block(
    "No answer", "The plan has errors: correct what Checks names.", ("No answer",), (), ()
)
_NO_HEADLINES = catalogue.HEADLINE_FIGURES.block(Lines("", ()))
_NO_FINDINGS = catalogue.CHECKS.block(Lines("", ()))


def blank_plan() -> Plan:
    """Return the plan of the empty template: settings with their defaults, and no rows."""
    return Plan(setup=Setup(title="Pooled budget", base_year="2026/27", horizon=5))


def build(
    plan: Plan,
    blocks: Mapping[str, Block],
    *,
    live: bool,
    case: Case | None = None,
    choice: Choice = DEFAULT_CHOICE,
    macros: Macros | None = None,
    beside: Block | None = None,
    own: Sequence[UserContent] = (),
    grey: Grey = frozenset(),
    printed: str = "",
) -> bytes:
    """Return a workbook as the bytes of an .xlsx file; `blocks` are the answers by their id.

    Live: every answer is one dynamic-array formula that carries its last values; an answer that is
    missing, because errors stop the engine, leaves its sheet without rows. `choice` says which
    modules, sheets and columns it has beyond what the plan uses. Else it is a record to
    read and print: the answers are plain values, the postings and the run record of the case stand
    behind them, and what the plan does not use has no sheet: a table or an answer without rows,
    figures to copy from. With macros it is the bytes of an .xlsm file. `beside`, what a command
    found beside the plan (one of `layout.BESIDE`), is a sheet of values in either. `own`,
    what people added to each workbook that the plan was read from, is carried over. `grey`: input
    cells of a part that are another partner's. `printed` is the set of sheets to print
    (`printed_sheets.SETS`), whose tabs are selected. The same arguments give the same bytes.

    Raises `ValueError` for a set that is none.
    """
    import xlsxwriter

    # In memory, since the caller writes the file in one step: a workbook is never half there. Text
    # is never a formula or a link, whatever a plan's words begin with.
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
    # A setting beside which somebody typed keeps its row, also where its value is the usual one.
    choice = replace(choice, columns=choice.columns | settings_beside(own))
    contents = Contents(
        plan, choice, blocks, values=not live, grey=grey, own_columns=own_columns(own)
    )
    made = _Build(book, contents, blocks, live, case, macros, beside, own)
    made.write(printed)
    book.close()
    return stream.getvalue()


def _answered(placed: Placed) -> Placed:
    """Return the answers that errors do not leave without a block."""
    return {answer: put for answer, put in placed.items() if put[0].block.columns}


class _Build:
    """One workbook in the making."""

    def __init__(
        self,
        book: Any,
        contents: Contents,
        blocks: Mapping[str, Block],
        live: bool,
        case: Case | None,
        macros: Macros | None,
        beside: Block | None,
        own: Sequence[UserContent],
    ) -> None:
        plan = contents.plan
        if live:
            asked_for = {a.id: waiting(plan, a) for a in DRAWN if a.id in blocks}
            blocks = {**blocks, **{id: block for id, block in asked_for.items() if block}}
        if case and not live and catalogue.CHECKLIST.id in blocks:
            # In a workbook of values the checklist leads to that workbook's own cells.
            here = draft_in_workbook(contents)
            readings = case.readings or (case,)
            checklist = catalogue.CHECKLIST
            lists = [checklist.build(replace(reading, draft=here)) for reading in readings]
            blocks = {**blocks, checklist.id: common(lists, case.unknown)}
        if case and not live and case.unknown:
            # So do the notes of what is not known: verify reads them from these very cells.
            unknown = unknown_in_workbook(case.unknown, draft_in_workbook(contents), plan)
            read_from, stands_in = why_not_known(case.unknown), why_not_known(unknown)
            blocks = {
                answer: replace(block, shows=block.shows.replace(read_from, stands_in))
                for answer, block in blocks.items()
            }
        self.book, self.contents, self.plan, self.blocks = book, contents, plan, blocks
        self.live, self.macros, self.beside = live, macros, beside
        self.evaluated = case
        # Postings and run record stand behind values only.
        self.case = None if live else case
        self.own = own
        self.styles = Styles(book, brackets=plan.setup.display_sign == "nhs")
        self.placed: Placed = self._placed()
        self.answered = _answered(self.placed)
        self.drawn = series_of(plan, self.answered)
        self.checking: Checking = checking(
            contents,
            checks_of(contents, self.answered, room=live),
            self._findings(live=live),
            [area for area, _ in self.placed.values()],
            live=live,
        )

    def _findings(self, *, live: bool) -> Block:
        """Return the findings.

        Of a live workbook they are as `ICB_TABLE` gives them, with the plan they are of.
        """
        findings = self.blocks.get(catalogue.CHECKS.id, _NO_FINDINGS)
        if not live:
            return findings
        if self.evaluated and catalogue.CHECKS.id in self.blocks:
            placed = findings_in_workbook(self.evaluated.findings, self.contents)
            findings = catalogue.CHECKS.block(lines_of_findings(placed))
        return made_of(findings, plan_handle(self.plan))

    def _placed(self) -> Placed:
        """Return every answer of the workbook on its sheet, below its totals and its charts."""
        # Where an answer stands depends on how many rows its totals and its charts' figures have,
        # so both are made once to count and once in their place.
        areas = {
            answer: Area(answer.title, self.blocks.get(answer.id, _NO_ANSWER), 0)
            for answer in self.contents.answers
            if answer is not catalogue.CHECKS
        }
        at_top: Placed = {
            answer: (area, totals_of(answer, self.contents, area)) for answer, area in areas.items()
        }
        room = room_of(series_of(self.plan, _answered(at_top)))
        return {
            answer: lowered(
                answer, self.contents, area, block_row(len(totals)) + room.get(answer, 0)
            )
            for answer, (area, totals) in at_top.items()
        }

    def sheets(self) -> Iterator[tuple[str, str]]:
        """Yield every sheet in reading order, with what it is for: the colour of its tab."""
        yield layout.START, "guide"
        yield layout.DASHBOARD, "guide"
        for place in self.contents.table_sheets:
            yield place.sheet, "input"
        for answer in self.contents.answers:
            if answer is not catalogue.CHECKS:
                yield answer.title, "answer"
        for name in self.choices():
            yield name, "answer"
        if self.beside:
            yield self.beside.title, "answer"
        yield layout.CHECKS, "check"
        if self.case:
            yield layout.POSTINGS, "reference"
            yield layout.RUN_RECORD, "reference"
        for name in self.contents.library_sheets:
            yield name, "reference"
        yield layout.LISTS, "reference"
        if self.macros:
            yield layout.XLWINGS_SETTINGS, "reference"

    def choices(self) -> tuple[str, ...]:
        """Return the sheets of a live workbook on which a person chooses what to look at."""
        if not self.live:
            return ()
        with_shift = SHIFT in self.contents.modules
        return (layout.WHAT_IF, layout.ANY_ANSWER) if with_shift else (layout.ANY_ANSWER,)

    def write_choices(self, sheets: Mapping[str, Any]) -> None:
        """Write the sheets on which a person chooses: What-if and Any answer."""
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

    def write(self, printed: str) -> None:
        """Write every sheet in reading order; the tabs of the set to print are selected."""
        from icbudget.workbook.writing.formula_sheet import FormulaSheet

        chosen = sheets_printed(printed, self.contents)
        sheets: dict[str, Any] = {}
        for name, role in self.sheets():
            sheets[name] = self.book.add_worksheet(name, FormulaSheet)
            sheets[name].set_tab_color(TABS[role])
            sheets[name].hide_gridlines(2)
        title = self.plan.setup.title
        start = sheets[layout.START]
        handle = self.case.handle if self.case else plan_handle(self.plan)
        write_start(start, self.styles, self.contents, self.checking, self.placed, handle)
        write_dashboard(
            sheets[layout.DASHBOARD],
            self.book,
            self.styles,
            self.contents,
            self.answered,
            self.checking,
            self.drawn,
        )
        setup, *tables = self.contents.table_sheets
        write_setup(sheets[setup.sheet], self.styles, self.contents)
        for place in tables:
            room = not self.case
            write_table_sheet(sheets[place.sheet], self.styles, place, self.contents, room=room)
        self.write_answers(sheets, printed)
        self.write_choices(sheets)
        if self.beside:
            area = Area(self.beside.title, self.beside, block_row(0))
            write_answer(sheets[area.sheet], self.styles, area, (), "", title, self.checking.master)
        if self.case:
            write_postings(sheets[layout.POSTINGS], self.styles, self.case)
            write_record(sheets[layout.RUN_RECORD], self.styles, self.case)
        for name in self.contents.library_sheets:
            LIBRARY[name](sheets[name], self.styles, title)
        write_lists(sheets[layout.LISTS], self.book, self.styles, self.contents)
        if self.macros:
            add_macros(self.book, sheets, self.styles, self.macros)
        for own in self.own:
            write_carried(self.book, sheets, self.contents, own)
        (sheets[chosen[0]] if chosen else start).activate()
        for name in chosen[1:]:
            sheets[name].select()

    def write_answers(self, sheets: Mapping[str, Any], printed: str) -> None:
        """Write the answer sheets with their charts, and the Checks sheet."""
        title = self.plan.setup.title
        for answer, (area, totals) in self.placed.items():
            sheet = sheets[answer.title]
            formula = answer_formula("$A$1") if self.live else ""
            own = {name: s for name, s in self.drawn.items() if s.sheet == area.sheet}
            beside = widths_beside(own.values(), len(area.block.headings))
            master = self.checking.master
            room = write_answer(
                sheet,
                self.styles,
                area,
                totals,
                formula,
                title,
                master,
                beside,
                print_all=printed == ALL,
            )
            if own:
                live = (area, self.checking.answers) if self.live else None
                write_series(sheet, self.styles, own.values(), len(area.block.headings), live)
                below = max(series.last for series in own.values()) + 2
                write_charts(sheet, below, charts_of(self.book, own), room)
        checks = sheets[layout.CHECKS]
        formula = answer_formula("$A$1") if self.live else ""
        write_checks(checks, self.book, self.styles, self.checking, formula)
        of_tables = plan_formula(self.contents.table_sheets) if self.live else ""
        handle = self.case.handle if self.case else plan_handle(self.plan)
        write_plan(self.book, checks, PLAN_ROW, 1, self.styles, handle, of_tables)
        if printed == SHORT:
            findings_on_one_page(checks, self.checking)
