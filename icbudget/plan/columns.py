"""What a column of a plan table is.

One definition serves headings, notes, drop-downs, JSON Schema and reading.

A noun declares each field with `column(...)`. `columns_of(noun)` returns the declarations in order.
Nothing else in the product says what a field is called or what unit it has.

A noun's module has no `from __future__ import annotations`: pydantic would compile the text of each
of 700 annotations anew at every start.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from functools import cache
from itertools import chain
from types import UnionType
from typing import (
    Annotated,
    Any,
    ClassVar,
    Literal,
    NamedTuple,
    TypeVar,
    Union,
    get_args,
    get_origin,
)

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from icbudget import money, years


class Kind(StrEnum):
    """What a cell of a column holds."""

    TEXT = "text"
    CHOICE = "choice"
    REFERENCE = "reference"
    REFERENCES = "references"
    MONEY = "money"
    PRICE = "price"
    NUMBER = "number"
    FRACTION = "fraction"
    WHOLE = "whole number"
    YES_NO = "yes or no"
    YEAR = "financial year"
    YEARS = "financial years"
    DATE = "date"


class Role(StrEnum):
    """What a column's value is in law and in arithmetic, which says which hash it is part of."""

    FIGURE = "figure"
    """It changes an answer, or is one of the choices that the agreement is about."""
    TERM = "term"
    """Words that partners agree, such as a clause or a consent."""
    WORDS = "words"
    """Names, notes and what people call things."""
    VIEW = "view"
    """What is looked at or drawn: month monitored, draws, seed. It changes no agreed figure."""
    RECORD = "record"
    """What is recorded once the plan is agreed, such as the day on which its deed was signed."""
    SOURCE = "source"
    """Where the figures of the row come from."""


WITH_ITS_TABLE = "with its table"
"""Said of a column that stands in a workbook wherever its table does."""
PROVENANCE = "Provenance"
"""The group of columns that say where the figures of a row come from."""

V = TypeVar("V")


class ByYear(dict[str, V]):
    """Values keyed by financial year, in year order; it cannot be changed once made."""

    def _refuse(self, *_: object, **__: object) -> None:
        raise TypeError("a plan is a frozen value; lay a scenario over it instead")

    __setitem__ = __delitem__ = clear = update = setdefault = _refuse  # type: ignore[assignment]
    pop = popitem = __ior__ = _refuse  # type: ignore[assignment]

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(self.items()))


def _by_year(values: Mapping[str, V]) -> ByYear[V]:
    return ByYear({years.year(y): values[y] for y in sorted(values, key=lambda y: years.year(y))})


def _whole_pence(amount: Decimal) -> Decimal:
    pence = money.to_pence(amount)
    if abs(pence) >= 10**15:
        raise ValueError("an amount of £10 trillion or more cannot be right")
    return money.to_pounds(pence)


def _json_number(amount: Decimal) -> int | float:
    return int(amount) if amount == amount.to_integral_value() else float(amount)


Money = Annotated[
    Decimal,
    Field(json_schema_extra={"type": "number"}),
    AfterValidator(_whole_pence),
    PlainSerializer(_json_number, return_type=float | int, when_used="json"),
]
Year = Annotated[str, AfterValidator(years.year)]
MoneyByYear = Annotated[Mapping[str, Money], AfterValidator(_by_year)]
NumberByYear = Annotated[Mapping[str, float], AfterValidator(_by_year)]


def _fixed_values(annotation: Any) -> list[str]:
    """Return the values of a `Literal`, also of one that may be None; none of anything else."""
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    if get_origin(annotation) in (Union, UnionType):
        return list(chain.from_iterable(map(_fixed_values, get_args(annotation))))
    return []


class Noun(BaseModel):
    """A row of a plan table: frozen, with no field that is not declared."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        str_strip_whitespace=True,
        allow_inf_nan=False,
        defer_build=True,  # a noun is made ready when its first row is read: few plans use all
    )

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Give each column's definition the values that its annotation fixes."""
        super().__pydantic_init_subclass__(**kwargs)
        for declared in cls.model_fields.values():
            extra = declared.json_schema_extra
            if isinstance(extra, dict) and "x-icbudget" in extra:
                definition: dict[str, Any] = extra["x-icbudget"]  # type: ignore[assignment]
                definition["choices"] = _fixed_values(declared.annotation)

    further: ClassVar[frozenset[str]] = frozenset()
    """Inherited columns that a new workbook does not show, though other tables open with them."""
    stands_after: ClassVar[Mapping[str, str]] = {}
    """The field that each shared field stands after in this noun's table; a noun that takes fields
    from a mixin says it, so that no heading moves."""


