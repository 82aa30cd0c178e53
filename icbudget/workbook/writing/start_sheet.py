"""Start: what to do first, in steps that tick themselves off, and what is still untested."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from icbudget.answers import catalogue
from icbudget.glossary import HEADINGS
from icbudget.plan.identity import AS_TYPED
from icbudget.plan.modules import MODULES, RETURNS, SHIFT, UNCERTAINTY, YEAR
from icbudget.signing.standing import VOID
from icbudget.workbook import layout
from icbudget.workbook.contents import Contents
from icbudget.workbook.writing.answer_sheets import write_figure
from icbudget.workbook.writing.checks_sheet import Checking
from icbudget.workbook.writing.cross_checks import Placed
from icbudget.workbook.writing.formulas import Area, Figure
from icbudget.workbook.writing.print_setup import fit_height, printable
from icbudget.workbook.writing.steps import (
    NOW,
    Tick,
    first_of,
    link_to,
    payers_tick,
    setup_tick,
    state,
    tick_of,
)
from icbudget.workbook.writing.stopped import NOT_THERE, STOPS, corner_of, unless_in_error
from icbudget.workbook.writing.styles import Styles

_WIDTHS = (4, 24, 52, 18, 13, 26, 34)
_STEP, _SAYS, _WHERE, _COUNT, _STATE, _NEXT, _FIRST = range(1, 8)
_HEADINGS = ("", "Step", "What you say there", "Where", "Filled", "State", "Next cell")
_PRINTING = (
    "Hold Ctrl, click the tabs, print: answers print to the end of their charts. Six pages, or all:"
    " icbudget run --print short, full, all."
)
_MASTER_ROW, _NEXT_ROW, _SIGNED_ROW, _PART_ROW, _STEPS_ROW = 2, 3, 4, 5, 6
_NOBODY = "draft: nobody has signed."
_NO_ROW = "There is no row yet."
_NONE_BLANK = "No cell that is needed is blank"
_DELETED = f"{STOPS}deleted: press Add sheets"
"""State of a step whose table was deleted."""
_ANSWERS = (
    catalogue.BALANCES,
    catalogue.RULE_TESTS,
    catalogue.RISK_SHARED,
    catalogue.PARTNER_POSITIONS,
    catalogue.CASH_RELEASED,
    catalogue.GOAL_TRACKER,
)


@dataclass(frozen=True, slots=True)
class Step:
    """A row of Start: its number, its name, what a person says there, and the table it is about."""

    number: str
    name: str
    says: str
    table: str
    tick: Callable[[Contents, str], Tick] = tick_of


STEPS = (
    Step(
        "1", "Area and years", "Title, base year and how many years; icbudget new fills most.", ""
    ),
    Step("", "Partners", "Every organisation that pays in, provides or hosts.", "partners"),
    Step(
        "2",
        "Who pays in",
        "Each partner's money, by pool and source, in the base year.",
        "contributions",
    ),
    Step(
        "3",
        "What it buys",
        "The schemes, each with its pool, source and amount or programme.",
        "schemes",
    ),
    Step("4", "Who bears risk", "For each pooled fund: who bears an over- or underspend.", "pools"),
    Step(
        "5",
        "What shifts",
        "Activity, its price, its contract and how its cost behaves.",
        "acute_lines",
    ),
    Step(
        "",
        "Prevention",
        "Programmes: which lines they reach, what they avoid and cost.",
        "programmes",
    ),
    Step(
        "",
        "Who pays for it",
        "A scheme that names the programme, instead of an amount.",
        "programmes",
        payers_tick,
    ),
    Step(
        "",
        "Shifts",
        "Which money moves from activity into which pool; without one, none.",
        "shifts",
    ),
    Step("", "Goals", "What is to be reached, by when; nothing is on track without one.", "goals"),
)


GUIDE = "The guide, step by step: icbudget guide start-here, or the button Help"
"""Where help is; the guide comes with icbudget, and a workbook cannot know where that is."""


def write_start(
    sheet: Any,
    styles: Styles,
    contents: Contents,
    checking: Checking,
    placed: Placed,
    handle: str,
) -> None:
    """Write the sheet Start; `handle` is what the cell named Plan shows."""
    for at, width in enumerate(_WIDTHS):
        sheet.set_column(at, at, width)
    sheet.set_row(0, 28)
    sheet.write_string(0, 0, "Start here", styles.title)
    sheet.write_string(0, _WHERE, GUIDE, styles.quiet)
    sheet.write_string(1, 0, contents.plan.setup.title, styles.quiet)
    row = _write_steps(sheet, styles, contents)
    _write_state(sheet, styles, checking)
    _write_comments(sheet, styles, contents)
    _write_part(sheet, styles, contents)
    if catalogue.SIGNATURES in placed:
        _write_signed(sheet, styles, placed[catalogue.SIGNATURES][0])
    row = _write_answers(sheet, styles, contents, row, live=checking.live)
    row = _write_untested(sheet, styles, contents, row + 1)
    row = _write_legend(sheet, styles, contents, checking, row + 1, handle)
    sheet.freeze_panes(_STEPS_ROW + 1, 0)
    printable(sheet, contents.plan.setup.title, widths=_WIDTHS)
    # The words of the plan's state may run far to the right; the page ends with the steps.
    sheet.print_area(0, 0, row, len(_WIDTHS) - 1)
    sheet.fit_to_pages(1, 1)


def _write_state(sheet: Any, styles: Styles, checking: Checking) -> None:
    sheet.write_string(_MASTER_ROW, _STEP, "Master check", styles.quiet_strong)
    master = Figure(layout.MASTER_CHECK, checking.master)
    write_figure(sheet, _MASTER_ROW, _SAYS, master, styles.loud)
    sheet.write_url(
        _MASTER_ROW, _WHERE, f"internal:{layout.CHECKS}!A1", styles.link, "See each on Checks"
    )


def _write_comments(sheet: Any, styles: Styles, contents: Contents) -> None:
    """Write how many comments are open, where the plan has any."""
    comments = contents.plan.comments
    if not comments:
        return
    texts, states = (layout.column_reference("comments", name) for name in ("text", "state"))
    # A blank state is open, so that those settled are counted and taken away.
    formula = f'(COUNTIF({texts},"?*")-COUNTIF({states},"settled"))&" comments open"'
    count = sum(row.state == "open" for row in comments)
    figure = Figure(formula, f"{count} comments open")
    write_figure(sheet, _MASTER_ROW, _COUNT, figure, styles.quiet_strong)
    link = f"internal:{layout.main_table('comments').sheet}!A1"
    sheet.write_url(_MASTER_ROW, _STATE, link, styles.link, "See Comments")


def _write_part(sheet: Any, styles: Styles, contents: Contents) -> None:
    """Write in a partner's part whose it is and what to do with it: all that its reader has."""
    for part in contents.plan.this_part[:1]:
        names = {row.id: row.name for row in contents.plan.partners}
        whom = f" to {part.questions}" if part.questions else " to whoever sent it"
        words = (
            f"This file is the part of {names.get(part.partner, part.partner)}. Fill in or correct"
            f" its yellow cells, save the file as it is, and send it back{whom}."
        )
        place = f"internal:{layout.main_table('this_part').sheet}!A1"
        sheet.write_url(_PART_ROW, _STEP, place, styles.link, "Your part")
        sheet.write_string(_PART_ROW, _SAYS, words, styles.quiet_strong)


