"""People at their workbooks: each changes a figure, has the server recalculate the template, and
checks what comes back.

Each person has one connection and asks one function after the other, as fast as the server answers.
Excel asks several at once, and people pause: so this is more calls in the same time than as many
people make, and fewer at one moment.
"""

from __future__ import annotations

import http.client
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from icbudget.answers.catalogue import ANSWERS as EVERY_ANSWER
from icbudget.answers.catalogue import INCOME
from tests.excel.server.running import Server

ANSWERS = [answer.title for answer in EVERY_ANSWER if answer.opens or answer is INCOME]
"""The answers of the workbook that a person opens, and Income, which shows whose figure came back.
"""


@dataclass(slots=True)
class Told:
    """What all people saw: seconds of each call and of each whole recalculation, errors, and
    answers that were somebody else's.

    `unfinished`: seconds that the recalculations had taken which were not done when time was up.
    `missed`: the people whose plan was not kept any more and was entered anew.
    `own`: the people who saw their own figure come back.
    """

    calls: list[float] = field(default_factory=list)
    recalculations: list[float] = field(default_factory=list)
    unfinished: list[float] = field(default_factory=list)
    own: set[int] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    missed: list[int] = field(default_factory=list)


class Person(threading.Thread):
    """One person with a plan of their own: the tables, and where in Funding its first base amount
    stands.
    """

    def __init__(
        self, server: Server, tables: dict[str, Any], number: int, until: float, told: Told
    ) -> None:
        super().__init__(daemon=True)
        self.server, self.number, self.until, self.told = server, number, until, told
        self.tables = json.loads(json.dumps(tables))
        self.column = self.tables["contributions"][0].index("Base amount (£)")
        self.base = float(self.tables["contributions"][1][self.column])

    def run(self) -> None:
        """Recalculate until the time is up; what is under way then is left unfinished."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=120)
        turn = 0
        while time.monotonic() < self.until:
            turn += 1
            mine = self.change(turn)
            start = time.monotonic()
            handle = self.plan(connection)
            for title in ANSWERS:
                if time.monotonic() >= self.until:
                    self.told.unfinished.append(time.monotonic() - start)
                    break
                self.ask(connection, handle, title, mine)
            else:
                self.told.recalculations.append(time.monotonic() - start)
        connection.close()

    def change(self, turn: int) -> float:
        """Type a few pounds more into the first line of Funding, and return what stands there: no
        two turns of any two people are alike. So little more makes nothing of the plan trivial.
        """
        mine = round(self.base + self.number + turn % 100 / 100, 2)
        self.tables["contributions"][1][self.column] = mine
        return mine

    def plan(self, connection: http.client.HTTPConnection) -> str:
        """Have the plan made of the tables as they stand, and return its handle."""
        given = [table for table in self.tables.values() if table is not None]
        rows = self.call(connection, "ICB_PLAN", [given])
        return str(rows[0][0]) if rows else ""

    def ask(
        self, connection: http.client.HTTPConnection, handle: str, title: str, mine: float
    ) -> None:
        """Ask for one answer of the plan as it stands, and see that no error and nobody else's
        figure comes back.
        """
        asked = [[[handle]], [[title]], None]
        missed = self.told.missed.count(self.number)
        rows = self.call(connection, "ICB_TABLE", asked, again=True)
        if self.told.missed.count(self.number) > missed:
            # All people of a server for one machine are one owner, of whom the store keeps 60
            # plans. As the add-in does, the plan is entered anew and the answer asked once more.
            self.plan(connection)
            rows = self.call(connection, "ICB_TABLE", asked)
        if rows and title == "Income":
            if mine in rows[1]:
                self.told.own.add(self.number)
            else:
                self.told.foreign.append(f"person {self.number} gave {mine} and got {rows[1]}")

    def call(
        self,
        connection: http.client.HTTPConnection,
        id: str,
        arguments: list[Any],
        again: bool = False,
    ) -> list[list[Any]]:
        """Return what a function answers; no rows where it failed, which is written down."""
        asked = {"func_name": id, "args": arguments, "version": "", "runtime": "1.4"}
        start = time.monotonic()
        try:
            head = {"Host": "localhost", "Content-Type": "application/json"}
            connection.request("POST", "/xlwings/custom-functions-call", json.dumps(asked), head)
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as fault:
            self.told.errors.append(f"{id}: {fault!r}")
            connection.close()
            return []
        self.told.calls.append(time.monotonic() - start)
        if again and answer.status == 400 and b"is not kept any more" in body:
            self.told.missed.append(self.number)
            return []
        if answer.status != 200:
            self.told.errors.append(f"{id}: {answer.status} {body[:200]!r}")
            return []
        rows: list[list[Any]] = json.loads(body)["result"]
        return rows


def fill(server: Server, plans: list[dict[str, Any]], people: int, plans_each: int) -> None:
    """Bring the server to where it is on a busy day, all kept that may be: everybody asks all
    answers of so many plans.
    """

    def ask(number: int) -> None:
        told = Told()
        person = Person(server, plans[number % len(plans)], number, 0, told)
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
        for turn in range(-plans_each, 0):
            mine = person.change(turn)
            handle = person.plan(connection)
            for title in ANSWERS:
                person.ask(connection, handle, title, mine)
        connection.close()
        assert told.errors == told.foreign == []

    with ThreadPoolExecutor(people) as crowd:
        list(crowd.map(ask, range(people)))


def recalculate(server: Server, plans: list[dict[str, Any]], people: int, seconds: float) -> Told:
    """Let so many people, of whom neighbours have different plans, recalculate at once for so many
    seconds.
    """
    told, until = Told(), time.monotonic() + seconds
    crowd = [Person(server, plans[n % len(plans)], n, until, told) for n in range(people)]
    for person in crowd:
        person.start()
    for person in crowd:
        person.join()
    return told
