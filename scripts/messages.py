"""Texts and their translations: `extract`, `compile`, `check`.

English is the language of the sources (msgid); Chinese is written by people into
`src/huiyin/<app>/locale/zh_Hans/LC_MESSAGES/django.po`. An English catalogue is only needed for
plurals that differ from their msgid, and none is made.

    python scripts/messages.py extract [APP …]   collect texts, keep translations, drop unused ones
    python scripts/messages.py compile [APP …]   make the .mo files Django reads
    python scripts/messages.py check [APP …]     fail on missing, fuzzy or broken translations and
                                                 on text in templates outside of a translation

The files carry no line numbers and no dates, so that two people's work merges.
"""

import argparse
import ast
import io
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

SOURCES = Path(__file__).resolve().parents[1] / "src" / "huiyin"
LANGUAGES = ("zh_Hans",)
HEADER = """\
# Chinese texts of huiyin.{app}, written by people. Plain, respectful, short; see docs/design.md.
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
# Function → positions of its texts: context, singular, plural.
FUNCTIONS: dict[str, tuple[int | None, int, int | None]] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), (None, 0, None)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (None, 0, 1)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), (0, 1, None)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), (0, 1, 2)),
}
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef]")
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[a-z]|%[sd]|\{[a-z_]*\}")
WORD = re.compile(r"[A-Za-z]{2,}")
SHOWN_ATTRIBUTES = ("title", "alt", "placeholder", "aria-label", "data-label", "content")
VOID_TAGS = ("meta", "link", "input", "br", "hr", "img", "path", "rect", "circle", "source")
SILENT_TAGS = ("script", "style", "kbd", "code", "svg", "template")


@dataclass(frozen=True)
class Text:
    """One message as sources name it."""

    singular: str
    plural: str = ""
    context: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.context, self.singular


def apps(names: list[str]) -> list[Path]:
    """Return the folders of the named apps, or of all that may hold texts.

    Raises SystemExit when there is no such app.
    """
    known = sorted(path.parent for path in SOURCES.glob("*/__init__.py"))
    if not names:
        return known
    by_name = {path.name: path for path in known}
    for name in names:
        if name not in by_name:
            raise SystemExit(f"There is no app {name}. Known: {', '.join(by_name)}.")
    return [by_name[name] for name in names]


def python_files(app: Path) -> Iterator[Path]:
    """Yield the sources whose texts are shown; tests and migrations are not."""
    for path in sorted(app.rglob("*.py")):
        if not {"tests", "migrations"} & set(path.relative_to(app).parts):
            yield path


def template_files(app: Path) -> Iterator[Path]:
    """Yield the templates: pages, mails and short messages."""
    for folder in sorted(app.rglob("templates")):
        yield from sorted(p for p in folder.rglob("*") if p.suffix in (".html", ".txt", ".xml"))


def texts_of_python(source: str, name: str) -> Iterator[Text]:
    """Yield every text given to a gettext function. Raises SyntaxError for broken sources."""
    for node in ast.walk(ast.parse(source, name)):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        called = (
            function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        )
        if called not in FUNCTIONS:
            continue
        values = [a.value if isinstance(a, ast.Constant) else None for a in node.args]
        at_context, at_singular, at_plural = FUNCTIONS[called]
        picked = [
            "" if at is None else (values[at] if at < len(values) else None)
            for at in (at_singular, at_plural, at_context)
        ]
        if all(isinstance(piece, str) for piece in picked) and picked[0]:
            yield Text(*(str(piece) for piece in picked))


def texts_of_template(source: str, name: str) -> Iterator[Text]:
    """Yield every text of a Django template, seen through Django's own `templatize`."""
    for line in templatize(source, origin=name).splitlines():
        # What is left are blanked words and calls; each call is read by itself.
        for call in re.finditer(r"(?<![A-Za-z])(?:n?p?gettext|_)\(", line):
            yield from _call_at(line, call.start(), name)


def _call_at(line: str, start: int, name: str) -> Iterator[Text]:
    for end in (m.end() for m in re.finditer(r"\)", line[start:])):
        try:
            tree = ast.parse(line[start : start + end], mode="eval")
        except SyntaxError:
            continue
        yield from texts_of_python(ast.unparse(tree), name)
        return


