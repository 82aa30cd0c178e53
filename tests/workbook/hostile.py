"""Builders of files that harm or mislead spreadsheet readers, each with the id of the finding that
must refuse it.

Everything is written byte by byte here, because no spreadsheet library writes such files.
"""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
SHEET = "xl/worksheets/sheet1.xml"
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)


@dataclass
class Member:
    """A part as a zip file holds it; `claimed` is the unpacked size that its headers state,
    `own_name` that of its own header.
    """

    name: str
    plain: bytes
    packed: bytes | None = None
    size: int | None = None
    crc: int | None = None
    own_name: str = ""
    own_size: int | None = None
    flags: int = 0

    def fields(self) -> tuple[bytes, int, int]:
        if self.packed is not None:
            return self.packed, self.size or 0, self.crc or 0
        squeeze = zlib.compressobj(1, zlib.DEFLATED, -15)
        packed = squeeze.compress(self.plain) + squeeze.flush()
        size = len(self.plain) if self.size is None else self.size
        return packed, size, zlib.crc32(self.plain) if self.crc is None else self.crc


def zipped(members: Iterable[Member]) -> bytes:
    """Return a zip file of these members, as claimed."""
    body, directory, count = bytearray(), bytearray(), 0
    for member in members:
        packed, size, crc = member.fields()
        name, own = member.name.encode(), (member.own_name or member.name).encode()
        fixed = (member.flags, 8, 0, 0x21, crc, len(packed))
        directory += (
            struct.pack(
                "<4s2H4H3L5H2L",
                b"PK\x01\x02",
                20,
                20,
                *fixed,
                size,
                len(name),
                0,
                0,
                0,
                0,
                0,
                len(body),
            )
            + name
        )
        own_size = size if member.own_size is None else member.own_size
        body += (
            struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, *fixed, own_size, len(own), 0)
            + own
            + packed
        )
        count += 1
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(body), 0)
    return bytes(body + directory + end)


def relations(*links: tuple[str, str, bool]) -> bytes:
    """Return a part of relations: kind, target, and whether the target is outside the workbook."""
    mode = {True: "External", False: "Internal"}
    rows = "".join(
        f'<Relationship Id="rId{n}" Type="{LINKS}/{kind}" Target="{target}"'
        f' TargetMode="{mode[outside]}"/>'
        for n, (kind, target, outside) in enumerate(links, 1)
    )
    return f'<?xml version="1.0"?><Relationships xmlns="{PACKAGE}">{rows}</Relationships>'.encode()


def sheet_xml(rows: str, before: str = "", after: str = "") -> bytes:
    """Return a worksheet part with these rows."""
    return (
        '<?xml version="1.0"?><worksheet'
        f' xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'.encode()
    )


def parts(
    sheet: bytes, sheets: str = '<sheet name="Schemes" sheetId="1" r:id="rId1"/>', names: str = ""
) -> dict[str, bytes]:
    """Return the parts of a small sound workbook whose first sheet is the one given."""
    book = (
        f'<?xml version="1.0"?><workbook xmlns="{MAIN}"'
        f' xmlns:r="{LINKS}"><sheets>{sheets}</sheets>{names}</workbook>'
    )
    strings = f'<?xml version="1.0"?><sst xmlns="{MAIN}"><si><t>Falls service</t></si></sst>'
    styles = (
        f'<?xml version="1.0"?><styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/><xf'
        ' numFmtId="14"/></cellXfs></styleSheet>'
    )
    return {
        "[Content_Types].xml": (
            b'<?xml version="1.0"?><Types'
            b' xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
        ),
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml", False)),
        "xl/workbook.xml": book.encode(),
        "xl/_rels/workbook.xml.rels": relations(
            ("worksheet", "worksheets/sheet1.xml", False),
            ("sharedStrings", "sharedStrings.xml", False),
            ("styles", "styles.xml", False),
        ),
        "xl/sharedStrings.xml": strings.encode(),
        "xl/styles.xml": styles.encode(),
        SHEET: sheet,
    }


def workbook(contents: dict[str, bytes], *more: Member) -> bytes:
    """Return a workbook file of these parts and members."""
    return zipped([*(Member(name, plain) for name, plain in contents.items()), *more])


def one(cell: str, before: str = "", after: str = "") -> bytes:
    """Return a workbook whose only sheet has one row with these cells."""
    return workbook(parts(sheet_xml(f'<row r="1">{cell}</row>', before, after)))


