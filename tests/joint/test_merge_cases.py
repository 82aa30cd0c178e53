"""The merge by hand: a base, what each partner asks, and what must come of it.

Figures are small so that each case can be read; who may change what follows from the shipped
table of ownership (contributions: the partner; schemes: the lead; goals and risk shares: joint).
"""

from __future__ import annotations

from decimal import Decimal

from icbudget.joint.changes import changes
from icbudget.joint.merge import Choice, Verdict, merge
from icbudget.joint.plan_as_cells import ROW, WHOLE, Unit, units
from tests.joint.works import owned

ICB_MONEY, COUNCIL_MONEY = ("p", "icb", "NHS", "1"), ("p", "council", "LA", "1")
SCHEME, GOAL = ("1", "1"), ("g",)
ACTUAL = ("2026/27", "4", "expenditure", "1", "1", "", "", "icb")
STEP_1, STEP_2 = ("A", "icb", "1"), ("A", "council", "2")
BASE = {
    "setup": {(): {"title": "Plan", "base_year": "2026/27", "horizon": 2}},
    "partners": {(who,): {"name": who} for who in ("icb", "council", "trust")},
    "pools": {("p",): {"host": "council", "name": "Pool"}},
    "contributions": {
        ICB_MONEY: {"base_amount": Decimal(1), "evidence": "letter"},
        COUNCIL_MONEY: {"base_amount": Decimal(5)},
    },
    "schemes": {
        SCHEME: {"lead_partner": "icb", "name": "Beds", "pool": "p", "source": "NHS"},
    },
    "goals": {GOAL: {"target": 10.0, "target_year": "2027/28", "measure": "Falls"}},
    "actuals": {ACTUAL: {"amount": Decimal(7)}},
    "risk_shares": {STEP_1: {"share": 0.5}, STEP_2: {"share": 0.5}},
}


def part(**tables):
    """The base with rows laid over it, by table; a row that is None is gone, a cell too."""
    made = {table: {k: dict(c) for k, c in rows.items()} for table, rows in BASE.items()}
    for table, rows in tables.items():
        for key, cells in rows.items():
            if cells is None:
                del made[table][key]
            else:
                row = made.setdefault(table, {}).get(key, {}) | cells
                made[table][key] = {name: v for name, v in row.items() if v is not None}
    return made


def merged(choices=None, base=BASE, **parts):
    its = owned(base)
    asked = {who: changes(base, made, its, {}) for who, made in parts.items()}
    return merge(base, asked, its, choices)


def verdicts(found):
    return {unit: str(outcome.verdict) for unit, outcome in found.items()}


AMOUNT = Unit("contributions", ICB_MONEY, "base_amount+index+recurrent")
TARGET = Unit("goals", GOAL, "baseline+target+target_year")
LEAD = Unit("schemes", SCHEME, "lead_partner")


def test_the_owners_figure_is_taken():
    plan, found = merged(icb=part(contributions={ICB_MONEY: {"base_amount": Decimal(2)}}))
    assert plan["contributions"][ICB_MONEY]["base_amount"] == 2
    assert verdicts(found) == {AMOUNT: "taken"}


def test_another_partners_figure_is_a_proposal():
    plan, found = merged(council=part(contributions={ICB_MONEY: {"base_amount": Decimal(2)}}))
    assert plan == BASE
    assert verdicts(found) == {AMOUNT: "proposed"}
    assert found[AMOUNT].because == "asked by others only"


def test_the_owner_stands_against_another():
    plan, found = merged(
        icb=part(contributions={ICB_MONEY: {"base_amount": Decimal(2)}}),
        council=part(contributions={ICB_MONEY: {"base_amount": Decimal(3)}}),
    )
    assert plan["contributions"][ICB_MONEY]["base_amount"] == 2
    assert verdicts(found) == {AMOUNT: "owner stands"}
    asked = [(who, dict(value)["base_amount"]) for who, value in found[AMOUNT].asked]
    assert asked == [("council", 3), ("icb", 2)]


RATE, SAVED = 0.015505577840456697, 0.0155055778404567
"""A rate, and what LibreOffice saves of it: 15 digits."""


def with_rates(first, second=0.02):
    return {**BASE, "indices": {("i",): {"rates[2027/28]": first, "rates[2028/29]": second}}}


