"""What holds for any rule stack: conservation to the penny, caps, names that do not matter, draws
apart.
"""

from __future__ import annotations

import copy

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from icbudget import money
from icbudget.engine import rounding
from icbudget.engine.accounts.risk_share_settlement import exposure, pool_shares
from icbudget.engine.accounts.waterfall import Step, waterfall
from icbudget.plan.risk_share import BY_PERCENTAGE
from tests.engine.sharing import PARTNERS, document, line, pool, put, result_of

thorough = settings(max_examples=150, deadline=None)
NAMES = [id for id, _ in PARTNERS]
FENCED = {"ring_fenced": True}
AMOUNTS = st.integers(0, 10**9).map(lambda pence: pence / 100)
BASES = st.sampled_from(["contributions", "commissioner", "lead", "host", "share_profile"])


@st.composite
def steps(draw):
    """One to four steps of any kind, each with one row or one a partner."""
    rows = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        kind = draw(
            st.sampled_from(["share", "share", "share", "offset", "contingency", "uncommitted"])
        )
        common = {"id": "rule", "step": number, "kind": kind}
        if kind == "share":
            common["applies_to"] = draw(st.sampled_from(["both", "overspend", "underspend"]))
            if draw(st.booleans()):
                common["width"] = draw(AMOUNTS)
            if draw(st.booleans()):
                common["width_percent"] = draw(st.integers(0, 100)) / 100
            if draw(st.booleans()):
                basis = draw(st.sampled_from(BY_PERCENTAGE))
                cuts = sorted(draw(st.lists(st.integers(0, 1000), min_size=3, max_size=3)))
                parts = [b - a for a, b in zip([0, *cuts], [*cuts, 1000], strict=True)]
                caps = draw(st.lists(st.none() | AMOUNTS, min_size=4, max_size=4))
                for name, part, cap in zip(NAMES, parts, caps, strict=True):
                    rows.append(
                        common
                        | {
                            "basis": basis,
                            "partner": name,
                            "share": part / 1000,
                            "cap": cap,
                        }
                    )
                continue
            common |= {
                "basis": draw(BASES),
                "cap_percent": draw(st.none() | st.integers(0, 150).map(lambda n: n / 100)),
            }
        elif kind != "offset":
            common["amount"] = draw(AMOUNTS)
        rows.append(common)
    return rows


@st.composite
def plans(draw):
    destinations = [
        "share",
        "retain",
        "redeploy",
        "lead_commissioner",
        "carry_forward",
        "return_recurrent",
    ]
    statuses = ["pooled", "pooled", "pooled", "aligned", "in_view"]
    pools = [
        pool(
            id,
            draw(st.sampled_from(["rule", "rule", ""])),
            pooling_status=draw(st.sampled_from(statuses)),
            underspend=draw(st.sampled_from(destinations)),
            host=draw(st.sampled_from(NAMES)),
        )
        for id in ("a", "b", "c")
    ]
    some = st.sampled_from(["a", "b", "c"])
    contributions = [
        put(
            draw(st.sampled_from(NAMES)),
            draw(AMOUNTS),
            draw(some),
            source=draw(st.sampled_from("xy")),
            index="flat",
            **more,
        )
        for more in draw(
            st.lists(
                st.sampled_from(
                    [{}, {"in_kind": True}, {"recurrent": False}, {"ring_fenced": True}]
                ),
                max_size=6,
            )
        )
    ]
    schemes = [
        line(
            str(n),
            draw(AMOUNTS),
            draw(some),
            source=draw(st.sampled_from("xy")),
            index="flat",
            commissioner=draw(st.sampled_from([None, "NHS", "LA", "Joint"])),
            nhs_share=0.3,
            la_share=0.7,
            lead_partner=draw(st.sampled_from(["", *NAMES])),
            share_profile=draw(st.sampled_from(["fixed", "variable"])),
        )
        for n in range(draw(st.integers(0, 5)))
    ]
    told = document(contributions, schemes, draw(steps()), pools)
    told["setup"]["horizon"] = 1
    return told


