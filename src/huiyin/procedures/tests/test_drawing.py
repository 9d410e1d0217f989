"""Pictures: every state is there, nothing covers anything, no arrow runs through a box."""

from dataclasses import replace
from functools import cache
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest

from huiyin.procedures import library
from huiyin.procedures.drawing import describe, draw
from huiyin.procedures.drawing.chart import Shape
from huiyin.procedures.drawing.picture import lay_out
from huiyin.procedures.drawing.placed import Rect
from huiyin.procedures.drawing.texts import kept_whole, text_width, wrapped
from huiyin.procedures.drawing.words import clock_limit
from huiyin.procedures.language import NEW, Choosing, ClockRule, Words
from huiyin.procedures.tests.sample import a_procedure
from huiyin.worktime import parse_limit

SVG = "{http://www.w3.org/2000/svg}"
SHIPPED = sorted(library.procedures())
every = pytest.mark.parametrize("name", SHIPPED)
languages = pytest.mark.parametrize("language", ["zh", "en"])
widths = pytest.mark.parametrize("width", [1200, 360])


@cache
def laid_out(name, language, width=1200, here=""):
    return lay_out(library.procedure(name), terms={}, language=language, here=here, width=width)


def parsed(svg):
    return ElementTree.fromstring(svg)  # noqa: S314 it is our own


@cache
def drawn(name, language="zh", width=1200):
    return parsed(draw(library.procedure(name), language=language, width=width))


def rects_of(picture):
    """Everything that takes room, by name; a state in the list lies in its entry."""
    rects = {f"state {placed.box.name}": placed.rect for placed in picture.boxes}
    for placed in picture.arrows:
        rects[f"arrow {placed.arrow.source}>{placed.arrow.target}"] = placed.rect
    for number, placed in enumerate(picture.items):
        rects[f"entry {number}"] = placed.rect
    for text in picture.texts:
        width = text_width(text.text, text.size, bold=text.bold)
        rects[f"text {text.text} {text.y}"] = Rect(text.x, text.y - text.size, width, text.size)
    return rects


@every
@languages
@widths
def test_nothing_covers_anything(name, language, width):
    picture = laid_out(name, language, width)
    rects = rects_of(picture)

    assert [
        (one, other)
        for (one, first), (other, second) in combinations(rects.items(), 2)
        if first.overlaps(second)
    ] == []
    assert [
        what
        for what, rect in rects.items()
        if rect.x < 0
        or rect.y < 0
        or rect.x + rect.width > picture.width
        or rect.y + rect.height > picture.height
    ] == []
    assert picture.width <= width


@every
@languages
def test_no_arrow_runs_through_a_box_or_a_text(name, language):
    picture = laid_out(name, language)
    rects = rects_of(picture)

    through = [
        (f"{placed.arrow.source}>{placed.arrow.target}", what)
        for placed in picture.arrows
        for piece in placed.pieces
        for (x0, y0), (x1, y1) in pairwise(piece)
        for what, rect in rects.items()
        if min(x0, x1) < rect.x + rect.width - 0.6
        and max(x0, x1) > rect.x + 0.6
        and min(y0, y1) < rect.y + rect.height - 0.6
        and max(y0, y1) > rect.y + 0.6
    ]

    assert through == []


@every
@languages
def test_every_arrow_joins_its_two_states(name, language):
    picture = laid_out(name, language)
    boxes = {placed.box.name: placed.rect for placed in picture.boxes}

    for placed in picture.arrows:
        start, end = placed.pieces[0][0], placed.pieces[-1][-1]
        assert on_edge(start, boxes[placed.arrow.source]), placed.arrow
        assert on_edge(end, boxes[placed.arrow.target]), placed.arrow


def on_edge(point, rect):
    x, y = point
    return rect.x <= x <= rect.x + rect.width and (
        abs(y - rect.y) < 1 or abs(y - rect.y - rect.height) < 1
    )


@every
@languages
@widths
def test_text_stays_in_its_box(name, language, width):
    picture = laid_out(name, language, width)

    for placed in (*picture.all_boxes, *picture.arrows, *picture.items):
        assert placed.inner.width <= placed.rect.width
        assert placed.inner.height <= placed.rect.height


@every
@languages
@widths
def test_every_state_is_shown_once(name, language, width):
    shown = [
        element.get("data-state")
        for element in drawn(name, language, width).iter()
        if element.get("data-state")
    ]

    assert sorted(shown) == sorted([NEW, *library.procedure(name).states])


@every
@widths
def test_pages_can_show_it_without_inline_style_or_script(name, width):
    root = drawn(name, width=width)

    names = {element.tag.removeprefix(SVG) for element in root.iter()}
    attributes = {key for element in root.iter() for key in element.attrib}

    assert names <= {"svg", "title", "desc", "g", "rect", "circle", "path", "text"}
    assert attributes.isdisjoint({"style", "onclick", "onload", "href"})
    assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}"


