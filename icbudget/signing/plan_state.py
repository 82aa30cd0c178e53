"""How far a plan has come: worked out from what is true of it, typed by nobody.

Source: joint.md §6, States are derived.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from icbudget import reference, years
from icbudget.plan import Plan
from icbudget.plan.identity import figures_hash
from icbudget.plan.month_reported import reported
from icbudget.plan.partner import Partner
from icbudget.reference import Office
from icbudget.signing.standing import RECORDED, Signature
from icbudget.signing.statement import version_and_hash

DRAFT, PARTS_OUT, MERGED, AGREED = "draft", "parts out", "merged", "agreed"
SIGNED, IN_FORCE, SUPERSEDED = "signed", "in force", "superseded"
FOR_IN_FORCE = "in force"
"""What an office that may follow the submission is needed for; all others come before it."""


@dataclass(frozen=True, slots=True)
class JointWork:
    """What joint work says of a plan: parts, open outcomes, who accepted which figures, history.

    `accepted`: by partner, the digits of the figures hash that it accepted. Without any of it a
    plan is one that a single person fills, which has no parts.
    """

    parts_out: int
    parts_in: int
    to_agree: int
    accepted: Mapping[str, str]
    superseded: bool


def joint_work(plan: Plan) -> JointWork:
    """Return what the tables of joint work say of a plan: Parts, To agree and History.

    A partner has a part out until its latest part is in. The last *agreed* of a partner in History
    counts; an entry *superseded* says that a later version is in force.
    """
    latest = {part.partner: part for part in sorted(plan.parts, key=lambda part: part.number)}
    open_figures = {row.figure for row in plan.to_agree if row.became == "to agree"}
    chosen = {row.figure for row in plan.to_agree if row.choice}
    entries = sorted(plan.history, key=lambda entry: entry.number)
    accepted = {entry.partner: entry.figures for entry in entries if entry.what == "agreed"}
    return JointWork(
        parts_out=len(latest),
        parts_in=sum(part.state == "in" for part in latest.values()),
        to_agree=len(open_figures - chosen),
        accepted={
            partner: version_and_hash(accepted_version)[1]
            for partner, accepted_version in accepted.items()
        },
        superseded=any(entry.what == "superseded" for entry in entries),
    )


@dataclass(frozen=True, slots=True)
class PlanState:
    """How far a plan has come, and what that rests on or still waits for, in words."""

    state: str
    why: str


@dataclass(frozen=True, slots=True)
class Needed:
    """An office of a partner that must sign, and its signature; None where there is none."""

    partner: Partner
    office: Office
    signature: Signature | None

    @property
    def binds(self) -> bool:
        """Return whether it has signed these very figures."""
        return self.signature is not None and self.signature.binds


def needed(plan: Plan, signed: Iterable[Signature]) -> tuple[Needed, ...]:
    """Return every office that the rules year of a plan asks to sign, partner by partner."""
    by_office = {(s.row.partner, str(s.row.role)): s for s in signed}
    asked: list[Needed] = []
    for partner in plan.partners:
        for office in reference.offices(plan.setup.rules_year):
            if office.partner_kind == partner.kind:
                signature = by_office.get((partner.id, office.role))
                asked.append(Needed(partner, office, signature))
    return tuple(asked)


def plan_state(plan: Plan, signed: tuple[Signature, ...]) -> PlanState:
    """Return the furthest state of a plan of which everything is true.

    Agreed: every partner that pays into a pool has accepted these very figures, or signed them.
    Signed: so have all offices that are needed before the submission. In force: those too that may
    follow, and every pooled fund has an agreement, the day it was signed, and a period that has
    begun by the month the plan reports on, else by 1 April of the first plan year.
    """
    joint = joint_work(plan)
    offices = needed(plan, signed)
    before = [need for need in offices if need.office.needed_for != FOR_IN_FORCE]
    open_before = [need for need in before if not need.binds]
    if joint.superseded:
        return PlanState(SUPERSEDED, "a version that came of this one is in force")
    if before and not open_before:
        to_follow = [need for need in offices if not need.binds]
        waits = [*map(_follows, to_follow), *_agreements_missing(plan)]
        rests = _recorded(offices)
        if not waits:
            return PlanState(IN_FORCE, "; ".join(["signed, and its agreements run", *rests]))
        return PlanState(SIGNED, "; ".join([*waits, *rests]))
    waits_for = f"the rules of {plan.setup.rules_year} name no office of these partners to sign"
    if before:
        count = f"{len(before) - len(open_before)} of {len(before)} offices have signed"
        waits_for = f"{count}; waits for {', '.join(_name(need) for need in open_before)}"
    undecided = _not_accepted(plan, signed, joint)
    if plan.partners and not undecided:
        return PlanState(AGREED, waits_for)
    if joint.parts_out > joint.parts_in:
        return PlanState(PARTS_OUT, f"{joint.parts_in} of {joint.parts_out} parts are in")
    if joint.parts_out:
        count = f"{joint.to_agree} to agree"
        return PlanState(MERGED, f"{count}; not accepted yet by {', '.join(undecided)}")
    return PlanState(DRAFT, waits_for)


def _not_accepted(plan: Plan, signed: tuple[Signature, ...], joint: JointWork) -> list[str]:
    """Return the partners that pay into a pool and have accepted other figures, or none.

    It is every partner where nobody pays in.
    """
    now = figures_hash(plan)
    paying = {row.partner for row in plan.contributions}
    have_signed = {s.row.partner for s in signed if s.binds}
    return [
        partner.name
        for partner in plan.partners
        if (partner.id in paying or not paying)
        and partner.id not in have_signed
        and joint.accepted.get(partner.id) != now
    ]


def _follows(need: Needed) -> str:
    return f"{need.office.role} of {need.partner.name} to follow"


def _name(need: Needed) -> str:
    state = f" ({need.signature.state})" if need.signature else ""
    return f"{need.office.role} of {need.partner.name}{state}"


def _recorded(offices: Iterable[Needed]) -> list[str]:
    """Return a sentence where signatures rest on statements without a key, which is always said."""
    count = sum(n.signature is not None and n.signature.state == RECORDED for n in offices)
    if not count:
        return []
    if count == 1:
        return ["1 signature is a recorded statement, without a key"]
    return [f"{count} signatures are recorded statements, without a key"]


def _agreements_missing(plan: Plan) -> list[str]:
    first, last = _days_reported(plan)
    missing: list[str] = []
    for pool in plan.pools:
        if not pool.is_pooled:
            continue
        # A pooled fund rests on an agreement in writing (SI 2000/617 regulation 7).
        if not (pool.agreement and pool.signed_on):
            missing.append(f"no signed agreement of {pool.name} is recorded")
        elif not pool.covers_from or pool.covers_from > last:
            missing.append(f"the agreement of {pool.name} does not cover {last} yet")
        elif pool.covers_to and pool.covers_to < first:
            missing.append(f"the agreement of {pool.name} ended on {pool.covers_to}")
    return missing


def _days_reported(plan: Plan) -> tuple[str, str]:
    """Return the first and the last day of the month that the plan reports on.

    Else 1 April of the first plan year, twice. Nothing depends on the clock (model §1.4).
    """
    month_reported = reported(plan)
    year, month = month_reported or (plan.years[min(1, plan.setup.horizon)], 0)
    if not month:
        first = f"{years.start(year)}-04-01"
        return first, first
    # month 1 is April; January to March are of the next calendar year
    calendar_month = (month + 2) % 12 + 1
    calendar_year = years.start(year) + (month > 9)
    last = calendar.monthrange(calendar_year, calendar_month)[1]
    stem = f"{calendar_year}-{calendar_month:02d}"
    return f"{stem}-01", f"{stem}-{last}"
