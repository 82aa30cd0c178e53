"""Answers at the end of the year.

They are memorandum account, annual return, agreed balances, bridge of sources, books and VAT.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from icbudget import glossary, money
from icbudget.answers.amounts import pounds
from icbudget.answers.block import Cell, Lines, Row
from icbudget.answers.case import Case
from icbudget.answers.returns import pooled_funds
from icbudget.answers.risk_shared import FIGURES, NOT_ELIGIBLE, UNSHARED
from icbudget.engine.accounts import year_end
from icbudget.engine.accounts.outturn import Entry
from icbudget.engine.accounts.successors import hosts_in
from icbudget.engine.accounts.year_end import Memorandum, memoranda
from icbudget.plan.partner import Partner
from icbudget.plan.partner_record import OTHER_SIDE, PartnerRecord
from icbudget.plan.scheme import Scheme

POUNDS, THOUSANDS, ROUNDING = "£", "£000", "Rounding"
_KEPT = {
    **FIGURES,
    "unshared": UNSHARED,
    "not eligible": NOT_ELIGIBLE,
    year_end.KEPT: "Balance kept, no variance of the year",
}
_SIGNS = {"Brought forward": 1, "Funding": 1, "Expenditure": -1}
PenceByLine = dict[str, list[int]]
"""Pence by year of each line of an account."""


def memorandum(case: Case) -> Lines:
    """Return the memorandum account of every pool, in £ and in £000.

    Each year stands beside the year before.

    Brought forward + funding − expenditure = net = Σ shares = Σ carried forward by holder. In £000
    every section has a line that says what rounding leaves, so that it adds up as printed.
    Source: model §9.1, PB §1.4.
    """
    rows: list[Row] = []
    for pool, accounts in memoranda(case.answered).items():
        basis = tuple(account.basis for account in accounts)
        rows.append(
            Row((pool, "", "Basis", "What the year rests on: plan, forecast or outturn"), "", basis)
        )
        status = next(row.pooling_status for row in case.plan.pools if row.id == pool)
        if status != "pooled":
            words = f"{status.replace('_', ' ')}: not a pooled fund"
            labels = (pool, "", "Status", "Shown beside the pooled funds")
            rows.append(Row(labels, "", (words,) * len(accounts)))
        sections = _sections(case, accounts, pooled=status == "pooled")
        for unit in (POUNDS, THOUSANDS):
            rows += [
                Row((pool, unit, *labels), unit, values)
                for labels, values in _printed(sections, unit)
            ]
    shows = (
        "Brought forward + funding − expenditure = net = shares = carried forward by holder; a"
        " surplus is positive. In £000 each section has its rounding line."
    )
    return Lines(shows, tuple(rows), case.plan.years)


def _sections(
    case: Case, accounts: Sequence[Memorandum], *, pooled: bool
) -> dict[str, tuple[PenceByLine, str]]:
    """Return each section's lines by year, pence, and what its total is called."""
    partners = {p.id: p for p in case.plan.partners}

    def lines(entries: Sequence[tuple[Entry, ...]], name: object) -> PenceByLine:
        by_label: PenceByLine = {}
        for t, year_entries in enumerate(entries):
            for entry in year_entries:
                by_label.setdefault(name(entry), [0] * len(accounts))[t] += entry.pence  # type: ignore[operator]
        return {label: pence for label, pence in by_label.items() if any(pence)}

    def giver(entry: Entry) -> str:
        return f"{partners[entry.partner].name}: {entry.name}" if entry.partner else entry.name

    def bearer(entry: Entry) -> str:
        return partners[entry.partner].name if entry.partner else _KEPT[entry.name]

    held = {
        id: [sum(e.pence for e in a.holders if e.partner == id) for a in accounts]
        for id in partners
    }

    def holder(entry: Entry) -> str:
        if not entry.partner:
            return f"Assumed: {entry.name}"
        if not pooled:
            return f"In the books of {partners[entry.partner].name}"
        return (
            f"Held by {partners[entry.partner].name}"
            f" ({_held_as(partners[entry.partner], held[entry.partner])})"
        )

    return {
        "Brought forward": ({"Balance brought forward": [a.opening for a in accounts]}, ""),
        "Funding": (
            lines([a.income for a in accounts], giver),
            "Total funding provided to the pooled budget",
        ),
        "Expenditure": (
            lines([a.spending for a in accounts], lambda entry: entry.name),
            "Total expenditure",
        ),
        "Shared": (lines([a.shares for a in accounts], bearer), "Total shared"),
        "Carried forward": (
            lines([a.holders for a in accounts], holder),
            "Balance carried forward",
        ),
    }


