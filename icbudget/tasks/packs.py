"""The audit pack: written for an auditor's file, and verified again from nothing but the pack."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from icbudget import __version__
from icbudget.findings import Finding, Place, error
from icbudget.plan.identity import (
    FIRST_PLAN_HASH_VERSION,
    PLAN_HASH_VERSION,
    hash_version_finding,
)
from icbudget.tasks.load_and_check import Opened, check
from icbudget.tasks.pack_record import PackRecord, read_record
from icbudget.tasks.part_files import is_part
from icbudget.tasks.reference_tables import beside
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
    named = (opened.path.name, plan_file)
    return audit_pack(opened.case, record, opened.draft.places, named, beside(opened.path))


def verify_pack(folder: Path) -> tuple[Opened | None, list[Finding]]:
    """Return the plan in a pack, worked out again, and a finding for all that is not as it was.

    The folder is compared with its manifest, and with what a pack of the plan in it must hold: the
    files by name, then byte for byte. A file that is missing is missed even where its line in the
    manifest went with it. The plan is None where the pack does not hold one.
    """
    from icbudget.report.audit_pack import INPUT, MANIFEST, RECORD

    sums, record = _listed(folder), read_record(folder / RECORD)
    if sums is None or record is None:
        message = (
            f"{folder.name} is no audit pack: it has no {MANIFEST} or no {RECORD} that can be read."
        )
        fix = "Name the folder that icbudget report --pack wrote."
        return None, [error("pack.not-one", message, fix, Place(workbook=folder.name))]
    links, here = _files_of(folder)
    here.discard(MANIFEST)
    findings = [_outside(name) for name in links]
    findings += _against_manifest(folder, here, sums)
    without_plan = _without_plan(record, here)
    if without_plan:
        return None, [*findings, without_plan]
    plan = folder / INPUT / record.input
    try:
        opened = check(plan, record.scenario)
    except ValueError as unknown:
        fix = "Ask for the pack again."
        return None, [*findings, error("pack.record", str(unknown), fix, Place(workbook=RECORD))]
    if opened.case is None:
        return opened, [*opened.findings, *findings]
    again = pack_files(opened, plan.read_bytes(), scenario=record.scenario)
    findings += _against_what_a_pack_holds(here, set(again) - {MANIFEST}, findings)
    recorded = record.plan_hash_version or FIRST_PLAN_HASH_VERSION
    other_version = hash_version_finding(recorded, PLAN_HASH_VERSION, Place(workbook=RECORD))
    if other_version:
        # Papers and the record state the hash, so they cannot come out the same; tables can.
        findings.append(other_version)
        again = {name: content for name, content in again.items() if name.endswith(".csv")}
    findings += _against_bytes(folder, here, again, record, findings)
    return opened, findings


def _listed(folder: Path) -> dict[str, str] | None:
    """Return the sums of a pack's manifest; None where there is none that can be read."""
    from icbudget.report.audit_pack import MANIFEST, sums_of

    listed = folder / MANIFEST
    try:
        return sums_of(listed.read_text(encoding="utf-8")) if listed.is_file() else None
    except (OSError, ValueError):
        return None


def _outside(name: str) -> Finding:
    message = f"{name} is a link: what it leads to is not in the pack."
    return error("pack.outside", message, _AGAIN, Place(workbook=name))


def _without_plan(record: PackRecord, here: set[str]) -> Finding | None:
    """Return why the plan that a record names is not one of the pack's files, if it is not."""
    from icbudget.report.audit_pack import INPUT, RECORD

    if not record.names_a_file:
        message = f"{RECORD} names “{record.input}” as the plan, which is no file of the pack."
        return error("pack.outside", message, _AGAIN, Place(workbook=RECORD))
    name = f"{INPUT}/{record.input}"
    if name in here:
        return None
    message = f"{name} is the plan by the run record and not in the pack."
    return error("pack.no-plan", message, _AGAIN, Place(workbook=name))


