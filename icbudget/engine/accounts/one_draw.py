"""A result as one of its draws has it."""

from __future__ import annotations

from dataclasses import fields, replace

from icbudget.engine.projection.reallocate import Moves
from icbudget.engine.rounding import Floats
from icbudget.engine.run import Result


def one_draw(result: Result, draw: int) -> Result:
    """Return a result with the money of one draw alone; itself where it has no other."""
    run = result.projection
    if run.figures.draws == 1 and run.moves.close.shape[0] == 1:
        return result

    def alone(values: Floats) -> Floats:
        return values[draw : draw + 1] if len(values) > 1 else values

    of_draw = {field.name: alone(getattr(run.moves, field.name)) for field in fields(Moves)}
    figures = run.figures.of_draws(slice(draw, draw + 1))
    return replace(result, projection=replace(run, moves=Moves(**of_draw), figures=figures))
