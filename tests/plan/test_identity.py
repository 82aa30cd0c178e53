"""The two hashes of a plan: what they leave out, what they bind, and that their versions count."""

from __future__ import annotations

import copy
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from icbudget.engine.accounts.postings import postings
from icbudget.engine.run import run
from icbudget.findings import Place, Severity
from icbudget.plan.columns import Kind, Role, columns_of
from icbudget.plan.identity import (
    FIGURES_HASH_VERSION,
    PLAN_HASH_VERSION,
    canonical_json,
    figures_hash,
    figures_json,
    plan_hash,
    recorded_plan_findings,
    words_hash,
)
from icbudget.plan.plan import SETUP, TABLES
from icbudget.plan.plan_text import from_document, from_yaml
from tests.checks.clean import clean
from tests.places import WORKBOOKS

HERE = Path(__file__).parent
SMALL = {
    "setup": {"title": "Small", "base_year": "2025/26", "horizon": 1},
    "partners": [
        {"id": "council", "name": "Council", "kind": "council"},
        {"id": "icb", "name": "Board", "kind": "icb"},
    ],
    "pools": [{"id": "p", "name": "Pool", "host": "council", "agreement": "Deed of 1 May"}],
    "contributions": [
        {
            "pool": "p",
            "partner": "icb",
            "source": "NHS Minimum Contribution",
            "name": "Minimum",
            "base_amount": 1000.1,
            "amounts": {"2026/27": 1020},
            "evidence": "Letter",
        }
    ],
}
# Keys in order, no blanks, nothing that holds its default; £1,000.10 is 100010 pence.
SMALL_PLAN = (
    '{"contributions":[{"amounts":{"2026/27":102000},"base_amount":100010,"evidence":"Letter",'
    '"name":"Minimum","partner":"icb","pool":"p","source":"NHS Minimum Contribution"}],'
    '"partners":[{"id":"council","kind":"council","name":"Council"},'
    '{"id":"icb","kind":"icb","name":"Board"}],'
    '"pools":[{"agreement":"Deed of 1 May","host":"council","id":"p","name":"Pool"}],'
    '"schema_version":1,"setup":{"base_year":"2025/26","horizon":1,"title":"Small"}}'
)
# The same without words (title, names) and sources (evidence); the agreement is a term and stays.
SMALL_FIGURES = (
    '{"contributions":[{"amounts":{"2026/27":102000},"base_amount":100010,'
    '"partner":"icb","pool":"p","source":"NHS Minimum Contribution"}],'
    '"partners":[{"id":"council","kind":"council"},{"id":"icb","kind":"icb"}],'
    '"pools":[{"agreement":"Deed of 1 May","host":"council","id":"p"}],'
    '"setup":{"base_year":"2025/26","horizon":1}}'
)


def small(**changes):
    document = copy.deepcopy(SMALL)
    for table, row in changes.items():
        if table == "setup":
            document["setup"] |= row
        else:
            document[table][0] |= row
    return from_document(document).plan


def plan():
    return from_document(clean()).plan


def test_the_bytes_of_a_small_plan_are_those_written_by_hand():
    assert canonical_json(small()).decode() == SMALL_PLAN
    assert plan_hash(small()) == hashlib.sha256(SMALL_PLAN.encode()).hexdigest()
    assert figures_json(small()).decode() == SMALL_FIGURES
    assert figures_hash(small()) == hashlib.sha256(SMALL_FIGURES.encode()).hexdigest()


def test_no_default_that_a_version_left_out_may_change_without_a_new_version():
    # A field that stood at its old default would have another meaning under the same hash.
    frozen = json.loads((HERE / "defaults.json").read_text(encoding="utf-8"))[PLAN_HASH_VERSION]
    for table in (SETUP, *TABLES.values()):
        for column in columns_of(table.noun):
            name = f"{table.field}/{column.field}"
            if name in frozen and not column.required:
                assert str(column.default) == frozen[name], name


def test_the_hash_is_of_the_plan_and_not_of_its_spelling():
    spelled = clean()
    spelled["contributions"][0] |= {
        "recurrent": True,
        "kind": "contribution",
        "base_amount": "1000000.00",
    }
    spelled["contributions"][0]["base_amount"] = 1_000_000.0
    spelled["indices"][0]["rates"] = {"2027-28": 0.02, "2026/2027": 0.02}
    assert plan_hash(from_document(spelled).plan) == plan_hash(plan())


@pytest.mark.parametrize(
    ("table", "field", "value"),
    [
        ("contributions", "base_amount", 1_000_000.01),
        ("programmes", "effect", 0.0500001),
        ("partners", "name", "The board"),
    ],
)
def test_any_change_changes_the_plans_hash(table, field, value):
    changed = clean()
    changed[table][0][field] = value
    assert plan_hash(from_document(changed).plan) != plan_hash(plan())


def test_the_order_of_partners_is_part_of_both_hashes():
    # tied pennies go to the earlier partner, model.md §1.1
    turned = clean()
    turned["partners"].reverse()
    other = from_document(turned).plan
    assert plan_hash(other) != plan_hash(plan()) and figures_hash(other) != figures_hash(plan())


