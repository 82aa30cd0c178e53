"""The audit pack: written for an auditor's file, and verified again from nothing but the pack."""

from __future__ import annotations

import hashlib
from pathlib import Path

from icbudget import __version__
from icbudget.findings import Finding, Place, error, warning
from icbudget.plan.identity import (
    FIRST_PLAN_HASH_VERSION,
    PLAN_HASH_VERSION,
    hash_version_finding,
)
from icbudget.tasks.pack_record import read_record
from icbudget.tasks.part_files import is_part
from icbudget.tasks.reading import Opened, check
from icbudget.tasks.results import command_of
from icbudget.tasks.writing import Progress, quiet, write_outputs


def pack(
    path: Path,
    out: Path,
    *,
    scenario: str | None = None,
    overwrite: bool = False,
    progress: Progress = quiet,
) -> tuple[Opened, list[Path]]:
    """Return the plan evaluated and the files of its audit pack, in `<plan>-pack` in `out`.

    A plan with errors has a pack too, without figures. Raises `FileExistsError` as every command
    that writes does.
    """
    progress("Reading and checking the plan")
    opened = check(path, scenario)
    if opened.case is None:
        return opened, []
    progress("Writing the audit pack")
    files = pack_files(opened, path.read_bytes(), scenario=scenario)
    return opened, write_outputs(out / f"{path.stem}-pack", files, overwrite=overwrite)


def pack_files(
    opened: Opened, plan_file: bytes, *, scenario: str | None = None
) -> dict[str, bytes]:
    """Return the files of a plan's audit pack by their names; `plan_file`: bytes of its file."""
    from icbudget.report.audit_pack import audit_pack
    from icbudget.report.run_record import record_of

    if opened.case is None:
        return {}
    record = record_of(opened.case, command_of(opened.path, scenario, "--pack"))
    return audit_pack(opened.case, record, opened.draft.places, (opened.path.name, plan_file))


def verify_pack(folder: Path) -> tuple[Opened | None, list[Finding]]:
    """Return a pack re-performed: the plan in it, examined, and a finding for every file that is
    not as it should be.

    Every file is compared with the manifest; then the whole pack is made again from the plan it
    holds and compared byte for byte. The plan is None where the pack does not hold one.
    """
    from icbudget.report.audit_pack import INPUT, MANIFEST, RECORD, sums_of

    try:
        listed = folder / MANIFEST
        sums = sums_of(listed.read_text(encoding="utf-8")) if listed.is_file() else None
    except (OSError, ValueError):
        sums = None
    record = read_record(folder / RECORD)
    if sums is None or record is None:
        message = (
            f"{folder.name} is no audit pack: it has no {MANIFEST} or no {RECORD} that can be read."
        )
        return None, [
            error(
                "pack.not-one",
                message,
                "Name the folder that icbudget report --pack wrote.",
                Place(workbook=folder.name),
            )
        ]
    here = {
        p.relative_to(folder).as_posix()
        for p in folder.rglob("*")
        if p.is_file() and not is_part(p)
    } - {MANIFEST}
    findings = [
        _unsound("pack.missing", name, "is in the manifest and not in the pack.")
        for name in sorted(set(sums) - here)
    ]
    findings += [_stray(name) for name in sorted(here - set(sums))]
    changed = [name for name in sorted(here & set(sums)) if _sum(folder / name) != sums[name]]
    findings += [
        _unsound("pack.changed", name, "has been changed since the pack was written.")
        for name in changed
    ]
    plan = folder / INPUT / record.input
    if not plan.is_file():
        return None, findings
    scenario = record.scenario
    try:
        opened = check(plan, scenario)
    except ValueError as unknown:
        fix = "Ask for the pack again."
        return None, [*findings, error("pack.record", str(unknown), fix, Place(workbook=RECORD))]
    if opened.case is None:
        return opened, [*opened.findings, *findings]
    again = pack_files(opened, plan.read_bytes(), scenario=scenario)
    other_version = hash_version_finding(
        record.plan_hash_version or FIRST_PLAN_HASH_VERSION,
        PLAN_HASH_VERSION,
        Place(workbook=RECORD),
    )
    if other_version:
        # Papers and the record state the hash, so they cannot come out the same; tables can.
        findings.append(other_version)
        again = {name: content for name, content in again.items() if name.endswith(".csv")}
    known = {f.place.workbook for f in findings}
    differs = [
        name
        for name, content in again.items()
        if name in here - known and (folder / name).read_bytes() != content
    ]
    by = (
        ""
        if record.version == __version__
        else f" The pack was written by version {record.version}, this is {__version__}."
    )
    findings += [
        _unsound("pack.differs", name, f"does not come out again from the plan in the pack.{by}")
        for name in differs
    ]
    return opened, findings


def _sum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _unsound(id: str, name: str, what: str) -> Finding:
    return error(
        id,
        f"{name} {what}",
        "Ask for the pack again, or find out who changed it.",
        Place(workbook=name),
    )


def _stray(name: str) -> Finding:
    message = f"{name} is in the pack and not in its manifest."
    return warning(
        "pack.stray", message, "Keep other papers outside the pack.", Place(workbook=name)
    )
