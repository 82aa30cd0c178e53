"""A plan as text: what is written is read again, what cannot be read is a
finding at once.
"""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from icbudget.plan.plan_text import (
    from_document,
    from_yaml,
    json_schema,
    to_json,
    to_yaml,
)
from tests.checks.clean import clean


def plan():
    return from_document(clean()).plan


def ids(draft):
    return [f.id for f in draft.findings]


def test_yaml_and_json_are_read_again_as_the_same_plan():
    for text in (to_yaml(plan()), to_json(plan())):
        again = from_yaml(text)
        assert not again.findings and again.plan == plan() and again.sound


def test_every_figure_has_a_place():
    draft = from_document(clean(), "plan.yaml")
    place = draft.places["acute_lines/nel/unit_price"]
    assert (place.workbook, place.table, place.row, place.column) == (
        "plan.yaml",
        "Activity lines",
        "1",
        "unit_price",
    )
    assert draft.places["programmes/falls/reach[2026/27]"].column == "reach[2026/27]"


def test_a_plan_cannot_be_changed():
    frozen = plan()
    with pytest.raises(ValidationError):
        frozen.setup.title = "Other"
    with pytest.raises(TypeError):
        frozen.indices[0].rates["2026/27"] = 0.5
    with pytest.raises(TypeError):
        frozen.indices[0].rates.update({"2026/27": 0.5})
    assert hash(frozen) == hash(plan())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "text.not-a-plan"),
        ("just words", "text.not-a-plan"),
        ("[1, 2]", "text.not-a-plan"),
        ("rows: 1", "text.not-a-plan"),
        ("setup: {title: [", "text.unreadable"),
        ("a: &x [1]\nsetup: *x", "text.alias"),
        (
            "setup: {title: T, base_year: 2025/26, horizon: 1}\nschema_version: 99",
            "text.schema-version",
        ),
        ("setup: {title: T, base_year: 2025/26, horizon: 1}\nbudgets: []", "text.unknown-table"),
        ("setup: {title: T, base_year: 2025/26, horizon: 1}\npartners: {id: icb}", "text.not-rows"),
        ("setup: {title: T, base_year: 2025/26, horizon: 1, colour: red}", "text.unknown-field"),
        ("setup: {title: T, base_year: 2025/26}", "cell.blank"),
        ("setup: {title: T, base_year: 2025/26, horizon: many}", "cell.text-in-number"),
        ("setup: {title: T, base_year: 2025/26, horizon: 31}", "cell.out-of-range"),
        ("setup: 5", "cell.blank"),
    ],
)
def test_what_is_not_a_plan_is_a_finding(text, found):
    draft = from_yaml(text, "plan.yaml")
    assert found in ids(draft)
    assert not draft.sound
    assert all(f.fix for f in draft.findings)


def test_all_problems_of_all_rows_come_at_once():
    document = clean()
    document["acute_lines"][0] |= {"unit_price": "#REF!", "unit_cost": "3,000", "variable_cost": 18}
    del document["schemes"][1]["name"]
    document["partners"].append({"id": "icb", "name": "Again", "kind": "icb"})
    document["indices"][0]["rates"]["2027/28"] = "two per cent"
    draft = from_document(document)
    assert sorted(ids(draft)) == sorted(
        [
            *("cell.error-value", "cell.text-in-number", "cell.out-of-range"),  # one row
            *("cell.text-in-number", "cell.blank", "row.duplicate-key"),
        ]
    )


def test_a_row_that_is_there_twice_is_told_by_what_it_says_and_not_by_its_blanks():
    document = clean()
    document["actuals"] = [
        {"year": "2025/26", "month": 1, "scheme": "1", "amount": amount} for amount in (5, 6)
    ]
    (twice,) = from_document(document).findings
    told = (
        "Year 2025/26, Month 1, Kind expenditure, Scheme 1, Line 1 is there twice; the first is at"
        " Actuals, row 1, column year."
    )
    assert twice.message == f"{told} The row is set aside."


def test_a_row_that_cannot_be_read_is_not_missed_twice():
    # the line is there, only unreadable: references to it are no second finding
    from icbudget import checks

    document = clean()
    document["acute_lines"][0]["unit_price"] = "#REF!"
    draft = from_document(document)
    assert ids(draft) == ["cell.error-value"]
    assert "link.unknown" not in [f.id for f in checks.check_plan(draft.plan, draft.unread)]


@pytest.mark.parametrize("amounts", [500, [500], "£500"])
def test_one_value_where_each_year_needs_its_own_is_told_and_not_dropped(amounts):
    document = clean()
    document["contributions"][0]["amounts"] = amounts
    assert ids(from_document(document)) == ["cell.not-by-year"]


@pytest.mark.parametrize("amounts", [None, {}, "", {"2026/27": None}])
def test_no_value_for_any_year_is_nothing(amounts):
    document = clean()
    document["contributions"][0]["amounts"] = amounts
    assert from_document(document).plan == plan()


def test_the_schema_knows_every_table_and_field():
    from icbudget.plan.columns import columns_of
    from icbudget.plan.plan import TABLES

    schema = json_schema()
    for table in TABLES.values():
        assert table.field in schema["properties"]
        noun = schema["$defs"][table.noun.__name__]
        assert {c.field for c in columns_of(table.noun)} == set(noun["properties"])
        assert noun["additionalProperties"] is False


def test_a_date_that_cannot_be_read_leaves_the_row_and_its_figures():
    document = clean()
    document["contributions"][0]["date_read"] = "2025-04-01 to 2026-03-31"
    draft = from_document(document)
    (refused,) = draft.findings
    assert refused.id == "cell.text-after-date" and not refused.stops
    assert draft.plan == plan()


def test_a_date_that_figures_rest_on_stops_them():
    document = clean()
    document["contributions"][0]["paid_from"] = "soon"
    (refused,) = from_document(document).findings
    assert refused.id == "cell.not-a-date" and refused.stops
