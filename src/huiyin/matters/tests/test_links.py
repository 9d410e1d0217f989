"""One-time links: bound to one person, run and act; looking changes nothing, the act uses it up."""

import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import transaction

from huiyin.matters import links, redacting
from huiyin.matters.models import Contact, EventHeader, Link, Rating
from huiyin.matters.refusals import (
    ActRefused,
    LinkExpired,
    LinkOnlyShows,
    LinkTries,
    LinkUnknown,
    LinkUsed,
)
from huiyin.matters.tests.at_once import at_once
from huiyin.matters.tests.records import the_record
from huiyin.matters.timeline import timeline
from huiyin.matters.writing import MARKS
from huiyin.notices import library
from huiyin.notices.models import Notice
from huiyin.notices.texts import Channel, segments
from huiyin.units.tests.factories import NOW

pytestmark = pytest.mark.django_db
GOOD = {"satisfaction": "satisfied"}


def an_answered_order(city):
    run = city.open("hotline", "accept_call").run
    for action in ("dispatch", "acknowledge", "answer"):
        run = city.act(run.pk, action).run
    return run


def a_phone_contact(run):
    """The reporter as a caller without an account."""
    contact = Contact.objects.get(matter=run.matter, role="reporter")
    contact.account = None
    contact.save(update_fields=["account"])
    return contact


def a_token(run, *, action="rate", at=NOW):
    return links.make(run, a_phone_contact(run), at=at, action=action).removeprefix("/l/")


def test_whoever_called_without_an_account_rates_by_link_and_the_event_says_so():
    city = the_record()
    run = an_answered_order(city)
    token = a_token(run)

    done = links.use(token, form=GOOD, at=NOW)

    contact = Contact.objects.get(matter=run.matter, role="reporter")
    assert (done.event.action, done.event.contact_id) == ("rate", contact.pk)
    assert (done.event.account_id, done.event.unit_id) == (None, None)
    assert done.event.effects[MARKS]["by_link"] is True
    assert Rating.objects.get(run=run).satisfaction == "satisfied"
    agent = city.staff(city.unit("hotline_centre", "z"))
    said = [one.sentence for one in timeline(run.matter, by=agent).entries]
    assert any("一次性链接" in sentence for sentence in said)


def test_only_a_hash_of_a_link_is_kept_and_it_has_at_least_128_random_bits():
    city = the_record()
    tokens = {a_token(an_answered_order(city)) for _ in range(2)}

    kept = {bytes(row.digest) for row in Link.objects.filter(action="rate")}
    assert len(tokens) == 2
    assert all(len(token) >= 22 for token in tokens)
    assert not any(token.encode() in digest for token in tokens for digest in kept)


def test_looking_changes_nothing_and_an_act_uses_the_link_up():
    run = an_answered_order(the_record())
    token = a_token(run)

    for _ in range(2):
        shown = links.look(token, at=NOW)
        assert (shown.number, shown.act.name) == (run.matter.number, "rate")
    links.use(token, form=GOOD, at=NOW)

    with pytest.raises(LinkUsed):
        links.look(token, at=NOW)
    with pytest.raises(LinkUsed):
        links.use(token, form={"satisfaction": "unsatisfied"}, at=NOW)
    assert EventHeader.objects.filter(run=run, action="rate").count() == 1


def test_a_form_with_a_fault_leaves_the_link_as_it_was():
    run = an_answered_order(the_record())
    token = a_token(run)

    with pytest.raises(ActRefused) as refused:
        links.use(token, form={"satisfaction": "superb"}, at=NOW)

    assert "satisfaction" in refused.value.errors
    assert links.look(token, at=NOW).act.name == "rate"


def test_a_link_ends_after_thirty_days():
    run = an_answered_order(the_record())
    token = a_token(run)

    links.look(token, at=NOW + links.LIFE - timedelta(seconds=1))
    with pytest.raises(LinkExpired):
        links.use(token, form=GOOD, at=NOW + links.LIFE)


def test_a_link_is_good_for_its_own_act_and_for_nobody_elses():
    city = the_record()
    run = an_answered_order(city)
    path = links.make(run, a_phone_contact(run), at=NOW, action="dispatch")
    other = Contact.objects.filter(matter=run.matter, side="respondent").get()
    others = links.make(run, other, at=NOW, action="rate")

    for wrong in (path, others):
        with pytest.raises(ActRefused):
            links.use(wrong.removeprefix("/l/"), form=GOOD, at=NOW)

    assert not Rating.objects.exists()


def test_a_link_without_an_act_shows_and_does_nothing():
    run = an_answered_order(the_record())
    token = a_token(run, action="")

    assert links.look(token, at=NOW).act is None
    with pytest.raises(LinkOnlyShows):
        links.use(token, form={}, at=NOW)


