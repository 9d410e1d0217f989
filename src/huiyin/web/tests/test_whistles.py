"""Whistles on the desk: both sides see who was called, who came and when, and nobody else does."""

from datetime import timedelta

import pytest
from django.urls import reverse

from huiyin.matters.acting import act
from huiyin.matters.models import Run
from huiyin.matters.tests.records import the_record
from huiyin.people.models import AccountKind
from huiyin.places.models import Place
from huiyin.units.models import Unit, UnitKind
from huiyin.units.tests.factories import NOW, a_unit
from huiyin.web.tests.access_table import client_of, session_of
from huiyin.web.tests.factories import a_post, an_account, in_their_post
from huiyin.web.whistles import Show, Whistles

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


class Town:
    """A town whose centre calls bureaus of its county."""

    def __init__(self) -> None:
        self.record = record = the_record()
        self.centre = Unit.objects.get(code="GC-2")
        place = Place.objects.get(pk=self.centre.place_id)
        self.bureaus = [
            a_unit(f"DP-{n}", UnitKind.DEPARTMENT, place, name=name)
            for n, name in enumerate(("住建局", "水利局", "教育局"))
        ]
        self.caller = self.staff("caller", self.centre, "centre_clerk")
        self.called = [self.staff(f"b{n}", one) for n, one in enumerate(self.bureaus)]
        self.run = record.open("grid", "report").run

    def staff(self, login, unit, permission_set="department_clerk"):
        account = an_account(login)
        a_post(account, unit, permission_set)
        return account

    def client(self, account):
        return client_of(session_of(account))

    def blow(self, *units, urgency="urgent", at=NOW):
        form = {
            "to_units": [str(one.pk) for one in units], "level": "county", "urgency": urgency,
            "problem": "沟渠堵了", "task": "请到场分清责任", "report_to": "村委会门口",
        }  # fmt: skip
        act(self.run.pk, "blow_whistle", by=in_their_post(self.caller), at=at, form=form)
        return [
            Run.objects.filter(parent=self.run, opened_at=at).get(
                assignments__unit=one, assignments__role="called"
            )
            for one in units
        ]

    def comes(self, run, account, *, at):
        form = {"how": "on_site", "who": "李建国，副局长"}
        act(run.pk, "report_in", by=in_their_post(account), at=at, form=form)


@pytest.fixture
def town():
    return Town()


def read(account, show, *, at=NOW, place=None):
    """Return the calls of a list, each with its units: name, state, came, late."""
    page = Whistles(in_their_post(account), at=at, place=place).page(show)
    return [
        [(one.unit.name, one.state, one.has_come, one.is_late) for one in call.units]
        for call in page.calls
    ]


def test_the_town_sees_at_once_who_came_and_who_is_late(town):
    water = town.blow(*town.bureaus[:2])[1]
    town.comes(water, town.called[1], at=NOW + 10 * MINUTE)

    later = NOW + 40 * MINUTE  # urgent: half an hour
    assert read(town.caller, Show.BLOWN, at=later) == [
        [("住建局", "待报到", False, True), ("水利局", "已报到，正在办理", True, False)]
    ]
    call = Whistles(in_their_post(town.caller), at=later).page(Show.BLOWN).calls[0]
    assert (call.came, call.late, call.is_urgent) == (1, 1, True)


def test_a_number_that_is_none_or_nobodys_is_told_beside_it(town):
    desk = town.client(town.caller)

    first, *wrong = (
        desk.get("/desk/whistles/new", asked) for asked in ({}, {"matter": ""}, {"matter": "12"})
    )

    assert first.status_code == 200
    assert "请核对编号" not in first.content.decode()
    assert [each.status_code for each in wrong] == [422, 422]
    assert all('aria-invalid="true"' in each.content.decode() for each in wrong)


def test_a_step_says_when_it_was_taken_and_how_late(town):
    run = town.blow(town.bureaus[0])[0]
    town.comes(run, town.called[0], at=NOW + 50 * MINUTE)

    call = Whistles(in_their_post(town.caller), at=NOW + 60 * MINUTE).page(Show.BLOWN).calls[0]
    answered, came, left = call.units[0].steps

    assert (answered.at, answered.is_left_out) == (None, True)
    assert (came.at, came.stand.state, came.stand.words) == (
        NOW + 50 * MINUTE, "overdue", "晚了 20 分钟",
    )  # fmt: skip
    assert (left.at, left.is_left_out) == (None, False)


def test_what_was_blown_at_another_moment_is_another_call(town):
    town.blow(town.bureaus[0])
    town.blow(town.bureaus[1], at=NOW + MINUTE)

    assert [len(call) for call in read(town.caller, Show.BLOWN, at=NOW + MINUTE)] == [1, 1]


def test_a_called_unit_finds_its_whistle_and_who_was_called_with_it(town):
    town.blow(*town.bureaus[:2])

    called = read(town.called[0], Show.CALLED)

    assert [[name for name, *_ in call] for call in called] == [["住建局", "水利局"]]
    assert read(town.called[2], Show.CALLED) == []
    assert read(town.called[0], Show.BLOWN) == []