def test_the_order_of_other_rows_is_part_of_the_plans_hash_alone():
    turned = clean()
    turned["schemes"].reverse()
    other = from_document(turned).plan
    assert plan_hash(other) != plan_hash(plan()) and figures_hash(other) == figures_hash(plan())


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("setup", {"title": "Other", "display_sign": "nhs", "notes": "New"}),
        ("setup", {"monitored_month": 7, "monitored_year": "2025/26"}),
        # the deed follows the plan: recording its day must not undo the signatures (joint.md §6)
        ("pools", {"signed_on": "2025-05-01"}),
        ("partners", {"name": "The council"}),
        ("contributions", {"name": "First", "evidence": "Other letter", "status": "confirmed"}),
    ],
)
def test_words_and_sources_change_the_plans_hash_and_not_the_figures(table, change):
    other = small(**{table: change})
    assert plan_hash(other) != plan_hash(small()) and figures_hash(other) == figures_hash(small())


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("setup", {"horizon": 2}),
        ("setup", {"rounding_unit": 100}),
        ("pools", {"agreement": "Deed of 2 May"}),
        ("contributions", {"base_amount": 1000.11}),
        ("contributions", {"amounts": {"2026/27": 0}}),
    ],
)
def test_figures_and_terms_change_both_hashes(table, change):
    other = small(**{table: change})
    assert plan_hash(other) != plan_hash(small()) and figures_hash(other) != figures_hash(small())


def test_what_happens_in_the_year_changes_no_figure_of_the_plan():
    document = clean()
    document["actuals"] = [{"year": "2025/26", "month": 1, "scheme": "1", "amount": 5}]
    document["scenarios"] = [
        {"scenario": "Low", "order": 1, "path": "schemes/1/base_amount", "value": "1"}
    ]
    with_month = from_document(document).plan
    assert plan_hash(with_month) != plan_hash(plan())
    assert figures_hash(with_month) == figures_hash(plan())


def test_the_words_hash_is_of_words_alone():
    for other in (small(partners={"name": "The council"}), small(contributions={"evidence": "B"})):
        assert words_hash(other) != words_hash(small())
    for other in (small(contributions={"base_amount": 1}), small(setup={"monitored_month": 7})):
        assert words_hash(other) == words_hash(small())


def test_no_text_that_counts_as_words_changes_any_posting():
    # Otherwise a signature would hold over a plan whose money had changed.
    borough = from_yaml((WORKBOOKS / "illustrative-borough.yaml").read_text(encoding="utf-8")).plan
    reworded = {}
    for name, table in TABLES.items():
        words = [
            c.field
            for c in columns_of(table.noun)
            if c.kind is Kind.TEXT and c.role is Role.WORDS and c.field not in table.key
        ]
        if table.signed and words:
            rows = getattr(borough, name)
            reworded[name] = tuple(
                row.model_copy(update={field: f"Reworded {n}" for field in words})
                for n, row in enumerate(rows)
            )
    other = borough.model_copy(update=reworded)
    assert plan_hash(other) != plan_hash(borough)
    assert figures_hash(other) == figures_hash(borough)
    # A posting's line is a name that people read; every other part of it is as it was.
    before, after = postings(run(borough)), postings(run(other))
    assert [replace(p, line="") for p in after] == [replace(p, line="") for p in before]


def test_a_record_of_another_version_does_not_say_that_inputs_differ():
    here = Place(workbook="run-record.json")
    for version in ("", "plan/1", "plan/2", "plan/99"):
        (finding,) = recorded_plan_findings("0" * 64, version, plan_hash(plan()), here)
        assert (finding.id, finding.severity) == ("verify.hash-version", Severity.WARNING)
        assert (version or "plan/1") in finding.message and "plan/3" in finding.message


def test_a_record_of_this_version_says_whether_inputs_differ():
    here = Place(sheet="Run record")
    now = plan_hash(plan())
    assert recorded_plan_findings(now, PLAN_HASH_VERSION, now, here) == []
    (finding,) = recorded_plan_findings("0" * 64, PLAN_HASH_VERSION, now, here)
    assert (finding.id, finding.severity) == ("verify.inputs-differ", Severity.ERROR)


def test_the_versions_are_named():
    assert (PLAN_HASH_VERSION, FIGURES_HASH_VERSION) == ("plan/3", "figures/3")


def test_digits_that_libreoffice_does_not_save_change_neither_hash():
    """It keeps 15 significant digits, Excel 17; the sixteenth is nobody's change, the tenth is."""

    def hash_of(rate):
        document = clean()
        document["indices"].append({"id": "i", "rates": {"2026/27": rate}})
        plan = from_document(document).plan
        return figures_hash(plan), plan_hash(plan)

    exact, saved, changed = map(hash_of, (0.015505577840456697, 0.0155055778404567, 0.0155055779))
    assert exact == saved
    assert exact[0] != changed[0] and exact[1] != changed[1]
