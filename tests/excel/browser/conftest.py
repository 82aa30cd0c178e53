"""A real browser with the add-in's real page in it."""

from __future__ import annotations

import base64
import json
import os
import time
from pathlib import Path

import pytest

from icbudget import tasks
from tests.excel.browser.book import as_cells
from tests.places import BOROUGH
from tests.rebuild import workbook

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def borough():
    """Give the illustrative plan as built, and what its answers are."""
    plan = tasks.load(BOROUGH).plan
    return as_cells(workbook(plan))


def new_page(chromium):
    """Return a new page in a context of its own, 320 pixels wide as the pane is in Excel."""
    return chromium.new_page(viewport={"width": 320, "height": 900}, reduced_motion="reduce")


@pytest.fixture(scope="session")
def tab(chromium):
    """Give the page that every test loads its pane into: making a page costs as much as the load."""
    page = new_page(chromium)
    yield page
    page.close()


class Pane:
    """The task pane in a page of the browser over a fake workbook; whatever it fetched, said or
    failed at is kept.
    """

    def __init__(self, page, url, book, width=320, height=900, token="token", file=b""):
        self.page, self.context = page, page.context
        self.requests, self.faults = [], []
        page.set_viewport_size({"width": width, "height": height})
        page.on("request", self._fetched)
        page.on("pageerror", self._failed)
        page.on("console", self._said)
        told = {
            "fakeBook": book,
            "fakeToken": token,
            "fakeFile": base64.b64encode(file).decode(),
        }
        fake = (HERE / "office_fake.js").read_text(encoding="utf-8")
        body = f"Object.assign(window, {json.dumps(told)});\n{fake}"
        page.route(
            "**/office.js", lambda route: route.fulfill(body=body, content_type="text/javascript")
        )
        page.goto(f"{url}/taskpane.html")
        self.until("document.getElementById('status').textContent !== 'Waiting for Excel.'")
        self.settled()

    def _fetched(self, request):
        self.requests.append(request.url)

    def _failed(self, fault):
        self.faults.append(str(fault))

    def _said(self, told):
        if "Content Security Policy" in told.text:
            self.faults.append(told.text)

    def close(self):
        """Leave the page as it was found: empty, alone, and told nothing of."""
        for other in self.context.pages:
            if other != self.page:
                other.close()
        self.page.goto("about:blank")
        self.page.unroute_all()
        self.context.clear_cookies()
        self.page.remove_listener("request", self._fetched)
        self.page.remove_listener("pageerror", self._failed)
        self.page.remove_listener("console", self._said)

    def until(self, condition, seconds=60):
        """Wait for a condition in the page; Playwright's own waiting evaluates text there, which
        the page's policy forbids.
        """
        end = time.monotonic() + seconds
        while not self.page.evaluate(condition):
            assert time.monotonic() < end, f"still not: {condition}"
            time.sleep(0.03)

    def settled(self, seconds=60):
        """Wait until nothing is being done, and return what the pane says."""
        self.until("!document.getElementById('check').disabled", seconds)
        return self.page.locator("#status").inner_text()

    def press(self, id, seconds=60):
        """Click a button, wait, and return what the pane says."""
        self.page.click(f"#{id}")
        return self.settled(seconds)

    def picture(self, name):
        """Save a picture where ICBUDGET_PICTURES says, if it says so."""
        if folder := os.environ.get("ICBUDGET_PICTURES"):
            self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.fixture
def pane(tab, server, borough):
    """Give the task pane over the illustrative plan, 320 pixels wide."""
    opened = Pane(tab, server.url, borough)
    opened.server_log = lambda: server.log
    yield opened
    assert opened.faults == []
    assert [
        url for url in opened.requests if not url.startswith((server.url, "data:", "blob:"))
    ] == []
    opened.close()
