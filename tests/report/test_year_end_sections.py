"""The end of the year in the report: what a reader adds up is what is printed."""

from __future__ import annotations

from icbudget.report.html_page import write_report
from icbudget.report.run_record import record_of
from tests.report.pages import parsed, table_of
from tests.report.plans import case_of, setup

NHS, LA = "NHS Minimum Contribution", "Additional LA Contribution"
ICB = {"id": "icb", "name": "Riverside ICB", "kind": "icb"}
COUNCIL = {"id": "council", "name": "Northbank Council", "kind": "council"}


def put(partner, source, amount):
    return {
        "pool": "p",
        "partner": partner,
        "source": source,
        "base_amount": amount,
        "index": "flat",
    }


def spent(id, source, amount, pool="p"):
    return {
        "id": id,
        "name": f"Scheme {id}",
        "pool": pool,
        "source": source,
        "base_amount": amount,
        "index": "flat",
    }


def page(**more):
    """£1,500,400 and £400,400 paid in, £1,920,800 spent: a deficit of £20,000, shared 60 to 40."""
    plan = {
        "setup": setup(more.pop("horizon", 0)),
        "partners": [ICB, COUNCIL],
        "pools": [{"id": "p", "name": "Pool", "host": "council", "risk_share": "r"}],
        "risk_shares": [
            {"id": "r", "basis": "fixed", "partner": "icb", "share": 0.6},
            {"id": "r", "basis": "fixed", "partner": "council", "share": 0.4},
        ],
        "contributions": [put("icb", NHS, 1_500_400), put("council", LA, 400_400)],
        "schemes": [spent("1", NHS, 1_520_400), spent("2", LA, 400_400)],
    }
    case = case_of(**(plan | more))
    return parsed(write_report(case, record_of(case, "icbudget report plan.yaml")))


def test_the_memorandum_account_adds_up_as_printed():
    head, *rows = table_of(page(), "memorandum")
    assert head[1:] == ["2025/26"]
    assert rows == [
        ["Pool"],
        ["Balance brought forward", "0"],
        ["Riverside ICB: NHS Minimum Contribution", "1,500"],
        ["Northbank Council: Additional LA Contribution", "400"],
        ["Rounding, funding", "1"],  # 1,500.4 + 400.4 = 1,900.8
        ["Total funding provided to the pooled budget", "1,901"],
        ["Total expenditure", "1,921"],
        ["Net of the year, deficit negative", "−20"],  # 1,901 − 1,921
        ["Net of the year and balance brought forward", "−20"],
        ["Held by Riverside ICB (debtor)", "−12"],
        ["Held by Northbank Council (reserve)", "−8"],
        ["Balance carried forward", "−20"],
    ]


def test_the_annual_return_tells_each_partner_its_own():
    head, *rows = table_of(page(), "annual-return")
    assert head == [
        "Partner",
        "Paid in",
        "Paid for by it",
        "Its share of the result",
        "Held for it",
    ]
    assert rows == [
        ["Pool"],
        ["Riverside ICB", "1,500", "1,520", "−12", "−12"],
        ["Northbank Council", "400", "400", "−8", "−8"],
    ]


def test_a_year_with_actuals_is_the_one_the_return_is_for():
    booked = [{"year": "2026/27", "month": 12, "scheme": "1", "amount": 5}]
    found = page(horizon=2, actuals=booked)
    captions = [caption.text() for caption in found.every("caption")]
    assert any("Annual return to each partner, 2026/27" in caption for caption in captions)


def test_records_of_both_partners_stand_side_by_side():
    record = {
        "year": "2025/26",
        "pool": "p",
        "partner": "council",
        "counterparty": "icb",
        "kind": "income",
        "amount": 1_500_400,
    }
    other = record | {
        "partner": "icb",
        "counterparty": "council",
        "kind": "expenditure",
        "amount": 1_490_400,
    }
    rows = table_of(page(partner_records=[record, other]), "agreement")
    kind = "Income and expenditure of the year"
    assert rows[-1] == [
        "Pool, 2025/26",
        kind,
        "Northbank Council",
        "Riverside ICB",
        "1,500",
        "1,490",
        "10",
        "1,500",
    ]


def test_an_aligned_budget_has_no_account_in_the_report():
    aligned = [{"id": "p", "name": "Pool", "host": "council", "pooling_status": "aligned"}]
    assert not [
        s
        for s in page(pools=aligned, risk_shares=[]).every("section")
        if s.attributes.get("id") == "year-end"
    ]
