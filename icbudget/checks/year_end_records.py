"""The end of the year: records that differ, lines without books, VAT without a regime."""

from __future__ import annotations

from icbudget.checks.plan_places import at
from icbudget.findings import Finding, error, note, warning
from icbudget.money import in_words, to_pence
from icbudget.plan import Plan
from icbudget.plan.partner_record import OTHER_SIDE, PartnerRecord

_ANSWERS = {**OTHER_SIDE, **{other: kind for kind, other in OTHER_SIDE.items()}}


def records(plan: Plan) -> list[Finding]:
    """Return a finding for every record that the other partner lacks or has differently.

    Findings: `balance.differs`, `balance.one-sided`, `balance.own`.
    """
    findings: list[Finding] = []
    by_key = {_key(row): row for row in plan.partner_records}
    for row in plan.partner_records:
        other = by_key.get((row.year, row.pool, row.counterparty, row.partner, _ANSWERS[row.kind]))
        who = (
            f"the {row.kind} of “{row.partner}” with “{row.counterparty}” for “{row.pool}” in"
            f" {row.year}"
        )
        place = at("partner_records", row, "amount")
        if row.partner == row.counterparty:
            message = f"Partner “{row.partner}” has a record with itself."
            findings.append(
                error(
                    "balance.own",
                    message,
                    "Name the other partner.",
                    at("partner_records", row, "counterparty"),
                )
            )
        elif other is None:
            message = f"Only one side is entered: {who} is {in_words(to_pence(row.amount))}."
            fix = f"Enter what “{row.counterparty}” has as {_ANSWERS[row.kind]}."
            findings.append(warning("balance.one-sided", message, fix, place, to_pence(row.amount)))
        elif row.kind in OTHER_SIDE and row.amount != other.amount:
            gap = to_pence(row.amount) - to_pence(other.amount)
            sides = [in_words(to_pence(side.amount)) for side in (row, other)]
            message = f"The two sides differ: {who} is {sides[0]}, the other has {sides[1]}."
            fix = "Agree it before the accounts close."
            findings.append(warning("balance.differs", message, fix, place, gap))
    return findings


def _key(row: PartnerRecord) -> tuple[str, str, str, str, str]:
    return row.year, row.pool, row.partner, row.counterparty, row.kind


def vat(plan: Plan) -> list[Finding]:
    """Return a finding for every line with VAT whose delivering body has no VAT regime.

    Source: PB §1.5. Findings: `vat.no-regime`.
    """
    taxed = [row for row in plan.schemes if row.vat_rate]
    if not taxed:
        return []
    from icbudget.engine.accounts.year_end import lead_of

    findings: list[Finding] = []
    regimes = {row.id: row.vat_regime for row in plan.partners}
    hosts = {row.id for row in plan.pools if row.host in regimes}
    for row in taxed:
        if row.pool in hosts and not regimes.get(lead_of(plan, row)):
            message = (
                f"Scheme {row.id} has VAT, and {lead_of(plan, row)}, which delivers it, has no VAT"
                " regime: none is recovered."
            )
            fix = "Choose the regime of the partner; until then none is recovered."
            place = at("schemes", row, "vat_rate")
            findings.append(warning("vat.no-regime", message, fix, place))
    return findings


def accounting(plan: Plan) -> list[Finding]:
    """Return a note for each pool with lines whose accounting basis is not decided.

    It comes once the pool's books have begun. They have where something is booked, where a
    partner's record of the pool is entered, or where another line has a basis. Source: PB §1.3: who
    controls a scheme decides what each partner's accounts show, scheme by scheme. Findings:
    `books.no-basis`.
    """
    findings: list[Finding] = []
    recorded = {row.pool for row in plan.partner_records}
    booked = {row.scheme for row in plan.actuals}
    for pool in plan.pools:
        lines = [row for row in plan.schemes if row.pool == pool.id]
        undecided = [row for row in lines if not row.accounting_basis]
        begun = (
            len(undecided) < len(lines)
            or pool.id in recorded
            or any(row.id in booked for row in lines)
        )
        if pool.is_pooled and undecided and begun:
            message = (
                f"{len(undecided)} of {len(lines)} scheme lines of {pool.name} have no accounting"
                " basis."
            )
            fix = (
                "Agree who controls each, which decides what each partner books; until then Books"
                " and VAT leaves them out."
            )
            place = at("schemes", undecided[0], "accounting_basis")
            findings.append(note("books.no-basis", message, fix, place))
    return findings


WHY_IT_MATTERS = {
    "balance.differs": (
        "One of the two accounts is wrong. Found in the plan it is a telephone call; found at"
        " the year end it is a dispute, and the pool's accounts stay open."
    ),
    "balance.one-sided": (
        "Only one partner has entered its side, so nobody can say that both agree."
    ),
    "balance.own": (
        "A partner owes itself nothing. The other party is missing, and with it half of the"
        " agreement of balances."
    ),
    "books.no-basis": (
        "Without it nobody knows whether a partner books the whole scheme or its share, and its"
        " accounts cannot be drawn up from the plan."
    ),
    "vat.no-regime": (
        "If VAT can be recovered the scheme costs a sixth less. Until it is known, the dearer"
        " case is planned."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
