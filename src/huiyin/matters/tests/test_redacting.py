"""What may not stay goes under an order; the chain, and that it went, stay (architecture §5)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from huiyin.matters import codec, redacting
from huiyin.matters.limits import procedure_of
from huiyin.matters.models import (
    Contact,
    EventBody,
    EventHeader,
    IdempotencyKey,
    LegalHold,
    MatterText,
    Run,
)
from huiyin.matters.redacting import lift_hold, on_redaction, place_hold, redact
from huiyin.matters.refusals import (
    KeyUsedOtherwise,
    NotFound,
    NothingToRedact,
    NotPermitted,
    OnHold,
    OrderIncomplete,
)
from huiyin.matters.tests.records import the_record
from huiyin.matters.verifying import verify
from huiyin.matters.writing import MARKS
from huiyin.procedures.language import FactType
from huiyin.units.models import UnitKind
from huiyin.units.tests.factories import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ORDER = {"order_no": "德政法〔2026〕7 号", "legal_basis": "个人信息保护法第四十七条"}


def an_answered_order(city):
    run = city.open("hotline", "accept_call").run
    for action in ("dispatch", "acknowledge", "answer"):
        run = city.act(run.pk, action, key=action).run
    return run


def an_officer(city, *permissions):
    return city.staff(
        city.unit(UnitKind.GOVERNANCE_CENTRE, "office"), *(permissions or ("matter.redact",))
    )


def everything_stored():
    """All that the database holds about matters, as one text."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(string_agg(all_rows, ' '), '') FROM ("
            " SELECT row_to_json(t)::text AS all_rows FROM matters_mattertext t"
            " UNION ALL SELECT row_to_json(t)::text FROM matters_contact t"
            " UNION ALL SELECT row_to_json(t)::text FROM matters_run t"
            " UNION ALL SELECT row_to_json(t)::text FROM matters_eventheader t"
            " UNION ALL SELECT row_to_json(t)::text FROM matters_eventbody t"
            " UNION ALL SELECT row_to_json(t)::text FROM matters_idempotencykey t) AS rows"
        )
        return cursor.fetchone()[0]


def test_a_text_goes_and_the_timeline_says_under_which_order():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    for action in ("dispatch", "acknowledge"):
        run = city.act(run.pk, action).run
    event = city.act(run.pk, "answer", result="王某某住在新华路 3 号 502。").event
    officer = an_officer(city)

    (written,) = redact(event, **ORDER, by=officer, at=NOW + DAY)

    assert "新华路 3 号 502" not in everything_stored()
    assert not EventBody.objects.filter(event=event).exists()
    assert (written.action, written.seq, written.account_id) == (
        "matter.redacted", 5, officer.account_id,
    )  # fmt: skip
    assert written.effects[MARKS] == {
        "order": "德政法〔2026〕7 号", "basis": "个人信息保护法第四十七条", "events": [4],
        "words": False, "people": 0,
    }  # fmt: skip
    found = verify()
    assert (found.differences, found.redacted) == ([], 1)
    assert found.orders == {"德政法〔2026〕7 号": 1}


def test_a_whole_matter_goes_with_its_words_people_and_kept_answers():
    city = the_record()
    run = an_answered_order(city)
    matter = run.matter
    people = list(Contact.objects.filter(matter=matter).values_list("pk", flat=True))

    redact(matter, **ORDER, by=an_officer(city), at=NOW, contacts=people)

    stored = everything_stored()
    assert "路灯" not in stored
    assert "新华路" not in stored
    assert list(EventBody.objects.values_list("event__seq", flat=True)) == [5]  # the redaction's
    assert {bytes(key.digest) for key in IdempotencyKey.objects.all()} == {bytes(32)}
    assert set(Contact.objects.values_list("name", "phone", "phone_index", "account")) == {
        ("", "", None, None)
    }
    words = MatterText.objects.get(matter=matter)
    assert (words.title, words.text, words.address) == ("", "", "")
    assert verify().differences == []


def test_a_request_sent_again_after_a_redaction_is_not_carried_out_once_more():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    by = city.whoever(procedure_of("hotline"), "dispatcher", {})
    city.act(run.pk, "dispatch", by=by, key="k")
    redact(run, **ORDER, by=an_officer(city), at=NOW)

    with pytest.raises(KeyUsedOtherwise):
        city.act(run.pk, "dispatch", by=by, key="k")


def test_the_run_goes_on_after_a_redaction():
    city = the_record()
    run = an_answered_order(city)
    redact(run, **ORDER, by=an_officer(city), at=NOW)

    done = city.act(run.pk, "note")

    assert done.event.seq == 6
    assert verify().differences == []


def test_the_copy_in_a_child_run_goes_with_the_text_it_was_copied_from():
    city = the_record()
    run = an_answered_order(city)
    event = city.act(run.pk, "supervise").event
    child = Run.objects.get(parent=run)

    written = redact(event, **ORDER, by=an_officer(city), at=NOW)

    assert {one.run_id for one in written} == {run.pk, child.pk}
    assert not EventBody.objects.filter(event__run=child, event__seq=1).exists()
    assert verify().differences == []


