"""Plans that are odd and sound are answered in whole pence; plans that cannot be meant, and text
that is no plan, are refused.
"""

from __future__ import annotations

import math
from copy import deepcopy

import numpy as np
import pytest

from icbudget import tasks
from icbudget.answers.case import evaluate_draft
from icbudget.answers.catalogue import ANSWERS
from icbudget.engine.accounts.postings import postings
from icbudget.plan.plan_text import from_document, from_yaml
from tests.checks.clean import LA, NHS, YEARS, clean


def line(**fields):
    return lambda d: d["acute_lines"][0].update(fields)


def programme(**fields):
    return lambda d: d["programmes"][0].update(fields)


def setup(**fields):
    return lambda d: d["setup"].update(fields)


def rates(rate):
    return lambda d: d["indices"][0].update(rates=dict.fromkeys(YEARS, rate))


def shift(rule="release_then_invest", **fields):
    return lambda d: d.setdefault("shifts", []).append(
        {
            "id": f"s{len(d.get('shifts', []))}",
            "rule": rule,
            "lines": ["nel"],
            "pool": "bcf",
            **fields,
        }
    )


def paid_by_the_pool(cost, *, divisible=True, **fields):
    def change(d):
        row = d["programmes"][0]
        del row["partner"]
        row.update(
            pool="bcf",
            source=NHS,
            divisible=divisible,
            fixed_cost=dict.fromkeys(YEARS, cost),
            **fields,
        )

    return change


def all_of(*changes):
    def change(d):
        for one in changes:
            one(d)

    return change


def deductions_only(d):
    d["contributions"] = [row | {"kind": "deduction"} for row in d["contributions"]]
    d["risk_shares"] = [{"id": "agreed", "basis": "contributions"}]


def nothing_put_in(d):
    d["contributions"] = [row | {"base_amount": 0} for row in d["contributions"]]
    d["risk_shares"] = [{"id": "agreed", "basis": "contributions"}]


def in_kind_only(d):
    d["contributions"] = [row | {"in_kind": True} for row in d["contributions"]]
    d["risk_shares"] = [{"id": "agreed", "basis": "contributions"}]


def chain_of_parents(d):
    for n in range(6):
        d["acute_lines"].append(
            deepcopy(d["acute_lines"][0]) | {"id": f"c{n}", "parent": f"c{n - 1}" if n else "nel"}
        )
        d["segments"].append(
            {"acute_line": f"c{n}", "id": "all", "share": 1, "programmes": ["falls"]}
        )


def moves_in_a_ring(d):
    chain_of_parents(d)
    d["moves"] = [
        {"programme": "falls", "from_line": a, "to_line": b, "units": 2}
        for a, b in (("nel", "c0"), ("c0", "nel"))
    ]


def no_segments(d):
    d["segments"] = []
    shift()(d)


def thirty_partners(d):
    d["partners"] += [{"id": f"p{n}", "name": f"Partner {n}", "kind": "other"} for n in range(30)]
    d["contributions"] += [
        {"pool": "bcf", "partner": f"p{n}", "source": LA, "base_amount": 0.01, "index": "flat"}
        for n in range(30)
    ]
    d["risk_shares"] = [{"id": "agreed", "basis": "contributions"}]


def thirty_years(d):
    d["setup"]["horizon"] = 30
    d["indices"][0]["rates"] = {f"{2025 + n}/{(26 + n) % 100:02d}": 0.02 for n in range(1, 31)}


def minimum_of_a_source_nobody_spends(d):
    d["minimums"].append(
        {"rule": "adult_social_care", "source": "DFG", "base_amount": 5, "index": "flat"}
    )


def only_settings(d):
    for name in list(d):
        if name != "setup":
            del d[name]
    d["setup"]["deflator"] = ""


