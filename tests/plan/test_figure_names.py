"""A figure is named as the sheets show it; a name means one figure or is refused with what helps."""

from __future__ import annotations

import pytest

from icbudget.plan import figure_names as names
from icbudget.plan.figure_names import FigureNameProblem, input_figure, input_figures
from tests.places import BOROUGH


@pytest.fixture(scope="module")
def borough():
    from icbudget import tasks

    return tasks.load(BOROUGH).plan


@pytest.fixture(scope="module")
def figures(borough):
    return input_figures(borough)


def test_every_name_means_its_figure_and_no_other(figures):
    every = list(figures)
    assert len({figure.name.casefold() for figure in every}) == len(every)
    of_a_year = {
        tuple((word, said) for word, said in figure.words.items() if word != "Year")
        for figure in figures
        if "Year" in figure.words
    }
    for figure in every[:: max(1, len(every) // 200)]:
        if figure.value is None and tuple(figure.words.items()) in of_a_year:
            # Typed by year, and not once for all: the name without a year asks which.
            with pytest.raises(FigureNameProblem, match="Say which Year"):
                input_figure(figures, figure.name)
        else:
            assert input_figure(figures, figure.name) == figure


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("hospital_at_home / Effect", "programmes/hospital_at_home/effect"),
        ("Effect / hospital_at_home", "programmes/hospital_at_home/effect"),
        ("HOSPITAL_AT_HOME / effect (%)", "programmes/hospital_at_home/effect"),
        ("nel_75 / Backfill", "acute_lines/nel_75/backfill"),
        ("Setup / Horizon", "setup/horizon"),
        ("2 / Base amount", "schemes/2|1/base_amount"),
        ("hospital_at_home / Reach / 2027-28", "programmes/hospital_at_home/reach[2027/28]"),
    ],
)
def test_a_figure_is_named_as_its_sheet_shows_it(figures, name, path):
    assert input_figure(figures, name).path == path


def test_a_name_that_fits_several_figures_says_which_words_decide(figures):
    with pytest.raises(FigureNameProblem) as refused:
        input_figure(figures, "1 / Base amount")
    assert str(refused.value).startswith("“1 / Base amount” fits ")
    assert "which Scheme (" in str(refused.value)
    assert "and which Line (1; 2" in str(refused.value)
    with pytest.raises(FigureNameProblem, match=r"Say which Year \(2025/26; 2026/27; "):
        input_figure(figures, "hospital_at_home / Reach")


def test_a_word_that_is_none_gets_the_nearest(figures):
    with pytest.raises(FigureNameProblem) as refused:
        input_figure(figures, "hospital_at_hom / Effect")
    assert str(refused.value).startswith("There is no “hospital_at_hom”. Nearest: hospital_at_home")


def test_words_that_are_all_there_but_not_together_get_the_nearest_names(figures):
    with pytest.raises(FigureNameProblem, match=r"No cell is called all of .* at once\. Nearest: "):
        input_figure(figures, "nel_75 / Effect")


def test_changed_figures_are_what_counts_over_the_active_scenario(borough):
    setup = borough.setup.model_copy(update={"active_scenario": "Low evidence"})
    low = borough.model_copy(update={"setup": setup})
    changed, findings = names.with_figures(low, [("programmes/hospital_at_home/effect", "0.9")])
    assert findings == []
    row = next(p for p in changed.programmes if p.id == "hospital_at_home")
    assert row.effect == 0.9
    assert changed.setup.active_scenario == ""
    assert changed.scenarios == borough.scenarios


def test_a_value_that_the_field_refuses_leaves_the_plan_as_it_was(borough):
    changed, findings = names.with_figures(
        borough, [("setup/horizon", "99"), ("setup/reinvest_share", "0.5")]
    )
    assert changed is borough
    assert "Horizon is 99; it must be at most 30." in findings[0].message
    assert changed.setup.reinvest_share != 0.5


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.12, "0.12"), (5.0, "5"), (1e-7, "1e-07"), (True, "Yes"), ("block", "block")],
)
def test_a_value_is_written_in_its_shortest_exact_form(value, text):
    assert names.shortest(value) == text
