"""The five small functions, through every host: the same values, the same words.

Where the figures come from: the uplift is North Tyneside's printed roll-forward; the deflated price
is V16, the discount factors V2 and the odds ratio V13 of the research's worked examples; the rest
is arithmetic by hand, shown beside it.
"""

from __future__ import annotations

import pytest

from icbudget.excel.all_functions import functions
from tests.excel.conftest import PASS_ERRORS
from tests.excel.hosts import Refused


@pytest.mark.parametrize(
    ("id", "arguments", "rows"),
    [
        ("ICB_UPLIFT", (11_651_150, 0.0566), [[12_310_605]]),
        # 1,000 × 1.025 = 1,025; × 1.025 = 1,050.625, half-up 1,051. A blank unit, 0 and none at all
        # are £1.
        ("ICB_UPLIFT", (1000, [[0.025, 0.025]]), [[1051]]),
        ("ICB_UPLIFT", (1000, [[0.025], [0.025]], 0), [[1051]]),
        ("ICB_UPLIFT", (1000, [[0.025], [0.025]], [[None]]), [[1051]]),
        # To the penny 1,050.625 is 1,050.63; to £100 1,000 × 1.025 is 1,000, every year.
        ("ICB_UPLIFT", (1000, [[0.025, 0.025]], 0.01), [[1050.63]]),
        (
            "ICB_UPLIFT",
            ([[1000, 10_000], [None, -1000]], [[0.025, 0.025]], 100),
            [[1000, 10_600], [0, -1000]],
        ),
        # 10,000 × 1.025 = 10,250, half-up to £100 10,300; × 1.025 = 10,557.5, half-up 10,600.
        # Half-up is away from zero.
        ("ICB_UPLIFT", (-150, 0.05, 1), [[-158]]),
        ("ICB_SPLIT", (100, [[1], [1], [1]]), [[33.34], [33.33], [33.33]]),
        # £0.05 by 1 : 1 : 2 is 1.25, 1.25 and 2.5 p: 1, 1, 2 and the penny left over to the largest
        # remainder.
        ("ICB_SPLIT", (0.05, [[1, 1, 2]]), [[0.01, 0.01, 0.03]]),
        ("ICB_SPLIT", (-100, [[1, 0, None], [1, 1, 0]]), [[-33.34, 0, 0], [-33.33, -33.33, 0]]),
    ],
)
def test_exact_answers(host, id, arguments, rows):
    assert host.ask(id, *arguments) == rows


@pytest.mark.parametrize(
    ("id", "arguments", "rows", "decimals"),
    [
        ("ICB_DEFLATE", (1490, "2015/16", [["2024/25", "2025-26"]]), [[1992, 2050]], 0),
        ("ICB_DEFLATE", ([[2050.198769], [1]], "2025/26", "2015/16"), [[1490], [0.73]], 2),
        ("ICB_DEFLATE", (5, "2020/21", "2020/21"), [[5]], 9),
        (
            "ICB_DISCOUNT",
            (1, [[0, 1, 10, 15, 20], [25, 30, 31, 40, 2]]),
            [[1, 0.9662, 0.7089, 0.5969, 0.5026], [0.4231, 0.3563, 0.3459, 0.2651, 0.9335]],
            4,
        ),
        (
            "ICB_DISCOUNT",
            (1, [[1], [10], [30], [31]], "health"),
            [[0.9852], [0.8617], [0.6398], [0.6316]],
            4,
        ),
        ("ICB_DISCOUNT", ([[1000], [1000]], [[None], [1]], 0), [[1000], [966.18]], 2),
        ("ICB_EFFECT", ("risk_ratio", 0.896), [[0.104]], 3),
        # 43 % against 48 %: risk ratio 0.8958, odds ratio 0.8172. Taken as a risk ratio it would
        # look like 18 %.
        ("ICB_EFFECT", ("odds_ratio", 0.43 / 0.57 / (0.48 / 0.52), 0.48), [[1 - 0.43 / 0.48]], 9),
        ("ICB_EFFECT", ("absolute risk reduction", 0.05, 0.48), [[0.05 / 0.48]], 9),
        (
            "ICB_EFFECT",
            ([["rate_reduction"], ["risk_ratio"]], [[-0.1], [1.1]], None),
            [[-0.1], [-0.1]],
            9,
        ),
    ],
)
def test_answers_to_the_digits_printed(host, id, arguments, rows, decimals):
    answer = host.ask(id, *arguments)
    assert [[round(cell, decimals) for cell in row] for row in answer] == [
        [pytest.approx(cell) if decimals == 9 else cell for cell in row] for row in rows
    ]


