"""The picture in words, for those who do not see it."""

from collections.abc import Mapping

from huiyin.procedures.drawing import words
from huiyin.procedures.drawing.chart import Arrow, Box, Chart, Line, Mark, Shape, chart
from huiyin.procedures.drawing.texts import plain
from huiyin.procedures.drawing.words import Language, say
from huiyin.procedures.language import NEW, Procedure, Words
from huiyin.worktime import Limit

TURN = Words("（由{}办）", " (turn of: {})")
HERE = Words("（现在在这里）", " (now here)")
SHAPES = {
    Shape.DONE: words.DONE_STATE,
    Shape.CLOSED: words.CLOSED_STATE,
    Shape.END: words.END_STATE,
}


MARKS = {Mark.CLOCK: words.CLOCK, Mark.CHILD: words.CHILD}


def described(content: Chart, language: Language, here: str = "") -> str:
    """Return a list: every state with whose turn it is, its limits and where acts lead."""
    lines = [content.title]
    for box in content.boxes.values():
        own = box.lines
        if box.shape is Shape.MANY:
            lines.append(f"- {_joined([line.text for line in own], language)}")
        else:
            lines.append(f"- {_heading(box, language, here)}")
            lines += [f"  - {_told(line, language)}" for line in own]
        lines += [
            f"  - {_leads(arrow, content, language)}"
            for arrow in content.arrows
            if arrow.source == box.name
        ]
    if content.items or content.long_clocks:
        lines.append(f"- {say(words.ANYWHERE, language)}")
    for item in content.items:
        target = f" → {content.boxes[item.target].label}" if item.target else ""
        told = [_told(line, language) for line in item.lines]
        lines.append("  - " + _joined(told, language) + target)
    lines += [f"  - {_told(line, language)}" for line in content.long_clocks]
    return plain("\n".join(lines) + "\n")


def describe(
    procedure: Procedure,
    language: Language = "zh",
    *,
    terms: Mapping[str, Limit] | None = None,
    here: str = "",
) -> str:
    """Return the text alternative of the picture of a procedure, a list in Markdown."""
    return described(chart(procedure, terms or {}, language), language, here)


def _heading(box: Box, language: Language, here: str) -> str:
    text = box.label
    if box.owner:
        text += say(TURN, language).format(box.owner)
    if box.shape in SHAPES:
        comma = "，" if language == "zh" else ", "
        text += comma + say(SHAPES[box.shape], language)
    if here and box.name == here != NEW:
        text += say(HERE, language)
    return text


def _leads(arrow: Arrow, content: Chart, language: Language) -> str:
    told = _joined([_told(line, language) for line in arrow.lines], language)
    return f"{told} → {content.boxes[arrow.target].label}"


def _told(line: Line, language: Language) -> str:
    """Return a line with its sign in words."""
    if not line.mark:
        return line.text
    colon = "：" if language == "zh" else ": "
    return say(MARKS[line.mark], language) + colon + line.text


def _joined(texts: list[str], language: Language) -> str:
    return ("；" if language == "zh" else "; ").join(texts)
