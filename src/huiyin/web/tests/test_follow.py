"""Following a matter: who may read it, what it promises, and every act the procedure gives."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from stdnum import damm

from huiyin.matters.intake import Person, Said, open_matter
from huiyin.matters.limits import procedure_of
from huiyin.matters.models import Channel, Contact
from huiyin.matters.similar import join
from huiyin.matters.tests.sample_files import a_picture
from huiyin.matters.verifying import verify
from huiyin.notices.models import Notice
from huiyin.people.models import AccessLog, PhoneCode
from huiyin.people.tests.conftest import configured, gateway
from huiyin.procedures import new_run
from huiyin.procedures.simulation import a_form
from huiyin.web.following import standing
from huiyin.web.tests.residents import (
    PHONE,
    a_city,
    a_resident,
    answered,
    digits_in,
    main,
    reported,
    text,
)

__all__ = ["configured", "gateway"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return a_city()


@pytest.fixture
def client(city):
    return a_resident(city.resident)


@pytest.fixture
def matter(city, client):
    return reported(city, client)


def told_by_phone(city, phone=PHONE):
    """A matter that a hotline agent took in by telephone: there is a phone in it, no account."""
    rules = procedure_of("hotline")
    rule = rules.actions["accept_call"]
    agent = city.whoever(rules, rule.by[0], {})
    return open_matter(
        procedure="hotline", action="accept_call", said=Said("路灯不亮", "门口的灯坏了。"),
        place=city.place, channel=Channel.CALL, by=agent, at=timezone.now(),
        form=city.form(a_form(rule, new_run(rules), timezone.now()), rule, agent),
        reporter=Person("李娟", phone),
    ).run.matter  # fmt: skip


def do(client, matter, action, **form):
    return client.post(f"/m/{matter.number}/do/{action}", form)


# --- who may read it ----------------------------------------------------------------------------


def test_a_visitor_is_asked_for_the_phone_and_reads_nothing(matter):
    page = a_resident().get(f"/m/{matter.number}")

    assert page.status_code == 200
    assert "路灯" not in main(page)
    assert 'name="phone"' in main(page)


def test_a_number_is_read_however_it_is_typed_and_a_wrong_one_is_said_to_be(client, matter):
    spaced = " ".join(matter.number[at : at + 4] for at in range(0, 16, 4))

    assert client.get("/m/", {"number": spaced}).headers["Location"] == f"/m/{matter.number}"
    assert client.get("/find", {"q": spaced}).headers["Location"] == f"/m/{matter.number}"
    assert client.get("/m/", {"number": "1234"}).status_code == 404
    assert client.get("/m/1234567890123456").status_code == 404


def test_a_call_to_the_hotline_is_followed_by_its_number_and_the_phone(city, gateway):
    matter, visitor = told_by_phone(city), a_resident()

    asked = visitor.post(f"/m/{matter.number}/phone", {"phone": PHONE})
    code = {"sealed": asked.context["sealed"], "code": digits_in(gateway)}
    opened = visitor.post(f"/m/{matter.number}/phone", code)

    assert opened.headers["Location"] == f"/m/{matter.number}"
    assert "路灯不亮" in main(visitor.get(f"/m/{matter.number}"))
    assert AccessLog.objects.filter(action="claim", case_no=matter.number).count() == 1


def test_another_phone_opens_nothing_and_says_the_same_as_for_a_number_there_is_not(city, gateway):
    matter, pages = told_by_phone(city), []
    nobodys = "371426010000000"
    for number in (matter.number, nobodys + str(damm.calc_check_digit(nobodys))):
        PhoneCode.objects.all().delete()
        visitor = a_resident()
        asked = visitor.post(f"/m/{number}/phone", {"phone": "15400000088"})
        code = {"sealed": asked.context["sealed"], "code": digits_in(gateway)}
        visitor.post(f"/m/{number}/phone", code)
        page = visitor.get(f"/m/{number}")
        spoken = " ".join(number[at : at + 4] for at in range(0, 16, 4))
        pages.append((page.status_code, main(page).replace(number, "N").replace(spoken, "N")))

    assert pages[0][0] == 404
    assert _without_tokens(pages[0][1]) == _without_tokens(pages[1][1])
    assert Contact.objects.get(matter=matter).account is None


def _without_tokens(page):
    return [line for line in page.split("<") if "csrfmiddlewaretoken" not in line]


def test_whoever_is_signed_in_adds_what_they_told_by_phone_with_one_press(city):
    matter = told_by_phone(city, phone="15400000001")
    client = a_resident(city.resident)

    before = client.get(f"/m/{matter.number}")
    client.post(f"/m/{matter.number}/phone")

    assert before.status_code == 404
    assert client.get(f"/m/{matter.number}").status_code == 200
    assert matter.words.title in main(client.get("/my/"))


def test_looking_uses_nothing_up(client, matter):
    run = matter.runs.get()
    before = run.events

    for path in ("", "/do/withdraw", "/do/message_unit", "/do/rate-along"):
        client.get(f"/m/{matter.number}{path}")

    run.refresh_from_db()
    assert run.events == before


def test_another_resident_cannot_act(city, matter):
    assert do(a_resident(city.other), matter, "withdraw").status_code == 404
    assert matter.runs.get().state == "received"


def test_a_notice_leads_to_the_page(city, client, matter):
    run = matter.runs.get()
    city.act(run.pk, "dispatch", at=run.changed_at)

    notice = Notice.objects.filter(account=city.resident).latest("pk")

    assert notice.link == f"/m/{matter.number}"


# --- what it says -------------------------------------------------------------------------------


def test_the_promise_comes_first_with_its_ruler_and_who_has_it(client, matter):
    page = client.get(f"/m/{matter.number}")
    seen = page.context["seen"]

    assert seen.promise.due_on == seen.told.promised_on
    assert (seen.ruler.gone, seen.ruler.total) == (0, 5)
    assert "还剩 5 个工作日" in main(page)
    assert "热线受理中心" in main(page)
    assert main(page).index("最晚答复您") < main(page).index("办理经过")


def test_the_unit_that_has_it_can_be_called(city, client, matter):
    run = matter.runs.get()
    city.act(run.pk, "dispatch", at=run.changed_at)
    unit = city.unit("department")
    unit.phone = "0534-5550142"
    unit.save(update_fields=["phone"])

    page = main(client.get(f"/m/{matter.number}"))

    assert unit.name in page
    assert 'href="tel:05345550142"' in page


def test_one_act_is_first_and_those_not_possible_say_why(client, matter):
    page = main(client.get(f"/m/{matter.number}"))

    assert page.count("btn primary") == 1
    why_not = page[page.index("现在还不能办的") :]
    assert "到“已答复，待审核”以后可以办。" in why_not
    assert "网上提交" not in why_not  # what only begins a matter is nothing to wait for
    refused = client.get(f"/m/{matter.number}/do/rate")
    assert refused.status_code == 409
    assert 'form="say"' not in text(refused)


def test_what_the_page_costs_does_not_grow(client, city, matter, django_assert_max_num_queries):
    run = matter.runs.get()
    for number in range(3):
        city.act(run.pk, "message_unit", text=f"第 {number} 次", files=[], at=run.changed_at)

    with django_assert_max_num_queries(32):
        client.get(f"/m/{matter.number}")


# --- acts ---------------------------------------------------------------------------------------


def test_messages_go_both_ways(city, client, matter):
    run = matter.runs.get()
    city.act(run.pk, "dispatch", at=run.changed_at)

    done = do(client, matter, "message_unit", text="哪天能修？")
    city.act(run.pk, "message_person", text="明天上午。", files=[], at=timezone.now())

    assert done.headers["Location"] == f"/m/{matter.number}"
    page = main(client.get(f"/m/{matter.number}"))
    assert page.index("哪天能修？") < page.index("明天上午。")


def test_a_second_tap_writes_one_message(client, matter):
    for _ in range(2):
        assert do(client, matter, "message_unit", text="哪天能修？", key="k1").status_code == 303

    assert matter.runs.get().timeline.filter(action="message_unit").count() == 1


def test_material_is_added_and_stays_ones_own(client, city, matter):
    photo = SimpleUploadedFile("现场.jpg", a_picture("JPEG"), content_type="image/jpeg")

    do(client, matter, "add_material", files__new=photo)

    assert "/files/" in main(client.get(f"/m/{matter.number}"))


def test_a_form_that_lacks_something_comes_back_with_what_was_written(client, matter):
    answer = do(client, matter, "message_unit", text="")

    assert answer.status_code == 422
    assert 'href="#id_text"' in main(answer)


def test_it_can_be_withdrawn_and_then_stands_still(client, matter):
    do(client, matter, "withdraw", reason="灯亮了。")

    assert matter.runs.get().state == "withdrawn"
    page = main(client.get(f"/m/{matter.number}"))
    assert "您已撤回诉求" in page
    assert "结束日期" in page
    again = client.get(f"/m/{matter.number}/do/withdraw")
    assert "现在是“诉求人已撤回”，这一项不能再办了。" in main(again)


def test_what_is_withdrawn_is_not_said_to_be_answered(city, client, matter):
    run = answered(city, matter)
    words = run.timeline.get(action="answer").body.content["form"]["result"]
    city.act(run.pk, "close", at=timezone.now())
    do(client, matter, "ask_again", text="还有两盏不亮。")
    do(client, matter, "withdraw")

    shown = client.get(f"/m/{matter.number}")

    page = main(shown)
    assert (shown.context["seen"].is_answered, shown.context["seen"].answer) == (False, ())
    assert words not in page[: page.index("办理经过")]
    assert "比答应的" not in page
    assert "答复日期" not in page


def test_somebody_who_was_slower_is_told_so_and_loses_no_words(city, client, matter):
    run = matter.runs.get()
    city.act(run.pk, "dispatch", at=run.changed_at)

    slow = do(client, matter, "withdraw", reason="灯亮了。", expected="2")

    assert slow.status_code == 422
    assert "灯亮了。" in main(slow)
    assert matter.runs.get().state == "dispatched"


def test_a_poor_rating_and_once_it_is_closed_taking_it_up_again(city, client, matter):
    run = answered(city, matter)
    page = client.get(f"/m/{matter.number}")
    assert page.context["seen"].first.action == "rate"

    do(client, matter, "rate", satisfaction="unsatisfied", reason="只修了一盏。")
    city.act(run.pk, "close", at=timezone.now())
    offered = client.get(f"/m/{matter.number}")
    again = do(client, matter, "ask_again", text="还有两盏不亮。")

    assert offered.context["seen"].first.action == "ask_again"
    assert 'name="text"' in main(offered)  # its form stands under the answer
    assert "谁在办" not in main(offered)  # nobody has what is closed
    assert "收到了：没有办好，要求重新办理。" in main(client.get(f"/m/{matter.number}"))

    assert again.headers["Location"] == f"/m/{matter.number}"
    run.refresh_from_db()
    assert run.state == "acknowledged"
    seen = client.get(f"/m/{matter.number}").context["seen"]
    assert (seen.promise.ended_at, seen.ruler.gone) == (None, 0)
    assert verify().differences == []


def test_after_the_rating_the_page_asks_for_it_no_more(city, client, matter):
    answered(city, matter)
    do(client, matter, "rate", satisfaction="satisfied")

    assert client.get(f"/m/{matter.number}").context["seen"].first.action != "rate"


def test_whoever_is_satisfied_finds_the_way_back_beside_the_answer(city, client, matter):
    run = answered(city, matter)
    do(client, matter, "rate", satisfaction="satisfied")
    city.act(run.pk, "close", at=timezone.now())

    seen = client.get(f"/m/{matter.number}").context["seen"]

    assert seen.first.action == "message_unit"
    assert "ask_again" in [act.action for act in seen.at_hand]


def test_what_is_over_says_so_in_one_short_sentence(city, client, matter):
    run = answered(city, matter)
    city.act(run.pk, "close", at=timezone.now())

    page = main(client.get(f"/m/{matter.number}"))

    why_not = page[page.index("现在还不能办的") :]
    assert "现在是“已办结”，这一项不能再办了。" in why_not
    assert "要在下列状态才能办" not in why_not


def test_a_notice_says_the_day_the_page_says_and_what_it_means(city, client, matter):
    day = client.get(f"/m/{matter.number}").context["seen"].promise.due_on
    run = matter.runs.get()
    city.act(run.pk, "dispatch", at=run.changed_at)
    city.act(run.pk, "acknowledge", at=run.changed_at)

    told = main(client.get("/notices/"))

    assert f"{day.month} 月 {day.day} 日" in told
    assert "00:00" not in told
    assert "承办单位已签收，正在办理。" in told


def test_a_promise_that_ends_today_ends_at_24_and_not_at_the_beginning_of_the_day(client, matter):
    seen = client.get(f"/m/{matter.number}").context["seen"]
    evening = seen.promise.due_at - timedelta(hours=2)

    words = standing(seen.promise, state="", is_done=False, at=evening).words

    assert words == "今天 24:00 前"


def test_an_empty_number_is_asked_for(client):
    page = client.get("/m/?number=")

    assert "请填写编号。" in main(page)


def test_a_visitor_who_wants_their_own_is_led_to_the_code_by_message(matter):
    path = f"/m/{matter.number}/do/message_unit"
    here = {"HTTP_HOST": "testserver", "HTTP_REFERER": f"http://testserver{path}"}

    listed = a_resident().get("/my/")
    sent = a_resident().post(path, {"text": "哪天能修？"}, **here)
    elsewhere = a_resident().post(path, {"text": "x"}, HTTP_REFERER="http://example.org/x")

    assert listed.headers["Location"] == "/sign-in/phone?next=/my/"
    assert sent.headers["Location"] == f"/sign-in/phone?next={path}"  # the page of the form
    assert elsewhere.headers["Location"] == "/sign-in/phone"


def test_an_answer_says_how_much_earlier_it_came(city, client, matter):
    answered(city, matter)

    assert "比答应的早 5 个工作日" in main(client.get(f"/m/{matter.number}"))


def test_the_answer_stands_on_top_in_the_words_of_the_unit(city, client, matter):
    run = answered(city, matter)
    words = run.timeline.get(action="answer").body.content["form"]["result"]

    shown = client.get(f"/m/{matter.number}")

    page = main(shown)
    assert words in [one.value for one in shown.context["seen"].answer]
    assert page.index(words) < page.index("办理经过")


def test_whoever_joined_follows_it_and_rates_by_stars(city, matter):
    now = timezone.now()
    other = a_resident(city.other)
    person = Person("赵强", "15400000002", city.other.pk)
    join(matter_id=matter.pk, person=person, by=city.opponent, at=now)
    early = other.get(f"/m/{matter.number}")
    assert matter.words.title not in text(early)  # nobody reads another's words
    assert matter.words.title not in text(other.get("/my/"))
    answered(city, matter)

    late = other.get(f"/m/{matter.number}")
    do(other, matter, "rate-along", stars="2", text="还不够亮。")

    assert 'name="stars"' not in main(early)
    assert 'name="stars"' in main(late)
    event = matter.runs.get().timeline.get(action="matters.rated")
    assert event.effects["marks"] == {"stars": 2}


# --- one's own list and data --------------------------------------------------------------------


def test_the_list_holds_ones_own_matters_page_by_page(city, client, django_assert_num_queries):
    def costs():
        with django_assert_num_queries(6):
            return client.get("/my/")

    for _ in range(2):
        city.open("hotline", "submit_online", by=city.reporter)
    costs()
    for _ in range(20):
        city.open("hotline", "submit_online", by=city.reporter)

    first = costs()
    older = client.get("/my/" + first.context["page"].older)

    assert len(first.context["rows"]) == 20
    assert len(older.context["rows"]) == 2
    assert client.get("/my/?after=zzz").status_code == 200
    assert "全部" in main(client.get("/"))


def test_whoever_has_told_nothing_is_shown_two_ways_on(client):
    page = main(client.get("/my/"))

    assert "/report/" in page
    assert "/m/" in page


def test_the_copy_is_handed_over_and_noted(city, client, matter):
    answer = client.post("/my/data/copy")

    assert answer.content[:2] == b"PK"
    assert AccessLog.objects.filter(action="export", account_id=city.resident.pk).count() == 1


def test_a_correction_is_asked_for_once_and_answered_by_a_day(client):
    form = {"wish": "correction", "what": "路名写错了，是新华路。", "key": "k1"}

    ways = [client.post("/my/data/request", form).headers["Location"] for _ in range(2)]

    assert ways[0] == ways[1]
    seen = client.get(ways[0]).context["seen"]
    assert (seen.run.procedure, seen.run.state) == ("data_request", "asked")
    assert seen.promise.due_on > timezone.localdate() + timedelta(days=1)


def test_what_exactly_is_wrong_has_to_be_said(client):
    answer = client.post("/my/data/request", {"wish": "deletion"})

    assert answer.status_code == 422
    assert 'href="#id_what"' in main(answer)


# --- how services were rated, together ----------------------------------------------------------


def test_stars_of_an_office_are_shown_together_and_never_of_a_few(city, client):
    unit = city.unit("department")
    given = (5, 5, 4, 2, 1)
    for number, stars in enumerate(given):
        run = city.open("orders", "submit", mode="online").run
        for action in ("assign", "accept", "answer", "rate"):
            more = {"stars": str(stars)} if action == "rate" else {}
            city.act(run.pk, action, **more)
        page = main(client.get(f"/units/{unit.pk}/"))
        assert ("打了四颗星或五颗星" in page) == (number == len(given) - 1)

    assert "<b>3</b>" in page
    assert "2 / 5" in page


def test_what_gives_up_is_never_the_first_thing_a_resident_is_offered(city):
    opening = next(one for one in procedure_of("grid").openings if "person" in one.by)
    run = city.open("grid", opening.name, by=city.reporter).run
    page = main(a_resident(city.resident).get(f"/m/{run.matter.number}"))

    first = re.findall(r'class="btn primary" href="[^"]*/do/(\w+)"', page)

    assert first == ["message_unit"]
    assert "/do/withdraw" in page
