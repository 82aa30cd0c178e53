"""The checklist of the planning return: every cell it needs, whether it is filled in, and where."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from icbudget import reference
from icbudget.answers.block import Lines, Row
from icbudget.answers.case import Case
from icbudget.answers.returns import columns_of_return, metrics_of, pooled_schemes
from icbudget.answers.signed import signatures_of
from icbudget.checks.plan_places import at
from icbudget.checks.source_balances import not_stated, rule_in_words
from icbudget.findings import Place
from icbudget.plan import Plan
from icbudget.plan.columns import Noun
from icbudget.plan.figure_places import visible_place
from icbudget.plan.scheme import Scheme
from icbudget.signing.plan_state import needed as offices_needed
from icbudget.signing.standing import NOT_VALID, VOID, Signature

YES, NO = "Yes", "No"
_OWN = {"amount": "base_amount"}
"""Fields of a return that the plan calls otherwise."""


@dataclass(frozen=True, slots=True)
class Needed:
    """One thing the return needs.

    Which part of it, what, whether it is there, and where it is filled in.
    """

    part: str
    what: str
    there: bool
    place: Place


def checklist(case: Case) -> Lines:
    """Return what the return of the rules year needs, as its own checklist does.

    Each line says Yes or No, and where to fill it in.

    A column that is complete in every row is one line; each cell that is not is a line of its own,
    which names it. A part is complete when all its lines are, and the template when all its parts
    are. Source: PB §3.5.
    """
    needs = needed(case.plan, signatures_of(case))
    rows: list[Row] = []
    for part in dict.fromkeys(line.part for line in needs):
        lines = [line for line in needs if line.part == part]
        rows.extend(_row(part, line.what, line.there, _where(case, line.place)) for line in lines)
        rows.append(_row(part, "Sheet complete", all(line.there for line in lines), ""))
    rows.append(_row("Template", "Template complete", all(line.there for line in needs), ""))
    shows = (
        f"What the planning return of {case.plan.setup.rules_year} needs. Complete when every line"
        " reads Yes."
    )
    return Lines(shows, tuple(rows))


def _row(part: str, what: str, there: bool, where: str) -> Row:
    return Row((part, what, where, YES if there else NO), "", ())


def _where(case: Case, place: Place) -> str:
    return str(visible_place(place, case.draft)) if case.draft else str(place)


def needed(plan: Plan, signatures: tuple[Signature, ...]) -> tuple[Needed, ...]:
    """Return everything the return of the plan's rules year needs. Source: PB §3.1, §3.5."""
    return (
        *_cover(plan, signatures),
        *_income(plan),
        *_conditions(plan),
        *_expenditure(plan),
        *_metrics(plan),
    )


def _cover(plan: Plan, signatures: tuple[Signature, ...]) -> Iterator[Needed]:
    for field, what in (
        ("area", "Health and Wellbeing Board"),
        ("prepared_by", "Completed by"),
        ("approved_by", "Approved by"),
    ):
        yield Needed("Cover", what, bool(getattr(plan.setup, field)), at("setup", None, field))
    typed = {(row.partner, str(row.role)): row for row in plan.sign_offs}
    for office in offices_needed(plan, signatures):
        signed, what = office.signature, f"Signed by {office.partner.name}: {office.office.role}"
        row = typed.get((office.partner.id, office.office.role))
        place = at("sign_offs", row, "date") if row else Place(table="sign_offs", column="date")
        if signed is not None:
            what += f" ({signed.state}; {signed.why})" if signed.state in _NOT_THERE else ""
        is_there = signed is not None and signed.state not in _NOT_THERE
        yield Needed("Cover", what, is_there, place)


_NOT_THERE = (VOID, NOT_VALID)
"""States of a signature that the return cannot go with: a figure changed, or it is not genuine."""