TERMS = {"marginal_rate": 0.3, "baseline_value": 1e6, "variable_share": 0.2}
ODD = {
    "no activity": line(base_activity=0),
    "no price": line(unit_price=0),
    "no cost": line(unit_cost=0),
    "nothing at all": line(base_activity=0, unit_price=0, unit_cost=0),
    **{
        f"{c}, no price": line(contract=c, unit_price=0, **TERMS)
        for c in ("activity", "marginal", "block", "aligned", "lva")
    },
    **{
        f"{c}, reset {when}": line(contract=c, rebase_years=years, **TERMS)
        for c in ("block", "aligned")
        for when, years in (
            ("in the base year", ["2025/26"]),
            ("beyond the plan", ["2040/41"]),
            ("each year", list(YEARS)),
        )
    },
    "block without a price, reset": line(contract="block", unit_price=0, rebase_years=list(YEARS)),
    "blocks of next to nothing": line(block_size=1e-9),
    "blocks too large to close": line(block_size=1e12),
    "hold beyond the plan": line(hold=30),
    "all backfilled": line(backfill=1),
    "prices almost to nothing": rates(-0.999999),
    "efficiency above uplift": line(price_uplift="flat", price_efficiency="prices"),
    "harm": programme(effect=-0.5, effect_low=None),
    "nobody reached": programme(reach=dict.fromkeys(YEARS, 0)),
    "no effect": programme(effect=0, effect_low=None, effect_high=None),
    "lag beyond the plan": programme(lag=30),
    "all optimism off": programme(optimism_benefit=1, optimism_cost=10),
    "release into a pool without programmes": shift(),
    "release without segments": no_segments,
    "money short, whole or not at all": all_of(shift(), paid_by_the_pool(1e6, divisible=False)),
    "money short, in part": all_of(
        shift(),
        paid_by_the_pool(
            33333.33,
            double_running=dict.fromkeys(YEARS, 777.77),
            exit_cost=dict.fromkeys(YEARS, 33.33),
        ),
    ),
    "three shifts into one pool": all_of(
        shift("fixed_amount", amounts=dict.fromkeys(YEARS, 12345.67)),
        shift("fixed_percent", percents=dict.fromkeys(YEARS, 0.01)),
        shift(),
        paid_by_the_pool(1e7),
    ),
    "a share of no budget": all_of(
        line(base_activity=0), shift("fixed_percent", percents=dict.fromkeys(YEARS, 0.1))
    ),
    "deductions only": deductions_only,
    "nothing put in": nothing_put_in,
    "in kind only": in_kind_only,
    "chain of parents": chain_of_parents,
    "chain of parents without activity": all_of(chain_of_parents, line(base_activity=0)),
    "moves in a ring": moves_in_a_ring,
    "goal before the plan": lambda d: d["goals"][0].update(target_year="2010/11"),
    "goal of nothing from nothing": lambda d: d["goals"][0].update(baseline=0, target=0),
    "minimum of a source nobody spends": minimum_of_a_source_nobody_spends,
    "base year only": setup(horizon=0),
    "thirty years": thirty_years,
    "thirty partners of a penny": thirty_partners,
    "rounded to a million": setup(rounding_unit=1_000_000),
    "rounded to the penny": setup(rounding_unit=0.01),
    "only settings": only_settings,
}


@pytest.mark.parametrize("change", ODD.values(), ids=ODD)
def test_an_odd_plan_is_answered_in_whole_pence(change):
    document = clean()
    change(document)
    case = evaluate_draft(from_document(document))
    assert case is not None and case.result is not None, [str(f) for f in case.findings]
    blocks = {answer.id: answer.build(case) for answer in ANSWERS}
    values = [
        v
        for block in blocks.values()
        for row in block.rows
        for v in row.values
        if isinstance(v, float)
    ]
    assert all(math.isfinite(v) for v in values)

    moves = case.result.projection.moves
    parts = (
        moves.open,
        moves.income,
        moves.transfers_in,
        moves.reinvested,
        -moves.spend,
        -moves.close,
    )
    assert all((part == np.round(part)).all() for part in parts)
    assert not np.any(
        sum(parts)
    )  # open + income + transfers in + reinvested − spend − close, every source and year
    assert sum(p.pence for p in postings(case.result) if p.kind in ("moved out", "moved in")) == 0
    assert (case.result.projection.activity >= -1e-9).all()

    bridge = blocks["bridge"].rows
    for step in {row.labels[1] for row in bridge}:
        rows = [row for row in bridge if row.labels[1] == step]
        if any(isinstance(v, str) for row in rows for v in row.values):
            continue  # what the funding rests on is said in words
        whole = [row for row in rows if row.labels[0] == rows[-1].labels[0]]
        pence = [[round(v * 100) for v in row.values] for row in rows if row not in whole]
        if pence:
            assert [sum(year) for year in zip(*pence, strict=True)] == [
                round(v * 100) for v in whole[0].values
            ]


REFUSED = {
    "index.rate": rates(-1),
    "activity.nothing-left": all_of(rates(1), line(price_uplift="flat", price_efficiency="prices")),
    "amount.too-large": line(base_activity=5e9, floor=None),
    "sum.too-large": lambda d: d["contributions"].extend(
        {**d["contributions"][0], "line": n, "base_amount": 4e12, "index": "flat"}
        for n in range(50, 60)
    ),
    "cell.too-large": line(base_activity=1e200),
    "link.own-parent": lambda d: d["pools"][0].update(parent="bcf"),
    "effect.too-harmful": programme(effect=-50, effect_low=None),
    "index.flat": lambda d: d["indices"].append({"id": "flat", "rates": dict.fromkeys(YEARS, 0.1)}),
}


@pytest.mark.parametrize(("id", "change"), REFUSED.items())
def test_what_cannot_be_meant_is_refused(id, change):
    document = clean()
    change(document)
    case = evaluate_draft(from_document(document))
    assert case.result is None and id in [f.id for f in case.findings]


TEXT = """setup: {title: T, base_year: 2025/26, horizon: 1}
partners: [{id: icb, name: The ICB, kind: icb}]
indices:
- {id: up, rates: {2026/27: 0.1}}
"""
OLD, MONEY = "{2026/27: 0.1}", "rounding_unit"


