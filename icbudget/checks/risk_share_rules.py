"""Risk shares are complete, in an order that has effect, and leave nothing unborne."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from icbudget.checks.plan_places import at
from icbudget.checks.unusable_agreements import set_aside_whole
from icbudget.engine.accounts.risk_rule import faults_of, pools_of, rows_of, rule_of, steps_of
from icbudget.engine.accounts.risk_share_settlement import (
    pool_shares,
    variance_of_lines,
)
from icbudget.engine.accounts.variance import computed_shares, is_ring_fenced
from icbudget.engine.run import Result
from icbudget.findings import Finding, note, percentage, warning
from icbudget.money import in_words
from icbudget.plan import Plan
from icbudget.plan.pool import Pool
from icbudget.plan.risk_share import BY_LINE, BY_PERCENTAGE, RiskShare

_LIMITS = ("width", "width_percent", "cap", "cap_percent")
KEPT = ("retain", "redeploy", "carry_forward")
"""Destinations of an underspend that leave it in the pool."""


def _steps(plan: Plan) -> Iterator[tuple[str, int, tuple[RiskShare, ...]]]:
    for rule in dict.fromkeys(row.id for row in plan.risk_shares):
        for number, rows in steps_of(plan, rule).items():
            yield rule, number, rows


def share_rules(plan: Plan) -> list[Finding]:
    """Return an error where a rule cannot be used, a warning for figures it does not use.

    Such a rule is set aside whole, and the answers go on: what its pools are over or under stands
    as unresolved. Findings: `risk.incomplete`, `risk.no-amount`, `risk.no-basis`, `risk.not-100`,
    `risk.order-clash`, `risk.two-bases`, `risk.figure-unused`.
    """
    findings: list[Finding] = []
    for rule in dict.fromkeys(row.id for row in plan.risk_shares):
        findings += set_aside_whole("risk_shares", plan, faults_of(plan, rule))
        for number, rows in steps_of(plan, rule).items():
            findings += _unused(
                f"Risk share “{rule}”" if number == 1 else f"Risk share “{rule}”, step {number},",
                rows,
            )
    return findings


def _unused(subject: str, rows: tuple[RiskShare, ...]) -> list[Finding]:
    """Return a warning for the first figure of a step that its kind or basis does not use."""
    for row in rows:
        share = row.kind == "share"
        pairs = {
            "applies_to": not share and row.applies_to == "underspend",
            "basis": not share and row.basis is not None,
            "amount": row.amount is not None and row.kind in ("share", "offset"),
            "amounts": bool(row.amounts) and row.kind in ("share", "offset"),
            "funding_line": bool(row.funding_line) and row.kind != "contingency",
            "share": row.share is not None and not (share and row.basis in BY_PERCENTAGE),
            **{field: getattr(row, field) is not None and not share for field in _LIMITS},
        }
        field = next((name for name, unused in pairs.items() if unused), "")
        if field:
            message = (
                f"{subject} has a figure that is not used for {row.basis if share else row.kind}:"
                f" {field.replace('_', ' ')}."
            )
            return [
                warning(
                    "risk.figure-unused",
                    message,
                    "Clear it, or change the step.",
                    at("risk_shares", row, field),
                )
            ]
    return []


def steps_in_vain(plan: Plan) -> list[Finding]:
    """Return findings for steps that nothing can reach and rules that no pool uses.

    Destinations of an underspend are reached or not, too. Findings: `risk.destination-unreached`,
    `risk.no-pool`, `risk.step-unreached`.
    """
    findings: list[Finding] = []
    for rule in dict.fromkeys(row.id for row in plan.risk_shares):
        steps, pools = steps_of(plan, rule), pools_of(plan, rule)
        first = next(iter(rows_of(plan, rule).values()))[0]
        if not pools:
            message = f"No pooled fund uses the risk share “{rule}”."
            fix = "Name it in Pools, or delete it."
            place = at("risk_shares", first, "id")
            findings.append(note("risk.no-pool", message, fix, place))
        for side in ("overspend", "underspend"):
            # An underspend needs no reserve to be met from, so only shares deal with it.
            of_side = {
                number: rows
                for number, rows in steps.items()
                if rows[0].applies_to in ("both", side)
                and (side == "overspend" or rows[0].kind == "share")
            }
            last = next((number for number, rows in of_side.items() if _takes_all(rows)), 0)
            if not last:
                continue
            findings += [
                _step_unreached(rule, side, rows[0], last)
                for number, rows in of_side.items()
                if number > last
            ]
            if side == "underspend":
                findings += [
                    _destination_unreached(pool, rule, last)
                    for pool in pools
                    if pool.underspend != "share"
                ]
    # A step for both sides that neither reaches is one finding for each side, and told once.
    return list(dict.fromkeys(findings))


def _takes_all(rows: tuple[RiskShare, ...]) -> bool:
    """Return whether a step leaves nothing to those after it.

    A step by line deals with lines alone: what has no line is left over.
    """
    return rows[0].kind == "share" and rows[0].basis not in BY_LINE and not _limited(rows)


def _step_unreached(rule: str, side: str, row: RiskShare, last: int) -> Finding:
    message = (
        f"Step {row.step} of risk share “{rule}” never comes to an {side}: step {last} takes all of"
        " it."
    )
    fix = "Put the steps in another order, or give the earlier one a width or caps."
    return warning("risk.step-unreached", message, fix, at("risk_shares", row, "step"))


def _limited(rows: tuple[RiskShare, ...]) -> bool:
    return any(getattr(row, field) is not None for row in rows for field in _LIMITS)


def _destination_unreached(pool: Pool, rule: str, step: int) -> Finding:
    message = (
        f"The underspend of {pool.name} is to {pool.underspend.replace('_', ' ')}, "
        f"but step {step} of risk share “{rule}” shares all of it."
    )
    fix = "Let that step apply to overspends only, or clear the destination."
    return warning("risk.destination-unreached", message, fix, at("pools", pool, "underspend"))


def who_bears(plan: Plan) -> list[Finding]:
    """Return findings for lines a rule cannot divide and partners without a hand in them.

    A partner with a fixed share that puts nothing into the pool, does not host it and leads no line
    of it bears the pressure of a budget that it cannot control. Source: PB §4.1 R17 (CIPFA on
    Torbay). Findings: `risk.line-unshared`, `risk.no-control`.
    """
    findings: list[Finding] = []
    for rule, _, rows in _steps(plan):
        pools = pools_of(plan, rule)
        findings += _lines_unshared(plan, rule, rows[0].basis, pools)
        if pools:
            findings += _without_a_hand(plan, rule, rows, pools)
    return findings


def _lines_unshared(
    plan: Plan, rule: str, basis: str | None, pools: tuple[Pool, ...]
) -> Iterator[Finding]:
    """Yield every scheme line that lacks the partner by which a step divides the lines."""
    needed = {"commissioner": "commissioner", "lead": "lead_partner"}.get(basis or "")
    if needed is None:
        return
    ids = {pool.id for pool in pools}
    what = needed.replace("_", " ")
    for scheme in plan.schemes:
        if scheme.pool in ids and not getattr(scheme, needed):
            message = (
                f"Scheme {scheme.id}, line {scheme.line} has no {what}, so risk share “{rule}”"
                " cannot say who bears it."
            )
            fix = f"Fill in the {what}."
            yield warning("risk.line-unshared", message, fix, at("schemes", scheme, needed))


def _without_a_hand(
    plan: Plan, rule: str, rows: tuple[RiskShare, ...], pools: tuple[Pool, ...]
) -> Iterator[Finding]:
    """Yield every partner with a fixed share in pools that it cannot control."""
    known = {p.id for p in plan.partners}
    for row in rows:
        share = row.share if row.basis == "fixed" and row.partner in known else None
        if share and not _has_a_hand(plan, row.partner, pools):
            message = (
                f"Partner “{row.partner}” bears {percentage(share, 2)} under risk share “{rule}”,"
                " and has no hand in its pools."
            )
            fix = "Check the agreement: it puts nothing in, hosts none and leads no scheme of them."
            place = at("risk_shares", row, "partner")
            yield warning("risk.no-control", message, fix, place)


def _has_a_hand(plan: Plan, partner: str, pools: tuple[Pool, ...]) -> bool:
    ids = {pool.id for pool in pools}
    gives = any(row.partner == partner and row.pool in ids for row in plan.contributions)
    leads = any(row.lead_partner == partner and row.pool in ids for row in plan.schemes)
    return gives or leads or any(partner in (pool.host, pool.lead_commissioner) for pool in pools)


def ring_fences(plan: Plan) -> list[Finding]:
    """Return a finding for every source ring-fenced in one line and not in another.

    Findings: `risk.ring-fence-mixed`.
    """
    fenced = {(row.pool, row.source) for row in plan.contributions if row.ring_fenced}
    return [
        warning(
            "risk.ring-fence-mixed",
            f"{row.source} of pool “{row.pool}” is ring-fenced in one line and not in another; none"
            " of it is shared.",
            "Mark every line of the source alike.",
            at("contributions", row, "ring_fenced"),
        )
        for row in plan.contributions
        if (row.pool, row.source) in fenced and not row.ring_fenced
    ]


def shared_grants(plan: Plan, result: Result) -> list[Finding]:
    """Return a finding where the variance of a disabled facilities grant is shared.

    It must go to districts in full. Source: PB §4.1 R20, §5.4. Findings: `risk.ring-fence`.
    """
    findings: list[Finding] = []
    shared = {pool.id for pool in plan.pools if rule_of(pool)}
    for a, account in enumerate(result.rules.accounts):
        pool, source = account
        if source != "DFG" or pool not in shared or is_ring_fenced(result, account):
            continue
        rows = [row for row in plan.contributions if (row.pool, row.source) == account]
        worst = round(float(abs(result.projection.moves.close[0, :, a]).max()))
        if worst and rows:
            message = (
                f"The disabled facilities grant in pool “{pool}” is not ring-fenced, so its"
                " variance is shared."
            )
            fix = (
                "Mark it as ring-fenced, unless the agreement says otherwise: it must go to"
                " districts in full."
            )
            place = at("contributions", rows[0], "ring_fenced")
            findings.append(warning("risk.ring-fence", message, fix, place, worst))
    return findings


def reserves(plan: Plan) -> list[Finding]:
    """Return a warning where no pool of the rule has the funding line that a contingency names.

    Findings: `risk.no-such-line`.
    """
    findings: list[Finding] = []
    for rule, number, rows in _steps(plan):
        first = rows[0]
        pools = {pool.id for pool in pools_of(plan, rule)}
        sources = {row.source for row in plan.contributions if row.pool in pools}
        if first.kind == "contingency" and first.funding_line and first.funding_line not in sources:
            message = (
                f"Step {number} of risk share “{rule}” is filled by “{first.funding_line}”, which"
                " nobody puts into its pools: the contingency is empty."
            )
            fix = "Name a funding source of the rule's pools, or add the contribution."
            place = at("risk_shares", first, "funding_line")
            findings.append(warning("risk.no-such-line", message, fix, place))
    return findings


def uncommitted_beyond_the_balance(plan: Plan, result: Result) -> list[Finding]:
    """Return a warning where a step uses more uncommitted money than the pool has.

    Findings: `risk.uncommitted-assumed`.
    """
    findings: list[Finding] = []
    for share in pool_shares(result):
        for part in share.parts:
            if part.kind != "uncommitted" or part.assumed is None or not part.assumed[0].any():
                continue
            worst = int(part.assumed[0].argmax())
            pence = round(float(part.assumed[0, worst]))
            message = (
                f"Risk share “{share.rule}” meets {in_words(pence)} of {share.pool.name} in"
                f" {result.years[worst]} from money not yet committed that the pool has not: it is"
                " assumed."
            )
            fix = "Lower the amount of the step to what is uncommitted, or leave it blank."
            row = steps_of(plan, share.rule)[part.step][0]
            place = at("risk_shares", row, "amount")
            findings.append(warning("risk.uncommitted-assumed", message, fix, place, pence))
    return findings


def unshared(plan: Plan, result: Result) -> list[Finding]:
    """Return a finding where an overspend has no rule, or its rule leaves something over.

    Findings: `risk.unresolved`, `risk.unshared`.
    """
    findings: list[Finding] = []
    for share in pool_shares(result):
        left = [round(float(pence)) for pence in share.unresolved[0]]
        # Without a rule an underspend is the opening balance of the next year, and no one's loss.
        worst = max(range(len(left)), key=lambda t: abs(left[t]) if share.rule else left[t])
        pool, pence, year = share.pool, left[worst], result.years[worst]
        if not pool.is_pooled or not pence:
            continue
        if share.rule:
            what = "overspend" if pence > 0 else "underspend"
            if steps_of(plan, share.rule):
                message = (
                    f"The risk share of {pool.name} leaves {in_words(abs(pence))} of the {what} of"
                    f" {year} that nobody bears."
                )
                fix = (
                    "Agree who bears it: add a step, widen a band, raise a cap or name where an"
                    " underspend goes."
                )
            else:
                message = (
                    f"Risk share “{share.rule}” cannot be used, so nobody bears the {what} of"
                    f" {pool.name} in {year}."
                )
                fix = "Correct the rule: what is wrong with it has a finding of its own."
            place = at("pools", pool, "risk_share")
            findings.append(warning("risk.unresolved", message, fix, place, pence))
        elif pence > 0:
            message = f"{pool.name} is overspent in {year}, and no rule says who bears it."
            fix = "Name a risk share for the pool."
            place = at("pools", pool, "risk_share")
            findings.append(warning("risk.unshared", message, fix, place, pence))
    return findings


def lines_on_their_own(plan: Plan, result: Result) -> list[Finding]:
    """Return a note where overspends and underspends of a pool are shared apart.

    A rule does so that looks at lines in some steps. A step for the pool as a whole then meets more
    than the pool is over. Findings: `risk.lines-apart`.
    """
    findings: list[Finding] = []
    for share in pool_shares(result):
        steps = steps_of(plan, share.rule) if share.rule else {}
        bases = {rows[0].basis in BY_LINE for rows in steps.values() if rows[0].kind == "share"}
        if bases != {True, False} or any(rows[0].kind == "offset" for rows in steps.values()):
            continue
        parts = variance_of_lines(result, share.pool)[0]
        # The smaller of the two is what would have been set off before anybody shared.
        apart = np.minimum(np.maximum(parts, 0).sum(axis=-1), np.maximum(-parts, 0).sum(axis=-1))
        worst = int(apart.argmax())
        if apart[worst]:
            pence = in_words(round(float(apart[worst])))
            message = (
                f"Risk share “{share.rule}” looks at scheme lines, so {pence} of overspends and as"
                f" much of underspends of {share.pool.name} are shared apart in"
                f" {result.years[worst]}."
            )
            fix = (
                "Put an offset step first where the agreement shares what the pool is over or under"
                " as a whole."
            )
            first = next(iter(steps.values()))[0]
            place = at("risk_shares", first, "kind")
            findings.append(note("risk.lines-apart", message, fix, place))
    return findings


def agreed_percentages(plan: Plan, result: Result) -> list[Finding]:
    """Return a note where agreed percentages differ from computed contributions.

    Its £ are those of the worst year. Findings: `risk.agreed-differs`.
    """
    findings: list[Finding] = []
    for share in pool_shares(result):
        for number, rows in steps_of(plan, share.rule).items() if share.rule else ():
            parts = [part for part in share.parts if part.step == number]
            # a basis beside a step that shares nothing, such as an offset, decides nothing
            if not parts or (rows[0].kind, rows[0].basis) != ("share", "agreed"):
                continue
            shared = np.sum([part.amounts for part in parts], axis=0)
            computed = computed_shares(shared, result, share.pool.id)[0]
            order = [p.id for p in plan.partners]
            worth = max(
                float(abs(part.amounts[0] - computed[:, order.index(part.partner)]).max())
                for part in parts
            )
            if worth:
                message = (
                    f"Agreed percentages and computed contributions differ for {share.pool.name} by"
                    f" {in_words(round(worth))}."
                )
                fix = "Say in the agreement which of the two counts; agreed percentages are used."
                place = at("risk_shares", rows[0], "basis")
                findings.append(note("risk.agreed-differs", message, fix, place))
    return findings


def carried_forward(plan: Plan, result: Result) -> list[Finding]:
    """Return a warning where an underspend stays in a pool that an ICB pays into.

    Source: NHS Act 2006 s223GC, PB §1.1, §7.16. Findings: `risk.icb-carry-forward`.
    """
    findings: list[Finding] = []
    icbs = {p.id for p in plan.partners if p.kind == "icb"}
    for share in pool_shares(result):
        kept: list[tuple[int, str]] = []
        for part in share.parts:
            if part.kind in KEPT:
                # an underspend is negative in a variance, and positive as money that is kept
                amounts = [-round(float(pence)) for pence in part.amounts[0]]
                kept += zip(amounts, result.years, strict=True)
        gives = any(
            row.partner in icbs and row.pool == share.pool.id and not row.in_kind
            for row in plan.contributions
        )
        if gives and kept and max(kept)[0] > 0:
            pence, year = max(kept)
            message = (
                f"{share.pool.name} keeps {in_words(pence)} at the end of {year}, part of it money"
                " of an ICB."
            )
            fix = (
                "Agree with NHS England how it counts: an ICB may not spend more than it receives"
                " in a year (NHS Act 2006 s223GC)."
            )
            place = at("pools", share.pool, "underspend")
            findings.append(warning("risk.icb-carry-forward", message, fix, place, pence))
    return findings


WHY_IT_MATTERS = {
    "risk.agreed-differs": (
        "The agreement names percentages that are not what partners pay in. On an overspend the"
        " two give different bills."
    ),
    "risk.destination-unreached": (
        "The underspend is shared before it can go where the agreement sends it. Partners get"
        " cash that was meant to stay."
    ),
    "risk.figure-unused": (
        "A cap or amount that somebody negotiated is not applied by this kind of step."
    ),
    "risk.icb-carry-forward": (
        "What an ICB leaves unspent it may lose. A plan for next year that counts on it may"
        " have no money."
    ),
    "risk.line-unshared": (
        "For this line the rule gives no partner, so an overspend on it is nobody's."
    ),
    "risk.lines-apart": (
        "Overspends and underspends of lines are shared one by one. Taken together first, each"
        " partner's bill may be smaller."
    ),
    "risk.no-control": (
        "A partner bears risk of services in which it has no say. Its board should know before"
        " it signs."
    ),
    "risk.no-pool": (
        "The rule is agreed and used nowhere. A pool that was meant to have it is unshared."
    ),
    "risk.no-such-line": (
        "On an overspend there is nothing to meet it, and the partners have to find it all."
    ),
    "risk.ring-fence": (
        "The grant for adaptations belongs to the districts. Shared, it would pay for another"
        " partner's overspend."
    ),
    "risk.ring-fence-mixed": (
        "A source that is protected in one line and not in another cannot be split, so none of"
        " it is shared."
    ),
    "risk.step-unreached": (
        "An earlier step takes everything, so what was agreed in this one never happens."
    ),
    "risk.uncommitted-assumed": (
        "The rule relies on spare money that the pool does not have. In an overspend somebody"
        " has to find it."
    ),
    "risk.unresolved": (
        "The rule cannot be used, so the pool's over- or underspend stands with nobody until it"
        " is mended."
    ),
    "risk.unshared": (
        "The pool has spent too much and no agreement says who pays. The host is left with it."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
