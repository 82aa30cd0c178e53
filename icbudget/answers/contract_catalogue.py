"""The answers about forms: capitated contracts beside the plan's own, and integration."""

from __future__ import annotations

from icbudget.answers.answer import BY_YEAR, NOMINAL, PLANNED, Answer, made_by
from icbudget.plan.modules import DEALS

CAPITATION_SETTLED = Answer(
    id="capitation-settled",
    title="Capitation settled",
    help="Capitated sums: paid, cost, corridor, and who holds what is left",
    module=DEALS,
    lines=made_by("capitated_contracts.capitations"),
    labels=("capitation", "figure"),
    columns=(BY_YEAR,),
    basis=f"{PLANNED}; beside the plan's contracts",
    report="contracts",
)
WHAT_FORMS_REWARD = Answer(
    id="what-forms-reward",
    title="What forms reward",
    help="What the plan is worth to each side under four forms of contract",
    module=DEALS,
    lines=made_by("capitated_contracts.form_rewards"),
    labels=("capitation", "contract", "in_words", "figure"),
    columns=(BY_YEAR,),
    basis=f"{NOMINAL}, plan against do nothing",
    report="contracts",
)
FORMS_OF_INTEGRATION = Answer(
    id="forms-of-integration",
    title="Forms of integration",
    help="What each partner bears, may move and keeps under each form of integration",
    module=DEALS,
    lines=made_by("integration.integration"),
    labels=("form", "partner", "figure"),
    columns=(BY_YEAR,),
    basis=f"{NOMINAL}, after settlement, against do nothing",
    together=True,
    runs_again=True,
    opens=True,
)
