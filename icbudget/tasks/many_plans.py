"""Many plans: a folder of them checked, run, simulated and rolled up.

The work is done on this machine or on a Dask cluster. What a plan came to is kept beside the
results, so that a run that was stopped goes on where it was.
One bad plan never stops the rest: it is listed with its findings.
"""

from __future__ import annotations

import hashlib
import io
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from icbudget import __version__
from icbudget.answers.block import Block
from icbudget.findings import Severity
from icbudget.signing.plan_state import AGREED, IN_FORCE, SIGNED
from icbudget.tasks.load_and_check import LARGEST_TEXT, TEXTS, WORKBOOKS, check
from icbudget.tasks.memory import keep_memory
from icbudget.tasks.own_files import OwnFiles
from icbudget.tasks.workers import Crew, crew
from icbudget.tasks.writing import Progress, quiet, write_outputs

if TYPE_CHECKING:
    from icbudget.engine.uncertainty.national_draws import Ranges

DONE, WITH_ERRORS, FAILED = "done", "errors", "failed"
_Task = tuple[str, bytes, int, int, tuple[str, ...]]
"""A plan to be run: the file's name, its bytes, draws, seed, and shared ids that are left out."""
KEPT = "plans"
"""Folder, beside the results, of what each plan came to."""
RECORD = "written.json"
"""File, in that folder, of what a batch has written."""
RESULTS = ("national.xlsx", "roll-up.csv", "plans.csv", "shared.csv", "findings.csv")
_FIRST = (IN_FORCE, SIGNED, AGREED)
"""States of a plan that count before others where an area has several, in their order."""
MEMORY = 2 * 1024**3
"""Bytes that what all plans come to may take together."""


@dataclass(slots=True)
class PlanRun:
    """One plan of a batch: its file, state and findings, and its ranges where it has no errors."""

    file: str
    state: str
    title: str = ""
    area: str = ""
    findings: list[dict[str, Any]] = field(default_factory=list)
    fault: str = ""
    standing: str = ""
    """How far the plan has come: draft, signed, in force."""
    waits: str = ""
    """What its state rests on or waits for, such as who has not signed."""
    paid_for_shared: dict[str, int] = field(default_factory=dict)
    """By shared id, what it pays for the programmes of that id over the plan, pence."""
    ranges: Ranges | None = None

    def count(self, severity: Severity) -> int:
        """Return how many findings of a severity it has; a plan that broke off is one error."""
        count = sum(1 for f in self.findings if f["severity"] == severity)
        broke_off = self.state == FAILED and severity is Severity.ERROR
        return count + 1 if broke_off else count


@dataclass(frozen=True, slots=True)
class Batch:
    """What a batch came to: every plan by file name, how many an earlier run did, the tables."""

    runs: tuple[PlanRun, ...]
    earlier: int
    blocks: dict[str, Block]
    again: dict[str, str]
    """Plans of an area that is counted already, with the plan that counts."""


def batch(
    folder: Path,
    out: Path,
    *,
    draws: int = 1000,
    seed: int = 1,
    workers: int = 1,
    scheduler: str | None = None,
    progress: Progress = quiet,
) -> tuple[Batch, list[Path]]:
    """Return what the plans of a folder come to, and the files written into `out`.

    The files are a workbook and its tables as CSV. With a scheduler (`tcp://…`) the plans are run
    on that Dask cluster, else by so many workers of this machine. What a batch
    wrote into `out` is written over, and nothing else. Raises `ValueError` where there is no plan,
    no such scheduler, too few draws, more than fit, or a file in `out` that is not a batch's.
    """
    if draws < 2:
        raise ValueError("a simulation needs at least 2 draws")
    files = _plan_files(folder)
    own = OwnFiles(out, out / KEPT / RECORD)
    own.refuse_others(RESULTS)
    _refuse_strangers(own, out, files)
    own.claim(_kept_name(path) for path in files)
    contents, runs = _contents(files)
    keys = {name: _key(content, draws, seed) for name, content in contents.items()}
    done_before = _done_before(out, keys)
    runs |= done_before
    progress(f"{len(done_before)} of {len(files)} plans were done before")

    def task(name: str, left_out: tuple[str, ...] = ()) -> _Task:
        return name, contents[name], draws, seed, left_out

    with crew(workers, scheduler) as hands:
        for _, run in _each(hands, [task(name) for name in contents if name not in runs]):
            _fits(run, len(files), draws)
            runs[run.file] = run
            # A plan that broke off is not kept: the next run tries it again.
            if run.state != FAILED:
                packed = {f"{run.file}.npz": _packed(run, keys[run.file])}
                write_outputs(out / KEPT, packed, overwrite=True)
            progress(f"{len(runs)} of {len(files)} plans: {run.file} {run.state}")
        every = tuple(runs[path.name] for path in files)
        once = _share_out(hands, every, task, progress)
    progress("Rolling up")
    result = _rolled_up(every, len(done_before), once)
    return result, own.write(_files(result))


