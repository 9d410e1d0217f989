"""Anchors: a history rewritten by somebody with every right in the database is still found."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from huiyin.matters import anchoring
from huiyin.matters.chain import hash_of
from huiyin.matters.models import AnchoredHead, EventHeader, Run
from huiyin.matters.tests.records import the_record
from huiyin.matters.verifying import verify
from huiyin.units.tests.factories import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def anchors(settings, tmp_path):
    """A data folder of its own, so that the file holds this test's lines alone."""
    settings.HUIYIN = _with_var(settings.HUIYIN, tmp_path)


def _with_var(config, var):
    return replace(config, var=var)


def two_days():
    """Two runs anchored on the first day, one of them grown by the second."""
    city = the_record()
    first = city.open("hotline", "accept_call").run
    city.open("grid")
    anchoring.anchor(at=NOW)
    city.act(first.pk, "dispatch")
    anchoring.anchor(at=NOW + DAY)
    return first


def rewrite(run, seq, **columns):
    """Rewrite an event and everything after it, as somebody with every right could."""
    previous = None
    for event in EventHeader.objects.filter(run=run).order_by("seq"):
        if event.seq == seq:
            for name, value in columns.items():
                setattr(event, name, value)
        if previous is not None:
            event.previous = previous
        event.hash = previous = hash_of(event)
        event.save()
    Run.objects.filter(pk=run.pk).update(head=previous)


def texts():
    return [str(one) for one in verify().differences]


def test_each_anchor_holds_the_heads_that_have_grown_and_counts_all_runs():
    two_days()

    assert list(AnchoredHead.objects.values_list("anchor", "seq").order_by("id")) == [
        (1, 1), (1, 1), (2, 2)
    ]  # fmt: skip
    lines = anchoring.file().read_text().splitlines()
    assert [line.split()[:4] for line in lines] == [
        ["1", "2026-03-02T01:00:00.000000+00:00", "2", "2"],
        ["2", "2026-03-03T01:00:00.000000+00:00", "1", "2"],
    ]
    found = verify()
    assert (found.differences, found.anchors) == ([], 2)


def test_a_chain_rewritten_without_a_flaw_does_not_match_its_anchor():
    run = two_days()

    rewrite(run, 1, as_actor="nobody")

    assert texts() == [
        f"{run.matter.number}, run {run.pk}, event {seq}: it is not the same; anchor {number} "
        "holds what was there."
        for number, seq in ((1, 1), (2, 2))
    ]


def test_anchors_rewritten_as_well_do_not_match_the_file():
    run = two_days()
    rewrite(run, 1, as_actor="nobody")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE matters_anchoredhead a SET hash = e.hash FROM matters_eventheader e"
            " WHERE e.run_id = a.run_id AND e.seq = a.seq"
        )
    assert texts() == ["anchor 1: it was changed after it was written."]

    before = anchoring.NOTHING
    for one in anchoring.Anchor.objects.order_by("number"):
        one.hash = before = anchoring._hash(one, before)
        one.save()

    assert texts() == [f"anchor 1: {anchoring.file()} holds another one."]


def test_anchors_taken_away_are_missed():
    two_days()
    AnchoredHead.objects.filter(anchor=2).delete()
    anchoring.Anchor.objects.filter(number=2).delete()

    assert texts() == [f"anchor 2: only {anchoring.file()} holds it, the database does not."]


def test_a_file_that_is_gone_is_missed_and_a_line_that_a_crash_kept_away_comes_with_the_next():
    two_days()
    path = anchoring.file()
    kept = path.read_text()
    path.write_text(kept.splitlines(keepends=True)[0])
    assert texts() == [f"anchor 2: {path} does not hold it."]

    anchoring.anchor(at=NOW + 2 * DAY)

    assert path.read_text().startswith(kept)
    assert len(path.read_text().splitlines()) == 3
    assert texts() == []
    path.unlink()
    assert texts() == [f"anchor 1: {path} does not hold it."]


def test_a_quiet_day_has_an_anchor_too():
    two_days()

    third = anchoring.anchor(at=NOW + 2 * DAY)

    assert (third.number, third.heads, third.runs) == (3, 0, 2)
    assert texts() == []
