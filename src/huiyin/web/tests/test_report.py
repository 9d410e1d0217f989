"""Telling something in three screens: nothing is lost, nobody is held up, it is sent once."""

import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.utils import timezone

from huiyin.categories import tree
from huiyin.categories.models import Category
from huiyin.matters import attachments
from huiyin.matters.models import Attachment, Contact, EventHeader, Matter
from huiyin.matters.notice_shown import NOTICE_SHOWN
from huiyin.matters.promises import promise_of
from huiyin.matters.tests.sample_files import a_picture
from huiyin.matters.verifying import verify
from huiyin.orders import verbs
from huiyin.orders.models import Mode, OrderedService
from huiyin.orders.tests.catalogue import LEGAL
from huiyin.people.actors import SYSTEM
from huiyin.people.models import AccountKind
from huiyin.people.tests.conftest import configured, gateway
from huiyin.units.tests.factories import NOW
from huiyin.web import drafts
from huiyin.web.models import Draft, DraftFile
from huiyin.web.tests.factories import an_account
from huiyin.web.tests.residents import (
    PHONE,
    WORDS,
    a_city,
    a_resident,
    answered,
    choose_place,
    digits_in,
    last_matter,
    main,
    reported,
    say,
    send,
    text,
    up_to_who,
)

__all__ = ["configured", "gateway"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return a_city()


def a_photo(name="灯.jpg"):
    return SimpleUploadedFile(name, a_picture("JPEG"), content_type="image/jpeg")


# --- from the first word to the number ----------------------------------------------------------


def test_three_screens_and_a_code_make_a_matter_with_a_promise(client, city, gateway):
    first = say(client, files__new=a_photo(), wish="尽快修好")
    second = choose_place(client, city.place.code, address="新华路 3 号")
    before = client.get("/report/who")
    third = client.post(
        "/report/who",
        {"how": "phone", "phone": f"+86 {PHONE}", "name": "李娟", "keep_secret": "yes"},
    )
    done = client.post("/report/code", {"code": digits_in(gateway)})

    ways = [answer.headers["Location"] for answer in (first, second, third, done)]
    assert ways == ["/report/where", "/report/who", "/report/code", "/report/sent"]
    matter = last_matter()
    run = matter.runs.get()
    assert (matter.words.text, matter.words.address) == (WORDS, "新华路 3 号")
    assert matter.words.title == "新华路路灯不亮，三天了"
    assert (matter.place, matter.category.name_zh) == (city.place, "路灯不亮")
    form = run.timeline.get(seq=1).body.content["form"]
    assert (form["content"], form["wish"], form["reply"]) == (WORDS, "尽快修好", "wanted")
    assert len(form["files"]) == 1
    contact = Contact.objects.get(matter=matter)
    assert (contact.name, contact.phone, contact.wants_secrecy) == ("李娟", PHONE, True)
    assert contact.account.kind == AccountKind.RESIDENT
    promise = before.context["routing"].foreseen.promise
    assert promise_of(run.pk).due_on == promise.due_on
    sent = client.get("/report/sent")
    assert " ".join(matter.number[at : at + 4] for at in range(0, 16, 4)) in main(sent)
    assert f"/m/{matter.number}" in text(sent)
    assert verify().differences == []


def test_the_notice_that_was_shown_is_on_record(city):
    client = a_resident(city.resident)
    up_to_who(client, city)
    notice = client.get("/report/who").context["notice"]
    send(client)

    event = EventHeader.objects.get(action=NOTICE_SHOWN)

    assert event.effects["marks"] == {"notice": "report", "version": notice.version}
    assert event.run.matter == last_matter()


def test_what_was_begun_is_there_again_when_the_browser_was_closed(client, city):
    say(client, files__new=a_photo())
    choose_place(client, city.place.code, address="3 号门口")

    again = a_resident()
    again.cookies[drafts.COOKIE] = client.cookies[drafts.COOKIE].value

    assert WORDS in text(again.get("/report/what"))
    assert "灯.jpg" in text(again.get("/report/what"))
    assert "3 号门口" in text(again.get("/report/where"))
    assert "接着写" in main(again.get("/"))
    assert WORDS not in text(a_resident().get("/report/what"))


def test_what_was_begun_is_sealed_and_its_cookie_is_not_kept(client):
    say(client)

    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(d)::text FROM web_draft d")
        (row,) = cursor.fetchone()

    assert "路灯" not in row
    assert client.cookies[drafts.COOKIE].value not in row
    assert client.cookies[drafts.COOKIE]["httponly"]


def test_words_are_kept_while_they_are_written(client, city):
    part = client.post("/report/kinds", {"content": "门口路灯不亮"})

    assert "路灯不亮" in text(part)
    assert "门口路灯不亮" in text(client.get("/report/what"))


def test_after_sending_nothing_of_the_draft_is_left_but_the_number(city):
    client = a_resident(city.resident)
    reported(city, client, files__new=a_photo())

    draft = Draft.objects.get()

    assert (draft.body, draft.matter) == ("", last_matter())
    assert not DraftFile.objects.exists()
    assert WORDS not in text(client.get("/report/what"))


def test_a_second_tap_opens_nothing_more(city):
    client = a_resident(city.resident)
    up_to_who(client, city)

    first, second = send(client), send(client)

    assert first.headers["Location"] == second.headers["Location"] == "/report/sent"
    assert Matter.objects.count() == 1


def test_what_is_thrown_away_is_gone(client):
    say(client)
    client.post("/report/drop")

    assert not Draft.objects.exists()


def test_a_draft_goes_after_thirty_days_and_its_files_after_it(client):
    say(client, files__new=a_photo())
    later = timezone.now() + timedelta(days=29)

    kept = (attachments.expire(at=later), drafts.clean(at=later))
    gone = drafts.clean(at=later + timedelta(days=2))

    assert kept == (0, 0)
    assert gone == 1
    assert attachments.expire(at=later + timedelta(days=2)) == 1


def test_a_picture_of_a_draft_is_shown_to_its_own_browser_alone(client):
    say(client, files__new=a_photo())
    pk = Attachment.objects.get().pk

    assert client.get(f"/draft/files/{pk}").status_code == 200
    assert a_resident().get(f"/draft/files/{pk}").status_code == 404


def test_somebody_elses_file_cannot_be_taken_along(client, city):
    say(a_resident(), files__new=a_photo("别人的.jpg"))
    foreign = Attachment.objects.get()

    say(client, files=str(foreign.pk))

    assert DraftFile.objects.filter(attachment=foreign).count() == 1
    assert "别人的" not in text(client.get("/report/what"))


def test_files_sent_in_before_signing_in_stay_with_the_matter(client, city, gateway):
    say(client, files__new=a_photo())
    choose_place(client, city.place.code)
    client.post("/report/who", {"how": "phone", "phone": PHONE, "keep_secret": "no"})
    client.post("/report/code", {"code": digits_in(gateway)})

    row = Attachment.objects.get()

    assert row.owner_id == Contact.objects.get().account_id
    assert client.get(f"/files/{row.pk}?size=small").getvalue()
    assert a_resident(city.other).get(f"/files/{row.pk}").status_code == 404


# --- danger comes first -------------------------------------------------------------------------


def test_words_of_danger_lead_to_the_number_before_the_next_screen(client, city):
    shown = say(client, content="楼上着火了")

    assert shown.status_code == 200
    assert 'href="tel:119"' in main(shown)
    again = say(client, content="楼上着火了", called="119")
    assert again.headers["Location"] == "/report/where"


def test_worry_is_no_alarm(client, city):
    assert say(client, content="电线乱拉，怕着火").status_code == 303


def test_what_is_urgent_names_the_number_to_call_after_sending(city):
    client = a_resident(city.resident)
    reported(city, client, content="门口井盖缺失，天黑看不见。")

    assert 'href="tel:12345"' in main(client.get("/report/sent"))


def test_danger_is_said_at_the_search_too(client, city):
    page = main(client.get("/find", {"q": "厨房起火"}))

    assert 'href="tel:119"' in page
    assert page.count('class="section alarm"') == 1


# --- what it is about: suggested, never demanded ------------------------------------------------


def test_the_kind_is_taken_from_the_words_and_can_be_put_right(client, city):
    say(client)
    assert "路灯不亮" in main(client.get("/report/where"))

    say(client, category="")
    assert "看起来是" not in main(client.get("/report/where"))
    say(client, content=f"{WORDS} 路灯坏了", category="")
    assert "看起来是" not in main(client.get("/report/where"))


def test_a_kind_that_the_words_do_not_name_is_offered_and_not_taken(client, city):
    foundling = Category.objects.create(
        code="0202", name_zh="弃婴", name_en="Foundling", parent=Category.objects.get(code="02"),
        phrase_1="门口有个孩子",
    )  # fmt: skip
    tree.forget()
    say(client, content="门口有狗叫")

    assert foundling.name_zh not in main(client.get("/report/where"))
    assert f'value="{foundling.code}"' in main(client.get("/report/what"))


def test_without_words_the_first_screen_says_what_is_missing(client):
    answer = say(client, content="  ")

    assert answer.status_code == 422
    assert 'href="#id_content"' in main(answer)


def test_words_that_were_searched_are_brought_along(client, city):
    assert "路灯不亮" in main(client.get("/report/what", {"q": "路灯不亮"}))


# --- where: nobody is held up -------------------------------------------------------------------


def test_the_list_leads_down_to_the_village_without_a_script(client, city):
    say(client)
    county = client.get("/report/where")
    line = [city.place.county, city.place.town]

    assert f"?at={line[0].code}" in main(county)
    assert f"?at={line[1].code}" in main(client.get(f"/report/where?at={line[0].code}"))
    town = main(client.get(f"/report/where?at={line[1].code}"))
    assert f'value="{city.place.village.code}"' in town
    assert f'value="{line[1].code}"' in town  # "somewhere in it"


def test_a_place_is_found_by_its_name(client, city):
    say(client)

    assert f'value="{city.place.village.code}"' in main(client.get("/report/where?q=尚德"))


def test_a_position_outside_of_the_city_leaves_all_other_ways_open(client, city):
    say(client)
    answer = client.post("/report/where", {"lat": "10", "lon": "10", "accuracy": "20"})

    assert answer.status_code == 422
    assert "不在本市" in main(answer)
    assert f"?at={city.place.county.code}" in main(answer)


def test_a_tap_on_the_map_leads_down_from_that_county(client, city):
    say(client)

    page = main(client.get("/report/where?map=1"))

    assert "data-map" in page
    assert "data-map" not in main(client.get("/report/where"))
    assert "?door=report" in page


def test_without_a_place_it_does_not_go_on(client, city):
    say(client)

    assert client.post("/report/where", {"address": ""}).status_code == 422
    assert client.get("/report/who").headers["Location"] == "/report/where"


def test_whoever_cannot_say_where_reports_all_the_same(city):
    client = a_resident(city.resident)
    say(client)
    choose_place(client, city.place.city.code)

    assert send(client).headers["Location"] == "/report/sent"
    assert last_matter().place == city.place.city


# --- reported already ---------------------------------------------------------------------------


def test_what_others_reported_nearby_is_offered_without_their_words_and_can_be_joined(city):
    first = reported(city, a_resident(city.resident), content=f"{WORDS} 我叫李娟。")
    client = a_resident(city.other)
    say(client)

    offered = choose_place(client, city.place.code)
    page = client.get("/report/same")
    client.post("/report/same", {"joins": str(first.pk)})
    done = send(client)

    assert offered.headers["Location"] == "/report/same"
    assert "李娟" not in main(page)
    assert first.number not in main(page)
    assert done.headers["Location"] == "/report/sent"
    assert Matter.objects.count() == 1
    assert Contact.objects.get(role="joined").account == city.other
    assert client.get(f"/m/{first.number}").status_code == 200


def test_ones_own_matter_is_not_offered(city):
    client = a_resident(city.resident)
    reported(city, client)
    say(client)

    assert choose_place(client, city.place.code).headers["Location"] == "/report/who"


def test_a_matter_that_was_answered_meanwhile_is_not_joined_and_nothing_is_lost(city):
    first = reported(city, a_resident(city.resident))
    client = a_resident(city.other)
    say(client)
    choose_place(client, city.place.code)
    client.post("/report/same", {"joins": str(first.pk)})
    answered(city, first)

    refused, again = send(client), send(client)

    assert refused.status_code == 409
    assert again.headers["Location"] == "/report/sent"
    assert Matter.objects.count() == 2


# --- who ----------------------------------------------------------------------------------------


def test_nobody_is_known_of_an_anonymous_report_even_when_signed_in(city):
    client = a_resident(city.resident)
    up_to_who(client, city, files__new=a_photo())
    client.post("/report/who", {"how": "anonymous"})

    matter = last_matter()
    event = matter.runs.get().timeline.get(seq=1)
    assert not Contact.objects.filter(matter=matter).exists()
    assert event.account_id is None
    assert event.body.content["form"]["reply"] == "no_contact"
    assert Attachment.objects.get().owner_id is None
    assert f"/m/{matter.number}" not in text(client.get("/report/sent"))
    assert client.get(f"/m/{matter.number}").status_code == 404


def test_a_number_that_is_no_mobile_and_a_wrong_code_say_so(client, city, gateway):
    up_to_who(client, city)
    no_mobile = client.post("/report/who", {"how": "phone", "phone": "123", "keep_secret": "no"})
    client.post("/report/who", {"how": "phone", "phone": PHONE, "keep_secret": "no"})
    digits = digits_in(gateway)
    wrong = "0" * 6 if digits != "0" * 6 else "1" * 6
    refused = client.post("/report/code", {"code": wrong})

    assert no_mobile.status_code == refused.status_code == 422
    assert not Matter.objects.exists()
    assert PHONE not in text(refused)


def test_staff_are_told_to_speak_for_themselves(city):
    client = a_resident(an_account("wangfang"))

    assert "工作人员" in main(client.get("/report/what"))
    say(client)
    assert not Draft.objects.exists()


# --- the other doors ----------------------------------------------------------------------------


def test_a_petition_never_reaches_the_units_it_complains_of(city):
    client = a_resident(city.resident)
    accused = city.unit("department", "被反映的局")
    say(
        client, "petition", request="请查处", story="乱收费三年了。", together="alone",
        is_accusation="on", accused_units=str(accused.pk),
    )  # fmt: skip
    choose_place(client, city.place.code, "petition")
    unnamed = client.post("/petition/who", {"keep_secret": "yes"})
    done = client.post("/petition/who", {"name": "李娟", "keep_secret": "yes"})

    assert unnamed.status_code == 422
    assert done.headers["Location"] == "/petition/sent"
    matter = last_matter()
    assert accused.pk in matter.accused
    assert matter.is_confidential
    assert Contact.objects.get(matter=matter).wants_secrecy
    assert client.get(f"/m/{matter.number}").status_code == 200


def test_an_application_for_mediation_names_both_sides(city):
    client = a_resident(city.resident)
    say(
        client, "mediation", dispute_type="neighbour", facts="楼上漏水，不肯赔。",
        claim="修好并赔偿。", elsewhere="none",
    )  # fmt: skip
    choose_place(client, city.place.code, "mediation")
    client.post(
        "/mediation/who", {"name": "李娟", "side_name": "赵强", "side_phone": "15400000002"}
    )

    people = Contact.objects.filter(matter=last_matter()).order_by("side")
    assert [(one.side, one.name) for one in people] == [
        ("applicant", "李娟"),
        ("respondent", "赵强"),
    ]
    assert client.get(f"/m/{last_matter().number}").status_code == 200


def test_a_service_is_ordered_from_the_catalogue(city):
    client = a_resident(city.resident)
    online = replace(LEGAL, mode=Mode.ONLINE)
    verbs.add_service(code="FW-01", terms=online, by=SYSTEM, at=NOW, valid_from=date(2026, 1, 1))
    begun = client.get("/order/")
    assert "?item=FW-01" in main(begun)
    assert 'value="FW-01"' in main(client.get("/order/what?item=FW-01"))

    say(
        client, "order", service="legal_aid", item="FW-01", mode="online",
        text="想问劳动合同的事。",
    )  # fmt: skip
    choose_place(client, city.place.code, "order")
    client.post("/order/who", {"name": "李娟"})

    run = last_matter().runs.get()
    assert (run.procedure, run.state) == ("orders", "submitted")
    assert OrderedService.objects.get(run=run).version.service.code == "FW-01"


@pytest.mark.parametrize("door", ["order", "mediation", "petition"])
def test_whoever_comes_to_these_doors_is_told_what_to_know_before(client, city, door):
    page = client.get(f"/{door}/")

    assert f"/{door}/what" in text(page)
    assert len(page.context["door"].guidance) >= 3


# --- two at once --------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_open_one_matter():
    city = a_city()
    client = a_resident(city.resident)
    up_to_who(client, city)
    other = a_resident()
    other.cookies = client.cookies
    ways = []

    def tap(browser):
        ways.append(send(browser).headers["Location"])
        connections.close_all()

    taps = [threading.Thread(target=tap, args=(browser,)) for browser in (client, other)]
    for one in taps:
        one.start()
    for one in taps:
        one.join()

    assert ways == ["/report/sent"] * 2
    assert Matter.objects.count() == 1
