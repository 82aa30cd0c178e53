"""A token is taken only while it is valid, from our directory, for our app, with our role; each
time anew.
"""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

pytest.importorskip("joserfc", reason="the server is not installed: pip install '.[server]'")
from icbudget.excel.server.settings import Settings
from icbudget.excel.server.tokens import Denied, Tokens
from tests.excel.server import signing


@pytest.fixture
def tokens(tmp_path):
    keys = str(signing.keys_file(tmp_path))
    return Tokens(
        Settings(True, signing.HOSTNAME, signing.TENANT, signing.CLIENT, "icbudget.user", keys)
    )


def check(tokens, header):
    """Ask in a thread of its own: the driver of the browser tests keeps a loop running in this
    one."""
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(asyncio.run, tokens.check(header)).result()


def test_a_good_token_is_taken(tokens):
    assert check(tokens, f"Bearer {signing.token()}")["roles"] == ["icbudget.user"]


@pytest.mark.parametrize("kind", signing.REFUSED)
def test_every_other_is_refused_without_a_reason(tokens, kind):
    with pytest.raises(Denied) as denied:
        check(tokens, signing.REFUSED[kind]())
    assert (denied.value.status, denied.value.message) == (
        401,
        "Sign in again: this call carries no valid sign-in of your organisation.",
    )


@pytest.mark.parametrize("roles", [None, [], ["other"], "icbudget.user"])
def test_a_person_without_the_role_is_told_so(tokens, roles):
    with pytest.raises(Denied, match=r"has not given you the role icbudget\.user") as denied:
        check(tokens, f"Bearer {signing.token(roles=roles)}")
    assert denied.value.status == 403


def test_a_token_dies_at_its_expiry_though_it_was_just_taken(tokens):
    good = signing.token(exp=int(time.time()) + 600)
    assert check(tokens, f"Bearer {good}")
    tokens.clock = lambda: time.time() + 601
    with pytest.raises(Denied):
        check(tokens, f"Bearer {good}")


def test_unknown_keys_do_not_make_us_ask_the_directory_again_and_again(tokens, monkeypatch):
    asked = []
    fetch = Tokens._fetched

    async def counted(self):
        asked.append(1)
        return await fetch(self)

    monkeypatch.setattr(Tokens, "_fetched", counted)
    for _ in range(20):
        with pytest.raises(Denied):
            check(tokens, f"Bearer {signing.token(signing.FOREIGN)}")
    assert len(asked) == 1


def test_a_key_that_the_directory_adds_is_found(tokens, tmp_path):
    signing.keys_file(tmp_path).write_text('{"keys": []}')
    with pytest.raises(Denied):
        check(tokens, f"Bearer {signing.token()}")
    signing.keys_file(tmp_path)
    tokens.clock = lambda: time.time() + 61
    assert check(tokens, f"Bearer {signing.token()}")