def zeros(megabytes: int) -> tuple[bytes, int, int]:
    """Return a deflate stream that unpacks to zeros, its unpacked size and its checksum, without
    packing them all.
    """
    million = bytes(1_000_000)
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = squeeze.compress(million) + squeeze.flush(zlib.Z_FULL_FLUSH)
    crc = 0
    for _ in range(megabytes):
        crc = zlib.crc32(million, crc)
    return block * megabytes + squeeze.flush(), megabytes * 1_000_000, crc


def bomb(claimed: int | None = None, megabytes: int = 400) -> bytes:
    """Return a workbook whose sheet unpacks to zeros; its headers claim that size, or another."""
    packed, size, crc = zeros(megabytes)
    contents = parts(b"")
    del contents[SHEET]
    return workbook(contents, Member(SHEET, b"", packed, size if claimed is None else claimed, crc))


def many_rows(count: int, columns: str = "AB", dimension: str = "A1:B2") -> bytes:
    """Return a workbook with this many rows and a dimension that says otherwise."""
    rows = "".join(
        f'<row r="{r}">' + "".join(f'<c r="{c}{r}"><v>{r}</v></c>' for c in columns) + "</row>"
        for r in range(1, count + 1)
    )
    return workbook(parts(sheet_xml(rows, f'<dimension ref="{dimension}"/>')))


def entities(declaration: str, encoding: str = "utf-8") -> bytes:
    """Return a workbook whose sheet declares entities and holds one of them."""
    text = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE worksheet [{declaration}]>'
    text += (
        f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1"'
        ' t="str"><v>&z;</v></c></row></sheetData></worksheet>'
    )
    return workbook(parts(text.encode(encoding)))


def with_part(name: str, plain: bytes = b"<x/>") -> bytes:
    """Return a sound workbook with one part more."""
    return workbook({**parts(sheet_xml("")), name: plain})


def with_link(kind: str, target: str, outside: bool = True) -> bytes:
    """Return a sound workbook whose sheet has one relation more."""
    return workbook(
        {
            **parts(sheet_xml("")),
            "xl/worksheets/_rels/sheet1.xml.rels": relations((kind, target, outside)),
        }
    )


def nested(tag: str, depth: int) -> bytes:
    """Return a workbook whose sheet is nested so deep that a parser's own memory grows without
    bound.
    """
    noise = random.Random(7).choices([f"<{tag}>", "<b>", "<d>", "<e>"], k=depth)
    return workbook(
        parts(f'<?xml version="1.0"?><worksheet xmlns="{MAIN}">{"".join(noise)}'.encode())
    )


_LAUGHS = '<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {new} "{f"&{old};" * 10}">'
    for old, new in zip("abcdefghi", "bcdefghiz", strict=True)
)
_GOOD = one('<c r="A1"><v>1</v></c>')
_TWO = '<c r="A1"><v>1</v></c>'

HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    # not a workbook at all
    "empty": (lambda: b"", "workbook.empty-file"),
    "not a zip": (lambda: random.Random(1).randbytes(5_000), "workbook.not-a-workbook"),
    "a web page": (
        lambda: b"<html><body><table><tr><td>1</td></tr></table>",
        "workbook.not-a-workbook",
    ),
    "a CSV file": (lambda: b"scheme,2026/27\nfalls,1000\n", "workbook.not-a-workbook"),
    "an old .xls": (lambda: OLE + "Workbook".encode("utf-16-le"), "workbook.old-xls"),
    "with a password": (lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "workbook.password"),
    "with a zip password": (
        lambda: workbook(parts(b""), Member("xl/a.xml", b"<a/>", flags=1)),
        "workbook.password",
    ),
    "an empty zip": (lambda: zipped([]), "workbook.not-a-workbook"),
    "another zip": (lambda: zipped([Member("letter.txt", b"Dear all")]), "workbook.not-a-workbook"),
    "a Word file": (
        lambda: zipped(
            [
                Member("[Content_Types].xml", b""),
                Member("_rels/.rels", relations(("officeDocument", "word/document.xml", False))),
            ]
        ),
        "workbook.not-a-workbook",
    ),
    "cut short": (lambda: _GOOD[: len(_GOOD) // 2], "workbook.damaged"),
    "zeros in the middle": (lambda: _GOOD[:300] + bytes(60) + _GOOD[360:], "workbook.unsafe-file"),
    # zip tricks
    "zip bomb of 400 MB": (bomb, "workbook.unsafe-file"),
    "zip bomb that claims 1 kB": (lambda: bomb(1_000), "workbook.damaged"),
    "zip bomb of many parts": (
        lambda: zipped([Member(f"xl/{n}.xml", b"", *zeros(9)) for n in range(30)]),
        "workbook.too-large",
    ),
    "2,500 parts": (
        lambda: zipped(Member(f"xl/{n}.xml", b"<a/>") for n in range(2_500)),
        "workbook.unsafe-file",
    ),
    "a part twice": (
        lambda: workbook(parts(sheet_xml("")), Member(SHEET, sheet_xml("<row/>"))),
        "workbook.unsafe-file",
    ),
    "a part twice in other letters": (
        lambda: workbook(parts(sheet_xml("")), Member(SHEET.upper(), b"<x/>")),
        "workbook.unsafe-file",
    ),
    "a path upwards": (lambda: with_part("../../outside.xml"), "workbook.unsafe-file"),
    "a path from the root": (lambda: with_part("/etc/outside.xml"), "workbook.unsafe-file"),
    "a path with a backslash": (lambda: with_part("xl\\..\\outside.xml"), "workbook.unsafe-file"),
    "two headers, two names": (
        lambda: workbook(parts(sheet_xml("")), Member("xl/a.xml", b"<a/>", own_name="xl/b.xml")),
        "workbook.unsafe-file",
    ),
    "two headers, two sizes": (
        lambda: workbook(parts(sheet_xml("")), Member("xl/a.xml", b"<a/>", own_size=9)),
        "workbook.unsafe-file",
    ),
    "a false checksum": (
        lambda: workbook(parts(sheet_xml("")), Member("xl/a.xml", b"<a/>", crc=1)),
        "workbook.damaged",
    ),
    "two files in one": (lambda: one(_TWO) + one('<c r="A1"><v>2</v></c>'), "workbook.unsafe-file"),
    # XML tricks
    "billion laughs": (lambda: entities(_LAUGHS), "workbook.unsafe-xml"),
    "billion laughs in UTF-16": (lambda: entities(_LAUGHS, "utf-16"), "workbook.unsafe-xml"),
    "an entity that reads a file": (
        lambda: entities('<!ENTITY z SYSTEM "file:///etc/passwd">'),
        "workbook.unsafe-xml",
    ),
    "an entity in the theme": (
        lambda: with_part(
            "xl/theme/theme1.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a/>'.encode("utf-16")
        ),
        "workbook.unsafe-xml",
    ),
    "one tag of 12 MB": (
        lambda: one(f'<c r="A1" s="{random.Random(2).randbytes(6_000_000).hex()}"/>'),
        "workbook.unsafe-file",
    ),
    "nested without end": (lambda: nested("a", 3_000_000), "workbook.damaged"),
    "values in values": (lambda: one('<c r="A1">' + "<v>" * 1_000_000), "workbook.damaged"),
    "broken XML": (lambda: one('<c r="A1"><v>1</c>'), "workbook.damaged"),
    # sheets that harm or mislead
    "a cell at XFD1048576": (
        lambda: workbook(
            parts(
                sheet_xml(
                    f'<row r="1">{_TWO}</row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
                )
            )
        ),
        "workbook.far-cell",
    ),
    "60,000 rows that claim A1:B2": (lambda: many_rows(60_000), "workbook.too-many-rows"),
    "200,000 rows": (lambda: many_rows(200_000, "A", "A1:A200000"), "workbook.too-many-rows"),
    "three million formatted blanks": (
        lambda: workbook(
            parts(
                sheet_xml("".join(f'<row r="{r}">{"<c/>" * 16_000}</row>' for r in range(1, 190)))
            )
        ),
        "workbook.too-many-cells",
    ),
    "a row without end": (
        lambda: one(
            "".join(random.Random(3).choices(["<c/>", "<c />", "<c  />", "<c   />"], k=2_000_000))
        ),
        "workbook.cell-address",
    ),
    "a cell twice": (
        lambda: one('<c r="A1"><v>1</v></c><c r="A1"><v>777</v></c>'),
        "workbook.cell-twice",
    ),
    "a row twice": (
        lambda: workbook(parts(sheet_xml(f'<row r="1">{_TWO}</row>' * 2))),
        "workbook.cell-twice",
    ),
    "a cell after its place": (
        lambda: one('<c r="B1"><v>1</v></c><c r="A1"><v>2</v></c>'),
        "workbook.cell-twice",
    ),
    "two values in a cell": (lambda: one('<c r="A1"><v>1</v><v>2</v></c>'), "workbook.damaged"),
    "a cell ZZZZ2": (lambda: one('<c r="ZZZZ2"><v>1</v></c>'), "workbook.cell-address"),
    "a cell XFE1": (lambda: one('<c r="XFE1"><v>1</v></c>'), "workbook.cell-address"),
    "a cell of another row": (lambda: one('<c r="A2"><v>1</v></c>'), "workbook.cell-address"),
    "a row 1048577": (
        lambda: workbook(parts(sheet_xml('<row r="1048577"/>'))),
        "workbook.cell-address",
    ),
    "a sheet twice": (
        lambda: workbook(
            parts(sheet_xml(""), '<sheet name="A" r:id="rId1"/><sheet name="a" r:id="rId1"/>')
        ),
        "workbook.unsafe-file",
    ),
    "a sheet that is missing": (
        lambda: workbook(parts(sheet_xml(""), '<sheet name="A" r:id="rId9"/>')),
        "workbook.damaged",
    ),
    # reaching outside
    "another workbook by UNC path": (
        lambda: workbook(
            {
                **parts(sheet_xml("")),
                "xl/externalLinks/_rels/externalLink1.xml.rels": relations(
                    ("externalLinkPath", "\\\\host\\share\\b.xlsx", True)
                ),
            }
        ),
        "workbook.external-link",
    ),
    "another workbook under another name": (
        lambda: with_link("externalLink", "../odd/name.xml", False),
        "workbook.external-link",
    ),
    "a picture from the web": (
        lambda: with_link("image", "http://example.org/a.png"),
        "workbook.external-link",
    ),
    "an external formula": (
        lambda: one('<c r="A1"><f>[1]Sheet1!A1</f><v>1</v></c>'),
        "workbook.formula-reaches-outside",
    ),
    "a DDE formula": (
        lambda: one("<c r=\"A1\"><f>cmd|'/c calc'!A0</f><v>1</v></c>"),
        "workbook.formula-reaches-outside",
    ),
    "a WEBSERVICE formula": (
        lambda: one('<c r="A1" t="str"><f>_xlfn.WEBSERVICE("http://example.org")</f><v>x</v></c>'),
        "workbook.formula-reaches-outside",
    ),
    "a name that reaches outside": (
        lambda: workbook(
            parts(
                sheet_xml(""),
                names='<definedNames><definedName name="n">[1]S!$A$1</definedName></definedNames>',
            )
        ),
        "workbook.formula-reaches-outside",
    ),
    "connections": (lambda: with_part("xl/connections.xml"), "workbook.connection"),
    "a query table": (lambda: with_part("xl/queryTables/queryTable1.xml"), "workbook.connection"),
    "an embedded file": (
        lambda: with_part("xl/embeddings/oleObject1.bin", OLE),
        "workbook.embedded-object",
    ),
    "an ActiveX control": (
        lambda: with_part("xl/activeX/activeX1.xml"),
        "workbook.embedded-object",
    ),
    "macros in an .xlsx": (lambda: with_part("xl/vbaProject.bin", OLE), "workbook.hidden-macros"),
    "old macros": (lambda: with_part("xl/macrosheets/sheet1.xml"), "workbook.macro-sheet"),
}

FALSE_VALUES: dict[str, str] = {
    "a text that is not there": '<c r="A1" t="s"><v>7</v></c>',
    "a text before the first": '<c r="A1" t="s"><v>-1</v></c>',
    "NaN": '<c r="A1"><v>NaN</v></c>',
    "1e999": '<c r="A1"><v>1e999</v></c>',
    "a number with underscores": '<c r="A1"><v>1_000</v></c>',
    "text in a number": '<c r="A1" t="n"><v>n/a</v></c>',
    "a truth of 2": '<c r="A1" t="b"><v>2</v></c>',
    "an unknown kind": '<c r="A1" t="zz"><v>2</v></c>',
    "a text of 40,000 letters": f'<c r="A1" t="str"><v>{"x" * 40_000}</v></c>',
}
"""Cells that claim what they cannot hold; the walk passes them, the reading refuses them as
`workbook.cell-value`.
"""


def write(folder: Path) -> dict[str, Path]:
    """Write every hostile file into a folder and return its path by name."""
    written = {}
    for number, (name, (build, _)) in enumerate(HOSTILE.items()):
        written[name] = folder / f"{number:02d}.xlsx"
        written[name].write_bytes(build())
    return written