def _done_before(out: Path, keys: Mapping[str, str]) -> dict[str, PlanRun]:
    """Return what plans came to in an earlier run of the same plan, version, draws and seed."""
    kept = {name: _kept(out, name, key) for name, key in keys.items()}
    return {name: run for name, run in kept.items() if run is not None}


def _share_out(
    hands: Crew,
    every: tuple[PlanRun, ...],
    task: Callable[[str, tuple[str, ...]], _Task],
    progress: Progress,
) -> _Counted:
    """Return what is counted once, each shared programme parted among the plans that share it.

    The parts need runs of the plans without what they share. One that breaks off in such a run is
    a failed plan: its figures with what another plan counts would count that twice. What it would
    have shared is then the others', so that what is needed is looked for again.
    """
    by_file = {run.file: run for run in every}
    without: dict[_Without, Ranges] = {}
    once = _counted_once(every)
    while waiting := [step for step in once.needed if step not in without]:
        for done, run in _each(hands, [task(*step) for step in waiting]):
            if run.ranges is None:
                broken = by_file[run.file]
                broken.state, broken.fault, broken.ranges = FAILED, run.fault, None
                continue
            without[run.file, done[4]] = run.ranges
            progress(f"{run.file} without programmes that several places share")
        once = _counted_once(every)
    once.share_out(without)
    return once


def _plan_files(folder: Path) -> list[Path]:
    """Return the plans of a folder by name; hidden files and Excel's own lock files are left out.

    Raises `ValueError` where there is none.
    """
    endings = (*WORKBOOKS, *TEXTS)
    files = [
        path
        for path in folder.iterdir()
        if path.suffix.casefold() in endings and path.name[0] not in ".~" and not path.is_dir()
    ]
    if not files:
        raise ValueError(
            f"There is no plan in {folder}: a plan ends in .xlsx, .xlsm, .yaml, .yml or .json"
        )
    return sorted(files)


def _kept_name(plan: Path) -> str:
    return f"{KEPT}/{plan.name}.npz"


def _refuse_strangers(own: OwnFiles, out: Path, files: list[Path]) -> None:
    """Raise `ValueError` for a file that stands where a plan's result is kept and is not one."""
    for plan in files:
        path = out / _kept_name(plan)
        is_there = path.is_symlink() or path.exists()
        if is_there and not own.claimed(_kept_name(plan)) and not _is_kept_result(path):
            raise ValueError(
                f"{path} was not written by this command. Move it away, or choose another --out."
            )


def _is_kept_result(path: Path) -> bool:
    import zipfile

    try:
        if not path.is_file():
            return False
        with zipfile.ZipFile(path) as packed:
            return "facts.npy" in packed.namelist()
    except (OSError, zipfile.BadZipFile):
        return False


def _contents(files: list[Path]) -> tuple[dict[str, bytes], dict[str, PlanRun]]:
    """Return the bytes of each file by name, and a failed run for each that cannot be read."""
    contents: dict[str, bytes] = {}
    failed: dict[str, PlanRun] = {}
    for path in files:
        try:
            if path.exists() and not path.is_file():
                raise OSError(None, "it is a pipe or a device, not a file")
            if path.stat().st_size > LARGEST_TEXT:
                raise OSError(None, f"it is larger than {LARGEST_TEXT // 10**6} MB")
            contents[path.name] = path.read_bytes()
        except OSError as fault:
            message = f"It cannot be read: {fault.strerror}."
            failed[path.name] = PlanRun(path.name, FAILED, fault=message)
    return contents, failed


def _fits(run: PlanRun, plans: int, draws: int) -> None:
    """Raise `ValueError` where so many plans as large as this one do not fit in memory together."""
    bytes_a_draw = run.ranges.draws.nbytes * plans // draws if run.ranges else 0
    if bytes_a_draw * draws > MEMORY:
        most = (
            f"about {MEMORY // bytes_a_draw:,} fit into the {MEMORY // 1024**3} GiB kept for them"
        )
        raise ValueError(f"{draws:,} draws of {plans:,} plans are too many: {most}")


def _key(content: bytes, draws: int, seed: int) -> str:
    """Return what a kept result depends on: the plan's bytes, this version, draws and seed."""
    return hashlib.sha256(content + f"|{__version__}|{draws}|{seed}".encode()).hexdigest()


