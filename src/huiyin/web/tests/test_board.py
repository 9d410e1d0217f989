"""The dispatch board as pages: what is suggested and why, how it is accepted, what came back."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from huiyin.matters.models import EventHeader, Matter, Run
from huiyin.matters.tests.records import the_record
from huiyin.people.models import PermissionSet
from huiyin.procedures import library
from huiyin.units.models import Duty
from huiyin.web.board_page import helping_field
from huiyin.web.tests.access_table import client_of, session_of
from huiyin.web.tests.factories import a_post, an_account

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def city():
    return the_record()


def desk_of(unit, *permissions):
    """Return the browser of somebody in a post of a unit, with exactly these permissions."""
    name = f"own_{'_'.join(permissions)}".replace(".", "_")[:40]
    values = {"name_zh": name, "name_en": name, "permissions": list(permissions)}
    PermissionSet.objects.get_or_create(code=name, defaults=values)
    account = an_account(f"{len(permissions)}{unit.code.lower()}")
    a_post(account, unit, name)
    return client_of(session_of(account))


def dispatcher(city):
    return desk_of(city.unit("hotline_centre"), "hotline.dispatch")


def head(city):
    return desk_of(city.unit("hotline_centre"), "hotline.dispatch", "hotline.decide")


def with_duty(city, unit):
    """Let a list of duties name a unit for the city's class in its town."""
    return Duty.objects.create(
        unit=unit, category=city.category, place=city.town, basis="权责清单", item_no="12",
        valid_from=timezone.localdate() - timedelta(days=400),
    )  # fmt: skip


def a_call(city, **more):
    """Open a hotline order of the city's class an hour ago."""
    at = timezone.now() - timedelta(hours=1)
    run = city.open("hotline", "accept_call", at=at, reply="wanted", grade="ordinary", **more).run
    Matter.objects.filter(pk=run.matter_id).update(category=city.category)
    return Run.objects.select_related("matter").get(pk=run.pk)


def later(run, *acts, city):
    for name in acts:
        run = city.act(run.pk, name, at=timezone.now()).run
    return run


def accept_form(page, run):
    """Return where the row of a run sends its form, and every value of it."""
    found = re.search(
        rf'<form method="post" action="([^"]*/{run.pk}/[^"]*)"[^>]*data-accept.*?</form>',
        page,
        re.DOTALL,
    )
    assert found, "the row has no act that one key can send"
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', found[0])
    return found[1], {name: value for name, value in fields if name != "csrfmiddlewaretoken"}


def test_a_row_says_whose_it_is_by_which_list_and_how_sure_and_one_press_sends_it(city):
    bureau = city.unit("department")
    with_duty(city, bureau)
    run = a_call(city)
    desk = dispatcher(city)

    page = desk.get("/desk/board").content.decode()
    assert "把握大，权责清单" in page
    address, values = accept_form(page, run)
    answer = desk.post(address, values)

    run.refresh_from_db()
    assert answer.status_code == 303
    assert run.state == "dispatched"
    assert run.assignments.get(to_at=None).unit_id == bureau.pk
    form = EventHeader.objects.get(run=run, action="dispatch").body.content["form"]
    assert (form["basis"], form["grade"]) == ("functional", "ordinary")


def test_what_was_sent_twice_is_done_once_and_whoever_was_slower_is_told(city):
    with_duty(city, city.unit("department"))
    run = a_call(city)
    desk = dispatcher(city)
    address, values = accept_form(desk.get("/desk/board").content.decode(), run)

    first = desk.post(address, values, headers=HTMX)
    again = desk.post(address, values, headers=HTMX)

    assert (first.status_code, first["X-Said"]) == (200, "1")
    assert again.status_code == 422
    assert EventHeader.objects.filter(run=run, action="dispatch").count() == 1


def test_where_no_list_names_anybody_nothing_is_sent_by_one_key(city):
    run = a_call(city)

    page = dispatcher(city).get("/desk/board").content.decode()

    assert "请您定" in page
    assert "data-accept" not in page
    assert run.matter.number in page.replace(" ", "")


def test_what_is_ticked_goes_where_it_was_said_to_go_and_nothing_else_moves(city):
    bureau = city.unit("department")
    with_duty(city, bureau)
    ticked, left = a_call(city), a_call(city)
    desk = dispatcher(city)

    answer = desk.post(
        "/desk/board/many", {"runs": [f"{ticked.pk}~dispatch~{bureau.pk}"]}, follow=True
    )

    states = dict(Run.objects.values_list("pk", "state"))
    assert (states[ticked.pk], states[left.pk]) == ("dispatched", "received")
    assert "1 件已派出" in answer.content.decode()


