"""Reading the XML parts of a workbook piece by piece.

There are no document types, no entities, no endless tags.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable
from typing import NamedTuple
from xml.parsers import expat

from icbudget.findings import error
from icbudget.workbook.reading.container import PIECE, Container, Refused, Relation

MAIN = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    # “Strict Open XML”, which Excel offers under Save As.
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
LONGEST_TAG = 8 * PIECE  # bytes a parser may hold back, waiting for the end of one tag or comment
DEEPEST = 64
MAX_ELEMENTS = 500_000  # of all small parts of a workbook together

RICH_DATA = "http://schemas.microsoft.com/office/spreadsheetml/2017/richdata"
_OFFICE = (
    *MAIN,
    RICH_DATA,
    "http://schemas.openxmlformats.org/package/2006/relationships",
    "http://schemas.openxmlformats.org/package/2006/content-types",
)
_DOCTYPE = tuple("<!DOCTYPE".encode(code) for code in ("ascii", "utf-16-le", "utf-16-be"))


class Element(NamedTuple):
    """One XML element of a small part.

    It has its name without namespace, its plain attributes (`r:…` for relationships), and its text.
    """

    name: str
    attributes: dict[str, str]
    text: list[str]


def parser(box: Container, part: str) -> expat.XMLParserType:
    """Return a parser whose names are `namespace local` and which refuses a document type."""
    parse = expat.ParserCreate(namespace_separator=" ")
    parse.buffer_text = True

    def doctype(*_: object) -> None:
        raise unsafe_xml(box, part)

    parse.StartDoctypeDeclHandler = doctype
    return parse


def unsafe_xml(box: Container, part: str) -> Refused:
    """Return the refusal of a part that declares a document type.

    That is the way of entity bombs and of reading local files.
    """
    message = (
        f"The part {part} declares a document type, as harmful files do; no spreadsheet program"
        " writes one."
    )
    fix = "Do not use this file; ask the sender for one saved by Excel."
    return Refused(error("workbook.unsafe-xml", message, fix, box.place()))


def feed(box: Container, part: str, parse: expat.XMLParserType, watch: Callable[[], None]) -> None:
    """Feed a part to a parser, piece by piece, and call `watch` after each piece.

    Raises `Refused` when it is not good XML.
    """
    fed = 0
    try:
        for piece in box.pieces(part):
            parse.Parse(piece, False)
            fed += len(piece)
            # expat holds back what it cannot yet end: a tag without an end would grow with the
            # file.
            if fed - parse.CurrentByteIndex > LONGEST_TAG:
                raise box.unsafe(f"its part {part} holds one tag of more than a million characters")
            watch()
        parse.Parse(b"", True)
        watch()
    except expat.ExpatError as why:
        raise box.damaged(f"its part {part} is not good XML (line {why.lineno})") from None
    except (LookupError, ValueError):
        # Once bytes were parsed, the encoding was known: what is wrong then is a fault of ours.
        if fed:
            raise
        raise box.damaged(f"its part {part} is in an unknown encoding") from None


def elements(box: Container, part: str) -> list[Element]:
    """Return the elements of a small part in order of appearance.

    Those of other namespaces are left out.
    """
    read: list[Element] = []
    open_texts: list[list[str]] = [[]]

    def start(tag: str, attributes: dict[str, str]) -> None:
        box.elements += 1
        space, _, name = tag.rpartition(" ")
        text: list[str] = []
        open_texts.append(text)
        if len(open_texts) > DEEPEST:
            raise box.unsafe(f"its part {part} is nested more than {DEEPEST} deep")
        if space in _OFFICE:
            read.append(Element(name, _plain(attributes), text))

    parse = parser(box, part)
    parse.StartElementHandler = start
    parse.CharacterDataHandler = lambda text: open_texts[-1].append(text)
    parse.EndElementHandler = lambda _: open_texts.pop()
    feed(box, part, parse, lambda: _few(box, part))
    return read


def _few(box: Container, part: str) -> None:
    if box.elements > MAX_ELEMENTS:
        raise box.unsafe(
            f"its parts, up to {part}, describe more than {MAX_ELEMENTS:,} things beside the cells"
        )


def _plain(attributes: dict[str, str]) -> dict[str, str]:
    return {
        ("r:" + name.rpartition(" ")[2] if "/relationships " in name else name): v
        for name, v in attributes.items()
    }


def relations(box: Container, part: str) -> dict[str, Relation]:
    """Return the relations of a part by id; an empty part name gives those of the whole file."""
    folder, name = posixpath.split(part)
    source = posixpath.join(folder, "_rels", name + ".rels")
    return relations_in(box, source) if source in box.parts else {}


def relations_in(box: Container, source: str) -> dict[str, Relation]:
    """Return the relations that a `.rels` part states, by id, each target as the name of a part."""
    if source not in box.relations:
        box.relations[source] = _relations_read(box, source)
    return box.relations[source]


def _relations_read(box: Container, source: str) -> dict[str, Relation]:
    folder = posixpath.dirname(posixpath.dirname(source))
    by_id: dict[str, Relation] = {}
    for element in elements(box, source):
        if element.name == "Relationship":
            id, target = element.attributes.get("Id", ""), element.attributes.get("Target", "")
            if id in by_id:
                raise box.unsafe(f"its part {source} names the relation {id} twice")
            outside = element.attributes.get("TargetMode") == "External"
            if not outside:
                target = posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/")
            by_id[id] = Relation(
                element.attributes.get("Type", "").rpartition("/")[2], target, outside
            )
    return by_id


def refuse_document_types(box: Container, parts: Iterable[str]) -> None:
    """Raise `Refused` when one of these parts declares a document type.

    Nothing here reads them.
    """
    for part in parts:
        tail = b""
        for piece in box.pieces(part):
            window = tail + piece
            if any(mark in window for mark in _DOCTYPE):
                raise unsafe_xml(box, part)
            # Longer than the mark in any of its encodings, so that one cut in two by pieces is
            # still found.
            tail = window[-24:]


WHY_IT_MATTERS = {
    "workbook.unsafe-xml": (
        "The file could read other files of this machine when it is opened. Nothing of it was used."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
