"""Photograph every page of the demo city, at the width of a phone and of a desk, for the handbook.

    python scripts/screenshots.py --var var --port 8000 [--only WORD]   a demo that runs
    python scripts/screenshots.py                                       one of its own, small

Writes docs/screenshots/NAME-390.webp and -1440.webp, and the gallery docs/screenshots.md. The pages
are those the tests walk and those of a resident (`demo_pages`); what is reached by pressing
something stands in STEPS. Motion is off, the language is Chinese, the pictures are cut at a height
and made small: together they stay below TOTAL_BYTES.
"""

import argparse
import io
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from bench import start, stop
from bench_pages import wait_for_life
from demo_pages import RESIDENT, Opened, demo_city, opened
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from huiyin.ops.postgres.cluster import Cluster
from huiyin.ops.serving import free_port

ROOT = Path(__file__).resolve().parents[1]
FOLDER, GALLERY = ROOT / "docs" / "screenshots", ROOT / "docs" / "screenshots.md"
# Width, height of the window, height at which the picture is cut, width it is kept at.
SIZES = ((390, 844, 1_700, 390), (1440, 900, 1_300, 1_000))
QUALITY = 45
TOTAL_BYTES = 8_000_000
PATIENCE = 60_000  # ms
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")
ARGUMENTS = ("--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
             "--font-render-hinting=none", "--hide-scrollbars", "--lang=zh-CN")  # fmt: skip
# What fits itself to the window when it comes: maps, and a list that opens its first row beside it.
FITTED = "[data-map], [data-row]"
# How high a page is; on foot only its middle scrolls, and the window has to grow with that.
TALL = """() => {
  const middle = document.querySelector(".on-foot main");
  const hidden = middle ? middle.scrollHeight - middle.clientHeight : 0;
  return document.documentElement.scrollHeight + hidden;
}"""
PARTS = {
    "resident": "Residents 居民",
    "field": "Grid workers 网格员",
    "desk": "Desk 工作台",
    "command": "Command centre 指挥中心",
    "account": "Accounts and people 账号",
    "places": "Places and offices 地方与单位",
    "states": "What else can happen 其他情形",
}


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: under which heading, its name, the file it is in (without width and ending)."""

    part: str
    name: str
    file: str


def part_of(who: str, path: str, status: int) -> str:
    """Say under which heading a page stands."""
    if status >= 400:
        return "states"
    for begin, part in (
        ("/field", "field"), ("/command", "command"), ("/wall", "command"),
        ("/desk/people", "account"), ("/account", "account"), ("/sign-in", "account"),
        ("/places", "places"), ("/units", "places"), ("/find/", "places"),
    ):  # fmt: skip
        if path.startswith(begin):
            return part
    return "resident" if who in ("", RESIDENT) else "desk"


def file_of(name: str, who: str) -> str:
    """Make the name of a file of a page's name: "desk of leader" becomes desk-of-leader."""
    words = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return words or f"page-of-{who}"


# --- what is reached by pressing something ------------------------------------------------------

WORDS = "新华路与建设街口路灯不亮，三天了，晚上看不清路。"


def _report(page: Page, base: str) -> Iterator[str]:
    """Report a street lamp up to the third screen; nothing is sent."""
    page.goto(f"{base}/report/what")
    page.fill("[name=content]", WORDS)
    page.locator(".act button.primary").click()
    page.wait_for_url("**/report/where**")
    yield "report, where"
    page.goto(f"{base}/report/where?q=huimeng")
    yield "report, where by name"
    page.locator("button[name=place]").first.click()
    page.wait_for_url("**/report/where")
    yield "report, place chosen"
    page.locator(".act button.primary").click()
    page.wait_for_load_state()
    if "/same" in page.url:
        yield "report, reported already"
        page.locator("button[form=own]").click()
        page.wait_for_url("**/report/who")
    yield "report, who"
    page.fill("[name=phone]", "123")
    page.locator(".act button.primary").click()
    page.wait_for_load_state()
    yield "report, wrong number"