def _held_as(partner: Partner, pence: Sequence[int]) -> str:
    """Return what the host's accounts call a partner's part of the balance.

    Below zero the partner owes it.
    """
    # A council's part is its own reserve; what another body is owed is a creditor of the host.
    if partner.kind in ("council", "district"):
        return "reserve"
    if max(pence) <= 0:
        return "debtor"
    return "creditor" if min(pence) >= 0 else "creditor, debtor below zero"


def _printed(
    sections: dict[str, tuple[PenceByLine, str]], unit: str
) -> Iterator[tuple[tuple[str, str], tuple[Cell, ...]]]:
    """Yield the lines of an account in £ or £000, sections in order.

    The net result stands between expenditure and shares.
    """
    years = range(len(next(iter(sections["Brought forward"][0].values()))))
    net = [0] * len(years)
    printed_net: list[int] = [0] * len(years)
    of_year: list[int] = [0] * len(years)
    for section, (lines, total) in sections.items():
        sums = [sum(pence[t] for pence in lines.values()) for t in years]
        rounded, rounding, wholes = _rounded(lines, sums, unit)
        for label, values in rounded.items():
            yield (section, label), _in_unit(values, unit)
        if total:
            if unit == THOUSANDS:
                yield (section, ROUNDING), _in_unit(rounding, unit)
            yield (section, total), _in_unit(wholes, unit)
        sign = _SIGNS.get(section, 0)
        net = [n + sign * s for n, s in zip(net, sums, strict=True)]
        printed_net = [n + sign * s for n, s in zip(printed_net, wholes, strict=True)]
        if section != "Brought forward":
            of_year = [n + sign * s for n, s in zip(of_year, wholes, strict=True)]
        if section == "Expenditure":
            # Of the totals as printed, so that a reader adds the net of the year up from the page.
            yield ("Net", glossary.NET_OF_YEAR), _in_unit(of_year, unit)
            _, _, whole_net = _rounded({}, net, unit)
            if unit == THOUSANDS:
                both = zip(whole_net, printed_net, strict=True)
                left = [exact - printed for exact, printed in both]
                yield ("Net", ROUNDING), _in_unit(left, unit)
            yield ("Net", glossary.NET_WITH_BALANCE), _in_unit(whole_net, unit)


def _rounded(
    lines: PenceByLine, sums: list[int], unit: str
) -> tuple[PenceByLine, list[int], list[int]]:
    if unit == POUNDS:
        return lines, [0] * len(sums), sums
    rounded: PenceByLine = {label: [] for label in lines}
    rounding: list[int] = []
    wholes: list[int] = []
    for t, total_pence in enumerate(sums):
        of_year = [pence[t] for pence in lines.values()]
        thousands, left, total = year_end.in_thousands(of_year, total_pence)
        for label, amount in zip(rounded, thousands, strict=True):
            rounded[label].append(amount)
        rounding.append(left)
        wholes.append(total)
    return rounded, rounding, wholes


def _in_unit(values: Sequence[int], unit: str) -> tuple[Cell, ...]:
    return pounds(list(values)) if unit == POUNDS else tuple(values)


def annual_return(case: Case) -> Lines:
    """Return the annual return to each partner, £ by year.

    It has the income of, and expenditure from, each pooled fund.

    The 2000 Regulations ask the host for it. For every partner: its own contributions and those of
    the others, what its money and theirs paid for, the result, its share of it, and what is held
    for it at the year's end. Source: model §9.1, PB §1.2.
    """
    # The law asks for a return of pooled funds alone (SI 2000/617 reg 7).
    pooled = pooled_funds(case.plan)
    years_of_pools = {
        pool: [_year_of_pool(case, pool, t, account) for t, account in enumerate(accounts)]
        for pool, accounts in memoranda(case.answered).items()
        if pool in pooled
    }
    rows: list[Row] = []
    for partner in case.plan.partners:
        for pool, years in years_of_pools.items():
            rows += _return(partner.id, pool, years)
    shows = (
        "Income of, and expenditure from, each pooled fund for each of its partners (SI 2000/617)."
        " A surplus is positive."
    )
    return Lines(shows, tuple(rows), case.plan.years)