def test_an_objection_lies_with_the_centre_that_settles_it(town):
    run = town.blow(town.bureaus[0], urgency="normal")[0]
    form = {"ground": "not_our_duty", "basis": "权责清单没有这一项"}
    act(run.pk, "object", by=in_their_post(town.called[0]), at=NOW, form=form)

    settles = Whistles(in_their_post(town.caller), at=NOW)

    assert settles.may_settle
    assert settles.counts[Show.SETTLE] == len(settles.page(Show.SETTLE).calls) == 1
    assert not Whistles(in_their_post(town.called[0]), at=NOW).may_settle


def test_what_is_over_lies_with_both_sides_and_waits_for_nobody(town):
    run = town.blow(town.bureaus[0])[0]
    town.comes(run, town.called[0], at=NOW)
    form = {"outcome": "done", "text": "已疏通"}
    act(run.pk, "finish", by=in_their_post(town.called[0]), at=NOW + MINUTE, form=form)

    for account in (town.caller, town.called[0]):
        assert len(read(account, Show.OVER)) == 1
        assert read(account, Show.CALLED) == read(account, Show.BLOWN) == []


def test_a_whistle_is_not_there_for_a_unit_that_has_nothing_to_do_with_it(town):
    run = town.blow(town.bureaus[0])[0]
    address = reverse("web:whistle_one", args=[run.pk])

    seen = {
        name: town.client(account).get(address).status_code
        for name, account in (
            ("caller", town.caller), ("called", town.called[0]), ("another", town.called[2]),
        )
    }  # fmt: skip

    assert seen == {"caller": 200, "called": 200, "another": 404}


def test_a_run_of_another_procedure_has_no_page_of_a_whistle(town):
    address = reverse("web:whistle_one", args=[town.run.pk])

    assert town.client(town.caller).get(address).status_code == 404


def test_the_called_unit_reports_in_on_the_page_and_comes_back_to_it(town):
    run = town.blow(town.bureaus[0])[0]
    client = town.client(town.called[0])
    here = reverse("web:whistle_one", args=[run.pk])
    act_at = reverse("web:take_act", args=[run.matter.number, run.pk, "report_in"])
    assert act_at in client.get(here).content.decode()

    sent = {"how": "on_site", "who": "李建国", "position": "36.95, 116.00", "next": here}
    answer = client.post(act_at, sent)

    assert (answer.status_code, answer.headers["Location"]) == (303, here)
    run.refresh_from_db()
    assert run.state == "answered"
    assert "36.95, 116.00" in client.get(here).content.decode()


def test_nobody_is_led_to_another_site_after_an_act(town):
    run = town.blow(town.bureaus[0])[0]
    act_at = reverse("web:take_act", args=[run.matter.number, run.pk, "report_in"])

    sent = {"how": "on_site", "who": "李建国", "next": "https://example.com/"}
    answer = town.client(town.called[0]).post(act_at, sent)

    assert answer.headers["Location"].startswith("/desk/matters/")


def test_whoever_may_call_chooses_a_matter_then_writes_the_call(town):
    client = town.client(town.caller)
    new = reverse("web:whistle_new")

    chosen = client.get(new).content.decode()
    form = client.get(new, {"matter": town.run.matter.number, "unit": str(town.bureaus[0].pk)})
    wrong = client.get(new, {"matter": "3714000000000000"})

    assert town.run.matter.number in chosen
    assert [str(limit["urgency"]) for limit in form.context["limits"]] == ["紧急", "一般"]
    assert wrong.status_code == 422
    assert town.client(town.called[0]).get(new).status_code == 403


def test_a_list_costs_the_same_whatever_lies_in_it(town, django_assert_max_num_queries):
    town.blow(*town.bureaus[:1])
    client = town.client(town.caller)
    address = reverse("web:whistles")
    client.get(address)
    with django_assert_max_num_queries(22) as one:
        client.get(address)

    for minute in range(1, 4):
        town.blow(*town.bureaus, at=NOW + minute * MINUTE)
    with django_assert_max_num_queries(len(one)):
        client.get(address)


def test_the_badge_counts_what_waits_for_the_post(town):
    run = town.blow(*town.bureaus[:2])[0]
    waits, address = 'waits-whistles"><span class="badge"', reverse("web:waiting_here")

    assert waits in town.client(town.called[0]).get(address).content.decode()
    town.comes(run, town.called[0], at=NOW)
    assert waits in town.client(town.called[0]).get(address).content.decode()  # to finish
    assert waits not in town.client(town.called[2]).get(address).content.decode()


def test_residents_have_no_whistles():
    resident = an_account("r")
    resident.kind = AccountKind.RESIDENT
    resident.save(update_fields=["kind"])

    assert client_of(session_of(resident)).get(reverse("web:whistles")).status_code == 403


def test_on_foot_a_called_unit_finds_where_to_go_and_reports_in_there(town):
    run = town.blow(town.bureaus[0])[0]
    client = town.client(town.called[0])
    there = reverse("web:field_matter", args=[run.matter.number, run.pk])

    assert there in client.get(reverse("web:field")).content.decode()
    page = client.get(there).content.decode()
    assert 'name="position"' in page
    assert "李娟" not in page

    take = reverse("web:field_act", args=[run.matter.number, run.pk, "report_in"])
    client.post(take, {"how": "on_site", "who": "李建国", "key": "k1"})
    run.refresh_from_db()
    assert run.state == "answered"
