"""Signatures that hold, go void, hold again, and those that nobody made."""

from __future__ import annotations

import base64
import json

import pytest
import rfc8785

from icbudget import tasks
from icbudget.findings import Severity
from icbudget.signing import ed25519
from tests.checks.clean import clean
from tests.signing.plans import PASSPHRASE, changed, looked_at, signed


@pytest.fixture
def plain(tmp_path):
    return signed(tmp_path)


@pytest.fixture
def key(tmp_path):
    return tasks.new_key(tmp_path / "council.pem", PASSPHRASE)


@pytest.fixture
def keyed(tmp_path, key):
    return signed(
        tmp_path, key=key.files[0], passphrase=PASSPHRASE, published="Minute 12 of 1 June 2026"
    )


def test_a_statement_without_a_key_is_recorded_and_says_so(tmp_path, plain):
    (one,), findings, _ = looked_at(tmp_path, plain)
    assert (one.state, one.binds, findings) == ("recorded", True, [])
    assert "without a key" in one.why


def test_a_statement_signed_with_a_key_holds(tmp_path, keyed, key):
    (one,), findings, _ = looked_at(tmp_path, keyed)
    assert (one.state, findings) == ("holds", [])
    assert keyed["signing_keys"] == [
        {
            "id": key.id,
            "partner": "council",
            "role": "Section 151 officer",
            "public_key": key.public_key,
            "valid_from": "2026-06-30",
            "published": "Minute 12 of 1 June 2026",
        }
    ]


def three_figures(document):
    """By hand: the ICB puts £4,000 more into each of three years (one figure), the council £200
    more into each of two (two figures): 3 × £4,000 + 2 × £200 = £12,400 of contributions.
    """
    other = changed(document, "contributions", 0, base_amount=1_004_000)
    return changed(other, "contributions", 1, amounts={"2026/27": 400_200, "2027/28": 400_200})


def test_a_changed_figure_makes_it_void_and_says_what_changed_in_pounds(tmp_path, keyed):
    (one,), (finding,), state = looked_at(tmp_path, three_figures(keyed))
    assert (one.state, one.figures, one.moved_by) == ("void", 3, ("contributions", 1_240_000))
    assert "changed since: 3 figures, £12,400 of contributions" in finding.message
    assert (finding.id, finding.severity) == ("signature.void", Severity.WARNING)
    assert finding.effect_pence == 1_240_000
    assert state.state == "draft" and "Section 151 officer of Council (void)" in state.why


def test_changing_back_makes_it_hold_again(tmp_path, keyed):
    there = three_figures(keyed)
    back = changed(there, "contributions", 0, base_amount=1_000_000)
    del back["contributions"][1]["amounts"]
    (one,), findings, _ = looked_at(tmp_path, back)
    assert (one.state, findings) == ("holds", [])


def test_history_keeps_a_signature_that_is_signed_over(tmp_path, keyed):
    again = signed(tmp_path, three_figures(keyed))
    first, second = again["history"]
    assert [(e["what"], e["by"], e["partner"]) for e in (first, second)] == [
        ("signed", "A Signatory", "council")
    ] * 2
    assert first["figures"] != second["figures"] and second["before"] == first["entry"]
    # What is signed the second time names the head of the history that it was signed on.
    assert json.loads(again["sign_offs"][0]["statement"])["history"] == first["entry"]


@pytest.mark.parametrize(
    ("table", "row", "fields"),
    [
        ("partners", 1, {"name": "The council"}),
        ("contributions", 0, {"evidence": "Another letter", "status": "confirmed"}),
        ("pools", 0, {"signed_on": "2026-09-30", "pool_manager": "A Manager"}),
    ],
)
def test_words_sources_and_the_day_of_the_deed_do_not_void(tmp_path, keyed, table, row, fields):
    (one,), findings, _ = looked_at(tmp_path, changed(keyed, table, row, **fields))
    assert (one.state, findings) == ("holds", [])


