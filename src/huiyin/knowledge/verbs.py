"""Writing, checking, publishing, reviewing and withdrawing entries. Each verb is one transaction.

A version is published by somebody who did not write it (GB/T 33358: answers are checked before they
are used). Until then the version before it stays in use.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from huiyin.knowledge import access, keys
from huiyin.knowledge.models import PUBLIC_KINDS, Act, Entry, Kind, State, Step, Version
from huiyin.knowledge.personal import Finding, findings
from huiyin.knowledge.refusals import (
    Incomplete,
    LookFirst,
    NotADraft,
    NotFound,
    NothingToChange,
    NotPermitted,
    NotShown,
    NotToCheck,
    OwnWords,
    PersonalData,
    ReasonMissing,
    ReviewTooEarly,
    SomebodyWasFaster,
)
from huiyin.matters.models import Matter
from huiyin.people.actors import Actor

REVIEW_DAYS: Final = 180  # until the next look, where nobody says otherwise [default]
TITLE, TEXT, EN_TEXT, SHORT, REASON = 80, 2_000, 4_000, 200, 500
_SIGNS: Final = "23456789ACDEFGHJKMNPQRTUVWXY"  # none that looks like another
_PREFIX: Final = {Kind.GUIDE: "ZS", Kind.SCRIPT: "HS", Kind.ANSWER: "DF"}


@dataclass(frozen=True, slots=True)
class Words:
    """What a version says; see `models.Version`."""

    title_zh: str
    text_zh: str
    review_on: date
    title_en: str = ""
    text_en: str = ""
    asked_as: str = ""
    categories: tuple[str, ...] = ()
    places: tuple[UUID, ...] = ()
    source: str = ""
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def public(self) -> str:
        """Everything of it that residents may read, for the check for personal data."""
        return "\n".join((self.title_zh, self.text_zh, self.title_en, self.text_en, self.source))


def words_of(version: Version) -> Words:
    """Return what a version says."""
    return Words(
        title_zh=version.title_zh, text_zh=version.text_zh, review_on=version.review_on,
        title_en=version.title_en, text_en=version.text_en, asked_as=version.asked_as,
        categories=tuple(version.categories), places=tuple(version.places),
        source=version.source, valid_from=version.valid_from, valid_to=version.valid_to,
    )  # fmt: skip


# --- writing ------------------------------------------------------------------------------------


def begin(
    words: Words, *, kind: Kind, by: Actor, at: datetime, matter: Matter | None = None,
    code: str = "", owner_id: UUID | None = None, note: str = "",
) -> Entry:  # fmt: skip
    """Write a new entry of the writer's own unit as a draft; `owner_id`: of another, by a load.

    Raises NotPermitted, Incomplete.
    """
    owner = owner_id if by.is_system else by.unit_id
    if not (by.may(access.WRITE) or by.may(access.PUBLISH)) or owner is None:
        raise NotPermitted()
    words = _sound(words)
    with transaction.atomic():
        entry = Entry.objects.create(
            code=code or _free_code(kind), kind=kind, owner_id=owner, matter=matter
        )
        _put(entry, words, by=by, at=at, note=note)
    return entry


def change(
    entry_id: UUID, words: Words, *, by: Actor, at: datetime, note: str = "",
    expected: int | None = None,
) -> Entry:  # fmt: skip
    """Write a new version of an entry as a draft; what was published stays in use until it is.

    `expected`: the number of the version the writer has seen. Raises NotFound, NotPermitted,
    SomebodyWasFaster, Incomplete, NothingToChange.
    """
    words = _sound(words)
    with transaction.atomic():
        entry = _locked(entry_id)
        if not access.may_write(entry, by=by):
            raise NotPermitted()
        latest = _latest(entry)
        if expected is not None and expected != latest.number:
            raise SomebodyWasFaster()
        if words_of(latest) == words and entry.state != State.WITHDRAWN:
            raise NothingToChange()
        _put(entry, words, by=by, at=at, note=note)
    return entry


def _put(entry: Entry, words: Words, *, by: Actor, at: datetime, note: str) -> None:
    number = entry.latest.number + 1 if entry.latest else 1
    version = Version.objects.create(
        entry=entry, number=number, note=note[:SHORT], written_at=at, written_by=by.account_id,
        title_keys=keys.title_keys(words.title_zh, words.asked_as, words.title_en),
        text_keys=keys.text_keys(words.text_zh, words.text_en), **_columns(words),
    )  # fmt: skip
    entry.latest, entry.state, entry.author = version, State.DRAFT, by.account_id
    entry.save(update_fields=["latest", "state", "author"])
    _step(entry, Act.WRITTEN, by=by, at=at, why=note)


def _columns(words: Words) -> dict[str, Any]:
    return {
        "title_zh": words.title_zh, "title_en": words.title_en, "text_zh": words.text_zh,
        "text_en": words.text_en, "asked_as": words.asked_as, "source": words.source,
        "categories": list(words.categories), "places": list(words.places),
        "valid_from": words.valid_from, "valid_to": words.valid_to, "review_on": words.review_on,
    }  # fmt: skip


def _sound(words: Words) -> Words:
    """Return the words without spaces around them. Raises Incomplete."""
    texts = ("title_zh", "text_zh", "title_en", "text_en", "asked_as", "source")
    tidy = replace(
        words, **{name: getattr(words, name).replace("\r\n", "\n").strip() for name in texts}
    )
    most = (TITLE, TEXT, 2 * TITLE, EN_TEXT, SHORT, SHORT)
    fits = all(len(getattr(tidy, name)) <= limit for name, limit in zip(texts, most, strict=True))
    begins, ends = tidy.valid_from, tidy.valid_to
    in_order = begins is None or ends is None or begins < ends
    if not (tidy.title_zh and tidy.text_zh and fits and in_order):
        raise Incomplete()
    return tidy


def _free_code(kind: Kind) -> str:
    """Return a code nobody has: two letters and five signs that can be read out."""
    while True:
        code = f"{_PREFIX[kind]}-{''.join(secrets.choice(_SIGNS) for _ in range(5))}"
        if not Entry.objects.filter(code=code).exists():
            return code


# --- checking -----------------------------------------------------------------------------------


def found_in(entry: Entry) -> list[Finding]:
    """Return what the check for personal data finds in the latest version; scripts are internal."""
    if entry.kind not in PUBLIC_KINDS or entry.latest is None:
        return []
    return findings(words_of(entry.latest).public)


def ask(entry_id: UUID, *, by: Actor, at: datetime) -> Entry:
    """Send a draft to be checked. Raises NotFound, NotPermitted, NotADraft, PersonalData."""
    with transaction.atomic():
        entry = _locked(entry_id)
        if not access.may_write(entry, by=by):
            raise NotPermitted()
        if entry.state != State.DRAFT:
            raise NotADraft()
        _refuse_certain(found_in(entry))
        _move(entry, State.TO_CHECK, Act.ASKED, by=by, at=at)
    return entry


def publish(
    entry_id: UUID, *, by: Actor, at: datetime, has_looked: bool = False,
    expected: int | None = None,
) -> Entry:  # fmt: skip
    """Put the version that waits to be checked into use, in the place of the one before.

    `has_looked`: the checker has looked at the words that may name a person, and they do not.
    Raises NotFound, NotPermitted, NotToCheck, OwnWords, SomebodyWasFaster, PersonalData, LookFirst.
    """
    with transaction.atomic():
        entry = _for_check(entry_id, by=by, expected=expected)
        found = found_in(entry)
        _refuse_certain(found)
        if found and not has_looked:
            raise LookFirst(words=_listed(found))
        latest = _latest(entry)
        entry.shown, entry.shown_at, entry.review_on = latest, at, latest.review_on
        entry.save(update_fields=["shown", "shown_at", "review_on"])
        _move(entry, State.PUBLISHED, Act.PUBLISHED, by=by, at=at)
    return entry


def send_back(
    entry_id: UUID, *, reason: str, by: Actor, at: datetime, expected: int | None = None
) -> Entry:
    """Give a version back to its writer, with what has to be better.

    Raises NotFound, NotPermitted, NotToCheck, OwnWords, SomebodyWasFaster, ReasonMissing.
    """
    why = _why(reason)
    with transaction.atomic():
        entry = _for_check(entry_id, by=by, expected=expected)
        _move(entry, State.DRAFT, Act.SENT_BACK, by=by, at=at, why=why)
    return entry


def withdraw(entry_id: UUID, *, reason: str, by: Actor, at: datetime) -> Entry:
    """Take an entry out of use at once; its versions stay, and it can be written anew.

    Raises NotFound, NotPermitted, NotShown, ReasonMissing.
    """
    why = _why(reason)
    with transaction.atomic():
        entry = _locked(entry_id)
        if not access.may_publish(entry, by=by):
            raise NotPermitted()
        if entry.shown is None:
            raise NotShown()
        entry.shown, entry.review_on, entry.state = None, None, State.WITHDRAWN
        entry.save(update_fields=["shown", "review_on", "state"])
        _step(entry, Act.WITHDRAWN, by=by, at=at, why=why)
    return entry


def review(entry_id: UUID, *, again_on: date, by: Actor, at: datetime) -> Entry:
    """Say that what is shown is still right, and when to look again.

    Raises NotFound, NotPermitted, NotShown, ReviewTooEarly.
    """
    if again_on <= timezone.localdate(at):
        raise ReviewTooEarly()
    with transaction.atomic():
        entry = _locked(entry_id)
        if not access.may_write(entry, by=by):
            raise NotPermitted()
        if entry.shown is None:
            raise NotShown()
        entry.review_on = again_on
        entry.save(update_fields=["review_on"])
        _step(entry, Act.REVIEWED, by=by, at=at, why="", version=entry.shown.number)
    return entry


def count_opinion(entry_id: UUID, *, is_helpful: bool) -> None:
    """Count that an answer helped somebody, or did not; nothing says whom."""
    name = "helpful" if is_helpful else "unhelpful"
    Entry.objects.filter(pk=entry_id, shown__isnull=False).update(**{name: F(name) + 1})


def next_review(at: datetime) -> date:
    """Return the day of the next review, where nobody says otherwise."""
    return timezone.localdate(at) + timedelta(days=REVIEW_DAYS)


# --- steps --------------------------------------------------------------------------------------


def _locked(entry_id: UUID) -> Entry:
    """Lock an entry and return it with its versions and its owner's place. Raises NotFound."""
    rows = Entry.objects.select_for_update(of=("self",))
    found = rows.select_related("latest", "shown", "owner__place").filter(pk=entry_id).first()
    if found is None:
        raise NotFound()
    return found


