"""What a command prints is short: no list of sixty files, no source twice, no amount twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from icbudget.cli.output import findings, written
from icbudget.findings import warning
from tests.cli.test_all_commands import call
from tests.places import BOROUGH, WORKBOOKS

TYNESIDE = WORKBOOKS / "north-tyneside-better-care-fund.yaml"


def printed_by(capsys, code, *words):
    """What a command prints in one line, where it ends with this code."""
    ended, out, err = call(capsys, *words)
    assert ended == code, out + err
    return " ".join((out + err).replace("│", " ").split())


def test_of_a_folder_with_many_files_their_number_is_printed(capsys):
    """An audit pack once printed seventy lines."""
    tables = [Path("pack/tables") / f"{n}.csv" for n in range(59)]
    written([Path("pack/report.html"), Path("pack/paper.pdf"), *tables])
    assert capsys.readouterr().out.splitlines() == [
        f"Wrote {Path('pack/report.html')}",
        f"Wrote {Path('pack/paper.pdf')}",
        f"Wrote 59 files in {Path('pack/tables')}",
    ]


def test_an_amount_that_the_message_has_is_not_printed_again(capsys):
    findings(
        [
            warning("a.b", "It differs by £200,000.", "Look.", effect_pence=20_000_000),
            warning("a.c", "It differs.", "Look.", effect_pence=20_000_000),
        ]
    )
    printed = capsys.readouterr().out
    assert "It differs by £200,000.\n" in printed and "It differs. (£200,000)\n" in printed


def test_a_source_is_named_once_and_cut_until_the_full_is_asked_for(capsys):
    figure = "bcf / 2027/28 / council"
    short = printed_by(capsys, 0, "explain", str(BOROUGH), figure)
    full = printed_by(capsys, 0, "explain", str(BOROUGH), figure, "--full")
    illustrative = "Illustrative: chosen for this example, not a fact about any place"
    in_a_row = short.count("source as above")
    assert in_a_row >= 5 and short.count(illustrative) < full.count(illustrative)
    assert "source as above" not in full
    # the source of the grant ends in an address far beyond what is shown, and then its status
    assert "pop_proj_data.csv (illustrative)" in full and "pop_proj_data.csv" not in short
    assert " … (illustrative)" in short


def test_words_written_without_spaces_say_how_they_are_written(capsys):
    printed = printed_by(capsys, 1, "explain", str(TYNESIDE), "bcf/2022/23")
    assert "with spaces between, such as bcf / 2027/28 / council" in printed


def test_a_year_that_the_plan_has_not_gets_the_years_that_it_has(capsys):
    printed = printed_by(capsys, 1, "explain", str(TYNESIDE), "bcf / 2024/25")
    assert "2024/25 (the plan's years are 2021/22 to 2022/23)" in printed


def test_a_mistyped_figure_of_an_answer_has_a_suggestion(capsys):
    printed = printed_by(capsys, 1, "explain", str(TYNESIDE), "bcf / 2022/23 / Closing balanc")
    assert "Closing balanc (did you mean Closing balance?)" in printed


@pytest.mark.parametrize(
    ("typed", "words"),
    [("star-here", "Did you mean start-here?"), ("xyz", "There are: start-here")],
)
def test_a_page_that_the_guide_has_not_gets_the_nearest(capsys, typed, words):
    assert words in printed_by(capsys, 2, "guide", typed)


def test_a_page_is_found_as_a_person_writes_it(capsys, tmp_path):
    out = tmp_path / "guide.html"
    assert "Written" in printed_by(capsys, 0, "guide", "Pool Host", "--out", str(out))


def test_a_plan_with_nothing_booked_has_no_month_to_report(capsys):
    assert "No month to report" in printed_by(capsys, 0, "monitor", str(TYNESIDE))


def test_harm_has_the_minus_sign_of_amounts(capsys):
    """Telecare's planning range begins at a harm of 3 %, in the shipped evidence table."""
    printed = printed_by(capsys, 0, "evidence", "telecare")
    assert "−3.0% / 0.0% / 3.0%" in printed and "-3.0%" not in printed


@pytest.mark.parametrize("suffix", [".yaml", ".json"])
def test_a_plan_as_text_has_no_answers_to_verify(capsys, tmp_path, suffix):
    """It once was told to be a CSV file that Excel should save."""
    import icbudget

    path = icbudget.read(TYNESIDE).write(tmp_path / f"plan{suffix}")
    printed = printed_by(capsys, 2, "verify", str(path))
    assert "holds a plan and no answers" in printed and "CSV" not in printed
    with pytest.raises(icbudget.IcbudgetError, match="nothing to compare"):
        icbudget.verify(path)
