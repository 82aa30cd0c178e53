"""Checks that are taken from a plan in which no column that they look at differs."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from icbudget import checks
from icbudget.answers.case import evaluate_draft
from icbudget.checks import OFTEN
from icbudget.checks.improbable_figures import sums_too_large
from icbudget.checks.order_of_checks import STRUCTURE
from icbudget.checks.references import broken_links
from icbudget.plan import TABLES
from icbudget.plan.blanks import filled_in
from icbudget.plan.columns import ByYear
from icbudget.plan.looked_at import WatchedColumns, differing_columns
from icbudget.plan.plan_text import from_document, from_yaml
from tests.fuzz.plans import document_of
from tests.places import BOROUGH


def plans(seeds):
    yield filled_in(from_yaml(BOROUGH.read_text(encoding="utf-8")).plan)
    for seed in range(seeds):
        case = evaluate_draft(from_document(document_of(seed)[1]))
        if case is not None:
            yield filled_in(case.plan)


def another(value, rng):
    """Another value of the same kind, or the same where none is known."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return type(value)(value * rng.choice((0, 2, 1000)))
    if isinstance(value, Decimal):
        return value * rng.choice((0, 2, 1000, -1))
    if isinstance(value, ByYear):
        return ByYear({year: another(amount, rng) for year, amount in value.items()})
    if isinstance(value, str):
        return rng.choice(("", "nobody", value.upper()))
    return value


def with_another_column(plan, rng):
    """The plan with another value in one column of one or all rows of a table."""
    table = rng.choice([name for name in TABLES if getattr(plan, name)])
    rows = getattr(plan, table)
    field = rng.choice(sorted(type(rows[0]).model_fields))
    every, one = rng.random() < 0.3, rng.randrange(len(rows))
    changed = tuple(
        row.model_copy(update={field: another(getattr(row, field), rng)})
        if every or n == one
        else row
        for n, row in enumerate(rows)
    )
    return plan.model_copy(update={table: changed})


def test_a_check_finds_the_same_in_a_plan_that_is_watched_by_column():
    for plan in plans(6):
        for check in STRUCTURE:
            assert check(WatchedColumns(plan)) == check(plan), check.__name__


def findings_of(check):
    """What a check finds, or the kind of error of one that is asked of what no reader lets in."""
    try:
        return check()
    except Exception as refused:
        return type(refused)


def test_a_plan_with_another_column_is_checked_as_if_by_itself():
    rng, taken = Random(1), 0
    for plan in plans(6):
        before = checks.checked(plan)
        for _ in range(25):
            changed = with_another_column(plan, rng)
            alone = findings_of(lambda plan=changed: checks.check_plan(plan))
            held = findings_of(lambda plan=changed: checks.checked(plan, by_column=before).findings)
            assert held == alone
            taken += sum(
                before.by_column(check).isdisjoint(differing_columns(changed, plan))
                for check in before.by_check
            )
    # most checks look at other columns than the one that differs
    assert taken > 7 * 25 * len(STRUCTURE) * 0.8


def test_a_check_that_is_run_again_and_again_is_not_once_it_is_known_to_look_at_other_columns():
    plan = filled_in(from_yaml(BOROUGH.read_text(encoding="utf-8")).plan)
    known = checks.checked(plan)
    ran = []
    for pounds in range(1, 2 * OFTEN):
        first, *rest = plan.schemes
        dearer = first.model_copy(update={"base_amount": first.base_amount + pounds})
        edited = plan.model_copy(update={"schemes": (dearer, *rest)})
        latest = checks.checked(edited, None, known)
        assert latest.findings == checks.check_plan(edited)
        ran.append({c for c in latest.by_check if latest.by_check[c] is not known.by_check[c]})
        known = latest
    # names are columns that no amount is in; the size of amounts is looked at after every edit
    assert broken_links in ran[OFTEN - 1]
    assert broken_links not in ran[OFTEN]
    assert all(sums_too_large in those for those in ran)


def test_plans_that_are_edited_one_after_another_are_checked_as_if_by_themselves():
    rng = Random(2)
    for plan in plans(4):
        field = rng.choice(("base_amount", "scheme_type", "name"))
        known = checks.checked(plan)
        for turn in range(3 * OFTEN):
            edited = plan
            if plan.schemes:
                first, *rest = plan.schemes
                # mostly one column, now and then any other
                value = {field: another(getattr(first, field), rng)}
                changed = (first.model_copy(update=value), *rest)
                edited = plan.model_copy(update={"schemes": changed})
            if turn % OFTEN == OFTEN - 1:
                plan = edited = with_another_column(edited, rng)
            alone = findings_of(lambda plan=edited: checks.check_plan(plan))
            if isinstance(alone, type):  # refused alike, so that nothing is known of it
                assert findings_of(lambda plan=edited: checks.checked(plan, None, known)) is alone
                continue
            known = checks.checked(edited, None, known)
            assert known.findings == alone
