"""The JSON Schema says the same as our own reading, checked by an independent validator."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
import yaml
from jsonschema import Draft202012Validator

from icbudget.plan import SETUP, TABLES
from icbudget.plan.plan_text import as_document, from_yaml, json_schema, to_json
from tests.places import WORKBOOKS

PLANS = sorted((WORKBOOKS).glob("*.yaml"))
SCHEMA = Draft202012Validator(json_schema())


def test_the_schema_is_a_schema():
    Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize("path", PLANS, ids=lambda p: p.stem)
def test_every_plan_of_ours_meets_it_as_written_and_as_we_write_it(path):
    text = path.read_text(encoding="utf-8")
    plan = from_yaml(text).plan
    for document in (yaml.safe_load(text), as_document(plan), json.loads(to_json(plan))):
        assert [error.message for error in SCHEMA.iter_errors(document)] == []


@pytest.mark.parametrize(
    ("table", "field", "value"),
    [
        ("contributions", "base_amount", "n/a"),
        ("contributions", "base_amount", -1),
        ("contributions", "kind", "gift"),
        ("acute_lines", "contract", "tariff"),
        ("segments", "share", 1.5),
        ("programmes", "no_such_field", 1),
    ],
)
def test_what_we_refuse_the_schema_refuses(table, field, value):
    document = yaml.safe_load(
        next(p for p in PLANS if "illustrative" in p.stem).read_text(encoding="utf-8")
    )
    document[table][0][field] = value
    assert list(SCHEMA.iter_errors(document))


def test_every_field_says_what_it_is():
    for name, noun in json_schema()["$defs"].items():
        for field, told in noun["properties"].items():
            assert told["description"] and told["x-icbudget"]["label"], f"{name}.{field}"


def test_what_money_is_by_default_is_money():
    # a whole number in its place is no pound that can be written as JSON
    nouns = [SETUP.noun, *(table.noun for table in TABLES.values())]
    wrong = [
        (noun.__name__, name)
        for noun in nouns
        for name, field in noun.model_fields.items()
        if field.annotation is Decimal and type(field.default) is int
    ]
    assert wrong == []