def _each(hands: Crew, waiting: list[_Task]) -> Iterator[tuple[_Task, PlanRun]]:
    """Yield every plan as it is done; one whose worker died or that broke is a failed run."""
    for task, made in hands.run(run_one, waiting):
        is_run = isinstance(made, PlanRun)
        yield task, made if is_run else PlanRun(task[0], FAILED, fault=_words(made))


def _words(fault: BaseException) -> str:
    """Return why a plan broke off, in one line; the kind of fault is named where it is ours."""
    first_line = str(fault).splitlines()[0][:300] if str(fault) else ""
    kind = "" if isinstance(fault, ValueError) else type(fault).__name__
    parts = ("It could not be finished", kind, first_line)
    return ": ".join(part for part in parts if part)


def run_one(task: _Task) -> PlanRun:
    """Return one plan checked, run and simulated, in a worker on any machine.

    `task`: the file's name, its bytes, draws, seed, and the shared ids of programmes without which
    the plan is run.
    """
    from icbudget.answers.signed import state_of
    from icbudget.engine.uncertainty.national_draws import (
        paid_for_shared,
        ranges_of,
        without_programmes,
    )
    from icbudget.engine.uncertainty.simulate import simulate

    keep_memory()
    name, content, draws, seed, left_out = task
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        opened = check(path)
    findings = [f.as_record() for f in opened.findings]
    if opened.case is None or opened.case.result is None:
        setup = opened.draft.plan.setup if opened.draft.plan else None
        return PlanRun(
            name,
            WITH_ERRORS,
            setup.title if setup else "",
            setup.ons_code if setup else "",
            findings,
        )
    plan, state = opened.case.plan, state_of(opened.case)
    counts = without_programmes(plan, left_out) if left_out else plan
    made = simulate(counts, draws, seed, place=plan.setup.ons_code or name)
    return PlanRun(
        name,
        DONE,
        plan.setup.title,
        plan.setup.ons_code,
        findings,
        standing=state.state,
        waits=state.why,
        paid_for_shared=paid_for_shared(opened.case.result),
        ranges=ranges_of(made),
    )


def _packed(run: PlanRun, key: str) -> bytes:
    """Return a plan's result as bytes, to be taken up again.

    It is not compressed: that would keep the workers waiting.
    """
    import numpy as np

    ranges = run.ranges
    facts: dict[str, Any] = {**asdict(_without_ranges(run)), "key": key}
    arrays: dict[str, Any] = {}
    if ranges is not None:
        facts |= {"years": ranges.years, "names": ranges.names}
        arrays = {"planned": ranges.planned, "draws": ranges.draws}
    stream = io.BytesIO()
    np.savez(stream, facts=np.frombuffer(json.dumps(facts).encode(), dtype=np.uint8), **arrays)
    return stream.getvalue()


def _without_ranges(run: PlanRun) -> PlanRun:
    return replace(run, ranges=None)


def _kept(out: Path, name: str, key: str) -> PlanRun | None:
    """Return what a plan came to in an earlier run with the same key; None where there is none."""
    import zipfile

    import numpy as np

    from icbudget.engine.uncertainty.national_draws import Ranges

    path = out / KEPT / f"{name}.npz"
    try:
        with np.load(path, allow_pickle=False) as packed:
            # No pickle: a file in the folder of results may be anybody's, and unpickling one runs
            # its code.
            facts = json.loads(packed["facts"].tobytes())
            if facts.pop("key") != key:
                return None
            years, names = facts.pop("years", None), facts.pop("names", None)
            run = PlanRun(**facts)
            if years is not None:
                run.ranges = Ranges(
                    run.area, tuple(years), tuple(names), packed["planned"], packed["draws"]
                )
            return run
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return None


_Without = tuple[str, tuple[str, ...]]
"""A plan's file, and the shared ids of programmes without which it is run."""


