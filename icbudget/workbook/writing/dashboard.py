"""The Dashboard on one page.

It has five figures, each with a sentence that names the culprit, what needs a decision, and three
charts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from icbudget import glossary
from icbudget.answers import catalogue
from icbudget.answers.pool_balances import MET_BY_NOTHING, NOT_FUNDED
from icbudget.checks.national_rules import FAIL, NOT_TESTED, OVER_COMMITTED, PASS
from icbudget.engine.accounts.bridge import ASSUMED, STATED
from icbudget.glossary import HEADINGS
from icbudget.plan import Plan
from icbudget.plan.unread_cells import NotKnown
from icbudget.workbook import layout
from icbudget.workbook.contents import Contents
from icbudget.workbook.writing.answer_sheets import Total, write_figure, write_master, write_top
from icbudget.workbook.writing.answer_totals import SYSTEM, line
from icbudget.workbook.writing.card_figures import (
    NO_FIGURE,
    all_years,
    amount,
    if_known,
    in_words,
    is_nothing,
    is_unknown,
    labels_of,
    last_column,
    least_of,
    millions,
    over_years,
    placed_total,
    sum_of,
    worst_of,
)
from icbudget.workbook.writing.chart_series import Chart, Series
from icbudget.workbook.writing.checks_sheet import Checking
from icbudget.workbook.writing.cross_checks import Placed
from icbudget.workbook.writing.decision_lines import DECISIONS_END, write_decisions
from icbudget.workbook.writing.excel_charts import WIDTH, charts_of
from icbudget.workbook.writing.formulas import (
    Area,
    Figure,
    added,
    first_that_holds,
    number,
    text,
)
from icbudget.workbook.writing.print_setup import printable
from icbudget.workbook.writing.stopped import (
    ERRORS_STOP,
    NOT_THERE,
    corner_of,
    unless_in_error,
)
from icbudget.workbook.writing.styles import Styles

_WIDTHS = (30, 2, 30, 2, 30, 2, 30, 2, 30)
"""Five cells wide, with a gap between them."""
_CARDS_ROW = 4
_CHARTS_ROW = DECISIONS_END + 2
# Two commas leave out six digits; three parts are above, below and at zero.
_MILLIONS = '"£"#,##0.0,,"m";"−£"#,##0.0,,"m";"£0.0m"'
_CHARTS_OF_A_SHIFT = (Chart.INCOME, Chart.PARTNERS, Chart.GOAL)
_CHARTS_WITHOUT_GOALS = (Chart.INCOME, Chart.PARTNERS, Chart.LEFT)
_CHARTS_OF_A_POOL = (Chart.INCOME, Chart.LEFT, Chart.BORNE)


@dataclass(frozen=True, slots=True)
class Card:
    """A figure of the Dashboard: its label, its value, how it is shown, and a sentence about it."""

    label: str
    figure: Figure
    number_format: str
    sentence: Figure
    area: Area
    """The answer that it is taken from."""


def write_dashboard(
    sheet: Any,
    book: Any,
    styles: Styles,
    contents: Contents,
    placed: Placed,
    checking: Checking,
    drawn: Mapping[Chart, Series],
) -> None:
    """Write the Dashboard: figures, decisions and charts, all on one page."""
    title = contents.plan.setup.title
    write_top(sheet, styles, layout.DASHBOARD, title)
    write_master(sheet, styles, 2, 2, checking.master)
    for at, width in enumerate(_WIDTHS):
        sheet.set_column(at, at, width)
    cards = list(_cards(contents, placed, drawn))
    if checking.live:
        cards = [_while_answered(card) for card in cards]
    _write_cards(sheet, styles, cards)
    write_decisions(sheet, styles, checking)
    wanted = _wanted_charts(contents.plan, drawn)
    series_drawn = {name: drawn[name] for name in wanted if name in drawn}
    for at, (chart, words) in enumerate(charts_of(book, series_drawn)):
        # Not moved or sized with cells (3), so that a row made higher does not stretch a chart.
        options = {"description": words, "object_position": 3, "x_offset": at * (WIDTH + 8)}
        sheet.insert_chart(_CHARTS_ROW, 0, chart, options)
    sheet.set_zoom(90)
    printable(sheet, title)
    sheet.fit_to_pages(1, 1)


def _wanted_charts(plan: Plan, drawn: Mapping[Chart, Series]) -> tuple[Chart, ...]:
    """Return the three charts that say most: of goals and positions only where there are any."""
    if Chart.GOAL in drawn and plan.goals:
        return _CHARTS_OF_A_SHIFT
    if Chart.PARTNERS in drawn and plan.programmes:
        return _CHARTS_WITHOUT_GOALS
    return _CHARTS_OF_A_POOL


def _while_answered(card: Card) -> Card:
    """Return a card that shows no figure while its answer is in error.

    A total over an answer that is not there is nought, which would read like a figure.
    """
    corner = corner_of(card.area)
    why = f'IF({layout.STOPPED}<>"",{layout.STOPPED},"{ERRORS_STOP}")'
    figure = unless_in_error(corner, card.figure.formula, f'"{NOT_THERE}"')
    sentence = unless_in_error(corner, card.sentence.formula, why)
    return replace(
        card,
        figure=Figure(figure, card.figure.value),
        sentence=Figure(sentence, card.sentence.value),
    )


def _write_cards(sheet: Any, styles: Styles, cards: list[Card]) -> None:
    # Two lines of a label: the longest has 65 letters.
    sheet.set_row(_CARDS_ROW, 30)
    sheet.set_row(_CARDS_ROW + 1, 36)
    sheet.set_row(_CARDS_ROW + 2, 75)
    for number_, card in enumerate(cards[:5]):
        column = 2 * number_
        sheet.write_string(_CARDS_ROW, column, card.label, styles.card_label)
        cell_format = styles.card_figure(card.number_format)
        write_figure(sheet, _CARDS_ROW + 1, column, card.figure, cell_format)
        write_figure(sheet, _CARDS_ROW + 2, column, card.sentence, styles.card_words)


def _cards(contents: Contents, placed: Placed, drawn: Mapping[Chart, Series]) -> Iterable[Card]:
    shift = contents.has("programmes") and catalogue.CASH_RELEASED in placed
    stated = bool(contents.plan.envelopes) and catalogue.BRIDGE in placed
    if stated:
        yield _gap(*placed[catalogue.BRIDGE])
    if catalogue.BALANCES in placed:
        yield _income(placed[catalogue.BALANCES][0])
        if not shift:
            yield _spending(contents, placed[catalogue.BALANCES][0])
        # Five figures fit; the gap leads, and what is left in the pools stands on Balances.
        if not (stated and shift):
            yield _left(contents, placed, drawn[Chart.LEFT])
    if shift:
        yield _cash(placed[catalogue.CASH_RELEASED][0])
        if catalogue.PARTNER_POSITIONS in placed:
            yield _system(contents, placed, drawn[Chart.PARTNERS])
        if catalogue.GOAL_TRACKER in placed:
            yield _goals(contents, placed)
        elif catalogue.RULE_TESTS in placed:
            yield _rules(placed)
        return
    if catalogue.RULE_TESTS in placed:
        yield _rules(placed)
    if Chart.BORNE in drawn:
        yield _borne(contents, placed, drawn[Chart.BORNE])


def _gap(area: Area, lines: Sequence[Total]) -> Card:
    """Return the gap of the whole system to date, over the plan, after settlement.

    It is the plan less the funding of all years, what is there if nothing changes and what the plan
    adds: both add up to it. It says whether a part of the funding is assumed.
    """
    last = area.block.columns[-1]
    plan, funding = (all_years(area, lines, step) for step in (glossary.PLAN, glossary.FUNDING))
    steps = (glossary.GAP_TO_DATE, glossary.GAP_TO_DATE_THERE, glossary.GAP_TO_DATE_ADDED)
    gap, there, adds = (area.sum(last, partner=text(SYSTEM), step=text(step)) for step in steps)
    by_partner, by_step = area.column(HEADINGS["partner"]), area.column(HEADINGS["step"])
    conditions = f'{by_partner},"{SYSTEM}",{by_step},"{glossary.BASIS_OF_FUNDING}"'
    # One assumed part in one year makes the figure to date an assumption (model §7); each count is
    # 1 where that year's funding is stated.
    counts = [f'COUNTIFS({conditions},{area.column(y)},"{STATED}")' for y in area.block.columns]
    all_stated = f"{'*'.join(counts)}=1"
    basis = area.block.where(partner=SYSTEM, step=glossary.BASIS_OF_FUNDING)[0]
    is_stated = all(value == STATED for value in basis.values)
    rests = f"; {ASSUMED} where no envelope is stated."
    formula = (
        f'"after settlement: plan "&{in_words(plan)}&" less funding "&{in_words(funding)}&". "'
        f'&{in_words(there)}&" is there if nothing changes, the plan adds "&{in_words(adds)}'
        f'&IF({all_stated},".","{rests}")'
    )
    sentence = (
        f"after settlement: plan {millions(plan)} less funding {millions(funding)}."
        f" {millions(there)} is there if nothing changes, the plan adds {millions(adds)}"
        f"{'.' if is_stated else rests}"
    )
    label = f"{glossary.GAP_TO_DATE} in {last}"
    words = if_known(Figure(formula, sentence), gap, plan, funding, there, adds)
    return Card(label, gap, _MILLIONS, words, area)


def _spent(contents: Contents, area: Area, heading: str) -> Figure:
    """Return what all pools that are pooled spend in a year.

    Aligned money stands beside a pool and is never counted as money in it.
    """
    status = layout.column_reference("pools", "pooling_status")
    ids = layout.column_reference("pools", "id")
    # A blank status is the default: pooled.
    is_pooled = f'(({status}="pooled")+({status}="")>0)'
    by_pool, by_figure = area.column(HEADINGS["pool"]), area.column(HEADINGS["figure"])
    every = f'{area.column(HEADINGS["source"])},"{glossary.ALL_SOURCES}"'
    sums = f'SUMIFS({area.column(heading)},{by_pool},{ids},{by_figure},"{glossary.SPEND}",{every})'
    pooled = {pool.id.casefold() for pool in contents.plan.pools if pool.is_pooled}
    at = area.block.columns.index(heading)
    rows = area.block.where(figure=glossary.SPEND, source=glossary.ALL_SOURCES)
    amounts = [row.values[at] for row in rows if area.block.label(row, "pool").casefold() in pooled]
    return Figure(f"SUMPRODUCT({is_pooled}*{sums})", added(amounts))


def _income(area: Area) -> Card:
    """Return the income of the pooled funds, and beside it that with aligned money."""
    first, last = area.block.columns[0], area.block.columns[-1]
    income, later, every = (
        area.sum(heading, figure=text(figure))
        for heading, figure in (
            (first, glossary.INCOME_OF_POOLS),
            (last, glossary.INCOME_OF_POOLS),
            (first, glossary.INCOME_WITH_ALIGNED),
        )
    )
    formula = (
        f'"as planned in {first}; "&{in_words(later)}&" in {last}."'
        f'&IF({every.formula}={income.formula},"",'
        f'" With aligned money "&{in_words(every)}&" in {first}.")'
    )
    aligned = f" With aligned money {millions(every)} in {first}."
    beside = aligned if amount(every) != amount(income) else ""
    sentence = Figure(formula, f"as planned in {first}; {millions(later)} in {last}.{beside}")
    words = if_known(sentence, income, later, every)
    return Card(glossary.INCOME_OF_POOLS, income, _MILLIONS, words, area)


def _spending(contents: Contents, area: Area) -> Card:
    first, last = area.block.columns[0], area.block.columns[-1]
    now, later = (_spent(contents, area, heading) for heading in (first, last))
    sentence = Figure(
        f'"as planned in {first}; "&{in_words(later)}&" in {last}."',
        f"as planned in {first}; {millions(later)} in {last}.",
    )
    words = if_known(sentence, now, later)
    return Card(glossary.SPENDING_FROM_POOLS, now, _MILLIONS, words, area)


def _left(contents: Contents, placed: Placed, series: Series) -> Card:
    area, _ = placed[catalogue.BALANCES]
    last = area.block.columns[-1]
    total = sum_of(series)
    worst = worst_of(series)
    least = least_of(series)
    status, ids = (layout.column_reference("pools", part) for part in ("pooling_status", "id"))
    schemes = layout.column_reference("schemes", "id")
    # A workbook of results has no sheet for a table without rows.
    none = f'SUMPRODUCT(--({schemes}<>""))=0' if contents.has("schemes") else "TRUE"
    spent = _spent_by_pools(placed)
    pooled = [pool for pool in contents.plan.pools if pool.is_pooled]
    sentence = first_that_holds(
        (is_unknown(least), Figure(f'"{NO_FIGURE}"', NO_FIGURE)),
        (
            Figure(f'SUMPRODUCT(({ids}<>"")*(({status}="pooled")+({status}="")))=0', not pooled),
            text("There is no pooled fund."),
        ),
        (
            Figure(f"{least.formula}<0", amount(least) < 0),
            Figure(
                f'"{_AS_PLANNED} "&{worst.formula}&" is over-committed by "&{in_words(least, -1)}'
                '&"."',
                f"{_AS_PLANNED} {worst.value} is over-committed by {millions(least, -1)}.",
            ),
        ),
        (
            is_nothing(spent, _put_in(placed)),
            text(f"{_AS_PLANNED} {NOT_FUNDED}, and nothing is spent from the pools."),
        ),
        (
            Figure(none, not contents.plan.schemes),
            text(f"{_AS_PLANNED} No scheme spends from the pools yet."),
        ),
        (
            is_nothing(spent),
            text(f"{_AS_PLANNED} Nothing is spent from the pools yet."),
        ),
        otherwise=f"{_AS_PLANNED} No pooled fund is over-committed.",
    )
    return Card(f"{glossary.LEFT_IN_POOLS} in {last}", total, _MILLIONS, sentence, area)


def _cash(area: Area) -> Card:
    released = over_years(area, glossary.NET_RELEASE)
    tariff = over_years(area, glossary.GROSS_TARIFF)
    words = "over the plan, as planned, net of what replaces it. At tariff it would be called "
    formula = f'"{words}"&{in_words(tariff)}&"."'
    sentence = if_known(Figure(formula, f"{words}{millions(tariff)}."), released, tariff)
    return Card(glossary.NET_RELEASE, released, _MILLIONS, sentence, area)


def _system(contents: Contents, placed: Placed, series: Series) -> Card:
    area, _ = placed[catalogue.PARTNER_POSITIONS]
    last = area.block.columns[-1]
    of_system = area.sum(last, partner=text(SYSTEM), figure=text(glossary.GAIN_SO_FAR))
    worst, least = worst_of(series), least_of(series)
    programmes = layout.column_reference("programmes", "id")
    nothing = "There is no programme, so nothing shifts and there is nothing to compare."
    sentence = first_that_holds(
        (is_unknown(least), Figure(f'"{NO_FIGURE}"', NO_FIGURE)),
        (
            Figure(f"{least.formula}<0", amount(least) < 0),
            Figure(
                f'"{_AGAINST} Worst off: "&{worst.formula}&", "&{in_words(least, -1)}&" worse."',
                f"{_AGAINST} Worst off: {worst.value}, {millions(least, -1)} worse.",
            ),
        ),
        (
            Figure(f'SUMPRODUCT(--({programmes}<>""))=0', not contents.plan.programmes),
            text(nothing),
        ),
        *_unpaid(placed),
        otherwise=f"{_AGAINST} No partner is worse off.",
    )
    return Card(f"{glossary.GAIN_SO_FAR} in {last}", of_system, _MILLIONS, sentence, area)


_NO = Figure("0", 0.0)


def _put_in(placed: Placed) -> Figure:
    return placed_total(placed, catalogue.BALANCES, glossary.PUT_INTO_POOLS)


def _spent_by_pools(placed: Placed) -> Figure:
    return placed_total(placed, catalogue.BALANCES, glossary.SPEND)


def _paid(placed: Placed) -> Figure:
    return placed_total(placed, catalogue.REALLOCATION, glossary.PAID)


def _unpaid(placed: Placed) -> Iterable[tuple[Figure, Figure]]:
    """Yield why nobody can say who is worse off: nothing is paid in, or for any programme."""
    unknown = "who would be worse off is not known."
    paid = _paid(placed)
    put_in, spent = _put_in(placed), _spent_by_pools(placed)
    by_partners = first_that_holds(
        (is_nothing(paid), _NO), (is_nothing(spent), Figure("1", 1.0)), otherwise=_NO
    )
    # Without funding a partner may still pay for its programmes itself; a pool cannot.
    without = is_nothing(put_in, by_partners)
    yield without, text(f"{_AGAINST} {NOT_FUNDED}: {unknown}")
    yield is_nothing(paid), text(f"{_AGAINST} No programme is paid for yet: {unknown}")


def _goals(contents: Contents, placed: Placed) -> Card:
    area, _ = placed[catalogue.GOAL_TRACKER]
    column = area.column(HEADINGS["figure"])
    goals = layout.column_reference("goals", "id")
    words = [area.block.label(row, "figure") for row in area.block.rows]
    met = sum(word.startswith("Met by") for word in words)
    missed = sum(word.startswith("Not met") for word in words)
    count = len(contents.plan.goals)
    reached, short = f'COUNTIF({column},"Met by*")', f'COUNTIF({column},"Not met*")'
    counted = f'SUMPRODUCT(--({goals}<>""))'
    figure = Figure(f'{reached}&" of "&{counted}', f"{met} of {count}")
    fine = first_that_holds(
        (is_nothing(_put_in(placed), _paid(placed)), text(f"as planned, though {NOT_FUNDED}.")),
        otherwise="as planned. No goal is missed.",
    )
    # A goal that is neither met nor missed is not known: no comfort stands over it.
    formula = (
        f'IF({short}>0,"as planned. "&{short}&" not met: see Goal tracker.",'
        f'IF({counted}=0,"There is no goal.",'
        f"IF({reached}={counted},{fine.formula},"
        f'{counted}-{reached}&" not known.")))'
    )
    if missed:
        value = f"as planned. {missed} not met: see Goal tracker."
    elif not count:
        value = "There is no goal."
    else:
        value = str(fine.value) if met == count else f"{count - met} not known."
    return Card(glossary.GOALS_MET, figure, "General", Figure(formula, value), area)


def _rules(placed: Placed) -> Card:
    """Return how many tests of the rules are met, of those that are met or not.

    A source that is over-committed is not met, whatever other tests say.
    """
    area, lines = placed[catalogue.RULE_TESTS]
    first = area.block.columns[0]
    passed, failed, over = (
        line(area, lines, result, first) for result in (PASS, FAIL, OVER_COMMITTED)
    )
    missed = Figure(f"({failed.formula}+{over.formula})", added([failed.value, over.value]))
    untested = area.count(first, text(NOT_TESTED))
    formula = f'{passed.formula}&" of "&({passed.formula}+{missed.formula})'
    every = added([passed.value, missed.value])
    count = every if isinstance(every, NotKnown) else f"{number(passed):.0f} of {every:.0f}"
    sentence = first_that_holds(
        (is_unknown(missed), Figure(f'"{NO_FIGURE}"', NO_FIGURE)),
        (
            Figure(f"{missed.formula}>0", amount(missed) > 0),
            Figure(
                f'"as planned in {first}. "&{missed.formula}&" not met: see Rule tests."',
                f"as planned in {first}. {number(missed):.0f} not met: see Rule tests.",
            ),
        ),
        (
            Figure(f"{passed.formula}=0", not amount(passed)),
            text(f"in {first}: no rule is tested."),
        ),
        (
            is_nothing(_put_in(placed), _spent_by_pools(placed)),
            text(f"in {first}: {MET_BY_NOTHING}"),
        ),
        (
            Figure(f"{untested.formula}>0", amount(untested) > 0),
            Figure(
                f'"as planned in {first}. No rule fails; "&{untested.formula}&" not tested."',
                f"as planned in {first}. No rule fails; {number(untested):.0f} not tested.",
            ),
        ),
        otherwise=f"as planned in {first}. No rule fails.",
    )
    return Card(glossary.RULES_MET, Figure(formula, count), "General", sentence, area)


def _borne(contents: Contents, placed: Placed, series: Series) -> Card:
    cells = last_column(series)
    values = [amount(figures[-1]) for _, figures in series.rows]
    most = max(values, default=0.0)
    who = next((label for label, figures in series.rows if amount(figures[-1]) == most), "")
    name = str(who.value) if isinstance(who, Figure) else who
    known = added(figures[-1].value for _, figures in series.rows)
    largest = Figure(f"MAX({cells})", known if isinstance(known, NotKnown) else most)
    label = f"INDEX({labels_of(series)},MATCH({largest.formula},{cells},0))"
    last = series.headings[-1]
    year = str(last.value) if isinstance(last, Figure) else last
    ids, rules = (layout.column_reference("pools", part) for part in ("id", "risk_share"))
    shares = any(pool.risk_share for pool in contents.plan.pools)
    sentence = first_that_holds(
        (is_unknown(largest), Figure(f'"{NO_FIGURE}"', NO_FIGURE)),
        (
            Figure(f"{largest.formula}>0", most > 0),
            Figure(f'"by "&{label}&" in {year}, as settled."', f"by {name} in {year}, as settled."),
        ),
        (
            Figure(f'SUMPRODUCT(({ids}<>"")*({rules}<>""))=0', not shares),
            text("No pool has a risk share: who would bear one is not agreed."),
        ),
        (
            is_nothing(_spent_by_pools(placed)),
            text("Nothing is spent from the pools yet, so nothing can be overspent."),
        ),
        otherwise=f"Nobody bears an overspend in {year}.",
    )
    return Card(glossary.MOST_BORNE, largest, _MILLIONS, sentence, placed[catalogue.RISK_SHARED][0])


_AS_PLANNED = "as planned, before settlement."
_AGAINST = "the whole system, after settlement."
