"""Two people with the e-mailed files and the guide alone: sign, change, change back, confirm, report.

Each types into the workbook that the other sent, as the pages *Signing a plan* and *Benefits* say.
"""

from __future__ import annotations

import pytest

from icbudget import tasks
from icbudget.report.html_page import facts
from icbudget.tasks import signature_lines
from tests.checks.clean import NHS, YEARS, clean
from tests.checks.test_confirmed_release_rows import CONFIRMED
from tests.joint.test_joint_work import filled
from tests.signing.plans import ON, written
from tests.signing.test_shown import start_of

MONEY = "Funding", {"Partner": "icb", "Source of funding": NHS}, "Base amount (£)"
RELEASE = "Confirmed releases", {"Programme": "falls"}
CLAIM = {"status": "claimed", "confirmed_by": "", "amount": 2_900}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("two")


@pytest.fixture(scope="module")
def both_signed(folder):
    """The council's section 151 officer signs and sends it on; the ICB's chief executive signs."""
    document = clean()
    document["setup"] |= {
        "monitored_year": YEARS[0],
        "monitored_month": 6,
        "reinvest_basis": "contract",
    }
    document["confirmed_releases"] = [CONFIRMED | CLAIM]
    first, second = folder / "from-council.xlsx", folder / "from-icb.xlsx"
    plan = written(folder, document)
    tasks.sign(plan, first, office="section 151 officer", name="C Treasurer", on=ON)
    tasks.sign(first, second, office="chief executive", partner="icb", name="I Chief", on=ON)
    return second


def signatures(path):
    return [(line["name"], line["state"]) for line in signature_lines(tasks.verify(path)[0])]


BOTH_HOLD = [("C Treasurer", "recorded"), ("I Chief", "recorded")]


def test_both_signatures_stand_in_the_file_that_was_sent_on(both_signed):
    assert signatures(both_signed) == BOTH_HOLD
    assert start_of(both_signed) == "agreed: 2 of 3 offices have signed."


def test_a_figure_changed_by_one_makes_both_void_wherever_people_look(both_signed, folder):
    """By hand: £4,000 more in 2025/26, 2026/27 and 2027/28 at a flat index, £12,000."""
    since = "changed since: 1 figure, £12,000 of contributions"
    changed = filled(both_signed, folder / "changed.xlsx", (*MONEY, 1_004_000))
    assert signatures(changed) == [("C Treasurer", "void"), ("I Chief", "void")]
    opened = tasks.check(changed)
    assert since in dict(facts(opened.case))["Signed"]
    assert sum(since in row.labels[2] for row in tasks.answers(opened.case)["checks"].rows) == 2
    tasks.convert(changed, folder / "written.xlsx")
    said = start_of(folder / "written.xlsx")
    assert said == (
        f"draft: 0 of 3 offices have signed. Signed by I Chief, void, {since}; 1 more void."
    )
    # Whoever types the old figure again need not sign again.
    back = filled(folder / "written.xlsx", folder / "back.xlsx", (*MONEY, 1_000_000))
    assert signatures(back) == BOTH_HOLD


@pytest.mark.parametrize(
    ("confirmed_by", "confirmed", "findings"),
    [
        # What its claimant confirms stays claimed; the quarter ended 92 days ago and is undecided.
        ("A Ahmed", 0, {"benefit.own-claim", "benefit.overdue"}),
        ("B Brown", 2_900, set()),
    ],
)
def test_a_second_person_confirms_a_release_and_the_signatures_hold(
    both_signed, folder, confirmed_by, confirmed, findings
):
    sent = filled(
        both_signed,
        folder / f"{confirmed_by}.xlsx",
        (*RELEASE, "State of the release", "confirmed"),
        (*RELEASE, "Confirmed by", confirmed_by),
    )
    report = folder / f"{confirmed_by}.html"
    opened, _, _ = tasks.benefits(sent, report)
    assert {f.id for f in opened.findings if f.id.startswith("benefit.")} == findings
    assert {line["state"] for line in signature_lines(opened)} == {"recorded"}
    assert f"£{confirmed:,} are confirmed" in report.read_text(encoding="utf-8")
