"""The history of an office, as sentences."""

from datetime import timedelta

import pytest
from django.utils.translation import override

from huiyin.units import verbs
from huiyin.units.models import OfficerRole, UnitKind
from huiyin.web.changes import changes_of
from huiyin.web.tests.factories import BY, NOW, a_category, a_city, a_unit

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=30)


@pytest.fixture
def bureau():
    return a_unit("DP-1", UnitKind.DEPARTMENT, a_city()["夏津县"], "夏津县住建局")


def said(unit):
    unit.refresh_from_db()
    with override("en"):
        return [(change.words, change.before) for change in changes_of(unit)]


def test_nothing_has_changed_in_an_office_just_entered(bureau):
    assert changes_of(bureau) == []


def test_a_new_name_says_what_the_old_one_was(bureau):
    verbs.rename_unit(
        unit_id=bureau.id, name="夏津县住房和城乡建设局", basis="夏编〔2026〕8号", by=BY, at=LATER
    )

    assert ("Name was 夏津县住建局 before") in said(bureau)[0][1]
    assert changes_of(bureau)[0].basis == "夏编〔2026〕8号"


def test_a_new_head_and_a_new_duty_are_named(bureau):
    verbs.set_officer(
        unit_id=bureau.id, role=OfficerRole.HEAD, name="田文静", on=LATER.date(), by=BY, at=LATER
    )
    verbs.add_duty(
        unit_id=bureau.id,
        category_id=a_category("0501", "物业服务").id,
        place_id=bureau.place_id,
        basis="权责清单",
        by=BY,
        at=LATER + timedelta(hours=1),
    )

    assert [words for words, _before in said(bureau)] == [
        "It answers for “Class 0501” from now on",
        "田文静 was entered as Head",
    ]
