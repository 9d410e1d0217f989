"""Between where and who: when somebody shall come, where an office offers times for a service."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huiyin.orders.slots import Slot
from huiyin.web import appointments, drafts
from huiyin.web.asking import Asked
from huiyin.web.asking_pages import address, begun, for_residents, screen, to
from huiyin.web.doors import Door
from huiyin.web.views.report import put_aside

TAKEN = "taken"  # the time that was chosen has gone to somebody else meanwhile


@for_residents
@require_http_methods(["GET", "HEAD", "POST"])
def when(request: HttpRequest, door: Door) -> HttpResponse:
    """When somebody shall come. Where nobody offers times, it goes on by itself."""
    draft = begun(request, door)
    asked = Asked(door, drafts.said(draft))
    place = asked.place()
    if draft is None or place is None:
        return to("where", door)
    now = timezone.now()
    found = appointments.free_times(asked, place, at=now)
    if not found:
        return to("who", door)
    if request.method != "POST":
        return _page(request, asked, found)
    body, sent = drafts.said(draft), request.POST.get(door.times)
    body.pop(TAKEN, None)
    key = next((one.key for one in found if one.key == sent), "")
    body["form"][door.times] = key
    drafts.keep(draft, body, at=now)
    if "later" in request.POST:
        return put_aside(request)
    if sent is None or (sent and not key):
        words = _("Choose a time, or say that none of them suits you.")
        gone = _("Somebody has just taken this time. Please choose another one.")
        return _page(request, Asked(door, body), found, wrong=gone if sent else words, status=422)
    return to("who", door)


def _page(
    request: HttpRequest, asked: Asked, found: list[Slot], *, wrong: str = "", status: int = 200
) -> HttpResponse:
    days = appointments.by_day(found)
    is_whole = "all" in request.GET or len(days) <= appointments.FIRST_DAYS
    chosen = appointments.chosen(asked.body, asked, found)
    if chosen is not None and not is_whole:
        is_whole = chosen.ends_at > days[appointments.FIRST_DAYS - 1].slots[-1].ends_at
    if not wrong and asked.body.get(TAKEN):
        wrong = _("Somebody has just taken this time. Please choose another one.")
    context: dict[str, Any] = {
        "days": days if is_whole else days[: appointments.FIRST_DAYS],
        "more": 0 if is_whole else len(days) - appointments.FIRST_DAYS,
        "offices": appointments.offices(found),
        "chosen": chosen.key if chosen else "",
        "times": str(asked.form.get("times", "")),
        "wrong": wrong,
    }
    return screen(
        request, "when", asked, step=2, back=address("where", asked.door), status=status, **context
    )
