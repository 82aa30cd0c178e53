"""Rows of Confirmed releases: what each is about, and what it counts as.

Nothing is taken on trust: a row that cannot be meant counts for nothing, one that lacks what makes
it confirmed stays claimed, and each says why. Source: model §16.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, product

from icbudget import money
from icbudget.engine.projection.wiring import PUMP_PRIME, RELEASING, replaced_lines
from icbudget.plan import Plan
from icbudget.plan.acute_line import AcuteLine
from icbudget.plan.confirmed_release import (
    CASH,
    CLAIMED,
    CONFIRMED,
    CONTRACT_SAVING,
    FORECAST,
    REFUSED,
    ConfirmedRelease,
)
from icbudget.plan.month_reported import reported

MONTHS_A_QUARTER = 3
WITHDRAWN = "withdrawn"
SET_ASIDE = {
    "no-subject": "it names neither a programme nor a line of the plan",
    "outside-plan": "its year is not one in which the plan releases anything",
    "not-reached": "the programme does not reach that line",
    "two-subjects": "a row of the line stands for the same saving, and that row counts",
    "which-line": "the programme releases money of several shifts, and the row does not say which",
    "whose-budget": "no budget of that partner falls by a release of this kind",
    "replaces-nothing": "the line that it replaces is no earlier row of the same month",
    "replaced-twice": "another row already replaces the same line",
    "twice": "an earlier row has the same release with the same evidence",
    "no-reason": "a forecast of one's own needs an owner and a reason",
}
"""Why a row counts for nothing, in words; the first that holds is the reason."""
HELD = {
    "not-cash": "it is no cash",
    "no-evidence": "it names no evidence",
    "no-owner": "nobody owns it",
    "nobody-confirmed": "it does not say who confirmed it",
    "own-claim": "it was confirmed by the person who claimed it",
    "open-month": "its month is not closed yet",
}
"""Why a row that says it is confirmed stays claimed."""


@dataclass(frozen=True, slots=True)
class Group:
    """Lines whose release is claimed as one: a programme's under one shift, or a line by itself.

    `shift` is blank where no shift reinvests what they release. Where a market provides them there
    is no provider's budget, and the system releases what the commissioner saves (model §6).
    """

    programme: str
    shift: str
    market: bool
    lines: tuple[str, ...]

    @property
    def name(self) -> str:
        """Return the programme, or the line that stands by itself."""
        return self.programme or self.lines[0]


@dataclass(frozen=True, slots=True)
class Standing:
    """A row of Confirmed releases and what it is worth.

    `status` is what it counts as: claimed, confirmed, refused, withdrawn, forecast, or blank where
    it is set aside. `why` says why it is not what it says it is, by a key of `SET_ASIDE` or `HELD`.
    """

    row: ConfirmedRelease
    group: Group | None
    status: str
    why: str = ""

    @property
    def pence(self) -> int:
        """Return the amount of the row."""
        return money.to_pence(self.row.amount)

    @property
    def quarter(self) -> int:
        """Return the quarter of its month, counted from 0."""
        return (self.row.month - 1) // MONTHS_A_QUARTER

    @property
    def cash(self) -> bool:
        """Return whether it is cash, which alone is tracked against the plan."""
        return self.row.kind in CASH


def groups_of(plan: Plan) -> tuple[Group, ...]:
    """Return what releases are claimed by: each programme by shift, then lines by themselves.

    A line that a row names without a programme stands by itself, in all years: a programme row for
    it would be the same saving twice.
    """
    shift_of = _shift_of_line(plan)
    market = {row.id: not row.provider for row in plan.acute_lines}
    alone = lines_by_themselves(plan)
    groups: list[Group] = []
    for programme in plan.programmes:
        # By shift, since each feeds its own pool, and markets apart, since there is only a saving
        # to claim.
        mine = [k for k in _lines_of(plan, programme.id) if k not in alone]
        kinds = dict.fromkeys((shift_of.get(k, ""), market[k]) for k in mine)
        for shift, of_market in kinds:
            lines = [k for k in mine if (shift_of.get(k, ""), market[k]) == (shift, of_market)]
            groups.append(Group(programme.id, shift, of_market, tuple(lines)))
    groups += [Group("", shift_of.get(k, ""), market[k], (k,)) for k in market if k in alone]
    return tuple(groups)


def lines_by_themselves(plan: Plan) -> set[str]:
    """Return the lines that rows name without a programme."""
    return {
        row.acute_line for row in plan.confirmed_releases if row.acute_line and not row.programme
    }


def _shift_of_line(plan: Plan) -> dict[str, str]:
    """Return the shift that reinvests what each line releases, or what it costs in its place."""
    releasing = [row for row in plan.shifts if row.rule in (*RELEASING, PUMP_PRIME)]
    at = {line: shift.id for shift in releasing for line in shift.lines}
    for shift, lines in replaced_lines(plan).items():
        for line in lines:
            # A line that a shift draws on counts there, whatever else moves to it (model §6.2).
            at.setdefault(line, shift)
    return at


def _lines_of(plan: Plan, programme: str) -> list[str]:
    """Return the lines that a programme reaches, and those that follow them."""
    reached = {row.acute_line for row in plan.segments if programme in row.programmes}
    parent = {row.id: row.parent for row in plan.acute_lines}
    mine = []
    for line in parent:
        above, passed = line, {line}
        # `passed` ends the walk where lines are their own parents, which is a finding of its own.
        while above not in reached and parent.get(above) and parent[above] not in passed:
            above = parent[above]
            passed.add(above)
        if above in reached:
            mine.append(line)
    return mine


def standing(plan: Plan) -> tuple[Standing, ...]:
    """Return every row of Confirmed releases with what it counts as, in the order of the table."""
    if not plan.confirmed_releases:
        return ()
    subjects = _subjects_of(plan)
    now = _place_of_now(plan)
    of_month: dict[_Month, list[Standing]] = {}
    looked_at: list[Standing] = []
    for row in plan.confirmed_releases:
        group, why = subjects.group_of(row)
        before = of_month.setdefault(_month_of(row), [])
        why = why or _fault(plan, row, before)
        if why:
            stands = Standing(row, group, "", why)
        elif row.status == CONFIRMED and (held := _held(plan, row, now)):
            stands = Standing(row, group, CLAIMED, held)
        else:
            stands = Standing(row, group, row.status)
        before.append(stands)
        looked_at.append(stands)
    withdrawn = {
        (_month_of(s.row), s.row.replaces)
        for s in looked_at
        if s.row.replaces is not None and s.status in (CLAIMED, CONFIRMED)
    }

    def is_withdrawn(stands: Standing) -> bool:
        """Return whether a later row of the month stands in the place of one that counts."""
        return bool(stands.status) and (_month_of(stands.row), stands.row.line) in withdrawn

    return tuple(
        Standing(stands.row, stands.group, WITHDRAWN) if is_withdrawn(stands) else stands
        for stands in looked_at
    )


_Month = tuple[str, str, str, str, int]


def _month_of(row: ConfirmedRelease) -> _Month:
    """Return the key of a row without its line: what a row may replace has the same."""
    return row.programme, row.acute_line, row.partner, row.year, row.month


@dataclass(frozen=True, slots=True)
class _Subjects:
    """What rows may name.

    They are groups by their name, lines that each programme reaches, and partners whose budgets
    fall by group and kind.
    """

    groups: dict[str, list[Group]]
    reached: dict[str, list[str]]
    alone: set[str]
    lines: set[str]
    partners: dict[tuple[Group, str], tuple[str, ...]]

    def group_of(self, row: ConfirmedRelease) -> tuple[Group | None, str]:
        """Return the group that a row is of, and why it is of none."""
        names_nothing = not (row.programme or row.acute_line)
        unknown_programme = bool(row.programme) and row.programme not in self.reached
        unknown_line = bool(row.acute_line) and row.acute_line not in self.lines
        if names_nothing or unknown_programme or unknown_line:
            return None, "no-subject"
        mine = self.groups.get(row.programme, [])
        named = [row.acute_line]
        if row.programme:
            reached = self.reached[row.programme]
            if row.acute_line and row.acute_line not in reached:
                return None, "not-reached"
            named = named if row.acute_line else reached
            if not self.alone.isdisjoint(named):
                return None, "two-subjects"
        mine = [group for group in mine if not set(group.lines).isdisjoint(named)]
        if row.kind not in CASH:
            # What is no cash is kept, and held against no budget.
            return (mine[0] if mine else None), ""
        whose = [group for group in mine if row.partner in self.partners[group, row.kind]]
        if not whose:
            return None, "whose-budget"
        return (whose[0], "") if len(whose) == 1 else (None, "which-line")


def _subjects_of(plan: Plan) -> _Subjects:
    groups: dict[str, list[Group]] = {}
    for group in groups_of(plan):
        groups.setdefault(group.programme, []).append(group)
    kinds = product(chain.from_iterable(groups.values()), CASH)
    partners = {(group, kind): partners_of(plan, group, kind) for group, kind in kinds}
    return _Subjects(
        groups,
        {row.id: _lines_of(plan, row.id) for row in plan.programmes},
        lines_by_themselves(plan),
        {row.id for row in plan.acute_lines},
        partners,
    )


def partners_of(plan: Plan, group: Group, kind: str) -> tuple[str, ...]:
    """Return the partners whose budgets fall: commissioners by a saving, providers by a release."""
    of_group = set(group.lines)
    lines = [row for row in plan.acute_lines if row.id in of_group]
    named = [budget_that_falls(row, kind) for row in lines]
    # A market has no provider among the partners, and no budget of a provider falls.
    return tuple(dict.fromkeys(name for name in named if name))


def budget_that_falls(line: AcuteLine, kind: str) -> str:
    """Return whose budget a release of a kind is taken from on a line (model §16.1)."""
    return line.commissioner if kind == CONTRACT_SAVING else line.provider


def _fault(plan: Plan, row: ConfirmedRelease, before: Iterable[Standing]) -> str:
    """Return why a row of a known subject counts for nothing; blank where it counts.

    `before`: the rows above it of the same subject, partner and month.
    """
    if row.year not in plan.years[1:]:
        return "outside-plan"
    if row.status == FORECAST:
        return "" if row.owner and row.reason else "no-reason"
    # What is set aside counts for nothing, so nothing can replace it or repeat it.
    same = [s.row for s in before if s.status]
    if row.replaces is not None:
        if row.replaces not in {other.line for other in same if other.line < row.line}:
            return "replaces-nothing"
        # A refusal leaves the row that it refuses where it was: another may still replace that one.
        if row.replaces in {other.replaces for other in same if other.status != REFUSED}:
            return "replaced-twice"
        return ""
    # Of two rows without evidence nothing shows that they are one release.
    if row.evidence and any(_release_of(other) == _release_of(row) for other in same):
        return "twice"
    return ""


def _release_of(row: ConfirmedRelease) -> tuple[str, Decimal, str, bool]:
    """Return what makes a row of a month one release; a refusal is not the claim that it refuses.

    Case and spaces do not make other evidence of it.
    """
    return row.kind, row.amount, _words(row.evidence), row.status == REFUSED


def _words(text: str) -> str:
    return " ".join(text.casefold().split())


def _held(plan: Plan, row: ConfirmedRelease, now: tuple[int, int]) -> str:
    """Return why a row that says it is confirmed stays claimed; blank where it is confirmed.

    That who confirms it is of the partner's finance function nobody can read from a name; that it
    is another person than claimed it can be. A month is closed if it is not after the one that the
    plan reports on.
    """
    holds = {
        "not-cash": row.kind not in CASH,
        "no-evidence": not row.evidence,
        "no-owner": not row.owner,
        "nobody-confirmed": not row.confirmed_by,
        "own-claim": _words(row.confirmed_by) == _words(row.claimed_by),
        "open-month": (plan.years.index(row.year), row.month) > now,
    }
    return next((why for why in HELD if holds[why]), "")


def _place_of_now(plan: Plan) -> tuple[int, int]:
    """Return the year's place in the plan and the month reported; before all where there is none.

    Nothing is closed, late or begun then (model §1.4: the 1 April of the first plan year).
    """
    now = reported(plan)
    return (0, 0) if now is None else (plan.years.index(now[0]), now[1])
