"""Supervision orders on the desk: one for several matters at once; answered, judged, overdue."""

from datetime import timedelta

import pytest
from django.urls import reverse

from huiyin.matters.acting import act
from huiyin.matters.models import Run
from huiyin.matters.tests.records import the_record
from huiyin.places.models import Place
from huiyin.units.models import Unit, UnitKind
from huiyin.units.tests.factories import NOW, a_unit
from huiyin.web import supervision
from huiyin.web.supervision import Filters, Orders, Show
from huiyin.web.tests.access_table import client_of, session_of
from huiyin.web.tests.factories import a_post, an_account, in_their_post

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=10)
FORM = {"degree": "daily", "ground": "overdue", "demand": "三日内书面说明原因。"}
ANSWER = {
    "outcome": "done", "text": "已修好", "told_person": "on", "signed_by": "王局长",
}  # fmt: skip


class County:
    """A leader of the county's centre, two bureaus, and orders of the hotline that they have."""

    def __init__(self) -> None:
        self.record = record = the_record()
        self.centre = Unit.objects.get(code="GC-2")
        place = Place.objects.get(pk=self.centre.place_id)
        self.hotline = record.unit("hotline_centre")
        self.housing = a_unit("DP-1", UnitKind.DEPARTMENT, place, name="住建局")
        self.water = a_unit("DP-2", UnitKind.DEPARTMENT, place, name="水利局")
        self.leader = self.staff("leader", self.centre, "leader")
        self.bureau = self.staff("housing", self.housing)
        self.other = self.staff("water", self.water)

    def staff(self, login, unit, permission_set="department_clerk"):
        account = an_account(login)
        a_post(account, unit, permission_set)
        return account

    def client(self, account):
        return client_of(session_of(account))

    def matter(self, unit=None):
        """A run that a bureau has, or nobody yet."""
        run = self.record.open("hotline", "submit_online").run
        if unit is not None:
            self.record.act(run.pk, "dispatch", to_unit=str(unit.pk))
        return run

    def order(self, run, unit, *, at=NOW, **more):
        form = {**FORM, "unit": str(unit.pk), **more}
        act(run.pk, "supervise", by=in_their_post(self.leader), at=at, form=form)
        return Run.objects.filter(parent=run).latest("opened_at", "id")


@pytest.fixture
def county():
    return County()


def listed(account, show, *, at=NOW, **narrowed):
    """Return the units of a list; what is shown is what is counted, in every list."""
    by = in_their_post(account)
    here = Place.objects.get(pk=by.unit_place_id)
    found = Orders(by, at=at, place=here, filters=Filters(**narrowed))
    for each, count in found.counts.items():
        assert len(found.page(each).orders) == count, each
    return [one.unit.name for one in found.page(show).orders]


def test_a_list_is_paged_in_its_order(county, monkeypatch):
    orders = [
        county.order(county.matter(county.housing), county.housing, at=NOW - n * WEEK / 7)
        for n in (1, 3, 2, 2)
    ]
    monkeypatch.setattr(supervision, "PAGE", 3)
    by = in_their_post(county.leader)
    lists = Orders(by, at=NOW, place=Place.objects.get(pk=by.unit_place_id))

    for show in (Show.ISSUED, Show.HERE):
        first = lists.page(show)
        rest = lists.page(show, after=first.next)
        shown = [one.run.pk for page in (first, rest) for one in page.orders]
        assert shown == [one.pk for one in sorted(orders, key=lambda one: (one.due_at, one.pk))]
        assert rest.next is None


def test_one_form_orders_supervision_of_several_matters_each_of_the_unit_that_has_it(county):
    runs = [county.matter(county.housing), county.matter(county.water)]
    sent = {"run": [str(run.pk) for run in runs], **FORM}

    answer = county.client(county.leader).post(reverse("web:supervised_new"), sent)

    assert answer.status_code == 303
    orders = Run.objects.filter(parent__in=runs, assignments__role="unit")
    assert {run.parent_id: run.assignments.get(role="unit").unit for run in orders} == {
        runs[0].pk: county.housing, runs[1].pk: county.water,
    }  # fmt: skip


def test_what_nobody_has_is_left_alone_with_the_reason_and_the_others_are_ordered(county):
    held, free = county.matter(county.housing), county.matter()
    client = county.client(county.leader)
    sent = {"run": [str(held.pk), str(free.pk)], **FORM}

    answer = client.post(reverse("web:supervised_new"), sent, follow=True)

    said = [str(message) for message in answer.context["messages"]]
    assert said[0] == "已下 1 张督办单。"
    assert "要先派出去" in said[1]
    assert not Run.objects.filter(parent=free).exists()


def test_a_form_that_lacks_something_says_so_once_and_orders_nothing(county):
    runs = [county.matter(county.housing), county.matter(county.water)]
    sent = {"run": [str(run.pk) for run in runs], **FORM, "demand": ""}

    answer = county.client(county.leader).post(reverse("web:supervised_new"), sent)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["demand"]
    assert not Run.objects.filter(parent__in=runs).exists()