def test_digits_that_a_program_did_not_save_are_no_change():
    base, its = with_rates(RATE), owned(with_rates(RATE))
    assert RATE != SAVED and not changes(base, with_rates(SAVED), its, {})
    # A row under another key is known by its cells all the same.
    moved = {**BASE, "indices": {("k",): with_rates(SAVED)["indices"]["i",]}}
    assert set(changes(base, moved, its, {})) == {Unit("indices", ("i",), "key")}
    # What is really typed beside it is a change, and keeps the other figure as it was.
    asked = changes(base, with_rates(SAVED, 0.03), its, {})
    plan, found = merge(base, {"icb": asked}, its)
    assert plan == with_rates(RATE, 0.03) and set(verdicts(found).values()) == {"taken"}
    # Nor is a plan late that its host opened and saved in such a program.
    newer = with_rates(SAVED)
    assert verdicts(merge(newer, {"icb": asked}, owned(newer))[1]) == verdicts(found)


def test_two_who_may_ask_differently_and_neither_wins():
    plan, found = merged(
        icb=part(goals={GOAL: {"target": 8.0}}), council=part(goals={GOAL: {"target": 9.0}})
    )
    assert plan == BASE
    assert verdicts(found) == {TARGET: "to agree"}


def test_two_who_ask_for_the_same_agree():
    both = part(goals={GOAL: {"target": 8.0}})
    plan, found = merged(icb=both, council=both)
    assert plan["goals"][GOAL]["target"] == 8.0
    assert verdicts(found) == {TARGET: "taken"}


def test_a_target_and_its_year_are_one_aim():
    # One asks for 8 by 2027/28, the other for 10 by 2028/29: 8 by 2028/29 is nobody's aim.
    plan, found = merged(
        icb=part(goals={GOAL: {"target": 8.0}}),
        council=part(goals={GOAL: {"target_year": "2028/29"}}),
    )
    assert plan == BASE
    assert verdicts(found) == {TARGET: "to agree"}


def test_two_columns_of_a_row_are_two_figures():
    plan, found = merged(
        icb=part(goals={GOAL: {"target": 8.0}}), council=part(goals={GOAL: {"measure": "Beds"}})
    )
    assert plan["goals"][GOAL] == {"target": 8.0, "target_year": "2027/28", "measure": "Beds"}
    assert set(verdicts(found).values()) == {"taken"}


def test_a_row_deleted_by_one_and_changed_by_another_stays_with_the_change():
    plan, found = merged(icb=part(goals={GOAL: None}), council=part(goals={GOAL: {"target": 9.0}}))
    assert plan["goals"][GOAL]["target"] == 9.0
    assert verdicts(found) == {Unit("goals", GOAL): "to agree", TARGET: "taken"}


def test_a_row_deleted_by_its_owner_alone_is_gone():
    plan, found = merged(icb=part(contributions={ICB_MONEY: None}))
    assert ICB_MONEY not in plan["contributions"]
    assert verdicts(found) == {Unit("contributions", ICB_MONEY): "taken"}


def test_two_add_one_key():
    new = ("h",)
    one = {"target": 1.0, "target_year": "2027/28", "measure": "One"}
    two = one | {"measure": "Two"}
    unit = Unit("goals", new)
    plan, found = merged(icb=part(goals={new: one}), council=part(goals={new: two}))
    assert new not in plan["goals"]
    assert verdicts(found) == {unit: "to agree"}
    same, told = merged(icb=part(goals={new: one}), council=part(goals={new: one}))
    assert same["goals"][new] == one and verdicts(told) == {unit: "taken"}

    # Both are wanted: the second partner's goes under the next free key.
    everybody = frozenset({"icb", "council"})
    choice = Choice(found[unit].asked, None, everybody, both=True)
    plan, told = merged({unit: choice}, icb=part(goals={new: one}), council=part(goals={new: two}))
    assert plan["goals"][new] == one and plan["goals"][("h-2",)] == two
    assert {outcome.verdict for outcome in told.values()} == {Verdict.CHOSEN}


