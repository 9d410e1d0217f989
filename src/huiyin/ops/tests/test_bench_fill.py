"""What the benchmark fills its city with is sound: `huiyin verify` finds nothing wrong with it."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest
from django.core.exceptions import ObjectDoesNotExist

from huiyin.matters import tallies
from huiyin.matters.models import Contact, EventHeader, Matter, MatterText, Measure, Run
from huiyin.matters.tests.records import the_record
from huiyin.matters.verifying import verify
from huiyin.ops.bench import filling, grounds, pouring, skew
from huiyin.ops.bench.binary import HEADER, whole
from huiyin.ops.bench.copies import Copier, Counterparts, Mould, Somebody
from huiyin.ops.bench.gaps import both
from huiyin.ops.bench.lives import Life
from huiyin.ops.bench.spots import Spots
from huiyin.ops.bench.tallying import Cells
from huiyin.ops.errors import OperatorError

pytestmark = pytest.mark.django_db
SEALED = Somebody(name=whole(b""), phone=whole(b""), index=whole(b"\0"))


@pytest.fixture
def handled():
    """A city with a matter that is handled, one that waits, and one with a procedure of its own."""
    city = the_record()
    run = city.open("hotline", "accept_call").run
    for action in ("dispatch", "acknowledge", "answer"):
        run = city.act(run.pk, action).run
    city.open("grid", "submit")
    city.act(city.open("hotline", "accept_call").run.pk, "supervise")
    return city


def copied(handled, *, times=3, days=70, anew=True):
    """Copy every matter of the city so often, so many days earlier."""
    known = filling.city_now()
    lives = filling._lives(known, list(Matter.objects.values_list("pk", flat=True)))
    spots = Spots(life.level for life in lives)
    rng = Random("test")  # noqa: S311 a draw
    cells = Cells(lives, known.units, filling.old_cells())
    copier = Copier(
        counterparts=Counterparts(known, cells.units), people=[SEALED], accounts=[SEALED],
        seed="test", numbers=iter(range(1_000, 9_000)), key=b"k" * 32, city="3714",
    )  # fmt: skip
    filling.make_counts(cells)
    for life in lives:
        # A resident's account is one of the city's own.
        account = both(str(handled.resident.pk))
        copier._accounts = [replace(SEALED, account=account)]
        placed = spots.draw(life.level, times, rng)
        copier.copy(life, Mould(life, cells), days=days, spots=placed)
    for table, names in filling.written().items():
        statement = pouring.copying(table, names, anew=False)
        with filling.connection.cursor() as cursor, cursor.copy(statement) as into:
            into.write(b"".join((HEADER, *copier.rows[table])))
    filling.count(cells, anew=anew)
    return lives


@pytest.mark.parametrize("anew", [True, False])
def test_copies_have_chains_limits_and_counts_of_their_own(handled, anew):
    runs, events = Run.objects.count(), EventHeader.objects.count()
    opened = tallies.total(Measure.OPENED, place_id=handled.town.pk)

    copied(handled, anew=anew)

    assert Run.objects.count() == 4 * runs
    assert EventHeader.objects.count() == 4 * events
    assert tallies.total(Measure.OPENED, place_id=handled.town.pk) == 4 * opened
    found = verify()
    assert found.differences == []
    assert found.events == 4 * events


def test_a_copy_happened_earlier_in_all_its_days(handled):
    first = set(Matter.objects.values_list("pk", flat=True))
    latest = Matter.objects.latest("opened_at").opened_at

    copied(handled, times=1, days=70)

    copies = Matter.objects.exclude(pk__in=first)
    assert len(copies) == len(first)
    assert all(one.opened_at <= latest - timedelta(days=70) for one in copies)
    for run in Run.objects.filter(matter__in=copies):
        assert run.timeline.latest("seq").recorded_at == run.changed_at
        assert all(clock.started_at >= run.opened_at for clock in run.clocks.all())


def test_a_copy_shares_nothing_with_its_first_but_units_and_classes(handled):
    first = set(Matter.objects.values_list("pk", flat=True))

    copied(handled, times=1)

    copies = Matter.objects.exclude(pk__in=first)
    numbers = set(Matter.objects.values_list("number", flat=True))
    assert len(numbers) == Matter.objects.count()
    for matter in copies:
        assert Contact.objects.filter(matter=matter).exists()
        try:
            assert MatterText.objects.get(matter=matter).title
        except ObjectDoesNotExist:
            pytest.fail("a copy without words")


def a_life(number, **more):
    return Life(
        place=UUID(int=number), level=4, category=f"{number % 3}", opened=date(2026, 1, 5),
        ended=date(2026, 2, 5), **more,
    )  # fmt: skip


@pytest.mark.parametrize("wanted", [1, 99, 10_000])
def test_exactly_as_many_copies_are_ordered_as_are_wanted_and_eight_of_a_hundred_open(wanted):
    closed = [a_life(n) for n in range(7)]
    open_ones = [a_life(n, is_open=True, is_over=False) for n in range(7, 10)]

    both = filling._orders([*closed, *open_ones], wanted, today=date(2026, 11, 26), seed="a")
    without = filling._orders(closed, wanted, today=date(2026, 11, 26), seed="a")

    assert sum(one.times for one in both) == wanted
    assert sum(one.times for one in without) == wanted
    still_open = sum(one.times for one in both if one.life >= 7)
    assert still_open == pytest.approx(wanted * 0.08 / 0.96, abs=1)


def test_what_is_over_happened_in_one_of_the_weeks_of_two_years():
    found = filling._orders([a_life(0)], 5_000, today=date(2026, 11, 26), seed="a")

    days = {one.days for one in found}
    assert {date(2026, 2, 5) - timedelta(days=one) for one in days} <= {
        date(2026, 2, 5) + timedelta(days=7 * (42 - week)) for week in range(filling.WEEKS)
    }
    assert len(days) == filling.WEEKS


def test_copies_are_ordered_as_they_come_in():
    lives = [a_life(n) for n in range(3)] + [a_life(3, is_open=True, is_over=False)]

    found = filling._orders(lives, 2_000, today=date(2026, 11, 26), seed="a")

    days = [lives[one.life].opened - timedelta(days=one.days) for one in found]
    assert days == sorted(days)
    assert len({one.life for one in found[:50]}) > 1  # of one day or week, in no order


def test_shares_add_up_whatever_the_weights():
    for many, power in ((1, 1.0), (7, 0.45), (141, 1.0)):
        weights = skew.weights(many, power, Random("shares"))  # noqa: S311 a draw
        for total in (0, 1, 99, 1_000):
            parts = skew.shares(total, weights)
            assert sum(parts) == total
            assert min(parts) >= 0


@pytest.mark.parametrize(
    "name", ["HUIYIN_SECRET_KEY", "HUIYIN_SEAL_KEYS", "HUIYIN_INDEX_KEY", "DATABASE_URL"]
)
def test_it_does_not_run_beside_a_real_city(name, monkeypatch, tmp_path):
    for one in (*grounds.KEYS, "DATABASE_URL", "HUIYIN_MODE"):
        monkeypatch.delenv(one, raising=False)
    monkeypatch.setenv(name, "something")

    with pytest.raises(OperatorError, match=name), grounds.grounds(tmp_path):
        pytest.fail("it ran")


def test_it_leaves_folders_of_others_alone(monkeypatch, tmp_path):
    for one in (*grounds.KEYS, "DATABASE_URL", "HUIYIN_MODE"):
        monkeypatch.delenv(one, raising=False)
    (tmp_path / "thesis.txt").write_text("mine")

    with pytest.raises(OperatorError, match="in use"), grounds.grounds(tmp_path):
        pytest.fail("it ran")
    assert [one.name for one in tmp_path.iterdir()] == ["thesis.txt"]


def test_cleaning_deletes_what_the_benchmark_made_and_nothing_else(tmp_path):
    made, other = tmp_path / "made", tmp_path / "other"
    for folder in (made, other):
        folder.mkdir()
        (folder / "server.log").write_text("something")
    (made / grounds.MARK).write_text("Made by huiyin bench; may be deleted.\n")

    assert grounds.clean(made) == [made]
    assert grounds.clean(tmp_path / "never") == []
    with pytest.raises(OperatorError, match="in use"):
        grounds.clean(other)

    assert not made.exists()
    assert (other / "server.log").read_text() == "something"


def test_what_is_counted_has_a_number_as_long_as_there_are_numbers():
    cells = Cells([a_life(0)], ["unit"])

    assert cells.fits(10_000)
    assert not cells.fits(2**62)
