"""Who sees which matter: decided in the database, in one place."""

from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from huiyin.matters import access, inbox, latest, numbers, owning, search
from huiyin.matters.inbox import Tray
from huiyin.matters.models import Contact, Matter, Run
from huiyin.matters.refusals import ContactNotOpen, NotFound
from huiyin.matters.search import Wanted
from huiyin.matters.tests.records import the_record
from huiyin.people import access_log
from huiyin.people.actors import SYSTEM, Actor
from huiyin.people.models import AccessLog
from huiyin.people.refusals import ReasonMissing
from huiyin.places.models import Place
from huiyin.procedures import library
from huiyin.ui.identifiers import new_id
from huiyin.units.models import Unit, UnitKind
from huiyin.units.tests.factories import (
    CITY,
    COUNTY,
    GRID,
    NOW,
    TOWN,
    VILLAGE,
    ZONE,
    a_unit,
)

pytestmark = pytest.mark.django_db
CODES = (CITY, COUNTY, ZONE, TOWN, VILLAGE, GRID)


def place(code):
    return Place.objects.get(code=code)


def a_post(city, kind, name="other", *, at=TOWN, permissions=(), level="county"):
    """Somebody in a unit of a kind that covers a place."""
    return city.staff(city.unit(kind, name), *permissions, place=place(at), level=level)


def a_hotline_order(city, **more):
    run = city.open("hotline", "accept_call", **more).run
    return city.act(run.pk, "dispatch").run


def sees(by, run):
    """Whether somebody sees a run; its matter and the run answer alike."""
    is_run = access.runs_seen_by(by).filter(pk=run.pk).exists()
    is_matter = access.matters_seen_by(by).filter(pk=run.matter_id).exists()
    assert is_run == is_matter
    return is_run


def nobody_is_named_so(city):
    return Actor(account_id=new_id(), kind="resident")


# --- staff --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "is_seen"),
    [
        pytest.param(lambda c: c.staff(c.unit("department")), True, id="the-unit-it-was-given-to"),
        pytest.param(lambda c: a_post(c, "department"), False, id="another-department"),
        pytest.param(lambda c: a_post(c, "hotline_centre"), True, id="hotline-centre-of-the-town"),
        pytest.param(
            lambda c: a_post(c, "hotline_centre", at=ZONE), True, id="hotline-centre-of-the-zone"
        ),
        pytest.param(
            lambda c: a_post(c, "hotline_centre", at=COUNTY),
            True,
            id="hotline-centre-of-the-district-whose-land-the-zone-lies-on",
        ),
        pytest.param(
            lambda c: a_post(c, "hotline_centre", at=CITY), True, id="hotline-centre-of-the-city"
        ),
        pytest.param(
            lambda c: replace(a_post(c, "hotline_centre"), unit_place_id=new_id()),
            False,
            id="hotline-centre-of-another-place",
        ),
        pytest.param(
            lambda c: a_post(c, "governance_centre"), False, id="centre-that-has-other-procedures"
        ),
        pytest.param(
            lambda c: a_post(c, "petition_office", at=CITY), False, id="petition-office"
        ),
        pytest.param(lambda c: SYSTEM, True, id="the-system"),
    ],
)  # fmt: skip
def test_a_hotline_order_is_seen_by_its_unit_and_the_hotline_around_it(who, is_seen):
    city = the_record()
    run = a_hotline_order(city)

    assert sees(who(city), run) is is_seen


def test_a_unit_that_had_a_matter_still_sees_it():
    city = the_record()
    run = a_hotline_order(city)
    before = city.staff(city.unit("department"))
    city.act(run.pk, "return_order")
    city.act(run.pk, "redispatch", to_unit=str(city.unit("department", "next").pk))

    assert sees(before, run)
    assert sees(city.staff(city.unit("department", "next")), run)


def test_a_matter_is_seen_by_whoever_took_it_in():
    city = the_record()
    police = city.staff(city.unit("police_station"))
    other = a_post(city, "police_station")
    run = city.open("mediation", "refer", by=police).run

    assert sees(police, run)
    assert not sees(other, run)  # it may refer quarrels too, and looks after none


