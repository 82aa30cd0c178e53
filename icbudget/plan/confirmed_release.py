"""What was released, claimed by one person and confirmed by another."""

from typing import Literal

from icbudget.plan.columns import Kind, Money, Noun, Year, column

CONTRACT_SAVING, SYSTEM_RELEASE = "contract_saving", "system_release"
CASH = (CONTRACT_SAVING, SYSTEM_RELEASE)
"""Kinds of release that lower what a partner pays: only these can be confirmed and reinvested."""
CLAIMED, CONFIRMED, REFUSED, FORECAST = "claimed", "confirmed", "refused", "forecast"


class ConfirmedRelease(Noun):
    """One release of a programme or of an activity line, by the partner whose budget falls.

    A row is never edited once it is confirmed: a row that replaces it withdraws it. Its month is
    the last that it covers, from the row before it in the quarter; a confirmed £0 is a fact and not
    the same as no row. Source: model §16.
    """

    programme: str = column(
        "Programme",
        Kind.REFERENCE,
        "Programme that the release comes from; blank where it is the line's as a whole",
        default="",
        table="programmes",
        opens=True,
    )
    acute_line: str = column(
        "Activity line",
        Kind.REFERENCE,
        "Line that costs less; may stay blank where the programme says which line it is",
        default="",
        table="acute_lines",
        opens=True,
    )
    partner: str = column(
        "Partner",
        Kind.REFERENCE,
        "Whose budget falls: the commissioner by a contract saving, the provider by a system"
        " release",
        table="partners",
        min_length=1,
        opens=True,
    )
    year: Year = column(
        "Year",
        Kind.YEAR,
        "Financial year in which it was released",
        opens=True,
    )
    month: int = column(
        "Month",
        Kind.WHOLE,
        "Last month that the row covers: 3 is a first quarter to June, 12 is March",
        ge=1,
        le=12,
        opens=True,
    )
    line: int = column(
        "Line",
        Kind.WHOLE,
        "1, or the next number where a further row stands for the same month",
        default=1,
        ge=1,
        opens=True,
    )
    amount: Money = column(
        "Released",
        Kind.MONEY,
        "Released in the months that the row covers; of a forecast, the whole year's",
        opens=True,
    )
    kind: Literal["contract_saving", "system_release", "avoided_cost", "capacity"] = column(
        "Kind of release",
        Kind.CHOICE,
        "contract_saving: the commissioner paid less; system_release: the provider spent less;"
        " avoided_cost and capacity are no cash: they are kept, and never confirmed or reinvested",
        opens=True,
    )
    recurrent: bool = column(
        "Recurrent",
        Kind.YES_NO,
        "Whether it comes again every year; what is one-off is shown apart",
        default=False,
        opens=True,
    )
    activity: float | None = column(
        "Activity",
        Kind.NUMBER,
        "Activity that did not take place",
        unit="units",
        default=None,
    )
    activity_unit: str = column(
        "Unit of activity", Kind.TEXT, "What the activity is counted in, such as spell", default=""
    )
    evidence: str = column(
        "Evidence",
        Kind.TEXT,
        "What shows it: ledger code, rota, beds closed; needed before it can be confirmed",
        default="",
        opens=True,
    )
    document: str = column("Document", Kind.TEXT, "Minute, form or file that shows it", default="")
    owner: str = column(
        "Owner",
        Kind.TEXT,
        "Who answers for the release; needed before it can be confirmed",
        default="",
        opens=True,
    )
    claimed_by: str = column(
        "Claimed by",
        Kind.TEXT,
        "Who says that it was released",
        default="",
        opens=True,
    )
    claimed_on: str = column("Claimed on", Kind.DATE, "Day it was claimed", default="")
    confirmed_by: str = column(
        "Confirmed by",
        Kind.TEXT,
        "Another person than claimed it, of the partner's finance function",
        default="",
        opens=True,
    )
    confirmed_on: str = column("Confirmed on", Kind.DATE, "Day it was confirmed", default="")
    status: Literal["claimed", "confirmed", "refused", "forecast"] = column(
        "State of the release",
        Kind.CHOICE,
        "claimed, then confirmed or refused by another person; forecast: the owner's own forecast"
        " of the whole year, with its reason. A confirmed row that another replaces is withdrawn",
        default="claimed",
        opens=True,
    )
    replaces: int | None = column(
        "Replaces line",
        Kind.WHOLE,
        "Line of the same month that this row takes the place of",
        default=None,
        ge=1,
        opens=True,
    )
    reason: str = column(
        "Reason",
        Kind.TEXT,
        "Why it was refused, replaced, or forecast otherwise",
        default="",
        opens=True,
    )
