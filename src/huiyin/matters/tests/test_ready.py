"""A prepared question answers as the ORM does, and one round trip writes as `save` does."""

from contextlib import suppress

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef
from django.db.models.signals import post_init
from django.test.utils import CaptureQueriesContext

from huiyin.matters.models import (
    Assignment,
    Contact,
    EventBody,
    EventHeader,
    Matter,
    MatterText,
    Run,
    RunClock,
    TallyDelta,
)
from huiyin.matters.tests.records import the_record
from huiyin.notices.models import Notice
from huiyin.ui.identifiers import new_id
from huiyin.ui.instances import new
from huiyin.ui.ready import Ready
from huiyin.ui.rows import Writing, doing_nothing, in_one_go, overwriting
from huiyin.units.tests.factories import NOW

pytestmark = pytest.mark.django_db


def columns(row):
    """Every column of a row, as Python has it."""
    return {one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields}


# --- asking -------------------------------------------------------------------------------------


def test_a_prepared_question_brings_the_same_rows_with_all_that_belongs_to_them():
    city = the_record()
    run = city.act(city.open("hotline", "accept_call").run.pk, "dispatch").run
    merged = Exists(Matter.objects.filter(merged_into=OuterRef("matter")))

    def asked(pk):
        return (
            Run.objects.select_related("matter__place", "matter__category")
            .annotate(has_merged=merged)
            .filter(pk=pk)
        )

    question = Ready(asked)
    plain = asked(run.pk).get()
    for _ in range(5):  # the later ones with a plan that PostgreSQL has kept
        found = question.first(pk=run.pk)
        with CaptureQueriesContext(connection) as queries:  # all is there
            assert columns(found.matter.place) == columns(plain.matter.place)
            assert found.matter.category is None
        assert len(queries) == 0
        assert (columns(found), columns(found.matter)) == (columns(plain), columns(plain.matter))
        assert found.has_merged is plain.has_merged is False


def test_sealed_columns_are_opened_and_people_read_as_the_orm_reads_them():
    city = the_record()
    matter = city.open("hotline", "accept_call").run.matter
    question = Ready(lambda matter: Contact.objects.filter(matter_id=matter).order_by("id"))

    found = question.all(matter=matter.pk)

    assert [columns(one) for one in found] == [
        columns(one) for one in Contact.objects.filter(matter=matter).order_by("id")
    ]
    assert found[0].phone.isdecimal()


def test_a_list_of_any_length_stands_in_one_question_and_an_empty_one_finds_nothing():
    city = the_record()
    runs = [city.open("hotline", "accept_call").run.pk for _ in range(3)]
    question = Ready(
        lambda runs: Run.objects.filter(pk__one_of=runs).order_by("pk").values_list("pk", flat=True)
    )

    assert question.all(runs=runs) == sorted(runs)
    assert question.all(runs=runs[:1]) == runs[:1]
    assert question.all(runs=[]) == []
    assert question.first(runs=[new_id()]) is None


def test_a_list_of_one_is_planned_once_and_for_all():
    city = the_record()
    runs = [city.open("hotline", "accept_call").run.pk for _ in range(2)]
    question = Ready(lambda runs: Run.objects.filter(pk__one_of=runs).order_by("pk"))

    for _ in range(20):
        assert [run.pk for run in question.all(runs=runs[:1])] == runs[:1]
    assert [run.pk for run in question.all(runs=runs)] == sorted(runs)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans FROM pg_prepared_statements WHERE statement = %s",
            [question._made_for_one.sql.replace("%s", "$1")],
        )
        assert cursor.fetchone()[0] > 0


def test_tuples_come_as_values_list_gives_them():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    question = Ready(
        lambda of: RunClock.objects.filter(run_id=of).order_by("pk").values_list("name", "due_at")
    )

    assert question.all(of=run.pk) == list(
        RunClock.objects.filter(run=run).order_by("pk").values_list("name", "due_at")
    )
    assert question.all(of=run.pk)


# --- writing ------------------------------------------------------------------------------------


MODELS = (
    Matter, MatterText, Contact, Run, EventHeader, EventBody, RunClock, Assignment, TallyDelta,
    Notice,
)  # fmt: skip


