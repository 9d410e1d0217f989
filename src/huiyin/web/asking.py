"""What was said on the three screens, and what becomes of it: checks, foresight, sending.

Pages keep what they are told in a draft (`drafts`); here it is read, judged by the engine's own
rules, and turned into a matter.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from huiyin.categories.models import Category
from huiyin.categories.search import suggest
from huiyin.categories.tree import Node, tree
from huiyin.dispatch.answers import Found
from huiyin.dispatch.responsibility import responsible
from huiyin.matters import access, intake, promises, similar
from huiyin.matters.act_forms import ActForm
from huiyin.matters.attachments import hand_to
from huiyin.matters.intake import Person, Said
from huiyin.matters.models import Channel, Matter
from huiyin.matters.promises import Foreseen
from huiyin.matters.refusals import ActRefused
from huiyin.people.actors import Actor
from huiyin.people.models import AccountKind
from huiyin.places.models import Place, PlaceLevel
from huiyin.procedures.forms import clean
from huiyin.procedures.language import FieldType
from huiyin.procedures.refusals import field_sentence
from huiyin.ui.refusals import Refusal
from huiyin.web import drafts, shown
from huiyin.web.doors import Door
from huiyin.web.models import Draft

LONGEST_TITLE: Final = 30
SURE_ENOUGH: Final = 0.3  # share of what was said; below this a kind has to stand out …
STANDS_OUT: Final = 1.5  # … so much above the next one
SIDES: Final = ("applicant", "respondent")
VISITOR: Final = Actor(account_id=None, kind=AccountKind.RESIDENT.value)
_END: Final = re.compile(r"[。！？!?\n；;]")


@dataclass(frozen=True)
class Asked:
    """A draft as it is read: everything said so far through one door. Missing things are empty."""

    door: Door
    body: Mapping[str, Any]

    @property
    def form(self) -> dict[str, Any]:
        """The fields of the first screen, as they were sent."""
        return dict(self.body.get("form", {}))

    @property
    def words(self) -> str:
        """What happened, in the person's own words."""
        return str(self.form.get(self.door.main, ""))

    @property
    def node(self) -> Node | None:
        """The kind of matter, chosen or taken from the words."""
        return tree().by_code.get(str(self.body.get("category", "")))

    @property
    def category(self) -> Category | None:
        """The kind of matter as the record keeps it."""
        return self.node.category if self.node else None

    @property
    def point(self) -> tuple[float | None, float | None]:
        """Where the person stood, (lon, lat) in WGS84."""
        return self.body.get("lon"), self.body.get("lat")

    def place(self) -> Place | None:
        """Return the place that was chosen. One query."""
        pk = self.body.get("place")
        if not pk:
            return None
        lines = ("city", "county", "town", "village", "overlay_parent")
        return Place.objects.select_related(*lines).filter(pk=pk, valid_to=None).first()

    @property
    def joins(self) -> UUID | None:
        """The matter the person joins instead of opening one."""
        return UUID(self.body["joins"]) if self.body.get("joins") else None


def problems(door: Door, form: Mapping[str, Any], *, at: datetime) -> Refusal | None:
    """Return what is wrong with the first screen, sentence by field; None when nothing is."""
    checked = clean(door.what, form, now=at)
    if not checked.errors:
        return None
    language = get_language() or "zh"
    errors = {
        name: field_sentence(error, language=language) for name, error in checked.errors.items()
    }
    return ActRefused(reason="run.form", sentence="", errors=errors)


def keep_arrived(form: ActForm, door: Door, draft: Draft, *, at: datetime) -> dict[str, Any]:
    """Keep the files of a screen with the draft; return the values, with its own files alone."""
    values = form.values()
    own = {str(one.pk) for one in drafts.files_of(draft)}
    for field in door.of_type(FieldType.FILES):
        named = [one for one in values.get(field.name, []) if one in own or _is_new(form, one, at)]
        drafts.keep_files(draft, field.name, [UUID(one) for one in named])
        if named:
            values[field.name] = named
        else:
            values.pop(field.name, None)
    return values


def _is_new(form: ActForm, pk: str, at: datetime) -> bool:
    return any(str(one.pk) == pk and one.at == at for kept in form.kept.values() for one in kept)


def likely_kind(text: str) -> str:
    """Return the code of the kind that words speak of; empty when that is not likely enough.

    A kind that nobody chose has to be named in the words: "门口有狗叫" sounds like a phrase about
    foundlings, and must not be filed there. What is less likely is offered all the same.
    """
    found = suggest(text, 2)
    if not found or not similar.bigrams(found[0].category.name_zh) & similar.bigrams(text):
        return ""
    first, second = found[0].score, found[1].score if len(found) > 1 else 0.0
    is_likely = first >= SURE_ENOUGH or first >= STANDS_OUT * second
    return found[0].category.code if is_likely else ""


def title_of(text: str) -> str:
    """Return the first clause of what was said, short enough for a list."""
    first = _END.split(text.strip(), maxsplit=1)[0].strip() or text.strip()
    plain = " ".join(first.split())
    return plain if len(plain) <= LONGEST_TITLE else f"{plain[: LONGEST_TITLE - 1]}…"


