"""How far a plan has come, by what is true of it."""

from __future__ import annotations

from icbudget import tasks
from icbudget.answers.case import evaluate
from icbudget.answers.signed import signatures_of
from icbudget.plan.identity import figures_hash
from icbudget.plan.plan_text import from_document
from icbudget.signing.plan_state import plan_state
from tests.checks.clean import clean
from tests.signing.plans import ON, signed, written


def by_offices(folder, document, *offices):
    for partner, office in offices:
        document = signed(folder, document, partner=partner, office=office, name="A B")
    return document


BEFORE = (
    ("icb", "chief executive"),
    ("council", "chief executive"),
    ("council", "section 151 officer"),
)


def state(document, **more):
    draft = from_document({**document, **more})
    assert draft.sound, [str(f) for f in draft.findings]
    case = evaluate(draft.plan)
    return plan_state(case.before_scenario, signatures_of(case))


def test_a_plan_that_nobody_signed_is_a_draft():
    found = state(clean())
    assert found.state == "draft"
    assert found.why.startswith("0 of 3 offices have signed; waits for Chief executive of")


def test_a_plan_without_partners_is_a_draft():
    assert state({"setup": {"title": "Empty", "base_year": "2025/26", "horizon": 1}}).state == (
        "draft"
    )


def test_one_office_of_each_paying_partner_agrees_it(tmp_path):
    document = by_offices(tmp_path, clean(), *BEFORE[:2])
    found = state(document)
    assert found.state == "agreed"
    assert found.why == "2 of 3 offices have signed; waits for Section 151 officer of Council"


def test_all_offices_before_the_submission_sign_it_and_the_board_may_follow(tmp_path):
    document = by_offices(tmp_path, clean(), *BEFORE)
    found = state(document)
    assert found.state == "signed"
    assert "Health and Wellbeing Board chair of Council to follow" in found.why
    assert "3 signatures are recorded statements, without a key" in found.why
    assert "no signed agreement of Better Care Fund is recorded" in found.why


def test_it_is_in_force_when_the_board_has_signed_and_its_agreement_runs(tmp_path):
    document = clean()
    document["pools"][0] |= {"agreement": "Section 75 deed", "covers_from": "2026-04-01"}
    document = by_offices(
        tmp_path, document, *BEFORE, ("council", "health and wellbeing board chair")
    )
    assert state(document).state == "signed"
    # The deed is signed after the plan: the day undoes no signature, and the plan is in force.
    document["pools"][0]["signed_on"] = "2026-09-30"
    assert state(document).state == "in force"


def test_an_agreement_that_has_not_begun_or_has_ended_is_not_in_force(tmp_path):
    document = clean()
    document["pools"][0] |= {
        "agreement": "Section 75 deed",
        "covers_from": "2026-05-01",
        "covers_to": "2026-12-31",
        "signed_on": "2026-04-30",
    }
    document = by_offices(
        tmp_path, document, *BEFORE, ("council", "health and wellbeing board chair")
    )
    # No month is monitored, so it is 1 April of the first plan year, 2026/27.
    assert "does not cover 2026-04-01 yet" in state(document).why
    # Month 2 is May 2026, which the agreement covers; month 10 is January 2027, after its end.
    document["setup"] |= {"monitored_year": "2026/27", "monitored_month": 2}
    assert state(document).state == "in force"
    document["setup"]["monitored_month"] = 10
    assert "ended on 2026-12-31" in state(document).why


def part(partner, state, number=1):
    return {"partner": partner, "number": number, "state": state}


def agreed(number, partner, figures):
    return {"number": number, "what": "agreed", "partner": partner, "figures": figures}


def test_parts_that_are_out_and_in_and_figures_still_to_agree_count():
    document = clean()
    out = [part("icb", "in"), part("council", "out")]
    assert state(document, parts=out).state == "parts out"
    assert state(document, parts=out).why == "1 of 2 parts are in"
    # The council's first part came, and a second went out: it is out again.
    again = [part("icb", "in"), part("council", "replaced"), part("council", "out", 2)]
    assert state(document, parts=again).state == "parts out"
    opens = [
        {"figure": "schemes, 1, base_amount", "partner": p, "became": "to agree"}
        for p in ("", "icb", "council")
    ]
    back = [part("icb", "in"), part("council", "in")]
    merged = state(document, parts=back, to_agree=opens)
    assert (merged.state, merged.why) == (
        "merged",
        "1 to agree; not accepted yet by Integrated care board, Council",
    )
    opens[1]["choice"] = "this"
    assert state(document, parts=back, to_agree=opens).why.startswith("0 to agree")


def test_acceptances_in_the_history_agree_a_plan_and_another_figure_undoes_them():
    document = clean()
    now = figures_hash(from_document(document).plan)
    history = [agreed(1, "icb", now), agreed(2, "council", now)]
    assert state(document, history=history).state == "agreed"
    assert state(document, history=history[:1]).state == "draft"
    document["contributions"][0]["base_amount"] = 1_004_000
    assert state(document, history=history).state == "draft"


def test_a_superseded_plan_says_so():
    assert state(clean(), history=[{"number": 1, "what": "superseded"}]).state == "superseded"


def test_a_scenario_that_is_laid_over_does_not_undo_what_was_signed(tmp_path):
    document = by_offices(tmp_path, clean(), *BEFORE)
    document["setup"]["active_scenario"] = "Low evidence"
    assert state(document).state == "signed"


def test_the_checklist_says_who_signed_and_that_a_void_signature_is_not_there(tmp_path):
    document = by_offices(tmp_path, clean(), BEFORE[2])
    for change, there in (({}, "Yes"), ({"base_amount": 1_004_000}, "No")):
        document["contributions"][0] |= change
        opened = tasks.check(written(tmp_path, document))
        rows = {
            row.labels[1]: row.labels[3] for row in tasks.answers(opened.case)["checklist"].rows
        }
        line = only(label for label in rows if label.startswith("Signed by Council: Section"))
        assert rows[line] == there
        assert ("changed since: 1 figure, £12,000 of contributions" in line) == (there == "No")


def only(lines):
    (line,) = lines
    return line


def test_the_answer_names_every_office_with_its_state(tmp_path):
    document = by_offices(tmp_path, clean(), BEFORE[2])
    opened = tasks.check(written(tmp_path, document))
    rows = [row.labels for row in tasks.answers(opened.case)["signatures"].rows]
    assert rows[0][0] == "The plan" and rows[0][4] == "draft"
    assert ("Council", "Section 151 officer", "A B", ON, "recorded") in [r[:5] for r in rows]
    chief = only(r for r in rows if r[:2] == ("Council", "Chief executive"))
    assert chief[4] == "not signed" and chief[6] == "submission, not to be delegated"
