"""Many plans: a folder of them checked, run, simulated and rolled up, on this machine or on a Dask
cluster.

What a plan came to is kept beside the results, so that a run that was stopped goes on where it was.
One bad plan never stops the rest: it is listed with its findings.
"""

from __future__ import annotations

import hashlib
import io
import json
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from icbudget import __version__
from icbudget.answers.block import Block
from icbudget.findings import Severity
from icbudget.tasks.memory import keep_memory
from icbudget.tasks.reading import TEXTS, WORKBOOKS, check
from icbudget.tasks.workers import Crew, crew
from icbudget.tasks.writing import Progress, quiet, write_outputs

if TYPE_CHECKING:
    from icbudget.engine.uncertainty.national_draws import Ranges

DONE, WITH_ERRORS, FAILED = "done", "errors", "failed"
KEPT = "plans"
"""Folder, beside the results, of what each plan came to."""
MEMORY = 2 * 1024**3
"""Bytes that what all plans come to may take together."""


@dataclass(slots=True)
class PlanRun:
    """One plan of a batch: its file, how it stands, its findings, and what it came to where it has
    no errors.
    """

    file: str
    state: str
    title: str = ""
    area: str = ""
    findings: list[dict[str, Any]] = field(default_factory=list)
    fault: str = ""
    ranges: Ranges | None = None

    def count(self, severity: Severity) -> int:
        """Return how many findings of a severity it has; a plan that could not be finished is one
        error.
        """
        return sum(f["severity"] == severity for f in self.findings) + (
            self.state == FAILED and severity is Severity.ERROR
        )


@dataclass(frozen=True, slots=True)
class Batch:
    """What a batch came to: every plan by file name, which were taken from an earlier run, and the
    tables.
    """

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
    """Return what the plans of a folder come to, and the files written into `out`: workbook and
    tables as CSV.

    With a scheduler (`tcp://…`) the plans are run on that Dask cluster, else by so many workers of
    this machine. The folder `out` is written over: it is a batch's own. Raises `ValueError` where
    there is no plan, no such scheduler, too few draws, or more than fit.
    """
    if draws < 2:
        raise ValueError("a simulation needs at least 2 draws")
    named = (
        p
        for p in folder.iterdir()
        if p.suffix.casefold() in (*WORKBOOKS, *TEXTS) and p.name[0] not in ".~"
    )
    files = sorted(p for p in named if not p.is_dir())
    if not files:
        raise ValueError(
            f"There is no plan in {folder}: a plan ends in .xlsx, .xlsm, .yaml, .yml or .json"
        )
    contents: dict[str, bytes] = {}
    runs: dict[str, PlanRun] = {}
    for path in files:
        try:
            contents[path.name] = path.read_bytes()
        except OSError as fault:
            runs[path.name] = PlanRun(
                path.name, FAILED, fault=f"It cannot be read: {fault.strerror}."
            )
    keys = {name: _key(content, draws, seed) for name, content in contents.items()}
    before = {name: run for name, key in keys.items() if (run := _kept(out, name, key)) is not None}
    runs, earlier = runs | before, len(before)
    progress(f"{earlier} of {len(files)} plans were done before")
    waiting = [(name, contents[name], draws, seed) for name in contents if name not in runs]
    with crew(workers, scheduler) as hands:
        for run in _each(hands, waiting):
            _fits(run, len(files), draws)
            runs[run.file] = run
            if run.state != FAILED:
                write_outputs(
                    out / KEPT, {f"{run.file}.npz": _packed(run, keys[run.file])}, overwrite=True
                )
            progress(f"{len(runs)} of {len(files)} plans: {run.file} {run.state}")
    progress("Rolling up")
    whole = _rolled_up(tuple(runs[path.name] for path in files), earlier)
    return whole, write_outputs(out, _files(whole), overwrite=True)


def _fits(run: PlanRun, plans: int, draws: int) -> None:
    """Raise `ValueError` where so many plans as large as this one would not fit in memory together,
    with what would.
    """
    each = run.ranges.draws.nbytes * plans // draws if run.ranges else 0
    if each * draws > MEMORY:
        told = f"about {MEMORY // each:,} fit into the {MEMORY // 1024**3} GiB kept for them"
        raise ValueError(f"{draws:,} draws of {plans:,} plans are too many: {told}")


def _key(content: bytes, draws: int, seed: int) -> str:
    """Return what a kept result hangs on: the plan's bytes, this version, draws and seed."""
    return hashlib.sha256(content + f"|{__version__}|{draws}|{seed}".encode()).hexdigest()


def _each(hands: Crew, waiting: list[tuple[str, bytes, int, int]]) -> Iterator[PlanRun]:
    """Yield every plan as it is done; one whose worker died or that broke is told as failed."""
    for given, made in hands.run(run_one, waiting):
        yield made if isinstance(made, PlanRun) else PlanRun(given[0], FAILED, fault=_words(made))


