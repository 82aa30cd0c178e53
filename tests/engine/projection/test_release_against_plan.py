"""What counts of a release: by basis, market, line, fund, forecast and month; figures by hand.

Most plans are the worked example of benefits with one thing changed: in 2026/27 £57,500.25 of
`falls` (the ICB's) and £55,500.33 of `reablement` (the council's) are confirmed.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from icbudget.engine.projection.release_against_plan import by_quarter
from icbudget.engine.run import run
from icbudget.engine.uncertainty.simulate import runner_of
from tests.engine.plans import read
from tests.examples import benefits, pump_prime

ROW = {
    "programme": "falls",
    "partner": "icb",
    "year": "2026/27",
    "month": 12,
    "amount": 0,
    "kind": "contract_saving",
    "evidence": "Ledger",
    "owner": "Head of care",
    "claimed_by": "A Ahmed",
    "confirmed_by": "B Brown",
    "status": "confirmed",
}


def document(of=benefits):
    path = Path(of.__file__).parent / "plan.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def result_of(*rows, of=benefits, keep=True, **setup):
    """The result of an example with further rows, and other settings."""
    d = document(of)
    d["setup"] |= setup
    before = d.get("confirmed_releases", []) if keep else []
    d["confirmed_releases"] = [*before, *(ROW | row for row in rows)]
    return run(read(d))


def moved(result, year, shift=0):
    return int(result.projection.moves.moved[0, result.years.index(year), shift])


def track_of(result, name="falls", kind="contract_saving"):
    return next(t for t in result.benefits.tracks if (t.group.name, t.kind) == (name, kind))


def test_a_year_by_quarter_sums_to_the_year():
    assert by_quarter(12000001) == (3000000, 3000000, 3000000, 3000001)
    assert by_quarter(10) == (3, 3, 3, 1), "2.5 is rounded half-up; the last takes what is left"
    assert by_quarter(-10) == (-3, -3, -3, -1)


def test_the_lower_of_saving_and_release_counts_and_one_alone_is_nothing():
    """The trust confirms £30,000; a market releases what is no longer paid to it."""
    alone = result_of(reinvest_basis="lower")
    assert moved(alone, "2027/28") == 0
    assert moved(alone, "2027/28", shift=1) == 4162525
    both = result_of(
        {"partner": "trust", "kind": "system_release", "amount": 30000}, reinvest_basis="lower"
    )
    assert moved(both, "2027/28") == 2250000


def test_by_the_basis_system_only_what_the_provider_confirms_counts():
    trust = {"partner": "trust", "kind": "system_release", "amount": 70000}
    result = result_of(trust, reinvest_basis="system")
    assert (moved(result, "2027/28"), moved(result, "2027/28", shift=1)) == (5250000, 4162525)


def test_an_owner_s_forecast_stands_beside_the_calculated_one():
    own = {"year": "2027/28", "month": 8, "amount": 200000, "status": "forecast", "reason": "Beds"}
    result = result_of(own)
    track = track_of(result)
    assert (track.calculated(2), track.expected(2)) == (16050074, 20000000)
    assert moved(result, "2028/29") == 15000000
    assert not track.quarters[2][2].decided, "a forecast decides nothing"


def test_fewer_than_two_decided_quarters_test_nothing():
    """£10,000 of the first quarter is confirmed: the others stand as planned, 3 × £60,000."""
    first = {"year": "2027/28", "month": 3, "amount": 10000}
    result = result_of(first, keep=False)
    track = track_of(result)
    assert track.rate is None and track.expected(2) == 1000000 + 3 * 6000000
    assert track.confirmed(1) == 0 and moved(result, "2027/28") == 0


def test_what_is_refused_is_decided_and_comes_to_nothing():
    refused = {"year": "2027/28", "month": 6, "line": 2, "replaces": 1, "status": "refused"}
    assert not track_of(result_of(refused)).quarters[2][1].decided, "the claim still waits"
    d = document()
    claim = next(row for row in d["confirmed_releases"] if row.get("status") is None)
    assert (claim["programme"], claim["amount"]) == ("falls", 40000)
    claim["status"] = "refused"
    track = track_of(run(read(d)))
    quarter = track.quarters[2][1]
    assert (quarter.decided, quarter.confirmed, quarter.claimed) == (True, 0, 0)
    # Six quarters, 109,000.50 of 240,000.01; two quarters of £60,000 are left.
    assert track.expected(2) == 5150025 + 5450025


def test_a_claim_of_one_month_keeps_the_quarter_open():
    claim = {"year": "2027/28", "month": 1, "amount": 5, "status": "claimed", "evidence": "x"}
    track = track_of(result_of(claim))
    assert not track.quarters[2][0].decided and track.quarters[2][0].confirmed == 5150025


def test_only_closed_months_are_confirmed_and_a_year_begins_when_it_is_reported():
    """At March 2027 all of 2026/27 is decided, and 2027/28 is the next year: its forecast."""
    result = result_of(monitored_year="2026/27", monitored_month=12)
    assert track_of(result).expected(1) == 5750025 and moved(result, "2027/28") == 4312519
    assert track_of(result).quarters[2][0].confirmed == 0, "a month to come stays claimed"
    planned = run(read(document() | {"confirmed_releases": []}))
    assert moved(result, "2028/29") == moved(planned, "2028/29") == 18000000


def test_a_line_that_stands_by_itself_counts_instead_of_its_programmes():
    line = {"programme": "", "acute_line": "nel", "amount": 40000}
    result = result_of(line)
    assert moved(result, "2027/28") == 3000000
    assert {track.group.name for track in result.benefits.tracks} == {"nel", "reablement"}
    why = {s.why for s in result.benefits.rows if s.row.programme == "falls"}
    assert why == {"two-subjects"}


def with_visits(*rows):
    """The example where each stay avoided is a visit of £10 instead: 120.00001 in 2026/27."""
    d = document()
    d["acute_lines"].append(
        d["acute_lines"][0] | {"id": "visits", "currency": "contact", "unit_price": 10}
    )
    d["moves"] = [{"programme": "falls", "from_line": "nel", "to_line": "visits", "units": 1}]
    d["confirmed_releases"] += [ROW | row for row in rows]
    return run(read(d))


def test_what_activity_costs_in_its_place_is_taken_off_as_planned_or_as_confirmed():
    assert moved(with_visits(), "2027/28") == round(0.75 * (5750025 - 120000) + 1e-6)
    visits = {"programme": "", "acute_line": "visits", "amount": -1000}
    assert moved(with_visits(visits), "2027/28") == round(0.75 * (5750025 - 100000) + 1e-6)


def test_a_pump_prime_fund_is_paid_back_by_what_was_confirmed():
    """Planned are £10,000 a year, 80 % of it paid back; of 2027/28 the lower of the two confirmed
    is £4,000, and 2028/29, the year reported, is not tested yet."""
    team = {"programme": "team", "year": "2027/28"}
    result = result_of(
        team | {"amount": 5000},
        team | {"partner": "trust", "kind": "system_release", "amount": 4000},
        of=pump_prime,
        monitored_year="2028/29",
        monitored_month=1,
    )
    assert [moved(result, year) for year in result.years] == [0, 0, 320000, 800000, 800000]


def test_draws_rest_on_what_was_confirmed_too():
    result = result_of()
    counted = runner_of(result.plan).rules.counted
    assert counted[:3].tolist() == result.rules.counted[:3].tolist()


@pytest.mark.parametrize("name", ["monitored_year", "monitored_month"])
def test_without_a_month_the_plan_counts(name):
    """No year is reported, or only its beginning: nothing of it is closed."""
    d = document()
    del d["setup"][name]
    if name == "monitored_year":
        del d["setup"]["monitored_month"]
    result = run(read(d))
    if name == "monitored_year":
        assert moved(result, "2027/28") == 9000001
    else:
        assert track_of(result).confirmed(1) == 5750025, "2026/27 is closed"
        assert track_of(result).confirmed(2) == 0