@pytest.mark.parametrize(
    ("level", "is_seen"),
    [("county", True), ("city", True), ("town", False), ("village", False)],
)
def test_an_office_of_another_level_does_not_look_after_it(level, is_seen):
    city = the_record()
    run = city.open("orders", "submit").run

    assert sees(a_post(city, "governance_centre", level=level), run) is is_seen


def test_an_office_that_needs_a_permission_looks_after_it_with_that_permission_alone():
    rules = {
        (procedure.name, rule.name): rule for procedure, rule in access.looking_after()
    }  # fmt: skip
    dispatcher = rules["hotline", "dispatcher"]
    post = Actor(account_id=None, kind="staff", unit_kind="hotline_centre", level=2)

    assert not access.is_office(dispatcher, post)
    assert access.is_office(dispatcher, replace(post, permissions=frozenset({"hotline.dispatch"})))


# --- the accused --------------------------------------------------------------------------------


def test_a_room_stationed_with_the_accused_sees_nothing_either():
    city = the_record()
    court = city.unit("court")
    room = a_unit(
        "SR-9", UnitKind.STATIONED_ROOM, city.town, name="驻院调解室", host_id=court.pk
    )  # fmt: skip
    run = city.open("hotline", "accept_call", accused=(court.pk,)).run

    assert room.pk in run.matter.accused  # so nothing is dispatched to it
    assert not sees(city.staff(room), run)


def test_the_accused_see_nothing_not_even_what_they_took_in_or_look_after():
    city = the_record()
    accused = city.unit("hotline_centre")
    below = a_unit("HL-9", UnitKind.HOTLINE_CENTRE, city.town, name="分中心", superior=accused)
    run = city.open("hotline", "accept_call", by=city.staff(accused), accused=(accused.pk,)).run
    assert not sees(city.staff(accused), run)
    assert not sees(city.staff(below), run)  # made later than the list of the accused
    assert sees(a_post(city, "hotline_centre"), run)
    assert not owning.owned_by(city.staff(accused, "hotline.dispatch")).exists()


def test_to_the_accused_an_act_is_missing():
    city = the_record()
    accused = city.unit("hotline_centre", "z")
    run = city.open("hotline", "accept_call", accused=(accused.pk,)).run

    with pytest.raises(NotFound):
        city.act(run.pk, "note", by=city.staff(accused))


# --- confidential -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "is_seen"),
    [
        ("petition_office", True),
        ("hotline_centre", False),
        ("governance_centre", False),
        ("mediation_committee", False),
        ("court", False),
    ],
)
def test_a_petition_is_seen_by_the_petition_office_and_no_other_office(kind, is_seen):
    city = the_record()
    run = city.open("petition", "submit").run

    assert run.matter.is_confidential
    assert sees(a_post(city, kind), run) is is_seen


def test_everything_inside_a_confidential_run_is_confidential_too():
    for rules in library.procedures().values():
        for child in rules.children.values():
            inner = library.procedure(child.procedure)
            assert rules.confidential or not inner.confidential, (rules.name, inner.name)


def test_of_a_confidential_matter_an_office_sees_the_runs_it_looks_after():
    """A call that became a petition: who took the call keeps the call, and no more."""
    city = the_record()
    agent = city.staff(city.unit("hotline_centre"))
    run = city.open("hotline", "accept_call", by=agent).run
    matter = Matter.objects.get(pk=run.matter_id)
    petition = Run.objects.create(
        matter=matter, procedure="petition", version=1, state="registered", owner="office",
        opened_at=NOW, changed_at=NOW, head=b"",
    )  # fmt: skip
    matter.is_confidential = True
    matter.save(update_fields=["is_confidential"])
    office = a_post(city, "petition_office")

    assert set(access.runs_seen_by(agent).filter(matter=matter)) == {run}
    assert set(access.runs_seen_by(office).filter(matter=matter)) == {petition}
    assert not access.runs_seen_by(a_post(city, "hotline_centre")).filter(matter=matter).exists()


