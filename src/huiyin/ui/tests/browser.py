"""What every browser test needs: Chromium, pages that report errors, axe, sideways scrolling.

Every document a test is sent is checked to be valid HTML when the test ends (`validity`).

    @pytest.mark.browser
    def test_start_page(chromium, live_server):
        page = chromium.open(live_server.url + "/", width=360)

        assert page.violations() == []
        assert page.complaints == []
        assert not page.scrolls_sideways()

Keys are lost on a page whose scripts have not run yet. `open` and `goto` wait for them; where a key
or a click has led to another page, expect something of it, then `page.wait_for_load_state()`.

The fixture `chromium` is known to every test: the conftest.py of the repository imports it.
"""

import os
import shutil
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connections
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from huiyin.ui.tests.validity import Checker, Documents

ROOT = Path(__file__).resolve().parents[4]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
# The browser without windows of its own comes first: it draws and runs pages just the same, for a
# quarter of the processor time of one that makes a whole window for each of them.
NAMES = (
    *("chromium-headless-shell", "chrome-headless-shell"),
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
)
INSTALL = "apt-get install chromium-headless-shell fonts-noto-cjk"
ARGUMENTS = (
    "--no-sandbox",  # tests run as root in containers, on pages of ours only
    "--disable-dev-shm-usage",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",  # WebGL without a graphics card, for the maps
    "--disable-gpu-compositing",  # everything else is painted without a detour over WebGL:
    "--disable-gpu-rasterization",  # that took two fifths of the time of a page
    "--font-render-hinting=none",
)
PATIENCE = 90_000  # ms; long enough for a crowded machine, and only a failing test waits it out
expect.set_options(timeout=PATIENCE)
HEIGHTS = {360: 740, 390: 844, 1366: 768, 1440: 900, 1920: 1080}


def chromium_path() -> str:
    """Return the installed browser. Fails with what to install: a skipped test proves nothing."""
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    pytest.fail(f"There is no Chromium. Install it: {INSTALL}")


@cache
def axe_source() -> str:
    """Return axe-core. Fails with what to run when the npm packages are missing."""
    if not AXE.exists():
        pytest.fail("axe-core is missing. Run: make setup (npm ci installs it)")
    return AXE.read_text(encoding="utf-8")


class Shown:
    """A page in the browser, with everything it complained about."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("requestfailed", self._missed)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def _missed(self, request: Request) -> None:
        # Leaving a page gives up what it still waited for, such as its icon: no fault of the page.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"failed: {request.url} {request.failure}")

    def violations(self, *, within: str = "html") -> list[str]:
        """Run axe (WCAG 2.2 A and AA, best practices) and return one line for each finding."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(axe_source())
        found: dict[str, Any] = self.page.evaluate(
            """within => axe.run(within, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa",
               "wcag22aa", "best-practice"], resultTypes: ["violations"]})""",
            within,
        )
        return [
            f"{rule['id']}: {node['target'][-1]} {node['html'][:160]} — "
            + "; ".join(check["message"] for check in node["any"][:1])
            for rule in found["violations"]
            for node in rule["nodes"]
        ]

    def scrolls_sideways(self) -> bool:
        """Tell whether the page is wider than the window."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth > innerWidth"))

    def small_targets(self, *, least: int) -> list[str]:
        """Return what can be pressed, outside of sentences, and is lower than `least` px."""
        found: list[str] = self.page.evaluate(
            """least => [...document.querySelectorAll("a[href], button, input, select, textarea")]
              .filter(e => e.offsetParent && !e.closest("p, .crumbs, .prose, dd, td, label, .vh"))
              .filter(e => e.getBoundingClientRect().height < least)
              .map(e => `${e.outerHTML.slice(0, 80)} ${e.getBoundingClientRect().height}`)""",
            least,
        )
        return found

    def text(self) -> str:
        """Return the words on the page."""
        return self.page.inner_text("body")


class Chromium:
    """The browser of one test process; every page gets a context of its own."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._servers: set[tuple[str, int]] = set()
        # Another test's client may keep its connections to its own server for as long as it likes.
        self._before = set(threading.enumerate())

    def open(
        self,
        url: str,
        *,
        width: int = 1440,
        cookies: Mapping[str, str] | None = None,
        javascript: bool = True,
        offline_worker: bool = False,
        before: str = "",
    ) -> Shown:
        """Open an address; `before` is a script run in the page before its own ones.

        Service workers are blocked unless `offline_worker`: they would outlive the test's server.
        """
        context = self._browser.new_context(
            viewport={"width": width, "height": HEIGHTS.get(width, 800)},
            java_script_enabled=javascript,
            service_workers="allow" if offline_worker else "block",
            reduced_motion="reduce",
            locale="zh-CN",
        )
        origin = "/".join(url.split("/")[:3])
        place = urlsplit(origin)
        self._servers.add((str(place.hostname), place.port or 80))
        context.add_cookies(
            [
                {"name": name, "value": value, "url": origin}
                for name, value in (cookies or {}).items()
            ]
        )
        if before:
            context.add_init_script(before)
        shown = Shown(context.new_page())
        shown.page.set_default_timeout(PATIENCE)
        shown.page.goto(url)
        return shown

    def close_pages(self) -> None:
        """Close what a test opened, and let its server finish what it was asked for.

        A request that outlives its test would write into the database of the next one. A busy
        server may not even have taken it in yet: it takes in one after the other, so when it
        answers us it has begun with all that came before.
        """
        for context in self._browser.contexts:
            context.close()
        for server in self._servers:
            with suppress(OSError), socket.create_connection(server, PATIENCE / 1000) as last:
                last.sendall(b"HEAD / HTTP/0\r\n\r\n")  # no page is made for this: 400
                last.recv(1)
        for thread in set(threading.enumerate()) - self._before:
            if "process_request_thread" in thread.name:
                thread.join(timeout=PATIENCE / 1000)


@pytest.fixture(scope="session")
def chromium_process() -> Iterator[Browser]:
    """Start Chromium once for a test process."""
    path = chromium_path()
    # Playwright keeps an event loop in this thread; the ORM is still only used between its calls.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    # Beside a loop Django keeps other connections than without one. Those of before would stay open
    # until the loop ends, and a database with a connection can neither be copied nor dropped.
    connections.close_all()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()
        connections.close_all()


@pytest.fixture
def chromium(
    chromium_process: Browser, html_checker: Checker, documents: Documents
) -> Iterator[Chromium]:
    """Give a test the browser; close its pages afterwards, and see that their HTML was valid."""
    documents.waiting.clear()
    opened = Chromium(chromium_process)
    yield opened
    opened.close_pages()
    invalid = [
        f"{name}: {fault}" for name, body in documents.take() for fault in html_checker.faults(body)
    ]
    if invalid:
        pytest.fail("Not valid HTML:\n" + "\n".join(invalid))
