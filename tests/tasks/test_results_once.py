"""What a task does once."""

from __future__ import annotations

from collections import Counter

from icbudget import tasks
from icbudget.answers.answer import Answer
from icbudget.answers.catalogue import BALANCES, CHECKLIST, CHECKS
from tests.places import FIRST


def test_a_run_works_each_answer_out_once(monkeypatch, tmp_path):
    really, built = Answer.build, Counter()

    def build(answer, case):
        built[answer.id] += 1
        return really(answer, case)

    monkeypatch.setattr(Answer, "build", build)
    tasks.run(FIRST / "nottingham-city-pool-2015-16.yaml", tmp_path)
    assert built[BALANCES.id] == built[CHECKS.id] == 1
    # the checklist is made anew for the workbook, whose cells it names
    assert [id for id, times in built.items() if times > 1] == [CHECKLIST.id]