@pytest.mark.parametrize(
    ("text", "id", "words"),
    [
        (
            TEXT + "partners: []\n",
            "text.duplicate-name",
            "“partners” is there twice; the second is at line 5.",
        ),
        (
            TEXT.replace(OLD, "{2026/27: 0.1, 2026/27: 0.2}"),
            "text.duplicate-name",
            "“2026/27” is there twice",
        ),
        (
            TEXT.replace(OLD, "{2026/27: 0.1, 2026-27: 0.2}"),
            "cell.year-twice",
            "Rates is there twice for 2026/27.",
        ),
        (
            '{"setup": {"title": "T", "horizon": 1, "horizon": 2}}',
            "text.duplicate-name",
            "“horizon” is there twice",
        ),
        (TEXT.replace(OLD, "{2026/28: 0.1}"), "cell.not-a-year", "2026 is followed by 27"),
        (TEXT.replace(OLD, "{2026: 0.1}"), "cell.not-a-year", "'2026' is not a financial year"),
        (TEXT.replace(OLD, "{2026/27: 1:30}"), "cell.text-in-number", "“1:30”"),
        (TEXT.replace(OLD, "{2026/27: .nan}"), "cell.not-a-number", "Rates is not a number"),
        (TEXT.replace(OLD, "{2026/27: -.inf}"), "cell.not-a-number", "Rates is not a number"),
        (
            TEXT.replace("horizon: 1", "horizon: " + "9" * 400),
            "cell.text-in-number",
            "Horizon is the text",
        ),
        (
            TEXT.replace("horizon: 1", "horizon: " + "9" * 280),
            "cell.too-large",
            "Horizon is 1e+280",
        ),
        (TEXT.replace("id: icb", "id: [a, b]"), "cell.not-text", "Partner is a list"),
        (TEXT + "x: !!python/object:os.system {}\n", "text.tag", "a YAML tag (!name) at line 5"),
        (TEXT + "---\n" + TEXT, "text.several", "several documents"),
        (TEXT + "? [a]\n: 1\n", "text.not-a-name", "where the name of a field belongs"),
        (
            TEXT + "more: " + "[" * 50_000 + "]" * 50_000,
            "text.too-deep",
            "nested more than 20 levels deep at line 5",
        ),
    ],
)
def test_text_that_says_two_things_or_none_is_refused(text, id, words):
    draft = from_yaml(text, "plan.yaml")
    assert not draft.sound
    assert [words in f.message and bool(f.fix) for f in draft.findings if f.id == id] == [True]


def test_words_and_codes_stay_what_they_are():
    # YAML 1.1 would read no as false, 007 as 7 and 010 as 8
    text = (
        "setup: {title: 010, base_year: 2025/26, horizon: 0}\npartners:\n- {id: no, name: 007,"
        " kind: icb}\n"
    )
    plan = from_yaml(text).plan
    assert (plan.setup.title, plan.partners[0].id, plan.partners[0].name) == ("010", "no", "007")


def test_what_no_file_can_carry_and_nobody_sees_is_left_out():
    document = clean()
    document["partners"][0]["name"] = "The\x00 \ufffeb\u202eo\ud800ard of\u200b Môn 🏥"
    assert from_document(document).plan.partners[0].name == "The board of Môn 🏥"


@pytest.mark.parametrize(
    "text", ["=1+1", "+44 20", "-5+2", "@SUM(A1)", "=cmd|'/c calc'!A0", "<script>alert(1)</script>"]
)
def test_text_that_looks_like_a_formula_stays_text_in_every_file(tmp_path, text):
    openpyxl = pytest.importorskip("openpyxl")
    document = clean()
    document["setup"]["title"] = document["partners"][0]["name"] = document["pools"][0]["name"] = (
        text
    )
    document["contributions"][0]["name"] = document["schemes"][0]["name"] = document["goals"][0][
        "measure"
    ] = text
    plan = from_document(document).plan
    tasks.convert_plan(plan, tmp_path / "plan.xlsx")
    _, files = tasks.run(tmp_path / "plan.xlsx", tmp_path / "out")
    assert len(files) == 3 and tasks.load(tmp_path / "plan.xlsx").plan == plan

    for path in (tmp_path / "plan.xlsx", tmp_path / "out" / "plan-results.xlsx"):
        cells = [
            c
            for sheet in openpyxl.load_workbook(path)
            for row in sheet.iter_rows()
            for c in row
            if c.value == text
        ]
        assert cells and all(c.data_type != "f" for c in cells)
    posted = (tmp_path / "out" / "plan-postings.csv").read_text("utf-8-sig")
    assert (
        not any(
            field.strip('"').startswith(text)
            for line in posted.splitlines()
            for field in line.split(",")
        )
        or text[0] == "<"
    )
    assert "<script>alert" not in (tmp_path / "out" / "plan-report.html").read_text()
