"""The engine settles years as a plain form written from the model alone does, to the penny."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from icbudget.engine.accounts.risk_share_settlement import pool_shares, settlement
from tests.engine.independent_year import Terms, Year, settled
from tests.engine.sharing import result_of

YEARS = ("2025/26", "2026/27", "2027/28")
SOURCES = ("x", "y")
RESERVE = "Risk reserve"
PENCE = st.integers(0, 10**8)
BY_SOURCE = st.fixed_dictionaries(dict.fromkeys(SOURCES, PENCE))


@st.composite
def years(draw):
    booked = draw(st.lists(st.booleans(), min_size=3, max_size=3))
    made = []
    for out in booked:
        outturn = draw(BY_SOURCE) if out else None
        made.append(Year(draw(BY_SOURCE), draw(BY_SOURCE), outturn, draw(PENCE)))
    return made


@st.composite
def terms(draw):
    icb = draw(st.integers(0, 100))
    return Terms(
        {"icb": icb, "council": 100 - icb},
        draw(st.booleans()),
        draw(st.sampled_from(["", "line", "amount"])),
        draw(PENCE),
        draw(st.none() | st.just("all") | PENCE),
    )


def pounds(pence: int) -> float:
    return pence / 100


def document(made: list[Year], agreed: Terms) -> dict:
    sides = {} if agreed.both else {"applies_to": "overspend"}
    rows: list[dict] = []
    if agreed.contingency:
        step = {"id": "rule", "step": 1, "kind": "contingency", "applies_to": "overspend"}
        of_kind = {"funding_line": RESERVE}
        if agreed.contingency == "amount":
            of_kind = {"amount": pounds(agreed.amount)}
        rows.append(step | of_kind)
    if agreed.uncommitted is not None:
        step = {"id": "rule", "step": 2, "kind": "uncommitted", "applies_to": "overspend"}
        amount = None if agreed.uncommitted == "all" else pounds(agreed.uncommitted)
        rows.append(step | ({} if amount is None else {"amount": amount}))
    for partner, per_cent in agreed.per_cent.items():
        share = {"id": "rule", "step": 3, "basis": "fixed", "partner": partner}
        rows.append(share | {"share": per_cent / 100} | sides)
    line = {"pool": "p", "partner": "icb", "index": "flat"}
    contributions = [
        line | {"source": source, **_by_year([year.income[source] for year in made])}
        for source in SOURCES
    ]
    if agreed.contingency == "line":
        filled = _by_year([year.reserve for year in made])
        contributions.append(line | {"source": RESERVE, **filled})
    schemes = [
        {"id": source, "name": source, "pool": "p", "source": source, "index": "flat"}
        | _by_year([year.budget[source] for year in made])
        for source in SOURCES
    ]
    actuals = [
        {"year": name, "month": 12, "scheme": source, "amount": pounds(year.outturn[source])}
        for name, year in zip(YEARS, made, strict=True)
        if year.outturn is not None
        for source in SOURCES
    ]
    return {
        "setup": {"title": "Years", "base_year": YEARS[0], "horizon": 2},
        "partners": [
            {"id": "icb", "name": "ICB", "kind": "icb"},
            {"id": "council", "name": "Council", "kind": "council"},
        ],
        "pools": [
            {
                **{"id": "p", "name": "P", "host": "council", "risk_share": "rule"},
                "underspend": "retain",
            }
        ],
        "contributions": contributions,
        "schemes": schemes,
        "risk_shares": rows,
        "actuals": actuals,
    }


def _by_year(pence: list[int]) -> dict:
    later = {name: pounds(amount) for name, amount in zip(YEARS[1:], pence[1:], strict=True)}
    return {"base_amount": pounds(pence[0]), "amounts": later}


@settings(max_examples=120, deadline=None)
@given(years(), terms())
def test_years_are_settled_as_the_model_says(made, agreed):
    result = result_of(document(made, agreed))
    (share,) = pool_shares(result)
    close = settlement(result).close[0]
    accounts = result.rules.accounts
    reserve = [a for a, (_, source) in enumerate(accounts) if source == RESERVE]
    pool = [a for a in range(len(accounts)) if a not in reserve]

    def took(kind: str, t: int, partner: str = "") -> float:
        parts = [p for p in share.parts if (p.kind, p.partner) == (kind, partner)]
        return sum(part.amounts[0, t] for part in parts)

    for t, mine in enumerate(settled(made, agreed)):
        assert share.variance[0, t] == mine.variance
        for partner, pence in mine.shares.items():
            assert took("share", t, partner) == pence
        assert took("contingency", t) == mine.contingency
        assert took("uncommitted", t) == mine.uncommitted
        assert sum(p.assumed[0, t] for p in share.parts if p.assumed is not None) == mine.assumed
        assert close[t, pool].sum() == mine.close
        if reserve:
            assert close[t, reserve].sum() == mine.reserve
