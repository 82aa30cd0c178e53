"""Findings, postings, draws and the rejected rows of ledgers as data frames, a row each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from icbudget.answers.answer import OVER_PLAN
from icbudget.answers.catalogue import SIMULATION
from icbudget.engine.accounts.postings import Posting
from icbudget.findings import Finding
from icbudget.frames.column_types import (
    PENCE,
    POUNDS,
    UNIT_OF_ROW,
    Money,
    in_order,
    numbers,
    pandas,
    texts,
    whole_numbers,
)
from icbudget.plan.unread_cells import NotKnown

if TYPE_CHECKING:
    import pandas as pd

    from icbudget.engine.uncertainty.simulate import Simulation
    from icbudget.ledger_import.imported_ledger import Ledger

_SEVERITIES = ("error", "warning", "note")
_PLACES = ("workbook", "sheet", "cell", "table", "row", "column")


def _amounts(pence: Sequence[int | None], money: Money) -> Any:
    """Return amounts as a column: float64 pounds, or whole pence, Int64."""
    if money == PENCE:
        return whole_numbers(pence)
    return numbers([None if amount is None else amount / 100 for amount in pence])


def _attributes(
    id: str, title: str, column: str, money: Money, basis: str
) -> dict[str, str | dict[str, str]]:
    """Return what the attributes of a frame with one column of amounts say."""
    unit = PENCE if money == PENCE else POUNDS
    return {"id": id, "title": title, "units": {column: unit}, "basis": {column: basis}}


def findings_frame(findings: Iterable[Finding], *, money: Money = "pounds") -> pd.DataFrame:
    """Return findings as a frame, one a row.

    Columns: `id`, `severity` (an ordered category, errors first), `where`, `message`, `fix`,
    `effect` in £ (`effect_pence` with `money="pence"`), and the place apart (`workbook`, `sheet`,
    `cell`, `table`, `row`, `column`). A finding without an effect in money has none.
    """
    records = [finding.as_record() for finding in findings]

    def words(name: str) -> Any:
        return texts([record[name] for record in records], blank="")

    effect = "effect_pence" if money == PENCE else "effect"
    pence = [finding_pence(record["effect_pence"]) for record in records]
    columns = {
        "id": words("id"),
        "severity": in_order([str(record["severity"]) for record in records], _SEVERITIES),
        **{name: words(name) for name in ("where", "message", "fix")},
        effect: _amounts(pence, money),
        **{name: words(name) for name in _PLACES},
    }
    frame = pandas().DataFrame(columns)
    frame.attrs = _attributes("findings", "Findings", effect, money, "as the message says")
    return frame


def finding_pence(value: str | int | None) -> int | None:
    """Return the effect of a finding's record, whole pence; None where it has none."""
    return None if value is None else int(value)


def postings_frame(
    postings: Sequence[Posting], plan_years: Sequence[str], *, money: Money = "pounds"
) -> pd.DataFrame:
    """Return the ledger as a frame, one posting a row, `Amount` in £ (or `Pence`).

    See `icbudget.engine.accounts.postings`. `Basis` says what an amount stands on, and `Rests on`
    which figures of the plan are behind it. A label that does not apply is a blank text.
    """

    def words(field: str) -> Any:
        return texts([getattr(posting, field) for posting in postings], blank="")

    amount = "Pence" if money == PENCE else "Amount"
    pence = [None if isinstance(p.pence, NotKnown) else p.pence for p in postings]
    columns = {
        "Year": in_order([posting.year for posting in postings], plan_years),
        "Partner": words("partner"),
        "Pool": words("pool"),
        "Source": words("source"),
        "Line": words("line"),
        "Basis": words("basis"),
        "Kind": words("kind"),
        amount: _amounts(pence, money),
        "Rests on": words("rests_on"),
    }
    frame = pandas().DataFrame(columns)
    frame.attrs = _attributes("postings", "Postings", amount, money, "Basis")
    return frame


def draws_frame(
    simulation: Simulation, plan_years: Sequence[str], *, money: Money = "pounds"
) -> pd.DataFrame:
    """Return every draw of a simulation: `Of` whom, `Figure`, `Unit`, `Year`, `Draw`, `Value`.

    Amounts are pounds; with `money="pence"` whole pence stand in `Pence` and `Value` is left to
    what is no money. `Year` is `Over the plan` for the whole plan's figure.
    """
    pd = pandas()
    order = [*plan_years, OVER_PLAN]
    parts = []
    for outcome in simulation.outcomes:
        values = simulation.of(outcome.subject, outcome.name)
        in_units = values / 100 if outcome.money else values
        part = pd.DataFrame(in_units.T, columns=pd.Index(order, name="Year"))
        part.index.name = "Draw"
        long = part.stack().rename("Value").reset_index()
        long.insert(0, "Unit", outcome.unit)
        long.insert(0, "Figure", outcome.name)
        long.insert(0, "Of", outcome.subject)
        parts.append(long)
    frame = pd.concat(parts, ignore_index=True)
    frame["Year"] = in_order(frame["Year"], order)
    frame = frame.astype({"Of": "str", "Figure": "str", "Unit": "str", "Draw": "int64"})
    units = {"Value": UNIT_OF_ROW}
    if money == PENCE:
        in_pounds = frame["Unit"] == POUNDS
        # A draw is worked out in pence, not always whole ones: a half goes to the even penny.
        pence = (frame["Value"] * 100).round().where(in_pounds)
        frame["Pence"] = pence.astype("Int64")
        frame["Value"] = frame["Value"].mask(in_pounds)
        units["Pence"] = PENCE
    basis = dict.fromkeys(units, SIMULATION.basis)
    frame.attrs = {"id": "draws", "title": "Draws", "units": units, "basis": basis}
    return frame


def rejects_frame(ledgers: Sequence[Ledger], *, money: Money = "pounds") -> pd.DataFrame:
    """Return the rejected rows of ledgers: `Ledger`, `Line`, `Why`, `Amount` in £ (or `Pence`).

    Behind them stand the row's own cells, as text like the export has them. The amount is missing
    where it could not be read. A heading of the export that is one of the first four has
    ` (export)` behind it.
    """
    own = {"Ledger", "Line", "Why", "Amount", "Pence"}
    rejects = [(ledger, reject) for ledger in ledgers for reject in ledger.rejects]
    exported: list[dict[str, str]] = []
    headings: dict[str, None] = {}
    for ledger in ledgers:
        named = [
            f"{heading} (export)" if heading in own else heading for heading in ledger.headings
        ]
        headings |= dict.fromkeys(named)
        for reject in ledger.rejects:
            exported.append(dict(zip(named, reject.cells, strict=False)))
    amount = "Pence" if money == PENCE else "Amount"
    columns = {
        "Ledger": texts([ledger.name for ledger, _ in rejects], blank=""),
        "Line": whole_numbers([reject.line for _, reject in rejects]),
        "Why": texts([reject.reason for _, reject in rejects], blank=""),
        amount: _amounts([reject.pence for _, reject in rejects], money),
        **{heading: texts([row.get(heading) for row in exported]) for heading in headings},
    }
    frame = pandas().DataFrame(columns)
    frame.attrs = _attributes("rejects", "Rejects", amount, money, "as the export has it")
    return frame
