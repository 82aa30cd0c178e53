"""What a council accountant reads of the council's lines, and of who pays for whose saving."""

from __future__ import annotations

from functools import cache

import pytest

from icbudget.answers.case import evaluate
from icbudget.plan.plan_text import from_document
from icbudget.report.council_sections import section_council
from icbudget.report.document import paper_of
from tests.checks.clean import clean
from tests.examples.council_lines.test_council_lines import CASE
from tests.workbooks.published import opened, value


@cache
def tables(name=""):
    section = section_council(paper_of(opened(name) if name else CASE))
    return {part.id: part for part in section.parts}


def test_spending_less_charges_is_what_the_council_bears_and_do_nothing_stands_last():
    # model §15.3: 5,200 weeks at £956 and a charge of £300; then 4,680 weeks
    group = next(g for g in tables()["council-lines"].groups if "Care homes" in g.heading)
    cells = {line.heading: line.cells for line in group.lines}
    assert list(cells) == [
        "Plan spending",
        "Plan client charges",
        "Plan net spending",
        "Do-nothing net spending",
    ]
    assert cells["Plan spending"][1:] == ("4,971,200", "4,474,080")
    assert cells["Plan client charges"][1:] == ("1,560,000", "1,404,000")
    assert cells["Plan net spending"][1:] == ("3,411,200", "3,070,080")
    assert cells["Do-nothing net spending"][1:] == ("3,411,200", "3,411,200")


@pytest.mark.parametrize("name", ["illustrative-borough", "illustrative-neighbourhood"])
def test_rows_of_a_programme_add_up_and_the_payer_is_not_the_only_one_who_saves(name):
    groups = tables(name)["who-saves"].groups
    savers = set()
    for group in groups:
        *rows, total = [
            [float(cell.replace(",", "").replace("−", "-")) for cell in line.cells]
            for line in group.lines
        ]
        for figure in range(3):
            assert sum(row[figure] for row in rows) == pytest.approx(total[figure], abs=len(rows))
        for row in rows:
            assert row[1] - row[0] == pytest.approx(row[2], abs=1)
        savers |= {line.heading for line, row in zip(group.lines, rows, strict=False) if row[1] > 0}
    assert any("Council" in name or "council" in name for name in savers)


def test_after_its_end_a_council_saves_nothing_and_its_successors_do():
    case = opened("illustrative-neighbourhood")

    def saved(partner):
        return value(
            case,
            "who-saves",
            "2028/29",
            partner=partner,
            figure="Saved on activity (spent more, negative)",
        )

    assert saved("council") == 0
    # 45 % and 55 % of what the two lines save, each line to the penny
    assert saved("east") / (saved("east") + saved("west")) == pytest.approx(0.45, abs=1e-4)


def test_a_plan_without_council_lines_and_programmes_has_no_such_section():
    document = clean() | {"programmes": [], "segments": []}
    plan = from_document(document).plan
    assert section_council(paper_of(evaluate(plan))) is None
