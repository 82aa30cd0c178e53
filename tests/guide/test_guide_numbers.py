"""The numbers that the guide and the README state are those of the product.

Each is taken out of the page's own sentence and held against what the product declares, a plan of
`workbooks/`, or arithmetic by hand. The model's worked examples are in `tests/examples`, and what a
published plan gives is held against its source in `tests/workbooks`.
"""

from __future__ import annotations

import inspect
import re
import tomllib
from functools import cache

import numpy as np
import pytest

from icbudget import glossary
from icbudget.answers.capitated_contracts import capitations
from icbudget.answers.case import Case, evaluate_draft
from icbudget.answers.catalogue import RISK_SHARED
from icbudget.answers.council_activity import council_activity
from icbudget.answers.roll_up import NAMES, roll_up_block
from icbudget.answers.simulated_ranges import NOT_BELOW
from icbudget.checks import confirmed_release_rows, guard_rails, improbable_figures, reference_age
from icbudget.cli import excel_commands, simulation_commands
from icbudget.engine.appraisal.capacity_gap import month_of_service
from icbudget.engine.appraisal.form_rewards import rewards
from icbudget.engine.appraisal.staff_gap import staff_of
from icbudget.engine.projection.release_against_plan import LEAST_TESTED
from icbudget.engine.uncertainty.national_draws import Group
from icbudget.excel import plan_store, plan_values
from icbudget.excel.server import bounded_protocol, report, settings
from icbudget.plan.capacity import Capacity
from icbudget.plan.identity import FIGURES_HASH_VERSION, PLAN_HASH_VERSION
from icbudget.plan.plan_text import from_yaml
from icbudget.plan.ready_made import FORMS, READY_MADE
from icbudget.plan.risk_share import BASES
from icbudget.plan.setup import Setup
from icbudget.plan.staff import Staff
from icbudget.reference.known_areas import areas
from icbudget.reference.loader import rows
from icbudget.signing.ed25519 import LEAST_PASSPHRASE
from icbudget.succeed import SMALLEST
from icbudget.workbook.writing import start_sheet, what_if_sheet
from tests.examples.capitation.test_capitation import CASE as CAPITATION
from tests.examples.council_lines.test_council_lines import CASE as COUNCIL_LINES
from tests.guide import test_start_here
from tests.guide.page_numbers import page, stated
from tests.places import ROOT, WORKBOOKS
from tests.workbooks.published import opened, value

