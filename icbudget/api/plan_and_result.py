"""A plan as a value to change, and the result of running it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from icbudget import frames, tasks
from icbudget.answers import catalogue, explain, named_figures
from icbudget.answers.answer import Answer
from icbudget.answers.answered import answers_of, kept
from icbudget.answers.case import Case, evaluate_draft
from icbudget.answers.unread_figures import ledger_of
from icbudget.api.arguments import (
    PathLike,
    checked_figures,
    checked_money,
    checked_path,
    checked_text,
)
from icbudget.api.errors import IcbudgetError, NotFound, PlanHasErrors, first_error, no_such
from icbudget.api.notebook_view import summary
from icbudget.findings import Finding, has_errors, ordered
from icbudget.frames import Money
from icbudget.plan import SETUP, TABLES, figure_names
from icbudget.plan import Plan as PlanValue
from icbudget.plan.figure_places import draft_of
from icbudget.plan.identity import AS_TYPED, plan_hash
from icbudget.plan.plan_text import from_yaml, to_json
from icbudget.plan.rows import Draft
from icbudget.plan.scenario_overlay import no_such_scenario, scenarios_of

if TYPE_CHECKING:
    from icbudget.frames.column_types import DataFrame

FINDINGS, POSTINGS = "Findings", "Postings"


@dataclass(frozen=True, slots=True)
class Changed:
    """A figure that was changed: its name, what stood there, what stands there now, and why."""

    name: str
    before: Any
    after: Any
    reason: str

    def __str__(self) -> str:
        before, after = (_as_typed(value) or "blank" for value in (self.before, self.after))
        why = f" ({self.reason})" if self.reason else ""
        return f"{self.name}: {before} → {after}{why}"


@dataclass(frozen=True, eq=False)
class Plan:
    """A plan as it was read or changed. It never changes: `change` and `scenario` return another.

    `changes` are the figures changed since it was read, with their reasons. Plans with the same
    content are equal, whatever they were read from. A plan without errors can be pickled, so that
    other processes can run it; where its figures stood in a file stays behind.
    """

    _draft: Draft = field(repr=False)
    name: str = "plan"
    changes: tuple[Changed, ...] = ()

    def __repr__(self) -> str:
        if self._draft.plan is None:
            return f"<a plan that cannot be read: {first_error(self.findings)}>"
        handle = f"{AS_TYPED} {self.hash[:12]}"
        return f"<{handle}: {self.title}>" if self.title else f"<{handle}>"

    def _repr_html_(self) -> str:
        if self._draft.plan is None:
            return summary(f"{self.name}: a plan that cannot be read", {}, self.findings)
        counted = [f"{name} ({len(self.frame(name))})" for name in self.tables[1:]]
        parts = {
            AS_TYPED.capitalize(): self.hash[:12],
            "Years": f"{self.years[0]} to {self.years[-1]}",
            "Scenario": self.value.setup.active_scenario,
            "Tables (rows)": ", ".join((*self.tables[:1], *counted)),
            "Changed": "; ".join(map(str, self.changes)),
        }
        return summary(self.title or self.name, parts, self.findings)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Plan):
            return NotImplemented
        if self._draft.plan is None or other._draft.plan is None:
            return self is other
        return self.hash == other.hash

    def __hash__(self) -> int:
        return id(self) if self._draft.plan is None else hash(self.hash)

    def __deepcopy__(self, memo: Mapping[int, Any]) -> Plan:
        # A plan never changes, so it is its own copy.
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        if self._draft.unknown or has_errors(self._draft.findings):
            raise PlanHasErrors(first_error(self.findings), self.findings)
        return _from_text, (to_json(self.value), self.name, self.changes)

    @property
    def value(self) -> PlanValue:
        """Return the plan as the engine takes it.

        Raises `PlanHasErrors` where Setup could not be read.
        """
        if self._draft.plan is None:
            raise PlanHasErrors(first_error(self.findings), self.findings)
        return self._draft.plan

    @property
    def title(self) -> str:
        """Return the plan's title; blank where Setup could not be read."""
        return self._draft.plan.setup.title if self._draft.plan else ""

    @property
    def years(self) -> tuple[str, ...]:
        """Return the base year and every year after it, such as `2026/27`."""
        return self.value.years

    @property
    def hash(self) -> str:
        """Return the plan's identity, a SHA-256 in hexadecimal, the same everywhere (model §1.4).

        Raises `PlanHasErrors` where Setup could not be read, as all that needs the plan does.
        """
        return plan_hash(self.value, self._draft.unknown)

    @property
    def tables(self) -> tuple[str, ...]:
        """Return the names of the plan's tables that hold rows, Setup first."""
        plan = self.value
        return (SETUP.label, *(t.label for name, t in TABLES.items() if getattr(plan, name)))

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Return the names of the scenarios: those that the plan has, then the ready-made ones."""
        return scenarios_of(self.value)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return what is wrong with the plan, errors first; a table by `frame("Findings")`."""
        case = self._case
        return tuple(ordered(case.findings if case else self._draft.findings))

    @property
    def sound(self) -> bool:
        """Return whether the plan has answers: no error stops them."""
        return self._case is not None and self._case.has_answers

    @property
    def figures(self) -> tuple[str, ...]:
        """Return the name of every figure that `change` takes, such as `falls / Effect`."""
        return tuple(figure.name for figure in figure_names.input_figures(self.value))

    def frame(self, table: str, *, money: Money = "pounds") -> DataFrame:
        """Return a table of the plan as a data frame, by its name: `Setup`, `Schemes`, `Findings`.

        It has the headings of the sheet; percentages are fractions, amounts float pounds. With
        `money="pence"` amounts are whole pence, Int64, and their headings say so; such a frame is
        no plan table to read. Raises `NotFound`; `IcbudgetError` for another `money`.
        """
        checked_money(money)
        checked_text(table, "The name of a table")
        if table.casefold() == FINDINGS.casefold():
            return frames.findings_frame(self.findings, money=money)
        every = (SETUP, *TABLES.values())
        named = {t.field: t for t in every} | {t.label.casefold(): t for t in every}
        declared = named.get(table.casefold())
        if declared is None:
            raise NotFound(no_such("table of the plan", table, [t.label for t in every]))
        return frames.plan_frame(self.value, declared, money=money)

    def change(self, figures: Mapping[str, Any], *, reason: str = "") -> Plan:
        """Return the plan with figures changed: `{"hospital_at_home / Effect": 0.6}`.

        Figures are named as the sheets show them (`figures` lists all); a number, a percentage as
        text (`"60%"`), a word of a list, True and False, or None for a blank. An active scenario is
        laid first, so that what is given here is what counts. Raises `NotFound` for a name that
        means no figure or several, `PlanHasErrors` where a value is refused, and `IcbudgetError`
        for what no cell can hold.
        """
        figures = checked_figures(figures)
        checked_text(reason, "A reason")
        if not figures:
            return self
        known = figure_names.input_figures(self.value)
        meant: list[tuple[figure_names.NamedFigure, Any]] = []
        for name, value in figures.items():
            try:
                meant.append((figure_names.input_figure(known, name), value))
            except figure_names.FigureNameProblem as problem:
                raise NotFound(str(problem)) from None
        texts = [(figure.path, _as_typed(value)) for figure, value in meant]
        plan, findings = figure_names.with_figures(self.value, texts)
        if has_errors(findings):
            raise PlanHasErrors(first_error(findings), findings)
        changed = tuple(Changed(f.name, f.value, value, reason) for f, value in meant)
        return Plan(draft_of(plan), self.name, (*self.changes, *changed))

    def scenario(self, name: str) -> Plan:
        """Return the plan with a scenario active; a blank name gives the plan without one.

        Raises `NotFound`.
        """
        plan = self.value
        checked_text(name, "The name of a scenario")
        if name and name not in scenarios_of(plan):
            finding = no_such_scenario(plan, name)
            raise NotFound(f"{finding.message} {finding.fix}", [finding])
        setup = plan.setup.model_copy(update={"active_scenario": name})
        return Plan(draft_of(plan.model_copy(update={"setup": setup})), self.name, self.changes)

    def run(self) -> Result:
        """Return what the plan comes to.

        Where some figures cannot be read, what rests on them is not known and the rest is given.
        Raises `PlanHasErrors` where an error stops every answer.
        """
        case = self._case
        if case is None or not case.has_answers:
            raise PlanHasErrors(first_error(self.findings), self.findings)
        return Result(self, case)

    def write(self, path: PathLike, *, overwrite: bool = False) -> Path:
        """Return the path of the plan written as its ending says: .xlsx, .yaml or .json.

        Folders that are missing are made; a file that has the same plan already stays. Raises
        `IcbudgetError` where another file is there, unless `overwrite`, and where none can be
        written.
        """
        target = checked_path(path, "Where a plan is written")
        try:
            return tasks.convert_plan(self.value, target, overwrite=overwrite)
        except FileExistsError:
            raise IcbudgetError(
                f"{target.name} is there already. Choose another name, or pass overwrite=True."
            ) from None
        except ValueError as refused:
            raise IcbudgetError(str(refused)) from None
        except OSError as refused:
            why = refused.strerror or type(refused).__name__
            raise IcbudgetError(f"{target} cannot be written: {why}.") from None

    @cached_property
    def _case(self) -> Case | None:
        return evaluate_draft(self._draft)