@pytest.mark.parametrize("model", MODELS, ids=lambda one: one.__name__)
def test_what_an_act_writes_is_read_as_it_was_and_saving_it_again_changes_nothing(model):
    city = the_record()
    city.act(city.open("hotline", "accept_call").run.pk, "dispatch")
    table = connection.ops.quote_name(model._meta.db_table)
    sealed = {one.column for one in model._meta.concrete_fields if "Sealed" in type(one).__name__}

    def stored():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table} ORDER BY 1")  # noqa: S608 ours
            names = [one.name for one in cursor.description]
            return [
                {name: value for name, value in zip(names, row, strict=True) if name not in sealed}
                for row in cursor.fetchall()
            ]

    written = stored()
    assert written
    rows = list(model.objects.all())
    model.objects.all()._raw_delete("default")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    model.objects.bulk_create(rows)
    by_orm = stored()
    model.objects.all()._raw_delete("default")
    writing = Writing()
    writing.insert(rows)
    if model in (RunClock, Assignment, TallyDelta):  # the database numbers them anew
        for row in (*written, *by_orm):
            del row["id"]
        writing.now()
        assert [{**row, "id": 0} for row in stored()] == [{**row, "id": 0} for row in by_orm]
        return
    writing.now()
    assert stored() == by_orm == written


def test_many_rows_and_changes_go_in_one_round_trip_in_their_order():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    clock = RunClock.objects.filter(run=run)[0]
    again = RunClock(
        **{name: value for name, value in columns(clock).items() if name not in ("id", "outcome")},
        outcome="met",
    )
    writing = Writing()
    run.events, run.state = 7, "received"
    writing.update(run, ("events",))
    writing.insert(
        [again], on_conflict=overwriting(RunClock, key=("run", "name"), fields=("outcome",))
    )
    writing.statement(
        "UPDATE matters_matter SET call_first = %s WHERE id = %s", "119", run.matter_id
    )

    with CaptureQueriesContext(connection) as queries:
        writing.now()
        writing.now()  # nothing is left

    assert len(queries) == 1
    assert Run.objects.get(pk=run.pk).events == 7
    assert RunClock.objects.get(pk=clock.pk).outcome == "met"
    assert Matter.objects.get(pk=run.matter_id).call_first == "119"


def test_where_one_statement_fails_none_has_been_done():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    clock = RunClock.objects.filter(run=run)[0]
    writing = Writing()
    writing.update(run, ("events",))
    run.events = 9
    writing.insert([RunClock(**columns(clock) | {"id": None})])

    with pytest.raises(IntegrityError), transaction.atomic():
        writing.now()

    assert Run.objects.get(pk=run.pk).events == 1


def test_words_with_quotes_signs_and_percents_arrive_as_they_were_said():
    city = the_record()
    said = "100%的“水”'; DROP TABLE x; -- \\ %s {0}\n第二行"
    matter = city.open("hotline", "accept_call").run.matter
    words = MatterText.objects.get(matter=matter)
    words.text = said
    writing = Writing()
    writing.update(words, ("text",))
    writing.now()

    assert MatterText.objects.get(matter=matter).text == said


def test_a_row_that_is_there_is_left_alone_where_that_is_asked():
    the_record().open("hotline", "accept_call")
    there = Notice.objects.order_by("put_at")[0]
    writing = Writing()
    writing.insert([Notice(**columns(there) | {"id": new_id()})], on_conflict=doing_nothing())
    before = Notice.objects.count()

    writing.now()

    assert Notice.objects.count() == before
    assert Notice.objects.get(pk=there.pk).put_at == there.put_at <= NOW


def test_a_row_is_written_over_only_where_something_changes():
    run = the_record().open("hotline", "accept_call").run
    there = RunClock.objects.filter(run=run)[0]

    def again(**changed):
        writing = Writing()
        row = RunClock(**columns(there) | {"id": None} | changed)
        fields = ("outcome", "ended_at")
        writing.insert([row], on_conflict=overwriting(RunClock, key=("run", "name"), fields=fields))
        writing.now()
        with connection.cursor() as cursor:
            cursor.execute("SELECT ctid FROM matters_runclock WHERE id = %s", [there.pk])
            return cursor.fetchone()

    as_it_is = again()

    assert again() == as_it_is
    assert again(outcome="met") != as_it_is
    assert RunClock.objects.get(pk=there.pk).outcome == "met"


def test_what_was_not_read_is_read_where_it_is_asked_for():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    question = Ready(lambda pk: Run.objects.filter(pk=pk).only("state"))

    found = question.first(pk=run.pk)

    assert found.get_deferred_fields() >= {"memory", "procedure"}
    assert (found.state, found.procedure, found._state.adding) == ("received", "hotline", False)
    found.state = "changed"
    found.save(update_fields=["state"])
    assert Run.objects.get(pk=run.pk).state == "changed"


