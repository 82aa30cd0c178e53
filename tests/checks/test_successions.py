"""Faults that `icbudget.checks.successions` must find."""

from __future__ import annotations

import pytest

from tests.checks.clean import YEARS, clean
from tests.checks.faults import Faults, findings_of

fault = Faults()


def followed(d, **more):
    d["partners"].append({"id": "next", "name": "New council", "kind": "council"})
    d["successions"] = [{"old": "council", "new": "next", "year": YEARS[1], "share": 1.0} | more]


@fault("body.own-successor", "successions", 0, "new")
def council_that_follows_itself(d):
    followed(d, new="council")


@fault("body.years", "successions", 0, "year")
def successors_of_two_years(d):
    followed(d, share=0.5)
    d["successions"].append({"old": "council", "new": "icb", "year": YEARS[0], "share": 0.5})


@fault("body.shares", "successions", 0, "share")
def successor_of_90_per_cent(d):
    followed(d, share=0.9)


@fault("body.before-the-plan", "successions", 0, "year")
def succession_in_the_base_year(d):
    followed(d, year="2025/26")


@fault("body.still-there", "successions", 0, "old")
def council_that_pays_and_hosts_after_its_end(d):
    followed(d)


@fault("body.followed", "successions", 0, "share")
def council_whose_pool_goes_on_under_its_successor(d):
    followed(d)


@fault("body.ends", "partners", 0, "name")
def icb_that_ended_in_april_2026(d):
    d["partners"][0]["name"] = "NHS Frimley ICB"


@pytest.mark.parametrize("one", fault.params)
def test_each_fault_has_its_finding(one):
    one.assert_finding()


def test_a_district_ends_with_its_county_in_the_years_of_the_plan_alone():
    document = clean()
    document["partners"].append({"id": "guildford", "name": "Guildford", "kind": "district"})

    def ending() -> list[str]:
        return [
            f.message
            for f in findings_of(document)
            if f.id == "body.ends" and "Guildford" in f.message
        ]

    document["setup"]["ons_code"] = "E10000030"  # Surrey: both tiers end on 31 March 2027
    (message,) = ending()
    assert "a district of Surrey" in message and "1 April 2027 on (in law)" in message
    document["setup"]["ons_code"] = "E10000012"  # Essex: April 2028, after this plan's last year
    assert ending() == []
    document["setup"]["ons_code"] = "E10000021"  # Northamptonshire, in no row of the table
    assert ending() == []


def test_a_body_that_still_pays_says_how_much():
    document = clean()
    followed(document)
    found = next(f for f in findings_of(document) if f.id == "body.still-there")
    # £400,000 a year, and 2027/28 is the only year from its successor's first on
    assert "pays in £400,000 from 2027/28 on" in found.message


def test_what_goes_on_under_the_successor_is_a_note_that_names_it():
    document = clean()
    followed(document)
    found = next(f for f in findings_of(document) if f.id == "body.followed")
    assert "from 2027/28 on as that of next 100%" in found.message
    assert "pools hosted (bcf)" in found.message and "next hosts from then on" in found.message


def test_an_envelope_after_the_end_is_told():
    document = clean()
    followed(document)
    document["envelopes"] = [{"partner": "council", "year": YEARS[1], "amount": 1_000}]
    found = next(f for f in findings_of(document) if f.id == "body.still-there")
    assert "has an envelope in 2027/28" in found.message


def test_a_capitation_of_a_body_that_ends_goes_on_and_is_named():
    document = clean()
    followed(document)
    document["capitations"] = [
        {"id": "year", "commissioner": "icb", "holder": "council", "price": 1}
    ]
    found = next(f for f in findings_of(document) if f.id == "body.followed")
    assert "capitations (year)" in found.message
