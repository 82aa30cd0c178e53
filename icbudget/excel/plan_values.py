"""Plans as values: tables to a plan that is kept under its hash, and a handle back to the plan.

`plan_of` takes any plan tables in any order, each known by its headings. `case_of` and `table` take
the handle, follow its recipe and give what the plan comes to. The same content is worked out once,
whoever asks. A plan that is no longer kept is an error that says what to press, never another plan.
"""

from __future__ import annotations

import hashlib
import pickle
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from icbudget.answers import answer_titles
from icbudget.answers.answer import Answer
from icbudget.answers.answered import answered, answers_of, in_a_cell
from icbudget.answers.block import Block
from icbudget.answers.case import Case, evaluate_draft
from icbudget.answers.catalogue import ANSWERS, CHECKLIST, CHECKS, READS_WORDS
from icbudget.answers.named_figures import figures_of_plan
from icbudget.answers.partner_positions import lines_of_findings, made_of
from icbudget.checks import Checked
from icbudget.excel import plan_store, plan_tables
from icbudget.excel.answer_cache import Memo
from icbudget.excel.coerce import Cells, InputProblem
from icbudget.excel.plan_handles import Change, Handle, Step, handle_of, step_of
from icbudget.excel.plan_tables import (
    COMPRESSION,
    draft_of,
    hash_of,
    recognised,
    refusal,
    tables_of,
)
from icbudget.findings import Finding
from icbudget.plan.cell_values import is_blank, is_error_value
from icbudget.plan.figure_names import (
    FigureNameProblem,
    input_figure,
    input_figures,
    shortest,
    with_figures,
)
from icbudget.plan.identity import HANDLE_DIGITS, worked_hash
from icbudget.plan.rows import Draft
from icbudget.plan.scenario_overlay import no_such_scenario, scenarios_of, with_scenario


class PlanNotKept(InputProblem):
    """A handle whose plan is not kept for this person: it was dropped, or never was theirs."""


@dataclass(frozen=True, slots=True)
class _Worked:
    """What was worked out of a plan: its findings, what answers need, and answers asked for.

    Those that only this very plan has are packed as they are asked for. `case` is without its
    draft, which knows the place of every cell. All is about half of what it was made from: 1.6 MB
    for a plan like the illustrative borough, of 5,000 cells.
    """

    case: Case | None
    findings: tuple[Finding, ...]
    own: Memo[bytes]
    layout: bytes
    """As how the tables were laid out that the findings name places of."""
    cells: int
    """Filled cells that it was made from."""


_hashes: Memo[str] = Memo(most=256, most_cells=256)
"""The hash of a plan by the digest of its cells, or by its base and recipe."""
_drafts: Memo[Draft] = Memo(most=8, most_cells=8)
_followed: Memo[Draft] = Memo(most=2, most_cells=2)
"""What was read, with a recipe followed: it is asked for by its content, and to be worked out."""
_cases: Memo[Case | None] = Memo(most=4, most_cells=4)
"""Whole, with the place of every cell, for those who ask about single figures."""
_calculations: Memo[_Worked] = Memo(most=64, most_cells=500_000)
_answers: Memo[Memo[bytes]] = Memo(most=64, most_cells=64)
"""The answers of a plan, packed as they are asked for, by what they are worked out from: plans that
differ in words alone have them together.
"""
_worked_hashes: Memo[bytes] = Memo(most=256, most_cells=256)
"""What a plan's answers are worked out from, as a hash, by its content."""
_questions: Memo[bytes] = Memo(most=64, most_cells=64)
"""Comparisons and simulations, packed, by the question and the content of its plans."""
_checked: list[Checked | None] = [None]
"""The last plan that was checked: a check of the next one that looks at nothing which differs finds
the same."""
_store: list[plan_store.Store] = [plan_store.MemoryStore()]


def use(store: plan_store.Store) -> None:
    """Keep plans in another store from now on."""
    _store[0] = store


def forget() -> None:
    """Forget what was worked out and what is kept in the process: as after a restart."""
    kept: tuple[Memo[Any], ...] = (_hashes, _drafts, _followed, _cases, _calculations, _answers)
    for memo in (*kept, _worked_hashes, _questions):
        memo.clear()
    plan_tables.forget()
    _checked[0] = None
    if isinstance(_store[0], plan_store.MemoryStore):
        use(plan_store.MemoryStore())


