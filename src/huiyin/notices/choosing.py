"""Which text a notice gets: the city's own, the one written for it, or the general one."""

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import structlog

from huiyin.notices import library
from huiyin.notices.facts import Facts, known
from huiyin.notices.models import TextVersion
from huiyin.notices.reading import ReadingError, read_texts
from huiyin.notices.texts import LANGUAGES, OUTSIDE, Channel, DiscreetText, Template, Text

FRESH_SECONDS = 30

log = structlog.get_logger("huiyin.notices")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is said: {language: (subject, body)}, and what the text itself asks for."""

    texts: Mapping[str, tuple[str, str]]
    urgent: bool
    version: int

    def dumped(self) -> str:
        """Return it as it is kept."""
        return json.dumps({language: list(both) for language, both in self.texts.items()},
                          ensure_ascii=False)  # fmt: skip


Kept = tuple[str, int, object]  # of a city's own text: name, version, texts


_kept: tuple[float, dict[str, Template]] | None = None


def own_texts() -> dict[str, Template]:
    """Return the city's own texts that are in force, by name; read at most every FRESH_SECONDS.

    A city writes a handful of them, and changes one now and then.
    """
    global _kept
    if _kept is None or time.monotonic() - _kept[0] > FRESH_SECONDS:
        rows = TextVersion.objects.order_by("name", "-version").distinct("name")
        _kept = (time.monotonic(), as_templates(rows.values_list("name", "version", "texts")))
    return _kept[1]


def forget_texts() -> None:
    """Drop this process's copy, after a change."""
    global _kept
    _kept = None


def as_templates(rows: Iterable[Kept]) -> dict[str, Template]:
    """Return kept texts as templates by name, without those that cannot be read any more."""
    found = {}
    for name, version, texts in rows:
        try:
            if texts:
                found[name] = in_force(name, version, texts)
        except ReadingError as error:
            # Written for an earlier version of Huiyin. What happened is told all the same.
            log.warning("notice_text_faulty", notice=name, version=version, faults=str(error))
    return found


def in_force(name: str, version: int, texts: object) -> Template:
    """Return a kept text as a template. Raises ReadingError."""
    read = read_texts(
        json.dumps({name: texts}, ensure_ascii=False),
        file=f"text {version}",
        discreet=library.discreet_procedures(),
    )
    template = read[name]
    return Template(
        name=name,
        channels=template.channels,
        urgent=template.urgent,
        discreet=template.discreet,
        version=version,
    )


def choose(
    name: str,
    channel: Channel,
    facts: Facts,
    *,
    audience: str,
    language: str,
    confidential: bool,
    own: Mapping[str, Template],
) -> Chosen:
    """Return what is said over a channel: the first text whose facts are all known.

    Confidential: an SMS or e-mail is a `DiscreetText`, filled from number, days and link alone.
    """
    is_discreet = confidential and channel in OUTSIDE
    there = known(facts)
    chain = library.fitting(name, audience)
    candidates = [own.get(name), *(one for each in chain for one in (own.get(each.name), each))]
    for template in candidates:
        if template is not None and channel in template.channels:
            texts = template.channels[channel]
            if is_discreet and not all(isinstance(text, DiscreetText) for text in texts):
                continue
            if template.needs(channel) - there:
                log.debug("notice_facts_missing", notice=name, text=template.name)
                continue
            return _filled(template, texts, channel, facts, language, is_discreet)
    raise LookupError(f"{name} has no text for {channel}")  # the last pattern needs nothing


def _filled(
    template: Template,
    texts: tuple[Text, ...],
    channel: Channel,
    facts: Facts,
    language: str,
    is_discreet: bool,
) -> Chosen:
    told = facts.discreet() if is_discreet else facts
    languages = LANGUAGES if channel is Channel.INBOX else (language,)
    said = {}
    for each in languages:
        parts = [
            text.filled(told, language=each, short=channel is Channel.SMS).strip() for text in texts
        ]
        said[each] = (parts[0], parts[1]) if len(parts) > 1 else ("", parts[0])
    return Chosen(said, template.urgent, template.version)
