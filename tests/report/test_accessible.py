"""Every page we write, in a real browser: axe-core finds nothing serious, and nothing is cut off at
any width.
"""

from __future__ import annotations

from functools import cache

import pytest

from icbudget import tasks
from tests.axe import serious, violations
from tests.places import WORKBOOKS

pytestmark = pytest.mark.program("chromium")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    out = tmp_path_factory.mktemp("pages")
    plan = WORKBOOKS / "illustrative-borough.yaml"
    tasks.report(plan, out, paper=True)
    tasks.pack(plan, out)
    tasks.compare(plan, scenario="Low evidence", against="", out=out / "compared")
    tasks.monitor(plan, out / "month")
    broken = out / "broken.yaml"
    broken.write_text(
        "setup: {title: Broken, base_year: 2025/26, horizon: 1}\npools: [{id: p, name: P, host:"
        " nobody}]\n"
    )
    tasks.report(broken, out / "broken", paper=True)
    return out


PAGES = (
    "illustrative-borough-report.html",
    "illustrative-borough-paper.html",
    "illustrative-borough-pack/audit-file.html",
    "compared/illustrative-borough-compared.html",
    "month/illustrative-borough-monitoring.html",
    "broken/broken-report.html",
    "broken/broken-paper.html",
)


@pytest.fixture(scope="module")
def opened(chromium, written):
    """Give a function that opens a page at a width, once; the page's own policy is set aside so that
    axe can be put in.
    """
    contexts = []

    @cache
    def page(name, width):
        context = chromium.new_context(viewport={"width": width, "height": 900}, bypass_csp=True)
        contexts.append(context)
        shown = context.new_page()
        shown.goto((written / name).as_uri())
        return shown

    yield page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_serious(opened, name, width):
    assert serious(opened(name, width)) == []


def test_axe_would_find_a_picture_without_words_and_grey_on_grey(opened):
    page = opened(PAGES[1], 1024)  # a width of its own: it changes the page
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"x.png\"><p"
        ' style="color:#bbb">pale</p>\')'
    )
    found = {found["id"] for found in violations(page)}
    assert {"image-alt", "color-contrast"} <= found


@pytest.mark.parametrize("name", PAGES)
def test_the_page_itself_never_scrolls_sideways(opened, name):
    page = opened(name, 320)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
