"""The hosts a function is asked through: the registry, xlwings' own Windows code, xlwings Server
over HTTP, a cell of Calc.
"""

from __future__ import annotations

import inspect
import json

from icbudget.excel.all_functions import functions
from icbudget.excel.coerce import InputProblem
from icbudget.excel.worksheet_function import run
from tests.programs.classic import MISSING, FakeCom, FakeRange

MODULE = "icbudget.excel.classic"


class Refused(Exception):
    """A host gave an error value; the message is what the function said."""


def plugged_functions():
    """Return every function of the registry as Calc takes it."""

    def plug(function):
        def called(*arguments):
            if function.repeats:  # Calc gives what repeats as one list
                arguments = (*arguments[:-1], *(arguments[-1] or ()))
            return run(function, arguments)

        called.spills = True
        called.__signature__ = inspect.Signature([parameter(a) for a in function.arguments])
        return called

    def parameter(argument):
        kind = inspect.Parameter
        return kind(
            argument.name, kind.VAR_POSITIONAL if argument.repeats else kind.POSITIONAL_OR_KEYWORD
        )

    return {id: plug(function) for id, function in functions().items()}


class Registry:
    """Asks `run` itself."""

    name = "run"

    def ask(self, id, *arguments):
        try:
            return run(functions()[id], arguments)
        except InputProblem as problem:
            raise Refused(str(problem)) from None


class Classic:
    """Asks as VBA does: ranges as COM objects, what is left out as VBA's own sign for it."""

    name = "classic"

    def __init__(self):
        self.com = FakeCom(MODULE)

    def ask(self, id, *arguments):
        given = [
            FakeRange(a) if isinstance(a, list) else MISSING if a is None else a for a in arguments
        ]
        left_out = [] if functions()[id].repeats else [MISSING]
        left_out *= len(functions()[id].arguments) - len(given)
        try:
            answer = self.com.call(id, *given, *left_out)
        except Exception as error:
            raise Refused(str(error).removeprefix(f"{id}: ")) from None
        rows = answer if isinstance(answer, list) else [[answer]]
        return rows if isinstance(rows[0], list) else [rows]


class Http:
    """Asks the real server as the add-in does: every argument a matrix, what is left out null, an
    error as a typed value.
    """

    name = "server"

    def __init__(self, server):
        self.server = server

    def ask(self, id, *arguments):
        given = [
            None if a is None else self._typed(a if isinstance(a, list) else [[a]])
            for a in arguments
        ]
        fixed = len(functions()[id].arguments)
        if functions()[id].repeats:  # Excel gives what repeats as one list
            given = [*given[: fixed - 1], given[fixed - 1 :]]
        status, _, body = self.server.call(id, given + [None] * (fixed - len(given)))
        if status != 200:
            raise Refused(body.decode().removeprefix(f"{id}: "))
        return json.loads(body)["result"]

    def _typed(self, rows):
        def one(cell):
            error = (
                isinstance(cell, str) and cell.startswith("#") and cell.endswith(("!", "?", "A"))
            )
            return {"type": "Error", "basicValue": cell, "basicType": "Error"} if error else cell

        return [[one(cell) for cell in row] for row in rows]


class Cells:
    """Asks in a sheet of Calc: puts the arguments into cells and reads the cells of the answer."""

    name = "calc"

    def __init__(self, calc):
        self.calc = calc

    def ask(self, id, *arguments):
        sheet = self.calc.new()
        told, column = [], 1
        for argument in arguments:
            rows = argument if isinstance(argument, list) else [[argument]]
            last = _cell(len(rows) - 1, column + len(rows[0]) - 1)
            sheet.set_values("Sheet1", f"{_cell(0, column)}:{last}", rows)
            told.append(
                ""
                if argument is None
                else _cell(0, column) + (f":{last}" if isinstance(argument, list) else "")
            )
            column += len(rows[0]) + 1
        formula = f"={id}({';'.join(told)})"
        sheet.set_formula("Sheet1", _cell(0, column), formula)
        shown = sheet.value("Sheet1", _cell(0, column))
        call = self.calc.calls[-1]
        try:
            if call.error:
                assert shown == "#VALUE!"
                raise Refused(call.error.strip().splitlines()[-1].split(": ", 1)[1])
            block = f"{_cell(0, column)}:{_cell(len(call.result) - 1, column + len(call.result[0]) - 1)}"
            sheet.set_formula("Sheet1", block, formula)
            return sheet.values("Sheet1", block)
        finally:
            sheet.close()


def _cell(row, column):
    letters = ""
    number = column
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row + 1}"
