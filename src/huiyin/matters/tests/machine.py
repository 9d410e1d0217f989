"""The loop as a machine: anybody does anything to some matters, and after each step all is right.

What the engine answers is known before an act is tried, so that an act which is refused, accepted
or refused otherwise than the engine says is a fault. After every step: a refusal has written
nothing at all, an accepted act one event on each run it touched, chains and projections are right,
every open run has somebody who is next and the clocks that its file names.
"""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from typing import ClassVar

from django.apps import apps
from django.db import connection, transaction
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from huiyin.categories import tree
from huiyin.matters import (
    access,
    attachments,
    codec,
    keeping,
    limits,
    merging,
    numbers,
    redacting,
    retaining,
    tallies,
)
from huiyin.matters.acting import Done, act, hold
from huiyin.matters.first_look import NO_RULES
from huiyin.matters.intake import Person
from huiyin.matters.models import EventBody, EventHeader, LegalHold, Matter, Run, RunClock
from huiyin.matters.reclassifying import reclassify
from huiyin.matters.refusals import ActRefused, KeyUsedOtherwise, NotFound, SomebodyWasFaster
from huiyin.matters.similar import join, rate_along
from huiyin.matters.verifying import verify
from huiyin.matters.writing import CLOCK_FIELDS, ESCALATED, clock_row, nearest_duty
from huiyin.places.models import Place
from huiyin.procedures import Decision, decide, due_clocks, library
from huiyin.procedures.language import ActorKind, FieldType
from huiyin.procedures.runs import Status
from huiyin.procedures.simulation import a_form, a_value
from huiyin.procedures.tests.walking import flaws
from huiyin.ui.refusals import Refusal as WhyNot
from huiyin.units.tests.factories import GRID, NOW, VILLAGE

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WAITS = (MINUTE, 5 * HOUR, DAY, 4 * DAY, 12 * DAY, 70 * DAY)
LONG = timedelta(days=40 * 366)
MOST_MATTERS, MOST_RUNS = 6, 14
TO_HANDLING = (
    "verify_report", "register", "analyse", "dispatch", "acknowledge", "start_handling",
    "ask_suspension",
)  # fmt: skip
OF_PROMISE = ("counted again", "is due before it starts")  # what a promise made before explains
MAIN = sorted(name for name, one in library.procedures().items() if not one.is_child)
ORDER = {"order_no": "德政法〔2026〕7 号", "legal_basis": "个人信息保护法第四十七条"}
KEPT_BY = ("matters", "notices", "gateway")  # the applications that an act writes into


def written():
    """How many rows each table has that an act may write, and a sum over all that is in them."""
    models = [one for name in KEPT_BY for one in apps.get_app_config(name).get_models()]
    tables = [one._meta.db_table for one in models] + ["people_accesslog"]
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{table}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)"  # noqa: S608 our own tables
                f" FROM {table} t"
                for table in tables
            )
        )
        return {table: tuple(found) for table, *found in cursor.fetchall()}


def is_of_people(rules, name):
    return rules.actors[name].kind is not ActorKind.SYSTEM


def by_people(run, act):
    return any(is_of_people(library.procedure(run.procedure), name) for name in act.by)


def moves(act):
    return act.to is not None and not (act.merge or act.hand_over)


def stays(act):
    return act.to is None and not act.open


def gives_time(act):
    return bool(act.clocks.ask_more or act.clocks.extend or act.clocks.refuse_more)


def rests(act):
    return bool(act.clocks.pause or act.clocks.resume)


def opens(act):
    return bool(act.open)


def merges(act):
    return bool(act.merge)


def hands_over(act):
    return bool(act.hand_over)


def anything(act):
    return True


SORTS = (
    *[moves] * 6, stays, *[gives_time] * 2, *[rests] * 2, opens, *[merges] * 2, hands_over
)  # fmt: skip


def acts_on(run, wanted, *, anywhere=False):
    """The acts of a sort that people may take from where a run is, or from anywhere."""
    return [
        one
        for one in library.procedure(run.procedure).actions.values()
        if wanted(one) and (anywhere or (run.state in one.froms and by_people(run, one)))
    ]


