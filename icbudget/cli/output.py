"""What the command line shows: plain tables for people, JSON for machines; progress goes to the
screen only.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from icbudget import __version__, money, reference
from icbudget.answers.block import Block
from icbudget.answers.explain import HOW, Explanation
from icbudget.findings import Finding, Severity, ordered
from icbudget.plan.identity import plan_hash
from icbudget.plan.unread_cells import NotKnown
from icbudget.tasks import Ledger, Opened, ScenarioTold

if TYPE_CHECKING:
    pass

_WORDS = {Severity.ERROR: "ERROR", Severity.WARNING: "Warning", Severity.NOTE: "Note"}


def as_json(value: Any) -> None:
    """Print JSON; a value that is not known is the text `not known`."""
    print(json.dumps(_plain(value), indent=2, ensure_ascii=False, allow_nan=False))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return str(value) if isinstance(value, NotKnown) else value


def _money(pence: int) -> str:
    return str(pence) if isinstance(pence, NotKnown) else money.display(pence)


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
    """Return the hash of the plan as it was given, before its scenario, with what stands in cells
    that cannot be read.
    """
    assert opened.draft.plan is not None
    return plan_hash(opened.draft.plan, opened.draft.unknown)


def findings(found: Sequence[Finding], *, silent_when_clean: bool = False) -> None:
    """Print findings, errors first, each with its place, what is wrong and its mend."""
    for finding in ordered(found):
        where = f"{finding.place}: " if str(finding.place) else ""
        worth = (
            f" ({money.display(finding.effect_pence)})" if finding.effect_pence is not None else ""
        )
        print(f"{_WORDS[finding.severity]:<8}{where}{finding.message}{worth}")
        if finding.fix:
            print(f"{'':<8}Mend: {finding.fix}")
    if found or not silent_when_clean:
        print(_count(found))


def _count(found: Sequence[Finding]) -> str:
    if not found:
        return "No findings: the plan is clean."
    numbers = {severity: sum(f.severity is severity for f in found) for severity in Severity}
    return (
        ", ".join(f"{n} {severity}{'' if n == 1 else 's'}" for severity, n in numbers.items() if n)
        + "."
    )


def made(opened: Opened, files: Sequence[Path], **more: Any) -> None:
    """Print what a command made of a plan for machines: the plan, the files written, every finding,
    and what is its own.
    """
    told = {
        "plan": identity(opened),
        "files": [str(f) for f in files],
        "findings": [f.as_record() for f in opened.findings],
    }
    as_json(told | more)


def outcome(opened: Opened, files: Sequence[Path]) -> None:
    """Print what a run found and wrote."""
    findings(opened.findings)
    if opened.draft.plan is not None:
        print(
            f"\n{opened.draft.plan.setup.title} (plan {_hash(opened)[:12]}, icbudget {__version__})"
        )
    for path in files:
        print(f"Wrote {path}")
    if not files:
        print("Nothing was written. Mend the errors above and run it again.")


def agreement(opened: Opened, differences: Sequence[Finding]) -> None:
    """Print whether the stored answers agree with those worked out again."""
    if differences:
        findings(differences)
    if not opened.answered:
        print("The workbook cannot be worked out again until its errors are mended.")
    elif not any(f.severity is Severity.ERROR for f in differences):
        print(
            f"{opened.path.name} agrees with icbudget {__version__}: every stored answer comes out"
            " again."
        )
        print(
            "Compared: the answer sheets. Not compared: postings, findings, and the ordinary totals"
            " beside the answers."
        )


def pack_agreement(name: str, found: Sequence[Finding]) -> None:
    """Print whether an audit pack is whole and comes out again."""
    if found:
        findings(found)
    if not any(f.severity is Severity.ERROR for f in found):
        print(
            f"{name} agrees with icbudget {__version__}: every file is as the manifest says, and"
            " comes out again byte for byte."
        )


def explanation_record(told: Explanation) -> dict[str, Any]:
    """Return an explanation for machines."""
    return {
        "asked": list(told.asked),
        "unknown": list(told.unknown),
        "workings": [{name: getattr(w, name) for name in w.__slots__} for w in told.workings],
        "totals_pence": told.totals,
        "postings": [{name: getattr(p, name) for name in p.__slots__} for p in told.postings],
        "shared": list(told.shared),
        "assumptions": [{name: getattr(a, name) for name in a.__slots__} for a in told.assumptions],
    }


def explanation(told: Explanation) -> None:
    """Print a figure as a tree: totals by kind, how each is worked out, its postings, and the
    assumptions behind them.
    """
    from rich.console import Console
    from rich.markup import escape
    from rich.tree import Tree

    if told.unknown:
        print(f"Nothing in the plan is called {'; '.join(told.unknown)}.")
        return
    tree = Tree(escape(" / ".join(told.asked)))
    if not told.postings and not told.shared and not told.workings:
        tree.add("No money is posted there.")
    for w in told.workings[:80]:
        tree.add(escape(f"{w.called}: {w.shown} = {w.how}"))
    for kind, total in told.totals.items():
        branch = tree.add(escape(f"{kind}: {_money(total)} = {HOW[kind]}"))
        for p in [p for p in told.postings if p.kind == kind][:40]:
            words = ", ".join(
                word for word in (p.year, p.partner, p.pool, p.source, p.line) if word
            )
            branch.add(escape(f"{_money(p.pence)}  {words}"))
    if told.shared:
        borne = tree.add("Who bears the over- or underspend, if it were settled at the year's end")
        for words in told.shared[:80]:
            borne.add(escape(words))
    rests = tree.add("Rests on")
    for a in told.assumptions[:80]:
        where = f" at {a.place}" if a.place else ""
        source = f"; source: {a.source}" if a.source else "; no source given"
        rests.add(
            escape(f"{a.label} = {a.value}{where}{source}{f' ({a.status})' if a.status else ''}")
        )
    Console(width=None if sys.stdout.isatty() else 200, highlight=False).print(tree)


def scenarios(told: Sequence[ScenarioTold]) -> None:
    """Print scenarios, those the plan writes out first, each with what it changes."""
    for own, heading in ((True, "Scenarios of the plan"), (False, "Ready-made scenarios")):
        rows = [scenario for scenario in told if scenario.own is own]
        if rows:
            print(f"{heading}:")
        for scenario in rows:
            print(f"  {scenario.name}: {scenario.says or 'no reason given'}")
            for words in (*scenario.problems, *scenario.changes):
                print(f"    - {words}")


def ledger_record(read: Ledger) -> dict[str, Any]:
    """Return how a ledger was read, for machines."""
    rejects = [
        {"line": r.line, "reason": r.reason, "pence": r.pence, "cells": list(r.cells)}
        for r in read.rejects
    ]
    control = {what: {"rows": rows, "pence": pence} for what, rows, pence in read.control}
    return {"file": read.name, "control": control, "agrees": read.agrees, "rejects": rejects}


WIDE = 220
"""Characters of a line from which on a table is printed with all its columns."""


def block(told: Block, *, leave_out: Sequence[str] = (), narrow: Sequence[str] = ()) -> None:
    """Print an answer as a table: money in whole pounds, percentages with one decimal, words as
    they are.

    `narrow`: columns that are left out too on a terminal that is not wide enough for all.
    """
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(width=None if sys.stdout.isatty() else 2 * WIDE, highlight=False)
    out = (*leave_out, *(narrow if console.width < WIDE else ()))
    shown = [at for at, heading in enumerate(told.headings) if heading not in out]
    first = len(told.labels) + 1
    table = Table(
        title=escape(told.title),
        title_justify="left",
        box=None,
        header_style="bold",
        pad_edge=False,
    )
    for at in shown:
        longest = (
            max((len(str(row.labels[at])) for row in told.rows), default=0) if at < first - 1 else 0
        )
        table.add_column(
            escape(told.headings[at]),
            justify="right" if at >= first else "left",
            min_width=min(longest, 24),
        )
    for row, cells in zip(told.rows, told.grid()[1:], strict=True):
        units = [told.unit_of(row.unit, heading) for heading in told.headings]
        table.add_row(*(escape(_cell(cells[at], units[at] if at >= first else "")) for at in shown))
    console.print(table)
    print(told.shows)


def _cell(value: Any, unit: str) -> str:
    if isinstance(value, (str, NotKnown)):
        return str(value)
    shown = f"{value:.1%}" if unit == "%" else f"{money.to_pounds(money.to_pence(value)):,.0f}"
    return shown.replace("-", "−" if shown.strip("-0.%") else "")


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """Give a function that says what is being done, on a terminal only and on the error stream."""
    if quiet or not sys.stderr.isatty():
        yield lambda step: None
        return
    from rich.console import Console

    with Console(stderr=True).status("Starting") as status:
        yield lambda step: status.update(f"{step} …")


def evidence(found: Sequence[reference.Row]) -> None:
    """Print programmes of the evidence library, each with its studies, and how far to trust it."""
    for row in found:
        print(f"{row['id']}  (grade {row['grade']}, {row['design']})")
        print(f"    {row['programme']}: {row['cohort']}; {row['point_of_delivery']}")
        print(f"    {row['trust']}")
        for study in reference.studies(row["id"]):
            ends = " to ".join(
                study[end] for end in ("estimate_low", "estimate_high") if study[end]
            )
            value = " ".join(
                part for part in (study["estimate"], f"({ends})" if ends else "") if part
            )
            measure = f"{study['measure'].replace('_', ' ')} {value}".rstrip()
            kept = f"; {study['status']}" if study["status"] in reference.UNCONFIRMED else ""
            print(
                f"    {study['finding']:<12}{study['study']}: {study['outcome']}: {measure}{kept}"
            )
        low, central, high = (
            f"{float(row[f'default_{end}']):.1%}" for end in ("low", "central", "high")
        )
        print(
            f"    Planning reduction (judgement, not evidence): {low} / {central} / {high} of:"
            f" {row['default_basis']}"
        )
        none = reference.chance_of_no_effect(row["grade"], row["id"])
        print(f"    Chance of no effect at all (judgement, not evidence): {none:.0%}")
        print(
            f"    Lag {row['lag_months']} months; {row['persistence'].lower()}; unit cost"
            f" {row['unit_cost']}"
        )
        print(f"    Source: {reference.source(row['source'])}\n")
    if len(found) == len(reference.evidence()):
        print("Across programmes")
        for study in reference.studies("all"):
            print(
                f"    {study['finding']:<12}{study['study']}: {study['population']};"
                f" {study['note']}"
            )
        print()
    print(
        f"{len(found)} of {len(reference.evidence())} programmes."
        if found
        else "No programme matches."
    )
