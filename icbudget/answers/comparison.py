"""Two cases compared: what changed, and what each change is worth.

Also who is better or worse off, and which findings are new.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from icbudget import checks, glossary
from icbudget.answers.block import Block, Row
from icbudget.answers.case import Case
from icbudget.answers.side_by_side import BORNE, GAIN
from icbudget.engine.accounts.better_or_worse_off import against
from icbudget.engine.accounts.bridge import ASSUMED, SYSTEM, bridges
from icbudget.engine.appraisal.integration_forms import borne
from icbudget.engine.run import Result, run
from icbudget.findings import Finding, stopped
from icbudget.plan import Plan
from icbudget.plan.differences import Change, applied, changes, row_called

Money = dict[str, dict[str, tuple[int, ...]]]
"""Pence by figure, partner and common year."""
PLAN, GAP = glossary.PLAN, glossary.GAP_TO_DATE
FIGURES = (glossary.DO_NOTHING, PLAN, GAIN, glossary.FUNDING, GAP, BORNE)
MOST = 60
"""So many changes are taken one by one; beyond, all of a row together; beyond so many rows, all of
a table together.
"""


@dataclass(frozen=True, slots=True)
class Step:
    """One change, or several that only make sense together.

    It has what it adds in its turn, and what it would do on its own.

    `adds` and `alone` are differences of `Money`; `alone` is None where the change cannot stand
    without the others.
    """

    words: str
    changes: tuple[Change, ...]
    adds: Money
    alone: Money | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What leads from one case to another.

    `years` are those of both plans; partners are those of either plan, the system last.

    `steps` add up to `after − before` in every figure, for every partner and year, to the penny.
    `wording` are changes without money: names, sources, goals, scenarios. `silent` says why there
    is no money where there is none; then `steps` hold nothing but words. Findings that only changed
    their words are in `altered`, as (before, after).
    """

    before: Case
    after: Case
    years: tuple[str, ...]
    partners: tuple[str, ...]
    money_before: Money
    money_after: Money
    steps: tuple[Step, ...]
    wording: tuple[Change, ...]
    appeared: tuple[Finding, ...]
    gone: tuple[Finding, ...]
    altered: tuple[tuple[Finding, Finding], ...]
    silent: str

    @property
    def names(self) -> dict[str, str]:
        """Return what people call each partner, by id; the later plan's name counts."""
        rows = (*self.before.plan.partners, *self.after.plan.partners)
        names = {row.id: row.name for row in rows}
        return {partner: names.get(partner, partner) for partner in self.partners}

    @property
    def figures_to_show(self) -> tuple[str, ...]:
        """Return the figures to show; who bears an over- or underspend only where there is one."""
        before, after = (money.get(BORNE, {}) for money in (self.money_before, self.money_after))
        there = any(any(by_year) for by_year in (*before.values(), *after.values()))
        return (PLAN, GAIN, *((BORNE,) if there else ()), GAP)

    @property
    def gap_rests_on(self) -> str:
        """Return a sentence where a gap stands on funding nobody stated; blank where none does.

        Source: model §1.8, §7 Bridge.
        """
        for case in (self.before, self.after):
            for b in bridges(case.answered) if case.result is not None else ():
                of_years = zip(case.plan.years, b.assumed, strict=True)
                if b.partner == SYSTEM and any(a for year, a in of_years if year in self.years):
                    return f"; gap to date: {ASSUMED}"
        return ""

    def difference(self, figure: str, partner: str = SYSTEM) -> int:
        """Return a figure of the later case less that of the earlier.

        In pence, over the common years.
        """
        return sum(self.money_after[figure][partner]) - sum(self.money_before[figure][partner])


