"""The reference city's day, as fast as it goes: everybody by their own session, over the wire.

3,500 matters come in: by phone and other ways that the hotline's people write down, from residents
at their own pages, and from the grids. 2,600 are judged online: somebody looks whom it concerns and
gives it to that unit. 1,300 results come from where it happened, with a picture. What follows on
the same day is done as well, and the worker behind it tells, counts and keeps the limits.
"""

import time
from collections import Counter, deque
from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from random import Random
from typing import Any, Final
from uuid import UUID

from django.utils import timezone

from huiyin.matters import tallies
from huiyin.matters.models import EventHeader, Matter, StepTaken, TallyDelta
from huiyin.notices.models import Notice, NoticeState
from huiyin.ops.bench.cases import API, code_of
from huiyin.ops.bench.client import Answer, Ask, Piece, Voice, Work, drive
from huiyin.ops.bench.grounds import Grounds
from huiyin.ops.bench.offices import browser
from huiyin.ops.bench.stage import stage
from huiyin.ops.demo.life.cast import Cast, Resident
from huiyin.ops.demo.life.pictures import drawn, picture_for
from huiyin.ops.demo.life.texts import Pattern, Words, patterns, put_in
from huiyin.ops.progress import say
from huiyin.people.actors import Actor
from huiyin.people.models import Account
from huiyin.places.models import Place, PlaceLevel
from huiyin.units.models import Unit

CONNECTIONS: Final = 12
PLACES: Final = 60
RESIDENTS: Final = 240
WAIT: Final = 0.25
SETTLE_SECONDS: Final = 300.0
# What comes in, of 3,500: how, how many.
CALLS, WRITTEN, REPORTED, FOUND, ORDERED = 2_000, 450, 300, 700, 50
ANSWERED_AT_ONCE: Final = 300  # of the calls: the agent knows it; the others are judged
ON_THE_SPOT: Final = 600  # of what the grids find
CHECKED: Final = 0.5  # of the answers: checked, called back and closed on the same day
PICTURED: Final = 300  # answers of units with a picture of what was done
POSTS: Final = ("hotline.dispatch", "hotline.decide", "hotline.call_back")
CAME: Final = ("phone", "phone", "phone", "phone", "app", "wechat", "visit")


class Wrong(Exception):
    """Something was answered in another way than it has to be."""


@dataclass(frozen=True, slots=True)
class Day:
    """What a day took. `seconds`: until the last request and what the worker had to do behind it.

    `asked_for`: until the last request alone. `asked_again`: requests that came when too many had
    come already. `memory_mb`: the most that server and worker held.
    """

    seconds: float
    asked_for: float
    intakes: int
    judged: int
    pictured: int
    acts: int
    steps: int
    notices: int
    requests: int
    asked_again: int
    errors: dict[str, int]
    memory_mb: float
    client_share: float


def day(found: Grounds, *, at: datetime, share: float = 1.0) -> Day:
    """Replay the day; `share`: of it. Matters that are there stay, and their limits run on."""
    with stage(found, with_gateway=True) as running:
        scene = Scene(at, share)
        pieces = scene.pieces()
        before = _Counts.now()
        say(f"{len(pieces)} matters come in …")
        started = time.perf_counter()
        most = [0.0]

        def work(number: int) -> Work:
            def do() -> Piece:
                if not len(pieces) % 250:
                    most[0] = max(most[0], running.memory_mb())
                return (yield from pieces.popleft())

            return do

        many = len(pieces)
        run = drive(work, port=running.port, connections=CONNECTIONS, pieces=many)
        asked_for = time.perf_counter() - started
        say(f"asked for in {asked_for:.0f} s; the worker goes on …")
        _until_settled()
        seconds = time.perf_counter() - started
        memory = max(most[0], running.memory_mb())
        after = _Counts.now()
    done = scene.done
    return Day(
        seconds=round(seconds, 1), asked_for=round(asked_for, 1),
        intakes=after.matters - before.matters, judged=done["judged"], pictured=done["pictured"],
        acts=after.events - before.events, steps=after.steps - before.steps,
        notices=after.notices - before.notices, requests=run.asked,
        asked_again=run.refused, errors=run.errors,
        memory_mb=round(memory, 1), client_share=round(run.cpu / run.seconds, 3),
    )  # fmt: skip


def told(one: Day) -> str:
    """Return it as a line."""
    wrong = f"; errors {one.errors}" if one.errors else ""
    return (
        f"the day took {one.seconds:.0f} s ({one.asked_for:.0f} s until the last request): "
        f"{one.intakes} came in, {one.judged} judged online, {one.pictured} results with a "
        f"picture, {one.acts} events, {one.steps} steps of limits, {one.notices} notices, "
        f"{one.requests} requests; {one.memory_mb:.0f} MB; client {one.client_share:.0%} of a "
        f"core{wrong}"
    )


