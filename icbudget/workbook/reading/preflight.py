"""The look at a workbook before anything reads it.

It tells whether it is one, is whole, and could harm or mislead a reader.

Standard library only, in bounded time and memory. A file with macros is read for its cells alone;
nothing here runs, fetches or follows anything.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from icbudget.findings import Finding, error, note, warning
from icbudget.workbook.reading.container import Container, Refused, Relation, open_container
from icbudget.workbook.reading.worksheet import (
    MAX_BLANKS,
    MAX_CELLS,
    Range,
    TakeRow,
    Walk,
    harm_in_formula,
)
from icbudget.workbook.reading.xml_parts import (
    Element,
    elements,
    refuse_document_types,
    relations,
    relations_in,
)

_XML = (".xml", ".rels", ".vml")
_MACRO_NAMES = (".xlsm", ".xltm", ".xlam")

_BREAK_LINKS = "Choose in Excel Data > Edit Links > Break Link, then save."
_LINKS = (
    "workbook.external-link",
    "The workbook links to another workbook, whose figures icbudget does not read.",
    _BREAK_LINKS,
)
_CONNECTION = (
    "workbook.connection",
    "The workbook has a connection to figures kept elsewhere, which icbudget does not read.",
    "Delete it under Data > Queries & Connections and save.",
)
_OBJECT = (
    "workbook.embedded-object",
    "The workbook holds an embedded object or an ActiveX control, which icbudget does not read.",
    "Delete the object or control and save.",
)
_MACRO_SHEET = (
    "workbook.macro-sheet",
    "The workbook holds a sheet of old Excel 4 macros, which icbudget does not read.",
    "Delete that sheet and save.",
)
_HARMFUL = {  # what a part or a relation is called, without a plural s
    "externallink": _LINKS,
    "connection": _CONNECTION,
    "querytable": _CONNECTION,
    "embedding": _OBJECT,
    "oleobject": _OBJECT,
    "package": _OBJECT,
    "activex": _OBJECT,
    "control": _OBJECT,
    "macrosheet": _MACRO_SHEET,
    "xlmacrosheet": _MACRO_SHEET,
    "xlintlmacrosheet": _MACRO_SHEET,
}


class SheetCensus(NamedTuple):
    """What a sheet truly holds.

    It has its last populated row and column (A is 1) and its number of populated cells.
    """

    name: str
    rows: int
    columns: int
    cells: int


class Census(NamedTuple):
    """What a workbook truly holds, sheet by sheet, in the order of its tabs."""

    sheets: tuple[SheetCensus, ...]


class SheetPart(NamedTuple):
    """A sheet of a workbook: the name on its tab and the part that holds its cells."""

    name: str
    part: str


class Book(NamedTuple):
    """A workbook that may be walked.

    It has its container, its sheets, its main part's relations, whether its dates begin in 1904,
    and what its names stand for.
    """

    box: Container
    sheets: tuple[SheetPart, ...]
    links: dict[str, Relation]
    from_1904: bool
    names: dict[str, str]


def scan(path: Path) -> tuple[Census | None, list[Finding]]:
    """Return what a workbook truly holds, and why it must not be read, if so.

    The census is missing when the file could not be walked to its end. Errors: not a workbook,
    `.xls`, password, damaged, too large, a zip or XML bomb, cells twice or out of order or far
    away, more than 50,000 rows in a sheet, and anything that reaches outside the workbook. Notes:
    macros in an `.xlsm`, sheets that Excel does not list.
    """
    book, findings = open_book(path)
    if book is None:
        return None, findings
    census, more = walk_sheets(book)
    return census, findings + more


def open_book(path: Path) -> tuple[Book | None, list[Finding]]:
    """Return the workbook behind a path, with the findings of everything but its cells.

    There is no workbook when it cannot be walked.
    """
    findings: list[Finding] = []
    try:
        box = open_container(path)
        main = _main_part(box)
        findings += _active_parts(box, path)
        contents = elements(box, main)
        sheets = _sheets(box, main, contents, findings)
        # A sheet is looked at as it is walked; every other part here, before anything reads it.
        walked = {sheet.part for sheet in sheets}
        others = [part for part in box.parts if part.lower().endswith(_XML) and part not in walked]
        refuse_document_types(box, others)
    except Refused as why:
        return None, [*findings, why.finding]
    findings += _names(box, contents)
    from_1904 = any(
        e.name == "workbookPr" and e.attributes.get("date1904") in ("1", "true") for e in contents
    )
    names = {
        e.attributes.get("name", ""): "".join(e.text) for e in contents if e.name == "definedName"
    }
    return Book(box, sheets, relations(box, main), from_1904, names), findings


def walk_sheets(
    book: Book,
    take: Callable[[SheetPart], TakeRow] | None = None,
    take_merged: Callable[[SheetPart, tuple[Range, ...]], None] | None = None,
) -> tuple[Census | None, list[Finding]]:
    """Return the census and the findings of all sheets.

    `take` names for each sheet what receives its rows; `take_merged` receives its merged ranges.
    """
    findings: list[Finding] = []
    counted: list[SheetCensus] = []
    # The caps are of the whole workbook: each sheet may use what those before it left.
    room, blank_room = MAX_CELLS, MAX_BLANKS
    for sheet in book.sheets:
        walk = Walk(
            book.box, sheet.part, sheet.name, room, blank_room, take(sheet) if take else None
        )
        try:
            walk.run()
        except Refused as why:
            findings.append(why.finding)
        else:
            counted.append(SheetCensus(sheet.name, walk.last_row, walk.last_column, walk.cells))
            if take_merged:
                take_merged(sheet, tuple(walk.merged))
        room, blank_room = room - walk.cells, blank_room - walk.blanks
        findings += walk.findings
    return (Census(tuple(counted)) if len(counted) == len(book.sheets) else None), findings


def _main_part(box: Container) -> str:
    mains = [
        r.target
        for r in relations(box, "").values()
        if r.kind == "officeDocument" and not r.outside
    ]
    main = mains[0] if len(mains) == 1 else ""
    if (
        main.startswith("xl/")
        and main in box.parts
        and not main.endswith(".bin")
        and "[Content_Types].xml" in box.parts
    ):
        return main
    kind = "a zip of other files"
    if main.endswith(".bin"):
        kind = "an .xlsb workbook"
    elif "mimetype" in box.parts and "content.xml" in box.parts:
        kind = "an OpenDocument file"
    elif main.startswith(("word/", "ppt/")):
        kind = "a Word or PowerPoint file"
    elif "xl/workbook.xml" in box.parts:
        raise box.damaged("it does not say which of its parts is the workbook")
    fix = (
        "Open it in Excel or LibreOffice and save it as .xlsx; a new name alone does not change it."
    )
    raise Refused(
        error(
            "workbook.not-a-workbook",
            f"The file is not an .xlsx workbook: it is {kind}.",
            fix,
            box.place(),
        )
    )


def _active_parts(box: Container, path: Path) -> list[Finding]:
    """Return what the workbook holds that is not cells and could act or reach outside.

    They are known by part and by relation.
    """
    findings: dict[str, Finding] = {}
    kinds: set[str] = set()
    for part in box.parts:
        low = part.lower()
        # A folder or a file of the part's name, without its number and plural: whether the kind is
        # named by the part or by the relation, it is the same word.
        kinds.update(
            step.rstrip("0123456789").removesuffix("s") for step in low.replace(".", "/").split("/")
        )
        if low.endswith(".rels"):
            for link in relations_in(box, part).values():
                kinds.add(link.kind.lower().removesuffix("s"))
                if link.outside:
                    findings |= _outside(box, link)
    for kind in sorted(kinds & _HARMFUL.keys()):
        id, message, fix = _HARMFUL[kind]
        findings[id] = error(id, message, fix, box.place())
    if "vbaproject" in kinds:
        findings["workbook.macros"] = _macros(box, path)
    # In a workbook with macros the ribbon belongs to them, and the finding about macros covers
    # both.
    if kinds & {"customui", "extensibility"} and path.suffix.lower() not in _MACRO_NAMES:
        message = "The workbook adds its own buttons to Excel's ribbon; icbudget ignores them."
        findings["workbook.ribbon"] = warning(
            "workbook.ribbon",
            message,
            "Ask the sender what they are for before you press one.",
            box.place(),
        )
    return list(findings.values())


def _outside(box: Container, link: Relation) -> dict[str, Finding]:
    if link.kind != "hyperlink":
        message = f"The workbook links to a file outside it ({link.target[:80]})."
        id = "workbook.external-link"
        return {id: error(id, message, _BREAK_LINKS, box.place())}
    # A click on a path to another machine hands it the user's Windows password hash; links to web
    # pages are ordinary.
    if link.target.startswith(("\\\\", "//")) or link.target.lower().startswith(("file:", "smb:")):
        message = (
            f"The workbook has a hyperlink to a file ({link.target[:80]}); icbudget does not"
            " follow it."
        )
        return {
            "workbook.file-link": note(
                "workbook.file-link",
                message,
                "Click it only if you know where it leads.",
                box.place(),
            )
        }
    return {}


def _macros(box: Container, path: Path) -> Finding:
    if path.suffix.lower() in _MACRO_NAMES:
        message = "The workbook holds macros; icbudget reads its cells and runs none of them."
        fix = "Enable them in Excel only if you know the sender."
        return note("workbook.macros", message, fix, box.place())
    message = "The workbook hides macros under a name that should have none."
    return error(
        "workbook.hidden-macros",
        message,
        "Do not open it; ask the sender for a workbook without macros.",
        box.place(),
    )


def _sheets(
    box: Container, main: str, contents: list[Element], findings: list[Finding]
) -> tuple[SheetPart, ...]:
    links = relations(box, main)
    sheets: list[SheetPart] = []
    for element in contents:
        if element.name != "sheet":
            continue
        name = element.attributes.get("name", "")
        link = links.get(element.attributes.get("r:id", ""))
        if not name or link is None or link.target not in box.parts:
            raise box.damaged(f"its sheet {name or '(without a name)'} is missing")
        if any(s.name.casefold() == name.casefold() or s.part == link.target for s in sheets):
            raise box.unsafe(f"it names the sheet {name} twice")
        sheets.append(SheetPart(name, link.target))
        # Only macros or the editor of macros can show such a sheet again: figures there are hidden
        # on purpose.
        if element.attributes.get("state") == "veryHidden":
            message = f"The sheet {name} is hidden so deeply that Excel does not list it."
            findings.append(
                note(
                    "workbook.very-hidden-sheet",
                    message,
                    "Ask the sender what it holds.",
                    box.place(name),
                )
            )
    if not sheets:
        raise box.damaged("it has no sheets")
    return tuple(sheets)


def _names(box: Container, contents: list[Element]) -> list[Finding]:
    """Return a finding for each name of the workbook that stands for something outside it."""
    findings: list[Finding] = []
    for element in contents:
        if element.name == "definedName" and (harm := harm_in_formula("".join(element.text))):
            message = f"The name {element.attributes.get('name', '')} stands for {harm}."
            fix = "Delete the name under Formulas > Name Manager in Excel, and save."
            findings.append(error("workbook.formula-reaches-outside", message, fix, box.place()))
    # Ten are enough to know the sender by; a file may hold thousands of names.
    return findings[:10]


WHY_IT_MATTERS = {
    "workbook.connection": (
        "Figures would be fetched from elsewhere when the file is opened, so they may change"
        " after it was checked."
    ),
    "workbook.embedded-object": (
        "A file within the file is not read here and can hold figures or programs that nobody"
        " has looked at."
    ),
    "workbook.external-link": (
        "A figure may come from another file that nobody here has, and may change without this"
        " file changing."
    ),
    "workbook.file-link": "A click would open a file from elsewhere, which may do harm.",
    "workbook.formula-reaches-outside": (
        "The formula asks another program or file. It may show a figure that the plan does not"
        " have, or do harm."
    ),
    "workbook.hidden-macros": "Macros under a false name are how harmful files work.",
    "workbook.macro-sheet": (
        "An old kind of macro that runs as the file is opened, and a common way to do harm."
    ),
    "workbook.macros": (
        "Macros can change figures when the file is opened in Excel. None are run here."
    ),
    "workbook.ribbon": "A button in the ribbon runs something of the sender's.",
    "workbook.very-hidden-sheet": (
        "Excel does not list the sheet, so a reader cannot know what the figures rest on."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
