"""A path of a figure in Scenarios, Uncertainty and Correlations follows the key of its row."""

from __future__ import annotations

from icbudget import tasks
from icbudget.joint.changes import changes, rekeyed
from icbudget.joint.merge import merge
from tests.joint.test_joint_work import DAY, PLAN
from tests.joint.works import owned

NAMED = (
    "scenarios:\n"
    "- {scenario: Dear, order: 1, path: 'schemes/1|1/base_amount', value: '1200'}\n"
    "uncertainties:\n"
    "- {path: 'schemes/1|1/base_amount', distribution: triangular, low: 900, high: 1300}\n"
    "- {path: 'schemes/2|1/base_amount', distribution: triangular, low: 400, high: 600}\n"
    "correlations:\n"
    "- {driver_a: 'schemes/1|1/base_amount', driver_b: 'schemes/2|1/base_amount',"
    " rank_correlation: 0.5}\n"
)
OLD, NEW = "schemes/1|1/base_amount", "schemes/11|1/base_amount"


def test_rekey_takes_the_paths_along(tmp_path):
    (tmp_path / "plan.yaml").write_text(PLAN.read_text() + NAMED, encoding="utf-8")
    _, path = tasks.rekey(tmp_path / "plan.yaml", "Schemes", "1", "11", tmp_path / "p.yaml", on=DAY)
    plan = tasks.load(path).plan
    assert [row.path for row in plan.scenarios] == [NEW]
    assert [row.path for row in plan.uncertainties] == [NEW, "schemes/2|1/base_amount"]
    assert [row.driver_a for row in plan.correlations] == [NEW]
    # The scenario still finds its figure: nothing of it is unknown.
    assert not [f for f in tasks.check(path, "Dear").findings if f.id.startswith("scenario.")]


def test_a_merge_takes_them_along_and_sees_no_change_in_them():
    uncertain = {(OLD,): {"low": 1.0}}
    correlated = {(OLD, "x"): {"rank_correlation": 0.5}}
    base = {
        "schemes": {("1", "1"): {"lead_partner": "icb"}},
        "scenarios": {("Dear", "1"): {"path": OLD, "value": "5"}},
        "uncertainties": uncertain,
        "correlations": correlated,
    }
    part = rekeyed(base, {("schemes", ("1", "1")): ("11", "1")})
    assert list(part["uncertainties"]) == [(NEW,)] and list(part["correlations"]) == [(NEW, "x")]
    its = owned(base)
    recorded = {("schemes", ("1", "1")): ("11", "1")}
    asked = changes(base, part, its, recorded)
    # One change alone: the key.
    assert [(u.table, u.cell) for u in asked] == [("schemes", "key")]
    # The council's change of the scenario is made on the old path, and follows.
    other = rekeyed(base, {})
    other["scenarios"] = {("Dear", "1"): {"path": OLD, "value": "6"}}
    merged, found = merge(base, {"icb": asked, "council": changes(base, other, its, {})}, its)
    assert all(outcome.stands for outcome in found.values())
    assert merged["scenarios"] == {("Dear", "1"): {"path": NEW, "value": "6"}}
    assert merged["uncertainties"] == {(NEW,): {"low": 1.0}}
