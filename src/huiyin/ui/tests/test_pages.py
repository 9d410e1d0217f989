"""Display choices, error pages, headers, worker and manifest, as requests see them."""

import json
from dataclasses import replace

import pytest
from django.http import HttpResponse
from django.template import engines
from django.test import RequestFactory, override_settings
from django.utils import translation

from huiyin.ui.display import Display, shown_as
from huiyin.ui.errors import STATUS, Trouble, error_page
from huiyin.ui.http import part, safe_next, see_other
from huiyin.ui.middleware import SecurityHeaders, content_policy, tile_host

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; media-src 'self'; font-src 'self'; worker-src 'self'; "
    "manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
rf = RequestFactory()
pytestmark = pytest.mark.django_db


def test_every_page_carries_the_protecting_headers(client):
    response = client.get("/ui/display")

    assert {
        name: response.headers.get(name)
        for name in (
            "Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options",
            "X-Frame-Options", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy",
        )
    } == {
        "Content-Security-Policy": POLICY,
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }  # fmt: skip
    assert "geolocation=(self)" in response.headers["Permissions-Policy"]
    assert "camera=()" in response.headers["Permissions-Policy"]


def test_tile_host_is_named_only_where_a_map_is_shown(settings):
    settings.HUIYIN = _with_tiles(settings.HUIYIN)
    shown = rf.get("/map")
    shown.shows_map = True
    answer = SecurityHeaders(lambda request: HttpResponse())

    assert answer(shown)["Content-Security-Policy"] == content_policy("https://tiles.example")
    assert answer(rf.get("/other"))["Content-Security-Policy"] == POLICY


def _with_tiles(config):
    return replace(config, tile_url="https://tiles.example/{z}/{x}/{y}.png")


@pytest.mark.parametrize(
    ("url", "host"),
    [
        pytest.param("", "", id="none"),
        pytest.param("https://a.example/{z}/{x}/{y}.png?key=1", "https://a.example", id="plain"),
        pytest.param("https://{s}.a.example/{z}", "https://*.a.example", id="subdomains"),
        pytest.param("http://a.example:8080/{z}", "http://a.example:8080", id="port"),
    ],
)
def test_tile_host_is_scheme_and_host_alone(url, host):
    assert tile_host(url) == host


def test_what_a_signed_in_person_sees_is_not_stored():
    request = rf.get("/desk")
    request.actor = object()
    answer = SecurityHeaders(lambda request: HttpResponse())

    assert answer(request)["Cache-Control"] == "private, no-store"
    assert answer(rf.get("/"))["Cache-Control"] == "private, no-cache"


# --- language and display -----------------------------------------------------------------------


def test_pages_are_chinese_when_nobody_chose(client):
    response = client.get("/ui/display", headers={"accept-language": "en-US,en;q=0.9"})

    assert '<html lang="zh-Hans">' in response.text
    assert "显示与无障碍" in response.text
    assert response.headers["Content-Language"] == "zh-Hans"


def test_chosen_language_is_kept_and_leads_back(client):
    chosen = client.post("/ui/language", {"language": "en", "next": "/ui/display?a=1"})

    assert (chosen.status_code, chosen.headers["Location"]) == (303, "/ui/display?a=1")
    response = client.get("/ui/display")
    assert '<html lang="en">' in response.text
    assert "Display and accessibility · Huiyin" in response.text


def test_unknown_language_changes_nothing(client):
    client.post("/ui/language", {"language": "fr"})

    assert "huiyin_language" not in client.cookies
    assert '<html lang="zh-Hans">' in client.get("/ui/display").text


def test_larger_text_and_contrast_are_kept_beside_each_other(client):
    client.post("/ui/display", {"large": "1"})
    client.post("/ui/display", {"contrast": "1"})
    both = client.get("/ui/display").text
    client.post("/ui/display", {"large": "0"})
    one = client.get("/ui/display").text

    assert '<html lang="zh-Hans" class="large contrast">' in both
    assert '<html lang="zh-Hans" class="contrast">' in one


def test_broken_cookies_count_as_not_chosen(client):
    client.cookies["huiyin_display"] = '"><script>'
    client.cookies["huiyin_language"] = "xx"

    assert '<html lang="zh-Hans">' in client.get("/ui/display").text


@pytest.mark.parametrize(
    ("wanted", "to"),
    [
        pytest.param("/places/?q=1", "/places/?q=1", id="path"),
        pytest.param("https://elsewhere.example/", "/", id="other-host"),
        pytest.param("//elsewhere.example/", "/", id="other-host-without-scheme"),
        pytest.param("/\\elsewhere.example", "/", id="backslash"),
        pytest.param("javascript:alert(1)", "/", id="script"),
        pytest.param("", "/", id="nothing"),
    ],
)
def test_way_back_stays_on_this_site(wanted, to):
    assert safe_next(rf.post("/ui/language", {"next": wanted})) == to


# --- parts for htmx -----------------------------------------------------------------------------


