"""Visits of grid workers: written once, by whoever works there, without a word about a person."""

from datetime import timedelta

import pytest

from huiyin.grid import visits
from huiyin.grid.models import Visit, VisitKind
from huiyin.matters.tests.records import the_record
from huiyin.people.actors import Actor
from huiyin.people.models import Account, AccountKind, GridRole, GridWorker
from huiyin.ui.refusals import Refusal
from huiyin.units.tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db
WORDS = "沿街七家商铺的气瓶都查过，两家要换软管"


@pytest.fixture
def grid():
    return the_record().place


def a_worker(grid, name="laoli") -> Actor:
    account = Account.objects.create(
        kind=AccountKind.STAFF, username=name, name="李建国", created_at=NOW
    )
    GridWorker.objects.create(
        ref=name, grid=grid, role=GridRole.FULL_TIME, name="李建国", account=account
    )
    return Actor(account_id=account.pk, kind=AccountKind.STAFF)


def log(grid, by, **more):
    said = {"on": TODAY, "kind": VisitKind.SAFETY, "words": WORDS, "key": "k1", **more}
    return visits.log_visit(grid_id=grid.pk, by=by, at=NOW, **said)


def test_a_visit_sent_twice_is_written_once(grid):
    by = a_worker(grid)

    first, again = log(grid, by), log(grid, by)

    assert first.pk == again.pk
    assert [visit.words for visit in visits.visits_of(by)] == [WORDS]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        pytest.param({"on": TODAY + timedelta(days=1)}, "grid.visit_later", id="tomorrow"),
        pytest.param({"words": "  "}, "grid.visit_without_words", id="no words"),
        pytest.param(
            {"words": "王奶奶 15400000001"}, "grid.visit_names_somebody", id="a phone number"
        ),
        pytest.param(
            {"words": "证号37142619450101002X"}, "grid.visit_names_somebody", id="an identity"
        ),
        pytest.param({"again_on": TODAY}, "grid.next_visit_earlier", id="again today"),
    ],
)
def test_what_a_visit_may_not_say_is_refused_and_nothing_is_written(grid, more, code):
    by = a_worker(grid)

    with pytest.raises(Refusal) as refused:
        log(grid, by, **more)

    assert refused.value.code == code
    assert Visit.objects.count() == 0


def test_a_visit_is_written_in_the_own_grid_only(grid):
    by = a_worker(grid)
    GridWorker.objects.update(valid_to=TODAY)

    with pytest.raises(Refusal) as refused:
        log(grid, by)

    assert refused.value.code == "grid.not_your_grid"


def test_another_visit_under_the_same_key_is_refused(grid):
    by = a_worker(grid)
    log(grid, by)

    with pytest.raises(Refusal) as refused:
        log(grid, by, words="别的事")

    assert refused.value.code == "grid.visit_key_used"


def test_a_visit_is_due_again_until_the_next_one_is_made_and_that_once(grid):
    by = a_worker(grid)
    first = log(grid, by, on=TODAY - timedelta(days=7), again_on=TODAY)
    due = visits.due_again(by=by, until=TODAY)

    log(grid, by, key="k2", follows=first.pk)
    with pytest.raises(Refusal) as refused:
        log(grid, by, key="k3", follows=first.pk)

    assert [visit.pk for visit in due] == [first.pk]
    assert visits.due_again(by=by, until=TODAY) == []
    assert refused.value.code == "grid.visit_followed"


def test_a_correction_keeps_what_was_said_but_not_the_note(grid):
    by = a_worker(grid)
    visit = log(grid, by, note="东屋老人腿脚不便")

    visits.correct_visit(visit.pk, words="七家查过", note="", again_on=None, by=by, at=NOW)

    history = Visit.pgh_event_model.objects.get(pgh_obj=visit.pk)
    assert (history.words, history.pgh_context.metadata["act"]) == (WORDS, "grid.correct_visit")
    assert not hasattr(history, "note")
    assert Visit.objects.get().note == ""


def test_a_visit_can_be_corrected_for_a_week_and_by_whoever_made_it(grid):
    by, other = a_worker(grid), a_worker(grid, "xiaozhao")
    old = log(grid, by, on=TODAY - timedelta(days=8))

    for actor, code in ((by, "grid.visit_too_old"), (other, "grid.visit_not_found")):
        with pytest.raises(Refusal) as refused:
            visits.correct_visit(old.pk, words="x", note="", again_on=None, by=actor, at=NOW)
        assert refused.value.code == code


def test_a_note_is_sealed_and_forgotten_after_a_year(grid):
    by = a_worker(grid)
    log(grid, by, on=TODAY - timedelta(days=366), note="东屋老人腿脚不便")
    log(grid, by, key="k2", note="西屋有人在家")
    raw = Visit.objects.extra(select={"raw": "note"}).values_list("raw", flat=True)

    assert not any("老人" in one for one in raw)
    assert visits.forget_notes(at=NOW) == 1
    assert sorted(visit.note for visit in Visit.objects.all()) == ["", "西屋有人在家"]
