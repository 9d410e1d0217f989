"""A city with a matter of every sort, and whoever might look at it, for the table of sights."""

from dataclasses import dataclass, field

from django.db import transaction
from django.test import Client

from huiyin.matters import numbers
from huiyin.matters.intake import Said
from huiyin.matters.models import AttachmentUse, Run
from huiyin.matters.redacting import place_hold, redact
from huiyin.matters.tests.records import Record, the_record
from huiyin.people.accounts import resident_for_phone
from huiyin.people.actors import Actor
from huiyin.people.permission_sets import built_in
from huiyin.people.tests.factories import an_actor
from huiyin.places.bulk import PlaceRow, insert_places
from huiyin.places.models import Place, PlaceKind
from huiyin.ui.identifiers import new_id
from huiyin.units.models import Unit, UnitKind
from huiyin.units.tests.factories import CITY, CLERK, NOW, a_unit
from huiyin.web.tests import factories
from huiyin.web.tests.access_table import VISITOR, client_of, session_of

HERE, THERE = "here", "there"
FIXED = {"action": "note", "which": "to_do"}
PEOPLE = ("reporter", "other side", "stranger")
SETS = tuple(row["code"] for row in built_in())
READERS = (*SETS, *PEOPLE, VISITOR)
# The act by which people bring a matter themselves.
BROUGHT = {
    "hotline": "submit_online",
    "grid": "submit",
    "orders": "submit",
    "petition": "submit",
    "mediation": "apply",
}
# In which unit each set is held: four sets share a bureau, two a village committee.
UNITS = {
    "grid_worker": "committee of the village",
    "village_clerk": "committee of the village",
    "centre_clerk": "county centre",
    "hotline_agent": "hotline",
    "petition_clerk": "petition office",
    "mediator": "mediators",
    "city_admin": "city centre",
}
BUREAU, OTHER_BUREAU, SUPERIOR = "bureau", "other bureau", "county bureau"


@dataclass
class Shown:
    """A run on a matter, planned first and made then, and what the rule asks about it.

    `main`: the procedure of the main run. `part`: the units that have or had a role. `gone`: ids
    that stand for nothing any more. `inside`: a run inside another one; people know nothing of it.
    `goes_on`: the number under which it goes on since it was merged, which is told to who sees it.
    """

    situation: str
    main: str = "hotline"
    place: str = HERE
    part: tuple[str, ...] = ()
    accused: tuple[str, ...] = ()
    inside: bool = False
    gone: tuple[str, ...] = ()
    ids: dict[str, str] = field(default_factory=dict)
    goes_on: str = ""
    run: Run | None = None
    mark: str = ""

    def __str__(self) -> str:
        named = (*self.part, *(f"accusing {name}" for name in self.accused))
        return f"{self.situation} ({', '.join((self.main, self.place, *named))})"


@dataclass
class Reader:
    """Somebody who looks: with a session, as an actor, in a unit (or none)."""

    name: str
    client: Client
    actor: Actor | None = None
    unit: str = ""


def the_plan() -> list[Shown]:
    """Return a matter of every sort, in an order in which few see something and nothing in turn."""
    units = (*dict.fromkeys(UNITS.values()), BUREAU)
    return [
        Shown("another unit's", part=(OTHER_BUREAU,)),
        *(Shown("own", part=(unit,)) for unit in units),
        Shown("had before", part=(BUREAU, OTHER_BUREAU)),
        Shown("inside an own one", part=(BUREAU,), inside=True),
        Shown("merged into another's", part=(BUREAU,)),
        Shown("redacted", part=(BUREAU,), gone=("file_id",)),
        *(Shown("own", "petition", part=(unit,)) for unit in reversed(units)),
        *(Shown("of nobody", main) for main in ("petition", "mediation", "orders", "grid")),
        Shown("of nobody", "hotline"),
        *(Shown("accuses it", part=(OTHER_BUREAU,), accused=(unit,)) for unit in units),
        Shown("accuses the unit above", part=(OTHER_BUREAU,), accused=(SUPERIOR,)),
        Shown("accuses it, which took it in", accused=("hotline",)),
        Shown("accuses it", "petition", accused=("petition office",)),
        *(Shown("of nobody", main, THERE) for main in ("petition", "mediation", "hotline")),
        *(Shown("of nobody", main, THERE) for main in ("orders", "grid")),
    ]