def _write_signed(sheet: Any, styles: Styles, area: Area) -> None:
    """Write how far the plan has come, and the first signature that a change made void.

    Of several it says how many more, so that nobody takes his own for one that holds.
    """
    if HEADINGS["state"] not in area.block.headings:
        return  # errors left the answer without its rows
    state, why = area.cell(0, HEADINGS["state"]), area.cell(0, HEADINGS["why"])
    # Who is waited for stands on the sheet itself, an office a row.
    how_far = f'LEFT({why},FIND(";",{why}&";")-1)'
    states = area.column(HEADINGS["state"])
    at = f'MATCH("{VOID}",{states},0)'
    who = f"INDEX({area.column(HEADINGS['name'])},{at})"
    since = f"INDEX({area.column(HEADINGS['why'])},{at})"
    count = f'COUNTIF({states},"{VOID}")'
    more = f'IF({count}>1,"; "&{count}-1&" more void","")'
    formula = (
        f'IF({state}="","{_NOBODY}",{state}&": "&{how_far}&'
        f'IF({count}=0,"",". Signed by "&{who}&", void, "&{since}&{more})&".")'
    )
    # The link is the label, so that the words have the whole line to themselves.
    place = f"internal:{catalogue.SIGNATURES.title}!A1"
    sheet.write_url(_SIGNED_ROW, _STEP, place, styles.link, "State of the plan")
    formula = unless_in_error(corner_of(area), formula, f'"{NOT_THERE}"')
    write_figure(sheet, _SIGNED_ROW, _SAYS, Figure(formula, _signed(area)), styles.quiet_strong)


