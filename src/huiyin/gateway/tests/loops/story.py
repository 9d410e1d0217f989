"""A matter told through the API, step by step: who does what, and what holds afterwards.

    story.on("2026-09-23 09:00")
    lijuan.opens("hotline", "submit_online")
    story.then("received", due={"promise": "Thu 2026-10-08"}, told={"hotline"}, see={"lijuan"})

After every step four things are compared: the state; the limits that run, with the last day (or
the local moment of those that count hours), as the API tells them; who was put into the outbox to
be told of this very step; and who of all people of the story sees the matter. Those who are not
named get a 404.
"""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import override
from ninja import Schema
from ninja.responses import NinjaJSONEncoder

from huiyin.gateway.saying import runs_out
from huiyin.gateway.schemas.acts import ActOut, OpenedOut
from huiyin.gateway.schemas.matters import MattersOut, RunOut
from huiyin.gateway.tests.callers import Caller, a_city, a_token
from huiyin.matters.acting import hold
from huiyin.matters.keeping import keep
from huiyin.matters.limits import procedure_of
from huiyin.matters.models import Run
from huiyin.matters.tests.sample_files import OF_SORT
from huiyin.notices.models import Notice
from huiyin.people.models import Account
from huiyin.people.tests.factories import a_post, an_account
from huiyin.places.models import Place
from huiyin.procedures import new_run
from huiyin.procedures.language import Action, FieldType
from huiyin.procedures.runs import Snapshot
from huiyin.procedures.simulation import a_form, at_local
from huiyin.units.models import Unit, UnitKind
from huiyin.units.tests.factories import CITY as CITY_CODE
from huiyin.units.tests.factories import COUNTY, TOWN, VILLAGE, a_unit
from huiyin.worktime import CITY

ALIVE = ("running", "paused")
REPORTER = {"name": "李娟", "phone": "15400000001"}
SIDES = [{**REPORTER, "side": "applicant"},
         {"name": "赵强", "phone": "15400000002", "side": "respondent"}]  # fmt: skip


class Person(Caller):
    """Somebody of the story: a resident, or a post of a unit. `run`: the one they act on."""

    def __init__(self, story: "Story", name: str, account: Account, unit: Unit | None, post: Any):
        super().__init__(a_token(account, post.pk if post else None, days=400))
        self.story, self.name, self.account, self.unit = story, name, account, unit

    @property
    def id(self) -> str:
        """What a form takes for the unit of a post."""
        assert self.unit
        return str(self.unit.pk)

    def opens(self, procedure: str, action: str, *, title: str = "路灯不亮", accused: Any = (),
              sides: bool = False, reporter: Any = None, **form: Any) -> None:  # fmt: skip
        """Open a matter; what the story does not mention of the form is filled in."""
        rule = procedure_of(procedure).actions[action]
        made = new_run(procedure_of(procedure))
        body = {
            "procedure": procedure, "action": action, "title": title,
            "text": "新华路 3 号门口。", "place": self.story.city.place.code,
            "category": self.story.city.category.code,
            "accused": [one.unit.code for one in accused],
            "parties": SIDES if sides else [],
        }  # fmt: skip
        if self.unit is not None and not sides:
            body["reporter"] = reporter or REPORTER
        elif not sides:
            body["reporter"] = REPORTER
        body["form"] = self._form(rule, made, form)
        done = self.post("/matters", body)
        assert done.status_code == 201, done.json()
        OpenedOut.model_validate(done.json())
        assert done.json()["run"] == as_it_stands(done.json()["run"]["id"])
        listed = self.get("/matters").json()
        assert listed == as_it_is_read(MattersOut(**listed))
        self.story.begun(done.json(), f"{procedure}.{action}")

    def does(self, action: str, *, in_run: str = "", **form: Any) -> None:
        """Take an action of the main run, or of the latest run of a procedure."""
        run = self.story.run(in_run)
        held = hold(run.pk, at=self.story.at)
        rule = held.procedure.actions[action]
        done = self.act(str(run.pk), action, **self._form(rule, held.before, form))
        assert done.status_code == 200, done.json()
        ActOut.model_validate(done.json())
        assert done.json()["run"] == as_it_stands(run.pk)
        self.story.did(f"{run.procedure}.{action}")

    def is_refused(self, action: str, *, in_run: str = "", **form: Any) -> str:
        """Try an action and return the code of the refusal."""
        run = self.story.run(in_run)
        refused = self.act(str(run.pk), action, **form)
        assert refused.status_code >= 400, refused.json()
        return str(refused.json()["code"])

    def sees(self, what: str = "") -> Any:
        """Return what the API shows of the matter: all, or one value of it; None for a 404."""
        found = self.get(f"/matters/{self.story.number}")
        if found.status_code == 404:
            return None
        assert found.status_code == 200, found.json()
        return found.json()[what] if what else found.json()

    def runs(self) -> set[str]:
        """Return the procedures that somebody sees at work on the matter."""
        return {run["procedure"]["name"] for run in self.sees("runs")}

    def _form(self, rule: Action, before: Snapshot, given: dict[str, Any]) -> dict[str, Any]:
        """Complete a form: real units, places and files that are sent in over the API."""
        said = {name: _plain(value) for name, value in given.items()}
        form = {**a_form(rule, before, self.story.at, choices=said), **said}
        for field in rule.form:
            if field.name in said or field.name not in form:
                continue
            match field.type:
                case FieldType.UNIT:
                    form[field.name] = str(self.story.city.unit("department").pk)
                case FieldType.PLACE:
                    form[field.name] = str(self.story.city.place.pk)
                case FieldType.CATEGORY:
                    form[field.name] = str(self.story.city.category.pk)
                case FieldType.COLLEAGUE:
                    unit = form[field.of] if field.of else self.unit.pk
                    form[field.name] = str(self.story.city.colleague(unit).pk)
                case FieldType.PARTIES if not form[field.name]:
                    del form[field.name]  # the sides that are sent with it
                case FieldType.FILES:
                    sort = field.accept[0] if field.accept else "image"
                    form[field.name] = [
                        self.send(f"{number}.png", OF_SORT[sort]).json()["id"]
                        for number, _ in enumerate(form[field.name])
                    ]
        return form