# --- before sending -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Routing:
    """Who will have it, as far as it is known before sending, and the promise."""

    foreseen: Foreseen | None
    unit: str = ""


def routing(asked: Asked, place: Place, *, at: datetime) -> Routing:
    """Return what a person is told before they send. Six queries at most."""
    ahead = promises.foreseen(
        procedure=asked.door.procedure, action=asked.door.action,
        form=whole_form(asked, place, who={"reply": "wanted"}), place=place,
        category=asked.category, at=at,
    )  # fmt: skip
    unit = ""
    if asked.category is not None and asked.door.suggests:
        answer = responsible(place.pk, asked.category.pk, at=at)
        if answer.found is Found.DUTY and answer.unit:
            unit = answer.unit.name
    return Routing(ahead, unit)


def alike(asked: Asked, place: Place, *, by: Actor, at: datetime) -> list[similar.Alike]:
    """Return what others have reported nearby; nothing where a matter is nobody's business."""
    if not asked.door.finds_similar or place.level < PlaceLevel.TOWN:
        return []
    lon, lat = asked.point
    found = similar.similar(
        place=place, text=asked.words, at=at, category=asked.category, lon=lon, lat=lat
    )
    if not found or by.account_id is None:
        return found
    ids = [one.matter_id for one in found]
    own = set(access.matters_seen_by(by).filter(pk__in=ids).values_list("pk", flat=True))
    return [one for one in found if one.matter_id not in own]


def whole_form(asked: Asked, place: Place, *, who: Mapping[str, Any]) -> dict[str, Any]:
    """Return the form of the opening action, put together from all screens."""
    form = asked.form
    for field in asked.door.opening.form:
        if field.type is FieldType.PLACE and (field.required or place.level > PlaceLevel.CITY):
            form[field.name] = str(place.pk)
        elif field.type is FieldType.CATEGORY and asked.door.suggests and asked.category:
            form[field.name] = str(asked.category.pk)
        elif field.type is FieldType.PARTIES:
            form[field.name] = list(SIDES)
        elif field.name in who:
            form[field.name] = who[field.name]
    return form


# --- sending ------------------------------------------------------------------------------------


def send(draft: Draft, asked: Asked, *, by: Actor, phone: str, at: datetime) -> Matter:
    """Turn a draft into a matter, or let the person join the one they chose; delete the draft.

    `by`: the resident who signed in or confirmed their phone; VISITOR for somebody unknown.
    One transaction. The caller lets only one request at a time send a draft. Raises what
    `open_matter` and `join` raise; then the draft is as it was.
    """
    with transaction.atomic():
        person = _person(asked, by, phone)
        if asked.joins is not None:
            matter = similar.join(matter_id=asked.joins, person=person, by=by, at=at).matter
        else:
            matter = _opened(draft, asked, person, by=by, at=at)
        drafts.sent(draft, matter, at=at)
    return matter


def _opened(draft: Draft, asked: Asked, person: Person, *, by: Actor, at: datetime) -> Matter:
    place = asked.place()
    if place is None:
        raise ActRefused(reason="run.form", sentence="", errors={})
    lon, lat = asked.point
    is_known = by.account_id is not None
    who = {
        "reply": "wanted" if is_known else "no_contact",
        "keep_secret": bool(person.wants_secrecy),
    }
    form = whole_form(asked, place, who=who)
    hand_to(ids=[one.pk for one in drafts.files_of(draft)], by=by)
    done = intake.open_matter(
        procedure=asked.door.procedure,
        action=asked.door.action,
        said=Said(title_of(asked.words), asked.words, str(asked.body.get("address", ""))),
        place=place,
        channel=Channel.ONLINE,
        by=by,
        at=at,
        form=form,
        category=asked.category if asked.door.suggests else None,
        reporter=person if is_known else None,
        parties=_other_side(asked),
        accused=_accused(form),
        lon=lon,
        lat=lat,
    )
    notice = shown.in_force(asked.door.slug, on=timezone.localdate(at))
    shown.note(done.run, notice, by=by, at=at)
    return done.run.matter


def _person(asked: Asked, by: Actor, phone: str) -> Person:
    return Person(
        name=str(asked.body.get("name", "")) or by.name,
        phone=phone,
        account_id=by.account_id,
        side=SIDES[0] if asked.door.asks_side else "",
        wants_secrecy=asked.body.get("keep_secret") == "yes",
    )


def _other_side(asked: Asked) -> list[Person]:
    if not asked.door.asks_side:
        return []
    name, phone = (str(asked.body.get(key, "")) for key in ("side_name", "side_phone"))
    return [Person(name=name, phone=phone, side=SIDES[1])]


def _accused(form: Mapping[str, Any]) -> list[UUID]:
    """Return the units a matter complains of; they and all below them never see it."""
    return [UUID(str(one)) for one in form.get("accused_units", ())] if (
        form.get("is_accusation")
    ) else []  # fmt: skip