def _signed(area: Area) -> str:
    """Return what the line about the state of the plan says as it is written."""
    rows = [dict(zip(area.block.labels, row.labels, strict=True)) for row in area.block.rows]
    if not rows:
        return _NOBODY
    state, why = rows[0][HEADINGS["state"]], rows[0][HEADINGS["why"]]
    void = [row for row in rows if row[HEADINGS["state"]] == VOID]
    words = f"{state}: {why.split(';')[0]}"
    if void:
        words += f". Signed by {void[0][HEADINGS['name']]}, void, {void[0][HEADINGS['why']]}"
    if len(void) > 1:
        words += f"; {len(void) - 1} more void"
    return f"{words}."


def _write_steps(sheet: Any, styles: Styles, contents: Contents) -> int:
    """Write the steps and the next cell to fill; return the row below them."""
    for at, heading in enumerate(_HEADINGS):
        sheet.write_string(_STEPS_ROW, at, heading, styles.heading())
    row = _STEPS_ROW + 1
    next_cells: list[str] = []
    next_values: list[str] = []
    for step in STEPS:
        if step.table and not contents.has(step.table):
            continue
        if step.tick is payers_tick and not contents.has_column("schemes", "programme"):
            continue
        tick = step.tick(contents, step.table) if step.table else setup_tick(contents)
        next_cells.append(f"$G${row + 1}")
        next_values.append(str(_next_of(tick, row).value))
        _write_step(sheet, styles, row, step, tick, _is_next(next_cells, next_values))
        row += 1
    _write_next(sheet, styles, first_of(next_cells, next_values))
    return row


def _next_of(tick: Tick, row: int) -> Figure:
    """Return the next cell of a step, from the number right of it."""
    return tick.next_in(f"$H${row + 1}")


def _is_next(cells: Sequence[str], values: Sequence[str]) -> Figure:
    """Return whether the last of some next cells is the first that is not blank."""
    *before, own = cells
    first = f'{own}<>""'
    if before:
        first = f'AND({first},COUNTIF({before[0]}:{before[-1]},"?*")=0)'
    return Figure(first, bool(values[-1]) and not any(values[:-1]))


def _write_step(
    sheet: Any, styles: Styles, row: int, step: Step, tick: Tick, is_next: Figure
) -> None:
    sheet.set_row(row, 30)
    sheet.write_string(row, 0, step.number, styles.step_number)
    sheet.write_string(row, _STEP, step.name, styles.step_name)
    sheet.write_string(row, _SAYS, step.says, styles.step)
    place = f"internal:{layout.quoted(tick.sheet)}!A1"
    sheet.write_url(row, _WHERE, place, styles.step_link, tick.sheet)
    counted = "rows" if step.table else "cells"
    rows, missing = float(tick.rows.value), float(tick.missing.value)
    unit = f'IF({tick.rows.formula}=1," {counted[:-1]}"," {counted}")'
    value = f"{rows:.0f} {counted[:-1] if rows == 1 else counted}"
    words = Figure(f'IFERROR(({tick.rows.formula})&{unit},"{NOT_THERE}")', value)
    write_figure(sheet, row, _COUNT, words, styles.step)
    how_far = state(f"({tick.missing.formula})", f"({tick.rows.formula})", missing, rows, is_next)
    # The formulas of a table that was deleted are errors: the step says so in words.
    how_far = Figure(f'IFERROR({how_far.formula},"{_DELETED}")', how_far.value)
    first_number = Figure(f"IFERROR({tick.first.formula},0)", tick.first.value)
    write_figure(sheet, row, _FIRST, first_number, styles.get(num_format=";;;"))
    next_in = _next_of(tick, row)
    next_cell = Figure(f'IFERROR({next_in.formula},"")', next_in.value)
    write_figure(sheet, row, _STATE, how_far, styles.step_state)
    write_figure(sheet, row, _NEXT, next_cell, styles.step)
    now = {"type": "text", "criteria": "begins with", "value": NOW, "format": styles.now}
    sheet.conditional_format(row, _STATE, row, _STATE, now)