def _alarm(page: Page, base: str) -> Iterator[str]:
    """Say that it burns: the number to call comes first."""
    page.goto(f"{base}/report/what")
    page.fill("[name=content]", "楼道里着火了，有浓烟")
    page.locator(".act button[form=say]").first.click()
    page.wait_for_load_state()
    yield "report, call first"


def _order(page: Page, base: str) -> Iterator[str]:
    """Order a visit up to its time; nothing is sent."""
    page.goto(f"{base}/order/what?item=FW-01")
    page.check("[name=service][value=legal_aid]")
    page.check("[name=mode][value=visit]")
    page.fill("[name=address]", "会盟社区 3 号楼 2 单元")
    page.fill("[name=text]", "老人腿脚不便，想请人来家里讲讲赡养和遗嘱的事。")
    yield "order, what"
    page.locator(".act button.primary").click()
    page.wait_for_url("**/order/where**")
    page.goto(f"{base}/order/where?q=huimeng")
    page.locator("button[name=place]").first.click()
    page.locator(".act button.primary").click()
    page.wait_for_url("**/order/when")
    yield "order, when"
    page.locator("[name=slot]").first.check()
    page.locator(".act button.primary").click()
    page.wait_for_url("**/order/who")
    yield "order, who"


def _wrong_password(page: Page, base: str) -> Iterator[str]:
    page.goto(f"{base}/sign-in")
    page.fill("[name=login]", "nobody")
    page.fill("[name=password]", "wrong")
    page.press("[name=password]", "Enter")
    page.wait_for_load_state()
    yield "sign-in, refused"


def _looks(page: Page, base: str) -> Iterator[str]:
    page.goto(f"{base}/ui/display")
    page.click("button[name=large][value='1']")
    page.goto(f"{base}/")
    yield "start, larger text"
    page.goto(f"{base}/ui/display")
    page.click("button[name=contrast][value='1']")
    page.goto(f"{base}/")
    yield "start, larger text and high contrast"


def _without_network(page: Page, base: str) -> Iterator[str]:
    page.goto(f"{base}/ui/gallery/trouble/500")
    yield "our fault"
    page.goto(f"{base}/ui/gallery/trouble/too_many")
    yield "too many requests"


STEPS = (_report, _alarm, _order, _wrong_password, _looks, _without_network)


# --- taking -------------------------------------------------------------------------------------


def context_of(browser: Browser, base: str, session: str = "") -> BrowserContext:
    """Open a window as somebody."""
    from django.conf import settings  # noqa: PLC0415 after django.setup

    context = browser.new_context(
        viewport={"width": SIZES[0][0], "height": SIZES[0][1]}, reduced_motion="reduce",
        locale="zh-CN", service_workers="block", device_scale_factor=1,
    )  # fmt: skip
    context.set_default_timeout(PATIENCE)
    # The bell counts a second after the page has come: a picture may be taken before or after.
    context.route("**/notices/bell", lambda route: route.abort())
    if session:
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": base}])
    return context


def settle(page: Page) -> None:
    """Wait for maps, parts that load apart, and typefaces."""
    page.wait_for_load_state("load")
    if page.locator("[data-map]").count():
        page.wait_for_selector("[data-map][data-ready]")
    page.wait_for_selector(".htmx-request", state="detached")
    page.evaluate("document.fonts.ready")


def take(page: Page, file: str) -> None:
    """Take the pictures of a page, cut and packed: the window is made as high as the page."""
    for width, height, cut, kept in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        if page.locator(FITTED).count():
            page.reload()
        settle(page)
        tall = int(page.evaluate(TALL))
        page.set_viewport_size({"width": width, "height": min(max(tall, height), cut)})
        image = Image.open(io.BytesIO(page.screenshot(animations="disabled")))
        if kept != width:
            smaller = (kept, round(image.height * kept / width))
            image = image.resize(smaller, Image.Resampling.LANCZOS)
        path = FOLDER / f"{file}-{width}.webp"
        image.convert("RGB").save(path, "WEBP", quality=QUALITY, method=6)
    page.set_viewport_size({"width": SIZES[0][0], "height": SIZES[0][1]})