def test_the_year_as_it_runs_does_not_void_and_moves_no_signed_pound(tmp_path, keyed):
    # One month of actuals far above the budget changes positions, not what was signed.
    keyed["actuals"] = [
        {"year": "2025/26", "month": 1, "kind": "expenditure", "scheme": "1", "amount": 900_000}
    ]
    (one,), findings, _ = looked_at(tmp_path, keyed)
    assert (one.state, findings) == ("holds", [])


@pytest.mark.parametrize(
    ("table", "fields", "figures"),
    [
        ("goals", {"target": 1.0}, 1),
        ("pools", {"agreement": "Another deed"}, 1),
        ("setup", {"rounding_unit": 100}, 1),
        ("envelopes", {"partner": "icb", "year": "2026/27", "amount": 5_000_000}, 1),
    ],
)
def test_goals_terms_rules_and_envelopes_void_it(tmp_path, keyed, table, fields, figures):
    if table == "setup":
        keyed["setup"] |= fields
    elif table == "envelopes":
        keyed["envelopes"] = [fields]
    else:
        keyed = changed(keyed, table, 0, **fields)
    (one,), _, _ = looked_at(tmp_path, keyed)
    assert (one.state, one.figures) == ("void", figures)


def test_a_plan_with_an_error_says_that_the_pounds_are_not_known(tmp_path, keyed):
    broken = changed(keyed, "contributions", 0, base_amount=1_004_000)
    broken["segments"][1]["share"] = 0.5
    (one,), (finding,), _ = looked_at(tmp_path, broken)
    assert one.state == "void" and "in pounds it is not known" in finding.message


def only(findings):
    (finding,) = findings
    return finding


def test_a_signature_by_another_key_is_forged(tmp_path, keyed):
    other = ed25519.new_key(PASSPHRASE)
    row = keyed["sign_offs"][0]
    row["signature"] = ed25519.signed(row["statement"].encode(), other.private_pem, PASSPHRASE)
    (one,), findings, state = looked_at(tmp_path, keyed)
    assert (one.state, one.binds) == ("not valid", False)
    assert (only(findings).id, only(findings).severity) == ("signature.forged", Severity.ERROR)
    assert not only(findings).stops and state.state == "draft"


def test_a_tampered_statement_is_not_what_was_signed(tmp_path, keyed):
    row = keyed["sign_offs"][0]
    document = json.loads(row["statement"])
    document["pounds"]["contributions"]["icb"][0] += 1
    row["statement"] = rfc8785.dumps(document).decode()
    (one,), findings, _ = looked_at(tmp_path, keyed)
    assert (one.state, only(findings).id) == ("not valid", "signature.forged")


@pytest.mark.parametrize("said", ["", "{}", "[", "null", "9" * 5000, "[" * 20_000])
def test_a_statement_that_is_none_is_named(tmp_path, keyed, said):
    keyed["sign_offs"][0]["statement"] = said
    (one,), findings, _ = looked_at(tmp_path, keyed)
    assert (one.state, only(findings).id) == ("not valid", "signature.statement")


def test_a_statement_in_another_spelling_is_named(tmp_path, keyed):
    row = keyed["sign_offs"][0]
    row["statement"] = json.dumps(json.loads(row["statement"]), indent=1)
    _, findings, _ = looked_at(tmp_path, keyed)
    assert only(findings).id == "signature.statement"


@pytest.mark.parametrize(
    "fields", [{"name": "Somebody else"}, {"date": "2026-07-01"}, {"words_hash": "0"}]
)
def test_a_row_that_says_other_than_its_statement_is_named(tmp_path, keyed, fields):
    _, findings, _ = looked_at(tmp_path, changed(keyed, "sign_offs", 0, **fields))
    assert only(findings).id == "signature.statement-differs"


