"""The grid worker's pages: what waits, reporting, acting on the spot, and the phone's queue."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from huiyin.categories import tree
from huiyin.grid.models import Visit
from huiyin.matters.models import Attachment, EventHeader, Matter
from huiyin.matters.tests.records import the_record
from huiyin.matters.tests.sample_files import a_picture
from huiyin.people.models import Account, GridRole, GridWorker
from huiyin.units.models import Unit, UnitKind
from huiyin.units.tests.factories import a_unit
from huiyin.web.reporting import opening, settling
from huiyin.web.tests.access_table import client_of, session_of
from huiyin.web.tests.factories import a_post, an_account

pytestmark = pytest.mark.django_db
PHONE = {"headers": {"accept": "application/json"}}
JPEG = a_picture("JPEG", size=(64, 48))
HANDLING = ("acknowledge", "start_handling", "feed_back")


@pytest.fixture
def city():
    return the_record()


@pytest.fixture
def worker(city) -> Client:
    """A worker of the grid, in a post of the village's committee."""
    return client_of(session_of(a_worker(city)))


def a_worker(city, name="gridworker") -> Account:
    account = an_account(name)
    a_post(account, committee_of(city), "grid_worker")
    GridWorker.objects.create(
        ref=name, grid=city.place, role=GridRole.FULL_TIME, name="李建国", account=account
    )
    return account


def committee_of(city):
    found = Unit.objects.filter(kind=UnitKind.VILLAGE_COMMITTEE, place=city.place.village).first()
    return found or a_unit("V-1", UnitKind.VILLAGE_COMMITTEE, city.place.village, name="居委会")


def a_photo() -> SimpleUploadedFile:
    return SimpleUploadedFile("IMG_1.jpg", JPEG, content_type="image/jpeg")


def a_report(city, **more):
    return {
        "key": "r1",
        "urgency": "normal",
        "text": "小学门口的井盖塌了一半，孩子放学要走这里。",
        "category": str(city.category.pk),
        "place": str(city.place.pk),
        "camera": a_photo(),
        "lon": "116.3",
        "lat": "37.45",
        **more,
    }


def a_photo_sent(worker) -> str:
    """Send a photo in two parts, as the phone does; return the id of the file."""
    url, half = f"/field/photos/{uuid4()}", len(JPEG) // 2
    sent = {"content_type": "application/octet-stream"}
    first = worker.put(f"{url}?offset=0&size={len(JPEG)}", JPEG[:half], **sent)
    assert first.json() == {"received": half, "file": ""}
    assert worker.get(url).json() == {"received": half, "file": ""}
    return str(
        worker.put(f"{url}?offset={half}&size={len(JPEG)}", JPEG[half:], **sent).json()["file"]
    )


def reported(city, worker, **more):
    worker.post("/field/report", a_report(city, **more))
    return Matter.objects.latest("opened_at").runs.get()


def test_a_report_of_photo_and_few_words_becomes_a_matter_of_the_grid(city, worker):
    answer = worker.post("/field/report", a_report(city), follow=True)

    matter = Matter.objects.get()
    run = matter.runs.get()
    assert "已上报" in answer.content.decode()
    assert (matter.channel, matter.place, matter.words.title) == (
        "grid", city.place, "小学门口的井盖塌了一半，孩子放学要走这里",
    )  # fmt: skip
    assert (matter.lon, matter.lat, run.state) == (116.3, 37.45, "reported")
    assert run.file_uses.get().field == "photos"


def test_the_form_shows_every_field_of_the_opening_and_of_settling(city, worker):
    page = worker.get("/field/report").content.decode()

    shown = [field.name for field in opening().action.form if "photos" not in field.name]
    after = [f"after_{field.name}" for field in settling().form if field.name != "photos"]
    assert [
        name for name in [*shown, *after, "camera", "camera_after"] if f'name="{name}"' not in page
    ] == []


def test_an_urgent_report_needs_no_photo_and_says_whom_to_call(city, worker):
    report = {**a_report(city, urgency="urgent")}
    del report["camera"]

    worker.post("/field/report", report)

    assert Matter.objects.get().runs.get().state == "reported"
    assert "tel:12345" in worker.get("/field/report").content.decode()


def test_what_is_missing_is_said_and_nothing_is_lost(city, worker):
    report = a_report(city)
    del report["camera"]

    answer = worker.post("/field/report", report)

    assert answer.status_code == 422
    assert "孩子放学要走这里" in answer.content.decode()
    assert Matter.objects.count() == 0