def plan_of(tables: Sequence[Cells]) -> str:
    """Return the handle of the plan that tables make, in any order; a blank one is none.

    Raises `InputProblem` for an argument that is an error value or no table of a plan, for two of
    a kind, and where there is none at all.
    """
    known_tables = recognised(tables)
    content = known_tables.content
    raw = hashlib.sha256(content).digest()
    digest = _hashes.get(raw, 1, lambda: hash_of(_draft_in(content)))
    handle = Handle(digest[:HANDLE_DIGITS])
    _store[0].keep(plan_store.owner(), handle.hash, digest, content)
    return str(handle)


def answers_of_draft(draft: Draft) -> dict[str, Block]:
    """Return every answer by its id; only the findings where an error stops the plan.

    What is not known of an answer is said in it.
    """
    case = evaluate_draft(draft)
    if case is None:
        return {CHECKS.id: CHECKS.block(lines_of_findings(draft.findings))}
    return {answer.id: answered(case, answer) for answer in answers_of(case)}


def handle_of_draft(draft: Draft) -> str:
    """Return the handle of what was read, without keeping it."""
    return str(Handle(hash_of(draft)[:HANDLE_DIGITS]))


def scenario_of(text: str, scenario: str) -> str:
    """Return the handle of a plan with a scenario laid over it; a blank name is the plan itself.

    Raises `InputProblem` for a scenario that is none of the plan's, with the nearest.
    """
    handle = known_handle(text)
    if not scenario.strip():
        return text
    plan = _draft_at(handle).plan
    if plan is None:
        raise InputProblem("The plan's Setup cannot be read. See Checks.")
    names = {name.casefold(): name for name in scenarios_of(plan)}
    meant = names.get(scenario.strip().casefold())
    if meant is None:
        finding = no_such_scenario(plan, scenario.strip())
        raise InputProblem(f"{finding.message} {finding.fix}")
    return _then(handle, Step("as", scenario=meant))


def with_changes(text: str, changes: Iterable[tuple[str, Any]]) -> str:
    """Return the handle of a plan with figures changed, each by its name.

    A change to what stands in the plan already is none. Raises `InputProblem` for a name that does
    not mean one figure, and for a value that the figure cannot have.
    """
    handle = known_handle(text)
    case = _case_at(handle)
    if case is None:
        raise InputProblem("The plan's Setup cannot be read. See Checks.")
    figures = figures_of_plan(case)
    made: dict[str, Change] = {}
    paths: list[tuple[str, str]] = []
    for name, raw in changes:
        try:
            figure = input_figure(figures, name)
        except FigureNameProblem as problem:
            raise InputProblem(str(problem)) from None
        if figure.name in made:
            raise InputProblem(f"{figure.name} is there twice. Keep one of the two.")
        value = _value_text(figure.name, raw)
        if figure.value is None or value != shortest(figure.value):
            made[figure.name] = (figure.name, value)
            paths.append((figure.path, value))
    if not made:
        return text.strip()
    refusals = with_figures(case.before_scenario, paths)[1]
    if refusals:
        raise InputProblem(f"{refusals[0].message} {refusals[0].fix}".rstrip())
    return _then(handle, Step("with", changes=tuple(made.values())))


def known_handle(text: str) -> Handle:
    """Return the handle that a cell's text is. Raises `InputProblem` where it is none."""
    handle = handle_of(text)
    if handle is None:
        shortened = text if len(text) <= 60 else f"{text[:57]}…"
        raise InputProblem(
            f"“{shortened}” is no plan. Give the cell that holds =ICB_PLAN(…), named Plan in the"
            " template."
        )
    return handle


def case_at(text: str) -> Case:
    """Return the case of a plan by its handle, with the place of every figure.

    Raises `InputProblem` where an error stops the plan.
    """
    handle = known_handle(text)
    case = _case_at(handle)
    if case is None:
        raise refusal(_draft_at(handle).findings)
    if not case.has_answers:
        raise refusal(case.findings)
    return case


def table(text: str, name: str) -> Block:
    """Return an answer of a plan as a block by its title.

    Raises `InputProblem` where no answer is called so, and where errors stop the plan; Checks is
    given all the same.
    """
    answer = answer_called(name)
    handle = known_handle(text)
    if answer is CHECKS:
        read = _case_at(handle)
        findings = _draft_at(handle).findings if read is None else read.findings
        return made_of(CHECKS.block(lines_of_findings(findings)), text.strip())
    if answer in READS_WORDS:
        kept = _worked_at(handle).own
    else:
        kept = _answers.get(_worked_from(handle), 1, _no_answers)

    def built() -> Block:
        case = _sound_case(handle)
        # What says where cells stand needs their places, which are not kept with the case.
        placed = _case_at(handle) if answer is CHECKLIST else case
        return _built(answer, placed or case)

    return _kept_packed(kept, answer.id.encode(), built)


