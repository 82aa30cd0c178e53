"""What can be asked of a plan beyond its answers: ranges, differences, a better plan, the year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from icbudget import frames, tasks, years
from icbudget.answers import catalogue
from icbudget.answers.block import Block
from icbudget.answers.case import Case
from icbudget.api.arguments import (
    PathLike,
    checked_chance,
    checked_money,
    checked_path,
    checked_seconds,
    checked_text,
    checked_whole,
)
from icbudget.api.errors import IcbudgetError, NotFound, PlanHasErrors, first_error, no_such
from icbudget.api.notebook_view import above_frame
from icbudget.api.plan_and_result import Plan, Result
from icbudget.api.plan_sources import plan_of
from icbudget.findings import Finding
from icbudget.frames import Money
from icbudget.plan.figure_places import draft_of
from icbudget.plan.identity import AS_TYPED
from icbudget.plan.setup import LARGEST_SEED, MOST_DRAWS

if TYPE_CHECKING:
    from icbudget.answers.comparison import Comparison as PlanComparison
    from icbudget.frames.column_types import DataFrame
    from icbudget.tasks.month_monitored import Monitoring as PlanMonitoring
    from icbudget.tasks.optimising import Optimised
    from icbudget.tasks.simulation import Simulated

DRAWS, REJECTS = "Draws", "Rejects"
_FEWEST_DRAWS = 2
"""A spread needs two draws."""


@dataclass(frozen=True, repr=False)
class Simulation:
    """One plan run many times: the range of every figure that matters (model §11)."""

    plan: Plan
    _simulated: Simulated

    def __repr__(self) -> str:
        return f"<simulation of {self.draws:,} draws of {self.plan!r}>"

    def _repr_html_(self) -> str:
        heading = f"Simulation of {self.draws:,} draws of {self.plan.title or self.plan.name}"
        return above_frame(heading, self.table(wide=True))

    @property
    def tables(self) -> tuple[str, ...]:
        """Return the names of the tables there are."""
        return (*_titles(self._simulated.blocks), DRAWS)

    @property
    def draws(self) -> int:
        """Return the number of draws."""
        return self._simulated.draws

    def table(
        self, name: str = "Simulation", *, money: Money = "pounds", wide: bool = False
    ) -> DataFrame:
        """Return a table of the simulation as a frame, by its name.

        `Simulation` has ranges and chances, `Tornado` what drives them, `Draws` every draw: see
        `draws_frame`. Amounts are float pounds, or whole pence with `money="pence"`. Raises
        `NotFound`; `IcbudgetError` for another `money`.
        """
        if checked_text(name, "The name of a table").casefold() == DRAWS.casefold():
            made = self._simulated.made
            return frames.draws_frame(made, self.plan.years, money=checked_money(money))
        return _table_called(self._simulated.blocks, name, [DRAWS], money=money, wide=wide)

    @property
    def draws_frame(self) -> DataFrame:
        """Return every draw in £, a value a row: `Of`, `Figure`, `Unit`, `Year`, `Draw`, `Value`.

        Draws are counted from 0. `Year` is an ordered category; its last, `Over the plan`, is the
        whole plan. How figures are drawn: model §11.
        """
        return self.table(DRAWS)


@dataclass(frozen=True, repr=False)
class Comparison:
    """What leads from one plan to another, and what each difference is worth."""

    before: Plan
    after: Plan
    _comparison: PlanComparison

    def __repr__(self) -> str:
        return f"<comparison of {self.before!r} with {self.after!r}>"

    def _repr_html_(self) -> str:
        before, after = (f"{AS_TYPED} {plan.hash[:12]}" for plan in (self.before, self.after))
        heading = f"{self.after.title or self.after.name}: what leads from {before} to {after}"
        return above_frame(heading, self.table())

    def table(self, *, money: Money = "pounds") -> DataFrame:
        """Return what each change adds, by figure and partner, in £ over the common years.

        Changes are laid on one after another, in the order of the plan's tables, and each is worth
        the difference that it makes then: the parts add up to the whole. Raises `IcbudgetError` for
        another `money` than pounds or pence.
        """
        from icbudget.answers.comparison import comparison_block

        block = comparison_block(self._comparison)
        money = checked_money(money)
        return frames.answer_frame(block, "comparison", "Comparison", money=money, wide=True)

    @property
    def new_findings(self) -> tuple[Finding, ...]:
        """Return the findings that the second plan has and the first has not."""
        return self._comparison.appeared


@dataclass(frozen=True, repr=False)
class BestPlan:
    """The best plan found within the limits, beside the plan as it is; `plan` has it as a scenario.

    `plan` is None where the limits leave nothing possible; `table` then says what conflicts.
    """

    plan: Plan | None
    _optimised: Optimised

    def __repr__(self) -> str:
        return f"<best plan: {self.plan!r}>" if self.plan else "<no plan is possible: see table()>"

    def _repr_html_(self) -> str:
        heading = self._optimised.block.title if self.plan else "No plan is possible"
        return above_frame(heading, self.table(wide=True))

    def table(self, *, money: Money = "pounds", wide: bool = False) -> DataFrame:
        """Return the plan beside the best one: what it buys, what it is worth, what binds.

        Tidy, a value a row, `Column` saying of which plan; `wide` has the plans side by side.
        Raises `IcbudgetError` for another `money` than pounds or pence.
        """
        block, money = self._optimised.block, checked_money(money)
        return frames.answer_frame(block, "best-plan", "Best plan", money=money, wide=wide)


@dataclass(frozen=True, repr=False)
class Monitoring:
    """The year as it runs: budget, actuals and forecast, and every ledger row accounted for."""

    _monitoring: PlanMonitoring

    def __repr__(self) -> str:
        return f"<the year as it runs: {', '.join(self.tables)}>"

    def _repr_html_(self) -> str:
        return above_frame("The year as it runs", self.table(wide=True))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return what is wrong with the plan and its ledgers, errors first."""
        return self._monitoring.opened.findings

    @property
    def tables(self) -> tuple[str, ...]:
        """Return the names of the tables there are."""
        return (*_titles(self._monitoring.blocks), REJECTS)

    def table(
        self, name: str = "Monitoring", *, money: Money = "pounds", wide: bool = False
    ) -> DataFrame:
        """Return a table of the year as a frame, by its name; `Rejects` too.

        Amounts are float pounds, or whole pence with `money="pence"`; `wide` as of `Result.table`.
        Raises `NotFound`; `IcbudgetError` for another `money`.
        """
        if checked_text(name, "The name of a table").casefold() == REJECTS.casefold():
            return frames.rejects_frame(self._monitoring.ledgers, money=checked_money(money))
        return _table_called(self._monitoring.blocks, name, [REJECTS], money=money, wide=wide)

    @property
    def rejects(self) -> DataFrame:
        """Return the ledger rows that were rejected: ledger, line, reason, amount in £.

        The row's own cells stand behind these as text.
        """
        return self.table(REJECTS)


