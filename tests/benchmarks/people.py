"""People at their workbooks: each changes a figure, has Excel recalculate, and checks what comes
back.

After an edit Excel calls `ICB_PLAN` with all tables, then every function cell that takes the plan,
six at a time as a browser does, then those that take the plan as tried on What-if. People pause
between edits, and these do not: so it is more than as many people ask.
"""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from icbudget.workbook.layout import PLAN, TRIED
from tests.benchmarks.function_cells import FunctionCell, FunctionCells
from tests.excel.server.running import Server

AT_ONCE = 6
"""Connections of one Excel: what its browser opens to a server at most."""
SIGN_OF_LIFE = ("ICB_UPLIFT", [[[0]], [[0]], None])
"""What a cell of Checks asks to see whether Python answers."""


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


@dataclass(frozen=True, slots=True)
class Workbook:
    """A plan's tables by argument, and the function cells of the workbook that holds them."""

    tables: dict[str, Any]
    cells: FunctionCells


class Person(threading.Thread):
    """One person with a plan of their own, who changes the first line of Funding."""

    def __init__(
        self, server: Server, workbook: Workbook, number: int, until: float, told: Told
    ) -> None:
        super().__init__(daemon=True)
        self.server, self.number, self.until, self.told = server, number, until, told
        self.tables = json.loads(json.dumps(workbook.tables))
        self.cells = workbook.cells
        self.excel = ThreadPoolExecutor(AT_ONCE)
        self.connections = threading.local()
        headings, self.line, *_ = rows = self.tables["contributions"]
        self.column = headings.index("Base amount (£)")
        self.base = float(self.line[self.column])
        pool, source = (headings.index(name) for name in ("Pool", "Source of funding"))
        self.stream = (self.line[pool], self.line[source])
        of_stream = [row for row in rows[1:] if (row[pool], row[source]) == self.stream]
        self.others = sum(float(row[self.column] or 0) for row in of_stream) - self.base

    def run(self) -> None:
        """Recalculate until the time is up; what is under way then is left unfinished."""
        turn = 0
        while time.monotonic() < self.until:
            turn += 1
            mine = self.change(turn)
            start = time.monotonic()
            done = self.recalculate(mine)
            took = self.told.recalculations if done else self.told.unfinished
            took.append(time.monotonic() - start)
        self.excel.shutdown()

    def change(self, turn: int) -> float:
        """Type a few pounds more into the first line of Funding, and return what stands there: no
        two turns of any two people are alike. So little more makes nothing of the plan trivial.
        """
        mine = round(self.base + self.number + turn % 100 / 100, 2)
        self.line[self.column] = mine
        return mine

    def recalculate(self, mine: float) -> bool:
        """Ask what every function cell asks, and return whether time was left for all."""
        handle = self.excel.submit(self.plan).result()
        alive = self.excel.submit(self.call, *SIGN_OF_LIFE)
        answers = self.ask_all(handle, self.cells.of(PLAN))
        alive.result()
        self.see(answers, mine)
        if self.cells.tried:
            tried = self.excel.submit(self.try_nothing, handle, answers).result()
            self.ask_all(tried, self.cells.of(TRIED))
        return time.monotonic() < self.until

    def ask_all(
        self, handle: str, cells: Iterable[FunctionCell]
    ) -> dict[FunctionCell, list[list[Any]]]:
        """Return what function cells of a plan answer."""
        waiting = {cell: self.excel.submit(self.ask, handle, cell) for cell in cells}
        return {cell: answer.result() for cell, answer in waiting.items()}

    def see(self, answers: dict[FunctionCell, list[list[Any]]], mine: float) -> None:
        """See that the income of the line's pool and source is what its lines come to."""
        balances = answers[FunctionCell("ICB_TABLE", PLAN, (("Balances",),))]
        if not balances:
            return
        headings = balances[0]
        pool, source, figure, unit = map(headings.index, ("Pool id", "Source", "Figure", "Unit"))
        of_stream = [row for row in balances if (row[pool], row[source]) == self.stream]
        income = next(row for row in of_stream if row[figure] == "Income")
        expected = round(self.others + mine, 2)
        if income[unit + 1] == expected:
            self.told.own.add(self.number)
        else:
            self.told.foreign.append(f"person {self.number} expects {expected}: {income}")

    def plan(self) -> str:
        """Have the plan made of the tables as they stand, and return its handle."""
        given = [table for table in self.tables.values() if table is not None]
        rows = self.call("ICB_PLAN", [given])
        return str(rows[0][0]) if rows else ""

    def try_nothing(self, handle: str, answers: dict[FunctionCell, list[list[Any]]]) -> str:
        """Return the plan as tried, where each figure of What-if is used as it is in the plan."""
        used: dict[str, Any] = {"": 0}
        for cell, rows in answers.items():
            if cell.id == "ICB_FIGURE" and len(cell.words) == 1 and rows:
                used[cell.words[0][0]] = rows[0][0]
        names = [[name] for name in self.cells.tried]
        values = [[used.get(name)] for name in self.cells.tried]
        rows = self.call("ICB_WITH", [[[handle]], names, values])
        tried = str(rows[0][0]) if rows else ""
        if rows and None not in (used.get(name) for name in self.cells.tried) and tried != handle:
            self.told.foreign.append(f"person {self.number} tried nothing at {handle}: {tried}")
        return tried

    def ask(self, handle: str, cell: FunctionCell) -> list[list[Any]]:
        """Return what a function cell of the plan answers; nothing once time is up."""
        if time.monotonic() >= self.until:
            return []
        words: list[Any] = [[[text] for text in texts] for texts in cell.words]
        asked = [[[handle]], *words]
        if cell.id == "ICB_FIGURE":  # Excel sends words that repeat as one list
            asked = [[[handle]], words[0], words[1:]]
        missed = self.told.missed.count(self.number)
        rows = self.call(cell.id, asked, again=True)
        if self.told.missed.count(self.number) > missed:
            # All people of a server for one machine are one owner, of whom the store keeps 200
            # plans. As the add-in does, the plan is entered anew and the answer asked once more.
            self.plan()
            rows = self.call(cell.id, asked)
        return rows

    def call(self, id: str, arguments: list[Any], again: bool = False) -> list[list[Any]]:
        """Return what a function answers; no rows where it failed, which is written down."""
        asked = {"func_name": id, "args": arguments, "version": "", "runtime": "1.4"}
        start = time.monotonic()
        try:
            status, body = self.answer(json.dumps(asked).encode())
        except (OSError, http.client.HTTPException) as fault:
            self.told.errors.append(f"{id}: {fault!r}")
            return []
        self.told.calls.append(time.monotonic() - start)
        if again and status == 400 and b"is not kept any more" in body:
            self.told.missed.append(self.number)
            return []
        if status != 200:
            self.told.errors.append(f"{id}: {status} {body[:200]!r}")
            return []
        rows: list[list[Any]] = json.loads(body)["result"]
        return rows

    def answer(self, body: bytes) -> tuple[int, bytes]:
        """Return status and body of the answer to a call, over a connection that stays open.

        The server closes one that was idle for half a minute; then, as a browser does, the call is
        made over a new one.
        """
        connection = getattr(self.connections, "own", None)
        head = {"Host": "localhost", "Content-Type": "application/json"}
        for opened in (connection is None, True):
            if opened:
                connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=300)
                self.connections.own = connection
            try:
                connection.request("POST", "/xlwings/custom-functions-call", body, head)
                answer = connection.getresponse()
                return answer.status, answer.read()
            except ConnectionError:
                connection.close()
                if opened:
                    raise
        raise AssertionError("a call is answered or fails")


def fill(server: Server, workbook: Workbook, people: int, plans_each: int) -> None:
    """Bring the server to where it is on a busy day, all kept that may be: everybody asks all
    answers of so many plans.
    """

    def ask(number: int) -> None:
        told = Told()
        person = Person(server, workbook, number, float("inf"), told)
        for turn in range(-plans_each, 0):
            person.recalculate(person.change(turn))
        person.excel.shutdown()
        assert told.errors == []
        assert told.foreign == []

    with ThreadPoolExecutor(people) as crowd:
        list(crowd.map(ask, range(people)))


def recalculate(server: Server, workbook: Workbook, people: int, seconds: float) -> Told:
    """Let so many people, each with a plan of their own, recalculate at once for so many seconds."""
    told, until = Told(), time.monotonic() + seconds
    crowd = [Person(server, workbook, number, until, told) for number in range(people)]
    for person in crowd:
        person.start()
    for person in crowd:
        person.join()
    return told
