"""Plans on a real server: all workers share them, each person has their own, and a restart forgets
nothing that it says it keeps.
"""

from __future__ import annotations

import json

import pytest

from tests.excel.server import signing
from tests.excel.server.running import Server
from tests.excel.tables import as_arguments, small_plan
from tests.excel.test_plan_store import redis_address  # noqa: F401 (a fixture)

pytestmark = pytest.mark.program("server")
MISSED = "is not kept any more. Press Ctrl+Alt+F9"


def bearer(person):
    return {"Authorization": f"Bearer {signing.token(oid=person)}"}


def plan_of(server, tables, **headers):
    status, _, body = server.call("ICB_PLAN", [as_arguments(tables)], **headers)
    assert status == 200, body
    return json.loads(body)["result"][0][0]


def balances(server, handle, **headers):
    return server.call("ICB_TABLE", [[[handle]], [["Balances"]], None], **headers)


@pytest.fixture(params=["sqlite", "redis"])
def settings(request, tmp_path):
    """Settings of a server in production, with each kind of store."""
    own = signing.settings(tmp_path)
    if request.param == "redis":
        own["ICBUDGET_SERVER_STORE"] = request.getfixturevalue("redis_address")
    else:
        own["ICBUDGET_SERVER_STORE"] = str(tmp_path / "own" / "plans.sqlite")
    return own


def test_workers_share_plans_and_people_do_not_and_a_restart_keeps_them(settings):
    anna, ben = bearer("anna"), bearer("ben")
    with Server(settings, workers=2) as running:
        handle = plan_of(running, small_plan(), **anna)
        # Either worker may answer: each of so many calls finds the plan.
        assert [balances(running, handle, **anna)[0] for _ in range(12)] == [200] * 12
        foreign = balances(running, handle, **ben)
        unknown = balances(running, "plan 000000000000", **ben)
        assert foreign[0] == unknown[0] == 400
        assert MISSED in foreign[2].decode()
        assert foreign[2].decode().replace(handle, "") == unknown[2].decode().replace(
            "plan 000000000000", ""
        )
        long = [[["falls / Effect"], ["nel / Unit cost"], ["nel / Unit price"], ["g1 / Target"]]]
        given = [[[handle]], *long, [[0.25], [1900], [1950], [950]]]
        status, _, body = running.call("ICB_WITH", given, **anna)
        assert status == 200, body
        tried = json.loads(body)["result"][0][0]
        assert tried.startswith(f"{handle} with 4 changes ")
    with Server(settings, workers=2) as again:
        assert balances(again, handle, **anna)[0] == 200
        assert balances(again, tried, **anna)[0] == 200
        assert balances(again, tried, **ben)[0] == 400


def test_a_server_that_forgot_says_what_to_press_and_finds_it_after_that(tmp_path):
    with Server() as first:
        handle = plan_of(first, small_plan())
    with Server() as second:  # another folder, another store: nothing is kept
        status, _, body = balances(second, handle)
        assert status == 400
        assert MISSED in body.decode()
        assert plan_of(second, small_plan()) == handle
        assert balances(second, handle)[0] == 200
