"""What the audit file says was checked: counts that come out, and that can differ."""

from __future__ import annotations

from dataclasses import replace

from icbudget.answers import catalogue
from icbudget.answers.pool_balances import rows_by_source
from icbudget.report.audit_file import identity_in_words
from icbudget.report.document import Paper, paper_of
from tests.report.plans import boroughs


def test_the_identity_is_worked_out_anew_for_every_source_and_year():
    paper = paper_of(boroughs())
    accounts = {row.labels[:2] for row in rows_by_source(paper.block(catalogue.BALANCES))}
    count = len(accounts) * len(paper.years)
    assert f"again for {count} balances of a source in a year: 0 differ." in identity_in_words(
        paper
    )


def test_a_balance_that_does_not_add_up_is_counted():
    paper = paper_of(boroughs())
    block = paper.block(catalogue.BALANCES)
    at = next(n for n, row in enumerate(block.rows) if row.labels[2] == "Closing balance")
    spoiled = replace(block.rows[at], values=tuple(v + 0.01 for v in block.rows[at].values))
    rows = (*block.rows[:at], spoiled, *block.rows[at + 1 :])
    other = Paper(paper.case, {catalogue.BALANCES.id: replace(block, rows=rows)})
    assert f"a year: {len(paper.years)} differ." in identity_in_words(other)
