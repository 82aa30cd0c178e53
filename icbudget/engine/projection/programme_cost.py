"""What prevention programmes cost."""

from __future__ import annotations

import numpy as np

from icbudget.engine.projection.structure import Figures
from icbudget.engine.rounding import Floats


def running_cost(figures: Figures) -> Floats:
    """Return each programme's running cost in full by year, draws × years × programmes, £.

    `(fixed(t) + people(t) × unit cost) × cost index × (1 + optimism bias on cost)`; nothing in the
    base year. Source: model §6.
    """
    base = figures.fixed_cost + figures.people * figures.unit_cost[:, np.newaxis]
    cost: Floats = base * figures.cost_level
    if figures.optimism_cost.any():
        cost = cost * (1.0 + figures.optimism_cost[:, np.newaxis])
    cost[:, 0] = 0.0
    return cost
