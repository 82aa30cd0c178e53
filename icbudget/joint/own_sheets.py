"""People's own sheets, formulas and notes of a base and its parts, brought together.

A sheet that one added is carried. One of the same name with other content is carried beside the
base's, named with the partner. One that a part no longer has stays. A formula behind a figure
comes with the part whose value stands; notes at a figure are joined.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from icbudget.findings import Finding, note
from icbudget.joint.changes import Names, keys_followed
from icbudget.joint.merge import Outcomes
from icbudget.joint.plan_as_cells import KEY, ORDER, ROW, WHOLE, Tables
from icbudget.workbook.reading.user_sheets import OwnSheet, OwnTable, UserContent

_LONGEST_NAME = 31
"""Characters that Excel allows a sheet's name."""
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\']")


def merged_content(
    base: UserContent, parts: Mapping[str, UserContent], outcomes: Outcomes
) -> tuple[list[UserContent], list[Finding]]:
    """Return what people added to the base and to each part, as it is written.

    It goes into the joint workbook, with a note for what was brought together.
    """
    findings: list[Finding] = []
    taken = {sheet.name.casefold(): sheet for sheet in base.sheets}
    tables = {table.name.casefold() for sheet in base.sheets for table in sheet.tables}
    replaced: set[str] = set()
    winners = _winners(outcomes)
    comments = dict(base.comments)
    names = dict(base.names)
    with_formula: set[str] = set(base.formulas)
    contents: list[UserContent] = []
    for partner, content in parts.items():
        kept, renamed = _sheets_of(partner, content, taken, tables, findings)
        # An earlier part's sheet of that name gives way to the newer one of the same partner.
        replaced |= {name.casefold() for name in renamed}
        formulas = {
            figure: formula
            for figure, formula in content.formulas.items()
            if winners.get(figure) == partner
            or (figure not in winners and figure not in with_formula)
        }
        with_formula |= set(formulas)
        for figure, text in content.comments.items():
            if text not in comments.get(figure, ""):
                joined = [comments[figure]] if figure in comments else []
                comments[figure] = "\n".join([*joined, f"{partner}: {text}"])
        own_names = {name: means for name, means in content.names.items() if name not in names}
        names |= own_names
        contents.append(
            replace(
                content,
                sheets=tuple(kept),
                formulas=formulas,
                comments={},
                names=own_names,
                sheets_of={**content.sheets_of, **renamed},
            )
        )
    of_base = {f: formula for f, formula in base.formulas.items() if f not in winners}
    sheets = tuple(sheet for sheet in base.sheets if sheet.name.casefold() not in replaced)
    of_all = replace(base, sheets=sheets, formulas=of_base, comments=comments)
    return [of_all, *contents], findings


def under_new_keys(content: UserContent, tables: Tables, names: Names) -> UserContent:
    """Return what people added to a plan, where rows of its `tables` get other keys.

    Formulas, notes and cells of own columns follow their row, and rows that are named by it.
    """
    followed = keys_followed(tables, names)
    keys = {(table, "|".join(old)): "|".join(new) for (table, old), new in followed.items()}

    def moved(figure: str) -> str:
        table, _, rest = figure.partition("/")
        key, _, name = rest.rpartition("/")
        return "/".join((table, keys.get((table, key), key), name)) if key else figure

    return replace(
        content,
        formulas={moved(figure): formula for figure, formula in content.formulas.items()},
        comments={moved(figure): text for figure, text in content.comments.items()},
        cells={place: moved(figure) for place, figure in content.cells.items()},
        columns=tuple(
            replace(
                c,
                cells={
                    row._replace(key=keys.get((c.table, row.key), row.key)): cell
                    for row, cell in c.cells.items()
                },
            )
            for c in content.columns
        ),
    )


def _sheets_of(
    partner: str,
    content: UserContent,
    taken: dict[str, OwnSheet],
    tables: set[str],
    findings: list[Finding],
) -> tuple[list[OwnSheet], dict[str, str]]:
    """Return the sheets of a part that are carried, and what renamed ones were called."""
    kept: list[OwnSheet] = []
    renamed: dict[str, str] = {}
    for sheet in content.sheets:
        there = taken.get(sheet.name.casefold())
        if there == sheet:
            continue
        own_tables = tuple(_free_table(table, tables) for table in sheet.tables)
        if there is None:
            taken[sheet.name.casefold()] = sheet
            kept.append(replace(sheet, tables=own_tables))
            continue
        called = _NOT_IN_A_NAME.sub("", partner)[:20]
        ending = f" ({called})"
        name = sheet.name[: _LONGEST_NAME - len(ending)] + ending
        if taken.get(name.casefold()) == replace(sheet, name=name):
            continue
        message = f"Two sheets are called {sheet.name}; that of {partner} is carried as {name}."
        findings.append(note("joint.own-sheet", message, "Rename it in the joint workbook."))
        taken[name.casefold()] = replace(sheet, name=name)
        kept.append(replace(sheet, name=name, tables=own_tables))
        renamed[name] = sheet.name
    return kept, renamed


def _free_table(table: OwnTable, names: set[str]) -> OwnTable:
    """Return an Excel Table under a name that no other has, which it then has."""
    number, name = 2, table.name
    while name.casefold() in names:
        name = f"{table.name}_{number}"
        number += 1
    names.add(name.casefold())
    return replace(table, name=name)


def _winners(outcomes: Outcomes) -> dict[str, str]:
    """Return, by the path of each figure that was changed, the partner whose value stands."""
    winners: dict[str, str] = {}
    for unit, outcome in outcomes.items():
        who = [partner for partner, value in outcome.asked if value == outcome.value]
        if not outcome.stands or not who:
            continue
        row = "/".join(part for part in (unit.table, "|".join(unit.key)) if part)
        if unit.cell in (KEY, ORDER, WHOLE):
            continue
        cells = [cell for cell, _ in outcome.value or ()] if unit.cell == ROW else [unit.cell]
        for cell in cells:
            for name in cell.split("+"):
                winners[f"{row}/{name}"] = who[0]
    return winners


WHY_IT_MATTERS = {
    "joint.own-sheet": (
        "Two partners have sheets of one name. One gets a new name, so that neither is lost."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
