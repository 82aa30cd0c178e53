"""The totals above each answer: the sums a person looks for there, as ordinary formulas over the
block and the inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from icbudget import glossary
from icbudget.answers import catalogue, risk_shared
from icbudget.answers.answer import Answer
from icbudget.plan import Plan
from icbudget.workbook import layout
from icbudget.workbook.contents import Contents
from icbudget.workbook.writing import year_totals
from icbudget.workbook.writing.answer_sheets import TOTALS_ROW, Total, block_row, sums
from icbudget.workbook.writing.formulas import Area, Figure, added, base_sum, number, text

SYSTEM = glossary.SYSTEM
_BALANCE = {
    glossary.OPEN: 1,
    glossary.INCOME: 1,
    glossary.TRANSFERS_IN: 1,
    glossary.REINVESTED: 1,
    glossary.SPEND: -1,
    glossary.TRANSFERS_OUT: -1,
    glossary.CLOSE: -1,
}
NOUGHT = "(must be nought)"


def placed(answer: Answer, contents: Contents, area: Area, room: int) -> tuple[Area, list[Total]]:
    """Return an answer put below its totals and so many rows of charts, and those totals."""
    area = Area(area.sheet, area.block, block_row(len(totals_of(answer, contents, area))) + room)
    return area, totals_of(answer, contents, area)


def totals_of(answer: Answer, contents: Contents, area: Area) -> list[Total]:
    """Return the totals above an answer; none where a sum would mean nothing."""
    build = _TOTALS.get(answer)
    return build(contents, area) if build and area.block.columns else []


def line(
    area: Area, lines: Sequence[Total], label: str, heading: str, *, here: bool = False
) -> Figure:
    """Return the cell of a line of totals in a column of the block."""
    at = next(n for n, total in enumerate(lines) if total.label == label)
    return Figure(
        area.total_cell(TOTALS_ROW + 1 + at, heading, here=here), lines[at].figures[heading].value
    )


def _label(number: int, told: str) -> Figure:
    """Return the label of a line of totals as the cell that its formulas refer to."""
    return Figure(f"$A{TOTALS_ROW + 2 + number}", told)


def _signed(area: Area, lines: Sequence[Total], signs: dict[str, int], label: str) -> Total:
    """Return a line that adds lines above it, each with its sign."""
    figures: dict[str, Figure] = {}
    for heading in area.block.columns:
        parts = [
            (line(area, lines, name, heading, here=True), sign) for name, sign in signs.items()
        ]
        figure = parts[0][0]
        for part, sign in parts[1:]:
            figure = figure + part if sign > 0 else figure - part
        figures[heading] = figure
    return Total(label, "£", figures)


def _in_base_year(plan: Plan, area: Area, label: str, figure: Figure) -> Total:
    return Total(
        label,
        "£",
        {plan.setup.base_year: figure} if plan.setup.base_year in area.block.columns else {},
    )


def _funding(contents: Contents, area: Area) -> list[Total]:
    lines = sums(area, "kind", (glossary.CONTRIBUTION, glossary.DEDUCTION, glossary.IN_KIND), "£")
    lines.append(
        Total(
            glossary.INCOME_AND_KIND,
            "£",
            {c: area.sum(c, here=True) for c in area.block.columns},
        )
    )
    plan = contents.plan
    told = base_income(contents, _label(0, glossary.CONTRIBUTION), _label(1, glossary.DEDUCTION))
    lines.append(_in_base_year(plan, area, "Income, from the Funding sheet", told))
    first, at = TOTALS_ROW + 2 + len(lines), len(lines)
    for place, pool in enumerate(plan.pools):
        pool_ids = layout.column_reference("pools", "id")
        label = f'INDEX({pool_ids},ROWS($A${first}:$A{first + place}))&""'
        figures = {
            c: area.sum(c, here=True, pool=_label(at + place, pool.id)) for c in area.block.columns
        }
        lines.append(Total(Figure(label, pool.id), "£", figures))
    return lines


def _phasing(contents: Contents, area: Area) -> list[Total]:
    quarters = tuple(f"Quarter {number}" for number in (1, 2, 3, 4))
    lines = sums(area, "quarter", quarters, "£")
    lines.append(Total("Instalments", "£", {c: area.sum(c, here=True) for c in area.block.columns}))
    signs = {"Instalments": 1, **dict.fromkeys(quarters, -1)}
    return [*lines, _signed(area, lines, signs, f"Instalments − quarters {NOUGHT}")]


def base_income(contents: Contents, contribution: Figure, deduction: Figure) -> Figure:
    """Return contributions less deductions of the base year, from the Funding sheet; the two
    figures name the kinds.
    """
    plan = contents.plan
    if not contents.has_column("contributions", "kind"):
        return base_sum(plan, "contributions")
    return base_sum(plan, "contributions", kind=contribution) - base_sum(
        plan, "contributions", kind=deduction
    )


def pool_income(contents: Contents, pool: Figure) -> Figure:
    """Return contributions less deductions of one pool in the base year, from the Funding sheet;
    the figure names the pool.
    """
    plan = contents.plan
    if not contents.has_column("contributions", "kind"):
        return base_sum(plan, "contributions", pool=pool)
    given, taken = (
        base_sum(plan, "contributions", pool=pool, kind=text(kind))
        for kind in ("contribution", "deduction")
    )
    return given - taken


def own_spending(plan: Plan) -> Figure:
    """Return the spending of the base year, from the Schemes sheet, on schemes that name no
    programme.
    """
    return base_sum(plan, "schemes", programme=text(""))


def _schemes(contents: Contents, area: Area) -> list[Total]:
    whole = Total(
        "Spending on schemes", "£", {c: area.sum(c, here=True) for c in area.block.columns}
    )
    own = Total(
        "Of it, schemes that name no programme",
        "£",
        {c: area.sum_blank(c, "programme", here=True) for c in area.block.columns},
    )
    return [
        whole,
        own,
        _in_base_year(
            contents.plan, area, "The same, from the Schemes sheet", own_spending(contents.plan)
        ),
    ]


def _balance(contents: Contents, area: Area) -> list[Total]:
    lines = sums(area, "figure", (*_BALANCE, glossary.OF_IT_INTEREST, glossary.IN_KIND), "£")
    put_in = {glossary.INCOME: 1, glossary.OF_IT_INTEREST: -1, glossary.IN_KIND: 1}
    lines.append(_signed(area, lines, put_in, glossary.INCOME_AND_KIND))
    return [*lines, _signed(area, lines, _BALANCE, f"Open + all in − all out − close {NOUGHT}")]


def _minimums(contents: Contents, area: Area) -> list[Total]:
    lines = sums(area, "figure", (glossary.VALUE, glossary.LIMIT, glossary.GAP), "£")
    lines.append(
        _signed(
            area,
            lines,
            {glossary.VALUE: 1, glossary.LIMIT: -1, glossary.GAP: -1},
            f"Value − limit − gap {NOUGHT}",
        )
    )
    below = {
        c: area.count_below(c, here=True, figure=_label(2, glossary.GAP))
        for c in area.block.columns
    }
    return [*lines, Total("Minimums that are not met", "number", below)]


def _tests(contents: Contents, area: Area) -> list[Total]:
    words = ("Pass", "Fail", "Over-committed", "Unallocated", "Does not apply")
    return [
        Total(
            word,
            "number",
            {c: area.count(c, _label(n, word), here=True) for c in area.block.columns},
        )
        for n, word in enumerate(words)
    ]


def _acute(contents: Contents, area: Area) -> list[Total]:
    return sums(
        area,
        "figure",
        (
            glossary.DO_NOTHING_PAYMENT,
            glossary.PLAN_PAYMENT,
            glossary.DO_NOTHING_COST,
            glossary.PLAN_COST,
        ),
        "£",
    )


def _release(contents: Contents, area: Area) -> list[Total]:
    figures = (
        glossary.CONTRACT_SAVING,
        glossary.GROSS_RELEASE,
        glossary.REPLACEMENT_COST,
        glossary.NET_RELEASE,
        glossary.STRANDED_COST,
        glossary.REPLACEMENT_MARGIN,
    )
    lines = sums(area, "figure", figures, "£")
    # Lines that activity moves to are counted too, so the sum is net of what is paid for them.
    lines[0] = Total(
        glossary.CONTRACT_SAVING_NET,
        "£",
        {
            c: area.sum(c, here=True, figure=text(glossary.CONTRACT_SAVING))
            for c in area.block.columns
        },
    )
    net = {glossary.GROSS_RELEASE: 1, glossary.REPLACEMENT_COST: -1, glossary.NET_RELEASE: -1}
    left = {
        glossary.CONTRACT_SAVING_NET: 1,
        glossary.NET_RELEASE: -1,
        glossary.STRANDED_COST: -1,
        glossary.REPLACEMENT_MARGIN: 1,
    }
    return [
        *lines,
        _signed(area, lines, net, f"Gross release − replacement − net release {NOUGHT}"),
        _signed(area, lines, left, f"Saving − net release − stranded + margin {NOUGHT}"),
    ]


def _reallocate(contents: Contents, area: Area) -> list[Total]:
    return sums(
        area, "figure", (glossary.MOVED_INTO_POOL, glossary.COST_IN_FULL, glossary.PAID), "£"
    )


def _bridge(contents: Contents, area: Area) -> list[Total]:
    steps = (
        glossary.BASE,
        glossary.DO_NOTHING,
        glossary.PLAN,
        glossary.FUNDING,
        glossary.GAP_OF_YEAR,
        glossary.GAP_TO_DATE,
    )
    lines = [
        Total(
            step,
            "£",
            {
                c: area.sum(c, here=True, partner=text(SYSTEM), step=_label(n, step))
                for c in area.block.columns
            },
        )
        for n, step in enumerate(steps)
    ]
    lines.append(
        _signed(
            area,
            lines,
            {glossary.PLAN: 1, glossary.FUNDING: -1, glossary.GAP_OF_YEAR: -1},
            f"Plan − funding − gap of the year {NOUGHT}",
        )
    )
    whole = {c: area.sum(c, here=True, partner=text(SYSTEM)) for c in area.block.columns}
    apart = {c: area.sum(c, here=True) - whole[c] - whole[c] for c in area.block.columns}
    return [*lines, Total(f"Partners − whole system {NOUGHT}", "£", apart)]


def _partners(contents: Contents, area: Area) -> list[Total]:
    lines: list[Total] = []
    for figure in (glossary.PUT_INTO_POOLS, glossary.GAIN):
        at = len(lines)
        every = {c: area.sum(c, here=True, figure=_label(at, figure)) for c in area.block.columns}
        whole = {
            c: area.sum(c, here=True, figure=_label(at, figure), partner=text(SYSTEM))
            for c in area.block.columns
        }
        lines.append(Total(figure, "£", whole))
        lines.append(
            Total(
                f"{figure}: partners − whole {NOUGHT}",
                "£",
                {c: every[c] - whole[c] - whole[c] for c in every},
            )
        )
    return lines


def _risk_share(contents: Contents, area: Area) -> list[Total]:
    parts = (
        risk_shared.NOT_ELIGIBLE,
        *dict.fromkeys(risk_shared.FIGURES.values()),
        risk_shared.UNSHARED,
    )
    lines = sums(area, "figure", (risk_shared.VARIANCE, *parts), "£")
    signs = {risk_shared.VARIANCE: 1, **dict.fromkeys(parts, -1)}
    lines.append(_signed(area, lines, signs, f"Variance − shares − not shared {NOUGHT}"))
    for label in (risk_shared.VARIANCE, risk_shared.SHARE):
        to_date = f"{label}, {risk_shared.TO_DATE}"
        lines += sums(area, "figure", (to_date,), "£", len(lines))
        lines.append(_years_so_far(area, lines, label, to_date))
    lines += sums(area, "figure", (risk_shared.PART,), "%", len(lines))
    lines.append(_whole_parts(area, lines))
    return lines


def _years_so_far(area: Area, lines: Sequence[Total], label: str, to_date: str) -> Total:
    """Return the years of a line added up, less the line that says what they come to."""
    columns = area.block.columns
    first = line(area, lines, label, columns[0], here=True).formula
    figures: dict[str, Figure] = {}
    for at, heading in enumerate(columns):
        last = line(area, lines, label, heading, here=True).formula
        so_far = added(line(area, lines, label, c).value for c in columns[: at + 1])
        years = Figure(f"SUM(${first}:{last})", so_far)
        figures[heading] = years - line(area, lines, to_date, heading, here=True)
    words = label.partition(" (")[0]
    return Total(f"{words}: years added up − {risk_shared.TO_DATE} {NOUGHT}", "£", figures)


def _whole_parts(area: Area, lines: Sequence[Total]) -> Total:
    """Return how far the parts by the rule are from whole steps: each step's make 100 %, or none
    where it takes nothing of anybody.
    """
    figures: dict[str, Figure] = {}
    for heading in area.block.columns:
        parts = line(area, lines, risk_shared.PART, heading, here=True)
        # nine decimals, so that the noise of a third is nought and not a nought below zero
        exact = Figure(f"ROUND({parts.formula},9)", round(number(parts), 9))
        whole = Figure(f"ROUND({parts.formula},0)", round(number(parts), 0))
        figures[heading] = exact - whole
    return Total(f"{risk_shared.PART}: all steps − whole steps {NOUGHT}", "%", figures)


def _gain_share(contents: Contents, area: Area) -> list[Total]:
    received = {
        c: area.sum(c, here=True, figure=text(glossary.RECEIVED)) for c in area.block.columns
    }
    return [Total(f"Received − paid over, all partners {NOUGHT}", "£", received)]


_TOTALS: dict[Answer, Callable[[Contents, Area], list[Total]]] = {
    catalogue.INCOME: _funding,
    catalogue.INSTALMENTS: _phasing,
    catalogue.SPENDING: _schemes,
    catalogue.BALANCES: _balance,
    catalogue.MINIMUM_SPEND: _minimums,
    catalogue.RULE_TESTS: _tests,
    catalogue.ACTIVITY: _acute,
    catalogue.CASH_RELEASED: _release,
    catalogue.REALLOCATION: _reallocate,
    catalogue.BRIDGE: _bridge,
    catalogue.PARTNER_POSITIONS: _partners,
    catalogue.GAIN_SHARED: _gain_share,
    catalogue.RISK_SHARED: _risk_share,
    catalogue.MONITORING: year_totals.monitoring,
    catalogue.QUARTERLY_REPORT: year_totals.quarterly,
    catalogue.VIREMENT_LOG: year_totals.virements,
    catalogue.FORECAST_ACCURACY: year_totals.accuracy,
    catalogue.ICB_CLOSE: year_totals.close,
    catalogue.BENEFITS_BY_PROGRAMME: year_totals.benefits_by_programme,
    catalogue.BENEFITS_BY_PARTNER: year_totals.benefits_by_partner,
    catalogue.REINVESTMENT: year_totals.reinvestment,
    catalogue.MEMORANDUM_ACCOUNT: year_totals.memorandum,
    catalogue.ANNUAL_RETURN: year_totals.annual_return,
    catalogue.AGREEMENT_OF_BALANCES: year_totals.agreement,
    catalogue.SOURCE_BRIDGE: year_totals.source_bridge,
    catalogue.BOOKS_AND_VAT: year_totals.books,
}
