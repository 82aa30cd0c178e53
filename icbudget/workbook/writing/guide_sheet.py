"""The Guide: what to do, what the colours mean, where everything is, which functions there are,
what words mean.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from icbudget.answers.catalogue import ANSWERS
from icbudget.workbook import layout
from icbudget.workbook.writing.answer_sheets import write_figure
from icbudget.workbook.writing.formulas import Figure
from icbudget.workbook.writing.print_setup import fit_height, printable
from icbudget.workbook.writing.styles import (
    ANSWER_FILL,
    HEADING_FILL,
    INPUT_FILL,
    NEEDED_FILL,
    TOTAL_FILL,
    Styles,
    verdict,
)

_WIDE = 110
_STEPS = (
    (
        "Fill in Setup: the area, the base year, how many years to project, and the rules year"
        " whose lists apply."
    ),
    (
        "Fill in the yellow cells of the input sheets from left to right. Each heading has a note;"
        " dark headings must be filled in. Type below the last row of a table and it grows. Put"
        " ids, not names, where another table is meant."
    ),
    (
        "Say where every figure comes from: source, date read, owner and status stand at the right"
        " of each table."
    ),
    "Look at Checks. Mend every error; read every warning. The master check must read OK.",
    (
        "Read the Dashboard, then the answer sheets. With icbudget connected to Excel they follow"
        " every change; without it they show what was last stored, and icbudget run on this file"
        " writes a new workbook with new answers."
    ),
    (
        "To try something else, list the changes on Scenarios and name the scenario in Setup. The"
        " plan itself stays as it is."
    ),
)
_LEGEND = (
    (INPUT_FILL, "#000000", "Yellow: type here. Not locked."),
    (TOTAL_FILL, "#000000", "Grey: an ordinary Excel formula. Locked."),
    (ANSWER_FILL, "#000000", "White with a border: an answer that icbudget calculates. Locked."),
    (NEEDED_FILL, "#FFFFFF", "Dark heading: the column must be filled in."),
    (HEADING_FILL, "#FFFFFF", "Lighter heading: the column may be blank."),
)
_GLOSSARY = (
    (
        "Pool",
        (
            "A pooled fund under section 75 of the NHS Act 2006: money of several partners, spent"
            " as one."
        ),
    ),
    ("Aligned", "A budget shown and planned beside a pool, but neither shared nor at shared risk."),
    (
        "Recurrent",
        "Money that comes or is spent every year. One-off money never enters the next year's base.",
    ),
    ("Do nothing", "What happens to activity, price and cost if the plan is not carried out."),
    (
        "Contract saving",
        "What commissioners stop paying to providers for activity that is avoided.",
    ),
    (
        "Gross release",
        (
            "What providers truly stop spending: variable cost at once, semi-fixed cost in whole"
            " blocks, fixed cost by decision."
        ),
    ),
    (
        "Replacement cost",
        "What activity costs that comes in the place of what is avoided, and activity that grows.",
    ),
    (
        "Net release",
        "Gross release less replacement cost.",
    ),
    (
        "Stranded cost",
        ("Contract saving less release: what a provider still spends and is no longer paid for."),
    ),
    (
        "Capacity released",
        "Bed days and attendances that become free. It is real even where no cash is.",
    ),
    (
        "Cashable",
        (
            "Money that can be spent on something else. The tariff value of avoided activity is not"
            " cashable."
        ),
    ),
    (
        "Double running",
        "The cost of the old and the new service at once, while one replaces the other.",
    ),
    ("Bridge", "The steps from the base year's spending to the plan's, which add up to the penny."),
    ("Scenario", "A list of changes laid over the plan, which gives a new plan."),
    (
        "Virement",
        "Budget moved from one line to another in the year. A one-off one enters no later budget.",
    ),
    (
        "Memorandum account",
        (
            "What came into a pool, what was spent and what is left, as partners carry it into"
            " their accounts."
        ),
    ),
    (
        "Draw",
        "One run of the whole plan with every uncertain figure drawn by chance from its range.",
    ),
    (
        "P10, P50, P90",
        (
            "The figure that one draw in ten, five in ten, nine in ten falls short of. They do not"
            " add up over lines."
        ),
    ),
    (
        "Evidence grade",
        (
            "How far a study can be trusted: A is best, D is weak, N is good evidence that there is"
            " no effect."
        ),
    ),
    (
        "Net present value",
        "What comes in less what goes out over the plan, later years counting for less.",
    ),
    (
        "Finding",
        (
            "Something wrong or worth knowing. An error stops the answers, or what rests on its"
            " cell; a warning and a note do not."
        ),
    ),
    (
        "Not known (#N/A)",
        (
            "It rests on a figure that cannot be read or used, which Checks names. Nor is any total"
            " over it known."
        ),
    ),
)
_LEFT_OUT = "Sheets of the template that this plan does not use, and figures to copy from:"
_PROTECTION = (
    "No sheet is protected, because a protected sheet would not let its table grow. The locks take"
    " effect if you choose Review > Protect Sheet."
)
_TABLES = (
    "Each answer is =ICB_TABLE(Plan,title): Plan is the cell on Setup that makes the plan of the"
    ' tables. Write =ICB_TABLE(Plan,"Balances") or =ICB_FIGURE(Plan,…) on sheets of your own too;'
    " a block needs the cells below and right of it free."
)


def write_guide(
    sheet: Any,
    styles: Styles,
    title: str,
    sheets: Mapping[str, Sequence[tuple[str, str]]],
    left_out: Collection[str],
    master: str,
) -> None:
    """Write the Guide; `sheets`: every sheet with what it holds, by what it is about; `master`: the
    master check as stored.

    `left_out`: the sheets that the template has and this workbook does without.
    """
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, _WIDE)
    sheet.set_row(0, 24)
    sheet.write_string(0, 0, title, styles.title)
    sheet.write_string(
        1, 0, "Plan of pooled NHS and council budgets, made with icbudget", styles.text
    )
    sheet.write_string(3, 0, "Master check", styles.strong)
    write_figure(
        sheet, 3, 1, Figure(layout.MASTER_CHECK, master), styles.get(bold=True, align="left")
    )
    verdict(sheet, styles, 3, 1, 3)
    row = _section(sheet, styles, 5, "What to do")
    for number, step in enumerate(_STEPS, start=1):
        sheet.write_string(row, 0, f"Step {number}", styles.strong)
        sheet.write_string(row, 1, step, styles.wrapped)
        fit_height(sheet, row, [(step, _WIDE)])
        row += 1
    row = _section(sheet, styles, row + 1, "What the cells mean")
    for fill, ink, told in _LEGEND:
        shown = styles.get(bg_color=fill, font_color=ink, border=1, border_color="#BFBFBF")
        sheet.write_string(row, 0, told.split(":")[0], shown)
        sheet.write_string(row, 1, told, styles.wrapped)
        row += 1
    sheet.write_string(row, 1, _PROTECTION, styles.wrapped)
    fit_height(sheet, row, [(_PROTECTION, _WIDE)])
    row = _section(sheet, styles, row + 2, "Where everything is")
    for group, members in sheets.items():
        sheet.write_string(row, 0, group, styles.band())
        row += 1
        for name, told in members:
            sheet.write_url(row, 0, f"internal:{layout.quoted(name)}!A1", styles.link, name)
            sheet.write_string(row, 1, told, styles.wrapped)
            row += 1
    if left_out:
        told = f"{_LEFT_OUT} {', '.join(name for name in layout.SHEETS if name in left_out)}."
        sheet.write_string(row, 0, "Left out", styles.band())
        sheet.write_string(row, 1, told, styles.wrapped)
        fit_height(sheet, row, [(told, _WIDE)])
        row += 1
    row = _section(sheet, styles, row + 1, "The answers")
    for answer in (a for a in ANSWERS if a.title not in left_out):
        sheet.write_string(row, 0, answer.title, styles.strong)
        sheet.write_string(row, 1, f"{answer.help}.", styles.wrapped)
        row += 1
    sheet.write_string(row, 1, _TABLES, styles.wrapped)
    fit_height(sheet, row, [(_TABLES, _WIDE)])
    row += 1
    row = _section(sheet, styles, row + 1, "Words")
    for word, told in _GLOSSARY:
        sheet.write_string(row, 0, word, styles.strong)
        sheet.write_string(row, 1, told, styles.wrapped)
        row += 1
    printable(sheet, title)


def _section(sheet: Any, styles: Styles, row: int, title: str) -> int:
    sheet.write_string(row, 0, title, styles.subtitle)
    return row + 1