def _against_bytes(
    folder: Path,
    here: set[str],
    again: Mapping[str, bytes],
    record: PackRecord,
    findings: Sequence[Finding],
) -> list[Finding]:
    """Return an error for each file that does not come out again byte for byte.

    A file that `findings` names already is not named again; nor is the manifest where anything
    is wrong, since it follows from the other files.
    """
    from icbudget.report.audit_pack import MANIFEST

    by = ""
    if record.version != __version__:
        by = f" The pack was written by version {record.version}, this is {__version__}."
    known = {finding.place.workbook for finding in findings}
    differing: list[Finding] = []
    for name, content in again.items():
        is_compared = name in here or (name == MANIFEST and not findings and not differing)
        if is_compared and name not in known and (folder / name).read_bytes() != content:
            message = f"{name} does not come out again from the plan in the pack.{by}"
            differing.append(error("pack.differs", message, _AGAIN, Place(workbook=name)))
    return differing


_AGAIN = "Ask for the pack again, or find out who changed it."


def _files_of(folder: Path) -> tuple[list[str], set[str]]:
    """Return the names of a folder's links, and of its own files, however deep; links are left out.

    A link may lead out of the pack, to a file that changes without it. What a run that was stopped
    left half written is no file of the pack.
    """
    links, files = [], set()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            links.append(name)
        elif path.is_file() and not is_part(path):
            files.add(name)
    return links, files


def _against_manifest(folder: Path, here: set[str], sums: dict[str, str]) -> list[Finding]:
    """Return what the manifest names and is not there, or there with another sum, or not named."""
    findings = []
    for name in sorted(set(sums) - here):
        message = f"{name} is in the manifest and not in the pack."
        findings.append(error("pack.missing", message, _AGAIN, Place(workbook=name)))
    for name in sorted(here - set(sums)):
        findings.append(_added(name, "is in the pack and not in its manifest."))
    for name in sorted(here & set(sums)):
        if _sum(folder / name) != sums[name]:
            message = f"{name} has been changed since the pack was written."
            findings.append(error("pack.changed", message, _AGAIN, Place(workbook=name)))
    return findings


def _against_what_a_pack_holds(
    here: set[str], expected: set[str], findings: list[Finding]
) -> list[Finding]:
    """Return what a pack of the plan holds and this one lacks, or the other way round.

    What `findings` already names is not named again.
    """
    known = {f.place.workbook for f in findings}
    more = []
    for name in sorted(expected - here - known):
        message = f"{name} is missing, and not in the manifest: a pack of this plan holds it."
        more.append(error("pack.missing", message, _AGAIN, Place(workbook=name)))
    for name in sorted(here - expected - known):
        more.append(_added(name, "is in the manifest, and no pack of this plan holds it."))
    return more


def _added(name: str, why: str) -> Finding:
    """Return the finding of a file that is too much; a second plan is called one."""
    from icbudget.report.audit_pack import INPUT

    place = Place(workbook=name)
    if name.startswith(f"{INPUT}/"):
        message = f"{name} is a second plan beside the one worked out."
        return error("pack.second-plan", message, _AGAIN, place)
    message = f"{name} does not belong here: it {why}"
    return error("pack.added", message, "Keep other papers outside the pack.", place)


def _sum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


WHY_IT_MATTERS = {
    "pack.added": "A paper that was not part of the pack could be taken for one of its results.",
    "pack.changed": "A figure in the file may not be the one that was worked out.",
    "pack.differs": (
        "The file in the pack is not what its plan gives. Either the file or the plan was"
        " changed, or another version made it."
    ),
    "pack.missing": "Something that an auditor would have read is not there.",
    "pack.no-plan": (
        "Without the plan nothing in the pack can be worked out again, so none of it is proven."
    ),
    "pack.not-one": "The folder has no list of checksums, so nothing in it can be tested.",
    "pack.outside": "A link leads to a file that can change after the pack was made.",
    "pack.record": (
        "Without the run record nobody knows which plan and which version gave the results."
    ),
    "pack.second-plan": (
        "With two plans in the pack a reader cannot know which one the results are of."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
