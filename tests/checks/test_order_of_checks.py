"""The checks together: every finding has a fault, all come at once, only errors stop."""

from __future__ import annotations

import ast
import importlib
import inspect
from pathlib import Path

from icbudget import checks
from icbudget.answers.case import evaluate
from icbudget.checks import emptied_tables, improbable_figures, references, signatures
from icbudget.checks.order_of_checks import AS_TYPED, RESULTS, STRUCTURE
from icbudget.engine.accounts import gain_rule, risk_rule
from icbudget.engine.appraisal import year_of_care
from icbudget.plan import TABLES
from icbudget.plan.blanks import filled_in
from icbudget.plan.plan_text import from_document, from_yaml
from tests.checks.clean import clean
from tests.checks.faults import findings_of, ids_of
from tests.checks.test_acute_lines import cost_shares_of_99_per_cent, segments_of_99_per_cent
from tests.checks.test_programmes import odds_ratio_without_base_risk
from tests.checks.test_references import partner_that_is_not_there
from tests.checks.test_risk_share_rules import shares_of_a_rule_make_99_per_cent
from tests.places import FIRST


def test_the_clean_plan_raises_nothing():
    assert [str(f) for f in findings_of(clean())] == []


def test_an_error_stops_the_answers_and_a_warning_does_not():
    wrong, doubtful = clean(), clean()
    wrong["segments"][1]["share"] = 0.5
    doubtful["contributions"][1]["base_amount"] = 1
    assert evaluate(from_document(wrong).plan).result is None
    assert evaluate(from_document(doubtful).plan).result is not None


def test_all_findings_come_at_once():
    document = clean()
    faults = (
        segments_of_99_per_cent,
        shares_of_a_rule_make_99_per_cent,
        partner_that_is_not_there,
        cost_shares_of_99_per_cent,
        odds_ratio_without_base_risk,
    )
    for change in faults:
        change(document)
    expected = {
        "segment.not-100",
        "risk.not-100",
        "link.unknown",
        "activity.cost-split",
        "effect.no-base-risk",
    }
    assert expected <= set(ids_of(findings_of(document)))


def test_there_is_a_fault_for_every_finding():
    raised = set()
    sources = (
        *Path(checks.__file__).parent.glob("*.py"),
        Path(risk_rule.__file__),
        Path(gain_rule.__file__),
        Path(year_of_care.__file__),
    )
    for path in sources:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            makes_one = getattr(node.func, "id", "") in ("error", "warning", "note", "Fault")
            if makes_one and isinstance(node.args[0], ast.Constant):
                raised.add(node.args[0].value)
    faulted = set()
    for path in Path(__file__).parent.glob("test_*.py"):
        module = importlib.import_module(f"tests.checks.{path.stem}")
        faulted |= module.fault.ids if hasattr(module, "fault") else set()
    assert raised == faulted


def test_every_check_of_a_module_is_registered():
    """A check that nobody lists finds nothing: one is a public function from a plan to findings."""
    # These stand for themselves: they take more than the plan, or follow all the others.
    apart = {
        references.broken_links,
        signatures.signed,
        improbable_figures.answers_too_large,
        emptied_tables.one_for_each_emptied,
    }
    registered = {*AS_TYPED, *STRUCTURE, *RESULTS, *apart}
    for path in Path(checks.__file__).parent.glob("*.py"):
        module = importlib.import_module(f"icbudget.checks.{path.stem}")
        for function in vars(module).values():
            of_the_module = getattr(function, "__module__", "") == module.__name__
            if inspect.isfunction(function) and of_the_module and path.stem != "__init__":
                takes = next(iter(inspect.signature(function).parameters), "")
                gives = inspect.signature(function).return_annotation
                if takes == "plan" and gives == "list[Finding]" and function.__name__[0] != "_":
                    assert function in registered, function


def test_what_two_plans_have_alike_is_not_checked_again_and_finds_the_same():
    # each sample of the first release, and each of its tables without its first row: whatever a
    # check looks at, what it finds is what it finds in that plan alone
    for path in sorted(FIRST.glob("*.yaml")):
        plan = filled_in(from_yaml(path.read_text(encoding="utf-8")).plan)
        known = checks.checked(plan)
        others = [plan.model_copy(update={"setup": plan.setup.model_copy(update={"horizon": 2})})]
        for table in TABLES:
            if rows := getattr(plan, table):
                others.append(plan.model_copy(update={table: rows[1:]}))
        for other in others:
            alike = checks.checked(other, None, known)
            assert alike.findings == checks.check_plan(other)
            again = [
                check
                for check, found in alike.by_check.items()
                if found is not known.by_check[check]
            ]
            assert 0 < len(again) < len(alike.by_check)


def test_a_check_is_taken_from_whichever_plan_has_the_same_of_what_it_looks_at():
    # one plan differs from the third in Pools, the other in Goals: only a check that looks at both
    # is run again
    path = FIRST / "illustrative-borough.yaml"
    plan = filled_in(from_yaml(path.read_text(encoding="utf-8")).plan)
    pools, goals = {"pools": plan.pools[1:]}, {"goals": plan.goals[1:]}
    both = plan.model_copy(update=pools | goals)
    known = [
        checks.checked(plan.model_copy(update=pools)),
        checks.checked(plan.model_copy(update=goals)),
    ]
    alike = checks.checked(both, None, *known)
    assert alike.findings == checks.check_plan(both)
    for check, found in alike.by_check.items():
        of_both = {"pools", "goals"} <= found[1]
        assert of_both is not any(found is other.by_check[check] for other in known), check
