"""The run record of an audit pack, read as a file that anybody may have changed."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from pathlib import Path

LARGEST = 1_000_000
"""Bytes of the largest record that is read; one that icbudget writes has a few thousand."""


@dataclass(frozen=True, slots=True)
class PackRecord:
    """What a pack's record says of how the pack was made."""

    input: str
    """What the record calls the plan's file: a bare name in every pack that icbudget wrote."""
    version: str
    command: tuple[str, ...]
    plan_hash_version: str
    """Version of the plan's hash; blank in a record of a release that had one version only."""

    @property
    def names_a_file(self) -> bool:
        """Return whether the plan is named by a bare file name, which leads out of no folder."""
        return self.input not in ("", ".", "..") and not set(self.input) & set("/\\:")

    @property
    def scenario(self) -> str | None:
        """Return the scenario that the command named."""
        words = self.command
        if "--scenario" not in words[:-1]:
            return None
        return words[words.index("--scenario") + 1]


def read_record(path: Path) -> PackRecord | None:
    """Return the record in a file; None where it cannot be one that icbudget wrote."""
    try:
        if not path.is_file() or path.stat().st_size > LARGEST:
            return None
        record = json.loads(path.read_text(encoding="utf-8"))
        texts = [record[name] for name in ("input", "version", "command")]
        texts.append(record.get("plan_hash_version") or "")
        if not all(isinstance(text, str) and "\0" not in text for text in texts):
            return None
        plan, version, command, hash_version = texts
        return PackRecord(plan, version, tuple(shlex.split(command)), hash_version)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