def test_what_is_settled_on_the_spot_is_reported_and_settled_or_neither(city, worker):
    settled = {"settled": "1", "after_how": "removed", "camera_after": a_photo()}
    without = worker.post("/field/report", a_report(city, **settled))
    assert (without.status_code, Matter.objects.count()) == (422, 0)

    done = a_report(city, **{**settled, "after_text": "盖好了", "camera_after": a_photo()})
    worker.post("/field/report", done)

    run = Matter.objects.get().runs.get()
    assert run.state == "settled_on_spot"
    assert sorted(run.file_uses.values_list("field", flat=True)) == ["photos", "photos"]


def test_the_phone_sends_photos_apart_and_a_report_once_however_often(city, worker):
    file = a_photo_sent(worker)
    report = {**a_report(city, key="from-phone", photos=file)}
    del report["camera"]

    answers = [worker.post("/field/report", report, **PHONE).json() for _ in range(3)]

    matter = Matter.objects.get()
    told = {"state": "received", "number": matter.number, "title": "路灯不亮"}
    assert answers == [told] * 3
    assert Attachment.objects.get().uses.get().run == matter.runs.get()


def test_a_form_gone_back_to_and_filled_in_anew_is_not_taken_for_the_first(city, worker):
    worker.post("/field/report", a_report(city))

    answer = worker.post("/field/report", a_report(city, text="另一件事：护栏断了"))

    assert answer.status_code == 422
    assert "护栏断了" in answer.content.decode()
    assert Matter.objects.count() == 1


def test_a_photo_that_is_gone_has_to_be_sent_again(city, worker):
    report = {**a_report(city, photos=str(uuid4()))}
    del report["camera"]

    answer = worker.post("/field/report", report, **PHONE)

    assert (answer.status_code, answer.json()["kind"]) == (409, "photos")
    assert Matter.objects.count() == 0


def test_a_report_the_engine_refuses_comes_back_with_the_reason(city, worker):
    answer = worker.post("/field/report", {**a_report(city, text="")}, **PHONE)

    assert answer.status_code == 422
    assert answer.json()["kind"] == "refused"
    assert "情况说明" in answer.json()["why"]


def test_today_shows_what_is_overdue_first_and_no_word_of_the_reporter(city, worker):
    reported(city, worker)
    later = timezone.now()
    Matter.objects.update(opened_at=later - timedelta(days=20))
    page = worker.get("/field")

    text = page.content.decode()
    assert "路灯不亮" in text
    assert "井盖" not in text
    assert page.headers["Huiyin-Keep"] == "page"
    assert page.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")


def test_what_was_said_is_shown_apart_and_never_kept(city, worker):
    run = reported(city, worker)
    address = f"/field/matters/{run.matter.number}/{run.pk}"

    page, words = worker.get(address), worker.get(f"{address}/words")

    assert "井盖" not in page.content.decode()
    assert "井盖" in words.content.decode()
    assert "Huiyin-Keep" not in words.headers


def test_an_act_of_the_phone_meets_somebody_who_was_faster(city, worker):
    run = reported(city, worker)
    address = f"/field/matters/{run.matter.number}/{run.pk}"
    seen = str(run.events)
    form = {"finding": "as_reported", "urgency": "normal", "level": "village", "text": "看过了"}
    first = worker.post(
        f"{address}/verify_report", {**form, "expected": seen, "key": "a1"}, **PHONE
    )
    again = worker.post(
        f"{address}/verify_report", {**form, "expected": seen, "key": "a1"}, **PHONE
    )
    other = worker.post(
        f"{address}/verify_report", {**form, "expected": seen, "key": "a2"}, **PHONE
    )

    assert first.json() == again.json() == {
        "state": "received", "number": run.matter.number, "title": "",
    }  # fmt: skip
    assert other.status_code == 409
    assert (other.json()["kind"], other.json()["note"]) == ("conflict", f"{address}/note")
    assert EventHeader.objects.filter(run=run, action="verify_report").count() == 1


def test_what_goes_on_with_a_matter_is_offered_before_what_ends_it(city, worker):
    run = city.open("grid", "submit", at=timezone.now()).run
    address = f"/field/matters/{run.matter.number}/{run.pk}"
    reported_page = worker.get(address).content.decode()
    city.act(run.pk, "verify_report", at=timezone.now(), level="village")
    verified_page = worker.get(address).content.decode()

    assert reported_page.index("verify_report") < reported_page.index("settle_on_spot")
    assert verified_page.index(f"{run.pk}/register") < verified_page.index(f"{run.pk}/refuse")


def test_a_result_is_verified_with_a_photo_of_afterwards_and_the_position(city, worker):
    run = city.open("grid", "submit", at=timezone.now()).run
    for action in ("verify_report", "register", "analyse", "dispatch", *HANDLING):
        run = city.act(run.pk, action, at=timezone.now()).run
    address = f"/field/matters/{run.matter.number}/{run.pk}"
    page = worker.get(address).content.decode()
    assert page.index("verify_result") < page.index("rework")

    form = {
        "how": "on_site", "text": "灯亮了", "position": "37.45, 116.30 (误差 12 米)",
        "photos__new": a_photo(), "expected": str(run.events), "key": "v1",
    }  # fmt: skip
    worker.post(f"{address}/verify_result", form)

    run.refresh_from_db()
    event = EventHeader.objects.get(run=run, action="verify_result")
    assert run.state == "verified_result"
    assert event.file_uses.get().field == "photos"
    assert "37.45, 116.30" in str(event.body.content)


