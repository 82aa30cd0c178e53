"""Places rolled up together: a programme that several share counts once, and who has not signed."""

from __future__ import annotations

import copy

import pytest
import yaml

from icbudget import glossary, tasks
from icbudget.engine.uncertainty.outcomes import PAID
from tests.checks.clean import clean
from tests.signing.plans import signed
from tests.signing.test_plan_state import BEFORE

AREAS = ("E06000001", "E06000002", "E06000003")


def place(area, falls_cost=1_000):
    """A place with the shared programme falls, paid by the ICB, and its own programme home."""
    document = clean()
    document["setup"]["ons_code"] = area
    falls = document["programmes"][0]
    falls["shared_id"] = "falls-icb"
    home = {**copy.deepcopy(falls), "id": "home", "partner": "council"}
    del home["shared_id"]
    home["fixed_cost"] = dict.fromkeys(home["fixed_cost"], 500)
    falls["fixed_cost"] = dict.fromkeys(falls["fixed_cost"], falls_cost)
    document["programmes"].append(home)
    document["segments"][1]["programmes"] = ["home"]
    return document


def without_falls(area):
    document = place(area)
    del document["programmes"][0]
    del document["segments"][0]["programmes"]
    return document


def rolled_up(folder, documents):
    plans = folder / "plans"
    plans.mkdir(parents=True)
    for name, document in documents.items():
        (plans / name).write_text(yaml.safe_dump(document), encoding="utf-8")
    result, files = tasks.batch(plans, folder / "out", draws=2)
    assert {run.state for run in result.runs} == {"done"}, result.blocks["findings"].rows
    return result, {path.name for path in files}


def planned(result, figure, level="Nation", name=None):
    (row,) = [
        row
        for row in result.blocks["roll-up"].rows
        if row.labels[0] == level
        and name in (None, row.labels[1])
        and row.labels[3:] == (figure, "As planned")
    ]
    return row.values


def test_three_places_with_one_shared_programme_count_it_once_by_hand(tmp_path):
    """By hand, over 2026/27 and 2027/28 with 2 % a year: falls costs 1,000 × 1.02 + 1,000 × 1.0404
    = £2,060.40, home 500 × 1.02 + 500 × 1.0404 = £1,030.20. Three times home and once falls is
    3 × 1,030.20 + 2,060.40 = £5,151.00, not 3 × 3,090.60 = £9,271.80.
    """
    result, files = rolled_up(tmp_path, {f"{area}.yaml": place(area) for area in AREAS})
    assert planned(result, PAID)[-1] == pytest.approx(5_151.00)
    assert [row.labels for row in result.blocks["shared"].rows] == [
        ("falls-icb", "E06000001.yaml", "here"),
        ("falls-icb", "E06000002.yaml", "once, with E06000001.yaml"),
        ("falls-icb", "E06000003.yaml", "once, with E06000001.yaml"),
    ]
    # Each enters the whole and pays it: a third each, 2,060.40 ÷ 3 = £686.80.
    assert [row.values for row in result.blocks["shared"].rows] == [
        (2_060.40, 0.333333, 686.80)
    ] * 3
    assert "shared.csv" in files


REGIONS = {"E06000001": "North East", "E06000008": "North West", "E06000016": "East Midlands"}


def test_each_place_has_its_part_by_what_it_pays_and_the_parts_close_to_the_penny(tmp_path):
    """By hand: they enter 1,000, 500 and 400, so the parts are 10, 5 and 4 nineteenths of what the
    first pays. 2026/27: of 102,000p 53,684.2, 26,842.1 and 21,473.7; the penny left goes to the
    largest remainder, the third. 2027/28: of 104,040p 54,757.9, 27,378.9 and 21,903.2; two pennies,
    to the second and the first. Home adds 51,000p and 52,020p in each place.
    """
    costs = dict(zip(REGIONS, (1_000, 500, 400), strict=True))
    result, _ = rolled_up(tmp_path, {f"{a}.yaml": place(a, cost) for a, cost in costs.items()})
    in_pence = {
        region: [round(100 * v) for v in planned(result, PAID, "Region", region)[1:]]
        for region in REGIONS.values()
    }
    assert in_pence == {
        "North East": [51_000 + 53_684, 52_020 + 54_758, 103_020 + 108_442],
        "North West": [51_000 + 26_842, 52_020 + 27_379, 103_020 + 54_221],
        "East Midlands": [51_000 + 21_474, 52_020 + 21_903, 103_020 + 43_377],
    }
    assert planned(result, PAID)[-1] == pytest.approx(5_151.00)
    shared = [row.values for row in result.blocks["shared"].rows]
    assert shared == [
        (2_060.40, 0.526316, 1_084.42),
        (1_030.20, 0.263158, 542.21),
        (824.16, 0.210526, 433.77),
    ]