class Loop(RuleBasedStateMachine):
    """Some matters in a city, which is `record`."""

    record = None
    seen: ClassVar[Counter] = Counter()  # what has happened at all, over the machines of one test

    def __init__(self):
        super().__init__()
        self.begin()
        self.now = NOW
        self.keys = 0

    def begin(self):
        self.city = replace(self.record, units=dict(self.record.units))
        self.block = transaction.atomic()
        self.block.__enter__()

    def teardown(self):
        try:
            assert verify().differences == []
        finally:
            self.end()

    def end(self):
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    # --- what there is --------------------------------------------------------------------------

    def runs(self):
        return list(Run.objects.select_related("matter").order_by("opened_at", "id"))

    def matters(self):
        return list(Matter.objects.order_by("pk"))

    def officer(self, *permissions):
        unit = self.city.unit("governance_centre", "office")
        return self.city.staff(unit, *permissions)

    def refused(self, job, *sorts):
        """Do what may be refused; tell whether it was, with nothing written."""
        before = written()
        try:
            return None, job()
        except WhyNot as said:
            refusal = said
        assert not sorts or isinstance(refusal, sorts), refusal
        assert written() == before, f"refused ({refusal.code}), and yet something was written"
        self.seen[refusal.code] += 1
        return refusal, None

    def touches(self, job, *sorts):
        """Do something that may be refused; what it touches has one event more each, and is right.

        Returns the refusal or what was done, and the runs that were touched.
        """
        before = dict(Run.objects.values_list("pk", "events"))
        refusal, done = self.refused(job, *sorts)
        if refusal:
            return refusal, None, set()
        after = dict(Run.objects.values_list("pk", "events"))
        more = {pk: count - before.get(pk, 0) for pk, count in after.items()}
        touched = {pk for pk, count in more.items() if count}
        assert all(more[pk] == 1 for pk in touched), more
        assert EventHeader.objects.count() == sum(after.values())
        self.right(touched)
        return None, done, touched

    def right(self, run_ids):
        assert verify(run_ids=list(run_ids)).differences == []

    # --- matters begin --------------------------------------------------------------------------

    @initialize(chance=st.randoms(use_true_random=True))
    def begin_with(self, chance):
        self.chance = chance
        twins = [chance.choice(("hotline", "grid"))] * 2  # such as can be merged
        for name in [*chance.sample(MAIN, 2), *twins]:
            self.open(name)
        for _ in range(10):  # away from the beginning, where little is possible
            self.take(moves)
        self.have_one_that_can_rest()
        self.take(rests)

    @rule()
    def something_happens(self):
        """Drawn here and not by rules of their own: acts lead on, and have to be the most."""
        happening = self.chance.choice(self.happenings())
        note(happening.__name__)
        happening()

    def happenings(self):
        """What may happen, the likely several times."""
        return [
            *[self.people_act] * 8, self.somebody_acts_who_may_not_or_not_now,
            *[self.ask_for_what_cannot_be] * 3, *[self.time_passes] * 2, self.correct,
            self.report_the_same_and_rate, self.redact, self.hold_or_let_go, self.night,
            self.restart, self.report_one_more,
        ]  # fmt: skip

    def report_one_more(self):
        if Matter.objects.count() < MOST_MATTERS:
            there = Run.objects.filter(parent=None).order_by("opened_at", "id")
            self.open(self.chance.choice([one.procedure for one in there]))

    def open(self, name):
        rules = library.procedure(name)
        openings = [one for one in rules.openings if is_of_people(rules, one.by[0])]
        opening = self.chance.choice(openings)
        done = self.city.open(name, opening.name, at=self.now)
        self.seen["procedure", name] += 1
        self.right([done.run.pk])

    def have_one_that_can_rest(self):
        """Lead a matter to where its limit can be paused; chance alone seldom comes so far."""
        with transaction.atomic():
            run = self.city.open("grid", "submit", at=self.now).run
            for action in TO_HANDLING:
                self.city.act(run.pk, action, at=self.now)
        self.right([run.pk])

    # --- acts -----------------------------------------------------------------------------------

    def people_act(self):
        for _ in range(self.chance.randint(1, 4)):
            self.take()

    def somebody_acts_who_may_not_or_not_now(self):
        self.take(anything, anywhere=True)

    def take(self, *sorts, anywhere=False):
        """Take an act on any run, by anybody who may (`anywhere`: by anybody at all)."""
        chosen = self.chosen(*sorts, anywhere=anywhere)
        if chosen:
            self.try_act(*chosen)

    def chosen(self, *sorts, anywhere=False, of=None):
        """A run, an act, somebody, and the form they fill in; of these runs or of any.

        `anywhere`: from any state, by anybody; else what is open to somebody, if anything is.
        """
        runs = of or self.runs()
        # Runs inside others come to be many; matters themselves have to go on.
        order = [one for one in runs if not one.parent_id] * 2 + runs
        for wanted in sorts or self.chance.sample(SORTS, len(SORTS)):
            if wanted is opens and len(runs) >= MOST_RUNS:
                continue
            for run in dict.fromkeys(self.chance.sample(order, len(order))):
                acts = acts_on(run, wanted, anywhere=anywhere)
                if not acts:
                    continue
                held = self.held(run)
                if not anywhere:
                    acts = [one for one in acts if self.is_open(held, one)]
                if acts:
                    return self.filled(held, self.chance.choice(acts), anywhere=anywhere)
        return None

    def filled(self, held, one, *, anywhere):
        rules, before = held.procedure, held.before
        who = [name for name in (rules.actors if anywhere else one.by) if is_of_people(rules, name)]
        by = self.city.whoever(rules, self.chance.choice(who), before.roles, before)
        return held.run, one.name, by, self.form(one, before, by)

    def held(self, run, action="", form=None):
        with transaction.atomic():
            return hold(run.pk, at=self.now, action=action, form=form)

    def is_open(self, held, one):
        name = next(name for name in one.by if is_of_people(held.procedure, name))
        by = self.city.whoever(held.procedure, name, held.before.roles, held.before)
        form = {} if one.merge else a_form(one, held.before, self.now)
        answer = decide(
            held.procedure, held.before, one.name, form, held.actor(by), self.now, held.facts
        )
        return isinstance(answer, Decision) or answer.code == "run.form"

    def form(self, one, before, by):
        """Fill in a form: any options, now and then all that need not be filled in."""
        given = {
            field.name: self.chance.choice(tuple(field.options))
            for field in one.form
            if field.type is FieldType.CHOICE
        }
        if self.chance.choice((False, True)):
            given |= {
                field.name: a_value(field, before, self.now)
                for field in one.form
                if not field.required and field.type is not FieldType.CHOICE
            }
        form = self.city.form(a_form(one, before, self.now, choices=given), one, by)
        for field in one.form:
            if field.name in form and field.type is FieldType.UNIT:
                unit = self.chance.choice(("", "0", "z"))
                form[field.name] = str(self.city.unit("department", unit).pk)
        if one.merge:
            seen = list(access.matters_seen_by(by).order_by("pk"))
            form[one.merge] = self.chance.choice(seen * 2 + self.matters()).number
        return form

    def try_act(self, run, name, by, form):
        """Take an act and compare with what the engine says of it beforehand."""
        held = self.held(run, name, form)
        is_seen = access.runs_seen_by(by).filter(pk=run.pk).exists()
        answer = decide(
            held.procedure, held.before, name, form, held.actor(by), self.now, held.facts
        )
        note(f"  {run.procedure} in {run.state}: {name} by {by.unit_name or by.name} {form}")
        self.keys += 1
        key = str(self.keys)
        once = lambda: act(  # noqa: E731
            run.pk, name, by=by, at=self.now, form=form, key=key, expected=held.run.events
        )
        refusal, done, touched = self.touches(once)
        if refusal:
            if not is_seen:
                assert isinstance(refusal, NotFound)
            elif not isinstance(answer, Decision):
                assert isinstance(refusal, ActRefused)
                assert refusal.reason == answer.code
                self.seen[answer.code] += 1
            else:
                assert not isinstance(refusal, NotFound | SomebodyWasFaster)
            return
        assert is_seen
        assert isinstance(answer, Decision)
        assert run.pk in touched
        assert len(touched) >= 1 + len(answer.openings) + bool(answer.hands_over_to)
        assert bool(answer.merges_into) <= (len(touched) >= 2)
        self.seen["act", held.procedure.name] += 1
        self.seen["act"] += 1
        for sort in (merges, hands_over, opens, rests, gives_time):
            self.seen[sort.__name__] += sort(held.procedure.actions[name])
        for pk in touched - {run.pk}:
            self.seen["procedure", Run.objects.get(pk=pk).procedure] += 1
        if self.chance.choice((False, True)):
            self.again(once, run, name, by, form, key, done)

    def again(self, once, run, name, by, form, key, done):
        """The same request again writes nothing and is answered alike; another form is refused."""
        if not access.runs_seen_by(by).filter(pk=run.pk).exists():
            return  # the act has closed the run to whoever took it
        before = written()
        repeated = once()
        assert (repeated.is_repeat, repeated.event.pk) == (True, done.event.pk)
        assert written() == before
        other = {**form, "another": 1}
        self.refused(
            lambda: act(run.pk, name, by=by, at=self.now, form=other, key=key), KeyUsedOtherwise
        )

    # --- what is refused whoever asks -----------------------------------------------------------

    def ask_for_what_cannot_be(self):
        sort = self.chance.choice(("stale", "missing", "unknown", "stranger", "unit"))
        found = [
            (run, one)
            for run in self.runs()
            for one in library.procedure(run.procedure).actions.values()
            if run.state in one.froms and is_of_people(library.procedure(run.procedure), one.by[0])
        ]
        if not found:
            return
        run, one = self.chance.choice(found)
        rules = library.procedure(run.procedure)
        before = self.held(run).before
        by = self.city.whoever(rules, one.by[0], before.roles, before)
        form = self.city.form(a_form(one, before, self.now), one, by)
        expected, name, sorts = None, one.name, (ActRefused, NotFound)
        if sort == "stale" and one.to is not None:
            # That somebody was told of a limit is nothing one has to have seen.
            moved = EventHeader.objects.filter(run=run).exclude(action=ESCALATED).latest("seq")
            expected, sorts = moved.seq - 1, (SomebodyWasFaster, NotFound)
        elif sort == "missing" and any(field.required and not field.when for field in one.form):
            first = next(field for field in one.form if field.required and not field.when)
            form.pop(first.name)
        elif sort == "unit" and any(field.type is FieldType.UNIT for field in one.form):
            first = next(field for field in one.form if field.type is FieldType.UNIT)
            form[first.name] = "019cae00-0000-7000-8000-00000000dead"
            if first.name not in a_form(one, before, self.now):
                return  # the field is not asked for now, what is in it is not read
        elif sort == "stranger":
            by = self.city.staff(self.city.unit("court", "far away"))
            sorts = (NotFound, ActRefused) if run.procedure == "court_referral" else (NotFound,)
        else:
            name = "no_such_act"
        refusal, _ = self.refused(
            lambda: act(run.pk, name, by=by, at=self.now, form=form, expected=expected), *sorts
        )
        assert refusal, f"{sort} {name} was accepted"

    # --- time -----------------------------------------------------------------------------------

    def time_passes(self):
        self.now += self.chance.choice(WAITS)
        before = dict(Run.objects.values_list("pk", "events"))
        kept = keeping.keep(at=self.now)
        self.seen["clock"] += kept.fired
        assert kept.busy == 0
        after = dict(Run.objects.values_list("pk", "events"))
        changed = [pk for pk in after if after[pk] != before.get(pk, 0)]
        assert kept.fired <= sum(after.values()) - sum(before.values())
        self.right(changed)
        for run in self.runs():
            assert due_clocks(self.held(run).before, self.now) == ()
        assert keeping.keep(at=self.now).fired == 0

    # --- what is no step ------------------------------------------------------------------------

    def correct(self):
        matter = self.chance.choice(self.matters())
        places = Place.objects.filter(code__in=[GRID, VILLAGE]).order_by("pk")
        change = {
            "category": self.city.category,
            "place": self.chance.choice(list(places)),
            "accused": [self.city.unit("court", "accused").pk] * self.chance.choice((False, True)),
        }
        by = self.whoever_sees(matter, "matter.reclassify")
        self.touches(
            lambda: reclassify(
                matter_id=matter.pk, reason="看错了地方。", by=by, at=self.now, **change
            )
        )

    def whoever_sees(self, matter, *permissions):
        """The unit that holds the lead, or the system where nobody does."""
        unit = self.city.unit("department")
        for name in ("", "0", "z"):
            unit = self.city.unit("department", name)
            if access.matters_seen_by(self.city.staff(unit)).filter(pk=matter.pk).exists():
                break
        return self.city.staff(unit, *permissions)

    def report_the_same_and_rate(self):
        matter = self.chance.choice(self.matters())
        by = self.city.opponent
        person = Person("赵强", "15400000002", by.account_id)
        self.touches(lambda: join(matter_id=matter.pk, person=person, by=by, at=self.now))
        self.touches(lambda: rate_along(matter_id=matter.pk, stars=4, by=by, at=self.now))

    def redact(self):
        is_whole, names = self.chance.choice((False, True)), self.chance.choice((False, True))
        matter = self.chance.choice(self.matters())
        events = EventHeader.objects.filter(run__matter=matter).order_by("recorded_at", "pk")
        subject = matter if is_whole else self.chance.choice(list(events))
        people = list(matter.contacts.values_list("pk", flat=True)) if names else ()
        is_held = LegalHold.objects.filter(matter=matter, lifted_at=None).exists()
        may = self.chance.choice(("matter.redact", "matter.redact", "matter.hold"))
        refusal, _, touched = self.touches(
            lambda: redacting.redact(
                subject, by=self.officer(may), at=self.now, contacts=people, **ORDER
            )
        )
        if may != "matter.redact" or is_held:
            assert refusal
        elif not refusal:
            self.seen["redacted"] += 1
            bodies = EventBody.objects.filter(event__run__matter=matter)
            gone = bodies.exclude(event__action=redacting.REDACTED).exclude(content={})
            assert not (is_whole and gone.exists())
            assert touched

    def hold_or_let_go(self):
        matter = self.chance.choice(self.matters())
        by = self.officer("matter.hold")
        held = LegalHold.objects.filter(matter=matter, lifted_at=None).first()
        if held:
            self.touches(lambda: redacting.lift_hold(held.pk, by=by, at=self.now))
        else:
            self.touches(lambda: redacting.place_hold(matter, reason="诉讼", by=by, at=self.now))

    def night(self):
        is_late = self.chance.choice((False, True))
        at = self.now + LONG if is_late else self.now
        tallies.roll_up()
        attachments.expire(at=at)
        ended = {
            matter.pk
            for matter in self.matters()
            if not Run.objects.filter(matter=matter, is_over=False).exists()
        }
        before = written()
        kept = retaining.retain(at=at)
        self.seen["retained"] += kept
        assert kept <= len(ended)
        assert kept or written() == before
        self.right(Run.objects.filter(matter__in=ended).values_list("pk", flat=True))

    def restart(self):
        """Forget all that is kept in memory, and build every run anew from its events."""
        forget_everything()
        for run in self.runs():
            rebuilt(run)

    # --- what holds after every step ------------------------------------------------------------

    @invariant()
    def every_open_run_has_somebody_who_is_next_and_its_clocks(self):
        for run in self.runs():
            rules = library.procedure(run.procedure)
            now = codec.decoded(run.memory, rules)
            found = flaws(SimpleNamespace(procedure=rules, run=now))
            if now.promised:  # before it was handed over; that may be over already
                found = [flaw for flaw in found if not any(one in flaw for one in OF_PROMISE)]
            assert found == [], (run.procedure, run.state, found)
            if not run.is_over:
                assert is_owned(rules, now), (run.procedure, run.state)