def test_both_of_two_schemes_with_the_cells_that_name_them():
    new, line = ("9", "1"), {"name": "New", "pool": "p", "source": "NHS"}
    icb = part(
        schemes={new: line | {"lead_partner": "icb"}},
        virements={("v",): {"to_scheme": "9", "amount": Decimal(1), "partner": "icb"}},
    )
    council = part(
        schemes={new: line | {"lead_partner": "council"}},
        virements={("w",): {"to_scheme": "9", "amount": Decimal(2), "partner": "council"}},
    )
    unit = Unit("schemes", new)
    _, found = merged(icb=icb, council=council)
    choice = Choice(found[unit].asked, None, frozenset({"icb", "council"}), both=True)
    plan, _ = merged({unit: choice}, icb=icb, council=council)
    # A scheme's next free key is its next line, which the same id names.
    assert plan["schemes"][new]["lead_partner"] == "icb"
    assert plan["schemes"]["9", "2"]["lead_partner"] == "council"
    assert plan["virements"]["w",]["to_scheme"] == "9"


def test_a_waterfall_is_never_made_of_two_authors_steps():
    plan, found = merged(
        icb=part(risk_shares={STEP_1: {"share": 0.4}}),
        trust=part(risk_shares={("A", "trust", "3"): {"share": 0.1}}),
    )
    assert plan == BASE
    assert verdicts(found) == {Unit("risk_shares", ("A",), WHOLE): "to agree"}


POINT, NEXT = ("P", "2026/27", "1"), ("P", "2026/27", "2")
ACHIEVED, POT = Unit("performance_pots", POINT, "achieved"), Unit("performance_pots", ("P",), WHOLE)
TERMS = {"pool": "p", "provider": "trust", "planned": 4.0, "pot": Decimal(100)}
"""A pot of the pool that the council hosts; the trust counts its admissions."""


def with_pot(achieved=None, *, pot=100, points=(POINT, NEXT), **more):
    """The base with the pot's two payment points, the first with what was achieved of it."""
    terms = TERMS | {"pot": Decimal(pot)} | more
    rows = {point: dict(terms) for point in points}
    if achieved is not None:
        rows[POINT]["achieved"] = achieved
    return {**BASE, "performance_pots": rows}


def test_what_was_achieved_is_the_providers_and_the_terms_are_the_hosts():
    # The trust types what it counted while the council mends the pot: both are taken.
    plan, found = merged(base=with_pot(), trust=with_pot(3.0), council=with_pot(pot=120))
    assert verdicts(found) == {ACHIEVED: "taken", POT: "taken"}
    first, second = plan["performance_pots"][POINT], plan["performance_pots"][NEXT]
    assert first == TERMS | {"pot": Decimal(120), "achieved": 3.0}
    assert second == TERMS | {"pot": Decimal(120)}
    # The host cannot say what was achieved, nor the provider what it is worth.
    plan, found = merged(base=with_pot(2.0), council=with_pot(4.0), trust=with_pot(2.0, pot=900))
    assert plan == with_pot(2.0)
    assert verdicts(found) == {ACHIEVED: "proposed", POT: "proposed"}
    plan, found = merged(base=with_pot(), council=with_pot(4.0), trust=with_pot(3.0))
    assert plan == with_pot(3.0) and verdicts(found) == {ACHIEVED: "owner stands"}


def test_what_was_achieved_of_a_pot_without_a_provider_is_the_hosts():
    plan, found = merged(base=with_pot(provider=""), council=with_pot(3.0, provider=""))
    assert plan == with_pot(3.0, provider="") and verdicts(found) == {ACHIEVED: "taken"}


def test_a_payment_point_that_the_host_takes_out_and_the_provider_fills_in_stays():
    shorter = with_pot(points=(NEXT,))
    plan, found = merged(base=with_pot(), council=shorter, trust=with_pot(3.0))
    assert plan == with_pot(3.0)
    assert verdicts(found) == {ACHIEVED: "taken", POT: "to agree"}
    plan, found = merged(base=with_pot(), council=shorter)
    assert plan == shorter and verdicts(found) == {POT: "taken"}


def test_a_new_pot_comes_whole_with_what_was_achieved():
    plan, found = merged(council=with_pot(3.0))
    assert plan == with_pot(3.0) and verdicts(found) == {POT: "taken"}
    # A part of an older plan that adds what is there already asks no question.
    asked = changes(BASE, with_pot(3.0), owned(BASE), {})
    newer = with_pot(3.0)
    plan, found = merge(newer, {"council": asked}, owned(newer))
    assert plan == newer and verdicts(found) == {POT: "taken"}