def test_a_look_at_a_confidential_matter_is_written_down():
    city = the_record()
    petition = city.open("petition", "submit").run.matter
    order = city.open("hotline", "accept_call").run.matter
    office, centre = a_post(city, "petition_office"), a_post(city, "hotline_centre")

    access.look(petition.pk, by=office, at=NOW, address="192.0.2.7")
    access.look(petition.pk, by=city.reporter, at=NOW)
    access.look(order.pk, by=centre, at=NOW)

    entry = AccessLog.objects.get(action="look")
    assert (entry.account_id, entry.subject_id, entry.case_no) == (
        office.account_id, str(petition.pk), petition.number
    )  # fmt: skip


# --- people -------------------------------------------------------------------------------------


def test_people_see_their_own_matters_and_nobody_elses():
    city = the_record()
    run = a_hotline_order(city)

    assert sees(city.reporter, run)
    assert not sees(city.opponent, run)  # the hotline knows no sides of a dispute
    assert not sees(nobody_is_named_so(city), run)
    assert not sees(Actor(account_id=new_id(), kind="staff"), run)  # no post today


def test_both_sides_see_a_mediation():
    city = the_record()
    run = city.open("mediation", "apply").run

    assert sees(city.reporter, run)
    assert sees(city.opponent, run)


def test_people_see_no_supervision_inside_their_matter():
    city = the_record()
    run = a_hotline_order(city)
    city.act(run.pk, "supervise")

    assert list(access.runs_seen_by(city.reporter).filter(matter=run.matter)) == [run]


# --- the door -----------------------------------------------------------------------------------


def test_a_missing_matter_and_anothers_answer_the_same(django_assert_num_queries):
    city = the_record()
    run = a_hotline_order(city)
    stranger = a_post(city, "department")

    for door, pk in ((access.matter, run.matter_id), (access.run, run.pk)):
        said = []
        for one in (pk, new_id()):
            with django_assert_num_queries(1), pytest.raises(NotFound) as refused:
                door(one, by=stranger)
            said.append(str(refused.value))
        assert said[0] == said[1]


def test_a_number_is_read_as_it_is_spoken():
    city = the_record()
    matter = a_hotline_order(city).matter
    lead = city.staff(city.unit("department"))

    assert access.matter_of_number(numbers.spoken(matter.number), by=lead) == matter
    with pytest.raises(NotFound):
        access.matter_of_number("1234", by=lead)
    with pytest.raises(NotFound):
        access.matter_of_number(matter.number, by=a_post(city, "department"))


# --- the people in a matter ---------------------------------------------------------------------


def secret(matter):
    Contact.objects.filter(matter=matter).update(wants_secrecy=True)


def seen_contacts(matter, by):
    return [
        (one.role, one.name, one.phone, one.is_hidden) for one in access.contacts(matter, by=by)
    ]


def test_staff_see_people_covered_and_nothing_of_those_who_asked_to_stay_unknown():
    city = the_record()
    matter = a_hotline_order(city).matter
    lead = city.staff(city.unit("department"))

    assert seen_contacts(matter, lead)[0] == ("reporter", "李*", "154****0001", False)
    secret(matter)
    assert seen_contacts(matter, lead)[0] == ("reporter", "", "", True)


def test_people_see_their_own_data_and_of_the_others_the_side():
    city = the_record()
    matter = city.open("mediation", "apply").run.matter

    assert seen_contacts(matter, city.opponent) == [
        ("reporter", "", "", True),
        ("party", "赵强", "15400000002", False),
    ]


def test_a_clear_look_needs_a_reason_and_the_person_finds_it_in_their_log():
    city = the_record()
    matter = a_hotline_order(city).matter
    lead = city.staff(city.unit("department"))
    contact = matter.contacts.get(role="reporter")

    with pytest.raises(ReasonMissing):
        access.reveal(contact_id=contact.pk, by=lead, purpose=" ", at=NOW)
    assert not AccessLog.objects.filter(action="reveal").exists()
    shown = access.reveal(contact_id=contact.pk, by=lead, purpose="约时间上门", at=NOW)

    assert (shown.name, shown.phone) == ("李娟", "15400000001")
    (look,) = access_log.access_log_of(city.resident.pk)
    assert (look.unit_name, look.fields, look.purpose, look.case_no) == (
        "department", ("name", "phone"), "约时间上门", matter.number
    )  # fmt: skip


