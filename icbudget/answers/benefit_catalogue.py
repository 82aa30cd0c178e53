"""The answers about benefits; see `catalogue`."""

from __future__ import annotations

from icbudget.answers import benefit_columns
from icbudget.answers.answer import NOMINAL, Answer, made_by
from icbudget.plan.modules import BENEFITS

_BASIS = f"{NOMINAL}; planned as the plan says, confirmed as the rows say"
BENEFITS_BY_PROGRAMME = Answer(
    id="benefits-by-programme",
    title="Benefits by programme",
    help="Releases planned, confirmed, claimed and forecast, by programme and year",
    module=BENEFITS,
    lines=made_by("benefits.by_programme"),
    labels=("programme", "shift", "partner", "kind", "year"),
    columns=benefit_columns.BY_PROGRAMME,
    basis=_BASIS,
    report="benefits",
    together=True,
    opens=True,
)
BENEFITS_BY_QUARTER = Answer(
    id="benefits-by-quarter",
    title="Benefits by quarter",
    help="Each quarter's release, its state, owner and evidence",
    module=BENEFITS,
    lines=made_by("benefits.by_quarter"),
    labels=("programme", "shift", "partner", "kind", "year", "quarter"),
    columns=benefit_columns.BY_QUARTER,
    basis=_BASIS,
    together=True,
)
BENEFITS_BY_PARTNER = Answer(
    id="benefits-by-partner",
    title="Benefits by partner",
    help="What each partner's budget was to fall by, and what was confirmed of it",
    module=BENEFITS,
    lines=made_by("benefits.by_partner"),
    labels=("partner", "kind", "year"),
    columns=benefit_columns.BY_PARTNER,
    basis=_BASIS,
    report="benefits",
    together=True,
    opens=True,
)
REINVESTMENT = Answer(
    id="reinvestment",
    title="Reinvestment",
    help="What may be reinvested by year, and whether it is confirmed, forecast or planned",
    module=BENEFITS,
    lines=made_by("benefits.reinvestment"),
    labels=("shift", "pool", "year"),
    columns=benefit_columns.REINVESTED,
    basis=f"{NOMINAL}; confirmed, forecast or planned, as each row says",
    report="benefits",
    together=True,
    opens=True,
)