def test_what_it_releases_is_parted_as_its_cost_is(tmp_path):
    """What falls makes in the first plan is what that plan makes less what it makes without; a
    third of it in every place makes their release, and together they make it once.
    """
    documents = {f"{area}.yaml": place(area) for area in REGIONS}
    together, _ = rolled_up(tmp_path / "one", documents)
    alone, _ = rolled_up(tmp_path / "two", {"a.yaml": place("E06000001")})
    without, _ = rolled_up(tmp_path / "three", {"a.yaml": without_falls("E06000001")})
    figure = glossary.CONTRACT_SAVING_NET
    whole, rest = planned(alone, figure)[-1], planned(without, figure)[-1]
    assert whole > rest + 1_000
    for region in REGIONS.values():
        part = planned(together, figure, "Region", region)[-1] - rest
        assert part == pytest.approx((whole - rest) / 3, abs=0.02), region
    assert planned(together, figure)[-1] == pytest.approx(whole + 2 * rest)


def test_two_shared_programmes_on_one_line_come_to_what_both_avoid(tmp_path):
    """Two on the same people avoid less than each alone; together the places come to the one plan
    with both and, in the other, to its own figures without either.
    """

    def both(area):
        document = place(area)
        document["programmes"][1]["shared_id"] = "home-council"
        document["segments"][0]["programmes"] = ["falls", "home"]
        document["segments"][1]["programmes"] = []
        return document

    def neither(area):
        document = both(area)
        document["programmes"] = []
        document["segments"][0]["programmes"] = []
        return document

    first, second = AREAS[:2]
    two = {f"{first}.yaml": both(first), f"{second}.yaml": both(second)}
    together, _ = rolled_up(tmp_path / "one", two)
    apart, _ = rolled_up(
        tmp_path / "two", {f"{first}.yaml": both(first), f"{second}.yaml": neither(second)}
    )
    for figure in (glossary.CONTRACT_SAVING_NET, glossary.NET_RELEASE, PAID):
        assert planned(together, figure) == pytest.approx(planned(apart, figure)), figure


def test_what_it_avoids_counts_once_too(tmp_path):
    """The other places come to what they come to with the programme's row taken out."""
    together, _ = rolled_up(tmp_path / "one", {f"{area}.yaml": place(area) for area in AREAS})
    apart, _ = rolled_up(
        tmp_path / "two",
        {
            f"{AREAS[0]}.yaml": place(AREAS[0]),
            **{f"{area}.yaml": without_falls(area) for area in AREAS[1:]},
        },
    )
    for figure in (glossary.CONTRACT_SAVING_NET, glossary.NET_RELEASE, PAID):
        assert planned(together, figure) == pytest.approx(planned(apart, figure)), figure
    # A shared id in one plan alone leaves nothing out of any sum.
    assert [row.labels[2] for row in apart.blocks["shared"].rows] == ["here"]


def test_the_plan_that_is_signed_counts_for_its_area_and_who_has_not_is_said(tmp_path):
    draft = clean()
    draft["setup"]["ons_code"] = AREAS[0]
    agreed = draft
    for partner, office in BEFORE:
        agreed = signed(tmp_path, agreed, partner=partner, office=office, name="A B")
    other = clean()
    other["setup"]["ons_code"] = AREAS[1]
    documents = {"a-draft.yaml": draft, "b-signed.yaml": agreed, "c.yaml": other}
    result, files = rolled_up(tmp_path / "places", documents)
    assert result.again == {"a-draft.yaml": "b-signed.yaml"}
    lines = {row.labels[0]: row.labels for row in result.blocks["plans"].rows}
    assert lines["b-signed.yaml"][5] == "signed"
    assert "Health and Wellbeing Board chair of Council to follow" in lines["b-signed.yaml"][6]
    assert lines["c.yaml"][5] == "draft"
    assert "waits for Chief executive of Integrated care board" in lines["c.yaml"][6]
    assert "shared.csv" not in files


def test_a_run_taken_up_again_counts_the_same(tmp_path):
    documents = {f"{area}.yaml": place(area) for area in AREAS}
    first, _ = rolled_up(tmp_path, documents)
    again, _ = tasks.batch(tmp_path / "plans", tmp_path / "out", draws=2)
    assert again.earlier == 3
    assert again.blocks == first.blocks
