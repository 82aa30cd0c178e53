"""What prevention programmes cost."""

from __future__ import annotations

import numpy as np

from icbudget.engine.rounding import Floats
from icbudget.engine.structure import Figures


def running_cost(figures: Figures) -> Floats:
    """Return each programme's running cost in full by year, draws × years × programmes, £.

    `(fixed(t) + people(t) × unit cost) × cost index × (1 + optimism bias on cost)`; nothing in the base year.
    Source: model §6.
    """
    base = figures.fixed_cost + figures.people * figures.unit_cost[:, np.newaxis]
    cost = base * figures.cost_level * (1.0 + figures.optimism_cost[:, np.newaxis])
    cost = np.array(np.broadcast_to(cost, np.broadcast_shapes(cost.shape)))
    cost[:, 0] = 0.0
    return cost


def full_cost(figures: Figures) -> Floats:
    """Return running cost, double running and exit cost together, draws × years × programmes, £."""
    return running_cost(figures) + figures.double_running + figures.exit_cost
