"""Faults that `icbudget.checks.references` must find."""

from __future__ import annotations

import pytest

from icbudget.findings import Severity
from tests.checks.changes import shift
from tests.checks.clean import YEARS, clean
from tests.checks.faults import Faults, findings_of, ids_of

fault = Faults()


@fault("link.unknown", "contributions", 0, "partner")
def partner_that_is_not_there(d):
    d["contributions"][0]["partner"] = "icbb"


@fault("link.unknown", "segments", 0, "programmes")
def segment_names_a_programme_that_is_not_there(d):
    d["segments"][0]["programmes"] = ["falls", "fallss"]


@fault("link.unknown", "acute_lines", 0, "demographic_index")
def index_that_is_not_there(d):
    d["acute_lines"][0]["demographic_index"] = "growth"


@fault("index.missing-year", "indices", 0, "rates")
def index_stops_a_year_early(d):
    del d["indices"][0]["rates"]["2027/28"]


@fault("year.outside-plan", "programmes", 0, "fixed_cost")
def amount_after_the_last_year(d):
    d["programmes"][0]["fixed_cost"]["2030/31"] = 5


@fault("year.outside-plan", "goals", 0, "target_year")
def goal_after_the_last_year(d):
    d["goals"][0]["target_year"] = "2035/36"


@fault("year.outside-plan", "acute_lines", 0, "rebase_years")
def contract_rebased_after_the_last_year(d):
    d["acute_lines"][0]["rebase_years"] = ["2035/36"]


@fault("year.price-base", "setup", None, "price_base")
def prices_of_a_year_outside_the_plan(d):
    d["setup"]["price_base"] = "2020/21"


@fault("index.rate", "indices", 0, "rates")
def percentage_typed_as_a_number(d):
    d["indices"][0]["rates"]["2027/28"] = 5


@fault("index.rate", "indices", 0, "rates")
def fall_of_more_than_everything(d):
    d["indices"][0]["rates"]["2027/28"] = -2


@fault("link.own-parent", "pools", 0, "parent")
def pool_that_is_its_own_parent(d):
    d["pools"][0]["parent"] = "bcf"


@fault("link.unknown", "contributions", 0, "phasing")
def phasing_that_is_not_there(d):
    d["contributions"][0]["phasing"] = "fortnightly"


@fault("year.outside-plan", "contract_changes", 0, "year")
def contract_that_changes_after_the_last_year(d):
    d["contract_changes"] = [{"acute_line": "nel", "year": "2030/31", "contract": "activity"}]


@fault("link.own-parent", "acute_lines", 0, "parent")
def line_that_is_its_own_parent(d):
    d["acute_lines"][0]["parent"] = "nel"


@fault("link.own-parent", "acute_lines", 1, "parent")
def lines_that_are_each_others_parents(d):
    d["acute_lines"].append(
        d["acute_lines"][0] | {"id": "days", "parent": "nel", "point_of_delivery": ""}
    )
    d["acute_lines"][0]["parent"] = "days"


@fault("link.twice", "shifts", 0, "lines")
def line_named_twice_in_one_shift(d):
    shift(d, lines=["nel", "nel"])


@fault("link.empty-table", "acute_lines", 0, "commissioner")
def no_partner_at_all(d):
    d["partners"], d["pools"], d["contributions"], d["schemes"], d["minimums"] = [], [], [], [], []
    d["risk_shares"], d["programmes"][0]["partner"] = [], "icb"


@fault("row.same-but-capitals", "partners", 3, "id")
def two_partners_that_excel_takes_for_one(d):
    d["partners"].append({"id": "ICB", "name": "Another board", "kind": "icb"})


@fault("row.same-name", "partners", 3, "name")
def two_partners_that_a_reader_takes_for_one(d):
    d["partners"].append({"id": "icb_2", "name": d["partners"][0]["name"], "kind": "icb"})


@fault("link.unknown", "programmes", 0, "reaches")
def a_programme_that_reaches_no_line_of_the_plan(d):
    """The cell that holds the name is named, and no segment that icbudget took for the line."""
    d["programmes"][0]["reaches"] = ["nell"]


@pytest.mark.parametrize("one", fault.params)
def test_each_fault_has_its_finding(one):
    one.assert_finding()


def test_a_wrong_name_comes_with_the_nearest_right_one():
    document = clean()
    partner_that_is_not_there(document)
    (finding,) = [f for f in findings_of(document) if f.id == "link.unknown"]
    assert "“icbb”" in finding.message and "“icb”" in finding.fix


@pytest.mark.parametrize("table", ["contributions", "schemes", "minimums"])
def test_an_index_that_no_year_needs_may_lack_years(table):
    document = clean()
    document["indices"].append({"id": "short", "rates": {}})
    document[table][0] |= {
        "index": "short",
        "amounts": dict.fromkeys(YEARS, document[table][0]["base_amount"]),
    }
    assert findings_of(document) == ()


def test_an_index_of_a_one_off_line_may_lack_years():
    document = clean()
    document["indices"].append({"id": "short", "rates": {}})
    document["contributions"][0] |= {"index": "short", "recurrent": False}
    document["schemes"][0]["recurrent"] = document["schemes"][1]["recurrent"] = False
    assert ids_of(findings_of(document), Severity.ERROR) == []