def as_it_stands(run: Any) -> Any:
    """Return what the API says of a run when it is read anew: what the act itself answered."""
    with override("zh-hans"):
        (found,) = runs_out([Run.objects.get(pk=run)])
    return as_it_is_read(RunOut(**found))


def as_it_is_read(found: Schema) -> Any:
    """Return what a schema keeps of an answer."""
    return json.loads(json.dumps(found.model_dump(), cls=NinjaJSONEncoder))


class Story:
    """One matter, and everybody who has to do with it or has not."""

    def __init__(self, monkeypatch: Any, begins: str) -> None:
        monkeypatch.setattr(timezone, "now", lambda: self.at.astimezone(UTC))
        self.at: datetime = at_local(begins.replace(" ", "T"))
        self.city = a_city()
        self.cast: dict[str, Person] = {}
        self.number = ""
        self.steps: set[str] = set()
        self._told = 0
        self.lijuan = self._resident("lijuan", self.city.resident)
        self.zhao = self._resident("zhao", self.city.other)

    def on(self, moment: str) -> None:
        """Let it be a local moment; limits that are over by then are recorded first.

        What people are told of that is not of the next step; `then` right after looks at it.
        """
        self.at = at_local(moment.replace(" ", "T"))
        keep(at=self.at)
        self._told = Notice.objects.count()

    def staff(self, name: str, kind: str, permission_set: str = "department_clerk", *,
              of: str = "", level: str = "town", superior: Person | None = None,
              ) -> Person:  # fmt: skip
        """Give the story somebody in a post of a unit of this kind, at a level of the city."""
        code = {"city": CITY_CODE, "county": COUNTY, "town": TOWN, "village": VILLAGE}[level]
        place = Place.objects.get(code=code)
        known = Unit.objects.filter(kind=kind, place=place) if not of else Unit.objects.none()
        if kind in (UnitKind.GOVERNANCE_CENTRE, UnitKind.VILLAGE_COMMITTEE) and known:
            unit = known[0]
        elif level == "town":
            unit = self.city.unit(kind, of)
        else:
            unit = a_unit(f"S-{name}", UnitKind(kind), place, name=of or f"{level} {kind}")
        if superior is not None:
            unit.superior = superior.unit
            unit.save(update_fields=["superior"])
        account = an_account(name, name=name, at=self.at)
        post = a_post(account, unit, permission_set, at=self.at)
        self.cast[name] = Person(self, name, account, unit, post)
        return self.cast[name]

    def begun(self, opened: dict[str, Any], step: str) -> None:
        """Note what was opened."""
        self.number = opened["number"]
        self.steps.add(step)

    def did(self, step: str) -> None:
        """Note the step that was taken."""
        self.steps.add(step)

    def run(self, procedure: str = "") -> Run:
        """Return the latest run, or the latest of a procedure."""
        runs = Run.objects.filter(matter__number=self.number).order_by("-opened_at", "-pk")
        if procedure:
            return runs.filter(procedure=procedure)[0]
        return runs.filter(parent=None)[0]

    def then(self, state: str, *, due: dict[str, str], told: set[str], see: set[str]) -> None:
        """Compare what holds now with what the law and the procedure promise."""
        shown = {name: who.sees() for name, who in self.cast.items()}
        found = {
            "state": self.run().state,
            "due": self._due(shown),
            "told": self._told_of_step(),
            "see": {name for name, matter in shown.items() if matter is not None},
        }
        assert found == {"state": state, "due": due, "told": told, "see": see}
        for name, matter in shown.items():
            if matter is not None:
                self._check_people(self.cast[name], matter)

    def _due(self, shown: dict[str, Any]) -> dict[str, str]:
        """Return the limits that run, as those who see them are told; all are told the same."""
        found: dict[str, str] = {}
        for matter in shown.values():
            for run in matter["runs"] if matter else ():
                for clock in run["clocks"]:
                    if clock["status"] not in ALIVE:
                        continue
                    name = clock["name"] if not run["parent"] else (
                        f"{run['procedure']['name']}.{clock['name']}"
                    )  # fmt: skip
                    assert found.setdefault(name, _said(clock)) == _said(clock)
        return found

    def _told_of_step(self) -> set[str]:
        """Return who was put into the outbox since the last look, and that it was of these steps.

        A step of one run may move another one, which then tells its own people.
        """
        notices = list(Notice.objects.order_by("pk"))[self._told :]
        self._told += len(notices)
        for one in notices:
            step = one.name.rpartition(".")[0]
            is_of_another_run = step.partition(".")[0] not in self._procedures()
            assert step in self.steps or is_of_another_run, (step, self.steps)
        self.steps = set()
        return {self._name_of(one) for one in notices}

    def _procedures(self) -> set[str]:
        """Return the procedures in which the story itself took steps."""
        return {step.partition(".")[0] for step in self.steps}

    def _name_of(self, notice: Notice) -> str:
        for name, who in self.cast.items():
            if notice.unit_id and who.unit and who.unit.pk == notice.unit_id:
                return name
            if notice.account_id and who.account.pk == notice.account_id:
                return name
            if notice.address and who.account.phone == notice.address:
                return name
        return str(notice.unit.name if notice.unit else notice.address)

    def _check_people(self, who: Person, matter: dict[str, Any]) -> None:
        """People see themselves in full; staff see nobody in the clear."""
        for contact in matter["contacts"]:
            if who.unit is not None:
                assert not contact["is_own"]
                assert contact["phone"] in ("", "154****0001", "154****0002")
            elif not contact["is_own"]:
                assert (contact["name"], contact["phone"]) == ("", "")

    def _resident(self, name: str, account: Account) -> Person:
        self.cast[name] = Person(self, name, account, None, None)
        return self.cast[name]


def _said(clock: dict[str, Any]) -> str:
    """Return the last day of a limit, of one that counts hours its local moment."""
    at = datetime.fromisoformat(clock["due_at"]).astimezone(CITY)
    if (at.hour, at.minute, at.second) == (0, 0, 0):
        return datetime.fromisoformat(clock["due_on"]).strftime("%a %Y-%m-%d")
    return at.strftime("%a %Y-%m-%d %H:%M")


def _plain(value: Any) -> Any:
    """Write people of the story as forms take them."""
    if isinstance(value, Person):
        return value.id
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, UUID) else value
