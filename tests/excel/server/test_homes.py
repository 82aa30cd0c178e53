"""Workers of one server know which of them has a plan at hand, and how busy each is."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from icbudget.excel.server import homes
from icbudget.excel.server.homes import SLOTS, WORKERS, homes_in, shared_by

pytestmark = pytest.mark.skipif(os.name != "posix", reason="sockets of one user")


@pytest.fixture
def three():
    """Three workers of one server."""
    with shared_by(3):
        yield [homes_in(os.environ) for _ in range(3)]


def handle(number: int) -> str:
    return f"plan {number:012x}"


def test_each_worker_has_a_seat_of_its_own_and_there_is_none_for_a_fourth(three):
    assert [worker.seat for worker in three] == [0, 1, 2]
    assert homes_in(os.environ) is None


def test_the_seat_of_a_worker_that_ended_is_the_next_one_s(three):
    three[1]._claim.close()
    assert homes_in(os.environ).seat == 1


@pytest.mark.parametrize("number", [1, 7, 0xABCDEF012345, 16**12 - 1])
def test_all_workers_know_who_made_a_plan(three, number):
    for maker in three:
        maker.settle(handle(number))
        assert [worker.of(handle(number)) for worker in three] == [maker.seat] * 3


def test_of_an_unknown_plan_all_workers_think_alike_and_every_worker_has_some(three):
    seats = [{worker.of(handle(number)) for worker in three} for number in range(1, 31)]
    assert all(len(seat) == 1 for seat in seats)
    assert set.union(*seats) == {0, 1, 2}


def test_a_plan_in_another_s_slot_is_not_taken_for_it(three):
    first, second = 5, 5 + SLOTS
    maker = next(worker for worker in three if worker.seat != three[0].of(handle(first)))
    unknown = three[0].of(handle(first))
    maker.settle(handle(first))
    assert three[0].of(handle(first)) == maker.seat != unknown
    maker.settle(handle(second))
    assert three[0].of(handle(second)) == maker.seat
    assert three[0].of(handle(first)) == unknown, "as if it had never been known"


def test_the_idlest_worker_is_the_one_with_the_fewest_calls_in_hand(three):
    a, b, c = three
    assert [worker.idlest() for worker in three] == [0, 1, 2], "each itself where it is even"
    with a.call_in_hand(), a.call_in_hand(), b.call_in_hand():
        assert {worker.idlest() for worker in three} == {2}
        with c.call_in_hand(), c.call_in_hand():
            assert {worker.idlest() for worker in three} == {1}
    assert [worker.idlest() for worker in three] == [0, 1, 2]


def test_nobody_else_reaches_the_folder_and_it_is_gone_in_the_end():
    with shared_by(2):
        folder = Path(os.environ[WORKERS].partition(":")[2])
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert homes_in(os.environ).socket_of(1).parent == folder
    assert not folder.exists()
    assert WORKERS not in os.environ


def test_a_single_worker_has_nobody_to_share_with(monkeypatch):
    with shared_by(1):
        assert homes_in(os.environ) is None
    monkeypatch.setattr(homes.os, "name", "nt")
    with shared_by(2):
        assert homes_in(os.environ) is None


@pytest.mark.skipif(sys.platform == "darwin", reason="a process of its own is enough on one system")
def test_what_one_process_notes_another_reads(three):
    import subprocess

    code = (
        "import os\nfrom icbudget.excel.server.homes import homes_in\n"
        "workers = homes_in(os.environ)\n"
        f"workers.settle({handle(9)!r})\nprint(workers.seat)"
    )
    three[2]._claim.close()
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert int(printed.stdout) == 2
    assert three[0].of(handle(9)) == 2