def _income(plan: Plan) -> Iterator[Needed]:
    for name, source in reference.funding_sources(plan.setup.rules_year).items():
        rows = [row for row in plan.contributions if row.source == name]
        if source.minimum:
            place = _first_of("contributions", rows)
            yield Needed("Income", name, bool(rows), place)
        # Other sources are needed only where somebody puts money under them, and then say what they
        # are.
        elif rows:
            unsaid = [row for row in rows if not (row.name or row.document)]
            place = at("contributions", (unsaid or rows)[0], "name")
            yield Needed("Income", f"{name}: what it is", not unsaid, place)
    for partner in (row for row in plan.partners if row.kind == "district"):
        rows_of = [row for row in plan.pass_downs if row.district == partner.id]
        place = _first_of("pass_downs", rows_of)
        yield Needed("Income", f"DFG breakdown: {partner.name}", bool(rows_of), place)


def _first_of(table: str, rows: Sequence[Noun]) -> Place:
    """Return where the amount of the first of some rows stands; else where one would be typed."""
    if rows:
        return at(table, rows[0], "base_amount")
    return Place(table=table, column="base_amount")


def _conditions(plan: Plan) -> Iterator[Needed]:
    """Yield the national minimums of the sources put in: stated, or not tested."""
    missing = set(not_stated(plan))
    for source in dict.fromkeys(row.source for row in plan.contributions if not row.carry_forward):
        for rule in reference.conditions(source, plan.setup.rules_year):
            what = f"{rule_in_words(rule).capitalize().replace('Nhs', 'NHS')} of {source}"
            if (rule, source) in missing:
                place = Place(table="minimums", column="base_amount")
                yield Needed("National conditions", f"{what}: not tested", False, place)
                continue
            row = next(r for r in plan.minimums if (r.rule, r.source) == (rule, source))
            yield Needed("National conditions", what, True, at("minimums", row, "base_amount"))


def _expenditure(plan: Plan) -> Iterator[Needed]:
    rows = [row for _, row in pooled_schemes(plan)]
    if not rows:
        first = Place(table="schemes", column="id")
        yield Needed("Expenditure", "At least one scheme", False, first)
    fields: set[str] = set()
    for column in columns_of_return(plan, "expenditure"):
        if column.needed == "no" or column.field in fields:
            continue
        fields.add(column.field)
        asked = [row for row in rows if _ASKED[column.needed](plan, row)]
        blank = [row for row in asked if not _filled(row, column.field)]
        what = column.heading.removesuffix(" *")
        field = _OWN.get(column.field, column.field)
        if asked and not blank:
            place = at("schemes", asked[0], field)
            yield Needed("Expenditure", f"{what}: all {len(asked)} rows", True, place)
        for row in blank:
            scheme = f"scheme {row.id}" + (f", line {row.line}" if row.line > 1 else "")
            place = at("schemes", row, field)
            yield Needed("Expenditure", f"{what}: {scheme}", False, place)


def _filled(row: Scheme, field: str) -> bool:
    if field == "amount":
        return bool(row.programme) or row.base_amount is not None or bool(row.amounts)
    if field == "planned_outputs":
        return bool(row.planned_outputs)
    value = getattr(row, field)
    return value is not None and value != ""


def _units(plan: Plan, row: Scheme) -> bool:
    if not row.scheme_type:
        return False
    return bool(reference.choices("unit", plan.setup.rules_year, row.scheme_type))


_ASKED: dict[str, Callable[[Plan, Scheme], bool]] = {
    "yes": lambda plan, row: True,
    "if listed": lambda plan, row: bool(
        reference.sub_types(row.scheme_type, plan.setup.rules_year)
    ),
    "if unit": _units,
    "if joint": lambda plan, row: row.commissioner == "Joint",
    "if other": lambda plan, row: "Other" in (row.scheme_type, row.sub_type),
    "if other area": lambda plan, row: row.area_of_spend == "Other",
}
"""When a column of the expenditure sheet is needed for a row."""


def _metrics(plan: Plan) -> Iterator[Needed]:
    for name, _ in metrics_of(plan):
        goal = next((row for row in plan.goals if row.measure.casefold() == name.casefold()), None)
        place = at("goals", goal, "measure") if goal else Place(table="goals", column="measure")
        yield Needed("Metrics", f"{name}: a goal with this measure", goal is not None, place)
