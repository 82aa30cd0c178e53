"""What the rules of a year say.

They name funding sources, tests that apply, what a source may pay for, and columns of the returns.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from icbudget.reference.loader import UNCONFIRMED, Row, rows


class FundingSource(NamedTuple):
    """A funding source of a rules year: whose money it is (NHS or LA) and what it is."""

    name: str
    side: str
    minimum: bool
    additional: bool
    capital: bool
    passed_down: bool


class ReturnColumn(NamedTuple):
    """A column of a return.

    It has its heading (`{year}` stands for a year), which figure it shows, and when it is needed.

    `confirmed`: whether a public source shows this column for this rules year.
    """

    heading: str
    field: str
    needed: str
    confirmed: bool


@cache
def funding_sources(rules_year: str) -> dict[str, FundingSource]:
    """Return the funding sources of a rules year by name."""
    return {
        row["value"]: FundingSource(
            row["value"],
            row["side"],
            *(
                row[column] == "yes"
                for column in ("minimum", "additional", "capital", "passed_down")
            ),
        )
        for row in rows("funding_source")
        if row["rules_year"] == rules_year
    }


@cache
def statutory_rule(rule: str, rules_year: str) -> Row:
    """Return the row that says whether a test applies in a rules year (`applies`).

    It has its source, status and note.

    Rules: balance, minimum_contribution, adult_social_care, nhs_out_of_hospital, capital,
    passed_down, eligible_scheme. Raises `KeyError` for a rule or year that is not there.
    """
    rules = {(row["rule"], row["rules_year"]): row for row in rows("statutory_rule")}
    return rules[rule, rules_year]


def applies(rule: str, rules_year: str) -> bool:
    """Return whether a test applies in a rules year."""
    return statutory_rule(rule, rules_year)["applies"] == "yes"


def conditions(funding_source: str, rules_year: str) -> tuple[str, ...]:
    """Return the minimums that the rules of a year set for a funding source, those that apply.

    Rules: minimum_contribution, adult_social_care, nhs_out_of_hospital.
    """
    return tuple(
        row["rule"]
        for row in rows("source_condition")
        if (row["funding_source"], row["rules_year"]) == (funding_source, rules_year)
        and applies(row["rule"], rules_year)
    )


def eligible_schemes(funding_source: str, rules_year: str) -> tuple[str, ...]:
    """Return the scheme types that a funding source is for; empty where nothing restricts it."""
    return tuple(
        row["scheme_type"]
        for row in rows("eligible_scheme")
        if (row["funding_source"], row["rules_year"]) == (funding_source, rules_year)
    )


@cache
def return_columns(return_table: str, rules_year: str) -> tuple[ReturnColumn, ...]:
    """Return the columns of a return in their order.

    Returns are income, expenditure, metrics, quarterly and year_end.

    A rules year whose columns are not known takes those of the latest earlier year that has them,
    else of the first, and none of them is confirmed.
    """
    table = [row for row in rows("return_column") if row["return_table"] == return_table]
    known = sorted({row["rules_year"] for row in table})
    chosen = max((year for year in known if year <= rules_year), default=known[0])
    return tuple(
        ReturnColumn(
            row["heading"],
            row["field"],
            row["needed"],
            chosen == rules_year and row["status"] not in UNCONFIRMED,
        )
        for row in sorted(table, key=lambda row: int(row["position"]))
        if row["rules_year"] == chosen
    )


class Office(NamedTuple):
    """An office that must sign a plan of a rules year, in each partner of a kind.

    `needed_for`: agreed, submission or in force, what of the plan waits for it. `delegable`: yes or
    no, blank where no source says. `confirmed`: whether a public source names it for this
    rules year, else it is a judgement, or from background knowledge.
    """

    partner_kind: str
    role: str
    needed_for: str
    delegable: str
    confirmed: bool
    note: str


@cache
def offices(rules_year: str) -> tuple[Office, ...]:
    """Return the offices that must sign a plan of a rules year."""
    return tuple(
        Office(
            row["partner_kind"],
            row["role"],
            row["needed_for"],
            row["delegable"],
            row["status"] not in (*UNCONFIRMED, "judgement"),
            row["note"],
        )
        for row in rows("sign_off")
        if row["rules_year"] == rules_year
    )


def crosswalk(list_name: str, value: str, from_year: str, to_year: str) -> tuple[str, str]:
    """Return what a list's value is called in a later rules year, and a note.

    It is blank where it must be decided locally.

    Years in between are passed through one by one. A value that no crosswalk names keeps its name.
    """
    note = ""
    for year in _left(from_year, to_year):
        matches = [
            r
            for r in rows("choice_crosswalk")
            if (r["from_rules_year"], r["list"], r["value"]) == (year, list_name, value)
        ]
        if matches:
            value, note = matches[0]["to_value"], matches[0]["note"]
        # What must be decided locally ends the way: nobody knows what it would be called next.
        if not value:
            break
    return value, note


def scheme_type_crosswalk(
    scheme_type: str, sub_type: str, from_year: str, to_year: str
) -> tuple[str, str]:
    """Return what a scheme type is called in a later rules year, and a note.

    A row for the sub type goes before one for all.

    A type of the plan's own, which no list names, keeps its name.
    """
    note = ""
    for year in _left(from_year, to_year):
        matches = {
            row["sub_type"]: row
            for row in rows("scheme_type_crosswalk")
            if (row["from_rules_year"], row["scheme_type"]) == (year, scheme_type)
        }
        row = matches.get(sub_type) or matches.get("")
        if not matches:
            continue
        scheme_type, note = (row["to_scheme_type"], row["note"]) if row else ("", "")
        # The sub-type belongs to the type that was left: it does not decide a second step.
        sub_type = ""
        if not scheme_type:
            break
    return scheme_type, note


def _left(from_year: str, to_year: str) -> tuple[str, ...]:
    """Return the rules years whose lists are left behind on the way from one to another."""
    known = sorted({row["rules_year"] for row in rows("choice")})
    return tuple(year for year in known if from_year <= year < to_year)


def districts(ons_code: str) -> tuple[str, ...]:
    """Return the names of a county's district councils; empty where the area has none."""
    return tuple(row["district"] for row in rows("district") if row["ons_code"] == ons_code)