@every
@languages
def test_the_whole_moves_a_run_can_make_are_told_in_words(name, language):
    procedure = library.procedure(name)

    told = describe(procedure, language)

    for state in procedure.states.values():
        assert getattr(state.label, language) in told
    for action in procedure.actions.values():
        if action.to is not None:
            assert getattr(action.label, language) in told


def test_the_same_file_gives_the_same_picture():
    procedure = library.procedure(SHIPPED[0])

    assert draw(procedure) == draw(procedure)


@widths
def test_where_a_run_is_stands_in_words_and_by_its_mark(width):
    procedure = a_procedure()

    root = parsed(draw(procedure, here="dispatched", width=width))

    marked = [element for element in root.iter(f"{SVG}g") if element.get("data-here")]
    assert [element.get("data-state") for element in marked] == ["dispatched"]
    assert "现在在这里" in "".join(marked[0].itertext())
    assert "（现在在这里）" in root.find(f"{SVG}desc").text


def test_done_and_end_differ_by_shape_from_what_is_open():
    picture = lay_out(a_procedure(), terms={}, language="zh")

    shapes = {placed.box.name: placed.box.shape for placed in picture.all_boxes}

    assert shapes["received"] is Shape.OPEN
    assert shapes["answered"] is Shape.DONE
    assert shapes["archived"] is Shape.END


def test_acts_that_change_nothing_are_left_out():
    svg = draw(a_procedure(), language="en")

    assert ">Note<" not in svg
    assert "Remind" not in svg


@pytest.mark.parametrize(
    ("values", "limits", "zh", "en"),
    [
        pytest.param({"": "a"}, {"a": "60 days"}, "60日", "60 days", id="one"),
        pytest.param(
            {"x": "a", "y": "b"},
            {"a": "1 working day", "b": "3 working days"},
            "1 / 3个工作日",
            "1 / 3 working days",
            id="two-of-one-unit",
        ),
        pytest.param(
            {"x": "a", "y": "b", "z": "c"},
            {"a": "1 day", "b": "3 days", "c": "5 days"},
            "1–5日",
            "1–5 days",
            id="a-span",
        ),
        pytest.param(
            {"x": "a", "y": "b"},
            {"a": "30 minutes", "b": "1 working day"},
            "30分钟 / 1个工作日",
            "30 minutes / 1 working day",
            id="two-units",
        ),
        pytest.param({"": "a"}, {}, "", "", id="unknown"),
    ],
)
def test_the_limit_of_a_clock_is_written_short(values, limits, zh, en):
    term = Choosing("" if "" in values else "fact", "grade", values)
    clock = ClockRule("handle", Words("办理", "Handling"), None, term)
    terms = {key: parse_limit(text) for key, text in limits.items()}

    assert plain(clock_limit(clock, terms, "zh")) == zh
    assert plain(clock_limit(clock, terms, "en")) == en


def plain(text):
    return text.replace("\u2060", "")


@pytest.mark.parametrize(
    ("text", "em", "lines"),
    [
        pytest.param("已受理", 8, ("已受理",), id="fits"),
        pytest.param("已退单，待重新确定", 6, ("已退单，", "待重新确定"), id="after-a-comma"),
        pytest.param("调解组织确认期限", 5, ("调解组织", "确认期限"), id="even-lines"),
        pytest.param(
            "办理" + kept_whole("60个工作日"), 7, ("办理", "60个工作日"), id="limit-kept-whole"
        ),
        pytest.param(
            kept_whole("委托已撤回，双方继续"),
            6,
            ("委托已撤回，", "双方继续"),
            id="too-wide-to-keep",
        ),
        pytest.param("Report that nobody came", 8, ("Report that", "nobody came"), id="at-spaces"),
    ],
)
def test_lines_break_where_the_sentence_breathes(text, em, lines):
    assert wrapped(text, 10, em * 10) == lines


def test_a_procedure_that_cannot_be_followed_is_drawn_all_the_same():
    """The author of a broken file wants to see it most of all."""
    lonely = a_procedure()
    actions = {name: rule for name, rule in lonely.actions.items() if rule.to is None}
    broken = replace(lonely, actions=actions)

    assert set(lonely.states) <= {
        placed.box.name for placed in lay_out(broken, terms={}, language="zh").all_boxes
    }


def test_a_picture_is_kept_for_its_rules_limits_language_and_place_alone():
    rules = library.procedure("hotline")
    state = next(iter(rules.states))
    limits = {"hot.dispatch": parse_limit("3 working days")}

    first = draw(rules)
    ways = {
        "terms": draw(rules, terms=limits),
        "language": draw(rules, language="en"),
        "here": draw(rules, here=state),
        "width": draw(rules, width=360),
        "rules": draw(library.procedure("grid")),
    }

    assert draw(rules) is first
    assert len({first, *ways.values()}) == 6
