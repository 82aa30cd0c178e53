"""The file behind a workbook: a zip of parts.

It is checked before anything else reads it and unpacked under a cap.

The whole file is read once, so that what was checked is what is read. Nothing here trusts a length
that the file states about itself: every part is unpacked piece by piece and must have exactly the
size and checksum it claims.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from icbudget.findings import Finding, Place, error

# The caps stand far above any plan (the borough has 0.4 MB, and unpacks to some MB) and far below
# what would fill the memory of an ordinary laptop.
MAX_FILE = 50_000_000  # bytes on disc
MAX_PARTS = 2_000
MAX_UNPACKED = 200_000_000  # bytes, all parts together
# XML of a sheet packs to a tenth or a fiftieth of its size; a zip bomb to a thousandth and less. A
# small part may pack well without harm, so that only a large one is held to it.
MAX_RATIO = 200  # unpacked : packed, for a part large enough to hurt
LARGE_PART = 10_000_000
# Unpacked in pieces, so that a part that lies about its size is left before it fills the memory.
PIECE = 1 << 17

_CENTRAL = b"PK\x01\x02"
_LOCAL = struct.Struct("<4s5H3L2H")
_SAVE_AGAIN = "Open it in Excel or LibreOffice and save it again as .xlsx."
_ASK_SENDER = "Do not use this file; ask the sender for one saved by Excel or LibreOffice."


class Refused(Exception):
    """Why a file, or one part of it, is not read.

    It is caught inside this package and reported as its finding.
    """

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding))
        self.finding = finding


class Relation(NamedTuple):
    """A link from one part of a workbook to another part, or to something outside it."""

    kind: str
    target: str
    outside: bool


@dataclass(slots=True)
class Container:
    """The bytes of a workbook, and its parts by name.

    It counts how many elements of its small parts have been read so far, and keeps the relations
    that were read, by the part that states them.
    """

    name: str
    content: bytes
    parts: dict[str, zipfile.ZipInfo]
    elements: int = 0
    relations: dict[str, dict[str, Relation]] = field(default_factory=dict)

    def pieces(self, part: str) -> Iterator[bytes]:
        """Yield the unpacked bytes of a part.

        Raises `Refused` when they are not what the file's directory claims.
        """
        claim = self.parts[part]
        start, end = _payload(self, claim)
        size = crc = 0
        for piece in self._unpacked(claim, start, end):
            size += len(piece)
            crc = zlib.crc32(piece, crc)
            # More than the directory claims: leave at once, before the rest is unpacked.
            if size > claim.file_size:
                break
            yield piece
        if size != claim.file_size or crc != claim.CRC:
            raise self.damaged(f"its part {part} is not what the file says it is")

    def _unpacked(self, claim: zipfile.ZipInfo, start: int, end: int) -> Iterator[bytes]:
        if claim.compress_type == zipfile.ZIP_STORED:
            yield from (self.content[at : min(at + PIECE, end)] for at in range(start, end, PIECE))
            return
        # -15: a raw stream, without the header and checksum of zlib, as a zip holds it.
        inflate = zlib.decompressobj(-15)
        try:
            for at in range(start, end, PIECE):
                packed = self.content[at : min(at + PIECE, end)]
                while packed and not inflate.eof:
                    yield inflate.decompress(packed, PIECE * 2)
                    packed = inflate.unconsumed_tail
        except zlib.error:
            raise self.damaged(f"its part {claim.filename} cannot be unpacked") from None
        if not inflate.eof or inflate.unused_data:
            raise self.damaged(f"its part {claim.filename} cannot be unpacked to its end")

    def read(self, part: str) -> bytes:
        """Return a whole part unpacked."""
        return b"".join(self.pieces(part))

    def place(self, sheet: str = "", cell: str = "") -> Place:
        """Return a place in this workbook."""
        return Place(workbook=self.name, sheet=sheet, cell=cell)

    def damaged(self, why: str) -> Refused:
        """Return the refusal of a file that is broken."""
        return Refused(
            error("workbook.damaged", f"The file is damaged: {why}.", _SAVE_AGAIN, self.place())
        )

    def unsafe(self, why: str) -> Refused:
        """Return the refusal of a file that no spreadsheet program writes."""
        message = f"No spreadsheet program writes such a file: {why}."
        return Refused(error("workbook.unsafe-file", message, _ASK_SENDER, self.place()))


def open_container(path: Path) -> Container:
    """Return the checked container of a workbook.

    Raises `Refused` with one finding: the file is missing, empty, too large, not a workbook at all,
    an old `.xls`, protected by a password, damaged, or a zip whose directory is false or would
    unpack beyond the caps.
    """
    content = _content(path)
    box = Container(path.name, content, {})
    _is_zip(path, content)
    # Counted in the raw bytes, before zipfile builds an object for every entry of the directory.
    if content.count(_CENTRAL) > MAX_PARTS:
        raise box.unsafe(f"it holds more than {MAX_PARTS:,} parts")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            claims = archive.infolist()
    except (
        zipfile.BadZipFile,
        ValueError,
        NotImplementedError,
        OverflowError,
        struct.error,
        UnicodeDecodeError,
    ):
        raise box.damaged(
            "it is not a complete zip file, as a download that was cut short is not"
        ) from None
    _names(box, claims)
    _sizes(box, claims)
    _headers(box, claims)
    box.parts.update((_part_name(c), c) for c in claims if not _part_name(c).endswith("/"))
    return box


def _content(path: Path) -> bytes:
    place = Place(workbook=path.name)
    try:
        size = path.stat().st_size
        if not path.is_file():
            fix = "Name the workbook itself."
            raise Refused(
                error(
                    "workbook.missing-file",
                    f"{path.name} is a folder, or not a file at all.",
                    fix,
                    place,
                )
            )
        if size > MAX_FILE:
            message = (
                f"The file has {size / 1e6:,.0f} MB; a plan has at most {MAX_FILE // 1_000_000} MB."
            )
            raise Refused(
                error(
                    "workbook.too-large",
                    message,
                    "Remove pictures and sheets that the plan does not need.",
                    place,
                )
            )
        content = path.read_bytes()
    except FileNotFoundError:
        fix = "Check the name and the folder."
        raise Refused(
            error("workbook.missing-file", f"There is no file {path.name}.", fix, place)
        ) from None
    except OSError as why:
        fix = "Close it in Excel, or copy it to a folder that you may read."
        raise Refused(
            error("workbook.cannot-read", f"The file cannot be read ({why.strerror}).", fix, place)
        ) from None
    if not content:
        raise Refused(
            error("workbook.empty-file", "The file is empty.", "Download or save it again.", place)
        )
    return content


def _is_zip(path: Path, content: bytes) -> None:
    place = Place(workbook=path.name)
    if content.startswith(b"PK\x03\x04"):
        return
    # The mark of an OLE compound file: old .xls, and the wrapper in which Office encrypts an .xlsx.
    # Names inside it are UTF-16, and tell the three apart.
    if content.startswith(bytes.fromhex("d0cf11e0")):
        if "DRMEncryptedTransform".encode("utf-16-le") in content:
            message = (
                "The workbook is encrypted by a sensitivity label or by rights management; no"
                " password opens it."
            )
            fix = "Open it in Excel with your account, choose a label without encryption and save."
            raise Refused(error("workbook.encrypted-by-label", message, fix, place))
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise _protected(place)
        message = "The file is an old .xls workbook or another old Office file."
        fix = "Open it in Excel and save it as .xlsx."
        raise Refused(error("workbook.old-xls", message, fix, place))
    kind = _kind(content)
    fix = (
        "Open it in Excel or LibreOffice and save it as .xlsx; a new name alone does not change it."
    )
    raise Refused(
        error(
            "workbook.not-a-workbook",
            f"The file is not an Excel workbook: it is {kind}.",
            fix,
            place,
        )
    )


def _protected(place: Place) -> Refused:
    message = "The workbook is protected by a password."
    fix = "Open it in Excel and save it as .xlsx without a password."
    return Refused(error("workbook.password", message, fix, place))


def _kind(content: bytes) -> str:
    head = content[:4096]
    if head.startswith(b"PK"):
        return "an empty or split zip file"
    if head.startswith(b"%PDF"):
        return "a PDF"
    # Excel saves “Unicode text” as UTF-16, which begins with one of these two marks.
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    text = head.decode(encoding, errors="replace").lstrip().lower()
    if re.match(r"<!doctype html|<html|<table|<head|<meta", text):
        return "a web page"
    if text.startswith("<"):
        return "XML text"
    if "\x00" in text or text.count("�") > len(text) // 10:
        return "of a kind that is not known here"
    return "plain text, such as a CSV file"


def _part_name(claim: zipfile.ZipInfo) -> str:
    """Return the name of a part with slashes.

    Some programs write backslashes, which Excel reads as slashes.
    """
    return claim.orig_filename.replace("\\", "/")


def _names(box: Container, claims: list[zipfile.ZipInfo]) -> None:
    names: set[str] = set()
    for claim in claims:
        name = _part_name(claim)
        if (
            "\0" in claim.orig_filename
            or name.startswith("/")
            or ".." in name.split("/")
            or re.match(r"[A-Za-z]:", name)
        ):
            raise box.unsafe(f"a part is named {name!r}, which points outside the workbook")
        # Office takes names of parts without regard to case (ECMA-376 part 2), so two that differ
        # by case alone are one part twice.
        if name.casefold() in names:
            raise box.unsafe(
                f"it holds the part {name} twice, and programs disagree about which one counts"
            )
        names.add(name.casefold())


def _sizes(box: Container, claims: list[zipfile.ZipInfo]) -> None:
    for claim in claims:
        # Bit 0 of a zip's flags: the part is encrypted.
        if claim.flag_bits & 1:
            raise _protected(box.place())
        if claim.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise box.unsafe(
                f"its part {claim.filename} is packed in a way that workbooks do not use"
            )
        if claim.file_size > LARGE_PART and claim.file_size > MAX_RATIO * max(
            claim.compress_size, 1
        ):
            raise box.unsafe(
                f"its part {claim.filename} would unpack to {claim.file_size / 1e6:,.0f} MB, as a"
                " zip bomb does"
            )
    total = sum(claim.file_size for claim in claims)
    if total > MAX_UNPACKED:
        message = (
            f"The workbook unpacks to {total / 1e6:,.0f} MB; a plan unpacks to at most"
            f" {MAX_UNPACKED // 1_000_000} MB."
        )
        fix = "Keep the plan's tables and remove the sheets that it does not need."
        raise Refused(error("workbook.too-large", message, fix, box.place()))


def _headers(box: Container, claims: list[zipfile.ZipInfo]) -> None:
    """Compare each part's own header with the directory at the end of the file.

    Parts must not overlap.
    """
    reached = 0
    for claim in sorted(claims, key=lambda c: c.header_offset):
        # Parts that overlap let a small file unpack to a huge one; bytes before the first part let
        # one file be two kinds at once, so that a scanner and Excel see different things.
        if (reached == 0) != (claim.header_offset == 0) or claim.header_offset < reached:
            raise box.unsafe("its parts overlap, or another file stands before them")
        reached = _payload(box, claim)[1]


def _payload(box: Container, claim: zipfile.ZipInfo) -> tuple[int, int]:
    at = claim.header_offset
    header = box.content[at : at + _LOCAL.size]
    if len(header) < _LOCAL.size:
        raise box.damaged("it was cut short")
    mark, _, flags, method, _, _, crc, packed, size, name_length, extra_length = _LOCAL.unpack(
        header
    )
    start = at + _LOCAL.size + name_length + extra_length
    name = box.content[at + _LOCAL.size : at + _LOCAL.size + name_length]
    encoding = "utf-8" if flags & 0x800 else "cp437"  # as bit 11 says
    same_name = name.decode(encoding, errors="replace") == claim.orig_filename
    # A streaming writer leaves lengths nought and sets bit 3; a zip64 part states 0xFFFFFFFF.
    stated = ((crc, claim.CRC), (packed, claim.compress_size), (size, claim.file_size))
    later = bool(flags & 8)  # the lengths follow the part
    same_sizes = all(
        own == claimed or own == 0xFFFFFFFF or (later and own == 0) for own, claimed in stated
    )
    if mark != b"PK\x03\x04" or method != claim.compress_type or not same_name or not same_sizes:
        raise box.unsafe(f"its part {claim.filename} is described in two ways that do not agree")
    if start + claim.compress_size > len(box.content):
        raise box.damaged("it was cut short")
    return start, start + claim.compress_size


WHY_IT_MATTERS = {
    "workbook.cannot-read": (
        "Nothing of the file was read, so nothing can be said about its figures."
    ),
    "workbook.damaged": (
        "Part of the file is missing. A plan read from the rest would be short without a sign."
    ),
    "workbook.empty-file": "There is nothing in it: the download or the save was cut off.",
    "workbook.encrypted-by-label": (
        "The file cannot be read until its protection is taken off by who may do so."
    ),
    "workbook.missing-file": "Nothing was read: the name or the folder is wrong.",
    "workbook.not-a-workbook": (
        "A file with another content under that name cannot be read as cells, and may do harm."
    ),
    "workbook.old-xls": "The old format cannot be read safely.",
    "workbook.password": "Without its password nothing of the file can be read.",
    "workbook.too-large": (
        "Reading it would take the machine away from everybody else, and no plan is as large."
    ),
    "workbook.unsafe-file": (
        "Such a file is made by hand to mislead or stop a program. Its figures deserve no trust."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
