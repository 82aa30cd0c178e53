"""The benefits report says which signatures under the plan are void since."""

from __future__ import annotations

import pytest

from icbudget import tasks
from tests.cli.test_all_commands import call
from tests.cli.test_benefits import PLAN


@pytest.fixture(scope="module")
def signed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("benefits-signed")
    (folder / "plan.yaml").write_text(PLAN, encoding="utf-8")
    made = tasks.sign(
        folder / "plan.yaml",
        folder / "signed.yaml",
        office="section 151 officer",
        name="A Signatory",
        on="2027-06-30",
    )
    assert made.written, [str(f) for f in made.opened.findings]
    return made.written


def page_of(plan, folder, capsys):
    out = folder / f"{plan.stem}.html"
    code, _, fault = call(capsys, "benefits", str(plan), "--quarter", "2027-Q2", "--out", str(out))
    assert out.exists(), (code, fault)
    return out.read_text(encoding="utf-8")


def test_a_signature_that_holds_and_one_that_a_figure_has_voided(signed, tmp_path, capsys):
    page = page_of(signed, tmp_path, capsys)
    assert "A Signatory" in page and "changed since" not in page
    text = signed.read_text(encoding="utf-8")
    # What was confirmed is not bound: one release more leaves the signature as it is.
    plan = tasks.load(signed).plan
    row = plan.confirmed_releases[0].model_copy(update={"line": 9, "status": "claimed"})
    later = plan.model_copy(update={"confirmed_releases": (*plan.confirmed_releases, row)})
    path = tasks.convert_plan(later, tmp_path / "later.yaml")
    assert "changed since" not in page_of(path, tmp_path, capsys)
    # A figure of the plan is.
    first = plan.contributions[0]
    dearer = first.model_copy(update={"base_amount": (first.base_amount or 0) + 1000})
    changed = plan.model_copy(update={"contributions": (dearer, *plan.contributions[1:])})
    path = tasks.convert_plan(changed, tmp_path / "changed.yaml")
    page = page_of(path, tmp_path, capsys)
    assert "changed since: 1 figure, £" in page and "A Signatory" in page
    assert text == signed.read_text(encoding="utf-8")