def test_whoever_listens_to_the_making_of_instances_is_told():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    heard = []

    def hear(sender, instance, **more):
        heard.append(instance.pk)

    post_init.connect(hear, sender=Run)
    try:
        Ready(lambda pk: Run.objects.filter(pk=pk)).first(pk=run.pk)
    finally:
        post_init.disconnect(hear, sender=Run)

    assert heard == [run.pk]


@pytest.mark.parametrize(
    ("model", "related"),
    [
        (EventHeader, ("run",)), (EventBody, ("event",)), (RunClock, ("run",)),
        (Assignment, ("run",)), (TallyDelta, ()), (Notice, ("account", "unit")),
    ],
)  # fmt: skip
def test_a_new_row_is_what_the_orm_makes_of_it(model, related):
    city = the_record()
    run = city.open("hotline", "accept_call").run
    city.act(run.pk, "dispatch")
    found = model._default_manager.first()
    named = {name: getattr(found, name) for name in related}
    given = columns(found) | named
    for name in related:
        del given[model._meta.get_field(name).attname]
    made = {one.attname for one in model._meta.concrete_fields if callable(one.default)}

    for values in (given, named, {"pk": found.pk}, {}):
        ours, theirs = new(model, **values), model(**values)
        states = [one.__dict__.pop("_state") for one in (ours, theirs)]
        for name in made - set(values):
            if not ("pk" in values and name == model._meta.pk.attname):
                # Made anew for each: an id of its own.
                assert type(ours.__dict__.pop(name)) is type(theirs.__dict__.pop(name))
        assert ours.__dict__ == theirs.__dict__
        assert states[0].fields_cache == states[1].fields_cache
        assert states[0].adding is states[1].adding is True
        assert states[0].db == states[1].db

    with pytest.raises(TypeError, match="no field 'nothing'"):
        new(model, nothing=1)


# --- in one go ----------------------------------------------------------------------------------


def the_clock(run, name):
    """A clock of a run, not saved yet."""
    kept = columns(RunClock.objects.order_by("pk").first())
    return RunClock(**kept | {"id": None, "run_id": run.pk, "name": name})


def test_what_is_asked_meanwhile_finds_what_was_to_be_written_and_the_rest_goes_at_the_end():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    first, second = the_clock(run, "first"), the_clock(run, "second")

    with in_one_go() as writing:
        writing.insert([first])
        assert RunClock.objects.filter(run=run, name="first").exists()
        with CaptureQueriesContext(connection) as queries:
            writing.insert([second])
        assert len(queries) == 0

    assert set(RunClock.objects.filter(run=run).values_list("name", flat=True)) >= {
        "first", "second",
    }  # fmt: skip


def test_what_is_asked_apart_does_not_send_what_waits_to_be_written():
    run = the_record().open("hotline", "accept_call").run
    names = Ready(
        lambda pk: RunClock.objects.filter(run=pk).values_list("name", flat=True), apart=True
    )

    with in_one_go() as writing:
        writing.insert([the_clock(run, "first")])
        assert "first" not in names.all(pk=run.pk)

    assert "first" in names.all(pk=run.pk)


def test_what_fails_in_one_go_leaves_nothing_of_it():
    city = the_record()
    run = city.open("hotline", "accept_call").run

    with suppress(ZeroDivisionError), in_one_go() as writing:
        writing.insert([the_clock(run, "first")])
        raise ZeroDivisionError

    assert not RunClock.objects.filter(run=run, name="first").exists()


@pytest.mark.django_db(transaction=True)
def test_the_last_writing_goes_with_the_commit_and_what_follows_a_commit_is_done_after_it():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    seen = []

    with in_one_go() as writing:
        transaction.on_commit(lambda: seen.append(connection.in_atomic_block))
        writing.insert([the_clock(run, "first")])
    transaction.set_autocommit(False)
    transaction.rollback()  # nothing is open any more that this could take back
    transaction.set_autocommit(True)

    assert seen == [False]
    assert RunClock.objects.filter(run=run, name="first").exists()


@pytest.mark.django_db(transaction=True)
def test_a_row_that_belongs_to_nothing_is_found_out_at_the_commit_and_nothing_is_kept():
    city = the_record()
    run = city.open("hotline", "accept_call").run

    with pytest.raises(IntegrityError), in_one_go() as writing:
        writing.insert([the_clock(run, "first"), the_clock(Run(pk=new_id()), "lost")])

    assert not RunClock.objects.filter(name="first").exists()
    assert not connection.in_atomic_block
    assert RunClock.objects.filter(run=run).exists()  # the connection can be used again
