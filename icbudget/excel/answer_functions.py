"""The answers about a plan as worksheet functions: one for each answer of the catalogue, over whole
tables with headings.

A function takes the plan tables, each with its headings, columns in any order; a table with several
figures by year is followed by its companion. All answers of one calculation take the same tables,
so what was made of the last sets of tables is kept, by their content: the same tables give the same
answer, whoever asks. What is kept is small: the answers as they go out, packed, and as much of the
plan as those need which are still to be worked out.
"""

from __future__ import annotations

import hashlib
import pickle
import zlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from icbudget.answers import catalogue
from icbudget.answers.answer import Answer
from icbudget.answers.answered import answered, answers_of, fully_known
from icbudget.answers.block import Block
from icbudget.answers.case import Case, evaluate_draft
from icbudget.answers.catalogue import ANSWERS, EVERY_TABLE
from icbudget.answers.explain import explain, explanation_block
from icbudget.answers.partner_positions import findings_block
from icbudget.excel import coerce
from icbudget.excel.answer_cache import Memo
from icbudget.excel.coerce import Cells, InputProblem
from icbudget.excel.worksheet_function import Argument, Function
from icbudget.findings import Finding, Place
from icbudget.plan import SETUP, TABLES
from icbudget.plan.grid import companion_label, has_companion, read_grids
from icbudget.plan.headings import SETTING, Spot, folded, matched

CHECKS = catalogue.CHECKS.id
"""The one answer that is given whatever is wrong: it says what is wrong."""
_Examined = tuple[Case | None, tuple[Finding, ...], Mapping[str, Place]]
EXPLAIN = "ICB_EXPLAIN"
_examinations: Memo[_Examined] = Memo(most=2, most_cells=500_000)
"""Whole, with the place of every cell, for those who ask where a figure comes from; who asks later
has it read again.
"""


@dataclass(frozen=True, slots=True)
class _Given:
    """Tables as a host passed them, the same as others exactly when every cell is, in kind and
    value.
    """

    digest: bytes
    grids: dict[str, Cells] = field(compare=False)
    companions: dict[str, Cells] = field(compare=False)

    @property
    def cells(self) -> int:
        """Return how many cells all tables have."""
        return sum(
            len(row) for table in (*self.grids.values(), *self.companions.values()) for row in table
        )


@dataclass(frozen=True, slots=True)
class _Worked:
    """What was worked out of tables: the findings, the answers that read the one result, packed,
    and what the others need.

    `case` is without its draft, which knows the place of every cell. `later` keeps the others, as
    they are asked for. All is about half of what it was made from: 1.6 MB for a plan like the
    illustrative borough, of 5,000 cells.
    """

    case: Case | None
    findings: tuple[Finding, ...]
    answers: Mapping[str, bytes]
    later: Memo[bytes]


_calculations: Memo[_Worked] = Memo(most=64, most_cells=500_000)


def companion_argument(table: str) -> str:
    """Return the argument that takes a table's figures by year: `acute_lines` gives
    `acute_years`.
    """
    return f"{table.split('_')[0].removesuffix('s')}_years"


def arguments_of(tables: Iterable[str]) -> tuple[Argument, ...]:
    """Return the arguments of a function over these plan tables: Setup is needed, every other table
    may be left out.
    """
    arguments: list[Argument] = []
    for name in tables:
        table = SETUP if name == SETUP.field else TABLES[name]
        doc = f"The whole table {table.label} with its headings; columns may stand in any order"
        arguments.append(Argument(name, doc, coerce.table, optional=table is not SETUP))
        if has_companion(table):
            doc = f"The whole table {companion_label(table)} with its headings"
            arguments.append(Argument(companion_argument(name), doc, coerce.table, optional=True))
    return tuple(arguments)


def answer_function(answer: Answer) -> Function:
    """Return the worksheet function of an answer."""
    arguments = arguments_of(EVERY_TABLE)

    def call(*tables: Cells) -> Sequence[Sequence[Any]]:
        given = dict(zip((a.name for a in arguments), tables, strict=True))
        return _rows(answer, given)

    return Function(answer.excel_id, f"{answer.help}.", arguments, call)


def explain_function() -> Function:
    """Return the worksheet function that says where a figure comes from."""
    tables = arguments_of(EVERY_TABLE)
    asked = Argument(
        "figure",
        "What to explain: pool, year, partner and the like, parted by /, as Pool A / 2027/28 / ICB",
        coerce.sentence,
    )

    def call(figure: str, *given: Cells) -> Sequence[Sequence[Any]]:
        case, places = _answered(dict(zip((a.name for a in tables), given, strict=True)))
        return explanation_block(explain(case, figure, places)).grid()

    return Function(
        EXPLAIN,
        "Where a figure comes from: postings, formula in words, cells and sources.",
        (asked, *tables),
        call,
    )


