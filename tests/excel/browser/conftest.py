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


class Pane:
    """The task pane in the browser over a fake workbook; whatever it fetched, said or failed at is
    kept.
    """

    def __init__(self, browser, url, book, width=320, height=900, token="token", file=b""):
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, reduced_motion="reduce"
        )
        self.page = self.context.new_page()
        self.requests, self.faults = [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        self.page.on(
            "console",
            lambda told: (
                self.faults.append(told.text) if "Content Security Policy" in told.text else None
            ),
        )
        fake = (HERE / "office_fake.js").read_text(encoding="utf-8")
        self.page.route(
            "**/office.js", lambda route: route.fulfill(body=fake, content_type="text/javascript")
        )
        self.page.add_init_script(
            f"window.fakeBook = {json.dumps(book)}; window.fakeToken = {json.dumps(token)};"
            f" window.fakeFile = {json.dumps(base64.b64encode(file).decode())};"
        )
        self.page.goto(f"{url}/taskpane.html")
        self.until("document.getElementById('status').textContent !== 'Waiting for Excel.'")
        self.settled()

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
def pane(chromium, server, borough):
    """Give the task pane over the illustrative plan, 320 pixels wide."""
    opened = Pane(chromium, server.url, borough)
    opened.server_log = lambda: server.log
    yield opened
    assert opened.faults == []
    assert [
        url for url in opened.requests if not url.startswith((server.url, "data:", "blob:"))
    ] == []
    opened.context.close()
