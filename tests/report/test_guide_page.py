"""The guide as one page: every page of it, links that lead somewhere, search and contents."""

from __future__ import annotations

import re

import pytest

from icbudget import __version__
from icbudget.report.guide_page import GuidePage, anchor, guide_html, guide_pages, laid_out
from tests.axe import serious
from tests.places import ROOT


@pytest.fixture(scope="module")
def page():
    return guide_html(__version__)


def test_every_page_of_the_folder_is_there_once():
    names = [p.name for p in guide_pages()]
    assert sorted(names) == sorted(p.stem for p in (ROOT / "icbudget" / "guide").glob("*.md"))
    assert len(set(names)) == len(names)


def test_every_link_within_the_guide_leads_to_a_place(page):
    ids = set(re.findall(r'\bid="([^"]+)"', page))
    links = re.findall(r'href="#([^"]+)"', page)
    assert len(links) > 25
    assert [link for link in links if link not in ids] == []


def test_no_two_places_have_one_id(page):
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_it_needs_nothing_from_outside(page):
    assert not re.findall(r'<(?:script|img|link|iframe)[^>]+(?:src|href)="', page)
    assert "default-src 'none'" in page


def test_the_same_version_gives_the_same_text(page):
    assert guide_html(__version__) == page


def test_a_page_is_laid_out_with_its_links_and_tables():
    text = "# One\n\n## A part\n\nSee [the other](two.md#a-part), <b>raw</b>.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    laid = laid_out(GuidePage("one", "One", text))
    assert laid.headings == ((1, "one", "One"), (2, "one--a-part", "A part"))
    assert f'href="#{anchor("two", "a part")}"' in laid.body
    assert "&lt;b&gt;raw" in laid.body
    assert '<div class="wide" tabindex="0" role="region" aria-label="Table"><table' in laid.body


def test_the_sheet_of_a_table_to_type_stands_above_it(page):
    assert "&lt;!--" not in page
    assert "<p><em>parts/council.xlsx: Funding</em></p>" in page
    assert "<p><em>Activity lines</em></p>" in page


@pytest.mark.program("chromium")
def test_search_finds_and_contents_lead_there(chromium, tmp_path, page):
    path = tmp_path / "guide.html"
    path.write_text(page, encoding="utf-8")
    tab = chromium.new_page(viewport={"width": 1280, "height": 900})
    tab.goto(path.as_uri())
    tab.fill("#search", "largest remainder")
    assert "places" in tab.inner_text("#count")
    tab.click("#found li a >> nth=0")
    assert tab.evaluate("location.hash").startswith("#")
    tab.fill("#search", "zeppelin of nowhere")
    assert tab.inner_text("#count") == "Nothing is called so."
    tab.set_viewport_size({"width": 320, "height": 800})
    assert tab.evaluate("document.documentElement.scrollWidth") <= 320
    tab.close()


@pytest.mark.program("chromium")
def test_axe_finds_nothing_serious(chromium, tmp_path, page):
    path = tmp_path / "guide.html"
    path.write_text(page, encoding="utf-8")
    tab = chromium.new_page(bypass_csp=True)
    tab.goto(path.as_uri())
    found = serious(tab)
    tab.close()
    assert found == []