def test_a_hash_put_in_the_place_of_the_signed_one_does_not_make_it_hold(tmp_path, keyed):
    # The figures are changed and the row is given their hash: the statement says another.
    later = signed(tmp_path, three_figures(clean()))
    forged = changed(
        three_figures(keyed),
        "sign_offs",
        0,
        figures_hash=later["sign_offs"][0]["figures_hash"],
    )
    (one,), findings, _ = looked_at(tmp_path, forged)
    assert (one.state, only(findings).id) == ("not valid", "signature.statement-differs")


def test_a_signature_on_a_hash_of_an_older_version_cannot_be_compared(tmp_path, plain):
    row = plain["sign_offs"][0]
    older = row["figures_hash"].replace("figures/3", "figures/1")
    document = {**json.loads(row["statement"]), "figures": older}
    row |= {"figures_hash": older, "statement": rfc8785.dumps(document).decode()}
    (one,), findings, _ = looked_at(tmp_path, plain)
    assert (one.state, only(findings).id) == ("not checked", "signature.hash-version")


def test_a_key_of_another_office_or_out_of_its_time_signs_nothing(tmp_path, keyed):
    other_office = changed(keyed, "signing_keys", 0, role="Chief executive")
    withdrawn = changed(keyed, "signing_keys", 0, valid_to="2026-06-29")
    not_yet = changed(keyed, "signing_keys", 0, valid_from="2026-07-01")
    for document, id in (
        (other_office, "signature.not-their-key"),
        (withdrawn, "signature.key-out-of-time"),
        (not_yet, "signature.key-out-of-time"),
    ):
        (one,), findings, _ = looked_at(tmp_path, document)
        assert (one.state, only(findings).id) == ("not valid", id)


def test_a_key_that_is_not_on_keys_checks_nothing(tmp_path, keyed):
    del keyed["signing_keys"]
    (one,), findings, _ = looked_at(tmp_path, keyed)
    assert (one.state, only(findings).id) == ("not valid", "signature.no-key")


def test_a_key_published_nowhere_is_a_warning(tmp_path, keyed):
    del keyed["signing_keys"][0]["published"]
    (one,), findings, _ = looked_at(tmp_path, keyed)
    assert (one.state, only(findings).id) == ("holds", "signature.key-not-published")


def test_a_copy_of_the_figures_that_is_not_theirs_leaves_the_count_out(tmp_path, keyed):
    bomb = base64.b64encode(b"not deflated").decode()
    for copy in (bomb, "é", ""):
        document = changed(three_figures(keyed), "sign_offs", 0, signed_figures=copy)
        (one,), findings, _ = looked_at(tmp_path, document)
        assert one.figures is None
        assert "changed since: figures, £12,400 of contributions" in only(findings).message


def test_without_the_library_a_signature_is_not_checked_and_said_so(tmp_path, keyed, monkeypatch):
    monkeypatch.setattr(ed25519, "find_spec", lambda name: None)
    (one,), findings, _ = looked_at(tmp_path, keyed)
    assert (one.state, one.binds) == ("not checked", False)
    assert (only(findings).id, only(findings).severity) == (
        "signature.not-checked",
        Severity.NOTE,
    )


def test_figures_that_come_to_other_pounds_are_a_warning_and_hold(tmp_path, plain):
    # Another version worked out £1.00 less for the ICB in the base year.
    row = plain["sign_offs"][0]
    document = json.loads(row["statement"])
    document["pounds"]["contributions"]["icb"][0] -= 100
    row["statement"] = rfc8785.dumps(document).decode()
    (one,), findings, _ = looked_at(tmp_path, plain)
    assert (one.state, only(findings).id) == ("recorded", "signature.other-pounds")
    assert only(findings).effect_pence == 100


def test_a_name_and_a_date_that_somebody_typed_bind_nothing(tmp_path):
    document = clean()
    document["sign_offs"] = [
        {"partner": "council", "role": "Section 151 officer", "name": "A", "date": "2026-06-30"}
    ]
    (one,), findings, state = looked_at(tmp_path, document)
    assert (one.state, one.binds, findings) == ("name and date only", False, [])
    assert state.state == "draft"
