"""What the command line prints: findings, files and lists for people, JSON for machines.

Progress goes to the screen only.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from icbudget import __version__, money, reference
from icbudget.cli import terminal
from icbudget.cli.terminal import say
from icbudget.findings import Finding, Severity, ordered
from icbudget.plan.identity import AS_TYPED, INPUTS_DIFFER, plan_hash
from icbudget.plan.unread_cells import NotKnown

if TYPE_CHECKING:
    from icbudget.answers.block import Block, Cell
    from icbudget.tasks import Ledger, Opened, ScenarioSummary

_SEVERITY = {Severity.ERROR: "ERROR", Severity.WARNING: "Warning", Severity.NOTE: "Note"}


def as_json(value: Any) -> None:
    """Print JSON; a value that is not known is the text `not known`."""
    # where the output has a code page, a quote that stands in for “ would end the text
    ascii_only = not terminal.writes_unicode()
    print(json.dumps(_plain(value), indent=2, ensure_ascii=ascii_only, allow_nan=False))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return str(value) if isinstance(value, NotKnown) else value


def record_of(row: Any) -> dict[str, Any]:
    """Return the fields of a frozen row by name, for machines."""
    return {name: getattr(row, name) for name in row.__slots__}


def answers_record(blocks: Mapping[str, Block]) -> dict[str, list[list[Cell]]]:
    """Return answers for machines by their ids, each as rows below its headings."""
    return {id: block.grid() for id, block in blocks.items()}


def identity(opened: Opened) -> dict[str, str | None]:
    """Return what identifies a run: file, title, plan hash, version."""
    plan = opened.draft.plan
    return {
        "file": opened.path.name,
        "title": plan.setup.title if plan else None,
        "hash": _hash(opened) if plan else None,
        "icbudget": __version__,
    }


def _hash(opened: Opened) -> str:
    """Return the hash of the plan before its scenario, cells that cannot be read included."""
    assert opened.draft.plan is not None
    return plan_hash(opened.draft.plan, opened.draft.unknown)


def findings(findings: Sequence[Finding], *, silent_when_none: bool = False) -> None:
    """Print findings, errors first, each with its place, what is wrong and its fix."""
    for finding in ordered(findings):
        where = f"{finding.place}: " if str(finding.place) else ""
        worth = ""
        if finding.effect_pence is not None:
            in_words = money.in_words(finding.effect_pence)
            # A message that has the amount in the same words needs it no second time.
            worth = "" if in_words in finding.message else f" ({in_words})"
        say(f"{_SEVERITY[finding.severity]:<8}{where}{finding.message}{worth}", hang=8)
        if finding.fix:
            say(f"{'':<8}Fix: {finding.fix}", hang=5)
    if findings or not silent_when_none:
        say(counts(findings))


def counts(findings: Sequence[Finding]) -> str:
    """Return how many errors, warnings and notes there are, in words."""
    parts = []
    for severity in Severity:
        count = sum(f.severity is severity for f in findings)
        parts.append(f"{count} {severity}{'' if count == 1 else 's'}")
    return ", ".join(parts) + "."


def made(opened: Opened, files: Sequence[Path], **more: Any) -> None:
    """Print what a command made of a plan, for machines: plan, files, findings, and its own."""
    record = {
        "plan": identity(opened),
        "files": [str(f) for f in files],
        "findings": [f.as_record() for f in opened.findings],
    }
    as_json(record | more)


def outcome(opened: Opened, files: Sequence[Path]) -> None:
    """Print a plan's findings, what identifies it, and the files written."""
    findings(opened.findings)
    if opened.draft.plan is not None:
        title = opened.draft.plan.setup.title
        say(f"\n{title} ({AS_TYPED} {_hash(opened)[:12]}, icbudget {__version__})")
    written(files)
    if not files:
        say("Nothing was written. Correct the errors above and run it again.")


def plan_written(path: Path | None, plan_findings: Sequence[Finding]) -> None:
    """Print the file that a command wrote, if it wrote one, and the findings, if there are any."""
    if path is not None:
        print(f"Wrote {path}")
    findings(plan_findings, silent_when_none=True)


FEW_FILES = 10
"""Files of a folder that are printed one by one; of more their number. The JSON has all."""


def written(files: Sequence[Path]) -> None:
    """Print the files written; of a folder with many of them how many there are."""
    in_folder = Counter(path.parent for path in files)
    for path in files:
        if in_folder[path.parent] <= FEW_FILES:
            print(f"Wrote {path}")
    for folder, count in in_folder.items():
        if count > FEW_FILES:
            print(f"Wrote {count} files in {folder}")


def agreement(
    opened: Opened,
    differences: Sequence[Finding],
    compared: Sequence[str],
    not_compared: Sequence[str],
) -> None:
    """Print whether what is stored agrees with what comes out again, and what was compared."""
    inputs = [f for f in differences if f.id == INPUTS_DIFFER]
    for finding in inputs:
        # First of all and in one line: whatever else differs may follow from it.
        say(f"{finding.message} {finding.fix}")
    others = [f for f in differences if f.id != INPUTS_DIFFER]
    if others:
        findings(others)
    if not opened.answered:
        say("The workbook cannot be worked out again until its errors are corrected.")
        return
    if not any(f.severity is Severity.ERROR for f in differences):
        kept = "every value" if not others else "every value that is stored"
        say(
            f"{opened.path.name} agrees with icbudget {__version__}: {kept} that it wrote comes"
            " out again."
        )
    say(f"Compared: {len(compared)} sheets; what is typed on input sheets is the input.")
    if not_compared:
        say(f"Not compared, since icbudget does not write them: {', '.join(not_compared)}.")