@dataclass(frozen=True, slots=True)
class _YearOfPool:
    """A year of a pool as every partner's return has it, and what of it is whose, pence."""

    opening: int
    came: int
    went: int
    surplus: int
    income: Mapping[str, Sequence[Entry]]
    paid: Mapping[str, int]
    share: Mapping[str, int]
    held: Mapping[str, int]


def _year_of_pool(case: Case, pool: str, t: int, account: Memorandum) -> _YearOfPool:
    """Return a year of a pool, worked out once for the returns of all its partners."""
    went = sum(e.pence for e in account.spending)
    income: dict[str, list[Entry]] = {}
    for entry in account.income:
        income.setdefault(entry.partner, []).append(entry)
    return _YearOfPool(
        account.opening,
        sum(e.pence for e in account.income),
        went,
        account.surplus,
        income,
        year_end.funded(case.answered, pool, t, went),
        _by_partner(account.shares),
        _by_partner(account.holders),
    )


def _by_partner(entries: Iterable[Entry]) -> dict[str, int]:
    total: dict[str, int] = {}
    for entry in entries:
        total[entry.partner] = total.get(entry.partner, 0) + entry.pence
    return total


def _return(partner: str, pool: str, years: Sequence[_YearOfPool]) -> Iterator[Row]:
    own: dict[str, list[int]] = {}
    figures: dict[tuple[str, str], list[int]] = {}

    def add(section: str, line: str, pence: int) -> None:
        figures.setdefault((section, line), []).append(pence)

    for t, year in enumerate(years):
        of_partner = year.income.get(partner, ())
        for entry in of_partner:
            own.setdefault(entry.name, [0] * len(years))[t] += entry.pence
        own_income = sum(e.pence for e in of_partner)
        paid = year.paid[partner]
        add("Brought forward", "Balance brought forward", year.opening)
        add("Income", "Other partners and other money", year.came - own_income)
        add("Income", "Total income of the pool", year.came)
        add("Expenditure", "Paid for by this partner's money", paid)
        add("Expenditure", "Paid for by other money", year.went - paid)
        add("Expenditure", "Total expenditure of the pool", year.went)
        add("Result", glossary.NET_OF_YEAR, year.came - year.went)
        add("Result", glossary.NET_WITH_BALANCE, year.surplus)
        add("Result", "This partner's share", year.share.get(partner, 0))
        add("Result", "Held for this partner at the year end", year.held.get(partner, 0))
    written = [
        figures["Expenditure", "Paid for by this partner's money"],
        figures["Result", "This partner's share"],
        *own.values(),
    ]
    if not any(any(pence) for pence in written):
        return
    opening = figures.pop(("Brought forward", "Balance brought forward"))
    lines = {("Income", f"This partner: {name}"): values for name, values in own.items()}
    for (section, line), values in {
        ("Brought forward", "Balance brought forward"): opening,
        **lines,
        **figures,
    }.items():
        yield Row((partner, pool, section, line), POUNDS, pounds(values))


def pairs(
    records: Sequence[PartnerRecord],
) -> dict[tuple[str, str, str, str, str], list[int | None]]:
    """Return both sides' records in pence; None where a side has none.

    By (year, pool, kind, who receives, who pays).
    """
    pence_by_pair: dict[tuple[str, str, str, str, str], list[int | None]] = {}
    for row in records:
        receives = row.kind in OTHER_SIDE
        is_balance = row.kind in ("receivable", "payable")
        kind = "Balance at the year end" if is_balance else "Income and expenditure of the year"
        sides = (row.partner, row.counterparty) if receives else (row.counterparty, row.partner)
        both = pence_by_pair.setdefault((row.year, row.pool, kind, *sides), [None, None])
        both[0 if receives else 1] = money.to_pence(row.amount)
    return pence_by_pair


def agreement(case: Case) -> Lines:
    """Return the agreement of balances, £.

    It has what the one that receives has, what the one that pays has, and the difference.

    Beside the year's income from a partner stands what the plan has it contribute to the host.
    Source: model §9.1.
    """
    rows = []
    for (year, pool, kind, receives, pays), (one, other) in pairs(
        case.plan.partner_records
    ).items():
        difference = None if one is None or other is None else (one - other) / 100
        due = _due(case, year, pool, receives, pays) if kind.startswith("Income") else None
        amounts = tuple(None if pence is None else pence / 100 for pence in (one, other))
        rows.append(Row((year, pool, kind, receives, pays), POUNDS, (*amounts, difference, due)))
    shows = (
        "Both partners' records of what one owes or paid the other. A difference must be agreed"
        " before the accounts close."
    )
    return Lines(shows, tuple(rows))


