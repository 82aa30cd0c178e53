"""A case: a plan with its scenario laid over, its findings and its result.

There is no result where something stops it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

import numpy as np

from icbudget import checks
from icbudget.checks import Unread
from icbudget.engine.projection.wiring import MARGINAL_RANK
from icbudget.engine.run import Result, result_of
from icbudget.findings import Finding, Severity, one_a_cause, ordered, stopped
from icbudget.plan import TABLES, Plan
from icbudget.plan.columns import ByYear, columns_of
from icbudget.plan.figure_places import called_by_name, draft_of, located, visible_place
from icbudget.plan.identity import figures_hash, plan_handle, plan_hash
from icbudget.plan.rows import Draft
from icbudget.plan.scenario_overlay import blamed, with_scenario
from icbudget.plan.unread_cells import (
    REST,
    Undecided,
    Unknown,
    may_be_unknown,
    readings,
    stands,
    with_unknown_marked,
)
from icbudget.reference import TableVersion


@dataclass(frozen=True)
class Case:
    """What every answer is made from.

    `result` is None where an error finding stops the engine, or where figures are unknown.

    `readings` is the same case with figures in the place of the `unknown` ones, very different ones
    in each, every one with its result: what hangs on an unknown figure is not the same in all of
    them. `icbudget.answers.unread_figures` makes and reads them.
    """

    plan: Plan
    result: Result | None
    findings: tuple[Finding, ...]
    stated: Plan | None = None
    """The plan as it was given, before its scenario was laid over it; None for the plan itself."""
    draft: Draft | None = None
    """What the plan was read from, which knows where its cells stand."""
    unknown: tuple[Unknown, ...] = ()
    readings: tuple[Case, ...] = ()
    imported: tuple[TableVersion, ...] = ()
    """Reference tables that a person imported beside the plan, which the run record names."""
    checked: checks.Checked | None = field(default=None, compare=False, repr=False)
    """What each check found, so that another plan like this one need not be checked anew."""

    @property
    def before_scenario(self) -> Plan:
        """Return the plan as it was given, before its scenario was laid over it."""
        return self.stated or self.plan

    @property
    def has_answers(self) -> bool:
        """Return whether there are answers: all, or what is known where some figures are not."""
        return self.result is not None or bool(self.readings)

    @property
    def worked(self) -> Case:
        """Return a case whose plan can be worked with, for what hangs on no figure.

        It is this one, or the first of its readings.
        """
        return self.readings[0] if self.readings else self

    @property
    def hash(self) -> str:
        """Return the plan's hash; what stands in the cells that cannot be read is part of it."""
        return plan_hash(self._readable, self.unknown)

    @property
    def handle(self) -> str:
        """Return the plan as typed, before its scenario, as a cell of a workbook holds it."""
        return plan_handle(self.typed, self.unknown)

    @property
    def typed(self) -> Plan:
        """Return the plan before its scenario.

        A figure stands in the place of each that nobody can read.
        """
        stated = self.before_scenario
        return readings(stated, self.unknown)[0] if self.unknown else stated

    @property
    def figures_hash(self) -> str:
        """Return the hash of the plan's figures alone; words and sources are no part of it."""
        return figures_hash(self._readable)

    @property
    def _readable(self) -> Plan:
        """Return the plan with a figure in the place of each one that nobody can read."""
        return readings(self.plan, self.unknown)[0] if self.unknown else self.plan

    @property
    def answered(self) -> Result:
        """Return the result.

        Raises `ValueError` where there is none, its kind `Undecided` where figures are not known.
        """
        if self.readings:
            raise Undecided
        if self.result is None:
            raise ValueError("the plan has errors; there is no result")
        return self.result


