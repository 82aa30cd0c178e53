"""Writing files, whole or not at all, never over a user's own."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

Progress = Callable[[str], None]


def quiet(step: str) -> None:
    """Report no progress to anybody."""


def write_outputs(folder: Path, files: Mapping[str, bytes], *, overwrite: bool) -> list[Path]:
    """Return the paths of files written into a folder, each whole or not at all.

    A file that is there with the same content stays. Raises `FileExistsError`, before anything is
    written, when one is there with other content and `overwrite` is not given.
    """
    targets = {folder / name: content for name, content in files.items()}
    fresh = {}
    for target, content in targets.items():
        is_same = target.is_file() and target.read_bytes() == content
        if not is_same:
            fresh[target] = content
    taken = [target for target in fresh if target.exists()]
    if taken and not overwrite:
        raise FileExistsError(str(taken[0]))
    for parent in {folder, *(target.parent for target in fresh)}:
        parent.mkdir(parents=True, exist_ok=True)
    waiting: list[tuple[str, Path]] = []
    try:
        for target, content in fresh.items():
            handle, temporary = tempfile.mkstemp(
                dir=target.parent, prefix=f".{target.stem}-", suffix=".part"
            )
            waiting.append((temporary, target))
            with os.fdopen(handle, "wb") as part:
                part.write(content)
        while waiting:
            temporary, target = waiting[0]
            Path(temporary).chmod(0o644)
            Path(temporary).replace(target)
            waiting.pop(0)
    finally:
        for temporary, _ in waiting:
            Path(temporary).unlink(missing_ok=True)
    return list(targets)
