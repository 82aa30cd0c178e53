"""The commands of the guide's pages and the README, run as they stand on one small plan.

Pages whose steps lead from a blank to an answer have tests of their own, which run theirs and look
at what came of it; here every other command must run through and leave what the page says. What
serves, opens a browser or changes Excel's settings is run by `test_commands_that_stay`.
"""

from __future__ import annotations

import shlex
import shutil

import pytest
import typer

from icbudget import tasks
from tests.checks.clean import clean
from tests.cli.test_all_commands import call
from tests.guide.test_guide_commands import named
from tests.signing.plans import PASSPHRASE, S151, written

OWN_TEST = {"benefits.md", "joint-working.md", "start-here.md"}
"""Pages that are followed step by step by a test of their own."""
STAYS = ("icbudget excel serve", "icbudget excel doctor --fix", "icbudget guide")
"""What runs until it is stopped, changes Excel's settings, or opens a browser."""
WITHOUT_ITS_PLAN = {
    "icbudget batch",
    "icbudget explain",
    "icbudget monitor",
    "icbudget new",
    "icbudget rekey",
    "icbudget sheets",
    "icbudget succeed",
    "icbudget verify",
}
"""Commands that a sentence names alone, without what they are given, and that cannot run so."""
ALSO_RUN = (
    "icbudget rekey plan.xlsx --table Pools --from bcf --to pool --out renamed.xlsx",
    "icbudget succeed plan.xlsx succeeded.xlsx",
)
"""With what they are given, those of them that no page shows so."""
TO_RUN = [
    (page, command)
    for page, command in named()
    if page not in OWN_TEST and command not in WITHOUT_ITS_PLAN and not command.startswith(STAYS)
]
TO_RUN += [("model.md", command) for command in ALSO_RUN]
LEDGER = "Cost centre,Net amount,Posting date,Ledger,Type\nE10100,1000.00,2026-05-01,council,ACT\n"
MAP = (
    "columns: {code: Cost centre, amount: Net amount, date: Posting date, accrual: Type}\n"
    'schemes: {E10100: "1"}\naccruals: [ACC]\n'
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder as the pages suppose it: a plan, what came by e-mail, a ledger, places."""
    folder = tmp_path_factory.mktemp("commands") / "supposed"
    folder.mkdir()
    document = clean()
    document["scenarios"] = [
        {"scenario": "Cautious", "order": 1, "path": "schemes/1|1/base_amount", "value": "650000"}
    ]
    text = written(folder, document)
    tasks.convert(text, folder / "plan.xlsx")
    tasks.sign(folder / "plan.xlsx", folder / "signed.xlsx", **S151)
    for name in ("agreed.xlsx", "emailed.xlsx", "old.xlsx", "workbooks/illustrative-borough.xlsx"):
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(folder / "plan.xlsx", folder / name)
    for name in ("places", "plans"):
        (folder / name).mkdir()
        shutil.copy(text, folder / name / "plan.yaml")
    tasks.run(folder / "plan.xlsx", folder / "first")
    (result,) = (folder / "first").glob("*-results.xlsx")
    (folder / "results").mkdir()
    shutil.copy(result, folder / "results.xlsx")
    shutil.copy(result, folder / "results" / "illustrative-borough-results.xlsx")
    (folder / "ledger.csv").write_text(LEDGER, encoding="utf-8")
    (folder / "map.yaml").write_text(MAP, encoding="utf-8")
    money = "Partner,Year,Envelope (£)\nicb,2026/27,2000000\n"
    (folder / "money.csv").write_text(money, encoding="utf-8")
    return folder


def test_most_commands_are_run():
    assert len(TO_RUN) > 35 and {page for page, _ in TO_RUN} >= {"README.md", "auditor.md"}


def test_what_a_sentence_names_alone_is_run_with_what_it_is_given():
    every = [command for _, command in (*named(), *TO_RUN)]
    for alone in WITHOUT_ITS_PLAN:
        assert any(command.startswith(f"{alone} ") for command in every), alone


def test_every_command_runs_as_it_stands(folder, capsys, monkeypatch):
    """One test, since a command takes up what an earlier one of its page has written."""
    # A passphrase is typed unseen, twice.
    monkeypatch.setattr(typer, "prompt", lambda *_, **__: PASSPHRASE)
    failed = []
    for page, command in TO_RUN:
        place = folder.parent / page
        if not place.exists():
            shutil.copytree(folder, place)
        monkeypatch.chdir(place)
        words = shlex.split(command, comments=True)[1:]
        if words[:2] == ["check", "--explain"]:
            words[2] = "activity.cost-split"  # the page says ID for any of them
        if "--out" in words:
            # A page may show two ways to make one file; a person takes one of them.
            out = place / words[words.index("--out") + 1]
            if out.is_file():
                out.unlink()
        code, out, fault = call(capsys, *words)
        # 1: there are findings. 2 is a command that could not be run.
        if code not in (0, 1) or not (out or fault):
            failed.append((page, command, code, fault[-300:]))
    assert not failed
    for made in (
        "commissioner.md/cautious",
        "commissioner.md/compared",
        "commissioner.md/ranges",
        "commissioner.md/paper",
        "commissioner.md/better",
        "pool-host.md/october",
        "signing.md/together",
        "national-analyst.md/national",
        "auditor.md/file/plan-pack",
        "finance-officer.md/plan3.xlsx",
    ):
        assert (folder.parent / made).exists(), made
