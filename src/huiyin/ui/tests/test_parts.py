"""The tags draw what the design fixes, and forms say what to do."""

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from huiyin.ui.forms import FieldError, Form
from huiyin.ui.gallery import SampleForm
from huiyin.ui.icons import symbols
from huiyin.ui.templatetags.ui import CLOCK_STATES


def drawn(source: str, **context: object) -> str:
    with translation.override("zh-hans"):
        return Template(source).render(Context(context))


def test_what_is_the_same_for_everybody_is_drawn_once_for_each_key_and_language():
    page = Template("{% once key %}{{ words }}{% endonce %}")

    def shown(key, words, language="zh-hans"):
        with translation.override(language):
            return page.render(Context({"key": key, "words": words}))

    assert [shown("a", "<1>"), shown("a", "2"), shown("b", "3"), shown("a", "4", "en")] == [
        "&lt;1&gt;", "&lt;1&gt;", "3", "4",
    ]  # fmt: skip
    assert [shown(None, "1"), shown(None, "2"), shown(["a"], "3")] == ["1", "2", "3"]


@pytest.mark.parametrize("state", CLOCK_STATES)
def test_clock_chip_has_colour_shape_and_word(state):
    shown = drawn("{% clock_chip state text %}", state=state, text="还剩 2 天")

    box, shape = symbols()[f"shape-{state}"]
    assert shown == (
        f'<span class="chip {state}"><svg class="sign" viewBox="{box}" aria-hidden="true" '
        f'focusable="false">{shape}</svg>还剩 2 天</span>'
    )


def test_every_clock_state_has_a_shape_of_its_own():
    shapes = [symbols()[f"shape-{state}"][1] for state in CLOCK_STATES]

    assert len(set(shapes)) == len(CLOCK_STATES)


def test_unknown_clock_state_is_refused():
    with pytest.raises(KeyError, match="shape-late"):
        drawn('{% clock_chip "late" "x" %}')


def test_unknown_icon_is_refused():
    with pytest.raises(KeyError, match="sparkle"):
        drawn('{% icon "sparkle" %}')


def test_icon_with_a_label_is_named_for_screen_readers():
    shown = drawn('{% icon "close" "关闭" %}')

    assert shown.endswith('</svg><span class="vh">关闭</span>')
    assert 'aria-hidden="true"' in shown


def test_optional_field_says_so_and_required_one_does_not():
    form = SampleForm()

    optional = drawn("{% field form.calling %}", form=form)
    required = drawn("{% field form.phone %}", form=form)

    assert '<span class="optional">选填</span>' in optional
    assert "选填" not in required
    assert " required " in required


def test_field_in_error_names_hint_and_error_to_screen_readers():
    form = SampleForm({"words": ""})

    shown = drawn("{% field form.words %}", form=form)

    assert 'aria-describedby="id_words_helptext id_words_error"' in shown
    assert 'aria-invalid="true"' in shown
    assert 'id="id_words_helptext">像跟人说话那样写就行。</p>' in shown
    assert '<ul class="errors" id="id_words_error"><li>请填写这一项。</li></ul>' in shown


def test_hint_given_in_the_template_is_tied_to_the_field():
    shown = drawn('{% field form.phone hint="只用来联系您" %}', form=SampleForm())

    assert 'aria-describedby="id_phone_helptext"' in shown
    assert '<p class="hint" id="id_phone_helptext">只用来联系您</p>' in shown


def test_summary_leads_to_each_field_in_order():
    class Both(Form):
        name = forms.CharField(label="姓名")
        county = forms.ChoiceField(label="县", choices=(("", "请选择"), ("a", "甲")))

        def clean(self):
            self.add_error(None, "两项不能都空。")

    with translation.override("zh-hans"):
        form = Both({})

        assert form.summary == [
            FieldError("", "", "两项不能都空。"),
            FieldError("id_name", "姓名", "请填写这一项。"),
            FieldError("id_county", "县", "请选一项。"),
        ]


def test_summary_is_focused_and_linked_on_the_page():
    shown = drawn("{% form_fields form %}", form=SampleForm({"words": "灯不亮", "phone": "1"}))

    assert 'data-form-errors role="alert" tabindex="-1"><h2>还有 2 处要改</h2>' in shown
    assert '<a href="#id_county">在哪个县：请选一项。</a>' in shown


def test_form_without_errors_shows_no_summary():
    assert "form-errors" not in drawn("{% form_fields form %}", form=SampleForm())


def test_values_are_escaped_in_fields_and_errors():
    form = SampleForm({"words": "<script>", "phone": "<script>"})
    form.add_error("phone", "<script>")

    shown = drawn("{% form_fields form %}", form=form)

    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


def test_chosen_answer_is_marked_on_its_whole_row():
    shown = drawn("{% field form.visible %}", form=SampleForm({"visible": "centre"}))

    assert shown.count('class="choice on"') == 1
    assert shown.index('class="choice on"') > shown.index('value="unit"')


def test_pager_is_left_out_when_there_is_one_page():
    assert drawn("{% pager %}").strip() == ""


def test_pager_names_its_links():
    shown = drawn('{% pager newer="?a=1" older="?a=2" said="第 51 到 100 件" %}')

    assert 'rel="prev" href="?a=1"' in shown
    assert 'rel="next" href="?a=2"' in shown
    assert "第 51 到 100 件" in shown


def test_empty_state_says_why_and_gives_a_way_on():
    shown = drawn('{% empty_state "没有" "因为……" "/x" "去看看" %}')

    assert "<h2>没有</h2>" in shown
    assert '<a class="btn" href="/x">去看看</a>' in shown


def test_crumbs_mark_the_page_one_is_on():
    items = [{"label": "示例市", "url": "/a"}, {"label": "东街", "url": ""}]

    shown = drawn("{% crumbs items %}", items=items)

    assert '<a href="/a">示例市</a>' in shown
    assert '<span aria-current="page">东街</span>' in shown