def answered_once(question: str, handles: Iterable[str], make: Callable[[], Block]) -> Block:
    """Return what a question about plans comes to.

    It is made by `make` where the same was not asked before of equal content.
    """
    contents = [_content_key(known_handle(handle)) for handle in handles]
    digest = hashlib.sha256(b"\n".join((question.encode(), *contents))).digest()
    return _kept_packed(_questions, digest, make)


def _kept_packed(kept: Memo[bytes], digest: bytes, make: Callable[[], Block]) -> Block:
    """Return what is kept packed, made by `make` where it is not: then it need not be unpacked."""
    made: list[Block] = []

    def packed() -> bytes:
        made.append(make())
        return zlib.compress(pickle.dumps(made[0]), COMPRESSION)

    content = kept.get(digest, 1, packed)
    block: Block = made[0] if made else pickle.loads(zlib.decompress(content))  # of this process
    return block


def answer_called(name: str) -> Answer:
    """Return the answer of a title, however it is written.

    Raises `InputProblem` with the nearest three.
    """
    try:
        return answer_titles.answer_called(name)
    except FigureNameProblem as problem:
        raise InputProblem(str(problem)) from None


def _then(handle: Handle, step: Step) -> str:
    """Return a handle with one more step.

    A step that it cannot write out is kept beside the plan.
    """
    longer, beside = handle.then(step)
    if beside is not None:
        name = f"{handle.hash}/{beside.recipe_hash}"
        digest = hashlib.sha256(beside.recipe).hexdigest()
        _store[0].keep(plan_store.owner(), name, digest, beside.recipe)
    return str(longer)


def _entry(name: str, handle: str) -> tuple[str, bytes]:
    """Return what is kept for this person under a name. Raises `PlanNotKept`.

    What is somebody else's, and what never was, is missed by the same look-up.
    """
    entries = plan_store.find(_store[0], name)
    if len(entries) > 1:
        raise InputProblem(
            f"Two plans of yours share “{handle}”. Change a figure of one of them, such as its"
            " title."
        )
    if not entries:
        raise PlanNotKept(
            f"{handle} is not kept any more. Press Ctrl+Alt+F9, or Work out every answer in the"
            " task pane, and it is made again from its tables."
        )
    return entries[0]


def _written_out(handle: Handle) -> tuple[Step, ...]:
    """Return the steps of a handle, those kept beside the plan as they are."""
    steps: list[Step] = []
    for step in handle.steps:
        if step.kept:
            recipe = _entry(f"{handle.hash}/{step.kept}", str(handle))[1]
            steps.append(step_of(recipe))
        else:
            steps.append(step)
    return tuple(steps)


def _draft_in(content: bytes) -> Draft:
    """Return what was read of tables as they are kept; whoever asks next has it read already."""
    key = hashlib.sha256(content).digest()
    return _drafts.get(key, 1, lambda: draft_of(tables_of(content)))


def _draft_at(handle: Handle) -> Draft:
    """Return what was read of a handle's plan, with its recipe followed."""
    content = _entry(handle.hash, f"plan {handle.hash}")[1]
    steps = _written_out(handle)

    def followed() -> Draft:
        draft = _draft_in(content)
        for number, step in enumerate(steps):
            draft = _laid(draft, step, first=number == 0)
        return draft

    if not steps:
        return followed()
    return _followed.get(hashlib.sha256(content + _recipe(handle)).digest(), 1, followed)


def _laid(draft: Draft, step: Step, *, first: bool) -> Draft:
    """Return what was read with one step laid over it. Raises `InputProblem` where it cannot be."""
    plan = draft.plan
    if plan is None:
        raise refusal(draft.findings)
    if step.kind == "as":
        if not first:
            # A scenario of an earlier step stays below this one. The one that Setup names is the
            # plan's own choice, and a first step stands in its place.
            plan, findings = with_scenario(plan, plan.setup.active_scenario)
            if findings:
                raise refusal(findings)
        setup = plan.setup.model_copy(update={"active_scenario": step.scenario})
        return replace(draft, plan=plan.model_copy(update={"setup": setup}))
    laid, findings = with_scenario(plan, plan.setup.active_scenario)
    if findings:
        raise refusal(findings)
    figures = input_figures(laid)
    try:
        paths = [(input_figure(figures, name).path, value) for name, value in step.changes]
    except FigureNameProblem as problem:
        raise InputProblem(str(problem)) from None
    changed, refusals = with_figures(plan, paths)
    if refusals:
        raise refusal(refusals)
    # A figure that nobody can read is known once it is changed.
    known = {path for path, _ in paths}
    unknown = [figure for figure in draft.unknown if figure.path not in known]
    return replace(draft, plan=changed, unknown=unknown)