def _write_next(sheet: Any, styles: Styles, first: Figure) -> None:
    sheet.write_string(_NEXT_ROW, _STEP, "Next cell to fill", styles.quiet_strong)
    formula = f'IF({first.formula}="","{_NONE_BLANK}",{link_to(first.formula)})'
    words = str(first.value) or _NONE_BLANK
    write_figure(sheet, _NEXT_ROW, _SAYS, Figure(formula, words), styles.loud_link)


def _write_answers(sheet: Any, styles: Styles, contents: Contents, row: int, *, live: bool) -> int:
    """Write links to the answers; return the row below them."""
    titles = [layout.DASHBOARD]
    titles += [answer.title for answer in _ANSWERS if answer in contents.answers]
    if live and SHIFT in contents.modules:
        titles.append(layout.WHAT_IF)
    if live:
        titles.append(layout.ANY_ANSWER)
    titles.append(layout.CHECKS)
    sheet.write_string(row, _STEP, "What it comes to", styles.strong)
    for number, title in enumerate(titles):
        line, column = row + number // 4, (_SAYS, _WHERE, _COUNT, _STATE)[number % 4]
        sheet.write_url(line, column, f"internal:{layout.quoted(title)}!A1", styles.link, title)
    return row + (len(titles) + 3) // 4


def _write_untested(sheet: Any, styles: Styles, contents: Contents, row: int) -> int:
    """Write what the plan does not test yet; return the row below it."""
    sheet.write_string(row, 0, "What is tested, and what is not yet", styles.subtitle)
    for what, why, where in _untested(contents):
        row += 1
        sheet.write_string(row, _STEP, what, styles.wrapped)
        if isinstance(why, Figure):
            write_figure(sheet, row, _SAYS, why, styles.wrapped)
        else:
            sheet.write_string(row, _SAYS, why, styles.wrapped)
        if where:
            place = f"internal:{layout.quoted(where)}!A1"
            sheet.write_url(row, _WHERE, place, styles.link, where)
        words = str(why.value) if isinstance(why, Figure) else why
        fit_height(sheet, row, [(what, _WIDTHS[_STEP]), (words, _WIDTHS[_SAYS])])
    return row + 1


def _untested(contents: Contents) -> list[tuple[str, Figure | str, str]]:
    """Return what is not tested: what, why and where; a line over a table is a formula."""
    plan = contents.plan
    tick = tick_of(contents, "pools")
    begun, pools = tick.rows, tick.missing
    open_pools = float(pools.value)
    tested, without = (
        "Tested: every pooled fund has a risk share.",
        "Pooled funds without a risk share: ",
    )
    # No pool is without a risk share where there is no pool: nothing was tested then.
    formula = (
        f'IF({begun.formula}=0,"{_NO_ROW}",'
        f'IF({pools.formula}=0,"{tested}","{without}"&{pools.formula}&"."))'
    )
    words = f"{without}{open_pools:.0f}." if open_pools else tested
    words = words if begun.value else _NO_ROW
    rows: list[tuple[str, Figure | str, str]] = []
    rows.append(("Who bears an overspend", Figure(formula, words), "Pools"))
    for table, what, none in (
        ("goals", "Whether goals are met", "There is no goal."),
        ("shifts", "What may move", "There is no shift, so no money moves."),
    ):
        if contents.has(table):
            count = tick_of(contents, table).rows
            sentence = f'IF({count.formula}=0,"{none}","Tested.")'
            value = "Tested." if getattr(plan, table) else none
            rows.append((what, Figure(sentence, value), layout.main_table(table).sheet))
        elif SHIFT in contents.modules:
            # A workbook of results has no sheet for a table without rows.
            rows.append((what, none, ""))
    rows += _unproven(contents)
    for module, what, none in (
        (SHIFT, "What shifts", "There is no activity: add the module shift."),
        (
            UNCERTAINTY,
            "How sure the answers are",
            "There are no ranges: add the module uncertainty.",
        ),
        (YEAR, "The year as it runs", "There are no actuals: add the module year."),
        (RETURNS, "The national return", "It is not looked at: add the module returns."),
    ):
        if module not in contents.modules:
            rows.append((what, none, ""))
    return rows


