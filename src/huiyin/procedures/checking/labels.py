"""Every text a person reads is there in Chinese and in English."""

from collections.abc import Iterator

from huiyin.procedures.checking.findings import Findings
from huiyin.procedures.language import Action, Procedure, Words
from huiyin.procedures.sentences import fill


def check_labels(procedure: Procedure, findings: Findings) -> None:
    """Report texts that lack a language, or are in the wrong one."""
    for at, what, words in _texts(procedure):
        zh, en = words.zh, words.en
        if not zh.strip() or not en.strip():
            tongue = "Chinese" if not zh.strip() else "English"
            findings.add(
                "label_missing",
                at,
                fill("{} has no {}.", what, tongue),
                "Write {zh: …, en: …}, both.",
            )
        elif not has_han(zh):
            findings.add(
                "label_language",
                at,
                fill("{} has no Chinese character in zh: {}.", what, zh),
                "Write the words that people read on the screen.",
            )
        elif has_han(en):
            findings.add(
                "label_language",
                at,
                fill("{} has Chinese characters in en: {}.", what, en),
                "Translate it; put the Chinese into zh.",
            )


def has_han(text: str) -> bool:
    """Tell whether a text has a Chinese character."""
    return not text.isascii() and any(
        "\u4e00" <= sign <= "\u9fff" or "\u3400" <= sign <= "\u4dbf" for sign in text
    )


def _texts(procedure: Procedure) -> Iterator[tuple[str, str, Words]]:
    yield "", "the title", procedure.title
    if procedure.law:
        yield "", "the law", procedure.law
    for actor in procedure.actors.values():
        yield f"actors.{actor.name}", "the label", actor.label
    for fact in procedure.facts.values():
        yield f"facts.{fact.name}", "the label", fact.label
        for option, words in fact.options.items():
            yield f"facts.{fact.name}", fill("the option {}", option), words
    for state in procedure.states.values():
        yield f"states.{state.name}", "the label", state.label
        if state.plain:
            yield f"states.{state.name}", "plain", state.plain
    for clock in procedure.clocks.values():
        at = f"clocks.{clock.name}"
        yield at, "the label", clock.label
        if clock.law:
            yield at, "the law", clock.law
        for ground, words in clock.pauses.items():
            yield at, fill("the ground {}", ground), words
        if clock.extending and clock.extending.law:
            yield at, "the law of the extension", clock.extending.law
    for child in procedure.children.values():
        yield f"children.{child.name}", "the label", child.label
    for name, words in procedure.documents.items():
        yield f"documents.{name}", "the label", words
    for name, words in procedure.refusals.items():
        yield f"refusals.{name}", "the sentence", words
    for action in procedure.actions.values():
        yield from _texts_of(action)


def _texts_of(action: Action) -> Iterator[tuple[str, str, Words]]:
    at = f"actions.{action.name}"
    yield at, "the label", action.label
    if action.law:
        yield at, "the law", action.law
    if action.hint:
        yield at, "the hint", action.hint
    for field in action.form:
        yield at, fill("the field {}", field.name), field.label
        if field.hint:
            yield at, fill("the hint of the field {}", field.name), field.hint
        for option, words in field.options.items():
            yield at, fill("the option {} of the field {}", option, field.name), words
