"""The samples as they first shipped still read, whole, and give the figures of that day.

`tests/fixtures/first/` holds the six plans, each as a workbook with the answers of the day and as
text. Figures that the changelog names as changed are not among those compared.
"""

from __future__ import annotations

import shlex

import pytest

from icbudget import tasks
from icbudget.answers.answered import answered
from icbudget.answers.case import evaluate
from icbudget.answers.catalogue import BY_ID
from icbudget.engine.appraisal.discounting import present_value
from icbudget.engine.appraisal.net_benefit import TARIFF, worth
from icbudget.findings import Severity
from tests.cli.test_all_commands import call
from tests.places import FIRST, FIRST_BOROUGH, ROOT
from tests.workbook.answers_of_the_day import changed_rows, compared_rows
from tests.workbook.opened import sheet_names

GUIDE = ROOT / "icbudget" / "guide" / "finance-officer.md"
SAMPLES = sorted(FIRST.glob("*.xlsx"))
UNCHANGED = {
    "income": "Income",
    "spending": "Spending",
    "instalments": "Instalments",
    "balances": "Balances",
    "minimum-spend": "Minimum spend",
    "activity": "Acute projection",
    "avoided": "Avoided",
    "combination": "Combination",
    "cash-released": "Cash released",
    "bridge": "Bridge",
    "gain-shared": "Gain shared",
    "virement-log": "Virement log",
    "icb-close": "ICB close to outturn",
}
"""Answers that no change of figures touches, and the sheets they stood on.

Partner positions are left out: the changelog names that they are taken after settlement.
"""

NAMED = {
    "rule-tests": (),
    "programme-evidence": (),
    "reallocation": (),
    "versions": (),
    "partner-positions": (),
    # The year stands alone, and what a pool keeps is no variance.
    "risk-shared": ("spent beyond the pool's money", "no risk share is named for the pool"),
    # Its optimism-bias factors are in no source: the ratio is gone.
    "appraisal": ("Fiscal return in the style of Greater Manchester",),
    "switching-values": (),
    "goal-tracker": (),
    "goal-gaps": (),
    "monitoring": (),
    "quarterly-report": (),
    "forecast-accuracy": (),
    "memorandum-account": (),
    "annual-return": (),
    "agreement-of-balances": (),
    "source-bridge": (),
    "books-and-vat": (),
    # What a pool keeps is no variance to bear; forms are the ready-made scenarios, run.
    "forms-of-integration": ("Bears of over", "Better (+) or worse"),
    # Gaps are of the envelope and the year; checks that came later warn of more.
    "side-by-side": ("Bears of over", "Unfunded gap", "Warnings"),
    "simulation": (),
    "tornado": (),
}
"""Further answers, and words of the rows that the changelog names as changed or gone."""
NAMED_OF_THE_BOROUGH = {
    # Overspends are settled, what a source pays is borne by what each has put there to date.
    "partner-positions": ("Gain against", "Gain so far", "Net spending"),
    "risk-shared": ("step ", "ring-fenced", "what the partner bears less"),
    "annual-return": ("Balance brought", "Held for this", "Net surplus", "Paid for", "share"),
    "memorandum-account": (
        *("Balance", "Held by", "Illustrative", "contingency"),
        *("Net surplus", "Shared", "Rounding"),
    ),
    # Ratios have no negative benefits; activity moved to is a cost where tariff were cash.
    "appraisal": (*NAMED["appraisal"], "cash", "Public value"),
    # What is not reported is no underspend: the month before, income was booked to month 6.
    "monitoring": ("Income",),
    # Where a low effect does harm, programmes of one family combine by sign.
    "tornado": ("Effect", "Rank correlation", "Worth knowing"),
    # The release moves under Cautious and Low evidence alone, whose low effects do harm.
    "side-by-side": (
        *NAMED["side-by-side"],
        *("Better (+) or worse", "Contract saving", "Net spending, plan", "System release"),
    ),
    "simulation": ("",),
}
PENCE = {"quarterly-report": 0.011, "books-and-vat": 0.161}
"""Answers of single amounts that a split moves by pence, and by how many at most, £."""


@pytest.fixture(scope="module", params=SAMPLES, ids=lambda path: path.stem)
def saved(request):
    return request.param


@pytest.fixture(scope="module")
def opened(saved):
    return tasks.check(saved)


def test_there_are_six():
    assert len(SAMPLES) == len(list(FIRST.glob("*.yaml"))) == 6


def test_workbook_and_text_read_as_one_plan_without_an_error(saved, opened):
    assert [str(f) for f in opened.findings if f.severity is Severity.ERROR] == []
    assert opened.draft.plan == tasks.load(saved.with_suffix(".yaml")).plan


def test_every_figure_is_that_of_the_day(saved, opened):
    compared = {
        id: compared_rows(saved, sheet, answered(opened.case, BY_ID[id]))
        for id, sheet in UNCHANGED.items()
    }
    assert compared["income"] and compared["balances"] and compared["bridge"], compared


def test_every_other_answer_has_the_figures_of_the_day_but_those_that_the_changelog_names(
    saved, opened
):
    named = NAMED | (NAMED_OF_THE_BOROUGH if saved.stem == FIRST_BOROUGH.stem else {})
    unnamed = []
    for id, words in named.items():
        if words == ("",):
            continue
        block = answered(opened.case, BY_ID[id])
        changed = changed_rows(saved, BY_ID[id].title, block, PENCE.get(id, 0.005))
        for labels, values in changed:
            if not any(word in " ".join(labels) for word in words):
                unnamed.append((id, labels, values))
    assert unnamed == []


def test_the_borough_s_tariff_view_was_without_what_activity_moved_to_is_paid():
    """£1,276,637.62 = avoided × price less what programmes are paid; moved in × price is less."""
    plan = tasks.load(FIRST_BOROUGH).plan
    run = evaluate(plan).result.projection
    of_plan = worth(plan, run)

    def present(pounds):
        (value,) = present_value(pounds, of_plan.level, of_plan.discount)
        return value

    price = run.nothing.price
    before = present((run.avoided * price).sum(axis=-1)) - of_plan.programme_cost
    moved_in = present((run.moved_in * price).sum(axis=-1))
    assert before == pytest.approx(1_276_637.62, abs=0.005)
    assert before - moved_in == pytest.approx(-936_354.76, abs=0.005)
    assert of_plan.view(TARIFF).npsv == pytest.approx(before - moved_in, abs=0.005)


def test_the_guide_s_commands_bring_one_over_and_show_that_nothing_changed(
    tmp_path, monkeypatch, capsys
):
    """The page's own three commands, on a workbook of before."""
    section = GUIDE.read_text(encoding="utf-8").partition("## A workbook of before")[2]
    lines = section.partition("```sh\n")[2].partition("```")[0].splitlines()
    assert len(lines) == 3
    monkeypatch.chdir(tmp_path)
    old = FIRST / "north-tyneside-better-care-fund.xlsx"
    (tmp_path / "old.xlsx").write_bytes(old.read_bytes())
    said = [call(capsys, *shlex.split(line)[1:]) for line in lines]
    assert all(status in (0, 1) for status, *_ in said)
    assert "Nothing changed: the two plans are the same." in said[2][1]
    made = sheet_names(tmp_path / "new.xlsx")
    assert len(made) <= 28 < len(sheet_names(old))