def compare(before: Case, after: Case) -> Comparison:
    """Return what leads from one case to another: any two plans, or two scenarios of one.

    Every change is laid over the earlier plan in one order (rows added, figures changed, rows taken
    out, order of rows; tables in their order) and the plan is run after each: what a change adds is
    the difference to the run before, so the steps leave no residual. What a change would do on its
    own is its effect on the earlier plan alone. The two differ where changes work together, and
    what a change adds then hangs on the order; `compare(b, a)` has the opposite totals, not the
    opposite steps. A change that leaves a plan with errors waits for the next one and is told
    together with it.
    """
    all_changes = changes(before.plan, after.plan)
    wording = tuple(change for change in all_changes if change.wording)
    groups = _grouped(
        [change for change in all_changes if not change.wording], before.plan, after.plan
    )
    years = tuple(year for year in before.plan.years if year in after.plan.years)
    both = [case for case in (before, after) if case.result is not None]
    # What is not settled yet stands beside the partners, so that they add up to the system.
    rows = [b.partner for case in both for b in bridges(case.answered) if b.partner != SYSTEM]
    ids = [p.id for case in (before, after) for p in case.plan.partners]
    partners = tuple(dict.fromkeys([*ids, *rows, SYSTEM]))
    appeared, gone, altered = _findings(before.findings, after.findings)
    silent = _silent(before, after, years)
    money: tuple[Money, Money] = ({}, {})
    if silent:
        steps = tuple(Step(words, parts, {}, None) for words, parts in groups)
    else:
        first = before.answered
        money = (
            _money(first, first, years, partners),
            _money(after.answered, first, years, partners),
        )
        steps = _steps(before, after.plan, wording, groups, money, years, partners)
    return Comparison(
        before, after, years, partners, *money, steps, wording, appeared, gone, altered, silent
    )


def _silent(before: Case, after: Case, years: Sequence[str]) -> str:
    broken = [what for what, case in (("first", before), ("second", after)) if case.result is None]
    if len(broken) == 2:
        return (
            "Both plans have errors, so there are no figures to compare. Fix what is listed for"
            " each first."
        )
    if broken:
        return (
            f"The {broken[0]} plan has errors, so there are no figures to compare. Fix what is"
            " listed for it first."
        )
    if not years:
        return "The two plans have no year in common, so there are no figures to compare."
    return ""


def _grouped(
    all_changes: list[Change], before: Plan, after: Plan
) -> list[tuple[str, tuple[Change, ...]]]:
    if len(all_changes) <= MOST:
        return [(change.words, (change,)) for change in all_changes]
    rows: dict[tuple[str, str], list[Change]] = {}
    tables: dict[tuple[str, str], list[Change]] = {}
    for change in all_changes:
        rows.setdefault((change.table, change.key), []).append(change)
        tables.setdefault((change.table, ""), []).append(change)
    groups: list[tuple[str, tuple[Change, ...]]] = []
    for (table, key), parts in (rows if len(rows) <= MOST else tables).items():
        called = row_called(after, before, table, key)
        groups.append((_change_in_words(parts, called), tuple(parts)))
    return groups


def _change_in_words(parts: Sequence[Change], called: str) -> str:
    return parts[0].words if len(parts) == 1 else f"{called}: {len(parts)} changes"


def gains(result: Result, first: Result) -> dict[str, tuple[int, ...]]:
    """Return how much better off each is than under the first plan's do nothing, pence by year.

    Both plans are held against the same do nothing (model §7), so that what a change does to it is
    in the difference. Where years or partners differ each plan has only its own.
    """
    partners = {partner.id for partner in result.plan.partners}
    comparable = result.years == first.years and all(p.id in partners for p in first.plan.partners)
    return {row.partner: row.total for row in against(result, first if comparable else result)}


def _money(result: Result, first: Result, years: Sequence[str], partners: Sequence[str]) -> Money:
    at = [result.years.index(year) for year in years]
    nothing = (0,) * len(at)
    pence_by_figure: Money = {figure: dict.fromkeys(partners, nothing) for figure in FIGURES}
    gained = gains(result, first)
    for b in bridges(result):
        # What only an intermediate plan leaves unsettled has no column of its own.
        if b.partner not in partners:
            continue
        gain = gained.get(b.partner, (0,) * len(result.years))
        # The gap of each common year; their sum is the gap to date.
        by_figure = {
            glossary.DO_NOTHING: b.steps[glossary.DO_NOTHING],
            PLAN: b.steps[glossary.PLAN],
            GAIN: gain,
            glossary.FUNDING: b.steps[glossary.FUNDING],
            GAP: b.steps[glossary.GAP_OF_YEAR],
        }
        for figure, pence in by_figure.items():
            pence_by_figure[figure][b.partner] = tuple(pence[t] for t in at)
    shares = {partner: tuple(pence[t] for t in at) for partner, pence in borne(result).items()}
    if shares:
        of_all = tuple(map(sum, zip(*shares.values(), strict=True)))
        pence_by_figure[BORNE] |= {**shares, SYSTEM: of_all}
    return pence_by_figure


def _less(one: Money, other: Money) -> Money:
    difference: Money = {}
    for figure, rows in one.items():
        difference[figure] = {}
        for partner, values in rows.items():
            both = zip(values, other[figure][partner], strict=True)
            difference[figure][partner] = tuple(a - b for a, b in both)
    return difference