def test_part_is_given_to_htmx_and_the_page_to_others():
    whole = part(rf.get("/x"), "ui/parts/mark.html", page="ui/parts/ripples.html")
    asked = part(
        rf.get("/x", headers={"HX-Request": "true"}),
        "ui/parts/mark.html",
        page="ui/parts/ripples.html",
        status=422,
    )
    restored = part(
        rf.get("/x", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"}),
        "ui/parts/mark.html",
        page="ui/parts/ripples.html",
    )

    assert 'class="ripples"' in whole.text
    assert asked.text.startswith('<svg class="mark"')
    assert asked.status_code == 422
    assert 'class="ripples"' in restored.text
    assert whole.headers["Vary"] == asked.headers["Vary"] == "HX-Request"


def test_browser_is_sent_on_by_redirect_and_htmx_by_header():
    plain = see_other(rf.post("/x"), "/y")
    asked = see_other(rf.post("/x", headers={"HX-Request": "true"}), "/y")

    assert (plain.status_code, plain.headers["Location"]) == (303, "/y")
    assert (asked.status_code, asked.headers["HX-Redirect"]) == (204, "/y")


# --- error pages --------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("trouble", Trouble)
def test_error_page_says_whose_fault_it_is_not_and_gives_ways_on(trouble, language):
    with shown_as(Display(language=language)):
        response = error_page(rf.get("/somewhere"), trouble)

    code = response.headers["X-Spoken-Code"]
    assert response.status_code == STATUS[trouble]
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.text.count('class="btn primary block"') == 1
    assert 'href="tel:12345"' in response.text
    assert f'<b class="nb">{code}</b>' in response.text


def test_error_pages_need_neither_database_nor_context_processors(django_db_blocker):
    with django_db_blocker.block(), shown_as(Display(language="en", large=True)):
        response = error_page(rf.get("/x"), Trouble.SERVER_ERROR)

    assert '<html lang="en" class="large">' in response.text
    assert "It is our system, not you." in response.text


@override_settings(
    STORAGES={
        "staticfiles": {
            "BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage",
            "OPTIONS": {"location": "/nonexistent"},
        }
    }
)
def test_error_page_appears_in_plain_words_when_even_its_files_are_missing():
    for loader in engines["django"].engine.template_loaders:  # as if nothing had been drawn yet
        loader.reset()

    response = error_page(rf.get("/x"), Trouble.SERVER_ERROR)

    assert response.status_code == 500
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "是我们的系统出了问题，不是您操作错了。" in response.text
    assert response.headers["X-Spoken-Code"] in response.text


def test_forbidden_page_names_who_may_open_it():
    with shown_as(Display()):
        response = error_page(rf.get("/x"), Trouble.FORBIDDEN, holders=["市管理员", "审计员"])

    assert '<b class="nb">市管理员</b>、<b class="nb">审计员</b>' in response.text


def test_lock_out_says_how_long_it_lasts():
    with shown_as(Display()):
        response = error_page(rf.post("/sign-in"), Trouble.LOCKED_OUT, minutes=15)

    assert "15 分钟后可以再试" in response.text
    assert response.headers["Retry-After"] == "900"


# --- worker and manifest ------------------------------------------------------------------------


def test_worker_keeps_the_offline_page_of_each_language(client):
    response = client.get("/ui/sw.js")

    given = json.loads(response.text.split("\n", 1)[0].removeprefix("const HUIYIN = ").rstrip(";"))
    assert response.headers["Service-Worker-Allowed"] == "/"
    assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert given["pages"] == {"zh-Hans": "/ui/offline/zh-hans", "en": "/ui/offline/en"}
    for page in given["pages"].values():
        assert client.get(page).status_code == 200


def test_offline_page_is_in_the_language_of_its_address(client):
    client.cookies["huiyin_language"] = "en"

    assert "现在没有网络" in client.get("/ui/offline/zh-hans").text
    assert "There is no network right now" in client.get("/ui/offline/en").text
    assert client.get("/ui/offline/fr").status_code == 404


def test_manifest_names_the_site_in_the_language_of_the_page(client):
    chinese = client.get("/ui/manifest.webmanifest")
    client.cookies["huiyin_language"] = "en"
    english = client.get("/ui/manifest.webmanifest")

    assert chinese.headers["Content-Type"] == "application/manifest+json"
    assert (chinese.json()["name"], chinese.json()["lang"]) == ("回音", "zh-Hans")
    assert (english.json()["name"], english.json()["lang"]) == ("Huiyin", "en")


@pytest.mark.parametrize("page", ["gallery", "gallery/resident", "gallery/desk", "gallery/map"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_sample_pages_carry_no_inline_script_or_style(client, page, language):
    client.cookies["huiyin_language"] = language

    text = client.get(f"/ui/{page}").text

    assert "<style" not in text
    assert " style=" not in text
    assert " onclick=" not in text
    assert text.count("<script") == text.count('<script type="module" src="/static/build/')


def test_a_sample_desk_asks_for_nothing_that_needs_a_session(client):
    """An answer to it would lead whoever looks at the parts to the sign-in page."""
    assert "data-quiet" not in client.get("/ui/gallery/desk").text


def test_language_does_not_leak_into_the_next_request(client):
    client.cookies["huiyin_language"] = "en"
    client.get("/ui/display")

    assert translation.get_language() == "zh-hans"
