"""V17: the chain of incremental ratios as the library holds it."""

from __future__ import annotations

from icbudget import reference


def test_two_steps_are_worth_it_and_the_third_is_not():
    chain = [r for r in reference.studies("falls-exercise") if r["measure"] == "cost per QALY, £"]
    assert [float(r["estimate"]) for r in chain] == [2_365, 5_516, 34_258]
    assert [r["finding"] for r in chain] == [
        "benefit" if float(r["estimate"]) <= 30_000 else "null" for r in chain
    ]
    assert all(r["design"] == "model" for r in chain)