def _layout_key(handle: Handle) -> bytes:
    """Return by what a handle's plan is known with the places of its cells.

    They hang on how the tables are laid out, which is no part of the plan's hash.
    """
    content = _entry(handle.hash, f"plan {handle.hash}")[1]
    return hashlib.sha256(content + _recipe(handle)).digest()


def _case_at(handle: Handle) -> Case | None:
    """Return the case of a handle's plan with the place of every figure.

    It is None where its Setup cannot be read. What was worked out of the plan is taken from there.
    """
    key = _layout_key(handle)

    def evaluated() -> Case | None:
        worked = _calculations.known(_content_key(handle))
        if worked is not None and worked.layout == key and worked.case is not None:
            return _with_draft(worked.case, _draft_at(handle))
        case = evaluate_draft(_draft_at(handle), like=_checked[0])
        _checked[0] = _checked[0] if case is None or case.checked is None else case.checked
        return case

    return _cases.get(key, 1, evaluated)


def _worked_at(handle: Handle) -> _Worked:
    """Return what was worked out of a handle's plan."""
    key = _content_key(handle)

    def worked() -> _Worked:
        return _work(_case_at(handle), _draft_at(handle), _layout_key(handle))

    return _calculations.get(key, lambda plan: plan.cells, worked)


def _with_draft(case: Case, draft: Draft | None) -> Case:
    """Return a case with what it was read from, or without, and its readings alike."""
    readings = tuple(replace(reading, draft=draft) for reading in case.readings)
    return replace(case, draft=draft, readings=readings)


def _content_key(handle: Handle) -> bytes:
    """Return by what content a handle's plan is known.

    Equal content is worked out once, whatever its recipe.

    Raises `PlanNotKept` where the plan is not kept for this person, whatever was worked out.
    """
    digest = _entry(handle.hash, f"plan {handle.hash}")[0]
    recipe = _recipe(handle)
    if not recipe:
        return digest.encode()
    key = hashlib.sha256(digest.encode() + recipe).digest()
    return _hashes.get(key, 1, lambda: hash_of(_draft_at(handle))).encode()


def _recipe(handle: Handle) -> bytes:
    """Return the recipe of a handle in full; nothing for a plan by its hash alone."""
    return b"\n".join(step.recipe for step in _written_out(handle))


def _worked_from(handle: Handle) -> bytes:
    """Return what the answers of a handle's plan are worked out from, as a hash.

    Where something of the plan could not be read, it is the hash of its content.
    """
    content = _content_key(handle)

    def hashed() -> bytes:
        draft = _draft_at(handle)
        if draft.plan is None or not draft.sound or draft.unknown or any(draft.unread.values()):
            return content
        return worked_hash(draft.plan).encode()

    return _worked_hashes.get(content, 1, hashed)


def _sound_case(handle: Handle) -> Case:
    """Return the case of a handle's plan. Raises `InputProblem` where errors stop the answers."""
    worked = _worked_at(handle)
    if worked.case is None or not worked.case.has_answers:
        raise refusal(worked.findings)
    return worked.case


def _no_answers() -> Memo[bytes]:
    return Memo(most=len(ANSWERS), most_cells=len(ANSWERS))


def _work(case: Case | None, read: Draft, layout: bytes) -> _Worked:
    """Return what a plan comes to, without its answers: each is worked out when it is asked for."""
    findings = tuple(read.findings) if case is None else case.findings
    without_places = None if case is None else _with_draft(case, None)
    return _Worked(without_places, findings, _no_answers(), layout, len(read.places))


def _built(answer: Answer, case: Case) -> Block:
    """Return an answer.

    Raises `InputProblem` where not all of it is known, so that no total skips a part.
    """
    block = in_a_cell(case, answer)
    if block is None:
        places = {figure.place for figure in case.unknown}
        raise refusal([f for f in case.findings if f.place in places])
    return block


def _value_text(name: str, raw: Any) -> str:
    """Return a value as a recipe writes it; a blank is 0, as hosts do not tell them apart."""
    if is_blank(raw):
        return "0"
    if is_error_value(raw):
        raise InputProblem(f"The value of {name} is the Excel error {raw}. Type a figure.")
    return shortest(raw) if isinstance(raw, (bool, int, float)) else str(raw).strip()
