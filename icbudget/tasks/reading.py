"""Reading a plan file and examining it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from icbudget.answers.block import Block
from icbudget.answers.case import Case, evaluate_draft
from icbudget.answers.catalogue import answered, answers_of
from icbudget.findings import Finding, Place, error
from icbudget.plan import plan_text
from icbudget.plan.rows import Draft
from icbudget.plan.scenario_overlay import no_such_scenario, scenarios_of

WORKBOOKS = (".xlsx", ".xlsm")
TEXTS = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True)
class Opened:
    """A plan that was read and examined: its file, what was read, its case, and every finding with
    its place.
    """

    path: Path
    draft: Draft
    case: Case | None
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        """Return whether there is a result."""
        return self.case is not None and self.case.result is not None

    @property
    def answered(self) -> bool:
        """Return whether there are answers: a result, or all that is known where figures cannot be
        read.
        """
        return self.case is not None and self.case.has_answers


def load(path: Path) -> Draft:
    """Return the draft of a plan from a workbook (.xlsx, .xlsm), YAML or JSON file; what is wrong
    with the file is findings.
    """
    suffix = path.suffix.casefold()
    if suffix in TEXTS:
        return _load_text(path)
    if not path.is_file():
        told = f"{path} is a folder." if path.is_dir() else f"There is no file {path.name}."
        return Draft(
            findings=[
                error("file.missing", told, "Check the name and folder.", Place(workbook=path.name))
            ]
        )
    from icbudget.workbook.reading.read_plan import read_workbook

    return read_workbook(path)


def _load_text(path: Path) -> Draft:
    place = Place(workbook=path.name)
    try:
        if path.stat().st_size > 50_000_000:
            return Draft(
                findings=[
                    error(
                        "file.too-large",
                        f"{path.name} is larger than 50 MB.",
                        "A plan is far smaller.",
                        place,
                    )
                ]
            )
        content = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return Draft(
            findings=[
                error(
                    "file.missing",
                    f"There is no file {path.name}.",
                    "Check the name and folder.",
                    place,
                )
            ]
        )
    except (OSError, UnicodeDecodeError):
        return Draft(
            findings=[
                error(
                    "file.unreadable",
                    f"{path.name} cannot be read as text.",
                    "Save it as UTF-8.",
                    place,
                )
            ]
        )
    return plan_text.from_yaml(content, path.name)


def check(path: Path, scenario: str | None = None) -> Opened:
    """Return a plan file read and examined, with every finding at once. A scenario given here
    overrides Setup's.

    Raises `ValueError` for a scenario given here that the plan has not: one that Setup names is a
    finding.
    """
    draft = load(path)
    if scenario is not None and draft.plan is not None:
        if scenario and scenario not in scenarios_of(draft.plan):
            unknown = no_such_scenario(draft.plan, scenario)
            raise ValueError(f"{unknown.message} {unknown.fix}")
        draft.plan = draft.plan.model_copy(
            update={"setup": draft.plan.setup.model_copy(update={"active_scenario": scenario})}
        )
    case = evaluate_draft(draft)
    return Opened(path, draft, case, case.findings if case else tuple(draft.findings))


def answers(case: Case, made: Mapping[str, Block] = MappingProxyType({})) -> dict[str, Block]:
    """Return every answer of a case by its id, those that are made already as they are.

    Only the findings where an error stops the engine; what hangs on a figure that nobody can read
    is not known.
    """
    return {a.id: made[a.id] if a.id in made else answered(case, a) for a in answers_of(case)}