def test_who_asked_to_stay_unknown_is_known_to_the_office_that_looks_after_it_alone():
    city = the_record()
    matter = a_hotline_order(city).matter
    secret(matter)
    contact = matter.contacts.get(role="reporter")

    with pytest.raises(ContactNotOpen):
        access.reveal(
            contact_id=contact.pk, by=city.staff(city.unit("department")), purpose="联系", at=NOW
        )
    shown = access.reveal(
        contact_id=contact.pk, by=a_post(city, "hotline_centre"), purpose="联系", at=NOW
    )
    assert shown.name == "李娟"


def test_a_unit_that_had_the_matter_learns_no_names_any_more():
    city = the_record()
    run = a_hotline_order(city)
    city.act(run.pk, "return_order")
    city.act(run.pk, "redispatch", to_unit=str(city.unit("department", "next").pk))
    contact = run.matter.contacts.get(role="reporter")

    with pytest.raises(ContactNotOpen):
        access.reveal(
            contact_id=contact.pk, by=city.staff(city.unit("department")), purpose="联系", at=NOW
        )


def test_nobody_else_learns_whether_there_is_such_a_person():
    city = the_record()
    contact = a_hotline_order(city).matter.contacts.get(role="reporter")

    for by in (a_post(city, "department"), city.opponent, city.reporter):
        with pytest.raises(NotFound):
            access.reveal(contact_id=contact.pk, by=by, purpose="联系", at=NOW)


# --- whoever looks, at whatever -----------------------------------------------------------------

KINDS = (
    "hotline_centre", "governance_centre", "petition_office", "department",
    "mediation_committee", "police_station", "court", "village_committee",
)  # fmt: skip


def a_city_at_work():
    """Matters of several procedures, some confidential, some that accuse somebody."""
    city = the_record()
    department, centre = city.unit("department"), city.unit("hotline_centre", "z")
    a_hotline_order(city)
    run = a_hotline_order(city)
    city.act(run.pk, "supervise")
    city.act(run.pk, "return_order")
    city.open("hotline", "accept_call", accused=(department.pk,))
    city.open("hotline", "submit_online", accused=(centre.pk,))
    city.open("grid", "submit")
    city.open("orders", "submit")
    city.open("mediation", "apply")
    city.open("mediation", "refer", by=city.staff(city.unit("police_station")))
    city.open("petition", "submit")
    city.open("petition", "submit", accused=(city.unit("petition_office", "z").pk,))
    petition = city.open("petition", "register").run
    city.act(petition.pk, "transfer")
    before = NOW - timedelta(days=1)
    agent = city.staff(city.unit("hotline_centre"), place=place(CITY))
    for code in CODES:
        city.open("hotline", "accept_call", by=agent, at=before, place=place(code))
        city.open("orders", "submit", at=before, place=place(code))
    return city


def may_see(by, matter):
    """The rule once more, in Python, as the architecture words it (§6)."""
    if by.unit_id is None:
        roles = [one.role for one in matter.contacts.all() if one.account_id == by.account_id]
        kinds = {"reporter": "reporter", "party": "party"}
        return any(
            rule.kind == kinds[role]
            for role in roles
            for run in matter.runs.all()
            for rule in library.procedure(run.procedure).actors.values()
        )
    above, unit = set(), Unit.objects.get(pk=by.unit_id)
    while unit:
        above.add(unit.pk)
        unit = unit.superior
    if above & set(matter.accused):
        return False
    runs = list(matter.runs.all())
    if any(
        run.assignments.filter(unit=by.unit_id).exists()
        or run.timeline.filter(seq=1, unit_id=by.unit_id).exists()
        for run in runs
    ):
        return True
    return str(by.unit_place_id) in matter.place_ids and any(
        rules.name == run.procedure
        and (rules.confidential or not matter.is_confidential)
        and by.unit_kind in rule.unit_kinds
        and (not rule.levels or {1: "city", 2: "county", 3: "town", 4: "village"}[by.level]
             in rule.levels)
        and (not rule.permission or rule.permission in by.permissions)
        for run in runs
        for rules, rule in access.looking_after()
    )  # fmt: skip


