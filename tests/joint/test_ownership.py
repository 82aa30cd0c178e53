"""Who owns what, table by table, as the rules for joint work say (guide: joint-working)."""

from __future__ import annotations

import pytest

from icbudget.joint.ownership import Ownership
from icbudget.joint.plan_as_cells import ROW, Unit
from icbudget.reference import ownership_rules

KINDS = {"icb": "icb", "council": "council", "trust": "nhs_provider", "north": "district"}
EVERYBODY = frozenset(KINDS)
TABLES = {
    "pools": {("bcf",): {"host": "council"}},
    "acute_lines": {("nel",): {"commissioner": "icb", "provider": "trust"}},
    "programmes": {("falls",): {"pool": "bcf"}, ("own",): {"partner": "trust"}},
    "schemes": {("1", "1"): {"pool": "bcf", "lead_partner": "icb"}, ("2", "1"): {"pool": "bcf"}},
}
OWNED = [
    ("setup", (), "horizon", {}, EVERYBODY),
    ("owners", ("1",), ROW, {}, EVERYBODY),
    ("partners", ("icb",), "name", {}, EVERYBODY),
    ("pools", ("bcf",), "name", {"host": "council"}, {"council"}),
    ("pools", ("bcf",), "risk_share", {"host": "council"}, EVERYBODY),
    ("pools", ("bcf",), "underspend", {"host": "council"}, EVERYBODY),
    ("contributions", ("bcf", "icb", "DFG", "1"), "base_amount", {}, {"icb"}),
    ("pass_downs", ("bcf", "DFG", "north"), "base_amount", {}, {"council"}),
    ("pass_downs", ("bcf", "DFG", "north"), "consent", {}, {"north"}),
    ("schemes", ("3", "1"), "name", {"lead_partner": "trust", "commissioner": "LA"}, {"trust"}),
    ("schemes", ("3", "1"), "name", {"commissioner": "NHS"}, {"icb"}),
    ("schemes", ("3", "1"), "name", {"commissioner": "LA"}, {"council"}),
    ("schemes", ("3", "1"), "name", {"commissioner": "Joint"}, EVERYBODY),
    ("minimums", ("adult_social_care", "DFG"), "base_amount", {}, EVERYBODY),
    ("indices", ("gdp",), "rates[2026/27]", {}, EVERYBODY),
    ("envelopes", ("icb", "2026/27"), "amount", {}, {"icb"}),
    ("acute_lines", ("nel",), "unit_price", TABLES["acute_lines"]["nel",], {"icb"}),
    ("acute_lines", ("nel",), "unit_cost", TABLES["acute_lines"]["nel",], {"trust"}),
    ("acute_lines", ("nel",), "hold", TABLES["acute_lines"]["nel",], {"trust"}),
    ("acute_lines", ("nel",), "backfill", TABLES["acute_lines"]["nel",], {"trust"}),
    ("acute_lines", ("nel",), "closes[2026/27]", TABLES["acute_lines"]["nel",], {"trust"}),
    ("acute_lines", ("nel",), "fixed_release[2026/27]", TABLES["acute_lines"]["nel",], {"trust"}),
    ("contract_changes", ("nel", "2026/27"), ROW, {}, {"icb"}),
    ("segments", ("nel", "frail"), "share", {}, {"icb"}),
    ("programmes", ("falls",), "effect", {"pool": "bcf"}, {"council"}),
    ("programmes", ("own",), "effect", {"partner": "trust"}, {"trust"}),
    ("moves", ("falls", "nel", "home"), ROW, {}, EVERYBODY),
    ("shifts", ("s",), "rule", {}, EVERYBODY),
    ("limits", ("staff", ""), "amounts[2026/27]", {}, EVERYBODY),
    ("risk_shares", ("agreed", "icb", "1"), "share", {}, EVERYBODY),
    ("gain_shares", ("pact", "icb"), "share_of_gain", {}, EVERYBODY),
    ("performance_pots", ("p4p", "2026/27", "1"), "pot", {"pool": "bcf"}, {"council"}),
    ("goals", ("falls",), "target", {}, EVERYBODY),
    ("profiles", ("summer",), ROW, {}, EVERYBODY),
    ("uncertainties", ("programmes/falls/effect",), ROW, {}, EVERYBODY),
    ("correlations", ("a", "b"), ROW, {}, EVERYBODY),
    ("scenarios", ("icb without falls", "1"), ROW, {}, {"icb"}),
    ("scenarios", ("Low evidence of ours", "1"), ROW, {}, EVERYBODY),
    ("closes", ("2026/27", "1", "1"), "as_closed", {}, {"icb"}),
    ("closes", ("2026/27", "2", "1"), "as_closed", {}, {"council"}),
]


@pytest.mark.parametrize(("table", "key", "cell", "cells", "owners"), OWNED)
def test_each_table_has_the_owners_of_the_rules(table, key, cell, cells, owners):
    rules = Ownership(TABLES, KINDS, ownership_rules(), ())
    assert rules.owners(Unit(table, key, cell), cells) == owners
