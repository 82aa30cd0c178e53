"""Works of three partners on one plan, drawn at random, as the plan's own tables of cells."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from icbudget.joint.changes import rekeyed
from icbudget.joint.ownership import Ownership
from icbudget.reference import ownership_rules

KINDS = {"icb": "icb", "council": "council", "trust": "nhs_provider"}
PARTNERS = tuple(KINDS)
SWAP = {"council": "trust", "trust": "council"}


def owned(base, kinds=None):
    """Who owns what of a base, by the shipped rules."""
    return Ownership(base, kinds or KINDS, ownership_rules(), ())


amount = st.integers(1, 4).map(Decimal)
number = st.integers(1, 4).map(float)
partner = st.sampled_from(PARTNERS)
pool = st.sampled_from("pq")
scheme = st.sampled_from("123")
word = st.sampled_from(["one", "two"])
KEYS = {
    "partners": st.tuples(st.sampled_from([*PARTNERS, "other"])),
    "contributions": st.tuples(pool, partner, st.just("S"), st.just("1")),
    "schemes": st.tuples(scheme, st.just("1")),
    "actuals": st.tuples(
        st.just("2026/27"),
        st.sampled_from("45"),
        st.just("expenditure"),
        scheme,
        st.just("1"),
        st.just(""),
        st.just(""),
        partner,
    ),
    "risk_shares": st.tuples(st.sampled_from("AB"), partner, st.sampled_from("12")),
    "performance_pots": st.tuples(st.just("P"), st.just("2026/27"), st.sampled_from("12")),
    "programmes": st.tuples(st.sampled_from("FR")),
    "goals": st.tuples(scheme),
}
CELLS = {
    "partners": {"name": word},
    "contributions": {
        "base_amount": amount,
        "index": word,
        "amounts[2027/28]": amount,
        "name": word,
        "evidence": word,
    },
    "schemes": {
        "lead_partner": partner,
        "commissioner": st.sampled_from(["NHS", "LA"]),
        "nhs_share": number,
        "pool": pool,
        "source": st.just("S"),
        "programme": st.sampled_from("FR"),
        "base_amount": amount,
        "evidence": word,
    },
    "actuals": {"amount": amount, "accrual": amount},
    "risk_shares": {"share": number},
    "performance_pots": {
        "pool": pool,
        "provider": partner,
        "planned": number,
        "achieved": number,
    },
    "programmes": {"partner": partner, "effect": number, "excludes": st.just(("F",))},
    "goals": {"target": number, "target_year": st.just("2027/28"), "measure": word},
}
ROWS = {table: st.fixed_dictionaries({}, optional=cells) for table, cells in CELLS.items()}


@st.composite
def plans(draw):
    """A plan of a few rows in each table; a table without rows is not there."""
    drawn = {t: draw(st.dictionaries(KEYS[t], ROWS[t], max_size=3)) for t in KEYS}
    drawn["partners"] |= {(who,): {"name": who} for who in PARTNERS}
    return {table: rows for table, rows in drawn.items() if rows}


@st.composite
def works(draw):
    """A base and the part of each partner: cells typed and blanked, rows come, gone and renamed."""
    base = draw(plans())
    parts = {who: rekeyed(base, {}) for who in PARTNERS}
    for who in [who for who in PARTNERS for _ in range(draw(st.integers(0, 6)))]:
        table = draw(st.sampled_from(sorted(KEYS)))
        what = draw(st.sampled_from(["cell", "blank", "row", "key", "gone", "order"]))
        rows = parts[who].setdefault(table, {})
        key, cell = draw(KEYS[table]), draw(st.sampled_from(sorted(CELLS[table])))
        if what == "order":
            parts[who][table] = dict(reversed(rows.items()))
            continue
        old = rows.pop(key, None) if what in ("key", "gone") else rows.get(key)
        if what == "key" and old is not None:
            rows.setdefault(draw(KEYS[table]), old)
        elif what == "row" or old is None:
            rows[key] = draw(ROWS[table])
        elif what != "gone":
            left = {name: value for name, value in old.items() if name != cell}
            rows[key] = left if what == "blank" else left | {cell: draw(CELLS[table][cell])}
    return base, {who: {t: r for t, r in part.items() if r} for who, part in parts.items()}


def swapped(value):
    """The same with two partners' names exchanged."""
    if isinstance(value, dict):
        return {swapped(k): swapped(v) for k, v in value.items()}
    if type(value) is tuple:
        return tuple(map(swapped, value))
    return SWAP.get(value, value) if isinstance(value, str) else value
