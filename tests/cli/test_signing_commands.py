"""icbudget sign and icbudget keys new, from the terminal."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from icbudget import tasks
from icbudget.cli.all_commands import app
from tests.checks.clean import clean
from tests.signing.plans import PASSPHRASE, written

RUN = CliRunner()


def sign(folder, *more, document=None, office="section 151 officer"):
    plan = written(folder, document)
    command = ["sign", str(plan), "--as", office, "--name", "A Signatory", "--on", "2026-06-30"]
    return RUN.invoke(app, [*command, "--out", str(folder / "signed.xlsx"), *more])


def test_a_workbook_is_signed_in_pounds_and_verify_says_who_signed(tmp_path):
    ran = sign(tmp_path)
    assert ran.exit_code == 0, ran.output
    assert "agree to the figures and terms" in " ".join(ran.output.split())
    assert "This is a recorded statement" in ran.output
    verified = RUN.invoke(app, ["verify", str(tmp_path / "signed.xlsx")])
    assert verified.exit_code == 0, verified.output
    told = " ".join(verified.output.split())
    assert "A Signatory, Section 151 officer of Council, 2026-06-30: recorded" in told
    as_json = RUN.invoke(app, ["verify", str(tmp_path / "signed.xlsx"), "--json"])
    (signature,) = json.loads(as_json.output)["signatures"]
    assert (signature["state"], signature["name"]) == ("recorded", "A Signatory")


def test_a_key_is_made_and_signs_and_the_private_half_is_the_owners_alone(tmp_path):
    (tmp_path / "words").write_text(PASSPHRASE + "\n", encoding="utf-8")
    key = tmp_path / "council.pem"
    made = RUN.invoke(app, ["keys", "new", str(key), "--passphrase-file", str(tmp_path / "words")])
    assert made.exit_code == 0, made.output
    assert key.stat().st_mode & 0o077 == 0
    ran = sign(tmp_path, "--key", str(key), "--passphrase-file", str(tmp_path / "words"))
    assert ran.exit_code == 0, ran.output
    assert "published nowhere" in " ".join(ran.output.split())
    plan = tasks.load(tmp_path / "signed.xlsx").plan
    assert plan.sign_offs[0].key == plan.signing_keys[0].id
    assert b"PRIVATE" not in (tmp_path / "signed.xlsx").read_bytes()
    # Another key does not write over one that is there.
    again = RUN.invoke(app, ["keys", "new", str(key), "--passphrase-file", str(tmp_path / "words")])
    assert isinstance(again.exception, FileExistsError)


def refused(ran, folder):
    """What one line says, and that nothing was written."""
    assert ran.exit_code != 0 and not (folder / "signed.xlsx").exists()
    return " ".join((ran.output + str(ran.exception)).split())


@pytest.mark.parametrize(
    ("more", "office", "says"),
    [
        (["--on", "soon"], "section 151 officer", "is not a day"),
        ([], "treasurer", "is no office that signs"),
        ([], "chief executive", "say which with --partner, one of: icb, council"),
        ([], "other", "with --partner, one of: icb, council, trust"),
        (["--partner", "district"], "other", "There is no partner “district”"),
        (
            ["--key", "none.pem", "--passphrase-file", "plan.yaml"],
            "section 151 officer",
            "none.pem",
        ),
    ],
)
def test_what_cannot_sign_is_refused_in_one_line(tmp_path, monkeypatch, more, office, says):
    monkeypatch.chdir(tmp_path)
    assert says in refused(sign(tmp_path, *more, office=office), tmp_path)


def test_under_a_scenario_nothing_is_signed(tmp_path):
    document = clean()
    document["setup"]["active_scenario"] = "Low evidence"
    said = refused(sign(tmp_path, document=document), tmp_path)
    assert "The scenario Low evidence is laid over the plan" in said
    assert "clear the active scenario" in said


def test_a_plan_with_errors_or_unread_figures_is_not_signed(tmp_path):
    wrong, unread = clean(), clean()
    wrong["segments"][1]["share"] = 0.5
    unread["contributions"][0]["base_amount"] = "n/a"
    for document in (wrong, unread):
        assert "it is not signed" in refused(sign(tmp_path, document=document), tmp_path)


def test_a_signature_that_holds_is_not_made_twice(tmp_path):
    assert sign(tmp_path).exit_code == 0
    again = ["sign", str(tmp_path / "signed.xlsx"), "--as", "section 151 officer"]
    again += ["--name", "B", "--out", str(tmp_path / "again.xlsx")]
    ran = RUN.invoke(app, again)
    assert "that signature holds" in str(ran.exception)
    assert not (tmp_path / "again.xlsx").exists()