def run(plan: Plan | PathLike) -> Result:
    """Return what a plan, or a plan's file, comes to; see `Plan.run`."""
    return plan_of(plan).run()


def simulate(
    plan: Plan | PathLike, draws: int | None = None, *, seed: int | None = None, workers: int = 1
) -> Simulation:
    """Return the plan run many times with its uncertain figures drawn (model §11).

    `draws` is 2 to 100,000. Without a number of draws it goes on until the median of net cash is
    steady. The same seed gives the same figures whatever the number of workers. Raises
    `PlanHasErrors`; `IcbudgetError` for draws, a seed or workers that cannot be.
    """
    if draws is not None:
        draws = checked_whole(draws, "The number of draws", _FEWEST_DRAWS, MOST_DRAWS)
    if seed is not None:
        seed = checked_whole(seed, "A seed", 0, LARGEST_SEED)
    workers = checked_whole(workers, "The number of workers", 1)
    known = plan_of(plan)
    return Simulation(known, tasks.simulated(_sound_case(known), draws, seed, workers))


def compare(before: Plan | PathLike, after: Plan | PathLike) -> Comparison:
    """Return what leads from one plan to another and what each difference is worth, in £.

    The years are those that both plans have. Raises `PlanHasErrors` where one cannot be read.
    """
    from icbudget.answers.comparison import compare as compared

    first, second = plan_of(before), plan_of(after)
    return Comparison(first, second, compared(_any_case(first), _any_case(second)))


def optimise(
    plan: Plan | PathLike,
    *,
    confidence: float | None = None,
    time_limit: float = 60.0,
    meet_goals: bool = False,
    public_value: bool = False,
) -> BestPlan:
    """Return the best plan within the money, staff and limits there are (model §7).

    `confidence` is the chance with which the pools must be able to pay in every year; `time_limit`
    is in seconds. Raises `PlanHasErrors`; `IcbudgetError` for a chance or a time that cannot be,
    and for a plan that leaves nothing to choose.
    """
    confidence = checked_chance(confidence, "The confidence")
    time_limit = checked_seconds(time_limit)
    known = plan_of(plan)
    case = _sound_case(known)
    try:
        best = tasks.optimised(case.plan, confidence, time_limit, meet_goals, public_value)
    except tasks.NothingToChoose as refused:
        raise IcbudgetError(str(refused)) from None
    if best.best.plan is None:
        return BestPlan(None, best)
    beside = tasks.with_best(case.plan, best.best)
    return BestPlan(Plan(draft_of(beside), known.name), best)