def _as_typed(value: Any) -> str:
    """Return a value as somebody would type it into its cell; None is a blank one."""
    return "" if value is None else figure_names.shortest(value)


def _from_text(text: str, name: str, changes: tuple[Changed, ...]) -> Plan:
    return Plan(from_yaml(text, name), name, changes)


@dataclass(frozen=True, repr=False, eq=False)
class Result:
    """What a plan comes to: every answer as a table, every figure by its name."""

    plan: Plan
    _case: Case

    def __repr__(self) -> str:
        return f"<result of {self.plan!r}>"

    def _repr_html_(self) -> str:
        parts = {AS_TYPED.capitalize(): self.plan.hash[:12], "Tables": ", ".join(self.tables)}
        return summary(f"Result of {self.plan.title or self.plan.name}", parts, self.findings)

    def __reduce__(self) -> tuple[Any, ...]:
        return Plan.run, (self.plan,)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return what is wrong with the plan and what its results warn of, errors first."""
        return tuple(ordered(self._case.findings))

    @property
    def tables(self) -> Mapping[str, DataFrame]:
        """Return every answer as a data frame by its name; each is made when it is looked at."""
        return _Tables(self)

    def table(self, name: str, *, money: Money = "pounds", wide: bool = False) -> DataFrame:
        """Return an answer as a data frame by its name, such as `Balances`.

        Its title or its id. Tidy, a value a row, amounts in pounds, or whole pence with
        `money="pence"`; `wide` gives it as on its sheet; see `icbudget.frames`. `Findings` and
        `Postings` are tables too. Raises `NotFound`; `IcbudgetError` for another `money` than
        pounds or pence.
        """
        checked_money(money)
        checked_text(name, "The name of a table")
        if name.casefold() == FINDINGS.casefold():
            return frames.findings_frame(self.findings, money=money)
        if name.casefold() == POSTINGS.casefold():
            return frames.postings_frame(ledger_of(self._case), self._case.plan.years, money=money)
        answer = self._answer(name)
        block = kept(self._case, answer)
        return frames.answer_frame(block, answer.id, answer.title, money=money, wide=wide)

    def figure(self, name: str) -> Any:
        """Return one figure by its name: `bcf / 2027/28 / Closing balance`, `falls / Effect`.

        Amounts are pounds, percentages fractions. A headline of the Dashboard has its own words,
        such as `Income of the pools`; `explain` says its period, basis and parts. Raises `NotFound`
        where the name means no cell or several; no cells but those of a headline are added up.
        """
        try:
            checked_text(name, "The name of a figure")
            return named_figures.figure(self._case, name).value
        except figure_names.FigureNameProblem as problem:
            raise NotFound(str(problem)) from None

    def explain(self, figure: str) -> DataFrame:
        """Return where a figure comes from, as the command `icbudget explain` says it.

        It has its postings, how it is worked out, and the cells and sources behind it. Raises
        `NotFound` for a name that means nothing in the plan.
        """
        if not checked_text(figure, "The name of a figure").strip(" /|"):
            raise NotFound("Name the figure, such as “bcf / 2027/28 / council”.")
        explanation = explain.explain(self._case, figure, self.plan._draft.places)
        if explanation.unknown:
            raise NotFound(f"Nothing in the plan is called {'; '.join(explanation.unknown)}.")
        block = explain.explanation_block(explanation)
        return frames.answer_frame(block, "explanation", "Explanation", wide=True)

    @property
    def postings(self) -> DataFrame:
        """Return the ledger behind every figure, one posting a row, `Amount` in £.

        Amounts of one kind, year and partner add up to the answers to the penny; in whole pence by
        `table("Postings", money="pence")`. Source: model §1.2.
        """
        return self.table(POSTINGS)

    def _answer(self, name: str) -> Answer:
        known = {answer.id: answer for answer in catalogue.ANSWERS}
        known |= {answer.title.casefold(): answer for answer in catalogue.ANSWERS}
        answer = known.get(name.casefold())
        if answer is None and name.casefold() in (t.label.casefold() for t in TABLES.values()):
            raise NotFound(f"{name} is a table of the plan: result.plan.frame(“{name}”) has it.")
        if answer is None:
            titles = [answer.title for answer in catalogue.ANSWERS]
            raise NotFound(no_such("answer", name, titles))
        return answer


class _Tables(Mapping[str, "DataFrame"]):
    """The answers of a result by name, each made when it is asked for."""

    def __init__(self, result: Result) -> None:
        self._result = result
        self._names = tuple(answer.title for answer in answers_of(result._case))

    def __getitem__(self, name: str) -> DataFrame:
        try:
            return self._result.table(name)
        except NotFound as missing:
            raise KeyError(name) from missing

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __repr__(self) -> str:
        return f"<{len(self)} tables: {', '.join(self)}>"
