"""Files on their way: written beside their place, locked while their run lives, cleared after it.

A run that is killed leaves part files behind. The next run that writes into the folder deletes
those whose lock nobody holds; one whose run lives is never touched.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # Windows, which deletes no file that a program has open
    fcntl = None  # type: ignore[assignment]

_PART = re.compile(r"\.icbudget-[0-9a-f]{16}\.part")


def is_part(path: Path) -> bool:
    """Return whether a file is one of ours on its way, by its name."""
    return _PART.fullmatch(path.name) is not None


class PartFile:
    """A new file beside its place, locked as long as it is open.

    Raises `OSError` that names the place where the disk is full or the folder refuses.
    """

    def __init__(self, target: Path) -> None:
        self.target = target
        try:
            self.path, self.stream = _new(target.parent)
        except OSError as why:
            raise _at(why, target) from why

    def write(self, content: bytes) -> None:
        """Write the whole content and see it onto the disk, so that a name never precedes it."""
        try:
            self.stream.write(content)
            self.stream.flush()
            os.fsync(self.stream.fileno())
            self.path.chmod(0o644)
        except OSError as why:
            raise _at(why, self.target) from why

    def put(self, *, overwrite: bool) -> None:
        """Give the file its name.

        Raises `FileExistsError` where somebody has made a file of that name since and `overwrite`
        is not given.
        """
        if fcntl is None:
            self.stream.close()
        try:
            if overwrite:
                self.path.replace(self.target)
            else:
                _put_new(self.path, self.target)
        except FileExistsError:
            raise FileExistsError(str(self.target)) from None
        except OSError as why:
            raise _at(why, self.target) from why

    def close(self) -> None:
        """Close the file, and delete it where it has not got its name."""
        self.stream.close()
        self.path.unlink(missing_ok=True)


def _new(folder: Path) -> tuple[Path, BinaryIO]:
    while True:
        path = folder / f".icbudget-{secrets.token_hex(8)}.part"
        stream = path.open("xb")
        _lock(stream)
        # another run may have cleared it between its making and its lock
        if path.exists():
            return path, stream
        stream.close()


def _lock(stream: BinaryIO) -> bool:
    """Return whether the lock of an open file was free, and take it."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _put_new(path: Path, target: Path) -> None:
    """Give a file a name that nobody else has; where a file system has no links, look again."""
    try:
        os.link(path, target)
    except FileExistsError:
        raise
    except OSError:
        with target.open("xb") as place:
            ours = os.fstat(place.fileno())
        now = target.stat()
        if (now.st_ino, now.st_size) != (ours.st_ino, 0):
            raise FileExistsError(str(target)) from None
        path.replace(target)
    else:
        path.unlink()


def _at(why: OSError, target: Path) -> OSError:
    """Return a fault of the disk with the file that was to be written."""
    return type(why)(why.errno, why.strerror or "refused", str(target))


def clear_parts(folders: Iterable[Path]) -> None:
    """Delete part files of runs that have ended; what cannot be looked at stays."""
    for folder in folders:
        try:
            parts = [path for path in folder.iterdir() if is_part(path) and path.is_file()]
        except OSError:
            continue
        for path in parts:
            _clear(path)


def _clear(path: Path) -> None:
    try:
        with path.open("rb") as stream:
            if not _lock(stream):
                return
            if fcntl is not None:
                path.unlink(missing_ok=True)
        if fcntl is None:
            path.unlink(missing_ok=True)
    except OSError:
        return


def settle(folders: Iterable[Path]) -> None:
    """See the names in folders onto the disk, where the system can."""
    for folder in folders:
        try:
            number = os.open(folder, os.O_RDONLY)
        except OSError:  # Windows opens no folder
            continue
        try:
            os.fsync(number)
        except OSError:
            pass
        finally:
            os.close(number)