class TogetherLoop(Loop):
    """The same with every transaction kept, so that several can act at one moment."""

    crowd = None

    def begin(self):
        self.city = self.record

    def end(self):
        """Take the matters away; city, people and units stay."""
        tables = [one._meta.db_table for one in apps.get_app_config("matters").get_models()]
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(tables)} CASCADE")

    def happenings(self):
        return [*super().happenings(), *[self.several_act_at_once] * 12]

    def several_act_at_once(self):
        """Of those who take a step from the same state one wins; what is no step is for all."""
        runs, many = self.runs(), self.chance.choice((2, 3))
        if self.chance.random() < 0.7:
            runs = [self.chance.choice(runs)]
        chosen = [self.chosen(of=runs) for _ in range(many)]
        chosen = [one for one in chosen if one]
        before = dict(Run.objects.values_list("pk", "events"))
        jobs = [
            partial(act, run.pk, name, by=by, at=self.now, form=form, expected=before[run.pk])
            for run, name, by, form in chosen
        ]
        jobs += [partial(keeping.keep, at=self.now)] * self.chance.choice((0, 1))
        if not jobs:
            return
        answers = self.crowd.at_once(*jobs)
        won = Counter()
        for (run, name, _by, _form), answer in zip(chosen, answers, strict=False):
            self.seen["together", type(answer).__name__] += 1
            is_step = library.procedure(run.procedure).actions[name].to is not None
            won[run.pk] += is_step and isinstance(answer, Done)
        assert all(count <= 1 for count in won.values()), won
        after = dict(Run.objects.values_list("pk", "events"))
        assert EventHeader.objects.count() == sum(after.values())
        self.right(after)

    def restart(self):
        """Begin as a new process does: with other connections, and nothing in memory."""
        self.crowd.forget_connections()
        connection.close()
        super().restart()