def test_the_words_of_a_conflict_can_be_kept_as_a_note(city, worker):
    run = reported(city, worker)
    address = f"/field/matters/{run.matter.number}/{run.pk}/note"

    answer = worker.post(address, {"text": "我也去看过了", "key": "n1"}, **PHONE)

    assert answer.json()["state"] == "received"
    assert EventHeader.objects.filter(run=run, action="note").count() == 1


def test_a_matter_of_another_grid_does_not_wait_here_and_is_not_missing_either(city, worker):
    run = reported(city, worker)
    GridWorker.objects.update(grid=city.town)

    text = worker.get("/field").content.decode()

    assert "今天没有要办的" in text
    assert run.matter.number not in text


def test_a_visit_that_is_due_stands_in_today_until_it_is_made(city, worker):
    today = timezone.localdate()
    visit = {
        "kind": "agreed", "words": "送了补贴的表", "on": str(today - timedelta(days=7)),
        "again_on": str(today), "grid": str(city.place.pk), "key": "v1",
    }  # fmt: skip
    worker.post("/field/visits", visit)
    first = Visit.objects.get()
    assert f"/field/visits?after={first.pk}" in worker.get("/field").content.decode()

    again = {**visit, "on": str(today), "again_on": "", "after": str(first.pk), "key": "v2"}
    assert worker.post("/field/visits", again, **PHONE).json()["state"] == "received"
    assert worker.post("/field/visits", {**again, "key": "v3"}, **PHONE).status_code == 409

    assert str(first.pk) not in worker.get("/field").content.decode()
    assert [one.words for one in Visit.objects.all()] == ["送了补贴的表"] * 2


def test_a_visit_is_put_right_on_its_own_page(city, worker):
    today = str(timezone.localdate())
    worker.post("/field/visits", {
        "kind": "round", "words": "一切正常", "on": today, "grid": str(city.place.pk), "key": "v",
    })  # fmt: skip
    address = f"/field/visits/{Visit.objects.get().pk}"

    wrong = worker.post(address, {"words": "电话15400000001"})
    worker.post(address, {"words": "河边护栏松了", "note": "", "again_on": ""})

    assert wrong.status_code == 422
    assert Visit.objects.get().words == "河边护栏松了"


def test_who_works_in_no_grid_is_told_plainly_whom_to_ask(city):
    account = an_account("clerk")
    a_post(account, city.unit("department"), "department_clerk")
    clerk = client_of(session_of(account))

    pages = ["/field", "/field/report", "/field/grid", "/field/visits"]
    told = ["您名下还没有网格" in clerk.get(page).content.decode() for page in pages]

    assert told == [True] * 4


def test_the_phone_learns_whose_session_it_is_and_that_it_is_over(city, worker):
    mine = worker.get("/field/who", **PHONE).json()
    worker.logout()
    over = worker.get("/field/who", **PHONE)

    assert mine["account"] == str(Account.objects.get(username="gridworker").pk)
    assert mine["token"]
    assert over.status_code == 303  # to the sign-in page: a phone follows no redirect


def test_my_grid_shows_public_contacts_and_no_residents(city, worker):
    page = worker.get("/field/grid").content.decode()

    assert "李建国" in page
    assert "居委会" in page
    assert page.count("tel:1") == 0  # no mobile of anybody


def test_suggestions_come_from_the_words(city, worker):
    lamp = city.category
    tree.forget()

    assert worker.get("/field/kinds?q=路灯不亮了").json() == {
        "found": [{"id": str(lamp.pk), "label": "路灯不亮"}]
    }


def test_today_costs_the_same_however_much_waits(city, django_assert_max_num_queries):
    account = a_worker(city)
    worker = client_of(session_of(account))
    for number in range(4):
        reported(city, worker, key=f"r{number}", camera=a_photo())

    with django_assert_max_num_queries(22):
        page = worker.get("/field")

    assert page.content.decode().count("data-stop") >= 4


def test_on_the_phone_it_is_an_application_of_its_own_that_looks_like_the_site(client):
    field = client.get("/field/manifest.webmanifest")
    site = client.get("/ui/manifest.webmanifest")

    assert field.headers["Content-Type"] == "application/manifest+json"
    assert (field.json()["id"], field.json()["start_url"]) == ("/field", "/field")
    assert site.json()["start_url"] == "/"
    assert field.json()["icons"] == site.json()["icons"]