class City:
    """A town with an office of each kind, another county, and everybody who looks."""

    def __init__(self) -> None:
        self.record = record = the_record()
        assert record.category  # lists are narrowed down by it before there is any matter
        self.there = _another_county()
        self.units = _units(record)
        self.keeper = record.staff(record.unit("department"), "matter.hold")
        self.readers = {name: self._reader(name) for name in READERS}
        self.shown: list[Shown] = []
        city_code = record.town.code[:4] + "00000000"
        self.nothing = {  # what is asked for by ids nobody has given out
            **{
                name: str(new_id())
                for name in ("run_id", "matter_id", "contact_id", "file_id", "hold_id")
            },
            "number": numbers.next_number(city_code=city_code, at=NOW),
            **FIXED,
        }

    def _reader(self, name: str) -> Reader:
        if name == VISITOR:
            return Reader(name, client_of(None))
        if name in PEOPLE:
            known = {"reporter": self.record.resident, "other side": self.record.other}
            account = known.get(name) or resident_for_phone(phone="15400000009", at=NOW)
            return Reader(name, client_of(session_of(account)), an_actor(account))
        account, unit = factories.an_account(name), UNITS.get(name, BUREAU)
        factories.a_post(account, self.units[unit], name)
        return Reader(name, client_of(session_of(account)), an_actor(account), unit)

    def make(self, planned: Shown) -> None:
        """Have a matter come about as planned."""
        record, number = self.record, len(self.shown)
        planned.mark = f"路灯{number:03}"
        is_of_nobody = planned.situation == "of nobody"
        run = record.open(
            planned.main,
            "accept_call"
            if planned.main == "hotline" and not is_of_nobody
            else BROUGHT[planned.main],
            place=record.place if planned.place == HERE else self.there,
            by=(
                record.staff(self.units["hotline"])
                if planned.situation.endswith("took it in")
                else None
            ),
            said=Said(f"{planned.mark}不亮", "新华路 3 号门口的灯坏了。"),
            accused=tuple(self.units[name].pk for name in planned.accused),
        ).run
        record.act(run.pk, "add_material", by=record.reporter)
        self.shown.append(planned)
        planned.run = run
        planned.ids = {
            "number": run.matter.number,
            "matter_id": str(run.matter_id),
            "contact_id": str(run.matter.contacts.earliest("id").pk),
            "file_id": str(AttachmentUse.objects.get(event__run=run).attachment_id),
            **FIXED,
        }
        self._hand_out(planned, run)
        if planned.inside:
            record.act(run.pk, "supervise")
            planned.run = Run.objects.get(parent=run)
        elif planned.situation.startswith("merged"):
            by = record.staff(record.unit("hotline_centre", "z"), "matter.merge")
            planned.goes_on = self.shown[0].ids["number"]
            record.act(run.pk, "merge_into", by=by, other=planned.goes_on)
        elif planned.situation == "redacted":
            by = record.staff(record.unit("hotline_centre", "z"), "matter.redact")
            redact(run.matter, order_no="德政法〔2026〕7 号", legal_basis="法", by=by, at=NOW)
        hold = place_hold(run.matter, reason="行政诉讼正在审理", by=self.keeper, at=NOW)
        planned.ids |= {"run_id": str(planned.run.pk), "hold_id": str(hold.pk)}

    def _hand_out(self, planned: Shown, run: Run) -> None:
        """Give it to one unit after the other."""
        acts = ("transfer",) if planned.main == "petition" else ("dispatch", "redispatch")
        for name, action in zip(planned.part, acts, strict=False):
            if action == "redispatch":
                self.record.act(run.pk, "return_order")
            self.record.act(run.pk, action, to_unit=str(self.units[name].pk))


def _another_county() -> Place:
    rows = (
        PlaceRow("371427000000", "夏津县", PlaceKind.COUNTY, CITY),
        PlaceRow("371427001000", "银城街道", PlaceKind.SUBDISTRICT, "371427000000"),
        PlaceRow("371427001001", "北街社区居委会", PlaceKind.COMMUNITY, "371427001000"),
    )
    with transaction.atomic():
        return insert_places(rows, by=CLERK, at=NOW)["371427001001"]


def _units(record: Record) -> dict[str, Unit]:
    known = {
        unit.code: unit for unit in Unit.objects.filter(code__in=("HB-2", "VC-1", "GC-1", "GC-2"))
    }
    superior = known["HB-2"]
    record.unit("department")
    for kind in ("hotline_centre", "petition_office", "mediation_committee", "governance_centre"):
        record.unit(kind, "z")  # whoever acts where nobody else is meant
    return {
        SUPERIOR: superior,
        BUREAU: a_unit("DP-1", UnitKind.DEPARTMENT, record.town, superior=superior),
        OTHER_BUREAU: record.unit("department", "other"),
        "committee of the village": known["VC-1"],
        "county centre": known["GC-2"],
        "city centre": known["GC-1"],
        "hotline": a_unit("HL-1", UnitKind.HOTLINE_CENTRE, record.town),
        "petition office": a_unit("PO-1", UnitKind.PETITION_OFFICE, record.town),
        "mediators": a_unit(
            "MC-1", UnitKind.MEDIATION_COMMITTEE, record.town, committee_kind="town"
        ),
    }
