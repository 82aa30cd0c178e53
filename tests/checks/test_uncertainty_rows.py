"""Faults that `icbudget.checks.uncertainty_rows` must find."""

from __future__ import annotations

import pytest

from tests.checks.faults import Faults

fault = Faults()


def entered(d, **row):
    d["uncertainties"] = [{"path": "programmes/falls/effect", "low": 0.01, "high": 0.08, **row}]


@fault("uncertainty.no-such-path", "uncertainties", 0, "path")
def uncertain_programme_that_is_not_there(d):
    entered(d, path="programmes/fals/effect")


@fault("uncertainty.no-such-path", "uncertainties", 0, "path")
def uncertain_figure_in_no_words_of_the_plan(d):
    entered(d, path="the effect of falls")


@fault("uncertainty.no-such-path", "uncertainties", 0, "path")
def uncertain_figure_of_a_year_after_the_plan(d):
    entered(d, path="programmes/falls/reach[2040/41]")


@fault("uncertainty.not-drawn", "uncertainties", 0, "path")
def uncertain_contract(d):
    entered(d, path="acute_lines/nel/contract")


@fault("uncertainty.no-interval", "uncertainties", 0, "high")
def uncertain_without_a_high(d):
    entered(d, high=None)


@fault("uncertainty.no-chance", "uncertainties", 0, "chance")
def ward_closes_with_no_chance_said(d):
    entered(d, path="acute_lines/nel/closes", distribution="bernoulli")


@fault("uncertainty.no-spread", "uncertainties", 0, "low")
def tenth_and_ninetieth_percentile_the_same(d):
    entered(d, low=0.05, high=0.05)


@fault("uncertainty.unfit", "uncertainties", 0, "low")
def uncertain_low_above_high(d):
    entered(d, low=0.08, high=0.01)


@fault("uncertainty.unfit", "uncertainties", 0, "low")
def share_with_an_interval_wider_than_any_share(d):
    entered(d, path="programmes/falls/max_reach", distribution="beta", low=0.0, mode=0.5, high=9.0)


@fault("uncertainty.unfit", "uncertainties", 0, "low")
def share_of_which_a_thousandth_can_be(d):
    entered(
        d,
        path="programmes/falls/max_reach",
        distribution="normal",
        low=-2000.0,
        mode=0.5,
        high=2000.0,
    )


@fault("uncertainty.outside", "uncertainties", 0, "mode")
def reach_of_more_than_everybody(d):
    entered(d, path="programmes/falls/reach[2026/27]", low=0.9, mode=1.2, high=1.5)


@fault("uncertainty.twice", "uncertainties", 1, "path")
def reach_of_every_year_and_of_one(d):
    paths = ("programmes/falls/reach", "programmes/falls/reach[2026/27]")
    d["uncertainties"] = [{"path": path, "low": 0.4, "mode": 0.5, "high": 0.6} for path in paths]


@fault("uncertainty.moves-nothing", "uncertainties", 0, "path")
def index_that_nothing_uses(d):
    d["indices"].append({"id": "idle", "rates": {}})
    entered(d, path="indices/idle/rates", distribution="normal", low=-0.01, high=0.01)


@fault("correlation.no-driver", "correlations", 0, "driver_b")
def driver_that_nothing_uses(d):
    d["correlations"] = [
        {"driver_a": "programmes/falls/effect", "driver_b": "weather", "rank_correlation": 0.5}
    ]


@fault("correlation.twice", "correlations", 1, "driver_b")
def correlation_entered_both_ways(d):
    pair = ("programmes/falls/effect", "programmes/falls/reach")
    d["correlations"] = [
        {"driver_a": a, "driver_b": b, "rank_correlation": 0.5} for a, b in (pair, pair[::-1])
    ]


@fault("correlation.repaired", "correlations", 0, "rank_correlation")
def three_drivers_each_against_the_others(d):
    a, b, c = "programmes/falls/effect", "programmes/falls/reach", "programmes/falls/fixed_cost"
    d["correlations"] = [
        {"driver_a": x, "driver_b": y, "rank_correlation": -0.9}
        for x, y in ((a, b), (b, c), (a, c))
    ]


@pytest.mark.parametrize("one", fault.params)
def test_each_fault_has_its_finding(one):
    one.assert_finding()