def test_a_lead_is_handed_over_by_both_or_not_at_all():
    give = part(schemes={SCHEME: {"lead_partner": "council"}})
    plan, found = merged(icb=give)
    assert plan == BASE and verdicts(found) == {LEAD: "proposed"}
    assert "both ask" in found[LEAD].because
    plan, found = merged(council=give)
    assert plan == BASE and verdicts(found) == {LEAD: "proposed"}
    plan, found = merged(icb=give, council=give)
    assert plan["schemes"][SCHEME]["lead_partner"] == "council"
    assert verdicts(found) == {LEAD: "taken"}


def test_a_host_is_handed_over_by_both():
    unit, give = Unit("pools", ("p",), "host"), part(pools={("p",): {"host": "trust"}})
    assert verdicts(merged(council=give)[1]) == {unit: "proposed"}
    assert verdicts(merged(council=give, icb=give)[1]) == {unit: "proposed"}
    assert verdicts(merged(council=give, trust=give)[1]) == {unit: "taken"}


def test_the_money_of_another_is_not_taken_without_it():
    # The icb leads the scheme and may change it, but the council gives the source.
    unit, move = Unit("schemes", SCHEME, "source"), part(schemes={SCHEME: {"source": "LA"}})
    plan, found = merged(icb=move)
    assert plan == BASE and verdicts(found) == {unit: "proposed"}
    assert "gives the money" in found[unit].because
    plan, found = merged(icb=move, council=move)
    assert plan["schemes"][SCHEME]["source"] == "LA" and verdicts(found) == {unit: "taken"}


def test_what_names_a_rekeyed_row_follows():
    moved = part(schemes={SCHEME: None, ("2", "1"): BASE["schemes"][SCHEME]})
    plan, found = merged(icb=moved)
    assert list(plan["schemes"]) == [("2", "1")]
    assert plan["actuals"] == {(*ACTUAL[:3], "2", *ACTUAL[4:]): {"amount": Decimal(7)}}
    assert verdicts(found) == {Unit("schemes", SCHEME, "key"): "taken"}


def test_anothers_change_follows_a_rekeyed_row():
    moved = part(schemes={SCHEME: None, ("2", "1"): BASE["schemes"][SCHEME]})
    more = part(actuals={ACTUAL: {"amount": Decimal(8)}}, schemes={SCHEME: {"name": "Ward"}})
    plan, found = merged(icb=moved, council=more, trust=part())
    assert plan["actuals"] == {(*ACTUAL[:3], "2", *ACTUAL[4:]): {"amount": Decimal(7)}}
    assert found[Unit("actuals", ACTUAL)].verdict == "proposed"  # the icb booked it


def test_a_key_that_something_names_already_is_not_given():
    # A virement names scheme 2, which is not there: a rename onto 2 would capture it.
    base = BASE | {"virements": {("v",): {"to_scheme": "2", "amount": Decimal(1)}}}
    its = owned(base)
    moved = {**base, "schemes": {("2", "1"): BASE["schemes"][SCHEME]}}
    plan, found = merge(base, {"icb": changes(base, moved, its, {})}, its)
    assert list(plan["schemes"]) == [SCHEME]
    assert verdicts(found) == {Unit("schemes", SCHEME, "key"): "to agree"}


def test_two_like_rows_that_went_are_not_taken_for_one():
    twin = BASE["goals"][GOAL]
    base = BASE | {"goals": {GOAL: twin, ("h",): twin}}
    its = owned(base)
    made = {**base, "goals": {("i",): twin}}
    found = changes(base, made, its, {})
    assert set(found) == {Unit("goals", GOAL), Unit("goals", ("h",)), Unit("goals", ("i",))}


def test_a_row_with_other_cells_is_another_row():
    made = part(goals={GOAL: None, ("h",): {"target": 1.0, "target_year": "2027/28"}})
    _, found = merged(icb=made)
    assert verdicts(found) == {Unit("goals", GOAL): "taken", Unit("goals", ("h",)): "taken"}


