"""The tool for texts, and that every text of every app is translated."""

import gettext
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[4]
_spec = importlib.util.spec_from_file_location("messages", ROOT / "scripts" / "messages.py")
messages = importlib.util.module_from_spec(_spec)
sys.modules["messages"] = messages
_spec.loader.exec_module(messages)

Text = messages.Text
APPS = messages.apps([])


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.name)
def test_every_text_is_translated(app):
    assert list(messages.problems(app)) == []


def test_no_text_is_translated_in_two_ways():
    assert list(messages.quarrels(APPS)) == []


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        pytest.param('_("Keep")', [Text("Keep")], id="gettext"),
        pytest.param('translation.gettext_lazy("Keep")', [Text("Keep")], id="attribute"),
        pytest.param('_("Two "\n  "pieces")', [Text("Two pieces")], id="joined"),
        pytest.param('ngettext("%d day", "%d days", n)', [Text("%d day", "%d days")], id="plural"),
        pytest.param('pgettext("month", "May")', [Text("May", "", "month")], id="context"),
        pytest.param("_(name)", [], id="not-a-literal"),
        pytest.param('print("Keep")', [], id="other-function"),
    ],
)
def test_texts_are_found_in_python(source, texts):
    assert list(messages.texts_of_python(source, "x.py")) == texts


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        pytest.param('<p>{% translate "Keep" %}</p>', [Text("Keep")], id="translate"),
        pytest.param('{% translate "Don\'t" as x %}', [Text("Don't")], id="quote"),
        pytest.param(
            '{% translate "May" context "month" %}', [Text("May", "", "month")], id="context"
        ),
        pytest.param(
            "{% blocktranslate trimmed %}\n  One\n  two {{ x }}\n{% endblocktranslate %}",
            [Text("One two %(x)s")],
            id="block",
        ),
        pytest.param(
            "{% blocktranslate count n=n %}{{ n }} day"
            "{% plural %}{{ n }} days{% endblocktranslate %}",
            [Text("%(n)s day", "%(n)s days")],
            id="plural",
        ),
        pytest.param('{% icon "x" _("Close") %}', [Text("Close")], id="argument"),
        pytest.param("{# _('Keep') #}<p>_('Keep')</p>", [], id="comment-and-text"),
    ],
)
def test_texts_are_found_in_templates(source, texts):
    assert list(messages.texts_of_template(source, "x.html")) == texts


@pytest.mark.parametrize(
    ("source", "found"),
    [
        pytest.param("<p>{% translate 'x' %}</p>", [], id="translated"),
        pytest.param("<p>Read me</p>", ["Read me"], id="english"),
        pytest.param("<p>回音</p>", ["<p>回音</p>"], id="chinese"),
        pytest.param("<p>5、6</p>", ["<p>5、6</p>"], id="chinese-sign"),
        pytest.param("{# 回音 #}{% comment %}回音{% endcomment %}", [], id="comment"),
        pytest.param(
            '<input placeholder="Your name">', ['placeholder="Your name"'], id="attribute"
        ),
        pytest.param('<b translate="no">Ctrl</b><kbd>Enter</kbd>', [], id="meant"),
        pytest.param("{% block main_class %}narrow wide{% endblock %}", [], id="class-block"),
        pytest.param("<p>{{ name }} · 12345</p>", [], id="value"),
    ],
)
def test_words_outside_of_a_translation_are_found(source, found):
    assert messages.bare_words(source) == found


@pytest.fixture
def app(tmp_path):
    """An app with one page and one translation that is no longer used."""
    folder = tmp_path / "sample"
    (folder / "templates" / "sample").mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "templates" / "sample" / "page.html").write_text(
        '<p>{% blocktranslate %}Keep {{ x }}{% endblocktranslate %}{% translate "New" %}</p>'
    )
    catalogue = messages.catalogue_path(folder, "zh_Hans")
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text(
        messages.HEADER.format(app="sample", language="zh_Hans")
        + '#, python-format\nmsgid "Keep %(x)s"\nmsgstr "保存 %(x)s"\n\n'
        'msgid "Old"\nmsgstr "旧"\n'
    )
    return folder


def test_extracting_keeps_translations_adds_new_texts_and_drops_old_ones(app):
    said = messages.extract(app)

    text = messages.catalogue_path(app, "zh_Hans").read_text("utf-8")
    assert said == "sample zh_Hans: 2 texts, 1 new, 1 dropped"
    assert text.partition("\n\n")[2] == (
        '#, python-format\nmsgid "Keep %(x)s"\nmsgstr "保存 %(x)s"\n\nmsgid "New"\nmsgstr ""\n'
    )


def test_extracting_twice_changes_nothing(app):
    messages.extract(app)
    path = messages.catalogue_path(app, "zh_Hans")
    once = path.read_bytes()
    changed_at = path.stat().st_mtime_ns

    messages.extract(app)

    assert (path.read_bytes(), path.stat().st_mtime_ns) == (once, changed_at)


def test_check_names_the_missing_and_the_broken(app):
    messages.extract(app)
    path = messages.catalogue_path(app, "zh_Hans")
    path.write_text(path.read_text("utf-8").replace("保存 %(x)s", "保存 %(y)s"))

    found = [line.split(": ", 1)[1] for line in messages.problems(app)]

    assert found == [
        "placeholder that the text does not have: 'Keep %(x)s'",
        "not translated: 'New'",
    ]


def test_check_names_the_fuzzy(app):
    messages.extract(app)
    path = messages.catalogue_path(app, "zh_Hans")
    text = path.read_text("utf-8").replace(
        'msgid "New"\nmsgstr ""', '#, fuzzy\nmsgid "New"\nmsgstr "新"'
    )
    path.write_text(text)

    found = [line.split(": ", 1)[1] for line in messages.problems(app)]

    assert found == ["fuzzy: 'New'"]


def test_two_words_for_one_text_are_a_quarrel(app, tmp_path):
    other = tmp_path / "other"
    path = messages.catalogue_path(other, "zh_Hans")
    path.parent.mkdir(parents=True)
    path.write_text('msgid "Old"\nmsgstr "以前的"\n')

    (found,) = messages.quarrels([app, other])

    assert found == (
        "zh_Hans: 'Old' is '旧' in sample and '以前的' in other: "
        "use one word, or pgettext with a context"
    )


def test_compiled_catalogue_is_read_by_django(app):
    assert messages.compile_catalogue(app) == 1
    assert messages.compile_catalogue(app) == 0  # still newer than its source

    with messages.catalogue_path(app, "zh_Hans").with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Old") == "旧"


def test_unknown_app_is_refused_with_the_known_ones():
    run = subprocess.run(
        [sys.executable, ROOT / "scripts" / "messages.py", "check", "nowhere"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert run.returncode == 1
    assert run.stderr.startswith("There is no app nowhere. Known: ")
