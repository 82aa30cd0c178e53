"""Funding streams: who gives what and when, what districts receive, what is carried forward."""

from __future__ import annotations

from icbudget import reference
from icbudget.checks.plan_places import at
from icbudget.findings import Finding, error, note, warning
from icbudget.money import in_words, to_pence
from icbudget.plan import Plan

_SIDES = {"NHS": ("icb", "nhs_provider", "other"), "LA": ("council", "district", "other")}
"""Kinds of partner whose money each side's sources are; any other partner may give under either."""


def givers(plan: Plan) -> list[Finding]:
    """Return a warning for every source that a partner of the other side contributes.

    An ICB that gives council money is one. Findings: `funding.wrong-partner`.
    """
    kinds = {row.id: row.kind for row in plan.partners}
    known = reference.funding_sources(plan.setup.rules_year)
    findings: list[Finding] = []
    for row in plan.contributions:
        source = known.get(row.source)
        if source and kinds.get(row.partner) not in (None, *_SIDES[source.side]):
            side = "the NHS" if source.side == "NHS" else "councils"
            message = (
                f"{row.source} is money of {side}, but “{row.partner}” is of the kind"
                f" {kinds[row.partner]}."
            )
            fix = "Name the partner whose money it is, or another funding source."
            place = at("contributions", row, "partner")
            findings.append(warning("funding.wrong-partner", message, fix, place))
    return findings


def carried_forward(plan: Plan) -> list[Finding]:
    """Return findings for money carried forward that is treated as this year's.

    It would count as a minimum or roll into later years; an ICB's needs leave. An ICB must not
    spend more than it receives in a year, and what it received and did not spend counts as NHS
    England directs (NHS Act 2006 s223GC); a council's underspend is a reserve. Findings:
    `carry-forward.icb`, `carry-forward.not-additional`, `carry-forward.recurrent`.
    """
    kinds = {row.id: row.kind for row in plan.partners}
    known = reference.funding_sources(plan.setup.rules_year)
    findings: list[Finding] = []
    for row in plan.contributions:
        if not row.carry_forward:
            continue
        source = known.get(row.source)
        # Capital grant keeps its purpose when it is carried forward, and carries no minimum.
        if source and not source.additional and not source.capital:
            allowed = " or ".join(name for name, kind in known.items() if kind.additional)
            message = (
                f"Money carried forward stands under {row.source}, where it would count as this"
                " year's minimum."
            )
            place = at("contributions", row, "source")
            fix = f"Choose {allowed} under Source of funding."
            findings.append(warning("carry-forward.not-additional", message, fix, place))
        if row.recurrent:
            message = (
                "Money carried forward is marked as recurrent, so it would roll into later years"
                " again."
            )
            place = at("contributions", row, "recurrent")
            fix = "Mark it as not recurrent."
            findings.append(error("carry-forward.recurrent", message, fix, place))
        if kinds.get(row.partner) == "icb":
            message = f"“{row.partner}” is an ICB and carries money forward from the year before."
            fix = (
                "Say in Document how NHS England lets it; an ICB's underspend does not become its"
                " reserve."
            )
            place = at("contributions", row, "carry_forward")
            findings.append(warning("carry-forward.icb", message, fix, place))
    return findings


def indicative(plan: Plan) -> list[Finding]:
    """Return a note where contributions of the base year are indicative, with their amount.

    Findings: `funding.indicative`.
    """
    rows = [row for row in plan.contributions if row.status == "indicative" and row.base_amount]
    if not rows:
        return []
    total = in_words(sum(to_pence(row.base_amount) for row in rows))
    message = (
        f"Of the base year's contributions {total} is indicative, in {len(rows)}"
        f" line{'s' if len(rows) > 1 else ''}."
    )
    return [
        note(
            "funding.indicative",
            message,
            "Confirm it when the allocation is final.",
            at("contributions", rows[0], "status"),
        )
    ]


def districts(plan: Plan) -> list[Finding]:
    """Return findings for a grant that should go on to districts.

    It goes to a partner that is no district, is kept without consent, or is not entered. Findings:
    `passed-down.missing`, `passed-down.no-consent`, `passed-down.not-a-district`,
    `passed-down.other-source`.
    """
    kinds = {row.id: row.kind for row in plan.partners}
    known = reference.funding_sources(plan.setup.rules_year)
    findings: list[Finding] = []
    for row in plan.pass_downs:
        # A name that no partner has is a broken link, told elsewhere.
        if kinds.get(row.district, "district") != "district":
            message = f"“{row.district}” is of the kind {kinds[row.district]}, not a district."
            place = at("pass_downs", row, "district")
            fix = "Name a district, or change its kind in Partners."
            findings.append(warning("passed-down.not-a-district", message, fix, place))
        if row.source in known and not known[row.source].passed_down:
            message = (
                f"{row.source} is not a grant that goes on to districts under the rules of"
                f" {plan.setup.rules_year}."
            )
            place = at("pass_downs", row, "source")
            fix = "Check that this money is to go to the district."
            findings.append(note("passed-down.other-source", message, fix, place))
        if row.kind == "kept by consent" and not row.consent:
            message = (
                f"The county keeps money of “{row.district}” without a recorded consent, so it"
                " counts as not passed on."
            )
            fix = "Say in Consent where the district's consent is recorded, or pass the money on."
            place = at("pass_downs", row, "consent")
            findings.append(warning("passed-down.no-consent", message, fix, place))
    if "district" in kinds.values() and not plan.pass_downs:
        passed_down = {name for name, source in known.items() if source.passed_down}
        granted = next((row for row in plan.contributions if row.source in passed_down), None)
        if granted is not None:
            message = (
                "There are districts among the partners, but Pass-down does not say what of"
                f" {granted.source} goes on to them."
            )
            place = at("contributions", granted, "source")
            fix = "Fill in Pass-down: the parts sum to the grant."
            findings.append(warning("passed-down.missing", message, fix, place))
    return findings


WHY_IT_MATTERS = {
    "carry-forward.icb": (
        "An ICB has no reserves of its own. Money that it seems to bring forward may not be"
        " there on 1 April."
    ),
    "carry-forward.not-additional": (
        "The pool would get less new money than the rules ask for, and NHS England may withhold"
        " its approval."
    ),
    "carry-forward.recurrent": (
        "The next years would count on income that never comes, and schemes would be paid from it."
    ),
    "funding.indicative": (
        "If the final allocation is lower, spending that is already agreed has no money."
    ),
    "funding.wrong-partner": (
        "The contribution would be paid by somebody who does not receive the grant, so the pool"
        " counts on money that will not come."
    ),
    "passed-down.missing": (
        "The grant is the districts'. A plan that does not pass it on spends money that is not"
        " the county's."
    ),
    "passed-down.no-consent": (
        "The district can ask for its part later, when it has been spent on something else."
    ),
    "passed-down.not-a-district": (
        "The grant for adaptations goes to housing authorities. Another body cannot use it for"
        " that."
    ),
    "passed-down.other-source": (
        "The rules do not ask for this money to be passed on. A district would get what is not"
        " meant for it."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