def walk(browser: Browser, base: str, pages: list[Opened], only: str) -> list[Shot]:
    """Photograph the pages that are opened by their address."""
    shots = []
    for session, group in groupby(pages, key=lambda page: page[3]):
        context = context_of(browser, base, session)
        page = context.new_page()
        for name, who, path, _ in group:
            if only in name:
                answer = page.goto(base + path)
                file = file_of(name, who)
                take(page, file)
                status = answer.status if answer else 500
                shots.append(Shot(part_of(who, path, status), name, file))
        context.close()
    return shots


def press(browser: Browser, base: str, only: str) -> list[Shot]:
    """Photograph what is reached by pressing something."""
    shots = []
    for steps in STEPS:
        context = context_of(browser, base)
        page = context.new_page()
        for name in steps(page, base):
            if only in name:
                file = file_of(name, "")
                take(page, file)
                part = part_of("", page.url.removeprefix(base), 200)
                shots.append(Shot("states" if "/ui/" in page.url else part, name, file))
        context.close()
    return shots


def gallery(shots: list[Shot]) -> str:
    """Write the page of the handbook."""
    lines = [
        "# Every page, in pictures",
        "",
        (
            "The demo city, in Chinese, at the width of a phone and of a desk; made by "
            "`make screenshots`. All people, units and matters are invented."
        ),
    ]
    for part, title in PARTS.items():
        of_part = [shot for shot in shots if shot.part == part]
        if of_part:
            lines += ["", f"## {title}"]
        for shot in of_part:
            phone, desk = (f"screenshots/{shot.file}-{size[0]}.webp" for size in SIZES)
            lines += [
                "",
                f"### {shot.name[0].upper()}{shot.name[1:]}",
                "",
                f"![{shot.name}, on a phone]({phone}){{ loading=lazy width=195 }}",
                f"![{shot.name}, on a desk]({desk}){{ loading=lazy width=480 }}",
            ]
    return "\n".join(lines) + "\n"


def photograph(port: int, only: str) -> None:
    """Photograph everything, and write the gallery when nothing was left out."""
    base = f"http://localhost:{port}"
    chromium = next(filter(None, map(shutil.which, BROWSERS)))
    if not only:
        shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    pages = sorted(opened(), key=lambda page: page[3])  # one window for each person
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=list(ARGUMENTS), env={**os.environ, "LANGUAGE": "zh_CN"}
        )
        shots = walk(browser, base, pages, only) + press(browser, base, only)
        browser.close()
    files = list(FOLDER.glob("*.webp"))
    weight = sum(file.stat().st_size for file in files)
    heaviest = max(files, key=lambda file: file.stat().st_size)
    print(f"{len(files)} pictures, {weight / 1e6:.1f} MB, the heaviest {heaviest.name} "
          f"{heaviest.stat().st_size / 1000:.0f} KB")  # fmt: skip
    if not only:
        GALLERY.write_text(gallery(shots), encoding="utf-8")
    if weight > TOTAL_BYTES:
        sys.exit(f"That is more than {TOTAL_BYTES / 1e6:.0f} MB: lower QUALITY, or cut earlier.")


def main() -> None:
    """Photograph the demo that runs, or a small one of its own."""
    parser = argparse.ArgumentParser(description="Photograph every page of the demo city.")
    parser.add_argument("--var", type=Path, help="folder of a demo that runs")
    parser.add_argument("--port", type=int, default=8000, help="port of a demo that runs")
    parser.add_argument("--only", default="", help="only pages whose name has this word")
    given = parser.parse_args()
    if given.var is not None:
        with demo_city(given.var.resolve(), given.port):
            photograph(given.port, given.only)
        return
    port = free_port(18_000)
    with tempfile.TemporaryDirectory(prefix="huiyin-shots-") as folder:
        var = Path(folder) / "var"
        try:
            process, _, _ = start(var, "small", port, life=True)
            with demo_city(var, port):
                wait_for_life()
                photograph(port, given.only)
            stop(process)
        finally:
            Cluster(var=var).remove()


if __name__ == "__main__":
    main()
