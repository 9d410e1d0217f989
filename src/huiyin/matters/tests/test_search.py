"""Finding matters: words, numbers, kinds, places, units, dates; phones with a reason."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from unittest.mock import patch

import pytest
from django.db import connection
from psycopg import sql

from huiyin.categories.models import Category
from huiyin.matters import intake, latest, numbers, search
from huiyin.matters.intake import Said
from huiyin.matters.models import Contact, Matter, MatterText
from huiyin.matters.refusals import NotFound
from huiyin.matters.search import Key, Wanted
from huiyin.matters.tests.records import the_record
from huiyin.people.actors import SYSTEM
from huiyin.people.models import AccessLog
from huiyin.people.refusals import PhoneNotMobile, ReasonMissing
from huiyin.places.models import Place
from huiyin.units.tests.factories import CITY, COUNTY, GRID, NOW, TOWN, ZONE

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def a_matter(city, title, text="", *, address="", at=NOW, **more):
    """A matter in these words."""
    matter = city.open("hotline", "accept_call", at=at, **more).run.matter
    MatterText.objects.filter(matter=matter).update(title=title, text=text, address=address)
    return matter


def found(text="", *, by=SYSTEM, **more):
    return [one.words.title for one in search.search(Wanted(text, **more), by=by).matters]


# --- words --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "is_found"),
    [
        pytest.param("噪音", True, id="two-characters-within"),
        pytest.param("灯", True, id="one-character"),
        pytest.param("亮", True, id="the-last-character-of-a-word"),
        pytest.param("路灯 噪音", True, id="two-words-anywhere"),
        pytest.param("ＬＥＤ", True, id="full-width-letters"),
        pytest.param("led", True, id="small-letters"),
        pytest.param("新华路3号", False, id="as-it-was-not-written"),
        pytest.param("新华路 3", True, id="with-a-space"),
        pytest.param("3号门", True, id="digits-and-characters"),
        pytest.param("路亮", False, id="characters-that-do-not-stand-together"),
        pytest.param("不亮灯", False, id="pairs-that-stand-apart"),
        pytest.param("水管", False, id="another-word"),
        pytest.param("%", False, id="nothing-but-signs"),
        pytest.param("' | '", False, id="a-query-of-its-own"),
        pytest.param("噪\x00音", True, id="a-sign-no-database-takes"),
    ],
)
def test_words_are_found_as_they_were_written(typed, is_found):
    city = the_record()
    a_matter(city, "路灯不亮", "新华路 3号门口的 LED 灯坏了；夜里还有噪音。灯不亮", address="北街")

    assert bool(found(typed)) is is_found


def test_a_word_is_kept_as_its_pairs_of_neighbours_and_its_last_sign_alone():
    lot = Random("pairs")  # noqa: S311 a draw
    texts = ["", "路", "路 灯", "路灯", "路灯坏 a1", "ａ１ 路灯"]
    texts += ["".join(lot.choices("路灯坏A1 ，", k=n)) for n in range(60) for _ in range(5)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT matters_folded(said), tsvector_to_array(array_to_tsvector("
            "matters_grams(matters_folded(said)))) FROM unnest(%s::text[]) AS said",
            [texts],
        )
        found = cursor.fetchall()

    assert len(found) == len(texts)
    for folded, kept in found:
        words = folded.split()
        pairs = {word[at : at + 2] for word in words for at in range(len(word))}
        assert set(kept) == pairs


def test_title_text_and_address_are_looked_through():
    city = the_record()
    a_matter(city, "路灯不亮")
    a_matter(city, "积水", "下雨后路口积水，路灯也坏了")
    a_matter(city, "噪音", address="路灯厂宿舍")
    a_matter(city, "垃圾")

    assert sorted(found("路灯")) == ["噪音", "积水", "路灯不亮"]


@pytest.mark.parametrize("number", ["15400000001", "154 0000 0001", "371402199001011234"])
def test_nobody_is_found_by_a_phone_or_an_identity_number_in_the_words(number):
    city = the_record()
    a_matter(city, "路灯不亮", f"请打 {number} 找我")

    assert found("找我") == ["路灯不亮"]
    assert found(number) == []
    assert found(number.replace(" ", "")[:8]) == []


def test_what_is_redacted_is_found_no_more():
    city = the_record()
    matter = a_matter(city, "路灯不亮")

    MatterText.objects.filter(matter=matter).delete()

    assert search.search(Wanted("路灯"), by=SYSTEM).matters == ()


# --- numbers ------------------------------------------------------------------------------------


def test_a_number_is_found_whole_spoken_or_by_its_end():
    city = the_record()
    matter = a_matter(city, "路灯不亮")
    a_matter(city, "积水")
    number = matter.number

    for typed in (number, numbers.spoken(number), number[-6:], f"{number[-6:-3]} {number[-3:]}"):
        assert found(typed) == ["路灯不亮"], typed
    assert found(number[-3:]) == []  # too short to mean a number


def test_a_confidential_matter_is_found_by_its_whole_number_alone():
    city = the_record()
    matter = city.open("petition", "submit").run.matter
    office = city.staff(city.unit("petition_office"))

    assert found(numbers.spoken(matter.number), by=office) == ["路灯不亮"]
    assert found("路灯", by=office) == []
    assert found(matter.number[-8:], by=office) == []
    assert found(procedure="petition", by=office) == []
    assert found("路灯", by=city.reporter) == ["路灯不亮"]  # it is their own
    assert found(matter.number, by=city.staff(city.unit("hotline_centre"))) == []


# --- everything else ----------------------------------------------------------------------------


def test_a_branch_of_categories_holds_what_lies_below_it():
    city = the_record()
    branch = Category.objects.create(code="91", name_zh="市政", name_en="Municipal")
    leaf = Category.objects.create(code="9101", parent=branch, name_zh="路灯", name_en="Lamps")
    other = Category.objects.create(code="92", name_zh="供水", name_en="Water")
    for title, category in (("路灯不亮", leaf), ("停水", other)):
        Matter.objects.filter(pk=a_matter(city, title).pk).update(category=category)

    assert found(category=branch) == found(category=leaf) == ["路灯不亮"]
    assert found(category=other) == ["停水"]


@pytest.mark.parametrize("code", [GRID, TOWN, ZONE, COUNTY, CITY])
def test_a_place_of_any_level_holds_what_lies_in_it(code):
    city = the_record()
    a_matter(city, "路灯不亮")
    elsewhere = Place.objects.get(code=COUNTY)
    intake.open_matter(
        procedure="hotline", action="take_over", said=Said("别处"), place=elsewhere,
        channel="call", by=SYSTEM, at=NOW,
    )  # fmt: skip

    titles = found(place=Place.objects.get(code=code))

    assert ("别处" in titles) is (code in (COUNTY, CITY))
    assert "路灯不亮" in titles


def test_units_procedures_states_and_days_narrow():
    city = the_record()
    first = city.open("hotline", "accept_call").run
    city.act(first.pk, "dispatch")
    city.open("orders", "submit", at=NOW + 2 * DAY)
    unit = city.unit("department").pk

    def count(**more):
        return len(search.search(Wanted(**more), by=SYSTEM).matters)

    assert count() == 2
    assert count(unit_id=unit) == 1
    assert count(procedure="orders") == count(procedure="hotline", state="dispatched") == 1
    assert count(procedure="orders", state="dispatched") == 0
    assert count(since=date(2026, 3, 3)) == count(until=date(2026, 3, 2)) == 1
    assert count(since=date(2026, 3, 3), until=date(2026, 3, 3)) == 0
    assert count(since=date(2026, 3, 2), until=date(2026, 3, 4)) == 2


def test_pages_follow_each_other_without_a_gap(django_assert_num_queries):
    city = the_record()
    for number in range(7):  # two came in at the same moment
        a_matter(city, f"第{number}件", at=NOW + (number // 2) * DAY)
    by = city.staff(city.unit("hotline_centre"))

    titles, after = [], None
    for _ in range(4):
        with django_assert_num_queries(3):  # how many runs there are of its procedure is kept
            page = search.search(Wanted(), by=by, after=after, limit=2)
            titles += [one.words.title for one in page.matters]
            assert [one.place.name for one in page.matters]
        after = page.next

    assert after is None
    assert len(titles) == len(set(titles)) == 7
    assert titles[0] == "第6件"


@pytest.mark.parametrize(
    "sizes",
    [
        {"FEW": 0, "MANY": 100, "OFTEN": 0},  # month by month: an office that sees most
        {"FEW": 2, "MANY": 2, "OFTEN": 0},  # so many of a month that they are walked
        {"FEW": 0, "MANY": 0, "STRETCH": 1, "WORTH": 3},  # walked, then among those that have them
        {"FEW": 0, "MANY": 0, "STRETCH": 1, "WORTH": 0},  # walked to the end
    ],
)
def test_words_are_found_through_all_months_however_they_are_sought(sizes):
    city = the_record()
    centre = city.unit("hotline_centre")
    by = city.staff(centre, level="city", place=Place.objects.get(code=CITY))
    days = (0, 0, 0, 1, 20, 45, 47, 80, 110, 150, 200, 260, 300, 390, 500, 800, 801)
    for number, back in enumerate(days):
        at = NOW - back * DAY
        for title in ("路灯不亮", "路灯没了", "井盖"):
            city.open(
                "hotline", "accept_call", by=by, at=at, said=Said(title, f"第{number}盏，{title}")
            )
    expected = Matter.objects.filter(words__title__startswith="路灯").order_by("-opened_at", "-pk")

    found, after = [], None
    with patch.multiple(latest, **sizes):
        while True:
            page = search.search(Wanted("路灯"), by=by, after=after, limit=5)
            found += [one.pk for one in page.matters]
            if (after := page.next) is None:
                break
        since = search.search(Wanted("路灯", since=(NOW - 100 * DAY).date()), by=by, limit=100)

    assert found == [one.pk for one in expected]
    assert [one.pk for one in since.matters] == [
        one.pk for one in expected if one.opened_at > NOW - 100 * DAY
    ]


# --- phones -------------------------------------------------------------------------------------


def test_other_matters_of_a_caller_are_found_with_a_reason_that_is_written_down():
    city = the_record()
    order = city.open("hotline", "accept_call").run.matter
    city.open("petition", "submit")
    by = replace(city.staff(city.unit("hotline_centre")), permission_set="hotline_agent")

    page = search.by_phone("154 0000 0001", by=by, purpose="同一来电人再次来电", at=NOW)

    assert [one.pk for one in page.matters] == [order.pk]
    entry = AccessLog.objects.get(action="phone_search")
    assert (entry.account_id, entry.purpose, entry.fields) == (
        by.account_id, "同一来电人再次来电", ["phone"]
    )  # fmt: skip
    assert "15400000001" not in str(vars(entry))


def test_a_phone_is_not_looked_up_without_reason_by_residents_or_for_the_unknown():
    city = the_record()
    matter = city.open("hotline", "accept_call").run.matter
    centre = city.staff(city.unit("hotline_centre"))

    with pytest.raises(ReasonMissing):
        search.by_phone("15400000001", by=centre, purpose="", at=NOW)
    with pytest.raises(PhoneNotMobile):
        search.by_phone("12345", by=centre, purpose="再次来电", at=NOW)
    with pytest.raises(NotFound):
        search.by_phone("15400000001", by=city.opponent, purpose="再次来电", at=NOW)
    assert not AccessLog.objects.filter(action="phone_search").exists()

    Contact.objects.filter(matter=matter).update(wants_secrecy=True)
    page = search.by_phone("15400000001", by=centre, purpose="再次来电", at=NOW)
    assert page.matters == ()


def test_a_key_names_where_a_page_ended():
    city = the_record()
    matters = [a_matter(city, "一"), a_matter(city, "二")]

    page = search.search(Wanted(), by=SYSTEM, limit=1)

    assert page.next == Key(NOW, max(one.pk for one in matters))


def test_words_are_restored_without_a_search_path_as_a_backup_does():
    city = the_record()
    matter = a_matter(city, "路灯不亮")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        (schema,) = cursor.fetchone()
        cursor.execute("SET LOCAL search_path = ''")
        cursor.execute(
            sql.SQL("UPDATE {}.matters_mattertext SET title = '井盖丢失'").format(
                sql.Identifier(schema)
            )
        )
        cursor.execute(sql.SQL("SET LOCAL search_path = {}").format(sql.Identifier(schema)))

    assert [one.pk for one in search.search(Wanted("井盖"), by=SYSTEM).matters] == [matter.pk]


def test_what_waits_for_the_index_of_words_is_a_short_list_for_every_search_reads_it():
    with connection.cursor() as cursor:
        cursor.execute("SELECT reloptions FROM pg_class WHERE relname = 'matters_words'")
        assert cursor.fetchone() == (["gin_pending_list_limit=256"],)
