"""A History made anew does not fit the statement that was signed with a key under it."""

from __future__ import annotations

import pytest

from icbudget import tasks
from tests.joint.test_parts_out import rechained
from tests.signing.plans import PASSPHRASE, S151, written


@pytest.fixture(scope="module")
def signed_plan(tmp_path_factory):
    """A plan shared, then signed with a key under the two entries of its History."""
    folder = tmp_path_factory.mktemp("signed")
    partners = [row.id for row in tasks.load(written(folder)).plan.partners][:2]
    outs = {who: folder / f"{who}.yaml" for who in partners}
    tasks.share_parts(folder / "plan.yaml", outs, record=folder / "shared.yaml")
    key = tasks.new_key(folder / "council.pem", PASSPHRASE)
    made = tasks.sign(
        folder / "shared.yaml",
        folder / "signed.yaml",
        **S151,
        key=key.files[0],
        passphrase=PASSPHRASE,
    )
    return made.written


def verified(path):
    return [(f.id, f.message) for f in tasks.history(path, verify=True)[0].findings]


def test_a_signature_with_a_key_bears_out_what_was_done_before_it(signed_plan):
    ((id, message),) = verified(signed_plan)
    assert id == "history.borne-out"
    # Shared twice before it; the entry that it was signed comes after the statement.
    assert message.startswith("Entries 1 to 2 stand under the key of A Signatory")


def test_entries_made_anew_under_it_are_told(signed_plan, tmp_path):
    plan = tasks.load(signed_plan).plan
    for number, told in ((1, "history.not-signed"), (2, "history.not-signed")):
        forged = rechained(plan, number, by="Somebody")
        path = tasks.convert_plan(forged, tmp_path / f"{number}.yaml")
        assert [id for id, _ in verified(path)] == [told]
    # What comes after the signature can be made anew without its being seen.
    forged = rechained(plan, 3, by="Somebody")
    path = tasks.convert_plan(forged, tmp_path / "3.yaml")
    assert [id for id, _ in verified(path)] == ["history.borne-out"]


def test_a_statement_with_another_head_is_no_longer_the_one_that_was_signed(signed_plan, tmp_path):
    plan = tasks.load(signed_plan).plan
    forged = rechained(plan, 2, by="Somebody")
    head, old = forged.history[1].entry, plan.history[1].entry
    row = plan.sign_offs[0]
    row = row.model_copy(update={"statement": row.statement.replace(old, head)})
    path = tasks.convert_plan(
        forged.model_copy(update={"sign_offs": (row,)}), tmp_path / "forged.yaml"
    )
    # The chain fits the statement, and the key says that the statement is not its holder's.
    assert "signature.forged" in [f.id for f in tasks.check(path).findings]
    assert "rest on the chain alone" in verified(path)[0][1]
