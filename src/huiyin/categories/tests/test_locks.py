"""What the law fixes, the database keeps: whatever the code above it does."""

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from huiyin.categories.models import Term, TermUnit, TermValue
from huiyin.categories.tests.factories import MON, TUE, a_category, a_term, a_value

pytestmark = pytest.mark.django_db

OWNER_ONLY = "changed only by the owner"
NO_SPECIAL = "has no value for a place, a category or a level"


@pytest.fixture
def as_application(db):
    """Run statements as the application's role, with all rights on rows and none on tables."""
    role = connection.ops.quote_name(settings.HUIYIN.app_role)
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}")
        cursor.execute(f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {role}")
        cursor.execute(f"SET LOCAL ROLE {role}")


def petition_handling() -> TermValue:
    """60 days, XF22 34."""
    term = a_term("pet.handle", locked=True)
    return a_value(term, 60, TermUnit.DAY, law_zh="信访工作条例", article="34")


@pytest.mark.parametrize(
    "special",
    [
        pytest.param({"place_code": "371427000000"}, id="place"),
        pytest.param({"level": 3}, id="level"),
        pytest.param({"category": "0101"}, id="category"),
    ],
)
def test_limit_fixed_by_law_takes_no_value_of_its_own_for_anybody(special):
    value = petition_handling()
    if "category" in special:
        a_category("01")
        special = {"category": a_category("0101")}

    with pytest.raises(IntegrityError, match=NO_SPECIAL), transaction.atomic():
        a_value(value.term, 90, TermUnit.DAY, **special)
    with pytest.raises(IntegrityError, match=NO_SPECIAL), transaction.atomic():
        TermValue.objects.filter(id=value.id).update(**special)

    assert list(TermValue.objects.values_list("amount", "place_code", "level", "category")) == [
        (60, "", None, None)
    ]


def test_application_cannot_change_end_delete_or_follow_a_value_of_the_law(as_application):
    value = petition_handling()

    for act in (
        lambda: TermValue.objects.update(amount=90),
        lambda: TermValue.objects.update(valid_to=MON),
        lambda: TermValue.objects.all().delete(),
        lambda: a_value(value.term, 90, TermUnit.DAY, valid_from=TUE),
    ):
        with pytest.raises(IntegrityError, match=OWNER_ONLY), transaction.atomic():
            act()

    assert list(TermValue.objects.values_list("amount", "valid_to")) == [(60, None)]


def test_application_cannot_unlock_or_delete_what_the_law_fixes(as_application):
    term = petition_handling().term
    empty = a_term("pet.inform", locked=True)

    for act in (
        lambda: Term.objects.filter(key=term.key).update(locked=False),
        lambda: Term.objects.filter(key=empty.key).update(key="pet.other"),
        lambda: Term.objects.filter(key=empty.key).delete(),
    ):
        with pytest.raises(IntegrityError, match=OWNER_ONLY), transaction.atomic():
            act()

    assert list(Term.objects.values_list("key", "locked")) == [
        ("pet.handle", True),
        ("pet.inform", True),
    ]


def test_value_cannot_be_smuggled_in_from_an_open_limit(as_application):
    fixed = petition_handling().term
    free = a_value(a_term("grid.verify"), 2)

    with pytest.raises(IntegrityError, match=OWNER_ONLY), transaction.atomic():
        TermValue.objects.filter(id=free.id).update(term=fixed, valid_from=TUE)

    assert free.term.values.count() == 1


def test_application_sets_what_the_law_leaves_open(as_application):
    value = a_value(a_term("grid.verify"), 2)

    a_value(value.term, 3, place_code="371427000000")
    TermValue.objects.filter(id=value.id).update(amount=4)

    assert sorted(value.term.values.values_list("amount", flat=True)) == [3, 4]


def test_owner_records_what_a_new_law_says():
    value = petition_handling()

    TermValue.objects.filter(id=value.id).update(valid_to=TUE)
    a_value(value.term, 90, TermUnit.DAY, valid_from=TUE, law_zh="新条例", article="1")

    assert list(
        value.term.values.order_by("amount").values_list("amount", "valid_from", "valid_to")
    ) == [(60, None, TUE), (90, TUE, None)]


def test_limit_with_values_of_a_city_cannot_be_declared_fixed():
    value = a_value(a_term("grid.verify"), 2, place_code="371427000000")

    with pytest.raises(IntegrityError, match="cannot be fixed by law"), transaction.atomic():
        Term.objects.filter(key=value.term_id).update(locked=True)

    assert Term.objects.get(key="grid.verify").locked is False
