"""`huiyin dispatch`."""

import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from huiyin.ops.errors import OperatorError
from huiyin.ops.installation import with_django

if TYPE_CHECKING:
    from huiyin.categories.models import Category
    from huiyin.places.models import Place

_TOLD = 5
_LEVELS = {"city": 1, "county": 2, "town": 3, "village": 4}
_FALLBACKS = ("governance_centre", "petition_office", "hotline_centre")


@click.command(
    "dispatch",
    short_help="Say who is responsible for a matter in a place, and why.",
    epilog="Example: huiyin dispatch 夏津北城 路灯不亮",
)
@click.argument("place")
@click.argument("category")
@click.option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="On this day.  [default: today]"
)
@click.option(
    "--level",
    type=click.Choice(list(_LEVELS)),
    help="The matter was taken up to this level: leave out units of lower ones.",
)
@click.option(
    "--exclude",
    multiple=True,
    metavar="UNIT",
    help="Code of an accused unit; it and all below it are left out. May be given again.",
)
@click.option(
    "--fallback",
    type=click.Choice(list(_FALLBACKS)),
    default=_FALLBACKS[0],
    show_default=True,
    help="Who finds out where no list of duties names anybody.",
)
@click.option(
    "--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Language."
)
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
def command(
    *,
    place: str,
    category: str,
    on: datetime | None,
    level: str | None,
    exclude: tuple[str, ...],
    fallback: str,
    language: str,
    as_json: bool,
) -> None:
    """Say who is responsible for a matter in a place, and why.

    PLACE is a name (夏津北城, "xiajin beicheng") or a code, CATEGORY a code (020201) or what a
    resident would say. Nothing is written.
    """
    with with_django("app"):
        from django.utils.translation import override  # noqa: PLC0415 Django is ready only now

        from huiyin.dispatch.wording import LANGUAGES  # noqa: PLC0415 as above

        with override(LANGUAGES[language]):
            found = explained(
                place,
                category,
                on=on.date() if on else None,
                level=_LEVELS[level] if level else None,
                exclude=exclude,
                fallback=fallback,
            )
    if as_json:
        click.echo(
            json.dumps({key: found[key] for key in found if key != "lines"}, ensure_ascii=False)
        )
        return
    for line in found["lines"]:
        click.echo(line)


def explained(
    place_text: str,
    category_text: str,
    *,
    on: date | None = None,
    level: int | None = None,
    exclude: tuple[str, ...] = (),
    fallback: str = _FALLBACKS[0],
) -> dict[str, Any]:
    """Return what the command says, as data and as `lines`. Raises OperatorError."""
    from django.utils import timezone  # noqa: PLC0415 Django is ready only now

    from huiyin.dispatch import wording  # noqa: PLC0415 as above
    from huiyin.dispatch.office_hours import on_duty  # noqa: PLC0415 as above
    from huiyin.dispatch.responsibility import responsible  # noqa: PLC0415 as above
    from huiyin.dispatch.urgency import urgency_of  # noqa: PLC0415 as above
    from huiyin.units.kinds import UnitKind  # noqa: PLC0415 as above

    now = timezone.now()
    place = _place(place_text)
    category = _category(category_text)
    answer = responsible(
        place.id,
        category.id,
        on=on or timezone.localdate(now),
        exclude=frozenset(_unit_id(code) for code in exclude),
        level=level,
        fallback=UnitKind(fallback),
    )
    heard = urgency_of(category_text, category)
    duty = on_duty(answer.unit.id, at=now) if answer.unit else None
    explanation = wording.explain(answer)
    lines = [f"{place}  {place.code}", f"{category}", explanation.reason]
    if duty is not None and (words := wording.on_duty_words(duty)):
        lines.append(words)
    if words := wording.urgency_words(heard):
        lines.append(words)
    lines += [f"  {unit}: {why}" for unit, why in explanation.others]
    return {
        "place": {"code": place.code, "name": place.full_name},
        **answer.as_data(),
        "reason": wording.in_both(lambda: wording.reason_words(answer)),
        "urgency": {
            "level": heard.level.value,
            "words": list(heard.words),
            "number": heard.number,
        },
        "reachable_now": duty.is_reachable if duty else False,
        "next_at": duty.next_at.isoformat() if duty and duty.next_at else None,
        "lines": lines,
    }


def _place(text: str) -> "Place":
    from huiyin.places.queries import place_by_code  # noqa: PLC0415 Django is ready only now
    from huiyin.places.search import search  # noqa: PLC0415 as above

    if text.isdigit() and (known := place_by_code(text.ljust(12, "0"))):
        return known
    found = search(text, limit=_TOLD + 1)
    if not found:
        raise OperatorError(f"No place fits {text!r}: give its name or its code.")
    best = [hit.place for hit in found if hit.match == found[0].match]
    first = [hit for hit in best if hit.level == best[0].level]
    if len(first) > 1:
        names = "、".join(str(hit) for hit in first[:_TOLD])
        raise OperatorError(f"Several places fit {text!r}: {names}. Say it with the county's name.")
    return first[0]


def _category(text: str) -> "Category":
    from huiyin.categories.models import Category  # noqa: PLC0415 Django is ready only now
    from huiyin.categories.search import suggest  # noqa: PLC0415 as above

    if text.isdigit():
        known = Category.objects.filter(code=text).first()
        if known is None:
            raise OperatorError(f"No class of matter has the code {text}.")
        return known
    named = Category.objects.filter(name_zh=text, active=True).order_by("-code").first()
    if named is not None:
        return named
    found = suggest(text, limit=1)
    if not found:
        raise OperatorError(f"No class of matter fits {text!r}: say it otherwise, or give a code.")
    return found[0].category


def _unit_id(code: str) -> Any:
    from huiyin.units.models import Unit  # noqa: PLC0415 Django is ready only now

    unit_id = Unit.objects.filter(code=code).values_list("id", flat=True).first()
    if unit_id is None:
        raise OperatorError(f"No unit has the code {code}.")
    return unit_id