def is_owned(rules, run):
    """Whether the owner of a run's state is somebody there can be."""
    state = rules.states[run.state]
    owner = rules.actors[state.owner]
    if owner.kind is ActorKind.SYSTEM:
        waits = any(child.name == state.waits_for and not child.is_done for child in run.children)
        ticks = any(clock.status is Status.RUNNING for clock in run.clocks.values())
        return waits or ticks
    if owner.kind in (ActorKind.ASSIGNED, ActorKind.SUPERIOR_OF):
        return bool(run.roles.get(owner.role))
    if owner.kind is ActorKind.SENDER_OF:
        return bool(run.senders.get(owner.role))
    return True  # an office of the place, or people of the matter


def forget_everything():
    """What a process that begins does not know yet."""
    limits.calendar_of_file.cache_clear()
    limits._with_days.cache_clear()
    merging._merging_fields.cache_clear()
    access.looking_after.cache_clear()
    access._with_people.cache_clear()
    retaining.rules.cache_clear()
    numbers._block.clear()
    tree.forget()


def rebuilt(run):
    """Build a run from its events alone and compare every column and row of it."""
    rules = library.procedure(run.procedure)
    events = EventHeader.objects.filter(run=run).order_by("seq").select_related("body")
    texts = dict(EventBody.objects.filter(event__run=run).values_list("event", "content__facts"))
    memory = codec.replayed(
        codec.with_personal(event.effects, texts.get(event.pk) or {}) for event in events
    )
    assert memory == run.memory
    now = codec.decoded(memory, rules)
    assert codec.encoded(now) == memory
    state = rules.states[now.state]
    assert (run.state, run.owner, run.is_done, run.is_closed, run.is_over) == (
        state.name, state.owner, state.done, state.closed, state.end,
    )  # fmt: skip
    assert run.due_at == nearest_duty(rules, now.clocks.values())
    assert run.events == len(events)
    rows = {row.name: row for row in RunClock.objects.filter(run=run)}
    assert rows.keys() == now.clocks.keys()
    for name, row in rows.items():
        again = clock_row(run, rules.clocks[name], now.clocks[name], run.changed_at, NO_RULES)
        for field in CLOCK_FIELDS:
            if field == "next_step_at":  # the clock-keeper's own, refined at each look
                continue
            assert getattr(row, field) == getattr(again, field), (name, field)
    held = {(role, unit) for role, units in now.roles.items() for unit in units if not run.is_over}
    there = run.assignments.filter(to_at=None).values_list("role", "unit")
    assert {(role, str(unit)) for role, unit in there} == held