@thorough
@given(plans())
def test_shares_steps_and_what_is_unresolved_make_the_variance(told):
    result = result_of(told)
    for share in pool_shares(result):
        parts = sum((part.amounts for part in share.parts), np.zeros_like(share.variance))
        np.testing.assert_array_equal(share.not_eligible + parts + share.unresolved, share.variance)
        assert all((part.amounts == np.round(part.amounts)).all() for part in share.parts)
        if share.pool.pooling_status != "pooled":
            assert not share.parts and not share.unresolved.any()
    offsets = sum(
        part.amounts.sum()
        for share in pool_shares(result)
        for part in share.parts
        if part.kind == "offset"
    )
    assert offsets == 0


@thorough
@given(plans())
def test_no_partner_bears_more_than_its_cap_and_no_step_takes_more_than_it_holds(told):
    result = result_of(told)
    for row in result.plan.risk_shares:
        parts = [
            part for share in pool_shares(result) for part in share.parts if part.step == row.step
        ]
        for t in (0, 1):
            over = {
                p: sum(max(part.amounts[0, t], 0) for part in parts if part.partner == p)
                for p in ("", *NAMES)
            }
            if row.cap is not None and row.applies_to != "underspend":
                assert over[row.partner] <= money.to_pence(row.cap)
            if row.width is not None and row.applies_to == "overspend":
                assert sum(over.values()) <= money.to_pence(row.width)
            if row.amount is not None:
                assert over[""] <= money.to_pence(row.amount)


@thorough
@given(plans())
def test_other_names_for_partners_give_the_same_shares_under_those_names(told):
    names = dict(zip(NAMES, ("zeta", "alpha", "mid", "beta"), strict=True))
    renamed = copy.deepcopy(told)
    for table in renamed.values():
        for row in table if isinstance(table, list) else []:
            for field in ("id", "host", "partner", "lead_partner"):
                if row.get(field) in names:
                    row[field] = names[row[field]]
    np.testing.assert_array_equal(exposure(result_of(told)), exposure(result_of(renamed)))


@thorough
@given(plans())
def test_the_order_of_partners_moves_pennies_only(told):
    turned = copy.deepcopy(told)
    turned["partners"].reverse()
    before, after = exposure(result_of(told)), exposure(result_of(turned))[..., ::-1]
    pennies = (len(told["schemes"]) + 3) * (len(told["risk_shares"]) + 1) * 2
    assert np.abs(before - after).max() <= pennies


@thorough
@given(st.integers(-(10**15), 10**15), st.lists(st.integers(0, 2**53), min_size=1, max_size=5))
def test_amounts_are_split_as_single_amounts_are(pence, weights):
    parts = rounding.split(np.array([float(pence)]), np.array([weights]))[0]
    expected = money.split(pence, weights) if any(weights) else [0] * len(weights)
    assert [int(part) for part in parts] == expected


LIMITS = st.none() | st.integers(0, 10**7)


@thorough
@given(
    st.lists(
        st.lists(st.integers(-(10**7), 10**7), min_size=2, max_size=2), min_size=1, max_size=4
    ),
    LIMITS,
    LIMITS,
)
def test_each_draw_is_settled_as_if_it_were_alone(draws, held, cap):
    weights = np.array([[3, 1], [0, 7]])
    caps = None if cap is None else np.array([float(cap), np.inf])
    over = [
        Step(1, "offset"),
        Step(2, "contingency", np.inf if held is None else float(held)),
        Step(3, "share", 5e6, weights, caps),
        Step(4, "share", weights=weights),
    ]
    variance = np.array(draws, dtype=np.float64)
    together = waterfall(variance, over, over[2:])
    for n, draw in enumerate(variance):
        alone = waterfall(draw[np.newaxis], over, over[2:])
        np.testing.assert_array_equal(alone.unresolved[0], together.unresolved[n])
        for one, all_ in zip(alone.taken, together.taken, strict=True):
            np.testing.assert_array_equal(one.amounts[0], all_.amounts[n])
    taken = sum(t.amounts for t in together.taken)
    np.testing.assert_array_equal(taken + together.unresolved, variance)
    assert not together.unresolved.any()