def _due(case: Case, year: str, pool: str, receives: str, pays: str) -> float | None:
    if hosts_in(case.plan, year).get(pool) != receives or year not in case.plan.years:
        return None
    # What is given in kind is owed by nobody: it is used in its year.
    account = memoranda(case.answered)[pool][case.plan.years.index(year)]
    return sum(e.pence for e in account.income if e.partner == pays and e.name != "In kind") / 100


def source_bridge(case: Case) -> Lines:
    """Return how the income of each source moved from year to year, £.

    By pool and funding source; it adds up to the penny. Source: model §9.1.
    """
    rows: list[Row] = []
    result = case.answered
    kinds = {(c.pool, c.source, c.in_kind) for c in case.plan.contributions}
    for (a, (pool, source)), in_kind in product(enumerate(result.rules.accounts), (False, True)):
        if (pool, source, in_kind) not in kinds and (in_kind or result.rules.only_in_kind[a]):
            continue
        source_steps = year_end.source_steps(result, a, in_kind=in_kind)
        source = f"{source}, in kind" if in_kind else source
        before: tuple[Cell, ...] = (None, *(last / 100 for last, _, _ in source_steps[1:]))
        rows.append(Row((pool, source, glossary.COMING_IN_BEFORE), POUNDS, before))
        for step in year_end.STEPS:
            if any(steps.get(step) for _, steps, _ in source_steps):
                by_year = (None, *(steps[step] / 100 for _, steps, _ in source_steps[1:]))
                rows.append(Row((pool, source, step), POUNDS, by_year))
        coming_in = pounds([now for _, _, now in source_steps])
        rows.append(Row((pool, source, glossary.COMING_IN), POUNDS, coming_in))
    shows = (
        "Movements of each funding source from year to year: what rolled forward, what was set,"
        " what was one-off."
    )
    return Lines(shows, tuple(rows), case.plan.years)


def books(case: Case) -> Lines:
    """Return what each partner books for each scheme line, and its VAT, £.

    By accounting basis, and under each lead body. Source: PB §1.3, §1.5.
    """
    rows: list[Row] = []
    for n, scheme in enumerate(case.plan.schemes):
        rows += _books(case, n, scheme)
    shows = (
        "What each partner's accounts show for a scheme line with an accounting basis, and the VAT"
        " of a line with a VAT rate: what cannot be recovered, and what another lead body would"
        " make the line cost."
    )
    return Lines(shows, tuple(rows), case.plan.years)


def _books(case: Case, n: int, scheme: Scheme) -> Iterator[Row]:
    result, years = case.answered, range(len(case.plan.years))
    basis = (scheme.accounting_basis or "not decided").replace("_", " ")

    def row(partner: str, figure: str, pence: Sequence[int]) -> Row:
        return Row(
            (scheme.id, str(scheme.line), basis, partner, figure), POUNDS, pounds(list(pence))
        )

    if scheme.accounting_basis:
        bookings = [year_end.booked(result, n, t) for t in years]
        for partner in (p.id for p in case.plan.partners if any(p.id in year for year in bookings)):
            nothing = year_end.Booked(0, 0)
            booked = [year.get(partner, nothing) for year in bookings]
            yield row(partner, "Gross expenditure", [b.gross for b in booked])
            if any(b.income for b in booked):
                yield row(partner, "Income from partners", [b.income for b in booked])
                yield row(partner, "Net expenditure", [b.net for b in booked])
    if scheme.vat_rate:
        lead = year_end.lead_of(case.plan, scheme)
        own = [year_end.vat(result, n, t) for t in years]
        yield row(lead, "Cost before VAT", [v.net for v in own])
        yield row(lead, "VAT charged", [v.charged for v in own])
        yield row(lead, "VAT that cannot be recovered", [v.lost for v in own])
        for other in case.plan.partners:
            if other.id != lead and other.kind in ("icb", "council", "district"):
                changed = [year_end.vat(result, n, t, other.id).cost - own[t].cost for t in years]
                yield row(other.id, "More cost if it led instead", changed)