def test_the_same_form_sent_twice_orders_once(county):
    run = county.matter(county.housing)
    sent = {"run": [str(run.pk)], "key": "k1", **FORM}
    client = county.client(county.leader)

    for _time in range(2):
        client.post(reverse("web:supervised_new"), sent)

    assert Run.objects.filter(parent=run).count() == 1


def test_what_the_leader_does_not_see_is_not_on_the_form(county):
    run = county.matter(county.housing)
    outsider = county.staff("outsider", county.water, "leader")

    answer = county.client(outsider).get(reverse("web:supervised_new"), {"run": [str(run.pk)]})

    assert answer.status_code == 303  # nothing is left to be ordered


def test_whoever_may_not_supervise_is_refused(county):
    answer = county.client(county.bureau).get(reverse("web:supervised_new"))

    assert answer.status_code == 403


def test_an_order_goes_from_the_unit_to_whoever_judges_it_and_back(county):
    order = county.order(county.matter(county.housing), county.housing)
    assert listed(county.leader, Show.ISSUED) == ["住建局"]
    assert listed(county.bureau, Show.TO_US) == ["住建局"]
    assert listed(county.leader, Show.JUDGE) == []

    act(order.pk, "give_feedback", by=in_their_post(county.bureau), at=NOW, form=ANSWER)
    assert listed(county.leader, Show.JUDGE) == ["住建局"]

    act(
        order.pk,
        "return_feedback",
        by=in_their_post(county.leader),
        at=NOW,
        form={"reason": "请补"},
    )
    assert listed(county.leader, Show.JUDGE) == []

    act(order.pk, "give_feedback", by=in_their_post(county.bureau), at=NOW, form=ANSWER)
    act(order.pk, "lift", by=in_their_post(county.leader), at=NOW, form={"opinion": "属实"})
    assert listed(county.leader, Show.ISSUED) == listed(county.bureau, Show.TO_US) == []
    assert listed(county.leader, Show.OVER) == listed(county.bureau, Show.OVER) == ["住建局"]


def test_an_answer_is_overdue_when_its_limit_is_over_and_not_when_it_was_given(county):
    late = county.order(county.matter(county.housing), county.housing)
    answered = county.order(county.matter(county.water), county.water)
    act(answered.pk, "give_feedback", by=in_their_post(county.other), at=NOW, form=ANSWER)

    assert listed(county.leader, Show.OVERDUE) == []
    assert listed(county.leader, Show.OVERDUE, at=NOW + WEEK) == ["住建局"]
    assert late.due_at < NOW + WEEK


def test_orders_are_narrowed_by_unit_and_degree(county):
    county.order(county.matter(county.housing), county.housing)
    county.order(county.matter(county.water), county.water, degree="listed")

    assert listed(county.leader, Show.ISSUED, unit="水利") == ["水利局"]
    assert listed(county.leader, Show.ISSUED, degree="listed") == ["水利局"]
    assert listed(county.leader, Show.ISSUED, unit="水利", degree="daily") == []


def test_an_order_is_not_there_for_a_unit_that_has_nothing_to_do_with_it(county):
    order = county.order(county.matter(county.housing), county.housing)
    address = reverse("web:supervised_one", args=[order.pk])

    assert county.client(county.leader).get(address).status_code == 200
    assert county.client(county.bureau).get(address).status_code == 200
    assert county.client(county.other).get(address).status_code == 404


def test_the_page_says_how_far_an_order_has_risen_and_names_no_act_before_another(county):
    order = county.order(county.matter(county.housing), county.housing)
    risen = {"reason": "第二次督办", "approval": "联席会议第 7 次"}
    act(order.pk, "raise_degree", by=in_their_post(county.leader), at=NOW, form=risen)
    act(order.pk, "give_feedback", by=in_their_post(county.bureau), at=NOW, form=ANSWER)

    page = county.client(county.leader).get(reverse("web:supervised_one", args=[order.pk]))

    assert (page.context["order"].degree, page.context["order"].step) == ("挂牌督办", 2)
    assert page.context["inside"].lead == ""  # to accept or to send back: both are open
    assert "primary" not in page.content.decode().split('class="act-area"')[1].split("</div>")[0]


def test_the_unit_is_led_to_its_answer_and_the_leader_never_to_taking_the_order_back(county):
    order = county.order(county.matter(county.housing), county.housing)
    address = reverse("web:supervised_one", args=[order.pk])

    leads = [
        county.client(who).get(address).context["inside"].lead
        for who in (county.bureau, county.leader)
    ]

    assert leads == ["give_feedback", ""]


def test_a_list_costs_the_same_whatever_lies_in_it(county, django_assert_max_num_queries):
    county.order(county.matter(county.housing), county.housing)
    client = county.client(county.leader)
    address = reverse("web:supervised")
    client.get(address)
    with django_assert_max_num_queries(24) as one:
        client.get(address)

    for _number in range(3):
        county.order(county.matter(county.water), county.water)
    with django_assert_max_num_queries(len(one)):
        client.get(address)