def test_a_fact_that_was_free_text_reads_as_blank_and_not_as_before():
    changed = {"facts": {"put": {"why": "b", "grade": "normal"}, "gone": []}}
    rules = procedure_of("hotline")
    why = replace(rules.facts["grade"], name="why", type=FactType.TEXT)
    rules = replace(rules, facts={**rules.facts, "why": why})

    public, personal = codec.split_personal(changed, rules)

    assert personal == {"why": "b"}
    before = {"facts": {"why": "a"}}
    assert codec.applied(before, codec.with_personal(public, {}))["facts"] == {
        "why": "", "grade": "normal",
    }  # fmt: skip
    assert codec.applied(before, codec.with_personal(public, personal))["facts"]["why"] == "b"


def test_a_text_that_was_redacted_and_is_there_again_is_found():
    city = the_record()
    run = an_answered_order(city)
    event = EventHeader.objects.get(run=run, seq=4)
    body = EventBody.objects.get(event=event)
    redact(event, **ORDER, by=an_officer(city), at=NOW)

    body.save(force_insert=True)

    (difference,) = verify().differences
    assert (difference.seq, difference.text) == (
        4, "it was redacted under order 德政法〔2026〕7 号, and its text is there.",
    )  # fmt: skip


def test_others_are_told_inside_the_transaction(monkeypatch):
    monkeypatch.setattr(redacting, "_hooks", [])
    city = the_record()
    run = an_answered_order(city)
    event = EventHeader.objects.get(run=run, seq=4)
    told = []
    on_redaction(lambda found: told.append((found.matter, found.event_ids, found.is_whole)))

    redact(event, **ORDER, by=an_officer(city), at=NOW)

    assert told == [(run.matter, [event.pk], False)]


@pytest.mark.parametrize(
    ("order_no", "legal_basis"),
    [("", "x"), ("7", "  "), ("7" * 201, "x")],
    ids=["no-order", "no-basis", "too-long"],
)
def test_an_order_without_number_or_basis_is_refused(order_no, legal_basis):
    city = the_record()
    run = an_answered_order(city)

    with pytest.raises(OrderIncomplete):
        redact(run, order_no=order_no, legal_basis=legal_basis, by=an_officer(city), at=NOW)

    assert EventBody.objects.filter(event__run=run).count() == 4


def test_only_who_has_the_permission_redacts_and_what_is_gone_is_not_redacted_again():
    city = the_record()
    run = an_answered_order(city)
    event = EventHeader.objects.get(run=run, seq=4)

    with pytest.raises(NotPermitted):
        redact(event, **ORDER, by=an_officer(city, "matter.hold"), at=NOW)
    redact(event, **ORDER, by=an_officer(city), at=NOW)
    with pytest.raises(NothingToRedact):
        redact(event, **ORDER, by=an_officer(city), at=NOW)

    assert Run.objects.get(pk=run.pk).events == 5


def test_a_matter_that_was_redacted_whole_is_not_redacted_again():
    city = the_record()
    run = an_answered_order(city)
    redact(run.matter, **ORDER, by=an_officer(city), at=NOW)

    with pytest.raises(NothingToRedact):
        redact(run.matter, **ORDER, by=an_officer(city), at=NOW)


def test_to_the_accused_unit_the_matter_does_not_exist():
    city = the_record()
    officer = an_officer(city)
    run = city.open("hotline", "accept_call", accused=(officer.unit_id,)).run

    with pytest.raises(NotFound):
        redact(run, **ORDER, by=officer, at=NOW)
    with pytest.raises(NotFound):
        place_hold(run.matter, reason="诉讼", by=an_officer(city, "matter.hold"), at=NOW)


# --- holds --------------------------------------------------------------------------------------


def test_nothing_is_redacted_while_a_hold_is_in_force():
    city = the_record()
    run = an_answered_order(city)
    keeper = an_officer(city, "matter.hold")
    hold = place_hold(run.matter, reason="行政诉讼（2026）鲁 14 行初 9 号", by=keeper, at=NOW)

    with pytest.raises(OnHold) as refused:
        redact(run, **ORDER, by=an_officer(city), at=NOW)
    assert refused.value.reason == "行政诉讼（2026）鲁 14 行初 9 号"

    lift_hold(hold.pk, by=keeper, at=NOW + DAY)
    redact(run, **ORDER, by=an_officer(city), at=NOW + DAY)
    assert LegalHold.objects.get().lifted_by == keeper.account_id


def test_a_hold_with_a_last_day_ends_by_itself():
    city = the_record()
    run = an_answered_order(city)
    last = timezone.localdate(NOW)
    place_hold(run.matter, reason="审计", by=an_officer(city, "matter.hold"), at=NOW, until=last)

    with pytest.raises(OnHold):
        redact(run, **ORDER, by=an_officer(city), at=NOW)
    redact(run, **ORDER, by=an_officer(city), at=NOW + DAY)


def test_a_hold_needs_a_reason_a_permission_and_is_lifted_once():
    city = the_record()
    run = an_answered_order(city)
    keeper = an_officer(city, "matter.hold")

    with pytest.raises(OrderIncomplete):
        place_hold(run.matter, reason=" ", by=keeper, at=NOW)
    with pytest.raises(NotPermitted):
        place_hold(run.matter, reason="审计", by=an_officer(city), at=NOW)
    hold = place_hold(run.matter, reason="审计", by=keeper, at=NOW)
    with pytest.raises(NotPermitted):
        lift_hold(hold.pk, by=an_officer(city), at=NOW)
    lift_hold(hold.pk, by=keeper, at=NOW)
    with pytest.raises(NotFound):
        lift_hold(hold.pk, by=keeper, at=NOW)
