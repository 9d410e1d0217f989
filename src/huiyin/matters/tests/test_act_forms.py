"""Forms of acts on pages: what the procedure file asks for, with nothing lost on the way."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.template import engines
from django.utils import timezone, translation
from django.utils.datastructures import MultiValueDict

from huiyin.matters.act_forms import ActForm
from huiyin.matters.afterwards import afterwards
from huiyin.matters.refusals import ActRefused
from huiyin.matters.tests.records import the_record
from huiyin.matters.tests.sample_files import a_picture
from huiyin.people.actors import SYSTEM
from huiyin.procedures import library
from huiyin.procedures.language import Field, FieldType, Words

pytestmark = pytest.mark.django_db
LIBRARY = sorted(library.procedures().items())


def drawn(form: ActForm) -> str:
    return str(engines["django"].from_string("{% form_fields form %}").render({"form": form}))


def a_field(kind: FieldType, **more: object) -> Field:
    return Field(name="it", label=Words("这一项", "This one"), type=kind, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", [name for name, _ in LIBRARY])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_act_of_every_procedure_has_a_form_with_its_labels(name, language):
    rules = library.procedures()[name]
    with translation.override(language):
        for act in rules.actions.values():
            shown = drawn(ActForm(act.form))
            for field in act.form:
                words = field.label.zh if language == "zh-hans" else field.label.en
                assert engines["django"].from_string("{{ it }}").render({"it": words}) in shown
                assert f'name="{field.name}' in shown or not field.options


@pytest.mark.parametrize("name", [name for name, _ in LIBRARY])
def test_what_follows_from_an_act_is_said_in_whole_sentences(name):
    rules = library.procedures()[name]
    for act in rules.actions.values():
        with translation.override("zh-hans"):
            told = afterwards(act, rules, running=frozenset(rules.clocks))

        assert all(words.endswith("。") and "：。" not in words for words in told), told
        if act.notify:
            assert any(rules.actors[act.notify[0]].label.zh in words for words in told)


def test_a_field_for_certain_answers_only_says_when():
    field = Field(
        name="visit_on", label=Words("日期", "Day"), type=FieldType.DATE, when={"mode": ("visit",)}
    )

    assert 'data-when="{&quot;mode&quot;: [&quot;visit&quot;]}"' in drawn(ActForm([field]))


def test_what_was_refused_stands_beside_its_field_and_nothing_is_lost():
    fields = [a_field(FieldType.TEXT)]
    form = ActForm(fields, QueryDict("it=路灯坏了"))

    form.refuse(ActRefused(reason="run.form", sentence="请改好。", errors={"it": "再写清楚些。"}))

    assert [error.sentence for error in form.summary] == ["再写清楚些。"]
    assert "路灯坏了" in drawn(form)
    assert form.values() == {"it": "路灯坏了"}


def test_a_refusal_that_is_about_no_field_stands_on_top():
    form = ActForm([a_field(FieldType.TEXT)], QueryDict("it=x"))

    form.refuse(ActRefused(reason="run.ended", sentence="已经结束。", errors={}))

    assert [(error.field_id, error.sentence) for error in form.summary] == [("", "已经结束。")]


def test_a_name_that_only_one_unit_has_is_as_good_as_choosing_it():
    city = the_record()
    unit = city.unit("court")
    form = ActForm([a_field(FieldType.UNIT)], QueryDict(f"it=&it__typed={unit.name}"))

    assert form.take_in(by=SYSTEM, at=timezone.now())
    assert form.values() == {"it": str(unit.pk)}


def test_a_name_that_several_units_have_comes_back_with_those_units():
    city = the_record()
    one, other = city.unit("department", "住建局"), city.unit("department", "住建局市政科")
    form = ActForm([a_field(FieldType.UNIT)], QueryDict("it=&it__typed=department住建"))

    assert not form.take_in(by=SYSTEM, at=timezone.now())
    shown = drawn(form)
    assert f'value="{one.pk}"' in shown
    assert f'value="{other.pk}"' in shown


def test_what_nothing_is_called_is_said_at_the_field():
    form = ActForm([a_field(FieldType.UNIT)], QueryDict("it=&it__typed=没有这个单位"))

    assert not form.take_in(by=SYSTEM, at=timezone.now())
    assert [error.field_id for error in form.summary] == ["id_it"]
    assert "没有这个单位" in drawn(form)


def test_files_that_have_arrived_stay_when_the_form_comes_back(tmp_path, settings):
    city = the_record()
    by, at = city.reporter, timezone.now()
    sent = SimpleUploadedFile("灯.jpg", a_picture("JPEG"), content_type="image/jpeg")
    files = MultiValueDict({"it__new": [sent]})
    form = ActForm([a_field(FieldType.FILES)], QueryDict(""), files)

    assert form.take_in(by=by, at=at)
    (kept,) = form.values()["it"]
    form.refuse(ActRefused(reason="run.form", sentence="请改好。", errors={}))
    assert f'value="{kept}"' in drawn(form)
    assert "灯.jpg" in drawn(form)

    again = ActForm([a_field(FieldType.FILES)], QueryDict(f"it={kept}"))
    assert again.take_in(by=by, at=at)
    assert again.values() == {"it": [kept]}


def test_a_file_that_is_not_taken_is_named_with_the_reason():
    city = the_record()
    sent = SimpleUploadedFile("病毒.exe", b"MZ" + b"\0" * 200)
    files = MultiValueDict({"it__new": [sent]})
    form = ActForm([a_field(FieldType.FILES)], QueryDict(""), files)

    assert not form.take_in(by=city.reporter, at=timezone.now())
    assert form.summary[0].sentence.startswith("病毒.exe：")


def test_what_is_looked_up_is_found_in_the_public_directory(client):
    city = the_record()

    places = client.get("/find/places.json", {"q": city.place.name}).json()["found"]
    units = client.get("/find/units.json", {"q": city.unit("court").name}).json()["found"]
    nothing = client.get("/find/units.json", {"q": ""}).json()["found"]

    assert places[0]["id"] == str(city.place.pk)
    assert units[0]["id"] == str(city.unit("court").pk)
    assert nothing == []