_ROWS_WITHOUT = (
    (
        "acute_lines",
        "provider",
        "Cost that stays behind",
        "Tested: every activity line names its provider.",
        "Activity lines without a provider, so that none stays behind: ",
    ),
    (
        "programmes",
        "library",
        "What effects rest on",
        "Tested: every programme names its evidence.",
        "Programmes without a row of the evidence library: ",
    ),
)
"""Columns that may be blank, whose blank leaves something untested: what, and in which words."""


def _unproven(contents: Contents) -> Iterable[tuple[str, Figure, str]]:
    """Yield what a blank in rows that were begun leaves untested."""
    for table, name, what, tested, without in _ROWS_WITHOUT:
        if not contents.has(table) or not contents.has_column(table, name):
            continue
        ids, column = (layout.column_reference(table, field) for field in ("id", name))
        blank = f'SUMPRODUCT(({ids}<>"")*({column}=""))'
        begun = tick_of(contents, table).rows
        formula = (
            f'IF({begun.formula}=0,"{_NO_ROW}",IF({blank}=0,"{tested}","{without}"&{blank}&"."))'
        )
        rows = getattr(contents.plan, table)
        count = sum(not getattr(row, name) for row in rows)
        words = (f"{without}{count}." if count else tested) if rows else _NO_ROW
        yield what, Figure(formula, words), layout.main_table(table).sheet


def _write_legend(
    sheet: Any, styles: Styles, contents: Contents, checking: Checking, row: int, handle: str
) -> int:
    """Write how to read the cells, and the plan's handle; return the last row."""
    sheet.write_string(row, 0, "How to read the cells", styles.subtitle)
    sheet.write_string(row + 1, _STEP, "You type here", styles.input())
    sheet.write_string(
        row + 1,
        _SAYS,
        "Yellow with a border. A blank takes the default that its note says.",
        styles.text,
    )
    sheet.write_string(row + 2, _STEP, "Worked out", styles.total("@"))
    grey = "Grey: an ordinary formula, or an answer."
    if contents.plan.this_part:
        grey += " On a sheet to fill in, another partner's: what you type there is a proposal."
    sheet.write_string(row + 2, _SAYS, grey, styles.text)
    sheet.write_string(row + 3, _STEP, "Is icbudget connected?", styles.strong)
    words = Figure(layout.CONNECTED, checking.connection)
    write_figure(sheet, row + 3, _SAYS, words, styles.text)
    sheet.write_string(row + 4, _STEP, "Add sheets", styles.strong)
    others = [module for module in MODULES if module not in contents.modules]
    command = (
        f"icbudget sheets PLAN.xlsx --add {others[0]} --out NEW.xlsx adds one of:"
        f" {', '.join(others)}."
        if others
        else "Every module is here."
    )
    sheet.write_string(row + 4, _SAYS, command, styles.text)
    sheet.write_string(row + 5, _STEP, "Print", styles.strong)
    sheet.write_string(row + 5, _SAYS, _PRINTING, styles.text)
    sheet.write_string(row + 6, _STEP, AS_TYPED.capitalize(), styles.strong)
    in_words = layout.PLAN
    if checking.live:
        # The cell itself stands on Checks: in error it says nothing that a person can read.
        in_words = f'IF({layout.STOPPED}<>"","{STOPS}"&{layout.STOPPED},{layout.PLAN})'
    write_figure(sheet, row + 6, _SAYS, Figure(in_words, handle), styles.text)
    return row + 6