def _steps(
    earlier: Case,
    after: Plan,
    wording: tuple[Change, ...],
    groups: list[tuple[str, tuple[Change, ...]]],
    money: tuple[Money, Money],
    years: Sequence[str],
    partners: Sequence[str],
) -> tuple[Step, ...]:
    first = earlier.answered
    before = first.plan
    latest = earlier.checked

    def tried(chosen: Iterable[Change]) -> Money | None:
        nonlocal latest
        plan = applied(before, after, (*wording, *chosen))
        if not set(years) <= set(plan.years):
            return None
        # Of the checks only those are run that look at what is changed now.
        latest = checks.checked(plan, None, latest, earlier.checked)
        return None if stopped(latest.findings) else _money(run(plan), first, years, partners)

    steps: list[Step] = []
    done: list[Change] = []
    words: list[str] = []
    # What a change adds is the difference to the plan before it, so that nothing is left over.
    last = money[0]
    start = 0
    for n, (group_words, parts) in enumerate(groups):
        words.append(group_words)
        done += parts
        now = money[1] if n + 1 == len(groups) else tried(done)
        if now is None:
            continue
        chosen = tuple(done[start:])
        # A change that is the only one does on its own what it does in its turn.
        alone = tried(chosen) if start or n + 1 < len(groups) else now
        on_its_own = None if alone is None else _less(alone, money[0])
        steps.append(Step("; ".join(words), chosen, _less(now, last), on_its_own))
        last, start, words = now, len(done), []
    return tuple(steps)


def _findings(
    before: Sequence[Finding], after: Sequence[Finding]
) -> tuple[tuple[Finding, ...], tuple[Finding, ...], tuple[tuple[Finding, Finding], ...]]:
    """Return findings that appeared, that went, and that changed.

    A finding changed if its words or its worth differ at the same place.
    """
    old = {(f.id, f.message, f.effect_pence): f for f in before}
    new = {(f.id, f.message, f.effect_pence): f for f in after}
    appeared = [f for key, f in new.items() if key not in old]
    gone = [f for key, f in old.items() if key not in new]
    altered: list[tuple[Finding, Finding]] = []
    for f in list(appeared):
        # One at the same place with other words is the same finding with another figure in it.
        same = next((g for g in gone if (g.id, _place(g)) == (f.id, _place(f))), None)
        if same is not None:
            altered.append((same, f))
            gone.remove(same)
            appeared.remove(f)
    return tuple(appeared), tuple(gone), tuple(altered)


def _place(f: Finding) -> tuple[str, ...]:
    return (f.place.sheet, f.place.cell, f.place.table, f.place.row, f.place.column)


def comparison_block(c: Comparison) -> Block:
    """Return a comparison as one table, £ by partner.

    For each figure it has what it was, what each change adds, and what it is.

    Over the common years. The last column is what the change would do to the whole system on its
    own.
    """
    columns = (*(c.names[p] for p in c.partners), "On its own, whole system")
    rows: list[Row] = []
    for figure in c.figures_to_show if not c.silent else ():
        rows.append(Row((figure, "Before"), "£", (*_pounds(c, c.money_before[figure]), None)))
        for step in c.steps:
            alone = None if step.alone is None else sum(step.alone[figure][SYSTEM]) / 100
            rows.append(Row((figure, step.words), "£", (*_pounds(c, step.adds[figure]), alone)))
        rows.append(Row((figure, "After"), "£", (*_pounds(c, c.money_after[figure]), None)))
    if c.silent:
        rows = [Row(("", step.words), "", (None,) * len(columns)) for step in c.steps]
    rows += [
        Row(("Without effect on money", change.words), "", (None,) * len(columns))
        for change in c.wording
    ]
    shows = c.silent or (
        f"What leads from the first plan to the second, {c.years[0]} to {c.years[-1]} together."
        " What the changes add, in their order, makes up the whole difference. Better or worse off"
        " is after settlement, both plans held against the first plan's do nothing"
        f"{c.gap_rests_on}."
    )
    basis = "nominal £ of the common years together, as planned"
    labels = ("Figure", "What changed")
    return Block("Comparison", shows, labels, columns, tuple(rows), basis=basis)


def _pounds(c: Comparison, values: dict[str, tuple[int, ...]]) -> tuple[float, ...]:
    return tuple(sum(values[p]) / 100 for p in c.partners)