def texts_of(app: Path) -> dict[tuple[str, str], Text]:
    """Return every text of an app by context and msgid; a plural wins over a singular."""
    found: dict[tuple[str, str], Text] = {}
    for path in python_files(app):
        for text in texts_of_python(path.read_text("utf-8"), str(path)):
            _keep(found, text)
    for path in template_files(app):
        for text in texts_of_template(path.read_text("utf-8"), str(path)):
            _keep(found, text)
    return found


def _keep(found: dict[tuple[str, str], Text], text: Text) -> None:
    if text.plural or text.key not in found:
        found[text.key] = text


def catalogue_path(app: Path, language: str) -> Path:
    """Return where an app's translations into a language are written."""
    return app / "locale" / language / "LC_MESSAGES" / "django.po"


def read_catalogue(path: Path) -> Catalog:
    """Read translations; a missing file is an empty catalogue."""
    if not path.exists():
        return Catalog(locale="zh_Hans")
    with path.open("rb") as file:
        return read_po(file, locale="zh_Hans", ignore_obsolete=True, abort_invalid=True)


def extract(app: Path) -> str:
    """Bring an app's catalogue up to its sources; translations stay. Returns what changed."""
    texts = texts_of(app)
    said = []
    for language in LANGUAGES:
        path = catalogue_path(app, language)
        if not texts and not path.exists():
            continue
        old = read_catalogue(path)
        kept = {(m.context or "", _singular(m.id)): m for m in old if m.id}
        new = Catalog(locale=language)
        for text in texts.values():
            before = kept.get(text.key)
            wanted = (text.singular, text.plural) if text.plural else text.singular
            made = new.add(wanted, _reshaped(before, text), context=text.context or None)
            if before is not None:
                made.user_comments = before.user_comments
                made.flags |= before.flags & {"fuzzy"}
            made.flags.discard("python-brace-format")
        body = io.BytesIO()
        write_po(
            body, new, width=96, no_location=True, omit_header=True, sort_output=True,
            include_previous=False,
        )  # fmt: skip
        text_out = HEADER.format(app=app.name, language=language) + body.getvalue().decode("utf-8")
        text_out = text_out.rstrip("\n") + "\n"
        added, gone = len(texts.keys() - kept.keys()), len(kept.keys() - texts.keys())
        if not path.exists() or path.read_text("utf-8") != text_out:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, text_out.encode("utf-8"))
        said.append(f"{app.name} {language}: {len(texts)} texts, {added} new, {gone} dropped")
    return "\n".join(said)


def _singular(msgid: str | tuple[str, ...] | list[str]) -> str:
    return msgid if isinstance(msgid, str) else msgid[0]


def _reshaped(before: object, text: Text) -> str | tuple[str, ...]:
    """Return the old translation in the shape the text has now (one or plural)."""
    string = getattr(before, "string", "") or ""
    first = string if isinstance(string, str) else (string[0] if string else "")
    return (first,) if text.plural else first


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file in one step, so that nobody reads half of it."""
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
    Path(file.name).chmod(0o644)
    os.replace(file.name, path)  # noqa: PTH105 same call, said plainly


def compile_catalogue(app: Path) -> int:
    """Make the .mo files of an app; newer ones stay. Returns how many were made."""
    made = 0
    for language in LANGUAGES:
        source = catalogue_path(app, language)
        target = source.with_suffix(".mo")
        if not source.exists():
            continue
        if target.exists() and target.stat().st_mtime_ns > source.stat().st_mtime_ns:
            continue
        body = io.BytesIO()
        write_mo(body, read_catalogue(source))
        write_whole(target, body.getvalue())
        made += 1
    return made


class _Words(HTMLParser):
    """Finds words that no translation reaches; `translate="no"` marks what is meant so."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.silent: list[str] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        for name in SHOWN_ATTRIBUTES:
            value = given.get(name) or ""
            if tag == "meta" or given.get("translate") == "no":
                continue
            if WORD.search(value):
                self.found.append(f'{name}="{value.strip()}"')
        meant = tag in SILENT_TAGS or given.get("translate") == "no"
        if tag not in VOID_TAGS and (self.silent or meant):
            self.silent.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.silent:
            del self.silent[max(i for i, open_tag in enumerate(self.silent) if open_tag == tag) :]

    def handle_data(self, data: str) -> None:
        if not self.silent and WORD.search(data):
            self.found.append(" ".join(data.split()))