class Column(NamedTuple):
    """One declared column.

    It has its field, heading, kind of value, unit, help, and what may stand in it.
    """

    field: str
    label: str
    kind: Kind
    help: str
    unit: str
    by_year: bool
    required: bool
    default: Any
    choices: tuple[str, ...]
    choice_list: str
    table: str
    group: str
    role: Role = Role.FIGURE
    unless: str = ""
    """Another field of the row: where that is filled in, this one may be blank although it is
    needed.
    """
    opens: str = ""
    """When a new workbook shows the column: `WITH_ITS_TABLE`, or a module that brings it in.

    Blank: only when it is asked for, or when the plan has a value there.
    """

    @property
    def heading(self) -> str:
        """Return the heading people see: the label, with its unit in brackets where it has one."""
        return f"{self.label} ({self.unit})" if self.unit else self.label


_UNITS = {Kind.MONEY: "£", Kind.PRICE: "£ a unit", Kind.FRACTION: "%", Kind.YES_NO: "Yes/No"}


def column(
    label: str,
    kind: Kind,
    help: str,
    *,
    default: Any = PydanticUndefined,
    unit: str | None = None,
    by_year: bool = False,
    choice_list: str = "",
    table: str = "",
    group: str = "",
    role: Role | None = None,
    unless: str = "",
    opens: bool | str = False,
    **limits: Any,
) -> Any:
    """Return a pydantic field that carries the column's definition.

    Values fixed by the model are the field's own annotation, a `Literal`, and stand nowhere else;
    `choice_list` names a list kept by rules year; `table` names the plan table whose key a
    reference must match; `role` says whether the value is a
    figure, a term or words where its kind does not: text is words, all else a figure; `unless`
    names a field that may fill in for a needed one; `opens` says whether a new workbook shows the
    column, or which module brings it in; `limits` are pydantic's own (`ge`, `le`, `gt`,
    `min_length` ...).
    """
    definition: dict[str, Any] = {
        "label": label,
        "kind": str(kind),
        "unit": _UNITS.get(kind, "") if unit is None else unit,
        "by_year": by_year,
        "choices": [],
        "choice_list": choice_list,
        "table": table,
        "group": group,
        "role": str(role or _role(kind, group)),
        "unless": unless,
        "opens": WITH_ITS_TABLE if opens is True else opens or "",
    }
    held: dict[str, Any] = {"default_factory": ByYear} if by_year else {"default": default}
    return Field(
        title=label,
        description=help,
        json_schema_extra={"x-icbudget": definition},
        **held,
        **limits,
    )


def _role(kind: Kind, group: str) -> Role:
    if group == PROVENANCE:
        return Role.SOURCE
    return Role.WORDS if kind is Kind.TEXT else Role.FIGURE


def _column(name: str, declared: FieldInfo) -> Column | None:
    extra = declared.json_schema_extra
    if not isinstance(extra, dict) or "x-icbudget" not in extra:
        return None
    definition: dict[str, Any] = extra["x-icbudget"]  # type: ignore[assignment]
    required = declared.is_required()
    return Column(
        field=name,
        label=definition["label"],
        kind=Kind(definition["kind"]),
        help=declared.description or "",
        unit=definition["unit"],
        by_year=definition["by_year"],
        required=required,
        default=None if required else declared.get_default(call_default_factory=True),
        choices=tuple(definition["choices"]),
        choice_list=definition["choice_list"],
        table=definition["table"],
        group=definition["group"],
        role=Role(definition["role"]),
        unless=definition["unless"],
        opens=definition["opens"],
    )


@cache
def columns_of(noun: type[BaseModel]) -> tuple[Column, ...]:
    """Return the declared columns of a noun in the order people see them.

    That is the order of its fields, a shared field where the noun places it, and where the figures
    come from last.
    """
    declared = {name: _column(name, field) for name, field in noun.model_fields.items()}
    placed: Mapping[str, str] = getattr(noun, "stands_after", {})
    names = [name for name, column in declared.items() if column and name not in placed]
    for name, before in placed.items():
        names.insert(names.index(before) + 1, name)
    further: frozenset[str] = getattr(noun, "further", frozenset())
    columns = [
        column._replace(opens="") if name in further else column
        for name in names
        if (column := declared[name]) is not None
    ]
    # Sorting is stable: all other columns keep their order.
    return tuple(sorted(columns, key=lambda c: c.group == PROVENANCE))


def limits_of(noun: type[BaseModel], field: str) -> dict[str, float]:
    """Return the limits that a field declares: at least (`ge`, `gt`) and at most (`le`, `lt`)."""
    limits: dict[str, float] = {}
    for rule in noun.model_fields[field].metadata:
        for name in ("ge", "gt", "le", "lt"):
            if hasattr(rule, name):
                limits[name] = float(getattr(rule, name))
    return limits