def evaluate(
    plan: Plan,
    *,
    unread: Unread | None = None,
    read: tuple[Finding, ...] = (),
    like: checks.Checked | None = None,
) -> Case:
    """Return the case of a plan.

    Its active scenario is laid over it, and it is checked, run where no error stops it, and checked
    again.

    `read` are findings from reading it and `unread` the keys of rows that could not be read; an
    error among them stops the engine too. Checks that find what they found in a plan `like` it are
    not run again; see `icbudget.checks.checked`.
    """
    scenario, laid = with_scenario(plan, plan.setup.active_scenario)
    checked = checks.checked(scenario, unread, like)
    in_plan = blamed(checked.findings, plan, plan.setup.active_scenario)
    findings = [*read, *laid, *checks.check_as_typed(plan), *in_plan, *_waiting(plan)]
    sound = not stopped(findings)
    # A signature is under the plan, not under a scenario laid over it, which has errors of its own.
    findings += checks.check_signatures(plan, sound=sound and not plan.setup.active_scenario)
    if not sound:
        findings = checks.with_causes(scenario, findings, unread)
        return Case(scenario, None, tuple(findings), plan, checked=checked)
    result = result_of(scenario)
    # asked before anything is worked out from the result: whole pence end somewhere
    if beyond := checks.check_size(scenario, result):
        return Case(scenario, None, (*findings, *beyond), plan, checked=checked)
    findings += checks.check_result(scenario, result)
    findings = checks.with_causes(scenario, findings, unread)
    return Case(scenario, result, tuple(findings), plan, checked=checked)


def _waiting(plan: Plan) -> list[Finding]:
    """Return what is wrong with scenarios that are not active, as warnings.

    They do not touch these answers.
    """
    others = dict.fromkeys(
        c.scenario for c in plan.scenarios if c.scenario != plan.setup.active_scenario
    )
    waiting: list[Finding] = []
    for name in others:
        _, findings = with_scenario(plan, name)
        waiting += [replace(finding, severity=Severity.WARNING) for finding in findings]
    return waiting


LEAST = 3
"""So many figures must be able to stand in an unknown one's place for anything to be told apart."""


def evaluate_draft(draft: Draft, like: checks.Checked | None = None) -> Case | None:
    """Return the case of what was read; None where Setup could not be read.

    Its findings are placed where people see them. `like`: see `evaluate`.
    """
    if draft.plan is None:
        return None
    read, unknown = tuple(draft.findings), tuple(draft.unknown)
    case = _evaluate_unknown(draft.plan, draft.unread, read, unknown, like)
    # An answer that a wrong cell stops is worth less than all that does not rest on the cell.
    if not case.has_answers and (refused := _refused_figures(draft, case)):
        apart = [_apart(f) for f in case.findings if f.stops and _apart(f) not in read]
        again = _evaluate_unknown(draft.plan, draft.unread, (*read, *apart), (*unknown, *refused))
        case = again if again.has_answers else case
    named = called_by_name(case.findings, case.plan)
    findings = tuple(one_a_cause(ordered(located(named, draft))))
    readings_of_draft = tuple(replace(reading, draft=draft) for reading in case.readings)
    return with_findings(replace(case, draft=draft, readings=readings_of_draft), findings)


def with_findings(case: Case, findings: tuple[Finding, ...]) -> Case:
    """Return a case with other findings, in every reading too."""
    return replace(
        case,
        findings=findings,
        readings=tuple(replace(reading, findings=findings) for reading in case.readings),
    )


def _evaluate_unknown(
    plan: Plan,
    unread: Unread,
    read: tuple[Finding, ...],
    unknown: tuple[Unknown, ...],
    like: checks.Checked | None = None,
) -> Case:
    """Return the case of a plan whose figures may not all be known.

    Where some are not, it has its readings, and the findings that all of them have.

    A figure that an error refuses is none that could stand there. Where too few are left, or
    another error stops all of them, the case has no readings, and what could not be read stops the
    answers.
    """
    if not unknown:
        return evaluate(plan, unread=unread, read=read, like=like)
    cases = [evaluate(reading, unread=unread, read=read) for reading in readings(plan, unknown)]
    answered = [case for case in cases if case.result is not None]
    if len(answered) >= LEAST:
        further = [
            evaluate(reading, unread=unread, read=read) for reading in _bought_or_not(answered)
        ]
        answered = [*answered, *further] if all(case.result is not None for case in further) else []
    # A finding that only one reading has hangs on the figure that was put in.
    everywhere = set.intersection(*({*case.findings} for case in answered or cases))
    findings = tuple(f for f in cases[0].findings if f in everywhere)
    if len(answered) < LEAST:
        findings = tuple(_stopping(f) if f.message.endswith(REST) else f for f in findings)
        answered = []
    stated = with_unknown_marked(cases[0].plan, unknown), with_unknown_marked(plan, unknown)
    return Case(stated[0], None, findings, stated[1], unknown=unknown, readings=tuple(answered))


