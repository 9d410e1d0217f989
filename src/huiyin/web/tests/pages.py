"""The pages that tests look at: who opens which, in the small city, with things to see on each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from stdnum import damm

from huiyin.categories.models import Category
from huiyin.knowledge.models import Entry
from huiyin.matters.models import Run
from huiyin.people.models import Account
from huiyin.places.models import Place, PlaceLevel
from huiyin.units.models import RosterEntry, Unit, UnitKind

VISITOR = ""
BEICHENG = "371427002000"
XIAJIN = "371427000000"
ZONE = "371471000000"  # 德州天衢新区, on the land of 德城区
LAND = "371402000000"

CITY_CENTRE = "city"  # a second login of the centres' permission set
# A login of the demo for each permission set.
LOGINS = {
    "grid_worker": "grid",
    "village_clerk": "village",
    "centre_clerk": "town",
    "department_clerk": "housing",
    "hotline_agent": "hotline",
    "petition_clerk": "petition",
    "mediator": "mediator",
    "leader": "leader",
    "unit_admin": "unitadmin",
    "city_admin": "cityadmin",
    "auditor": "auditor",
}


@dataclass(frozen=True)
class Page:
    """One page: its name in reports, who opens it (a login, or nobody), its address."""

    name: str
    who: str
    path: str


def a_number_of_nobody() -> str:
    """Return a number that may be one, and is none."""
    body = "371426110000000"
    return body + str(damm.calc_check_digit(body))


def pages() -> Iterator[Page]:
    """Give every page of the directory, of the desk and of accounts."""
    yield from _of_visitors()
    for permission_set, login in LOGINS.items():
        yield Page(f"desk of {permission_set}", login, reverse("web:desk"))
    yield from _of_staff()


def _of_visitors() -> Iterator[Page]:
    lamp = Category.objects.get(name_zh="路灯不亮")
    fire = Category.objects.filter(redirect="119").order_by("-code").first()
    assert fire is not None
    grid = Place.objects.filter(level=PlaceLevel.GRID, town__code=BEICHENG).order_by("code").first()
    assert grid is not None
    assert grid.village is not None
    housing = Unit.objects.get(code="DP-371427-housing")
    committee = Unit.objects.filter(kind=UnitKind.MEDIATION_COMMITTEE, place__code=BEICHENG)[0]
    responsible = reverse("web:responsible")
    for name, path in {
        "start": reverse("web:start"),
        "about": reverse("web:about"),
        "find": reverse("web:find"),
        "found": f"{reverse('web:find')}?q={quote('路灯不亮了 北城')}",
        "found a fire": f"{reverse('web:find')}?q={quote('着火了')}",
        "found nothing": f"{reverse('web:find')}?q=qqqq",
        "responsible": responsible,
        "responsible, one kind": f"{responsible}?category={lamp.code[:2]}",
        "responsible, what and where": f"{responsible}?what={quote('路灯')}&where=beicheng",
        "responsible, nothing fits": f"{responsible}?what=zzzz&where=zzzz",
        "responsible, answer": f"{responsible}?category={lamp.code}&place={BEICHENG}",
        "responsible, emergency": f"{responsible}?category={fire.code}&place={BEICHENG}",
        "grid workers": reverse("web:grid_workers"),
        "grid workers, found": f"{reverse('web:grid_workers')}?q={grid.village.name[:2]}",
        "grid workers, nothing": f"{reverse('web:grid_workers')}?q=zzzz",
        "directory": reverse("web:directory"),
        "place search": reverse("web:place_search"),
        "place search, found": f"{reverse('web:place_search')}?q=xj",
        "place search, nothing": f"{reverse('web:place_search')}?q=zzzz",
        "locate": reverse("web:locate"),
        "county": reverse("web:place", args=[XIAJIN]),
        "county with a zone": reverse("web:place", args=[LAND]),
        "zone": reverse("web:place", args=[ZONE]),
        "town": reverse("web:place", args=[BEICHENG]),
        "village": reverse("web:place", args=[grid.village.code]),
        "grid": reverse("web:place", args=[grid.code]),
        "units": reverse("web:units"),
        "units, nothing": f"{reverse('web:units')}?q=zzzz",
        "unit": reverse("web:unit", args=[housing.pk]),
        "committee": reverse("web:unit", args=[committee.pk]),
        "sign-in": reverse("people:sign_in"),
        "sign-in by phone": reverse("people:resident_sign_in"),
        "display": reverse("ui:display"),
        "report": reverse("web:what", args=["report"]),
        "order, begin": reverse("web:begin", args=["order"]),
        "mediation": reverse("web:what", args=["mediation"]),
        "petition, begin": reverse("web:begin", args=["petition"]),
        "petition": reverse("web:what", args=["petition"]),
        "matter, by number": reverse("web:ask_number"),
        "matter, wrong number": f"{reverse('web:ask_number')}?number=1234",
        "matter, whose is it": reverse("web:follow", args=[a_number_of_nobody()]),
        "answers": reverse("web:answers"),
        "answers, searched": f"{reverse('web:answers')}?q={quote('暖气不热')}",
        "answers, nothing": f"{reverse('web:answers')}?q=qqqq",
        "an answer": reverse("web:answer", args=[_entry("published").pk]),
        "nothing here": "/nothing-here",
    }.items():
        yield Page(name, VISITOR, path)


def _entry(state: str) -> Entry:
    """Return an entry of the knowledge base with more than one version where there is one."""
    rows = Entry.objects.filter(state=state).exclude(kind="script")
    return rows.order_by("-latest__number", "pk")[0]


def _of_knowledge() -> Iterator[Page]:
    agent, admin = LOGINS["hotline_agent"], LOGINS["city_admin"]
    to_check, published = _entry("to_check").pk, _entry("published").pk
    knowledge = reverse("web:knowledge")
    for name, who, path in (
        ("knowledge", agent, knowledge),
        ("knowledge, searched", agent, f"{knowledge}?q=nuanqi"),
        ("knowledge, nothing", agent, f"{knowledge}?q=qqqq"),
        ("an entry to be checked", admin, reverse("web:knowledge_entry", args=[to_check])),
        ("an entry in use", agent, reverse("web:knowledge_entry", args=[published])),
        ("an entry, written", agent, reverse("web:knowledge_new")),
        ("an entry, changed", admin, reverse("web:knowledge_change", args=[published])),
        ("an entry, not mine to write", LOGINS["auditor"], reverse("web:knowledge_new")),
    ):
        yield Page(name, who, path)


def _of_staff() -> Iterator[Page]:
    admin = LOGINS["city_admin"]
    colleague = Account.objects.get(username=LOGINS["department_clerk"])
    housing = Unit.objects.get(code="DP-371427-housing")
    lamp = Category.objects.get(name_zh="路灯不亮")
    terms, responsible = reverse("web:terms"), reverse("web:responsible")
    yield from _of_matters()
    yield from _of_knowledge()
    for name, who, path in (
        ("responsible, at the desk", LOGINS["hotline_agent"],
         f"{responsible}?category={lamp.code}&place={BEICHENG}"),
        ("directory, at the desk", admin, reverse("web:directory")),
        ("county, at the desk", admin, reverse("web:place", args=[XIAJIN])),
        ("unit, at the desk", admin, reverse("web:unit", args=[housing.pk])),
        ("units, at the desk", admin, reverse("web:units")),
        ("place search, at the desk", admin, f"{reverse('web:place_search')}?q=beicheng"),
        ("gaps", admin, reverse("web:gaps")),
        ("categories", admin, reverse("web:categories")),
        ("one category", admin, f"{reverse('web:categories')}?code={lamp.code}"),
        ("categories, tried", admin,
         f"{reverse('web:categories')}?code={lamp.code}&q={quote('路灯坏了')}"),
        ("terms", admin, terms),
        ("terms, nothing", admin, f"{terms}?q=zzzz"),
        ("term of the law", admin, reverse("web:term", args=["pet.handle"])),
        ("term of the city", admin, reverse("web:term", args=["hot.acknowledge"])),
        ("term, not mine", LOGINS["centre_clerk"], reverse("web:term", args=["grid.verify"])),
        ("access log", admin, reverse("web:access_log")),
        *_of_administration(admin, housing, lamp),
        ("access log, nothing", admin, f"{reverse('web:access_log')}?who=zzzz"),
        ("my account", LOGINS["department_clerk"], reverse("people:account")),
        ("my password", LOGINS["department_clerk"], reverse("people:new_password")),
        ("my looks", LOGINS["department_clerk"], reverse("people:looks")),
        ("people", LOGINS["unit_admin"], reverse("people:staff_list")),
        ("one of my people", LOGINS["unit_admin"], reverse("people:staff", args=[colleague.pk])),
        ("new person", LOGINS["unit_admin"], reverse("people:new_staff")),
        *((f"grid work: {name}", LOGINS["grid_worker"], reverse(f"web:field{name}"))
          for name in ("", "_report", "_grid", "_me", "_waiting", "_visits")),
        ("no grid", LOGINS["city_admin"], reverse("web:field")),
        ("not for me", LOGINS["grid_worker"], reverse("web:access_log")),
    ):  # fmt: skip
        yield Page(name, who, path)


def _of_administration(admin: str, unit: Unit, kind: Category) -> Iterator[tuple[str, str, str]]:
    who = f"category={kind.pk}&place={unit.place_id}"
    for name, path in {
        "administration": reverse("web:admin"),
        "units to administer": reverse("web:admin_units"),
        "units to administer, nothing": f"{reverse('web:admin_units')}?q=zzzz",
        "new unit": reverse("web:admin_new_unit"),
        "unit to administer": reverse("web:admin_unit", args=[unit.pk]),
        "duties": f"{reverse('web:admin_duties')}?unit={unit.pk}",
        "list of duties": reverse("web:admin_take_over_duties"),
        "who would get it": f"{reverse('web:admin_who')}?{who}",
        "kinds without a unit": reverse("web:admin_kinds"),
        "posts": reverse("web:admin_posts"),
        "posts, vacant": f"{reverse('web:admin_posts')}?state=vacant",
        "new post": reverse("web:admin_new_post"),
        "procedures": reverse("web:admin_procedures"),
        "a procedure": reverse("web:admin_procedure", args=["mediation"]),
        "check of a draft": reverse("web:admin_check"),
        "undelivered": reverse("web:admin_undelivered", args=["notice"]),
        "registers": reverse("admin:index"),
        "register of kinds": reverse("admin:categories_category_changelist"),
        "new kind": reverse("admin:categories_category_add"),
        "new shift": reverse("admin:units_rosterentry_add"),
    }.items():
        yield name, admin, path


def _of_matters() -> Iterator[Page]:
    bureau, agent, leader = (
        LOGINS[name] for name in ("department_clerk", "hotline_agent", "leader")
    )
    housing = Q(assignments__unit__code="DP-371427-housing")
    theirs = Run.objects.filter(housing, assignments__to_at=None)
    given = theirs.filter(state="dispatched").select_related("matter").order_by("pk").first()
    assert given is not None
    bureau_unit = given.memory["roles"]["lead"][0]
    matter = [given.matter.number]
    fresh = Run.objects.filter(state="received", procedure=given.procedure).select_related("matter")
    undecided = fresh.latest("id") if fresh else given
    called = Run.objects.filter(housing, child_name="whistle").select_related("matter")
    towns = called.filter(matter__place__town__code=BEICHENG).order_by("is_over", "-id")
    whistle = towns.first() or called.earliest("id")
    order = Run.objects.filter(housing, child_name="supervision").order_by("is_over", "id")[0]
    clerk = Account.objects.get(username=LOGINS["centre_clerk"])
    shift = RosterEntry.objects.filter(account_id=clerk.pk).latest("starts_at")
    soon = (timezone.localdate() + timedelta(days=2)).isoformat()
    command = reverse("web:command")
    for name, who, path in (
        ("inbox", bureau, reverse("web:inbox")),
        ("inbox, nothing", LOGINS["mediator"], f"{reverse('web:inbox')}?tray=supervised"),
        ("inbox, narrowed", bureau,
         f"{reverse('web:inbox')}?tray=to_sign&urgency=normal&sort=latest"),
        ("inbox, a place not clear", bureau,
         f"{reverse('web:inbox')}?narrow=1&place__typed={quote('社区')}"),
        ("views of the inbox", bureau, reverse("web:saved_views")),
        ("a matter", bureau, reverse("web:matter", args=matter)),
        ("a matter on paper", bureau, reverse("web:matter_paper", args=matter)),
        ("a matter's act", bureau,
         reverse("web:take_act", args=[*matter, given.pk, "acknowledge"])),
        ("a matter's procedure", bureau, reverse("web:matter_picture", args=[*matter, given.pk])),
        ("a matter, to be given on", agent,
         reverse("web:matter", args=[undecided.matter.number])),
        ("matters found", bureau, f"{reverse('web:find_matter')}?q={quote('电梯')}"),
        ("matters, nothing found", bureau, f"{reverse('web:find_matter')}?q=zzzz"),
        ("board", agent, reverse("web:board")),
        ("board, what came back", agent, f"{reverse('web:board')}?tray=came_back"),
        ("board, nothing came back", LOGINS["centre_clerk"],
         f"{reverse('web:board')}?tray=came_back"),
        ("board, not mine", bureau, reverse("web:board")),
        ("board, who sends back", agent, reverse("web:board_returns")),
        ("call back", agent, reverse("web:callbacks")),
        ("call back, not mine", bureau, reverse("web:callbacks")),
        ("take in", agent, reverse("web:take_in")),
        ("take in, another way", LOGINS["auditor"], reverse("web:take_in")),
        ("take in, not mine", LOGINS["auditor"], reverse("web:take_in_by", args=["none.such"])),
        ("standing", leader, command),
        ("standing of a town", leader, f"{command}?place={BEICHENG}"),
        ("standing of a past day", leader, f"{command}?day=2026-11-20&show=open"),
        ("standing of the city", CITY_CENTRE, command),
        ("what is overdue", leader, reverse("web:command_list", args=["overdue"])),
        ("whistles", LOGINS["centre_clerk"], reverse("web:whistles")),
        ("whistles, nothing", LOGINS["mediator"], f"{reverse('web:whistles')}?show=over"),
        ("a whistle", LOGINS["centre_clerk"], reverse("web:whistle_one", args=[whistle.pk])),
        ("a whistle, called", bureau, reverse("web:whistle_one", args=[whistle.pk])),
        ("blow a whistle", LOGINS["centre_clerk"], reverse("web:whistle_new")),
        ("blow a whistle on", LOGINS["centre_clerk"],
         f"{reverse('web:whistle_new')}?matter={whistle.matter.number}"),
        ("blow a whistle, not mine", bureau, reverse("web:whistle_new")),
        ("orders", leader, reverse("web:supervised")),
        ("orders, nothing", LOGINS["mediator"], f"{reverse('web:supervised')}?show=over"),
        ("an order", leader, reverse("web:supervised_one", args=[order.pk])),
        ("an order, to answer", bureau, reverse("web:supervised_one", args=[order.pk])),
        ("order supervision", leader, f"{reverse('web:supervised_new')}?run={given.pk}"),
        ("roster", LOGINS["centre_clerk"], reverse("web:rosters")),
        ("roster, none kept", LOGINS["mediator"], reverse("web:rosters")),
        ("roster, a day", LOGINS["centre_clerk"], reverse("web:roster_day", args=[soon])),
        ("roster, a shift", LOGINS["centre_clerk"], reverse("web:roster_shift", args=[shift.pk])),
        ("roster, times", LOGINS["centre_clerk"], reverse("web:roster_times")),
        ("roster, import", LOGINS["centre_clerk"], reverse("web:roster_import")),
        ("roster, not mine to keep", bureau, reverse("web:roster_times")),
        ("roster, swap", LOGINS["centre_clerk"], reverse("web:roster_swap", args=[shift.pk])),
        ("what came in, nothing", leader,
         f"{reverse('web:command_list', args=['came'])}?day=2020-01-01"),
        ("units of a place", leader, reverse("web:command_units")),
        ("limits of a unit", leader,
         reverse("web:command_unit_list", args=[bureau_unit, "all_ended"])),
        ("wall", leader, reverse("web:wall")),
        ("wall of the city", CITY_CENTRE, reverse("web:wall")),
        ("screens", leader, reverse("web:screens")),
        ("screen, ended", VISITOR, reverse("web:screen", args=["x" * 32])),
        ("not my matter", LOGINS["mediator"], reverse("web:matter", args=matter)),
    ):  # fmt: skip
        yield Page(name, who, path)
