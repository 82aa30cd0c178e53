"""Every figure that a paper or a report states under a label, read from the page as it was written.

Tables give their labels by their headings. Sentences say them in words: each wording that a
document's opening and its decisions have is known here with the label that it stands for, so that
an amount in a sentence that nobody knows the label of is noticed too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from icbudget import glossary
from icbudget.glossary import ALL_POOLS, MEANINGS, SYSTEM
from icbudget.plan import Plan
from tests.answers.labelled import OVER_PLAN
from tests.report.pages import Element

SCALES = {"£": 1.0, "£000": 1e3, "£m": 1e6}
SCALE = re.compile(r"(£000|£m|£)(?=[,;:]|$)")
NAMED = ("partners", "pools")
MORE = "more than in the year before, "
"""Before a label: by how much its figure is more in a year than in the year named beside it."""


@dataclass(frozen=True)
class Stated:
    """An amount in £: its label, whose it is, its year or over the plan, and half its last digit."""

    label: str
    whose: str
    column: str
    value: float
    half: float
    where: str


def ids_of(plan: Plan) -> dict[str, str]:
    """The ids of partners and pools by the names that people read; of all of them it is blank."""
    named = {row.name: row.id for table in NAMED for row in getattr(plan, table)}
    return named | {SYSTEM: "", ALL_POOLS: "", "the whole system": ""}


# Tables


def of_tables(page: Element, plan: Plan) -> Iterator[Stated]:
    """Yield the amounts of every table of a page that stand under a label."""
    for table in page.every("table"):
        yield from _of_table(table, plan)


def _of_table(table: Element, plan: Plan) -> Iterator[Stated]:
    (caption,) = (element.text() for element in table.every("caption"))
    scale = SCALE.search(caption)
    if not scale:
        return
    by, ids = SCALES[scale[1]], ids_of(plan)
    half = by / 20 if scale[1] == "£m" else by / 2
    years_named = [year for year in plan.years if year in caption]
    headings, *rows = ([cell.text() for cell in row.every("th", "td")] for row in table.every("tr"))
    # a group of rows is of one thing, such as a pool: its figures are not those of all together
    group = ""
    for heading, *cells in rows:
        if not cells:
            group = heading
            continue
        if group and group not in ids:
            continue
        for above, cell in zip(headings[1:], cells, strict=True):
            amount = _cell(cell)
            if amount is None:
                continue
            one_year = len(years_named) == 1
            of = None
            if above in plan.years and heading in MEANINGS:
                of = heading, ids.get(group, ""), above
            elif above in MEANINGS and heading in ids and one_year:
                of = above, ids[heading], years_named[0]
            elif heading in MEANINGS and above in ids and one_year:
                of = heading, ids[above], years_named[0]
            if of:
                yield Stated(*of, amount * by, half, caption)


def _cell(text: str) -> float | None:
    negative = text.startswith(("−", "("))
    digits = text.strip("−()").replace(",", "")
    if not re.fullmatch(r"[0-9]+([.][0-9]+)?", digits):
        return None
    return -float(digits) if negative else float(digits)


# Sentences

AMOUNT = r"(−?£[0-9][0-9,]*(?:[.][0-9]+)?(?:bn|m)?)"
_ANY = re.compile(AMOUNT)
Y = r"([0-9]{4}/[0-9]{2})"
_UNITS = {"bn": 1e9, "m": 1e6}
Read = Callable[[re.Match[str], str], Iterator[tuple[str, str, str, int, float]]]
"""Of a match and its sentence: label, name, column, the group of the amount, and its sign."""


def _sign(word: str) -> float:
    return 1.0 if word in ("less", "better", "unspent") else -1.0


def _year_of(sentence: str) -> str:
    found = re.search(rf"In {Y}", sentence)
    assert found, sentence
    return found[1]


WORDINGS: tuple[tuple[str, Read], ...] = (
    (
        rf"pooled funds? takes? in {AMOUNT} in {Y}",
        lambda m, _: iter([(glossary.INCOME_OF_POOLS, "", m[2], 1, 1.0)]),
    ),
    (
        rf"not pooled, take in {AMOUNT} in {Y}|The budgets? takes? in {AMOUNT} in {Y}",
        lambda m, _: iter(
            [(glossary.INCOME_WITH_ALIGNED, "", m[2] or m[4], 1 if m[1] else 3, 1.0)]
        ),
    ),
    (
        rf"takes? in −?£[^ ]+ in {Y}(?: and {AMOUNT} in {Y})?"
        rf"(?:, {AMOUNT}(?: [(][^)]+[)])? (more|less)(?: than in {Y})?)?",
        lambda m, sentence: _income_after(m, sentence),
    ),
    (
        rf"Prevention costs {AMOUNT} in {Y}(?: and {AMOUNT} over the plan)?",
        lambda m, _: iter(
            [
                (glossary.PAID, "", m[2], 1, 1.0),
                *([(glossary.PAID, "", OVER_PLAN, 3, 1.0)] if m[3] else []),
            ]
        ),
    ),
    (
        rf"{AMOUNT} is moved to it",
        lambda m, _: iter([(glossary.MOVED_INTO_POOL, "", OVER_PLAN, 1, 1.0)]),
    ),
    (
        rf"commissioners pay {AMOUNT} (less|more) for activity and"
        rf" providers spend {AMOUNT} (less|more)",
        lambda m, s: iter(
            [
                (glossary.CONTRACT_SAVING_NET, "", _year_of(s), 1, _sign(m[2])),
                (glossary.NET_RELEASE, "", _year_of(s), 3, _sign(m[4])),
            ]
        ),
    ),
    (
        rf"(?:C|c)ommissioners pay {AMOUNT} for activity in {Y}",
        lambda m, _: iter([(glossary.DO_NOTHING_PAYMENT, "", m[2], 1, 1.0)]),
    ),
    (
        rf"for activity in {Y}, against {AMOUNT} in {Y}; in the plan they pay {AMOUNT},"
        rf" (?:no change|{AMOUNT}(?: [(][^)]+[)])? (more|less))",
        lambda m, _: iter(
            [
                (glossary.DO_NOTHING_PAYMENT, "", m[3], 2, 1.0),
                (glossary.PLAN_PAYMENT, "", m[1], 4, 1.0),
                *(
                    [(PLAN_LESS_NOTHING, "", m[1], 5, 1.0 if m[6] == "more" else -1.0)]
                    if m[5]
                    else []
                ),
            ]
        ),
    ),
    (
        rf"worth {AMOUNT} at tariff",
        lambda m, s: iter([(glossary.GROSS_TARIFF, "", _year_of(s), 1, 1.0)]),
    ),
    (
        rf"stops? (paying|spending) {AMOUNT}",
        lambda m, s: iter([(_STOPPED[m[1]], "", _year_of(s), 2, 1.0)]),
    ),
    (
        rf"(pay|spend)s? {AMOUNT} more(?= and|;|[.]| [(])(?! for)",
        lambda m, s: iter([(_STOPPED[m[1] + "ing"], "", _year_of(s), 2, -1.0)]),
    ),
    (
        rf"{AMOUNT} stays with providers as stranded cost",
        lambda m, s: iter([(glossary.PROVIDERS_LOSE, "", _year_of(s), 1, 1.0)]),
    ),
    (
        rf"{AMOUNT} is relief to providers",
        lambda m, s: iter([(glossary.PROVIDERS_LOSE, "", _year_of(s), 1, -1.0)]),
    ),
    (
        rf"the whole system is {AMOUNT} (better|worse) off",
        lambda m, _: iter([(glossary.GAIN, SYSTEM, OVER_PLAN, 1, _sign(m[2]))]),
    ),
    (
        rf"a (gain|loss) of {AMOUNT} is (not yet settled|borne by nobody)",
        lambda m, _: iter(
            [(glossary.GAIN, m[3].capitalize(), OVER_PLAN, 2, 1.0 if m[1] == "gain" else -1.0)]
        ),
    ),
    (
        rf"the plan costs {AMOUNT} more than there is funding for",
        lambda m, s: iter([(glossary.GAP_OF_YEAR, SYSTEM, _year_of(s), 1, 1.0)]),
    ),
    (
        rf"the plan leaves {AMOUNT} of its funding unspent",
        lambda m, s: iter([(glossary.GAP_OF_YEAR, SYSTEM, _year_of(s), 1, -1.0)]),
    ),
    (
        rf"note that {AMOUNT} of cost stays with providers over the plan",
        lambda m, _: iter([(glossary.STRANDED_COST, "", OVER_PLAN, 1, 1.0)]),
    ),
)
PLAN_LESS_NOTHING = f"{glossary.PLAN_PAYMENT} less {glossary.DO_NOTHING_PAYMENT}"
_STOPPED = {"paying": glossary.CONTRACT_SAVING_NET, "spending": glossary.NET_RELEASE}


def _income_after(m: re.Match[str], sentence: str) -> Iterator[tuple[str, str, str, int, float]]:
    pooled = "pooled fund" in sentence.split("£")[0] and "not pooled" not in sentence
    label = glossary.INCOME_OF_POOLS if pooled else glossary.INCOME_WITH_ALIGNED
    if m[2]:
        yield label, "", m[3], 2, 1.0
    if m[4]:
        more = 1.0 if m[5] == "more" else -1.0
        # told of two years: from the first to the last, or from the year named at the end
        until, since = (m[1], m[6]) if m[6] else (m[3] or m[1], m[1])
        yield f"{label}, {since} to", "", until, 4, more


def of_sentences(page: Element, plan: Plan) -> tuple[list[Stated], list[str]]:
    """Return the amounts of a page's opening and decisions, and those whose label is not known.

    The second are of the opening alone: a decision's amounts may be of one scheme or one source.
    """
    stated: list[Stated] = []
    unread: list[str] = []
    for sentence in _items(page, "short"):
        found, spans = _read(sentence, plan)
        stated += found
        unread += [
            f"{m[0]} in “{sentence}”" for m in _ANY.finditer(sentence) if m.start(1) not in spans
        ]
    for sentence in _items(page, "decisions"):
        stated += _read(sentence, plan)[0]
    return stated, unread


def _items(page: Element, which: str) -> list[str]:
    sections = [
        element
        for element in page.every("section")
        if which in (element.attributes.get("class"), element.attributes.get("id"))
    ]
    return [item.text() for section in sections for item in section.every("li")]


def _read(sentence: str, plan: Plan) -> tuple[list[Stated], set[int]]:
    ids = ids_of(plan)
    stated: list[Stated] = []
    spans: set[int] = set()
    for wording, read in (*WORDINGS, *_of_partners(plan), *_of_goals(plan)):
        for match in re.finditer(wording, sentence):
            for label, name, column, group, sign in read(match, sentence):
                value, half = _amount(match[group])
                of = label, ids.get(name, name), column
                stated.append(Stated(*of, sign * value, half, sentence))
                spans.add(match.start(group))
    return stated, spans


def _of_goals(plan: Plan) -> Iterator[tuple[str, Read]]:
    """Yield the wording that names a goal in £ with what is expected of it against its target."""
    for row in plan.goals:
        if row.unit == "£":
            yield (
                rf"{re.escape(row.called)} [(]{AMOUNT} against {AMOUNT}[)]",
                lambda m, _, goal=row: iter(
                    [
                        (glossary.EXPECTED, goal.id, goal.target_year, 1, 1.0),
                        (glossary.TARGET, goal.id, goal.target_year, 2, 1.0),
                    ]
                ),
            )


def _of_partners(plan: Plan) -> Iterator[tuple[str, Read]]:
    """Yield the wordings that name a partner: its position, and what it lacks."""
    for row in plan.partners:
        name = re.escape(row.name)
        yield (
            rf"{name} is {AMOUNT} (better|worse) off",
            lambda m, _, id=row.name: iter([(glossary.GAIN, id, OVER_PLAN, 1, _sign(m[2]))]),
        )
        yield (
            rf"decide whether {name}, {AMOUNT} worse off over the plan",
            lambda m, _, id=row.name: iter([(glossary.GAIN, id, OVER_PLAN, 1, -1.0)]),
        )
        yield (
            rf"(?:[(]|, | and ){name} {AMOUNT}(?=[,)]| and)|{name} lacks {AMOUNT}",
            lambda m, s, id=row.name: iter(
                [(glossary.GAP_OF_YEAR, id, _year_of(s), 1 if m[1] else 2, 1.0)]
                if "funding" in s and s.startswith("In ")
                else []
            ),
        )


def _amount(text: str) -> tuple[float, float]:
    """Return an amount as a sentence writes it, and half a unit of its last digit."""
    unit = next((unit for unit in _UNITS if text.endswith(unit)), "")
    minus, digits = text[0] == "−", text.removesuffix(unit).lstrip("−£")
    decimals = len(digits.partition(".")[2])
    by = _UNITS.get(unit, 1.0)
    size = float(digits.replace(",", "")) * by
    return (-size if minus else size), by / 10**decimals / 2
