"""How a person wants pages shown: language, larger text, high contrast. Kept in two cookies.

The choice works without JavaScript and without an account; a signed-in person's language is
stored by `people` and written into the same cookie at sign-in (`keep_language`).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

DISPLAY_COOKIE = "huiyin_display"
YEAR_SECONDS = 365 * 24 * 3600

# Each language is named in itself, whatever the language of the page.
LANGUAGE_NAMES = {"zh-hans": "中文", "en": "English"}
HTML_LANGUAGES = {"zh-hans": "zh-Hans", "en": "en"}


@dataclass(frozen=True)
class Display:
    """What the person chose; the defaults are Chinese, ordinary size, ordinary contrast."""

    language: str = "zh-hans"
    large: bool = False
    contrast: bool = False

    @property
    def lang(self) -> str:
        """The value of the `lang` attribute."""
        return HTML_LANGUAGES[self.language]

    @property
    def css(self) -> str:
        """The classes of the root element."""
        return " ".join(
            name for name, on in (("large", self.large), ("contrast", self.contrast)) if on
        )

    @property
    def other_language(self) -> str:
        """The code of the language the top bar offers."""
        return "en" if self.language == "zh-hans" else "zh-hans"

    @property
    def other_lang(self) -> str:
        """The `lang` attribute of the offered language's name."""
        return HTML_LANGUAGES[self.other_language]

    @property
    def other_name(self) -> str:
        """The name of the offered language, in itself."""
        return LANGUAGE_NAMES[self.other_language]

    @property
    def languages(self) -> tuple[tuple[str, str, str], ...]:
        """Code, `lang` attribute and name of every language."""
        return tuple((code, HTML_LANGUAGES[code], name) for code, name in LANGUAGE_NAMES.items())


_current: ContextVar[Display | None] = ContextVar("huiyin_display", default=None)


def current_display() -> Display:
    """Return how the request under way is to be shown; the defaults outside of one.

    The language is the one texts are being translated into at this moment.
    """
    display = _current.get() or Display()
    language = translation.get_language() or settings.LANGUAGE_CODE
    return replace(display, language=language if language in LANGUAGE_NAMES else "zh-hans")


@contextmanager
def shown_as(display: Display) -> Iterator[None]:
    """Show everything inside in this language and way; error pages need no request for it."""
    token = _current.set(display)
    try:
        with translation.override(display.language):
            yield
    finally:
        _current.reset(token)


def display_of(request: HttpRequest) -> Display:
    """Read the cookies; anything unknown in them counts as not chosen."""
    return display_in(request.COOKIES)


def display_in(cookies: Mapping[str, str]) -> Display:
    """Return what these cookies choose."""
    language = cookies.get(settings.LANGUAGE_COOKIE_NAME, "").lower()
    if language not in LANGUAGE_NAMES:
        language = settings.LANGUAGE_CODE
    chosen = cookies.get(DISPLAY_COOKIE, "").split(".")
    return Display(language=language, large="large" in chosen, contrast="contrast" in chosen)


def keep_language(response: HttpResponse, language: str) -> None:
    """Write the language into its cookie. Raises KeyError for a language we do not speak."""
    _set(response, settings.LANGUAGE_COOKIE_NAME, {c: c for c in LANGUAGE_NAMES}[language])


def keep_display(response: HttpResponse, display: Display) -> None:
    """Write size and contrast into their cookie."""
    _set(response, DISPLAY_COOKIE, display.css.replace(" ", "."))


def _set(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=YEAR_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