@pytest.mark.parametrize(
    ("id", "arguments", "message"),
    [
        (
            "ICB_UPLIFT",
            ("a lot", 0.02),
            (
                "amount is the text “a lot”, not a number. Type a number, or leave the cell blank"
                " if there is none."
            ),
        ),
        (
            "ICB_UPLIFT",
            ([[1, 2], [3, "1,000"]], 0.02),
            (
                "amount, row 2, column 2 is the text “1,000”, not a number. The number is stored as"
                " text: type it again, or use Data, Text to Columns to make it a number."
            ),
        ),
        (
            "ICB_UPLIFT",
            (1, [[0.02, 5.66]]),
            "rates, row 1, column 2 is 5.66, that is 566%. Type 5.66% or 0.0566.",
        ),
        (
            "ICB_UPLIFT",
            (1, [[0.02, 0.02], [0.02, 0.02]]),
            "rates is a range of 2 × 2 cells. Give one row or one column, a rate a year.",
        ),
        (
            "ICB_UPLIFT",
            (1, 0.02, -1),
            "unit is below 0. Give what to round to in pounds, such as 1 or 1000.",
        ),
        ("ICB_UPLIFT", (1, 0.02, [[1, 2]]), "unit is a range of 1 × 2 cells. Give one cell."),
        (
            "ICB_DEFLATE",
            (1, "2015/16", "2040/41"),
            "to_year is 2040/41. The GDP deflator is known from 2007/08 to 2030/31.",
        ),
        (
            "ICB_DEFLATE",
            (1, "2015", "2025/26"),
            (
                "from_year: '2015' is not a financial year; write it as 2026/27. Type the financial"
                " year as 2026/27."
            ),
        ),
        (
            "ICB_DEFLATE",
            (1, [["2015/16"], [None]], "2025/26"),
            "from_year, row 2, column 1 is blank. Type a year as 2026/27.",
        ),
        (
            "ICB_DISCOUNT",
            (1, [[0], [-1]]),
            "steps, row 2, column 1 is -1. Give whole years from now, 0 to 300.",
        ),
        ("ICB_DISCOUNT", (1, 1.5), "steps is 1.5, not a whole number. Type a whole number."),
        (
            "ICB_DISCOUNT",
            (1, 1, "cash"),
            "kind is “cash”. Choose one of: standard; health; sensitivity.",
        ),
        (
            "ICB_DISCOUNT",
            ([[1], [2]], [[1, 2, 3]]),
            (
                "The ranges differ in shape: amount 2 × 1; steps 1 × 3. Give ranges of one shape,"
                " or single cells."
            ),
        ),
        (
            "ICB_SPLIT",
            (100, [[0], [None]]),
            "weights are all blank or 0. Give at least one weight above 0.",
        ),
        ("ICB_SPLIT", (100, [[1], [-1]]), "weights, row 2, column 1 is -1. A weight is 0 or more."),
        (
            "ICB_SPLIT",
            ([[100, 200]], [[1], [1]]),
            "amount is a range of 1 × 2 cells. Give one cell.",
        ),
        (
            "ICB_EFFECT",
            ("hazard", 0.5),
            (
                "measure is “hazard”. Choose one of: rate_reduction; risk_ratio; odds_ratio;"
                " absolute_risk_reduction; before_after."
            ),
        ),
        (
            "ICB_EFFECT",
            ([["odds_ratio"], ["odds_ratio"]], [[0.8], [0.8]], [[0.48], [None]]),
            (
                "Row 2, column 1: base_risk is 0. The measure odds_ratio needs the risk without the"
                " programme, 0 % to 100 %."
            ),
        ),
        ("ICB_EFFECT", ("risk_ratio", [[None]]), "value is 0. A risk ratio is above 0."),
    ],
)
def test_what_is_wrong_is_said_with_its_cell(host, id, arguments, message):
    with pytest.raises(Refused) as refused:
        host.ask(id, *arguments)
    assert str(refused.value) == message


@pytest.mark.parametrize("host", PASS_ERRORS, indirect=True)
@pytest.mark.parametrize("cell", ["#REF!", "#SPILL!", "#N/A"])
def test_an_error_value_is_never_a_zero(host, cell):
    with pytest.raises(Refused, match=f"^weights, row 2, column 1 holds the Excel error {cell}."):
        host.ask("ICB_SPLIT", 100, [[1], [cell]])


def test_an_answer_too_large_for_excel_is_an_error(host):
    with pytest.raises(Refused, match="not a number that Excel can hold"):
        host.ask("ICB_DEFLATE", 1.7e308, "2015/16", "2025/26")


@pytest.mark.parametrize("host", PASS_ERRORS, indirect=True)
@pytest.mark.parametrize("id", ["ICB_UPLIFT", "ICB_SPLIT", "ICB_PLAN"])
def test_a_hundred_thousand_rows_are_refused(host, id):
    first = functions()[id].arguments[0]
    name = "argument 1" if first.repeats else first.name
    with pytest.raises(
        Refused,
        match=(
            f"^{name} is a range of 100,000 × 1 cells, more than 50,000 rows. Give the table itself"
        ),
    ):
        host.ask(id, [[1.0]] * 100_000, [[0.02]])
