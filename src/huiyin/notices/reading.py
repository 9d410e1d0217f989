"""Files of texts: YAML into templates, with every fault at its line."""

import re
from collections.abc import Iterable

import yaml

from huiyin.notices.facts import ALL, DISCREET
from huiyin.notices.texts import OUTSIDE, Channel, DiscreetText, Template, Text, placeholders
from huiyin.procedures.reading import Fault, ReadingError
from huiyin.procedures.reading.nodes import LOADER, At, Faults, nearest

_NAME = re.compile(r"[a-z*][a-z0-9_*]*(\.[a-z*][a-z0-9_*]*)*")
# What a discreet text must not say in its own words either; SMS and e-mail of any notice, too.
TELLING = re.compile(
    r"信访|上访|复查意见|复核意见|调解|纠纷|救助|补贴|监护|精神|残疾|低保"
    r"|petition|mediat|dispute|welfare|subsid|guardian|mental|disab",
    re.IGNORECASE,
)


def read_texts(
    text: str, *, file: str, names: Iterable[str] = (), discreet: Iterable[str] = ()
) -> dict[str, Template]:
    """Read a file. `names`: every notice of the procedures; `discreet`: procedures that are so.

    Raises ReadingError with everything that is wrong, each with file and line.
    """
    faults = Faults()
    root = _root(text, file=file, faults=faults)
    known, quiet = frozenset(names), frozenset(discreet)
    found = {}
    for name, place in (root.items() if root else {}).items():
        _check_name(name, place, known)
        found[name] = _template(name, place, is_discreet=name.partition(".")[0] in quiet)
    faults.raise_any()
    return found


def _root(text: str, *, file: str, faults: Faults) -> At | None:
    try:
        node = yaml.compose(text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        faults.found.append(Fault(file, line, f"This is no YAML: {error.problem}."))
        return None
    if not isinstance(node, yaml.MappingNode):
        faults.found.append(Fault(file, 1, "There are no texts.", "Write names with texts below."))
        return None
    return At(node, "", file, faults)


def _check_name(name: str, place: At, known: frozenset[str]) -> None:
    if not _NAME.fullmatch(name):
        place.fault("is no name of a notice.", "Write PROCEDURE.ACTION.ACTOR; * stands for any.")
        return
    procedures = {one.partition(".")[0] for one in known}
    if "*" not in name and name.partition(".")[0] in procedures and name not in known:
        place.fault("is no notice of that procedure.", nearest(name, sorted(known)))


def _template(name: str, place: At, *, is_discreet: bool) -> Template:
    given = place.keys(optional=("inbox", "sms", "email", "urgent", "discreet"))
    is_discreet = is_discreet or ("discreet" in given and given["discreet"].flag())
    channels: dict[Channel, tuple[Text, ...]] = {}
    for channel in Channel:
        if channel not in given:
            continue
        at = given[channel]
        parts = [at]
        if channel is Channel.EMAIL:
            both = at.keys(required=("subject", "body"))
            parts = [both[part] for part in ("subject", "body") if part in both]
        is_outside = channel in OUTSIDE
        texts = [_text(part, is_outside and is_discreet, is_outside) for part in parts]
        channels[channel] = tuple(text for text in texts if text is not None)
    if not channels:
        place.fault("says nothing.", "Give it texts for inbox, sms or email.")
    return Template(
        name=name,
        channels=channels,
        urgent="urgent" in given and given["urgent"].flag(),
        discreet=is_discreet,
        file=place.file,
        line=place.line,
    )


def _text(place: At, is_discreet: bool, is_outside: bool) -> Text | None:
    words = place.words()
    named: list[set[str]] = []
    for said in (words.zh, words.en):
        try:
            named.append(set(placeholders(said)))
        except ValueError as error:
            place.fault(f"cannot be read: {error}.", "Write {number}, {due} …")
            return None
    in_zh, in_en = named
    ok = True
    for name in sorted(in_zh | in_en):
        if name not in ALL:
            place.fault(f"speaks of {{{name}}}, which nobody knows.", nearest(name, sorted(ALL)))
            ok = False
        elif is_discreet and name not in DISCREET:
            place.fault(
                f"speaks of {{{name}}}, but the matter is confidential.",
                f"An SMS or e-mail may say {', '.join(sorted(DISCREET))} only.",
            )
            ok = False
    for name in sorted(in_zh ^ in_en):
        language = "English" if name in in_zh else "Chinese"
        place.fault(f"lacks {{{name}}} in {language}.", "Say the same in both languages.")
        ok = False
    if is_outside and (telling := TELLING.search(f"{words.zh} {words.en}")):
        place.fault(
            f"says {telling[0]} where others may read it.",
            "SMS and e-mail name no subject; the notice of the signed-in person may.",
        )
        ok = False
    if not ok:
        return None
    return DiscreetText(words) if is_discreet else Text(words)


__all__ = ["TELLING", "Fault", "ReadingError", "read_texts"]
