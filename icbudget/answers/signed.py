"""Who has signed the plan, whether it still holds, and how far the plan has come."""

from __future__ import annotations

from icbudget.answers.block import Lines, Row
from icbudget.answers.case import Case
from icbudget.engine.cached_view import cached_view
from icbudget.signing.plan_state import Needed, PlanState, needed, plan_state
from icbudget.signing.standing import NOT_VALID, VOID, Signature, signatures

THE_PLAN, NOT_SIGNED = "The plan", "not signed"
OTHER_OFFICE = "no rule asks for it"


@cached_view
def signatures_of(case: Case) -> tuple[Signature, ...]:
    """Return the state of every signature under the plan of a case, as it was typed.

    A figure that nobody can read is not the one that was signed.
    """
    sound = case.result is not None and not case.typed.setup.active_scenario
    return signatures(case.typed, sound=sound)


def state_of(case: Case) -> PlanState:
    """Return how far the plan of a case has come, as it was typed."""
    return plan_state(case.typed, signatures_of(case))


def signatures_in_words(case: Case) -> tuple[str, ...]:
    """Return a sentence for each signature under the plan of a case: who, when, and its state."""
    names = {partner.id: partner.name for partner in case.plan.partners}
    return tuple(
        f"{s.row.name}, {s.row.role} of {names.get(s.row.partner, s.row.partner)},"
        f" {s.row.date}: {s.state}{f', {s.why}' if s.state in (VOID, NOT_VALID) else ''}"
        for s in signatures_of(case)
    )


def signed(case: Case) -> Lines:
    """Return the state of the plan, then every office that must sign and every other signature.

    Each has its state, and why: what changed since where a signature does not hold. Nothing is
    listed of a plan that nobody has begun to sign. Source: model §13.2.
    """
    plan = case.before_scenario
    rows: list[Row] = []
    # A plan that nobody has begun to sign lacks no signature yet.
    if plan.sign_offs:
        signatures = signatures_of(case)
        offices = needed(plan, signatures)
        state = state_of(case)
        rows.append(_row(THE_PLAN, "", "", "", state.state, state.why, ""))
        rows += [_office(need) for need in offices]
        asked = {(need.partner.id, need.office.role) for need in offices}
        names = {partner.id: partner.name for partner in plan.partners}
        for one in signatures:
            if (one.row.partner, one.row.role) not in asked:
                who = names.get(one.row.partner, one.row.partner)
                rows.append(_signed(who, one.row.role, one, OTHER_OFFICE))
    shows = (
        "Signatures under the plan, and what each is worth now. holds: made with a key, and no"
        " figure changed since; recorded: a statement without a key, and no figure changed since;"
        " void: a figure changed since. It says neither that a signature is advanced or qualified"
        " in law, nor that a section 75 agreement is signed: that is done outside."
    )
    return Lines(shows, tuple(rows))


def _office(need: Needed) -> Row:
    wanted = need.office.needed_for
    if need.office.delegable == "no":
        wanted += ", not to be delegated"
    if not need.office.confirmed:
        wanted += " (a judgement: confirm it)"
    if need.signature is None:
        return _row(need.partner.name, need.office.role, "", "", NOT_SIGNED, "", wanted)
    return _signed(need.partner.name, need.office.role, need.signature, wanted)


def _signed(partner: str, role: str, one: Signature, wanted: str) -> Row:
    return _row(partner, role, one.row.name, one.row.date, one.state, one.why, wanted)


def _row(*labels: str) -> Row:
    return Row(labels, "", ())