@dataclass(frozen=True, slots=True)
class _Counted:
    """What is counted once where plans of a batch overlap.

    Each counted plan's ranges by file, the plans of an area that is counted already with the plan
    that counts, and for each shared id what each counted plan pays for it, pence, by file: the
    first counts the programme whole, and each gets its part of that.
    """

    ranges: dict[str, Ranges]
    again: dict[str, str]
    shared: dict[str, dict[str, int]]

    @property
    def needed(self) -> list[_Without]:
        """Return the runs without shared programmes that the parts are worked out from."""
        return list(chain.from_iterable(map(self._steps, self._shares())))

    def share_out(self, without: dict[_Without, Ranges]) -> None:
        """Give each plan its part of every shared programme in place of the whole of it."""
        from icbudget.engine.uncertainty.national_draws import parts_of, with_part

        complete = dict(self.ranges)
        for file in self._shares():
            self.ranges[file] = without[self._steps(file)[0]]
        for file in self._shares():
            steps = [without[step] for step in self._steps(file)]
            if len(steps) == len(self._counts(file)):
                steps.append(complete[file])
            for n, id in enumerate(self._counts(file)):
                places = self.shared[id]
                parts = parts_of(steps[n + 1], steps[n], list(places.values()))
                for place, part in zip(places, parts, strict=True):
                    self.ranges[place] = with_part(self.ranges[place], part)

    def _shares(self) -> list[str]:
        """Return the plans with a programme that another counted plan has too."""
        return [file for file in self.ranges if self._of(file)]

    def _of(self, file: str) -> list[str]:
        return [id for id, paid in sorted(self.shared.items()) if len(paid) > 1 and file in paid]

    def _counts(self, file: str) -> list[str]:
        return [id for id in self._of(file) if next(iter(self.shared[id])) == file]

    def _steps(self, file: str) -> list[_Without]:
        """Return the runs of a plan: without all that it shares, then with one more that it counts.

        One after the other, since two programmes on one line avoid less than each alone: so their
        effects add up to that of both. With everything it is run already.
        """
        counts = self._counts(file)
        steps = []
        for n in range(len(counts) + 1):
            left_out = tuple(id for id in self._of(file) if id not in counts[:n])
            if left_out:
                steps.append((file, left_out))
        return steps


def _counted_once(runs: tuple[PlanRun, ...]) -> _Counted:
    """Return what is counted of plans: each area once, and each shared programme once.

    Of several plans of an area the one in force counts, else the signed, else the agreed one, else
    the first by name; a shared programme counts in the first plan in that order.
    """
    from icbudget.engine.uncertainty.national_draws import counted

    def rank(run: PlanRun) -> int:
        return _FIRST.index(run.standing) if run.standing in _FIRST else len(_FIRST)

    done = sorted((run for run in runs if run.ranges is not None), key=rank)
    kept, again = counted([(run.file, run.ranges) for run in done if run.ranges is not None])
    counting = [run for run in done if run.file not in again]
    shared: dict[str, dict[str, int]] = {}
    for run in counting:
        for id, paid in run.paid_for_shared.items():
            shared.setdefault(id, {})[run.file] = paid
    ranges = {run.file: simulated for run, simulated in zip(counting, kept, strict=True)}
    return _Counted(ranges, again, shared)


def _rolled_up(runs: tuple[PlanRun, ...], earlier: int, once: _Counted) -> Batch:
    from icbudget import reference
    from icbudget.answers.roll_up import plans_block, roll_up_block, shared_block
    from icbudget.engine.uncertainty.national_draws import roll_up

    lines = []
    for run in runs:
        area = reference.find_area(run.area) if run.area else None
        state = run.fault or run.state
        if run.file in once.again:
            state = f"counted once, with {once.again[run.file]}"
        labels = (
            run.file,
            run.title,
            area.name if area else "",
            area.region if area else "",
            state,
            run.standing,
            run.waits,
        )
        lines.append((labels, run.count(Severity.ERROR), run.count(Severity.WARNING), run.ranges))
    in_order = [once.ranges[run.file] for run in runs if run.file in once.ranges]
    blocks = {"roll-up": roll_up_block(roll_up(in_order)), "plans": plans_block(lines)}
    if once.shared:
        blocks["shared"] = shared_block(once.shared)
    blocks["findings"] = _findings(runs)
    return Batch(runs, earlier, blocks, once.again)


def _findings(runs: tuple[PlanRun, ...]) -> Block:
    from icbudget.answers.block import Row

    lines: list[tuple[str, ...]] = []
    for run in runs:
        for f in run.findings:
            severity = str(f["severity"]).capitalize()
            lines.append((run.file, severity, str(f["where"]), str(f["message"]), str(f["fix"])))
    # What broke off comes last: it says nothing about a plan's own figures.
    for run in runs:
        if run.fault:
            fix = "Run it by itself with icbudget run."
            lines.append((run.file, "Error", "", run.fault, fix))
    rows = [Row(labels, "", ()) for labels in lines]
    shows = "Everything that is wrong, or worth knowing, in every plan."
    return Block(
        "Findings", shows, ("File", "Severity", "Where", "Finding", "Fix"), (), tuple(rows)
    )


def _files(result: Batch) -> dict[str, bytes]:
    from icbudget.report.csv_json import block_csv, csv_file
    from icbudget.report.national_report import workbook

    files = {"national.xlsx": workbook(result.blocks.values())}
    for name, block in result.blocks.items():
        files[f"{name}.csv"] = csv_file(block_csv(block))
    return files
