"""`icbudget guide`: the guide written, opened, and asked for by a page that is none."""

from __future__ import annotations

import pytest

from icbudget import __version__
from icbudget.report.guide_page import guide_html, guide_pages
from tests.cli.test_all_commands import call


@pytest.fixture(scope="module")
def guide():
    """The page as it is written, laid out once for every page that is asked for."""
    return guide_html(__version__)


def test_it_is_written_to_a_file_and_never_over_another(tmp_path, capsys):
    out = tmp_path / "guide.html"
    assert call(capsys, "guide", "--out", str(out))[0] == 0
    assert '<h2 id="model">' in out.read_text(encoding="utf-8")
    out.write_text("mine")
    assert call(capsys, "guide", "--out", str(out))[0] == 2
    assert out.read_text() == "mine"


def test_it_is_opened_at_a_page(monkeypatch, capsys):
    opened = []
    monkeypatch.setattr("webbrowser.open", lambda address: opened.append(address) or True)
    code, out, _ = call(capsys, "guide", "model")
    assert code == 0 and opened[0].endswith("guide.html#model")
    assert opened[0] in out


@pytest.mark.parametrize("page", [page.name for page in guide_pages()])
def test_every_page_can_be_opened_by_its_name(page, guide, monkeypatch, capsys):
    opened = []
    monkeypatch.setattr("icbudget.tasks.guide.guide_html", lambda version: guide)
    monkeypatch.setattr("webbrowser.open", lambda address: opened.append(address) or True)
    assert call(capsys, "guide", page)[0] == 0
    assert opened[0].endswith(f"guide.html#{page}") and f'<h2 id="{page}">' in guide


def test_a_page_that_is_none_names_those_there_are(capsys):
    code, _, err = call(capsys, "guide", "modle")
    assert code == 2 and "model" in err


def test_check_explains_a_finding_by_its_id(capsys):
    code, out, _ = call(capsys, "check", "--explain", "segment.not-100")
    assert code == 0
    assert out.startswith("segment.not-100\n\nError.")
    assert "Why it matters: Patients in no segment can never be reached" in out
    assert "Fix:" in out and "*" not in out


def test_a_finding_that_is_none_offers_the_nearest(capsys):
    code, _, err = call(capsys, "check", "--explain", "segment.not-10")
    assert code == 2 and "segment.not-100" in err
    assert call(capsys, "check")[0] == 2
