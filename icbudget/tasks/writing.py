"""Writing files, whole or not at all, never over a user's own."""

from __future__ import annotations

import stat
from collections.abc import Callable, Mapping
from pathlib import Path

from icbudget.tasks.part_files import PartFile, clear_parts, settle

Progress = Callable[[str], None]


def quiet(step: str) -> None:
    """Report no progress to anybody."""


def write_outputs(folder: Path, files: Mapping[str, bytes], *, overwrite: bool) -> list[Path]:
    """Return the paths of files written into a folder, each whole or not at all.

    A file that is there with the same content stays. Raises `FileExistsError`, before anything is
    written, when one is there with other content and `overwrite` is not given; and when somebody
    makes one while these are written: theirs stays, and what was put in place is taken away again.
    A full disk raises `OSError` with the file it has no room for.
    """
    targets = {folder / name: content for name, content in files.items()}
    fresh = {
        target: content for target, content in targets.items() if not _is_same(target, content)
    }
    taken = [target for target in fresh if _is_there(target)]
    for target in taken:
        if not overwrite or not target.is_file():
            raise FileExistsError(str(target))
    parents = {folder, *(target.parent for target in fresh)}
    for parent in parents:
        parent.mkdir(parents=True, exist_ok=True)
    clear_parts(parents)
    parts: list[PartFile] = []
    try:
        for target, content in fresh.items():
            parts.append(PartFile(target))
            parts[-1].write(content)
        _put_all(parts, replaced=set(taken))
    finally:
        for part in parts:
            part.close()
    settle(parents)
    return list(targets)


def _put_all(parts: list[PartFile], *, replaced: set[Path]) -> None:
    """Give every part its name; where one cannot have it, take the new ones away again."""
    put: list[Path] = []
    try:
        for part in parts:
            part.put(overwrite=part.target in replaced)
            if part.target not in replaced:
                put.append(part.target)
    except OSError:
        for target in put:
            target.unlink(missing_ok=True)
        raise


def _is_there(target: Path) -> bool:
    try:
        target.lstat()
    except FileNotFoundError:
        return False
    return True


def _is_same(target: Path, content: bytes) -> bool:
    """Return whether an ordinary file holds this content; nothing else is opened."""
    try:
        there = target.stat()
    except OSError:
        return False
    if not stat.S_ISREG(there.st_mode) or there.st_size != len(content):
        return False
    return target.read_bytes() == content
