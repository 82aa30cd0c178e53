"""Why an agreement cannot be used: the engine leaves all of it out, and the checks say why."""

from __future__ import annotations

from typing import NamedTuple

from icbudget.plan.capitation import Capitation
from icbudget.plan.gain_share import GainShare
from icbudget.plan.risk_share import RiskShare

HUNDREDTH_OF_A_BASIS_POINT = 1e-6
"""How far shares may be off 100 %, as typed thirds are."""


class Fault(NamedTuple):
    """One reason: a stable id, the row and field at fault, what is wrong, and the fix.

    A blank fix: the nearest name of the plan is offered.
    """

    id: str
    row: RiskShare | GainShare | Capitation
    field: str
    words: str
    fix: str
