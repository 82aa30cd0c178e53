"""Which columns of a ledger are which, and which scheme or income each of its codes stands for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from icbudget.findings import Finding, Place, error
from icbudget.ledger_import.ledger_amounts import periods
from icbudget.plan import Plan, yaml_text
from icbudget.plan.columns import Year


class _Part(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, coerce_numbers_to_str=True
    )


class Columns(_Part):
    """Headings of the ledger: a code, an amount (or debit and credit), a period (or a date); the
    others may be left out.

    Of a heading that is there several times, `Amount (2)` is the second.
    """

    code: str
    amount: str = ""
    debit: str = ""
    credit: str = ""
    period: str = ""
    date: str = ""
    partner: str = ""
    accrual: str = ""

    @model_validator(mode="after")
    def _whole(self) -> Columns:
        if bool(self.amount) == bool(self.debit or self.credit):
            raise ValueError("name the column of the amount, or those of debit and credit")
        if bool(self.period) == bool(self.date):
            raise ValueError("name the column of the period, or that of the date")
        return self

    @property
    def named(self) -> dict[str, str]:
        """Return the headings that are named, by what they hold."""
        return {name: heading for name, heading in self if heading}


class SchemeLine(_Part):
    """The scheme line that a code stands for."""

    scheme: str
    line: int = 1


class Income(_Part):
    """The income that a code stands for. A ledger books income as a credit, so its sign is
    turned.
    """

    pool: str
    source: str
    partner: str = ""


class LedgerMap(_Part):
    """How to read one ledger.

    `schemes`: code → scheme, or {scheme, line}; a code that is not there is taken for a scheme's
    own id, or `id/line`. `income`: code → {pool, source, partner}. `ignore`: codes that are left
    out on purpose, such as a row of totals: `Total*` is all that begin so, `""` a row with no code.
    `accruals`: what stands in the accrual column of a row that is one. `partners`: what the ledger
    calls a partner → its id. `heading_row`: the line of the headings; without it, the first that
    has them all. `period_form`: how the ledger writes a period with its year, such as
    `{start}M{month}` (see `parsing.periods`). `control_total`: the ledger's own total in £, debits
    less credits, to be compared with what was read.
    """

    columns: Columns
    year: Year | None = None
    heading_row: int | None = Field(default=None, ge=1, le=1000)
    delimiter: str = ""
    encoding: str = ""
    date_format: str = ""
    period_form: str = ""
    schemes: dict[str, SchemeLine] = {}
    income: dict[str, Income] = {}
    ignore: tuple[str, ...] = ()
    accruals: tuple[str, ...] = ()
    partners: dict[str, str] = {}
    control_total: Decimal | None = None

    @field_validator("schemes", mode="before")
    @classmethod
    def _short(cls, told: Any) -> Any:
        """Take `code: id` for `code: {scheme: id}`."""
        if not isinstance(told, dict):
            return told
        return {
            code: line if isinstance(line, dict) else {"scheme": line}
            for code, line in told.items()
        }

    @field_validator("period_form")
    @classmethod
    def _says_the_month(cls, form: str) -> str:
        if form:
            periods(form, "2025/26")
        return form

    @field_validator("schemes", "income", "partners", mode="before")
    @classmethod
    def _codes_are_text(cls, told: Any) -> Any:
        return (
            {str(code): value for code, value in told.items()} if isinstance(told, dict) else told
        )


def read_map(text: str, name: str) -> tuple[LedgerMap | None, list[Finding]]:
    """Return the map written as YAML, and what is wrong with it; None where it cannot be used."""
    document, found, whole = yaml_text.read(text, name)
    if not whole:
        return None, found
    try:
        return LedgerMap.model_validate(document), found
    except ValidationError as refused:
        for told in refused.errors():
            where = ".".join(str(part) for part in told["loc"]) or "the map"
            said = f"{where}: {told['msg'].removeprefix('Value error, ')}."
            fix = "See “Read a ledger” in the guide: icbudget guide pool-host."
            found.append(error("ledger.map", said, fix, Place(workbook=name, column=where)))
        return None, found


def unknown_names(told: LedgerMap, plan: Plan, name: str) -> list[Finding]:
    """Return a finding for every scheme line, pool or partner of the map that the plan does not
    have; its rows are rejected.
    """
    lines = {(row.id, row.line) for row in plan.schemes}
    pools, partners = {row.id for row in plan.pools}, {row.id for row in plan.partners}
    strays = [
        (c, f"scheme {s.scheme}, line {s.line}")
        for c, s in told.schemes.items()
        if (s.scheme, s.line) not in lines
    ]
    strays += [(c, f"pool {i.pool}") for c, i in told.income.items() if i.pool not in pools]
    named = [(c, i.partner) for c, i in told.income.items() if i.partner] + list(
        told.partners.items()
    )
    strays += [(code, f"partner {partner}") for code, partner in named if partner not in partners]
    fix = "Correct the map, or add it to the plan."
    return [
        error(
            "ledger.map-unknown",
            f"The map says that {code} is {what}, which is not in the plan.",
            fix,
            Place(workbook=name),
        )
        for code, what in strays
    ]