def test_a_recorded_key_needs_no_equal_cells():
    moved = part(schemes={SCHEME: None, ("2", "1"): BASE["schemes"][SCHEME] | {"name": "Ward"}})
    its = owned(BASE)
    asked = changes(BASE, moved, its, {("schemes", SCHEME): ("2", "1")})
    assert set(asked) == {Unit("schemes", SCHEME, "key"), Unit("schemes", SCHEME, "name")}
    plan, _ = merge(BASE, {"icb": asked}, its)
    assert plan["schemes"] == {("2", "1"): BASE["schemes"][SCHEME] | {"name": "Ward"}}


def test_a_part_of_an_older_base_is_judged_by_its_own():
    older, newer = BASE, part(goals={GOAL: {"target": 9.0}})
    its = owned(newer)
    mine = changes(older, part(goals={GOAL: {"target": 8.0}}), owned(older), {})
    plan, found = merge(newer, {"council": mine}, its)
    assert plan == newer and verdicts(found) == {TARGET: "to agree"}
    assert "base has changed" in found[TARGET].because
    # What is there already is no question.
    same = changes(older, newer, owned(older), {})
    assert verdicts(merge(newer, {"council": same}, its)[1]) == {TARGET: "taken"}


def test_a_part_without_a_base_only_proposes():
    its = owned(BASE)
    asked = changes(BASE, part(contributions={ICB_MONEY: {"base_amount": Decimal(2)}}), its, {})
    plan, found = merge(BASE, {"icb": asked}, its, propose_only=["icb"])
    assert plan == BASE and verdicts(found) == {AMOUNT: "proposed"}


def test_a_source_goes_with_its_figure():
    source = Unit("contributions", ICB_MONEY, "evidence+date_read+owner+status")
    mine = part(contributions={ICB_MONEY: {"base_amount": Decimal(2), "evidence": "minute"}})
    other = part(contributions={ICB_MONEY: {"evidence": "rumour"}})
    plan, found = merged(icb=mine, council=other)
    assert plan["contributions"][ICB_MONEY]["evidence"] == "minute"
    assert verdicts(found) == {AMOUNT: "taken", source: "owner stands"}
    # The goal is joint: one brings the figure, another a source for it.
    base = BASE | {"indices": {("i",): {"evidence": "OBR", "rates[2027/28]": 0.02}}}
    its = owned(base)
    rate = {**base, "indices": {("i",): {"evidence": "OBR", "rates[2027/28]": 0.03}}}
    told = {**base, "indices": {("i",): {"evidence": "NHS", "rates[2027/28]": 0.02}}}
    asked = {"icb": changes(base, rate, its, {}), "council": changes(base, told, its, {})}
    plan, found = merge(base, asked, its)
    assert plan["indices"]["i",] == {"evidence": "OBR", "rates[2027/28]": 0.03}
    assert sorted(verdicts(found).values()) == ["taken", "to agree"]


def test_the_order_of_partners_is_the_hosts():
    turned = part()
    turned["partners"] = dict(reversed(BASE["partners"].items()))
    plan, found = merged(council=turned)
    assert list(plan["partners"]) == [("trust",), ("council",), ("icb",)]
    plan, found = merged(icb=turned)
    assert list(plan["partners"]) == list(BASE["partners"])
    assert [str(outcome.verdict) for outcome in found.values()] == ["proposed"]


def test_new_rows_come_after_the_bases_by_partner_then_as_they_stand():
    row = {"target": 1.0, "target_year": "2027/28", "measure": "x"}
    plan, _ = merged(
        council=part(goals={("a",): row, ("z",): row}),
        icb=part(goals={("m",): row | {"target": 2.0}}),
    )
    # The partners stand as icb, council, trust.
    assert list(plan["goals"]) == [GOAL, ("m",), ("a",), ("z",)]


def test_a_record_is_never_taken_away():
    key = ("2026/27", "p", "icb", "council", "payable")
    base = BASE | {"partner_records": {key: {"amount": Decimal(3)}}}
    its = owned(base)
    gone = {table: rows for table, rows in base.items() if table != "partner_records"}
    plan, found = merge(base, {"icb": changes(base, gone, its, {})}, its)
    assert plan == base
    assert verdicts(found) == {Unit("partner_records", key): "proposed"}


