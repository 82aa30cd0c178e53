"""The dated, sourced tables that the product ships: rates, unit costs, areas, grants, lists and
evidence.

Each table is a CSV file in `tables/`; `catalogue.csv` names it with its publisher, vintage and
licence, and `source.csv` holds the title, address and vintage behind every row. A row's status says
how far to trust it: published, derived, forecast, judgement, `background-unconfirmed` (known, but
not seen at its source) or `not verified` (blank). The functions for uplift and efficiency leave the
last two out, so that no plan is filled with them silently; `rows` gives everything.
"""

from __future__ import annotations

from icbudget.reference.areas import (
    Area,
    AreaIcb,
    CareOutcome,
    Grant,
    area_icbs,
    areas,
    care_outcome,
    close_areas,
    find_area,
    grants,
)
from icbudget.reference.choice_lists import choices, listed_in, rules_years, standing, sub_types
from icbudget.reference.evidence_library import (
    LIBRARY,
    chance_of_no_effect,
    evidence,
    evidence_row,
    find_evidence,
    finding_of_studies,
    has_adverse_study,
    of_interval,
    optimism_bias,
    studies,
)
from icbudget.reference.loader import UNCONFIRMED, Row, Source, TableVersion, rows, source, versions
from icbudget.reference.national_figures import (
    QalyValue,
    UnitCost,
    age_bands,
    correlation_default,
    cost_uplift,
    discount_bands,
    efficiency,
    gdp_deflator,
    population_growth,
    qaly_values,
    uncertainty_default,
    unit_costs,
)
from icbudget.reference.rules_year import (
    FundingSource,
    Office,
    ReturnColumn,
    applies,
    conditions,
    crosswalk,
    districts,
    eligible_schemes,
    funding_sources,
    offices,
    return_columns,
    scheme_type_crosswalk,
    statutory_rule,
)

__all__ = [
    "LIBRARY",
    "UNCONFIRMED",
    "Area",
    "AreaIcb",
    "CareOutcome",
    "FundingSource",
    "Grant",
    "Office",
    "QalyValue",
    "ReturnColumn",
    "Row",
    "Source",
    "TableVersion",
    "UnitCost",
    "age_bands",
    "applies",
    "area_icbs",
    "areas",
    "care_outcome",
    "chance_of_no_effect",
    "choices",
    "close_areas",
    "conditions",
    "correlation_default",
    "cost_uplift",
    "crosswalk",
    "discount_bands",
    "districts",
    "efficiency",
    "eligible_schemes",
    "evidence",
    "evidence_row",
    "find_area",
    "find_evidence",
    "finding_of_studies",
    "funding_sources",
    "gdp_deflator",
    "grants",
    "has_adverse_study",
    "listed_in",
    "of_interval",
    "offices",
    "optimism_bias",
    "population_growth",
    "qaly_values",
    "return_columns",
    "rows",
    "rules_years",
    "scheme_type_crosswalk",
    "source",
    "standing",
    "statutory_rule",
    "studies",
    "sub_types",
    "uncertainty_default",
    "unit_costs",
    "versions",
]
