"""Which blanks of a plan take a default, told once a table with rows and £.

These look at the plan as it was typed, before `icbudget.plan.blanks` fills anything in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from icbudget import money
from icbudget.checks.plan_places import at
from icbudget.engine.accounts.risk_rule import rule_of
from icbudget.engine.projection.funding import rolls
from icbudget.findings import Finding, note
from icbudget.plan import TABLES, Plan
from icbudget.plan.acute_line import AcuteLine
from icbudget.plan.programme import Programme

_ROLLED = ("contributions", "pass_downs", "schemes", "minimums")


def blanks_in_use(plan: Plan) -> list[Finding]:
    """Return a note for every table in which blank cells take a default that counts for something.

    A blank that changes nothing, such as the index of a line without a projected year, is none.
    Findings: `blank.activity-line`, `blank.cost-index`, `blank.index`, `blank.risk-share`.
    """
    notes = [
        *(_indices(plan, table) for table in _ROLLED),
        _risk_shares(plan),
        _activity_lines(plan),
        _programmes(plan),
    ]
    return [finding for finding in notes if finding is not None]


def _indices(plan: Plan, table: str) -> Finding | None:
    rows = [
        row
        for row in getattr(plan, table)
        if not row.index and not getattr(row, "programme", "") and rolls(plan, row)
    ]
    if not rows:
        return None
    pence = sum(money.to_pence(row.base_amount or 0) for row in rows)
    message = f"Index is blank in {_rows(len(rows))}, {_pounds(pence)}: flat, 0 %."
    fix = "Name an index of Indices where the amount grows, or type flat where it does not."
    return _worth(note("blank.index", message, fix, at(table, rows[0], "index")), pence)


def _risk_shares(plan: Plan) -> Finding | None:
    pools = [p for p in plan.pools if p.is_pooled and not rule_of(p)]
    pence = sum(_income(plan, pool.id) for pool in pools)
    if not pence:
        return None
    names = _listed([pool.name for pool in pools])
    message = (
        f"Who bears an over- or underspend of {names} ({_pounds(pence)}) is not tested: Risk share"
        " is blank."
    )
    fix = "Choose by contribution, host bears it, or a rule of your own from Risk share."
    return _worth(
        note("blank.risk-share", message, fix, at("pools", pools[0], "risk_share")), pence
    )


def _income(plan: Plan, pool: str) -> int:
    # Deductions are typed as positive amounts, as the plan's other income is.
    signs = {"contribution": 1, "deduction": -1}
    return sum(
        signs[row.kind] * money.to_pence(row.base_amount)
        for row in plan.contributions
        if row.pool == pool
    )


def _activity_lines(plan: Plan) -> Finding | None:
    defaults = {
        "demographic_index": "flat, 0 %",
        "non_demographic_index": "flat, 0 %",
        "price_uplift": plan.setup.price_uplift or "flat, 0 %",
        "price_efficiency": plan.setup.price_efficiency or "flat, 0 %",
        "unit_cost": "the unit price, as an assumption",
        "fixed_cost": "100 % less variable and semi-fixed cost",
    }
    blank = {
        field: [row for row in plan.acute_lines if getattr(row, field) in ("", None)]
        for field in defaults
    }
    # A plan that projects no year takes no index.
    if not plan.years[1:]:
        blank = {field: blank[field] for field in ("unit_cost", "fixed_cost")}
    used = {field: rows for field, rows in blank.items() if rows}
    if not used:
        return None
    # A line with two blanks is the same money once.
    pence = sum(_value(row) for row in _any_of(plan.acute_lines, used.values()))
    parts = [_part("acute_lines", field, rows, defaults[field]) for field, rows in used.items()]
    message = f"{'; '.join(parts)}. These lines are {_pounds(pence)} in the base year."
    field, rows = next(iter(used.items()))
    place = at("acute_lines", rows[0], field)
    fix = "Type the value where the default is not right."
    return _worth(note("blank.activity-line", message, fix, place), pence)


def _programmes(plan: Plan) -> Finding | None:
    # a programme without a cost has a finding of its own, and no use for an index
    rows = [row for row in plan.programmes if not row.cost_index and _dearest_year(row)]
    if not rows or not plan.years[1:]:
        return None
    pence = sum(_dearest_year(row) for row in rows)
    message = f"Cost index is blank in {_rows(len(rows))}, {_pounds(pence)} a year: flat, 0 %."
    fix = "Name an index of Indices where the cost grows, or type flat where it does not."
    return _worth(
        note("blank.cost-index", message, fix, at("programmes", rows[0], "cost_index")), pence
    )


def _dearest_year(row: Programme) -> int:
    """Return what a programme costs in its dearest year, pence at base-year prices."""
    fixed = [money.to_pence(amount) for amount in row.fixed_cost.values()]
    if row.yearly_cost is not None:
        fixed.append(money.to_pence(row.yearly_cost))
    people = max(row.people.values(), default=0.0)
    return max(fixed, default=0) + round(people * row.unit_cost * 100)


def _value(row: AcuteLine) -> int:
    """Return a line's payment at base activity and base price, pence."""
    activity = row.base_activity * (1 + row.baseline_adjustment)
    return round(activity * row.unit_price * row.market_forces_factor * 100)


def _any_of(rows: Sequence[AcuteLine], groups: Iterable[list[AcuteLine]]) -> list[AcuteLine]:
    """Return the rows that are in any group, in their order."""
    ids = {row.id for group in groups for row in group}
    return [row for row in rows if row.id in ids]


def _part(table: str, field: str, rows: Sequence[object], default: str) -> str:
    label = TABLES[table].noun.model_fields[field].title
    return f"{label} is blank in {_rows(len(rows))}: {default}"


def _rows(count: int) -> str:
    return f"{count} row{'' if count == 1 else 's'}"


def _pounds(pence: int) -> str:
    """Return an amount in words short enough for a note: £21.3m, £450,000."""
    # £1m, in pence
    if abs(pence) >= 10**8:
        return f"£{pence / 10**8:,.1f}m"
    return money.display(pence, pounds_only=True)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def _worth(finding: Finding, pence: int) -> Finding:
    return replace(finding, effect_pence=pence or None)


WHY_IT_MATTERS = {
    "blank.activity-line": (
        "A default decides what the line costs or releases, and nobody has chosen it."
    ),
    "blank.cost-index": (
        "A programme's cost stays the same in every year. If pay rises, it is short of money"
        " from the second year on."
    ),
    "blank.index": (
        "These amounts do not grow. If costs do, the gap opens year by year without a figure"
        " that says so."
    ),
    "blank.risk-share": (
        "If the pool overspends, nobody has agreed to pay. The host is left with the bill while"
        " the partners argue."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