def test_a_row_under_a_key_that_came_since_is_to_agree():
    new, row = ("h",), {"target": 1.0, "target_year": "2027/28", "measure": "x"}
    newer = part(goals={new: row | {"measure": "y"}})
    mine = changes(BASE, part(goals={new: row}), owned(BASE), {})
    plan, found = merge(newer, {"icb": mine}, owned(newer))
    assert plan == newer and verdicts(found) == {Unit("goals", new): "to agree"}


def test_who_may_choose():
    parts = {
        "icb": part(goals={GOAL: {"target": 8.0}}),
        "council": part(goals={GOAL: {"target": 9.0}}),
    }
    _, found = merged(**parts)
    asked = found[TARGET].asked
    value = asked[0][1]
    alone = Choice(asked, value, frozenset({"council"}))
    assert merged({TARGET: alone}, **parts)[1][TARGET].verdict == "to agree"
    together = Choice(asked, value, frozenset({"council", "icb"}))
    plan, told = merged({TARGET: together}, **parts)
    assert told[TARGET].verdict == "chosen" and plan["goals"][GOAL]["target"] == 9.0
    # The owner alone chooses what is its own; the host, the council here, with a reason.
    other = {"trust": part(contributions={ICB_MONEY: {"base_amount": Decimal(3)}})}
    asked = merged(**other)[1][AMOUNT].asked
    for who, reason, verdict in (
        ("icb", "", "chosen"),
        ("trust", "", "proposed"),
        ("council", "", "proposed"),
        ("council", "minute 4", "chosen"),
    ):
        choice = Choice(asked, asked[0][1], frozenset({who}), reason)
        assert merged({AMOUNT: choice}, **other)[1][AMOUNT].verdict == verdict


def test_a_choice_lapses_when_an_ask_is_another():
    parts = {
        "icb": part(goals={GOAL: {"target": 8.0}}),
        "council": part(goals={GOAL: {"target": 9.0}}),
    }
    asked = merged(**parts)[1][TARGET].asked
    choice = Choice(asked, asked[0][1], frozenset({"council", "icb"}))
    parts["icb"] = part(goals={GOAL: {"target": 7.0}})
    plan, found = merged({TARGET: choice}, **parts)
    assert plan == BASE and found[TARGET].verdict == "to agree"


def test_one_year_of_a_figure_by_year_is_a_figure():
    base = part(contributions={ICB_MONEY: {"amounts[2027/28]": Decimal(2)}})
    its = owned(base)
    made = {t: {k: dict(c) for k, c in rows.items()} for t, rows in base.items()}
    made["contributions"][ICB_MONEY]["amounts[2028/29]"] = Decimal(3)
    assert set(changes(base, made, its, {})) == {
        Unit("contributions", ICB_MONEY, "amounts[2028/29]")
    }


def test_a_row_is_there_once_as_a_unit():
    assert Unit("actuals", ACTUAL, ROW) in units(BASE)
    assert not [u for u in units(BASE) if u.table == "actuals" and u.cell]


def test_reach_by_group_is_of_who_pays_for_the_programme_and_quarters_are_of_all():
    key, quarters = ("falls", "Most deprived fifth"), ("g", "2027/28")
    base = part(
        programmes={("falls",): {"name": "Falls", "partner": "icb"}},
        group_reaches={key: {"share": 0.2, "reached[2027/28]": 0.15}},
        quarterly_plans={quarters: {"quarter_1": 10.0}},
    )

    def asks(reached, quarter_1):
        made = {t: {k: dict(c) for k, c in rows.items()} for t, rows in base.items()}
        made["group_reaches"][key]["reached[2027/28]"] = reached
        made["quarterly_plans"][quarters]["quarter_1"] = quarter_1
        return made

    plan, found = merged(base=base, icb=asks(0.25, 9.0), council=asks(0.3, 8.0))
    assert plan["group_reaches"][key]["reached[2027/28]"] == 0.25
    assert plan["quarterly_plans"][quarters]["quarter_1"] == 10.0
    assert verdicts(found) == {
        Unit("group_reaches", key, "reached[2027/28]"): "owner stands",
        Unit("quarterly_plans", quarters, "quarter_1"): "to agree",
    }
