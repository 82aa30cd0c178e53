"""A performance pot filled in by files: its terms by the pool's host, what was achieved by the trust.

Its provider is named on the pot, in a column that a workbook shows once it is used.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from icbudget import tasks
from tests.joint.test_joint_work import DAY, PLAN, cell_of, filled
from tests.workbook.opened import with_sheets

POT = (
    "performance_pots:\n"
    "- {id: NEA, year: 2026/27, quarter: 1, pool: bcf, provider: trust, pot: 100, planned: 10}\n"
)
POINT = {"Performance pot": "NEA"}


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pot")
    trust = "- {id: trust, name: Example Trust, kind: nhs_provider}\npools:"
    plan = folder / "plan.yaml"
    plan.write_text(PLAN.read_text().replace("pools:", trust, 1) + POT)
    tasks.share_parts(
        plan, {who: folder / f"{who}.xlsx" for who in ("council", "icb", "trust")}, on=DAY
    )
    return folder


@pytest.mark.parametrize(
    ("who", "yellow"), [("trust", ["Achieved reduction"]), ("council", ["Pot (£)"]), ("icb", [])]
)
def test_each_sees_in_yellow_what_is_its_own(parts, who, yellow):
    sheet = with_sheets(parts / f"{who}.xlsx", "Performance pots")["Performance pots"]
    headings = ["Achieved reduction", "Pot (£)"]
    fills = {name: cell_of(sheet, POINT, name).fill.fgColor.rgb for name in headings}
    assert fills == {name: "FFFFF9DE" if name in yellow else "FFF1F3F5" for name in headings}


def test_what_each_typed_of_its_own_is_taken(parts, tmp_path):
    typed = {"trust": ("Achieved reduction", 3), "council": ("Pot (£)", 120)}
    files = [
        str(
            filled(
                parts / f"{who}.xlsx",
                tmp_path / f"{who}.xlsx",
                ("Performance pots", POINT, heading, value),
            )
        )
        for who, (heading, value) in typed.items()
    ]
    merged = tasks.merge_parts(parts / "plan.yaml", files, tmp_path / "joint.xlsx", on=DAY)
    (pot,) = tasks.load(merged.path).plan.performance_pots
    assert (pot.provider, pot.pot, pot.achieved) == ("trust", Decimal(120), 3.0)
    assert {str(outcome.verdict) for outcome in merged.outcomes.values()} == {"taken"}


def test_what_the_host_types_of_the_trusts_is_a_proposal(parts, tmp_path):
    edit = ("Performance pots", POINT, "Achieved reduction", 9)
    part = filled(parts / "council.xlsx", tmp_path / "council.xlsx", edit)
    merged = tasks.merge_parts(parts / "plan.yaml", [str(part)], tmp_path / "j.yaml", on=DAY)
    plan = tasks.load(merged.path).plan
    assert plan.performance_pots[0].achieved is None
    (ask,) = [row for row in plan.to_agree if row.partner == "council"]
    assert ask.became == "proposed" and ask.asked == "9"
    assert ask.says == "Performance pots NEA, 2026/27, 1: Achieved reduction"