def _words(fault: BaseException) -> str:
    said = str(fault).splitlines()[0][:300] if str(fault) else ""
    parts = (
        "It could not be finished",
        "" if isinstance(fault, ValueError) else type(fault).__name__,
        said,
    )
    return ": ".join(part for part in parts if part)


def run_one(given: tuple[str, bytes, int, int]) -> PlanRun:
    """Return one plan checked, run and simulated, in a worker on any machine. `given`: file name,
    its bytes, draws, seed.
    """
    from icbudget.engine.uncertainty.national_draws import ranges_of
    from icbudget.engine.uncertainty.simulate import simulate

    keep_memory()
    name, content, draws, seed = given
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        opened = check(path)
    found = [f.as_record() for f in opened.findings]
    if opened.case is None or opened.case.result is None:
        setup = opened.draft.plan.setup if opened.draft.plan else None
        return PlanRun(
            name, WITH_ERRORS, setup.title if setup else "", setup.ons_code if setup else "", found
        )
    plan = opened.case.plan
    made = simulate(plan, draws, seed, place=plan.setup.ons_code or name)
    return PlanRun(name, DONE, plan.setup.title, plan.setup.ons_code, found, ranges=ranges_of(made))


def _packed(run: PlanRun, key: str) -> bytes:
    """Return a plan's result as bytes, to be taken up again; not packed tight, which would keep the
    workers waiting.
    """
    import numpy as np

    ranges, told = run.ranges, {**asdict(_bare(run)), "key": key}
    arrays: dict[str, Any] = {}
    if ranges is not None:
        told |= {"years": ranges.years, "names": ranges.names}
        arrays = {"planned": ranges.planned, "draws": ranges.draws}
    stream = io.BytesIO()
    np.savez(stream, told=np.frombuffer(json.dumps(told).encode(), dtype=np.uint8), **arrays)
    return stream.getvalue()


def _bare(run: PlanRun) -> PlanRun:
    return PlanRun(run.file, run.state, run.title, run.area, run.findings, run.fault)


def _kept(out: Path, name: str, key: str) -> PlanRun | None:
    """Return what a plan came to in an earlier run with the same plan, version, draws and seed;
    None where there is none.
    """
    import zipfile

    import numpy as np

    from icbudget.engine.uncertainty.national_draws import Ranges

    path = out / KEPT / f"{name}.npz"
    try:
        with np.load(path, allow_pickle=False) as packed:
            told = json.loads(packed["told"].tobytes())
            if told.pop("key") != key:
                return None
            years, names = told.pop("years", None), told.pop("names", None)
            run = PlanRun(**told)
            if years is not None:
                run.ranges = Ranges(
                    run.area, tuple(years), tuple(names), packed["planned"], packed["draws"]
                )
            return run
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return None


def _rolled_up(runs: tuple[PlanRun, ...], earlier: int) -> Batch:
    from icbudget import reference
    from icbudget.answers.roll_up import plans_block, roll_up_block
    from icbudget.engine.uncertainty.national_draws import counted, roll_up

    kept, again = counted([(run.file, run.ranges) for run in runs if run.ranges is not None])
    lines = []
    for run in runs:
        area = reference.find_area(run.area) if run.area else None
        state = (
            f"counted once, with {again[run.file]}" if run.file in again else run.fault or run.state
        )
        labels = (
            run.file,
            run.title,
            area.name if area else "",
            area.region if area else "",
            state,
        )
        lines.append((labels, run.count(Severity.ERROR), run.count(Severity.WARNING), run.ranges))
    blocks = {
        "roll-up": roll_up_block(roll_up(kept)),
        "plans": plans_block(lines),
        "findings": _findings(runs),
    }
    return Batch(runs, earlier, blocks, again)


def _findings(runs: tuple[PlanRun, ...]) -> Block:
    from icbudget.answers.block import Row

    rows = [
        Row(
            (
                run.file,
                str(f["severity"]).capitalize(),
                str(f["where"]),
                str(f["message"]),
                str(f["fix"]),
            ),
            "",
            (),
        )
        for run in runs
        for f in run.findings
    ]
    rows += [
        Row((run.file, "Error", "", run.fault, "Run it by itself with icbudget run."), "", ())
        for run in runs
        if run.fault
    ]
    shows = "Everything that is wrong, or worth knowing, in every plan."
    return Block(
        "Findings", shows, ("File", "Severity", "Where", "Finding", "Fix"), (), tuple(rows)
    )


def _files(whole: Batch) -> dict[str, bytes]:
    from icbudget.report.csv_json import block_csv
    from icbudget.report.national_report import workbook

    files = {
        f"{name}.csv": block_csv(block).encode("utf-8-sig") for name, block in whole.blocks.items()
    }
    return {**files, "national.xlsx": workbook(whole.blocks.values())}