MANUAL = (ROOT / "tests" / "excel" / "MANUAL.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DEFAULTS = Setup.model_fields
STEPS_OF_A_POSITION = sum(name.startswith("POSITION_") for name in vars(glossary))
KINDS = ("standard", "health")
"""Of rates of discount: of money, and of effects on health."""
KB, MILLION, HOUR = 1024, 1_000_000, 3_600


def option(command, name: str) -> object:
    """What a command takes where an option is not given."""
    return inspect.signature(command).parameters[name].default


def read_at_source(year: str, of: str) -> list[int]:
    """How many entries of a list were read at a public source, and how many there are."""
    entries = [row for row in rows("choice") if (row["rules_year"], row["list"]) == (year, of)]
    return [sum(row["status"] == "published" for row in entries), len(entries)]


def standard_rate(kind: str) -> float:
    """The yearly rate of discount of the first years, %."""
    (row,) = [r for r in rows("discount_rate") if r["kind"] == kind and r["first_year"] == "0"]
    return 100 * float(row["rate"])


def hash_versions() -> list[int]:
    """The versions of the hash of a plan and of that of its figures."""
    versions = (PLAN_HASH_VERSION, FIGURES_HASH_VERSION)
    return [int(version.split("/")[1]) for version in versions]


def measures_with_a_chance() -> int:
    """How many figures of the national roll-up have a chance of zero or more."""
    nothing = np.zeros((len(NAMES), 2))
    group = Group("ICB", "One", 1, 1, 153, ("2026/27",), nothing, nothing[..., None])
    return sum(row.labels[-1] == NOT_BELOW for row in roll_up_block([group]).rows)


DECLARED = [
    ("start-here", "at most # cells to type", [test_start_here.MOST_CELLS["shift"]]),
    ("start-here", "It has # steps", [max(int(s.number or 0) for s in start_sheet.STEPS)]),
    ("finance-officer", "has # steps with", [max(int(s.number or 0) for s in start_sheet.STEPS)]),
    ("finance-officer", "| # of # metrics, most", read_at_source("2023-25", "metric")),
    ("finance-officer", "# of # objectives", read_at_source("2025-26", "primary_objective")),
    ("commissioner", "choose up to # figures", [what_if_sheet.ROWS]),
    ("commissioner", "# need no writing", [len(READY_MADE)]),
    ("national-analyst", "for the usual #.", [option(simulation_commands.batch, "draws")]),
    ("national-analyst", "of the # areas are in", [len(areas())]),
    ("national-analyst", "The # figures are", [len(NAMES)]),
    ("national-analyst", "for # of them *Chance", [measures_with_a_chance()]),
    ("what-it-does", "shares on # bases", [len(BASES)]),
    ("limits", "The # % overlap", [100 * DEFAULTS["family_overlap"].default]),
    ("signing", "passphrase of at least # characters", [LEAST_PASSPHRASE]),
    ("benefits", "more than # days ago", [DEFAULTS["overdue_after"].default]),
    ("benefits", "Fewer than # decided quarters", [LEAST_TESTED]),
    # "one and a half of its plan"
    ("benefits", "a quarter at # and a half of", [confirmed_release_rows._ABOVE_PLAN - 0.5]),
    ("deployment", "bytes of one call | #", [settings.BODY_LIMIT]),
    ("deployment", "send # KB of headers", [bounded_protocol.HEADER_BYTES / KB]),
    (
        "deployment",
        "headers within # seconds",
        [bounded_protocol.SECONDS[bounded_protocol.Awaited.HEADERS]],
    ),
    ("deployment", "its body within #.", [bounded_protocol.SECONDS[bounded_protocol.Awaited.BODY]]),
    ("deployment", "at most # connections", [bounded_protocol.MOST_CONNECTIONS]),
    ("deployment", "zip of at most # MB", [report.MOST_BYTES / MILLION]),
    ("deployment", "An entry goes # hours after", [plan_store.KEPT_SECONDS / HOUR]),
    ("deployment", "a person has # or", [plan_store.MOST_OF_ONE]),
    ("deployment", "all together # MB", [plan_store.MOST_BYTES / MILLION]),
    ("deployment", "keeps the last # plans", [plan_values._answers._most]),
    ("deployment", "127.0.0.1:#;", [option(excel_commands.serve, "port")]),
    ("deployment", "GB for # workers", [option(excel_commands.serve, "workers")]),
    ("deployment", "Do the # checks", [len(re.findall(r"(?m)^\| \d+ \|", MANUAL))]),
    ("model", "above # % a year or", [100 * guard_rails.A_YEAR]),
    ("model", "year or # % by year 3", [100 * guard_rails.BY_YEAR_3]),
    ("model", "against do nothing (above # %", [100 * guard_rails.NEVER]),
    ("model", "cash above # % of tariff", [100 * guard_rails.CASH_IN_YEAR_1]),
    ("model", "lag under # months", [12 * guard_rails.SOON]),
    ("model", "overlap θ (default #,", [DEFAULTS["family_overlap"].default]),
    ("model", "contributions (£# by default)", [DEFAULTS["rounding_unit"].default]),
    ("model", "undiscounted, # % (health effects # %)", [standard_rate(k) for k in KINDS]),
    ("model", "versions are `plan/#` and `figures/#`", hash_versions()),
    ("model", "in # steps that add up: (1)", [STEPS_OF_A_POSITION]),
    ("commissioner", "in # steps that add up", [STEPS_OF_A_POSITION]),
    ("model", "(# to # times less)", [*improbable_figures.A_THOUSAND]),
    ("model", "the larger is £# or more", [improbable_figures.SMALL]),
    ("model", "month − month > #`", [reference_age.OLD]),
    ("model", "An ICB with under # %", [100 * SMALLEST]),
    ("model", "Setup's days (#)", [DEFAULTS["overdue_after"].default]),
    ("model", "none under # of them", [LEAST_TESTED]),
]


@pytest.mark.parametrize(("name", "sentence", "declared"), DECLARED)
def test_a_number_of_a_page_is_what_the_product_declares(name, sentence, declared):
    assert stated(name, sentence) == pytest.approx(declared)


def test_the_versions_that_the_pages_name_are_those_that_are_installed_by_the_project():
    least = float(PROJECT["requires-python"].removeprefix(">="))
    assert stated("README.md", "Python # or newer") == [least]
    assert stated("deployment", "Python # or newer") == [least]
    (server,) = [need for need in PROJECT["optional-dependencies"]["server"] if "server" in need]
    (tested,) = stated("deployment", "xlwings Server # is what was tested")
    assert f">={tested:.2f}," in server


def test_the_proxy_of_the_example_lets_through_what_the_server_takes():
    (megabytes,) = stated("deployment", "client_max_body_size #m;")
    assert settings.BODY_LIMIT <= megabytes * KB**2 < 2 * settings.BODY_LIMIT


def test_the_ready_made_scenarios_are_named_one_by_one():
    (named,) = re.findall(r"need no writing: (.*?)\. Forms of", page("commissioner"))
    assert re.findall(r"`([^`]+)`", named) == [*READY_MADE]
    assert set(FORMS) <= {*READY_MADE}


def test_what_is_not_spent_yet_at_the_start_pays_for_the_programme():
    tables = test_start_here.tables()
    (paid_in,) = [rows for sheet, rows in tables if sheet == "Funding"]
    buys = next(rows for sheet, rows in tables if sheet == "Schemes")
    (programme,) = [row for sheet, rows in tables if sheet == "Prevention" for row in rows]
    amount = "Base amount (£)"
    source = "NHS Minimum Contribution"
    money = sum(int(row[amount]) for row in paid_in if row["Source of funding"] == source)
    spent = sum(int(row[amount]) for row in buys if row["Source of funding"] == source)
    (left,) = stated("start-here", "£# of the NHS minimum is not spent yet")
    assert left == money - spent >= int(programme["Cost a year (£)"])


def test_the_confidence_of_the_example_is_what_its_row_says():
    pays, of, confidence = stated("commissioner", "at least # of # draws | `--confidence #`")
    assert pays / of == confidence


def test_the_programme_that_places_share_counts_once_in_the_example():
    """Each of three places has its own programme, and one is shared (tests/test_batch_places.py)."""
    own, shared, places, again, once, total, of_it, third = stated(
        "signing",
        "programme at £# and share one at £#, which each enters whole. Together they pay # × # + #"
        " = £#, and each has a third of #, £#.",
    )
    assert (own, shared, shared) == (again, once, of_it)
    assert places * own + shared == pytest.approx(total)
    assert places * third == pytest.approx(shared)


def test_what_became_of_what_was_asked_says_what_the_tables_of_the_page_typed():
    text = page("joint-working")
    by_council, by_icb, stands = stated(
        "joint-working",
        "the council's money, # by the council and # by the ICB | **owner stands**: #,",
    )
    one, other = stated("joint-working", "the target, # by one and # by the other")
    for asked, part, sheet, row in (
        (by_council, "council", "Funding", "council"),
        (by_icb, "icb", "Funding", "council"),
        (one, "council", "Goals", "falls"),
        (other, "icb", "Goals", "falls"),
    ):
        table = text[text.index(f"<!-- parts/{part}.xlsx: {sheet} -->") :]
        typed = re.search(rf"\| {row} \| (\d+) \|", table)[1]
        assert asked == float(typed)
    assert stands == by_council  # the council owns it
    (stands,) = stated("joint-working", "**to agree**: # stands")
    assert f"target: {stands:.0f}," in text


def test_the_same_small_plan_stands_in_the_model_and_beside_its_test():
    """The figures that the worked example's tests take are those that people read."""
    notes = (ROOT / "tests" / "examples" / "worked_example" / "notes.md").read_text("utf-8")
    model = (ROOT / "icbudget" / "guide" / "model.md").read_text(encoding="utf-8")
    of_model = model[model.index("## 14. ") : model.index("## 15. ")]
    tables = [[line for line in text.splitlines() if line[:1] == "|"] for text in (notes, of_model)]
    assert len(tables[0]) > 30
    assert tables[0] == tables[1]


@cache
def under(name: str, scenario: str) -> Case:
    """A plan of `workbooks/` with one of its scenarios laid over it."""
    draft = from_yaml((WORKBOOKS / f"{name}.yaml").read_text(encoding="utf-8"), name)
    setup = draft.plan.setup.model_copy(update={"active_scenario": scenario})
    draft.plan = draft.plan.model_copy(update={"setup": setup})
    return evaluate_draft(draft)


def test_lancashire_in_the_readme():
    case = opened("lancashire-south-cumbria-intermediate-care")
    first, last = "2019/20", "2029/30"
    whole = {"partner": "Whole system"}
    acute = {"acute_line": "acute", "figure": "Plan cost"}
    answers = [
        value(case, "bridge", first, step="Plan", **whole),
        value(case, "bridge", last, step="Do nothing", **whole),
        value(case, "bridge", last, step="Plan", **whole),
        value(case, "activity", first, **acute),
        value(case, "activity", last, **acute),
        value(case, "spending", first, scheme="IC"),
        value(case, "spending", last, scheme="IC"),
    ]
    of_page = stated(
        "README.md",
        "£#m now; £#m do nothing and £#m new model in ten years;"
        " acute # → #, intermediate care # → #",
    )
    assert of_page == pytest.approx([pounds / MILLION for pounds in answers], abs=0.0001)


def test_north_tyneside_in_the_readme():
    case = opened("north-tyneside-better-care-fund")
    first, last = "2021/22", "2022/23"
    (before, after, rate, pool, pool_after) = stated("README.md", "£# → £# at # %; pool £# → £#")
    assert before == value(case, "income", first, partner="ccg")
    assert after == value(case, "income", last, partner="ccg")
    index = case.plan.contributions[0].index
    (row,) = [row for row in case.plan.indices if row.id == index]
    assert rate / 100 == pytest.approx(float(row.rates[last]))
    assert pool == value(case, "income", first, pool="bcf")
    assert pool_after == value(case, "income", last, pool="bcf")


def test_nottingham_in_the_readme():
    case = opened("nottingham-city-pool-2015-16")
    of_page = stated("README.md", "income #, spend #, balance # (£000)")
    balance = {"source": "All sources", "figure": "Closing balance"}
    answers = [
        value(case, "income", "2015/16"),
        value(case, "spending", "2015/16"),
        value(case, "balances", "2015/16", pool="bcf", **balance),
    ]
    assert [1000 * thousands for thousands in of_page] == answers


def test_england_2025_26_in_the_readme():
    case = opened("england-better-care-fund-2025-26")
    minimum, grant, dfg, streams, total, added, joined, discharge, both = stated(
        "README.md", "# + # + # = # (£m), # with the £#m of the year; # + # = #"
    )
    year = "2025/26"
    addition = value(case, "income", year, line="In-year addition") / MILLION
    assert minimum == value(case, "income", year, source="NHS Minimum Contribution") / MILLION
    council = "Local Authority Better Care Grant"
    assert grant == both == value(case, "income", year, source=council) / MILLION
    assert joined + discharge == both
    assert added == addition
    assert dfg == value(case, "income", year, source="DFG") / MILLION - addition
    assert streams == minimum + grant + dfg
    assert total == value(case, "income", year) / MILLION


def test_england_2015_16_in_the_readme():
    name, year = "england-better-care-fund-2015-16", "2015/16"
    plan, came = opened(name), under(name, "As it came")

    def change(case: Case, line: str) -> int:
        of_plan = {"acute_line": line, "figure": glossary.PLAN_ACTIVITY}
        before = value(case, "activity", "2014/15", **of_plan)
        return round(value(case, "activity", year, **of_plan) - before)

    def saving(case: Case, line: str) -> float:
        of_line = {"acute_line": line, "figure": glossary.CONTRACT_SAVING}
        return value(case, "cash-released", year, **of_line) / MILLION

    answers: list[float] = []
    for line in ("admissions", "delays"):
        over = saving(plan, line) - saving(came, line)
        # £146.8m is printed as £146m in the source: cut off, not rounded
        answers += [-change(plan, line), saving(plan, line), change(came, line), int(over)]
    of_page = stated(
        "README.md",
        "# fewer admissions at £#m, # more came, £#m over;"
        " # fewer delayed days at £#m, # more came, £#m over",
    )
    assert of_page == pytest.approx(answers, abs=0.001)
    (goal,) = [row for row in plan.plan.goals if row.id == "savings"]
    cash = value(plan, "cash-released", year, figure=glossary.NET_RELEASE) / MILLION
    backed = saving(plan, "admissions") + saving(plan, "delays")
    savings, behind, released = stated(
        "README.md", "of £#m of savings planned £#m have activity behind them, of which £#m would"
    )
    assert (savings, behind) == pytest.approx((float(goal.target) / MILLION, backed), abs=0.001)
    assert released == round(cash, 1)
    # the README opens with the same figures
    fund, pooled, fewer, promised, more = stated(
        "README.md",
        "with £#bn, £#bn pooled. Its plans promised # fewer emergency admissions and £#m of"
        " savings. # more came",
    )
    extra = value(plan, "income", year, line="Added by areas beyond the minimum")
    income = value(plan, "income", year)
    assert (fund, pooled) == ((income - extra) / 1e9, income / 1e9)
    assert (fewer, promised, more) == (answers[0], savings, answers[2])


OVER_TWICE = """
schema_version: 1
setup: {title: Over twice, base_year: 2025/26, horizon: 2, rules_year: 2025-26}
partners: [{id: a, name: A, kind: icb}, {id: b, name: B, kind: council}]
pools: [{id: P, name: Pool, host: b, risk_share: r}]
contributions:
- {pool: P, partner: a, source: Additional NHS Contribution, base_amount: 4000000, index: flat}
schemes:
- {id: s, name: S, pool: P, source: Additional NHS Contribution, base_amount: 5000000, index: flat,
   amounts: {2026/27: 5000000, 2027/28: 4000000}}
risk_shares:
- {id: r, basis: fixed, partner: a, share: 0.25}
- {id: r, basis: fixed, partner: b, share: 0.75}
"""
"""£1m over its income in two years and nothing in the third."""


def test_a_year_stands_alone_as_the_model_works_it_out():
    sentence = (
        "£1m over in years 1 and 2, nothing in 3, shared 25/75: 250k, 250k, 0 in the year; 250k,"
        " 500k, 500k to date."
    )
    assert sentence in page("model")
    case = evaluate_draft(from_yaml(OVER_TWICE))
    shared = RISK_SHARED.build(case)
    of_a = {row.labels[3]: row.values for row in shared.rows if row.labels[2] == "a"}
    assert of_a["Share of the variance"] == (250_000, 250_000, 0)
    assert of_a["Share of the variance, to date"] == (250_000, 500_000, 500_000)


def test_a_council_line_with_charges_in_the_model():
    """The example of model §15.3; arithmetic in tests/examples/council_lines/notes.md."""
    before = stated("model", "charge £300: gross #, charges #, net #. A programme")
    after = stated("model", "avoids 10 %: # weeks, gross #, charges #, net #, so the council")
    rows = council_activity(COUNCIL_LINES).rows
    figures = {row.labels[-1]: row.values[1] for row in rows if "care_home" in row.labels}
    named = (
        glossary.SPENDING_NOTHING,
        glossary.CHARGES_NOTHING,
        glossary.BORNE_NET_NOTHING,
        glossary.PLAN_ACTIVITY,
        glossary.SPENDING_PLAN,
        glossary.CHARGES_PLAN,
        glossary.BORNE_NET_PLAN,
    )
    assert [*before, *after] == [figures[name] for name in named]


def test_a_capitated_contract_in_the_model():
    """The example of model §15.4; arithmetic in tests/examples/capitation/notes.md."""
    figures = {row.labels[1]: row.values[1] for row in capitations(CAPITATION).rows}
    named = (
        glossary.WEIGHTED_PEOPLE,
        glossary.YEAR_OF_CARE_PRICE,
        glossary.CAPITATED_SUM,
        glossary.CAPITATED_PAID,
        glossary.COVERED_COST,
        glossary.CAPITATED_LEFT,
        glossary.CAPITATED_CORRIDOR,
        glossary.BEYOND_CORRIDOR,
        glossary.HOLDER_ENDS_WITH,
        glossary.BACK_TO_COMMISSIONER,
    )
    of_page = stated(
        "model",
        "# people × £# = #; q 2 %, achieved 50 %: paid #; cost #: D = #; corridor 3 % = #;"
        " over # at h = 40 %: holder keeps #, commissioner gets back #.",
    )
    assert of_page == [figures[name] for name in named]
    (pairs,) = re.findall(r"G = 90,000 and O = −20,000: ([^.]+)\.", page("model"))
    in_pence = [int(n.replace(",", "").replace("−", "-")) * 100 for n in re.split(" / |; ", pairs)]
    forms = rewards(CAPITATION.answered, CAPITATION.plan.capitations[0])
    assert in_pence == [pence for form in forms for pence in (form.holder[1], form.commissioner[1])]


def test_a_month_of_intermediate_care_in_the_model():
    demand, places, spot_places, days, price, gap, spot, cost = stated(
        "model", "demand #, capacity #, # spot places, # days at £#: gap #, spot #, cost #."
    )
    waiting, waited, bed_night, delay, serving = stated(
        "model", f"Waiting # × # days × £# = # for the hospital, and 5 × 28 × £{price:.0f} = # to"
    )
    month = month_of_service(
        Capacity(
            service="Reablement",
            year="2025/26",
            month=10,
            demand=demand,
            capacity=places,
            spot_places=spot_places,
            days=days,
            spot_price=price,
            days_waited=waited,
            bed_night=bed_night,
        )
    )
    assert (month.gap, month.spot, month.waiting) == (gap, spot, waiting)
    pence = (month.spot_pence, month.delay_pence, month.serving_pence)
    assert pence == (100 * cost, 100 * delay, 100 * serving)


def test_a_role_that_is_missing_in_the_model():
    needed, in_post, months, pay, premium, agency, agency_cost, beside = stated(
        "model",
        "# needed, # in post, # months, pay £#, premium # %: agency # wte, #; # months beside",
    )
    missing, paid, of_twelve, double_running = stated("model", "old service: # × # × #/12 = #")
    role = Staff(
        programme="falls",
        role="Nurse",
        year="2025/26",
        needed=needed,
        in_post=in_post,
        pay=pay,
        months_to_recruit=months,
        agency_premium=premium / 100,
        months_beside=beside,
    )
    plan = CAPITATION.plan.model_copy(update={"staff": (role,)})
    (one,) = staff_of(plan)
    assert (one.gap, one.agency) == (missing, agency)
    assert (one.premium, one.double_running) == (100 * agency_cost, 100 * double_running)
    assert (paid, of_twelve) == (pay, beside)


def test_the_readme_is_short():
    """A wall of words turns a finance officer away: 900 at most; the rest is in the guide."""
    assert len((ROOT / "README.md").read_text(encoding="utf-8").split()) <= 900