def test_only_acts_that_may_be_taken_on_many_are(city):
    run = later(a_call(city), "dispatch", "return_order", city=city)
    sent = {"runs": [f"{run.pk}~redispatch~{city.unit('department', '2').pk}"]}

    dispatcher(city).post("/desk/board/many", sent)

    run.refresh_from_db()
    assert run.state == "returned"


def test_what_came_back_twice_shows_its_way_and_is_designated_with_the_reason(city):
    run = later(a_call(city), "dispatch", "return_order", "redispatch", "return_order", city=city)
    other = city.unit("department", "7")
    desk = head(city)

    page = desk.get("/desk/board", {"tray": "ruling"}).content.decode()
    refused = desk.post(
        f"/desk/board/{run.matter.number}/{run.pk}/resolve_dispute",
        {"way": "designated", "to_unit": str(other.pk), "tray": "ruling"},
    )
    answer = desk.post(
        f"/desk/board/{run.matter.number}/{run.pk}/resolve_dispute",
        {"way": "designated", "to_unit": str(other.pk), "basis": "清单第 7 项。", "tray": "ruling"},
    )

    assert "退了 2 次" in page
    assert "在单位之间走了" in page
    assert "此工单已退回两次" in page  # why it cannot be dispatched again
    assert refused.status_code == 422
    assert "data-board-pane" in refused.content.decode()
    assert answer.status_code == 303
    run.refresh_from_db()
    assert (run.state, run.memory["facts"]["designated"]) == ("dispatched", True)


def test_a_unit_is_chosen_by_its_address_without_a_script(city):
    run = a_call(city)
    other = city.unit("department", "7")

    page = dispatcher(city).get("/desk/board", {"run": run.pk, "unit": other.pk}).content.decode()

    assert f'value="{other.pk}"' in page
    assert other.name in page


def test_a_matter_without_a_class_gets_a_guess_that_says_it_is_one(city):
    with_duty(city, city.unit("department"))
    run = a_call(city)
    Matter.objects.filter(pk=run.matter_id).update(category=None)

    page = dispatcher(city).get("/desk/board", {"run": run.pk}).content.decode()

    assert "未分类" in page
    assert "data-accept" not in page


def test_who_dispatches_nothing_is_told_who_does(city):
    page = desk_of(city.unit("department")).get("/desk/board").content.decode()

    assert "您的岗位不派单" in page
    assert "综治中心" in page


def test_the_figure_on_the_rail_counts_every_pile(city):
    a_call(city)
    later(a_call(city), "dispatch", "return_order", city=city)

    badges = dispatcher(city).get("/desk/waiting").content.decode()

    assert re.search(r':.waits-board"><span class="badge"[^>]*>2</span>', badges)


def test_the_board_takes_as_many_queries_with_many_as_with_one(city, django_assert_max_num_queries):
    bureau = city.unit("department")
    with_duty(city, bureau)
    desk = dispatcher(city)
    a_call(city)

    def queries():
        with django_assert_max_num_queries(200) as counted:
            desk.get("/desk/board", headers=HTMX)
        return len(counted)

    queries()  # what is read once for a process
    one = queries()
    for _ in range(4):
        a_call(city)

    assert queries() == one


def test_the_accused_unit_is_never_offered(city):
    bureau = city.unit("department")
    with_duty(city, bureau)
    run = a_call(city, accused=(bureau.pk,))

    page = dispatcher(city).get("/desk/board", {"run": run.pk}).content.decode()

    assert bureau.name not in page


def test_who_sends_most_back_is_told_with_how_much_it_had(city):
    bureau = city.unit("department")
    later(a_call(city), "dispatch", "return_order", city=city)
    later(a_call(city), "dispatch", "acknowledge", "answer", city=city)

    page = dispatcher(city).get("/desk/board/returns")

    (row,) = page.context["returns"]
    assert (row["unit"].pk, row["back"], row["had"]) == (bureau.pk, 1, 2)
    assert row["url"] == ""  # whoever sees no figures is not led to their list
    assert "您的岗位不派单" in desk_of(bureau).get("/desk/board/returns").content.decode()


def test_units_that_help_are_named_in_the_form_where_the_file_has_it_so():
    fields = {
        name: helping_field(library.procedure(name).actions[action])
        for name, action in (("grid", "dispatch"), ("hotline", "dispatch"))
    }

    assert fields == {"grid": "assist_units", "hotline": ""}