def check_search(city, matters, by, allowed, data):
    """What fits is found page by page, the latest first: whether it is walked or looked up."""
    days = st.sampled_from((None, (NOW - timedelta(days=1)).date(), NOW.date()))
    wanted = data.draw(
        st.builds(
            Wanted,
            text=st.sampled_from(
                ("", "", "路灯", "灯", "新华路 3", "没有", "!", "3714", matters[0].number,
                 matters[0].number[-4:])
            ),
            category=st.sampled_from((None, city.category)),
            procedure=st.sampled_from(("", "hotline", "petition", "supervision")),
            state=st.sampled_from(("", "received", "dispatched")),
            place=st.sampled_from((None, *map(place, CODES))),
            unit_id=st.sampled_from((None, city.unit("department").pk)),
            since=days, until=days, urgent=st.booleans(),
        )
    )  # fmt: skip
    few, often, worth = data.draw(st.tuples(*[st.sampled_from((0, 2, 5_000))] * 3))
    sizes = {
        "FEW": few, "MANY": few + data.draw(st.sampled_from((0, 3))), "OFTEN": often,
        "WORTH": worth, "STRETCH": data.draw(st.sampled_from((1, 10))),
    }  # fmt: skip
    pages, after = [], None
    with patch.multiple(latest, **sizes):
        while len(pages) <= len(matters):
            page = search.search(wanted, by=by, after=after, limit=2)
            pages.append([one.pk for one in page.matters])
            if (after := page.next) is None:
                break
    found = [pk for page in pages for pk in page]

    fitting = search._narrowed(Matter.objects.filter(pk__in=allowed), wanted, by)
    assert found == [one.pk for one in fitting.order_by("-opened_at", "-pk")]
    assert all(len(page) == 2 for page in pages[:-1])
    if by.unit_id and not numbers.read(wanted.text):
        assert not Matter.objects.filter(pk__in=found, is_confidential=True).exists()
    if wanted == Wanted(text="路灯") or wanted == Wanted():
        hidden = {matter.pk for matter in matters if matter.is_confidential and by.unit_id}
        assert set(found) == allowed - hidden


@settings(
    max_examples=max(settings().max_examples // 2, 10),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(data=st.data())
def check_nothing_is_found_that_may_not_be_seen(city, matters, data):
    by = data.draw(
        st.one_of(
            st.sampled_from((city.reporter, city.opponent, nobody_is_named_so(city))),
            st.builds(
                lambda kind, name, code, level, permissions: city.staff(
                    city.unit(kind, name), *permissions, place=place(code), level=level
                ),
                st.sampled_from(KINDS),
                st.sampled_from(("", "z", "other")),
                st.sampled_from(CODES),
                st.sampled_from(("city", "county", "town", "village")),
                st.sets(st.sampled_from(("hotline.dispatch", "hotline.decide", "x"))),
            ),
        )
    )
    allowed = {matter.pk for matter in matters if may_see(by, matter)}

    assert set(access.matters_seen_by(by).values_list("pk", flat=True)) == allowed
    seen_runs = set(access.runs_seen_by(by).values_list("pk", flat=True))
    of_runs = set(Run.objects.filter(pk__in=seen_runs).values_list("matter_id", flat=True))
    assert of_runs == allowed

    check_search(city, matters, by, allowed, data)

    counted = inbox.counts(by=by, at=NOW)
    for which in Tray:
        page = inbox.tray(which, by=by, at=NOW, limit=100)
        assert {run.pk for run in page.runs} <= seen_runs
        assert counted[which] == len(page.runs)


def test_nothing_is_found_that_may_not_be_seen():
    city = a_city_at_work()
    for kind in KINDS:
        for name in ("", "z", "other"):
            city.unit(kind, name)
    matters = list(Matter.objects.order_by("pk"))

    check_nothing_is_found_that_may_not_be_seen(city, matters)


def test_a_person_who_is_named_nowhere_sees_nothing_even_without_an_account():
    the_record().open("hotline", "accept_call")

    nobody = Actor(account_id=None, kind="resident")
    assert not access.runs_seen_by(nobody).exists()
