"""Which files of a folder a command wrote itself, so that it writes over no others.

A command that writes its results again and again into one folder keeps a record of what it wrote,
by content. A file that is there and is not as it was written is somebody's: it stays.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from icbudget.tasks.writing import write_outputs


class OwnFiles:
    """The files of a folder that its record says are this command's."""

    def __init__(self, folder: Path, record: Path) -> None:
        self.folder = folder
        self.record = record
        self.sums = _read(record)

    def refuse_others(self, names: Iterable[str]) -> None:
        """Raise `ValueError` for a file that is there under one of these names and is not ours."""
        for name in names:
            path = self.folder / name
            if path.is_symlink() or path.exists():
                ours = path.is_file() and _sum(path.read_bytes()) in self.sums.get(name, ())
                if not ours:
                    raise ValueError(
                        f"{path} was not written by this command, or was changed since. Move it"
                        " away, or choose another --out."
                    )

    def claim(self, names: Iterable[str]) -> None:
        """Record names that this command alone writes, whatever stands there later.

        They are for what it keeps for itself: half a file there is its own, spoiled, and is made
        again.
        """
        for name in names:
            self.sums.setdefault(name, [])
        self._keep()

    def claimed(self, name: str) -> bool:
        """Return whether a name is one that an earlier run recorded."""
        return name in self.sums

    def write(self, files: Mapping[str, bytes]) -> list[Path]:
        """Return the paths of files written; those that are not ours raise `ValueError`.

        The record is written first, with what was there and what will be, so that a run that is
        stopped in the middle knows its own files again.
        """
        self.refuse_others(files)
        for name, content in files.items():
            self.sums[name] = sorted({*self.sums.get(name, ()), _sum(content)})
        self._keep()
        paths = write_outputs(self.folder, files, overwrite=True)
        for name, content in files.items():
            self.sums[name] = [_sum(content)]
        self._keep()
        return paths

    def _keep(self) -> None:
        text = json.dumps(self.sums, indent=1, sort_keys=True)
        write_outputs(self.record.parent, {self.record.name: text.encode()}, overwrite=True)


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read(record: Path) -> dict[str, list[str]]:
    """Return the sums in a record; none where there is no record, or one that cannot be read."""
    if not record.is_file():
        return {}
    try:
        sums = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(sums, dict):
        return {}
    return {name: each for name, each in sums.items() if isinstance(each, list)}