def _for_check(entry_id: UUID, *, by: Actor, expected: int | None) -> Entry:
    entry = _locked(entry_id)
    if not access.may_publish(entry, by=by):
        raise NotPermitted()
    if entry.state != State.TO_CHECK:
        raise NotToCheck()
    if not by.is_system and entry.author == by.account_id:
        raise OwnWords()
    if expected is not None and expected != _latest(entry).number:
        raise SomebodyWasFaster()
    return entry


def _latest(entry: Entry) -> Version:
    assert entry.latest is not None  # noqa: S101 every entry is made with its first version
    return entry.latest


def _move(entry: Entry, state: State, act: Act, *, by: Actor, at: datetime, why: str = "") -> None:
    entry.state = state
    entry.save(update_fields=["state"])
    _step(entry, act, by=by, at=at, why=why)


def _step(
    entry: Entry, act: Act, *, by: Actor, at: datetime, why: str, version: int | None = None
) -> None:
    number = version if version is not None else _latest(entry).number
    Step.objects.create(
        entry=entry, act=act, version=number, at=at, by=by.account_id, why=why[:REASON]
    )


def _why(reason: str) -> str:
    why = " ".join(reason.split())[:REASON]
    if not why:
        raise ReasonMissing()
    return why


def _refuse_certain(found: Sequence[Finding]) -> None:
    certain = [one for one in found if one.is_certain]
    if certain:
        raise PersonalData(words=_listed(certain))


def _listed(found: Sequence[Finding]) -> str:
    return " ".join(f"“{one.words}”" for one in found)