def verify(path: PathLike) -> tuple[Finding, ...]:
    """Return what differs when results, or an audit pack, are worked out again.

    It is nothing where all of a results workbook, or of a pack's folder, agrees. A file that cannot
    be worked out again is told as its errors. Raises `IcbudgetError` for a plan as text, which
    stores no answers.
    """
    target = checked_path(path, "What is verified")
    if target.is_dir():
        return tuple(tasks.verify_pack(target)[1])
    try:
        opened, comparison = tasks.verify(target)
    except ValueError as refused:
        raise IcbudgetError(str(refused)) from None
    return comparison.findings if opened.answered else opened.findings


def monitor(
    plan: Plan | PathLike,
    ledgers: Sequence[tuple[PathLike | DataFrame, PathLike | Mapping[str, Any]]] = (),
    *,
    year: str | None = None,
    month: int | None = None,
) -> Monitoring:
    """Return the year as it runs, from a plan, or its file, and ledgers: (export, map) each.

    An export is a file (CSV or workbook) or a data frame; a map is a YAML file or the mapping that
    one holds, such as `{"columns": {"code": "Cost centre", …}, "schemes": {…}}`. The plan stays as
    it is. Raises `PlanHasErrors` where the plan has no answers; `IcbudgetError` for a year or month
    that is none, and for what is no pair.
    """
    known = plan_of(plan)
    year = None if year is None else _checked_year(year)
    month = None if month is None else checked_whole(month, "A month of the year", 1, 12)
    pairs = [_pair(pair, number) for number, pair in enumerate(ledgers, 1)]
    made = tasks.monitor_draft(
        known._draft, Path(known.name), ledgers=pairs, year=year, month=month
    )
    if not made.opened.answered:
        raise PlanHasErrors(first_error(made.opened.findings), made.opened.findings)
    return Monitoring(made)


def _any_case(plan: Plan) -> Case:
    if plan._case is None:
        raise PlanHasErrors(first_error(plan.findings), plan.findings)
    return plan._case


def _sound_case(plan: Plan) -> Case:
    """Return a case of which every figure is known: what draws or searches needs all of them."""
    case = _any_case(plan)
    if case.result is None:
        raise PlanHasErrors(first_error(plan.findings), plan.findings)
    return case


def _titles(blocks: Mapping[str, Block]) -> dict[str, str]:
    """Return the id of each block by what people call it: its answer's title, else its own."""
    declared = {answer.id: answer.title for answer in catalogue.ANSWERS}
    return {declared.get(id, block.title): id for id, block in blocks.items()}


def _table_called(
    blocks: Mapping[str, Block], name: str, others: Sequence[str], *, money: Money, wide: bool
) -> DataFrame:
    """Return the block of a name as a frame; `others` are the tables that are no blocks."""
    titles = _titles(blocks)
    by_name = {title.casefold(): title for title in titles}
    if name.casefold() not in by_name:
        raise NotFound(no_such("table", name, [*titles, *others]))
    title = by_name[name.casefold()]
    id = titles[title]
    return frames.answer_frame(blocks[id], id, title, money=checked_money(money), wide=wide)


def _checked_year(year: Any) -> str:
    """Return a financial year; raises `IcbudgetError` for what is none."""
    try:
        return years.year(checked_text(year, "A financial year"))
    except ValueError as refused:
        raise IcbudgetError(f"{refused}.") from None


def _pair(pair: Any, number: int) -> tasks.LedgerPair:
    """Return a ledger with its map; raises `IcbudgetError` for what is no pair of these."""
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        raise IcbudgetError("A ledger is given with its map: [(export, map), …].")
    export, names = pair
    if not isinstance(names, Mapping):
        names = checked_path(names, "The map of a ledger")
    return _ledger(export, number), names


def _ledger(export: PathLike | DataFrame, number: int) -> Path | tasks.LedgerCells:
    """Return a ledger's export as the task takes it: a path, or the cells of a data frame."""
    if isinstance(export, (str, Path)):
        return Path(export)
    if not frames.is_frame(export):
        raise IcbudgetError("A ledger's export is a file, or a pandas data frame.")
    rows = {
        row: [tasks.cell_text(cell) for cell in cells]
        for row, cells in enumerate(frames.cells_of(export), 1)
    }
    name = f"data frame {number}"
    return tasks.LedgerCells(name, {name: rows})