def signatures(opened: Opened) -> None:
    """Print who signed the plan, and whether each signature holds; nothing where nobody did."""
    from icbudget.tasks import signature_lines

    lines = signature_lines(opened)
    if not lines:
        return
    plan = opened.draft.plan
    names = {row.id: row.name for row in plan.partners} if plan else {}
    say("\nSignatures:")
    for signed in lines:
        who = f"{signed['name']}, {signed['office']} of {names.get(signed['partner'], '')}"
        say(f"  {who}, {signed['on']}: {signed['state']}; {signed['why']}", hang=4)


def pack_agreement(name: str, differences: Sequence[Finding]) -> None:
    """Print whether an audit pack holds what it must hold, and comes out again."""
    if differences:
        findings(differences)
    if any(f.severity is Severity.ERROR for f in differences):
        say(f"{name} is not sound.")
    elif differences:
        # Records of another version state a hash that cannot be compared (see packs.verify_pack).
        say(
            f"{name}: every file is there, with the sum of the manifest, and the tables come out"
            f" again with icbudget {__version__}. Not compared: papers, reports and the record."
        )
    else:
        say(
            f"{name} agrees with icbudget {__version__}: it holds the files that a pack of its plan"
            " holds, each with the sum of the manifest, and each comes out again byte for byte."
        )


FEW_CHANGES = 4
"""Changes printed of a ready-made scenario; `--full` and the JSON have all."""


def scenarios(summaries: Sequence[ScenarioSummary], *, full: bool = False) -> None:
    """Print scenarios, those the plan writes out first, each with what it changes.

    The plan's own are printed with every change; a ready-made one, which may touch every line of
    the plan, with the first few unless `full`.
    """
    for own, heading in ((True, "Scenarios of the plan"), (False, "Ready-made scenarios")):
        of_this_kind = [summary for summary in summaries if summary.own is own]
        if of_this_kind:
            say(f"{heading}:")
        for summary in of_this_kind:
            say(f"  {summary.name}: {summary.says or 'no reason given'}")
            for words in summary.problems:
                say(f"    - {words}")
            few = len(summary.changes) if full or summary.own else FEW_CHANGES
            for words in summary.changes[:few]:
                say(f"    - {words}")
            more = len(summary.changes) - few
            if more > 0:
                say(f"    - {more} more: see --full")


def ledger_record(ledger: Ledger) -> dict[str, Any]:
    """Return how a ledger was read, for machines."""
    rejects = [
        {"line": r.line, "reason": r.reason, "pence": r.pence, "cells": list(r.cells)}
        for r in ledger.rejects
    ]
    control = {what: {"rows": rows, "pence": pence} for what, rows, pence in ledger.control}
    return {
        "file": ledger.name,
        "bytes": ledger.size,
        "lines": ledger.lines,
        "control": control,
        "column_pence": ledger.column_pence,
        "agrees": ledger.agrees,
        "rejects": rejects,
    }


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """Give a function that says what is being done, on a terminal only and on the error stream."""
    if quiet or not sys.stderr.isatty():
        yield lambda step: None
        return
    with terminal.console(stderr=True).status("Starting") as status:
        yield lambda step: status.update(f"{terminal.markup(step)} …")


def evidence(programmes: Sequence[reference.Row]) -> None:
    """Print programmes of the evidence library, each with its studies, and how far to trust it."""
    for row in programmes:
        _programme(row)
    everything = len(reference.evidence())
    if len(programmes) == everything:
        say("Across programmes")
        for study in reference.studies("all"):
            subject = f"{study['study']}: {study['population']}; {study['note']}"
            say(f"    {study['finding']:<12}{subject}")
        say()
    if programmes:
        say(f"{len(programmes)} of {everything} programmes.")
    else:
        say("No programme matches.")


def _programme(row: reference.Row) -> None:
    """Print one programme: its studies, then what is judged from them, then cost and source."""
    say(f"{row['id']}  (grade {row['grade']}, {row['design']})")
    say(f"    {row['programme']}: {row['cohort']}; {row['point_of_delivery']}")
    say(f"    {row['trust']}")
    for study in reference.studies(row["id"]):
        # A number below zero has the sign that amounts have; a hyphen between words stays.
        measured = re.sub(r"(?<![\w-])-(?=\d)", "−", _measured(study))
        say(f"    {study['finding']:<12}{study['study']}: {measured}")
    ends = [f"{float(row[f'default_{end}']):.1%}" for end in ("low", "central", "high")]
    reduction = f"{' / '.join(ends).replace('-', '−')} of: {row['default_basis']}"
    say(f"    Planning reduction (judgement, not evidence): {reduction}")
    no_effect = reference.chance_of_no_effect(row["grade"], row["id"])
    say(f"    Chance of no effect at all (judgement, not evidence): {no_effect:.0%}")
    lasting = f"Lag {row['lag_months']} months; {row['persistence'].lower()}"
    say(f"    {lasting}; unit cost {row['unit_cost']}")
    say(f"    Source: {reference.source(row['source'])}\n")


def _measured(study: reference.Row) -> str:
    """Return a study's outcome with its estimate and interval, and its status where unconfirmed."""
    ends = [study[end] for end in ("estimate_low", "estimate_high") if study[end]]
    interval = f"({' to '.join(ends)})" if ends else ""
    estimate = " ".join(part for part in (study["estimate"], interval) if part)
    measure = f"{study['measure'].replace('_', ' ')} {estimate}".rstrip()
    status = f"; {study['status']}" if study["status"] in reference.UNCONFIRMED else ""
    return f"{study['outcome']}: {measure}{status}"
