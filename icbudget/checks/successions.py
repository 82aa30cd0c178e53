"""Bodies that end: shares that make no whole, what still stands in their name, changes not told."""

from __future__ import annotations

from collections.abc import Iterator

from icbudget import years
from icbudget.checks.plan_places import at
from icbudget.engine.accounts.successors import ending_in
from icbudget.engine.run import Result
from icbudget.findings import Finding, error, note, warning
from icbudget.plan import Plan
from icbudget.plan.succession import Succession

_NEARLY_ALL = 1e-6
"""Shares printed to six decimals may miss the whole by this much."""


def shares(plan: Plan) -> list[Finding]:
    """Return errors where an old partner's shares, year or successors cannot be used.

    Source: model §15.1.
    """
    by_old: dict[str, list[Succession]] = {}
    for row in plan.successions:
        by_old.setdefault(row.old, []).append(row)
    findings: list[Finding] = []
    for old, rows in by_old.items():
        first = rows[0]
        total = sum(row.share for row in rows)
        if any(row.new == old for row in rows):
            message = f"“{old}” is named as its own successor."
            fix = "Name the partner that follows, a row of Partners."
            own = next(row for row in rows if row.new == old)
            findings.append(
                error("body.own-successor", message, fix, at("successions", own, "new"))
            )
        elif len({row.year for row in rows}) > 1:
            message = f"The successors of “{old}” begin in different years."
            fix = "Give all its rows the one year in which they follow it."
            findings.append(error("body.years", message, fix, at("successions", first, "year")))
        elif abs(total - 1.0) > _NEARLY_ALL:
            message = f"The shares of the successors of “{old}” make {total:.2%}."
            fix = "Make them 100 %, or leave out successors that get nothing."
            findings.append(error("body.shares", message, fix, at("successions", first, "share")))
        if first.year <= plan.setup.base_year:
            message = (
                f"“{old}” ended on 31 March {years.start(first.year)}, before the plan's second"
                " year: the row changes nothing."
            )
            fix = "Clear it, and name its successors where it stands."
            findings.append(
                warning("body.before-the-plan", message, fix, at("successions", first, "year"))
            )
    return findings


def without_successor(plan: Plan) -> list[Finding]:
    """Return a note for every body that is known to end and has no successor in the plan.

    Such are ICBs and councils that end in the years of the plan.
    """
    planned = {row.old for row in plan.successions}
    findings: list[Finding] = []
    for partner in plan.partners:
        if partner.id in planned or partner.kind not in ("icb", "council"):
            continue
        changes = ending_in(plan, partner)
        if changes:
            first = changes[0]
            standing = {"in force": "ended", "in law": "ends"}.get(first.standing, "is to end")
            names = " and ".join(change.new_name for change in changes)
            message = (
                f"{first.old_name} {standing} on 31 March {years.start(first.first_year)};"
                f" {names} follow{'s' if len(changes) == 1 else ''} ({first.standing})."
            )
            fix = "Run icbudget succeed, or enter Successions and the successors' funding."
            findings.append(note("body.ends", message, fix, at("partners", partner, "name")))
    return findings


def still_there(plan: Plan, result: Result) -> list[Finding]:
    """Return a warning for every partner that still acts in a year after it has ended.

    It pays in, hosts, commissions or provides.
    """
    findings: list[Finding] = []
    for row in {row.old: row for row in plan.successions}.values():
        if row.year not in plan.years[1:]:
            continue
        doing = list(_doing(plan, result, row))
        if doing:
            message = (
                f"“{row.old}” ends on 31 March {years.start(row.year)} and still"
                f" {'; '.join(doing)}."
            )
            fix = (
                "Enter its successors there from that year on; icbudget succeed does it for"
                " funding."
            )
            findings.append(
                warning("body.still-there", message, fix, at("successions", row, "old"))
            )
    return findings


def _doing(plan: Plan, result: Result, row: Succession) -> Iterator[str]:
    since = plan.years.index(row.year)
    paid = sum(
        abs(float(result.projection.figures.contributions[0, since:, n].sum()))
        for n, line in enumerate(plan.contributions)
        if line.partner == row.old
    )
    if paid:
        yield f"pays in £{paid / 100:,.2f} from {row.year} on"
    hosted = [pool.id for pool in plan.pools if pool.host == row.old and not pool.ended(row.year)]
    if hosted:
        yield f"hosts {', '.join(hosted)}"
    for what, field in (("commissions", "commissioner"), ("provides", "provider")):
        lines = [line.id for line in plan.acute_lines if getattr(line, field) == row.old]
        if lines:
            yield f"{what} {', '.join(lines)}"
    own = [programme.id for programme in plan.programmes if programme.partner == row.old]
    if own:
        yield f"pays for {', '.join(own)}"
