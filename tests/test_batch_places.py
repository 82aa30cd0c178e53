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


def place(area):
    """A place with the shared programme falls, paid by the ICB, and its own programme home."""
    document = clean()
    document["setup"]["ons_code"] = area
    falls = document["programmes"][0]
    falls["shared_id"] = "falls-icb"
    home = {**copy.deepcopy(falls), "id": "home", "partner": "council"}
    del home["shared_id"]
    home["fixed_cost"] = dict.fromkeys(home["fixed_cost"], 500)
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


def planned(result, figure):
    (row,) = [
        row
        for row in result.blocks["roll-up"].rows
        if row.labels[0] == "Nation" and row.labels[3:] == (figure, "As planned")
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
    assert "shared.csv" in files


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
