"""Changes laid over a plan."""

from icbudget.plan.columns import Kind, Noun, column


class ScenarioChange(Noun):
    """One change of a scenario: which figure, what instead, and why."""

    scenario: str = column(
        "Scenario",
        Kind.TEXT,
        "Name of the scenario",
        min_length=1,
        opens=True,
    )
    order: int = column(
        "Order",
        Kind.WHOLE,
        "Changes are laid over the plan in this order",
        ge=1,
        opens=True,
    )
    path: str = column(
        "Path",
        Kind.TEXT,
        "Figure that changes, such as programmes/falls/effect or indices/cuf/rates[2027/28]. A row"
        " may be added, such as contract_changes/NEL|2027/28/contract, if the scenario fills in"
        " every needed cell of it",
        min_length=1,
        opens=True,
    )
    value: str = column(
        "Value",
        Kind.TEXT,
        "What it becomes",
        opens=True,
    )
    reason: str = column(
        "Reason",
        Kind.TEXT,
        "Why this value is tried",
        default="",
        opens=True,
    )