def answered_blocks(raw_tables: Mapping[str, Any]) -> dict[str, Block]:
    """Return every answer by its id, made from raw tables by argument; only the findings where an
    error stops the plan.
    """
    case, findings, _ = _of_raw(raw_tables)
    if case is None:
        return {CHECKS: findings_block(findings)}
    return {a.id: answered(case, a) for a in answers_of(case)}


def case_of(raw_tables: Mapping[str, Any]) -> Case | None:
    """Return the case of raw tables by argument; None where Setup cannot be read."""
    return _of_raw(raw_tables)[0]


def _of_raw(raw_tables: Mapping[str, Any]) -> _Examined:
    given = {
        a.name: a.read(a.name, coerce.grid(a.name, raw_tables.get(a.name)))
        for a in arguments_of(EVERY_TABLE)
    }
    return _examined(_given(EVERY_TABLE, given))


def _rows(answer: Answer, given: Mapping[str, Cells]) -> Sequence[Sequence[Any]]:
    worked = _worked(_given(EVERY_TABLE, given))
    case = worked.case
    if answer.id == CHECKS:
        return findings_block(worked.findings).grid()
    if case is None or not case.has_answers:
        raise _refusal(worked.findings)
    packed = worked.answers.get(answer.id)
    if packed is None:
        packed = worked.later.get(answer.id.encode(), 1, lambda: _packed(answer, case))
    rows: Sequence[Sequence[Any]] = pickle.loads(zlib.decompress(packed))
    return rows


def _worked(given: _Given) -> _Worked:
    return _calculations.get(given.digest, given.cells, lambda: _work(given))


def _work(given: _Given) -> _Worked:
    """Return what all answers that only read the result come to; one that fails is left to whoever
    asks for it.
    """
    case, findings, _ = _examined(given)
    answers: dict[str, bytes] = {}
    if case is not None and case.has_answers:
        for answer in ANSWERS:
            if not answer.runs_again and answer.id != CHECKS:
                with suppress(Exception):
                    answers[answer.id] = _packed(answer, case)
        case = replace(
            case,
            draft=None,
            readings=tuple(replace(reading, draft=None) for reading in case.readings),
        )
    return _Worked(case, findings, answers, Memo(most=len(ANSWERS), most_cells=len(ANSWERS)))


def _packed(answer: Answer, case: Case) -> bytes:
    """Return an answer's rows. Raises `InputProblem` where not all of them are known, so that no
    total skips one.
    """
    block = fully_known(case, answer)
    if block is None:
        raise _refusal(
            [f for f in case.findings if f.place in {figure.place for figure in case.unknown}]
        )
    return zlib.compress(pickle.dumps(block.grid()), 1)


def _answered(given: dict[str, Cells]) -> tuple[Case, Mapping[str, Place]]:
    """Return the case of the tables and the place of every figure. Raises `InputProblem` where an
    error stops the plan.
    """
    case, findings, places = _examined(_given(EVERY_TABLE, given))
    if case is None or not case.has_answers:
        raise _refusal(findings)
    return case, places


def _given(tables: Iterable[str], given: Mapping[str, Cells]) -> _Given:
    companions = {
        name: given[companion_argument(name)]
        for name in tables
        if companion_argument(name) in given
    }
    grids = {name: given[name] for name in tables}
    return _Given(hashlib.sha256(repr((grids, companions)).encode()).digest(), grids, companions)


def _examined(given: _Given) -> _Examined:
    return _examinations.get(given.digest, given.cells, lambda: _examine(given))


def _examine(given: _Given) -> _Examined:
    """Return the case of the tables, None where Setup cannot be read, with findings and figures
    placed in the tables' terms.
    """
    tables = {name: grid for name, grid in given.grids.items() if name != SETUP.field}
    draft = read_grids(
        given.grids[SETUP.field] or None, tables, given.companions, partial(_place, given)
    )
    case = evaluate_draft(draft)
    return case, tuple(draft.findings) if case is None else case.findings, draft.places


def _place(given: _Given, name: str, spot: Spot) -> Place:
    """Return where a cell is: table, row counted from 1 below the headings, and heading; for Setup
    the setting.

    What is wrong with the headings themselves is a matter of the whole table.
    """
    table = SETUP if name == SETUP.field else TABLES[name]
    label, rows = (
        (companion_label(table), given.companions[name])
        if spot.by_year
        else (table.label, given.grids[name])
    )
    if spot.row == 0:
        return Place(table=label)
    if table is SETUP:
        setting = next(
            at for at, heading in enumerate(rows[0]) if matched({folded(SETTING): SETTING}, heading)
        )
        return Place(table=label, column=str(rows[spot.row][setting]))
    return Place(table=label, row=str(spot.row), column=str(rows[0][spot.column]))


def _refusal(findings: Iterable[Finding]) -> InputProblem:
    errors = [f for f in findings if f.stops] or list(findings)
    more = f" (and {len(errors) - 1} more: see Checks)" if len(errors) > 1 else ""
    return InputProblem(f"{errors[0]}{more}")


ANSWER_FUNCTIONS: tuple[Function, ...] = (
    *(answer_function(answer) for answer in ANSWERS),
    explain_function(),
)
