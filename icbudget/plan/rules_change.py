"""A plan under the lists of another rules year.

What a funding source, scheme type or provider is called now.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from icbudget import reference
from icbudget.findings import Finding, Place, error, note, warning
from icbudget.plan.columns import Column, Kind, Noun, columns_of
from icbudget.plan.plan import TABLES, Plan, PlanTable


def under_rules(plan: Plan, rules_year: str) -> tuple[Plan, list[Finding]]:
    """Return the plan with every listed value as the later rules year calls it.

    With it stands what must be decided locally.

    Two sources that became one stay two lines of it, the second under the next free line number and
    named after what it was: the NHS minimum of 2025-26 starts from the minimum of 2024-25 and the
    ICB discharge funding, the Local Authority Better Care Grant from the iBCF and the councils'
    discharge funding (nationally 2,140 + 500 = 2,640, £m). No amount changes. Source: PB §7 rule 3;
    the crosswalk's rows say how sure each step is.
    """
    known = reference.rules_years()
    was = plan.setup.rules_year
    if rules_year not in known or rules_year < was:
        later = "; ".join(year for year in known if year > was)
        message = f"A plan of {was} cannot be put under the rules of “{rules_year}”."
        return plan, [
            error("rules.year", message, f"Use one of: {later or 'none is later'}.", _setup())
        ]
    findings: list[Finding] = []
    tables = {name: _rows(plan, table, rules_year, findings) for name, table in TABLES.items()}
    if plan.scenarios and was != rules_year:
        message = (
            "Scenarios name figures by their funding source; paths of sources that changed their"
            " name lead nowhere now."
        )
        findings.append(
            note(
                "rules.scenarios",
                message,
                "Check the paths on Scenarios, and write the new names of sources.",
                Place(table="scenarios", column="path"),
            )
        )
    setup = plan.setup.model_copy(update={"rules_year": rules_year})
    return plan.model_copy(update={"setup": setup, **tables}), findings


def _setup() -> Place:
    return Place(table="setup", column="rules_year")


def _rows(
    plan: Plan, table: PlanTable, rules_year: str, findings: list[Finding]
) -> tuple[Noun, ...]:
    taken: set[str] = set()
    rows: list[Noun] = []
    for row in getattr(plan, table.field):
        changed = _renamed(plan, table, row, rules_year, findings)
        key = table.key_of(changed)
        if key in taken and "line" in table.key:
            line = next(
                n
                for n in range(1, len(taken) + 2)
                if table.key_of(changed.model_copy(update={"line": n})) not in taken
            )
            update: dict[str, Any] = {"line": line}
            if not getattr(row, "name", "x"):
                update["name"] = f"{getattr(row, 'source', '')} until {plan.setup.rules_year}"
            changed = changed.model_copy(update=update)
        elif key in taken:
            message = (
                f"{table.label} {key.replace('|', ', ')} is there twice under the rules of"
                f" {rules_year}; the first is kept."
            )
            fix = "Add what the second held to the first."
            place = Place(table=table.field, row=key, column=table.key[0])
            findings.append(warning("rules.merged", message, fix, place))
            continue
        taken.add(table.key_of(changed))
        rows.append(changed)
    return tuple(rows)


def _renamed(
    plan: Plan, table: PlanTable, row: Noun, rules_year: str, findings: list[Finding]
) -> Noun:
    was = plan.setup.rules_year
    update: dict[str, Any] = {}
    for column in columns_of(table.noun):
        value = getattr(row, column.field)
        if not column.choice_list or not value or column.choice_list == "sub_type":
            continue
        several = column.kind is Kind.REFERENCES
        renamed: list[str] = []
        for each in value if several else (value,):
            now, why = _called_now(column, each, row, was, rules_year)
            # A needed cell keeps what it holds, so that its row stays in the plan.
            renamed += [now or (each if column.required else "")]
            if not now:
                message = (
                    f"{column.label} “{each}” of {was} has no single match in {rules_year}. {why}."
                )
                key = table.key_of(row.model_copy(update=update))
                place = Place(table=table.field, row=key, column=column.field)
                fix = "Choose one from the list."
                findings.append(warning("rules.decide", message, fix, place))
        becomes = tuple(name for name in dict.fromkeys(renamed) if name) if several else renamed[0]
        if becomes != value:
            update[column.field] = becomes
    if _loses_sub_type(row, update, rules_year):
        update["sub_type"] = ""
    return row.model_copy(update=update) if update else row


def _called_now(
    column: Column, value: str, row: Noun, was: str, rules_year: str
) -> tuple[str, str]:
    """Return what a listed value is called under the later rules, or why nobody can say."""
    if column.choice_list == "scheme_type":
        # Several scheme types were split by their sub-types.
        sub_type = getattr(row, "sub_type", "")
        return reference.scheme_type_crosswalk(value, sub_type, was, rules_year)
    return reference.crosswalk(column.choice_list, value, was, rules_year)


def _loses_sub_type(row: Noun, update: Mapping[str, Any], rules_year: str) -> bool:
    """Return whether a row's sub-type is of a list, and of none that its scheme type has now."""
    sub_type = getattr(row, "sub_type", "")
    kind = update.get("scheme_type", getattr(row, "scheme_type", ""))
    if not reference.listed_in("sub_type", sub_type):
        return False
    return sub_type not in reference.sub_types(kind, rules_year)


WHY_IT_MATTERS = {
    "rules.decide": (
        "The old scheme type has become several. Which one it is decides what may pay for it."
    ),
    "rules.merged": (
        "Two funding sources have become one. Their amounts belong together, or half of the"
        " money is missing."
    ),
    "rules.scenarios": (
        "A scenario still changes figures by a source's old name, so it changes nothing."
    ),
    "rules.year": "There are no rules for that year, so nothing could be tested.",
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