def bare_words(source: str) -> list[str]:
    """Return the words a template shows without translating them, Chinese ones included."""
    plain = re.sub(r"{#.*?#}|{%\s*comment\b.*?endcomment\s*%}", "", source, flags=re.DOTALL)
    plain = re.sub(
        r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}", "", plain, flags=re.DOTALL
    )
    # Blocks that fill a class attribute are named so.
    plain = re.sub(r"{%\s*block \w+_class\s*%}.*?{%\s*endblock", "{% endblock", plain)
    plain = re.sub(r"{%.*?%}|{{.*?}}", "", plain, flags=re.DOTALL)
    found = [" ".join(line.split())[:80] for line in plain.splitlines() if CHINESE.search(line)]
    parser = _Words()
    parser.feed(plain)
    parser.close()
    return found + parser.found


def problems(app: Path) -> Iterator[str]:
    """Yield one line for everything that is not right with an app's texts."""
    texts = texts_of(app)
    for language in LANGUAGES:
        path = catalogue_path(app, language)
        shown = path.relative_to(SOURCES.parent) if SOURCES in path.parents else path
        known = {(m.context or "", _singular(m.id)): m for m in read_catalogue(path) if m.id}
        for key, text in sorted(texts.items()):
            message = known.get(key)
            if message is None or not _first(message.string):
                yield f"{shown}: not translated: {text.singular!r}"
            elif message.fuzzy:
                yield f"{shown}: fuzzy: {text.singular!r}"
            elif broken := _broken(text, _first(message.string)):
                yield f"{shown}: {broken}: {text.singular!r}"
    for path in template_files(app):
        if path.suffix == ".html":
            for words in bare_words(path.read_text("utf-8")):
                yield f"{app.name}/{path.relative_to(app)}: outside of a translation: {words}"


def quarrels(every: list[Path]) -> Iterator[str]:
    """Yield texts that two apps translate differently: Django shows one of them everywhere."""
    for language in LANGUAGES:
        said: dict[tuple[str, str], tuple[str, str]] = {}
        for app in every:
            for message in read_catalogue(catalogue_path(app, language)):
                string = _first(message.string)
                if not message.id or not string:
                    continue
                key = (message.context or "", _singular(message.id))
                other, before = said.setdefault(key, (app.name, string))
                if before != string:
                    yield (
                        f"{language}: {key[1]!r} is {before!r} in {other} and {string!r} in "
                        f"{app.name}: use one word, or pgettext with a context"
                    )


def _first(string: object) -> str:
    if isinstance(string, str):
        return string
    return string[0] if isinstance(string, tuple | list) and string else ""


def _broken(text: Text, translation: str) -> str:
    if text.context in ("date", "limit"):  # a month is a name in English and a number in Chinese
        return ""
    wanted = set(PLACEHOLDER.findall(text.plural or text.singular))
    given = set(PLACEHOLDER.findall(translation))
    if given - wanted:
        return "placeholder that the text does not have"
    if wanted - given:
        return "placeholder left out"
    return ""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code is 1 when `check` finds something."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("command", choices=("extract", "compile", "check"))
    parser.add_argument("app", nargs="*", help="only these apps, such as: places units")
    given = parser.parse_args(arguments)
    chosen = apps(given.app)
    _django()
    if given.command == "compile":
        made = sum(compile_catalogue(app) for app in chosen)
        print(f"{made} catalogues compiled", file=sys.stderr)
        return 0
    if given.command == "extract":
        print("\n".join(filter(None, (extract(app) for app in chosen))), file=sys.stderr)
        return 0
    found = [line for app in chosen for line in problems(app)] + list(quarrels(apps([])))
    print("\n".join(found) if found else "Every text is translated.")
    return 1 if found else 0


def _django() -> None:
    """`templatize` asks Django for one setting."""
    if not settings.configured:
        settings.configure()


if __name__ == "__main__":
    raise SystemExit(main())
