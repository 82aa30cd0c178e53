"""Which columns of a ledger are which, and which scheme or income each of its codes stands for."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from icbudget.findings import Finding, Place, error
from icbudget.ledger_import.ledger_months import date_form_fault, periods
from icbudget.plan import Plan, yaml_text
from icbudget.plan.cell_values import clean
from icbudget.plan.columns import Year

ENCODINGS = ("utf-8", "cp1252", "iso8859-1", "iso8859-15", "utf-16", "utf-16-le", "utf-16-be")
"""Encodings that a map may name, as Python calls them, with those of older systems below."""
_OLDER = ("ascii", "cp437", "cp850", "cp858", "mac-roman", "utf-8-sig")
LARGEST_TOTAL = Decimal(10) ** 13
"""No control total of a plan is £10 trillion."""


class _Part(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, coerce_numbers_to_str=True
    )


class Columns(_Part):
    """Headings of the ledger: a code, an amount (or debit and credit), a period (or a date).

    The others may be left out: `side` says of each amount whether it is a debit or a credit (D or
    C, Dr or Cr), `year` the financial year of a period. Of a heading that is there several times,
    `Amount (2)` is the second.
    """

    code: str
    amount: str = ""
    debit: str = ""
    credit: str = ""
    side: str = ""
    period: str = ""
    date: str = ""
    year: str = ""
    partner: str = ""
    accrual: str = ""

    @property
    def named(self) -> dict[str, str]:
        """Return the headings that are named, by what they hold."""
        return {name: heading for name, heading in self if heading}


class SchemeLine(_Part):
    """The scheme line that a code stands for."""

    scheme: str
    line: int = 1


class Income(_Part):
    """The income that a code stands for; a ledger books it as a credit, so its sign is turned."""

    pool: str
    source: str
    partner: str = ""


class LedgerMap(_Part):
    """How to read one ledger.

    `schemes`: code → scheme, or {scheme, line}. Only a map that names no schemes takes a code for a
    scheme's own id, or `id/line`. `income`: code → {pool, source, partner}. `ignore`: codes that
    are left out on purpose, such as a row of totals: `Total*` is all that begin so, `""` a row with
    no code, `*` the rest; a code that `schemes` or `income` names is never left out. `accruals`:
    what stands in the accrual column of a row that is one. `partners`: what the ledger calls a
    partner → its id. `year`: the financial year of periods that name none. `sheet`: the sheet of a
    workbook. `heading_row`: the line of the headings; without it, the first that has them all.
    `months_in_columns`: the headings are months, each with its amounts. `cumulative`: amounts are
    of the year to date. `period_form`: how the ledger writes a period with its year, such as
    `{start}M{month}` (see `ledger_months.periods`). `decimal_comma`: amounts are written 1.234,56;
    without it, what the whole column shows. `control_total`: the ledger's own total in £, debits
    less credits, to be compared with what was read.
    """

    columns: Columns
    year: Year | None = None
    sheet: str = ""
    heading_row: int | None = Field(default=None, ge=1, le=1000)
    delimiter: str = ""
    encoding: str = ""
    date_format: str = ""
    period_form: str = ""
    months_in_columns: bool = False
    cumulative: bool | None = None
    decimal_comma: bool | None = None
    schemes: dict[str, SchemeLine] = {}
    income: dict[str, Income] = {}
    ignore: tuple[str, ...] = ()
    accruals: tuple[str, ...] = ()
    partners: dict[str, str] = {}
    control_total: Decimal | None = Field(
        default=None, gt=-LARGEST_TOTAL, lt=LARGEST_TOTAL, allow_inf_nan=False
    )

    @model_validator(mode="before")
    @classmethod
    def _delimiter_as_typed(cls, document: Any) -> Any:
        """Keep a tab as the delimiter: every other text loses the blanks around it."""
        if isinstance(document, dict) and document.get("delimiter") in ("\t", "\\t"):
            return document | {"delimiter": "tab"}
        return document

    @field_validator("schemes", mode="before")
    @classmethod
    def _short(cls, lines: Any) -> Any:
        """Take `code: id` for `code: {scheme: id}`."""
        if not isinstance(lines, dict):
            return lines
        return {
            code: line if isinstance(line, dict) else {"scheme": line}
            for code, line in lines.items()
        }

    @field_validator("schemes", "income", "partners", mode="before")
    @classmethod
    def _codes_are_text(cls, lines: Any) -> Any:
        if not isinstance(lines, dict):
            return lines
        return {clean(str(code)): line for code, line in lines.items()}

    @field_validator("delimiter")
    @classmethod
    def _one_character(cls, delimiter: str) -> str:
        if delimiter.casefold() == "tab":
            return "\t"
        if len(delimiter) > 1 or delimiter in ('"', "\r", "\n", "\0"):
            raise ValueError("one character, or tab")
        return delimiter

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, encoding: str) -> str:
        if not encoding:
            return encoding
        try:
            name = codecs.lookup(encoding).name
        except (LookupError, ValueError):
            name = ""
        if name not in (*ENCODINGS, *_OLDER):
            raise ValueError(f"one of {', '.join(ENCODINGS)}")
        return name

    @field_validator("date_format")
    @classmethod
    def _says_the_day(cls, form: str) -> str:
        fault = date_form_fault(form) if form else ""
        if fault:
            raise ValueError(fault)
        return form

    @field_validator("period_form")
    @classmethod
    def _says_the_month(cls, form: str) -> str:
        if form:
            periods(form, "2025/26")
        return form

    @model_validator(mode="after")
    def _columns_fit(self) -> LedgerMap:
        columns = self.columns
        if self.months_in_columns:
            if len(columns.named) > 1 + bool(columns.partner) + bool(columns.year):
                raise ValueError("with months_in_columns, name only the code, partner and year")
            return self
        if bool(columns.amount) == bool(columns.debit or columns.credit):
            raise ValueError("name the column of the amount, or those of debit and credit")
        if columns.side and not columns.amount:
            raise ValueError("name the column of the amount that side is about")
        if bool(columns.period) == bool(columns.date):
            raise ValueError("name the column of the period, or that of the date")
        return self


def read_map(
    content: str | bytes | Mapping[str, Any], name: str
) -> tuple[LedgerMap | None, list[Finding]]:
    """Return the map written as YAML, and what is wrong with it; None where it cannot be used.

    Bytes are read as UTF-8, as UTF-16 where their first two say so, else as Windows writes them. A
    mapping is what the YAML would hold.
    """
    document: Any = content
    findings: list[Finding] = []
    if isinstance(content, (str, bytes)):
        text = _text_of(content) if isinstance(content, bytes) else content
        document, findings, complete = yaml_text.read(text, name)
        if not complete:
            return None, findings
    try:
        return LedgerMap.model_validate(document), findings
    except ValidationError as refused:
        for fault in refused.errors():
            where = ".".join(str(part) for part in fault["loc"]) or "the map"
            message = f"{where}: {fault['msg'].removeprefix('Value error, ')}."
            fix = "See “Read a ledger” in the guide: icbudget guide pool-host."
            findings.append(error("ledger.map", message, fix, Place(workbook=name, column=where)))
        return None, findings


def _text_of(content: bytes) -> str:
    if content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Notepad's ANSI; the few bytes it does not use become a sign that no heading holds
        return content.decode("cp1252", "replace")


def unknown_names(ledger_map: LedgerMap, plan: Plan, name: str) -> list[Finding]:
    """Return a finding for every scheme line, pool or partner that only the map has.

    Its rows are rejected.
    """
    lines = {(row.id, row.line) for row in plan.schemes}
    pools = {row.id for row in plan.pools}
    partners = {row.id for row in plan.partners}
    strays = []
    for code, line in ledger_map.schemes.items():
        if (line.scheme, line.line) not in lines:
            strays.append((code, f"scheme {line.scheme}, line {line.line}"))
    for code, income in ledger_map.income.items():
        if income.pool not in pools:
            strays.append((code, f"pool {income.pool}"))
        if income.partner and income.partner not in partners:
            strays.append((code, f"partner {income.partner}"))
    for code, partner in ledger_map.partners.items():
        if partner not in partners:
            strays.append((code, f"partner {partner}"))
    return [
        error(
            "ledger.map-unknown",
            f"The map says that {code} is {what}, which is not in the plan.",
            "Correct the map, or add it to the plan.",
            Place(workbook=name),
        )
        for code, what in strays
    ]


WHY_IT_MATTERS = {
    "ledger.map": (
        "The map decides where every pound goes. A mistake in it moves spending to the wrong"
        " scheme."
    ),
    "ledger.map-unknown": (
        "Spending would be booked to something that is not in the plan, and be missing from the"
        " right scheme."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
