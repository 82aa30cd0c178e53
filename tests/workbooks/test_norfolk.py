"""Norfolk's Disabled Facilities Grant, 2015/16 to 2024/25, as printed in written question 49293."""

from __future__ import annotations

import pytest

from tests.workbooks.published import answer, ids, opened, value

NORFOLK = dict(
    zip(
        [f"{y}/{(y + 1) % 100:02d}" for y in range(2015, 2025)],
        (
            3_753_000,
            6_367_664,
            6_923_659,
            7_479_654,
            8_070_995,
            9_157_782,
            9_157_782,
            9_157_782,
            9_956_890,
            11_363_321,
        ),
        strict=True,
    )
)
KINGS_LYNN = (
    759_000,
    1_248_225,
    1_352_170,
    1_456_115,
    1_571_235,
    1_782_807,
    1_782_807,
    1_782_807,
    1_938_375,
    2_212_175,
)


@pytest.fixture(scope="module")
def case():
    return opened("norfolk-disabled-facilities-grant")


@pytest.mark.parametrize(("year", "printed"), NORFOLK.items())
def test_the_grant_is_as_printed_and_paid_on_1_april(case, year, printed):
    assert value(case, "income", year) == printed
    assert value(case, "instalments", year, due="1 Apr") == printed


@pytest.mark.parametrize(("year", "printed"), tuple(zip(NORFOLK, KINGS_LYNN, strict=True)))
def test_the_part_of_kings_lynn_is_as_printed(case, year, printed):
    assert value(case, "spending", year, scheme="KL") == printed


def test_the_grant_goes_on_to_districts_in_full_in_every_year(case):
    (result,) = answer(case, "rule-tests").where(test="passed down", figure="Result")
    assert result.values == ("Pass",) * 10
    assert [
        row.values for row in answer(case, "rule-tests").where(test="capital", figure="Result")
    ] == [("Pass",) * 10]
    # The published papers do not say who bears an over- or underspend.
    assert ids(case) == ["blank.risk-share"]


def test_the_rises_of_2023_24_and_2024_25_are_those_of_every_area(case):
    # printed to the pound for each area; PB §5.4: +8.726 % and +14.125 %
    for scheme in ("KL", "SIX"):
        before, then, now = (
            value(case, "spending", year, scheme=scheme)
            for year in ("2022/23", "2023/24", "2024/25")
        )
        assert 100 * (then / before - 1) == pytest.approx(8.726, abs=0.001)
        assert 100 * (now / then - 1) == pytest.approx(14.125, abs=0.001)


def test_the_return_lists_county_and_districts(case):
    rows = answer(case, "return-income").rows
    told = {
        row.labels: row.values[:2] for row in rows
    }  # 2023-24 and 2024-25, the years of the rules
    assert told["DFG", "Norfolk County Council"] == (9_956_890, 11_363_321)
    assert told["DFG breakdown", "King's Lynn and West Norfolk Borough Council"] == (
        1_938_375,
        2_212_175,
    )
    assert told["Total BCF pooled budget", ""] == (9_956_890, 11_363_321)