def test_a_redaction_revokes_the_links_of_a_matter():
    city = the_record()
    run = an_answered_order(city)
    token = a_token(run)
    officer = city.staff(city.unit("governance_centre", "office"), "matter.redact")

    redacting.redact(run.matter, order_no="7", legal_basis="个保法47", by=officer, at=NOW)

    with pytest.raises(LinkUnknown):
        links.use(token, form=GOOD, at=NOW)


def test_who_tries_links_that_do_not_exist_has_to_wait():
    for _ in range(links.WRONG_AN_HOUR):
        with pytest.raises(LinkUnknown):
            links.look("x" * 22, at=NOW, address="a")

    with pytest.raises(LinkTries):
        links.look("x" * 22, at=NOW, address="a")
    with pytest.raises(LinkUnknown):
        links.look("x" * 22, at=NOW, address="b")


def test_the_message_about_an_answer_brings_a_link_to_rate_it_on_the_phone():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    a_phone_contact(run)
    for action in ("dispatch", "acknowledge", "answer"):
        city.act(run.pk, action)

    (link,) = Link.objects.filter(run=run)
    (sms,) = Notice.objects.filter(name="hotline.answer.person", channel="sms")
    assert link.action == "rate"
    (said,) = json.loads(sms.texts).values()
    token = said[1].rpartition("/l/")[2]
    assert links.look(token, at=NOW).link == link
    assert not Notice.objects.filter(link__contains="/l/").exists()  # no key in the clear


def test_a_message_with_a_link_is_one_sms_also_under_a_long_address():
    address = f"https://huiyin.dezhou.gov.cn/l/{'x' * 22}"
    speaking = {
        template.name: template.channels[Channel.SMS][0]
        for template in library.templates().values()
        if Channel.SMS in template.channels and "link" in template.needs(Channel.SMS)
    }

    assert "hotline.answer.person" in speaking
    for name, text in speaking.items():
        for words in (text.words.zh, text.words.en):
            assert segments(words.format(link=address)) == 1, name


# --- the page -----------------------------------------------------------------------------------


def test_the_page_shows_number_state_and_the_form_and_works_without_script(client):
    run = an_answered_order(the_record())
    path = links.make(run, a_phone_contact(run), at=NOW.replace(year=2099), action="rate")

    page = client.get(path)
    text = page.content.decode()
    sent = client.post(path, {"f-satisfaction": "basically", "f-reason": ""})

    assert page.status_code == 200
    assert 'name="f-satisfaction"' in text
    assert "承办单位已经答复您" in text.replace("<wbr>", "").replace("\u200b", "")
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert sent.status_code == 200
    assert Rating.objects.get(run=run).satisfaction == "basically"
    again = client.get(path)
    assert (again.status_code, "12345" in again.content.decode()) == (410, True)


def test_the_page_speaks_english_and_names_the_field_that_is_wrong(client):
    run = an_answered_order(the_record())
    path = links.make(run, a_phone_contact(run), at=NOW.replace(year=2099), action="rate")

    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = client.post(path, {})

    assert page.status_code == 422
    assert "With the result you are" in page.content.decode()
    assert Rating.objects.count() == 0


def test_an_unknown_link_says_what_to_do_instead(client, db):
    page = client.get("/l/never-sent")

    assert page.status_code == 410
    assert "12345" in page.content.decode()


def test_a_link_that_is_followed_through_the_api_does_the_same(client):
    run = an_answered_order(the_record())
    path = links.make(run, a_phone_contact(run), at=NOW.replace(year=2099), action="rate")
    address = f"/api/v1/links/{path.removeprefix('/l/')}"

    shown = client.get(address)
    sent = client.post(address, {"form": GOOD}, content_type="application/json")
    again = client.post(address, {"form": GOOD}, content_type="application/json")

    assert (shown.status_code, shown.json()["action"]["name"]) == (200, "rate")
    assert (sent.status_code, sent.json()["number"]) == (200, run.matter.number)
    assert (again.status_code, again.json()["code"]) == (410, "matters.link_used")


@pytest.mark.django_db(transaction=True)
def test_of_many_who_use_a_link_at_once_one_does():
    with transaction.atomic():
        run = an_answered_order(the_record())
    token = a_token(run)

    def use():
        try:
            return links.use(token, form=GOOD, at=NOW)
        except LinkUsed as refusal:
            return refusal

    answers = at_once(*[use] * 8)

    assert sum(isinstance(one, LinkUsed) for one in answers) == 7
    assert Rating.objects.filter(run=run, changed_at=None).count() == 1