def _apart(finding: Finding) -> Finding:
    """Return a finding about a figure that is not known: it stops only what rests on the figure."""
    return replace(finding, set_aside=True, message=f"{finding.message} {REST}")


def _stopping(finding: Finding) -> Finding:
    """Return a finding about a figure without which nothing can be told apart."""
    return replace(finding, set_aside=False, message=finding.message.removesuffix(f" {REST}"))


def _refused_figures(draft: Draft, case: Case) -> tuple[Unknown, ...]:
    """Return the figures that the checks refuse, if nothing else stops the answers.

    They are as good as figures nobody can read.
    """
    refused: list[Unknown] = []
    for finding in (f for f in case.findings if f.stops and _apart(f) not in draft.findings):
        place = finding.place
        field, _, year = place.column.rstrip("]").partition("[")
        table = TABLES.get(place.table)
        if table is None or not any(c.field == field for c in columns_of(table.noun)):
            return ()
        if not may_be_unknown(table, field):
            return ()
        value = stands(case.plan, table.field, place.row, field, year)
        typed = "" if value is None else str(value)
        where = visible_place(place, draft)
        refused.append(Unknown(table.field, place.row, field, year, typed, where))
    return tuple(dict.fromkeys(refused))


def _bought_or_not(cases: Sequence[Case]) -> list[Plan]:
    """Return two further readings where programmes compete for money not known.

    In one all are free, in the other none is paid.

    More money may buy a dear programme whole and leave nothing for a cheap one, or turn a ranking
    round, so what is bought does not only rise or only fall with the figure. With both further
    readings nothing that hangs on it is the same in all.
    """
    plan = cases[0].plan
    ranks = any(row.rule == MARGINAL_RANK for row in plan.shifts)
    jumps = ranks or not all(row.divisible for row in plan.programmes)
    changed = any(
        row.path.endswith(("/divisible", "/rule")) or row.value == MARGINAL_RANK
        for row in plan.scenarios
    )
    if not jumps and not changed:
        return []
    competing: set[int] = set()
    for buyer in cases[0].answered.rules.buyers:
        if buyer.pool < 0 or not (buyer.waits or changed):
            continue
        members = np.sort(buyer.members)
        moves = [case.answered.projection.moves for case in cases]
        outcomes = {
            (m.available[..., buyer.pool].tobytes(), m.paid[..., members].tobytes()) for m in moves
        }
        competing |= set(members.tolist()) if len(outcomes) > 1 else set()
    dear = dict.fromkeys(plan.years, Decimal(10**9))
    stated = cases[0].before_scenario
    return [
        _costing(stated, {plan.programmes[g].id for g in competing}, fixed)
        for fixed in ({}, dear)
        if competing
    ]


def _costing(plan: Plan, programmes: set[str], fixed: Mapping[str, Decimal]) -> Plan:
    cost = {
        "unit_cost": 0.0,
        "fixed_cost": ByYear(fixed),
        "double_running": ByYear(),
        "exit_cost": ByYear(),
    }
    rows = tuple(
        row.model_copy(update=cost) if row.id in programmes else row for row in plan.programmes
    )
    return plan.model_copy(update={"programmes": rows})


def evaluate_plan(plan: Plan) -> Case:
    """Return the case of a plan that was made, not read.

    Its findings name table, row and column, and call rows by their names as those of a plan that
    was read do.
    """
    case = evaluate(plan)
    draft = draft_of(plan)
    named = called_by_name(case.findings, plan)
    return replace(case, findings=tuple(ordered(located(named, draft))), draft=draft)