@dataclass(frozen=True, slots=True)
class _Counts:
    matters: int
    events: int
    steps: int
    notices: int

    @classmethod
    def now(cls) -> "_Counts":
        models = (Matter, EventHeader, StepTaken, Notice)
        return cls(*(model.objects.count() for model in models))


def _until_settled() -> None:
    """Wait until every notice has gone out, and every count is with those of the places above."""
    until = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < until:
        waiting = Notice.objects.filter(state=NoticeState.QUEUED, due_at__lte=timezone.now())
        if not waiting.exists():
            break
        time.sleep(WAIT)
    while TallyDelta.objects.exists() and time.monotonic() < until:
        tallies.roll_up()


# --- the people, the places, and what happens -----------------------------------------------------


@dataclass(frozen=True, slots=True)
class Story:
    """One matter that comes in: where, about what, whose it is, who it is of."""

    place: Place
    pattern: Pattern
    words: Words
    lead: Actor
    resident: Resident
    rng: Random

    def body(self, **more: Any) -> dict[str, Any]:
        """Return the request that opens it."""
        return {
            "title": self.words.title, "text": self.words.says, "address": self.words.address,
            "place": self.place.code, "category": self.pattern.category, **more,
        }  # fmt: skip


class Scene:
    """Everybody of the day with their sessions; all pieces of it are made beforehand."""

    def __init__(self, at: datetime, share: float) -> None:
        self._at, self._share = at, share
        self._cast = Cast(at=at, today=at)
        self._rng = Random("day")  # noqa: S311 a story, no secret
        self._voices: dict[tuple[UUID | None, UUID | None], Voice] = {}
        above = ("city", "county", "town", "village")
        grids = Place.objects.filter(level=PlaceLevel.GRID, valid_to=None).select_related(*above)
        found = list(grids.order_by("code"))
        self._places = found[:: max(len(found) // PLACES, 1)][:PLACES]
        sorts = ("streets", "living", "grid", "services")
        self._patterns = {sort: self._staffed(sort) for sort in sorts}
        self.done: Counter[str] = Counter()
        self._sign_everybody_in()

    def _sign_everybody_in(self) -> None:
        """Sign in who may act, before the clock runs; while it does no query is made here."""
        cast = self._cast
        centre = cast.city("HC")
        actors: list[Actor | None] = [cast.resident(n).actor for n in range(1, RESIDENTS)]
        actors += [lead for found in self._patterns.values() for _, _, lead in found]
        actors += [one for may in POSTS for one in cast.everybody(centre, may)]
        for place in self._places:
            village = cast.in_place("VC", place.village or place)
            offices = (village, *(cast.centre(place, level) for level in ("town", "county")))
            actors += [cast.of(one) for one in offices]
        for actor in actors:
            if actor is not None:
                self.voice(actor)

    def _staffed(self, sort: str) -> list[tuple[Place, Pattern, Actor]]:
        """Return where something of a sort has a unit with people that is responsible for it."""
        pairs = [
            (place, pattern)
            for place in self._places
            for pattern in self._rng.sample(patterns(sort), min(6, len(patterns(sort))))
        ]
        self._cast.find_out([(place, pattern.category) for place, pattern in pairs])
        found = []
        for place, pattern in pairs:
            units = self._cast.responsible(place, pattern.category)
            lead = self._cast.of(units[0]) if units else None
            if lead is not None:
                found.append((place, pattern, lead))
        return found

    def voice(self, actor: Actor) -> Voice:
        """Return the browser of somebody, signed in once."""
        key = actor.account_id, actor.post_id
        if key not in self._voices:
            account = Account.objects.get(pk=str(actor.account_id))
            post = str(actor.post_id or "")
            self._voices[key] = browser(account, at=self._at, post=post)
        return self._voices[key]

    def pieces(self) -> deque[Piece]:
        """Return all that happens, mixed as on a day."""
        calls = self._many(CALLS)
        at_once = self._many(ANSWERED_AT_ONCE)
        pictured = self._many(PICTURED)
        found = self._many(FOUND)
        on_spot = self._many(ON_THE_SPOT)
        made: list[Piece] = [
            *(self._call(is_answered=n < at_once, has_picture=n >= calls - pictured)
              for n in range(calls)),
            *(self._written() for _ in range(self._many(WRITTEN))),
            *(self._reported() for _ in range(self._many(REPORTED))),
            *(self._found(is_settled=n < on_spot) for n in range(found)),
            *(self._ordered() for _ in range(self._many(ORDERED))),
        ]  # fmt: skip
        pieces = [self._piece(one) for one in made]
        self._rng.shuffle(pieces)
        return deque(pieces)

    def _many(self, whole: int) -> int:
        return max(round(whole * self._share), 1)

    def _piece(self, inner: Piece) -> Piece:
        """Return it so that what goes wrong in it ends it and is told."""
        try:
            return (yield from inner)
        except Wrong as wrong:
            return str(wrong)

    def _story(self, sort: str) -> Story:
        place, pattern, lead = self._rng.choice(self._patterns[sort])
        rng = Random(self._rng.random())  # noqa: S311 as above
        resident = self._cast.resident(self._rng.randrange(1, RESIDENTS))
        return Story(place, pattern, put_in(pattern, place=place.name, rng=rng), lead, resident,
                     rng)  # fmt: skip

    def _one_of(self, unit: Unit, may: str) -> Actor | None:
        """Return one of those of a unit who may do something: the work is shared among them."""
        found = self._cast.everybody(unit, may)
        return self._rng.choice(found) if found else None

    def _of(self, found: Actor | None) -> Voice:
        if found is None:
            raise LookupError("nobody works in an office of the day")
        return self.voice(found)

    # --- what happens ----------------------------------------------------------------------------

    def _call(self, *, is_answered: bool, has_picture: bool) -> Piece:
        story = self._story(self._rng.choice(("streets", "living")))
        centre = self._cast.city("HC")
        agent = self._of(self._one_of(centre, "hotline.dispatch"))
        came = self._rng.choice(CAME)
        body = story.body(
            procedure="hotline", action="accept_call",
            channel="visit" if came == "visit" else "call",
            reporter={"name": story.resident.name, "phone": story.resident.phone},
            form={
                "channel": came, "kind": "consult" if is_answered else "help",
                "grade": "consultation" if is_answered else "ordinary",
                "content": story.words.says, "reply": "wanted", "keep_secret": False,
            },
        )  # fmt: skip
        checked = self._rng.random() < CHECKED
        opening = agent.post(f"{API}/matters", body)
        return self._hotline(
            story, agent, opening, is_answered=is_answered, has_picture=has_picture,
            checked=checked,
        )  # fmt: skip

    def _written(self) -> Piece:
        story = self._story("living")
        agent = self._of(self._one_of(self._cast.city("HC"), "hotline.dispatch"))
        body = story.body(
            procedure="hotline", action="submit_online",
            form={"content": story.words.says, "reply": "wanted", "keep_secret": False},
        )  # fmt: skip
        ask = self.voice(story.resident.actor).post(f"{API}/matters", body)
        return self._hotline(story, agent, ask, is_answered=False, has_picture=False,
                             checked=self._rng.random() < CHECKED)  # fmt: skip

    def _hotline(
        self, story: Story, agent: Voice, opening: Ask, *, is_answered: bool, has_picture: bool,
        checked: bool,
    ) -> Piece:  # fmt: skip
        centre = self._cast.city("HC")
        unit = self.voice(story.lead)
        decider = self._of(self._one_of(centre, "hotline.decide"))
        caller = self._of(self._one_of(centre, "hotline.call_back"))
        run = _opened((yield opening))
        if is_answered:
            yield from _act(agent, run, "answer_directly", answer=story.words.answer)
            return ""
        _right((yield agent.get(f"{API}/runs/{run}/suggestion")), HTTPStatus.OK)
        yield from _act(agent, run, "dispatch", to_unit=str(story.lead.unit_id),
                        basis="functional", grade="ordinary")  # fmt: skip
        self.done["judged"] += 1
        yield from _act(unit, run, "acknowledge", handler="值班人员")
        more = {}
        if has_picture:
            more["files"] = [(yield from self._picture(unit, story))]
            self.done["pictured"] += 1
        yield from _act(
            unit, run, "answer", outcome="solved", result=story.words.answer, told_how="phone",
            told_at=timezone.now().isoformat(), **more,
        )  # fmt: skip
        if not checked:
            return ""
        yield from _act(decider, run, "audit", to_the_point=True, really_done=True, told=True)
        yield from _act(caller, run, "call_back", contacted="contacted", solved="solved")
        yield from _act(agent, run, "close")
        return ""

    def _reported(self) -> Piece:
        story = self._story("streets")
        resident = self.voice(story.resident.actor)
        return self._grid(story, resident, "submit")

    def _found(self, *, is_settled: bool) -> Piece:
        story = self._story("grid")
        village = story.place.village or story.place
        worker = self._cast.of(self._cast.in_place("VC", village)) or self._cast.of(
            self._cast.centre(story.place, "town")
        )
        voice = self._of(worker)
        return self._spot(story, voice) if is_settled else self._grid(story, voice, "report")

    def _report(self, story: Story, voice: Voice, action: str) -> Piece:
        photos = [(yield from self._picture(voice, story))]
        body = story.body(
            procedure="grid", action=action, channel="grid" if action == "report" else "online",
            form={"urgency": "normal", "spot": story.words.address, "text": story.words.says,
                  "photos": photos},
        )  # fmt: skip
        return _opened((yield voice.post(f"{API}/matters", body)))

    def _spot(self, story: Story, worker: Voice) -> Piece:
        run = yield from self._report(story, worker, "report")
        photos = [(yield from self._picture(worker, story))]
        yield from _act(worker, run, "settle_on_spot", how="repaired", text=story.words.answer,
                        photos=photos)  # fmt: skip
        self.done["pictured"] += 1
        return ""

    def _grid(self, story: Story, reporter: Voice, action: str) -> Piece:
        cast, place = self._cast, story.place
        village = cast.of(cast.in_place("VC", place.village or place))
        town = self._of(cast.of(cast.centre(place, "town")))
        local = self._of(village) if village else town
        county = self._of(cast.of(cast.centre(place, "county")))
        unit = self.voice(story.lead)
        # Whoever checks is not of the unit that did it, and that may be the county's centre.
        checker = next(one for one in (county, town) if one is not unit)
        run = yield from self._report(story, reporter, action)
        yield from _act(local, run, "verify_report", finding="as_reported", urgency="normal",
                        level="town", text="现场核实，情况属实。")  # fmt: skip
        category = str(cast.categories[story.pattern.category].pk)
        yield from _act(town, run, "register", category=category, grade="simple",
                        summary=story.words.title)  # fmt: skip
        yield from _act(town, run, "analyse", basis="functional", level="town", grade="simple",
                        urgency="normal")  # fmt: skip
        _right((yield town.get(f"{API}/runs/{run}/suggestion")), HTTPStatus.OK)
        yield from _act(town, run, "dispatch", to_unit=str(story.lead.unit_id))
        self.done["judged"] += 1
        yield from _act(unit, run, "acknowledge")
        yield from _act(unit, run, "start_handling")
        photos = [(yield from self._picture(unit, story))]
        yield from _act(unit, run, "feed_back", result="solved", text=story.words.answer,
                        photos=photos)  # fmt: skip
        self.done["pictured"] += 1
        yield from _act(checker, run, "verify_result", how="material", text="已处理到位。")
        yield from _act(town, run, "close", settled_at="town")
        return ""

    def _ordered(self) -> Piece:
        story = self._story("services")
        resident = self.voice(story.resident.actor)
        unit = self.voice(story.lead)
        centre = self._of(self._cast.of(self._cast.centre(story.place, "county")))
        body = story.body(
            procedure="orders", action="submit",
            form={"service": story.pattern.more["sv"], "mode": "online",
                  "text": story.words.says},
        )  # fmt: skip
        run = _opened((yield resident.post(f"{API}/matters", body)))
        _right((yield centre.get(f"{API}/runs/{run}/suggestion")), HTTPStatus.OK)
        yield from _act(centre, run, "assign", to_unit=str(story.lead.unit_id))
        self.done["judged"] += 1
        yield from _act(unit, run, "accept", handler="值班人员")
        yield from _act(unit, run, "answer", result="explained", text=story.words.answer)
        return ""

    def _picture(self, voice: Voice, story: Story) -> Piece:
        """Send a picture in; return its id."""
        name = picture_for(story.pattern.category)
        answer = yield voice.file(f"{API}/files", f"{name}.jpg", drawn(name), "image/jpeg")
        return str(_right(answer, HTTPStatus.CREATED)["id"])


def _act(
    voice: Voice, run: str, action: str, **form: Any
) -> Generator[Ask | float, Answer, None]:  # fmt: skip
    """Take an action, or go no further."""
    answer = yield voice.post(f"{API}/runs/{run}/actions/{action}", {"form": form})
    if answer.status != HTTPStatus.OK:
        raise Wrong(f"{action} {answer.status} {code_of(answer)}")


def _opened(answer: Answer) -> str:
    return str(_right(answer, HTTPStatus.CREATED)["run"]["id"])


def _right(answer: Answer, expected: int) -> Any:
    if answer.status != expected:
        raise Wrong(f"{answer.status} {code_of(answer)}")
    return answer.json()
