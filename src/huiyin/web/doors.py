"""The doors residents come in by: each leads to the opening action of one procedure.

All go the same three screens: what, where, who. What is asked on them stands in the procedure file;
a door adds only what a page needs besides: its words, and whom it has to know.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from typing import Final

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huiyin.orders import slots
from huiyin.procedures import library
from huiyin.procedures.language import Action, Field, FieldType, Words

# Asked on the third screen, with the phone; or filled in from the other screens.
WHO: Final = ("reply", "keep_secret")
ELSEWHERE: Final = (
    FieldType.PLACE,
    FieldType.CATEGORY,
    FieldType.PERSON,
    FieldType.COLLEAGUE,
    FieldType.PARTY,
    FieldType.PARTIES,
)
Text = str | Promise


@dataclass(frozen=True)
class Door:
    """One way in. `main`: the field that holds what happened, in the person's own words.

    `guidance`: what is good to know before, one sentence each; without any the first screen opens
    at once. `asks_side`: there is somebody on the other side, who is named on the third screen.
    `title` heads every screen, `question` the first one. `times`: the field that takes an
    appointment; it is asked for on a screen of its own, when it is known who can come there.
    """

    slug: str
    procedure: str
    action: str
    icon: str
    title: Text
    about: Text
    question: Text
    hint: Text
    main: str
    guidance: tuple[Text, ...] = ()
    may_be_anonymous: bool = False
    needs_name: bool = False
    asks_side: bool = False
    finds_similar: bool = False
    suggests: bool = False
    takes_whole_city: bool = True
    times: str = ""
    offers: Mapping[str, Callable[[], dict[str, Words]]] = dataclass_field(default_factory=dict)

    @property
    def opening(self) -> Action:
        """The action that opens the matter."""
        return library.procedure(self.procedure).actions[self.action]

    @property
    def what(self) -> list[Field]:
        """The fields of the first screen."""
        asked = [
            self._offered(field)
            for field in self.opening.form
            if field.type not in ELSEWHERE and field.name not in (*WHO, self.times)
        ]
        return sorted(asked, key=_is_afterthought)  # photos come before what few write

    def _offered(self, field: Field) -> Field:
        """Return a field with what it can take now as choices, where that is known."""
        if field.name not in self.offers:
            return field
        # The hint of the file speaks of typing a code.
        return replace(field, type=FieldType.CHOICE, options=self.offers[field.name](), hint=None)

    def asks(self, name: str) -> Field | None:
        """Return a field of the form by name, if it has one."""
        return self.opening.field_named(name)

    def of_type(self, kind: FieldType) -> list[Field]:
        """Return the fields of one type."""
        return [field for field in self.opening.form if field.type is kind]

    @property
    def is_confidential(self) -> bool:
        """Whether nobody else hears of what comes in here."""
        return library.procedure(self.procedure).confidential


def _is_afterthought(field: Field) -> bool:
    return field.type is FieldType.TEXT and not field.required and not field.when


def catalogue() -> dict[str, Words]:
    """Return the services of today's catalogue: code and name."""
    found = slots.services_on(timezone.localdate()).order_by("service__code")
    return {one.service.code: Words(one.title_zh, one.title_en) for one in found}


DOORS: Final = {
    door.slug: door
    for door in (
        Door(
            slug="report",
            procedure="hotline",
            action="submit_online",
            icon="chat",
            title=_("Report a matter"),
            about=_("Lamps, wages, noise"),
            question=_("What has happened?"),
            hint=_("Write it as you would tell it."),
            main="content",
            may_be_anonymous=True,
            finds_similar=True,
            suggests=True,
        ),
        Door(
            slug="order",
            procedure="orders",
            action="submit",
            icon="house",
            title=_("Order a service"),
            about=_("Lawyer, advice, a visit"),
            question=_("What do you need?"),
            hint=_("Not sure which one? Choose the nearest and write what you need."),
            main="text",
            guidance=(
                _("All of it is free. An office answers you, or somebody comes to you."),
                _("For a visit you choose a free time, or name one that suits you."),
                _("When it is done you give one to five stars."),
            ),
            takes_whole_city=False,
            times="slot",
            offers={"item": catalogue},
        ),
        Door(
            slug="mediation",
            procedure="mediation",
            action="apply",
            icon="together",
            title=_("Ask for mediation"),
            about=_("Neighbours, work, hospital"),
            question=_("What is it about?"),
            hint=_("Say it as it was; the mediator hears the other side too."),
            main="facts",
            guidance=(
                _("It is free, and it needs both sides to agree. Either may end it any day."),
                _("An agreement binds both sides; a court can confirm it."),
                _("You keep the right to go to court or to arbitration, before and after."),
                _("Only the mediators and the two sides read what you write here."),
            ),
            needs_name=True,
            asks_side=True,
            takes_whole_city=False,
        ),
        Door(
            slug="petition",
            procedure="petition",
            action="submit",
            icon="mail",
            title=_("Bring a petition"),
            about=_("Ideas, complaints, appeals"),
            question=_("What do you ask for?"),
            hint=_("Say what you ask for, what happened and why. You can add to it later."),
            main="story",
            guidance=(
                _("You need not know who is in charge. We find out and tell you within 15 days."),
                _("What you complain of is never shown to those you complain of."),
                _("If the answer does not satisfy you, you can ask the next higher office twice."),
                _("What is for a court, arbitration or review goes there; we tell you how."),
            ),
            needs_name=True,
        ),
    )
}
